"""What there is to tell about one derivative, as data: its factors, its paths, and the lines to be written."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise
from operator import itemgetter
from typing import Any

from ..paths import Dag, Route
from .chart import Chart
from .document import Item


@dataclass(frozen=True)
class Factor:
    """One factor of a derivative: from one value that lies on all paths to the next such value.

    Parameters
    ----------
    symbol : str
        ``∂o/∂z``.
    of, to : str
        The names of the two values.
    value : float or array
        The derivative of one by the other, summed over the paths between them. Where arrays lie on the way, the
        gradient of the root by the second.
    count : int
        The number of those paths.
    """

    symbol: str
    of: str
    to: str
    value: Any
    count: int


@dataclass(frozen=True)
class Path:
    """One path of the chain rule.

    Parameters
    ----------
    nodes : tuple of str
        Names of the values on it, the result first.
    symbols : tuple of str
        The local derivatives as fractions, one for each step; between arrays the vector-Jacobian products.
    factors : tuple of float
        Their values; empty where arrays lie on the way.
    product : float or array
        What the path adds to the derivative.
    """

    nodes: tuple[str, ...]
    symbols: tuple[str, ...]
    factors: tuple[float, ...]
    product: Any


@dataclass
class Story:
    """What there is to tell about one derivative.

    Parameters
    ----------
    symbol : str
        ``∂C/∂w₁``.
    value : float or array
        The derivative, summed over the paths.
    count : int
        The number of paths.
    mass : float or None
        The sum of the sizes of what the paths contribute; None if it would take all paths to know.
    factors, paths : callable
        Give the factors between the values that lie on all paths, and the largest paths.
    check : str
        What the derivative was checked against, and how that went.
    items : list of Equation or Heading
        The lines.
    """

    symbol: str
    value: Any
    count: int
    mass: float | None
    factors: Callable[[], tuple[Factor, ...]]
    paths: Callable[[], tuple[Path, ...]]
    check: str = ""
    items: list[Item] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Segment:
    """The part between two neighbours among the values that lie on all paths.

    Parameters
    ----------
    top, bottom : int
        The two nodes.
    edges : sequence of int
        The edges that leave the first.
    value : float
        The derivative of the first by the second.
    count : int
        The number of paths between them.
    direct : bool
        Whether these are edges that lead from the one straight to the other.
    """

    top: int
    bottom: int
    edges: Sequence[int]
    value: float
    count: int
    direct: bool


def segments(dag: Dag) -> list[Segment]:
    """The parts of a graph between the nodes that lie on all paths.

    Examples
    --------
    >>> [part.count for part in segments(Dag([0, 1, 1], [1, 2, 2], [1.0, 3.0, 3.0]))]
    [1, 2]
    """
    found = []
    for top, bottom in pairwise(dag.bottlenecks):
        edges = dag.leaving[top]
        if all(dag.lowers[edge] == bottom for edge in edges):
            found.append(Segment(top, bottom, edges, sum([dag.factors[edge] for edge in edges]), len(edges), True))
        else:
            found.append(Segment(top, bottom, edges, dag.total(top, bottom), dag.count(top, bottom), False))
    return found


def largest_paths(chart: Chart, parts: Sequence[Segment], k: int) -> tuple[Path, ...]:
    """The paths through all parts with the largest products, the largest first.

    The largest through a row of parts are made of the largest through each, so parts are ranked one by one.
    """
    dag = chart.dag
    best: list[tuple[int, Any]] = [(0, None)]  # with a linked list of routes, the last one first
    for part in parts:
        if part.count == 1:
            route = (part.edges[0],)
            best = [(size, (before, route)) for size, before in best]
        else:
            ranked = [(dag.size(route), route) for route in dag.largest(k, part.top, part.bottom)]
            pairs = [(size + more, (before, route)) for size, before in best for more, route in ranked]
            best = sorted(pairs, key=itemgetter(0), reverse=True)[:k]
    return tuple(path_of(chart, _unlinked(routes)) for _, routes in best)


def _unlinked(link: Any) -> Route:
    routes: list[Route] = []
    while link is not None:
        link, route = link
        routes.append(route)
    return tuple(chain.from_iterable(reversed(routes)))


def path_of(chart: Chart, route: Route) -> Path:
    """A path with its words."""
    dag = chart.dag
    nodes = [0, *(dag.lowers[edge] for edge in route)]
    return Path(
        tuple(chart.name(node) for node in nodes),
        tuple(chart.symbol(edge) for edge in route),
        tuple(dag.factors[edge] for edge in route),
        math.prod([dag.factors[edge] for edge in route]),
    )
