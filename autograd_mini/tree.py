"""Nested tuples, lists and dicts of values: taken apart into a row, and put together again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any


def flatten(tree: Any) -> tuple[list[Any], Callable[[Sequence[Any]], Any]]:
    """The leaves from left to right, and the function that puts such a row of leaves into the same structure."""
    leaves: list[Any] = []
    rebuild = _take_apart(tree, leaves)
    return leaves, lambda row: rebuild(iter(row))


def _take_apart(tree: Any, leaves: list[Any]) -> Callable[[Any], Any]:
    if isinstance(tree, dict):
        parts = {key: _take_apart(item, leaves) for key, item in tree.items()}
        return lambda row: {key: part(row) for key, part in parts.items()}
    if isinstance(tree, (list, tuple)):
        rows = [_take_apart(item, leaves) for item in tree]
        if hasattr(tree, "_fields"):  # a named tuple takes its fields one by one
            return lambda row: type(tree)(*[part(row) for part in rows])
        return lambda row: type(tree)([part(row) for part in rows])
    leaves.append(tree)
    return next


def leaves_along(tree: Any, other: Any, what: str) -> list[Any]:
    """What stands in ``other`` where ``tree`` has its leaves, in their order; a ValueError if it is built otherwise."""
    if isinstance(tree, dict):
        if not isinstance(other, dict) or other.keys() != tree.keys():
            raise ValueError(f"{what} needs a dict with the keys {list(tree)}, got {_shown(other)}")
        pairs = [(item, other[key]) for key, item in tree.items()]
    elif isinstance(tree, (list, tuple)):
        if not isinstance(other, (list, tuple)) or len(other) != len(tree):
            raise ValueError(f"{what} needs a {type(tree).__name__} of {len(tree)} items, got {_shown(other)}")
        pairs = list(zip(tree, other, strict=True))
    else:
        return [other]
    return [leaf for pair in pairs for leaf in leaves_along(*pair, what)]


def _shown(tree: Any) -> str:
    name = type(tree).__name__
    if isinstance(tree, dict):
        return f"{name} with the keys {list(tree)}"
    return f"{name} of {len(tree)} items" if isinstance(tree, (list, tuple)) else name


def map_leaves(function: Callable[[Any], Any], tree: Any) -> Any:
    """The structure with ``function`` applied to every leaf."""
    leaves, rebuild = flatten(tree)
    return rebuild([function(leaf) for leaf in leaves])
