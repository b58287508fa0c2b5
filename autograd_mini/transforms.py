"""Functions in, functions out: gradients, Jacobians and products with them, of any order and freely nested.

A transformation gives the function fresh variables, so that it differentiates by its own arguments and by nothing
else. If the result depends on somebody else's variables too (an outer ``grad``, a Value in a closure), the
gradient is itself a Value that can be differentiated further; else it is plain data.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import index
from typing import Any, NamedTuple

import numpy as np

from .engine import constant, sweep, topological
from .guards import GraphError, clock
from .leaves import like, seed
from .node import Node, outward
from .ops.arithmetic import multiply
from .ops.elementwise import conjugate, identity, real
from .ops.reductions import sum as total
from .ops.shapes import reshape, stack
from .state import STATE, recording
from .tree import flatten, map_leaves
from .value import Value

Argnums = int | Sequence[int]


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
    return rebuild(_pull(y, leaves, _seed(y, gradient), create_graph))


def _seed(y: Any, gradient: Any) -> Any:
    """As ``seed``, but a Value stays one, so that it can be differentiated by."""
    if not isinstance(gradient, Node):
        return seed(y, gradient)
    if np.shape(gradient._data) != y.shape:
        raise ValueError(f"the gradient must have shape {y.shape}, got {np.shape(gradient._data)}")
    return outward(gradient)


def _pull(y: Any, xs: Sequence[Any], seed: Any, graph: bool, since: int = 0) -> list[Any]:
    """One pass from ``y`` over nodes younger than ``since``; users' side of the conjugate convention."""
    if graph:
        with recording():
            found = sweep(y, seed, graph=True, wanted=xs, since=since)
            return [
                outward(g) if isinstance(g := found.get(x, _zeros(x)), Node) else constant(outward(g))
                for x in xs
            ]
    seed = seed._data if isinstance(seed, Node) else seed
    found = sweep(y, seed, wanted=xs, since=since)
    return [outward(found[x]) if x in found else _zeros(x) for x in xs]


def _zeros(x: Node) -> Any:
    return like(np.zeros(np.shape(x._data)), x._data, "zero")


class _Call(NamedTuple):
    """One call of a function with fresh variables."""

    result: Any
    variables: list[Value]
    rebuild: Callable[[Sequence[Any]], Any]
    foreign: bool
    start: int

    def pull(self, y: Value, seed: Any, graph: bool = False) -> list[Any]:
        """The gradients of the variables, which are the oldest nodes of the call."""
        return _pull(y, self.variables, seed, self.foreign or graph, self.start)

    def outward(self, y: Any) -> Any:
        """A result for the caller: a Value only if it can be differentiated further."""
        return y._data if isinstance(y, Node) and not self.foreign else y


def _fresh(x: Any) -> Value:
    if isinstance(x, Node):
        return identity(x) if x.requires_grad else Value(x._data, requires_grad=True)
    return Value(x, requires_grad=True)


def _call(f: Callable[..., Any], argnums: Argnums, args: Sequence[Any], kwargs: dict[str, Any]) -> _Call:
    start = clock()
    outer = STATE.get().recording
    one, chosen = _positions(argnums, len(args))
    with recording():
        args = list(args)
        leaves, rebuild = flatten([args[i] for i in chosen])
        variables = [_fresh(x) if outer else _detached(x) for x in leaves]
        for i, arg in zip(chosen, rebuild(variables), strict=True):
            args[i] = arg
        result = f(*args, **kwargs)

    def back(row: Sequence[Any]) -> Any:
        tree = rebuild(row)
        return tree[0] if one else tuple(tree)

    found, _ = flatten(result)
    foreign = outer and any(isinstance(y, Node) and _reaches_before(y, start) for y in found)
    return _Call(result, variables, back, foreign, start)


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
    return Value(x._data if isinstance(x, Node) else x, requires_grad=True)


def _reaches_before(y: Node, start: int) -> bool:
    """Whether ``y`` depends on a variable that is older than the call."""
    if not y.requires_grad:
        return False
    return y.order < start or any(
        parent.requires_grad and parent.order < start for node in topological(y, start) for parent in node.parents
    )


def _number(f: Callable[..., Any], y: Any, what: str) -> Value:
    """The result as a single real number."""
    if not isinstance(y, Node):
        number = isinstance(y, (int, float, np.number, np.ndarray)) and not isinstance(y, bool)
        if not number or np.ndim(y) != 0 or np.iscomplexobj(y):
            raise TypeError(_wrong_result(f, y, what))
        return constant(y)
    if np.size(y._data) != 1 or np.iscomplexobj(y._data):
        raise TypeError(_wrong_result(f, y, what))
    return y  # type: ignore[return-value]


def _wrong_result(f: Callable[..., Any], y: Any, what: str) -> str:
    shape = f"a Value of shape {y.shape} and dtype {y.dtype}" if isinstance(y, Value) else f"{type(y).__name__}"
    return (
        f"{what} needs a function that returns a single real number, {getattr(f, '__name__', 'f')} returned {shape}; "
        "reduce it with .sum() or .mean(), or use jacobian, vjp or elementwise_grad"
    )


