"""The pass as data: every value, every edge and every step of the chain rule, in the order in which they happen.

Pictures, explanations and the step-through page all render this one list.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, Literal, Self, TypeAlias

import numpy as np

from ..caching import cached_property
from ..node import Node
from .notation import setting_text
from .resting import uncollected
from .wording import Wording

Kind: TypeAlias = Literal["input", "target", "constant", "number", "parameter", "op", "root"]
"""What a value is: ``number`` is a plain number in the user's code, which formulas show in place of a name."""

Phase: TypeAlias = Literal["forward", "seed", "backward", "sum"]


@dataclass(frozen=True, slots=True)
class TraceScope:
    """A named group of operations.

    Parameters
    ----------
    id : str
        ``s_<k>``, in the order of first use.
    name, title : str
        As given to ``scope``; the title is "" if none was given.
    path : str
        Names from the outermost group to this one, joined by dots.
    parent : str or None
        The id of the group around it.
    """

    id: str
    name: str
    title: str
    path: str
    parent: str | None


# Nodes and edges are not frozen: to set each field of a frozen one takes five times as long, and there may be 200,000.


@dataclass(slots=True, eq=False)
class TraceNode:
    """One value.

    Parameters
    ----------
    id : str
        ``n_<k>``, k counting in topological order: operands come before results.
    name : str
        As it is shown: ``w₁``.
    kind : str
        ``input``, ``target``, ``constant``, ``number``, ``parameter``, ``op`` or ``root``.
    op : str or None
        Name of the operation; None for a leaf.
    static : mapping or None
        Its static arguments.
    operands : tuple of str
        Ids of the operands in order, duplicates kept.
    shape, dtype : tuple of int, str
        Of the value.
    value : float or array
        The data.
    requires_grad : bool
        Whether the pass gives it a gradient.
    grad : float, array or None
        The gradient in this pass; None if it requires none.
    held : float, array or None
        What ``.grad`` holds where that is not the gradient of this pass: of several backward calls, of another result,
        or set by hand. None where it is, or where there is none.
    delta : bool
        Whether it is a pre-activation, whose gradient backpropagation calls δ.
    scope : str or None
        Id of the group in which it was computed.
    """

    id: str
    name: str
    kind: Kind
    op: str | None
    static: Mapping[str, Any] | None
    operands: tuple[str, ...]
    shape: tuple[int, ...]
    dtype: str
    value: Any
    requires_grad: bool
    grad: Any
    held: Any
    delta: bool
    scope: str | None
    _words: Wording = field(repr=False)
    _op: Any = field(repr=False)
    _data: Any = field(repr=False)
    # The operation itself, which need not be one of the table, and what its rule is fed: the value, but inside of vmap
    # the batch.

    @property
    def formula(self) -> str:
        """How it was computed, ``tanh z``; "" for a leaf."""
        return self._words.formula(self)

    @property
    def symbol(self) -> str:
        """How its gradient is written, ``∂C/∂z``; "" if it requires none."""
        return self._words.gradient(self) if self.requires_grad else ""

    @property
    def latex(self) -> str:
        """The formula in LaTeX."""
        return self._words.formula_latex(self)


@dataclass(slots=True, eq=False)
class TraceEdge:
    """One operand of one operation: the way of a value forward and of a gradient back.

    Where no gradient flows back, the texts are "" and the numbers None.

    Parameters
    ----------
    id : str
        ``e_<k>_<i>``: operand i of node k.
    operand, result : str
        Ids of the two nodes.
    index : int
        Number of the operand.
    requires_grad : bool
        Whether a gradient flows back over it.
    upstream, contribution, total : float, array or None
        The gradient of the result; what this edge adds to the operand's; the operand's sum so far.
    """

    id: str
    operand: str
    result: str
    index: int
    requires_grad: bool
    upstream: Any
    contribution: Any
    total: Any
    _words: Wording = field(repr=False)

    @property
    def symbol(self) -> str:
        """The local derivative as a fraction: ``∂o/∂z``."""
        return self._words.symbol(self) if self.requires_grad else ""

    @property
    def rule(self) -> str:
        """The local derivative as a formula, ``1 − o²``, for numbers and for elementwise operations."""
        return self._words.rule(self) if self.requires_grad else ""

    @property
    def local(self) -> Any:
        """The value of the local derivative, for numbers and for elementwise operations on real arrays."""
        return self._words.local(self) if self.requires_grad else None

    @property
    def product(self) -> str:
        """The contribution as a vector-Jacobian product: ``Xᵀ · δ``."""
        return self._words.product(self)[0] if self.requires_grad else ""

    @property
    def note(self) -> str:
        """The shapes of that product: ``(2, 4) · (4, 3) → (2, 3)``."""
        return self._words.product(self)[1] if self.requires_grad else ""

    def product_of(self, upstream: str) -> tuple[str, str]:
        """The product and its shapes as above, with another name for the upstream gradient."""
        return self._words.product(self, upstream)

    @property
    def latex(self) -> str:
        """The local derivative in LaTeX."""
        return self._words.rule_latex(self) if self.requires_grad else ""


