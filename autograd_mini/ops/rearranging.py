"""Rearranging: entries repeated, turned round, moved along."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays import shape_of
from ..operation import Operand, case, composed
from .indexing import getitem, take
from .shapes import broadcast_to, ravel, reshape, several


@composed(case((2, 3), reps=2), case((2, 3), reps=(2, 1)), case((3,), reps=(2, 2)))
def tile(x: Operand, reps: int | Sequence[int]) -> Any:
    """``x`` laid side by side, ``reps`` times along each axis.

    Parameters
    ----------
    x : Value, number or array
    reps : int or sequence of int
        For the last axes if there are fewer than ``x`` has.

    Returns
    -------
    Value if ``x`` is one, else array

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([1.0, 2.0])
    >>> am.tile(x, 2)
    Value([1., 2., 1., 2.], shape=(4,), op=reshape)
    >>> am.gradients(am.tile(x, 2).sum(), x)
    array([2., 2.])
    """
    times = several(reps)
    shape = shape_of(x)
    ndim = max(len(times), len(shape))
    shape, times = (1,) * (ndim - len(shape)) + shape, (1,) * (ndim - len(times)) + times
    split_up = tuple(n for size in shape for n in (1, size))
    copied = tuple(n for pair in zip(times, shape, strict=True) for n in pair)
    return reshape(broadcast_to(reshape(x, split_up), copied), tuple(t * n for t, n in zip(times, shape, strict=True)))


@composed(case((2, 3), repeats=2), case((2, 3), repeats=2, axis=1), case((3,), repeats=(1, 0, 2), axis=0))
def repeat(x: Operand, repeats: int | Sequence[int], axis: int | None = None) -> Any:
    """Each entry (or slice along ``axis``) several times in a row.

    Parameters
    ----------
    x : Value, number or array
    repeats : int or sequence of int
        How often: one number for all, or one for each.
    axis : int, optional
        Without one, all entries count as one row.

    Returns
    -------
    Value if ``x`` is one, else array

    Notes
    -----
    The gradient of an entry is the sum over its copies.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.repeat([1.0, 2.0], [1, 3])
    array([1., 2., 2., 2.])
    """
    if axis is None:
        x, axis = ravel(x), 0
    axis = np.lib.array_utils.normalize_axis_index(axis, len(shape_of(x)))
    return take(x, np.repeat(np.arange(shape_of(x)[axis]), repeats), axis)


@composed(case((2, 3)), case((2, 3), axis=1), case((2, 3), axis=(0, 1)))
def flip(x: Operand, axis: int | Sequence[int] | None = None) -> Any:
    """The entries in reverse order along the given axes, or all.

    Parameters
    ----------
    x : Value or array
    axis : int or sequence of int, optional
        All axes by default.

    Returns
    -------
    Value if ``x`` is one, else array
        In the shape of ``x``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.flip([[1.0, 2.0], [3.0, 4.0]], axis=1)
    array([[2., 1.],
           [4., 3.]])
    """
    ndim = len(shape_of(x))
    axes = range(ndim) if axis is None else np.lib.array_utils.normalize_axis_tuple(axis, ndim)
    return getitem(x, tuple(slice(None, None, -1) if i in axes else slice(None) for i in range(ndim)))


@composed(
    case((2, 3), shift=1),
    case((2, 3), shift=-2, axis=1),
    case((2, 3), shift=(1, 2), axis=(0, 1)),
    case((2, 3), shift=1, axis=(0, 1)),
    case((3, 4), shift=(1, 2), axis=1),
)
def roll(x: Operand, shift: int | Sequence[int], axis: int | Sequence[int] | None = None) -> Any:
    """The entries moved along an axis; what leaves at one end comes in at the other.

    Parameters
    ----------
    x : Value or array
    shift : int or sequence of int
        How far, towards the end; one for each axis.
    axis : int or sequence of int, optional
        Without one, all entries move as one row.

    Returns
    -------
    Value if ``x`` is one, else array
        In the shape of ``x``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.roll([1.0, 2.0, 3.0, 4.0], 1)
    array([4., 1., 2., 3.])
    """
    shape = shape_of(x)
    if axis is None:
        return reshape(roll(ravel(x), shift, 0), shape)
    axes = np.lib.array_utils.normalize_axis_tuple(axis, len(shape), allow_duplicate=True)
    for i, by in np.broadcast(axes, shift):
        x = take(x, np.roll(np.arange(shape[i]), by), int(i))
    return x
