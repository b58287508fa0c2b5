"""The table for Python floats: the ``math`` module with NumPy's answers where ``math`` would raise.

A float stays a float from leaf to gradient. Outside a function's domain, and past the largest float, NumPy's
value (nan, inf) is given, without a warning and never as a complex number.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from . import numpy as _arrays
from .special import Special, of_floats

rank = 0  # any array comes first


def _with_numpy_edges(fast: Callable[..., float], exact: Callable[..., Any]) -> Callable[..., float]:
    def function(*x: float) -> float:
        try:
            return fast(*x)
        except (ValueError, OverflowError, ZeroDivisionError):
            with np.errstate(all="ignore"):
                return float(exact(*map(float, x)))

    function.__name__ = exact.__name__
    return function


def _unary_with_numpy_edges(fast: Callable[[float], float], exact: Callable[..., Any]) -> Callable[[float], float]:
    def function(x: float) -> float:
        try:
            return fast(x)
        except (ValueError, OverflowError):
            with np.errstate(all="ignore"):
                return float(exact(float(x)))

    function.__name__ = exact.__name__
    return function


exp = _unary_with_numpy_edges(math.exp, np.exp)
exp2 = _unary_with_numpy_edges(math.exp2, np.exp2)
expm1 = _unary_with_numpy_edges(math.expm1, np.expm1)
log = _unary_with_numpy_edges(math.log, np.log)
log2 = _unary_with_numpy_edges(math.log2, np.log2)
log10 = _unary_with_numpy_edges(math.log10, np.log10)
log1p = _unary_with_numpy_edges(math.log1p, np.log1p)
sqrt = _unary_with_numpy_edges(math.sqrt, np.sqrt)
cbrt = math.cbrt
sin = _unary_with_numpy_edges(math.sin, np.sin)
cos = _unary_with_numpy_edges(math.cos, np.cos)
tan = _unary_with_numpy_edges(math.tan, np.tan)
arcsin = _unary_with_numpy_edges(math.asin, np.arcsin)
arccos = _unary_with_numpy_edges(math.acos, np.arccos)
arctan = math.atan
sinh = _unary_with_numpy_edges(math.sinh, np.sinh)
cosh = _unary_with_numpy_edges(math.cosh, np.cosh)
tanh = math.tanh
arcsinh = math.asinh
arccosh = _unary_with_numpy_edges(math.acosh, np.arccosh)
arctanh = _unary_with_numpy_edges(math.atanh, np.arctanh)
erf = math.erf
arctan2 = math.atan2
hypot = math.hypot
power = _with_numpy_edges(math.pow, np.power)
divide = _with_numpy_edges(lambda x, y: x / y, np.divide)
floor_divide = _with_numpy_edges(lambda x, y: x // y, np.floor_divide)
remainder = _with_numpy_edges(lambda x, y: x % y, np.remainder)
fmod = _with_numpy_edges(math.fmod, np.fmod)
copysign = math.copysign
nextafter = math.nextafter
deg2rad = math.radians
rad2deg = math.degrees
reciprocal = _unary_with_numpy_edges(lambda x: divide(1.0, x), np.reciprocal)


def logaddexp(x: float, y: float) -> float:
    """log(exp(x) + exp(y)) without overflow; equal infinities stay what they are."""
    return x + math.log(2.0) if x == y else max_of(x, y) + math.log1p(math.exp(-math.fabs(x - y)))


def logaddexp2(x: float, y: float) -> float:
    """log2(2**x + 2**y) without overflow."""
    return x + 1.0 if x == y else max_of(x, y) + math.log1p(math.exp2(-math.fabs(x - y))) / math.log(2.0)


def max_of(x: float, y: float) -> float:
    """The larger; NaN wins, as in ``np.maximum``."""
    return float(x if x >= y or x != x else y)


def min_of(x: float, y: float) -> float:
    """The smaller; NaN wins, as in ``np.minimum``."""
    return float(x if x <= y or x != x else y)


maximum = max_of
minimum = min_of


def fmax(x: float, y: float) -> float:
    """The larger; a number wins over NaN."""
    return float(x if x >= y or y != y else y)


def fmin(x: float, y: float) -> float:
    """The smaller; a number wins over NaN."""
    return float(x if x <= y or y != y else y)


def heaviside(x: float, y: float) -> float:
    """0 below 0, 1 above, ``y`` at 0; NaN stays NaN."""
    return x if x != x else float(x > 0) if x else float(y)


def spacing(x: float) -> float:
    """Distance to the next float away from 0."""
    with np.errstate(all="ignore"):
        return float(np.spacing(x))


def sinc(x: float) -> float:
    """sin(πx) / (πx), 1 at 0."""
    with np.errstate(all="ignore"):
        return float(np.sinc(x))


def relu(x: float) -> float:
    """max(x, 0); NaN stays NaN."""
    return x if x > 0 or x != x else 0.0


def step(x: float) -> float:
    """1 where x > 0, else 0; NaN stays NaN."""
    return x if x != x else float(x > 0)


def sigmoid(x: float) -> float:
    """1 / (1 + exp(-x)) by way of exp(-|x|), which cannot overflow."""
    small = math.exp(-math.fabs(x))
    return (small if x < 0 else 1.0) / (1.0 + small)


def softplus(x: float) -> float:
    """log(1 + exp(x)) without overflow."""
    return math.log1p(math.exp(-math.fabs(x))) + (x if x > 0 else 0.0)


def sign(x: float) -> float:
    """-1, 0 or 1; NaN stays NaN."""
    return x if x != x else float((x > 0) - (x < 0))


def square(x: float) -> float:
    """x * x."""
    return x * x


abs = math.fabs


def _rounded(function: Callable[[float], float]) -> Callable[[float], float]:
    """A rounding of ``math``, with NumPy's -0.0 between -1 and 0."""
    return lambda x: math.copysign(function(x), x) if math.isfinite(x) else x


