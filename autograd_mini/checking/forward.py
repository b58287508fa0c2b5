"""The gradient of the weighted sum of results by forward mode, to check it as gradients are checked."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..products import linearize
from ..state import no_grad
from .differences import fine
from .function import Function, Row, home, seen
from .report import Array


class Forward:
    """Slopes of the weighted sum of the results, by forward mode along one direction at a time."""

    def __init__(self, function: Function, row: Row, weights: list[Array]) -> None:
        self.given, self.row, self.weights = row, [seen(x) for x in row], weights
        with no_grad():
            _, self._along = linearize(function, row)

    def slope(self, directions: list[Any]) -> float:
        """How fast the weighted sum changes along a direction."""
        with no_grad():
            rates = self._along([home(t, x) for t, x in zip(directions, self.given, strict=True)])
        return sum(float((w.conj() * fine(seen(rate))).real.sum()) for w, rate in zip(self.weights, rates, strict=True))

    def agrees(self, found: list[Array], dtype: Any, seed: int) -> bool:
        """Whether the slope along a pseudo-random direction is that of the gradient, to the precision of ``dtype``."""
        rng = np.random.default_rng(seed)
        directions = [rng.normal(size=np.shape(x)) for x in self.row]
        turned = [t * (1 + 0.5j) if np.iscomplexobj(x) else t for t, x in zip(directions, self.row, strict=True)]
        parts = [(g.conj() * t).real for g, t in zip(found, turned, strict=True)]
        size = sum(float(np.abs(part).sum()) for part in parts)
        error = abs(self.slope(turned) - sum(float(part.sum()) for part in parts))
        return bool(error <= float(np.finfo(dtype).eps) ** 0.5 * (size + 1e-3))

    def gradients(self) -> list[Array]:
        """All partial derivatives, ∂/∂Re + i ∂/∂Im of complex ones."""
        return [np.asarray(self._gradient(i)) for i in range(len(self.row))]

    def _gradient(self, i: int) -> Any:
        x = np.asarray(self.row[i])
        out = np.zeros(x.shape, np.result_type(x.dtype, np.float64))
        for index in np.ndindex(x.shape):
            out[index] = self.slope(self._basis(i, index, 1.0))
            if np.iscomplexobj(x):
                out[index] += 1j * self.slope(self._basis(i, index, 1j))
        return out

    def _basis(self, i: int, index: tuple[int, ...], step: complex) -> list[Any]:
        basis = [np.zeros(np.shape(x), complex if k == i and step == 1j else float) for k, x in enumerate(self.row)]
        basis[i][index] = step
        return basis
