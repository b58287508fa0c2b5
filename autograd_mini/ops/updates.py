"""Updates that leave the old array as it is: entries replaced or combined at an index, as a new Value."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..arrays import dtype_of, kind_of, library, shape_of, static
from ..node import Node
from ..operation import Operand, Rule, case, primitive
from .arithmetic import add, divide, maximum, minimum, multiply, negative, where
from .indexing import getitem, plain_index, scatter
from .plain import as_data
from .powers import power
from .shapes import astype, broadcast_to, ravel, reshape


def _taken(index: Any, shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    """The numbers of the entries that an index takes from an array of a shape."""
    return np.asarray(np.arange(math.prod(shape)).reshape(shape)[index])


def _basic(index: Any) -> bool:
    """Whether an index takes no entry twice, as far as its kind tells: numbers, slices and a single mask."""
    items = index if isinstance(index, tuple) else (index,)
    kinds = (int, slice, np.integer, type(None), type(Ellipsis))
    return all(isinstance(item, kinds) and not isinstance(item, bool) for item in items) or _is_mask(index)


def _is_mask(index: Any) -> bool:
    return isinstance(index, np.ndarray) and index.dtype == bool


def _last(g: Any, index: Any, shape: tuple[int, ...]) -> Any:
    """What the values of an update get: where several meet in one entry, the last one gets it all."""
    part = getitem(g, index)
    if _basic(index):
        return part
    numbers = _taken(index, shape).ravel()
    order = np.arange(numbers.size)
    winner = np.empty(math.prod(shape), dtype=np.intp)
    winner[numbers] = order
    return where((winner[numbers] == order).reshape(shape_of(part)), part, 0.0)


@primitive(
    "{x} with {v} at [{index}]",
    Rule(lambda g, out, x, v, index: put_at(g, 0.0, index), "1", "{g} with 0 at [{index}]"),
    Rule(lambda g, out, x, v, index: _last(g, index, shape_of(x)), "1", "{g}[{index}]"),
    linear=True,
    cases=(
        case((3, 4), (4,), index=1),
        case((3, 4), (), index=(slice(None), -1)),
        case((3, 4), (2, 4), index=[0, 2]),
        case((4,), (3,), index=[1, 1, 2]),
        case((2, 2), (3,), index=np.array([[True, False], [True, True]])),
        case((), (), index=()),
    ),
)
def put_at(x: Operand, v: Operand, index: Any) -> Any:
    """``x`` with other entries at a NumPy index; ``x.at[index].set(v)`` is the way to call it.

    Parameters
    ----------
    x : Value, number or array
    v : Value, number or array
        It broadcasts to the shape of ``x[index]`` and is cast to the dtype of ``x``.
    index : as for ``getitem``
        Where an entry is named twice, the last value stays.

    Returns
    -------
    Value if an operand is one, else array

    Examples
    --------
    >>> import numpy as np
    >>> from autograd_mini.ops.updates import put_at
    >>> put_at(np.array([1.0, 2.0, 3.0]), 9.0, [0, 2])
    array([9., 2., 9.])
    """
    return library(x, v).put_at(x, v, plain_index(index))


def combine_at(x: Operand, v: Operand, index: Any, function: Callable[[Any, Any], Any]) -> Any:
    """``x`` with ``function(x[index], v)`` at an index; for an entry that is named n times it is applied n times.

    Parameters
    ----------
    x : Value, number or array
    v : Value, number or array
        It broadcasts to the shape of ``x[index]``.
    index : as for ``getitem``
    function : callable
        Of two operands, element by element.

    Returns
    -------
    Value if an operand is one, else array

    Examples
    --------
    >>> import numpy as np
    >>> from autograd_mini import multiply
    >>> from autograd_mini.ops.updates import combine_at
    >>> combine_at(np.array([1.0, 2.0]), 3.0, [0, 0], multiply)
    array([9., 2.])
    """
    index = plain_index(index)
    if _basic(index):
        return put_at(x, function(getitem(x, index), v), index)
    shape, numbers = shape_of(x), _taken(index, shape_of(x))
    row, values, flat = ravel(x), ravel(broadcast_to(v, numbers.shape)), numbers.ravel()
    left = np.arange(flat.size)
    while left.size:  # in each round every entry is named once
        _, first = np.unique(flat[left], return_index=True)
        places, now = flat[left[first]], left[first]
        row = put_at(row, function(getitem(row, places), getitem(values, now)), places)
        left = np.delete(left, first)
    return reshape(row, shape)


_RANKS = {"b": 0, "i": 1, "u": 1, "f": 2, "c": 3}


class At:
    """The entries of a Value at an index, to be updated: what ``x.at`` is. ``x.at[index].set(v)`` gives a new Value.

    Parameters
    ----------
    x : Value

    Examples
    --------
    >>> from autograd_mini import Value
    >>> x = Value([1.0, 2.0, 3.0])
    >>> x.at[1:].set(0.0)
    Value([1., 0., 0.], shape=(3,), op=put_at)
    >>> x.at[[0, 0]].add(10.0)
    Value([21.,  2.,  3.], shape=(3,), op=add)
    """

    __slots__ = ("_x",)

    def __init__(self, x: Node) -> None:
        self._x = x

    def __getitem__(self, index: Any) -> Update:
        """The entries at a NumPy index."""
        return Update(self._x, index)

    def __repr__(self) -> str:
        return f"{self._x!r}.at: write x.at[index].set(v), .add(v), .multiply(v), ..."


class Update:
    """What can be done with ``x.at[index]``: each method gives a new Value and leaves ``x`` as it is.

    Values broadcast to the shape of ``x[index]`` and are cast to the dtype of ``x``. An entry that the index names
    several times gets every value in turn, but ``set`` keeps the last.

    Parameters
    ----------
    x : Value
    index : as for ``x[index]``
    """

    __slots__ = ("_index", "_x")

    def __init__(self, x: Node, index: Any) -> None:
        self._x, self._index = x, plain_index(index)

    def __repr__(self) -> str:
        return f"{self._x!r}.at[{self._index!r}]: write .set(v), .add(v), .multiply(v), ... after it"

    def _fitting(self, v: Any) -> Any:
        """The value in the dtype of ``x``; what that dtype cannot hold is an error."""
        data, own = as_data(v), as_data(self._x)
        if _RANKS[kind_of(data)] > _RANKS[kind_of(own)]:
            given = str(dtype_of(data))
            raise TypeError(
                f"a Value of dtype {dtype_of(own)} cannot take entries of dtype {given}: "
                f"write x.astype({given!r}).at[...]"
            )
        if not hasattr(own, "dtype") or getattr(data, "dtype", None) == own.dtype:
            return v
        if hasattr(data, "dtype") or isinstance(v, Node):
            return astype(v, own.dtype)
        return np.asarray(v, own.dtype) if type(own) is np.ndarray else static(v, own)

    def get(self) -> Any:
        """The entries, as ``x[index]``.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value([1.0, 2.0]).at[1].get()
        Value(2, op=getitem)
        """
        return getitem(self._x, self._index)

    def set(self, v: Operand) -> Any:
        """Replaced by ``v``; where the index names an entry twice, the last value stays.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> x, v = Value([1.0, 2.0, 3.0]), Value(9.0)
        >>> y = x.at[0].set(v)
        >>> y.sum().backward()
        >>> x.grad, v.grad
        (array([0., 1., 1.]), 1.0)
        """
        return put_at(self._x, self._fitting(v), self._index)

    def add(self, v: Operand) -> Any:
        """Plus ``v``; where the index names an entry twice, both are added.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value([1.0, 2.0]).at[[0, 0]].add([10.0, 20.0])
        Value([31.,  2.], shape=(2,), op=add)
        """
        v, shape = self._fitting(v), shape_of(self._x)
        taken = np.broadcast_to(0, shape)[self._index].shape
        if not shape:
            return add(self._x, reshape(broadcast_to(v, taken), ()))
        return add(self._x, scatter(broadcast_to(v, taken), self._index, shape))

    def subtract(self, v: Operand) -> Any:
        """Minus ``v``; where the index names an entry twice, both are taken off.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value([1.0, 2.0]).at[0].subtract(0.5)
        Value([0.5, 2. ], shape=(2,), op=add)
        """
        return self.add(negative(self._fitting(v)))

    def multiply(self, v: Operand) -> Any:
        """Times ``v``.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value([1.0, 2.0]).at[1].multiply(3.0)
        Value([1., 6.], shape=(2,), op=put_at)
        """
        return combine_at(self._x, self._fitting(v), self._index, multiply)

    def divide(self, v: Operand) -> Any:
        """Divided by ``v``.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value([1.0, 2.0]).at[1].divide(4.0)
        Value([1. , 0.5], shape=(2,), op=put_at)
        """
        return combine_at(self._x, self._fitting(v), self._index, divide)

    def power(self, v: Operand) -> Any:
        """To the power ``v``.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value([1.0, 2.0]).at[1].power(3.0)
        Value([1., 8.], shape=(2,), op=put_at)
        """
        return combine_at(self._x, self._fitting(v), self._index, power)

    def max(self, v: Operand) -> Any:
        """The larger of the entry and ``v``, as ``maximum`` gives it, ties included.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value([1.0, 2.0]).at[:].max(1.5)
        Value([1.5, 2. ], shape=(2,), op=put_at)
        """
        return combine_at(self._x, self._fitting(v), self._index, maximum)

    def min(self, v: Operand) -> Any:
        """The smaller of the entry and ``v``, as ``minimum`` gives it, ties included.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value([1.0, 2.0]).at[:].min(1.5)
        Value([1. , 1.5], shape=(2,), op=put_at)
        """
        return combine_at(self._x, self._fitting(v), self._index, minimum)

    def apply(self, function: Callable[[Any], Any]) -> Any:
        """Replaced by a function of the entries.

        Examples
        --------
        >>> import autograd_mini as am
        >>> am.Value([1.0, 4.0]).at[1].apply(am.sqrt)
        Value([1., 2.], shape=(2,), op=put_at)
        """
        return self.set(function(self.get()))
