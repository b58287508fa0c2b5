"""What is asked of an explanation: which value, which entry, which landmarks; and what it is checked against."""

from __future__ import annotations

import difflib
import operator
import re
from collections.abc import Collection, Iterable
from typing import Any

import numpy as np

from ...guards import GraphError, describe
from ...node import Node
from ..comparing import multiple, same
from ..events import Trace, TraceNode
from ..names import LONGEST_NAME, Found, named_inside, shown
from ..recording import record_pass, seen
from ..render import clean_text, quoted
from ..words import LANGUAGES, Language
from .chart import Index
from .view import View, place

_RAISED = re.compile(r"⁽[⁰¹²³⁴-⁹]+⁾$")
_MOST_NAMES = 12


def view_of(root: Any, found: Found, max_paths: int, fmt: str, lang: Language) -> View:
    """The pass as explanations read it.

    Raises
    ------
    ValueError
        For a number of paths below 1, an unknown language or a format that is none.
    TypeError, GraphError
        As for `trace`; GraphError also if the root requires no gradient.
    """
    if not _is_count(max_paths):
        raise ValueError(f"max_paths is a whole number of at least 1, got {quoted(max_paths)}")
    if lang not in LANGUAGES:
        raise ValueError(f"lang is one of {', '.join(map(repr, LANGUAGES))}, got {quoted(lang)}")
    trace = record_pass(root, None, found, fmt, lang=lang, apart=True)
    if not trace.root.requires_grad:
        raise GraphError(
            f"{describe(root)} depends on no value that requires a gradient, so there is no chain rule to explain"
        )
    sources: list[Any] = [None] * len(trace.nodes)
    for value, k in trace.places.items():
        sources[k] = value
    named = {}
    for node, source in zip(trace.nodes, sources, strict=True):
        own, variable = source.name, found.name(source)
        first = found.given or named_inside(source)
        name = (variable or own) if first else (own or variable)
        if name:
            named[node.id] = clean_text(name, LONGEST_NAME)
    return View(trace, sources, named, fmt, lang, int(max_paths))


def _is_count(x: Any) -> bool:
    return isinstance(x, (int, np.integer)) and not isinstance(x, bool) and bool(x >= 1)


def target_of(view: View, wrt: Any) -> TraceNode:
    """The node that a Value or a name stands for.

    Raises
    ------
    TypeError
        If it is neither.
    ValueError
        If the root does not depend on it, it requires no gradient, or the name is unknown or that of several values.
    """
    trace = view.trace
    if isinstance(wrt, str):
        node = _by_name(view, wrt)
    elif isinstance(wrt, Node):
        if wrt not in trace.places:
            raise ValueError(
                f"{trace.root.name} does not depend on {describe(wrt)}: it is no operand of any value that led there; "
                f"the values that did are {_listed(_names(trace))}"
            )
        node = trace.of(wrt)
    else:
        raise TypeError(f"wrt is a Value or the name of one, got {type(wrt).__name__}")
    if not node.requires_grad:
        raise ValueError(
            f"{node.name} requires no gradient, so {trace.root.name} is not differentiated by it; "
            "make it a Value with requires_grad=True and compute the result again"
        )
    return node


def _by_name(view: View, name: str) -> TraceNode:
    trace = view.trace
    asked = shown(name)
    nodes = [node for node in trace.nodes if node.kind != "number"]
    exact = [node for node in nodes if node.name in (name, asked)]
    found = exact or [node for node in nodes if asked and _RAISED.sub("", node.name) == asked]
    found = found or [node for node in nodes if view.named.get(node.id) == name]
    if len(found) == 1:
        return found[0]
    if found:
        names = _listed([node.name for node in found])
        raise ValueError(f"{len(found)} values are called {name!r}: pass the Value itself, or one of {names}")
    known = _names(trace)
    close = difflib.get_close_matches(asked, known, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(map(repr, close))}?" if close else f"there are {_listed(known)}"
    raise ValueError(f"{trace.root.name} depends on no value called {name!r}; {hint}")


