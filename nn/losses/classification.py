"""Losses for classes and probabilities: yes or no, and one of many."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import autograd_mini as am
from autograd_mini import Rule
from autograd_mini.arrays import kind_of

from .inputs import (
    alike,
    check_probabilities,
    classes_of,
    cost,
    data_of,
    first,
    labels_of,
    reduced,
    rows_of,
    visible,
    warn_of_one_class,
)
from .layout import classes_last

_SMALLEST = math.exp(-100.0)
_LEAST = float(np.float32(1e-12))  # PyTorch's bound, which it keeps in single precision


def hinge_loss(prediction: Any, target: Any, reduction: str = "mean") -> Any:
    """``max(0, 1 − target · prediction)``: 0 for predictions beyond 1 on the side of their class.

    Parameters
    ----------
    prediction : Value, array, number or nested lists
        Scores.
    target : array, number or nested lists
        -1 or 1 for each score.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    Value, array or float
        One number; for "none" one for each entry.

    Raises
    ------
    ValueError
        For targets other than -1 and 1, shapes that differ, an empty batch and an unknown reduction.

    References
    ----------
    C. Cortes, V. Vapnik. Support-vector networks. Machine Learning 20, 1995.

    Examples
    --------
    >>> from nn import hinge_loss
    >>> hinge_loss([0.5, -2.0, 3.0], [1, -1, -1], "none")
    array([0.5, 0. , 4. ])
    """
    with cost(reduction, "max(0, 1 − target · prediction)"):
        prediction, target = alike("hinge_loss", prediction, target)
        labels = visible(target)
        if labels is not None and np.any(wrong := (labels != 1) & (labels != -1)):
            found = first(wrong, labels)
            raise ValueError(f"hinge_loss takes targets -1 and 1, got {found}; if they are 0 and 1 pass 2 * target - 1")
        return reduced(am.relu(1.0 - prediction * target), reduction)


@am.primitive(
    "−({t} log {p} + (1 − {t}) log(1 − {p}))",
    Rule(
        # NOTE: at p = 0 or 1 the bound keeps the slope finite where the exact one is infinite
        lambda g, out, p, t: g * ((p - t) / am.maximum(p * (1.0 - p), _LEAST)),
        "({p} − {t}) / ({p} · (1 − {p}))",
    ),
    Rule(lambda g, out, p, t: g * (_log_of_no(p) - _log_of_yes(p)), "log(1 − {p}) − log {p}"),
    elementwise=True,
    domain=(0.2, 0.8),
)
def log_loss(p: Any, t: Any) -> Any:
    """The binary cross-entropy of each entry by itself."""
    return -(t * _log_of_yes(p) + (1.0 - t) * _log_of_no(p))


def _log_of_yes(p: Any) -> Any:
    """log(p), not below -100."""
    return am.log(am.where(data_of(p) < _SMALLEST, _SMALLEST, p))


def _log_of_no(p: Any) -> Any:
    """log(1 − p), not below -100."""
    certain = data_of(p) == 1
    return am.where(certain, -100.0, am.log1p(-am.where(certain, 0.0, p)))


def binary_cross_entropy(prediction: Any, target: Any, reduction: str = "mean") -> Any:
    """``−(target · log(prediction) + (1 − target) · log(1 − prediction))`` for probabilities.

    Logarithms are not allowed below -100, and the slope not beyond 10¹², as in PyTorch. To learn, let the network give
    scores and use ``binary_cross_entropy_with_logits``, which is exact everywhere.

    Parameters
    ----------
    prediction : Value, array, number or nested lists
        Probabilities of the answer yes, from 0 to 1.
    target : array, number or nested lists
        0 or 1, or anything between, for each.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    Value, array or float
        One number; for "none" one for each entry.

    Raises
    ------
    ValueError
        For predictions or targets outside 0 to 1, shapes that differ, an empty batch and an unknown reduction.

    Examples
    --------
    >>> from nn import binary_cross_entropy
    >>> round(binary_cross_entropy([0.5, 0.5], [0, 1]), 4)
    0.6931
    >>> binary_cross_entropy(0.0, 1.0)
    100.0
    """
    with cost(reduction, "−(target · log p + (1 − target) · log(1 − p))"):
        prediction, target = alike("binary_cross_entropy", prediction, target)
        cure = "; for scores use binary_cross_entropy_with_logits"
        check_probabilities("binary_cross_entropy", "predictions", prediction, cure)
        check_probabilities("binary_cross_entropy", "targets", target)
        return reduced(log_loss(prediction, target), reduction)


def binary_cross_entropy_with_logits(prediction: Any, target: Any, reduction: str = "mean") -> Any:
    """The binary cross-entropy of ``sigmoid(prediction)``, exact for scores of any size.

    It is computed as ``softplus(prediction) − target · prediction``; its gradient is ``sigmoid(prediction) − target``.

    Parameters
    ----------
    prediction : Value, array, number or nested lists
        Scores (logits), any numbers.
    target : array, number or nested lists
        0 or 1, or anything between, for each.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    Value, array or float
        One number; for "none" one for each entry.

    Raises
    ------
    ValueError
        For targets outside 0 to 1, shapes that differ, an empty batch and an unknown reduction.

    Examples
    --------
    >>> from nn import binary_cross_entropy_with_logits
    >>> binary_cross_entropy_with_logits([1000.0, 1000.0], [1, 0], "none")
    array([   0., 1000.])
    """
    with cost(reduction, "softplus(z) − target · z"):
        prediction, target = alike("binary_cross_entropy_with_logits", prediction, target)
        check_probabilities("binary_cross_entropy_with_logits", "targets", target)
        return reduced(am.softplus(prediction) - prediction * target, reduction)


# --- one of many ------------------------------------------------------------------------------------------------------


def cross_entropy(
    prediction: Any, target: Any, reduction: str = "mean", *, label_smoothing: float = 0.0, axis: int | None = None
) -> Any:
    """``−log softmax(prediction)`` at the right class, exact for scores of any size.

    Parameters
    ----------
    prediction : Value, array or nested lists
        Scores (logits) of shape (..., classes); the classes are on the last axis, or on ``axis``.
    target : array, number or nested lists
        Either whole numbers of shape (...): the right class of each row, from 0; or floats of the prediction's shape:
        a probability for each class.
    reduction : {"mean", "sum", "none"}
        The mean is over rows.
    label_smoothing : float
        Part of each row's probability that is spread over all classes, from 0 to 1.
    axis : int, optional
        The axis of the prediction that has the classes; 1 for PyTorch's layout (samples, classes, ...). By default the
        last one. Where the target fits axis 1 as well, say which: an error asks for it.

    Returns
    -------
    Value, array or float
        One number; for "none" one for each row.

    Raises
    ------
    ValueError
        For a class out of range, probabilities outside 0 to 1, shapes that do not fit, an empty batch and options that
        do not exist.
    TypeError
        For classes that are not whole numbers.

    Warns
    -----
    UserWarning
        If there is a single class: after softmax its loss is always 0.

    References
    ----------
    C. Szegedy et al. Rethinking the Inception architecture for computer vision. CVPR 2016 (label smoothing).

    Examples
    --------
    >>> from autograd_mini import Value
    >>> from nn import cross_entropy
    >>> scores = Value([[0.0, 0.0], [1000.0, 0.0]])
    >>> C = cross_entropy(scores, [1, 0])
    >>> C.backward()
    >>> round(C.item(), 4), scores.grad
    (0.3466, array([[ 0.25, -0.25],
           [ 0.  ,  0.  ]]))
    """
    if not 0.0 <= label_smoothing <= 1.0:
        raise ValueError(f"label_smoothing is from 0 to 1, got {label_smoothing}")
    with cost(reduction, "−log softmax(scores)[target]"):
        scores = rows_of("cross_entropy", prediction)
        target = labels_of("cross_entropy", target, scores)
        if axis is not None or len(scores.shape) > 2:
            scores, target = classes_last("cross_entropy", scores, target, axis)
        shape = scores.shape
        if shape[-1] == 1:
            warn_of_one_class("cross_entropy")
        if target.shape == shape and kind_of(target) == "f":
            check_probabilities("cross_entropy", "targets", target)
            wanted = (1.0 - label_smoothing) * target + label_smoothing / shape[-1] if label_smoothing else target
            return reduced(-am.sum(am.log_softmax(scores) * wanted, axis=-1), reduction)
        labels = classes_of("cross_entropy", scores, target)
        if not label_smoothing:
            return reduced(am.softmax_cross_entropy(scores, labels, reduction), reduction)
        everywhere = -am.mean(am.log_softmax(scores), axis=-1)
        losses = am.softmax_cross_entropy(scores, labels)
        return reduced((1.0 - label_smoothing) * losses + label_smoothing * everywhere, reduction)


def nll_loss(prediction: Any, target: Any, reduction: str = "mean", *, axis: int | None = None) -> Any:
    """Negative log-likelihood: ``−prediction[target]``, for predictions that are logarithms of probabilities.

    After ``log_softmax`` it is the cross-entropy.

    Parameters
    ----------
    prediction : Value, array or nested lists
        Logarithms of probabilities, of shape (..., classes); the classes are on the last axis, or on ``axis``.
    target : array, number or nested lists
        Whole numbers of shape (...): the right class of each row, from 0.
    reduction : {"mean", "sum", "none"}
        The mean is over rows.
    axis : int, optional
        The axis of the prediction that has the classes, as for ``cross_entropy``.

    Returns
    -------
    Value, array or float
        One number; for "none" one for each row.

    Raises
    ------
    ValueError
        For a class out of range, shapes that do not fit, an empty batch and an unknown reduction.
    TypeError
        For classes that are not whole numbers.

    Warns
    -----
    UserWarning
        If there is a single class: after softmax its loss is always 0.

    Examples
    --------
    >>> import numpy as np
    >>> from nn import nll_loss
    >>> round(nll_loss(np.log([[0.25, 0.75], [0.5, 0.5]]), [1, 0]), 4)
    0.4904
    """
    with cost(reduction, "−log p[target]"):
        rows = rows_of("nll_loss", prediction)
        target = labels_of("nll_loss", target, rows)
        if axis is not None or len(rows.shape) > 2:
            rows, target = classes_last("nll_loss", rows, target, axis)
        if rows.shape[-1] == 1:
            warn_of_one_class("nll_loss")
        classes = classes_of("nll_loss", rows, target)
        return reduced(-am.take_along_axis(rows, classes[..., None], -1)[..., 0], reduction)


def kl_divergence(prediction: Any, target: Any, reduction: str = "mean", *, log_target: bool = False) -> Any:
    """Kullback-Leibler divergence from the prediction to the target: ``target · (log(target) − prediction)``.

    Parameters
    ----------
    prediction : Value, array, number or nested lists
        Logarithms of probabilities.
    target : Value, array, number or nested lists
        Probabilities in the same shape; where one is 0 the loss is 0.
    reduction : {"mean", "sum", "none", "batchmean"}
        The mean is over all entries, as in PyTorch; "batchmean" is the sum divided by the number of rows, the
        divergence of a distribution averaged over the batch.
    log_target : bool
        Whether the target holds logarithms of probabilities too.

    Returns
    -------
    Value, array or float
        One number; for "none" one for each entry.

    Raises
    ------
    ValueError
        For targets that are no probabilities, shapes that differ, an empty batch and an unknown reduction.

    References
    ----------
    S. Kullback, R. A. Leibler. On information and sufficiency. Annals of Mathematical Statistics 22, 1951.

    Examples
    --------
    >>> import numpy as np
    >>> from nn import kl_divergence
    >>> round(kl_divergence(np.log([0.5, 0.5]), [0.25, 0.75], "sum"), 4)
    0.1308
    """
    with cost(reduction, "target · (log target − log p)", "batchmean"):
        prediction, target = alike("kl_divergence", prediction, target)
        if log_target:
            losses = am.subtract(target, prediction) * am.exp(target)
        else:
            check_probabilities("kl_divergence", "targets", target)
            losses = am.subtract(am.log(am.where(data_of(target) > 0, target, 1.0)), prediction) * target
        return reduced(losses, reduction)
