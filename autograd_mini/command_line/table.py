"""Values and derivatives as a table of plain text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd_mini import Value, hessian
from autograd_mini.chain.notation import number

from .expression import Graph, compute

_GAP = "   "


def gradient_table(text: str, graph: Graph, values: dict[str, Value], order: int, fmt: str) -> str:
    """A table of values and gradients.

    Parameters
    ----------
    text : str
        The expression.
    graph : Graph
        What it came to, after ``backward()``.
    values : dict of str to Value
        The variables.
    order : {1, 2}
        The highest derivatives.
    fmt : str
        Format of the numbers.

    Returns
    -------
    str
        The result, then a row for each variable and each named intermediate value; with ``order=2`` the second
        derivatives below.
    """
    root, name = graph.root, graph.name
    variables = {key: value for key, value in values.items() if value.requires_grad}
    named = {key: value for key, value in graph.named.items() if value is not root and key not in values}
    d = "d" if len(variables) == 1 and not any(value.shape for value in variables.values()) else "∂"
    rows = [["", "value", "derivative"]]
    for key, value in {**values, **named}.items():
        if value.requires_grad:
            gradient = np.zeros(value.shape) if value.grad is None else value.grad
            derivative = _beside(f"{d}{name}/{d}{key} = ", shown(gradient, fmt))
        else:
            derivative = "constant"
        rows.append([key, shown(value.raw, fmt), derivative])
    parts = [_beside(f"{name} = ", shown(root.raw, fmt)), aligned(rows)]
    if order == 2:
        parts.append(_second(text, values, variables, name, fmt))
    return "\n\n".join(parts)


def _second(text: str, values: dict[str, Value], variables: dict[str, Value], name: str, fmt: str) -> str:
    """The second derivatives: a number, a table for several numbers, or blocks for arrays."""
    keys = list(variables)

    def f(*data: Any) -> Any:
        return compute(text, values | dict(zip(keys, data, strict=True))).root

    blocks = hessian(f, tuple(range(len(keys))))(*[value.numpy() for value in variables.values()])
    if len(keys) == 1 and not variables[keys[0]].shape:
        return f"d²{name}/d{keys[0]}² = {shown(blocks[0][0], fmt)}"
    if all(not value.shape for value in variables.values()):
        rows = [["", *keys]]
        rows += [[key, *(shown(block, fmt) for block in line)] for key, line in zip(keys, blocks, strict=True)]
        return f"second derivatives ∂²{name}/∂row ∂column\n\n{aligned(rows)}"
    parts = []
    for key, line in zip(keys, blocks, strict=True):
        for other, block in zip(keys, line, strict=True):
            symbol = f"∂{key}²" if key == other else f"∂{key} ∂{other}"
            parts.append(f"∂²{name}/{symbol}, shape {np.shape(block)}:\n{shown(block, fmt)}")
    return "\n\n".join(parts)


def shown(data: Any, fmt: str) -> str:
    """A number, or an array on several lines, in a format.

    Examples
    --------
    >>> shown(2.0, ".6g"), shown(np.array([0.5, 20.0]), ".6g")
    ('2', '[0.5 20]')
    """
    if np.ndim(data) == 0:
        return number(data, fmt)
    entries = np.asarray(data)
    widest = max((len(number(x, fmt)) for x in entries.ravel()[:1000]), default=0) if entries.ndim > 1 else 0
    return np.array2string(
        entries, formatter={"float_kind": lambda x: number(x, fmt).rjust(widest)}, max_line_width=60, threshold=200
    )


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells as columns; a cell may have several lines.

    Examples
    --------
    >>> print(aligned([["x", "value"], ["w1", "3"]]))
    x    value
    w1   3
    """
    cells = [[cell.split("\n") for cell in row] for row in rows]
    widths = [max(len(line) for row in cells for line in row[j]) for j in range(len(rows[0]))]
    lines = []
    for row in cells:
        for i in range(max(len(cell) for cell in row)):
            texts = [(cell[i] if i < len(cell) else "").ljust(width) for cell, width in zip(row, widths, strict=True)]
            lines.append(_GAP.join(texts).rstrip())
    return "\n".join(lines)


def _beside(label: str, text: str) -> str:
    """A label, and a text of perhaps several lines to its right."""
    return label + text.replace("\n", "\n" + " " * len(label))
