"""The graph as DOT: which card stands in which cluster, and how the edges run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from .cards import Style
from .events import Trace, TraceEdge, TraceNode, TraceScope
from .notation import bracketed
from .recording import COST
from .render import clean_text, escape, escape_tooltip
from .theme import DARK

_MOST_STEPS = 2000
_WIDE_LEGEND = 8


def dot_text(trace: Trace, style: Style, *, rankdir: str, legend: bool) -> str:
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

    Returns
    -------
    str
        DOT text; the same pass gives the same text.
    """
    import graphviz

    dot = graphviz.Digraph(graph_attr=_graph_attributes(style, rankdir), node_attr=_NODE, edge_attr=_EDGE)
    if legend:
        dot.attr(label=_legend(trace, style, rankdir), labelloc="b")
    page = _Page(trace, style)
    page.add_nodes(dot, None)
    for edge in trace.edges:
        if trace.node(edge.operand).kind != "number":
            dot.edge(edge.operand, edge.result, **page.edge(edge))
    return str(dot.source)


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


class _Page:
    """What the picture needs to know of the graph as a whole."""

    def __init__(self, trace: Trace, style: Style) -> None:
        self.trace, self.style = trace, style
        self.scopes = {scope.id: scope for scope in trace.scopes}
        self.inside: dict[str | None, list[TraceNode]] = {}
        self.cluster: dict[str, str | None] = {}
        self.users: dict[str, list[TraceNode]] = {node.id: [] for node in trace.nodes}
        for node in trace.nodes:
            for id in node.operands:
                self.users[id].append(node)
        for node in trace.nodes:
            if node.kind != "number":
                self.cluster[node.id] = self._cluster(node)
                self.inside.setdefault(self.cluster[node.id], []).append(node)
        self.single = _single_paths(trace)
        self.clusters = self._clusters_in_use()

    def _cluster(self, node: TraceNode) -> str | None:
        """The scope to draw a value in: its own; for a parameter the innermost that holds all its users."""
        if node.kind in ("parameter", "constant"):
            return _common([self._around(user.scope) for user in self.users[node.id]])
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
        nodes = self.inside.get(scope, [])
        # Graphviz stacks clusters, and the leaves in one, from the last one down.
        if scope is not None:
            nodes = [node for node in nodes if node.op is None][::-1] + [node for node in nodes if node.op is not None]
        for node in nodes:
            dot.node(node.id, **self._node(node))
        for inner in reversed(self.clusters.get(scope, ())):
            with dot.subgraph(name=f"cluster_{inner.id}", graph_attr=self._cluster_attributes(inner)) as cluster:
                self.add_nodes(cluster, inner.id)

    def _cluster_attributes(self, scope: TraceScope) -> dict[str, str]:
        palette = self.style.palette
        is_cost = scope.id == self.trace.root.scope and COST.search(f"{scope.name} {scope.title}")
        kind = "cost_cluster" if is_cost else "cluster"
        text = f"<B>{escape(scope.name)}</B>" + (f"  {escape(scope.title)}" if scope.title else "")
        cell = f'<TR><TD><FONT POINT-SIZE="12" COLOR="{palette.ink}">{text}</FONT></TD></TR>'
        return {
            "label": f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2">{cell}</TABLE>>',
            "labeljust": "r",
            "labelloc": "t",
            "style": "rounded,filled",
            "fillcolor": getattr(palette, f"{kind}_fill"),
            "color": getattr(palette, f"{kind}_border"),
            "margin": "12",
            "id": scope.id,
        }

    def _node(self, node: TraceNode) -> dict[str, str]:
        colours = {"root": "cost", "op": "op", "parameter": "parameter"}.get(node.kind, "input")
        coming = sorted(self.trace.outgoing[node.id], key=lambda edge: (int(edge.result[2:]), edge.index))
        whole = all(edge.result in self.single for edge in coming)
        return {
            "label": self.style.card(node, coming, whole, self._axes(node)),
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

    def edge(self, edge: TraceEdge) -> dict[str, str]:
        """The attributes of an edge: two lanes where a gradient flows back, else one."""
        palette = self.style.palette
        if not edge.requires_grad:
            return {"id": edge.id, "class": "forward", "color": palette.forward_lane, "penwidth": "1.3"}
        attributes = {
            "id": edge.id,
            "class": "forward backward",
            "dir": "both",
            "color": f"{palette.forward_lane}:{palette.backward_lane}",
            "arrowhead": "normal",
            "arrowtail": "onormal",
            "penwidth": "1.15",
        }
        if self._enters_beside_leaves(edge):
            attributes["minlen"] = "2"
        if self.style.detail != "min":
            attributes["label"] = self.style.pill(edge, self.trace, self._which(edge))
        return attributes

    def _enters_beside_leaves(self, edge: TraceEdge) -> bool:
        """Whether an edge comes into a cluster from another one, to a value with leaves of its own in there.

        A longer edge leaves these leaves a column of their own, so that the two clusters can stand side by side.
        """
        here = self.cluster[edge.result]
        if here is None or self.cluster[edge.operand] in (None, here):
            return False
        leaves = [id for id in self.trace.node(edge.result).operands if self.trace.node(id).op is None]
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


def _legend(trace: Trace, style: Style, rankdir: str) -> str:
    palette, words = style.palette, style.words
    total = words.total.format(d=trace.d, root=bracketed(trace.objective))
    forward = f"<B>► {words.forward[0]}</B>  {_bold(words.forward[1])}"
    backward = f"<B>◄ {words.backward[0]}</B>  {_bold(words.backward[1])}"
    total = escape(clean_text(total, 200))
    wide = rankdir == "LR" and len(trace.nodes) >= _WIDE_LEGEND
    cells = [(palette.forward, forward), (palette.backward, backward), (palette.backward, total)]
    if wide:
        cells[1:] = [(palette.backward, f"{backward};  {total}")]
    between = "" if wide else "</TR><TR>"
    columns = between.join(
        f'<TD ALIGN="LEFT"><FONT POINT-SIZE="12" COLOR="{colour}">{text}</FONT></TD>' for colour, text in cells
    )
    return (
        f'<<TABLE BORDER="1" COLOR="{palette.legend_border}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3" '
        f'STYLE="ROUNDED" BGCOLOR="{palette.op_fill}"><TR>{columns}</TR></TABLE>>'
    )


def _bold(text: str) -> str:
    return re.sub(r"\*(.*?)\*", r"<B>\1</B>", escape(text))
