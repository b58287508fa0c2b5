"""From DOT text to a picture: SVG, PNG or PDF as bytes, checked, and written to a file without risk to the old one.

The program that draws is found by itself: Graphviz's ``dot``, else graphviz-pure, else pygraphviz; `set_renderer`
chooses another. It gets the text by standard input, under a time limit, and never through a shell.
"""

from __future__ import annotations

import errno
import math
import os
import re
import secrets
import signal
import subprocess
import time
import warnings
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from ._programs import (
    CURES,
    FORMATS,
    Program,
    RendererInfo,
    RendererNotFound,
    RenderError,
    RenderTimeout,
    programs,
    renderer_info,
    run,
    set_renderer,
    unknown_format,
)
from ._svg import NOT_XML, Theme, clean_text, escape, escape_tooltip, finish_svg, quoted, svg_attributes
from ._widths import exact_widths

__all__ = [
    "FORMATS",
    "RenderError",
    "RenderTimeout",
    "RenderWarning",
    "RendererInfo",
    "RendererNotFound",
    "Theme",
    "clean_text",
    "escape",
    "escape_tooltip",
    "finish_svg",
    "quoted",
    "render",
    "renderer_info",
    "save",
    "set_renderer",
]

ENGINES = ("dot", "neato", "fdp", "sfdp", "circo", "twopi", "osage", "patchwork")
DEFAULT_DPI = 144.0
# Cairo, which draws for Graphviz, holds no longer side; and 100 million pixels are 400 MB while they are drawn.
MAX_SIDE = 32_767
MAX_PIXELS = 100_000_000

_POINTS_PER_INCH = 72.0
# Beyond eleven days a time limit is none; the system's clocks take no number of any size.
_LONGEST_WAIT = 1e6
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}|[a-z]+")


class RenderWarning(UserWarning):
    """The picture is drawn otherwise than asked, and the message says how."""


def render(
    source: str,
    format: str,
    *,
    dpi: float | None = None,
    timeout: float = 20.0,
    engine: str = "dot",
    background: str | None = None,
    size: tuple[float, float] | None = None,
) -> bytes:
    """Draw DOT text.

    Parameters
    ----------
    source : str
        The DOT text.
    format : {"svg", "png", "pdf"}
        What to give. graphviz-pure writes no PDF.
    dpi : float, optional
        Pixels per inch of a PNG, 1 or more; 144 if not given, twice as fine as a plain screen. A picture of more than
        100 million pixels, or of a side over 32,767, is drawn at fewer, with a warning.
    timeout : float, default 20.0
        The most seconds to wait; ``math.inf`` waits without end. Then the program and all that it started are ended.
    engine : str, default "dot"
        Graphviz's layout: dot, neato, fdp, sfdp, circo, twopi, osage or patchwork.
    background : str, optional
        Colour of the ground, ``#rrggbb`` or a plain name such as ``"white"``; instead of the one in `source`.
    size : tuple of float, optional
        Width and height of the layout in points, where they are known; a PNG asks for them otherwise, which takes as
        long as drawing it.

    Returns
    -------
    bytes
        The picture; an SVG is UTF-8.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as described, or `source` holds a character that no picture can show.
    RendererNotFound
        If no program was found that writes `format`.
    RenderTimeout
        If the time limit was reached.
    RenderError
        If the program failed or gave something else. All three carry the DOT text as `source`.

    Warns
    -----
    RenderWarning
        If the dpi were reduced.

    Examples
    --------
    >>> render("digraph { x -> y }", "svg").startswith(b"<?xml")  # doctest: +SKIP
    True
    """
    _check_arguments(format, dpi, timeout, engine, background)
    payload = _encode(source)
    settings = {} if background is None else {"bgcolor": background}
    job = _Job(source, payload, engine, time.monotonic() + timeout, timeout)
    passed_over = []
    try:
        for program in programs():
            try:
                if format == "png":
                    settings["dpi"] = f"{_fitting_dpi(*(size or job.size(program)), dpi or DEFAULT_DPI):g}"
                return job.draw(program, format, settings)
            except _CannotDraw as reason:
                passed_over.append(f"{program} {reason}.")
    except RendererNotFound as error:
        error.source = source
        raise
    why = " ".join(passed_over) or "No renderer was found."
    raise RendererNotFound(f"no {format} could be drawn. {why}\n{CURES}\n{_DOT_TEXT_IS_KEPT}", source)


