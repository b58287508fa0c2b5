"""Forward mode: tangents pushed through a recorded graph, from the oldest node to the newest.

There is no second table. What an operation does to a tangent is found in its entry, for each operand: a ``jvp`` rule
where there is one; the operation itself where it is linear; the reverse rule where entries do not mix, since a diagonal
is its own transpose; and for the rest the reverse rule transposed, which is the derivative of a linear function.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from . import tracing_guard
from .arrays import as_numpy, kind_of, library, shape_of
from .engine import constant, sweep, topological
from .guards import GraphError, NoForwardRule, describe
from .leaves import filled_like
from .node import Node, fit
from .ops.elementwise import AtRest
from .ops.shapes import broadcast_to
from .state import STATE, recording
from .users import is_users
from .value import Value


def push(ys: Sequence[Any], tangents: Mapping[Any, Any], *, graph: bool, since: int = 0) -> list[Any]:
    """The tangents of results, from those of some values that they depend on; None where nothing moves.

    With ``graph`` the tangents are Values that can be differentiated further, else plain data. ``since`` leaves out
    nodes older than that age.
    """
    state = STATE.get()
    if not state.is_on:
        with recording():
            return push(ys, tangents, graph=graph, since=since)
    found = dict(tangents)
    try:
        _move(ys, found, graph, since)
    except AtRest:
        return [_pulled_twice(y, tangents, since) if y.requires_grad else None for y in ys]
    tracing_guard.passed()
    return [found.get(y) for y in ys]


def _move(ys: Sequence[Any], found: dict[Any, Any], graph: bool, since: int) -> None:
    """The tangents of all nodes on the way to ``ys``, into ``found``."""
    watch = STATE.get().watch
    for node in topological(*[y for y in ys if y.requires_grad], since=since):
        if node.op is not None and node not in found:
            parents = node.parents
            moving = [i for i, parent in enumerate(parents) if parent in found]
            if moving:
                found[node] = _fitted(_tangent(node, parents, moving, found, graph), node)
                if watch is not None:
                    watch.moved(node, found[node], [found[parents[i]] for i in moving])


def _pulled_twice(y: Any, tangents: Mapping[Any, Any], since: int) -> Any:
    """The tangent of a result as a Value, by the transposition of its whole backward pass.

    Only that pass knows what becomes of a length that is 0: its rule sees what the length goes on into.
    """
    u = Value(filled_like(y, 1.0))
    gradients = sweep(y, u, graph=True, wanted=list(tangents), since=since)
    total: Any = None
    for x, t in tangents.items():
        g = gradients[x]
        if isinstance(g, Node) and g.requires_grad:
            share = sweep(g, t if isinstance(t, Node) else constant(t), graph=True, wanted=[u], since=u.order)[u]
            if share is not None:
                total = share if total is None else total + share
    return None if total is None else _fitted(total, y)


def _tangent(node: Node, parents: tuple[Node, ...], moving: list[int], found: Mapping[Node, Any], graph: bool) -> Any:
    """How a result moves with its operands: the sum over those that move."""
    op: Any = node.op
    if op.push is not None:
        return op.push([found.get(x) for x in parents], node._stored, graph, **node.static or {})
    if op.linear:
        return op.apply([found[x] if x in found else filled_like(x, 0.0) for x in parents], node.static)
    out, operands = (node, parents) if graph else (node._stored, [parent._stored for parent in parents])
    total: Any = None
    for i in moving:
        try:
            share = _share(node, i, found[parents[i]], out, operands, graph)
            total = share if total is None else total + share
        except AtRest:
            raise
        except Exception as error:
            error.add_note(f"in the forward mode of {op.name} for operand {i}, {describe(parents[i])}")
            raise
    return total


def _share(node: Node, i: int, t: Any, out: Any, operands: Sequence[Any], graph: bool) -> Any:
    """One operand's part in the movement of a result."""
    op: Any = node.op
    rule, static = op.rules[0 if op.variadic else i], node.static
    if rule.jvp is not None:
        if static is None:
            return rule.jvp(t, out, *operands)
        return rule.jvp(t, out, *operands, **static, **({"index": i} if op.variadic else {}))
    if rule.linear:
        compute = op.apply if graph or isinstance(t, Node) else op.compute
        return compute([*operands[:i], t, *operands[i + 1 :]], static)
    if op.elementwise and kind_of(operands[i]) != "c" != kind_of(out):
        shape = shape_of(out)
        return op.pull(i, t if shape_of(t) == shape else _spread(t, shape), out, operands, static)
    return _transposed(node, i, t, out, operands, graph)


def _transposed(node: Node, i: int, t: Any, out: Any, operands: Sequence[Any], graph: bool) -> Any:
    """The reverse rule is linear in its gradient u; the derivative of ⟨rule(u), t⟩ by u is the forward product."""
    op: Any = node.op
    u = Value(filled_like(node, 1.0))
    try:
        pulled = op.pull(i, u, out, operands, node.static)
    except Exception as error:
        if is_users(op.forward):
            raise _no_forward_rule(op, error) from error
        raise
    if not isinstance(pulled, Node) and is_users(op.forward) and as_numpy(pulled != 0).any():
        raise _no_forward_rule(op, "it gave plain data for a gradient that is a Value")
    if not isinstance(pulled, Node) or not pulled.requires_grad:
        return filled_like(node, 0.0)
    pulled = fit(pulled, node.parents[i], op, i)
    found = sweep(pulled, t, graph=graph, wanted=[u], since=u.order)
    return filled_like(node, 0.0) if found[u] is None else found[u]


def _no_forward_rule(op: Any, why: object) -> NoForwardRule:
    return NoForwardRule(
        f"{op.name} has no forward rule, and its reverse rule cannot be turned into one, since it does not compute "
        f"with Values: {why}; write it with functions of this package, or give Rule(..., jvp=...)"
    )


def _fitted(t: Any, node: Node) -> Any:
    """A tangent in the shape, dtype and kind of the node's data."""
    data, own = t._stored if isinstance(t, Node) else t, node._stored
    if type(data) is type(own) and (
        type(data) in (float, complex) or (data.shape == own.shape and data.dtype == own.dtype)
    ):
        return t
    try:
        if shape_of(data) != shape_of(own):
            t = _spread(t, shape_of(own))
    except (TypeError, ValueError) as error:
        raise GraphError(f"a tangent of shape {shape_of(data)} for {describe(node)}: {error}") from None
    return t.fit(own) if isinstance(t, Value) else library(t, own).fit(t, own)


def _spread(t: Any, shape: tuple[int, ...]) -> Any:
    return broadcast_to(t, shape) if isinstance(t, Node) else library(t).broadcast_to(t, shape)
