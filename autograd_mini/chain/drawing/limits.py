"""Pictures that are too large fold themselves: equal parts are drawn once, then chains and modules fold to cards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..words import Words
from .folding import Modules, fold_chains, fold_modules
from .picture import Picture
from .repeats import fold_blocks, fold_samples

HARD_LIMIT = 5
"""A picture that has more than so many times `max_nodes` cards, after folding, is refused."""

_LONG_CHAIN, _SHORT_CHAIN = 8, 3
_HUGE = 20_000
_FEW_LEVELS = 4


class GraphTooLarge(ValueError):
    """The graph has more values than a picture can show; the message says how many, and the ways out."""


@dataclass(frozen=True)
class _Stage:
    """One way of folding: how deep modules fold, and from which length chains do."""

    depth: int | None
    chains: int


def fitted(picture: Picture, modules: Modules, most: int | None, words: Words) -> Picture:
    """The picture with modules folded as asked; if it has more than `most` cards, folded further until it fits.

    Raises
    ------
    GraphTooLarge
        If even the most folded picture has more than five times as many.
    """
    asked = fold_modules(picture, modules, modules.depth)
    cards = len(asked.cards())
    if most is None or cards <= most:
        return asked
    folded = asked
    for folded in _attempts(picture, modules, words):
        if len(folded.cards()) <= most:
            return folded
    left = len(folded.cards())
    if left > HARD_LIMIT * most:
        raise GraphTooLarge(
            f"the graph has {cards:,} values, and folded as far as it goes still {left:,} cards, where a picture of "
            f"more than {HARD_LIMIT * most:,} would not be read: fold modules with depth=1, draw a part with "
            "around=w1, radius=3 or paths=(loss, w1), or lift the limit with max_nodes=None and give it time"
        )
    return folded


def most_folded(picture: Picture, modules: Modules, words: Words) -> Picture:
    """The picture folded as far as it goes."""
    *_, last = _attempts(picture, modules, words)
    return last


def _attempts(picture: Picture, modules: Modules, words: Words) -> Iterator[Picture]:
    """Pictures that are folded more and more."""
    huge, grouped = len(picture.home) > _HUGE, bool(picture.trace.scopes)
    if huge and not grouped:  # looking for equal parts takes longer than looking for chains
        yield _folded(picture, picture, modules, _Stage(modules.depth, _LONG_CHAIN), words)
    samples = fold_samples(picture)
    if not huge or (grouped and samples.stands_for):
        yield _folded(picture, samples, modules, _Stage(modules.depth, _LONG_CHAIN), words)
    if not grouped:
        yield _folded(picture, samples, modules, _Stage(None, _SHORT_CHAIN), words)
        return
    both = fold_blocks(samples)
    depths = _depths(modules)
    for depth in (modules.depth, *depths):
        yield _folded(picture, both, modules, _Stage(depth, _LONG_CHAIN), words)
    yield _folded(picture, both, modules, _Stage(depths[-1], _SHORT_CHAIN), words)


def _depths(modules: Modules) -> list[int]:
    """Depths to try, the deepest first; of many every second, fourth, eighth."""
    deepest = max(modules.levels().values(), default=0)
    depths = [deepest if modules.depth is None else min(modules.depth, deepest)]
    while depths[-1] > 0:
        depths.append(depths[-1] - 1 if depths[-1] <= _FEW_LEVELS else depths[-1] // 2)
    return depths


def _folded(picture: Picture, merged: Picture, modules: Modules, stage: _Stage, words: Words) -> Picture:
    """One attempt, with a sentence that says what was done."""
    folded = fold_chains(fold_modules(merged, modules, stage.depth), stage.chains)
    how = []
    if merged.stands_for:
        how.append(words.repeated)
    if any(not fold.is_chain for fold in folded.folds.values()):
        how.append(words.modules)
    if any(fold.is_chain for fold in folded.folds.values()):
        how.append(words.chains)
    n, values = len(folded.cards()), len(picture.home)
    return folded.saying(words.folded.format(all=f"{values:,}", n=n, how=", ".join(how)))
