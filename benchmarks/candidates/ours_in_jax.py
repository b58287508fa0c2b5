"""The project's graph built of JAX's tracers, compiled by JAX: what the engine adds to a jitted step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax

import autograd_mini as am

from . import with_jax


def _loss(parameters: Any, X: Any, labels: Any) -> Any:
    Ws, bs = parameters
    a = X
    for W, b in zip(Ws[:-1], bs[:-1], strict=True):
        a = am.tanh(am.linear(a, W, b))
    z = am.linear(a, Ws[-1], bs[-1])
    rows = am.logsumexp(z, axis=1) - am.take_along_axis(z, labels[:, None], axis=1)[:, 0]
    return am.mean(rows)


def mlp(batch: int, width: int, depth: int, optimizer: str) -> Callable[[], Any]:
    """``value_and_grad`` of ours inside ``jax.jit``."""
    return with_jax.mlp(batch, width, depth, optimizer, jax.jit, am.value_and_grad(_loss))
