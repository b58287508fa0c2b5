"""Networks whose parameters hold tensors or JAX arrays: forward, backward and steps as with NumPy's arrays."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import Value
from nn import MLP, Layer, Module, Parameter
from nn.losses import cross_entropy, mse_loss
from nn.optim import SGD, Adam, Optimizer, clip_grad_norm, clip_grad_value

RNG = np.random.default_rng(0)
X, Y, LABELS = RNG.normal(size=(5, 3)), RNG.normal(size=(5, 2)), np.array([0, 1, 1, 0, 1])
OPTIMIZERS: dict[str, Callable[[Any], Optimizer]] = {
    "SGD": lambda p: SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01),
    "Adam": lambda p: Adam(p, lr=0.01, weight_decay=0.01),
}


@pytest.fixture(params=["torch", "jax"])
def make(request: pytest.FixtureRequest) -> Iterator[Callable[..., Any]]:
    """What turns a NumPy array into one of a library."""
    module: Any = pytest.importorskip(request.param)
    if request.param == "torch":
        yield module.asarray
        return
    before = module.config.jax_enable_x64
    module.config.update("jax_enable_x64", True)
    yield module.numpy.asarray
    module.config.update("jax_enable_x64", before)


class Stack(Module):
    """The layers of another network with parameters of a library."""

    def __init__(self, model: MLP, make: Callable[..., Any]) -> None:
        self.layers = [
            Layer.from_weights(make(layer.W.numpy()), make(layer.b.numpy()), layer.activation) for layer in model
        ]

    def forward(self, x: Any) -> Any:
        for layer in self.layers:
            x = layer(x)
        return x


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_training_steps(name: str, make: Callable[..., Any]) -> None:
    ours = MLP(3, [4, 2], seed=0)
    theirs = Stack(ours, make)
    kind = type(make(X))
    steps = [(model, OPTIMIZERS[name](model.parameters())) for model in (ours, theirs)]
    for _ in range(3):
        for model, optimizer in steps:
            inputs, target = (make(X), make(Y)) if model is theirs else (X, Y)
            optimizer.zero_grad()
            mse_loss(model(inputs), target).backward()
            clip_grad_norm(model.parameters(), 1.0)
            clip_grad_value(model.parameters(), 0.5)
            optimizer.step()
        for p, q in zip(ours.parameters(), theirs.parameters(), strict=True):
            assert isinstance(q.data, kind)
            assert isinstance(q.grad, kind)
            assert q.dtype == make(X).dtype
            np.testing.assert_allclose(Value(q.grad).numpy(), p.grad, rtol=1e-10)
            np.testing.assert_allclose(q.numpy(), p.numpy(), rtol=1e-10)


def test_states_go_from_one_library_to_another(make: Callable[..., Any]) -> None:
    ours, other = MLP(3, [4, 2], seed=0), MLP(3, [4, 2], seed=1)
    theirs = Stack(other, make)
    named = dict(zip(theirs.state_dict(), ours.state_dict().values(), strict=True))
    theirs.load_state_dict(named)
    assert isinstance(next(iter(theirs.parameters())).data, type(make(X)))
    other.load_state_dict(dict(zip(other.state_dict(), theirs.state_dict().values(), strict=True)))
    for p, q in zip(ours.parameters(), other.parameters(), strict=True):
        np.testing.assert_array_equal(p.data, q.data)


def test_arrays_of_a_library_into_a_network_of_numpys(make: Callable[..., Any]) -> None:
    model = MLP(3, [4, 2], seed=0)
    cross_entropy(model(make(X)), LABELS).backward()
    got = [p.grad for p in model.parameters()]
    model.zero_grad()
    cross_entropy(model(X), LABELS).backward()
    for g, p in zip(got, model.parameters(), strict=True):
        assert type(g) is np.ndarray
        np.testing.assert_allclose(g, p.grad, rtol=1e-10)


def test_losses_of_classes(make: Callable[..., Any]) -> None:
    rows = RNG.normal(size=(5, 3))
    shares = np.abs(rows) / np.abs(rows).sum(axis=1, keepdims=True)
    for target in (LABELS, make(LABELS), Value(make(LABELS)), shares, make(shares), Value(make(shares))):
        theirs, ours = Value(make(rows)), Value(rows)
        plain = target.numpy() if isinstance(target, Value) else np.asarray(target)
        y, z = cross_entropy(theirs, target), cross_entropy(ours, plain)
        y.backward()
        z.backward()
        assert y.item() == pytest.approx(z.item(), rel=1e-12)
        np.testing.assert_allclose(np.asarray(theirs.grad), ours.grad, rtol=1e-10, atol=1e-14)


def test_parameters_are_floating(make: Callable[..., Any]) -> None:
    assert isinstance(Parameter(make(X)).data, type(make(X)))
    assert not Parameter(make(X), requires_grad=False).requires_grad
    for data in (make(np.array([1, 2])), make(np.array([1j, 2.0]))):
        for requires_grad in (True, False):
            with pytest.raises(TypeError, match="floating"):
                Parameter(data, requires_grad=requires_grad)


def test_an_optimizer_in_jit_says_what_to_do() -> None:
    jax: Any = pytest.importorskip("jax")

    def step(w: Any) -> Any:
        leaf = Value(w)
        optimizer = SGD([leaf], lr=0.1)
        am.sum(leaf * leaf).backward()
        optimizer.step()
        return leaf.data

    with pytest.raises(jax.errors.TracerArrayConversionError) as caught:
        jax.jit(step)(jax.numpy.ones(3))
    assert "grad(f)" in caught.value.__notes__[0]
