"""f = 20·g with g = x²: df/dx = df/dg · dg/dx; and what two ways from x to f add up to."""

from __future__ import annotations

from pathlib import Path

import pytest

from examples import chain_rule
from tests.seed.running import check_pictures, run


@pytest.mark.parametrize("x", [3.0, 0.25])
def test_derivatives_are_those_of_the_formulas(x: float, tmp_path: Path) -> None:
    found = run(chain_rule.main, tmp_path, at=x).result
    assert found["f"] == 20 * x**2
    assert found["df_dg"] == 20
    assert found["dg_dx"] == 2 * x
    assert found["df_dx"] == found["df_dg"] * found["dg_dx"] == 40 * x
    assert found["two_ways"] == 40 * x + 1


def test_finite_differences_agree(tmp_path: Path) -> None:
    found = run(chain_rule.main, tmp_path, at=1.7).result
    assert found["difference"] == pytest.approx(found["df_dx"], rel=1e-8)
    assert found["two_ways_difference"] == pytest.approx(found["two_ways"], rel=1e-8)


def test_it_prints_the_chain_rule_and_draws_it(tmp_path: Path) -> None:
    example = run(chain_rule.main, tmp_path)
    assert "df/dx = df/dg · dg/dx = 20 · 6 = 120" in example.text
    assert "df/dx = 40·x + 1 = 121" in example.text
    check_pictures(example, "one_way.png", "two_ways.png", "slopes.png")
