"""An explanation as equations and headings, and how they are written: text, Markdown, LaTeX and HTML.

Everything is noted once, as text in the notation of this package; LaTeX is a transliteration of it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TypeAlias

from ..latex import to_latex

WIDTH = 110
_LATEX_WIDTH = 150  # fractions are set one above the other
_GAP = "          "


@dataclass(frozen=True, slots=True)
class Row:
    """One line of an equation.

    Parameters
    ----------
    sign : str
        What stands before it: ``=``, ``+``, or "" for a line of words.
    cells : tuple of str
        What follows, in columns: the symbols, ``= numbers``, ``= result``.
    note : str
        A remark at the end, in parentheses where it is mathematics.
    """

    sign: str
    cells: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Equation:
    """A left side and the lines that say what it is.

    Parameters
    ----------
    left : str
        The left side.
    rows : tuple of Row
        Its lines; their signs stand below each other.
    label : str
        A word before it, such as ``short:``.
    """

    left: str
    rows: tuple[Row, ...]
    label: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A line of words above equations, or between them; a small one without an empty line before it."""

    words: str
    small: bool = False


Item: TypeAlias = Equation | Heading


def listed(label: str, formulas: Sequence[str]) -> list[Equation]:
    """Formulas on one line behind a label; nothing if there are none."""
    return [Equation("", (Row("", (",   ".join(formulas),)),), label)] if formulas else []


def to_text(items: Sequence[Item]) -> str:
    """Plain text, with the signs of an equation below each other.

    Examples
    --------
    >>> print(to_text([Equation("df/dx", (Row("=", ("df/dg · dg/dx",), "1 path"), Row("=", ("120",))))]))
    df/dx = df/dg · dg/dx          1 path
          = 120
    """
    lines: list[str] = []
    for item in items:
        if isinstance(item, Heading):
            lines += ["", item.words] if lines and not item.small else [item.words]
        else:
            lines += _equation_text(item)
    return "\n".join(line.rstrip() for line in lines)


def _equation_text(item: Equation) -> Iterator[str]:
    head = " ".join(word for word in (item.label, item.left) if word)
    indent = " " * len(head)
    widths = _column_widths(item.rows, len(head))
    for i, row in enumerate(item.rows):
        start = (indent if i else head) or " "
        start += f" {row.sign} " if row.sign else "   " if item.left else " "
        if widths:
            body = ["  ".join(cell.ljust(width) for cell, width in zip(row.cells, widths, strict=False)).rstrip()]
        else:
            first, rest = row.cells[0], " ".join(cell for cell in row.cells[1:] if cell)
            parts = [f"{first}  {rest}"] if len(start) + len(first) + len(rest) < WIDTH else [first, rest]
            body = [piece.rstrip() for part in parts if part for piece in wrapped(part, WIDTH - len(start))]
        yield start + body[0] + (_GAP + row.note if row.note else "")
        hanging = " " * len(start) + ("  " if row.sign else "" if item.left or item.label else "    ")
        for piece in body[1:]:
            yield hanging + piece


def _column_widths(rows: Sequence[Row], head: int) -> list[int]:
    """The widths of the columns, if all rows of several cells fit beside each other; else none."""
    columns = max((len(row.cells) for row in rows), default=1)
    if columns == 1:
        return []
    widths = [
        max((len(row.cells[i]) for row in rows if len(row.cells) > i + (i == 0)), default=0) for i in range(columns)
    ]
    return widths if head + 3 + sum(widths) + 2 * (columns - 1) <= WIDTH + 20 else []


def wrapped(text: str, width: int) -> list[str]:
    """A formula in pieces that are not wider, broken before signs that stand outside of all parentheses.

    Examples
    --------
    >>> wrapped("a · (b + c) + d", 11)
    ['a · (b + c)', '+ d']
    """
    if len(text) <= width:
        return [text]
    levels = list(accumulate((ch in "([") - (ch in ")]") for ch in text))
    breaks = [i for i, level in enumerate(levels) if level == 0 and text.startswith(_SIGNS, i)]
    between = [i for i in breaks if text.startswith("   ", i)]  # formulas of a list
    if between and max(b - a for a, b in pairwise([0, *between, len(text)])) <= width:
        breaks = between
    pieces, start = [], 0
    for here, following in pairwise([*breaks, len(text)]):
        if following - start > width and here > start:
            pieces.append(text[start:here])
            start = here + 1
    return [piece.lstrip() for piece in (*pieces, text[start:])]


