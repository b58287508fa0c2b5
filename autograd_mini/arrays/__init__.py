"""The array libraries behind a Value: one thin table each, found by the data's type.

A table is a module whose functions carry NumPy's names. Rules and operations ask ``library(x)`` for the table of
their data and never name a library themselves, so a further library is one more module and one more line here.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np

from . import floats, numpy

_TABLES: dict[type, ModuleType] = {
    float: floats,
    int: floats,
    bool: floats,
    np.bool: floats,  # what comparing two numbers may give
    complex: numpy,
    np.ndarray: numpy,
    list: numpy,
    tuple: numpy,
}


class UnknownData(TypeError):
    """Data of a type that no table knows; operators answer it with ``NotImplemented``."""


def library(*operands: Any) -> ModuleType:
    """The table that computes with these operands: plain floats stay with ``math``, else the first array decides."""
    for operand in operands:
        table = _TABLES.get(type(operand)) or _find(type(operand))
        if table is not floats:
            return table
    return floats


def _find(kind: type) -> ModuleType:
    if issubclass(kind, np.generic) and not issubclass(kind, (np.flexible, np.object_, np.datetime64, np.timedelta64)):
        _TABLES[kind] = numpy
        return numpy
    raise UnknownData(f"cannot compute with {kind.__module__}.{kind.__qualname__}")


def shape_of(x: Any) -> tuple[int, ...]:
    """Shape of a Value, an array or a number."""
    shape = getattr(x, "shape", None)
    return np.shape(x) if shape is None else shape


def plain(x: Any) -> Any:
    """``x`` as data that a table computes with: numbers and arrays as they are, nested lists as arrays.

    Raises
    ------
    TypeError
        If ``x`` is no number and no array of numbers; the message says what came and what to pass instead.
    """
    kind = type(x)
    if kind is float or (kind is np.ndarray and x.dtype.kind in "fiubc" and x.dtype.isnative):
        return x
    if kind in (int, bool, complex):
        return x
    if isinstance(x, np.generic):
        return _checked(np.asarray(x), x)[()]
    return _checked(_as_array(x), x)


def _as_array(x: Any) -> np.ndarray[Any, Any]:
    kind = type(x)
    home = kind.__module__.partition(".")[0]
    if isinstance(x, np.ma.MaskedArray):
        raise TypeError("a masked array would lose its mask: pass x.filled(value), or where(~mask, x, 0) yourself")
    if isinstance(x, np.ndarray):
        return np.asarray(x)
    if home == "scipy" and hasattr(x, "toarray"):
        raise TypeError(f"a sparse {kind.__qualname__} is not an array of numbers: pass x.toarray()")
    if home == "pandas" and hasattr(x, "to_numpy"):
        return np.asarray(x.to_numpy())
    if isinstance(x, (list, tuple)):
        return _from_list(x)
    raise UnknownData(f"expected a number or an array of numbers, got {kind.__qualname__}: {_shown(x)}")


def _from_list(x: list[Any] | tuple[Any, ...]) -> np.ndarray[Any, Any]:
    try:
        return np.asarray(x)
    except ValueError as error:
        raise ValueError(f"the nested list is ragged, so it is no array: {_shown(x)} ({error})") from None


def _checked(array: np.ndarray[Any, Any], x: Any) -> np.ndarray[Any, Any]:
    if array.dtype.kind not in "fiubc":
        raise UnknownData(
            f"expected floating, complex, integer or boolean numbers, got {type(x).__qualname__} "
            f"of dtype {array.dtype}: {_shown(x)}"
        )
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def _shown(x: Any) -> str:
    try:
        text = repr(x)
    except Exception:  # noqa: BLE001 (whatever a stranger's repr raises)
        text = f"<a {type(x).__qualname__} whose repr fails>"
    return text if len(text) <= 60 else text[:57] + "..."
