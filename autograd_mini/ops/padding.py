"""Padding: a border around the entries, of every kind that ``np.pad`` knows."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from ..arrays import dtype_of, kind_of, library, plain, shape_of, static
from ..node import Node
from ..operation import Operand, Rule, case, composed, primitive
from .arithmetic import floating
from .elementwise import floor, rint
from .indexing import getitem, take
from .joining import array, concatenate
from .plain import option
from .quantiles import median
from .reductions import max, mean, min
from .shapes import astype, broadcast_to

Widths: TypeAlias = tuple[tuple[int, int], ...]


@primitive(
    "pad({x})",
    Rule(
        lambda g, out, x, widths, value: g[
            tuple(slice(a, a + n) for (a, _), n in zip(widths, shape_of(x), strict=True))
        ],
        "1",
        "{g} without the border",
        jvp=lambda t, out, x, widths, value: pad_constant(t, widths, 0.0),
    ),
    cases=(
        case((2, 3), widths=((1, 0), (2, 1)), value=0.5),
        case((2, 3), widths=((1, 0), (2, 1)), value=((0.5, 1.0), (2.0, 3.0))),
    ),
)
def pad_constant(x: Operand, widths: Widths, value: Any) -> Any:
    """A border of constants around the entries, one for each side if they differ; ``pad`` is the function to call."""
    return library(x).pad(x, widths, constant_values=value)


@composed(
    case((2, 3), pad_width=1),
    case((2, 3), pad_width=1, constant_values=((1.0, 2.0), (3.0, 4.0))),
    case((2, 3), pad_width={-1: (1, 2)}, constant_values=2.0),
    case((2, 3), pad_width=((1, 0), (0, 2)), mode="edge"),
    case((3, 3), pad_width=2, mode="reflect"),
    case((3,), pad_width=(5, 7), mode="reflect", reflect_type="odd"),
    case((3, 3), pad_width=2, mode="symmetric"),
    case((3,), pad_width=(5, 7), mode="symmetric", reflect_type="odd"),
    case((1, 2), pad_width=(2, 1), mode="reflect", reflect_type="odd"),
    case((2, 3), pad_width=(1, 2), mode="wrap"),
    case((2, 3), pad_width=(3, 2), mode="linear_ramp", end_values=((0.5, 1.0), (2.0, -1.0))),
    case((2, 3), pad_width=(1, 2), mode="maximum"),
    case((2, 4), pad_width=(1, 2), mode="minimum", stat_length=2),
    case((2, 4), pad_width=(1, 2), mode="mean", stat_length=((1, 2), (3, 9))),
    case((2, 4), pad_width=(1, 2), mode="median", stat_length=3),
)
def pad(
    x: Operand,
    pad_width: Any,
    mode: str = "constant",
    *,
    constant_values: Any = 0.0,
    end_values: Any = 0.0,
    stat_length: Any = None,
    reflect_type: str = "even",
) -> Any:
    """A border around the entries: of constants, of entries repeated, or of what is made of them.

    Parameters
    ----------
    x : Value or array
    pad_width : int, pair of int, a pair for each axis, or dict from axis to these
        How many entries come before and after.
    mode : str
        "constant"; "edge", "reflect", "symmetric" and "wrap" repeat entries; "linear_ramp" goes from the edge to a
        constant; "maximum", "mean", "median" and "minimum" are taken of the entries along the axis.
    constant_values : Value, number, pair, or a pair for each axis
        Of mode "constant"; 0 by default.
    end_values : Value, number, pair, or a pair for each axis
        Where a "linear_ramp" ends; 0 by default.
    stat_length : int, pair, or a pair for each axis
        How many entries from the edge on the last four modes look at; all by default.
    reflect_type : {"even", "odd"}
        Whether "reflect" and "symmetric" mirror the entries, or their distances from the edge.

    Returns
    -------
    Value if ``x`` or a constant is one, else array

    Raises
    ------
    ValueError
        If there is no such mode, an option does not fit, or an empty axis is to be extended.
    TypeError
        For a callable ``mode``, which would write into its argument.

    Notes
    -----
    A constant gets the sum of the gradients of its border; an entry that the border is made of gets the sum of its
    parts. The axes are extended one after the other, so that a corner is made of borders.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.pad([1.0, 2.0], (1, 2))
    array([0., 1., 2., 0., 0.])
    >>> x = am.Value([1.0, 2.0])
    >>> am.gradients(am.pad(x, (1, 2), mode="edge").sum(), x)
    array([2., 3.])
    """
    x = x if isinstance(x, Node) else plain(x)
    shape = shape_of(x)
    widths = _widths(option("pad()", "pad_width", pad_width), len(shape))
    if callable(mode):
        raise TypeError("pad takes no callable as mode, since that writes into its argument; join parts by concatenate")
    if mode == "constant" and not _holds_values(constant_values):
        return pad_constant(x, widths, _static(constant_values))
    ends = _pairs(constant_values if mode == "constant" else end_values, x)
    lengths = _pairs(option("pad()", "stat_length", stat_length), x)
    border = _border(mode, reflect_type)
    for axis, (before, after) in enumerate(widths):
        if not before and not after:
            continue
        if not shape[axis] and mode != "constant":
            raise ValueError(f"pad cannot extend axis {axis} of shape {shape}, which is empty, in mode {mode!r}")
        left, right = border(x, axis, before, after, (ends[axis], lengths[axis]))
        x = concatenate([left, x, right], axis=axis)
    return x


def _holds_values(constants: Any) -> bool:
    return isinstance(constants, Node) or (isinstance(constants, (list, tuple)) and any(map(_holds_values, constants)))


def _static(constants: Any) -> Any:
    return tuple(map(_static, constants)) if isinstance(constants, (list, tuple, np.ndarray)) else constants


def _widths(pad_width: Any, ndim: int) -> Widths:
    if isinstance(pad_width, dict):
        pairs: list[Any] = [(0, 0)] * ndim
        for axis, width in pad_width.items():
            pairs[axis] = (width, width) if np.ndim(width) == 0 else width
        pad_width = pairs
    widths = np.broadcast_to(np.asarray(pad_width), (ndim, 2)).tolist() if ndim else []
    found = tuple((operator.index(a), operator.index(b)) for a, b in widths)
    if any(width < 0 for pair in found for width in pair):
        raise ValueError(f"pad needs widths from 0 on, got {pad_width}")
    return found


def _pairs(constants: Any, x: Any) -> list[Any]:
    """An option as a pair for each axis of ``x``; Values in its dtype."""
    ndim = len(shape_of(x))
    if constants is None:
        return [(None, None)] * ndim
    if not _holds_values(constants):
        return np.broadcast_to(np.asarray(constants), (ndim, 2)).tolist()  # type: ignore[no-any-return]
    pairs = astype(broadcast_to(array(constants), (ndim, 2)), x.dtype)
    return [(pairs[i, 0], pairs[i, 1]) for i in range(ndim)]


Border: TypeAlias = Callable[[Any, int, int, int, Any], tuple[Any, Any]]
"""The parts before and after an axis, from the array, the axis, their widths, and the axis' options."""


