"""Scores to probabilities: softmax, its logarithm, and the cross-entropy of both in one piece."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..arrays import as_numpy, data_of, is_abstract, is_half, library, plain, shape_of, static
from ..arrays.numpy import sum_of_rows
from ..engine import record
from ..node import Node
from ..operation import Operand, Rule, case, primitive
from .arithmetic import where
from .powers import exp
from .reductions import CASES, Axis, axes_of, plain_axis, restored, sum_
from .shapes import expand_dims, in_float32
from .ties import shared


def _parts(out: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
    """exp(x) / exp(out), the softmax of x where out is its logsumexp."""
    endless = abs(data_of(out)) == math.inf
    if not is_abstract(endless) and not as_numpy(endless).any():
        return exp(x - restored(out, x, axis, keepdims))
    # NOTE: exp(-inf + inf) is nan, but of entries that are all -inf none takes part, and those of inf share
    endless = data_of(restored(endless, x, axis, keepdims))
    parts = exp(where(endless, -math.inf, x) - where(endless, 0.0, restored(out, x, axis, keepdims)))
    ties = data_of(x) == math.inf
    one = library(data_of(x)).ones_like(data_of(out))
    return parts + (shared(restored(one, x, axis, keepdims), ties, axes_of(axis, ties.ndim)) if shape_of(x) else ties)


@primitive(
    "log Σ exp {x}",
    Rule(
        lambda g, out, x, axis, keepdims: restored(g, x, axis, keepdims) * _parts(out, x, axis, keepdims),
        "exp({x} − {out})",
        "{g} × softmax {x}",
        jvp=lambda t, out, x, axis, keepdims: sum_(t * _parts(out, x, axis, keepdims), axis, keepdims),
    ),
    cases=CASES,
)
def logsumexp(x: Operand, axis: Axis = None, keepdims: bool = False) -> Any:
    """log(Σ exp(x)) without overflow.

    Parameters
    ----------
    x : Value, number or array
    axis : int, sequence of int or None
        The axes to sum over; all of them by default.
    keepdims : bool
        Whether these axes stay, with length 1; False by default.

    Returns
    -------
    Value if ``x`` is one, else number or array

    Notes
    -----
    The largest entry is taken off before the exponential and added after the logarithm. The derivative is softmax of x,
    exp(x − log Σ exp x).

    References
    ----------
    P. Blanchard, D. J. Higham and N. J. Higham, "Accurately computing the log-sum-exp and softmax functions",
    IMA Journal of Numerical Analysis 41 (2021).

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([1000.0, 1000.0])
    >>> am.logsumexp(x)
    Value(1000.69, op=logsumexp)
    >>> am.gradients(am.logsumexp(x), x)
    array([0.5, 0.5])
    """
    return library(x).logsumexp(x, axis=plain_axis(axis), keepdims=keepdims)


@primitive(
    "softmax {x}",
    Rule(
        lambda g, out, x, axis: out * (g - sum_(g * out, axis, True)),
        "{out} · (1 − {out})",
        "{out} × ({g} − Σ {g} × {out})",
        jvp=lambda t, out, x, axis: out * (t - sum_(t * out, axis, True)),
    ),
    cases=(case((4,)), case((2, 3)), case((2, 3), axis=0)),
)
def softmax(x: Operand, axis: int = -1) -> Any:
    """exp(x) / Σ exp(x) along an axis: positive numbers that sum to 1, without overflow.

    Parameters
    ----------
    x : Value, number or array
    axis : int
        The axis along which the entries compete; the last by default.

    Returns
    -------
    Value if ``x`` is one, else number or array
        In the shape of ``x``.

    Notes
    -----
    With p = softmax x: ∂p_i/∂x_j = p_i · ([i = j] − p_j), so the gradient g becomes p × (g − Σ g × p).

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.softmax([0.0, 0.0, 1000.0])
    array([0., 0., 1.])
    >>> x = am.Value([0.0, 0.0])
    >>> am.gradients(am.softmax(x), x, gradient=[1.0, 0.0])
    array([ 0.25, -0.25])
    """
    return library(x).softmax(x, axis=axis)


@primitive(
    "log softmax {x}",
    Rule(
        lambda g, out, x, axis: g - exp(out) * sum_(g, axis, True),
        "1 − exp {out}",
        "{g} − softmax {x} × Σ {g}",
        jvp=lambda t, out, x, axis: t - sum_(t * exp(out), axis, True),
    ),
    cases=(case((4,)), case((2, 3)), case((2, 3), axis=0)),
)
def log_softmax(x: Operand, axis: int = -1) -> Any:
    """x - logsumexp(x) along an axis: the logarithm of softmax, exact where softmax is tiny.

    Parameters
    ----------
    x : Value, number or array
    axis : int
        The axis along which the entries compete; the last by default.

    Returns
    -------
    Value if ``x`` is one, else number or array
        In the shape of ``x``.

    Notes
    -----
    The gradient g becomes g − softmax x × Σ g.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.log_softmax([0.0, 1000.0])
    array([-1000.,     0.])
    >>> x = am.Value([0.0, 0.0])
    >>> am.gradients(am.log_softmax(x), x, gradient=[1.0, 0.0])
    array([ 0.5, -0.5])
    """
    return library(x).log_softmax(x, axis=axis)


def _one_hot(labels: Any, x: Any) -> Any:
    """1 at each row's label, else 0, in the dtype of the scores."""
    if not is_abstract(labels):
        return static(np.eye(shape_of(x)[-1])[as_numpy(labels)], x)
    return where(labels[..., None] == np.arange(shape_of(x)[-1]), static(np.ones(()), x), 0.0)


