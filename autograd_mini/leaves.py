"""What leaves may hold: data as it comes from users is checked, copied and fitted here."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .arrays import beside, copied, dtype_of, kind_of, library, numpy, plain, shape_of
from .guards import GraphError, check_kept, clock, describe, renew
from .node import Node, outward


def owned(data: Any) -> Any:
    """The data of a new leaf: a Python whole number becomes a float, an array is copied."""
    if type(data) is float:
        return data
    if isinstance(data, (list, tuple)) and any(isinstance(item, Node) for item in data):
        raise TypeError("a list that holds Values is joined by array([...]) or stack([...]), which keep the graph")
    new = plain(data)
    if type(new) is int:
        return float(new)
    return copied(new)


def wants_grad(data: Any, asked: bool | None) -> bool:
    """Whether a leaf with this data gets gradients; floating and complex data do unless told otherwise."""
    differentiable = type(data) in (float, complex) or (hasattr(data, "dtype") and kind_of(data) in "fc")
    if asked and not differentiable:
        raise TypeError(
            f"only floating or complex data can require a gradient, this is {dtype_of(data)}: "
            "a gradient is a limit of small changes, and whole numbers have none; pass floats, as array.astype(float)"
        )
    return differentiable if asked is None else bool(asked)


def like(new: Any, old: Any, what: str) -> Any:
    """A copy of ``new`` in the kind and dtype of ``old``; another shape is an error."""
    if type(new) is type(old) is np.ndarray and new.shape == old.shape and new.dtype is old.dtype:
        return new.copy()
    if isinstance(new, Node):
        check_kept(new, what, _CURE)
        new = new._stored
    new = plain(new)
    if shape_of(new) != shape_of(old):
        raise ValueError(f"{what} must have shape {shape_of(old)}, got {shape_of(new)}")
    if kind_of(new) == "c" and kind_of(old) != "c":
        raise TypeError(f"{what} is real, got complex numbers")
    if (table := library(new, old)).rank > numpy.rank:
        return copied(table.fit(new, old))
    if type(old) in (float, bool, complex):
        return type(old)(new)
    if not isinstance(old, np.ndarray):
        return np.asarray(new, np.asarray(old).dtype)[()]
    return np.array(new, old.dtype)


_CURE = (
    "go on with the Value itself, which stays in the graph (y = x - dx in place of x.subtract_(dx); "
    "gradients(..., create_graph=True) in place of .grad), or pass value.detach() where no gradient is needed"
)
_STEP = "a step in place"


def filled_like(x: Node, number: float) -> Any:
    """A number in every entry, in the kind, shape and dtype of the node's data."""
    data = x._stored
    if type(data) is float:
        return number
    if type(data) is np.ndarray:
        return np.full(data.shape, number, data.dtype)
    return like(np.full(shape_of(x), number), data, "filling")


def seed(root: Node, gradient: Any) -> Any:
    """The gradient that a pass starts from: 1 for a single number, else the one that was given, checked."""
    if gradient is None:
        if type(root._stored) is float:
            return 1.0
        if isinstance(root._stored, np.generic):
            return type(root._stored)(1)
        if math.prod(shape_of(root._stored)) != 1:
            raise ValueError(
                f"differentiating {describe(root)} needs a gradient of that shape; only a single number, such as "
                "a loss, starts from 1 by itself: reduce it with .sum() or .mean()"
            )
        return library(root._stored).ones_like(root._stored)
    return outward(like(gradient, root._stored, f"the gradient of {describe(root)}"))


def leaf(kind: type[Node], data: Any, requires_grad: bool, name: str | None, grad: Any = None) -> Any:
    """A new leaf with copies of this data and gradient; also how copies and pickles are made."""
    leaf = object.__new__(kind)
    leaf._stored, leaf._grad = owned(data), None if grad is None else owned(grad)
    leaf.name, leaf.requires_grad = name, requires_grad
    leaf._x = leaf._y = leaf.op = leaf.static = leaf.scope = None
    leaf.order = clock()
    return leaf


def subtract_(self: Node, change: Any) -> None:
    """Take ``change`` off a leaf's data in place, the step of gradient descent ``x ← x − dx``.

    Parameters
    ----------
    change : number or array
        In this value's shape, or one that broadcasts to it.

    Raises
    ------
    GraphError
        If the value was computed: only leaves are changed.

    Examples
    --------
    >>> from autograd_mini import Value
    >>> x = Value(3.0)
    >>> x.subtract_(0.5)
    >>> x.data
    2.5
    """
    if self.op is not None:
        raise GraphError(f"{describe(self)} was computed; only a leaf can be changed")
    data = self._stored
    if type(data) is np.ndarray:
        try:
            data -= change
        except TypeError:
            if not isinstance(change, Node):
                raise
            data -= like(change, np.empty(shape_of(change), data.dtype), _STEP)
    elif type(data) is float is type(change):
        self._stored = data - change
    else:
        self._stored = like(data - beside(change, data), data, _STEP)
    renew(self, in_place=True)