@dataclass(frozen=True, slots=True)
class TraceEvent:
    """One step of the pass.

    Parameters
    ----------
    step : int
        0, 1, 2, ...
    phase : {"forward", "seed", "backward", "sum"}
        A value is computed (or given); the derivative of the root by itself; one edge is gone back; the
        contributions to a value that was used more than once are complete.
    node : str
        Id of the value that gets a value or a gradient.
    edges : tuple of str
        Ids of the edges concerned.
    """

    step: int
    phase: Phase
    node: str
    edges: tuple[str, ...]


class Trace:
    """A pass as data, from `trace`.

    Attributes
    ----------
    nodes : tuple of TraceNode
        The values in topological order.
    edges : tuple of TraceEdge
        By result, then by number of the operand.
    scopes : tuple of TraceScope
        The groups of operations.
    root : TraceNode
        The value that was differentiated.
    objective : str
        What was differentiated, as it is written: ``C``; for an array ``ΣA``, the sum of its entries.
    d : str
        ``d`` if one number alone was differentiated by, else ``∂``. With ``d`` the derivative of a function of one
        variable is written so, and that of a function of several still with ``∂``:
        df/dx = ∂f/∂g · dg/dx + ∂f/∂x.
    places : mapping of Value to int
        For each value the place of its node in ``nodes``.
    differentiated : bool
        Whether ``backward()`` had been called on the root. The gradients here are those of this trace's own pass.
    """

    def __init__(
        self,
        nodes: Sequence[TraceNode],
        edges: Sequence[TraceEdge],
        scopes: Sequence[TraceScope],
        backward: Sequence[int],
        places: Mapping[Node, int],
        *,
        words: Wording,
        differentiated: bool,
    ) -> None:
        self.nodes, self.edges, self.scopes = tuple(nodes), tuple(edges), tuple(scopes)
        self.root, self.objective, self.d = self.nodes[-1], words.of, words.d
        self.differentiated = differentiated
        self._backward, self.places = backward, places
        self._node = {node.id: node for node in self.nodes}
        words.nodes, words.root = self._node, self.root.id

    def __getstate__(self) -> dict[str, Any]:
        """Without the Values that its nodes stand for, which belong to a graph that is not where it is loaded."""
        return self.__dict__ | {"places": {}}

    def __copy__(self) -> Self:
        return self  # it never changes

    def __deepcopy__(self, memo: object) -> Self:
        return self

    @property
    def sole(self) -> frozenset[str]:
        """Ids of the values by which the root's derivative is written with d: it depends on each of them alone."""
        return self.root._words.sole

    def node(self, id: str) -> TraceNode:
        """The node with an id; KeyError if there is none."""
        return self._node[id]

    def edge(self, id: str) -> TraceEdge:
        """The edge with an id; KeyError if there is none."""
        return self._edge[id]

    @cached_property
    def _edge(self) -> Mapping[str, TraceEdge]:
        return {edge.id: edge for edge in self.edges}

    @cached_property
    def _first(self) -> Sequence[int]:
        """For each node the place of the first edge from its operands."""
        return [0, *accumulate(len(node.operands) for node in self.nodes)]

    def of(self, value: Node) -> TraceNode:
        """The node that stands for a Value.

        Raises
        ------
        KeyError
            If the root does not depend on it.
        """
        if value not in self.places:
            raise KeyError(f"{self.root.name} does not depend on {value!r}")
        return self.nodes[self.places[value]]

    def incoming(self, node: TraceNode) -> list[TraceEdge]:
        """The edges from a node's operands, in order."""
        first = self._first[int(node.id[2:])]
        return [*self.edges[first : first + len(node.operands)]]

    @cached_property
    def outgoing(self) -> Mapping[str, tuple[TraceEdge, ...]]:
        """For each node's id the edges over which gradients come to it, in the order in which they come."""
        edges: dict[str, list[TraceEdge]] = {id: [] for id in self._node}
        for place in self._backward:
            edge = self.edges[place]
            edges[edge.operand].append(edge)
        return {id: tuple(coming) for id, coming in edges.items()}

    @cached_property
    def events(self) -> tuple[TraceEvent, ...]:
        """The steps: all values forward, the seed, each edge back, and a sum where several edges meet."""
        first, ids = self._first, [edge.id for edge in self.edges]
        steps: list[tuple[Phase, str, tuple[str, ...]]] = [
            ("forward", node.id, tuple(ids[first[place] : first[place + 1]]))
            for place, node in enumerate(self.nodes)
            if node.kind != "number"
        ]
        if self.root.requires_grad:
            steps.append(("seed", self.root.id, ()))
        for place in self._backward:
            edge = self.edges[place]
            operand = edge.operand
            steps.append(("backward", operand, (edge.id,)))
            coming = self.outgoing[operand]
            if len(coming) > 1 and coming[-1] is edge:
                steps.append(("sum", operand, tuple(edge.id for edge in coming)))
        return tuple(TraceEvent(i, *step) for i, step in enumerate(steps))

    def to_dict(self, *, max_entries: int | None = 1000) -> dict[str, Any]:
        """Everything as dicts, lists, text and numbers, ready for JSON.

        Arrays become nested lists, complex numbers pairs, and nan and the infinities the texts ``"nan"``, ``"inf"`` and
        ``"-inf"``, since JSON has no such numbers.

        Parameters
        ----------
        max_entries : int or None, default 1000
            An array with more entries is summarised: a dict of its ``shape``, ``dtype``, ``min``, ``mean``, ``max`` and
            ``norm`` (of the magnitudes, if it is complex). None writes all.
        """
        with uncollected():
            return self._dict(max_entries)

    def _dict(self, max_entries: int | None) -> dict[str, Any]:
        nodes, edges = ("formula", "symbol", "latex"), ("symbol", "rule", "local", "product", "note", "latex")
        return {
            "version": 1,
            "root": self.root.id,
            "objective": self.objective,
            "d": self.d,
            "differentiated": self.differentiated,
            "nodes": [_plain(node, nodes, max_entries) for node in self.nodes],
            "edges": [_plain(edge, edges, max_entries) for edge in self.edges],
            "scopes": [_plain(scope) for scope in self.scopes],
            "events": [_plain(event) for event in self.events],
        }

    def to_json(self, *, indent: int | None = None, max_entries: int | None = 1000) -> str:
        """The same as JSON text."""
        with uncollected():
            return json.dumps(self.to_dict(max_entries=max_entries), ensure_ascii=False, allow_nan=False, indent=indent)

    def __repr__(self) -> str:
        return f"<trace of {self.root.name}: {len(self.nodes)} values, {len(self.edges)} edges>"


