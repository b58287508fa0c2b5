"""What to write in place of a call that would lose a gradient: the function of this package, if there is one."""

from __future__ import annotations

import math
import sys
from importlib import import_module
from typing import Any

from .callers import Asker

_OTHERWISE = {
    "asanyarray": "array([...])",
    "asarray": "array([...])",
    "ascontiguousarray": "array([...])",
    "array": "array([...])",
    "dist": "norm(x - y)",
    "fmean": "mean(x)",
    "fromiter": "stack([...])",
    "fsum": "sum([...])",
    "full": "full_like(numpy.empty(shape), value)",
    "lgamma": "special.gammaln(x)",
    "phase": "angle(z)",
    "pstdev": "std(x)",
    "pvariance": "var(x)",
}
"""How what goes by another name, or is called otherwise, is written here."""


def counterpart_of(function: Any) -> str:
    """How this package's function for one of another library is called; empty if there is none."""
    name = getattr(function, "__name__", "")
    if not isinstance(name, str) or not name or not _is_known(function):
        return ""
    if name in _OTHERWISE:
        return f"autograd_mini.{_OTHERWISE[name]}"
    if function is math.remainder:  # to the nearest multiple, which no function here takes
        return ""
    package = sys.modules[__package__]
    home = str(getattr(function, "__module__", None) or "")
    if home.startswith("scipy.ndimage"):  # filters of images, which only share their names with functions here
        return ""
    if home.startswith("scipy.signal") and name in ("convolve", "correlate"):
        return f"autograd_mini.{name}(x, y, mode='full') of rows"
    if name in package.__all__ and callable(getattr(package, name)) and not isinstance(getattr(package, name), type):
        return f"autograd_mini.{name}()"
    for home in ("linalg", "fft", "special"):
        try:
            found = getattr(import_module(f".{home}", __package__), name, None)
        except ImportError:  # special functions need SciPy
            continue
        if found is not None and name[0] != "_":
            return f"autograd_mini.{home}.{name}()"
    return ""


def _is_known(function: Any) -> bool:
    """Whether the function is of a library whose names are also ours."""
    home = str(getattr(function, "__module__", None) or "").partition(".")[0]
    return home in {"math", "cmath", "statistics", "numpy", "scipy"} or type(function).__name__ == "ufunc"


def cure(asker: Asker) -> str:
    """What to write instead of what asks for a Value's numbers; empty if nothing is known."""
    if asker.site.kind == "assign":
        return (
            "an array that is assigned into holds no graph: write y = x.at[i].set(value) with x = Value(array), or "
            "join the parts with stack([...]), concatenate([...]) or block([...])"
        )
    if asker.site.kind == "operator":
        sign = asker.site.callee[0]
        if any(home.startswith("scipy.sparse") for home in asker.homes):
            return f"a sparse matrix computes with plain numbers only: write S.toarray() {sign} value"
        if any(home.startswith("pandas") for home in asker.homes):
            return f"pandas computes with plain numbers here: write df.to_numpy() {sign} value"
    function = asker.function()
    found = counterpart_of(function)
    if not found:
        return ""
    return f"write {found} in place of {asker.written() if function is asker.callee else function.__name__ + '()'}"
