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

from . import library, shape_of

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
    T = property(lambda self: library(self).transpose(self), doc="The axes of one example in reverse order.")
    real = property(lambda self: library(self).real(self), doc="Real part.")
    imag = property(lambda self: library(self).imag(self), doc="Imaginary part.")

    def __repr__(self) -> str:
        return f"<one of {shape_of(self.data)[0]} examples of shape {self.shape}, dtype {self.dtype}>"

    def __getitem__(self, index: Any) -> Any:
        return library(self).getitem(self, index)

    def __len__(self) -> int:
        return int(self.shape[0])

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __matmul__(self, other: Any) -> Any:
        return NotImplemented if _is_value(other) else library(self, other).matmul(self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return NotImplemented if _is_value(other) else library(self, other).matmul(other, self)

    def conj(self) -> Any:
        """Complex conjugate."""
        return library(self).conjugate(self)

    def _no_number(self, *_: Any, **__: Any) -> Any:
        raise TypeError(
            "inside vmap a value stands for every example at once and is no single number: choose with "
            "where(condition, x, y) instead of if, use functions of autograd_mini instead of float() or "
            "NumPy's arrays, or call the function for each example"
        )

    __bool__ = __float__ = __int__ = __index__ = __complex__ = item = tolist = __contains__ = _no_number

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise TypeError(
            "inside vmap the numbers differ from example to example, and this function looks at them, to decide what "
            "it computes or how long its result is: choose with where(condition, x, y), or call the function for each "
            "example"
        )

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **kwargs: Any) -> Any:
        if method != "__call__" or (out is not None and out[0] is not inputs[0]) or any(map(_is_value, inputs)):
            return NotImplemented
        name = ufunc.__name__
        if ufunc is np.matmul:
            return library(*inputs).matmul(*inputs, **kwargs)
        if ufunc.signature is not None:
            raise TypeError(f"{name} computes on whole axes, which inside vmap are those of one example")
        function = _OPERATORS.get(name, name) if getattr(np, name, None) is ufunc else ufunc
        return elementwise(function, *inputs, **kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if not all(issubclass(kind, (Batched, np.ndarray)) for kind in types):
            return NotImplemented
        if function in (np.iscomplexobj, np.isrealobj):
            return (library(self).kind(self) == "c") is (function is np.iscomplexobj)
        if function is np.result_type:
            return np.result_type(*[x.dtype if type(x) is Batched else x for x in args])
        return getattr(library(self), function.__name__)(*args, **kwargs)


_OPERATORS = {
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul, "divide": operator.truediv,
    "negative": operator.neg, "equal": operator.eq, "not_equal": operator.ne, "less": operator.lt,
    "less_equal": operator.le, "greater": operator.gt, "greater_equal": operator.ge, "bitwise_and": operator.and_,
    "bitwise_or": operator.or_, "bitwise_xor": operator.xor, "invert": operator.invert,
}  # fmt: skip
"""Ufuncs that NumPy's arrays call when they stand on the left of an operator."""


def _is_value(x: Any) -> bool:
    return hasattr(x, "_stored")


def is_batch(x: Any) -> bool:
    """Whether data stands for every example of a batch at once."""
    return type(x) is Batched


def levels(x: Any) -> list[int]:
    """The levels in an argument, in the lists and tuples in it too."""
    if isinstance(x, (list, tuple)):
        return [level for item in x for level in levels(item)]
    found = []
    while type(x) is Batched:
        found.append(x.level)
        x = x.data
    return found


def size_of(x: Any, level: int) -> int | None:
    """How many examples that level has."""
    if type(x) is Batched:
        return int(shape_of(x.data)[0]) if x.level == level else size_of(x.data, level)
    if isinstance(x, (list, tuple)):
        return next((n for item in x if (n := size_of(item, level)) is not None), None)
    return None


def is_at(x: Any, level: int) -> bool:
    """Whether the outermost batch of the data is of that level."""
    return type(x) is Batched and x.level == level


def aligned(operands: tuple[Any, ...], level: int) -> list[Any]:
    """The operands with the hidden axis in front, as broadcasting needs them: shorter shapes get ones behind it."""
    ndim = max(len(shape_of(x)) for x in operands)
    out = []
    for x in operands:
        if is_at(x, level):
            shape = shape_of(x.data)
            missing = ndim - len(shape) + 1
            data = library(x.data).reshape(x.data, (shape[0], *(1,) * missing, *shape[1:])) if missing else x.data
            out.append(data)
        else:
            out.append(x)
    return out


def aligned_to(x: Any, ndim: int) -> list[Any]:
    """The data of a batch, each example with that many axes."""
    shape = shape_of(x.data)
    return [library(x.data).reshape(x.data, (shape[0], *(1,) * (ndim - len(shape) + 1), *shape[1:]))]


def elementwise(function: Callable[..., Any] | str, *operands: Any, **options: Any) -> Any:
    """A function of entries, of the whole batch at once."""
    level = max(levels(operands))
    lowered = aligned(operands, level)
    call = function_of(library(*lowered), function) if isinstance(function, str) else function
    return Batched(call(*lowered, **options), level)


def _operator(function: Callable[..., Any], swapped: bool = False) -> Any:
    def of_batches(self: Any, *other: Any) -> Any:
        if other and _is_value(other[0]):  # which records what is computed with it
            return NotImplemented
        try:
            return elementwise(function, *((*other, self) if swapped else (self, *other)))
        except TypeError:
            if other and not isinstance(other[0], (Batched, np.ndarray, np.generic, float, int, complex)):
                return NotImplemented
            raise

    return of_batches


def _method(name: str) -> Any:
    """A method that arrays have, by the table."""
    return lambda self, *args, **options: getattr(library(self), name)(self, *args, **options)


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "and", "or", "xor"):
    _function = getattr(operator, f"{_name}_" if _name in ("and", "or") else _name)
    setattr(Batched, f"__{_name}__", _operator(_function))
    setattr(Batched, f"__r{_name}__", _operator(_function, swapped=True))
