"""Frames as pixels: the whole picture drawn once for each scene in other colours, which leaves every line in place.

The drawing program lays a graph out by its texts, and these stay; what has not happened yet is drawn transparent or
pale.
"""

from __future__ import annotations

import math
import os
import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from typing import Any, TypeAlias
from xml.etree import ElementTree as ET

import numpy as np

from ..events import Trace
from ..render import clean_text, escape, render
from ..theme import Palette
from .frames import Stage
from .parts import Part, next_part
from .scenes import Scene

# Shares of the full colour of a card and of a lane that wait for their turn.
_WAITING_CARD = 0.4
_WAITING_LANE = 0.25
# How thick the border of a card is at which something happens, in points; a thicker lane would move its ends.
_NOW = 3.0
_STATEMENT = re.compile(r"\t+(?P<node>n_\d+)(?P<edge> -> n_\d+)? \[")
_LABEL = re.compile(r"label=<.*>")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_EDGE_ID = re.compile(r"\bid=(e_\d+_\d+)")
_TAG = re.compile(r"<(?P<name>FONT|TABLE|TD)\b[^<>]*>")
_COLOUR = re.compile(r'\b(?P<name>BGCOLOR|COLOR|fillcolor|color)="(?P<colours>#[^"]*)"')
_FORMULA, _TEXT = 14, 12
# The width of a letter in ems, on the safe side: a caption must never be wider than the picture.
_LETTER = 0.62
_LEAST_WIDTH = 420.0
# The widest table that DOT takes is a little wider.
_MOST_WIDTH = 60_000.0
# Room for the number of the step, and between the caption and the graph.
_COUNT, _GAP = 76, 14


