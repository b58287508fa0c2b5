"""SciPy's special functions under the names of ``scipy.special``, with every order of derivative.

They come from SciPy, which the extra brings, ``pip install 'autograd-mini[special]'``, and which is imported when one
is first called. SciPy's own ufuncs on Values, ``scipy.special.gammaln(v)``, give the same Values.
"""

from .hints import missing as _missing
from .ops.activations import erf as erf, sigmoid as _sigmoid
from .ops.angles import sinc as sinc
from .ops.bessel import j0 as j0, j1 as j1, jn as jn, jv as jv, y0 as y0, y1 as y1, yn as yn, yv as yv
from .ops.entropies import (
    entr as entr,
    exp1 as exp1,
    expi as expi,
    expn as expn,
    kl_div as kl_div,
    log_expit as log_expit,
    logit as logit,
    rel_entr as rel_entr,
    xlog1py as xlog1py,
    xlogy as xlogy,
)
from .ops.error_functions import (
    dawsn as dawsn,
    erfc as erfc,
    erfcinv as erfcinv,
    erfcx as erfcx,
    erfi as erfi,
    erfinv as erfinv,
    log_ndtr as log_ndtr,
    ndtr as ndtr,
    ndtri as ndtri,
)
from .ops.exponential_sums import log_softmax as log_softmax, logsumexp as logsumexp, softmax as softmax
from .ops.gammas import (
    beta as beta,
    betaln as betaln,
    gamma as gamma,
    gammaln as gammaln,
    gammasgn as gammasgn,
    loggamma as loggamma,
    multigammaln as multigammaln,
    poch as poch,
    polygamma as polygamma,
    psi as psi,
    rgamma as rgamma,
    zeta as zeta,
)
from .ops.incomplete_integrals import betainc as betainc, gammainc as gammainc, gammaincc as gammaincc
from .ops.modified_bessel import (
    i0 as i0,
    i0e as i0e,
    i1 as i1,
    i1e as i1e,
    iv as iv,
    ive as ive,
    k0 as k0,
    k1 as k1,
    kv as kv,
    kve as kve,
)
from .ops.powers import cbrt as cbrt, exp2 as exp2, expm1 as expm1, log1p as log1p

digamma, expit = psi, _sigmoid

__all__ = sorted(name for name in globals() if not name.startswith("_"))  # noqa: PLE0605 (found, not spelled out)


def __dir__() -> list[str]:
    return __all__


globals()["__getattr__"] = _missing(__name__)