for _name in ("lt", "le", "gt", "ge", "eq", "ne", "neg", "pos", "abs", "invert"):
    setattr(Batched, f"__{_name}__", _operator(getattr(operator, _name)))
for _name in ("sum", "mean", "max", "min", "prod", "any", "all", "argmax", "argmin", "argsort", "cumsum"):
    setattr(Batched, _name, _method(_name))
for _name in ("reshape", "astype", "transpose"):
    setattr(Batched, _name, _method(_name))


def one_by_one(name: str, args: tuple[Any, ...], options: dict[str, Any], home: str = "") -> Any:
    """Any function of any library: called for each example in turn, the results stacked."""
    return for_each(lambda *xs, **given: _lookup(home, name, [*xs, *given.values()])(*xs, **given), args, options)


def for_each(function: Callable[..., Any], args: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """A function of plain arrays, called for each example of the newest level in turn, the results stacked."""
    level = max(levels([*args, *options.values()]))
    size = size_of([*args, *options.values()], level)
    results = []
    for i in range(size or 1):  # an empty batch asks one example of zeros for the shape of the result
        picked = [pick(x, level, i, not size) for x in args]
        chosen = {key: pick(x, level, i, not size) for key, x in options.items()}
        results.append(function(*picked, **chosen))
    return _gathered(results, level, bool(size))


def _lookup(home: str, name: str, operands: list[Any]) -> Any:
    arrays = [x for item in operands for x in (item if isinstance(item, (list, tuple)) else [item])]
    found = library(*[x for x in arrays if (hasattr(x, "dtype") and not isinstance(x, type)) or type(x) is float])
    return function_of(getattr(found, home) if home else found, name)


def function_of(home: Any, name: str) -> Any:
    """The library's function, NumPy's own where its table does not list it."""
    return getattr(home, name, None) or getattr(np, name)


def pick(x: Any, level: int, i: int, empty: bool = False) -> Any:
    """The part of an argument that belongs to one example."""
    if isinstance(x, (list, tuple)) and levels(x):
        return type(x)([pick(item, level, i, empty) for item in x])
    if type(x) is not Batched:
        return x
    if x.level != level:
        return Batched(pick(x.data, level, i, empty), x.level)
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
    shapes = sorted({shape_of(result) for result in results})
    if len(shapes) > 1:
        raise ValueError(
            f"inside vmap every example needs a result of one shape, got {' and '.join(map(str, shapes))}: a mask as "
            "an index, and nonzero, take as many entries as there are; keep them all, where(mask, x, 0), or call the "
            "function for each example"
        )
    stacked = library(*results).stack(results)
    return Batched(stacked if filled else stacked[:0], level)


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
    return level in levels(x)


def whole(x: Any) -> Any:
    """The array of all examples, whose hidden axes are in front."""
    while type(x) is Batched:
        x = x.data
    return x


def is_mapping() -> bool:
    """Whether a function is being called for all examples at once."""
    return bool(_ACTIVE.get())


def levels_to_sum(g: Any, like: Any) -> tuple[int, ...]:
    """The levels that a gradient still has and its operand has not, and whose ``vmap`` is over: they are summed."""
    return tuple(sorted(set(levels(g)) - set(levels(like)) - set(_ACTIVE.get())))


def total(x: Any, levels: tuple[int, ...]) -> Any:
    """The sum over all examples of these levels."""
    if type(x) is not Batched:
        return x
    if x.level not in levels:
        return Batched(total(x.data, levels), x.level)
    return total(library(x.data).sum(x.data, axis=0), levels)
