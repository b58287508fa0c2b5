"""Histograms: the counts are plain whole numbers, the edges of the bins depend on the data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..arrays import data_of, library, shape_of
from .differences import diff
from .joining import array
from .plain import check_weights, needs_gradient, of_entries
from .reductions import max, min
from .sequences import linspace
from .shapes import reshape
from .splitting import unstack

_GIVES = """\
plain data
        Of Values that need a gradient, edges that depend on them are Values, and so is the density by them."""


def _edges(found: Any, x: Any, bins: Any, range: Any) -> Any:
    """The edges of the bins along one axis, in the graph: as they were given, or from the least entry to the largest."""
    if not isinstance(bins, str) and shape_of(bins):
        return _joined(bins) if needs_gradient(bins) else found
    x = _joined(x)
    if not (needs_gradient(x) if range is None else needs_gradient(range)) or not len(found):
        return found
    if range is not None:
        first, last = range
    elif 0 in shape_of(x):
        return found
    else:
        first, last = min(x), max(x)
    if data_of(first) == data_of(last):
        first, last = first - 0.5, last + 0.5
    return linspace(first, last, len(found))


def _joined(x: Any) -> Any:
    return array(x) if isinstance(x, (list, tuple)) else x


def _grid(found: Sequence[Any], columns: Sequence[Any], bins: Any, range: Any) -> list[Any]:
    """The edges along each axis."""
    count = len(columns)
    each = bins if isinstance(bins, (list, tuple)) or shape_of(bins) else [bins] * count
    return list(map(_edges, found, columns, each, [None] * count if range is None else range))


def _as_density(found: Any, edges: Sequence[Any], density: bool | None, count: Callable[[], Any]) -> Any:
    """What was found, or the fractions of all that ``count`` counts over the sizes of the bins, in the graph."""
    if not density or not needs_gradient(edges):
        return found
    counts = count()
    out, total = counts, library(counts).sum(counts)
    for axis, row in enumerate(edges):
        shape = [1] * len(edges)
        shape[axis] = -1
        out = out / reshape(diff(row), shape)
    return out / total


def _bin_edges(found: Any, a: Any, bins: Any = 10, range: Any = None, weights: Any = None) -> Any:
    return _edges(found, a, bins, range)


def _histogram(
    found: Any, a: Any, bins: Any = 10, range: Any = None, density: bool | None = None, weights: Any = None
) -> Any:
    check_weights("histogram", weights)
    edges = _edges(found[1], a, bins, range)
    return (_as_density(found[0], [edges], density, lambda: histogram(a, bins, range, weights=weights)[0]), edges)


def _histogramdd(
    found: Any, sample: Any, bins: Any = 10, range: Any = None, density: bool | None = None, weights: Any = None
) -> Any:
    check_weights("histogramdd", weights)
    if isinstance(sample, (list, tuple)):
        columns: Sequence[Any] = sample
    else:
        columns = unstack(sample, axis=1) if len(shape_of(sample)) == 2 else [sample]
    edges = _grid(found[1], columns, bins, range)
    out = _as_density(found[0], edges, density, lambda: histogramdd(sample, bins, range, weights=weights)[0])
    return (out, type(found[1])(edges))


def _histogram2d(
    found: Any, x: Any, y: Any, bins: Any = 10, range: Any = None, density: bool | None = None, weights: Any = None
) -> Any:
    check_weights("histogram2d", weights)
    one = (isinstance(bins, (list, tuple)) or shape_of(bins)) and len(bins) != 2
    edges = _grid(found[1:], [x, y], [bins, bins] if one else bins, range)
    return (_as_density(found[0], edges, density, lambda: histogram2d(x, y, bins, range, weights=weights)[0]), *edges)


# fmt: off
# ruff: noqa: E501
histogram = of_entries("histogram", "How many entries fall into each of some bins, and their edges.", "am.histogram([0.0, 0.2, 1.0], 2)", "(array([2, 1]), array([0. , 0.5, 1. ]))", _GIVES, _histogram)
histogram2d = of_entries("histogram2d", "How many points fall into each cell of a grid, and its edges.", "am.histogram2d([0.0, 1.0], [0.0, 1.0], 1)[0]", "array([[2.]])", _GIVES, _histogram2d)
histogramdd = of_entries("histogramdd", "How many points fall into each cell of a grid in any dimension, and its edges.", "am.histogramdd([[0.0, 1.0]], 1)[0]", "array([2.])", _GIVES, _histogramdd)
histogram_bin_edges = of_entries("histogram_bin_edges", "The edges of the bins of a histogram.", "am.histogram_bin_edges([0.0, 1.0], 2)", "array([0. , 0.5, 1. ])", _GIVES, _bin_edges)
# fmt: on
