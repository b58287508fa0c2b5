"""NumPy's own calls on Values: ``np.sin(v)``, ``np.sum(v, axis=0)``, ``np.concatenate([v, w])``.

Two tables, from NumPy's function to ours, built by name from the table of operations. What is not in them raises: a
Value is never detached silently and never ends in an object array.
"""

from __future__ import annotations

import difflib
import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from . import ops
from .arrays import shape_of
from .node import Node
from .operation import COMPOSED, OPERATIONS

_FAMILIES = (
    ops.arithmetic,
    ops.elementwise,
    ops.powers,
    ops.angles,
    ops.activations,
    ops.softmax,
    ops.shapes,
    ops.joining,
    ops.splitting,
    ops.rearranging,
    ops.indexing,
    ops.padding,
    ops.diagonals,
    ops.reductions,
    ops.products,
    ops.einsum,
)


def _ours(name: str) -> Callable[..., Any] | None:
    """The public function of that name, if the table has it."""
    for family in _FAMILIES:
        function = getattr(family, name, None)
        if function is not None and getattr(function, "__module__", None) == family.__name__:
            return function  # type: ignore[no-any-return]
    return None


_NAMES = sorted({*OPERATIONS, *COMPOSED, "array_split", "clip", "einsum", "split"} - {"identity"})
_RULES: dict[Any, Callable[..., Any]] = {
    getattr(np, name): function for name in _NAMES if hasattr(np, name) and (function := _ours(name)) is not None
} | {
    np.amax: ops.reductions.max,
    np.amin: ops.reductions.min,
    np.copy: ops.elementwise.identity,
    np.fabs: ops.elementwise.abs,
    np.linalg.matmul: ops.products.matmul,
    np.linalg.norm: ops.reductions.norm,
    np.linalg.outer: ops.products.outer,
    np.linalg.tensordot: ops.products.tensordot,
    np.positive: ops.elementwise.identity,
}

_PLAIN_UFUNCS = {
    np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal,
    np.isnan, np.isinf, np.isfinite, np.signbit, np.logical_and, np.logical_or, np.logical_not, np.logical_xor,
}  # fmt: skip

_PLAIN = {
    np.shape, np.ndim, np.size, np.argmax, np.argmin, np.argsort, np.nonzero, np.flatnonzero, np.count_nonzero, np.any,
    np.all, np.allclose, np.isclose, np.array_equal, np.array_equiv, np.iscomplexobj, np.isrealobj, np.isreal,
    np.iscomplex, np.unique, np.searchsorted, np.digitize, np.histogram, np.result_type, np.can_cast,
    np.may_share_memory, np.shares_memory, np.zeros_like, np.ones_like, np.full_like, np.empty_like, np.argpartition,
    np.isin,
}  # fmt: skip
"""Functions whose results have no gradient: they get the data and give plain data."""

_REDUCE = {
    np.add: ops.reductions.sum,
    np.multiply: ops.reductions.prod,
    np.maximum: ops.reductions.max,
    np.minimum: ops.reductions.min,
}
_ACCUMULATE = {np.add: ops.reductions.cumsum, np.multiply: ops.reductions.cumprod}


def _data(x: Any) -> Any:
    if isinstance(x, (list, tuple)):
        return type(x)(map(_data, x))
    return x._stored if isinstance(x, Node) else x


def _unsupported(name: str) -> TypeError:
    [near] = difflib.get_close_matches(name.rpartition(".")[2], [n for n in _NAMES if _ours(n)], n=1, cutoff=0.0)
    return TypeError(
        f"{name} has no derivative rule here; the nearest name that has one is autograd_mini.{near}. Compose it of "
        "functions that have one, or use value.numpy() where no gradient is needed"
    )


def _refused(name: str, option: str) -> TypeError:
    return TypeError(
        f"{name} on a Value takes no {option}=: the result is a new Value in a graph"
        + ("; write the result to a name, not into an array" if option == "out" else "")
    )


def call_ufunc(ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Answer a ufunc that was given a Value."""
    name = f"np.{ufunc.__name__}" if method == "__call__" else f"np.{ufunc.__name__}.{method}"
    for option, item in kwargs.items():
        known = option in ("axis", "keepdims") and method in ("reduce", "accumulate")
        if not known and not any(item is default for default in (None, True, "K", "same_kind")):
            raise _refused(name, option)
    kwargs = {option: item for option, item in kwargs.items() if option in ("axis", "keepdims")}
    if ufunc in _PLAIN_UFUNCS:
        return getattr(ufunc, method)(*map(_data, inputs), **kwargs)
    if method == "__call__" and ufunc in _RULES:
        return _RULES[ufunc](*inputs)
    if method == "reduce" and ufunc in _REDUCE:
        return _REDUCE[ufunc](inputs[0], **{"axis": 0, **kwargs})
    if method == "accumulate" and ufunc in _ACCUMULATE:
        return _ACCUMULATE[ufunc](inputs[0], **{"axis": 0, **kwargs})
    if method == "outer" and ufunc in _RULES:
        x, y = inputs
        return _RULES[ufunc](ops.shapes.reshape(x, shape_of(x) + (1,) * len(shape_of(y))), y)
    raise _unsupported(name)


def call_function(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Answer one of NumPy's other functions that was given a Value."""
    if function in _PLAIN:
        return function(*map(_data, args), **{key: _data(item) for key, item in kwargs.items()})
    name = f"{function.__module__.replace('numpy', 'np', 1)}.{function.__name__}"
    if function not in _RULES:
        raise _unsupported(name)
    ours = _RULES[function]
    args, kwargs = _in_our_places(_parameters(function), _parameters(ours), args, dict(kwargs))
    for option in kwargs.keys() - _parameters(ours).keys():
        known, item = _parameters(function).get(option), kwargs.pop(option)
        if known is None or not (item is None or item is known.default or (isinstance(item, str) and item == "C")):
            raise _refused(name, option)
    return ours(*args, **kwargs)


@functools.cache
def _parameters(function: Any) -> Mapping[str, inspect.Parameter]:
    """A function's parameters; none are known of those of NumPy's functions in C that tell no signature."""
    try:
        return inspect.signature(function).parameters
    except ValueError:
        return {}


def _in_our_places(
    theirs: Mapping[str, inspect.Parameter],
    ours: Mapping[str, inspect.Parameter],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Arguments with NumPy's names and places in ours: operands by place, and each option by its name."""
    names = [name for name, p in theirs.items() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    operands = [name for i, name in enumerate(names) if i == 0 or (i < len(ours) and theirs[name].default is _EMPTY)]
    placed = list(args[: len(operands)]) if names else list(args)
    for name in operands[len(placed) :]:
        if name in kwargs:
            placed.append(kwargs.pop(name))
    options = dict(zip(names[len(operands) :], args[len(operands) :], strict=False)) if names else {}
    return tuple(placed), {**options, **kwargs}


_EMPTY = inspect.Parameter.empty
