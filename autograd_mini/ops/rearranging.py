"""Rearranging: entries repeated, turned round, moved along."""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import index
from typing import Any

import numpy as np

from ..arrays import as_numpy, dtype_of, shape_of
from ..operation import Operand, case, composed
from .indexing import getitem, plain_index, scatter, take
from .joining import array, concatenate
from .plain import as_data
from .shapes import astype, broadcast_to, expand_dims, ravel, reshape, several, swapaxes


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
    shape = shape_of(x)
    axis = np.lib.array_utils.normalize_axis_index(axis, len(shape))
    times = np.asarray(repeats)
    if times.size == 1 and times.item() >= 0:  # one count for all is a broadcast, whose rule is a sum
        count = index(times.item())
        wide = broadcast_to(expand_dims(x, axis + 1), (*shape[: axis + 1], count, *shape[axis + 1 :]))
        return reshape(wide, (*shape[:axis], shape[axis] * count, *shape[axis + 1 :]))
    return take(x, np.repeat(np.arange(shape[axis]), times), axis)


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
        n = shape[i]
        cut = n - by % n if n else 0
        if 0 < cut < n:
            lead = (slice(None),) * int(i)
            x = concatenate([getitem(x, (*lead, slice(cut, None))), getitem(x, (*lead, slice(0, cut)))], axis=int(i))
    return x


@composed(case((2, 3)))
def fliplr(x: Operand) -> Any:
    """The columns in reverse order: ``flip`` along the second axis.

    Parameters
    ----------
    x : Value or array
        With two axes or more.

    Returns
    -------
    Value if ``x`` is one, else array

    Raises
    ------
    ValueError
        If ``x`` has less than two axes.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.fliplr([[1.0, 2.0], [3.0, 4.0]])
    array([[2., 1.],
           [4., 3.]])
    """
    if len(shape_of(x)) < 2:
        raise ValueError(f"fliplr needs two axes or more, got shape {shape_of(x)}")
    return flip(x, 1)


@composed(case((2, 3)), case((3,)))
def flipud(x: Operand) -> Any:
    """The rows in reverse order: ``flip`` along the first axis.

    Parameters
    ----------
    x : Value or array
        With one axis or more.

    Returns
    -------
    Value if ``x`` is one, else array

    Raises
    ------
    ValueError
        For a single number.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.flipud([[1.0, 2.0], [3.0, 4.0]])
    array([[3., 4.],
           [1., 2.]])
    """
    if not shape_of(x):
        raise ValueError("flipud needs an axis, this is a single number")
    return flip(x, 0)


@composed(case((2, 3)), case((2, 3), k=2), case((2, 3), k=-1), case((2, 3, 4), k=3, axes=(1, 2)), case((2, 3), k=4))
def rot90(x: Operand, k: int = 1, axes: Sequence[int] = (0, 1)) -> Any:
    """``x`` turned by right angles in the plane of two axes, from the first towards the second.

    Parameters
    ----------
    x : Value or array
        With two axes or more.
    k : int
        How many right angles; 1 by default.
    axes : pair of int
        The plane; the first two axes by default.

    Returns
    -------
    Value if ``x`` is one, else array

    Raises
    ------
    ValueError
        If ``axes`` is no pair of different axes.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.rot90([[1.0, 2.0], [3.0, 4.0]])
    array([[2., 4.],
           [1., 3.]])
    """
    pair = np.lib.array_utils.normalize_axis_tuple(axes, len(shape_of(x)), "axes")
    if len(pair) != 2:
        raise ValueError(f"rot90 turns in the plane of two axes, got {axes}")
    turns = k % 4
    if turns == 2:
        return flip(x, pair)
    x = flip(x, pair[1]) if turns == 1 else x
    x = swapaxes(x, *pair) if turns % 2 else x
    return flip(x, pair[1]) if turns == 3 else getitem(x, ...)