def _names(trace: Trace) -> list[str]:
    return [node.name for node in trace.nodes if node.requires_grad]


def _listed(names: Collection[str]) -> str:
    first = [repr(name) for name in list(names)[:_MOST_NAMES]]
    return ", ".join(first) + (f" and {len(names) - _MOST_NAMES:,} more" if len(names) > _MOST_NAMES else "")


def entry_of(target: TraceNode, element: Any) -> Index:
    """The index of an entry, counted from the front.

    Raises
    ------
    TypeError
        If it is not made of whole numbers.
    IndexError
        If there is no such entry.
    """
    try:
        index = tuple(map(operator.index, element if isinstance(element, (tuple, list)) else (element,)))
    except TypeError:
        raise TypeError(f"element is a tuple of whole numbers such as (0, 1), got {quoted(element)}") from None
    name = f"{target.name} of shape {target.shape}"
    if len(index) != len(target.shape):
        raise IndexError(f"an entry of {name} has {len(target.shape)} indices, got element={quoted(element)}")
    if not all(-size <= i < size for i, size in zip(index, target.shape, strict=True)):
        raise IndexError(f"element={quoted(element)} is outside of {name}")
    return tuple(i % size for i, size in zip(index, target.shape, strict=True))


def landmarks_of(view: View, landmarks: Any) -> frozenset[str] | None:
    """Ids of the landmarks that the user chose; None if none were.

    Raises
    ------
    TypeError, ValueError
        As for `target_of`.
    """
    if landmarks is None:
        return None
    chosen: Iterable[Any] = [landmarks] if isinstance(landmarks, (str, Node)) else landmarks
    if not isinstance(chosen, Iterable):
        raise TypeError(f"landmarks are Values or names, got {type(landmarks).__name__}")
    return frozenset(target_of(view, mark).id for mark in chosen)


# --- checking ---------------------------------------------------------------------------------------------------------


def checked(view: View, target: TraceNode, value: Any, element: Index | None = None, scale: float = 0.0) -> str:
    """What a derivative agrees with: the value's ``.grad`` if it has one, else a fresh pass.

    Parameters
    ----------
    view : View
        The pass.
    target : TraceNode
        The value.
    value : float or array
        The derivative, computed in another way than by the pass.
    element : tuple of int, optional
        The entry whose derivative it is.
    scale : float
        The size of the terms that it is the sum of, on which rounding depends.

    Returns
    -------
    str
        In words, with ✓ or ✗.
    """
    telling, fresh = view.telling, _entry(target.grad, element)
    if not same(value, fresh, target.value, scale):
        return telling.wrong.format(g=_number(view, fresh))
    return grad_check(view, target, element, scale) or telling.fresh.format(g=_number(view, fresh))


def grad_check(view: View, target: TraceNode, element: Index | None = None, scale: float = 0.0) -> str:
    """How a value's ``.grad`` compares with the pass: ``w1.grad: −2.839 ✓``; "" if it has none."""
    source = view.sources[place(target.id)]
    if source._grad is None:
        return ""
    fresh, own = _entry(target.grad, element), _entry(seen(source._grad), element)
    index = f"[{', '.join(map(str, element))}]" if element else ""
    words = {"name": f"{view.named.get(target.id, '')}.grad{index}", "g": _number(view, own)}
    if same(own, fresh, target.value, scale):
        return view.telling.grad.format(**words)
    calls = multiple(own, fresh, target.value)
    kept = LANGUAGES[view.lang]
    return kept.accumulated.format(**words, n=calls) if calls else kept.differs.format(**words)


def _entry(grad: Any, element: Index | None) -> Any:
    return grad[element] if element else grad


def _number(view: View, x: Any) -> str:
    return f": {view.number(x)}" if np.ndim(x) == 0 else ""