class Found:
    """What the rows of a NumPy array gave, kept for the rule: losses, and what the table needs for the error."""

    __slots__ = ("kept", "losses")

    def __init__(self, losses: Any, *kept: Any) -> None:
        self.losses, self.kept = losses, kept

    def __repr__(self) -> str:
        return "found"

    def softmax(self) -> Any:
        """The probabilities."""
        parts, total, _ = self.kept
        return parts / total[:, None]


def _error(x: Any, labels: Any, found: Found | None) -> Any:
    """softmax x less 1 at each row's label."""
    if found is None or type(data_of(x)) is not np.ndarray:
        p = softmax(x)
    elif isinstance(x, Node):
        p = record(softmax.operation, found.softmax(), (x,), {"axis": -1})  # type: ignore[attr-defined]
    else:
        p = found.softmax()
    return p - _one_hot(labels, x)


def _rule(g: Any, out: Any, x: Any, labels: Any, found: Found | None) -> Any:
    if found is not None and type(g) is type(x) is np.ndarray:
        return library(x).softmax_error(g, *found.kept)
    return expand_dims(g, -1) * _error(x, labels, found)


def _mean_rule(g: Any, out: Any, x: Any, labels: Any, rows: int, found: Found | None) -> Any:
    g = g / rows if rows < 65504 else g * (1.0 / rows)  # the largest number that 16 bits hold
    if found is not None and type(x) is np.ndarray and isinstance(g, (np.generic, np.ndarray)):
        return library(x).softmax_error(g, *found.kept)
    return g * _error(x, labels, found)


@primitive(
    "cross entropy of softmax {x}",
    Rule(
        _rule,
        "softmax {x} − labels",
        "{g} × (softmax {x} − labels)",
        jvp=lambda t, out, x, labels, found: sum_(t * _error(x, labels, found), -1),
    ),
    activation=True,
    cases=(
        case((3, 4), labels=np.array([0, 3, 1])),
        case((4,), labels=np.array(2)),
        case((3, 4), labels=np.array([0, 3, 1]), reduction="sum"),
    ),
)
def softmax_cross_entropy_(x: Operand, labels: Any, found: Found | None = None) -> Any:
    """The losses, from checked labels; ``found`` has them already."""
    if found is not None:
        return found.losses
    rows = library(x).log_softmax(x, axis=-1)
    return -library(rows, labels).take_along_axis(rows, labels[..., None], axis=-1)[..., 0]


def _sum_over(x: Any, rows: int) -> Any:
    return in_float32(_sum_over, x, rows) if is_half(x) else sum_(x) / rows


@primitive(
    "mean cross entropy of softmax {x}",
    Rule(
        _mean_rule,
        "(softmax {x} − labels) / {rows}",
        "{g} × (softmax {x} − labels) / {rows}",
        jvp=lambda t, out, x, labels, rows, found: _sum_over(t * _error(x, labels, found), rows),
    ),
    activation=True,
    cases=(
        case((3, 4), labels=np.array([0, 3, 1]), rows=3),
        case((2, 3, 4), labels=np.array([[0, 3, 1], [2, 2, 0]]), rows=6),
    ),
)
def mean_cross_entropy(x: Operand, labels: Any, rows: int, found: Found | None = None) -> Any:
    """Their mean over the rows."""
    if found is not None and rows:
        return sum_of_rows(found.losses) / rows
    losses = softmax_cross_entropy_(x, labels, found)
    return library(losses).mean(losses)


