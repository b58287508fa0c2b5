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
from .indexing import getitem
from .matrices import conjugated
from .padding import pad_constant
from .rearranging import roll

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


def _checked(x: Operand, norm: str | None, name: str) -> int:
    if norm not in _SWAPPED:
        raise ValueError(f"fft.{name} has no norm {norm!r}: choose 'backward', 'ortho' or 'forward'")
    ndim = len(shape_of(x))
    if not ndim:
        raise ValueError(f"fft.{name} needs an array, got a single number")
    return ndim


def _resized(x: Operand, n: int, axis: int, name: str) -> Any:
    """The first n entries along an axis, with zeros after the last."""
    if n < 1:
        raise ValueError(f"fft.{name} needs at least one entry along axis {axis}, got {n} of shape {shape_of(x)}")
    length = shape_of(x)[axis]
    if n < length:
        return getitem(x, (slice(None),) * axis + (slice(n),))
    if n > length:
        return pad_constant(x, tuple((0, n - length if i == axis else 0) for i in range(len(shape_of(x)))), 0.0)
    return x


def _lengths(x: Operand, s: Axes, axes: Axes, ndim: int) -> tuple[list[int], list[int]]:
    """The length after resizing and the axis of each transform, in order."""
    places = list(range(ndim) if s is None else range(ndim - len(s), ndim)) if axes is None else list(axes)
    if s is not None and len(s) != len(places):
        raise ValueError(f"s gives {len(s)} lengths for {len(places)} axes")
    chosen = [np.lib.array_utils.normalize_axis_index(index(axis), ndim) for axis in places]
    shape = shape_of(x)
    sizes = (
        [shape[axis] for axis in chosen]
        if s is None
        else [shape[a] if n == -1 else n for n, a in zip(s, chosen, strict=True)]
    )
    return [index(n) for n in sizes], chosen


def _many(transform: Any, x: Operand, s: Axes, axes: Axes, norm: str | None, name: str) -> Any:
    sizes, chosen = _lengths(x, s, axes, _checked(x, norm, name))
    for n, axis in zip(sizes, chosen, strict=True):
        x = _resized(x, n, axis, name)
    return transform(x, tuple(chosen), norm)


def _along(x: Operand, n: int | None, axis: int, norm: str | None, name: str) -> tuple[int, int]:
    """The checked length and axis of a single transform."""
    axis = np.lib.array_utils.normalize_axis_index(axis, _checked(x, norm, name))
    return shape_of(x)[axis] if n is None else index(n), axis


