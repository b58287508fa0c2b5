"""``vmap``: a function of one example, called once for a whole batch.

The function gets Values whose data have a hidden axis (see ``arrays/batched.py``). Two operations lead into a batch and
out of it, each the other's rule, so that derivatives pass through from outside; inside, derivatives are those of each
example. A third one sums a gradient over the examples for what is the same for all of them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from operator import index
from typing import Any

import numpy as np

from .arrays import is_array, register, shape_of
from .arrays.batched import Batched, enter, has_level, inside, leave, repeated, total
from .arrays.batches import Batches
from .engine import constant
from .guards import clock
from .made import made
from .node import Node, for_the_caller
from .operation import RUNTIME, Operation, Rule, general
from .ops.shapes import broadcast_to, expand_dims, moveaxis
from .tree import flatten, is_opaque

register(Batched, Batches())

Axes = Any
"""A whole number, None, or a structure of them like the argument's, or cut off where one number is for all below."""


def _operation(formula: str, rule: Rule) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A linear operation of the machinery: no entry of the table, since nobody calls it by name."""

    def make(forward: Callable[..., Any]) -> Callable[..., Any]:
        name = forward.__name__.strip("_")
        RUNTIME[name] = Operation(name, forward, formula, (rule,), ("x",), linear=True)
        return functools.wraps(forward)(general(RUNTIME[name]))

    return make


@_operation(
    "one example of {x}", Rule(lambda g, out, x, axis, level: leave_batch(g, axis, level), "1", "{g} of all examples")
)
def enter_batch(x: Any, axis: int, level: int) -> Any:
    """One example of ``x``, which has them along ``axis``."""
    return enter(x, axis, level)


@_operation(
    "all examples of {x}", Rule(lambda g, out, x, axis, level: enter_batch(g, axis, level), "1", "one example of {g}")
)
def leave_batch(x: Any, axis: int, level: int) -> Any:
    """All examples along ``axis``."""
    if has_level(x, level):
        return leave(x, axis, level)
    raise ValueError("this value is the same for every example")


@_operation("Σ {x} over the examples", Rule(lambda g, out, x, levels: g, "1", "{g} for every example"))
def sum_of_examples(x: Any, levels: tuple[int, ...]) -> Any:
    """The sum over all examples of some levels."""
    return total(x, levels)


def vmap(f: Callable[..., Any], in_axes: Axes = 0, out_axes: Axes = 0) -> Callable[..., Any]:
    """The function that applies ``f`` to every example of a batch at once, instead of one after the other.

    Parameters
    ----------
    f : callable
        A function of one example, made of operations of this package. Its arguments and results may be nested tuples,
        lists and dicts.
    in_axes : int, None, or tuple or list of these, one for each positional argument
        The axis of each array along which the examples are; None gives the argument to every example as it is. For a
        nested argument a structure like it may stand in its place. Keyword arguments have theirs along axis 0.
    out_axes : int, or a structure like the result
        Where the axis of the examples goes in the results; 0 by default.

    Returns
    -------
    callable
        Takes what ``f`` takes, with one axis more. The results are Values if an argument is one or they can be
        differentiated further, else plain data.

    Raises
    ------
    TypeError
        When called, if ``f`` decides by a value (``if x > 0``) or needs it as a number: it stands for all examples at
        once. The message names ``where``.
    ValueError
        When called, if the arguments have no axis to map, or not as many examples; if results inside have other shapes
        for other examples, as ``x[x > 0]`` has.
    GraphError
        When ``backward()`` is called in ``f`` and reaches a Value that is the same for all examples: its ``.grad``
        cannot hold a gradient for each.

    Notes
    -----
    In ``f`` every Value has the shape of one example. Its data are a batch with a hidden axis, and operations compute
    on it whole; the few for which that is not written are called for each example in turn. Random numbers and plain
    arrays made in ``f`` are the same for all examples.

    Examples
    --------
    Gradients for each example of a batch, with the parameters shared:

    >>> import numpy as np
    >>> import autograd_mini as am
    >>> def loss(w, x, y):
    ...     return (am.dot(w, x) - y) ** 2
    >>> w, X, y = np.array([1.0, 2.0]), np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), np.array([0.0, 2.0, 1.0])
    >>> am.vmap(am.grad(loss), in_axes=(None, 0, 0))(w, X, y)
    array([[2., 0.],
           [0., 0.],
           [4., 4.]])

    A Jacobian from a pullback, all rows at once:

    >>> y, pullback = am.vjp(am.square, np.array([1.0, 3.0]))
    >>> am.vmap(pullback)(np.eye(2))
    array([[2., 0.],
           [0., 6.]])
    """

    def mapped(*args: Any, **kwargs: Any) -> Any:
        leaves, rebuild = flatten((list(args), kwargs))
        axes = [*_spread(list(args), _for_each(in_axes, len(args)), "in_axes"), *_spread(kwargs, 0, "in_axes")]
        size = _batch_size(f, leaves, axes)
        level = clock()
        examples, options = rebuild(
            [x if axis is None else _entered(x, axis, level) for x, axis in zip(leaves, axes, strict=True)]
        )
        with inside(level):
            result = f(*examples, **options)
        results, rebuild_results = flatten(result)
        places = _spread(result, out_axes, "out_axes")
        values = any(isinstance(x, Node) for x in leaves)
        left = [_left(f, y, axis, level, size, values) for y, axis in zip(results, places, strict=True)]
        rebuild_results = flatten(rebuild_results([0.0] * len(left)))[1]
        del result, results  # what is held here, or in the old structure, would be copied
        return rebuild_results(for_the_caller(left))

    return made(mapped, lambda: (vmap, (f, in_axes, out_axes)), f)


def _for_each(in_axes: Axes, count: int) -> Axes:
    """One entry for each positional argument."""
    if isinstance(in_axes, (tuple, list)):
        if len(in_axes) != count:
            raise ValueError(f"in_axes={in_axes} has {len(in_axes)} entries for {count} positional arguments")
        return list(in_axes)
    return [in_axes] * count


def _spread(tree: Any, axes: Axes, what: str) -> list[int | None]:
    """The axis of every leaf: an axis in place of a structure holds for all of its leaves."""
    if axes is None or isinstance(axes, (int, np.integer)):
        return [None if axes is None else index(axes)] * len(flatten(tree)[0])
    if isinstance(tree, dict) and isinstance(axes, dict) and tree.keys() == axes.keys():
        return [axis for key, item in tree.items() for axis in _spread_item(item, axes[key], what)]
    if isinstance(tree, (list, tuple)) and isinstance(axes, (list, tuple)) and len(tree) == len(axes):
        return [axis for item, part in zip(tree, axes, strict=True) for axis in _spread_item(item, part, what)]
    raise ValueError(
        f"{what}={axes!r} does not fit {type(tree).__name__}: give a whole number, None, or a structure like it"
    )


def _spread_item(item: Any, axes: Axes, what: str) -> list[int | None]:
    """The same for an item of a structure, which may be no data: that has no examples."""
    if not is_opaque(item):
        return _spread(item, axes, what)
    if item is not None and axes is not None and item.shape:
        raise TypeError(
            f"vmap cannot map over JAX's random keys, {what}={axes}: draw the numbers before, as "
            "jax.vmap(jax.random.normal)(keys), and map over these"
        )
    return []


def _batch_size(f: Callable[..., Any], leaves: Sequence[Any], axes: Sequence[int | None]) -> int:
    name = getattr(f, "__name__", "f")
    sizes = {}
    for x, axis in zip(leaves, axes, strict=True):
        if axis is not None:
            shape = shape_of(x)
            if not -len(shape) <= axis < len(shape):
                raise ValueError(
                    f"vmap of {name} maps axis {axis} of an argument of shape {shape}, which has none: say None in "
                    "in_axes for what is the same for every example"
                )
            sizes[shape[axis]] = f"axis {axis} of shape {shape}"
    if len(sizes) != 1:
        raise ValueError(
            f"vmap of {name} needs one number of examples, got " + (" and ".join(sizes.values()) or "no axis to map")
        )
    return next(iter(sizes))


def _entered(x: Any, axis: int, level: int) -> Any:
    return enter_batch(x if isinstance(x, Node) else constant(x), axis % len(shape_of(x)), level)


def _left(f: Callable[..., Any], y: Any, axis: int | None, level: int, size: int, values: bool) -> Any:
    """A result with all its examples."""
    if not isinstance(y, Node) and not is_array(y):
        raise TypeError(f"vmap of {getattr(f, '__name__', 'f')} got {type(y).__name__} as a result, which is no array")
    batched = has_level(y._stored if isinstance(y, Node) else y, level)
    if axis is None:
        if batched:
            raise ValueError("out_axes=None is for results that are the same for every example; this one is not")
        return y if not isinstance(y, Node) or values or y.requires_grad else y._stored
    place = np.lib.array_utils.normalize_axis_index(axis, len(shape_of(y)) + 1)
    if not isinstance(y, Node):
        return leave(y if batched else repeated(y, level, size), place, level)
    if batched:
        y = leave_batch(y, place, level)
    else:
        y = moveaxis(broadcast_to(expand_dims(y, 0), (size, *shape_of(y))), 0, place)
    return y if values or y.requires_grad else y._stored
