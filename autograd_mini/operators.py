"""Operators made of operations: what ``a + b``, ``2 * a`` and ``a < b`` call."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any

import numpy as np

from .arrays import EXACT, Labelled, UnknownData, as_numpy, beside, is_abstract, plain, shape_of
from .engine import constant, new_node, record, result_type
from .guards import ages, lent, settle
from .node import Node
from .operation import Operation, otherwise
from .state import STATE

if TYPE_CHECKING:
    from .value import Value

get_state = STATE.get


def binary(function: Callable[..., Any], forward: Callable[..., Any] | None = None) -> Callable[[Value, Any], Value]:
    """The operator of an operation with two operands; ``forward`` is a faster name for what it computes.

    Most nodes of a graph are made here, and so what ``record`` does stands here once more: its call would
    cost a third of the rest.
    """
    op: Operation = function.operation  # type: ignore[attr-defined]
    forward = forward or op.forward

    def operator(self: Value, other: Any) -> Any:
        if not isinstance(other, Node):
            try:
                other = constant(other, self._stored)
            except Labelled:
                other = constant(plain(other), self._stored)
            except UnknownData:
                return NotImplemented
        try:
            data = forward(self._stored, other._stored)
        except Exception as error:  # noqa: BLE001 (raised again, unless it is mended)
            return otherwise(error, op, (self, other))
        state = get_state()
        if state.recording and (self.requires_grad or other.requires_grad):
            if lent:
                settle((self, other))
            node: Any = new_node(result_type[0])
            node._stored = data
            node._grad = node.name = node.static = None
            node.op = op
            node._x = self
            node._y = other
            node.scope = state.scope
            node.requires_grad = True
            node.order = next(ages)
            return node
        return record(op, data, (self, other))

    return operator


def reflected(function: Callable[..., Any]) -> Callable[[Value, Any], Value]:
    """The operator with plain data on its left."""
    operator = binary(function)

    def on_the_left(self: Value, other: Any) -> Any:
        try:
            return operator(constant(other, self._stored), self)
        except Labelled:
            return operator(constant(plain(other), self._stored), self)
        except UnknownData:
            return NotImplemented

    return on_the_left


def equality(self: Value, other: Any) -> Any:
    """The operator ``==``; where a list looks for an equal entry, whether all entries are equal."""
    try:
        out = self._stored == (other._stored if isinstance(other, Node) else plain(other))
    except UnknownData:
        return NotImplemented
    except TypeError:
        if type(other).__module__ not in EXACT:
            raise
        return self._stored == float(other)
    except ValueError:  # shapes that do not go together
        if not _is_searching(get_frame(1)):
            raise
        return False
    if type(out) is np.ndarray:
        frame = get_frame(1)
        code = frame.f_code
        if _comparing.get((id(code), frame.f_lasti)) is not code and out.size != 1 and _is_searching(frame):
            return out.shape == shape_of(self) == shape_of(other) and bool(out.all())
    elif type(out) is not bool and len(shape_of(out)) and not is_abstract(out) and _is_searching(get_frame(1)):
        return shape_of(self) == shape_of(other) and bool(as_numpy(out).all())
    return out


get_frame = sys._getframe

_comparing: dict[tuple[int, int], CodeType] = {}
"""Code that does not search but compares, by its id and the place in it."""

_SEARCHES = {"index", "remove", "count", "indexOf", "countOf", "contains"}


def _is_searching(frame: FrameType) -> bool:
    """Whether a frame stands at ``x in [...]``, or at a search by ``index``, ``remove`` or ``count``."""
    from .callers import Asker

    asker = Asker(frame)
    called = asker.site.kind == "call"
    if asker.site.kind == "contains" or (called and _SEARCHES & {*asker.site.callee[-1:], asker.name()}):
        return True
    if not called:
        if len(_comparing) > _MANY:
            _comparing.clear()
        _comparing[id(frame.f_code), frame.f_lasti] = frame.f_code
    return False


_MANY = 10_000


def comparison(function: Callable[[Any, Any], Any]) -> Callable[[Value, Any], Any]:
    """The operator that compares data and gives plain booleans."""

    def compare(self: Value, other: Any) -> Any:
        try:
            return function(self._stored, other._stored if isinstance(other, Node) else plain(other))
        except UnknownData:
            return NotImplemented
        except TypeError:  # Python orders no complex numbers, NumPy does
            data = other._stored if isinstance(other, Node) else other
            if type(data).__module__ in EXACT:
                return function(self._stored, float(data))
            mixed = beside(self._stored, data), beside(data, self._stored)
            if mixed[0] is not self._stored or mixed[1] is not data:  # NumPy's array and another library's
                return function(*mixed)
            if complex not in (type(self._stored), type(data)):
                raise
            return function(*(np.complex128(x) if type(x) is complex else x for x in (self._stored, data)))

    return compare
