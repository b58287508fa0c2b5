"""The cards of several values, and the labels of the edges that lead into and out of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..events import Trace, TraceEdge, TraceNode
from ..notation import shape_text
from ..render import clean_text, escape
from ..words import Words
from .cards import LONGEST_FORMULA, Style
from .picture import Fold, Picture

_LISTED_OPS = 4
_MULTIPLIED = frozenset({"multiply", "matmul", "linear"})


def chain_heading(fold: Fold, words: Words) -> str:
    """The header of a chain: ``… 12 ops``."""
    return f"… {words.ops.format(n=f'{len(fold.nodes):,}')}"


def fold_card(fold: Fold, picture: Picture, style: Style, times: int) -> str:
    """The label of a fold: what it is, shapes, parameters, the norm of their gradients, and its result if it has one.

    Parameters
    ----------
    fold : Fold
        The values on it.
    picture : Picture
        What it is part of.
    style : Style
        How it is set.
    times : int
        How many equal ones it stands for.
    """
    palette, words = style.palette, style.words
    header = f"<B>{escape(fold.name or chain_heading(fold, words))}</B>"
    beside = fold.title or (_operations(fold) if fold.is_chain else "")
    if beside:
        header += f"  {style.small(clean_text(beside, LONGEST_FORMULA), palette.muted)}"
    if times > 1:
        header += f"  <B>× {times}</B>"
    entering, leaving = _ends(fold, picture)
    rows = []
    if entering and leaving:
        rows.append(style.text_row(f"{_shapes(entering, words)} → {_shapes(leaving, words)}"))
    parameters = [leaf for leaf in fold.leaves if leaf.kind == "parameter"]
    if parameters:
        count = sum(int(np.size(leaf.value)) for leaf in parameters)
        rows.append(style.row(style.small(words.parameters, palette.ink), f"{count:,}", palette.ink))
        if style.gradients:
            symbol = style.small(f"|∂{picture.trace.objective}/∂{words.parameters}|", palette.backward)
            norm = float(np.sqrt(sum(_square(leaf.grad) for leaf in parameters)))
            rows.append(style.row(symbol, norm, palette.backward))
    if len(leaving) == 1 and not leaving[0].shape:
        node = leaving[0]
        rows.append(style.row(style.small(node.name, palette.forward), node.value, palette.forward))
        if style.gradients:
            symbol = f'<FONT POINT-SIZE="11" COLOR="{palette.backward}">{style.gradient_symbol(node)}</FONT>'
            rows.append(style.row(symbol, node.grad, palette.backward))
    return style.framed(header, rows)


def fold_pill(edges: Sequence[TraceEdge], trace: Trace, style: Style) -> str:
    """The label of an edge into or out of a fold: the product that passes the gradient back, and over how many edges.

    Parameters
    ----------
    edges : sequence of TraceEdge
        The edges of the pass that it stands for.
    trace : Trace
        The pass.
    style : Style
        How it is set.
    """
    flowing = [edge for edge in edges if edge.requires_grad]
    if len(flowing) == 1:
        return style.pill(flowing[0], trace, "")
    count = escape(style.words.equal_edges.format(n=f"{len(flowing):,}"))
    weighted = all(_is_weighted(trace, edge) for edge in flowing)
    return style.pill_of(["δ · Wᵀ" if weighted else "Σ δ × local", count])


def _is_weighted(trace: Trace, edge: TraceEdge) -> bool:
    """Whether a value is multiplied by a parameter."""
    result = trace.node(edge.result)
    others = [trace.node(id) for i, id in enumerate(result.operands) if i != edge.index]
    return result.op in _MULTIPLIED and any(other.kind == "parameter" for other in others)


def _operations(fold: Fold) -> str:
    """The operations of a chain, each kind once."""
    kinds = list(dict.fromkeys(node.op or "" for node in fold.nodes))
    return ", ".join(kinds[:_LISTED_OPS]) + (", …" if len(kinds) > _LISTED_OPS else "")


def _ends(fold: Fold, picture: Picture) -> tuple[list[TraceNode], list[TraceNode]]:
    """The values that come into a fold, parameters apart, and those that leave it."""
    inside = {node.id for node in fold.nodes}
    leaves = {leaf.id for leaf in fold.leaves}
    used = dict.fromkeys(id for node in fold.nodes for id in node.operands if id not in inside and id not in leaves)
    entering = [picture.trace.node(id) for id in used]
    going = picture.trace.outgoing
    leaving = [
        node
        for node in fold.nodes
        if node is picture.trace.root or any(edge.result not in inside for edge in going[node.id])
    ]
    return [node for node in entering if node.kind != "number"], leaving


def _shapes(nodes: Sequence[TraceNode], words: Words) -> str:
    """One value by its shape, or its name if it is a number; several by how many they are."""
    shapes = {node.shape for node in nodes}
    if len(nodes) == 1:
        return shape_text(nodes[0].shape) if nodes[0].shape else nodes[0].name
    if len(shapes) == 1 and nodes[0].shape:
        return f"{len(nodes)} × {shape_text(nodes[0].shape)}"
    return words.values.format(n=len(nodes))


def _square(grad: Any) -> float:
    if grad is None:
        return 0.0
    with np.errstate(all="ignore"):
        return float(np.sum(np.abs(np.asarray(grad)) ** 2))