@dataclass(frozen=True)
class Film:
    """The pictures of a pass.

    Parameters
    ----------
    source : str
        DOT text of the whole picture.
    trace : Trace
        The pass.
    palette : Palette
        Its colours.
    width : float
        Width of the picture in points.
    timeout : float
        The most seconds for one picture.
    """

    source: str
    trace: Trace
    palette: Palette
    width: float
    timeout: float

    def pictures(self, shown: Sequence[Scene], dpi: float | None) -> list[bytes]:
        """A PNG for each scene, all of one size."""
        sources = self.sources(shown)
        size = self._size(sources[0])
        with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
            return list(pool.map(lambda source: self.picture(source, dpi, size), sources))

    def picture(self, source: str, dpi: float | None, size: tuple[float, float] | None = None) -> bytes:
        """One of the sources as PNG; its size in points is found out if it is not known."""
        return render(source, "png", dpi=dpi, timeout=self.timeout, background=self.palette.ground, size=size)

    def _size(self, source: str) -> tuple[float, float]:
        """Width and height in points, which all sources share."""
        drawn = ET.fromstring(render(source, "svg", timeout=self.timeout))
        width, height = (float(part) for part in drawn.get("viewBox", "").split()[2:])
        return width, height

    def sources(self, shown: Sequence[Scene], only: Collection[int] | None = None) -> list[str]:
        """DOT text for each scene, or for those at some places; the caption of each has room for every other."""
        room = min(max(self.width - 60.0, _LEAST_WIDTH), _MOST_WIDTH)
        widths = int((room - _COUNT) / (_FORMULA * _LETTER)), int(room / (_TEXT * _LETTER))
        captions = [scene.caption(widths) for scene in shown]
        formulas, texts = max(len(c[0]) for c in captions), max(len(c[1]) for c in captions)
        lines = self.source.splitlines()
        sources = []
        for i in range(len(shown)) if only is None else only:
            formula, text = captions[i]
            padded = formula + [""] * (formulas - len(formula)), text + [""] * (texts - len(text))
            caption = self._caption(shown[i].phase, *padded, f"{i + 1} / {len(shown)}", room)
            painted = [self._painted(line, shown[i]) for line in lines]
            sources.append("\n".join([*painted[:-1], f"\tlabel={caption} labelloc=t", painted[-1]]))
        return sources

    def _caption(self, phase: Stage, formula: list[str], text: list[str], count: str, room: float) -> str:
        palette = self.palette
        colour, ground, line = {
            "forward": (palette.forward, palette.cluster_fill, palette.forward_lane),
            "update": (palette.ink, palette.parameter_fill, palette.parameter_border),
        }.get(phase, (palette.backward, palette.pill_fill, palette.backward_lane))
        rows = [(f"<B>{_safe(row)}</B>" if row else " ", colour, _FORMULA) for row in formula]
        rows += [(_safe(row) or " ", palette.ink, _TEXT) for row in text]
        cells = [
            f'<TD ALIGN="LEFT" HEIGHT="{_height(size)}"><FONT POINT-SIZE="{size}" COLOR="{ink}">  {row}</FONT></TD>'
            for row, ink, size in rows
        ]
        number = f'<FONT POINT-SIZE="11" COLOR="{palette.muted}">{_safe(count)}  </FONT>'
        cells[0] = cells[0].replace("<TD", f'<TD WIDTH="{room - _COUNT:.0f}"', 1)
        cells[0] += f'<TD ALIGN="RIGHT" WIDTH="{_COUNT}">{number}</TD>'
        cells[1:] = [cell.replace("<TD", '<TD COLSPAN="2"', 1) for cell in cells[1:]]
        table = "".join(f"<TR>{cell}</TR>" for cell in cells)
        box = (
            f'<TABLE BORDER="1" COLOR="{line}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3" STYLE="ROUNDED" '
            f'BGCOLOR="{ground}" WIDTH="{room:.0f}">{table}</TABLE>'
        )
        below = f'<TR><TD HEIGHT="{_GAP}"></TD></TR>'
        return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0"><TR><TD>{box}</TD></TR>{below}</TABLE>>'

    def _painted(self, line: str, scene: Scene) -> str:
        """A line of DOT in the colours of a scene."""
        statement = _STATEMENT.match(line)
        if statement is None:
            return line
        if statement["edge"]:
            found = _EDGE_ID.search(_QUOTED.sub("", _LABEL.sub("", line)))
            return self._edge(line, found[1], scene) if found else line
        return self._card(line, statement["node"], scene)

    def _card(self, line: str, id: str, scene: Scene) -> str:
        has_value, has_gradient = id in scene.values, id in scene.gradients
        now = [frame for frame in scene.now if frame.node == id]
        pale = self._towards_ground(_WAITING_CARD)
        head = _unchanged if has_value else pale
        looks: dict[Part, Callable[[str], str]] = {
            "head": head,
            "v": _unchanged if has_value else _hidden,
            "g": _unchanged if has_gradient else _hidden,
            "u": _unchanged if id in scene.updated else _hidden,
        }
        line = self._label(line, looks, many=bool(self.trace.node(id).shape))
        border = _always(self._accent(now[-1].phase)) if now else head
        line = _recolour(_recolour(line, "fillcolor", head), "color", border)
        return f"{line.removesuffix(']')} penwidth={_NOW:g}]" if now and line.endswith("]") else line

    def _accent(self, phase: Stage) -> str:
        lanes = {"forward": self.palette.forward_lane, "update": self.palette.parameter_border}
        return lanes.get(phase, self.palette.backward_lane)

    def _label(self, line: str, looks: dict[Part, Callable[[str], str]], *, many: bool) -> str:
        """A card's label with the look of each part, told by the colours of its texts as in a drawn SVG."""
        part: Part = "head"

        def paint(tag: re.Match[str]) -> str:
            nonlocal part
            if tag["name"] == "FONT":
                colour = _COLOUR.search(tag[0])
                part = next_part(part, colour["colours"] if colour else "", self.palette, many=many)
            return _COLOUR.sub(lambda found: f'{found["name"]}="{looks[part](found["colours"])}"', tag[0])

        return _TAG.sub(paint, line)

    def _edge(self, line: str, id: str, scene: Scene) -> str:
        gone, returned = id in scene.ahead, id in scene.back
        happens = returned and any(id in frame.edges for frame in scene.now)
        pale = _unchanged if gone else self._towards_ground(_WAITING_LANE)

        def pill(colour: str) -> str:
            if happens and colour == self.palette.pill_border:
                return self.palette.backward_lane
            return colour if returned else _hidden(colour)

        def lanes(colours: str) -> str:
            forward, *backward = colours.split(":")
            return ":".join([pale(forward), *(lane if returned else _hidden(lane) for lane in backward)])

        label = _TAG.sub(lambda tag: _COLOUR.sub(lambda c: f'{c["name"]}="{pill(c["colours"])}"', tag[0]), line)
        return _recolour(label, "color", lanes)

    def _towards_ground(self, share: float) -> Callable[[str], str]:
        """A colour mixed with the page behind it."""
        ground = _channels(self.palette.ground)

        def mix(colour: str) -> str:
            mixed = (round(share * c + (1 - share) * g) for c, g in zip(_channels(colour), ground, strict=True))
            return "#" + "".join(f"{channel:02x}" for channel in mixed)

        return mix


