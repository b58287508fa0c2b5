"""Quantiles, percentiles and medians: entries of the sorted array, and straight lines between them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..arrays import as_numpy, beside, dtype_of, is_abstract, is_foreign, is_half, kind_of, library, shape_of, static
from ..arrays.ties import cast
from ..node import Node
from ..operation import Operand, case, composed
from .arithmetic import floating, where as choose
from .indexing import take, take_along_axis
from .plain import as_data
from .reductions import CASES, Axis, axes_of, mean, no_out
from .shapes import broadcast_to, in_float32, reshape, transpose
from .sorting import sort

Places = Callable[[Any, Any], tuple[Any, Any]]
"""From the number of entries and the quantile to a place among the sorted entries, from 0, and how it is rounded."""


def _between(alpha: float, beta: float) -> Places:
    """A place between two entries, by Hyndman and Fan's parameters."""
    return lambda n, q: (n * q + (alpha + q * (1.0 - alpha - beta)) - 1.0, None)


def _stepwise(choice: Callable[[Any, Any], Any], shift: float = 0.0) -> Places:
    """A place on an entry, or between two of them by a fixed share, where sample quantiles jump."""

    def places(n: Any, q: Any) -> tuple[Any, Any]:
        place = n * q - 1.0 - shift
        below = _floor(place)
        return place, choice(place - below, below)

    return places


def _rounded(rounding: Callable[[Any], Any]) -> Places:
    return lambda n, q: (rounding((n - 1) * q), None)


def _floor(x: Any) -> Any:
    return library(x).floor(x)


SMOOTH: dict[str, Places] = {
    "linear": lambda n, q: ((n - 1) * q, None),
    "interpolated_inverted_cdf": _between(0.0, 1.0),
    "hazen": _between(0.5, 0.5),
    "weibull": _between(0.0, 0.0),
    "median_unbiased": _between(1.0 / 3.0, 1.0 / 3.0),
    "normal_unbiased": _between(0.375, 0.375),
}
"""NumPy's methods of interpolation by which quantiles move with ``q``."""

METHODS: dict[str, Places] = {
    "linear": SMOOTH["linear"],
    "lower": _rounded(_floor),
    "higher": _rounded(lambda place: library(place).ceil(place)),
    "nearest": _rounded(lambda place: library(place).rint(place)),
    "midpoint": _rounded(lambda place: 0.5 * (_floor(place) + library(place).ceil(place))),
    **SMOOTH,
    "inverted_cdf": _stepwise(lambda share, below: choose(share == 0, 0.0, 1.0)),
    "averaged_inverted_cdf": _stepwise(lambda share, below: choose(share == 0, 0.5, 1.0)),
    "closest_observation": _stepwise(lambda share, below: choose((share == 0) & (below % 2 == 1), 0.0, 1.0), 0.5),
}
"""NumPy's methods of interpolation."""


def _places(method: str, n: Any, q: Any) -> tuple[Any, Any, Any]:
    """The numbers of the two sorted entries that a quantile lies between, and how far it is from the first."""
    if method not in METHODS:
        raise ValueError(f"there is no method {method!r} of quantiles: choose one of {', '.join(METHODS)}")
    place, share = METHODS[method](n, q)
    below = _floor(place)
    share = library(place).asarray(place - below if share is None else share)
    low, high = _number(below, n), _number(below + 1, n)
    table, ends = library(share, low), share == 1
    return table.where(ends, high, low), high, table.where(ends, 0.0, share)


def _number(place: Any, n: Any) -> Any:
    """A place as the number of one of ``n`` entries."""
    table = library(place, n)
    return table.astype(table.clip(place, 0, n - 1), np.intp)


