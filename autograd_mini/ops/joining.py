"""Joining: several arrays become one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays import is_foreign, library, shape_of
from ..arrays.labels import check_labels, is_labelled
from ..node import Node
from ..operation import Operand, Rule, case, composed, primitive
from .axes import atleast_1d, atleast_2d, atleast_3d
from .shapes import reshape


def _slice(ndim: int, axis: int, index: int) -> tuple[Any, ...]:
    """The index of one slice along an axis, which says something for every axis: some libraries want that."""
    axis %= ndim
    return (slice(None),) * axis + (index,) + (slice(None),) * (ndim - axis - 1)


def _piece(g: Any, out: Any, *operands: Any, index: int, axis: int | None, dtype: Any = None) -> Any:
    """The part of a joined gradient that belongs to one operand."""
    if axis is None:
        start = sum(math.prod(shape_of(x)) for x in operands[:index])
        shape = shape_of(operands[index])
        return reshape(g[start : start + math.prod(shape)], shape)
    start = sum(shape_of(x)[axis] for x in operands[:index])
    stop = start + shape_of(operands[index])[axis]
    return g[(slice(None),) * (axis % len(shape_of(g))) + (slice(start, stop), ...)]


@primitive(
    "concatenate({x})",
    Rule(_piece, "1", "the part of {g} that came from {x}"),
    variadic=True,
    cases=(case((2, 3), (1, 3)), case((2, 3), (2, 1), axis=-1), case((2,), (3, 1), axis=None)),
    linear=True,
)
def concatenate(arrays: Sequence[Operand], axis: int | None = 0, dtype: Any = None) -> Any:
    """Arrays joined along an axis that they have; ``axis=None`` joins all their entries in one row.

    Parameters
    ----------
    arrays : sequence of Values and arrays
        Of one shape but for the length of ``axis``.
    axis : int or None
        0 by default.
    dtype : NumPy dtype, optional
        Of the result; by default the one that holds all operands.

    Returns
    -------
    Value if one of ``arrays`` is, else array

    Notes
    -----
    Each operand gets the part of the gradient that stands where its entries went.

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([1.0, 2.0])
    >>> joined = am.concatenate([x, [3.0]])
    >>> joined
    Value([1., 2., 3.], shape=(3,), op=concatenate)
    >>> am.gradients(joined, x, gradient=[10.0, 20.0, 30.0])
    array([10., 20.])
    """
    return library(*arrays).concatenate(arrays, axis=axis, **({} if dtype is None else {"dtype": dtype}))


concat = concatenate


@primitive(
    "stack({x})",
    Rule(
        lambda g, out, *operands, index, axis, dtype: g[_slice(len(shape_of(g)), axis, index)],
        "1",
        "the slice of {g} that came from {x}",
    ),
    variadic=True,
    cases=(case((2, 3), (2, 3)), case((2, 3), (2, 3), axis=-1), case((), (), ())),
    linear=True,
)
def stack(arrays: Sequence[Operand], axis: int = 0, dtype: Any = None) -> Any:
    """Arrays of one shape joined along a new axis; numbers become a row.

    Parameters
    ----------
    arrays : sequence of Values, numbers and arrays
        All of one shape.
    axis : int
        Place of the new axis in the result; 0 by default.
    dtype : NumPy dtype, optional
        Of the result; by default the one that holds all operands.

    Returns
    -------
    Value if one of ``arrays`` is, else array

    Notes
    -----
    Operand i gets slice i of the gradient.

    Examples
    --------
    >>> import autograd_mini as am
    >>> a, b = am.Value(2.0), am.Value(3.0)
    >>> am.stack([a, b, 1.0])
    Value([2., 3., 1.], shape=(3,), op=stack)
    """
    return library(*arrays).stack(arrays, axis=axis, **({} if dtype is None else {"dtype": dtype}))


def array(x: Operand) -> Any:
    """Nested lists that may hold Values as one Value, which stays joined to them; without Values, as an array.

    Parameters
    ----------
    x : Value, number, array or nested list of them

    Returns
    -------
    Value if one is in ``x``, else array

    Examples
    --------
    >>> import autograd_mini as am
    >>> a = am.Value(2.0)
    >>> am.array([[a, 1.0], [0.0, a]])
    Value([[2., 1.],
           [0., 2.]], shape=(2, 2), op=stack)
    """

    def holds_nodes(item: Any) -> bool:
        if isinstance(item, (list, tuple)):
            return any(map(holds_nodes, item))
        return isinstance(item, Node) or is_foreign(item)

    if isinstance(x, (list, tuple)) and holds_nodes(x):
        return stack([array(item) for item in x])
    return x if isinstance(x, Node) or is_foreign(x) else np.asarray(x)


def _parts(arrays: tuple[Any, ...], beside: str = "") -> list[Any]:
    """The arrays, which come one by one or, as in NumPy, in one sequence.

    ``beside`` is the function that puts the entries of rows side by side.
    """
    parts = arrays[0] if len(arrays) == 1 else arrays
    if beside:
        check_labels(beside, [x for x in parts if is_labelled(x) and x.ndim == 1])
    return list(map(array, parts))


@composed(case((2, 3), (4, 3)), case((3,), (3,)), case((), ()))
def vstack(*arrays: Operand, dtype: Any = None) -> Any:
    """Arrays joined row upon row.

    Parameters
    ----------
    *arrays : Values, numbers and arrays
        Or one sequence of them, as in NumPy. What has less than two axes counts as a row.
    dtype : NumPy dtype, optional
        Of the result; by default the one that holds all operands.

    Returns
    -------
    Value if one of ``arrays`` is, else array

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.vstack([[1.0, 2.0], [3.0, 4.0]])
    array([[1., 2.],
           [3., 4.]])
    """
    return concatenate([atleast_2d(x) for x in _parts(arrays, "vstack")], axis=0, dtype=dtype)


@composed(case((2, 3), (2, 4)), case((3,), (2,)), case((), ()))
def hstack(*arrays: Operand, dtype: Any = None) -> Any:
    """Arrays joined side by side.

    Parameters
    ----------
    *arrays : Values, numbers and arrays
        Or one sequence of them, as in NumPy.
    dtype : NumPy dtype, optional
        Of the result; by default the one that holds all operands.

    Returns
    -------
    Value if one of ``arrays`` is, else array

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.hstack([[1.0, 2.0], [3.0]])
    array([1., 2., 3.])
    """
    parts = [atleast_1d(x) for x in _parts(arrays)]
    return concatenate(parts, axis=0 if len(shape_of(parts[0])) == 1 else 1, dtype=dtype)


@composed(case((2, 3, 1), (2, 3, 2)), case((2, 3), (2, 3)), case((3,), (3,)))
def dstack(*arrays: Operand) -> Any:
    """Arrays joined along a third axis.

    Parameters
    ----------
    *arrays : Values, numbers and arrays
        Or one sequence of them, as in NumPy. What has less than three axes is widened as by ``atleast_3d``.

    Returns
    -------
    Value if one of ``arrays`` is, else array

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.dstack([[1.0, 2.0], [3.0, 4.0]])
    array([[[1., 3.],
            [2., 4.]]])
    """
    return concatenate([atleast_3d(x) for x in _parts(arrays, "dstack")], axis=2)


@composed(case((3,), (3,)), case((3, 2), (3,)))
def column_stack(*arrays: Operand) -> Any:
    """Rows of numbers as the columns of a matrix.

    Parameters
    ----------
    *arrays : Values, numbers and arrays
        Or one sequence of them, as in NumPy. What has two axes is joined as it is.

    Returns
    -------
    Value if one of ``arrays`` is, else array

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.column_stack([[1.0, 2.0], [3.0, 4.0]])
    array([[1., 3.],
           [2., 4.]])
    """
    return concatenate(
        [x if len(shape_of(x)) > 1 else reshape(x, (-1, 1)) for x in _parts(arrays, "column_stack")], axis=1
    )


@composed(case((2, 1), (2, 2), (1, 3)), case((2, 1), (2, 2), (3,)))
def block(arrays: Operand) -> Any:
    """A matrix of blocks: innermost lists are joined along the last axis, those around them along the one before.

    Parameters
    ----------
    arrays : nested lists of Values, numbers and arrays
        All nested to one depth.

    Returns
    -------
    Value if one is inside, else array

    Raises
    ------
    ValueError
        If the lists are nested to different depths, or empty.

    Examples
    --------
    >>> import autograd_mini as am
    >>> A, B = am.Value([[1.0, 2.0]]), am.Value([[3.0]])
    >>> am.block([[A, B], [B, A]])
    Value([[1., 2., 3.],
           [3., 1., 2.]], shape=(2, 3), op=concatenate)
    """

    def depths(item: Any, depth: int) -> set[int]:
        if not isinstance(item, list):
            return {depth}
        if not item:
            raise ValueError("block got an empty list")
        return set().union(*(depths(part, depth + 1) for part in item))

    found = depths(arrays, 0)
    if len(found) > 1:
        raise ValueError(f"block needs lists nested to one depth, got depths {sorted(found)}")
    [depth] = found

    def widest(item: Any) -> int:
        return max(map(widest, item)) if isinstance(item, list) else len(shape_of(item))

    ndim = max(depth, widest(arrays))

    def joined(item: Any, level: int) -> Any:
        if isinstance(item, list):
            return concatenate([joined(part, level + 1) for part in item], axis=ndim - depth + level)
        shape = shape_of(item)
        return reshape(item, (1,) * (ndim - len(shape)) + shape)

    return joined(arrays, 0)


@composed(case((2, 3), (4,)), case((2, 3), (1, 3), axis=0), case((2, 3), (2, 2), axis=-1))
def append(x: Operand, values: Operand, axis: int | None = None) -> Any:
    """Entries joined to the end of an array.

    Parameters
    ----------
    x, values : Value, number or array
    axis : int, optional
        Without one, both count as one row.

    Returns
    -------
    Value if an operand is one, else array

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.append(am.Value([1.0, 2.0]), 3.0)
    Value([1., 2., 3.], shape=(3,), op=concatenate)
    """
    return concatenate([array(x), array(values)], axis=axis)
