"""Indexing: entries taken by basic, fancy and mask indices, and put back where they came from."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays import as_numpy, is_abstract, kind_of, library, plain, shape_of
from ..node import Node
from ..operation import Operand, Rule, case, composed, primitive
from .shapes import astype, ravel


def plain_index(index: Any) -> Any:
    """The index with Values in it (whole numbers or masks) replaced by their data."""
    if isinstance(index, tuple):
        return tuple(plain_index(item) for item in index)
    if isinstance(index, list):
        items = [plain_index(item) for item in index]
        return library(*items).stack(items) if any(type(x) is not int and is_abstract(x) for x in items) else items
    if isinstance(index, Node):
        return index._stored
    return plain(index) if hasattr(index, "to_numpy") else index  # a column of pandas


def _home(x: Any, index: Any) -> Any:
    """The table for entries of ``x``: an index may be an array of another library, or differ between examples."""
    if type(index) is not tuple:
        return library(x, index) if hasattr(index, "dtype") else library(x)
    return library(x, *[item for item in index if hasattr(item, "dtype")])


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
    linear=True,
)
def getitem(x: Operand, index: Any) -> Any:
    """The entries at a NumPy index: numbers, slices, ``...``, ``None``, lists, arrays or a mask.

    Parameters
    ----------
    x : Value or array
    index : int, slice, Ellipsis, None, list, array, Value of whole numbers or booleans, or a tuple of these
        As in ``x[index]``.

    Returns
    -------
    Value if ``x`` is one, else number or array

    Notes
    -----
    The gradient is put back at the index, among zeros; an entry that was taken several times gets the sum.

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([1.0, 2.0, 3.0])
    >>> am.gradients(x[[0, 0, 2]].sum(), x)
    array([2., 0., 1.])
    """
    index = plain_index(index)
    return _home(x, index).getitem(x, index)


@primitive(
    "{x} put at [{index}]",
    Rule(lambda g, out, x, index, shape: getitem(g, index), "1", "{g}[{index}]"),
    cases=(case((4,), index=1, shape=(3, 4)), case((3,), index=[0, 0, 2], shape=(4,))),
    linear=True,
)
def scatter(x: Operand, index: Any, shape: tuple[int, ...]) -> Any:
    """Zeros of a shape to which ``x`` is added at a NumPy index; entries that share an index add up.

    Parameters
    ----------
    x : Value, number or array
        In a shape that fits the index.
    index : as for ``getitem``
    shape : tuple of int
        Shape of the result.

    Returns
    -------
    Value if ``x`` is one, else array

    Notes
    -----
    The gradient of ``x`` is the gradient of the result at the index: ``scatter`` and ``getitem`` are each other's rule.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.scatter([1.0, 2.0, 3.0], [0, 0, 2], (4,))
    array([3., 0., 3., 0.])
    """
    index = plain_index(index)
    return _home(x, index).scatter_add(x, index, shape)


@composed(case((4,), x=np.array([0, 2, 2, 1])), case((3,), x=np.array([1, 1, 0]), minlength=4))
def bincount(x: Any, weights: Operand = None, minlength: int = 0) -> Any:
    """How often each of the whole numbers 0, 1, ... occurs, or the sum of the weights that belong to it.

    Parameters
    ----------
    x : array of int
        One row of numbers from 0 on.
    weights : Value or array, optional
        One weight for each number.
    minlength : int
        How many entries the result has at least; 0 by default.

    Returns
    -------
    Value if ``weights`` is one, else array
        In the dtype of floating weights, where NumPy's is always float64.

    Raises
    ------
    ValueError
        If ``x`` is no row of numbers from 0 on, or there are not as many weights.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.bincount([0, 2, 2])
    array([1, 0, 2])
    >>> am.bincount([0, 2, 2], am.Value([0.5, 1.0, 2.0]))
    Value([0.5, 0. , 3. ], shape=(3,), op=scatter)
    """
    numbers = as_numpy(plain_index(x))
    numbers = numbers if numbers.size else numbers.astype(int)  # an empty list is one of floats
    counts = np.bincount(numbers, minlength=minlength)
    if weights is None:
        return counts
    if shape_of(weights) != numbers.shape:
        raise ValueError(f"bincount of {numbers.size} numbers needs as many weights, got shape {shape_of(weights)}")
    return scatter(astype(weights, np.float64) if kind_of(weights) in "iub" else weights, numbers, counts.shape)


@composed(
    case((3, 4), indices=[0, 0, 5]),
    case((3, 4), indices=[[0, 1], [1, 2]], axis=1),
    case((3, 4), indices=2, axis=0),
    case((3, 4), indices=[-1, 4], axis=1, mode="wrap"),
    case((3, 4), indices=[-1, 4], axis=1, mode="clip"),
)
def take(x: Operand, indices: Any, axis: int | None = None, mode: str = "raise") -> Any:
    """The entries (or slices along ``axis``) with the given numbers; without an axis they count all entries.

    Parameters
    ----------
    x : Value or array
    indices : int, or list or array of int
    axis : int, optional
    mode : {"raise", "wrap", "clip"}
        A number out of range is an error, or goes round, or to the nearest end.

    Returns
    -------
    Value if ``x`` is one, else number or array
        Where ``x`` has ``axis`` it has the shape of ``indices``.

    Raises
    ------
    IndexError
        If a number is out of range and ``mode`` is "raise".
    ValueError
        If there is no such mode.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.take([[1.0, 2.0], [3.0, 4.0]], [1, 1], axis=0)
    array([[3., 4.],
           [3., 4.]])
    >>> am.take([1.0, 2.0, 3.0], -1, mode="clip")
    np.float64(1.0)
    """
    if axis is None:
        x, axis = ravel(x), 0
    axis = np.lib.array_utils.normalize_axis_index(axis, len(shape_of(x)))
    numbers = _index_array(indices)
    if isinstance(numbers, np.ndarray):
        numbers = numbers.astype(np.intp, casting="safe" if numbers.size else "unsafe")
    if mode != "raise":
        numbers = brought_in(numbers, shape_of(x)[axis], mode)
    return getitem(x, (slice(None),) * axis + (numbers,))


def _index_array(indices: Any) -> Any:
    """Indices as an array: NumPy's, unless they are one of another library."""
    found = plain_index(indices)
    return found if hasattr(found, "dtype") else np.asarray(found)


