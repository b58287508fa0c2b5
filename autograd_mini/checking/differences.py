"""Central differences of a weighted sum of results, by evaluations in float64 or finer."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays import copied, is_foreign
from ..node import Node
from ..state import no_grad
from ..value import Value
from .function import Function, Row, seen
from .report import Array


class Differences:
    """Slopes of the weighted sum of the results, by evaluations in float64 or finer."""

    def __init__(self, function: Function, row: Row, weights: list[Array], eps: float | None) -> None:
        self.function, self.weights = function, weights
        self.given, self.row = row, [fine(seen(x)) for x in row]
        with no_grad():
            self.values = [self._value(i, x) for i, x in enumerate(self.row)]
        self.here, precision = self._evaluate(self.values)
        self.precision = precision
        self.eps = float(np.cbrt(precision)) if eps is None else eps
        self.extrapolates = eps is None

    def _value(self, i: int, x: Any) -> Value:
        """Variable ``i`` somewhere, in the library that it came in."""
        return Value(copied(np.asarray(x), self.given[i]) if is_foreign(self.given[i]) else x)

    def _evaluate(self, row: Row) -> tuple[list[Array], float]:
        """The results, and the precision that they were computed in."""
        with no_grad(), np.errstate(all="ignore"):
            ys = [seen(y._stored if isinstance(y, Node) else y) for y in self.function(row)]
        shapes, expected = [np.shape(y) for y in ys], [w.shape for w in self.weights]
        if shapes != expected:
            raise ValueError(f"the results have shapes {shapes} at one point and {expected} at another next to it")
        precision = max(float(np.finfo(np.asarray(y).dtype).eps) for y in ys)
        return [np.asarray(fine(y)) for y in ys], max(precision, float(np.finfo(float).eps))

    def moved(self, i: int, index: tuple[int, ...], change: complex) -> tuple[list[Array], complex]:
        """The results with one entry of variable ``i`` moved, and where it is then."""
        x = np.array(self.row[i])
        x[index] += change
        row = list(self.values)
        with no_grad():
            row[i] = self._value(i, x if isinstance(self.row[i], np.ndarray) else x[()])
        return self._evaluate(row)[0], np.asarray(seen(row[i]._stored))[index]

    def slope(self, i: int, index: tuple[int, ...], up: complex, down: complex) -> tuple[float, float]:
        """The difference quotient between two displacements along one direction, and its rounding error."""
        high, x_high = self.moved(i, index, up)
        low, x_low = self.moved(i, index, down)
        distance = abs(x_high - x_low)
        change = rounding = 0.0
        with np.errstate(all="ignore"):
            for w, a, b in zip(self.weights, high, low, strict=True):
                # only entries that changed: the others would bury a small difference in their rounding error
                change += float((w.conj() * (a - b)).real.sum())
                rounding += float((np.abs(w) * (np.abs(a) + np.abs(b)))[a != b].sum())
        return change / distance, 4 * self.precision * rounding / distance

    def step(self, i: int, index: tuple[int, ...]) -> float:
        """The step for an entry."""
        return self.eps * max(1.0, self.size(i, index))

    def size(self, i: int, index: tuple[int, ...]) -> float:
        """Magnitude of an entry."""
        return float(abs(np.asarray(self.row[i])[index]))

    def central(self, i: int, index: tuple[int, ...], h: float) -> tuple[complex, float]:
        """The central difference by an entry, ∂/∂Re + i ∂/∂Im if it is complex, and its rounding error."""
        real, error = self.slope(i, index, h, -h)
        if not np.iscomplexobj(self.row[i]):
            return real, error
        imaginary, error2 = self.slope(i, index, 1j * h, -1j * h)
        return complex(real, imaginary), error + error2

    def extrapolated(self, i: int, index: tuple[int, ...]) -> complex:
        """The limit of central differences for ever smaller steps, by Ridders' method."""
        size = self.size(i, index)
        h = min(0.1, 0.1 * size) if size else 0.1
        best, error = self.central(i, index, h)[0], np.inf
        row = [best]
        for _ in range(12):
            h /= 2
            finer = [self.central(i, index, h)[0]]
            for k, coarse in enumerate(row, 1):
                finer.append(finer[-1] + (finer[-1] - coarse) / (4**k - 1))
                change = max(abs(finer[-1] - finer[-2]), abs(finer[-1] - coarse))
                if change <= error:
                    best, error = finer[-1], change
            row = finer
        return best

    def kink(self, i: int, index: tuple[int, ...]) -> bool:
        """Whether the slopes to the right and to the left stay apart as the step shrinks."""
        h = self.step(i, index)
        for unit in (1, 1j) if np.iscomplexobj(self.row[i]) else (1,):
            right, left = self.one_sided(i, index, h * unit)
            nearer_right, nearer_left = self.one_sided(i, index, h / 8 * unit)
            gap = abs(right - left)
            if abs(nearer_right - nearer_left) > 0.5 * gap > 1e-4 * max(abs(right), abs(left)):
                return True
        return False

    def one_sided(self, i: int, index: tuple[int, ...], step: complex) -> tuple[float, float]:
        """The slopes on the side of ``step`` and on the other side."""
        return self.slope(i, index, step, 0)[0], -self.slope(i, index, -step, 0)[0]

    def repeats(self) -> bool:
        """Whether a further evaluation at the same point gives the same."""
        again, _ = self._evaluate(self.values)
        return all(np.array_equal(a, b, equal_nan=True) for a, b in zip(self.here, again, strict=True))


def fine(x: Any) -> Any:
    """A number or an array in float64, complex128 or finer; Python numbers as they are."""
    return x if type(x) in (float, complex) else x.astype(np.result_type(x.dtype, np.float64))


def weights_for(ys: Row, seed: int) -> list[Array]:
    """Weights of the results' entries, exact in every dtype; a single real number needs none, so that numbers stay."""
    if len(ys) == 1 and np.size(ys[0]) == 1 and not np.iscomplexobj(ys[0]):
        return [np.ones(np.shape(ys[0]))]
    rng = np.random.default_rng(seed)

    def draw(y: Any) -> Array:
        return np.asarray(rng.integers(32, 96, np.shape(y)) / 64 * rng.choice([-1.0, 1.0], np.shape(y)))

    return [draw(y) + 1j * draw(y) if np.iscomplexobj(y) else draw(y) for y in ys]
