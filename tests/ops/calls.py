"""How the generated tests call functions whose operands do not come first, or whose results are several.

The same arrangement serves this package's function and NumPy's.
"""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

import autograd_mini as am
from autograd_mini import Value

Function = Callable[..., Any]


def joined(parts: Any) -> Any:
    """Several results as one row; NumPy's call finds Values among them, other libraries' arrays get ours."""
    if all(isinstance(part, (np.ndarray, np.generic, float, Value)) for part in parts):
        return np.concatenate([np.ravel(part) for part in parts])
    return am.concatenate([am.ravel(part) for part in parts])


def rising(x: Any) -> Any:
    return np.sort(x) if isinstance(x, (np.ndarray, Value)) else am.sort(x)


def several(function: Function) -> Function:
    return lambda x, *rest, **static: joined(function(x, *rest, **static))


def of_all(function: Function) -> Function:
    return lambda *xs, **static: joined(function(*xs, **static))


ARRANGED: dict[str, Callable[[Function], Function]] = {
    "apply_along_axis": lambda f: lambda x, func1d, axis: f(func1d, axis, x),
    "apply_over_axes": lambda f: lambda x, func, axes: f(func, x, axes),
    "array_split": several,
    "bincount": lambda f: lambda weights, x, **static: f(x, weights, **static),
    "block": lambda f: lambda x, y, z: f([[x, y], [z]]),
    "broadcast_arrays": of_all,
    "choose": lambda f: lambda *xs, numbers, **static: f(numbers, list(xs), **static),
    "compress": lambda f: lambda x, condition, **static: f(condition, x, **static),
    "dsplit": several,
    "extract": lambda f: lambda x, condition: f(condition, x),
    "hsplit": several,
    "insert": lambda f: lambda x, values, obj, **static: f(x, obj, values, **static),
    "interp": lambda f: lambda x, xp, fp, **static: f(x, rising(xp), fp, **static),
    "meshgrid": of_all,
    "place": lambda f: lambda x, vals, mask: f(x, mask, vals),
    "put": lambda f: lambda x, v, ind, **static: f(x, ind, v, **static),
    "put_along_axis": lambda f: lambda x, values, indices, axis: f(x, indices, values, axis),
    "putmask": lambda f: lambda x, values, mask: f(x, mask, values),
    "select": lambda f: lambda *xs, condlist, **static: f(condlist, xs, **static),
    "split": several,
    "unstack": several,
    "vsplit": several,
}


def arranged(name: str, function: Function) -> Function:
    """The function with its operands first and one result."""
    return functools.wraps(function)(ARRANGED[name](function)) if name in ARRANGED else function
