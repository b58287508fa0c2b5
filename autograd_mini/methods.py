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
        """Sum of the entries along some axes, or of all.

        See `autograd_mini.sum`.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value([1.0, 2.0]).sum()
        Value(3, op=sum)
        """
        return ops.reductions.sum(self, axis, keepdims)  # type: ignore[no-any-return]

    def mean(self, axis: Axis = None, keepdims: bool = False) -> Value:
        """Mean of the entries along some axes, or of all.

        See `autograd_mini.mean`.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value([1.0, 2.0]).mean()
        Value(1.5, op=mean)
        """
        return ops.reductions.mean(self, axis, keepdims)  # type: ignore[no-any-return]

    def max(self, axis: Axis = None, keepdims: bool = False) -> Value:
        """Largest entry; ties share the gradient.

        See `autograd_mini.max`.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value([1.0, 2.0]).max()
        Value(2, op=max)
        """
        return ops.reductions.max(self, axis, keepdims)  # type: ignore[no-any-return]

    def min(self, axis: Axis = None, keepdims: bool = False) -> Value:
        """Smallest entry; ties share the gradient.

        See `autograd_mini.min`.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value([1.0, 2.0]).min()
        Value(1, op=min)
        """
        return ops.reductions.min(self, axis, keepdims)  # type: ignore[no-any-return]

    def prod(self, axis: Axis = None, keepdims: bool = False) -> Value:
        """Product of the entries, exact also with zeros.

        See `autograd_mini.prod`.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value([2.0, 5.0]).prod()
        Value(10, op=prod)
        """
        return ops.reductions.prod(self, axis, keepdims)  # type: ignore[no-any-return]

    def var(self, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> Value:
        """Variance over ``n - ddof`` entries.

        See `autograd_mini.var`.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value([1.0, 3.0]).var()
        Value(1, op=divide)
        """
        return ops.reductions.var(self, axis, ddof, keepdims)  # type: ignore[no-any-return]

    def std(self, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> Value:
        """Standard deviation over ``n - ddof`` entries.

        See `autograd_mini.std`.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value([1.0, 3.0]).std()
        Value(1, op=root)
        """
        return ops.reductions.std(self, axis, ddof, keepdims)  # type: ignore[no-any-return]

    def cumsum(self, axis: int | None = None) -> Value:
        """Running sums along an axis.

        See `autograd_mini.cumsum`.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value([1.0, 2.0]).cumsum()
        Value([1., 3.], shape=(2,), op=cumsum)
        """
        return ops.reductions.cumsum(self, axis)  # type: ignore[no-any-return]

    def reshape(self, *shape: Any) -> Value:
        """The entries in another shape: ``v.reshape(2, 3)`` or ``v.reshape((2, 3))``.

        See `autograd_mini.reshape`.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value([1.0, 2.0]).reshape(1, -1)
        Value([[1., 2.]], shape=(1, 2), op=reshape)
        """
        return ops.shapes.reshape(self, shape[0] if len(shape) == 1 else shape)  # type: ignore[no-any-return]

    def ravel(self) -> Value:
        """All entries as one row.

        See `autograd_mini.ravel`.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value([[1.0], [2.0]]).ravel()
        Value([1., 2.], shape=(2,), op=reshape)
        """
        return ops.shapes.ravel(self)  # type: ignore[no-any-return]

    flatten = ravel

    def transpose(self, *axes: Any) -> Value:
        """The axes in another order; reversed by default.

        See `autograd_mini.transpose`.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value([[1.0], [2.0]]).transpose()
        Value([[1., 2.]], shape=(1, 2), op=transpose)
        """
        order = axes[0] if len(axes) == 1 else axes or None
        return ops.shapes.transpose(self, order)  # type: ignore[no-any-return]

    def swapaxes(self, axis1: int, axis2: int) -> Value:
        """Two axes exchanged.

        See `autograd_mini.swapaxes`.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value([[1.0], [2.0]]).swapaxes(0, 1)
        Value([[1., 2.]], shape=(1, 2), op=transpose)
        """
        return ops.shapes.swapaxes(self, axis1, axis2)  # type: ignore[no-any-return]

    def squeeze(self, axis: int | Sequence[int] | None = None) -> Value:
        """Axes of length 1 removed.

        See `autograd_mini.squeeze`.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value([[1.0], [2.0]]).squeeze()
        Value([1., 2.], shape=(2,), op=reshape)
        """
        return ops.shapes.squeeze(self, axis)  # type: ignore[no-any-return]

    def repeat(self, repeats: int | Sequence[int], axis: int | None = None) -> Value:
        """Each entry several times in a row.

        See `autograd_mini.repeat`.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value([1.0, 2.0]).repeat(2)
        Value([1., 1., 2., 2.], shape=(4,), op=getitem)
        """
        return ops.rearranging.repeat(self, repeats, axis)  # type: ignore[no-any-return]

    def take(self, indices: Any, axis: int | None = None) -> Value:
        """The entries with the given numbers.

        See `autograd_mini.take`.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value([1.0, 2.0]).take([1, 1])
        Value([2., 2.], shape=(2,), op=getitem)
        """
        return ops.indexing.take(self, indices, axis)  # type: ignore[no-any-return]

    def diagonal(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Value:
        """The entries whose indices differ by ``offset``.

        See `autograd_mini.diagonal`.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value([[1.0, 2.0], [3.0, 4.0]]).diagonal()
        Value([1., 4.], shape=(2,), op=getitem)
        """
        return ops.diagonals.diagonal(self, offset, axis1, axis2)  # type: ignore[no-any-return]

    def trace(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Value:
        """Sum of the diagonal.

        See `autograd_mini.trace`.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value([[1.0, 2.0], [3.0, 4.0]]).trace()
        Value(5, op=sum)
        """
        return ops.reductions.trace(self, offset, axis1, axis2)  # type: ignore[no-any-return]

    def clip(self, min: Any = None, max: Any = None) -> Value:
        """The entries limited to an interval.

        See `autograd_mini.clip`.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value([-2.0, 0.5]).clip(-1.0, 1.0)
        Value([-1. ,  0.5], shape=(2,), op=where)
        """
        return ops.arithmetic.clip(self, min, max)  # type: ignore[no-any-return]

    def dot(self, other: Any) -> Value:
        """Dot product, as ``np.dot``.

        See `autograd_mini.dot`.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value([1.0, 2.0]).dot([3.0, 4.0])
        Value(11, op=matmul)
        """
        return ops.products.dot(self, other)  # type: ignore[no-any-return]

    def conj(self) -> Value:
        """Complex conjugate.

        See `autograd_mini.conjugate`.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value([1 + 2j]).conj()
        Value([1.-2.j], shape=(1,), dtype=complex128, op=conjugate)
        """
        return ops.elementwise.conjugate(self)  # type: ignore[no-any-return]

    def exp(self) -> Value:
        """e to this power.

        See `autograd_mini.exp`.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value(0.0).exp()
        Value(1, op=exp)
        """
        return ops.powers.exp(self)  # type: ignore[no-any-return]

    def log(self) -> Value:
        """Natural logarithm.

        See `autograd_mini.log`.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value(1.0).log()
        Value(0, op=log)
        """
        return ops.powers.log(self)  # type: ignore[no-any-return]

    def sqrt(self) -> Value:
        """Square root.

        See `autograd_mini.sqrt`.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value(9.0).sqrt()
        Value(3, op=sqrt)
        """
        return ops.powers.sqrt(self)  # type: ignore[no-any-return]

    def tanh(self) -> Value:
        """Hyperbolic tangent.

        See `autograd_mini.tanh`.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value(0.5).tanh()
        Value(0.462117, op=tanh)
        """
        return ops.angles.tanh(self)  # type: ignore[no-any-return]

    def sigmoid(self) -> Value:
        """1 / (1 + exp(-x)).

        See `autograd_mini.sigmoid`.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value(0.0).sigmoid()
        Value(0.5, op=sigmoid)
        """
        return ops.activations.sigmoid(self)  # type: ignore[no-any-return]

    def relu(self) -> Value:
        """max(x, 0).

        See `autograd_mini.relu`.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value(-2.0).relu()
        Value(0, op=relu)
        """
        return ops.activations.relu(self)  # type: ignore[no-any-return]

    def astype(self, dtype: Any) -> Value:
        """The entries in another dtype.

        See `autograd_mini.astype`.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value([1.0]).astype("float32")
        Value([1.], shape=(1,), dtype=float32, op=astype)
        """
        return ops.shapes.astype(self, dtype)  # type: ignore[no-any-return]

    def fit(self, like: Any) -> Value:
        """Summed over the axes along which ``like`` was broadcast, in its dtype: how gradients are fitted.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value([[1.0], [2.0]]).fit(0.0)
        Value(3, op=fit)
        """
        return ops.shapes.fit(self, like)  # type: ignore[no-any-return]
