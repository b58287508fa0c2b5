"""The table for libraries that tell their namespace: JAX, CuPy, and whatever follows the Python array API standard.

The library's own functions serve under NumPy's names. What such libraries lack, or call otherwise, is written here
once, over the functions that all of them have.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..caching import cached_property
from . import on_tracer
from .standard_special import StandardSpecial
from .standard_windows import StandardWindows

_STANDARD_NAMES = {
    "arccos": "acos", "arccosh": "acosh", "arcsin": "asin", "arcsinh": "asinh", "arctan": "atan", "arctan2": "atan2",
    "arctanh": "atanh", "concatenate": "concat", "conjugate": "conj", "power": "pow", "rint": "round",
    "transpose": "permute_dims", "true_divide": "divide",
}  # fmt: skip
"""NumPy's names of functions that the standard calls otherwise."""


class Standard(StandardWindows):
    """A table over the namespace of an array library.

    Parameters
    ----------
    xp : module
        The namespace, such as ``jax.numpy``.
    """

    rank = 2  # lifts Python numbers and NumPy's arrays
    immutable = False  # whether its arrays never change
    by_numpy: frozenset[str] = frozenset()
    """Functions without a gradient that the library has, but with other arguments or results than NumPy's."""

    def __init__(self, xp: Any) -> None:
        self.xp = xp

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        function = getattr(self.xp, name, None) or getattr(self.xp, _STANDARD_NAMES.get(name, ""), None)
        if function is None:
            raise TypeError(f"{self.xp.__name__} has no {name}; for such data compose it of functions that it has")
        setattr(self, name, function)
        return function

    def plain(self, name: str) -> Any:
        """A function without a gradient: the library's own, or NumPy's on a copy of the data."""
        if name not in self.by_numpy:
            try:
                return getattr(self, name)
            except TypeError:
                pass
        function = getattr(np, name)

        def of_copies(*args: Any, **options: Any) -> Any:
            beside = next(x for x in _flat(args) if hasattr(x, "dtype") and not isinstance(x, np.ndarray))
            options = {key: self._lowered(x) for key, x in options.items()}
            return self._lifted(function(*map(self._lowered, args), **options), beside)

        return of_copies

    def _lowered(self, x: Any) -> Any:
        if isinstance(x, (list, tuple)):
            return type(x)(map(self._lowered, x))
        return x if isinstance(x, (np.ndarray, np.generic, type)) or not hasattr(x, "dtype") else self.to_numpy(x)

    def _lifted(self, x: Any, beside: Any) -> Any:
        if isinstance(x, tuple):
            parts = [self._lifted(part, beside) for part in x]
            return type(x)(*parts) if hasattr(x, "_fields") else tuple(parts)
        return self.adopt(np.asarray(x), beside) if isinstance(x, (np.ndarray, np.generic)) else x

    # --- in and out ---------------------------------------------------------------------------------------------------

    def shape(self, x: Any) -> tuple[int, ...]:
        """Lengths of the axes."""
        return tuple(x.shape)

    def ndim(self, x: Any) -> int:
        """Number of axes."""
        return len(x.shape)

    def size(self, x: Any, axis: int | None = None) -> int:
        """Number of entries, or the length of an axis."""
        return math.prod(x.shape) if axis is None else int(x.shape[axis])

    def isrealobj(self, x: Any) -> bool:
        """Whether the numbers are real."""
        return self.kind(x) != "c"

    def asarray(self, x: Any) -> Any:
        """``x`` as an array of this library."""
        return self.xp.asarray(x)

    def to_numpy(self, x: Any) -> Any:
        """The data as a NumPy array, in float32 where NumPy has no such dtype, as for bfloat16."""
        array = np.asarray(x.get() if hasattr(x, "get") else x)
        return array.astype(np.float32) if array.dtype.kind == "V" else array

    def is_abstract(self, x: Any) -> bool:
        """Whether nobody can look at the numbers yet."""
        return False

    def is_traced(self, x: Any) -> bool:
        """Whether a function that is being compiled computes with it."""
        return False

    def copy(self, x: Any) -> Any:
        """An array that nobody else holds."""
        return self.xp.asarray(x, copy=True)

    def mark(self, x: Any) -> Any:
        """A copy, by which ``same`` finds out later whether somebody wrote into the array."""
        return self.copy(x)

    def same(self, mark: Any, x: Any) -> bool:
        """Whether all entries are as they were; nan is the same as nan."""
        equal = mark == x
        if self.kind(x) in "fc":
            equal = equal | ((mark != mark) & (x != x))
        return bool(self.all(equal))

    def shares_memory(self, x: Any, y: Any) -> bool:
        """Whether writing into one array may change the other."""
        return np.may_share_memory(self.to_numpy(x), self.to_numpy(y))

    def adopt(self, x: Any, beside: Any) -> Any:
        """A NumPy array as an array of this library, for a computation with ``beside``."""
        return self.copy(self.asarray(x))

    def static(self, array: Any, beside: Any) -> Any:
        """Numbers made by a rule, in the dtype of ``beside``."""
        return self.astype(self.asarray(array), beside.dtype)

    def kind(self, x: Any) -> str:
        """The kind of numbers, by NumPy's letter."""
        names = {"bool": "b", "signed integer": "i", "unsigned integer": "u", "complex floating": "c"}
        return next((letter for name, letter in names.items() if self.xp.isdtype(x.dtype, name)), "f")

    def is_half(self, x: Any) -> bool:
        """Whether these are floating numbers of 16 bits."""
        return getattr(x.dtype, "itemsize", 0) == 2 and self.kind(x) == "f"

    def iscomplexobj(self, x: Any) -> bool:
        """Whether the numbers are complex."""
        return self.kind(x) == "c"

    def dtype(self, dtype: Any) -> Any:
        """The library's own dtype of that name."""
        try:
            return getattr(self.xp, np.dtype(dtype).name)
        except TypeError:
            return dtype

    def astype(self, x: Any, dtype: Any) -> Any:
        """The entries in another dtype."""
        return self.xp.astype(x, self.dtype(dtype))

    def wide(self, x: Any) -> Any:
        """The dtype of ``x``, or float64 or complex128 if that is wider."""
        return self.xp.result_type(x.dtype, self.xp.float64)

    def limits(self, x: Any) -> Any:
        """The precision and the range of floating numbers in the dtype of ``x``."""
        return self.xp.finfo(x.dtype)

    def of_arrays(self, function: Any) -> Any:
        """A function of arrays that takes numbers beside them: as it is."""
        return function

    def full_like(self, x: Any, fill_value: Any, dtype: Any = None, shape: Any = None) -> Any:
        """One number in every entry, in the shape and dtype of ``x`` if no others are asked for."""
        dtype = x.dtype if dtype is None else self.dtype(dtype)
        shape = tuple(x.shape) if shape is None else (shape,) if isinstance(shape, int) else tuple(shape)
        if isinstance(fill_value, (int, float, complex)):
            return self.full(shape, fill_value, dtype=dtype)
        return self.broadcast_to(self.astype(self.asarray(fill_value), dtype), shape)

    def unwrap(self, x: Any, discont: float | None = None, axis: int = -1, *, period: float = 2 * math.pi) -> Any:
        """Angles along an axis with jumps of a period taken out."""
        lead = (slice(None),) * (axis % x.ndim)
        steps = x[(*lead, slice(1, None), ...)] - x[(*lead, slice(None, -1), ...)]
        half = period / 2
        turned = (steps + half) % period - half
        turned = self.where((turned == -half) & (steps > 0), half, turned)
        jump = self.abs(steps) >= (half if discont is None else max(discont, half))
        rest = self.cumsum(self.where(jump, turned - steps, self.zeros_like(steps)), axis=axis)
        return self.concatenate([x[(*lead, slice(None, 1), ...)], x[(*lead, slice(1, None), ...)] + rest], axis=axis)

    def number(self, x: Any) -> Any:
        """A single real entry as a Python float."""
        return float(self.real(x))

    # --- gradients ----------------------------------------------------------------------------------------------------

    def fits(self, shape: tuple[int, ...], target: tuple[int, ...]) -> bool:
        """Whether a gradient of ``shape`` can be summed to ``target`` by undoing a broadcast."""
        extra = len(shape) - len(target)
        return extra >= 0 and all(n in (1, shape[i + extra]) for i, n in enumerate(target))

    def fit(self, g: Any, like: Any) -> Any:
        """``g`` summed over the axes along which ``like`` was broadcast, in the dtype and the library of ``like``."""
        from . import kind_of, library, shape_of

        g, home = self.asarray(g), library(like)
        shape, old = shape_of(like), tuple(g.shape)
        if old != shape:
            extra = len(old) - len(shape)
            stretched = tuple(i + extra for i, n in enumerate(shape) if n == 1 and old[i + extra] != 1)
            g = self.reshape(self.sum(g, axis=(*range(extra), *stretched), keepdims=True), shape)
        if home is not self:
            return self.number(g) if type(like) is float else home.fit(self.leaving(g), like)
        if g.dtype == like.dtype:
            return g
        return self.astype(g if kind_of(like) == "c" else self.real(g), like.dtype)

    def leaving(self, g: Any) -> Any:
        """A gradient as a NumPy array, for an operand that is one."""
        return self.to_numpy(g)

    # --- entries ------------------------------------------------------------------------------------------------------

    def getitem(self, x: Any, index: Any) -> Any:
        """The entries at a NumPy index."""
        return (self.asarray(x) if isinstance(x, np.ndarray) else x)[self.index(index)]

    def index(self, index: Any) -> Any:
        """A NumPy index as this library takes it: lists as arrays."""
        if isinstance(index, tuple):
            return tuple(map(self.index, index))
        return self.asarray(np.asarray(index)) if isinstance(index, (list, np.ndarray)) else index

    def scatter_add(self, g: Any, index: Any, shape: tuple[int, ...]) -> Any:
        """Zeros of ``shape`` to which ``g`` is added at ``index``; by gathers alone, one for each repetition."""
        places = _places(index, shape)
        padded = self.concatenate([self.reshape(g, (-1,)), self.zeros((1,), dtype=g.dtype)])
        out = self.zeros((math.prod(shape),), dtype=g.dtype)
        for row in _rounds(places, math.prod(shape)):
            out = out + self.take(padded, self.asarray(row), axis=0)
        return self.reshape(out, shape)

    def where(self, condition: Any, x: Any, y: Any) -> Any:
        """``x`` where the condition holds, else ``y``."""
        if not hasattr(x, "dtype") and not hasattr(y, "dtype"):
            x = self.asarray(x)
        return self.xp.where(self.asarray(condition), x, y)

    def reshape(self, x: Any, shape: Any) -> Any:
        """The entries in another shape."""
        return self.xp.reshape(x, (shape,) if isinstance(shape, int) else tuple(shape))

    def view(self, x: Any) -> Any:
        """The array itself, which nobody writes to."""
        return x

    def real(self, x: Any) -> Any:
        """Real part."""
        return self.xp.real(x) if self.kind(x) == "c" else x

    def imag(self, x: Any) -> Any:
        """Imaginary part."""
        return self.xp.imag(x) if self.kind(x) == "c" else self.zeros_like(x)

    def conjugate(self, x: Any) -> Any:
        """Complex conjugate."""
        return self.conj(x) if self.kind(x) == "c" else x

    def cbrt(self, x: Any) -> Any:
        """Cube root."""
        return self.sign(x) * self.abs(x) ** (1 / 3)

    def exp2(self, x: Any) -> Any:
        """2 to the power ``x``."""
        return self.exp(x * math.log(2.0))

    # --- activations --------------------------------------------------------------------------------------------------

    def relu(self, x: Any) -> Any:
        """max(x, 0); NaN stays NaN."""
        return self.maximum(x, 0)

    def step(self, x: Any) -> Any:
        """1 where x > 0, else 0; NaN stays NaN."""
        return self.where(x != x, x, self.astype(x > 0, x.dtype))

    def sigmoid(self, x: Any) -> Any:
        """1 / (1 + exp(-x)) by way of exp(-|x|), which cannot overflow."""
        if self.kind(x) == "c":
            return 1 / (1 + self.exp(-x))
        small = self.exp(-self.abs(x))
        return self.where(x < 0, small, self.ones_like(small)) / (1 + small)

    def softplus(self, x: Any) -> Any:
        """log(1 + exp(x)) without overflow."""
        return self.logaddexp(x, self.zeros_like(x))

    def logsumexp(self, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
        """log(sum(exp(x))) shifted by the maximum; all -inf gives -inf."""
        if self.is_half(x):
            return self.astype(self.logsumexp(self.astype(x, "float32"), axis, keepdims), x.dtype)
        peak = self.max(x, axis=axis, keepdims=True)
        shift = self.where(self.isfinite(peak), peak, self.zeros_like(peak))
        out = self.log(self.sum(self.exp(x - shift), axis=axis, keepdims=True)) + shift
        if keepdims:
            return out
        gone = range(x.ndim) if axis is None else np.lib.array_utils.normalize_axis_tuple(axis, x.ndim)
        return self.reshape(out, tuple(n for i, n in enumerate(out.shape) if i not in gone))

    def softmax(self, x: Any, axis: Any = -1) -> Any:
        """exp(x) / sum(exp(x)) shifted by the maximum."""
        if self.is_half(x):
            return self.astype(self.softmax(self.astype(x, "float32"), axis), x.dtype)
        out = self.exp(x - self.max(x, axis=axis, keepdims=True))
        return out / self.sum(out, axis=axis, keepdims=True)

    def log_softmax(self, x: Any, axis: Any = -1) -> Any:
        """x - logsumexp(x), along one axis."""
        return x - self.logsumexp(x, axis=axis, keepdims=True)


class Jax(Standard):
    """The table for JAX: arrays never change, and those of a traced function have no numbers yet."""

    immutable = True

    def copy(self, x: Any) -> Any:
        """An array in memory that no NumPy array is a window to, as ``jax.device_put`` leaves one."""
        if self.is_abstract(x):
            for notice in on_tracer:
                notice(x)
            return x
        import jax

        with jax.ensure_compile_time_eval():
            return self.xp.array(x, copy=True)

    def adopt(self, x: Any, beside: Any) -> Any:
        """A NumPy array as one of JAX, which remembers what it made of an array even after a write into that."""
        return self.asarray(x.copy())

    def mark(self, x: Any) -> Any:
        """A copy by NumPy, which can look at numbers while JAX traces; dlpack lends what can be written into."""
        return np.array(x)

    def same(self, mark: Any, x: Any) -> bool:
        """Whether all entries are as they were."""
        return np.array_equal(mark, np.asarray(x), equal_nan=mark.dtype.kind in "fc")

    def is_abstract(self, x: Any) -> bool:
        """Whether JAX is tracing."""
        from jax.core import Tracer

        return isinstance(x, Tracer)

    def is_traced(self, x: Any) -> bool:
        """Whether JAX is compiling; its other transformations wrap arrays, or tracers of a compilation."""
        while self.is_abstract(x) and type(x).__name__ != "DynamicJaxprTracer":
            x = getattr(x, "val", getattr(x, "primal", None))
        return self.is_abstract(x)

    def number(self, x: Any) -> Any:
        """A single real entry as a Python float, or as it is while JAX traces."""
        return self.reshape(self.real(x), ()) if self.is_abstract(x) else super().number(x)

    def scatter_add(self, g: Any, index: Any, shape: tuple[int, ...]) -> Any:
        """Zeros of ``shape`` to which ``g`` is added at ``index``; repeated indices add up."""
        return self.xp.zeros(shape, g.dtype).at[self.index(index)].add(g)

    def erf(self, x: Any) -> Any:
        """The error function."""
        return self.special.erf(x)

    @cached_property
    def special(self) -> Any:
        """JAX's counterpart of SciPy's special functions."""
        import jax.scipy.special

        return StandardSpecial(self, jax.scipy.special)


_KINDS = {"jax.numpy": Jax, "cupy": Standard}
_MADE: dict[Any, Standard] = {}


def table_of(x: Any) -> Standard | None:
    """The table for the library of an array that tells its namespace; None if it has none, as JAX's typed keys."""
    try:
        xp = x.__array_namespace__()
    except NotImplementedError:
        return None
    if xp not in _MADE:
        from .array_api import ArrayApi

        _MADE[xp] = _KINDS.get(xp.__name__, ArrayApi)(xp)
    return _MADE[xp]


def _flat(x: Any) -> Iterator[Any]:
    for item in x:
        yield from _flat(item) if isinstance(item, (list, tuple)) else (item,)


def _places(index: Any, shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    """The numbers of the entries that a NumPy index means, counted row by row."""
    chosen: np.ndarray[Any, Any] = np.asarray(np.arange(math.prod(shape)).reshape(shape)[index])
    return chosen.ravel()


def _rounds(places: np.ndarray[Any, Any], size: int) -> list[np.ndarray[Any, Any]]:
    """For each round the number of the item that every place gets, or one past the last for none."""
    order = np.argsort(places, kind="stable")
    taken = places[order]
    nth = np.arange(taken.size) - np.searchsorted(taken, taken)
    rounds = np.full((int(nth.max(initial=-1)) + 1, size), places.size)
    rounds[nth, taken] = order
    return list(rounds)
