"""Modified Bessel functions, element by element; the order is a number, and has no derivative."""

from __future__ import annotations

from typing import Any

from ..arrays import library
from ..operation import Operand, Rule, case, primitive
from .arithmetic import floating
from .bessel import plain_number
from .elementwise import real, sign


@primitive(
    "I₀({x})",
    Rule(lambda g, out, x: g * i1(x), "I₁({x})"),
    elementwise=True,
)
def i0(x: Operand) -> Any:
    """The modified Bessel function of the first kind of order 0.

    References
    ----------
    NIST Digital Library of Mathematical Functions, section 10.29, https://dlmf.nist.gov/10.29.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.i0(1.0), am.grad(am.special.i0)(1.0)
    (1.2660658..., 0.5651591...)
    """
    return library(x).special.i0(floating(x))  # NumPy has it in double precision for whole numbers, not all SciPys


@primitive(
    "I₁({x})",
    Rule(lambda g, out, x: g * (0.5 * (i0(x) + bessel_i(x, 2.0))), "(I₀({x}) + I₂({x})) / 2"),
    elementwise=True,
)
def i1(x: Operand) -> Any:
    """The modified Bessel function of the first kind of order 1.

    References
    ----------
    NIST Digital Library of Mathematical Functions, section 10.29, https://dlmf.nist.gov/10.29.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.i1(1.0), am.grad(am.special.i1)(1.0)
    (0.5651591..., 0.7009067...)
    """
    return library(x).special.i1(x)


@primitive(
    "exp(−|{x}|) · I₀({x})",
    Rule(lambda g, out, x: g * (i1e(x) - sign(x) * out), "exp(−|{x}|) · I₁({x}) − sign {x} · {out}"),
    elementwise=True,
    domain=(0.3, 2.0),
)
def i0e(x: Operand) -> Any:
    """``i0`` times exp(−abs(x)), which does not overflow; its slope at 0 is 0.

    References
    ----------
    NIST Digital Library of Mathematical Functions, section 10.29, https://dlmf.nist.gov/10.29.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.i0e(1000.0), am.grad(am.special.i0e)(1000.0)
    (0.0126172..., -6.310198...e-06)
    """
    return library(x).special.i0e(x)


@primitive(
    "exp(−|{x}|) · I₁({x})",
    Rule(
        lambda g, out, x: g * (0.5 * (i0e(x) + bessel_ie(x, 2.0)) - sign(x) * out),
        "exp(−|{x}|) · (I₀({x}) + I₂({x})) / 2 − sign {x} · {out}",
    ),
    elementwise=True,
    domain=(0.3, 2.0),
)
def i1e(x: Operand) -> Any:
    """``i1`` times exp(−abs(x)), which does not overflow.

    References
    ----------
    NIST Digital Library of Mathematical Functions, section 10.29, https://dlmf.nist.gov/10.29.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.i1e(1000.0), am.grad(am.special.i1e)(1000.0)
    (0.0126109..., -6.300731...e-06)
    """
    return library(x).special.i1e(x)


@primitive(
    "K₀({x})",
    Rule(lambda g, out, x: g * -k1(x), "−K₁({x})"),
    elementwise=True,
    domain=(0.5, 3.0),
)
def k0(x: Operand) -> Any:
    """The modified Bessel function of the second kind of order 0, for x > 0.

    References
    ----------
    NIST Digital Library of Mathematical Functions, section 10.29, https://dlmf.nist.gov/10.29.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.k0(1.0), am.grad(am.special.k0)(1.0)
    (0.4210244..., -0.601907...)
    """
    return library(x).special.k0(x)


@primitive(
    "K₁({x})",
    Rule(lambda g, out, x: g * (-0.5 * (k0(x) + bessel_k(x, 2.0))), "−(K₀({x}) + K₂({x})) / 2"),
    elementwise=True,
    domain=(0.5, 3.0),
)
def k1(x: Operand) -> Any:
    """The modified Bessel function of the second kind of order 1, for x > 0.

    References
    ----------
    NIST Digital Library of Mathematical Functions, section 10.29, https://dlmf.nist.gov/10.29.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.k1(1.0), am.grad(am.special.k1)(1.0)
    (0.6019072..., -1.022931...)
    """
    return library(x).special.k1(x)


@primitive(
    "I({x}; {v})",
    Rule(
        lambda g, out, x, v: g * (0.5 * (bessel_i(x, v - 1.0) + bessel_i(x, v + 1.0))),
        "(I({x}; {v}−1) + I({x}; {v}+1)) / 2",
    ),
    elementwise=True,
    domain=(0.5, 3.0),
    cases=(case((2, 3), v=1.5), case((), v=2.0)),
)
def bessel_i(x: Operand, v: Any) -> Any:
    """The modified Bessel function of the first kind of order ``v``; ``iv`` is the function to call."""
    return library(x).special.iv(v, x)


