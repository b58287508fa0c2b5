"""Fourier transforms along several axes, and shifts of the frequency 0 to the middle."""

from __future__ import annotations

from operator import index
from typing import Any

import numpy as np

from ..arrays import shape_of
from ..operation import Operand, case, composed
from .fourier import Axes, checked, fft_of, ifft_of, irfft, resized, rfft_of
from .rearranging import roll


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
    sizes, chosen = _lengths(x, s, axes, checked(x, norm, name))
    for n, axis in zip(sizes, chosen, strict=True):
        x = resized(x, n, axis, name)
    return transform(x, tuple(chosen), norm)


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
    sizes, chosen = _lengths(a, s, axes, checked(a, norm, "rfftn"))
    for n, axis in zip(sizes, chosen, strict=True):
        a = resized(a, n, axis, "rfftn")
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
    sizes, chosen = _lengths(a, s, axes, checked(a, norm, "irfftn"))
    last = chosen[-1]
    n = 2 * (shape_of(a)[last] - 1) if s is None or s[-1] == -1 else sizes[-1]
    for size, axis in zip(sizes[:-1], chosen[:-1], strict=True):
        a = resized(a, size, axis, "irfftn")
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
