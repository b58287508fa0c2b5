"""Calls with fresh variables: what ``grad`` and its kin are made of.

A transformation gives the function variables of its own, so that it differentiates by its arguments and by nothing
else. If the result depends on somebody else's variables too (an outer ``grad``, a Value in a closure), the
gradient is itself a Value that can be differentiated further; else it is plain data.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import index
from typing import Any, NamedTuple

import numpy as np

from .arrays import apart, is_array, kind_of, shape_of
from .engine import constant, sweep
from .forward import push
from .guards import clock
from .leaves import filled_like, like, seed
from .made import check_callable
from .node import Node, outward, unshared
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


def pull(
    y: Any, xs: Sequence[Any], seed: Any, graph: bool, since: int = 0, alone: bool = False, own: int | None = None
) -> list[Any]:
    """One pass from ``y`` over nodes younger than ``since``; users' side of the conjugate convention.

    ``alone`` says that all ways lead to ``xs``; from the age ``own`` on nobody else holds the nodes.
    """
    if graph:
        with recording():
            seed = seed if isinstance(seed, Node) else constant(seed)
            found = sweep(y, seed, graph=True, wanted=xs, alone=alone, since=since)
            gs = [zeros_of(x) if found[x] is None else outward(found[x]) for x in xs]
            return _told_apart(gs, seed)
    seed = seed._stored if isinstance(seed, Node) else seed
    found = sweep(y, seed, wanted=xs, alone=alone, since=since, release=own)
    return [zeros_of(x) if found[x] is None else unshared(found[x]) for x in xs]


def _told_apart(gs: Sequence[Any], seed: Any) -> list[Any]:
    """A Value for each gradient: none is the one that the pass began with, and no two share data to be written into."""
    known, values = {seed}, []
    for g in gs:
        if not isinstance(g, Node):
            value: Any = constant(g)
        elif not g.requires_grad:
            value = g.detach()  # type: ignore[attr-defined]
        else:
            value = g
            if g in known:
                value = identity(g)
                value._stored = apart(value._stored)
        known.add(value)
        values.append(value)
    return values


def zeros_of(x: Node) -> Any:
    """The gradient of something that a result does not depend on."""
    return filled_like(x, 0.0)


class Call(NamedTuple):
    """One call of a function with fresh variables."""

    result: Any
    variables: list[Value]
    rebuild: Callable[[Sequence[Any]], Any]
    foreign: bool
    """Whether the result depends on variables older than the call."""
    alone: bool
    """Whether every way from the result ends at the call's own variables, so that none needs to be looked for."""
    start: int

    def pull(self, y: Value, seed: Any, graph: bool = False, own: int | None = None) -> list[Any]:
        """The gradients of the variables, which are the oldest nodes of the call."""
        return pull(y, self.variables, seed, self.foreign or graph, self.start, self.alone, own)

    def push(self, ys: Sequence[Value], tangents: Sequence[Any], graph: bool = False) -> list[Any]:
        """The tangents of results, from those of the variables."""
        moved = dict(zip(self.variables, tangents, strict=True))
        rates = push(ys, moved, graph=self.foreign or graph, since=self.start)
        return [zeros_of(y) if rate is None else rate for y, rate in zip(ys, rates, strict=True)]

    def tangents(self, vectors: Sequence[Any], what: str, *, kept: bool = True) -> tuple[list[Any], bool]:
        """Directions for the variables, checked, and whether one of them can be differentiated by.

        They are copies if they are ``kept`` in a result; else arrays that fit are read where they are.
        """
        pairs = list(zip(vectors, self.variables, strict=True))
        for t, x in pairs:
            if shape_of(t) != x.shape:
                raise ValueError(f"{what} of shape {shape_of(t)} for an argument of shape {x.shape}")
        further = any(isinstance(t, Node) and t.requires_grad for t in vectors)
        if not (kept or further or self.foreign):
            return [t if _fits(t, x._stored) else like(t, x._stored, what) for t, x in pairs], False
        return [
            t.fit(x._stored) if isinstance(t, Value) and t.requires_grad else like(t, x._stored, what) for t, x in pairs
        ], further

    def outward(self, y: Any) -> Any:
        """A result for the caller: a Value only if it can be differentiated further."""
        return y._stored if isinstance(y, Node) and not self.foreign else y


