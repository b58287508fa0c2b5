"""MyGrad: first order only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mygrad as mg
import numpy as np
from mygrad.nnet.activations import relu
from mygrad.nnet.layers import conv_nd, max_pool
from mygrad.nnet.losses import softmax_crossentropy

from .. import problems
from ..problems import RATES
from .by_hand import _adam, _descend


def scalar_chain(length: int) -> Callable[[], Any]:
    """Tensors of no dimension."""

    def job() -> list[float]:
        a, b = mg.tensor(1.0), mg.tensor(0.999)
        problems.chain(a, b, length).backward()
        return [float(a.grad), float(b.grad)]

    return job


def scalar_mlp() -> Callable[[], Any]:
    """Every number a tensor."""
    layers, samples = problems.scalar_layers(mg.tensor), problems.scalar_samples()

    def job() -> list[float]:
        loss = problems.scalar_loss(layers, samples, relu)
        loss.backward()
        return [loss.item(), float(layers[0][0][1].grad), float(layers[1][3][0][2].grad)]

    return job


def chain(size: int, length: int) -> Callable[[], Any]:
    """Fresh leaves each time."""
    x, y = problems.entries(size)

    def job() -> list[float]:
        a, b = mg.tensor(x), mg.tensor(y)
        problems.chain(a, b, length).sum().backward()
        return [float(a.grad[0]), float(b.grad[-1])]

    return job


def mlp(batch: int, width: int, depth: int, optimizer: str) -> Callable[[], Any]:
    """Its own loss; the update by hand on the tensors' arrays."""
    weights, biases, X, labels = problems.network(batch, width, depth)
    Ws, bs = [mg.tensor(W) for W in weights], [mg.tensor(b) for b in biases]
    update = _adam(weights, biases) if optimizer == "adam" else _descend

    def job() -> float:
        a: Any = X
        for i in range(depth):
            z = mg.matmul(a, Ws[i]) + bs[i]
            a = mg.tanh(z) if i < depth - 1 else z
        loss = softmax_crossentropy(a, labels)
        loss.backward()
        for i in range(depth):
            update(2 * i, Ws[i].data, np.array(Ws[i].grad))
            update(2 * i + 1, bs[i].data, np.array(bs[i].grad))
        return float(loss.item())

    return job


def convolution() -> Callable[[], Any]:
    """``conv_nd`` and ``max_pool``, which want the images' size to be a multiple of the pool: the edge is cut."""
    kernels, biases, dense, X, labels = problems.images()
    Ks, W = [mg.tensor(K) for K in kernels], mg.tensor(dense)
    bs = [mg.tensor(b.reshape(1, -1, 1, 1)) for b in biases]

    def job() -> float:
        a: Any = X
        for K, b in zip(Ks, bs, strict=True):
            z = relu(conv_nd(a, K, stride=1) + b)
            n = z.shape[-1] // 2 * 2
            a = max_pool(z[:, :, :n, :n], (2, 2), 2)
        loss = softmax_crossentropy(mg.matmul(a.reshape(len(X), -1), W), labels)
        loss.backward()
        for p in (*Ks, *bs, W):
            p.data[...] -= RATES["sgd"] * p.grad
        return float(loss.item())

    return job
