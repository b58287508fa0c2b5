"""Systems of linear equations: inverses, solutions, powers."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays import library, plain, shape_of
from ..node import Node
from ..operation import Operand, Rule, case, composed, primitive
from .arithmetic import where, zeros_like
from .matrices import columns, matrix_transpose, on_diagonal, rows, square_matrices
from .shapes import reshape, transpose


@primitive(
    "{a}⁻¹",
    Rule(
        lambda g, out, a: -(matrix_transpose(out) @ g @ matrix_transpose(out)),
        "−{out}²",
        "−{out}ᵀ · {g} · {out}ᵀ",
        jvp=lambda t, out, a: -(out @ t @ out),
    ),
    cases=(
        case((3, 3), made="invertible"),
        case((2, 2, 2), made="invertible"),
        case((1, 1), made="invertible"),
        case((0, 0)),
        case((3, 3, 2), made="complex invertible"),
    ),
)
def inv(a: Operand) -> Any:
    """The inverse of square matrices.

    Parameters
    ----------
    a : Value or array
        Of shape (..., n, n).

    Returns
    -------
    Value if ``a`` is one, else array
        In the shape of ``a``.

    Raises
    ------
    numpy.linalg.LinAlgError
        If a matrix is singular, or they are not square.

    Notes
    -----
    The gradient g becomes −a⁻ᵀ · g · a⁻ᵀ. To solve equations, ``solve`` is faster and more accurate.

    References
    ----------
    M. B. Giles, "An extended collection of matrix derivative results for forward and reverse mode algorithmic
    differentiation", Oxford University Computing Laboratory report 08/01 (2008).

    Examples
    --------
    >>> import autograd_mini as am
    >>> a = am.Value([[2.0, 0.0], [0.0, 4.0]])
    >>> am.linalg.inv(a)
    Value([[0.5 , 0.  ],
           [0.  , 0.25]], shape=(2, 2), op=inv)
    >>> am.gradients(am.linalg.inv(a)[0, 0], a)[0, 0]
    np.float64(-0.25)
    """
    return library(a).linalg.inv(a)


def _vector(b: Any) -> bool:
    return len(shape_of(b)) == 1


def _solve_b(g: Any, out: Any, a: Any, b: Any) -> Any:
    turned = matrix_transpose(a)
    if _vector(b) and len(shape_of(g)) > 1:  # one vector for a stack of matrices
        return solve(turned, columns(g))[..., 0]
    return solve(turned, g)


def _solve_a(g: Any, out: Any, a: Any, b: Any) -> Any:
    back = _solve_b(g, out, a, b)
    return -(columns(back) * rows(out)) if _vector(b) else -(back @ matrix_transpose(out))


def _solve_along(t: Any, out: Any, a: Any, b: Any) -> Any:
    return -solve(a, t @ columns(out))[..., 0] if _vector(b) else -solve(a, t @ out)


@primitive(
    "{a}⁻¹·{b}",
    Rule(_solve_a, "−{out} / {a}", "−{a}⁻ᵀ · {g} · {out}ᵀ", jvp=_solve_along),
    Rule(_solve_b, "1 / {a}", "{a}⁻ᵀ · {g}", linear=True),
    cases=(
        case((3, 3), (3,), made="invertible"),
        case((3, 3), (3, 2), made="invertible"),
        case((2, 3, 3), (3,), made="invertible"),
        case((2, 3, 3), (3, 1), made="invertible"),
        case((2, 2), (3, 2, 2), made="invertible"),
        case((1, 1), (1,), made="invertible"),
        case((2, 2, 2), (2, 2, 2), made="complex invertible"),
    ),
)
def solve(a: Operand, b: Operand) -> Any:
    """The solution x of a · x = b.

    Parameters
    ----------
    a : Value or array
        Of shape (..., n, n).
    b : Value or array
        One column of shape (n,), or matrices of shape (..., n, k), whose stacks broadcast with those of ``a``.

    Returns
    -------
    Value if an operand is one, else array
        Of shape (..., n) for one column, else (..., n, k).

    Raises
    ------
    numpy.linalg.LinAlgError
        If a matrix is singular, or they are not square.
    ValueError
        If the shapes do not fit.

    Notes
    -----
    The gradient g becomes h = a⁻ᵀ · g for ``b`` and −h · xᵀ for ``a``: one more system with the transposed matrix.

    References
    ----------
    M. B. Giles, "An extended collection of matrix derivative results for forward and reverse mode algorithmic
    differentiation", Oxford University Computing Laboratory report 08/01 (2008).

    Examples
    --------
    >>> import autograd_mini as am
    >>> a, b = am.Value([[2.0, 0.0], [0.0, 4.0]]), am.Value([2.0, 2.0])
    >>> x = am.linalg.solve(a, b)
    >>> x
    Value([1. , 0.5], shape=(2,), op=solve)
    >>> am.gradients(x.sum(), (a, b))
    (array([[-0.5  , -0.25 ],
           [-0.25 , -0.125]]), array([0.5 , 0.25]))
    """
    return library(a, b).linalg.solve(a, b)


@composed(case((4, 2, 2), ind=1, made="square"), case((2, 2, 4), made="square"))
def tensorinv(a: Operand, ind: int = 2) -> Any:
    """The inverse for ``tensordot``: the first ``ind`` axes and the rest are taken as the sides of a square matrix.

    Parameters
    ----------
    a : Value or array
        With as many entries in its first ``ind`` axes as in the others.
    ind : int
        2 by default.

    Returns
    -------
    Value if ``a`` is one, else array
        Of shape ``a.shape[ind:] + a.shape[:ind]``.

    Raises
    ------
    ValueError
        If ``ind`` is not positive.
    numpy.linalg.LinAlgError
        If that matrix is not square, or singular.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_mini as am
    >>> am.linalg.tensorinv(np.eye(6).reshape(2, 3, 6)).shape
    (6, 2, 3)
    """
    shape = shape_of(a)
    if ind <= 0:
        raise ValueError(f"tensorinv needs ind > 0, got {ind}")
    side = math.prod(shape[:ind])
    if side * side != math.prod(shape):
        raise np.linalg.LinAlgError(f"tensorinv takes shape {shape} as no square matrix with ind={ind}")
    return reshape(inv(reshape(a, (side, side))), shape[ind:] + shape[:ind])


@composed(case((2, 3, 6), (2, 3), made="square"))
def tensorsolve(a: Operand, b: Operand, axes: Sequence[int] | None = None) -> Any:
    """The solution x of ``tensordot(a, x, axes=x.ndim) = b``.

    Parameters
    ----------
    a : Value or array
        Of shape ``b.shape`` + the shape of x, with as many entries in one as in the other.
    b : Value or array
    axes : sequence of int, optional
        Axes of ``a`` to move to the end first.

    Returns
    -------
    Value if an operand is one, else array

    Raises
    ------
    numpy.linalg.LinAlgError
        If ``a`` is no square matrix in this sense, or singular.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_mini as am
    >>> am.linalg.tensorsolve(np.eye(6).reshape(2, 3, 6), np.ones((2, 3))).shape
    (6,)
    """
    if axes is not None:
        moved = [axis % len(shape_of(a)) for axis in axes]
        a = transpose(a, tuple(i for i in range(len(shape_of(a))) if i not in moved) + tuple(moved))
    shape, side = shape_of(a), math.prod(shape_of(b))
    if side * side != math.prod(shape):
        raise np.linalg.LinAlgError(
            f"tensorsolve takes shape {shape} as no square matrix for a right side of {shape_of(b)}"
        )
    square_matrix = reshape(a, (side, side))
    square_matrices(square_matrix, "tensorsolve")
    return reshape(solve(square_matrix, reshape(b, (side,))), shape[len(shape_of(b)) :])


def matrix_power(a: Operand, n: int) -> Any:
    """Square matrices to a whole power; a negative one is a power of the inverse.

    Parameters
    ----------
    a : Value or array
        Of shape (..., m, m).
    n : int

    Returns
    -------
    Value if ``a`` is one, else array
        In the shape of ``a``.

    Raises
    ------
    TypeError
        If ``n`` is no whole number.
    numpy.linalg.LinAlgError
        If the matrices are not square, or ``n`` is negative and one is singular.

    Notes
    -----
    Powers are made by squaring: log₂ n products.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.linalg.matrix_power([[1.0, 1.0], [0.0, 1.0]], 5)
    array([[1., 5.],
           [0., 1.]])
    """
    square_matrices(a, "matrix_power")
    try:
        n = operator.index(n)
    except TypeError:
        raise TypeError(f"matrix_power takes a whole number as its power, got {n!r}") from None
    base: Any = a if isinstance(a, Node) else plain(a)
    if n == 0:
        return where(on_diagonal(a), 1.0, zeros_like(base))
    base, n, out = (inv(base), -n, None) if n < 0 else (base, n, None)
    while n:
        if n & 1:
            out = base if out is None else out @ base
        n >>= 1
        base = base @ base if n else base
    return out
