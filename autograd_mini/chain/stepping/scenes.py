"""Scenes: what a moving picture shows at each step, from the first on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap

from .frames import Frame, Stage
from .layers import LayerStep


@dataclass(frozen=True, slots=True)
class Scene:
    """What is done at one step, and what happens at it.

    Parameters
    ----------
    phase : str
        As of `Frame`.
    formula, text : str
        What is said.
    values, gradients : frozenset of str
        Ids of the cards whose value and whose gradient show.
    updated : frozenset of str
        Ids of the cards whose value after a step of gradient descent shows.
    ahead, back : frozenset of str
        Ids of the edges gone forward and gone back.
    now : tuple of Frame
        The frames that happen.
    """

    phase: Stage
    formula: str
    text: str
    values: frozenset[str]
    gradients: frozenset[str]
    updated: frozenset[str]
    ahead: frozenset[str]
    back: frozenset[str]
    now: tuple[Frame, ...]

    def caption(self, widths: tuple[int, int]) -> tuple[list[str], list[str]]:
        """The lines of formula and text, each at most so many characters wide."""
        return wrap(self.formula, widths[0]), [line for text in self.text.split("\n") for line in wrap(text, widths[1])]


def scenes(frames: Sequence[Frame], layers: Iterable[LayerStep] | None) -> Iterator[Scene]:
    """The scenes of a pass.

    Parameters
    ----------
    frames : sequence of Frame
        All steps.
    layers : iterable of LayerStep, optional
        Steps by layer; then each of them is one scene.
    """
    values, gradients, updated = set[str](), set[str](), set[str]()
    ahead, back = set[str](), set[str]()
    groups: Iterable[Frame | LayerStep] = frames if layers is None else layers
    for group in groups:
        now = (group,) if isinstance(group, Frame) else tuple(frames[number - 1] for number in group.frames)
        for frame in now:
            if frame.phase == "forward":
                values.add(frame.node)
                ahead.update(frame.edges)
            elif frame.phase == "update":
                updated.add(frame.node)
            else:
                back.update(frame.edges)
            if frame.completes:
                gradients.add(frame.node)
        yield Scene(
            group.phase,
            group.formula,
            group.text,
            values=frozenset(values),
            gradients=frozenset(gradients),
            updated=frozenset(updated),
            ahead=frozenset(ahead),
            back=frozenset(back),
            now=now,
        )