def softmax_cross_entropy(x: Operand, labels: Any, reduction: str = "none") -> Any:
    """-log softmax(x) at each row's label: one number a row, exact for large scores.

    Parameters
    ----------
    x : Value or array
        Scores (logits) of shape (..., classes).
    labels : array of int
        The class of each row, of shape (...,).
    reduction : {"none", "mean", "sum"}
        What becomes of the rows' losses: all are given, by default, or their mean or sum. The mean is part of
        the operation, which is faster than a mean of the losses.

    Returns
    -------
    Value if ``x`` is one, else number or array
        Of shape (...,); a single number for a mean or a sum.

    Raises
    ------
    TypeError, ValueError
        If the labels are no whole numbers, not one for each row, or not in 0, ..., classes - 1; if there is no such
        reduction.

    Notes
    -----
    The derivative is the error of the prediction: softmax x − t, where t is 1 at the label, else 0. For the mean it is
    divided by the number of rows.

    References
    ----------
    C. M. Bishop, *Pattern Recognition and Machine Learning* (Springer, 2006), section 4.3.4.

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([[0.0, 0.0], [100.0, 0.0]])
    >>> am.softmax_cross_entropy(x, [0, 1])
    Value([  0.6931, 100.    ], shape=(2,), op=softmax_cross_entropy)
    >>> loss = am.softmax_cross_entropy(x, [0, 1], "mean")
    >>> loss
    Value(50.3466, op=mean_cross_entropy)
    >>> am.gradients(loss, x)
    array([[-0.25,  0.25],
           [ 0.5 , -0.5 ]])
    """
    if reduction not in _REDUCTIONS:
        raise ValueError(f"there is no reduction {reduction!r}: choose from {', '.join(map(repr, _REDUCTIONS))}")
    data, labels = data_of(x), data_of(labels)
    if not isinstance(x, Node) and type(data) is not np.ndarray:
        x = data = plain(data)
    shape = shape_of(data)
    if not shape:
        raise ValueError("softmax_cross_entropy takes scores of shape (..., classes), got a single number")
    labels = _checked(labels, shape)
    if type(data) is type(labels) is np.ndarray and labels.ndim == 1 and data.dtype.char in "fdg" and shape[1]:
        kept = library(data).softmax_cross_entropy(data, labels)
        if kept is not None:
            return _known(x, {"labels": labels, "found": Found(*kept)}, reduction)
    if reduction == "mean" and len(shape) > 1:
        return mean_cross_entropy(x, labels, math.prod(shape[:-1]))
    losses = softmax_cross_entropy_(x, labels)
    return sum_(losses) if reduction == "sum" else losses


def _known(x: Any, static: dict[str, Any], reduction: str) -> Any:
    """What the NumPy table found, recorded without another look at the arguments."""
    op, data = softmax_cross_entropy_.operation, data_of(x)  # type: ignore[attr-defined]
    if reduction == "mean":
        op, static["rows"] = mean_cross_entropy.operation, len(static["labels"])  # type: ignore[attr-defined]
    out = op.forward(data, **static)
    if isinstance(x, Node):
        out = record(op, out, (x,), static)
    return sum_(out) if reduction == "sum" else out


_REDUCTIONS = ("none", "mean", "sum")
softmax_cross_entropy.operation = softmax_cross_entropy_.operation  # type: ignore[attr-defined]


def _checked(labels: Any, shape: tuple[int, ...]) -> Any:
    """The labels as whole numbers that index, in an array of their own, since the rule needs them again."""
    if type(labels) is not np.ndarray:
        if is_abstract(labels):
            return labels
        labels = as_numpy(labels)
    if not labels.size:
        labels = labels.astype(np.intp)
    if labels.dtype.kind not in "iu":
        raise TypeError(f"labels are the numbers of classes, so whole numbers; got dtype {labels.dtype}")
    if labels.shape != shape[:-1]:
        raise ValueError(f"scores of shape {shape} need labels of shape {shape[:-1]}, got {labels.shape}")
    places = labels.astype(np.intp)
    unsigned = places.view(np.uintp)  # a negative label is a large one; argmax takes a third of the time of max
    if labels.size and unsigned.item(unsigned.argmax()) >= shape[-1]:
        raise ValueError(f"labels must lie in 0..{shape[-1] - 1}, got {labels.min()}..{labels.max()}")
    return places
