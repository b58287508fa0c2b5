"""Explanations: their texts, the numbers behind them, what they are checked against, and what they refuse."""

from __future__ import annotations

import functools
import gc
import json
import math
import os
import re
import subprocess
import sys
import time
import warnings
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

import autograd_mini as am
import nn
from autograd_mini import Explanation, GraphError, Value, explain, gradients
from autograd_mini.chain import trace
from autograd_mini.operation import OPERATIONS, Case
from tests.chain.explained import EXPLANATIONS, constant, neuron_graph, samples_graph, xor_cost
from tests.ops.operands import made
from tests.ops.test_table import CASES, UNARY, differentiable, draw, leaves_of, parts, public, rng_for

GOLDEN = Path(__file__).parent / "golden"
HOSTILE = [
    "</pre><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"'`",
    "&lt;{x}$title\\N",
    "a\u2028b\u2029c",
    "\x00\x1b\x07\n",
    "\u202eevil\u202c",
    "\ud800",
    "שלום 😀",
    "x" * 10_000,
    "#%_^~ | * [link](javascript:alert(1))",
]


# --- texts ------------------------------------------------------------------------------------------------------------


@functools.cache
def told(name: str) -> Explanation:
    """One of the explanations of the golden texts; some take seconds."""
    return EXPLANATIONS[name]()


@pytest.mark.parametrize("name", EXPLANATIONS)
def test_texts(name: str) -> None:
    """The text is as it was; with UPDATE_GOLDEN=1 in the environment it is written anew, to be looked at."""
    golden = GOLDEN / f"explain_{name}.txt"
    text = f"{told(name)}\n"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name", ["neuron", "network", "one_variable", "fanout", "matrix", "entry", "residual", "scalar_network"]
)
def test_latex_and_markdown(name: str) -> None:
    explanation = told(name)
    for ending, text in {"tex": explanation.latex, "md": explanation.markdown}.items():
        golden = GOLDEN / f"explain_{name}.{ending}"
        if os.environ.get("UPDATE_GOLDEN"):
            golden.write_text(f"{text}\n", encoding="utf-8")
        assert f"{text}\n" == golden.read_text(encoding="utf-8")


def test_the_neuron_of_the_documentation() -> None:
    values = neuron_graph()
    values["C"].backward()
    lines = [line.strip() for line in str(explain(values["C"], values["w1"], names=values)).splitlines()]
    assert re.split(" {3,}", lines[0]) == ["∂C/∂w₁ = ∂C/∂e · ∂e/∂o · ∂o/∂z · ∂z/∂s · ∂s/∂u₁ · ∂u₁/∂w₁", "1 path"]
    assert lines[1] == "= −1.51 × 1 × 0.94 × 1 × 1 × 2"
    assert re.split(" {3,}", lines[2]) == ["= −2.839", "(w1.grad: −2.839 ✓)"]
    assert lines[3] == (
        "short: ∂C/∂w₁ = ∂C/∂o · ∂o/∂z · ∂z/∂w₁ = −1.51 × 0.94 × 2,   δ = ∂C/∂z = −1.42,   ∂C/∂w₁ = δ · x₁"
    )


def test_numbers_of_the_neuron_are_those_of_finite_differences() -> None:
    def cost(w1: float, w2: float, b: float) -> float:
        return (math.tanh(w1 * 2.0 + w2 * -1.0 + b) - 1.0) ** 2

    values, h, at = neuron_graph(), 1e-6, (0.5, 0.25, -0.5)
    for i, name in enumerate(("w1", "w2", "b")):
        up, down = ([x + sign * h * (k == i) for k, x in enumerate(at)] for sign in (1, -1))
        slope = (cost(*up) - cost(*down)) / (2 * h)
        assert explain(values["C"], name).value == pytest.approx(slope, rel=1e-8)


# --- paths and factors ------------------------------------------------------------------------------------------------


def test_paths_of_a_value_used_twice() -> None:
    x = Value(3.0)
    g = x**2
    f = 20 * g + x
    explanation = explain(f, x)
    assert explanation.symbol == "df/dx"
    assert (explanation.value, explanation.count, explanation.mass, explanation.cancellation) == (121.0, 2, 121.0, 1.0)
    long, short = explanation.paths
    assert long.nodes == ("f", "v₁", "g", "x")
    assert long.symbols == ("∂f/∂v₁", "dv₁/dg", "dg/dx")
    assert long.factors == (1.0, 20.0, 6.0)
    assert (long.product, short.product) == (120.0, 1.0)
    assert [(factor.of, factor.to, factor.count, factor.value) for factor in explanation.factors] == [
        ("f", "x", 2, 121.0)
    ]


def test_factors_lie_between_the_values_on_all_paths() -> None:
    values = neuron_graph()
    explanation = explain(values["C"], values["w1"], names=values)
    assert [factor.to for factor in explanation.factors] == ["e", "o", "z", "s", "u₁", "w₁"]
    assert math.prod(factor.value for factor in explanation.factors) == explanation.value


