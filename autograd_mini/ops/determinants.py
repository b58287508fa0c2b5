"""Determinants, their logarithms, and the cofactors that are their gradient."""

from __future__ import annotations

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


def _inverse(a: Any) -> Any:
    """The inverses, transposed; None if a matrix is so near to a singular one that they would be inexact."""
    try:
        inverse = inv(a)
    except (np.linalg.LinAlgError, RuntimeError):  # PyTorch's is a RuntimeError
        return None
    return matrix_transpose(inverse) if is_abstract(data_of(inverse)) or _well_conditioned(a, inverse) else None


def _well_conditioned(a: Any, inverse: Any) -> bool:
    """Whether inverses kept at least half of their digits."""
    sizes = [np.abs(as_numpy(data_of(x))).sum(axis=-1).max(axis=-1, initial=0) for x in (a, inverse)]
    return bool((sizes[0] * sizes[1] < np.finfo(sizes[1].dtype).eps ** -0.5).all())


def _as_matrices(g: Any) -> Any:
    return columns(columns(g))


def _det_rule(g: Any, out: Any, a: Any) -> Any:
    turned = _inverse(a)
    return _as_matrices(g) * cofactors(a) if turned is None else _as_matrices(g * out) * turned


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
    The gradient is the matrix of cofactors, det(a) · a⁻ᵀ. It is exact for singular matrices too, at every order;
    inside ``jax.jit`` and ``vmap``, where nobody can look at the numbers, matrices count as invertible.

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
    turned = _inverse(a)
    return divide(cofactors(a), _as_matrices(det(a))) if turned is None else turned


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
