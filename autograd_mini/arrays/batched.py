"""Batches as one more array library: an array with a hidden axis in front, of which each example sees its own part.

``vmap`` calls a function once with such data. Shapes and axes are those of one example, so the function need not know;
the table moves every axis past the hidden one. A function for which that is not written here is called for each example
in turn, and the results are stacked, so nothing can be missing.

Nested batches nest: the data of a batch may be a batch of an older level. The newest level's axis is always outermost.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from . import library, register, shape_of

_ACTIVE: ContextVar[tuple[int, ...]] = ContextVar("autograd_mini.batches", default=())


@contextmanager
def inside(level: int) -> Iterator[None]:
    """Call a function for one example of this level: what it differentiates, it differentiates for each example."""
    token = _ACTIVE.set((*_ACTIVE.get(), level))
    try:
        yield
    finally:
        _ACTIVE.reset(token)


class Batched:
    """One example of a batch, whichever it is.

    Parameters
    ----------
    data : array or Batched
        The examples along the first axis; a batch of older levels if it is one.
    level : int
        Which call of ``vmap`` it belongs to; newer ones have larger numbers.
    """

    __slots__ = ("data", "level")
    __array_priority__ = 500
    __hash__ = object.__hash__

    def __init__(self, data: Any, level: int) -> None:
        self.data, self.level = data, level

    shape = property(lambda self: shape_of(self.data)[1:], doc="The shape of one example.")
    ndim = property(lambda self: len(self.shape), doc="Number of axes of one example.")
    size = property(lambda self: int(np.prod(self.shape, dtype=int)), doc="Number of entries of one example.")
    dtype = property(lambda self: self.data.dtype, doc="The dtype of the data.")
    T = property(lambda self: table.transpose(self), doc="The axes of one example in reverse order.")
    real = property(lambda self: table.real(self), doc="Real part.")
    imag = property(lambda self: table.imag(self), doc="Imaginary part.")

    def __repr__(self) -> str:
        return f"<one of {shape_of(self.data)[0]} examples of shape {self.shape}, dtype {self.dtype}>"

    def __getitem__(self, index: Any) -> Any:
        return table.getitem(self, index)

    def __len__(self) -> int:
        return int(self.shape[0])

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def conj(self) -> Any:
        """Complex conjugate."""
        return table.conjugate(self)

    def _no_number(self, *_: Any, **__: Any) -> Any:
        raise TypeError(
            "inside vmap a value stands for every example at once and is no single number: choose with where(condition, "
            "x, y) instead of if, use functions of autograd_mini instead of float() or NumPy's arrays, or call the "
            "function for each example"
        )

    __bool__ = __float__ = __int__ = __index__ = __complex__ = __array__ = item = tolist = __contains__ = _no_number

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **kwargs: Any) -> Any:
        if method != "__call__" or (out is not None and out[0] is not inputs[0]):
            return NotImplemented
        return getattr(table, _NAMES_OF_OPERATORS.get(ufunc.__name__, ufunc.__name__))(*inputs, **kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return getattr(table, function.__name__)(*args, **kwargs)


_NAMES_OF_OPERATORS = {"negative": "neg", "add": "add", "subtract": "sub", "multiply": "mul", "divide": "truediv"}


def _levels(x: Any) -> Iterator[int]:
    """The levels in an argument, in the lists and tuples in it too."""
    if type(x) is Batched:
        yield x.level
        yield from _levels(x.data)
    elif isinstance(x, (list, tuple)):
        for item in x:
            yield from _levels(item)


def _size(x: Any, level: int) -> int | None:
    """How many examples that level has."""
    if type(x) is Batched:
        return int(shape_of(x.data)[0]) if x.level == level else _size(x.data, level)
    if isinstance(x, (list, tuple)):
        return next((n for item in x if (n := _size(item, level)) is not None), None)
    return None


def _is_at(x: Any, level: int) -> bool:
    return type(x) is Batched and x.level == level


def _aligned(operands: tuple[Any, ...], level: int) -> list[Any]:
    """The operands with the hidden axis in front, as broadcasting needs them: shorter shapes get ones behind it."""
    ndim = max(len(shape_of(x)) for x in operands)
    out = []
    for x in operands:
        if _is_at(x, level):
            shape = shape_of(x.data)
            missing = ndim - len(shape) + 1
            x = library(x.data).reshape(x.data, (shape[0], *(1,) * missing, *shape[1:])) if missing else x.data
        out.append(x)
    return out


def elementwise(function: Callable[..., Any] | str, *operands: Any, **options: Any) -> Any:
    """A function of entries, of the whole batch at once."""
    level = max(_levels(operands))
    lowered = _aligned(operands, level)
    call = getattr(library(*lowered), function) if isinstance(function, str) else function
    return Batched(call(*lowered, **options), level)


def _operator(function: Callable[..., Any], swapped: bool = False) -> Any:
    def of_batches(self: Any, *other: Any) -> Any:
        try:
            return elementwise(function, *((*other, self) if swapped else (self, *other)))
        except TypeError:
            if other and not isinstance(other[0], (Batched, np.ndarray, np.generic, float, int, complex)):
                return NotImplemented
            raise

    return of_batches


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "and", "or", "xor"):
    _function = getattr(operator, f"{_name}_" if _name in ("and", "or") else _name)
    setattr(Batched, f"__{_name}__", _operator(_function))
    setattr(Batched, f"__r{_name}__", _operator(_function, swapped=True))
for _name in ("lt", "le", "gt", "ge", "eq", "ne", "neg", "pos", "abs", "invert"):
    setattr(Batched, f"__{_name}__", _operator(getattr(operator, _name)))
Batched.__matmul__ = lambda self, other: table.matmul(self, other)  # type: ignore[attr-defined]
Batched.__rmatmul__ = lambda self, other: table.matmul(other, self)  # type: ignore[attr-defined]


def one_by_one(name: str, args: tuple[Any, ...], options: dict[str, Any], home: str = "") -> Any:
    """Any function of any library: called for each example in turn, the results stacked."""
    level = max(_levels([*args, *options.values()]))
    size = _size([*args, *options.values()], level)
    results = []
    for i in range(size or 1):  # an empty batch asks one example of zeros for the shape of the result
        picked = [_pick(x, level, i, not size) for x in args]
        chosen = {key: _pick(x, level, i, not size) for key, x in options.items()}
        results.append(_lookup(home, name, [*picked, *chosen.values()])(*picked, **chosen))
    return _gathered(results, level, bool(size))


def _lookup(home: str, name: str, operands: list[Any]) -> Any:
    arrays = [x for item in operands for x in (item if isinstance(item, (list, tuple)) else [item])]
    found = library(*[x for x in arrays if hasattr(x, "dtype") or type(x) is float])
    return getattr(getattr(found, home) if home else found, name)


def _pick(x: Any, level: int, i: int, empty: bool) -> Any:
    """The part of an argument that belongs to one example."""
    if isinstance(x, (list, tuple)) and any(True for _ in _levels(x)):
        return type(x)([_pick(item, level, i, empty) for item in x])
    if type(x) is not Batched:
        return x
    if x.level != level:
        return Batched(_pick(x.data, level, i, empty), x.level)
    if empty:
        return library(x.data).zeros_like(library(x.data).sum(x.data, axis=0))
    return library(x.data).getitem(x.data, i)


def _gathered(results: list[Any], level: int, filled: bool) -> Any:
    first = results[0]
    if isinstance(first, (list, tuple)):
        parts = [_gathered([result[k] for result in results], level, filled) for k in range(len(first))]
        return type(first)(*parts) if hasattr(first, "_fields") else type(first)(parts)
    if not hasattr(first, "dtype") and type(first) not in (float, complex):
        return first
    stacked = library(*results).stack(results)
    return Batched(stacked if filled else stacked[:0], level)


class Sub:
    """``linalg``, ``fft`` or ``special`` of batches."""

    def __init__(self, home: str) -> None:
        self._home = home

    def __getattr__(self, name: str) -> Any:
        home = self._home

        def function(*args: Any, **options: Any) -> Any:
            if name in _OF_STACKS and type(args[0]) is Batched and not any(map(list, map(_levels, args[1:]))):
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


class Batches:
    """The table for batches."""

    rank = 3  # lifts everything else
    takes_numpy = True
    linalg, fft, special = Sub("linalg"), Sub("fft"), Sub("special")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        ufunc = getattr(np, name, None)
        if name in _ELEMENTWISE or (isinstance(ufunc, np.ufunc) and ufunc.signature is None and ufunc.nout == 1):
            return lambda *operands, **options: elementwise(name, *operands, **options)
        if name in _OPERATORS:
            return lambda *operands: elementwise(getattr(operator, name), *operands)
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
        return x.item()

    def kind(self, x: Any) -> str:
        """The kind of numbers, by NumPy's letter."""
        from . import kind_of

        return kind_of(x.data)

    def adopt(self, x: Any, beside: Any) -> Any:
        """A NumPy array, the same for every example, in the library of the batch."""
        from . import copied

        return copied(x, beside.data)

    def static(self, array: Any, beside: Any) -> Any:
        """Numbers made by a rule, the same for every example."""
        from . import static

        return static(array, beside.data)

    def astype(self, x: Any, dtype: Any) -> Any:
        """The entries in another dtype."""
        return Batched(library(x.data).astype(x.data, dtype), x.level)

    # --- gradients ----------------------------------------------------------------------------------------------------

    def fits(self, shape: tuple[int, ...], target: tuple[int, ...]) -> bool:
        """Whether a gradient of ``shape`` can be summed to ``target`` by undoing a broadcast."""
        extra = len(shape) - len(target)
        return extra >= 0 and all(n in (1, shape[i + extra]) for i, n in enumerate(target))

    def fit(self, g: Any, like: Any) -> Any:
        """``g`` summed over the axes along which ``like`` was broadcast, for each example; a batch if either is."""
        from . import kind_of

        shape, old = shape_of(like), shape_of(g)
        if old != shape:
            extra = len(old) - len(shape)
            stretched = tuple(i + extra for i, n in enumerate(shape) if n == 1 and old[i + extra] != 1)
            home = library(g)
            g = home.reshape(home.sum(g, axis=(*range(extra), *stretched), keepdims=True), shape)
        for level in sorted(set(_levels(like)) - set(_levels(g))):
            g = repeated(g, level, _size(like, level) or 0)
        dtype = getattr(like, "dtype", np.dtype(complex if type(like) is complex else float))
        if getattr(g, "dtype", None) == dtype:
            return g
        if kind_of(g) == "c" and kind_of(like) != "c":
            g = library(g).real(g)
        return library(g).astype(g, dtype)

    # --- reductions and functions along an axis -----------------------------------------------------------------------

    def _reduced(self, name: str, x: Any, axis: Any, options: dict[str, Any]) -> Any:
        axes = range(x.ndim) if axis is None else np.lib.array_utils.normalize_axis_tuple(axis, x.ndim)
        if not x.ndim and name in ("sum", "mean", "max", "min", "prod", "logsumexp"):
            return x
        return Batched(
            getattr(library(x.data), name)(x.data, axis=tuple(i + 1 for i in axes), **options), x.level
        )

    def _along(self, name: str, x: Any, axis: Any, options: dict[str, Any]) -> Any:
        if axis is None or not x.ndim or any(True for _ in _levels(list(options.values()))):
            return one_by_one(name, (x,), {"axis": axis, **options})
        axis = np.lib.array_utils.normalize_axis_index(axis, x.ndim) + 1
        return Batched(getattr(library(x.data), name)(x.data, axis=axis, **options), x.level)

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
        [data] = _aligned_to(x, len(shape))
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
        level = max(_levels(arrays))
        size = _size(arrays, level) or 0
        return level, [x.data if _is_at(x, level) else repeated(x, level, size).data for x in arrays]

    # --- products -----------------------------------------------------------------------------------------------------

    def matmul(self, x: Any, y: Any) -> Any:
        """Product of matrices and vectors."""
        level = max(_levels((x, y)))
        rows, columns = len(shape_of(x)), len(shape_of(y))
        if rows == 1 and not _is_at(y, level) and columns <= 2:  # rows of a batch are one matrix
            return Batched(library(x.data, y).matmul(x.data, y), level)
        if columns == 1 and not _is_at(x, level) and rows == 2:
            return Batched(library(y.data, x).matmul(y.data, library(x).transpose(x)), level)
        a = x if rows > 1 else library(x).reshape(x, (1, *shape_of(x)))
        b = y if columns > 1 else library(y).reshape(y, (*shape_of(y), 1))
        lowered = _aligned((a, b), level)
        out = Batched(library(*lowered).matmul(*lowered), level)
        shape = out.shape[:-2] + (out.shape[-2:-1] if rows > 1 else ()) + (out.shape[-1:] if columns > 1 else ())
        return out if shape == out.shape else self.reshape(out, shape)

    def einsum(self, subscripts: str, *operands: Any, **options: Any) -> Any:
        """Einstein's sum, with one letter more for the batch."""
        terms, arrow, result = subscripts.replace(" ", "").partition("->")
        if not arrow:
            letters = terms.replace(",", "").replace("...", "")
            result = ("..." if "..." in terms else "") + "".join(sorted(c for c in letters if letters.count(c) == 1))
        level = max(_levels(operands))
        letter = next(c for c in "zyxwvutsrqponmlkjihgfedcbaZYXWVUTSRQPONMLKJIHGFEDCBA" if c not in subscripts)
        parts = [letter + term if _is_at(x, level) else term for term, x in zip(terms.split(","), operands, strict=True)]
        data = [x.data if _is_at(x, level) else x for x in operands]
        return Batched(library(*data).einsum(f"{','.join(parts)}->{letter}{result}", *data, **options), level)

    # --- entries ------------------------------------------------------------------------------------------------------

    def getitem(self, x: Any, index: Any) -> Any:
        """The entries at an index, which may differ from example to example."""
        place = self._place((x, index), index, len(shape_of(x)))
        if place is None:
            return one_by_one("getitem", (x, index), {})
        level, full, size = place
        data = x.data if _is_at(x, level) else repeated(x, level, size).data
        return Batched(library(data).getitem(data, full), level)

    def scatter_add(self, g: Any, index: Any, shape: tuple[int, ...]) -> Any:
        """Zeros to which ``g`` is added at the index, for each example."""
        place = self._place((g, index), index, len(shape))
        if place is None:
            return one_by_one("scatter_add", (g, index, shape), {})
        level, full, size = place
        data = g.data if _is_at(g, level) else repeated(g, level, size).data
        return Batched(library(data).scatter_add(data, full, (size, *shape)), level)

    def _place(self, operands: Any, index: Any, ndim: int) -> tuple[int, Any, int] | None:
        """The level, the index into the whole batch, and its size; None if it has to be done one by one.

        The hidden axis is taken whole, or, where arrays in the index put their axes first, by one more array.
        """
        level = max(_levels(operands))
        size = _size(operands, level) or 0
        items = index if isinstance(index, tuple) else (index,)
        arrays = [i for i, item in enumerate(items) if not isinstance(item, (slice, type(None), type(Ellipsis)))]
        if not any(hasattr(items[i], "dtype") or isinstance(items[i], list) for i in arrays):
            return level, (slice(None), *items), size
        together = arrays == list(range(arrays[0], arrays[-1] + 1))
        if together and not any(True for _ in _levels(items)):
            return level, (slice(None), *items), size
        if together and arrays[0] > 0:
            return None
        if any(not isinstance(items[i], int) and np.dtype(bool) == getattr(items[i], "dtype", None) for i in arrays):
            return None
        widest = max(len(shape_of(items[i])) for i in arrays)
        every = np.arange(size).reshape(size, *(1,) * widest)
        lowered = [
            _aligned_to(item, widest)[0] if _is_at(item, level) else item for item in items
        ]
        return level, (every, *lowered), size

    def take_along_axis(self, x: Any, indices: Any, axis: int) -> Any:
        """For each row the entries that the same row of ``indices`` names."""
        level, parts = self._all_there([x, indices])
        axis = np.lib.array_utils.normalize_axis_index(axis, len(shape_of(x))) + 1
        return Batched(library(*parts).take_along_axis(*parts, axis=axis), level)


