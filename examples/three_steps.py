"""The three steps of backpropagation by hand, beside the gradients of the graph.

With z = a·W + b before the activation and a = f(z) after it, the delta of a layer is δ = ∂C/∂z. For a network of two
layers, with the cost C = mean of (A2 − Y)² and the sigmoid, whose slope is f' = a·(1 − a):

    step 1  the delta of the last layer      δ2 = ∂C/∂A2 ⊙ f'(Z2)
    step 2  the delta passed back            δ1 = (δ2 · W2ᵀ) ⊙ f'(Z1)
    step 3  the derivatives from the delta   ∂C/∂W = (what the layer read)ᵀ · δ,   ∂C/∂b = sum of the rows of δ

Run it with ``python examples/three_steps.py``; the pictures go to out/three_steps/.
"""

from pathlib import Path
from typing import Any

import numpy as np

import autograd_mini as am
from nn import MLP, backprop_of

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
Y = np.array([[0.0], [1.0], [1.0], [0.0]])
FORMULAS = {
    "Z2": "\nStep 1: the delta of the last layer\n\n  δ2 = ∂C/∂A2 ⊙ A2·(1 − A2)",
    "Z1": "\nStep 2: the delta passed back\n\n  δ1 = (δ2 · W2ᵀ) ⊙ A1·(1 − A1)",
    "W2": "\nStep 3: the derivatives from the delta\n\n  ∂C/∂W2 = A1ᵀ · δ2",
    "b2": "  ∂C/∂b2 = sum of the rows of δ2",
    "W1": "  ∂C/∂W1 = Xᵀ · δ1",
    "b1": "  ∂C/∂b1 = sum of the rows of δ1",
}


def main(out: Path = Path("out/three_steps"), seed: int = 5) -> dict[str, Any]:
    """Backpropagate by hand and by the graph; return the gradients by hand and both comparisons."""
    out.mkdir(parents=True, exist_ok=True)
    mlp = MLP(2, [3, 1], activation="sigmoid", output_activation="sigmoid", seed=seed)
    manual = by_hand(mlp)
    C = cost(mlp)
    C.backward()  # the same three steps, done by the graph

    comparison = am.compare_gradients(C, manual)

    print("The three steps by hand, and what the graph says")
    for row in comparison.rows:
        show(row.name, row.manual, row.graph)
    print(f"\nCompared entry by entry, am.compare_gradients(C, by_hand)\n\n{comparison}\n")

    print("For a network of any depth nn.backprop_of(mlp, X, Y) takes the same steps; with 2 → 4 → 3 → 1 neurons\n")
    deep = MLP(2, [4, 3, 1], activation="tanh", output_activation="sigmoid", seed=seed)
    deep_manual = backprop_of(deep, X, Y, "mse")
    deep_comparison = am.compare_gradients(cost(deep), deep_manual)
    print(f"{deep_manual}\n\n{deep_comparison}\n")

    am.draw(C).save(out / "graph.png")
    print(f"picture: {out / 'graph.png'}")
    return {"manual": manual, "comparison": comparison, "deep_comparison": deep_comparison}


def cost(mlp: MLP) -> Any:
    """The network's cost on the four samples, as a graph."""
    inputs = am.Value(X, name="X", requires_grad=False)
    A2 = mlp(inputs)
    with am.scope("Cost", "mean of (A2 − Y)²"):
        C = ((A2 - am.Value(Y, name="Y", requires_grad=False)) ** 2).mean()
    C.name = "C"
    return C


def by_hand(mlp: MLP) -> dict[str, np.ndarray]:
    """The gradients of the cost in plain NumPy, by the three steps; a delta has the name of its Z."""
    W1, b1, W2, b2 = (parameter.numpy() for parameter in mlp.parameters())

    # forward
    Z1 = X @ W1 + b1
    A1 = 1 / (1 + np.exp(-Z1))
    Z2 = A1 @ W2 + b2
    A2 = 1 / (1 + np.exp(-Z2))

    # step 1, the delta of the last layer
    dC_dA2 = 2 * (A2 - Y) / len(X)
    delta2 = dC_dA2 * A2 * (1 - A2)

    # step 2, the delta passed back
    delta1 = (delta2 @ W2.T) * A1 * (1 - A1)

    # step 3, the derivatives from the delta
    return {
        "Z2": delta2,
        "Z1": delta1,
        "W2": A1.T @ delta2,
        "b2": delta2.sum(axis=0),
        "W1": X.T @ delta1,
        "b1": delta1.sum(axis=0),
    }


def show(name: str, by_hand: np.ndarray, graph: np.ndarray) -> None:
    """The formula, and both gradients beside one another, row by row."""
    print(FORMULAS[name])
    for rows in zip(np.atleast_2d(by_hand), np.atleast_2d(graph), strict=True):
        hand, found = (" ".join(f"{number:9.6f}" for number in row) for row in rows)
        print(f"      by hand  {hand:29}   graph  {found}")


if __name__ == "__main__":
    main()
