"""Trigonometric and hyperbolic functions and their inverses, element by element; angles are in radians."""

from __future__ import annotations

import math
from typing import Any

from ..arrays import as_numpy, is_abstract, kind_of, library
from ..operation import Operand, Rule, case, composed, primitive
from .arithmetic import divide, floating, where
from .elementwise import check_moving, check_real, imag, rate_at_rest, real, sign
from .plain import as_data, function_of, option
from .powers import sqrt


@primitive("sin {x}", Rule(lambda g, out, x: g * cos(x), "cos {x}"), elementwise=True)
def sin(x: Operand) -> Any:
    """Sine of an angle in radians.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.sin(0.0), am.grad(am.sin)(0.0)
    (0.0, 1.0)
    """
    return library(x).sin(x)


@primitive("cos {x}", Rule(lambda g, out, x: -g * sin(x), "−sin {x}"), elementwise=True)
def cos(x: Operand) -> Any:
    """Cosine of an angle in radians.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.cos(1.0), am.grad(am.cos)(1.0)
    (0.540..., -0.841...)
    """
    return library(x).cos(x)


@primitive("tan {x}", Rule(lambda g, out, x: g * (1.0 + out * out), "1 + {out}²"), elementwise=True, domain=(-1.2, 1.2))
def tan(x: Operand) -> Any:
    """Tangent of an angle in radians.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.tan(0.0), am.grad(am.tan)(0.0)
    (0.0, 1.0)
    """
    return library(x).tan(x)


@primitive(
    "arcsin {x}",
    Rule(lambda g, out, x: divide(g, sqrt(1.0 - x * x)), "1 / √(1 − {x}²)"),
    elementwise=True,
    domain=(-0.8, 0.8),
)
def arcsin(x: Operand) -> Any:
    """Angle in radians whose sine is ``x``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.arcsin(0.6), am.grad(am.arcsin)(0.6)
    (0.643..., 1.25)
    """
    return library(x).arcsin(x)


@primitive(
    "arccos {x}",
    Rule(lambda g, out, x: divide(-g, sqrt(1.0 - x * x)), "−1 / √(1 − {x}²)"),
    elementwise=True,
    domain=(-0.8, 0.8),
)
def arccos(x: Operand) -> Any:
    """Angle in radians whose cosine is ``x``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.arccos(0.6), am.grad(am.arccos)(0.6)
    (0.927..., -1.25)
    """
    return library(x).arccos(x)


@primitive("arctan {x}", Rule(lambda g, out, x: divide(g, 1.0 + x * x), "1 / (1 + {x}²)"), elementwise=True)
def arctan(x: Operand) -> Any:
    """Angle in radians whose tangent is ``x``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.arctan(1.0), am.grad(am.arctan)(1.0)
    (0.785..., 0.5)
    """
    return library(x).arctan(x)


@primitive("sinh {x}", Rule(lambda g, out, x: g * cosh(x), "cosh {x}"), elementwise=True)
def sinh(x: Operand) -> Any:
    """Hyperbolic sine.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.sinh(1.0), am.grad(am.sinh)(1.0)
    (1.175..., 1.543...)
    """
    return library(x).sinh(x)


@primitive("cosh {x}", Rule(lambda g, out, x: g * sinh(x), "sinh {x}"), elementwise=True)
def cosh(x: Operand) -> Any:
    """Hyperbolic cosine.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.cosh(1.0), am.grad(am.cosh)(1.0)
    (1.543..., 1.175...)
    """
    return library(x).cosh(x)


@primitive("tanh {x}", Rule(lambda g, out, x: g * (1.0 - out * out), "1 − {out}²"), elementwise=True, activation=True)
def tanh(x: Operand) -> Any:
    """Hyperbolic tangent.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.tanh(1.0), am.grad(am.tanh)(1.0)
    (0.761..., 0.419...)
    """
    return library(x).tanh(x)


@primitive("arcsinh {x}", Rule(lambda g, out, x: divide(g, sqrt(1.0 + x * x)), "1 / √(1 + {x}²)"), elementwise=True)
def arcsinh(x: Operand) -> Any:
    """Number whose hyperbolic sine is ``x``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.arcsinh(0.75), am.grad(am.arcsinh)(0.75)
    (0.693..., 0.8)
    """
    return library(x).arcsinh(x)


