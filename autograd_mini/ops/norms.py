"""Lengths of vectors and matrices, of every order; where a length is 0 its gradient is 0."""

from __future__ import annotations

import builtins
import math
from typing import Any

import numpy as np

from ..arrays import as_numpy, data_of, dtype_of, is_abstract, is_half, library, plain, shape_of
from ..arrays.batched import whole
from ..node import Node
from ..operation import Operand, case, composed
from .arithmetic import divide, floating, maximum, where
from .decompositions import svdvals
from .elementwise import abs, conjugated, is_complex, real
from .inverses import inv
from .plain import as_data, option
from .powers import power, root, square
from .reductions import Axis, max, min, sum
from .shapes import astype, in_float32, moveaxis, reshape

_OF_VECTORS = "a vector: choose a number, inf or -inf"
_BY_SINGULAR_VALUES = ("nuc", 2, -2)
_OF_MATRICES = "a matrix: choose 'fro', 'nuc', 1, -1, 2, -2, inf or -inf"


@composed(
    case((3,)),
    case((2, 3)),
    case((2, 3), axis=1),
    case((2, 3), ord=1, axis=1, keepdims=True),
    case((2, 3), ord=3, axis=0),
    case((2, 3), ord=-2, axis=0),
    case((2, 3), ord=0.5, axis=0),
    case((3,), ord=np.inf),
    case((2, 3), ord=1),
    case((2, 3), ord=-1),
    case((2, 3), ord=np.inf),
    case((2, 3), ord=-np.inf),
    case((2, 3), ord="fro"),
    case((2, 3), ord="nuc"),
    case((2, 3), ord=2),
    case((2, 3), ord=-2),
    case((2, 3, 2), ord="nuc", axis=(0, 2), keepdims=True),
    case((3, 2), made="complex"),
    case((3, 2), ord=3, made="complex"),
    case((2, 3, 2), ord="nuc", made="complex"),
    domain=(0.3, 2.0),
)
def norm(x: Operand, ord: float | str | None = None, axis: Axis = None, keepdims: bool = False) -> Any:
    """Length of a vector or a matrix, along one axis or two, or of all entries; its gradient at 0 is 0.

    Parameters
    ----------
    x : Value, number or array
    ord : float or str, optional
        2 by default. For vectors any number p, (Σ abs(x)^p)^(1/p), where inf and -inf mean the largest and the smallest
        entry, and 0 counts the entries that are not 0. For matrices "fro" (of all entries), 1, -1, inf or -inf (the
        largest or smallest sum of a column or row), "nuc", 2 or -2 (the sum, largest or smallest of singular values).
    axis : int, sequence of int or None
        One axis of vectors or two of matrices; by default all entries count as one vector if ``ord`` is not given.
    keepdims : bool
        Whether these axes stay, with length 1; False by default.

    Returns
    -------
    Value if ``x`` is one, else number or array

    Raises
    ------
    ValueError
        If there is no such order for that many axes.

    Notes
    -----
    With f = √(Σ x²): df/dx = x / f.

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([3.0, 4.0])
    >>> am.linalg.norm(x)
    Value(5, op=root)
    >>> am.gradients(am.linalg.norm(x), x)
    array([0.6, 0.8])
    """
    ord, ndim = option("norm()", "ord", ord), len(shape_of(x))
    axes = tuple(range(ndim)) if axis is None else np.lib.array_utils.normalize_axis_tuple(axis, ndim)
    if is_half(x) and (len(axes) != 2 or ord not in _BY_SINGULAR_VALUES):
        return in_float32(norm, x, ord, axis, keepdims)
    if ord is None and axis is None:
        return _length(x, None, keepdims)
    if len(axes) not in (1, 2):
        raise ValueError(f"norm of order {ord!r} is for vectors and matrices, got {len(axes)} axes: give one or two")
    if len(axes) == 1:
        return _of_vectors(x, 2 if ord is None else ord, axes, keepdims)
    return _of_matrices(x, "fro" if ord is None else ord, axes, keepdims)


