"""Cards and pills: the HTML-like labels of DOT for values and for edges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np

from ..arithmetic import Product, Sum, equated, equation
from ..events import Trace, TraceEdge, TraceNode
from ..notation import is_number, number
from ..render import clean_text, escape
from ..theme import Palette
from ..words import Words
from .heat import Panel, kind_text, scale_text

Detail: TypeAlias = Literal["full", "local", "min"]

LONGEST_FORMULA = 120
EXPLODES = 1000.0
"""A gradient with a larger entry is flagged; one that is zero throughout is flagged as dead."""
_LISTED_CONTRIBUTIONS = 3
_TABLE = 'BORDER="0" CELLBORDER="0" CELLSPACING="0"'


@dataclass(frozen=True)
class Style:
    """How one picture is set.

    Parameters
    ----------
    palette : Palette
        The colours.
    words : Words
        The words.
    fmt : str
        Format of numbers.
    detail : {"full", "local", "min"}
        Pills with local derivative and contribution; with the local derivative; none, and arrays by their shapes.
    gradients : bool
        Whether gradients are shown; before ``backward`` a dash stands in their place.
    update : float or None
        The learning rate of a step of gradient descent, which parameters show; None for no such row.
    separate : bool
        Whether operations have nodes of their own, so that cards show no formulas.
    steps : mapping of str to int
        For each value and edge the number of its step in the pass, if these are shown.
    """

    palette: Palette
    words: Words
    fmt: str
    detail: Detail
    gradients: bool
    update: float | None = None
    separate: bool = False
    steps: Mapping[str, int] = field(default_factory=dict)

    def number(self, x: Any) -> str:
        """A number in a cell, escaped."""
        return escape(number(x, self.fmt))

    # --- cards --------------------------------------------------------------------------------------------------------

    def card(
        self, node: TraceNode, coming: Sequence[TraceEdge], whole_paths: bool, axes: tuple[str, str], times: int = 1
    ) -> str:
        """The label of a value.

        Parameters
        ----------
        node : TraceNode
            The value.
        coming : sequence of TraceEdge
            The edges over which its gradient comes.
        whole_paths : bool
            Whether each of these edges belongs to one path to the root only.
        axes : tuple of str
            Letters that number the rows and columns of its array.
        times : int
            How many equal values it stands for.
        """
        if node.shape:
            return self._array_card(node, coming, whole_paths, axes, times)
        rows = [self.row(self.small(self.words.value, self.palette.forward), node.value, self.palette.forward)]
        if node.requires_grad:
            colour = self.palette.backward
            symbol = f'<FONT POINT-SIZE="11" COLOR="{colour}">{self.gradient_symbol(node)}</FONT>'
            if not self.gradients:
                rows.append(self.row(symbol, None, colour))
            else:
                if len(coming) > 1:
                    rows.append(self._sum(node, coming, whole_paths))
                rows.append(self.row(symbol, node.grad, colour))
            if node.held is not None:
                title = self.small(f".grad  {self.words.held_in_short(node)}", self.palette.explodes)
                rows.append(self.row(title, node.held, self.palette.explodes))
        rows += self._update(node, 3)
        return f'<<TABLE {_TABLE} CELLPADDING="2">{self._header(node, 3, times)}<HR/>{"".join(rows)}</TABLE>>'

    def _header(self, node: TraceNode, columns: int, times: int) -> str:
        name, formula = escape(node.name), escape(clean_text(node.formula, LONGEST_FORMULA)) if node.formula else ""
        if self.separate:
            formula = ""
        kind = getattr(self.words, node.kind, "")
        text = self._step(node.id) + f"<B>{name}</B>" + (f" = {formula}" if formula else "")
        beside = kind_text(node.shape, node.dtype, kind) if node.shape else kind
        if beside:
            text += f"  {self.small(beside, self.palette.muted)}"
        place = not_finite(node.value)
        if place:
            text += f"  <B>{self.small(f'{self.words.not_finite}: {place}', self.palette.explodes)}</B>"
        return self._headed(text + (f"  <B>× {times}</B>" if times > 1 else ""), columns)

    def _headed(self, text: str, columns: int) -> str:
        return (
            f'<TR><TD COLSPAN="{columns}" ALIGN="CENTER" CELLPADDING="3">'
            f'<FONT POINT-SIZE="11" COLOR="{self.palette.ink}">{text}</FONT></TD></TR>'
        )

    def framed(self, header: str, rows: Sequence[str]) -> str:
        """A card of a header, escaped already, and rows."""
        body = f"<HR/>{''.join(rows)}" if rows else ""
        return f'<<TABLE {_TABLE} CELLPADDING="2">{self._headed(header, 3)}{body}</TABLE>>'

    def text_row(self, text: str, columns: int = 3) -> str:
        """A row with a text across the card."""
        return f'<TR><TD COLSPAN="{columns}" ALIGN="LEFT">{self.small(text, self.palette.ink)}</TD></TR>'

    def small(self, text: str, colour: str) -> str:
        """A side note in small letters."""
        return f'<FONT POINT-SIZE="9" COLOR="{colour}">{escape(text)}</FONT>'

    def row(self, title: str, x: Any, colour: str) -> str:
        """A title, escaped already, and a number or a text beside it; a dash for None."""
        text = "–" if x is None else escape(x) if isinstance(x, str) else self.number(x)
        return (
            f'<TR><TD ALIGN="LEFT">{title}</TD><TD WIDTH="6"></TD>'
            f'<TD ALIGN="RIGHT"><FONT FACE="Courier" POINT-SIZE="11" COLOR="{colour}"><B>{text}</B></FONT></TD></TR>'
        )

    def gradient_symbol(self, node: TraceNode) -> str:
        """How the gradient of a value is written on its card."""
        symbol = f"<I>{escape(node.symbol)}</I>"
        flag = flag_of(node) if self.gradients else None
        if flag is not None:
            symbol += f"  <B>{self.small(getattr(self.words, flag), getattr(self.palette, flag))}</B>"
        if node.shape and node.held is not None:
            text = f".grad: {self.words.held_in_short(node)}"
            symbol += f"  <B>{self.small(text, self.palette.explodes)}</B>"
        return f"<B>δ</B> = {symbol}" if node.delta else symbol

    def _update(self, node: TraceNode, columns: int) -> list[str]:
        """The row ``w ← 0.5 − 0.1 × (−2.839) = 0.7839`` of a parameter; of an array it stands in symbols."""
        if self.update is None or not self.gradients or node.kind != "parameter" or node.grad is None:
            return []
        if node.shape:
            rate = number(self.update, self.fmt)
            return [self.text_row(f"{node.name} ← {node.name} − {rate} · {node.symbol}", columns)]
        return [self.text_row(f"{node.name} ← {update_in_numbers(node, self.update, self.fmt)}", columns)]

    def _sum(self, node: TraceNode, coming: Sequence[TraceEdge], whole_paths: bool) -> str:
        """The row ``2 paths  120 + 1``."""
        muted = self.palette.muted
        terms: list[Any] = [edge.contribution for edge in coming[:_LISTED_CONTRIBUTIONS]]
        if len(coming) > _LISTED_CONTRIBUTIONS:
            terms.append("…")
        text, sign, _ = equation(Sum(terms), node.grad, self.fmt)
        count = self._count(coming, whole_paths) + ("" if sign == "=" else f" {sign}")
        return (
            f'<TR><TD ALIGN="LEFT">{self.small(count, muted)}</TD><TD></TD>'
            f'<TD ALIGN="RIGHT"><FONT FACE="Courier" POINT-SIZE="9" COLOR="{muted}">{escape(text)}</FONT></TD></TR>'
        )

    def _count(self, coming: Sequence[TraceEdge], whole_paths: bool) -> str:
        return (self.words.paths if whole_paths else self.words.edges).format(n=len(coming))

    def _array_card(
        self, node: TraceNode, coming: Sequence[TraceEdge], whole_paths: bool, axes: tuple[str, str], times: int
    ) -> str:
        header, panel = self._header(node, 2, times), Panel(self.palette, self.words, self.fmt)
        symbol = self.gradient_symbol(node) if node.requires_grad else ""
        if self.gradients and len(coming) > 1:
            symbol += f'  <FONT COLOR="{self.palette.muted}">Σ {escape(self._count(coming, whole_paths))}</FONT>'
        if self.detail == "min":
            row = f'<FONT POINT-SIZE="11" COLOR="{self.palette.backward}">{symbol}</FONT>'
            body = f'<HR/><TR><TD COLSPAN="2">{row}</TD></TR>' if symbol else ""
            body += "".join(self._update(node, 2))
            return f'<<TABLE {_TABLE} CELLPADDING="2">{header}{body}</TABLE>>'
        cells = [panel.table(node.value, escape(self.words.value), self.palette.forward, axes)]
        if node.requires_grad and self.gradients:
            cells.append(panel.table(node.grad, symbol, self.palette.backward, axes))
        elif node.requires_grad:
            cells.append(f'<FONT POINT-SIZE="9" COLOR="{self.palette.backward}">{symbol}  –</FONT>')
        columns = "".join(f'<TD VALIGN="TOP">{cell}</TD>' for cell in cells)
        update = "".join(self._update(node, 2))
        return f'<<TABLE {_TABLE} CELLPADDING="2">{header}<HR/><TR>{columns}</TR>{update}</TABLE>>'

    def tooltip(self, node: TraceNode) -> str:
        """What a card says when the pointer rests on it: name, formula, and what the full colours stand for."""
        text = f"{node.name} = {clean_text(node.formula, LONGEST_FORMULA)}" if node.formula else node.name
        if node.held is not None:
            text += f"; {self.words.held(node, self.fmt)}"
        if not node.shape or not np.size(node.value):
            return text
        text += f"; {self.words.value} {scale_text(node.value, self.fmt)}"
        if node.grad is not None and self.gradients:
            text += f"; {node.symbol} {scale_text(node.grad, self.fmt)}"
        return text

    # --- pills --------------------------------------------------------------------------------------------------------

    def pill(self, edge: TraceEdge, trace: Trace, which: str) -> str:
        """The label of an edge: the local derivative and the contribution, or the vector-Jacobian product.

        Parameters
        ----------
        edge : TraceEdge
            The edge.
        trace : Trace
            The pass that it belongs to.
        which : str
            Which of several edges between two values it is: ``direct``, ``1st``; "" if there is only one.
        """
        operand, result = trace.node(edge.operand), trace.node(edge.result)
        local = edge.local
        if operand.shape or result.shape or local is None:
            lines = self._product_lines(edge, operand, len(trace.outgoing[operand.id]))
        else:
            lines = self._scalar_lines(edge, local, which)
        return self.pill_of([self._step(edge.id) + lines[0], *lines[1:]])

    def _step(self, id: str) -> str:
        """The number of a step, where these are shown."""
        return f"<B>{self.small(f'{self.steps[id]}.', self.palette.muted)}</B>  " if id in self.steps else ""

    def pill_of(self, lines: Sequence[str]) -> str:
        """A label of an edge from its lines, escaped already; with little detail the first alone."""
        if self.detail == "local":
            lines = lines[:1]
        first, *second = lines
        rows = f'<TR><TD><FONT POINT-SIZE="10" COLOR="{self.palette.backward}">  {first}  </FONT></TD></TR>'
        for line in second:
            rows += f'<TR><TD><FONT POINT-SIZE="9" COLOR="{self.palette.muted}"> {line} </FONT></TD></TR>'
        return (
            f'<<TABLE {_TABLE} CELLPADDING="3"><TR><TD><TABLE BORDER="1" COLOR="{self.palette.pill_border}" '
            f'CELLBORDER="0" CELLSPACING="0" CELLPADDING="1" STYLE="ROUNDED" BGCOLOR="{self.palette.pill_fill}">'
            f"{rows}</TABLE></TD></TR></TABLE>>"
        )

    def _scalar_lines(self, edge: TraceEdge, local: float, which: str) -> list[str]:
        symbol = escape(f"{edge.symbol} ({which})" if which else edge.symbol)
        rule = edge.rule
        if not is_number(rule):
            symbol += f" = {escape(clean_text(rule, LONGEST_FORMULA))}"
        lines = [f"<I>{symbol}</I> = <B>{self.number(local)}</B>"]
        if self.gradients and local != 1.0:
            lines.append(escape(equated(Product([edge.upstream, local]), edge.contribution, self.fmt)))
        return lines

    def _product_lines(self, edge: TraceEdge, operand: TraceNode, contributions: int) -> list[str]:
        left = "δ" if operand.delta else operand.symbol
        equals = "=" if contributions == 1 else "+="
        product = clean_text(edge.product, LONGEST_FORMULA)
        lines = [f"<I>{escape(f'{left} {equals} {product}')}</I>"]
        return [*lines, escape(edge.note)] if edge.note else lines


def flag_of(node: TraceNode) -> Literal["dead", "explodes"] | None:
    """What is wrong with a gradient: every entry is zero, or one is larger than 1000, infinite or no number.

    Parameters
    ----------
    node : TraceNode
        A value with a gradient; None is wrong with one without, and with an empty array.
    """
    if node.grad is None or np.size(node.grad) == 0:
        return None
    with np.errstate(all="ignore"):
        largest = float(np.abs(node.grad)) if np.ndim(node.grad) == 0 else float(np.max(np.abs(node.grad)))
    if not largest <= EXPLODES:
        return "explodes"
    return "dead" if largest == 0.0 else None


def not_finite(value: Any) -> str:
    """The first entry of a value that is nan or infinite and its place, ``"nan [1]"``; empty if all are finite."""
    array = np.asarray(value)
    if array.dtype.kind not in "fc" or np.isfinite(array).all():
        return ""
    index = tuple(np.argwhere(~np.isfinite(array))[0].tolist())
    return f"{array[index]} {list(index) if index else ''}".strip()


def update_in_numbers(node: TraceNode, rate: float, fmt: str) -> str:
    """A step of gradient descent: ``0.5 − 0.1 × (−2.839) = 0.7839``."""
    step = Sum([node.value, Product([-rate, node.grad])])
    return equated(step, node.value - rate * node.grad, fmt)
