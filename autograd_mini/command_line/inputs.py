"""Values as they are typed: ``x=3``, ``x=[1, 2, 3]``, ``W=[[1, 2], [3, 4]]``, ``y=0.5:const``."""

from __future__ import annotations

import keyword
import unicodedata
from collections.abc import Iterable

from autograd_mini import Value

from .expression import ExpressionError, compute
from .functions import nearest


def read_values(words: Iterable[str], constants: Iterable[str] = ()) -> dict[str, Value]:
    """The values of variables.

    Parameters
    ----------
    words : iterable of str
        ``NAME=VALUE`` each. A value is a number, a list or a list of lists, or a formula without variables such as
        ``pi/4``; with ``:const`` at its end it is a plain input, which has no gradient.
    constants : iterable of str
        Names of further plain inputs.

    Returns
    -------
    dict of str to Value
        The values by name, which they carry.

    Raises
    ------
    ExpressionError
        For a value that cannot be read, a name that is none or comes twice, and a constant that was not given.

    Examples
    --------
    >>> read_values(["x=3", "y=0.5:const"])
    {'x': Value(3, name='x'), 'y': Value(0.5, name='y')}
    """
    texts: dict[str, str] = {}
    for word in words:
        name, sign, text = word.partition("=")
        name = unicodedata.normalize("NFKC", name.strip())
        if not sign or not text.strip():
            raise ExpressionError(f"{word!r:.80} is no value: write NAME=VALUE, such as x=3 or x=[1,2,3]")
        if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
            raise ExpressionError(f"{name!r:.80} is no name for a value: write letters and digits, such as x1=3")
        if name in texts:
            raise ExpressionError(f"{name} has two values: {name}={texts[name]} and {name}={text}")
        texts[name] = text.strip()
    plain = {unicodedata.normalize("NFKC", name) for name in constants}
    for name in plain - texts.keys():
        near = nearest(name, texts)
        raise ExpressionError(
            f"--const {name}: there is no value of that name" + (f"; did you mean {near}?" if near else "")
        )
    return {name: _value(name, text, name in plain) for name, text in texts.items()}


def _value(name: str, text: str, plain: bool) -> Value:
    formula, colon, mark = text.rpartition(":")
    if not colon:
        formula = text
    elif mark.strip() != "const":
        raise ExpressionError(f"{name}={text}: after a colon stands const, as in {name}=0.5:const")
    try:
        data = compute(formula, {}).root
    except ExpressionError as error:
        raise ExpressionError(f"the value of {name}: {error}") from None
    return Value(data, requires_grad=not (plain or colon), name=name)
