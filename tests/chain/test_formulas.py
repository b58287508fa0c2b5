"""The words of operations: they are read back as mathematics and compared with what the rules compute."""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from autograd_mini.chain.formulas import Operand, formula, local, product
from autograd_mini.chain.latex import formula_latex, local_latex, to_latex
from autograd_mini.operation import OPERATIONS, Operation

LETTERS = "abc"
NAMES = {"sign": np.sign, "σ": lambda x: 1 / (1 + np.exp(-x)), "relu": lambda x: max(x, 0.0), "erf": math.erf}
NAMES |= {"softplus": lambda x: np.log1p(np.exp(x)), "step": lambda x: float(x > 0), "cbrt": np.cbrt, "round": np.rint}
NAMES |= {"conj": np.conj, "Re": np.real, "Im": np.imag, "sqrt": np.sqrt, "π": math.pi}
NAMES |= {"log₂": np.log2, "log₁₀": np.log10, "max": max, "min": min}
for function in (np.exp, np.log, np.sin, np.cos, np.tan, np.sinh, np.cosh, np.tanh, np.floor, np.ceil, np.trunc):
    NAMES[function.__name__] = function
for name in ("copysign", "fmod", "fmax", "fmin", "heaviside", "nextafter", "spacing"):
    NAMES[name] = getattr(np, name)
for name in ("arctan2", "arcsin", "arccos", "arctan", "arcsinh", "arccosh", "arctanh"):
    NAMES[name] = getattr(np, name)


def evaluate(text: str, values: Mapping[str, float]) -> float:
    """A formula of the notation as a number."""
    text = text.replace("−", "-").replace("·", "*").replace("×", "*").replace("²", "**2").replace("³", "**3")
    text = re.sub(r"√(\w+)", r"sqrt(\1)", text).replace("√", "sqrt").replace("^", "**").replace(" mod ", " % ")
    text = re.sub(r"\|(\w+)\|", r"abs(\1)", text)
    text = re.sub(r"\[([^\]]*)\]", lambda match: f"float(bool({match[1].replace(' = ', ' == ')}))", text)
    text = re.sub(r"\b(\d)([a-z])\b", r"\1*\2", text)
    functions = "|".join(sorted(NAMES, key=len, reverse=True))
    text = re.sub(rf"\b({functions}) (\w+)", r"\1(\2)", text)
    text = re.sub(r"log([₂₁₀]*)\(", lambda match: {"": "log", "₂": "log2", "₁₀": "log10"}[match[1]] + "(", text)
    return float(eval(text, {**NAMES, "log2": np.log2, "log10": np.log10, **values}))


def sample(op: Operation) -> dict[str, float]:
    low, high = op.domain
    return {letter: low + (high - low) * share for letter, share in zip(LETTERS, (0.7, 0.35, 0.6), strict=True)}


def operands(op: Operation) -> list[Operand]:
    return [Operand(letter) for letter in LETTERS[: 3 if op.variadic else len(op.rules)]]


def static(op: Operation) -> dict[str, Any]:
    """Static arguments of the operation's first case, with its defaults."""
    parameters = list(inspect.signature(op.forward).parameters.values())[1 if op.variadic else len(op.rules) :]
    settings = {p.name: p.default for p in parameters if p.default is not p.empty}
    return settings | (dict(op.cases[0].static) if op.cases else {})


# Complex slopes, and constants that no formula shows.
NOT_READ = {"imag", "zeros_like"}
OWN = [op for op in OPERATIONS.values() if op.forward.__module__.startswith("autograd_mini.")]  # not nn's, if imported
# Special functions are written as mathematics writes them, J₀(x) and Γ(x), which `evaluate` does not read.
FAMILIES = ("bessel", "modified_bessel", "error_functions", "gammas", "incomplete_integrals", "entropies")
SPECIAL = {f"autograd_mini.ops.{family}" for family in FAMILIES}
ELEMENTWISE = [op for op in OWN if op.elementwise and op.name not in NOT_READ and op.forward.__module__ not in SPECIAL]


@pytest.mark.parametrize("op", ELEMENTWISE, ids=lambda op: op.name)
def test_the_formula_says_what_is_computed(op: Operation) -> None:
    values = sample(op)
    arguments = [values[operand.name] for operand in operands(op)]
    text = formula(op, Operand("y"), operands(op), static(op))
    assert evaluate(text, values) == pytest.approx(float(op.forward(*arguments)), rel=1e-12)


