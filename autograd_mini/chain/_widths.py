"""Exact text widths for a program that only guesses them.

graphviz-pure knows the widths of ASCII letters, but takes every byte of any other letter for a third of an em: ``∂`` is
drawn with a gap behind it. So each line that has such letters is handed to it in cells whose widths are set here, from
the widths of Helvetica and its equals (Arial, Liberation Sans), which it draws with.
"""

from __future__ import annotations

import html
import math
import re
import unicodedata
from dataclasses import dataclass

# Thousandths of an em, from the space on.
_REGULAR = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667,
    556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556,
    556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722,
    500, 500, 500, 334, 260, 334, 584,
)  # fmt: skip
_BOLD = (
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722,
    611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556, 333, 556,
    611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778,
    556, 556, 500, 389, 280, 389, 584,
)  # fmt: skip
_MONO = 600
_SIGNS = {
    "₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹⁻": 333, "·": 278, "×−": 584, "±÷√≈≠≤≥": 549, "∂": 494, "∞": 713, "º": 365, "°": 400, "–": 556,
    "…—→←►◄": 1000, "ᵀ": 433,
}  # fmt: skip
_GREEK = {
    "ι": 278, "τ": 446, "ζξε": 475, "γκλνθχ": 576, "Γηοδαβμυρ": 615, "ΣσΞ": 684, "φΦΠψΔΛπ": 766, "ΘΨΩω": 845,
}  # fmt: skip
_OTHERS = {sign: width for group in (_SIGNS, _GREEK) for signs, width in group.items() for sign in signs}
_LINE_HEIGHT = 1.2

_CELL = re.compile(r"<TD([^<>]*)>((?:[^<]|</?(?:FONT|B|I)\b[^<>]*>)+)</TD>")
_TOKEN = re.compile(r"<(?P<end>/?)(?P<tag>FONT|B|I)\b(?P<attributes>[^<>]*)>|(?P<text>[^<]+)")
_SIZE = re.compile(r'POINT-SIZE="([\d.]+)"')
_ALIGN = re.compile(r'\bALIGN="(LEFT|RIGHT)"')


@dataclass(frozen=True)
class _Run:
    """Text in one font, with its markup."""

    markup: str
    width: float
    size: float


def exact_widths(source: str) -> str:
    """DOT text in which every line of an HTML-like label that a guess would space badly has its widths set.

    Parameters
    ----------
    source : str
        DOT text. Cells whose text is plain ASCII, or of unknown size or letters, stay as they are.

    Returns
    -------
    str
        DOT text for a program that guesses widths, or that measures with other fonts than those that will show. Done
        twice it gives the same.

    Examples
    --------
    >>> exact_widths('<TD><FONT POINT-SIZE="10">∂z</FONT></TD>')[:88]
    '<TD><TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" FIXEDSIZE="TRUE" WI'
    """
    return _CELL.sub(_fixed, source)


def _fixed(cell: re.Match[str]) -> str:
    attributes, content = cell.groups()
    if content.isascii() or "FIXEDSIZE" in attributes:
        return cell[0]
    runs = _runs(content)
    if runs is None:
        return cell[0]
    size = max(run.size for run in runs)
    height = math.ceil(_LINE_HEIGHT * size)
    # A space of the largest size at the end of each run gives all of them one base line.
    strut = f'<FONT POINT-SIZE="{size:g}"> </FONT>'
    cells, place, right = "", 0.0, 0
    for run in runs:
        place += run.width
        width = max(math.ceil(place) - right, 1)
        right += width
        fixed = f'FIXEDSIZE="TRUE" WIDTH="{width}" HEIGHT="{height}"'
        cells += f'<TD ALIGN="LEFT" BALIGN="LEFT" {fixed}>{run.markup}{strut}</TD>'
    align = _ALIGN.search(attributes)
    return (
        f'<TD{attributes}><TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" FIXEDSIZE="TRUE" '
        f'WIDTH="{right}" HEIGHT="{height}"{f" {align[0]}" if align else ""}><TR>{cells}</TR></TABLE></TD>'
    )


def _runs(content: str) -> list[_Run] | None:
    """The content of a cell as runs of one font each; None if the width of one is not known."""
    open_tags: list[tuple[str, str]] = []
    runs = []
    for token in _TOKEN.finditer(content):
        if token["text"] is None:
            if token["end"]:
                open_tags.pop()
            else:
                open_tags.append((token["tag"], token["attributes"]))
            continue
        sizes = [float(found[1]) for _, attributes in open_tags if (found := _SIZE.search(attributes))]
        mono = any("Courier" in attributes for _, attributes in open_tags)
        width = text_width(html.unescape(token["text"]), bold=("B", "") in open_tags, mono=mono)
        if width is None or not sizes:
            return None
        start = "".join(f"<{tag}{attributes}>" for tag, attributes in open_tags)
        end = "".join(f"</{tag}>" for tag, _ in reversed(open_tags))
        runs.append(_Run(start + token["text"] + end, width * sizes[-1], sizes[-1]))
    return runs


def text_width(text: str, *, bold: bool = False, mono: bool = False) -> float | None:
    """Width of a text in Helvetica, or Courier if `mono`, in ems; None if it has a letter of unknown width.

    Examples
    --------
    >>> text_width("∂z")
    0.994
    """
    total = 0
    for letter in text:
        width = _letter(letter, _BOLD if bold else _REGULAR)
        if width is None:
            return None
        total += _MONO if mono else width
    return total / 1000


def _letter(letter: str, ascii_widths: tuple[int, ...]) -> int | None:
    if letter not in _OTHERS:
        letter = unicodedata.normalize("NFD", letter)[0]  # an accent does not change a letter's width
    place = ord(letter) - 32
    return ascii_widths[place] if 0 <= place < len(ascii_widths) else _OTHERS.get(letter)
