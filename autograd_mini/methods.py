"""The array methods of a Value, under ndarray's names; each calls the function of the same name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from . import ops
from .ops.reductions import Axis

if TYPE_CHECKING:
    from .value import Value


class ArrayMethods:
    """What ``Value`` offers beside operators: reductions, shapes, selections and the commonest functions."""

    __slots__ = ()

    def sum(self, axis: Axis = None, keepdims: bool = False) -> Value:
        """Sum of the entries along some axes, or of all."""
        return ops.reductions.sum(self, axis, keepdims)  # type: ignore[no-any-return]

    def mean(self, axis: Axis = None, keepdims: bool = False) -> Value:
        """Mean of the entries along some axes, or of all."""
        return ops.reductions.mean(self, axis, keepdims)  # type: ignore[no-any-return]

    def max(self, axis: Axis = None, keepdims: bool = False) -> Value:
        """Largest entry; ties share the gradient."""
        return ops.reductions.max(self, axis, keepdims)  # type: ignore[no-any-return]

    def min(self, axis: Axis = None, keepdims: bool = False) -> Value:
        """Smallest entry; ties share the gradient."""
        return ops.reductions.min(self, axis, keepdims)  # type: ignore[no-any-return]

    def prod(self, axis: Axis = None, keepdims: bool = False) -> Value:
        """Product of the entries, exact also with zeros."""
        return ops.reductions.prod(self, axis, keepdims)  # type: ignore[no-any-return]

    def var(self, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> Value:
        """Variance over ``n - ddof`` entries."""
        return ops.reductions.var(self, axis, ddof, keepdims)  # type: ignore[no-any-return]

    def std(self, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> Value:
        """Standard deviation over ``n - ddof`` entries."""
        return ops.reductions.std(self, axis, ddof, keepdims)  # type: ignore[no-any-return]

    def cumsum(self, axis: int | None = None) -> Value:
        """Running sums along an axis."""
        return ops.reductions.cumsum(self, axis)  # type: ignore[no-any-return]

    def reshape(self, *shape: Any) -> Value:
        """The entries in another shape: ``v.reshape(2, 3)`` or ``v.reshape((2, 3))``."""
        return ops.shapes.reshape(self, shape[0] if len(shape) == 1 else shape)  # type: ignore[no-any-return]

    def ravel(self) -> Value:
        """All entries as one row."""
        return ops.shapes.ravel(self)  # type: ignore[no-any-return]

    flatten = ravel

    def transpose(self, *axes: Any) -> Value:
        """The axes in another order; reversed by default."""
        order = axes[0] if len(axes) == 1 else axes or None
        return ops.shapes.transpose(self, order)  # type: ignore[no-any-return]

    def swapaxes(self, axis1: int, axis2: int) -> Value:
        """Two axes exchanged."""
        return ops.shapes.swapaxes(self, axis1, axis2)  # type: ignore[no-any-return]

    def squeeze(self, axis: int | Sequence[int] | None = None) -> Value:
        """Axes of length 1 removed."""
        return ops.shapes.squeeze(self, axis)  # type: ignore[no-any-return]

    def repeat(self, repeats: int | Sequence[int], axis: int | None = None) -> Value:
        """Each entry several times in a row."""
        return ops.indexing.repeat(self, repeats, axis)  # type: ignore[no-any-return]

    def take(self, indices: Any, axis: int | None = None) -> Value:
        """The entries with the given numbers."""
        return ops.indexing.take(self, indices, axis)  # type: ignore[no-any-return]

    def diagonal(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Value:
        """The entries whose indices differ by ``offset``."""
        return ops.indexing.diagonal(self, offset, axis1, axis2)  # type: ignore[no-any-return]

    def trace(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Value:
        """Sum of the diagonal."""
        return ops.reductions.trace(self, offset, axis1, axis2)  # type: ignore[no-any-return]

    def clip(self, min: Any = None, max: Any = None) -> Value:
        """The entries limited to an interval."""
        return ops.arithmetic.clip(self, min, max)  # type: ignore[no-any-return]

    def dot(self, other: Any) -> Value:
        """Dot product, as ``np.dot``."""
        return ops.linalg.dot(self, other)  # type: ignore[no-any-return]

    def conj(self) -> Value:
        """Complex conjugate."""
        return ops.elementwise.conjugate(self)  # type: ignore[no-any-return]

    def exp(self) -> Value:
        """e to this power."""
        return ops.elementwise.exp(self)  # type: ignore[no-any-return]

    def log(self) -> Value:
        """Natural logarithm."""
        return ops.elementwise.log(self)  # type: ignore[no-any-return]

    def sqrt(self) -> Value:
        """Square root."""
        return ops.elementwise.sqrt(self)  # type: ignore[no-any-return]

    def tanh(self) -> Value:
        """Hyperbolic tangent."""
        return ops.elementwise.tanh(self)  # type: ignore[no-any-return]

    def sigmoid(self) -> Value:
        """1 / (1 + exp(-x))."""
        return ops.elementwise.sigmoid(self)  # type: ignore[no-any-return]

    def relu(self) -> Value:
        """max(x, 0)."""
        return ops.elementwise.relu(self)  # type: ignore[no-any-return]

    def astype(self, dtype: Any) -> Value:
        """The entries in another dtype."""
        return ops.shapes.astype(self, dtype)  # type: ignore[no-any-return]

    def fit(self, like: Any) -> Value:
        """Summed over the axes along which ``like`` was broadcast, in its dtype: how gradients are fitted."""
        return ops.shapes.fit(self, like)  # type: ignore[no-any-return]
