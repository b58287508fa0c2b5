"""Gates as neurons: AND is Y = 1·X1 + 1·X2 − 1, OR is Y = 1·X1 + 1·X2 + 0, each followed by a threshold.

A neuron weighs its inputs, adds a bias and asks whether the sum z is above 0. Where z = w1·X1 + w2·X2 + b is 0 lies
a line in the plane of the inputs; the gate is 1 on one side of it. First the weights are set by hand, then a neuron
finds weights of its own from the four examples, by gradient descent on the graph's gradients. To have a slope that it
can descend, it has a sigmoid in place of the threshold.

Run it with ``python examples/gates.py``; the pictures go to out/gates/.
"""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import autograd_mini as am
from nn import Neuron

STYLE = Path(__file__).with_name("talk.mplstyle")
CORNERS = [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)]
WANTED = {"AND": [0, 0, 0, 1], "OR": [0, 1, 1, 1]}


def main(out: Path = Path("out/gates"), steps: int = 1000) -> dict[str, Any]:
    """Build both gates by hand, then learn them; return truth tables, costs and learned weights."""
    out.mkdir(parents=True, exist_ok=True)
    by_hand = {
        "AND": Neuron.from_weights([1.0, 1.0], -1.0, activation="step"),  # Y = 1·X1 + 1·X2 − 1
        "OR": Neuron.from_weights([1.0, 1.0], 0.0, activation="step"),  # Y = 1·X1 + 1·X2 + 0
    }
    learned = {}
    result: dict[str, Any] = {}
    for name, gate in by_hand.items():
        print(f"{name} by hand: z = {formula(gate)}; Y = 1 where z > 0, and 0 is not\n")
        table = truth_table(gate)
        draw(gate, out / f"{name.lower()}.png")

        neuron = Neuron(2, activation="sigmoid", seed=1)
        costs = [descend(neuron, WANTED[name]) for _ in range(steps)]
        learned[name] = neuron
        print(f"{name} learned in {steps} steps, cost {costs[0]:.3f} → {costs[-1]:.5f}: z = {formula(neuron)}\n")
        outputs = truth_table(neuron)
        result[name] = {"by_hand": table, "learned": outputs, "costs": costs, "weights": weights(neuron)}

    plot_lines(by_hand, learned, out / "lines.png")
    for picture in ("and.png", "or.png", "lines.png"):
        print(f"picture: {out / picture}")
    return result


def descend(neuron: Neuron, wanted: list[int], rate: float = 5.0) -> float:
    """One step of gradient descent on the mean square of the errors; returns it."""
    C = am.Value(0.0)
    for corner, y in zip(CORNERS, wanted, strict=True):
        C = C + (neuron(corner) - y) ** 2 / len(CORNERS)
    neuron.zero_grad()
    C.backward()
    for weight in neuron.parameters():
        weight.subtract_(rate * weight.grad)  # w = w − dw
    return float(C.item())


def weights(neuron: Neuron) -> tuple[float, float, float]:
    """w1, w2 and b as numbers."""
    w1, w2, b = (weight.item() for weight in neuron.parameters())
    return w1, w2, b


def formula(neuron: Neuron) -> str:
    """The weighted sum with its numbers."""
    w1, w2, b = weights(neuron)
    return f"{w1:.4g}·X1 + {w2:.4g}·X2 {'−' if b < 0 else '+'} {abs(b):.4g}"


def truth_table(neuron: Neuron) -> list[float]:
    """Print and return what the neuron makes of the four corners."""
    w1, w2, b = weights(neuron)
    outputs = [neuron(corner).item() for corner in CORNERS]
    print("  X1  X2        z       Y")
    for (x1, x2), output in zip(CORNERS, outputs, strict=True):
        print(f"  {x1:2g}  {x2:2g}  {w1 * x1 + w2 * x2 + b:7.3g}  {output:6.3f}")
    print()
    return outputs


def draw(gate: Neuron, file: Path) -> None:
    """The graph of the gate at X1 = 1, X2 = 1, forward only: a threshold has no slope to send back."""
    X1, X2 = am.Value(1.0, name="X1", requires_grad=False), am.Value(1.0, name="X2", requires_grad=False)
    Y = gate([X1, X2])
    Y.name = "Y"
    am.draw(Y, detail="min", legend=False).save(file)


@style.context(STYLE)
def plot_lines(by_hand: dict[str, Neuron], learned: dict[str, Neuron], file: Path) -> None:
    """The plane of the inputs, cut in two by each neuron."""
    fig = Figure(figsize=(11, 10.5))
    fig.suptitle("A neuron cuts the plane of its inputs along w1·X1 + w2·X2 + b = 0")
    for row, name in zip(fig.subplots(2, 2), by_hand, strict=True):
        for ax, neuron, how in zip(row, (by_hand[name], learned[name]), ("by hand", "learned"), strict=True):
            plot_line(ax, neuron, WANTED[name])
            ax.set_title(f"{name} {how}\n{formula(neuron)} = 0")
    fig.savefig(file)


def plot_line(ax: Axes, neuron: Neuron, wanted: list[int]) -> None:
    """The four corners, the line, and the side on which the neuron says 1."""
    w1, w2, b = weights(neuron)
    x1, x2 = np.meshgrid(np.linspace(-0.5, 1.5, 200), np.linspace(-0.5, 1.5, 200))
    z = w1 * x1 + w2 * x2 + b
    ax.contourf(x1, x2, z, levels=[0, np.inf], colors="#dcebf5")
    ax.contour(x1, x2, z, levels=[0], colors="C0", linewidths=3)
    for (a, c), y in zip(CORNERS, wanted, strict=True):
        ax.plot(a, c, "o", markersize=17, markeredgecolor="C1", markeredgewidth=3, color="C1" if y else "white")
        ax.annotate(str(y), (a, c), (14, 10), textcoords="offset points", color="C1", fontsize=17)
    ax.set(xlabel="X1", ylabel="X2", xticks=[0, 1], yticks=[0, 1], aspect="equal")


if __name__ == "__main__":
    main()
