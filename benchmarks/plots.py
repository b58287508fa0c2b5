"""The plots of the report, in colours that the colour-blind can tell apart, and with markers besides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .report import Results, limit_of, seconds
from .rows import ROWS, Row
from .turns import Measured

# Okabe and Ito's palette
STYLES = {
    "by hand": ("#000000", "|"),
    "autograd_mini": ("#D55E00", "o"),
    "autograd_mini.nn": ("#E69F00", "D"),
    "micrograd": ("#CC79A7", "P"),
    "torch": ("#0072B2", "s"),
    "autograd": ("#009E73", "^"),
    "mygrad": ("#56B4E9", "v"),
    "jax": ("#999999", "X"),
    "jax.jit": ("#999999", "*"),
}

Panels = dict[str, list[tuple[int, Row, dict[str, Measured]]]]


def _figure(*size: float, panels: int = 1) -> tuple[Any, Any]:
    import matplotlib as mpl

    mpl.use("svg")
    import matplotlib.pyplot as plt

    mpl.rcParams.update({"font.size": 10, "svg.hashsalt": "autograd_mini", "axes.spines.top": False})
    mpl.rcParams["axes.spines.right"] = False
    return plt.subplots(1, panels, figsize=size, layout="constrained", squeeze=False)


def ratios(path: Path, results: Results) -> None:
    """For each timed row the candidates' cost relative to the same by hand (or to torch), on a logarithmic axis."""
    rows = [row for row in ROWS if row.measure == "time" and row.key in results and row.goals]
    rows = [row for row in rows if results[row.key]["autograd_mini"].turns]
    figure, axes = _figure(9, 1.2 + 0.42 * len(rows))
    axis = axes[0, 0]
    for y, row in enumerate(reversed(rows)):
        found = results[row.key]
        reference = found.get("by hand") or found["torch"]
        for title, (color, marker) in STYLES.items():
            if title in found and found[title].turns and reference.turns:
                size = 110 if title == "autograd_mini" else 60
                axis.scatter(found[title].ratio(reference), y, size, color, marker, zorder=3, label=title)
        goal = row.goals[0]
        if goal.beside == ("by hand",):
            axis.plot([limit_of(goal, results)] * 2, [y - 0.35, y + 0.35], color="#D55E00", lw=1, zorder=2)
    axis.set_xscale("log")
    axis.xaxis.set_major_formatter("{x:g}")
    axis.xaxis.set_minor_formatter("")
    axis.set_yticks(range(len(rows)), [row.title for row in reversed(rows)])
    axis.set_xlabel("cost relative to the same by hand (convolution: to torch); a bar is the goal")
    axis.grid(axis="x", color="#dddddd")
    unique = dict(zip(*reversed(axis.get_legend_handles_labels()), strict=True))
    figure.legend(unique.values(), unique.keys(), loc="outside upper center", ncols=5, frameon=False)
    figure.savefig(path, metadata={"Date": None})


def scaling(path: Path, panels: Panels) -> None:
    """Cost against size, both logarithmic: where the lines meet, the engine's overhead has ended."""
    figure, axes = _figure(14, 4, panels=len(panels))
    from matplotlib.ticker import LogLocator

    for axis, (label, points) in zip(axes[0], panels.items(), strict=True):
        for title in ("by hand", "autograd_mini", "torch"):
            line = [(x, found[title].median / row.per) for x, row, found in points if found[title].turns]
            color, marker = STYLES[title]
            axis.plot(*zip(*line, strict=True), color=color, marker="d" if marker == "|" else marker, label=title)
        axis.set(xscale="log", yscale="log", xlabel=label)
        axis.set_ylabel("time of an operation" if points[0][1].per > 1 or "chain" in label else "time of a step")
        sizes = [x for x, _, _ in points]
        axis.set_xticks(sizes, [f"{x // 1000}k" if x >= 10_000 else str(x) for x in sizes])
        axis.minorticks_off()
        axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.yaxis.set_major_formatter(lambda amount, _: seconds(amount))
        axis.grid(color="#dddddd")
    axes[0, 0].legend(frameon=False)
    figure.savefig(path, metadata={"Date": None})
