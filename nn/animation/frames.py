"""The frames of an animation; imported only where one is made, since matplotlib need not be installed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

from ..data import Array
from ..history import History
from ..plotting import GRID, INK, MUTED, TRAINING, VALIDATION
from .picture import CLASSES, Meaning
from .recording import Recorder

_SIZE = (10.0, 5.625)
_PALE = "#d7dfe6"
_LONGEST_TITLE = 48
_FEW_CLASSES = 4


class Scene:
    """One figure whose frames are drawn one after the other, on the same axes.

    Parameters
    ----------
    recorder : Recorder
        What was recorded.
    history : History
        Losses of the epochs.
    meaning : Meaning
        The colours of the plane.
    title : str
        What stands above.
    dpi : float
        Pixels per inch; the figure is 10 inches wide.
    """

    def __init__(self, recorder: Recorder, history: History, meaning: Meaning, title: str, dpi: float) -> None:
        self._recorder, self._history, self._meaning = recorder, history, meaning
        figure = Figure(figsize=_SIZE, dpi=dpi, facecolor="white")
        self._canvas = FigureCanvasAgg(figure)
        grid = figure.add_gridspec(
            2, 2, width_ratios=[1.1, 1], left=0.045, right=0.975, bottom=0.1, top=0.84, wspace=0.19, hspace=0.52
        )
        self._plane, cost, size = (figure.add_subplot(grid[place]) for place in ((slice(None), 0), (0, 1), (1, 1)))
        self._headline = figure.text(0.045, 0.945, "", color=INK, fontsize=16, fontweight="bold", va="center")
        self._headline.set_animated(True)
        short = title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 1]}…"
        figure.text(0.975, 0.945, short, color=MUTED, fontsize=12, va="center", ha="right", parse_math=False)
        self._image, self._points = self._draw_plane()
        self._lines: list[ContourSet] = []
        self._marks = [*self._curves(cost, _costs(history), "cost"), *self._curves(size, self._norms(), "gradients")]

    @property
    def told(self) -> list[str]:
        """What the frames show, in words: epoch, cost, and how much of the data is right."""
        return [self._told(i, epoch) for i, epoch in enumerate(self._recorder.epochs)]

    def images(self) -> Iterator[Array]:
        """The frames, each of shape (height, width, 3), from 0 to 255."""
        # Axes, labels and legends are drawn once; of each frame only what moves.
        canvas: Any = self._canvas
        renderer = canvas.get_renderer()
        canvas.draw()
        still = canvas.copy_from_bbox(canvas.figure.bbox)
        for i in range(len(self._recorder.epochs)):
            canvas.restore_region(still)
            for artist in self._show(i):
                artist.draw(renderer)
            yield np.asarray(canvas.buffer_rgba())[..., :3].copy()

    def _draw_plane(self) -> tuple[AxesImage, PathCollection]:
        axes, plane, X = self._plane, self._recorder.plane, self._recorder.X
        image = axes.imshow(
            np.ones((plane.side, plane.side, 3)),
            extent=plane.extent,
            origin="lower",
            aspect="auto",
            interpolation="bilinear",
            animated=True,
        )
        # Fewer points are drawn larger; of thousands each is still seen.
        area = float(np.clip(9_000 / len(X), 6, 130))
        points = axes.scatter(
            X[:, 0],
            X[:, 1],
            s=area,
            c=self._meaning.colours,
            edgecolors=self._meaning.edge,
            linewidths=0.7,
            animated=True,
        )
        axes.set(xlim=plane.extent[:2], ylim=plane.extent[2:])
        many = len(self._meaning.key) > _FEW_CLASSES
        title = "model and data" if many else "what the model says, and the data"
        axes.set_title(title, loc="left", color=INK, fontsize=11)
        self._add_key(axes)
        axes.tick_params(colors=MUTED, length=0, labelsize=8)
        for spine in axes.spines.values():
            spine.set_color("#b8c2cc")
        return image, points

    def _add_key(self, axes: Axes) -> None:
        """What the colours stand for, above the plane on the right."""
        marks = [
            Line2D([], [], marker="o", linestyle="", color=colour, markersize=6, label=word)
            for word, colour in self._meaning.key.items()
        ]
        axes.legend(
            handles=marks,
            loc="lower right",
            bbox_to_anchor=(1.02, 0.985),
            ncols=len(marks),
            fontsize=9,
            labelcolor=INK,
            frameon=False,
            handletextpad=0.0,
            columnspacing=0.7,
        )

    def _norms(self) -> dict[str, tuple[list[float], str]]:
        shown = list(self._recorder.norms.items())[: len(CLASSES)]
        colours = (*CLASSES[2:4], *CLASSES[:2], *CLASSES[4:])
        return {name: (column, colours[i]) for i, (name, column) in enumerate(shown)}

    def _curves(self, axes: Axes, columns: dict[str, tuple[list[float], str]], what: str) -> list[Any]:
        """Axes with whole curves in pale, on which the frames draw them as far as they have come."""
        epochs = self._history.epochs
        marks = []
        for name, (column, colour) in columns.items():
            axes.plot(epochs, column, color=_PALE, linewidth=1.2, zorder=1)
            (line,) = axes.plot([], [], color=colour, linewidth=2, label=name.strip("_"), animated=True)
            (dot,) = axes.plot([], [], "o", color=colour, markersize=6, markeredgecolor="white", animated=True)
            marks.append((line, dot, column))
        _dress(axes, [column for column, _ in columns.values()], len(epochs), room=len(columns) > 1)
        words = {"cost": "the cost", "gradients": "size of the gradients  ‖∂C/∂parameters‖"}
        axes.set_title(words[what], loc="left", color=INK, fontsize=11)
        if len(columns) > 1:
            axes.legend(
                loc="upper right",
                fontsize=8,
                labelcolor=INK,
                ncols=min(len(columns), 3),
                handlelength=1.2,
                columnspacing=1.0,
                facecolor="white",
                edgecolor="none",
                framealpha=0.8,
            )
        return marks

    def _show(self, i: int) -> list[Artist]:
        """What moves, as it is in frame `i`, from back to front."""
        recorder, plane, meaning = self._recorder, self._recorder.plane, self._meaning
        outputs = recorder.surfaces[i]
        self._image.set_data(meaning.surface(outputs).reshape(plane.side, plane.side, 3))
        fields = [field.reshape(plane.side, plane.side) for field in meaning.boundaries(outputs)]
        for old in self._lines:
            old.remove()
        self._lines = [
            self._plane.contour(field, [0.0], extent=plane.extent, colors=INK, linewidths=meaning.width)
            for field in fields
            if field.min() < 0 < field.max()
        ]
        epoch = recorder.epochs[i]
        curves: list[Artist] = []
        for line, dot, column in self._marks:
            line.set_data(self._history.epochs[:epoch], column[:epoch])
            dot.set_data(([epoch], [column[epoch - 1]]) if epoch else ([], []))
            curves += [line, dot]
        self._headline.set_text(self._told(i, epoch))
        return [self._image, *self._lines, self._points, *self._plane.spines.values(), *curves, self._headline]

    def _told(self, i: int, epoch: int) -> str:
        parts = [f"epoch {epoch}" if epoch else "before training"]
        if epoch:
            parts.append(f"cost {self._history.losses[epoch - 1]:.3g}")
        right = self._meaning.right(self._recorder.predictions[i])
        if right is not None:
            parts.append(f"{right:.0%} right" if right in (0.0, 1.0) else f"{right:.1%} right")
        return "   ·   ".join(parts)


def _costs(history: History) -> dict[str, tuple[list[float], str]]:
    curves = {"training": (history.losses, TRAINING)}
    if history.validation_losses:
        curves["validation"] = (history.validation_losses, VALIDATION)
    return curves


def _dress(axes: Axes, columns: list[list[float]], epochs: int, *, room: bool) -> None:
    """Scales for all that is to come, with room for a legend if there is one."""
    numbers = [x for column in columns for x in column if math.isfinite(x)]
    positive = [x for x in numbers if x > 0]
    if positive and min(numbers) >= 0 and max(positive) > 30 * min(positive):
        axes.set_yscale("log")
        axes.set_ylim(max(min(positive), max(positive) * 1e-6) / 1.6, max(positive) * (4 if room else 1.6))
        axes.yaxis.set_major_locator(LogLocator(numticks=5))
        axes.yaxis.set_minor_formatter(NullFormatter())
    else:
        top = max(numbers, default=1.0)
        axes.set_ylim(min(0.0, *numbers, 0.0), top + (0.3 if room else 0.08) * abs(top) or 1.0)
    axes.set_xlim(0, max(epochs, 1) * 1.03)
    axes.set_xlabel("epoch", color=MUTED, fontsize=9)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    axes.grid(color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(colors=MUTED, which="both", length=0, labelsize=8)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color("#b8c2cc")
