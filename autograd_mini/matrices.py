"""Jacobians and Hessians in full, by the cheaper of both modes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from . import observers
from .arrays import copied, kind_of, library, shape_of, static
from .calls import Argnums, Call, call_fresh, one_number, real_array, seed_of, zeros_of
from .engine import constant, topological
from .guards import NoForwardRule
from .leaves import like
from .made import argnums_named, made
from .node import for_the_caller
from .ops.joining import concatenate, stack
from .ops.shapes import reshape
from .tree import flatten
from .value import Value
from .vmap import vmap


@argnums_named
def jacobian(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The function that computes all derivatives of all entries of ``f``'s result.

    Parameters
    ----------
    f : callable
        Returns a real array or number, or a nested structure of them.
    argnums : int or sequence of int
        The positional arguments to differentiate by; the first by default.

    Returns
    -------
    callable
        For each argument an array of shape ``result.shape + argument.shape``; for nested results their structure,
        with the structure of the arguments at each place.

    Raises
    ------
    TypeError
        When called, if ``f`` returns what is no real array, or an argument is not floating.

    Notes
    -----
    The function is called once. Then it takes one backward pass for every entry of the results, a row each, or, if the
    arguments have fewer entries than the results, one forward pass for every entry of the arguments, a column each, but
    where a user's operation has no forward rule.
    Many passes are made at once, as by ``vmap``; one by one where hooks look at them, or a rule takes no batches.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd_mini import jacobian
    >>> jacobian(lambda x: x**2)(np.array([1.0, 3.0]))
    array([[2., 0.],
           [0., 6.]])
    """

    def matrix(*args: Any, **kwargs: Any) -> Any:
        call = call_fresh(f, argnums, args, kwargs)
        ys, rebuild_ys = flatten(call.result)
        results = [real_array(f, y, "jacobian") for y in ys]
        entries = sum(x.size * (np.inf if kind_of(x) == "c" else 1) for x in call.variables)
        if entries < sum(y.size for y in results):
            with suppress(NoForwardRule):
                return rebuild_ys(columns(call, results))
        return rebuild_ys([_rows(call, y) for y in results])

    return made(matrix, lambda: (jacobian, (f, argnums)), f)


def columns(call: Call, ys: Sequence[Value]) -> list[Any]:
    """The derivatives of some results by the variables, by a forward pass for each entry of the variables."""
    still = [zeros_of(x) for x in call.variables]
    blocks: list[list[Any]] = [[] for _ in ys]
    for i, x in enumerate(call.variables):

        def rates(t: Any, i: int = i) -> list[Any]:
            return call.push(ys, [*still[:i], t, *still[i + 1 :]])

        found: Any = _from_each_entry(call, x, rates, ys, -1) if x.size else [None] * len(ys)
        for block, parts, y in zip(blocks, found, ys, strict=True):
            block.append(_shaped(parts, y, x))
        found = parts = ()  # what is held here would be copied
    return [call.rebuild(for_the_caller(block)) for block in blocks]


def _rows(call: Call, y: Value) -> Any:
    """The derivatives of one result by the variables, by a backward pass for each of its entries."""
    found: Sequence[Any] = [None] * len(call.variables)
    if y.requires_grad and y.size:
        found = _from_each_entry(call, y, lambda g: call.pull(y, seed_of(y, g)), [y], 0)
    shaped = [_shaped(parts, y, x) for parts, x in zip(found, call.variables, strict=True)]
    del found  # what is held here would be copied
    return call.rebuild(for_the_caller(shaped))


def _from_each_entry(
    call: Call, x: Value, run: Callable[[Any], list[Any]], ys: Sequence[Value], axis: int
) -> Sequence[Any]:
    """What passes that start from each entry of ``x`` give, stacked along an axis.

    The passes are one pass over batches, a level of ``vmap``. Where somebody looks at each, or a rule does not take
    batches, they are made one after the other.
    """
    if x.size < FEWEST or observers.present():
        return _one_by_one(x, run, axis)
    nodes = topological(*[y for y in ys if y.requires_grad], since=call.start)
    size = max(LARGEST // max(math.prod(shape_of(node._stored)) for node in [x, *nodes]), FEWEST)
    together = vmap(lambda t: run(t._stored), 0, axis)
    try:
        parts = [together(_units(x, i, min(i + size, x.size))) for i in range(0, x.size, size)]
    except Exception:  # noqa: BLE001 (whatever a rule raises, it raises again, or not, for a single entry)
        return _one_by_one(x, run, axis)
    return _joined(parts, concatenate, axis)


def _one_by_one(x: Value, run: Callable[[Any], list[Any]], axis: int) -> Sequence[Any]:
    if x.size == 1:  # a Python float stays one
        return run(like(_units(x, 0, 1)[0, ...], x._stored, "a basis"))
    units = (like(_units(x, i, i + 1)[0, ...], x._stored, "a basis") for i in range(x.size))
    return _joined([run(unit) for unit in units], stack, axis)


def _joined(passes: Sequence[Sequence[Any]], join: Callable[..., Any], axis: int) -> Sequence[Any]:
    """The results of passes, joined each with its like."""
    return [
        parts[0] if join is concatenate and len(parts) == 1 else join(list(parts), axis=axis)
        for parts in zip(*passes, strict=True)
    ]


def _units(x: Value, start: int, stop: int) -> Any:
    """Arrays in the shape, dtype and kind of the data with 1 at one entry each, from one entry to another."""
    units = np.zeros((stop - start, x.size))
    units[range(stop - start), range(start, stop)] = 1.0
    return static(units.reshape(-1, *x.shape), x._stored)


def _shaped(parts: Any, y: Value, x: Value) -> Any:
    """The stacked parts of a Jacobian in its shape; 0 where no pass was made."""
    shape = y.shape + x.shape
    if parts is None:
        return copied(library(x.raw, np.zeros(0)).broadcast_to(zeros_of(x), shape))
    return parts if shape_of(parts) == shape else reshape(parts, shape)


FEWEST = 4
"""Passes that are worth a batch."""

LARGEST = 1 << 18
"""Entries of the largest batch: a few megabytes, which stay in the cache."""


@argnums_named
def hessian(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The function that computes all second derivatives of ``f``.

    Parameters
    ----------
    f : callable
        Returns a single real number.
    argnums : int or sequence of int
        The positional arguments to differentiate by; the first by default.

    Returns
    -------
    callable
        For one array argument an array of shape ``x.shape + x.shape``; for several arguments, or nested ones, the
        structure of the arguments with such blocks, once within itself.

    Raises
    ------
    TypeError
        When called, if ``f`` does not return a single real number or an argument is not floating.

    Notes
    -----
    Forward over reverse: one backward pass is recorded, and a forward pass through it for every entry of the
    arguments gives a column each, many of them at once as in ``jacobian``.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd_mini import hessian
    >>> hessian(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 3.0]))
    array([[6., 2.],
           [2., 0.]])
    """

    def matrix(*args: Any, **kwargs: Any) -> Any:
        call = call_fresh(f, argnums, args, kwargs)
        y = one_number(f, call.result, "hessian")
        gs = (
            call.pull(y, seed_of(y, None), True) if y.requires_grad else [constant(zeros_of(x)) for x in call.variables]
        )
        gs = [real_array(f, g, "hessian") for g in gs]
        try:
            return call.rebuild(columns(call, gs))
        except NoForwardRule:
            return call.rebuild([_rows(call, g) for g in gs])

    return made(matrix, lambda: (hessian, (f, argnums)), f)
