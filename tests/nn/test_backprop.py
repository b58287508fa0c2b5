"""Backpropagation by hand: equal to the graph's gradients, to finite differences, and to the textbook's formulas."""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
import nn
from autograd_mini import Value, compare_gradients
from nn import ManualGradients, backprop, backprop_of
from nn.by_hand import delta_of_last_layer, delta_passed_back, derivatives
from nn.by_hand.tables import ACTIVATIONS, LOSSES
from tests.reference import gradient

Array = np.ndarray[Any, Any]

GRAPH: dict[str, Callable[[Any], Any]] = {
    "linear": lambda z: z,
    "step": am.step,
    "sigmoid": am.sigmoid,
    "tanh": am.tanh,
    "relu": am.relu,
    "leaky_relu": lambda z: am.where(z > 0, z, 0.01 * z),
    "elu": lambda z: am.where(z > 0, z, am.expm1(z)),
    "gelu": lambda z: z * (1 + am.erf(z / np.sqrt(2))) / 2,
    "silu": lambda z: z * am.sigmoid(z),
    "softplus": am.softplus,
}
COSTS: dict[str, Callable[[Any, Any], Any]] = {
    "mse": lambda a, Y: ((a - Y) ** 2).mean(),
    "binary_cross_entropy": lambda a, Y: -(Y * am.log(a) + (1 - Y) * am.log(1 - a)).mean(),
    "binary_cross_entropy_with_logits": lambda a, Y: (am.softplus(a) - Y * a).mean(),
    "cross_entropy": lambda a, Y: am.softmax_cross_entropy(a, Y).mean(),
}
SIZES = [[3, 2], [2, 5, 1], [4, 3, 6, 2], [3, 2, 4, 1, 3], [2, 7, 3, 5, 2, 4]]


def network(sizes: list[int], seed: int = 0) -> tuple[list[Array], list[Array], Array]:
    rng = np.random.default_rng(seed)
    Ws = [rng.normal(size=shape) for shape in itertools.pairwise(sizes)]
    bs = [rng.normal(size=n) for n in sizes[1:]]
    return Ws, bs, rng.normal(size=(6, sizes[0]))


def targets(loss: str, outputs: int) -> Array:
    rng = np.random.default_rng(1)
    if loss == "cross_entropy":
        return rng.integers(0, outputs, 6)
    return rng.normal(size=(6, outputs)) if loss == "mse" else rng.integers(0, 2, (6, outputs)).astype(float)


def graph(Ws: list[Array], bs: list[Array], X: Array, Y: Array, names: list[str], loss: str) -> Value:
    a: Any = X
    for k, (W, b, name) in enumerate(zip(Ws, bs, names, strict=True), 1):
        z = am.linear(a, Value(W, name=f"W{k}"), Value(b, name=f"b{k}"))
        z.name = f"z{k}"
        a = GRAPH[name](z)
    C: Value = COSTS[loss](a, Y)
    return C


def deltas(manual: ManualGradients) -> dict[str, Array]:
    return {f"z{k}": delta for k, delta in enumerate(manual.deltas, 1)}


def assert_equal_to_graph(sizes: list[int], activation: str, output: str, loss: str) -> None:
    Ws, bs, X = network(sizes)
    Y = targets(loss, sizes[-1])
    manual = backprop(Ws, bs, X, Y, activation=activation, output_activation=output, loss=loss)
    C = graph(Ws, bs, X, Y, [activation] * (len(Ws) - 1) + [output], loss)
    assert manual.cost == pytest.approx(C.item(), rel=1e-12)
    comparison = compare_gradients(C, {**manual, **deltas(manual)}, rtol=1e-12, atol=1e-12)
    assert len(comparison.rows) == 3 * len(Ws)
    comparison.check()


