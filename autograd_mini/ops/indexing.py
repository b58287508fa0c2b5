"""Indexing: entries taken by basic, fancy and mask indices, rearranged, and put back where they came from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays import library, shape_of
from ..engine import Node
from ..operation import Operand, Rule, case, composed, primitive
from .arithmetic import where
from .shapes import moveaxis, ravel, reshape


def plain_index(index: Any) -> Any:
    """The index with Values in it (whole numbers or masks) replaced by their data."""
    if isinstance(index, tuple):
        return tuple(plain_index(item) for item in index)
    if isinstance(index, list):
        return [plain_index(item) for item in index]
    return index._data if isinstance(index, Node) else index


@primitive(
    "{x}[{index}]",
    Rule(
        lambda g, out, x, index: scatter(g, index, shape_of(x)),
        "1",
        "{g} put back at [{index}]",
    ),
    cases=(
        case((3, 4), index=1),
        case((3, 4), index=(slice(None), -1)),
        case((3, 4), index=(Ellipsis, None, slice(0, 4, 2))),
        case((3, 4), index=[0, 0, 2]),
        case((3, 4), index=([0, 0, 1], [1, 1, 2])),
        case((2, 2), index=np.array([[True, False], [True, True]])),
        case((), index=()),
    ),
)
def getitem(x: Operand, index: Any) -> Any:
    """The entries at a NumPy index: numbers, slices, ``...``, ``None``, lists, arrays or a mask."""
    return library(x).asarray(x)[plain_index(index)]


@primitive(
    "{x} put at [{index}]",
    Rule(lambda g, out, x, index, shape: getitem(g, index), "1", "{g}[{index}]"),
    cases=(case((4,), index=1, shape=(3, 4)), case((3,), index=[0, 0, 2], shape=(4,))),
)
def scatter(x: Operand, index: Any, shape: tuple[int, ...]) -> Any:
    """Zeros of a shape to which ``x`` is added at a NumPy index; entries that share an index add up."""
    return library(x).scatter_add(x, plain_index(index), shape)


@composed(case((3, 4), indices=[0, 0, 5]), case((3, 4), indices=[[0, 1], [1, 2]], axis=1), case((3, 4), indices=2, axis=0))
def take(x: Operand, indices: Any, axis: int | None = None) -> Any:
    """The entries (or slices along ``axis``) with the given numbers; without an axis they count all entries."""
    where_to = plain_index(indices)
    if not isinstance(where_to, (int, np.integer)):
        where_to = np.asarray(where_to)
        if where_to.size == 0:
            where_to = where_to.astype(np.intp)
    if axis is None:
        return getitem(ravel(x), where_to)
    axis = np.lib.array_utils.normalize_axis_index(axis, len(shape_of(x)))
    return getitem(x, (slice(None),) * axis + (where_to,))


@composed(
    case((3, 4), indices=np.array([[0, 0], [1, 3], [2, 2]]), axis=1),
    case((3, 4), indices=np.array([[2, 1, 0, 0]]), axis=0),
)
def take_along_axis(x: Operand, indices: Any, axis: int | None = -1) -> Any:
    """For each row along ``axis``, the entries that the same row of ``indices`` names, as ``argsort`` gives them."""
    where_to = np.asarray(plain_index(indices))
    if axis is None:
        return getitem(ravel(x), where_to)
    axis = np.lib.array_utils.normalize_axis_index(axis, len(shape_of(x)))
    if where_to.ndim != len(shape_of(x)):
        raise ValueError(f"take_along_axis needs indices with the dimensions of x: {where_to.shape} and {shape_of(x)}")
    grid = [
        np.arange(n).reshape((1,) * i + (n,) + (1,) * (where_to.ndim - i - 1)) for i, n in enumerate(shape_of(x))
    ]
    grid[axis] = where_to
    return getitem(x, tuple(grid))


def split(x: Operand, indices_or_sections: int | Sequence[int], axis: int = 0) -> list[Any]:
    """``x`` cut along an axis, into equal parts or at the given places, as a list."""
    n = shape_of(x)[axis]
    if isinstance(indices_or_sections, (int, np.integer)):
        if n % indices_or_sections:
            raise ValueError(
                f"split cannot cut axis {axis} of shape {shape_of(x)} into {indices_or_sections} equal parts"
            )
        width = n // int(indices_or_sections)
        cuts = [width * i for i in range(1, int(indices_or_sections))]
    else:
        cuts = [int(i) for i in indices_or_sections]
    before = (slice(None),) * (axis % len(shape_of(x)))
    return [
        getitem(x, (*before, slice(start, stop))) for start, stop in zip([0, *cuts], [*cuts, n], strict=True)
    ]


@composed(case((2, 3), repeats=2), case((2, 3), repeats=2, axis=1), case((3,), repeats=(1, 0, 2), axis=0))
def repeat(x: Operand, repeats: int | Sequence[int], axis: int | None = None) -> Any:
    """Each entry (or slice along ``axis``) several times in a row."""
    if axis is None:
        x, axis = ravel(x), 0
    return take(x, np.repeat(np.arange(shape_of(x)[axis]), repeats), axis)


@composed(case((2, 3)), case((2, 3), axis=1), case((2, 3), axis=(0, 1)))
def flip(x: Operand, axis: int | Sequence[int] | None = None) -> Any:
    """The entries in reverse order along the given axes, or all."""
    ndim = len(shape_of(x))
    axes = range(ndim) if axis is None else np.lib.array_utils.normalize_axis_tuple(axis, ndim)
    return getitem(x, tuple(slice(None, None, -1) if i in axes else slice(None) for i in range(ndim)))


@composed(case((2, 3), shift=1), case((2, 3), shift=-2, axis=1), case((2, 3), shift=(1, 2), axis=(0, 1)))
def roll(x: Operand, shift: int | Sequence[int], axis: int | Sequence[int] | None = None) -> Any:
    """The entries moved along an axis; what leaves at one end comes in at the other."""
    shape = shape_of(x)
    if axis is None:
        return reshape(roll(ravel(x), shift, 0), shape)
    axes = np.lib.array_utils.normalize_axis_tuple(axis, len(shape))
    shifts = (shift,) * len(axes) if isinstance(shift, int) else tuple(shift)
    for i, by in zip(axes, shifts, strict=True):
        x = take(x, np.roll(np.arange(shape[i]), by), i)
    return x


@primitive(
    "pad({x})",
    Rule(
        lambda g, out, x, widths, value: g[tuple(slice(a, a + n) for (a, _), n in zip(widths, shape_of(x), strict=True))],
        "1",
        "{g} without the border",
    ),
    cases=(case((2, 3), widths=((1, 0), (2, 1)), value=0.5),),
)
def pad_constant(x: Operand, widths: Sequence[tuple[int, int]], value: float) -> Any:
    """A border of one value around the entries; ``pad`` is the function to call."""
    return library(x).pad(x, widths, constant_values=value)


@composed(
    case((2, 3), pad_width=1),
    case((2, 3), pad_width=((1, 0), (0, 2)), mode="edge"),
    case((3, 3), pad_width=2, mode="reflect"),
    case((3, 3), pad_width=2, mode="symmetric"),
    case((2, 3), pad_width=(1, 2), mode="wrap"),
)
def pad(x: Operand, pad_width: Any, mode: str = "constant", constant_values: float = 0.0) -> Any:
    """A border around the entries: of a constant, or of entries repeated (edge, reflect, symmetric, wrap)."""
    shape = shape_of(x)
    widths = tuple((int(a), int(b)) for a, b in np.broadcast_to(np.asarray(pad_width), (len(shape), 2)))
    if mode == "constant":
        return pad_constant(x, widths, constant_values)
    if mode not in ("edge", "reflect", "symmetric", "wrap"):
        raise ValueError(f"pad has no mode {mode!r}: choose constant, edge, reflect, symmetric or wrap")
    for axis, width in enumerate(widths):
        x = take(x, np.pad(np.arange(shape[axis]), width, mode=mode), axis)  # type: ignore[call-overload]
    return x


@composed(case((3,)), case((3,), k=1), case((3, 4), k=-1))
def diag(x: Operand, k: int = 0) -> Any:
    """The diagonal of a matrix, or a row of numbers as the diagonal of a matrix."""
    from .indexing import scatter

    shape = shape_of(x)
    if len(shape) == 1:
        n = shape[0] + (k if k >= 0 else -k)
        rows = np.arange(shape[0])
        return scatter(x, (rows + max(-k, 0), rows + max(k, 0)), (n, n))
    if len(shape) != 2:
        raise ValueError(f"diag takes a row of numbers or a matrix, got shape {shape}; use diagonal")
    return diagonal(x, k)


@composed(case((3, 4)), case((3, 4), offset=1), case((2, 3, 3), offset=-1, axis1=1, axis2=2))
def diagonal(x: Operand, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """The entries whose indices along two axes differ by ``offset``, as the last axis."""
    x = moveaxis(x, (axis1, axis2), (-2, -1))
    rows, columns = shape_of(x)[-2:]
    first_row, first_column = max(-offset, 0), max(offset, 0)
    along = np.arange(max(min(rows - first_row, columns - first_column), 0))
    return getitem(x, (..., along + first_row, along + first_column))


@composed(case((3, 4)), case((3, 4), k=1))
def tril(x: Operand, k: int = 0) -> Any:
    """The lower triangle; zeros above diagonal ``k``."""
    return where(np.tri(*shape_of(x)[-2:], k=k, dtype=bool), x, 0.0)


@composed(case((3, 4)), case((3, 4), k=1))
def triu(x: Operand, k: int = 0) -> Any:
    """The upper triangle; zeros below diagonal ``k``."""
    return where(np.tri(*shape_of(x)[-2:], k=k - 1, dtype=bool), 0.0, x)
