"""What an explanation sees of a pass: the trace, the user's own names, landmarks and deltas, and how numbers look."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...arrays import is_foreign
from ...arrays.batched import is_batch
from ...caching import cached_property
from ...node import Node
from ...value import Value
from ..arithmetic import Sum, fitting
from ..comparing import norm
from ..events import Trace, TraceEdge, TraceNode
from ..notation import number, shape_text
from ..paths import Dag, between
from ..words import Language
from .document import Equation, Item, listed, to_text
from .telling import TELLINGS, Telling

_SUM_NAME = re.compile(r"[zZ](?P<mark>[₀-₉]*(?:\[.*\])?(?:⁽.*⁾)?)|[^\W\d_](?P<index>[₀-₉]+(?:\[.*\])?(?:⁽.*⁾)?)")
_SMALL = 6
_LINE = 60
_MOST_DEFINITIONS = 12


@dataclass
class View:
    """A trace as explanations read it.

    Parameters
    ----------
    trace : Trace
        The pass.
    sources : sequence of Node
        The value behind each node of the trace.
    named : mapping of str to str
        The names that the user's code has for values, by id.
    fmt : str
        Format of the numbers.
    lang : {"en", "es"}
        Language of the words.
    max_paths : int
        How many paths, terms and values are shown of each kind.
    landmarks : collection of str, optional
        Ids of the values between which the short form steps, if the user chose them.
    """

    trace: Trace
    sources: Sequence[Node]
    named: Mapping[str, str]
    fmt: str
    lang: Language
    max_paths: int
    landmarks: Collection[str] | None = None

    @property
    def telling(self) -> Telling:
        """The words between formulas."""
        return TELLINGS[self.lang]

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

    def operand(self, edge: TraceEdge) -> Node:
        """An operand, to which gradients are fitted: NumPy's, as all numbers of a trace are."""
        source = self.sources[place(edge.operand)]
        node = self.trace.node(edge.operand)
        return Value(node.value) if is_foreign(source._stored) and not is_batch(node._data) else source

    def is_landmark(self, node: TraceNode) -> bool:
        """Whether the short form stops here: at what the user chose, else around activations and at ends of modules."""
        if self.landmarks is not None:
            return node.id in self.landmarks
        if node.op is None:
            return False
        return node.delta or node._op.activation or self._leaves_scope(node)

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

    def where(self, items: Sequence[Item]) -> list[Equation]:
        """What the values without a name of the user's are that some lines speak of: ``where: v₁ = A₂ − Y``.

        Also those that such a formula speaks of in its turn, as long as they are few.
        """
        told = _mentioned(to_text(items))
        if not told:
            return []
        defined: dict[int, str] = {}
        spoken: set[str] = set()
        unnamed = [node for node in self.trace.nodes if node.name in told and self._is_unnamed(node)]
        for node in unnamed[:_MOST_DEFINITIONS]:
            defined[place(node.id)] = text = self._definition(node)
            spoken |= _mentioned(text)
        more = ""
        if len(unnamed) > _MOST_DEFINITIONS:
            more = self.telling.terms.format(n=f"{len(unnamed) - _MOST_DEFINITIONS:,}")
        spoken -= told
        for node in reversed(self.trace.nodes) if spoken else ():  # formulas speak of earlier values
            if node.name not in spoken or not self._is_unnamed(node):
                continue
            if len(defined) >= _MOST_DEFINITIONS:
                more = more or "⋯"
                break
            defined[place(node.id)] = text = self._definition(node)
            spoken |= _mentioned(text) - told
        return listed(self.telling.where, [*(defined[k] for k in sorted(defined)), *([more] if more else [])])

    def _is_unnamed(self, node: TraceNode) -> bool:
        return node.id not in self.named and node.kind != "number" and node is not self.trace.root

    def _definition(self, node: TraceNode) -> str:
        """How a value was computed; of one that was given its numbers, or its shape."""
        if node.op is not None:
            return f"{node.name} = {node.formula}"
        if node.dtype == "bool":
            return f"{node.name} = {_truths(node.value) if np.size(node.value) <= _SMALL else shape_text(node.shape)}"
        text = self.array(node.value)
        return f"{node.name}: {text}" if "‖" in text else f"{node.name} = {text}"

    # --- numbers ------------------------------------------------------------------------------------------------------

    def number(self, x: Any, fmt: str = "") -> str:
        """A number as formulas here show it."""
        return number(x, fmt or self.fmt)

    def array(self, x: Any, entries: int = _SMALL, fmt: str = "") -> str:
        """An array: whole if it is small, else its shape and norm; numbers as they are."""
        if np.ndim(x) == 0:
            return self.number(x, fmt)
        if self._is_whole(x, entries):
            text = self._nested(x, fmt)
            if len(text) <= _LINE:
                return text
        return f"{shape_text(np.shape(x))}, ‖·‖ = {self.number(norm(x))}"

    def fitting(self, terms: Sequence[Any], total: Any) -> tuple[str, str]:
        """The format in which printed terms come to their printed sum, and the sign for that; of arrays every entry."""
        if not self._is_whole(total):
            return self.fmt, "="
        columns = [np.broadcast_to(term, np.shape(total)).ravel() for term in terms]
        sums = [Sum(column) for column in zip(*columns, strict=True)]
        return fitting(sums, list(np.ravel(total)), self.fmt)

    def equals(self, x: Any, sign: str = "=", fmt: str = "") -> str:
        """A number or an array as the last column of a line: with an equals sign if it is whole."""
        text = self.array(x, fmt=fmt)
        return text if "‖" in text else f"{sign} {text}"

    @staticmethod
    def _is_whole(x: Any, entries: int = _SMALL) -> bool:
        return 0 < np.size(x) <= entries and np.ndim(x) <= 2

    def _nested(self, x: Any, fmt: str) -> str:
        if np.ndim(x) == 0:
            return self.number(x, fmt)
        return "[" + ", ".join(self._nested(entry, fmt) for entry in x) + "]"

    def paths(self, count: int, text: str) -> str:
        """How many paths there are."""
        return self.telling.path if count == 1 else self.telling.paths.format(n=text)


def place(id: str) -> int:
    """The place of a node in topological order, from its id."""
    return int(id[2:])


def _truths(x: Any) -> str:
    """A few truth values as NumPy lists them."""
    return str(np.asarray(x).tolist())


def _mentioned(text: str) -> set[str]:
    """The names in a text that are of the kind which values without a name get: v₁, c₂."""
    return set(_NUMBERED.findall(text))


_NUMBERED = re.compile(r"(?<![^\W\d_])d?([cpvxy][₀-₉]+)(?![₀-₉⁽])")


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
