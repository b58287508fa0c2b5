"""Structures as arguments and results of transformations, ``flatten``, and SciPy's solvers on both."""

from collections import OrderedDict, defaultdict, namedtuple
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import Value, flatten, grad, gradcheck, hessian, hvp, jacobian, jvp, linearize, value_and_grad, vjp

Point = namedtuple("Point", "x y")


@dataclass
class Layer:
    W: Any
    b: Any = None
    activation: str = "tanh"
    width: int = 3
    transform: Any = np.tanh

    def __post_init__(self) -> None:
        if self.W is not None:
            self.shape = np.asarray(self.W).shape


@dataclass(frozen=True, slots=True)
class Frozen:
    a: Any
    rest: Any
    steps: Any = field(default=5.0, metadata={"static": True})


def size(layer: Layer) -> Any:
    assert (layer.activation, layer.width, layer.transform) == ("tanh", 3, np.tanh)
    total = am.sum(am.square(layer.W))
    return total if layer.b is None else total + am.sum(layer.b * 3.0)


def test_dataclasses() -> None:
    W, b = np.array([[1.0, 2.0]]), np.array([3.0])
    value, g = value_and_grad(size)(Layer(W, b))
    assert value == 14.0
    assert type(g) is Layer
    assert (g.activation, g.width, g.transform) == ("tanh", 3, np.tanh)
    np.testing.assert_array_equal(g.W, 2 * W)
    np.testing.assert_array_equal(g.b, [3.0])
    without = grad(size)(Layer(W))
    assert without.b is None
    np.testing.assert_array_equal(without.W, 2 * W)


def test_frozen_dataclasses_with_slots() -> None:
    def f(p: Frozen) -> Any:
        assert p.steps == 5.0
        return p.a * p.rest["x"] ** 2

    p = Frozen(2.0, {"x": 3.0, "none": None})
    g = grad(f)(p)
    assert g == Frozen(9.0, {"x": 12.0, "none": None})
    assert p == Frozen(2.0, {"x": 3.0, "none": None})
    assert jvp(f, p, Frozen(1.0, {"x": 0.0, "none": None})) == (18.0, 9.0)
    assert hvp(f, p, Frozen(1.0, {"x": 1.0, "none": None})) == Frozen(6.0, {"x": 10.0, "none": None})
    H = hessian(f)(p)
    assert H.a == Frozen(0.0, {"x": 6.0, "none": None})
    assert H.rest["x"] == Frozen(6.0, {"x": 4.0, "none": None})
    with pytest.raises(ValueError, match="jvp needs a Frozen, got float"):
        jvp(f, (p,), (1.0,))


def test_dataclasses_as_results() -> None:
    def f(x: Any) -> Frozen:
        return Frozen(x * x, [x, None, (2.0 * x,)])

    y, pullback = vjp(f, 3.0)
    assert y == Frozen(9.0, [3.0, None, (6.0,)])
    assert pullback(Frozen(1.0, [10.0, None, (100.0,)])) == 216.0
    assert jacobian(f)(3.0) == Frozen(6.0, [1.0, None, (2.0,)])
    y, f_jvp = linearize(f, 3.0)
    assert f_jvp(0.5) == Frozen(3.0, [0.5, None, (1.0,)])


def test_kinds_of_mappings_and_tuples() -> None:
    ordered = OrderedDict(b=2.0, a=3.0)
    g = grad(lambda p: p["a"] ** 2 * p["b"])(ordered)
    assert type(g) is OrderedDict
    assert list(g.items()) == [("b", 9.0), ("a", 12.0)]
    counted: defaultdict[str, float] = defaultdict(float, a=3.0)
    g = grad(lambda p: p["a"] ** 2)(counted)
    assert type(g) is defaultdict
    assert g["missing"] == 0.0
    assert grad(lambda p: p.x * p.y)(Point(2.0, 3.0)) == Point(3.0, 2.0)
    assert grad(lambda p: p[1] ** 2)([None, 3.0]) == [None, 6.0]


