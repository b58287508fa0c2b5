"""The few words of a picture, in English and in Spanish."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from .comparing import multiple
from .notation import number
from .spanish import RULES

if TYPE_CHECKING:
    from .events import TraceNode

Language: TypeAlias = Literal["en", "es"]


@dataclass(frozen=True)
class Words:
    """The words of a picture in one language; fields in braces are filled in.

    Attributes
    ----------
    value, input, target, constant, parameter : str
        What the first row of a card holds, and the kinds of leaves.
    paths, edges : str
        How many contributions a gradient is the sum of: whole paths, or edges that several paths share.
    direct, nth, any_nth : str, tuple of str, str
        Which of several edges between two values this is.
    more, empty, mean, norm : str
        For arrays that are not shown whole.
    forward, backward : tuple of str
        The legend: name of the pass, what it does (bold between asterisks).
    total : str
        The legend: how contributions add up.
    picture : str
        What the picture shows, for screen readers.
    part, around, joining : str
        What a picture of a part shows.
    folded, repeated, modules, chains : str
        How a picture of a large graph was folded.
    values, parameters, ops, equal_edges : str
        What a card of several values holds, and how many edges an edge stands for.
    dead, explodes : str
        Flags of a gradient that is zero, and of one that is very large.
    not_finite : str
        The flag of a value that is nan or infinite somewhere.
    accumulated, differs : str
        What ``.grad`` holds where it is not the gradient of this pass, told in full.
    passes, other_passes, leftover : str
        The same in short, on a card, and a sentence below the picture.
    rules : dict of str to str
        The texts of the rules in this language.
    """

    value: str = "value"
    input: str = "input"
    target: str = "target"
    constant: str = "constant"
    parameter: str = "parameter"
    paths: str = "{n} paths"
    edges: str = "{n} edges"
    direct: str = "direct"
    nth: tuple[str, ...] = ("1st", "2nd", "3rd")
    any_nth: str = "{n}th"
    more: str = "+{n} more"
    empty: str = "empty"
    mean: str = "mean"
    norm: str = "norm"
    forward: tuple[str, str] = ("forward", "each node computes its *value*")
    backward: tuple[str, str] = ("backward", "each edge carries its *local derivative*")
    total: str = "{d}{root}/{d}node = sum over outgoing edges of ({d}{root}/{d}next × local)"
    picture: str = "Computation graph of {root} with the chain rule at its edges: {n} values"
    part: str = "{n} of {all} values: {what}"
    around: str = "within {radius} of {names}, counted in edges"
    joining: str = "what lies on paths from {upper} to {lower}"
    folded: str = "{all} values on {n} cards: {how}"
    repeated: str = "equal parts drawn once (× N)"
    modules: str = "modules folded"
    chains: str = "chains of operations folded"
    values: str = "{n} values"
    parameters: str = "parameters"
    ops: str = "{n} ops"
    equal_edges: str = "{n} edges"
    dead: str = "dead"
    explodes: str = "explodes"
    not_finite: str = "not finite"
    accumulated: str = "{name}{g} = {n} × this, the sum over {n} backward calls"
    differs: str = "{name}{g} differs: it comes from other backward calls, or several have accumulated"
    passes: str = "{n} passes"
    other_passes: str = "other passes"
    leftover: str = "not of this pass alone: {names}; .grad = None before backward() starts anew"
    rules: dict[str, str] = field(default_factory=dict)

    def ordinal(self, n: int) -> str:
        """1st, 2nd, ..., for the numbers of operands."""
        return self.nth[n - 1] if n <= len(self.nth) else self.any_nth.format(n=n)

    def held(self, node: TraceNode, fmt: str) -> str:
        """What the ``.grad`` of a value holds, in full, if it is not the gradient of this pass; else ""."""
        if node.held is None:
            return ""
        calls = multiple(node.held, node.grad, node.value)
        words = {"name": f"{node.name}.grad", "g": "" if node.shape else f": {number(node.held, fmt)}"}
        return self.accumulated.format(**words, n=calls) if calls else self.differs.format(**words)

    def held_in_short(self, node: TraceNode) -> str:
        """The same in two words; "" if there is nothing to say."""
        if node.held is None:
            return ""
        calls = multiple(node.held, node.grad, node.value)
        return self.passes.format(n=calls) if calls else self.other_passes

    def say(self, text: str) -> str:
        """A text of the table of operations in this language."""
        return self.rules.get(text, text)


_SPANISH = Words(
    value="valor",
    input="entrada",
    target="objetivo",
    constant="constante",
    parameter="parámetro",
    paths="{n} caminos",
    edges="{n} aristas",
    direct="directo",
    nth=("1.º", "2.º", "3.º"),
    any_nth="{n}.º",
    more="+{n} más",
    empty="vacío",
    mean="media",
    norm="norma",
    forward=("hacia delante", "cada nodo calcula su *valor*"),
    backward=("hacia atrás", "cada arista lleva su *derivada local*"),
    total="{d}{root}/{d}nodo = suma sobre las aristas salientes de ({d}{root}/{d}siguiente × local)",
    picture="Grafo de cómputo de {root} con la regla de la cadena en sus aristas: {n} valores",
    part="{n} de {all} valores: {what}",
    around="a {radius} o menos de {names}, contando aristas",
    joining="lo que está en caminos de {upper} a {lower}",
    folded="{all} valores en {n} tarjetas: {how}",
    repeated="partes iguales dibujadas una vez (× N)",
    modules="módulos plegados",
    chains="cadenas de operaciones plegadas",
    values="{n} valores",
    parameters="parámetros",
    ops="{n} operaciones",
    equal_edges="{n} aristas",
    dead="muerto",
    explodes="explota",
    not_finite="no finito",
    accumulated="{name}{g} = {n} × esto, la suma de {n} pasadas de backward",
    differs="{name}{g} difiere: viene de otras pasadas de backward, acaso de varias sumadas",
    passes="{n} pasadas",
    other_passes="otras pasadas",
    leftover="no solo de esta pasada: {names}; .grad = None antes de backward() empieza de nuevo",
    rules=RULES,
)

LANGUAGES: dict[str, Words] = {"en": Words(), "es": _SPANISH}
"""The words by language."""
