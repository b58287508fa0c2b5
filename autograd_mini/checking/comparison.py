"""compare_gradients: the gradients that the graph computes beside gradients that were derived by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import Any

import numpy as np

from ..arrays import plain
from ..engine import topological
from ..guards import RELEASED, GraphError, released
from ..node import Node
from ..transforms import gradients
from ..value import Value
from .report import (
    Array,
    GradientError,
    error_size,
    index_text,
    larger,
    non_negative,
    number,
    pattern,
    relative_error,
    text_table,
    tolerance,
)

RTOL: dict[type[Any], float] = {np.float64: 1e-9, np.float32: 1e-4, np.float16: 2e-2}
HEADER = ("name", "shape", "largest abs. error", "largest rel. error", "verdict")


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One Value of a comparison.

    Attributes
    ----------
    name : str
        Its name.
    shape : tuple of int
        Its shape, which is that of its gradient.
    graph, manual : array
        The gradient that the graph computed and the one by hand, as they are.
    absolute_error, relative_error : float
        The largest over all entries, the relative one over the larger of the two at that entry; pairs that are zero
        to within ``atol`` do not count for it. Infinite if the shapes differ.
    index : tuple of int or None
        The entry that is farthest off; None if the shapes differ or there are no entries.
    agrees : bool
        The verdict.
    words : str
        The verdict in words.
    """

    name: str
    shape: tuple[int, ...]
    graph: Array
    manual: Array
    absolute_error: float
    relative_error: float
    index: tuple[int, ...] | None
    agrees: bool
    words: str

    @property
    def verdict(self) -> str:
        """The verdict as a sign and words."""
        return f"{'✓' if self.agrees else '✗'} {self.words}"


class Comparison:
    """Gradients by the graph and by hand, side by side: prints as a table, is true if all agree.

    Parameters
    ----------
    rows : sequence of ComparisonRow
        One for each Value.

    Examples
    --------
    >>> from autograd_mini import Value, compare_gradients
    >>> x, w = Value(3.0, name="x"), Value([1.0, 2.0], name="w")
    >>> loss = (x * w**2).sum()
    >>> print(compare_gradients(loss, {"x": 5.0, "w": [3.0, 6.0]}))
    name  shape  largest abs. error  largest rel. error  verdict
    ────  ─────  ──────────────────  ──────────────────  ───────────────────────────────────────
    x     ()                      0                   0  ✓ equal
    w     (2,)              6.0e+00             5.0e-01  ✗ every entry is off by a factor of 1/2
    """

    def __init__(self, rows: Iterable[ComparisonRow]) -> None:
        self.rows = tuple(rows)

    def __bool__(self) -> bool:
        return all(row.agrees for row in self.rows)

    def check(self) -> None:
        """Nothing if all agree.

        Raises
        ------
        GradientError
            With the table and, for each gradient that differs, its worst entry.
        """
        if self:
            return
        wrong = [row for row in self.rows if not row.agrees]
        worst = [
            f"{row.name}{index_text(row.index)}: {number(row.manual[row.index])} by hand, "
            f"{number(row.graph[row.index])} by the graph"
            for row in wrong
            if row.index is not None
        ]
        message = f"{len(wrong)} of {len(self.rows)} gradients differ from the graph's"
        raise GradientError("\n\n".join([message, str(self), *(["\n".join(worst)] if worst else [])]), wrong)

    def __str__(self) -> str:
        return text_table(HEADER, [_cells(row) for row in self.rows], "<<>><")

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{escape(title)}</th>" for title in HEADER)
        body = ["".join(f"<td>{escape(cell)}</td>" for cell in _cells(row)) for row in self.rows]
        lines = "".join(f"<tr>{cells}</tr>" for cells in body)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"


