"""Functions that compute the same thing agree, also where slopes are a convention: at 0, ±inf, nan, ties, one entry."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import Value

nan, inf = np.nan, np.inf
S = am.special
Function = Callable[[Any], Any]


def pairwise(combine: Callable[[Any, Any], Any]) -> Function:
    def reduce(x: Any) -> Any:
        out = x[0]
        for i in range(1, x.shape[0]):
            out = combine(out, x[i])
        return out

    return reduce


def shared(f: Callable[[Any], Any], g: Callable[[Any], Any]) -> Function:
    return lambda x: g(f(x))


ROWS: dict[str, dict[str, Function]] = {
    "log of the sum": {
        "logsumexp": am.logsumexp,
        "special": S.logsumexp,
        "running": lambda x: am.logcumsumexp(x)[-1],
        "pairwise": pairwise(am.logaddexp),
        "to the base 2": lambda x: pairwise(am.logaddexp2)(x / np.log(2.0)) * np.log(2.0),
    },
    "length": {
        "norm": am.norm,
        "linalg": am.linalg.vector_norm,
        "order 2": lambda x: am.norm(x, 2),
        "Frobenius": lambda x: am.norm(am.reshape(x, (1, -1)), "fro"),
        "pairwise": lambda x: pairwise(am.hypot)(am.concatenate([x, [0.0]])),
    },
    "square of the length": {
        "norm": lambda x: am.norm(x) ** 2,
        "square": lambda x: am.square(am.norm(x)),
        "product": shared(am.norm, lambda n: n * n),
        "sum": lambda x: am.sum(x * x),
        "sizes": lambda x: am.sum(am.abs(x) ** 2),
        "hypot": lambda x: am.sum(am.hypot(x, 0.0) ** 2),
        "complex": lambda x: am.sum(am.abs(x + 0j) ** 2),
        "dot": lambda x: am.dot(x, x),
        "vdot": lambda x: am.vdot(x, x),
        "inner": lambda x: am.inner(x, x),
        "einsum": lambda x: am.einsum("i,i->", x, x),
        "tensordot": lambda x: am.tensordot(x, x, 1),
        "matmul": lambda x: am.matmul(x, x),
        "convolve": lambda x: am.correlate(x, x, "valid")[0],
    },
    "mean": {
        "mean": am.mean,
        "average": am.average,
        "weighted": lambda x: am.average(x, weights=np.ones(x.shape[0])),
        "sum": lambda x: am.sum(x) / x.shape[0],
        "pool": lambda x: am.avg_pool(am.reshape(x, (1, 1, -1)), x.shape[0])[0, 0, 0],
    },
    "variance": {
        "var": am.var,
        "deviation": lambda x: am.std(x) ** 2,
        "cov": lambda x: am.cov(x, ddof=0),
        "by hand": lambda x: am.mean((x - am.mean(x)) ** 2),
    },
    "product": {"prod": am.prod, "running": lambda x: am.cumprod(x)[-1], "pairwise": pairwise(am.multiply)},
    "sum": {
        "sum": am.sum,
        "running": lambda x: am.cumsum(x)[-1],
        "trace": lambda x: am.trace(am.diag(x)),
        "einsum": lambda x: am.einsum("ii->", am.diag(x)),
        "dot": lambda x: am.dot(x, np.ones(x.shape[0])),
    },
    "largest": {
        "max": am.max,
        "sorted": lambda x: am.sort(x)[-1],
        "quantile": lambda x: am.quantile(x, 1.0),
        "running": lambda x: am.cummax(x)[-1],
        "pool": lambda x: am.max_pool(am.reshape(x, (1, 1, -1)), x.shape[0])[0, 0, 0],
    },
    "distance": {"ptp": am.ptp, "max and min": lambda x: am.max(x) - am.min(x)},
    "middle": {"median": am.median, "quantile": lambda x: am.quantile(x, 0.5), "50 %": lambda x: am.percentile(x, 50)},
    "largest size": {"norm": lambda x: am.norm(x, inf), "max": lambda x: am.max(am.abs(x))},
    "softmax": {"softmax": am.softmax, "log": lambda x: am.exp(am.log_softmax(x)), "special": S.softmax},
}
ENDLESS = {"log of the sum", "sum", "mean", "largest", "distance", "largest size", "length", "product"}
"""The others are made of quotients and differences of the entries' sizes, which of inf are nan."""

