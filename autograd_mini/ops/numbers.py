"""Parts of numbers, element by element: signs, remainders, fractions, exponents, and what is done about nan."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from ..arrays import as_numpy, is_abstract, kind_of, library
from ..arrays.labels import check_labels
from ..arrays.ties import same
from ..operation import Operand, Rule, case, composed, primitive
from .arithmetic import divide, floor_divide, multiply, remainder, where, zeros_like
from .elementwise import flat, imag, is_complex, positive, real, sign, trunc
from .plain import as_data, function_of
from .powers import power
from .shapes import astype


@primitive(
    "copysign({x}, {y})",
    # NOTE: at x = 0 the slope is 0, as that of abs
    Rule(lambda g, out, x, y: g * (sign(x) * copysign(1.0, y)), "sign {x} · sign {y}"),
    Rule(lambda g, out, x, y: zeros_like(g), "0"),
    elementwise=True,
)
def copysign(x: Operand, y: Operand) -> Any:
    """The size of ``x`` with the sign of ``y``; its slope at ``x = 0`` is 0.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.copysign(2.0, -3.0), am.grad(am.copysign, argnums=(0, 1))(2.0, -3.0)
    (-2.0, (-1.0, 0.0))
    """
    return library(x, y).copysign(x, y)


@primitive(
    "fmod({x}, {y})",
    Rule(lambda g, out, x, y: g, "1"),
    Rule(lambda g, out, x, y: -g * trunc(divide(x, y)), "−trunc({x} / {y})"),
    elementwise=True,
    domain=(0.6, 0.9),
)
def fmod(x: Operand, y: Operand) -> Any:
    """Remainder of the division rounded to zero, with the sign of ``x``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.fmod(7.0, 2.0), am.fmod(-7.0, 2.0)
    (1.0, -1.0)
    >>> am.grad(am.fmod, argnums=(0, 1))(-7.0, 2.0)
    (1.0, 3.0)
    """
    return library(x, y).fmod(x, y)


def _chosen_number(g: Any, out: Any, x: Any, y: Any) -> Any:
    """g where x was chosen or y is nan, half of it at ties, else 0."""
    return where(same(as_data(x), as_data(y)), 0.5 * g, where((x == out) | (y != y), g, 0.0))


@primitive(
    "fmax({x}, {y})",
    Rule(_chosen_number, "[{x} > {y}]"),
    Rule(lambda g, out, x, y: _chosen_number(g, out, y, x), "[{y} > {x}]"),
    elementwise=True,
)
def fmax(x: Operand, y: Operand) -> Any:
    """The larger of two values, or the one that is no nan; at a tie each gets half of the gradient.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.fmax(3.0, float("nan"))
    3.0
    >>> am.grad(am.fmax, argnums=(0, 1))(3.0, float("nan"))
    (1.0, 0.0)
    """
    return library(x, y).fmax(x, y)


@primitive(
    "fmin({x}, {y})",
    Rule(_chosen_number, "[{x} < {y}]"),
    Rule(lambda g, out, x, y: _chosen_number(g, out, y, x), "[{y} < {x}]"),
    elementwise=True,
)
def fmin(x: Operand, y: Operand) -> Any:
    """The smaller of two values, or the one that is no nan; at a tie each gets half of the gradient.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.fmin(3.0, float("nan"))
    3.0
    >>> am.grad(am.fmin, argnums=(0, 1))(3.0, 2.0)
    (0.0, 1.0)
    """
    return library(x, y).fmin(x, y)


@primitive(
    "heaviside({x}, {y})",
    Rule(lambda g, out, x, y: zeros_like(g), "0"),
    Rule(lambda g, out, x, y: where(x == 0, g, 0.0), "[{x} = 0]"),
    elementwise=True,
)
def heaviside(x: Operand, y: Operand) -> Any:
    """0 where ``x`` < 0, 1 where ``x`` > 0, and ``y`` where it is 0; the gradient of ``x`` is 0.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.heaviside([-1.0, 0.0, 2.0], 0.5)
    array([0. , 0.5, 1. ])
    """
    return library(x, y).heaviside(x, y)


@primitive(
    "{x} · 2^{exponent}",
    Rule(lambda g, out, x, exponent: ldexp(g, exponent), "2^{exponent}"),
    cases=(case((2, 3), exponent=3), case((3,), exponent=np.array([[0, 1, -2], [3, 0, 1]])), case((), exponent=-1)),
)
def ldexp(x: Operand, exponent: Any) -> Any:
    """``x`` times 2 to a whole power, exactly.

    Parameters
    ----------
    x : Value, number or array
    exponent : int or array of int
        In a shape that broadcasts with that of ``x``.

    Returns
    -------
    Value if ``x`` is one, else number or array

    Notes
    -----
    The gradient is multiplied by the same power of 2.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.ldexp(3.0, 2), am.grad(am.ldexp)(3.0, 2)
    (12.0, 4.0)
    """
    return library(x).ldexp(x, as_data(exponent))


def frexp(x: Operand) -> tuple[Any, Any]:
    """A number in [0.5, 1) and a whole power of 2, whose product is ``x``.

    Parameters
    ----------
    x : Value, number or array

    Returns
    -------
    fraction : Value if ``x`` is one, else number or array
        The gradient flows through it.
    exponent : int or array of int

    Examples
    --------
    >>> import autograd_mini as am
    >>> fraction, exponent = am.frexp(12.0)
    >>> fraction, int(exponent)
    (0.75, 4)
    """
    data = as_data(x)
    exponent = function_of("frexp", data)(data)[1]
    return ldexp(x, -exponent), exponent


def modf(x: Operand) -> tuple[Any, Any]:
    """Fraction and whole part, both with the sign of ``x``.

    Parameters
    ----------
    x : Value, number or array

    Returns
    -------
    fraction : Value if ``x`` is one, else number or array
        It gets the whole gradient.
    whole : Value if ``x`` is one, else number or array
        Its gradient is 0.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.modf(-2.25)
    (-0.25, -2.0)
    """
    if kind_of(x) in "biu":
        data = as_data(x)
        x = library(data).rint(data)  # in the floating dtype that NumPy gives whole numbers
    data = as_data(x)
    endless = abs(data) == np.inf
    whole = trunc(x)
    if is_abstract(endless) or np.any(as_numpy(endless)):
        x = where(endless, copysign(0.0, data), x)
    return fmod(x, 1.0), whole


def divmod(x: Operand, y: Operand) -> tuple[Any, Any]:
    """Quotient rounded down, and remainder with the sign of ``y``.

    Parameters
    ----------
    x, y : Value, number or array
        Of shapes that broadcast together.

    Returns
    -------
    quotient : Value if an operand is one, else number or array
        ``floor_divide(x, y)``.
    rest : Value if an operand is one, else number or array
        ``remainder(x, y)``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.divmod(-7.0, 2.0)
    (-4.0, 1.0)
    """
    return floor_divide(x, y), remainder(x, y)


@composed(case((2, 3), (2, 3)), case((2, 1), (3,)), case((), (3,)), domain=(0.5, 2.0))
def float_power(x: Operand, y: Operand) -> Any:
    """``x`` to the power ``y``, computed in float64 (or more).

    Parameters
    ----------
    x, y : Value, number or array
        Of shapes that broadcast together.

    Returns
    -------
    Value if an operand is one, else number or array
        Of dtype float64, or complex128 if an operand is complex.

    Examples
    --------
    >>> import autograd_mini as am
    >>> float(am.float_power(2, -1))
    0.5
    """
    check_labels("float_power", (x, y))
    return power(*[x if type(as_data(x)) is float else astype(x, _wide(as_data(x))) for x in (x, y)])


def _wide(data: Any) -> Any:
    return library(data, np.float64(0)).wide(data)


@primitive(
    "nextafter({x}, {y})",
    Rule(lambda g, out, x, y: g, "1"),
    Rule(lambda g, out, x, y: zeros_like(g), "0"),
    elementwise=True,
)
def nextafter(x: Operand, y: Operand) -> Any:
    """The next floating number after ``x`` in the direction of ``y``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.nextafter(1.0, 2.0)
    1.0000000000000002
    """
    return library(x, y).nextafter(x, y)


@primitive("spacing {x}", Rule(flat, "0"), elementwise=True)
def spacing(x: Operand) -> Any:
    """The distance to the next floating number away from 0; its gradient is 0.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.spacing(1.0)
    2.220446049250313e-16
    """
    return library(x).spacing(x)


@composed(case((2, 3)), case((2, 3), nan=1.0, posinf=2.0, neginf=-2.0), case(()))
def nan_to_num(
    x: Operand, copy: bool = True, nan: Operand = 0.0, posinf: Operand = None, neginf: Operand = None
) -> Any:
    """``x`` with numbers in place of nan and infinities; the gradient there is 0.

    Parameters
    ----------
    x : Value, number or array
    copy : bool
        For NumPy's sake: the result is always new.
    nan : Value, number or array
        What stands for nan; 0 by default.
    posinf, neginf : Value, number or array, optional
        What stands for inf and -inf; the largest and the smallest finite number by default.

    Returns
    -------
    Value if an operand is one, else number or array
        In the shape of ``x``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([1.0, float("nan"), -float("inf")])
    >>> y = am.nan_to_num(x, neginf=-9.0)
    >>> y
    Value([ 1.,  0., -9.], shape=(3,), op=where)
    >>> am.gradients(y.sum(), x)
    array([1., 0., 0.])
    """
    data = as_data(x)
    if kind_of(data) in "biu":
        return positive(x)
    if is_complex(data):
        a, b = (nan_to_num(part(x), True, nan, posinf, neginf) for part in (real, imag))
        return a + multiply(b, 1j)
    floating = hasattr(data, "dtype") and kind_of(data) == "f"
    limit = library(data).limits(data).max if floating else sys.float_info.max
    posinf, neginf = limit if posinf is None else posinf, -limit if neginf is None else neginf
    x = where(data != data, nan, x)
    return where(data == -np.inf, neginf, where(data == np.inf, posinf, x))


def real_if_close(x: Operand, tol: float = 100) -> Any:
    """The real part of ``x`` if all its imaginary parts are close to 0, else ``x``.

    Parameters
    ----------
    x : Value, number or array
    tol : float
        How close: in units of the dtype's precision, or absolutely if it is not above 1; 100 by default.

    Returns
    -------
    Value if ``x`` is one, else number or array

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.real_if_close([1.0 + 1e-20j])
    array([1.])
    """
    data = as_data(x)
    return real(x) if is_complex(data) and not np.iscomplexobj(np.real_if_close(as_numpy(data), tol)) else x