def vector_norm(x: Operand, /, *, axis: Axis = None, keepdims: bool = False, ord: float = 2) -> Any:
    """Length of vectors of any number of axes; its gradient at 0 is 0.

    Parameters
    ----------
    x : Value, number or array
    axis : int, sequence of int or None
        The axes whose entries make up a vector; all of them by default.
    keepdims : bool
        Whether these axes stay, with length 1; False by default.
    ord : float
        2 by default; any number, inf or -inf, as for ``norm``.

    Returns
    -------
    Value if ``x`` is one, else number or array

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.linalg.vector_norm([[1.0, 2.0], [2.0, 4.0]])
    np.float64(5.0)
    """
    ord, ndim = option("vector_norm()", "ord", ord), len(shape_of(x))
    if is_half(x):
        return in_float32(vector_norm, x, axis=axis, keepdims=keepdims, ord=ord)
    axes = tuple(range(ndim)) if axis is None else np.lib.array_utils.normalize_axis_tuple(axis, ndim)
    return _of_vectors(x, ord, axes, keepdims)


def matrix_norm(x: Operand, /, *, keepdims: bool = False, ord: float | str = "fro") -> Any:
    """Length of every matrix of a stack; its gradient at 0 is 0.

    Parameters
    ----------
    x : Value or array
        Of shape (..., n, m).
    keepdims : bool
        Whether the last two axes stay, with length 1; False by default.
    ord : float or str
        "fro" by default; "nuc", 1, -1, 2, -2, inf or -inf, as for ``norm``.

    Returns
    -------
    Value if ``x`` is one, else number or array
        Of shape (...,).

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.linalg.matrix_norm([[3.0, 0.0], [0.0, -4.0]], ord="nuc")
    np.float64(7.0)
    """
    ord, ndim = option("matrix_norm()", "ord", ord), len(shape_of(x))
    if is_half(x) and ord not in _BY_SINGULAR_VALUES:
        return in_float32(matrix_norm, x, ord=ord, keepdims=keepdims)
    if ndim < 2:
        raise ValueError(f"matrix_norm needs matrices, (..., n, m), got shape {shape_of(x)}")
    return _of_matrices(x, ord, (ndim - 2, ndim - 1), keepdims)


def _length(x: Any, axis: Any, keepdims: bool) -> Any:
    x = floating(x)
    out = root(sum(real(x * conjugated(x)) if is_complex(x) else square(x), axis=axis, keepdims=keepdims))
    length = whole(as_data(out))
    if isinstance(length, float) and length != math.inf:
        return out
    endless = length == math.inf
    if is_abstract(endless) or not as_numpy(endless).any() or is_complex(x):
        return out
    return _endless_length(x, axis, keepdims)


def _endless_length(x: Any, axis: Any, keepdims: bool) -> Any:
    """The length where entries may be infinite: these alone are it, in equal parts."""
    data = as_data(x)
    ends = abs(data) == math.inf
    hits = where(ends, 1.0, 0.0 * where(ends, 0.0, data))
    share = hits * power(maximum(sum(hits, axis=axis, keepdims=True), 1.0), -0.5)
    far = sum(where(ends, abs(x), 0.0) * share, axis=axis, keepdims=keepdims)
    near = root(sum(square(where(ends, 0.0, x)), axis=axis, keepdims=keepdims))
    return where(sum(hits, axis=axis, keepdims=keepdims) > 0, far, near)


