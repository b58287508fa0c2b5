"""Finding a function by its name, with an error that helps."""

from __future__ import annotations

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
