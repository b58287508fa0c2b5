"""What it is to tie, and the parts that ties get, on any library's data."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import data_of, is_half, library


def same(x: Any, y: Any) -> Any:
    """Whether two numbers tie, element by element; nan ties with nan."""
    return (x == y) | ((x != x) & (y != y))


def divided(g: Any, counts: Any) -> Any:
    """``g``, a Value or data, divided by whole numbers and only then in its own dtype, which may not hold them."""
    if type(g) is type(counts) is np.ndarray and g.dtype.itemsize > 2:  # most of them
        return (g / counts).astype(g.dtype, copy=False)
    wider = widened(g)
    parts = wider / cast(counts, data_of(wider).dtype)
    return parts if wider is g else cast(parts, data_of(g).dtype)


def widened(g: Any) -> Any:
    """``g``, a Value or data, in a dtype of four bytes or more: sums of many need one."""
    data = data_of(g)
    return cast(g, library(data).wide(data)) if is_half(data) else g


def cast(g: Any, dtype: Any) -> Any:
    """``g``, a Value or data, in another dtype."""
    return g.astype(dtype) if data_of(g) is not g else library(g).astype(g, dtype)