def _rows(x: Any, axis: Axis) -> tuple[Any, tuple[int, ...]]:
    """The entries of some axes along the first axis, and the shape of the result with these axes kept."""
    shape = shape_of(x)
    gone = axes_of(axis, len(shape))
    kept = tuple(i for i in range(len(shape)) if i not in gone)
    if gone != (0,):
        x = transpose(x, (*gone, *kept)) if gone + kept != tuple(range(len(shape))) else x
        x = reshape(x, (int(np.prod([shape[i] for i in gone])), *(shape[i] for i in kept)))
    return x, tuple(1 if i in gone else n for i, n in enumerate(shape))


def _quantile(
    name: str, a: Any, q: Any, axis: Axis, out: Any, method: str, keepdims: bool, weights: Any, *, missing: bool
) -> Any:
    no_out(name, out)
    if weights is not None:
        raise TypeError(f"{name} takes no weights= here")
    shape, places = shape_of(q), as_data(q)
    if not is_abstract(places):
        places = np.asarray(as_numpy(places), np.float64)
        if not ((places >= 0) & (places <= 1)).all():
            raise ValueError(f"{name} needs quantiles from 0 to 1 (percentiles from 0 to 100), got {q}")
    rows, kept = _rows(a, axis)
    n, *rest = shape_of(rows)
    data = as_data(rows)
    if kind_of(data) == "c":
        raise TypeError(f"{name} is for real numbers, got dtype {dtype_of(data)}: complex ones have no order")
    if not n:
        nothing = mean(a, axis, keepdims=keepdims)
        return broadcast_to(nothing, shape + shape_of(nothing))
    ordered, before_rows = sort(rows, 0), shape + (1,) * len(rest)
    if missing:  # which differs from row to row
        n, places = _count_numbers(rows), reshape(places, before_rows)
        places = beside(places, n) if is_abstract(n) else places
    low, high, share = _places(method, n, places)
    ends = [_entries(ordered, numbers, shape, rest) for numbers in (low, high)]
    share = share if missing else reshape(share, before_rows)
    on_entry = share == 0
    result = ends[0]
    if is_abstract(on_entry) or not on_entry.all():
        if (type(q) in (int, float) or is_foreign(data)) and kind_of(data) == "f":
            share = cast(share, data.dtype) if is_abstract(share) else static(share, data)
        result = choose(on_entry, ends[0], ends[0] + (floating(ends[1]) - ends[0]) * share)
    if isinstance(q, Node) and method in SMOOTH:
        result = result + _moved(ordered, reshape(q, before_rows) if missing else q, n, method, shape, rest)
    if not missing:
        result = _nan_if_any(result, ordered)
    return reshape(result, shape + (kept if keepdims else tuple(rest)))


def _moved(ordered: Any, q: Any, n: Any, method: str, shape: tuple[int, ...], rest: Sequence[int]) -> Any:
    """0, with the slope along which quantiles move with ``q``: on an entry to the right, on the last to the left."""
    place = SMOOTH[method](n, q)[0]
    at = library(as_data(place)).asarray(as_data(place))
    below = _floor(library(at, n).clip(at, 0, n - 2))
    first, second = (_entries(ordered, _number(below + i, n), shape, rest) for i in (0, 1))
    moved = choose((at < 0) | (at > n - 1), 0.0, place - at)
    moved = reshape(moved, shape + (1,) * len(rest)) if shape_of(at) == shape else moved
    return choose(abs(as_data(second - first)) < math.inf, second - first, 0.0) * moved


def _count_numbers(rows: Any) -> Any:
    """How many entries along the first axis are not nan."""
    data = as_data(rows)
    mask = data == data
    if is_abstract(mask):
        return library(mask).sum(library(mask).astype(mask, np.int32), axis=0)
    return np.sum(as_numpy(mask), axis=0)


def _entries(ordered: Any, numbers: Any, shape: tuple[int, ...], rest: Sequence[int]) -> Any:
    """The sorted entries of these numbers: one for each quantile, or one for each quantile and row."""
    if shape_of(numbers) == shape:
        return take(ordered, numbers, 0)
    numbers = reshape(broadcast_to(numbers, (*shape, *rest)), (math.prod(shape), *rest))
    return reshape(take_along_axis(ordered, numbers, 0), (*shape, *rest))


