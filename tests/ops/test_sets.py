"""Sets and histograms: their numbers are the operands' own, with gradients; nothing turns plain in silence."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import Value
from autograd_mini.ops.plain import PLAIN
from tests.arrays.test_plain_functions import CALLS, listed

sets: Any = np  # whose types know no Values
X = np.array([2.0, 1.0, 2.0, 3.0])
W = np.array([1.0, 10.0, 100.0, 1000.0, 1e4, 1e5])


def weighted(y: Any) -> Any:
    return am.sum(y * W[: y.shape[0]])


@pytest.mark.parametrize(
    ("f", "want"),
    [
        (np.unique, [5.0, 1.0, 5.0, 100.0]),
        (lambda v: np.unique(v, return_counts=True)[0], [5.0, 1.0, 5.0, 100.0]),
        (lambda v: np.unique_all(v).values, [5.0, 1.0, 5.0, 100.0]),
        (lambda v: np.unique_counts(v).values, [5.0, 1.0, 5.0, 100.0]),
        (lambda v: np.unique_inverse(v).values, [5.0, 1.0, 5.0, 100.0]),
        (lambda v: am.unique(am.reshape(v, (2, 2))), [5.0, 1.0, 5.0, 100.0]),
        (lambda v: np.union1d(v, [2.0, 0.5]), [100 / 3, 10.0, 100 / 3, 1000.0]),
        (lambda v: np.union1d([7.0], v), [5.0, 1.0, 5.0, 100.0]),
        (lambda v: np.intersect1d(v, [3.0, 2.0]), [1 / 3, 0.0, 1 / 3, 5.0]),
        (lambda v: np.intersect1d(v, [3.0, 7.0], return_indices=True)[0], [0.0, 0.0, 0.0, 0.5]),
        (lambda v: np.setdiff1d(v, [1.0]), [0.5, 0.0, 0.5, 10.0]),
        (lambda v: np.setdiff1d(v[1:], [1.0], assume_unique=True), [0.0, 0.0, 1.0, 10.0]),
        (lambda v: np.setxor1d(v, [1.0, 0.0, 2.5]), [5.0, 0.0, 5.0, 1000.0]),
        (lambda v: np.histogram(v, 2)[1], [0.0, 1 + 5.0, 0.0, 105.0]),
        (lambda v: np.histogram_bin_edges(v, "auto"), [0.0, 1 + 7.5 + 50 + 250, 0.0, 2.5 + 50 + 750 + 1e4]),
        (lambda v: np.histogram([0.5, 1.5], v[[1, 0, 3]])[1], [10.0, 1.0, 0.0, 100.0]),
        (lambda v: am.histogram([0.5, 1.5], 1, (v[1], v[3]))[1], [0.0, 1.0, 0.0, 10.0]),
        (lambda v: np.histogram2d(v, [0.0, 1.0, 2.0, 3.0], 1)[1], [0.0, 1.0, 0.0, 10.0]),
        (lambda v: sets.histogramdd(am.stack([v, X], 1), [1, [0.0, 9.0]])[1][0], [0.0, 1.0, 0.0, 10.0]),
    ],
)
def test_gradients_by_hand(f: Callable[[Any], Any], want: list[float]) -> None:
    """An entry gets its own place's weight, shared by those that tie; edges are the first, the last, and between."""
    np.testing.assert_allclose(am.grad(lambda v: weighted(f(v)))(X), want, rtol=1e-14)
    np.testing.assert_array_equal(f(Value(X)).raw, f(X))


@pytest.mark.parametrize(
    "f",
    [
        lambda v: np.histogram(v, 3, density=True)[0],
        lambda v: np.histogram(
            [0.5, 1.5, 1.7], np.array([0.0, 1.0, 2.5]) + v[:3], density=True, weights=[1.0, 2.0, 0.5]
        )[0],
        lambda v: am.reshape(np.histogram2d(v, [0.0, 1.0, 2.0, 3.5], [2, 1], density=True)[0], -1),
        lambda v: am.reshape(np.histogramdd(am.stack([v, v * v], 1), 2, density=True)[0], -1),
    ],
)
def test_densities_by_differences(f: Callable[[Any], Any]) -> None:
    x: Any = np.array([0.1, 1.0, 0.45, 0.3])
    np.testing.assert_array_equal(f(Value(x)).raw, f(x))
    am.gradcheck(lambda v: weighted(f(v)), x, order=2)


