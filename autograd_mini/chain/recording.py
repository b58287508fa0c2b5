"""Recording a pass: the values in order, and one backward sweep with a note at every edge.

It is done when somebody asks, by a pass of its own that touches no ``.grad``; one that nobody looks at costs nothing.
"""

from __future__ import annotations

import re
import sys
from typing import Any, TypeAlias

import numpy as np

from ..arrays import as_numpy, dtype_of, is_foreign, library
from ..arrays.batched import is_batch, whole
from ..engine import EdgeHook, sweep, topological
from ..guards import RELEASED, released
from ..node import Node, outward
from ..state import Scope
from .comparing import same
from .events import Kind, Trace, TraceEdge, TraceNode, TraceScope
from .names import COST, LONGEST_NAME, Found, Names, name_nodes, told_apart, variables
from .notation import Say, number
from .render import clean_text, quoted
from .resting import uncollected
from .wording import Wording
from .words import LANGUAGES, Language

LONGEST_TITLE = 120
_TARGET = re.compile(r"(y|t)([₀-₉]*|_.*)|.*(target|label).*", re.IGNORECASE | re.DOTALL)
_PREFIXES: dict[Kind, str] = {"parameter": "p", "input": "x", "target": "y", "constant": "c", "number": "c"}


def trace(root: Any, *, gradient: Any = None, names: Names = None, fmt: str = ".4g") -> Trace:
    """Run a pass and give it as data: forward, seed, one step an edge backward, sums where a value was used twice.

    Parameters
    ----------
    root : Value
        What is differentiated.
    gradient : array, optional
        The gradient to start from, in the shape of the root. By default 1 for a number; for an array what
        ``backward`` started from, else ones, which differentiates the sum of its entries.
    names : dict or False, optional
        Names for values, such as ``{"z": z}`` or ``locals()``, before those that the values have; False uses only
        those. By default the caller's variables name what has no name.
    fmt : str, default ".4g"
        Format of the numbers in formulas.

    Returns
    -------
    Trace
        The pass. No ``.grad`` is touched, and calling it before or after ``backward`` gives the same numbers.

    Raises
    ------
    TypeError
        If `root` is no Value.
    GraphError
        If the graph was released by ``backward(retain_graph=False)``, or data changed after it was used.
    ValueError
        If `gradient` does not have the root's shape, or `fmt` is no format of a number.

    Examples
    --------
    >>> from autograd_mini import Value
    >>> x = Value(3.0)
    >>> g = x**2
    >>> f = 20 * g + x
    >>> for edge in trace(f).edges:
    ...     if edge.requires_grad:
    ...         print(edge.symbol, "=", edge.rule, "=", edge.local, "adds", edge.contribution)
    dg/dx = 2x = 6.0 adds 120.0
    dv₁/dg = 20 = 20.0 adds 20.0
    ∂f/∂v₁ = 1 = 1.0 adds 1.0
    ∂f/∂x = 1 = 1.0 adds 1.0
    """
    return record_pass(root, gradient, variables(sys._getframe(1), names), fmt)


def record_pass(
    root: Any, gradient: Any, found: Found, fmt: str, *, lang: Language = "en", apart: bool = False
) -> Trace:
    """The trace of a pass; arguments as for `trace`, with the names found in the user's code.

    Rules are told in the language. With ``apart`` values of the same name are told apart by numbers.
    """
    check_format(fmt)
    with uncollected(), np.errstate(all="ignore"):
        graph = _graph(root, found)
        kinds = graph.kinds()
        names = name_nodes(graph.nodes, [_PREFIXES.get(kind, "v") for kind in kinds], found)
        if apart:
            names = told_apart(names, [kind == "number" for kind in kinds])
        for i, node in enumerate(graph.nodes):
            if kinds[i] == "number":
                names[i] = number(seen(node._stored), fmt)
            elif kinds[i] == "input" and graph.is_target(node, names[i]):
                kinds[i] = "target"
        seed = _seed(root, gradient)
        steps: _Steps = {}
        grads = sweep(root, seed, on_edge=_into(steps)) if root.requires_grad else {}
        return _trace(graph, kinds, names, steps, grads, seed, LANGUAGES[lang].say)


