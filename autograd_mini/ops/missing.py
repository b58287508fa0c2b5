"""Reductions that leave nan out: sums, products, extremes and statistics of the entries that are numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..arrays import as_numpy, beside, is_abstract, kind_of
from ..operation import Operand, case, composed
from .arithmetic import where as choose
from .plain import as_data
from .reductions import (
    ASKED,
    CASES,
    MASK,
    Axis,
    asked,
    count_where,
    max as max_of_all,
    max_,
    mean,
    min as min_of_all,
    min_,
    no_out,
    prod,
    sum,
)
from .running import cumprod, cumsum
from .statistics import std, var


def _numbers(x: Any, where: Any) -> Any:
    """The mask of the entries that are numbers and take part; whole numbers are no nan, so it is ``where`` itself."""
    data = as_data(x)
    if kind_of(data) in "biu":
        return where
    mask = data == data
    return mask if where is None or where is True else mask & beside(as_data(where), mask)


@composed(*CASES, *ASKED)
def nansum(
    x: Operand,
    axis: Axis = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: bool = False,
    initial: Operand = None,
    where: Any = None,
) -> Any:
    """Sum of the entries that are not nan, along some axes or of all.

    Parameters
    ----------
    x : Value, number or array
    axis, dtype, out, keepdims, initial, where
        As for ``sum``.

    Returns
    -------
    Value if ``x`` is one, else number or array

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([1.0, float("nan"), 2.0])
    >>> am.nansum(x)
    Value(3, op=sum)
    >>> am.gradients(am.nansum(x), x)
    array([1., 0., 1.])
    """
    return sum(x, axis, dtype, out, keepdims, initial, _numbers(x, where))


@composed(*CASES, *ASKED)
def nanprod(
    x: Operand,
    axis: Axis = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: bool = False,
    initial: Operand = None,
    where: Any = None,
) -> Any:
    """Product of the entries that are not nan, along some axes or of all.

    Parameters
    ----------
    x : Value, number or array
    axis, dtype, out, keepdims, initial, where
        As for ``prod``.

    Returns
    -------
    Value if ``x`` is one, else number or array

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.nanprod(am.Value([3.0, float("nan"), 2.0]))
    Value(6, op=prod)
    """
    return prod(x, axis, dtype, out, keepdims, initial, _numbers(x, where))


@composed(*CASES, case((2, 3), where=MASK, axis=0))
def nanmean(
    x: Operand,
    axis: Axis = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: bool = False,
    *,
    where: Any = None,
) -> Any:
    """Mean of the entries that are not nan, along some axes or of all.

    Parameters
    ----------
    x : Value, number or array
    axis, dtype, out, keepdims, where
        As for ``mean``.

    Returns
    -------
    Value if ``x`` is one, else number or array

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([1.0, float("nan"), 2.0])
    >>> am.gradients(am.nanmean(x), x)
    array([0.5, 0. , 0.5])
    """
    return mean(x, axis, dtype, out, keepdims, where=_numbers(x, where))


@composed(*CASES[:-1], case((2, 3), ddof=1), case((2, 3), where=MASK, axis=1))
def nanvar(
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
    """Variance of the entries that are not nan, along some axes or of all.

    Parameters
    ----------
    x : Value, number or array
    axis, dtype, out, ddof, keepdims, where, mean, correction
        As for ``var``.

    Returns
    -------
    Value if ``x`` is one, else number or array

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.nanvar(am.Value([1.0, float("nan"), 3.0]))
    Value(1, op=divide)
    """
    mask = _numbers(x, where)
    return var(x, axis, dtype, out, ddof, keepdims, where=mask, mean=mean, correction=correction)


@composed(*CASES[:-1], case((2, 3), ddof=1))
def nanstd(
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
    """Standard deviation of the entries that are not nan, along some axes or of all.

    Parameters
    ----------
    x : Value, number or array
    axis, dtype, out, ddof, keepdims, where, mean, correction
        As for ``std``.

    Returns
    -------
    Value if ``x`` is one, else number or array

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.nanstd(am.Value([1.0, float("nan"), 3.0]))
    Value(1, op=root)
    """
    mask = _numbers(x, where)
    return std(x, axis, dtype, out, ddof, keepdims, where=mask, mean=mean, correction=correction)


def _nan_if_none(found: Any, x: Any, axis: Axis, keepdims: bool, mask: Any) -> Any:
    """The result, but nan where no entry is a number."""
    if mask is None:
        return found
    if not is_abstract(mask) and np.all(as_numpy(mask)):
        return found
    return choose(count_where(x, axis, keepdims, mask) == 0, math.nan, found)


@composed(*CASES, *ASKED)
def nanmax(
    x: Operand,
    axis: Axis = None,
    out: Any = None,
    keepdims: bool = False,
    initial: Operand = None,
    where: Any = None,
) -> Any:
    """Largest of the entries that are not nan; entries that tie share the gradient equally.

    Parameters
    ----------
    x : Value, number or array
    axis, out, keepdims, initial, where
        As for ``max``.

    Returns
    -------
    Value if ``x`` is one, else number or array
        nan where no entry is a number.

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([1.0, float("nan"), 2.0])
    >>> am.gradients(am.nanmax(x), x)
    array([0., 0., 1.])
    """
    mask = _numbers(x, None)
    if initial is not None or where is not None:
        return max_of_all(x, axis, out, keepdims, initial, _numbers(x, where) if where is not None else mask)
    no_out("nanmax", out)
    return _nan_if_none(max_(x, axis, keepdims, mask), x, axis, keepdims, mask)


@composed(*CASES, *ASKED)
def nanmin(
    x: Operand,
    axis: Axis = None,
    out: Any = None,
    keepdims: bool = False,
    initial: Operand = None,
    where: Any = None,
) -> Any:
    """Smallest of the entries that are not nan; entries that tie share the gradient equally.

    Parameters
    ----------
    x : Value, number or array
    axis, out, keepdims, initial, where
        As for ``min``.

    Returns
    -------
    Value if ``x`` is one, else number or array
        nan where no entry is a number.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.nanmin(am.Value([1.0, float("nan"), 2.0]))
    Value(1, op=where)
    """
    mask = _numbers(x, None)
    if initial is not None or where is not None:
        return min_of_all(x, axis, out, keepdims, initial, _numbers(x, where) if where is not None else mask)
    no_out("nanmin", out)
    return _nan_if_none(min_(x, axis, keepdims, mask), x, axis, keepdims, mask)


@composed(case((4,)), case((2, 3)), case((2, 3), axis=1))
def nancumsum(x: Operand, axis: int | None = None, dtype: Any = None, out: Any = None) -> Any:
    """Running sums in which nan counts as 0.

    Parameters
    ----------
    x : Value, number or array
    axis, dtype, out
        As for ``cumsum``.

    Returns
    -------
    Value if ``x`` is one, else array

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.nancumsum([1.0, float("nan"), 2.0])
    array([1., 1., 3.])
    """
    return cumsum(asked("nancumsum", x, dtype, out, _numbers(x, None), 0), axis)


@composed(case((4,)), case((2, 3)), case((2, 3), axis=1))
def nancumprod(x: Operand, axis: int | None = None, dtype: Any = None, out: Any = None) -> Any:
    """Running products in which nan counts as 1.

    Parameters
    ----------
    x : Value, number or array
    axis, dtype, out
        As for ``cumprod``.

    Returns
    -------
    Value if ``x`` is one, else array

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.nancumprod([2.0, float("nan"), 3.0])
    array([2., 2., 6.])
    """
    return cumprod(asked("nancumprod", x, dtype, out, _numbers(x, None), 1), axis)