def test_only_the_largest_paths_are_shown_and_the_others_are_summed() -> None:
    x = Value(2.0, name="x")
    f = Value(0.0, requires_grad=False)
    for k in (1.0, -5.0, 3.0, 0.5, -2.0):
        f = f + x * k
    explanation = explain(f, x, max_paths=2)
    assert [path.product for path in explanation.paths] == [-5.0, 3.0]
    assert explanation.count == 5
    assert explanation.cancellation == pytest.approx(2.5 / 11.5)
    text = str(explanation)
    assert re.search(r"\+ 3 more paths += −0.5\n", text)
    assert "|Σ| / Σ|·| = 0.2174" in text


def test_what_is_left_of_paths_that_cancel_is_no_noise() -> None:
    x = Value(0.1)
    f = Value(0.0, requires_grad=False)
    for k in (0.1, 0.2, 0.3, -0.3, -0.2, -0.1, 1e-20):
        f = f + x * k
    text = str(explain(f, x, max_paths=1))
    assert re.search(r"6 more paths +=", text)
    assert "what cancelling leaves" in text


def test_100_samples_have_1600_paths_and_the_largest_come_first() -> None:
    explanation = told("samples_weight")
    assert explanation.count == 1_600
    assert explanation.value == pytest.approx(gradients(*samples_graph()), rel=1e-12)
    products = [abs(path.product) for path in explanation.paths]
    assert len(products) == 8
    assert products == sorted(products, reverse=True)
    assert explanation.mass is not None
    assert products[0] <= explanation.mass


def test_two_to_the_hundredth_paths() -> None:
    x = Value(1.0)
    a = x
    for _ in range(100):
        a += a
    start = time.process_time()
    explanation = explain(a, x)
    assert str(explanation)
    assert time.process_time() - start < 2.0
    assert explanation.count == 2**100
    assert explanation.value == 2.0**100
    assert explanation.cancellation == 1.0
    assert len(explanation.paths) == 8
    assert explanation.to_dict()["count"] == "2¹⁰⁰"


def test_delta_and_what_the_weight_was_multiplied_by() -> None:
    mlp = nn.MLP(2, [3, 2, 1], scalar=True, seed=0)
    C = (mlp([1.0, 2.0]) - 1.0) ** 2
    neuron = mlp.layers[0].neurons[0]
    text = str(explain(C, neuron.w[1]))
    assert "∂C/∂w₁[2][1] = δ₁[1] · x₂" in text
    assert "∂C/∂b₁[1] = δ₁[1]\n" in str(explain(C, neuron.b)) + "\n"
    z = next(node for node in trace(C).nodes if node.name == "z₁[1]")
    assert f"δ₁[1] = ∂C/∂z₁[1] = {z.grad:.4g}" in text
    assert explain(C, "z1[1]").value == pytest.approx(z.grad)


def test_landmarks() -> None:
    values = neuron_graph()
    C, w1 = values["C"], values["w1"]
    text = str(explain(C, w1, names=values, landmarks=[values["s"], "e"]))
    assert "short: ∂C/∂w₁ = ∂C/∂e · ∂e/∂s · ∂s/∂w₁ = −1.51 × 0.94 × 2," in text
    assert "short: ∂C/∂w₁ = ∂C/∂z · ∂z/∂w₁" in str(explain(C, w1, names=values, landmarks=values["z"]))


def test_named_values_are_landmarks_where_there_is_no_activation() -> None:
    x = Value(2.0)
    g = (x * 3.0 + 1.0) * 2.0
    f = (g - 1.0) ** 2 * 5.0
    assert "short: df/dx = df/dg · dg/dx = 130 × 6" in str(explain(f, x))


def test_one_variable_is_written_with_d() -> None:
    x = Value(2.0)
    f = am.sin(x**2)
    assert str(explain(f, x)).startswith("df/dx = df/dv₁ · dv₁/dx")
    y = Value(1.0)
    g = f * y
    assert str(explain(g, x)).startswith("∂g/∂x = ∂g/∂f · ∂f/∂v₁ · ∂v₁/∂x ")
    h = x * am.exp(x)
    assert str(explain(h, x)).startswith("dh/dx = ∂h/∂v₁ · dv₁/dx + ∂h/∂x")


@st.composite
def programs(draw: st.DrawFn) -> list[tuple[str, int, int]]:
    steps = draw(st.integers(1, 9))
    kinds = st.sampled_from(["add", "multiply", "subtract", "sin", "tanh", "square"])
    return [(draw(kinds), draw(st.integers(0, i + 1)), draw(st.integers(0, i + 1))) for i in range(steps)]


