"""The array libraries behind a Value: one thin table each, found by the data's type.

A table's functions carry NumPy's names. Rules and operations ask ``library(x)`` for the table of their data and never
name a library themselves. Python floats and NumPy arrays have a module each; any library that tells its namespace by
``__array_namespace__`` (JAX, CuPy, whatever follows the Array API), PyTorch, and the hidden axis of ``vmap`` have a
table that is made when their data first comes by. Nothing is imported that the user has not imported.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from . import floats, numpy
from .labels import is_labelled


class _Truths:
    """NumPy's table for its single booleans, which ranks below that of the floats that they choose between."""

    rank = -1

    def __getattr__(self, name: str) -> Any:
        return getattr(numpy, name)


_TABLES: dict[type, Any] = {
    float: floats,
    int: floats,
    bool: floats,
    np.bool: _Truths(),
    complex: numpy,
    np.ndarray: numpy,
    list: numpy,
    tuple: numpy,
}
_table_of = _TABLES.get


class UnknownData(TypeError):
    """Data of a type that no table knows; operators answer it with ``NotImplemented``."""


class Labelled(UnknownData):
    """Data with labels that must be compared with those of the other operands before."""


def library(first: Any = 0.0, *others: Any) -> Any:
    """The table that computes with these operands: the one that ranks highest, and of equals the first.

    Plain floats stay with ``math``; a NumPy array lifts numbers; another library's array lifts NumPy's.
    """
    found = _table_of(type(first)) or _find(first)
    if others:
        for operand in others:
            table = _table_of(type(operand)) or _find(operand)
            if table is not found and table.rank > found.rank:
                found = table
    return found


def register(kind: type, table: Any) -> None:
    """Make ``table`` the one that computes with data of this type."""
    _TABLES[kind] = table


def _find(operand: Any) -> Any:
    kind = type(operand)
    table: Any = None
    if issubclass(kind, np.generic):
        if not issubclass(kind, (np.flexible, np.object_, np.datetime64, np.timedelta64)):
            table = numpy
    elif issubclass(kind, (int, float)):  # a class of the user's, an enumeration
        table = floats
    elif issubclass(kind, complex):
        table = numpy
    elif (torch := sys.modules.get("torch")) is not None and issubclass(kind, torch.Tensor):
        from .torch import table as of_torch

        table = of_torch
    elif hasattr(kind, "__array_namespace__") and not (issubclass(kind, np.ndarray) or hasattr(kind, "_stored")):
        from .standard import table_of

        table = table_of(operand)
    if table is None:
        raise UnknownData(f"cannot compute with {kind.__module__}.{kind.__qualname__}")
    _TABLES[kind] = table
    return table


def is_array(x: Any) -> bool:
    """Whether ``x`` is a number or an array of some library, and no Value."""
    try:
        return not isinstance(x, (list, tuple)) and library(x) is not None
    except UnknownData:
        return False


def shape_of(x: Any) -> tuple[int, ...]:
    """Shape of a Value, an array or a number."""
    shape = getattr(x, "shape", None)
    if type(shape) is tuple:
        return shape
    if type(x) is float:
        return ()
    return _shape_of_list(x) if shape is None else tuple(shape)


def _shape_of_list(x: Any) -> tuple[int, ...]:
    try:
        return np.shape(x)
    except TypeError:  # a list that holds Values
        if isinstance(x, (list, tuple)) and x:
            return (len(x), *shape_of(x[0]))
        raise


def kind_of(x: Any) -> str:
    """The kind of numbers, by NumPy's letter: b, i, u, f or c."""
    x = data_of(x)
    if type(x) is float:
        return "f"
    if type(x) is np.ndarray:
        return str(x.dtype.kind)
    kind = getattr(getattr(x, "dtype", None), "kind", None)
    if kind is None or kind == "V":  # a Python number, or another library's dtype
        table = library(x)
        kind = table.kind(x) if table.rank > numpy.rank else np.asarray(x).dtype.kind
    return str(kind)


