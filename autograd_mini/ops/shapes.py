"""Shapes: the same entries in another arrangement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import index
from typing import Any

import numpy as np

from ..arrays import dtype_of, library, shape_of
from ..operation import Operand, Rule, case, composed, primitive


def several(numbers: int | Sequence[int]) -> tuple[int, ...]:
    """One whole number or a sequence of them, as a tuple."""
    return tuple(numbers) if isinstance(numbers, (tuple, list, np.ndarray)) else (index(numbers),)  # type: ignore[arg-type]


@primitive(
    "reshape({x}, {shape})",
    Rule(lambda g, out, x, shape, order: reshape(g, shape_of(x), order), "1", "{g} in the shape of {x}"),
    cases=(
        case((2, 3), shape=(3, 2)),
        case((2, 3), shape=(3, -1), order="F"),
        case((2, 3), shape=-1),
        case((), shape=(1, 1)),
        case((0, 3), shape=(3, 0)),
    ),
    linear=True,
)
def reshape(x: Operand, shape: int | Sequence[int], order: str = "C") -> Any:
    """The entries in another shape, row by row; one dimension may be -1.

    Parameters
    ----------
    x : Value, number or array
    shape : int or sequence of int
        It must hold as many entries as ``x``; a dimension of -1 is worked out from the others.
    order : {"C", "F"}
        Whether entries are read and put row by row, or column by column.

    Returns
    -------
    Value if ``x`` is one, else array
        In the given shape.

    Raises
    ------
    ValueError
        If the entries do not fit, or for another order.

    Notes
    -----
    The gradient is put back in the shape of ``x``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.reshape([1.0, 2.0, 3.0, 4.0], (2, -1))
    array([[1., 2.],
           [3., 4.]])
    """
    table = library(x)
    if order == "C":
        return table.reshape(x, shape)
    if order != "F":
        raise ValueError(f'order is "C" or "F", got {order!r}: how entries lie in memory means nothing here')
    return table.transpose(table.reshape(table.transpose(x), several(shape)[::-1]))


def _inverse(axes: Sequence[int] | None) -> tuple[int, ...] | None:
    return None if axes is None else tuple(int(i) for i in np.argsort([axis % len(axes) for axis in axes]))


@primitive(
    "{x}ᵀ",
    Rule(lambda g, out, x, axes: transpose(g, _inverse(axes)), "1", "{g}ᵀ"),
    cases=(case((2, 3)), case((2, 3, 4), axes=(2, 0, 1)), case((2, 3, 4), axes=(-1, 0, 1)), case(())),
    linear=True,
)
def transpose(x: Operand, axes: Sequence[int] | None = None) -> Any:
    """The axes in another order; reversed by default.

    Parameters
    ----------
    x : Value, number or array
    axes : sequence of int, optional
        ``axes[i]`` is the old place of the new axis i.

    Returns
    -------
    Value if ``x`` is one, else array
        ``result.shape[i] == x.shape[axes[i]]``.

    Notes
    -----
    The gradient is transposed back.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.transpose([[1.0, 2.0], [3.0, 4.0]])
    array([[1., 3.],
           [2., 4.]])
    """
    return library(x).transpose(x, axes)


@primitive(
    "{x} broadcast to {shape}",
    Rule(lambda g, out, x, shape: g, "1", "{g} summed over the copies"),
    cases=(case((3,), shape=(2, 3)), case((2, 1), shape=(2, 3)), case((), shape=(2,)), case((1, 3), shape=(0, 3))),
    linear=True,
)
def broadcast_to(x: Operand, shape: int | Sequence[int]) -> Any:
    """``x`` repeated along new and length-1 axes to the given shape.

    Parameters
    ----------
    x : Value, number or array
    shape : int or sequence of int
        A shape to which that of ``x`` broadcasts.

    Returns
    -------
    Value if ``x`` is one, else array
        In the given shape.

    Notes
    -----
    Each entry is used several times, so its gradient is the sum over its copies.

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([1.0, 2.0])
    >>> am.gradients(am.broadcast_to(x, (3, 2)).sum(), x)
    array([3., 3.])
    """
    return library(x).broadcast_to(x, several(shape))


@primitive(
    "{x} fitted",
    Rule(
        lambda g, out, x, like: broadcast_to(g, shape_of(x)) if shape_of(g) != shape_of(x) else g,
        "1",
        "{g}, copied",
    ),
    cases=(case((2, 3), like=np.zeros((2, 1))), case((4, 2, 3), like=np.zeros(3)), case((2,), like=0.0)),
    linear=True,
)
def fit(x: Operand, like: Any) -> Any:
    """``x`` summed over the axes along which ``like`` was broadcast: what the engine does to gradients.

    Parameters
    ----------
    x : Value, number or array
    like : number or array
        Its shape must broadcast to that of ``x``.

    Returns
    -------
    Value if ``x`` is one, else number or array
        In the shape and dtype of ``like``.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd_mini.ops.shapes import fit
    >>> fit(np.ones((3, 2)), like=np.zeros(2))
    array([3., 3.])
    """
    return library(x, like).fit(x, like)


@primitive(
    "{x} as {dtype}",
    Rule(lambda g, out, x, dtype: g, "1"),
    cases=(case((3,), dtype="float64"), case((), dtype="float64")),
    linear=True,
)
def astype(x: Operand, dtype: Any) -> Any:
    """The entries in another dtype; the gradient comes back in the old one.

    Whole numbers and booleans have no gradient: they are no part of the graph, and plain data for whoever asks.

    Parameters
    ----------
    x : Value, number or array
    dtype : NumPy dtype, or its name

    Returns
    -------
    Value if ``x`` is one, else array
        In the shape of ``x``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([1.0, 2.0])
    >>> am.astype(x, "float32").dtype, am.gradients(am.astype(x, "float32").sum(), x).dtype
    (dtype('float32'), dtype('float64'))
    """
    return library(x).astype(x, dtype)


def in_float32(function: Callable[..., Any], x: Operand, *args: Any, **options: Any) -> Any:
    """A function of numbers of 16 bits that counts or adds up: computed in float32, and the result cast last."""
    return astype(function(astype(x, "float32"), *args, **options), dtype_of(x))


@composed(case((2, 3)), case(()), case((2, 3), order="F"))
def ravel(x: Operand, order: str = "C") -> Any:
    """All entries as one row.

    Parameters
    ----------
    x : Value, number or array
    order : {"C", "F"}
        Whether they are read row by row, or column by column.

    Returns
    -------
    Value if ``x`` is one, else array
        Of shape (number of entries,).

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.ravel([[1.0, 2.0], [3.0, 4.0]])
    array([1., 2., 3., 4.])
    """
    return reshape(x, -1, order)


@composed(case((2, 3, 4), axis1=0, axis2=-1))
def swapaxes(x: Operand, axis1: int, axis2: int) -> Any:
    """Two axes exchanged.

    Parameters
    ----------
    x : Value or array
    axis1, axis2 : int

    Returns
    -------
    Value if ``x`` is one, else array

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_mini as am
    >>> am.swapaxes(np.zeros((2, 3, 4)), 0, -1).shape
    (4, 3, 2)
    """
    ndim = len(shape_of(x))
    axes = list(range(ndim))
    i, j = np.lib.array_utils.normalize_axis_index(axis1, ndim), np.lib.array_utils.normalize_axis_index(axis2, ndim)
    axes[i], axes[j] = axes[j], axes[i]
    return transpose(x, tuple(axes))


@composed(case((2, 3, 4), source=0, destination=-1), case((2, 3, 4), source=(0, 1), destination=(1, 2)))
def moveaxis(x: Operand, source: int | Sequence[int], destination: int | Sequence[int]) -> Any:
    """Axes moved to other places, the rest in their order.

    Parameters
    ----------
    x : Value or array
    source : int or sequence of int
        Where the axes are.
    destination : int or sequence of int
        Where they go.

    Returns
    -------
    Value if ``x`` is one, else array

    Raises
    ------
    ValueError
        If there are not as many destinations as sources.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_mini as am
    >>> am.moveaxis(np.zeros((2, 3, 4)), 0, -1).shape
    (3, 4, 2)
    """
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
    """New axes of length 1 at the given places.

    Parameters
    ----------
    x : Value, number or array
    axis : int or sequence of int
        Places in the new shape.

    Returns
    -------
    Value if ``x`` is one, else array

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.expand_dims([1.0, 2.0], 1).shape
    (2, 1)
    """
    shape = shape_of(x)
    if type(axis) is int and 0 <= (place := axis if axis >= 0 else axis + len(shape) + 1) <= len(shape):
        return reshape(x, (*shape[:place], 1, *shape[place:]))
    places = several(axis)
    new = np.lib.array_utils.normalize_axis_tuple(places, len(shape) + len(places))
    rest = iter(shape)
    return reshape(x, tuple(1 if i in new else next(rest) for i in range(len(shape) + len(places))))


@composed(case((1, 3, 1)), case((1, 3, 1), axis=0), case((1, 3, 1), axis=(0, -1)))
def squeeze(x: Operand, axis: int | Sequence[int] | None = None) -> Any:
    """Axes of length 1 removed: all of them, or those named.

    Parameters
    ----------
    x : Value, number or array
    axis : int or sequence of int, optional
        All axes of length 1 by default.

    Returns
    -------
    Value if ``x`` is one, else array

    Raises
    ------
    ValueError
        If an axis that is named is longer than 1.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.squeeze([[1.0], [2.0]])
    array([1., 2.])
    """
    shape = shape_of(x)
    gone = (
        tuple(i for i, n in enumerate(shape) if n == 1)
        if axis is None
        else np.lib.array_utils.normalize_axis_tuple(axis, len(shape))
    )
    if any(shape[i] != 1 for i in gone):
        raise ValueError(f"squeeze removes axes of length 1 only; axis {axis} of shape {shape} is longer")
    return reshape(x, tuple(n for i, n in enumerate(shape) if i not in gone))