@given(programs(), st.integers(1, 12))
def test_explanations_of_random_graphs(program: list[tuple[str, int, int]], max_paths: int) -> None:
    values = [Value(0.7, name="x"), Value(-1.3, name="y")]
    for kind, i, j in program:
        operation = getattr(am, kind)
        pair = kind in ("add", "multiply", "subtract")
        values.append(operation(values[i], values[j]) if pair else operation(values[i]))
    root = values[-1]
    for value in trace(root, names=False).places:
        explanation = explain(root, value, max_paths=max_paths, names=False)
        assert explanation.value == pytest.approx(gradients(root, value), rel=1e-9, abs=1e-12)
        assert "✗" not in str(explanation)
        assert len(explanation.paths) == min(explanation.count, max_paths)
        assert math.prod(factor.value for factor in explanation.factors) == pytest.approx(explanation.value, abs=1e-12)
        assert math.prod(factor.count for factor in explanation.factors) == explanation.count
        if explanation.count <= max_paths:
            assert math.fsum(path.product for path in explanation.paths) == pytest.approx(explanation.value, abs=1e-9)


# --- arrays -----------------------------------------------------------------------------------------------------------


def test_arrays_agree_with_the_pass_and_with_their_paths() -> None:
    W, A = Value(np.eye(3) / 2), Value(np.arange(6.0).reshape(2, 3) / 5)
    Z = am.tanh(A @ W) @ W + A
    L = (Z * Z).sum()
    for value in (W, A, Z):
        explanation = explain(L, value)
        np.testing.assert_allclose(explanation.value, gradients(L, value), rtol=1e-12)
        np.testing.assert_allclose(sum(path.product for path in explanation.paths), explanation.value, rtol=1e-12)
        assert len(explanation.paths) == explanation.count
    assert explain(L, W).count == 4
    assert [factor.to for factor in explain(L, W).factors] == ["v₄", "Z", "v₃", "W"]


def test_many_paths_through_arrays_are_answered_at_once() -> None:
    A = Value(np.full((2, 2), 0.1))
    h = A
    for _ in range(60):
        h = am.sin(h) + h
    explanation = explain(h.sum(), A, max_paths=3)
    assert explanation.count == 2**60
    np.testing.assert_allclose(explanation.value, gradients(h.sum(), A), rtol=1e-12)
    assert explanation.mass is None
    assert explanation.cancellation is None
    assert len(explanation.paths) == 3
    h = A
    woven = A
    for _ in range(30):
        h, woven = am.sin(h) + woven, h
    text = str(explain(h.sum(), A, max_paths=2))
    assert re.search(r"the sum over [\d,]+ paths", text)
    assert re.search(r"\+ [\d,]+ more paths", text)
    assert "✓" in text


def test_long_chains_of_arrays_leave_out_the_middle() -> None:
    h = A = Value(np.full((2, 2), 0.1))
    for _ in range(40):
        h = am.sin(h)
    assert "⋯ 31 more steps" in str(explain(h.sum(), A))


def test_complex_numbers_go_by_their_products() -> None:
    z = Value(1 + 2j)
    C = am.real(z * am.conjugate(z))
    explanation = explain(C, z)
    assert explanation.value == gradients(C, z) == 2 + 4j
    assert explanation.to_dict()["value"] == [2.0, 4.0]
    A = Value(np.array([1 + 1j, 2 - 1j]))
    with pytest.raises(TypeError, match=r"element= unrolls real arrays, and .* is complex"):
        explain(am.real(am.sum(A * A)), A, element=0)


def test_a_root_that_is_an_array_starts_from_its_gradient() -> None:
    B = Value([[1.0, 2.0], [3.0, 4.0]])
    R = B * 3
    assert explain(R, B).symbol == "∂ΣR/∂B"
    R.backward([[1.0, 2.0], [3.0, 4.0]])
    explanation = explain(R, B)
    np.testing.assert_array_equal(explanation.value, [[3.0, 6.0], [9.0, 12.0]])
    assert "(B.grad ✓)" in str(explanation)
    assert explain(R, B, element=(1, 0)).value == 9.0
    assert explain(R, R, element=(1, 0)).value == 3.0


# --- one entry --------------------------------------------------------------------------------------------------------


def test_every_entry_of_every_parameter_of_a_network() -> None:
    for activation, output in (("tanh", None), ("relu", "sigmoid"), ("gelu", "tanh")):
        C, mlp = xor_cost(activation, output)
        C.backward()
        for parameter in mlp.parameters():
            for index in np.ndindex(parameter.shape):
                explanation = explain(C, parameter, element=index)
                assert explanation.value == pytest.approx(parameter.grad[index], rel=1e-9, abs=1e-15)
                assert "✗" not in str(explanation)


