"""``detect_anomaly``: where the first nan or infinity came from, and who changed data behind the graph's back."""

from __future__ import annotations

import linecache
import sys
import weakref
from collections.abc import Callable
from copyreg import __newobj__ as newobj  # type: ignore[attr-defined]
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from .arrays import as_numpy, is_foreign, shape_of
from .arrays.batched import is_batch, pick, size_of, whole
from .guards import RELEASED, GraphError, describe
from .leaves import leaf
from .node import Node
from .state import STATE, State, Switch, Watched


class Line(NamedTuple):
    """A line of the user's own code."""

    file: str
    number: int

    @property
    def source(self) -> str:
        """Its text; empty where there is no file to read."""
        return linecache.getline(self.file, self.number).strip()

    def __str__(self) -> str:
        return f"{self.file}:{self.number}" + (f"\n    {self.source}" if self.source else "")


class AnomalyError(GraphError, FloatingPointError):
    """A nan or an infinity where everything before was finite.

    Attributes
    ----------
    node : Value
        The result of the operation; ``draw(error.node)`` shows how it came about.
    operation : str
        The operation's name; empty if the number was in the data.
    operand : int or None
        The operand whose gradient is not finite; None in the forward computation and in forward mode.
    index : tuple of int
        The first entry that is not finite; inside ``vmap`` of the example that the message names.
    value : float or complex
        What stands there.
    line : Line or None
        The user's own line that computed ``node``: ``.file``, ``.number`` and ``.source``.

    Examples
    --------
    >>> import autograd_mini as am
    >>> try:
    ...     with am.detect_anomaly():
    ...         y = am.log(am.Value([1.0, 0.0]))
    ... except am.AnomalyError as error:
    ...     error.operation, error.index, error.value
    ('log', (1,), -inf)
    """

    def __init__(self, message: str, node: Node, operation: str, operand: int | None, place: _Place) -> None:
        super().__init__(message)
        self.node, self.operation, self.operand = node, operation, operand
        self.index, self.value = place.index, place.value
        self.line = line_of(node)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled without the graph: ``node`` is then a leaf; None if it was released."""
        data = self.node._stored
        node = None if data is RELEASED else leaf(type(self.node), data, False, self.node.name)
        return newobj, (type(self), *self.args), self.__dict__ | {"node": node}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an array is not finite; in a batch of ``vmap`` also in which example of each level."""

    index: tuple[int, ...]
    value: Any
    count: int
    size: int
    example: tuple[tuple[int, int], ...] = ()

    def __str__(self) -> str:
        where = f" at {list(self.index)}" if self.index else ""
        count = f" ({self.count} of {self.size} entries)" if self.size > 1 else ""
        which = " of ".join(f"example {i}" for _, i in self.example)  # the innermost vmap's first
        return f"{self.value}{where}{count}" + (f" in {which}" if which else "")

    def seen(self, data: Any) -> Any:
        """Data in the example that it is about."""
        for level, i in self.example:
            data = pick(data, level, i)
        return data


class _Origin(NamedTuple):
    """What is remembered of a result: the line that computed it, and its data's fingerprint and its operands'."""

    node: weakref.ref[Node]
    line: Line | None
    prints: tuple[Any, ...]


_origins: dict[int, _Origin] = {}
"""By the node's id; the weak reference takes the entry away."""


def line_of(node: Node) -> Line | None:
    """The user's own line that computed a result, if anomalies were being detected then."""
    origin = _origins.get(id(node))
    return None if origin is None else origin.line


def detect_anomaly() -> Switch:
    """Look for the first nan or infinity, forward and backward: a context manager and a decorator.

    Inside it every operation and every gradient is looked at. The first that is not finite although what it was
    computed from is raises an error with the operation, the entry, the shapes and the user's own line. Data that
    somebody changed between its use and the backward pass is found too, whichever way it was written to.

    Returns
    -------
    Switch
        For ``with detect_anomaly():`` and ``@detect_anomaly()``.

    Raises
    ------
    AnomalyError
        Inside the block: where an operation gives nan or infinity, where a rule does, or where a pass starts from a
        result that is not finite.
    GraphError
        In a pass inside the block, if data changed after it was used inside the block.

    Notes
    -----
    An infinity that was put in, such as -inf in a mask, is no anomaly until something finite becomes nan or infinite.
    NumPy's own warnings about nan and overflow are silent inside the block, since the error says more. It costs several
    times the computation: use it to find an error, not to train. The setting belongs to the current thread or task.

    Examples
    --------
    >>> import autograd_mini as am
    >>> x = am.Value([4.0, 0.0], name="x")
    >>> with am.detect_anomaly():
    ...     am.sqrt(x).sum().backward()
    Traceback (most recent call last):
    ...
    autograd_mini.anomaly.AnomalyError: the rule of sqrt for operand 0, 'x' (a leaf, shape (2,)), gave inf at [1] ...
    """
    return Switch(_watched, _quiet)


