"""torch differentiates through values and gradients that were computed here: no derivative is silently 0."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import Value
from tests.arrays.test_every_operation import LACKING, NO_SECOND
from tests.ops.operands import made
from tests.ops.test_table import ALL, CASES, differentiable, draw, public, rng_for

NOT_IN_TORCH = {*LACKING["torch"], *NO_SECOND, "floor_divide", "heaviside"}  # which it says
WITH_ALL_ORDERS = [entry for entry in ALL + CASES if entry.values[0] not in NOT_IN_TORCH | {"fit"}]

torch: Any = pytest.importorskip("torch")
func, functional, forward_ad = torch.func, torch.autograd.functional, torch.autograd.forward_ad

X, T = torch.tensor([1.0, 2.0]), torch.tensor([1.0, 0.5])
ONCE, TWICE = [3.0, 12.0], [6.0, 12.0]  # the derivatives of the sum of x³


def cubes(x: Any) -> Any:
    return am.sum(x**3)


def by_hand(t: Any) -> Any:
    leaf = Value(t)
    cubes(leaf).backward()
    return leaf.grad


def by_backward(f: Callable[[Any], Any]) -> Any:
    t = X.clone().requires_grad_()
    f(t).sum().backward()
    return t.grad


def dual(f: Callable[[Any], Any]) -> Any:
    with forward_ad.dual_level():
        return forward_ad.unpack_dual(f(forward_ad.make_dual(X, T))).tangent


@pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated")  # torch's own forward mode calls it
@pytest.mark.parametrize("slope", [am.grad(cubes), by_hand, lambda t: am.vjp(cubes, t)[1](torch.tensor(1.0))])
def test_gradients_of_gradients(slope: Callable[[Any], Any]) -> None:
    twice = np.diag(TWICE)
    for got, want in (
        (func.grad(lambda t: slope(t).sum())(X), TWICE),
        (func.vjp(slope, X)[1](T)[0], twice @ T.numpy()),
        (func.jvp(slope, (X,), (T,))[1], twice @ T.numpy()),
        (func.jacrev(slope)(X), twice),
        (func.jacfwd(slope)(X), twice),
        (func.hessian(lambda t: slope(t).sum())(X), np.diag([6.0, 6.0])),
        (func.vmap(func.grad(lambda t: slope(t).sum()))(torch.stack([X, X])), [TWICE, TWICE]),
        (functional.jacobian(slope, X), twice),
        (functional.hessian(lambda t: slope(t).sum(), X), np.diag([6.0, 6.0])),
        (by_backward(slope), TWICE),
        (dual(slope), twice @ T.numpy()),
    ):
        np.testing.assert_allclose(got, want)


def test_gradients_of_values() -> None:
    def value(t: Any) -> Any:
        return cubes(Value(t)).data

    for got in (func.grad(value)(X), by_backward(value), functional.jacobian(value, X)):
        np.testing.assert_allclose(got, ONCE)
    w = Value(torch.tensor([2.0, 5.0]))  # beside a leaf of its own, as a constant
    np.testing.assert_allclose(by_backward(lambda t: (w * t).data), [2.0, 5.0])
    np.testing.assert_allclose(by_backward(lambda t: am.grad(lambda s: am.sum(s * t))(3.0)), [1.0, 1.0])
    np.testing.assert_allclose(func.vmap(am.grad(cubes))(torch.stack([X, X])), [ONCE, ONCE])


def test_a_gradient_that_would_leave_torch_is_an_error() -> None:
    def slope(t: Any) -> Any:
        return torch.as_tensor(am.grad(lambda w: am.sum(w * Value(t)))(np.ones(2))).sum()

    with pytest.raises((TypeError, am.GraphError), match="make all arrays tensors"):
        func.grad(slope)(X)


@pytest.mark.parametrize(
    "slope",
    [
        lambda x, t: am.grad(lambda w: am.sum(w * t * t))(x),
        lambda x, t: am.grad(lambda w: am.sum(w * am.stop_gradient(Value(t))))(x),
        lambda x, t: am.vjp(lambda w: w * t, x)[1](t.detach()),
        lambda x, t: am.jacobian(lambda w: w * t)(x),
        lambda x, t: am.hvp(lambda w: am.sum(w * w * t), x, x),
        lambda x, t: am.elementwise_grad(lambda w: w * t)(x),
        lambda x, t: am.gradients(am.sum((leaf := Value(x)) * t), leaf),
    ],
)
def test_a_gradient_beside_a_tensor_of_torchs_graph(slope: Callable[..., Any]) -> None:
    """By a leaf of NumPy's it would leave the graph: an error. By a tensor it is the same as with plain numbers."""
    t = torch.tensor([3.0, 5.0], dtype=torch.float64, requires_grad=True)
    x = np.array([1.0, 2.0])
    with pytest.raises((TypeError, am.GraphError), match=r"make all arrays tensors .* or pass tensor.detach\(\)"):
        slope(x, t)
    plain = slope(x, t.detach())
    assert isinstance(plain, np.ndarray)
    found = slope(torch.tensor(x), t)
    assert found.requires_grad
    np.testing.assert_allclose(found.detach(), plain)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "case"), WITH_ALL_ORDERS)
def test_every_operation(name: str, case: Any) -> None:
    operands = [np.asarray(x) for x in made(case.made, draw(name, case.shapes, rng_for(name, case)))]
    places = differentiable(name, len(operands))

    def total(*xs: Any) -> Any:
        y = public(name)(*xs, **case.static)
        return sum(am.sum(am.square(am.abs(part))) for part in (y if isinstance(y, (list, tuple)) else [y]))

    leaves = [torch.asarray(x) for x in operands]
    for i in places:
        leaves[i].requires_grad_()
    y = total(*map(Value, leaves)).data
    if not y.requires_grad:  # a step function in NumPy's hands
        assert not any(np.any(g) for g in am.grad(total, places)(*operands))
        return
    got = torch.autograd.grad(y, [leaves[i] for i in places], allow_unused=True, materialize_grads=True)
    for g, want in zip(got, am.grad(total, places)(*operands), strict=True):
        np.testing.assert_allclose(g, want, rtol=1e-7, atol=1e-8)
