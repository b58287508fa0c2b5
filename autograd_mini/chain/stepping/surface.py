"""What `steps` gives: a pass step by step, as data, text, page and moving picture."""

from __future__ import annotations

import base64
import errno
import math
import os
import secrets
import shutil
import sys
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args
from xml.etree import ElementTree as ET

from ...caching import cached_property
from .._widths import exact_widths
from ..drawing.layout import dot_text
from ..drawing.limits import GraphTooLarge
from ..drawing.rate import learning_rate
from ..events import Trace
from ..names import Names, variables
from ..recording import count_cards, record_pass
from ..render import RenderTimeout, RenderWarning, Theme, quoted, render, save
from ..theme import DARK, LIGHT, Palette
from ..words import LANGUAGES, Language
from .film import Film, animated_gif
from .frames import Frame, count_drawn, make_frames, table_text
from .layers import LayerStep, layer_steps
from .marking import marked_svg
from .motion import animated_svg
from .page import page
from .parts import StepStyle
from .scenes import Scene, scenes
from .sentences import Sentences

By: TypeAlias = Literal["step", "layer"]
Direction: TypeAlias = Literal["LR", "TB"]
_SUFFIXES = (".html", ".htm", ".svg", ".gif", ".txt")
_IFRAME_HEIGHT = 660
_FALLBACK_DPI = 96.0
_GIF_WIDTH = 1600.0
# Graphviz's ways to hurry: straight edges, and fewer rounds of looking for a better order and better places.
_COARSE = "splines=line nslimit=0.2 nslimit1=0.2 mclimit=0.05"


@dataclass(frozen=True)
class Look:
    """How a pass is shown; the fields are arguments of `steps`."""

    lang: Language = "en"
    theme: Theme = "auto"
    fmt: str = ".4g"
    rankdir: Direction = "LR"
    timeout: float = 20.0


