"""What results are compared with: central differences, and formulas for functions that NumPy lacks.

Nothing here uses the package under test.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

STEP = 1e-4
WEIGHTS = ((-2, 1 / 12), (-1, -8 / 12), (1, 8 / 12), (2, -1 / 12))
"""The five-point central difference: its error is of order STEP⁴."""


def slopes(f: Callable[[Array], Array], x: Array) -> Array:
    """df/dx of a function that works entry by entry, at every entry, in float64."""
    x = np.asarray(x, np.float64)
    return np.asarray(sum(weight * f(x + i * STEP) for i, weight in WEIGHTS) / STEP)


def gradient(f: Callable[[Array], Any], x: Any) -> Array:
    """All partial derivatives of a function that gives a single number, one entry of x at a time, in float64."""
    x = np.array(x, np.float64)
    out = np.zeros(x.shape)
    for entry in np.ndindex(x.shape):
        for i, weight in WEIGHTS:
            moved = x.copy()
            moved[entry] += i * STEP
            out[entry] += weight * float(f(moved)) / STEP
    return out


def jacobian(f: Callable[[Array], Any], x: Any) -> Array:
    """The derivatives of all entries of f(x) by all entries of x, shape ``f(x).shape + x.shape``."""
    x = np.array(x, np.float64)
    out = np.zeros((*np.shape(f(x)), *x.shape))
    for entry in np.ndindex(x.shape):
        for i, weight in WEIGHTS:
            moved = x.copy()
            moved[entry] += i * STEP
            out[(..., *entry)] += weight * np.asarray(f(moved)) / STEP
    return out


def complex_gradient(f: Callable[[Array], Any], z: Any) -> Array:
    """∂f/∂a + i ∂f/∂b of a real result at z = a + ib: the direction of steepest ascent, as PyTorch gives it."""
    z = np.array(z, np.complex128)
    return gradient(lambda a: f(a + 1j * z.imag), z.real) + 1j * gradient(lambda b: f(z.real + 1j * b), z.imag)


def unbroadcast(g: Array, shape: tuple[int, ...]) -> Array:
    """The sum over the axes along which an array of ``shape`` was broadcast."""
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    return np.asarray(g.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True)).reshape(shape)


def scattered(entries: Array, places: Sequence[int], rng: np.random.Generator) -> list[Array]:
    """The entries in random order in arrays of the given sizes."""
    return np.split(rng.permutation(entries), np.cumsum(places)[:-1])


def separated(shapes: Sequence[tuple[int, ...]], domain: tuple[float, float], rng: np.random.Generator) -> list[Array]:
    """Arrays whose entries lie in the domain, all differ and are not near 0: no difference steps over a kink."""
    sizes = [math.prod(shape) for shape in shapes]
    total = sum(sizes)
    low, high = domain
    entries = low + (high - low) * (np.arange(total) + rng.uniform(0.2, 0.8, total)) / max(total, 1)
    entries = np.where(np.abs(entries) < 0.01, 0.01, entries)
    return [part.reshape(shape) for part, shape in zip(scattered(entries, sizes, rng), shapes, strict=True)]


def _logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return np.log(np.sum(np.exp(x), axis=axis, keepdims=keepdims))


def _softmax(x: Any, axis: int = -1) -> Any:
    return np.exp(x) / np.sum(np.exp(x), axis=axis, keepdims=True)


def _scatter(x: Any, index: Any, shape: tuple[int, ...]) -> Any:
    out = np.zeros(shape, np.asarray(x).dtype)
    np.add.at(out, index, x)
    return out


def _fit(x: Any, like: Any) -> Any:
    return unbroadcast(np.asarray(x), np.shape(like))


def _cross_entropy(x: Any, labels: Any) -> Any:
    rows = np.log(_softmax(x))
    return -np.sum(rows * np.eye(rows.shape[-1])[labels], axis=-1)


FORMULAS: dict[str, Callable[..., Any]] = {
    "astype": lambda x, dtype: np.asarray(x).astype(dtype),
    "einsum_of": lambda operands, subscripts: np.einsum(subscripts, *operands),
    "erf": lambda x: np.vectorize(math.erf, otypes=[np.asarray(x).dtype])(x),
    "fit": _fit,
    "getitem": lambda x, index: np.asarray(x)[index],
    "ldexp": lambda x, exponent=0: np.ldexp(x, exponent),
    "hstack": lambda *arrays: np.hstack(arrays),
    "identity": lambda x: x,
    "linear": lambda x, W, b: x @ W + b,
    "log_loss": lambda p, t: -(t * np.log(p) + (1 - t) * np.log(1 - p)),
    "log_softmax": lambda x, axis=-1: np.log(_softmax(x, axis)),
    "logsumexp": _logsumexp,
    "norm": np.linalg.norm,
    "pad_constant": lambda x, widths, value: np.pad(x, widths, constant_values=value),
    "relu": lambda x: np.where(np.asarray(x) > 0, x, 0),
    "root": np.sqrt,
    "scatter": _scatter,
    "sigmoid": lambda x: 1 / (1 + np.exp(-np.asarray(x))),
    "softmax": _softmax,
    "softmax_cross_entropy": _cross_entropy,
    "softplus": lambda x: np.log(1 + np.exp(x)),
    "step": lambda x: np.where(np.asarray(x) > 0, np.ones_like(x), np.zeros_like(x)),
    "vstack": lambda *arrays: np.vstack(arrays),
}
"""Functions that NumPy does not have, or has under another signature."""


def reference(name: str) -> Callable[..., Any]:
    """NumPy's function of the name, or the formula for it."""
    function = FORMULAS.get(name, getattr(np, name, None))
    if function is None:
        raise LookupError(f"{name} is no function of NumPy: give its formula in tests/reference.py")
    return function
