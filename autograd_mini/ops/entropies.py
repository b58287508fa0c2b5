"""Products with logarithms, as in entropies, the logit, and exponential integrals, element by element."""

from __future__ import annotations

from operator import index
from typing import Any

from ..arrays import library
from ..operation import Operand, Rule, case, composed, primitive
from .activations import softplus
from .arithmetic import divide, where
from .elementwise import check_real
from .plain import option
from .powers import exp, log, log1p


def _nothing(x: Any, y: Any) -> Any:
    """Where both are 0, so that their product with a logarithm is 0 by convention."""
    return (x == 0) & (y == 0)


@primitive(
    "{x} · log {y}",
    Rule(lambda g, out, x, y: g * log(where(_nothing(x, y), 1.0, y)), "log {y}"),
    Rule(lambda g, out, x, y: g * divide(x, where(_nothing(x, y), 1.0, y)), "{x} / {y}"),
    elementwise=True,
    domain=(0.3, 2.0),
)
def xlogy(x: Operand, y: Operand) -> Any:
    """x · log y, which is 0 at x = 0 whatever y is; its slopes where both are 0 are 0.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.xlogy(0.0, 0.0), am.grad(am.special.xlogy, argnums=(0, 1))(2.0, 1.0)
    (0.0, (0.0, 2.0))
    """
    return library(x, y).special.xlogy(x, y)


@primitive(
    "{x} · log(1 + {y})",
    Rule(lambda g, out, x, y: g * log1p(where(_nothing(x, y + 1.0), 0.0, y)), "log(1 + {y})"),
    Rule(lambda g, out, x, y: g * divide(x, where(_nothing(x, y + 1.0), 1.0, 1.0 + y)), "{x} / (1 + {y})"),
    elementwise=True,
    domain=(-0.6, 2.0),
)
def xlog1py(x: Operand, y: Operand) -> Any:
    """x · log(1 + y), which is 0 at x = 0 whatever y is, and exact for small y.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.xlog1py(0.0, -1.0), am.grad(am.special.xlog1py, argnums=(0, 1))(2.0, 0.0)
    (0.0, (0.0, 2.0))
    """
    return library(x, y).special.xlog1py(x, y)


@primitive(
    "−{x} · log {x}",
    Rule(lambda g, out, x: g * (-log(x) - 1.0), "−log {x} − 1"),
    elementwise=True,
    domain=(0.3, 2.0),
)
def entr(x: Operand) -> Any:
    """−x · log x, a term of an entropy: 0 at 0, −inf below.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.entr(0.0), am.grad(am.special.entr)(1.0)
    (0.0, -1.0)
    """
    return library(x).special.entr(x)


@primitive(
    "{x} · log({x} / {y})",
    Rule(lambda g, out, x, y: g * (log(divide(x, y)) + 1.0), "log({x} / {y}) + 1"),
    Rule(lambda g, out, x, y: g * divide(-x, y), "−{x} / {y}"),
    elementwise=True,
    domain=(0.3, 2.0),
)
def rel_entr(x: Operand, y: Operand) -> Any:
    """x · log(x / y), a term of a relative entropy: 0 at x = 0 <= y, inf where there is no such logarithm.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.rel_entr(1.0, 1.0), am.grad(am.special.rel_entr, argnums=(0, 1))(1.0, 1.0)
    (0.0, (1.0, -1.0))
    """
    return library(x, y).special.rel_entr(x, y)


@primitive(
    "{x} · log({x} / {y}) − {x} + {y}",
    Rule(lambda g, out, x, y: g * log(divide(x, y)), "log({x} / {y})"),
    Rule(lambda g, out, x, y: g * (1.0 - divide(x, y)), "1 − {x} / {y}"),
    elementwise=True,
    domain=(0.3, 2.0),
)
def kl_div(x: Operand, y: Operand) -> Any:
    """x · log(x / y) − x + y, a term of the Kullback-Leibler divergence that is never negative.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.kl_div(1.0, 1.0), am.grad(am.special.kl_div, argnums=(0, 1))(1.0, 2.0)
    (0.0, (-0.6931471..., 0.5))
    """
    return library(x, y).special.kl_div(x, y)


