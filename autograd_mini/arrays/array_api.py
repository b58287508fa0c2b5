"""The table for libraries that keep to the Python array API standard and take nothing more than it says.

The standard has no functions of several names that NumPy has, takes options by name only, an index for every axis, and
no arrays of another library. What is written here asks for no more.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..caching import cached_property
from .standard import Standard

_OPTIONS: dict[str, tuple[str, ...]] = {
    "fftn": ("s", "axes", "norm"), "ifftn": ("s", "axes", "norm"), "rfft": ("n", "axis", "norm"),
    "irfft": ("n", "axis", "norm"), "svd": ("full_matrices",), "qr": ("mode",),
}  # fmt: skip
"""The options, in NumPy's order, of functions of ``fft`` and ``linalg``."""


_OF_COMPLEX = {"fftn", "ifftn", "irfft"}


class _Extension:
    """``fft`` or ``linalg`` of such a library, with options by place as NumPy takes them."""

    def __init__(self, xp: Any, module: Any) -> None:
        self._xp, self._module = xp, module

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        function = getattr(self._module, name, None)
        if function is None:
            raise TypeError(f"{self._module.__name__} has no {name}; for such data compose it of functions that it has")
        options = _OPTIONS.get(name)
        if name in _OF_COMPLEX:
            function = functools.partial(self._of_complex, function)
        if name in ("eigh", "eigvalsh"):
            function = functools.partial(self._hermitian, function)
        elif options:
            function = functools.partial(_called_by_name, function, options)
        setattr(self, name, function)
        return function

    def _of_complex(self, function: Any, x: Any, **options: Any) -> Any:
        """Real numbers as the complex ones that the standard asks for."""
        return function(x if self._xp.kind(x) == "c" else self._xp.astype(x, self._xp.complex_of(x)), **options)

    def _hermitian(self, function: Any, a: Any, UPLO: str = "L") -> Any:
        """The standard reads the lower triangle."""
        return function(a if UPLO == "L" else self._xp.conjugate(self._xp.matrix_transpose(a)))


def _called_by_name(function: Any, names: Sequence[str], x: Any, *options: Any, **named: Any) -> Any:
    given = dict(zip(names, options, strict=False)) | named
    return function(x, **{name: item for name, item in given.items() if item is not None})


