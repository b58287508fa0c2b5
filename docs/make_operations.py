"""Writes ``docs/operations.md``: every function that has a derivative, from the table of operations.

Nothing on the page is typed by hand: formulas and rules are the table's own words, and the kinds of data are found by
trying each function on each kind. Run it by ``make reference``; a test holds the page against the table.
"""

from __future__ import annotations

import inspect
import re
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

import autograd_mini as am
from autograd_mini import Value, fft, linalg, ops, special
from autograd_mini.chain.latex import to_latex
from autograd_mini.engine import topological
from autograd_mini.operation import COMPOSED, OPERATIONS, Case, Operation
from autograd_mini.ops.plain import PLAIN
from tests.ops.calls import arranged
from tests.ops.operands import made

Function = Callable[..., Any]

_WORDS = re.compile(r"\\mathrm\{\w+\}(\\ | )\\mathrm\{\w+\}")
_SENTENCE = re.compile(r"(?<!\.)\.$|(?<!\.)\. |;")

PAGE = Path(__file__).parent / "operations.md"
HOMES: dict[str, ModuleType] = {"": am, "linalg.": linalg, "fft.": fft, "special.": special}
KINDS: dict[str, Any] = {"16": np.float16, "32": np.float32, "64": np.float64, "L": np.longdouble, "C": np.complex128}
HEAD = """\
# Operations and their rules

{count} functions that can be differentiated, to every order, in reverse mode (`backward`, `grad`, `vjp`) and in forward
mode (`jvp`), nested as you like; and under them the {steps} steps that they are made of. This page is written from the
table of operations by `make reference`.

In a rule, *f* is the result and *g* is the gradient of the cost with respect to it. An operation that works entry by
entry multiplies *g* by the local derivative; for the others the whole product is given, in words where there is no
short formula. A bracket is 1 where what it says holds, else 0. A function that is *made of* others has no rule of its
own: the chain rule goes through the operations of its graph, which are named instead.

Orders: **∞**, or **0** for a function that is constant between its jumps. Data: float**16**, float**32**, float**64**,
**L**ong double and **C**omplex, where result and gradient keep that kind. A name in brackets is a step of other
functions and not called by itself.
"""

_ENTRIES = """\
The entries that functions of sets give, and the edges of histograms, are numbers of their operands: of Values that need
a gradient they are Values."""


def families() -> Iterator[tuple[str, dict[str, Function]]]:
    """Every file of operations: its title and its functions."""
    for module in vars(ops).values():
        if isinstance(module, ModuleType) and module is not ops.plain:
            own = [thing for thing in vars(module).values() if getattr(thing, "__module__", "") == module.__name__]
            functions = dict.fromkeys(thing for thing in own if inspect.isfunction(thing))
            found: dict[str, Function] = {
                function.__name__.rstrip("_"): function
                for function in functions
                if entry(function) or (public(function) and function not in PLAIN.values())
            }
            if found:
                yield str(module.__doc__).partition("\n")[0].rstrip("."), found


def entry(function: Function) -> Operation | None:
    """The table's entry, if the function is a primitive operation."""
    return getattr(function, "operation", None)


def public(function: Function) -> list[str]:
    """The names by which users find the function: ``tanh``, ``linalg.inv``; first its own, then others."""
    names = [
        home + name for home, module in HOMES.items() for name in module.__all__ if getattr(module, name) is function
    ]
    return sorted(names, key=lambda name: (name.rpartition(".")[2] != function.__name__.rstrip("_"), name))


def math(latex: str, text: str) -> str:
    """A formula as GitHub sets it inside a table; what has words in it reads better as it is."""
    if _WORDS.search(latex):
        return f"`{text}`".replace("|", r"\|")
    return f"$`{latex}`$".replace("|", r"\vert ")


def words_of(op: Operation) -> dict[str, str]:
    """What stands in the braces of the table's words: every name for itself."""
    names = {*inspect.signature(op.forward).parameters, *op.operands, "x", "g", "n"}
    return {name: name for name in names} | {"out": "f"}


def formula_of(op: Operation) -> str:
    """The result in symbols."""
    words = words_of(op)
    text = op.formula.format(**words)
    if not op.elementwise:
        return f"`{text}`".replace("|", r"\|")
    return math(op.latex.format(**words) if op.latex else to_latex(text), text)


