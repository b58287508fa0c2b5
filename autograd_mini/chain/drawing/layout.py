"""The graph as DOT: which card stands in which cluster, and how the edges run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from ..events import Trace, TraceEdge, TraceNode, TraceScope
from ..names import COST
from ..notation import bracketed
from ..render import clean_text, escape, escape_tooltip
from ..theme import DARK
from .cards import Style
from .foldcards import chain_heading, fold_card, fold_pill
from .picture import Fold, Picture

_MOST_STEPS = 2000
# An edge that passes by other cards is laid out in pieces, one for each rank; a value that every step of a recurrence
# uses gives quadratically many, and the time for them grows faster still unless the search is bounded.
_MOST_SPANNED, _MOST_CURVED = 700, 2000
_CHEAPER = {"nslimit": "2", "nslimit1": "2", "mclimit": "0.1"}
_WIDE_LEGEND = 8
_LONGEST_CAPTION = 300


def dot_text(trace: Trace, style: Style, *, rankdir: str, legend: bool, picture: Picture | None = None) -> str:
    """A pass as DOT text.

    Parameters
    ----------
    trace : Trace
        The pass.
    style : Style
        How it is set.
    rankdir : {"LR", "TB"}
        Whether it runs from left to right or from top to bottom.
    legend : bool
        Whether the line that explains the two lanes stands below.
    picture : Picture, optional
        What is drawn of it; by default every value.

    Returns
    -------
    str
        DOT text; the same pass gives the same text.
    """
    import graphviz

    picture = picture or Picture.whole(trace)
    dot = graphviz.Digraph(graph_attr=_graph_attributes(style, rankdir), node_attr=_NODE, edge_attr=_EDGE)
    page = _Page(picture, style, rankdir)
    spanned = page.spanned()
    if spanned > _MOST_SPANNED:
        dot.attr(**_CHEAPER, **({} if spanned < _MOST_CURVED else {"splines": "line"}))
    below = _below(page, rankdir, legend)
    if below:
        dot.attr(label=below, labelloc="b")
    page.add_nodes(dot, None)
    for (lower, upper, _), edges in page.links.items():
        page.add_edge(dot, lower, upper, edges)
    return str(dot.source)


def in_haste(source: str) -> str:
    """The same DOT text for the quickest layout: straight edges, and no search for a better order."""
    if _HASTE in source:
        return source
    return source.rstrip().removesuffix("}") + _HASTE + "}\n"


_HASTE = "\tnslimit=1 nslimit1=1 mclimit=0.01 splines=line\n"

_NODE = {
    "shape": "box",
    "style": "rounded,filled",
    "fontname": "Helvetica",
    "fontsize": "11",
    "margin": "0.06,0.03",
    "penwidth": "1.4",
}
_EDGE = {"fontname": "Helvetica", "fontsize": "10", "arrowsize": "0.8"}


def _graph_attributes(style: Style, rankdir: str) -> dict[str, str]:
    return {
        "rankdir": rankdir,
        "bgcolor": style.palette.ground if style.palette is DARK else "transparent",
        "fontname": "Helvetica",
        "fontsize": "12",
        "nodesep": "0.22",
        "ranksep": "0.6" if style.detail == "min" else "0.35",
        "pad": "0.2",
        "compound": "true",
        "newrank": "true",
    }


_SYMBOLS = {
    "add": "+",
    "subtract": "−",
    "negative": "−",
    "multiply": "×",
    "divide": "/",
    "power": "^",
    "matmul": "·",
}
"""Operations that have a sign."""


class _Page:
    """What the picture needs to know of the graph as a whole."""

    def __init__(self, picture: Picture, style: Style, rankdir: str) -> None:
        self.picture, self.style, self.downwards = picture, style, rankdir == "TB"
        self.trace = trace = picture.trace
        self.scopes = {scope.id: scope for scope in trace.scopes}
        self.users: dict[str, list[TraceNode]] = {node.id: [] for node in trace.nodes}
        for node in trace.nodes:
            for id in node.operands:
                self.users[id].append(node)
        self.cluster = {card: self._cluster(card) for card in picture.cards()}
        self.inside: dict[str | None, list[str]] = {}
        for card, scope in self.cluster.items():
            self.inside.setdefault(scope, []).append(card)
        last = {card: fold.nodes[-1].id for card, fold in picture.folds.items()}
        self.place = {card: int(last.get(card, card)[2:]) for card in self.cluster}
        self.single = _single_paths(trace)
        self.clusters = self._clusters_in_use()
        self.times, self.scope_times = picture.times(), picture.scope_times()
        self.faded, self.links = picture.faded(), picture.links()
        self.first = self._first()

    def spanned(self) -> int:
        """About how many ranks all edges span together, on which the time for the layout depends."""
        lowers: dict[str, set[str]] = {card: set() for card in self.cluster}
        for lower, upper, _ in self.links:
            lowers[upper].add(lower)
        rank: dict[str, int] = {}
        for card in sorted(self.place, key=self.place.__getitem__):
            rank[card] = 1 + max((rank.get(lower, 0) for lower in lowers[card]), default=0)
        highest = {card: len(rank) for card, below in lowers.items() if not below}
        for upper, below in lowers.items():
            for lower in below & highest.keys():  # a leaf stands just before its first use
                highest[lower] = min(highest[lower], rank[upper] - 1)
        rank.update(highest)
        return sum(rank[upper] - rank[lower] for upper, below in lowers.items() for lower in below)

    def _first(self) -> dict[str, list[str]]:
        """For each cluster the uppermost cards in it: what it computes first, or the leaves which that uses."""
        first: dict[str, list[str]] = {}
        if not self.downwards:
            return first
        around = {card: self._around(scope) for card, scope in self.cluster.items()}
        computed: dict[str, set[str]] = {card: set() for card in around}
        leaves: dict[tuple[str, str], list[str]] = {}
        for lower, upper, _ in self.links:
            shared = set(around[lower]) & set(around[upper])
            if not self._is_leaf(lower):
                computed[upper] |= shared
                continue
            for scope in shared:
                leaves.setdefault((upper, scope), []).append(lower)
        for card, scopes in around.items():
            for scope in scopes if not self._is_leaf(card) else ():
                if scope not in computed[card]:
                    first.setdefault(scope, []).extend(leaves.get((card, scope), [card]))
        return first

    def _cluster(self, card: str) -> str | None:
        """The scope to draw a card in: its own; for a parameter the innermost that holds all its users."""
        if card in self.picture.folds:
            return self.picture.folds[card].scope
        node = self.trace.node(card)
        if node.kind in ("parameter", "constant"):
            users = {self.picture.model(user.id) for user in self.users[card]}
            return _common([self._around(self.trace.node(user).scope) for user in users])
        return node.scope

    def _around(self, scope: str | None) -> list[str]:
        """A scope and those around it, outermost first."""
        path = []
        while scope is not None:
            path.append(scope)
            scope = self.scopes[scope].parent
        return path[::-1]

    def _clusters_in_use(self) -> dict[str | None, list[TraceScope]]:
        """For each scope those directly inside it that hold a value."""
        used = {id for scope in self.inside for id in self._around(scope)}
        children: dict[str | None, list[TraceScope]] = {}
        for scope in self.trace.scopes:
            if scope.id in used:
                children.setdefault(scope.parent, []).append(scope)
        return children

    def add_nodes(self, dot: Any, scope: str | None) -> None:
        """The cards of a scope, then the clusters in it."""
        cards = self.inside.get(scope, [])
        # Graphviz stacks clusters, and the leaves in one, from the last one down.
        if scope is not None:
            leaves = [card for card in cards if self._is_leaf(card)]
            cards = leaves[::-1] + [card for card in cards if not self._is_leaf(card)]
        for card in cards:
            folds = self.picture.folds
            attributes = self._fold(folds[card]) if card in folds else self._node(self.trace.node(card))
            dot.node(card, **(_faded(attributes) if card in self.faded else attributes))
            if self._has_circle(card):
                self._add_circle(dot, self.trace.node(card))
        for inner in reversed(self.clusters.get(scope, ())):
            with dot.subgraph(name=f"cluster_{inner.id}", graph_attr=self._cluster_attributes(inner)) as cluster:
                if self.downwards and self._title(inner):
                    self._add_title(cluster, inner)
                self.add_nodes(cluster, inner.id)

    def _add_title(self, cluster: Any, scope: TraceScope) -> None:
        """The title of a group as a card without a frame: edges that come from above run around it."""
        title = {"id": f"t_{scope.id[2:]}", "shape": "plain", "style": "", "label": self._title(scope)}
        cluster.node(title["id"], **title)
        for card in self.first.get(scope.id, ()):
            cluster.edge(title["id"], card, style="invis")

    def _has_circle(self, card: str) -> bool:
        """Whether the operation that computes a card's value stands beside it."""
        return self.style.separate and card not in self.picture.folds and self.trace.node(card).op is not None

    def _add_circle(self, dot: Any, node: TraceNode) -> None:
        """The operation of a value as a circle before it, as in micrograd's pictures."""
        palette, name = self.style.palette, node.op or ""
        circle = {
            "label": f'<<FONT COLOR="{palette.ink}">{escape(self._sign(node))}</FONT>>',
            "shape": "circle" if name in _SYMBOLS else "ellipse",
            "style": "filled",
            "id": f"o_{node.id[2:]}",
            "class": "operation",
            "fillcolor": palette.op_fill,
            "color": palette.op_border,
            "margin": "0.03",
            "tooltip": escape_tooltip(node.formula),
        }
        lane = {**self._lanes(self.trace.incoming(node)), "id": f"r_{node.id[2:]}"}
        if node.id in self.faded:
            circle, lane = _faded(circle), _faded(lane)
        dot.node(circle["id"], **circle)
        dot.edge(circle["id"], node.id, **lane)

    def _sign(self, node: TraceNode) -> str:
        """The sign of an operation, with the plain number that it works with, which has no card: ``− 1``."""
        name = node.op or ""
        sign, operands = _SYMBOLS.get(name, name), [self.trace.node(id) for id in node.operands]
        if name not in _SYMBOLS or len(operands) != 2:
            return sign
        words = [operand.name if operand.kind == "number" else "" for operand in operands]
        return " ".join(word for word in (words[0], sign, words[1]) if word)

    def _is_leaf(self, card: str) -> bool:
        return card not in self.picture.folds and self.trace.node(card).op is None

    def _times(self, card: str) -> int:
        """How many equal cards one stands for; 1 if the cluster around it says so already."""
        times = self.scope_times.get(card, 1) if card in self.picture.folds else self.times.get(card, 1)
        cluster = self.cluster[card]
        return times if cluster is None or self.scope_times.get(cluster, 1) != times else 1

    def _cluster_attributes(self, scope: TraceScope) -> dict[str, str]:
        kind = "cost_cluster" if self._is_cost(scope) else "cluster"
        title = {"label": self._title(scope), "labeljust": "r", "labelloc": "t"}
        if self.downwards or not title["label"]:
            title = {"label": ""}
        return {
            **title,
            "style": "rounded,filled",
            "fillcolor": getattr(self.style.palette, f"{kind}_fill"),
            "color": getattr(self.style.palette, f"{kind}_border"),
            "margin": "12",
            "id": scope.id,
        }

    def _title(self, scope: TraceScope) -> str:
        """The label of a group; empty if nobody gave it a name."""
        times, around = self.scope_times.get(scope.id, 1), self.scope_times.get(scope.parent or "", 1)
        bold = [f"<B>{escape(word)}</B>" if word else "" for word in (scope.name, f"× {times}" * (times != around))]
        text = "  ".join(filter(None, [bold[0], escape(scope.title), bold[1]]))
        if not text:
            return ""
        cell = f'<TR><TD><FONT POINT-SIZE="12" COLOR="{self.style.palette.ink}">{text}</FONT></TD></TR>'
        return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2">{cell}</TABLE>>'

    def _is_cost(self, scope: TraceScope) -> bool:
        return scope.id == self.trace.root.scope and bool(COST.search(f"{scope.name} {scope.title}"))

    def _fold(self, fold: Fold) -> dict[str, str]:
        palette, scope = self.style.palette, self.scopes.get(fold.id)
        kind = "op" if scope is None else "cost" if self._is_cost(scope) else "cluster"
        heading = chain_heading(fold, self.style.words) if fold.is_chain else f"{fold.name} {fold.title}"
        return {
            "label": fold_card(fold, self.picture, self.style, self._times(fold.id)),
            "id": fold.id,
            "class": "fold",
            "fillcolor": getattr(palette, f"{kind}_fill"),
            "color": getattr(palette, f"{kind}_border"),
            "penwidth": "2",
            "tooltip": escape_tooltip(heading),
        }

    def _node(self, node: TraceNode) -> dict[str, str]:
        colours = {"root": "cost", "op": "op", "parameter": "parameter"}.get(node.kind, "input")
        coming = sorted(self.trace.outgoing[node.id], key=lambda edge: (int(edge.result[2:]), edge.index))
        whole = all(edge.result in self.single for edge in coming)
        return {
            "label": self.style.card(node, coming, whole, self._axes(node), self._times(node.id)),
            "id": node.id,
            "class": node.kind,
            "fillcolor": getattr(self.style.palette, f"{colours}_fill"),
            "color": getattr(self.style.palette, f"{colours}_border"),
            "tooltip": escape_tooltip(self.style.tooltip(node)),
        }

    def _axes(self, node: TraceNode) -> tuple[str, str]:
        """W[input][neuron]: the rows of a layer's weights are inputs, the columns neurons."""
        layers = [user for user in self.users[node.id] if user.op == "linear" and user.operands[1] == node.id]
        return ("x", "n") if layers else ("", "")

    def add_edge(self, dot: Any, lower: str, upper: str, edges: Sequence[TraceEdge]) -> None:
        """The edge from one card to another, which stands for one edge of the pass or for several."""
        folds, edge = self.picture.folds, edges[0]
        attributes = self._lanes(edges)
        if lower in folds or upper in folds:
            if len(attributes["class"].split()) > 1 and self.style.detail != "min":
                own = [edge for edge in edges if self.picture.model(edge.result) == edge.result] or edges[:1]
                attributes["label"] = fold_pill(own, self.trace, self.style)
        elif edge.requires_grad:
            if self._enters_beside_leaves(lower, upper):
                attributes["minlen"] = "2"
            if self.style.detail != "min":
                attributes["label"] = self.style.pill(edge, self.trace, self._which(edge))
        if self.place[lower] >= self.place[upper]:  # from one of several equal blocks to the next
            attributes.update(style="dashed", constraint="false")
        kept = self.picture.kept
        if kept is not None and not any(edge.id in kept for edge in edges):
            attributes = _faded(attributes)
        dot.edge(lower, f"o_{upper[2:]}" if self._has_circle(upper) else upper, **attributes)

    def _lanes(self, edges: Sequence[TraceEdge]) -> dict[str, str]:
        """The attributes of an edge: two lanes where a gradient flows back, else one."""
        palette = self.style.palette
        if not any(edge.requires_grad for edge in edges):
            return {"id": edges[0].id, "class": "forward", "color": palette.forward_lane, "penwidth": "1.3"}
        return {
            "id": edges[0].id,
            "class": "forward backward",
            "dir": "both",
            "color": f"{palette.forward_lane}:{palette.backward_lane}",
            "arrowhead": "normal",
            "arrowtail": "onormal",
            "penwidth": "1.15",
        }

    def _enters_beside_leaves(self, lower: str, upper: str) -> bool:
        """Whether an edge comes into a cluster from another one, to a value with leaves of its own in there.

        A longer edge leaves these leaves a column of their own, so that the two clusters can stand side by side.
        """
        here = self.cluster[upper]
        if here is None or self.cluster[lower] in (None, here):
            return False
        leaves = [id for id in self.trace.node(upper).operands if self.trace.node(id).op is None]
        return any(self.cluster.get(id) == here for id in leaves)

    def _which(self, edge: TraceEdge) -> str:
        """Tells an edge from the others between the same two values."""
        words, result = self.style.words, self.trace.node(edge.result)
        if result.operands.count(edge.operand) > 1:
            return words.ordinal(result.operands[: edge.index + 1].count(edge.operand))
        if len(self.trace.outgoing[edge.operand]) > 1 and self._reaches(edge.operand, result):
            return words.direct
        return ""

    def _reaches(self, source: str, result: TraceNode) -> bool:
        """Whether a value enters a result by another operand too; a search too long counts as no."""
        oldest = int(source[2:])
        stack = [id for id in result.operands if id != source]
        seen = set(stack)
        while stack and len(seen) < _MOST_STEPS:
            for id in self.trace.node(stack.pop()).operands:
                if id == source:
                    return True
                if id not in seen and int(id[2:]) > oldest:
                    seen.add(id)
                    stack.append(id)
        return False


