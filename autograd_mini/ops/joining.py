"""Joining: several arrays become one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays import library, shape_of
from ..node import Node
from ..operation import Operand, Rule, case, composed, primitive
from .shapes import reshape


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
    linear=True,
)
def concatenate(arrays: Sequence[Operand], axis: int | None = 0) -> Any:
    """Arrays joined along an axis that they have; ``axis=None`` joins all their entries in one row.

    Parameters
    ----------
    arrays : sequence of Values and arrays
        Of one shape but for the length of ``axis``.
    axis : int or None
        0 by default.

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
    linear=True,
)
def stack(arrays: Sequence[Operand], axis: int = 0) -> Any:
    """Arrays of one shape joined along a new axis; numbers become a row.

    Parameters
    ----------
    arrays : sequence of Values, numbers and arrays
        All of one shape.
    axis : int
        Place of the new axis in the result; 0 by default.

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
    return library(*arrays).stack(arrays, axis=axis)


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
        return isinstance(item, Node) or (isinstance(item, (list, tuple)) and any(map(holds_nodes, item)))

    if isinstance(x, (list, tuple)) and holds_nodes(x):
        return stack([array(item) for item in x])
    return x if isinstance(x, Node) else np.asarray(x)


@composed(case((2, 3), (4, 3)), case((3,), (3,)))
def vstack(*arrays: Operand) -> Any:
    """Arrays joined row upon row.

    Parameters
    ----------
    *arrays : Values, numbers and arrays
        Or one sequence of them, as in NumPy. What has less than two axes counts as a row.

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
    parts = arrays[0] if len(arrays) == 1 else arrays
    return concatenate([reshape(x, (1, -1)) if len(shape_of(x)) < 2 else x for x in parts], axis=0)


@composed(case((2, 3), (2, 4)), case((3,), (2,)))
def hstack(*arrays: Operand) -> Any:
    """Arrays joined side by side.

    Parameters
    ----------
    *arrays : Values, numbers and arrays
        Or one sequence of them, as in NumPy.

    Returns
    -------
    Value if one of ``arrays`` is, else array

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.hstack([[1.0, 2.0], [3.0]])
    array([1., 2., 3.])
    """
    parts = [reshape(x, (1,)) if shape_of(x) == () else x for x in (arrays[0] if len(arrays) == 1 else arrays)]
    return concatenate(parts, axis=0 if len(shape_of(parts[0])) == 1 else 1)
