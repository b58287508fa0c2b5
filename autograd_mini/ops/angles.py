"""Trigonometric and hyperbolic functions and their inverses, element by element; angles are in radians."""

from __future__ import annotations

from typing import Any

from ..arrays import library
from ..operation import Operand, Rule, primitive
from .arithmetic import divide, where
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


@primitive(
    "√({x}² + {y}²)",
    Rule(lambda g, out, x, y: g * _direction(x, out), "{x} / {out}"),
    Rule(lambda g, out, x, y: g * _direction(y, out), "{y} / {out}"),
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


def _direction(x: Any, length: Any) -> Any:
    return x / where(length == 0, 1.0, length)
