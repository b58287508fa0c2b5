"""Which axis of a prediction has the classes: the last one, or the one that is named."""

from __future__ import annotations

from operator import index
from typing import Any

import numpy as np

import autograd_mini as am
from autograd_mini import Value
from autograd_mini.arrays import shape_of


def classes_last(name: str, scores: Any, target: Any, axis: int | None) -> tuple[Any, Any]:
    """Prediction and target with the classes on the last axis.

    Raises
    ------
    ValueError
        If there is no such axis or the labels do not fit it; and, where no axis is named, if they fit axis 1 as well,
        where PyTorch has the classes: one of the two readings would be a wrong number.
    """
    shape, labels = shape_of(scores), shape_of(target)
    if axis is None:
        if len(shape) > 2:
            _refuse_axis_1(name, shape, target)
        return scores, target
    n = len(shape)
    if not -n <= index(axis) < n:
        raise ValueError(f"{name}: axis {axis} is none of the prediction, whose shape is {shape}")
    axis %= n
    if labels not in (shape, wanted := shape[:axis] + shape[axis + 1 :]):
        raise ValueError(
            f"{name}: predictions of shape {shape} with the classes on axis {axis} need one class for each of the "
            f"rest, of shape {wanted}, or probabilities of shape {shape}; the target has shape {labels}"
        )
    if axis == n - 1:
        return scores, target
    return am.moveaxis(scores, axis, -1), am.moveaxis(target, axis, -1) if labels == shape else target


def _refuse_axis_1(name: str, shape: tuple[int, ...], target: Any) -> None:
    """An error if the target is written, or may be, for classes on axis 1."""
    labels = shape_of(target)
    last, first = labels == shape[:-1], labels == shape[:1] + shape[2:]
    if labels == shape and (numbers := _floats(target)) is not None:
        last, first = (np.allclose(numbers.sum(axis), 1.0, atol=1e-3) for axis in (-1, 1))
    if not first:
        return
    readings = (
        "may have its classes on the last axis or, as in PyTorch, on axis 1: pass axis=-1 or axis=1"
        if last
        else "has its classes on axis 1, as in PyTorch: pass axis=1"
    )
    raise ValueError(f"{name}: beside a target of shape {labels}, a prediction of shape {shape} {readings}")


def _floats(target: Any) -> Any:
    """Probabilities as a NumPy array; None for other dtypes, and where no numbers are known yet, as in ``jax.jit``."""
    data = target.raw if isinstance(target, Value) else target
    if type(data) is not np.ndarray:
        try:
            data = Value(data, requires_grad=False).numpy()
        except Exception:  # noqa: BLE001 (whatever the library raises)
            return None
    return data if data.dtype.kind == "f" else None
