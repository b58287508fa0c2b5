"""What all losses share: reading predictions and targets, refusing what does not fit, reducing to one number."""

from __future__ import annotations

import math
import warnings
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

import autograd_mini as am
from autograd_mini import Value
from autograd_mini.arrays import as_numpy, beside, is_abstract, is_foreign, kind_of, shape_of
from autograd_mini.arrays.labels import check_labels

_WORDS = {"mean": "mean ", "sum": "Σ ", "none": "", "batchmean": "1/n · Σ "}


def cost(reduction: str, formula: str, *more: str) -> AbstractContextManager[Any]:
    """The scope in which a loss computes, so that pictures group it; ``more`` are reductions beyond the three."""
    known = ("mean", "sum", "none", *more)
    if reduction not in known:
        raise ValueError(f"there is no reduction {reduction!r}: choose from {', '.join(map(repr, known))}")
    return am.scope("Cost", f"C = {_WORDS[reduction]}{formula}")


def reduced(losses: Any, reduction: str) -> Any:
    """The losses as one number, named C; or as they are, for "none"."""
    if reduction == "none":
        return losses
    total = losses
    if shape := shape_of(losses):
        if reduction == "batchmean":
            total = _mean_of_rows(losses, shape[0])
        else:
            total = am.mean(losses) if reduction == "mean" else am.sum(losses)
    if isinstance(total, Value):
        total.name = "C"
        return total
    return total if is_foreign(total) else float(total)


def _mean_of_rows(losses: Any, rows: int) -> Any:
    """Their sum over the number of rows; of 16 bits, which hold neither, in float32."""
    if str(losses.dtype).endswith("float16"):
        return am.astype(_mean_of_rows(am.astype(losses, "float32"), rows), losses.dtype)
    return am.sum(losses) / rows


def alike(name: str, prediction: Any, target: Any) -> tuple[Any, Any]:
    """Prediction and target as floating numbers of one shape, plain targets in the dtype of the prediction."""
    if not isinstance(prediction, Value):
        check_labels(name, (prediction, target))
        if name in _LABELLED:
            refuse_swapped(name, prediction, target)
    prediction, target = _floating(name, prediction), _floating(name, target)
    shape, other = shape_of(prediction), shape_of(target)
    if shape != other:
        cure = f"; pass numpy.reshape(target, {shape})" if math.prod(shape) == math.prod(other) else ""
        if shape[:-1] == other and _are_classes(target, shape[-1]):
            cure = '; for whole numbers of classes use cross_entropy, in fit loss="cross_entropy"'
        raise ValueError(
            f"{name}: the prediction has shape {shape} and the target has shape {other}, they must be the same{cure}"
        )
    _check_batch(name, shape)
    if not isinstance(target, Value) and shape:
        if type(target) is not type(data_of(prediction)):
            prediction, target = beside(prediction, target), beside(target, prediction)
        if isinstance(prediction, Value) and target.dtype != prediction.dtype:
            target = am.astype(target, prediction.dtype)
    return prediction, target


def _are_classes(target: Any, count: int) -> bool:
    """Whether targets beside ``count`` > 1 columns may be numbers of classes."""
    labels = visible(target)
    return count > 1 and labels is not None and bool(np.all((labels % 1 == 0) & (labels >= 0) & (labels < count)))


_LABELLED = {"hinge_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits"}
"""Losses of one shape that are another number when their arguments are swapped, and whose targets are labels."""


def refuse_swapped(name: str, prediction: Any, target: Any) -> None:
    """An error if the target is to be learned and the prediction is labels, plain whole numbers."""
    if isinstance(prediction, Value) or not (isinstance(target, Value) and target.requires_grad):
        return
    data = visible(Value(prediction, requires_grad=False))
    if data is not None and np.all(data % 1 == 0):
        raise ValueError(
            f"{name}: the prediction is plain whole numbers and the target a Value that needs a gradient: "
            f"the arguments are swapped, write {name}(prediction, target)"
        )


def warn_of_one_class(name: str) -> None:
    """Tell that scores of a single class cannot be learned from."""
    warnings.warn(
        f"{name}: the prediction has one class, so that after softmax the loss is always 0 and nothing is learned; for "
        'yes or no from one score use binary_cross_entropy_with_logits, in fit loss="binary_cross_entropy_with_logits"',
        UserWarning,
        stacklevel=3,
    )


