"""XOR: what one neuron cannot do, neurons that build on one another can.

No straight line parts the corners where XOR is 1 from those where it is 0. Two lines do: OR is 1 above the first, NAND
is 1 below the second, and XOR is the strip between them, where both are 1. So a third neuron, AND, reads the outputs of
the two. A multi-layer perceptron finds a solution of that kind by itself, by gradient descent.

Run it with ``python examples/xor.py``; the pictures go to out/xor/.
"""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import style
from matplotlib.figure import Figure

import autograd_mini as am
from nn import MLP, Module, Neuron, fit

STYLE = Path(__file__).with_name("talk.mplstyle")
CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
WANTED = np.array([0.0, 1.0, 1.0, 0.0])


class XOR(Module):
    """XOR of three gates, each a neuron with a threshold."""

    def __init__(self) -> None:
        self.OR = Neuron.from_weights([1.0, 1.0], 0.0, activation="step")  # X1 + X2 > 0
        self.NAND = Neuron.from_weights([-1.0, -1.0], 2.0, activation="step")  # X1 + X2 < 2
        self.AND = Neuron.from_weights([1.0, 1.0], -1.0, activation="step")  # both of them

    def forward(self, x: Any) -> Any:
        return self.AND([self.OR(x), self.NAND(x)])


def main(out: Path = Path("out/xor"), epochs: int = 400) -> dict[str, Any]:
    """Build XOR by hand, then learn it; return both truth tables and the training's history."""
    out.mkdir(parents=True, exist_ok=True)

    print("By hand: XOR = AND(OR, NAND)\n")
    by_hand = XOR()
    print("  X1  X2   OR  NAND   Y = AND(OR, NAND)")
    for x in CORNERS:
        inputs = [x[0], x[1]]
        either, not_both, Y = (gate(inputs).item() for gate in (by_hand.OR, by_hand.NAND, by_hand))
        print(f"  {x[0]:2g}  {x[1]:2g}   {either:2g}  {not_both:4g}   {Y:g}")
    draw(by_hand, out / "by_hand.png")

    print(f"\nLearned: a network with 4 hidden neurons, {epochs} epochs\n")
    model = MLP(2, [4, 1], activation="tanh", output_activation="sigmoid", seed=0)
    history = fit(model, CORNERS, WANTED, loss="binary_cross_entropy", lr=0.05, epochs=epochs, batch_size=4, seed=0)
    print(f"  cost {history.losses[0]:.3f} → {history.losses[-1]:.5f}\n")
    learned = model(CORNERS).numpy()[:, 0]
    print("  X1  X2       Y")
    for (x1, x2), y in zip(CORNERS, learned, strict=True):
        print(f"  {x1:2g}  {x2:2g}  {y:6.3f}")
    print()

    history.plot(out / "loss.png", title="XOR: the cost falls as the network learns")
    plot_surfaces(by_hand, model, out / "surfaces.png")
    for picture in ("by_hand.png", "surfaces.png", "loss.png"):
        print(f"picture: {out / picture}")
    return {"by_hand": [by_hand(x).item() for x in CORNERS], "learned": learned, "history": history}


def draw(network: XOR, file: Path) -> None:
    """The three neurons at X1 = 1, X2 = 0, forward only: a threshold has no slope to send back."""
    X1, X2 = am.Value(1.0, name="X1", requires_grad=False), am.Value(0.0, name="X2", requires_grad=False)
    Y = network([X1, X2])
    Y.name = "Y"
    am.draw(Y, detail="min", legend=False).save(file)


@style.context(STYLE)
def plot_surfaces(by_hand: XOR, model: MLP, file: Path) -> None:
    """Where in the plane the two networks say 1."""
    fig = Figure(figsize=(13, 6.2))
    fig.suptitle("XOR: no single line can part the 1s from the 0s")
    side = np.linspace(-0.5, 1.5, 80)
    x1, x2 = np.meshgrid(side, side)
    plane = np.stack([x1.ravel(), x2.ravel()], axis=1)
    with am.no_grad():
        surfaces = {
            "by hand: between the lines of OR and NAND": [by_hand(x).item() for x in plane],
            "learned: a network of 4 + 1 neurons": model(plane).numpy(),
        }
    for ax, (title, surface) in zip(fig.subplots(1, 2), surfaces.items(), strict=True):
        y = np.reshape(surface, x1.shape)
        ax.contourf(x1, x2, y, levels=np.linspace(0, 1, 11), cmap="Blues", vmin=0, vmax=2.3)
        ax.contour(x1, x2, y, levels=[0.5], colors="C0", linewidths=3)
        for (a, c), target in zip(CORNERS, WANTED, strict=True):
            fill = "C1" if target else "white"
            ax.plot(a, c, "o", markersize=17, markeredgecolor="C1", markeredgewidth=3, color=fill)
            ax.annotate(f"{target:g}", (a, c), (14, 10), textcoords="offset points", fontsize=17)
        ax.set(title=title, xlabel="X1", ylabel="X2", xticks=[0, 1], yticks=[0, 1], aspect="equal")
        ax.grid(visible=False)
    fig.colorbar(ax.collections[0], ax=fig.axes, label="Y", ticks=[0, 0.5, 1], shrink=0.85)
    fig.savefig(file)


if __name__ == "__main__":
    main()
