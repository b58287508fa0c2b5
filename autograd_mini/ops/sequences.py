"""Rows of numbers from one end to another: at equal distances, or equal ratios."""

from __future__ import annotations

from operator import index
from typing import Any

import numpy as np

from ..arrays import as_numpy, is_abstract, is_foreign, kind_of, library, shape_of, static
from ..arrays.labels import check_labels
from ..node import Node
from ..operation import Operand, case, composed
from .arithmetic import add, divide, multiply
from .elementwise import floor
from .indexing import getitem
from .joining import array, concatenate
from .plain import as_data, option
from .powers import power
from .shapes import astype, broadcast_to, expand_dims, moveaxis

_CASES = (
    case((), (), num=4),
    case((2,), (3, 1), num=3, axis=1),
    case((2,), (), num=3, endpoint=False, axis=-1),
    case((), (), num=1),
    case((2,), (2,), num=0),
)


@composed(*_CASES)
def linspace(
    start: Operand,
    stop: Operand,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """Numbers at equal distances from ``start`` to ``stop``.

    Parameters
    ----------
    start, stop : Value, number or array
        The ends, of shapes that broadcast together.
    num : int
        How many; 50 by default.
    endpoint : bool
        Whether ``stop`` is the last of them; True by default.
    retstep : bool
        Whether the distance is returned as well; False by default.
    dtype : NumPy dtype, optional
        That of the operands by default; of whole numbers they are rounded down.
    axis : int
        Along which axis of the result they lie; the first by default.

    Returns
    -------
    Value if an end is one, else array
        Or a pair of it and the distance, with ``retstep``.

    Raises
    ------
    ValueError
        If ``num`` is negative.

    Notes
    -----
    With a share t of the way from ``start`` to ``stop``: dy/dstart = 1 − t, dy/dstop = t.

    Examples
    --------
    >>> import autograd_mini as am
    >>> stop = am.Value(3.0)
    >>> y = am.linspace(1.0, stop, 3)
    >>> y
    Value([1., 2., 3.], shape=(3,), op=concatenate)
    >>> am.gradients(y.sum(), stop)
    1.5
    """
    num = _count("linspace", num)
    check_labels("linspace", (start, stop))
    if not _is_ours(start, stop):
        of_numbers: Any = np.linspace
        return of_numbers(start, stop, num, endpoint, retstep, dtype, axis)
    start, stop = _ends(start, stop)
    gaps = num - 1 if endpoint else num
    step: Any = divide(stop - start, gaps) if gaps > 0 else np.nan
    way = static(np.arange(num).reshape(-1, *(1,) * len(shape_of(start))), start)
    y = add(start, multiply(way, step if gaps > 0 else stop - start))
    if endpoint and num > 1:  # where rounding would miss it
        y = concatenate([getitem(y, slice(-1)), expand_dims(stop, 0)])
    y = _placed(y, dtype, axis)
    return (y, step) if retstep else y


@composed(*_CASES, domain=(0.5, 2.0))
def logspace(
    start: Operand,
    stop: Operand,
    num: int = 50,
    endpoint: bool = True,
    base: Operand = 10.0,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """Powers of a base with exponents at equal distances.

    Parameters
    ----------
    start, stop : Value, number or array
        The first and the last exponent, of shapes that broadcast together.
    num, endpoint, dtype, axis
        As for ``linspace``.
    base : Value, number or array
        10 by default; an array broadcasts with the ends.

    Returns
    -------
    Value if an operand is one, else array

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.logspace(0.0, am.Value(2.0), 3)
    Value([  1.,  10., 100.], shape=(3,), op=power)
    """
    check_labels("logspace", (start, stop, base))
    if not _is_ours(start, stop, base):
        return np.logspace(start, stop, _count("logspace", num), endpoint, base, dtype, axis)
    start, stop, base = (array(x) if isinstance(x, (list, tuple)) else x for x in (start, stop, base))
    if shape_of(base):
        start = broadcast_to(start, np.broadcast_shapes(shape_of(start), shape_of(stop), shape_of(base)))
    exponents = linspace(start, stop, _count("logspace", num), endpoint)
    return _placed(power(base, exponents), dtype, axis)


@composed(*_CASES, domain=(0.5, 2.0))
def geomspace(
    start: Operand, stop: Operand, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0
) -> Any:
    """Numbers at equal ratios from ``start`` to ``stop``.

    Parameters
    ----------
    start, stop : Value, number or array
        The ends, of one sign or complex, in shapes that broadcast together.
    num, endpoint, dtype, axis
        As for ``linspace``.

    Returns
    -------
    Value if an end is one, else array
        In the dtype of the ends, where NumPy's is never below float64.

    Raises
    ------
    ValueError
        If an end is 0 or ``num`` is negative.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.geomspace(1.0, am.Value(16.0), 3)
    Value([ 1.,  4., 16.], shape=(3,), op=concatenate)
    """
    num = _count("geomspace", num)
    check_labels("geomspace", (start, stop))
    start, stop = _ends(start, stop)
    product = as_data(start * stop)
    if not is_abstract(product) and (as_numpy(product) == 0).any():
        raise ValueError("geomspace cannot go to or from 0, where there is no ratio")
    gaps = num - 1 if endpoint else num
    way = np.arange(num).reshape(-1, *(1,) * len(shape_of(start))) / (gaps or 1)
    y = start * power(divide(stop, start), static(way, start))
    if endpoint and num > 1:
        y = concatenate([y[:-1, ...], expand_dims(stop, 0)])
    return _placed(y, dtype, axis)


def _is_ours(*operands: Any) -> bool:
    """Whether NumPy cannot do it: an operand is a Value, or an array of another library."""
    return any(
        any(map(_is_ours, x)) if isinstance(x, (list, tuple)) else isinstance(x, Node) or is_foreign(x)
        for x in operands
    )


def _count(name: str, num: Any) -> int:
    count = index(option(f"{name}()", "num", num))
    if count < 0:
        raise ValueError(f"{name} needs num >= 0, got {count}")
    return count


def _ends(start: Any, stop: Any) -> tuple[Any, Any]:
    """Both ends in one shape and one floating or complex dtype."""
    start, stop = (array(x) if isinstance(x, (list, tuple)) else x for x in (start, stop))
    dtype = (start + stop * 1.0).dtype  # before they are arrays, since Python's own numbers count for less
    start, stop = array(start), array(stop)
    shape = np.broadcast_shapes(shape_of(start), shape_of(stop))
    return tuple(broadcast_to(astype(x, dtype), shape) for x in (start, stop))


def _placed(y: Any, dtype: Any, axis: int) -> Any:
    """The row along an axis and in a dtype: to whole numbers they are rounded down, as NumPy does it."""
    if dtype is not None:
        data = as_data(y)
        whole = kind_of(library(data).astype(data[:0], dtype)) in "iu"
        y = astype(floor(y) if whole else y, dtype)
    return y if axis == 0 else moveaxis(y, 0, axis)
