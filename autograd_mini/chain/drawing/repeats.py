"""Equal parts of a graph: the samples of a batch, the neurons of a layer, equal layers. One is drawn for all."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import Any

from ..events import Trace, TraceNode
from ..notation import setting_text
from .picture import Picture

_DIGITS = "0123456789₀₁₂₃₄₅₆₇₈₉"


def fold_samples(picture: Picture) -> Picture:
    """Values that are computed alike from the same parameters are drawn once.

    Two results are alike if operation, shape and group are, and their operands are, in order. A parameter is like
    itself alone; inputs are alike if the same operands of alike results are.
    """
    trace = picture.trace
    paths = {scope.id: (scope.path, scope.title) for scope in trace.scopes}
    classes = _Classes()
    for node in trace.nodes:
        if node.op is None:
            own = node.kind == "parameter" or node is trace.root
            key: Hashable = ("itself", node.id) if own else (node.kind, node.shape, _number(node))
        else:
            operands = tuple([classes.of[id] for id in node.operands])
            name = node.name if node is trace.root else ""
            key = (node.op, _static(node), node.shape, paths.get(node.scope or ""), operands, name)
        classes.put(node.id, key)
    _leaves_by_use(trace, classes, ("input", "target", "constant"), picture)
    return _merged(picture, classes)


def fold_blocks(picture: Picture) -> Picture:
    """Groups of operations that are built alike and stand side by side, or after one another, are drawn once.

    Two groups are alike if their titles are (or, without titles, their names up to the number at the end), and the
    operations in them are, in order, with the same shapes.
    """
    trace = picture.trace
    shape = _Shape(picture)
    classes = _Classes()
    scope_class: dict[str | None, Hashable] = {None: 0}
    for scope in trace.scopes:  # a group comes after those around it
        scope_class[scope.id] = (scope_class[scope.parent], shape.signature(scope.id))
    numbers = _Classes()
    for id, key in scope_class.items():
        numbers.put(id or "", key)
    for node in trace.nodes:
        alone = node.scope is None or node.op is None or node.id not in shape.place
        classes.put(node.id, picture.model(node.id) if alone else (numbers.of[node.scope or ""], shape.place[node.id]))
    _leaves_by_use(trace, classes, ("parameter", "constant"), picture)
    return _merged(picture, classes)


class _Classes:
    """Numbers for keys: equal keys have the same number."""

    def __init__(self) -> None:
        self.of: dict[str, int] = {}
        self._numbers: dict[Hashable, int] = {}

    def put(self, id: str, key: Hashable) -> None:
        self.of[id] = self._numbers.setdefault(key, len(self._numbers))


class _Shape:
    """How groups are built: their operations and the groups in them, in order."""

    def __init__(self, picture: Picture) -> None:
        trace = picture.trace
        self._scopes = {scope.id: scope for scope in trace.scopes}
        self._items: dict[str, list[Hashable]] = {scope.id: [] for scope in trace.scopes}
        self._numbers: dict[Hashable, int] = {}
        self.place: dict[str, int] = {}
        drawn = [node for node in trace.nodes if node.op is not None and picture.home.get(node.id) == node.id]
        for node in drawn:
            if node.scope is not None and node is not trace.root:
                items = self._items[node.scope]
                self.place[node.id] = len(items)
                operands = tuple([self._operand(trace.node(id), node) for id in node.operands])
                items.append((node.op, _static(node), node.shape, operands))
        self._signatures: dict[str, int] = {}
        for scope in reversed(trace.scopes):
            own = (scope.title or scope.name.rstrip(_DIGITS), tuple(self._items[scope.id]))
            self._signatures[scope.id] = self._numbers.setdefault(own, len(self._numbers))
            if scope.parent is not None:
                self._items[scope.parent].append(("group", self._signatures[scope.id]))

    def _operand(self, operand: TraceNode, user: TraceNode) -> Hashable:
        if operand.kind in ("parameter", "number"):
            return (operand.kind, operand.shape, _number(operand))
        inside = operand.scope == user.scope and operand.id in self.place
        return ("inside", self.place[operand.id]) if inside else ("outside", operand.shape)

    def signature(self, id: str) -> int:
        return self._signatures[id]


def _leaves_by_use(trace: Trace, classes: _Classes, kinds: tuple[str, ...], picture: Picture) -> None:
    """Leaves are alike if they are used alike: by the same operands of results that are alike."""
    uses: dict[str, set[tuple[int, int]]] = {}
    for edge in trace.edges:
        if edge.result in picture.home:
            uses.setdefault(edge.operand, set()).add((classes.of[picture.model(edge.result)], edge.index))
    for node in trace.nodes:
        if node.op is None and node.kind in kinds and node.id in uses:
            classes.put(node.id, ("leaf", node.kind, node.shape, frozenset(uses[node.id])))


def _merged(picture: Picture, classes: _Classes) -> Picture:
    """The picture with the first value of each class drawn for all."""
    first: dict[int, str] = {}
    stands_for = dict(picture.stands_for)
    home = dict(picture.home)
    for id, card in picture.home.items():
        if card == picture.model(id):
            model = first.setdefault(classes.of[card], card)
            home[id] = model
            if model != id:
                stands_for[id] = model
    return replace(picture, home=home, stands_for=stands_for)


def _number(node: TraceNode) -> Any:
    """The value of a number in the user's code, by which numbers differ."""
    return repr(node.value) if node.kind == "number" else None


def _static(node: TraceNode) -> Hashable:
    return tuple((name, setting_text(setting)) for name, setting in node.static.items()) if node.static else ()
