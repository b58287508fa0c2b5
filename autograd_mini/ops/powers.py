"""Powers, roots, exponentials and logarithms, element by element."""

from __future__ import annotations

import math
from typing import Any

from ..arrays import data_of, library
from ..operation import Operand, Rule, primitive
from .arithmetic import divide, where
from .elementwise import check_moving, rate_at_rest


@primitive("exp {x}", Rule(lambda g, out, x: g * out, "{out}"), elementwise=True, latex="e^{{{x}}}")
def exp(x: Operand) -> Any:
    """e to the power ``x``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.exp(1.0), am.grad(am.exp)(1.0)
    (2.718..., 2.718...)
    """
    return library(x).exp(x)


@primitive("2^{x}", Rule(lambda g, out, x: g * (out * math.log(2.0)), "log 2 · {out}"), elementwise=True)
def exp2(x: Operand) -> Any:
    """2 to the power ``x``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.exp2(3.0), am.grad(am.exp2)(3.0)
    (8.0, 5.545...)
    """
    return library(x).exp2(x)


@primitive("exp {x} − 1", Rule(lambda g, out, x: g * (out + 1.0), "{out} + 1"), elementwise=True)
def expm1(x: Operand) -> Any:
    """exp(x) - 1, exact also near 0.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.expm1(1e-10), am.grad(am.expm1)(1e-10)
    (1.00000000005e-10, 1.0000000001)
    """
    return library(x).expm1(x)


@primitive("log {x}", Rule(lambda g, out, x: divide(g, x), "1 / {x}"), elementwise=True, domain=(0.3, 3.0))
def log(x: Operand) -> Any:
    """Natural logarithm; -inf at 0, nan below.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.log(2.0), am.grad(am.log)(2.0)
    (0.693..., 0.5)
    """
    return library(x).log(x)


@primitive(
    "log₂ {x}",
    Rule(lambda g, out, x: divide(g, x * math.log(2.0)), "1 / ({x} · log 2)"),
    elementwise=True,
    domain=(0.3, 3.0),
)
def log2(x: Operand) -> Any:
    """Logarithm to base 2.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.log2(8.0), am.grad(am.log2)(8.0)
    (3.0, 0.180...)
    """
    return library(x).log2(x)


@primitive(
    "log₁₀ {x}",
    Rule(lambda g, out, x: divide(g, x * math.log(10.0)), "1 / ({x} · log 10)"),
    elementwise=True,
    domain=(0.3, 3.0),
)
def log10(x: Operand) -> Any:
    """Logarithm to base 10.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.log10(100.0), am.grad(am.log10)(100.0)
    (2.0, 0.00434...)
    """
    return library(x).log10(x)


@primitive(
    "log(1 + {x})", Rule(lambda g, out, x: divide(g, 1.0 + x), "1 / (1 + {x})"), elementwise=True, domain=(-0.6, 2.0)
)
def log1p(x: Operand) -> Any:
    """log(1 + x), exact also near 0.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.log1p(1e-10), am.grad(am.log1p)(1e-10)
    (9.9999999995...e-11, 0.9999999999)
    """
    return library(x).log1p(x)


@primitive(
    "{x}^{y}",
    Rule(
        # NOTE: at x = 0 and y = 0 the slope is 0, where y · x^(y−1) would be 0 · inf
        lambda g, out, x, y: g * (y * power(_but(1.0, (x == 0) & (y == 0), x), y - 1.0)),
        "{y} · {x}^({y}−1)",
    ),
    Rule(
        # NOTE: at x = 0 the slope in y is 0 for y >= 0, where 0 · log(0) would be nan
        lambda g, out, x, y: g * (out * log(_but(1.0, (x == 0) & _not_negative(y), x))),
        "{out} · log {x}",
    ),
    elementwise=True,
    domain=(0.5, 2.0),
)
def power(x: Operand, y: Operand) -> Any:
    """``x`` to the power ``y``, element by element; ``0 ** 0`` is 1 and a negative base with a fraction gives nan.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.power(2.0, 3.0)
    8.0
    >>> am.grad(am.power, argnums=(0, 1))(2.0, 3.0)
    (12.0, 5.545...)
    """
    return library(x, y).power(x, y)


def _but(instead: float, condition: Any, x: Any) -> Any:
    """``x`` with another number where a condition holds; a number for which it does not stays itself in the graph."""
    return x if condition is False else where(condition, instead, x)


def _not_negative(y: Any) -> Any:
    return library(data_of(y)).real(data_of(y)) >= 0


@primitive(
    "√{x}", Rule(lambda g, out, x: divide(0.5 * g, out + 0.0), "1 / (2 · {out})"), elementwise=True, domain=(0.3, 3.0)
)
def sqrt(x: Operand) -> Any:
    """Square root; its slope at 0 and at -0.0 is inf, and below 0 it is nan.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.sqrt(9.0), am.grad(am.sqrt)(9.0)
    (3.0, 0.1666...)
    """
    return library(x).sqrt(x)


def over_length(g: Any, out: Any) -> Any:
    """The gradient of a length over the length, 0 where that is 0, but as smooth as the gradient lets it be."""
    still = out == 0
    part = where(still, 0.0, g) / where(still, 1.0, out)
    rate = rate_at_rest(g, out)
    return part if rate is None else part + rate


def _root_tangent(t: Any, out: Any, x: Any) -> Any:
    check_moving(out)
    return 0.5 * over_length(t, out)


@primitive(
    "√{x}",
    Rule(
        lambda g, out, x: 0.5 * over_length(g, out),
        "1 / (2 · {out})",
        jvp=_root_tangent,
    ),
    elementwise=True,
    domain=(0.3, 3.0),
)
def root(x: Operand) -> Any:
    """Square root with the slope 0 at 0: what ``norm`` and ``std`` are made of.

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([0.0, 0.0])
    >>> am.gradients(am.norm(x), x)
    array([0., 0.])
    """
    return library(x).sqrt(x)


@primitive(
    "cbrt {x}",
    Rule(lambda g, out, x: divide(g, 3.0 * (out * out)), "1 / (3 · {out}²)"),
    elementwise=True,
    domain=(0.3, 3.0),
    latex=r"\sqrt[3]{{{x}}}",
)
def cbrt(x: Operand) -> Any:
    """Cube root.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.cbrt(8.0), am.grad(am.cbrt)(8.0)
    (2.0, 0.0833...)
    """
    return library(x).cbrt(x)


@primitive("{x}²", Rule(lambda g, out, x: g * (2.0 * x), "2 · {x}"), elementwise=True)
def square(x: Operand) -> Any:
    """``x`` times itself.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.square(3.0), am.grad(am.square)(3.0)
    (9.0, 6.0)
    """
    return library(x).square(x)


@primitive("1 / {x}", Rule(lambda g, out, x: -g * (out * out), "−{out}²"), elementwise=True, domain=(0.5, 2.0))
def reciprocal(x: Operand) -> Any:
    """One divided by ``x``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.reciprocal(2.0), am.grad(am.reciprocal)(2.0)
    (0.5, -0.25)
    """
    return library(x).reciprocal(x)


pow = power
"""Its other name in NumPy."""
