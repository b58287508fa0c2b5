"""The page of a training in a real browser: it plays, keys, the slider, the address, colours, motion, accessibility."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import nn
from nn import MLP
from tests.browser import Open, violations

pytest.importorskip("matplotlib")

X, XOR = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]


@pytest.fixture(scope="module")
def training(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = Path(tmp_path_factory.mktemp("training")) / "xor.html"
    model = MLP(2, [4, 1], seed=1)
    nn.animate(model, X, XOR, epochs=12, every=4, path=file, title="</h1><script>alert(1)</script>", dpi=40, seed=1)
    return file.read_text(encoding="utf-8")


def place(page: Any) -> int:
    return int(page.input_value("#place"))


def told(page: Any) -> str:
    return str(page.text_content("#told"))


def test_keys_and_slider(show: Open, training: str) -> None:
    page = show(training, reduced_motion="reduce")
    assert place(page) == 4
    assert told(page).startswith("epoch 12")
    sources = set()
    page.keyboard.press("Home")
    assert told(page).startswith("before training")
    for epoch in (1, 4, 8, 12):
        sources.add(page.get_attribute("#frame", "src"))
        page.keyboard.press("ArrowRight")
        assert told(page).startswith(f"epoch {epoch}   ·   cost ")
        assert page.get_attribute("#place", "aria-valuetext") == told(page)
    assert len(sources) == 4
    page.keyboard.press("ArrowRight")
    assert place(page) == 4
    page.focus("#place")
    page.keyboard.press("ArrowLeft")
    assert place(page) == 3
    page.fill("#place", "1")
    assert told(page).startswith("epoch 1 ")
    assert page.evaluate("location.hash") == "#2"


def test_it_plays_by_itself_unless_less_motion_is_asked_for(show: Open, training: str) -> None:
    page = show(training, locale="en")  # a window of its own, whose clock stands still
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    page.reload()
    assert page.text_content("#play") == "Stop"
    assert page.get_attribute("#told", "aria-live") == "off"
    assert place(page) == 0
    page.clock.run_for(250)
    assert place(page) == 2
    page.keyboard.press(" ")
    page.clock.run_for(1000)
    assert place(page) == 2
    page.click("#play")
    page.clock.run_for(1000)
    assert place(page) == 4
    assert page.text_content("#play") == "Play"
    still = show(training, reduced_motion="reduce")
    assert still.text_content("#play") == "Play"
    still.focus("#play")
    still.keyboard.press(" ")
    assert still.text_content("#play") == "Stop"


def test_an_address_names_a_frame(show: Open, training: str) -> None:
    page = show(training, "#3")
    assert place(page) == 2
    assert page.text_content("#play") == "Play"
    page.evaluate("location.hash = '#1'")
    page.wait_for_function("document.getElementById('place').value === '0'")
    assert place(show(training, "#99", reduced_motion="reduce")) == 4
    assert place(show(training, "#<b>", reduced_motion="reduce")) == 4


def test_the_title_is_text(show: Open, training: str) -> None:
    page = show(training, reduced_motion="reduce")
    assert page.text_content("h1") == "</h1><script>alert(1)</script>"
    assert page.title() == "</h1><script>alert(1)</script>"


def test_without_scripts_and_on_paper_the_last_frame_shows(show: Open, training: str) -> None:
    plain = show(training, java_script_enabled=False)
    assert plain.is_visible("#frame")
    assert plain.is_hidden("#play")
    page = show(training, reduced_motion="reduce", color_scheme="dark")
    page.emulate_media(media="print")
    assert page.is_hidden("#play")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_it_runs_in_a_notebooks_frame(show: Open, tmp_path: Path, training: str) -> None:
    file = tmp_path / "training.html"
    file.write_text(training, encoding="utf-8")
    shown = nn.Animation(nn.History(), file)._repr_html_()
    page = show(f"<!DOCTYPE html><title>notebook</title>{shown}", reduced_motion="reduce")
    frame = page.frame_locator("iframe")
    frame.locator("#place").focus()
    frame.locator("#place").press("Home")
    assert str(frame.locator("#told").text_content()).startswith("before training")


def test_axe_finds_nothing(show: Open, training: str) -> None:
    for scheme in ("light", "dark"):
        page = show(training, reduced_motion="reduce", color_scheme=scheme, bypass_csp=True)
        assert violations(page) == []
