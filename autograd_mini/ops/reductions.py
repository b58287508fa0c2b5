"""Reductions: many entries become one, along some axes or all."""

from __future__ import annotations

import builtins
import math
from collections.abc import Sequence
from operator import index
from typing import Any, TypeAlias

import numpy as np

from ..arrays import library, shape_of
from ..node import Node
from ..operation import Operand, Rule, case, composed, primitive
from .arithmetic import divide, multiply, subtract, where
from .elementwise import abs, conjugate, exp, power, real, root, square
from .indexing import diagonal, flip, take_along_axis
from .shapes import broadcast_to, concatenate, moveaxis, reshape, transpose

Axis: TypeAlias = int | Sequence[int] | None

_CASES = (
    case((2, 3)),
    case((2, 3), axis=0),
    case((2, 3), axis=-1, keepdims=True),
    case((2, 3, 2), axis=(0, 2)),
    case(()),
)


def _plain(axis: Axis) -> int | tuple[int, ...] | None:
    """The axes as NumPy's ufuncs take them: lists become tuples, NumPy's whole numbers become Python's."""
    if axis is None or type(axis) is int:
        return axis
    return tuple(axis) if isinstance(axis, (tuple, list)) else index(axis)  # type: ignore[arg-type]


def _axes(axis: Axis, ndim: int) -> tuple[int, ...]:
    return tuple(range(ndim)) if axis is None else np.lib.array_utils.normalize_axis_tuple(axis, ndim)