def rows_of(name: str, prediction: Any) -> Any:
    """The prediction of a loss of many classes: floating numbers of shape (..., classes)."""
    rows = _floating(name, prediction)
    shape = shape_of(rows)
    if not shape:
        raise ValueError(f"{name} takes predictions of shape (..., classes), got a single number")
    _check_batch(name, shape)
    return rows


def labels_of(name: str, target: Any, rows: Any) -> Any:
    """The target of a loss of many classes: whole numbers as they are, floating ones in the dtype of the rows."""
    if isinstance(target, (list, tuple)):
        target = am.array(target)
    array = target
    if type(target) is not np.ndarray:
        if isinstance(target, Value) or is_abstract(target):
            refuse_swapped(name, rows, target)
            return target
        known = isinstance(target, int) or is_foreign(target)
        array = as_numpy(target) if known else Value(target, requires_grad=False).numpy()
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name} takes real numbers as targets, got dtype {array.dtype}")
    return am.astype(beside(array, rows), rows.dtype) if array.dtype.kind == "f" else array


def classes_of(name: str, rows: Any, target: Any) -> Any:
    """The right class of each row, as whole numbers within range, if they can be looked at."""
    shape, data = shape_of(rows), data_of(target)
    classes, labels, abstract = shape[-1], data, False
    if type(data) is not np.ndarray:
        abstract = is_abstract(data)
        labels = data if abstract else np.asarray(as_numpy(data))
    if kind_of(labels) not in "iu" and labels.shape == shape[:-1]:
        raise TypeError(
            f"{name}: classes are whole numbers from 0 to {classes - 1}, the target has dtype {labels.dtype}; "
            "pass target.astype(int)"
        )
    if labels.shape != shape[:-1]:
        cure = "; if its rows are probabilities pass target.astype(float)" if labels.shape == shape else ""
        raise ValueError(
            f"{name}: predictions of shape {shape} need one class for each row, of shape {shape[:-1]}, "
            f"the target has shape {labels.shape}{cure}"
        )
    if abstract:
        return labels
    if labels.item(labels.argmin()) < 0 or labels.item(labels.argmax()) >= classes:  # faster than min and max
        wrong = (labels < 0) | (labels >= classes)
        raise ValueError(
            f"{name}: {classes} classes have the numbers 0 to {classes - 1}, the target has {first(wrong, labels)}"
        )
    return labels


def check_probabilities(name: str, what: str, numbers: Any, cure: str = "") -> None:
    """Refuse numbers below 0 or above 1; NaN passes, so that a diverged network shows as a loss of NaN."""
    data = visible(numbers)
    if data is not None and np.any(wrong := (data < 0) | (data > 1)):
        raise ValueError(f"{name} takes {what} from 0 to 1, got {first(wrong, data)}{cure}")


def visible(x: Any) -> Any:
    """The numbers of a Value or of plain data to look at; None while a library traces, when nobody can."""
    data = data_of(x)
    if type(data) is np.ndarray or type(data) is float:
        return data
    return None if is_abstract(data) else as_numpy(data)


def first(wrong: Any, data: Any) -> str:
    """The first entry that is wrong, and where it stands."""
    if not np.ndim(data):
        return f"{data:g}"
    index = tuple(int(i) for i in np.argwhere(wrong)[0])
    return f"{np.asarray(data)[index]:g} at index {index if len(index) > 1 else index[0]}"


def data_of(x: Any) -> Any:
    """The plain data of a Value; plain data as it is."""
    return x.raw if isinstance(x, Value) else x


def _floating(name: str, x: Any) -> Any:
    """A Value as it is, nested lists joined, plain data as a float or a floating array."""
    if isinstance(x, Value) and type(x.raw) is np.ndarray and x.raw.dtype.kind in "fiub":
        return x
    if type(x) is np.ndarray and x.ndim and x.dtype.kind == "f":
        return x
    if isinstance(x, (list, tuple)):
        x = am.array(x)
    if isinstance(x, (int, float)):
        return float(x)
    foreign = is_foreign(data_of(x))
    if not (foreign or isinstance(x, Value) or type(x) is np.ndarray):
        x = Value(x, requires_grad=False).numpy()
    if kind_of(x) not in "fiub":
        raise TypeError(f"{name} compares real numbers, got dtype {x.dtype}")
    if isinstance(x, Value) or (kind_of(x) == "f" and (foreign or x.ndim)):
        return x
    return am.astype(x, float) if foreign or x.ndim else float(x)


def _check_batch(name: str, shape: tuple[int, ...]) -> None:
    if 0 in shape:
        raise ValueError(f"{name}: the batch is empty, its shape is {shape}")