def rules_of(op: Operation) -> str:
    """The rule of each operand."""
    words = words_of(op)
    parts = []
    for name, rule in zip(op.operands, op.rules, strict=False):
        if op.elementwise:
            d = "d" if len(op.operands) == 1 else r"\partial "
            text = rule.local.format(**words)
            local = rule.latex.format(**words) if rule.latex else to_latex(text)
            sign = "d" if len(op.operands) == 1 else "∂"
            left = rf"\frac{{{d}f}}{{{d}{to_latex(name)}}}"
            parts.append(math(f"{left} = {local}", f"{sign}f/{sign}{name} = {text}"))
        else:
            text = rule.text or ("0" if rule.local == "0" else "g" if rule.local == "1" else f"g × {rule.local}")
            parts.append(f"{name}: {text.format(**words)}".replace("|", r"\|"))
    return ", ".join(parts)


def cases_of(name: str) -> Sequence[Case]:
    """The calls that the tests make too."""
    if name in COMPOSED:
        return COMPOSED[name][1]
    op = OPERATIONS.get(name)
    return () if op is None else op.cases or (Case(((2, 3),) * len(op.operands)),)


def called(name: str, function: Function, kind: Any) -> tuple[list[Value], list[Value]]:
    """The function called on one kind of data: its results and its operands."""
    case = cases_of(name)[0]
    function, _, (low, high) = COMPOSED[name] if name in COMPOSED else (function, (), OPERATIONS[name].domain)
    rng = np.random.default_rng(0)
    leaves = [Value(rng.uniform(low, high, shape).astype(kind)) for shape in case.shapes]
    operands = made(case.made, leaves)
    variadic = name in OPERATIONS and OPERATIONS[name].variadic
    function = arranged(name, function)
    y = function(operands, **case.static) if variadic else function(*operands, **case.static)
    return [part for part in (y if isinstance(y, (tuple, list)) else [y]) if part.requires_grad], leaves


def kinds_of(name: str, function: Function) -> str:
    """The kinds of data on which the function works and which it keeps."""
    return " ".join(sign for sign, kind in KINDS.items() if cases_of(name) and _works(name, function, kind))


def _works(name: str, function: Function, kind: Any) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            results, leaves = called(name, function, kind)
            for part in results:
                part.backward(np.ones(part.shape))
    except (TypeError, ValueError, np.linalg.LinAlgError):
        return False
    kept = all(np.finfo(part.dtype).eps == np.finfo(kind).eps for part in results)
    return kept and all(x.grad is None or x.grad.dtype == kind for x in leaves)


def made_of(name: str, function: Function) -> str:
    """The operations in the graph of a composed function's first case."""
    if not cases_of(name):
        return "made of the steps around it"
    results, _ = called(name, function, np.float64)
    names = dict.fromkeys(node.op.name for root in results for node in topological(root) if node.op is not None)
    return "made of " + ", ".join(word.replace("_", " ") for word in names)


def rows(functions: dict[str, Function]) -> Iterator[str]:
    """The lines of one family's table."""
    yield "| function | result | rule | orders | data |"
    yield "| --- | --- | --- | --- | --- |"
    for name, function in functions.items():
        what = ", ".join(f"`{known}`" for known in public(function)) or f"({name.replace('_', ' ')})"
        op = entry(function)
        if op is None:
            yield f"| {what} | {summary(function)} | {made_of(name, function)} | ∞ | {kinds_of(name, function)} |"
        else:
            flat = all(rule.local == "0" and not rule.text for rule in op.rules)
            yield (
                f"| {what} | {formula_of(op)} | {rules_of(op)} | {'0' if flat else '∞'} | {kinds_of(name, function)} |"
            )


def summary(function: Function) -> str:
    """The first sentence of the docstring, in short."""
    words = (inspect.getdoc(function) or "").partition("\n\n")[0].replace("\n", " ")
    return _SENTENCE.split(words)[0].replace("|", r"\|").replace("``", "`")


def page() -> str:
    """The whole page."""
    found = list(families())
    functions = [function for _, family in found for function in family.values()]
    count = sum(bool(public(function)) for function in functions)
    parts = [HEAD.format(count=count, steps=len(functions) - count)]
    parts += [f"## {title}\n\n" + "\n".join(rows(family)) + "\n" for title, family in found]
    parts.append(f"## Without a gradient\n\n{', '.join(f'`{name}`' for name in sorted(PLAIN))}\n\n{_ENTRIES}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"written to {PAGE.relative_to(Path.cwd())}\n")