@pytest.mark.parametrize(("name", "case"), CASES)
def test_one_entry_through_every_operation(name: str, case: Case) -> None:
    rng = rng_for(name, case.shapes, repr(case.static))
    operands = leaves_of(draw(name, case.shapes, rng))
    result = public(name)(*made(case.made, operands), **case.static)
    results = [parts(each) for each in (result if isinstance(result, (list, tuple)) else [result]) if each.size]
    if not results:
        return  # nothing has a derivative
    root = sum((each * rng.normal(size=each.shape)).sum() for each in results)
    for i in differentiable(name, len(operands)):
        leaf = operands[i]
        if not leaf.requires_grad or not leaf.size:
            continue
        index = tuple(int(rng.integers(size)) for size in leaf.shape)
        grad = np.asarray(gradients(root, leaf))[index]
        if any(node.requires_grad and node.dtype.startswith("complex") for node in trace(root).nodes):
            with pytest.raises(TypeError, match="unrolls real arrays, and "):
                explain(root, leaf, element=index)
            continue
        explanation = explain(root, leaf, element=index)
        assert explanation.value == pytest.approx(grad, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", UNARY)
def test_one_entry_through_every_elementwise_operation(name: str) -> None:
    x = Value(draw(name, [(2, 3)], rng_for(name))[0])
    root = (public(name)(x) * np.arange(6.0).reshape(2, 3)).sum()
    explanation = explain(root, x, element=(1, 2))
    assert explanation.count == 1
    assert explanation.value == pytest.approx(gradients(root, x)[1, 2], rel=1e-12)


def test_broadcasting_in_one_entry() -> None:
    b, X = Value([1.0, 2.0, 3.0]), Value(np.arange(12.0).reshape(4, 3))
    s = Value(2.0)
    L = ((X * b + s) ** 2).sum()
    assert explain(L, b, element=1).count == 4
    assert explain(L, b, element=-2).value == explain(L, b, element=(1,)).value == gradients(L, b)[1]
    everywhere = explain(L, s, element=())
    assert everywhere.count == 12
    assert everywhere.value == pytest.approx(gradients(L, s))


def test_an_entry_of_a_matrix_product_is_named() -> None:
    x, W = Value([1.0, 2.0], name="x"), Value([[1.0, 2.0], [3.0, 4.0]], name="W")
    C = (x @ W).sum()
    assert "∂v₁[1]/∂W[0,1] = x[0]" in str(explain(C, W, element=(0, 1)))
    text = str(explain(C, x, element=0))
    assert "rules: ∂v₁[1]/∂x[0] = W[0,1]" in text
    v = W @ x
    assert "= W[1,0]" in str(explain(v[1] * 2.0, x, element=0))


def test_an_entry_that_nothing_depends_on() -> None:
    x = Value([1.0, 2.0, 3.0])
    explanation = explain(x[:2].sum(), x, element=2)
    assert (explanation.value, explanation.count, explanation.paths) == (0.0, 0, ())
    assert "no path: every derivative on the way is 0" in str(explanation)
    assert explanation.to_dict()["cancellation"] is None


def test_too_many_entries_are_refused() -> None:
    A = Value(np.full((200, 200), 0.001))
    L = (A @ A @ A @ A).sum()
    with pytest.raises(ValueError, match=r"unrolling one entry of A leads through too many entries.*fewer samples"):
        explain(L, A, element=(0, 0))


# --- all gradients ----------------------------------------------------------------------------------------------------


def test_three_steps_give_every_gradient() -> None:
    C, mlp = xor_cost()
    C.backward()
    explanation = explain(C)
    for name, parameter in {"W₁": mlp.layer1.W, "b₁": mlp.layer1.b, "W₂": mlp.layer2.W, "b₂": mlp.layer2.b}.items():
        np.testing.assert_array_equal(explanation.value[name], parameter.grad)
    text = str(explanation)
    assert "Step 1: the delta of the last layer, layer2 · Layer(3→1, sigmoid)" in text
    assert "δ₁ = ∂C/∂Z₁ = (δ₂ · W₂ᵀ) × (A₁ · (1 − A₁))" in text
    assert "∂C/∂W₁ = Xᵀ · δ₁" in text
    assert "(W1.grad ✓)" in text


def test_numbers_of_the_three_steps_are_right() -> None:
    """Every line of a scalar network, read back: its numbers multiply to what it says."""
    mlp = nn.MLP(2, [3, 2, 1], scalar=True, seed=3)
    C = (mlp([0.5, -2.0]) - 0.25) ** 2
    lines = str(explain(C, max_paths=100, fmt=".12g")).splitlines()
    read = 0
    joined = re.sub(r"\n\s+=", "  =", "\n".join(lines))
    for line in joined.splitlines():
        cells = re.split(r" {2,}= ", line.strip())
        if len(cells) == 3:
            expression, result = cells[1].replace("×", "*").replace("−", "-"), cells[2].replace("−", "-")
            assert eval(expression, {"__builtins__": {}}) == pytest.approx(float(result), rel=1e-8)
            read += 1
    assert read == 18  # all but the derivatives by biases, which are deltas


@pytest.mark.parametrize("activation", ["leaky_relu", "elu", "gelu", "silu", "softplus", "linear"])
@pytest.mark.parametrize("scalar", [True, False])
def test_layers_are_found_by_their_modules(activation: str, scalar: bool) -> None:
    mlp = nn.MLP(2, [3, 1], activation, scalar=scalar, seed=0)
    out = mlp([1.0, 2.0])
    C = ((out - 1.0) ** 2) if scalar else ((out - 1.0) ** 2).sum()
    text = str(explain(C))
    assert f"layer1 · Layer(2→3, {activation})" in text
    assert re.search(r"∂C/∂w₁\[1\]\[1\] = δ₁\[1\] · x₁|∂C/∂W₁ = .*δ₁", text)


def test_a_cost_with_an_activation_is_no_layer() -> None:
    mlp = nn.MLP(2, [3, 1], seed=0)
    X, y = np.ones((4, 2)), np.array([[1.0], [-1.0], [1.0], [-1.0]])
    text = str(explain(nn.hinge_loss(mlp(X), y)))
    assert text.count("layer2") == 2
    assert "δ₂ = ∂C/∂A₂" in text


def test_an_embedding_past_the_layers_is_told_too() -> None:
    w, b, s = Value(0.5), Value(0.1), Value(2.0)
    z = w * 3.0 + b
    C = am.tanh(z) * s
    text = str(explain(C))
    assert "∂C/∂w = δ · 3" in text
    assert "past all layers:\n  ∂C/∂s = v" in text


def test_a_graph_without_layers_lists_its_leaves() -> None:
    x, y = Value(3.0), Value(2.0)
    f = x**2 * y
    explanation = explain(f)
    assert explanation.value == {"x": 12.0, "y": 9.0}
    assert explanation.count == 2
    assert "The gradients of f, each with its chain" in str(explanation)
    assert "∂f/∂x = ∂f/∂v₁ · ∂v₁/∂x" in str(explanation).replace("dv₁/dx", "∂v₁/∂x")


def test_a_step_that_is_too_long_for_a_formula_is_told_in_parts() -> None:
    mlp = nn.MLP(2, [4, 3], "tanh", "softmax", seed=0)
    C = nn.nll_loss(am.log(mlp(np.ones((3, 2)))), np.array([0, 1, 2]))
    lines = str(explain(C)).splitlines()
    first = lines.index("Step 1: the delta of the last layer, layer2 · Layer(4→3, softmax)")
    assert lines[first + 1].startswith("  ∂C/∂v₄ = 1/3, copied ")
    assert lines[first + 6].startswith("  δ₂ = ∂C/∂Z₂ = A₂ × (∂C/∂A₂ − Σ ∂C/∂A₂ × A₂) ")
    A = Value([0.5, 0.25], name="A")
    h = A
    for _ in range(30):
        h = am.sin(h)
    L = h.sum()
    assert "explain(L, A) shows the way" in str(explain(L))


def test_layers_of_a_recurrent_network_are_its_steps_in_time() -> None:
    X = np.array([[1.0, 2.0], [0.5, -1.0], [0.0, 1.0]])
    W, U, b = Value(np.eye(2) / 2, name="W"), Value(np.eye(2) / 3, name="U"), Value(np.zeros(2), name="b")
    h = Value(np.zeros(2), requires_grad=False, name="h0")
    for x in X:
        h = am.tanh(constant(x, "x") @ W + h @ U + b)
    text = str(explain((h**2).sum(), names=False))
    assert re.search(r"∂L/∂b = δ₃ \+ δ₂ \+ δ₁ ", text)
    assert re.search(r"δ₂ = ∂L/∂v₉ = \(δ₃ · Uᵀ\) × \(1 − v₁₀²\)", text)


def test_many_leaves_are_cut() -> None:
    xs = [Value(float(i), name=f"x{i}") for i in range(20)]
    f = am.array(xs).sum()
    explanation = explain(f, max_paths=4)
    assert len(explanation.value) == 20
    assert "⋯ 16 more like these" in str(explanation)


# --- checks -----------------------------------------------------------------------------------------------------------


def test_what_the_result_was_checked_against() -> None:
    values = neuron_graph()
    C, w1 = values["C"], values["w1"]
    assert explain(C, w1).check == "fresh backward pass: −2.839 ✓"
    assert w1.grad is None
    C.backward()
    assert explain(C, w1).check == "w1.grad: −2.839 ✓"
    C.backward()
    assert explain(C, w1).check == "w1.grad: −5.678 = 2 × this, the sum over 2 backward calls"
    w1.grad = 1.0
    assert explain(C, w1).check == "w1.grad: 1 differs: it comes from other backward calls, or several have accumulated"
    assert w1.grad == 1.0
    z = values["z"]
    of_z = explain(C, z)
    assert of_z.check == "z.grad: −1.42 ✓"
    of_z = explain(C, z, names=False)
    assert of_z.check == ".grad: −1.42 ✓"


def test_checks_of_arrays_and_single_precision() -> None:
    A = Value(np.linspace(0.1, 1.0, 12, dtype=np.float32).reshape(3, 4))
    L = (am.tanh(A @ A.T) * A.sum()).mean()
    assert explain(L, A).check == "fresh backward pass ✓"
    L.backward()
    L.backward()
    assert explain(L, A).check == "A.grad = 2 × this, the sum over 2 backward calls"
    assert explain(L, A, element=(2, 3)).check.startswith("A.grad[2, 3]: ")


def test_a_rule_that_is_wrong_is_noticed() -> None:
    """A rule that does not multiply the gradient is no product, and its paths do not add up to the pass."""

    @am.primitive("odd {x}", am.Rule(lambda g, out, x: g * g, "1"), elementwise=True)
    def odd_square_rule(x: Any) -> Any:
        return x * 1.0

    try:
        x = Value(3.0)
        assert "fresh backward pass: 16 ✗" in str(explain(odd_square_rule(x) * 4.0, x))
    finally:
        del OPERATIONS["odd_square_rule"]


def test_nothing_is_touched() -> None:
    values = neuron_graph()
    C = values["C"]
    C.backward()
    before = {name: value.grad for name, value in values.items()}
    explain(C)
    explain(C, "w1")
    assert {name: value.grad for name, value in values.items()} == before
    assert gc.isenabled()
    with pytest.raises(ValueError, match="no value called"):
        explain(C, "nothing")
    assert gc.isenabled()
    cost, mlp = xor_cost()
    with am.no_grad():
        assert explain(C, "w1").value == before["w1"]
        assert explain(cost, mlp.layer1.W, element=(0, 0)).count == 2


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"wrt": "q"}, ValueError, "C depends on no value called 'q'; there are 'w₁', 'u₁', 'w₂', "),
        ({"wrt": "w3"}, ValueError, r"C depends on no value called 'w3'; did you mean 'w₂' or 'w₁'\?"),
        ({"wrt": ""}, ValueError, "no value called ''"),
        ({"wrt": 3.0}, TypeError, "wrt is a Value or the name of one, got float"),
        ({"wrt": "x1"}, ValueError, "x₁ requires no gradient, so C is not differentiated by it; make it a Value with"),
        ({"element": 0}, ValueError, "element= chooses an entry of a value, so pass that too"),
        ({"wrt": "w1", "element": 0}, IndexError, r"an entry of w₁ of shape \(\) has 0 indices, got element=0"),
        ({"max_paths": 0}, ValueError, "max_paths is a whole number of at least 1, got 0"),
        ({"max_paths": True}, ValueError, "max_paths"),
        ({"max_paths": 2.5}, ValueError, "max_paths"),
        ({"lang": "de"}, ValueError, "lang is one of 'en', 'es', got 'de'"),
        ({"fmt": "x"}, ValueError, "fmt is a format of numbers"),
        ({"wrt": "w1", "landmarks": 3}, TypeError, "landmarks are Values or names, got int"),
        ({"wrt": "w1", "landmarks": ["q"]}, ValueError, "no value called 'q'"),
        ({"names": [1]}, TypeError, "names takes a dict"),
    ],
)
def test_wrong_arguments(options: dict[str, Any], error: type[Exception], message: str) -> None:
    values = neuron_graph()
    with pytest.raises(error, match=message):
        explain(values["C"], **{"names": values, **options})


