"""The table for PyTorch tensors: torch's functions under NumPy's names and options.

torch takes ``axis`` and ``keepdims`` for its own ``dim`` and ``keepdim``; what is written here is what differs further.
Gradients are this project's. Where torch differentiates too, by its own ``requires_grad``, by ``torch.func`` or by dual
tensors, it sees the operations that compute values and gradients here as any others, and so goes through both.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from ..caching import cached_property
from .standard import Standard
from .standard_special import StandardSpecial

_OTHER_NAMES = {
    "concatenate": "cat", "divide": "true_divide", "equal": "eq", "invert": "bitwise_not",
    "left_shift": "bitwise_left_shift", "not_equal": "ne", "power": "pow", "right_shift": "bitwise_right_shift",
    "rint": "round", "take_along_axis": "take_along_dim",
}  # fmt: skip

_OF_TENSORS = {
    "arctan2", "bitwise_and", "bitwise_or", "bitwise_xor", "copysign", "divide", "equal", "float_power",
    "floor_divide", "fmax", "fmin", "fmod", "gcd", "greater", "greater_equal", "heaviside", "hypot", "lcm",
    "ldexp", "left_shift", "less", "less_equal", "logaddexp", "logaddexp2", "logical_and", "logical_or",
    "logical_xor", "maximum", "minimum", "nextafter", "not_equal", "power", "remainder", "right_shift",
}  # fmt: skip
"""Functions of two operands, of which torch wants tensors."""


def _every(axis: Any, x: Any) -> tuple[int, ...]:
    return tuple(range(x.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)


_SPECIAL_NAMES = {
    "j0": "bessel_j0", "j1": "bessel_j1", "y0": "bessel_y0", "y1": "bessel_y1", "k0": "modified_bessel_k0",
    "k1": "modified_bessel_k1", "k0e": "scaled_modified_bessel_k0", "k1e": "scaled_modified_bessel_k1",
}  # fmt: skip
"""SciPy's names of functions that torch calls otherwise."""


_NUMPYS = {
    torch.bool, torch.uint8, torch.uint16, torch.uint32, torch.uint64, torch.int8, torch.int16, torch.int32,
    torch.int64, torch.float16, torch.float32, torch.float64,
}  # fmt: skip
"""Real dtypes that NumPy has too."""


def _is_wrapped(x: Any) -> bool:
    """Whether a tensor stands for another, or for many, in a transformation of ``torch.func``."""
    return bool(torch._C._functorch.is_functorch_wrapped_tensor(x))


def _without_numpy(operands: Sequence[Any]) -> None:
    """Raise TypeError if tensors meet NumPy's arrays: rules would meet them too, so all are to be tensors before."""
    for x in operands:
        if type(x) is np.ndarray:
            raise TypeError("a tensor meets NumPy's array")


