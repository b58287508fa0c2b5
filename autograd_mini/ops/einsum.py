"""Einstein's notation for sums of products."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import Any

import numpy as np

from ..arrays import library, shape_of, static
from ..operation import Operand, Rule, case, primitive

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _explicit(subscripts: str, shapes: Sequence[tuple[int, ...]]) -> tuple[list[str], str]:
    """Subscripts of the operands and of the result, with ellipses spelled out and the result's always given."""
    left, arrow, right = subscripts.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(shapes):
        raise ValueError(f"einsum got {len(shapes)} operands for the {len(terms)} terms of {subscripts!r}")
    free = [letter for letter in _LETTERS if letter not in subscripts]
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
    free = iter(letter for letter in _LETTERS if letter not in "".join(terms) + result)
    sources = [(result, g), *((terms[i], x) for i, x in enumerate(operands) if i != index)]
    lengths: dict[str, int] = {}
    for letters, x in sources:
        for letter, size in zip(letters, shape_of(x), strict=True):
            lengths[letter] = size if lengths.get(letter, 1) == 1 else lengths[letter]
    target = ""
    for letter, size in zip(term, shape, strict=True):
        if letter in target:
            fresh = next(free)
            sources.append((letter + fresh, static(np.eye(size), g)))
            target += fresh
            continue
        if lengths.get(letter) != size:  # summed away, or an axis of length 1 that was stretched
            sources.append((letter, static(np.ones(size), g)))
        target += letter
    return einsum(",".join(letters for letters, _ in sources) + "->" + target, *[x for _, x in sources])


@primitive(
    "einsum({subscripts}; {x})",
    Rule(_einsum_rule, "1", "einsum of {g} and the other operands", linear=True),
    variadic=True,
    cases=(
        case((2, 3), (3, 4), subscripts="ij,jk->ik"),
        case((3, 3), subscripts="ii->"),
        case((3, 3), subscripts="ii->i"),
        case((2, 3), subscripts="ij->j"),
        case((2, 2, 3), (3, 4), subscripts="...ij,jk"),
        case((2, 3), (2, 3), (3,), subscripts="ij,ij,j->i"),
        case((1, 3), (2, 3), subscripts="ij,ij->j"),
        case((1, 2, 3), (2, 3, 2), subscripts="...ij,...jk"),
    ),
)
def einsum_of(operands: Sequence[Operand], subscripts: str) -> Any:
    """Einstein's sum over a sequence of operands; ``einsum`` is the function to call."""
    return library(*operands).einsum(subscripts, *operands, optimize=len(operands) > 2)


def einsum(subscripts: str | Operand, *operands: Operand, optimize: Any = None) -> Any:
    """Sums of products written in Einstein's notation, such as ``einsum("ij,jk->ik", A, B)``.

    Parameters
    ----------
    subscripts : str
        A letter for each axis of each operand, and those of the result after ``->``. What is not in the result is
        summed over; without ``->`` the result has the letters that occur once, in alphabetical order. ``...`` stands
        for the other axes.
    *operands : Values, numbers and arrays
        One for each term. Without text the operands alternate with lists of whole numbers that stand for letters,
        ``einsum(A, [0, 1], B, [1, 2], [0, 2])``; one more list is the result's.
    optimize : optional
        There for NumPy's sake: more than two operands are always multiplied in the cheapest order.

    Returns
    -------
    Value if an operand is one, else number or array

    Raises
    ------
    TypeError
        If ``subscripts`` is not text.
    ValueError
        If there are not as many operands as terms.

    Notes
    -----
    The rule is an einsum too: the gradient of an operand swaps its own term with that of the result.

    References
    ----------
    A. Einstein, "Die Grundlage der allgemeinen Relativitätstheorie", Annalen der Physik 49 (1916), section 5.

    Examples
    --------
    >>> import autograd_mini as am
    >>> A = am.Value([[1.0, 2.0], [3.0, 4.0]])
    >>> am.einsum("ii->", A)
    Value(5, op=einsum_of)
    >>> am.gradients(am.einsum("ij,j->", A, [1.0, 10.0]), A)
    array([[ 1., 10.],
           [ 1., 10.]])
    """
    if not isinstance(subscripts, str):
        subscripts, operands = _from_lists((subscripts, *operands))
    return einsum_of(operands, subscripts)


def _from_lists(parts: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]]:
    """Operands that alternate with lists of numbers, as subscripts in text and the operands."""
    operands, lists = parts[: len(parts) // 2 * 2 : 2], [*parts[1::2], *(parts[-1:] if len(parts) % 2 else ())]
    if not all(isinstance(numbers, (list, tuple)) for numbers in lists) or not operands:
        raise TypeError(
            "einsum takes its subscripts as text, such as 'ij,jk->ik', or a list of whole numbers after each operand; "
            f"got {', '.join(type(part).__name__ for part in parts)}"
        )

    def letters(numbers: Sequence[Any]) -> str:
        return "".join("..." if number is Ellipsis else _LETTERS[index(number)] for number in numbers)

    terms = ",".join(map(letters, lists[: len(operands)]))
    return terms + ("->" + letters(lists[-1]) if len(parts) % 2 else ""), operands