class Steps:
    """A pass step by step, from `steps`. Notebooks show it as a page to step through.

    Parameters
    ----------
    trace : Trace
        The pass.
    update : float or None
        Learning rate of the steps of gradient descent at the end.
    look : Look
        How it is shown.

    Attributes
    ----------
    frames : tuple of Frame
        The steps: forward in topological order, the seed, one for each edge back, one for each sum, the updates.
    layers : tuple of LayerStep
        The same by layer, in the three steps of backpropagation; empty for a graph without layers.
    trace : Trace
        The pass as data.
    """

    def __init__(self, trace: Trace, update: float | None, look: Look) -> None:
        self.trace, self._update, self._look = trace, update, look
        self._sentences = Sentences(trace, look.lang, look.fmt)
        self.frames: tuple[Frame, ...] = make_frames(trace, self._sentences, update)
        self.layers: tuple[LayerStep, ...] = layer_steps(trace, self.frames, self._sentences)

    def table(self) -> str:
        """The steps as a table of plain text."""
        words = self._sentences.phrases.page
        headers = (words["step"], words["phase"], words["formula"], words["numbers"])
        return table_text(self.frames, headers, self._sentences.phrases.phases)

    def html(self) -> str:
        """The page to step through: one file that loads nothing.

        Raises
        ------
        RenderError
            If no program could draw the graph; RendererNotFound names the cures.
        """
        return self._page

    @cached_property
    def _page(self) -> str:
        look = self._look
        return page(self.trace, self._svg, self.frames, self.layers, self._sentences, lang=look.lang, theme=look.theme)

    def svg(self, *, by: By = "step", seconds: float = 1.6) -> str:
        """The steps as an animated SVG, which plays without a script, also as an image of a page.

        Parameters
        ----------
        by : {"step", "layer"}
            What one scene shows: a step, or a step by layer.
        seconds : float, default 1.6
            How long each scene stays; the last one stays three times as long.

        Raises
        ------
        ValueError
            If an argument is not as described, or a graph without layers is asked for them.
        RenderError
            If no program could draw the graph.
        """
        _check_seconds(seconds)
        return animated_svg(self._svg, self._scenes(by), self._look.theme, seconds, self._label)

    def png(self, number: int | None = None, *, by: By = "step", dpi: float | None = None) -> bytes:
        """One step as PNG.

        Parameters
        ----------
        number : int, optional
            Number of the step, from 1; the last one if not given.
        by : {"step", "layer"}
            What is counted: steps, or steps by layer.
        dpi : float, optional
            Pixels per inch; 144 if not given.

        Raises
        ------
        IndexError
            If there is no such step.
        RenderError
            If no program could draw the graph.
        """
        shown = self._scenes(by)
        number = len(shown) if number is None else number
        if not 1 <= number <= len(shown):
            raise IndexError(f"there are steps 1 to {len(shown)}, got {quoted(number)}")
        (source,) = self._film.sources(shown, [number - 1])
        return self._film.picture(source, dpi)

    def gif(self, *, by: By = "step", seconds: float = 1.6, dpi: float | None = None) -> bytes:
        """The steps as an animated GIF, for slides; each step is drawn, which takes a while for a large graph.

        Parameters
        ----------
        by : {"step", "layer"}
            What one picture shows: a step, or a step by layer.
        seconds : float, default 1.6
            How long each picture stays; the last one stays three times as long.
        dpi : float, optional
            Pixels per inch; by default 96, or fewer if the picture is wider than 1,600 pixels then.

        Raises
        ------
        ImportError
            If Pillow is missing, which the extra ``plot`` installs.
        RenderError
            If no program could draw the graph.
        """
        _check_seconds(seconds)
        if dpi is None:
            dpi = min(96.0, 72.0 * _GIF_WIDTH / self._width)
        return animated_gif(self._film.pictures(self._scenes(by), dpi), seconds)

    def save(
        self, path: str | os.PathLike[str], *, by: By = "step", seconds: float = 1.6, dpi: float | None = None
    ) -> Path:
        """Write the steps to a file, or as pictures to a folder.

        Parameters
        ----------
        path : str or path
            Its ending chooses the kind: ``.html`` for the page, ``.svg`` or ``.gif`` for a moving picture, ``.txt``
            for the table. A path without an ending is a folder, which gets ``step-01.png``, ``step-02.png``, ...
        by, seconds, dpi
            As for `svg` and `gif`; the page and the table have no use for them.

        Returns
        -------
        pathlib.Path
            The file or folder as an absolute path.

        Raises
        ------
        ValueError
            If the ending is another.
        OSError
            If it cannot be written; no half-written file is left.
        RenderError, ImportError
            As for the kind of file.
        """
        target = Path(path)
        suffix = target.suffix.lower()
        if target.is_dir() or not suffix:
            _check_folder(target)
            return _save_folder(self._film.pictures(self._scenes(by), dpi), target)
        if suffix not in _SUFFIXES:
            raise ValueError(f"the ending is one of {', '.join(_SUFFIXES)}, or none for a folder, got {suffix!r}")
        if suffix == ".gif":
            return save(self.gif(by=by, seconds=seconds, dpi=dpi), target)
        if suffix == ".svg":
            return save(self.svg(by=by, seconds=seconds), target)
        return save(f"{self.table()}\n" if suffix == ".txt" else self.html(), target)

    # --- drawing ------------------------------------------------------------------------------------------------------

    @property
    def _label(self) -> str:
        words = LANGUAGES[self._look.lang]
        return words.picture.format(root=self.trace.root.name, n=count_drawn(self.trace))

    @cached_property
    def _svg(self) -> ET.Element:
        # The page brings its own fonts, whatever this machine would measure with.
        drawn = _laid_out(exact_widths(self._source(LIGHT)), self._look.timeout)
        return marked_svg(drawn, self.trace, self._label)

    def _source(self, palette: Palette) -> str:
        words = LANGUAGES[self._look.lang]
        style = StepStyle(palette, words, self._look.fmt, detail="full", gradients=True, rate=self._update)
        return dot_text(self.trace, style, rankdir=self._look.rankdir, legend=False)

    @property
    def _width(self) -> float:
        return float(self._svg.get("viewBox", "").split()[2])

    @cached_property
    def _film(self) -> Film:
        palette = DARK if self._look.theme == "dark" else LIGHT
        return Film(self._source(palette), self.trace, palette, self._width, self._look.timeout)

    def _scenes(self, by: By) -> Sequence[Scene]:
        if by not in get_args(By):
            raise ValueError(f"by is one of {', '.join(get_args(By))}, got {quoted(by)}")
        if by == "layer" and not self.layers:
            raise ValueError('this graph has no layers, as it has no activation: use by="step"')
        return list(scenes(self.frames, self.layers if by == "layer" else None))

    # --- notebooks ----------------------------------------------------------------------------------------------------

    def _repr_html_(self) -> str:
        """The page in a frame of its own; where frames are taken out, as on code hosts, the picture below it stays."""
        try:
            picture = base64.b64encode(self._film.picture(self._source(self._film.palette), _FALLBACK_DPI))
            return (
                f'<div style="position:relative;height:{_IFRAME_HEIGHT}px;overflow:hidden">'
                f'<img alt="{escape(self._label)}" src="data:image/png;base64,{picture.decode("ascii")}" '
                'style="max-width:100%">'
                f'<iframe title="{escape(self._label)}" sandbox="allow-scripts" loading="lazy" '
                'style="position:absolute;inset:0;width:100%;height:100%;border:0;background:#fff" '
                f'srcdoc="{escape(self.html())}"></iframe></div>'
            )
        except Exception as error:  # noqa: BLE001 (a notebook shows the steps, whatever keeps them from being drawn)
            return f"<pre>{escape(self.table())}\n\n{escape(str(error))}</pre>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self._repr_html_(), "text/plain": repr(self)}

    def __repr__(self) -> str:
        return f"<steps of {self.trace.root.name}: {len(self.frames)} frames; .table(), .save('steps.html')>"


