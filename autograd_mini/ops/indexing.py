"""Indexing: entries taken by basic, fancy and mask indices, rearranged, and put back where they came from."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays import library, shape_of
from ..node import Node
from ..operation import Operand, Rule, case, composed, primitive
from .arithmetic import where
from .shapes import moveaxis, ravel, reshape


def plain_index(index: Any) -> Any:
    """The index with Values in it (whole numbers or masks) replaced by their data."""
    if isinstance(index, tuple):
        return tuple(plain_index(item) for item in index)
    if isinstance(index, list):
        return [plain_index(item) for item in index]
    return index._stored if isinstance(index, Node) else index


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
    return library(x).getitem(x, plain_index(index))


@primitive(
    "{x} put at [{index}]",
    Rule(lambda g, out, x, index, shape: getitem(g, index), "1", "{g}[{index}]"),
    cases=(case((4,), index=1, shape=(3, 4)), case((3,), index=[0, 0, 2], shape=(4,))),
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
    return library(x).scatter_add(x, plain_index(index), shape)


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
    numbers = np.asarray(plain_index(indices))
    numbers = numbers.astype(np.intp, casting="safe" if numbers.size else "unsafe")
    if mode != "raise":
        numbers = _brought_in(numbers, shape_of(x)[axis], mode)
    return getitem(x, (slice(None),) * axis + (numbers,))


def _brought_in(numbers: np.ndarray[Any, Any], n: int, mode: str) -> np.ndarray[Any, Any]:
    if mode not in ("wrap", "clip"):
        raise ValueError(f"take has no mode {mode!r}: choose raise, wrap or clip")
    return numbers % n if mode == "wrap" else numbers.clip(0, n - 1)


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
    where_to = np.asarray(plain_index(indices))
    if axis is None:
        return getitem(ravel(x), where_to)
    axis = np.lib.array_utils.normalize_axis_index(axis, len(shape_of(x)))
    if where_to.ndim != len(shape_of(x)):
        raise ValueError(f"take_along_axis needs indices with the dimensions of x: {where_to.shape} and {shape_of(x)}")
    grid = [np.arange(n).reshape((1,) * i + (n,) + (1,) * (where_to.ndim - i - 1)) for i, n in enumerate(shape_of(x))]
    grid[axis] = where_to
    return getitem(x, tuple(grid))


def split(x: Operand, indices_or_sections: int | Sequence[int], axis: int = 0) -> list[Any]:
    """``x`` cut along an axis, into equal parts or at the given places, as a list.

    Parameters
    ----------
    x : Value or array
    indices_or_sections : int or sequence of int
        The number of equal parts, or the places where a new part begins.
    axis : int
        0 by default.

    Returns
    -------
    list of Values if ``x`` is one, else list of arrays

    Raises
    ------
    ValueError
        If the axis cannot be cut into that many equal parts.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.split([1.0, 2.0, 3.0, 4.0], 2)
    [array([1., 2.]), array([3., 4.])]
    >>> am.split([1.0, 2.0, 3.0, 4.0], [1])
    [array([1.]), array([2., 3., 4.])]
    """
    if isinstance(indices_or_sections, (int, np.integer)) and shape_of(x)[axis] % indices_or_sections:
        raise ValueError(
            f"split cannot cut axis {axis} of shape {shape_of(x)} into {indices_or_sections} equal parts, "
            "array_split can"
        )
    return array_split(x, indices_or_sections, axis)


def array_split(x: Operand, indices_or_sections: int | Sequence[int], axis: int = 0) -> list[Any]:
    """``x`` cut along an axis like ``split``, but where the parts cannot be equal the first ones are longer by one.

    Parameters
    ----------
    x : Value or array
    indices_or_sections : int or sequence of int
        The number of parts, or the places where a new part begins.
    axis : int
        0 by default.

    Returns
    -------
    list of Values if ``x`` is one, else list of arrays

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_mini as am
    >>> np.array_split(am.Value([1.0, 2.0, 3.0]), 2)
    [Value([1., 2.], shape=(2,), op=getitem), Value([3.], shape=(1,), op=getitem)]
    """
    axis = np.lib.array_utils.normalize_axis_index(axis, len(shape_of(x)))
    parts = np.array_split(np.arange(shape_of(x)[axis]), indices_or_sections)
    ranges = [slice(int(part[0]), int(part[-1]) + 1) if part.size else slice(0, 0) for part in parts]
    return [getitem(x, (slice(None),) * axis + (places,)) for places in ranges]


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


@primitive(
    "pad({x})",
    Rule(
        lambda g, out, x, widths, value: g[
            tuple(slice(a, a + n) for (a, _), n in zip(widths, shape_of(x), strict=True))
        ],
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
    """A border around the entries: of a constant, or of entries repeated (edge, reflect, symmetric, wrap).

    Parameters
    ----------
    x : Value or array
    pad_width : int, pair of int, or a pair for each axis
        How many entries come before and after.
    mode : {"constant", "edge", "reflect", "symmetric", "wrap"}
        As in ``np.pad``.
    constant_values : float
        What the border of mode "constant" is made of; 0 by default.

    Returns
    -------
    Value if ``x`` is one, else array

    Raises
    ------
    ValueError
        If there is no such mode.

    Notes
    -----
    A constant border gets no gradient; an entry that is repeated in the border gets the sum over its copies.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.pad([1.0, 2.0], (1, 2))
    array([0., 1., 2., 0., 0.])
    >>> x = am.Value([1.0, 2.0])
    >>> am.gradients(am.pad(x, (1, 2), mode="edge").sum(), x)
    array([2., 3.])
    """
    shape = shape_of(x)
    widths = tuple(
        (operator.index(a), operator.index(b)) for a, b in np.broadcast_to(np.asarray(pad_width), (len(shape), 2))
    )
    if mode == "constant":
        return pad_constant(x, widths, constant_values)
    if mode not in ("edge", "reflect", "symmetric", "wrap"):
        raise ValueError(f"pad has no mode {mode!r}: choose constant, edge, reflect, symmetric or wrap")
    for axis, width in enumerate(widths):
        x = take(x, np.pad(np.arange(shape[axis]), width, mode=mode), axis)  # type: ignore[call-overload]
    return x


@composed(case((3,)), case((3,), k=1), case((3, 4), k=-1))
def diag(x: Operand, k: int = 0) -> Any:
    """The diagonal of a matrix, or a row of numbers as the diagonal of a matrix.

    Parameters
    ----------
    x : Value or array
        Of shape (n,) or (n, m).
    k : int
        Which diagonal: above the main one if positive, below it if negative; 0 by default.

    Returns
    -------
    Value if ``x`` is one, else array

    Raises
    ------
    ValueError
        If ``x`` has neither one axis nor two.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.diag([1.0, 2.0])
    array([[1., 0.],
           [0., 2.]])
    >>> am.diag([[1.0, 2.0], [3.0, 4.0]])
    array([1., 4.])
    """
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
    """The entries whose indices along two axes differ by ``offset``, as the last axis.

    Parameters
    ----------
    x : Value or array
        With two axes or more.
    offset : int
        Which diagonal; 0, the main one, by default.
    axis1, axis2 : int
        The axes of the matrices; the first two by default.

    Returns
    -------
    Value if ``x`` is one, else array

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.diagonal([[1.0, 2.0], [3.0, 4.0]], offset=1)
    array([2.])
    """
    x = moveaxis(x, (axis1, axis2), (-2, -1))
    rows, columns = shape_of(x)[-2:]
    first_row, first_column = max(-offset, 0), max(offset, 0)
    along = np.arange(max(min(rows - first_row, columns - first_column), 0))
    return getitem(x, (..., along + first_row, along + first_column))


@composed(case((3, 4)), case((3, 4), k=1))
def tril(x: Operand, k: int = 0) -> Any:
    """The lower triangle; zeros above diagonal ``k``.

    Parameters
    ----------
    x : Value or array
        A matrix of shape (n, m), or a stack of them.
    k : int
        0, the main diagonal, by default.

    Returns
    -------
    Value if ``x`` is one, else array
        In the shape of ``x``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.tril([[1.0, 2.0], [3.0, 4.0]])
    array([[1., 0.],
           [3., 4.]])
    """
    return where(_triangle(x, k), x, 0.0)


def _triangle(x: Any, k: int) -> np.ndarray[Any, Any]:
    """A mask of the entries on diagonal ``k`` and below; a row counts as every row of a square."""
    if not shape_of(x):
        raise ValueError("a triangle is taken of a matrix, this is a single number")
    columns, rows = shape_of(x)[-1], shape_of(x)[-2:][0]
    return np.tri(rows, columns, k, dtype=bool)


@composed(case((3, 4)), case((3, 4), k=1))
def triu(x: Operand, k: int = 0) -> Any:
    """The upper triangle; zeros below diagonal ``k``.

    Parameters
    ----------
    x : Value or array
        A matrix of shape (n, m), or a stack of them.
    k : int
        0, the main diagonal, by default.

    Returns
    -------
    Value if ``x`` is one, else array
        In the shape of ``x``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.triu([[1.0, 2.0], [3.0, 4.0]])
    array([[1., 2.],
           [0., 4.]])
    """
    return where(_triangle(x, k - 1), 0.0, x)