@pytest.mark.parametrize("sizes", SIZES, ids=lambda sizes: "-".join(map(str, sizes)))
@pytest.mark.parametrize(
    ("output", "loss"),
    [
        ("linear", "mse"),
        ("sigmoid", "binary_cross_entropy"),
        ("linear", "binary_cross_entropy_with_logits"),
        ("linear", "cross_entropy"),
    ],
)
def test_equal_to_the_graph_at_every_depth(sizes: list[int], output: str, loss: str) -> None:
    assert_equal_to_graph(sizes, "tanh", output, loss)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_equal_to_the_graph_for_every_activation(activation: str) -> None:
    assert_equal_to_graph([3, 4, 4, 2], activation, activation, "mse")
    assert_equal_to_graph([3, 4, 2], activation, "linear", "cross_entropy")


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "step"])
@pytest.mark.parametrize("loss", LOSSES)
def test_equal_to_finite_differences(name: str, loss: str) -> None:
    Ws, bs, X = network([3, 4, 2])
    Y = targets(loss, 2)
    output = "sigmoid" if loss == "binary_cross_entropy" else "linear"

    def run(Ws: list[Array], bs: list[Array]) -> ManualGradients:
        return backprop(Ws, bs, X, Y, activation=name, output_activation=output, loss=loss)

    manual = run(Ws, bs)
    for k in range(2):
        by_W = gradient(lambda W, k=k: run([*Ws[:k], W, *Ws[k + 1 :]], bs).cost, Ws[k])  # type: ignore[misc]
        by_b = gradient(lambda b, k=k: run(Ws, [*bs[:k], b, *bs[k + 1 :]]).cost, bs[k])  # type: ignore[misc]
        np.testing.assert_allclose(manual[f"W{k + 1}"], by_W, rtol=1e-8, atol=1e-10)
        np.testing.assert_allclose(manual[f"b{k + 1}"], by_b, rtol=1e-8, atol=1e-10)


def test_the_three_steps_by_numbers() -> None:
    """One sample through two neurons, with every number worked out on paper."""
    z = np.array([[0.0]])
    delta2 = delta_of_last_layer(2 * (z - 1.0), np.ones((1, 1)))
    np.testing.assert_array_equal(delta2, [[-2.0]])
    delta1 = delta_passed_back(delta2, np.array([[3.0], [-1.0]]), np.array([[0.5, 0.25]]))
    np.testing.assert_array_equal(delta1, [[-3.0, 0.5]])
    dW, db = derivatives(np.array([[2.0, 1.0]]), delta1)
    np.testing.assert_array_equal(dW, [[-6.0, 1.0], [-3.0, 0.5]])
    np.testing.assert_array_equal(db, [-3.0, 0.5])


def test_softmax_and_cross_entropy_give_p_minus_y() -> None:
    Ws, bs, X = network([3, 4])
    Y = targets("cross_entropy", 4)
    manual = backprop(Ws, bs, X, Y, loss="cross_entropy")
    e = np.exp(manual.pre_activations[-1])
    p, y = e / e.sum(axis=1, keepdims=True), np.eye(4)[Y]
    np.testing.assert_allclose(manual.deltas[-1], (p - y) / len(X), rtol=1e-13, atol=1e-16)


def test_everything_on_the_way_is_kept() -> None:
    Ws, bs, X = network([3, 4, 2])
    manual = backprop(Ws, bs, X, targets("mse", 2))
    assert list(manual) == ["W1", "b1", "W2", "b2"]
    assert len(manual) == 4
    assert dict(manual) == manual.gradients
    np.testing.assert_array_equal(manual.activations[0], X)
    np.testing.assert_array_equal(manual.pre_activations[0], X @ Ws[0] + bs[0])
    np.testing.assert_array_equal(manual.activations[1], np.tanh(manual.pre_activations[0]))
    np.testing.assert_array_equal(manual.activations[2], manual.pre_activations[1])
    assert [delta.shape for delta in manual.deltas] == [(6, 4), (6, 2)]


def test_large_numbers_do_not_overflow() -> None:
    X = np.array([[1e4], [-1e4]])
    for name in ACTIVATIONS:
        manual = backprop([[[1.0]], [[1.0]]], [[0.0], [0.0]], X, np.zeros((2, 1)), activation=name)
        assert all(np.isfinite(g).all() for g in manual.values()), name
    saturated = backprop(
        [[[1.0]]], [[0.0]], X, [[0.0], [1.0]], output_activation="sigmoid", loss="binary_cross_entropy"
    )
    assert np.isfinite(saturated["W1"]).all()
    assert saturated.cost == 100.0
    scores = backprop([[[1.0, -1.0]]], [[0.0, 0.0]], X, [1, 0], loss="cross_entropy")
    np.testing.assert_allclose(scores.deltas[0], [[0.5, -0.5], [-0.5, 0.5]])
    assert scores.cost == pytest.approx(2e4)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_float32_stays_float32(activation: str) -> None:
    Ws, bs, X = network([3, 4, 2])
    single = [W.astype(np.float32) for W in Ws], [b.astype(np.float32) for b in bs]
    for loss in ("mse", "cross_entropy"):
        manual = backprop(*single, X, targets(loss, 2), activation=activation, loss=loss)
        arrays = (*manual.values(), *manual.deltas, *manual.activations, *manual.pre_activations)
        assert {x.dtype for x in arrays} == {np.dtype(np.float32)}