def _watched(state: State) -> State:
    return Watched(_WATCH, state)


def _quiet() -> np.errstate:
    return np.errstate(divide="ignore", over="ignore", invalid="ignore")


class _Watch:
    """Looks at every operation and every edge of a pass."""

    def recorded(self, node: Node, op: Any, parents: tuple[Node, ...]) -> None:
        """Remember where a result came from, and raise if it is the first that is not finite."""
        key = id(node)
        prints = () if node.op is None else tuple(_fingerprint(x) for x in (node, *parents))
        _origins[key] = _Origin(weakref.ref(node, lambda _: _forget(key)), _users_line(), prints)
        place = _created(node._stored, [x._stored for x in parents], op.elementwise)
        if place is not None:
            raise _forward_error(node, op, parents, place)

    def moved(self, node: Node, tangent: Any, tangents: list[Any]) -> None:
        """Raise if a tangent is the first that is not finite."""
        place = _first(_data(tangent))
        if place is not None and all(_first(_data(t)) is None for t in tangents):
            op: Any = node.op
            what = f"the forward mode of {op.name} gave {place} for finite tangents"
            raise AnomalyError(_told(what, _operands(node, place), node), node, op.name, None, place)

    def passing(self, root: Node, seed: Any, nodes: list[Node]) -> Callable[..., None]:
        """Look at a graph before a pass; the result looks at each edge of it."""
        for node in nodes:
            _check_unchanged(node)
        if _first(root._stored) is not None:
            raise _root_error(root, nodes)
        place = _first(_data(seed))
        if place is not None:
            raise AnomalyError(f"the gradient that the pass starts from is {place}", root, "", None, place)
        return _look_at_edge


_WATCH = _Watch()


def _look_at_edge(node: Node, i: int, g: Any, contribution: Any, total: Any) -> None:
    op: Any = node.op
    place = _first(_data(contribution))
    what = f"the rule of {op.name} for operand {i}, {describe(node.parents[i])}, gave {place}"
    if place is None:
        place = _first(_data(total))
        what = f"the gradient of {describe(node.parents[i])} became {place} when its parts were added up"
    if place is not None:
        given = [f"the gradient of its result was {_brief(place.seen(_data(g)))}", *_operands(node, place)]
        raise AnomalyError(_told(what, given, node), node, op.name, i, place)


def _forward_error(node: Node, op: Any, parents: tuple[Node, ...], place: _Place) -> AnomalyError:
    seen = [place.seen(x._stored) for x in parents]
    told = [_at(data, place.index) if op.elementwise else _brief(data) for data in seen]
    names = zip(_names(op, parents), parents, told, strict=True)
    given = [f"{name}, {describe(x)}, was {text}" for name, x, text in names]
    what = f"{op.name} gave {place} in a result of shape {shape_of(node._stored)}"
    return AnomalyError(_told(what, given, node), node, op.name, None, place)


def _root_error(root: Node, nodes: list[Node]) -> AnomalyError:
    """The first number on the way to the root that is not finite."""
    for node in nodes:
        if node.op is not None:
            place = _created(node._stored, [x._stored for x in node.parents], node.op.elementwise)
            if place is not None:
                return _forward_error(node, node.op, node.parents, place)
    for node in nodes:
        for x in (node, *node.parents):
            place = _first(x._stored)
            if place is not None and x.op is None:
                what = f"the result is {_first(root._stored)} because {describe(x)} holds {place}"
                return AnomalyError(what, x, "", None, place)
    place = _first(root._stored)
    assert place is not None
    return AnomalyError(f"the result {describe(root)} is {place}", root, "", None, place)


def _operands(node: Node, place: _Place) -> list[str]:
    names = _names(node.op, node.parents)
    return [f"{name} was {_brief(place.seen(x._stored))}" for name, x in zip(names, node.parents, strict=True)]


def _told(what: str, given: list[str], node: Node) -> str:
    line = line_of(node)
    lines = [what, *(f"  {item}" for item in given)]
    return "\n".join(lines + ([f"computed at {line}"] if line else ["computed before anomalies were being detected"]))


