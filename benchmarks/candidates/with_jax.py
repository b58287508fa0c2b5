"""JAX, operation by operation."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from .. import problems
from ..problems import RATES

jax.config.update("jax_enable_x64", True)


def _as_it_is(f: Callable[..., Any]) -> Callable[..., Any]:
    return f


def scalar_chain(length: int, wrap: Callable[..., Any] = _as_it_is) -> Callable[[], Any]:
    """By both operands."""
    slopes = wrap(jax.grad(lambda a, b: problems.chain(a, b, length), (0, 1)))
    return lambda: [float(g) for g in slopes(1.0, 0.999)]


def chain(size: int, length: int, wrap: Callable[..., Any] = _as_it_is) -> Callable[[], Any]:
    """By both operands."""
    a, b = (jnp.asarray(z) for z in problems.entries(size))
    slopes = wrap(jax.grad(lambda a, b: problems.chain(a, b, length).sum(), (0, 1)))

    def job() -> list[float]:
        da, db = slopes(a, b)
        return [float(da[0]), float(db[-1])]

    return job


def cross_entropy(z: Any, labels: Any) -> Any:
    """The mean over the rows."""
    return jnp.mean(jax.nn.logsumexp(z, axis=1) - jnp.take_along_axis(z, labels[:, None], axis=1)[:, 0])


def mlp_loss(parameters: Any, X: Any, labels: Any) -> Any:
    """The loss of the perceptron whose weights and biases are ``parameters``."""
    Ws, bs = parameters
    a = X
    for W, b in zip(Ws[:-1], bs[:-1], strict=True):
        a = jnp.tanh(a @ W + b)
    return cross_entropy(a @ Ws[-1] + bs[-1], labels)


def _adam(p: Any, g: Any, m: Any, v: Any, t: Any) -> tuple[Any, Any, Any]:
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
    spread = jnp.sqrt(v) / (1 - 0.999**t) ** 0.5 + 1e-8
    return p - RATES["adam"] / (1 - 0.9**t) * m / spread, m, v


def training(gradient: Callable[..., Any], optimizer: str) -> Callable[..., Any]:
    """One step: loss, new parameters and the optimizer's state from the old ones and the number of the step."""

    def step(parameters: Any, state: Any, t: Any, X: Any, labels: Any) -> Any:
        loss, slopes = gradient(parameters, X, labels)
        if optimizer == "sgd":
            return loss, jax.tree.map(lambda p, g: p - RATES["sgd"] * g, parameters, slopes), state
        flat = [jax.tree.leaves(tree) for tree in (parameters, slopes, *state)]
        rows = [_adam(p, g, m, v, t) for p, g, m, v in zip(*flat, strict=True)]
        new, m, v = (jax.tree.unflatten(jax.tree.structure(parameters), column) for column in zip(*rows, strict=True))
        return loss, new, (m, v)

    return step


def mlp(
    batch: int, width: int, depth: int, optimizer: str, wrap: Callable[..., Any] = _as_it_is, f: Any = None
) -> Callable[[], Any]:
    """A function of the parameters, and new parameters from the old."""
    weights, biases, X, labels = (jax.tree.map(jnp.asarray, part) for part in problems.network(batch, width, depth))
    step = wrap(training(f or jax.value_and_grad(mlp_loss), optimizer))
    zeros = jax.tree.map(jnp.zeros_like, (weights, biases))
    parameters, state, t = (weights, biases), (zeros, zeros), 0

    def job() -> float:
        nonlocal parameters, state, t
        t += 1
        loss, parameters, state = step(parameters, state, jnp.float32(t), X, labels)
        jax.block_until_ready(parameters)
        return float(loss)

    return job


def hvp(batch: int, width: int, depth: int, wrap: Callable[..., Any] = _as_it_is) -> Callable[[], Any]:
    """Forward over reverse."""
    weights, biases, X, labels = (jax.tree.map(jnp.asarray, part) for part in problems.network(batch, width, depth))
    along = [jnp.asarray(v) for v in problems.direction([*weights, *biases])]
    slope = jax.grad(mlp_loss)

    @wrap
    def product(parameters: Any, vector: Any) -> Any:
        return jax.jvp(lambda p: slope(p, X, labels), (parameters,), (vector,))[1]

    def job() -> list[float]:
        HW, Hb = product((weights, biases), (along[:depth], along[depth:]))
        jax.block_until_ready((HW, Hb))
        return [float(jnp.abs(h).sum()) for h in (HW[0], Hb[0], HW[1])]

    return job


def convolution(wrap: Callable[..., Any] = _as_it_is) -> Callable[[], Any]:
    """``lax.conv`` and ``reduce_window``."""
    kernels, biases, dense, X, labels = (jax.tree.map(jnp.asarray, part) for part in problems.images())

    def loss(parameters: Any) -> Any:
        a: Any = X
        for K, b in zip(*parameters[:2], strict=True):
            z = jax.nn.relu(jax.lax.conv(a, K, (1, 1), "VALID") + b[:, None, None])
            a = jax.lax.reduce_window(z, -jnp.inf, jax.lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")
        return cross_entropy(a.reshape(len(X), -1) @ parameters[2], labels)

    @wrap
    def step(parameters: Any) -> Any:
        value, slopes = jax.value_and_grad(loss)(parameters)
        return value, jax.tree.map(lambda p, g: p - RATES["sgd"] * g, parameters, slopes)

    parameters = (kernels, biases, dense)

    def job() -> float:
        nonlocal parameters
        value, parameters = step(parameters)
        jax.block_until_ready(parameters)
        return float(value)

    return job


def compiled(work: Callable[..., Any]) -> Callable[..., Any]:
    """The work with its functions under ``jax.jit``."""
    return functools.partial(work, wrap=jax.jit)
