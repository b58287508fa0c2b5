"""Shapes: the same entries in another arrangement, joined, repeated or padded."""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import index
from typing import Any

import numpy as np

from ..arrays import library, shape_of
from ..node import Node
from ..operation import Operand, Rule, case, composed, primitive


def several(numbers: int | Sequence[int]) -> tuple[int, ...]:
    """One whole number or a sequence of them, as a tuple."""
    return tuple(numbers) if isinstance(numbers, (tuple, list, np.ndarray)) else (index(numbers),)  # type: ignore[arg-type]


@primitive(
    "reshape({x}, {shape})",
    Rule(lambda g, out, x, shape: reshape(g, shape_of(x)), "1", "{g} in the shape of {x}"),
    cases=(case((2, 3), shape=(3, 2)), case((2, 3), shape=-1), case((), shape=(1, 1)), case((0, 3), shape=(3, 0))),
)
def reshape(x: Operand, shape: int | Sequence[int]) -> Any:
    """The entries in another shape, row by row; one dimension may be -1."""
    return library(x).reshape(x, shape)


def _inverse(axes: Sequence[int] | None) -> tuple[int, ...] | None:
    return None if axes is None else tuple(int(i) for i in np.argsort([axis % len(axes) for axis in axes]))


@primitive(
    "{x}ᵀ",
    Rule(lambda g, out, x, axes: transpose(g, _inverse(axes)), "1", "{g}ᵀ"),
    cases=(case((2, 3)), case((2, 3, 4), axes=(2, 0, 1)), case((2, 3, 4), axes=(-1, 0, 1)), case(())),
)
def transpose(x: Operand, axes: Sequence[int] | None = None) -> Any:
    """The axes in another order; reversed by default."""
    return library(x).transpose(x, axes)


@primitive(
    "{x} broadcast to {shape}",
    Rule(lambda g, out, x, shape: g, "1", "{g} summed over the copies"),
    cases=(case((3,), shape=(2, 3)), case((2, 1), shape=(2, 3)), case((), shape=(2,)), case((1, 3), shape=(0, 3))),
)
def broadcast_to(x: Operand, shape: int | Sequence[int]) -> Any:
    """``x`` repeated along new and length-1 axes to the given shape."""
    return library(x).broadcast_to(x, several(shape))


@primitive(
    "{x} fitted",
    Rule(
        lambda g, out, x, like: broadcast_to(g, shape_of(x)) if shape_of(g) != shape_of(x) else g,
        "1",
        "{g} copied to every entry",
    ),
    cases=(case((2, 3), like=np.zeros((2, 1))), case((4, 2, 3), like=np.zeros(3)), case((2,), like=0.0)),
)
def fit(x: Operand, like: Any) -> Any:
    """``x`` summed over the axes along which ``like`` was broadcast, in its dtype: what the engine does to gradients."""
    return library(x, like).fit(x, like)


@primitive(
    "{x} as {dtype}",
    Rule(lambda g, out, x, dtype: g, "1"),
    cases=(case((3,), dtype="float64"), case((), dtype="float64")),
)
def astype(x: Operand, dtype: Any) -> Any:
    """The entries in another dtype; the gradient comes back in the old one."""
    return np.asarray(x).astype(dtype)[()]


@composed(case((2, 3)), case(()))
def ravel(x: Operand) -> Any:
    """All entries as one row."""
    return reshape(x, -1)


@composed(case((2, 3, 4), axis1=0, axis2=-1))
def swapaxes(x: Operand, axis1: int, axis2: int) -> Any:
    """Two axes exchanged."""
    ndim = len(shape_of(x))
    axes = list(range(ndim))
    i, j = np.lib.array_utils.normalize_axis_index(axis1, ndim), np.lib.array_utils.normalize_axis_index(axis2, ndim)
    axes[i], axes[j] = axes[j], axes[i]
    return transpose(x, tuple(axes))


@composed(case((2, 3, 4), source=0, destination=-1), case((2, 3, 4), source=(0, 1), destination=(1, 2)))
def moveaxis(x: Operand, source: int | Sequence[int], destination: int | Sequence[int]) -> Any:
    """Axes moved to other places, the rest in their order."""
    ndim = len(shape_of(x))
    old = np.lib.array_utils.normalize_axis_tuple(source, ndim, "source")
    new = np.lib.array_utils.normalize_axis_tuple(destination, ndim, "destination")
    if len(old) != len(new):
        raise ValueError(f"moveaxis needs as many destinations as sources, got {source} and {destination}")
    order = [axis for axis in range(ndim) if axis not in old]
    for place, axis in sorted(zip(new, old, strict=True)):
        order.insert(place, axis)
    return transpose(x, tuple(order))


