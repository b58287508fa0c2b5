"""Whether two gradients are the same up to rounding, and how often the one is in the other."""

from __future__ import annotations

from typing import Any

import numpy as np


def norm(x: Any) -> float:
    """The Frobenius norm of an array, the size of a number."""
    with np.errstate(all="ignore"):
        return float(np.sqrt(np.sum(np.abs(x) ** 2)))


def same(x: Any, y: Any, value: Any, scale: float = 0.0) -> bool:
    """Whether two gradients agree in the precision of a value's data.

    Parameters
    ----------
    x, y : number or array
        The gradients.
    value : number or array
        What they are gradients by.
    scale : float
        The size of the terms that ``y`` is the sum of, on which rounding depends.
    """
    if type(x) is float is type(y) and x == y:
        return True
    data = np.asarray(value)
    tolerance = float(np.finfo(data.dtype).eps) ** 0.5 if data.dtype.kind in "fc" else 1e-8
    size = max(norm(y), scale)
    room = tolerance * size if np.isfinite(size) else 0.0
    with np.errstate(all="ignore"):
        return bool(np.allclose(x, y, rtol=tolerance, atol=room, equal_nan=True))


def multiple(own: Any, fresh: Any, value: Any) -> int:
    """How many times the second gradient is in the first, as a whole number; 0 if that cannot be said."""
    with np.errstate(all="ignore"):
        square = float(np.sum(np.abs(fresh) ** 2))
        ratio = float(np.real(np.sum(np.conj(fresh) * own))) / square if square else 0.0
        times = round(ratio) if np.isfinite(ratio) and ratio > 1.5 else 0
        return times if times and same(own, times * np.asarray(fresh), value) else 0
