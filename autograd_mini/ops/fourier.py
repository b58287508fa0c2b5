"""Fourier transforms: four primitives, of which the rest is composed.

Lengths are changed before a transform, by zeros or by cutting. Inside a pass gradients travel unconjugated, and the
matrix of a transform is symmetric: so the transform of the gradient is its own rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import Any

import numpy as np

from ..arrays import library, shape_of
from ..operation import Operand, Rule, case, composed, primitive
from .arithmetic import where
from .elementwise import conjugated
from .indexing import getitem
from .padding import pad_constant

Axes = Sequence[int] | None


_SWAPPED = {None: "forward", "backward": "forward", "forward": "backward", "ortho": "ortho"}


@primitive(
    "F {x}",
    Rule(lambda g, out, x, axes, norm: fft_of(g, axes, norm), "exp(−2πi jk/n)", "F {g}"),
    cases=(
        case((4,), axes=(0,)),
        case((3, 2), axes=(0, 1), norm="ortho"),
        case((3, 2), axes=(0,), made="complex"),
        case((2, 3, 2), axes=(1,), norm="forward", made="complex"),
        case((1,), axes=(0,)),
    ),
    linear=True,
)
def fft_of(x: Operand, axes: Sequence[int], norm: str | None = None) -> Any:
    """The discrete Fourier transform along some axes; ``fft`` and ``fftn`` are the functions to call."""
    return library(x).fft.fftn(x, None, axes, norm)


@primitive(
    "F⁻¹ {x}",
    Rule(lambda g, out, x, axes, norm: ifft_of(g, axes, norm), "exp(2πi jk/n) / n", "F⁻¹ {g}"),
    cases=(
        case((4,), axes=(0,)),
        case((3, 2), axes=(0, 1), norm="ortho"),
        case((2, 3, 2), axes=(1,), norm="forward", made="complex"),
    ),
    linear=True,
)
def ifft_of(x: Operand, axes: Sequence[int], norm: str | None = None) -> Any:
    """The inverse transform along some axes; ``ifft`` and ``ifftn`` are the functions to call."""
    return library(x).fft.ifftn(x, None, axes, norm)


def _inner(n: int, axis: int, ndim: int) -> np.ndarray[Any, Any]:
    """A mask of the frequencies of a real signal of length n that stand for two: all but 0 and, of even n, the last."""
    k = np.arange(n // 2 + 1)
    mask: np.ndarray[Any, Any] = (k > 0) & (2 * k != n)
    return mask.reshape((-1,) + (1,) * (ndim - 1 - axis % ndim))


def _rfft_rule(g: Any, out: Any, x: Any, axis: int, norm: str | None) -> Any:
    shape = shape_of(x)
    weighed = where(_inner(shape[axis], axis, len(shape)), 0.5 * g, g)
    return irfft_of(conjugated(weighed), shape[axis], axis, _SWAPPED[norm])


def _irfft_rule(g: Any, out: Any, x: Any, n: int, axis: int, norm: str | None) -> Any:
    seen = conjugated(rfft_of(g, axis, _SWAPPED[norm]))
    return where(_inner(n, axis, len(shape_of(x))), 2.0 * seen, seen)


@primitive(
    "F {x}",
    Rule(_rfft_rule, "exp(−2πi jk/n)", "the real part of F {g}"),
    cases=(
        case((4,), axis=0),
        case((5,), axis=0, norm="ortho"),
        case((3, 2), axis=0, norm="forward"),
        case((2, 3), axis=-1),
        case((1,), axis=-1),
    ),
    linear=True,
)
def rfft_of(x: Operand, axis: int = -1, norm: str | None = None) -> Any:
    """The frequencies 0 to n/2 of a real signal; ``rfft`` is the function to call."""
    return library(x).fft.rfft(x, None, axis, norm)


@primitive(
    "F⁻¹ {x}",
    Rule(_irfft_rule, "2 · exp(2πi jk/n) / n", "F⁻¹ {g}, inner frequencies twice"),
    cases=(
        case((3, 2), n=4, axis=0, made="complex"),
        case((3, 2), n=5, axis=0, norm="ortho", made="complex"),
        case((2, 2, 2), n=2, axis=-1, norm="forward", made="complex"),
        case((1,), n=1, axis=0),
    ),
    linear=True,
)
def irfft_of(x: Operand, n: int, axis: int = -1, norm: str | None = None) -> Any:
    """The real signal of n entries with frequencies 0 to n/2; ``irfft`` is the function to call."""
    if shape_of(x)[axis] != n // 2 + 1:
        raise ValueError(f"a signal of {n} entries has {n // 2 + 1} frequencies, got {shape_of(x)[axis]}")
    return library(x).fft.irfft(x, n, axis, norm)


# --- lengths, axes and norms ------------------------------------------------------------------------------------------


def checked(x: Operand, norm: str | None, name: str) -> int:
    """The number of axes of an array that is transformed, and an error about a norm that is none."""
    if norm not in _SWAPPED:
        raise ValueError(f"fft.{name} has no norm {norm!r}: choose 'backward', 'ortho' or 'forward'")
    ndim = len(shape_of(x))
    if not ndim:
        raise ValueError(f"fft.{name} needs an array, got a single number")
    return ndim


def resized(x: Operand, n: int, axis: int, name: str) -> Any:
    """The first n entries along an axis, with zeros after the last."""
    if n < 1:
        raise ValueError(f"fft.{name} needs at least one entry along axis {axis}, got {n} of shape {shape_of(x)}")
    length = shape_of(x)[axis]
    if n < length:
        return getitem(x, (slice(None),) * axis + (slice(n),))
    if n > length:
        return pad_constant(x, tuple((0, n - length if i == axis else 0) for i in range(len(shape_of(x)))), 0.0)
    return x


def _along(x: Operand, n: int | None, axis: int, norm: str | None, name: str) -> tuple[int, int]:
    """The checked length and axis of a single transform."""
    axis = np.lib.array_utils.normalize_axis_index(axis, checked(x, norm, name))
    return shape_of(x)[axis] if n is None else index(n), axis


# --- along one axis ---------------------------------------------------------------------------------------------------


@composed(
    case((4,)), case((4,), n=3), case((4,), n=6, norm="ortho"), case((2, 3), axis=0), case((3, 2), n=4, made="complex")
)
def fft(a: Operand, n: int | None = None, axis: int = -1, norm: str | None = None) -> Any:
    """The discrete Fourier transform along an axis: y_k = Σ x_j · exp(−2πi jk/n).

    Parameters
    ----------
    a : Value or array
        Real or complex.
    n : int, optional
        The length along ``axis``, to which ``a`` is cut or filled with zeros; its own by default.
    axis : int
        The last by default.
    norm : {"backward", "ortho", "forward"}, optional
        Whether the inverse transform (by default), each, or this one is scaled: by 1/n, 1/√n, or 1/n.

    Returns
    -------
    Value if ``a`` is one, else array
        Complex; of float32 data complex64.

    Raises
    ------
    ValueError
        If there is no such norm, or ``n`` is less than 1.

    Notes
    -----
    The transform is linear and its matrix symmetric: the gradient g becomes the transform of g.

    References
    ----------
    J. W. Cooley and J. W. Tukey, "An algorithm for the machine calculation of complex Fourier series", Mathematics of
    Computation 19 (1965).

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([1.0, 2.0, 3.0, 4.0])
    >>> y = am.fft.fft(x)
    >>> y
    Value([10.+0.j, -2.+2.j, -2.+0.j, -2.-2.j], shape=(4,), dtype=complex128, op=fft_of)
    >>> am.gradients(am.real(y[1]), x)
    array([ 1.,  0., -1.,  0.])
    """
    n, axis = _along(a, n, axis, norm, "fft")
    return fft_of(resized(a, n, axis, "fft"), (axis,), norm)


@composed(case((4,)), case((4, 2), n=3, norm="ortho", axis=0, made="complex"), case((3, 2), n=4, made="complex"))
def ifft(a: Operand, n: int | None = None, axis: int = -1, norm: str | None = None) -> Any:
    """The inverse of ``fft``: x_j = 1/n · Σ y_k · exp(2πi jk/n).

    Parameters
    ----------
    a : Value or array
    n : int, optional
        The length along ``axis``, to which ``a`` is cut or filled with zeros; its own by default.
    axis : int
        The last by default.
    norm : {"backward", "ortho", "forward"}, optional
        As for ``fft``.

    Returns
    -------
    Value if ``a`` is one, else array
        Complex.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.fft.ifft([10.0, 0.0])
    array([5.+0.j, 5.+0.j])
    """
    n, axis = _along(a, n, axis, norm, "ifft")
    return ifft_of(resized(a, n, axis, "ifft"), (axis,), norm)


@composed(case((4,)), case((5,), norm="forward"), case((2, 3), n=4, axis=0, norm="ortho"), case((2, 3), n=2))
def rfft(a: Operand, n: int | None = None, axis: int = -1, norm: str | None = None) -> Any:
    """The Fourier transform of a real signal: frequencies 0 to n/2, since the others are their conjugates.

    Parameters
    ----------
    a : Value or array
        Real.
    n : int, optional
        The length along ``axis``, to which ``a`` is cut or filled with zeros; its own by default.
    axis : int
        The last by default.
    norm : {"backward", "ortho", "forward"}, optional
        As for ``fft``.

    Returns
    -------
    Value if ``a`` is one, else array
        Complex, with n // 2 + 1 entries along ``axis``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([1.0, 2.0, 3.0, 4.0])
    >>> power = am.abs(am.fft.rfft(x)) ** 2
    >>> am.gradients(power[0], x)
    array([20., 20., 20., 20.])
    """
    n, axis = _along(a, n, axis, norm, "rfft")
    return rfft_of(resized(a, n, axis, "rfft"), axis, norm)


@composed(case((3, 2), made="complex"), case((3, 2), n=5, norm="ortho", made="complex"), case((2, 3), n=2, axis=0))
def irfft(a: Operand, n: int | None = None, axis: int = -1, norm: str | None = None) -> Any:
    """The inverse of ``rfft``: the real signal with these frequencies 0 to n/2.

    Parameters
    ----------
    a : Value or array
        The imaginary parts of frequency 0 and, if n is even, of the last one count as 0.
    n : int, optional
        The length of the result along ``axis``; twice that of ``a``, less 2, by default.
    axis : int
        The last by default.
    norm : {"backward", "ortho", "forward"}, optional
        As for ``fft``.

    Returns
    -------
    Value if ``a`` is one, else array
        Real.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.fft.irfft(am.fft.rfft([1.0, 2.0, 3.0]), 3)
    array([1., 2., 3.])
    """
    length, axis = _along(a, None, axis, norm, "irfft")
    n = 2 * (length - 1) if n is None else index(n)
    if n < 1:
        raise ValueError(f"fft.irfft needs n >= 1, got {n} of shape {shape_of(a)}: say n=")
    return irfft_of(resized(a, n // 2 + 1, axis, "irfft"), n, axis, norm)


@composed(case((3, 2), made="complex"), case((3, 2), n=5, norm="ortho", made="complex"))
def hfft(a: Operand, n: int | None = None, axis: int = -1, norm: str | None = None) -> Any:
    """The real Fourier transform of a signal whose second half is the conjugate of its first.

    Parameters
    ----------
    a : Value or array
        The first n // 2 + 1 entries of the signal.
    n : int, optional
        The length of the result along ``axis``; twice that of ``a``, less 2, by default.
    axis : int
        The last by default.
    norm : {"backward", "ortho", "forward"}, optional
        As for ``fft``.

    Returns
    -------
    Value if ``a`` is one, else array
        Real.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.fft.hfft([1.0, 2.0, 3.0])
    array([ 8., -2.,  0., -2.])
    """
    checked(a, norm, "hfft")
    return irfft(conjugated(a), n, axis, _SWAPPED[norm])


@composed(case((4,)), case((5,), n=4, norm="ortho"))
def ihfft(a: Operand, n: int | None = None, axis: int = -1, norm: str | None = None) -> Any:
    """The inverse of ``hfft``.

    Parameters
    ----------
    a : Value or array
        Real.
    n : int, optional
        The length along ``axis``, to which ``a`` is cut or filled with zeros; its own by default.
    axis : int
        The last by default.
    norm : {"backward", "ortho", "forward"}, optional
        As for ``fft``.

    Returns
    -------
    Value if ``a`` is one, else array
        Complex, with n // 2 + 1 entries along ``axis``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.fft.ihfft([8.0, -2.0, 0.0, -2.0])
    array([1.-0.j, 2.-0.j, 3.-0.j])
    """
    checked(a, norm, "ihfft")
    return conjugated(rfft(a, n, axis, _SWAPPED[norm]))
