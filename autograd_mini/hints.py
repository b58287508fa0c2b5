"""What was probably meant by a name that is not there; imported when there is one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any

_LIKENESS = 0.75
"""From which likeness on two names are taken for the same, misspelt: gamaln and gammaln, not polyfit and split."""

_SHORT = 5
"""Up to which length a name that begins otherwise is another one: rand is not grad."""

_ELSEWHERE = {
    "Tensor": "Value",
    "tensor": "Value",
    "Variable": "Value",
    "backward": "Value.backward",
    "cat": "concatenate",
    "detach": "Value.detach",
    "jacfwd": "jacobian",
    "jacrev": "jacobian",
    "inverse": "linalg.inv",
    "mm": "matmul",
    "bmm": "matmul",
    "custom_vjp": "primitive",
    "defvjp": "primitive",
    "trapz": "trapezoid",
    "unsqueeze": "expand_dims",
}
"""What other libraries call it."""


def _names() -> dict[str, str]:
    """Where every public function stands, by its name; what stands in several places is the package's own."""
    package: Any = sys.modules[__package__]
    spaces = {f"{space}.": getattr(package, space) for space in ("fft", "special", "linalg")} | {"": package}
    return {name: f"autograd_mini.{space}{name}" for space, home in spaces.items() for name in dir(home)}


def nearest(name: str) -> str:
    """The full name of what is called so in one of the namespaces, or nearly so; empty if nothing is like it."""
    names = _names()
    return names.get(name) or names.get(_like(name, names), "")


def _like(name: str, names: Iterable[str]) -> str:
    import difflib

    close = difflib.get_close_matches(name, names, n=5, cutoff=_LIKENESS)
    return next((known for known in close if len(name) > _SHORT or known[:1] == name[:1]), "")


def no_attribute(module: str, name: str) -> AttributeError:
    """The error for a name that a module of the package has not."""
    text = f"module {module!r} has no attribute {name!r}"
    if name.startswith("__"):  # what protocols ask for
        return AttributeError(text)
    home, short = _PLAIN.get(module, ("", ""))
    meant = _meant(module, name)
    if meant and not _is_numpys_own(module, name, meant):
        return AttributeError(f"{text}: did you mean {meant}?")
    if callable(getattr(sys.modules.get(home), name, None)):
        return AttributeError(f"{text}: {short}.{name} computes on plain data, and has no derivative rule here")
    return AttributeError(text)


def _is_numpys_own(module: str, name: str, meant: str) -> bool:
    """Whether a name is NumPy's, as arange, and only like the one found."""
    exact = name in _ELSEWHERE or meant.rpartition(".")[2] == name
    return module == "autograd_mini" and not exact and hasattr(sys.modules["numpy"], name)


_PLAIN = {
    "autograd_mini": ("numpy", "np"),
    "autograd_mini.fft": ("numpy.fft", "np.fft"),
    "autograd_mini.linalg": ("numpy.linalg", "np.linalg"),
    "autograd_mini.special": ("scipy.special", "scipy.special"),
}
"""Whose functions a namespace has rules for."""


def _meant(module: str, name: str) -> str:
    """The full name of what was meant; in a namespace a name of its own, or else the very same of another one."""
    if name in _ELSEWHERE:
        return f"autograd_mini.{_ELSEWHERE[name]}"
    if module == "autograd_mini":
        return nearest(name)
    like = _like(name, [known for known in dir(sys.modules[module]) if known[0] != "_"])
    return _names().get(name) or (f"{module}.{like}" if like else "")


def missing(module: str) -> Callable[[str], Any]:
    """The ``__getattr__`` of a module: an error that says what was meant.

    A module enters it in its ``globals()``, where type checkers do not see it: to them a module that has one has every
    name.
    """

    def missing_name(name: str) -> Any:
        raise no_attribute(module, name)

    return missing_name
