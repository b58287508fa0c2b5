"""What keeps a pass honest: data that changed after its use, and graphs that were released, are errors.

A node's age is a number that grows. An operand is older than its result; a leaf that gets new data becomes younger
than what was computed from the old, and a pass that meets such a pair refuses to go on. Writing into a leaf's array
leaves no such trace, so an array that is handed out is compared with a copy at the next pass.
"""

from __future__ import annotations

import itertools
import weakref
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from .node import Node

clock = itertools.count(1).__next__
"""Ages of nodes. ``next`` on a count is atomic, so threads share it."""


class GraphError(RuntimeError):
    """The graph cannot be differentiated as it stands; the message says why and what to do."""


_lent: dict[int, tuple[weakref.ref[Node], Any]] = {}
"""Arrays in somebody's hands, with a copy of each, by the leaf's id; the weak reference takes the entry away."""


def anything_lent() -> bool:
    """Whether any leaf's array is in somebody's hands; asked once a pass."""
    return bool(_lent)


def lend(leaf: Node) -> None:
    """Remember the leaf's array as it is now: its owner may write into it, and a later pass must notice."""
    key = id(leaf)
    if key not in _lent:
        _lent[key] = (weakref.ref(leaf, lambda _: _lent.pop(key, None)), leaf._data.copy())


def renew(leaf: Node) -> None:
    """The leaf has new data: what was computed from the old data must not be differentiated any more."""
    leaf.order = clock()
    _lent.pop(id(leaf), None)


def written_to(node: Node) -> bool:
    """Whether somebody wrote into the array that was handed out."""
    entry = _lent.get(id(node))
    return entry is not None and not np.array_equal(entry[1], node._data, equal_nan=entry[1].dtype.kind in "fc")


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


RELEASED: Any = _Released()


def released(node: Node) -> GraphError:
    """The error for whoever needs what was released."""
    return GraphError(_RELEASED.format(describe(node)))


def describe(node: Node) -> str:
    """Name, operation and shape of a node, for messages."""
    name = f"{node.name!r} " if node.name else ""
    what = "a leaf" if node.op is None else "a result" if node.op is RELEASED else f"the result of {node.op.name}"
    return f"{name}({what}, shape {np.shape(node._data) if node._data is not RELEASED else 'released'})"
