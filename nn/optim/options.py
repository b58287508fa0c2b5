"""What the options of optimizers may be."""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable
from typing import Any

from autograd_mini import Value


def number(name: str, value: Any, *, low: float = 0.0, below: float = math.inf) -> float:
    """``value`` as a float if it is a finite number in [low, below).

    Raises
    ------
    ValueError
        For anything else; the message quotes it.
    """
    real = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if not real or not (low <= value < below and math.isfinite(value)):
        limits = "a finite number" if low == -math.inf else f"a number in [{low:g}, {below:g})"
        raise ValueError(f"{name} must be {limits}, got {value!r}{_PLAIN if isinstance(value, Value) else ''}")
    return float(value)


_PLAIN = ": pass value.item(), or compute the step yourself, x - value * gradient, to differentiate by it"


def _any(name: str, value: Any) -> float:
    return number(name, value, low=-math.inf)


def _below_one(name: str, value: Any) -> float:
    return number(name, value, below=1.0)


def _betas(name: str, value: Any) -> tuple[float, float]:
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise ValueError(f"{name} must be two numbers in [0, 1), such as (0.9, 0.999), got {value!r}")
    return _below_one(f"{name}[0]", value[0]), _below_one(f"{name}[1]", value[1])


def _switch(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{name} must be True or False, got {value!r}")
    return value


CHECKS: dict[str, Callable[[str, Any], Any]] = {
    "lr": number,
    "momentum": number,
    "dampening": _any,
    "nesterov": _switch,
    "weight_decay": number,
    "maximize": _switch,
    "betas": _betas,
    "eps": number,
    "amsgrad": _switch,
    "alpha": _below_one,
    "centered": _switch,
    "lr_decay": number,
    "initial_accumulator_value": number,
}
"""For each option, what returns the value in its proper type or raises ValueError."""