class ArrayApi(Standard):
    """The table over a namespace of the standard."""

    @cached_property
    def fft(self) -> Any:
        """Fourier transforms."""
        return _Extension(self, self.xp.fft)

    @cached_property
    def linalg(self) -> Any:
        """Linear algebra."""
        return _Extension(self, self.xp.linalg)

    def complex_of(self, x: Any) -> Any:
        """The complex dtype of the same precision."""
        return self.xp.complex64 if x.dtype == self.xp.float32 else self.xp.complex128

    # --- entries ------------------------------------------------------------------------------------------------------

    def getitem(self, x: Any, index: Any) -> Any:
        """The entries at a NumPy index: sliced where an index says no more, else taken one by one."""
        x = self.asarray(x) if isinstance(x, np.ndarray) else x
        items = index if isinstance(index, tuple) else (index,)
        if all(isinstance(item, (int, slice, type(None), type(Ellipsis))) for item in items):
            return x[items if Ellipsis in items else (*items, ...)]
        places = np.arange(math.prod(x.shape)).reshape(x.shape)[self._lowered(items)]
        taken = self.xp.take(self.reshape(x, (-1,)), self.asarray(places.ravel()), axis=0)
        return self.reshape(taken, places.shape)

    def scatter_add(self, g: Any, index: Any, shape: tuple[int, ...]) -> Any:
        """Zeros of ``shape`` to which ``g`` is added at ``index``."""
        return super().scatter_add(g, self._lowered(index), shape)

    def take(self, x: Any, indices: Any, axis: int | None = None) -> Any:
        """Entries along an axis."""
        return self.xp.take(x, self.asarray(indices), axis=axis)

    def take_along_axis(self, x: Any, indices: Any, axis: int) -> Any:
        """For each row the entries that the same row of ``indices`` names."""
        return self.xp.take_along_axis(x, self.asarray(indices), axis=axis)

    def transpose(self, x: Any, axes: Sequence[int] | None = None) -> Any:
        """The axes in another order."""
        return self.xp.permute_dims(x, tuple(range(x.ndim))[::-1] if axes is None else tuple(axes))

    def pad(self, x: Any, widths: Any, constant_values: Any = 0.0, **options: Any) -> Any:
        """A border of constants, which may differ from side to side."""
        sides = np.broadcast_to(np.asarray(constant_values), (x.ndim, 2)).tolist()
        for axis, (counts, values) in enumerate(zip(widths, sides, strict=True)):
            border = [
                self.full((*x.shape[:axis], count, *x.shape[axis + 1 :]), value, dtype=x.dtype)
                for count, value in zip(counts, values, strict=True)
            ]
            x = self.concatenate([border[0], x, border[1]], axis=axis)
        return x

    # --- reductions and products --------------------------------------------------------------------------------------

    def sum(self, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
        """Sum of the entries; of booleans their number."""
        return self.xp.sum(x if self.kind(x) != "b" else self.astype(x, np.intp), axis=axis, keepdims=keepdims)

    def cumsum(self, x: Any, axis: int | None = None) -> Any:
        """Running sum."""
        return self.xp.cumulative_sum(self.reshape(x, (-1,)) if axis is None else x, axis=axis or 0)

    def cumprod(self, x: Any, axis: int | None = None) -> Any:
        """Running product."""
        return self.xp.cumulative_prod(self.reshape(x, (-1,)) if axis is None else x, axis=axis or 0)

    def einsum(self, subscripts: str, *operands: Any, optimize: Any = None) -> Any:
        """Einstein's sum: all operands broadcast to all letters, multiplied and summed."""
        terms, _, result = self._spelled_out(subscripts.replace(" ", ""), operands).partition("->")
        letters = [*result, *dict.fromkeys(c for c in terms if c not in result + ",")]
        product: Any = 1
        for term, x in zip(terms.split(","), operands, strict=True):
            product = product * self._along_letters(term, x, letters)
        return (
            self.sum(product, axis=tuple(range(len(result), len(letters)))) if len(letters) > len(result) else product
        )

    def _spelled_out(self, subscripts: str, operands: Sequence[Any]) -> str:
        """The subscripts with letters for three dots, and with a result."""
        terms, arrow, result = subscripts.partition("->")
        if not arrow:
            letters = terms.replace(",", "").replace(".", "")
            result = ("..." if "." in terms else "") + "".join(sorted(c for c in letters if letters.count(c) == 1))
        spare = [c for c in "zyxwvutsrqponmlkjihgfedcbaZYXWVUTSRQPONMLKJIHGFEDCBA" if c not in terms]
        widest = 0
        spelled = []
        for term, x in zip(terms.split(","), operands, strict=True):
            count = x.ndim - len(term) + 3 if "." in term else 0
            widest = max(widest, count)
            spelled.append(term.replace("...", "".join(spare[:count][::-1])))
        return ",".join(spelled) + "->" + result.replace("...", "".join(spare[:widest][::-1]))

    def _along_letters(self, term: str, x: Any, letters: list[str]) -> Any:
        """``x`` with an axis for each letter, of length 1 where the term has it not; a repeated one is a diagonal."""
        once = [c for c in letters if c in term]
        lengths = dict(zip(term, x.shape, strict=True))
        grid = np.meshgrid(*[np.arange(lengths[c]) for c in once], indexing="ij")
        x = self.getitem(x, tuple(grid[once.index(c)] for c in term)) if term else x
        return self.reshape(x, tuple(lengths.get(c, 1) for c in letters))

    def convolve(self, x: Any, y: Any, mode: str = "full") -> Any:
        """Convolution of two rows."""
        if y.shape[0] > x.shape[0]:
            x, y = y, x
        n, k = x.shape[0], y.shape[0]
        row = self.concatenate([x, self.zeros((k,), dtype=x.dtype)])
        shifts = np.arange(n + k - 1)[:, None] - np.arange(k)
        shifts[(shifts < 0) | (shifts >= n)] = n  # the zeros behind
        out = self.matmul(self.getitem(row, shifts), y)
        start, length = {"full": (0, n + k - 1), "same": ((k - 1) // 2, n), "valid": (k - 1, n - k + 1)}[mode]
        return out[start : start + length]

    # --- elementwise --------------------------------------------------------------------------------------------------

    def round(self, x: Any, decimals: int = 0) -> Any:
        """The entries rounded to some decimals, halves to the even digit."""
        if decimals == 0:
            return self.xp.round(x)
        scale = 10.0 ** abs(decimals)
        return self.xp.round(x * scale) / scale if decimals > 0 else self.xp.round(x / scale) * scale

    def deg2rad(self, x: Any) -> Any:
        """Degrees in radians."""
        return x * (math.pi / 180)

    def rad2deg(self, x: Any) -> Any:
        """Radians in degrees."""
        return x * (180 / math.pi)

    def fmax(self, x: Any, y: Any) -> Any:
        """The larger entry, or the one that is a number."""
        return self.where(self.isnan(x), y, self.where(self.isnan(y), x, self.maximum(x, y)))

    def fmin(self, x: Any, y: Any) -> Any:
        """The smaller entry, or the one that is a number."""
        return self.where(self.isnan(x), y, self.where(self.isnan(y), x, self.minimum(x, y)))

    def fmod(self, x: Any, y: Any) -> Any:
        """The remainder with the sign of ``x``."""
        return self.copysign(self.remainder(self.abs(x), self.abs(y)), x)

    def heaviside(self, x: Any, at_zero: Any) -> Any:
        """0 below 0, 1 above, and ``at_zero`` there."""
        return self.where(x == 0, at_zero, self.step(x))

    def logaddexp2(self, x: Any, y: Any) -> Any:
        """log2(2**x + 2**y)."""
        return self.logaddexp(x * math.log(2), y * math.log(2)) / math.log(2)

    def sinc(self, x: Any) -> Any:
        """sin(pi x) / (pi x), 1 at 0."""
        angle = self.where(x == 0, self.ones_like(x), x) * math.pi
        return self.where(x == 0, self.ones_like(x), self.sin(angle) / angle)

    def ldexp(self, x: Any, exponent: Any) -> Any:
        """``x`` times a power of two."""
        return x * self.astype(self.asarray(np.exp2(np.asarray(exponent, float))), x.dtype)

    def spacing(self, x: Any) -> Any:
        """The distance to the next floating number away from 0."""
        size = self.abs(x)
        return self.copysign(self.nextafter(size, self.full_like(size, math.inf)) - size, x)
