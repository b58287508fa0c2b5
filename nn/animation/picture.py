"""What predictions mean, as colours of the plane: two classes, several, or a number."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..data import Array

CLASSES = ("#2a7ab8", "#c8550a", "#0b7a56", "#6b3fa0", "#b8860b", "#a0295c", "#1b7f8c", "#51606f")
"""Colours of the classes, and of the layers' curves."""

_PALEST, _STRONGEST = 0.04, 0.62


class Meaning:
    """How outputs become colours; the base of three kinds.

    Attributes
    ----------
    colours : array, shape (samples, 3)
        The colours of the data.
    key : dict of str to str
        What stands for which colour.
    edge : str
        The colour of their edges.
    width : float
        How thick the lines on the plane are.
    """

    colours: Array
    key: dict[str, str]
    edge = "white"
    width = 1.4

    def surface(self, outputs: Array) -> Array:
        """Colours, shape (points, 3), for outputs over the plane."""
        raise NotImplementedError

    def boundaries(self, outputs: Array) -> list[Array]:
        """Fields of shape (points,) that are zero where the model changes its mind."""
        raise NotImplementedError

    def right(self, outputs: Array) -> float | None:
        """The share of the data that is predicted right; None if there is no right and wrong."""
        raise NotImplementedError


class TwoClasses(Meaning):
    """One output between two targets, such as 0 and 1, or -1 and 1; with `logits` it is a score around 0."""

    def __init__(self, labels: Array, low: float, high: float, logits: bool) -> None:
        self._upper = labels > (low + high) / 2
        self._low, self._high, self._logits = low, high, logits
        self.colours = np.where(self._upper[:, None], rgb(CLASSES[1]), rgb(CLASSES[0]))
        self.key = {f"{low:g}".replace("-", "−"): CLASSES[0], f"{high:g}": CLASSES[1]}

    def _leaning(self, outputs: Array) -> Array:
        """From -1, certainly the lower class, to 1."""
        if self._logits:
            return np.tanh(outputs[:, 0] / 2)
        return np.clip((2 * outputs[:, 0] - self._low - self._high) / (self._high - self._low), -1, 1)

    def surface(self, outputs: Array) -> Array:
        """Pale where the model is in doubt."""
        leaning = self._leaning(outputs)
        colour = np.where(leaning[:, None] > 0, rgb(CLASSES[1]), rgb(CLASSES[0]))
        return _mixed(colour, np.abs(leaning))

    def boundaries(self, outputs: Array) -> list[Array]:
        """One, between the two."""
        return [self._leaning(outputs)]

    def right(self, outputs: Array) -> float | None:
        """Right is on the target's side."""
        return float(np.mean((self._leaning(outputs) > 0) == self._upper))


class SeveralClasses(Meaning):
    """A score for each class; the largest wins."""

    def __init__(self, labels: Array, classes: int, scores: bool) -> None:
        self._labels, self._scores = labels, scores
        self._palette = np.array([rgb(colour) for colour in CLASSES[:classes]])
        self.colours = self._palette[labels]
        self.key = {str(number): colour for number, colour in enumerate(CLASSES[:classes])}

    def _shares(self, outputs: Array) -> Array:
        scores = outputs if self._scores else np.log(np.clip(outputs, 1e-9, 1.0))
        raised: Array = np.exp(scores - scores.max(axis=1, keepdims=True))
        total: Array = raised.sum(axis=1, keepdims=True)
        return np.divide(raised, total)

    def surface(self, outputs: Array) -> Array:
        """The winner's colour, pale where others are near."""
        shares = self._shares(outputs)
        others = 1 / shares.shape[1]
        return _mixed(self._palette[shares.argmax(axis=1)], (shares.max(axis=1) - others) / (1 - others))

    def boundaries(self, outputs: Array) -> list[Array]:
        """One around each class: by how much it wins."""
        shares = self._shares(outputs)
        return [shares[:, k] - np.delete(shares, k, axis=1).max(axis=1) for k in range(shares.shape[1])]

    def right(self, outputs: Array) -> float | None:
        """Right is the target's class in front."""
        return float(np.mean(outputs.argmax(axis=1) == self._labels))


class Number(Meaning):
    """One output that is a number to come near to."""

    edge = "#1b2733"
    width = 0.6

    def __init__(self, targets: Array) -> None:
        self._middle = (targets.min() + targets.max()) / 2
        self._half = max((targets.max() - targets.min()) / 2, 1e-12)
        self.colours = self._coloured(targets, strongest=1.0)
        low, high = (f"{end:.3g}".replace("-", "−") for end in (targets.min(), targets.max()))
        self.key = {low: CLASSES[0], high: CLASSES[1]}

    def _coloured(self, numbers: Array, strongest: float) -> Array:
        leaning = np.clip((numbers - self._middle) / self._half, -1, 1)
        colour = np.where(leaning[:, None] > 0, rgb(CLASSES[1]), rgb(CLASSES[0]))
        return _mixed(colour, np.abs(leaning), strongest)

    def surface(self, outputs: Array) -> Array:
        """Blue for the least target, orange for the largest, in the colours of the data."""
        return self._coloured(outputs[:, 0], strongest=1.0)

    def boundaries(self, outputs: Array) -> list[Array]:
        """Lines of equal height."""
        heights = self._middle + self._half * np.linspace(-0.75, 0.75, 7)
        return [outputs[:, 0] - height for height in heights]

    def right(self, outputs: Array) -> float | None:
        """There is no right and wrong."""
        return None


def meaning_of(outputs: Array, y: Array, loss: Any) -> Meaning:
    """What a model's outputs mean, from their number, the targets and the loss.

    Parameters
    ----------
    outputs : array, shape (samples, outputs)
        What the model says about the data.
    y : array, shape (samples,), (samples, 1) or (samples, classes)
        The targets.
    loss : str or callable
        The loss; its name tells scores from probabilities.

    Raises
    ------
    ValueError
        If outputs and targets are none of: one number a sample, one score a class.
    """
    name = loss if isinstance(loss, str) else getattr(loss, "__name__", "")
    width = outputs.shape[1]
    if width == 1 and y.size == len(y):
        targets = y.reshape(-1).astype(float)
        values = np.unique(targets)
        if len(values) <= 2 and np.all(np.isin(values, [-1.0, 0.0, 1.0])):
            low = -1.0 if values.min() < 0 else 0.0
            return TwoClasses(targets, low, 1.0, "logits" in name or "hinge" in name)
        return Number(targets)
    if width > len(CLASSES):
        raise ValueError(f"animate has colours for {len(CLASSES)} classes, the model has {width} outputs")
    if width > 1 and (y.size == len(y) or y.shape == outputs.shape):
        labels = y.argmax(axis=1) if y.shape == outputs.shape else y.reshape(-1).astype(int)
        if labels.min() < 0 or labels.max() >= width:
            raise ValueError(f"the classes are numbered 0 to {width - 1}, the targets go to {labels.max()}")
        return SeveralClasses(labels, width, any(word in name for word in ("cross_entropy", "nll", "kl")))
    raise ValueError(
        f"animate shows one number a sample, or one score a class: got outputs of shape {outputs.shape} "
        f"and targets of shape {y.shape}"
    )


def rgb(colour: str) -> Array:
    """A colour as three numbers from 0 to 1."""
    return np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])


def _mixed(colours: Array, strength: Array, strongest: float = _STRONGEST) -> Array:
    """Colours on white, from nearly none at strength 0."""
    share: Array = (_PALEST + (strongest - _PALEST) * strength)[:, None]
    mixed: Array = 1 - share * (1 - colours)
    return mixed
