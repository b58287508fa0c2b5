"""Names for the values of a graph: those given, else those of the user's own variables, else numbered ones.

``z = w1 * x1 + b`` is drawn as *z* because the variable that holds it is called so.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from sys import getrefcount
from types import FrameType
from typing import Any, Literal, TypeAlias

import numpy as np

from ..node import Node
from .notation import subscript, subscript_number, superscript
from .render import clean_text

Names: TypeAlias = Mapping[str, Any] | Literal[False] | None
"""What ``names=`` takes: values by name, False for no variables, None for the caller's variables."""

LONGEST_NAME = 40
COST = re.compile(r"loss|cost|pérdida", re.IGNORECASE)
_LONGEST_LIST = 1000
_ROOTS = ("f", "L", "C", "F")


@dataclass(frozen=True)
class Found:
    """Names that were found in the user's code.

    Parameters
    ----------
    values : dict of int to str
        Names of Values by ``id``.
    arrays : dict of int to tuple
        Plain arrays by ``id``, each with its name.
    given : bool
        Whether the user handed the names in; then they go before the Values' own.
    """

    values: dict[int, str] = field(default_factory=dict)
    arrays: dict[int, tuple[str, np.ndarray[Any, Any]]] = field(default_factory=dict)
    given: bool = False

    def name(self, node: Node) -> str:
        """The name of the variable that holds a node, or an array equal to the constant that a node is; else ""."""
        if node.order > 0 or type(node._stored) is not np.ndarray:
            return self.values.get(id(node), "")
        # A graph keeps a copy of a plain array, so contents are compared; a name that might be another's is none.
        data = node._stored
        equal = [
            name
            for name, array in self.arrays.values()
            if array.shape == data.shape and array.dtype == data.dtype and np.array_equal(array, data, equal_nan=True)
        ]
        return equal[0] if len(equal) == 1 else ""


def variables(frame: FrameType | None, names: Names = None) -> Found:
    """Names of the variables that a frame sees, or of the values handed in.

    Parameters
    ----------
    frame : frame or None
        Where the user's call stands; its local variables come before the global ones, in their order of definition.
    names : mapping, False or None
        Values by name, in the place of variables; False for none.

    Returns
    -------
    Found
        The first name of each Value and array; entries of a list or tuple ``ws`` are ``ws1``, ``ws2``, ... after
        all others. Names that begin with an underscore are passed over.

    Raises
    ------
    TypeError
        If `names` is something else, or a name is no text.
    """
    if names is False:
        return Found()
    if names is None:
        scopes = _scopes(frame)
    elif isinstance(names, Mapping):
        scopes = [names]
    else:
        raise TypeError(
            f'names takes a dict such as {{"z": z}} or locals(), or False for no variables, got {type(names).__name__}'
        )
    found = Found(given=names is not None)
    listed: list[tuple[str, Any]] = []
    for scope in scopes:
        for name, thing in list(scope.items()):
            if not isinstance(name, str):
                raise TypeError(f"names are text, got {type(name).__name__} in names=")
            if name.startswith(("_", "@")):  # pytest calls its own so
                continue
            if type(thing) in (list, tuple) and len(thing) <= _LONGEST_LIST:
                stem = f"{name}_" if name[-1:].isdigit() else name
                listed += [(f"{stem}{i}", item) for i, item in enumerate(thing, start=1)]
            else:
                _enter(found, name, thing)
    for name, thing in listed:
        _enter(found, name, thing)
    return found


def _scopes(frame: FrameType | None) -> list[Mapping[str, Any]]:
    """The variables in sight of a frame; a comprehension or a lambda sees those of the function around it too."""
    scopes: list[Mapping[str, Any]] = []
    while frame is not None:
        scopes.append(_locals(frame))
        name = frame.f_code.co_name
        if name == "<module>" or not name.startswith("<"):
            return [*scopes, frame.f_globals]
        frame = frame.f_back
    return scopes


def _locals(frame: FrameType) -> Mapping[str, Any]:
    """The local variables of a frame, which keeps none of them for it.

    Before Python 3.13 a function's frame keeps the dict that it gives out until the function returns, and with it
    every value in it. So it is emptied, unless somebody else holds it, who called ``locals()``.
    """
    given = frame.f_locals
    if not frame.f_code.co_flags & inspect.CO_OPTIMIZED or type(given) is not dict:
        return given  # a module's or a class's own namespace, or a view of the variables
    copied = dict(given)
    if getrefcount(given) <= _FRAME_AND_US:
        given.clear()
    return copied


# The frame, the variable here, and the argument of the question.
_FRAME_AND_US = 3


def _enter(found: Found, name: str, thing: Any) -> None:
    # The type itself is asked: isinstance would run the __class__ of a stranger's proxy object.
    kind = type(thing)
    if issubclass(kind, Node):
        found.values.setdefault(id(thing), name)
    elif kind is np.ndarray and thing.dtype.kind in "fiubc":
        found.arrays.setdefault(id(thing), (name, thing))


@functools.lru_cache(maxsize=4096)
def shown(name: str | None) -> str:
    """A name as pictures show it: cleaned, shortened, its trailing digits as subscripts; "" if there is none."""
    return subscript(clean_text(name, LONGEST_NAME).strip()) if name else ""


def named_inside(node: Node) -> bool:
    """Whether a name is what a module calls its own result: outside of it the user's variable says more.

    A cost keeps its C, which the title of its group explains.
    """
    return node.op is not None and node.scope is not None and not COST.search(node.scope.name)


def name_nodes(nodes: Sequence[Node], prefixes: Sequence[str], found: Found) -> list[str]:
    """A name for every node of a graph.

    Parameters
    ----------
    nodes : sequence of Node
        The nodes, operands before results; the last one is the root.
    prefixes : sequence of str
        For each node the letter that it gets, with a number, if it has no name.
    found : Found
        Names from the user's code.

    Returns
    -------
    list of str
        The names as they are shown.
    """
    names = []
    for node in nodes:
        own, variable = node.name, found.name(node)
        first = found.given or named_inside(node)
        names.append(shown(variable if first else own) or shown(own if first else variable))
    taken = {name for name in names if name}
    counters: dict[str, Iterator[str]] = {}
    if not names[-1]:
        leaves = sum(node.requires_grad and node.op is None for node in nodes)
        names[-1] = next(name for name in chain(_ROOTS[leaves > 1 :], _numbered("L")) if name not in taken)
    for i, prefix in enumerate(prefixes):
        if not names[i]:
            counter = counters.setdefault(prefix, _numbered(prefix))
            names[i] = next(name for name in counter if name not in taken)
    return names


def told_apart(names: Sequence[str], shared: Sequence[bool]) -> list[str]:
    """Names with a raised number where several values have the same: z⁽¹⁾, z⁽²⁾, as samples are numbered.

    Parameters
    ----------
    names : sequence of str
        Names as they are shown.
    shared : sequence of bool
        For each whether it stays as it is, though others are called so too.

    Returns
    -------
    list of str
        The names.

    Examples
    --------
    >>> told_apart(["z", "w", "z"], [False, False, False])
    ['z⁽¹⁾', 'w', 'z⁽²⁾']
    """
    often = Counter(name for name, stays in zip(names, shared, strict=True) if not stays)
    seen: Counter[str] = Counter()
    apart = []
    for name, stays in zip(names, shared, strict=True):
        seen[name] += not stays
        apart.append(name if stays or often[name] == 1 else f"{name}⁽{superscript(seen[name])}⁾")
    return apart


def _numbered(prefix: str) -> Iterator[str]:
    return (prefix + subscript_number(n) for n in count(1))
