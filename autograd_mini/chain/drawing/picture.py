"""What a picture shows of a pass: which values have a card of their own, and which share one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..events import Trace, TraceEdge, TraceNode


@dataclass(frozen=True)
class Fold:
    """Several values on one card.

    Parameters
    ----------
    id : str
        ``s_<k>`` for a group of operations, ``c_<k>`` for a chain of them that begins at ``n_<k>``.
    name, title : str
        What its header says; of a chain both are "".
    scope : str or None
        The group in which the card stands.
    nodes : tuple of TraceNode
        The computed values on it, in order.
    leaves : tuple of TraceNode
        The parameters and constants that these use and that have no card themselves.
    """

    id: str
    name: str
    title: str
    scope: str | None
    nodes: tuple[TraceNode, ...]
    leaves: tuple[TraceNode, ...]

    @property
    def is_chain(self) -> bool:
        """Whether it is a chain of operations rather than a group."""
        return not self.name


@dataclass(frozen=True)
class Picture:
    """What is drawn of a trace.

    Parameters
    ----------
    trace : Trace
        The pass.
    home : mapping of str to str
        For each value that is drawn the id of its card: its own, or that of the equal value or of the fold that
        stands for it. What is missing is not drawn.
    folds : mapping of str to Fold
        The cards of several values.
    stands_for : mapping of str to str
        For each value that is one of several equal ones the one that is drawn in the place of all.
    kept : frozenset of str or None
        Ids of the nodes and edges in full colour; the others are faded. None if nothing is.
    captions : tuple of str
        Sentences that stand below.
    """

    trace: Trace
    home: Mapping[str, str]
    folds: Mapping[str, Fold] = field(default_factory=dict)
    stands_for: Mapping[str, str] = field(default_factory=dict)
    kept: frozenset[str] | None = None
    captions: tuple[str, ...] = ()

    @staticmethod
    def whole(trace: Trace) -> Picture:
        """Every value on a card of its own; numbers in the user's code have none."""
        return Picture(trace, {node.id: node.id for node in trace.nodes if node.kind != "number"})

    def saying(self, *captions: str) -> Picture:
        """The same with more sentences below."""
        return replace(self, captions=(*self.captions, *captions))

    def cards(self) -> list[str]:
        """The ids of the cards, in the order of the first value of each."""
        return list(dict.fromkeys(self.home[node.id] for node in self.trace.nodes if node.id in self.home))

    def model(self, id: str) -> str:
        """The value that is drawn in the place of one, itself if it is not one of several."""
        return self.stands_for.get(id, id)

    def times(self) -> dict[str, int]:
        """For each card how many equal ones it stands for; left out if it is one only."""
        often: dict[str, int] = {}
        for id, model in self.stands_for.items():
            if id != model and id in self.home and self.home[id] == model:
                often[model] = often.get(model, 1) + 1
        return often

    def scope_times(self) -> dict[str, int]:
        """For each group how many equal ones it stands for; left out if it is one only."""
        parent = {scope.id: scope.parent for scope in self.trace.scopes}
        equal: dict[str, set[str]] = {}
        for id, model in self.stands_for.items():
            drawn, other = self.trace.node(model).scope, self.trace.node(id).scope
            while drawn is not None and other is not None and other not in equal.setdefault(drawn, {drawn}):
                equal[drawn].add(other)
                drawn, other = parent[drawn], parent[other]
        return {id: len(scopes) for id, scopes in equal.items() if len(scopes) > 1}

    def links(self) -> dict[tuple[str, str, int], list[TraceEdge]]:
        """The edges to draw: for each pair of cards (from, to, operand) the edges of the pass that it stands for.

        Between two values every operand has an edge of its own. Edges of equal values are one, that of the value which
        is drawn first; edges into or out of a fold are one, with the number 0.
        """
        links: dict[tuple[str, str, int], list[TraceEdge]] = {}
        for edge in self.trace.edges:
            lower, upper = self.home.get(edge.operand), self.home.get(edge.result)
            if lower is None or upper is None or (lower == upper and (upper in self.folds or lower == edge.operand)):
                continue
            merged = lower in self.folds or upper in self.folds
            links.setdefault((lower, upper, 0 if merged else edge.index), []).append(edge)
        for edges in links.values():
            edges.sort(
                key=lambda edge: (edge.result != self.model(edge.result), edge.operand != self.model(edge.operand))
            )
        return links

    def faded(self) -> set[str]:
        """The cards that are not in full colour."""
        if self.kept is None:
            return set()
        return {*self.home.values()} - {self.home[id] for id in self.kept if id in self.home}


def absorb(
    picture: Picture,
    groups: Mapping[str, tuple[str, str, str | None, Sequence[TraceNode]]],
    kinds: Iterable[str],
    spared: int = 0,
) -> Picture:
    """Fold groups of values into one card each, and with them the leaves that nothing else uses.

    Parameters
    ----------
    picture : Picture
        What was drawn so far.
    groups : mapping
        For each new card its name, title, scope, and the computed values on it.
    kinds : iterable of str
        The kinds of leaves that lose their cards.
    spared : int
        Leaves of a group that has no more than so many keep theirs.
    """
    trace, kinds = picture.trace, frozenset(kinds)
    home, folds = dict(picture.home), dict(picture.folds)
    inside = {node.id: card for card, (*_, nodes) in groups.items() for node in nodes}
    for id, drawn in picture.home.items():
        if drawn in inside:
            home[id] = inside[drawn]
    absorbed: set[str] = set()
    for card, (name, title, scope, nodes) in groups.items():
        used = dict.fromkeys(id for node in nodes for id in node.operands)
        leaves = [leaf for leaf in map(trace.node, used) if leaf.op is None and leaf.kind in kinds]
        folds[card] = Fold(card, name, title, scope, tuple(nodes), tuple(leaves) if len(leaves) > spared else ())
        absorbed.update(leaf.id for leaf in folds[card].leaves)
    absorbed.update([id for id, model in picture.stands_for.items() if model in absorbed])
    for edge in trace.edges:
        if edge.operand in absorbed and home.get(edge.result, edge.result) not in folds and edge.result in home:
            absorbed.discard(edge.operand)
    home = {id: card for id, card in home.items() if id not in absorbed}
    return replace(picture, home=home, folds=folds)
