"""The same words in LaTeX: formulas and derivatives for papers, slides and notebooks.

Where the table of operations has no LaTeX of its own, the text is transliterated, sign by sign.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ..operation import Operation
from .formulas import Operand, formula, local, words_of
from .notation import Say, fill

_FROM_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_FROM_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁽⁾", "0123456789-()")
_FUNCTIONS = frozenset(
    [
        "arccos",
        "arcsin",
        "arctan",
        "cos",
        "cosh",
        "det",
        "dim",
        "exp",
        "inf",
        "ker",
        "lim",
        "log",
        "max",
        "min",
        "sin",
        "sinh",
        "sup",
        "tan",
        "tanh",
    ]
)
_SIGNS = {
    "·": r"\cdot ", "×": r"\times ", "−": "-", "∂": r"\partial ", "Σ": r"\sum ", "Π": r"\prod ", "→": r"\to ",
    "≤": r"\le ", "≥": r"\ge ", "≈": r"\approx ", "∞": r"\infty ", "⌊": r"\lfloor ", "⌋": r"\rfloor ",
    "⌈": r"\lceil ", "⌉": r"\rceil ", "…": r"\ldots ", "∛": r"\sqrt[3]", "√": r"\sqrt", "✓": r"\checkmark ",
    "⋯": r"\cdots ", "‖": r"\Vert ",
}  # fmt: skip
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma",
    "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta",
    "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
_SPECIAL = {
    "\\": r"\backslash ", "{": r"\{", "}": r"\}", "#": r"\#", "$": r"\$", "%": r"\%", "&": r"\&", "_": r"\_",
    "~": r"\sim ", "^": r"\hat{\ }", '"': r'\text{"}', "`": r"\text{`}",
}  # fmt: skip
# Sub- and superscripts, Σ and Π count as letters in regular expressions; here they are signs.
_NAME = r"[^\W\d_₀-₉⁰¹²³⁴-⁹ᵀΣΠ][^\W_₀-₉⁰¹²³⁴-⁹ᵀΣΠ]*"
_INDEXED = rf"{_NAME}[₀-₉]*(?:\[[\w,]*\])*(?:⁽[⁰¹²³⁴-⁹]+⁾)?"
_TOKEN = re.compile(
    rf"(?P<fraction>(?P<d>[∂d])(?P<of>Σ?{_INDEXED})/(?P=d)(?P<to>{_INDEXED}))"
    rf"|(?P<name>{_NAME})"
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?(?:e[+−-]?[0-9]+)?)"
    r"|(?P<sub>[₀-₉]+)|(?P<super>[⁰¹²³⁴-⁹⁻ᵀ⁽⁾]+)"
    rf"|\^(?P<power>\((?P<inner>[^()]*)\)|{_NAME}[₀-₉]*|[0-9.]+)"
    r"|(?P<between>(?<=[\w)\]]) (?=[\w(\[]))|(?P<space> +)|(?P<sign>.)",
    re.DOTALL,
)
_TAG = re.compile(r"<[^\s<=]")
_ROOT = re.compile(
    r"\\sqrt(\[3\])?(\((?P<inner>[^()]*)\)|(?P<name>(?:\\[A-Za-z]+ ?|[A-Za-z]|\\mathrm\{[^{}]*\})(?:_\{\d+\})?))"
)


_WORDS = re.compile(r"\\mathrm\{[^{}]*\}(?:\\ \\mathrm\{[^{}]*\})+")
_NEXT_WORD = r"}\ \mathrm{"


@functools.lru_cache(maxsize=4096)
def to_latex(text: str) -> str:
    r"""Transliterate a name, a formula or a derivative.

    Parameters
    ----------
    text : str
        Text in the notation of this package.

    Returns
    -------
    str
        LaTeX for math mode. Everything that is not notation is escaped.

    Examples
    --------
    >>> to_latex("∂o/∂z = 1 − o²")
    '\\frac{\\partial o}{\\partial z} = 1 - o^{2}'
    >>> to_latex("tanh z₁"), to_latex("loss"), to_latex("the cofactors of W")
    ('\\tanh z_{1}', '\\mathrm{loss}', '\\text{the cofactors of}\\ W')
    """
    parts: list[str] = []
    for match in _TOKEN.finditer(text):
        if match["between"] and parts[-1][1:] not in _FUNCTIONS:
            parts.append(r"\ ")  # words stand apart by a space, which TeX swallows; its own functions bring theirs
        else:
            parts.append(_translate(match))
    latex = re.sub(" {2,}", " ", "".join(parts))
    latex = _ROOT.sub(lambda root: rf"\sqrt{root[1] or ''}{{{root['inner'] or root['name']}}}", latex)
    return _WORDS.sub(lambda words: rf"\text{{{words[0].replace(_NEXT_WORD, ' ')[8:-1]}}}", latex)


def _translate(match: re.Match[str]) -> str:
    kind, token = match.lastgroup, match[0]
    if match["fraction"]:
        d = r"\partial " if match["d"] == "∂" else "d"
        return rf"\frac{{{d}{to_latex(match['of'])}}}{{{d}{to_latex(match['to'])}}}"
    if match["power"]:
        return rf"^{{{to_latex(match['inner'] or match['power'])}}}"
    if kind == "name":
        return _name(token)
    if kind == "sub":
        return f"_{{{token.translate(_FROM_SUBSCRIPTS)}}}"
    if kind == "super":
        exponent = token.translate(_FROM_SUPERSCRIPTS).replace("ᵀ", r"\top")
        return f"^{{{exponent}}}"
    if kind == "space":
        return " " if len(token) == 1 else r"\quad "
    if kind == "number":
        return token.replace("−", "-")
    if _TAG.match(match.string, match.start()):
        token = "{<}"  # to TeX the same, to a page that shows it no tag
    return _SIGNS.get(token) or _SPECIAL.get(token, token)


def _name(word: str) -> str:
    if word in _FUNCTIONS:
        return rf"\{word}"
    if len(word) == 1:
        return rf"\{_GREEK[word]} " if word in _GREEK else word
    return rf"\mathrm{{{word}}}"


def formula_latex(
    op: Operation,
    out: Operand,
    operands: Sequence[Operand],
    static: Mapping[str, Any] | None = None,
    say: Say = str,
) -> str:
    r"""How a value was computed, in LaTeX; arguments as for `formulas.formula`.

    Examples
    --------
    >>> from autograd_mini.operation import OPERATIONS
    >>> formula_latex(OPERATIONS["divide"], Operand("q"), [Operand("a"), Operand("b")])
    '\\frac{a}{b}'
    """
    if not op.latex or op.name == "power":
        return to_latex(formula(op, out, operands, static, say))
    return _filled(op.latex, words_of(op, out, operands, static))


def local_latex(
    op: Operation,
    i: int,
    out: Operand,
    operands: Sequence[Operand],
    static: Mapping[str, Any] | None = None,
    say: Say = str,
) -> str:
    r"""The local derivative in LaTeX; arguments as for `formulas.local`.

    Examples
    --------
    >>> from autograd_mini.operation import OPERATIONS
    >>> local_latex(OPERATIONS["tanh"], 0, Operand("o"), [Operand("z")])
    '1 - o^{2}'
    """
    rule = op.rule(i)
    if not rule.latex or op.name == "power":
        return to_latex(local(op, i, out, operands, static, say))
    return _filled(rule.latex, words_of(op, out, operands, static, i))


def _filled(template: str, words: Mapping[str, str]) -> str:
    # The minus sign stays itself until the template is filled: it decides on parentheses.
    marked = {
        name: ("−" if word.startswith("−") else "") + to_latex(word.removeprefix("−")) for name, word in words.items()
    }
    return fill(template, marked).replace("−", "-")