def count_cards(root: Any) -> int:
    """How many values a picture of the graph would show; raises as `trace` does for what is no graph."""
    graph = _graph(root, Found())
    return sum(not _is_plain_number(node) for node in graph.nodes)


def _graph(root: Any, found: Found) -> _Graph:
    if not isinstance(root, Node):
        raise TypeError(f"a Value is needed, the result of a computation with Values, got {type(root).__name__}")
    if root.op is RELEASED:
        raise released(root)
    return _Graph(root, found)


def _is_plain_number(node: Node) -> bool:
    """Whether a node is a number that the user wrote in a formula."""
    data = node._stored
    return node.order == 0 and (type(data) is float or (np.ndim(data) == 0 and np.isrealobj(data)))


def check_format(fmt: str) -> None:
    """Raise ValueError unless numbers can be formatted so."""
    try:
        number(1.0, fmt)
    except (TypeError, ValueError) as error:
        raise ValueError(f'fmt is a format of numbers such as ".4g", got {quoted(fmt)}: {error}') from None


def _seed(root: Node, gradient: Any) -> Any:
    """The gradient to start from, as it travels inside a pass."""
    data = root._stored
    if is_foreign(data):
        given = root._grad if gradient is None and np.shape(data) else gradient
        given = np.ones(np.shape(data)) if given is None else seen(given)
        _check_seed(given, data)
        return outward(library(data).static(np.asarray(given), data))
    if gradient is None:
        if np.shape(data) == ():
            return 1.0 if type(data) is float else np.ones_like(data)[()]
        gradient = np.ones_like(data) if root._grad is None else root._grad
    _check_seed(gradient, data)
    if type(data) is float:
        return float(gradient)
    return outward(np.asarray(gradient, dtype=data.dtype)[()])


def _check_seed(gradient: Any, data: Any) -> None:
    if np.shape(gradient) != np.shape(data):
        raise ValueError(
            f"gradient has shape {tuple(np.shape(gradient))}, but the root has shape {tuple(np.shape(data))}"
        )


def seen(x: Any) -> Any:
    """Data of any library as NumPy's, for everything that looks at a pass; of a batch all examples."""
    if is_batch(x):
        x = whole(x)
    if type(x) is float or isinstance(x, (np.ndarray, np.generic)) or not is_foreign(x):
        return x
    return as_numpy(x)[()]


class _Graph:
    """The values of a graph in topological order: each leaf stands before the first result that uses it."""

    def __init__(self, root: Node, found: Found) -> None:
        self.root, self.found = root, found
        self.nodes: list[Node] = []
        self.place: dict[Node, int] = {}
        self.users: dict[int, list[tuple[Node, int]]] = {}
        arrays: dict[str, int] = {}
        for node in topological(root):
            if node.op is None and node is not root:
                continue
            for i, parent in enumerate(node.parents):
                if parent not in self.place:
                    # A plain array is a new constant at every use; its name tells that it is one.
                    name = found.name(parent) if parent.order == 0 else ""
                    if name in arrays:
                        self.place[parent] = arrays[name]
                    else:
                        self._append(parent)
                    if name:
                        arrays[name] = self.place[parent]
                self.users[self.place[parent]].append((node, i))
            self._append(node)

    def _append(self, node: Node) -> None:
        self.place[node] = len(self.nodes)
        self.users[len(self.nodes)] = []
        self.nodes.append(node)

    def kinds(self) -> list[Kind]:
        """What each value is; targets are told from inputs when all have names."""
        kinds: list[Kind] = []
        for place, node in enumerate(self.nodes):
            if node.op is not None:
                kinds.append("root" if node is self.root else "op")
            elif node.requires_grad:
                kinds.append("parameter")
            elif _is_plain_number(node):
                kinds.append("number")
            else:
                named = node.order > 0 or self.found.name(node)
                multiplied = any(user.op is not None and user.op.name in _PRODUCTS for user, _ in self.users[place])
                kinds.append("input" if named or multiplied else "constant")
        return kinds

    def is_target(self, node: Node, name: str) -> bool:
        """Whether a constant is what the result is compared with, by the group that alone uses it or by its name."""
        users = self.users[self.place[node]]
        if users and all(COST.search(user.scope.name) if user.scope else None for user, _ in users):
            return True
        compared = all(user.op is not None and user.op.name == "subtract" for user, _ in users)
        return bool(users) and compared and _TARGET.fullmatch(name) is not None


