"""Signs, rounding and the parts of complex numbers, element by element."""

from __future__ import annotations

from typing import Any

from ..arrays import as_numpy, is_abstract, kind_of, library
from ..arrays.batched import whole
from ..node import Node
from ..operation import Operand, Rule, case, needs_real, primitive
from .arithmetic import where, zeros_like


def flat(g: Any, out: Any, x: Any) -> Any:
    """The rule of a function that is constant between its jumps."""
    return zeros_like(g)


def rate_at_rest(g: Any, out: Any) -> Any:
    """What ``g / out``, the gradient of a length over the length, tends to where both are 0; None if there is no such.

    That is the slope of ``g`` along the length: 2 for the square of a length, which so is smooth at 0 too.
    """
    if not isinstance(g, Node) or not g.requires_grad or not isinstance(out, Node):
        return None
    rest = (out._stored == 0) & (g._stored == 0)
    if not is_abstract(rest) and not as_numpy(rest).any():
        return None
    from ..calls import pull

    seed = library(g._stored).ones_like(g._stored)
    [rate] = pull(g, [out], seed, graph=True, since=out.order)
    return where(rest, rate, 0.0)


class AtRest(Exception):
    """Raised in forward mode by the rule of a length that is 0, if its tangent is to be differentiated further.

    The tangent of |x|² is 2x · t, whose derivative cannot be told from |x| = 0 and a tangent of |x| of 0.
    """


def check_moving(out: Any) -> None:
    """Raise ``AtRest`` where a length that is a Value is 0."""
    if isinstance(out, Node):
        still = whole(out._stored) == 0
        if is_abstract(still) or as_numpy(still).any():
            raise AtRest


def _abs_rule(g: Any, out: Any, x: Any) -> Any:
    part = g * conjugate(sign(x))
    rate = rate_at_rest(g, out) if isinstance(g, Node) else None
    return part if rate is None else part + rate * conjugate(x)


def _abs_tangent(t: Any, out: Any, x: Any) -> Any:
    check_moving(out)
    return real(t * conjugate(sign(x))) if is_complex(x) else t * sign(x)


@primitive("|{x}|", Rule(_abs_rule, "sign {x}", jvp=_abs_tangent), elementwise=True, domain=(0.3, 2.0))
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
    if not is_complex(x):
        return zeros_like(g)
    return (g - conjugate(g * out * out)) * where(x == 0, 0.0, 0.5 / abs(where(x == 0, 1.0, x)))


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


@primitive("floor {x}", Rule(flat, "0"), elementwise=True, domain=(0.2, 0.8), latex=r"\lfloor {x} \rfloor")
def floor(x: Operand) -> Any:
    """The largest whole number not above ``x``; its gradient is 0.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.floor(-1.5), am.grad(am.floor)(-1.5)
    (-2.0, 0.0)
    """
    return library(x).floor(x)


@primitive("ceil {x}", Rule(flat, "0"), elementwise=True, domain=(0.2, 0.8), latex=r"\lceil {x} \rceil")
def ceil(x: Operand) -> Any:
    """The smallest whole number not below ``x``; its gradient is 0.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.ceil(-1.5), am.grad(am.ceil)(-1.5)
    (-1.0, 0.0)
    """
    return library(x).ceil(x)


@primitive("trunc {x}", Rule(flat, "0"), elementwise=True, domain=(0.2, 0.8))
def trunc(x: Operand) -> Any:
    """``x`` without its fraction; its gradient is 0.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.trunc(-1.5), am.grad(am.trunc)(-1.5)
    (-1.0, 0.0)
    """
    return library(x).trunc(x)


@primitive("round {x}", Rule(flat, "0"), elementwise=True, domain=(0.1, 0.4))
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
    "round {x}",
    Rule(lambda g, out, x, decimals: zeros_like(g), "0"),
    domain=(0.11, 0.39),
    cases=(case((2, 3)), case((2, 3), decimals=-1), case(())),
)
def round(x: Operand, decimals: int = 0) -> Any:
    """``x`` rounded to some decimals, halves to the even digit; its gradient is 0.

    Parameters
    ----------
    x : Value, number or array
    decimals : int
        Digits after the point, or before it if negative; 0 by default.

    Returns
    -------
    Value if ``x`` is one, else number or array
        In the shape of ``x``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.round(2.567, 1), am.grad(am.round)(2.567, 1)
    (2.6, 0.0)
    """
    return library(x).round(x, decimals)


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


@primitive("Im {x}", Rule(lambda g, out, x: g * -1j if is_complex(x) else zeros_like(g), "−i"), elementwise=True)
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


def is_complex(x: Any) -> bool:
    """Whether the entries are complex numbers."""
    return kind_of(x) == "c"


def check_real(name: str, x: Any) -> None:
    """Refuse complex numbers in the name of a function that is made of others."""
    if not isinstance(x, (list, tuple)) and is_complex(x):
        raise needs_real(name)


def conjugated(x: Any) -> Any:
    """The complex conjugate, without an operation where there is nothing to do."""
    return conjugate(x) if is_complex(x) else x


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
    return library(x).view(x)


absolute, fabs, positive, conj, around, fix = abs, abs, identity, conjugate, round, trunc
"""Further names in NumPy."""
