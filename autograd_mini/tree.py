"""Nested tuples, lists, dicts and dataclasses of values: taken apart into a row, and put together again.

Whatever else stands in a structure is a leaf, but for None and JAX's typed random keys, which are passed on as they
are, and for fields of dataclasses that hold settings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any

import numpy as np

from .node import Node

if TYPE_CHECKING:
    from dataclasses import Field

Parts = list[tuple[str, Any]]
"""What a structure holds: how one writes the way to each part behind a name, and the part."""


def flatten(tree: Any) -> tuple[list[Any], Callable[[Sequence[Any]], Any]]:
    """The leaves from left to right, and the function that puts such a row of leaves into the same structure.

    None inside a structure is part of it; None alone is a leaf.
    """
    leaves: list[Any] = []
    rebuild = _take_apart(tree, leaves)
    return leaves, lambda row: rebuild(iter(row))


def _take_apart(tree: Any, leaves: list[Any]) -> Callable[[Any], Any]:
    items = _items_of(tree)
    if items is None:
        leaves.append(tree)
        return next
    inside = [_constant(item) if is_opaque(item) else _take_apart(item, leaves) for item in items]
    return lambda row: _put_together(tree, [part(row) for part in inside])


def _constant(item: Any) -> Callable[[Any], Any]:
    return lambda row: item


def is_opaque(item: Any) -> bool:
    """Whether an item of a structure is part of it as it is, and no data: None, and JAX's typed random keys."""
    if item is None:
        return True
    if type(item) in _LEAVES or isinstance(item, Node):
        return False
    return type(getattr(item, "dtype", None)).__name__ == "KeyTy"


def _items_of(tree: Any) -> Sequence[Any] | None:
    """What a structure holds, in order; None for a leaf."""
    if type(tree) in _LEAVES or isinstance(tree, Node):
        return None
    if isinstance(tree, dict):
        return list(tree.values())
    if isinstance(tree, (list, tuple)):
        return tree
    return [getattr(tree, field.name) for field in _numeric_fields(tree)] if _is_record(tree) else None


_LEAVES = {float, int, complex, np.ndarray}
"""What most leaves are, so that nothing more needs to be asked."""


def parts_of(tree: Any) -> Parts | None:
    """What a structure holds, in order, with its names; None for a leaf."""
    items = _items_of(tree)
    return None if items is None else list(zip(_names_of(tree), items, strict=True))


def _names_of(tree: Any) -> Iterable[str]:
    """How one writes the way to each item of a structure."""
    if isinstance(tree, dict):
        return [f"[{key!r}]" for key in tree]
    if isinstance(tree, (list, tuple)):
        names = getattr(tree, "_fields", None)
        return [f".{name}" for name in names] if names else [f"[{i}]" for i in range(len(tree))]
    return [f".{field.name}" for field in _numeric_fields(tree)]


def _put_together(tree: Any, items: list[Any]) -> Any:
    """A structure like ``tree`` with these items."""
    from copy import copy

    if type(tree) is dict:
        return dict(zip(tree, items, strict=True))
    if isinstance(tree, dict):  # an OrderedDict, a defaultdict and its factory
        new = copy(tree)
        new.update(zip(tree, items, strict=True))
        return new
    if isinstance(tree, (list, tuple)):
        return type(tree)(*items) if hasattr(tree, "_fields") else type(tree)(items)
    new = copy(tree)  # no __init__ and no __post_init__: they may convert or check what is no plain array now
    for field, item in zip(_numeric_fields(tree), items, strict=True):
        object.__setattr__(new, field.name, item)
    return new


def _is_dataclass(item: Any) -> bool:
    """As ``dataclasses.is_dataclass``, for whose module nobody waits who has no dataclasses."""
    return hasattr(item, "__dataclass_fields__")


def _is_record(tree: Any) -> bool:
    return _is_dataclass(tree) and not isinstance(tree, (type, Node)) and not hasattr(tree, "__array__")


def _numeric_fields(tree: Any) -> list[Field[Any]]:
    """The fields of a dataclass without its settings."""
    from dataclasses import fields

    return [field for field in fields(tree) if not _is_setting(field, getattr(tree, field.name))]


def _is_setting(field: Field[Any], item: Any) -> bool:
    """Texts, functions, whole numbers that are declared so, and what has ``metadata={"static": True}``."""
    if field.metadata.get("static", False) or isinstance(item, (str, bytes, Enum)):
        return True
    if isinstance(item, int):
        return field.type in (int, bool, "int", "bool")
    return callable(item) and not isinstance(item, Node) and not _is_dataclass(item) and not hasattr(item, "shape")


def leaves_along(tree: Any, other: Any, what: str) -> list[Any]:
    """What stands in ``other`` where ``tree`` has its leaves, in their order; a ValueError if it is built otherwise."""
    items = _items_of(tree)
    if items is None:
        return [other]
    if isinstance(tree, dict):
        if not isinstance(other, dict) or other.keys() != tree.keys():
            raise ValueError(f"{what} needs a dict with the keys {list(tree)}, got {_shown(other)}")
        others = [other[key] for key in tree]
    elif isinstance(tree, (list, tuple)):
        if not isinstance(other, (list, tuple)) or len(other) != len(tree):
            raise ValueError(f"{what} needs a {type(tree).__name__} of {len(tree)} items, got {_shown(other)}")
        others = list(other)
    else:
        if type(other) is not type(tree):
            raise ValueError(f"{what} needs a {type(tree).__name__}, got {_shown(other)}")
        others = [getattr(other, field.name) for field in _numeric_fields(tree)]
    pairs = zip(items, others, strict=True)
    return [leaf for item, at in pairs if not is_opaque(item) for leaf in leaves_along(item, at, what)]


def _shown(tree: Any) -> str:
    name = type(tree).__name__
    if isinstance(tree, dict):
        return f"{name} with the keys {list(tree)}"
    return f"{name} of {len(tree)} items" if isinstance(tree, (list, tuple)) else name


def map_leaves(function: Callable[[Any], Any], tree: Any) -> Any:
    """The structure with ``function`` applied to every leaf."""
    leaves, rebuild = flatten(tree)
    return rebuild([function(leaf) for leaf in leaves])
