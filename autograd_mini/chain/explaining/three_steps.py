"""Backpropagation of a network told in its three steps: δ of the last layer, δ passed back, derivatives from δ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np

from ...caching import cached_property
from ..arithmetic import Expression, equation
from ..events import TraceEdge, TraceNode
from ..layers import NetworkLayer, find_layers
from ..notation import subscript_number
from ..paths import Dag, count_text
from .array_story import nested
from .chart import Chart, chart_of, slope
from .document import Equation, Heading, Item, Row
from .expressions import bare, in_terms_of
from .scalar_story import short_form
from .story import Story
from .view import View, delta_name, place

_TERMS = 3
_MOST_EDGES = 12
_LINE = 100
_MOST_LAYERS = 24


def tell(view: View, check: Callable[[TraceNode], str]) -> Story:
    """The story of all gradients: by the three steps if the graph is a network's, else leaf by leaf.

    Parameters
    ----------
    view : View
        The pass.
    check : callable
        What a leaf's gradient was checked against; "" if against nothing.

    Returns
    -------
    Story
        Its value is a dict of the leaves' gradients by name.
    """
    return _Teller(view, check).story


class _Teller:
    def __init__(self, view: View, check: Callable[[TraceNode], str]) -> None:
        self.view, self.check, self.trace = view, check, view.trace
        self.layers = find_layers(view.trace)
        self.deltas = _delta_names(self.layers)

    @cached_property
    def story(self) -> Story:
        leaves = [node for node in self.trace.nodes if node.op is None and node.requires_grad]
        view = self.view
        items = [*self._network()] if self.layers else [*self._plainly(leaves)]
        return Story(
            symbol=f"∇{view.of}",
            value={leaf.name: leaf.grad for leaf in leaves},
            count=self._count(),
            mass=None,
            factors=tuple,
            paths=tuple,
            items=[*items, *view.where(items)],
        )

    def _count(self) -> int:
        """The number of paths from the root to all leaves."""
        waiting = {self.trace.root.id: 1}
        total = 0
        for node in reversed(self.trace.nodes):
            paths = waiting.pop(node.id, 0)
            if node.op is None:
                total += paths
            elif paths:
                for edge in self.trace.incoming(node):
                    if edge.requires_grad:
                        waiting[edge.operand] = waiting.get(edge.operand, 0) + paths
        return total

    # --- the three steps ----------------------------------------------------------------------------------------------

    def _network(self) -> Iterator[Item]:
        telling = self.view.telling
        yield Heading(telling.layers.format(root=self.view.of))
        last, *others = self.layers
        yield Heading(self._titled(telling.last, last))
        yield from self._rows(last.sums, self._delta_row)
        if others:
            yield Heading(telling.back)
            yield from self._by_layer(others, lambda layer: layer.sums, self._delta_row)
        yield Heading(telling.derivatives)
        yield from self._by_layer(self.layers, lambda layer: layer.parameters, self._leaf_row)
        rest = self._without_layer()
        if rest:
            yield Heading(telling.direct, small=True)
            yield from self._rows(rest, self._leaf_row)

    def _by_layer(
        self,
        layers: Sequence[NetworkLayer],
        of: Callable[[NetworkLayer], Sequence[TraceNode]],
        told: Callable[[TraceNode], Iterable[Row]],
    ) -> Iterator[Item]:
        """Some values of each layer under its title; of very many layers the first and the last ones."""
        shown = [layer for layer in layers if of(layer)]
        left_out = len(shown) - _MOST_LAYERS
        for i, layer in enumerate(shown):
            if left_out > 0 and _MOST_LAYERS // 2 <= i < len(shown) - _MOST_LAYERS // 2:
                if i == _MOST_LAYERS // 2:
                    yield Heading(self.view.telling.more_layers.format(n=f"{left_out:,}"), small=True)
                continue
            yield Heading(self._titled("", layer), small=True)
            yield from self._rows(of(layer), told)

    def _titled(self, words: str, layer: NetworkLayer) -> str:
        title = layer.title or self.view.telling.layer.format(n=layer.number)
        return f"{words}, {title}" if words else f"{title}:"

    def _without_layer(self) -> list[TraceNode]:
        within = {leaf.id for layer in self.layers for leaf in layer.parameters}
        return [node for node in self.trace.nodes if node.op is None and node.requires_grad and node.id not in within]

    def _rows(self, nodes: Sequence[TraceNode], told: Callable[[TraceNode], Iterable[Row]]) -> Iterator[Item]:
        """What there is to tell about each value; of many alike about the first only."""
        rows = [row for node in islice(nodes, self.view.max_paths) for row in told(node)]
        if len(nodes) > self.view.max_paths:
            more = self.view.telling.values.format(n=f"{len(nodes) - self.view.max_paths:,}")
            rows.append(Row("", (more,)))
        yield Equation("", tuple(rows))

    def _delta_row(self, node: TraceNode) -> list[Row]:
        left = f"{self.deltas[node.id]} = {node.symbol}"
        if node is self.trace.root:
            return [Row("", (left, self.view.equals(node.grad)))]
        return self._row(node, left, "")

    def _leaf_row(self, node: TraceNode) -> list[Row]:
        check = self.check(node)
        return self._row(node, node.symbol, f"({check})" if check else "")

    def _row(self, node: TraceNode, left: str, note: str) -> list[Row]:
        """A gradient in terms of the deltas next to it: in symbols, in numbers, and what it comes to."""
        number = self._position.get(node.id)
        found = None if number is None else in_terms_of(self.chart, number, self._stops, _TERMS)
        if found is None:
            return self._products(node, left, note)
        return [Row("", (f"{left} = {found.symbols}", *self._in_numbers(found.numbers, node.grad)), note)]

    def _in_numbers(self, numbers: Expression, value: Any) -> list[str]:
        """Numbers and what they come to, behind signs; what they come to alone where that is all they are."""
        text, sign, result = equation(numbers, value, self.view.fmt)
        return [f"= {text}", f"{sign} {result}"] if text != result else [f"= {result}"]

    def _products(self, node: TraceNode, left: str, note: str) -> list[Row]:
        """The same in vector-Jacobian products: as one formula, or step by step where that is too long."""
        view, value = self.view, self.view.equals(node.grad)
        region = self._region(node)
        text = self._formula(node, region)
        if text:
            return [Row("", (f"{left} = {text}", value), note)]
        if not region:
            hint = view.telling.drill.format(root=view.trace.root.name, name=node.name)
            return [Row("", (left, value), f"{note}   {hint}".strip())]
        rows = []
        for here in region:
            names = {edge.result: self._upstream(edge) for edge in self.trace.outgoing[here.id]}
            terms = [nested([edge], names[edge.result]) for edge in self.trace.outgoing[here.id]]
            gradient = left if here is node else here.symbol
            rows.append(Row("", (f"{gradient} = {' + '.join(terms)}", view.equals(here.grad))))
        return [*rows[:-1], Row("", rows[-1].cells, note)]

    def _upstream(self, edge: TraceEdge) -> str:
        """How the gradient of an edge's result is written in products."""
        result = self.trace.node(edge.result)
        return "" if result is self.trace.root else self.deltas.get(result.id) or result.symbol

    # --- single numbers -----------------------------------------------------------------------------------------------

    @cached_property
    def chart(self) -> Chart:
        """The whole graph as a chart, of which only single real numbers are looked at."""
        flowing = [node for node in reversed(self.trace.nodes) if node.requires_grad]
        position = {node.id: i for i, node in enumerate(flowing)}
        edges = sorted(self.view.flowing, key=lambda edge: position[edge.result])
        uppers, lowers = [position[edge.result] for edge in edges], [position[edge.operand] for edge in edges]
        return Chart(self.view, Dag(uppers, lowers, _Slopes(self.view, edges)), flowing, edges, [None] * len(flowing))

    @cached_property
    def _position(self) -> dict[str, int]:
        """The places in the chart of values to whose gradients nothing but numbers leads."""
        arrays = {node.id for node in self.chart.nodes if node.shape or np.iscomplexobj(node.value)}
        numbers = self.deltas.keys() - arrays
        mixed = set(arrays)
        for edge in self.chart.edges:  # the newest result first
            if edge is not None and edge.result in mixed and edge.result not in numbers:
                mixed.add(edge.operand)
        return {node.id: i for i, node in enumerate(self.chart.nodes) if node.id not in mixed}

    @cached_property
    def _stops(self) -> dict[int, str]:
        return {i: self.deltas[node.id] for i, node in enumerate(self.chart.nodes) if node.id in self.deltas}

    # --- arrays -------------------------------------------------------------------------------------------------------

    def _formula(self, node: TraceNode, region: Sequence[TraceNode]) -> str:
        """A gradient as vector-Jacobian products of the deltas next to it; "" if that would be too long."""
        texts: dict[str, str] = {}
        for here in region:
            edges = self.trace.outgoing[here.id]
            terms = [nested([edge], self.deltas.get(edge.result) or texts.get(edge.result, "")) for edge in edges]
            texts[here.id] = f"({' + '.join(terms)})" if len(terms) > 1 else terms[0]
            if len(texts[here.id]) > _LINE:
                return ""
        return bare(texts.get(node.id, ""))

    def _region(self, node: TraceNode) -> list[TraceNode]:
        """The values between the nearest deltas or the root and this one, which is the last; none if too many."""
        region, waiting, edges = {node.id: node}, [node], 0
        while waiting:
            here = waiting.pop()
            for edge in self.trace.outgoing[here.id]:
                edges += 1
                if edges > _MOST_EDGES:
                    return []
                result = self.trace.node(edge.result)
                if result.id not in self.deltas and result.id not in region and result is not self.trace.root:
                    region[result.id] = result
                    waiting.append(result)
        return sorted(region.values(), key=lambda node: place(node.id), reverse=True)

    # --- graphs of another kind ---------------------------------------------------------------------------------------

    def _plainly(self, leaves: Sequence[TraceNode]) -> Iterator[Item]:
        """The gradients of all leaves in order, with the chain of each in short."""
        yield Heading(self.view.telling.plain.format(root=self.view.of))
        yield from self._rows(leaves, self._chain_row)

    def _chain_row(self, leaf: TraceNode) -> list[Row]:
        check, left = self.check(leaf), leaf.symbol
        note = f"({check})" if check else ""
        chart = chart_of(self.view, leaf)
        if chart is None:
            return self._row(leaf, left, note)
        chain = short_form(chart)
        if not chain:
            count = chart.dag.count()
            words = self.view.telling.sum_over.format(paths=self.view.paths(count, count_text(count)), top=self.view.of)
            return [Row("", (f"{left} = {words}", f"= {self.view.number(leaf.grad)}"), note)]
        symbols, numbers = chain
        return [Row("", (f"{left} = {symbols}", *self._in_numbers(numbers, leaf.grad)), note)]


class _Slopes(Sequence[float]):
    """Local derivatives, computed when somebody asks."""

    def __init__(self, view: View, edges: Sequence[TraceEdge]) -> None:
        self.view, self.edges = view, edges

    def __len__(self) -> int:
        return len(self.edges)

    def __getitem__(self, edge: Any) -> Any:
        with np.errstate(all="ignore"):
            return slope(self.view, self.edges[edge])


def _delta_names(layers: Sequence[NetworkLayer]) -> dict[str, str]:
    """Names of deltas by the ids of pre-activations; a layer that has one alone numbers it, if all layers do."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    numbered = all(len(layer.sums) == 1 for layer in layers)
    for number, node in [(layer.number, node) for layer in layers for node in layer.sums]:
        name = f"δ{subscript_number(number)}" if numbered else delta_name(node.name)
        name = "δ" if numbered and len(layers) == 1 else name
        names[node.id] = f"δ({node.name})" if name in taken else name
        taken.add(name)
    return names