def _of_vectors(x: Any, ord: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    if not isinstance(ord, (int, float, np.number)):
        raise ValueError(f"norm has no order {ord!r} for {_OF_VECTORS}")
    if ord == 2:
        return _length(x, axes, keepdims)
    size, empty = abs(floating(x)), not math.prod(shape_of(x)[i] for i in axes)
    if ord == 1 or (ord == math.inf and empty):
        return sum(size, axis=axes, keepdims=keepdims)
    if ord in (math.inf, -math.inf):
        return (max if ord > 0 else min)(size, axis=axes, keepdims=keepdims)
    if ord == 0:
        return sum(
            astype(where(data_of(size) != 0, 1.0, 0.0), dtype_of(size)) + 0.0 * size, axis=axes, keepdims=keepdims
        )
    total = sum(power(size, float(ord)), axis=axes, keepdims=keepdims)
    nothing = data_of(total) == 0
    return where(nothing, 0.0 if ord > 0 else math.inf, power(where(nothing, 1.0, total), 1.0 / float(ord)))


def _of_matrices(x: Any, ord: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    if ord not in ("fro", "nuc", 1, -1, 2, -2, math.inf, -math.inf):
        raise ValueError(f"norm has no order {ord!r} for {_OF_MATRICES}")
    if ord == "fro":
        return _length(x, axes, keepdims)
    x, shape = floating(x), shape_of(x)
    empty = not math.prod(shape[i] for i in axes)
    if empty and (ord == "nuc" or float(ord) > 0):
        return sum(abs(x), axis=axes, keepdims=keepdims)
    if ord in _BY_SINGULAR_VALUES:
        values = _without_noise(svdvals(moveaxis(x, axes, (-2, -1))), builtins.max(shape[i] for i in axes))
        reductions: dict[Any, Any] = {"nuc": sum, 2: max, -2: min}
        out = reductions[ord](values, axis=-1)
        return reshape(out, tuple(1 if i in axes else n for i, n in enumerate(shape))) if keepdims else out
    along, across = axes if builtins.abs(float(ord)) == 1 else axes[::-1]
    extreme = max if float(ord) > 0 else min
    out = extreme(sum(abs(x), axis=along, keepdims=True), axis=across, keepdims=True)
    return out if keepdims else reshape(out, tuple(n for i, n in enumerate(shape) if i not in axes))


def _without_noise(values: Any, n: int) -> Any:
    """Singular values of which those that are 0 but for rounding pass on no gradient: any direction would do."""
    data = data_of(values)
    noise = float(library(data).limits(data).eps) * n
    return where(data <= noise * data[..., :1], data, values)


@composed(
    case((3, 3), made="invertible"),
    case((3, 2), made="spread"),
    case((3, 3), p=-2, made="spread"),
    case((2, 2, 2), p="fro", made="invertible"),
    case((3, 3), p=1, made="invertible"),
)
def cond(x: Operand, p: float | str | None = None) -> Any:
    """Condition number: how much a solution with the matrix may magnify an error.

    Parameters
    ----------
    x : Value or array
        Of shape (..., n, m); square matrices for the orders other than 2 and -2.
    p : float or str, optional
        The order of the norm, as for ``norm``; 2 by default.

    Returns
    -------
    Value if ``x`` is one, else number or array
        Of shape (...,).

    Raises
    ------
    numpy.linalg.LinAlgError
        If a matrix is singular, for the orders that need the inverse.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.linalg.cond([[4.0, 0.0], [0.0, 2.0]])
    np.float64(2.0)
    """
    p = option("cond()", "p", p)
    if p in (None, 2, -2):
        values = svdvals(x)
        first, last = (-1, 0) if p == -2 else (0, -1)
        return divide(values[..., first], values[..., last])
    return matrix_norm(x, ord=p) * matrix_norm(inv(x), ord=p)


def matrix_rank(A: Operand, tol: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    """How many singular values are not 0: plain whole numbers, without a gradient.

    Parameters
    ----------
    A : Value or array
        Of shape (..., n, m).
    tol, rtol : float or array, optional
        Up to where singular values count as 0, by size or as a fraction of the largest; by the rounding error by
        default.
    hermitian : bool
        Whether the matrices are their own adjoint; False by default.

    Returns
    -------
    int or array of int
        Of shape (...,).

    Examples
    --------
    >>> import autograd_mini as am
    >>> int(am.linalg.matrix_rank(am.Value([[1.0, 2.0], [2.0, 4.0]])))
    1
    """
    data = A._stored if isinstance(A, Node) else plain(A)
    return library(data).linalg.matrix_rank(data, tol, hermitian, **({} if rtol is None else {"rtol": rtol}))
