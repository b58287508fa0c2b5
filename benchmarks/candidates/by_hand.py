"""The chain rule written out by hand: NumPy for arrays, Python floats for single numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import problems
from ..problems import RATES, Array


def scalar_chain(length: int) -> Callable[[], Any]:
    """Plain floats and a list of what the way back needs."""
    a, b = 1.0, 0.999

    def job() -> list[float]:
        v, kept = a, []
        for _ in range(length // 2):
            kept.append(v)
            v = v * b + a
        g, da, db = 1.0, 0.0, 0.0
        for v in reversed(kept):
            da += g
            db += g * v
            g *= b
        return [da + g, db]

    return job


def scalar_mlp() -> Callable[[], Any]:
    """Plain floats, sample by sample."""
    layers = [[(list(ws), b) for ws, b in layer] for layer in problems.scalar_layers(float)]
    samples = problems.scalar_samples()
    last = len(layers) - 1

    def job() -> list[float]:
        slopes = [[([0.0] * len(ws), 0.0) for ws, _ in layer] for layer in layers]
        loss = 0.0
        for sample in samples:
            inputs = [sample]
            for k, layer in enumerate(layers):
                x = inputs[-1]
                sums = [sum([w * v for w, v in zip(ws, x, strict=True)], b) for ws, b in layer]
                inputs.append([z if z > 0 else 0.0 for z in sums] if k < last else sums)
            error = inputs[-1][0] - 1.0
            loss += error * error
            deltas = [2.0 * error]
            for k in range(last, -1, -1):
                x, back = inputs[k], [0.0] * len(inputs[k])
                for j, delta in enumerate(deltas):
                    if delta:
                        ws, (row, bias) = layers[k][j][0], slopes[k][j]
                        slopes[k][j] = ([r + delta * v for r, v in zip(row, x, strict=True)], bias + delta)
                        back = [t + delta * w for t, w in zip(back, ws, strict=True)]
                deltas = [d if v > 0 else 0.0 for d, v in zip(back, x, strict=True)]
        return [loss, slopes[0][0][1], slopes[1][3][0][2]]

    return job


def chain(size: int, length: int) -> Callable[[], Any]:
    """Six ufunc calls for each product and sum."""
    a, b = problems.entries(size)

    def job() -> list[float]:
        v, kept = a, []
        for _ in range(length // 2):
            kept.append(v)
            v = v * b + a
        g, da, db = np.ones(size), np.zeros(size), np.zeros(size)
        for v in reversed(kept):
            da += g
            db += g * v
            g = g * b
        da += g
        return [float(da[0]), float(db[-1])]

    return job


def _forward(weights: list[Array], biases: list[Array], X: Array) -> tuple[list[Array], Array]:
    """The input of every layer, and the scores."""
    inputs, z = [X], X
    for W, b in zip(weights[:-1], biases[:-1], strict=True):
        z = inputs[-1] @ W
        z += b
        inputs.append(np.tanh(z, out=z))
    z = inputs[-1] @ weights[-1]
    z += biases[-1]
    return inputs, z


def _cross_entropy(z: Array, labels: Array, rows: Array) -> tuple[float, Array, Array]:
    """The mean loss, its gradient by the scores, and the probabilities."""
    z -= z.max(axis=1, keepdims=True)
    p = np.exp(z)
    total = p.sum(axis=1, keepdims=True)
    loss = float((np.log(total[:, 0]) - z[rows, labels]).mean())
    p /= total
    delta = p.copy()
    delta[rows, labels] -= 1
    delta /= len(labels)
    return loss, delta, p


def mlp(batch: int, width: int, depth: int, optimizer: str) -> Callable[[], Any]:
    """Backpropagation and the update written out, in place where that is natural."""
    weights, biases, X, labels = problems.network(batch, width, depth)
    rows = np.arange(batch)
    update = _adam(weights, biases) if optimizer == "adam" else _descend

    def job() -> float:
        inputs, z = _forward(weights, biases, X)
        loss, delta, _ = _cross_entropy(z, labels, rows)
        for i in range(depth - 1, -1, -1):
            dW, db = inputs[i].T @ delta, delta.sum(axis=0)
            if i:
                delta = delta @ weights[i].T
                delta *= 1 - inputs[i] * inputs[i]
            update(2 * i, weights[i], dW)
            update(2 * i + 1, biases[i], db)
        return loss

    return job


def _descend(_: int, parameter: Array, g: Array) -> None:
    g *= RATES["sgd"]
    parameter -= g


def _adam(weights: list[Array], biases: list[Array]) -> Callable[[int, Array, Array], None]:
    like = [array for pair in zip(weights, biases, strict=True) for array in pair]
    means, squares = [np.zeros_like(x) for x in like], [np.zeros_like(x) for x in like]
    steps = [0] * len(like)

    def update(i: int, parameter: Array, g: Array) -> None:
        mean, square = means[i], squares[i]
        steps[i] += 1
        mean *= 0.9
        mean += 0.1 * g
        square *= 0.999
        g *= g
        g *= 0.001
        square += g
        spread = np.sqrt(square)
        spread /= (1 - 0.999 ** steps[i]) ** 0.5
        spread += 1e-8
        np.divide(mean, spread, out=spread)
        spread *= RATES["adam"] / (1 - 0.9 ** steps[i])
        parameter -= spread

    return update


def hvp(batch: int, width: int, depth: int) -> Callable[[], Any]:
    """Pearlmutter's R-operator: every line of backpropagation differentiated along the vector."""
    weights, biases, X, labels = problems.network(batch, width, depth)
    along = problems.direction(weights + biases)
    VW, Vb = along[:depth], along[depth:]
    rows = np.arange(batch)

    def job() -> list[float]:
        inputs, z = _forward(weights, biases, X)
        moved, Rz = [np.zeros_like(X)], X
        for i in range(depth):
            Rz = inputs[i] @ VW[i] + moved[i] @ weights[i] + Vb[i]
            if i < depth - 1:
                moved.append((1 - inputs[i + 1] ** 2) * Rz)
        _, delta, p = _cross_entropy(z, labels, rows)
        Rdelta = p * (Rz - (p * Rz).sum(axis=1, keepdims=True)) / batch
        found: list[Any] = []
        for i in range(depth - 1, -1, -1):
            found = [inputs[i].T @ Rdelta + moved[i].T @ delta, Rdelta.sum(axis=0), *found]
            if i:
                back, slope = delta @ weights[i].T, 1 - inputs[i] ** 2
                Rback = Rdelta @ weights[i].T + delta @ VW[i].T
                Rdelta = Rback * slope - back * (2 * inputs[i] * moved[i])
                delta = back * slope
        return [float(np.abs(h).sum()) for h in found[:3]]

    return job