def test_wrong_roots_and_values() -> None:
    values = neuron_graph()
    with pytest.raises(TypeError, match="a Value is needed"):
        explain(3.0)
    with pytest.raises(ValueError, match=r"C does not depend on 'other' \(a leaf, shape \(\)\)"):
        explain(values["C"], Value(1.0, name="other"), names=values)
    with pytest.raises(GraphError, match="depends on no value that requires a gradient"):
        explain(constant(1.0, "c") * 2.0)


def test_released_graphs_and_changed_data() -> None:
    values = neuron_graph()
    values["C"].backward(retain_graph=False)
    with pytest.raises(GraphError, match="retain_graph=True"):
        explain(values["C"], values["w1"])
    values = neuron_graph()
    values["w1"].data = 2.0
    with pytest.raises(GraphError, match="changed after the graph had used it"):
        explain(values["C"], values["w1"])


@pytest.mark.parametrize("element", [(0,), (0, 1, 2), 0])
def test_elements_with_too_few_or_too_many_indices(element: Any) -> None:
    C, mlp = xor_cost()
    with pytest.raises(IndexError, match=r"an entry of W₁ of shape \(2, 3\) has 2 indices"):
        explain(C, mlp.layer1.W, element=element)


def test_elements_out_of_range_and_of_the_wrong_type() -> None:
    C, mlp = xor_cost()
    with pytest.raises(IndexError, match=r"element=\(2, 0\) is outside of W₁ of shape \(2, 3\)"):
        explain(C, mlp.layer1.W, element=(2, 0))
    for wrong in ((0.5, 1), "01", slice(None), None):
        if wrong is not None:
            with pytest.raises(TypeError, match="element is a tuple of whole numbers"):
                explain(C, mlp.layer1.W, element=wrong)
    at_end = explain(C, mlp.layer1.W, element=(-1, np.int64(-1)))
    assert at_end.symbol == "∂C/∂W₁[1,2]"


