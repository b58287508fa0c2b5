"""The engine: it records operations as a graph and walks the chain rule back through it.

A node is the result of one operation. It holds its data, the operation (an entry of the table in ``operation.py``) and
its ordered operands, and nothing points forward, so that reference counting frees a graph at once. The backward
pass visits nodes from the newest to the oldest: whoever used a node is newer, so its gradient is complete when its turn
comes. That is the topological order that backpropagation needs, and their ages give it without recursion.

Gradients of a pass live in the pass; nodes and leaves get theirs at its end, all or none.
"""

from __future__ import annotations

import os
from _thread import RLock  # threading itself takes a millisecond to import
from collections import deque
from collections.abc import Callable, Collection, Mapping
from heapq import heappop, heappush, heappushpop
from operator import attrgetter
from sys import maxsize
from typing import TYPE_CHECKING, Any

import numpy as np

from . import guards, observers, tracing_guard
from .arrays import copied, library, numpy, operand
from .arrays.batched import Batched, whole
from .guards import CHANGED, RELEASED, GraphError, ages, describe, lent, released, settle
from .node import NO_STATIC, Node, added, fit, outward, own, passed_on, unshared
from .state import STATE, variables

if TYPE_CHECKING:
    from .operation import Operation
    from .value import Value


result_type: list[type[Node]] = [Node]
"""The class of what operations return."""

new_node = object.__new__
get_state = STATE.get


def results_are(kind: type[Node]) -> None:
    """Make ``kind`` the class of what operations return."""
    result_type[0] = kind


def constant(data: Any, beside: Any = None) -> Value:
    """A node for an operand that came as plain data: it takes part, and costs no gradient.

    ``beside`` is the data that it meets: a NumPy array becomes one of the same library. It is copied if there may be
    a pass, before which somebody could write into it.
    """
    node: Any = new_node(result_type[0])
    if type(data) is not float:
        data = operand(data)
        if type(data) is not np.ndarray or type(beside) is not np.ndarray or get_state().is_on:
            data = copied(data, beside)
    node._stored = data
    node._grad = node._x = node._y = node.name = node.op = node.static = node.scope = None
    node.requires_grad = False
    node.order = 0
    return node  # type: ignore[no-any-return]


def record(op: Operation, data: Any, parents: tuple[Node, ...], static: Mapping[str, Any] | None = None) -> Value:
    """The result of an operation; its operands are kept only if a gradient can flow to one of them."""
    if lent:
        settle(parents)
    node: Any = new_node(result_type[0])
    node._stored = data
    node._grad = node.name = None
    node.order = next(ages)
    state = get_state()
    if state.recording:
        for parent in parents:
            if parent.requires_grad:
                node.op, node.static, node.scope, node.requires_grad = op, static, state.scope, True
                if len(parents) <= 2:
                    node._x, node._y = parents if len(parents) == 2 else (*parents, None)
                else:
                    node._x, node._y, node.static = parents, None, NO_STATIC if static is None else static
                return node  # type: ignore[no-any-return]
        node._stored = _of_its_own(data, parents)
    elif state.watch is not None:
        with state.unwatched():
            node = record(op, data, parents, static)
        state.watch.recorded(node, op, parents)
        return node  # type: ignore[no-any-return]
    elif type(data) is not float:
        node._stored = _of_its_own(data, parents)
    node._x = node._y = node.op = node.static = node.scope = None
    node.requires_grad = False
    return node  # type: ignore[no-any-return]


def _of_its_own(data: Any, parents: tuple[Node, ...]) -> Any:
    """The result that nothing joins to its operands: a write into the data of one must not reach the other's."""
    kind = type(data)
    if kind is float:
        return data
    if kind is np.ndarray:
        if data.base is not None:
            return data.copy()
        for x in parents:
            held = x._stored
            if held is data or type(held) is Batched:
                return data.copy()
        return data
    table = library(data)
    operands = [x for x in map(whole, [x._stored for x in parents]) if type(x) is type(data)]
    if table.rank <= numpy.rank or table.immutable or not any(table.shares_memory(x, data) for x in operands):
        return data
    return table.copy(data)


# --- the walk ---------------------------------------------------------------------------------------------------------


def topological(*roots: Node, since: int = 0, checked: bool = True) -> list[Node]:
    """Every node younger than ``since`` that ``roots`` depend on and a gradient reaches, operands before results.

    Raises GraphError if an operand is younger than its result; ``checked=False`` only looks.
    """
    seen = dict.fromkeys(roots)
    nodes = list(seen)
    for node in nodes:  # which grows meanwhile
        if node.op is RELEASED:
            raise released(node)
        for parent in node.parents:
            if checked and parent.order >= node.order:
                raise _stale(node)
            if parent.requires_grad and parent not in seen and parent.order >= since:
                seen[parent] = None
                nodes.append(parent)
    nodes.sort(key=attrgetter("order"))
    if checked and lent:
        guards.check_unchanged(nodes)
    return nodes


