"""Calls with fresh variables: what ``grad`` and its kin are made of.

A transformation gives the function variables of its own, so that it differentiates by its arguments and by nothing
else. If the result depends on somebody else's variables too (an outer ``grad``, a Value in a closure), the
gradient is itself a Value that can be differentiated further; else it is plain data.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import index
from typing import Any, NamedTuple

from .arrays import is_array, kind_of, shape_of
from .engine import constant, sweep, topological
from .forward import push
from .guards import clock
from .leaves import filled_like, like, seed
from .node import Node, outward
from .ops.elementwise import identity
from .state import STATE, differentiating, recording
from .tree import flatten
from .value import Value

Argnums = int | Sequence[int]


def seed_of(y: Any, gradient: Any) -> Any:
    """As ``seed``, but a Value stays one, so that it can be differentiated by."""
    if not isinstance(gradient, Node):
        return seed(y, gradient)
    if shape_of(gradient._stored) != y.shape:
        raise ValueError(f"the gradient must have shape {y.shape}, got {shape_of(gradient._stored)}")
    return outward(gradient)


def pull(y: Any, xs: Sequence[Any], seed: Any, graph: bool, since: int = 0) -> list[Any]:
    """One pass from ``y`` over nodes younger than ``since``; users' side of the conjugate convention."""
    if graph:
        with recording():
            seed = seed if isinstance(seed, Node) else constant(seed)
            found = sweep(y, seed, graph=True, wanted=xs, since=since)
            gs = [zeros_of(x) if found[x] is None else outward(found[x]) for x in xs]
            return [g if isinstance(g, Node) else constant(g) for g in gs]
    seed = seed._stored if isinstance(seed, Node) else seed
    found = sweep(y, seed, wanted=xs, since=since)
    return [zeros_of(x) if found[x] is None else outward(found[x]) for x in xs]


def zeros_of(x: Node) -> Any:
    """The gradient of something that a result does not depend on."""
    return filled_like(x, 0.0)


class Call(NamedTuple):
    """One call of a function with fresh variables."""

    result: Any
    variables: list[Value]
    rebuild: Callable[[Sequence[Any]], Any]
    foreign: bool
    start: int

    def pull(self, y: Value, seed: Any, graph: bool = False) -> list[Any]:
        """The gradients of the variables, which are the oldest nodes of the call."""
        return pull(y, self.variables, seed, self.foreign or graph, self.start)

    def push(self, ys: Sequence[Value], tangents: Sequence[Any], graph: bool = False) -> list[Any]:
        """The tangents of results, from those of the variables."""
        moved = dict(zip(self.variables, tangents, strict=True))
        rates = push(ys, moved, graph=self.foreign or graph, since=self.start)
        return [zeros_of(y) if rate is None else rate for y, rate in zip(ys, rates, strict=True)]

    def tangents(self, vectors: Sequence[Any], what: str) -> tuple[list[Any], bool]:
        """Directions for the variables, checked, and whether one of them can be differentiated by."""
        for t, x in zip(vectors, self.variables, strict=True):
            if shape_of(t) != x.shape:
                raise ValueError(f"{what} of shape {shape_of(t)} for an argument of shape {x.shape}")
        further = any(isinstance(t, Node) and t.requires_grad for t in vectors)
        return [
            t.fit(x._stored) if isinstance(t, Value) and t.requires_grad else like(t, x._stored, what)
            for t, x in zip(vectors, self.variables, strict=True)
        ], further

    def outward(self, y: Any) -> Any:
        """A result for the caller: a Value only if it can be differentiated further."""
        return y._stored if isinstance(y, Node) and not self.foreign else y


def _fresh(x: Any) -> Value:
    if isinstance(x, Node):
        return identity(x) if x.requires_grad else Value(x._stored, requires_grad=True)
    return Value(x, requires_grad=True)


