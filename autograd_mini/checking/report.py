"""What both checks share: the error, tables in plain text, tolerances, and the pattern behind wrong entries."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from ..chain import notation

Array: TypeAlias = np.ndarray[Any, Any]


class GradientError(AssertionError):
    """Two gradients that should be equal differ; the message is a table of where, the worst first.

    Parameters
    ----------
    message : str
        The table and what it suggests.
    rows : sequence
        The same as data: ``Mismatch`` rows from ``gradcheck``, ``ComparisonRow`` rows from ``compare_gradients``.

    Examples
    --------
    >>> from autograd_mini import GradientError, gradcheck, relu
    >>> try:
    ...     gradcheck(relu, 0.0)
    ... except GradientError as error:
    ...     error.rows[0].autodiff, error.rows[0].differences
    (0.0, 0.5)
    """

    def __init__(self, message: str, rows: Sequence[Any] = ()) -> None:
        super().__init__(message)
        self.rows = tuple(rows)


class Tolerance(NamedTuple):
    """How far apart two entries may lie: ``rtol`` times the larger of the two, and ``atol``."""

    rtol: float
    atol: float

    def allowed(self, a: Array, b: Array) -> Array:
        """The largest absolute difference that counts as equal, entry by entry."""
        return self.rtol * larger(a, b) + self.atol


def tolerance(
    rtols: dict[type[Any], float], dtype: Any, largest: float, rtol: float | None, atol: float | None
) -> Tolerance:
    """What the user asked for, or else what suits the precision; ``largest`` is the largest entry of the reference.

    The default ``atol`` is a hundredth of ``rtol`` at the largest entry, since an entry that is a small sum of large
    terms carries their rounding error, and never below some units in the last place of 1, the rounding error of zero.
    """
    real = np.finfo(dtype).dtype.type
    if rtol is None:
        rtol = rtols[real] if real in rtols else rtols[np.float64]
    rtol = non_negative(rtol, "rtol")
    if atol is None:
        atol = 0.01 * rtol * largest + 16 * float(max(np.finfo(dtype).eps, np.finfo(np.float64).eps))
    return Tolerance(rtol, non_negative(atol, "atol"))


def non_negative(number: Any, what: str) -> float:
    """``number`` as a float; a negative or infinite one is an error."""
    try:
        checked = float(number) if not isinstance(number, (str, bytes)) else None
    except (TypeError, ValueError):
        checked = None
    if checked is None:
        raise TypeError(f"{what} is a single number, such as {what}=1e-6, got {type(number).__name__}")
    if not 0 <= checked < np.inf:
        raise ValueError(f"{what} must be zero or a positive number, got {number}")
    return checked


def whole(number: Any, what: str, least: int) -> int:
    """``number`` as an int that is not too small."""
    try:
        checked = None if isinstance(number, bool) else index(number)
    except TypeError:
        checked = None
    if checked is None:
        raise TypeError(f"{what} is a whole number, such as {what}={least}, got {type(number).__name__}")
    if checked < least:
        raise ValueError(f"{what} must be {least} or more, got {number}")
    return checked


def larger(a: Array, b: Array) -> Array:
    """The larger magnitude of two entries."""
    out: Array = np.maximum(np.abs(a), np.abs(b))
    return out


def relative_error(a: Any, b: Any) -> Array:
    """|a − b| over the larger magnitude of the two; 0 where both are 0, infinite where one of them is not finite."""
    a, b = np.asarray(a), np.asarray(b)
    size = larger(a, b)
    with np.errstate(invalid="ignore"):
        error = np.abs(a - b) / np.where(size == 0, 1.0, size)
    return np.where(a == b, 0.0, np.where(np.isfinite(error), error, np.inf))


def number(x: Any) -> str:
    """A number with seven digits."""
    return notation.number(complex(x) if np.iscomplexobj(x) else float(x), ".7g")


def error_size(x: float) -> str:
    """An error with the two digits that matter."""
    return "0" if x == 0 else f"{x:.1e}"


def index_text(index: tuple[int, ...]) -> str:
    """An index as one writes it behind a name: [0, 1], and nothing for a single number."""
    return str(list(index)) if index else ""


def text_table(header: Sequence[str], rows: Sequence[Sequence[str]], align: str) -> str:
    """Columns in plain text under a rule; ``align`` has ``<`` or ``>`` for each column."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    lines = [header, ["─" * width for width in widths], *rows]
    return "\n".join(
        "  ".join(f"{cell:{side}{width}}" for cell, side, width in zip(line, align, widths, strict=True)).rstrip()
        for line in lines
    )


def pattern(found: Array, expected: Array) -> str:
    """What all entries of a row have in common, in words: ``"is off by a factor of 2"``; empty if nothing.

    Parameters
    ----------
    found, expected : array
        The entries that differ, in two rows of the same length.
    """
    if found.size < 2 or not (np.isfinite(found).all() and np.isfinite(expected).all()) or not expected.any():
        return ""
    if not found.any():
        return "is zero"
    if np.iscomplexobj(expected) and _close(found, expected.conj()):
        return "is the complex conjugate"
    factor = float((found * expected.conj()).real.sum() / (np.abs(expected) ** 2).sum())
    if factor == 0 or not _close(found, factor * expected):
        return ""
    return "has the wrong sign" if abs(factor + 1) < 1e-3 else f"is off by a factor of {_factor(factor)}"


def _close(a: Array, b: Array) -> bool:
    return bool((np.abs(a - b) <= 1e-3 * np.abs(b)).all())


def _factor(x: float) -> str:
    if abs(x - round(x)) < 1e-3 * abs(x):
        return str(round(x))
    if abs(1 / x - round(1 / x)) < 1e-3 * abs(1 / x):
        return f"{'-' if x < 0 else ''}1/{abs(round(1 / x))}"
    return f"{x:.4g}"
