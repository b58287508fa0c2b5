"""A gradient as a formula of the gradients nearest to it: ``(δ₂[1] · w₂[1][1] + δ₂[2] · w₂[1][2]) · (1 − a₁[1]²)``."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..arithmetic import Expression, Product, Sum, plus
from ..notation import bracketed_factor
from .chart import Chart

_MOST_EDGES = 5_000
_LONGEST = 1_000  # where values are used again and again, formulas of formulas double at every step


@dataclass(frozen=True)
class Terms:
    """A gradient in terms of others.

    Parameters
    ----------
    symbols : str
        ``δ · x₁``.
    numbers : Product
        −1.42 × 2.
    value : float
        What it comes to.
    reached : frozenset of int
        The nodes whose gradients stand in it; 0, the root, if it also leads there directly.
    """

    symbols: str
    numbers: Product
    value: float
    reached: frozenset[int]


@dataclass(frozen=True)
class _Product:
    """Factors as symbols, as numbers, and their product."""

    symbols: tuple[str, ...]
    numbers: tuple[Expression, ...]
    value: float


def in_terms_of(chart: Chart, node: int, stops: Mapping[int, str], terms: int) -> Terms | None:
    """The gradient of a node in terms of the nearest gradients that have a name.

    Parameters
    ----------
    chart : Chart
        The graph.
    node : int
        The node.
    stops : mapping of int to str
        The names of gradients, by node.
    terms : int
        How many terms of a sum are shown.

    Returns
    -------
    Terms or None
        None if the way to those gradients is too long for a formula.
    """
    region = _region(chart, node, stops)
    if region is None:
        return None
    dag, found = chart.dag, dict[int, _Product]()
    reached = set()
    for here in sorted(region):
        parts = []
        for edge in reversed(region[here]):  # the oldest result first, in which order samples were computed
            upper = dag.uppers[edge]
            if upper in region:
                before = found[upper]
            else:
                reached.add(upper)
                before = _named(chart, upper, stops)
            parts.append(_times(chart, before, edge))
        found[here] = parts[0] if len(parts) == 1 else _sum(chart, parts, terms)
        if sum(map(len, found[here].symbols)) > _LONGEST:
            return None
    end = found[node]
    return Terms(bare(_joined(end.symbols)) or "1", Product(end.numbers or (1.0,)), end.value, frozenset(reached))


def _region(chart: Chart, node: int, stops: Mapping[int, str]) -> dict[int, list[int]] | None:
    """The nodes between a node and the nearest stops, each with its edges to results; None if they are too many."""
    region: dict[int, list[int]] = {}
    waiting, edges = [-node], 0
    while waiting:
        here = -heapq.heappop(waiting)
        if here in region:
            continue
        region[here] = chart.dag.entering[here]
        edges += len(region[here])
        if edges > _MOST_EDGES:
            return None
        for edge in region[here]:
            upper = chart.dag.uppers[edge]
            if upper and upper not in stops and upper not in region:
                heapq.heappush(waiting, -upper)
    return region


def _named(chart: Chart, node: int, stops: Mapping[int, str]) -> _Product:
    if node not in stops:
        return _Product((), (), 1.0)
    value = chart.grad(node)
    return _Product((stops[node],), (value,), value)


def _times(chart: Chart, before: _Product, edge: int) -> _Product:
    local = chart.dag.factors[edge]
    rule = chart.rule(edge) or chart.symbol(edge)
    if rule == "1":
        return before
    symbols = (*before.symbols, bracketed_factor(rule))
    if rule == "−1" and before.symbols:
        first = before.symbols[0]
        symbols = (first[1:] if first[0] == "−" else f"−{first}", *before.symbols[1:])
    numbers = (*before.numbers, local)
    return _Product(symbols, numbers, before.value * local)


def _sum(chart: Chart, parts: Sequence[_Product], terms: int) -> _Product:
    total = sum(part.value for part in parts)
    shown = parts if len(parts) <= terms else parts[: max(terms - 1, 1)]
    rest = len(parts) - len(shown)
    symbols = [_joined(part.symbols) or "1" for part in shown]
    numbers: list[Expression] = [Product(part.numbers or (1.0,)) for part in shown]
    if rest:
        symbols.append(chart.view.telling.terms.format(n=f"{rest:,}"))
        numbers.append("⋯")
    return _Product((f"({plus(symbols)})",), (Sum(numbers),), total)


def _joined(words: Sequence[str]) -> str:
    return " · ".join(f"({word})" if i and word[0] == "−" else word for i, word in enumerate(words))


def bare(text: str) -> str:
    """A formula without parentheses around all of it.

    Examples
    --------
    >>> bare("(a + b)"), bare("(a + b) · (c + d)")
    ('a + b', '(a + b) · (c + d)')
    """
    depth = 0
    for i, ch in enumerate(text):
        depth += (ch == "(") - (ch == ")")
        if depth == 0 and i < len(text) - 1:
            return text
    return text[1:-1] if text[:1] == "(" else text
