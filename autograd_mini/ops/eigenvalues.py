"""Eigenvalues and eigenvectors, of Hermitian matrices and of any."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..arrays import library, shape_of
from ..node import Node
from ..operation import Operand, Rule, case, primitive
from .arithmetic import divide, where
from .elementwise import conjugated, is_complex, real
from .inverses import solve
from .matrices import adjoint, columns, factorised, matrix_transpose, on_diagonal, rows
from .reductions import sum


class EighResult(NamedTuple):
    """What ``eigh`` gives."""

    eigenvalues: Any
    eigenvectors: Any


class EigResult(NamedTuple):
    """What ``eig`` gives."""

    eigenvalues: Any
    eigenvectors: Any


def _gaps(w: Any) -> Any:
    """w_j − w_i, and 1 on the diagonal."""
    return where(np.eye(shape_of(w)[-1], dtype=bool), 1.0, rows(w) - columns(w))


# --- Hermitian matrices -----------------------------------------------------------------------------------------------


def _eigh(a: Any, UPLO: str, found: EighResult | None) -> EighResult:
    return EighResult(*factorised("eigh", a, UPLO)) if found is None else found


def _hermitian_values_rule(g: Any, out: Any, a: Any, UPLO: str, found: EighResult | None) -> Any:
    vectors = hermitian_vectors(a, UPLO, _eigh(a, UPLO, found))
    return conjugated((vectors * rows(g)) @ adjoint(vectors))


def _hermitian_vectors_rule(g: Any, out: Any, a: Any, UPLO: str, found: EighResult | None) -> Any:
    values = hermitian_values(a, UPLO, _eigh(a, UPLO, found))
    seen = adjoint(out) @ conjugated(g)
    inner = where(on_diagonal(seen), 0.0, divide(0.5 * (seen - adjoint(seen)), _gaps(values)))
    return conjugated(out @ inner @ adjoint(out))


_HERMITIAN = (
    case((3, 3), made="hermitian"),
    case((3, 3), made="hermitian", UPLO="U"),
    case((2, 2, 2), made="hermitian"),
    case((1, 1), made="hermitian"),
)


@primitive(
    "eigenvalues of {a}",
    Rule(_hermitian_values_rule, "1", "V · diag {g} · Vᵀ"),
    cases=(*_HERMITIAN, case((3, 3, 2), made="complex hermitian"), case((0, 0))),
)
def hermitian_values(a: Operand, UPLO: str = "L", found: EighResult | None = None) -> Any:
    """The eigenvalues in ascending order; ``eigh`` and ``eigvalsh`` are the functions to call."""
    return library(a).linalg.eigvalsh(a, UPLO) if found is None else found.eigenvalues


@primitive(
    "eigenvectors of {a}",
    Rule(_hermitian_vectors_rule, "0", "V · (skew(Vᵀ · {g}) / gaps) · Vᵀ"),
    cases=_HERMITIAN,
)
def hermitian_vectors(a: Operand, UPLO: str = "L", found: EighResult | None = None) -> Any:
    """The eigenvectors of ``eigh``."""
    return _eigh(a, UPLO, found).eigenvectors


def eigh(a: Operand, UPLO: str = "L") -> EighResult:
    """Eigenvalues and eigenvectors of Hermitian (if real, symmetric) matrices: a = V · diag(w) · Vᴴ.

    Parameters
    ----------
    a : Value or array
        Of shape (..., n, n).
    UPLO : {"L", "U"}
        The triangle that is read; the lower one by default.

    Returns
    -------
    eigenvalues : Value if ``a`` is one, else array
        In ascending order, of shape (..., n).
    eigenvectors : Value if ``a`` is one, else array
        In columns, of length 1; of shape (..., n, n).

    Raises
    ------
    numpy.linalg.LinAlgError
        If the matrices are not square, or the algorithm does not converge.

    Notes
    -----
    The eigenvalues' gradient is finite everywhere. The vectors' is so only where eigenvalues differ: else it is inf or
    nan, because nothing settles the vectors there. Vectors may be turned by a sign or phase, on which a loss should not
    depend; if it does, the derivative is that in which vᴴ dv is 0. The gradient is Hermitian, as in PyTorch
    and JAX: to check it against differences, make the function's argument so first, ``eigh((a + a.T) / 2)``.

    References
    ----------
    M. B. Giles, "An extended collection of matrix derivative results for forward and reverse mode algorithmic
    differentiation", Oxford University Computing Laboratory report 08/01 (2008).

    Examples
    --------
    >>> import autograd_mini as am
    >>> a = am.Value([[3.0, 0.0], [0.0, 2.0]])
    >>> w, V = am.linalg.eigh(a)
    >>> w
    Value([2., 3.], shape=(2,), op=hermitian_values)
    >>> am.gradients(w[1], a)
    array([[1., 0.],
           [0., 0.]])
    """
    found = EighResult(*factorised("eigh", a, UPLO))
    return EighResult(hermitian_values(a, UPLO, found), hermitian_vectors(a, UPLO, found))


def eigvalsh(a: Operand, UPLO: str = "L") -> Any:
    """Eigenvalues of Hermitian (if real, symmetric) matrices, in ascending order.

    Parameters
    ----------
    a : Value or array
        Of shape (..., n, n).
    UPLO : {"L", "U"}
        The triangle that is read; the lower one by default.

    Returns
    -------
    Value if ``a`` is one, else array
        Of shape (..., n).

    Raises
    ------
    numpy.linalg.LinAlgError
        If the matrices are not square, or the algorithm does not converge.

    Notes
    -----
    The gradient g becomes V · diag(g) · Vᴴ with the eigenvectors V, which is finite also where eigenvalues are equal.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.linalg.eigvalsh([[3.0, 0.0], [0.0, 2.0]])
    array([2., 3.])
    """
    return hermitian_values(a, UPLO)


# --- any square matrices ----------------------------------------------------------------------------------------------


def _eig(a: Any, found: EigResult | None) -> EigResult:
    """NumPy's result as complex numbers, also where all eigenvalues happen to be real."""
    if found is not None:
        return found
    values, vectors = factorised("eig", a)
    return EigResult(_complex(values), _complex(vectors))


