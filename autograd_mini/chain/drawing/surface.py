"""Drawing a computation graph with its backward pass and its chain rule."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal

from ...caching import cached_property
from ..events import Trace
from ..names import Names, variables
from ..recording import record_pass
from ..render import RenderError, RenderTimeout, RenderWarning, Theme, finish_svg, quoted, render, save
from ..resting import uncollected
from ..theme import DARK, LIGHT
from ..words import LANGUAGES, Language
from .cards import Detail, Style
from .folding import Modules
from .layout import dot_text, in_haste
from .limits import GraphTooLarge, fitted, most_folded
from .picture import Picture
from .rate import learning_rate
from .selection import joining, lit, near, values_of

__all__ = ["Drawing", "GraphTooLarge", "draw"]

_CHOICES = {
    "ops": ("cards", "separate"),
    "detail": ("full", "local", "min"),
    "rankdir": ("LR", "TB"),
    "theme": ("auto", "light", "dark"),
}
_NAMED = 4
_SUFFIXES = (".svg", ".png", ".pdf", ".dot", ".gv")


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
    folded : callable, optional
        Gives DOT text of a smaller picture, to draw if the program needs longer.
    """

    def __init__(
        self,
        source: str,
        trace: Trace,
        theme: Theme,
        label: str,
        timeout: float,
        folded: Callable[[], str] | None = None,
    ) -> None:
        self.source, self.trace = source, trace
        self._theme, self._label, self._timeout, self._folded = theme, label, timeout, folded

    def __getstate__(self) -> dict[str, Any]:
        """With the smaller picture drawn, since a pickle holds no graph to draw it from."""
        return self.__dict__ | {"_folded": None if self._folded is None else partial(str, self._folded())}

    def _render(self, format: str, **options: Any) -> bytes:
        """The picture in any format; one that takes too long is drawn folded or in haste, and so from then on."""
        try:
            return render(self.source, format, timeout=self._timeout, **options)
        except RenderTimeout as error:
            late = error
        folded = self._folded() if self._folded is not None else self.source
        simpler = dict.fromkeys((folded, in_haste(folded)))
        simpler.pop(self.source, None)
        self._folded = None
        for source in simpler:
            try:
                drawn = render(source, format, timeout=self._timeout, **options)
            except RenderTimeout as error:
                late = error
                continue
            how = "folded" if source == folded else "with a coarser layout"
            warnings.warn(
                f"the layout took longer than {self._timeout:g} seconds, so the picture is drawn {how}; "
                "draw(..., timeout=60) gives it more time",
                RenderWarning,
                stacklevel=4,
            )
            self.source = source
            return drawn
        raise late

    @cached_property
    def _svg(self) -> str:
        drawn = self._render("svg").decode("utf-8")
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
        return self._render("png", dpi=dpi, background=background)

    def pdf(self) -> bytes:
        """The picture as PDF.

        Raises
        ------
        RenderError
            If no program could draw it; graphviz-pure draws no PDF.
        """
        return self._render("pdf")

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


