"""The chain rule through arrays told: vector-Jacobian products in words and shapes, step by step and path by path."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, pairwise
from typing import Any

import numpy as np

from ...caching import cached_property
from ...node import fit, outward
from ..comparing import norm
from ..events import TraceEdge, TraceNode
from ..paths import Dag, Route, count_text
from ..recording import seen
from .document import Equation, Heading, Item, Row
from .expressions import bare
from .story import Factor, Path, Story
from .view import View, as_dag, delta_name

_MOST_STEPS = 12
_ENDS = 5
_SPELLED = 4
_LINE = 90
_KEPT_PATHS = 64
_MOST_PRODUCTS = 100_000
_MOST_ENTRIES = 20_000_000
_WHOLE = 36
_ROWS = 6


def tell(view: View, target: TraceNode, check: Callable[[Any], str]) -> Story:
    """The story of an array's gradient, or of a number's that passes through arrays.

    Parameters
    ----------
    view : View
        The pass.
    target : TraceNode
        The value by which the root is differentiated.
    check : callable
        Checks the gradient, and says against what.

    Returns
    -------
    Story
        With its lines.
    """
    return _Teller(view, target, check).story


def nested(edges: Sequence[TraceEdge], upstream: str) -> str:
    """The vector-Jacobian products along a path as one formula: ``(δ₂ · W₂ᵀ) × (1 − A₁²)``."""
    text = upstream
    for edge in edges:
        text = bare(edge.product_of(f"({text})" if _is_compound(text) else text)[0])
        text = _COPIES.sub(r"\1 × ", text)
    return text


# A number copied to every entry and then multiplied entry by entry is a factor.
_COPIES = re.compile(r"\(([^() ]+), (?:copied|copiado)\) × ")


def _is_compound(text: str) -> bool:
    depth = 0
    for ch in text:
        depth += (ch in "([") - (ch in ")]")
        if ch == " " and depth == 0:
            return True
    return False


class _Teller:
    """The way to one value: its nodes and edges, the gradients on it, and the lines about it."""

    def __init__(self, view: View, target: TraceNode, check: Callable[[Any], str]) -> None:
        self.view, self.check, self.sign = view, check, "="
        self.nodes, self.edges = view.way(target)
        self.dag: Dag = as_dag(self.nodes, self.edges, [1.0] * len(self.edges))
        deltas = [node for node in self.nodes if node.delta]
        self.deltas = {node.id: "δ" if len(deltas) == 1 else delta_name(node.name) for node in deltas}

    @cached_property
    def story(self) -> Story:
        view, target, neck = self.view, self.nodes[-1], self.dag.bottlenecks
        counts = [self.dag.count(top, bottom) for top, bottom in pairwise(neck)]
        count = math.prod(counts)
        value = _shown(self.at[-1])
        check = self.check(value)
        words = view.telling.step if len(counts) == 1 else view.telling.steps
        words = words.format(root=view.of, wrt=target.name, n=f"{len(counts):,}")
        story = Story(
            symbol=target.symbol,
            value=value,
            count=count,
            mass=self._mass(count),
            factors=lambda: tuple(self._factor(i, n) for i, n in enumerate(counts)),
            paths=lambda: tuple(self._path(*pair) for pair in self._found[0][: view.max_paths]),
            check=check,
        )
        story.items.append(Heading(f"{words}, {view.paths(count, count_text(count))}"))
        steps = tuple(self._steps(counts))
        story.items.append(Equation("", steps))
        story.items.append(Equation(story.symbol, tuple(matrix_rows(view, value, f"({check})", self.sign))))
        story.items += self._short(counts)
        story.items += view.where(story.items)
        return story

    @cached_property
    def _found(self) -> tuple[list[tuple[Any, Any]], bool]:
        """The largest paths of all."""
        return self._largest(0, self.dag.bottom)

    def _mass(self, count: int) -> float | None:
        """The sum of the sizes of what the paths contribute, if they are few enough to go them all."""
        found, complete = self._found if count <= _KEPT_PATHS else ([], False)
        return sum(_size(product) for product, _ in found) if complete else None

    def _factor(self, i: int, count: int) -> Factor:
        neck = self.dag.bottlenecks
        top, bottom = self.nodes[neck[i]], self.nodes[neck[i + 1]]
        symbol = self._product(neck[i])[0] if count == 1 else bottom.symbol
        return Factor(symbol, top.name, bottom.name, _shown(self.at[i + 1]), count)

    def _path(self, product: Any, link: Any) -> Path:
        route = _unlinked(link)
        nodes = [0, *(self.dag.lowers[edge] for edge in route)]
        return Path(
            tuple(self.nodes[node].name for node in nodes),
            tuple(self.edges[edge].symbol for edge in route),
            (),
            _shown(product),
        )

    # --- gradients ----------------------------------------------------------------------------------------------------

    @cached_property
    def at(self) -> list[Any]:
        """The gradients of the values that lie on all paths, as they travel inside a pass."""
        grads, kept = {0: outward(self.nodes[0].grad)}, []
        necks = set(self.dag.bottlenecks)
        for node, edges in enumerate(self.dag.leaving):
            gradient = grads.pop(node)
            if node in necks:
                kept.append(gradient)
            for edge in edges:
                lower, contribution = self.dag.lowers[edge], self._pull(edge, gradient)
                grads[lower] = grads[lower] + contribution if lower in grads else contribution
        return kept

    def _pull(self, edge: int, gradient: Any) -> Any:
        """What an edge passes on."""
        step, trace = self.edges[edge], self.view.trace
        result = trace.node(step.result)
        op, operands = result._op, [trace.node(id)._data for id in result.operands]
        with np.errstate(all="ignore"):
            contribution = op.pull(step.index, gradient, result._data, operands, result.static)
            return fit(contribution, self.view.operand(step), op, step.index)

    def _largest(self, top: int, bottom: int, start: int = 0) -> tuple[list[tuple[Any, Any]], bool]:
        """The paths with the largest contributions, the largest first, and whether they are all paths.

        What a path passes on is only known by going it. At each value the largest so far go on, so that of very many
        paths these are the largest that such a search finds; of up to 64 they are exact. Routes are linked lists.
        """
        if all(len(leaving) == 1 for leaving in self.dag.leaving[top:bottom]):
            link: Any = None
            for node in range(top, bottom):
                link = link, self.dag.leaving[node][0]
            return [(self.at[self.dag.bottlenecks.index(bottom)], link)], True
        size = max(int(np.prod(node.shape)) for node in self.nodes[top : bottom + 1])
        edges = sum(len(leaving) for leaving in self.dag.leaving[top:bottom]) or 1
        most = max(_KEPT_PATHS, self.view.max_paths)
        width = max(1, min(most, _MOST_PRODUCTS // edges, _MOST_ENTRIES // max(size, 1)))
        complete = True
        best: dict[int, list[tuple[Any, Any]]] = {top: [(self.at[start], None)]}
        for node in range(top, bottom):
            going = _cut(best.pop(node), width)
            for edge in self.dag.leaving[node]:
                onward = best.setdefault(self.dag.lowers[edge], [])
                onward += [(self._pull(edge, gradient), (before, edge)) for gradient, before in going]
                if len(onward) > 4 * most:
                    complete = False
                    onward[:] = _cut(onward, most)
                complete = complete and (len(onward) <= width or self.dag.lowers[edge] == bottom)
        return _cut(best[bottom], len(best[bottom])), complete

    # --- lines --------------------------------------------------------------------------------------------------------

    def _upstream(self, node: int) -> str:
        """How the gradient of a value is written in products; "" for that of the root by itself."""
        return "" if node == 0 else self.deltas.get(self.nodes[node].id) or self.nodes[node].symbol

    def _left(self, node: int) -> str:
        delta, symbol = self.deltas.get(self.nodes[node].id), self.nodes[node].symbol
        return f"{delta} = {symbol}" if delta else symbol

    def _product(self, top: int) -> tuple[str, str]:
        return self.edges[self.dag.leaving[top][0]].product_of(self._upstream(top))

    def _steps(self, counts: Sequence[int]) -> Iterator[Row]:
        """A line for each value on all paths, and for each path where there are several between two of them."""
        neck, view = self.dag.bottlenecks, self.view
        long = len(counts) > _MOST_STEPS
        for i, (count, (top, bottom)) in enumerate(zip(counts, pairwise(neck), strict=True)):
            if long and _ENDS <= i < len(counts) - _ENDS:
                if i == _ENDS:
                    yield Row("", (view.telling.more_steps.format(n=f"{len(counts) - 2 * _ENDS:,}"),))
                continue
            words, note = "", ""
            alternatives: list[Row] = []
            self.sign = "="
            if count == 1:
                words, note = self._product(top)
            else:
                number = view.paths(count, count_text(count))
                words = view.telling.sum_over.format(paths=number, top=self.nodes[top].name)
                alternatives = [*self._alternatives(top, bottom, i, count)]
            last = i == len(counts) - 1
            value = "" if last else view.equals(_shown(self.at[i + 1]), self.sign)
            yield Row("", (f"{self._left(bottom)} = {words}", note, value))
            yield from alternatives

    def _alternatives(self, top: int, bottom: int, i: int, count: int) -> Iterator[Row]:
        """A line for each of the largest paths between two values that lie on all paths."""
        view = self.view
        found, complete = self._largest(top, bottom, i)
        shown = found[: view.max_paths]
        routes = [_unlinked(link) for _, link in shown]
        terms = [product for product, _ in shown]
        if len(shown) < count:
            terms.append(self.at[i + 1] - sum(terms))
        form, self.sign = view.fitting([_shown(term) for term in terms], _shown(self.at[i + 1]))
        ways = [[self.nodes[node].name for node in (top, *map(self.dag.lowers.__getitem__, way))] for way in routes]
        for k, (term, route, arrows) in enumerate(zip(terms, routes, arrows_between(ways), strict=False)):
            text = nested([self.edges[edge] for edge in route], self._upstream(top)) if len(route) <= _SPELLED else ""
            text = text if len(text) <= _LINE else ""
            words = f"  {'+' if k else ' '} {text or arrows}"
            yield Row("", (words, arrows if text else "", view.equals(_shown(term), fmt=form)))
        if len(shown) < count:
            more = view.telling.more.format(n=count_text(count - len(shown)))
            yield Row("", (f"  + {more}", "", view.equals(_shown(terms[-1]), fmt=form)))
            if complete:
                ratio = _size(self.at[i + 1]) / (sum(_size(product) for product, _ in found) or math.inf)
                yield Row("", (f"    {view.telling.cancels.format(ratio=view.number(ratio))}",))

    def _short(self, counts: Sequence[int]) -> Iterator[Item]:
        """The same between landmarks only, each step one formula."""
        neck, view = self.dag.bottlenecks, self.view
        inner = neck[1:-1]
        marks = [node for node in inner if view.is_landmark(self.nodes[node])]
        if view.landmarks is None:
            marks = [node for node in marks if self.nodes[node].delta] or marks
            marks = marks or [node for node in inner if self.nodes[node].id in view.named]
        if len(marks) == len(inner) or len(counts) > _MOST_STEPS or max(counts) > 1:
            return
        formulas = []
        for top, bottom in pairwise([0, *marks, neck[-1]]):
            way = [self.edges[self.dag.leaving[node][0]] for node in neck if top <= node < bottom]
            formulas.append(f"{self._left(bottom)} = {nested(way, self._upstream(top))}")
        if max(map(len, formulas)) <= _LINE:
            yield Equation("", tuple(Row("", (formula,)) for formula in formulas), view.telling.short)


def matrix_rows(view: View, value: Any, note: str, sign: str = "=") -> Iterator[Row]:
    """An array after an equals sign: on one line, as a matrix row by row, or its shape and size."""
    rows, columns = np.shape(value) if np.ndim(value) == 2 else (0, 0)
    whole = view.array(value, _WHOLE if np.ndim(value) == 1 else _ROWS)
    if "‖" not in whole or not (0 < rows <= _ROWS and 0 < columns <= _ROWS):
        yield Row(sign, (whole,), note)
        return
    words = [[view.number(x) for x in row] for row in value]
    width = max(len(word) for row in words for word in row)
    for i, row in enumerate(words):
        line = f"{' ' if i else '['}[{', '.join(word.rjust(width) for word in row)}]{'],'[i < rows - 1]}"
        yield Row("" if i else sign, (line,), note if i == rows - 1 else "")


def arrows_between(ways: Sequence[Sequence[str]]) -> list[str]:
    """Paths as rows of values; of long ones the ends, and what tells one from another that has the same ends.

    Examples
    --------
    >>> arrows_between([["f", "a", "b", "x"], ["f", "p", "q", "r", "s", "t", "x"], ["f", "p", "q", "u", "s", "t", "x"]])
    ['f → a → b → x', 'f → p → ⋯ → r → ⋯ → t → x', 'f → p → ⋯ → u → ⋯ → t → x']
    """
    short = [way if len(way) <= _SPELLED + 2 else [*way[:3], "⋯", *way[-2:]] for way in ways]
    arrows = []
    for way, ends in zip(ways, short, strict=True):
        alike = [other for other, its in zip(ways, short, strict=True) if its == ends]
        kept = [*ends]
        if len(alike) > 1:
            often = Counter(chain.from_iterable(map(set, alike)))
            own = [i for i, name in enumerate(way) if often[name] < len(alike)][:2]
            marks = sorted({0, 1, *own, len(way) - 2, len(way) - 1})
            kept = [way[0]]
            for before, here in pairwise(marks):
                kept += ["⋯", way[here]] if here > before + 1 else [way[here]]
        arrows.append(" → ".join(kept))
    return arrows


def _shown(gradient: Any) -> Any:
    """A gradient that travels inside a pass as its numbers."""
    return seen(outward(gradient))


def _size(gradient: Any) -> float:
    return norm(_shown(gradient))


def _cut(found: list[tuple[Any, Any]], most: int) -> list[tuple[Any, Any]]:
    """The largest, the largest first."""
    return sorted(found, key=lambda pair: -_size(pair[0]))[:most] if len(found) > 1 else found


def _unlinked(link: Any) -> Route:
    route = []
    while link is not None:
        link, edge = link
        route.append(edge)
    return tuple(reversed(route))
