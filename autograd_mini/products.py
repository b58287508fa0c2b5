"""Products with the Jacobian and the Hessian, and both in full.

Made of the same calls with fresh variables as ``grad`` (see ``transforms.py``), so they nest just as freely.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .calls import call_fresh, one_array, one_number, seed_of, zeros_of
from .engine import constant
from .guards import clock
from .made import made
from .node import Node, for_the_caller
from .tree import flatten, leaves_along
from .value import Value


def vjp(f: Callable[..., Any], *xs: Any) -> tuple[Any, Callable[[Any], Any]]:
    """The result of ``f`` and the function that pulls gradients back through it.

    Parameters
    ----------
    f : callable
        Returns one array or a nested structure of arrays.
    *xs : numbers, arrays, Values or nested structures
        Its arguments.

    Returns
    -------
    y
        ``f(*xs)``.
    pullback : callable
        From a gradient in the structure of ``y`` to the gradients of the arguments: one, or a tuple for several.

    Raises
    ------
    TypeError
        If ``f`` returns what is no array, or an argument is not floating.
    ValueError
        By ``pullback``, if its argument has not the structure and the shapes of ``y``.

    Notes
    -----
    Complex gradients, given and returned, are PyTorch's; ``np.conj(pullback(np.conj(g)))`` is JAX's.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd_mini import vjp
    >>> y, pullback = vjp(lambda x: x**2, np.array([1.0, 2.0]))
    >>> pullback(np.array([1.0, 10.0]))
    array([ 2., 40.])
    """
    call = call_fresh(f, range(len(xs)), xs, {})
    ys, rebuild_ys = flatten(call.result)
    results = [one_array(f, y, "vjp") for y in ys]

    def pullback(gradient: Any) -> Any:
        parts = leaves_along(call.result, gradient, "the pullback")
        sums: list[Any] = [None] * len(call.variables)
        for y, part in zip(results, parts, strict=True):
            if y.requires_grad:
                pulled = call.pull(y, seed_of(y, part), isinstance(part, Node) and part.requires_grad)
                sums = [new if old is None else old + new for old, new in zip(sums, pulled, strict=True)]
        rows = call.rebuild([zeros_of(x) if g is None else g for g, x in zip(sums, call.variables, strict=True)])
        return rows[0] if len(xs) == 1 else rows

    def recipe() -> tuple[Any, ...]:
        return _pullback, (f, *call.rebuild([x._stored for x in call.variables]))

    return rebuild_ys(for_the_caller([call.outward(y) for y in results])), made(pullback, recipe)


def _pullback(f: Callable[..., Any], *xs: Any) -> Any:
    """The second result of ``vjp``, which holds a graph, and is made again where it is unpickled."""
    return vjp(f, *xs)[1]


def _still(vector: Any) -> Any:
    """A vector as a constant that holds it as it is: what is made of it does not outlast the call."""
    if isinstance(vector, Node):
        return vector
    node = constant(0.0)
    node._stored = vector
    return node


def _arguments(xs: Any, what: str, others: Any) -> tuple[list[Any], list[Any], bool]:
    several = isinstance(xs, (tuple, list))
    if several and (not isinstance(others, (tuple, list)) or len(others) != len(xs)):
        raise ValueError(f"{what} needs one vector for each of the {len(xs)} arguments")
    return (list(xs), list(others), True) if several else ([xs], [others], False)


def jvp(f: Callable[..., Any], xs: Any, tangents: Any) -> tuple[Any, Any]:
    """The result of ``f`` and its derivative in a direction: the Jacobian times the tangents.

    Parameters
    ----------
    f : callable
        Returns an array or number, or a nested structure of them.
    xs : tuple or list of arguments, or the single argument
        Where to differentiate.
    tangents : in the structure of ``xs``
        The direction.

    Returns
    -------
    y, tangent
        Both in the structure of ``f``'s result.

    Raises
    ------
    TypeError
        If ``f`` returns what is no array, or an argument is not floating.
    ValueError
        If the tangents have not the structure and the shapes of the arguments.

    Notes
    -----
    The function is recorded and the tangents are pushed through its graph, from the arguments to the results: about the
    cost of two evaluations, however many entries the arguments have. An operation without a forward rule
    of its own gets it from its reverse rule, which is linear in the gradient and so can be transposed.

    References
    ----------
    R. E. Wengert, "A simple automatic derivative evaluation program", Communications of the ACM 7 (1964).
    J. Townsend, "A new trick for calculating Jacobian vector products" (2017): the transposition.

    Examples
    --------
    >>> from autograd_mini import jvp
    >>> jvp(lambda x: x**3, 2.0, 1.0)
    (8.0, 12.0)
    """
    args, directions, _ = _arguments(xs, "jvp", tangents)
    call = call_fresh(f, range(len(args)), args, {})
    ys, rebuild_ys = flatten(call.result)
    results = [one_array(f, y, "jvp") for y in ys]
    vectors, further = call.tangents(leaves_along(args, directions, "jvp"), "a tangent")
    rates = for_the_caller(call.push(results, vectors, further))
    return rebuild_ys(for_the_caller([call.outward(y) for y in results])), rebuild_ys(rates)


def linearize(f: Callable[..., Any], *xs: Any) -> tuple[Any, Callable[..., Any]]:
    """The result of ``f`` and the linear function that approximates ``f`` there, for many directions.

    Parameters
    ----------
    f : callable
        Returns an array or number, or a nested structure of them.
    *xs : numbers, arrays, Values or nested structures
        Where to differentiate.

    Returns
    -------
    y
        ``f(*xs)``.
    f_jvp : callable
        From one tangent for each argument, in its structure, to the tangent of ``y``. ``f`` is not called again.

    Raises
    ------
    TypeError
        If ``f`` returns what is no array, or an argument is not floating.
    ValueError
        By ``f_jvp``, if the tangents have not the structure and the shapes of the arguments.

    Examples
    --------
    >>> from autograd_mini import linearize
    >>> y, f_jvp = linearize(lambda x: x**3, 2.0)
    >>> y, f_jvp(1.0), f_jvp(0.5)
    (8.0, 12.0, 6.0)
    """
    call = call_fresh(f, range(len(xs)), xs, {})
    ys, rebuild_ys = flatten(call.result)
    results = [one_array(f, y, "linearize") for y in ys]

    def f_jvp(*tangents: Any) -> Any:
        if len(tangents) != len(xs):
            raise ValueError(f"f_jvp needs one tangent for each of the {len(xs)} arguments, got {len(tangents)}")
        vectors, further = call.tangents(leaves_along(list(xs), list(tangents), "f_jvp"), "a tangent")
        return rebuild_ys(for_the_caller(call.push(results, vectors, further)))

    def recipe() -> tuple[Any, ...]:
        return _f_jvp, (f, *call.rebuild([x._stored for x in call.variables]))

    return rebuild_ys(for_the_caller([call.outward(y) for y in results])), made(f_jvp, recipe)


def _f_jvp(f: Callable[..., Any], *xs: Any) -> Any:
    """The second result of ``linearize``, which holds a graph, and is made again where it is unpickled."""
    return linearize(f, *xs)[1]


def hvp(f: Callable[..., Any], xs: Any, vs: Any) -> Any:
    """The Hessian of ``f`` times a vector, without the Hessian.

    Parameters
    ----------
    f : callable
        Returns a single real number.
    xs : tuple or list of arguments, or the single argument
        Where to differentiate.
    vs : in the structure of ``xs``
        The vector.

    Returns
    -------
    number, array or nested structure of them
        In the structure of ``xs``: how fast the gradient of ``f`` changes along ``vs``.

    Raises
    ------
    TypeError
        If ``f`` does not return a single real number or an argument is not floating.
    ValueError
        If the vectors have not the structure and the shapes of the arguments.

    Notes
    -----
    Reverse over forward: the slope of ``f`` along the vectors is recorded, and one backward pass gives its gradient. It
    costs about as much as five evaluations, however many entries the arguments have.

    References
    ----------
    B. A. Pearlmutter, "Fast exact multiplication by the Hessian", Neural Computation 6 (1994).

    Examples
    --------
    >>> import numpy as np
    >>> from autograd_mini import hvp
    >>> hvp(lambda x: (x**3).sum(), np.array([1.0, 2.0]), np.array([1.0, 1.0]))
    array([ 6., 12.])
    """
    args, vectors, several = _arguments(xs, "hvp", vs)
    call = call_fresh(f, range(len(args)), args, {})
    y = one_number(f, call.result, "hvp")
    along, further = call.tangents(leaves_along(args, vectors, "hvp"), "a vector", kept=False)
    own = clock()
    slope = call.push([y], [_still(v) for v in along], True)[0] if y.requires_grad else None
    if isinstance(slope, Value) and slope.requires_grad:
        rates = call.pull(slope, seed_of(slope, None), further, own)
    else:
        rates = [zeros_of(x) for x in call.variables]
    result = call.rebuild(rates)
    return result if several else result[0]