def _common(paths: Iterable[list[str]]) -> str | None:
    """The innermost scope that all paths share."""
    shared = None
    for scopes in zip(*paths, strict=False):
        if len(set(scopes)) > 1:
            break
        shared = scopes[0]
    return shared


def _single_paths(trace: Trace) -> set[str]:
    """Values that one path alone joins to the root."""
    single = {trace.root.id}
    for node in reversed(trace.nodes):
        coming = trace.outgoing[node.id]
        if len(coming) == 1 and coming[0].result in single:
            single.add(node.id)
    return single


_COLOUR = re.compile(r"#[0-9a-f]{6}")
_LABEL_COLOUR = re.compile(r'(COLOR="#[0-9a-f]{6})"')


def _faded(attributes: dict[str, str]) -> dict[str, str]:
    """The attributes of a card or an edge at a quarter of its strength."""
    faded = dict(attributes)
    for name in ("color", "fillcolor"):
        if name in faded:
            faded[name] = _COLOUR.sub(r"\g<0>40", faded[name])
    if "label" in faded:
        faded["label"] = _LABEL_COLOUR.sub(r'\g<1>40"', faded["label"])
    return {**faded, "class": f"{faded['class']} faded"}


def _below(page: _Page, rankdir: str, legend: bool) -> str:
    """What stands below the picture: the captions, then the legend; "" if there is neither."""
    trace, style = page.trace, page.style
    palette, words = style.palette, style.words
    rows = [[(palette.ink, f"<B>{escape(clean_text(text, _LONGEST_CAPTION))}</B>  ")] for text in page.picture.captions]
    if legend:
        alone = all(node.id in trace.sole for node in trace.nodes if node.requires_grad)
        total = words.total.format(d="d" if alone else "∂", root=bracketed(trace.objective))
        forward = f"<B>► {words.forward[0]}</B>  {_bold(words.forward[1])}"
        backward = f"<B>◄ {words.backward[0]}</B>  {_bold(words.backward[1])}"
        total = escape(clean_text(total, 200))
        if rankdir == "LR" and len(page.cluster) >= _WIDE_LEGEND and not rows:
            rows.append([(palette.forward, forward), (palette.backward, f"{backward};  {total}")])
        else:
            rows += [[(palette.forward, forward)], [(palette.backward, backward)], [(palette.backward, total)]]
    if not rows:
        return ""
    lines = "".join(f"<TR>{''.join(_cell(*cell) for cell in row)}</TR>" for row in rows)
    return (
        f'<<TABLE BORDER="1" COLOR="{palette.legend_border}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3" '
        f'STYLE="ROUNDED" BGCOLOR="{palette.op_fill}">{lines}</TABLE>>'
    )


def _cell(colour: str, text: str) -> str:
    return f'<TD ALIGN="LEFT"><FONT POINT-SIZE="12" COLOR="{colour}">{text}</FONT></TD>'


def _bold(text: str) -> str:
    return re.sub(r"\*(.*?)\*", r"<B>\1</B>", escape(text))