def _border(mode: Any, reflect_type: str) -> Border:
    if mode in ("reflect", "symmetric") and reflect_type not in ("even", "odd"):
        raise ValueError(f'reflect_type is "even" or "odd", got {reflect_type!r}')
    if mode in ("reflect", "symmetric") and reflect_type == "odd":
        return lambda x, axis, before, after, _: _odd(x, axis, before, after, mode)
    if mode in ("edge", "reflect", "symmetric", "wrap"):
        return lambda x, axis, before, after, _: _repeated(x, axis, before, after, mode)
    if mode == "constant":
        return lambda x, axis, before, after, options: _constants(x, axis, before, after, options[0])
    if mode == "linear_ramp":
        return lambda x, axis, before, after, options: _ramp(x, axis, before, after, options[0])
    if mode in _STATISTICS:
        return lambda x, axis, before, after, options: _statistics(x, axis, before, after, options[1], mode)
    modes = "constant, edge, linear_ramp, maximum, mean, median, minimum, reflect, symmetric or wrap"
    raise ValueError(f"pad has no mode {mode!r}: choose {modes}")


def _repeated(x: Any, axis: int, before: int, after: int, mode: Any) -> tuple[Any, Any]:
    n = shape_of(x)[axis]
    numbers = np.pad(np.arange(n), (before, after), mode=mode)
    return take(x, numbers[:before], axis), take(x, numbers[before + n :], axis)


