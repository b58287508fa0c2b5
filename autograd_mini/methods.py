"""The array methods of a Value, under ndarray's names: the functions of the same name, as methods.

A function of the package takes the Value as its first argument, so it is the method as it stands: no call in between,
and its docstring is the method's. Only where ndarray's method takes other arguments than the function is one written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Concatenate, NoReturn, ParamSpec

import numpy as np

from . import ops
from .arrays import shape_of
from .guards import check_kept
from .state import is_differentiating

if TYPE_CHECKING:
    from .value import Value

P = ParamSpec("P")


def _method(function: Callable[Concatenate[Any, P], Any]) -> Callable[[Any], Callable[Concatenate[Any, P], Value]]:
    """Decorate a name, declared for checkers of types: the function as a method of this name that gives a Value."""
    return lambda _: function


def _plain(function: Callable[..., Any]) -> Callable[[Any], Callable[..., Any]]:
    """Decorate a name: the function as a method of this name that gives plain data."""
    return lambda _: function


def _refused(name: str, instead: str) -> Callable[..., NoReturn]:
    """A method of ndarray that changes the array in place."""

    def method(self: Value, *_: Any, **__: Any) -> NoReturn:
        raise TypeError(f"{name}() would change a Value in place, which its graph cannot undo: {instead}")

    method.__name__ = method.__qualname__ = name
    method.__doc__ = f"Refused, since a graph must keep what it used: {instead}."
    return method


class ArrayMethods:
    """What ``Value`` offers beside operators: ndarray's methods and the commonest functions."""

    __slots__ = ()

    # reductions and running results
    @_method(ops.reductions.sum)
    def sum(self) -> None: ...

    @_method(ops.reductions.mean)
    def mean(self) -> None: ...

    @_method(ops.reductions.max)
    def max(self) -> None: ...

    @_method(ops.reductions.min)
    def min(self) -> None: ...

    @_method(ops.reductions.prod)
    def prod(self) -> None: ...

    @_method(ops.reductions.ptp)
    def ptp(self) -> None: ...

    @_method(ops.reductions.trace)
    def trace(self) -> None: ...

    @_method(ops.statistics.var)
    def var(self) -> None: ...

    @_method(ops.statistics.std)
    def std(self) -> None: ...

    @_method(ops.running.cumsum)
    def cumsum(self) -> None: ...

    @_method(ops.running.cumprod)
    def cumprod(self) -> None: ...

    # shapes and choices of entries
    @_method(ops.shapes.ravel)
    def ravel(self) -> None: ...

    @_method(ops.shapes.ravel)
    def flatten(self) -> None: ...

    @_method(ops.shapes.swapaxes)
    def swapaxes(self) -> None: ...

    @_method(ops.shapes.squeeze)
    def squeeze(self) -> None: ...

    @_method(ops.shapes.fit)
    def fit(self) -> None: ...

    @_method(ops.rearranging.repeat)
    def repeat(self) -> None: ...

    @_method(ops.indexing.take)
    def take(self) -> None: ...

    @_method(ops.diagonals.diagonal)
    def diagonal(self) -> None: ...

    # element by element, and products
    @_method(ops.arithmetic.clip)
    def clip(self) -> None: ...

    @_method(ops.elementwise.round)
    def round(self) -> None: ...

    @_method(ops.elementwise.conjugate)
    def conj(self) -> None: ...

    @_method(ops.elementwise.conjugate)
    def conjugate(self) -> None: ...

    @_method(ops.elementwise.identity)
    def copy(self) -> None: ...

    @_method(ops.products.dot)
    def dot(self) -> None: ...

    @_method(ops.powers.exp)
    def exp(self) -> None: ...

    @_method(ops.powers.log)
    def log(self) -> None: ...

    @_method(ops.powers.sqrt)
    def sqrt(self) -> None: ...

    @_method(ops.angles.tanh)
    def tanh(self) -> None: ...

    @_method(ops.activations.sigmoid)
    def sigmoid(self) -> None: ...

    @_method(ops.activations.relu)
    def relu(self) -> None: ...

    # plain data, without a gradient
    @_plain(ops.plain.any)
    def any(self) -> None: ...

    @_plain(ops.plain.all)
    def all(self) -> None: ...

    @_plain(ops.plain.argmax)
    def argmax(self) -> None: ...

    @_plain(ops.plain.argmin)
    def argmin(self) -> None: ...

    @_plain(ops.plain.argsort)
    def argsort(self) -> None: ...

    @_plain(ops.plain.argpartition)
    def argpartition(self) -> None: ...

    @_plain(ops.plain.nonzero)
    def nonzero(self) -> None: ...

    @_plain(ops.plain.searchsorted)
    def searchsorted(self) -> None: ...

    # in place
    sort = _refused("sort", "write y = autograd_mini.sort(x)")
    partition = _refused("partition", "write y = autograd_mini.partition(x, kth)")
    fill = _refused("fill", "write y = autograd_mini.zeros_like(x) + number")
    put = _refused("put", "write y = x.at[indices].set(values)")
    resize = _refused("resize", "write y = x.reshape(shape), or autograd_mini.pad(x, width)")
    setfield = _refused("setfield", "write y = x.at[indices].set(values)")
    byteswap = _refused("byteswap", "a Value holds numbers in the machine's own order")
    setflags = _refused("setflags", "x.numpy() is an array of its own")

    def astype(self, dtype: Any, *, copy: bool = True) -> Value:
        """The entries in another dtype.

        See `autograd_mini.astype`. Whether they are copied makes no difference: nobody can write to a result.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value([1.0, 2.0]).astype("float32", copy=False).dtype
        dtype('float32')
        """
        return ops.shapes.astype(self, dtype)  # type: ignore[no-any-return]

    def reshape(self, *shape: Any, order: str = "C", copy: bool | None = None) -> Value:
        """The entries in another shape: ``v.reshape(2, 3)`` or ``v.reshape((2, 3))``.

        See `autograd_mini.reshape`. Whether they are copied makes no difference: nobody can write to a result.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value([1.0, 2.0]).reshape(1, -1)
        Value([[1., 2.]], shape=(1, 2), op=reshape)
        """
        new = shape[0] if len(shape) == 1 else shape
        return ops.shapes.reshape(self, new, order)  # type: ignore[no-any-return]

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

    def compress(self, condition: Any, axis: int | None = None) -> Value:
        """The entries (or slices along ``axis``) where a row of booleans is true.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value([1.0, 2.0, 3.0]).compress([True, False, True])
        Value([1., 3.], shape=(2,), op=getitem)
        """
        [where_true] = np.nonzero(np.asarray(ops.plain.as_data(condition)))
        return ops.indexing.take(self, where_true, axis)  # type: ignore[no-any-return]

    def choose(self, choices: Sequence[Any]) -> Any:
        """Entries of several arrays by the whole numbers in this Value.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value([0, 1]).choose([[1.0, 2.0], [3.0, 4.0]])
        array([1., 4.])
        """
        numbers = ops.plain.as_data(self)
        out: Any = choices[0]
        for i, choice in enumerate(choices[1:], 1):
            out = ops.arithmetic.where(numbers == i, choice, out)
        return out

    def tolist(self) -> Any:
        """The data as nested lists of Python numbers.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value([[1.0], [2.0]]).tolist()
        [[1.0], [2.0]]
        """
        if is_differentiating():  # outside it is the user's own word, as float() is
            check_kept(self, "tolist()", "write value.numpy().tolist() where none is needed")  # type: ignore[arg-type]
        data = ops.plain.as_data(self)
        return data.tolist() if hasattr(data, "tolist") else data

    @property
    def real(self) -> Value:
        """Real part."""
        return ops.elementwise.real(self)  # type: ignore[no-any-return]

    @property
    def imag(self) -> Value:
        """Imaginary part."""
        return ops.elementwise.imag(self)  # type: ignore[no-any-return]

    @property
    def mT(self) -> Value:  # noqa: N802 (ndarray's name)
        """The last two axes exchanged: the transposes of a stack of matrices."""
        if len(shape_of(self)) < 2:
            raise ValueError(f"mT needs matrices, got shape {shape_of(self)}")
        return ops.shapes.swapaxes(self, -2, -1)  # type: ignore[no-any-return]

    @property
    def flat(self) -> Value:
        """All entries as one row, to iterate over or to index."""
        return ops.shapes.ravel(self)  # type: ignore[no-any-return]

    itemsize = property(lambda self: self.dtype.itemsize, doc="Bytes of an entry.")
    nbytes = property(lambda self: self.dtype.itemsize * self.size, doc="Bytes of all entries.")

    def __round__(self, decimals: int = 0) -> Value:
        return ops.elementwise.round(self, decimals)  # type: ignore[no-any-return]

    def __trunc__(self) -> Value:
        return ops.elementwise.trunc(self)  # type: ignore[no-any-return]

    def __floor__(self) -> Value:
        return ops.elementwise.floor(self)  # type: ignore[no-any-return]

    def __ceil__(self) -> Value:
        return ops.elementwise.ceil(self)  # type: ignore[no-any-return]

    def __divmod__(self, other: Any) -> tuple[Any, Any]:
        return ops.numbers.divmod(self, other)

    def __rdivmod__(self, other: Any) -> tuple[Any, Any]:
        return ops.numbers.divmod(other, self)
