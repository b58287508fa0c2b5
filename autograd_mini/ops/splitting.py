"""Splitting: one array becomes several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays import shape_of
from ..operation import Operand, case, composed
from .indexing import getitem
from .plain import option


@composed(case((4, 3), indices_or_sections=2), case((2, 5), indices_or_sections=[1, 3], axis=1))
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
    indices_or_sections = option("split()", "indices_or_sections", indices_or_sections)
    if isinstance(indices_or_sections, (int, np.integer)) and shape_of(x)[axis] % indices_or_sections:
        raise ValueError(
            f"split cannot cut axis {axis} of shape {shape_of(x)} into {indices_or_sections} equal parts, "
            "array_split can"
        )
    return array_split(x, indices_or_sections, axis)


@composed(case((5, 2), indices_or_sections=3), case((2, 3), indices_or_sections=[1, 2], axis=-1))
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
    places = option("array_split()", "indices_or_sections", indices_or_sections)
    parts = np.array_split(np.arange(shape_of(x)[axis]), places)
    ranges = [slice(int(part[0]), int(part[-1]) + 1) if part.size else slice(0, 0) for part in parts]
    return [getitem(x, (slice(None),) * axis + (places,)) for places in ranges]


@composed(case((2, 4), indices_or_sections=2), case((4,), indices_or_sections=[1]))
def hsplit(x: Operand, indices_or_sections: int | Sequence[int]) -> list[Any]:
    """``x`` cut into parts that lie side by side: along the second axis, or the only one.

    Parameters
    ----------
    x : Value or array
    indices_or_sections : int or sequence of int
        The number of equal parts, or the places where a new part begins.

    Returns
    -------
    list of Values if ``x`` is one, else list of arrays

    Raises
    ------
    ValueError
        For a single number, and if the axis cannot be cut into that many equal parts.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.hsplit([[1.0, 2.0], [3.0, 4.0]], 2)[0]
    array([[1.],
           [3.]])
    """
    return split(_with_axes(x, 1, "hsplit"), indices_or_sections, 1 if len(shape_of(x)) > 1 else 0)


@composed(case((4, 2), indices_or_sections=2))
def vsplit(x: Operand, indices_or_sections: int | Sequence[int]) -> list[Any]:
    """``x`` cut into parts that lie one upon the other: along the first axis.

    Parameters
    ----------
    x : Value or array
        With two axes or more.
    indices_or_sections : int or sequence of int
        The number of equal parts, or the places where a new part begins.

    Returns
    -------
    list of Values if ``x`` is one, else list of arrays

    Raises
    ------
    ValueError
        If ``x`` has less than two axes or cannot be cut into that many equal parts.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.vsplit([[1.0, 2.0], [3.0, 4.0]], 2)
    [array([[1., 2.]]), array([[3., 4.]])]
    """
    return split(_with_axes(x, 2, "vsplit"), indices_or_sections, 0)


@composed(case((1, 2, 4), indices_or_sections=2))
def dsplit(x: Operand, indices_or_sections: int | Sequence[int]) -> list[Any]:
    """``x`` cut into parts along the third axis.

    Parameters
    ----------
    x : Value or array
        With three axes or more.
    indices_or_sections : int or sequence of int
        The number of equal parts, or the places where a new part begins.

    Returns
    -------
    list of Values if ``x`` is one, else list of arrays

    Raises
    ------
    ValueError
        If ``x`` has less than three axes or cannot be cut into that many equal parts.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_mini as am
    >>> [part.shape for part in am.dsplit(np.zeros((2, 3, 4)), [1])]
    [(2, 3, 1), (2, 3, 3)]
    """
    return split(_with_axes(x, 3, "dsplit"), indices_or_sections, 2)


def _with_axes(x: Any, least: int, name: str) -> Any:
    if len(shape_of(x)) < least:
        raise ValueError(f"{name} cuts arrays of {least} axes or more, got shape {shape_of(x)}")
    return x


@composed(case((3, 2)), case((2, 3), axis=1))
def unstack(x: Operand, /, *, axis: int = 0) -> tuple[Any, ...]:
    """The slices of an array along an axis, which ``stack`` joins again.

    Parameters
    ----------
    x : Value or array
    axis : int
        0 by default.

    Returns
    -------
    tuple of Values if ``x`` is one, else tuple of arrays

    Raises
    ------
    ValueError
        For a single number.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.unstack(am.Value([[1.0, 2.0], [3.0, 4.0]]), axis=1)
    (Value([1., 3.], shape=(2,), op=getitem), Value([2., 4.], shape=(2,), op=getitem))
    """
    shape = shape_of(_with_axes(x, 1, "unstack"))
    axis = np.lib.array_utils.normalize_axis_index(axis, len(shape))
    return tuple(getitem(x, (slice(None),) * axis + (i,)) for i in range(shape[axis]))
