"""micrograd: single numbers only."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from micrograd.engine import Value

from .. import problems

sys.setrecursionlimit(100_000)  # its backward pass recurses


def scalar_chain(length: int) -> Callable[[], Any]:
    """Fresh leaves each time."""

    def job() -> list[float]:
        a, b = Value(1.0), Value(0.999)
        problems.chain(a, b, length).backward()
        return [a.grad, b.grad]

    return job


def scalar_mlp() -> Callable[[], Any]:
    """The same sums of products as everybody's."""
    layers, samples = problems.scalar_layers(Value), problems.scalar_samples()
    leaves = [p for layer in layers for ws, b in layer for p in (*ws, b)]

    def job() -> list[float]:
        for p in leaves:
            p.grad = 0
        loss = problems.scalar_loss(layers, samples, Value.relu)
        loss.backward()
        return [loss.data, layers[0][0][1].grad, layers[1][3][0][2].grad]

    return job