def test_layers_without_biases() -> None:
    Ws, bs, X = network([3, 4, 2])
    Y = targets("mse", 2)
    manual = backprop(Ws, [None, bs[1]], X, Y)
    assert list(manual) == ["W1", "W2", "b2"]
    with_zeros = backprop(Ws, [0 * bs[0], bs[1]], X, Y)
    np.testing.assert_array_equal(manual["W1"], with_zeros["W1"])


def test_inputs_stay_as_they_are() -> None:
    Ws, bs, X = network([3, 4, 2])
    copies = [W.copy() for W in Ws], [b.copy() for b in bs], X.copy()
    backprop(Ws, bs, X, targets("mse", 2), activation="linear")
    for before, now in zip((*copies[0], *copies[1], copies[2]), (*Ws, *bs, X), strict=True):
        np.testing.assert_array_equal(before, now)


# --- the table --------------------------------------------------------------------------------------------------------


def test_the_table_walks_the_steps_from_the_last_layer_to_the_first() -> None:
    Ws, bs, X = network([3, 4, 2])
    manual = backprop(Ws, bs, X, targets("mse", 2), activation="sigmoid")
    lines = str(manual).splitlines()
    assert lines[0] == "backprop by hand: 3 → 4 → 2 neurons, 6 samples"
    assert lines[1].startswith(f"C = mse = {manual.cost:.6g}, ∂C/∂a = 2·(a − Y) / n")
    assert [line.split(":")[0] for line in lines if line.startswith("layer")] == ["layer 2", "layer 1"]
    found = [line.split("=")[0].strip() for line in lines if "  " in line]
    assert found == ["step 1  δ²", "step 3  ∂C/∂W2", "∂C/∂b2", "step 2  δ¹", "step 3  ∂C/∂W1", "∂C/∂b1"]
    column = lines[3].index("(6, 2)")
    assert all(line[column] == "(" for line in lines if line.startswith("  "))
    assert np.array2string(manual["b2"], precision=4, separator=", ") in str(manual)
    assert repr(manual) == manual.table() == str(manual)


def test_a_network_of_ten_layers_has_its_superscripts() -> None:
    Ws, bs, X = network([1] * 12)
    assert "δ¹⁰ = (δ¹¹ · W11ᵀ) ⊙ f'(z¹⁰)" in str(backprop(Ws, bs, X, targets("mse", 1)))


# --- the MLP ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    ("outputs", "output", "loss"),
    [
        (1, None, "mse"),
        (1, "sigmoid", "binary_cross_entropy"),
        (1, None, "binary_cross_entropy_with_logits"),
        (3, None, "cross_entropy"),
    ],
)
def test_an_mlp_and_its_graph_agree(outputs: int, output: str | None, loss: str, dtype: str, bias: bool) -> None:
    X = np.random.default_rng(0).normal(size=(6, 2))
    Y = targets(loss, outputs)
    mlp = nn.MLP(2, [5, 4, outputs], "relu", output, seed=0, dtype=dtype, bias=bias)
    manual = backprop_of(mlp, X, Y, loss=loss)
    C = nn.losses.get_loss(loss)(mlp(X), Y)
    compare_gradients(C, manual).check()
    assert len(manual) == len(list(mlp.parameters()))
    if dtype == "float64":
        compare_gradients(C, manual, rtol=1e-12, atol=1e-12).check()
    last = "Z3" if output else "A3"  # without an activation the weighted sum is the output itself
    compare_gradients(C, dict(zip(("Z1", "Z2", last), manual.deltas, strict=True))).check()


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_activations_are_those_of_nn(activation: str) -> None:
    X = np.random.default_rng(0).normal(size=(6, 2))
    mlp = nn.MLP(2, [3, 2], activation, "linear", seed=0)
    C = nn.mse_loss(mlp(X), targets("mse", 2))
    compare_gradients(C, backprop_of(mlp, X, targets("mse", 2), nn.mse_loss), rtol=1e-12, atol=1e-12).check()


