"""Windows that slide over arrays, and pooling: the largest entry or the mean of each window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from ..arrays import is_half, library, plain, shape_of, static
from ..arrays.windows import Border, places_of
from ..node import Node
from ..operation import Operand, Rule, case, composed, primitive
from .arithmetic import zeros_like
from .convolution import check_room, padding_pairs, per_axis
from .padding import pad_constant
from .reductions import sum, worst
from .shapes import in_float32, moveaxis

Sizes: TypeAlias = tuple[int, ...]


@primitive(
    "windows({x})",
    Rule(
        lambda g, out, x, kernel, stride, dilation: put_windows(g, shape_of(x)[-len(kernel) :], stride, dilation),
        "1",
        "{g} added up where windows overlap",
    ),
    linear=True,
    cases=(
        case((2, 5), kernel=(3,), stride=(1,), dilation=(1,)),
        case((2, 4, 5), kernel=(2, 2), stride=(2, 1), dilation=(1, 2)),
    ),
)
def windows(x: Operand, kernel: Sizes, stride: Sizes, dilation: Sizes) -> Any:
    """The windows over the last axes, in shape ``(*kernel, *rest, *places)``; a view of NumPy arrays."""
    return library(x).windows(x, kernel, stride, dilation)


@primitive(
    "windows({x}) put back",
    Rule(
        lambda g, out, x, size, stride, dilation: windows(g, shape_of(x)[: len(size)], stride, dilation),
        "1",
        "windows({g})",
    ),
    linear=True,
    cases=(case((2, 3, 4), size=(5,), stride=(1,), dilation=(1,)), case((2, 2), size=(4,), stride=(2,), dilation=(1,))),
)
def put_windows(x: Operand, size: Sizes, stride: Sizes, dilation: Sizes) -> Any:
    """Windows of shape ``(*kernel, *rest, *places)`` added up where they come from: the rule of ``windows``."""
    shape, n = shape_of(x), len(size)
    if shape[len(shape) - n :] != places_of(size, shape[:n], stride, dilation):
        raise ValueError(f"windows of shape {shape[:n]} have other places in an array of shape {size} than {shape}")
    return library(x).put_windows(x, size, stride, dilation)


@composed(
    case((5,), window_shape=3),
    case((3, 4), window_shape=(2, 3)),
    case((3, 4), window_shape=2, axis=0),
    case((3, 4), window_shape=(2, 2), axis=(1, 1)),
)
def sliding_window_view(x: Operand, window_shape: int | Sequence[int], axis: int | Sequence[int] | None = None) -> Any:
    """Every window of a shape, one for each place that it can have.

    Parameters
    ----------
    x : Value or array
    window_shape : int or sequence of int
        Length of the window along each of the axes.
    axis : int or sequence of int, optional
        The axes along which it slides; all by default.

    Returns
    -------
    Value if ``x`` is one, else array
        The places, then the axes of the window. For NumPy arrays a view, which cannot be written to.

    Raises
    ------
    ValueError
        If there is not one length for each axis, or the window is longer than an axis.

    Notes
    -----
    An entry that stands in several windows gets the sum of their gradients.

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([1.0, 2.0, 3.0, 4.0])
    >>> am.sliding_window_view(x, 3).sum(axis=-1)
    Value([6., 9.], shape=(2,), op=sum)
    >>> am.gradients(am.sliding_window_view(x, 3).sum(), x)
    array([1., 2., 2., 1.])
    """
    shape = tuple(window_shape) if isinstance(window_shape, (tuple, list)) else (window_shape,)
    ndim = len(shape_of(x))
    axes = range(ndim) if axis is None else axis
    axes = np.lib.array_utils.normalize_axis_tuple(axes, ndim, allow_duplicate=True)
    if len(shape) != len(axes):
        raise ValueError(f"a window of shape {shape} needs as many axes to slide along, got {len(axes)}")
    for i, length in zip(axes, shape, strict=True):
        size = shape_of(x)[i]
        if not 0 <= length <= size:
            raise ValueError(f"a window of shape {shape} is longer than axis {i} of shape {shape_of(x)}")
        x = moveaxis(windows(moveaxis(x, i, -1), (length,), (1,), (1,)), (-1, 0), (i, -1))
    return x


_POOLED = case((2, 4, 6), kernel=(2, 2), stride=(2, 1), dilation=(1, 2))
_SHARED = case((2, 3), (4, 3), (2, 3), kernel=(2, 1), stride=(2, 1), dilation=(1, 1))
_GATHERED = case((4, 3), (4, 3), (2, 3), kernel=(2, 1), stride=(2, 1), dilation=(1, 1))


@primitive(
    "max of windows({x})",
    Rule(
        lambda g, out, x, **how: share_largest(g, x, out, **how),
        "[{x} = {out}]",
        "{g} to the entry of each window that is largest",
    ),
    cases=(_POOLED,),
)
def largest(x: Operand, kernel: Sizes, stride: Sizes, dilation: Sizes, border: Border = ()) -> Any:
    """The largest entry of each window over the last axes; ``max_pool`` is the function to call."""
    return library(x).largest(x, kernel, stride, dilation, border)


@primitive(
    "{z} to the largest of {x}",
    Rule(
        lambda g, out, z, x, y, **how: gather_largest(g, x, y, **how),
        "[{x} = {y}]",
        "{g} at the largest of {x}",
        linear=True,
    ),
    Rule(lambda g, out, z, x, y, **how: zeros_like(x), "0"),
    Rule(lambda g, out, z, x, y, **how: zeros_like(y), "0"),
    cases=(_SHARED,),
)
def share_largest(
    z: Operand, x: Operand, y: Operand, kernel: Sizes, stride: Sizes, dilation: Sizes, border: Border = ()
) -> Any:
    """``z`` given to the entries of ``x`` that are their window's largest, ``y``: the rule of ``largest``."""
    return library(z, x).share_largest(z, x, y, kernel, stride, dilation, border)


