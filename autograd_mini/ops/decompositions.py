"""Matrices as products of simpler ones: Cholesky, QR and singular values.

A decomposition with several results has one primitive for each. ``found`` hands them the factors that were computed
once; a rule takes from it what it needs, joined to the operand again where a higher order asks for that.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from ..arrays import as_numpy, data_of, is_abstract, library, shape_of
from ..node import Node
from ..operation import RUNTIME, Operand, Operation, Rule, case, general, primitive
from .arithmetic import divide, where, zeros_like
from .elementwise import conjugated, is_complex, real
from .indexing import getitem
from .inverses import inv, solve
from .joining import concatenate
from .matrices import adjoint, columns, factorised, matrix_transpose, on_diagonal, rows


class QRResult(NamedTuple):
    """What ``qr`` gives: a = Q · R."""

    Q: Any
    R: Any


class SVDResult(NamedTuple):
    """What ``svd`` gives: a = U · diag(S) · Vh."""

    U: Any
    S: Any
    Vh: Any


def _mirrored(x: Any) -> Any:
    """The Hermitian matrix with the lower triangle of x."""
    out = where(np.tri(shape_of(x)[-1], k=-1, dtype=bool), x, adjoint(x))
    return where(on_diagonal(x), real(x), out) if is_complex(x) else out


def _cholesky_rule(g: Any, out: Any, a: Any, upper: bool) -> Any:
    """L⁻ᴴ · M · L⁻¹ / 2, where M is Hermitian with the lower triangle of Lᴴ · g."""
    lower, gradient = (adjoint(out), matrix_transpose(g)) if upper else (out, conjugated(g))
    inverse = inv(lower)
    return conjugated(0.5 * (adjoint(inverse) @ _mirrored(adjoint(lower) @ gradient) @ inverse))


@primitive(
    "cholesky {a}",
    Rule(_cholesky_rule, "1 / (2 · {out})", "{out}⁻ᵀ · sym({out}ᵀ · {g}) · {out}⁻¹"),
    cases=(
        case((3, 3), made="positive definite"),
        case((3, 3), made="positive definite", upper=True),
        case((2, 2, 2), made="positive definite"),
        case((1, 1), made="positive definite"),
        case((0, 0)),
        case((3, 3, 2), made="complex positive definite"),
        case((2, 2, 2), made="complex positive definite", upper=True),
    ),
)
def cholesky(a: Operand, upper: bool = False) -> Any:
    """The lower triangle L with a = L · Lᴴ, of Hermitian (if real, symmetric) positive definite matrices.

    Parameters
    ----------
    a : Value or array
        Of shape (..., n, n). Only its lower triangle is read, as in NumPy.
    upper : bool
        Whether to give the upper triangle, Lᴴ, and to read that one; False by default.

    Returns
    -------
    Value if ``a`` is one, else array
        In the shape of ``a``.

    Raises
    ------
    numpy.linalg.LinAlgError
        If a matrix is not positive definite, or they are not square.

    Notes
    -----
    The gradient is Hermitian, as in PyTorch and JAX: that among changes which keep ``a`` Hermitian. To check
    it against differences, make the function's argument so first: ``cholesky((a + a.T) / 2)``.

    References
    ----------
    I. Murray, "Differentiation of the Cholesky decomposition", arXiv:1602.07527 (2016).

    Examples
    --------
    >>> import autograd_mini as am
    >>> a = am.Value([[4.0, 0.0], [0.0, 9.0]])
    >>> am.linalg.cholesky(a)
    Value([[2., 0.],
           [0., 3.]], shape=(2, 2), op=cholesky)
    >>> am.gradients(am.linalg.cholesky(a)[0, 0], a)[0, 0]
    np.float64(0.25)
    """
    return library(a).linalg.cholesky(a, upper=upper) if upper else library(a).linalg.cholesky(a)


# --- QR ---------------------------------------------------------------------------------------------------------------


def _qr(a: Any, found: QRResult | None) -> QRResult:
    return QRResult(*factorised("qr", a)) if found is None else found


def _divided(x: Any, triangle: Any) -> Any:
    """x · R⁻ᴴ."""
    return adjoint(solve(triangle, adjoint(x)))


def _q_rule(g: Any, out: Any, a: Any, found: QRResult | None) -> Any:
    gradient = conjugated(g)
    return conjugated(_divided(gradient - out @ _mirrored(adjoint(gradient) @ out), qr_r(a, _qr(a, found))))


def _r_rule(g: Any, out: Any, a: Any, found: QRResult | None) -> Any:
    return conjugated(_divided(qr_q(a, _qr(a, found)) @ _mirrored(out @ matrix_transpose(g)), out))


_TALL = (
    case((3, 3), made="invertible"),
    case((4, 2), made="invertible"),
    case((2, 3, 2), made="invertible"),
    case((1, 1), made="invertible"),
    case((3, 2, 2), made="complex invertible"),
)


@primitive("Q of {a}", Rule(_q_rule, "0", "({g} − Q · sym(Qᵀ · {g})) · R⁻ᵀ"), cases=_TALL)
def qr_q(a: Operand, found: QRResult | None = None) -> Any:
    """The orthonormal columns of ``qr``, of matrices with as many rows as columns or more."""
    return _qr(a, found).Q


@primitive("R of {a}", Rule(_r_rule, "1", "Q · sym({g} · Rᵀ) · R⁻ᵀ"), cases=_TALL)
def qr_r(a: Operand, found: QRResult | None = None) -> Any:
    """The triangle of ``qr``, of matrices with as many rows as columns or more."""
    return _qr(a, found).R


def qr(a: Operand, mode: str = "reduced") -> Any:
    """Orthonormal columns Q times an upper triangle R.

    Parameters
    ----------
    a : Value or array
        Of shape (..., n, m), of full rank.
    mode : {"reduced", "complete", "r"}
        "complete" makes Q square, which of more rows than columns has no derivative; "r" gives R alone.

    Returns
    -------
    Q : Value if ``a`` is one, else array
        Of shape (..., n, k), where k is the smaller of n and m.
    R : Value if ``a`` is one, else array
        Of shape (..., k, m).

    Raises
    ------
    ValueError
        If there is no such mode, or it has no derivative.

    Notes
    -----
    Where the first k columns depend on each other there is no derivative: it comes out infinite or raises LinAlgError.

    References
    ----------
    S. F. Walter, L. Lehmann and R. Lamour, "On evaluating higher-order derivatives of the QR decomposition of tall
    matrices with full column rank in forward and reverse mode algorithmic differentiation", Optimization
    Methods and Software 27 (2012).

    Examples
    --------
    >>> import autograd_mini as am
    >>> a = am.Value([[3.0, 0.0], [4.0, 5.0]])
    >>> Q, R = am.linalg.qr(a)
    >>> abs(R[0, 0])
    Value(5, op=abs)
    >>> am.gradients(abs(R[0, 0]), a)
    array([[0.6, 0. ],
           [0.8, 0. ]])
    """
    if mode not in ("reduced", "complete", "r"):
        raise ValueError(f"qr has no mode {mode!r}: choose reduced, complete or r")
    shape = shape_of(a)
    n, m = shape[-2:] if len(shape) > 1 else (0, 0)
    if not isinstance(a, Node) or len(shape) < 2:
        found = factorised("qr", a, mode)
        return found if mode == "r" else QRResult(*found)
    if mode == "complete" and n > m:
        raise ValueError(
            f"qr in mode 'complete' of shape {shape} has no derivative: nothing settles the last {n - m} columns of Q; "
            "use mode='reduced', or qr(a.detach(), 'complete') as a constant"
        )
    square_part: Any = a if n >= m else getitem(a, (..., slice(n)))
    found = _qr(square_part, None)
    triangle = qr_r(square_part, found)
    if n >= m and mode == "r":
        return triangle
    orthonormal = qr_q(square_part, found)
    if n < m:
        triangle = concatenate([triangle, adjoint(orthonormal) @ getitem(a, (..., slice(n, None)))], axis=-1)
    return triangle if mode == "r" else QRResult(orthonormal, triangle)


# --- singular values --------------------------------------------------------------------------------------------------


def _svd(a: Any, found: SVDResult | None) -> SVDResult:
    return SVDResult(*factorised("svd", a, False)) if found is None else found


def _singular_rule(g: Any, out: Any, a: Any, found: SVDResult | None) -> Any:
    found = _svd(a, found)
    return conjugated((left_vectors(a, found) * rows(g)) @ right_vectors(a, found))


def _over_gaps(x: Any, s: Any) -> Any:
    """x − xᴴ over the gaps between the squares of the singular values; nothing on the diagonal."""
    gaps = where(on_diagonal(x), 1.0, (rows(s) - columns(s)) * (rows(s) + columns(s)))
    return where(on_diagonal(x), 0.0, divide(x - adjoint(x), gaps))


def _phase(x: Any, s: Any) -> Any:
    """What turning a complex pair of vectors together costs: the imaginary diagonal over the singular values."""
    return where(on_diagonal(x), divide(x - adjoint(x), 4.0 * columns(s)), 0.0) if is_complex(x) else 0.0


def _left_rule(g: Any, out: Any, a: Any, found: SVDResult | None) -> Any:
    found = _svd(a, found)
    s, right, gradient = singular_values(a, found), right_vectors(a, found), conjugated(g)
    seen = adjoint(out) @ gradient
    back = out @ (_over_gaps(seen, s) * rows(s) + _phase(seen, s))
    if shape_of(a)[-2] > shape_of(s)[-1]:
        back = back + divide(gradient - out @ seen, rows(s))
    return conjugated(back @ right)


def _right_rule(g: Any, out: Any, a: Any, found: SVDResult | None) -> Any:
    found = _svd(a, found)
    s, left, gradient = singular_values(a, found), left_vectors(a, found), conjugated(g)
    seen = adjoint(gradient @ adjoint(out))
    back = (_over_gaps(seen, s) * columns(s) - _phase(seen, s)) @ out
    if shape_of(a)[-1] > shape_of(s)[-1]:
        back = back + divide(gradient - adjoint(seen) @ out, columns(s))
    return conjugated(left @ back)


_PLAIN = (
    case((3, 3), made="spread"),
    case((4, 2), made="spread"),
    case((2, 3), made="spread"),
    case((2, 2, 2), made="spread"),
    case((1, 1), made="spread"),
)


@primitive(
    "singular values of {a}",
    Rule(_singular_rule, "sign {a}", "U · diag {g} · Vᵀ"),
    cases=(*_PLAIN, case((3, 2, 2), made="complex spread"), case((0, 3))),
)
def singular_values(a: Operand, found: SVDResult | None = None) -> Any:
    """The singular values in descending order; ``svd`` and ``svdvals`` are the functions to call."""
    return library(a).linalg.svdvals(a) if found is None else found.S


@primitive("U of {a}", Rule(_left_rule, "0", "U · (skew(Uᵀ · {g}) / gaps · S) · Vᵀ"), cases=_PLAIN)
def left_vectors(a: Operand, found: SVDResult | None = None) -> Any:
    """The columns U of ``svd``."""
    return _svd(a, found).U


@primitive("Vᵀ of {a}", Rule(_right_rule, "0", "U · (S · skew(Vᵀ · {g}ᵀ) / gaps) · Vᵀ"), cases=_PLAIN)
def right_vectors(a: Operand, found: SVDResult | None = None) -> Any:
    """The rows Vh of ``svd``."""
    return _svd(a, found).Vh


def svd(a: Operand, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    """The singular value decomposition a = U · diag(S) · Vh.

    Parameters
    ----------
    a : Value or array
        Of shape (..., n, m).
    full_matrices : bool
        Whether U and Vh are square, as they are by default in NumPy. Of a Value that is not square itself the vectors
        that this adds on the longer side have no derivative.
    compute_uv : bool
        Whether to give U and Vh beside S; True by default.
    hermitian : bool
        Accepted for NumPy's sake: plain data that is its own adjoint is decomposed faster.

    Returns
    -------
    U : Value if ``a`` is one, else array
        Of shape (..., n, k), where k is the smaller of n and m, or n for full matrices.
    S : Value if ``a`` is one, else array
        The singular values in descending order, of shape (..., k); alone if not ``compute_uv``.
    Vh : Value if ``a`` is one, else array
        Of shape (..., k, m), where k is m for full matrices.

    Raises
    ------
    ValueError
        In a pass that reaches the vectors that full matrices have more, since nothing settles them.
    numpy.linalg.LinAlgError
        If the algorithm does not converge.

    Notes
    -----
    The singular values' gradient is finite everywhere, the vectors' only where singular values differ, and for
    the longer side of a matrix that is not square, and for complex ones, where they are not 0: else it is inf or nan.
    A pair of vectors may be turned together by a sign or phase; a loss should not depend on it. If it does
    the derivative is that in which a small change turns uᴴ du and vᴴ dv by opposite amounts.

    References
    ----------
    J. Townsend, "Differentiating the singular value decomposition", technical report (2016).

    Examples
    --------
    >>> import autograd_mini as am
    >>> a = am.Value([[3.0, 0.0], [0.0, -2.0]])
    >>> U, S, Vh = am.linalg.svd(a)
    >>> S
    Value([3., 2.], shape=(2,), op=singular_values)
    >>> am.gradients(S.sum(), a)
    array([[ 1.,  0.],
           [ 0., -1.]])
    """
    if not isinstance(a, Node):
        found = factorised("svd", a, full_matrices, compute_uv, hermitian)
        return SVDResult(*found) if compute_uv else found
    if not compute_uv:
        return svdvals(a)
    n, m = shape_of(a)[-2:] if len(shape_of(a)) > 1 else (0, 0)
    if not full_matrices or n == m:
        found = _svd(a, None)
        return SVDResult(left_vectors(a, found), singular_values(a, found), right_vectors(a, found))
    whole, k = SVDResult(*factorised("svd", a._stored, True)), min(n, m)
    found = SVDResult(whole.U[..., :k], whole.S, whole.Vh[..., :k, :])
    left, right = left_vectors(a, found), right_vectors(a, found)
    if n > m:
        left = concatenate([left, _more_vectors(a, whole.U[..., k:])], -1)
    else:
        right = concatenate([right, _more_vectors(a, whole.Vh[..., k:, :])], -2)
    return SVDResult(left, singular_values(a, found), right)


def _unsettled(g: Any, out: Any, a: Any, vectors: Any) -> Any:
    data = data_of(g)
    if is_abstract(data) or as_numpy(data != 0).any():
        n, m = shape_of(a)[-2:]
        raise ValueError(
            f"svd of shape {shape_of(a)} with full_matrices=True has no derivative by the last {abs(n - m)} vectors of "
            "the longer side, which nothing settles; use full_matrices=False, or vectors.detach() as constants"
        )
    return zeros_like(a)


_MORE = Operation(
    "more_vectors",
    lambda a, vectors: vectors,
    "more vectors of {a}",
    (Rule(_unsettled, "undefined", jvp=lambda t, out, a, vectors: out * math.nan),),
    ("a",),
)
RUNTIME[_MORE.name] = _MORE
_more_vectors = general(_MORE)


def svdvals(x: Operand, /) -> Any:
    """The singular values in descending order.

    Parameters
    ----------
    x : Value or array
        Of shape (..., n, m).

    Returns
    -------
    Value if ``x`` is one, else array
        Of shape (..., min(n, m)).

    Notes
    -----
    The gradient g becomes U · diag(g) · Vᴴ, which is finite also where singular values are equal.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.linalg.svdvals([[3.0, 0.0], [0.0, -2.0]])
    array([3., 2.])
    """
    return singular_values(x)
