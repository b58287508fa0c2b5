"""What backpropagation by hand gives: the gradients, with everything on the way, printed step by step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from .steps import Array
from .tables import ACTIVATIONS, LOSSES


@dataclass(frozen=True, eq=False, repr=False)
class ManualGradients(Mapping[str, Array]):
    """Gradients that were derived by hand, with everything on the way; a mapping from names to gradients.

    Attributes
    ----------
    gradients : dict of str to array
        ``∂C/∂W`` and ``∂C/∂b`` under the names W1, b1, W2, b2, ...
    deltas : tuple of array
        ``δ¹, ..., δᴸ``: the gradients by the weighted sums of each layer, of shape (N, neurons).
    pre_activations : tuple of array
        ``z¹, ..., zᴸ``.
    activations : tuple of array
        ``a⁰ = X, a¹, ..., aᴸ``: one more.
    cost : float
        ``C``.
    loss : str
        Its name.
    names : tuple of str
        Each layer's activation.

    Examples
    --------
    >>> from nn import backprop
    >>> manual = backprop([[[0.5], [-1.0]]], [[0.0]], X=[[1.0, 2.0]], Y=[[1.0]])
    >>> print(manual)
    backprop by hand: 2 → 1 neurons, 1 sample
    C = mse = 6.25, ∂C/∂a = 2·(a − Y) / n
    layer 1: f = linear, f' = 1
      step 1  δ¹ = ∂C/∂a¹ ⊙ f'(z¹)                (1, 1)  [[-5.]]
      step 3  ∂C/∂W1 = a⁰ᵀ · δ¹                   (2, 1)  [[ -5.], [-10.]]
              ∂C/∂b1 = the sum of the rows of δ¹  (1,)    [-5.]
    """

    gradients: dict[str, Array]
    deltas: tuple[Array, ...]
    pre_activations: tuple[Array, ...]
    activations: tuple[Array, ...]
    cost: float
    loss: str
    names: tuple[str, ...]

    def __getitem__(self, name: str) -> Array:
        return self.gradients[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.gradients)

    def __len__(self) -> int:
        return len(self.gradients)

    def table(self) -> str:
        """The three steps layer by layer, from the last to the first, with shapes, and numbers where they are few.

        Returns
        -------
        str
        """
        last = len(self.deltas)
        steps = {layer: self._steps(layer) for layer in range(last, 0, -1)}
        widths = [max(len(row[i]) for rows in steps.values() for row in rows) for i in range(3)]
        sizes = " → ".join(str(a.shape[1]) for a in self.activations)
        samples = len(self.activations[0])
        noun = "sample" if samples == 1 else "samples"
        lines = [
            f"backprop by hand: {sizes} neurons, {samples} {noun}",
            f"C = {self.loss} = {self.cost:.6g}, ∂C/∂a = {LOSSES[self.loss].formula}",
        ]
        for layer, rows in steps.items():
            name = self.names[layer - 1]
            lines.append(f"layer {layer}: f = {name}, f' = {ACTIVATIONS[name].formula}")
            for row in rows:
                cells = [f"{cell:{width}}" for cell, width in zip(row, [*widths, 0], strict=True)]
                lines.append("  " + "  ".join(cells).rstrip())
        return "\n".join(lines)

    def _steps(self, layer: int) -> list[tuple[str, str, str, str]]:
        """Step, formula, shape and numbers of what is computed in a layer."""
        k, before, after = _superscript(layer), _superscript(layer - 1), _superscript(layer + 1)
        if layer == len(self.deltas):
            step, formula = "step 1", f"δ{k} = ∂C/∂a{k} ⊙ f'(z{k})"
        else:
            step, formula = "step 2", f"δ{k} = (δ{after} · W{layer + 1}ᵀ) ⊙ f'(z{k})"
        rows = [
            (step, formula, self.deltas[layer - 1]),
            ("step 3", f"∂C/∂W{layer} = a{before}ᵀ · δ{k}", self[f"W{layer}"]),
        ]
        if f"b{layer}" in self:
            rows.append(("", f"∂C/∂b{layer} = the sum of the rows of δ{k}", self[f"b{layer}"]))
        return [(step, formula, str(x.shape), _numbers(x)) for step, formula, x in rows]

    def __str__(self) -> str:
        return self.table()

    def __repr__(self) -> str:
        return self.table()


_FEW = 8


def _numbers(x: Array) -> str:
    """The entries in one line, if they are few."""
    if x.size > _FEW:
        return ""
    return " ".join(np.array2string(x, precision=4, suppress_small=True, separator=", ").split("\n")).replace("  ", " ")


def _superscript(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