def _array(f: Callable[..., Any], y: Any, what: str) -> Any:
    """One result as a Value."""
    if isinstance(y, Node):
        return y
    if not isinstance(y, (int, float, complex, np.number, np.ndarray)) or isinstance(y, bool):
        raise TypeError(
            f"{what} needs a function that returns Values, arrays or numbers, {getattr(f, '__name__', 'f')} returned "
            f"{type(y).__name__}"
        )
    return constant(y)


def _real_array(f: Callable[..., Any], y: Any, what: str) -> Any:
    """One real result as a Value; of a complex one, derivatives by real and imaginary part would be needed."""
    out = _array(f, y, what)
    if np.iscomplexobj(out._data):
        raise TypeError(
            f"{what} needs real results, {getattr(f, '__name__', 'f')} returned dtype {out.dtype}: differentiate "
            "real(...) and imag(...) of it, or use vjp or jvp"
        )
    return out


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
        call = _call(f, argnums, args, kwargs)
        y = _number(f, call.result, "grad")
        if not y.requires_grad:
            return call.outward(y), call.rebuild([_zeros(x) for x in call.variables])
        return call.outward(y), call.rebuild(call.pull(y, _seed(y, None)))

    return with_gradient


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

    Examples
    --------
    >>> from autograd_mini import grad
    >>> f = lambda x: 20 * x**2
    >>> grad(f)(3.0), grad(grad(f))(3.0)
    (120.0, 40.0)
    """
    with_gradient = value_and_grad(f, argnums)
    return lambda *args, **kwargs: with_gradient(*args, **kwargs)[1]


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
        call = _call(f, argnums, args, kwargs)
        y = _real_array(f, call.result, "elementwise_grad")
        if not y.requires_grad:
            return call.rebuild([_zeros(x) for x in call.variables])
        return call.rebuild(call.pull(y, _seed(y, np.ones(y.shape))))

    return derivative


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
    call = _call(f, range(len(xs)), xs, {})
    ys, rebuild_ys = flatten(call.result)
    results = [_array(f, y, "vjp") for y in ys]

    def pullback(gradient: Any) -> Any:
        parts, _ = flatten(gradient)
        if len(parts) != len(results):
            raise ValueError(f"the result has {len(results)} arrays, the gradient {len(parts)}")
        sums: list[Any] = [None] * len(call.variables)
        for y, part in zip(results, parts, strict=True):
            if y.requires_grad:
                pulled = call.pull(y, _seed(y, part), isinstance(part, Node) and part.requires_grad)
                sums = [new if old is None else old + new for old, new in zip(sums, pulled, strict=True)]
        rows = call.rebuild([_zeros(x) if g is None else g for g, x in zip(sums, call.variables, strict=True)])
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
    call = _call(f, range(len(args)), args, {})
    ys, rebuild_ys = flatten(call.result)
    results = [_array(f, y, "jvp") for y in ys]
    vectors, _ = flatten(directions)
    if len(vectors) != len(call.variables):
        raise ValueError(f"jvp got {len(vectors)} tangents for {len(call.variables)} arguments")
    for t, x in zip(vectors, call.variables, strict=True):
        if np.shape(t._data if isinstance(t, Node) else t) != x.shape:
            raise ValueError(f"a tangent of shape {np.shape(t)} for an argument of shape {x.shape}")
    further = call.foreign or any(isinstance(t, Node) and t.requires_grad for t in vectors)
    rates = [_rate(y, call, vectors, further) for y in results]
    return rebuild_ys([call.outward(y) for y in results]), rebuild_ys(rates)


def _rate(y: Any, call: _Call, vectors: Sequence[Any], graph: bool) -> Any:
    """How fast ``y`` changes when the variables move along ``vectors``."""
    if not y.requires_grad:
        return _zeros(y)
    with recording():
        u = Value(_zeros(y), requires_grad=True)
        rate: Any = 0.0
        for g, t in zip(call.pull(y, outward(u), True), vectors, strict=True):
            rate = rate + total(real(multiply(conjugate(g), t)))
    return _pull(rate, [u], _seed(rate, None), graph)[0] if rate.requires_grad else _zeros(y)


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
    flat, _ = flatten(vectors)

    def slope(*inner: Any) -> Any:
        gs, _ = flatten(grad(f, tuple(range(len(inner))))(*inner))
        if len(gs) != len(flat):
            raise ValueError(f"hvp got {len(flat)} vectors for {len(gs)} arguments")
        out: Any = 0.0
        for g, v in zip(gs, flat, strict=True):
            if np.shape(v) != np.shape(g._data if isinstance(g, Node) else g):
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
        call = _call(f, argnums, args, kwargs)
        ys, rebuild_ys = flatten(call.result)
        return rebuild_ys([_rows(call, _real_array(f, y, "jacobian")) for y in ys])

    return matrix


def _rows(call: _Call, y: Value) -> Any:
    """The derivatives of one result, in the structure of the arguments."""
    rows = [call.pull(y, _seed(y, basis)) for basis in _basis(y)] if y.requires_grad else []
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
