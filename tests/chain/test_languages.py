"""Every text of the printers in Spanish: those of the rules by the table of operations, and the printers' own."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import Value, draw, explain, steps
from autograd_mini.chain.explaining.telling import TELLINGS
from autograd_mini.chain.spanish import RULES
from autograd_mini.chain.stepping.phrases import PHRASES
from autograd_mini.chain.words import LANGUAGES
from autograd_mini.operation import COMPOSED, OPERATIONS, Operation
from autograd_mini.vmap import enter_batch, leave_batch, sum_of_examples
from tests.chain.graphs import GRAPHS

# Functions that are written so in formulas but are no operations of the table, and the indices of a Fourier sum.
FUNCTIONS = {"log", "exp", "diag", "sym", "skew", "mod", "conj", "round", "einsum", "jk"}
FIXED = {"Σ rows of {g}", "broadcast undone: {wide} → {narrow}", "element by element", "indices {shape}"}
SINGLE = {"axis", "axes", "new", "mask"}


def operations() -> Iterator[Operation]:
    """Those of the table, and those that transformations record."""
    yield from (op for op in OPERATIONS.values() if op.forward.__module__.startswith("autograd_mini."))
    entered = enter_batch(Value(np.ones(2)), 0, 1)
    yield from (value.op for value in (entered, leave_batch(entered, 0, 1), sum_of_examples(entered, (1,))))


def templates() -> set[str]:
    return {
        template
        for op in operations()
        for template in (op.formula, *(text for rule in op.rules for text in (rule.local, rule.text)))
        if template
    }


def words(template: str) -> set[str]:
    """The words of a template that are neither operands nor names of functions."""
    found = re.findall(r"[^\W\d_]*[a-z]{2,}", re.sub(r"\{\w+\}", " ", template))
    return {*found} - FUNCTIONS - OPERATIONS.keys() - COMPOSED.keys()


def test_every_text_with_words_has_its_spanish() -> None:
    worded = {template for template in templates() if any(word[0].islower() for word in words(template))}
    assert len(worded) > 50
    assert sorted(worded - RULES.keys()) == []
    assert not [text for text in templates() if re.search(r" (of|to|the|at|in|as) ", text) and text not in RULES]


def test_no_spanish_text_is_unused_and_each_has_the_fields_of_its_english() -> None:
    assert sorted(RULES.keys() - templates() - FIXED - SINGLE) == []
    for english, spanish in RULES.items():
        assert sorted(re.findall(r"\{\w+\}", english)) == sorted(re.findall(r"\{\w+\}", spanish)), english
        assert english != spanish


@pytest.mark.parametrize("catalogue", [LANGUAGES, TELLINGS, PHRASES])
def test_every_text_of_the_printers_has_its_spanish(catalogue: Any) -> None:
    """But for texts of formulas alone, which are the same in both."""
    english, spanish = catalogue["en"], catalogue["es"]
    for field in dataclasses.fields(english):
        one, other = getattr(english, field.name), getattr(spanish, field.name)
        if field.name != "rules":
            pairs = zip(one.values(), other.values(), strict=True) if isinstance(one, dict) else [(one, other)]
            for text, translated in pairs:
                worded = re.search(r"[a-z]{3,}", re.sub(r"\{\w+\}", "", str(text)))
                assert text != translated or not worded, (field.name, text)


ENGLISH = re.compile(r"(?<![\w{])(of|the|to|at|copied|with|rows|one|all|labels|element by|not|and|shape|axis)(?![\w}])")


@pytest.mark.parametrize("name", [name for name in GRAPHS if name != "huge" and "of a user" not in name])
def test_no_english_is_left(name: str) -> None:
    root = GRAPHS[name]()
    source = draw(root, lang="es").source
    walk = steps(root, lang="es")
    labels = re.findall(r'label=<(.*)>|tooltip="([^"]*)"', source)
    told = [
        *(re.sub(r"<[^<>]*>", " ", "".join(label)) for label in labels),
        walk.table(),
        str(explain(root, lang="es")),
    ]
    told += [line for node in walk.trace.nodes for line in walk._sentences.card(node)["lines"]]
    for text in told:
        found = ENGLISH.search(text)
        assert found is None, text[max(0, found.start() - 60) : found.end() + 20]


def test_names_of_the_users_are_not_translated() -> None:
    """A variable that is called like a word of the rules stays what it is."""
    labels, mean = Value([1.0, 2.0], name="labels"), Value(3.0, name="mean")
    root = (labels * mean).sum()
    assert "labels · mean" in steps(root, lang="es").table()
    assert "∂root/∂mean = Σ (∂root/∂v₁ × labels)" in steps(root, lang="es").table()


def test_settings_and_axes_are_told_too() -> None:
    x = Value([[1.0, 2.0], [3.0, 4.0]], name="x")
    root = am.sum(am.mean(x, axis=0)[None] * x[x.numpy() > 1.0].sum())
    table = steps(root, lang="es").table()
    assert "media de x (eje 0)" in table
    assert "[máscara]" in table
    assert "[nuevo]" in table
    assert "mean x (axis 0)" in steps(root).table()
