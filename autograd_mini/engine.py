"""The engine: it records operations as a graph and walks the chain rule back through it.

A node is the result of one operation. It holds its data, the operation (an entry of the table in ``operation.py``) and
its ordered operands, and nothing points forward, so that reference counting frees a graph at once. The backward
pass visits nodes from the newest to the oldest: whoever used a node is newer, so its gradient is complete when its turn
comes. That is the topological order that backpropagation needs, and a sort by age gives it without recursion.

Gradients of a pass live in the pass; nodes and leaves get theirs at its end, all or none.
"""

from __future__ import annotations

import functools
import inspect
import itertools
import sys
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np

from .arrays import library, plain

if TYPE_CHECKING:
    from .operation import Operation
    from .value import Value

F = TypeVar("F", bound=Callable[..., Any])

clock = itertools.count(1).__next__
"""Ages of nodes. ``next`` on a count is atomic, so threads share it."""


class GraphError(RuntimeError):
    """The graph cannot be differentiated as it stands; the message says why and what to do."""


class Scope:
    """A named group of operations, such as one call of a module; pictures draw it as a cluster.

    Parameters
    ----------
    name : str
        Short name, one part of the path.
    title : str
        What the picture writes on the cluster; the name if empty.
    parent : Scope or None
        The group around this one.
    """

    __slots__ = ("name", "parent", "title")

    def __init__(self, name: str, title: str = "", parent: Scope | None = None) -> None:
        self.name, self.title, self.parent = name, title or name, parent

    @property
    def path(self) -> str:
        """Names from the outermost group to this one, joined by dots."""
        return self.name if self.parent is None else f"{self.parent.path}.{self.name}"


class State(NamedTuple):
    """What recording depends on; held in a context variable, so threads and tasks have their own."""

    recording: bool = True
    scope: Scope | None = None


STATE: ContextVar[State] = ContextVar("autograd_mini", default=State())  # noqa: B039 (a tuple cannot change)


class Node:
    """One value of the graph: a leaf, or the result of ``op`` on ``parents``. ``Value`` adds the operators.

    ``order`` is the node's age. An operand is always older than the result; a leaf whose data was
    replaced becomes younger, and that is how a pass notices that the data changed after it was used.
    """

    __slots__ = ("__weakref__", "_data", "_grad", "name", "op", "order", "parents", "requires_grad", "scope", "static")

    _data: Any
    _grad: Any
    name: str | None
    op: Operation | None
    order: int
    parents: tuple[Node, ...]
    requires_grad: bool
    scope: Scope | None
    static: Mapping[str, Any] | None


_kind: list[type[Node]] = [Node]
_new = object.__new__


def results_are(kind: type[Node]) -> None:
    """Make ``kind`` the class of what operations return."""
    _kind[0] = kind


def constant(data: Any) -> Value:
    """A node for an operand that came as plain data: it takes part, and costs no gradient."""
    node: Any = _new(_kind[0])
    node._data = plain(data)
    node._grad = node.name = node.op = node.static = node.scope = None
    node.parents = ()
    node.requires_grad = False
    node.order = 0
    return node  # type: ignore[no-any-return]


def record(op: Operation, data: Any, parents: tuple[Node, ...], static: Mapping[str, Any] | None = None) -> Value:
    """The result of an operation; its operands are kept only if a gradient can flow to one of them."""
    node: Any = _new(_kind[0])
    node._data = data
    node._grad = node.name = None
    node.order = clock()
    recording, scope = STATE.get()
    if recording:
        for parent in parents:
            if parent.requires_grad:
                node.op, node.parents, node.static, node.scope = op, parents, static, scope
                node.requires_grad = True
                return node  # type: ignore[no-any-return]
    node.op = node.static = node.scope = None
    node.parents = ()
    node.requires_grad = False
    return node  # type: ignore[no-any-return]


class _Switch:
    """A context manager and decorator that sets one field of the state; exceptions and generators restore it."""

    def __init__(self, **fields: Any) -> None:
        self._fields = fields
        self._tokens: list[Any] = []

    def __enter__(self) -> None:
        self._tokens.append(STATE.set(STATE.get()._replace(**self._fields)))

    def __exit__(self, *error: object) -> None:
        STATE.reset(self._tokens.pop())

    def __call__(self, f: F) -> F:
        fields = self._fields
        if inspect.isgeneratorfunction(f):

            @functools.wraps(f)
            def generator(*args: Any, **kwargs: Any) -> Iterator[Any]:
                items = f(*args, **kwargs)
                send: Callable[[], Any] = functools.partial(next, items)
                while True:
                    try:
                        with _Switch(**fields):
                            item = send()
                    except StopIteration as stop:
                        return stop.value
                    try:
                        received = yield item
                        send = functools.partial(items.send, received)
                    except BaseException as error:
                        send = functools.partial(items.throw, error)

            return generator  # type: ignore[return-value]
        if inspect.iscoroutinefunction(f):

            @functools.wraps(f)
            async def coroutine(*args: Any, **kwargs: Any) -> Any:
                with _Switch(**fields):
                    return await f(*args, **kwargs)

            return coroutine  # type: ignore[return-value]

        @functools.wraps(f)
        def function(*args: Any, **kwargs: Any) -> Any:
            with _Switch(**fields):
                return f(*args, **kwargs)

        return function  # type: ignore[return-value]


