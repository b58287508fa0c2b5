"""The words to the numbers of a trace: formulas, symbols and rules, made when somebody reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ..arrays.batched import is_batch
from ..caching import cached_property
from ..operation import Operation
from . import formulas, latex
from .formulas import Operand
from .notation import Say, derivative

if TYPE_CHECKING:
    from .events import TraceEdge, TraceNode


@dataclass
class Wording:
    """How one trace writes its derivatives.

    Parameters
    ----------
    of : str
        What is differentiated: the root's name, ``ΣA`` for the entries of an array, ``(G·A)`` if they are weighted.
    d : str
        ``d`` if one number alone is differentiated by, else ``∂``. With ``d`` every derivative of a function of one
        variable is written so, and those of functions of several still with ``∂``:
        df/dx = ∂f/∂g · dg/dx + ∂f/∂x.
    plain_seed : bool
        Whether the pass starts from the number 1, which products need not mention.
    say : callable
        Gives the texts of rules in a language.
    root : str
        Id of the node that is differentiated.
    nodes : mapping of str to TraceNode
        The nodes by id.
    """

    of: str
    d: str
    plain_seed: bool
    say: Say = str
    root: str = ""
    nodes: Mapping[str, TraceNode] = field(default_factory=dict)
    _latest: tuple[TraceNode, tuple[Operation, Operand, list[Operand]]] | None = None

    def gradient(self, node: TraceNode) -> str:
        """The gradient of a node: ``∂C/∂z``."""
        return derivative(self.of, node.name, "d" if node.id in self.sole else "∂")

    @cached_property
    def sole(self) -> frozenset[str]:
        """In a function of one variable the values that all paths lead through: the root depends on each alone."""
        if self.d != "d":
            return frozenset()
        flowing = {node.id: place for place, node in enumerate(self.nodes.values()) if node.requires_grad}
        last_use = dict.fromkeys(flowing, 0)
        for id, place in flowing.items():
            last_use.update((operand, place) for operand in self.nodes[id].operands if operand in flowing)
        sole, furthest = set(), 0
        for id, place in flowing.items():
            if furthest <= place:  # no edge passes this value by
                sole.add(id)
            furthest = max(furthest, last_use[id])
        return frozenset(sole)

    def formula(self, node: TraceNode) -> str:
        """How a node was computed."""
        return "" if node.op is None else formulas.formula(*self._operation(node), node.static, self.say)

    def formula_latex(self, node: TraceNode) -> str:
        """How a node was computed, in LaTeX."""
        return "" if node.op is None else latex.formula_latex(*self._operation(node), node.static, self.say)

    def symbol(self, edge: TraceEdge) -> str:
        """The local derivative of an edge: of one variable alone a result has a derivative, of several partial ones."""
        result, operand = self.nodes[edge.result], self.nodes[edge.operand]
        alone = sum(self.nodes[id].requires_grad for id in result.operands) == 1
        return derivative(result.name, operand.name, self.d if alone else "∂")

    def rule(self, edge: TraceEdge) -> str:
        """The local derivative as a formula, where there is one."""
        result = self.nodes[edge.result]
        op, out, operands = self._operation(result)
        return (
            formulas.local(op, edge.index, out, operands, result.static, self.say) if self._is_local(op, edge) else ""
        )

    def rule_latex(self, edge: TraceEdge) -> str:
        """The local derivative as a formula in LaTeX."""
        result = self.nodes[edge.result]
        op, out, operands = self._operation(result)
        return (
            latex.local_latex(op, edge.index, out, operands, result.static, self.say)
            if self._is_local(op, edge)
            else ""
        )

    def product(self, edge: TraceEdge, upstream: str = "") -> tuple[str, str]:
        """The vector-Jacobian product of an edge and a note on its shapes; the upstream gradient may get a name."""
        result = self.nodes[edge.result]
        op, out, operands = self._operation(result)
        if not upstream:
            first = result.id == self.root and self.plain_seed
            upstream = "1" if first else "δ" if result.delta else self.gradient(result)
        return formulas.product(op, edge.index, upstream, out, operands, result.static, self.say)

    def local(self, edge: TraceEdge) -> Any:
        """The local derivative in numbers: the rule for the gradient 1. None for complex data, where it may be none."""
        result = self.nodes[edge.result]
        op = result._op
        if not self._is_local(op, edge):
            return None
        operands = [self.nodes[id].value for id in result.operands]
        if any(map(np.iscomplexobj, (result.value, *operands))) or is_batch(result._data):
            return None
        one = np.ones_like(result.value) if isinstance(result.value, np.ndarray) else 1.0
        with np.errstate(all="ignore"):
            slope = op.pull(edge.index, one, result.value, operands, result.static)
        return float(slope) if np.ndim(slope) == 0 else slope

    def _is_local(self, op: Operation, edge: TraceEdge) -> bool:
        return op.elementwise or (not self.nodes[edge.result].shape and not self.nodes[edge.operand].shape)

    def _operation(self, node: TraceNode) -> tuple[Operation, Operand, list[Operand]]:
        """The entry of a node's operation, and the words for its result and its operands.

        The latest answer is kept: an operation may have thousands of operands, and each of their edges asks.
        """
        if self._latest is None or self._latest[0] is not node:
            operands = [_operand(self.nodes[id]) for id in node.operands]
            self._latest = node, (node._op, _operand(node), operands)
        return self._latest[1]


def _operand(node: TraceNode) -> Operand:
    return Operand(node.name, node.shape, float(node.value) if node.kind == "number" else None)
