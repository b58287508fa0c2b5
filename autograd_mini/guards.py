"""What keeps a pass honest: data that changed after its use, and graphs that were released, are errors.

A node's age is a number that grows. An operand is older than its result; a leaf that gets new data becomes younger
than what was computed from the old, and a pass that meets such a pair refuses to go on. Writing into a leaf's array
leaves no such trace, so an array that is handed out is compared with a copy whenever the graph uses it, and in passes.
A write that is found at a use makes the leaf younger, as new data does; one that a pass finds came after the use.
"""

from __future__ import annotations

import functools
import itertools
import weakref
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from .arrays import library, shape_of
from .state import STATE, is_differentiating

if TYPE_CHECKING:
    from .node import Node

ages = itertools.count(1)
"""The ages of nodes to come. ``next`` on a count is atomic, so threads share it."""


def clock() -> int:
    """The next age."""
    return next(ages)


class GraphError(RuntimeError):
    """The graph cannot be differentiated as it stands; the message says why and what to do."""


class NoForwardRule(GraphError):
    """A user's operation has a reverse rule only, and no tangent can be pushed through that."""


lent: dict[int, tuple[weakref.ref[Node], Any]] = {}
"""Arrays in somebody's hands, by the node's id, with a copy of them as they were when the graph last used them, or when
they were handed out; the weak reference takes the entry away."""


def lend(node: Node) -> None:
    """Remember the data as they are now: their owner may write into them, and a later pass must notice."""
    key = id(node)
    if key in lent:
        return
    data = node._stored
    mark = mark_of(data)
    if mark is None:
        return
    # a callback in Python would swallow a Ctrl-C that arrives in it
    lent[key] = (weakref.ref(node, functools.partial(lent.pop, key)), mark)
    for parent in node.parents:  # of which another library's result may be a view
        if type(parent._stored) is type(data) is not np.ndarray and library(data).shares_memory(parent._stored, data):
            lend(parent)


while_used: list[Callable[[Iterable[Node]], None]] = []
"""Who else looks at operands in use, while something is lent."""


def mark_of(data: Any) -> Any:
    """A copy, which tells whether data are as they were; None if nobody can look at them."""
    if type(data) is np.ndarray:
        return data.copy()
    table = library(data)
    if table.is_abstract(data):
        return None
    try:
        mark = table.mark(data)
        return mark if table.same(mark, data) else None
    except Exception:  # noqa: BLE001 (whatever a library raises for data that stand for others)
        return None


def renew(leaf: Node, *, in_place: bool = False) -> None:
    """The leaf has new data: what was computed from the old data must not be differentiated any more."""
    leaf.order = clock()
    if lent and lent.pop(id(leaf), None) is not None and in_place:
        lend(leaf)


def settle(operands: Iterable[Node]) -> None:
    """Leaves are being used: what somebody wrote into them until now is their data, and older uses saw other data."""
    for leaf in operands:
        if leaf.op is None and _written_to(leaf):
            renew(leaf, in_place=True)
    for check in while_used:
        check(operands)


def check_unchanged(nodes: Iterable[Node]) -> None:
    """Raise GraphError if somebody wrote into an array after the graph had used it."""
    for node in nodes:
        for used in (*node.parents, node) if node.op is not None else ():
            if _written_to(used):
                raise GraphError(CHANGED.format(describe(used)))


def _written_to(node: Node) -> bool:
    entry = lent.get(id(node))
    if entry is None or node._stored is RELEASED:
        return False
    data, mark = node._stored, entry[1]
    if type(data) is np.ndarray:
        return not np.array_equal(mark, data, equal_nan=data.dtype.kind in "fc")
    return not library(data).same(mark, data)


def loses_gradient(node: Node) -> bool:
    """Whether plain data made of it would cut a graph that somebody counts on.

    That is so while a function is being differentiated, and for a computed value anywhere; a leaf outside is one of
    many that can be made of its data. Under ``no_grad`` nobody counts on a graph.
    """
    return node.requires_grad and (node.op is not None or is_differentiating()) and STATE.get().is_on


def check_kept(node: Node, what: str, cure: str) -> None:
    """Raise TypeError if ``what`` takes plain data of a node whose gradient that would lose: the one place for it."""
    if loses_gradient(node):
        raise TypeError(f"{what} takes plain numbers, so {describe(node)} would lose its gradient: {cure}")


CHANGED = (
    "the data of {} changed after the graph had used it (by .data, an optimizer step or assigned parents), so its "
    "gradients would be wrong; compute the result again before differentiating it"
)
_RELEASED = (
    "{} was released by a pass with retain_graph=False; to look at it or to differentiate again, "
    "call backward(retain_graph=True)"
)


class _Released:
    """Stands where a pass with ``retain_graph=False`` freed a node's data or operation."""

    def __repr__(self) -> str:
        return "<released>"

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise GraphError(_RELEASED.format("the data of a value"))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what protocols are asked for
            raise AttributeError(name)
        raise GraphError(_RELEASED.format("the data of a value"))


RELEASED: Any = _Released()


def released(node: Node) -> GraphError:
    """The error for whoever needs what was released."""
    return GraphError(_RELEASED.format(describe(node)))


def describe(node: Node) -> str:
    """Name, operation and shape of a node, for messages."""
    name = f"{node.name!r} " if node.name else ""
    what = "a leaf" if node.requires_grad else "a constant"
    if node.op is not None:
        what = "a result" if node.op is RELEASED else f"the result of {node.op.name}"
    return f"{name}({what}, {'released' if node._stored is RELEASED else f'shape {shape_of(node._stored)}'})"