def test_names_that_several_values_have() -> None:
    mlp = nn.MLP(2, [2, 1], scalar=True, seed=0)
    L = (mlp([1.0, 2.0]) - 1.0) ** 2 + (mlp([0.0, 1.0]) - 1.0) ** 2
    with pytest.raises(ValueError, match=r"2 values are called 'z1\[1\]'.*'z₁\[1\]⁽¹⁾', 'z₁\[1\]⁽²⁾'"):
        explain(L, "z1[1]")
    first, second = explain(L, "z₁[1]⁽¹⁾"), explain(L, "z₁[1]⁽²⁾")
    assert first.symbol == "∂L/∂z₁[1]⁽¹⁾"
    assert first.value != second.value
    assert explain(L, "w1[1][1]").count == 2


# --- Markdown, LaTeX, HTML, JSON --------------------------------------------------------------------------------------


def _parse_latex(lines: list[str]) -> None:
    mathtext = pytest.importorskip("matplotlib.mathtext")
    parser = mathtext.MathTextParser("agg")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a font may lack a letter of a name
        for line in lines:
            parser.parse(f"${line}$")


@pytest.mark.parametrize("name", EXPLANATIONS)
def test_latex_is_valid_line_by_line(name: str) -> None:
    explanation = told(name)
    lines = explanation.latex.split("\n")
    assert len(lines) >= 2
    _parse_latex(lines)
    assert explanation.aligned.startswith("\\begin{aligned}\n")
    matrices = re.findall(r"\\begin\{pmatrix\} (.*?) \\end\{pmatrix\}", explanation.aligned)
    for matrix in matrices:  # rows of equal lengths
        assert len({row.count("&") for row in matrix.split(r" \\ ")}) == 1
    ampersands = explanation.aligned.count("&") - sum(matrix.count("&") for matrix in matrices)
    assert ampersands == explanation.aligned.count("\n") - 1
    assert explanation._repr_latex_() == f"$\\displaystyle {explanation.aligned}$"
    assert explanation.markdown.count("$$") % 2 == 0


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_names_are_shown_literally(name: str) -> None:
    x, y = Value(2.0, name=name), Value(3.0, name=name)
    f = am.tanh(x * y + x)
    f.name = f"{name} 2"
    A = Value([1.0, 2.0], name=name)
    with am.scope(name, name):
        L = (A * y).sum()
    L.name = name
    f.backward()
    L.backward()
    for explanation in (explain(f, x), explain(f), explain(L, A), explain(L), explain(L, A, element=0)):
        elements = _Elements()
        elements.feed(explanation._repr_html_())
        assert set(elements.tags) <= {"pre", "b"}
        assert elements.text == str(explanation)
        _parse_latex(explanation.latex.split("\n"))
        prose = re.sub(r"\$\$.*?\$\$", "", explanation._repr_markdown_(), flags=re.DOTALL)
        assert not re.search(r"(?<!\\)[<\[`]", prose)
        assert not re.search(r"<[/a-z!?]", explanation.latex)  # nor does a page read a tag in a formula
        assert not re.search(r"[\x00-\x09\x0b-\x1f\ud800-\udfff]", f"{explanation}{explanation.markdown}")
        assert len(str(explanation)) < 20_000
        json.dumps(explanation.to_dict(), allow_nan=False)