def _laid_out(source: str, timeout: float) -> str:
    """The SVG of a DOT text; if its layout takes more than half of the time limit, a coarser layout."""
    start = time.monotonic()
    try:
        return render(source, "svg", timeout=timeout / 2).decode("utf-8")
    except RenderTimeout:
        coarse = source.replace("\n", f"\n\t{_COARSE}\n", 1)
    try:
        drawn = render(coarse, "svg", timeout=max(timeout - (time.monotonic() - start), timeout / 4)).decode("utf-8")
    except RenderTimeout as error:
        raise RenderTimeout(
            f"the graph was not laid out within {timeout:g} s, and the program was ended: take a smaller part (fewer "
            f"samples or neurons), see it folded with draw(...), or give it more time with timeout={4 * timeout:g}. "
            ".frames and .table() need no layout",
            source,
        ) from error
    warnings.warn(
        f"the layout took more than {timeout / 2:g} s, so the edges are straight lines and may cross more often; "
        f"timeout={2 * timeout:g} gives it more time",
        RenderWarning,
        stacklevel=2,
    )
    return drawn


def _check_seconds(seconds: float) -> None:
    if not 0 < seconds < math.inf:
        raise ValueError(f"seconds must be a positive number, got {quoted(seconds)}")


def _check_folder(folder: Path) -> None:
    """Say at once, before anything is drawn, what keeps a folder from being written."""
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "this is a file; a folder for pictures has another name", str(folder))
    if not folder.absolute().parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "the folder around it does not exist; create it first", str(folder))


def _save_folder(pictures: Sequence[bytes], folder: Path) -> Path:
    """Pictures as files of a folder, which appears whole if it is new."""
    width = max(2, len(str(len(pictures))))
    names = [f"step-{i:0{width}}.png" for i in range(1, len(pictures) + 1)]
    folder = folder.absolute()
    if folder.is_dir():
        for name, picture in zip(names, pictures, strict=True):
            save(picture, folder / name)
        return folder
    new = folder.with_name(f".{secrets.token_hex(8)}.tmp")
    new.mkdir()
    try:
        for name, picture in zip(names, pictures, strict=True):
            (new / name).write_bytes(picture)
        os.replace(new, folder)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise
    return folder


