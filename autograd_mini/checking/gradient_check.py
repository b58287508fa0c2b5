"""gradcheck: the gradients of a function against central differences, in float64, one entry at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..guards import NoForwardRule
from ..products import vjp
from ..state import no_grad
from .differences import Differences, fine, weights_for
from .forward import Forward
from .function import Function, Row, gradient_of, home, name_of, seen, take_apart
from .report import (
    Array,
    GradientError,
    error_size,
    index_text,
    non_negative,
    number,
    pattern,
    relative_error,
    text_table,
    tolerance,
    whole,
)

RTOL: dict[type[Any], float] = {np.float64: 1e-6, np.float32: 1e-3, np.float16: 5e-2}
ROWS = 10


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One entry whose gradient differs from the central differences.

    Attributes
    ----------
    where : str
        The argument, with the keys that lead to an array inside it: ``params['W'][0]``.
    index : tuple of int
        The entry of that array.
    autodiff, differences : float or complex
        The two gradients.
    absolute_error, relative_error : float
        How far apart they are; the relative error is over the larger of the two.
    allowed : float
        The absolute error that would have passed.
    """

    where: str
    index: tuple[int, ...]
    autodiff: complex
    differences: complex
    absolute_error: float
    relative_error: float
    allowed: float


def gradcheck(
    f: Callable[..., Any],
    *xs: Any,
    order: int = 1,
    mode: str = "both",
    eps: float | None = None,
    rtol: float | None = None,
    atol: float | None = None,
    seed: int = 0,
) -> bool:
    """Check a function's gradients against central differences.

    Parameters
    ----------
    f : callable
        Any function of Values. It may return one number or array, or nested tuples, lists and dicts of them.
    *xs : numbers, arrays, Values, or nested tuples, lists and dicts of them
        The point, floating or complex, any dtype. Values with ``requires_grad=False`` are passed on and not checked.
    order : int
        2 checks the second derivatives as well, as the gradient of the gradient function; and so on.
    mode : {"both", "reverse", "forward"}
        ``"reverse"`` checks gradients, ``"forward"`` the same derivatives by ``jvp``, one entry of the arguments at a
        time. ``"both"`` checks gradients, and then that both modes agree along a pseudo-random direction.
    eps : float, optional
        Step of the differences relative to ``max(1, |entry|)``. By default 6e-6, and where that disagrees,
        extrapolation over a row of steps gives a second opinion, so that points with a scale of their own pass.
    rtol, atol : float, optional
        An entry passes if ``|autodiff − differences| <= rtol · (the larger of the two) + atol``, plus the rounding
        error of the differences. By default ``rtol`` is 1e-6 for float64, 1e-3 for float32 and 5e-2 for float16,
        whichever is the coarsest among arguments and results; ``atol`` is a hundredth of that at the largest
        entry of the argument's gradient.
    seed : int
        Of the weights for results with several entries, see the notes.

    Returns
    -------
    bool
        True. Differences raise.

    Raises
    ------
    GradientError
        If gradients differ, with a table of the worst entries and what the error looks like.
    TypeError
        For arguments and results that are not floating, such as integer arrays and None.
    ValueError
        If an argument or a result is nan or infinite, or an option makes no sense.

    Notes
    -----
    A result with several entries is reduced to the sum of its entries with fixed pseudo-random weights: an error
    in any entry shows in the gradient of the sum. So a check takes a pass in each mode, one evaluation and two more for
    each entry of the arguments (four for complex ones), however large the result is. The evaluations are made in
    float64 also where the arguments are coarser. A complex argument's gradient is ∂/∂Re + i ∂/∂Im.

    References
    ----------
    C. J. F. Ridders. Accurate computation of F'(x) and F'(x)F''(x). Advances in Engineering Software 4(2), 1982: the
    extrapolation.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd_mini import gradcheck, tanh
    >>> gradcheck(lambda x, W: tanh(x @ W), np.ones((2, 3)), np.ones((3, 4)), order=2)
    True
    >>> gradcheck(lambda x: x * x.detach(), np.array([1.0, 2.0]))
    Traceback (most recent call last):
    ...
    autograd_mini.checking.report.GradientError: the gradient of f differs from central differences in 2 of 2 entries
    ...
    every entry is off by a factor of 1/2
    ...
    """
    if not callable(f):
        raise TypeError(
            f"gradcheck needs a function and then its arguments, as gradcheck(lambda x: x * x, 3.0), got "
            f"{type(f).__name__} in place of the function"
        )
    order, seed = whole(order, "order", 1), whole(seed, "seed", 0)
    if type(mode) is not str or mode not in ("both", "reverse", "forward"):
        raise ValueError(f"mode must be 'both', 'reverse' or 'forward', got {mode!r}")
    eps, rtol, atol = (
        None if x is None else non_negative(x, what) for x, what in ((eps, "eps"), (rtol, "rtol"), (atol, "atol"))
    )
    if eps == 0:
        raise ValueError("eps must be a positive number, got 0")
    function, row, places = take_apart(f, xs)
    for k in range(1, order + 1):
        weights = _check(function, row, places, _Options(eps, rtol, atol, seed, k, name_of(f), mode))
        function = gradient_of(function, weights)
    return True


@dataclass(frozen=True, slots=True)
class _Options:
    eps: float | None
    rtol: float | None
    atol: float | None
    seed: int
    order: int
    f: str
    mode: str

    @property
    def subject(self) -> str:
        """What is being differentiated: f, or for higher orders a gradient."""
        return "the gradient of " * (self.order - 1) + self.f

    @property
    def gradient(self) -> str:
        """What is being checked."""
        return f"the gradient of {self.subject}" + (" in forward mode" if self.mode == "forward" else "")


