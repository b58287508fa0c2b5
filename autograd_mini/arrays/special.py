"""SciPy's special functions as a table has them: SciPy is imported when one is first called."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np


class Special:
    """A namespace whose functions are SciPy's, each in the wrapping that a table gives it."""

    def __init__(self, wrap: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
        self._wrap = wrap

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            import scipy.special
        except ImportError as error:
            raise ImportError(
                f"autograd_mini.special.{name} needs SciPy: pip install 'autograd-mini[special]'"
            ) from error
        function = self._wrap(zeta if name == "zeta" else _of_real_numbers(getattr(scipy.special, name)))
        setattr(self, name, function)
        return function


def _of_real_numbers(function: Callable[..., Any]) -> Callable[..., Any]:
    """SciPy's function, which says in words that it knows no complex numbers, where it does not."""

    @functools.wraps(function)
    def told(*args: Any) -> Any:
        try:
            return function(*args)
        except TypeError as error:
            if any(map(np.iscomplexobj, args)):
                raise TypeError(
                    f"special.{function.__name__} takes real numbers, got complex ones: take real(x), imag(x) or abs(x)"
                ) from error
            raise

    return told


_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798)
"""The Bernoulli numbers B₂, B₄, ..., B₁₈."""


def zeta(s: Any, q: Any = None) -> Any:
    """SciPy's zeta function, and Σ (k + q)⁻ˢ over k = 0, 1, ... also for complex ``q``.

    References
    ----------
    NIST Digital Library of Mathematical Functions, equation 25.11.28 (Euler-Maclaurin), https://dlmf.nist.gov/25.11.
    """
    import scipy.special

    if not np.iscomplexobj(q):
        return scipy.special.zeta(s) if q is None else scipy.special.zeta(s, q)
    q = np.asarray(q)
    q, dtype = q.astype(np.result_type(q, np.complex128)), q.dtype
    far = np.where(np.isfinite(q), q.real, np.inf).min(initial=np.inf)
    total = np.zeros(np.broadcast_shapes(q.shape, np.shape(s)), q.dtype)
    for _ in range(int(np.ceil(12.0 - far)) if far < 12.0 else 0):  # up to where the series converges fast
        total, q = total + q**-s, q + 1.0
    power = q**-s
    total = total + power * (q / (s - 1.0) + 0.5)
    term = s * power / q
    for k, number in enumerate(_BERNOULLI, 1):
        total = total + number / math.factorial(2 * k) * term
        term = term * ((s + (2 * k - 1)) * (s + 2 * k)) / (q * q)
    return total.astype(dtype)[()]


def of_arrays(function: Callable[..., Any]) -> Callable[..., Any]:
    """SciPy's function as it is."""
    return function


def of_floats(function: Callable[..., Any]) -> Callable[..., Any]:
    """SciPy's function of numbers: a single result is a Python float."""

    def with_floats(*args: Any) -> Any:
        out = function(*args)
        return float(out) if np.ndim(out) == 0 else out

    return with_floats
