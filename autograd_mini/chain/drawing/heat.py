"""Arrays as heat tables: numbers on colours where they fit, colours alone where they do not, else a summary."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..notation import number, shape_text, superscript
from ..render import escape
from ..theme import Palette, heat_colour
from ..words import Words

MOST_NUMBERS = 6
MOST_COLOURS = 32


@dataclass(frozen=True)
class Panel:
    """How arrays are set: colours, words and the format of numbers.

    Parameters
    ----------
    palette : Palette
        The colours.
    words : Words
        The words.
    fmt : str
        Format of the numbers in summaries.
    """

    palette: Palette
    words: Words
    fmt: str

    def table(self, array: Any, title: str, colour: str, axes: tuple[str, str] = ("", "")) -> str:
        """An array under its title, as an HTML-like label of DOT.

        Parameters
        ----------
        array : array
            Any shape; a row of numbers stands in one row, of more than two axes the first slice is shown.
        title : str
            What stands above it, escaped.
        colour : str
            Colour of the title.
        axes : tuple of str
            Letters that number the rows and the columns, such as ``("x", "n")``; "" for none.
        """
        flat, hidden = _as_table(np.asarray(array))
        if flat.size == 0:
            return self._framed(title, colour, self._text(self.words.empty))
        if max(flat.shape) > MOST_COLOURS:
            return self._framed(title, colour, self._text(*self._summary(np.asarray(array))))
        scale = _scale(flat)
        if max(flat.shape) <= MOST_NUMBERS:
            exponent = _exponent(flat, scale)
            if exponent:
                title += f" ×10{superscript(exponent)}"
            cells = self._numbers(flat, scale, exponent, axes)
        else:
            cells = self._colours(flat, scale)
        if hidden:
            title += f" {self.words.more.format(n=hidden)}"
        return self._framed(title, colour, cells)

    def _framed(self, title: str, colour: str, body: str) -> str:
        return (
            '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">'
            f'<TR><TD ALIGN="LEFT"><FONT POINT-SIZE="9" COLOR="{colour}">{title}</FONT></TD></TR>'
            f"<TR><TD>{body}</TD></TR></TABLE>"
        )

    def _text(self, *lines: str) -> str:
        rows = "".join(
            f'<TR><TD ALIGN="LEFT"><FONT FACE="Courier" POINT-SIZE="9" COLOR="{self.palette.ink}">{escape(line)}</FONT>'
            "</TD></TR>"
            for line in lines
        )
        return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">{rows}</TABLE>'

    def _summary(self, array: np.ndarray[Any, Any]) -> list[str]:
        """Least, mean and largest entry, and the norm."""
        real = array if np.isrealobj(array) else np.abs(array)
        with np.errstate(all="ignore"):
            numbers = {
                "min": real.min(),
                self.words.mean: real.mean(),
                "max": real.max(),
                self.words.norm: np.linalg.norm(real.astype(float).ravel()),
            }
        width = max(map(len, numbers))
        return [f"{name:<{width}} {number(float(x), self.fmt)}" for name, x in numbers.items()]

    def _numbers(self, table: np.ndarray[Any, Any], scale: float, exponent: int, axes: tuple[str, str]) -> str:
        rows = []
        size = 'WIDTH="28" HEIGHT="15"'
        font = f'<FONT POINT-SIZE="8" FACE="Courier" COLOR="{self.palette.cell_ink}">'
        for i, row in enumerate(table):
            cells = [self._header(axes[0], i)] if axes[0] else []
            cells += [f'<TD BGCOLOR="{_colour(x, scale)}" {size}>{font}{_cell(x, exponent)}</FONT></TD>' for x in row]
            rows.append(f"<TR>{''.join(cells)}</TR>")
        if axes[1]:
            corner = "<TD></TD>" if axes[0] else ""
            rows.insert(0, f"<TR>{corner}{''.join(self._header(axes[1], j) for j in range(table.shape[1]))}</TR>")
        return self._grid(rows, 1)

    def _header(self, letter: str, i: int) -> str:
        subscripts = str(i + 1).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
        return f'<TD><FONT POINT-SIZE="8" COLOR="{self.palette.muted}">{letter}{subscripts}</FONT></TD>'

    def _colours(self, table: np.ndarray[Any, Any], scale: float) -> str:
        cell = '<TD BGCOLOR="{}" WIDTH="9" HEIGHT="9" FIXEDSIZE="TRUE"></TD>'
        rows = [f"<TR>{''.join(cell.format(_colour(x, scale)) for x in row)}</TR>" for row in table]
        return self._grid(rows, 0)

    def _grid(self, rows: list[str], spacing: int) -> str:
        return (
            f'<TABLE BORDER="1" COLOR="{self.palette.cell_border}" CELLBORDER="0" CELLSPACING="{spacing}" '
            f'CELLPADDING="1">{"".join(rows)}</TABLE>'
        )


def scale_text(array: Any, fmt: str) -> str:
    """What the full colours of an array stand for: ``±1.3``."""
    return f"±{number(_scale(np.asarray(array)), fmt)}"


def _as_table(array: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], int]:
    """The array, or its first slice, with two axes; and how many slices are left out."""
    hidden = math.prod(array.shape[:-2]) - 1 if array.ndim > 2 and array.size else 0
    while array.ndim > 2 and array.size:
        array = array[0]
    return array.reshape(1, -1) if array.ndim < 2 else array, hidden


def _scale(table: np.ndarray[Any, Any]) -> float:
    """The largest finite magnitude."""
    sizes = np.abs(table).astype(float).ravel()
    return float(sizes[np.isfinite(sizes)].max(initial=0.0))


def _exponent(table: np.ndarray[Any, Any], scale: float) -> int:
    """The power of ten to take out of a table, so that two decimals say enough; mostly 0."""
    if table.dtype.kind in "biu" and scale < 1e5:
        return 0
    return 0 if scale == 0 or 0.095 <= scale < 999.5 else math.floor(math.log10(scale))


def _colour(x: Any, scale: float) -> str:
    return heat_colour(float(x) if np.isrealobj(x) else float(abs(x)), scale)


def _cell(x: Any, exponent: int) -> str:
    if isinstance(x, (np.bool_, np.integer)) and not exponent:
        return str(int(x))
    text = number(x / 10.0**exponent, ".2f")
    return text.removeprefix("−") if text.strip("−0.") == "" else text


def kind_text(shape: tuple[int, ...], dtype: str, kind: str) -> str:
    """What stands beside an array's name: its shape, its dtype if it is no float64, and its kind."""
    return " ".join(part for part in (shape_text(shape), "" if dtype == "float64" else dtype, kind) if part)
