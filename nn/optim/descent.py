"""Gradient descent with one learning rate for all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np

from autograd_mini import Value

from .optimizer import Optimizer
from .options import any_number, number, switch
from .slots import Array, Slot


class SGD(Optimizer):
    """Gradient descent ``x ← x − lr·g``, with momentum if asked for; PyTorch's ``torch.optim.SGD``.

    With momentum, ``b ← momentum·b + (1 − dampening)·g`` (the first ``b`` is ``g``) takes the place of ``g``; with
    ``nesterov``, ``g + momentum·b`` does.

    Parameters
    ----------
    params : iterable of Value
        The leaves to change.
    lr : float
        Learning rate, positive.
    momentum : float
        How much of the former direction is kept, at least 0; 0.9 is usual.
    nesterov : bool
        Look ahead along the momentum; needs ``momentum > 0`` and no dampening.
    weight_decay : float
        Adds ``weight_decay·x`` to the gradient, which is that of the penalty ``weight_decay/2·x²``.
    dampening : float
        How much of a new gradient the momentum leaves out.
    maximize : bool
        Climb instead of descending.

    Raises
    ------
    ValueError
        For parameters that cannot be optimized and options out of range; see ``Optimizer``.

    References
    ----------
    Nesterov (1983), A method for solving the convex programming problem with convergence rate O(1/k²).
    Sutskever, Martens, Dahl, Hinton (2013), On the importance of initialization and momentum in deep learning.

    Examples
    --------
    >>> from autograd_mini import Value
    >>> from nn.optim import SGD
    >>> x = Value([4.0, -2.0])
    >>> optimizer = SGD([x], lr=0.25)
    >>> (x * x).sum().backward()
    >>> optimizer.step()
    >>> x.data
    array([ 2., -1.])
    """

    checks: ClassVar = {**Optimizer.checks, "momentum": number, "dampening": any_number, "nesterov": switch}
    entrywise: ClassVar = True
    sometimes: ClassVar = ("momentum_buffer",)

    momentum: float
    nesterov: bool
    dampening: float

    def __init__(
        self,
        params: Iterable[Value],
        lr: float = 1e-3,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
        *,
        dampening: float = 0.0,
        maximize: bool = False,
    ) -> None:
        options: dict[str, Any] = {"momentum": momentum, "dampening": dampening, "nesterov": nesterov}
        super().__init__(params, lr, **options, weight_decay=weight_decay, maximize=maximize)
        if self.nesterov and (self.momentum == 0 or self.dampening != 0):
            raise ValueError(
                f"nesterov=True needs momentum > 0 and dampening 0, got momentum={momentum!r}, dampening={dampening!r}"
            )

    def update(self, slot: Slot, g: Array) -> None:
        """The learning rate times the gradient, or times the momentum."""
        change, direction = slot.change, g
        if self.momentum:
            direction = slot.state.get("momentum_buffer")  # type: ignore[assignment]
            if direction is None:
                direction = slot.state["momentum_buffer"] = g.copy()
            else:
                direction *= self.momentum
                direction += np.multiply(g, 1 - self.dampening, out=change) if self.dampening else g
            if self.nesterov:
                direction = np.add(g, np.multiply(direction, self.momentum, out=change), out=change)
        np.multiply(direction, self.lr, out=change)
