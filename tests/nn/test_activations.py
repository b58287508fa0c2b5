"""Activations against their formulas, PyTorch, and the edges of floating numbers."""

import math
import pickle
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, strategies as st

import autograd_mini as am
from autograd_mini import Value
from nn import MLP, Layer, Neuron, fit
from nn.activations import ACTIVATIONS, elu, get_activation, leaky_relu, name_of, warn_about_step
from tests.reference import slopes

FORMULAS: dict[str, Callable[[float], float]] = {
    "linear": lambda z: z,
    "step": lambda z: 1.0 if z > 0 else 0.0,
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "tanh": math.tanh,
    "relu": lambda z: max(z, 0.0),
    "leaky_relu": lambda z: z if z > 0 else 0.01 * z,
    "elu": lambda z: z if z > 0 else math.exp(z) - 1,
    "gelu": lambda z: z * (1 + math.erf(z / math.sqrt(2))) / 2,
    "silu": lambda z: z / (1 + math.exp(-z)),
    "softplus": lambda z: math.log(1 + math.exp(z)),
}
"""For one number each; softmax is a function of several."""

TORCH = {
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "relu": "relu",
    "leaky_relu": "leaky_relu",
    "elu": "elu",
    "gelu": "gelu",
    "silu": "silu",
    "softplus": "softplus",
}


def test_all_are_there() -> None:
    assert [*FORMULAS, "softmax"] == [*ACTIVATIONS]


