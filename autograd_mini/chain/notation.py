"""Notation: how names, numbers, formulas and derivatives are written.

The table of operations holds the words of each rule as templates, ``"1 − {out}²"``. Here they are filled with the names of
a graph's values, ``1 − o²``, and set as mathematics is set: subscripts, whole exponents as superscripts,
parentheses only where they are needed.
"""

from __future__ import annotations

import functools
import inspect
import math
import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..operation import Operation

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SUPERSCRIPTS = str.maketrans("0123456789-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻")
# Trailing digits belong to the letter before them: w1, w_1, δ2; in "v1.0" and "w1_2" they are no index.
_INDEXED = re.compile(r"(.*[^\W\d_])_?([0-9]+)", re.DOTALL)
_PLAIN_NAME = re.compile(r"[^\W\d_][\w'.⁰¹²³⁴-⁹₀-₉]*")
_ONE_LETTER = re.compile(r"[^\W\d_][₀-₉]*[⁰¹²³⁴-⁹⁻]*")
_SCALED = re.compile(r"(−?[0-9]+(?:\.[0-9]+)?) · (\S+)")
_PRODUCT = re.compile(r"\{(\w+)\}(ᵀ?) · \{(\w+)\}(ᵀ?)")
# What needs no parentheses after a ×: one word, a condition in brackets, a function of something in parentheses.
_FACTOR = re.compile(r"[^ −/()][^ /()]*|\[[^\[\]]*\]|\w+\([^()]*\)")
_SPELLED_OPERANDS = 6


@dataclass(frozen=True, slots=True)
class Operand:
    """An operand as formulas write it.

    Parameters
    ----------
    name : str
        Its name; for a plain number the number.
    shape : tuple of int
        Its shape.
    number : float, optional
        The number, if the operand is a plain number in the user's code.
    """

    name: str
    shape: tuple[int, ...] = ()
    number: float | None = None


def subscript(name: str) -> str:
    """A name with its trailing digits as subscripts.

    Parameters
    ----------
    name : str
        A name as code has it.

    Returns
    -------
    str
        The name as mathematics writes it.

    Examples
    --------
    >>> subscript("w1"), subscript("x_12"), subscript("v1.0")
    ('w₁', 'x₁₂', 'v1.0')
    """
    match = _INDEXED.fullmatch(name)
    return match[1] + match[2].translate(_SUBSCRIPTS) if match else name


def superscript(number: int) -> str:
    """A whole number as an exponent.

    Examples
    --------
    >>> superscript(-12)
    '⁻¹²'
    """
    return str(number).translate(_SUPERSCRIPTS)


def number(x: Any, fmt: str = ".4g") -> str:
    """A number in a cell: in the format, with the plain hyphen for minus, and never a zero below zero.

    Parameters
    ----------
    x : number
        Real or complex.
    fmt : str, default ".4g"
        A format as ``format`` takes it.

    Examples
    --------
    >>> number(-2.83915), number(-0.0), number(20.0)
    ('-2.839', '0', '20')
    """
    return format(x + 0.0 if isinstance(x, (float, complex, np.inexact)) else x, fmt)


def number_in_formula(x: Any, fmt: str = ".4g") -> str:
    """A number in a formula: with the true minus sign.

    Examples
    --------
    >>> number_in_formula(-0.5)
    '−0.5'
    """
    return number(x, fmt).replace("-", "−")


def shape_text(shape: Sequence[int]) -> str:
    """A shape as NumPy writes it, ``(4, 3)``.

    Examples
    --------
    >>> shape_text((3,))
    '(3,)'
    """
    return str(tuple(shape))


def bracketed(name: str) -> str:
    """A name that is more than one word, in parentheses.

    Examples
    --------
    >>> bracketed("w₁"), bracketed("hidden state")
    ('w₁', '(hidden state)')
    """
    return name if _PLAIN_NAME.fullmatch(name) or name.startswith("(") else f"({name})"


def derivative(of: str, to: str, d: str = "∂") -> str:
    """A derivative as a fraction.

    Parameters
    ----------
    of, to : str
        Names of what is differentiated, and with respect to what.
    d : str, default "∂"
        ``"d"`` for functions of one variable.

    Examples
    --------
    >>> derivative("C", "w₁"), derivative("f", "x", "d")
    ('∂C/∂w₁', 'df/dx')
    """
    return f"{d}{bracketed(of)}/{d}{bracketed(to)}"


# --- filling templates ------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=1024)
def _pieces(template: str) -> tuple[tuple[str, str | None, bool], ...]:
    """Pieces of a template: the text before a field, the field, and whether a negative number there needs parentheses."""
    pieces = []
    for text, name, _, _ in string.Formatter().parse(template):
        before = text.rstrip()
        opens = not pieces if not before else before[-1] in "([,;√"
        pieces.append((text, name, not opens))
    return tuple(pieces)