def compare_gradients(
    loss: Value,
    manual: Mapping[Any, Any] | Iterable[tuple[Any, Any]],
    *,
    rtol: float | None = None,
    atol: float | None = None,
) -> Comparison:
    """Compare gradients that were derived by hand with those that the graph computes.

    Parameters
    ----------
    loss : Value
        A single number. The gradients come from a pass of their own; no ``.grad`` is read or changed.
    manual : mapping, or iterable of pairs
        From Values of the graph, or their names, to gradients: numbers, arrays or nested lists.
    rtol, atol : float, optional
        An entry agrees if the two differ by no more than ``rtol · (the larger of the two) + atol``. By default ``rtol``
        is 1e-9 for float64, 1e-4 for float32 and 2e-2 for float16; ``atol`` is a hundredth of that at the largest
        entry of the gradient, and at least 3.6e-15 (float64).

    Returns
    -------
    Comparison
        Prints as a table, is true or false, and has ``.check()`` and ``.rows``. A wrong shape is a verdict too.

    Raises
    ------
    ValueError
        If ``manual`` is empty, a name is unknown or belongs to several Values, or the loss is not a single number.
    GraphError
        If the loss requires no gradient or its graph was released.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd_mini import Value, compare_gradients, tanh
    >>> X, W = np.ones((4, 2)), Value([[0.1], [0.2]], name="W")
    >>> loss = (tanh(X @ W) ** 2).sum()
    >>> a = np.tanh(X @ W.numpy())
    >>> delta = 2 * a * (1 - a**2)
    >>> bool(compare_gradients(loss, {W: X.T @ delta}))
    True
    """
    _check_loss(loss)
    rtol, atol = (None if x is None else non_negative(x, what) for x, what in ((rtol, "rtol"), (atol, "atol")))
    names_of = _Names(loss)
    pairs = _pairs(manual, names_of)
    values = [names_of.find(key) for key, _ in pairs]
    names = [key if isinstance(key, str) else key.name or f"value {i}" for i, (key, _) in enumerate(pairs, 1)]
    found = gradients(loss, values)
    rows = [
        _compare(name, np.asarray(graph), _numbers(by_hand, name), rtol, atol)
        for name, graph, (_, by_hand) in zip(names, found, pairs, strict=True)
    ]
    return Comparison(
        row if row.agrees or value in names_of.nodes else replace(row, words="is not in the graph of the loss")
        for row, value in zip(rows, values, strict=True)
    )


def _check_loss(loss: Any) -> None:
    if not isinstance(loss, Value):
        cure = "call it first, or write gradcheck(f, x)" if callable(loss) else "compute it with Values"
        cure = "add them up, sum(losses)" if isinstance(loss, (list, tuple)) else cure
        raise TypeError(f"compare_gradients needs the loss as a Value, got {type(loss).__name__}: {cure}")
    if loss.op is RELEASED:
        raise released(loss)
    if loss.size != 1:
        raise ValueError(f"compare_gradients needs a loss that is a single number, this one has shape {loss.shape}")
    if not loss.requires_grad:
        raise GraphError("compare_gradients needs a loss that depends on a Value with requires_grad=True")


def _pairs(manual: Any, names_of: _Names) -> list[tuple[Any, Any]]:
    """Values or names, each with its gradient by hand."""
    items = manual.items() if isinstance(manual, Mapping) else manual
    listed = not isinstance(items, (Node, np.ndarray, str)) and isinstance(items, Iterable)
    pairs = [pair if isinstance(pair, (tuple, list)) else (pair,) for pair in items] if listed else [(items,)]
    if not pairs:
        raise ValueError(f"there is nothing to compare: {names_of.cure}")
    wrong = next((pair for pair in pairs if len(pair) != 2), None)
    if wrong is not None:
        what = type(wrong[0]).__name__ if len(wrong) == 1 else f"a {type(wrong).__name__} of {len(wrong)}"
        raise TypeError(f"each gradient by hand comes with its Value or name, got {what}: {names_of.cure}")
    return [(key, gradient) for key, gradient in pairs]


