"""What an explanation sees of a pass: the trace, the user's own names, landmarks and deltas, and how numbers look."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ..node import Node
from ..operation import OPERATIONS
from .events import Trace, TraceEdge, TraceNode
from .notation import derivative, number, shape_text
from .paths import Dag, between
from .telling import Telling

_SUM_NAME = re.compile(r"[zZ](?P<mark>[₀-₉]*(?:\[.*\])?(?:⁽.*⁾)?)|[^\W\d_](?P<index>[₀-₉]+(?:\[.*\])?(?:⁽.*⁾)?)")
_SMALL = 6


@dataclass
class View:
    """A trace as explanations read it.

    Parameters
    ----------
    trace : Trace
        The pass.
    sources : sequence of Node
        The value behind each node of the trace.
    named : collection of str
        Ids of the values that have a name of the user's.
    fmt : str
        Format of the numbers.
    telling : Telling
        The words.
    max_paths : int
        How many paths, terms and values are shown of each kind.
    landmarks : collection of str, optional
        Ids of the values between which the short form steps, if the user chose them.
    """

    trace: Trace
    sources: Sequence[Node]
    named: Collection[str]
    fmt: str
    telling: Telling
    max_paths: int
    landmarks: Collection[str] | None = None

    @property
    def of(self) -> str:
        """What is differentiated: ``C``, or ``ΣA`` for an array."""
        return self.trace.root._words.of

    @cached_property
    def flowing(self) -> list[TraceEdge]:
        """The edges over which a gradient flows."""
        return [edge for edge in self.trace.edges if edge.requires_grad]

    @cached_property
    def ends(self) -> tuple[list[int], list[int]]:
        """For each of these edges the places of its result and of its operand in the order of the trace."""
        return [place(edge.result) for edge in self.flowing], [place(edge.operand) for edge in self.flowing]

    def way(self, target: TraceNode) -> tuple[list[TraceNode], list[TraceEdge]]:
        """The nodes and edges between the root and a value, the root first; nothing if there is no path."""
        results, operands = self.ends
        nodes, edges = between(results, operands, place(self.trace.root.id), place(target.id))
        return [self.trace.nodes[k] for k in nodes], [self.flowing[i] for i in edges]

    @cached_property
    def sole(self) -> frozenset[str]:
        """In a function of one variable the values on all its paths, by which derivatives are written with d."""
        if self.trace.d != "d":
            return frozenset()
        leaf = next(node for node in self.trace.nodes if node.requires_grad and node.op is None)
        nodes, edges = self.way(leaf)
        dag = as_dag(nodes, edges, [1.0] * len(edges))
        return frozenset(nodes[i].id for i in dag.bottlenecks)

    def gradient(self, node: TraceNode) -> str:
        """The derivative of the root by a value: ``∂C/∂w``, and ``df/dx`` in a function of one variable."""
        return derivative(self.of, node.name, "d" if node.id in self.sole else "∂")

    def is_landmark(self, node: TraceNode) -> bool:
        """Whether the short form stops here: at what the user chose, else around activations and at ends of modules."""
        if self.landmarks is not None:
            return node.id in self.landmarks
        if node.op is None:
            return False
        return node.delta or OPERATIONS[node.op].activation or self._leaves_scope(node)

    def _leaves_scope(self, node: TraceNode) -> bool:
        if node.scope is None:
            return False
        return any(
            node.scope not in self._around[self.trace.node(edge.result).scope]
            for edge in self.trace.outgoing[node.id]
            if edge.requires_grad
        )

    @cached_property
    def _around(self) -> dict[str | None, frozenset[str]]:
        """For each group its id and those of the groups around it."""
        around: dict[str | None, frozenset[str]] = {None: frozenset()}
        for scope in self.trace.scopes:
            around[scope.id] = around[scope.parent] | {scope.id}
        return around

    # --- numbers ------------------------------------------------------------------------------------------------------

    def number(self, x: Any) -> str:
        """A number as formulas here show it."""
        return number(x, self.fmt)

    def times(self, numbers: Sequence[float]) -> str:
        """A product of numbers, the negative ones after the first in parentheses."""
        words = [self.number(x) for x in numbers]
        return " × ".join(f"({word})" if i and word.startswith("-") else word for i, word in enumerate(words))

    def plus(self, numbers: Sequence[float]) -> str:
        """A sum of numbers."""
        words = [self.number(x) for x in numbers]
        return words[0] + "".join(f" - {word[1:]}" if word.startswith("-") else f" + {word}" for word in words[1:])

    def array(self, x: Any, entries: int = _SMALL) -> str:
        """An array: whole if it is small, else its size; numbers as they are."""
        if np.ndim(x) == 0:
            return self.number(x)
        if 0 < np.size(x) <= entries and np.ndim(x) <= 2:
            return self._nested(x)
        return f"{shape_text(np.shape(x))}, ‖·‖ = {self.number(norm(x))}"

    def _nested(self, x: Any) -> str:
        return self.number(x) if np.ndim(x) == 0 else "[" + ", ".join(map(self._nested, x)) + "]"

    def paths(self, count: int, text: str) -> str:
        """How many paths there are."""
        return self.telling.path if count == 1 else self.telling.paths.format(n=text)


def place(id: str) -> int:
    """The place of a node in topological order, from its id."""
    return int(id[2:])


def norm(x: Any) -> float:
    """The Frobenius norm of an array, the size of a number."""
    with np.errstate(all="ignore"):
        return float(np.sqrt(np.sum(np.abs(x) ** 2)))


def delta_name(name: str) -> str:
    """The name of the gradient of a pre-activation: δ₁ for Z₁, δ₁[2] for z₁[2], δ(s) for others.

    Examples
    --------
    >>> delta_name("z"), delta_name("Z₁"), delta_name("a₂[1]"), delta_name("s")
    ('δ', 'δ₁', 'δ₂[1]', 'δ(s)')
    """
    match = _SUM_NAME.fullmatch(name)
    return f"δ({name})" if match is None else f"δ{match['mark'] or match['index'] or ''}"


def as_dag(nodes: Sequence[TraceNode], edges: Sequence[TraceEdge], factors: Sequence[float]) -> Dag:
    """The nodes and edges of a way as a graph of numbers."""
    position = {node.id: i for i, node in enumerate(nodes)}
    return Dag([position[edge.result] for edge in edges], [position[edge.operand] for edge in edges], factors)
