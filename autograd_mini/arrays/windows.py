"""Windows over NumPy arrays, and convolution as products of matrices of windows.

A window is a strided view: nothing is copied until a product needs it in a row. Products are taken over a few examples
at a time, so that the windows that they copy stay in the processor's cache.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

Array = Any
Sizes = tuple[int, ...]
Border = Sequence[tuple[int, int]]
"""How many entries before and after each of the last axes were added around the data; empty for none."""

CACHED = 1 << 20
"""Bytes of windows copied at a time."""


def windows(x: Any, kernel: Sizes, stride: Sizes, dilation: Sizes) -> Array:
    """The windows over the last axes, as a read-only view of shape ``(*kernel, *rest, *places)``."""
    x = np.asarray(x)
    n = len(kernel)
    rest, places = x.shape[: x.ndim - n], places_of(x.shape[x.ndim - n :], kernel, stride, dilation)
    along = x.strides[x.ndim - n :]
    steps = [*(s * d for s, d in zip(along, dilation, strict=True)), *x.strides[: x.ndim - n]]
    steps += [s * t for s, t in zip(along, stride, strict=True)]
    return np.lib.stride_tricks.as_strided(x, (*kernel, *rest, *places), steps, writeable=False)


def put_windows(g: Any, size: Sizes, stride: Sizes, dilation: Sizes) -> Array:
    """Zeros whose last axes have ``size``, to which windows are added where ``windows`` takes them from."""
    g = np.asarray(g)
    n = len(size)
    kernel, places = g.shape[:n], g.shape[g.ndim - n :]
    out: Any = np.zeros((*g.shape[n : g.ndim - n], *size), g.dtype)
    apart = all(k == 1 or s >= k * d for k, s, d in zip(kernel, stride, dilation, strict=True))
    for offset in np.ndindex(kernel):
        target = out[(..., *taps_at(offset, places, stride, dilation))]
        if apart:
            target[...] = g[offset]
        else:
            target += g[offset]
    return out


def largest(x: Any, kernel: Sizes, stride: Sizes, dilation: Sizes, border: Border = ()) -> Array:
    """The largest entry of each window: one tap after the other, since NumPy reduces short axes slowly."""
    first, *others = _tapped(x, kernel, stride, dilation)
    out = first.copy()
    for taken in others:
        np.maximum(out, taken, out=out)
    return out


def share_largest(g: Any, x: Any, y: Any, kernel: Sizes, stride: Sizes, dilation: Sizes, border: Border = ()) -> Array:
    """``g`` to the entries of ``x`` that are their window's largest, ``y``, in equal parts where they tie."""
    out = np.zeros(x.shape, g.dtype)
    won, ties = _won(x, y, kernel, stride, dilation, border)
    part = (g / ties).astype(g.dtype, copy=False)
    for target, wins in zip(_tapped(out, kernel, stride, dilation), won, strict=True):
        target[...] += np.where(wins, part, part.dtype.type(0))
    return out.astype(g.dtype, copy=False)


def gather_largest(h: Any, x: Any, y: Any, kernel: Sizes, stride: Sizes, dilation: Sizes, border: Border = ()) -> Array:
    """The mean of ``h`` over the entries of ``x`` that are their window's largest, ``y``."""
    won, ties = _won(x, y, kernel, stride, dilation, border)
    out = np.zeros(y.shape, np.float32 if h.dtype.itemsize == 2 else h.dtype)
    for taken, wins in zip(_tapped(h, kernel, stride, dilation), won, strict=True):
        np.add(out, taken, out=out, where=wins)
    return (out / ties).astype(h.dtype, copy=False)


def _won(
    x: Array, y: Array, kernel: Sizes, stride: Sizes, dilation: Sizes, border: Border
) -> tuple[list[Array], Array]:
    """For each entry of the window where it is the largest, and how many tie for it; the border takes no part."""
    won = [taken == y for taken in _tapped(x, kernel, stride, dilation)]
    if np.isnan(y).any():
        won = [wins | np.isnan(taken) for wins, taken in zip(won, _tapped(x, kernel, stride, dilation), strict=True)]
    if border:
        inner = _tapped(inside_of(x.shape, border), kernel, stride, dilation)
        won = [wins & inside for wins, inside in zip(won, inner, strict=True)]
    count = np.zeros(y.shape, np.min_scalar_type(len(won)))
    for wins in won:
        count += wins
    return won, np.maximum(count, 1, out=count)  # there are none in a window of border only


def inside_of(shape: Sizes, border: Border) -> Array:
    """Which entries of an array's last axes are no border."""
    inside = np.zeros(shape[len(shape) - len(border) :], bool)
    inside[tuple(slice(a, n - b) for n, (a, b) in zip(inside.shape, border, strict=True))] = True
    return inside


def _tapped(x: Any, kernel: Sizes, stride: Sizes, dilation: Sizes) -> Iterator[Any]:
    """For each entry of the window, the entries of ``x`` that it meets, as a view."""
    n = len(kernel)
    places = places_of(x.shape[x.ndim - n :], kernel, stride, dilation)
    return (x[(..., *taps_at(offset, places, stride, dilation))] for offset in np.ndindex(kernel))


