"""The slopes of the cost by hand, ∂C/∂w = ∂C/∂a · ∂a/∂z · ∂z/∂w, beside those of the graph."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from examples import cost
from tests.seed.running import check_pictures, run


def slopes(w: float, b: float) -> tuple[float, float, float]:
    """C, ∂C/∂w and ∂C/∂b, written out for four samples."""
    total = along_w = along_b = 0.0
    for x, y in zip(cost.X.tolist(), cost.Y.tolist(), strict=True):
        a = 1 / (1 + math.exp(-(w * x + b)))
        total += (a - y) ** 2 / 4
        along_w += (a - y) / 2 * a * (1 - a) * x
        along_b += (a - y) / 2 * a * (1 - a)
    return total, along_w, along_b


@pytest.mark.parametrize(("w", "b"), [(-0.3, 1.2), (0.8, -0.5), (3.0, 3.0)])
def test_slopes(w: float, b: float, tmp_path: Path) -> None:
    found = run(cost.main, tmp_path, at_w=w, at_b=b).result
    C, along_w, along_b = slopes(w, b)
    assert found["C"] == pytest.approx(C, rel=1e-12)
    assert found["w"] == pytest.approx(along_w, rel=1e-12)
    assert found["b"] == pytest.approx(along_b, rel=1e-12)
    assert found["by_hand_w"] == pytest.approx(along_w, rel=1e-12)
    assert found["by_hand_b"] == pytest.approx(along_b, rel=1e-12)
    assert found["near_w"] == pytest.approx(along_w, rel=1e-6)
    assert found["near_b"] == pytest.approx(along_b, rel=1e-6)


def test_pictures(tmp_path: Path) -> None:
    example = run(cost.main, tmp_path)
    assert "it gets smaller with more w and with less b" in example.text
    check_pictures(example, "curves.png", "surface.png", "one_sample.png")
