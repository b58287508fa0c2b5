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


def no_attribute(name: str) -> AttributeError:
    """The error for a name that ``nn`` has not, with the one that was probably meant.

    Examples
    --------
    >>> from nn.lookup import no_attribute
    >>> no_attribute("MSELoss")
    AttributeError("module 'nn' has no attribute 'MSELoss': did you mean nn.mse_loss?")
    """
    text = f"module 'nn' has no attribute {name!r}"
    if name.startswith("__"):  # what protocols ask for
        return AttributeError(text)
    import difflib

    nn: Any = sys.modules[__package__]
    spaces = {
        "nn.initializers.": _public(nn.initializers),
        "nn.activations.": nn.activations.ACTIVATIONS,
        "nn.optim.": _public(nn.optim),
        "nn.": _public(nn),
    }
    meant = {_bare(known): start + known for start, names in spaces.items() for known in names} | _ELSEWHERE
    wanted = _bare(name)
    near = next((way for way in (wanted, f"{wanted}loss", wanted.removesuffix("loss")) if way in meant), None)
    for way in [near] if near else difflib.get_close_matches(wanted, meant, n=1, cutoff=0.75):
        return AttributeError(f"{text}: did you mean {meant[way]}?")
    return AttributeError(text)


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
