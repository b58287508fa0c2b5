"""NumPy's own calls on Values: ``np.sin(v)``, ``np.sum(v, axis=0)``, ``np.concatenate([v, w])``.

A table, from NumPy's function to ours, is built by name from the files of ``ops/``. What is not in it raises: a Value
is never detached silently and never ends in an object array.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import numpy as np

from . import ops
from .arrays import shape_of
from .ops.plain import PLAIN, without_graph

Function = Callable[..., Any]


@functools.cache
def _public() -> dict[str, Function]:
    """The functions of every file of ``ops/``, by name."""
    return {
        name: function
        for family in vars(ops).values()
        if isinstance(family, ModuleType)
        for name, function in vars(family).items()
        if name[0] != "_" and inspect.isfunction(function) and function.__module__ == family.__name__
    }


_WRITES = ("fill_diagonal", "place", "put", "put_along_axis", "putmask")
"""NumPy's functions of these names write into their operand; ours give a new Value, so a call must say which."""


@functools.cache  # made when it is first asked for
def _rules() -> dict[Any, Function]:
    """Our function for each of NumPy's."""
    return {
        theirs: function
        for namespace in (np.linalg, np.fft, np)  # the last one wins where one function stands in two of them
        for name, function in _public().items()
        if name not in _WRITES and isinstance(theirs := getattr(namespace, name, None), (np.ufunc, type(np.sum)))
    } | {
        np.copy: ops.elementwise.identity,
        np.linalg.diagonal: ops.matrices.diagonal_of_matrices,
        np.linalg.trace: ops.matrices.trace_of_matrices,
        np.lib.stride_tricks.sliding_window_view: ops.windows.sliding_window_view,
    }


_PLAIN = {getattr(np, name) for name in PLAIN} | {
    np.result_type, np.can_cast, np.common_type, np.min_scalar_type, np.may_share_memory, np.shares_memory,
    np.zeros_like, np.ones_like, np.empty_like, np.diag_indices_from, np.tril_indices_from, np.triu_indices_from,
    np.unravel_index, np.ravel_multi_index, np.array_str, np.array_repr, np.array2string, np.einsum_path,
}  # fmt: skip
"""Functions whose results have no gradient: they get the data and give plain data."""

_REDUCE: dict[Any, Function] = {
    np.add: ops.reductions.sum,
    np.multiply: ops.reductions.prod,
    np.maximum: ops.reductions.max,
    np.minimum: ops.reductions.min,
    np.fmax: ops.missing.nanmax,
    np.fmin: ops.missing.nanmin,
    np.logaddexp: ops.softmax.logsumexp,
    np.hypot: ops.norms.norm,
}
_ACCUMULATE: dict[Any, Function] = {
    np.add: ops.running.cumsum,
    np.multiply: ops.running.cumprod,
    np.maximum: ops.running.cummax,
    np.minimum: ops.running.cummin,
    np.logaddexp: ops.running.logcumsumexp,
}

_DEFAULTS: dict[str, Any] = {"casting": "same_kind", "order": "K", "subok": True, "where": True}


# --- ufuncs -----------------------------------------------------------------------------------------------------------


