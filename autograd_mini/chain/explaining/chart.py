"""A graph of numbers with its words: the values between a result and one value, or entries of arrays between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import formulas
from ..events import TraceEdge, TraceNode
from ..formulas import Operand
from ..notation import bracketed_factor, derivative
from ..paths import Dag
from ..words import LANGUAGES
from .view import View, as_dag

Index = tuple[int, ...]
_MATRIX_PRODUCTS = frozenset({"linear", "matmul"})


@dataclass(frozen=True)
class Chart:
    """The numbers and the words of the chain rule from a result to one number.

    Parameters
    ----------
    view : View
        The pass.
    dag : Dag
        The graph of numbers.
    nodes : sequence of TraceNode
        For each node of the graph the value that it is, or is an entry of.
    edges : sequence of TraceEdge or None
        For each edge of the graph the edge of the trace; None from the sum of an array's entries to an entry.
    entries : sequence of tuple of int or None
        For each node of the graph the index of the entry; None for single numbers.
    """

    view: View
    dag: Dag
    nodes: Sequence[TraceNode]
    edges: Sequence[TraceEdge | None]
    entries: Sequence[Index | None]

    def name(self, node: int) -> str:
        """The name of a node: ``z``, ``Z₁[0,2]``; the first is what is differentiated."""
        return self.view.of if node == 0 else entry_name(self.nodes[node].name, self.entries[node])

    def between(self, upper: int, lower: int) -> str:
        """The derivative of one node by another along all paths between them."""
        d = "d" if self.entries[lower] is None and self.nodes[lower].id in self.view.trace.sole else "∂"
        return derivative(self.name(upper), self.name(lower), d)

    def partial(self, dag: Dag, edge: int, kept: Sequence[int]) -> str:
        """The derivative that an edge of a contraction is: along some of the paths between two of the nodes kept."""
        upper, lower = kept[dag.uppers[edge]], kept[dag.lowers[edge]]
        nodes, sole = self.nodes, self.view.trace.sole
        alone = len(dag.leaving[dag.uppers[edge]]) == 1
        d = "d" if alone and (nodes[lower].id in sole or nodes[-1].id in sole) else "∂"
        symbol = derivative(self.name(upper), self.name(lower), d)
        if not dag.is_shortcut(edge):
            return symbol
        factors = [self.dag.factors[own] for own in self.dag.leaving[upper] if self.dag.lowers[own] == lower]
        is_direct = factors == [dag.factors[edge]]
        return f"{symbol} ({LANGUAGES[self.view.lang].direct if is_direct else self.view.telling.others})"

    def symbol(self, edge: int) -> str:
        """The local derivative of an edge as a fraction; of several edges between two nodes its formula.

        Beside paths through other values a fraction is marked as direct: the bare one is the sum over all paths.
        """
        upper, lower, step = self.dag.uppers[edge], self.dag.lowers[edge], self.edges[edge]
        if step is None or self.entries[upper] is not None or self.entries[lower] is not None:
            symbol = derivative(self.name(upper), self.name(lower))
        elif step.rule and sum([self.dag.lowers[other] == lower for other in self.dag.leaving[upper]]) > 1:
            return bracketed_factor(step.rule)
        else:
            symbol = step.symbol
        return f"{symbol} ({LANGUAGES[self.view.lang].direct})" if self.dag.is_shortcut(edge) else symbol

    def rule(self, edge: int) -> str:
        """The local derivative of an edge as a formula; "" where there is none."""
        step = self.edges[edge]
        if step is None:
            return ""
        out, own = self.entries[self.dag.uppers[edge]], self.entries[self.dag.lowers[edge]]
        if out is None and own is None:
            return step.rule
        return self._entry_rule(step, out or (), own or ())

    def _entry_rule(self, step: TraceEdge, out: Index, own: Index) -> str:
        trace = self.view.trace
        result = trace.node(step.result)
        op = result._op
        operands = [trace.node(id) for id in result.operands]
        if op.elementwise:
            words = [_operand(node, _same_entry(out, node.shape)) for node in operands]
            return formulas.local(
                op,
                step.index,
                Operand(entry_name(result.name, out)),
                words,
                result.static,
                LANGUAGES[self.view.lang].say,
            )
        if op.name in _MATRIX_PRODUCTS and all(len(node.shape) <= 2 for node in operands):
            if step.index == 2:
                return "1"
            row, column = operands[0].shape[:-1] and out[:1], operands[1].shape[1:] and out[-1:]
            if step.index == 1:
                return entry_name(operands[0].name, (*row, own[0]))
            return entry_name(operands[1].name, (own[-1], *column))
        return ""

    def grad(self, node: int) -> float:
        """The derivative of the root by a node, from the pass."""
        grad, index = self.nodes[node].grad, self.entries[node]
        return float(grad if index is None else grad[index])


def entry_name(name: str, index: Index | None) -> str:
    """The name of an entry: ``W₁[0,1]``."""
    return f"{name}[{','.join(map(str, index))}]" if index else name


def _same_entry(out: Index, shape: tuple[int, ...]) -> Index:
    """The entry of a broadcast operand that meets an entry of the result."""
    own = out[len(out) - len(shape) :]
    return tuple(0 if size == 1 else i for i, size in zip(own, shape, strict=True))


def _operand(node: TraceNode, index: Index) -> Operand:
    return Operand(entry_name(node.name, index), (), float(node.value) if node.kind == "number" else None)


def chart_of(view: View, target: TraceNode) -> Chart | None:
    """The chart of the way to a value, if everything on it is a single real number; else None."""
    nodes, edges = view.way(target)
    if any(node.shape or np.iscomplexobj(node.value) for node in nodes):
        return None
    with np.errstate(all="ignore"):
        factors = [slope(view, edge) for edge in edges]
    return Chart(view, as_dag(nodes, edges, factors), nodes, edges, [None] * len(nodes))


def slope(view: View, edge: TraceEdge) -> float:
    """The local derivative between two numbers; like ``edge.local``, without its checks."""
    result = view.trace.node(edge.result)
    value = result.value
    one: Any = np.ones_like(value) if isinstance(value, np.ndarray) else 1.0
    operands = [view.trace.node(id).value for id in result.operands]
    slope = result._op.pull(edge.index, one, value, operands, result.static)
    return slope if type(slope) is float else float(np.sum(slope))
