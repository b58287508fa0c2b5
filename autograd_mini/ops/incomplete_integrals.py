"""The incomplete gamma and beta functions over the whole: distribution functions, element by element."""

from __future__ import annotations

from typing import Any

from ..arrays import library
from ..operation import Operand, Rule, case, primitive
from .bessel import plain_number
from .entropies import xlog1py, xlogy
from .gammas import betaln, gammaln
from .powers import exp


def _gamma_density(x: Any, a: Any) -> Any:
    """x^(a − 1) · exp(−x) / Γ(a)."""
    return exp(xlogy(a - 1.0, x) - x - gammaln(a))


_PARTS = (case((2, 3), a=1.5), case((), a=2.0))


@primitive(
    "P({a}, {x})",
    Rule(lambda g, out, x, a: g * _gamma_density(x, a), "{x}^({a}−1) · exp(−{x}) / Γ({a})"),
    elementwise=True,
    domain=(0.5, 3.0),
    cases=_PARTS,
)
def lower_gamma(x: Operand, a: Any) -> Any:
    """The lower incomplete gamma function over the whole; ``gammainc`` is the function to call."""
    return library(x).special.gammainc(a, x)


@primitive(
    "Q({a}, {x})",
    Rule(lambda g, out, x, a: g * -_gamma_density(x, a), "−{x}^({a}−1) · exp(−{x}) / Γ({a})"),
    elementwise=True,
    domain=(0.5, 3.0),
    cases=_PARTS,
)
def upper_gamma(x: Operand, a: Any) -> Any:
    """The upper incomplete gamma function over the whole; ``gammaincc`` is the function to call."""
    return library(x).special.gammaincc(a, x)


def gammainc(a: Any, x: Operand) -> Any:
    """The lower incomplete gamma function over the whole: the distribution function of the gamma distribution.

    Parameters
    ----------
    a : float or array
        Positive; it has no derivative here.
    x : Value, number or array
        Not negative.

    Returns
    -------
    Value if ``x`` is one, else number or array

    Raises
    ------
    TypeError
        If ``a`` is a Value that requires a gradient.

    Notes
    -----
    With f = gammainc(a, x): df/dx = x^(a−1) · exp(−x) / Γ(a).

    References
    ----------
    NIST Digital Library of Mathematical Functions, equation 8.2.4, https://dlmf.nist.gov/8.2.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.gammainc(1.0, 1.0), am.grad(lambda x: am.special.gammainc(1.0, x))(1.0)
    (0.6321205..., 0.3678794...)
    """
    return lower_gamma(x, plain_number(a, "a", "gammainc", x))


def gammaincc(a: Any, x: Operand) -> Any:
    """The upper incomplete gamma function over the whole, 1 − gammainc(a, x).

    Parameters
    ----------
    a : float or array
        Positive; it has no derivative here.
    x : Value, number or array
        Not negative.

    Returns
    -------
    Value if ``x`` is one, else number or array

    Raises
    ------
    TypeError
        If ``a`` is a Value that requires a gradient.

    References
    ----------
    NIST Digital Library of Mathematical Functions, equation 8.2.4, https://dlmf.nist.gov/8.2.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.gammaincc(1.0, 1.0), am.grad(lambda x: am.special.gammaincc(1.0, x))(1.0)
    (0.3678794..., -0.3678794...)
    """
    return upper_gamma(x, plain_number(a, "a", "gammaincc", x))


@primitive(
    "I({x}; {a}, {b})",
    Rule(
        lambda g, out, x, a, b: g * exp(xlogy(a - 1.0, x) + xlog1py(b - 1.0, -x) - betaln(a, b)),
        "{x}^({a}−1) · (1 − {x})^({b}−1) / B({a}, {b})",
    ),
    elementwise=True,
    domain=(0.1, 0.9),
    cases=(case((2, 3), a=1.5, b=2.5), case((), a=2.0, b=3.0)),
)
def incomplete_beta(x: Operand, a: Any, b: Any) -> Any:
    """The incomplete beta function over the whole; ``betainc`` is the function to call."""
    return library(x).special.betainc(a, b, x)


def betainc(a: Any, b: Any, x: Operand) -> Any:
    """The incomplete beta function over the whole: the distribution function of the beta distribution.

    Parameters
    ----------
    a, b : float or array
        Positive; they have no derivative here.
    x : Value, number or array
        Between 0 and 1.

    Returns
    -------
    Value if ``x`` is one, else number or array

    Raises
    ------
    TypeError
        If ``a`` or ``b`` is a Value that requires a gradient.

    Notes
    -----
    With f = betainc(a, b, x): df/dx = x^(a−1) · (1 − x)^(b−1) / B(a, b).

    References
    ----------
    NIST Digital Library of Mathematical Functions, equation 8.17.2, https://dlmf.nist.gov/8.17.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.betainc(1.0, 1.0, 0.25), am.grad(lambda x: am.special.betainc(1.0, 1.0, x))(0.25)
    (0.25, 1.0)
    """
    return incomplete_beta(x, plain_number(a, "a", "betainc", b, x), plain_number(b, "b", "betainc", x))