ENTRIES = [[0.0], [0.0, 0.0], [0.0, 0.0, 5.0], [2.0, 2.0, 2.0], [1.0, 3.0, 3.0], [1.0, 2.0, 4.0], [-1.0, -1.0], [3.0]]
AT_THE_ENDS = [[-inf, -inf], [-inf, 1.0, -inf], [1.0, -inf], [inf, 1.0], [inf, inf], [1.0, nan], [nan, nan], [inf]]
AT_THE_ENDS += [[inf, inf, 2.0], [2.0, -inf, -inf], [-inf, 2.0]]


def views(f: Function, x: Any) -> list[Any]:
    """Value, gradient, second derivatives and a directional derivative, of the sum of results."""

    def total(x: Any) -> Any:
        return am.sum(f(x) * 1.0)

    t = np.linspace(0.5, 1.0, x.size).reshape(x.shape) if np.ndim(x) else 1.0
    return [f(x), am.grad(total)(x), am.hessian(total)(x), am.jvp(total, [x], [t])[1]]


def agree(family: dict[str, Function], x: Any, count: int = 4) -> None:
    (first, wanted), *others = ((name, views(f, x)[:count]) for name, f in family.items())
    for name, found in others:
        for what, a, b in zip(("value", "gradient", "second", "along"), found, wanted, strict=False):
            np.testing.assert_allclose(a, b, 1e-9, 1e-12, err_msg=f"{what} of {name} and {first} at {x}")


def runs(names: Sequence[str], entries: list[list[float]]) -> list[Any]:
    return [pytest.param(name, row, id=f"{name}-{row}") for name, row in itertools.product(names, entries)]


@pytest.mark.parametrize(("name", "row"), runs(list(ROWS), ENTRIES))
def test_rows(name: str, row: list[float]) -> None:
    agree(ROWS[name], np.array(row))


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@pytest.mark.parametrize(("name", "row"), runs(sorted(ENDLESS), AT_THE_ENDS))
def test_rows_without_end(name: str, row: list[float]) -> None:
    agree(ROWS[name], np.array(row), 2)