def is_abstract(x: Any) -> bool:
    """Whether the data stand for numbers that nobody can look at yet: a tracer of JAX, one example of ``vmap``."""
    table = _TABLES.get(type(x), numpy)
    return bool(table.rank > numpy.rank and table.is_abstract(x))


def is_traced(x: Any) -> bool:
    """Whether the data, or the batch of ``vmap`` around it, is a tracer of JAX."""
    while type(x).__name__ == "Batched":
        x = x.data
    table = _TABLES.get(type(x), numpy)
    return bool(table.rank > numpy.rank and table.is_traced(x))


on_tracer: list[Callable[[Any], None]] = []
"""Who is told of a tracer of JAX that becomes the data of a Value."""


def copied(x: Any, beside: Any = None) -> Any:
    """Data that nobody else can write into; a NumPy array beside another library's data becomes one of that library."""
    if type(x) is np.ndarray:
        home = numpy if beside is None else library(beside)
        return home.adopt(x, beside) if home.rank > numpy.rank else x.copy()
    table = library(x)
    if table.rank <= numpy.rank:
        return x
    return table.copy(x)


def adopted(x: Any, beside: Any) -> Any:
    """A NumPy array or scalar as an array of the library of ``beside``."""
    return library(beside).adopt(np.asarray(x), beside)


def apart(x: Any) -> Any:
    """A number or another library's array that nobody who holds ``x`` can write into."""
    table = library(x)
    return x if table.rank <= numpy.rank or table.immutable else table.copy(x)


def beside(x: Any, other: Any) -> Any:
    """A NumPy array in the library of the data that it meets; anything else as it is."""
    return copied(x, data_of(other)) if type(x) is np.ndarray and is_foreign(data_of(other)) else x


def is_half(x: Any) -> bool:
    """Whether these are floating numbers of 16 bits, which have too few digits for counts and long sums."""
    return getattr(getattr(data_of(x), "dtype", None), "itemsize", 0) == 2 and kind_of(x) == "f"


def of_kind(x: Any, number: int) -> bool | int | float:
    """A whole number as Python's number of the kind of ``x``, beside which ``x`` keeps its dtype."""
    kind = kind_of(x)
    return bool(number) if kind == "b" else number if kind in "iu" else float(number)


def dtype_of(x: Any) -> Any:
    """The dtype of a Value, an array or a number; of another library's data its own."""
    x = data_of(x)
    return x.dtype if hasattr(x, "dtype") else np.dtype(type(x))


def data_of(x: Any) -> Any:
    """The data of a Value; anything else as it is."""
    return getattr(x, "_stored", x)


def static(array: Any, beside: Any) -> Any:
    """Numbers that a rule makes itself, in the library and the dtype of the data beside which they stand."""
    beside = data_of(beside)
    return library(beside).static(np.asarray(array), beside)


def as_numpy(x: Any) -> np.ndarray[Any, Any]:
    """The data as a NumPy array, for looking at; abstract data (a tracer, a batch) raises its library's error."""
    table = _TABLES.get(type(x), numpy)
    return table.to_numpy(x) if table.rank > numpy.rank else np.asarray(x)


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
        return x if x.dtype.kind in "fiubc" else _checked(np.asarray(x), x)
    if isinstance(x, (int, float, complex)):  # of a subclass, such as an enumeration
        return int(x) if isinstance(x, int) else float(x) if isinstance(x, float) else complex(x)
    if not isinstance(x, (list, tuple, np.ndarray)) and is_foreign(x):
        return x
    return _checked(_as_array(x), x)


def operand(x: Any) -> Any:
    """As ``plain``, for one of several operands: data with labels raise ``Labelled``."""
    kind = type(x)
    if kind is float or (kind is np.ndarray and x.dtype.kind in "fiubc" and x.dtype.isnative):
        return x
    if kind in _NUMBERS or (isinstance(x, np.generic) and x.dtype.kind in "fiubc"):
        return x
    if is_labelled(x):
        raise Labelled(f"cannot pair a {kind.__qualname__} with others before its labels are compared")
    return plain(x)


