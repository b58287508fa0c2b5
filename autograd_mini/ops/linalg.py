"""Products of matrices and tensors."""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays import library, shape_of
from ..operation import Operand, Rule, case, composed, primitive
from .arithmetic import multiply
from .shapes import expand_dims, reshape, swapaxes, transpose


def _flipped(x: Any) -> Any:
    return x.T if len(shape_of(x)) == 2 else swapaxes(x, -1, -2)


def _left(g: Any, out: Any, x: Any, y: Any) -> Any:
    """g · yᵀ, where a vector on either side counts as one row or one column."""
    if len(shape_of(y)) == 1:
        return (expand_dims(g, -1) if len(shape_of(x)) > 1 else g) * y
    if len(shape_of(x)) == 1:
        return (y @ expand_dims(g, -1))[..., 0]
    return g @ _flipped(y)


def _right(g: Any, out: Any, x: Any, y: Any) -> Any:
    """xᵀ · g, where a vector on either side counts as one row or one column."""
    if len(shape_of(x)) == 1:
        return expand_dims(x, -1) * expand_dims(g, -2) if len(shape_of(y)) > 1 else g * x
    if len(shape_of(y)) == 1:
        return (_flipped(x) @ expand_dims(g, -1))[..., 0]
    return _flipped(x) @ g


@primitive(
    "{x}·{y}",
    Rule(_left, "{y}", "{g} · {y}ᵀ"),
    Rule(_right, "{x}", "{x}ᵀ · {g}"),
    cases=(
        case((2, 3), (3, 4)),
        case((3,), (3, 4)),
        case((2, 3), (3,)),
        case((3,), (3,)),
        case((2, 2, 3), (3, 4)),
        case((2, 3), (2, 3, 2)),
        case((2, 2, 3), (3,)),
        case((3,), (2, 3, 2)),
    ),
)
def matmul(x: Operand, y: Operand) -> Any:
    """Product of matrices, of a matrix and a vector, or of stacks of matrices, as ``x @ y``.

    Raises
    ------
    ValueError
        If an operand is a single number, or the inner dimensions differ; the message shows both shapes.
    """
    a, b = shape_of(x), shape_of(y)
    if not a or not b:
        raise ValueError(f"matmul needs arrays, got shapes {a} and {b}; multiply a single number with *")
    if a[-1] != b[-2 if len(b) > 1 else 0]:
        raise ValueError(f"matmul cannot multiply shapes {a} and {b}: {a[-1]} columns meet {b[-2 if len(b) > 1 else 0]} rows")
    return library(x, y).matmul(x, y)


def _rows(x: Any) -> Any:
    shape = shape_of(x)
    return x if len(shape) == 2 else reshape(x, (-1, shape[-1]))


@primitive(
    "{x}·{W} + {b}",
    Rule(lambda g, out, x, W, b: g @ W.T, "{W}", "{g} · {W}ᵀ"),
    Rule(lambda g, out, x, W, b: _rows(x).T @ _rows(g), "{x}", "{x}ᵀ · {g}"),
    Rule(lambda g, out, x, W, b: g, "1", "{g}"),
    cases=(case((4, 2), (2, 3), (3,)), case((2,), (2, 3), (3,)), case((2, 4, 2), (2, 3), (3,))),
)
def linear(x: Operand, W: Operand, b: Operand) -> Any:
    """The pre-activations of a layer, ``x @ W + b``, with the weights written W[input][neuron].

    Raises
    ------
    ValueError
        If the shapes do not fit; the message shows them.
    """
    rows, weights = shape_of(x), shape_of(W)
    if not rows or len(weights) != 2 or rows[-1] != weights[0] or shape_of(b) != weights[1:]:
        raise ValueError(
            f"linear needs x of shape (..., inputs), W of (inputs, neurons) and b of (neurons,), "
            f"got {rows}, {weights} and {shape_of(b)}"
        )
    out = library(x, W).matmul(x, W)
    if out.dtype == b.dtype:
        out += b
        return out
    return out + b


@composed(case((), (3,)), case((3,), (3,)), case((2, 3), (3, 4)), case((2, 3), (4, 3, 2)))
def dot(x: Operand, y: Operand) -> Any:
    """Dot product as NumPy's: of vectors, of matrices, or over the last axis of ``x`` and the second last of ``y``."""
    a, b = len(shape_of(x)), len(shape_of(y))
    if not a or not b:
        return multiply(x, y)
    return matmul(x, y) if b < 3 and a < 3 else tensordot(x, y, ((-1,), (-2 if b > 1 else -1,)))


@composed(case((2, 3), (4, 3)), case((3,), (3,)), case((), (3,)))
def inner(x: Operand, y: Operand) -> Any:
    """Sum of products over the last axis of both."""
    if not shape_of(x) or not shape_of(y):
        return multiply(x, y)
    return tensordot(x, y, ((-1,), (-1,)))


@composed(case((2,), (3,)), case((2, 2), (3,)))
def outer(x: Operand, y: Operand) -> Any:
    """Every entry of ``x`` times every entry of ``y``: a matrix."""
    return multiply(reshape(x, (-1, 1)), reshape(y, (1, -1)))