@pytest.mark.parametrize("op", ELEMENTWISE, ids=lambda op: op.name)
def test_the_local_derivative_says_what_the_rule_computes(op: Operation) -> None:
    values = sample(op)
    arguments = [values[operand.name] for operand in operands(op)]
    out = op.forward(*arguments)
    for i in range(len(op.rules)):
        slope = op.pull(i, 1.0, out, arguments, None)
        if slope is None:
            continue
        text = local(op, i, Operand("y"), operands(op), static(op))
        assert evaluate(text, values | {"y": float(out)}) == pytest.approx(float(slope), rel=1e-12), text


@pytest.mark.parametrize("op", OPERATIONS.values(), ids=lambda op: op.name)
def test_every_template_is_filled(op: Operation) -> None:
    words = operands(op)
    texts = [formula(op, Operand("y"), words, static(op)), formula_latex(op, Operand("y"), words, static(op))]
    for i in range(len(words)):
        texts.append(local(op, i, Operand("y"), words, static(op)))
        texts.append(local_latex(op, i, Operand("y"), words, static(op)))
        texts += product(op, i, "δ", Operand("y"), words, static(op))
    for text in texts:
        assert "{x}" not in text
        assert "None" not in text


@pytest.mark.parametrize("op", OPERATIONS.values(), ids=lambda op: op.name)
def test_the_latex_compiles(op: Operation) -> None:
    mathtext = pytest.importorskip("matplotlib.mathtext")
    parser = mathtext.MathTextParser("path")
    words = [Operand(name) for name in ("w₁", "loss", "δ")[: len(operands(op))]]
    texts = [formula_latex(op, Operand("y₂"), words, static(op))]
    texts += [local_latex(op, i, Operand("y₂"), words, static(op)) for i in range(len(words))]
    for text in texts:
        parser.parse(f"${text}$")


POWERS = [
    (2.0, "e²", "2e", "e^{2}"),
    (3.0, "e³", "3e²", "e^{3}"),
    (-1.0, "e⁻¹", "−e⁻²", "e^{-1}"),
    (-2.0, "e⁻²", "−2e⁻³", "e^{-2}"),
    (1.0, "e¹", "1", "e^{1}"),
    (0.0, "e⁰", "0", "e^{0}"),
    (0.5, "e^0.5", "0.5 · e^(−0.5)", "e^{0.5}"),
    (-0.5, "e^(−0.5)", "−0.5 · e^(−1.5)", "e^{-0.5}"),
    (2.5, "e^2.5", "2.5 · e^1.5", "e^{2.5}"),
]


@pytest.mark.parametrize(("n", "text", "slope", "latex"), POWERS)
def test_powers(n: float, text: str, slope: str, latex: str) -> None:
    op, out = OPERATIONS["power"], Operand("y")
    words = [Operand("e"), Operand(f"{n:g}".replace("-", "−"), number=n)]
    assert formula(op, out, words) == text
    assert local(op, 0, out, words) == slope
    assert formula_latex(op, out, words) == latex


def test_powers_of_numbers_and_of_long_names() -> None:
    op = OPERATIONS["power"]
    assert formula(op, Operand("y"), [Operand("2", number=2.0), Operand("x")]) == "2^x"
    assert local(op, 1, Operand("y"), [Operand("2", number=2.0), Operand("x")]) == "y · log 2"
    assert formula(op, Operand("y"), [Operand("−2", number=-2.0), Operand("x")]) == "(−2)^x"
    assert local(op, 0, Operand("y"), [Operand("loss"), Operand("2", number=2.0)]) == "2 · loss"
    assert formula(op, Operand("y"), [Operand("a b"), Operand("2", number=2.0)]) == "(a b)²"


@pytest.mark.parametrize(
    ("name", "first", "second", "text"),
    [
        ("add", "x", -2.0, "x − 2"),
        ("subtract", "x", -2.0, "x + 2"),
        ("multiply", "x", -2.0, "x · (−2)"),
        ("multiply", -2.0, "x", "−2 · x"),
        ("multiply", 20.0, "g", "20 · g"),
        ("divide", "x", -4.0, "x / (−4)"),
        ("add", "h", 1.0, "h + 1"),
    ],
)
def test_numbers_in_formulas(name: str, first: str | float, second: str | float, text: str) -> None:
    words = [
        Operand(x) if isinstance(x, str) else Operand(f"{x:g}".replace("-", "−"), number=x) for x in (first, second)
    ]
    assert formula(OPERATIONS[name], Operand("y"), words) == text