# --- the functions ----------------------------------------------------------------------------------------------------


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
    return fft_of(_resized(a, n, axis, "fft"), (axis,), norm)


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
    return ifft_of(_resized(a, n, axis, "ifft"), (axis,), norm)


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
    return rfft_of(_resized(a, n, axis, "rfft"), axis, norm)


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
    return irfft_of(_resized(a, n // 2 + 1, axis, "irfft"), n, axis, norm)


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
    _checked(a, norm, "hfft")
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
    _checked(a, norm, "ihfft")
    return conjugated(rfft(a, n, axis, _SWAPPED[norm]))


@composed(case((2, 3)), case((2, 3), s=(3, 2), axes=(1, 0)), case((2, 3, 2), axes=(0,), norm="ortho", made="complex"))
def fftn(a: Operand, s: Axes = None, axes: Axes = None, norm: str | None = None) -> Any:
    """The Fourier transform along several axes, by default all.

    Parameters
    ----------
    a : Value or array
    s : sequence of int, optional
        The lengths along ``axes``, to which ``a`` is cut or filled with zeros; -1 keeps one.
    axes : sequence of int, optional
        By default all, or the last ones if ``s`` is given.
    norm : {"backward", "ortho", "forward"}, optional
        As for ``fft``.

    Returns
    -------
    Value if ``a`` is one, else array
        Complex.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.fft.fftn([[1.0, 2.0], [3.0, 4.0]])
    array([[10.+0.j, -2.+0.j],
           [-4.+0.j,  0.+0.j]])
    """
    return _many(fft_of, a, s, axes, norm, "fftn")


@composed(case((2, 3)), case((2, 3, 2), s=(3, 2), axes=(0, 1), norm="forward", made="complex"))
def ifftn(a: Operand, s: Axes = None, axes: Axes = None, norm: str | None = None) -> Any:
    """The inverse of ``fftn``.

    Parameters
    ----------
    a : Value or array
    s : sequence of int, optional
        The lengths along ``axes``, to which ``a`` is cut or filled with zeros; -1 keeps one.
    axes : sequence of int, optional
        By default all, or the last ones if ``s`` is given.
    norm : {"backward", "ortho", "forward"}, optional
        As for ``fft``.

    Returns
    -------
    Value if ``a`` is one, else array
        Complex.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.fft.ifftn([[4.0, 0.0], [0.0, 0.0]])
    array([[1.+0.j, 1.+0.j],
           [1.+0.j, 1.+0.j]])
    """
    return _many(ifft_of, a, s, axes, norm, "ifftn")


@composed(case((2, 3)), case((2, 3), s=(3, 2), axes=(1, 0)), case((2, 2, 2), norm="ortho"))
def rfftn(a: Operand, s: Axes = None, axes: Axes = None, norm: str | None = None) -> Any:
    """The Fourier transform of real data along several axes; along the last of them frequencies 0 to n/2.

    Parameters
    ----------
    a : Value or array
        Real.
    s : sequence of int, optional
        The lengths along ``axes``, to which ``a`` is cut or filled with zeros; -1 keeps one.
    axes : sequence of int, optional
        By default all, or the last ones if ``s`` is given.
    norm : {"backward", "ortho", "forward"}, optional
        As for ``fft``.

    Returns
    -------
    Value if ``a`` is one, else array
        Complex.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_mini as am
    >>> am.fft.rfftn(np.ones((2, 3, 4))).shape
    (2, 3, 3)
    """
    sizes, chosen = _lengths(a, s, axes, _checked(a, norm, "rfftn"))
    for n, axis in zip(sizes, chosen, strict=True):
        a = _resized(a, n, axis, "rfftn")
    out = rfft_of(a, chosen[-1], norm)
    return fft_of(out, tuple(chosen[:-1]), norm) if len(chosen) > 1 else out


@composed(
    case((2, 3, 2), made="complex"),
    case((2, 3, 2), s=(3, 3), axes=(1, 0), norm="ortho", made="complex"),
    case((2, 3), s=(4,), axes=(1,)),
)
def irfftn(a: Operand, s: Axes = None, axes: Axes = None, norm: str | None = None) -> Any:
    """The inverse of ``rfftn``.

    Parameters
    ----------
    a : Value or array
    s : sequence of int, optional
        The lengths of the result along ``axes``; by default those of ``a``, and along the last twice as many, less 2.
    axes : sequence of int, optional
        By default all, or the last ones if ``s`` is given.
    norm : {"backward", "ortho", "forward"}, optional
        As for ``fft``.

    Returns
    -------
    Value if ``a`` is one, else array
        Real.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_mini as am
    >>> am.fft.irfftn(am.fft.rfftn(np.ones((2, 4)))).shape
    (2, 4)
    """
    sizes, chosen = _lengths(a, s, axes, _checked(a, norm, "irfftn"))
    last = chosen[-1]
    n = 2 * (shape_of(a)[last] - 1) if s is None or s[-1] == -1 else sizes[-1]
    for size, axis in zip(sizes[:-1], chosen[:-1], strict=True):
        a = _resized(a, size, axis, "irfftn")
    out = ifft_of(a, tuple(chosen[:-1]), norm) if len(chosen) > 1 else a
    return irfft(out, n, last, norm)


def fft2(a: Operand, s: Axes = None, axes: Axes = (-2, -1), norm: str | None = None) -> Any:
    """``fftn`` along two axes, the last ones by default.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_mini as am
    >>> am.fft.fft2(np.ones((2, 2)))[0, 0]
    np.complex128(4+0j)
    """
    return fftn(a, s, axes, norm)


def ifft2(a: Operand, s: Axes = None, axes: Axes = (-2, -1), norm: str | None = None) -> Any:
    """``ifftn`` along two axes, the last ones by default.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_mini as am
    >>> am.fft.ifft2(np.ones((2, 2)))[0, 0]
    np.complex128(1+0j)
    """
    return ifftn(a, s, axes, norm)


def rfft2(a: Operand, s: Axes = None, axes: Axes = (-2, -1), norm: str | None = None) -> Any:
    """``rfftn`` along two axes, the last ones by default.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_mini as am
    >>> am.fft.rfft2(np.ones((2, 4))).shape
    (2, 3)
    """
    return rfftn(a, s, axes, norm)


def irfft2(a: Operand, s: Axes = None, axes: Axes = (-2, -1), norm: str | None = None) -> Any:
    """``irfftn`` along two axes, the last ones by default.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_mini as am
    >>> am.fft.irfft2(np.ones((2, 3))).shape
    (2, 4)
    """
    return irfftn(a, s, axes, norm)


@composed(case((4,)), case((2, 3)), case((2, 3), axes=1))
def fftshift(x: Operand, axes: int | Axes = None) -> Any:
    """Frequency 0 moved to the middle.

    Parameters
    ----------
    x : Value or array
    axes : int or sequence of int, optional
        All by default.

    Returns
    -------
    Value if ``x`` is one, else array
        In the shape of ``x``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.fft.fftshift(am.fft.fftfreq(4, 0.25))
    array([-2., -1.,  0.,  1.])
    """
    return _shifted(x, axes, 1)


@composed(case((4,)), case((3, 3)), case((2, 3), axes=(1,)))
def ifftshift(x: Operand, axes: int | Axes = None) -> Any:
    """The inverse of ``fftshift``.

    Parameters
    ----------
    x : Value or array
    axes : int or sequence of int, optional
        All by default.

    Returns
    -------
    Value if ``x`` is one, else array
        In the shape of ``x``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.fft.ifftshift([-1.0, 0.0, 1.0])
    array([ 0.,  1., -1.])
    """
    return _shifted(x, axes, -1)


def _shifted(x: Operand, axes: Any, direction: int) -> Any:
    shape = shape_of(x)
    chosen = np.lib.array_utils.normalize_axis_tuple(range(len(shape)) if axes is None else axes, len(shape))
    halves = [shape[i] // 2 if direction > 0 else -(shape[i] // 2) for i in chosen]
    return roll(x, halves, chosen)