def draw(  # noqa: PLR0913 (the options of a picture, each with a default)
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
    ops: Literal["cards", "separate"] = "cards",
    update: float | None = None,
    numbered: bool = False,
    depth: int | None = None,
    collapse: Callable[[str], bool] | Sequence[str] | None = None,
    expand: Sequence[str] | None = None,
    highlight: Any = None,
    around: Any = None,
    radius: int | None = None,
    paths: tuple[Any, Any] | None = None,
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
    ops : {"cards", "separate"}
        Operations in the headers of the cards, or as circles of their own before them, as micrograd draws them.
    update : float, optional
        A learning rate: every parameter shows its step of gradient descent, ``w ← 0.5 − 0.1 × (−2.839) = 0.7839``.
    numbered : bool, default False
        Whether values carry the number of their step forward, and edges that of their step back.
    depth : int, optional
        Modules so deep are folded to one card with their shapes, the number of their parameters and the norm of the
        gradient: 0 gives one card a model, 1 one card a layer.
    collapse : list of str or callable, optional
        Modules and groups to fold, by path: ``["layer2"]`` is every group whose path ends so; or a function of a path
        such as ``"MLP.layer2"``.
    expand : list of str, optional
        Modules to draw in full whatever `depth` and `max_nodes` say.
    highlight : Value or list of Values, optional
        The paths from the root to it stay, all else fades; below stands the product along the path, or the sum.
    around : Value or list of Values, optional
        Draw only what is at most `radius` edges away from it.
    radius : int, optional
        With `around`; 3 if not given.
    paths : tuple of Value, optional
        ``(loss, w)``: draw only what lies on paths from the first to the second.
    max_nodes : int or None, default 400
        A picture of more cards folds itself until it fits, and says so below: equal samples and equal blocks are
        drawn once (× N), then long chains of unnamed operations become one card (… 12 ops), then modules. None draws
        all.
    timeout : float, default 20.0
        The most seconds that the drawing program may take; a picture that takes longer is drawn folded, or
        with a coarser layout, with a warning.

    Returns
    -------
    Drawing
        The picture: ``.svg()``, ``.png()``, ``.save("graph.svg")``, ``.source``.

    Raises
    ------
    GraphTooLarge
        If the graph has more than five times `max_nodes` cards even when folded.
    GraphError
        If the graph was released by ``backward(retain_graph=False)``, or data changed after it was used.
    TypeError, ValueError
        If an argument is not as described.

    Notes
    -----
    The gradients are those of this pass. Where the ``.grad`` of a value holds another one, because several calls of
    ``backward`` added up or it is left from an earlier step, a red line says so, and a sentence below names the leaves.

    A gradient that is zero throughout has a red "dead" beside it; one with an entry beyond ±1000, an infinite one or a
    nan has a red "explodes".

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
    for name, choice in (("detail", detail), ("rankdir", rankdir), ("theme", theme), ("ops", ops)):
        if choice not in _CHOICES[name]:
            raise ValueError(f"{name} is one of {', '.join(_CHOICES[name])}, got {quoted(choice)}")
    if lang not in LANGUAGES:
        raise ValueError(f"lang is one of {', '.join(LANGUAGES)}, got {quoted(lang)}")
    if radius is not None and around is None:
        raise TypeError("radius goes with around=: draw(..., around=w, radius=3)")
    _check_limit(max_nodes)
    rate, words = learning_rate(update), LANGUAGES[lang]
    found = variables(sys._getframe(1), names)
    with uncollected():
        trace = record_pass(root, gradient, found, fmt, lang=lang)
        modules = Modules.asked(trace, depth, collapse, expand)
        picture = Picture.whole(trace)
        if paths is not None:
            picture = joining(picture, paths, words)
        if around is not None:
            picture = near(picture, values_of(trace, around, "around"), 3 if radius is None else radius, words)
        if highlight is not None:
            picture = lit(picture, values_of(trace, highlight, "highlight"), words, fmt)
        stale = [f"{node.name}.grad" for node in trace.nodes if node.op is None and node.held is not None]
        if stale:
            more = " …" if len(stale) > _NAMED else ""
            picture = picture.saying(words.leftover.format(names=", ".join(stale[:_NAMED]) + more))
        palette = DARK if theme == "dark" else LIGHT
        style = Style(
            palette,
            words,
            fmt,
            detail,
            trace.differentiated,
            rate,
            ops == "separate",
            _steps(trace) if numbered else {},
        )

        def dot(shown: Picture) -> str:
            return dot_text(trace, style, rankdir=rankdir, legend=legend, picture=shown)

        shown = fitted(picture, modules, max_nodes, words)
        source = dot(shown)

    def smaller() -> str:
        folded = most_folded(picture, modules, words)
        return dot(folded) if len(folded.cards()) < len(shown.cards()) else source

    label = words.picture.format(root=trace.root.name, n=len(picture.home))
    return Drawing(source, trace, theme, label, timeout, smaller)


def _steps(trace: Trace) -> dict[str, int]:
    """For each value and edge the number of its step, from 1 on; the seed and the sums have none."""
    steps = (
        event.edges[0] if event.phase == "backward" else event.node
        for event in trace.events
        if event.phase in ("forward", "backward")
    )
    return {id: number for number, id in enumerate(steps, 1)}


def _check_limit(max_nodes: Any) -> None:
    if max_nodes is None:
        return
    if isinstance(max_nodes, bool) or not isinstance(max_nodes, int):
        raise TypeError(f"max_nodes is a whole number, or None for no limit, got {type(max_nodes).__name__}")
    if max_nodes < 1:
        raise ValueError(f"max_nodes is 1 or more, or None for no limit, got {max_nodes}")
