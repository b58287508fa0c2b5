"""What a step says: the chain rule in symbols, and the same in numbers and plain words."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from operator import add, mul, sub
from typing import Any

import numpy as np

from ...caching import cached_property
from ...operation import Operation
from .. import formulas
from ..arithmetic import Product, Sum, agreeing, equated, equations, plus, read
from ..drawing.cards import update_in_numbers
from ..events import Trace, TraceEdge, TraceNode
from ..formulas import Operand
from ..notation import is_number, number, shape_text
from ..render import clean_text
from ..words import LANGUAGES, Language
from .phrases import PHRASES

LONGEST_LINE = 240
_MOST_TERMS = 6
_MOST_FACTORS = 12
_MOST_ENTRIES = 6


# Printed numbers are read exactly, and computed with exactly where that is arithmetic: nothing overflows.
_COMBINE: dict[str, Callable[[Any, Any], Any]] = {"add": add, "subtract": sub, "multiply": mul}


class Sentences:
    """The sentences of one pass.

    Parameters
    ----------
    trace : Trace
        The pass.
    lang : {"en", "es"}
        The language.
    fmt : str
        Format of the numbers.
    """

    def __init__(self, trace: Trace, lang: Language, fmt: str) -> None:
        self.trace, self.fmt = trace, fmt
        self.phrases, self._words = PHRASES[lang], LANGUAGES[lang]

    # --- steps: a formula and a sentence each -------------------------------------------------------------------------

    def forward(self, node: TraceNode) -> tuple[str, str]:
        """A value is given or computed."""
        value = self._value(node)
        if node.op is None:
            kind = self.phrases.kinds[node.kind if node.kind in self.phrases.kinds else "parameter"]
            formula = node.name if node.shape else f"{node.name} = {value}"
            return formula, self.phrases.leaf.format(name=node.name, value=value, kind=kind)
        formula = _line(f"{node.name} = {node.formula}")
        if node.shape:
            return formula, self.phrases.computed_array.format(name=node.name, value=value)
        return formula, _line(f"{node.name} = {self._filled(node) or self.number(node.value)}")

    def seed(self, root: TraceNode) -> tuple[str, str]:
        """The derivative of the root by itself."""
        if root.shape:
            return root.symbol, self.phrases.seed_array.format(name=root.name, shape=shape_text(root.shape))
        value = self.number(root.grad)
        text = self.phrases.seed.format(name=root.name, symbol=root.symbol, value=value)
        return f"{root.symbol} = {value}", text

    def backward(self, edge: TraceEdge) -> tuple[str, str]:
        """A gradient goes back over one edge."""
        operand = self.trace.node(edge.operand)
        coming = self.trace.outgoing[operand.id]
        equals = "=" if len(coming) == 1 else "+="
        formula = _line(f"{self.gradient(operand)} {equals} {self.contribution(edge)}")
        text = self._flow(edge, operand)
        if len(coming) > 1:
            k = coming.index(edge) + 1
            if operand.shape:
                text += f" ({self.phrases.so_far_array.format(k=k, n=len(coming))})"
            else:
                text += f" ({self.phrases.so_far.format(k=k, n=len(coming), total=self.number(edge.total))})"
        elif operand.op is None and operand.held is not None:
            text += f"; {self._words.held(operand, self.fmt)}"
        return formula, _line(text)

    def total(self, node: TraceNode) -> tuple[str, str]:
        """All contributions to a value are there."""
        coming = self._coming(node)
        formula = _line(f"{self.gradient(node)} = {_sum([self.contribution(edge) for edge in coming])}")
        if node.shape:
            text = self.phrases.total_array.format(n=len(coming), name=node.name)
        else:
            total = equated(Sum(_few([edge.contribution for edge in coming])), node.grad, self.fmt)
            text = self.phrases.total.format(sum=total, n=len(coming), name=node.name)
        held = self._words.held(node, self.fmt) if node.op is None else ""
        return formula, f"{text}; {held}" if held else text

    def update(self, node: TraceNode, rate: float) -> tuple[str, str]:
        """One step of gradient descent."""
        formula = f"{node.name} ← {node.name} − {self.number(rate)} · {node.symbol}"
        if node.shape:
            size = np.abs(np.asarray(node.grad))
            change = self.number(rate * float(size.max(initial=0.0)))
            return formula, self.phrases.update_array.format(name=node.name, change=change)
        return formula, f"{node.name} ← {update_in_numbers(node, rate, self.fmt)}"

    # --- cards --------------------------------------------------------------------------------------------------------

    def card(self, node: TraceNode) -> dict[str, Any]:
        """The chain rule of one value, for who asks: a title and lines of text."""
        formula, text = self.forward(node)
        lines = [text]
        if not node.requires_grad:
            lines.append(self.phrases.no_gradient.format(name=node.name))
        elif node is self.trace.root:
            lines += [self.seed(node)[0], self.phrases.own_gradient.format(name=node.name)]
        else:
            lines += self._chain(node)
        held = self._words.held(node, self.fmt)
        return {"title": formula, "lines": [*lines, held] if held else lines}

    def _chain(self, node: TraceNode) -> list[str]:
        """The gradient as a sum of contributions, each local derivative, and the ways to the root."""
        coming = self._coming(node)
        lines = [_line(f"{self.gradient(node)} = {_sum([self.contribution(edge) for edge in coming])}")]
        if not node.shape:
            lines += self._in_numbers(node, coming)
        for edge in coming[:_MOST_TERMS]:
            told = self._told(edge)
            if told:
                lines.append(told)
        if len(coming) > _MOST_TERMS:
            lines.append(self.phrases.and_more.format(n=len(coming) - _MOST_TERMS))
        n, root = self._paths[node.id], self.trace.root.name
        phrase = self.phrases.path if n == 1 else self.phrases.paths
        lines.append(phrase.format(n=f"{n:,}" if n < 10**15 else f"{float(n):.3g}", name=node.name, root=root))
        return [*lines, *self._ways(node)]

    def _in_numbers(self, node: TraceNode, coming: Sequence[TraceEdge]) -> list[str]:
        """The gradient of a number as products, as a sum, and as the number that it is, a line each."""
        sums = []
        if all(self._local(edge) is not None for edge in coming):
            sums.append(Sum(_few([Product([edge.upstream, self._local(edge)]) for edge in coming])))
        if len(coming) > 1:
            sums.append(Sum(_few([edge.contribution for edge in coming])))
        return [_line(f"{sign} {text}") for sign, text in equations(sums, node.grad, self.fmt)]

    def _ways(self, node: TraceNode) -> list[str]:
        """The paths from a value to the root as products, where they are few and short, of numbers alone."""
        if self._paths[node.id] > _MOST_TERMS:
            return []
        ways: list[list[TraceEdge]] = [[edge] for edge in reversed(self._coming(node))]
        found = []
        while ways:
            way = ways.pop()
            if len(way) > _MOST_FACTORS or self._local(way[0]) is None:
                return []
            if way[0].result == self.trace.root.id:
                found.append(way)
            else:
                ways += [[edge, *way] for edge in reversed(self._coming(self.trace.node(way[0].result)))]
        if len(found) == 1:
            return self._only_way(found[0])
        return [self._way(way) for way in found]

    def _only_way(self, way: Sequence[TraceEdge]) -> list[str]:
        if len(way) == 1:
            return []
        operand = self.trace.node(way[-1].operand)
        symbols = " · ".join(edge.symbol for edge in way)
        numbers = equated(Product([self._local(edge) for edge in way]), operand.grad, self.fmt)
        return [_line(f"{operand.symbol} = {symbols}"), _line(f"= {numbers}")]

    def _way(self, way: Sequence[TraceEdge]) -> str:
        """``df/dv₂ · dv₂/dv₁ · dv₁/dx = 1 × 20 × 6 = 120``."""
        symbols, locals_ = " · ".join(edge.symbol for edge in way), [self._local(edge) for edge in way]
        if len(way) == 1:
            return _line(f"{symbols} = {self.number(locals_[0])}")
        return _line(f"{symbols} = {equated(Product(locals_), math.prod(locals_), self.fmt)}")

    @cached_property
    def _paths(self) -> dict[str, int]:
        """From how many paths each gradient is the sum."""
        paths: dict[str, int] = {}
        for node in reversed(self.trace.nodes):
            paths[node.id] = sum(paths[edge.result] for edge in self.trace.outgoing[node.id])
            if node is self.trace.root:
                paths[node.id] = 1
        return paths

    # --- parts --------------------------------------------------------------------------------------------------------

    def number(self, x: Any) -> str:
        """A number in a sentence."""
        return number(x, self.fmt)

    def gradient(self, node: TraceNode) -> str:
        """``∂C/∂u``, or ``δ = ∂C/∂z`` where backpropagation has a name for it."""
        return f"δ = {node.symbol}" if node.delta else node.symbol

    def contribution(self, edge: TraceEdge) -> str:
        """What an edge adds, in symbols: ``∂C/∂o · ∂o/∂z``, ``Xᵀ · δ``."""
        result = self.trace.node(edge.result)
        if self._local(edge) is None:
            return edge.product
        if result is self.trace.root and result.grad == 1:
            same = edge.symbol == self.trace.node(edge.operand).symbol
            return edge.rule if same and edge.rule else edge.symbol
        return f"{result.symbol} · {edge.symbol}"

    def gradient_line(self, node: TraceNode, *, delta: bool) -> str:
        """A gradient in one line, ``δ = ∂C/∂z = ∂C/∂o × (1 − o²) = −1.42``; with `delta` it is called δ."""
        if node is self.trace.root:
            return self.seed(node)[0]
        products = [edge.product for edge in self._coming(node)]
        line = f"{'δ = ' if delta else ''}{node.symbol} = {_sum(products)}"
        return _line(line if node.shape else f"{line} = {self.number(node.grad)}")

    def _coming(self, node: TraceNode) -> list[TraceEdge]:
        """The edges over which a gradient comes, in the order in which the card lists them."""
        return sorted(self.trace.outgoing[node.id], key=lambda edge: (int(edge.result[2:]), edge.index))

    def _flow(self, edge: TraceEdge, operand: TraceNode) -> str:
        local = self._local(edge)
        if local is None:
            text = self.phrases.flows_array.format(name=operand.name, product=edge.product)
            return f"{text}; {edge.note}" if edge.note else text
        phrase = {1.0: self.phrases.copied, -1.0: self.phrases.turned}.get(local, self.phrases.flows)
        return phrase.format(
            local=self._told(edge),
            product=equated(Product([edge.upstream, local]), edge.contribution, self.fmt),
            contribution=self.number(edge.contribution),
            name=operand.name,
        )

    def _told(self, edge: TraceEdge) -> str:
        """A local derivative: ``∂o/∂z = 1 − o² = 0.94``."""
        local = self._local(edge)
        if local is None:
            return _line(edge.note)
        rule = edge.rule
        return _line(" = ".join([edge.symbol, *([rule] if rule and not is_number(rule) else []), self.number(local)]))

    def _local(self, edge: TraceEdge) -> Any:
        """The local derivative between two numbers; None where there is none."""
        if edge.id not in self._locals:
            scalar = not self.trace.node(edge.operand).shape and not self.trace.node(edge.result).shape
            self._locals[edge.id] = edge.local if scalar else None
        return self._locals[edge.id]

    @cached_property
    def _locals(self) -> dict[str, Any]:
        return {}

    def _value(self, node: TraceNode) -> str:
        if not node.shape:
            return self.number(node.value)
        if 0 < np.size(node.value) <= _MOST_ENTRIES and len(node.shape) <= 2:
            return self._nested(node.value)
        return self.phrases.several.format(shape=shape_text(node.shape))

    def _nested(self, x: Any) -> str:
        return self.number(x) if np.ndim(x) == 0 else f"[{', '.join(map(self._nested, x))}]"

    def _filled(self, node: TraceNode) -> str:
        """The formula of a number with numbers in the place of names, and what it comes to: ``tanh 0.25 = 0.2449``."""
        operands = [self.trace.node(id) for id in node.operands]
        if any(operand.shape or np.iscomplexobj(operand.value) for operand in operands):
            return ""
        op, numbers = node._op, [float(operand.value) for operand in operands]

        def write(form: str) -> tuple[str, Any]:
            printed = [number(x, form) for x in numbers]
            filled = [Operand(text, (), x) for text, x in zip(printed, numbers, strict=True)]
            text = formulas.formula(op, Operand(node.name), filled, node.static, self._words.say)
            return text, _computed(op, [read(text) for text in printed], node.static)

        ((text, sign),), value = agreeing([write], node.value, self.fmt)
        return f"{text} {sign} {value}"


def _line(text: str) -> str:
    return clean_text(text, LONGEST_LINE)


def _few(terms: Sequence[Any]) -> Sequence[Any]:
    """The first terms of a sum, and a sign for the others."""
    return terms if len(terms) <= _MOST_TERMS else [*terms[:_MOST_TERMS], "…"]


def _sum(terms: Sequence[str]) -> str:
    return plus(_few(terms))


def _computed(op: Operation, numbers: Sequence[Any], static: Any) -> Any:
    """What an operation gives for printed numbers; None where it cannot tell."""
    if op.name in _COMBINE and None not in numbers:
        return _COMBINE[op.name](*numbers)
    with np.errstate(all="ignore"):
        try:
            value = op.forward(*map(float, numbers), **(static or {}))
        except Exception:  # noqa: BLE001 (a user's operation may refuse the numbers as they are printed)
            return None
    return value if np.ndim(value) == 0 else None
