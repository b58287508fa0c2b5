"""Who looks on while the engine works: hooks on gradients, and whoever watches operations and passes.

Nobody is here most of the time, and the engine asks once a pass.
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from .arrays import apart, shape_of
from .guards import GraphError, describe
from .leaves import like
from .node import Node, outward
from .state import STATE, State

Hook = Callable[[Any], Any]

_hooks: dict[int, tuple[weakref.ref[Node], dict[int, Hook]]] = {}
"""Hooks by the id of their value and their number; the weak reference takes the entry away with the value."""


def present() -> bool:
    """Whether there is any hook or watcher."""
    return bool(_hooks) or type(STATE.get()) is not State


class HookHandle:
    """A hook's way out: ``remove()`` takes it off, and so does the end of a ``with`` block."""

    def __init__(self, hooks: dict[int, Hook], key: int, value: Node) -> None:
        self._hooks, self._key, self._value = hooks, key, weakref.ref(value)

    def remove(self) -> None:
        """Take the hook off; once more does nothing."""
        self._hooks.pop(self._key, None)
        value = self._value()
        if value is not None and not self._hooks and _hooks.get(id(value), (None, None))[1] is self._hooks:
            del _hooks[id(value)]

    def __enter__(self) -> HookHandle:
        return self

    def __exit__(self, *error: object) -> None:
        self.remove()


def register_hook(self: Node, hook: Hook) -> HookHandle:
    """Call a function with this value's gradient in every pass that reaches it; it may return another one.

    Parameters
    ----------
    hook : callable
        ``hook(gradient)`` gets the complete gradient, the sum over all uses of this value: read-only plain data, or a
        Value in a pass with ``create_graph``. What it returns takes the gradient's place, in ``.grad`` and on
        the way further back; None leaves it as it is.

    Returns
    -------
    HookHandle
        ``handle.remove()`` takes the hook off; as a context manager it does so at the end of its block.

    Raises
    ------
    TypeError
        If ``hook`` cannot be called; in a pass, if it returns what is no gradient.
    GraphError
        If this value requires no gradient, so that no hook on it would ever be called.
    ValueError
        In a pass, if the hook returns a gradient of another shape.

    Notes
    -----
    Hooks of one value are called in the order of their registration, each with what the one before returned. What
    a hook raises ends the pass and no ``.grad`` changes. Passes that only look (``trace``, ``draw``,
    ``explain``, ``steps``) call no hooks. Copies and pickles of the value have none.

    Examples
    --------
    >>> from autograd_mini import Value
    >>> x = Value(3.0)
    >>> y = x * x
    >>> handle = y.register_hook(lambda g: 10.0 * g)
    >>> (2.0 * y).backward()
    >>> y.grad, x.grad
    (20.0, 120.0)
    >>> handle.remove()
    """
    if not callable(hook):
        raise TypeError(f"a hook is a function of the gradient, got {type(hook).__name__}")
    if not self.requires_grad:
        raise GraphError(f"{describe(self)} requires no gradient, so a hook on it would never be called")
    key = id(self)
    if key not in _hooks:
        _hooks[key] = (weakref.ref(self, functools.partial(_hooks.pop, key)), {})
    hooks = _hooks[key][1]
    number = max(hooks, default=0) + 1
    hooks[number] = hook
    return HookHandle(hooks, number, self)


def hooked() -> Collection[int]:
    """The ids of all values with hooks."""
    return _hooks.keys()


def call_hooks(node: Node, grads: dict[Node, Any], constant: Callable[[Any], Node] | None) -> None:
    """Let the hooks of a node change its gradient; ``constant`` makes Values of plain data in a pass over Values."""
    g = outward(grads[node])
    for hook in tuple(_hooks[id(node)][1].values()):
        try:
            new = hook(_shown(g) if constant is None else g if isinstance(g, Node) else constant(g))
            if new is not None:
                g = _replaced(node, new, constant)
        except Exception as error:
            error.add_note(f"in the hook {getattr(hook, '__qualname__', repr(hook))} on {describe(node)}")
            raise
    grads[node] = outward(g)


def _shown(g: Any) -> Any:
    """A copy to look at: the pass goes on with its own, and a write would be lost unnoticed."""
    if type(g) is np.ndarray:
        g = g.copy()
        g.flags.writeable = False
        return g
    return apart(g)


def _replaced(node: Node, new: Any, constant: Callable[[Any], Node] | None) -> Any:
    what = f"the gradient that a hook returned for {describe(node)}"
    if constant is None or not isinstance(new, Node):
        plain = like(new, node._stored, what)
        return plain if constant is None else constant(plain)
    if shape_of(new) != shape_of(node):
        raise ValueError(f"{what} must have shape {shape_of(node)}, got {shape_of(new)}")
    return new.fit(node._stored)  # type: ignore[attr-defined]
