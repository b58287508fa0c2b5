"""A function of nested arguments as a function from one row of arrays to another, and what its places are called."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import numpy as np

from ..arrays import as_numpy, data_of, is_foreign, plain, static
from ..node import Node
from ..products import vjp
from ..tree import flatten, parts_of

Row: TypeAlias = list[Any]
Function: TypeAlias = Callable[[Row], Row]


def take_apart(f: Callable[..., Any], xs: tuple[Any, ...]) -> tuple[Function, Row, list[str]]:
    """``f`` as a function of the row of its variables, the row, and the names of its places."""
    leaves, rebuild = flatten(xs)
    names = [name for x, first in zip(xs, _arguments(f, len(xs)), strict=True) for name in _paths(x, first)]
    chosen = [i for i, leaf in enumerate(leaves) if not isinstance(leaf, Node) or leaf.requires_grad]
    if not chosen and any(x is None for x in xs):
        raise TypeError("gradcheck differentiates by every argument, and there is nothing but a NoneType here")
    if not chosen:
        raise ValueError("gradcheck needs at least one argument to differentiate by, as gradcheck(f, 3.0)")
    row = [_variable(leaves[i], names[i]) for i in chosen]

    def function(row: Row) -> list[Any]:
        full = list(leaves)
        for i, x in zip(chosen, row, strict=True):
            full[i] = x
        results, _ = flatten(f(*rebuild(full)))
        if not results:
            raise TypeError(f"{name_of(f)} returned nothing to differentiate")
        return [_floating(y, name_of(f)) for y in results]

    return function, row, [names[i] for i in chosen]


def gradient_of(function: Function, weights: Row) -> Function:
    """The row of gradients of the results' weighted sum, itself a function to differentiate."""

    def gradient(row: Row) -> Row:
        ys, pullback = vjp(function, row)
        return list(pullback([home(w, y) for w, y in zip(weights, ys, strict=True)]))

    return gradient


def home(x: Any, like: Any) -> Any:
    """NumPy's numbers as data of the library of ``like``, in its dtype; beside NumPy's as they are."""
    return static(x, like) if is_foreign(data_of(like)) else x


def seen(x: Any) -> Any:
    """Data of another library as NumPy's; all else as it is."""
    return as_numpy(x)[()] if is_foreign(x) else x


def name_of(f: Callable[..., Any]) -> str:
    """What messages call a function."""
    name = getattr(f, "__name__", "f")
    return "f" if name == "<lambda>" else str(name)


def _arguments(f: Callable[..., Any], n: int) -> list[str]:
    """What ``f`` calls its first ``n`` arguments."""
    try:
        parameters = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):  # some callables written in C have no signature
        parameters = []
    names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    rest = next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL), None)
    return [
        names[i] if i < len(names) else f"argument {i}" if rest is None else f"{rest}[{i - len(names)}]"
        for i in range(n)
    ]


def _paths(tree: Any, path: str) -> Iterator[str]:
    """A name for each leaf, in the order of ``flatten``."""
    parts = parts_of(tree)
    if parts is None:
        yield path
    else:
        for step, item in parts:
            if item is not None:
                yield from _paths(item, path + step)


def _variable(leaf: Any, name: str) -> Any:
    """The data of an argument to differentiate by."""
    try:
        data = plain(leaf._stored if isinstance(leaf, Node) else leaf)
    except TypeError as error:
        raise TypeError(
            f"gradcheck differentiates by every argument, and {name} is none to differentiate by: {error}; "
            "bind other arguments with a lambda, or pass Value(x, requires_grad=False)"
        ) from None
    if type(data) is int:
        data = float(data)
    numbers = np.asarray(seen(data))
    if numbers.dtype.kind not in "fc":
        raise TypeError(
            f"gradcheck differentiates by floating and complex arguments, {name} is {numbers.dtype}: pass it "
            "as floats, or as Value(x, requires_grad=False), or bind it with a lambda"
        )
    if not np.isfinite(numbers).all():
        raise ValueError(f"{name} holds nan or infinity, where no difference can be computed")
    return data


def _floating(y: Any, f: str) -> Any:
    """A result that can be differentiated; whole Python numbers are constants and become floats."""
    if y is None:
        raise TypeError(f"{f} returned None: is a return missing?")
    try:
        data = y._stored if isinstance(y, Node) else plain(y)
    except TypeError as error:
        raise TypeError(f"{f} returned something that has no gradient: {error}") from None
    if type(data) is int:
        return float(data)
    dtype = np.asarray(seen(data)).dtype
    if dtype.kind not in "fc":
        raise TypeError(f"{f} returned {dtype}, which has no gradient; return floating numbers")
    return y if isinstance(y, Node) else data
