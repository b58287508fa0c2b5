"""The threshold of the gates, and the smooth and bent functions that took its place, element by element."""

from __future__ import annotations

import math
from typing import Any

from ..arrays import data_of, library
from ..operation import Operand, Rule, primitive
from .arithmetic import where
from .elementwise import flat
from .powers import exp


def _share(x: Any, y: Any, log_base: float) -> Any:
    """The share of x in the sum of the powers of a base to x and y: 0 of nothing, and half where both are inf."""
    ends = (x == y) & (abs(data_of(x)) == math.inf)
    apart = where(ends, 0.0, x) - where(ends, 0.0, y)
    apart = where(ends & (x == -math.inf), -math.inf, apart)
    return sigmoid(apart if log_base == 1.0 else apart * log_base)


@primitive(
    "log(exp {x} + exp {y})",
    Rule(lambda g, out, x, y: g * _share(x, y, 1.0), "σ({x} − {y})"),
    Rule(lambda g, out, x, y: g * _share(y, x, 1.0), "σ({y} − {x})"),
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
    "log₂(2^{x} + 2^{y})",
    Rule(lambda g, out, x, y: g * _share(x, y, math.log(2.0)), "σ(({x} − {y}) · log 2)"),
    Rule(lambda g, out, x, y: g * _share(y, x, math.log(2.0)), "σ(({y} − {x}) · log 2)"),
    elementwise=True,
)
def logaddexp2(x: Operand, y: Operand) -> Any:
    """log2(2**x + 2**y) without overflow, element by element.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.logaddexp2(1000.0, 1000.0)
    1001.0
    >>> am.grad(am.logaddexp2, argnums=(0, 1))(1000.0, 1000.0)
    (0.5, 0.5)
    """
    return library(x, y).logaddexp2(x, y)


@primitive("step {x}", Rule(flat, "0"), elementwise=True, activation=True, domain=(0.3, 2.0))
def step(x: Operand) -> Any:
    """The threshold of the gates: 1 where ``x`` > 0, else 0; its gradient is 0.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.step(0.5), am.grad(am.step)(0.5)
    (1.0, 0.0)
    """
    return library(x).step(x)


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


@primitive("relu {x}", Rule(lambda g, out, x: where(out > 0, g, 0.0), "[{x} > 0]"), elementwise=True, activation=True)
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