def call_ufunc(ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Answer a ufunc that was given a Value."""
    rule = _rules().get(ufunc) or _of_scipy(ufunc)
    if method == "__call__" and not kwargs and rule is not None:
        return rule(*inputs)
    name = _full_name(ufunc) if method == "__call__" else f"{_full_name(ufunc)}.{method}"
    options = {option: item for option, item in kwargs.items() if not _is_default(option, item)}
    if "out" in options:
        raise _refused(name, "out")
    if ufunc in _PLAIN:
        return getattr(ufunc, method)(*map(without_graph, inputs), **options)
    if method in ("reduce", "accumulate"):
        found = (_REDUCE if method == "reduce" else _ACCUMULATE).get(ufunc)
        if found is None:
            raise _unsupported(name)
        return found(*inputs[:1], **_accepted(name, found, {"axis": 0, **kwargs} | options))
    if method not in ("__call__", "outer") or rule is None:
        raise _unsupported(name)
    if "dtype" in options and ufunc.signature is None:
        inputs = _cast(inputs, options.pop("dtype"), name)
    options = _accepted(name, rule, options)
    if method == "outer":
        x, y = inputs
        inputs = (ops.shapes.reshape(x, shape_of(x) + (1,) * len(shape_of(y))), y)
    return rule(*inputs, **options)


def _of_scipy(ufunc: Any) -> Function | None:
    """Our function for a ufunc of ``scipy.special``, kept in the table; nothing is imported for it."""
    theirs = sys.modules.get("scipy.special")
    name = ufunc.__name__
    if theirs is None or getattr(theirs, name, None) is not ufunc:
        return None
    from . import special

    rule: Function | None = getattr(special, name, None)
    if rule is not None:
        _rules()[ufunc] = rule
    return rule


def _full_name(ufunc: Any) -> str:
    """What a user calls a ufunc: by its home, or as a ufunc made by numba or by ``np.frompyfunc``."""
    name = str(ufunc.__name__)
    for home, module in (("np", np), ("scipy.special", sys.modules.get("scipy.special"))):
        if getattr(module, name, None) is ufunc:
            return f"{home}.{name}"
    return f"the ufunc {name}"


def _is_default(option: str, item: Any) -> bool:
    if item is None or item is np._NoValue or (option == "out" and all(part is None for part in item)):
        return True
    return bool(isinstance(item, (str, bool)) and item == _DEFAULTS.get(option, inspect.Parameter.empty))


def _accepted(name: str, function: Function, options: dict[str, Any]) -> dict[str, Any]:
    """The options, if our function has them all; an error names the first that it has not."""
    known = _parameters(function)
    for option in options.keys() - {"axis"} if "axis" in known else options:
        if option not in known or known[option].kind is inspect.Parameter.POSITIONAL_ONLY:
            if _is_default(option, options[option]):
                continue
            raise _refused(name, option)
    return {option: item for option, item in options.items() if option in known}


def _cast(inputs: tuple[Any, ...], dtype: Any, name: str) -> tuple[Any, ...]:
    """The operands in the dtype that the ufunc was told to compute in."""
    wanted = np.dtype(dtype)
    for x in inputs:
        given = without_graph(x)
        kind = np.asarray(given).dtype
        if not np.can_cast(kind, wanted, "same_kind"):
            raise TypeError(f"{name} cannot compute in {wanted} from {kind}: that would lose the kind of number")
    return tuple(ops.shapes.astype(x, wanted) for x in inputs)


# --- other functions --------------------------------------------------------------------------------------------------


def call_function(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Answer one of NumPy's other functions that was given a Value."""
    ours = _rules().get(function)
    if function in _PLAIN:
        return (ours or _without_gradient(function))(*args, **kwargs)
    name = f"{function.__module__.replace('numpy', 'np', 1)}.{function.__name__}"
    if ours is None:
        raise _unsupported(name)
    if function is np.where and len(args) == 1:
        return np.where(without_graph(args[0]))
    theirs = _parameters(function)
    count = _operand_count(function, ours)
    if count is None or (not kwargs and len(args) <= count):
        operands, given = list(args), dict(kwargs)
    else:
        names = list(theirs)
        given = {**dict(zip(names, args, strict=False)), **kwargs}
        operands = [given.pop(operand) for operand in names[:count] if operand in given]
    known = _parameters(ours)
    options = {}
    for option, item in given.items():
        if item is np._NoValue:
            continue
        if option in known:
            options[option] = item
        elif not _needless(option, item, theirs):
            raise _refused(name, option)
    return ours(*operands, **options)


def _without_gradient(function: Function) -> Function:
    def call(*args: Any, **kwargs: Any) -> Any:
        return function(*map(without_graph, args), **{key: without_graph(item) for key, item in kwargs.items()})

    return call


def _needless(option: str, item: Any, theirs: Mapping[str, inspect.Parameter]) -> bool:
    """Whether an option that our function lacks says no more than its default does."""
    if item is None or (isinstance(item, str) and item in ("C", "K")):
        return True
    if option == "copy":  # a hint: a result is never written to
        return isinstance(item, bool)
    return option in theirs and (item is theirs[option].default or (option == "optimize" and isinstance(item, bool)))


@functools.cache
def _parameters(function: Any) -> Mapping[str, inspect.Parameter]:
    """A function's parameters; none are known of those of NumPy's functions in C that tell no signature."""
    try:
        return inspect.signature(function).parameters
    except ValueError:
        return {}


@functools.cache
def _operand_count(function: Any, ours: Function) -> int | None:
    """How many of NumPy's leading parameters are operands, passed by place; None if all arguments pass as they come."""
    theirs = list(_parameters(function).values())
    if not theirs or any(p.kind is p.VAR_POSITIONAL for p in theirs):
        return None
    by_place = [p for p in theirs if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    own = list(_parameters(ours))
    count = 0
    for i, p in enumerate(by_place):
        needed = i == 0 or p.default is p.empty or p.kind is p.POSITIONAL_ONLY
        if not needed or i >= len(own):
            break
        count += 1
    return count


# --- refusals ---------------------------------------------------------------------------------------------------------

_IN_PLACE = {
    "at": ", since it writes into its operand (sums at indices are value.at[index].add(v))",
    "copyto": ", since it writes into an array. Where a function of NumPy calls it for an option, call this package's "
    "(autograd_mini.nan_to_num, autograd_mini.full_like, x.at[...].set), or pass value.item() if the option is to have "
    "no gradient (the period of unwrap)",
} | dict.fromkeys(_WRITES, ", since it writes into its operand (the function of this package gives a new Value)")


def _unsupported(name: str) -> TypeError:
    from .hints import nearest

    last = name.rpartition(".")[2]
    advice = _IN_PLACE.get(last, "")
    near = "" if last in ("at", "copyto", "reduceat", "accumulate", "reduce", "outer") else nearest(last)
    if near:
        advice += f"; the nearest name that has one is {near}"
    return TypeError(
        f"{name} has no derivative rule here{advice}. Compose it of functions that have one, give it a rule with "
        "autograd_mini.primitive, or use value.numpy() where no gradient is needed"
    )


def _refused(name: str, option: str) -> TypeError:
    advice = {
        "out": "; write the result to a name, not into an array",
        "where": "; entries left out would be undefined: choose them with where(condition, result, other)",
    }
    return TypeError(
        f"{name} on a Value takes no {option}=: the result is a new Value in a graph{advice.get(option, '')}"
    )