_SIGNS = (" · ", " × ", " + ", " − ", " = ", " ≈ ", " → ", "   ")


def to_lines(items: Sequence[Item]) -> list[tuple[str, str]]:
    r"""The equations in LaTeX: for each line what stands to the left of its sign, and the rest.

    Examples
    --------
    >>> to_lines([Equation("df/dx", (Row("=", ("120",)),))])
    [('\\frac{df}{dx}', '= 120')]
    """
    lines: list[tuple[str, str]] = []
    for item in items:
        if isinstance(item, Heading):
            lines.append(("", _math(item.words).strip()))
            continue
        label = f"{_math(item.label)}\\ " if item.label else ""
        for i, row in enumerate(item.rows):
            left = label + _math(item.left) if i == 0 else ""
            text = (" " if row.sign else "   ").join(cell for cell in row.cells if cell)
            pieces = [_math(piece).strip() for piece in wrapped(text, _LATEX_WIDTH)]
            pieces[0] = f"{_math(row.sign).strip()} {pieces[0]}".strip()
            if row.note:
                pieces[-1] += rf" \quad {_math(row.note)}"
            lines += [(left, pieces[0]), *(("", rf"\quad {piece}") for piece in pieces[1:])]
    return lines


def _math(text: str) -> str:
    r"""Text in LaTeX that matplotlib can set too, which knows ``\&`` in words only."""
    return to_latex(text).replace(r"\&", r"\text{\&}")


def aligned(lines: Sequence[tuple[str, str]]) -> str:
    r"""LaTeX lines as one ``aligned`` environment, for papers and notebooks.

    Examples
    --------
    >>> print(aligned([("a", "= b"), ("", "= c")]))
    \begin{aligned}
    a & = b \\
     & = c
    \end{aligned}

    >>> print(aligned([("G", "= [[1, -2], [0.5, 0]]")]))
    \begin{aligned}
    G & = \begin{pmatrix} 1 & -2 \\ 0.5 & 0 \end{pmatrix}
    \end{aligned}
    """
    body = " \\\\\n".join(f"{left} & {_MATRIX.sub(_as_matrix, right)}" for left, right in lines)
    return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"


# The numbers of a matrix after an equals sign; mathtext, which sets single lines, knows no matrices.
_MATRIX = re.compile(r"(?<== )\[\[([-+0-9.e, ]+(?:\], \[[-+0-9.e, ]+)*)\]\]")


def _as_matrix(match: re.Match[str]) -> str:
    rows = match[1].replace(", ", " & ").replace("] & [", r" \\ ")
    return rf"\begin{{pmatrix}} {rows} \end{{pmatrix}}"


def to_markdown(items: Sequence[Item]) -> str:
    """Markdown: headings in bold type, equations between dollar signs, as GitHub and notebooks set them."""
    blocks: list[str] = []
    equations: list[Item] = []
    for item in [*items, None]:
        if isinstance(item, Equation):
            equations.append(item)
            continue
        if equations:
            blocks.append(f"$$\n{aligned(to_lines(equations))}\n$$")
            equations = []
        if item is not None:
            blocks.append(_escaped(item.words) if item.small else f"**{_escaped(item.words)}**")
    return "\n\n".join(blocks)


def _escaped(words: str) -> str:
    return "".join(f"\\{ch}" if ch in "\\`*_[]<>#|$~&" else ch for ch in words)


def to_html(items: Sequence[Item]) -> str:
    """HTML: the text on a light card, readable on light and dark pages, with headings in bold type."""
    body = []
    headings = {item.words for item in items if isinstance(item, Heading) and not item.small}
    for i, line in enumerate(to_text(items).split("\n")):
        escaped = html.escape(line)
        body.append(("\n" if i else "") + (f"<b>{escaped}</b>" if line in headings else escaped))
    return f'<pre style="{_CARD}">{"".join(body)}</pre>'


_CARD = (
    "background:#ffffff;color:#1b2733;border:1px solid #9db8cc;border-radius:6px;padding:10px 14px;"
    "line-height:1.5;overflow-x:auto;font-family:'DejaVu Sans Mono',Menlo,Consolas,monospace"
)
