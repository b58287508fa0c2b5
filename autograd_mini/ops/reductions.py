"""Reductions: many entries become one, along some axes or all.

Each comes as a primitive with the options ``axis`` and ``keepdims`` (its name ends in an underscore), and as the
function of NumPy's signature, which is made of it: a mask puts the neutral element in place of what is left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from operator import index, mul
from typing import Any, TypeAlias

import numpy as np

from ..arrays import beside, data_of, dtype_of, is_foreign, is_half, kind_of, library, of_kind, shape_of, static
from ..arrays.numpy import dtype_of as numpy_dtype
from ..arrays.ties import cast, divided, widened
from ..node import Node
from ..operation import Operand, Rule, case, composed, primitive
from .arithmetic import divide, maximum, minimum, where as choose
from .diagonals import diagonal
from .joining import concatenate
from .plain import as_data
from .rearranging import flip
from .shapes import astype, broadcast_to, in_float32, reshape, transpose
from .ties import at_least_one, shared

Axis: TypeAlias = int | Sequence[int] | None

CASES = (
    case((2, 3)),
    case((2, 3), axis=0),
    case((2, 3), axis=-1, keepdims=True),
    case((2, 3, 2), axis=(0, 2)),
    case(()),
)
MASK = np.array([[True, False, True], [True, True, False]])
ASKED = (
    case((2, 3), where=MASK, initial=0.75),
    case((2, 3), where=MASK, initial=0.75, axis=0, keepdims=True),
    case((2, 3), initial=-3.0, axis=1),
)


def plain_axis(axis: Axis) -> int | tuple[int, ...] | None:
    """The axes as NumPy's ufuncs take them: lists become tuples, NumPy's whole numbers become Python's."""
    if axis is None or type(axis) is int:
        return axis
    return tuple(axis) if isinstance(axis, (tuple, list)) else index(axis)  # type: ignore[arg-type]


def axes_of(axis: Axis, ndim: int) -> tuple[int, ...]:
    """The axes as numbers from 0; all of them for None."""
    return tuple(range(ndim)) if axis is None else np.lib.array_utils.normalize_axis_tuple(axis, ndim)


