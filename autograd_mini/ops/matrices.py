"""Matrices turned over, chained and raised to powers, and the helpers that the decompositions' rules are written with.

A stack of matrices has them in its last two axes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays import library, plain, shape_of
from ..guards import describe
from ..node import Node
from ..operation import Operand, case, composed
from .diagonals import diagonal
from .elementwise import conjugated
from .reductions import sum
from .shapes import expand_dims, reshape, swapaxes


def adjoint(x: Any) -> Any:
    """The conjugate transpose of matrices."""
    return conjugated(swapaxes(x, -1, -2))


def on_diagonal(x: Any) -> np.ndarray[Any, Any]:
    """A mask of the main diagonal of square matrices."""
    return np.eye(shape_of(x)[-1], dtype=bool)


def rows(x: Any) -> Any:
    """Vectors as matrices of one row."""
    return expand_dims(x, -2)


def columns(x: Any) -> Any:
    """Vectors as matrices of one column."""
    return expand_dims(x, -1)


def factorised(name: str, a: Operand, *options: Any) -> Any:
    """The array library's factorisation of the data, made once for all of its results and their rules."""
    data = a._stored if isinstance(a, Node) else plain(a)
    try:
        return getattr(library(data).linalg, name)(data, *options)
    except Exception as error:
        if isinstance(a, Node):
            error.add_note(f"in linalg.{name} of {describe(a)}")
        raise


def square_matrices(a: Operand, name: str) -> tuple[int, ...]:
    """The shape of a stack of square matrices; another is an error."""
    shape = shape_of(a)
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise np.linalg.LinAlgError(f"linalg.{name} needs square matrices, (..., n, n), got shape {shape}")
    return shape


@composed(case((2, 3)), case((2, 2, 3)))
def matrix_transpose(x: Operand, /) -> Any:
    """The last two axes exchanged: every matrix of a stack transposed.

    Parameters
    ----------
    x : Value or array
        Of shape (..., n, m).

    Returns
    -------
    Value if ``x`` is one, else array
        Of shape (..., m, n).

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.linalg.matrix_transpose([[1.0, 2.0], [3.0, 4.0]])
    array([[1., 3.],
           [2., 4.]])
    """
    return swapaxes(x, -1, -2)


def diagonal_of_matrices(x: Operand, /, *, offset: int = 0) -> Any:
    """The diagonal of every matrix of a stack.

    Parameters
    ----------
    x : Value or array
        Of shape (..., n, m).
    offset : int
        Which diagonal: above the main one if positive, below it if negative; 0 by default.

    Returns
    -------
    Value if ``x`` is one, else array
        Of shape (..., entries on the diagonal).

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.linalg.diagonal([[1.0, 2.0], [3.0, 4.0]])
    array([1., 4.])
    """
    return diagonal(x, offset, -2, -1)


def trace_of_matrices(x: Operand, /, *, offset: int = 0) -> Any:
    """Sum of the diagonal of every matrix of a stack.

    Parameters
    ----------
    x : Value or array
        Of shape (..., n, m).
    offset : int
        Which diagonal; 0, the main one, by default.

    Returns
    -------
    Value if ``x`` is one, else number or array
        Of shape (...,).

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.linalg.trace([[1.0, 2.0], [3.0, 4.0]])
    np.float64(5.0)
    """
    return sum(diagonal_of_matrices(x, offset=offset), axis=-1)


def multi_dot(arrays: Sequence[Operand]) -> Any:
    """The product of several matrices, in the order of multiplying that is cheapest.

    Parameters
    ----------
    arrays : sequence of Values and arrays
        Two matrices or more that fit; the first may be a row and the last a column, given as vectors.

    Returns
    -------
    Value if one of ``arrays`` is, else number or array

    Raises
    ------
    ValueError
        If there are fewer than two, one has the wrong number of axes, or two neighbours do not fit.

    References
    ----------
    T. H. Cormen et al., *Introduction to Algorithms*, 3rd ed. (MIT Press, 2009), section 15.2: the order.

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([1.0, 2.0])
    >>> am.linalg.multi_dot([x, [[1.0, 0.0], [0.0, 2.0]], x])
    Value(9, op=reshape)
    """
    factors = list(arrays)
    shapes = [shape_of(x) for x in factors]
    inner = [len(shape) for shape in shapes[1:-1]]
    if len(factors) < 2 or any(n != 2 for n in inner) or not all(len(shapes[i]) in (1, 2) for i in (0, -1)):
        raise ValueError(
            "multi_dot takes two matrices or more, of which the first and the last may be vectors; "
            f"got shapes {', '.join(map(str, shapes)) or 'none'}"
        )
    result = (shapes[0][:-1]) + (shapes[-1][1:])
    if len(shapes[0]) == 1:
        factors[0] = reshape(factors[0], (1, -1))
    if len(shapes[-1]) == 1:
        factors[-1] = reshape(factors[-1], (-1, 1))
    sizes = [shape_of(x) for x in factors]
    for (_, n), (m, _), left, right in zip(sizes, sizes[1:], shapes, shapes[1:], strict=False):
        if n != m:
            raise ValueError(f"multi_dot cannot multiply shapes {left} and {right}: {n} columns meet {m} rows")
    out = _multiplied(factors, _cheapest([size[0] for size in sizes] + [sizes[-1][1]]), 0, len(factors) - 1)
    return out if shape_of(out) == result else reshape(out, result)


def _cheapest(sizes: list[int]) -> dict[tuple[int, int], int]:
    """Where to split the product of factors i to j, for all i < j; factor i is of shape sizes[i], sizes[i + 1]."""
    n = len(sizes) - 1
    cost, split = {(i, i): 0 for i in range(n)}, {}
    for length in range(1, n):
        for i in range(n - length):
            j = i + length
            cost[i, j], split[i, j] = min(
                (cost[i, k] + cost[k + 1, j] + sizes[i] * sizes[k + 1] * sizes[j + 1], k) for k in range(i, j)
            )
    return split


def _multiplied(factors: list[Any], split: dict[tuple[int, int], int], i: int, j: int) -> Any:
    if i == j:
        return factors[i]
    k = split[i, j]
    left, right = _multiplied(factors, split, i, k), _multiplied(factors, split, k + 1, j)
    return left @ right if isinstance(left, Node) or isinstance(right, Node) else plain(left) @ plain(right)
