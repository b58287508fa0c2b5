"""Paths from a result back to one of the values it depends on: counted, summed and ranked without listing them.

A derivative is the sum over all paths of the products of the local derivatives along them. There may be 2¹⁰⁰ paths in
a graph of a hundred nodes, so everything here is dynamic programming over edges: one sweep for their number, one for
their sum, one for the sum of their sizes, and one for the few largest.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TypeAlias

from ..caching import cached_property

Route: TypeAlias = tuple[int, ...]
"""A path as the numbers of its edges, from the result down."""

_BEYOND = 1 << 80  # larger than the logarithm of any product of finite numbers


@dataclass(frozen=True)
class Dag:
    """The nodes and edges that lie on a path from a result to one value: every node here is on such a path.

    Node 0 is the result and the last node the value; results have smaller numbers than their operands.

    Parameters
    ----------
    uppers, lowers : sequence of int
        For each edge the node of the result and the node of the operand, ordered by result. Two edges between the same
        nodes are two paths.
    factors : sequence of float
        For each edge the local derivative.

    Examples
    --------
    f = 20·g + x with g = x² at x = 3; the nodes are f, v = 20·g, g and x:

    >>> dag = Dag([0, 0, 1, 2], [1, 3, 2, 3], [1.0, 1.0, 20.0, 6.0])
    >>> dag.count(), dag.total(), dag.mass()
    (2, 121.0, 121.0)
    >>> dag.largest(2)
    [(0, 2, 3), (1,)]
    >>> dag.bottlenecks
    [0, 3]
    """

    uppers: Sequence[int]
    lowers: Sequence[int]
    factors: Sequence[float]

    @property
    def bottom(self) -> int:
        """The number of the last node, by which the result is differentiated."""
        return len(self.leaving) - 1

    @cached_property
    def leaving(self) -> list[list[int]]:
        """For each node the edges to its operands."""
        leaving: list[list[int]] = [[] for _ in range(max(self.lowers, default=0) + 1)]
        for edge, upper in enumerate(self.uppers):
            leaving[upper].append(edge)
        return leaving

    @cached_property
    def entering(self) -> list[list[int]]:
        """For each node the edges from its results."""
        entering: list[list[int]] = [[] for _ in self.leaving]
        for edge, lower in enumerate(self.lowers):
            entering[lower].append(edge)
        return entering

    @cached_property
    def bottlenecks(self) -> list[int]:
        """The nodes that lie on all paths, the result and the value among them.

        In topological order a node lies on every path if and only if no edge passes over it: an edge over it is part of
        a path that avoids it, and a path that avoids it has such an edge. It is the same as asking whether the paths
        to it times the paths from it are all paths, without the large numbers.
        """
        found, furthest = [], 0
        for node, edges in enumerate(self.leaving):
            if furthest <= node:
                found.append(node)
            for edge in edges:
                furthest = max(furthest, self.lowers[edge])
        return found

    def is_shortcut(self, edge: int) -> bool:
        """Whether longer paths join the ends of an edge too.

        Examples
        --------
        >>> dag = Dag([0, 0, 1], [1, 2, 2], [1.0, 1.0, 2.0])
        >>> dag.is_shortcut(0), dag.is_shortcut(1), dag.is_shortcut(2)
        (False, True, False)
        """
        upper, lower = self.uppers[edge], self.lowers[edge]
        waiting = [self.lowers[other] for other in self.leaving[upper] if self.lowers[other] != lower]
        if not waiting or lower == self.bottom:
            return bool(waiting)
        seen = set(waiting)
        while waiting:
            for other in self.leaving[waiting.pop()]:
                node = self.lowers[other]
                if node == lower:
                    return True
                if node < lower and node not in seen:
                    seen.add(node)
                    waiting.append(node)
        return False

    def count(self, top: int = 0, bottom: int | None = None) -> int:
        """The number of paths between two nodes, exactly.

        Parameters
        ----------
        top, bottom : int
            Two of the `bottlenecks`; the ends by default.

        Returns
        -------
        int
            As large as it is.
        """
        last = self.bottom if bottom is None else bottom
        counts = {top: 1}
        for node in range(top, last):
            paths = counts.pop(node)  # numbers may have thousands of digits: only those still needed are kept
            for edge in self.leaving[node]:
                lower = self.lowers[edge]
                counts[lower] = counts.get(lower, 0) + paths
        return counts[last]

    def total(self, top: int = 0, bottom: int | None = None) -> float:
        """The derivative of one node by another: the sum over the paths of the products along them."""
        return self._sum(self.factors, top, bottom)

    def mass(self, top: int = 0, bottom: int | None = None) -> float:
        """The sum over the paths of the sizes of the products; where it exceeds that of the sum, paths cancel."""
        return self._sum([abs(factor) for factor in self.factors], top, bottom)

    def _sum(self, factors: Sequence[float], top: int, bottom: int | None) -> float:
        last = self.bottom if bottom is None else bottom
        sums = [0.0] * (last - top + 1)
        sums[0] = 1.0
        for node in range(top, last):
            so_far = sums[node - top]
            for edge in self.leaving[node]:
                sums[self.lowers[edge] - top] += so_far * factors[edge]
        return sums[-1]

    def largest(self, k: int, top: int = 0, bottom: int | None = None) -> list[Route]:
        """The paths with the largest products, in absolute value; of equal ones those that are found first.

        Parameters
        ----------
        k : int
            How many at most.
        top, bottom : int
            As for `count`.

        Returns
        -------
        list of tuple of int
            The largest first.

        Notes
        -----
        The k largest to a node continue the k largest to the nodes before it. Logarithms are compared, so that nothing
        overflows, as whole numbers, so that products of the same factors are equal in whatever order they stand.
        """
        last = self.bottom if bottom is None else bottom
        best: dict[int, list[tuple[int, int, int]]] = {top: [(0, -1, 0)]}
        trail: dict[int, list[tuple[int, int, int]]] = {}
        for node in range(top, last + 1):
            ranked = best.pop(node)
            ranked.sort(key=itemgetter(0), reverse=True)  # stable: of equal ones the first found stays first
            trail[node] = ranked = ranked[:k]
            for edge in self.leaving[node] if node < last else ():
                weight = _weight(self.factors[edge])
                onward = best.setdefault(self.lowers[edge], [])
                onward += [(size + weight, edge, rank) for rank, (size, _, _) in enumerate(ranked)]
        return [self._back(trail, last, rank) for rank in range(len(trail[last]))]

    def _back(self, trail: dict[int, list[tuple[int, int, int]]], node: int, rank: int) -> Route:
        route: list[int] = []
        while True:
            _, edge, before = trail[node][rank]
            if edge < 0:
                return tuple(reversed(route))
            route.append(edge)
            node, rank = self.uppers[edge], before

    def product(self, route: Route) -> float:
        """The product of the local derivatives along a path."""
        return math.prod([self.factors[edge] for edge in route])

    def size(self, route: Route) -> int:
        """The logarithm of a path's product in fixed point, by which paths are ranked."""
        return sum([_weight(self.factors[edge]) for edge in route])

    def contract(self, keep: Collection[int], limit: int) -> Dag | None:
        """The graph of some nodes alone, whose edges are the derivatives along all paths that avoid the others kept.

        Parameters
        ----------
        keep : collection of int
            The nodes to keep; the ends are kept in any case.
        limit : int
            How many edges may be walked.

        Returns
        -------
        Dag or None
            Its nodes are the kept ones in order. None if it would cost more than the limit.
        """
        kept = sorted({0, self.bottom, *keep})
        place = {node: i for i, node in enumerate(kept)}
        uppers: list[int] = []
        lowers: list[int] = []
        factors: list[float] = []
        for start in kept:
            sums, waiting = {start: 1.0}, [start]
            while waiting:
                node = heapq.heappop(waiting)
                so_far = sums.pop(node)
                if node != start and node in place:
                    uppers.append(place[start])
                    lowers.append(place[node])
                    factors.append(so_far)
                    continue
                limit -= len(self.leaving[node])
                if limit < 0:
                    return None
                for edge in self.leaving[node]:
                    lower = self.lowers[edge]
                    if lower not in sums:
                        heapq.heappush(waiting, lower)
                    sums[lower] = sums.get(lower, 0.0) + so_far * self.factors[edge]
        return Dag(uppers, lowers, factors)