def places_of(size: Sequence[int], kernel: Sizes, stride: Sizes, dilation: Sizes) -> Sizes:
    """How many places a window has along each axis."""
    return tuple((m - d * (k - 1) - 1) // s + 1 for m, k, s, d in zip(size, kernel, stride, dilation, strict=True))


def taps_at(offset: Sizes, places: Sizes, stride: Sizes, dilation: Sizes) -> tuple[slice, ...]:
    """Where one entry of the kernel meets the input, over all places of the window."""
    return tuple(
        slice(i * d, i * d + s * (p - 1) + 1, s) if p else slice(0, 0)
        for i, p, s, d in zip(offset, places, stride, dilation, strict=True)
    )


def _padded(x: Array, padding: Sequence[tuple[int, int]]) -> Array:
    if not any(map(any, padding)):
        return x
    shape = (*x.shape[:2], *(a + n + b for n, (a, b) in zip(x.shape[2:], padding, strict=True)))
    out: Any = np.zeros(shape, x.dtype)
    out[(..., *(slice(a, a + n) for n, (a, _) in zip(x.shape[2:], padding, strict=True)))] = x
    return out


def _blocks(batch: int, bytes_each: int) -> Iterator[slice]:
    size = max(CACHED // max(bytes_each, 1), 1)
    return (slice(start, min(start + size, batch)) for start in range(0, batch, size))


def _columns(x: Array, kernel: Sizes, stride: Sizes, dilation: Sizes, groups: int, dtype: Any) -> Iterator[Any]:
    """The windows of a few examples at a time: which ones, and their matrices (examples, groups, taps, places)."""
    n, (batch, channels) = len(kernel), x.shape[:2]
    view = windows(x, kernel, stride, dilation)
    view = view.transpose(n, n + 1, *range(n), *range(n + 2, 2 * n + 2))  # examples, channels, kernel, places
    taps, places = channels // groups * math.prod(kernel), math.prod(view.shape[n + 2 :])
    blocks = list(_blocks(batch, groups * taps * places * np.dtype(dtype).itemsize))
    if not blocks:
        return
    buffer = np.empty((blocks[0].stop, *view.shape[1:]), dtype)
    for block in blocks:
        copied = buffer[: block.stop - block.start]
        copied[...] = view[block]
        yield block, copied.reshape(len(copied), groups, taps, places)


def conv(x: Any, w: Any, stride: Sizes, padding: Sequence[tuple[int, int]], dilation: Sizes, groups: int) -> Array:
    """Correlation of (batch, channels, *size) with kernels (out, channels / groups, *kernel)."""
    x, kernel, dtype = _padded(x, padding), w.shape[2:], np.result_type(x, w)
    places = places_of(x.shape[2:], kernel, stride, dilation)
    out = np.empty((len(x), groups, w.shape[0] // groups, math.prod(places)), dtype)
    rows = w.reshape(groups, w.shape[0] // groups, math.prod(w.shape[1:])).astype(dtype, copy=False)
    for block, columns in _columns(x, kernel, stride, dilation, groups, dtype):
        np.matmul(rows, columns, out=out[block])
    return out.reshape(len(x), w.shape[0], *places)


def conv_input(
    g: Any, w: Any, size: Sizes, stride: Sizes, padding: Sequence[tuple[int, int]], dilation: Sizes, groups: int
) -> Array:
    """The transpose of ``conv`` in its input, whose spatial axes have ``size``."""
    kernel, dtype, batch = w.shape[2:], np.result_type(g, w), len(g)
    places, channels = g.shape[2:], w.shape[1] * groups
    out: Any = np.zeros((batch, channels, *(a + n + b for n, (a, b) in zip(size, padding, strict=True))), dtype)
    columns = w.reshape(groups, w.shape[0] // groups, math.prod(w.shape[1:])).swapaxes(1, 2).astype(dtype, copy=False)
    rows = g.reshape(batch, groups, g.shape[1] // groups, math.prod(places))
    taps = [taps_at(offset, places, stride, dilation) for offset in itertools.product(*map(range, kernel))]
    for block in _blocks(batch, channels * len(taps) * math.prod(places) * dtype.itemsize):
        spread = np.matmul(columns, rows[block]).reshape(block.stop - block.start, channels, len(taps), *places)
        target = out[block]
        for i, tap in enumerate(taps):
            target[(..., *tap)] += spread[:, :, i]
    return out[(..., *(slice(a, a + n) for n, (a, _) in zip(size, padding, strict=True)))]


def conv_kernel(
    x: Any, g: Any, kernel: Sizes, stride: Sizes, padding: Sequence[tuple[int, int]], dilation: Sizes, groups: int
) -> Array:
    """The transpose of ``conv`` in its kernels, of shape (out, channels / groups, *kernel)."""
    x, dtype = _padded(x, padding), np.result_type(x, g)
    channels = x.shape[1] // groups
    rows = g.reshape(len(g), groups, g.shape[1] // groups, -1) if g.size else g
    out = np.zeros((groups, g.shape[1] // groups, channels * math.prod(kernel)), dtype)
    for block, columns in _columns(x, kernel, stride, dilation, groups, dtype) if g.size else ():
        out += np.matmul(rows[block], columns.swapaxes(2, 3)).sum(0)
    return out.reshape(g.shape[1], channels, *kernel)
