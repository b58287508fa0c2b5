"""The words of an explanation, in English and in Spanish."""

from __future__ import annotations

from dataclasses import dataclass

from ..words import Language


@dataclass(frozen=True)
class Telling:
    """The words between the formulas in one language; fields in braces are filled in.

    No word has a single letter: in LaTeX that would be a variable.

    Attributes
    ----------
    path, paths, more : str
        How many paths there are, and how many more than were shown.
    factors : str
        What a long row of factors was merged into.
    short, rules, where, along : str
        Labels of lines: the short form, the local derivatives as formulas, what unnamed values are, what a factor is
        the sum of.
    rest : str
        Further factors that are sums.
    cancels : str
        How much of the paths' sizes is left in their sum.
    fresh, wrong, grad : str
        What the result was checked against, and how that went.
    none : str
        Why a derivative is 0 without any path.
    terms, values : str
        What is left out of a sum, and of a list of values.
    step, steps, more_steps, sum_over : str
        A pass through arrays: how many steps, those left out, and a step that is a sum over paths.
    layers, last, back, derivatives, layer, more_layers, direct : str
        Headings of the three steps of backpropagation.
    others : str
        Marks a derivative along the paths that pass no landmark, beside those that do.
    drill : str
        Where to read on.
    plain : str
        The heading for a graph without layers.
    """

    path: str = "1 path"
    paths: str = "{n} paths"
    more: str = "{n} more paths"
    factors: str = "the product of {n} factors"
    short: str = "short:"
    rules: str = "rules:"
    where: str = "where:"
    along: str = "with"
    rest: str = "with {n} more such sums, each over the paths between its two values"
    cancels: str = "what cancelling leaves: |Σ| / Σ|·| = {ratio}"
    fresh: str = "fresh backward pass{g} ✓"
    wrong: str = "fresh backward pass{g} ✗"
    grad: str = "{name}{g} ✓"
    none: str = "no path: every derivative on the way is 0"
    terms: str = "⋯ {n} more"
    values: str = "⋯ {n} more like these"
    step: str = "{root} → {wrt}: 1 step back"
    steps: str = "{root} → {wrt}: {n} steps back"
    layers: str = "Backpropagation through {root}, layer by layer"
    more_steps: str = "⋯ {n} more steps"
    sum_over: str = "the sum over {paths} from {top}"
    last: str = "Step 1: the delta of the last layer"
    back: str = "Step 2: the delta passed back"
    derivatives: str = "Step 3: the derivatives from the delta"
    plain: str = "The gradients of {root}, each with its chain"
    layer: str = "layer {n}"
    more_layers: str = "⋯ {n} more layers"
    direct: str = "past all layers:"
    others: str = "other paths"
    drill: str = "explain({root}, {name}) shows the way"


_SPANISH = Telling(
    path="1 camino",
    paths="{n} caminos",
    more="{n} caminos más",
    factors="el producto de {n} factores",
    short="en corto:",
    rules="reglas:",
    where="donde:",
    along="con",
    rest="con {n} sumas más como estas, cada una sobre los caminos entre sus dos valores",
    cancels="lo que queda al cancelarse: |Σ| / Σ|·| = {ratio}",
    fresh="una pasada nueva hacia atrás{g} ✓",
    wrong="una pasada nueva hacia atrás{g} ✗",
    none="ningún camino: todas las derivadas por el camino son 0",
    terms="⋯ {n} más",
    values="⋯ {n} más como estos",
    step="{root} → {wrt}: 1 paso hacia atrás",
    steps="{root} → {wrt}: {n} pasos hacia atrás",
    layers="Retropropagación por {root}, capa por capa",
    more_steps="⋯ {n} pasos más",
    sum_over="la suma sobre {paths} desde {top}",
    last="Paso 1: la delta de la última capa",
    back="Paso 2: la delta pasada hacia atrás",
    derivatives="Paso 3: las derivadas desde la delta",
    plain="Los gradientes de {root}, cada uno con su cadena",
    layer="capa {n}",
    more_layers="⋯ {n} capas más",
    direct="sin pasar por ninguna capa:",
    others="otros caminos",
    drill="explain({root}, {name}) muestra el camino",
)

TELLINGS: dict[Language, Telling] = {"en": Telling(), "es": _SPANISH}
"""The words by language."""
