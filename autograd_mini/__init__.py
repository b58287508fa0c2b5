"""autograd_mini: an automatic differentiation engine that shows its work.

A ``Value`` records every operation in a graph and applies the chain rule by itself, in reverse.
"""

from typing import TYPE_CHECKING, Any

from .checking import (
    Comparison as Comparison,
    ComparisonRow as ComparisonRow,
    GradientError as GradientError,
    Mismatch as Mismatch,
    compare_gradients as compare_gradients,
    gradcheck as gradcheck,
)
from .guards import GraphError as GraphError
from .operation import Rule as Rule, primitive as primitive
from .ops.activations import (
    erf as erf,
    logaddexp as logaddexp,
    relu as relu,
    sigmoid as sigmoid,
    softplus as softplus,
    step as step,
)
from .ops.angles import (
    arccos as arccos,
    arccosh as arccosh,
    arcsin as arcsin,
    arcsinh as arcsinh,
    arctan as arctan,
    arctan2 as arctan2,
    arctanh as arctanh,
    cos as cos,
    cosh as cosh,
    hypot as hypot,
    sin as sin,
    sinh as sinh,
    tan as tan,
    tanh as tanh,
)
from .ops.arithmetic import (
    add as add,
    clip as clip,
    divide as divide,
    floor_divide as floor_divide,
    maximum as maximum,
    minimum as minimum,
    multiply as multiply,
    negative as negative,
    remainder as remainder,
    subtract as subtract,
    where as where,
    zeros_like as zeros_like,
)
from .ops.diagonals import (
    diag as diag,
    diagonal as diagonal,
    tril as tril,
    triu as triu,
)
from .ops.einsum import (
    einsum as einsum,
)
from .ops.elementwise import (
    abs as abs,
    ceil as ceil,
    conjugate as conjugate,
    floor as floor,
    imag as imag,
    real as real,
    rint as rint,
    sign as sign,
    trunc as trunc,
)
from .ops.indexing import (
    getitem as getitem,
    scatter as scatter,
    take as take,
    take_along_axis as take_along_axis,
)
from .ops.joining import (
    array as array,
    concatenate as concatenate,
    hstack as hstack,
    stack as stack,
    vstack as vstack,
)
from .ops.padding import (
    pad as pad,
)
from .ops.powers import (
    cbrt as cbrt,
    exp as exp,
    exp2 as exp2,
    expm1 as expm1,
    log as log,
    log1p as log1p,
    log2 as log2,
    log10 as log10,
    power as power,
    reciprocal as reciprocal,
    sqrt as sqrt,
    square as square,
)
from .ops.products import (
    dot as dot,
    inner as inner,
    linear as linear,
    matmul as matmul,
    outer as outer,
    tensordot as tensordot,
)
from .ops.rearranging import (
    flip as flip,
    repeat as repeat,
    roll as roll,
    tile as tile,
)
from .ops.reductions import (
    cumprod as cumprod,
    cumsum as cumsum,
    max as max,
    mean as mean,
    min as min,
    norm as norm,
    prod as prod,
    sort as sort,
    std as std,
    sum as sum,
    var as var,
)
from .ops.shapes import (
    astype as astype,
    broadcast_to as broadcast_to,
    expand_dims as expand_dims,
    moveaxis as moveaxis,
    ravel as ravel,
    reshape as reshape,
    squeeze as squeeze,
    swapaxes as swapaxes,
    transpose as transpose,
)
from .ops.softmax import (
    log_softmax as log_softmax,
    logsumexp as logsumexp,
    softmax as softmax,
    softmax_cross_entropy as softmax_cross_entropy,
)
from .ops.splitting import (
    array_split as array_split,
    split as split,
)
from .products import hessian as hessian, hvp as hvp, jacobian as jacobian, jvp as jvp, vjp as vjp
from .state import no_grad as no_grad, scope as scope
from .tracing import trace as trace
from .transforms import (
    elementwise_grad as elementwise_grad,
    grad as grad,
    gradients as gradients,
    stop_gradient as stop_gradient,
    value_and_grad as value_and_grad,
)
from .value import Value as Value

if TYPE_CHECKING:
    from .chain import (
        Drawing as Drawing,
        Explanation as Explanation,
        GraphTooLarge as GraphTooLarge,
        RendererInfo as RendererInfo,
        RendererNotFound as RendererNotFound,
        RenderError as RenderError,
        RenderTimeout as RenderTimeout,
        RenderWarning as RenderWarning,
        Steps as Steps,
        Trace as Trace,
        draw as draw,
        explain as explain,
        renderer_info as renderer_info,
        set_renderer as set_renderer,
        steps as steps,
    )

_PICTURES = frozenset(
    [
        "Drawing",
        "Explanation",
        "GraphTooLarge",
        "RenderError",
        "RenderTimeout",
        "RenderWarning",
        "RendererInfo",
        "RendererNotFound",
        "Steps",
        "Trace",
        "draw",
        "explain",
        "renderer_info",
        "set_renderer",
        "steps",
    ]
)

# What `help` shows and a star brings: the functions and classes above, not the modules behind them.
__all__ = [  # noqa: PLE0604 (names that are found, not spelled out)
    *sorted(name for name, thing in globals().items() if getattr(thing, "__module__", "").startswith(__name__)),
    *sorted(_PICTURES),
]


def __getattr__(name: str) -> Any:
    """Import the pictures when they are asked for."""
    if name not in _PICTURES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import chain

    return getattr(chain, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_PICTURES})


__version__ = "0.1.0"
