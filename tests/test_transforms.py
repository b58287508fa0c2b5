"""Transformations: against closed forms and differences, nested in any order, on structures, and their refusals."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra.numpy import arrays

import autograd_mini as am
from autograd_mini import (
    GraphError,
    Value,
    elementwise_grad,
    grad,
    gradients,
    hessian,
    hvp,
    jacobian,
    jvp,
    no_grad,
    stop_gradient,
    value_and_grad,
    vjp,
)
from autograd_mini.operation import OPERATIONS
from tests import reference

X = np.array([0.5, -1.25, 2.0])
M = np.array([[0.5, -1.0, 0.25], [1.5, 0.75, -0.5]])
TRANSFORMED: list[Callable[..., Any]] = [grad, value_and_grad, elementwise_grad, jacobian, hessian]


def bowl(x: Any) -> Any:
    """A function of a vector with a full Hessian."""
    return am.sum(am.sin(x) * x) + am.prod(x) + am.exp(0.3 * am.sum(x))


def field(x: Any) -> Any:
    """A vector to a matrix."""
    return am.outer(am.tanh(x), x**2)[:2]


# --- against closed forms and differences -----------------------------------------------------------------------------


def test_derivatives_of_a_cube() -> None:
    orders: list[Callable[[float], Any]] = [lambda x: x**3]
    for _ in range(4):
        orders.append(grad(orders[-1]))
    assert [f(2.0) for f in orders] == [8.0, 12.0, 12.0, 6.0, 0.0]
    assert all(type(f(2.0)) is float for f in orders)


@pytest.mark.parametrize(
    ("f", "derivatives"),
    [
        (am.sin, [math.cos, lambda x: -math.sin(x), lambda x: -math.cos(x), math.sin]),
        (am.exp, [math.exp] * 4),
        (lambda x: 1 / x, [lambda x: -(x**-2), lambda x: 2 * x**-3, lambda x: -6 * x**-4, lambda x: 24 * x**-5]),
        (am.log, [lambda x: 1 / x, lambda x: -(x**-2), lambda x: 2 * x**-3, lambda x: -6 * x**-4]),
        (lambda x: x**2.5, [lambda x: 2.5 * x**1.5, lambda x: 3.75 * x**0.5, lambda x: 1.875 * x**-0.5]),
        (lambda x: 2**x, [lambda x, k=k: math.log(2) ** k * 2**x for k in (1, 2, 3, 4)]),
        (am.sqrt, [lambda x: 0.5 * x**-0.5, lambda x: -0.25 * x**-1.5, lambda x: 0.375 * x**-2.5]),
    ],
)
def test_higher_orders(f: Callable[[Any], Any], derivatives: list[Callable[[float], float]]) -> None:
    for data in (0.7, np.array([0.7, 1.9])):
        derivative = f
        for exact in derivatives:
            derivative = elementwise_grad(derivative)
            want = exact(data) if isinstance(data, float) else [exact(x) for x in data]
            np.testing.assert_allclose(derivative(data), want, rtol=1e-13)


def test_gradient_jacobian_and_hessian_against_differences() -> None:
    np.testing.assert_allclose(grad(bowl)(X), reference.gradient(bowl, X), rtol=1e-9)
    np.testing.assert_allclose(jacobian(field)(X), reference.jacobian(field, X), rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(hessian(bowl)(X), reference.jacobian(grad(bowl), X), rtol=1e-9)
    np.testing.assert_allclose(jacobian(hessian(bowl))(X), reference.jacobian(hessian(bowl), X), rtol=1e-8, atol=1e-9)


def test_hessian_is_symmetric_and_of_any_shape() -> None:
    def f(W: Any) -> Any:
        return am.sum(am.tanh(W @ am.transpose(W)) ** 2)

    H = hessian(f)(M)
    assert H.shape == (2, 3, 2, 3)
    np.testing.assert_allclose(H, H.transpose(2, 3, 0, 1), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(H, reference.jacobian(grad(f), M), rtol=1e-8, atol=1e-9)


@given(x=arrays(np.float64, st.integers(0, 4), elements=st.floats(-2, 2)), seed=st.integers(0, 1000))
def test_products_agree_with_the_matrices(x: Any, seed: int) -> None:
    rng = np.random.default_rng(seed)
    t, u = rng.normal(size=x.shape), rng.normal(size=(x.size, x.size))

    def f(x: Any) -> Any:
        return am.outer(am.sin(x), x**3)

    J = jacobian(f)(x)
    y, pullback = vjp(f, x)
    np.testing.assert_allclose(pullback(u), np.tensordot(u, J, 2), rtol=1e-12, atol=1e-12)
    y, rate = jvp(f, x, t)
    np.testing.assert_allclose(rate, J @ t, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(y, np.outer(np.sin(x), x**3), rtol=1e-15)
    np.testing.assert_allclose(hvp(bowl, x, t), hessian(bowl)(x) @ t, rtol=1e-11, atol=1e-11)


def test_value_and_grad() -> None:
    value, slope = value_and_grad(bowl)(X)
    np.testing.assert_allclose(value, bowl(X))
    np.testing.assert_array_equal(slope, grad(bowl)(X))
    assert not isinstance(value, Value)
    assert value_and_grad(lambda x: x * x)(3.0) == (9.0, 6.0)


def test_several_arguments() -> None:
    def f(x: Any, y: Any, k: Any = 1.0) -> Any:
        return am.sum(x * x * y) * k

    x, y = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    np.testing.assert_array_equal(grad(f)(x, y), [6.0, 16.0])
    np.testing.assert_array_equal(grad(f, 1)(x, y), [1.0, 4.0])
    np.testing.assert_array_equal(grad(f, -1)(x, y), [1.0, 4.0])
    np.testing.assert_array_equal(grad(f, np.int64(1))(x, y), [1.0, 4.0])  # type: ignore[arg-type]
    np.testing.assert_array_equal(grad(f, 1)(x, y, k=2.0), [2.0, 8.0])
    for argnums in ((0, 1), [0, 1], range(2), (-2, -1)):
        gx, gy = grad(f, argnums)(x, y)
        np.testing.assert_array_equal(gx, [6.0, 16.0])
        np.testing.assert_array_equal(gy, [1.0, 4.0])
    gy, gx = grad(f, (1, 0))(x, y)
    np.testing.assert_array_equal(gy, [1.0, 4.0])
    assert grad(f, ())(x, y) == ()
    (xx, xy), (yx, yy) = hessian(f, (0, 1))(x, y)
    np.testing.assert_array_equal(xx, np.diag(2 * y))
    np.testing.assert_array_equal(xy, np.diag(2 * x))
    np.testing.assert_array_equal(yx, xy.T)
    np.testing.assert_array_equal(yy, np.zeros((2, 2)))
    jx, jy = jacobian(lambda x, y: x * y, (0, 1))(x, y)
    np.testing.assert_array_equal(jx, np.diag(y))
    np.testing.assert_array_equal(jy, np.diag(x))
    assert jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 0.5)) == (6.0, 4.0)
    assert hvp(lambda x, y: x * x * y, (2.0, 3.0), (1.0, 1.0)) == (10.0, 4.0)


@pytest.mark.parametrize(
    ("argnums", "error", "words"),
    [
        (2, TypeError, "2 positional arguments"),
        (-3, TypeError, "2 positional arguments"),
        ((0, 2), TypeError, "2 positional arguments"),
        ((0, 0), ValueError, "twice"),
        ((0, -2), ValueError, "twice"),
        ("x", TypeError, "whole number"),
        (1.0, TypeError, "whole number"),
        (None, TypeError, "whole number"),
    ],
)
@pytest.mark.parametrize("transformed", TRANSFORMED)
def test_argnums_that_name_nothing(transformed: Any, argnums: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        transformed(lambda x, y: x * y, argnums)(1.0, 2.0)


# --- structures -------------------------------------------------------------------------------------------------------


class Weights(NamedTuple):
    W: Any
    b: Any


def test_arguments_in_structures() -> None:
    def f(p: dict[str, Any]) -> Any:
        return p["a"] * p["rest"][0] ** 2 + am.sum(p["rest"][1] * p["w"].W) + p["w"].b

    p = {"a": 2.0, "rest": (3.0, [1.0, 2.0]), "w": Weights(np.array([3.0, 4.0]), 0.5)}
    p["rest"] = (3.0, np.array([1.0, 2.0]))
    value, g = value_and_grad(f)(p)
    assert value == 18.0 + 11.0 + 0.5
    assert g["a"] == 9.0
    assert type(g["rest"]) is tuple
    assert g["rest"][0] == 12.0
    np.testing.assert_array_equal(g["rest"][1], [3.0, 4.0])
    assert type(g["w"]) is Weights
    np.testing.assert_array_equal(g["w"].W, [1.0, 2.0])
    assert g["w"].b == 1.0
    assert grad(lambda xs: xs[0] * xs[1])([2.0, 3.0]) == [3.0, 2.0]


def test_results_in_structures() -> None:
    def f(x: Any, y: Any) -> Any:
        return {"product": x * y, "parts": [x, (y * y,)]}

    y, pullback = vjp(f, 2.0, 3.0)
    assert y == {"product": 6.0, "parts": [2.0, (9.0,)]}
    assert pullback({"product": 1.0, "parts": [10.0, (100.0,)]}) == (13.0, 602.0)
    assert jvp(f, (2.0, 3.0), (1.0, 0.0)) == (y, {"product": 3.0, "parts": [1.0, (0.0,)]})
    assert jacobian(f, (0, 1))(2.0, 3.0) == {"product": (3.0, 2.0), "parts": [(1.0, 0.0), ((0.0, 6.0),)]}
    assert hessian(lambda p: p["a"] * p["b"] ** 2)({"a": 2.0, "b": 3.0}) == {
        "a": {"a": 0.0, "b": 6.0},
        "b": {"a": 6.0, "b": 4.0},
    }
    x, w = Value(2.0), Value(3.0)
    assert gradients(x * w, {"x": x, "rest": [w, (x,)]}) == {"x": 3.0, "rest": [2.0, (3.0,)]}


def test_a_pullback_may_be_called_again() -> None:
    pullback = vjp(lambda x: x**3, 2.0)[1]
    assert (pullback(1.0), pullback(10.0), pullback(1.0)) == (12.0, 120.0, 12.0)
    with pytest.raises(ValueError, match="shape"):
        pullback(np.ones(2))
    with pytest.raises(ValueError, match="shape"):
        pullback((1.0, 2.0))
    np.testing.assert_array_equal(vjp(lambda x: x * x, X)[1]([1.0, 0.0, 2.0]), 2 * X * [1.0, 0.0, 2.0])


def test_products_with_the_hessian_nest() -> None:
    """By the vector, by the place, by both, by what the function closes over, and along a batch of vectors."""
    t = np.array([1.0, -2.0, 0.5])

    def cubes(x: Any) -> Any:
        return (x**3).sum()

    np.testing.assert_allclose(grad(lambda v: hvp(cubes, X, v).sum())(t), 6 * X, rtol=1e-14)
    np.testing.assert_allclose(grad(lambda x: hvp(cubes, x, t).sum())(X), 6 * t, rtol=1e-14)
    np.testing.assert_allclose(jacobian(lambda x: hvp(cubes, x, x))(X), np.diag(12 * X), rtol=1e-14)
    np.testing.assert_allclose(grad(lambda w: hvp(lambda x: w * cubes(x), X, t).sum())(2.0), (6 * X * t).sum())
    np.testing.assert_allclose(am.vmap(lambda v: hvp(cubes, X, v))(np.eye(3)), np.diag(6 * X), rtol=1e-14)
    np.testing.assert_allclose(hvp(lambda x: hvp(cubes, x, t).sum(), X, t), np.zeros(3))


def test_the_vector_of_a_product_with_the_hessian_stays_the_callers() -> None:
    t = np.array([1.0, -2.0, 0.5])
    for _ in range(2):
        np.testing.assert_allclose(hvp(lambda x: (x**3).sum(), X, t), 6 * X * t, rtol=1e-14)
    t[0] = 3.0
    assert t.flags.writeable


def test_vectors_are_matched_with_arguments_by_their_keys() -> None:
    def f(p: dict[str, Any]) -> Any:
        return {"sum": p["a"] + 2.0 * p["b"], "product": p["a"] * p["b"]}

    y, pullback = vjp(f, {"a": 2.0, "b": 3.0})
    assert pullback({"product": 10.0, "sum": 1.0}) == {"a": 31.0, "b": 22.0}
    assert jvp(f, {"a": 2.0, "b": 3.0}, {"b": 1.0, "a": 0.0}) == (y, {"sum": 2.0, "product": 2.0})
    assert hvp(lambda p: p["a"] ** 3 * p["b"], {"a": 2.0, "b": 3.0}, {"b": 0.0, "a": 1.0}) == {"a": 36.0, "b": 12.0}
    for bad in ({"sum": 1.0}, {"sum": 1.0, "other": 1.0}, [1.0, 2.0], 1.0):
        with pytest.raises(ValueError, match="keys"):
            pullback(bad)
    for bad in ({"a": 1.0}, {"a": 1.0, "c": 1.0}, 1.0):
        with pytest.raises(ValueError, match="jvp needs a dict with the keys"):
            jvp(f, {"a": 2.0, "b": 3.0}, bad)
    with pytest.raises(ValueError, match="hvp needs a list of 2 items, got list of 1 items"):
        hvp(lambda p: p[0] * p[1], ([1.0, 2.0],), ([1.0],))


def test_shapes_of_scalars_and_of_nothing() -> None:
    assert jacobian(lambda x: x**2)(3.0) == 6.0
    assert hessian(lambda x: x**3)(2.0) == 12.0
    np.testing.assert_array_equal(jacobian(lambda x: am.stack([x, x * x]))(3.0), [1.0, 6.0])
    np.testing.assert_array_equal(jacobian(lambda x: am.sum(x * x))(X), 2 * X)
    empty = np.zeros((0, 2))
    assert jacobian(lambda x: x**2)(empty).shape == (0, 2, 0, 2)
    assert hessian(lambda x: am.sum(x**2))(empty).shape == (0, 2, 0, 2)
    assert grad(lambda x: am.sum(x**2))(empty).shape == (0, 2)
    assert jacobian(lambda x: x[:0])(X).shape == (0, 3)
    assert jacobian(lambda x: x**2)(X.astype(np.float32)).dtype == np.float32
    assert hessian(bowl)(X.astype(np.float32)).dtype == np.float32
    assert type(grad(lambda x: x * x)(np.float32(2.0))) is np.float32


# --- nesting ----------------------------------------------------------------------------------------------------------


def test_perturbations_are_not_confused() -> None:
    assert grad(lambda x: x * grad(lambda y: x + y)(x))(1.0) == 1.0
    assert grad(lambda x: x * grad(lambda y: x * y)(2.0))(3.0) == 6.0
    assert grad(lambda x: grad(lambda y: x * y * y)(x))(3.0) == 12.0
    assert grad(lambda x: grad(lambda x: x**3)(x) * x)(2.0) == 9 * 4.0
    assert grad(lambda x: x * jvp(lambda y: x + y, x, 1.0)[1])(1.0) == 1.0
    assert jvp(lambda x: x * grad(lambda y: x + y)(x), 1.0, 1.0) == (1.0, 1.0)
    assert jvp(lambda x: x * jvp(lambda y: x * y, 2.0, 1.0)[1], 3.0, 1.0) == (9.0, 6.0)
    assert grad(lambda x: vjp(lambda y: y * y * x, x)[1](x))(2.0) == 6 * 4.0


def test_transformations_of_transformations() -> None:
    t = np.array([0.3, -0.7, 0.2])
    H = hessian(bowl)(X)
    np.testing.assert_allclose(grad(lambda x: am.sum(grad(bowl)(x) * t))(X), H @ t, rtol=1e-12)
    np.testing.assert_allclose(jvp(grad(bowl), X, t)[1], H @ t, rtol=1e-12)
    np.testing.assert_allclose(vjp(grad(bowl), X)[1](t), t @ H, rtol=1e-12)
    np.testing.assert_allclose(grad(lambda x: jvp(bowl, x, t)[1])(X), H @ t, rtol=1e-12)
    np.testing.assert_allclose(grad(lambda x: vjp(bowl, x)[1](1.0) @ t)(X), H @ t, rtol=1e-12)
    np.testing.assert_allclose(jacobian(jacobian(bowl))(X), H, rtol=1e-12)
    np.testing.assert_allclose(
        grad(lambda x: hvp(bowl, x, t) @ t)(X), np.einsum("ijk,j,k->i", jacobian(hessian(bowl))(X), t, t), rtol=1e-11
    )
    np.testing.assert_allclose(
        grad(lambda x: am.trace(hessian(bowl)(x)))(X), np.einsum("iik->k", jacobian(hessian(bowl))(X)), rtol=1e-11
    )
    second = jvp(lambda x: jvp(bowl, x, t)[1], X, t)[1]
    np.testing.assert_allclose(second, t @ H @ t, rtol=1e-12)


def test_gradient_descent_is_differentiable() -> None:
    """The derivative of a step by its own learning rate."""

    def after(rate: Any) -> Any:
        w = 3.0
        for _ in range(3):
            w = w - rate * grad(lambda w: w * w)(w)
        return w

    assert after(0.1) == pytest.approx(3 * 0.8**3)
    assert grad(after)(0.1) == pytest.approx(-18 * 0.8**2)


def test_closures_over_outer_values() -> None:
    """The gradient depends on the outer Value and can be differentiated by it."""
    w = Value(3.0)
    slope = grad(lambda x: w * x * x)(2.0)
    assert isinstance(slope, Value)
    assert slope.item() == 12.0
    slope.backward()
    assert w.grad == 4.0
    constant = Value(3.0, requires_grad=False)
    assert type(grad(lambda x: constant * x)(2.0)) is float
    assert type(grad(lambda x: stop_gradient(w) * x)(2.0)) is float


def test_values_as_arguments() -> None:
    x = Value(np.array([1.0, 2.0]))
    g = grad(lambda x: am.sum(x**3))(x)
    assert isinstance(g, Value)
    g.sum().backward()
    np.testing.assert_array_equal(x.grad, [6.0, 12.0])
    assert type(grad(lambda x: am.sum(x**3))(Value(np.ones(2), requires_grad=False))) is np.ndarray


def test_nothing_is_left_on_the_arguments() -> None:
    x, w = Value(2.0), Value(np.ones(2))
    grad(lambda x: am.sum(w) * x * x)(x)
    hessian(bowl)(Value(X))
    gradients(x * x, x)
    assert x.grad is None
    assert w.grad is None
    data = X.copy()
    grad(bowl)(data)
    np.testing.assert_array_equal(data, X)


def test_side_effects_happen_once() -> None:
    calls = []

    def f(x: Any) -> Any:
        calls.append(x)
        return x * x

    assert grad(f)(2.0) == 4.0
    assert len(calls) == 1
    assert isinstance(calls[0], Value)


# --- functions that do not depend, or return something else -----------------------------------------------------------


def test_constants_have_zero_derivatives() -> None:
    assert grad(lambda x: 5.0)(2.0) == 0.0
    assert grad(lambda x: 3)(2.0) == 0.0
    np.testing.assert_array_equal(grad(lambda x: np.float64(5.0))(X), np.zeros(3))
    assert value_and_grad(lambda x: 5.0)(2.0) == (5.0, 0.0)
    np.testing.assert_array_equal(jacobian(lambda x: np.ones(2))(X), np.zeros((2, 3)))
    np.testing.assert_array_equal(hessian(am.sum)(X), np.zeros((3, 3)))
    np.testing.assert_array_equal(hessian(lambda x: 1.0)(X), np.zeros((3, 3)))
    assert vjp(lambda x: 3.0, 1.0)[1](1.0) == 0.0
    assert jvp(lambda x: 5.0, 2.0, 1.0) == (5.0, 0.0)
    assert jvp(lambda x: 2.0 * x, 2.0, 1.0) == (4.0, 2.0)
    np.testing.assert_array_equal(hvp(am.sum, X, X), np.zeros(3))
    np.testing.assert_array_equal(elementwise_grad(lambda x: np.ones(3))(X), np.zeros(3))
    x, y = Value(2.0), Value(3.0)
    assert gradients(x * x, y) == 0.0
    assert grad(lambda x: stop_gradient(x) * x)(3.0) == 3.0
    assert grad(lambda x: am.floor(x) * 2.0)(2.5) == 0.0


WRONG: list[Any] = [None, True, "text", [1.0], (1.0, 2.0), {"a": 1.0}, np.ones(3), 1j, np.ones((1, 2)), object()]


@pytest.mark.parametrize("result", WRONG, ids=[type(item).__name__ + str(np.shape(item)) for item in WRONG])
def test_results_that_are_no_single_number(result: Any) -> None:
    def f(x: Any) -> Any:
        return result

    for transformed in (grad, value_and_grad, hessian):
        with pytest.raises(TypeError, match="single real number, f returned"):
            transformed(f)(2.0)


@pytest.mark.parametrize("f", [lambda x: x * 2.0, lambda x: am.sum(x) * 1j, lambda x: [am.sum(x)], lambda x: (x, x)])
def test_values_that_are_no_single_real_number(f: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError, match=r"single real number.*jacobian"):
        grad(f)(X)


@pytest.mark.parametrize("result", [None, True, "text", object()])
def test_results_that_are_no_arrays(result: Any) -> None:
    for call in (
        lambda: jacobian(lambda x: result)(2.0),
        lambda: elementwise_grad(lambda x: result)(2.0),
        lambda: vjp(lambda x: result, 2.0),
        lambda: jvp(lambda x: result, 2.0, 1.0),
    ):
        with pytest.raises(TypeError, match="returns Values, arrays or numbers"):
            call()


@pytest.mark.parametrize("argument", [None, "text", np.array([1, 2]), True, object(), np.array(["a"])])
@pytest.mark.parametrize("transformed", TRANSFORMED)
def test_arguments_that_cannot_be_differentiated_by(transformed: Any, argument: Any) -> None:
    with pytest.raises(TypeError):
        transformed(lambda x: x)(argument)


def test_gradients_refuses_what_is_no_graph() -> None:
    x = Value(np.ones(2))
    for y in (2.0, Value(1.0, requires_grad=False), Value(np.array(3))):
        with pytest.raises(GraphError, match="requires_grad=True"):
            gradients(y, x)
    with pytest.raises(TypeError, match="Values, got float"):
        gradients(am.sum(x), 3.0)
    with pytest.raises(ValueError, match=r"sum\(\)"):
        gradients(x * 2.0, x)
    with pytest.raises(ValueError, match="shape"):
        gradients(x * 2.0, x, np.ones(3))
    np.testing.assert_array_equal(gradients(x * 2.0, x, [1.0, 3.0]), [2.0, 6.0])
    assert gradients(x[0], x[0].parents[0]).tolist() == [1.0, 0.0]


def test_vectors_of_another_shape() -> None:
    with pytest.raises(ValueError, match=r"\(2,\).*\(3,\)"):
        jvp(bowl, X, np.ones(2))
    with pytest.raises(ValueError, match=r"\(2,\)"):
        hvp(bowl, X, np.ones(2))
    with pytest.raises(ValueError, match="2 arguments"):
        jvp(lambda x, y: x * y, (1.0, 2.0), (1.0,))
    with pytest.raises(ValueError, match="2 arguments"):
        hvp(lambda x, y: x * y, (1.0, 2.0), 1.0)


# --- gradients of a graph ---------------------------------------------------------------------------------------------


def test_gradients_by_values_in_between() -> None:
    x = Value(2.0)
    h = x * x
    y = am.exp(h) * x
    assert gradients(y, h) == pytest.approx(2 * math.exp(4.0))
    assert gradients(y, y) == 1.0
    assert gradients(y, [h, h, x]) == pytest.approx([2 * math.exp(4.0)] * 2 + [9 * math.exp(4.0)])
    assert h.grad is None


def test_create_graph() -> None:
    x, w = Value(np.array([1.0, 2.0])), Value(3.0)
    (dx,) = gradients(am.sum(w * x**3), [x], create_graph=True)
    assert isinstance(dx, Value)
    np.testing.assert_array_equal(dx.raw, [9.0, 36.0])
    am.sum(dx * dx).backward()
    np.testing.assert_array_equal(x.grad, 2 * np.array([9.0, 36.0]) * np.array([18.0, 36.0]))
    assert w.grad == pytest.approx(2 * (9.0 * 3.0 + 36.0 * 12.0))
    flat = gradients(am.sum(x), x, create_graph=True)
    assert isinstance(flat, Value)
    assert not flat.requires_grad
    assert isinstance(gradients(am.sum(x), w, create_graph=True), Value)
    seed = Value(np.array([1.0, 10.0]))
    pulled = gradients(x * x, x, seed, create_graph=True)
    np.testing.assert_array_equal(gradients(am.sum(pulled), seed), 2 * x.raw)


def test_under_no_grad() -> None:
    with no_grad():
        assert grad(lambda x: x**3)(2.0) == 12.0
        assert grad(grad(lambda x: x**3))(2.0) == 12.0
        np.testing.assert_allclose(hessian(bowl)(X), reference.jacobian(grad(bowl), X), rtol=1e-9)
        assert type(grad(lambda x: x * x)(Value(2.0))) is float
        x = Value(2.0)
        assert not (x * x).requires_grad
    y = x**3
    with no_grad():
        g = gradients(y, x, create_graph=True)
        assert g.requires_grad
    assert gradients(g, x) == 12.0

    @no_grad()
    def quiet(x: Any) -> Any:
        return x * x

    assert grad(lambda x: x * quiet(x))(3.0) == 9.0


def test_stop_gradient_of_structures() -> None:
    x = Value(2.0)
    stopped = stop_gradient({"x": x, "rest": [x * x, 3.0, "text"]})
    assert not stopped["x"].requires_grad
    assert stopped["rest"][0].item() == 4.0
    assert stopped["rest"][1:] == [3.0, "text"]


# --- complex data -----------------------------------------------------------------------------------------------------

Z = np.array([1.2 - 0.7j, 0.4 + 0.9j])
COMPLEX: dict[str, Callable[[Any, Any], Any]] = {
    "abs squared": lambda m, z: m.sum(m.abs(z) ** 2),
    "abs cubed": lambda m, z: m.sum(m.abs(z) ** 3),
    "real of exp": lambda m, z: m.sum(m.real(m.exp(z))),
    "imag of a power": lambda m, z: m.sum(m.imag(z**3)),
    "conjugate inside": lambda m, z: m.sum(m.real(z * m.conj(z) * m.sin(z))),
    "quotient": lambda m, z: m.sum(m.real((2.0 + 1j) / z)),
    "root": lambda m, z: m.sum(m.imag(m.sqrt(z))),
    "product": lambda m, z: m.real(m.prod(z)),
    "outer": lambda m, z: m.real(m.sum(m.outer(z, z) @ m.conj(z))),
    "log": lambda m, z: m.sum(m.real(m.log(z)) * m.imag(z)),
    "tanh": lambda m, z: m.sum(m.abs(m.tanh(z))),
    "variance": lambda m, z: m.var(z),
    "sign": lambda m, z: m.sum(m.real((1.0 + 2j) * m.sign(z))),
    "einsum": lambda m, z: m.real(m.einsum("i,i,j->", z, z, m.conj(z))),
    "real times complex": lambda m, z: m.sum(m.abs(m.real(z) * (1 + 2j) + z)),
    "where": lambda m, z: m.sum(m.real(m.where(np.array([True, False]), z * z, 1j * z))),
}


class Ours:
    """The package under NumPy's names."""

    conj = staticmethod(am.conjugate)

    def __getattr__(self, name: str) -> Any:
        return getattr(am, name)


