"""What was probably meant by a name that is not there; imported when there is one."""

from __future__ import annotations

import difflib
import sys
from typing import Any

import numpy as np

_LIKENESS = 0.75
"""From which likeness on two names are taken for the same, misspelt: gamaln and gammaln, not polyfit and split."""

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
    near = [name] if name in names else difflib.get_close_matches(name, names, n=1, cutoff=_LIKENESS)
    return names[near[0]] if near else ""


def no_attribute(module: str, name: str) -> AttributeError:
    """The error for a name that a module of the package has not."""
    text = f"module {module!r} has no attribute {name!r}"
    if name.startswith("__"):  # what protocols ask for
        return AttributeError(text)
    meant = f"autograd_mini.{_ELSEWHERE[name]}" if name in _ELSEWHERE else nearest(name)
    if meant:
        return AttributeError(f"{text}: did you mean {meant}?")
    if callable(getattr(np, name, None)):
        return AttributeError(f"{text}: np.{name} computes on plain data, and has no derivative rule here")
    return AttributeError(text)
