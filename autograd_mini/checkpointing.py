"""``checkpoint``: forget what a function computed on the way, and compute it again in the backward pass."""

from __future__ import annotations

from _thread import get_ident
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ParamSpec, TypeVar

import numpy as np

from .arrays import as_numpy, is_abstract, shape_of
from .arrays.batched import whole
from .engine import record, sweep, topological
from .flattening import flatten as to_vector
from .forward import push
from .guards import GraphError, clock
from .leaves import filled_like
from .made import decorated
from .node import Node
from .operation import RUNTIME, Operation, Rule
from .state import STATE, differentiating_as, differentiation, no_grad, recording
from .tree import flatten

P = ParamSpec("P")
R = TypeVar("R")


def checkpoint(f: Callable[P, R]) -> Callable[P, R]:
    """The function that keeps only its result for the backward pass, and computes the rest again when it is needed.

    Parameters
    ----------
    f : callable
        Any function of Values, numbers and arrays, in nested structures or not, by position or by keyword. It must
        compute the same each time that it is called with the same arguments.

    Returns
    -------
    callable
        Takes and returns what ``f`` does. Gradients, of every order and in both modes, are the same, also those of
        Values that ``f`` uses without being given them, such as the parameters of a layer.

    Raises
    ------
    GraphError
        In a pass, if the second computation gives another result than the first, or uses other Values: because of
        random numbers, or of something that was changed in between.

    Notes
    -----
    A graph of n operations keeps n results; cut into √n checkpointed pieces, the pieces' results and what one piece
    computes, about 2 √n, for one more evaluation. Checkpoints may be nested. Where nothing is recorded, as under
    ``no_grad``, ``f`` is simply called. Side effects of ``f`` happen again in every pass. Arrays among the arguments
    are not copied.

    References
    ----------
    A. Griewank and A. Walther, "Algorithm 799: revolve", ACM Transactions on Mathematical Software 26 (2000).
    T. Chen, B. Xu, C. Zhang and C. Guestrin, "Training deep nets with sublinear memory cost", arXiv:1604.06174 (2016).

    Examples
    --------
    >>> import autograd_mini as am
    >>> @am.checkpoint
    ... def block(x, w):
    ...     return am.tanh(am.tanh(x * w) * w)
    >>> x, w = am.Value(0.5), am.Value(2.0)
    >>> y = block(x, w)
    >>> len(y.parents), y.op.name
    (2, 'checkpoint')
    >>> am.gradients(y, w) == am.gradients(am.tanh(am.tanh(x * w) * w), w)
    True
    """

    def checkpointed(*args: P.args, **kwargs: P.kwargs) -> R:
        if not STATE.get().is_on:
            return f(*args, **kwargs)
        return _Segment(f, args, kwargs).first()  # type: ignore[no-any-return]

    return decorated(checkpointed, lambda: (checkpoint, (f,)), f)


