"""An explanation: the lines to read, and the numbers behind them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from ...caching import cached_property
from ..comparing import norm
from ..events import json_ready
from ..paths import count_text
from . import document
from .story import Factor, Path, Story


class Explanation:
    """The chain rule for one value, from `explain`.

    ``str()`` gives it as text; notebooks show it by themselves.

    Attributes
    ----------
    symbol : str
        What is explained: ``∂C/∂w₁``.
    value : float, array or dict
        The derivative; of a whole network a dict of gradients by name.
    count : int
        The number of paths from the root to the value, exactly.
    mass : float or None
        The sum of the sizes of what the paths contribute; None if that would take going every path.
    check : str
        What the derivative was checked against.
    """

    def __init__(self, story: Story) -> None:
        self._story = story
        self.symbol, self.value, self.count, self.mass = story.symbol, story.value, story.count, story.mass
        self.check = story.check

    def __getstate__(self) -> dict[str, Any]:
        """With paths and factors found, since a pickle holds no graph to find them in."""
        story = replace(self._story, paths=partial(tuple, self.paths), factors=partial(tuple, self.factors))
        return self.__dict__ | {"_story": story}

    @cached_property
    def paths(self) -> tuple[Path, ...]:
        """The paths with the largest contributions, the largest first, as many as ``max_paths``."""
        return self._story.paths()

    @cached_property
    def factors(self) -> tuple[Factor, ...]:
        """The factors between the values that lie on all paths; their product is the derivative."""
        return self._story.factors()

    @property
    def cancellation(self) -> float | None:
        """The size of the sum over the paths by the sum of their sizes: 1 if no paths cancel; None if not known."""
        return norm(self.value) / self.mass if self.mass else None

    def __str__(self) -> str:
        return document.to_text(self._story.items)

    def __repr__(self) -> str:
        count = "1 path" if self.count == 1 else f"{count_text(self.count)} paths"
        return f"<explanation of {self.symbol}: {count}>"

    @property
    def markdown(self) -> str:
        """The explanation as Markdown with LaTeX formulas."""
        return document.to_markdown(self._story.items)

    @property
    def latex(self) -> str:
        """The explanation in LaTeX for math mode, one formula a line; `aligned` sets them below each other."""
        return "\n".join(f"{left} {right}".strip() for left, right in self._lines)

    @property
    def aligned(self) -> str:
        """The same as one ``aligned`` environment, for a paper or a slide."""
        return document.aligned(self._lines)

    @cached_property
    def _lines(self) -> list[tuple[str, str]]:
        return document.to_lines(self._story.items)

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.aligned}$"

    def _repr_markdown_(self) -> str:
        return self.markdown

    def _repr_html_(self) -> str:
        return document.to_html(self._story.items)

    def to_dict(self) -> dict[str, Any]:
        """Everything as dicts, lists, text and numbers, ready for JSON.

        Arrays become nested lists, complex numbers pairs, nan and the infinities text, and so does a number of paths
        of more than 15 digits.
        """
        return {
            "version": 1,
            "symbol": self.symbol,
            "value": _plain(self.value),
            "count": _count(self.count),
            "mass": json_ready(self.mass),
            "cancellation": json_ready(self.cancellation),
            "check": self.check,
            "factors": [
                {"symbol": f.symbol, "of": f.of, "to": f.to, "value": json_ready(f.value), "count": _count(f.count)}
                for f in self.factors
            ],
            "paths": [
                {
                    "nodes": list(path.nodes),
                    "symbols": list(path.symbols),
                    "factors": json_ready(path.factors),
                    "product": json_ready(path.product),
                }
                for path in self.paths
            ],
            "text": str(self),
            "latex": self.latex.split("\n"),
        }


def _count(count: int) -> int | str:
    return count if count < 10**15 else count_text(count)


def _plain(value: Any) -> Any:
    return {name: json_ready(x) for name, x in value.items()} if isinstance(value, dict) else json_ready(value)
