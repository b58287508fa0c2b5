"""Axes: moved, exchanged, added, and arrays brought to one shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays import shape_of
from ..operation import Operand, case, composed
from .elementwise import identity
from .shapes import broadcast_to, moveaxis, reshape, swapaxes, transpose


@composed(case((2, 3, 4), axes=(2, 0, 1)), case((2, 3)))
def permute_dims(x: Operand, axes: Sequence[int] | None = None) -> Any:
    """The axes in another order; ``transpose`` under the name of the array standard.

    Parameters
    ----------
    x : Value, number or array
    axes : sequence of int, optional
        ``axes[i]`` is the old place of the new axis i; reversed by default.

    Returns
    -------
    Value if ``x`` is one, else array

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_mini as am
    >>> am.permute_dims(np.zeros((2, 3, 4)), (2, 0, 1)).shape
    (4, 2, 3)
    """
    return transpose(x, axes)


@composed(case((2, 3)), case((2, 3, 4)))
def matrix_transpose(x: Operand) -> Any:
    """The last two axes exchanged: every matrix of a stack transposed.

    Parameters
    ----------
    x : Value or array
        Of shape (..., n, m).

    Returns
    -------
    Value if ``x`` is one, else array
        Of shape (..., m, n).

    Raises
    ------
    ValueError
        If ``x`` has less than two axes.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_mini as am
    >>> am.matrix_transpose(np.zeros((5, 2, 3))).shape
    (5, 3, 2)
    """
    if len(shape_of(x)) < 2:
        raise ValueError(f"matrix_transpose needs a matrix or a stack of them, got shape {shape_of(x)}")
    return swapaxes(x, -1, -2)


@composed(case((2, 3, 4), axis=2), case((2, 3, 4), axis=0, start=3), case((2, 3, 4), axis=-1, start=1))
def rollaxis(x: Operand, axis: int, start: int = 0) -> Any:
    """One axis moved to stand before another; ``moveaxis`` says the same more clearly.

    Parameters
    ----------
    x : Value or array
    axis : int
        The axis that moves.
    start : int
        It comes to stand before the axis that is here now; 0, to the front, by default.

    Returns
    -------
    Value if ``x`` is one, else array

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_mini as am
    >>> am.rollaxis(np.zeros((2, 3, 4)), 2).shape
    (4, 2, 3)
    """
    ndim = len(shape_of(x))
    axis = np.lib.array_utils.normalize_axis_index(axis, ndim)
    if not -ndim <= start <= ndim:
        raise np.exceptions.AxisError(f"rollaxis moves an axis before one of {-ndim} to {ndim}, got start={start}")
    start += ndim if start < 0 else 0
    return moveaxis(x, axis, start - 1 if axis < start else start)


def _each(function: Any, arrays: tuple[Any, ...]) -> Any:
    found = tuple(map(function, arrays))
    return found[0] if len(found) == 1 else found


@composed(case(()), case((2, 3)))
def atleast_1d(*arys: Operand) -> Any:
    """Numbers as rows of one; what has axes stays as it is.

    Parameters
    ----------
    *arys : Values, numbers and arrays

    Returns
    -------
    Value or array, or a tuple of them for several

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.atleast_1d(am.Value(2.0))
    Value([2.], shape=(1,), op=reshape)
    """
    return _each(lambda x: x if shape_of(x) else reshape(x, (1,)), arys)


@composed(case(()), case((3,)), case((2, 3)))
def atleast_2d(*arys: Operand) -> Any:
    """Numbers and rows as matrices of one row; what has two axes or more stays as it is.

    Parameters
    ----------
    *arys : Values, numbers and arrays

    Returns
    -------
    Value or array, or a tuple of them for several

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.atleast_2d(am.Value([1.0, 2.0]))
    Value([[1., 2.]], shape=(1, 2), op=reshape)
    """
    return _each(lambda x: x if len(shape_of(x)) > 1 else reshape(x, (1, -1)), arys)


@composed(case(()), case((3,)), case((2, 3)), case((2, 1, 3)))
def atleast_3d(*arys: Operand) -> Any:
    """Numbers, rows and matrices with axes of length 1 around them, to three axes.

    Parameters
    ----------
    *arys : Values, numbers and arrays

    Returns
    -------
    Value or array, or a tuple of them for several
        A row of n becomes (1, n, 1), a matrix of (n, m) becomes (n, m, 1).

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.atleast_3d(am.Value([1.0, 2.0])).shape
    (1, 2, 1)
    """

    def widened(x: Any) -> Any:
        shape = shape_of(x)
        return x if len(shape) > 2 else reshape(x, (*shape, 1) if len(shape) == 2 else (1, *(shape or (1,)), 1))

    return _each(widened, arys)


@composed(case((2, 1), (3,)), case((2, 3), ()))
def broadcast_arrays(*args: Operand) -> tuple[Any, ...]:
    """Arrays stretched to the shape that they have together.

    Parameters
    ----------
    *args : Values, numbers and arrays
        Of shapes that broadcast together.

    Returns
    -------
    tuple of Values and arrays

    Raises
    ------
    ValueError
        If the shapes do not broadcast together.

    Notes
    -----
    An entry that is used several times gets the sum of its copies' gradients.

    Examples
    --------
    >>> import autograd_mini as am
    >>> x, y = am.broadcast_arrays(am.Value([[1.0], [2.0]]), [3.0, 4.0])
    >>> x.shape, y.shape
    ((2, 2), (2, 2))
    """
    shape = np.broadcast_shapes(*map(shape_of, args))
    return tuple(broadcast_to(x, shape) for x in args)


@composed(case((2,), (3,)), case((2,), (3,), (1,), indexing="ij"), case((2,), (3,), sparse=True))
def meshgrid(*xi: Operand, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> tuple[Any, ...]:
    """Coordinates of the points of a grid, from the coordinates along each axis.

    Parameters
    ----------
    *xi : Values, numbers and arrays
        The coordinates along each axis, as rows.
    copy : bool
        There for NumPy's sake; a Value never shares its data with what one writes to.
    sparse : bool
        Whether axes along which nothing changes have length 1; False by default.
    indexing : {"xy", "ij"}
        Whether the first coordinate runs along the second axis, as on a picture, or along the first.

    Returns
    -------
    tuple of Values and arrays
        One for each axis.

    Raises
    ------
    ValueError
        For another ``indexing``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> x, y = am.meshgrid(am.Value([1.0, 2.0, 3.0]), [10.0, 20.0])
    >>> x
    Value([[1., 2., 3.],
           [1., 2., 3.]], shape=(2, 3), op=broadcast_to)
    """
    if indexing not in ("xy", "ij"):
        raise ValueError(f'indexing is "xy" or "ij", got {indexing!r}')
    n = len(xi)
    places = [1, 0, *range(2, n)] if indexing == "xy" and n > 1 else list(range(n))
    rows = [reshape(x, (1,) * place + (-1,) + (1,) * (n - place - 1)) for x, place in zip(xi, places, strict=True)]
    return tuple(map(identity, rows)) if sparse else broadcast_arrays(*rows)
