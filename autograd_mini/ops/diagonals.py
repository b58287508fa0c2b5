"""Diagonals and triangles of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays import dtype_of, is_foreign, kind_of, of_kind, shape_of
from ..operation import Operand, case, composed
from .arithmetic import where, zeros_like
from .indexing import getitem, scatter
from .joining import concatenate
from .plain import as_data, option
from .shapes import astype, expand_dims, moveaxis, ravel


@composed(case((3,)), case((3,), k=1), case((3, 4), k=-1))
def diag(x: Operand, k: int = 0) -> Any:
    """The diagonal of a matrix, or a row of numbers as the diagonal of a matrix.

    Parameters
    ----------
    x : Value or array
        Of shape (n,) or (n, m).
    k : int
        Which diagonal: above the main one if positive, below it if negative; 0 by default.

    Returns
    -------
    Value if ``x`` is one, else array

    Raises
    ------
    ValueError
        If ``x`` has neither one axis nor two.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.diag([1.0, 2.0])
    array([[1., 0.],
           [0., 2.]])
    >>> am.diag([[1.0, 2.0], [3.0, 4.0]])
    array([1., 4.])
    """
    shape = shape_of(x)
    if len(shape) == 1:
        n = shape[0] + (k if k >= 0 else -k)
        rows = np.arange(shape[0])
        return scatter(x, (rows + max(-k, 0), rows + max(k, 0)), (n, n))
    if len(shape) != 2:
        raise ValueError(f"diag takes a row of numbers or a matrix, got shape {shape}; use diagonal")
    return diagonal(x, k)


@composed(case((3, 4)), case((3, 4), offset=1), case((2, 3, 3), offset=-1, axis1=1, axis2=2))
def diagonal(x: Operand, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """The entries whose indices along two axes differ by ``offset``, as the last axis.

    Parameters
    ----------
    x : Value or array
        With two axes or more.
    offset : int
        Which diagonal; 0, the main one, by default.
    axis1, axis2 : int
        The axes of the matrices; the first two by default.

    Returns
    -------
    Value if ``x`` is one, else array

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.diagonal([[1.0, 2.0], [3.0, 4.0]], offset=1)
    array([2.])
    """
    x = moveaxis(x, (axis1, axis2), (-2, -1))
    rows, columns = shape_of(x)[-2:]
    first_row, first_column = max(-offset, 0), max(offset, 0)
    along = np.arange(max(min(rows - first_row, columns - first_column), 0))
    return getitem(x, (..., along + first_row, along + first_column))


@composed(case((3, 4)), case((3, 4), k=1))
def tril(x: Operand, k: int = 0) -> Any:
    """The lower triangle; zeros above diagonal ``k``.

    Parameters
    ----------
    x : Value or array
        A matrix of shape (n, m), or a stack of them.
    k : int
        0, the main diagonal, by default.

    Returns
    -------
    Value if ``x`` is one, else array
        In the shape of ``x``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.tril([[1.0, 2.0], [3.0, 4.0]])
    array([[1., 0.],
           [3., 4.]])
    """
    return where(_triangle(x, k), x, of_kind(x, 0))


def _triangle(x: Any, k: int) -> np.ndarray[Any, Any]:
    """A mask of the entries on diagonal ``k`` and below; a row counts as every row of a square."""
    if not shape_of(x):
        raise ValueError("a triangle is taken of a matrix, this is a single number")
    columns, rows = shape_of(x)[-1], shape_of(x)[-2:][0]
    return np.tri(rows, columns, k, dtype=bool)


@composed(case((3, 4)), case((3, 4), k=1))
def triu(x: Operand, k: int = 0) -> Any:
    """The upper triangle; zeros below diagonal ``k``.

    Parameters
    ----------
    x : Value or array
        A matrix of shape (n, m), or a stack of them.
    k : int
        0, the main diagonal, by default.

    Returns
    -------
    Value if ``x`` is one, else array
        In the shape of ``x``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.triu([[1.0, 2.0], [3.0, 4.0]])
    array([[1., 2.],
           [0., 4.]])
    """
    return where(_triangle(x, k - 1), of_kind(x, 0), x)


@composed(case((2, 2)), case((3,), k=-1), case((), k=1))
def diagflat(x: Operand, k: int = 0) -> Any:
    """All entries, row by row, as the diagonal of a square matrix.

    Parameters
    ----------
    x : Value, number or array
    k : int
        Which diagonal: above the main one if positive, below it if negative; 0 by default.

    Returns
    -------
    Value if ``x`` is one, else array

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.diagflat([[1.0, 2.0]])
    array([[1., 0.],
           [0., 2.]])
    """
    return diag(ravel(x), k)


@composed(case((3,)), case((3,), N=4), case((3,), N=2, increasing=True), case((3,), N=0))
def vander(x: Operand, N: int | None = None, increasing: bool = False) -> Any:
    """The Vandermonde matrix: the powers of each entry in a row.

    Parameters
    ----------
    x : Value or array
        Of shape (n,).
    N : int, optional
        How many powers; n by default.
    increasing : bool
        Whether they begin with the power 0; by default they end with it.

    Returns
    -------
    Value if ``x`` is one, else array
        Of shape (n, N), in the dtype of floating ``x``, where NumPy's is never below float64.

    Raises
    ------
    ValueError
        If ``x`` has not one axis.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.vander([2.0, 3.0], 3)
    array([[4., 2., 1.],
           [9., 3., 1.]])
    """
    if len(shape_of(x)) != 1:
        raise ValueError(f"vander takes one row of numbers, got shape {shape_of(x)}")
    powers = np.arange(shape_of(x)[0] if N is None else option("vander()", "N", N))
    column = expand_dims(x, 1)
    if kind_of(column) in "biu" and not is_foreign(as_data(column)):
        column = astype(column, np.promote_types(dtype_of(column), int))
    if not len(powers):
        return getitem(column, (slice(None), slice(0, 0)))
    columns = [zeros_like(column) + 1]
    for _ in powers[1:]:
        columns.append(columns[-1] * column)
    return concatenate(columns if increasing else columns[::-1], axis=1)
