"""Plots of training; imported only where one is drawn, since matplotlib need not be installed."""

from __future__ import annotations

import base64
import io
import math
import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

if TYPE_CHECKING:
    from .history import History

TRAINING, VALIDATION = "#2a7ab8", "#c8550a"
INK, MUTED, GRID = "#1b2733", "#51606f", "#e3e8ed"
MORE = ("#0b7a56", "#6b3fa0", "#1b2733", "#7b8794")
"""Colours of training, of validation, of text and lines, and of further metrics."""


MOST_OPEN = 10
"""How many figures stay open in pyplot; older ones can still be used by whoever holds them."""

_open: list[weakref.ref[Figure]] = []


class HistoryFigure(Figure):
    """A figure that notebooks show, once."""

    def _repr_png_(self) -> bytes:
        """The figure as PNG."""
        file = io.BytesIO()
        self.savefig(file, format="png", dpi=120)
        return file.getvalue()

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """The result of a cell; notebooks would show what is still open in pyplot at the cell's end once more."""
        if "inline" in mpl.get_backend():
            _pyplot().close(self)
        return {"image/png": base64.b64encode(self._repr_png_()).decode()}


def draw_history(history: History, log: bool | None, title: str, *, in_pyplot: bool) -> Figure:
    """Losses on the left, metrics (if there are any) on the right; see ``History.plot``."""
    columns = 2 if history.metrics else 1
    options: dict[str, Any] = {
        "figsize": (10.5, 4) if columns == 2 else (6.4, 4),
        "layout": "constrained",
        "facecolor": "white",
    }
    figure = _opened(options) if in_pyplot else HistoryFigure(**options)
    try:
        draw_on(figure.subplots(1, columns, squeeze=False)[0], history, log)
    except BaseException:
        if in_pyplot:
            _pyplot().close(figure)
        raise
    if title:
        figure.suptitle(title, color=INK, fontsize=12)
    return figure


def draw_on(panels: Sequence[Axes], history: History, log: bool | None) -> None:
    """The losses on the first of the axes, and the metrics (if there are any) on the second (if there is one)."""
    if not len(history):
        raise ValueError("there is nothing to plot: no epoch was completed")
    _draw_losses(panels[0], history, log)
    if history.metrics and len(panels) > 1:
        _draw_metrics(panels[1], history.epochs, history.metrics)


def _opened(options: dict[str, Any]) -> Figure:
    """A new figure that is pyplot's current one."""
    pyplot = _pyplot()
    while len(_open) >= MOST_OPEN:
        oldest = _open.pop(0)()
        if oldest is not None:
            pyplot.close(oldest)
    figure: Figure = pyplot.figure(FigureClass=HistoryFigure, **options)
    _open.append(weakref.ref(figure))
    return figure


def _pyplot() -> Any:
    """pyplot, which chooses where figures are shown when it is imported: not before it is needed."""
    import matplotlib.pyplot as plt

    return plt


def _draw_losses(axes: Axes, history: History, log: bool | None) -> None:
    curves = {"training": (history.losses, TRAINING)}
    if history.validation_losses:
        curves["validation"] = (history.validation_losses, VALIDATION)
    finite = [value for column, _ in curves.values() for value in column if math.isfinite(value)]
    positive = bool(finite) and min(finite) > 0
    if log and not positive:
        raise ValueError(f"log=True needs positive losses, the least is {min(finite, default=math.nan):.4g}")
    for label, (column, colour) in curves.items():
        _line(axes, history.epochs, column, colour, label)
    if log or (log is None and positive and max(finite) >= 100 * min(finite)):
        axes.set_yscale("log")
    _mark_best(axes, history)
    _dress(axes, "loss", len(history), legend=True)


def _draw_metrics(axes: Axes, epochs: list[int], metrics: dict[str, list[float]]) -> None:
    """A metric and its ``validation_`` twin are a pair; the first pair has the colours of the losses."""
    plain = [name for name in metrics if not name.startswith("validation_")]
    for name, column in metrics.items():
        base = name.removeprefix("validation_")
        i = plain.index(base) if base in plain else 0
        is_twin = base != name
        colour = (VALIDATION if is_twin else TRAINING) if i == 0 else MORE[(i - 1) % len(MORE)]
        label = name.replace("_", " ") if len(plain) > 1 else "validation" if is_twin else "training"
        _line(axes, epochs, column, colour, label, dashed=is_twin and i > 0)
    _dress(axes, plain[0].replace("_", " ") if len(plain) == 1 else "metric", len(epochs), legend=len(metrics) > 1)


def _line(axes: Axes, epochs: list[int], column: list[float], colour: str, label: str, dashed: bool = False) -> None:
    few = len(epochs) <= 25
    style: dict[str, Any] = {"marker": "o" if few else "", "markersize": 3.5, "linestyle": "--" if dashed else "-"}
    axes.plot(epochs, column, color=colour, label=label, linewidth=1.8, solid_capstyle="round", **style)


def _mark_best(axes: Axes, history: History) -> None:
    """A ring around the best epoch; the legend tells its numbers, where no curve is in the way."""
    best = history.best_epoch
    if best is None:
        return
    name, colour = ("validation_loss", VALIDATION) if history.validation_losses else ("loss", TRAINING)
    value = history[name][best - 1]
    ring: dict[str, Any] = {
        "markersize": 9,
        "markerfacecolor": "none",
        "markeredgecolor": colour,
        "markeredgewidth": 1.6,
    }
    axes.plot([best], [value], "o", label=f"best: {value:.4g} in epoch {best}", **ring)


def _dress(axes: Axes, ylabel: str, epochs: int, *, legend: bool) -> None:
    axes.set_xlabel("epoch", color=INK)
    axes.set_ylabel(ylabel, color=INK)
    axes.set_xlim(1 - 0.025 * epochs, epochs + 0.025 * epochs)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))
    axes.grid(color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(colors=MUTED, which="both", length=0, labelsize=9)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color("#b8c2cc")
    if legend:
        axes.legend(labelcolor=INK, fontsize=9, facecolor="white", edgecolor="none", framealpha=0.85)