def brought_in(numbers: Any, n: int, mode: str) -> Any:
    """Numbers out of range brought round, or to the nearest end."""
    if mode not in ("wrap", "clip"):
        raise ValueError(f"take has no mode {mode!r}: choose raise, wrap or clip")
    return numbers % n if mode == "wrap" else library(numbers).clip(numbers, 0, n - 1)


@composed(
    case((3, 4), indices=np.array([[0, 0], [1, 3], [2, 2]]), axis=1),
    case((3, 4), indices=np.array([[2, 1, 0, 0]]), axis=0),
)
def take_along_axis(x: Operand, indices: Any, axis: int | None = -1) -> Any:
    """For each row along ``axis``, the entries that the same row of ``indices`` names, as ``argsort`` gives them.

    Parameters
    ----------
    x : Value or array
    indices : array of int
        With as many axes as ``x``, and its lengths but along ``axis``.
    axis : int or None
        The last by default; None takes all entries as one row.

    Returns
    -------
    Value if ``x`` is one, else array
        In the shape of ``indices``.

    Raises
    ------
    ValueError
        If ``indices`` has not as many axes as ``x``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.take_along_axis([[1.0, 2.0], [3.0, 4.0]], [[1], [0]])
    array([[2.],
           [3.]])
    """
    where_to = _index_array(indices)
    if axis is None:
        return getitem(ravel(x), where_to)
    return getitem(x, index_along_axis(where_to, shape_of(x), axis))


def index_along_axis(indices: Any, shape: tuple[int, ...], axis: int) -> tuple[Any, ...]:
    """The NumPy index by which each row of ``indices`` names entries of the same row of an array.

    Parameters
    ----------
    indices : array of int
    shape : tuple of int
        Of the array.
    axis : int

    Returns
    -------
    tuple of arrays

    Raises
    ------
    ValueError
        If ``indices`` has not as many axes as the array.
    """
    axis = np.lib.array_utils.normalize_axis_index(axis, len(shape))
    if indices.ndim != len(shape):
        raise ValueError(f"the indices along an axis need the dimensions of x: {indices.shape} and {shape}")
    grid: list[Any] = [np.arange(n).reshape((1,) * i + (n,) + (1,) * (len(shape) - i - 1)) for i, n in enumerate(shape)]
    grid[axis] = indices
    return tuple(grid)
