"""Optimizers that give every entry its own step size, from the gradients that it has seen."""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt
from typing import ClassVar

import numpy as np

from autograd_mini import Value

from .optimizer import Optimizer
from .options import below_one, number, pair_below_one, switch
from .slots import Array, Slot


def _blend(mean: Array, new: Array, weight: float, scratch: Array) -> None:
    """``mean ← mean + weight·(new − mean)`` in place."""
    np.subtract(new, mean, out=scratch)
    scratch *= weight
    mean += scratch


def _blend_square(mean: Array, new: Array, weight: float, scratch: Array) -> None:
    """``mean ← (1 − weight)·mean + weight·new²`` in place."""
    mean *= 1 - weight
    np.multiply(new, new, out=scratch)
    scratch *= weight
    mean += scratch


class Adam(Optimizer):
    """Steps along the mean gradient, divided by the root of the mean squared one; PyTorch's ``torch.optim.Adam``.

    ``m ← β₁·m + (1 − β₁)·g`` and ``v ← β₂·v + (1 − β₂)·g²`` are running means. Both start from 0, which
    ``m̂ = m / (1 − β₁ᵗ)`` and ``v̂ = v / (1 − β₂ᵗ)`` correct at step t; then ``x ← x − lr·m̂ / (√v̂ + eps)``.

    Parameters
    ----------
    params : iterable of Value
        The leaves to change.
    lr : float
        Learning rate, positive: about how far an entry moves in one step.
    betas : tuple of float
        β₁ and β₂, each in [0, 1).
    eps : float
        Keeps the division from dividing by 0, at least 0.
    weight_decay : float
        Adds ``weight_decay·x`` to the gradient; ``AdamW`` decays the parameters themselves, which is mostly better.
    amsgrad : bool
        Divide by the largest v so far instead of the present one.
    maximize : bool
        Climb instead of descending.

    Raises
    ------
    ValueError
        For parameters that cannot be optimized and options out of range; see ``Optimizer``.

    References
    ----------
    Kingma, Ba (2015), Adam: a method for stochastic optimization.
    Reddi, Kale, Kumar (2018), On the convergence of Adam and beyond (``amsgrad``).

    Examples
    --------
    >>> from autograd_mini import Value
    >>> from nn.optim import Adam
    >>> x = Value([4.0, -200.0])
    >>> optimizer = Adam([x], lr=0.5)
    >>> (x * x).sum().backward()
    >>> optimizer.step()
    >>> x.data.round(6)
    array([   3.5, -199.5])
    """

    checks: ClassVar = {**Optimizer.checks, "betas": pair_below_one, "eps": number, "amsgrad": switch}
    entrywise: ClassVar = True
    always: ClassVar = ("step", "exp_avg", "exp_avg_sq")
    sometimes: ClassVar = ("max_exp_avg_sq",)

    betas: tuple[float, float]
    eps: float
    amsgrad: bool

    def __init__(
        self,
        params: Iterable[Value],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params, lr, betas=betas, eps=eps, weight_decay=weight_decay, amsgrad=amsgrad, maximize=maximize
        )

    def update(self, slot: Slot, g: Array) -> None:
        """``lr·m̂ / (√v̂ + eps)``, with the corrections of m and v taken into the numbers."""
        change, (beta1, beta2) = slot.change, self.betas
        mean, square = slot.remembered("exp_avg"), slot.remembered("exp_avg_sq")
        t = slot.count()
        _blend(mean, g, 1 - beta1, change)
        _blend_square(square, g, 1 - beta2, change)
        if self.amsgrad:
            largest = slot.remembered("max_exp_avg_sq")
            square = np.maximum(largest, square, out=largest)
        np.sqrt(square, out=change)
        change /= sqrt(1 - beta2**t)
        change += self.eps
        np.divide(mean, change, out=change)
        change *= self.lr / (1 - beta1**t)


class AdamW(Adam):
    """Adam with weight decay apart from the gradient, ``x ← x − lr·weight_decay·x``; PyTorch's ``torch.optim.AdamW``.

    Parameters
    ----------
    params : iterable of Value
        The leaves to change.
    lr : float
        Learning rate, positive.
    betas : tuple of float
        β₁ and β₂ of the running means, each in [0, 1).
    eps : float
        Keeps the division from dividing by 0, at least 0.
    weight_decay : float
        The share of itself, times ``lr``, that a parameter loses in each step.
    amsgrad : bool
        Divide by the largest v so far instead of the present one.
    maximize : bool
        Climb instead of descending.

    Raises
    ------
    ValueError
        For parameters that cannot be optimized and options out of range; see ``Optimizer``.

    References
    ----------
    Loshchilov, Hutter (2019), Decoupled weight decay regularization.

    Examples
    --------
    >>> from autograd_mini import Value
    >>> from nn.optim import AdamW
    >>> x = Value([4.0, -200.0])
    >>> optimizer = AdamW([x], lr=0.5, weight_decay=0.1)
    >>> (x * x).sum().backward()
    >>> optimizer.step()
    >>> x.data.round(6)
    array([   3.3, -189.5])
    """

    decoupled: ClassVar = True

    def __init__(
        self,
        params: Iterable[Value],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize)