def no_grad() -> _Switch:
    """Compute without recording: a context manager, and a decorator for functions, generators and coroutines.

    The setting belongs to the current thread or task and is restored when the block is left, also by an exception.

    Examples
    --------
    >>> from autograd_mini import Value, no_grad
    >>> w = Value(3.0)
    >>> with no_grad():
    ...     y = w * w
    >>> y.requires_grad
    False
    """
    return _Switch(recording=False)


def recording() -> _Switch:
    """The opposite of ``no_grad``: transformations such as ``grad`` record even inside it."""
    return _Switch(recording=True)


@contextmanager
def scope(name: str, title: str = "") -> Iterator[Scope]:
    """Group the operations of the block; the picture draws them as one titled cluster.

    Parameters
    ----------
    name : str
        Short name of the group.
    title : str, optional
        What the picture writes on it.

    Examples
    --------
    >>> from autograd_mini import Value, scope
    >>> o, y = Value(0.25), 1.0
    >>> with scope("Cost", "C = (o - y)²"):
    ...     C = (o - y) ** 2
    >>> C.scope.path
    'Cost'
    """
    state = STATE.get()
    group = Scope(name, title, state.scope)
    token = STATE.set(state._replace(scope=group))
    try:
        yield group
    finally:
        STATE.reset(token)


# --- data that changed after it was used ------------------------------------------------------------------------------

_lent: weakref.WeakKeyDictionary[Node, Any] = weakref.WeakKeyDictionary()


def lend(leaf: Node) -> None:
    """Remember the leaf's array as it is now: its owner may write into it, and a later pass must notice."""
    if leaf not in _lent:
        _lent[leaf] = leaf._data.copy()


def renew(leaf: Node) -> None:
    """The leaf has new data: what was computed from the old data must not be differentiated any more."""
    leaf.order = clock()
    _lent.pop(leaf, None)


def _check_unchanged(leaf: Node) -> None:
    lent = _lent.get(leaf)
    if lent is not None and not np.array_equal(lent, leaf._data, equal_nan=lent.dtype.kind in "fc"):
        raise GraphError(_CHANGED.format(describe(leaf)))


_CHANGED = (
    "the data of {} changed after the graph had used it (by .data, an optimizer step or assigned parents), so its "
    "gradients would be wrong; compute the result again before differentiating it"
)
_RELEASED = (
    "{} was released by a pass with retain_graph=False; to look at it or to differentiate again, "
    "call backward(retain_graph=True)"
)


class _Released:
    """Stands where a pass with ``retain_graph=False`` freed a node's data or operation."""

    def __repr__(self) -> str:
        return "<released>"


RELEASED: Any = _Released()


def released(node: Node) -> GraphError:
    """The error for whoever needs what was released."""
    return GraphError(_RELEASED.format(describe(node)))


def describe(node: Node) -> str:
    """Name, operation and shape of a node, for messages."""
    name = f"{node.name!r} " if node.name else ""
    what = "a leaf" if node.op is None else "a result" if node.op is RELEASED else f"the result of {node.op.name}"
    return f"{name}({what}, shape {np.shape(node._data) if node._data is not RELEASED else 'released'})"


# --- the walk ---------------------------------------------------------------------------------------------------------


def topological(root: Node, since: int = 0) -> list[Node]:
    """Every node that ``root`` depends on and a gradient reaches, operands before results; no recursion.

    ``since`` leaves out nodes older than that age. Raises GraphError if an operand is younger than its result: its data
    was replaced, or somebody tied the graph into a loop.
    """
    seen = {root}
    stack = [root]
    while stack:
        node = stack.pop()
        order = node.order
        if node.op is RELEASED:
            raise released(node)
        for parent in node.parents:
            if parent.order >= order:
                raise GraphError(_CHANGED.format(describe(parent)))
            if parent.requires_grad and parent.order >= since and parent not in seen:
                seen.add(parent)
                stack.append(parent)
    return sorted(seen, key=attrgetter("order"))


EdgeHook = Callable[[Node, int, Any, Any, Any], None]
"""Called for each edge of a pass: result, operand number, upstream gradient, contribution, running sum."""