def _aligned_to(x: Any, ndim: int) -> list[Any]:
    """The data of a batch, each example with that many axes."""
    shape = shape_of(x.data)
    return [library(x.data).reshape(x.data, (shape[0], *(1,) * (ndim - len(shape) + 1), *shape[1:]))]


_ELEMENTWISE = {
    "where", "zeros_like", "ones_like", "relu", "sigmoid", "softplus", "step", "erf", "real", "imag", "conj",
    "conjugate", "round", "around", "sinc", "nan_to_num", "abs", "clip", "real_if_close",
}  # fmt: skip
_OPERATORS = {"neg", "sub", "mul", "truediv"}
_REDUCTIONS = {"sum", "mean", "max", "min", "prod", "any", "all", "logsumexp"}
_ALONG_AN_AXIS = {"cumsum", "cumprod", "argmax", "argmin", "flip"}

for _name in ("sum", "mean", "max", "min", "prod", "any", "all", "argmax", "argmin", "argsort", "cumsum", "reshape"):
    setattr(Batched, _name, lambda self, *args, _name=_name, **options: getattr(table, _name)(self, *args, **options))
for _name in ("astype", "transpose"):
    setattr(Batched, _name, lambda self, *args, _name=_name: getattr(table, _name)(self, *args))


table = Batches()
register(Batched, table)