def test_to_dict_is_ready_for_json() -> None:
    values = neuron_graph()
    plain = json.loads(json.dumps(explain(values["C"], "w1", names=values).to_dict(), allow_nan=False))
    assert plain["symbol"] == "∂C/∂w₁"
    assert plain["value"] == pytest.approx(-2.8391, abs=1e-4)
    assert (plain["count"], plain["cancellation"]) == (1, 1.0)
    assert [factor["symbol"] for factor in plain["factors"]] == plain["paths"][0]["symbols"]
    assert plain["text"].startswith("∂C/∂w₁ = ")
    network = explain(xor_cost()[0]).to_dict()
    assert np.shape(network["value"]["W₁"]) == (2, 3)


def test_infinities_and_nan_are_told() -> None:
    x = Value(0.0)
    f = am.log(x) * 0.0
    explanation = explain(f, x)
    assert math.isnan(explanation.value)
    assert "fresh backward pass: nan ✓" in str(explanation)
    assert explanation.to_dict()["value"] == "nan"
    y = Value(1e300)
    steep = explain(y * y * y * y, y)
    assert steep.value == math.inf
    assert steep.to_dict()["mass"] == "inf"


def test_other_languages_and_formats() -> None:
    values = neuron_graph()
    text = str(explain(values["C"], "w1", names=values, lang="es", fmt=".2f"))
    assert "1 camino" in text
    assert "en corto:" in text
    assert "−1.51 × 1.00 × 0.94" in text


def test_repr_is_short() -> None:
    values = neuron_graph()
    assert repr(explain(values["C"], "w1", names=values)) == "<explanation of ∂C/∂w₁: 1 path>"


# --- edges ------------------------------------------------------------------------------------------------------------


def test_a_value_by_itself() -> None:
    x = Value(3.0)
    assert str(explain(x)) == str(explain(x, x)) == "dx/dx = 1"
    C = x * x
    explanation = explain(C, C)
    assert (explanation.value, explanation.count, len(explanation.paths)) == (1.0, 1, 1)


