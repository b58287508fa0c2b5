"""The chain rule of a single number told: symbols, numbers, the result, the short form and the rules behind it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ...caching import cached_property
from ..arithmetic import Expression, Product, Sum, equation, equations, fitting
from ..notation import number
from ..paths import Dag, Route, count_text
from .chart import Chart
from .document import WIDTH, Equation, Item, Row, listed
from .expressions import in_terms_of
from .story import Factor, Segment, Story, largest_paths, segments
from .view import delta_name

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


def short_form(chart: Chart) -> tuple[str, Expression] | None:
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
        used: list[int] = []
        if len(self.parts) == 1 and self.parts[0].count == 1:
            used = list(self.parts[0].edges)
            rule = chart.rule(used[0])
            result, check = (view.number(story.value),), f"({self.check})"
            told = any(ch.isalpha() for ch in rule)
            rows = (
                [Row("=", (rule,), note), Row("=", result, check)] if told else [Row("=", result, f"{note}   {check}")]
            )
            story.items.append(Equation(story.symbol, tuple(rows)))
        elif len(self.parts) == 1:
            story.items.append(self._sum(self.parts[0], "", note, f"({self.check})", used))
        else:
            story.items += self._product(story, note, used)
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

    def _product(self, story: Story, note: str, used: list[int]) -> Iterator[Item]:
        """The product of all parts, then the sums that are factors of it."""
        dag, telling = self.chart.dag, self.chart.view.telling
        letters = _Letters(self.chart.symbol, self.chart.between)
        symbols, numbers = self._terms(dag, self.parts, letters)
        rows = self._in_numbers([numbers], story.value, f"({self.check})")
        yield Equation(story.symbol, (Row("=", (symbols,), note), *rows))
        spelled, merged = _spelled(self.parts)
        used += [part.edges[0] for part in spelled if part.count == 1]
        if merged:
            words = telling.factors.format(n=f"{len(merged):,}")
            between = self.chart.between(merged[0].top, merged[-1].bottom)
            yield Equation(between, (Row("=", (words,)),), telling.along)
        sums = [part for part in spelled if not self._is_short_sum(part)]
        for part in sums[:_MOST_SUMS]:
            note = self.chart.view.paths(part.count, count_text(part.count))
            yield self._sum(part, telling.along, note, "", used)
        if len(sums) > _MOST_SUMS:
            yield Equation(telling.rest.format(n=len(sums) - _MOST_SUMS), ())

    def _in_numbers(self, lefts: Sequence[Expression], value: float, note: str = "") -> list[Row]:
        """What comes to a number, and the number with a note behind it."""
        *lines, (sign, result) = equations(lefts, value, self.chart.view.fmt)
        return [*(Row(sign, (text,)) for sign, text in lines), Row(sign, (result,), note)]

    def _terms(self, dag: Dag, parts: Sequence[Segment], letters: _Letters) -> tuple[str, Product]:
        """A product as symbols and as numbers; the middle of a long one as one factor."""
        spelled, merged = _spelled(parts)
        symbols, numbers = [], list[Expression]()
        for part in spelled:
            alone = part.count == 1
            symbols.append(letters.symbol(part.edges[0]) if alone else letters.between(part.top, part.bottom))
            inline = self._is_short_sum(part) and not alone
            numbers.append(Sum([dag.factors[edge] for edge in part.edges]) if inline else part.value)
        if merged:
            symbols.insert(_ENDS, letters.between(merged[0].top, merged[-1].bottom))
            numbers.insert(_ENDS, math.prod([part.value for part in merged]))
        return " · ".join(symbols), Product(numbers)

    def _is_short_sum(self, part: Segment) -> bool:
        return part.direct and part.count <= _ON_ONE_LINE

    # --- a sum over paths ---------------------------------------------------------------------------------------------

    def _sum(self, part: Segment, label: str, note: str, check: str, used: list[int]) -> Equation:
        """The sum over the paths of one part: on a few lines, or with a line for each path."""
        dag, view = self.chart.dag, self.chart.view
        left = self.chart.between(part.top, part.bottom)
        routes = dag.largest(view.max_paths, part.top, part.bottom)
        few = len(routes) == part.count <= _ON_ONE_LINE and sum(map(len, routes)) <= _MOST_FACTORS
        symbols = " + ".join(self._symbols(route) for route in routes) if few else ""
        if few and len(symbols) <= _LINE:
            used += [edge for route in routes for edge in route]
            sums = [_sum_of_products(dag, routes)]
            if any(len(route) > 1 for route in routes):
                sums.append(Sum([dag.product(route) for route in routes]))
            return Equation(left, (Row("=", (symbols,), note), *self._in_numbers(sums, part.value, check)), label)
        mass = dag.mass(part.top, part.bottom)
        rest = part.count - len(routes)
        terms = [dag.product(route) for route in routes]
        if rest:
            left_over = part.value - sum(terms)
            terms.append(0.0 if abs(left_over) <= _NOTHING * mass else left_over)
        form, sign = fitting([Sum(terms)], [part.value], view.fmt)
        rows = []
        for i, route in enumerate(routes):
            rows.append(Row("+" if i else "=", self._cells(route, form), "" if i else note))
            used += route if len(route) <= _SPELLED else ()
        if rest:
            rows.append(Row("+", (view.telling.more.format(n=count_text(rest)), "", f"= {number(terms[-1], form)}")))
        rows.append(Row(sign, (view.number(part.value),), check))
        ratio = abs(part.value) / mass if 0.0 < mass < math.inf else math.nan
        if (rest and not math.isnan(ratio)) or ratio < _MOSTLY_CANCELLED:
            rows.append(Row("", (view.telling.cancels.format(ratio=view.number(ratio)),)))
        return Equation(left, tuple(rows), label)

    def _symbols(self, route: Route) -> str:
        return " · ".join(self.chart.symbol(edge) for edge in route)

    def _cells(self, route: Route, fmt: str) -> tuple[str, ...]:
        """A path in columns: its symbols, or if it is long its values, then its numbers and their product."""
        dag = self.chart.dag
        if len(route) > _SPELLED:
            words, factors = self._arrows(route)
        else:
            words, factors = self._symbols(route), [dag.factors[edge] for edge in route]
        if len(factors) < 2:
            return words, "", f"= {number(dag.product(route), fmt)}"
        numbers, sign, product = equation(Product(factors), dag.product(route), fmt)
        return words, f"= {numbers}", f"{sign} {product}"

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
    def short_product(self) -> tuple[str, Expression] | None:
        """The product between landmarks; None if it would be no shorter or has too many paths."""
        chart = self.chart
        kept = [0, *self._landmarks, chart.dag.bottom]
        if len(kept) == len(chart.dag.leaving) or (len(kept) == 2 and self.parts[0].count > 1):
            return None
        dag = chart.dag.contract(kept, _MOST_STEPS)
        if dag is None:
            return None
        letters = _Letters(
            lambda edge: chart.partial(dag, edge, kept),
            lambda upper, lower: chart.between(kept[upper], kept[lower]),
        )
        return self._on_one_line(dag, segments(dag), letters) if len(kept) > 2 else None

    @cached_property
    def chain(self) -> tuple[str, Expression] | None:
        """The shortest form that still shows the chain."""
        if len(self.parts) == self.parts[0].count == 1:
            edge = self.parts[0].edges[0]
            return self.chart.rule(edge) or self.chart.symbol(edge), self.chart.dag.factors[edge]
        letters = _Letters(self.chart.symbol, self.chart.between)
        return self.short_product or self._on_one_line(self.chart.dag, self.parts, letters)

    def _on_one_line(self, dag: Dag, parts: Sequence[Segment], letters: _Letters) -> tuple[str, Expression] | None:
        """The product of parts, or the sum over a few paths through a single one."""
        if len(parts) > 1:
            return self._terms(dag, parts, letters)
        if parts[0].count > min(_ON_ONE_LINE, self.chart.view.max_paths):
            return None
        routes = dag.largest(_ON_ONE_LINE)
        if sum(map(len, routes)) > _MOST_FACTORS:
            return None
        sums = " + ".join(" · ".join(letters.symbol(edge) for edge in route) for route in routes)
        return (sums, _sum_of_products(dag, routes)) if len(sums) <= _LINE else None

    def _short(self, story: Story) -> Iterator[Equation]:
        """The short form, and the derivative as the delta times what the weight was multiplied by."""
        cells = []
        if self.short_product:
            symbols, expression = self.short_product
            numbers, sign, _ = equation(expression, story.value, self.chart.view.fmt)
            cells = [f"{symbols} {sign} {numbers}"]
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
        """``δ = ∂C/∂z = −1.42`` and ``∂C/∂w₁ = δ · x₁``, if all paths lead through pre-activations."""
        chart, view = self.chart, self.chart.view
        bottom = chart.dag.bottom
        places = [node for node in range(1, bottom) if chart.nodes[node].delta]
        if not places or len(places) > _MOST_DELTAS or chart.nodes[bottom].delta:
            return []
        alone = len({chart.nodes[node].id for node in places}) == len(places) == 1
        stops = {node: "δ" if alone else delta_name(chart.name(node)) for node in places}
        found = in_terms_of(chart, bottom, stops, _ON_ONE_LINE)
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


def _sum_of_products(dag: Dag, routes: Sequence[Route]) -> Sum:
    return Sum([Product([dag.factors[edge] for edge in route]) for route in routes])


def _spelled(parts: Sequence[Segment]) -> tuple[Sequence[Segment], Sequence[Segment]]:
    """The parts to be written out, and those in the middle of a long row, which are merged into one factor."""
    if len(parts) <= _MOST_FACTORS:
        return parts, []
    return [*parts[:_ENDS], *parts[-_ENDS:]], parts[_ENDS:-_ENDS]
