"""Printed arithmetic that holds as it is printed: ``−1.4196 × 2 = −2.839``.

Who multiplies the printed factors gets the printed result. Four digits of each factor are often too few for that, so
the factors of one line get a few more, all alike; where these do not help either, ``≈`` stands in the place of ``=``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np

from .notation import number

_MORE_DIGITS = 6
_FORMAT = re.compile(r"(?P<start>.*?)(?:\.(?P<digits>\d+))?(?P<kind>[eEfFgG%]?)", re.DOTALL)
_ROUNDING = 1e-13


@dataclass(frozen=True, slots=True)
class Product:
    """A product of numbers, of sums and of products.

    Parameters
    ----------
    parts : sequence
        At least one.
    """

    parts: Sequence[Expression]


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum of numbers and of products.

    Parameters
    ----------
    parts : sequence
        At least one.
    """

    parts: Sequence[Expression]


Expression: TypeAlias = Product | Sum | Any
"""A product, a sum, a number, or a text for what is left out, which nobody can compute: ``…``."""


def equation(left: Expression, result: Any, fmt: str) -> tuple[str, str, str]:
    """An expression and its result as they are printed, and the sign between them.

    Parameters
    ----------
    left : Product, Sum or number
        The expression.
    result : number
        What it comes to; printed as it is everywhere.
    fmt : str
        Format of the numbers.

    Returns
    -------
    left, sign, result : str
        The sign is ``=`` if the printed numbers of the left side, computed and rounded as the result is, are the
        printed result, else ``≈``.

    Examples
    --------
    >>> equation(Product([-1.4195, 2.0]), -2.839, ".4g")
    ('−1.4195 × 2', '=', '−2.839')
    >>> equation(Sum([0.1, 0.2, -0.3]), 0.1 + 0.2 - 0.3, ".4g")
    ('0.1 + 0.2 − 0.3', '≈', '5.551e−17')
    """
    ((text, sign),), shown = agreeing([_writer(left)], result, fmt)
    return text, sign, shown


def equated(left: Expression, result: Any, fmt: str) -> str:
    """The same as one text: ``−1.4195 × 2 = −2.839``.

    Examples
    --------
    >>> equated(Product([20.0, 6.0]), 120.0, ".4g")
    '20 × 6 = 120'
    """
    return " ".join(equation(left, result, fmt))


def equations(lefts: Sequence[Expression], result: Any, fmt: str) -> list[tuple[str, str]]:
    """Several expressions of one result and then the result, each after the sign that is true of what stands before it.

    Examples
    --------
    >>> equations([Sum([Product([1.0, 20.0]), 1.0]), Sum([20.0, 1.0])], 21.0, ".4g")
    [('=', '1 × 20 + 1'), ('=', '20 + 1'), ('=', '21')]
    """
    lines, shown = agreeing([_writer(left) for left in lefts], result, fmt)
    signs = ["=", *(sign for _, sign in lines)]
    return list(zip(signs, [*(text for text, _ in lines), shown], strict=True))


Writer: TypeAlias = Callable[[str], tuple[str, Any]]
"""Given a format of numbers: the text, and what its printed numbers come to; None if nobody can compute that."""


def agreeing(writers: Sequence[Writer], result: Any, fmt: str) -> tuple[list[tuple[str, str]], str]:
    """What several writers print for one result, each with the sign between, and the result.

    The result is printed as it is everywhere, but where a text comes to exactly half of its last digit: there it gets
    the digit that tells.
    """
    forms = _finer(fmt)
    for form in forms:
        shown = number(result, form)
        texts = [_agreeing(write, shown, form, forms) for write in writers]
        if None not in texts:
            return [(text, "=") for text in texts if text is not None], shown
    shown = number(result, fmt)
    texts = [_agreeing(write, shown, fmt, forms) for write in writers]
    return [
        (write(fmt)[0], "≈") if text is None else (text, "=") for write, text in zip(writers, texts, strict=True)
    ], shown


