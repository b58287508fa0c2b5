"""Reductions: many entries become one, along some axes or all."""

from __future__ import annotations

import builtins
import math
from collections.abc import Sequence
from operator import index
from typing import Any, TypeAlias

import numpy as np

from ..arrays import data_of, library, shape_of, static
from ..operation import Operand, Rule, case, composed, primitive
from .arithmetic import divide, multiply, subtract, where
from .diagonals import diagonal
from .elementwise import conjugate, real
from .indexing import take_along_axis
from .joining import concatenate
from .powers import root
from .rearranging import flip
from .shapes import broadcast_to, moveaxis, reshape, transpose

Axis: TypeAlias = int | Sequence[int] | None

CASES = (
    case((2, 3)),
    case((2, 3), axis=0),
    case((2, 3), axis=-1, keepdims=True),
    case((2, 3, 2), axis=(0, 2)),
    case(()),
)


def plain_axis(axis: Axis) -> int | tuple[int, ...] | None:
    """The axes as NumPy's ufuncs take them: lists become tuples, NumPy's whole numbers become Python's."""
    if axis is None or type(axis) is int:
        return axis
    return tuple(axis) if isinstance(axis, (tuple, list)) else index(axis)  # type: ignore[arg-type]


def _axes(axis: Axis, ndim: int) -> tuple[int, ...]:
    return tuple(range(ndim)) if axis is None else np.lib.array_utils.normalize_axis_tuple(axis, ndim)


