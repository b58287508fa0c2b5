"""The weights of a layer, written W[input][neuron]: a row for each input, a column for each neuron.

Neuron j weighs input i with W[i][j] and adds its bias: z[j] = x[0]·W[0][j] + x[1]·W[1][j] + b[j]. All neurons at once
are one product of matrices, Z = x·W + b. The same layer can be built of scalars, where each product is a value of its
own; numbers and gradients are equal.

Run it with ``python examples/weights.py``; the pictures go to out/weights/.
"""

from pathlib import Path
from typing import Any

import numpy as np

import autograd_mini as am
from nn import MLP, Layer

x = [2.0, -1.0]
W = [[0.5, -1.0, 2.0],  # from input 1 to neurons 1, 2, 3
     [1.5, 0.25, -0.5]]  # from input 2  # fmt: skip
b = [0.1, 0.2, -0.3]


def main(out: Path = Path("out/weights")) -> dict[str, Any]:
    """Compute a layer product by product, as one product of matrices, and of scalars; return all results."""
    out.mkdir(parents=True, exist_ok=True)
    layer = Layer.from_weights(W, b, activation="tanh")

    print("W[input][neuron]    neuron 1  neuron 2  neuron 3\n")
    for i, row in enumerate(W):
        print(f"  input {i + 1}: x = {x[i]:4g}" + "".join(f"  {weight:8g}" for weight in row))
    print("  bias             " + "".join(f"  {bias:8g}" for bias in b))

    print("\nEach neuron multiplies the inputs by its column and adds its bias\n")
    for j in range(3):
        first, second = x[0] * W[0][j], x[1] * W[1][j]
        print(
            f"  neuron {j + 1}: z = {x[0]:g}·{bracket(W[0][j])} + {bracket(x[1])}·{bracket(W[1][j])} + {bracket(b[j])}"
            f" = {first:g} + {bracket(second)} + {bracket(b[j])} = {first + second + b[j]:g}"
        )

    print("\nlayer.neuron(j) is column j of W as a neuron of its own; Python counts from 0\n")
    whole = layer(x).numpy()
    alone = []
    for j in range(3):
        neuron = layer.neuron(j)
        alone.append(neuron(x).item())
        column, weights = layer.W.numpy()[:, j].tolist(), [weight.item() for weight in neuron.w]
        print(f"  W[:, {j}] = {column!s:12}  layer.neuron({j}).w = {weights!s:12}", end="  ")
        print(f"a = {alone[j]:8.5f}   from the whole layer {whole[j]:8.5f}")

    print("\nTwo builds of a network of 2 → 3 → 1 with the same seed: arrays, and scalars\n")
    arrays, scalars = MLP(2, [3, 1], seed=0), MLP(2, [3, 1], seed=0, scalar=True)
    y, same_y = arrays(x), scalars(x)
    y.backward()
    same_y.backward()
    print(f"  y             arrays {y.item():18.15f}   scalars {same_y.item():18.15f}")
    pairs = []
    for i in range(2):
        for j in range(3):
            weight = scalars[0].neurons[j].w[i]
            pairs.append((arrays[0].W.grad[i, j], weight.grad))
            both = f"arrays {pairs[-1][0]:18.15f}   scalars {pairs[-1][1]:18.15f}"
            print(f"  ∂y/∂W1[{i}][{j}]  {both}   (its name: {weight.name})")
    print()

    draw_layer(layer, out / "layer.png")
    same_y.name = "y"
    am.draw(same_y, detail="min", legend=False).save(out / "scalars.png")
    for picture in ("layer.png", "scalars.png"):
        print(f"picture: {out / picture}")
    return {"whole": whole, "alone": alone, "outputs": (y.item(), same_y.item()), "gradients": pairs}


def bracket(number: float) -> str:
    """The number, in brackets if it is negative."""
    return f"({number:g})" if number < 0 else f"{number:g}"


def draw_layer(layer: Layer, file: Path) -> None:
    """The layer on four samples, with a cost, so that gradients flow back to W and b."""
    X = am.Value([[2.0, -1.0], [0.0, 1.0], [1.0, 1.0], [-1.0, 0.5]], name="X", requires_grad=False)
    Y = am.Value(np.tile([1.0, 0.0, -1.0], (4, 1)), name="Y", requires_grad=False)
    A = layer(X)
    with am.scope("Cost", "mean of (A − Y)²"):
        C = ((A - Y) ** 2).mean()
    C.backward()
    am.draw(C).save(file)


if __name__ == "__main__":
    main()
