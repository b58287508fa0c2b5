"""The kinds of operands that cases of the tables name: what is made of arrays of plain real numbers.

Written with operators alone, so that the same line serves arrays and Values.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np


def complex_of(x: Any) -> Any:
    """Real and imaginary parts from the last axis; what has no such axis of two entries stays real."""
    return x[..., 0] + 1j * x[..., 1]


def turned(x: Any) -> Any:
    """The conjugate transpose of matrices."""
    y = x.swapaxes(-1, -2)
    return y.conj() if x.dtype.kind == "c" else y


def hermitian(x: Any) -> Any:
    """Its own adjoint, with eigenvalues apart."""
    return 0.5 * (x + turned(x)) + diagonal(x)


def diagonal(x: Any) -> Any:
    """Different entries on the diagonal of a matrix of the size of x."""
    n, m = x.shape[-2:]
    return (np.eye(n, m) * (3.0 + 2.0 * np.arange(m))).astype(x.dtype)


def positive(x: Any) -> Any:
    """Its own adjoint, with positive eigenvalues."""
    return x @ turned(x) + np.eye(x.shape[-1], dtype=x.dtype)


def invertible(x: Any) -> Any:
    """Of full rank, not near to anything less."""
    return x + (3.0 * np.eye(*x.shape[-2:])).astype(x.dtype)


def singular(x: Any) -> Any:
    """Of the rank 1, where the gradient of the determinant of 2 rows or more is a limit."""
    return x[..., :1] @ x[..., :1, :]


def square(x: Any) -> Any:
    """Any number of axes, invertible when taken as a square matrix."""
    side = math.isqrt(math.prod(x.shape))
    return x + (3.0 * np.eye(side)).reshape(x.shape).astype(x.dtype)


KINDS: dict[str, Callable[[Any], Any]] = {
    "": lambda x: x,
    "hermitian": hermitian,
    "invertible": invertible,
    "positive definite": positive,
    "singular": singular,
    "spread": lambda x: x + diagonal(x),
    "square": square,
}


def made(kind: str, operands: Any) -> list[Any]:
    """The operands of a case: the first one of the kind, and all of them complex if it says so."""
    if kind.startswith("complex"):
        operands, kind = [complex_of(x) for x in operands], kind.removeprefix("complex").strip()
    first, *rest = operands
    return [KINDS[kind](first), *rest]
