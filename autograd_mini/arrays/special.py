"""SciPy's special functions as a table has them: SciPy is imported when one is first called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


class Special:
    """A namespace whose functions are SciPy's, each in the wrapping that a table gives it."""

    def __init__(self, wrap: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
        self._wrap = wrap

    def __getattr__(self, name: str) -> Callable[..., Any]:
        try:
            import scipy.special
        except ImportError as error:
            raise ImportError(
                f"autograd_mini.special.{name} needs SciPy: pip install 'autograd-mini[special]'"
            ) from error
        function = self._wrap(getattr(scipy.special, name))
        setattr(self, name, function)
        return function


def of_arrays(function: Callable[..., Any]) -> Callable[..., Any]:
    """SciPy's function as it is."""
    return function


def of_floats(function: Callable[..., Any]) -> Callable[..., Any]:
    """SciPy's function of numbers: a single result is a Python float."""

    def with_floats(*args: Any) -> Any:
        out = function(*args)
        return float(out) if np.ndim(out) == 0 else out

    return with_floats
