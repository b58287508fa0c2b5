"""Special functions of other array libraries under SciPy's names; what one lacks is composed, where that is exact."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from types import ModuleType
from typing import Any


class StandardSpecial:
    """The special functions of a library.

    Parameters
    ----------
    xp : table
        The library's table of functions.
    module : module
        Where its special functions are.
    names : dict of str to str
        SciPy's names of functions that it calls otherwise.
    """

    def __init__(self, xp: Any, module: ModuleType, names: dict[str, str] | None = None) -> None:
        self.xp, self._module, self._names = xp, module, names or {}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        function = getattr(self._module, self._names.get(name, name), None)
        if function is not None:
            function = self.xp.of_arrays(function)
        elif name in _COMPOSED:
            function = self.xp.of_arrays(functools.partial(_COMPOSED[name], self))
        else:
            where = self._module.__name__
            raise TypeError(f"{where} has no {name}; for such data compose it of functions that it has")
        setattr(self, name, function)
        return function


def _sign_of_gamma(xp: Any, x: Any) -> Any:
    """-1 between -1 and 0, between -3 and -2 and so on, else 1."""
    return xp.where((x < 0) & (xp.floor(x) % 2 != 0), -xp.ones_like(x), xp.ones_like(x))


def _gamma(special: Any, x: Any) -> Any:
    poles = (x < 0) & (x == special.xp.floor(x))
    size = special.xp.exp(special.gammaln(x)) * _sign_of_gamma(special.xp, x)
    return special.xp.where(poles, math.nan + special.xp.zeros_like(x), size)


def _loggamma(special: Any, x: Any) -> Any:
    return special.xp.where(x < 0, math.nan + special.xp.zeros_like(x), special.gammaln(x))


def _beta(special: Any, a: Any, b: Any) -> Any:
    sign = 1.0
    for x in (a, b, a + b):
        sign = sign * _sign_of_gamma(special.xp, x)
    return sign * special.xp.exp(special.betaln(a, b))


_COMPOSED: dict[str, Callable[..., Any]] = {
    "beta": _beta,
    "betaln": lambda s, a, b: s.gammaln(a) + s.gammaln(b) - s.gammaln(a + b),
    "erfcinv": lambda s, x: s.ndtri(x / 2) * -math.sqrt(0.5),
    "gamma": _gamma,
    "kl_div": lambda s, x, y: s.rel_entr(x, y) - x + y,
    "loggamma": _loggamma,
    "poch": lambda s, x, m: s.gamma(x + m) / s.gamma(x),
    "rel_entr": lambda s, x, y: s.xlogy(x, x / y),
    "rgamma": lambda s, x: s.xp.where((x <= 0) & (x == s.xp.floor(x)), s.xp.zeros_like(x), 1.0 / s.gamma(x)),
}