def _odd(x: Any, axis: int, before: int, after: int, mode: str) -> tuple[Any, Any]:
    """Mirrored at both edges again and again, where each mirroring turns the sign of the distances from the edge."""
    n = shape_of(x)[axis]
    if n == 1:
        return _repeated(x, axis, before, after, "edge")
    period = n if mode == "symmetric" else n - 1
    first, last = take(x, [0], axis), take(x, [n - 1], axis)
    along = (-1,) + (1,) * (len(shape_of(x)) - axis - 1)

    def part(places: Any) -> Any:
        turn, rest = np.divmod(places, period)
        odd = turn % 2 == 1
        mirrored = take(x, np.where(odd, n - 1 - rest, rest), axis)
        turn, odd = turn.reshape(along), odd.reshape(along)
        weights = [np.where(odd, -1, 1), np.where(odd, turn + 1, turn), np.where(odd, 1 - turn, -turn)]
        a, b, c = (static(weight, x) for weight in weights)
        return a * mirrored + b * last + c * first

    return part(np.arange(-before, 0)), part(np.arange(n, n + after))


def _constants(x: Any, axis: int, before: int, after: int, ends: Any) -> tuple[Any, Any]:
    shape = shape_of(x)
    left, right = (
        broadcast_to(end, (*shape[:axis], width, *shape[axis + 1 :]))
        for end, width in zip(ends, (before, after), strict=True)
    )
    return left, right


def _ramp(x: Any, axis: int, before: int, after: int, ends: Any) -> tuple[Any, Any]:
    n = shape_of(x)[axis]
    along = (-1,) + (1,) * (len(shape_of(x)) - axis - 1)

    def part(edge: Any, end: Any, steps: Any) -> Any:
        share = steps.reshape(along)
        if kind_of(x) in "fc":
            share = static(share, x)
        else:  # differences of unsigned numbers would wrap
            edge = floating(edge)
        border = end + (edge - end) * share
        return border if kind_of(x) in "fc" else astype(floor(border) if kind_of(x) != "b" else border, dtype_of(x))

    left = part(take(x, [0], axis), ends[0], np.arange(before) / (before or 1))
    return left, part(take(x, [n - 1], axis), ends[1], np.arange(after)[::-1] / (after or 1))


_STATISTICS: dict[str, Callable[..., Any]] = {"maximum": max, "mean": mean, "median": median, "minimum": min}


def _statistics(x: Any, axis: int, before: int, after: int, lengths: Any, mode: str) -> tuple[Any, Any]:
    n, lead = shape_of(x)[axis], (slice(None),) * axis
    if 0 in lengths:
        raise ValueError(f"the {mode} of a stat_length of 0 entries is no number")

    def part(entries: slice, width: int) -> Any:
        one = _STATISTICS[mode](getitem(x, (*lead, entries)), axis=axis, keepdims=True)
        shape = shape_of(one)
        one = one if kind_of(x) in "fc" else astype(rint(one) if kind_of(x) != "b" else one, dtype_of(x))
        return broadcast_to(one, (*shape[:axis], width, *shape[axis + 1 :]))

    left, right = (n if length is None or length > n else int(length) for length in lengths)
    return part(slice(0, left), before), part(slice(n - right, n), after)
