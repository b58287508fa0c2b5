"""The words of an explanation, in English and in Spanish."""

from __future__ import annotations

from dataclasses import dataclass

from .words import Language


@dataclass(frozen=True)
class Telling:
    """The words between the formulas in one language; fields in braces are filled in.

    Attributes
    ----------
    path, paths, more, factors : str
        How many paths there are, how many more than were shown, and how many factors were merged into one.
    short, rules, where, along, rest : str
        Labels of lines: the short form, the local derivatives as formulas, what unnamed values are, what a factor is
        the sum of, and further such factors.
    cancels : str
        How much of the paths' sizes is left in their sum.
    fresh, wrong, grad, accumulated, differs : str
        What the result was checked against, and how that went.
    none : str
        Why a derivative is 0 without any path.
    terms, values, leaves : str
        What is left out of a sum, of a list of values, and of a list of leaves.
    steps : str
        A pass in so many steps through arrays.
    layers, last, back, derivatives, plain : str
        Headings of the three steps, and of a network in which no layers were found.
    through, layer : str
        The way through the cost, and a layer without a name.
    from_ : str
        The first value of a path.
    all_equal : str
        All gradients are those of a fresh pass.
    """

    path: str = "1 path"
    paths: str = "{n} paths"
    more: str = "{n} more paths"
    factors: str = "{n} factors"
    short: str = "short:"
    rules: str = "rules:"
    where: str = "where:"
    along: str = "with"
    rest: str = "with {n} more such sums, each over the paths between its two values"
    cancels: str = "paths cancel: |Σ| / Σ|·| = {ratio}"
    fresh: str = "a fresh backward pass: {g} ✓"
    wrong: str = "a fresh backward pass: {g} ✗"
    grad: str = "{name}.grad: {g} ✓"
    accumulated: str = "{name}.grad: {g} = {n} × this, the sum over {n} backward calls"
    differs: str = "{name}.grad: {g} differs, several backward calls have accumulated in it"
    none: str = "no path: every derivative on the way is 0"
    terms: str = "⋯ {n} more"
    values: str = "⋯ and {n} more like these"
    leaves: str = "⋯ and {n} more"
    steps: str = "{root} → {wrt}: {n} steps back"
    layers: str = "Backpropagation through {root}, layer by layer"
    last: str = "Step 1: the delta of the last layer"
    back: str = "Step 2: the delta passed back"
    derivatives: str = "Step 3: the derivatives from the delta"
    plain: str = "The gradients of {root}, each with its chain"
    layer: str = "layer {n}"


_SPANISH = Telling(
    path="1 camino",
    paths="{n} caminos",
    more="{n} caminos más",
    factors="{n} factores",
    short="en corto:",
    rules="reglas:",
    where="donde:",
    along="con",
    rest="con {n} sumas más como estas, cada una sobre los caminos entre sus dos valores",
    cancels="los caminos se cancelan: |Σ| / Σ|·| = {ratio}",
    fresh="una pasada nueva hacia atrás: {g} ✓",
    wrong="una pasada nueva hacia atrás: {g} ✗",
    accumulated="{name}.grad: {g} = {n} × esto, la suma de {n} llamadas a backward",
    differs="{name}.grad: {g} difiere, varias llamadas a backward se han acumulado",
    none="ningún camino: todas las derivadas por el camino son 0",
    terms="⋯ {n} más",
    values="⋯ y {n} más como estos",
    leaves="⋯ y {n} más",
    steps="{root} → {wrt}: {n} pasos hacia atrás",
    layers="Retropropagación por {root}, capa por capa",
    last="Paso 1: la delta de la última capa",
    back="Paso 2: la delta pasada hacia atrás",
    derivatives="Paso 3: las derivadas a partir de la delta",
    plain="Los gradientes de {root}, cada uno con su cadena",
    layer="capa {n}",
)

TELLINGS: dict[Language, Telling] = {"en": Telling(), "es": _SPANISH}
"""The words by language."""
