"""Notation: how names, numbers, formulas and derivatives are written.

The table of operations holds the words of each rule as templates, ``"1 − {out}²"``. Here they are filled with the
names of a graph's values, ``1 − o²``, and set as mathematics is set: subscripts, whole exponents as superscripts,
parentheses only where they are needed.
"""

from __future__ import annotations

import functools
import re
import string
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from ._svg import clean_text

Say: TypeAlias = Callable[[str], str]
"""Gives a text of the table of operations in a language; ``str`` leaves it in English."""

_LONGEST_SETTING = 80
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SUPERSCRIPTS = str.maketrans("0123456789-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻")
# Trailing digits belong to the letter before them: w1, w_1, w1[2]; in "v1.0" and "w1_2" they are no index.
_INDEXED = re.compile(r"(.*[^\W\d_])_?([0-9]+)((?:\[[^\[\]]*\])*)", re.DOTALL)
_PLAIN_NAME = re.compile(r"[^\W\d_][\w'.⁰¹²³⁴-⁹₀-₉]*(?:\[[\w,]*\])*(?:⁽[⁰¹²³⁴-⁹]+⁾)?")


def subscript(name: str) -> str:
    """A name with its trailing digits as subscripts; indices in brackets stay.

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
    >>> subscript("w1"), subscript("x_12"), subscript("w1[2][3]"), subscript("v1.0")
    ('w₁', 'x₁₂', 'w₁[2][3]', 'v1.0')
    """
    match = _INDEXED.fullmatch(name)
    return match[1] + match[2].translate(_SUBSCRIPTS) + match[3] if match else name


def subscript_number(number: int) -> str:
    """A whole number as an index.

    Examples
    --------
    >>> subscript_number(12)
    '₁₂'
    """
    return str(number).translate(_SUBSCRIPTS)


def superscript(number: int) -> str:
    """A whole number as an exponent.

    Examples
    --------
    >>> superscript(-12)
    '⁻¹²'
    """
    return str(number).translate(_SUPERSCRIPTS)


def number(x: Any, fmt: str = ".4g") -> str:
    """A number as it is shown everywhere: in the format, with the minus sign of formulas, never a zero below zero.

    Parameters
    ----------
    x : number
        Real or complex, of Python or of an array library; an array of one number counts as one.
    fmt : str, default ".4g"
        A format as ``format`` takes it.

    Examples
    --------
    >>> number(-2.83915), number(-0.0), number(20.0)
    ('−2.839', '0', '20')
    """
    if isinstance(x, (np.generic, np.ndarray)):
        x = x.item()
    return format(x + 0.0 if isinstance(x, (float, complex)) else x, fmt).replace("-", "−")


def is_number(text: str) -> bool:
    """Whether a formula is nothing but a number.

    Examples
    --------
    >>> is_number("−1"), is_number("2x")
    (True, False)
    """
    try:
        float(text.replace("−", "-"))
    except ValueError:
        return False
    return True


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


def bracketed_factor(formula: str) -> str:
    """A formula as a factor of a product: in parentheses if it is a sum or a fraction.

    Examples
    --------
    >>> bracketed_factor("1 − o²"), bracketed_factor("σ · (1 − σ)"), bracketed_factor("x₁")
    ('(1 − o²)', 'σ · (1 − σ)', 'x₁')
    """
    depth = 0
    for i, ch in enumerate(formula):
        depth += (ch in "([") - (ch in ")]")
        if depth == 0 and (ch == "/" or formula[i : i + 3] in (" + ", " − ")):
            return f"({formula})"
    return formula


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
    """Pieces of a template: text, the field after it, and whether a negative number needs parentheses there."""
    pieces: list[tuple[str, str | None, bool]] = []
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
    parts: list[str] = []
    for text, name, inner in _pieces(template):
        if parts and parts[-1].endswith("⁾") and text[:1] in _RAISED:
            parts[-1] = f"({parts[-1]})"  # a number that tells values apart is no exponent
        parts.append(text)
        if name is not None:
            word = words[name]
            parts.append(f"({word})" if inner and word.startswith("−") else word)
    return "".join(parts)


_RAISED = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def setting_text(setting: Any, say: Say = str) -> str:
    """A static argument, such as an axis, a shape or an index, in short.

    Examples
    --------
    >>> setting_text((slice(None), 1)), setting_text(slice(0, None, 2)), setting_text((2, 3))
    (':, 1', '0::2', '(2, 3)')
    """
    try:
        return clean_text(_setting(setting, say), _LONGEST_SETTING)
    except Exception:  # noqa: BLE001 (an object of the user's that cannot even be printed)
        return f"a {type(setting).__name__}"


def _setting(setting: Any, say: Say) -> str:
    if isinstance(setting, slice):
        start, stop, step = ("" if i is None else str(i) for i in (setting.start, setting.stop, setting.step))
        return f"{start}:{stop}" + (f":{step}" if step else "")
    if setting is None or setting is Ellipsis:
        return say("new") if setting is None else "…"
    if isinstance(setting, tuple):
        if all(isinstance(item, (int, np.integer)) for item in setting):
            return shape_text([int(item) for item in setting])
        return ", ".join(_setting(item, say) for item in setting)
    if isinstance(setting, (list, np.ndarray)):
        array = np.asarray(setting)
        if array.dtype == bool:
            return say("mask")
        text = str(array.tolist())
        return text if len(text) <= 20 else say("indices {shape}").format(shape=shape_text(array.shape))
    if isinstance(setting, str):
        return setting.replace("->", "→")
    text = getattr(setting, "__name__", None) or str(setting)
    return text.replace("-", "−") if isinstance(setting, (int, float)) else text
