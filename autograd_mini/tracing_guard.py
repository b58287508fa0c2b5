"""Leaves that JAX reads while it traces a function: it compiles their numbers in, and remembers their arrays.

A compiled function does not see what training changes later, so whoever has it compiled is told, once for each leaf.
JAX also remembers, by the array's identity, what it made of a NumPy array that it met while tracing; an array that an
optimizer changes in place would then be taken for the old one. So a leaf goes on with another array over its memory.

None of this costs anything but while a tracer is in a graph: it then stands among the arrays that are ``lent``, at
which the engine looks anyway.
"""

from __future__ import annotations

import functools
import sys
import warnings
import weakref
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from . import guards
from .arrays import is_traced, on_tracer
from .state import differentiating_since

if TYPE_CHECKING:
    from .node import Node

_tracers: dict[int, tuple[weakref.ref[Any], int]] = {}
"""The tracers that came into a graph and still live, and the ages at which they came."""

_read: dict[int, weakref.ref[Node]] = {}
"""The leaves that were read by a trace, by id."""

_told: list[bool] = []
"""Not empty if somebody was told in the trace that goes on."""


def _notice(tracer: Any) -> None:
    key = id(tracer)
    if key not in _tracers:
        if not _tracers:
            _told.clear()
        # callbacks in C: one in Python would swallow a Ctrl-C that arrives in it
        _tracers[key] = (weakref.ref(tracer, functools.partial(_tracers.pop, key)), guards.clock())
        guards.lent[key] = (weakref.ref(tracer, functools.partial(guards.lent.pop, key)), None)


def check(operands: Iterable[Node]) -> None:
    """If a trace goes on and an operand is part of it, warn of leaves that are not."""
    if not _tracers or not any(is_traced(x._stored) for x in operands):
        return
    start = min(age for _, age in _tracers.values())
    inner = differentiating_since()
    for leaf in operands:
        own = leaf.order > start or (inner is not None and leaf.order > inner)
        if leaf.op is None and leaf.requires_grad and not own and not is_traced(leaf._stored):
            if id(leaf) not in _read:
                _read[id(leaf)] = weakref.ref(leaf, functools.partial(_read.pop, id(leaf)))
                _tell(leaf)
            _moved(leaf)


def passed() -> None:
    """A pass is over, in which rules have read leaves."""
    if _tracers:
        for reference in list(_read.values()):
            if (leaf := reference()) is not None:
                _moved(leaf)


def _moved(leaf: Node) -> None:
    """The same memory behind another array."""
    if type(leaf._stored) is np.ndarray:
        leaf._stored = leaf._stored.view()


def _tell(leaf: Node) -> None:
    if _told:
        return
    _told.append(True)
    frame, depth = sys._getframe(), 1
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] in _OURS:
        frame, depth = frame.f_back, depth + 1
    warnings.warn(
        f"{guards.describe(leaf)} is read while JAX traces a function: its numbers of now are compiled in, and the "
        "compiled function will not see them change. Pass what is trained as an argument: "
        "jax.jit(lambda w, x: f(w, x)), for a module jax.jit(lambda state, x: nn.functional_call(model, state, x)); "
        "or say Value(..., requires_grad=False) if it is to stay",
        UserWarning,
        stacklevel=depth,
    )


_OURS = ("autograd_mini", "nn")

on_tracer.append(_notice)
guards.while_used.append(check)
