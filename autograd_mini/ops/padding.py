"""Padding: a border around the entries."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays import library, shape_of
from ..operation import Operand, Rule, case, composed, primitive
from .indexing import take


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
    cases=(case((2, 3), widths=((1, 0), (2, 1)), value=0.5),),
)
def pad_constant(x: Operand, widths: Sequence[tuple[int, int]], value: float) -> Any:
    """A border of one value around the entries; ``pad`` is the function to call."""
    return library(x).pad(x, widths, constant_values=value)


@composed(
    case((2, 3), pad_width=1),
    case((2, 3), pad_width=((1, 0), (0, 2)), mode="edge"),
    case((3, 3), pad_width=2, mode="reflect"),
    case((3, 3), pad_width=2, mode="symmetric"),
    case((2, 3), pad_width=(1, 2), mode="wrap"),
)
def pad(x: Operand, pad_width: Any, mode: str = "constant", constant_values: float = 0.0) -> Any:
    """A border around the entries: of a constant, or of entries repeated (edge, reflect, symmetric, wrap).

    Parameters
    ----------
    x : Value or array
    pad_width : int, pair of int, or a pair for each axis
        How many entries come before and after.
    mode : {"constant", "edge", "reflect", "symmetric", "wrap"}
        As in ``np.pad``.
    constant_values : float
        What the border of mode "constant" is made of; 0 by default.

    Returns
    -------
    Value if ``x`` is one, else array

    Raises
    ------
    ValueError
        If there is no such mode.

    Notes
    -----
    A constant border gets no gradient; an entry that is repeated in the border gets the sum over its copies.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.pad([1.0, 2.0], (1, 2))
    array([0., 1., 2., 0., 0.])
    >>> x = am.Value([1.0, 2.0])
    >>> am.gradients(am.pad(x, (1, 2), mode="edge").sum(), x)
    array([2., 3.])
    """
    shape = shape_of(x)
    widths = tuple(
        (operator.index(a), operator.index(b)) for a, b in np.broadcast_to(np.asarray(pad_width), (len(shape), 2))
    )
    if mode == "constant":
        return pad_constant(x, widths, constant_values)
    if mode not in ("edge", "reflect", "symmetric", "wrap"):
        raise ValueError(f"pad has no mode {mode!r}: choose constant, edge, reflect, symmetric or wrap")
    for axis, width in enumerate(widths):
        x = take(x, np.pad(np.arange(shape[axis]), width, mode=mode), axis)  # type: ignore[call-overload]
    return x
