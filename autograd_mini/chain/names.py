"""Names for the values of a graph: those given, else those of the user's own variables, else numbered ones.

``z = w1 * x1 + b`` is drawn as *z* because the variable that holds it is called so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import FrameType
from typing import Any, Literal, TypeAlias

import numpy as np

from ..engine import Node
from .notation import subscript
from .render import clean_text

Names: TypeAlias = Mapping[str, Any] | Literal[False] | None
"""What ``names=`` takes: values by name, False for no variables, None for the caller's variables."""

LONGEST_NAME = 40
_LONGEST_LIST = 1000
_ROOTS = ("f", "L", "C", "F")


def variables(frame: FrameType | None, names: Names = None) -> dict[int, str]:
    """Names of objects by ``id``: of the variables that a frame sees, or of those handed in.

    Parameters
    ----------
    frame : frame or None
        Where the user's call stands; its local variables come before the global ones, in their order of definition.
    names : mapping, False or None
        Values by name, in the place of variables; False for none.

    Returns
    -------
    dict of int to str
        The first name found for each Value and each array; entries of a list or tuple ``ws`` are ``ws1``, ``ws2``, ...
        after all others. Names that begin with an underscore are passed over.

    Raises
    ------
    TypeError
        If `names` is something else, or a name is no text.
    """
    if names is not None and names is not False and not isinstance(names, Mapping):
        raise TypeError(
            f'names takes a dict such as {{"z": z}} or locals(), or False for no variables, got {type(names).__name__}'
        )
    if names is False or (names is None and frame is None):
        return {}
    scopes = [names] if names is not None else [frame.f_locals, frame.f_globals] if frame is not None else []
    found: dict[int, str] = {}
    listed: dict[int, str] = {}
    for scope in scopes:
        for name, thing in list(scope.items()):
            if not isinstance(name, str):
                raise TypeError(f"names are text, got {type(name).__name__} in names=")
            if name.startswith("_"):
                continue
            if _can_be_named(thing):
                found.setdefault(id(thing), name)
            elif type(thing) in (list, tuple) and len(thing) <= _LONGEST_LIST:
                for i, item in enumerate(thing, start=1):
                    if _can_be_named(item):
                        listed.setdefault(id(item), f"{name}{'_' if name[-1].isdigit() else ''}{i}")
    return listed | found


def _can_be_named(thing: Any) -> bool:
    # The type itself is asked: isinstance would run the __class__ of a stranger's proxy object.
    return issubclass(type(thing), (Node, np.ndarray))


def shown(name: str | None) -> str:
    """A name as pictures show it: cleaned, shortened, its trailing digits as subscripts; "" if there is none."""
    return subscript(clean_text(name, LONGEST_NAME).strip()) if name else ""


def name_nodes(nodes: Sequence[Node], prefixes: Sequence[str], found: Mapping[int, str], *, given_first: bool) -> list[str]:
    """A name for every node of a graph.

    Parameters
    ----------
    nodes : sequence of Node
        The nodes, operands before results; the last one is the root.
    prefixes : sequence of str
        For each node the letter that it gets, with a number, if it has no name.
    found : mapping of int to str
        Names by ``id`` of the node or of its array, from `variables`.
    given_first : bool
        Whether `found` goes before the node's own name.

    Returns
    -------
    list of str
        The names as they are shown.
    """
    names = []
    for node in nodes:
        variable = found.get(id(node)) or (found.get(id(node._data)) if node.order == 0 else None)
        names.append(shown(variable if given_first else node.name) or shown(node.name if given_first else variable))
    taken = {name for name in names if name}
    counters: dict[str, Iterator[str]] = {}
    if not names[-1]:
        leaves = sum(node.requires_grad and node.op is None for node in nodes)
        names[-1] = next(name for name in (*_ROOTS[leaves > 1 :], *_numbered("L")) if name not in taken)
    for i, prefix in enumerate(prefixes):
        if not names[i]:
            counter = counters.setdefault(prefix, _numbered(prefix))
            names[i] = next(name for name in counter if name not in taken)
    return names


def _numbered(prefix: str) -> Iterator[str]:
    n = 0
    while True:
        n += 1
        yield subscript(f"{prefix}{n}")