def _complex(x: Any) -> Any:
    return x if is_complex(x) else x + 0j


def _values_rule(g: Any, out: Any, a: Any, found: EigResult | None) -> Any:
    turned = matrix_transpose(vectors_of(a, _eig(a, found)))
    return solve(turned, columns(g) * turned)


def _vectors_rule(g: Any, out: Any, a: Any, found: EigResult | None) -> Any:
    values = values_of(a, _eig(a, found))
    seen = adjoint(out) @ conjugated(g)
    along = real(sum(where(on_diagonal(seen), seen, 0.0), axis=-1))
    inner = divide(seen - (adjoint(out) @ out) * rows(along), conjugated(_gaps(values)))
    inner = where(on_diagonal(seen), 0.0, inner)
    return conjugated(solve(adjoint(out), inner @ adjoint(out)))


_ANY = (
    case((3, 3), made="spread"),
    case((2, 2, 2), made="spread"),
    case((1, 1), made="spread"),
)


@primitive(
    "eigenvalues of {a}",
    Rule(_values_rule, "1", "V⁻ᵀ · diag {g} · Vᵀ"),
    cases=(*_ANY, case((3, 3, 2), made="complex spread")),
)
def values_of(a: Operand, found: EigResult | None = None) -> Any:
    """The eigenvalues as complex numbers; ``eig`` and ``eigvals`` are the functions to call."""
    return _complex(library(a).linalg.eigvals(a)) if found is None else found.eigenvalues


@primitive("eigenvectors of {a}", Rule(_vectors_rule, "0", "V⁻ᵀ · ((Vᵀ · {g}) / gaps) · Vᵀ"), cases=_ANY)
def vectors_of(a: Operand, found: EigResult | None = None) -> Any:
    """The eigenvectors of ``eig``."""
    return _eig(a, found).eigenvectors


def eig(a: Operand) -> EigResult:
    """Eigenvalues and eigenvectors of square matrices: a · V = V · diag(w).

    Parameters
    ----------
    a : Value or array
        Of shape (..., n, n).

    Returns
    -------
    eigenvalues : Value if ``a`` is one, else array
        Complex, of shape (..., n), in no order.
    eigenvectors : Value if ``a`` is one, else array
        In columns, complex, of length 1; of shape (..., n, n).

    Raises
    ------
    numpy.linalg.LinAlgError
        If the matrices are not square, or the algorithm does not converge.

    Notes
    -----
    Of a Value the results are complex also where they happen to be real, since a small change may make them so; take
    ``real(w)``. Where eigenvalues are equal the vectors' gradient is inf or nan, and if there are not n independent
    vectors there is none. The derivative of a vector is that in which vᴴ dv is 0.

    References
    ----------
    M. B. Giles, "An extended collection of matrix derivative results for forward and reverse mode algorithmic
    differentiation", Oxford University Computing Laboratory report 08/01 (2008).

    Examples
    --------
    >>> import autograd_mini as am
    >>> a = am.Value([[2.0, 1.0], [0.0, 3.0]])
    >>> w, V = am.linalg.eig(a)
    >>> w
    Value([2.+0.j, 3.+0.j], shape=(2,), dtype=complex128, op=values_of)
    >>> am.gradients(am.real(w[0]), a)
    array([[ 1., 0.],
           [-1., 0.]])
    """
    if not isinstance(a, Node):
        return EigResult(*factorised("eig", a))
    found = _eig(a, None)
    return EigResult(values_of(a, found), vectors_of(a, found))


def eigvals(a: Operand) -> Any:
    """Eigenvalues of square matrices, in no order.

    Parameters
    ----------
    a : Value or array
        Of shape (..., n, n).

    Returns
    -------
    Value if ``a`` is one, else array
        Of shape (..., n); of a Value always complex.

    Raises
    ------
    numpy.linalg.LinAlgError
        If the matrices are not square, or the algorithm does not converge.

    Notes
    -----
    The gradient g becomes V⁻ᵀ · diag(g) · Vᵀ with the eigenvectors V.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.real(am.linalg.eigvals(am.Value([[2.0, 1.0], [0.0, 3.0]])))
    Value([2., 3.], shape=(2,), op=real)
    """
    return values_of(a) if isinstance(a, Node) else factorised("eigvals", a)