@composed(case((2, 3), (3, 4), axes=1), case((2, 3, 4), (4, 3), axes=((1, 2), (1, 0))), case((2,), (3,), axes=0))
def tensordot(x: Operand, y: Operand, axes: int | Sequence[Any] = 2) -> Any:
    """Sum of products over the given axes of both; a number means the last of ``x`` and the first of ``y``."""
    a, b = shape_of(x), shape_of(y)
    if isinstance(axes, int):
        left: tuple[int, ...] = tuple(range(len(a) - axes, len(a)))
        right: tuple[int, ...] = tuple(range(axes))
    else:
        left = np.lib.array_utils.normalize_axis_tuple(axes[0], len(a))
        right = np.lib.array_utils.normalize_axis_tuple(axes[1], len(b))
    if [a[i] for i in left] != [b[i] for i in right]:
        raise ValueError(f"tensordot cannot sum over axes {axes} of shapes {a} and {b}: their lengths differ")
    free_a = tuple(i for i in range(len(a)) if i not in left)
    free_b = tuple(i for i in range(len(b)) if i not in right)
    inner_size = int(np.prod([a[i] for i in left], dtype=int))
    rows = reshape(transpose(x, free_a + left), (int(np.prod([a[i] for i in free_a], dtype=int)), inner_size))
    columns = reshape(transpose(y, right + free_b), (inner_size, int(np.prod([b[i] for i in free_b], dtype=int))))
    return reshape(matmul(rows, columns), tuple(a[i] for i in free_a) + tuple(b[i] for i in free_b))


def _explicit(subscripts: str, shapes: Sequence[tuple[int, ...]]) -> tuple[list[str], str]:
    """Subscripts of the operands and of the result, with ellipses spelled out and the result's always given."""
    left, arrow, right = subscripts.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(shapes):
        raise ValueError(f"einsum got {len(shapes)} operands for the {len(terms)} terms of {subscripts!r}")
    free = [letter for letter in string.ascii_letters if letter not in subscripts]
    counts = [len(shape) - len(term.replace("...", "")) for term, shape in zip(terms, shapes, strict=True)]
    longest = max((count for term, count in zip(terms, counts, strict=True) if "..." in term), default=0)
    dots = "".join(free[:longest])
    terms = [
        term.replace("...", dots[longest - count :]) if "..." in term else term
        for term, count in zip(terms, counts, strict=True)
    ]
    if arrow:
        return terms, right.replace("...", dots)
    letters = "".join(terms)
    once = sorted(letter for letter in set(letters) if letters.count(letter) == 1 and letter not in dots)
    return terms, dots + "".join(once)


def _einsum_rule(g: Any, out: Any, *operands: Any, index: int, subscripts: str) -> Any:
    """Swap the operand's term with the result's; ones stand for axes summed away, identities for diagonals."""
    terms, result = _explicit(subscripts, [shape_of(x) for x in operands])
    term, shape = terms[index], shape_of(operands[index])
    free = iter(letter for letter in string.ascii_letters if letter not in "".join(terms) + result)
    sources = [(result, g), *((terms[i], x) for i, x in enumerate(operands) if i != index)]
    known, target = set("".join(letters for letters, _ in sources)), ""
    for letter, size in zip(term, shape, strict=True):
        if letter in target:
            fresh = next(free)
            sources.append((letter + fresh, np.eye(size, dtype=g.dtype)))
            letter = fresh
        elif letter not in known:
            sources.append((letter, np.ones(size, dtype=g.dtype)))
        target += letter
    return einsum(",".join(letters for letters, _ in sources) + "->" + target, *[x for _, x in sources])


@primitive(
    "einsum({subscripts}; {x})",
    Rule(_einsum_rule, "1", "einsum of {g} and the other operands"),
    variadic=True,
    cases=(
        case((2, 3), (3, 4), subscripts="ij,jk->ik"),
        case((3, 3), subscripts="ii->"),
        case((3, 3), subscripts="ii->i"),
        case((2, 3), subscripts="ij->j"),
        case((2, 2, 3), (3, 4), subscripts="...ij,jk"),
        case((2, 3), (2, 3), (3,), subscripts="ij,ij,j->i"),
    ),
)
def einsum_of(operands: Sequence[Operand], subscripts: str) -> Any:
    """Einstein's sum over a sequence of operands; ``einsum`` is the function to call."""
    return library(*operands).einsum(subscripts, *operands, optimize=len(operands) > 2)


def einsum(subscripts: str, *operands: Operand, optimize: Any = None) -> Any:
    """Sums of products written in Einstein's notation, such as ``einsum("ij,jk->ik", A, B)``.

    ``optimize`` is there for NumPy's sake: more than two operands are always multiplied in the cheapest order.
    """
    if not isinstance(subscripts, str):
        raise TypeError(f"einsum takes its subscripts as text, such as 'ij,jk->ik', got {type(subscripts).__name__}")
    return einsum_of(operands, subscripts)
