"""Sets of numbers: the different entries of arrays, and those that arrays share or do not share."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays import as_numpy, kind_of
from ..guards import check_kept
from .indexing import getitem
from .joining import array, concatenate
from .plain import needs_gradient, of_entries
from .shapes import ravel
from .sorting import sort

_GIVES = """\
plain data
        Of Values that need a gradient, the entries are a Value; entries that tie share the gradient equally."""


def _entries(found: Any, *operands: Any) -> Any:
    """The operands' entries that were found, in the graph, by their places in sorted order."""
    if kind_of(found) not in "fc" or not any(map(needs_gradient, operands)):
        return found
    rows = [ravel(array(x) if isinstance(x, (list, tuple)) else x) for x in operands]
    row = sort(concatenate(rows) if len(rows) > 1 else rows[0])
    return getitem(row, np.searchsorted(as_numpy(row._stored), as_numpy(found)))


def _unique(
    found: Any,
    ar: Any,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    **_: bool,
) -> Any:
    if axis is not None:
        check_kept(
            ar,
            f"unique() of slices, axis={axis},",
            f"take them by where they stand, np.take(x, np.unique(x.numpy(), return_index=True, axis={axis})[1], {axis})",
        )
        return found
    if return_index or return_inverse or return_counts:
        return (_entries(found[0], ar), *found[1:])
    return _entries(found, ar)


def _with_places(found: Any, x: Any) -> Any:
    return found._replace(values=_entries(found.values, x))


def _shared(found: Any, ar1: Any, ar2: Any, assume_unique: bool = False, return_indices: bool = False) -> Any:
    return (_entries(found[0], ar1, ar2), *found[1:]) if return_indices else _entries(found, ar1, ar2)


def _of_both(found: Any, ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    return _entries(found, ar1, ar2)


def _of_first(found: Any, ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    return _entries(found, ar1)


# fmt: off
# ruff: noqa: E501
unique = of_entries("unique", "The different entries in ascending order.", "am.unique([2.0, 1.0, 2.0])", "array([1., 2.])", _GIVES, _unique)
unique_all = of_entries("unique_all", "The different entries, where they stand, how to restore the array, and how often they occur.", "am.unique_all([2.0, 1.0, 2.0]).counts", "array([1, 2])", _GIVES, _with_places)
unique_counts = of_entries("unique_counts", "The different entries and how often they occur.", "am.unique_counts([2.0, 1.0, 2.0]).counts", "array([1, 2])", _GIVES, _with_places)
unique_inverse = of_entries("unique_inverse", "The different entries and how to restore the array from them.", "am.unique_inverse([2.0, 1.0, 2.0]).inverse_indices", "array([1, 0, 1])", _GIVES, _with_places)
unique_values = of_entries("unique_values", "The different entries.", "len(am.unique_values([2.0, 1.0, 2.0]))", "2", _GIVES, _entries)
intersect1d = of_entries("intersect1d", "The entries that two arrays share.", "am.intersect1d([1.0, 2.0], [2.0, 3.0])", "array([2.])", _GIVES, _shared)
union1d = of_entries("union1d", "The entries of two arrays, each once.", "am.union1d([1.0, 2.0], [2.0, 3.0])", "array([1., 2., 3.])", _GIVES, _of_both)
setdiff1d = of_entries("setdiff1d", "The entries of one array that another one has not.", "am.setdiff1d([1.0, 2.0], [2.0, 3.0])", "array([1.])", _GIVES, _of_first)
setxor1d = of_entries("setxor1d", "The entries that only one of two arrays has.", "am.setxor1d([1.0, 2.0], [2.0, 3.0])", "array([1., 3.])", _GIVES, _of_both)
# fmt: on
