"""Powers, exponentials and logarithms, angles, and the neurons' activations, element by element."""

from __future__ import annotations

import math
from typing import Any

from ..arrays import library
from ..node import Node
from ..operation import Operand, Rule, primitive
from .arithmetic import divide, where, zeros_like


def _flat(g: Any, out: Any, x: Any) -> Any:
    """The rule of a function that is constant between its jumps."""
    return zeros_like(g)


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
    "log₂ {x}", Rule(lambda g, out, x: divide(g, x * math.log(2.0)), "1 / ({x} · log 2)"),
    elementwise=True, domain=(0.3, 3.0),
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
    "log₁₀ {x}", Rule(lambda g, out, x: divide(g, x * math.log(10.0)), "1 / ({x} · log 10)"),
    elementwise=True, domain=(0.3, 3.0),
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
        lambda g, out, x, y: g * (y * power(where((x == 0) & (y == 0), 1.0, x), y - 1.0)),
        "{y} · {x}^({y}−1)",
    ),
    Rule(
        # NOTE: at x = 0 the slope in y is 0 for y >= 0, where 0 · log(0) would be nan
        lambda g, out, x, y: g * (out * log(where((x == 0) & _not_negative(y), 1.0, x))),
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


def _not_negative(y: Any) -> Any:
    return (y._data if isinstance(y, Node) else y).real >= 0


@primitive(
    "log(exp {x} + exp {y})",
    Rule(lambda g, out, x, y: g * sigmoid(x - y), "σ({x} − {y})"),
    Rule(lambda g, out, x, y: g * sigmoid(y - x), "σ({y} − {x})"),
    elementwise=True,
)
def logaddexp(x: Operand, y: Operand) -> Any:
    """log(exp(x) + exp(y)) without overflow, element by element.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.logaddexp(1000.0, 1000.0)
    1000.693...
    >>> am.grad(am.logaddexp, argnums=(0, 1))(1000.0, 1000.0)
    (0.5, 0.5)
    """
    return library(x, y).logaddexp(x, y)


@primitive(
    "√{x}", Rule(lambda g, out, x: divide(0.5 * g, out), "1 / (2 · {out})"), elementwise=True, domain=(0.3, 3.0)
)
def sqrt(x: Operand) -> Any:
    """Square root; its slope at 0 is inf, and below 0 it is nan.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.sqrt(9.0), am.grad(am.sqrt)(9.0)
    (3.0, 0.1666...)
    """
    return library(x).sqrt(x)


@primitive(
    "√{x}",
    Rule(lambda g, out, x: g * where(out == 0, 0.0, 0.5 / where(out == 0, 1.0, out)), "1 / (2 · {out})"),
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
    "cbrt {x}", Rule(lambda g, out, x: divide(g, 3.0 * (out * out)), "1 / (3 · {out}²)"), elementwise=True,
    domain=(0.3, 3.0), latex=r"\sqrt[3]{{{x}}}",
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


@primitive("|{x}|", Rule(lambda g, out, x: g * conjugate(sign(x)), "sign {x}"), elementwise=True, domain=(0.3, 2.0))
def abs(x: Operand) -> Any:
    """Absolute value; its slope at 0 is 0.

    The gradient of a complex number's length is its direction, x / |x|.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.abs(-2.0), am.grad(am.abs)(-2.0)
    (2.0, -1.0)
    """
    return library(x).abs(x)


def _turn(g: Any, out: Any, x: Any) -> Any:
    """The sign of a real number is constant between its jumps; that of a complex number, x / |x|, turns with it."""
    if not _is_complex(x):
        return zeros_like(g)
    return (g - conjugate(g * out * out)) * (0.5 / abs(where(x == 0, 1.0, x)))


@primitive("sign {x}", Rule(_turn, "0"), elementwise=True, domain=(0.3, 2.0))
def sign(x: Operand) -> Any:
    """-1, 0 or 1 by the sign of ``x``, with the gradient 0; of a complex number its direction, x / abs(x).

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.sign(-2.0), am.grad(am.sign)(-2.0)
    (-1.0, 0.0)
    """
    return library(x).sign(x)


@primitive("floor {x}", Rule(_flat, "0"), elementwise=True, domain=(0.2, 0.8), latex=r"\lfloor {x} \rfloor")
def floor(x: Operand) -> Any:
    """The largest whole number not above ``x``; its gradient is 0.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.floor(-1.5), am.grad(am.floor)(-1.5)
    (-2.0, 0.0)
    """
    return library(x).floor(x)


@primitive("ceil {x}", Rule(_flat, "0"), elementwise=True, domain=(0.2, 0.8), latex=r"\lceil {x} \rceil")
def ceil(x: Operand) -> Any:
    """The smallest whole number not below ``x``; its gradient is 0.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.ceil(-1.5), am.grad(am.ceil)(-1.5)
    (-1.0, 0.0)
    """
    return library(x).ceil(x)


@primitive("trunc {x}", Rule(_flat, "0"), elementwise=True, domain=(0.2, 0.8))
def trunc(x: Operand) -> Any:
    """``x`` without its fraction; its gradient is 0.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.trunc(-1.5), am.grad(am.trunc)(-1.5)
    (-1.0, 0.0)
    """
    return library(x).trunc(x)


@primitive("round {x}", Rule(_flat, "0"), elementwise=True, domain=(0.1, 0.4))
def rint(x: Operand) -> Any:
    """The nearest whole number, halves to the even one; its gradient is 0.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.rint(2.5), am.grad(am.rint)(2.5)
    (2.0, 0.0)
    """
    return library(x).rint(x)


@primitive(
    "step {x}", Rule(_flat, "0"), elementwise=True, activation=True, domain=(0.3, 2.0)
)
def step(x: Operand) -> Any:
    """The threshold of the gates: 1 where ``x`` > 0, else 0; its gradient is 0.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.step(0.5), am.grad(am.step)(0.5)
    (1.0, 0.0)
    """
    return library(x).step(x)


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
    "arcsin {x}", Rule(lambda g, out, x: divide(g, sqrt(1.0 - x * x)), "1 / √(1 − {x}²)"),
    elementwise=True, domain=(-0.8, 0.8),
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
    "arccos {x}", Rule(lambda g, out, x: divide(-g, sqrt(1.0 - x * x)), "−1 / √(1 − {x}²)"),
    elementwise=True, domain=(-0.8, 0.8),
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
    "arccosh {x}", Rule(lambda g, out, x: divide(g, sqrt(x * x - 1.0)), "1 / √({x}² − 1)"),
    elementwise=True, domain=(1.3, 3.0),
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
    "arctanh {x}", Rule(lambda g, out, x: divide(g, 1.0 - x * x), "1 / (1 − {x}²)"),
    elementwise=True, domain=(-0.8, 0.8),
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
    "σ({x})", Rule(lambda g, out, x: g * (out * (1.0 - out)), "{out} · (1 − {out})"), elementwise=True, activation=True
)
def sigmoid(x: Operand) -> Any:
    """1 / (1 + exp(-x)), the logistic function, without overflow.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.sigmoid(0.0), am.grad(am.sigmoid)(0.0)
    (0.5, 0.25)
    """
    return library(x).sigmoid(x)


@primitive("relu {x}", Rule(lambda g, out, x: where(x > 0, g, 0.0), "[{x} > 0]"), elementwise=True, activation=True)
def relu(x: Operand) -> Any:
    """max(x, 0); its slope at 0 is 0.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.relu(2.0), am.grad(am.relu)(2.0)
    (2.0, 1.0)
    """
    return library(x).relu(x)


@primitive("softplus {x}", Rule(lambda g, out, x: g * sigmoid(x), "σ({x})"), elementwise=True, activation=True)
def softplus(x: Operand) -> Any:
    """log(1 + exp(x)) without overflow: a smooth relu.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.softplus(0.0), am.grad(am.softplus)(0.0)
    (0.693..., 0.5)
    """
    return library(x).softplus(x)


@primitive(
    "erf {x}",
    Rule(lambda g, out, x: g * (2.0 / math.sqrt(math.pi) * exp(-(x * x))), "2/√π · exp(−{x}²)"),
    elementwise=True,
)
def erf(x: Operand) -> Any:
    """The error function, 2/√π times the integral of exp(-t²) from 0 to ``x``.

    References
    ----------
    NIST Digital Library of Mathematical Functions, equation 7.2.1, https://dlmf.nist.gov/7.2.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.erf(1.0), am.grad(am.erf)(1.0)
    (0.842..., 0.415...)
    """
    return library(x).erf(x)


@primitive("conj {x}", Rule(lambda g, out, x: conjugate(g), "1"), elementwise=True)
def conjugate(x: Operand) -> Any:
    """Complex conjugate; a real number is its own.

    Parameters
    ----------
    x : Value, number or array
        Real or complex.

    Returns
    -------
    Value if ``x`` is one, else number or array
        In the shape of ``x``.

    Notes
    -----
    The gradient comes back conjugated.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.conjugate([1 + 2j])
    array([1.-2.j])
    """
    return library(x).conjugate(x)


@primitive("Re {x}", Rule(lambda g, out, x: g, "1"), elementwise=True)
def real(x: Operand) -> Any:
    """Real part.

    Parameters
    ----------
    x : Value, number or array
        Real or complex.

    Returns
    -------
    Value if ``x`` is one, else number or array
        Real, in the shape of ``x``.

    Notes
    -----
    The gradient is real: a step along the imaginary axis changes nothing.

    Examples
    --------
    >>> import autograd_mini as am
    >>> z = am.Value([1 + 2j])
    >>> am.real(z)
    Value([1.], shape=(1,), op=real)
    >>> am.gradients(am.real(z * z).sum(), z)
    array([2.-4.j])
    """
    return library(x).real(x)


@primitive("Im {x}", Rule(lambda g, out, x: g * -1j if _is_complex(x) else zeros_like(g), "−i"), elementwise=True)
def imag(x: Operand) -> Any:
    """Imaginary part; 0 for a real number.

    Parameters
    ----------
    x : Value, number or array
        Real or complex.

    Returns
    -------
    Value if ``x`` is one, else number or array
        Real, in the shape of ``x``.

    Notes
    -----
    The gradient is ``g`` times i, the direction in which the imaginary part grows; 0 for a real ``x``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> z = am.Value([1 + 2j])
    >>> am.imag(z)
    Value([2.], shape=(1,), op=imag)
    >>> am.gradients(am.imag(z).sum(), z)
    array([0.+1.j])
    """
    return library(x).imag(x)


def _is_complex(x: Any) -> bool:
    dtype = getattr(x, "dtype", None)
    return dtype is not None and dtype.kind == "c"


@primitive("{x}", Rule(lambda g, out, x: g, "1"), elementwise=True)
def identity(x: Operand) -> Any:
    """The value itself as a node of its own: the same data, a fresh variable.

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value(2.0, name="x")
    >>> am.Value(x, name="y")
    Value(2, name='y', op=identity)
    """
    return x.view() if hasattr(x, "view") else x
