"""Running results: of the first 1, 2, ... entries along an axis."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..arrays import as_numpy, data_of, dtype_of, is_abstract, kind_of, library, shape_of
from ..operation import Operand, Rule, case, composed, primitive
from .activations import logaddexp
from .arithmetic import maximum, minimum, where, zeros_like
from .elementwise import abs, check_real
from .joining import concatenate
from .plain import as_data
from .rearranging import flip
from .reductions import no_out, running_product
from .shapes import astype, moveaxis, reshape
from .ties import moved_by_running, shared_by_running


@primitive(
    "running sum of {x}",
    Rule(
        lambda g, out, x, axis: reshape(flip(cumsum_(flip(g, axis), axis), axis), shape_of(x)),
        "1",
        "{g} summed from the end",
    ),
    cases=(
        case((4,)),
        case((2, 3)),
        case((2, 3), axis=1),
        case((2, 3), axis=0),
        case((0, 3), axis=1),
        case((2, 3), dtype="float64"),
    ),
    linear=True,
)
def cumsum_(x: Operand, axis: int | None = None) -> Any:
    """Sums of the first 1, 2, ... entries along an axis, or of all in a row."""
    return library(x).cumsum(x, axis=axis)


def cumsum(x: Operand, axis: int | None = None, dtype: Any = None, out: Any = None) -> Any:
    """Sums of the first 1, 2, ... entries along an axis; without one, of all entries in a row.

    Parameters
    ----------
    x : Value, number or array
    axis : int, optional
        Without one, all entries count as one row.
    dtype : NumPy dtype, optional
        In which the sums are taken; that of ``x`` by default.
    out : None
        For NumPy's sake: a result is never written into an array.

    Returns
    -------
    Value if ``x`` is one, else number or array

    Notes
    -----
    An entry is part of every sum from its own place on: its gradient is the sum of theirs.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.cumsum([1.0, 2.0, 3.0])
    array([1., 3., 6.])
    >>> x = am.Value([1.0, 2.0, 3.0])
    >>> am.gradients(am.cumsum(x).sum(), x)
    array([3., 2., 1.])
    """
    no_out("cumsum", out)
    return cumsum_(x if dtype is None else astype(x, dtype), axis)


@composed(case((4,)), case((2, 3)), case((2, 3), axis=1), case((0, 3), axis=1), case((2, 3), dtype="float64"))
def cumprod(x: Operand, axis: int | None = None, dtype: Any = None, out: Any = None) -> Any:
    """Products of the first 1, 2, ... entries along an axis; without one, of all entries in a row.

    Parameters
    ----------
    x : Value, number or array
    axis : int, optional
        Without one, all entries count as one row.
    dtype : NumPy dtype, optional
        In which the products are taken; that of ``x`` by default.
    out : None
        For NumPy's sake: a result is never written into an array.

    Returns
    -------
    Value if ``x`` is one, else number or array

    Notes
    -----
    The gradient is exact also where entries are 0: nothing is divided.

    References
    ----------
    W. D. Hillis and G. L. Steele Jr., "Data parallel algorithms", Communications of the ACM 29 (1986): a running
    product of n entries by log2(n) multiplications of whole arrays.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.cumprod([1.0, 2.0, 3.0])
    array([1., 2., 6.])
    """
    no_out("cumprod", out)
    return _along(lambda rows: _products(_summable(rows)), x if dtype is None else astype(x, dtype), axis)


def _products(rows: Any) -> Any:
    out = running_product(rows)
    last = as_data(out[-1:, ...])
    if kind_of(last) not in "fc" or is_abstract(last) or np.isfinite(as_numpy(last)).all():
        return out
    return running_product(rows, times)


def _unless_asked_nothing(g: Any, factor: Any) -> Any:
    """A gradient times a factor, where no gradient times an infinite factor is none."""
    nothing = (data_of(g) == 0) & (abs(data_of(factor)) == math.inf)
    return g * where(nothing, 1.0, factor)


@primitive(
    "{x} · {y}",
    Rule(lambda g, out, x, y: _unless_asked_nothing(g, y), "{y}"),
    Rule(lambda g, out, x, y: _unless_asked_nothing(g, x), "{x}"),
    elementwise=True,
)
def times(x: Operand, y: Operand) -> Any:
    """A product of which nobody may ask for the gradient: ``cumprod`` is made of it where entries are infinite."""
    return x * y


def _summable(rows: Any) -> Any:
    """Whole numbers in the dtype in which their library adds them up, and so multiplies them."""
    if kind_of(rows) in "fc":
        return rows
    data = as_data(rows[:0])
    return astype(rows, dtype_of(library(data).sum(data)))


def _along(running: Callable[[Any], Any], x: Any, axis: int | None) -> Any:
    """A running result, which is computed along axis 0, along another axis or all entries in a row."""
    if axis is None:
        x, axis = reshape(x, -1), 0
    return moveaxis(running(moveaxis(x, axis, 0)), 0, axis)


def running(combine: Callable[[Any, Any], Any], x: Any) -> Any:
    """Results of the first 1, 2, ... slices along axis 0, by log2(n) combinations of whole arrays."""
    n, reach = shape_of(x)[0], 1
    while reach < n:
        x = concatenate([x[:reach, ...], combine(x[:-reach, ...], x[reach:, ...])])
        reach *= 2
    return x


def _started(axis: int | None, include_initial: bool, first: int, result: Any) -> Any:
    """The running result with what it started from in front, if that was asked for."""
    if not include_initial:
        return result
    shape = shape_of(result)
    axis = 0 if axis is None else axis % len(shape)
    if shape[axis]:
        start = zeros_like(result[(slice(None),) * axis + (slice(0, 1), ...)]) + first
    else:
        start = np.full((*shape[:axis], 1, *shape[axis + 1 :]), first, result.dtype)
    return concatenate([start, result], axis)


def _one_axis(name: str, x: Any, axis: int | None) -> None:
    if axis is None and len(shape_of(x)) != 1:
        raise ValueError(f"{name} of shape {shape_of(x)} needs axis=...: only for one axis is it known")


@composed(
    case((4,)), case((2, 3), axis=1), case((2, 3), axis=0, include_initial=True), case((4,), include_initial=True)
)
def cumulative_sum(
    x: Operand, /, *, axis: int | None = None, dtype: Any = None, out: Any = None, include_initial: bool = False
) -> Any:
    """Sums of the first 1, 2, ... entries along an axis, after a 0 if that is asked for.

    Parameters
    ----------
    x : Value or array
    axis : int, optional
        Needed if ``x`` has several.
    dtype : NumPy dtype, optional
        In which the sums are taken; that of ``x`` by default.
    out : None
        For NumPy's sake: a result is never written into an array.
    include_initial : bool
        Whether the sum of no entries, 0, comes first; False by default.

    Returns
    -------
    Value if ``x`` is one, else array

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.cumulative_sum([1.0, 2.0, 3.0], include_initial=True)
    array([0., 1., 3., 6.])
    """
    _one_axis("cumulative_sum", x, axis)
    x = x if dtype is None else astype(x, dtype)
    return _started(axis, include_initial, 0, cumsum(x, axis, out=out))


@composed(case((4,)), case((2, 3), axis=1), case((2, 3), axis=0, include_initial=True))
def cumulative_prod(
    x: Operand, /, *, axis: int | None = None, dtype: Any = None, out: Any = None, include_initial: bool = False
) -> Any:
    """Products of the first 1, 2, ... entries along an axis, after a 1 if that is asked for.

    Parameters
    ----------
    x : Value or array
    axis : int, optional
        Needed if ``x`` has several.
    dtype : NumPy dtype, optional
        In which the products are taken; that of ``x`` by default.
    out : None
        For NumPy's sake: a result is never written into an array.
    include_initial : bool
        Whether the product of no entries, 1, comes first; False by default.

    Returns
    -------
    Value if ``x`` is one, else array

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.cumulative_prod([1.0, 2.0, 3.0], include_initial=True)
    array([1., 1., 2., 6.])
    """
    _one_axis("cumulative_prod", x, axis)
    x = x if dtype is None else astype(x, dtype)
    return _started(axis, include_initial, 1, cumprod(x, axis, out=out))


@primitive(
    "running max of {x}",
    Rule(shared_by_running, "[{x} = {out}]", "{g} to the entries that were largest", jvp=moved_by_running),
    cases=(case((4,)), case((3, 2))),
)
def running_max(x: Operand) -> Any:
    """Largest of the first 1, 2, ... slices along axis 0; ``cummax`` is the function to call."""
    return running(maximum, x)


@primitive(
    "running min of {x}",
    Rule(shared_by_running, "[{x} = {out}]", "{g} to the entries that were smallest", jvp=moved_by_running),
    cases=(case((4,)), case((3, 2))),
)
def running_min(x: Operand) -> Any:
    """Smallest of the first 1, 2, ... slices along axis 0; ``cummin`` is the function to call."""
    return running(minimum, x)


@composed(case((4,)), case((2, 3)), case((2, 3), axis=1))
def cummax(x: Operand, axis: int | None = None) -> Any:
    """Largest of the first 1, 2, ... entries along an axis: ``np.maximum.accumulate``.

    Parameters
    ----------
    x : Value, number or array
    axis : int, optional
        Without one, all entries count as one row.

    Returns
    -------
    Value if ``x`` is one, else array

    Notes
    -----
    Entries that tie share the gradient equally, as in ``max``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([1.0, 3.0, 2.0])
    >>> am.cummax(x)
    Value([1., 3., 3.], shape=(3,), op=transpose)
    >>> am.gradients(am.cummax(x).sum(), x)
    array([1., 2., 0.])
    """
    return _along(running_max, x, axis)


@composed(case((4,)), case((2, 3)), case((2, 3), axis=1))
def cummin(x: Operand, axis: int | None = None) -> Any:
    """Smallest of the first 1, 2, ... entries along an axis: ``np.minimum.accumulate``.

    Parameters
    ----------
    x : Value, number or array
    axis : int, optional
        Without one, all entries count as one row.

    Returns
    -------
    Value if ``x`` is one, else array

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.cummin([2.0, 3.0, 1.0])
    array([2., 2., 1.])
    """
    return _along(running_min, x, axis)


@composed(case((4,)), case((2, 3)), case((2, 3), axis=1))
def logcumsumexp(x: Operand, axis: int | None = None) -> Any:
    """log(Σ exp(x)) of the first 1, 2, ... entries along an axis, without overflow: ``np.logaddexp.accumulate``.

    Parameters
    ----------
    x : Value, number or array
    axis : int, optional
        Without one, all entries count as one row.

    Returns
    -------
    Value if ``x`` is one, else array

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.logcumsumexp([1000.0, 1000.0])
    array([1000.        , 1000.69314718])
    """
    check_real("logcumsumexp", x)
    nothing = as_data(x) == -math.inf  # on which no sum depends
    return _along(lambda rows: running(logaddexp, rows), where(nothing, -math.inf, x), axis)