def test_nan_and_equal_ends_and_nothing() -> None:
    y = sets.unique(Value([np.nan, 1.0, np.nan]))
    np.testing.assert_array_equal(y.raw, [1.0, np.nan])
    np.testing.assert_array_equal(sets.histogram(Value([2.0, 2.0]), 2)[1].raw, [1.5, 2.0, 2.5])
    np.testing.assert_array_equal(am.grad(lambda v: np.histogram(v, 1)[1].sum())(np.full(2, 3.0)), [1.0, 1.0])
    for empty in (np.unique(Value(np.zeros(0))), np.setdiff1d(Value([1.0]), [1.0])):
        assert empty.shape == (0,)
    np.testing.assert_array_equal(np.histogram(Value(np.zeros(0)), 2)[1], [0.0, 0.5, 1.0])
    assert am.unique(Value(3.0)).shape == (1,)
    assert isinstance(am.setdiff1d(X, Value(X)), np.ndarray)
    with pytest.raises(TypeError, match=r"unique\(\) of slices, axis=0, takes plain numbers.*return_index=True"):
        am.grad(lambda v: np.unique(v, axis=0).sum())(X)
    with pytest.raises(TypeError, match="gradient of its weights"):
        am.histogram(X, 2, None, None, Value(X))
    with pytest.raises(TypeError, match="gradient of its weights"):
        am.histogram2d(X, X, weights=Value(X))


def runs() -> Iterator[Any]:
    """Every function without a gradient, with each of its floating operands in turn, by NumPy's name and by ours."""
    for name, calls in CALLS.items():
        for i, (*args, last) in enumerate(calls):
            options, given = (last, args) if isinstance(last, dict) else ({}, [*args, last])
            for place, x in enumerate(given):
                if isinstance(x, np.ndarray) and x.dtype.kind in "fc":
                    yield pytest.param(name, given, options, place, id=f"{name}-{i}-{place}")


@pytest.mark.parametrize(("name", "given", "options", "place"), list(runs()))
def test_no_number_turns_plain(name: str, given: list[Any], options: dict[str, Any], place: int) -> None:
    """Whoever gives a plain floating number gives the same for other numbers of the same order."""

    def call(function: Any, x: Any) -> list[Any]:
        found = listed(function(*given[:place], x, *given[place + 1 :], **options))
        return [part for y in found for part in (y if isinstance(y, (list, tuple)) else [y])]

    x = given[place]
    moved = call(PLAIN[name], np.where(np.isfinite(x), 1.001 * x + 1e-3, x))
    for function in (PLAIN[name], getattr(np, name)):
        for y, other in zip(call(function, Value(x)), moved, strict=True):
            if not isinstance(y, Value) and np.asarray(y).dtype.kind in "fc" and np.shape(y) == np.shape(other):
                np.testing.assert_array_equal(y, other)


@pytest.mark.parametrize("library", ["torch", "jax"])
def test_other_libraries(library: str) -> None:
    xp: Any = pytest.importorskip(library)
    xp = xp.numpy if library == "jax" else xp
    x = Value(xp.asarray(X.astype(np.float32)))
    y = weighted(am.unique(x) + am.union1d(x, xp.asarray(np.array([2.0], np.float32))))
    np.testing.assert_allclose(np.asarray(am.gradients(y, x)), [5 + 10 / 3, 2.0, 5 + 10 / 3, 200.0], rtol=1e-6)
    edges = am.histogram(x, 2)[1]
    np.testing.assert_allclose(np.asarray(am.gradients(weighted(edges), x)), [0.0, 6.0, 0.0, 105.0], rtol=1e-6)
