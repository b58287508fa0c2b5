"""The words of one operation: its formula, its local derivatives, and its vector-Jacobian products.

They come from the templates in the table of operations, filled with the names of a graph's values.
"""

from __future__ import annotations

import functools
import inspect
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..operation import Operation
from .notation import Say, bracketed, fill, number, setting_text, shape_text, superscript

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


def words_of(
    op: Operation,
    out: Operand,
    operands: Sequence[Operand],
    static: Mapping[str, Any] | None = None,
    i: int | None = None,
    say: Say = str,
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
        words.setdefault(name, setting_text(setting, say))
    entries, results = math.prod(operands[0].shape), math.prod(out.shape)
    words["n"] = str(entries // results if results else entries)
    return words


@functools.lru_cache(maxsize=256)
def _defaults(op: Operation) -> dict[str, Any]:
    parameters = inspect.signature(op.forward).parameters
    return {name: p.default for name, p in parameters.items() if name in ("axis", "axes")}


def _axis_text(op: Operation, static: Mapping[str, Any] | None, say: Say) -> str:
    """`` (axis 0)`` if the operation was told an axis other than its default."""
    if static is None:
        return ""
    for name, default in _defaults(op).items():
        if static.get(name, default) != default:
            return f" ({say(name)} {setting_text(static[name]).strip('()')})"
    return ""


def formula(
    op: Operation,
    out: Operand,
    operands: Sequence[Operand],
    static: Mapping[str, Any] | None = None,
    say: Say = str,
) -> str:
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
    say : callable, optional
        Gives the texts of the table in another language.

    Examples
    --------
    >>> from autograd_mini.operation import OPERATIONS
    >>> formula(OPERATIONS["power"], Operand("C"), [Operand("e"), Operand("2", number=2.0)])
    'e²'
    """
    if op.name == "power":
        return _power(*operands)
    words = words_of(op, out, operands, static, say=say)
    template = say(op.formula)
    if op.name in ("add", "subtract") and operands[1].number is not None and operands[1].number < 0:
        template = "{x} − {y}" if op.name == "add" else "{x} + {y}"
        words["y"] = words["y"].removeprefix("−")
    return fill(template, words) + _axis_text(op, static, say)


def _power(x: Operand, y: Operand) -> str:
    raised = x.name.startswith("−") or x.name.endswith("⁾")
    base = f"({x.name})" if raised else bracketed(x.name) if x.number is None else x.name
    if y.number is not None:
        if y.number == int(y.number) and abs(y.number) < 100:
            return base + superscript(int(y.number))
        return f"{base}^({y.name})" if y.number < 0 else f"{base}^{y.name}"
    return f"{base}^{bracketed(y.name)}"


def local(
    op: Operation,
    i: int,
    out: Operand,
    operands: Sequence[Operand],
    static: Mapping[str, Any] | None = None,
    say: Say = str,
) -> str:
    """The local derivative with respect to operand ``i``: ``1 − o²``, ``2e``, ``20``.

    Parameters
    ----------
    op, out, operands, static, say
        As for `formula`.
    i : int
        Number of the operand.

    Examples
    --------
    >>> from autograd_mini.operation import OPERATIONS
    >>> local(OPERATIONS["power"], 0, Operand("y"), [Operand("x"), Operand("3", number=3.0)])
    '3x²'
    """
    words = words_of(op, out, operands, static, i, say)
    template = say(op.rule(i).local)
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
    rest = number(n - 1.0)
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
    say: Say = str,
) -> tuple[str, str]:
    """The vector-Jacobian product for operand ``i``, and a note on its shapes.

    Parameters
    ----------
    op, out, operands, static, say
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
    words = {**words_of(op, out, operands, static, i, say), "g": upstream}
    if template:
        text = fill(say(template), words)
        if upstream == "1":
            text = re.sub(r"^1 × (?:\(([^()]*)\)$)?", r"\1", text)
    else:
        text = _times(upstream, local(op, i, out, operands, static, say))
    if op.elementwise or template == "{g}":
        if out.shape != shape:
            return _broadcast_undone(text, out.shape, shape, say)
        return text, say("element by element") if shape and text != upstream else ""
    return text, _shapes(template, out, dict(zip(op.operands, operands, strict=False)), shape)


def _times(upstream: str, factor: str) -> str:
    if "1" in (upstream, factor):
        return factor if upstream == "1" else upstream
    if factor in ("−1", "0"):
        return f"−{upstream}" if factor == "−1" else "0"
    return f"{upstream} × {factor}" if _FACTOR.fullmatch(factor) else f"{upstream} × ({factor})"


def _broadcast_undone(text: str, wide: tuple[int, ...], narrow: tuple[int, ...], say: Say) -> tuple[str, str]:
    rows = len(wide) == 2 and narrow == wide[1:]
    if " " in text and not rows:
        text = f"({text})"
    note = say("broadcast undone: {wide} → {narrow}").format(wide=shape_text(wide), narrow=shape_text(narrow))
    return fill(say("Σ rows of {g}") if rows else "Σ {g}", {"g": text}), note


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
