"""The cost function C(w, b), and how it varies with w and with b.

One neuron, a = sigmoid(z) with z = w·x + b, shall give y for x; the cost is the mean of (a − y)² over four samples.
Only w and b can be changed, so C is a surface over the plane of w and b, and the derivatives are its slopes:

    ∂C/∂w = ∂C/∂a · ∂a/∂z · ∂z/∂w     with  ∂C/∂a = 2·(a − y)/4,  ∂a/∂z = a·(1 − a),  ∂z/∂w = x
    ∂C/∂b = ∂C/∂a · ∂a/∂z · ∂z/∂b     the same, with  ∂z/∂b = 1

added up over the samples. Run it with ``python examples/cost.py``; the pictures go to out/cost/.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import style
from matplotlib.figure import Figure

import autograd_mini as am

STYLE = Path(__file__).with_name("talk.mplstyle")
X = np.array([-2.0, -1.0, 1.0, 2.0])
Y = np.array([0.1, 0.2, 0.5, 0.8])


def cost(w: Any, b: Any) -> Any:
    """C at one place (numbers or Values) or at many (arrays)."""
    total = 0.0
    for x, y in zip(X, Y, strict=True):
        total = total + (am.sigmoid(w * x + b) - y) ** 2
    return total / len(X)


def main(out: Path = Path("out/cost"), at_w: float = -0.3, at_b: float = 1.2) -> dict[str, float]:
    """Derive C by w and by b at one place, factor by factor and by the graph; return both."""
    out.mkdir(parents=True, exist_ok=True)
    w, b = am.Value(at_w, name="w"), am.Value(at_b, name="b")
    C = cost(w, b)
    C.name = "C"
    C.backward()

    print(f"A neuron with w = {at_w:g}, b = {at_b:g}: the chain rule, factor by factor\n")
    print("     x     y       a     ∂C/∂a · ∂a/∂z · ∂z/∂w =  ∂C/∂w     ∂C/∂a · ∂a/∂z · ∂z/∂b =  ∂C/∂b")
    by_hand_w = by_hand_b = 0.0
    for x, y in zip(X, Y, strict=True):
        z = at_w * x + at_b
        a = 1 / (1 + np.exp(-z))
        dC_da, da_dz, dz_dw, dz_db = 2 * (a - y) / len(X), a * (1 - a), x, 1.0
        along_w, along_b = dC_da * da_dz * dz_dw, dC_da * da_dz * dz_db
        by_hand_w += along_w
        by_hand_b += along_b
        shared = f"{dC_da:7.4f} · {da_dz:5.4f}"
        print(f"  {x:4.1f}  {y:4.1f}  {a:6.4f}   {shared} · {dz_dw:5.1f} = {along_w:6.3f}", end="     ")
        print(f"{shared} · {dz_db:5.1f} = {along_b:6.3f}")
    print(f"\n  sum by hand         ∂C/∂w = {by_hand_w:.10f}   ∂C/∂b = {by_hand_b:.10f}")
    print(f"  from the graph      ∂C/∂w = {w.grad:.10f}   ∂C/∂b = {b.grad:.10f}")
    h = 1e-6
    near_w = (cost(at_w + h, at_b) - cost(at_w - h, at_b)) / (2 * h)
    near_b = (cost(at_w, at_b + h) - cost(at_w, at_b - h)) / (2 * h)
    print(f"  slopes, h = 1e-6    ∂C/∂w = {near_w:.10f}   ∂C/∂b = {near_b:.10f}\n")
    down_w, down_b = ("more" if slope < 0 else "less" for slope in (w.grad, b.grad))
    print(f"C is {C.item():.4f}; it gets smaller with {down_w} w and with {down_b} b.\n")

    plot_curves(w, b, C.item(), out / "curves.png")
    plot_surface(w, b, C.item(), out / "surface.png")
    draw_one_sample(at_w, at_b, out / "one_sample.png")
    for picture in ("curves.png", "surface.png", "one_sample.png"):
        print(f"picture: {out / picture}")
    return {
        "C": C.item(),
        "w": w.grad,
        "b": b.grad,
        "by_hand_w": by_hand_w,
        "by_hand_b": by_hand_b,
        "near_w": near_w,
        "near_b": near_b,
    }


@style.context(STYLE)
def plot_curves(w: am.Value, b: am.Value, height: float, file: Path) -> None:
    """C over w and C over b with their tangents."""
    fig = Figure(figsize=(14, 5.6))
    fig.suptitle("The derivative of the cost is the slope of its curve")
    curves: list[tuple[str, float, float, Callable[[Any], Any], str]] = [
        ("w", w.item(), w.grad, lambda w: cost(w, b.item()), f"b = {b.item():g}"),
        ("b", b.item(), b.grad, lambda b: cost(w.item(), b), f"w = {w.item():g}"),
    ]
    for ax, (symbol, at, slope, curve, fixed) in zip(fig.subplots(1, 2, sharey=True), curves, strict=True):
        xs = np.linspace(-3, 3, 300)
        near = at + np.array([-1.2, 1.2])
        ax.plot(xs, curve(xs), color="C0", linewidth=3.5)
        ax.plot(near, height + slope * (near - at), color="C1")
        ax.plot(at, height, "o", color="C1", markersize=12)
        told = f"∂C/∂{symbol} = {slope:.3f}".replace("-", "−")  # the sign that the axes have
        ax.text(0.97, 0.93, told, transform=ax.transAxes, color="C1", fontsize=18, ha="right")
        title = f"How C varies with {symbol} (while {fixed})".replace("-", "−")
        ax.set(title=title, xlabel=symbol, ylabel=f"C({symbol})", ylim=(0, 0.65))
    fig.savefig(file)


@style.context(STYLE)
def plot_surface(w: am.Value, b: am.Value, height: float, file: Path) -> None:
    """C over the plane of w and b, with both tangents."""
    fig = Figure(figsize=(10.5, 8.5))
    ax = fig.add_subplot(projection="3d", computed_zorder=False)
    span = np.linspace(-3, 3, 61)
    W, B = np.meshgrid(span, span)
    ax.plot_surface(W, B, cost(W, B), cmap="Blues", alpha=0.8, rstride=1, cstride=1, linewidth=0)
    near = np.array([-1.2, 1.2])
    at_w, at_b = np.full_like(span, w.item()), np.full_like(span, b.item())
    ax.plot(span, at_b, cost(span, at_b), color="#1b2733", linewidth=1.5)
    ax.plot(at_w, span, cost(at_w, span), color="#1b2733", linewidth=1.5)
    ax.plot(w.item() + near, at_b[:2], height + w.grad * near, color="C1", linewidth=4, label=f"∂C/∂w = {w.grad:.3f}")
    ax.plot(at_w[:2], b.item() + near, height + b.grad * near, color="C2", linewidth=4, label=f"∂C/∂b = {b.grad:.3f}")
    ax.plot([w.item()], [b.item()], [height], "o", color="C1", markersize=12)
    ax.set_title("C(w, b) has one slope along w and one along b")
    for axis, symbol in ((ax.xaxis, "w"), (ax.yaxis, "b"), (ax.zaxis, "C")):
        axis.set_label_text(symbol, fontsize=17)
        axis.labelpad = 12
    ax.legend(loc="upper right", fontsize=17)
    ax.view_init(elev=30, azim=-55)
    ax.set_box_aspect(None, zoom=0.92)
    fig.savefig(file)


def draw_one_sample(at_w: float, at_b: float, file: Path) -> None:
    """The graph for one sample: each edge of the picture carries one factor of the chain rule."""
    w, b = am.Value(at_w, name="w"), am.Value(at_b, name="b")
    x, y = (am.Value(number, name=name, requires_grad=False) for number, name in ((X[2], "x"), (Y[2], "y")))
    z = w * x + b
    a = am.sigmoid(z)
    C = (a - y) ** 2
    z.name, a.name, C.name = "z", "a", "C"
    C.backward()
    am.draw(C).save(file)


if __name__ == "__main__":
    main()