# --- batches made and undone ------------------------------------------------------------------------------------------


def repeated(x: Any, level: int, size: int) -> Batched:
    """The same for every example."""
    if type(x) is Batched and x.level > level:
        count = shape_of(x.data)[0]
        data = library(x.data).reshape(x.data, (count, 1, *x.shape))
        data = library(data).broadcast_to(data, (count, size, *x.shape))
        return Batched(enter(data, 1, level), x.level)
    return Batched(library(x, np.zeros(0)).broadcast_to(x, (size, *shape_of(x))), level)


def _front(x: Any, axis: int, to: int) -> Any:
    """One axis moved to another place."""
    order = [i for i in range(len(shape_of(x))) if i != axis]
    order.insert(to, axis)
    return x if axis == to else library(x).transpose(x, tuple(order))


def enter(x: Any, axis: int, level: int) -> Batched:
    """An array whose ``axis`` counts the examples, as a batch; what is a batch of newer levels stays so outside."""
    if type(x) is Batched and x.level > level:
        return Batched(enter(x.data, axis + 1, level), x.level)
    return Batched(_front(x, axis, 0), level)


def leave(x: Any, axis: int, level: int) -> Any:
    """A batch as an array whose ``axis`` counts the examples."""
    if x.level == level:
        return _front(x.data, 0, axis)
    return Batched(leave(x.data, axis + 1, level), x.level)


def has_level(x: Any, level: int) -> bool:
    """Whether the data differ from example to example of that level."""
    return level in _levels(x)


def levels_to_sum(g: Any, like: Any) -> tuple[int, ...]:
    """The levels that a gradient still has and its operand has not, and whose ``vmap`` is over: they are summed."""
    return tuple(sorted(set(_levels(g)) - set(_levels(like)) - set(_ACTIVE.get())))


def total(x: Any, levels: tuple[int, ...]) -> Any:
    """The sum over all examples of these levels."""
    if type(x) is not Batched:
        return x
    if x.level not in levels:
        return Batched(total(x.data, levels), x.level)
    return total(library(x.data).sum(x.data, axis=0), levels)
