"""The gamma function, its logarithm and relatives, element by element."""

from __future__ import annotations

import math
from operator import index
from typing import Any

from ..arrays import library
from ..operation import Operand, Rule, case, composed, primitive
from .bessel import plain_number
from .elementwise import check_real, flat


@primitive(
    "Γ({x})",
    Rule(lambda g, out, x: g * (out * psi(x)), "{out} · ψ({x})"),
    elementwise=True,
    domain=(0.5, 3.0),
)
def gamma(x: Operand) -> Any:
    """The gamma function, (x − 1)! for whole numbers.

    References
    ----------
    NIST Digital Library of Mathematical Functions, equation 5.2.1, https://dlmf.nist.gov/5.2.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.gamma(4.0), am.grad(am.special.gamma)(4.0)
    (6.0, 7.5367060...)
    """
    return library(x).special.gamma(x)


@primitive("sign Γ({x})", Rule(flat, "0"), elementwise=True, domain=(0.5, 3.0))
def gammasgn(x: Operand) -> Any:
    """The sign of the gamma function, which ``gammaln`` leaves out; its gradient is 0.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.gammasgn([-1.5, -0.5, 2.0])
    array([ 1., -1.,  1.])
    """
    return library(x).special.gammasgn(x)


@primitive(
    "log Γ({x})",
    Rule(lambda g, out, x: g * psi(x), "ψ({x})"),
    elementwise=True,
    domain=(0.5, 3.0),
)
def gammaln(x: Operand) -> Any:
    """The logarithm of the absolute value of the gamma function.

    References
    ----------
    NIST Digital Library of Mathematical Functions, equation 5.2.2, https://dlmf.nist.gov/5.2.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.gammaln(4.0), am.grad(am.special.gammaln)(4.0)
    (1.7917594..., 1.2561176...)
    """
    return library(x).special.gammaln(x)


@primitive(
    "log Γ({x})",
    Rule(lambda g, out, x: g * psi(x), "ψ({x})"),
    elementwise=True,
    domain=(0.5, 3.0),
)
def loggamma(x: Operand) -> Any:
    """The logarithm of the gamma function, also of complex numbers; of real ones below 0 it is nan.

    References
    ----------
    NIST Digital Library of Mathematical Functions, equation 5.2.1, https://dlmf.nist.gov/5.2.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.loggamma(4.0), am.grad(am.special.loggamma)(4.0)
    (1.7917594..., 1.2561176...)
    """
    return library(x).special.loggamma(x)


@primitive(
    "1 / Γ({x})",
    Rule(lambda g, out, x: g * (-out * psi(x)), "−{out} · ψ({x})"),
    elementwise=True,
    domain=(0.5, 3.0),
)
def rgamma(x: Operand) -> Any:
    """One over the gamma function.

    References
    ----------
    NIST Digital Library of Mathematical Functions, section 5.2, https://dlmf.nist.gov/5.2.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.rgamma(4.0), am.grad(am.special.rgamma)(4.0)
    (0.1666666..., -0.209352...)
    """
    return library(x).special.rgamma(x)


@primitive(
    "ψ({x})",
    Rule(lambda g, out, x: g * polygamma_of(x, 1), "ψ′({x})"),
    elementwise=True,
    domain=(0.5, 3.0),
)
def psi(x: Operand) -> Any:
    """The digamma function, the derivative of log Γ; ``digamma`` is its other name.

    References
    ----------
    NIST Digital Library of Mathematical Functions, equation 5.2.2, https://dlmf.nist.gov/5.2.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.psi(1.0), am.grad(am.special.psi)(1.0)
    (-0.577215..., 1.6449340...)
    """
    return library(x).special.digamma(x)


@primitive(
    "ψ({x}; {order})",
    Rule(lambda g, out, x, order: g * polygamma_of(x, order + 1), "ψ({x}; {order}+1)"),
    elementwise=True,
    domain=(0.5, 3.0),
    cases=(case((2, 3), order=1), case((), order=2), case((3,), order=0)),
)
def polygamma_of(x: Operand, order: int) -> Any:
    """A derivative of the digamma function; ``polygamma`` is the function to call."""
    special = library(x).special
    return (
        special.digamma(x)
        if order == 0
        else (-1.0) ** (order + 1) * math.factorial(order) * special.zeta(order + 1.0, x)
    )


def polygamma(n: int, x: Operand) -> Any:
    """The n-th derivative of the digamma function.

    Parameters
    ----------
    n : int
        0 or more; it has no derivative.
    x : Value, number or array
        Real or complex.

    Returns
    -------
    Value if ``x`` is one, else number or array

    Raises
    ------
    TypeError, ValueError
        If ``n`` is no whole number, or negative.

    Notes
    -----
    With f = ψ⁽ⁿ⁾(x): df/dx = ψ⁽ⁿ⁺¹⁾(x).

    References
    ----------
    NIST Digital Library of Mathematical Functions, section 5.15, https://dlmf.nist.gov/5.15.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.polygamma(1, 1.0), am.grad(lambda x: am.special.polygamma(1, x))(1.0)
    (1.644934..., -2.404113...)
    """
    if index(n) < 0:
        raise ValueError(f"polygamma needs n >= 0, got {n}")
    return polygamma_of(x, index(n))


