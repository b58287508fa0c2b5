"""Differences of neighbours, derivatives on a grid, and sums by the trapezoidal rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays import as_numpy, dtype_of, kind_of, shape_of, static
from ..arrays.labels import check_labels
from ..node import Node
from ..operation import Operand, case, composed
from .arithmetic import divide, floating
from .joining import concatenate
from .plain import not_equal
from .reductions import Axis, axes_of, sum
from .shapes import astype, broadcast_to, reshape


def _slices(ndim: int, axis: int, *which: slice) -> list[tuple[slice, ...]]:
    """Indices that take these slices along one axis."""
    return [(slice(None),) * axis + (each,) + (slice(None),) * (ndim - axis - 1) for each in which]


def _array(x: Any) -> Any:
    return np.asarray(x) if isinstance(x, (list, tuple)) else x


@composed(case((4,)), case((2, 4), n=2), case((3, 2), axis=0), case((2, 3), n=0), case((2, 3), prepend=0.5, append=1.0))
def diff(a: Operand, n: int = 1, axis: int = -1, prepend: Operand = None, append: Operand = None) -> Any:
    """Differences of neighbours along an axis, ``n`` times over.

    Parameters
    ----------
    a : Value or array
    n : int
        How often differences are taken; 1 by default.
    axis : int
        The last by default.
    prepend, append : Value, number or array, optional
        What is joined to the entries at their beginning and their end first.

    Returns
    -------
    Value if an operand is one, else array
        Shorter by ``n`` along the axis.

    Raises
    ------
    ValueError
        If ``n`` is negative or ``a`` has no axes.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.diff([1.0, 4.0, 9.0])
    array([3., 5.])
    >>> am.diff([1.0, 4.0, 9.0], n=2)
    array([2.])
    """
    if n < 0 or not shape_of(a):
        raise ValueError(f"diff needs n >= 0 and an array, got n={n} and shape {shape_of(a)}")
    if n == 0:
        return a
    a = _array(a)
    shape = shape_of(a)
    axis = np.lib.array_utils.normalize_axis_index(axis, len(shape))
    one = (*shape[:axis], 1, *shape[axis + 1 :])
    ends = [broadcast_to(x, one) if x is not None and shape_of(x) == () else x for x in (prepend, append)]
    parts = [x for x in (ends[0], a, ends[1]) if x is not None]
    x = concatenate(parts, axis) if len(parts) > 1 else a
    later, earlier = _slices(len(shape), axis, slice(1, None), slice(None, -1))
    for _ in range(n):
        x = _difference(x[later], x[earlier])
    return x


def _difference(x: Any, y: Any) -> Any:
    """x − y; of booleans, as in NumPy, whether they differ."""
    return x - y if kind_of(x) != "b" else not_equal(x, y)


@composed(case((4,)), case((2, 3)), case((3,), to_begin=0.5, to_end=np.array([1.0, 2.0])))
def ediff1d(ary: Operand, to_end: Operand = None, to_begin: Operand = None) -> Any:
    """Differences of neighbours among all entries as one row.

    Parameters
    ----------
    ary : Value or array
    to_end, to_begin : Value, number or array, optional
        What is joined to the differences at their end and their beginning, in the dtype of ``ary``.

    Returns
    -------
    Value if an operand is one, else array

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.ediff1d([1.0, 4.0, 9.0], to_begin=0.0)
    array([0., 3., 5.])
    """
    row = reshape(ary, -1)
    begin, end = (None if x is None else _joined("ediff1d", x, row) for x in (to_begin, to_end))
    parts = [begin, row[1:] - row[:-1], end]
    parts = [x for x in parts if x is not None]
    return concatenate(parts, 0) if len(parts) > 1 else parts[0]


def _joined(name: str, x: Any, row: Any) -> Any:
    """An end in the dtype of the row that it is joined to; one that this dtype cannot hold is an error."""
    order = "biufc"
    if order.index(kind_of(row)) < min(order.index(kind_of(x)), order.index("f")) and kind_of(x) in "fc":
        raise TypeError(
            f"{name} of {dtype_of(row)} cannot join ends of {dtype_of(x)}, which would be cut to whole numbers: "
            "write ary.astype(float)"
        )
    return reshape(astype(x, dtype_of(row)), -1)


@composed(
    case((4,)),
    case((4,), dx=0.5),
    case((2, 4), axis=0),
    case((2, 4), (4,)),
    case((2, 4), (2, 4), axis=0),
)
def trapezoid(y: Operand, x: Operand = None, dx: Operand = 1.0, axis: int = -1) -> Any:
    """Integral along an axis by the trapezoidal rule.

    Parameters
    ----------
    y : Value or array
        The values at the points.
    x : Value or array, optional
        The points, in the shape of ``y`` or of its axis. Gradients flow to them too.
    dx : Value, number or array
        The distance between points, if there is no ``x``; 1 by default.
    axis : int
        The last by default.

    Returns
    -------
    Value if an operand is one, else number or array

    Examples
    --------
    >>> import autograd_mini as am
    >>> y = am.Value([1.0, 2.0, 3.0])
    >>> am.trapezoid(y, dx=0.5)
    Value(2, op=sum)
    >>> am.gradients(am.trapezoid(y, dx=0.5), y)
    array([0.25, 0.5 , 0.25])
    """
    check_labels("trapezoid", (y, x))
    y = _array(y)
    shape = shape_of(y)
    axis = np.lib.array_utils.normalize_axis_index(axis, len(shape))
    if x is not None:
        x = _array(x)
        along = len(shape_of(x)) == 1
        dx = diff(x, axis=-1 if along else axis)
        dx = reshape(dx, (-1,) + (1,) * (len(shape) - axis - 1)) if along else dx
    later, earlier = _slices(len(shape), axis, slice(1, None), slice(None, -1))
    return sum(dx * (y[later] + y[earlier]) / 2.0, axis=axis)


@composed(
    case((4,)),
    case((5,), edge_order=2),
    case((3, 4), axis=0),
)
def gradient(f: Operand, *varargs: Any, axis: Axis = None, edge_order: int = 1) -> Any:
    """Derivatives on a grid: central differences inside, one-sided ones at the ends, as ``np.gradient`` gives them.

    Parameters
    ----------
    f : Value or array
        The values at the points of the grid.
    *varargs : Value, number or array
        The distance between points, or the points' places: one for all axes or one for each. Gradients flow to them.
    axis : int, sequence of int or None
        Along which axes; all of them by default.
    edge_order : {1, 2}
        Order of accuracy at the ends; 1 by default.

    Returns
    -------
    Value if an operand is one, else array
        In the shape of ``f``; with several axes a tuple of them.

    Raises
    ------
    ValueError
        If there are fewer points than ``edge_order + 1`` along an axis, or a number of distances that fits no axes.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.gradient([1.0, 2.0, 4.0, 7.0])
    array([1. , 1.5, 2.5, 3. ])
    """
    f = _array(f)
    f = floating(f) if kind_of(f) in "iu" else f
    axes = axes_of(axis, len(shape_of(f)))
    steps: Sequence[Any] = varargs if len(varargs) > 1 else (varargs or (1.0,)) * len(axes)
    if len(steps) != len(axes):
        raise ValueError(f"gradient along {len(axes)} axes needs one distance or {len(axes)}, got {len(varargs)}")
    if edge_order not in (1, 2):
        raise ValueError(f"gradient has edge_order 1 or 2, got {edge_order}")
    found = tuple(_derivative(f, step, each, edge_order) for step, each in zip(steps, axes, strict=True))
    return found[0] if len(axes) == 1 else found


def _derivative(f: Any, step: Any, axis: int, edge_order: int) -> Any:
    """The derivative along one axis, by the weights of three neighbours."""
    shape = shape_of(f)
    n = shape[axis]
    if n < edge_order + 1:
        raise ValueError(f"gradient needs {edge_order + 1} points along axis {axis}, got shape {shape}")
    places: Any = step if isinstance(step, Node) else np.asarray(as_numpy(step), float)
    if shape_of(places) not in ((), (n,)):
        raise ValueError(f"axis {axis} of shape {shape} needs {n} places, got {shape_of(places)}")
    apart = bool(shape_of(places))
    gaps = places[1:] - places[:-1] if apart else places

    def gap(place: int | slice) -> Any:
        return gaps[place] if apart else gaps

    def at(*which: int) -> Any:
        index = [slice(None)] * len(shape)
        index[axis] = slice(which[0], which[1])
        return f[tuple(index)]

    def weighted(weights: Any) -> Any:
        if isinstance(weights, Node):
            return reshape(weights, (-1,) + (1,) * (len(shape) - axis - 1)) if shape_of(weights) else weights
        weights = np.asarray(weights)
        weights = weights.reshape((-1,) + (1,) * (len(shape) - axis - 1)) if weights.ndim else weights
        return static(weights, f) if kind_of(f) in "fc" else weights

    def by_three(a: Any, b: Any, place: str, start: int, stop: int) -> Any:
        """Weights of three neighbours with the gaps a and b, for the derivative at the first, middle or last one."""
        weights = {
            "first": (-(2 * a + b) / (a * (a + b)), (a + b) / (a * b), -a / (b * (a + b))),
            "middle": (-b / (a * (a + b)), (b - a) / (a * b), a / (b * (a + b))),
            "last": (b / (a * (a + b)), -(a + b) / (a * b), (2 * b + a) / (b * (a + b))),
        }[place]
        terms = [weighted(w) * at(start + i, stop + i) for i, w in enumerate(weights)]
        return terms[0] + terms[1] + terms[2]

    parts = []
    if edge_order == 1:
        parts.append(divide(at(1, 2) - at(0, 1), weighted(gap(0))))
    else:
        parts.append(by_three(gap(0), gap(1), "first", 0, 1))
    if n > 2:
        even = not apart or (not isinstance(gaps, Node) and (gaps == gaps[0]).all())
        inner = (at(2, n) - at(0, n - 2)) / weighted(2.0 * gap(0)) if even else None
        parts.append(
            by_three(gap(slice(None, -1)), gap(slice(1, None)), "middle", 0, n - 2) if inner is None else inner
        )
    if edge_order == 1:
        parts.append(divide(at(n - 1, n) - at(n - 2, n - 1), weighted(gap(-1))))
    else:
        parts.append(by_three(gap(-2), gap(-1), "last", n - 3, n - 2))
    return concatenate(parts, axis)
