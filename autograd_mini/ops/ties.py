"""The tie rule, in one place: entries that tie for a result share its gradient equally, and nan ties with nan."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays import as_numpy, copied, data_of, is_abstract, library, shape_of
from ..arrays.ties import cast, divided, same, widened
from .arithmetic import where
from .indexing import getitem, index_along_axis, scatter
from .joining import concatenate


def shared(g: Any, hit: Any, axes: tuple[int, ...]) -> Any:
    """``g``, whose ``axes`` have length 1, in equal parts to those entries along them that hit."""
    counts = library(hit).sum(hit, axis=axes, keepdims=True)
    return where(hit, divided(g, at_least_one(counts)), 0.0)


def at_least_one(counts: Any) -> Any:
    """Whole numbers to divide by, where none is of nothing."""
    if type(counts) is np.ndarray:
        return np.maximum(counts, 1)
    return library(counts).where(counts == 0, 1, counts)


def shared_in_runs(g: Any, ordered: Any, axis: int) -> Any:
    """The gradient of sorted entries, with its mean in place of what each of a run of equal entries has."""
    data, shape = data_of(ordered), shape_of(ordered)
    runs = _runs(data, axis)
    if runs is None:
        return g
    index = index_along_axis(runs, shape, axis)
    counts = scatter(copied(np.ones(shape, np.int32), data), index, shape)
    parts = divided(scatter(widened(g), index, shape), at_least_one(counts))
    return cast(getitem(parts, index), data_of(g).dtype)


def shared_by_running(g: Any, out: Any, x: Any) -> Any:
    """The gradient of running extremes along axis 0: each in equal parts to the entries so far that tie for it."""
    runs, hit, ties = _ties_so_far(out, x)
    if runs is None:
        return g
    back = slice(None, None, -1)
    parts = getitem(_sums_in_runs(getitem(divided(g, ties), back), getitem(runs, back)), back)
    return where(hit, parts, 0.0)


def moved_by_running(t: Any, out: Any, x: Any) -> Any:
    """The tangent of running extremes along axis 0: the mean of those of the entries so far that tie for each."""
    runs, hit, ties = _ties_so_far(out, x)
    if runs is None:
        return t
    wide = widened(t)
    means = divided(_sums_in_runs(where(hit, wide, 0.0), runs), ties)
    return means if wide is t else cast(means, data_of(t).dtype)


def _ties_so_far(out: Any, x: Any) -> tuple[Any, Any, Any]:
    """The runs of running extremes, None if each is one; which entries tie for theirs, and how many so far."""
    runs = _runs(data_of(out), 0)
    if runs is None:
        return None, None, None
    hit = same(data_of(x), data_of(out))
    return runs, hit, _sums_in_runs(library(hit).astype(hit, np.int32), runs)


def _runs(x: Any, axis: int) -> Any:
    """The numbers, along an axis, of the runs of equal neighbours; None if each entry is one for itself."""
    if shape_of(x)[axis] < 2:
        return None
    lead = (slice(None),) * axis
    repeats = same(getitem(x, (*lead, slice(1, None))), getitem(x, (*lead, slice(None, -1))))
    if not is_abstract(repeats) and not as_numpy(repeats).any():
        return None
    table, one = library(repeats), getitem(repeats, (*lead, slice(0, 1)))
    starts = table.concatenate([one & ~one, ~repeats], axis=axis)
    return table.cumsum(table.astype(starts, np.int32), axis=axis)


def _sums_in_runs(x: Any, runs: Any) -> Any:
    """Sums of the first 1, 2, ... entries of each run along axis 0, by log2(n) additions of whole arrays."""
    n, reach = shape_of(x)[0], 1
    while reach < n:
        together = getitem(runs, slice(reach, None)) == getitem(runs, slice(None, -reach))
        first, rest, before = (getitem(x, slice(*ends)) for ends in ((reach,), (reach, None), (-reach,)))
        x = concatenate([first, rest + where(together, before, 0)])
        reach *= 2
    return x