def _stale(node: Node) -> GraphError:
    """The error for an operand younger than its result: its data was replaced or released, or there is a loop."""
    parent = next(parent for parent in node.parents if parent.order >= node.order)
    return released(parent) if parent.op is RELEASED else GraphError(CHANGED.format(describe(parent)))


EdgeHook = Callable[[Node, int, Any, Any, Any], None]
"""Called for each edge of a pass: result, operand number, upstream gradient, contribution, running sum."""


def sweep(
    root: Node,
    seed: Any,
    *,
    graph: bool = False,
    release: int | None = None,
    wanted: Collection[Node] | None = None,
    alone: bool = False,
    since: int = 0,
    on_edge: EdgeHook | None = None,
) -> dict[Node, Any]:
    """Walk the chain rule from ``root`` back, newest first, and return the gradient of every node on the way.

    With ``graph`` the rules are fed Values, so that the gradients are part of a new graph; else plain data. ``wanted``
    restricts the walk to the nodes that lead to these, which may be older than ``since``, the age of the oldest that is
    walked, and the result to theirs; None stands for one that was not reached. ``alone`` says that there are no other
    leaves. ``release`` is the age from which on each node is freed when it is done with; the gradients are then those
    of leaves only. Raises GraphError if an operand is younger than its result.
    """
    if root.op is RELEASED:
        raise released(root)
    walk = _Pass(graph, release, since, on_edge)
    watch = get_state().watch if on_edge is None else None
    walk.hooked = observers.hooked() if on_edge is None else ()
    if wanted is not None:
        walk.kept, walk.grads = set(wanted), dict.fromkeys(wanted)
    if (wanted is not None and not alone) or watch is not None or lent:
        nodes = topological(root, since=since)
        if wanted is not None and not alone:
            walk.useful = _leading_to(wanted, nodes)
        if watch is not None:
            walk.on_edge = watch.passing(root, seed, nodes)
    walk.grads[root] = seed
    walk.run(root)
    if lent:
        tracing_guard.passed()
    return walk.grads


class _Pass:
    """One backward pass: the gradients so far, and who waits for its turn.

    A node waits from its first contribution on, and the newest is next: all who could add to its gradient are newer.
    So the nodes need not be known beforehand. They wait in a heap, by negative age; in a chain none does.
    """

    __slots__ = ("grads", "graph", "hooked", "kept", "on_edge", "release", "since", "useful", "waiting")

    def __init__(self, graph: bool, release: int | None, since: int, on_edge: EdgeHook | None) -> None:
        self.graph, self.release, self.since, self.on_edge = graph, release, since, on_edge
        self.grads: dict[Node, Any] = {}
        self.kept: Collection[Node] | None = None if release is None else ()
        self.useful: Collection[Node] | None = None
        self.hooked: Collection[int] = ()
        self.waiting: list[tuple[int, Node]] = []

    def run(self, root: Node) -> None:  # noqa: C901, PLR0912, PLR0915 (the hot loop)
        """Pass on the gradients, newest first, beginning with the one of ``root``.

        Operations on one or two operands are most of a graph and so are written out here: a loop over the operands and
        packed arguments would cost as much as their rules.
        """
        grads, graph, kept, useful, waiting = self.grads, self.graph, self.kept, self.useful, self.waiting
        release, since, hooked, get = self.release, self.since, self.hooked or (), self.grads.get
        watched = self.on_edge is not None
        node: Any = root
        b: Any = None
        while True:
            if hooked and id(node) in hooked:
                observers.call_hooks(node, grads, constant if graph else None)
            op, age = node.op, node.order
            first = second = None  # operands that get their first contribution here, and so wait from now on
            if node.static is not None or (watched and op is not None):
                self._pass_on(node)
            elif op is not None:
                g = grads[node] if kept is None or node in kept else grads.pop(node)
                x, y, i = node._x, node._y, 0
                if x.order >= age or (y is not None and y.order >= age):
                    raise _stale(node)
                if graph:
                    out, a, b = node, x, y
                else:
                    out, a = node._stored, x._stored
                    if y is not None:
                        b = y._stored
                try:
                    if x.requires_grad and (useful is None or x in useful):
                        rule = op.vjps[0]
                        part = g if rule is passed_on else rule(g, out, a) if y is None else rule(g, out, a, b)
                        if (old := get(x)) is None:
                            grads[x] = part if type(part) is float is type(a) else fit(part, x, op, 0)
                            if (x.op is not None or hooked) and x.order >= since:
                                first = x
                        else:
                            grads[x] = old + part if type(part) is float is type(old) else added(old, part, x, op, 0)
                    if y is not None and y.requires_grad and (useful is None or y in useful):
                        i = 1
                        rule = op.vjps[1]
                        part = g if rule is passed_on else rule(g, out, a, b)
                        if (old := get(y)) is None:
                            grads[y] = part if type(part) is float is type(b) else fit(part, y, op, 1)
                            if (y.op is not None or hooked) and y.order >= since:
                                second = y
                        else:
                            grads[y] = old + part if type(part) is float is type(old) else added(old, part, y, op, 1)
                except Exception as error:
                    error.add_note(f"in the rule of {op.name} for operand {i}, {describe(y if i else x)}")
                    raise
            if release is not None and age >= release and op is not None:
                node.op, node.order = RELEASED, maxsize
                node._x = node._y = node.static = None
                node._stored = RELEASED if node is not root else node._stored
            if first is None:
                first = second
            elif second is not None:
                heappush(waiting, (-second.order, second))
            if first is not None:
                node = heappushpop(waiting, (-first.order, first))[1] if waiting else first
            elif waiting:
                node = heappop(waiting)[1]
            else:
                return

    def _pass_on(self, node: Node) -> None:
        """The same for one node with any number of operands and with static arguments, for whoever looks on."""
        op: Operation = node.op  # type: ignore[assignment]
        grads, useful, on_edge = self.grads, self.useful, self.on_edge
        g = grads[node] if self.kept is None or node in self.kept else grads.pop(node)
        parents, static, vjps, i = node.parents, node.static, op.vjps, 0
        operands, age = [], node.order
        for parent in parents:
            if parent.order >= age:
                raise _stale(node)
            operands.append(parent if self.graph else parent._stored)
        out = node if self.graph else node._stored
        try:
            for i, parent in enumerate(parents):
                if parent.requires_grad and (useful is None or parent in useful):
                    part = vjps[i](g, out, *operands) if static is NO_STATIC else op.pull(i, g, out, operands, static)
                    if (old := grads.get(parent)) is None:
                        grads[parent] = fit(part, parent, op, i)
                        if (parent.op is not None or self.hooked) and parent.order >= self.since:
                            heappush(self.waiting, (-parent.order, parent))
                    else:
                        grads[parent] = added(old, part, parent, op, i)
                    if on_edge is not None:
                        on_edge(node, i, g, fit(part, parent, op, i), grads[parent])
        except Exception as error:
            error.add_note(f"in the rule of {op.name} for operand {i}, {describe(parents[i])}")
            raise


