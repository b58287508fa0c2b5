"""explain: the chain rule of one value in words, checked against the pass and against counts of paths."""

from typing import Any

import numpy as np
import pytest

import autograd_mini as am
import nn
from autograd_mini import GraphError, Value, explain


def neuron() -> dict[str, Value]:
    x1, x2, y = (Value(x, requires_grad=False) for x in (2.0, -1.0, 1.0))
    w1, w2, b = Value(0.5), Value(0.25), Value(-0.5)
    u1, u2 = w1 * x1, w2 * x2
    s = u1 + u2
    z = s + b
    o = am.tanh(z)
    e = o - y
    C = e**2
    C.backward()
    return {
        "w1": w1,
        "w2": w2,
        "x1": x1,
        "x2": x2,
        "y": y,
        "b": b,
        "u1": u1,
        "u2": u2,
        "s": s,
        "z": z,
        "o": o,
        "e": e,
        "C": C,
    }


def test_the_neuron_reads_as_in_a_textbook() -> None:
    values = neuron()
    text = str(explain(values["C"], values["w1"], names=values))
    assert "∂C/∂w₁ = ∂C/∂e · ∂e/∂o · ∂o/∂z · ∂z/∂s · ∂s/∂u₁ · ∂u₁/∂w₁" in text
    assert "-1.51 × 1 × 0.94 × 1 × 1 × 2" in text
    assert "-2.839" in text
    assert "✓" in text
    assert "δ = ∂C/∂z = -1.42" in text
    assert "∂C/∂w₁ = δ · x₁" in text


def test_one_variable_is_written_with_d_and_paths_add_up() -> None:
    x = Value(3.0)
    g = x**2
    f = 20 * g + x
    e = explain(f, x)
    assert e.value == 121.0
    assert "df/dx" in str(e)
    assert "2 paths" in str(e)
    assert "= 120 + 1" in str(e)
    assert r"\frac" in e.latex


def test_2_to_the_100_paths_are_counted_and_not_walked() -> None:
    x = Value(1.0)
    a = x
    for _ in range(100):
        a = a + a
    e = explain(a, x)
    assert e.value == 2.0**100
    assert "2¹⁰⁰ paths" in str(e)


def test_a_network_on_100_samples_shows_the_largest_paths_and_sums_the_rest() -> None:
    model = nn.MLP(2, [16, 16, 1], scalar=True, seed=0)
    rng = np.random.default_rng(0)
    loss: Any = 0.0
    for x in rng.normal(size=(100, 2)):
        loss = loss + (model(list(x)) - 1.0) ** 2
    w = next(iter(model.parameters()))
    e = explain(loss, w, max_paths=3)
    assert "more paths" in str(e)
    assert e.value == pytest.approx(am.gradients(loss, w), rel=1e-12)


def test_arrays_name_products_and_shapes_and_one_entry_unrolls() -> None:
    X, Y = np.array([[0.0, 1.0], [1.0, 0.5]]), np.array([[1.0], [0.0]])
    model = nn.MLP(2, [3, 1], seed=0)
    loss = nn.mse_loss(model(X), Y)
    W = model.layers[0].W
    whole = explain(loss, W)
    assert "Xᵀ" in str(whole)
    assert "(2, 2) · (2, 3) → (2, 3)" in str(whole)
    entry = explain(loss, W, element=(0, 1))
    assert entry.value == pytest.approx(am.gradients(loss, W)[0, 1], rel=1e-12)
    with pytest.raises((IndexError, ValueError), match="element"):
        explain(loss, W, element=(5, 5))


def test_without_a_value_it_walks_the_three_steps() -> None:
    X, Y = np.array([[0.0, 1.0], [1.0, 0.5]]), np.array([[1.0], [0.0]])
    loss = nn.mse_loss(nn.MLP(2, [3, 1], activation="tanh", output_activation="sigmoid", seed=0)(X), Y)
    text = str(explain(loss))
    assert text.index("Step 1") < text.index("Step 2") < text.index("Step 3")
    for word in ("delta of the last layer", "passed back", "derivatives from the delta"):
        assert word in text


def test_several_backward_calls_are_told() -> None:
    x = Value(3.0)
    f = x**2
    f.backward()
    f.backward()
    assert "✓" not in str(explain(f, x))
    assert "12" in str(explain(f, x))


@pytest.mark.parametrize("wanted", ["no_such_name", Value(1.0), 3])
def test_what_is_not_in_the_graph(wanted: Any) -> None:
    x = Value(3.0, name="x")
    with pytest.raises((ValueError, TypeError, GraphError)):
        explain(x**2, wanted)


def test_a_released_graph() -> None:
    x = Value(3.0)
    f = am.sin(x) ** 2
    f.backward(retain_graph=False)
    with pytest.raises(GraphError, match="retain_graph=True"):
        explain(f, x)