def test_multiplying_by_a_number_has_that_slope() -> None:
    assert local(OPERATIONS["multiply"], 1, Operand("h"), [Operand("20", number=20.0), Operand("g")]) == "20"


X, W, B = Operand("X", (4, 2)), Operand("W", (2, 3)), Operand("b", (3,))
Z = Operand("Z", (4, 3))


@pytest.mark.parametrize(
    ("i", "upstream", "text", "note"),
    [
        (0, "δ", "δ · Wᵀ", "(4, 3) · (3, 2) → (4, 2)"),
        (1, "δ", "Xᵀ · δ", "(2, 4) · (4, 3) → (2, 3)"),
        (2, "δ", "Σ rows of δ", "broadcast undone: (4, 3) → (3,)"),
        (2, "∂C/∂Z", "Σ rows of ∂C/∂Z", "broadcast undone: (4, 3) → (3,)"),
    ],
)
def test_products_of_a_layer(i: int, upstream: str, text: str, note: str) -> None:
    assert product(OPERATIONS["linear"], i, upstream, Z, [X, W, B]) == (text, note)


def test_products_element_by_element() -> None:
    A, S = Operand("A", (4, 3)), Operand("s")
    assert product(OPERATIONS["tanh"], 0, "∂C/∂A", A, [Z]) == ("∂C/∂A × (1 − A²)", "element by element")
    assert product(OPERATIONS["add"], 0, "δ", A, [Z, Z]) == ("δ", "")
    assert product(OPERATIONS["subtract"], 1, "δ", A, [Z, Z]) == ("−δ", "element by element")
    assert product(OPERATIONS["multiply"], 1, "δ", A, [Z, S]) == ("Σ (δ × Z)", "broadcast undone: (4, 3) → ()")


def test_products_from_the_seed_leave_the_1_out() -> None:
    V = Operand("V", (4, 1))
    C = Operand("C")
    assert product(OPERATIONS["mean"], 0, "1", C, [V], {"axis": None}) == ("1/4, copied", "() → (4, 1)")
    assert product(OPERATIONS["sum"], 0, "1", C, [V], {"axis": None}) == ("1, copied", "() → (4, 1)")


def test_an_axis_is_shown_where_it_is_not_the_usual_one() -> None:
    assert formula(OPERATIONS["sum"], Operand("s"), [X], {"axis": 0, "keepdims": False}) == "Σ X (axis 0)"
    assert formula(OPERATIONS["sum"], Operand("s"), [X], {"axis": None, "keepdims": False}) == "Σ X"
    assert formula(OPERATIONS["softmax"], Operand("s"), [X], {"axis": -1}) == "softmax X"


def test_many_operands_are_not_all_spelled() -> None:
    words = [Operand(f"a{i}") for i in range(100)]
    assert formula(OPERATIONS["stack"], Operand("y"), words, {"axis": 0}) == "stack(a0, a1, a2, a3, a4, a5, …)"


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("∂C/∂w₁", r"\frac{\partial C}{\partial w_{1}}"),
        ("df/dx = df/dg · dg/dx", r"\frac{df}{dx} = \frac{df}{dg} \cdot \frac{dg}{dx}"),
        ("W₁ᵀ · δ", r"W_{1}^{\top} \cdot \delta "),
        ("1 / √(1 − a²)", r"1 / \sqrt{1 - a^{2}}"),
        ("√z₁", r"\sqrt{z_{1}}"),
        ("20 · g", r"20 \cdot g"),
        ("loss + rate", r"\mathrm{loss} + \mathrm{rate}"),
        ("softmax z", r"\mathrm{softmax}\ z"),
        ("a_b{c}$%&#", r"a\_b\{c\}\$\%\&\#"),
        ("x^(y−1)", "x^{y-1}"),
        ("1e−07", "1e-07"),
    ],
)
def test_to_latex(text: str, latex: str) -> None:
    assert to_latex(text) == latex