@primitive(
    "logit {x}",
    Rule(lambda g, out, x: divide(g, x * (1.0 - x)), "1 / ({x} · (1 − {x}))"),
    elementwise=True,
    domain=(0.1, 0.9),
)
def logit(x: Operand) -> Any:
    """log(x / (1 − x)), the inverse of the logistic function, for 0 < x < 1.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.logit(0.5), am.grad(am.special.logit)(0.5)
    (0.0, 4.0)
    """
    return library(x).special.logit(x)


@composed(case((2, 3)), case(()))
def log_expit(x: Operand) -> Any:
    """The logarithm of the logistic function, −log(1 + exp(−x)), without overflow.

    Parameters
    ----------
    x : Value, number or array

    Returns
    -------
    Value if ``x`` is one, else number or array

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.log_expit(-1000.0), am.grad(am.special.log_expit)(0.0)
    (-1000.0, 0.5)
    """
    check_real("log_expit", x)
    return -softplus(-x)


# --- exponential integrals --------------------------------------------------------------------------------------------


@primitive(
    "Ei({x})", Rule(lambda g, out, x: g * divide(exp(x), x), "exp {x} / {x}"), elementwise=True, domain=(0.5, 3.0)
)
def expi(x: Operand) -> Any:
    """The exponential integral Ei.

    References
    ----------
    NIST Digital Library of Mathematical Functions, equation 6.2.5, https://dlmf.nist.gov/6.2.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.expi(1.0), am.grad(am.special.expi)(1.0)
    (1.8951178..., 2.7182818...)
    """
    return library(x).special.expi(x)


@primitive(
    "E₁({x})", Rule(lambda g, out, x: g * divide(-exp(-x), x), "−exp(−{x}) / {x}"), elementwise=True, domain=(0.5, 3.0)
)
def exp1(x: Operand) -> Any:
    """The exponential integral E₁, for x > 0.

    References
    ----------
    NIST Digital Library of Mathematical Functions, equation 6.2.1, https://dlmf.nist.gov/6.2.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.exp1(1.0), am.grad(am.special.exp1)(1.0)
    (0.2193839..., -0.3678794...)
    """
    return library(x).special.exp1(x)


@primitive(
    "E({x}; {order})",
    Rule(lambda g, out, x, order: g * -expn(order - 1, x), "−E({x}; {order}−1)"),
    elementwise=True,
    domain=(0.5, 3.0),
    cases=(case((2, 3), order=3), case((), order=1)),
)
def exponential_integral(x: Operand, order: int) -> Any:
    """The exponential integral of order ``order``; ``expn`` is the function to call."""
    return library(x).special.expn(float(order), x)


def expn(n: int, x: Operand) -> Any:
    """The generalised exponential integral of whole order, for x > 0.

    Parameters
    ----------
    n : int
        0 or more; it has no derivative.
    x : Value, number or array

    Returns
    -------
    Value if ``x`` is one, else number or array

    Raises
    ------
    TypeError, ValueError
        If ``n`` is no whole number, or negative.

    Notes
    -----
    With f = Eₙ(x): df/dx = −Eₙ₋₁(x), where E₀ is exp(−x) / x.

    References
    ----------
    NIST Digital Library of Mathematical Functions, section 8.19, https://dlmf.nist.gov/8.19.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.expn(2, 1.0), am.grad(lambda x: am.special.expn(2, x))(1.0)
    (0.1484955..., -0.2193839...)
    """
    n = option("expn()", "n", n)
    if index(n) < 0:
        raise ValueError(f"expn needs n >= 0, got {n}")
    return divide(exp(-x), x) if n == 0 else exponential_integral(x, index(n))