@primitive(
    "{z} at the largest of {x}",
    Rule(
        lambda g, out, z, x, y, **how: share_largest(g, x, y, **how),
        "[{x} = {y}]",
        "{g} to the largest of {x}",
        linear=True,
    ),
    Rule(lambda g, out, z, x, y, **how: zeros_like(x), "0"),
    Rule(lambda g, out, z, x, y, **how: zeros_like(y), "0"),
    cases=(_GATHERED,),
)
def gather_largest(
    z: Operand, x: Operand, y: Operand, kernel: Sizes, stride: Sizes, dilation: Sizes, border: Border = ()
) -> Any:
    """``z`` where ``x`` is its window's largest, ``y``: the rule of ``share_largest``."""
    return library(z, x).gather_largest(z, x, y, kernel, stride, dilation, border)


@composed(
    case((1, 2, 6), kernel=2),
    case((2, 1, 5, 4), kernel=(3, 2), stride=(2, 1), padding=1),
    case((1, 1, 6), kernel=2, dilation=2, stride=1),
    case((1, 2, 6, 5), kernel=(3, 2), stride=2, padding=1, ceil_mode=True),
)
def max_pool(
    x: Operand,
    kernel: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | str | Sequence[Any] = 0,
    dilation: int | Sequence[int] = 1,
    ceil_mode: bool = False,
) -> Any:
    """The largest entry of each window of a batch.

    Parameters
    ----------
    x : Value or array
        Of shape ``(batch, channels, *size)``.
    kernel : int or sequence of int
        Lengths of the window; one number for every axis, or one each.
    stride : int or sequence of int, optional
        Steps between windows; the kernel by default, so that they lie side by side.
    padding : int, "valid", "same", or sequence of int or of pairs of int
        As in ``conv``, but with −∞, which gets no gradient. At most half of the window.
    dilation : int or sequence of int
        Distance between the entries of the window; 1 by default.
    ceil_mode : bool
        Whether a last window may reach over the end, if it starts in the input or in the padding before it, as in
        PyTorch; False by default.

    Returns
    -------
    Value if ``x`` is one, else array
        Of shape ``(batch, channels, *places)``, as in ``conv``.

    Raises
    ------
    ValueError
        If the window does not fit; the message shows the shapes.

    Notes
    -----
    The gradient goes to the entry that is largest. Entries that tie share it equally, as everywhere in this package,
    where PyTorch gives all of it to the first.

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([[[1.0, 3.0, 2.0, 2.0]]])
    >>> am.max_pool(x, 2)
    Value([[[3., 2.]]], shape=(1, 1, 2), op=largest)
    >>> am.gradients(am.max_pool(x, 2).sum(), x)
    array([[[0. , 1. , 0.5, 0.5]]])
    """
    x, how, _, border = _prepared("max_pool", x, kernel, stride, padding, dilation, ceil_mode)
    if not any(map(any, border)):
        return largest(x, **how)
    return largest(pad_constant(x, ((0, 0), (0, 0), *border), worst(x, 1.0)), **how, border=border)