def _plain(item: Any, properties: Sequence[str] = (), max_entries: int | None = None) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for name in (*item.__match_args__, *properties):
        if name.startswith("_"):
            continue
        x = getattr(item, name)
        plain[name] = x if type(x) in _READY else json_ready(x, max_entries)
    return plain


_READY = frozenset({str, bool, int, type(None)})


def json_ready(x: Any, max_entries: int | None = None) -> Any:
    """Numbers, arrays, text and sequences of them as JSON has them; arrays of more entries summarised."""
    if x is None or isinstance(x, (bool, int, str)):
        return x
    if isinstance(x, float):
        return float(x) if math.isfinite(x) else str(x)
    if isinstance(x, complex):
        return [json_ready(x.real), json_ready(x.imag)]
    if isinstance(x, (np.ndarray, np.generic)):
        return json_ready(x.tolist()) if max_entries is None or x.size <= max_entries else _summary(x)
    if isinstance(x, Mapping):
        return {name: setting_text(setting) for name, setting in x.items()}
    return [json_ready(item) for item in x]


def _summary(x: Any) -> dict[str, Any]:
    """What a large array is like."""
    size = np.abs(x) if np.iscomplexobj(x) else x
    with np.errstate(all="ignore"):
        numbers = {"min": size.min(), "mean": size.mean(), "max": size.max(), "norm": np.linalg.norm(x.ravel())}
    return {"shape": list(x.shape), "dtype": str(x.dtype), **{name: json_ready(each) for name, each in numbers.items()}}
