"""One entry of an array unrolled: the graph of single numbers between the result and that entry.

Between two arrays the local derivative is a Jacobian, of which a pass only ever computes products. Its entries are had
one row at a time, by a rule that is called with a gradient of 1 for one entry of the result and 0 for all others, or
one column at a time, by differentiating that product in its turn. Only entries on the way are asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

import numpy as np

from ...arrays.batched import is_batch
from ...node import Node, fit
from ...state import recording
from ...transforms import gradients
from ...value import Value
from ..events import TraceEdge, TraceNode
from ..paths import Dag, between
from .chart import Chart, Index
from .view import View

_MOST_CALLS = 20_000
_MOST_WORK = 500_000_000
_MOST_EDGES = 400_000

Triples = list[tuple[int, int, float]]
"""Entry of the result, entry of the operand, both in flat order, and the local derivative."""

_Link = tuple[int, int, float, TraceEdge | None]


def unrolled(view: View, target: TraceNode, element: Index) -> Chart | None:
    """The chart of the way to one entry of an array.

    Parameters
    ----------
    view : View
        The pass.
    target : TraceNode
        The array.
    element : tuple of int
        The entry, in range.

    Returns
    -------
    Chart or None
        None if no derivative on the way differs from 0, so that there is no path.

    Raises
    ------
    TypeError
        If something on the way is complex: its local derivatives are no single numbers.
    ValueError
        If there are too many entries on the way.
    """
    nodes, edges = view.way(target)
    for node in nodes:
        if is_batch(node._data):
            raise TypeError(
                f"element= unrolls arrays, and {node.name} on the way stands for all examples of a vmap; leave it out, "
                "or explain the function for one example"
            )
        if np.iscomplexobj(node.value):
            raise TypeError(f"element= unrolls real arrays, and {node.name} on the way is complex; leave it out")
    with np.errstate(all="ignore"), recording():
        return _Unrolling(view, nodes, edges, target, element).chart()


class _Unrolling:
    """The work on one entry: which entries lie on the way, then the numbers between them."""

    def __init__(
        self, view: View, nodes: Sequence[TraceNode], edges: Sequence[TraceEdge], target: TraceNode, element: Index
    ) -> None:
        self.view, self.nodes, self.target = view, nodes, target
        self.coming: dict[str, list[TraceEdge]] = {}
        for edge in edges:
            self.coming.setdefault(edge.result, []).append(edge)
        self.flat = int(np.ravel_multi_index(element, target.shape)) if element else 0
        self.calls = self.work = self.found = 0
        self.numbers: list[tuple[TraceEdge, Triples]] = []

    def chart(self) -> Chart | None:
        reached = self._reached()
        root = self.nodes[0]
        wanted: dict[str, set[int]] = {root.id: reached.get(root.id, set())}
        for node in self.nodes:
            rows = wanted.pop(node.id, None)
            if not rows:
                continue
            for edge in self.coming.get(node.id, ()):
                triples = self._between(edge, rows, reached.get(edge.operand, set()))
                self.numbers.append((edge, triples))
                self.found += len(triples)
                if self.found > _MOST_EDGES:
                    raise self._too_many()
                wanted.setdefault(edge.operand, set()).update([entry for _, entry, _ in triples])
        return self._assembled()

    def _reached(self) -> dict[str, set[int]]:
        """For each value the entries that depend on the element."""
        reached = {self.target.id: {self.flat}}
        random = np.random.default_rng(0)
        for node in reversed(self.nodes):
            for edge in self.coming.get(node.id, ()):
                own = reached.get(edge.operand)
                if not own:
                    continue
                met = _met_entries(self.view, edge)
                if met is not None:
                    depending = own if met is _SAME else {o for o, entry in enumerate(met) if entry in own}
                else:
                    # Sizes drawn at random cancel nowhere, so that one product shows all entries that depend on these.
                    self._plan(1, edge)
                    tangent = np.zeros(_size(self.view.trace.node(edge.operand)))
                    tangent[sorted(own)] = random.uniform(1.0, 2.0, len(own))
                    depending = set(np.flatnonzero(self._column(edge, tangent)).tolist())
                reached[node.id] = reached.get(node.id, set()) | depending
        return reached

    def _between(self, edge: TraceEdge, rows: set[int], columns: set[int]) -> Triples:
        """The entries of the Jacobian in some rows and columns."""
        if not columns:
            return []
        met = _met_entries(self.view, edge)
        if met is not None:
            slopes = self._slopes(edge)
            pairs = [(o, o) for o in rows & columns] if met is _SAME else [(o, met[o]) for o in rows]
            return [(o, entry, float(slopes[o])) for o, entry in sorted(pairs) if entry in columns]
        down, across = sorted(rows), sorted(columns)
        self._plan(min(len(down), len(across)), edge)
        triples: Triples = []
        if len(down) <= len(across):
            for o in down:
                row = self._row(edge, o)[across]
                triples += [(o, across[k], float(row[k])) for k in np.flatnonzero(row)]
        else:
            size = _size(self.view.trace.node(edge.operand))
            for entry in across:
                column = self._column(edge, _one_hot(size, entry))[down]
                triples += [(down[k], entry, float(column[k])) for k in np.flatnonzero(column)]
        return sorted(triples)

    def _plan(self, calls: int, edge: TraceEdge) -> None:
        """Account for products with a rule before they are computed."""
        trace = self.view.trace
        self.calls += calls
        self.work += calls * (_size(trace.node(edge.result)) + _size(trace.node(edge.operand)))
        if self.calls > _MOST_CALLS or self.work > _MOST_WORK:
            raise self._too_many()

    def _too_many(self) -> ValueError:
        return ValueError(
            f"unrolling one entry of {self.target.name} leads through too many entries of other arrays (after "
            f"{self.calls:,} products with rules and {self.found:,} local derivatives); compute {self.view.of} for "
            "fewer samples, or leave element= out"
        )

    # --- products with a rule -----------------------------------------------------------------------------------------

    def _slopes(self, edge: TraceEdge) -> np.ndarray[Any, Any]:
        """The local derivatives of an elementwise operation, one for each entry of its result."""
        out = self.view.trace.node(edge.result).value
        one = np.ones_like(out) if isinstance(out, np.ndarray) else 1.0
        slopes = np.asarray(self._pull(edge, one, out))
        return (slopes if slopes.shape == np.shape(out) else np.broadcast_to(slopes, np.shape(out))).ravel()

    def _row(self, edge: TraceEdge, entry: int) -> np.ndarray[Any, Any]:
        """One row of the Jacobian, by the rule for a gradient that is 1 at one entry."""
        out = self.view.trace.node(edge.result).value
        gradient = _shaped(_one_hot(int(np.size(out)), entry), out)
        operand = self.view.operand(edge)
        op = self.view.trace.node(edge.result)._op
        return np.ravel(fit(self._pull(edge, gradient, out), operand, op, edge.index))

    def _column(self, edge: TraceEdge, tangent: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """A weighted sum of columns: what the rule gives is linear in the gradient, and is differentiated by it."""
        result = self.view.trace.node(edge.result)
        operand, op = self.view.operand(edge), result._op
        gradient = Value(_shaped(np.ones(int(np.size(result.value))), result.value), requires_grad=True)
        constants = [Value(self.view.trace.node(id).value, requires_grad=False) for id in result.operands]
        out = Value(result.value, requires_grad=False)
        product = op.pull(edge.index, gradient, out, constants, result.static)
        if not isinstance(product, Node) or not product.requires_grad:
            return np.zeros(gradient.size)
        product = fit(product, operand, op, edge.index)
        return np.ravel(gradients(product, gradient, _shaped(tangent, self.view.trace.node(edge.operand).value)))

    def _pull(self, edge: TraceEdge, gradient: Any, out: Any) -> Any:
        trace = self.view.trace
        result = trace.node(edge.result)
        operands = [trace.node(id).value for id in result.operands]
        return result._op.pull(edge.index, gradient, out, operands, result.static)

    # --- the chart ----------------------------------------------------------------------------------------------------

    def _assembled(self) -> Chart | None:
        """The entries as one graph, without those that lead nowhere."""
        order = {node.id: i for i, node in enumerate(reversed(self.nodes))}
        pairs = {(self.target.id, self.flat)}
        for edge, triples in self.numbers:
            pairs.update((edge.result, o) for o, _, _ in triples)
            pairs.update((edge.operand, x) for _, x, _ in triples)
        entries = sorted(pairs, key=lambda pair: (order[pair[0]], pair[1]))
        number = {pair: i for i, pair in enumerate(entries)}
        links: list[_Link] = [
            (number[edge.result, o], number[edge.operand, x], slope, edge)
            for edge, triples in self.numbers
            for o, x, slope in triples
        ]
        root = self.nodes[0]
        if not root.shape and (root.id, 0) not in number:
            return None
        if root.shape:  # the sum of its entries, weighted by the gradient that the pass started from
            seeds = np.ravel(root.grad)
            links += [(len(entries), i, float(seeds[o]), None) for (id, o), i in number.items() if id == root.id]
        links.sort(key=itemgetter(0))
        top = len(entries) - (not root.shape)
        results, operands = [link[0] for link in links], [link[1] for link in links]
        kept_nodes, kept = between(results, operands, top, number[self.target.id, self.flat])
        if not kept_nodes:
            return None
        place = {node: i for i, node in enumerate(kept_nodes)}
        dag = Dag([place[links[k][0]] for k in kept], [place[links[k][1]] for k in kept], [links[k][2] for k in kept])
        owners, indices = [], list[Index | None]()
        for node in kept_nodes:
            id, entry = entries[node] if node < len(entries) else (root.id, -1)
            owners.append(self.view.trace.node(id))
            shape = owners[-1].shape
            indices.append(tuple(map(int, np.unravel_index(entry, shape))) if shape and entry >= 0 else None)
        return Chart(self.view, dag, owners, [links[k][3] for k in kept], indices)


_SAME: tuple[int, ...] = ()
"""Every entry of the result meets the same entry of the operand."""


def _met_entries(view: View, edge: TraceEdge) -> Sequence[int] | None:
    """For each entry of an elementwise operation's result the entry of the operand; None for other operations."""
    result, operand = view.trace.node(edge.result), view.trace.node(edge.operand)
    if not result._op.elementwise:
        return None
    if result.shape == operand.shape:
        return _SAME
    own = np.arange(_size(operand), dtype=np.intp).reshape(operand.shape)
    return np.broadcast_to(own, result.shape).ravel().tolist()


def _size(node: TraceNode) -> int:
    return int(np.prod(node.shape))


def _one_hot(size: int, entry: int) -> np.ndarray[Any, Any]:
    gradient = np.zeros(size)
    gradient[entry] = 1.0
    return gradient


def _shaped(flat: np.ndarray[Any, Any], like: Any) -> Any:
    """Numbers in the shape, dtype and kind of a value."""
    if type(like) is float:
        return float(flat[0])
    return flat.reshape(np.shape(like)).astype(like.dtype)[()]
