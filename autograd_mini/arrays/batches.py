"""The table for batches: every axis is moved past the hidden one.

A function for which that is not written here is called for each example in turn, and the results are stacked, so that
nothing can be missing.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from . import copied, is_abstract, kind_of, library, shape_of, static
from .batched import (
    Batched,
    aligned,
    aligned_to,
    elementwise,
    function_of,
    is_at,
    levels,
    one_by_one,
    repeated,
    size_of,
)


class Sub:
    """``linalg``, ``fft`` or ``special`` of batches."""

    def __init__(self, home: str) -> None:
        self._home = home

    def __getattr__(self, name: str) -> Any:
        home = self._home

        def function(*args: Any, **options: Any) -> Any:
            if name in _OF_STACKS and type(args[0]) is Batched and not any(map(list, map(levels, args[1:]))):
                level, data = args[0].level, args[0].data
                out = getattr(getattr(library(data), home), name)(data, *args[1:], **options)
                return _hidden(out, level)
            return one_by_one(name, args, options, home)

        return function


_OF_STACKS = {
    "cholesky", "det", "eig", "eigh", "eigvals", "eigvalsh", "inv", "matrix_power", "pinv", "qr", "slogdet", "svd",
    "svdvals",
}  # fmt: skip
"""Functions of one matrix, which libraries take in stacks of any shape."""


def _hidden(out: Any, level: int) -> Any:
    if isinstance(out, tuple):
        parts = [_hidden(part, level) for part in out]
        return type(out)(*parts) if hasattr(out, "_fields") else tuple(parts)
    return Batched(out, level)


def _home(data: Any, index: tuple[Any, ...]) -> Any:
    """The table for entries of ``data``: an index may differ between the examples of an older level, or be traced."""
    return library(data, *[item for item in index if is_abstract(item)])


class Batches:
    """The table for batches."""

    rank = 3  # lifts everything else
    immutable = True
    linalg, fft, special = Sub("linalg"), Sub("fft"), Sub("special")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        ufunc = getattr(np, name, None)
        if name in _ELEMENTWISE or (isinstance(ufunc, np.ufunc) and ufunc.signature is None and ufunc.nout == 1):
            return lambda *operands, **options: elementwise(name, *operands, **options)
        if name in _REDUCTIONS:
            return lambda x, axis=None, **options: self._reduced(name, x, axis, options)
        if name in _ALONG_AN_AXIS:
            return lambda x, axis=None, **options: self._along(name, x, axis, options)
        return lambda *args, **options: one_by_one(name, args, options)

    # --- in and out ---------------------------------------------------------------------------------------------------

    def is_abstract(self, x: Any) -> bool:
        """Always: no example has numbers of its own."""
        return True

    def asarray(self, x: Any) -> Any:
        """``x`` as it is."""
        return x

    copy = view = asarray

    def to_numpy(self, x: Any) -> Any:
        """No example has numbers of its own."""
        return np.asarray(x)

    def kind(self, x: Any) -> str:
        """The kind of numbers, by NumPy's letter."""
        return kind_of(x.data)

    def adopt(self, x: Any, beside: Any) -> Any:
        """A NumPy array, the same for every example, in the library of the batch."""
        return copied(x, beside.data)

    def static(self, array: Any, beside: Any) -> Any:
        """Numbers made by a rule, the same for every example."""
        return static(array, beside.data)

    def astype(self, x: Any, dtype: Any) -> Any:
        """The entries in another dtype."""
        return Batched(library(x.data).astype(x.data, dtype), x.level)

    def wide(self, x: Any) -> Any:
        """The dtype of the batch, or float64 or complex128 if that is wider."""
        return library(x.data).wide(x.data)

    def limits(self, x: Any) -> Any:
        """The precision and the range of floating numbers in the dtype of the batch."""
        return library(x.data).limits(x.data)

    # --- gradients ----------------------------------------------------------------------------------------------------

    def fits(self, shape: tuple[int, ...], target: tuple[int, ...]) -> bool:
        """Whether a gradient of ``shape`` can be summed to ``target`` by undoing a broadcast."""
        extra = len(shape) - len(target)
        return extra >= 0 and all(n in (1, shape[i + extra]) for i, n in enumerate(target))

    def fit(self, g: Any, like: Any) -> Any:
        """``g`` summed over the axes along which ``like`` was broadcast, for each example; a batch if either is."""
        shape, old = shape_of(like), shape_of(g)
        if old != shape:
            extra = len(old) - len(shape)
            stretched = tuple(i + extra for i, n in enumerate(shape) if n == 1 and old[i + extra] != 1)
            home = library(g)
            g = home.reshape(home.sum(g, axis=(*range(extra), *stretched), keepdims=True), shape)
        for level in sorted(set(levels(like)) - set(levels(g))):
            g = repeated(g, level, size_of(like, level) or 0)
        dtype = getattr(like, "dtype", np.dtype(complex if type(like) is complex else float))
        if getattr(g, "dtype", None) == dtype:
            return g
        if kind_of(g) == "c" and kind_of(like) != "c":
            g = library(g).real(g)
        return library(g).astype(g, dtype)

    # --- reductions and functions along an axis -----------------------------------------------------------------------

    def _reduced(self, name: str, x: Any, axis: Any, options: dict[str, Any]) -> Any:
        if not x.ndim and name in ("sum", "mean", "max", "min", "prod", "logsumexp") and axis in (None, (), 0, -1):
            return x
        axes = range(x.ndim) if axis is None else np.lib.array_utils.normalize_axis_tuple(axis, x.ndim)
        return Batched(function_of(library(x.data), name)(x.data, axis=tuple(i + 1 for i in axes), **options), x.level)

    def _along(self, name: str, x: Any, axis: Any, options: dict[str, Any]) -> Any:
        if axis is None or not x.ndim or levels(list(options.values())):
            return one_by_one(name, (x,), {"axis": axis, **options})
        axis = np.lib.array_utils.normalize_axis_index(axis, x.ndim) + 1
        return Batched(function_of(library(x.data), name)(x.data, axis=axis, **options), x.level)

    def sort(self, x: Any, axis: int | None = -1, **options: Any) -> Any:
        """The entries in ascending order."""
        return self._along("sort", x, axis, options)

    def argsort(self, x: Any, axis: int | None = -1, **options: Any) -> Any:
        """The order that sorts the entries."""
        return self._along("argsort", x, axis, options)

    def softmax(self, x: Any, axis: Any = -1) -> Any:
        """Softmax."""
        return self._along("softmax", x, axis, {})

    def log_softmax(self, x: Any, axis: Any = -1) -> Any:
        """Logarithm of softmax."""
        return self._along("log_softmax", x, axis, {})

    # --- shapes -------------------------------------------------------------------------------------------------------

    def reshape(self, x: Any, shape: Any) -> Any:
        """The entries in another shape."""
        sizes = (shape,) if isinstance(shape, int) else tuple(shape)
        known = int(np.prod([n for n in sizes if n != -1], dtype=int))
        if -1 in sizes and known and x.size % known == 0:
            sizes = tuple(x.size // known if n == -1 else n for n in sizes)
        return Batched(library(x.data).reshape(x.data, (shape_of(x.data)[0], *sizes)), x.level)

    def transpose(self, x: Any, axes: Any = None) -> Any:
        """The axes in another order."""
        order = range(x.ndim)[::-1] if axes is None else [i % x.ndim for i in axes]
        return Batched(library(x.data).transpose(x.data, (0, *(i + 1 for i in order))), x.level)

    def broadcast_to(self, x: Any, shape: Any) -> Any:
        """Every example in a larger shape."""
        [data] = aligned_to(x, len(shape))
        return Batched(library(data).broadcast_to(data, (shape_of(data)[0], *shape)), x.level)

    def concatenate(self, arrays: Any, axis: int | None = 0) -> Any:
        """Joined along an axis."""
        arrays = list(arrays)
        if axis is None:
            arrays, axis = [library(x).reshape(x, (-1,)) for x in arrays], 0
        level, parts = self._all_there(arrays)
        axis = np.lib.array_utils.normalize_axis_index(axis, len(shape_of(arrays[0]))) + 1
        return Batched(library(*parts).concatenate(parts, axis=axis), level)

    def stack(self, arrays: Any, axis: int = 0) -> Any:
        """Joined along a new axis."""
        arrays = list(arrays)
        level, parts = self._all_there(arrays)
        axis = np.lib.array_utils.normalize_axis_index(axis, len(shape_of(arrays[0])) + 1) + 1
        return Batched(library(*parts).stack(parts, axis=axis), level)

    def _all_there(self, arrays: list[Any]) -> tuple[int, list[Any]]:
        """The level, and the data of all, those that are the same for every example repeated."""
        level = max(levels(arrays))
        size = size_of(arrays, level) or 0
        return level, [x.data if is_at(x, level) else repeated(x, level, size).data for x in arrays]

    # --- products -----------------------------------------------------------------------------------------------------

    def matmul(self, x: Any, y: Any) -> Any:
        """Product of matrices and vectors."""
        level = max(levels((x, y)))
        rows, columns = len(shape_of(x)), len(shape_of(y))
        if rows == 1 and not is_at(y, level) and columns <= 2:  # rows of a batch are one matrix
            return Batched(library(x.data, y).matmul(x.data, y), level)
        if columns == 1 and not is_at(x, level) and rows == 2:
            return Batched(library(y.data, x).matmul(y.data, library(x).transpose(x)), level)
        a = x if rows > 1 else library(x).reshape(x, (1, *shape_of(x)))
        b = y if columns > 1 else library(y).reshape(y, (*shape_of(y), 1))
        lowered = aligned((a, b), level)
        out = Batched(library(*lowered).matmul(*lowered), level)
        shape = out.shape[:-2] + (out.shape[-2:-1] if rows > 1 else ()) + (out.shape[-1:] if columns > 1 else ())
        return out if shape == out.shape else self.reshape(out, shape)

    def einsum(self, subscripts: str, *operands: Any, **options: Any) -> Any:
        """Einstein's sum, with one letter more for the batch."""
        terms, arrow, result = subscripts.replace(" ", "").partition("->")
        if not arrow:
            letters = terms.replace(",", "").replace("...", "")
            result = ("..." if "..." in terms else "") + "".join(sorted(c for c in letters if letters.count(c) == 1))
        level = max(levels(operands))
        letter = next(c for c in "zyxwvutsrqponmlkjihgfedcbaZYXWVUTSRQPONMLKJIHGFEDCBA" if c not in subscripts)
        parts = [letter + term if is_at(x, level) else term for term, x in zip(terms.split(","), operands, strict=True)]
        data = [x.data if is_at(x, level) else x for x in operands]
        return Batched(library(*data).einsum(f"{','.join(parts)}->{letter}{result}", *data, **options), level)

    # --- entries ------------------------------------------------------------------------------------------------------

    def getitem(self, x: Any, index: Any) -> Any:
        """The entries at an index, which may differ from example to example."""
        place = self._place((x, index), index, len(shape_of(x)))
        if place is None:
            return one_by_one("getitem", (x, index), {})
        level, full, size = place
        data = x.data if is_at(x, level) else repeated(x, level, size).data
        return Batched(_home(data, full).getitem(data, full), level)

    def scatter_add(self, g: Any, index: Any, shape: tuple[int, ...]) -> Any:
        """Zeros to which ``g`` is added at the index, for each example."""
        place = self._place((g, index), index, len(shape))
        if place is None:
            return one_by_one("scatter_add", (g, index, shape), {})
        level, full, size = place
        chosen = self.getitem(Batched(np.broadcast_to(False, (size, *shape)), level), index).shape
        data = self.broadcast_to(g if is_at(g, level) else repeated(g, level, size), chosen).data
        return Batched(_home(data, full).scatter_add(data, full, (size, *shape)), level)

    def _place(self, operands: Any, index: Any, ndim: int) -> tuple[int, Any, int] | None:
        """The level, the index into the whole batch, and its size; None if it has to be done one by one.

        The hidden axis is taken whole, or, where arrays in the index put their axes first, by one more array.
        """
        level = max(levels(operands))
        size = size_of(operands, level) or 0
        items = index if isinstance(index, tuple) else (index,)
        arrays = [i for i, item in enumerate(items) if not isinstance(item, (slice, type(None), type(Ellipsis)))]
        if not any(hasattr(items[i], "dtype") or isinstance(items[i], list) for i in arrays):
            return level, (slice(None), *items), size
        together = arrays == list(range(arrays[0], arrays[-1] + 1))
        if together and not levels(items):
            return level, (slice(None), *items), size
        if together and arrays[0] > 0:
            return None
        if any(not isinstance(items[i], int) and np.dtype(bool) == getattr(items[i], "dtype", None) for i in arrays):
            return None
        widest = max(len(shape_of(items[i])) for i in arrays)
        every = np.arange(size).reshape(size, *(1,) * widest)
        lowered = [aligned_to(item, widest)[0] if is_at(item, level) else item for item in items]
        return level, (every, *lowered), size

    def where(self, condition: Any, *choices: Any) -> Any:
        """One of two choices; of none, as in NumPy, the places where the condition holds."""
        return elementwise("where", condition, *choices) if choices else self.nonzero(condition)

    def take_along_axis(self, x: Any, indices: Any, axis: int) -> Any:
        """For each row the entries that the same row of ``indices`` names."""
        level, parts = self._all_there([x, indices])
        axis = np.lib.array_utils.normalize_axis_index(axis, len(shape_of(x))) + 1
        return Batched(library(*parts).take_along_axis(*parts, axis=axis), level)


_ELEMENTWISE = {
    "zeros_like", "ones_like", "relu", "sigmoid", "softplus", "step", "erf", "real", "imag", "conj",
    "conjugate", "round", "around", "sinc", "nan_to_num", "abs", "clip", "real_if_close",
}  # fmt: skip
_REDUCTIONS = {"sum", "mean", "max", "min", "prod", "any", "all", "logsumexp"}
_ALONG_AN_AXIS = {"cumsum", "cumprod", "argmax", "argmin", "flip"}