_NUMBERS = (int, bool, complex)


def is_foreign(x: Any) -> bool:
    """Whether ``x`` is an array of another library than NumPy."""
    try:
        return bool(library(x).rank > numpy.rank)
    except UnknownData:
        return False


EXACT = ("decimal", "fractions")
"""The modules of Python's exact numbers, which floating numbers only come near to."""


def _as_array(x: Any) -> np.ndarray[Any, Any]:
    kind = type(x)
    home = kind.__module__.partition(".")[0]
    if isinstance(x, np.ndarray):
        check_bare(kind)
        return np.asarray(x)
    if home in EXACT:
        raise TypeError(f"{kind.__qualname__}s are not computed with: pass float(x), which is {float(x)!r} for {x!r}")
    if home == "scipy" and hasattr(x, "toarray"):
        raise TypeError(f"a sparse {kind.__qualname__} is not an array of numbers: pass x.toarray()")
    if home == "pandas" and hasattr(x, "to_numpy"):
        return np.asarray(x.to_numpy())  # labels are compared where two such operands meet
    if isinstance(x, (list, tuple)):
        return _from_list(x)
    raise UnknownData(f"expected a number or an array of numbers, got {kind.__qualname__}: {_shown(x)}")


_HARMLESS = (np.memmap, np.recarray)
"""Subclasses that compute as arrays do, whatever they remember of a file or call their fields."""


def check_bare(kind: type[np.ndarray[Any, Any]]) -> None:
    """Raise TypeError if arrays of a class mean more than their numbers, as its own arithmetic or attributes tell.

    A class has such if it defines what NumPy asks subclasses for, or an operator; one that only adds methods has not.
    """
    if issubclass(kind, np.ma.MaskedArray):
        raise TypeError("a masked array would lose its mask: pass x.filled(value), or where(~mask, x, 0) yourself")
    for base in kind.__mro__[: kind.__mro__.index(np.ndarray)]:
        if base not in _HARMLESS and not _ASKED.isdisjoint(vars(base)):
            raise TypeError(
                f"an array of {kind.__module__}.{kind.__qualname__} is more than its numbers, and a graph would lose "
                "that (a unit, a product of its own): pass the bare numbers, as numpy.asarray(x)"
            )


_ASKED = {"__array_finalize__", "__array_function__", "__array_ufunc__", "__array_wrap__"} | {
    f"__{side}{name}__" for name in ("add", "sub", "mul", "truediv", "pow", "matmul") for side in ("", "r")
}


def check_items(items: list[Any] | tuple[Any, ...]) -> None:
    """The same for the entries of nested lists, whose meaning NumPy would drop unasked."""
    kinds = set(map(type, items))
    for kind in kinds:
        if issubclass(kind, np.ndarray) and kind is not np.ndarray:
            check_bare(kind)
    if list in kinds or tuple in kinds:
        for item in items:
            if isinstance(item, (list, tuple)):
                check_items(item)


def _from_list(x: list[Any] | tuple[Any, ...]) -> np.ndarray[Any, Any]:
    check_items(x)
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


def shown(x: Any, prefix: str) -> str:
    """The numbers in short; of abstract data, such as JAX's tracers, what their library says."""
    try:
        array = as_numpy(x)
    except Exception:  # noqa: BLE001 (each library has its own error)
        return _shown(x)
    if not array.ndim:
        return f"{array.item():.6g}"
    return np.array2string(array, precision=4, threshold=12, edgeitems=2, separator=", ", prefix=prefix)


def _shown(x: Any) -> str:
    try:
        text = repr(x)
    except Exception:  # noqa: BLE001 (whatever a stranger's repr raises)
        text = f"<a {type(x).__qualname__} whose repr fails>"
    return text if len(text) <= 60 else text[:57] + "..."
