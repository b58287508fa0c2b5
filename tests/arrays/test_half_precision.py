"""Numbers of 16 bits: what is counted and added up is right past 65,504, the largest float16, and 2,048 ones.

The truth is the same function of the same numbers in float64.
"""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
import nn
from autograd_mini import Value

MANY = 70_000
LIBRARIES = ("numpy float16", "torch float16", "torch bfloat16")
COMPILED = ("jax float16", "jax bfloat16")
"""JAX compiles each of its calls, which takes a second a function."""
EVERY = np.ones((MANY, 1), bool)

REDUCTIONS: dict[str, Callable[..., Any]] = {
    "mean": am.mean,
    "mean of some": functools.partial(am.mean, where=EVERY),
    "nanmean": am.nanmean,
    "var": am.var,
    "var of some": functools.partial(am.var, ddof=1, where=EVERY),
    "nanvar": am.nanvar,
    "std": am.std,
    "average": lambda x, axis: am.average(x, axis=axis, weights=x * 0 + 1),
    "max": am.max,
    "nanmin": am.nanmin,
    "ptp": am.ptp,
    "norm": lambda x, axis: am.linalg.norm(x, axis=axis),
    "vector_norm": lambda x, axis: am.linalg.vector_norm(x, axis=axis, ord=3),
    "logsumexp": am.logsumexp,
    "softmax": lambda x, axis: am.softmax(x, axis)[:3] * 4096.0,
    "log_softmax": lambda x, axis: am.log_softmax(x, axis)[:3],
}
SORTED: dict[str, Callable[..., Any]] = {
    "median": am.median,
    "nanmedian": am.nanmedian,
    "quantile": lambda x, axis: am.quantile(x, 0.25, axis=axis),
    "sort": lambda x, axis: am.mean(am.sort(x, axis), axis),
}
"""Their entries that tie share a gradient on NumPy's data."""


def of_library(library: str, x: Any) -> Any:
    name, dtype = library.split()
    if name == "numpy":
        return x.astype(dtype)
    if name == "torch":
        torch = pytest.importorskip("torch")
        return torch.tensor(x).to(getattr(torch, dtype))
    return pytest.importorskip("jax.numpy").asarray(x, dtype)


def in_double(x: Any) -> Any:
    """Plain data as a NumPy array of float64."""
    return np.asarray(x.double().numpy() if hasattr(x, "double") else x, np.float64)


def check(function: Callable[..., Any], library: str, x: Any) -> None:
    """Value and gradient to the digits that 16 bits have."""
    v, truth = Value(of_library(library, x)), Value(x)
    y, want = function(v, axis=0), function(truth, axis=0)
    assert y.raw.dtype == v.raw.dtype
    digits = 0.01 if "bfloat16" in library else 0.002
    np.testing.assert_allclose(in_double(y.raw), want.raw, rtol=digits, atol=digits)
    am.sum(y).backward()
    am.sum(want).backward()
    assert v.grad.dtype == v.raw.dtype
    scale = np.abs(truth.grad).max()
    np.testing.assert_allclose(in_double(v.grad), truth.grad, rtol=4 * digits, atol=max(4 * digits * scale, 6e-8))


def samples() -> dict[str, Any]:
    rng = np.random.default_rng(0)
    return {"equal": np.ones((MANY, 1)), "eighths": rng.integers(0, 8, (MANY, 2)) / 8.0}


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("name", REDUCTIONS)
def test_reductions_of_many(name: str, library: str) -> None:
    for x in samples().values():
        check(REDUCTIONS[name], library, x)


@pytest.mark.parametrize("library", COMPILED)
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in ("max", "var") else pytest.mark.slow) for name in REDUCTIONS]
)
def test_reductions_of_many_in_jax(name: str, library: str) -> None:
    check(REDUCTIONS[name], library, samples()["equal" if name == "max" else "eighths"])


@pytest.mark.parametrize("name", SORTED)
def test_orders_of_many(name: str) -> None:
    for x in samples().values():
        check(SORTED[name], "numpy float16", x)


