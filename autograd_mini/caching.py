"""A property that is computed once: as in ``functools``, but without the lock that Python 3.11 holds meanwhile.

That lock is one for all objects of a class. A child that is forked while another thread computes would wait for it
forever, since it does not have that thread. Two threads may compute the same here; then the last one's result stays.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


class cached_property(Generic[T]):  # noqa: N801 (used as a decorator, like the one of functools)
    """A method whose result becomes an attribute of the object."""

    def __init__(self, function: Callable[[Any], T]) -> None:
        self.function, self.__doc__ = function, function.__doc__

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type[Any]) -> cached_property[T]: ...

    @overload
    def __get__(self, instance: object, owner: type[Any]) -> T: ...

    def __get__(self, instance: object | None, owner: type[Any]) -> cached_property[T] | T:
        if instance is None:
            return self
        found = instance.__dict__[self.name] = self.function(instance)
        return found
