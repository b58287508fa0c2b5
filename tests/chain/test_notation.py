"""Names, numbers and the typesetting of templates."""

from __future__ import annotations

import math

import numpy as np
import pytest

from autograd_mini.chain.notation import (
    bracketed,
    derivative,
    fill,
    number,
    setting_text,
    subscript,
    superscript,
)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("w1", "w₁"),
        ("x12", "x₁₂"),
        ("w_3", "w₃"),
        ("δ2", "δ₂"),
        ("layer1", "layer₁"),
        ("hidden.W2", "hidden.W₂"),
        ("w1[2][3]", "w₁[2][3]"),
        ("x", "x"),
        ("v1.0", "v1.0"),
        ("w1_2", "w1_2"),
        ("12", "12"),
        ("_1", "_1"),
        ("", ""),
    ],
)
def test_subscript(name: str, shown: str) -> None:
    assert subscript(name) == shown


@pytest.mark.parametrize(("n", "shown"), [(2, "²"), (10, "¹⁰"), (-1, "⁻¹"), (0, "⁰")])
def test_superscript(n: int, shown: str) -> None:
    assert superscript(n) == shown


@pytest.mark.parametrize(
    ("x", "shown"),
    [
        (20.0, "20"),
        (-2.83915, "−2.839"),
        (-0.0, "0"),
        (0.24491866, "0.2449"),
        (1e-7, "1e−07"),
        (math.nan, "nan"),
        (-math.inf, "−inf"),
        (3, "3"),
        (True, "1"),
        (np.float32(0.5), "0.5"),
        (1.5 - 2j, "1.5−2j"),
    ],
)
def test_number(x: object, shown: str) -> None:
    assert number(x) == shown


def test_number_formats() -> None:
    assert number(1234.5678, ",.1f") == "1,234.6"


@pytest.mark.parametrize(
    ("of", "to", "shown"),
    [
        ("C", "w₁", "∂C/∂w₁"),
        ("loss", "w₁[2]", "∂loss/∂w₁[2]"),
        ("hidden state", "x", "∂(hidden state)/∂x"),
        ("a/b", "x", "∂(a/b)/∂x"),
        ("ΣA", "W", "∂ΣA/∂W"),
        ("(G·A)", "W", "∂(G·A)/∂W"),
    ],
)
def test_derivative(of: str, to: str, shown: str) -> None:
    assert derivative(of, to) == shown


def test_derivative_of_one_variable() -> None:
    assert derivative("f", "x", "d") == "df/dx"


def test_names_of_several_words_get_parentheses() -> None:
    assert [bracketed(name) for name in ("w", "w₁", "a b", "a+b", "h'")] == ["w", "w₁", "(a b)", "(a+b)", "h'"]


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ("{x} + {y}", "−1 + (−2)"),
        ("{x} · {y}", "−1 · (−2)"),
        ("{y} / {x}", "−2 / (−1)"),
        ("max({x}, {y})", "max(−1, −2)"),
        ("√{x}", "√−1"),
        ("tanh {x}", "tanh (−1)"),
        ("[{x} > {y}]", "[−1 > (−2)]"),
        ("log(1 + {x})", "log(1 + (−1))"),
    ],
)
def test_negative_numbers_get_parentheses_where_they_need_them(template: str, filled: str) -> None:
    assert fill(template, {"x": "−1", "y": "−2"}) == filled


def test_names_with_braces_are_no_fields() -> None:
    assert fill("{x} + {y}", {"x": "{y}", "y": "{0}{x!r}"}) == "{y} + {0}{x!r}"


@pytest.mark.parametrize(
    ("setting", "shown"),
    [
        (1, "1"),
        (-1, "−1"),
        (slice(1, None), "1:"),
        (slice(None, None, -1), "::-1"),
        ((slice(None), -1), ":, −1"),
        ((Ellipsis, None, 0), "…, new, 0"),
        ((2, 3), "(2, 3)"),
        ([0, 0, 2], "[0, 0, 2]"),
        (np.arange(100), "indices (100,)"),
        (np.array([True, False]), "mask"),
        ("ij,jk->ik", "ij,jk→ik"),
        (np.float32, "float32"),
        ("float64", "float64"),
    ],
)
def test_static_arguments(setting: object, shown: str) -> None:
    assert setting_text(setting) == shown