@pytest.mark.parametrize("name", COMPLEX)
def test_gradients_of_real_results_of_complex_data(name: str) -> None:
    """∂f/∂a + i ∂f/∂b, the direction of steepest ascent; to second order."""
    f = COMPLEX[name]

    def ours(z: Any) -> Any:
        return f(Ours(), z)

    np.testing.assert_allclose(ours(Z), f(np, Z), rtol=1e-13)
    g = grad(ours)(Z)
    assert g.dtype == complex
    np.testing.assert_allclose(g, reference.complex_gradient(lambda z: f(np, z), Z), rtol=1e-8, atol=1e-9)

    def size(z: Any) -> Any:
        slope = grad(ours)(z)
        return am.sum(am.real(slope) ** 2) + 2.0 * am.sum(am.imag(slope) ** 2)

    np.testing.assert_allclose(grad(size)(Z), reference.complex_gradient(size, Z), rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("name", sorted(COMPLEX.keys() - {"real times complex", "where", "variance"}))
def test_the_convention_is_that_of_torch(name: str) -> None:
    torch = pytest.importorskip("torch")
    f = COMPLEX[name]

    class Torch:
        sign = staticmethod(torch.sgn)
        conj = staticmethod(torch.conj)
        real = staticmethod(torch.real)
        imag = staticmethod(torch.imag)

        def __getattr__(self, name: str) -> Any:
            return getattr(torch, name)

    z = torch.tensor(Z, requires_grad=True)
    f(Torch(), z).backward()
    np.testing.assert_allclose(grad(lambda z: f(Ours(), z))(Z), z.grad.numpy(), rtol=1e-12, atol=1e-14)


def test_a_gradient_for_a_complex_result() -> None:
    x = Value(2.0)
    y = x * (1 + 2j)
    y.backward(1j)
    assert x.grad == 2.0
    assert type(x.grad) is float
    z = Value(1 + 2j)
    (z * z).backward(1.0)
    assert z.grad == (2 + 4j).conjugate()


@pytest.mark.parametrize(
    ("f", "rate"),
    [
        (lambda z: z * z, lambda z, t: 2 * z * t),
        (am.conjugate, lambda z, t: np.conj(t)),
        (am.abs, lambda z, t: (np.conj(z) * t).real / abs(z)),
        (am.exp, lambda z, t: np.exp(z) * t),
        (lambda z: z * am.conjugate(z) * z, lambda z, t: 2 * z * np.conj(z) * t + z * z * np.conj(t)),
    ],
)
def test_rates_of_complex_functions(f: Callable[[Any], Any], rate: Callable[[complex, complex], Any]) -> None:
    z, t = 1.2 - 0.7j, 0.3 + 0.4j
    np.testing.assert_allclose(jvp(f, z, t)[1], rate(z, t), rtol=1e-14)


def test_matrices_of_complex_results_are_refused() -> None:
    for transformed in (jacobian, elementwise_grad):
        with pytest.raises(TypeError, match=r"real results.*complex128.*vjp"):
            transformed(lambda z: z * z)(Z)
    np.testing.assert_allclose(jacobian(lambda z: am.real(z * z))(Z), np.diag((2 * Z).conj()), atol=1e-15)


def test_a_variable_never_becomes_a_plain_number_unnoticed() -> None:
    def into_an_array(x: Any) -> Any:
        out = np.zeros(3)
        for i in range(3):
            out[i] = x[i] ** 2
        return np.sum(out)

    with pytest.raises(TypeError, match="would lose its gradient"):
        grad(math.sin)(1.0)
    with pytest.raises(TypeError, match="would drop its graph"):
        grad(lambda x: np.float64(x) ** 2)(1.0)
    with pytest.raises(ValueError, match="array element"):  # NumPy's own words for a failing float()
        grad(into_an_array)(np.ones(3))
    assert grad(lambda x: x * x.item())(3.0) == 3.0
    x = Value(2.0)
    assert float(x) == 2.0
    with pytest.raises(TypeError, match=r"math\.sqrt\(\).*would lose its gradient: write autograd_mini\.sqrt\(\)"):
        math.sqrt(x)  # outside too, where the user has not said float(x)


def test_jacobian_one_by_one_where_a_rule_takes_no_batch() -> None:
    """A rule that looks at its numbers works all the same; one that raises is heard."""
    x = np.linspace(0.5, 2.0, 6)

    @am.primitive("{x}²", am.Rule(lambda g, out, x: x * (2.0 * float(np.max(g))) * g, "2 · {x}"), name="looked")
    def looked(x: Any) -> Any:
        return x * x

    @am.primitive("{x}", am.Rule(lambda g, out, x: g / "no", "1"), name="broken")
    def broken(x: Any) -> Any:
        return x * 1.0

    try:
        np.testing.assert_array_equal(jacobian(looked)(x), np.diag(2 * x))
        with pytest.raises(TypeError):
            jacobian(broken)(x)
    finally:
        del OPERATIONS["looked"], OPERATIONS["broken"]


def test_hooks_see_each_row_of_a_jacobian() -> None:
    seen: list[Any] = []

    def f(x: Any) -> Any:
        y = am.square(x)
        y.register_hook(lambda g: seen.append(g.copy()))
        return y + 0.0

    J = jacobian(f)(np.arange(5.0))
    np.testing.assert_array_equal(J, np.diag(2 * np.arange(5.0)))
    np.testing.assert_array_equal(seen, np.eye(5))