def restored(g: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
    """What a reduction left, with the axes that it removed as axes of length 1."""
    shape = shape_of(x)
    if keepdims or not shape or (axis is None and shape_of(g) == ()):
        return g
    gone = axes_of(axis, len(shape))
    return reshape(g, tuple(1 if i in gone else n for i, n in enumerate(shape)))


def _spread(g: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
    """What a reduction left, copied to every entry that it came from."""
    return broadcast_to(restored(g, x, axis, keepdims), shape_of(x))


def count(x: Any, axis: Axis) -> int:
    """How many entries become one."""
    shape = shape_of(x)
    return math.prod(shape if axis is None else [shape[i] for i in axes_of(axis, len(shape))])


# --- what NumPy's signatures ask for ----------------------------------------------------------------------------------


def no_out(name: str, out: Any) -> None:
    """Refuse to write a result into an array: it would have no place in a graph."""
    if out is not None:
        raise TypeError(f"{name} takes no out=: the result is a new Value in a graph; write the result to a name")


def mask_of(x: Any, where: Any) -> Any:
    """The mask of the entries that take part, checked against the shape of ``x``."""
    mask = as_data(where)
    if kind_of(mask) != "b":
        raise TypeError(f"where= needs booleans, got {dtype_of(mask)}")
    try:
        fits = np.broadcast_shapes(shape_of(mask), shape_of(x)) == shape_of(x)
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(f"where= of shape {shape_of(mask)} does not broadcast to the shape {shape_of(x)} of x")
    return beside(mask, x)


def _start(initial: Any, found: Any) -> Any:
    """A plain initial value of whole numbers in their dtype, as NumPy takes it; one with a gradient stays as it is."""
    if kind_of(found) in "fc" or isinstance(initial, Node) or is_foreign(as_data(found)) or shape_of(initial):
        return initial
    return np.maximum.reduce(np.empty(0, dtype_of(found)), initial=initial)


def asked(name: str, x: Any, dtype: Any, out: Any, where: Any, neutral: int) -> Any:
    """``x`` in the dtype asked for, with the neutral element in place of the entries that are left out."""
    no_out(name, out)
    if dtype is not None:
        x = astype(x, dtype)
    return x if where is None or where is True else choose(mask_of(x, where), x, of_kind(x, neutral))


def count_where(x: Any, axis: Axis, keepdims: bool, where: Any) -> Any:
    """How many entries take part in each result, in the dtype of ``x``."""
    if where is None or where is True:
        return count(x, axis)
    data = as_data(x)
    real_dtype = library(data).real(data).dtype if hasattr(data, "dtype") and kind_of(data) in "fc" else np.dtype(float)
    return sum_(astype(broadcast_to(mask_of(x, where), shape_of(x)), real_dtype), axis, keepdims)


# --- sums and means ---------------------------------------------------------------------------------------------------


@primitive(
    "Σ {x}",
    Rule(lambda g, out, x, axis, keepdims: _spread(g, x, axis, keepdims), "1", "{g}, copied"),
    cases=(*CASES, case((0, 3)), case((0, 3), axis=0), *ASKED, case((2, 3), axis=0, dtype="float64")),
    linear=True,
)
def sum_(x: Operand, axis: Axis = None, keepdims: bool = False) -> Any:
    """Sum of the entries along some axes, or of all."""
    return library(x).sum(x, axis=plain_axis(axis), keepdims=keepdims)


def sum(
    x: Operand,
    axis: Axis = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: bool = False,
    initial: Operand = None,
    where: Any = None,
) -> Any:
    """Sum of the entries along some axes, or of all.

    Parameters
    ----------
    x : Value, number or array
    axis : int, sequence of int or None
        The axes to sum over; all of them by default.
    dtype : NumPy dtype, optional
        In which the sum is taken; that of ``x`` by default.
    out : None
        For NumPy's sake: a result is never written into an array.
    keepdims : bool
        Whether these axes stay, with length 1; False by default.
    initial : Value, number or array, optional
        What the sum starts from; 0 by default.
    where : array of bool, optional
        The entries that take part; all by default.

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
    >>> am.gradients(am.sum(x, where=x > 1.5, initial=10.0), x)
    array([[0., 1.],
           [1., 1.]])
    """
    if dtype is None and out is None and initial is None and where is None:
        return sum_(x) if axis is None and keepdims is False else sum_(x, axis, keepdims)
    total = sum_(asked("sum", x, dtype, out, where, 0), axis, keepdims)
    return total if initial is None else total + _start(initial, total)


@composed(case((3, 4)), case((2, 3, 3), offset=1, axis1=1, axis2=2))
def trace(x: Operand, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: Any = None) -> Any:
    """Sum of the diagonal.

    Parameters
    ----------
    x : Value or array
        With two axes or more.
    offset : int
        Which diagonal; 0, the main one, by default.
    axis1, axis2 : int
        The axes of the matrices; the first two by default.
    dtype : NumPy dtype, optional
        In which the sum is taken.
    out : None
        For NumPy's sake.

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
    return sum(diagonal(x, offset, axis1, axis2), -1, dtype, out)


def _share(n: int) -> float:
    return 1.0 / n if n else math.inf


@primitive(
    "mean {x}",
    Rule(
        lambda g, out, x, axis, keepdims: _spread(g * _share(count(x, axis)), x, axis, keepdims),
        "1 / {n}",
        "{g} × 1/{n}, copied",
    ),
    cases=(*CASES, case((2, 3), where=MASK), case((2, 3), where=MASK, axis=0), case((2, 3), dtype="float64")),
    linear=True,
)
def mean_(x: Operand, axis: Axis = None, keepdims: bool = False) -> Any:
    """Mean of the entries along some axes, or of all."""
    return library(x).mean(x, axis=plain_axis(axis), keepdims=keepdims)


def mean(
    x: Operand,
    axis: Axis = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: bool = False,
    *,
    where: Any = None,
) -> Any:
    """Mean of the entries along some axes, or of all.

    Parameters
    ----------
    x : Value, number or array
    axis : int, sequence of int or None
        The axes to average over; all of them by default.
    dtype : NumPy dtype, optional
        In which the mean is taken; that of ``x`` by default.
    out : None
        For NumPy's sake: a result is never written into an array.
    keepdims : bool
        Whether these axes stay, with length 1; False by default.
    where : array of bool, optional
        The entries that take part; all by default.

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
    if dtype is None and out is None and where is None:
        return mean_(x) if axis is None and keepdims is False else mean_(x, axis, keepdims)
    x = asked("mean", x, dtype, out, None, 0)
    if where is None or where is True:
        return mean_(x, axis, keepdims)
    if is_half(x):
        return in_float32(mean, x, axis, keepdims=keepdims, where=where)
    return divide(sum(x, axis, keepdims=keepdims, where=where), count_where(x, axis, keepdims, where))


# --- extremes ---------------------------------------------------------------------------------------------------------


def _shared(g: Any, out: Any, x: Any, axis: Axis, keepdims: bool, mask: Any = None) -> Any:
    """The gradient of an extreme value, in equal parts to the entries that tie for it; a nan is the extreme."""
    if not shape_of(x):
        return g
    data = data_of(x)
    hit = (data == data_of(restored(out, x, axis, keepdims))) | (data != data)
    return shared(restored(g, x, axis, keepdims), hit if mask is None else hit & mask, axes_of(axis, data.ndim))


def _moved(t: Any, out: Any, x: Any, axis: Axis, keepdims: bool, mask: Any = None) -> Any:
    """The tangent of an extreme value, the mean of those of the entries that tie for it."""
    if not shape_of(x):
        return t
    data = data_of(x)
    hit = (data == data_of(restored(out, x, axis, keepdims))) | (data != data)
    hit = hit if mask is None else hit & mask
    wide, axes = widened(t), axes_of(axis, data.ndim)
    counts = library(hit).sum(hit, axis=axes, keepdims=True)
    means = sum(divided(choose(hit, wide, 0.0), at_least_one(counts)), axis=axes, keepdims=keepdims)
    return means if wide is t else cast(means, dtype_of(out))


def _among(x: Any, mask: Any, sign: float) -> Any:
    """The entries that take part, and in place of the others the least (sign 1) or the most (-1) of their dtype."""
    return x if mask is None else library(x, mask).where(mask, x, worst(x, sign))


@primitive(
    "max {x}",
    Rule(_shared, "[{x} = {out}]", "{g} to the entries that are largest", jvp=_moved),
    cases=(*CASES, *ASKED),
)
def max_(x: Operand, axis: Axis = None, keepdims: bool = False, mask: Any = None) -> Any:
    """Largest entry along some axes, or of all, or of those of a mask."""
    x = _among(x, mask, 1.0)
    return library(x).max(x, axis=plain_axis(axis), keepdims=keepdims)


@primitive(
    "min {x}",
    Rule(_shared, "[{x} = {out}]", "{g} to the entries that are smallest", jvp=_moved),
    cases=(*CASES, *ASKED),
)
def min_(x: Operand, axis: Axis = None, keepdims: bool = False, mask: Any = None) -> Any:
    """Smallest entry along some axes, or of all, or of those of a mask."""
    x = _among(x, mask, -1.0)
    return library(x).min(x, axis=plain_axis(axis), keepdims=keepdims)


def worst(x: Any, sign: float) -> bool | int | float:
    """What every number of the dtype is larger (sign 1) or smaller (-1) than, or equal to."""
    kind = kind_of(x)
    if kind == "b":
        return sign < 0
    if kind not in "iu":
        return -sign * math.inf
    limits = np.iinfo(numpy_dtype(dtype_of(x)))
    return int(limits.min if sign > 0 else limits.max)


def _extreme(name: str, x: Any, axis: Axis, out: Any, keepdims: bool, initial: Any, where: Any, sign: float) -> Any:
    """The largest (sign 1) or smallest (-1) of the entries that take part and of the initial value."""
    mask = None if where is None or where is True else mask_of(x, where)
    if mask is not None and initial is None:
        raise ValueError(f"{name}(where=...) needs initial=..., which is the result where no entry takes part")
    no_out(name, out)
    if initial is not None and not count(x, axis):
        return sum_(x, axis, keepdims) + initial
    found = (max_ if sign > 0 else min_)(x, axis, keepdims, mask)
    return found if initial is None else (maximum if sign > 0 else minimum)(found, _start(initial, found))


def max(
    x: Operand,
    axis: Axis = None,
    out: Any = None,
    keepdims: bool = False,
    initial: Operand = None,
    where: Any = None,
) -> Any:
    """Largest entry along some axes, or of all; entries that tie share the gradient equally.

    Parameters
    ----------
    x : Value, number or array
    axis : int, sequence of int or None
        The axes to search over; all of them by default.
    out : None
        For NumPy's sake: a result is never written into an array.
    keepdims : bool
        Whether these axes stay, with length 1; False by default.
    initial : Value, number or array, optional
        The least that the result can be.
    where : array of bool, optional
        The entries that take part; it needs ``initial``.

    Returns
    -------
    Value if ``x`` is one, else number or array

    Raises
    ------
    ValueError
        If there is no entry, or ``where`` comes without ``initial``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([1.0, 3.0, 3.0])
    >>> am.max(x)
    Value(3, op=max)
    >>> am.gradients(am.max(x), x)
    array([0. , 0.5, 0.5])
    """
    if out is None and initial is None and where is None:
        return max_(x) if axis is None and keepdims is False else max_(x, axis, keepdims)
    return _extreme("max", x, axis, out, keepdims, initial, where, 1.0)


def min(
    x: Operand,
    axis: Axis = None,
    out: Any = None,
    keepdims: bool = False,
    initial: Operand = None,
    where: Any = None,
) -> Any:
    """Smallest entry along some axes, or of all; entries that tie share the gradient equally.

    Parameters
    ----------
    x : Value, number or array
    axis : int, sequence of int or None
        The axes to search over; all of them by default.
    out : None
        For NumPy's sake: a result is never written into an array.
    keepdims : bool
        Whether these axes stay, with length 1; False by default.
    initial : Value, number or array, optional
        The most that the result can be.
    where : array of bool, optional
        The entries that take part; it needs ``initial``.

    Returns
    -------
    Value if ``x`` is one, else number or array

    Raises
    ------
    ValueError
        If there is no entry, or ``where`` comes without ``initial``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([1.0, 3.0, 3.0])
    >>> am.min(x)
    Value(1, op=min)
    >>> am.gradients(am.min(x), x)
    array([1., 0., 0.])
    """
    if out is None and initial is None and where is None:
        return min_(x) if axis is None and keepdims is False else min_(x, axis, keepdims)
    return _extreme("min", x, axis, out, keepdims, initial, where, -1.0)


amax, amin = max, min
"""Their other names in NumPy."""


@composed(*CASES)
def ptp(x: Operand, axis: Axis = None, out: Any = None, keepdims: bool = False) -> Any:
    """Peak to peak: the largest entry minus the smallest; entries that tie share the gradient equally.

    Parameters
    ----------
    x : Value, number or array
    axis : int, sequence of int or None
        The axes to search over; all of them by default.
    out : None
        For NumPy's sake: a result is never written into an array.
    keepdims : bool
        Whether these axes stay, with length 1; False by default.

    Returns
    -------
    Value if ``x`` is one, else number or array

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([1.0, 4.0, 4.0])
    >>> am.gradients(am.ptp(x), x)
    array([-1. ,  0.5,  0.5])
    """
    no_out("ptp", out)
    return max(x, axis, keepdims=keepdims) - min(x, axis, keepdims=keepdims)


# --- products ---------------------------------------------------------------------------------------------------------


def running_product(x: Any, multiplied: Callable[[Any, Any], Any] = mul) -> Any:
    """Products of the first 1, 2, ... slices along axis 0, in log2(n) multiplications of whole arrays."""
    n, reach = shape_of(x)[0], 1
    while reach < n:
        x = concatenate([x[:reach, ...], multiplied(x[reach:, ...], x[:-reach, ...])])
        reach *= 2
    return x


def _product_of_others(x: Any, axis: Axis) -> Any:
    """For each entry the product of all others, without a division, so that zeros stay exact at every order."""
    shape = shape_of(x)
    gone = axes_of(axis, len(shape))
    kept = tuple(i for i in range(len(shape)) if i not in gone)
    order = (*gone, *kept)
    if 0 in shape:
        return x
    rows = reshape(transpose(x, order), (-1, *(shape[i] for i in kept)))
    one = static(np.ones((1, *shape_of(rows)[1:])), x)
    before = running_product(concatenate([one, rows[:-1, ...]]))
    after = flip(running_product(concatenate([one, flip(rows, 0)[:-1, ...]])), 0)
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
        jvp=lambda t, out, x, axis, keepdims: (
            sum_(t * _product_of_others(x, axis), axis, keepdims) if shape_of(x) else t
        ),
    ),
    cases=(*CASES, *ASKED),
)
def prod_(x: Operand, axis: Axis = None, keepdims: bool = False) -> Any:
    """Product of the entries along some axes, or of all."""
    return library(x).prod(x, axis=plain_axis(axis), keepdims=keepdims)


def prod(
    x: Operand,
    axis: Axis = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: bool = False,
    initial: Operand = None,
    where: Any = None,
) -> Any:
    """Product of the entries along some axes, or of all; the gradient is exact also where entries are 0.

    Parameters
    ----------
    x : Value, number or array
    axis : int, sequence of int or None
        The axes to multiply over; all of them by default.
    dtype : NumPy dtype, optional
        In which the product is taken; that of ``x`` by default.
    out : None
        For NumPy's sake: a result is never written into an array.
    keepdims : bool
        Whether these axes stay, with length 1; False by default.
    initial : Value, number or array, optional
        What the product starts from; 1 by default.
    where : array of bool, optional
        The entries that take part; all by default.

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
    if dtype is None and out is None and initial is None and where is None:
        return prod_(x) if axis is None and keepdims is False else prod_(x, axis, keepdims)
    total = prod_(asked("prod", x, dtype, out, where, 1), axis, keepdims)
    return total if initial is None else total * _start(initial, total)
