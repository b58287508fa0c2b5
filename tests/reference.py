"""What results are compared with: central differences, and formulas for functions that NumPy lacks.

Nothing here uses the package under test.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import scipy.special

Array = np.ndarray[Any, Any]

NUMPY = np.lib.NumpyVersion(np.__version__)
"""The version, for tests that compare with what older ones lack."""

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


def _cross_entropy(x: Any, labels: Any, reduction: str = "none") -> Any:
    rows = np.log(_softmax(x))
    losses = -np.sum(rows * np.eye(rows.shape[-1])[labels], axis=-1)
    return np.mean(losses) if reduction == "mean" else np.sum(losses) if reduction == "sum" else losses


def _pairs(padding: Any, n: int) -> Any:
    return [(p, p) if isinstance(p, int) else p for p in ([padding] * n if isinstance(padding, int) else padding)]


def _each(number: Any, n: int) -> Any:
    return (number,) * n if isinstance(number, int) else number


def _conv(x: Any, w: Any, b: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1) -> Any:
    """One term for each entry of the kernel: the shifted input times that entry's matrix."""
    x, n = np.asarray(x), x.ndim - 2
    stride, dilation = _each(stride, n), _each(dilation, n)
    if padding == "same":
        total = [d * (k - 1) for k, d in zip(w.shape[2:], dilation, strict=True)]
        padding = [(t // 2, t - t // 2) for t in total]
    x = np.pad(x, [(0, 0), (0, 0), *_pairs(padding, n)])
    places = [
        (m - d * (k - 1) - 1) // s + 1 for m, k, s, d in zip(x.shape[2:], w.shape[2:], stride, dilation, strict=True)
    ]
    out: Any = np.zeros((len(x), len(w), *places), np.result_type(x, w))
    reach = [d * (k - 1) for k, d in zip(w.shape[2:], dilation, strict=True)]
    for tap in np.ndindex(w.shape[2:]):
        where = tuple(
            slice(t * d, m - r + t * d, s)
            for t, m, r, s, d in zip(tap, x.shape[2:], reach, stride, dilation, strict=True)
        )
        parts = zip(np.split(x[(..., *where)], groups, 1), np.split(w[(..., *tap)], groups, 0), strict=True)
        out = out + np.concatenate([np.einsum("bc...,oc->bo...", part, kernel) for part, kernel in parts], axis=1)
    return out if b is None else out + b.reshape(-1, *(1,) * n)


def _conv_input(x: Any, w: Any, size: Any, stride: Any, padding: Any, dilation: Any, groups: int) -> Any:
    """Every entry of the input puts its kernel down."""
    x = np.asarray(x)
    out: Any = np.zeros(
        (len(x), w.shape[1] * groups, *(a + m + z for m, (a, z) in zip(size, padding, strict=True))), x.dtype
    )
    for place in np.ndindex(x.shape[2:]):
        where = tuple(
            slice(p * s, p * s + d * (k - 1) + 1, d)
            for p, s, d, k in zip(place, stride, dilation, w.shape[2:], strict=True)
        )
        parts = zip(np.split(x[(..., *place)], groups, 1), np.split(w, groups, 0), strict=True)
        out[(..., *where)] += np.concatenate([np.tensordot(part, kernel, (1, 0)) for part, kernel in parts], axis=1)
    return out[(..., *(slice(a, a + m) for m, (a, _) in zip(size, padding, strict=True)))]


def _conv_transpose(
    x: Any, w: Any, b: Any = None, stride: Any = 1, padding: Any = 0, output_padding: Any = 0, dilation: Any = 1,
    groups: int = 1,
) -> Any:  # fmt: skip
    n = w.ndim - 2
    stride, dilation, pairs = _each(stride, n), _each(dilation, n), _pairs(padding, n)
    size = [
        (m - 1) * s - sum(p) + d * (k - 1) + e + 1
        for m, s, p, d, k, e in zip(
            x.shape[2:], stride, pairs, dilation, w.shape[2:], _each(output_padding, n), strict=True
        )
    ]
    out = _conv_input(x, w, size, stride, pairs, dilation, groups)
    return out if b is None else out + b.reshape(-1, *(1,) * n)


def _conv_kernel(x: Any, y: Any, kernel: Any, stride: Any, padding: Any, dilation: Any, groups: int) -> Any:
    """The part of each kernel's entry: the derivative of Σ y · conv(x, w), which is linear in w."""
    out = np.zeros((y.shape[1], x.shape[1] // groups, *kernel), np.result_type(x, y))
    for entry in np.ndindex(out.shape):
        w = np.zeros(out.shape)
        w[entry] = 1
        out[entry] = np.sum(y * _conv(x, w, None, stride, padding, dilation, groups))
    return out


def _windows(x: Any, kernel: Any, stride: Any, dilation: Any) -> Any:
    n = len(kernel)
    rest, size = x.shape[: x.ndim - n], x.shape[x.ndim - n :]
    places = [(m - d * (k - 1) - 1) // s + 1 for m, k, s, d in zip(size, kernel, stride, dilation, strict=True)]
    out = np.zeros((*kernel, *rest, *places), np.asarray(x).dtype)
    for tap in np.ndindex(*kernel):
        for place in np.ndindex(*places):
            at = tuple(p * s + t * d for p, s, t, d in zip(place, stride, tap, dilation, strict=True))
            out[(*tap, ..., *place)] = x[(..., *at)]
    return out


def _put_windows(x: Any, size: Any, stride: Any, dilation: Any) -> Any:
    n = len(size)
    out = np.zeros((*x.shape[n : x.ndim - n], *size), np.asarray(x).dtype)
    for tap in np.ndindex(*x.shape[:n]):
        for place in np.ndindex(*x.shape[x.ndim - n :]):
            at = tuple(p * s + t * d for p, s, t, d in zip(place, stride, tap, dilation, strict=True))
            out[(..., *at)] += x[(*tap, ..., *place)]
    return out


def _largest(x: Any, kernel: Any, stride: Any, dilation: Any, border: Any = ()) -> Any:
    return np.max(_windows(x, kernel, stride, dilation), axis=tuple(range(len(kernel))))


def _share_largest(g: Any, x: Any, y: Any, kernel: Any, stride: Any, dilation: Any) -> Any:
    won = _windows(x, kernel, stride, dilation) == y
    shares = won * g / np.maximum(won.sum(axis=tuple(range(len(kernel)))), 1)
    return _put_windows(shares, x.shape[x.ndim - len(kernel) :], stride, dilation)


def _gather_largest(h: Any, x: Any, y: Any, kernel: Any, stride: Any, dilation: Any) -> Any:
    won, axes = _windows(x, kernel, stride, dilation) == y, tuple(range(len(kernel)))
    taken = _windows(h, kernel, stride, dilation)
    return np.sum(won * taken, axis=axes) / np.maximum(won.sum(axis=axes), 1)


def _pool(reduce: Any, fill: float) -> Callable[..., Any]:
    """With ceil_mode the last windows, which start before the padding at the end, leave out what is beyond it."""

    def pool(x: Any, kernel: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, **how: Any) -> Any:
        n = x.ndim - 2
        kernel, dilation = _each(kernel, n), _each(dilation, n)
        stride = kernel if stride is None else _each(stride, n)
        missing = fill if how.get("count_include_pad", True) else np.nan
        ends = [a + m for m, (a, _) in zip(x.shape[2:], _pairs(padding, n), strict=True)]
        x = np.pad(x, [(0, 0), (0, 0), *_pairs(padding, n)], constant_values=missing)
        if how.get("ceil_mode"):
            x = np.pad(x, [(0, 0), (0, 0), *[(0, s - 1) for s in stride]], constant_values=np.nan)
        started = tuple(slice(-(-end // s)) for end, s in zip(ends, stride, strict=True))
        return reduce(_windows(x, kernel, stride, dilation)[(..., *started)], axis=tuple(range(n)))

    return pool


def _cofactors(a: Any) -> Any:
    out = np.ones(a.shape, a.dtype)
    n = a.shape[-1]
    for i, j in np.ndindex(n, n):
        minor = np.delete(np.delete(a, i, axis=-2), j, axis=-1)
        out[..., i, j] = (-1) ** (i + j) * np.linalg.det(minor)
    return out


def _packed(x: Any) -> Any:
    """A complex array, whatever NumPy gave."""
    return np.asarray(x).astype(np.result_type(x, np.complex64))


def _polygamma(x: Any, order: int) -> Any:
    """SciPy's is always float64."""
    return (
        scipy.special.psi(x) if order == 0 else scipy.special.polygamma(order, x).astype(np.result_type(x, np.float32))
    )


def _written(write: Callable[..., Any]) -> Callable[..., Any]:
    """A function of NumPy that writes into its argument, as one that returns a written copy."""

    def function(x: Any, *args: Any, **how: Any) -> Any:
        out = np.array(x)
        write(out, *args, **how)
        return out

    return function


def _wide(x: Any) -> Any:
    return np.asarray(x).astype(float, casting="same_kind" if np.iscomplexobj(x) else "unsafe")


def _put_at(x: Any, v: Any, index: Any) -> Any:
    out = np.array(x)
    out[index] = v
    return out


FORMULAS: dict[str, Callable[..., Any]] = {
    "astype": lambda x, dtype: np.asarray(x).astype(dtype),
    "avg_pool": _pool(np.nanmean, 0.0),
    "conv": _conv,
    "conv_input": _conv_input,
    "conv_kernel": _conv_kernel,
    "conv_of": lambda x, w, **how: _conv(x, w, None, **how),
    "conv_transpose": _conv_transpose,
    "cofactors": _cofactors,
    "einsum_of": lambda operands, subscripts: np.einsum(subscripts, *operands),
    "cummax": lambda x, axis=None: np.maximum.accumulate(x if axis is not None else np.ravel(x), axis=axis or 0),
    "running_max": lambda x: np.maximum.accumulate(x, axis=0),
    "running_min": lambda x: np.minimum.accumulate(x, axis=0),
    "geomspace": lambda x, y, **how: np.geomspace(x, y, **how).astype(np.result_type(1.0 * x, 1.0 * y)),
    "cummin": lambda x, axis=None: np.minimum.accumulate(x if axis is not None else np.ravel(x), axis=axis or 0),
    "logcumsumexp": lambda x, axis=None: np.logaddexp.accumulate(
        x if axis is not None else np.ravel(x), axis=axis or 0
    ),
    "append": np.append,
    "bincount": lambda x, weights, **how: _scatter(weights, x, np.bincount(x, **how).shape),
    "column_stack": lambda *arrays: np.column_stack(arrays),
    "dstack": lambda *arrays: np.dstack(arrays),
    "fill_diagonal": _written(np.fill_diagonal),
    "interp": lambda x, xp, fp, **how: np.interp(_wide(x), _wide(xp), _wide(fp), **how).astype(np.result_type(x, fp)),
    "matvec": lambda x, y: np.einsum("...ij,...j->...i", x, y),
    "place": _written(np.place),
    "put": _written(np.put),
    "put_along_axis": _written(np.put_along_axis),
    "put_at": _put_at,
    "putmask": _written(np.putmask),
    "unstack": lambda x, axis=0: [np.take(x, i, axis) for i in range(np.shape(x)[axis])],
    "vander": lambda x, **how: np.vander(x, **how).astype(np.asarray(x).dtype),  # NumPy's is never below float64
    "vecmat": lambda x, y: np.einsum("...i,...ij->...j", np.conj(x), y),
    "erf": lambda x: np.vectorize(math.erf, otypes=[np.asarray(x).dtype])(x),
    "fft_of": lambda x, axes, norm=None: np.fft.fftn(x, axes=axes, norm=norm),
    "fit": _fit,
    "gather_largest": _gather_largest,
    "getitem": lambda x, index: np.asarray(x)[index],
    "ldexp": lambda x, exponent=0: np.ldexp(x, exponent),
    "hermitian_values": np.linalg.eigvalsh,
    "hermitian_vectors": lambda a, UPLO="L": np.linalg.eigh(a, UPLO).eigenvectors,
    "hstack": lambda *arrays: np.hstack(arrays),
    "identity": lambda x: x,
    "largest": _largest,
    "ifft_of": lambda x, axes, norm=None: np.fft.ifftn(x, axes=axes, norm=norm),
    "irfft_of": lambda x, n, axis=-1, norm=None: np.fft.irfft(x, n, axis=axis, norm=norm),
    "left_vectors": lambda a: np.linalg.svd(a, full_matrices=False).U,
    "linear": lambda x, W, b: x @ W + b,
    "log_abs_det": lambda a: np.linalg.slogdet(a).logabsdet,
    "log_loss": lambda p, t: -(t * np.log(p) + (1 - t) * np.log(1 - p)),
    "log_softmax": lambda x, axis=-1: np.log(_softmax(x, axis)),
    "logsumexp": _logsumexp,
    "fft": np.fft.fft,
    "norm": np.linalg.norm,
    "pad_constant": lambda x, widths, value: np.pad(x, widths, constant_values=value),
    "qr_q": lambda a: np.linalg.qr(a).Q,
    "qr_r": lambda a: np.linalg.qr(a).R,
    "relu": lambda x: np.where(np.asarray(x) > 0, x, 0),
    "rfft_of": lambda x, axis=-1, norm=None: np.fft.rfft(x, axis=axis, norm=norm),
    "right_vectors": lambda a: np.linalg.svd(a, full_matrices=False).Vh,
    "root": np.sqrt,
    "scatter": _scatter,
    "share_largest": _share_largest,
    "sigmoid": lambda x: 1 / (1 + np.exp(-np.asarray(x))),
    "sign_of_det": lambda a: np.linalg.slogdet(a).sign,
    "singular_values": lambda a: np.linalg.svd(a, compute_uv=False),
    "softmax": _softmax,
    "mean_cross_entropy": lambda x, labels, rows: np.sum(_cross_entropy(x, labels)) / rows,
    "softmax_cross_entropy": _cross_entropy,
    "softplus": lambda x: np.log(1 + np.exp(x)),
    "step": lambda x: np.where(np.asarray(x) > 0, np.ones_like(x), np.zeros_like(x)),
    "max_pool": _pool(np.nanmax, -np.inf),
    "put_windows": _put_windows,
    "sliding_window_view": np.lib.stride_tricks.sliding_window_view,
    "windows": _windows,
    "values_of": lambda a: _packed(np.linalg.eigvals(a)),
    "vectors_of": lambda a: _packed(np.linalg.eig(a).eigenvectors),
    "vstack": lambda *arrays: np.vstack(arrays),
}
"""Functions that NumPy does not have, or has under another signature."""


FORMULAS |= {
    "bessel_i": lambda x, v: scipy.special.iv(v, x),
    "bessel_ie": lambda x, v: scipy.special.ive(v, x),
    "bessel_j": lambda x, v: scipy.special.jv(v, x),
    "bessel_k": lambda x, v: scipy.special.kv(v, x),
    "bessel_ke": lambda x, v: scipy.special.kve(v, x),
    "bessel_y": lambda x, v: scipy.special.yv(v, x),
    "exponential_integral": lambda x, order: scipy.special.expn(np.float32(order), x),
    "hurwitz": lambda q, x: scipy.special.zeta(x, q),
    "i0": scipy.special.i0,
    "incomplete_beta": lambda x, a, b: scipy.special.betainc(a, b, x),
    "lower_gamma": lambda x, a: scipy.special.gammainc(a, x),
    "polygamma_of": _polygamma,
    "upper_gamma": lambda x, a: scipy.special.gammaincc(a, x),
}


def _cumulative(cumulate: Callable[..., Any], first: float) -> Callable[..., Any]:
    """NumPy's ``cumulative_sum`` and ``cumulative_prod``, which came with NumPy 2.1."""

    def cumulative(x: Any, axis: Any = None, include_initial: bool = False, **options: Any) -> Any:
        out = cumulate(x, axis=axis, **options)
        if not include_initial:
            return out
        lead = [(int(i == (axis or 0) % out.ndim), 0) for i in range(out.ndim)]
        return np.pad(out, lead, constant_values=first)

    return cumulative


def _pad(x: Any, pad_width: Any, mode: Any = "constant", **options: Any) -> Any:
    """NumPy's ``pad``, whose widths by axis came with NumPy 2.2."""
    if isinstance(pad_width, dict):
        widths = {axis % x.ndim: width for axis, width in pad_width.items()}
        pad_width = [np.broadcast_to(widths.get(i, 0), 2).tolist() for i in range(x.ndim)]
    return np.pad(x, pad_width, mode, **options)


def _multigammaln(a: Any, d: int) -> Any:
    """SciPy's function in the dtype of its ``gammaln``: which it has itself depends on the version."""
    return sum(scipy.special.gammaln(a - 0.5 * j) for j in range(d)) + 0.25 * d * (d - 1) * math.log(math.pi)


FORMULAS |= {
    "times": np.multiply,
    "cumulative_prod": _cumulative(np.cumprod, 1.0),
    "cumulative_sum": _cumulative(np.cumsum, 0.0),
    "multigammaln": _multigammaln,
    "pad": _pad,
    "reshape": lambda x, shape, order="C": np.reshape(x, shape, order),  # by name since NumPy 2.1
}


def reference(name: str) -> Callable[..., Any]:
    """NumPy's function of the name, or the formula for it."""
    places = (np, np.linalg, np.fft, scipy.special)
    function = FORMULAS.get(name) or next((getattr(place, name) for place in places if hasattr(place, name)), None)
    if not callable(function):
        raise LookupError(f"{name} is no function of NumPy: give its formula in tests/reference.py")
    return function
