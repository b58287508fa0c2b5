"""autograd_mini: an automatic differentiation engine that shows its work.

A ``Value`` records every operation in a graph and applies the chain rule by itself, in reverse.
"""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING, Any

from .checkpointing import checkpoint as checkpoint
from .flattening import flatten as flatten
from .guards import GraphError as GraphError
from .import_hook import when_imported as _when_imported
from .matrices import hessian as hessian, jacobian as jacobian
from .memory import keep_memory as keep_memory
from .operation import Rule as Rule, primitive as primitive
from .ops.activations import (
    erf as erf,
    logaddexp as logaddexp,
    logaddexp2 as logaddexp2,
    relu as relu,
    sigmoid as sigmoid,
    softplus as softplus,
    step as step,
)
from .ops.angles import (
    acos as acos,
    acosh as acosh,
    angle as angle,
    arccos as arccos,
    arccosh as arccosh,
    arcsin as arcsin,
    arcsinh as arcsinh,
    arctan as arctan,
    arctan2 as arctan2,
    arctanh as arctanh,
    asin as asin,
    asinh as asinh,
    atan as atan,
    atan2 as atan2,
    atanh as atanh,
    cos as cos,
    cosh as cosh,
    deg2rad as deg2rad,
    degrees as degrees,
    hypot as hypot,
    rad2deg as rad2deg,
    radians as radians,
    sin as sin,
    sinc as sinc,
    sinh as sinh,
    tan as tan,
    tanh as tanh,
    unwrap as unwrap,
)
from .ops.arithmetic import (
    add as add,
    clip as clip,
    divide as divide,
    floor_divide as floor_divide,
    maximum as maximum,
    minimum as minimum,
    mod as mod,
    multiply as multiply,
    negative as negative,
    remainder as remainder,
    subtract as subtract,
    true_divide as true_divide,
    where as where,
    zeros_like as zeros_like,
)
from .ops.axes import (
    atleast_1d as atleast_1d,
    atleast_2d as atleast_2d,
    atleast_3d as atleast_3d,
    broadcast_arrays as broadcast_arrays,
    matrix_transpose as matrix_transpose,
    meshgrid as meshgrid,
    permute_dims as permute_dims,
    rollaxis as rollaxis,
)
from .ops.choosing import (
    apply_along_axis as apply_along_axis,
    apply_over_axes as apply_over_axes,
    choose as choose,
    compress as compress,
    extract as extract,
    piecewise as piecewise,
    select as select,
)
from .ops.convolution import (
    conv as conv,
    conv_transpose as conv_transpose,
)
from .ops.diagonals import (
    diag as diag,
    diagflat as diagflat,
    diagonal as diagonal,
    tril as tril,
    triu as triu,
    vander as vander,
)
from .ops.differences import (
    diff as diff,
    ediff1d as ediff1d,
    gradient as gradient,
    trapezoid as trapezoid,
)
from .ops.einsum import (
    einsum as einsum,
)
from .ops.elementwise import (
    abs as abs,
    absolute as absolute,
    around as around,
    ceil as ceil,
    conj as conj,
    conjugate as conjugate,
    fabs as fabs,
    fix as fix,
    floor as floor,
    imag as imag,
    positive as positive,
    real as real,
    rint as rint,
    round as round,
    sign as sign,
    trunc as trunc,
)
from .ops.filled import (
    copy as copy,
    empty_like as empty_like,
    full_like as full_like,
    ones_like as ones_like,
)
from .ops.histograms import (
    histogram as histogram,
    histogram2d as histogram2d,
    histogram_bin_edges as histogram_bin_edges,
    histogramdd as histogramdd,
)
from .ops.indexing import (
    bincount as bincount,
    getitem as getitem,
    scatter as scatter,
    take as take,
    take_along_axis as take_along_axis,
)
from .ops.joining import (
    append as append,
    array as array,
    block as block,
    column_stack as column_stack,
    concat as concat,
    concatenate as concatenate,
    dstack as dstack,
    hstack as hstack,
    stack as stack,
    vstack as vstack,
)
from .ops.missing import (
    nancumprod as nancumprod,
    nancumsum as nancumsum,
    nanmax as nanmax,
    nanmean as nanmean,
    nanmin as nanmin,
    nanprod as nanprod,
    nanstd as nanstd,
    nansum as nansum,
    nanvar as nanvar,
)
from .ops.norms import norm as norm
from .ops.numbers import (
    copysign as copysign,
    divmod as divmod,
    float_power as float_power,
    fmax as fmax,
    fmin as fmin,
    fmod as fmod,
    frexp as frexp,
    heaviside as heaviside,
    ldexp as ldexp,
    modf as modf,
    nan_to_num as nan_to_num,
    nextafter as nextafter,
    real_if_close as real_if_close,
    spacing as spacing,
)
from .ops.padding import (
    pad as pad,
)
from .ops.placing import (
    fill_diagonal as fill_diagonal,
    place as place,
    put as put,
    put_along_axis as put_along_axis,
    putmask as putmask,
)
from .ops.plain import (
    all as all,
    allclose as allclose,
    any as any,
    argmax as argmax,
    argmin as argmin,
    argpartition as argpartition,
    argsort as argsort,
    argwhere as argwhere,
    array_equal as array_equal,
    array_equiv as array_equiv,
    bitwise_and as bitwise_and,
    bitwise_count as bitwise_count,
    bitwise_invert as bitwise_invert,
    bitwise_left_shift as bitwise_left_shift,
    bitwise_not as bitwise_not,
    bitwise_or as bitwise_or,
    bitwise_right_shift as bitwise_right_shift,
    bitwise_xor as bitwise_xor,
    count_nonzero as count_nonzero,
    digitize as digitize,
    equal as equal,
    flatnonzero as flatnonzero,
    gcd as gcd,
    greater as greater,
    greater_equal as greater_equal,
    invert as invert,
    isclose as isclose,
    iscomplex as iscomplex,
    iscomplexobj as iscomplexobj,
    isfinite as isfinite,
    isin as isin,
    isinf as isinf,
    isnan as isnan,
    isneginf as isneginf,
    isposinf as isposinf,
    isreal as isreal,
    isrealobj as isrealobj,
    lcm as lcm,
    left_shift as left_shift,
    less as less,
    less_equal as less_equal,
    lexsort as lexsort,
    logical_and as logical_and,
    logical_not as logical_not,
    logical_or as logical_or,
    logical_xor as logical_xor,
    nanargmax as nanargmax,
    nanargmin as nanargmin,
    ndim as ndim,
    nonzero as nonzero,
    not_equal as not_equal,
    right_shift as right_shift,
    searchsorted as searchsorted,
    shape as shape,
    signbit as signbit,
    size as size,
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
    pow as pow,
    power as power,
    reciprocal as reciprocal,
    sqrt as sqrt,
    square as square,
)
from .ops.products import (
    cross as cross,
    dot as dot,
    inner as inner,
    kron as kron,
    linear as linear,
    matmul as matmul,
    matvec as matvec,
    outer as outer,
    tensordot as tensordot,
    vdot as vdot,
    vecdot as vecdot,
    vecmat as vecmat,
)
from .ops.quantiles import (
    median as median,
    nanmedian as nanmedian,
    nanpercentile as nanpercentile,
    nanquantile as nanquantile,
    percentile as percentile,
    quantile as quantile,
)
from .ops.rearranging import (
    delete as delete,
    flip as flip,
    fliplr as fliplr,
    flipud as flipud,
    insert as insert,
    repeat as repeat,
    resize as resize,
    roll as roll,
    rot90 as rot90,
    tile as tile,
    trim_zeros as trim_zeros,
)
from .ops.reductions import (
    amax as amax,
    amin as amin,
    max as max,
    mean as mean,
    min as min,
    prod as prod,
    ptp as ptp,
    sum as sum,
)
from .ops.running import (
    cummax as cummax,
    cummin as cummin,
    cumprod as cumprod,
    cumsum as cumsum,
    cumulative_prod as cumulative_prod,
    cumulative_sum as cumulative_sum,
    logcumsumexp as logcumsumexp,
)
from .ops.sequences import (
    geomspace as geomspace,
    linspace as linspace,
    logspace as logspace,
)
from .ops.sets import (
    intersect1d as intersect1d,
    setdiff1d as setdiff1d,
    setxor1d as setxor1d,
    union1d as union1d,
    unique as unique,
    unique_all as unique_all,
    unique_counts as unique_counts,
    unique_inverse as unique_inverse,
    unique_values as unique_values,
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
from .ops.signals import (
    convolve as convolve,
    correlate as correlate,
    interp as interp,
    polyval as polyval,
)
from .ops.softmax import (
    log_softmax as log_softmax,
    logsumexp as logsumexp,
    softmax as softmax,
    softmax_cross_entropy as softmax_cross_entropy,
)
from .ops.sorting import partition as partition, sort as sort
from .ops.splitting import (
    array_split as array_split,
    dsplit as dsplit,
    hsplit as hsplit,
    split as split,
    unstack as unstack,
    vsplit as vsplit,
)
from .ops.statistics import (
    average as average,
    corrcoef as corrcoef,
    cov as cov,
    std as std,
    var as var,
)
from .ops.windows import (
    avg_pool as avg_pool,
    max_pool as max_pool,
    sliding_window_view as sliding_window_view,
)
from .products import hvp as hvp, jvp as jvp, linearize as linearize, vjp as vjp
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
from .vmap import vmap as vmap

if TYPE_CHECKING:
    from . import fft as fft, linalg as linalg, special as special
    from .anomaly import AnomalyError as AnomalyError, detect_anomaly as detect_anomaly
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
    from .checking import (
        Comparison as Comparison,
        ComparisonRow as ComparisonRow,
        GradientError as GradientError,
        Mismatch as Mismatch,
        compare_gradients as compare_gradients,
        gradcheck as gradcheck,
    )

# What is imported when it is asked for, and from where.
_LATER = {
    "AnomalyError": "anomaly",
    "Comparison": "checking",
    "ComparisonRow": "checking",
    "Drawing": "chain",
    "Explanation": "chain",
    "GradientError": "checking",
    "GraphTooLarge": "chain",
    "Mismatch": "checking",
    "RenderError": "chain",
    "RenderTimeout": "chain",
    "RenderWarning": "chain",
    "RendererInfo": "chain",
    "RendererNotFound": "chain",
    "Steps": "chain",
    "Trace": "chain",
    "compare_gradients": "checking",
    "detect_anomaly": "anomaly",
    "draw": "chain",
    "explain": "chain",
    "gradcheck": "checking",
    "renderer_info": "chain",
    "set_renderer": "chain",
    "steps": "chain",
}
_NAMESPACES = ("fft", "linalg", "special")

# What `help` shows and a star brings: the functions and classes above, not the modules behind them.
__all__ = [  # noqa: PLE0604 (names that are found, not spelled out)
    *sorted(name for name, thing in globals().items() if getattr(thing, "__module__", "").startswith(__name__)),
    *_LATER,
    *_NAMESPACES,
]


if not TYPE_CHECKING:  # checkers see the imports above, and so report a name that is in none of them

    def __getattr__(name: str) -> Any:
        """Import what draws, explains and checks, and the namespaces, when they are asked for."""
        if name in _NAMESPACES:
            return _import_module(f".{name}", __name__)
        if name not in _LATER:
            raise _import_module(".hints", __name__).no_attribute(__name__, name)
        return getattr(_import_module(f".{_LATER[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])


_when_imported("einops", lambda: _import_module(".einops", __name__))

__version__ = "0.1.0"