def _check(function: Function, row: Row, places: list[str], options: _Options) -> list[Array]:
    """Compare one order; the weights that it used define the function of the next."""
    with no_grad():
        results, pullback = vjp(function, row)
        ys = [seen(y) for y in results]
        if not all(np.isfinite(y).all() for y in ys):
            raise ValueError(f"{options.subject} is nan or infinite at this point, so there is no gradient to check")
        weights = weights_for(ys, options.seed)
        found = [
            np.asarray(fine(seen(g))) for g in pullback([home(w, y) for w, y in zip(weights, results, strict=True)])
        ]
    differences = Differences(function, row, weights, options.eps)
    coarsest = max((np.asarray(seen(x)).dtype for x in (*row, *ys)), key=lambda dtype: np.finfo(dtype).eps)

    def compare(found: list[Array], options: _Options) -> None:
        rows: list[Mismatch] = []
        for i, (place, autodiff) in enumerate(zip(places, found, strict=True)):
            rows += _compare(differences, i, place, autodiff, coarsest, options)
        if rows:
            rows.sort(key=lambda row: row.absolute_error / row.allowed if row.allowed else np.inf, reverse=True)
            raise GradientError(_message(rows, places, sum(np.size(seen(x)) for x in row), differences, options), rows)

    if options.mode != "forward":
        compare(found, options)
    if options.mode != "reverse":
        forward = Forward(function, row, weights)
        try:
            agrees = options.mode == "both" and forward.agrees(found, coarsest, options.seed)
        except NoForwardRule:
            return weights
        if not agrees:
            compare(forward.gradients(), replace(options, mode="forward"))
    return weights


def _compare(
    differences: Differences, i: int, place: str, autodiff: Array, dtype: Any, options: _Options
) -> list[Mismatch]:
    """The entries of one variable that differ."""
    expected, rounding = np.zeros(autodiff.shape, autodiff.dtype), np.zeros(autodiff.shape)
    for index in np.ndindex(autodiff.shape):
        expected[index], rounding[index] = differences.central(i, index, differences.step(i, index))
    finite = np.abs(expected[np.isfinite(expected)])
    limits = tolerance(RTOL, dtype, float(finite.max(initial=0.0)), options.rtol, options.atol)

    def row(index: tuple[int, ...]) -> Mismatch:
        a, d = autodiff[index], expected[index]
        if not (np.isfinite(a) and np.isfinite(d)):
            return Mismatch(place, index, a.item(), d.item(), np.inf, np.inf, limits.atol)
        allowed = float(limits.allowed(a, d) + rounding[index])
        return Mismatch(place, index, a.item(), d.item(), float(abs(a - d)), float(relative_error(a, d)), allowed)

    with np.errstate(invalid="ignore"):
        suspects = ~(np.abs(autodiff - expected) <= limits.allowed(autodiff, expected) + rounding)
    rows: list[Mismatch] = []
    for index in map(tuple, np.argwhere(suspects).tolist()):
        # ten that are certain are enough to fail, and the rest need no second opinion
        if differences.extrapolates and len(rows) < ROWS:
            second = differences.extrapolated(i, index)
            if abs(autodiff[index] - second) <= limits.allowed(autodiff[index], np.asarray(second)):
                continue
            expected[index] = second if np.isfinite(second) else expected[index]
        rows.append(row(index))
    return rows


def _message(rows: list[Mismatch], places: list[str], size: int, differences: Differences, options: _Options) -> str:
    entries = "entry" if size == 1 else "entries"
    cells = [
        (
            row.where,
            index_text(row.index),
            number(row.autodiff),
            number(row.differences),
            error_size(row.absolute_error),
            error_size(row.relative_error),
            error_size(row.allowed),
        )
        for row in rows[:ROWS]
    ]
    header = ("argument", "index", "autodiff", "differences", "abs. error", "rel. error", "allowed")
    lines = [
        f"{options.gradient} differs from central differences in {len(rows)} of {size} {entries}",
        "",
        text_table(header, cells, "<<>>>>>"),
    ]
    if len(rows) > ROWS:
        lines.append(f"... and {len(rows) - ROWS} more")
    lines += ["", _hint(rows, places, size, differences)]
    if any(w.size > 1 for w in differences.weights) or len(differences.weights) > 1:
        weighted = f"their sum with pseudo-random weights, seed={options.seed}"
        lines.append(f"(The result has several entries; this is the gradient of {weighted}.)")
    return "\n".join(lines).rstrip()


def _hint(rows: list[Mismatch], places: list[str], size: int, differences: Differences) -> str:
    """What the errors look like, or nothing."""
    worst = rows[:ROWS]
    autodiff, expected = np.array([row.autodiff for row in rows]), np.array([row.differences for row in rows])
    if not differences.repeats():
        return (
            "two evaluations at the same point differ: the function is not deterministic (random numbers, dropout, "
            "something that it changes itself), so it has no differences; fix its seed inside"
        )
    if not np.isfinite(expected[:ROWS]).all():
        return "the function is not finite next to this point: is it on the edge of the function's domain?"
    if any(differences.kink(places.index(row.where), row.index) for row in worst):
        return (
            "the slopes to the left and to the right of this point differ: the function has a kink or a jump here and "
            "no derivative; check it at another point"
        )
    if not autodiff.any():
        return (
            "autodiff gives 0 where the result does depend on the argument: was the graph cut, by .numpy(), float(), "
            ".detach(), stop_gradient or no_grad, or does it lead through a step?"
        )
    words = pattern(autodiff, expected)
    every = "every entry" if len(rows) == size else "each of these entries"
    return f"{every} {words}" if words else ""
