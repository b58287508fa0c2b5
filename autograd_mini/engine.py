"""The engine: it records operations as a graph and walks the chain rule back through it.

A node is the result of one operation. It holds its data, the operation (an entry of the table in ``operation.py``) and
its ordered operands, and nothing points forward, so that reference counting frees a graph at once. The backward
pass visits nodes from the newest to the oldest: whoever used a node is newer, so its gradient is complete when its turn
comes. That is the topological order that backpropagation needs, and a sort by age gives it without recursion.

Gradients of a pass live in the pass; nodes and leaves get theirs at its end, all or none.
"""

from __future__ import annotations

import sys
from _thread import allocate_lock  # threading itself takes a millisecond to import
from collections.abc import Callable, Collection, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from . import guards, observers
from .arrays import copied, plain
from .guards import CHANGED, RELEASED, GraphError, ages, describe, released
from .node import NO_STATIC, Node, fit, outward, own, sum_of, unshared
from .state import STATE

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

    ``beside`` is the data that it meets: a NumPy array becomes one of the same library.
    """
    node: Any = new_node(result_type[0])
    if type(data) is not float:
        data = plain(data)
        if type(data) is not np.ndarray or type(beside) is not np.ndarray or not _is_safe(data):
            data = copied(data, beside)
    node._stored = data
    node._grad = node._x = node._y = node.name = node.op = node.static = node.scope = None
    node.requires_grad = False
    node.order = 0
    return node  # type: ignore[no-any-return]


def _is_safe(data: Any) -> bool:
    """Whether nobody can write into a NumPy array before the pass, or there will be none: it needs no copy then."""
    return not (data.flags.writeable or data.base is not None) or not get_state().is_on


def record(op: Operation, data: Any, parents: tuple[Node, ...], static: Mapping[str, Any] | None = None) -> Value:
    """The result of an operation; its operands are kept only if a gradient can flow to one of them."""
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
    elif state.watch is not None:
        with state.unwatched():
            node = record(op, data, parents, static)
        state.watch.recorded(node, op, parents)
        return node  # type: ignore[no-any-return]
    node._x = node._y = node.op = node.static = node.scope = None
    node.requires_grad = False
    return node  # type: ignore[no-any-return]


# --- the walk ---------------------------------------------------------------------------------------------------------


def reached(*roots: Node, since: int = 0, checked: bool = True) -> tuple[list[Node], dict[Node, Any]]:
    """Every node that ``roots`` depend on and a gradient reaches, operands before results, and places for gradients.

    ``since`` leaves out nodes older than that age. Raises GraphError if an operand is younger than its result: its data
    was replaced or released, or somebody tied the graph into a loop; ``checked=False`` only looks.
    """
    for root in roots:
        if root.op is RELEASED:
            raise released(root)
    grads: dict[Node, Any] = dict.fromkeys(roots)
    nodes = list(grads)
    for node in nodes:  # which grows meanwhile
        x: Any = node._x
        if x is None:
            continue
        order, y = node.order, node._y
        for parent in (x, y) if y is not None else x if type(x) is tuple else (x,):
            age = parent.order
            if age >= order:
                if parent.op is RELEASED:
                    raise released(parent)
                if checked:
                    raise GraphError(CHANGED.format(describe(parent)))
            if parent.requires_grad and parent not in grads and age >= since:
                grads[parent] = None
                nodes.append(parent)
    nodes.sort(key=attrgetter("order"))
    if checked and guards.anything_lent():
        guards.check_unchanged(nodes)
    return nodes, grads


def topological(*roots: Node, since: int = 0, checked: bool = True) -> list[Node]:
    """The nodes of ``reached`` alone."""
    return reached(*roots, since=since, checked=checked)[0]


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
    of leaves only.
    """
    nodes, grads = reached(root, since=since)
    kept: Collection[Node] | None = None if release is None else ()
    if wanted is not None:
        kept = set(wanted)
        nodes = nodes if alone else _leading_to(kept, nodes)
        grads = dict.fromkeys([*wanted, *nodes])
    grads[root] = seed
    if on_edge is None and observers.present():
        on_edge = observers.watching(root, seed, nodes)
        for newer, node in observers.hooked(nodes):
            _walk(newer, grads, kept, root, graph, release, on_edge)
            observers.call_hooks(node, grads, constant if graph else None)
    _walk(nodes, grads, kept, root, graph, release, on_edge)
    return grads