_DOT_TEXT_IS_KEPT = "The DOT text is kept in this error's `source`; saving it as .dot needs no renderer."


class _CannotDraw(Exception):
    """The program is of no use here; another may be."""


@dataclass(frozen=True)
class _Job:
    """One DOT text to draw, with its layout engine and its deadline."""

    source: str
    payload: bytes
    engine: str
    deadline: float
    timeout: float

    def size(self, program: Program) -> tuple[float, float]:
        """Width and height of the layout in points."""
        attributes = svg_attributes(self.draw(program, "svg", {"dpi": f"{_POINTS_PER_INCH:g}"}))
        sides = [re.match(r"[\d.]+", attributes.get(side, "")) for side in ("width", "height")]
        width, height = (float(side[0]) if side else 0.0 for side in sides)
        if not (width > 0 and height > 0):
            self._fail(program, "gave a picture without a width and a height", b"")
        return width, height

    def draw(self, program: Program, format: str, settings: Mapping[str, str]) -> bytes:
        """Run the program once and check what it gave."""
        left = self.deadline - time.monotonic()
        try:
            command = program.command(format, self.engine, settings)
            payload = exact_widths(self.source).encode("utf-8") if program.kind == "pure" else self.payload
            done = run(command, payload, None if left > _LONGEST_WAIT else max(left, 0.001))
        except subprocess.TimeoutExpired as error:
            raise RenderTimeout(
                f"{program} did not finish within {self.timeout:g} s and was ended. Draw less of the graph, "
                f"or give it more time with timeout=. {_DOT_TEXT_IS_KEPT}",
                self.source,
            ) from error
        except OSError as error:
            raise _CannotDraw(f"cannot be started: {error.strerror}") from error
        if done.returncode != 0:
            known = unknown_format(done.stderr)
            if known is not None:
                raise _CannotDraw(f"writes no {format}, only {', '.join(known) or 'other formats'}")
            self._fail(program, _ending(done.returncode), done.stderr)
        fault = _fault(done.stdout, format) or (_missing(done.stdout, self.source) if format == "svg" else None)
        if fault is not None:
            self._fail(program, f"gave no {format}: {fault}", done.stderr)
        return done.stdout

    def _fail(self, program: Program, what: str, errors: bytes) -> NoReturn:
        lines = [clean_text(line, 300) for line in errors.decode("utf-8", "replace").splitlines() if line.strip()]
        said = "".join(f"\n  {line}" for line in lines[-5:]) or " nothing on standard error."
        raise RenderError(
            f"{program} {what}. It said:{said}\n{_DOT_TEXT_IS_KEPT} set_renderer() takes another program.", self.source
        )


def _ending(code: int) -> str:
    if code > 0:
        return f"ended with exit status {code}"
    return f"was ended by signal {-code} ({signal.strsignal(-code)})"


