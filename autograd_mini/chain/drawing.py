"""Drawing a computation graph with its backward pass and its chain rule."""

from __future__ import annotations

import os
import sys
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from .cards import Detail, Style
from .events import Trace
from .layout import dot_text
from .names import Names, variables
from .recording import count_cards, record_pass
from .render import RenderError, Theme, finish_svg, render, save
from .theme import DARK, LIGHT
from .words import LANGUAGES, Language

_CHOICES = {"detail": ("full", "local", "min"), "rankdir": ("LR", "TB"), "theme": ("auto", "light", "dark")}
_SUFFIXES = (".svg", ".png", ".pdf", ".dot", ".gv")


class GraphTooLarge(ValueError):
    """The graph has more values than a picture can show; the message says how many, and the ways out."""


class Drawing:
    """A picture of a graph, from `draw`.

    It is drawn when it is asked for: DOT text needs no program, a picture needs one (see `renderer_info`). Notebooks
    show it by themselves.

    Parameters
    ----------
    source : str
        The DOT text.
    trace : Trace
        The pass that it shows.
    theme : {"auto", "light", "dark"}
        The colours.
    label : str
        What it shows, in a sentence, for screen readers.
    timeout : float
        The most seconds that a program may take.
    """

    def __init__(self, source: str, trace: Trace, theme: Theme, label: str, timeout: float) -> None:
        self.source, self.trace = source, trace
        self._theme, self._label, self._timeout = theme, label, timeout

    @cached_property
    def _svg(self) -> str:
        drawn = render(self.source, "svg", timeout=self._timeout).decode("utf-8")
        # A dark picture is dark from its DOT text on; only one that follows the reader needs both sets of colours.
        return finish_svg(drawn, theme="auto" if self._theme == "auto" else "light", label=self._label)

    def svg(self) -> str:
        """The picture as SVG.

        Raises
        ------
        RenderError
            If no program could draw it; RendererNotFound names the cures.
        """
        return self._svg

    def png(self, dpi: float | None = None) -> bytes:
        """The picture as PNG.

        Parameters
        ----------
        dpi : float, optional
            Pixels per inch; 144 if not given.

        Raises
        ------
        RenderError
            If no program could draw it.
        """
        background = None if self._theme == "dark" else "white"
        return render(self.source, "png", dpi=dpi, timeout=self._timeout, background=background)

    def pdf(self) -> bytes:
        """The picture as PDF.

        Raises
        ------
        RenderError
            If no program could draw it; graphviz-pure draws no PDF.
        """
        return render(self.source, "pdf", timeout=self._timeout)

    def save(self, path: str | os.PathLike[str], *, dpi: float | None = None) -> Path:
        """Write the picture to a file.

        Parameters
        ----------
        path : str or path
            The file; its ending chooses the kind: ``.svg``, ``.png``, ``.pdf``, or ``.dot`` for the DOT text.
        dpi : float, optional
            Pixels per inch of a PNG.

        Returns
        -------
        pathlib.Path
            The file as an absolute path.

        Raises
        ------
        ValueError
            If the ending is another.
        OSError
            If the file cannot be written; an old one is left as it was.
        RenderError
            If no program could draw it.
        """
        suffix = Path(path).suffix.lower()
        if suffix not in _SUFFIXES:
            raise ValueError(f"the file's ending chooses what is written: {', '.join(_SUFFIXES)}; got {suffix!r}")
        if suffix == ".svg":
            return save(self.svg(), path)
        if suffix == ".png":
            return save(self.png(dpi), path)
        return save(self.pdf() if suffix == ".pdf" else self.source, path)

    def _repr_svg_(self) -> str | None:
        try:
            return self._svg
        except RenderError:
            return None

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        try:
            return {"image/svg+xml": self._svg, "text/plain": repr(self)}
        except RenderError as error:
            return {"text/plain": f"{error}\n\n{self.source}"}

    def __repr__(self) -> str:
        cards = sum(node.kind != "number" for node in self.trace.nodes)
        return f"<drawing of {self.trace.root.name}: {cards} values; .svg(), .png(), .save(path)>"


def draw(
    root: Any,
    *,
    detail: Detail = "full",
    rankdir: Literal["LR", "TB"] = "LR",
    theme: Theme = "auto",
    lang: Language = "en",
    fmt: str = ".4g",
    names: Names = None,
    legend: bool = True,
    gradient: Any = None,
    max_nodes: int | None = 400,
    timeout: float = 20.0,
) -> Drawing:
    """Draw the graph of a value: every value a card, every edge one local derivative, gradients flowing back.

    After ``backward()`` the cards show gradients and the edges what each contributes; before, a dash stands there. The
    gradients are those of one pass from the root, whatever ``.grad`` has gathered over several.

    Parameters
    ----------
    root : Value
        The result to draw, such as a loss.
    detail : {"full", "local", "min"}
        Edges with local derivative and contribution; with the local derivative; bare, with arrays by their shapes.
    rankdir : {"LR", "TB"}
        From left to right, or from top to bottom for narrow pages.
    theme : {"auto", "light", "dark"}
        Colours of the SVG: ``"auto"`` follows the reader's system. A PNG is light unless ``"dark"`` is asked for.
    lang : {"en", "es"}
        Language of the words.
    fmt : str, default ".4g"
        Format of the numbers.
    names : dict or False, optional
        Names for values, such as ``{"z": z}`` or ``locals()``. By default a value without a name gets that of the
        variable that holds it where `draw` is called; False leaves it unnamed.
    legend : bool, default True
        Whether a line below explains the two lanes.
    gradient : array, optional
        For a root that is an array: the gradient to start from, as for ``backward``.
    max_nodes : int or None, default 400
        The most cards; None for no limit.
    timeout : float, default 20.0
        The most seconds that the drawing program may take.

    Returns
    -------
    Drawing
        The picture: ``.svg()``, ``.png()``, ``.save("graph.svg")``, ``.source``.

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
    >>> f = x**2
    >>> f.backward()
    >>> drawing = draw(f)
    >>> drawing
    <drawing of f: 2 values; .svg(), .png(), .save(path)>
    >>> "df/dx" in drawing.source
    True
    """
    for name, choice in (("detail", detail), ("rankdir", rankdir), ("theme", theme)):
        if choice not in _CHOICES[name]:
            raise ValueError(f"{name} is one of {', '.join(_CHOICES[name])}, got {choice!r}")
    if lang not in LANGUAGES:
        raise ValueError(f"lang is one of {', '.join(LANGUAGES)}, got {lang!r}")
    cards = count_cards(root)
    if max_nodes is not None and cards > max_nodes:
        raise GraphTooLarge(
            f"the graph has {cards:,} values, and a picture of more than {max_nodes} would not be read: draw a smaller "
            'part (fewer samples or neurons), or call draw(..., max_nodes=None, detail="min") and give it time'
        )
    found = variables(sys._getframe(1), names)
    trace = record_pass(root, gradient, found, fmt)
    words = LANGUAGES[lang]
    style = Style(DARK if theme == "dark" else LIGHT, words, fmt, detail, trace.differentiated)
    label = words.picture.format(root=trace.root.name, n=cards)
    return Drawing(dot_text(trace, style, rankdir=rankdir, legend=legend), trace, theme, label, timeout)
