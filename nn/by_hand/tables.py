"""Activations and losses with their derivatives in plain NumPy, as one writes them by hand: no graph, no autodiff."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .steps import Array


@dataclass(frozen=True, slots=True)
class Activation:
    """An activation that works entry by entry.

    Attributes
    ----------
    f : callable
        ``a = f(z)``.
    slope : callable
        ``f'(z)``, from ``z`` and ``a``, whichever makes it shorter.
    formula : str
        ``f'`` in symbols.
    """

    f: Callable[[Array], Array]
    slope: Callable[[Array, Array], Array]
    formula: str


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss with its derivative.

    Attributes
    ----------
    value : callable
        ``C(a, Y)``, the mean over all entries or rows.
    slope : callable
        ``∂C/∂a`` in the shape of ``a``.
    formula : str
        ``∂C/∂a`` in symbols.
    labels : bool
        Whether ``Y`` holds the number of the right class of each row, instead of numbers in the shape of ``a``.
    """

    value: Callable[[Array, Array], float]
    slope: Callable[[Array, Array], Array]
    formula: str
    labels: bool = False


# --- activations ------------------------------------------------------------------------------------------------------


def sigmoid(z: Array) -> Array:
    """1 / (1 + exp(−z)), by way of exp(−|z|), which cannot overflow."""
    small = np.exp(-np.abs(z))
    return np.asarray(np.where(z < 0, small, 1.0) / (1.0 + small))


def _normal_density(z: Array) -> Array:
    return np.asarray(np.exp(-0.5 * z**2) * (1.0 / math.sqrt(2.0 * math.pi)))


def _normal_probability(z: Array) -> Array:
    erf = np.vectorize(math.erf, otypes=[float])
    return np.asarray(0.5 * (1.0 + erf(z * math.sqrt(0.5))), z.dtype)


def _silu_slope(z: Array, a: Array) -> Array:
    s = sigmoid(z)
    return np.asarray(s * (1.0 + z * (1.0 - s)))


ACTIVATIONS: dict[str, Activation] = {
    "linear": Activation(lambda z: z, lambda z, a: np.ones_like(z), "1"),
    "step": Activation(lambda z: np.heaviside(z, 0.0), lambda z, a: np.zeros_like(z), "0"),
    "sigmoid": Activation(sigmoid, lambda z, a: a * (1.0 - a), "a·(1 − a)"),
    "tanh": Activation(np.tanh, lambda z, a: 1.0 - a**2, "1 − a²"),
    "relu": Activation(
        lambda z: np.maximum(z, 0.0), lambda z, a: np.where(z > 0, z.dtype.type(1), 0), "1 if z > 0 else 0"
    ),
    "leaky_relu": Activation(
        lambda z: np.where(z > 0, z, 0.01 * z),
        lambda z, a: np.where(z > 0, z.dtype.type(1), 0.01),
        "1 if z > 0 else 0.01",
    ),
    "elu": Activation(
        lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0.0))),
        lambda z, a: np.where(z > 0, z.dtype.type(1), a + 1.0),
        "1 if z > 0 else a + 1",
    ),
    "gelu": Activation(
        lambda z: z * _normal_probability(z),
        lambda z, a: _normal_probability(z) + z * _normal_density(z),
        "Φ(z) + z·φ(z)",
    ),
    "silu": Activation(lambda z: z * sigmoid(z), _silu_slope, "s·(1 + z·(1 − s)), s = sigmoid z"),
    "softplus": Activation(lambda z: np.logaddexp(z, 0.0), lambda z, a: sigmoid(z), "sigmoid z"),
}
"""The activations by name. Softmax is none of them: it does not work entry by entry, and is part of cross-entropy."""


# --- losses -----------------------------------------------------------------------------------------------------------


def softmax(scores: Array) -> Array:
    """exp(scores) / Σ exp(scores) in each row, shifted by the largest score, so that nothing overflows."""
    out = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(out / out.sum(axis=1, keepdims=True))


def one_hot(labels: Array, like: Array) -> Array:
    """Zeros in the shape and dtype of ``like``, with a one at each row's label."""
    out = np.zeros_like(like)
    out[np.arange(len(labels)), labels] = 1.0
    return out


def _bce(p: Array, Y: Array) -> float:
    with np.errstate(divide="ignore"):
        yes, no = np.maximum(np.log(p), -100.0), np.maximum(np.log1p(-p), -100.0)
    return float(-np.mean(Y * yes + (1.0 - Y) * no))


def _cross_entropy(scores: Array, labels: Array) -> float:
    shifted = scores - scores.max(axis=1, keepdims=True)
    right = shifted[np.arange(len(labels)), labels]
    return float(np.mean(np.log(np.exp(shifted).sum(axis=1)) - right))


LOSSES: dict[str, Loss] = {
    "mse": Loss(
        lambda a, Y: float(np.mean((a - Y) ** 2)),
        lambda a, Y: 2.0 * (a - Y) / a.size,
        "2·(a − Y) / n",
    ),
    "binary_cross_entropy": Loss(
        _bce,
        lambda a, Y: (a - Y) / np.maximum(a * (1.0 - a), 1e-12) / a.size,
        "(a − Y) / (a·(1 − a)) / n",
    ),
    "binary_cross_entropy_with_logits": Loss(
        lambda a, Y: float(np.mean(np.logaddexp(a, 0.0) - Y * a)),
        lambda a, Y: (sigmoid(a) - Y) / a.size,
        "(sigmoid a − Y) / n",
    ),
    "cross_entropy": Loss(
        _cross_entropy,
        lambda a, Y: (softmax(a) - one_hot(Y, a)) / len(a),
        "(p − y) / N with p = softmax a and y = Y one-hot",
        labels=True,
    ),
}
"""The losses by name, with the definitions of ``nn.losses``; ``n`` counts the entries, ``N`` the rows."""
