"""The chain rule of a single number told: symbols, numbers, the result, the short form and the rules behind it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ...caching import cached_property
from ..paths import Dag, Route, count_text
from .chart import Chart
from .document import WIDTH, Equation, Item, Row, listed
from .expressions import expression
from .story import Factor, Segment, Story, largest_paths, segments
from .view import View, delta_name

_MOST_FACTORS = 12
_ENDS = 5
_SPELLED = 6
_ON_ONE_LINE = 3
_LINE = 90
_MOST_SUMS = 4
_MOST_RULES = 8
_MOST_STEPS = 200_000
_MOST_DELTAS = 2_000
_ARROWS = 8
_NOTHING = 1e-12
_MOSTLY_CANCELLED = 0.1


@dataclass(frozen=True)
class _Letters:
    """How the edges of a graph, and derivatives across several of them, are written."""

    symbol: Callable[[int], str]
    between: Callable[[int, int], str]


def tell(chart: Chart, check: str) -> Story:
    """The story of one number's derivative.

    Parameters
    ----------
    chart : Chart
        The graph between the result and the number.
    check : str
        What the result was checked against; written beside it.

    Returns
    -------
    Story
        With its lines.
    """
    return _Teller(chart, check).story


def short_form(chart: Chart) -> tuple[str, str] | None:
    """The chain between landmarks as symbols and as numbers; None if there are too many paths for one line."""
    return _Teller(chart, "").chain


@dataclass
class _Teller:
    chart: Chart
    check: str

    @cached_property
    def parts(self) -> list[Segment]:
        return segments(self.chart.dag)

    @cached_property
    def story(self) -> Story:
        chart, view = self.chart, self.chart.view
        story = Story(
            symbol=chart.between(0, chart.dag.bottom),
            value=chart.dag.total(),
            count=math.prod([part.count for part in self.parts]),
            mass=chart.dag.mass(),
            factors=lambda: tuple(self._factor(part) for part in self.parts),
            paths=lambda: largest_paths(chart, self.parts, view.max_paths),
            check=self.check,
        )
        note = view.paths(story.count, count_text(story.count))
        result = Row("=", (view.number(story.value),), f"({self.check})")
        used: list[int] = []
        if len(self.parts) == 1 and self.parts[0].count == 1:
            used = list(self.parts[0].edges)
            rule = chart.rule(used[0])
            told = any(ch.isalpha() for ch in rule)
            rows = [Row("=", (rule,), note), result] if told else [Row("=", result.cells, f"{note}   {result.note}")]
            story.items.append(Equation(story.symbol, tuple(rows)))
        elif len(self.parts) == 1:
            story.items.append(self._sum(self.parts[0], "", note, result, used))
        else:
            story.items += self._product(story.symbol, note, result, used)
        story.items += self._short(story)
        if len(self.parts) > 1 or self.parts[0].count > 1:
            story.items += self._rules(used)
        story.items += view.where(story.items)
        return story

    def _factor(self, part: Segment) -> Factor:
        chart = self.chart
        symbol = chart.symbol(part.edges[0]) if part.count == 1 else chart.between(part.top, part.bottom)
        return Factor(symbol, chart.name(part.top), chart.name(part.bottom), part.value, part.count)

    # --- a product of parts -------------------------------------------------------------------------------------------

    def _product(self, left: str, note: str, result: Row, used: list[int]) -> Iterator[Item]:
        """The product of all parts, then the sums that are factors of it."""
        dag, telling = self.chart.dag, self.chart.view.telling
        letters = _Letters(self.chart.symbol, self.chart.between)
        symbols, numbers = self._terms(dag, self.parts, letters)
        yield Equation(left, (Row("=", (" · ".join(symbols),), note), Row("=", (_times(numbers),)), result))
        spelled, merged = _spelled(self.parts)
        used += [part.edges[0] for part in spelled if part.count == 1]
        if merged:
            words = telling.factors.format(n=f"{len(merged):,}")
            between = self.chart.between(merged[0].top, merged[-1].bottom)
            yield Equation(between, (Row("=", (words,)),), telling.along)
        sums = [part for part in spelled if not self._is_short_sum(part)]
        for part in sums[:_MOST_SUMS]:
            note = self.chart.view.paths(part.count, count_text(part.count))
            yield self._sum(part, telling.along, note, Row("=", (self.chart.view.number(part.value),)), used)
        if len(sums) > _MOST_SUMS:
            yield Equation(telling.rest.format(n=len(sums) - _MOST_SUMS), ())

    def _terms(self, dag: Dag, parts: Sequence[Segment], letters: _Letters) -> tuple[list[str], list[str]]:
        """The factors of a product as symbols and as numbers; the middle of a long one as one factor."""
        view = self.chart.view
        spelled, merged = _spelled(parts)
        symbols, numbers = [], []
        for part in spelled:
            alone = part.count == 1
            symbols.append(letters.symbol(part.edges[0]) if alone else letters.between(part.top, part.bottom))
            inline = self._is_short_sum(part) and not alone
            terms = view.plus([dag.factors[edge] for edge in part.edges]) if inline else ""
            numbers.append(f"({terms})" if inline else view.number(part.value))
        if merged:
            symbols.insert(_ENDS, letters.between(merged[0].top, merged[-1].bottom))
            numbers.insert(_ENDS, view.number(math.prod([part.value for part in merged])))
        return symbols, numbers

    def _is_short_sum(self, part: Segment) -> bool:
        return part.direct and part.count <= _ON_ONE_LINE

    # --- a sum over paths ---------------------------------------------------------------------------------------------

    def _sum(self, part: Segment, label: str, note: str, result: Row, used: list[int]) -> Equation:
        """The sum over the paths of one part: on a few lines, or with a line for each path."""
        dag, view = self.chart.dag, self.chart.view
        left = self.chart.between(part.top, part.bottom)
        routes = dag.largest(view.max_paths, part.top, part.bottom)
        few = len(routes) == part.count <= _ON_ONE_LINE and sum(map(len, routes)) <= _MOST_FACTORS
        symbols = " + ".join(self._symbols(route) for route in routes) if few else ""
        if few and len(symbols) <= _LINE:
            used += [edge for route in routes for edge in route]
            rows = [Row("=", (symbols,), note), Row("=", (_sum_of_products(view, dag, routes),))]
            if any(len(route) > 1 for route in routes):
                rows.append(Row("=", (view.plus([dag.product(route) for route in routes]),)))
            return Equation(left, (*rows, result), label)
        rows = []
        for i, route in enumerate(routes):
            rows.append(Row("+" if i else "=", self._cells(route), "" if i else note))
            used += route if len(route) <= _SPELLED else ()
        mass = dag.mass(part.top, part.bottom)
        rest = part.count - len(routes)
        if rest:
            left_over = part.value - sum(dag.product(route) for route in routes)
            amount = view.number(0.0 if abs(left_over) <= _NOTHING * mass else left_over)
            rows.append(Row("+", (view.telling.more.format(n=count_text(rest)), "", f"= {amount}")))
        rows.append(result)
        ratio = abs(part.value) / mass if 0.0 < mass < math.inf else math.nan
        if (rest and not math.isnan(ratio)) or ratio < _MOSTLY_CANCELLED:
            rows.append(Row("", (view.telling.cancels.format(ratio=view.number(ratio)),)))
        return Equation(left, tuple(rows), label)

    def _symbols(self, route: Route) -> str:
        return " · ".join(self.chart.symbol(edge) for edge in route)

    def _cells(self, route: Route) -> tuple[str, ...]:
        """A path in columns: its symbols, or if it is long its values, then its numbers and their product."""
        dag, view = self.chart.dag, self.chart.view
        if len(route) > _SPELLED:
            words, factors = self._arrows(route)
        else:
            words, factors = self._symbols(route), [dag.factors[edge] for edge in route]
        numbers = f"= {view.times(factors)}" if len(factors) > 1 else ""
        return words, numbers, f"= {view.number(dag.product(route))}"

    def _arrows(self, route: Route) -> tuple[str, list[float]]:
        """A path as a row of values, those at its ends and its landmarks, and the factors between if these are few."""
        chart = self.chart
        marks = [i for i, edge in enumerate(route[:-1], 1) if self._is_landmark(chart.dag.lowers[edge])]
        marks = marks or [*range(1, len(route))]
        names = [chart.name(chart.dag.lowers[route[i - 1]]) for i in marks]
        factors = []
        if len(marks) < _SPELLED:
            cuts = pairwise([0, *marks, len(route)])
            factors = [chart.dag.product(route[start:end]) for start, end in cuts]
        if len(names) > _ARROWS:
            names = [*names[:3], "⋯", *names[-4:]]
        first, last = chart.name(chart.dag.uppers[route[0]]), chart.name(chart.dag.lowers[route[-1]])
        return " → ".join([first, *names, last]), factors

    # --- the short form -----------------------------------------------------------------------------------------------

    def _is_landmark(self, node: int) -> bool:
        return self.chart.view.is_landmark(self.chart.nodes[node])

    @cached_property
    def _landmarks(self) -> list[int]:
        """Landmarks between the ends; where there are none, the values that the user named."""
        chart, view = self.chart, self.chart.view
        inner = range(1, chart.dag.bottom)
        marks = [node for node in inner if self._is_landmark(node)]
        if marks or view.landmarks is not None:
            return marks
        return [node for node in inner if chart.nodes[node].id in view.named]

    @cached_property
    def short_product(self) -> tuple[str, str] | None:
        """The product between landmarks; None if it would be no shorter or has too many paths."""
        chart = self.chart
        kept = [0, *self._landmarks, chart.dag.bottom]
        if len(kept) == len(chart.dag.leaving) or (len(kept) == 2 and self.parts[0].count > 1):
            return None
        dag = chart.dag.contract(kept, _MOST_STEPS)
        if dag is None:
            return None
        letters = _Letters(
            lambda edge: chart.partial(
                kept[dag.uppers[edge]], kept[dag.lowers[edge]], alone=len(dag.leaving[dag.uppers[edge]]) == 1
            ),
            lambda upper, lower: chart.between(kept[upper], kept[lower]),
        )
        return self._on_one_line(dag, segments(dag), letters) if len(kept) > 2 else None

    @cached_property
    def chain(self) -> tuple[str, str] | None:
        """The shortest form that still shows the chain."""
        if len(self.parts) == self.parts[0].count == 1:
            edge = self.parts[0].edges[0]
            number = self.chart.view.number(self.chart.dag.factors[edge])
            return self.chart.rule(edge) or self.chart.symbol(edge), number
        letters = _Letters(self.chart.symbol, self.chart.between)
        return self.short_product or self._on_one_line(self.chart.dag, self.parts, letters)

    def _on_one_line(self, dag: Dag, parts: Sequence[Segment], letters: _Letters) -> tuple[str, str] | None:
        """The product of parts, or the sum over a few paths through a single one."""
        view = self.chart.view
        if len(parts) > 1:
            symbols, numbers = self._terms(dag, parts, letters)
            return " · ".join(symbols), _times(numbers)
        if parts[0].count > min(_ON_ONE_LINE, view.max_paths):
            return None
        routes = dag.largest(_ON_ONE_LINE)
        if sum(map(len, routes)) > _MOST_FACTORS:
            return None
        sums = " + ".join(" · ".join(letters.symbol(edge) for edge in route) for route in routes)
        return (sums, _sum_of_products(view, dag, routes)) if len(sums) <= _LINE else None

    def _short(self, story: Story) -> Iterator[Equation]:
        """The short form, and the derivative as the delta times what the weight was multiplied by."""
        cells = [" = ".join(self.short_product)] if self.short_product else []
        cells += self._deltas(story)
        if not cells:
            return
        left = story.symbol
        if not self.short_product:
            left, _, cells[0] = cells[0].partition(" = ")
        joined = ",   ".join(cells)
        rows = [Row("=", (joined,))]
        if len(left) + len(joined) > WIDTH:
            sides = cells[0].split(" = ")
            rows = [*(Row("=", (side,)) for side in sides), *(Row("", (cell,)) for cell in cells[1:])]
        yield Equation(left, tuple(rows), self.chart.view.telling.short)

    def _deltas(self, story: Story) -> list[str]:
        """``δ = ∂C/∂z = -1.42`` and ``∂C/∂w₁ = δ · x₁``, if all paths lead through pre-activations."""
        chart, view = self.chart, self.chart.view
        bottom = chart.dag.bottom
        places = [node for node in range(1, bottom) if chart.nodes[node].delta]
        if not places or len(places) > _MOST_DELTAS or chart.nodes[bottom].delta:
            return []
        alone = len({chart.nodes[node].id for node in places}) == len(places) == 1
        stops = {node: "δ" if alone else delta_name(chart.name(node)) for node in places}
        found = expression(chart, bottom, stops, _ON_ONE_LINE)
        if found is None or 0 in found.reached:
            return []
        cells = []
        if len(found.reached) == 1:
            (delta,) = found.reached
            cells = [f"{stops[delta]} = {chart.between(0, delta)} = {view.number(chart.grad(delta))}"]
        return [*cells, f"{story.symbol} = {found.symbols}"]

    # --- the rules ----------------------------------------------------------------------------------------------------

    def _rules(self, used: Sequence[int]) -> Iterator[Equation]:
        """The local derivatives as formulas."""
        chart = self.chart
        told: dict[int, str] = {}
        for edge in used:
            rule, symbol, step = chart.rule(edge), chart.symbol(edge), chart.edges[edge]
            if step is None or id(step) in told or rule == symbol or not any(ch.isalpha() for ch in rule):
                continue
            told[id(step)] = f"{symbol} = {rule}"
            if len(told) == _MOST_RULES:
                break
        yield from listed(chart.view.telling.rules, [*told.values()])


def _sum_of_products(view: View, dag: Dag, routes: Sequence[Route]) -> str:
    """A sum of products of numbers."""
    text = ""
    for i, route in enumerate(routes):
        term = view.times([dag.factors[edge] for edge in route])
        text += (f" - {term[1:]}" if term[0] == "-" else f" + {term}") if i else term
    return text


def _spelled(parts: Sequence[Segment]) -> tuple[Sequence[Segment], Sequence[Segment]]:
    """The parts to be written out, and those in the middle of a long row, which are merged into one factor."""
    if len(parts) <= _MOST_FACTORS:
        return parts, []
    return [*parts[:_ENDS], *parts[-_ENDS:]], parts[_ENDS:-_ENDS]


def _times(numbers: Sequence[str]) -> str:
    return " × ".join(f"({word})" if i and word[0] == "-" else word for i, word in enumerate(numbers))