_NONE = (None, None, None)
_PRODUCTS = frozenset({"linear", "matmul", "einsum_of"})


_Steps: TypeAlias = dict[tuple[Node, int], tuple[Any, Any, Any]]
"""For each edge, in the order of the sweep, the upstream gradient, the contribution and the sum so far."""


def _into(steps: _Steps) -> EdgeHook:
    def note(node: Node, i: int, upstream: Any, contribution: Any, total: Any) -> None:
        if type(upstream) is float is type(contribution):
            steps[node, i] = upstream, contribution, total
        else:
            steps[node, i] = seen(outward(upstream)), seen(outward(contribution)), seen(outward(total))

    return note


def _trace(
    graph: _Graph, kinds: list[Kind], names: list[str], steps: _Steps, grads: dict[Node, Any], seed: Any, say: Say
) -> Trace:
    leaves = [node for node in graph.nodes if node.op is None and node.requires_grad]
    words = Wording(
        of=_differentiated(names[-1], graph.root, seed),
        d="d" if len(leaves) == 1 and np.ndim(leaves[0]._stored) == 0 else "∂",
        plain_seed=bool(np.ndim(seed) == 0 and seen(seed) == 1),
        say=say,
    )
    place = graph.place
    ids = [f"n_{k}" for k in range(len(graph.nodes))]
    activated = {place[node.parents[0]] for node in graph.nodes if node.op is not None and node.op.activation}
    scopes: dict[int, TraceScope] = {}
    at: dict[tuple[Node, int], int] = {}
    nodes, edges = list[TraceNode](), list[TraceEdge]()
    for k, node in enumerate(graph.nodes):
        data, operands = seen(node._stored), tuple([ids[place[parent]] for parent in node.parents])
        # Computed arrays never change; a leaf's may, at the next step of an optimizer.
        value = data.copy() if node.op is None and isinstance(data, np.ndarray) else data
        grad = seen(outward(grads[node])) if node in grads else None
        nodes.append(
            TraceNode(
                id=ids[k],
                name=names[k],
                kind=kinds[k],
                op=None if node.op is None else node.op.name,
                static=node.static or None,
                operands=operands,
                shape=() if type(data) is float else np.shape(data),
                dtype=str(dtype_of(data)),
                value=value,
                requires_grad=node.requires_grad,
                grad=grad,
                held=_held(node, value, grad),
                delta=k in activated and node.op is not None,
                scope=_scope(node.scope, scopes) if node.scope is not None else None,
                _words=words,
                _op=node.op,
                _data=node._stored if is_batch(node._stored) else value,
            )
        )
        for i, operand in enumerate(operands):
            numbers = steps.get((node, i))
            flows = numbers is not None
            if numbers is not None:
                at[node, i] = len(edges)
            upstream, contribution, total = numbers or _NONE
            edges.append(TraceEdge(f"e_{k}_{i}", operand, ids[k], i, flows, upstream, contribution, total, words))
    backward = [at[edge] for edge in steps]
    differentiated = graph.root._grad is not None
    return Trace(nodes, edges, [*scopes.values()], backward, place, words=words, differentiated=differentiated)


def _held(node: Node, value: Any, grad: Any) -> Any:
    """What the ``.grad`` of a node holds, if that is another gradient than the one of this pass."""
    if node._grad is None or grad is None:
        return None
    held = seen(node._grad)
    return None if same(held, grad, value) else held


def _scope(scope: Scope, known: dict[int, TraceScope]) -> str:
    """The id of a group; a group that was not known yet is entered, after those around it."""
    if id(scope) not in known:
        parent = _scope(scope.parent, known) if scope.parent is not None else None
        title = "" if scope.title == scope.name else clean_text(scope.title, LONGEST_TITLE)
        name = clean_text(scope.name, LONGEST_NAME)
        known[id(scope)] = TraceScope(f"s_{len(known)}", name, title, clean_text(scope.path, 1000), parent)
    return known[id(scope)].id


def _differentiated(name: str, root: Node, seed: Any) -> str:
    """What the pass differentiates: the root, or for an array the sum of its entries, weighted by the seed."""
    if np.ndim(root._stored) == 0:
        return name
    return f"Σ{name}" if np.all(seen(seed) == 1) else f"(G·{name})"
