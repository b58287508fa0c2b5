"""Every sign that pictures write is one that their fonts have: an empty box says nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from autograd_mini.chain.notation import subscript_number, superscript
from autograd_mini.chain.render import render, set_renderer
from autograd_mini.chain.spanish import RULES
from autograd_mini.chain.stepping.phrases import PHRASES
from autograd_mini.chain.words import LANGUAGES
from tests.chain.test_languages import templates

# What notation adds to the texts: signs of derivatives, indices and exponents, numbers, transposes, legends.
NOTATION = "∂δΣ·×−≈→←►◄ᵀ±∞⁽⁾" + subscript_number(1234567890) + superscript(-1234567890)
# For a letter of two bytes, and for one of three, one that no font has: the program spaces by bytes.
NO_LETTERS = {2: "\u0378", 3: "\u2fe0"}


def texts() -> Iterator[str]:
    yield from templates()
    yield from RULES.values()
    catalogues: list[Mapping[Any, Any]] = [LANGUAGES, PHRASES]
    for catalogue in catalogues:
        for words in catalogue.values():
            yield str(dataclasses.asdict(words))


def signs() -> list[str]:
    """All that is no ASCII; keys of a keyboard are told on pages alone, which bring fonts of their own."""
    return sorted({letter for text in (*texts(), NOTATION) for letter in text if not letter.isascii()} - {"↑", "↓"})


def drawn(letter: str, style: str) -> bytes:
    source = f"digraph {{ a [shape=plain fontname=Helvetica label=<{style.format(letter)}>] }}"
    return render(source, "png", dpi=72, size=(60, 40))


@pytest.mark.parametrize("style", ["{}", "<I>{}</I>", "<B>{}</B>"], ids=["plain", "italic", "bold"])
def test_every_sign_has_a_glyph(style: str) -> None:
    """In graphviz-pure, which brings its fonts: with those of a system nobody knows."""
    try:
        set_renderer("pure")
    except FileNotFoundError:
        pytest.skip("graphviz-pure is not installed")
    boxes = {size: drawn(letter, style) for size, letter in NO_LETTERS.items()}
    assert boxes[3] == drawn("∗", style), "a sign that its fonts lack is a box"
    assert [letter for letter in signs() if drawn(letter, style) == boxes[len(letter.encode())]] == []
