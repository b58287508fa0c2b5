"""Activations: what a neuron makes of its weighted sum. All take numbers, arrays and Values, and work entry by entry.

``step``, ``sigmoid``, ``tanh``, ``relu``, ``softplus`` and ``softmax`` are operations of autograd_mini; the others are
composed of its operations here, so that pictures show what they are made of.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

import autograd_mini as am
from autograd_mini import relu, sigmoid, softmax, softplus, step, tanh

from .lookup import find, missing as _missing

__all__ = [
    "linear",
    "step",
    "sigmoid",
    "tanh",
    "relu",
    "leaky_relu",
    "elu",
    "gelu",
    "silu",
    "softplus",
    "softmax",
    "ACTIVATIONS",
    "Activation",
    "get_activation",
    "name_of",
    "warn_about_step",
]

Activation: TypeAlias = Callable[[Any], Any]


def linear(z: Any) -> Any:
    """The weighted sum as it is.

    Parameters
    ----------
    z : number, array or Value

    Returns
    -------
    number, array or Value
        ``z`` itself.

    Examples
    --------
    >>> from nn.activations import linear
    >>> linear(0.5)
    0.5
    """
    return z


def leaky_relu(z: Any, negative_slope: float = 0.01) -> Any:
    """``z`` where it is positive, else ``negative_slope · z``; the slope at 0 is ``negative_slope``.

    Parameters
    ----------
    z : number, array or Value
    negative_slope : float
        Slope of the left side.

    Returns
    -------
    number, array or Value

    Examples
    --------
    >>> from nn.activations import leaky_relu
    >>> leaky_relu(-2.0), leaky_relu(3.0)
    (-0.02, 3.0)
    """
    z = _numbers(z)
    return am.where(z > 0, z, negative_slope * z)


def elu(z: Any, alpha: float = 1.0) -> Any:
    """``z`` where it is positive, else ``alpha · (exp(z) − 1)``, which levels off at ``−alpha``.

    Parameters
    ----------
    z : number, array or Value
    alpha : float
        Depth of the left side.

    Returns
    -------
    number, array or Value

    References
    ----------
    D.-A. Clevert, T. Unterthiner, S. Hochreiter. Fast and accurate deep network learning by exponential linear
    units (ELUs). ICLR 2016.

    Examples
    --------
    >>> from nn.activations import elu
    >>> elu(2.0), round(elu(-1.0), 4)
    (2.0, -0.6321)
    """
    z = _numbers(z)
    # exp of a large z would overflow on the side that is not chosen, and its gradient would be 0 · inf.
    return am.where(z > 0, z, alpha * am.expm1(am.where(z > 0, 0.0, z)))


def gelu(z: Any) -> Any:
    """``z`` times the chance that a standard normal variable is smaller: ``z · (1 + erf(z / √2)) / 2``.

    Parameters
    ----------
    z : number, array or Value

    Returns
    -------
    number, array or Value

    References
    ----------
    D. Hendrycks, K. Gimpel. Gaussian error linear units (GELUs). arXiv:1606.08415, 2016. The exact form, not the
    approximation by tanh.

    Examples
    --------
    >>> from nn.activations import gelu
    >>> round(gelu(1.0), 4)
    0.8413
    """
    z = _numbers(z)
    return 0.5 * z * (1.0 + am.erf(z * math.sqrt(0.5)))


def silu(z: Any) -> Any:
    """``z · sigmoid(z)``, also called swish.

    Parameters
    ----------
    z : number, array or Value

    Returns
    -------
    number, array or Value

    References
    ----------
    S. Elfwing, E. Uchibe, K. Doya. Sigmoid-weighted linear units for neural network function approximation in
    reinforcement learning. Neural Networks 107, 2018.

    Examples
    --------
    >>> from nn.activations import silu
    >>> round(silu(1.0), 4)
    0.7311
    """
    z = _numbers(z)
    return z * am.sigmoid(z)


def _numbers(z: Any) -> Any:
    """Nested lists as arrays, so that operators and comparisons work; anything else as it is."""
    return am.array(z) if isinstance(z, (list, tuple)) else z


ACTIVATIONS: dict[str, Activation] = {
    "linear": linear,
    "step": step,
    "sigmoid": sigmoid,
    "tanh": tanh,
    "relu": relu,
    "leaky_relu": leaky_relu,
    "elu": elu,
    "gelu": gelu,
    "silu": silu,
    "softplus": softplus,
    "softmax": softmax,
}
"""The activations by name."""


def get_activation(activation: str | Activation | None) -> Activation:
    """The activation with a name; None is ``linear``, and a function is itself.

    Parameters
    ----------
    activation : str, callable or None
        A key of ``ACTIVATIONS``, or any differentiable function of one Value.

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
    >>> from nn.activations import get_activation
    >>> get_activation("tanh")(0.0)
    0.0
    """
    return linear if activation is None else find("activation", ACTIVATIONS, activation)


def name_of(activation: Activation) -> str:
    """What pictures call an activation: the function's name; ``f`` for a lambda or a callable object."""
    name = getattr(activation, "__name__", "f")
    return "f" if name == "<lambda>" else name


def warn_about_step(modules: Iterable[Any]) -> None:
    """Warn if one of the modules has ``step`` for its activation; training calls it once, before it begins.

    The derivative of ``step`` is 0, so no gradient passes and nothing before it learns. Gates made by hand are used,
    not trained, and get no warning.

    Parameters
    ----------
    modules : iterable of Module
        Usually ``model.modules()``.

    Warns
    -----
    UserWarning
        If there is one.
    """
    for module in modules:
        if getattr(module, "activation", None) is step:
            warnings.warn(
                f"{module.describe()} has the activation step, whose derivative is 0: the weights before it will not "
                "learn; train with sigmoid or tanh instead",
                UserWarning,
                stacklevel=3,
            )
            return


globals()["__getattr__"] = _missing(__name__)
