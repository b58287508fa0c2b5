"""Ties, kinks, nan and zeros: values by NumPy, gradients by hand."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import Value

nan, inf = np.nan, np.inf
KEPT = np.array([True, False, True])

# Function, entries, the gradient of the sum of its results.
EDGES: dict[str, tuple[Callable[..., Any], list[float], list[float]]] = {
    "a nan is the largest": (np.max, [1.0, nan, 2.0], [0.0, 1.0, 0.0]),
    "two nan are the smallest": (np.min, [1.0, nan, nan], [0.0, 0.5, 0.5]),
    "the largest number": (np.nanmax, [1.0, nan, 2.0, 2.0], [0.0, 0.0, 0.5, 0.5]),
    "the smallest number": (np.nanmin, [1.0, nan, -inf], [0.0, 0.0, 1.0]),
    "peak to peak of ties": (np.ptp, [1.0, 4.0, 4.0, 1.0], [-0.5, 0.5, 0.5, -0.5]),
    "sum of no number": (np.nansum, [nan, nan], [0.0, 0.0]),
    "product of numbers": (np.nanprod, [2.0, nan, 0.0], [0.0, 0.0, 2.0]),
    "mean of numbers": (np.nanmean, [2.0, nan, 0.0], [0.5, 0.0, 0.5]),
    "variance of numbers": (np.nanvar, [1.0, nan, 3.0], [-1.0, 0.0, 1.0]),
    "deviation of numbers": (np.nanstd, [1.0, nan, 3.0], [-0.5, 0.0, 0.5]),
    "deviation of equals": (np.std, [2.0, 2.0], [0.0, 0.0]),
    "variance that leaves a nan out": (lambda x: np.var(x, where=KEPT), [1.0, nan, 3.0], [-1.0, 0.0, 1.0]),
    "mean that leaves a nan out": (lambda x: np.mean(x, where=KEPT), [1.0, nan, 3.0], [0.5, 0.0, 0.5]),
    "product that leaves a zero out": (lambda x: np.prod(x, where=KEPT), [2.0, 0.0, 3.0], [3.0, 0.0, 2.0]),
    "product of two zeros": (np.prod, [2.0, 0.0, 0.0], [0.0, 0.0, 0.0]),
    "running product of zeros": (np.cumprod, [2.0, 0.0, 3.0, 0.0], [1.0, 8.0, 0.0, 0.0]),
    "running numbers": (np.nancumsum, [nan, 1.0], [0.0, 1.0]),
    "median of ties": (np.median, [1.0, 2.0, 2.0, 3.0], [0.0, 0.5, 0.5, 0.0]),
    "median of equals": (np.median, [2.0, 2.0, 2.0], [1 / 3] * 3),
    "median with a nan": (np.median, [1.0, nan, 3.0], [0.0, 1.0, 0.0]),
    "median of numbers": (np.nanmedian, [nan, 1.0, 2.0, 2.0], [0.0, 0.0, 0.5, 0.5]),
    "quantile beside infinity": (lambda x: np.quantile(x, 0.25), [1.0, 2.0, inf], [0.5, 0.5, 0.0]),
    "quantiles of numbers": (lambda x: np.nanquantile(x, [0.1, 0.9]), [nan, 1.0, 2.0], [0.0, 1.0, 1.0]),
    "sorted with a nan": (lambda x: np.sort(x)[:1], [nan, 1.0, 0.0], [0.0, 0.0, 1.0]),
    "sorted ties": (lambda x: np.sort(x)[-1:], [1.0, 1.0, 0.0], [0.5, 0.5, 0.0]),
    "initial value that ties": (lambda x: np.max(x, initial=2.0), [2.0, 1.0], [0.5, 0.0]),
    "no mass": (np.logaddexp.reduce, [-inf, -inf], [0.0, 0.0]),
    "length of nothing": (np.hypot.reduce, [0.0, 0.0], [0.0, 0.0]),
    "sign at 0": (lambda x: np.copysign(x, 1.0), [0.0, -2.0], [0.0, -1.0]),
    "larger number": (lambda x: np.fmax(x, 1.0), [1.0, nan], [0.5, 0.0]),
    "smaller number": (lambda x: np.fmin(x, 1.0), [0.0, nan], [1.0, 0.0]),
    "step at 0": (lambda x: np.heaviside(x, 0.5), [0.0, 1.0], [0.0, 0.0]),
    "numbers for nan": (np.nan_to_num, [nan, inf, 1.0], [0.0, 0.0, 1.0]),
    "power of nothing": (lambda x: np.float_power(x, 0.0), [0.0], [0.0]),
    "fraction of infinity": (lambda x: np.modf(x)[0], [-inf, 2.5], [0.0, 1.0]),
    "sinc at 0": (np.sinc, [0.0, 1.0], [0.0, -1.0]),
    "jumps taken out": (np.unwrap, [0.0, 6.0], [1.0, 1.0]),
    "angle of reals": (np.angle, [-1.0, 1.0, 0.0], [0.0, 0.0, 0.0]),
    "mantissa": (lambda x: np.frexp(x)[0], [1.0, 12.0], [0.5, 0.0625]),
    "next number": (lambda x: np.nextafter(x, 9.0), [1.0, 2.0], [1.0, 1.0]),
    "rounded": (lambda x: np.round(x, 1), [0.25, nan], [0.0, 0.0]),
}


@pytest.mark.parametrize("name", EDGES)
def test_edges(name: str) -> None:
    function, entries, slope = EDGES[name]
    array = np.array(entries)
    x: Any = Value(array)
    y = function(x)
    np.testing.assert_allclose(y.raw, function(array), rtol=1e-14)
    np.testing.assert_allclose(am.gradients(am.sum(y), x), slope, rtol=1e-14)


def test_sinc_is_smooth_at_every_order() -> None:
    """Derivatives at 0 are those of the series 1 − (πx)²/6 + (πx)⁴/120, and agree on both sides of its end."""
    third = am.grad(am.grad(am.grad(am.sinc)))
    assert am.grad(am.grad(am.sinc))(0.0) == pytest.approx(-(np.pi**2) / 3)
    assert third(0.0) == 0.0
    assert am.grad(third)(0.0) == pytest.approx(np.pi**4 / 5)
    assert third(1.0 - 1e-12) == pytest.approx(third(1.0 + 1e-12), rel=1e-9)


@pytest.mark.parametrize("method", ["linear", "hazen", "weibull", "median_unbiased", "normal_unbiased", "midpoint"])
@pytest.mark.parametrize("q", [0.0, 0.13, 0.5, 0.77, 1.0])
def test_quantiles_pass_their_whole_gradient(method: str, q: float) -> None:
    x: Any = Value([0.3, 1.4, -0.2, 0.3, 2.0])
    y = am.quantile(x, q, method=method)
    np.testing.assert_allclose(y.raw, np.quantile(x.numpy(), q, method=method), rtol=1e-14)  # type: ignore[call-overload]
    assert am.gradients(y, x).sum() == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x: am.quantile(x, 1.5), ValueError, "from 0 to 1"),
        (lambda x: am.quantile(x, 0.5, method="best"), ValueError, r"no method 'best'.*linear"),
        (lambda x: am.quantile(x * 1j, 0.5), TypeError, "real numbers"),
        (lambda x: np.quantile(x, 0.5, method="inverted_cdf", weights=[1.0] * 3), TypeError, "weights="),
        (lambda x: am.max(x, where=x > 0), ValueError, "initial="),
        (lambda x: am.sum(x, where=np.ones(2)), TypeError, "booleans, got float64"),
        (
            lambda x: am.sum(x, where=np.ones((2, 3), bool)),
            ValueError,
            r"\(2, 3\) does not broadcast to the shape \(3,\)",
        ),
        (lambda x: am.average(x, weights=[1.0, -2.0, 1.0]), ZeroDivisionError, "sum to 0"),
        (lambda x: am.average(x, axis=0, weights=[1.0, 2.0]), ValueError, r"weights of shape \(2,\)"),
        (lambda x: am.var(x, ddof=1, correction=1), ValueError, "only one"),
        (lambda x: am.cumulative_sum(am.reshape(x, (1, 3))), ValueError, "needs axis"),
        (lambda x: am.gradient(x, 1.0, 2.0), ValueError, "one distance"),
        (lambda x: am.diff(x, -1), ValueError, "n >= 0"),
        (lambda x: np.sort(x, order="a"), TypeError, "order="),
        (lambda x: np.histogram([0.1, 0.2, 0.9], 2, weights=x), TypeError, "gradient of its weights"),
        (lambda x: np.bincount([0, 1], weights=x), ValueError, r"2 numbers needs as many weights, got shape \(3,\)"),
        (lambda x: am.bincount([0, -1, 1], weights=x), ValueError, "negative"),
        (lambda x: np.add.at(np.zeros(3), [0], x[:1]), TypeError, r"np\.add\.at .*\.at\[index\]\.add"),
        (lambda x: np.add.reduceat(x, [0, 1]), TypeError, r"np\.add\.reduceat has no derivative rule"),
        (lambda x: np.exp(x, where=np.array([True, False, True])), TypeError, r"where=.*where\(condition"),
        (lambda x: np.exp(x, dtype=int), TypeError, "cannot compute in int64 from float64"),
    ],
)
def test_refusals(call: Callable[[Any], Any], error: type[Exception], message: str) -> None:
    x = Value([1.0, 2.0, 3.0])
    with pytest.raises(error, match=message):
        call(x)
    np.testing.assert_array_equal(x.raw, [1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    "name", ["max", "median", "quantile", "nanmax", "nanmin", "sort", "partition", "var", "unwrap"]
)
def test_jax_traces_them(name: str) -> None:
    jax = pytest.importorskip("jax")
    given: tuple[Any, ...] = {"quantile": (0.3,), "partition": (1,)}.get(name, ())
    entries = np.array([1.5, -0.5, 3.0], np.float32)

    def slope(x: Any) -> Any:
        return am.grad(lambda x: am.sum(getattr(am, name)(x, *given) ** 2))(x)

    np.testing.assert_allclose(jax.jit(slope)(entries), slope(entries), rtol=1e-6)


# --- cross-entropy ----------------------------------------------------------------------------------------------------

ROWS = np.random.default_rng(3).normal(size=(5, 4))
CLASSES = np.array([0, 3, 1, 1, 2])


@pytest.mark.parametrize("labels", [CLASSES, CLASSES.astype(np.uint8), CLASSES.astype(np.uint64), CLASSES.tolist()])
@pytest.mark.parametrize("layout", [np.asarray, np.asfortranarray, lambda x: np.repeat(x, 2, axis=1)[:, ::2]])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_mean_cross_entropy_is_the_mean_of_the_losses(labels: Any, layout: Any, dtype: Any) -> None:
    x, many = Value(layout(ROWS.astype(dtype))), Value(ROWS.astype(dtype))
    loss, losses = am.softmax_cross_entropy(x, labels, "mean"), am.softmax_cross_entropy(many, labels)
    total = am.softmax_cross_entropy(x, labels, reduction="sum")
    assert loss.op.name == "mean_cross_entropy"
    close = {np.float32: 1e-6, np.float64: 1e-14}[dtype]
    np.testing.assert_allclose(loss.raw, losses.raw.mean(), close)
    np.testing.assert_allclose(total.raw, losses.raw.sum(), close)
    loss.backward(3.0)
    am.mean(losses).backward(3.0)
    assert x.grad.dtype == dtype
    np.testing.assert_allclose(x.grad, many.grad, close, close)
    np.testing.assert_allclose(am.gradients(total, x) * 0.6, many.grad, close, close)


def test_mean_cross_entropy_differentiates_like_the_mean_of_the_losses() -> None:
    def fused(x: Any) -> Any:
        return am.softmax_cross_entropy(x * x, CLASSES, "mean")

    def unfused(x: Any) -> Any:
        return am.mean(am.softmax_cross_entropy(x * x, CLASSES))

    v = np.random.default_rng(4).normal(size=ROWS.shape)
    np.testing.assert_allclose(am.hessian(fused)(ROWS), am.hessian(unfused)(ROWS), 1e-12, 1e-14)
    np.testing.assert_allclose(am.jvp(fused, [ROWS], [v])[1], am.jvp(unfused, [ROWS], [v])[1], 1e-13)
    np.testing.assert_allclose(am.hvp(fused, ROWS, v), am.hvp(unfused, ROWS, v), 1e-12, 1e-14)
    batch = np.stack([ROWS, -ROWS])
    np.testing.assert_allclose(am.vmap(am.grad(fused))(batch), [am.grad(unfused)(x) for x in batch], 1e-12, 1e-14)
    _, pullback = am.vjp(fused, ROWS)
    np.testing.assert_allclose(am.vmap(pullback)(np.array([1.0, 2.0])), np.stack([1, 2])[:, None, None] * pullback(1.0))


def test_mean_cross_entropy_of_one_row_of_none_and_of_scores_that_are_not_finite() -> None:
    assert am.softmax_cross_entropy([0.0, 0.0], 1, "mean") == pytest.approx(math.log(2))
    with pytest.warns(RuntimeWarning):
        np.testing.assert_equal(am.softmax_cross_entropy(np.zeros((0, 3)), [], "mean"), math.nan)
    certain = np.array([[0.0, -math.inf], [2.0, 1.0]])
    value, slope = am.value_and_grad(lambda x: am.softmax_cross_entropy(x, [0, 0], "mean"))(certain)
    np.testing.assert_allclose(value, math.log1p(math.exp(-1)) / 2)
    np.testing.assert_allclose(slope[0], 0.0)
    assert np.isnan(am.softmax_cross_entropy(np.array([[math.nan, 1.0], [2.0, 1.0]]), [0, 0], "mean"))
    with pytest.raises(ValueError, match="no reduction 'average': choose from 'none', 'mean', 'sum'"):
        am.softmax_cross_entropy(certain, [0, 0], "average")


def test_a_pass_that_keeps_the_graph_leaves_what_the_cross_entropy_found() -> None:
    x = Value(ROWS)
    loss = am.softmax_cross_entropy(x, CLASSES, "mean")
    first = am.gradients(loss, x)
    np.testing.assert_array_equal(am.gradients(loss, x), first)
    (recorded,) = am.gradients(loss, [x], create_graph=True)
    np.testing.assert_allclose(recorded.raw, first, 1e-14, 1e-16)
