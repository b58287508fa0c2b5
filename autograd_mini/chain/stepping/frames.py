"""The steps of a pass as frames: what happens, where, and what to say of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ..events import Trace, TraceEvent, TraceNode
from .sentences import Sentences

Stage: TypeAlias = Literal["forward", "seed", "backward", "sum", "update"]


@dataclass(frozen=True, slots=True)
class Frame:
    """One step.

    Parameters
    ----------
    number : int
        1, 2, 3, ...
    phase : {"forward", "seed", "backward", "sum", "update"}
        A value is computed (or given); the derivative of the root by itself; a gradient goes back over one edge; the
        contributions to a value that was used more than once are complete; a parameter takes a step downhill.
    node : str
        Id of the value that gets a value, a gradient or an update.
    edges : tuple of str
        Ids of the edges concerned.
    formula : str
        The step in symbols: ``∂C/∂z = ∂C/∂o · ∂o/∂z``.
    text : str
        The step in numbers and plain words.
    completes : bool
        Whether the gradient of the value is complete with this step.
    """

    number: int
    phase: Stage
    node: str
    edges: tuple[str, ...]
    formula: str
    text: str
    completes: bool


def make_frames(trace: Trace, sentences: Sentences, update: float | None) -> tuple[Frame, ...]:
    """The frames of a pass.

    Parameters
    ----------
    trace : Trace
        The pass.
    sentences : Sentences
        What to say.
    update : float or None
        The learning rate of a step of gradient descent at the end; None for none.
    """
    frames = [_frame(trace, sentences, event) for event in trace.events]
    if update is not None:
        frames += _updates(trace, sentences, update)
    return tuple(frames)


def _frame(trace: Trace, sentences: Sentences, event: TraceEvent) -> Frame:
    node = trace.node(event.node)
    if event.phase == "forward":
        formula, text = sentences.forward(node)
    elif event.phase == "seed":
        formula, text = sentences.seed(node)
    elif event.phase == "sum":
        formula, text = sentences.total(node)
    else:
        formula, text = sentences.backward(trace.edge(event.edges[0]))
    alone = event.phase == "backward" and len(trace.outgoing[node.id]) == 1
    completes = alone or event.phase in ("seed", "sum")
    return Frame(event.step + 1, event.phase, node.id, event.edges, formula, text, completes)


def _updates(trace: Trace, sentences: Sentences, rate: float) -> Iterator[Frame]:
    for i, node in enumerate(parameters(trace), start=len(trace.events) + 1):
        yield Frame(i, "update", node.id, (), *sentences.update(node, rate), False)


def parameters(trace: Trace) -> list[TraceNode]:
    """The leaves that the pass gives a gradient."""
    return [node for node in trace.nodes if node.op is None and node.grad is not None]


def count_drawn(trace: Trace) -> int:
    """How many values have a card; plain numbers stand in the formulas."""
    return sum(node.kind != "number" for node in trace.nodes)


def table_text(frames: tuple[Frame, ...], headers: tuple[str, str, str, str], phases: dict[str, str]) -> str:
    """The steps as a table of plain text: number, phase, chain rule, numbers."""
    rows = [headers, *((str(f.number), phases[f.phase], f.formula, f.text) for f in frames)]
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    widths[2] = min(widths[2], 48)
    lines = [f"{row[0]:>{widths[0]}}  {row[1]:<{widths[1]}}  {row[2]:<{widths[2]}}  {row[3]}".rstrip() for row in rows]
    rule = "  ".join("─" * width for width in (*widths, max(len(row[3]) for row in rows)))
    return "\n".join([lines[0], rule, *lines[1:]])
