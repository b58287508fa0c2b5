"""Parts of a picture: the paths to one value, its neighbourhood, and what they say below the drawing."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from ...node import Node
from ..arithmetic import Product, Sum, equated
from ..events import Trace, TraceEdge, TraceNode
from ..notation import number
from ..paths import Dag, between, count_text
from ..words import Words
from .picture import Picture

_LONGEST_PRODUCT = 8
_LISTED_PATHS = 4
_SHOWN_PATHS = 3


def values_of(trace: Trace, given: Any, option: str) -> list[TraceNode]:
    """The nodes of one Value or of several.

    Raises
    ------
    TypeError
        If it is none.
    ValueError
        If the root does not depend on one of them.
    """
    values = list(given) if isinstance(given, (list, tuple)) else [given]
    if not values:
        raise ValueError(f"{option} takes a Value of the graph, or a list of them, got an empty list")
    nodes = []
    for value in values:
        if not isinstance(value, Node):
            raise TypeError(f"{option} takes a Value of the graph, or a list of them, got {type(value).__name__}")
        try:
            node = trace.of(value)
        except KeyError:
            root = trace.root.name
            raise ValueError(f"{option} takes a Value of the graph, but {root} does not depend on {value!r}") from None
        if node.kind == "number":
            raise ValueError(f"{option} takes a Value of the graph that has a card, and plain numbers have none")
        nodes.append(node)
    return nodes


def near(picture: Picture, centres: Sequence[TraceNode], radius: Any, words: Words) -> Picture:
    """What is at most `radius` edges away, in either direction.

    Raises
    ------
    TypeError, ValueError
        If the radius is no whole number, or negative.
    """
    if isinstance(radius, bool) or not isinstance(radius, int):
        raise TypeError(f"radius is a whole number of edges such as 3, got {type(radius).__name__}")
    if radius < 0:
        raise ValueError(f"radius is a number of edges, 0 or more, got {radius}")
    beside: dict[str, list[str]] = {}
    for edge in picture.trace.edges:
        if edge.operand in picture.home:
            beside.setdefault(edge.operand, []).append(edge.result)
            beside.setdefault(edge.result, []).append(edge.operand)
    reached = rim = {node.id for node in centres}
    for _ in range(radius):
        rim = {id for inner in rim for id in beside.get(inner, ())} - reached
        if not rim:
            break
        reached = reached | rim
    names = ", ".join(node.name for node in centres)
    return _part(picture, reached, words.around.format(names=names, radius=radius), words)


def joining(picture: Picture, ends: Any, words: Words) -> Picture:
    """What lies on a path between two values.

    Raises
    ------
    TypeError, ValueError
        If `ends` is no pair of Values of the graph, or no path joins them.
    """
    if not isinstance(ends, (list, tuple)) or len(ends) != 2:
        raise TypeError("paths takes two Values, the result and what it depends on: paths=(loss, w)")
    upper, lower = values_of(picture.trace, ends, "paths")
    nodes, _ = _between(picture.trace.edges, upper, lower)
    if not nodes:
        order = "paths takes the result first, then what it depends on"
        raise ValueError(f"no path leads from {upper.name} to {lower.name}: {order}")
    return _part(picture, nodes, words.joining.format(upper=upper.name, lower=lower.name), words)


def lit(picture: Picture, targets: Sequence[TraceNode], words: Words, fmt: str) -> Picture:
    """The paths from the root to some values in full colour, the rest faded, and the chain rule along them below.

    Raises
    ------
    ValueError
        If no gradient flows to one of the values.
    """
    trace = picture.trace
    edges = [edge for edge in trace.edges if edge.requires_grad]
    kept: set[str] = set()
    for target in targets:
        nodes, leading = _between(edges, trace.root, target)
        if not nodes:
            raise ValueError(f"no gradient flows to {target.name}: highlight takes a Value with requires_grad=True")
        kept.update(nodes, [edge.id for edge in leading])
        picture = picture.saying(_chain_rule(trace, target, nodes, leading, words, fmt))
    return replace(picture, kept=frozenset(kept))


def _part(picture: Picture, ids: Collection[str], what: str, words: Words) -> Picture:
    kept = frozenset(ids)
    home = {id: card for id, card in picture.home.items() if id in kept}
    return replace(picture, home=home).saying(words.part.format(n=len(home), all=len(picture.home), what=what))


def _between(edges: Sequence[TraceEdge], upper: TraceNode, lower: TraceNode) -> tuple[list[str], list[TraceEdge]]:
    """The ids of the nodes on a path, and the edges, from the result down."""
    results = [int(edge.result[2:]) for edge in edges]
    operands = [int(edge.operand[2:]) for edge in edges]
    if upper is lower:
        return [upper.id], []
    nodes, found = between(results, operands, int(upper.id[2:]), int(lower.id[2:]))
    return [f"n_{k}" for k in nodes], [edges[i] for i in found]


# --- the caption of a highlight ---------------------------------------------------------------------------------------


def _chain_rule(
    trace: Trace, target: TraceNode, nodes: Sequence[str], edges: Sequence[TraceEdge], words: Words, fmt: str
) -> str:
    """The product along the path, or the sum over the paths, largest first."""
    locals_ = [edge.local for edge in edges]
    place = {id: i for i, id in enumerate(nodes)}
    uppers, lowers = [place[edge.result] for edge in edges], [place[edge.operand] for edge in edges]
    if not edges:
        return f"{target.symbol} = 1"
    if not all(isinstance(local, float) for local in locals_):
        dag = Dag(uppers, lowers, [0.0] * len(edges))
        return f"{target.symbol} = {_products(trace, target, words)}{_count(dag.count(), words)}"
    dag = Dag(uppers, lowers, locals_)
    paths, seed = dag.count(), float(trace.root.grad)
    start = [seed] if seed != 1.0 else []
    gradient = target.grad if trace.differentiated else seed * dag.total()
    if paths == 1:
        if len(start) + len(edges) == 1:
            return f"{target.symbol} = {number(gradient, fmt)}"
        symbols = f"{' · '.join(edge.symbol for edge in edges)} = " if 1 < len(edges) <= _LONGEST_PRODUCT else ""
        return f"{target.symbol} = {symbols}{equated(_spelled([*start, *locals_]), gradient, fmt)}"
    shown = _LISTED_PATHS if paths <= _LISTED_PATHS else _SHOWN_PATHS
    terms: list[Any] = [seed * math.prod(dag.factors[i] for i in route) for route in dag.largest(shown)]
    if paths > shown:
        terms.append("…")
    return f"{target.symbol} = {equated(Sum(terms), gradient, fmt)}{_count(paths, words)}"


def _count(paths: int, words: Words) -> str:
    return f"   ({words.paths.format(n=count_text(paths))})" if paths > 1 else ""


def _products(trace: Trace, target: TraceNode, words: Words) -> str:
    """The vector-Jacobian products that are added to a gradient."""
    coming = trace.outgoing[target.id]
    products = " + ".join(edge.product for edge in coming[:_SHOWN_PATHS])
    return products + (" + …" if len(coming) > _SHOWN_PATHS else "")


def _spelled(factors: Sequence[float]) -> Product:
    """A product in numbers; a long one without its ones, and then by its first and last factors."""
    if len(factors) > _LONGEST_PRODUCT:
        factors = [factor for factor in factors if factor != 1.0] or [1.0]
    return Product([*factors[:4], "…", *factors[-3:]] if len(factors) > _LONGEST_PRODUCT else factors)
