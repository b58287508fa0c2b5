"""What the options of optimizers may be: functions that return a value in its proper type, or raise ValueError."""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable
from typing import Any, TypeAlias

from autograd_mini import Value

Check: TypeAlias = Callable[[str, Any], Any]


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


def any_number(name: str, value: Any) -> float:
    """``value`` as a float if it is a finite number."""
    return number(name, value, low=-math.inf)


def below_one(name: str, value: Any) -> float:
    """``value`` as a float if it is in [0, 1)."""
    return number(name, value, below=1.0)


def pair_below_one(name: str, value: Any) -> tuple[float, float]:
    """``value`` as two floats in [0, 1)."""
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise ValueError(f"{name} must be two numbers in [0, 1), such as (0.9, 0.999), got {value!r}")
    return below_one(f"{name}[0]", value[0]), below_one(f"{name}[1]", value[1])


def switch(name: str, value: Any) -> bool:
    """``value`` if it is True or False."""
    if not isinstance(value, bool):
        raise ValueError(f"{name} must be True or False, got {value!r}")
    return value