class _Names:
    """The Values of a graph by name."""

    def __init__(self, loss: Value) -> None:
        self.named: dict[str, list[Node]] = {}
        self.nodes = set(topological(loss))
        for node in sorted(self.nodes, key=lambda node: node.order):
            if node.name is not None:
                self.named.setdefault(node.name, []).append(node)

    def find(self, key: Any) -> Node:
        """The Value that a key means."""
        if isinstance(key, Node):
            if not key.requires_grad:
                raise ValueError(f"{key!r} is a constant (requires_grad=False), so the loss has no gradient by it")
            return key
        if not isinstance(key, str):
            kind = type(key).__name__
            raise TypeError(f"gradients are compared by Value or name, got a key of type {kind}: {self.cure}")
        nodes = self.named.get(key, [])
        if len(nodes) > 1:
            raise ValueError(f"{len(nodes)} Values of the graph are called {key!r}: pass the Value itself. {self}")
        if not nodes:
            raise ValueError(f"no Value of the graph that requires a gradient is called {key!r}. {self}")
        return nodes[0]

    @property
    def cure(self) -> str:
        """The line to write, with names of this graph."""
        leaves = [name for name, nodes in self.named.items() if nodes[0].op is None]
        words = [f"{name!r}: …" for name in leaves[:2]] or ["w: dw", "b: db"]
        return f"write compare_gradients(loss, {{{', '.join(words)}}})"

    def __str__(self) -> str:
        if not self.named:
            return "No Value of the graph has a name"
        times = {name: f" ({len(nodes)} times)" if len(nodes) > 1 else "" for name, nodes in self.named.items()}
        return "The names are " + ", ".join(f"{name!r}{count}" for name, count in times.items())


def _numbers(gradient: Any, name: str) -> Array:
    try:
        return np.asarray(plain(gradient._stored if isinstance(gradient, Node) else gradient))
    except (TypeError, ValueError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"the gradient by hand of {name} is no array of numbers: {error}") from None


def _compare(name: str, graph: Array, manual: Array, rtol: float | None, atol: float | None) -> ComparisonRow:
    if manual.shape != graph.shape:
        cure = ": pass its transpose" if manual.T.shape == graph.shape else ""
        words = f"shape {manual.shape} where the gradient has {graph.shape}{cure}"
        return ComparisonRow(name, graph.shape, graph, manual, np.inf, np.inf, None, False, words)
    limits = tolerance(RTOL, graph.dtype, float(np.abs(graph).max(initial=0.0)), rtol, atol)
    wide = np.result_type(graph, manual, np.float64)
    a, b = manual.astype(wide), graph.astype(wide)
    with np.errstate(invalid="ignore"):
        errors = np.where(a == b, 0.0, np.abs(a - b))
        errors = np.where(np.isnan(errors), np.inf, errors)
        wrong = ~(errors <= limits.allowed(a, b)) | ~np.isfinite(errors)
    relative = np.where(larger(a, b) <= limits.atol, 0.0, relative_error(a, b))
    index = None
    if errors.size:
        farthest = np.argmax(np.where(wrong, errors, -1.0) if wrong.any() else errors)
        index = tuple(int(k) for k in np.unravel_index(farthest, errors.shape))
    return ComparisonRow(
        name,
        graph.shape,
        graph,
        manual,
        float(errors.max(initial=0.0)),
        float(relative.max(initial=0.0)),
        index,
        not wrong.any(),
        _words(a, b, wrong),
    )


def _words(manual: Array, graph: Array, wrong: Array) -> str:
    if not wrong.any():
        return "equal" if np.array_equal(manual, graph, equal_nan=True) else "agrees"
    if not np.isfinite(manual).all():
        return f"by hand {np.sum(~np.isfinite(manual))} of {manual.size} entries are nan or infinite"
    if not np.isfinite(graph).all():
        return f"by the graph {np.sum(~np.isfinite(graph))} of {graph.size} entries are nan or infinite"
    if not graph.any():
        return "the gradient by the graph is zero"
    if manual.ndim == 2 and manual.shape[0] == manual.shape[1] and np.allclose(manual.T, graph):
        return "transposed"
    words = pattern(manual[wrong], graph[wrong])
    if words and wrong.all():
        return f"every entry {words}"
    count = "differs" if wrong.size == 1 else f"{np.sum(wrong)} of {wrong.size} entries differ"
    return f"{count}, each {words}" if words else count


def _cells(row: ComparisonRow) -> tuple[str, ...]:
    if row.index is None and not row.agrees:
        return row.name, str(row.shape), "—", "—", row.verdict
    return row.name, str(row.shape), error_size(row.absolute_error), error_size(row.relative_error), row.verdict
