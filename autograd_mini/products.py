"""Products with the Jacobian and the Hessian, and both in full.

Made of the same calls with fresh variables as ``grad`` (see ``transforms.py``), so they nest just as freely.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .calls import Argnums, Call, call_fresh, one_array, pull, real_array, seed_of, zeros_of
from .node import Node, outward
from .ops.arithmetic import multiply
from .ops.elementwise import conjugate, real
from .ops.joining import stack
from .ops.reductions import sum as total
from .ops.shapes import reshape
from .state import recording
from .transforms import grad
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

    return rebuild_ys([call.outward(y) for y in results]), pullback


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
    Computed with the reverse rules alone: the pullback is linear in its gradient ``u``, so differentiating it by ``u``
    along the tangents gives the forward product.

    References
    ----------
    J. Townsend, "A new trick for calculating Jacobian vector products" (2017).

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
    vectors = leaves_along(args, directions, "jvp")
    for t, x in zip(vectors, call.variables, strict=True):
        if np.shape(t._stored if isinstance(t, Node) else t) != x.shape:
            raise ValueError(f"a tangent of shape {np.shape(t)} for an argument of shape {x.shape}")
    further = call.foreign or any(isinstance(t, Node) and t.requires_grad for t in vectors)
    rates = [_rate(y, call, vectors, further) for y in results]
    return rebuild_ys([call.outward(y) for y in results]), rebuild_ys(rates)


def _rate(y: Any, call: Call, vectors: Sequence[Any], graph: bool) -> Any:
    """How fast ``y`` changes when the variables move along ``vectors``."""
    if not y.requires_grad:
        return zeros_of(y)
    with recording():
        u = Value(zeros_of(y), requires_grad=True)
        rate: Any = 0.0
        for g, t in zip(call.pull(y, outward(u), True), vectors, strict=True):
            rate = rate + total(real(multiply(conjugate(g), t)))
    return pull(rate, [u], seed_of(rate, None), graph)[0] if rate.requires_grad else zeros_of(y)


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
        In the structure of ``xs``: the gradient of (gradient of ``f``) · ``vs``. It costs two passes.

    Raises
    ------
    TypeError
        If ``f`` does not return a single real number or an argument is not floating.
    ValueError
        If the vectors have not the structure and the shapes of the arguments.

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
    flat = leaves_along(args, vectors, "hvp")

    def slope(*inner: Any) -> Any:
        gs, _ = flatten(grad(f, tuple(range(len(inner))))(*inner))
        out: Any = 0.0
        for g, v in zip(gs, flat, strict=True):
            if np.shape(v) != np.shape(g._stored if isinstance(g, Node) else g):
                raise ValueError(f"a vector of shape {np.shape(v)} for an argument of another shape")
            out = out + total(multiply(g, v))
        return out

    result = grad(slope, tuple(range(len(args))))(*args)
    return result if several else result[0]


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
        with the structure of the arguments at each place. It takes one backward pass for every entry of the results.

    Raises
    ------
    TypeError
        When called, if ``f`` returns what is no real array, or an argument is not floating.

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
        return rebuild_ys([_rows(call, real_array(f, y, "jacobian")) for y in ys])

    return matrix


def _rows(call: Call, y: Value) -> Any:
    """The derivatives of one result, in the structure of the arguments."""
    rows = [call.pull(y, seed_of(y, basis)) for basis in _basis(y)] if y.requires_grad else []
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(call.variables)
    return call.rebuild([_stacked(column, y, x) for column, x in zip(columns, call.variables, strict=True)])


def _basis(y: Value) -> Any:
    for i in range(y.size):
        basis = np.zeros(y.size)
        basis[i] = 1.0
        yield basis.reshape(y.shape)


def _stacked(column: Sequence[Any], y: Value, x: Value) -> Any:
    shape = y.shape + x.shape
    if not column:
        return np.zeros(shape, x.dtype)
    if not shape:
        return column[0]
    out = reshape(stack(list(column)), shape)
    return out if isinstance(out, Node) else np.asarray(out)


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
        For one array argument an array of shape ``x.shape + x.shape``, by one pass for every entry of ``x``; for
        several arguments, or nested ones, the structure of the arguments with such blocks, once within itself.

    Raises
    ------
    TypeError
        When called, if ``f`` does not return a single real number or an argument is not floating.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd_mini import hessian
    >>> hessian(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 3.0]))
    array([[6., 2.],
           [2., 0.]])
    """
    return jacobian(grad(f, argnums), argnums)
