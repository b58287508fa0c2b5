"""The chain rule: f = 20·g with g = x², so df/dx = df/dg · dg/dx.

A small push dx moves g by dg/dx times as much, and that moves f by df/dg times as much again: rates multiply along
the way from x to f. Where x reaches f by two ways, as in f = 20·x² + x, what the ways bring adds up.

Run it with ``python examples/chain_rule.py``; the pictures go to out/chain_rule/.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import style
from matplotlib.figure import Figure

import autograd_mini as am

STYLE = Path(__file__).with_name("talk.mplstyle")


def main(out: Path = Path("out/chain_rule"), at: float = 3.0) -> dict[str, float]:
    """Differentiate both functions at x = ``at`` and return what the graphs and the formulas say."""
    out.mkdir(parents=True, exist_ok=True)

    print("One way from x to f:  f = 20·g,  g = x²\n")
    x = am.Value(at, name="x")
    g = x**2
    g.name = "g"
    f = 20 * g
    f.name = "f"
    f.backward()  # walks from f back to x and leaves a gradient at every value

    df_dg = g.grad
    dg_dx = am.gradients(g, x)
    print(f"  forward    x = {x.item():g}   g = x² = {g.item():g}   f = 20·g = {f.item():g}")
    print(f"  backward   df/dg = {df_dg:g}   dg/dx = 2·x = {dg_dx:g}")
    print(f"  df/dx = df/dg · dg/dx = {df_dg:g} · {dg_dx:g} = {df_dg * dg_dx:g}")
    print(f"  x.grad, from the graph        {x.grad:g}")
    difference = slope(lambda x: 20 * x**2, at)
    print(f"  (f(x + h) − f(x − h)) / 2h    {difference:.6f}\n")
    am.draw(f).save(out / "one_way.png")

    print("Two ways from x to f:  f = 20·x² + x\n")
    x2 = am.Value(at, name="x")
    f2 = 20 * x2**2 + x2
    f2.name = "f"
    f2.backward()
    print(f"  through 20·x²  40·x = {40 * at:g}")
    print("  through x      1")
    print(f"  df/dx = 40·x + 1 = {40 * at + 1:g}")
    print(f"  x.grad, from the graph        {x2.grad:g}")
    two_ways_difference = slope(lambda x: 20 * x**2 + x, at)
    print(f"  (f(x + h) − f(x − h)) / 2h    {two_ways_difference:.6f}\n")
    am.draw(f2).save(out / "two_ways.png")

    plot_slopes(at, out / "slopes.png")
    for picture in ("one_way.png", "two_ways.png", "slopes.png"):
        print(f"picture: {out / picture}")
    return {
        "f": f.item(),
        "df_dg": df_dg,
        "dg_dx": dg_dx,
        "df_dx": x.grad,
        "difference": difference,
        "two_ways": x2.grad,
        "two_ways_difference": two_ways_difference,
    }


def slope(f: Callable[[float], float], x: float, h: float = 1e-5) -> float:
    """The slope of f at x, from two points very near to it."""
    return (f(x + h) - f(x - h)) / (2 * h)


@style.context(STYLE)
def plot_slopes(at: float, path: Path) -> None:
    """g over x, f over g and f over x with their tangents: the third slope is the product of the two others."""
    g = at**2
    fig = Figure(figsize=(14, 5.2))
    fig.suptitle(f"The slope of the whole is the product of the slopes of its parts: {40 * at:g} = 20 · {2 * at:g}")
    panels: list[tuple[str, str, str, float, Callable[[Any], Any], float, str]] = [
        ("g = x²", "x", "g", at, lambda x: x**2, 2 * at, f"dg/dx = 2·x = {2 * at:g}"),
        ("f = 20·g", "g", "f", g, lambda g: 20 * g, 20.0, "df/dg = 20"),
        ("f = 20·x²", "x", "f", at, lambda x: 20 * x**2, 40 * at, f"df/dx = 20 · {2 * at:g} = {40 * at:g}"),
    ]
    for ax, (title, across, up, centre, function, rate, text) in zip(fig.subplots(1, 3), panels, strict=True):
        xs = np.linspace(0, 1.75 * centre, 200)
        near = np.array([0.6, 1.6]) * centre
        ax.plot(xs, function(xs), color="C0", linewidth=3.5)
        ax.plot(near, function(centre) + rate * (near - centre), color="C1", linestyle=(0, (3, 2)))
        ax.plot(centre, function(centre), "o", color="C1", markersize=11)
        ax.text(0.06, 0.9, text, transform=ax.transAxes, color="C1", fontsize=17)
        ax.set(title=title, xlabel=across, ylabel=up, xlim=(0, 1.75 * centre), ylim=(0, None))
    fig.savefig(path)


if __name__ == "__main__":
    main()