def _walk(  # noqa: PLR0912 (the hot loop)
    nodes: list[Node],
    grads: dict[Node, Any],
    kept: Collection[Node] | None,
    root: Node,
    graph: bool,
    release: int | None,
    on_edge: EdgeHook | None,
) -> None:
    """Pass the gradients of ``nodes``, newest first, on to those operands that have a place in ``grads``.

    They stay there if they are among those ``kept``, or all are; nodes from the age ``release`` on are freed.

    Operations on one or two operands are most of a graph and so are written out here: a loop over the operands and
    packed arguments would cost as much as their rules.
    """
    get, nowhere = grads.get, _nowhere
    y: Any = None
    b: Any = None
    for node in reversed(nodes):
        op = node.op
        if op is None:
            continue
        g = grads[node] if kept is None or node in kept else grads.pop(node)
        if node.static is not None or on_edge is not None:
            _pass_on(node, g, grads, graph, on_edge)
        else:
            x: Any = node._x
            y, i = node._y, 0
            if graph:
                out, a, b = node, x, y
            else:
                out, a = node._stored, x._stored
                if y is not None:
                    b = y._stored
            try:
                if (old := get(x, nowhere)) is not nowhere:
                    part = op.vjps[0](g, out, a) if y is None else op.vjps[0](g, out, a, b)
                    if type(part) is float is type(a):
                        grads[x] = part if old is None else old + part
                    else:
                        grads[x] = sum_of(old, part, x, op, 0)
                if y is not None and (old := get(y, nowhere)) is not nowhere:
                    i = 1
                    part = op.vjps[1](g, out, a, b)
                    if type(part) is float is type(b):
                        grads[y] = part if old is None else old + part
                    else:
                        grads[y] = sum_of(old, part, y, op, 1)
            except Exception as error:
                error.add_note(f"in the rule of {op.name} for operand {i}, {describe(y if i else x)}")
                raise
        if release is not None and node.order >= release:
            node.op, node.order = RELEASED, sys.maxsize
            node._x = node._y = node.static = None
            node._stored = RELEASED if node is not root else node._stored


def _pass_on(node: Node, g: Any, grads: dict[Node, Any], graph: bool, on_edge: EdgeHook | None) -> None:
    """The same for one node with any number of operands and with static arguments; tells ``on_edge`` of each."""
    op: Operation = node.op  # type: ignore[assignment]
    parents, static, vjps, i = node.parents, node.static, op.vjps, 0
    out, operands = (node, parents) if graph else (node._stored, [parent._stored for parent in parents])
    try:
        for i, parent in enumerate(parents):
            old = grads.get(parent, _nowhere)
            if old is not _nowhere:
                part = vjps[i](g, out, *operands) if static is NO_STATIC else op.pull(i, g, out, operands, static)
                grads[parent] = sum_of(old, part, parent, op, i)
                if on_edge is not None:
                    on_edge(node, i, g, fit(part, parent, op, i), grads[parent])
    except Exception as error:
        error.add_note(f"in the rule of {op.name} for operand {i}, {describe(parents[i])}")
        raise


_nowhere: Any = object()


def _leading_to(wanted: Collection[Node], nodes: list[Node]) -> list[Node]:
    useful = set(wanted)
    for node in nodes:
        if node not in useful and any(parent in useful for parent in node.parents):
            useful.add(node)
    return [node for node in nodes if node in useful]


def backward(root: Node, seed: Any, *, retain_graph: bool) -> None:
    """Run the pass and hand out the gradients: leaves accumulate, inner nodes keep the latest; all of it or nothing."""
    grads = own(sweep(root, seed, release=None if retain_graph else 0))
    leaves = [node for node in grads if node.op is None]
    with _handing_out:  # threads may share a leaf
        before = [leaf._grad for leaf in leaves]
        for leaf, old in zip(leaves, before, strict=True):
            g = unshared(grads[leaf]) if old is None else old + outward(grads[leaf])
            if type(leaf._stored) is np.ndarray and type(g) is not np.ndarray:
                g = np.asarray(g)  # NumPy turns 0-d arrays into scalars
            grads[leaf] = g
        try:
            for node, g in grads.items():
                node._grad = g if type(g) is float or node.op is None else outward(g)
        except BaseException:  # an interrupt between two of them
            for leaf, old in zip(leaves, before, strict=True):
                leaf._grad = old
            raise


_handing_out = allocate_lock()
