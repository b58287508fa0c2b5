"""The functions that an expression may call, and what their arguments are."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any

import numpy as np

import autograd_mini as am

from ..operation import COMPOSED, OPERATIONS

MOST_NUMBERS = 10_000_000
"""The most numbers that the result of one operation might have, by an upper bound: 80 MB."""

# These write dtypes, indices, functions and shapes of batches, which expressions have other words for, or none.
_LEFT_OUT = frozenset(
    [
        "astype",
        "getitem",
        "scatter",
        "put",
        "put_along_axis",
        "place",
        "putmask",
        "insert",
        "apply_along_axis",
        "apply_over_axes",
        "meshgrid",
        "conv",
        "conv_transpose",
        "max_pool",
        "avg_pool",
        "sliding_window_view",
    ]
)
_LEFT_OUT_PARAMETERS = {"dtype", "out", "casting", "order", "subok", "overwrite_input"}
_GROWING = {"broadcast_to", "diag", "diagflat", "pad", "repeat", "resize", "tile", "vander"}
_ABROAD = {
    "acos": "arccos",
    "acosh": "arccosh",
    "asin": "arcsin",
    "asinh": "arcsinh",
    "atan": "arctan",
    "atan2": "arctan2",
    "atanh": "arctanh",
    "average": "mean",
    "ceiling": "ceil",
    "concat": "concatenate",
    "fabs": "abs",
    "ln": "log",
    "logistic": "sigmoid",
    "mod": "remainder",
    "pow": "power",
    "round": "rint",
    "sen": "sin",
    "tg": "tan",
}
"""What other languages and libraries call some of them."""


class Kind(Enum):
    """What an argument is."""

    OPERAND = "a value that gradients flow to"
    OPERANDS = "several of them"
    CONSTANT = "a constant such as an axis"


@dataclass(frozen=True)
class Function:
    """A function that expressions may call.

    Parameters
    ----------
    name : str
        Its name in expressions.
    call : callable
        The function.
    signature : inspect.Signature
        Its parameters.
    """

    name: str
    call: Callable[..., Any]
    signature: inspect.Signature

    def kind(self, parameter: str) -> Kind:
        """What an argument for this parameter is; annotations tell."""
        return {"Operand": Kind.OPERAND, "Sequence[Operand]": Kind.OPERANDS}.get(
            str(self.signature.parameters[parameter].annotation), Kind.CONSTANT
        )

    def most_numbers(self, operands: Iterable[Any], constants: Iterable[Any]) -> int:
        """An upper bound of the size of the result."""
        operands = list(operands)
        most = most_numbers(operands)
        if self.name not in _GROWING:
            return most
        counts = [abs(number) for constant in constants for number in _whole_numbers(constant)]
        if self.name in ("diag", "diagflat"):
            return int((most + sum(counts)) ** 2)
        if self.name == "pad":
            axes = max(np.ndim(operands[0]), 1)
            return most * int(math.prod(1 + 2 * count for count in counts) ** axes)
        return most * math.prod(max(count, 1) for count in counts)


@cache
def functions() -> dict[str, Function]:
    """The functions by name: every public one of the table of operations, and two that are made of them."""
    found: dict[str, Callable[..., Any]] = {"clip": am.clip, "einsum": am.einsum}
    for name in (OPERATIONS.keys() | COMPOSED.keys()) - _LEFT_OUT:
        if name in am.__all__:
            found[name] = COMPOSED[name][0] if name in COMPOSED else getattr(am, name)
    return {name: Function(name, found[name], _signature(found[name])) for name in sorted(found)}


def _signature(call: Callable[..., Any]) -> inspect.Signature:
    """The parameters that an expression can fill in; those after one that is left out are given by name."""
    full = inspect.signature(call)
    parameters, gap = [], False
    for parameter in full.parameters.values():
        if parameter.name in _LEFT_OUT_PARAMETERS:
            gap = True
        elif gap and parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD:
            parameters.append(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY))
        else:
            parameters.append(parameter)
    return full.replace(parameters=parameters)


def nearest_function(name: str) -> str | None:
    """The function that was perhaps meant.

    Examples
    --------
    >>> nearest_function("asin"), nearest_function("sumn"), nearest_function("zzz")
    ('arcsin', 'sum', None)
    """
    return _ABROAD.get(name.lower()) or nearest(name, functions())


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The name that is most like another, if any is."""
    # difflib takes a while to import, and is needed in errors alone.
    import difflib

    close = difflib.get_close_matches(name, list(names), n=1)
    return close[0] if close else None


def most_numbers(operands: Iterable[Any]) -> int:
    """An upper bound of the size of a product of any kind, from an outer one to a sum of products."""
    return math.prod(max(np.size(operand.raw if isinstance(operand, am.Value) else operand), 1) for operand in operands)


def _whole_numbers(constant: Any) -> Iterator[int]:
    if isinstance(constant, (tuple, list)):
        for part in constant:
            yield from _whole_numbers(part)
    elif isinstance(constant, int):
        yield constant