def steps(
    root: Any,
    *,
    update: float | None = None,
    lang: Language = "en",
    theme: Theme = "auto",
    fmt: str = ".4g",
    names: Names = None,
    rankdir: Direction = "LR",
    gradient: Any = None,
    max_nodes: int | None = 400,
    timeout: float = 20.0,
) -> Steps:
    """Walk through a pass: values forward, the seed, then the gradient back over each edge, and the sums.

    Parameters
    ----------
    root : Value
        The result to differentiate, such as a loss.
    update : float, optional
        A learning rate: then each parameter takes one step of gradient descent at the end. Only the pictures show it,
        no parameter changes.
    lang : {"en", "es"}
        Language of the words.
    theme : {"auto", "light", "dark"}
        Colours of the page and of the animated SVG: ``"auto"`` follows the reader's system. A PNG or GIF is light
        unless ``"dark"`` is asked for.
    fmt : str, default ".4g"
        Format of the numbers.
    names : dict or False, optional
        Names for values, such as ``{"z": z}`` or ``locals()``. By default a value without a name gets that of the
        variable that holds it where `steps` is called; False leaves it unnamed.
    rankdir : {"LR", "TB"}
        From left to right, or from top to bottom for narrow pages.
    gradient : array, optional
        For a root that is an array: the gradient to start from, as for ``backward``.
    max_nodes : int or None, default 400
        The most cards; None for no limit.
    timeout : float, default 20.0
        The most seconds that the drawing program may take. After half of them a coarser layout of straight edges is
        tried, with a warning.

    Returns
    -------
    Steps
        ``.frames``, ``.table()``, ``.html()``, ``.save("steps.html")``; notebooks show the page.

    Raises
    ------
    GraphTooLarge
        If the graph has more than `max_nodes` values.
    GraphError
        If the graph was released by ``backward(retain_graph=False)``, or data changed after it was used.
    TypeError, ValueError
        If an argument is not as described.

    Examples
    --------
    >>> from autograd_mini import Value
    >>> x = Value(3.0)
    >>> g = x**2
    >>> f = 20 * g
    >>> print(steps(f).table())
    step  phase     chain rule             in numbers
    ────  ────────  ─────────────────────  ───────────────────────────────────────
       1  forward   x = 3                  x is a parameter: 3
       2  forward   g = x²                 g = 3² = 9
       3  forward   f = 20 · g             f = 20 · 9 = 180
       4  start     df/df = 1              The way back starts at f: df/df = 1
       5  backward  df/dg = 20             df/dg = 20; 1 × 20 = 20 flows to g
       6  backward  df/dx = df/dg · dg/dx  dg/dx = 2x = 6; 20 × 6 = 120 flows to x
    """
    choices = {
        "lang": (lang, tuple(LANGUAGES)),
        "theme": (theme, get_args(Theme)),
        "rankdir": (rankdir, get_args(Direction)),
    }
    for name, (choice, known) in choices.items():
        if choice not in known:
            raise ValueError(f"{name} is one of {', '.join(known)}, got {quoted(choice)}")
    rate = learning_rate(update)
    cards = count_cards(root)
    if max_nodes is not None and cards > max_nodes:
        raise GraphTooLarge(
            f"the graph has {cards:,} values, and nobody walks through more than {max_nodes}: take a smaller part "
            "(fewer samples or neurons), see it folded with draw(...), or lift the limit with max_nodes=None"
        )
    trace = record_pass(root, gradient, variables(sys._getframe(1), names), fmt, lang=lang)
    return Steps(trace, rate, Look(lang, theme, fmt, rankdir, timeout))
