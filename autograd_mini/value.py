"""Value: a number or an array that remembers how it was computed."""

from __future__ import annotations

import math
import operator
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Self, overload

import numpy as np

from . import engine, guards, observers, ops
from .arrays import as_numpy, dtype_of, is_foreign, shown
from .conversions import Conversions
from .guards import RELEASED, GraphError, describe, released
from .leaves import leaf, like, owned, seed, subtract_, wants_grad
from .methods import ArrayMethods
from .node import Node
from .numpy_protocol import call_function, call_ufunc
from .operators import binary, comparison, equality, reflected
from .ops.updates import At
from .state import is_differentiating

if TYPE_CHECKING:
    # NumPy's stubs take arrays and NumPy's scalars only. As an object scalar of NumPy a Value may be given to its
    # functions, and np.sin(v), np.mean(v) and array @ v are Any to checkers, not the arrays that they are not.
    Scalar = np.generic
else:
    Scalar = object


class Value(ArrayMethods, Conversions, Scalar):  # type: ignore[misc]
    """A number or an array in a graph of operations that can be differentiated.

    Parameters
    ----------
    data : number, array or nested list of numbers
        A Python number stays a Python float; an array keeps its shape and dtype and is copied; nested lists
        become arrays. A Value becomes an operand: the new Value stays joined to it.
    requires_grad : bool, optional
        Whether gradients flow to it. By default True for floating and complex data, False for integers and booleans.
    name : str, optional
        What pictures, explanations and messages call it.

    Raises
    ------
    TypeError
        For data that is no number and no array of numbers, and for ``requires_grad=True`` on integers or booleans.
    ValueError
        For ragged nested lists.

    Notes
    -----
    Comparisons, ``==`` among them, compare the data and give plain booleans; hashing is by identity, so Values can
    be keys of a dict. An operation on a Value and plain data treats the plain data as a constant.

    Examples
    --------
    >>> from autograd_mini import Value
    >>> x = Value(3.0, name="x")
    >>> f = 20 * x**2 + x
    >>> f.backward()
    >>> x.grad
    121.0
    """

    __slots__ = ()
    __array_priority__ = 1000
    __pandas_priority__ = 5000

    if TYPE_CHECKING:

        def __new__(cls, *args: Any, **kwargs: Any) -> Self: ...  # noqa: D102
        @overload  # type: ignore[no-overload-impl, override]
        def __array__(self) -> np.ndarray[Any, np.dtype[Self]]: ...
        @overload
        def __array__(self) -> np.ndarray[Any, np.dtype[np.object_]]: ...  # type: ignore[overload-cannot-match]

    def __init__(self, data: Any, *, requires_grad: bool | None = None, name: str | None = None) -> None:
        if isinstance(data, Node):
            joined = ops.elementwise.identity(data)
            for slot in ("_stored", "op", "_x", "_y", "static", "scope", "requires_grad"):
                setattr(self, slot, getattr(joined, slot))
            if requires_grad is not None and requires_grad != self.requires_grad:
                raise TypeError("requires_grad of a Value made from a Value follows that one; use .detach() for a leaf")
        else:
            self._stored = owned(data)
            self._x = self._y = self.op = self.static = self.scope = None
            self.requires_grad = wants_grad(self._stored, requires_grad)
        self._grad = None
        self.order = guards.clock()
        if name is not None and not isinstance(name, str):
            raise TypeError(f"name must be text, got {type(name).__name__}")
        self.name = name

    # --- what it holds ------------------------------------------------------------------------------------------------

    @property
    def data(self) -> Any:
        """The number or the array. Assigning keeps shape and dtype; arrays of computed values are read-only.

        A leaf's array may be written to, but not between its use in a graph and the backward pass: the pass
        would notice and raise a GraphError.
        """
        data = self._stored
        if type(data) is np.ndarray:
            if self.op is None:
                guards.lend(self)
            else:
                data.flags.writeable = False
        elif data is RELEASED:
            raise released(self)
        elif type(data) is not float and is_foreign(data):  # nobody can forbid writing into it
            guards.lend(self)
        return data

    @data.setter
    def data(self, new: Any) -> None:
        if self.op is not None:
            raise GraphError(f"the data of {describe(self)} was computed; only a leaf's can be replaced")
        new = like(new, self._stored, f"the data of {describe(self)}")
        self._stored = new
        guards.renew(self)

    @property
    def raw(self) -> Any:
        """The data for reading only: the same array as ``.data``, without the guard that ``.data`` sets up."""
        return self._stored

    @property
    def grad(self) -> Any:
        """The gradient that backward passes left here: plain data in the shape and dtype of the data, or None.

        An array of a computed value is read-only, since other values may have the same.
        """
        g = self._grad
        if self.op is not None and type(g) is np.ndarray:
            g.flags.writeable = False
        return g

    @grad.setter
    def grad(self, new: Any) -> None:
        self._grad = None if new is None else like(new, self._stored, f"the gradient of {describe(self)}")

    if TYPE_CHECKING:
        grad: Any  # type: ignore[no-redef] # after w.grad = None, checkers would take a property for None for good

    @property
    def shape(self) -> tuple[int, ...]:  # type: ignore[override]
        """Lengths of the axes; () for a number."""
        shape = getattr(self._stored, "shape", ())
        return shape if type(shape) is tuple else tuple(shape)

    # Annotated as checkers see them.
    ndim: int = property(lambda self: len(self.shape), doc="Number of axes.")  # type: ignore[assignment]
    size: int = property(lambda self: math.prod(self.shape), doc="Number of entries.")  # type: ignore[assignment]
    T: Value = property(lambda self: self.transpose(), doc="The axes in reverse order.")  # type: ignore[assignment]
    is_leaf: bool = property(lambda self: self.op is None, doc="Whether no operation made it.")  # type: ignore[assignment]
    at: At = property(At, doc="Entries to update: ``x.at[i].set(v)`` gives a new Value.")  # type: ignore[assignment]

    @property
    def dtype(self) -> Any:
        """NumPy's dtype, or the array library's own."""
        return dtype_of(self._stored)

    def numpy(self) -> Any:
        """A copy of the data as a NumPy array, of no axes for a number; writing to it changes nothing here."""
        return np.array(as_numpy(self._stored))

    def detach(self) -> Value:
        """A leaf with a copy of the data that no gradient flows through.

        Examples
        --------
        >>> x = Value(3.0)
        >>> (x * x.detach()).backward()
        >>> x.grad
        3.0
        """
        if self._stored is RELEASED:
            raise released(self)
        return leaf(type(self), self._stored, False, self.name)  # type: ignore[no-any-return]

    # --- gradients ----------------------------------------------------------------------------------------------------

    def backward(self, gradient: Any = None, *, retain_graph: bool = True) -> None:
        """Differentiate this value with respect to everything that it was computed from.

        Leaves add the result to their ``.grad``; values in between keep that of the latest pass in theirs.

        Parameters
        ----------
        gradient : array, optional
            Gradient of some further result with respect to this value, in its shape; 1 for a single number.
        retain_graph : bool
            True keeps the graph and all gradients for looking, drawing and further passes; False frees the data
            of values in between as the pass goes, which saves memory.

        Raises
        ------
        GraphError
            If nothing here requires a gradient, the graph was released, or data changed after it was used.
        ValueError
            If ``gradient`` is missing or does not have this value's shape.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> w = Value([1.0, 2.0])
        >>> (w * w).sum().backward()
        >>> w.grad
        array([2., 4.])
        """
        if self.op is RELEASED:
            raise released(self)
        if not self.requires_grad:
            raise GraphError(
                f"{describe(self)} requires no gradient: it depends on no Value with requires_grad=True. "
                "Arrays of whole numbers never require one (write [1.0] for [1]), and under no_grad nothing is recorded"
            )
        if is_differentiating():
            engine.check_apart("backward()", self)
        engine.backward(self, seed(self, gradient), retain_graph=retain_graph)

    def zero_grad(self) -> None:
        """Clear the gradients of everything that this value depends on, its own included: they become None."""
        for node in engine.topological(self, checked=False):
            node._grad = None

    register_hook = observers.register_hook
    subtract_ = subtract_

    # --- operators ----------------------------------------------------------------------------------------------------

    __add__ = binary(ops.arithmetic.add, operator.add)
    __radd__ = reflected(ops.arithmetic.add)
    __sub__ = binary(ops.arithmetic.subtract, operator.sub)
    __rsub__ = reflected(ops.arithmetic.subtract)
    __mul__ = binary(ops.arithmetic.multiply, operator.mul)
    __rmul__ = reflected(ops.arithmetic.multiply)
    __truediv__ = binary(ops.arithmetic.divide)
    __rtruediv__ = reflected(ops.arithmetic.divide)
    __floordiv__ = binary(ops.arithmetic.floor_divide)
    __rfloordiv__ = reflected(ops.arithmetic.floor_divide)
    __mod__ = binary(ops.arithmetic.remainder)
    __rmod__ = reflected(ops.arithmetic.remainder)
    __pow__ = binary(ops.powers.power)
    __rpow__ = reflected(ops.powers.power)
    __matmul__ = binary(ops.products.matmul)
    __rmatmul__ = reflected(ops.products.matmul)
    __lt__ = comparison(operator.lt)
    __le__ = comparison(operator.le)
    __gt__ = comparison(operator.gt)
    __ge__ = comparison(operator.ge)
    __eq__ = equality
    __ne__ = comparison(operator.ne)
    __hash__ = object.__hash__

    def __neg__(self) -> Value:
        return ops.arithmetic.negative(self)  # type: ignore[no-any-return]

    def __pos__(self) -> Value:
        return self

    def __abs__(self) -> Value:
        return ops.elementwise.abs(self)  # type: ignore[no-any-return]

    def __getitem__(self, index: Any) -> Value:
        return ops.indexing.getitem(self, index)  # type: ignore[no-any-return]

    def __setitem__(self, index: Any, item: Any) -> None:
        raise TypeError(
            "a Value's entries cannot be assigned, since the graph must keep what it used; "
            "build the new one with x.at[index].set(v), where(mask, new, old), stack([...]) or concatenate([...])"
        )

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("a Value that is a single number has no len()")
        return int(self.shape[0])

    def __iter__(self) -> Iterator[Value]:
        if not self.shape:
            raise TypeError("a Value that is a single number cannot be iterated over")
        return (self[i] for i in range(len(self)))

    def __contains__(self, item: Any) -> bool:
        if not self.shape:
            raise TypeError("a Value that is a single number contains nothing")
        return (item._stored if isinstance(item, Node) else item) in self._stored

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if spec and self.size == 1 else format(str(self), spec)

    def __repr__(self) -> str:
        if self._stored is RELEASED:
            return f"Value(<released>{'' if self.name is None else f', name={self.name!r}'})"
        parts = [shown(self._stored, f"{type(self).__name__}(")]
        if self.shape:
            parts.append(f"shape={self.shape}")
        if self.dtype != float:
            parts.append(f"dtype={self.dtype}")
        if self.name is not None:
            parts.append(f"name={self.name!r}")
        if self.op is not None:
            parts.append(f"op={getattr(self.op, 'name', 'released')}")
        return f"{type(self).__name__}({', '.join(parts)})"

    def __array_namespace__(self, *, api_version: str | None = None) -> Any:
        """The package, for functions that ask an array for its library, as SciPy's do under SCIPY_ARRAY_API."""
        return sys.modules[__name__.partition(".")[0]]

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return call_ufunc(ufunc, method, inputs, kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return call_function(function, args, kwargs)


engine.results_are(Value)
