"""Losses for numbers: how far predictions are from their targets."""

from __future__ import annotations

from typing import Any

import autograd_mini as am

from .inputs import alike, cost, reduced


def mse_loss(prediction: Any, target: Any, reduction: str = "mean") -> Any:
    """Squared error: ``(prediction − target)²``.

    Parameters
    ----------
    prediction, target : Value, array, number or nested lists
        Of the same shape.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    Value, array or float
        One number; for "none" one for each entry.

    Raises
    ------
    ValueError
        For shapes that differ, an empty batch and an unknown reduction.

    Examples
    --------
    >>> from autograd_mini import Value
    >>> from nn import mse_loss
    >>> o = Value([1.0, 2.0])
    >>> C = mse_loss(o, [0.0, 4.0])
    >>> C.backward()
    >>> C.item(), o.grad
    (2.5, array([ 1., -2.]))
    """
    with cost(reduction, "(prediction − target)²"):
        prediction, target = alike("mse_loss", prediction, target)
        return reduced(am.square(prediction - target), reduction)


def l1_loss(prediction: Any, target: Any, reduction: str = "mean") -> Any:
    """Absolute error: ``|prediction − target|``, which outliers pull at less than at the squared one.

    Parameters
    ----------
    prediction, target : Value, array, number or nested lists
        Of the same shape.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    Value, array or float
        One number; for "none" one for each entry.

    Raises
    ------
    ValueError
        For shapes that differ, an empty batch and an unknown reduction.

    Examples
    --------
    >>> from nn import l1_loss
    >>> l1_loss([1.0, 2.0], [0.0, 4.0])
    1.5
    """
    with cost(reduction, "|prediction − target|"):
        prediction, target = alike("l1_loss", prediction, target)
        return reduced(am.abs(prediction - target), reduction)


def huber_loss(prediction: Any, target: Any, reduction: str = "mean", *, delta: float = 1.0) -> Any:
    """Squared error near the target and absolute error far from it.

    With ``d = |prediction − target|`` it is ``d² / 2`` up to ``delta`` and ``delta · (d − delta / 2)`` beyond.

    Parameters
    ----------
    prediction, target : Value, array, number or nested lists
        Of the same shape.
    reduction : {"mean", "sum", "none"}
    delta : float
        Where the one goes over into the other, above 0.

    Returns
    -------
    Value, array or float
        One number; for "none" one for each entry.

    Raises
    ------
    ValueError
        For shapes that differ, an empty batch, an unknown reduction and a ``delta`` that is not above 0.

    References
    ----------
    P. J. Huber. Robust estimation of a location parameter. Annals of Mathematical Statistics 35, 1964.

    Examples
    --------
    >>> from nn import huber_loss
    >>> huber_loss([0.5, 3.0], [0.0, 0.0], "none")
    array([0.125, 2.5  ])
    """
    if not delta > 0:
        raise ValueError(f"huber_loss needs delta above 0, got {delta}")
    with cost(reduction, "Huber(prediction − target)"):
        prediction, target = alike("huber_loss", prediction, target)
        distance = am.abs(prediction - target)
        # Both cases at once, and no square of a large number: d · (d − d/2) up to delta, delta · (d − delta/2) beyond.
        near = am.minimum(distance, delta)
        return reduced(near * (distance - 0.5 * near), reduction)
