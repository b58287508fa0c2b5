"""The data of every row, the same for all candidates, and expressions that several of them share word for word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, Any]

CLASSES = 10
RATES = {"sgd": 0.01, "adam": 0.001}


class Network(NamedTuple):
    """A perceptron of tanh layers with ``CLASSES`` scores at its end, and a batch to learn from; all in float32."""

    weights: list[Array]
    biases: list[Array]
    X: Array
    labels: Array


def network(batch: int, width: int, depth: int) -> Network:
    """``depth`` layers in all, the last one included."""
    rng = np.random.default_rng(0)
    sizes = [*[width] * depth, CLASSES]
    weights: list[Array] = [
        np.asarray(rng.standard_normal((m, n)) / np.sqrt(m), np.float32) for m, n in pairwise(sizes)
    ]
    biases = [np.zeros(n, np.float32) for n in sizes[1:]]
    X = np.asarray(rng.standard_normal((batch, width)), np.float32)
    return Network(weights, biases, X, rng.integers(0, CLASSES, batch))


def direction(arrays: Sequence[Array]) -> list[Array]:
    """A vector in the shapes of some arrays, for products with the Hessian."""
    rng = np.random.default_rng(1)
    return [np.asarray(rng.standard_normal(a.shape), a.dtype) for a in arrays]


class Images(NamedTuple):
    """Two convolutions with biases, then a dense layer; 64 images of one channel and their classes; float32."""

    kernels: list[Array]
    biases: list[Array]
    dense: Array
    X: Array
    labels: Array


def images() -> Images:
    """Kernels of shape (out, in, 3, 3) without padding; after each convolution 2x2 pooling: 28 → 13 → 5."""
    rng = np.random.default_rng(0)
    kernels = [(0.2 * rng.standard_normal((n, m, 3, 3))).astype(np.float32) for m, n in ((1, 16), (16, 32))]
    biases = [np.zeros(n, np.float32) for n in (16, 32)]
    dense = (0.05 * rng.standard_normal((32 * 5 * 5, CLASSES))).astype(np.float32)
    X = rng.standard_normal((64, 1, 28, 28)).astype(np.float32)
    return Images(kernels, biases, dense, X, rng.integers(0, CLASSES, 64))


def entries(size: int) -> tuple[Array, Array]:
    """The two operands of a chain on arrays."""
    rng = np.random.default_rng(0)
    return rng.uniform(0.5, 1.0, size), rng.uniform(0.9, 1.0, size)


def chain(a: Any, b: Any, length: int) -> Any:
    """Products and sums in turn, ``length`` operations."""
    v = a
    for _ in range(length // 2):
        v = v * b + a
    return v


Layers = list[list[tuple[list[Any], Any]]]


def scalar_layers(kind: Callable[[float], Any]) -> Layers:
    """The neurons of 2 → 16 → 16 → 1, each a list of weights and a bias, every number made by ``kind``."""
    rng = np.random.default_rng(0)
    return [
        [([kind(float(w)) for w in rng.uniform(-1, 1, inputs)], kind(0.0)) for _ in range(neurons)]
        for inputs, neurons in pairwise([2, 16, 16, 1])
    ]


def scalar_samples() -> list[list[float]]:
    """20 points of the plane."""
    samples: list[list[float]] = np.random.default_rng(1).uniform(-1, 1, (20, 2)).tolist()
    return samples


def scalar_loss(layers: Layers, samples: list[list[float]], relu: Callable[[Any], Any]) -> Any:
    """The sum of squared errors for the target 1; hidden neurons apply ``relu``."""
    loss: Any = 0.0
    for sample in samples:
        x: list[Any] = list(sample)
        for k, layer in enumerate(layers, 1):
            sums = [sum((w * v for w, v in zip(ws, x, strict=True)), b) for ws, b in layer]
            x = [relu(z) for z in sums] if k < len(layers) else sums
        loss = loss + (x[0] - 1.0) * (x[0] - 1.0)
    return loss