class _Segment:
    """One call of a checkpointed function, which can be made again."""

    def __init__(self, f: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        self.f, self.args, self.kwargs = f, args, kwargs
        self.name = str(getattr(f, "__name__", type(f).__name__)).strip("<>")
        self.sources: tuple[Any, ...] = ()
        self._call = differentiation()
        self._rows: dict[int, tuple[Any, bool, dict[int, Any]]] = {}

    def first(self) -> Any:
        """Call the function, keep its results, and record them as results of one operation on what it used."""
        start = clock()
        result = self.f(*self.args, **self.kwargs)
        leaves, rebuild = flatten(result)
        places = [i for i, y in enumerate(leaves) if self._is_new(y, start)]
        if not places:
            return result
        outs = [leaves[i] for i in places]
        self.sources = tuple(_sources(outs, start))
        with no_grad():
            vector, unflatten = to_vector([y.detach() for y in outs]) if len(outs) > 1 else (outs[0], None)
        data = vector._stored
        del result, outs  # NOTE: what was computed on the way is freed here
        node = record(_AGAIN, data.copy() if type(data) is np.ndarray else data, self.sources, {"segment": self})
        for i, y in zip(places, [node] if unflatten is None else unflatten(node), strict=True):
            leaves[i] = y
        return rebuild(leaves)

    @staticmethod
    def _is_new(y: Any, start: int) -> bool:
        return isinstance(y, Node) and y.requires_grad and y.order > start

    def __str__(self) -> str:
        return self.name

    def _again(self, out: Any) -> tuple[Any, int]:
        """Call the function again: its results as one node, and the age from which on nodes are its own."""
        start = clock()
        try:
            with recording(), differentiating_as(self._call):
                leaves, _ = flatten(self.f(*self.args, **self.kwargs))
                outs = [y for y in leaves if self._is_new(y, start)]
                root = outs[0] if len(outs) == 1 else to_vector(outs)[0]
        except Exception as error:
            error.add_note(f"in the second computation of checkpoint({self.name})")
            raise
        if not isinstance(root, Node) or not _close(root._stored, out) or {*_sources([root], start)} != {*self.sources}:
            raise GraphError(
                f"checkpoint({self.name}) computed something else the second time, so gradients would be wrong: it "
                "draws random numbers, or something that it uses was changed; pass what changes as an argument"
            )
        return root, start

    def data(self) -> Any:
        """The results' data, computed again."""
        with no_grad():
            leaves, _ = flatten(self.f(*self.args, **self.kwargs))
        outs = [y._stored for y in leaves if isinstance(y, Node)]
        return outs[0] if len(outs) == 1 else to_vector(outs)[0]

    def pulled(self, i: int, g: Any, out: Any) -> Any:
        """The gradient of source ``i``. One pass through the piece gives them all; the others wait for their turn."""
        graph, thread = isinstance(out, Node) or isinstance(g, Node), get_ident()
        last, last_graph, row = self._rows.get(thread, (None, False, {}))
        if last is not g or last_graph is not graph or i not in row:
            row = self._all_pulled(g, out, graph)
            self._rows[thread] = (g, graph, row)
        pulled = row.pop(i)
        if not row:
            del self._rows[thread]
        return pulled

    def _all_pulled(self, g: Any, out: Any, graph: bool) -> dict[int, Any]:
        root, start = self._again(out._stored if isinstance(out, Node) else out)
        with recording():
            found = sweep(root, g, graph=graph, release=None if graph else 0, wanted=self.sources, since=start)
        return {i: filled_like(x, 0.0) if found[x] is None else found[x] for i, x in enumerate(self.sources)}

    def pushed(self, tangents: Sequence[Any], out: Any, graph: bool) -> Any:
        """The tangent of the results from those of the sources, None for those that stand still."""
        root, start = self._again(out)
        moving = {x: t for x, t in zip(self.sources, tangents, strict=True) if t is not None}
        return push([root], moving, graph=graph, since=start)[0]


_AGAIN = Operation(
    "checkpoint",
    lambda operands, segment: segment.data(),
    "{segment}({x})",
    (Rule(lambda g, out, *operands, index, segment: segment.pulled(index, g, out), "∂{segment} / ∂{x}"),),
    ("operands",),
    variadic=True,
    push=lambda tangents, out, graph, segment: segment.pushed(tangents, out, graph),
)
RUNTIME[_AGAIN.name] = _AGAIN


def _sources(ys: Sequence[Any], start: int) -> list[Node]:
    """What results depend on that is older than ``start``, each once, the oldest first."""
    found: dict[Node, None] = {}
    for y in ys:
        for node in topological(y, since=start):
            for parent in node.parents:
                if parent.requires_grad and parent.order < start:
                    found[parent] = None
    return sorted(found, key=lambda node: node.order)


def _close(x: Any, y: Any) -> bool:
    """Whether two results are the same, as far as they can be looked at, but for rounding in another order."""
    x, y = whole(x), whole(y)
    if shape_of(x) != shape_of(y):
        return False
    if is_abstract(x):
        return True
    a, b = as_numpy(x), as_numpy(y)
    rtol = float(np.finfo(b.dtype).eps) ** 0.5 if b.dtype.kind in "fc" else 0.0
    return bool(np.allclose(a, b, rtol=rtol, atol=rtol * float(np.abs(b).max(initial=0.0)), equal_nan=True))
