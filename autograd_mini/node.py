"""The node: what the graph is made of, and how gradients are fitted to one and added up."""

from __future__ import annotations

from collections.abc import Mapping
from sys import getrefcount
from typing import TYPE_CHECKING, Any

import numpy as np

from .arrays import apart, kind_of, library, plain, shape_of
from .arrays.batched import Batched, is_mapping, levels, levels_to_sum
from .arrays.numpy import sum_of_rows
from .guards import GraphError, describe

if TYPE_CHECKING:
    from .operation import Operation
    from .state import Scope


ndarray = np.ndarray

NO_STATIC: Mapping[str, Any] = {}
"""The static arguments of an operation on more than two operands that has none."""


class Node:
    """One value of the graph: a leaf, or the result of ``op`` on ``parents``. ``Value`` adds the operators.

    ``order`` is the node's age. An operand is always older than the result; a leaf whose data was
    replaced becomes younger, and that is how a pass notices that the data changed after it was used.

    One or two operands are held in two slots: a tuple would be a second object for the garbage collector to look at,
    and a third of the memory.
    """

    __slots__ = (
        "__weakref__",
        "_grad",
        "_stored",
        "_x",
        "_y",
        "name",
        "op",
        "order",
        "requires_grad",
        "scope",
        "static",
    )

    _stored: Any
    _grad: Any
    _x: Node | tuple[Node, ...] | None
    """The first of at most two operands, a tuple of more of them, or None for a leaf."""
    _y: Node | None
    """The second of two operands."""
    name: str | None
    op: Operation | None
    order: int
    requires_grad: bool
    scope: Scope | None
    static: Mapping[str, Any] | None
    """Static arguments by name; None only where there are at most two operands, so that the engine asks one thing."""

    @property
    def parents(self) -> tuple[Node, ...]:
        """The operands in their order, one that is used twice stands twice."""
        x, y = self._x, self._y
        if x is None:
            return ()
        if y is not None:
            return (x, y)  # type: ignore[return-value]
        return x if type(x) is tuple else (x,)  # type: ignore[return-value]

    @parents.setter
    def parents(self, operands: tuple[Node, ...]) -> None:
        self._x = self._y = None
        if len(operands) > 2:
            self._x, self.static = operands, NO_STATIC if self.static is None else self.static
        elif len(operands) == 2:
            self._x, self._y = operands
        elif operands:
            self._x = operands[0]


def passed_on(g: Any, out: Any, *operands: Any) -> Any:
    """The rule of an operand that is added: its gradient is the result's. The engine knows it and saves the call."""
    return g


def fit(part: Any, operand: Node, op: Operation, i: int) -> Any:
    """A contribution in the shape, dtype and kind of the operand: broadcasts are undone here and nowhere else."""
    like = operand._stored
    if type(part) is ndarray is type(like) and part.dtype is like.dtype:
        shape, own = part.shape, like.shape
        if shape == own:
            return part
        if shape[1:] == own != ():
            return sum_of_rows(part)  # a bias
    return _fit_any(part, like, operand, op, i)


def _fit_any(part: Any, like: Any, operand: Node, op: Operation, i: int) -> Any:
    data = part._stored if isinstance(part, Node) else part
    kind = type(data)
    if kind is type(like) and (
        kind is float
        or kind is complex
        or (data.shape == like.shape and data.dtype == like.dtype and kind is not Batched)
    ):
        return part
    if kind is Batched and (levels := levels_to_sum(data, like)):
        from .vmap import sum_of_examples

        return fit(sum_of_examples(part, levels), operand, op, i)
    try:
        table = library(plain(data), like)
        shape, target = shape_of(data), shape_of(like)
        if not table.fits(shape, target):
            raise ValueError(f"a gradient of shape {shape} for an operand of shape {target}")
    except (TypeError, ValueError) as error:
        where = f"the rule of {op.name} for operand {i}, {describe(operand)}"
        raise GraphError(f"{where}, gave no gradient: {error}") from None
    if isinstance(part, Node):
        return part.fit(like)  # type: ignore[attr-defined]
    return table.fit(data, like)


def outward(g: Any) -> Any:
    """The gradient as users get and give it, the direction of steepest ascent: conjugated if complex, as in PyTorch.

    Inside a pass it travels unconjugated, so that g·f'(z) is the rule of every holomorphic function.
    """
    if type(g) is complex:
        return g.conjugate()
    if type(g) is np.ndarray:
        return g.conj() if g.dtype.kind == "c" else g
    if not hasattr(g, "dtype") or kind_of(g) != "c":
        return g
    return g.conj() if isinstance(g, Node) else library(g).conjugate(g)  # type: ignore[attr-defined]


def added(old: Any, part: Any, operand: Node, op: Operation, i: int) -> Any:
    """The gradient so far and one more contribution, fitted to the operand.

    It is added in place if only the pass holds the old sum: a rule may pass one array on to several operands. Then
    NumPy itself tells whether it fits.
    """
    if type(old) is ndarray is type(part) and getrefcount(old) <= _ALONE and old.base is None:
        try:
            old += part
        except (TypeError, ValueError):
            pass
        else:
            return old
    return old + fit(part, operand, op, i)


def own(grads: dict[Node, Any]) -> dict[Node, Any]:
    """The gradients of a pass; an error inside ``vmap`` if one differs from example to example, its node not."""
    if is_mapping():
        for node, g in grads.items():
            if set(levels(g)) - set(levels(node._stored)):
                raise GraphError(
                    f"backward() inside vmap reached {describe(node)}, which is the same for all examples, while its "
                    "gradient would be that of one: call backward() on what vmap returns, or use "
                    "vmap(grad(f), in_axes=(None, 0)) with that value as an argument"
                )
    return grads


def _references() -> int:
    """How often ``added`` finds an array referred to that the pass alone holds; it depends on the interpreter."""
    grads = {None: np.zeros(1)}
    old = grads.get(None)
    return _count(old)


def _count(old: Any) -> int:
    return getrefcount(old)


_ALONE = _references()


def unshared(g: Any) -> Any:
    """The gradient in an array that nobody else holds: a rule may have passed one array on to several operands."""
    if type(g) is not ndarray:
        return outward(apart(g))
    if g.base is None and getrefcount(g) <= _ALONE_HERE:
        return g if g.dtype.kind != "c" else g.conj()
    return outward(g.copy())


_ALONE_HERE = _ALONE - 1  # no variable of the caller's holds it


def for_the_caller(results: list[Any]) -> list[Any]:
    """Results of which none shares memory with another, or with anything else; they are copied only where they would.

    Values stay as they are: who writes into their data gets an error, if not at once, then from the next pass.
    """
    for i in range(len(results)):
        if type(results[i]) is ndarray:
            if not (results[i].flags.writeable and _references_to(results, i) in _ALONE_IN_A_LIST):
                results[i] = results[i].copy()
        elif type(results[i]) is not float and not isinstance(results[i], Node):
            results[i] = apart(results[i])
    return results


def _references_to(arrays: list[Any], i: int) -> tuple[int, int]:
    """How often an array is referred to, and the array that it is a view of."""
    array = arrays[i]
    base = array.base
    if base is None:
        return getrefcount(array), 0
    return getrefcount(array), getrefcount(base) if type(base) is ndarray and base.base is None else -1


_ALONE_IN_A_LIST = (_references_to([np.zeros(1)], 0), _references_to([np.zeros(1)[:]], 0))
