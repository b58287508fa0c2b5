"""Determinants, their logarithms, and the cofactors that are their gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ..arrays import as_numpy, data_of, is_abstract, library, shape_of, static
from ..operation import Operand, Rule, case, primitive
from .arithmetic import divide, where
from .elementwise import conjugated, imag, is_complex
from .indexing import getitem, scatter
from .inverses import inv
from .matrices import columns, factorised, matrix_transpose, on_diagonal, rows
from .reductions import prod


class SlogdetResult(NamedTuple):
    """What ``slogdet`` gives."""

    sign: Any
    logabsdet: Any


def _where_sure(a: Any, by_inverse: Callable[[Any], Any], by_cofactors: Callable[[Any], Any]) -> Any:
    """A rule by the inverses, transposed, or for matrices so near to singular ones that these are inexact by cofactors.

    Where nobody can look at the numbers both are computed, and the right one is chosen for each matrix.
    """
    try:
        inverse = inv(a)
    except (np.linalg.LinAlgError, RuntimeError):  # PyTorch's is a RuntimeError
        return by_cofactors(cofactors(a))
    sure = _well_conditioned(data_of(a), data_of(inverse))
    if not is_abstract(sure):
        return by_inverse(matrix_transpose(inverse)) if as_numpy(sure).all() else by_cofactors(cofactors(a))
    sure = _as_matrices(sure)
    safe = where(sure, a, static(np.eye(shape_of(a)[-1]), a))
    return where(sure, by_inverse(matrix_transpose(inv(safe))), by_cofactors(cofactors(a)))


def _well_conditioned(a: Any, inverse: Any) -> Any:
    """Which inverses kept at least half of their digits."""
    table = library(inverse)
    if not shape_of(inverse)[-1]:
        return np.True_
    sizes = [table.max(table.sum(table.abs(x), axis=-1), axis=-1) for x in (a, inverse)]
    return sizes[0] * sizes[1] < float(table.limits(inverse).eps) ** -0.5


def _as_matrices(g: Any) -> Any:
    return columns(columns(g))


def _det_rule(g: Any, out: Any, a: Any) -> Any:
    return _where_sure(a, lambda turned: _as_matrices(g * out) * turned, lambda cofactors: _as_matrices(g) * cofactors)


@primitive(
    "det {a}",
    Rule(_det_rule, "1", "{g} × the cofactors of {a}"),
    cases=(
        case((3, 3)),
        case((2, 2, 2)),
        case((1, 1)),
        case((0, 0)),
        case((3, 3), made="singular"),
        case((3, 3, 2), made="complex"),
    ),
)
def det(a: Operand) -> Any:
    """Determinant of square matrices.

    Parameters
    ----------
    a : Value or array
        Of shape (..., n, n).

    Returns
    -------
    Value if ``a`` is one, else number or array
        Of shape (...,).

    Raises
    ------
    numpy.linalg.LinAlgError
        If the matrices are not square.

    Notes
    -----
    The gradient is the matrix of cofactors, det(a) · a⁻ᵀ. It is exact for singular matrices too, at every order.

    References
    ----------
    M. B. Giles, "An extended collection of matrix derivative results for forward and reverse mode algorithmic
    differentiation", Oxford University Computing Laboratory report 08/01 (2008).

    Examples
    --------
    >>> import autograd_mini as am
    >>> a = am.Value([[1.0, 2.0], [2.0, 4.0]])
    >>> am.gradients(am.linalg.det(a), a).round(12)
    array([[ 4., -2.],
           [-2.,  1.]])
    """
    return library(a).linalg.det(a)


def _minors(n: int) -> tuple[Any, Any]:
    """Indices of the n² matrices that lack a row and a column, of shape (n, n, n − 1, n − 1)."""
    kept = np.array([[i for i in range(n) if i != gone] for gone in range(n)], dtype=np.intp).reshape(n, max(n - 1, 0))
    return kept[:, None, :, None], kept[None, :, None, :]


def _cofactors_rule(g: Any, out: Any, a: Any) -> Any:
    """A cofactor is, but for its sign, the determinant of a minor: each gets its share of the gradient."""
    n = shape_of(a)[-1]
    index = (..., *_minors(n))
    signs = np.where(np.indices((n, n)).sum(axis=0) % 2, -1, 1)
    return scatter(_as_matrices(g * static(signs, a)) * cofactors(getitem(a, index)), index, shape_of(a))


@primitive(
    "cofactors of {a}",
    Rule(_cofactors_rule, "0", "{g} × the cofactors of the minors"),
    cases=(case((3, 3)), case((2, 2, 2)), case((1, 1)), case((3, 3), made="singular"), case((2, 2, 2), made="complex")),
)
def cofactors(a: Operand) -> Any:
    """The gradient of ``det``, exact for singular matrices: the determinants of the minors with alternating signs.

    With a = U · diag(s) · Vᴴ they are det(U) · det(Vᴴ) times the conjugate of U · diag(p) · Vᴴ, where p_i is the
    product of the singular values but s_i.
    """
    u, s, vh = library(a).linalg.svd(a, full_matrices=False)
    others = prod(where(on_diagonal(a), 1.0, rows(s)), axis=-1)
    turned = conjugated((u * rows(others)) @ vh)
    return _as_matrices(det(u) * det(vh)) * turned


# --- the logarithm ----------------------------------------------------------------------------------------------------


def _slogdet(a: Any, found: SlogdetResult | None) -> SlogdetResult:
    return SlogdetResult(*factorised("slogdet", a)) if found is None else found


def _ratio(a: Any) -> Any:
    """The cofactors over the determinant, which are the inverse transposed; inf or nan for singular matrices."""
    return _where_sure(a, lambda turned: turned, lambda cofactors: divide(cofactors, _as_matrices(det(a))))


def _sign_rule(g: Any, out: Any, a: Any, found: SlogdetResult | None) -> Any:
    """The sign of real matrices is constant between its jumps; that of complex ones turns."""
    if not is_complex(a):
        return _as_matrices(g * 0.0) * (a * 0.0)
    return _as_matrices(imag(g * out) * 1j) * _ratio(a)


_SQUARE = (case((3, 3)), case((2, 2, 2)), case((1, 1)), case((3, 3, 2), made="complex"))


@primitive("sign det {a}", Rule(_sign_rule, "0"), cases=_SQUARE)
def sign_of_det(a: Operand, found: SlogdetResult | None = None) -> Any:
    """The determinant over its absolute value; ``slogdet`` is the function to call."""
    return _slogdet(a, found).sign


@primitive(
    "log |det {a}|",
    Rule(lambda g, out, a, found: _as_matrices(g) * _ratio(a), "1 / {a}", "{g} × {a}⁻ᵀ"),
    cases=(*_SQUARE, case((0, 0))),
)
def log_abs_det(a: Operand, found: SlogdetResult | None = None) -> Any:
    """The logarithm of the determinant's absolute value; ``slogdet`` is the function to call."""
    return _slogdet(a, found).logabsdet


def slogdet(a: Operand) -> SlogdetResult:
    """Sign and logarithm of the determinant, which do not overflow: det(a) = sign · exp(logabsdet).

    Parameters
    ----------
    a : Value or array
        Of shape (..., n, n).

    Returns
    -------
    sign : Value if ``a`` is one, else number or array
        1, -1 or 0 for real matrices, with gradient 0; a complex number of length 1 for complex ones. Of shape (...,).
    logabsdet : Value if ``a`` is one, else number or array
        -inf for singular matrices. Of shape (...,).

    Raises
    ------
    numpy.linalg.LinAlgError
        If the matrices are not square.

    Notes
    -----
    The gradient of logabsdet is a⁻ᵀ; for singular matrices it is inf or nan.

    Examples
    --------
    >>> import autograd_mini as am
    >>> a = am.Value([[2.0, 0.0], [0.0, 4.0]])
    >>> sign, log = am.linalg.slogdet(a)
    >>> am.gradients(log, a)
    array([[0.5 , 0.  ],
           [0.  , 0.25]])
    """
    found = SlogdetResult(*factorised("slogdet", a))
    return SlogdetResult(sign_of_det(a, found), log_abs_det(a, found))
