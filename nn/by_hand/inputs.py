"""What comes in, checked: shapes that fit, and names that exist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from .steps import Array
from .tables import Loss

T = TypeVar("T")


def find(kind: str, table: Mapping[str, T], name: str) -> T:
    """The entry with a name; the error lists the names."""
    if name == "softmax":
        raise ValueError(
            "softmax does not work entry by entry, so it has no f'(z): leave output_activation=None and use "
            "loss='cross_entropy', which contains it"
        )
    if name not in table:
        raise ValueError(f"backprop by hand has no {kind} {name!r}: choose from {', '.join(table)}")
    return table[name]


def name_of(kind: str, table: Mapping[str, Any], function: Any) -> str:
    """The name of one of nn's own functions; of others nobody has written the derivative down."""
    for name, known in table.items():
        if known is function:
            return name
    what = getattr(function, "__name__", type(function).__name__)
    raise ValueError(f"backprop by hand does not know the derivative of the {kind} {what}: use one of nn's own")


def checked_layers(
    weights: Sequence[Any], biases: Sequence[Any], X: Any
) -> tuple[list[Array], list[Array | None], Array]:
    """Weights, biases and samples as floating arrays that fit each other, in the dtype of the first weights."""
    if not len(weights) or len(weights) != len(biases):
        raise ValueError(f"each layer has weights and biases, got {len(weights)} matrices and {len(biases)} biases")
    Ws = [_floats(W) for W in weights]
    bs = [None if b is None else _floats(b) for b in biases]
    a = _floats(X).astype(Ws[0].dtype)
    if a.ndim != 2 or not len(a):
        cure = f"; for one sample pass X[None, :], of shape {(1, *a.shape)}" if a.ndim == 1 and a.size else ""
        raise ValueError(f"X has one sample a row, shape (samples, inputs), got {a.shape}{cure}")
    inputs, who = a.shape[1], "X has"
    for layer, (W, b) in enumerate(zip(Ws, bs, strict=True), 1):
        if W.ndim != 2 or W.shape[0] != inputs:
            cure = ": pass its transpose" if W.ndim == 2 and W.shape[1] == inputs else ""
            raise ValueError(
                f"W{layer} has shape {W.shape}, but needs {inputs} rows, since {who} {inputs} columns{cure}"
            )
        if b is not None and b.shape != W.shape[1:]:
            raise ValueError(f"b{layer} has shape {b.shape}, but W{layer} has {W.shape[1]} neurons: pass {W.shape[1:]}")
        inputs, who = W.shape[1], f"W{layer} has"
    return Ws, bs, a


def checked_target(cost: Loss, loss: str, output: Array, Y: Any) -> Array:
    """The targets in the shape that the loss needs."""
    target = np.asarray(Y)
    if not cost.labels:
        if target.shape != output.shape:
            cure = f"; pass numpy.reshape(Y, {output.shape})" if target.size == output.size else ""
            raise ValueError(f"{loss}: the output has shape {output.shape} and Y has shape {target.shape}{cure}")
        return target.astype(output.dtype)
    if target.shape != output.shape[:1]:
        raise ValueError(f"{loss}: Y has one class for each row, shape {output.shape[:1]}, got {target.shape}")
    if target.dtype.kind not in "iu":
        raise TypeError(f"{loss}: classes are whole numbers, got {target.dtype}; pass Y.astype(int)")
    if target.min() < 0 or target.max() >= output.shape[1]:
        raise ValueError(
            f"{loss}: {output.shape[1]} outputs are the classes 0 to {output.shape[1] - 1}, Y goes from "
            f"{target.min()} to {target.max()}"
        )
    return target


def _floats(x: Any) -> Array:
    array = np.asarray(x)
    return array if array.dtype.kind == "f" else array.astype(float)
