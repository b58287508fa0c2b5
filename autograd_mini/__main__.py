"""The command line: ``python -m autograd_mini explain "20*x**2 + x" x=3 --wrt x``."""

from __future__ import annotations

import argparse
import os
import re
import sys
import textwrap
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TextIO

import numpy as np

import autograd_mini as am
from autograd_mini.chain.render import RenderError
from autograd_mini.command_line.expression import ExpressionError, Graph, compute
from autograd_mini.command_line.functions import functions, nearest
from autograd_mini.command_line.inputs import read_values
from autograd_mini.command_line.table import gradient_table

PROGRAM = "python -m autograd_mini"
_USAGE = "EXPR [NAME=VALUE ...] [options]"
_PICTURES = (".svg", ".png", ".pdf", ".dot", ".gv")
_PAGES = (".html", ".htm", ".svg", ".gif", ".txt")
_ABOUT = """\
Derivatives of an expression, with the chain rule that leads to them: as text, as a picture, as a page to step through.

An expression has the operators + - * / // % ** @, numbers, lists as arrays, names, the constants pi and e, and the
functions below. Semicolons name values on the way: "g = x**2; 20*g + x". It is parsed, never run as Python code.
"""
_EXAMPLES = f"""\
examples:
  {PROGRAM} explain "20*x**2 + x" x=3 --wrt x
  {PROGRAM} grad "x**2 * y + sin(y)" x=3 y=2 --order 2
  {PROGRAM} draw "g = x**2; 20*g + x" x=3 -o graph.svg
  {PROGRAM} draw "mean((sigmoid(X @ w) - y)**2)" "X=[[0,1],[1,1]]:const" "w=[0.5,-1]" "y=[0,1]:const" -o cost.png
  {PROGRAM} steps "(tanh(w*x + b) - y)**2" w=0.5 x=2:const b=0.1 y=1:const -o steps.html
"""
_VALUES = """\
values:
  x=3   x=[1,2,3]   W=[[1,2],[3,4]]   a=pi/4   y=0.5:const (a plain input, without a gradient)
"""


# What numbers can be written with, at no great length.
_FORMAT = re.compile(r"[-+ ]?#?0?\d{0,2},?(\.\d{1,2})?[eEfFgG%]?")


class _Failure(Exception):
    """What is told to the user, without a traceback."""


_TOLD = (
    *(ExpressionError, RenderError, _Failure, OSError, ValueError, TypeError),
    *(ArithmeticError, LookupError, ImportError, MemoryError, RecursionError),
)
"""Errors whose message is for the user; any other is a mistake of ours, which a traceback helps to find."""


def _message(error: BaseException) -> str:
    """What an error says, without the number that an operating system gives it."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename is not None else error.strerror
    return str(error) or type(error).__name__


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    arguments : sequence of str, optional
        The words after the program's name; by default those of this process.

    Returns
    -------
    int
        0, or 2 if something is wrong, which is told on stderr.

    Examples
    --------
    >>> main(["grad", "20*x**2 + x", "x=3"])
    f = 183
    <BLANKLINE>
        value   derivative
    x   3       df/dx = 121
    0
    """
    words = _guarded(sys.argv[1:] if arguments is None else arguments)
    parser = _parser()
    if not words:
        parser.print_help(sys.stderr)
        return 2
    try:
        options, rest = parser.parse_known_args(words)
        strange = [word for word in rest if word.startswith("-")]
        if strange:
            parser.error(f"there is no option {strange[0]:.40}; {PROGRAM} {options.command} --help lists them")
        with warnings.catch_warnings():
            warnings.showwarning = _told
            options.run(options, rest)
    except SystemExit as end:
        return int(end.code or 0)
    except BrokenPipeError:
        raise
    except _TOLD as error:
        print(f"error: {_message(error)}", file=sys.stderr)
        return 2
    return 0