@primitive(
    "arccosh {x}",
    Rule(lambda g, out, x: divide(g, sqrt(x * x - 1.0)), "1 / √({x}² − 1)"),
    elementwise=True,
    domain=(1.3, 3.0),
)
def arccosh(x: Operand) -> Any:
    """Number whose hyperbolic cosine is ``x``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.arccosh(1.25), am.grad(am.arccosh)(1.25)
    (0.693..., 1.333...)
    """
    return library(x).arccosh(x)


@primitive(
    "arctanh {x}",
    Rule(lambda g, out, x: divide(g, 1.0 - x * x), "1 / (1 − {x}²)"),
    elementwise=True,
    domain=(-0.8, 0.8),
)
def arctanh(x: Operand) -> Any:
    """Number whose hyperbolic tangent is ``x``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.arctanh(0.5), am.grad(am.arctanh)(0.5)
    (0.549..., 1.333...)
    """
    return library(x).arctanh(x)


@primitive(
    "arctan2({x}, {y})",
    Rule(lambda g, out, x, y: g * y / _distance_squared(x, y), "{y} / ({x}² + {y}²)"),
    Rule(lambda g, out, x, y: -g * x / _distance_squared(x, y), "−{x} / ({x}² + {y}²)"),
    elementwise=True,
    domain=(0.5, 2.0),
)
def arctan2(x: Operand, y: Operand) -> Any:
    """Angle of the point with ordinate ``x`` and abscissa ``y``, in radians; its gradient at (0, 0) is 0.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.arctan2(1.0, -1.0)
    2.3561...
    >>> am.grad(am.arctan2, argnums=(0, 1))(1.0, -1.0)
    (-0.5, -0.5)
    """
    return library(x, y).arctan2(x, y)


def _distance_squared(x: Any, y: Any) -> Any:
    total = x * x + y * y
    return where(total == 0, 1.0, total)


def _along(g: Any, out: Any, x: Any, y: Any) -> Any:
    """The gradient of a length along its leg ``x``; 0 at 0, but as smooth as it lets it be.

    An infinite leg is the whole length, two have equal parts in it.
    """
    still, endless = out == 0, out == math.inf
    odd = still | endless
    if not is_abstract(odd) and not as_numpy(odd).any():
        return g * (x / out)
    parts = sign(x) * where(_is_endless(y), math.sqrt(0.5), 1.0)
    slope = where(odd, 0.0, x / where(odd, 1.0, out))
    part = g * where(endless & _is_endless(x), parts, slope)
    rate = rate_at_rest(g, out)
    return part if rate is None else part + rate * x


def _along_tangent(t: Any, out: Any, x: Any, y: Any) -> Any:
    check_moving(out)
    return _along(t, out, x, y)


def _is_endless(x: Any) -> Any:
    return (x == math.inf) | (x == -math.inf)


@primitive(
    "√({x}² + {y}²)",
    Rule(_along, "{x} / {out}", jvp=_along_tangent),
    Rule(
        lambda g, out, x, y: _along(g, out, y, x),
        "{y} / {out}",
        jvp=lambda t, out, x, y: _along_tangent(t, out, y, x),
    ),
    elementwise=True,
    domain=(0.5, 2.0),
)
def hypot(x: Operand, y: Operand) -> Any:
    """Length of the hypotenuse, element by element; its gradient at (0, 0) is 0.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.hypot(3.0, 4.0)
    5.0
    >>> am.grad(am.hypot, argnums=(0, 1))(3.0, 4.0)
    (0.6, 0.8)
    """
    return library(x, y).hypot(x, y)


@primitive("{x} · π / 180", Rule(lambda g, out, x: deg2rad(g), "π / 180"), elementwise=True)
def deg2rad(x: Operand) -> Any:
    """Degrees to radians.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.deg2rad(180.0), am.grad(am.deg2rad)(180.0)
    (3.14159..., 0.01745...)
    """
    return library(x).deg2rad(x)


