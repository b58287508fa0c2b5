"""Functions of sampled signals: convolution and correlation of rows, polynomials, interpolation."""

from __future__ import annotations

from typing import Any

from ..arrays import beside, dtype_of, is_foreign, kind_of, library, shape_of
from ..arrays.labels import check_labels
from ..node import Node
from ..operation import Operand, Rule, case, composed, primitive
from .arithmetic import divide, floating, remainder, where, zeros_like
from .elementwise import conjugated
from .indexing import getitem, take
from .joining import array, concatenate
from .padding import pad_constant
from .plain import as_data
from .rearranging import flip


def _pulled(g: Any, x: Any, y: Any, mode: str) -> Any:
    """The gradient of the longer or shorter row: that of the full convolution, correlated with the other."""
    n, m = shape_of(x)[0], shape_of(y)[0]
    missing = n + m - 1 - shape_of(g)[0]
    start = {"full": 0, "same": (min(n, m) - 1) // 2, "valid": min(n, m) - 1}[mode]
    if missing and n >= m:  # without a border of zeros, of which an infinite entry would make nan
        return getitem(convolve(g, flip(y)), slice(m - 1 - start, n + m - 1 - start))
    if mode == "valid" and missing:
        return flip(convolve(y, flip(g), "valid"))
    if missing:
        g = pad_constant(g, ((start, missing - start),), 0.0)
    return convolve(g, flip(y), "valid")


@primitive(
    "{x} * {y}",
    Rule(lambda g, out, x, y, mode: _pulled(g, x, y, mode), "{y}", "{g} correlated with {y}", linear=True),
    Rule(lambda g, out, x, y, mode: _pulled(g, y, x, mode), "{x}", "{g} correlated with {x}", linear=True),
    cases=(
        case((4,), (3,)),
        case((2,), (5,), mode="same"),
        case((5,), (4,), mode="same"),
        case((5,), (2,), mode="valid"),
        case((2,), (3,), mode="valid"),
    ),
)
def convolve(x: Operand, y: Operand, mode: str = "full") -> Any:
    """Convolution of two rows: the sums of products at every shift of one, turned round, over the other.

    Parameters
    ----------
    x : Value or array
        Of shape (n,).
    y : Value or array
        Of shape (m,).
    mode : {"full", "same", "valid"}
        All n + m − 1 shifts, as many as the longer is long from the middle, or those where the shorter lies inside.

    Returns
    -------
    Value if an operand is one, else array

    Raises
    ------
    ValueError
        If an operand is no row of at least one number, or there is no such mode.

    Notes
    -----
    With z = x * y: z[k] = Σ x[i] · y[k − i]. Convolution of batches over several axes is ``conv``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([1.0, 2.0, 3.0])
    >>> am.convolve(x, [1.0, -1.0])
    Value([ 1.,  1.,  1., -3.], shape=(4,), op=convolve)
    >>> am.gradients(am.convolve(x, [1.0, 10.0]).sum(), x)
    array([11., 11., 11.])
    """
    a, b = shape_of(x), shape_of(y)
    if len(a) != 1 or len(b) != 1 or 0 in a + b:
        raise ValueError(f"convolve takes two rows of numbers, got shapes {a} and {b}; conv takes batches")
    if mode not in ("full", "same", "valid"):
        raise ValueError(f"convolve has no mode {mode!r}: choose full, same or valid")
    return library(x, y).convolve(x, y, mode)


@composed(
    case((4,), (3,)),
    case((2,), (4,), mode="same"),
    case((5,), (4,), mode="same"),
    case((5,), (3,), mode="full"),
    case((2,), (3,)),
)
def correlate(x: Operand, y: Operand, mode: str = "valid") -> Any:
    """Correlation of two rows: the sums of products at every shift of one over the other, conjugated.

    Parameters
    ----------
    x, y : Value or array
        Of shape (n,) and (m,).
    mode : {"valid", "same", "full"}
        The shifts where the shorter lies inside, as many as the longer is long, or all.

    Returns
    -------
    Value if an operand is one, else array

    Raises
    ------
    ValueError
        If an operand is no row of at least one number, or there is no such mode.

    Notes
    -----
    With z the correlation: z[k] = Σ x[i + k] · conj(y[i]).

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.correlate(am.Value([1.0, 2.0, 3.0]), [1.0, 10.0])
    Value([21., 32.], shape=(2,), op=convolve)
    """
    n, m = (shape_of(x) or (0,))[0], (shape_of(y) or (0,))[0]
    turned = flip(conjugated(y)) if shape_of(y) else y
    if mode == "same" and m > n:  # NumPy's middle of a longer second row is one further on
        return getitem(convolve(x, turned), slice(n // 2, n // 2 + m))
    return convolve(x, turned, mode)


@composed(case((3,), (2, 2)), case((1,), (3,)), case((4,), ()))
def polyval(p: Operand, x: Operand) -> Any:
    """The value of a polynomial, by Horner's scheme.

    Parameters
    ----------
    p : Value or array
        The coefficients, that of the highest power first.
    x : Value, number or array

    Returns
    -------
    Value if an operand is one, else number or array
        In the shape of ``x``.

    Raises
    ------
    ValueError
        If ``p`` is no row of numbers.

    Examples
    --------
    >>> import autograd_mini as am
    >>> p = am.Value([1.0, 0.0, 2.0])
    >>> am.polyval(p, 3.0)
    Value(11, op=add)
    >>> am.gradients(am.polyval(p, 3.0), p)
    array([9., 3., 1.])
    """
    p, x = array(p), array(x)
    if len(shape_of(p)) != 1:
        raise ValueError(f"polyval takes its coefficients as one row, got shape {shape_of(p)}")
    result = zeros_like(x)
    for i in range(shape_of(p)[0]):
        result = result * x + getitem(p, i)
    return result


@composed(
    case((2, 3), (4,), (4,)),
    case((4,), (3,), (3,), left=-1.0, right=2.0),
    case((4,), (3,), (3,), period=1.5),
    domain=(-1.0, 3.0),
)
def interp(
    x: Operand, xp: Operand, fp: Operand, left: Operand = None, right: Operand = None, period: float | None = None
) -> Any:
    """Interpolation along straight lines between the points of a table.

    Parameters
    ----------
    x : Value, number or array
        Where.
    xp : Value or array
        The table's places, rising; with ``period`` in any order.
    fp : Value or array
        The table's values.
    left, right : Value or number, optional
        Below the first and above the last place; the first and the last value by default.
    period : float, optional
        The table goes round after this length, and there is no left and right.

    Returns
    -------
    Value if an operand is one, else number or array
        In the shape of ``x``.

    Raises
    ------
    ValueError
        If the table is no two rows of one length from 1 on, or the period is 0.
    TypeError
        If places are complex; the values may be.

    Notes
    -----
    Between two places the slope to x is that of the line; at a place it is that of the line on the right. The gradient
    also passes to the values, in parts as the point lies between them, and to the places. The dtype is that of the
    operands, where NumPy's is never below float64.

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([0.5, 5.0])
    >>> y = am.interp(x, [0.0, 1.0, 2.0], [0.0, 10.0, 30.0])
    >>> y
    Value([ 5., 30.], shape=(2,), op=where)
    >>> am.gradients(y.sum(), x)
    array([10.,  0.])
    """
    check_labels("interp", (xp, fp))
    x, xp, fp = (floating(array(each)) for each in (x, xp, fp))
    homes = [each for each in (x, xp, fp) if is_foreign(as_data(each))]
    if homes:
        x, xp, fp = (each if isinstance(each, Node) else beside(each, homes[0]) for each in (x, xp, fp))
    n = (shape_of(xp) or (0,))[0]
    if len(shape_of(xp)) != 1 or shape_of(fp) != shape_of(xp) or not n:
        raise ValueError(f"interp needs xp and fp as rows of one length, got {shape_of(xp)} and {shape_of(fp)}")
    if "c" in (kind_of(x), kind_of(xp)):
        raise TypeError(f"interp needs real places, got x of dtype {dtype_of(x)} and xp of dtype {dtype_of(xp)}")
    if period is not None:
        if not period:
            raise ValueError("the period of interp is not 0")
        period, left, right = abs(period), None, None
        x, xp = remainder(x, period), remainder(xp, period)
        order = library(as_data(xp)).argsort(as_data(xp))
        xp, fp = take(xp, order), take(fp, order)
        xp = concatenate([xp[-1:] - period, xp, xp[:1] + period])
        fp, n = concatenate([fp[-1:], fp, fp[:1]]), n + 2
    first, last = getitem(fp, 0), getitem(fp, -1)
    at, places = beside(as_data(x), as_data(xp)), beside(as_data(xp), as_data(x))
    result = first + zeros_like(x)
    if n > 1:
        table = library(at, places)
        i = table.clip(table.searchsorted(places, at, side="right") - 1, 0, n - 2)
        x0, y0 = take(xp, i), take(fp, i)
        result = y0 + (x - x0) * divide(take(fp, i + 1) - y0, take(xp, i + 1) - x0)
    result = where(at > places[-1], last if right is None else right, result)
    result = where(at < places[0], first if left is None else left, result)
    return result
