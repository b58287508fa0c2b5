"""What keeps a pass honest: data that changed after its use, and graphs that were released, are errors.

A node's age is a number that grows. An operand is older than its result; a leaf that gets new data becomes younger
than what was computed from the old, and a pass that meets such a pair refuses to go on. Writing into a leaf's array
leaves no such trace, so an array that is handed out is compared with a copy at the next pass, and if somebody wrote
into it, what was computed from it must come out the same once more.
"""

from __future__ import annotations

import functools
import itertools
import weakref
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from .arrays import as_numpy, shape_of

if TYPE_CHECKING:
    from .node import Node

ages = itertools.count(1)
"""The ages of nodes to come. ``next`` on a count is atomic, so threads share it."""


def clock() -> int:
    """The next age."""
    return next(ages)


class GraphError(RuntimeError):
    """The graph cannot be differentiated as it stands; the message says why and what to do."""


_lent: dict[int, tuple[weakref.ref[Node], Any]] = {}
"""Arrays in somebody's hands, by the leaf's id, with a copy of each (of a tensor, which counts its changes, their
number), or None once somebody wrote into it; the weak reference takes the entry away."""


def anything_lent() -> bool:
    """Whether any leaf's array is in somebody's hands; asked once a pass."""
    return bool(_lent)


def lend(leaf: Node) -> None:
    """Remember the leaf's array as it is now: its owner may write into it, and a later pass must notice."""
    key = id(leaf)
    if key not in _lent:
        mark = mark_of(leaf._stored)
        if mark is not None:
            # a callback in Python would swallow a Ctrl-C that arrives in it
            _lent[key] = (weakref.ref(leaf, functools.partial(_lent.pop, key)), mark)


def mark_of(data: Any) -> Any:
    """What tells whether data are as they were: a copy, or how often a tensor was written to; None if it cannot say."""
    if type(data) is np.ndarray:
        return data.copy()
    try:
        return data._version
    except RuntimeError:  # made in torch's inference mode
        return None


def renew(leaf: Node, *, in_place: bool = False) -> None:
    """The leaf has new data: what was computed from the old data must not be differentiated any more."""
    leaf.order = clock()
    if _lent and _lent.pop(id(leaf), None) is not None and in_place:
        lend(leaf)


def check_unchanged(nodes: Iterable[Node]) -> None:
    """Raise GraphError if a result is not what its operands give now, because somebody wrote into a leaf's array.

    Only results of arrays that were written to, and of views of them, are computed again.
    """
    written: set[Node] = set()
    for node in nodes:
        for parent in node.parents:
            if (parent in written or _written_to(parent) or _written_to(node)) and node.op is not None:
                static = {name: item for name, item in (node.static or {}).items() if name != "found"}
                if not _same(node.op.compute([x._stored for x in node.parents], static), node._stored):
                    raise GraphError(CHANGED.format(describe(parent)))
                if hasattr(type(node._stored), "_version") or np.may_share_memory(node._stored, parent._stored):
                    written.add(node)


def _written_to(node: Node) -> bool:
    entry = _lent.get(id(node))
    if entry is None:
        return False
    data, mark = node._stored, entry[1]
    if mark is not None and (_same(mark, data) if type(data) is np.ndarray else mark == data._version):
        return False
    _lent[id(node)] = (entry[0], None)  # a write may be undone by the next pass: from now on every result is checked
    return True


def _same(x: Any, y: Any) -> bool:
    x, y = as_numpy(x), as_numpy(y)
    return np.array_equal(x, y, equal_nan=y.dtype.kind in "fc")


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
