"""Bessel functions, element by element; the order is a number, and has no derivative."""

from __future__ import annotations

from typing import Any

from ..arrays import library
from ..arrays.labels import check_labels, is_labelled
from ..node import Node
from ..operation import Operand, Rule, case, primitive


@primitive(
    "J₀({x})",
    Rule(lambda g, out, x: g * -j1(x), "−J₁({x})"),
    elementwise=True,
)
def j0(x: Operand) -> Any:
    """The Bessel function of the first kind of order 0.

    References
    ----------
    NIST Digital Library of Mathematical Functions, section 10.6, https://dlmf.nist.gov/10.6.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.j0(1.0), am.grad(am.special.j0)(1.0)
    (0.7651976..., -0.440050...)
    """
    return library(x).special.j0(x)


@primitive(
    "J₁({x})",
    Rule(lambda g, out, x: g * (0.5 * (j0(x) - bessel_j(x, 2.0))), "(J₀({x}) − J₂({x})) / 2"),
    elementwise=True,
)
def j1(x: Operand) -> Any:
    """The Bessel function of the first kind of order 1.

    References
    ----------
    NIST Digital Library of Mathematical Functions, section 10.6, https://dlmf.nist.gov/10.6.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.j1(1.0), am.grad(am.special.j1)(1.0)
    (0.4400505..., 0.3251471...)
    """
    return library(x).special.j1(x)


@primitive(
    "Y₀({x})",
    Rule(lambda g, out, x: g * -y1(x), "−Y₁({x})"),
    elementwise=True,
    domain=(0.5, 3.0),
)
def y0(x: Operand) -> Any:
    """The Bessel function of the second kind of order 0, for x > 0.

    References
    ----------
    NIST Digital Library of Mathematical Functions, section 10.6, https://dlmf.nist.gov/10.6.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.y0(1.0), am.grad(am.special.y0)(1.0)
    (0.0882569..., 0.7812128...)
    """
    return library(x).special.y0(x)


@primitive(
    "Y₁({x})",
    Rule(lambda g, out, x: g * (0.5 * (y0(x) - bessel_y(x, 2.0))), "(Y₀({x}) − Y₂({x})) / 2"),
    elementwise=True,
    domain=(0.5, 3.0),
)
def y1(x: Operand) -> Any:
    """The Bessel function of the second kind of order 1, for x > 0.

    References
    ----------
    NIST Digital Library of Mathematical Functions, section 10.6, https://dlmf.nist.gov/10.6.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.y1(1.0), am.grad(am.special.y1)(1.0)
    (-0.781212..., 0.8694697...)
    """
    return library(x).special.y1(x)


@primitive(
    "J({x}; {v})",
    Rule(
        lambda g, out, x, v: g * (0.5 * (bessel_j(x, v - 1.0) - bessel_j(x, v + 1.0))),
        "(J({x}; {v}−1) − J({x}; {v}+1)) / 2",
    ),
    elementwise=True,
    domain=(0.5, 3.0),
    cases=(case((2, 3), v=1.5), case((), v=2.0)),
)
def bessel_j(x: Operand, v: Any) -> Any:
    """The Bessel function of the first kind of order ``v``; ``jv`` is the function to call."""
    return library(x).special.jv(v, x)


@primitive(
    "Y({x}; {v})",
    Rule(
        lambda g, out, x, v: g * (0.5 * (bessel_y(x, v - 1.0) - bessel_y(x, v + 1.0))),
        "(Y({x}; {v}−1) − Y({x}; {v}+1)) / 2",
    ),
    elementwise=True,
    domain=(0.5, 3.0),
    cases=(case((2, 3), v=1.5), case((), v=2.0)),
)
def bessel_y(x: Operand, v: Any) -> Any:
    """The Bessel function of the second kind of order ``v``; ``yv`` is the function to call."""
    return library(x).special.yv(v, x)


def plain_number(v: Any, name: str, function: str, *beside: Any) -> Any:
    """A parameter that has no derivative rule; a Value that requires a gradient would lose it silently.

    ``beside`` are the operands that it meets.
    """
    if is_labelled(v):
        check_labels(function, (v, *beside))
    if isinstance(v, Node):
        if v.requires_grad:
            raise TypeError(f"{function} has no derivative by {name}: pass a number, or value.detach()")
        v = v._stored
    return float(v) if isinstance(v, int) else v


def jv(v: Any, z: Operand) -> Any:
    """The Bessel function of the first kind of real order.

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
    >>> am.special.jv(2, 1.0), am.grad(lambda z: am.special.jv(2, z))(1.0)
    (0.1149034..., 0.2102436...)
    """
    return bessel_j(z, plain_number(v, "its order v", "jv", z))


def yv(v: Any, z: Operand) -> Any:
    """The Bessel function of the second kind of real order.

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
    >>> am.special.yv(2, 1.0), am.grad(lambda z: am.special.yv(2, z))(1.0)
    (-1.650682..., 2.5201523...)
    """
    return bessel_y(z, plain_number(v, "its order v", "yv", z))


jn = jv
"""The other name of ``jv``."""


def yn(n: int, x: Operand) -> Any:
    """The Bessel function of the second kind of whole order, as ``yv``."""
    return yv(n, x)