def fitting(lefts: Sequence[Expression], results: Sequence[Any], fmt: str) -> tuple[str, str]:
    """The format with the fewest digits in which all expressions come to their printed results, and the sign for it.

    For numbers that stand apart from what they come to, such as terms on lines of their own.

    Examples
    --------
    >>> fitting([Sum([0.24984, 0.24984])], [0.49968], ".4g")
    ('.5g', '=')
    """
    for form in _finer(fmt):
        written = [_written(left, form) for left in lefts]
        pairs = zip(written, results, strict=True)
        if all(value is None or _rounds_to(value, number(x, fmt), fmt) for (_, value), x in pairs):
            return form, "="
    return fmt, "≈"


def _agreeing(write: Writer, shown: str, fmt: str, forms: Sequence[str]) -> str | None:
    """The text with the fewest digits that comes to a printed result; None if there is none."""
    for form in forms:
        text, value = write(form)
        if value is None or _rounds_to(value, shown, fmt):
            return text
    return None


def read(text: str) -> Any:
    """The number that a printed one stands for, exactly; None if none can be read.

    Examples
    --------
    >>> read("−1.5e−07"), read("12.5%"), read("1,234"), read("−inf")
    (Fraction(-3, 20000000), Fraction(1, 8), Fraction(1234, 1), -inf)
    """
    plain = text.strip().replace("−", "-").replace(",", "").replace("_", "")
    try:
        if plain.endswith("j"):
            return complex(plain)
        if plain.endswith("%"):
            return Fraction(plain[:-1]) / 100
        return Fraction(plain) if plain[-1:].isdigit() else float(plain)
    except ValueError:
        return None


def _finer(fmt: str) -> list[str]:
    """The format itself, then with more and more digits; alone where it has no digits to add."""
    match = _FORMAT.fullmatch(fmt)
    if match is None or not (match["digits"] or match["kind"]):
        return [fmt]
    digits = int(match["digits"] or 6)
    return [fmt, *(f"{match['start']}.{digits + more}{match['kind']}" for more in range(1, _MORE_DIGITS + 1))]


def _rounds_to(value: Any, shown: str, fmt: str) -> bool:
    """Whether a number is printed so, also if it were a rounding error larger or smaller."""
    if isinstance(value, complex):
        return number(value, fmt) == shown
    try:
        value = float(value)
    except OverflowError:
        return False
    return number(value * (1.0 - _ROUNDING), fmt) == number(value * (1.0 + _ROUNDING), fmt) == shown


def _writer(expression: Expression) -> Writer:
    return lambda form: _written(expression, form)


def _written(expression: Expression, form: str) -> tuple[str, Any]:
    """The text, and what its printed numbers come to."""
    if isinstance(expression, str):
        return expression, None
    if not isinstance(expression, (Product, Sum)):
        text = number(expression, form)
        return text, read(text)
    texts, values = zip(*(_written(part, form) for part in expression.parts), strict=True)
    if isinstance(expression, Sum):
        return plus(texts), None if None in values else sum(values)
    inner = [len(texts) > 1 and _is_sum(part) for part in expression.parts]
    text = times([f"({text})" if is_sum else text for is_sum, text in zip(inner, texts, strict=True)])
    return text, None if None in values else math.prod(values)


def _is_sum(part: Expression) -> bool:
    if isinstance(part, (Product, Sum)):
        return isinstance(part, Sum) and len(part.parts) > 1
    return bool(np.iscomplexobj(part))


def times(words: Sequence[str]) -> str:
    """Factors as a product, those after the first in parentheses where they begin with a minus sign.

    Examples
    --------
    >>> times(["−1.5", "2", "−3"])
    '−1.5 × 2 × (−3)'
    """
    return " × ".join(f"({word})" if i and word.startswith("−") else word for i, word in enumerate(words))


def plus(words: Sequence[str]) -> str:
    """Terms as a sum, with minus signs between where they begin with one.

    Examples
    --------
    >>> plus(["120", "−1", "x"])
    '120 − 1 + x'
    """
    return words[0] + "".join(f" − {word[1:]}" if word.startswith("−") else f" + {word}" for word in words[1:])