def _leading_to(wanted: Collection[Node], nodes: list[Node]) -> Collection[Node]:
    useful = set(wanted)
    for node in nodes:
        if node not in useful and any(parent in useful for parent in node.parents):
            useful.add(node)
    return useful


def check_apart(what: str, *roots: Any) -> None:
    """Raise TypeError if plain gradients of ``roots`` would depend on what a function is being differentiated by."""
    own = variables()
    nodes = [root for root in roots if isinstance(root, Node) and root.requires_grad]
    if own and not own.isdisjoint(topological(*nodes, checked=False)):
        raise TypeError(
            f"{what} gives plain numbers, and the function that is being differentiated would lose their gradient: "
            "take gradients(y, xs, create_graph=True), or grad(f)(x), which are differentiable"
        )


def backward(root: Node, seed: Any, *, retain_graph: bool) -> None:
    """Run the pass and hand out the gradients: leaves accumulate, inner nodes keep the latest; all of it or nothing."""
    grads = own(sweep(root, seed, release=None if retain_graph else 0))
    with handing_out[0]:  # threads may share a leaf
        leaves = {leaf: grads.pop(leaf) for leaf in [node for node in grads if node.op is None]}
        while True:
            passes = _passes[0]
            sums = []
            for leaf in leaves:  # noqa: PLC0206 (a name for the value would be one more holder of it)
                old = leaf._grad
                g = unshared(leaves[leaf]) if old is None else old + outward(leaves[leaf])
                if type(g) is not np.ndarray and type(leaf._stored) is np.ndarray:
                    g = np.asarray(g)  # NumPy turns 0-d arrays into scalars
                sums.append(g)
            changes = map(_set_grad, leaves, sums)
            for node, g in grads.items():
                node._grad = g if type(g) is float else outward(g)
            if passes == _passes[0]:  # else a signal's handler made a pass meanwhile, whose share counts too
                _passes[0] = passes + 1
                _exhaust(changes)  # one call of C: no interrupt, no handler and no other thread comes in between
                return


_set_grad = Node.__dict__["_grad"].__set__
_exhaust = deque[None](maxlen=0).extend
_passes = [0]
"""How many passes have handed out their gradients."""

handing_out = [RLock()]


def _renew_lock() -> None:
    """In a forked process: the thread that held the lock is not there to give it back."""
    handing_out[0] = RLock()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_renew_lock)
