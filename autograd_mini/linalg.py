"""Linear algebra under the names of ``numpy.linalg``: real and complex, batched, every order of derivative.

Matrices stand in the last two axes. The same calls through NumPy, ``np.linalg.inv(v)``, give the same Values.
"""

from numpy.linalg import LinAlgError as LinAlgError

from .hints import missing as _missing
from .ops.decompositions import (
    QRResult as QRResult,
    SVDResult as SVDResult,
    cholesky as cholesky,
    qr as qr,
    svd as svd,
    svdvals as svdvals,
)
from .ops.determinants import SlogdetResult as SlogdetResult, det as det, slogdet as slogdet
from .ops.eigenvalues import (
    EighResult as EighResult,
    EigResult as EigResult,
    eig as eig,
    eigh as eigh,
    eigvals as eigvals,
    eigvalsh as eigvalsh,
)
from .ops.inverses import (
    inv as inv,
    matrix_power as matrix_power,
    solve as solve,
    tensorinv as tensorinv,
    tensorsolve as tensorsolve,
)
from .ops.least_squares import LstsqResult as LstsqResult, lstsq as lstsq, pinv as pinv
from .ops.matrices import (
    diagonal_of_matrices as _diagonal,
    matrix_transpose as matrix_transpose,
    multi_dot as multi_dot,
    trace_of_matrices as _trace,
)
from .ops.norms import (
    cond as cond,
    matrix_norm as matrix_norm,
    matrix_rank as matrix_rank,
    norm as norm,
    vector_norm as vector_norm,
)

diagonal, trace = _diagonal, _trace

__all__ = sorted(name for name in globals() if not name.startswith("_"))  # noqa: PLE0605 (found, not spelled out)


def __dir__() -> list[str]:
    return __all__


globals()["__getattr__"] = _missing(__name__)
