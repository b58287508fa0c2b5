"""The steps of a pass grouped as textbooks teach backpropagation: layer by layer, in three steps.

First δ of the last layer, then δ passed back from layer to layer, and at the end the derivatives from δ, where
δ = ∂C/∂z is the gradient of what a layer hands to its activation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..events import Trace, TraceNode
from ..layers import find_layers
from .frames import Frame, Stage
from .sentences import Sentences

_MOST_LINES = 3


@dataclass(frozen=True, slots=True)
class LayerStep:
    """Several frames as one step.

    Parameters
    ----------
    phase : {"forward", "backward", "update"}
        The way.
    formula : str
        What the step is: ``Step 1: δ of the last layer (layer2)``.
    text : str
        What comes out of it, a line for each value.
    frames : tuple of int
        Numbers of the frames that it takes together.
    """

    phase: Stage
    formula: str
    text: str
    frames: tuple[int, ...]


def layer_steps(trace: Trace, frames: Sequence[Frame], sentences: Sentences) -> tuple[LayerStep, ...]:
    """The frames of a pass, grouped by layer.

    Parameters
    ----------
    trace : Trace
        The pass.
    frames : sequence of Frame
        Its frames.
    sentences : Sentences
        What to say.

    Returns
    -------
    tuple of LayerStep
        In an order in which every gradient is complete before it is passed on; empty for a graph without layers.
    """
    layers = _Layers(trace)
    if not layers.count:
        return ()
    groups: dict[tuple[int, int], list[Frame]] = {}
    for frame in frames:
        groups.setdefault(layers.place(frame), []).append(frame)
    told = _Told(trace, layers, sentences)
    return tuple(
        LayerStep(
            members[-1].phase if key[0] in (_FORWARD, _UPDATE) else "backward",
            told.title(*key),
            told.lines(key[0], members),
            tuple(frame.number for frame in members),
        )
        for key, members in sorted(groups.items())
    )


# The ways in the order in which they are gone; the second part of a group's place counts within its way.
_FORWARD, _BACK, _FROM_DELTA, _UPDATE = range(4)


class _Layers:
    """Which layer each value belongs to, counted from the root: the last layer is 1, and 0 comes after it."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.found = find_layers(trace)
        self.deltas = {node.id for layer in self.found for node in layer.sums}
        self.level = self._levels()
        self.count = len(self.found)
        self.leads_on = self._lead_to_delta()

    def _levels(self) -> dict[str, int]:
        """How many pre-activations stand on the longest way from a value to the root, itself included."""
        level = dict.fromkeys((node.id for node in self.trace.nodes), 0)
        for node in reversed(self.trace.nodes):
            level[node.id] += node.id in self.deltas
            for id in node.operands:
                level[id] = max(level[id], level[node.id])
        return level

    def _lead_to_delta(self) -> set[str]:
        """Values that are pre-activations or were computed from one: their gradient is passed back to a layer."""
        leading: set[str] = set()
        for node in self.trace.nodes:
            if node.id in self.deltas or any(id in leading for id in node.operands):
                leading.add(node.id)
        return leading

    def place(self, frame: Frame) -> tuple[int, int]:
        """The group of a frame: the way, and the number within it."""
        node = self.trace.node(frame.node)
        if frame.phase == "forward":
            return _FORWARD, self.count - self._forward_level(node)
        if frame.phase == "update":
            return _UPDATE, 0
        if frame.phase == "seed":
            return _BACK, 1
        if node.id in self.leads_on:
            return _BACK, self.level[node.id] + (node.id not in self.deltas)
        return _FROM_DELTA, max(self.level[self.trace.edge(id).result] for id in frame.edges)

    def _forward_level(self, node: TraceNode) -> int:
        """An activation belongs to the layer whose pre-activation it reads."""
        return self.level[node.operands[0] if _is_activation(node) else node.id]

    def hands_on(self, node: TraceNode) -> bool:
        """Whether a value is one that layers are known by: before or after an activation."""
        return node.id in self.deltas or _is_activation(node)


def _is_activation(node: TraceNode) -> bool:
    return node.op is not None and node._op.activation and node._op.elementwise


@dataclass(frozen=True)
class _Told:
    """The words of the groups."""

    trace: Trace
    layers: _Layers
    sentences: Sentences

    def title(self, way: int, place: int) -> str:
        phrases, count = self.sentences.phrases, self.layers.count
        if way == _UPDATE:
            return phrases.updates
        if way == _FORWARD:
            level = count - place
            return phrases.layer_forward.format(layer=self._name(level)) if level else phrases.layer_result
        if way == _BACK:
            return (phrases.first if place == 1 else phrases.second).format(layer=self._name(place))
        return phrases.third.format(layer=self._name(place)) if place else phrases.third_result

    def _name(self, level: int) -> str:
        """The name of a layer's module, else its number."""
        layer = self.layers.found[level - 1]
        return layer.title.partition(" · ")[0] or self.sentences.phrases.layer.format(n=layer.number)

    def lines(self, way: int, members: Sequence[Frame]) -> str:
        """What comes out of a group: values, the deltas, the derivatives of parameters, the updates."""
        ids = [frame.node for frame in members]
        if way == _UPDATE:
            return self._some([self._line(frame) for frame in members])
        if way == _FORWARD:
            computed = [frame for frame in members if self.trace.node(frame.node).op is not None]
            handed_on = [frame for frame in computed if self.layers.hands_on(self.trace.node(frame.node))]
            return self._some([self._line(frame) for frame in handed_on or computed[-_MOST_LINES:]])
        complete = [frame.node for frame in members if frame.completes]
        if way == _BACK:
            chosen = [id for id in complete if id in self.layers.deltas or self._is_on_the_way(id)] or complete
        else:
            chosen = [id for id in complete if self.trace.node(id).op is None] or ids
        nodes = [self.trace.node(id) for id in dict.fromkeys(chosen)]
        if not any(node.shape for node in nodes):
            nodes.sort(key=lambda node: int(node.id[2:]))  # neuron 1 before neuron 2
        return self._some([self.sentences.gradient_line(node, delta=node.id in self.layers.deltas) for node in nodes])

    def _is_on_the_way(self, id: str) -> bool:
        """Whether a value is an array that the next layer reads: its gradient is what δ is made of."""
        node = self.trace.node(id)
        return bool(node.shape) and _is_activation(node)

    def _line(self, frame: Frame) -> str:
        return frame.formula if self.trace.node(frame.node).shape else frame.text

    def _some(self, lines: list[str]) -> str:
        rest = len(lines) - _MOST_LINES
        return "\n".join(lines[:_MOST_LINES] + ([self.sentences.phrases.and_more.format(n=rest)] if rest > 0 else []))