def sweep(
    root: Node,
    seed: Any,
    *,
    graph: bool = False,
    release: bool = False,
    wanted: Mapping[Node, Any] | None = None,
    on_edge: EdgeHook | None = None,
) -> Iterator[tuple[Node, Any]]:
    """Walk the chain rule from ``root`` back and yield each node with its complete gradient, newest first.

    With ``graph`` the rules are fed Values, so that the gradients are part of a new graph; else plain data. ``wanted``
    restricts the walk to the nodes that lead to these.
    """
    nodes = topological(root, min((node.order for node in wanted), default=0) if wanted is not None else 0)
    useful = _leading_to(wanted, nodes) if wanted is not None else None
    grads = {root: seed}
    summed: set[Node] = set()  # nodes whose gradient is a sum made here, so that nobody else holds it
    while nodes:
        node = nodes.pop()
        g = grads.pop(node, None)
        if g is None:
            continue
        op, parents = node.op, node.parents
        if op is None:
            _check_unchanged(node)
            yield node, _unshared(g, node in summed)
            continue
        yield node, g
        operands = parents if graph else [parent._data for parent in parents]
        out = node if graph else node._data
        for i, parent in enumerate(parents):
            if not parent.requires_grad or (useful is not None and parent not in useful):
                continue
            try:
                contribution = op.pull(i, g, out, operands, node.static)
            except Exception as error:
                error.add_note(f"in the rule of {op.name} for operand {i}, {describe(parent)}")
                raise
            if type(contribution) is not float or type(parent._data) is not float:
                contribution = fit(contribution, parent, op, i)
            total = grads.get(parent)
            if total is None:
                grads[parent] = contribution
            elif parent in summed:
                total += contribution
                grads[parent] = total
            else:
                grads[parent] = total + contribution
                summed.add(parent)
            if on_edge is not None:
                on_edge(node, i, g, contribution, grads[parent])
        if release:
            node.op, node.parents, node.static = RELEASED, (), None
            if node is not root:
                node._data = RELEASED


def _leading_to(wanted: Mapping[Node, Any], nodes: list[Node]) -> set[Node]:
    useful: set[Node] = set()
    for node in nodes:
        if node in wanted or any(parent in useful for parent in node.parents):
            useful.add(node)
    return useful


def _unshared(g: Any, ours: bool) -> Any:
    """The gradient in an array that nobody else holds: a rule may have passed one array on to several operands."""
    if type(g) is not np.ndarray or ours:
        return g
    held_here_alone = 3  # this argument, the caller's variable, and getrefcount's own
    return g if g.base is None and sys.getrefcount(g) <= held_here_alone else g.copy()


def fit(contribution: Any, operand: Node, op: Operation, i: int) -> Any:
    """The contribution in the shape, dtype and kind of the operand: broadcasts are undone here and nowhere else."""
    like = operand._data
    data = contribution._data if isinstance(contribution, Node) else contribution
    if type(data) is type(like) and (type(data) is float or (data.shape == like.shape and data.dtype == like.dtype)):
        return contribution
    try:
        table = library(plain(data), like)
        if not table.fits(np.shape(data), np.shape(like)):
            raise ValueError(f"a gradient of shape {np.shape(data)} for an operand of shape {np.shape(like)}")
    except (TypeError, ValueError) as error:
        raise GraphError(f"the rule of {op.name} for operand {i}, {describe(operand)}, gave no gradient: {error}") from None
    if isinstance(contribution, Node):
        return contribution.fit(like)  # type: ignore[attr-defined]
    return table.fit(data, like)


def backward(root: Node, seed: Any, *, retain_graph: bool) -> None:
    """Run the pass and hand out the gradients: leaves accumulate, inner nodes keep the latest; all of it or nothing."""
    leaves: list[tuple[Node, Any]] = []
    inner: list[tuple[Node, Any]] = []
    for node, g in sweep(root, seed, release=not retain_graph):
        if node.op is None:
            leaves.append((node, outward(g)))
        elif retain_graph:
            inner.append((node, outward(g)))
    with _handing_out:  # threads may share a leaf
        before = [node._grad for node, _ in leaves]
        after = [g if old is None else old + g for old, (_, g) in zip(before, leaves, strict=True)]
        try:
            for (node, _), grad in zip(leaves, after, strict=True):
                node._grad = grad
            for node, g in inner:
                node._grad = g
        except BaseException:  # an interrupt between two of them
            for (node, _), grad in zip(leaves, before, strict=True):
                node._grad = grad
            raise


_handing_out = threading.Lock()


def outward(g: Any) -> Any:
    """Inside a pass gradients of complex data travel unconjugated, so that g·f'(z) is the rule of every holomorphic
    function; users get (and give) the conjugate, the direction of steepest ascent, as in PyTorch."""
    return g.conj() if getattr(g, "dtype", None) is not None and g.dtype.kind == "c" else g
