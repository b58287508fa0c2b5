"""The table for NumPy arrays and NumPy's scalars: NumPy's own functions, and the few it lacks."""

from __future__ import annotations

import builtins
import functools
import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import (  # noqa: F401  (the table is this module's namespace)
    abs,
    arccos,
    arccosh,
    arcsin,
    arcsinh,
    arctan,
    arctan2,
    arctanh,
    argsort,
    cbrt,
    ceil,
    clip,
    concatenate,
    conjugate,
    convolve,
    copysign,
    cos,
    cosh,
    cumsum,
    deg2rad,
    divide,
    exp,
    exp2,
    expand_dims,
    expm1,
    floor,
    floor_divide,
    fmax,
    fmin,
    fmod,
    full_like,
    heaviside,
    hypot,
    imag,
    ldexp,
    linalg,
    log,
    log1p,
    log2,
    log10,
    logaddexp,
    logaddexp2,
    maximum,
    minimum,
    moveaxis,
    nextafter,
    pad,
    power,
    prod,
    rad2deg,
    real,
    reciprocal,
    remainder,
    repeat,
    reshape,
    rint,
    round,
    searchsorted,
    sign,
    sin,
    sinc,
    sinh,
    sort,
    spacing,
    sqrt,
    square,
    stack,
    take_along_axis,
    tan,
    tanh,
    transpose,
    trunc,
    zeros_like,
)

from .special import Special, of_arrays
from .windows import (  # noqa: F401
    conv,
    conv_input,
    conv_kernel,
    gather_largest,
    largest,
    put_windows,
    share_largest,
    windows,
)

Array = np.ndarray[Any, Any]
rank = 1  # lifts Python numbers

special = Special(of_arrays)

add_reduce: Any = np.add.reduce
max = np.maximum.reduce
min = np.minimum.reduce


def asarray(x: Any) -> Any:
    """``x`` with a shape and a dtype."""
    return x if isinstance(x, (np.ndarray, np.generic)) else np.asarray(x)


