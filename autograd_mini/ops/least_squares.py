"""Equations without an exact solution, or with many: the pseudo-inverse and least squares."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from ..arrays import data_of, is_abstract, library, shape_of
from ..operation import Operand, Rule, case, primitive
from .arithmetic import where
from .decompositions import svdvals
from .elementwise import abs, conjugated
from .matrices import adjoint, columns, matrix_transpose
from .powers import square
from .reductions import sum


def _pinv_rule(g: Any, out: Any, a: Any, rcond: Any, hermitian: bool, rtol: Any) -> Any:
    """The formula of Golub and Pereyra, transposed: three terms, of which the last two vanish for invertible a."""
    turned, across = matrix_transpose(out), matrix_transpose(g)
    first = turned @ g @ turned
    wide = across @ out @ adjoint(out)
    tall = adjoint(out) @ out @ across
    return conjugated((wide - a @ (out @ wide)) + (tall - (tall @ out) @ a)) - first


@primitive(
    "{a}⁺",
    Rule(_pinv_rule, "−{out}²", "−{out}ᵀ · {g} · {out}ᵀ + terms of what {a} · {out} and {out} · {a} lack to 1"),
    cases=(
        case((3, 2), made="invertible"),
        case((2, 3), made="invertible"),
        case((2, 2), made="invertible"),
        case((2, 3, 2), made="invertible"),
        case((3, 2, 2), made="complex invertible"),
    ),
)
def pinv(a: Operand, rcond: Any = None, hermitian: bool = False, rtol: Any = None) -> Any:
    """The pseudo-inverse of Moore and Penrose, of matrices of any shape.

    Parameters
    ----------
    a : Value or array
        Of shape (..., n, m).
    rcond, rtol : float or array, optional
        Singular values up to this fraction of the largest count as 0, as in NumPy.
    hermitian : bool
        Whether the matrices are their own adjoint, which is faster; False by default.

    Returns
    -------
    Value if ``a`` is one, else array
        Of shape (..., m, n).

    Raises
    ------
    numpy.linalg.LinAlgError
        If the singular value decomposition does not converge.

    Notes
    -----
    The derivative is that at constant rank; where a small change raises the rank, the pseudo-inverse jumps.

    References
    ----------
    G. H. Golub and V. Pereyra, "The differentiation of pseudo-inverses and nonlinear least squares problems whose
    variables separate", SIAM Journal on Numerical Analysis 10 (1973).

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.linalg.pinv([[2.0], [0.0]])
    array([[0.5, 0. ]])
    >>> a = am.Value([[2.0], [0.0]])
    >>> am.gradients(am.linalg.pinv(a).sum(), a)
    array([[-0.25],
           [ 0.25]])
    """
    options = {"rcond": rcond, "rtol": rtol, "hermitian": hermitian or None}
    return library(a).linalg.pinv(a, **{name: item for name, item in options.items() if item is not None})


class LstsqResult(NamedTuple):
    """What ``lstsq`` gives."""

    solution: Any
    residuals: Any
    rank: Any
    singular_values: Any


def lstsq(a: Operand, b: Operand, rcond: float | None = None) -> LstsqResult:
    """The x that makes a · x nearest to b: least squares; of several, the shortest.

    Parameters
    ----------
    a : Value or array
        Of shape (n, m).
    b : Value or array
        Of shape (n,) or (n, k).
    rcond : float, optional
        Singular values up to this fraction of the largest count as 0; by default the rounding error of the dtype times
        the larger of n and m, and -1 means the rounding error itself.

    Returns
    -------
    solution : Value if an operand is one, else array
        Of shape (m,) or (m, k).
    residuals : Value if an operand is one, else array
        Squared distances of each column of ``b``; empty if the rank is less than m, or n <= m. While JAX traces, nan
        stands for those that the rank leaves out.
    rank : int
        Of ``a``; it has no gradient.
    singular_values : Value if ``a`` is one, else array
        Of ``a``.

    Raises
    ------
    numpy.linalg.LinAlgError
        If ``a`` is no matrix, or ``b`` has not as many rows.

    Notes
    -----
    The solution is pinv(a) · b, differentiated as such.

    References
    ----------
    G. H. Golub and V. Pereyra, "The differentiation of pseudo-inverses and nonlinear least squares problems whose
    variables separate", SIAM Journal on Numerical Analysis 10 (1973).

    Examples
    --------
    >>> import autograd_mini as am
    >>> times, places = [[0.0, 1.0], [1.0, 1.0], [2.0, 1.0]], am.Value([1.0, 3.0, 5.0])
    >>> line, *_ = am.linalg.lstsq(times, places)
    >>> line.numpy().round(12)
    array([2., 1.])
    """
    n, m = _equations(a, b)
    values, rcond = svdvals(a), data_of(rcond)
    sizes = data_of(values)
    eps = float(library(sizes).limits(sizes).eps)
    cut = eps * max(n, m) if rcond is None else eps if rcond == -1 else rcond
    rank: Any = 0
    if min(n, m):
        rank = library(sizes).sum(sizes > cut * sizes[0], axis=0)
        rank = rank if is_abstract(rank) else int(rank)
    solution = pinv(a, None, False, cut) @ b
    far = square(abs(b - a @ solution))
    residuals = sum(far if len(shape_of(b)) > 1 else columns(far), axis=0)
    if is_abstract(rank) and m < n:
        residuals = where(rank == m, residuals, math.nan)
    elif is_abstract(rank) or not rank == m < n:
        residuals = residuals[:0]
    return LstsqResult(solution, residuals, rank, values)


def _equations(a: Operand, b: Operand) -> tuple[int, int]:
    first, second = shape_of(a), shape_of(b)
    if len(first) != 2 or len(second) not in (1, 2) or first[0] != second[0]:
        raise np.linalg.LinAlgError(
            f"lstsq needs a of shape (n, m) and b of shape (n,) or (n, k), got {first} and {second}"
        )
    return first[0], first[1]