def _nan_if_any(result: Any, ordered: Any) -> Any:
    """The result, but nan where an entry is: nan stands last among sorted entries."""
    last = ordered[-1, ...]
    missing = as_data(last) != as_data(last)
    return choose(missing, last, result) if is_abstract(missing) or np.any(as_numpy(missing)) else result


_QUANTILES = (
    case((5,), q=0.3),
    case((2, 3), q=0.5, axis=0),
    case((2, 3), q=[0.0, 0.25, 1.0], axis=1),
    case((2, 3, 2), q=0.6, axis=(0, 2), keepdims=True),
    case((3, 4), q=[0.25, 0.5], axis=0, keepdims=True),
    *(case((5,), q=[0.1, 0.45, 0.8], method=method) for method in METHODS),
)


def _percent(cases: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(
        case(*each.shapes, **{**each.static, "q": (np.asarray(each.static["q"]) * 100).tolist()}) for each in cases
    )


@composed(*_QUANTILES)
def quantile(
    a: Operand,
    q: Any,
    axis: Axis = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: bool = False,
    *,
    weights: None = None,
) -> Any:
    """Quantiles: the entry below which a share ``q`` of the entries lies, or a point between two of them.

    Parameters
    ----------
    a : Value or array
        Of real numbers.
    q : Value, float or array of float
        From 0 to 1. Gradients flow to it where the method is continuous.
    axis : int, sequence of int or None
        The axes to search over; all of them by default.
    out : None
        For NumPy's sake: a result is never written into an array.
    overwrite_input : bool
        For NumPy's sake: nothing is overwritten.
    method : str
        How to choose between two entries: any of NumPy's methods; "linear" by default.
    keepdims : bool
        Whether these axes stay, with length 1; False by default.
    weights : None
        For NumPy's sake: entries have equal weights.

    Returns
    -------
    Value if ``a`` is one, else number or array
        In the shape of ``q``, then of what is left of ``a``.

    Notes
    -----
    The two entries share the gradient by their parts in the result; entries that tie share it equally. The slope to
    ``q`` is that of the line between two entries; on an entry it is that of the line on the right.

    References
    ----------
    R. J. Hyndman and Y. Fan, "Sample quantiles in statistical packages", The American Statistician 50 (1996).

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([4.0, 1.0, 2.0])
    >>> am.quantile(x, 0.75)
    Value(3, op=reshape)
    >>> am.gradients(am.quantile(x, 0.75), x)
    array([0.5, 0. , 0.5])
    """
    return _quantile("quantile", a, q, axis, out, method, keepdims, weights, missing=False)


@composed(*_percent(_QUANTILES[:4]))
def percentile(
    a: Operand,
    q: Any,
    axis: Axis = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: bool = False,
    *,
    weights: None = None,
) -> Any:
    """Percentiles: `quantile` with ``q`` from 0 to 100.

    Parameters
    ----------
    a : Value or array
        Of real numbers.
    q : float or array of float
        From 0 to 100.
    axis, out, overwrite_input, method, keepdims, weights
        As for ``quantile``.

    Returns
    -------
    Value if ``a`` is one, else number or array

    Examples
    --------
    >>> import autograd_mini as am
    >>> float(am.percentile([4.0, 1.0, 2.0], 75))
    3.0
    """
    return _quantile("percentile", a, _of_hundred(q), axis, out, method, keepdims, weights, missing=False)


def _of_hundred(q: Any) -> Any:
    return q / 100.0 if isinstance(q, (int, float, Node)) or is_abstract(q) else np.asarray(as_numpy(q)) / 100.0


@composed(*CASES[:-1], case((5,)), case((3, 4), axis=1))
def median(
    a: Operand, axis: Axis = None, out: Any = None, overwrite_input: bool = False, keepdims: bool = False
) -> Any:
    """The entry in the middle of the sorted entries, or the mean of the two there.

    Parameters
    ----------
    a : Value or array
    axis : int, sequence of int or None
        The axes to search over; all of them by default.
    out : None
        For NumPy's sake: a result is never written into an array.
    overwrite_input : bool
        For NumPy's sake: nothing is overwritten.
    keepdims : bool
        Whether these axes stay, with length 1; False by default.

    Returns
    -------
    Value if ``a`` is one, else number or array

    Notes
    -----
    The entries in the middle get the gradient; entries that tie share it equally.

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([5.0, 1.0, 2.0, 4.0])
    >>> am.median(x)
    Value(3, op=reshape)
    >>> am.gradients(am.median(x), x)
    array([0. , 0. , 0.5, 0.5])
    """
    no_out("median", out)
    if is_half(a):
        return in_float32(median, a, axis, keepdims=keepdims)
    rows, kept = _rows(a, axis)
    rows = floating(rows)
    n, *rest = shape_of(rows)
    if not n:
        return mean(a, axis, keepdims=keepdims)
    ordered = sort(rows, 0)
    middle = ordered[n // 2, ...] if n % 2 else (ordered[n // 2 - 1, ...] + ordered[n // 2, ...]) * 0.5
    return reshape(_nan_if_any(middle, ordered), kept if keepdims else tuple(rest))


@composed(*_QUANTILES[:6])
def nanquantile(
    a: Operand,
    q: Any,
    axis: Axis = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: bool = False,
    *,
    weights: None = None,
) -> Any:
    """Quantiles of the entries that are not nan.

    Parameters
    ----------
    a : Value or array
        Of real numbers.
    q : float or array of float
        From 0 to 1.
    axis, out, overwrite_input, method, keepdims, weights
        As for ``quantile``.

    Returns
    -------
    Value if ``a`` is one, else number or array

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([4.0, float("nan"), 2.0])
    >>> am.nanquantile(x, 0.75)
    Value(3.5, op=reshape)
    >>> am.gradients(am.nanquantile(x, 0.75), x)
    array([0.75, 0.  , 0.25])
    """
    return _quantile("nanquantile", a, q, axis, out, method, keepdims, weights, missing=True)


@composed(*_percent(_QUANTILES[:4]))
def nanpercentile(
    a: Operand,
    q: Any,
    axis: Axis = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: bool = False,
    *,
    weights: None = None,
) -> Any:
    """Percentiles of the entries that are not nan.

    Parameters
    ----------
    a : Value or array
        Of real numbers.
    q : float or array of float
        From 0 to 100.
    axis, out, overwrite_input, method, keepdims, weights
        As for ``quantile``.

    Returns
    -------
    Value if ``a`` is one, else number or array

    Examples
    --------
    >>> import autograd_mini as am
    >>> float(am.nanpercentile([4.0, float("nan"), 2.0], 75))
    3.5
    """
    return _quantile("nanpercentile", a, _of_hundred(q), axis, out, method, keepdims, weights, missing=True)


@composed(*CASES[:-1], case((5,)))
def nanmedian(
    a: Operand, axis: Axis = None, out: Any = None, overwrite_input: bool = False, keepdims: bool = False
) -> Any:
    """Median of the entries that are not nan.

    Parameters
    ----------
    a : Value or array
    axis, out, overwrite_input, keepdims
        As for ``median``.

    Returns
    -------
    Value if ``a`` is one, else number or array

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.nanmedian(am.Value([1.0, float("nan"), 2.0]))
    Value(1.5, op=reshape)
    """
    no_out("nanmedian", out)
    if is_half(a):
        return in_float32(nanmedian, a, axis, keepdims=keepdims)
    rows, kept = _rows(a, axis)
    rows = floating(rows)
    length, *rest = shape_of(rows)
    if not length:
        return mean(a, axis, keepdims=keepdims)
    ordered = sort(rows, 0)
    n = _count_numbers(rows)
    low, high = (_entries(ordered, place, (), rest) for place in ((n - 1) // 2, n // 2))
    return reshape((low + high) * 0.5, kept if keepdims else tuple(rest))