def fill(template: str, words: Mapping[str, str]) -> str:
    """A template of the table with names in the place of its fields.

    Parameters
    ----------
    template : str
        Text with fields in braces: ``"{x} − {y}"``.
    words : mapping of str to str
        The text for each field; one that begins with ``−`` gets parentheses where it needs them.

    Examples
    --------
    >>> fill("{x} − {y}", {"x": "−1", "y": "−2"})
    '−1 − (−2)'
    """
    parts = []
    for text, name, inner in _pieces(template):
        parts.append(text)
        if name is not None:
            word = words[name]
            parts.append(f"({word})" if inner and word.startswith("−") else word)
    return "".join(parts)


def words_of(
    op: Operation,
    out: Operand,
    operands: Sequence[Operand],
    static: Mapping[str, Any] | None = None,
    i: int | None = None,
) -> dict[str, str]:
    """The text for every field of an operation's templates; with ``i``, of its rule for that operand.

    Examples
    --------
    >>> from autograd_mini.operation import OPERATIONS
    >>> words_of(OPERATIONS["multiply"], Operand("u"), [Operand("w"), Operand("x")])["y"]
    'x'
    """
    words = {name: operand.name for name, operand in zip(op.operands, operands, strict=False)}
    if op.variadic:
        names = [operand.name for operand in operands[:_SPELLED_OPERANDS]]
        all_of_them = ", ".join(names) + (", …" if len(operands) > _SPELLED_OPERANDS else "")
        words["x"] = all_of_them if i is None else operands[i].name
    words["out"] = out.name
    for name, setting in (static or {}).items():
        words.setdefault(name, setting_text(setting))
    entries, results = math.prod(operands[0].shape), math.prod(out.shape)
    words["n"] = str(entries // results if results else entries)
    return words


def setting_text(setting: Any) -> str:
    """A static argument, such as an axis, a shape or an index, in short.

    Examples
    --------
    >>> setting_text((slice(None), 1)), setting_text(slice(0, None, 2)), setting_text((2, 3))
    (':, 1', '0::2', '(2, 3)')
    """
    if isinstance(setting, slice):
        start, stop, step = ("" if i is None else str(i) for i in (setting.start, setting.stop, setting.step))
        return f"{start}:{stop}" + (f":{step}" if step else "")
    if setting is None or setting is Ellipsis:
        return "new" if setting is None else "…"
    if isinstance(setting, tuple):
        if all(isinstance(item, (int, np.integer)) for item in setting):
            return shape_text([int(item) for item in setting])
        return ", ".join(setting_text(item) for item in setting)
    if isinstance(setting, (list, np.ndarray)):
        array = np.asarray(setting)
        if array.dtype == bool:
            return "mask"
        text = str(array.tolist())
        return text if len(text) <= 20 else f"indices {shape_text(array.shape)}"
    if isinstance(setting, str):
        return setting.replace("->", "→")
    text = getattr(setting, "__name__", None) or str(setting)
    return text.replace("-", "−") if isinstance(setting, (int, float)) else text


@functools.lru_cache(maxsize=256)
def _defaults(op: Operation) -> dict[str, Any]:
    parameters = inspect.signature(op.forward).parameters
    return {name: p.default for name, p in parameters.items() if name in ("axis", "axes")}


def _axis_text(op: Operation, static: Mapping[str, Any] | None) -> str:
    """`` (axis 0)`` if the operation was told an axis other than its default."""
    if static is None:
        return ""
    for name, default in _defaults(op).items():
        if static.get(name, default) != default:
            return f" ({name} {setting_text(static[name]).strip('()')})"
    return ""


# --- the words of one operation ---------------------------------------------------------------------------------------


def formula(op: Operation, out: Operand, operands: Sequence[Operand], static: Mapping[str, Any] | None = None) -> str:
    """How a value was computed: ``tanh z``, ``20 · g``, ``x²``.

    Parameters
    ----------
    op : Operation
        The operation, from the table.
    out : Operand
        The result.
    operands : sequence of Operand
        Its operands in order.
    static : mapping, optional
        Its static arguments.

    Examples
    --------
    >>> from autograd_mini.operation import OPERATIONS
    >>> formula(OPERATIONS["power"], Operand("C"), [Operand("e"), Operand("2", number=2.0)])
    'e²'
    """
    if op.name == "power":
        return _power(*operands)
    words = words_of(op, out, operands, static)
    template = op.formula
    if op.name in ("add", "subtract") and operands[1].number is not None and operands[1].number < 0:
        template = "{x} − {y}" if op.name == "add" else "{x} + {y}"
        words["y"] = words["y"].removeprefix("−")
    return fill(template, words) + _axis_text(op, static)


def _power(x: Operand, y: Operand) -> str:
    base = f"({x.name})" if x.name.startswith("−") else bracketed(x.name) if x.number is None else x.name
    if y.number is not None:
        if y.number == int(y.number) and abs(y.number) < 100:
            return base + superscript(int(y.number))
        return f"{base}^({y.name})" if y.number < 0 else f"{base}^{y.name}"
    return f"{base}^{bracketed(y.name)}"


def local(
    op: Operation, i: int, out: Operand, operands: Sequence[Operand], static: Mapping[str, Any] | None = None
) -> str:
    """The local derivative with respect to operand ``i``: ``1 − o²``, ``2e``, ``20``.

    Parameters
    ----------
    op, out, operands, static
        As for `formula`.
    i : int
        Number of the operand.

    Examples
    --------
    >>> from autograd_mini.operation import OPERATIONS
    >>> local(OPERATIONS["power"], 0, Operand("y"), [Operand("x"), Operand("3", number=3.0)])
    '3x²'
    """
    words = words_of(op, out, operands, static, i)
    template = op.rule(i).local
    if op.name == "power":
        x, y = operands
        if i == 0 and y.number is not None:
            return _power_slope(x, y.number, y.name)
        if i == 1 and x.number is not None and x.number == math.e:
            template = "{out}"
    return _tight(fill(template, words))


def _power_slope(x: Operand, n: float, text: str) -> str:
    """n · x^(n−1) for a number n."""
    if n in (0.0, 1.0):
        return f"{n:.0f}"
    rest = number_in_formula(n - 1.0)
    power = x.name if n == 2.0 else _power(x, Operand(rest, number=n - 1.0))
    return _tight(f"{text} · {bracketed(power) if n == 2.0 else power}") if n != -1.0 else f"−{power}"


def _tight(text: str) -> str:
    """A number times a single letter without the dot between: 2x, 3x²."""
    match = _SCALED.fullmatch(text)
    return match[1] + match[2] if match and _ONE_LETTER.fullmatch(match[2]) else text


def product(
    op: Operation,
    i: int,
    upstream: str,
    out: Operand,
    operands: Sequence[Operand],
    static: Mapping[str, Any] | None = None,
) -> tuple[str, str]:
    """The vector-Jacobian product for operand ``i``, and a note on its shapes.

    Parameters
    ----------
    op, out, operands, static
        As for `formula`.
    i : int
        Number of the operand.
    upstream : str
        How the gradient of the result is written: ``δ``, ``∂C/∂A``.

    Returns
    -------
    text : str
        ``Xᵀ · δ``.
    note : str
        ``(2, 4) · (4, 3) → (2, 3)``; empty where shapes say nothing.

    Examples
    --------
    >>> from autograd_mini.operation import OPERATIONS
    >>> X, W, b = Operand("X", (4, 2)), Operand("W", (2, 3)), Operand("b", (3,))
    >>> product(OPERATIONS["linear"], 1, "δ", Operand("Z", (4, 3)), [X, W, b])
    ('Xᵀ · δ', '(2, 4) · (4, 3) → (2, 3)')
    """
    template, shape = op.rule(i).text, operands[i].shape
    words = {**words_of(op, out, operands, static, i), "g": upstream}
    if template:
        text = fill(template, words)
        if upstream == "1":
            text = text.removeprefix("1 × ")
    else:
        text = _times(upstream, local(op, i, out, operands, static))
    if op.elementwise or template == "{g}":
        if out.shape != shape:
            return _broadcast_undone(text, out.shape, shape)
        return text, "element by element" if shape and text != upstream else ""
    return text, _shapes(template, out, dict(zip(op.operands, operands, strict=False)), shape)


def _times(upstream: str, factor: str) -> str:
    if "1" in (upstream, factor):
        return factor if upstream == "1" else upstream
    if factor in ("−1", "0"):
        return f"−{upstream}" if factor == "−1" else "0"
    return f"{upstream} × {factor}" if _FACTOR.fullmatch(factor) else f"{upstream} × ({factor})"


def _broadcast_undone(text: str, wide: tuple[int, ...], narrow: tuple[int, ...]) -> tuple[str, str]:
    rows = len(wide) == 2 and narrow == wide[1:]
    if " " in text and not rows:
        text = f"({text})"
    return (
        f"{'sum of the rows of' if rows else 'Σ'} {text}",
        f"broadcast undone: {shape_text(wide)} → {shape_text(narrow)}",
    )


def _shapes(template: str, out: Operand, named: Mapping[str, Operand], result: tuple[int, ...]) -> str:
    """The shapes of a product of two, or from which to which shape the rule leads."""
    match = _PRODUCT.fullmatch(template)
    if match is None:
        return f"{shape_text(out.shape)} → {shape_text(result)}" if out.shape != result else ""
    factors = []
    for name, turned in (match.group(1, 2), match.group(3, 4)):
        shape = out.shape if name == "g" else named[name].shape
        factors.append(shape_text((*shape[:-2], *shape[-2:][::-1]) if turned else shape))
    return f"{factors[0]} · {factors[1]} → {shape_text(result)}"