class RMSprop(Optimizer):
    """The gradient divided by the root of its mean square; PyTorch's ``torch.optim.RMSprop``.

    ``v ← alpha·v + (1 − alpha)·g²``, then ``x ← x − lr·g / (√v + eps)``. ``centered`` takes the square of the mean
    gradient off v, so that it is a variance; ``momentum`` gathers the steps as ``b ← momentum·b + g / (√v + eps)``.

    Parameters
    ----------
    params : iterable of Value
        The leaves to change.
    lr : float
        Learning rate, positive.
    alpha : float
        How much of the former mean is kept, in [0, 1).
    eps : float
        Keeps the division from dividing by 0, at least 0.
    weight_decay : float
        Adds ``weight_decay·x`` to the gradient.
    momentum : float
        How much of the former direction is kept, at least 0.
    centered : bool
        Divide by the standard deviation of the gradient. Where rounding makes the variance negative it counts as
        0 (PyTorch gives NaN).
    maximize : bool
        Climb instead of descending.

    Raises
    ------
    ValueError
        For parameters that cannot be optimized and options out of range; see ``Optimizer``.

    References
    ----------
    Tieleman, Hinton (2012), Lecture 6.5, RMSprop, in Neural networks for machine learning.
    Graves (2013), Generating sequences with recurrent neural networks (``centered``).

    Examples
    --------
    >>> from autograd_mini import Value
    >>> from nn.optim import RMSprop
    >>> x = Value([4.0, -200.0])
    >>> optimizer = RMSprop([x], lr=0.5)
    >>> (x * x).sum().backward()
    >>> optimizer.step()  # by lr / sqrt(1 - alpha), since the mean starts from 0
    >>> x.data.round(6)
    array([  -1., -195.])
    """

    checks: ClassVar = {**Optimizer.checks, "alpha": below_one, "eps": number, "momentum": number, "centered": switch}
    entrywise: ClassVar = True
    always: ClassVar = ("square_avg",)
    sometimes: ClassVar = ("grad_avg", "momentum_buffer")

    alpha: float
    eps: float
    momentum: float
    centered: bool

    def __init__(
        self,
        params: Iterable[Value],
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            lr,
            alpha=alpha,
            eps=eps,
            weight_decay=weight_decay,
            momentum=momentum,
            centered=centered,
            maximize=maximize,
        )

    def update(self, slot: Slot, g: Array) -> None:
        """``lr·g / (√v + eps)``, or the momentum of it."""
        change = slot.change
        square = slot.remembered("square_avg")
        _blend_square(square, g, 1 - self.alpha, change)
        if self.centered:
            mean = slot.remembered("grad_avg")
            _blend(mean, g, 1 - self.alpha, change)
            np.multiply(mean, mean, out=change)
            np.subtract(square, change, out=change)
            np.maximum(change, 0.0, out=change)
            np.sqrt(change, out=change)
        else:
            np.sqrt(square, out=change)
        change += self.eps
        np.divide(g, change, out=change)
        if self.momentum:
            momentum = slot.remembered("momentum_buffer")
            momentum *= self.momentum
            momentum += change
            change = momentum
        np.multiply(change, self.lr, out=slot.change)


class Adagrad(Optimizer):
    """The gradient divided by the root of the sum of its squares so far; PyTorch's ``torch.optim.Adagrad``.

    ``s ← s + g²``, then ``x ← x − lrₜ·g / (√s + eps)`` with ``lrₜ = lr / (1 + (t − 1)·lr_decay)`` at step t.

    Parameters
    ----------
    params : iterable of Value
        The leaves to change.
    lr : float
        Learning rate, positive.
    lr_decay : float
        How fast the learning rate falls, at least 0.
    weight_decay : float
        Adds ``weight_decay·x`` to the gradient.
    initial_accumulator_value : float
        Where the sums start, at least 0.
    eps : float
        Keeps the division from dividing by 0, at least 0.
    maximize : bool
        Climb instead of descending.

    Raises
    ------
    ValueError
        For parameters that cannot be optimized and options out of range; see ``Optimizer``.

    References
    ----------
    Duchi, Hazan, Singer (2011), Adaptive subgradient methods for online learning and stochastic optimization.

    Examples
    --------
    >>> from autograd_mini import Value
    >>> from nn.optim import Adagrad
    >>> x = Value([4.0, -200.0])
    >>> optimizer = Adagrad([x], lr=0.5)
    >>> (x * x).sum().backward()
    >>> optimizer.step()
    >>> x.data.round(6)
    array([   3.5, -199.5])
    """

    checks: ClassVar = {**Optimizer.checks, "lr_decay": number, "initial_accumulator_value": number, "eps": number}
    entrywise: ClassVar = True
    always: ClassVar = ("step", "sum")

    lr_decay: float
    initial_accumulator_value: float
    eps: float

    def __init__(
        self,
        params: Iterable[Value],
        lr: float = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            lr,
            lr_decay=lr_decay,
            weight_decay=weight_decay,
            initial_accumulator_value=initial_accumulator_value,
            eps=eps,
            maximize=maximize,
        )

    def update(self, slot: Slot, g: Array) -> None:
        """``lrₜ·g / (√s + eps)``."""
        change = slot.change
        total = slot.remembered("sum", start=self.initial_accumulator_value)
        t = slot.count()
        total += np.multiply(g, g, out=change)
        np.sqrt(total, out=change)
        change += self.eps
        np.divide(g, change, out=change)
        change *= self.lr / (1 + (t - 1) * self.lr_decay)
