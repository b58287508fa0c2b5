"""Operators made of operations: what ``a + b``, ``2 * a`` and ``a < b`` call."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .arrays import UnknownData, plain
from .engine import constant, record
from .node import Node
from .operation import Operation, note

if TYPE_CHECKING:
    from .value import Value


def binary(function: Callable[..., Any]) -> Callable[[Value, Any], Value]:
    """The operator of an operation with two operands."""
    op: Operation = function.operation  # type: ignore[attr-defined]
    forward = op.forward

    def operator(self: Value, other: Any) -> Any:
        if not isinstance(other, Node):
            try:
                other = constant(other, self._stored)
            except UnknownData:
                return NotImplemented
        try:
            return record(op, forward(self._stored, other._stored), (self, other))
        except Exception as error:
            note(error, op, (self, other))
            raise

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