def sum(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """NumPy's sum through the ufunc, at half the cost of ``np.sum`` on small arrays."""
    if axis is not None and x.size > _MANY:
        return _sum_of_many(x, axis, keepdims)
    return add_reduce(x, axis=axis, keepdims=keepdims)


def _sum_of_many(x: Array, axis: Any, keepdims: bool) -> Any:
    """The sum over the leading axes of a large array as one of rows; other axes NumPy adds up pairwise itself."""
    axes = np.lib.array_utils.normalize_axis_tuple(axis, x.ndim)
    n = len(axes)
    kept = x.shape[n:]
    if sorted(axes) != list(range(n)) or x.dtype.char not in "fdFD" or x.size <= _MANY * math.prod(kept):
        if x.dtype.char in "fF" and builtins.min(axes) < x.ndim - n and x.size > LONG:
            from .long_sums import sum_in_blocks

            return sum_in_blocks(x, axes, keepdims)
        return add_reduce(x, axis=axis, keepdims=keepdims)
    total = sum_of_rows(x.reshape(-1, *kept))
    return total.reshape((*[1] * n, *kept)) if keepdims else total


def sum_of_rows(x: Array) -> Array:
    """The sum over the first axis; of rows and matrices it is a product with ones, which takes a third of the time."""
    if 1 <= x.ndim <= 2 and len(x) <= _MANY and x.dtype.char in "fdFD":
        total: Array = _ones(len(x), x.dtype.char).dot(x)
        return total
    return _sum_of_many_rows(x)


def _sum_of_many_rows(x: Array) -> Array:
    """Rows in blocks, whose sums are added up alike: one after the other, a million float32 would lose two digits."""
    if x.dtype == np.float16:
        return sum_of_rows(x.astype(np.float32)).astype(np.float16)
    if x.ndim == 1 or len(x) <= _MANY or x.dtype.char not in "fdFD":
        return add_reduce(x, 0)  # type: ignore[no-any-return]
    rows = x.reshape(len(x), -1)
    end = len(rows) - len(rows) % _BLOCK
    ones = _ones(_BLOCK, x.dtype.char)
    total = sum_of_rows(np.matmul(ones, rows[:end].reshape(-1, _BLOCK, rows.shape[1])))
    total += ones[: len(rows) - end].dot(rows[end:])
    return total.reshape(x.shape[1:])


_MANY = 4096
_BLOCK = 128


@functools.lru_cache(maxsize=32)
def _starts(rows: int, columns: int) -> Array:
    """Where the rows of a matrix start, counted through all entries."""
    return np.arange(0, rows * columns, columns)


@functools.lru_cache(maxsize=32)
def _ones(n: int, kind: str) -> Array:
    out = np.ones(n, kind)
    out.flags.writeable = False
    return out


def matmul(x: Any, y: Any) -> Any:
    """``x @ y``; of two small matrices by ``dot``, whose call costs half, but which clears the result beforehand."""
    small = type(x) is type(y) is np.ndarray and x.ndim == 2 == y.ndim and x.size <= _SMALL
    return x.dot(y) if small else _matmul_of_many(x, y)


def _matmul_of_many(x: Any, y: Any) -> Any:
    if type(x) is type(y) is np.ndarray and x.dtype.char in "fF" and x.shape[-1:] > (LONG,):
        from .long_sums import matmul_in_blocks

        return matmul_in_blocks(x, y)
    return x @ y


def einsum(subscripts: str, *operands: Any, optimize: Any = False) -> Any:
    """Einstein's sum; terms of float32 in blocks, which NumPy adds up one by one."""
    for x in operands:
        if type(x) is np.ndarray and x.size > LONG and x.dtype.char in "fF":
            from .long_sums import einsum_in_blocks

            return einsum_in_blocks(subscripts, operands, optimize)
    return np.einsum(subscripts, *operands, optimize=optimize)


_SMALL = 32_768
LONG = 16_384
"""From how many terms on a sum of float32 that adds up one by one loses a digit that counts."""


def mean(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The mean in the data's own floating dtype, as NumPy gives it."""
    array = asarray(x)
    if array.dtype.char not in "fdgFDG":
        return np.mean(array, axis=axis, keepdims=keepdims)
    if axis is None or array.size <= _MANY:
        total = add_reduce(array, axis=axis, keepdims=keepdims)
    else:
        total = _sum_of_many(array, axis, keepdims)
    count = array.size // total.size if total.size else 0
    if count == 0:
        return np.mean(array, axis=axis, keepdims=keepdims)
    return total / count


def where(condition: Any, x: Any, y: Any) -> Any:
    """``x`` where the condition holds, else ``y``.

    What a rule keeps of a gradient, ``where(mask, g, 0.0)``, is one of bits: the branches of ``np.where`` on a mask
    without a pattern cost 10 times as much.
    """
    if type(y) is float and y == 0.0 and type(condition) is type(x) is np.ndarray and x.size > 4000:
        bits = _BITS.get(x.dtype.char)
        if (
            bits is not None
            and condition.shape == x.shape
            and condition.dtype.char == "?"
            and math.copysign(1.0, y) > 0
        ):
            mask = np.negative(condition.view(np.int8)).astype(bits)  # all bits or none
            mask &= x.view(bits)
            return mask.view(x.dtype)
    return np.where(condition, x, y)


_BITS = {"f": np.int32, "d": np.int64}


def relu(x: Any) -> Any:
    """max(x, 0); NaN stays NaN."""
    return np.maximum(x, 0)


def step(x: Any) -> Any:
    """1 where x > 0, else 0."""
    return np.heaviside(x, 0)


def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x)) by way of exp(-|x|), which cannot overflow."""
    if asarray(x).dtype.kind == "c":
        return 1 / (1 + np.exp(-x))
    small = np.exp(-np.abs(x))
    return np.where(np.less(x, 0), small, 1) / (1 + small)


def softplus(x: Any) -> Any:
    """log(1 + exp(x)) without overflow."""
    return np.logaddexp(x, 0.0)


def erf(x: Any) -> Any:
    """The error function element by element, from the C library; of complex numbers SciPy's."""
    array = asarray(x)
    if array.dtype.kind == "c":
        return special.erf(x)
    out = np.fromiter(map(math.erf, array.ravel().tolist()), np.float64, array.size).reshape(array.shape)
    return out.astype(array.dtype if array.dtype.kind == "f" else np.float64)[()]


def logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """log(sum(exp(x))) shifted by the maximum; all -inf gives -inf."""
    x = asarray(x)
    if x.dtype.char == "e":
        return logsumexp(x.astype(np.float32), axis, keepdims).astype(np.float16)
    peak = _peak(x, axis)
    shift = np.where(np.isfinite(peak), peak, x.dtype.type(0) if x.dtype.kind == "f" else 0.0)
    with np.errstate(divide="ignore"):
        out = np.log(sum(np.exp(x - shift), axis, keepdims=True)) + shift
    return out if keepdims else np.squeeze(out, axis=axis)[()]


def _peak(x: Array, axis: Any) -> Any:
    return np.maximum.reduce(x, axis=axis, keepdims=True, initial=None if x.size else 0)


def softmax(x: Any, axis: Any = -1) -> Any:
    """exp(x) / sum(exp(x)) shifted by the maximum."""
    x = asarray(x)
    out = x - _peak(x, axis)
    if out.dtype.char in "fdg" and out.ndim:
        np.exp(out, out=out)
        out /= sum(out, axis, keepdims=True)
        return out
    if out.dtype.char == "e":
        return softmax(x.astype(np.float32), axis).astype(np.float16)
    out = np.exp(out)
    return out / add_reduce(out, axis=axis, keepdims=True)


def log_softmax(x: Any, axis: Any = -1) -> Any:
    """x - logsumexp(x), along one axis."""
    return x - logsumexp(x, axis=axis, keepdims=True)


def softmax_cross_entropy(x: Array, labels: Array) -> tuple[Array, Array, Array, Array] | None:
    """-log softmax(x) at each row's label, and what its rule needs; None if a row is not finite.

    That is exp(x) less the row's peak and the sums of its rows, of which softmax(x) is the quotient, and the places of
    the labels, counted through all entries.
    """
    starts = (_starts if len(x) <= _MANY else _starts.__wrapped__)(*x.shape)
    peak = x.ravel()[x.argmax(axis=1) + starts]  # faster than the maximum, more so the shorter the rows
    if np.count_nonzero(np.isfinite(peak)) < len(x):
        return None
    parts = np.subtract(x, peak[:, None], order="C")
    at_label = labels + starts
    losses = parts.ravel()[at_label]
    np.exp(parts, out=parts)
    total = parts.dot(_ones(x.shape[1], x.dtype.char))
    return np.subtract(np.log(total), losses, out=losses), parts, total, at_label


def softmax_error(g: Any, parts: Array, total: Array, at_label: Array) -> Array:
    """The rule of the cross-entropy: ``g``, for all rows or one for each, times softmax(x) less 1 at the label."""
    out: Array = parts * (g / total)[:, None]
    out.ravel()[at_label] -= g
    return out


def broadcast_to(x: Any, shape: tuple[int, ...]) -> Any:
    """``x`` in a larger shape: copied where it is small, since ``np.broadcast_to`` costs more than the copy."""
    x = asarray(x)
    if math.prod(shape) > 4096 or x.ndim > len(shape):
        return np.broadcast_to(x, shape)
    out = np.empty(shape, x.dtype)
    out[...] = x
    return out


def scatter_add(g: Any, index: Any, shape: tuple[int, ...]) -> Array:
    """Zeros of ``shape`` to which ``g`` is added at ``index``; repeated indices add up."""
    g = asarray(g)
    repeats, size = _may_repeat(index), math.prod(shape)
    if repeats and g.size > 500 and 4 * g.size > size and g.dtype.char in "efdFD":
        return _counted(g, np.arange(size).reshape(shape)[index], size).reshape(shape)
    out = np.zeros(shape, g.dtype)
    if repeats:
        np.add.at(out, index, g)
    else:
        out[index] = g
    return out


