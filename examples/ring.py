"""Two classes, one around the other: a network learns to tell a disc from the ring around it.

A single neuron parts the plane along a straight line, and no line parts a disc from a ring: it gets no more right than
a coin would. In a network the hidden neurons cut the plane along many lines, and those after them put the pieces
together. Some of the points are kept aside while it learns and only measure how well it does on points it never saw.

Run it with ``python examples/ring.py``; the pictures go to out/ring/.
"""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import style
from matplotlib.figure import Figure

import autograd_mini as am
from nn import MLP, accuracy, fit, train_test_split

STYLE = Path(__file__).with_name("talk.mplstyle")


def make_data(n: int = 400, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Half of the points in a disc (class 0), half in a ring around it (class 1), with a little noise."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 2
    radius = np.where(labels == 1, rng.uniform(1.5, 2.2, n), np.sqrt(rng.uniform(0.0, 1.0, n)))
    angle = rng.uniform(0.0, 2 * np.pi, n)
    points = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return points + rng.normal(0.0, 0.12, points.shape), labels.astype(float)


def main(out: Path = Path("out/ring"), epochs: int = 120) -> dict[str, Any]:
    """Train a single neuron and a network on the same points; return accuracies and the network's history."""
    out.mkdir(parents=True, exist_ok=True)
    X, y = make_data()
    X_train, X_test, y_train, y_test = train_test_split(X, y, 0.25, seed=0)
    print(f"{len(X_train)} points to learn from, {len(X_test)} kept aside\n")

    models = {"one neuron": MLP(2, [1], seed=0), "2 → 16 → 16 → 1 neurons": MLP(2, [16, 16, 1], "tanh", seed=0)}
    result: dict[str, Any] = {}
    for name, model in models.items():
        history = fit(
            model,
            X_train,
            y_train,
            loss="binary_cross_entropy_with_logits",
            lr=0.01,
            epochs=epochs,
            validation=(X_test, y_test),
            seed=0,
        )
        trained, kept = (
            accuracy(model(points), labels, threshold=0.0) for points, labels in ((X_train, y_train), (X_test, y_test))
        )
        print(f"{name}: cost {history.losses[0]:.3f} → {history.losses[-1]:.4f}")
        print(f"  right: {trained:.1%} of the points learned from, {kept:.1%} of those kept aside\n")
        result[name] = {"train": trained, "test": kept, "history": history}

    result["2 → 16 → 16 → 1 neurons"]["history"].plot(
        out / "loss.png", title="The cost of the network, on the points it learns from and on the others"
    )
    plot_surfaces(models, X_test, y_test, out / "surfaces.png")
    for picture in ("surfaces.png", "loss.png"):
        print(f"picture: {out / picture}")
    return result


@style.context(STYLE)
def plot_surfaces(models: dict[str, MLP], X: np.ndarray, y: np.ndarray, file: Path) -> None:
    """How sure each model is of the ring, over the plane, with the points kept aside."""
    fig = Figure(figsize=(13, 6.4))
    fig.suptitle("A line cannot part a disc from a ring; a network can")
    side = np.linspace(-3, 3, 200)
    x1, x2 = np.meshgrid(side, side)
    plane = np.stack([x1.ravel(), x2.ravel()], axis=1)
    for ax, (name, model) in zip(fig.subplots(1, 2), models.items(), strict=True):
        with am.no_grad():
            chance = am.sigmoid(model(plane)).numpy().reshape(x1.shape)
        ax.contourf(x1, x2, chance, levels=np.linspace(0, 1, 11), cmap="Blues", vmin=0, vmax=2.3)
        ax.contour(x1, x2, chance, levels=[0.5], colors="C0", linewidths=3)
        for label, colour, text in ((0, "C2", "disc"), (1, "C1", "ring")):
            ax.scatter(*X[y == label].T, color=colour, s=45, edgecolor="white", linewidth=0.8, label=text)
        right = accuracy(model(X), y, threshold=0.0)
        ax.set(title=f"{name}: {right:.0%} right", xlabel="x1", ylabel="x2", aspect="equal")
        ax.grid(visible=False)
    ax.legend(loc="upper right", frameon=True)
    bar = fig.colorbar(ax.collections[0], ax=fig.axes, label="chance of the ring", ticks=[0, 0.5, 1], shrink=0.85)
    bar.outline.set_visible(False)
    fig.savefig(file)


if __name__ == "__main__":
    main()