@pytest.mark.parametrize("name", FORMULAS)
@given(z=st.floats(-20, 20))
def test_values_on_numbers_arrays_and_values_are_the_formulas(name: str, z: float) -> None:
    f, expected = ACTIVATIONS[name], FORMULAS[name](z)
    assert f(z) == pytest.approx(expected, rel=1e-12, abs=1e-14)
    assert type(f(z)) is float
    assert f(Value(z)).item() == f(z)
    assert type(f(Value(z)).raw) is float
    array = f(np.array([[z, z]]))
    assert array.shape == (1, 2)
    assert array == pytest.approx(expected, rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("name", [name for name in FORMULAS if name != "step"])
def test_slopes_to_second_order(name: str) -> None:
    f, z = ACTIVATIONS[name], np.array([-3.0, -1.2, -0.3, 0.4, 1.5, 4.0])
    first = am.elementwise_grad(f)
    second = am.elementwise_grad(first)
    assert first(z) == pytest.approx(slopes(f, z), abs=1e-9)
    assert second(z) == pytest.approx(slopes(first, z), abs=1e-9)
    assert [am.grad(f)(float(one)) for one in z] == pytest.approx(list(first(z)), rel=1e-14)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_large_numbers_neither_overflow_nor_warn(name: str) -> None:
    z = np.array([-1e3, -50.0, 0.0, 50.0, 1e3])
    v = Value(z)
    out = ACTIVATIONS[name](v)
    out.backward(np.ones(5))
    assert np.isfinite(out.data).all()
    assert np.isfinite(v.grad).all()
    if name not in {"linear", "step", "softmax"}:
        assert v.grad[3:] == pytest.approx([0.0, 0.0] if name in {"sigmoid", "tanh"} else [1.0, 1.0])
        assert v.grad[0] == pytest.approx(0.01 if name == "leaky_relu" else 0.0)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_dtype_is_kept(name: str, dtype: str) -> None:
    v = Value(np.array([[-1.0, 0.0, 2.0]], dtype))
    out = ACTIVATIONS[name](v)
    out.backward(np.ones((1, 3)))
    assert (out.dtype, v.grad.dtype) == (dtype, dtype)


@pytest.mark.parametrize("name", TORCH)
def test_pytorch_agrees(name: str) -> None:
    torch = pytest.importorskip("torch")
    z = np.array([-1e3, -30.0, -2.0, -1e-3, 0.0, 1e-3, 0.7, 3.0, 30.0, 1e3])
    v, t = Value(z), torch.tensor(z, requires_grad=True)
    ours, theirs = ACTIVATIONS[name](v), getattr(torch.nn.functional, TORCH[name])(t)
    ours.backward(np.ones(10))
    theirs.sum().backward()
    # PyTorch takes softplus(z) = z from z = 20 on, which is off by e⁻²⁰
    tolerance = 1e-12 if name != "softplus" else 1e-10
    assert ours.data == pytest.approx(theirs.detach().numpy(), rel=tolerance, abs=1e-14)
    assert v.grad == pytest.approx(t.grad.numpy(), rel=tolerance, abs=1e-14)


def test_options_of_the_leaky_ones() -> None:
    torch = pytest.importorskip("torch")
    z = np.array([-2.0, -0.5, 0.0, 1.0])
    t = torch.tensor(z)
    assert leaky_relu(z, negative_slope=0.2) == pytest.approx(torch.nn.functional.leaky_relu(t, 0.2).numpy(), rel=1e-15)
    assert elu(z, alpha=0.5) == pytest.approx(torch.nn.functional.elu(t, 0.5).numpy(), rel=1e-15)


@pytest.mark.parametrize("name", FORMULAS)
def test_lists_are_arrays(name: str) -> None:
    assert np.array_equal(ACTIVATIONS[name]([-1.0, 2.0]), ACTIVATIONS[name](np.array([-1.0, 2.0])))


def test_softmax_gives_rows_that_sum_to_one() -> None:
    out = ACTIVATIONS["softmax"](np.array([[1.0, 2.0, 3.0], [1e3, 0.0, -1e3]]))
    assert out.sum(axis=1) == pytest.approx([1.0, 1.0])
    assert out[0] == pytest.approx(np.exp([1.0, 2.0, 3.0]) / np.exp([1.0, 2.0, 3.0]).sum())


def test_lookup_by_name_function_and_none() -> None:
    assert get_activation("relu") is am.relu
    assert get_activation(am.sin) is am.sin
    assert get_activation(None) is ACTIVATIONS["linear"]
    with pytest.raises(ValueError, match=r"no activation 'Sigmiod': did you mean 'sigmoid'\? Choose from linear, step"):
        get_activation("Sigmiod")
    with pytest.raises(TypeError, match="a name or a function, got float; the names are linear"):
        get_activation(1.0)  # type: ignore[arg-type]


def test_names_for_pictures() -> None:
    assert name_of(am.tanh) == "tanh"
    assert name_of(lambda z: z) == "f"
    assert Layer(1, 1, lambda z: z * z, seed=0).describe() == "Layer(1→1, f)"


def test_a_function_of_ones_own_is_an_activation() -> None:
    layer = Layer.from_weights([[2.0]], [1.0], activation=am.sin)
    assert layer([3.0]).item() == math.sin(7.0)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_they_can_be_pickled(name: str) -> None:
    assert pickle.loads(pickle.dumps(ACTIVATIONS[name])) is ACTIVATIONS[name]


def test_gates_are_used_without_a_warning_and_not_trained_without_one() -> None:
    gate = Neuron.from_weights([1.0, 1.0], -1.0, activation="step")
    out = gate([1, 1])
    out.backward()
    assert (out.item(), gate.w[0].grad) == (1.0, 0.0)
    with pytest.warns(UserWarning, match="derivative is 0.*train with sigmoid or tanh") as caught:
        warn_about_step(MLP(2, [2, 2, 1], "step", seed=0).modules())
    assert len(caught) == 1
    warn_about_step(MLP(2, [2, 1], seed=0).modules())


def test_fit_warns_once_about_a_step_in_the_model() -> None:
    model = MLP(2, [2, 1], "step", seed=0)
    with pytest.warns(UserWarning, match=r"Layer\(2→2, step\) has the activation step") as caught:
        fit(model, np.eye(2), np.zeros((2, 1)), epochs=3, progress=False)
    assert [warning.filename for warning in caught] == [__file__]