def _check_unchanged(node: Node) -> None:
    origin = _origins.get(id(node))
    if origin is None or node.op is None or not origin.prints:
        return
    for x, before in zip((node, *node.parents), origin.prints, strict=True):
        if before is not None and _fingerprint(x) != before:
            used = "was computed" if x is node else f"was used by {node.op.name}"
            raise GraphError(
                f"the data of {describe(x)} changed after it {used}, so gradients would be wrong: somebody wrote "
                f"into its array; compute the result again before differentiating it\n{used} at {origin.line}"
            )


def _fingerprint(x: Node) -> Any:
    """A number that is another one for other data; None for what cannot change, or cannot be looked at."""
    data = x._stored
    if type(data) is not np.ndarray and (type(data) is float or not is_foreign(data)):
        return None
    try:
        return hash(as_numpy(data).tobytes())
    except Exception:  # noqa: BLE001 (whatever another library raises)
        return None


def _forget(key: int) -> None:
    _origins.pop(key, None)


def _data(x: Any) -> Any:
    return x._stored if isinstance(x, Node) else x


def _first(data: Any) -> _Place | None:
    """The first entry that is not finite."""
    return None if data is RELEASED else _created(data, [], True)


def _created(out: Any, operands: list[Any], elementwise: bool) -> _Place | None:
    """The first entry that is nan where no operand is, or infinite where all are finite; in the first such example."""
    array = _array(out)
    if array is None or np.isfinite(array).all():
        return None
    if is_batch(out):
        for i in range(size_of(out, out.level) or 0):
            place = _created(pick(out, out.level, i), [pick(x, out.level, i) for x in operands], elementwise)
            if place is not None:
                return replace(place, example=((out.level, i), *place.example))
        return None
    known = [x for x in map(_array, operands) if x is not None]
    nan, inf = np.isnan(array), np.isinf(array)
    for x in known:
        was_nan, was_not_finite = np.isnan(x), ~np.isfinite(x)
        nan = nan & ~(was_nan if elementwise else was_nan.any())
        inf = inf & ~(was_not_finite if elementwise else was_not_finite.any())
    return _place(array, nan | inf)


def _array(data: Any) -> np.ndarray[Any, Any] | None:
    """The data as an array, of all examples, if it can hold nan, and if it can be looked at."""
    array = _looked_at(data)
    return array if array is not None and array.dtype.kind in "fc" else None


def _looked_at(data: Any) -> np.ndarray[Any, Any] | None:
    """The data as an array; None for what a compiler traces."""
    try:
        return as_numpy(whole(data)) if is_foreign(whole(data)) else np.asarray(whole(data))
    except Exception:  # noqa: BLE001 (whatever another library raises)
        return None


def _place(array: np.ndarray[Any, Any], bad: np.ndarray[Any, Any]) -> _Place | None:
    if not bad.any():
        return None
    index = tuple(int(i) for i in np.unravel_index(int(np.argmax(bad)), bad.shape)) if bad.ndim else ()
    return _Place(index, array[index].item(), int(bad.sum()), array.size)


def _at(data: Any, index: tuple[int, ...]) -> str:
    """The entry of an operand that an entry of the result was computed from."""
    array = _looked_at(data)
    if array is None:
        return _brief(data)
    own = tuple(0 if n == 1 else i for i, n in zip(index[len(index) - array.ndim :], array.shape, strict=True))
    return f"{array[own].item()!r}" + (f" at {list(own)}" if own else "")


def _brief(data: Any) -> str:
    if data is RELEASED:
        return "released"
    array = _looked_at(data)
    if array is None:
        return f"of shape {shape_of(data)}, traced by a compiler"
    if array.size == 1:
        return repr(array.item())
    place = _first(data)
    if place is not None:
        return f"of shape {array.shape} with {place}"
    return f"of shape {array.shape}, from {array.min()} to {array.max()}" if array.size else f"of shape {array.shape}"


def _names(op: Any, parents: tuple[Node, ...]) -> list[str]:
    return list(op.operands) if len(op.operands) == len(parents) else [f"operand {i}" for i in range(len(parents))]


_OURS = frozenset(["autograd_mini", "nn", "numpy", "contextlib", "functools"])


def _users_line() -> Line | None:
    """The nearest line on the stack that is neither this project's nor NumPy's."""
    frame: Any = sys._getframe(1)
    while frame is not None:
        if frame.f_globals.get("__name__", "").partition(".")[0] not in _OURS:
            return Line(frame.f_code.co_filename, frame.f_lineno)
        frame = frame.f_back
    return None


def detecting() -> bool:
    """Whether anomalies are being detected."""
    return STATE.get().watch is _WATCH
