"""Statistics: variance, standard deviation, weighted mean, covariance and correlation."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from ..arrays import as_numpy, beside, is_abstract, is_half, library, shape_of
from ..arrays.labels import check_labels
from ..operation import Operand, case, composed
from .arithmetic import divide, subtract, where as choose
from .diagonals import diag
from .elementwise import conjugate, is_complex, real
from .joining import concatenate
from .plain import as_data
from .powers import root, square
from .products import matmul
from .reductions import CASES, MASK, Axis, asked, axes_of, count_where, mask_of, mean as average_of, sum
from .shapes import astype, broadcast_to, in_float32, reshape, transpose


def _squares(x: Any) -> Any:
    return real(x * conjugate(x)) if is_complex(x) else square(x)


@composed(
    *CASES[:-1],
    case((4, 3), axis=0, ddof=1),
    case((2, 3), where=MASK, axis=0),
    case((2, 3), axis=1, correction=1),
    case((2, 3), mean=np.float64(0.25)),
    case((2, 3), dtype="float64"),
)
def var(
    x: Operand,
    axis: Axis = None,
    dtype: Any = None,
    out: Any = None,
    ddof: float = 0,
    keepdims: bool = False,
    *,
    where: Any = None,
    mean: Operand = None,
    correction: float | None = None,
) -> Any:
    """Variance: the mean squared distance from the mean, over ``n - ddof`` entries.

    Parameters
    ----------
    x : Value, number or array
    axis : int, sequence of int or None
        The axes to average over; all of them by default.
    dtype : NumPy dtype, optional
        In which it is computed; that of ``x`` by default.
    out : None
        For NumPy's sake: a result is never written into an array.
    ddof : float
        What is taken off the number of entries: 0 by default, 1 for the unbiased estimate from a sample.
    keepdims : bool
        Whether these axes stay, with length 1; False by default.
    where : array of bool, optional
        The entries that take part; all by default.
    mean : Value, number or array, optional
        The mean, if it is known, with these axes kept; a gradient flows to it too.
    correction : float, optional
        Another name of ``ddof``.

    Returns
    -------
    Value if ``x`` is one, else number or array

    Raises
    ------
    ValueError
        If both ``ddof`` and ``correction`` are given.

    Notes
    -----
    With n entries of mean m: dv/dx = 2 · (x − m) / (n − ddof).

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([1.0, 2.0, 3.0, 6.0])
    >>> am.var(x)
    Value(3.5, op=divide)
    >>> am.gradients(am.var(x), x)
    array([-1. , -0.5,  0. ,  1.5])
    """
    if correction is not None:
        if ddof != 0:
            raise ValueError("ddof and correction are one thing: give only one of them")
        ddof = correction
    x = asked("var", x, dtype, out, None, 0)
    if is_half(x) and (mean is None or is_half(mean)):
        return in_float32(var, x, axis, ddof=ddof, keepdims=keepdims, where=where, mean=mean)
    center = average_of(x, axis, keepdims=True, where=where) if mean is None else mean
    distance = subtract(x, center)
    if where is not None and where is not True:
        # NOTE: before the square, whose slope at a nan that is left out would be nan, and 0 · nan too
        distance = choose(mask_of(x, where), distance, 0.0)
    n = count_where(x, axis, keepdims, where)
    freedom = builtins.max(n - ddof, 0) if isinstance(n, int) else choose(n > ddof, n - ddof, 0.0)
    return divide(sum(_squares(distance), axis, keepdims=keepdims), freedom)


@composed(*CASES[:-1], case((4, 3), axis=0, ddof=1), case((2, 3), where=MASK, axis=1), case((2, 3), dtype="float64"))
def std(
    x: Operand,
    axis: Axis = None,
    dtype: Any = None,
    out: Any = None,
    ddof: float = 0,
    keepdims: bool = False,
    *,
    where: Any = None,
    mean: Operand = None,
    correction: float | None = None,
) -> Any:
    """Standard deviation, the root of the variance; where it is 0 its gradient is 0.

    Parameters
    ----------
    x : Value, number or array
    axis : int, sequence of int or None
        The axes to average over; all of them by default.
    dtype : NumPy dtype, optional
        In which it is computed; that of ``x`` by default.
    out : None
        For NumPy's sake: a result is never written into an array.
    ddof : float
        What is taken off the number of entries: 0 by default, 1 for the unbiased estimate from a sample.
    keepdims : bool
        Whether these axes stay, with length 1; False by default.
    where : array of bool, optional
        The entries that take part; all by default.
    mean : Value, number or array, optional
        The mean, if it is known, with these axes kept.
    correction : float, optional
        Another name of ``ddof``.

    Returns
    -------
    Value if ``x`` is one, else number or array

    Notes
    -----
    With n entries of mean m: ds/dx = (x − m) / ((n − ddof) · s).

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.std([1.0, 3.0])
    np.float64(1.0)
    >>> x = am.Value([2.0, 2.0])
    >>> am.gradients(am.std(x), x)
    array([0., 0.])
    """
    return root(var(x, axis, dtype, out, ddof, keepdims, where=where, mean=mean, correction=correction))


@composed(
    case((2, 3)),
    case((2, 3), axis=0),
    case((2, 3), axis=-1, keepdims=True),
    case((2, 3), axis=1, weights=np.array([1.0, 2.0, 3.0])),
    case((2, 3), axis=0, weights=np.array([[1.0, 2.0, 3.0], [0.5, 0.25, 1.0]])),
    case((2, 3, 4), axis=(0, 2), weights=np.arange(1.0, 9.0).reshape(2, 4)),
)
def average(
    a: Operand, axis: Axis = None, weights: Operand = None, returned: bool = False, *, keepdims: bool = False
) -> Any:
    """Weighted mean.

    Parameters
    ----------
    a : Value, number or array
    axis : int, sequence of int or None
        The axes to average over; all of them by default.
    weights : Value or array, optional
        In the shape of ``a``, or of its axes that are averaged over; equal by default. Gradients flow to them too.
    returned : bool
        Whether the sum of the weights is returned as well; False by default.
    keepdims : bool
        Whether these axes stay, with length 1; False by default.

    Returns
    -------
    Value if an operand is one, else number or array
        Or a pair of them, with ``returned``.

    Raises
    ------
    ZeroDivisionError
        If weights sum to 0.
    ValueError, TypeError
        If their shape fits neither ``a`` nor its axes.

    Notes
    -----
    With weights w that sum to s and the mean m: dm/da = w / s, dm/dw = (a − m) / s.

    Examples
    --------
    >>> import autograd_mini as am
    >>> w = am.Value([1.0, 3.0])
    >>> m = am.average([10.0, 20.0], weights=w)
    >>> m
    Value(17.5, op=divide)
    >>> am.gradients(m, w)
    array([-1.875,  0.625])
    """
    if weights is None:
        mean = average_of(a, axis, keepdims=keepdims)
        total: Any = divide(float(np.prod(shape_of(a))), builtins.max(np.prod(shape_of(mean)), 1))
        return (mean, broadcast_to(total, shape_of(mean)) if shape_of(mean) else total) if returned else mean
    check_labels("average", (a, weights))
    weights = np.asarray(weights) if isinstance(weights, (list, tuple)) else weights
    weights = _as_weights(beside(weights, a), shape_of(a), axis)
    if is_half(a) and is_half(weights) and not returned:
        return in_float32(average, a, axis, weights, keepdims=keepdims)
    total = sum(weights * _ones(a), axis, keepdims=keepdims)
    if not is_abstract(as_data(total)) and np.any(as_numpy(as_data(total)) == 0):
        raise ZeroDivisionError("the weights sum to 0, so there is no weighted mean")
    mean = divide(sum(a * weights, axis, keepdims=keepdims), total)
    return (mean, total) if returned else mean


def _ones(a: Any) -> Any:
    return library(as_data(a)).zeros_like(as_data(a)) + 1.0


def _as_weights(weights: Any, shape: tuple[int, ...], axis: Axis) -> Any:
    """Weights in a shape that broadcasts with ``shape``."""
    if shape_of(weights) == shape:
        return weights
    if axis is None:
        raise TypeError(f"weights of shape {shape_of(weights)} for {shape} need an axis=")
    axes = axes_of(axis, len(shape))
    if shape_of(weights) != tuple(shape[i] for i in axes):
        raise ValueError(f"weights of shape {shape_of(weights)} fit neither {shape} nor its axes {axis}")
    order = tuple(int(i) for i in np.argsort(axes))
    return reshape(transpose(weights, order), tuple(n if i in axes else 1 for i, n in enumerate(shape)))


@composed(
    case((2, 4)),
    case((4,)),
    case((4, 2), rowvar=False),
    case((2, 4), (2, 4)),
    case((2, 4), bias=True),
    case((2, 4), ddof=0, fweights=np.array([1, 2, 1, 3])),
    case((2, 4), aweights=np.array([1.0, 0.5, 2.0, 1.0])),
)
def cov(
    m: Operand,
    y: Operand = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
    fweights: Any = None,
    aweights: Operand = None,
    *,
    dtype: Any = None,
) -> Any:
    """Covariance matrix of variables, each a row of observations.

    Parameters
    ----------
    m : Value or array
        Of shape (variables, observations), or one variable of shape (observations,).
    y : Value or array, optional
        Further variables.
    rowvar : bool
        True: variables are rows; False: they are columns.
    bias : bool
        Whether sums are divided by n and not n - 1; False by default.
    ddof : Value or number, optional
        What is taken off n: it goes before ``bias``.
    fweights : array of int, optional
        How often each observation occurs.
    aweights : Value or array, optional
        Weight of each observation.
    dtype : NumPy dtype, optional
        In which it is computed.

    Returns
    -------
    Value if an operand is one, else array
        Of shape (variables, variables), or () for one variable.

    Notes
    -----
    With the rows' distances D from their means: C = D · Dᵀ / (n − 1).

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.cov([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]])
    array([[ 1., -1.],
           [-1.,  1.]])
    """
    check_labels("cov", (m, y))
    rows = _variables(m, rowvar)
    if not shape_of(rows)[0]:
        return matmul(rows, transpose(rows))
    if y is not None:
        rows = concatenate([rows, _variables(y, rowvar)], 0)
    rows = astype(rows, library(as_data(rows)).wide(as_data(rows)) if dtype is None else dtype)
    ddof = (0 if bias else 1) if ddof is None else ddof
    weights = aweights = beside(aweights, rows)
    if fweights is not None:
        times = as_numpy(as_data(fweights))
        if times.dtype.kind not in "iu" or (times < 0).any():
            raise TypeError("fweights count how often an observation occurs: whole numbers, none below 0")
        times = beside(times.astype(float), rows)
        weights = times if aweights is None else times * aweights
    n = shape_of(rows)[1]
    if weights is None:
        distance = rows - average_of(rows, 1, keepdims=True)
        weighted, freedom = distance, builtins.max(n - ddof, 0.0)
    else:
        total = sum(weights)
        distance = rows - divide(sum(rows * weights, 1, keepdims=True), total)
        weighted = distance * weights
        freedom = total - ddof * (1.0 if aweights is None else divide(sum(weights * aweights), total))
    out = divide(matmul(distance, conjugate(transpose(weighted)) if is_complex(rows) else transpose(weighted)), freedom)
    return reshape(out, ()) if shape_of(out) == (1, 1) else out


def _variables(m: Any, rowvar: bool) -> Any:
    """One variable a row."""
    shape = shape_of(m)
    if len(shape) > 2:
        raise ValueError(f"cov is for one variable or a table of them, got shape {shape}")
    rows = m if len(shape) == 2 else reshape(m, (1, -1))
    rows = rows if rowvar or len(shape) < 2 else transpose(rows)
    return np.asarray(rows) if isinstance(rows, (list, tuple)) else rows


@composed(case((2, 4)), case((4, 2), rowvar=False), case((2, 4), (1, 4)))
def corrcoef(x: Operand, y: Operand = None, rowvar: bool = True, *, dtype: Any = None) -> Any:
    """Matrix of Pearson's correlation coefficients of variables, each a row of observations.

    Parameters
    ----------
    x : Value or array
        Of shape (variables, observations), or one variable of shape (observations,).
    y : Value or array, optional
        Further variables.
    rowvar : bool
        True: variables are rows; False: they are columns.
    dtype : NumPy dtype, optional
        In which it is computed.

    Returns
    -------
    Value if an operand is one, else array
        Of shape (variables, variables), or () for one variable.

    Notes
    -----
    With the covariance C: R_ij = C_ij / √(C_ii · C_jj).

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.corrcoef([1.0, 2.0, 4.0], [2.0, 4.0, 8.0])
    array([[1., 1.],
           [1., 1.]])
    """
    c = cov(x, y, rowvar, dtype=dtype)
    if not shape_of(c):
        return divide(c, c)
    deviation = root(real(diag(c)))
    return divide(divide(c, reshape(deviation, (-1, 1))), deviation)
