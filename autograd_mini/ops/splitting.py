"""Splitting: one array becomes several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays import shape_of
from ..operation import Operand
from .indexing import getitem


def split(x: Operand, indices_or_sections: int | Sequence[int], axis: int = 0) -> list[Any]:
    """``x`` cut along an axis, into equal parts or at the given places, as a list.

    Parameters
    ----------
    x : Value or array
    indices_or_sections : int or sequence of int
        The number of equal parts, or the places where a new part begins.
    axis : int
        0 by default.

    Returns
    -------
    list of Values if ``x`` is one, else list of arrays

    Raises
    ------
    ValueError
        If the axis cannot be cut into that many equal parts.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.split([1.0, 2.0, 3.0, 4.0], 2)
    [array([1., 2.]), array([3., 4.])]
    >>> am.split([1.0, 2.0, 3.0, 4.0], [1])
    [array([1.]), array([2., 3., 4.])]
    """
    if isinstance(indices_or_sections, (int, np.integer)) and shape_of(x)[axis] % indices_or_sections:
        raise ValueError(
            f"split cannot cut axis {axis} of shape {shape_of(x)} into {indices_or_sections} equal parts, "
            "array_split can"
        )
    return array_split(x, indices_or_sections, axis)


def array_split(x: Operand, indices_or_sections: int | Sequence[int], axis: int = 0) -> list[Any]:
    """``x`` cut along an axis like ``split``, but where the parts cannot be equal the first ones are longer by one.

    Parameters
    ----------
    x : Value or array
    indices_or_sections : int or sequence of int
        The number of parts, or the places where a new part begins.
    axis : int
        0 by default.

    Returns
    -------
    list of Values if ``x`` is one, else list of arrays

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_mini as am
    >>> np.array_split(am.Value([1.0, 2.0, 3.0]), 2)
    [Value([1., 2.], shape=(2,), op=getitem), Value([3.], shape=(1,), op=getitem)]
    """
    axis = np.lib.array_utils.normalize_axis_index(axis, len(shape_of(x)))
    parts = np.array_split(np.arange(shape_of(x)[axis]), indices_or_sections)
    ranges = [slice(int(part[0]), int(part[-1]) + 1) if part.size else slice(0, 0) for part in parts]
    return [getitem(x, (slice(None),) * axis + (places,)) for places in ranges]
