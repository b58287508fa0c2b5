"""Folding a picture: a module on one card, and long chains of operations on one card."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..events import Trace, TraceNode, TraceScope
from ..render import quoted
from .picture import Picture, absorb

_UNNAMED = re.compile(r"v[₀-₉]+")
_MOST_LISTED = 10
_FEW_LEAVES = 3


@dataclass(frozen=True)
class Modules:
    """Which groups of operations are folded to a card.

    Parameters
    ----------
    trace : Trace
        The pass.
    depth : int or None
        Groups so deep inside others are folded, 0 being those in no other.
    collapsed : frozenset of str
        Ids of the groups folded whatever their depth.
    opened : frozenset of str
        Ids of the groups drawn in full, and of those around them.
    full : frozenset of str
        Ids of the groups drawn in full, and of those inside them.
    """

    trace: Trace
    depth: int | None
    collapsed: frozenset[str]
    opened: frozenset[str]
    full: frozenset[str]

    @staticmethod
    def asked(trace: Trace, depth: Any, collapse: Any, expand: Any) -> Modules:
        """The user's wishes.

        Raises
        ------
        TypeError, ValueError
            If one is not as `draw` describes it, or a path is that of no group.
        """
        if depth is not None:
            if isinstance(depth, bool) or not isinstance(depth, int):
                raise TypeError(f"depth is a whole number, 0 for one card a model, got {type(depth).__name__}")
            if depth < 0:
                raise ValueError(f"depth is 0 (one card a model), 1 (a card a layer) or more, got {depth}")
        parent = {scope.id: scope.parent for scope in trace.scopes}
        expanded = {scope.id for scope in _matching(trace, expand, "expand")} if expand is not None else set()
        opened: set[str] = set()
        for id in expanded:
            around: str | None = id
            while around is not None:
                opened.add(around)
                around = parent[around]
        full = set(expanded)
        for scope in trace.scopes:  # a group comes after those around it
            if scope.parent in full:
                full.add(scope.id)
        chosen = {scope.id for scope in _matching(trace, collapse, "collapse")} if collapse is not None else set()
        return Modules(trace, depth, frozenset(chosen), frozenset(opened), frozenset(full))

    def levels(self) -> dict[str, int]:
        """How many groups are around each."""
        levels: dict[str, int] = {}
        for scope in self.trace.scopes:
            levels[scope.id] = 0 if scope.parent is None else levels[scope.parent] + 1
        return levels

    def cards(self, depth: int | None) -> dict[str, str]:
        """For each group that lies on a folded one's card the id of that card."""
        levels, cards = self.levels(), dict[str, str]()
        for scope in self.trace.scopes:
            if scope.parent in cards:
                cards[scope.id] = cards[scope.parent]
                continue
            deep = depth is not None and levels[scope.id] >= depth and scope.id not in self.full
            if scope.id not in self.opened and (scope.id in self.collapsed or deep):
                cards[scope.id] = scope.id
        return cards


def fold_modules(picture: Picture, modules: Modules, depth: int | None) -> Picture:
    """Each folded group on one card, with the parameters and constants that it alone uses."""
    trace, cards = picture.trace, modules.cards(depth)
    if not cards:
        return picture
    scopes = {scope.id: scope for scope in trace.scopes}
    drawn = [node for node in trace.nodes if node.op is not None and picture.home.get(node.id) == node.id]
    shown = {cards[node.scope] for node in drawn if node.scope in cards}
    inside: dict[str, list[TraceNode]] = {card: [] for card in cards.values() if card in shown}
    for node in trace.nodes:
        card = cards.get(node.scope or "", "")
        if card in inside and node.op is not None and node.id in picture.home:
            inside[card].append(node)
    groups = {
        card: (scopes[card].name, scopes[card].title, scopes[card].parent, nodes) for card, nodes in inside.items()
    }
    return absorb(picture, groups, ("parameter", "constant"))


def _matching(trace: Trace, wanted: Any, option: str) -> list[TraceScope]:
    """The groups whose path is in a list, or ends on an entry of it, or for which a function says so."""
    if callable(wanted) and option == "collapse":
        return [scope for scope in trace.scopes if _says(wanted, scope.path)]
    takes = 'a list of paths such as ["layer2"]' + (", or a function of a path" if option == "collapse" else "")
    if isinstance(wanted, str) or not isinstance(wanted, (list, tuple, set, frozenset)):
        raise TypeError(f"{option} takes {takes}, got {type(wanted).__name__}")
    found: dict[str, TraceScope] = {}
    for entry in wanted:
        if not isinstance(entry, str):
            raise TypeError(f"{option} takes {takes}, got {type(entry).__name__} in it")
        here = [scope for scope in trace.scopes if f".{scope.path}".endswith(f".{entry}")]
        if not here or not entry:
            raise ValueError(f"{option}: no group of operations is called {quoted(entry)}; {_paths(trace)}")
        found.update((scope.id, scope) for scope in here)
    return list(found.values())


def _says(function: Callable[[str], Any], path: str) -> bool:
    answer = function(path)
    if not isinstance(answer, (bool, int)) and type(answer).__name__ not in ("bool", "bool_"):
        raise TypeError(f"collapse is a function that gives True or False for a path, got {type(answer).__name__}")
    return bool(answer)


def _paths(trace: Trace) -> str:
    paths = list(dict.fromkeys(scope.path for scope in trace.scopes))
    if not paths:
        return "the graph has none: modules make them, and `with scope(name):`"
    more = f" and {len(paths) - _MOST_LISTED} more" if len(paths) > _MOST_LISTED else ""
    return "there are " + ", ".join(paths[:_MOST_LISTED]) + more


# --- chains -----------------------------------------------------------------------------------------------------------


def fold_chains(picture: Picture, least: int) -> Picture:
    """Chains of unnamed operations on one card each, with their leaves if these are many.

    Parameters
    ----------
    picture : Picture
        What was drawn so far.
    least : int
        The fewest operations of a chain.
    """
    folded: dict[str, tuple[str, str, str | None, Sequence[TraceNode]]] = {
        f"c_{chain[0].id[2:]}": ("", "", chain[0].scope, chain) for chain in _chains(picture) if len(chain) >= least
    }
    kinds = ("parameter", "constant", "input", "target")
    return absorb(picture, folded, kinds, spared=_FEW_LEAVES) if folded else picture


def _chains(picture: Picture) -> list[list[TraceNode]]:
    """Maximal runs of operations without names, each used by the next alone, in one group."""
    trace, home = picture.trace, picture.home
    user: dict[str, str] = {}  # "" if there are several
    for edge in trace.edges:
        lower, upper = home.get(edge.operand), home.get(edge.result)
        if lower is not None and upper is not None:
            user[lower] = upper if user.get(lower, upper) == upper else ""
    chains: dict[str, list[TraceNode]] = {}
    for node in trace.nodes:
        if home.get(node.id) != node.id or node.kind != "op" or not _UNNAMED.fullmatch(node.name):
            continue
        before = [
            id
            for id in node.operands
            if id in chains and user[id] == node.id and chains[id][-1].id == id and trace.node(id).scope == node.scope
        ]
        chain = max((chains[id] for id in before), key=len, default=[])
        chain.append(node)
        chains[node.id] = chain
    return list({id(chain): chain for chain in chains.values()}.values())