def _restored(g: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
    """What a reduction left, with the axes that it removed as axes of length 1."""
    shape = shape_of(x)
    if keepdims or not shape or (axis is None and shape_of(g) == ()):
        return g
    gone = _axes(axis, len(shape))
    return reshape(g, tuple(1 if i in gone else n for i, n in enumerate(shape)))


def _spread(g: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
    """What a reduction left, copied to every entry that it came from."""
    return broadcast_to(_restored(g, x, axis, keepdims), shape_of(x))


def _count(x: Any, axis: Axis) -> int:
    shape = shape_of(x)
    return math.prod(shape[i] for i in _axes(axis, len(shape)))


@primitive(
    "Σ {x}",
    Rule(lambda g, out, x, axis, keepdims: _spread(g, x, axis, keepdims), "1", "{g}, copied to every entry"),
    cases=(*_CASES, case((0, 3)), case((0, 3), axis=0)),
)
def sum(x: Operand, axis: Axis = None, keepdims: bool = False) -> Any:
    """Sum of the entries along some axes, or of all."""
    return library(x).sum(x, axis=_plain(axis), keepdims=keepdims)


@composed(case((3, 4)), case((2, 3, 3), offset=1, axis1=1, axis2=2))
def trace(x: Operand, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Sum of the diagonal."""
    return sum(diagonal(x, offset, axis1, axis2), axis=-1)


@primitive(
    "mean {x}",
    Rule(
        lambda g, out, x, axis, keepdims: _spread(g / _count(x, axis), x, axis, keepdims),
        "1 / {n}",
        "{g} × 1/{n}, copied to every entry",
    ),
    cases=_CASES,
)
def mean(x: Operand, axis: Axis = None, keepdims: bool = False) -> Any:
    """Mean of the entries along some axes, or of all."""
    return library(x).mean(x, axis=_plain(axis), keepdims=keepdims)


def _shared(g: Any, out: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
    """The gradient of an extreme value, in equal parts to the entries that tie for it."""
    if not shape_of(x):
        return g
    hit = _data(x) == _data(_restored(out, x, axis, keepdims))
    ties = hit.sum(axis=None if axis is None else _axes(axis, hit.ndim), keepdims=True).astype(x.dtype)
    return where(hit, _restored(g, x, axis, keepdims) / ties, 0.0)


def _data(x: Any) -> Any:
    return x._data if isinstance(x, Node) else x


@primitive(
    "max {x}", Rule(_shared, "[{x} = {out}]", "{g} to the entries that are largest"), cases=_CASES
)
def max(x: Operand, axis: Axis = None, keepdims: bool = False) -> Any:
    """Largest entry along some axes, or of all; entries that tie share the gradient equally."""
    return library(x).max(x, axis=_plain(axis), keepdims=keepdims)


@primitive(
    "min {x}", Rule(_shared, "[{x} = {out}]", "{g} to the entries that are smallest"), cases=_CASES
)
def min(x: Operand, axis: Axis = None, keepdims: bool = False) -> Any:
    """Smallest entry along some axes, or of all; entries that tie share the gradient equally."""
    return library(x).min(x, axis=_plain(axis), keepdims=keepdims)


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
    rows = reshape(transpose(x, order), (-1, *(shape[i] for i in kept)))
    if shape_of(rows)[0] == 0:
        return x
    one = np.ones((1, *shape_of(rows)[1:]), x.dtype)
    before = _running_product(concatenate([one, rows[:-1]]))
    after = flip(_running_product(concatenate([one, flip(rows, 0)[:-1]])), 0)
    others = reshape(before * after, tuple(shape[i] for i in order))
    return transpose(others, tuple(int(i) for i in np.argsort(order)))


@primitive(
    "Π {x}",
    Rule(
        lambda g, out, x, axis, keepdims: (
            _restored(g, x, axis, keepdims) * _product_of_others(x, axis) if shape_of(x) else g
        ),
        "{out} / {x}",
        "{g} × the product of the others",
    ),
    cases=_CASES,
)
def prod(x: Operand, axis: Axis = None, keepdims: bool = False) -> Any:
    """Product of the entries along some axes, or of all; the gradient is exact also where entries are 0."""
    return library(x).prod(x, axis=_plain(axis), keepdims=keepdims)


@primitive(
    "running sum of {x}",
    Rule(
        lambda g, out, x, axis: reshape(flip(cumsum(flip(g, axis), axis), axis), shape_of(x)),
        "1",
        "{g} summed from the end",
    ),
    cases=(case((4,)), case((2, 3)), case((2, 3), axis=1), case((2, 3), axis=0)),
)
def cumsum(x: Operand, axis: int | None = None) -> Any:
    """Sums of the first 1, 2, ... entries along an axis; without one, of all entries in a row."""
    return library(x).cumsum(x, axis=axis)


@composed(case((4,)), case((2, 3)), case((2, 3), axis=1))
def cumprod(x: Operand, axis: int | None = None) -> Any:
    """Products of the first 1, 2, ... entries along an axis; without one, of all entries in a row."""
    if axis is None:
        x, axis = reshape(x, -1), 0
    return moveaxis(_running_product(moveaxis(x, axis, 0)), 0, axis)


@composed(*_CASES[:-1], case((4, 3), axis=0, ddof=1))
def var(x: Operand, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> Any:
    """Variance: the mean squared distance from the mean, over ``n - ddof`` entries."""
    distance = subtract(x, mean(x, axis=axis, keepdims=True))
    total = sum(real(multiply(distance, conjugate(distance))), axis=axis, keepdims=keepdims)
    return divide(total, builtins.max(_count(x, axis) - ddof, 0))


@composed(*_CASES[:-1], case((4, 3), axis=0, ddof=1))
def std(x: Operand, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> Any:
    """Standard deviation, the root of the variance; where it is 0 its gradient is 0."""
    return root(var(x, axis=axis, ddof=ddof, keepdims=keepdims))


@primitive(
    "log Σ exp {x}",
    Rule(
        # NOTE: where every entry is -inf the result is too, and exp(-inf - 0) is 0 where exp(-inf + inf) is nan
        lambda g, out, x, axis, keepdims: (
            _restored(g, x, axis, keepdims)
            * exp(x - _restored(where(out == -math.inf, 0.0, out), x, axis, keepdims))
        ),
        "exp({x} − {out})",
        "{g} × softmax {x}",
    ),
    cases=_CASES,
)
def logsumexp(x: Operand, axis: Axis = None, keepdims: bool = False) -> Any:
    """log(Σ exp(x)) without overflow."""
    return library(x).logsumexp(x, axis=_plain(axis), keepdims=keepdims)


@primitive(
    "softmax {x}",
    Rule(
        lambda g, out, x, axis: out * (g - sum(g * out, axis, True)),
        "{out} · (1 − {out})",
        "{out} × ({g} − Σ {g} × {out})",
    ),
    cases=(case((4,)), case((2, 3)), case((2, 3), axis=0)),
)
def softmax(x: Operand, axis: int = -1) -> Any:
    """exp(x) / Σ exp(x) along an axis: positive numbers that sum to 1, without overflow."""
    return library(x).softmax(x, axis=axis)


@primitive(
    "log softmax {x}",
    Rule(
        lambda g, out, x, axis: g - exp(out) * sum(g, axis, True),
        "1 − exp {out}",
        "{g} − softmax {x} × Σ {g}",
    ),
    cases=(case((4,)), case((2, 3)), case((2, 3), axis=0)),
)
def log_softmax(x: Operand, axis: int = -1) -> Any:
    """x - logsumexp(x) along an axis: the logarithm of softmax, exact where softmax is tiny."""
    return library(x).log_softmax(x, axis=axis)


@primitive(
    "sort {x}",
    Rule(
        lambda g, out, x, axis: take_along_axis(g, np.argsort(np.argsort(_data(x), axis, stable=True), axis), axis),
        "1",
        "{g} put back in the old order",
    ),
    cases=(case((4,)), case((2, 3)), case((2, 3), axis=0)),
)
def sort(x: Operand, axis: int = -1) -> Any:
    """The entries in ascending order along an axis."""
    return library(x).sort(x, axis=axis)


@composed(
    case((3,)),
    case((2, 3)),
    case((2, 3), axis=1),
    case((2, 3), ord=1, axis=1, keepdims=True),
    case((2, 3), ord=3, axis=0),
    case((3,), ord=np.inf),
    case((2, 3), ord=1),
    case((2, 3), ord=np.inf),
    domain=(0.3, 2.0),
)
def norm(x: Operand, ord: float | str | None = None, axis: Axis = None, keepdims: bool = False) -> Any:
    """Length of a vector, along an axis or of all entries; its gradient at 0 is 0.

    ``ord`` is 2 by default, any number for vectors (inf: the largest entry), and "fro", 1, -1, inf or -inf for matrices.
    """
    shape = shape_of(x)
    axes = _axes(axis, len(shape))
    if ord is not None and len(axes) not in (1, 2):
        raise ValueError(f"norm of order {ord!r} is for vectors and matrices, got {len(axes)} axes: give axis=")
    if ord is None or (ord == "fro" and len(axes) == 2) or (ord == 2 and len(axes) == 1):
        return root(sum(square(x) if _is_real(x) else real(x * conjugate(x)), axis=axis, keepdims=keepdims))
    size = abs(x)
    if len(axes) == 2:
        if ord not in (1, -1, math.inf, -math.inf):
            raise ValueError(f"norm has no order {ord!r} for a matrix: choose 'fro', 1, -1, inf or -inf")
        rows, columns = axes if builtins.abs(float(ord)) == 1 else axes[::-1]
        extreme = max if float(ord) > 0 else min
        out = extreme(sum(size, axis=rows, keepdims=True), axis=columns, keepdims=True)
        return out if keepdims else reshape(out, tuple(n for i, n in enumerate(shape) if i not in axes))
    if not isinstance(ord, (int, float)):
        raise ValueError(f"norm has no order {ord!r} for a vector: choose a number, inf or -inf")
    if ord in (math.inf, -math.inf):
        return (max if ord > 0 else min)(size, axis=axis, keepdims=keepdims)
    if ord == 1:
        return sum(size, axis=axis, keepdims=keepdims)
    if ord == 0:
        return sum(where(_data(size) != 0, 1.0, 0.0) + 0.0 * size, axis=axis, keepdims=keepdims)
    total = sum(power(size, ord), axis=axis, keepdims=keepdims)
    nothing = _data(total) == 0
    return where(nothing, 0.0, power(where(nothing, 1.0, total), 1.0 / ord))


def _is_real(x: Any) -> bool:
    return getattr(x, "dtype", np.dtype(float)).kind != "c"