@composed(case((2, 3), d=2), case((), d=3), domain=(1.5, 3.0))
def multigammaln(a: Operand, d: int) -> Any:
    """The logarithm of the multivariate gamma function, as in the density of the Wishart distribution.

    Parameters
    ----------
    a : Value, number or array
        Greater than (d − 1) / 2.
    d : int
        The dimension; it has no derivative.

    Returns
    -------
    Value if ``a`` is one, else number or array

    References
    ----------
    R. J. Muirhead, *Aspects of Multivariate Statistical Theory* (Wiley, 1982), section 2.1.2.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.multigammaln(2.0, 1), am.grad(lambda a: am.special.multigammaln(a, 1))(2.0)
    (0.0, 0.42278433...)
    """
    check_real("multigammaln", a)
    total = gammaln(a)
    for j in range(1, index(d)):
        total = total + gammaln(a - 0.5 * j)
    return total + 0.25 * d * (d - 1) * math.log(math.pi)


@primitive(
    "B({a}, {b})",
    Rule(lambda g, out, a, b: g * (out * (psi(a) - psi(a + b))), "{out} · (ψ({a}) − ψ({a} + {b}))"),
    Rule(lambda g, out, a, b: g * (out * (psi(b) - psi(a + b))), "{out} · (ψ({b}) − ψ({a} + {b}))"),
    elementwise=True,
    domain=(0.5, 3.0),
)
def beta(a: Operand, b: Operand) -> Any:
    """The beta function, Γ(a) · Γ(b) / Γ(a + b).

    References
    ----------
    NIST Digital Library of Mathematical Functions, section 5.12, https://dlmf.nist.gov/5.12.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.beta(1.0, 2.0)
    0.5
    """
    return library(a, b).special.beta(a, b)


@primitive(
    "log |B({a}, {b})|",
    Rule(lambda g, out, a, b: g * (psi(a) - psi(a + b)), "ψ({a}) − ψ({a} + {b})"),
    Rule(lambda g, out, a, b: g * (psi(b) - psi(a + b)), "ψ({b}) − ψ({a} + {b})"),
    elementwise=True,
    domain=(0.5, 3.0),
)
def betaln(a: Operand, b: Operand) -> Any:
    """The logarithm of the absolute value of the beta function.

    References
    ----------
    NIST Digital Library of Mathematical Functions, section 5.12, https://dlmf.nist.gov/5.12.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.betaln(1.0, 2.0)
    -0.6931471...
    """
    return library(a, b).special.betaln(a, b)


@primitive(
    "Γ({x} + {m}) / Γ({x})",
    Rule(lambda g, out, x, m: g * (out * (psi(x + m) - psi(x))), "{out} · (ψ({x} + {m}) − ψ({x}))"),
    Rule(lambda g, out, x, m: g * (out * psi(x + m)), "{out} · ψ({x} + {m})"),
    elementwise=True,
    domain=(0.5, 3.0),
)
def poch(x: Operand, m: Operand) -> Any:
    """Pochhammer's symbol, the rising factorial.

    References
    ----------
    NIST Digital Library of Mathematical Functions, section 5.2(iii), https://dlmf.nist.gov/5.2.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.poch(2.0, 3.0)
    24.0
    """
    return library(x, m).special.poch(x, m)


@primitive(
    "ζ({x}, {q})",
    Rule(lambda g, out, q, x: g * (-x * hurwitz(q, x + 1.0)), "−{x} · ζ({x} + 1, {q})"),
    elementwise=True,
    domain=(0.5, 3.0),
    cases=(case((2, 3), x=2.0), case((), x=3.0)),
)
def hurwitz(q: Operand, x: Any) -> Any:
    """Hurwitz' zeta function; ``zeta`` is the function to call."""
    return library(q).special.zeta(x, q)


def zeta(x: Any, q: Operand = None) -> Any:
    """The zeta function of Riemann, or with ``q`` of Hurwitz: the sum of (k + q)^(−x) over k = 0, 1, ...

    Parameters
    ----------
    x : float or array
        Greater than 1; it has no derivative.
    q : Value, number or array, optional
        1 by default.

    Returns
    -------
    Value if ``q`` is one, else number or array

    Raises
    ------
    TypeError
        If ``x`` is a Value that requires a gradient.

    References
    ----------
    NIST Digital Library of Mathematical Functions, section 25.11, https://dlmf.nist.gov/25.11.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.zeta(2.0), am.grad(lambda q: am.special.zeta(2.0, q))(1.0)
    (1.6449340..., -2.4041138...)
    """
    x = plain_number(x, "x", "zeta", q)
    return library(x).special.zeta(x) if q is None else hurwitz(q, x)