def _fits(t: Any, data: Any) -> bool:
    """Whether an array of a variable's shape is one of its kind and dtype."""
    return type(t) is type(data) is np.ndarray and t.dtype is data.dtype


def call_fresh(f: Callable[..., Any], argnums: Argnums, args: Sequence[Any], kwargs: dict[str, Any]) -> Call:
    """Call ``f`` with fresh variables in the places that ``argnums`` names."""
    if STATE.get().is_on:
        return _call(f, argnums, args, kwargs, outer=True)
    with recording():
        return _call(f, argnums, args, kwargs, outer=False)


def _call(f: Callable[..., Any], argnums: Argnums, args: Sequence[Any], kwargs: dict[str, Any], *, outer: bool) -> Call:
    """The call; ``outer`` tells whether it may become part of a graph around it."""
    start = clock()
    one, chosen = _positions(argnums, len(args))
    args = list(args)
    if chosen and all(args[i] is None for i in chosen):
        raise TypeError(f"cannot differentiate by None, which is argument {chosen[0]}")
    leaves, rebuild = flatten(args[chosen[0]] if one else tuple([args[i] for i in chosen]))
    variables = [_fresh(x, outer) for x in leaves]
    fresh = rebuild(variables)
    if one:
        args[chosen[0]] = fresh
    else:
        for i, arg in zip(chosen, fresh, strict=True):
            args[i] = arg
    try:
        with differentiating(variables, start):
            result = f(*args, **kwargs)
    except TypeError as error:
        check_callable("a transformation", f)
        for i in chosen:
            if isinstance(args[i], (list, tuple)) and all(
                isinstance(x, Node) and not shape_of(x._stored) for x in args[i]
            ):
                kind = type(args[i]).__name__
                error.add_note(
                    f"argument {i} is a {kind} of numbers, and so of Values: pass np.array(...) for an array"
                )
        raise
    ys = [result] if isinstance(result, Node) else [y for y in flatten(result)[0] if isinstance(y, Node)]
    foreign, alone = _roots(ys, variables, start) if outer else (False, False)
    return Call(result, variables, rebuild, foreign, alone, start)


def _fresh(x: Any, outer: bool) -> Value:
    """A variable of the call's own with these data, joined to what ``x`` is outside."""
    if isinstance(x, Node):
        if outer and x.requires_grad:
            return identity(x)  # type: ignore[no-any-return]
        x = x._stored
    return Value(x, requires_grad=True)


def _positions(argnums: Argnums, count: int) -> tuple[bool, Sequence[int]]:
    """Whether ``argnums`` is a single number, and the places that it names among ``count`` arguments."""
    if type(argnums) is int and 0 <= argnums < count:
        return True, (argnums,)
    if type(argnums) is range and argnums == range(count):
        return False, argnums
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


def _roots(ys: Sequence[Node], variables: Sequence[Node], start: int) -> tuple[bool, bool]:
    """Whether ``ys`` depend on variables older than the call, and whether on nothing but the call's own."""
    own, alone = set(variables), True
    nodes = [y for y in ys if y.requires_grad]
    if any(y.order < start for y in nodes):
        return True, False
    seen = set(nodes)
    for node in nodes:  # which grows meanwhile
        x: Any = node._x
        if x is None:
            alone = alone and node in own
            continue
        y = node._y
        for parent in (x, y) if y is not None else x if type(x) is tuple else (x,):
            if parent.requires_grad and parent not in seen:
                if parent.order < start:
                    return True, False
                seen.add(parent)
                nodes.append(parent)
    return False, alone


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