floor = _rounded(math.floor)
ceil = _rounded(math.ceil)
trunc = _rounded(math.trunc)
rint = _rounded(builtins.round)


def conjugate(x: float) -> float:
    """A real number is its own conjugate."""
    return x


real = conjugate


def imag(x: float) -> float:
    """A real number has no imaginary part."""
    return 0.0


def where(condition: Any, x: float, y: float) -> float:
    """``x`` where the condition holds, else ``y``."""
    return float(x if condition else y)


def zeros_like(x: float) -> float:
    """Zero."""
    return 0.0


def ones_like(x: float) -> float:
    """One."""
    return 1.0


def view(x: float) -> float:
    """The number itself."""
    return x


def static(array: Any, beside: float) -> Any:
    """Numbers made by a rule, as Python's floats are in an array."""
    return array.astype(float, copy=False)


def astype(x: float, dtype: Any) -> Any:
    """The number in another dtype: a Python float if that is its own."""
    kind = _arrays.dtype_of(dtype).type
    return float(x) if kind is np.float64 else kind(x)


def fits(shape: tuple[int, ...], target: tuple[int, ...]) -> bool:
    """Whether a gradient of ``shape`` can be summed to ``target``: always, for a single number."""
    return True


def fit(g: Any, like: float) -> float:
    """``g`` as the gradient of a float."""
    return float(g)


def _single(array_function: Callable[..., Any]) -> Callable[..., Any]:
    """An array function on one number: 0-d results come back as Python floats."""

    def function(x: Any, *args: Any, **kwargs: Any) -> Any:
        out = array_function(np.asarray(x), *args, **kwargs)
        return float(out) if np.ndim(out) == 0 else out

    return function


round = _single(_arrays.round)
ldexp = _single(_arrays.ldexp)
asarray = np.asarray
getitem = _single(_arrays.getitem)
sum = _single(_arrays.sum)
mean = _single(_arrays.mean)
max = _single(_arrays.max)
min = _single(_arrays.min)
prod = _single(_arrays.prod)
cumsum = _single(_arrays.cumsum)
sort = _single(_arrays.sort)
logsumexp = _single(_arrays.logsumexp)
softmax = _arrays.softmax
log_softmax = _arrays.log_softmax
transpose = _single(_arrays.transpose)
full_like = _single(_arrays.full_like)
put_at = _single(_arrays.put_at)
repeat = _single(_arrays.repeat)
pad = _single(_arrays.pad)
matmul = _arrays.matmul
einsum = _arrays.einsum
reshape = _single(_arrays.reshape)
broadcast_to = _single(_arrays.broadcast_to)
concatenate = _arrays.concatenate
stack = _arrays.stack
argsort = _arrays.argsort
take_along_axis = _arrays.take_along_axis
scatter_add = _arrays.scatter_add
linalg = _arrays.linalg
special = Special(of_floats)

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """``fft``, which is imported when it is asked for."""
        if name != "fft":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return _arrays.fft
