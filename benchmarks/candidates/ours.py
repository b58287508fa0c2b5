"""The project, by its functions and optimizers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autograd_mini as am
from autograd_mini import Value
from nn import optim

from .. import problems
from ..problems import RATES


def scalar_chain(length: int) -> Callable[[], Any]:
    """Fresh leaves each time, as in a training step of one sample."""

    def job() -> list[float]:
        a, b = Value(1.0), Value(0.999)
        problems.chain(a, b, length).backward()
        return [a.grad, b.grad]

    return job


def scalar_mlp() -> Callable[[], Any]:
    """Every number a node."""
    layers, samples = problems.scalar_layers(Value), problems.scalar_samples()
    leaves = [p for layer in layers for ws, b in layer for p in (*ws, b)]

    def job() -> list[float]:
        for p in leaves:
            p.grad = None
        loss = problems.scalar_loss(layers, samples, am.relu)
        loss.backward()
        return [loss.data, layers[0][0][1].grad, layers[1][3][0][2].grad]

    return job


def chain(size: int, length: int) -> Callable[[], Any]:
    """Fresh leaves each time."""
    x, y = problems.entries(size)
    ones = np.ones(size)

    def job() -> list[float]:
        a, b = Value(x), Value(y)
        problems.chain(a, b, length).backward(ones, retain_graph=False)
        return [float(a.grad[0]), float(b.grad[-1])]

    return job


def mlp(batch: int, width: int, depth: int, optimizer: str) -> Callable[[], Any]:
    """Layers by ``linear``, the loss by ``softmax_cross_entropy``."""
    weights, biases, batch_of_rows, labels = problems.network(batch, width, depth)
    X = Value(batch_of_rows, requires_grad=False)  # plain data would be copied at every step
    Ws, bs = [Value(W) for W in weights], [Value(b) for b in biases]
    kind: Any = {"sgd": optim.SGD, "adam": optim.Adam}[optimizer]
    step = kind(Ws + bs, lr=RATES[optimizer])

    def job() -> float:
        a: Any = X
        for W, b in zip(Ws[:-1], bs[:-1], strict=True):
            a = am.tanh(am.linear(a, W, b))
        loss = am.softmax_cross_entropy(am.linear(a, Ws[-1], bs[-1]), labels, "mean")
        step.zero_grad()
        loss.backward(retain_graph=False)
        step.step()
        return float(loss)

    return job


def hvp(batch: int, width: int, depth: int) -> Callable[[], Any]:
    """``hvp`` by all weights and biases at once."""
    weights, biases, X, labels = problems.network(batch, width, depth)
    along = problems.direction(weights + biases)

    def loss(*parameters: Any) -> Any:
        a: Any = X
        for W, b in zip(parameters[: depth - 1], parameters[depth:-1], strict=True):
            a = am.tanh(am.linear(a, W, b))
        return am.softmax_cross_entropy(am.linear(a, parameters[depth - 1], parameters[-1]), labels, "mean")

    def job() -> list[float]:
        found = am.hvp(loss, tuple(weights + biases), tuple(along))
        return [float(np.abs(h).sum()) for h in (found[0], found[depth], found[1])]

    return job


def convolution() -> Callable[[], Any]:
    """``conv``, ``max_pool``, and a dense layer."""
    kernels, biases, dense, X, labels = problems.images()
    conv, max_pool = am.conv, am.max_pool
    Ks, bs, W = [Value(K) for K in kernels], [Value(b[:, None, None]) for b in biases], Value(dense)
    parameters = [*Ks, *bs, W]

    def job() -> float:
        a: Any = X
        for K, b in zip(Ks, bs, strict=True):
            a = max_pool(am.relu(conv(a, K) + b), 2)
        loss = am.softmax_cross_entropy(a.reshape(len(X), -1) @ W, labels, "mean")
        loss.backward(retain_graph=False)
        for p in parameters:
            p.subtract_(RATES["sgd"] * p.grad)
            p.grad = None
        return float(loss)

    return job


def long_chain(length: int) -> Callable[[], Any]:
    """A graph of one long line."""
    return scalar_chain(length)