POINTS: dict[str, dict[str, Function]] = {
    "sigmoid": {"sigmoid": am.sigmoid, "expit": lambda x: am.exp(S.log_expit(x)), "slope": am.grad(am.softplus)},
    "softplus": {"softplus": am.softplus, "sum": lambda x: am.logaddexp(x, 0.0), "log": lambda x: -S.log_expit(-x)},
    "size": {
        "abs": am.abs,
        "fabs": am.fabs,
        "hypot": lambda x: am.hypot(x, 0.0),
        "complex": lambda x: am.abs(x + 0j),
        "norm": lambda x: am.norm(am.reshape(x, 1)),
    },
    "square": {"square": am.square, "product": lambda x: x * x, "power": lambda x: am.power(x, 2.0)},
    "root": {"sqrt": am.sqrt, "power": lambda x: am.power(x, 0.5), "float": lambda x: am.float_power(x, 0.5)},
    "inverse": {"reciprocal": am.reciprocal, "divide": lambda x: 1.0 / x, "power": lambda x: am.power(x, -1.0)},
    "power of 2": {"exp2": am.exp2, "power": lambda x: am.power(2.0, x), "special": S.exp2},
    "entropy": {"entr": lambda x: -S.entr(x), "xlogy": lambda x: S.xlogy(x, x)},
    "log": {"log": am.log, "base 2": lambda x: am.log2(x) * np.log(2.0), "xlogy": lambda x: S.xlogy(1.0, x)},
    "logit": {"logit": S.logit, "logs": lambda x: am.log(x) - am.log1p(-x)},
    "cube root": {"cbrt": am.cbrt, "special": S.cbrt},
    "sinc": {"sinc": am.sinc, "special": S.sinc},
    "error function": {"erf": am.erf, "special": S.erf, "normal": lambda x: 2.0 * S.ndtr(x * np.sqrt(2.0)) - 1.0},
    "clipped": {"two": lambda x: am.minimum(am.maximum(x, -1.0), 1.0), "no nan": lambda x: am.fmin(am.fmax(x, -1), 1)},
    "above 0": {
        "maximum": lambda x: am.maximum(x, 0.0),
        "max": lambda x: am.max(am.stack([x, 0.0])),
        "initial": lambda x: am.max(am.reshape(x, 1), initial=0.0),
        "running": lambda x: am.cummax(am.stack([x, 0.0]))[-1],
        "sorted": lambda x: am.sort(am.stack([x, 0.0]))[-1],
    },
    "twice": {"log": lambda x: am.logaddexp(x, x), "all": lambda x: am.logsumexp(am.stack([x, x]))},
    "diagonal": {"hypot": lambda x: am.hypot(x, x), "norm": lambda x: am.norm(am.stack([x, x]))},
    "step": {"heaviside": lambda x: am.heaviside(x, 0.0), "step": am.step},
    "gamma": {"log": S.gammaln, "loggamma": S.loggamma},
}
WHERE: dict[str, list[float]] = {
    "root": [0.0, -0.0, 0.3, 2.0, inf, nan],
    "inverse": [0.3, -2.0, inf, nan],
    "entropy": [0.3, 2.0, nan],
    "log": [0.3, 2.0, inf, nan],
    "logit": [0.3, 0.5, nan],
    "cube root": [0.3, -2.0, inf, nan],
    "size": [0.0, -0.0, 1.0, -1.0, inf, -inf, nan],
    "diagonal": [0.0, 1.0, -1.0, inf, -inf, nan],
    "twice": [0.0, 2.0, inf, nan],
    "clipped": [0.0, 1.0, -1.0, 2.0, inf, -inf],
    "step": [0.0, 1.0, -1.0, inf, -inf],
    "gamma": [0.3, 2.0],
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", POINTS)
def test_points(name: str) -> None:
    for x in WHERE.get(name, [0.0, -0.0, 1.0, -1.0, 0.3, 2.0, inf, -inf, nan]):
        agree(POINTS[name], x, 2 if np.isnan(x) or np.isinf(x) or name in ("root", "clipped", "above 0") else 4)


# --- by hand ----------------------------------------------------------------------------------------------------------


def test_a_prefix_without_mass_gets_no_gradient() -> None:
    """logcumsumexp of [−∞, −∞, 1]: the last sum is the third entry's alone, the others are −∞ whatever happens."""
    x = np.array([-inf, -inf, 1.0])
    np.testing.assert_array_equal(am.grad(lambda x: am.sum(am.logcumsumexp(x)))(x), [0.0, 0.0, 1.0])
    np.testing.assert_array_equal(am.grad(am.logaddexp, (0, 1))(-inf, -inf), [0.0, 0.0])
    np.testing.assert_array_equal(am.grad(am.logaddexp2, (0, 1))(-inf, -inf), [0.0, 0.0])
    np.testing.assert_array_equal(am.grad(am.logaddexp, (0, 1))(inf, inf), [0.5, 0.5])
    np.testing.assert_array_equal(am.grad(am.logsumexp)(np.array([inf, 1.0, inf])), [0.5, 0.0, 0.5])


@pytest.mark.parametrize("f", [am.norm, lambda x: am.hypot(x[0], x[1]), lambda x: am.abs(x[0] + 1j * x[1])])
def test_squares_of_lengths_are_smooth_at_0(f: Function) -> None:
    """f² is x² + y², with the Hessian 2 · I; f itself has the slope 0 there by convention, and no bend."""
    np.testing.assert_array_equal(am.hessian(lambda x: f(x) ** 2)(np.zeros(2)), 2.0 * np.eye(2))
    np.testing.assert_array_equal(am.hessian(lambda x: 3.0 * f(x) ** 2 + f(x) ** 4)(np.zeros(2)), 6.0 * np.eye(2))
    np.testing.assert_array_equal(am.hessian(f)(np.zeros(2)), np.zeros((2, 2)))
    np.testing.assert_array_equal(am.grad(f)(np.zeros(2)), np.zeros(2))


def test_norms_of_rows_are_smooth_at_0_where_their_squares_are_summed() -> None:
    x = np.array([[0.0, 0.0], [3.0, 4.0]])
    h = am.hessian(lambda x: am.sum(am.norm(x, axis=1) ** 2))(x)
    np.testing.assert_allclose(h.reshape(4, 4), 2.0 * np.eye(4), atol=1e-15)


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_lengths_without_end() -> None:
    """An infinite entry is the whole length, and moves it by what it moves; √(x² + x²) is √2 · |x|, so two share."""
    half = np.sqrt(0.5)
    assert am.grad(am.hypot, (0, 1))(inf, 3.0) == (1.0, 0.0)
    assert am.grad(am.hypot, (0, 1))(0.0, -inf) == (0.0, -1.0)
    np.testing.assert_allclose(am.grad(am.hypot, (0, 1))(inf, -inf), [half, -half])
    assert am.norm(Value([1.0, -inf])).item() == inf
    np.testing.assert_array_equal(am.grad(am.norm)(np.array([1.0, -inf, 0.0])), [0.0, -1.0, 0.0])
    np.testing.assert_allclose(am.grad(am.norm)(np.full(4, -inf)), np.full(4, -0.5))
    rows = np.array([[3.0, inf], [3.0, 4.0], [0.0, 0.0], [inf, -inf]], np.float32)
    g = am.grad(lambda x: am.sum(am.norm(x, axis=1, keepdims=True)))(rows)
    assert g.dtype == np.float32
    np.testing.assert_allclose(g, [[0.0, 1.0], [0.6, 0.8], [0.0, 0.0], [half, -half]], rtol=1e-6)
    np.testing.assert_array_equal(am.vmap(am.grad(am.norm))(rows[:3])[0], [0.0, 1.0])
    assert np.isnan(am.norm(np.array([inf, nan])))
    assert np.isnan(am.grad(am.norm)(np.array([inf, nan]))).all()


def test_running_products_without_end() -> None:
    """Each result is asked for alone, and its gradient is the product of the other entries so far."""
    x = np.array([2.0, -inf, 3.0, 0.5])
    jacobian = am.jacobian(am.cumprod)(x)
    np.testing.assert_array_equal(jacobian[1], [-inf, 2.0, 0.0, 0.0])
    np.testing.assert_array_equal(jacobian[3], [-inf, 3.0, -inf, -inf])
    np.testing.assert_array_equal(am.jvp(am.cumprod, (x,), (np.eye(4)[0],))[1], [1.0, -inf, -inf, -inf])


def test_the_slope_of_the_root_points_up() -> None:
    """Whatever the sign of 0, to the right of it the root rises."""
    for zero in (0.0, -0.0, np.array([-0.0]), np.float32(-0.0)):
        with np.errstate(divide="ignore"):
            assert am.elementwise_grad(am.sqrt)(zero) == inf
    assert np.signbit(am.sqrt(-0.0))


def test_nan_is_the_larger_one() -> None:
    for f in (am.maximum, am.minimum):
        assert am.grad(f, (0, 1))(nan, 1.0) == (1.0, 0.0)
        assert am.grad(f, (0, 1))(1.0, nan) == (0.0, 1.0)
        assert am.grad(f, (0, 1))(nan, nan) == (0.5, 0.5)
    assert am.grad(am.fmax, (0, 1))(nan, 1.0) == (0.0, 1.0)
    assert am.grad(am.fmin, (0, 1))(nan, nan) == (0.5, 0.5)


def test_valid_correlations_with_infinite_entries() -> None:
    """Each shift alone is a dot product, whose gradient is the other row: nothing meets the border's zeros."""
    x = np.array([inf, 1.0, 2.0])
    np.testing.assert_array_equal(am.grad(lambda x: am.sum(am.correlate(x, x, "valid")))(x), [inf, 2.0, 4.0])
    for short, long in (([3.0], x), (x, [0.5, 1.0, inf]), ([1.0, 2.0], [inf, 1.0, 3.0])):
        a, b = np.array(short), np.array(long)
        n, shifts = len(a), len(b) - len(a) + 1
        expected = sum(b[k : k + n] for k in range(shifts)), np.zeros(len(b))
        for k in range(shifts):
            expected[1][k : k + n] += a
        found = am.grad(lambda x, y: am.sum(am.correlate(x, y, "valid")), (0, 1))(a, b)
        np.testing.assert_array_equal(found[0], expected[0])
        np.testing.assert_array_equal(found[1], expected[1])
