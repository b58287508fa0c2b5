"""Sums of exponentials, and shares of them, under SciPy's signatures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..arrays import plain, shape_of
from ..node import Node
from ..operation import Operand
from . import softmax as _ours
from .arithmetic import where
from .elementwise import abs, sign
from .powers import exp, log
from .reductions import Axis, max as largest, sum
from .shapes import ravel, reshape


def logsumexp(
    a: Operand, axis: Axis = None, b: Operand = None, keepdims: bool = False, return_sign: bool = False
) -> Any:
    """log(Σ b · exp(a)) without overflow.

    Parameters
    ----------
    a : Value, number or array
    axis : int, sequence of int or None
        The axes to sum over; all of them by default.
    b : Value, number or array, optional
        Factors, which broadcast with ``a``; they may be 0 or negative.
    keepdims : bool
        Whether these axes stay, with length 1; False by default.
    return_sign : bool
        Whether to give the logarithm of the absolute value and the sign; else a negative sum gives nan.

    Returns
    -------
    Value if an operand is one, else number or array
        With ``return_sign`` a pair of them.

    References
    ----------
    P. Blanchard, D. J. Higham and N. J. Higham, "Accurately computing the log-sum-exp and softmax functions",
    IMA Journal of Numerical Analysis 41 (2021).

    Examples
    --------
    >>> import autograd_mini as am
    >>> float(am.special.logsumexp([0.0, 0.0], b=[1.0, 3.0]))
    1.386294361119890...
    """
    if b is None and not return_sign:
        return _ours.logsumexp(a, axis, keepdims)
    shift = _peak(a, b, axis)
    power = a - shift
    if b is None:
        total = sum(exp(power), axis, keepdims=True)
    else:  # what a factor 0 hides may be too large for exp, also in float32
        hidden = (_data(b) == 0) & (_data(power) > 80.0)
        total = sum(b * exp(where(hidden, -math.inf, power)), axis, keepdims=True)
    direction = sign(total)
    nothing = _data(total) == 0
    out = where(nothing, -math.inf, log(where(nothing, 1.0, abs(total)))) + shift
    if not return_sign:
        out = where(_data(total) < 0, math.nan, out)
    if not keepdims:
        kept = shape_of(sum(_data(a) if b is None else _data(a) + 0.0 * _data(b), axis))
        out, direction = reshape(out, kept), reshape(direction, kept)
    return (out, direction) if return_sign else out


def _peak(a: Any, b: Any, axis: Axis) -> Any:
    """The largest exponent whose factor is not 0, as a constant; 0 where there is none."""
    counted = _data(a) if b is None else where(_data(b) == 0, -math.inf, _data(a))
    peak = largest(counted, axis=axis, keepdims=True)
    return where(abs(peak) < math.inf, peak, 0.0)


def _data(x: Any) -> Any:
    return x._stored if isinstance(x, Node) else plain(x)


def softmax(x: Operand, axis: int | Sequence[int] | None = None) -> Any:
    """exp(x) / Σ exp(x): positive numbers that sum to 1, without overflow.

    Parameters
    ----------
    x : Value, number or array
    axis : int, sequence of int or None
        The axes along which the entries compete; all of them by default, as in SciPy.

    Returns
    -------
    Value if ``x`` is one, else number or array
        In the shape of ``x``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.softmax([[0.0, 0.0], [0.0, 0.0]])
    array([[0.25, 0.25],
           [0.25, 0.25]])
    """
    if axis is None:
        return reshape(_ours.softmax(ravel(x)), shape_of(x))
    return exp(log_softmax(x, axis)) if isinstance(axis, Sequence) else _ours.softmax(x, axis)


def log_softmax(x: Operand, axis: int | Sequence[int] | None = None) -> Any:
    """The logarithm of ``softmax``, exact where that is tiny.

    Parameters
    ----------
    x : Value, number or array
    axis : int, sequence of int or None
        The axes along which the entries compete; all of them by default, as in SciPy.

    Returns
    -------
    Value if ``x`` is one, else number or array
        In the shape of ``x``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.special.log_softmax([0.0, 1000.0])
    array([-1000.,     0.])
    """
    if axis is None:
        return reshape(_ours.log_softmax(ravel(x)), shape_of(x))
    return x - _ours.logsumexp(x, axis, keepdims=True) if isinstance(axis, Sequence) else _ours.log_softmax(x, axis)
