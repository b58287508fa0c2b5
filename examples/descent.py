"""Gradient descent: walk down a hill by X = X − dX, with dX = rate · ∂C/∂X.

The gradient points uphill, so a small step against it lowers C. How large a step? On the bowl C = x² the slope is 2·x,
a step gives x − rate · 2·x = (1 − 2·rate) · x, and after n steps x is (1 − 2·rate)ⁿ times where it began: a small rate
crawls, a good one arrives, and beyond 1 each step lands higher on the other side than it began.

Run it with ``python examples/descent.py``; the pictures go to out/descent/.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import style
from matplotlib.figure import Figure

import autograd_mini as am

STYLE = Path(__file__).with_name("talk.mplstyle")
VERDICTS = ("crawls", "arrives", "diverges")


def hills(x: Any) -> Any:
    """A curve with a summit and a valley on either side of it."""
    return x**4 / 8 - x**2 + 0.4 * x + 4


def bowl(x: Any) -> Any:
    """The simplest valley."""
    return x**2


def gorge(X: Any) -> Any:
    """A valley in the plane, ten times as steep along the second axis as along the first."""
    return X[0] ** 2 / 2 + 10 * X[1] ** 2 / 2


def descend(cost: Callable[[Any], Any], start: Any, rate: float, steps: int) -> np.ndarray:
    """Walk down from ``start`` and return all the places on the way."""
    X = am.Value(start, name="X")
    path = [X.numpy()]
    for _ in range(steps):
        X.grad = None
        cost(X).backward()
        dX = rate * X.grad
        X.subtract_(dX)  # X = X − dX
        path.append(X.numpy())
    return np.array(path)


def main(out: Path = Path("out/descent")) -> dict[str, dict[float, np.ndarray]]:
    """Walk down the three hills and return the paths: by start for ``hills``, else by learning rate."""
    out.mkdir(parents=True, exist_ok=True)

    print("Down a hill, C = x⁴/8 − x² + 0.4·x + 4, rate 0.2\n")
    print("  step        x        C    ∂C/∂x  dX = rate · ∂C/∂x")
    down_hill = {start: descend(hills, start, 0.2, 20) for start in (0.45, -0.1)}
    for n in (0, 1, 2, 3, 4, 5, 8, 12):
        x = down_hill[0.45][n]
        slope = am.grad(hills)(float(x))
        print(f"  {n:4d}  {x:7.4f}  {hills(x):7.4f}  {slope:7.4f}  {0.2 * slope:7.4f}")
    print("The steps are long where the hill is steep and shrink where it levels out: at the bottom ∂C/∂x = 0.\n")

    print("In a bowl, C = x² from x = 2, after 20 steps:\n")
    in_bowl = {rate: descend(bowl, 2.0, rate, 20) for rate in (0.01, 0.3, 1.05)}
    for (rate, path), verdict in zip(in_bowl.items(), VERDICTS, strict=True):
        formula = (1 - 2 * rate) ** 20 * 2
        print(f"  rate {rate:4.2f}   x = {path[-1]:10.3g}   (1 − 2·rate)²⁰ · 2 = {formula:10.3g}   {verdict}")

    print("\nIn a gorge, C = ½·x² + ½·10·y² from (9, 2), after 25 steps:\n")
    in_gorge = {rate: descend(gorge, [9.0, 2.0], rate, 25) for rate in (0.01, 0.17, 0.203)}
    for (rate, path), verdict in zip(in_gorge.items(), VERDICTS, strict=True):
        print(f"  rate {rate:5.3f}   X = ({path[-1][0]:6.3f}, {path[-1][1]:6.3f})   {verdict}")
    print("Along y it is ten times as steep, which sets the limit, 2/10 = 0.2; x has to make do with such a rate.\n")

    pictures = {
        "hill.png": (plot_hill, down_hill),
        "rates.png": (plot_rates, in_bowl),
        "contours.png": (plot_gorge, in_gorge),
    }
    for name, (plot, paths) in pictures.items():
        plot(paths, out / name)
        print(f"picture: {out / name}")
    return {"hills": down_hill, "bowl": in_bowl, "gorge": in_gorge}


@style.context(STYLE)
def plot_hill(paths: dict[float, np.ndarray], file: Path) -> None:
    """Two walks from either side of a summit."""
    fig = Figure(figsize=(10, 5.6))
    ax = fig.subplots()
    xs = np.linspace(-3, 2.75, 300)
    ax.plot(xs, hills(xs), color="C0", linewidth=3.5)
    for (start, path), colour in zip(paths.items(), ("C1", "C2"), strict=True):
        ax.plot(path, hills(path), "o-", color=colour, linewidth=1.6, markersize=8, label=f"from x = {start:g}")
        ax.plot(start, hills(start), "o", color=colour, markersize=14)
    ax.set(
        title="X = X − dX rolls down to the valley on its side of the summit",
        xlabel="x",
        ylabel="C(x)",
        ylim=(0.5, 5.2),
    )
    ax.legend(loc="upper center")
    fig.savefig(file)


@style.context(STYLE)
def plot_rates(paths: dict[float, np.ndarray], file: Path) -> None:
    """Three learning rates on the same bowl."""
    fig = Figure(figsize=(14, 5.2))
    fig.suptitle("The learning rate decides: the same bowl, the same start, 20 steps")
    for ax, (rate, path), verdict in zip(fig.subplots(1, 3), paths.items(), VERDICTS, strict=True):
        reach = 1.15 * abs(path).max()
        xs = np.linspace(-reach, reach, 300)
        ax.plot(xs, bowl(xs), color="C0", linewidth=3.5)
        ax.plot(path, bowl(path), "o-", color="C1", linewidth=1.6, markersize=8)
        ax.plot(path[0], bowl(path[0]), "o", color="C1", markersize=14)
        ax.set(title=f"rate {rate:g} {verdict}", xlabel="x", ylabel="C = x²")
    fig.savefig(file)


@style.context(STYLE)
def plot_gorge(paths: dict[float, np.ndarray], file: Path) -> None:
    """Three learning rates from above."""
    fig = Figure(figsize=(11, 9.5))
    fig.suptitle("A gorge from above: steep across, gentle along")
    X = np.stack(np.meshgrid(np.linspace(-2, 10.5, 300), np.linspace(-4.8, 4.8, 300)))
    levels = np.linspace(0, np.sqrt(gorge(X).max()), 14) ** 2
    axes = fig.subplots(3, 1, sharex=True)
    for ax, (rate, path), verdict in zip(axes, paths.items(), VERDICTS, strict=True):
        ax.contourf(X[0], X[1], gorge(X), levels=levels, cmap="Blues", alpha=0.55)
        ax.plot(path[:, 0], path[:, 1], "o-", color="C1", linewidth=1.8, markersize=7)
        ax.plot(path[0, 0], path[0, 1], "o", color="C1", markersize=14)
        ax.plot(0, 0, "*", color="C2", markersize=20)
        ax.set(title=f"rate {rate:g} {verdict}", ylabel="y")
        ax.grid(visible=False)
    axes[-1].set_xlabel("x")
    fig.savefig(file)


if __name__ == "__main__":
    main()