def test_none_among_the_arguments() -> None:
    def f(x: Any, bias: Any = None) -> Any:
        return x * x if bias is None else x * x + bias

    pullback = vjp(f, 3.0, None)[1]
    assert pullback(1.0) == (6.0, None)
    assert jvp(f, (3.0, None), (1.0, None)) == (9.0, 6.0)
    with pytest.raises(TypeError, match="differentiate by None, which is argument 1"):
        grad(f, 1)(3.0, None)
    assert gradcheck(lambda p: p["x"] ** 2, {"x": 3.0, "y": None})


def test_errors_name_the_place() -> None:
    with pytest.raises(TypeError, match="text"):
        grad(lambda p: p["a"])({"a": 1.0, "b": "text"})
    with pytest.raises(am.GradientError, match=r"p\.W"):
        gradcheck(lambda p: am.sum(p.W * am.stop_gradient(p.W)), Layer(np.ones((1, 2))))


# --- flatten ----------------------------------------------------------------------------------------------------------

TREE: dict[str, Any] = {
    "W": np.arange(6, dtype=np.float32).reshape(2, 3),
    "rest": (1.5, [np.float64(2.5), None]),
    "p": Point(np.zeros((0, 2)), np.array(7.0)),
}


def test_flatten_and_back() -> None:
    vector, unflatten = flatten(TREE)
    np.testing.assert_array_equal(vector, [0, 1, 2, 3, 4, 5, 1.5, 2.5, 7.0])
    assert vector.dtype == np.float64
    back = unflatten(vector)
    assert back["W"].dtype == np.float32
    np.testing.assert_array_equal(back["W"], TREE["W"])
    assert back["rest"] == (1.5, [2.5, None])
    assert type(back["rest"][0]) is float
    assert type(back["rest"][1][0]) is np.float64
    assert type(back["p"]) is Point
    assert back["p"].x.shape == (0, 2)
    assert back["p"].y.shape == ()
    vector[0] = 100.0
    assert TREE["W"][0, 0] == 0.0
    assert unflatten(list(vector))["W"][0, 0] == 100.0


def test_dtypes_of_vectors() -> None:
    assert flatten([np.ones(2, np.float32), 3.0])[0].dtype == np.float32
    assert flatten([1, 2])[0].dtype == np.float64
    assert flatten(np.array([1, 2]))[1](np.array([0.5, 1.5])).tolist() == [0.5, 1.5]
    vector, unflatten = flatten({"z": np.array([1 + 2j]), "x": 3.0})
    assert vector.tolist() == [1 + 2j, 3.0]
    assert unflatten(vector)["x"] == 3.0
    assert type(unflatten(vector)["x"]) is float
    vector, unflatten = flatten({})
    assert vector.shape == (0,)
    assert unflatten(vector) == {}


def test_vectors_that_do_not_fit() -> None:
    unflatten = flatten(TREE)[1]
    with pytest.raises(ValueError, match=r"shape \(9,\), got shape \(8,\)"):
        unflatten(np.zeros(8))
    with pytest.raises(ValueError, match=r"got shape \(3, 3\)"):
        unflatten(np.zeros((3, 3)))
    with pytest.raises(TypeError, match="text"):
        flatten({"a": "text"})


def test_flatten_is_differentiable() -> None:
    def f(p: Any) -> Any:
        return am.sum(am.sin(p["W"]) * p["rest"][0]) + p["rest"][1][0] ** 2 * p["p"].y

    vector, unflatten = flatten(TREE)
    np.testing.assert_allclose(
        grad(lambda v: f(unflatten(v)))(vector), flatten(grad(f)(TREE))[0].astype(float), rtol=1e-6
    )
    assert gradcheck(lambda v: f(unflatten(v)), vector, rtol=1e-3)  # an entry passes through float32
    x, w = Value(np.array([1.0, 2.0])), Value(3.0)
    joined, back = flatten({"x": x, "w": w})
    assert isinstance(joined, Value)
    am.sum(joined * joined).backward()
    np.testing.assert_array_equal(x.grad, [2.0, 4.0])
    assert w.grad == 6.0
    assert isinstance(back(joined)["w"], Value)
    np.testing.assert_array_equal(grad(lambda x: am.sum(flatten([x, x])[0] ** 2))(np.array([1.0, 2.0])), [4.0, 8.0])


