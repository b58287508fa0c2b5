"""Long sums of float32 in blocks, whose sums are added up alike.

Where NumPy adds up one term after the other, a million of them leave two digits: in sums over an axis in the middle, in
``einsum``, and in products of matrices of few rows or columns, which BLAS takes as sums of rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .numpy import LONG, Array, add_reduce, sum_of_rows

_BLOCK = 4096
_FEW = 64
"""Up to how many rows or columns a product goes in blocks: of more these take much memory, and BLAS has its own."""
_LONG_ROW = 131_072
"""From where on the product of two vectors is, in which BLAS keeps many sums at once."""


def matmul_in_blocks(x: Array, y: Array) -> Any:
    """``x @ y``, where the axis that is summed over is long."""
    a, b = x if x.ndim > 1 else x[None], y if y.ndim > 1 else y[:, None]
    n, m, k = a.shape[-1], a.shape[-2], b.shape[-1]
    few = 0 < min(m, k) <= _FEW and (m * k > 1 or n > _LONG_ROW or 0 in (*x.strides, *y.strides))
    if not few or y.dtype.char not in "fF":
        return x @ y
    end = n - n % _BLOCK
    left = np.moveaxis(a[..., :end].reshape(*a.shape[:-1], -1, _BLOCK), -2, -3)
    out = _total(np.matmul(left, b[..., :end, :].reshape(*b.shape[:-2], -1, _BLOCK, k)), -3)
    out += np.matmul(a[..., end:], b[..., end:, :])
    if x.ndim == 1:
        out = out[..., 0, :]
    return out[..., 0][()] if y.ndim == 1 else out


def _total(parts: Array, axis: int) -> Array:
    parts = np.moveaxis(parts, axis, 0)
    return sum_of_rows(parts.reshape(len(parts), -1)).reshape(parts.shape[1:])


def sum_in_blocks(x: Array, axes: tuple[int, ...], keepdims: bool) -> Any:
    """The sum over axes of which not all are the last."""
    kept = [i for i in range(x.ndim) if i not in axes]
    shape = tuple(x.shape[i] for i in kept)
    count = math.prod(x.shape[i] for i in axes)
    if count <= LONG or not kept:
        return add_reduce(x, axis=axes, keepdims=keepdims)
    rows = np.moveaxis(x, axes, range(len(axes))).reshape(count, -1)
    total = sum_of_rows(rows)
    return total.reshape([1 if i in axes else n for i, n in enumerate(x.shape)] if keepdims else shape)


def einsum_in_blocks(subscripts: str, operands: Sequence[Any], optimize: Any) -> Any:
    """Einstein's sum of which the longest axis that is summed over is cut in blocks, if it is long."""
    left, arrow, result = subscripts.replace(" ", "").partition("->")
    terms = left.split(",")
    if not arrow:
        letters = left.replace("...", "").replace(",", "")
        result = "..." * ("..." in left) + "".join(sorted(c for c in set(letters) if letters.count(c) == 1))
    letter, n = _longest(terms, result, operands)
    fresh = next((c for c in "ZYXWVUTSRQPONMLKJIHGFEDCBAzyxwvutsrqponmlkjihgfedcba" if c not in subscripts), "")
    if n <= LONG or not fresh:
        return np.einsum(subscripts, *operands, optimize=optimize)
    end = n - n % _BLOCK
    blocks, rest = [], []
    for term, x in zip(terms, operands, strict=True):
        place = _place(term, letter, np.ndim(x))
        if place is None or x.shape[place] == 1:
            blocks.append(x if place is None else np.expand_dims(x, place))
            rest.append(x)
            continue
        head, tail = np.split(x, [end], place)
        blocks.append(head.reshape(*x.shape[:place], -1, _BLOCK, *x.shape[place + 1 :]))
        rest.append(tail)
    cut = f"{left.replace(letter, fresh + letter)}->{fresh}{result}"
    out = _total(np.einsum(cut, *blocks, optimize=optimize), 0)
    return (out + np.einsum(f"{left}->{result}", *rest, optimize=optimize))[()]


def _longest(terms: Sequence[str], result: str, operands: Sequence[Any]) -> tuple[str, int]:
    """The longest axis that is summed over, and its length; not one of a diagonal."""
    found, longest = "", 0
    for term, x in zip(terms, operands, strict=False):
        for letter in set(term) - {".", *result}:
            if all(other.count(letter) <= 1 for other in terms):
                place = _place(term, letter, np.ndim(x))
                n = x.shape[place] if place is not None and place < np.ndim(x) else 0
                if n > longest:
                    found, longest = letter, n
    return found, longest


def _place(term: str, letter: str, ndim: int) -> int | None:
    """Which axis of an operand a letter stands for."""
    if letter not in term:
        return None
    before = term.index(letter)
    return before if "." not in term[:before] else ndim - (len(term) - before)
