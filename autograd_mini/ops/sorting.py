"""Sorting, whole or up to some places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays import library, shape_of
from ..operation import Operand, Rule, case, composed, primitive
from .indexing import take_along_axis
from .plain import as_data
from .shapes import reshape
from .ties import shared_in_runs

Array = np.ndarray[Any, Any]


def _unsorted(g: Any, out: Any, x: Any, axis: int | None) -> Any:
    """The gradient of sorted entries put back in the old order; entries that tie share theirs equally."""
    shape = shape_of(x)
    if not shape:
        return reshape(g, ())
    data, table = as_data(x), library(as_data(x))
    if axis is None:
        data, axis = table.reshape(data, -1), 0
    axis = np.lib.array_utils.normalize_axis_index(axis, data.ndim)
    rank = table.argsort(table.argsort(data, axis=axis, stable=True), axis=axis)
    return reshape(take_along_axis(shared_in_runs(g, out, axis), rank, axis), shape)


@primitive(
    "sort {x}",
    Rule(_unsorted, "1", "{g} put back in the old order"),
    cases=(
        case((4,)),
        case((2, 3)),
        case((2, 3), axis=0),
        case((2, 3), axis=None),
        case((0, 3), axis=0),
        case((2, 3), kind="stable"),
    ),
)
def sort_(x: Operand, axis: int | None = -1) -> Any:
    """The entries in ascending order along an axis."""
    return library(x).sort(x, axis=axis)


def sort(
    x: Operand, axis: int | None = -1, kind: str | None = None, order: None = None, *, stable: bool | None = None
) -> Any:
    """The entries in ascending order along an axis.

    Parameters
    ----------
    x : Value or array
    axis : int or None
        The last by default; None sorts all entries as one row.
    kind, stable : str, bool, optional
        For NumPy's sake: the result is the same for every method.
    order : None
        For NumPy's sake: there are no fields to sort by.

    Returns
    -------
    Value if ``x`` is one, else number or array
        In the shape of ``x``.

    Notes
    -----
    Each entry gets the gradient of the place that it was sorted into; entries that tie share theirs equally.

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([3.0, 1.0, 2.0])
    >>> am.gradients(am.sort(x), x, gradient=[10.0, 20.0, 30.0])
    array([30., 10., 20.])
    """
    if order is not None:
        raise TypeError("sort takes no order=: it is for arrays with fields")
    return sort_(x) if axis == -1 else sort_(x, axis)


@composed(case((3,), kth=1), case((2, 5), kth=(1, 3)), case((3, 2), kth=(0, 2), axis=0), case((3, 1), kth=1, axis=None))
def partition(
    x: Operand, kth: int | Sequence[int], axis: int | None = -1, kind: Any = "introselect", order: None = None
) -> Any:
    """The entries in an order that puts the k-th smallest at place k, smaller ones before it and larger ones behind.

    Parameters
    ----------
    x : Value or array
    kth : int or sequence of int
        Which entries stand where sorting would put them.
    axis : int or None
        The last by default; None takes all entries as one row.
    kind, order : str, None
        For NumPy's sake: there is one method, and there are no fields to sort by.

    Returns
    -------
    Value if ``x`` is one, else array

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.partition([3.0, 1.0, 2.0], 0)[0]
    np.float64(1.0)
    """
    if order is not None:
        raise TypeError("partition takes no order=: it is for arrays with fields")
    if axis is None:
        x, axis = reshape(x, -1), -1
    data = as_data(x)
    if type(data) is not np.ndarray:  # sorted entries are partitioned too
        return sort(x, axis)
    rank: Array = np.argsort(np.argsort(np.partition(data, kth, axis), axis), axis)
    return take_along_axis(sort(x, axis), rank, axis)