@primitive("{x} · 180 / π", Rule(lambda g, out, x: rad2deg(g), "180 / π"), elementwise=True)
def rad2deg(x: Operand) -> Any:
    """Radians to degrees.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.rad2deg(am.deg2rad(90.0)), am.grad(am.rad2deg)(0.0)
    (90.0, 57.29...)
    """
    return library(x).rad2deg(x)


SERIES = 18
"""Terms of the power series of sinc: the next one is below 1e-16 for |x| < 1."""


def _sinc_near_zero(x: Any, order: int) -> Any:
    """A derivative of sin(πx)/(πx) by its power series, for |x| < 1."""
    total = 0.0 * x
    for k in reversed(range((order + 1) // 2, SERIES + order)):
        slope = math.perm(2 * k, order)
        total = total * (x * x) + slope * (-1.0) ** k * math.pi ** (2 * k) / math.factorial(2 * k + 1)
    return total * x if order % 2 else total


def _sinc(x: Any, order: int) -> Any:
    """A derivative of sin(πx)/(πx): from the series near 0, else by recurrence, since (x · sinc x)' is cos(πx)."""
    table = library(x)
    near = table.abs(x) < 1.0
    far = table.where(near, 1.0, x)
    turn = math.pi * far
    out = table.sin(turn) / turn
    for k in range(1, order + 1):
        wave = (table.cos, table.sin, table.cos, table.sin)[(k - 1) % 4](turn) * (1.0, -1.0, -1.0, 1.0)[(k - 1) % 4]
        out = (math.pi ** (k - 1) * wave - k * out) / far
    return table.where(near, _sinc_near_zero(table.where(near, x, 0.0), order), out)


@primitive(
    "sinc {x}",
    Rule(lambda g, out, x, order: g * sinc_(x, order + 1), "sinc′ {x}"),
    cases=(case((2, 3)), case(())),
)
def sinc_(x: Operand, order: int = 0) -> Any:
    """A derivative of sin(πx)/(πx), exact also at 0."""
    return _sinc(x, order) if order else library(x).sinc(x)


def sinc(x: Operand) -> Any:
    """sin(πx) / (πx), which is 1 at 0.

    Parameters
    ----------
    x : Value, number or array

    Returns
    -------
    Value if ``x`` is one, else number or array
        In the shape of ``x``.

    Notes
    -----
    With f = sinc x: df/dx = (cos(πx) − f) / x; near 0 all derivatives come from the power series.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.sinc(0.0), am.grad(am.sinc)(0.5), am.grad(am.grad(am.sinc))(0.0)
    (1.0, -1.27..., -3.28...)
    """
    return sinc_(x)


@composed(case((2, 3)), case((2, 3), deg=True), case(()))
def angle(z: Operand, deg: bool = False) -> Any:
    """Angle of a complex number, the one from the positive real axis.

    Parameters
    ----------
    z : Value, number or array
        Real or complex.
    deg : bool
        Whether in degrees; False, in radians, by default.

    Returns
    -------
    Value if ``z`` is one, else number or array
        Real, in the shape of ``z``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.angle([1j]), am.angle(-1.0, deg=True)
    (array([1.57079633]), 180.0)
    """
    z = floating(z) if kind_of(z) == "b" else z
    out = arctan2(imag(z), real(z))
    return rad2deg(out) if deg else out


@composed(case((4,)), case((2, 3), axis=0), domain=(-9.0, 9.0))
def unwrap(p: Operand, discont: float | None = None, axis: int = -1, *, period: float = 2.0 * math.pi) -> Any:
    """Angles along an axis with jumps of a period taken out; the gradient passes as it is.

    Parameters
    ----------
    p : Value or array
    discont : float, optional
        How large a difference counts as a jump; half a period by default.
    axis : int
        The last by default.
    period : float
        2π by default.

    Returns
    -------
    Value if ``p`` is one, else array
        In the shape of ``p``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.unwrap([0.0, 359.0], period=360.0)
    array([ 0., -1.])
    """
    check_real("unwrap", p)
    period = option("unwrap()", "period", period)
    data = as_data(p)
    return p + (function_of("unwrap", data)(data, discont, axis, period=period) - data)


acos, acosh, asin, asinh = arccos, arccosh, arcsin, arcsinh
atan, atan2, atanh = arctan, arctan2, arctanh
radians, degrees = deg2rad, rad2deg
