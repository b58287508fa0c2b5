"""Finding a function by its name, with an error that helps."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from typing import Any


def find(kind: str, table: Mapping[str, Callable[..., Any]], wanted: Any) -> Callable[..., Any]:
    """The function called ``wanted`` in ``table``; a function is itself.

    Parameters
    ----------
    kind : str
        What the functions are, for messages: ``"activation"``.
    table : mapping of str to callable
        The functions by name.
    wanted : str or callable
        A name in the table, or a function of one's own.

    Returns
    -------
    callable

    Raises
    ------
    ValueError
        If no function has that name; the message lists the names and the nearest one.
    TypeError
        If ``wanted`` is neither a name nor a function.

    Examples
    --------
    >>> from nn.lookup import find
    >>> find("activation", {"tanh": max}, "tahn")
    Traceback (most recent call last):
    ...
    ValueError: there is no activation 'tahn': did you mean 'tanh'? Choose from tanh, or pass a function
    """
    if callable(wanted):
        function: Callable[..., Any] = wanted
        return function
    names = ", ".join(table)
    if not isinstance(wanted, str):
        raise TypeError(f"the {kind} is a name or a function, got {type(wanted).__name__}; the names are {names}")
    if wanted in table:
        return table[wanted]
    import difflib

    near = difflib.get_close_matches(wanted.lower(), table, n=1)
    hint = f"did you mean {near[0]!r}? Choose" if near else "choose"
    raise ValueError(f"there is no {kind} {wanted!r}: {hint} from {names}, or pass a function")


_ELSEWHERE = {
    "linear": "nn.Layer",
    "dense": "nn.Layer",
    "sequential": "nn.MLP",
    "bceloss": "nn.binary_cross_entropy",
    "bcewithlogitsloss": "nn.binary_cross_entropy_with_logits",
    "kldivloss": "nn.kl_divergence",
    "tensor": "autograd_mini.Value",
}
"""What PyTorch and Keras call it, in small letters."""


def no_attribute(name: str, module: str = "nn") -> AttributeError:
    """The error for a name that ``nn`` or a module of it has not, with the one that was probably meant.

    Parameters
    ----------
    name : str
        The name.
    module : str
        Where it was looked for; a name like it from there comes first.

    Examples
    --------
    >>> from nn.lookup import no_attribute
    >>> no_attribute("MSELoss")
    AttributeError("module 'nn' has no attribute 'MSELoss': did you mean nn.mse_loss?")
    """
    text = f"module {module!r} has no attribute {name!r}"
    if name.startswith("__"):  # what protocols ask for
        return AttributeError(text)
    meant = _meant(name, module)
    return AttributeError(f"{text}: did you mean {meant}?" if meant else text)


def _meant(name: str, module: str) -> str:
    """The full name of what was meant; empty if nothing is like it."""
    import difflib

    nn: Any = sys.modules[__package__]
    spaces = {
        "nn.losses": _public(nn.losses),
        "nn.initializers": _public(nn.initializers),
        "nn.activations": [*_public(nn.activations), *nn.activations.ACTIVATIONS],
        "nn.optim": _public(nn.optim),
        "nn": _public(nn),
    }
    names = {
        space: {_bare(known): f"{space}.{known}" for known in known_there} for space, known_there in spaces.items()
    }
    own = names[module]
    everywhere = {bare: full for space in names.values() for bare, full in space.items()} | _ELSEWHERE | own
    wanted = _bare(name)
    for way in (wanted, f"{wanted}loss", wanted.removesuffix("loss")):
        if way in everywhere:
            return everywhere[way]
    for known in (own, everywhere):
        for way in difflib.get_close_matches(wanted, known, n=1, cutoff=0.75):
            return known[way]
    return ""


def missing(module: str) -> Callable[[str], Any]:
    """The ``__getattr__`` of a module, which enters it in its ``globals()``: there no type checker sees it."""

    def missing_name(name: str) -> Any:
        raise no_attribute(name, module)

    return missing_name


def _public(module: Any) -> list[str]:
    """The names of a module's own functions and classes."""
    return [
        name
        for name in dir(module)
        if name[0] != "_" and callable(thing := getattr(module, name)) and getattr(thing, "__module__", "")[:2] == "nn"
    ]


def _bare(name: str) -> str:
    """A name without what distinguishes styles: MSELoss is mse_loss, Conv2d is Conv."""
    return re.sub(r"\dd$", "", name.replace("_", "").lower())