@primitive(
    "Ie({x}; {v})",
    Rule(
        lambda g, out, x, v: (
            g * (0.5 * (bessel_ie(x, v - 1.0) + bessel_ie(x, v + 1.0))) - sign(real(x)) * real(g * out)
        ),
        "(Ie({x}; {v}−1) + Ie({x}; {v}+1)) / 2 − sign {x} · {out}",
    ),
    elementwise=True,
    domain=(0.5, 3.0),
    cases=(case((2, 3), v=1.5), case((), v=2.0)),
)
def bessel_ie(x: Operand, v: Any) -> Any:
    """The scaled modified Bessel function of the first kind of order ``v``; ``ive`` is the function to call."""
    return library(x).special.ive(v, x)


@primitive(
    "K({x}; {v})",
    Rule(
        lambda g, out, x, v: g * (-0.5 * (bessel_k(x, v - 1.0) + bessel_k(x, v + 1.0))),
        "−(K({x}; {v}−1) + K({x}; {v}+1)) / 2",
    ),
    elementwise=True,
    domain=(0.5, 3.0),
    cases=(case((2, 3), v=1.5), case((), v=2.0)),
)
def bessel_k(x: Operand, v: Any) -> Any:
    """The modified Bessel function of the second kind of order ``v``; ``kv`` is the function to call."""
    return library(x).special.kv(v, x)


@primitive(
    "Ke({x}; {v})",
    Rule(
        lambda g, out, x, v: g * (out - 0.5 * (bessel_ke(x, v - 1.0) + bessel_ke(x, v + 1.0))),
        "{out} − (Ke({x}; {v}−1) + Ke({x}; {v}+1)) / 2",
    ),
    elementwise=True,
    domain=(0.5, 3.0),
    cases=(case((2, 3), v=1.5), case((), v=2.0)),
)
def bessel_ke(x: Operand, v: Any) -> Any:
    """The scaled modified Bessel function of the second kind of order ``v``; ``kve`` is the function to call."""
    return library(x).special.kve(v, x)


def iv(v: Any, z: Operand) -> Any:
    """The modified Bessel function of the first kind of real order.

    Parameters
    ----------
    v : float or array
        The order; it has no derivative.
    z : Value, number or array
        Real or complex.

    Returns
    -------
    Value if ``z`` is one, else number or array

    Raises
    ------
    TypeError
        If ``v`` is a Value that requires a gradient.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.iv(2, 1.0), am.grad(lambda z: am.special.iv(2, z))(1.0)
    (0.1357476..., 0.2936637...)
    """
    return bessel_i(z, plain_number(v, "its order v", "iv", z))


def ive(v: Any, z: Operand) -> Any:
    """``iv`` times exp(−abs(z)), which does not overflow.

    Parameters
    ----------
    v : float or array
        The order; it has no derivative.
    z : Value, number or array
        Real or complex.

    Returns
    -------
    Value if ``z`` is one, else number or array

    Raises
    ------
    TypeError
        If ``v`` is a Value that requires a gradient.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.ive(2, 1.0), am.grad(lambda z: am.special.ive(2, z))(1.0)
    (0.0499387..., 0.0580940...)
    """
    return bessel_ie(z, plain_number(v, "its order v", "ive", z))


def kv(v: Any, z: Operand) -> Any:
    """The modified Bessel function of the second kind of real order.

    Parameters
    ----------
    v : float or array
        The order; it has no derivative.
    z : Value, number or array
        Real and positive, or complex.

    Returns
    -------
    Value if ``z`` is one, else number or array

    Raises
    ------
    TypeError
        If ``v`` is a Value that requires a gradient.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.kv(2, 1.0), am.grad(lambda z: am.special.kv(2, z))(1.0)
    (1.6248388..., -3.851585...)
    """
    return bessel_k(z, plain_number(v, "its order v", "kv", z))


def kve(v: Any, z: Operand) -> Any:
    """``kv`` times exp(z), which does not underflow.

    Parameters
    ----------
    v : float or array
        The order; it has no derivative.
    z : Value, number or array
        Real and positive, or complex.

    Returns
    -------
    Value if ``z`` is one, else number or array

    Raises
    ------
    TypeError
        If ``v`` is a Value that requires a gradient.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.kve(2, 1.0), am.grad(lambda z: am.special.kve(2, z))(1.0)
    (4.4167700..., -6.052923...)
    """
    return bessel_ke(z, plain_number(v, "its order v", "kve", z))
