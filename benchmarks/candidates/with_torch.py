"""PyTorch without compilation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional as F  # noqa: N812 (as everybody calls it)

from .. import problems
from ..problems import RATES

torch.set_num_threads(1)


def _leaf(x: Any) -> Any:
    return torch.tensor(x, requires_grad=True)


def scalar_chain(length: int) -> Callable[[], Any]:
    """Tensors of no dimension, in double precision."""

    def job() -> list[float]:
        a, b = (torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in (1.0, 0.999))
        problems.chain(a, b, length).backward()
        return [a.grad.item(), b.grad.item()]

    return job


def scalar_mlp() -> Callable[[], Any]:
    """Every number a tensor."""
    layers = problems.scalar_layers(lambda x: torch.tensor(x, dtype=torch.float64, requires_grad=True))
    samples = problems.scalar_samples()
    leaves = [p for layer in layers for ws, b in layer for p in (*ws, b)]

    def job() -> list[float]:
        for p in leaves:
            p.grad = None
        loss = problems.scalar_loss(layers, samples, torch.relu)
        loss.backward()
        return [loss.item(), layers[0][0][1].grad.item(), layers[1][3][0][2].grad.item()]

    return job


def chain(size: int, length: int) -> Callable[[], Any]:
    """Fresh leaves each time."""
    x, y = problems.entries(size)
    ones = torch.ones(size, dtype=torch.float64)

    def job() -> list[float]:
        a, b = (torch.from_numpy(z).clone().requires_grad_() for z in (x, y))
        problems.chain(a, b, length).backward(ones)
        return [a.grad[0].item(), b.grad[-1].item()]

    return job


def _loss(Ws: list[Any], bs: list[Any], X: Any, labels: Any) -> Any:
    a = X
    for W, b in zip(Ws[:-1], bs[:-1], strict=True):
        a = torch.tanh(torch.addmm(b, a, W))
    return F.cross_entropy(torch.addmm(bs[-1], a, Ws[-1]), labels)


def mlp(batch: int, width: int, depth: int, optimizer: str) -> Callable[[], Any]:
    """``torch.optim`` with its defaults."""
    weights, biases, X, labels = problems.network(batch, width, depth)
    Ws, bs = [_leaf(W) for W in weights], [_leaf(b) for b in biases]
    kind: Any = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer]
    step = kind(Ws + bs, lr=RATES[optimizer])
    x, t = torch.from_numpy(X), torch.from_numpy(labels)

    def job() -> float:
        loss = _loss(Ws, bs, x, t)
        step.zero_grad()
        loss.backward()
        step.step()
        return float(loss.item())

    return job


def hvp(batch: int, width: int, depth: int) -> Callable[[], Any]:
    """The gradient of (gradient · vector)."""
    weights, biases, X, labels = problems.network(batch, width, depth)
    along = [torch.from_numpy(v) for v in problems.direction(weights + biases)]
    Ws, bs = [_leaf(W) for W in weights], [_leaf(b) for b in biases]
    x, t = torch.from_numpy(X), torch.from_numpy(labels)

    def job() -> list[float]:
        gs = torch.autograd.grad(_loss(Ws, bs, x, t), Ws + bs, create_graph=True)
        found = torch.autograd.grad(gs, Ws + bs, along)
        return [found[i].abs().sum().item() for i in (0, depth, 1)]

    return job


def convolution() -> Callable[[], Any]:
    """``conv2d`` and ``max_pool2d``."""
    kernels, biases, dense, X, labels = problems.images()
    Ks, bs, W = [_leaf(K) for K in kernels], [_leaf(b) for b in biases], _leaf(dense)
    step = torch.optim.SGD([*Ks, *bs, W], lr=RATES["sgd"])
    x, t = torch.from_numpy(X), torch.from_numpy(labels)

    def job() -> float:
        a = x
        for K, b in zip(Ks, bs, strict=True):
            a = F.max_pool2d(F.relu(F.conv2d(a, K, b)), 2)
        loss = F.cross_entropy(a.reshape(len(X), -1) @ W, t)
        step.zero_grad()
        loss.backward()
        step.step()
        return float(loss.item())

    return job


def long_chain(length: int) -> Callable[[], Any]:
    """A graph of one long line."""
    return scalar_chain(length)
