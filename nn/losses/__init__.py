"""Losses: one number that says how far predictions are from targets, with PyTorch's definitions, options and gradients.

Every loss is called as ``loss(prediction, target, reduction="mean")``. The reduction is "mean" (over all losses),
"sum", or "none" (each loss by itself). Predictions are a Value, an array, a number or nested lists of scalar Values,
such as a scalar MLP gives. Shapes are never broadcast: a target of shape (4, 1) beside a prediction of shape (4,) is an
error, since their difference would be a table of 16 numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from ..lookup import find, missing as _missing
from .classification import (
    binary_cross_entropy as binary_cross_entropy,
    binary_cross_entropy_with_logits as binary_cross_entropy_with_logits,
    cross_entropy as cross_entropy,
    hinge_loss as hinge_loss,
    kl_divergence as kl_divergence,
    nll_loss as nll_loss,
)
from .regression import huber_loss as huber_loss, l1_loss as l1_loss, mse_loss as mse_loss

Loss: TypeAlias = Callable[..., Any]

LOSSES: dict[str, Loss] = {
    "mse": mse_loss,
    "l1": l1_loss,
    "huber": huber_loss,
    "hinge": hinge_loss,
    "binary_cross_entropy": binary_cross_entropy,
    "binary_cross_entropy_with_logits": binary_cross_entropy_with_logits,
    "cross_entropy": cross_entropy,
    "nll": nll_loss,
    "kl_divergence": kl_divergence,
}
"""The losses by name; ``get_loss`` also takes the functions' full names, such as "mse_loss"."""


def get_loss(loss: str | Loss) -> Loss:
    """The loss with a name; a function is itself.

    Parameters
    ----------
    loss : str or callable
        A key of ``LOSSES``, the name of one of these functions, or a function of prediction and target.

    Returns
    -------
    callable

    Raises
    ------
    ValueError
        If there is no such name; the message lists the names.
    TypeError
        If it is neither a name nor a function.

    Examples
    --------
    >>> from nn.losses import get_loss
    >>> get_loss("mse") is get_loss("mse_loss")
    True
    """
    return find("loss", LOSSES, loss.removesuffix("_loss") if isinstance(loss, str) else loss)


globals()["__getattr__"] = _missing(__name__)
