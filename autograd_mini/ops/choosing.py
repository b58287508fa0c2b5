"""Choosing: entries by conditions and by number, and functions of pieces."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..arrays import as_numpy, is_abstract, is_foreign, kind_of, shape_of
from ..arrays.batched import whole
from ..arrays.labels import check_labels
from ..operation import Operand, case, composed
from .arithmetic import where, zeros_like
from .axes import broadcast_arrays
from .indexing import getitem, take
from .joining import array, stack
from .plain import as_data
from .shapes import astype, expand_dims, moveaxis, ravel, reshape, several
from .updates import put_at


@composed(
    case((2, 3), (), condlist=[np.array([True, False, False]), np.array([True, True, False])]),
    case((2, 3), (3,), condlist=[np.array([[True, False, False]]), np.array([True, True, False])], default=0.5),
)
def select(condlist: Sequence[Any], choicelist: Sequence[Operand], default: Operand = 0) -> Any:
    """Element by element the choice of the first condition that holds, or the default.

    Parameters
    ----------
    condlist : sequence of arrays of bool
    choicelist : sequence of Values, numbers and arrays
        One for each condition; all shapes broadcast together.
    default : Value, number or array
        Where no condition holds; 0 by default.

    Returns
    -------
    Value if a choice is one, else array

    Raises
    ------
    ValueError
        If there are not as many choices as conditions, or none.
    TypeError
        If a condition is not made of booleans.

    Notes
    -----
    An entry's gradient goes to the choice that was taken.

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([-2.0, 0.5, 3.0])
    >>> y = am.select([x < 0, x < 1], [-x, x], default=1.0)
    >>> y
    Value([2. , 0.5, 1. ], shape=(3,), op=where)
    >>> am.gradients(y.sum(), x)
    array([-1.,  1.,  0.])
    """
    if len(condlist) != len(choicelist) or not len(condlist):
        raise ValueError(f"select needs a choice for each condition, got {len(condlist)} and {len(choicelist)}")
    check_labels("select", [*condlist, *choicelist, default])
    *choicelist, result = _in_one_dtype([*choicelist, default])
    for condition, choice in zip(reversed(list(condlist)), reversed(choicelist), strict=True):
        mask = _mask("select", condition)
        result = where(mask, choice, result)
    return result


def _in_one_dtype(parts: Sequence[Any]) -> list[Any]:
    """Choices with Python's numbers among them in the dtype that NumPy's arrays give them."""
    data = [as_data(x) for x in parts]
    if any(map(is_foreign, data)):
        return list(parts)
    dtype = np.result_type(*data)
    return [x if hasattr(own, "dtype") else astype(x, dtype) for x, own in zip(parts, data, strict=True)]


def _mask(name: str, condition: Any) -> Any:
    mask = as_data(condition)
    if kind_of(mask) != "b":
        raise TypeError(f"{name} needs conditions of booleans, got {getattr(mask, 'dtype', type(mask).__name__)}")
    return mask


def piecewise(
    x: Operand, condlist: Any, funclist: Sequence[Callable[..., Any] | Operand], *args: Any, **kw: Any
) -> Any:
    """A function in pieces: each is asked for the entries where its condition holds, and for no others.

    Parameters
    ----------
    x : Value, number or array
    condlist : array of bool, or sequence of them
        In the shape of ``x``. Where several hold, the last counts.
    funclist : sequence of callables, Values or numbers
        One for each condition, and perhaps one more for where none holds, 0 by default. A callable is given the entries
        of ``x`` in a row.
    *args, **kw
        Passed to the callables.

    Returns
    -------
    Value if ``x`` or a piece is one, else array
        In the shape of ``x``.

    Raises
    ------
    ValueError
        If the number of pieces does not fit that of the conditions.

    Notes
    -----
    Inside ``vmap``, where examples differ in what holds, a callable is given all entries; in place of those where its
    condition does not hold stands one where it does.

    Examples
    --------
    No slope is computed where it is not asked for, so that no 0 · inf arises:

    >>> import autograd_mini as am
    >>> x = am.Value([-1.0, 0.0, 4.0])
    >>> y = am.piecewise(x, [x > 0], [am.sqrt])
    >>> y
    Value([0., 0., 2.], shape=(3,), op=put_at)
    >>> am.gradients(y.sum(), x)
    array([0.  , 0.  , 0.25])
    """
    x = array(x)
    shape = shape_of(x)
    conditions = [as_data(c) for c in _listed(condlist, len(shape))]
    together = any(map(is_abstract, conditions))
    if not together:
        conditions = [np.asarray(as_numpy(c), bool) for c in conditions]
    if len(funclist) == len(conditions) + 1:
        conditions.append(~functools.reduce(operator.or_, conditions))
    if len(funclist) != len(conditions):
        raise ValueError(f"piecewise needs a function for each of {len(conditions)} conditions, got {len(funclist)}")
    result: Any = zeros_like(x)
    for condition, piece in zip(conditions, funclist, strict=True):
        if together:
            part = _of_all(piece, x, condition, args, kw) if callable(piece) else piece
            result = astype(where(condition, part, result), as_data(x).dtype)
        elif not callable(piece):
            result = put_at(result, piece, condition)
        elif condition.any():
            result = put_at(result, piece(getitem(x, condition), *args, **kw), condition)
    return result


def _of_all(piece: Callable[..., Any], x: Any, condition: Any, args: Sequence[Any], kw: dict[str, Any]) -> Any:
    """A piece of every entry in every example; where the condition does not hold, of one from where it does."""
    if not is_abstract(held := whole(condition)):
        allowed = as_numpy(whole(where(condition, as_data(x), np.nan)))
        known = allowed[~np.isnan(allowed)]
        if not held.any():
            return zeros_like(x)
        x = where(condition, x, known[0] if known.size else np.nan)
    return reshape(piece(ravel(x), *args, **kw), shape_of(x))


def _listed(condlist: Any, ndim: int) -> list[Any]:
    """Conditions as a list; a single one may come without it."""
    if isinstance(condlist, (list, tuple)) and len(condlist) and (np.ndim(condlist[0]) or not ndim):
        return list(condlist)
    return [condlist] if np.ndim(condlist) <= ndim else list(condlist)


@composed(
    case((3,), (3,), numbers=np.array([0, 1, 0])),
    case((2, 1), (3,), (), numbers=np.array([0, 5, -1]), mode="wrap"),
    case((2, 3), (3,), numbers=np.array([0, 5, -1]), mode="clip"),
)
def choose(x: Any, choices: Sequence[Operand], mode: str = "raise") -> Any:
    """Element by element the entry of the choice that a number names.

    Parameters
    ----------
    x : array of int
        Which choice, counted from 0.
    choices : sequence of Values, numbers and arrays
        Shapes that broadcast together and with the numbers.
    mode : {"raise", "wrap", "clip"}
        A number out of range is an error, or goes round, or to the nearest end.

    Returns
    -------
    Value if a choice is one, else array

    Raises
    ------
    ValueError
        If a number is out of range and ``mode`` is "raise", or there is no such mode.
    TypeError
        If the numbers are not whole.

    Notes
    -----
    An entry's gradient goes to the choice that was taken.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.choose([0, 1, 0], [am.Value([1.0, 2.0, 3.0]), 10.0])
    Value([ 1., 10.,  3.], shape=(3,), op=where)
    """
    numbers, n = as_data(x), len(choices)
    if kind_of(numbers) not in "iub":
        raise TypeError(f"choose needs whole numbers, got {np.asarray(whole(numbers)).dtype}")
    numbers = numbers if is_abstract(numbers) else as_numpy(numbers)
    if mode not in ("raise", "wrap", "clip"):
        raise ValueError(f"choose has no mode {mode!r}: choose raise, wrap or clip")
    if mode == "wrap":
        numbers = numbers % n
    elif mode == "clip":
        numbers = numbers.clip(0, n - 1)
    elif not is_abstract(all_of := whole(numbers)) and all_of.size and (all_of.min() < 0 or all_of.max() >= n):
        raise ValueError(f"choose got the number {all_of.max()} for {n} choices")
    choices = _in_one_dtype(choices)
    result: Any = broadcast_arrays(numbers, *choices)[-1]
    for i in reversed(range(n - 1)):
        result = where(numbers == i, choices[i], result)
    return result


@composed(
    case((2, 3), condition=[True, False, True], axis=1),
    case((2, 3), condition=[False, True]),
    case((2, 3), condition=[True], axis=0),
)
def compress(condition: Any, x: Operand, axis: int | None = None) -> Any:
    """The entries, or slices along an axis, where a condition holds.

    Parameters
    ----------
    condition : sequence of bool
        No longer than the axis; what is missing does not hold.
    x : Value or array
    axis : int, optional
        Without one, all entries count as one row.

    Returns
    -------
    Value if ``x`` is one, else array

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.compress([True, False, True], am.Value([1.0, 2.0, 3.0]))
    Value([1., 3.], shape=(2,), op=getitem)
    """
    return take(x, np.flatnonzero(as_numpy(as_data(condition))), axis)


@composed(case((2, 3), condition=np.array([[True, False, True], [False, True, False]])))
def extract(condition: Any, x: Operand) -> Any:
    """The entries where a condition holds, in a row.

    Parameters
    ----------
    condition : array of bool
        With as many entries as ``x``.
    x : Value or array

    Returns
    -------
    Value if ``x`` is one, else array

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([1.0, -2.0, 3.0])
    >>> am.extract(x > 0, x)
    Value([1., 3.], shape=(2,), op=getitem)
    """
    return take(ravel(x), np.flatnonzero(as_numpy(as_data(condition))))


@composed(
    case((2, 3), func1d=lambda row: row[0] * row[1], axis=1),
    case((2, 3, 2), func1d=lambda row: row * row[::-1], axis=1),
)
def apply_along_axis(func1d: Callable[..., Any], axis: int, x: Operand, *args: Any, **kwargs: Any) -> Any:
    """A function of rows, for every row along an axis.

    Parameters
    ----------
    func1d : callable
        From a row to a number or an array, the same shape for every row.
    axis : int
    x : Value or array
    *args, **kwargs
        Passed on after the row.

    Returns
    -------
    Value if ``x`` is one, else array
        In place of ``axis`` stand the axes of what the function returned.

    Raises
    ------
    ValueError
        If there is no row.

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([[1.0, 2.0], [3.0, 4.0]])
    >>> am.apply_along_axis(lambda row: row[0] * row[1], 1, x)
    Value([ 2., 12.], shape=(2,), op=transpose)
    """
    shape = shape_of(x)
    axis = np.lib.array_utils.normalize_axis_index(axis, len(shape))
    others = shape[:axis] + shape[axis + 1 :]
    if 0 in others:
        raise ValueError(f"apply_along_axis has no row along axis {axis} of shape {shape}")
    rows = moveaxis(x, axis, -1)
    found = [func1d(getitem(rows, place), *args, **kwargs) for place in np.ndindex(*others)]
    inner = shape_of(found[0])
    together = reshape(stack(found), (*others, *inner))
    first = len(others)
    return moveaxis(together, tuple(range(first, first + len(inner))), tuple(range(axis, axis + len(inner))))


@composed(case((2, 3), func=lambda x, axis: x.sum(axis), axes=[0, 1]), case((2, 3), func=np.sum, axes=0))
def apply_over_axes(func: Callable[[Any, int], Any], x: Operand, axes: int | Sequence[int]) -> Any:
    """A function of an array and an axis, applied for one axis after the other.

    Parameters
    ----------
    func : callable
        ``func(x, axis)`` keeps the axis, or removes it, and then it stays with length 1.
    x : Value or array
    axes : int or sequence of int

    Returns
    -------
    Value if ``x`` is one, else array
        With as many axes as ``x``.

    Raises
    ------
    ValueError
        If the function returns another number of axes.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.apply_over_axes(am.sum, am.Value([[1.0, 2.0], [3.0, 4.0]]), [0, 1])
    Value([[10.]], shape=(1, 1), op=reshape)
    """
    ndim = len(shape_of(x))
    for axis in several(axes):
        place = np.lib.array_utils.normalize_axis_index(axis, ndim)
        found = func(x, place)
        if len(shape_of(found)) == ndim - 1:
            found = expand_dims(found, place)
        if len(shape_of(found)) != ndim:
            raise ValueError(f"func must return {ndim} axes, or one less, got shape {shape_of(found)}")
        x = found
    return x
