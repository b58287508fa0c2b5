"""``flatten``: nested arrays as one vector and back, for optimizers that know nothing but vectors."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from . import tree as trees
from .arrays import plain, shape_of
from .made import made
from .node import Node, for_the_caller
from .ops.elementwise import real
from .ops.joining import concatenate
from .ops.shapes import astype, reshape


def flatten(tree: Any) -> tuple[Any, Callable[[Any], Any]]:
    """All numbers of a nested structure as one vector, and the function that puts a vector into the structure.

    Parameters
    ----------
    tree : number, array, Value, or nested tuples, lists, dicts and dataclasses of them
        None and the settings in dataclasses stay where they are.

    Returns
    -------
    vector : array of shape (n,), or Value
        The entries from left to right, each array row by row, in the dtype to which the arrays promote. A Value if
        something in ``tree`` is one.
    unflatten : callable
        From a vector of shape (n,) to the structure, with the shapes and dtypes of ``tree``; whole numbers become
        floating. A Value gives Values, so that gradients pass, and plain data gives plain data.

    Raises
    ------
    TypeError
        If there is something in ``tree`` that is no number and no array of numbers.
    ValueError
        By ``unflatten``, if the vector does not have shape (n,).

    Examples
    --------
    A function of a dict of arrays, minimized by SciPy, which moves one vector:

    >>> import numpy as np
    >>> from scipy.optimize import minimize
    >>> from autograd_mini import flatten, value_and_grad
    >>> def loss(p):
    ...     return ((p["W"] - 2.0) ** 2).sum() + (p["b"] + 1.0) ** 2
    >>> vector, unflatten = flatten({"W": np.zeros((2, 2)), "b": 0.0})
    >>> vector.shape
    (5,)
    >>> found = minimize(value_and_grad(lambda v: loss(unflatten(v))), vector, jac=True)
    >>> unflatten(found.x.round(4))
    {'W': array([[2., 2.],
           [2., 2.]]), 'b': -1.0}
    """
    leaves, rebuild = trees.flatten(tree)
    likes = [_floating(x) for x in leaves]
    dtype = np.result_type(*likes) if likes else np.dtype(float)
    dtype = np.dtype(float) if dtype.kind not in "fc" else dtype
    rows = [_cast(reshape(x if isinstance(x, Node) else plain(x), -1), dtype) for x in leaves]
    size = sum(math.prod(shape_of(row)) for row in rows)

    def unflatten(vector: Any) -> Any:
        vector = vector if isinstance(vector, Node) else plain(vector)
        if shape_of(vector) != (size,):
            raise ValueError(f"unflatten needs a vector of shape ({size},), got shape {shape_of(vector)}")
        parts, start = [], 0
        for like in likes:
            shape = np.shape(like)
            stop = start + math.prod(shape)
            parts.append(_piece(vector, start, stop, like))
            start = stop
        return rebuild(for_the_caller(parts))

    vector = concatenate(rows) if rows else np.zeros(0)
    return vector, made(unflatten, lambda: (_unflatten, (rebuild(likes),)))


def _unflatten(tree: Any) -> Any:
    return flatten(tree)[1]


def _floating(x: Any) -> Any:
    """The data of a leaf, floating if it is whole."""
    data = plain(x._stored if isinstance(x, Node) else x)
    if type(data) in (int, bool):
        return float(data)
    return data if np.asarray(data).dtype.kind in "fc" else np.asarray(data, float)[()]


def _cast(x: Any, dtype: Any) -> Any:
    own = x._stored.dtype if isinstance(x, Node) else x.dtype
    if own == dtype:
        return x
    return astype(real(x) if own.kind == "c" and dtype.kind != "c" else x, dtype)


def _piece(vector: Any, start: int, stop: int, like: Any) -> Any:
    """A part of the vector in the shape, dtype and kind of a leaf."""
    if type(like) in (float, complex):
        one = vector[start]
        if isinstance(one, Node):
            return one
        return one.item() if type(like) is complex or not np.iscomplexobj(one) else one.real.item()
    piece = _cast(vector[start:stop], like.dtype)
    return reshape(piece, like.shape) if like.shape else piece[0]
