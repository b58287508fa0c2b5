"""Functions made of functions: closures that can be pickled and copied, because they say how they were made."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from importlib import import_module
from types import MethodType
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

Recipe = Callable[[], tuple[Callable[..., Any], tuple[Any, ...]]]
"""Gives a function and its arguments, whose result is the closure again."""


class Made(functools.partial[Any]):
    """A closure and how it was made: a pickle holds the recipe alone. A partial call costs no call in Python."""

    __slots__ = ("__wrapped__", "_recipe")

    __wrapped__: Callable[..., Any]
    _recipe: Recipe

    @property
    def __doc__(self) -> str | None:  # type: ignore[override]
        return getattr(getattr(self, "__wrapped__", None), "__doc__", None)

    def __getattr__(self, name: str) -> Any:
        if name in ("__name__", "__qualname__"):
            return getattr(self.__wrapped__, name)
        raise AttributeError(f"{self!r} has no attribute {name!r}")

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else MethodType(self, instance)

    def __repr__(self) -> str:
        maker, arguments = self._recipe()
        names = [getattr(x, "__name__", None) or repr(x) for x in arguments]
        return f"{getattr(maker, '__name__', repr(maker))}({', '.join(names)})"

    def __reduce__(self) -> tuple[Any, ...]:
        name = getattr(self, "__module__", ""), getattr(self, "__qualname__", "")
        return (named, name) if named(*name) is self else self._recipe()


def made(closure: Callable[..., Any], recipe: Recipe, f: Callable[..., Any] | None = None) -> Made:
    """A closure that is pickled and copied by its recipe; what it was made of gives it name and docstring."""
    new = Made(closure)
    new._recipe = recipe
    if f is not None:
        new.__wrapped__ = f
    return new


def decorated(closure: Callable[..., Any], recipe: Recipe, f: Callable[..., Any]) -> Made:
    """As ``made``, of a function that may bear the name of ``f``; a pickle then holds the name alone."""
    new = made(closure, recipe, f)
    new.__dict__.update(getattr(f, "__dict__", {}))
    new.__module__ = getattr(f, "__module__", "")
    return new


def named(module: str, name: str) -> Any:
    """What a module calls so; None if there is no such thing."""
    found: Any
    try:
        found = import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError, ValueError):
        return None
    return found


def argnums_named(transformation: Callable[P, R]) -> Callable[P, R]:
    """The transformation, with an error that says how its option is spelt."""

    @functools.wraps(transformation)
    def named_so(*args: P.args, **kwargs: P.kwargs) -> R:
        if len(args) != 1 or kwargs or not callable(args[0]):
            _check_options(transformation.__name__, *args, **kwargs)
        return transformation(*args, **kwargs)

    return named_so


_MISSING: Any = object()


def _check_options(name: str, f: Any = _MISSING, argnums: Any = 0, *more: Any, **options: Any) -> None:
    """Refuse what no transformation with ``argnums`` takes."""
    if "argnum" in options:
        raise TypeError(
            f"{name}() takes argnums, one number or several: write argnums={options['argnum']!r}, not argnum="
        )
    if "order" in options:
        raise TypeError(f"{name}() has no order=: apply it again, as grad(grad(f))")
    if f is not _MISSING:
        check_callable(name, f)
    several = argnums if isinstance(argnums, Sequence) and not isinstance(argnums, str) else [argnums]
    if not all(hasattr(i, "__index__") for i in several):
        raise TypeError(
            f"argnums must be a whole number or a sequence of them, got {argnums!r}; the point goes to the function "
            f"that {name} returns: {name}(f)(x)"
        )


def check_callable(name: str, f: Any) -> None:
    """Refuse what cannot be called, a result above all."""
    if not callable(f):
        raise TypeError(f"{name} takes a function, got {type(f).__name__}: pass f itself, not its result f(x)")
