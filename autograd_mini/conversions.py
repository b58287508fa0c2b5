"""How a Value becomes plain data, a copy or a pickle: nothing leaves the graph by accident.

``float(v)``, ``int(v)`` and so on are a user's own words. But ``math``, SciPy and NumPy say them too, of what they are
given, and would lose the gradient: they are told apart by who calls.
"""

from __future__ import annotations

import math
import sys
from types import CodeType, FrameType
from typing import Any

import numpy as np

from . import engine
from .arrays import as_numpy, kind_of, shape_of
from .guards import RELEASED, check_kept, describe, loses_gradient, released
from .leaves import leaf
from .node import Node
from .state import STATE, is_differentiating


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
        if self.requires_grad:
            frame: Any = sys._getframe().f_back
            if (
                frame is None
                or _said.get((id(frame.f_code), frame.f_lasti)) is not frame.f_code
                or is_differentiating()
            ):
                _check_said(self, "float", frame)
        data = self._stored
        return float(data if isinstance(data, (float, np.floating)) else self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __complex__(self) -> complex:
        if self.requires_grad:
            _check_said(self, "complex", sys._getframe().f_back)
        return complex(self.item())

    def __bool__(self) -> bool:
        return bool(self.item())

    def __index__(self) -> int:
        if kind_of(self._stored) not in "iu":
            raise TypeError(f"only whole numbers can be an index or a count, this is {type(self._stored).__name__}")
        return int(self.item())

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        """The data of whole numbers and booleans, which have no gradient; of others only for looking at."""
        if kind_of(self._stored) not in "iub":
            _check_shown(self, sys._getframe().f_back)
        return np.array(as_numpy(self._stored), dtype)

    def __copy__(self) -> Any:
        """A leaf with copies of data, gradient and name; of what would lose its gradient a Value joined to this one."""
        if self._stored is RELEASED:
            raise released(self)
        if not loses_gradient(self):
            return leaf(type(self), self._stored, self.requires_grad and self.op is None, self.name, self._grad)
        joined = object.__new__(type(self))
        engine.result_type[0].__init__(joined, self, name=self.name)  # type: ignore[call-arg]
        return joined

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return self.__copy__()

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickles are leaves: data, gradient and name, for a pickle holds no graph."""
        if self._stored is RELEASED:
            raise released(self)
        check_kept(self, "a pickle", "pickle value.detach(), stop_gradient(value) or value.numpy()")
        return (leaf, (type(self), self._stored, self.requires_grad and self.op is None, self.name, self._grad))


def _check_said(value: Node, kind: str, caller: FrameType | None) -> None:
    """Raise TypeError if ``float`` or ``complex`` would lose a gradient, and it is not the user who says it."""
    if not STATE.get().is_on:
        return
    from .callers import Asker

    asker = Asker(caller)
    if asker.loses_nothing():
        return
    if asker.is_said():
        if asker.is_plain() and caller is not None:
            if len(_said) > _MANY:
                _said.clear()
            _said[id(caller.f_code), caller.f_lasti] = caller.f_code
        if not is_differentiating():
            return
    from .counterparts import cure

    raise TypeError(
        f"{asker.written() or kind + '()'} takes plain numbers, so {describe(value)} would lose its gradient: "
        f"{cure(asker) or 'use the functions of NumPy or of this package, which take Values'}; or say value.item() "
        "where no gradient is needed"
    )


_said: dict[tuple[int, int], CodeType] = {}
"""Code that calls the builtin ``float`` or ``complex`` by this name, by its id and the place in it: nothing needs to be
looked up there."""

_MANY = 10_000


def _check_shown(value: Node, caller: FrameType | None) -> None:
    """Raise TypeError unless NumPy asks for the data to compare or to show them."""
    from .callers import Asker

    asker = Asker(caller)
    if asker.loses_nothing():
        return
    from .counterparts import cure

    advice = cure(asker) or "call the function of autograd_mini"
    raise TypeError(
        f"{asker.written() or 'NumPy'} asked for this Value's data, which would drop its graph silently: "
        f"value.numpy() gives the data; to keep the graph {advice}; Values are joined by autograd_mini.array([...]) "
        "or stack([...])"
    )