def call_fresh(f: Callable[..., Any], argnums: Argnums, args: Sequence[Any], kwargs: dict[str, Any]) -> Call:
    """Call ``f`` with fresh variables in the places that ``argnums`` names."""
    start = clock()
    outer = STATE.get().is_on
    one, chosen = _positions(argnums, len(args))
    with recording():
        args = list(args)
        if chosen and all(args[i] is None for i in chosen):
            raise TypeError(f"cannot differentiate by None, which is argument {chosen[0]}")
        leaves, rebuild = flatten([args[i] for i in chosen])
        variables = [_fresh(x) if outer else _detached(x) for x in leaves]
        for i, arg in zip(chosen, rebuild(variables), strict=True):
            args[i] = arg
        with differentiating():
            result = f(*args, **kwargs)

    def back(row: Sequence[Any]) -> Any:
        tree = rebuild(row)
        return tree[0] if one else tuple(tree)

    found, _ = flatten(result)
    foreign = outer and any(isinstance(y, Node) and _reaches_before(y, start) for y in found)
    return Call(result, variables, back, foreign, start)


def _positions(argnums: Argnums, count: int) -> tuple[bool, list[int]]:
    """Whether ``argnums`` is a single number, and the places that it names among ``count`` arguments."""
    one, several = not isinstance(argnums, Sequence), argnums if isinstance(argnums, Sequence) else (argnums,)
    try:
        named = [index(i) for i in several]
    except TypeError:
        raise TypeError(f"argnums must be a whole number or a sequence of them, got {argnums!r}") from None
    if not all(-count <= i < count for i in named):
        raise TypeError(f"argnums={argnums} but the function was called with {count} positional arguments")
    places = [i % count for i in named]
    if len(set(places)) < len(places):
        raise ValueError(f"argnums={argnums} names one of the {count} positional arguments twice")
    return one, places


def _detached(x: Any) -> Value:
    return Value(x._stored if isinstance(x, Node) else x, requires_grad=True)


def _reaches_before(y: Node, start: int) -> bool:
    """Whether ``y`` depends on a variable that is older than the call."""
    if not y.requires_grad:
        return False
    return y.order < start or any(
        parent.requires_grad and parent.order < start for node in topological(y, since=start) for parent in node.parents
    )


def one_number(f: Callable[..., Any], y: Any, what: str) -> Value:
    """The result as a single real number."""
    if not isinstance(y, Node):
        if not _is_data(y) or shape_of(y) or kind_of(y) == "c":
            raise TypeError(_wrong_result(f, y, what))
        return constant(y)
    if y.size != 1 or kind_of(y._stored) == "c":  # type: ignore[attr-defined]
        raise TypeError(_wrong_result(f, y, what))
    return y  # type: ignore[return-value]


def _wrong_result(f: Callable[..., Any], y: Any, what: str) -> str:
    start = f"{what} needs a function that returns a single real number, {getattr(f, '__name__', 'f')} returned"
    if y is None:
        return f"{start} None: is its return missing?"
    shape = f"a Value of shape {y.shape} and dtype {y.dtype}" if isinstance(y, Value) else type(y).__name__
    return f"{start} {shape}; reduce it with .sum() or .mean(), or use jacobian, vjp or elementwise_grad"


def _is_data(y: Any) -> bool:
    return not isinstance(y, (bool, Node)) and is_array(y)


def one_array(f: Callable[..., Any], y: Any, what: str) -> Any:
    """One result as a Value."""
    if isinstance(y, Node):
        return y
    if not _is_data(y):
        raise TypeError(
            f"{what} needs a function that returns Values, arrays or numbers, {getattr(f, '__name__', 'f')} returned "
            f"{type(y).__name__}"
        )
    return constant(y)


def real_array(f: Callable[..., Any], y: Any, what: str) -> Any:
    """One real result as a Value; of a complex one, derivatives by real and imaginary part would be needed."""
    out = one_array(f, y, what)
    if kind_of(out._stored) == "c":
        raise TypeError(
            f"{what} needs real results, {getattr(f, '__name__', 'f')} returned dtype {out.dtype}: differentiate "
            "real(...) and imag(...) of it, or use vjp or jvp"
        )
    return out