def _fault(data: bytes, format: str) -> str | None:
    """What keeps `data` from being a whole picture of the format, or None."""
    if not data:
        return "nothing came"
    if format == "svg":
        try:
            svg_attributes(data)
        except ValueError as error:
            return str(error)
        return None
    begin, end = {"png": (b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"), "pdf": (b"%PDF-", b"%%EOF")}[format]
    if not data.startswith(begin):
        return f"it begins with {data[:12]!r}"
    if end not in data[-1024:]:
        return "it breaks off"
    return None


def _missing(svg: bytes, source: str) -> str | None:
    """What an SVG lacks of the cards that its source has, and of the size that it needs then; or None."""
    cards = _CARD.findall(source)
    if not cards:
        return None
    drawn = {*_ID.findall(svg.decode("utf-8"))}
    missing = [id for id in cards if id not in drawn]
    if missing:
        more = f", … ({len(missing):,})" if len(missing) > _NAMED else ""
        return f"it lacks {', '.join(missing[:_NAMED])}{more} of the source"
    attributes = svg_attributes(svg)
    if not all(attributes.get(name) for name in ("width", "height", "viewBox")):
        return "it has no width, no height or no viewBox"
    return None


# The cards of our own pictures; names of users stand in labels, where a line never begins with a tab.
_CARD = re.compile(r"^\t+((?:n|c|s)_\d+) \[", re.MULTILINE)
_ID = re.compile(r'\bid="([^"]*)"')
_NAMED = 3


def _check_arguments(format: str, dpi: float | None, timeout: float, engine: str, background: str | None) -> None:
    if format not in FORMATS:
        raise ValueError(f"format is one of {', '.join(FORMATS)}, got {quoted(format)}")
    if engine not in ENGINES:
        raise ValueError(f"engine is one of {', '.join(ENGINES)}, got {quoted(engine)}")
    if dpi is not None and format != "png":
        raise ValueError(f"dpi is for png alone; a picture in {format} has no pixels")
    if dpi is not None and not 1 <= dpi < math.inf:
        raise ValueError(f"dpi must be 1 or more, and finite, got {quoted(dpi)}")
    if not timeout > 0:
        raise ValueError(
            f"timeout must be a positive number of seconds, got {quoted(timeout)}; math.inf waits without end"
        )
    if background is not None and not _COLOUR.fullmatch(background):
        raise ValueError(f'background is a colour such as "#0d1117" or "white", got {quoted(background)}')


def _encode(source: str) -> bytes:
    if not isinstance(source, str):
        raise TypeError(f"the source is DOT text, a str, got {type(source).__name__}")
    refused = NOT_XML.search(source)
    if refused is not None:
        raise ValueError(
            f"character {refused.start()} of the DOT text is U+{ord(refused[0]):04X}, which no picture can show: "
            "pass labels through clean_text()"
        )
    return source.encode("utf-8")


def _fitting_dpi(width: float, height: float, dpi: float) -> float:
    """`dpi`, or as many as keep a layout of this size in points within the limits of a PNG."""
    across, down = width * dpi / _POINTS_PER_INCH, height * dpi / _POINTS_PER_INCH
    shrink = min(MAX_SIDE / across, MAX_SIDE / down, math.sqrt(MAX_PIXELS / across / down))
    if shrink >= 1:
        return dpi
    # A little below the limit, as programs round sides up.
    fitting = dpi * shrink * 0.999
    warnings.warn(
        f"at {dpi:g} dpi the picture would have {across:,.0f} × {down:,.0f} pixels; drawn at {fitting:.3g} dpi. "
        "An SVG has no such limit, and a smaller part of the graph reads better.",
        RenderWarning,
        stacklevel=3,
    )
    return fitting


def save(data: bytes | str, path: str | os.PathLike[str]) -> Path:
    """Write a file whole or not at all: until the new one is complete, the old one stays.

    Parameters
    ----------
    data : bytes or str
        The content; text is written as UTF-8, its line ends as they are.
    path : str or path
        The file. Through a symbolic link its target is written.

    Returns
    -------
    pathlib.Path
        The file as an absolute path.

    Raises
    ------
    OSError
        FileNotFoundError if the folder is missing, IsADirectoryError if `path` is a folder, PermissionError if the
        file or the folder may not be written, and whatever the disk answers. No half-written file is left.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.mkdtemp()
    >>> save("digraph {}", folder + "/graph.dot").read_text()
    'digraph {}'
    """
    content = data.encode("utf-8") if isinstance(data, str) else data
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, "this is a folder; add the name of a file", str(target))
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "the folder does not exist; create it first", str(target.parent))
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "this file may not be written", str(target))
    if target.exists() and not target.is_file():
        target.write_bytes(content)  # a device or a pipe: to replace it would destroy it
        return target
    temporary = target.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with open(temporary, "xb") as file:
            file.write(content)
        if target.exists():
            temporary.chmod(target.stat().st_mode & 0o777)
        os.replace(temporary, target)
    except OSError as error:
        _remove(temporary)
        raise OSError(error.errno, f"not written: {error.strerror}", str(target)) from error
    except BaseException:
        _remove(temporary)
        raise
    return target


def _remove(temporary: Path) -> None:
    with suppress(OSError):
        temporary.unlink()
