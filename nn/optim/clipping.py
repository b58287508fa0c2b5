"""Gradients held within bounds, between the backward pass and the step."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

import autograd_mini as am
from autograd_mini import Value

from .options import number
from .slots import real_numbers


def clip_grad_norm(params: Iterable[Value] | Value, max_norm: float, error_if_nonfinite: bool = False) -> float:
    """Scale all gradients by one factor, so that together, as one long vector, they are no longer than ``max_norm``.

    Parameters
    ----------
    params : iterable of Value, or Value
        Whose ``.grad`` is scaled; those without one count as 0.
    max_norm : float
        The largest length allowed, at least 0; ``math.inf`` only measures.
    error_if_nonfinite : bool
        Raise if a gradient is infinite or NaN. Otherwise the factor is, as in PyTorch, 0 for an infinite and NaN for
        a NaN length.

    Returns
    -------
    float
        The length before.

    Raises
    ------
    ValueError
        If ``max_norm`` is negative or no number.
    RuntimeError
        If ``error_if_nonfinite`` and the length is infinite or NaN; no gradient has changed.

    References
    ----------
    Pascanu, Mikolov, Bengio (2013), On the difficulty of training recurrent neural networks.

    Examples
    --------
    >>> from autograd_mini import Value
    >>> from nn.optim import clip_grad_norm
    >>> x = Value([3.0, 4.0])
    >>> x.grad = [30.0, 40.0]
    >>> clip_grad_norm([x], max_norm=5.0)
    50.0
    >>> x.grad.round(5)
    array([3., 4.])
    """
    if max_norm != math.inf:
        max_norm = number("max_norm", max_norm)
    held = _with_gradients(params)
    lengths = [_length(parameter.grad) for parameter in held]
    total = math.hypot(*lengths)
    if any(map(math.isnan, lengths)):
        total = math.nan  # hypot of an infinity and a NaN is infinite
    if error_if_nonfinite and not math.isfinite(total):
        faulty = [repr(p) for p, length in zip(held, lengths, strict=True) if not math.isfinite(length)]
        raise RuntimeError(f"the gradients have length {total}; not finite are those of {', '.join(faulty)}")
    factor = max_norm / (total + 1e-6)
    if not factor >= 1:
        with np.errstate(invalid="ignore"):
            for parameter in held:
                parameter.grad = parameter.grad * factor
    return total


def clip_grad_value(params: Iterable[Value] | Value, clip_value: float) -> None:
    """Limit every entry of every gradient to [-clip_value, clip_value].

    Parameters
    ----------
    params : iterable of Value, or Value
        Whose ``.grad`` is limited; those without one are left out.
    clip_value : float
        The limit, at least 0.

    Raises
    ------
    ValueError
        If ``clip_value`` is negative or not finite.

    Examples
    --------
    >>> from autograd_mini import Value
    >>> from nn.optim import clip_grad_value
    >>> x = Value([3.0, 4.0])
    >>> x.grad = [-30.0, 0.5]
    >>> clip_grad_value([x], 1.0)
    >>> x.grad
    array([-1. ,  0.5])
    """
    limit = number("clip_value", clip_value)
    for parameter in _with_gradients(params):
        parameter.grad = am.clip(parameter.grad, -limit, limit)


def _with_gradients(params: Iterable[Value] | Value) -> list[Value]:
    found = [params] if isinstance(params, Value) else list(params)
    for parameter in found:
        if not isinstance(parameter, Value):
            raise ValueError(f"params must hold Values, got {type(parameter).__name__}: {parameter!r:.60}")
    return [parameter for parameter in found if parameter.grad is not None]


def _length(g: Any) -> float:
    """The Euclidean norm, measured in double precision, whose squares do not overflow where float32's do."""
    return float(np.linalg.norm(np.asarray(real_numbers(g), np.float64).reshape(-1)))