def _recolour(line: str, name: str, look: Callable[[str], str]) -> str:
    """A statement with one of its own colours changed; names are in capitals inside labels."""
    return _COLOUR.sub(lambda found: f'{name}="{look(found["colours"])}"' if found["name"] == name else found[0], line)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _unchanged(colour: str) -> str:
    return colour


def _hidden(colour: str) -> str:
    return f"{colour}00"


def _always(colour: str) -> Callable[[str], str]:
    return lambda _: colour


def _height(size: int) -> int:
    """A row of a caption, higher than its text with its padding, so that no text changes it."""
    return math.ceil(1.2 * size) + 8


def _safe(text: str) -> str:
    return escape(clean_text(text, 1000))


_Pixels: TypeAlias = np.ndarray[Any, np.dtype[np.uint32]]


def _pixels(png: bytes) -> _Pixels:
    """A picture with one number for each pixel: red, green and blue are its lowest bytes."""
    from PIL import Image

    rgba = np.asarray(Image.open(BytesIO(png)).convert("RGBA"))
    pixels: _Pixels = rgba.view("<u4")[..., 0].astype(np.uint32) & np.uint32(0xFFFFFF)
    return pixels


def _frequent_colours(pictures: Sequence[bytes]) -> _Pixels:
    """The 256 most frequent colours of all pictures: so every ground keeps its own."""
    seen: Counter[int] = Counter()
    for picture in pictures:
        colours, counts = np.unique(_pixels(picture), return_counts=True)
        seen.update(dict(zip(colours.tolist(), counts.tolist(), strict=True)))
    return np.array([colour for colour, _ in seen.most_common(256)], dtype=np.uint32)


def _channel_table(colours: _Pixels) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.stack([colours & 255, colours >> 8 & 255, colours >> 16 & 255], axis=-1).astype(np.int64)


def _indexed(picture: bytes, palette: _Pixels) -> Any:
    """A picture in the colours of a palette, each pixel in the nearest one."""
    from PIL import Image

    pixels = _pixels(picture)
    colours, places = np.unique(pixels, return_inverse=True)
    known = _channel_table(palette)
    nearest = [int(np.argmin(((known - colour) ** 2).sum(axis=1))) for colour in _channel_table(colours)]
    image = Image.fromarray(np.array(nearest, dtype=np.uint8)[places].reshape(pixels.shape))
    image.putpalette(known.astype(np.uint8).tobytes())
    return image


def animated_gif(pictures: Sequence[bytes], seconds: float) -> bytes:
    """Pictures as one animated GIF; the last one stays three times as long.

    Parameters
    ----------
    pictures : sequence of bytes
        PNGs.
    seconds : float
        How long each one stays.

    Raises
    ------
    ImportError
        If Pillow is missing.
    """
    try:
        import PIL.GifImagePlugin  # noqa: F401 (asks whether Pillow is there)
    except ImportError as error:
        raise ImportError(
            "a GIF is put together by Pillow, which comes with the extra `plot`: "
            'pip install "autograd-mini[plot]". An animated SVG needs nothing: save("steps.svg")'
        ) from error
    palette = _frequent_colours(pictures)
    first, *others = (_indexed(picture, palette) for picture in pictures)
    times = [round(1000 * seconds)] * len(others) + [round(3000 * seconds)]
    out = BytesIO()
    first.save(out, "GIF", save_all=True, append_images=others, duration=times, loop=0, optimize=False)
    return out.getvalue()