class Torch(Standard):
    """The table for PyTorch tensors."""

    by_numpy = frozenset({"histogram", "histogramdd", "nonzero", "unique"})

    @cached_property
    def special(self) -> Any:
        """torch's counterpart of SciPy's special functions."""
        return StandardSpecial(self, torch.special, _SPECIAL_NAMES)

    def __getattr__(self, name: str) -> Any:
        function = getattr(torch, _OTHER_NAMES.get(name, name), None)
        if function is None or name.startswith("__"):
            return super().__getattr__(name)
        if name in _OF_TENSORS:
            function = self.of_arrays(function)
        setattr(self, name, function)
        return function

    def of_arrays(self, function: Any) -> Any:
        """A function of tensors that takes numbers beside them."""

        def of_tensors(*operands: Any) -> Any:
            _without_numpy(operands)
            first = next((x for x in operands if isinstance(x, torch.Tensor)), None)
            return function(*[self.beside(x, first) for x in operands])

        return of_tensors

    def beside(self, x: Any, other: Any) -> Any:
        """``x`` as a tensor that goes with ``other``: a Python number takes its dtype."""
        if isinstance(x, torch.Tensor):
            return x
        if not isinstance(other, torch.Tensor):
            return torch.as_tensor(x)
        weak = type(x) in (bool, int) or (type(x) is float and (other.is_floating_point() or other.is_complex()))
        return torch.as_tensor(x, dtype=other.dtype if weak else None, device=other.device)

    # --- in and out ---------------------------------------------------------------------------------------------------

    def asarray(self, x: Any) -> Any:
        """``x`` as a tensor."""
        return x if isinstance(x, torch.Tensor) else torch.as_tensor(np.ascontiguousarray(x) if np.ndim(x) else x)

    def to_numpy(self, x: Any) -> Any:
        """The data as a NumPy array, in float32 where NumPy has no such dtype, as for bfloat16."""
        if _is_wrapped(x):
            raise TypeError(
                f"torch.func follows a tensor of shape {tuple(x.shape)}, and would lose it where it becomes NumPy's: "
                "make all arrays tensors that meet it, as Value(torch.as_tensor(array))"
            )
        with torch._C._DisableFuncTorch():  # which wraps what comes out of any operation
            x = x.detach().cpu().resolve_conj().resolve_neg()
            return x.numpy() if x.dtype in _NUMPYS or x.is_complex() else x.float().numpy()

    def leaving(self, g: Any) -> Any:
        """A gradient as a NumPy array, unless torch would differentiate it further."""
        if g.requires_grad:
            raise TypeError(
                f"a gradient of shape {tuple(g.shape)} depends on a tensor that requires torch's gradient, and would "
                "leave torch's graph where it becomes NumPy's: make all arrays tensors that meet it, as "
                "Value(torch.as_tensor(array)), or pass tensor.detach() if torch is not to differentiate it"
            )
        return self.to_numpy(g)

    def is_abstract(self, x: Any) -> bool:
        """Whether a transformation of ``torch.func`` computes with it."""
        return _is_wrapped(x)

    def copy(self, x: Any) -> Any:
        """A tensor that nobody else holds."""
        if x.is_nested:
            raise TypeError("a nested tensor is no array: its rows differ in length; pass x.to_padded_tensor(0.0)")
        return x.clone()

    def shares_memory(self, x: Any, y: Any) -> bool:
        """Whether writing into one tensor may change the other."""
        return bool(x.untyped_storage().data_ptr() == y.untyped_storage().data_ptr())

    def adopt(self, x: Any, beside: Any) -> Any:
        """A NumPy array as a tensor on the device of ``beside``."""
        return self.copy(self.asarray(x)).to(beside.device)

    def static(self, array: Any, beside: Any) -> Any:
        """Numbers made by a rule, in the dtype and on the device of ``beside``."""
        return self.asarray(array).to(beside.device, beside.dtype)

    def kind(self, x: Any) -> str:
        """The kind of numbers, by NumPy's letter."""
        if x.is_floating_point():
            return "f"
        return "c" if x.is_complex() else "b" if x.dtype == torch.bool else "i"

    def astype(self, x: Any, dtype: Any) -> Any:
        """The entries in another dtype."""
        return x.to(self.dtype(dtype))

    def wide(self, x: Any) -> Any:
        """The dtype of ``x``, or float64 or complex128 if that is wider."""
        return torch.promote_types(x.dtype, torch.float64)

    def number(self, x: Any) -> Any:
        """A single real entry as a Python float, or as it is where torch differentiates further."""
        if x.requires_grad or _is_wrapped(x):
            return self.reshape(self.real(x), ())
        return float(self.real(x).item())

    # --- reductions ---------------------------------------------------------------------------------------------------

    def max(self, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
        """Largest entry."""
        return torch.amax(x, _every(axis, x), keepdims)

    def min(self, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
        """Smallest entry."""
        return torch.amin(x, _every(axis, x), keepdims)

    def sum(self, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
        """Sum of the entries."""
        axes = _every(axis, x)
        return torch.sum(x, axes, keepdims) if axes else x.clone()

    def mean(self, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
        """Mean of the entries."""
        return torch.mean(x if self.kind(x) in "fc" else x.to(torch.get_default_dtype()), _every(axis, x), keepdims)

    def prod(self, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
        """Product of the entries."""
        for i in sorted((i % x.ndim for i in _every(axis, x)), reverse=True):
            x = torch.prod(x, i, keepdims)
        return x

    def cumsum(self, x: Any, axis: int | None = None) -> Any:
        """Running sum."""
        return torch.cumsum(x.reshape(-1), 0) if axis is None else torch.cumsum(x, axis)

    def sort(self, x: Any, axis: int | None = -1, **options: Any) -> Any:
        """The entries in ascending order."""
        return torch.sort(x.reshape(-1) if axis is None else x, dim=-1 if axis is None else axis, stable=True).values

    def argsort(self, x: Any, axis: int | None = -1, **options: Any) -> Any:
        """The order that sorts the entries."""
        return torch.argsort(x.reshape(-1) if axis is None else x, dim=-1 if axis is None else axis, stable=True)

    # --- shapes and entries -------------------------------------------------------------------------------------------

    def reshape(self, x: Any, shape: Any) -> Any:
        """The entries in another shape."""
        return torch.reshape(x, (shape,) if isinstance(shape, int) else tuple(shape))

    def transpose(self, x: Any, axes: Sequence[int] | None = None) -> Any:
        """The axes in another order."""
        return torch.permute(x, tuple(range(x.ndim))[::-1] if axes is None else tuple(axes))

    def repeat(self, x: Any, repeats: Any, axis: int | None = None) -> Any:
        """Each entry several times."""
        return torch.repeat_interleave(x, torch.as_tensor(repeats, device=x.device), axis)

    def pad(self, x: Any, widths: Any, constant_values: Any = 0.0, **options: Any) -> Any:
        """A border of constants, which may differ from side to side."""
        if np.ndim(constant_values) == 0:
            flat = [n for pair in reversed(list(widths)) for n in pair]
            return torch.nn.functional.pad(x, flat, value=constant_values)
        sides = np.broadcast_to(np.asarray(constant_values), (x.ndim, 2)).tolist()
        for i in range(x.ndim):
            flat = [0] * (2 * (x.ndim - 1 - i))
            (before, after), (first, last) = widths[i], sides[i]
            x = torch.nn.functional.pad(x, [*flat, before, 0], value=first)
            x = torch.nn.functional.pad(x, [*flat, 0, after], value=last)
        return x

    def concatenate(self, arrays: Sequence[Any], axis: int | None = 0, dtype: Any = None) -> Any:
        """Tensors joined along an axis, or in one row."""
        parts = self.together(arrays, dtype)
        return torch.cat([x.reshape(-1) for x in parts] if axis is None else parts, axis or 0)

    def stack(self, arrays: Sequence[Any], axis: int = 0, dtype: Any = None) -> Any:
        """Tensors joined along a new axis."""
        return torch.stack(self.together(arrays, dtype), axis)

    def together(self, arrays: Sequence[Any], dtype: Any = None) -> list[Any]:
        """All of them as tensors of one dtype, on the device of the first."""
        first = next(x for x in arrays if isinstance(x, torch.Tensor))
        parts = [self.beside(x, first) for x in arrays]
        common = functools.reduce(torch.promote_types, [x.dtype for x in parts])
        return [x.to(common if dtype is None else self.dtype(dtype)) for x in parts]

    def convolve(self, x: Any, y: Any, mode: str = "full") -> Any:
        """Convolution of two rows."""
        x, y = self.together([x, y])
        if len(y) > len(x):
            x, y = y, x
        cut = {"full": len(y) - 1, "same": len(y) // 2, "valid": 0}[mode]
        border = (cut, len(y) - 1 - cut) if mode == "same" else (cut, cut)
        padded = torch.nn.functional.pad(x, border)
        return torch.nn.functional.conv1d(padded[None, None], torch.flip(y, (0,))[None, None])[0, 0]

    def matmul(self, x: Any, y: Any) -> Any:
        """Product of matrices, in the wider dtype of both."""
        _without_numpy((x, y))
        return torch.matmul(*self.together([x, y]))

    def einsum(self, subscripts: str, *operands: Any, optimize: Any = None) -> Any:
        """Einstein's sum."""
        _without_numpy(operands)
        return torch.einsum(subscripts, *self.together(operands))

    def where(self, condition: Any, x: Any, y: Any) -> Any:
        """``x`` where the condition holds, else ``y``."""
        device = next(a.device for a in (condition, x, y) if isinstance(a, torch.Tensor))
        condition, x, y = (
            torch.as_tensor(a, device=device) if isinstance(a, (np.ndarray, np.generic)) else a
            for a in (condition, x, y)
        )
        if type(x) is type(y) is float:  # of which torch makes its default dtype, with half of the digits
            x = torch.as_tensor(x, dtype=torch.float64, device=device)
        return torch.where(torch.as_tensor(condition, device=device) != 0, x, y)

    def getitem(self, x: Any, index: Any) -> Any:
        """The entries at a NumPy index; steps back are flips, which torch's indices lack."""
        x = self.asarray(x)
        items = index if isinstance(index, tuple) else (index,)
        if not any(isinstance(item, slice) and (item.step or 1) < 0 for item in items):
            return x[self.index(index)]
        if all(isinstance(item, slice) for item in items):
            backward = [i for i, item in enumerate(items) if (item.step or 1) < 0]
            forward = [_reversed(item, x.shape[i]) if i in backward else item for i, item in enumerate(items)]
            return torch.flip(x[tuple(forward)], backward)
        places = np.arange(math.prod(x.shape)).reshape(x.shape)[index]
        return x.reshape(-1)[torch.as_tensor(places, device=x.device)]

    def take_along_axis(self, x: Any, indices: Any, axis: int) -> Any:
        """For each row the entries that the same row of ``indices`` names."""
        return torch.take_along_dim(x, self.index(indices), axis)

    def index(self, index: Any) -> Any:
        """A NumPy index as torch takes it."""
        if isinstance(index, tuple):
            return tuple(map(self.index, index))
        if isinstance(index, (list, np.ndarray)):  # torch takes no views that go backwards or are read-only
            return torch.as_tensor(np.require(index, requirements=("C", "W")))
        return index

    def scatter_add(self, g: Any, index: Any, shape: tuple[int, ...]) -> Any:
        """Zeros of ``shape`` to which ``g`` is added at ``index``; repeated indices add up."""
        size = math.prod(shape)
        places = self.getitem(torch.arange(size, device=g.device).reshape(shape), index).reshape(-1)
        if _is_wrapped(g) or _is_wrapped(places):
            return torch.index_add(g.new_zeros(size), 0, places, g.reshape(-1)).reshape(shape)
        return g.new_zeros(size).index_add_(0, places, g.reshape(-1)).reshape(shape)

    # --- elementwise --------------------------------------------------------------------------------------------------

    def cbrt(self, x: Any) -> Any:
        """Cube root, with one step of Newton's method to be exact to rounding."""
        root = torch.sign(x) * torch.abs(x) ** (1 / 3)
        step = (root**3 - x) / (3 * root**2)
        return torch.where(torch.isfinite(step), root - step, root)

    def sign(self, x: Any) -> Any:
        """-1, 0 or 1, NaN for NaN; of a complex number its direction."""
        return torch.sgn(x) if x.is_complex() else torch.where(torch.isnan(x), x, torch.sign(x))

    def ldexp(self, x: Any, exponent: Any) -> Any:
        """``x`` times a power of two."""
        x, exponent = self.beside(x, exponent), self.beside(exponent, x)
        return x * torch.exp2(exponent.to(x.dtype))

    def spacing(self, x: Any) -> Any:
        """The distance to the next floating number away from 0."""
        size = torch.abs(x)
        return torch.copysign(torch.nextafter(size, torch.full_like(size, math.inf)) - size, x)

    def round(self, x: Any, decimals: int = 0) -> Any:
        """The entries rounded to some decimals, halves to the even digit."""
        return torch.round(x, decimals=decimals) if self.kind(x) in "fc" else x

    def conj(self, x: Any) -> Any:
        """Complex conjugate, not as torch's lazy view: NumPy could not read that."""
        return torch.conj_physical(x)

    conjugate = conj

    def erf(self, x: Any) -> Any:
        """The error function."""
        return torch.erf(x)


def _reversed(item: slice, n: int) -> slice:
    """The same entries in ascending order."""
    places = range(n)[item]
    return slice(places[-1], places[0] + 1, -places.step) if len(places) else slice(0, 0)


table = Torch(torch)
