"""The layers of a network, found in its graph: which values are pre-activations, and which layer each belongs to.

A pre-activation is what a layer hands to its activation, the weighted sum z; its gradient is backpropagation's δ. It is
found by the activation that reads it, by the module in which parameters come together, or, where a network was written
by hand and ends without an activation, as the sum in which the last parameters come together.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ..caching import cached_property
from .events import Trace, TraceNode, TraceScope

_SUMS = frozenset({"add", "subtract", "linear", "matmul"})


@dataclass(frozen=True, slots=True)
class NetworkLayer:
    """A layer of a network.

    Parameters
    ----------
    number : int
        Counted from the inputs, from 1.
    title : str
        The module's name and title; "" for a layer without a module of its own.
    sums : tuple of TraceNode
        Its pre-activations.
    parameters : tuple of TraceNode
        The leaves whose derivatives follow from their gradients.
    """

    number: int
    title: str
    sums: tuple[TraceNode, ...]
    parameters: tuple[TraceNode, ...]


def find_layers(trace: Trace) -> tuple[NetworkLayer, ...]:
    """The layers of a network, the last one first; none if the graph is not that of a network.

    Parameters
    ----------
    trace : Trace
        A pass.

    Returns
    -------
    tuple of NetworkLayer
        By the number of pre-activations on the longest way to the root.

    Examples
    --------
    >>> from autograd_mini import Value, tanh
    >>> from autograd_mini.chain import trace
    >>> w1, w2, x = Value(0.5), Value(2.0), Value(1.0, requires_grad=False)
    >>> z = w1 * x
    >>> a = tanh(w2 * tanh(z))
    >>> [(layer.number, [leaf.name for leaf in layer.parameters]) for layer in find_layers(trace(a))]
    [(2, ['w₂']), (1, ['w₁'])]
    """
    return _Search(trace).layers()


class _Search:
    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.scopes: dict[str, TraceScope] = {scope.id: scope for scope in trace.scopes}

    def layers(self) -> tuple[NetworkLayer, ...]:
        sums = self._sums()
        if sums <= {self.trace.root.id}:  # a δ of the root by itself is no step of backpropagation
            return ()
        level: dict[str, int] = {}
        for node in reversed(self.trace.nodes):
            if node.requires_grad:
                level[node.id] = max(
                    (level[edge.result] + (edge.result in sums) for edge in self.trace.outgoing[node.id]), default=0
                )
        by_level: dict[int, list[TraceNode]] = {}
        parameters: dict[int, list[TraceNode]] = {}
        for node in self.trace.nodes:
            if node.id in sums:
                by_level.setdefault(level[node.id], []).append(node)
            elif node.requires_grad and node.op is None and level[node.id]:
                parameters.setdefault(level[node.id] - 1, []).append(node)
        titles = self._titles(by_level)
        return tuple(
            NetworkLayer(len(by_level) - i, titles[i], tuple(by_level[i]), tuple(parameters.get(i, ())))
            for i in sorted(by_level)
        )

    # --- pre-activations ----------------------------------------------------------------------------------------------

    def _sums(self) -> set[str]:
        sure = {id for id in map(self._sum_of, self._meetings) if id is not None}
        likely = {node.id for node in self.trace.nodes if node.delta and node.requires_grad}
        sums = self._with_parameters(sure, likely)
        last = self._last_by_hand(sums)
        return sums | {last} if last is not None else sums

    @cached_property
    def _meetings(self) -> dict[str, list[TraceNode]]:
        """For each group of operations those that read a parameter."""
        meetings: dict[str, list[TraceNode]] = {}
        for node in self.trace.nodes:
            if node.scope is not None and any(self._is_parameter(id) for id in node.operands):
                meetings.setdefault(node.scope, []).append(node)
        return meetings

    def _is_parameter(self, id: str) -> bool:
        node = self.trace.node(id)
        return node.op is None and node.requires_grad

    def _sum_of(self, scope: str) -> str | None:
        """Where all parameters that a group reads have come together, if that is a sum and within the group."""
        found = self._together(self._meetings[scope], scope)
        if found is None or self._is_sum(self.trace.node(found)):
            return found
        return None

    @staticmethod
    def _is_sum(node: TraceNode) -> bool:
        """Whether an operation adds or multiplies arrays, as a layer does; x² in a group of its own is no layer."""
        return node.op in _SUMS or not node._op.elementwise

    def _together(self, starts: Iterable[TraceNode], scope: str | None) -> str | None:
        """The first value through which all ways from some values to the root lead, within a group if one is given."""
        waiting = [int(node.id[2:]) for node in starts]
        heapq.heapify(waiting)
        seen = set(waiting)
        while waiting:
            place = heapq.heappop(waiting)
            node = self.trace.nodes[place]
            if not waiting:
                return node.id
            for edge in self.trace.outgoing[node.id]:
                result = self.trace.node(edge.result)
                if scope is not None and not self._is_within(result, scope):
                    return None
                onward = int(result.id[2:])
                if onward not in seen:
                    seen.add(onward)
                    heapq.heappush(waiting, onward)
        return None

    def _is_within(self, node: TraceNode, scope: str) -> bool:
        here = node.scope
        while here is not None and here != scope:
            here = self.scopes[here].parent
        return here == scope

    def _with_parameters(self, sure: Collection[str], likely: Collection[str]) -> set[str]:
        """Those into which a parameter goes without passing another; an activation in a cost is no layer."""
        found: set[str] = set()
        fresh: dict[str, bool] = {}
        for node in self.trace.nodes:
            if not node.requires_grad:
                continue
            reads = any(self._is_parameter(id) or fresh.get(id, False) for id in node.operands)
            is_sum = node.id in sure or (node.id in likely and reads)
            if is_sum:
                found.add(node.id)
            fresh[node.id] = reads and not is_sum
        return found

    def _last_by_hand(self, sums: Collection[str]) -> str | None:
        """The sum of a last layer without activation: where parameters that reach the root otherwise come together."""
        bare: set[str] = {self.trace.root.id} - set(sums)
        for node in reversed(self.trace.nodes):
            coming = self.trace.outgoing[node.id]
            if node.id not in sums and any(edge.result in bare for edge in coming):
                bare.add(node.id)
        leaves = [node for node in self.trace.nodes if node.op is None and node.id in bare]
        if len(leaves) < 2 or any(len(self.trace.outgoing[leaf.id]) > 1 for leaf in leaves):
            return None
        readers = [self.trace.node(self.trace.outgoing[leaf.id][0].result) for leaf in leaves]
        found = self._together({node.id: node for node in readers}.values(), None)
        if found is None or found == self.trace.root.id or self.trace.node(found).op not in _SUMS:
            return None
        return found

    # --- titles -------------------------------------------------------------------------------------------------------

    def _titles(self, by_level: dict[int, list[TraceNode]]) -> dict[int, str]:
        """For each layer the outermost module that holds its sums and no other layer's."""
        paths = {level: {self._path(node) for node in nodes} for level, nodes in by_level.items()}
        titles = {}
        for level, own in paths.items():
            others = {part for other in paths if other != level for path in paths[other] for part in _parts(path)}
            shared = set.intersection(*(set(_parts(path)) for path in own)) - others
            best = min(shared, key=len, default="")
            scope = next((scope for scope in self.trace.scopes if best and scope.path == best), None)
            titles[level] = "" if scope is None else " · ".join(word for word in (scope.name, scope.title) if word)
        return titles

    def _path(self, node: TraceNode) -> str:
        return "" if node.scope is None else self.scopes[node.scope].path


def _parts(path: str) -> list[str]:
    """``a.b.c``, ``a.b`` and ``a``."""
    names = path.split(".") if path else []
    return [".".join(names[: i + 1]) for i in range(len(names))]
