"""Arithmetic: sums, products, quotients, remainders, and the choice between two values."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays import beside, kind_of, library
from ..arrays.labels import check_labels, is_labelled
from ..node import passed_on
from ..operation import Operand, Rule, primitive
from .plain import as_data


@primitive(
    "{x} + {y}",
    Rule(passed_on, "1"),
    Rule(passed_on, "1"),
    elementwise=True,
)
def add(x: Operand, y: Operand) -> Any:
    """Sum of two values, element by element.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.add(1.0, 2.0)
    3.0
    >>> am.grad(am.add, argnums=(0, 1))(1.0, 2.0)
    (1.0, 1.0)
    """
    return x + y


@primitive(
    "{x} − {y}",
    Rule(passed_on, "1"),
    Rule(lambda g, out, x, y: -g, "−1"),
    elementwise=True,
)
def subtract(x: Operand, y: Operand) -> Any:
    """Difference of two values, element by element.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.subtract(1.0, 2.0)
    -1.0
    >>> am.grad(am.subtract, argnums=(0, 1))(1.0, 2.0)
    (1.0, -1.0)
    """
    return x - y


@primitive(
    "{x} · {y}",
    Rule(lambda g, out, x, y: g * y, "{y}"),
    Rule(lambda g, out, x, y: g * x, "{x}"),
    elementwise=True,
)
def multiply(x: Operand, y: Operand) -> Any:
    """Product of two values, element by element.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.multiply(2.0, 5.0)
    10.0
    >>> am.grad(am.multiply, argnums=(0, 1))(2.0, 5.0)
    (5.0, 2.0)
    """
    return x * y


@primitive(
    "{x} / {y}",
    Rule(lambda g, out, x, y: divide(g, y), "1 / {y}"),
    Rule(lambda g, out, x, y: divide(-g * out, y), "−{out} / {y}"),
    elementwise=True,
    domain=(0.5, 2.0),
    latex=r"\frac{{{x}}}{{{y}}}",
)
def divide(x: Operand, y: Operand) -> Any:
    """Quotient of two values, element by element; a division by zero gives inf or nan as in NumPy.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.divide(1.0, 2.0), am.divide(1.0, 0.0)
    (0.5, inf)
    >>> am.grad(am.divide, argnums=(0, 1))(1.0, 2.0)
    (0.5, -0.25)
    """
    return library(x, y).divide(x, y)


@primitive("−{x}", Rule(lambda g, out, x: -g, "−1"), elementwise=True)
def negative(x: Operand) -> Any:
    """The value with its sign changed.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.negative(2.0), am.grad(am.negative)(2.0)
    (-2.0, -1.0)
    """
    return -x


@primitive(
    "{x} // {y}",
    Rule(lambda g, out, x, y: zeros_like(g), "0"),
    Rule(lambda g, out, x, y: zeros_like(g), "0"),
    elementwise=True,
    domain=(0.6, 0.9),
)
def floor_divide(x: Operand, y: Operand) -> Any:
    """Quotient rounded down; it is constant between its jumps, so its gradient is 0.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.floor_divide(7.0, 2.0), am.grad(am.floor_divide)(7.0, 2.0)
    (3.0, 0.0)
    """
    return library(x, y).floor_divide(x, y)


@primitive(
    "{x} mod {y}",
    Rule(passed_on, "1"),
    Rule(lambda g, out, x, y: -g * floor_divide(x, y), "−({x} // {y})"),
    elementwise=True,
    domain=(0.6, 0.9),
)
def remainder(x: Operand, y: Operand) -> Any:
    """Remainder of the division rounded down, with the sign of ``y``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.remainder(7.0, 2.0), am.remainder(-7.0, 2.0)
    (1.0, 1.0)
    >>> am.grad(am.remainder, argnums=(0, 1))(7.0, 2.0)
    (1.0, -3.0)
    """
    return library(x, y).remainder(x, y)


def _won(g: Any, out: Any, x: Any, y: Any) -> Any:
    """g where x was chosen, half of it where both were, else 0; nan is chosen."""
    nan = x != x
    kept = where((x == out) | nan, g, 0.0)
    ties = (x == y) | (nan & (y != y))
    return kept if type(ties) is np.ndarray and not ties.any() else where(ties, 0.5 * g, kept)


@primitive(
    "max({x}, {y})",
    Rule(_won, "[{x} > {y}]"),
    Rule(lambda g, out, x, y: _won(g, out, y, x), "[{y} > {x}]"),
    elementwise=True,
)
def maximum(x: Operand, y: Operand) -> Any:
    """The larger of two values, element by element; at a tie each gets half of the gradient.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.grad(am.maximum, argnums=(0, 1))(3.0, 2.0)
    (1.0, 0.0)
    >>> am.grad(am.maximum, argnums=(0, 1))(2.0, 2.0)
    (0.5, 0.5)
    """
    return library(x, y).maximum(x, y)


@primitive(
    "min({x}, {y})",
    Rule(_won, "[{x} < {y}]"),
    Rule(lambda g, out, x, y: _won(g, out, y, x), "[{y} < {x}]"),
    elementwise=True,
)
def minimum(x: Operand, y: Operand) -> Any:
    """The smaller of two values, element by element; at a tie each gets half of the gradient.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.grad(am.minimum, argnums=(0, 1))(3.0, 2.0)
    (0.0, 1.0)
    """
    return library(x, y).minimum(x, y)


@primitive(
    "{x} if {condition} else {y}",
    Rule(lambda g, out, condition, x, y: zeros_like(condition), "0"),
    Rule(lambda g, out, condition, x, y: where(condition, g, 0.0), "[{condition}]"),
    Rule(lambda g, out, condition, x, y: where(condition, 0.0, g), "[not {condition}]"),
    elementwise=True,
)
def where(condition: Operand, x: Operand, y: Operand) -> Any:
    """``x`` where the condition holds, else ``y``, element by element.

    Parameters
    ----------
    condition : Value, bool or array of bool
        No gradient flows to it.
    x, y : Value, number or array
        Shapes that broadcast together and with the condition.

    Returns
    -------
    Value if an operand is one, else number or array
        In the shape to which the operands broadcast.

    Notes
    -----
    The side that is chosen gets the gradient, the other one 0. If that other one is computed by a function whose
    slope there is infinite, such as ``where(x > 0, log(x), 0)`` at 0, the product 0 · inf is nan: choose its
    *argument* first, ``log(where(x > 0, x, 1))``, and then the result.

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([-1.0, 2.0])
    >>> y = am.where(x > 0, x, 0.1 * x)
    >>> y.sum().backward()
    >>> x.grad
    array([0.1, 1. ])
    """
    return library(condition, x, y).where(condition, x, y)


@primitive("0", Rule(lambda g, out, x: zeros_like(g), "0"), elementwise=True)
def zeros_like(x: Operand) -> Any:
    """Zeros in the shape and dtype of ``x``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.zeros_like([1.0, 2.0])
    array([0., 0.])
    """
    return library(x).zeros_like(x)


def floating(x: Operand) -> Any:
    """Whole numbers and booleans as the floating numbers that their library makes of them; others as they are."""
    return x if kind_of(x) in "fc" else multiply(x, 1.0)


def clip(x: Operand, a_min: Operand = None, a_max: Operand = None, *, min: Operand = None, max: Operand = None) -> Any:
    """``x`` limited to an interval; an entry on its edge gets the whole gradient, one outside gets 0.

    Parameters
    ----------
    x : Value, number or array
    a_min, a_max : Value, number, array or None
        The limits, which broadcast with ``x``; None is no limit.
    min, max : Value, number, array or None
        Other names of the limits.

    Returns
    -------
    Value if an operand is one, else number or array
        In the shape to which the operands broadcast.

    Raises
    ------
    ValueError
        If a limit is given twice.

    Notes
    -----
    An entry outside passes its gradient to the limit that took its place.

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([-3.0, 0.5, 1.0])
    >>> y = am.clip(x, -1.0, 1.0)
    >>> y
    Value([-1. ,  0.5,  1. ], shape=(3,), op=where)
    >>> am.gradients(y.sum(), x)
    array([0., 1., 1.])
    """
    if (a_min is not None and min is not None) or (a_max is not None and max is not None):
        raise ValueError("clip got one limit twice: give a_min or min, and a_max or max")
    low, high = a_min if min is None else min, a_max if max is None else max
    if is_labelled(high):
        check_labels("clip", (x, low, high))
    if low is not None:
        x = where(_less(as_data(x), as_data(low)), low, x)
    return x if high is None else where(_less(as_data(high), as_data(x)), high, x)


def _less(x: Any, y: Any) -> Any:
    try:
        return x < y
    except TypeError:  # NumPy's array and another library's
        return beside(x, y) < beside(y, x)


true_divide, mod = divide, remainder
"""Further names in NumPy."""
