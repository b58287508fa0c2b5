"""Neurons, layers and MLPs against formulas by hand, NumPy and PyTorch; the scalar build against the tensor build."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from autograd_mini import Value
from nn import MLP, Layer, Neuron, Parameter, ScalarLayer, cross_entropy, mse_loss
from nn.activations import ACTIVATIONS
from tests.reference import gradient

# --- Neuron -----------------------------------------------------------------------------------------------------------


def test_a_neuron_and_its_gradients_by_hand() -> None:
    neuron = Neuron.from_weights([0.5, 0.25], -0.5)
    o = neuron([2.0, -1.0])
    assert o.item() == np.tanh(0.5 * 2.0 + 0.25 * -1.0 - 0.5)
    C = (o - 1.0) ** 2
    C.backward()
    delta = 2 * (o.item() - 1.0) * (1 - o.item() ** 2)
    assert [w.grad for w in neuron.w] == pytest.approx([delta * 2.0, delta * -1.0], rel=1e-15)
    assert neuron.b is not None
    assert neuron.b.grad == pytest.approx(delta, rel=1e-15)
    assert [w.grad for w in neuron.w] == pytest.approx([-2.83915, 1.41958], abs=1e-5)


def test_every_product_is_a_node_and_has_names_for_the_picture() -> None:
    o = Neuron(3, seed=0)([1.0, 2.0, 3.0])
    z = o.parents[0]
    assert (o.name, z.name) == ("o", "z")
    names, ops = [], []
    stack: list[Any] = [o]
    while stack:
        node = stack.pop()
        if node.op is None:
            names.append(node.name)
        else:
            ops.append(node.op.name)
        stack += node.parents
    assert sorted(names) == ["b", "w1", "w2", "w3", "x1", "x2", "x3"]
    assert sorted(ops) == ["add", "add", "add", "multiply", "multiply", "multiply", "tanh"]


@pytest.mark.parametrize(
    "x",
    [
        [2.0, -1.0],
        (2, -1),
        [np.float64(2.0), np.float32(-1.0)],
        [Value(2.0), -1.0],
        np.array([2.0, -1.0]),
        np.array([2, -1]),
        Value([2.0, -1.0]),
    ],
)
def test_a_neuron_takes_lists_arrays_and_values(x: Any) -> None:
    neuron = Neuron.from_weights([0.5, 0.25], -0.5, "linear")
    out = neuron(x)
    assert (out.item(), out.shape) == (0.25, ())
    assert isinstance(out.raw, float)  # of 64 bits
    out.backward()
    assert neuron.w[0].grad == 2.0


def test_gradients_flow_to_the_inputs() -> None:
    neuron = Neuron.from_weights([0.5, 0.25], None, "linear")
    a, b, row = Value(2.0), Value(-1.0), Value([2.0, -1.0])
    neuron([a, b]).backward()
    neuron(row).backward()
    assert (a.grad, b.grad) == (0.5, 0.25)
    assert row.grad.tolist() == [0.5, 0.25]


@pytest.mark.parametrize(
    ("w", "b", "table"), [([1.0, 1.0], -1.0, (0, 0, 0, 1)), ([1.0, 1.0], 0.0, (0, 1, 1, 1)), ([-1.0], 0.5, (1, 0))]
)
def test_gates_by_hand(w: list[float], b: float, table: tuple[int, ...]) -> None:
    gate = Neuron.from_weights(w, b, activation="step")
    inputs = [(0,), (1,)] if len(w) == 1 else [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert tuple(gate(list(x)).item() for x in inputs) == table


def test_neurons_can_share_weights() -> None:
    shared = Parameter(0.5, name="v")
    left, right = Neuron.from_weights([shared], 0.0, "linear"), Neuron.from_weights([shared], None, "linear")
    (left([2.0]) * right([3.0])).backward()
    assert shared.grad == 6.0  # d/dv of 2v · 3v at 1/2
    assert (left.w[0] is shared, shared.name) == (True, "v")


@pytest.mark.parametrize(
    ("x", "message"),
    [
        ([1.0], "Neuron takes 2 inputs, got 1"),
        ([1.0, 2.0, 3.0], "Neuron takes 2 inputs, got 3"),
        (np.ones((4, 2)), r"got shape \(4, 2\); it takes one sample at a time, a Layer takes batches"),
        (1.0, r"Neuron takes a list of 2 numbers, got shape \(\)"),
        ([[1.0], [2.0]], r"single numbers, but input 1 has shape \(1,\)"),
    ],
)
def test_a_neuron_refuses_other_inputs(x: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Neuron(2, seed=0)(x)


def test_bad_neurons() -> None:
    with pytest.raises(TypeError, match="number"):
        Neuron(2, seed=0)(["a", "b"])
    with pytest.raises(ValueError, match="use a Layer"):
        Neuron(2, "softmax")
    with pytest.raises(ValueError, match="at least one weight"):
        Neuron.from_weights([])
    with pytest.raises(ValueError, match=r"w1 has shape \(2,\)"):
        Neuron.from_weights([[1.0, 2.0]])


@pytest.mark.parametrize(
    ("neuron", "formula"),
    [
        (Neuron.from_weights([1.0], None, "linear"), "o = w₁·x₁"),
        (Neuron.from_weights([1.0, 1.0], 0.0, "relu"), "o = relu(w₁·x₁ + w₂·x₂ + b)"),
        (Neuron(3, seed=0), "o = tanh(w₁·x₁ + w₂·x₂ + w₃·x₃ + b)"),
        (Neuron(12, seed=0), "o = tanh(w₁·x₁ + w₂·x₂ + … + w₁₂·x₁₂ + b)"),
    ],
)
def test_the_formula_of_a_neuron(neuron: Neuron, formula: str) -> None:
    assert neuron.describe() == f"Neuron {formula}"


# --- Layer ------------------------------------------------------------------------------------------------------------


@given(
    batch=st.lists(st.integers(1, 3), max_size=3),
    n=st.integers(1, 4),
    m=st.integers(1, 4),
    activation=st.sampled_from([*ACTIVATIONS]),
    bias=st.booleans(),
)
def test_a_layer_is_f_of_weighted_sums(batch: list[int], n: int, m: int, activation: str, bias: bool) -> None:
    rng = np.random.default_rng(n + 10 * m)
    x, W, b = rng.normal(size=(*batch, n)), rng.normal(size=(n, m)), rng.normal(size=m) if bias else None
    layer = Layer.from_weights(W, b, activation)
    z = np.einsum("...i,ij->...j", x, W) + (0.0 if b is None else b)
    out = layer(x)
    assert out.shape == (*batch, m)
    assert out.data == pytest.approx(ACTIVATIONS[activation](z), rel=1e-12, abs=1e-13)


def test_gradients_of_a_layer_by_hand_and_by_differences() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
    layer = Layer(3, 2, "sigmoid", seed=1)
    mse_loss(layer(x), y).backward()
    a = layer(x).numpy()
    delta = 2 * (a - y) / y.size * a * (1 - a)
    assert layer.b is not None
    assert layer.W.grad == pytest.approx(x.T @ delta, rel=1e-13)
    assert layer.b.grad == pytest.approx(delta.sum(axis=0), rel=1e-13)
    sigmoid = ACTIVATIONS["sigmoid"]
    b = layer.b.numpy()
    differences = gradient(lambda W: np.mean((sigmoid(x @ W + b) - y) ** 2), layer.W.numpy())
    assert layer.W.grad == pytest.approx(differences, abs=1e-10)


def test_layers_equal_pytorchs() -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 5, 3))
    ours = MLP(3, [4, 2], "gelu", seed=2)
    theirs = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.GELU(), torch.nn.Linear(4, 2)).double()
    with torch.no_grad():
        for layer, linear in zip(ours, (theirs[0], theirs[2]), strict=True):
            linear.weight.copy_(torch.tensor(layer.W.numpy().T))
            linear.bias.copy_(torch.tensor(layer.b.numpy()))
    v, t = Value(x), torch.tensor(x, requires_grad=True)
    out, expected = ours(v), theirs(t)
    (out * out).sum().backward()
    (expected * expected).sum().backward()
    assert out.data == pytest.approx(expected.detach().numpy(), rel=1e-12, abs=1e-14)
    assert v.grad == pytest.approx(t.grad.numpy(), rel=1e-12, abs=1e-13)
    assert ours.layers[0].W.grad == pytest.approx(theirs[0].weight.grad.numpy().T, rel=1e-12, abs=1e-13)


@pytest.mark.parametrize("x", [[1.0, 2.0], (1, 2), [Value(1.0), 2.0], np.array([True, True]), np.array([1, 2], ">i4")])
def test_a_layer_takes_lists_and_whole_numbers(x: Any) -> None:
    assert Layer(2, 3, seed=0)(x).shape == (3,)


def test_a_float32_layer_computes_in_float32() -> None:
    layer = Layer(2, 3, seed=0, dtype="float32")
    for x in (np.ones((4, 2)), np.ones((4, 2), int), [[1.0, 2.0]], np.ones(2, np.float16)):
        out = layer(x)
        out.sum().backward()
        assert (layer.W.dtype, out.dtype, layer.W.grad.dtype) == (np.float32,) * 3


def test_the_users_array_is_left_alone() -> None:
    x = np.ones((4, 2))
    x.flags.writeable = False
    Layer(2, 3, seed=0)(x).sum().backward()
    assert np.array_equal(x, np.ones((4, 2)))


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.ones((4, 5)), r"Layer\(2→3, tanh\) takes x of shape \(2,\), \(batch, 2\) or \(..., 2\), got \(4, 5\)"),
        (np.ones((2, 4)), r"got \(2, 4\); pass its transpose x\.T, of shape \(4, 2\)"),
        (3.0, r"got \(\)"),
        (np.array(3.0), r"got \(\)"),
        ([], r"got \(0,\)"),
    ],
)
def test_a_layer_refuses_other_shapes(x: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Layer(2, 3, seed=0)(x)


MASKED = np.ma.masked_array([1.0, 2.0], [False, True])


@pytest.mark.parametrize("x", ["ab", None, np.array(["a", "b"]), [None, None], MASKED])
def test_a_layer_refuses_what_is_no_number(x: Any) -> None:
    with pytest.raises(TypeError):
        Layer(2, 3, seed=0)(x)


def test_a_batch_of_no_samples() -> None:
    layer = Layer(2, 3, seed=0)
    out = layer(np.ones((0, 2)))
    out.sum().backward()
    assert out.shape == (0, 3)
    assert not layer.W.grad.any()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((0, 3), ValueError, "n_inputs is at least 1, got 0"),
        ((2, -1), ValueError, "n_neurons is at least 1, got -1"),
        ((2.0, 3), TypeError, "n_inputs is a whole number, got float"),
        ((2, True), TypeError, "n_neurons is a whole number, got bool"),
        ((2, 3, "rleu"), ValueError, "did you mean 'relu'"),
    ],
)
def test_bad_layers(arguments: tuple[Any, ...], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Layer(*arguments)


@pytest.mark.parametrize("dtype", ["int64", "complex128", bool])
def test_a_layer_has_a_floating_dtype(dtype: Any) -> None:
    with pytest.raises(TypeError, match="dtype is a floating one"):
        Layer(2, 3, dtype=dtype)


def test_weights_by_hand_need_fitting_shapes() -> None:
    with pytest.raises(ValueError, match=r"W of shape \(n_inputs, n_neurons\).*got \(2,\)"):
        Layer.from_weights([1.0, 2.0])
    with pytest.raises(ValueError, match=r"got \(1, 2\) and \(3,\)"):
        Layer.from_weights([[1.0, 2.0]], [1.0, 2.0, 3.0])


def test_tied_layers_share_a_parameter() -> None:
    W = Parameter(np.eye(2), name="E")
    a, b = Layer.from_weights(W), Layer.from_weights(W, activation="linear")
    assert a.W is b.W
    assert (W.name, a.b) == ("E", None)


def test_a_neuron_of_a_layer_is_a_copy() -> None:
    layer = Layer(3, 4, "silu", seed=0)
    x = [0.5, -1.0, 2.0]
    for j in (0, 3, -1):
        neuron = layer.neuron(j)
        assert neuron(x).item() == pytest.approx(layer(x).data[j], rel=1e-14)
        neuron.w[0].subtract_(1.0)
        assert neuron.w[0].item() == layer.W.data[0, j] - 1.0
    assert Layer(3, 4, bias=False).neuron(0).b is None
    with pytest.raises(IndexError, match="neurons 0 to 3, got 4"):
        layer.neuron(4)


# --- MLP --------------------------------------------------------------------------------------------------------------


@given(
    sizes=st.lists(st.integers(1, 4), min_size=2, max_size=4),
    activation=st.sampled_from([name for name in ACTIVATIONS if name != "step"]),
    output=st.sampled_from(["linear", "sigmoid", "softmax"]),
    bias=st.booleans(),
    seed=st.integers(0, 99),
)
def test_both_builds_give_the_same_numbers(
    sizes: list[int], activation: str, output: str, bias: bool, seed: int
) -> None:
    n, *rest = sizes
    tensors = MLP(n, rest, activation, output, bias=bias, seed=seed)
    scalars = MLP(n, rest, activation, output, bias=bias, seed=seed, scalar=True)
    rng = np.random.default_rng(seed)
    X, Y = rng.normal(size=(3, n)), rng.normal(size=(3, rest[-1]))
    if rest[-1] == 1:
        Y = Y[:, 0]
    out = [scalars(x) for x in X]
    predictions = tensors(X)
    one = mse_loss(predictions[:, 0] if rest[-1] == 1 else predictions, Y)
    other = mse_loss(out, Y)
    assert other.item() == pytest.approx(one.item(), rel=1e-12, abs=1e-12)
    one.backward()
    other.backward()
    for layer, neurons in zip(tensors.layers, scalars.layers, strict=True):
        assert (type(layer), type(neurons)) == (Layer, ScalarLayer)
        grads = np.array([[w.grad for w in neuron.w] for neuron in neurons.neurons])
        assert layer.W.grad == pytest.approx(grads.T, rel=1e-12, abs=1e-12)
        if layer.b is not None:
            biases = [neuron.b.grad for neuron in neurons.neurons if neuron.b is not None]
            assert layer.b.grad == pytest.approx(biases, rel=1e-12, abs=1e-12)


def test_what_a_scalar_build_takes_and_gives() -> None:
    one, two = MLP(2, [3, 1], seed=0, scalar=True), MLP(2, [3, 2], seed=0, scalar=True)
    assert one([1.0, 2.0]).shape == ()
    assert isinstance(one([1.0, 2.0]), Value)
    assert [type(o) for o in two([Value(1.0), 2])] == [Value, Value]
    assert all(type(p.data) is float for p in two.parameters())
    with pytest.raises(ValueError, match=r"Layer\(2→3, tanh\) takes 2 inputs, got 3") as error:
        one([1.0, 2.0, 3.0])
    assert error.value.__notes__ == ["in the module MLP.layer1"]
    assert cross_entropy([two(x) for x in ([1, 2], [3, 4], [5, 6])], [0, 1, 1]).shape == ()


def test_inputs_that_are_numbers_are_one_node_for_all_neurons() -> None:
    net = MLP(1, [2, 1], "linear", seed=0, scalar=True)
    out, inputs, stack = net([3.0]), [], []
    stack.append(out)
    while stack:
        node = stack.pop()
        inputs += [node] if node.name == "x1" else []
        stack += node.parents
    assert len(inputs) == 2
    assert inputs[0] is inputs[1]


def test_a_float32_scalar_build() -> None:
    net = MLP(2, [3, 1], seed=0, scalar=True, dtype="float32")
    out = net([1.0, 2.0])
    assert out.dtype == np.float32
    assert out.item() == pytest.approx(MLP(2, [3, 1], seed=0, dtype="float32")([1.0, 2.0]).item(), rel=1e-6)


def test_names_of_parameters_and_results() -> None:
    tensors = MLP(2, [3, 1], seed=0)
    out = tensors([1.0, 2.0])
    assert [p.name for p in tensors.parameters()] == ["W1", "b1", "W2", "b2"]
    assert (out.name, out.parents[0].name, out.parents[0].parents[0].name) == ("A2", "A1", "Z1")
    scalars = MLP(2, [3, 2], "tanh", "softmax", seed=0, scalar=True)
    names = [p.name for p in scalars.parameters()]
    assert names[:4] == ["w1[1][1]", "w1[2][1]", "b1[1]", "w1[1][2]"]
    assert names[-1] == "b2[2]"
    outputs = scalars([1.0, 2.0])
    assert [o.name for o in outputs] == ["a2[1]", "a2[2]"]
    stacked = outputs[0].parents[0].parents[0]
    assert [z.name for z in stacked.parents] == ["z2[1]", "z2[2]"]
    assert [p.name for p in Layer(2, 3).parameters()] == ["W", "b"]


def test_an_mlp_is_a_sequence_of_layers() -> None:
    net = MLP(2, [3, 4, 1], "relu", "sigmoid", seed=0)
    assert len(net) == 3
    assert [layer.describe() for layer in net] == ["Layer(2→3, relu)", "Layer(3→4, relu)", "Layer(4→1, sigmoid)"]
    assert net[-1] is net.layers[2] is vars(net)["layer3"]
    assert list(net.state_dict()) == [f"layer{k}.{name}" for k in (1, 2, 3) for name in ("W", "b")]


@pytest.mark.parametrize("sizes", [[], 3, "31"])
def test_an_mlp_needs_a_list_of_sizes(sizes: Any) -> None:
    with pytest.raises(ValueError, match="a list of at least one number"):
        MLP(2, sizes)


def test_sizes_are_whole_numbers_from_one_on() -> None:
    with pytest.raises(ValueError, match="a layer's number of neurons is at least 1, got 0"):
        MLP(2, [0, 1])
    with pytest.raises(TypeError, match="n_inputs is a whole number"):
        MLP(2.5, [1])  # type: ignore[arg-type]


def test_sizes_may_be_an_array() -> None:
    assert MLP(np.int64(2), np.array([3, 1]), seed=0)([1, 2]).shape == (1,)  # type: ignore[arg-type]