def between(results: Sequence[int], operands: Sequence[int], root: int, target: int) -> tuple[list[int], list[int]]:
    """The part of a graph that lies between a result and one value.

    Parameters
    ----------
    results, operands : sequence of int
        For each edge the node of the result and that of the operand, ordered by result; operands have smaller numbers.
    root, target : int
        The result and the value.

    Returns
    -------
    nodes : list of int
        The nodes on a path between them, the result first; empty if there is no path.
    edges : list of int
        The edges between those, ordered by result as there.

    Examples
    --------
    >>> between([2, 2, 3, 4], [0, 1, 2, 3], root=4, target=0)
    ([4, 3, 2, 0], [3, 2, 0])
    """
    down, leads = {target}, []
    for edge, (result, operand) in enumerate(zip(results, operands, strict=True)):
        if operand in down:
            down.add(result)
            leads.append(edge)
    if root not in down:
        return [], []
    entering: dict[int, list[int]] = {}
    for edge in leads:
        entering.setdefault(results[edge], []).append(edge)
    up = {root}
    nodes: list[int] = []
    edges: list[int] = []
    for node in sorted(down, reverse=True):
        if node in up:
            nodes.append(node)
            found = entering.get(node, ())
            edges += found
            up.update(operands[edge] for edge in found)
    return nodes, edges


def _weight(factor: float) -> int:
    """The logarithm of a factor's size in fixed point; zero is smaller than everything, infinity and nan larger."""
    size = abs(factor)
    if size == 0.0:
        return -_BEYOND
    return round(math.log2(size) * 2**32) if size < math.inf else _BEYOND


def count_text(count: int) -> str:
    """A number of paths: whole up to 15 digits, beyond that a power of two or the leading digits.

    Parameters
    ----------
    count : int
        Any size.

    Returns
    -------
    str
        Short.

    Examples
    --------
    >>> count_text(1592), count_text(2**100), count_text(3**100)
    ('1,592', '2¹⁰⁰', '5.154 × 10⁴⁷')
    """
    from .notation import superscript

    if count < 10**15:
        return f"{count:,}"
    bits = count.bit_length()
    if count == 1 << (bits - 1):
        return f"2{superscript(bits - 1)}"
    log = math.log10(count >> (bits - 64)) + (bits - 64) * math.log10(2) if bits > 64 else math.log10(count)
    exponent = int(log)
    return f"{10 ** (log - exponent):.3f} × 10{superscript(exponent)}"
