"""NumPy's functions that write into an array, as functions that give a new one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..arrays import as_numpy, is_abstract, shape_of
from ..operation import Operand, case, composed
from .arithmetic import where
from .indexing import brought_in, index_along_axis, plain_index
from .joining import array
from .plain import as_data, option
from .rearranging import resize
from .shapes import ravel, reshape
from .updates import put_at


@composed(
    case((3, 4), (2, 4), indices=np.array([[0, 1, 1, 2], [2, 0, 0, 1]]), axis=0),
    case((3, 4), (3, 1), indices=np.array([[0], [3], [2]]), axis=1),
    case((2, 3), (2,), indices=np.array([4, 0]), axis=None),
)
def put_along_axis(x: Operand, indices: Any, values: Operand, axis: int | None) -> Any:
    """A copy of ``x`` with other entries where each row of ``indices`` says: the inverse of ``take_along_axis``.

    Parameters
    ----------
    x : Value or array
    indices : array of int
        With as many axes as ``x``, and its lengths but along ``axis``.
    values : Value, number or array
        It broadcasts to the shape of ``indices``.
    axis : int or None
        None counts all entries as one row.

    Returns
    -------
    Value if an operand is one, else array

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_mini as am
    >>> am.put_along_axis(np.zeros((2, 2)), [[1], [0]], 5.0, axis=1)
    array([[0., 5.],
           [5., 0.]])
    """
    shape, where_to = shape_of(x), as_numpy(plain_index(indices))
    if axis is None:
        return reshape(put_at(ravel(x), values, where_to), shape)
    return put_at(x, values, index_along_axis(where_to, shape, axis))


def _at_numbers(x: Any, numbers: Any, values: Any) -> Any:
    """``x`` with values at entries numbered row by row; the values start over where there are too few."""
    if not len(numbers):
        return reshape(ravel(x), shape_of(x))
    values = array(values)
    count = math.prod(shape_of(values))
    if not count:
        raise ValueError(f"there are {len(numbers)} entries to fill and no values")
    return reshape(put_at(ravel(x), resize(values, len(numbers)), numbers), shape_of(x))


@composed(
    case((2, 3), (2,), ind=np.array([0, -1])),
    case((2, 3), (), ind=2),
    case((4,), (2,), ind=np.array([0, 5, 2]), mode="wrap"),
    case((4,), (2,), ind=np.array([0, 5, 0]), mode="clip"),
)
def put(x: Operand, ind: Any, v: Operand, mode: str = "raise") -> Any:
    """A copy of ``x`` with other entries at numbers that count all entries as one row.

    Parameters
    ----------
    x : Value or array
    ind : int, or list or array of int
        Where an entry is named twice, the last value stays.
    v : Value, number or array
        The entries; they start over where there are too few.
    mode : {"raise", "wrap", "clip"}
        A number out of range is an error, or goes round, or to the nearest end.

    Returns
    -------
    Value if an operand is one, else array

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.put([1.0, 2.0, 3.0], [0, -1], am.Value(9.0))
    Value([9., 2., 9.], shape=(3,), op=reshape)
    """
    numbers = np.ravel(np.asarray(as_numpy(plain_index(option("put()", "ind", ind))), dtype=np.intp))
    if numbers.size and not math.prod(shape_of(x)):
        raise IndexError(f"put has no entry {ind} in shape {shape_of(x)}, which is empty")
    if not math.prod(shape_of(array(v))):  # as in NumPy nothing is put then
        numbers = numbers[:0]
    if mode != "raise":
        numbers = brought_in(numbers, math.prod(shape_of(x)), mode)
    return _at_numbers(x, numbers, v)


@composed(
    case((2, 3), (2,), mask=np.array([[True, False, True], [True, False, False]])),
    case((2, 2), (5,), mask=np.array([[True, False], [False, True]])),
)
def place(x: Operand, mask: Any, vals: Operand) -> Any:
    """A copy of ``x`` with other entries where a mask holds, taken from ``vals`` one after the other.

    Parameters
    ----------
    x : Value or array
    mask : array of bool
        In the shape of ``x``.
    vals : Value or array
        It starts over where there are too few.

    Returns
    -------
    Value if an operand is one, else array

    Raises
    ------
    ValueError
        If the mask has another shape, or there are no values for it.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.place([1.0, 2.0, 3.0], [True, False, True], am.Value([8.0, 9.0]))
    Value([8., 2., 9.], shape=(3,), op=reshape)
    """
    chosen = np.asarray(as_numpy(as_data(mask)), bool)
    if chosen.size != math.prod(shape_of(x)):
        raise ValueError(f"place needs a mask in the shape of x, got {chosen.shape} and {shape_of(x)}")
    return _at_numbers(x, np.flatnonzero(chosen), vals)


@composed(case((2, 3), (2,), mask=np.array([[True, False, True], [True, False, False]])))
def putmask(x: Operand, mask: Any, values: Operand) -> Any:
    """A copy of ``x`` with the entries of ``values`` that stand at the same places, where a mask holds.

    Parameters
    ----------
    x : Value or array
    mask : array of bool
        In the shape of ``x``.
    values : Value or array
        It starts over where there are too few.

    Returns
    -------
    Value if an operand is one, else array

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.putmask([1.0, 2.0, 3.0], [True, False, True], am.Value([7.0, 8.0, 9.0]))
    Value([7., 2., 9.], shape=(3,), op=where)
    """
    mask = as_data(mask)
    return where(mask if is_abstract(mask) else np.asarray(as_numpy(mask), bool), resize(values, shape_of(x)), x)


@composed(
    case((3, 4), ()),
    case((2, 2, 2), ()),
    case((5, 2), (2,), wrap=True),
    case((5, 2), (3,)),
)
def fill_diagonal(x: Operand, val: Operand, wrap: bool = False) -> Any:
    """A copy of ``x`` with another diagonal.

    Parameters
    ----------
    x : Value or array
        With two axes, or more of one length.
    val : Value, number or array
        The diagonal; it starts over where there are too few entries.
    wrap : bool
        Whether in a tall matrix the diagonal starts over after a row without one; False by default.

    Returns
    -------
    Value if an operand is one, else array

    Raises
    ------
    ValueError
        If ``x`` has less than two axes, or more of different lengths.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.fill_diagonal(am.Value([[1.0, 2.0], [3.0, 4.0]]), 0.0)
    Value([[0., 2.],
           [3., 0.]], shape=(2, 2), op=reshape)
    """
    shape = shape_of(x)
    if len(shape) < 2 or (len(shape) > 2 and len(set(shape)) > 1):
        raise ValueError(f"fill_diagonal needs a matrix, or axes of one length, got shape {shape}")
    places = np.zeros(shape, bool)
    if math.prod(shape_of(array(val))):  # as in NumPy nothing is filled in otherwise
        np.fill_diagonal(places, True, wrap=wrap)
    return _at_numbers(x, np.flatnonzero(places), val)
