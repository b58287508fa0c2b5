"""Arrays like others: copies, and arrays of one number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..arrays import library, shape_of
from ..node import Node
from ..operation import Operand, case, composed
from .elementwise import identity
from .plain import as_data
from .shapes import astype, broadcast_to


@composed(case((2, 3)), case(()))
def copy(x: Operand) -> Any:
    """The same entries as a result of its own, which the gradient passes through.

    Parameters
    ----------
    x : Value, number or array

    Returns
    -------
    Value if ``x`` is one, else number or array

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([1.0, 2.0])
    >>> am.copy(x)
    Value([1., 2.], shape=(2,), op=identity)
    """
    return identity(x)


def full_like(x: Operand, fill_value: Operand, dtype: Any = None, *, shape: int | Sequence[int] | None = None) -> Any:
    """Copies of a value in the shape and dtype of ``x``; the value gets the sum of their gradients, ``x`` none.

    Parameters
    ----------
    x : Value, number or array
    fill_value : Value, number or array
        It broadcasts to the shape.
    dtype : NumPy dtype, optional
        That of ``x`` by default.
    shape : int or sequence of int, optional
        That of ``x`` by default.

    Returns
    -------
    Value if ``fill_value`` is one, else array

    Examples
    --------
    >>> import autograd_mini as am
    >>> x, c = am.Value([1.0, 2.0]), am.Value(3.0)
    >>> y = am.full_like(x, c)
    >>> y.shape, am.gradients(y.sum(), c)
    ((2,), 2.0)
    """
    data = as_data(x)
    table = library(data)
    if not isinstance(fill_value, Node):
        return table.full_like(data, fill_value, dtype=dtype, shape=shape)
    filling = astype(fill_value, table.asarray(data).dtype if dtype is None else dtype)
    return broadcast_to(filling, shape_of(x) if shape is None else shape)


def ones_like(x: Operand, dtype: Any = None, *, shape: int | Sequence[int] | None = None) -> Any:
    """Ones in the shape and dtype of ``x``, as plain data: they do not depend on it.

    Parameters
    ----------
    x : Value, number or array
    dtype : NumPy dtype, optional
        That of ``x`` by default.
    shape : int or sequence of int, optional
        That of ``x`` by default.

    Returns
    -------
    array

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.ones_like(am.Value([1.0, 2.0]))
    array([1., 1.])
    """
    return full_like(x, 1.0, dtype, shape=shape)


def empty_like(x: Operand, dtype: Any = None, *, shape: int | Sequence[int] | None = None) -> Any:
    """An array in the shape and dtype of ``x``, as plain data; of zeros, so that nothing is left to chance.

    Parameters
    ----------
    x : Value, number or array
    dtype : NumPy dtype, optional
        That of ``x`` by default.
    shape : int or sequence of int, optional
        That of ``x`` by default.

    Returns
    -------
    array

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.empty_like(am.Value([1.0, 2.0])).shape
    (2,)
    """
    return full_like(x, 0.0, dtype, shape=shape)
