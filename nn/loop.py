"""The training loop behind ``fit``: epochs, batches, steps and validation."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import copy_context
from copyreg import __newobj__ as newobj  # type: ignore[attr-defined]
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias

import numpy as np

import autograd_mini as am
from autograd_mini import Value

from .buffer import buffers_of, restore_buffers
from .callbacks import Callback
from .data import Array, batches
from .history import History
from .interrupts import Interrupts
from .losses import LOSSES
from .optim import Optimizer
from .progress import Progress

Samples: TypeAlias = tuple[Array, Array | None]
"""Inputs, and targets if there are any."""

ENTRYWISE = {function for name, function in LOSSES.items() if name not in {"cross_entropy", "nll"}}
"""Losses that compare prediction and target entry by entry; the others take class numbers."""


class DivergenceError(ArithmeticError):
    """The loss, or a gradient, became infinite or NaN; the parameters are those before that batch.

    Attributes
    ----------
    history : History
        The epochs completed before.
    epoch, batch : int
        Where it happened, counted from 1.
    """

    def __init__(self, message: str, history: History, epoch: int, batch: int) -> None:
        super().__init__(message)
        self.history, self.epoch, self.batch = history, epoch, batch

    def __reduce__(self) -> tuple[Any, ...]:
        return newobj, (type(self), *self.args), self.__dict__


class _NonFinite(ArithmeticError):
    """A loss or gradient that no step should follow."""


@dataclass
class Loop:
    """One training; the fields are the arguments of ``fit``, checked."""

    model: Any
    loss: Callable[[Any, Any], Any]
    optimizer: Any
    metrics: Mapping[str, Callable[[Any, Any], Any]]
    callbacks: list[Callback]
    train: Samples
    held_out: Samples | None
    epochs: int
    batch_size: int
    shuffle: bool
    rng: np.random.Generator
    progress: Progress
    history: History = field(init=False)

    def __post_init__(self) -> None:
        names = ["validation_loss"] if self.held_out else []
        for name in self.metrics:
            names += [name, f"validation_{name}"] if self.held_out else [name]
        self.history = History(names)
        self._scalar = bool(getattr(self.model, "scalar", False))
        self._parameters = list(self.model.parameters())
        self._n_batches = -(-len(self.train[0]) // self.batch_size)
        self._interrupts = Interrupts()
        self._buffers: dict[str, Value] = {}
        """What the buffers were before the batch that is under way."""
        trained = set(map(id, self.optimizer.params)) if isinstance(self.optimizer, Optimizer) else set()
        self._others = [parameter for parameter in self._parameters if id(parameter) not in trained]
        """Parameters that the optimizer leaves alone, gradients included."""

    def run(self) -> None:
        """Go through the epochs until the last one, or until a callback or Ctrl-C ends it."""
        with _modes_restored(self.model), self._interrupts as interrupts:
            try:
                with self._ended_by_ctrl_c():
                    # In a context of its own: an interrupt may cut off the end of np.errstate or no_grad.
                    copy_context().run(self._run)
                ends: list[Callable[[], None]] = [self._undo_batch]
                ends += [partial(callback.on_train_end, self.history, self.model) for callback in self.callbacks]
                for end in ends:
                    with self._ended_by_ctrl_c():
                        interrupts.whole(end)
            finally:
                with self._ended_by_ctrl_c():
                    interrupts.whole(self._tidy)

    @contextmanager
    def _ended_by_ctrl_c(self) -> Iterator[None]:
        """A Ctrl-C ends what is in here, and the history says so."""
        try:
            yield
        except KeyboardInterrupt:
            if not self.history.interrupted:
                self.history.interrupted = True
                done = f"{len(self.history)} of {self.epochs} epochs"
                print(f"fit was interrupted after {done}; the model keeps what it has learned", file=sys.stderr)

    def _undo_batch(self) -> None:
        """Give the buffers back what a batch changed that was not learned from."""
        restore_buffers(self.model, self._buffers)
        self._buffers = {}

    def _tidy(self) -> None:
        """Leave nothing of a batch behind that was not learned from, and no gradients."""
        self._undo_batch()
        self._clear()

    def _clear(self) -> None:
        """Forget all gradients, also of parameters that are not trained."""
        self.optimizer.zero_grad()
        for parameter in self._others:
            parameter.grad = None

    def _learn_from_gradients(self) -> None:
        """The step that makes a batch part of what the model has learned."""
        self.optimizer.step()
        self._buffers = {}

    def _run(self) -> None:
        try:
            for callback in self.callbacks:
                callback.on_train_begin(self.history, self.model)
            for epoch in range(1, self.epochs + 1):
                start = time.perf_counter()
                row = self._learn(epoch)
                if self.held_out:
                    row |= self._validate(epoch, self.held_out)
                row["seconds"] = time.perf_counter() - start
                self._interrupts.whole(partial(self.history.record, row))
                self.progress.epoch(epoch, row)
                answers = [callback.on_epoch_end(epoch, self.history, self.model) for callback in self.callbacks]
                if any(answers):
                    break
        finally:
            self.progress.close()

    def _learn(self, epoch: int) -> dict[str, float]:
        """One epoch: learn from every sample once; the means of loss and metrics over the samples."""
        _set_mode(self.model, True)
        totals = dict.fromkeys(["loss", *self.metrics], 0.0)
        has_buffers = bool(buffers_of(self.model))
        data = batches(*self.train, self.batch_size, shuffle=self.shuffle, rng=self.rng)
        for k, (x, y) in enumerate(data, 1):
            if has_buffers:
                self._buffers = buffers_of(self.model)
            try:
                values = self._step(x, x if y is None else y)
            except _NonFinite as error:
                message = f"{error} in epoch {epoch}, batch {k} of {self._n_batches}; {self._advice(x, y)}"
                raise DivergenceError(message, self.history, epoch, k) from None
            except Exception as error:
                error.add_note(f"in epoch {epoch}, batch {k} of {self._n_batches}")
                if y is None:
                    error.add_note(
                        "no y was given, so that X is its own target, as in an autoencoder: fit(model, X, y)"
                    )
                raise
            for name, value in values.items():
                totals[name] += value * len(x)
            self.progress.batch(epoch, values["loss"])
        return {name: total / len(self.train[0]) for name, total in totals.items()}

    def _step(self, x: Array, y: Array) -> dict[str, float]:
        """Learn from one batch; its loss and metrics before that."""
        self._clear()
        with np.errstate(all="ignore"):
            prediction, target = self._predict(x, y)
            loss = self._measure(prediction, target)
            value = float(loss.item())
            if not math.isfinite(value):
                raise _NonFinite(f"the loss became {value}")
            outputs = prediction.raw
            loss.backward(retain_graph=False)
        for callback in self.callbacks:
            callback.on_gradients(self.history, self.model)
        for parameter in self._parameters:
            if not _finite(parameter.grad):
                raise _NonFinite(f"the gradient of {parameter!r} became infinite or NaN")
        self._interrupts.whole(self._learn_from_gradients)
        return {"loss": value, **{name: float(metric(outputs, target)) for name, metric in self.metrics.items()}}

    def _validate(self, epoch: int, data: Samples) -> dict[str, float]:
        """Loss and metrics on validation data, by the names that the history has for them."""
        _set_mode(self.model, False)
        total, predictions, targets = 0.0, [], []
        try:
            with am.no_grad(), np.errstate(all="ignore"):
                for x, y in batches(*data, self.batch_size, shuffle=False):
                    prediction, target = self._predict(x, x if y is None else y)
                    total += float(self._measure(prediction, target).item()) * len(x)
                    predictions.append(prediction.raw)
                    targets.append(target)
            row = {"validation_loss": total / len(data[0])}
            for name, metric in self.metrics.items():
                row[f"validation_{name}"] = float(metric(np.concatenate(predictions), np.concatenate(targets)))
        except Exception as error:
            error.add_note(f"in the validation of epoch {epoch}")
            raise
        return row

    def _predict(self, x: Array, y: Array) -> tuple[Value, Array]:
        """The model's output for a batch, one row a sample, and the target in the shape that the loss wants."""
        if self._scalar:
            outputs = [self.model(row) for row in np.asarray(x, float).reshape(len(x), -1).tolist()]
            rows = [output if isinstance(output, (list, tuple)) else [output] for output in outputs]
            prediction = am.stack([value for row in rows for value in row]).reshape(len(rows), -1)
        else:
            prediction = self.model(x)
        if not isinstance(prediction, Value):
            raise TypeError(f"the model must give a Value, it gave {type(prediction).__name__}: {prediction!r:.60}")
        column = prediction.shape == (*y.shape, 1) and self.loss in ENTRYWISE
        return prediction, y.reshape(prediction.shape) if column else y

    def _measure(self, prediction: Value, target: Array) -> Value:
        """The loss: a Value that is one number."""
        loss = self.loss(prediction, target)
        if not isinstance(loss, Value):
            raise TypeError(f"the loss must be a Value, so that it can be differentiated; it is {loss!r:.60}")
        if loss.size != 1:
            raise ValueError(f"the loss must be one number, such as the mean over the batch; its shape is {loss.shape}")
        return loss

    def _advice(self, x: Array, y: Array | None) -> str:
        """What to tell about a loss or gradient that is not finite."""
        stopped = "training stopped, with the parameters as they were before that batch"
        for name, data in (("X", x), ("y", y)):
            if data is not None and not np.isfinite(data).all():
                return f"{stopped}. {name} holds infinite or NaN numbers in this batch"
        lr = getattr(self.optimizer, "lr", None)
        rate = f"a smaller learning rate than {lr:g}" if lr else "a smaller learning rate"
        return f"{stopped}. Perhaps {rate} helps, or clip_grad_norm in a callback's on_gradients"


def _finite(g: Any) -> bool:
    """Whether all numbers are finite; None counts. The sum of squares finds out quickly, unless it overflows."""
    if type(g) is float:
        return math.isfinite(g)
    return g is None or math.isfinite(np.vdot(g, g).real) or bool(np.isfinite(g).all())


@contextmanager
def _modes_restored(model: Any) -> Iterator[None]:
    """Afterwards every module inside the model is in train or eval mode as before."""
    modules = list(model.modules()) if hasattr(model, "modules") else []
    before = [module.training for module in modules]
    try:
        yield
    finally:
        for module, mode in zip(modules, before, strict=True):
            module.training = mode


def _set_mode(model: Any, training: bool) -> None:
    if hasattr(model, "train"):
        model.train(training)
