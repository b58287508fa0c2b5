"""A real browser for the tests of pages; `make browser` asks for it, and elsewhere the tests are skipped without."""

from __future__ import annotations

import importlib
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
NAMES = ("chromium", "chromium-browser", "google-chrome")
OWN = re.compile(
    r"file://.*/page\d+\.html(#.*)?|about:srcdoc|data:image/png;base64,[\w+/=]*|data:font/woff2;base64,[\w+/=]*"
)
"""What a page may ask for: itself, and what it brings."""

Open = Callable[..., Any]


def missing(reason: str) -> None:
    """Skip, or fail where the browser is what one wants to test with."""
    if os.environ.get("AUTOGRAD_MINI_BROWSER") == "required":
        pytest.fail(reason)
    pytest.skip(reason)


def found(module: str) -> Any:
    """A module that these tests need."""
    try:
        return importlib.import_module(module)
    except ImportError:
        missing(f"{module} is not installed; `make browser` installs it")


def chromium(own: str) -> str | None:
    """A Chromium: the one that is named, the system's, or Playwright's own."""
    named = os.environ.get("AUTOGRAD_MINI_CHROMIUM")
    if named:
        return named
    candidates = [*map(shutil.which, NAMES), own if Path(own).exists() else None]
    return next((path for path in candidates if path), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with found("playwright.sync_api").sync_playwright() as driver:
        executable = chromium(driver.chromium.executable_path)
        if executable is None:
            missing(f"no Chromium ({', '.join(NAMES)}): install one, or name it in AUTOGRAD_MINI_CHROMIUM")
        opened = driver.chromium.launch(executable_path=executable, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def context(browser: Any) -> Iterator[Callable[..., Any]]:
    """A window with some settings; the same settings give the same one, which saves time."""
    contexts: dict[str, Any] = {}

    def find(**settings: Any) -> Any:
        settings = {"viewport": {"width": 1280, "height": 800}, **settings}
        key = repr(sorted(settings.items()))
        if key not in contexts:
            contexts[key] = browser.new_context(**settings)
        return contexts[key]

    yield find
    for opened in contexts.values():
        opened.close()


@pytest.fixture
def show(context: Callable[..., Any], tmp_path: Path) -> Iterator[Open]:
    """Open a page, or what gives one by ``html()``; in the end nothing has gone wrong in it, and nothing was loaded."""
    troubles: list[str] = []
    requests: list[str] = []
    pages: list[Any] = []

    def open_page(shown: Any, fragment: str = "", **settings: Any) -> Any:
        file = tmp_path / f"page{len(pages)}.html"
        file.write_text(shown if isinstance(shown, str) else shown.html(), encoding="utf-8", newline="")
        page = context(**settings).new_page()
        pages.append(page)
        page.on("console", lambda message: troubles.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: troubles.append(f"error: {error}"))
        page.on("dialog", lambda dialog: troubles.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(file.as_uri() + fragment)
        return page

    yield open_page
    for page in pages:
        page.close()
    assert troubles == []
    assert [url for url in requests if not OWN.fullmatch(url)] == []


def violations(page: Any) -> list[Any]:
    """What axe-core, a checker of accessibility, finds wrong; the page's policy must be off to let it in."""
    axe = found("axe_playwright_python.sync_playwright").Axe()
    return [
        (rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in axe.run(page).response["violations"]
    ]
