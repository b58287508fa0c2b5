"""The engine: it records operations as a graph and walks the chain rule back through it.

A node is the result of one operation. It holds its data, the operation (an entry of the table in ``operation.py``) and
its ordered operands, and nothing points forward, so that reference counting frees a graph at once. The backward
pass visits nodes from the newest to the oldest: whoever used a node is newer, so its gradient is complete when its turn
comes. That is the topological order that backpropagation needs, and a sort by age gives it without recursion.

Gradients of a pass live in the pass; nodes and leaves get theirs at its end, all or none.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from . import guards, observers
from .arrays import copied, plain
from .guards import CHANGED, RELEASED, GraphError, clock, describe, released
from .node import Node, fit, outward
from .state import STATE

if TYPE_CHECKING:
    from .operation import Operation
    from .value import Value


_kind: list[type[Node]] = [Node]
_new = object.__new__


def results_are(kind: type[Node]) -> None:
    """Make ``kind`` the class of what operations return."""
    _kind[0] = kind


def constant(data: Any, beside: Any = None) -> Value:
    """A node for an operand that came as plain data: it takes part, and costs no gradient.

    ``beside`` is the data that it meets: a NumPy array becomes one of the same library.
    """
    node: Any = _new(_kind[0])
    data = plain(data)
    node._stored = data if type(data) is float else copied(data, beside)  # its owner may write into it before the pass
    node._grad = node.name = node.op = node.static = node.scope = None
    node.parents = ()
    node.requires_grad = False
    node.order = 0
    return node  # type: ignore[no-any-return]


def record(op: Operation, data: Any, parents: tuple[Node, ...], static: Mapping[str, Any] | None = None) -> Value:
    """The result of an operation; its operands are kept only if a gradient can flow to one of them."""
    node: Any = _new(_kind[0])
    node._stored = data
    node._grad = node.name = None
    node.order = clock()
    recording, scope = state = STATE.get()
    if recording:
        for parent in parents:
            if parent.requires_grad:
                node.op, node.parents, node.static, node.scope = op, parents, static, scope
                node.requires_grad = True
                return node  # type: ignore[no-any-return]
    elif state.watch is not None:
        with state.unwatched():
            node = record(op, data, parents, static)
        state.watch.recorded(node, op, parents)
        return node  # type: ignore[no-any-return]
    node.op = node.static = node.scope = None
    node.parents = ()
    node.requires_grad = False
    return node  # type: ignore[no-any-return]


# --- the walk ---------------------------------------------------------------------------------------------------------


def topological(root: Node, since: int = 0, *, checked: bool = True) -> list[Node]:
    """Every node that ``root`` depends on and a gradient reaches, operands before results; no recursion.

    ``since`` leaves out nodes older than that age. Raises GraphError if an operand is younger than its result: its data
    was replaced, or somebody tied the graph into a loop; ``checked=False`` only looks.
    """
    if root.op is RELEASED:
        raise released(root)
    seen, nodes, stack = {root}, [root], [root]
    while stack:
        node = stack.pop()
        order = node.order
        for parent in node.parents:
            age = parent.order
            if age >= order and checked:
                raise GraphError(CHANGED.format(describe(parent)))
            if parent.requires_grad and age >= since and parent not in seen:
                if parent.op is RELEASED:
                    raise released(parent)
                seen.add(parent)
                nodes.append(parent)
                stack.append(parent)
    nodes.sort(key=attrgetter("order"))
    if checked and guards.anything_lent():
        guards.check_unchanged(nodes)
    return nodes


EdgeHook = Callable[[Node, int, Any, Any, Any], None]
"""Called for each edge of a pass: result, operand number, upstream gradient, contribution, running sum."""


def sweep(
    root: Node,
    seed: Any,
    *,
    graph: bool = False,
    release: bool = False,
    wanted: Collection[Node] | None = None,
    since: int = 0,
    on_edge: EdgeHook | None = None,
) -> dict[Node, Any]:
    """Walk the chain rule from ``root`` back and return the gradient of every node on the way, newest first.

    With ``graph`` the rules are fed Values, so that the gradients are part of a new graph; else plain data. ``wanted``
    restricts the walk to the nodes that lead to these, and ``since`` to those younger than that age. ``release`` frees
    each node when it is done with and returns the gradients of leaves only.
    """
    nodes = topological(root, since)
    useful = _leading_to(wanted, nodes) if wanted is not None else None
    grads = {root: seed}
    summed: set[Node] = set()  # nodes whose gradient is a sum made here, so that nobody else holds it
    if on_edge is None and observers.present():
        on_edge = observers.watching(root, seed, nodes)
        for newer, node in observers.hooked(nodes):
            _walk(newer, grads, root, useful, summed, graph, release, on_edge)
            observers.call_hooks(node, grads, constant if graph else None)
    _walk(nodes, grads, root, useful, summed, graph, release, on_edge)
    return grads


def _walk(  # noqa: PLR0912 (the hot loop: a call for each branch would cost more than its rules)
    nodes: list[Node],
    grads: dict[Node, Any],
    root: Node,
    useful: set[Node] | None,
    summed: set[Node],
    graph: bool,
    release: bool,
    on_edge: EdgeHook | None,
) -> None:
    x: Any = None
    y: Any = None
    operands: Sequence[Any] = ()
    while nodes:
        node = nodes.pop()
        op = node.op
        if op is None or node not in grads:
            continue
        g = grads.pop(node) if release else grads[node]
        parents, static = node.parents, node.static
        out = node if graph else node._stored
        vjps = op.vjps
        # two operands are most of a graph, and packing arguments would cost them as much as their rules
        two = static is None and len(parents) == 2
        if two:
            x, y = parents
            if not graph:
                x, y = x._stored, y._stored
        else:
            operands = parents if graph else [parent._stored for parent in parents]
        i = 0
        try:
            for i, parent in enumerate(parents):
                if not parent.requires_grad or (useful is not None and parent not in useful):
                    continue
                contribution = vjps[i](g, out, x, y) if two else op.pull(i, g, out, operands, static)
                if type(contribution) is float is type(parent._stored):
                    grads[parent] = grads[parent] + contribution if parent in grads else contribution
                else:
                    contribution = fit(contribution, parent, op, i)
                    if parent not in grads:
                        grads[parent] = contribution
                    else:
                        _add_up(grads, parent, contribution, summed if on_edge is None else set())
                if on_edge is not None:
                    on_edge(node, i, g, contribution, grads[parent])
        except Exception as error:
            error.add_note(f"in the rule of {op.name} for operand {i}, {describe(parents[i])}")
            raise
        if release:
            node.op, node.parents, node.static = RELEASED, (), None
            node._stored = RELEASED if node is not root else node._stored


def _add_up(grads: dict[Node, Any], node: Node, contribution: Any, summed: set[Node]) -> None:
    """One more contribution; from the third on it is added in place, into an array that nobody else holds."""
    if node in summed:
        grads[node] += contribution
    else:
        grads[node] = grads[node] + contribution
        summed.add(node)


def _leading_to(wanted: Collection[Node], nodes: list[Node]) -> set[Node]:
    useful = set(wanted)
    for node in nodes:
        if any(parent in useful for parent in node.parents):
            useful.add(node)
    return useful


def backward(root: Node, seed: Any, *, retain_graph: bool) -> None:
    """Run the pass and hand out the gradients: leaves accumulate, inner nodes keep the latest; all of it or nothing."""
    grads = sweep(root, seed, release=not retain_graph)
    leaves = [node for node in grads if node.op is None]
    with _handing_out:  # threads may share a leaf
        before = [leaf._grad for leaf in leaves]
        for leaf, old in zip(leaves, before, strict=True):
            g = _unshared(grads[leaf]) if old is None else old + outward(grads[leaf])
            # NumPy turns 0-d arrays into scalars
            grads[leaf] = np.asarray(g) if type(leaf._stored) is np.ndarray else g
        try:
            for node, g in grads.items():
                node._grad = g if type(g) is float or node.op is None else outward(g)
        except BaseException:  # an interrupt between two of them
            for leaf, old in zip(leaves, before, strict=True):
                leaf._grad = old
            raise


def _unshared(g: Any) -> Any:
    """The gradient in an array that nobody else holds: a rule may have passed one array on to several operands."""
    if type(g) is not np.ndarray:
        return outward(copied(g))
    held_here_alone = 3  # the pass, this argument, and getrefcount's own
    return outward(g) if g.base is None and sys.getrefcount(g) <= held_here_alone else outward(g.copy())


_handing_out = threading.Lock()