def test_one_edge() -> None:
    x = Value(3.0)
    assert str(explain(am.sin(x) * 1.0, "x", names={"x": x})).splitlines()[0].endswith("1 path")
    assert [*str(explain(x**2, x, names={"x": x})).split()[2:5]] == ["2x", "1", "path"]
    assert str(explain(20 * x, x, names={"x": x})).split()[2:5] == ["20", "1", "path"]


def test_operands_used_twice_by_one_operation() -> None:
    x = Value(3.0)
    y = x * x
    assert str(explain(y, x)).splitlines()[:2] == ["dy/dx = x + x          2 paths", "      = 3 + 3"]
    f = am.sin(x * x)
    assert "× (3 + 3)" in str(explain(f, x))


def test_empty_arrays_and_scalars_of_numpy() -> None:
    x = Value(np.zeros((0, 3)))
    assert explain((x * 2).sum(), x).value.shape == (0, 3)
    y = Value(np.float32(2.0))
    assert explain(y * y * y, y).value == 12.0


def test_nothing_is_imported_before_it_is_asked_for() -> None:
    code = (
        "import sys, autograd_mini as am; before = set(sys.modules); am.explain; after = set(sys.modules);"
        "wanted = {f'autograd_mini.chain.{name}' for name in ('explaining', 'paths', 'layers')};"
        "assert not wanted & before and wanted <= after;"
        "from autograd_mini.chain import explain; assert explain is am.explain"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


@pytest.mark.parametrize("operation", ["chain", "ladder", "arrays"])
def test_graphs_of_100000_values(operation: str) -> None:
    """They answer in seconds, whatever the answer is; the limit leaves room for slow machines."""
    x = Value(np.full(2, 0.5)) if operation == "arrays" else Value(0.5)
    v = before = x
    for _ in range(100_000):
        v, before = v + before if operation == "ladder" else am.sin(v), v
    start = time.process_time()
    text = str(explain(v, x))
    assert time.process_time() - start < 15.0
    assert len(text) < 3_000


def test_every_unnamed_value_is_defined_and_no_two_paths_read_alike() -> None:
    w = Value(np.array([[1.0, -2.0, 3.0, 7.0], [5.0, 6.0, 4.0, 9.0]]), name="W")
    text = str(explain(np.max(w) - np.median(w), w))
    rows = [line.split("(2, 4)")[0] for line in text.splitlines() if "→ W" in line and "v₈" in line]
    assert len(rows) == len(set(rows)) == 2
    chosen = str(explain(np.sum(np.where(np.array([True, False]), Value([1.0, 2.0], name="a"), 0.0))))
    assert "c₁ = [True, False]" in chosen
    d, c, a = Value(3.0, name="d"), Value(4.0, name="c"), Value(2.0, name="a")
    assert "where: v₁ = d · c,   v₂ = a²" in str(explain(d * c + a**2))
    x = Value(0.5, name="x")
    y = x
    for _ in range(60):
        y = am.sin(y) * y
    where = str(explain(y, x)).partition("where:")[2]
    assert 0 < where.count(" = ") <= 12


def test_matrices_and_words_in_latex() -> None:
    w = Value([[1.0, 2.0], [3.0, 4.0]], name="W")
    explanation = explain(np.sum(w**2), w)
    assert r"\begin{pmatrix} 2 & 4 \\ 6 & 8 \end{pmatrix}" in explanation.aligned
    assert r"\begin{pmatrix} 2 & 4 \\ 6 & 8 \end{pmatrix}" in explanation.markdown
    assert r"\text{element by element}" in explanation.latex
    assert r"\mathrm{element}" not in explanation.latex


def test_one_symbol_does_not_mean_two_derivatives() -> None:
    """By hand: q = xy + x; and q = r + e⁻ʳ sin xy, whose way past r is ∂q/∂x at a fixed r, no edge."""
    x, y = Value(1.0, name="x"), Value(2.0, name="y")
    r = x * y
    q = r + x
    q.backward()
    for lang, mark in (("en", "(direct)"), ("es", "(directo)")):
        found = am.explain(q, x, lang=lang)  # type: ignore[arg-type]
        assert f"∂q/∂x = ∂q/∂r · ∂r/∂x + ∂q/∂x {mark} " in str(found)
        assert rf"+ \frac{{\partial q}}{{\partial x}}\ (\mathrm{{{mark[1:-1]}}})" in found.latex
    assert "+ ∂q/∂x (direct) " in str(am.explain(q))

    r = am.sqrt(x * x + y * y)
    q = am.exp(-r) * am.sin(x * y) + r
    q.backward()
    for lang, mark in (("en", "(other paths)"), ("es", "(otros caminos)")):
        text = str(am.explain(q, x, lang=lang))  # type: ignore[arg-type]
        assert f"∂q/∂r · ∂r/∂x + ∂q/∂x {mark} = 0.9028 × 0.4472 − 0.08895" in text