@composed(case((2, 3), new_shape=(4, 2)), case((2, 3), new_shape=4), case((3,), new_shape=(2, 5)))
def resize(x: Operand, new_shape: int | Sequence[int]) -> Any:
    """The entries, row by row and as often as needed, in another shape.

    Parameters
    ----------
    x : Value, number or array
    new_shape : int or sequence of int

    Returns
    -------
    Value if ``x`` is one, else array

    Raises
    ------
    ValueError
        If a length is negative.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.resize([1.0, 2.0, 3.0], (2, 2))
    array([[1., 2.],
           [3., 1.]])
    """
    shape = several(new_shape)
    if any(n < 0 for n in shape):
        raise ValueError(f"resize needs lengths from 0 on, got {new_shape}")
    total, have = math.prod(shape), math.prod(shape_of(x))
    if not have:
        return broadcast_to(scatter(ravel(x), slice(0, 0), (1,)), shape)
    return reshape(getitem(tile(ravel(x), -(-total // have)), slice(0, total)), shape)


@composed(
    case((2, 3), obj=1, axis=1),
    case((2, 3), obj=[0, -1], axis=1),
    case((4,), obj=slice(0, 4, 2), axis=0),
    case((2, 3), obj=2),
    case((4,), obj=np.array([True, False, True, False])),
)
def delete(x: Operand, obj: Any, axis: int | None = None) -> Any:
    """``x`` without some of its entries, or slices along an axis.

    Parameters
    ----------
    x : Value or array
    obj : int, slice, sequence of int or mask
        Those that go.
    axis : int, optional
        Without one, all entries count as one row.

    Returns
    -------
    Value if ``x`` is one, else array

    Notes
    -----
    What went gets the gradient 0.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.delete([1.0, 2.0, 3.0], 1)
    array([1., 3.])
    """
    if axis is None:
        x, axis = ravel(x), 0
    axis = np.lib.array_utils.normalize_axis_index(axis, len(shape_of(x)))
    return take(x, np.delete(np.arange(shape_of(x)[axis]), plain_index(obj)), axis)


@composed(
    case((3,), (), obj=1),
    case((2, 3), (2,), obj=1, axis=1),
    case((2, 3), (2, 2), obj=[0, 2], axis=1),
    case((2, 3), (3, 3), obj=[0, 2, 2], axis=0),
    case((4,), (2,), obj=slice(0, 4, 2)),
    case((2, 2), (3,), obj=[0, 1, 4]),
)
def insert(x: Operand, obj: Any, values: Operand, axis: int | None = None) -> Any:
    """``x`` with further entries, or slices along an axis, before the given places.

    Parameters
    ----------
    x : Value or array
    obj : int, slice or sequence of int
        The places, counted in ``x`` as it comes.
    values : Value, number or array
        What is put there; it broadcasts as in ``np.insert``.
    axis : int, optional
        Without one, all entries count as one row.

    Returns
    -------
    Value if an operand is one, else array

    Examples
    --------
    >>> import autograd_mini as am
    >>> x, v = am.Value([1.0, 2.0]), am.Value(9.0)
    >>> y = am.insert(x, [0, 2], v)
    >>> y
    Value([9., 1., 2., 9.], shape=(4,), op=getitem)
    >>> am.gradients(y.sum(), v)
    2.0
    """
    x, values = array(x), array(values)
    size = math.prod(shape_of(x))
    numbers = np.arange(size).reshape(shape_of(x))
    added = size + np.arange(math.prod(shape_of(values))).reshape(shape_of(values))
    # NumPy moves the numbers of the entries, and the entries follow
    order = np.insert(numbers, plain_index(obj), added, axis)
    return getitem(concatenate([ravel(x), ravel(astype(values, dtype_of(x)))]), order)


@composed(case((4,)), case((4,), trim="f"))
def trim_zeros(x: Operand, trim: str = "fb", axis: int | Sequence[int] | None = None) -> Any:
    """``x`` without the zeros at its ends.

    Parameters
    ----------
    x : Value or array
    trim : {"fb", "f", "b"}
        Both ends, the front, or the back.
    axis : int or sequence of int, optional
        All axes by default.

    Returns
    -------
    Value if ``x`` is one, else array

    Raises
    ------
    ValueError
        For another ``trim``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.trim_zeros(am.Value([0.0, 1.0, 0.0, 2.0, 0.0]))
    Value([1., 0., 2.], shape=(3,), op=getitem)
    """
    front, back = "f" in trim.lower(), "b" in trim.lower()
    if not trim or trim.lower().strip("fb"):
        raise ValueError(f'trim is made of "f" and "b", got {trim!r}')
    ndim = len(shape_of(x))
    axes = range(ndim) if axis is None else np.lib.array_utils.normalize_axis_tuple(axis, ndim)
    places = np.argwhere(as_numpy(as_data(x)))
    ranges = []
    for i, n in enumerate(shape_of(x)):
        if i not in axes:
            ranges.append(slice(0, n))
        elif not len(places):
            ranges.append(slice(0, 0))
        else:
            ranges.append(slice(int(places[:, i].min()) if front else 0, int(places[:, i].max()) + 1 if back else n))
    return getitem(x, tuple(ranges))