def _guarded(words: Sequence[str]) -> list[str]:
    """The words with a space before an expression such as ``-x**2``, which is no option then."""
    options = {"-h", "-o"}
    return [
        f" {word}" if word[:1] == "-" and word[:2] not in options and len(word) > 1 and word[1] != "-" else word
        for word in words
    ]


def _told(  # the signature of warnings.showwarning
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    print(f"note: {message}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    names = textwrap.fill(" ".join(functions()), 100, initial_indent="  ", subsequent_indent="  ")
    parser = argparse.ArgumentParser(
        PROGRAM,
        description=_ABOUT,
        epilog=f"{_EXAMPLES}\n{_VALUES}\nfunctions:\n{names}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"autograd_mini {am.__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="{explain,draw,steps,grad}")

    explain = _command(commands, "explain", _explain, "write out the chain rule, in symbols and in numbers")
    explain.add_argument(
        "--wrt", action="append", metavar="NAME", help="the value to differentiate by; may be given several times"
    )
    explain.add_argument("--element", metavar="I,J", help="for an array: the entry to follow down to single numbers")
    explain.add_argument("--max-paths", type=int, default=8, metavar="N", help="the most paths to show (default 8)")
    explain.add_argument("--format", choices=("text", "markdown", "latex"), default="text", help="what to print")
    _add_language(explain)

    draw = _command(commands, "draw", _draw, "draw the graph with its gradients, as SVG, PNG, PDF or DOT")
    _add_output(draw, "graph.svg", _PICTURES)
    _add_look(draw)
    draw.add_argument("--detail", choices=("full", "local", "min"), default="full", help="how much stands at the edges")
    draw.add_argument("--dpi", type=float, help="pixels per inch of a PNG (default 144)")

    steps = _command(commands, "steps", _steps, "write a page that walks through the forward and the backward pass")
    _add_output(steps, "steps.html", _PAGES)
    _add_look(steps)
    steps.add_argument("--update", type=float, metavar="LR", help="end with a step of gradient descent at this rate")

    grad = _command(commands, "grad", _grad, "print the value and the gradients")
    grad.add_argument("--order", type=int, choices=(1, 2), default=1, help="2 adds the second derivatives")
    grad.add_argument("--fmt", default=".6g", help="format of the numbers (default .6g)")
    return parser


def _command(commands: Any, name: str, run: Callable[[argparse.Namespace, list[str]], None], about: str) -> Any:
    examples = "".join(f"{line}\n" for line in _EXAMPLES.splitlines() if f"mini {name} " in line)
    command = commands.add_parser(
        name,
        help=about,
        description=f"{about[0].upper()}{about[1:]}.",
        usage=f"{PROGRAM} {name} {_USAGE}",
        epilog=f"examples:\n{examples}\n{_VALUES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command.add_argument("expression", metavar="EXPR", help='such as "20*x**2 + x"; NAME=VALUE words follow')
    command.add_argument(
        "--const", action="append", default=[], metavar="NAME", help="a value without a gradient, like NAME=VALUE:const"
    )
    command.set_defaults(run=run)
    return command


def _add_output(command: Any, default: str, suffixes: tuple[str, ...]) -> None:
    endings = " ".join(suffixes)
    command.add_argument(
        "-o", "--output", metavar="FILE", default=default, help=f"the file (default {default}); endings: {endings}"
    )


def _add_language(command: Any) -> None:
    command.add_argument("--lang", choices=("en", "es"), default="en", help="language of the words")
    command.add_argument("--fmt", default=".4g", help="format of the numbers (default .4g)")


def _add_look(command: Any) -> None:
    _add_language(command)
    command.add_argument("--theme", choices=("auto", "light", "dark"), default="auto", help="colours")
    command.add_argument("--rankdir", choices=("LR", "TB"), default="LR", help="left to right, or top to bottom")


def _computed(options: argparse.Namespace, words: list[str]) -> tuple[Graph, dict[str, am.Value]]:
    """The expression's graph after a backward pass, and its variables."""
    if not _FORMAT.fullmatch(options.fmt):
        raise _Failure(f"--fmt {options.fmt} is no format of numbers; write one such as .4g or .3f")
    values = read_values(words, options.const)
    graph = compute(options.expression, values)
    root = graph.root
    unused = [name for name in values if name not in graph.used]
    if unused:
        raise _Failure(f"the expression does not use {unused[0]}, which has a value")
    if not isinstance(root, am.Value) or not root.requires_grad:
        raise _Failure("the result does not depend on a value with a gradient: give one, such as x=3")
    if root.shape:
        raise _Failure(
            f"the result is an array of shape {root.shape}, and gradients start from one number: "
            f"write sum({_short(options.expression)}) or mean(...)"
        )
    with np.errstate(all="ignore"):
        root.backward()
    return graph, values


def _short(expression: str) -> str:
    last = expression.strip().rstrip(";").rpartition(";")[2].strip()
    return last if len(last) <= 40 and "=" not in last else "..."


def _explain(options: argparse.Namespace, words: list[str]) -> None:
    graph, values = _computed(options, words)
    known = {name: value for name, value in (values | graph.named).items() if value.requires_grad}
    for name in options.wrt or ():
        if name not in known:
            near = nearest(name, known)
            hint = f"did you mean {near}?" if near else f"there are {', '.join(known)}"
            raise _Failure(f"--wrt {name}: nothing of that name has a gradient; {hint}")
    wrt = options.wrt or [name for name in values if name in known]
    element = _element(options.element)
    texts = []
    for name in wrt:
        story = am.explain(
            graph.root,
            known[name],
            max_paths=options.max_paths,
            element=element,
            names=False,
            fmt=options.fmt,
            lang=options.lang,
        )
        texts.append(str(getattr(story, options.format)) if options.format != "text" else str(story))
    print("\n\n".join(text.rstrip("\n") for text in texts))


def _element(text: str | None) -> int | tuple[int, ...] | None:
    if text is None:
        return None
    try:
        found = tuple(int(part) for part in text.strip("()[] ").split(","))
    except ValueError:
        raise _Failure(f"--element {text} is no place in an array: write numbers such as 0 or 1,2") from None
    return found if len(found) > 1 else found[0]


def _target(options: argparse.Namespace, suffixes: tuple[str, ...]) -> str:
    output: str = options.output
    if output.startswith(" -"):  # a name that is guarded as an expression is
        output = output[1:]
    if Path(output).suffix.lower() not in suffixes:
        raise _Failure(f"-o {output}: the file's ending chooses what is written: {' '.join(suffixes)}")
    return output


def _wrote(path: Path) -> None:
    name = str(path)
    print(f"wrote {name if name.isprintable() else ascii(name)}")


def _draw(options: argparse.Namespace, words: list[str]) -> None:
    output = _target(options, _PICTURES)
    if options.dpi is not None and not output.lower().endswith(".png"):
        raise _Failure(f"--dpi is for .png files; {output} has no pixels")
    graph, _ = _computed(options, words)
    drawing = am.draw(
        graph.root,
        detail=options.detail,
        rankdir=options.rankdir,
        theme=options.theme,
        lang=options.lang,
        fmt=options.fmt,
        names=False,
    )
    _wrote(drawing.save(output, dpi=options.dpi))


def _steps(options: argparse.Namespace, words: list[str]) -> None:
    output = _target(options, _PAGES)
    graph, _ = _computed(options, words)
    found = am.steps(
        graph.root,
        update=options.update,
        rankdir=options.rankdir,
        theme=options.theme,
        lang=options.lang,
        fmt=options.fmt,
        names=False,
    )
    _wrote(found.save(output))


def _grad(options: argparse.Namespace, words: list[str]) -> None:
    graph, values = _computed(options, words)
    with np.errstate(all="ignore"):
        print(gradient_table(options.expression, graph, values, options.order, options.fmt))


def _run() -> int:
    """`main` as a process of its own: text in UTF-8 whatever the locale, and no complaint when a pipe is closed."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:
        # The interpreter flushes once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    return code


if __name__ == "__main__":
    sys.exit(_run())
