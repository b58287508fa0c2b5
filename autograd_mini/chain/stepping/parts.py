"""The parts of a card that a walk shows one after the other, and how to tell them apart in a drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ..drawing.cards import Style
from ..events import TraceEdge, TraceNode
from ..render import escape
from ..theme import Palette

Part: TypeAlias = Literal["head", "v", "g", "u"]
"""The header, the value, the gradient, and the value after a step of gradient descent."""

_END = "</TABLE>>"


@dataclass(frozen=True)
class StepStyle(Style):
    """A style whose cards have room for the value of a parameter after a step of gradient descent.

    Parameters
    ----------
    rate : float, optional
        The learning rate; None for no such step. The others are those of `Style`.
    """

    rate: float | None = None

    def card(
        self, node: TraceNode, coming: Sequence[TraceEdge], whole_paths: bool, axes: tuple[str, str], times: int = 1
    ) -> str:
        """The label of a value, as `Style` has it, and for a number that is a parameter one row more."""
        label = super().card(node, coming, whole_paths, axes, times)
        if self.rate is None or node.op is not None or node.grad is None or node.shape:
            return label
        title = f'<FONT POINT-SIZE="11" COLOR="{self.palette.ink}">{escape(node.name)} ←</FONT>'
        stepped = node.value - self.rate * node.grad
        return label.removesuffix(_END) + self.row(title, stepped, self.palette.ink) + _END


def next_part(part: Part, colour: str, palette: Palette, *, many: bool) -> Part:
    """The part that a text of a card belongs to.

    The texts come in order: the header, the value, the gradient, the step; each part begins with a text in its own
    colour. Above the gradient of a number there may be its sum, in the colour of side notes.

    Parameters
    ----------
    part : {"head", "v", "g", "u"}
        The part of the text before.
    colour : str
        The colour of this one.
    palette : Palette
        The colours of the drawing.
    many : bool
        Whether the card is that of an array, which has side notes in all its parts and no step.
    """
    if part == "head" and colour == palette.forward:
        return "v"
    if colour == palette.backward or (part == "v" and colour == palette.muted and not many):
        return "g"
    if part == "g" and colour == palette.ink and not many:
        return "u"
    return part