@composed(case((2, 3), axis=0), case((2, 3), axis=(0, -1)), case((), axis=0))
def expand_dims(x: Operand, axis: int | Sequence[int]) -> Any:
    """New axes of length 1 at the given places."""
    shape = shape_of(x)
    places = several(axis)
    new = np.lib.array_utils.normalize_axis_tuple(places, len(shape) + len(places))
    rest = iter(shape)
    return reshape(x, tuple(1 if i in new else next(rest) for i in range(len(shape) + len(places))))


@composed(case((1, 3, 1)), case((1, 3, 1), axis=0), case((1, 3, 1), axis=(0, -1)))
def squeeze(x: Operand, axis: int | Sequence[int] | None = None) -> Any:
    """Axes of length 1 removed: all of them, or those named."""
    shape = shape_of(x)
    gone = (
        tuple(i for i, n in enumerate(shape) if n == 1)
        if axis is None
        else np.lib.array_utils.normalize_axis_tuple(axis, len(shape))
    )
    if any(shape[i] != 1 for i in gone):
        raise ValueError(f"squeeze removes axes of length 1 only; axis {axis} of shape {shape} is longer")
    return reshape(x, tuple(n for i, n in enumerate(shape) if i not in gone))


def _piece(g: Any, out: Any, *operands: Any, index: int, axis: int | None) -> Any:
    """The part of a joined gradient that belongs to one operand."""
    if axis is None:
        start = sum(math.prod(shape_of(x)) for x in operands[:index])
        shape = shape_of(operands[index])
        return reshape(g[start : start + math.prod(shape)], shape)
    start = sum(shape_of(x)[axis] for x in operands[:index])
    stop = start + shape_of(operands[index])[axis]
    return g[(slice(None),) * (axis % len(shape_of(g))) + (slice(start, stop),)]


@primitive(
    "concatenate({x})",
    Rule(_piece, "1", "the part of {g} that came from {x}"),
    variadic=True,
    cases=(case((2, 3), (1, 3)), case((2, 3), (2, 1), axis=-1), case((2,), (3, 1), axis=None)),
)
def concatenate(arrays: Sequence[Operand], axis: int | None = 0) -> Any:
    """Arrays joined along an axis that they have; ``axis=None`` joins all their entries in one row."""
    return library(*arrays).concatenate(arrays, axis=axis)


@primitive(
    "stack({x})",
    Rule(
        lambda g, out, *operands, index, axis: g[(slice(None),) * (axis % len(shape_of(g))) + (index,)],
        "1",
        "the slice of {g} that came from {x}",
    ),
    variadic=True,
    cases=(case((2, 3), (2, 3)), case((2, 3), (2, 3), axis=-1), case((), (), ())),
)
def stack(arrays: Sequence[Operand], axis: int = 0) -> Any:
    """Arrays of one shape joined along a new axis; numbers become a row."""
    return library(*arrays).stack(arrays, axis=axis)


def array(x: Operand) -> Any:
    """Nested lists that may hold Values as one Value, which stays joined to them; without Values, as an array."""
    def holds_nodes(item: Any) -> bool:
        return isinstance(item, Node) or (isinstance(item, (list, tuple)) and any(map(holds_nodes, item)))

    if isinstance(x, (list, tuple)) and holds_nodes(x):
        return stack([array(item) for item in x])
    return x if isinstance(x, Node) else np.asarray(x)


@composed(case((2, 3), (4, 3)), case((3,), (3,)))
def vstack(*arrays: Operand) -> Any:
    """Arrays joined row upon row."""
    parts = arrays[0] if len(arrays) == 1 else arrays
    return concatenate([reshape(x, (1, -1)) if len(shape_of(x)) < 2 else x for x in parts], axis=0)


@composed(case((2, 3), (2, 4)), case((3,), (2,)))
def hstack(*arrays: Operand) -> Any:
    """Arrays joined side by side."""
    parts = [reshape(x, (1,)) if shape_of(x) == () else x for x in (arrays[0] if len(arrays) == 1 else arrays)]
    return concatenate(parts, axis=0 if len(shape_of(parts[0])) == 1 else 1)


@composed(case((2, 3), reps=2), case((2, 3), reps=(2, 1)), case((3,), reps=(2, 2)))
def tile(x: Operand, reps: int | Sequence[int]) -> Any:
    """``x`` laid side by side, ``reps`` times along each axis."""
    times = several(reps)
    shape = shape_of(x)
    ndim = max(len(times), len(shape))
    shape, times = (1,) * (ndim - len(shape)) + shape, (1,) * (ndim - len(times)) + times
    split_up = tuple(n for size in shape for n in (1, size))
    copied = tuple(n for pair in zip(times, shape, strict=True) for n in pair)
    return reshape(
        broadcast_to(reshape(x, split_up), copied), tuple(t * n for t, n in zip(times, shape, strict=True))
    )
