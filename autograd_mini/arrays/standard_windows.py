"""Windows, convolution and updates over any array library: made of slices, products and sums that all of them have."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .ties import divided, same, widened
from .windows import Border, Sizes, inside_of, places_of, taps_at, windows


class StandardWindows:
    """The part of a table that deals with windows; the functions mean what those of NumPy's table mean."""

    def put_at(self: Any, x: Any, v: Any, index: Any) -> Any:
        """``x`` with ``v`` at a NumPy index; the last value stays where an entry is named twice."""
        shape = tuple(x.shape)
        numbers = np.asarray(np.arange(math.prod(shape)).reshape(shape)[index])
        if not numbers.size:
            return x
        source = np.full(math.prod(shape), -1)
        source[numbers.ravel()] = np.arange(numbers.size)
        values = self.astype(self.asarray(v), x.dtype)
        values = self.reshape(self.broadcast_to(values, numbers.shape), (-1,))
        taken = self.reshape(self.getitem(values, np.maximum(source, 0)), shape)
        return self.where(self.asarray((source >= 0).reshape(shape)), taken, x)

    def _tapped(self: Any, x: Any, kernel: Sizes, stride: Sizes, dilation: Sizes) -> list[Any]:
        """For each entry of the window, the entries of ``x`` that it meets."""
        places = places_of(tuple(x.shape)[x.ndim - len(kernel) :], kernel, stride, dilation)
        offsets = itertools.product(*map(range, kernel))
        return [x[(..., *taps_at(offset, places, stride, dilation))] for offset in offsets]

    def windows(self: Any, x: Any, kernel: Sizes, stride: Sizes, dilation: Sizes) -> Any:
        """The windows over the last axes, in shape ``(*kernel, *rest, *places)``."""
        together = self.stack(self._tapped(x, kernel, stride, dilation), axis=0)
        return self.reshape(together, (*kernel, *tuple(together.shape)[1:]))

    def put_windows(self: Any, g: Any, size: Sizes, stride: Sizes, dilation: Sizes) -> Any:
        """Zeros whose last axes have ``size``, to which windows are added where they are taken from."""
        n, shape = len(size), tuple(g.shape)
        kernel, rest, places = shape[:n], shape[n : g.ndim - n], shape[g.ndim - n :]
        total = math.prod(size)
        met = self._tapped(np.arange(total).reshape(size), kernel, stride, dilation)
        order = (*range(n), *range(g.ndim - n, g.ndim), *range(n, g.ndim - n))
        rows = self.reshape(self.transpose(g, order), (math.prod(kernel) * math.prod(places), *rest))
        out = self.scatter_add(rows, np.stack(met).ravel(), (total, *rest))
        out = self.reshape(out, (*size, *rest))
        return self.transpose(out, (*range(n, out.ndim), *range(n)))

    def largest(self: Any, x: Any, kernel: Sizes, stride: Sizes, dilation: Sizes, border: Border = ()) -> Any:
        """The largest entry of each window."""
        return self.max(self.windows(x, kernel, stride, dilation), axis=tuple(range(len(kernel))))

    def _won(
        self: Any, x: Any, y: Any, kernel: Sizes, stride: Sizes, dilation: Sizes, border: Border
    ) -> tuple[Any, Any]:
        """Where the entries of windows are the largest, and how many are; the border takes no part."""
        won = same(self.windows(x, kernel, stride, dilation), y)
        if border:
            inside = windows(inside_of(tuple(x.shape), border), kernel, stride, dilation)
            apart = (1,) * (y.ndim - len(kernel))
            won = won & self.asarray(inside.reshape(*kernel, *apart, *inside.shape[len(kernel) :]))
        ties = self.sum(self.astype(won, np.int32), axis=tuple(range(len(kernel))))
        return won, self.where(ties == 0, 1, ties)

    def share_largest(
        self: Any, g: Any, x: Any, y: Any, kernel: Sizes, stride: Sizes, dilation: Sizes, border: Border = ()
    ) -> Any:
        """``g`` to the entries of ``x`` that are their window's largest, ``y``, in equal parts where they tie."""
        won, ties = self._won(x, y, kernel, stride, dilation, border)
        parts = self.where(won, divided(g, ties), 0.0)
        return self.put_windows(parts, tuple(x.shape)[x.ndim - len(kernel) :], stride, dilation)

    def gather_largest(
        self: Any, h: Any, x: Any, y: Any, kernel: Sizes, stride: Sizes, dilation: Sizes, border: Border = ()
    ) -> Any:
        """The mean of ``h`` over the entries of ``x`` that are their window's largest, ``y``."""
        won, ties = self._won(x, y, kernel, stride, dilation, border)
        taken = self.where(won, widened(self.windows(h, kernel, stride, dilation)), 0.0)
        return self.astype(divided(self.sum(taken, axis=tuple(range(len(kernel)))), ties), h.dtype)

    def _columns(self: Any, x: Any, kernel: Sizes, stride: Sizes, padding: Any, dilation: Sizes, groups: int) -> Any:
        """The windows as matrices: (batch, groups, taps, places)."""
        n = len(kernel)
        view = self.windows(self.pad(x, ((0, 0), (0, 0), *padding)), kernel, stride, dilation)
        view = self.transpose(view, (n, n + 1, *range(n), *range(n + 2, 2 * n + 2)))
        taps, places = x.shape[1] // groups * math.prod(kernel), math.prod(tuple(view.shape)[n + 2 :])
        return self.reshape(view, (x.shape[0], groups, taps, places))

    def conv(self: Any, x: Any, w: Any, stride: Sizes, padding: Any, dilation: Sizes, groups: int) -> Any:
        """Correlation of (batch, channels, *size) with kernels (out, channels / groups, *kernel)."""
        kernel = tuple(w.shape)[2:]
        size = [a + m + z for m, (a, z) in zip(tuple(x.shape)[2:], padding, strict=True)]
        rows = self.reshape(w, (groups, w.shape[0] // groups, w.shape[1] * math.prod(kernel)))
        out = self.matmul(rows, self._columns(x, kernel, stride, padding, dilation, groups))
        return self.reshape(out, (x.shape[0], w.shape[0], *places_of(size, kernel, stride, dilation)))

    def conv_input(
        self: Any, g: Any, w: Any, size: Sizes, stride: Sizes, padding: Any, dilation: Sizes, groups: int
    ) -> Any:
        """The transpose of ``conv`` in its input, whose spatial axes have ``size``."""
        kernel, places, n = tuple(w.shape)[2:], tuple(g.shape)[2:], w.ndim - 2
        taps = w.shape[1] * math.prod(kernel)
        columns = self.transpose(self.reshape(w, (groups, w.shape[0] // groups, taps)), (0, 2, 1))
        spread = self.matmul(columns, self.reshape(g, (g.shape[0], groups, g.shape[1] // groups, math.prod(places))))
        spread = self.reshape(spread, (g.shape[0], w.shape[1] * groups, *kernel, *places))
        spread = self.transpose(spread, (*range(2, 2 + n), 0, 1, *range(2 + n, 2 + 2 * n)))
        padded = tuple(a + m + z for m, (a, z) in zip(size, padding, strict=True))
        out = self.put_windows(spread, padded, stride, dilation)
        return out[(..., *(slice(a, a + m) for m, (a, _) in zip(size, padding, strict=True)))]

    def conv_kernel(
        self: Any,
        x: Any,
        g: Any,
        kernel: Sizes,
        stride: Sizes,
        padding: Sequence[tuple[int, int]],
        dilation: Sizes,
        groups: int,
    ) -> Any:
        """The transpose of ``conv`` in its kernels, of shape (out, channels / groups, *kernel)."""
        rows = self.reshape(g, (g.shape[0], groups, g.shape[1] // groups, math.prod(tuple(g.shape)[2:])))
        columns = self._columns(x, kernel, stride, padding, dilation, groups)[..., : rows.shape[-1]]
        out = self.sum(self.matmul(rows, self.transpose(columns, (0, 1, 3, 2))), axis=0)
        return self.reshape(out, (g.shape[1], x.shape[1] // groups, *kernel))
