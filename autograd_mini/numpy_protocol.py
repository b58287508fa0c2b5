"""NumPy's own calls on Values: ``np.sin(v)``, ``np.sum(v, axis=0)``, ``np.concatenate([v, w])``.

Two tables, from NumPy's function to ours, built by name from the table of operations. What is not in them raises: a
Value is never detached silently and never ends in an object array.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any

import numpy as np

from . import ops
from .engine import Node
from .operation import COMPOSED, OPERATIONS
from .ops.shapes import shape_of

_FAMILIES = (
    ops.arithmetic,
    ops.elementwise,
    ops.shapes,
    ops.indexing,
    ops.reductions,
    ops.linalg,
)


def _ours(name: str) -> Callable[..., Any] | None:
    """The public function of that name, if the table has it."""
    for family in _FAMILIES:
        function = getattr(family, name, None)
        if function is not None and getattr(function, "__module__", None) == family.__name__:
            return function  # type: ignore[no-any-return]
    return None


def _clip(x: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> Any:
    return ops.arithmetic.clip(x, a_min if min is None else min, a_max if max is None else max)


_NAMES = sorted({*OPERATIONS, *COMPOSED, "split", "einsum"})
_RULES: dict[Any, Callable[..., Any]] = {
    getattr(np, name): function for name in _NAMES if hasattr(np, name) and (function := _ours(name)) is not None
} | {
    np.clip: _clip,
    np.linalg.norm: ops.reductions.norm,
    np.linalg.matmul: ops.linalg.matmul,
    np.linalg.outer: ops.linalg.outer,
    np.positive: ops.elementwise.identity,
    np.fabs: ops.elementwise.abs,
    np.acos: ops.elementwise.arccos,
}

_PLAIN_UFUNCS = {
    np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal,
    np.isnan, np.isinf, np.isfinite, np.signbit, np.logical_and, np.logical_or, np.logical_not, np.logical_xor,
}  # fmt: skip

_PLAIN = {
    np.shape, np.ndim, np.size, np.argmax, np.argmin, np.argsort, np.nonzero, np.flatnonzero, np.count_nonzero, np.any,
    np.all, np.allclose, np.isclose, np.array_equal, np.array_equiv, np.iscomplexobj, np.isrealobj, np.isreal,
    np.iscomplex, np.unique, np.searchsorted, np.digitize, np.histogram, np.result_type, np.can_cast, np.may_share_memory,
    np.shares_memory, np.zeros_like, np.ones_like, np.full_like, np.empty_like, np.argpartition, np.isin,
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
    return x._data if isinstance(x, Node) else x


def _unsupported(name: str) -> TypeError:
    near = difflib.get_close_matches(name.rpartition(".")[2], [n for n in _NAMES if _ours(n)], n=1, cutoff=0.5)
    hint = f"; the nearest one that has is autograd_mini.{near[0]}" if near else ""
    return TypeError(
        f"np.{name} has no derivative rule here{hint}. Compose it of functions that have one, or use value.numpy() "
        "where no gradient is needed"
    )


def _refuse(name: str, kwargs: dict[str, Any], *names: str) -> None:
    for option in names:
        if kwargs.get(option) is not None and kwargs[option] is not True:
            raise TypeError(
                f"np.{name} on a Value takes no {option}=: the result is a new Value in a graph"
                + ("; write the result to a name, not into an array" if option == "out" else "")
            )


def call_ufunc(ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Answer a ufunc that was given a Value."""
    name = ufunc.__name__
    _refuse(name, kwargs, "out", "where", "dtype", "casting", "order", "subok")
    kwargs = {key: item for key, item in kwargs.items() if key in ("axis", "keepdims", "initial")}
    if ufunc in _PLAIN_UFUNCS:
        return getattr(ufunc, method)(*map(_data, inputs), **kwargs)
    if method == "__call__" and ufunc in _RULES:
        return _RULES[ufunc](*inputs, **kwargs)
    if method == "reduce" and ufunc in _REDUCE:
        return _REDUCE[ufunc](inputs[0], **{"axis": 0, **kwargs})
    if method == "accumulate" and ufunc in _ACCUMULATE:
        return _ACCUMULATE[ufunc](inputs[0], **{"axis": 0, **kwargs})
    if method == "outer" and ufunc in _RULES:
        x, y = inputs
        return _RULES[ufunc](ops.shapes.reshape(x, shape_of(x) + (1,) * len(shape_of(y))), y)
    raise _unsupported(name if method == "__call__" else f"{name}.{method}")


def call_function(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Answer one of NumPy's other functions that was given a Value."""
    name = function.__name__
    if function in _PLAIN:
        return function(*map(_data, args), **{key: _data(item) for key, item in kwargs.items()})
    if function not in _RULES:
        raise _unsupported(name)
    _refuse(name, kwargs, "out", "where", "dtype", "order", "initial", "mode" if name == "take" else "out")
    kwargs = {key: item for key, item in kwargs.items() if key not in ("out", "where", "dtype", "order", "initial")}
    return _RULES[function](*args, **kwargs)
