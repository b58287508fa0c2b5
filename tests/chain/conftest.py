"""Fixtures of the tests that draw."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autograd_mini.chain.render import RendererInfo, renderer_info, set_renderer


@pytest.fixture(autouse=True)
def _choice_is_put_back(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("AUTOGRAD_MINI_DOT", raising=False)
    set_renderer("auto")
    yield
    set_renderer("auto")


@pytest.fixture(params=["dot", "pure", "pygraphviz"])
def real(request: pytest.FixtureRequest) -> RendererInfo:
    """Each renderer of this machine in turn, already chosen."""
    try:
        set_renderer(request.param)
    except FileNotFoundError:
        pytest.skip(f"{request.param} is not installed")
    return renderer_info()
