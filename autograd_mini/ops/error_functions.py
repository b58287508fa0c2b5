"""The error function and its relatives, and the normal distribution, element by element."""

from __future__ import annotations

import math
from typing import Any

from ..arrays import library
from ..operation import Operand, Rule, primitive
from .powers import exp, square

_SLOPE = 2.0 / math.sqrt(math.pi)
_PEAK = 1.0 / math.sqrt(2.0 * math.pi)


@primitive(
    "erfc {x}",
    Rule(lambda g, out, x: g * (-_SLOPE * exp(-square(x))), "−2/√π · exp(−{x}²)"),
    elementwise=True,
)
def erfc(x: Operand) -> Any:
    """1 − erf x, exact also where that is tiny.

    References
    ----------
    NIST Digital Library of Mathematical Functions, equation 7.2.2, https://dlmf.nist.gov/7.2.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.erfc(1.0), am.grad(am.special.erfc)(1.0)
    (0.1572992..., -0.415107...)
    """
    return library(x).special.erfc(x)


@primitive(
    "exp({x}²) · erfc {x}",
    Rule(lambda g, out, x: g * (2.0 * x * out - _SLOPE), "2{x} · {out} − 2/√π"),
    elementwise=True,
)
def erfcx(x: Operand) -> Any:
    """erfc x times exp(x²), which does not underflow.

    References
    ----------
    NIST Digital Library of Mathematical Functions, equation 7.2.2, https://dlmf.nist.gov/7.2.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.erfcx(1.0), am.grad(am.special.erfcx)(1.0)
    (0.4275835..., -0.273212...)
    """
    return library(x).special.erfcx(x)


@primitive(
    "erfi {x}",
    Rule(lambda g, out, x: g * (_SLOPE * exp(square(x))), "2/√π · exp({x}²)"),
    elementwise=True,
)
def erfi(x: Operand) -> Any:
    """The imaginary error function, −i · erf(ix).

    References
    ----------
    NIST Digital Library of Mathematical Functions, section 7.2, https://dlmf.nist.gov/7.2.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.erfi(1.0), am.grad(am.special.erfi)(1.0)
    (1.6504257..., 3.0672525...)
    """
    return library(x).special.erfi(x)


@primitive(
    "dawsn {x}",
    Rule(lambda g, out, x: g * (1.0 - 2.0 * x * out), "1 − 2{x} · {out}"),
    elementwise=True,
)
def dawsn(x: Operand) -> Any:
    """Dawson's integral, exp(−x²) times the integral of exp(t²) from 0 to x.

    References
    ----------
    NIST Digital Library of Mathematical Functions, equation 7.2.5, https://dlmf.nist.gov/7.2.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.dawsn(1.0), am.grad(am.special.dawsn)(1.0)
    (0.5380795..., -0.076159...)
    """
    return library(x).special.dawsn(x)


@primitive(
    "erf⁻¹ {x}",
    Rule(lambda g, out, x: g * (exp(square(out)) / _SLOPE), "√π/2 · exp({out}²)"),
    elementwise=True,
    domain=(-0.8, 0.8),
)
def erfinv(x: Operand) -> Any:
    """The inverse of ``erf``, for −1 < x < 1.

    References
    ----------
    NIST Digital Library of Mathematical Functions, section 7.17, https://dlmf.nist.gov/7.17.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.erfinv(0.5), am.grad(am.special.erfinv)(0.5)
    (0.4769362..., 1.1125848...)
    """
    return library(x).special.erfinv(x)


@primitive(
    "erfc⁻¹ {x}",
    Rule(lambda g, out, x: g * (exp(square(out)) / -_SLOPE), "−√π/2 · exp({out}²)"),
    elementwise=True,
    domain=(0.2, 1.8),
)
def erfcinv(x: Operand) -> Any:
    """The inverse of ``erfc``, for 0 < x < 2.

    References
    ----------
    NIST Digital Library of Mathematical Functions, section 7.17, https://dlmf.nist.gov/7.17.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.erfcinv(0.5), am.grad(am.special.erfcinv)(0.5)
    (0.4769362..., -1.112584...)
    """
    return library(x).special.erfcinv(x)


@primitive(
    "Φ({x})",
    Rule(lambda g, out, x: g * (_PEAK * exp(-0.5 * square(x))), "exp(−{x}²/2) / √(2π)"),
    elementwise=True,
)
def ndtr(x: Operand) -> Any:
    """The distribution function of the normal distribution: the probability of less than x.

    References
    ----------
    NIST Digital Library of Mathematical Functions, section 7.18, https://dlmf.nist.gov/7.18.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.ndtr(0.0), am.grad(am.special.ndtr)(0.0)
    (0.5, 0.3989422...)
    """
    return library(x).special.ndtr(x)


@primitive(
    "log Φ({x})",
    Rule(lambda g, out, x: g * (_PEAK * exp(-0.5 * square(x) - out)), "exp(−{x}²/2 − {out}) / √(2π)"),
    elementwise=True,
)
def log_ndtr(x: Operand) -> Any:
    """The logarithm of ``ndtr``, exact also where that is tiny.

    References
    ----------
    NIST Digital Library of Mathematical Functions, section 7.18, https://dlmf.nist.gov/7.18.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.log_ndtr(-40.0), am.grad(am.special.log_ndtr)(-40.0)
    (-804.6084..., 40.024968...)
    """
    return library(x).special.log_ndtr(x)


@primitive(
    "Φ⁻¹({x})",
    Rule(lambda g, out, x: g * (exp(0.5 * square(out)) / _PEAK), "√(2π) · exp({out}²/2)"),
    elementwise=True,
    domain=(0.1, 0.9),
)
def ndtri(x: Operand) -> Any:
    """The inverse of ``ndtr``, for 0 < x < 1.

    References
    ----------
    NIST Digital Library of Mathematical Functions, section 7.17, https://dlmf.nist.gov/7.17.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.ndtri(0.5), am.grad(am.special.ndtri)(0.5)
    (0.0, 2.5066282...)
    """
    return library(x).special.ndtri(x)