# --- SciPy ------------------------------------------------------------------------------------------------------------


def rosenbrock(x: Any) -> Any:
    return am.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def fitted(p: Any) -> Any:
    misfit = am.sum((p["W"] @ p["v"] - np.array([1.0, 2.0])) ** 2)
    return misfit + 0.1 * am.sum(p["W"] ** 2) + 0.1 * am.sum(p["v"] ** 2) + p["b"] ** 4 - p["b"]


START = {"W": np.array([[1.0, 0.5], [0.2, -0.3]]), "v": np.array([0.5, 1.0]), "b": 1.0}


@pytest.mark.parametrize("method", ["BFGS", "L-BFGS-B", "CG", "SLSQP"])
def test_minimize_with_gradients(method: str) -> None:
    optimize = pytest.importorskip("scipy.optimize")
    found = optimize.minimize(
        value_and_grad(rosenbrock), [-1.2, 1.0, 0.5], jac=True, method=method, tol=1e-12, options={"maxiter": 2000}
    )
    np.testing.assert_allclose(found.x, np.ones(3), rtol=1e-6)
    vector, unflatten = flatten(START)
    found = optimize.minimize(
        value_and_grad(lambda v: fitted(unflatten(v))), vector, jac=True, method=method, tol=1e-12
    )
    assert unflatten(found.x)["b"] == pytest.approx(0.25 ** (1 / 3), rel=1e-6)
    assert fitted(unflatten(found.x)) < 0.5


@pytest.mark.parametrize("method", ["Newton-CG", "trust-ncg", "trust-krylov", "trust-constr"])
def test_minimize_with_hessian_products(method: str) -> None:
    optimize = pytest.importorskip("scipy.optimize")
    found = optimize.minimize(
        rosenbrock,
        np.array([-1.2, 1.0, 0.5]),
        jac=grad(rosenbrock),
        hessp=lambda x, p: hvp(rosenbrock, x, p),
        method=method,
        tol=1e-10,
    )
    np.testing.assert_allclose(found.x, np.ones(3), rtol=1e-6)
    vector, unflatten = flatten(START)

    def f(v: Any) -> Any:
        return fitted(unflatten(v))

    found = optimize.minimize(
        value_and_grad(f), vector, jac=True, hessp=lambda x, p: hvp(f, x, p), method=method, tol=1e-10
    )
    assert unflatten(found.x)["b"] == pytest.approx(0.25 ** (1 / 3), rel=1e-6)


def test_other_solvers() -> None:
    optimize = pytest.importorskip("scipy.optimize")
    found = optimize.minimize(
        rosenbrock, np.zeros(2), jac=grad(rosenbrock), hess=hessian(rosenbrock), method="trust-exact"
    )
    np.testing.assert_allclose(found.x, np.ones(2), rtol=1e-5)

    def residuals(x: Any) -> Any:
        return am.stack([10.0 * (x[1] - x[0] ** 2), 1.0 - x[0]])

    np.testing.assert_allclose(optimize.least_squares(residuals, [-1.2, 1.0], jac=jacobian(residuals)).x, [1.0, 1.0])
    np.testing.assert_allclose(optimize.root(residuals, [-1.2, 1.0], jac=jacobian(residuals)).x, [1.0, 1.0])
    root = optimize.root_scalar(lambda x: x**3 - 2.0, x0=1.0, fprime=grad(lambda x: x**3 - 2.0), method="newton")
    assert root.root == pytest.approx(2 ** (1 / 3))


def test_what_scipy_gets_is_plain() -> None:
    value, slope = value_and_grad(rosenbrock)(np.array([0.5, 2.0]))
    assert isinstance(value, float)
    assert type(slope) is np.ndarray
    assert type(hvp(rosenbrock, np.array([0.5, 2.0]), np.ones(2))) is np.ndarray
    single = Value(2.0, requires_grad=False)
    value, slope = value_and_grad(lambda x: single * am.sum(x * x))(np.array([0.5]))
    assert isinstance(value, float)
    assert type(slope) is np.ndarray
