"""What ``fit`` calls while it trains."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .buffer import buffers_of, restore_buffers
from .data import as_count
from .history import History
from .optim.options import number


class Callback:
    """Base of what watches and steers a training; each method does nothing until a subclass defines it.

    A plain function ``f(epoch, history, model)`` does as well, and is called as ``on_epoch_end``. An exception in
    a callback ends the training and reaches the caller; the model keeps its parameters after the last whole step.
    Ctrl-C during ``on_train_end`` is held back until the method has ended.

    Examples
    --------
    >>> from nn import Callback
    >>> class Decay(Callback):
    ...     def __init__(self, optimizer, rate):
    ...         self.optimizer, self.rate = optimizer, rate
    ...
    ...     def on_epoch_end(self, epoch, history, model):
    ...         self.optimizer.lr *= self.rate
    """

    def on_train_begin(self, history: History, model: Any) -> None:
        """Before the first epoch; ``history`` has its columns already, and they are empty."""

    def on_gradients(self, history: History, model: Any) -> None:
        """In each batch between the backward pass and the step: the place to clip gradients."""

    def on_epoch_end(self, epoch: int, history: History, model: Any) -> bool | None:
        """After each epoch, counted from 1; True ends the training."""

    def on_train_end(self, history: History, model: Any) -> None:
        """After the last epoch, also if a callback or Ctrl-C ended the training, but not after an exception."""


class EarlyStopping(Callback):
    """End the training when it does not get better any more.

    Parameters
    ----------
    patience : int
        How many epochs in a row without improvement end the training, from 1.
    min_delta : float
        What counts as improvement: better by more than this.
    monitor : str
        The column of the history to watch: ``"validation_loss"``, ``"loss"`` or a metric's name.
    restore_best : bool
        Whether the model gets back the parameters and buffers of its best epoch at the end.
    mode : {"min", "max"}
        Whether less or more is better; ``"max"`` for an accuracy.

    Attributes
    ----------
    best : float
        The best number so far.
    best_epoch : int or None
        The epoch that it comes from.

    Raises
    ------
    ValueError
        For an option out of range; and before training, if the history has no such column.

    References
    ----------
    Prechelt (1998), Early stopping, but when?

    Examples
    --------
    >>> import numpy as np
    >>> from nn import MLP, EarlyStopping, fit
    >>> X = np.linspace(-1, 1, 50).reshape(-1, 1)
    >>> model = MLP(1, [8, 1], seed=0)
    >>> history = fit(model, X, X**2, epochs=500, lr=0.05, validation=0.2, callbacks=[EarlyStopping(5)], seed=0)
    >>> len(history) < 500
    True
    """

    def __init__(
        self,
        patience: int,
        min_delta: float = 0.0,
        monitor: str = "validation_loss",
        restore_best: bool = True,
        *,
        mode: str = "min",
    ) -> None:
        self.patience = as_count(patience, "patience", 1)
        self.min_delta = number("min_delta", min_delta)
        if mode not in ("min", "max"):
            raise ValueError(f"mode must be 'min' or 'max', got {mode!r}")
        self.monitor, self.restore_best, self.mode = monitor, restore_best, mode
        self.best = math.inf if mode == "min" else -math.inf
        self.best_epoch: int | None = None
        self._kept: tuple[list[Any], dict[str, Any]] | None = None

    def on_train_begin(self, history: History, model: Any) -> None:
        """Forget former trainings, and make sure that there is something to watch."""
        if self.monitor not in history:
            hint = ": pass validation=0.2 to fit, or monitor='loss'" if self.monitor == "validation_loss" else ""
            raise ValueError(f"EarlyStopping cannot watch {self.monitor!r}, there is {', '.join(history)}{hint}")
        self.best, self.best_epoch, self._kept = math.inf if self.mode == "min" else -math.inf, None, None

    def on_epoch_end(self, epoch: int, history: History, model: Any) -> bool | None:
        """Keep the state if this epoch is the best; True if the patience is at an end. NaN is no improvement."""
        value = history[self.monitor][-1]
        gain = self.best - value if self.mode == "min" else value - self.best
        if gain > self.min_delta:
            kept = [parameter.numpy() for parameter in model.parameters()] if self.restore_best else []
            buffers = buffers_of(model) if self.restore_best else {}
            self.best, self.best_epoch, self._kept = value, epoch, (kept, buffers)
        return epoch - (self.best_epoch or 0) >= self.patience

    def on_train_end(self, history: History, model: Any) -> None:
        """Give the model back its best parameters and buffers."""
        if self.restore_best and self._kept:
            parameters, buffers = self._kept
            for parameter, best in zip(model.parameters(), parameters, strict=True):
                parameter.data = best
            restore_buffers(model, buffers)
        self._kept = None


class _Function(Callback):
    """A plain function as a callback."""

    def __init__(self, function: Callable[[int, History, Any], Any]) -> None:
        self.function = function

    def on_epoch_end(self, epoch: int, history: History, model: Any) -> bool | None:
        answer = self.function(epoch, history, model)
        return bool(answer) if isinstance(answer, (bool, np.bool_)) else None


def as_callbacks(given: Any) -> list[Callback]:
    """Callbacks and functions, one or several, as a list of callbacks.

    Raises
    ------
    TypeError
        For anything else, and for a class where an object of it is wanted.
    """
    items = list(given) if isinstance(given, Iterable) else [given]
    for item in items:
        if isinstance(item, type):
            raise TypeError(f"a callback is an object, got the class {item.__name__}: pass {item.__name__}(...)")
        if not isinstance(item, Callback) and not callable(item):
            raise TypeError(f"a callback is a Callback or a function of (epoch, history, model), got {item!r:.60}")
    return [item if isinstance(item, Callback) else _Function(item) for item in items]
