"""``trace``: one name that NumPy gives to a sum and this project to the record of a pass."""

from __future__ import annotations

import sys
from typing import Any

from .arrays import shape_of
from .node import Node
from .ops.reductions import trace as diagonal_sum


def trace(
    x: Any,
    offset: int = 0,
    axis1: int = 0,
    axis2: int = 1,
    *,
    gradient: Any = None,
    names: Any = None,
    fmt: str = ".4g",
) -> Any:
    """The pass behind a result, as data; for a matrix, the sum of its diagonal, as ``np.trace``.

    NumPy's trace needs at least two dimensions, and a result that is differentiated, a cost, has none, so the two never
    meet. The pass behind an array of two or more dimensions is ``autograd_mini.chain.trace(x)``.

    Parameters
    ----------
    x : Value or array
        A result of fewer than two dimensions: its pass is recorded. More: the diagonal is summed.
    offset, axis1, axis2 : int
        Of a matrix: which diagonal, and along which axes (see ``numpy.trace``).
    gradient, names, fmt
        Of a pass: see ``autograd_mini.chain.trace``.

    Returns
    -------
    Trace, or Value or plain data for a matrix

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_mini as am
    >>> x = am.Value(3.0)
    >>> f = x**2
    >>> [edge.symbol for edge in am.trace(f).edges if edge.requires_grad]
    ['df/dx']
    >>> am.trace(np.eye(3))
    np.float64(3.0)
    """
    if isinstance(x, Node) and len(shape_of(x)) < 2:
        from .chain.names import variables
        from .chain.recording import record_pass

        return record_pass(x, gradient, variables(sys._getframe(1), names), fmt)
    return diagonal_sum(x, offset, axis1, axis2)
