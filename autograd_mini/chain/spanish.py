"""The texts of rules in Spanish: what the table of operations says in words, and what formulas add to it.

Names of functions, such as ``softmax`` and ``max``, stay what they are. Every other text with words has its entry here.
"""

RULES = {
    # What formulas add by themselves.
    "Σ rows of {g}": "Σ filas de {g}",
    "broadcast undone: {wide} → {narrow}": "difusión deshecha: {wide} → {narrow}",
    "element by element": "elemento a elemento",
    "axis": "eje",
    "axes": "ejes",
    "new": "nuevo",
    "mask": "máscara",
    "indices {shape}": "índices {shape}",
    # Elementwise operations.
    "{x} if {condition} else {y}": "{x} si {condition}, si no {y}",
    "[not {condition}]": "[no {condition}]",
    "{x} as {dtype}": "{x} como {dtype}",
    # Shapes, indices, parts.
    "{g} in the shape of {x}": "{g} con la forma de {x}",
    "{x} broadcast to {shape}": "{x} difundido a {shape}",
    "{g} summed over the copies": "{g} sumado sobre las copias",
    "{x} fitted": "{x} ajustado",
    "{g}, copied": "{g}, copiado",
    "{g} put back at [{index}]": "{g} devuelto a [{index}]",
    "{x} put at [{index}]": "{x} puesto en [{index}]",
    "the part of {g} that came from {x}": "la parte de {g} que vino de {x}",
    "the slice of {g} that came from {x}": "la rebanada de {g} que vino de {x}",
    "{x} with {v} at [{index}]": "{x} con {v} en [{index}]",
    "{g} with 0 at [{index}]": "{g} con 0 en [{index}]",
    "{g} without the border": "{g} sin el borde",
    "{g} put back in the old order": "{g} devuelto al orden anterior",
    # Reductions.
    "mean {x}": "media de {x}",
    "{g} × 1/{n}, copied": "{g} × 1/{n}, copiado",
    "{g} to the entries that are largest": "{g} a las entradas mayores",
    "{g} to the entries that are smallest": "{g} a las entradas menores",
    "{g} × the product of the others": "{g} × el producto de las demás",
    "running sum of {x}": "suma acumulada de {x}",
    "{g} summed from the end": "{g} sumado desde el final",
    "einsum of {g} and the other operands": "einsum de {g} y los demás operandos",
    # Matrices.
    "Q of {a}": "Q de {a}",
    "R of {a}": "R de {a}",
    "U of {a}": "U de {a}",
    "Vᵀ of {a}": "Vᵀ de {a}",
    "singular values of {a}": "valores singulares de {a}",
    "eigenvalues of {a}": "valores propios de {a}",
    "eigenvectors of {a}": "vectores propios de {a}",
    "U · (skew(Uᵀ · {g}) / gaps · S) · Vᵀ": "U · (skew(Uᵀ · {g}) / brechas · S) · Vᵀ",
    "U · (S · skew(Vᵀ · {g}ᵀ) / gaps) · Vᵀ": "U · (S · skew(Vᵀ · {g}ᵀ) / brechas) · Vᵀ",
    "V · (skew(Vᵀ · {g}) / gaps) · Vᵀ": "V · (skew(Vᵀ · {g}) / brechas) · Vᵀ",
    "V⁻ᵀ · ((Vᵀ · {g}) / gaps) · Vᵀ": "V⁻ᵀ · ((Vᵀ · {g}) / brechas) · Vᵀ",
    "{g} × the cofactors of {a}": "{g} × los cofactores de {a}",
    "cofactors of {a}": "cofactores de {a}",
    "{g} × the cofactors of the minors": "{g} × los cofactores de los menores",
    "−{out}ᵀ · {g} · {out}ᵀ + terms of what {a} · {out} and {out} · {a} lack to 1": (
        "−{out}ᵀ · {g} · {out}ᵀ + términos de lo que a {a} · {out} y a {out} · {a} les falta para ser 1"
    ),
    # Networks.
    "cross entropy of softmax {x}": "entropía cruzada de softmax {x}",
    "mean cross entropy of softmax {x}": "entropía cruzada media de softmax {x}",
    "softmax {x} − labels": "softmax {x} − etiquetas",
    "{g} × (softmax {x} − labels)": "{g} × (softmax {x} − etiquetas)",
    "(softmax {x} − labels) / {rows}": "(softmax {x} − etiquetas) / {rows}",
    "{g} × (softmax {x} − labels) / {rows}": "{g} × (softmax {x} − etiquetas) / {rows}",
    # Signals and windows.
    "the real part of F {g}": "la parte real de F {g}",
    "F⁻¹ {g}, inner frequencies twice": "F⁻¹ {g}, frecuencias interiores dos veces",
    "{g} correlated with {y}": "{g} correlacionado con {y}",
    "{g} correlated with {x}": "{g} correlacionado con {x}",
    "windows({x})": "ventanas({x})",
    "windows({g})": "ventanas({g})",
    "{g} added up where windows overlap": "{g} sumado donde las ventanas se solapan",
    "windows({x}) put back": "ventanas({x}) devueltas",
    "max of windows({x})": "máximo de ventanas({x})",
    "{g} to the entry of each window that is largest": "{g} a la entrada mayor de cada ventana",
    "{z} to the largest of {x}": "{z} a la mayor de {x}",
    "{g} at the largest of {x}": "{g} en la mayor de {x}",
    "{z} at the largest of {x}": "{z} en la mayor de {x}",
    "{g} to the largest of {x}": "{g} a la mayor de {x}",
    # vmap and checkpoint.
    "one example of {x}": "un ejemplo de {x}",
    "one example of {g}": "un ejemplo de {g}",
    "all examples of {x}": "todos los ejemplos de {x}",
    "{g} of all examples": "{g} de todos los ejemplos",
    "Σ {x} over the examples": "Σ {x} sobre los ejemplos",
    "{g} for every example": "{g} para cada ejemplo",
}
"""From each template to its Spanish."""
