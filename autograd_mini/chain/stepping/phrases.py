"""The words of the step-through: what each step says, and the labels of the page, in English and in Spanish."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..words import Language


@dataclass(frozen=True)
class Phrases:
    """The words of one language; fields in braces are filled in.

    Attributes
    ----------
    phases : dict of str to str
        Names of the phases: forward, seed, backward, sum, update.
    kinds : dict of str to str
        What a leaf is.
    leaf, computed_array, several : str
        A value is given or computed; how an array is told.
    seed, seed_array : str
        The derivative of the root by itself.
    flows, copied, turned, flows_array, so_far : str
        What goes back over an edge: a product, the gradient itself, its negative, an array; and the sum until then.
    total, total_array : str
        The contributions to a value that was used more than once.
    update_array : str
        A step of gradient descent for an array.
    layer_forward, layer_result, first, second, third, third_result, updates, and_more : str
        The steps by layer.
    numbers, arrays : str
        Text lines of a card: its value.
    paths, path : str
        How many ways lead from a card to the root.
    no_gradient : str
        What is said of a card that needs no gradient.
    page : dict of str to str
        The labels of the page.
    """

    phases: dict[str, str] = field(
        default_factory=lambda: {
            "forward": "forward",
            "seed": "start",
            "backward": "backward",
            "sum": "sum",
            "update": "update",
        }
    )
    kinds: dict[str, str] = field(
        default_factory=lambda: {
            "input": "an input",
            "target": "a target",
            "constant": "a constant",
            "parameter": "a parameter",
        }
    )
    leaf: str = "{name} is {kind}: {value}"
    computed_array: str = "{name} is computed: {value}"
    several: str = "shape {shape}"
    seed: str = "The way back starts at {name}: {symbol} = {value}"
    seed_array: str = "The way back starts at {name} with a gradient of shape {shape}"
    flows: str = "{local}; {product} flows to {name}"
    copied: str = "{local}; {contribution} flows on to {name} as it is"
    turned: str = "{local}; {contribution} flows on to {name} with its sign turned"
    flows_array: str = "{name} receives {product}"
    so_far: str = "{k} of {n} contributions, {total} so far"
    so_far_array: str = "{k} of {n} contributions"
    total: str = "{sum}: the {n} contributions to {name} add up"
    total_array: str = "The {n} contributions to {name} add up"
    update_array: str = "{name} takes one step of gradient descent; its largest change is {change}"
    layer_forward: str = "Forward: {layer}"
    layer_result: str = "Forward: the result"
    first: str = "Step 1: δ of the last layer ({layer})"
    second: str = "Step 2: δ passed back to {layer}"
    third: str = "Step 3: the derivatives from δ in {layer}"
    third_result: str = "Step 3: the derivatives after the last layer"
    updates: str = "Update: gradient descent"
    layer: str = "layer {n}"
    and_more: str = "… and {n} more"
    paths: str = "{n} paths lead from {name} to {root}."
    path: str = "One path leads from {name} to {root}."
    no_gradient: str = "{name} needs no gradient: nothing flows back to it."
    own_gradient: str = "The derivative of {name} by itself."
    page: dict[str, str] = field(
        default_factory=lambda: {
            "title": "The chain rule of {root}, step by step",
            "graph": "Computation graph of {root} with {n} values; choose a card to see its chain rule",
            "controls": "Steps",
            "first": "First step (Home)",
            "back": "Step back (left arrow)",
            "play": "Play (space)",
            "pause": "Pause (space)",
            "next": "Next step (right arrow)",
            "last": "Last step (End)",
            "slider": "Step",
            "position": "step {n} of {all}, {phase}",
            "layers": "by layer",
            "smaller": "Smaller",
            "fit": "Fit to the window",
            "larger": "Larger",
            "view": "Size of the graph",
            "picture": "The graph",
            "legend_forward": "forward: each card computes its value",
            "legend_backward": "backward: each edge carries its local derivative",
            "rule": "Chain rule",
            "hint": "Choose a card: its chain rule shows here, and its paths to {root} light up.",
            "close": "Close",
            "steps": "All steps",
            "step": "step",
            "phase": "phase",
            "formula": "chain rule",
            "numbers": "in numbers",
            "keys": "Keys: ← → one step, Home and End, Space to play; in the graph ↑ ↓ and Enter choose a card, "
            "Esc lets it go.",
        }
    )


_SPANISH = Phrases(
    phases={
        "forward": "hacia delante",
        "seed": "inicio",
        "backward": "hacia atrás",
        "sum": "suma",
        "update": "actualización",
    },
    kinds={
        "input": "una entrada",
        "target": "un objetivo",
        "constant": "una constante",
        "parameter": "un parámetro",
    },
    leaf="{name} es {kind}: {value}",
    computed_array="{name} se calcula: {value}",
    several="forma {shape}",
    seed="El camino de vuelta empieza en {name}: {symbol} = {value}",
    seed_array="El camino de vuelta empieza en {name} con un gradiente de forma {shape}",
    flows="{local}; {product} fluye a {name}",
    copied="{local}; {contribution} pasa a {name} tal cual",
    turned="{local}; {contribution} pasa a {name} con el signo cambiado",
    flows_array="{name} recibe {product}",
    so_far="{k} de {n} contribuciones, {total} hasta ahora",
    so_far_array="{k} de {n} contribuciones",
    total="{sum}: las {n} contribuciones a {name} se suman",
    total_array="Las {n} contribuciones a {name} se suman",
    update_array="{name} da un paso de descenso del gradiente; su mayor cambio es {change}",
    layer_forward="Hacia delante: {layer}",
    layer_result="Hacia delante: el resultado",
    first="Paso 1: δ de la última capa ({layer})",
    second="Paso 2: δ propagado a {layer}",
    third="Paso 3: las derivadas a partir de δ en {layer}",
    third_result="Paso 3: las derivadas tras la última capa",
    updates="Actualización: descenso del gradiente",
    layer="capa {n}",
    and_more="… y {n} más",
    paths="{n} caminos llevan de {name} a {root}.",
    path="Un camino lleva de {name} a {root}.",
    no_gradient="{name} no necesita gradiente: nada fluye de vuelta hasta aquí.",
    own_gradient="La derivada de {name} respecto a sí mismo.",
    page={
        "title": "La regla de la cadena de {root}, paso a paso",
        "graph": "Grafo de cómputo de {root} con {n} valores; elige una tarjeta para ver su regla de la cadena",
        "controls": "Pasos",
        "first": "Primer paso (Inicio)",
        "back": "Paso atrás (flecha izquierda)",
        "play": "Reproducir (espacio)",
        "pause": "Pausa (espacio)",
        "next": "Paso siguiente (flecha derecha)",
        "last": "Último paso (Fin)",
        "slider": "Paso",
        "position": "paso {n} de {all}, {phase}",
        "layers": "por capas",
        "smaller": "Más pequeño",
        "fit": "Ajustar a la ventana",
        "larger": "Más grande",
        "view": "Tamaño del grafo",
        "picture": "El grafo",
        "legend_forward": "hacia delante: cada tarjeta calcula su valor",
        "legend_backward": "hacia atrás: cada arista lleva su derivada local",
        "rule": "Regla de la cadena",
        "hint": "Elige una tarjeta: aquí aparece su regla de la cadena y se iluminan sus caminos hasta {root}.",
        "close": "Cerrar",
        "steps": "Todos los pasos",
        "step": "paso",
        "phase": "fase",
        "formula": "regla de la cadena",
        "numbers": "en números",
        "keys": "Teclas: ← → un paso, Inicio y Fin, espacio para reproducir; en el grafo ↑ ↓ e Intro eligen una "
        "tarjeta, Esc la suelta.",
    },
)

PHRASES: dict[Language, Phrases] = {"en": Phrases(), "es": _SPANISH}
"""The words by language."""
