"""Operators made of operations: what ``a + b``, ``2 * a`` and ``a < b`` call."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .arrays import UnknownData, plain
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
        except UnknownData:
            return NotImplemented

    return on_the_left


def comparison(function: Callable[[Any, Any], Any]) -> Callable[[Value, Any], Any]:
    """The operator that compares data and gives plain booleans."""

    def compare(self: Value, other: Any) -> Any:
        try:
            return function(self._stored, other._stored if isinstance(other, Node) else plain(other))
        except UnknownData:
            return NotImplemented

    return compare