def test_counts_by_hand() -> None:
    """0 and 1 in turn vary by 1/4; 70,000 equal ones share the gradient of the largest."""
    x = Value(np.tile([0.0, 1.0], MANY // 2).astype(np.float16))
    assert np.var(x) == np.float16(0.25)
    assert np.std(x) == np.float16(0.5)
    ones = Value(np.ones(MANY, np.float16))
    np.testing.assert_allclose(am.gradients(np.max(ones), ones), np.full(MANY, 1 / MANY), rtol=2e-3)


@pytest.mark.parametrize(("library", "side"), [("numpy float16", 64), ("torch float16", 48), ("torch bfloat16", 20)])
def test_pools_of_large_windows(library: str, side: int) -> None:
    """As many entries as tie, 4,096 in the first, share one gradient; the mean of as many ones is 1."""
    x = of_library(library, np.ones((1, 1, side, side)))
    v, share = Value(x), np.full((1, 1, side, side), side**-2.0)
    assert in_double(am.avg_pool(v, side).raw) == 1.0
    for pool in (am.max_pool, am.avg_pool):
        g = am.gradients(am.sum(pool(v, side)), v)
        assert g.dtype == v.raw.dtype
        np.testing.assert_allclose(in_double(g), share, rtol=0.004)
    (twice,) = am.hvp(lambda x: am.sum(am.square(am.max_pool(x, side))), (x,), (x,))
    np.testing.assert_allclose(in_double(twice), 2.0 * share, rtol=0.01)


@pytest.mark.parametrize("reduction", ["mean", "batchmean"])
def test_losses_of_many_rows(reduction: str) -> None:
    """The mean of a loss of log 2 each is log 2."""
    rows = np.zeros((MANY, 2))
    labels = np.zeros(MANY, int)
    for dtype in (np.float16, np.float32):
        prediction = Value(rows.astype(dtype))
        losses = [nn.kl_divergence(am.log_softmax(prediction), np.tile([1.0, 0.0], (MANY, 1)).astype(dtype), reduction)]
        if reduction == "mean":
            losses = [nn.cross_entropy(prediction, labels), nn.mse_loss(am.exp(prediction), prediction)]
        for loss, want in zip(losses, [np.log(2.0), 1.0], strict=False):
            assert loss.dtype == dtype
            np.testing.assert_allclose(float(loss.raw), want, rtol=2e-3)
        g = am.gradients(losses[0], prediction)
        np.testing.assert_allclose(g[:, 0], np.full(MANY, -0.5 / MANY), rtol=0.01)


@pytest.mark.parametrize("f", [am.max, am.min, am.nanmax, lambda x: am.max(x, where=x > 0, initial=-1.0)])
def test_tangents_of_many_ties(f: Callable[[Any], Any]) -> None:
    ones = np.ones(70_000, np.float16)
    _, tangent = am.jvp(f, (ones,), (ones,))
    assert tangent.dtype == np.float16
    np.testing.assert_allclose(tangent, 1.0, rtol=2e-3)  # the mean of ones


@pytest.mark.parametrize("library", ["numpy float16", "torch float16", "jax float16"])
@pytest.mark.parametrize("f", [am.cummax, am.cummin])
def test_tangents_of_many_running_ties(f: Callable[[Any], Any], library: str) -> None:
    """The mean of the tangents of all that tie so far: 0, 1/2, 1/3 of one that moves, and ones of ones."""
    ones, first = of_library(library, np.ones(MANY)), of_library(library, np.arange(MANY) == 0)
    _, tangent = am.jvp(f, (ones,), (ones,))
    assert "float16" in str(tangent.dtype)
    np.testing.assert_allclose(np.asarray(tangent), 1.0, rtol=2e-3)
    _, tangent = am.jvp(f, (ones,), (first * 1.0 if library[0] == "j" else first,))
    np.testing.assert_allclose(np.asarray(tangent)[:1000], 1.0 / np.arange(1, 1001), rtol=2e-3)