@composed(
    case((1, 2, 6), kernel=2),
    case((2, 1, 5, 4), kernel=(3, 2), stride=(2, 1), padding=1),
    case((1, 2, 6), kernel=3, padding=1, stride=2, dilation=2, count_include_pad=False),
    case((1, 2, 6, 5), kernel=(3, 2), stride=2, padding=1, ceil_mode=True),
)
def avg_pool(
    x: Operand,
    kernel: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | str | Sequence[Any] = 0,
    dilation: int | Sequence[int] = 1,
    count_include_pad: bool = True,
    ceil_mode: bool = False,
) -> Any:
    """The mean of each window of a batch.

    Parameters
    ----------
    x : Value or array
        Of shape ``(batch, channels, *size)``.
    kernel : int or sequence of int
        Lengths of the window; one number for every axis, or one each.
    stride : int or sequence of int, optional
        Steps between windows; the kernel by default, so that they lie side by side.
    padding : int, "valid", "same", or sequence of int or of pairs of int
        Zeros, as in ``conv``, at most half of the window.
    dilation : int or sequence of int
        Distance between the entries of the window; 1 by default.
    count_include_pad : bool
        Whether the zeros of the padding count as entries; True by default. What a window of ``ceil_mode`` reaches over
        the padded end never counts.
    ceil_mode : bool
        Whether a last window may reach over the end, if it starts in the input or in the padding before it, as in
        PyTorch; False by default.

    Returns
    -------
    Value if ``x`` is one, else array
        Of shape ``(batch, channels, *places)``, as in ``conv``.

    Raises
    ------
    ValueError
        If the window does not fit; the message shows the shapes.

    Notes
    -----
    Each entry of a window gets its gradient divided by the number of entries.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.avg_pool([[[1.0, 3.0, 2.0, 4.0]]], 2)
    array([[[2., 3.]]])
    """
    if is_half(x):
        return in_float32(avg_pool, x, kernel, stride, padding, dilation, count_include_pad, ceil_mode)
    x, how, pairs, border = _prepared("avg_pool", x, kernel, stride, padding, dilation, ceil_mode)
    axes = tuple(range(len(pairs)))
    counted: Any = int(np.prod(how["kernel"]))
    if border != pairs or (not count_include_pad and any(map(any, pairs))):
        counts = np.pad(np.ones(shape_of(x)[2:]), pairs, constant_values=float(bool(count_include_pad)))
        counts = np.pad(counts, [(0, more - after) for (_, after), (_, more) in zip(pairs, border, strict=True)])
        counted = static(np.maximum(library(counts).windows(counts, **how).sum(axes), 1.0), x)
    x = pad_constant(x, ((0, 0), (0, 0), *border), 0.0) if any(map(any, border)) else x
    return sum(windows(x, **how), axis=axes) / counted


def _prepared(
    name: str, x: Any, kernel: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> tuple[Any, dict[str, Any], Border, Border]:
    """The input, the options of its windows, its padding, and that with what ``ceil_mode`` adds behind it."""
    x = x if isinstance(x, Node) else plain(x)
    size = shape_of(x)[2:]
    if not size:
        raise ValueError(f"{name} needs x of shape (batch, channels, *size), got {shape_of(x)}")
    n = len(size)
    lengths, apart = per_axis("kernel", kernel, n), per_axis("dilation", dilation, n)
    steps = lengths if stride is None else per_axis("stride", stride, n)
    pairs = padding_pairs(padding, size, lengths, steps, apart)
    reach = tuple(d * (k - 1) + 1 for k, d in zip(lengths, apart, strict=True))
    if any(2 * side > r for pair, r in zip(pairs, reach, strict=True) for side in pair):
        raise ValueError(f"{name} takes a padding of at most half of its window, {reach}; got {padding}")
    more = [
        _missing(m, r, s, pair) if ceil_mode else 0 for m, r, s, pair in zip(size, reach, steps, pairs, strict=True)
    ]
    border = tuple((before, after + extra) for (before, after), extra in zip(pairs, more, strict=True))
    check_room(name, size, lengths, border, apart)
    return x, {"kernel": lengths, "stride": steps, "dilation": apart}, pairs, border


def _missing(size: int, reach: int, step: int, pair: tuple[int, int]) -> int:
    """How much is missing behind an axis for a last window that starts in the input or in the padding before it."""
    before, after = pair
    length = before + size + after
    start = -((reach - length) // step) * step
    return max(start + reach - length, 0) if start < before + size else 0
