"""How good predictions are, in numbers for people; losses are for gradients."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_mini import Value


def accuracy(prediction: Any, target: Any, *, threshold: float = 0.5) -> float:
    """The share of samples whose class is predicted right.

    Parameters
    ----------
    prediction : array or Value, shape (samples, classes), (samples, 1) or (samples,)
        With several classes a score for each: the largest wins. Else one number a sample, compared with ``threshold``.
    target : array or Value
        The numbers of the classes, shape (samples,), or one column for each class, in the prediction's shape. For two
        classes and one number a sample: 0 and 1, or any two numbers on either side of ``threshold``.
    threshold : float
        Where the two classes part: 0.5 for probabilities, 0 for scores and for labels -1 and 1.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    ValueError
        If the shapes do not fit, there are no samples, or a class number is none of the prediction's.

    Examples
    --------
    >>> from nn import accuracy
    >>> accuracy([[0.1, 0.9], [0.8, 0.2], [0.7, 0.3]], [1, 0, 1])
    0.6666666666666666
    >>> accuracy([0.9, 0.2], [1, 0])
    1.0
    """
    scores = np.asarray(prediction.raw if isinstance(prediction, Value) else prediction)
    labels = np.asarray(target.raw if isinstance(target, Value) else target)
    shapes = f"got a prediction of shape {scores.shape} and a target of shape {labels.shape}"
    if scores.ndim == 0 or not len(scores) or labels.shape[:1] != scores.shape[:1]:
        raise ValueError(f"accuracy needs as many predictions as targets, at least one: {shapes}")
    if scores.ndim == 2 and scores.shape[1] > 1:
        winners = scores.argmax(axis=1)
        if labels.shape == scores.shape:
            return _share(winners == labels.argmax(axis=1))
        if labels.size != len(scores):
            raise ValueError(f"accuracy needs one class number a sample, or one column for each class: {shapes}")
        classes = labels.reshape(-1)
        if not _are_classes(classes, scores.shape[1]):
            raise ValueError(
                f"the classes are numbered 0 to {scores.shape[1] - 1}, the target has {np.unique(classes)}"
            )
        return _share(winners == classes)
    if not scores.size == labels.size == len(scores):
        raise ValueError(f"accuracy needs one number a sample, or a score for each class: {shapes}")
    return _share((scores.reshape(-1) > threshold) == (labels.reshape(-1) > threshold))


def _share(right: Any) -> float:
    return int(np.count_nonzero(right)) / len(right)


def _are_classes(numbers: Any, n: int) -> bool:
    """Whether these are whole numbers from 0 to n − 1, of whatever dtype."""
    if numbers.dtype.kind in "iu":
        return bool(numbers.min() >= 0 and numbers.max() < n)
    return bool(np.isin(numbers, np.arange(n)).all())
