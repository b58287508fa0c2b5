"""Value: a number or an array that remembers how it was computed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from . import engine, ops
from .arrays import UnknownData, plain
from .engine import RELEASED, GraphError, Node
from .ops.reductions import Axis


def _operator(function: Callable[[Any, Any], Any]) -> Callable[[Value, Any], Value]:
    def operator(self: Value, other: Any) -> Value:
        try:
            return function(self, other)  # type: ignore[no-any-return]
        except UnknownData:
            return NotImplemented

    return operator


def _reflected(function: Callable[[Any, Any], Any]) -> Callable[[Value, Any], Value]:
    return _operator(lambda self, other: function(other, self))


def _comparison(name: str) -> Callable[[Value, Any], Any]:
    def compare(self: Value, other: Any) -> Any:
        try:
            return getattr(np, name)(self._data, other._data if isinstance(other, Node) else plain(other))[()]
        except UnknownData:
            return NotImplemented

    return compare


class Value(Node):
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

    def __init__(self, data: Any, *, requires_grad: bool | None = None, name: str | None = None) -> None:
        if isinstance(data, Node):
            joined = ops.elementwise.identity(data)
            for slot in ("_data", "op", "parents", "static", "scope", "requires_grad"):
                setattr(self, slot, getattr(joined, slot))
            if requires_grad is not None and requires_grad != self.requires_grad:
                raise TypeError("requires_grad of a Value made from a Value follows that one; use .detach() for a leaf")
        else:
            self._data = _owned(data)
            self.op = self.static = self.scope = None
            self.parents = ()
            self.requires_grad = _wants_grad(self._data, requires_grad)
        self._grad = None
        self.order = engine.clock()
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
        data = self._data
        if type(data) is np.ndarray:
            if self.op is None:
                engine.lend(self)
            else:
                data.flags.writeable = False
        elif data is RELEASED:
            raise engine.released(self)
        return data

    @data.setter
    def data(self, new: Any) -> None:
        if self.op is not None:
            raise GraphError(f"the data of {engine.describe(self)} was computed; only a leaf's can be replaced")
        new = _like(new, self._data, f"the data of {engine.describe(self)}")
        self._data = new
        engine.renew(self)

    @property
    def raw(self) -> Any:
        """The data for reading only: the same array as ``.data``, without the guard that ``.data`` sets up."""
        return self._data

    @property
    def grad(self) -> Any:
        """The gradient that backward passes left here: plain data in the shape and dtype of the data, or None."""
        return self._grad

    @grad.setter
    def grad(self, new: Any) -> None:
        self._grad = None if new is None else _like(new, self._data, f"the gradient of {engine.describe(self)}")

    shape = property(lambda self: np.shape(self._data), doc="Lengths of the axes, a tuple; () for a number.")
    ndim = property(lambda self: np.ndim(self._data), doc="Number of axes.")
    size = property(lambda self: np.size(self._data), doc="Number of entries.")
    dtype = property(
        lambda self: getattr(self._data, "dtype", None) or np.dtype(type(self._data)), doc="NumPy's type of the entries."
    )
    is_leaf = property(lambda self: self.op is None, doc="Whether it was made by the user, not by an operation.")

    @property
    def T(self) -> Value:
        """The axes in reverse order."""
        return self.transpose()

    def item(self) -> Any:
        """The single entry as a Python number."""
        if self.size != 1:
            raise ValueError(f"only a Value with one entry is a number; this one has shape {self.shape}")
        return self._data.item() if hasattr(self._data, "item") else self._data

    def numpy(self) -> Any:
        """A copy of the data as a NumPy array."""
        return np.array(self._data)

    def detach(self) -> Value:
        """A leaf with the same data that no gradient flows through."""
        return _leaf(type(self), self._data, False, self.name)

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
            raise engine.released(self)
        if not self.requires_grad:
            raise GraphError(
                f"{engine.describe(self)} requires no gradient: it depends on no Value with requires_grad=True "
                "(or was computed under no_grad)"
            )
        engine.backward(self, _seed(self, gradient), retain_graph=retain_graph)

    def zero_grad(self) -> None:
        """Clear the gradients of everything that this value depends on, its own included."""
        for node in engine.topological(self):
            node._grad = None

    def subtract_(self, change: Any) -> None:
        """Take ``change`` off a leaf's data in place, the step of gradient descent ``x ← x − dx``.

        Raises
        ------
        GraphError
            If the value was computed: only leaves are changed.
        """
        if self.op is not None:
            raise GraphError(f"{engine.describe(self)} was computed; only a leaf can be changed")
        if type(self._data) is np.ndarray:
            np.subtract(self._data, change, out=self._data)
        else:
            self._data = type(self._data)(self._data - change)
        engine.renew(self)

    # --- operators ----------------------------------------------------------------------------------------------------

    __add__ = _operator(ops.arithmetic.add)
    __radd__ = _reflected(ops.arithmetic.add)
    __sub__ = _operator(ops.arithmetic.subtract)
    __rsub__ = _reflected(ops.arithmetic.subtract)
    __mul__ = _operator(ops.arithmetic.multiply)
    __rmul__ = _reflected(ops.arithmetic.multiply)
    __truediv__ = _operator(ops.arithmetic.divide)
    __rtruediv__ = _reflected(ops.arithmetic.divide)
    __floordiv__ = _operator(ops.arithmetic.floor_divide)
    __rfloordiv__ = _reflected(ops.arithmetic.floor_divide)
    __mod__ = _operator(ops.arithmetic.remainder)
    __rmod__ = _reflected(ops.arithmetic.remainder)
    __pow__ = _operator(ops.elementwise.power)
    __rpow__ = _reflected(ops.elementwise.power)
    __matmul__ = _operator(ops.linalg.matmul)
    __rmatmul__ = _reflected(ops.linalg.matmul)
    __lt__ = _comparison("less")
    __le__ = _comparison("less_equal")
    __gt__ = _comparison("greater")
    __ge__ = _comparison("greater_equal")
    __eq__ = _comparison("equal")  # type: ignore[assignment]
    __ne__ = _comparison("not_equal")  # type: ignore[assignment]
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
            "build the new one with where(mask, new, old), stack([...]) or concatenate([...])"
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
        return (item._data if isinstance(item, Node) else item) in self._data

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __complex__(self) -> complex:
        return complex(self.item())

    def __bool__(self) -> bool:
        return bool(self.item())

    def __index__(self) -> int:
        if self.dtype.kind not in "iu":
            raise TypeError(f"only whole numbers can be an index, this Value has dtype {self.dtype}")
        return int(self.item())

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if spec and self.size == 1 else format(str(self), spec)

    def __repr__(self) -> str:
        if self._data is RELEASED:
            return f"Value(<released>{'' if self.name is None else f', name={self.name!r}'})"
        if self.shape:
            text = np.array2string(np.asarray(self._data), precision=4, threshold=12, edgeitems=2, separator=", ")
        else:
            text = f"{self.item():.6g}"
        parts = [text]
        if self.shape:
            parts.append(f"shape={self.shape}")
        if self.dtype != float:
            parts.append(f"dtype={self.dtype}")
        if self.name is not None:
            parts.append(f"name={self.name!r}")
        if self.op is not None:
            parts.append(f"op={getattr(self.op, 'name', 'released')}")
        return f"{type(self).__name__}({', '.join(parts)})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies and pickles are leaves: data, gradient and name without the graph."""
        if self._data is RELEASED:
            raise engine.released(self)
        return (_leaf, (type(self), self._data, self.requires_grad and self.op is None, self.name, self._grad))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        raise TypeError(
            "NumPy asked for this Value's data, which would drop its graph silently: use value.numpy() for the data, "
            "stack([...]) or array([...]) to join Values, or a function of autograd_mini"
        )

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        from .numpy_protocol import call_ufunc

        return call_ufunc(ufunc, method, inputs, kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        from .numpy_protocol import call_function

        return call_function(function, args, kwargs)

    # --- ndarray's methods --------------------------------------------------------------------------------------------

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


engine.results_are(Value)


def _owned(data: Any) -> Any:
    """The data of a new leaf: a Python whole number becomes a float, an array is copied."""
    if isinstance(data, (list, tuple)) and any(isinstance(item, Node) for item in data):
        raise TypeError("a list that holds Values is joined by array([...]) or stack([...]), which keep the graph")
    new = plain(data)
    if type(new) is int:
        return float(new)
    return new.copy() if new is data and type(new) is np.ndarray else new


def _wants_grad(data: Any, asked: bool | None) -> bool:
    differentiable = type(data) in (float, complex) or getattr(data, "dtype", np.dtype(bool)).kind in "fc"
    if asked and not differentiable:
        raise TypeError(
            f"only floating or complex data can require a gradient, this is {getattr(data, 'dtype', 'bool')}: "
            "a gradient is a limit of small changes, and whole numbers have none; pass floats, such as array.astype(float)"
        )
    return differentiable if asked is None else bool(asked)


def _like(new: Any, old: Any, what: str) -> Any:
    """``new`` in the kind and dtype of ``old``; another shape is an error."""
    new = plain(new._data if isinstance(new, Node) else new)
    if np.shape(new) != np.shape(old):
        raise ValueError(f"{what} must have shape {np.shape(old)}, got {np.shape(new)}")
    if np.asarray(new).dtype.kind == "c" and np.asarray(old).dtype.kind != "c":
        raise TypeError(f"{what} is real, got complex numbers")
    if type(old) in (float, bool):
        return type(old)(new)
    if not isinstance(old, np.ndarray):
        return np.asarray(new, np.asarray(old).dtype)[()]
    return np.array(new, old.dtype, copy=None)


def _seed(root: Value, gradient: Any) -> Any:
    if gradient is None:
        if root.size != 1:
            raise ValueError(
                f"backward() of {engine.describe(root)} needs a gradient of that shape; "
                "only a single number, such as a loss, starts from 1 by itself: reduce it with .sum() or .mean()"
            )
        gradient = np.ones(root.shape)
    return engine.outward(_like(gradient, root._data, f"the gradient of {engine.describe(root)}"))


def _leaf(kind: type[Value], data: Any, requires_grad: bool, name: str | None, grad: Any = None) -> Value:
    leaf: Value = object.__new__(kind)
    leaf._data, leaf._grad, leaf.name, leaf.requires_grad = data, grad, name, requires_grad
    leaf.op = leaf.static = leaf.scope = None
    leaf.parents, leaf.order = (), engine.clock()
    return leaf