def _counted(g: Array, numbers: Array, size: int) -> Array:
    """Sums of the entries of ``g`` by number, as weighted counts in float64: many times as fast as ``np.add.at``."""
    weights, numbers = np.broadcast_to(g, numbers.shape).ravel(), numbers.ravel()
    if g.dtype.kind == "c":
        real, imag = (np.bincount(numbers, part, size) for part in (weights.real, weights.imag))
        return (real + 1j * imag).astype(g.dtype)
    return np.bincount(numbers, weights, size).astype(g.dtype, copy=False)


def _may_repeat(index: Any) -> bool:
    items = index if isinstance(index, tuple) else (index,)
    return any(
        not isinstance(item, (int, slice, np.integer, type(None), type(Ellipsis))) for item in items
    ) and not any(isinstance(item, np.ndarray) and item.dtype == bool and len(items) == 1 for item in items)


def fit(g: Any, like: Any) -> Any:
    """``g`` summed over the axes along which ``like`` was broadcast, in the dtype (and kind) of ``like``."""
    g = asarray(g)
    shape = getattr(like, "shape", ())
    if g.shape != shape:
        extra = g.ndim - len(shape)
        stretched = tuple(i + extra for i, n in enumerate(shape) if n == 1 and g.shape[i + extra] != 1)
        axes = (*range(extra), *stretched)
        if g.size > _MANY or g.dtype.char == "e":
            g = sum_of_rows(np.moveaxis(g, axes, range(len(axes))).reshape(-1, *shape))
        else:
            g = add_reduce(g, axis=axes, keepdims=True).reshape(shape)
    kind = type(like)
    if kind is float:
        return float(g.real)
    if kind is complex:
        return complex(g)
    dtype = like.dtype
    if g.dtype != dtype:
        g = (g if dtype.kind == "c" or g.dtype.kind != "c" else g.real).astype(dtype)
    return g if kind is np.ndarray else g[()]


def ones_like(x: Any) -> Any:
    """Ones in the shape, dtype and kind of ``x``."""
    return np.ones_like(x) if isinstance(x, np.ndarray) else type(x)(1)


def view(x: Any) -> Any:
    """The same entries as another array."""
    return x.view() if isinstance(x, np.ndarray) else x


def static(array: Array, beside: Any) -> Array:
    """Numbers made by a rule, in the dtype of ``beside``."""
    return array.astype(asarray(beside).dtype, copy=False)


def wide(x: Any) -> Any:
    """The dtype of ``x``, or float64 or complex128 if that is wider."""
    return np.result_type(x, np.float64)


def limits(x: Any) -> Any:
    """The precision and the range of floating numbers in the dtype of ``x``."""
    return np.finfo(asarray(x).dtype)


def astype(x: Any, dtype: Any) -> Any:
    """The entries in another dtype."""
    return asarray(x).astype(dtype_of(dtype))[()]


def dtype_of(dtype: Any) -> Any:
    """NumPy's dtype, by its name if it is another library's."""
    try:
        return np.dtype(dtype)
    except TypeError:
        return np.dtype(str(dtype).rpartition(".")[2])


def getitem(x: Any, index: Any) -> Any:
    """The entries at a NumPy index."""
    return asarray(x)[index]


def fits(shape: tuple[int, ...], target: tuple[int, ...]) -> bool:
    """Whether a gradient of ``shape`` can be summed to ``target`` by undoing a broadcast."""
    extra = len(shape) - len(target)
    return extra >= 0 and all(n in (1, shape[i + extra]) for i, n in enumerate(target))


def put_at(x: Any, v: Any, index: Any) -> Array:
    """A copy of ``x`` with ``v`` at a NumPy index."""
    out = np.array(x)
    out[index] = v
    return out


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """``fft``, which NumPy too imports when it is asked for."""
        if name != "fft":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return np.fft
