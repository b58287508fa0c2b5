"""Jacobians and Hessians in full, by the cheaper of both modes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from .arrays import copied, kind_of, library
from .calls import Argnums, Call, call_fresh, one_number, real_array, seed_of, zeros_of
from .engine import constant
from .leaves import like
from .ops.joining import stack
from .ops.shapes import reshape
from .tree import flatten
from .value import Value


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
    arguments have fewer entries than the results, one forward pass for every entry of the arguments, a column each.

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
        by_columns = entries < sum(y.size for y in results)
        return rebuild_ys(columns(call, results) if by_columns else [_rows(call, y) for y in results])

    return matrix


def columns(call: Call, ys: Sequence[Value]) -> list[Any]:
    """The derivatives of some results by the variables, by one forward pass for each entry of the variables."""
    still = [zeros_of(x) for x in call.variables]
    blocks: list[list[Any]] = [[] for _ in ys]
    for i, x in enumerate(call.variables):
        passes = [call.push(ys, [*still[:i], basis, *still[i + 1 :]]) for basis in _basis(x)]
        for k, y in enumerate(ys):
            blocks[k].append(_joined([rates[k] for rates in passes], y, x, axis=-1))
    return [call.rebuild(block) for block in blocks]


def _rows(call: Call, y: Value) -> Any:
    """The derivatives of one result by the variables, by one backward pass for each of its entries."""
    rows = [call.pull(y, seed_of(y, basis)) for basis in _basis(y)] if y.requires_grad else []
    gs = list(zip(*rows, strict=True)) if rows else [()] * len(call.variables)
    return call.rebuild([_joined(g, y, x, axis=0) for g, x in zip(gs, call.variables, strict=True)])


def _basis(x: Value) -> Iterator[Any]:
    """For each entry, 1 there and 0 elsewhere, in the kind and dtype of the data."""
    for i in range(x.size):
        basis = np.zeros(x.size)
        basis[i] = 1.0
        yield like(basis.reshape(x.shape), x._stored, "a basis")


def _joined(parts: Sequence[Any], y: Value, x: Value, axis: int) -> Any:
    shape = y.shape + x.shape
    if not parts:
        return copied(library(x.raw, np.zeros(0)).broadcast_to(zeros_of(x), shape))
    if not shape:
        return parts[0]
    return reshape(stack(list(parts), axis=axis), shape)


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
    Forward over reverse: one backward pass is recorded, and one forward pass through it for every entry of the
    arguments gives a column each.

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
        return call.rebuild(columns(call, [real_array(f, g, "hessian") for g in gs]))

    return matrix
