"""How a Value becomes plain data, and where it refuses: nothing may leave the graph by accident.

``float(v)``, ``int(v)`` and so on are a user's own words. But NumPy says them too when a Value is assigned into an
array, and so does ``math``; both would lose the gradient where one is being taken.
"""

from __future__ import annotations

import dis
import math
import sys
from types import FrameType
from typing import Any

import numpy as np

from .arrays import kind_of, shape_of
from .guards import RELEASED, describe, released
from .leaves import leaf
from .node import Node
from .state import is_differentiating

_ASSIGNMENT = dis.opmap["STORE_SUBSCR"]


class Conversions(Node):
    """What makes a ``Value`` a plain number, a copy or a pickle."""

    __slots__ = ()

    def item(self) -> Any:
        """The single entry as a Python number; a ValueError if there are several.

        Examples
        --------
        >>> from autograd_mini import Value
        >>> Value([[2.5]]).item()
        2.5
        """
        shape = shape_of(self._stored)
        if math.prod(shape) != 1:
            raise ValueError(f"only a Value with one entry is a number; this one has shape {shape}")
        return self._stored.item() if hasattr(self._stored, "item") else self._stored

    def __float__(self) -> float:
        check_kept(self, "float()", sys._getframe(1))
        data = self._stored
        return float(data if isinstance(data, (float, np.floating)) else self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __complex__(self) -> complex:
        check_kept(self, "complex()", sys._getframe(1))
        return complex(self.item())

    def __bool__(self) -> bool:
        return bool(self.item())

    def __index__(self) -> int:
        if kind_of(self._stored) not in "iu":
            raise TypeError(f"only whole numbers can be an index or a count, this is {type(self._stored).__name__}")
        return int(self.item())

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        raise TypeError(
            "NumPy asked for this Value's data, which would drop its graph silently: value.numpy() gives the data; to "
            "keep the graph write autograd_mini.array([...]) or stack([...]) in place of np.array([...]), or call the "
            "function of autograd_mini"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies and pickles are leaves: data, gradient and name without the graph."""
        if self._stored is RELEASED:
            raise released(self)
        if self.op is not None:
            check_kept(self, "a copy")
        return (leaf, (type(self), self._stored, self.requires_grad and self.op is None, self.name, self._grad))


def check_kept(value: Node, what: str, caller: FrameType | None = None) -> None:
    """Raise TypeError if plain data would cut the graph unnoticed.

    Inside a function that is being differentiated it always does; outside, where users print and compare, only if
    ``caller``, the frame that asks, is assigning into an array.
    """
    if not value.requires_grad:
        return
    if is_differentiating() or (caller is not None and caller.f_code.co_code[caller.f_lasti] == _ASSIGNMENT):
        raise TypeError(
            f"{what} of {describe(value)} would lose its gradient, as would assigning it into an array: use NumPy's or "
            "this package's functions, not math's; join entries with stack([...]) or place them with x.at[i].set(...); "
            "or say value.item()"
        )
