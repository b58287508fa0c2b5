"""Convolution over any number of axes, and its transposes.

A convolution is linear in the input and in the kernels, so its rules are its two transposes, and their rules are it and
each other: three operations, closed under differentiation of any order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from ..arrays import library, shape_of
from ..arrays.windows import places_of
from ..operation import Operand, Rule, case, composed, primitive
from .padding import pad_constant
from .plain import option
from .shapes import reshape

Sizes: TypeAlias = tuple[int, ...]
Pairs: TypeAlias = tuple[tuple[int, int], ...]


@primitive(
    "{x} * {w}",
    Rule(lambda g, out, x, w, **how: conv_input(g, w, size=shape_of(x)[2:], **how), "{w}", "{g} *ᵀ {w}", linear=True),
    Rule(lambda g, out, x, w, **how: conv_kernel(x, g, kernel=shape_of(w)[2:], **how), "{x}", "{x} * {g}", linear=True),
    cases=(case((2, 2, 4), (3, 2, 2), stride=(1,), padding=((1, 0),), dilation=(2,), groups=1),),
)
def conv_of(x: Operand, w: Operand, stride: Sizes, padding: Pairs, dilation: Sizes, groups: int) -> Any:
    """Convolution with every option spelled out for each axis; ``conv`` is the function to call."""
    return library(x, w).conv(x, w, stride, padding, dilation, groups)


@primitive(
    "{x} *ᵀ {w}",
    Rule(lambda g, out, x, w, size, **how: conv_of(g, w, **how), "{w}", "{g} * {w}", linear=True),
    Rule(
        lambda g, out, x, w, size, **how: conv_kernel(g, x, kernel=shape_of(w)[2:], **how),
        "{x}",
        "{g} * {x}",
        linear=True,
    ),
    cases=(case((1, 4, 2), (4, 1, 2), size=(4,), stride=(2,), padding=((0, 1),), dilation=(1,), groups=2),),
)
def conv_input(x: Operand, w: Operand, size: Sizes, stride: Sizes, padding: Pairs, dilation: Sizes, groups: int) -> Any:
    """What a convolution passes back to its input, whose spatial axes have ``size``."""
    _check_places(shape_of(x)[2:], size, shape_of(w)[2:], stride, padding, dilation)
    return library(x, w).conv_input(x, w, size, stride, padding, dilation, groups)


@primitive(
    "{x} * {y}",
    Rule(
        lambda g, out, x, y, kernel, **how: conv_input(y, g, size=shape_of(x)[2:], **how),
        "{y}",
        "{y} *ᵀ {g}",
        linear=True,
    ),
    Rule(lambda g, out, x, y, kernel, **how: conv_of(x, g, **how), "{x}", "{x} * {g}", linear=True),
    cases=(case((2, 2, 5), (2, 2, 2), kernel=(2,), stride=(2,), padding=((0, 0),), dilation=(2,), groups=1),),
)
def conv_kernel(
    x: Operand, y: Operand, kernel: Sizes, stride: Sizes, padding: Pairs, dilation: Sizes, groups: int
) -> Any:
    """What a convolution of ``x`` passes back to its kernels when ``y`` is the gradient of its result."""
    _check_places(shape_of(y)[2:], shape_of(x)[2:], kernel, stride, padding, dilation)
    return library(x, y).conv_kernel(x, y, kernel, stride, padding, dilation, groups)


def _check_places(places: Sizes, size: Sizes, kernel: Sizes, stride: Sizes, padding: Pairs, dilation: Sizes) -> None:
    padded = tuple(a + m + z for m, (a, z) in zip(size, padding, strict=True))
    if places != places_of(padded, kernel, stride, dilation):
        raise ValueError(f"a kernel {kernel} has other places in a size of {size} than {places}")


@composed(
    case((2, 2, 5), (4, 2, 3), (4,)),
    case((1, 2, 4, 5), (2, 1, 2, 3), stride=(1, 2), padding=1, groups=2),
    case((1, 1, 5, 4), (2, 1, 2, 2), padding="same", dilation=(1, 2)),
    case((1, 1, 3, 3, 2), (1, 1, 2, 2, 1), padding=((0, 1), (1, 0), (0, 0)), stride=2),
    case((0, 2, 5), (3, 2, 2)),
)
def conv(
    x: Operand,
    w: Operand,
    b: Operand = None,
    stride: int | Sequence[int] = 1,
    padding: int | str | Sequence[Any] = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> Any:
    """Convolution of a batch with kernels, over one, two or more axes, as in convolutional networks.

    Parameters
    ----------
    x : Value or array
        Of shape ``(batch, channels, *size)``.
    w : Value or array
        The kernels, of shape ``(out, channels / groups, *kernel)``.
    b : Value or array, optional
        Of shape (out,), added to every place.
    stride : int or sequence of int
        Steps between the places of the kernel; one number for every axis, or one each. 1 by default.
    padding : int, "valid", "same", or sequence of int or of pairs of int
        Zeros around each axis; pairs tell those before and after. "valid" is 0; "same" gives an output of length
        ⌈size / stride⌉, with the odd zero at the end.
    dilation : int or sequence of int
        Distance between the entries of the kernel; 1 by default.
    groups : int
        The channels and the kernels are split into so many groups that do not see each other; 1 by default.

    Returns
    -------
    Value if an operand is one, else array
        Of shape ``(batch, out, *places)``, with places = ⌊(size + padding − dilation · (kernel − 1) − 1) / stride⌋ + 1.

    Raises
    ------
    ValueError
        If the shapes do not fit each other or the options; the message shows them.

    Notes
    -----
    y[n, o, p] = Σ_c Σ_k w[o, c, k] · x[n, c, p · stride + k · dilation] + b[o]. As in every such library the kernel is
    not turned round, so that this is a correlation. The gradient passes to x by the transposed convolution with w,
    and to w by the correlation of x with the gradient.

    References
    ----------
    V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning", arXiv:1603.07285 (2016).

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_mini as am
    >>> x = np.arange(5.0).reshape(1, 1, 5)
    >>> w = am.Value([[[1.0, 0.0, -1.0]]])
    >>> am.conv(x, w)
    Value([[[-2., -2., -2.]]], shape=(1, 1, 3), op=conv_of)
    >>> am.gradients(am.conv(x, w).sum(), w)
    array([[[3., 6., 9.]]])
    """
    size, kernel = _sizes("conv", x, w)
    n, channels = len(kernel), shape_of(x)[1]
    _check_groups("conv", groups, shape_of(w)[0], shape_of(x), shape_of(w))
    if channels != shape_of(w)[1] * groups:
        raise ValueError(
            f"conv of x {shape_of(x)} with kernels {shape_of(w)} and groups={groups}: x has {channels} channels, "
            f"the kernels read {shape_of(w)[1] * groups}"
        )
    steps, apart = per_axis("stride", stride, n), per_axis("dilation", dilation, n)
    pairs = padding_pairs(padding, size, kernel, steps, apart)
    check_room("conv", size, kernel, pairs, apart)
    return _biased("conv", conv_of(x, w, stride=steps, padding=pairs, dilation=apart, groups=groups), b)


@composed(
    case((2, 2, 3), (2, 2, 3), (2,), stride=2, output_padding=1),
    case((1, 2, 2, 3), (2, 1, 2, 2), padding=1, groups=2, dilation=(1, 2), stride=(2, 1)),
)
def conv_transpose(
    x: Operand,
    w: Operand,
    b: Operand = None,
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[Any] = 0,
    output_padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> Any:
    """Transposed convolution: each entry of a batch spreads a kernel over the result; it undoes what ``conv`` shrank.

    Parameters
    ----------
    x : Value or array
        Of shape ``(batch, channels, *size)``.
    w : Value or array
        The kernels, of shape ``(channels, out / groups, *kernel)``.
    b : Value or array, optional
        Of shape (out,), added to every place.
    stride : int or sequence of int
        Steps between the places where kernels are put; 1 by default.
    padding : int, or sequence of int or of pairs of int
        What is cut off at the ends of each axis, so that ``conv`` with this padding gives back the shape of ``x``.
    output_padding : int or sequence of int
        Places added at the end of each axis, fewer than the stride or the dilation: which of the sizes that ``conv``
        maps to that of ``x`` is meant. 0 by default.
    dilation : int or sequence of int
        Distance between the entries of the kernel; 1 by default.
    groups : int
        As in ``conv``.

    Returns
    -------
    Value if an operand is one, else array
        Of shape ``(batch, out, *places)``, with places = (size − 1) · stride − padding + dilation · (kernel − 1) +
        output_padding + 1.

    Raises
    ------
    ValueError
        If the shapes do not fit each other or the options; the message shows them.

    Notes
    -----
    It is the rule by which the gradient of ``conv`` passes to its input, and ``conv`` is its rule.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_mini as am
    >>> am.conv_transpose(np.ones((1, 1, 2)), np.array([[[1.0, 2.0, 3.0]]]), stride=2)
    array([[[1., 2., 4., 2., 3.]]])
    """
    size, kernel = _sizes("conv_transpose", x, w)
    n, channels = len(kernel), shape_of(x)[1]
    _check_groups("conv_transpose", groups, channels, shape_of(x), shape_of(w))
    if channels != shape_of(w)[0]:
        raise ValueError(
            f"conv_transpose of x {shape_of(x)} with kernels {shape_of(w)}: x has {channels} channels, "
            f"the kernels read {shape_of(w)[0]}"
        )
    steps, apart, more = (
        per_axis("stride", stride, n),
        per_axis("dilation", dilation, n),
        per_axis("output_padding", output_padding, n, least=0),
    )
    if isinstance(padding, str):
        raise ValueError("conv_transpose takes its padding as numbers")
    pairs = padding_pairs(padding, size, kernel, steps, apart)
    if any(extra >= max(step, d) for extra, step, d in zip(more, steps, apart, strict=True)):
        raise ValueError(
            f"output_padding must be less than the stride or the dilation, got {more} for stride {steps} and dilation "
            f"{apart}"
        )
    # NOTE: what is added takes back what the padding cuts off, and beyond that no kernel reaches
    free = tuple(max(extra - z, 0) for extra, (_, z) in zip(more, pairs, strict=True))
    pairs = tuple((a, max(z - extra, 0)) for extra, (a, z) in zip(more, pairs, strict=True))
    enlarged = tuple(
        (m - 1) * s - a - z + d * (k - 1) + 1
        for m, s, (a, z), d, k in zip(size, steps, pairs, apart, kernel, strict=True)
    )
    if min(enlarged) < 0:
        raise ValueError(f"conv_transpose of x {shape_of(x)}: the padding {padding} leaves the size {enlarged}")
    out = conv_input(x, w, size=enlarged, stride=steps, padding=pairs, dilation=apart, groups=groups)
    if any(free):
        out = pad_constant(out, ((0, 0), (0, 0), *((0, extra) for extra in free)), 0.0)
    return _biased("conv_transpose", out, b)


def _biased(name: str, out: Any, b: Any) -> Any:
    if b is None:
        return out
    shape = shape_of(out)
    if shape_of(b) != shape[1:2]:
        raise ValueError(f"{name} with {shape[1]} kernels needs b of shape ({shape[1]},), got {shape_of(b)}")
    return out + reshape(b, (shape[1], *(1,) * (len(shape) - 2)))


def _sizes(name: str, x: Any, w: Any) -> tuple[Sizes, Sizes]:
    """The spatial axes of the input and of the kernels."""
    if len(shape_of(x)) < 3 or len(shape_of(w)) != len(shape_of(x)):
        raise ValueError(
            f"{name} needs x of shape (batch, channels, *size) and w of shape (out, channels, *kernel) with as many "
            f"axes, got {shape_of(x)} and {shape_of(w)}; give a single example a batch by x[None]"
        )
    return shape_of(x)[2:], shape_of(w)[2:]


def _check_groups(name: str, groups: Any, channels: int, x: Sizes, w: Sizes) -> None:
    if not isinstance(groups, int) or groups < 1 or channels % groups or x[1] % groups:
        raise ValueError(f"{name} of x {x} with kernels {w} cannot be split into groups={groups}")


def per_axis(name: str, numbers: Any, n: int, least: int = 1) -> Sizes:
    """An option as one whole number for each spatial axis."""
    numbers = option("a window", name, numbers)
    try:
        found = (int(numbers),) * n if not isinstance(numbers, (tuple, list)) else tuple(map(int, numbers))
    except TypeError:
        found = ()
    if len(found) != n or min(found) < least:
        raise ValueError(f"{name} must be a whole number from {least}, or {n} of them, one an axis; got {numbers!r}")
    return found


def padding_pairs(padding: Any, size: Sizes, kernel: Sizes, stride: Sizes, dilation: Sizes) -> Pairs:
    """The padding as pairs, before and after each spatial axis."""
    if isinstance(padding, str):
        if padding not in ("same", "valid"):
            raise ValueError(f'padding is numbers, "same" or "valid", got {padding!r}')
        if padding == "valid":
            return ((0, 0),) * len(size)
        missing = [
            max((-(-m // s) - 1) * s + d * (k - 1) + 1 - m, 0)
            for m, k, s, d in zip(size, kernel, stride, dilation, strict=True)
        ]
        return tuple((each // 2, each - each // 2) for each in missing)
    if isinstance(padding, (tuple, list)) and len(padding) == len(size):
        return tuple(per_axis("padding", each, 2, least=0) for each in padding)  # type: ignore[misc]
    return tuple((each, each) for each in per_axis("padding", padding, len(size), least=0))


def check_room(name: str, size: Sizes, kernel: Sizes, padding: Pairs, dilation: Sizes) -> None:
    """Raise ValueError if a kernel does not fit into the padded input."""
    padded = tuple(a + m + z for m, (a, z) in zip(size, padding, strict=True))
    reach = tuple(d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True))
    if any(r > m for r, m in zip(reach, padded, strict=True)) or 0 in kernel:
        raise ValueError(
            f"{name}: a kernel {kernel} with dilation {dilation} reaches over {reach}, "
            f"more than the input {size} with padding, {padded}"
        )
