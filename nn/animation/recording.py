"""What an animation shows of a training: predictions over the plane, and the gradients of each layer."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import autograd_mini as am
from autograd_mini import Value

from ..callbacks import Callback
from ..data import Array
from ..history import History

_MARGIN = 0.12


@dataclass(frozen=True)
class Plane:
    """A grid of points around the data.

    Parameters
    ----------
    points : array, shape (side * side, 2)
        The points, row by row, from below.
    side : int
        How many there are along each side.
    extent : tuple of float
        Left, right, bottom and top.
    """

    points: Array
    side: int
    extent: tuple[float, float, float, float]


def plane_around(X: Array, side: int) -> Plane:
    """A square grid of points around points, with a margin."""
    low, high = X.min(axis=0), X.max(axis=0)
    room = np.where(high > low, high - low, 1.0) * _MARGIN
    (left, bottom), (right, top) = low - room, high + room
    across, up = np.meshgrid(np.linspace(left, right, side), np.linspace(bottom, top, side))
    return Plane(np.stack([across.ravel(), up.ravel()], axis=1), side, (left, right, bottom, top))


@dataclass
class Recorder(Callback):
    """Records the predictions over the plane in some epochs, and the size of the gradients in all of them.

    Parameters
    ----------
    plane : Plane
        Where to predict.
    X : array, shape (samples, 2)
        The data, whose predictions are recorded as well.
    wanted : callable
        Whether an epoch is one to show.
    """

    plane: Plane
    X: Array
    wanted: Callable[[int], bool]
    epochs: list[int] = field(default_factory=list)
    surfaces: list[Array] = field(default_factory=list)
    predictions: list[Array] = field(default_factory=list)
    norms: dict[str, list[float]] = field(default_factory=dict)
    _sums: dict[str, float] = field(default_factory=dict)
    _batches: int = 0

    def on_train_begin(self, history: History, model: Any) -> None:
        """The model as it is before it has learned anything."""
        self._groups = _groups(model)
        self.norms = {name: [] for name in self._groups}
        self._sums = dict.fromkeys(self._groups, 0.0)
        self._record(0, model)

    def on_gradients(self, history: History, model: Any) -> None:
        """Add up the squares of each layer's gradient."""
        self._batches += 1
        for name, parameters in self._groups.items():
            self._sums[name] += math.fsum(
                float(np.vdot(parameter.grad, parameter.grad).real)
                for parameter in parameters
                if parameter.grad is not None
            )

    def on_epoch_end(self, epoch: int, history: History, model: Any) -> None:
        """The norm over the epoch, and the predictions if this epoch is shown."""
        for name, total in self._sums.items():
            self.norms[name].append(math.sqrt(total / self._batches))
        self._sums, self._batches = dict.fromkeys(self._groups, 0.0), 0
        if self.wanted(epoch):
            self._record(epoch, model)

    def on_train_end(self, history: History, model: Any) -> None:
        """The model in the end, wherever that was."""
        if self.epochs[-1] < len(history):
            self._record(len(history), model)

    def _record(self, epoch: int, model: Any) -> None:
        self.epochs.append(epoch)
        self.surfaces.append(predict(model, self.plane.points))
        self.predictions.append(predict(model, self.X))


def predict(model: Any, points: Array) -> Array:
    """What a model says at points: an array of shape (points, outputs)."""
    with _evaluating(model), am.no_grad(), np.errstate(all="ignore"):
        if getattr(model, "scalar", False):
            said = [model(point) for point in points.tolist()]
            rows = [list(output) if isinstance(output, (list, tuple)) else [output] for output in said]
            outputs = np.array([[float(value.item()) for value in row] for row in rows])
        else:
            output = model(points)
            outputs = np.asarray(output.raw if isinstance(output, Value) else output, dtype=float)
    return outputs.reshape(len(points), -1)


@contextmanager
def _evaluating(model: Any) -> Iterator[None]:
    """In here the model is in eval mode."""
    modules = list(model.modules()) if hasattr(model, "modules") else []
    before = [module.training for module in modules]
    try:
        for module in modules:
            module.training = False
        yield
    finally:
        for module, mode in zip(modules, before, strict=True):
            module.training = mode


def _groups(model: Any) -> dict[str, list[Value]]:
    """The parameters by layer: by the first part of their names, where they have one."""
    if not hasattr(model, "named_parameters"):
        return {"all parameters": list(model.parameters())}
    groups: dict[str, list[Value]] = {}
    for name, parameter in model.named_parameters():
        first, _, _ = name.partition(".")
        groups.setdefault(first, []).append(parameter)
    return groups