def restored(g: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
    """What a reduction left, with the axes that it removed as axes of length 1."""
    shape = shape_of(x)
    if keepdims or not shape or (axis is None and shape_of(g) == ()):
        return g
    gone = _axes(axis, len(shape))
    return reshape(g, tuple(1 if i in gone else n for i, n in enumerate(shape)))


def _spread(g: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
    """What a reduction left, copied to every entry that it came from."""
    return broadcast_to(restored(g, x, axis, keepdims), shape_of(x))


def _count(x: Any, axis: Axis) -> int:
    shape = shape_of(x)
    return math.prod(shape[i] for i in _axes(axis, len(shape)))


@primitive(
    "Σ {x}",
    Rule(lambda g, out, x, axis, keepdims: _spread(g, x, axis, keepdims), "1", "{g}, copied"),
    cases=(*CASES, case((0, 3)), case((0, 3), axis=0)),
    linear=True,
)
def sum(x: Operand, axis: Axis = None, keepdims: bool = False) -> Any:
    """Sum of the entries along some axes, or of all.

    Parameters
    ----------
    x : Value, number or array
    axis : int, sequence of int or None
        The axes to sum over; all of them by default.
    keepdims : bool
        Whether these axes stay, with length 1; False by default.

    Returns
    -------
    Value if ``x`` is one, else number or array

    Notes
    -----
    Every entry counts once, so the gradient is copied to all of them.

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([[1.0, 2.0], [3.0, 4.0]])
    >>> am.sum(x, axis=0)
    Value([4., 6.], shape=(2,), op=sum)
    >>> am.gradients(am.sum(x), x)
    array([[1., 1.],
           [1., 1.]])
    """
    return library(x).sum(x, axis=plain_axis(axis), keepdims=keepdims)


@composed(case((3, 4)), case((2, 3, 3), offset=1, axis1=1, axis2=2))
def trace(x: Operand, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Sum of the diagonal.

    Parameters
    ----------
    x : Value or array
        With two axes or more.
    offset : int
        Which diagonal; 0, the main one, by default.
    axis1, axis2 : int
        The axes of the matrices; the first two by default.

    Returns
    -------
    Value if ``x`` is one, else number or array

    Notes
    -----
    Each entry of the diagonal gets the gradient, the others 0.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.trace([[1.0, 2.0], [3.0, 4.0]])
    np.float64(5.0)
    """
    return sum(diagonal(x, offset, axis1, axis2), axis=-1)


@primitive(
    "mean {x}",
    Rule(
        lambda g, out, x, axis, keepdims: _spread(g * divide(1.0, _count(x, axis)), x, axis, keepdims),
        "1 / {n}",
        "{g} × 1/{n}, copied",
    ),
    cases=CASES,
    linear=True,
)
def mean(x: Operand, axis: Axis = None, keepdims: bool = False) -> Any:
    """Mean of the entries along some axes, or of all.

    Parameters
    ----------
    x : Value, number or array
    axis : int, sequence of int or None
        The axes to average over; all of them by default.
    keepdims : bool
        Whether these axes stay, with length 1; False by default.

    Returns
    -------
    Value if ``x`` is one, else number or array

    Notes
    -----
    The gradient is divided by the number of entries and copied to all of them.

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([1.0, 2.0, 3.0, 4.0])
    >>> am.mean(x)
    Value(2.5, op=mean)
    >>> am.gradients(am.mean(x), x)
    array([0.25, 0.25, 0.25, 0.25])
    """
    return library(x).mean(x, axis=plain_axis(axis), keepdims=keepdims)


def _shared(g: Any, out: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
    """The gradient of an extreme value, in equal parts to the entries that tie for it."""
    if not shape_of(x):
        return g
    hit = data_of(x) == data_of(restored(out, x, axis, keepdims))
    table = library(hit)
    ties = table.astype(table.sum(hit, axis=_axes(axis, hit.ndim), keepdims=True), x.dtype)
    return where(hit, restored(g, x, axis, keepdims) / ties, 0.0)


@primitive("max {x}", Rule(_shared, "[{x} = {out}]", "{g} to the entries that are largest"), cases=CASES)
def max(x: Operand, axis: Axis = None, keepdims: bool = False) -> Any:
    """Largest entry along some axes, or of all; entries that tie share the gradient equally.

    Parameters
    ----------
    x : Value, number or array
    axis : int, sequence of int or None
        The axes to search over; all of them by default.
    keepdims : bool
        Whether these axes stay, with length 1; False by default.

    Returns
    -------
    Value if ``x`` is one, else number or array

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([1.0, 3.0, 3.0])
    >>> am.max(x)
    Value(3, op=max)
    >>> am.gradients(am.max(x), x)
    array([0. , 0.5, 0.5])
    """
    return library(x).max(x, axis=plain_axis(axis), keepdims=keepdims)


@primitive("min {x}", Rule(_shared, "[{x} = {out}]", "{g} to the entries that are smallest"), cases=CASES)
def min(x: Operand, axis: Axis = None, keepdims: bool = False) -> Any:
    """Smallest entry along some axes, or of all; entries that tie share the gradient equally.

    Parameters
    ----------
    x : Value, number or array
    axis : int, sequence of int or None
        The axes to search over; all of them by default.
    keepdims : bool
        Whether these axes stay, with length 1; False by default.

    Returns
    -------
    Value if ``x`` is one, else number or array

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([1.0, 3.0, 3.0])
    >>> am.min(x)
    Value(1, op=min)
    >>> am.gradients(am.min(x), x)
    array([1., 0., 0.])
    """
    return library(x).min(x, axis=plain_axis(axis), keepdims=keepdims)


def _running_product(x: Any) -> Any:
    """Products of the first 1, 2, ... slices along axis 0, in log2(n) multiplications of whole arrays."""
    n, reach = shape_of(x)[0], 1
    while reach < n:
        x = concatenate([x[:reach], x[reach:] * x[:-reach]])
        reach *= 2
    return x


def _product_of_others(x: Any, axis: Axis) -> Any:
    """For each entry the product of all others, without a division, so that zeros stay exact at every order."""
    shape = shape_of(x)
    gone = _axes(axis, len(shape))
    kept = tuple(i for i in range(len(shape)) if i not in gone)
    order = (*gone, *kept)
    if 0 in shape:
        return x
    rows = reshape(transpose(x, order), (-1, *(shape[i] for i in kept)))
    one = static(np.ones((1, *shape_of(rows)[1:])), x)
    before = _running_product(concatenate([one, rows[:-1]]))
    after = flip(_running_product(concatenate([one, flip(rows, 0)[:-1]])), 0)
    others = reshape(before * after, tuple(shape[i] for i in order))
    return transpose(others, tuple(int(i) for i in np.argsort(order)))


@primitive(
    "Π {x}",
    Rule(
        lambda g, out, x, axis, keepdims: (
            restored(g, x, axis, keepdims) * _product_of_others(x, axis) if shape_of(x) else g
        ),
        "{out} / {x}",
        "{g} × the product of the others",
    ),
    cases=CASES,
)
def prod(x: Operand, axis: Axis = None, keepdims: bool = False) -> Any:
    """Product of the entries along some axes, or of all; the gradient is exact also where entries are 0.

    Parameters
    ----------
    x : Value, number or array
    axis : int, sequence of int or None
        The axes to multiply over; all of them by default.
    keepdims : bool
        Whether these axes stay, with length 1; False by default.

    Returns
    -------
    Value if ``x`` is one, else number or array

    Notes
    -----
    The derivative with respect to one entry is the product of all others; it is computed without a division.

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([2.0, 0.0, 5.0])
    >>> am.gradients(am.prod(x), x)
    array([ 0., 10.,  0.])
    """
    return library(x).prod(x, axis=plain_axis(axis), keepdims=keepdims)


@primitive(
    "running sum of {x}",
    Rule(
        lambda g, out, x, axis: reshape(flip(cumsum(flip(g, axis), axis), axis), shape_of(x)),
        "1",
        "{g} summed from the end",
    ),
    cases=(case((4,)), case((2, 3)), case((2, 3), axis=1), case((2, 3), axis=0)),
    linear=True,
)
def cumsum(x: Operand, axis: int | None = None) -> Any:
    """Sums of the first 1, 2, ... entries along an axis; without one, of all entries in a row.

    Parameters
    ----------
    x : Value, number or array
    axis : int, optional
        Without one, all entries count as one row.

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
    return library(x).cumsum(x, axis=axis)


@composed(case((4,)), case((2, 3)), case((2, 3), axis=1))
def cumprod(x: Operand, axis: int | None = None) -> Any:
    """Products of the first 1, 2, ... entries along an axis; without one, of all entries in a row.

    Parameters
    ----------
    x : Value, number or array
    axis : int, optional
        Without one, all entries count as one row.

    Returns
    -------
    Value if ``x`` is one, else number or array

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
    if axis is None:
        x, axis = reshape(x, -1), 0
    return moveaxis(_running_product(moveaxis(x, axis, 0)), 0, axis)


@composed(*CASES[:-1], case((4, 3), axis=0, ddof=1))
def var(x: Operand, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> Any:
    """Variance: the mean squared distance from the mean, over ``n - ddof`` entries.

    Parameters
    ----------
    x : Value, number or array
    axis : int, sequence of int or None
        The axes to average over; all of them by default.
    ddof : float
        What is taken off the number of entries: 0 by default, 1 for the unbiased estimate from a sample.
    keepdims : bool
        Whether these axes stay, with length 1; False by default.

    Returns
    -------
    Value if ``x`` is one, else number or array

    Notes
    -----
    With n entries of mean m: dv/dx = 2 · (x − m) / (n − ddof).

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([1.0, 2.0, 3.0, 6.0])
    >>> am.var(x)
    Value(3.5, op=divide)
    >>> am.gradients(am.var(x), x)
    array([-1. , -0.5,  0. ,  1.5])
    """
    distance = subtract(x, mean(x, axis=axis, keepdims=True))
    total = sum(real(multiply(distance, conjugate(distance))), axis=axis, keepdims=keepdims)
    return divide(total, builtins.max(_count(x, axis) - ddof, 0))


@composed(*CASES[:-1], case((4, 3), axis=0, ddof=1))
def std(x: Operand, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> Any:
    """Standard deviation, the root of the variance; where it is 0 its gradient is 0.

    Parameters
    ----------
    x : Value, number or array
    axis : int, sequence of int or None
        The axes to average over; all of them by default.
    ddof : float
        What is taken off the number of entries: 0 by default, 1 for the unbiased estimate from a sample.
    keepdims : bool
        Whether these axes stay, with length 1; False by default.

    Returns
    -------
    Value if ``x`` is one, else number or array

    Notes
    -----
    With n entries of mean m: ds/dx = (x − m) / ((n − ddof) · s).

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.std([1.0, 3.0])
    np.float64(1.0)
    >>> x = am.Value([2.0, 2.0])
    >>> am.gradients(am.std(x), x)
    array([0., 0.])
    """
    return root(var(x, axis=axis, ddof=ddof, keepdims=keepdims))


def _ranks(x: Any, axis: int | None) -> Any:
    """For each entry the place that it is sorted into."""
    table = library(x)
    order = table.argsort(x, axis=axis, stable=True)
    return table.argsort(order, axis=axis if axis is not None else -1, stable=True)


@primitive(
    "sort {x}",
    Rule(
        lambda g, out, x, axis: reshape(take_along_axis(g, _ranks(data_of(x), axis), axis), shape_of(x)),
        "1",
        "{g} put back in the old order",
    ),
    cases=(case((4,)), case((2, 3)), case((2, 3), axis=0), case((2, 3), axis=None)),
)
def sort(x: Operand, axis: int | None = -1) -> Any:
    """The entries in ascending order along an axis.

    Parameters
    ----------
    x : Value or array
    axis : int
        The last by default.

    Returns
    -------
    Value if ``x`` is one, else number or array
        In the shape of ``x``.

    Notes
    -----
    Each entry gets the gradient of the place that it was sorted into.

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([3.0, 1.0, 2.0])
    >>> am.gradients(am.sort(x), x, gradient=[10.0, 20.0, 30.0])
    array([30., 10., 20.])
    """
    return library(x).sort(x, axis=axis)


amax, amin = max, min
"""Their other names in NumPy."""
