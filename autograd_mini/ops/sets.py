"""The different entries of arrays, and sets made of them, for Values: the entries pass their gradient on.

Entries that are equal share the gradient of the one that stands for them, as everywhere: they are runs of a sort.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..arrays import as_numpy, data_of
from ..node import Node
from .indexing import getitem
from .joining import concatenate
from .shapes import ravel
from .sorting import sort


def unique(
    x: Any,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    *,
    equal_nan: bool = True,
    sorted: bool = True,
) -> Any:
    """The different entries in ascending order, and what else is asked for."""
    if axis is not None:
        raise TypeError(
            "unique along an axis gives plain data, which would lose the gradient of its rows: take them by "
            "x[index] with index = numpy.unique(x.numpy(), axis=axis, return_index=True)[1]"
        )
    data = as_numpy(data_of(x))
    _, index, inverse, counts = np.unique(data, True, True, True, equal_nan=equal_nan)
    values = getitem(sort(x, axis=None), np.cumsum(counts) - counts)
    asked = ((return_index, index), (return_inverse, inverse), (return_counts, counts))
    further = [what for is_asked, what in asked if is_asked]
    return (values, *further) if further else values


def _values(x: Any) -> Any:
    return unique(x, equal_nan=False)


def _all(x: Any) -> Any:
    named = np.unique_all(as_numpy(data_of(x)))
    return named._replace(values=_values(x))


def _counts(x: Any) -> Any:
    return np.unique_counts(as_numpy(data_of(x)))._replace(values=_values(x))


def _inverse(x: Any) -> Any:
    return np.unique_inverse(as_numpy(data_of(x)))._replace(values=_values(x))


def _each(x: Any, assume_unique: bool = False) -> Any:
    """The entries of one operand as a row, each once."""
    if assume_unique:
        return ravel(x)
    return unique(x) if isinstance(x, Node) else np.unique(as_numpy(x))


def union1d(x: Any, y: Any) -> Any:
    """The entries of two arrays, each once."""
    return unique(concatenate([ravel(x), ravel(y)]))


def intersect1d(x: Any, y: Any, assume_unique: bool = False, return_indices: bool = False) -> Any:
    """The entries that two arrays share; both get half of the gradient of each."""
    both = sort(concatenate([_each(x, assume_unique), _each(y, assume_unique)]))
    data = as_numpy(data_of(both))
    values = getitem(both, np.flatnonzero(data[1:] == data[:-1]))
    if not return_indices:
        return values
    return values, *np.intersect1d(as_numpy(data_of(x)), as_numpy(data_of(y)), assume_unique, True)[1:]


def setdiff1d(x: Any, y: Any, assume_unique: bool = False) -> Any:
    """The entries of one array that another one has not."""
    entries = _each(x, assume_unique)
    return getitem(entries, ~np.isin(as_numpy(data_of(entries)), as_numpy(data_of(y))))


def setxor1d(x: Any, y: Any, assume_unique: bool = False) -> Any:
    """The entries that only one of two arrays has."""
    both = sort(concatenate([_each(x, assume_unique), _each(y, assume_unique)]))
    data = as_numpy(data_of(both))
    differs = np.concatenate([[True], data[1:] != data[:-1], [True]])
    return getitem(both, differs[1:] & differs[:-1])


SETS: dict[str, Callable[..., Any]] = {
    "unique": unique,
    "unique_all": _all,
    "unique_counts": _counts,
    "unique_inverse": _inverse,
    "unique_values": _values,
    "intersect1d": intersect1d,
    "union1d": union1d,
    "setdiff1d": setdiff1d,
    "setxor1d": setxor1d,
}
"""By NumPy's name, called for Values that need a gradient."""
