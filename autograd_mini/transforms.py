"""Functions in, functions out: gradients, Jacobians and products with them, of any order and freely nested.

A transformation gives the function fresh variables, so that it differentiates by its own arguments and by nothing
else. If the result depends on somebody else's variables too (an outer ``grad``, a Value in a closure), the
gradient is itself a Value that can be differentiated further; else it is plain data.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .arrays import library
from .calls import Argnums, call_fresh, one_number, pull, real_array, seed_of, zeros_of
from .engine import check_apart
from .guards import GraphError
from .made import argnums_named, made
from .node import Node, for_the_caller, outward
from .tree import flatten, map_leaves
from .value import Value


def gradients(y: Any, xs: Any, gradient: Any = None, *, create_graph: bool = False) -> Any:
    """Gradients of ``y`` with respect to some values of its graph; no ``.grad`` is touched.

    Parameters
    ----------
    y : Value
        The result.
    xs : Value, or nested tuple, list or dict of Values
        Leaves or values in between. One that ``y`` does not depend on gets zeros.
    gradient : array, optional
        Gradient of some further result with respect to ``y``; needed unless ``y`` is a single number.
    create_graph : bool
        Whether the gradients are Values that can be differentiated again; False by default.

    Returns
    -------
    number, array or nested structure of them
        In the structure of ``xs``; Values with ``create_graph``.

    Raises
    ------
    GraphError
        If ``y`` requires no gradient, its graph was released, or data changed after it was used.
    TypeError
        If something in ``xs`` is no Value.
    ValueError
        If ``gradient`` is missing or does not have the shape of ``y``.

    Examples
    --------
    >>> from autograd_mini import Value, gradients
    >>> x = Value(3.0)
    >>> dy = gradients(x**3, x, create_graph=True)
    >>> gradients(dy, x)
    18.0
    """
    if not isinstance(y, Node) or not y.requires_grad:
        raise GraphError("gradients() needs a result that depends on a Value with requires_grad=True")
    leaves, rebuild = flatten(xs)
    for x in leaves:
        if not isinstance(x, Node):
            raise TypeError(f"gradients() differentiates with respect to Values, got {type(x).__name__}")
    if not create_graph:
        check_apart("gradients() without create_graph=True", y, gradient)
    return rebuild(pull(y, leaves, seed_of(y, gradient), create_graph))


@argnums_named
def value_and_grad(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., tuple[Any, Any]]:
    """The function that returns ``f``'s result and its gradient.

    Parameters
    ----------
    f : callable
        Returns a single real number. Arguments may be numbers, arrays, Values, and nested tuples, lists and dicts.
    argnums : int or sequence of int
        The positional arguments to differentiate by; the first by default.

    Returns
    -------
    callable
        ``(result, gradient)``; the gradient has the structure of the argument, a tuple for several arguments.

    Raises
    ------
    TypeError
        When called, if ``f`` does not return a single real number or an argument is not floating.

    Examples
    --------
    >>> from autograd_mini import value_and_grad
    >>> value_and_grad(lambda x: x**3)(2.0)
    (8.0, 12.0)
    """

    def with_gradient(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        call = call_fresh(f, argnums, args, kwargs)
        y = one_number(f, call.result, "grad")
        value = call.outward(y)
        if type(value) is not float:
            value = for_the_caller([value])[0]
        if not y.requires_grad:
            return value, call.rebuild([zeros_of(x) for x in call.variables])
        return value, call.rebuild(call.pull(y, seed_of(y, None)))

    return made(with_gradient, lambda: (value_and_grad, (f, argnums)), f)


@argnums_named
def grad(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The function that computes the gradient of ``f``; apply it again for higher orders.

    Parameters
    ----------
    f : callable
        Returns a single real number.
    argnums : int or sequence of int
        The positional arguments to differentiate by; the first by default.

    Returns
    -------
    callable
        Takes what ``f`` takes. The gradient is plain data, or a Value where the result depends on further Values.

    Raises
    ------
    TypeError
        When called, if ``f`` does not return a single real number or an argument is not floating.

    Notes
    -----
    The gradient of a real result by a complex argument points uphill, as in PyTorch, also on JAX arrays. JAX's own and
    autograd's is its conjugate: ``np.conj(grad(f)(z))``.

    Examples
    --------
    >>> from autograd_mini import grad
    >>> f = lambda x: 20 * x**2
    >>> grad(f)(3.0), grad(grad(f))(3.0)
    (120.0, 40.0)
    >>> import numpy as np
    >>> z = np.array([3.0 + 4.0j])
    >>> dz = grad(lambda z: np.sum(np.abs(z) ** 2))(z)
    >>> dz, np.conj(dz)  # as in PyTorch, and as in JAX
    (array([6.+8.j]), array([6.-8.j]))
    """

    def gradient(*args: Any, **kwargs: Any) -> Any:
        call = call_fresh(f, argnums, args, kwargs)
        y = one_number(f, call.result, "grad")
        if not y.requires_grad:
            return call.rebuild([zeros_of(x) for x in call.variables])
        return call.rebuild(call.pull(y, seed_of(y, None)))

    return made(gradient, lambda: (grad, (f, argnums)), f)


@argnums_named
def elementwise_grad(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The derivative of a function that works entry by entry, at every entry.

    Parameters
    ----------
    f : callable
        Returns an array whose entries each depend on the same entry of the argument.
    argnums : int or sequence of int
        The positional arguments to differentiate by; the first by default.

    Returns
    -------
    callable
        Takes what ``f`` takes; the derivative has the shape of the argument, a tuple of them for several arguments.

    Raises
    ------
    TypeError
        When called, if ``f`` returns no real array or an argument is not floating.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd_mini import elementwise_grad, square
    >>> elementwise_grad(square)(np.array([1.0, 3.0]))
    array([2., 6.])
    """

    def derivative(*args: Any, **kwargs: Any) -> Any:
        call = call_fresh(f, argnums, args, kwargs)
        y = real_array(f, call.result, "elementwise_grad")
        if not y.requires_grad:
            return call.rebuild([zeros_of(x) for x in call.variables])
        return call.rebuild(call.pull(y, outward(library(y._stored).ones_like(y._stored))))

    return made(derivative, lambda: (elementwise_grad, (f, argnums)), f)


def stop_gradient(x: Any) -> Any:
    """The same data as a constant: gradients stop here.

    Parameters
    ----------
    x : Value, array, number or nested structure of them

    Returns
    -------
    Value, array, number or nested structure of them
        In the structure of ``x``; its Values require no gradient.

    Examples
    --------
    >>> from autograd_mini import grad, stop_gradient
    >>> grad(lambda x: x * stop_gradient(x))(3.0)
    3.0
    """
    return map_leaves(lambda leaf: leaf.detach() if isinstance(leaf, Value) else leaf, x)