def test_models_that_cannot_be_read() -> None:
    X, Y = np.ones((2, 2)), np.ones((2, 1))
    with pytest.raises(TypeError, match="an MLP of scalar neurons"):
        backprop_of(nn.MLP(2, [1], seed=0, scalar=True), X, Y)
    with pytest.raises(TypeError, match="got Layer"):
        backprop_of(nn.Layer(2, 1, seed=0), X, Y)
    with pytest.raises(ValueError, match="derivative of the activation sin: use one of nn's own"):
        backprop_of(nn.MLP(2, [3, 1], np.sin, seed=0), X, Y)
    with pytest.raises(ValueError, match="softmax does not work entry by entry"):
        backprop_of(nn.MLP(2, [3, 2], output_activation="softmax", seed=0), X, np.ones((2, 2)))
    with pytest.raises(ValueError, match="no loss 'hinge'"):
        backprop_of(nn.MLP(2, [1], seed=0), X, Y, loss="hinge")
    with pytest.raises(ValueError, match="derivative of the loss <lambda>: use one"):
        backprop_of(nn.MLP(2, [1], seed=0), X, Y, loss=lambda a, Y: (a - Y).sum())


# --- bad calls --------------------------------------------------------------------------------------------------------

W, b = np.ones((2, 3)), np.ones(3)


@pytest.mark.parametrize(
    ("weights", "biases", "X", "Y", "options", "words"),
    [
        ([], [], np.ones((4, 2)), np.ones((4, 3)), {}, "each layer has weights and biases"),
        ([W], [], np.ones((4, 2)), np.ones((4, 3)), {}, "1 matrices and 0 biases"),
        (
            [W],
            [b],
            np.ones((4, 5)),
            np.ones((4, 3)),
            {},
            "W1 has shape .2, 3., but needs 5 rows, since X has 5 columns",
        ),
        ([W.T], [b], np.ones((4, 2)), np.ones((4, 3)), {}, "pass its transpose"),
        ([W, W], [b, b], np.ones((4, 2)), np.ones((4, 3)), {}, "W2 has shape .2, 3., but needs 3 rows, since W1 has 3"),
        ([W], [b[:2]], np.ones((4, 2)), np.ones((4, 3)), {}, "b1 has shape .2,., but W1 has 3 neurons"),
        ([W], [b], np.ones(2), np.ones((1, 3)), {}, "for one sample pass X"),
        ([W], [b], np.ones((0, 2)), np.ones((0, 3)), {}, "one sample a row"),
        (
            [W],
            [b],
            np.ones((4, 2)),
            np.ones(12),
            {},
            "the output has shape .4, 3. and Y has shape .12,.; pass numpy.resh",
        ),
        ([W], [b], np.ones((4, 2)), np.ones((4, 3)), {"activation": "tahn"}, "no activation 'tahn'"),
        ([W], [b], np.ones((4, 2)), np.ones((4, 3)), {"output_activation": "sigmod"}, "no activation 'sigmod': choose"),
        ([W], [b], np.ones((4, 2)), np.ones((4, 3)), {"output_activation": "softmax"}, "loss='cross_entropy'"),
        ([W], [b], np.ones((4, 2)), np.ones((4, 3)), {"loss": "rmse"}, "no loss 'rmse': choose from mse"),
        ([W], [b], np.ones((4, 2)), [0, 1, 3, 0], {"loss": "cross_entropy"}, "classes 0 to 2, Y goes from 0 to 3"),
        ([W], [b], np.ones((4, 2)), [[0], [1], [1], [0]], {"loss": "cross_entropy"}, "one class for each row"),
    ],
)
def test_bad_input(weights: Any, biases: Any, X: Any, Y: Any, options: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        backprop(weights, biases, X, Y, **options)


def test_classes_are_whole_numbers() -> None:
    with pytest.raises(TypeError, match="classes are whole numbers, got float64"):
        backprop([W], [b], np.ones((4, 2)), np.zeros(4), loss="cross_entropy")
