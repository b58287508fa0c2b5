"""What a step says: the chain rule in symbols, and the same in numbers and plain words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ...caching import cached_property
from ...operation import OPERATIONS
from .. import formulas
from ..events import Trace, TraceEdge, TraceNode
from ..formulas import Operand
from ..notation import number_in_formula, shape_text
from ..recording import plain_number
from ..render import clean_text
from ..words import LANGUAGES, Language
from .phrases import PHRASES

LONGEST_LINE = 240
_MOST_TERMS = 6
_MOST_FACTORS = 12
_MOST_ENTRIES = 6


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
        filled = self._filled(node)
        if not filled:
            return formula, f"{node.name} = {value}"
        return formula, _line(self.phrases.computed.format(name=node.name, filled=filled, value=value))

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
            phrase = self.phrases.so_far_array if operand.shape else self.phrases.so_far
            text += f" ({phrase.format(k=k, n=len(coming), total=self.number(edge.total))})"
        return formula, _line(text)

    def total(self, node: TraceNode) -> tuple[str, str]:
        """All contributions to a value are there."""
        coming = self._coming(node)
        formula = _line(f"{self.gradient(node)} = {_sum([self.contribution(edge) for edge in coming])}")
        if node.shape:
            return formula, self.phrases.total_array.format(n=len(coming), name=node.name)
        terms, total = _sum([self.number(edge.contribution) for edge in coming]), self.number(node.grad)
        return formula, self.phrases.total.format(terms=terms, total=total, n=len(coming), name=node.name)

    def update(self, node: TraceNode, rate: float) -> tuple[str, str]:
        """One step of gradient descent."""
        eta = number_in_formula(rate, self.fmt)
        formula = f"{node.name} ← {node.name} − {eta} · {node.symbol}"
        if node.shape:
            size = np.abs(np.asarray(node.grad))
            change = self.number(rate * float(size.max(initial=0.0)))
            return formula, self.phrases.update_array.format(name=node.name, change=change)
        return formula, f"{node.name} ← {self.update_in_numbers(node, rate)}"

    def update_in_numbers(self, node: TraceNode, rate: float) -> str:
        """``0.5 − 0.1 × (−2.839) = 0.7839``."""
        value, grad = plain_number(node.value), plain_number(node.grad)
        eta = number_in_formula(rate, self.fmt)
        return f"{self.number(value)} − {eta} × {_factor(self.number(grad))} = {self.number(value - rate * grad)}"

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
        return {"title": formula, "lines": lines}

    def _chain(self, node: TraceNode) -> list[str]:
        """The gradient as a sum of contributions, each local derivative, and the ways to the root."""
        coming = self._coming(node)
        lines = [_line(f"{self.gradient(node)} = {_sum([self.contribution(edge) for edge in coming])}")]
        if not node.shape:
            if all(self._local(edge) is not None for edge in coming):
                numbers = [_product(self.number(edge.upstream), self.number(self._local(edge))) for edge in coming]
                lines.append(_line(f"= {_sum(numbers)}"))
            if len(coming) > 1:
                lines.append(_line(f"= {_sum([self.number(edge.contribution) for edge in coming])}"))
            lines.append(f"= {self.number(node.grad)}")
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
        symbol = self.trace.node(way[-1].operand).symbol
        return [_line(f"{symbol} = {' · '.join(edge.symbol for edge in way)}"), _line(f"= {self._factors(way)}")]

    def _way(self, way: Sequence[TraceEdge]) -> str:
        """``df/dv₂ · dv₂/dv₁ · dv₁/dx = 1 × 20 × 6 = 120``."""
        parts = [" · ".join(edge.symbol for edge in way), self._factors(way)]
        if len(way) > 1:
            parts.append(self.number(math.prod(float(self._local(edge)) for edge in way)))
        return _line(" = ".join(parts))

    def _factors(self, way: Sequence[TraceEdge]) -> str:
        first, *others = [self.number(self._local(edge)) for edge in way]
        return " × ".join([first, *map(_factor, others)])

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
        return number_in_formula(plain_number(x), self.fmt)

    def gradient(self, node: TraceNode) -> str:
        """``∂C/∂u``, or ``δ = ∂C/∂z`` where backpropagation has a name for it."""
        return f"δ = {node.symbol}" if node.delta else node.symbol

    def contribution(self, edge: TraceEdge) -> str:
        """What an edge adds, in symbols: ``∂C/∂o · ∂o/∂z``, ``Xᵀ · δ``."""
        result = self.trace.node(edge.result)
        if self._local(edge) is None:
            return self._words.say(edge.product)
        if result is self.trace.root and result.grad == 1:
            same = edge.symbol == self.trace.node(edge.operand).symbol
            return edge.rule if same and edge.rule else edge.symbol
        return f"{result.symbol} · {edge.symbol}"

    def gradient_line(self, node: TraceNode, *, delta: bool) -> str:
        """A gradient in one line, ``δ = ∂C/∂z = ∂C/∂o × (1 − o²) = −1.42``; with `delta` it is called δ."""
        if node is self.trace.root:
            return self.seed(node)[0]
        products = [self._words.say(edge.product) for edge in self._coming(node)]
        line = f"{'δ = ' if delta else ''}{node.symbol} = {_sum(products)}"
        return _line(line if node.shape else f"{line} = {self.number(node.grad)}")

    def _coming(self, node: TraceNode) -> list[TraceEdge]:
        """The edges over which a gradient comes, in the order in which the card lists them."""
        return sorted(self.trace.outgoing[node.id], key=lambda edge: (int(edge.result[2:]), edge.index))

    def _flow(self, edge: TraceEdge, operand: TraceNode) -> str:
        local = self._local(edge)
        if local is None:
            text = self.phrases.flows_array.format(name=operand.name, product=self._words.say(edge.product))
            return f"{text}; {self._words.say(edge.note)}" if edge.note else text
        phrase = {1.0: self.phrases.copied, -1.0: self.phrases.turned}.get(local, self.phrases.flows)
        return phrase.format(
            local=self._told(edge),
            upstream=self.number(edge.upstream),
            factor=_factor(self.number(local)),
            contribution=self.number(edge.contribution),
            name=operand.name,
        )

    def _told(self, edge: TraceEdge) -> str:
        """A local derivative: ``∂o/∂z = 1 − o² = 0.94``."""
        local = self._local(edge)
        if local is None:
            return _line(self._words.say(edge.note))
        number, rule = self.number(local), edge.rule
        return _line(" = ".join([edge.symbol, *([rule] if rule and not _is_number(rule) else []), number]))

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
        """The formula of a number with numbers in the place of names: ``tanh 0.25``."""
        operands = [self.trace.node(id) for id in node.operands]
        numbers = [plain_number(operand.value) for operand in operands if not operand.shape]
        if len(numbers) < len(operands) or not all(isinstance(x, (int, float)) for x in numbers):
            return ""
        filled = [Operand(self.number(x), (), float(x)) for x in numbers]
        return formulas.formula(OPERATIONS[node.op or ""], Operand(node.name), filled, node.static)


def _line(text: str) -> str:
    return clean_text(text, LONGEST_LINE)


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text.replace("−", "-")))
    except ValueError:
        return False


def _factor(number: str) -> str:
    return f"({number})" if number.startswith("−") else number


def _product(first: str, second: str) -> str:
    return f"{first} × {_factor(second)}"


def _sum(terms: Sequence[str]) -> str:
    """Terms with plus signs between, or minus signs where they begin with one."""
    return "".join(_signed(terms[:_MOST_TERMS])) + (" + …" if len(terms) > _MOST_TERMS else "")


def _signed(terms: Iterable[str]) -> Iterable[str]:
    for i, term in enumerate(terms):
        if i == 0:
            yield term
        else:
            yield f" − {term.removeprefix('−')}" if term.startswith("−") else f" + {term}"
