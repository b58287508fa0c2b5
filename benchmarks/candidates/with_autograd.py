"""HIPS autograd."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd.numpy as np
import autograd.scipy.signal
from autograd import grad, value_and_grad

from .. import problems
from ..problems import RATES
from .by_hand import _adam, _descend


def scalar_chain(length: int) -> Callable[[], Any]:
    """Python floats."""
    slopes = grad(lambda ab: problems.chain(ab[0], ab[1], length))
    return lambda: slopes((1.0, 0.999))


def scalar_mlp() -> Callable[[], Any]:
    """By all weights and biases at once, as nested lists."""
    layers, samples = problems.scalar_layers(float), problems.scalar_samples()
    f = value_and_grad(lambda layers: problems.scalar_loss(layers, samples, lambda z: np.where(z > 0, z, 0.0)))

    def job() -> list[float]:
        loss, slopes = f(layers)
        return [float(loss), float(slopes[0][0][1]), float(slopes[1][3][0][2])]

    return job


def chain(size: int, length: int) -> Callable[[], Any]:
    """By both operands."""
    a, b = problems.entries(size)
    slopes = grad(lambda ab: np.sum(problems.chain(ab[0], ab[1], length)))

    def job() -> list[float]:
        da, db = slopes((a, b))
        return [float(da[0]), float(db[-1])]

    return job


def _loss(parameters: Any, X: Any, labels: Any, depth: int) -> Any:
    a: Any = X
    for i in range(depth):
        z = np.dot(a, parameters[i]) + parameters[depth + i]
        a = np.tanh(z) if i < depth - 1 else z
    return _cross_entropy(a, labels)


def _cross_entropy(z: Any, labels: Any) -> Any:
    shifted = z - np.max(z, axis=1, keepdims=True)
    return np.mean(np.log(np.sum(np.exp(shifted), axis=1)) - shifted[np.arange(len(labels)), labels])


def mlp(batch: int, width: int, depth: int, optimizer: str) -> Callable[[], Any]:
    """Functions of NumPy, and the update by hand."""
    weights, biases, X, labels = problems.network(batch, width, depth)
    parameters = weights + biases
    f = value_and_grad(lambda p: _loss(p, X, labels, depth))
    update = _adam(weights, biases) if optimizer == "adam" else _descend
    order = [(2 * i, i) for i in range(depth)] + [(2 * i + 1, depth + i) for i in range(depth)]

    def job() -> float:
        loss, slopes = f(parameters)
        for slot, i in order:
            update(slot, parameters[i], slopes[i])
        return float(loss)

    return job


def hvp(batch: int, width: int, depth: int) -> Callable[[], Any]:
    """The gradient of (gradient · vector)."""
    weights, biases, X, labels = problems.network(batch, width, depth)
    parameters = weights + biases
    along = problems.direction(parameters)
    inner = grad(lambda p: _loss(p, X, labels, depth))

    def slope(p: Any) -> Any:
        gs = inner(p)
        return sum(np.sum(gs[i] * v) for i, v in enumerate(along))

    outer = grad(slope)

    def job() -> list[float]:
        found = outer(parameters)
        return [float(np.abs(found[i]).sum()) for i in (0, depth, 1)]

    return job


def convolution() -> Callable[[], Any]:
    """``autograd.scipy.signal.convolve``, with kernels flipped so that it is the others' correlation."""
    kernels, biases, dense, X, labels = problems.images()
    parameters: list[Any] = [*kernels, *biases, dense]

    def loss(p: Any) -> Any:
        a: Any = X
        for i in range(2):
            K = p[i][:, :, ::-1, ::-1]
            z = autograd.scipy.signal.convolve(a, K, axes=([2, 3], [2, 3]), dot_axes=([1], [1]), mode="valid")
            z = np.maximum(z + np.reshape(p[2 + i], (-1, 1, 1)), 0.0)
            n = z.shape[-1] // 2
            z = z[:, :, : 2 * n, : 2 * n]
            a = np.max(np.reshape(z, (*z.shape[:2], n, 2, n, 2)), axis=(3, 5))
        return _cross_entropy(np.dot(np.reshape(a, (len(X), -1)), p[4]), labels)

    f = value_and_grad(loss)

    def job() -> float:
        value, slopes = f(parameters)
        for p, g in zip(parameters, slopes, strict=True):
            np.subtract(p, RATES["sgd"] * g, out=p)
        return float(value)

    return job
