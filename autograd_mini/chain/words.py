"""The few words of a picture, in English and in Spanish."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

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
    more, empty, mean : str
        For arrays that are not shown whole.
    forward, backward : tuple of str
        The legend: name of the pass, what it does (bold between asterisks).
    total : str
        The legend: how contributions add up.
    picture : str
        What the picture shows, for screen readers.
    phrases : dict of str to str
        Phrases of the rules in this language.
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
    forward: tuple[str, str] = ("forward", "each node computes its *value*")
    backward: tuple[str, str] = ("backward", "each edge carries its *local derivative*")
    total: str = "{d}{root}/{d}node = sum over outgoing edges of ({d}{root}/{d}next × local)"
    picture: str = "Computation graph of {root} with the chain rule at its edges: {n} values"
    phrases: dict[str, str] = field(default_factory=dict)

    def ordinal(self, n: int) -> str:
        """1st, 2nd, ..., for the numbers of operands."""
        return self.nth[n - 1] if n <= len(self.nth) else self.any_nth.format(n=n)

    def say(self, text: str) -> str:
        """A rule's text with its phrases in this language."""
        for phrase, translation in self.phrases.items():
            text = text.replace(phrase, translation)
        return text


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
    forward=("hacia delante", "cada nodo calcula su *valor*"),
    backward=("hacia atrás", "cada arista lleva su *derivada local*"),
    total="{d}{root}/{d}nodo = suma sobre las aristas salientes de ({d}{root}/{d}siguiente × local)",
    picture="Grafo de cómputo de {root} con la regla de la cadena en sus aristas: {n} valores",
    phrases={
        "Σ rows of ": "Σ filas de ",
        ", copied": ", copiado",
        "broadcast undone: ": "difusión deshecha: ",
        "element by element": "elemento a elemento",
    },
)

LANGUAGES: dict[str, Words] = {"en": Words(), "es": _SPANISH}
"""The words by language."""
