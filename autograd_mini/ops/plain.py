"""Functions whose results have no gradient: comparisons, tests, indices, counts. Values count as their data.

Those that pick entries of their operands, such as ``unique``, are here for plain data, and in ``sets`` for Values.

They are NumPy's own functions, or those of the data's library, under NumPy's names.
"""

from __future__ import annotations

import builtins
import functools
import inspect
from collections.abc import Callable
from sys import maxsize
from typing import Any

import numpy as np

from ..arrays import UnknownData, is_foreign, kind_of, library, plain
from ..node import Node
from ..operation import lost
from ..state import STATE


def as_data(x: Any) -> Any:
    """The data of a Value, or what else came as data that a table computes with."""
    return x._stored if isinstance(x, Node) else plain(x)


def option(subject: str, name: str, x: Any) -> Any:
    """An option that no gradient flows to as plain data; a TypeError names it if it would lose one."""
    if isinstance(x, (list, tuple)):
        return type(x)([option(subject, name, part) for part in x])
    if not isinstance(x, Node):
        return x
    if x.requires_grad and kind_of(x) in "fc":
        raise lost(subject, name, x)
    return x._stored if x.shape else x.item()  # type: ignore[attr-defined]


def without_graph(x: Any) -> Any:
    """Nested arguments with Values replaced by their data."""
    if isinstance(x, (list, tuple)):
        return type(x)(map(without_graph, x)) if type(x) in (list, tuple) else x
    return x._stored if isinstance(x, Node) else x


def function_of(name: str, operand: Any) -> Callable[..., Any]:
    """The function in the table of the operand's library, or NumPy's."""
    if isinstance(operand, (list, tuple)) and len(operand) and is_foreign(operand[0]):
        operand = operand[0]
    try:
        table = library(operand)
    except UnknownData:
        return getattr(np, name)  # type: ignore[no-any-return]
    if hasattr(type(table), "plain"):
        return table.plain(name)  # type: ignore[no-any-return]
    return getattr(table, name, None) or getattr(np, name)  # type: ignore[no-any-return]


PLAIN: dict[str, Callable[..., Any]] = {}
"""The functions of this file by NumPy's name."""


_CARRY = frozenset(
    {"unique", "unique_all", "unique_counts", "unique_inverse", "unique_values"}
    | {"intersect1d", "union1d", "setdiff1d", "setxor1d"}
)
"""Functions whose results are entries of their operands, which pass their gradient on."""


def _function(name: str, summary: str, call: str, result: str) -> Callable[..., Any]:
    def function(*args: Any, **kwargs: Any) -> Any:
        if len(args) > 1 and len(args) > _place_of_out(name) and args[_place_of_out(name)] is not None:
            raise _no_out(name)
        if name in _CARRY and builtins.any(map(_may_lose, args)):
            from .sets import SETS

            return SETS[name](*args, **kwargs)
        args = tuple(map(without_graph, args))
        if kwargs:
            if kwargs.pop("out", None) is not None:
                raise _no_out(name)
            _check_weights(name, kwargs.get("weights"))
            kwargs = {key: without_graph(item) for key, item in kwargs.items()}
        return function_of(name, args[0] if args else None)(*args, **kwargs)

    function.__name__ = function.__qualname__ = name
    carries = name in _CARRY
    flow = "Entries of a Value are a Value, and pass their gradient on." if carries else "No gradient flows through it."
    function.__doc__ = f"""{summary}

    Parameters
    ----------
    *args, **kwargs
        As for ``numpy.{name}``; a Value counts as its data.

    Returns
    -------
    plain data
        {flow}

    Examples
    --------
    >>> import autograd_mini as am
    >>> {call}
    {result}
    """
    PLAIN[name] = function
    return function


def _may_lose(x: Any) -> bool:
    return isinstance(x, Node) and x.requires_grad and kind_of(x) in "fc" and STATE.get().is_on


@functools.cache
def _place_of_out(name: str) -> int:
    """Which of the positional arguments of NumPy's function is the array to write into."""
    function = getattr(np, name)
    if isinstance(function, np.ufunc):
        return function.nin
    try:
        names = list(inspect.signature(function).parameters)
    except ValueError:  # in C, without a signature
        names = []
    return names.index("out") if "out" in names else maxsize


def _no_out(name: str) -> TypeError:
    return TypeError(f"{name}() takes no out=: write the result to a name, not into an array")


def _check_weights(name: str, weights: Any) -> None:
    if isinstance(weights, Node) and weights.requires_grad:
        raise TypeError(
            f"{name}() gives plain data, which would lose the gradient of its weights: "
            "use scatter(weights, index, shape), or weights.numpy()"
        )


# fmt: off
# ruff: noqa: E501
less = _function("less", "Whether x < y, element by element.", "am.less([1.0, 3.0], 2.0)", "array([ True, False])")
less_equal = _function("less_equal", "Whether x <= y, element by element.", "am.less_equal([1.0, 3.0], 2.0)", "array([ True, False])")
greater = _function("greater", "Whether x > y, element by element.", "am.greater([1.0, 3.0], 2.0)", "array([False,  True])")
greater_equal = _function("greater_equal", "Whether x >= y, element by element.", "am.greater_equal([1.0, 3.0], 3.0)", "array([False,  True])")
equal = _function("equal", "Whether x = y, element by element.", "am.equal([1.0, 3.0], 3.0)", "array([False,  True])")
not_equal = _function("not_equal", "Whether x and y differ, element by element.", "am.not_equal([1.0, 3.0], 3.0)", "array([ True, False])")
isnan = _function("isnan", "Whether an entry is nan.", 'am.isnan([1.0, float("nan")])', "array([False,  True])")
isinf = _function("isinf", "Whether an entry is infinite.", 'am.isinf([1.0, float("inf")])', "array([False,  True])")
isposinf = _function("isposinf", "Whether an entry is inf.", 'am.isposinf([-float("inf"), float("inf")])', "array([False,  True])")
isneginf = _function("isneginf", "Whether an entry is -inf.", 'am.isneginf([-float("inf"), float("inf")])', "array([ True, False])")
isfinite = _function("isfinite", "Whether an entry is neither infinite nor nan.", 'am.isfinite([1.0, float("inf")])', "array([ True, False])")
isreal = _function("isreal", "Whether an entry has no imaginary part.", "am.isreal([1.0, 1j])", "array([ True, False])")
iscomplex = _function("iscomplex", "Whether an entry has an imaginary part.", "am.iscomplex([1.0, 1j])", "array([False,  True])")
isrealobj = _function("isrealobj", "Whether the dtype is real.", "am.isrealobj(am.Value([1.0]))", "True")
iscomplexobj = _function("iscomplexobj", "Whether the dtype is complex.", "am.iscomplexobj(am.Value([1.0]))", "False")
signbit = _function("signbit", "Whether the sign is negative, that of -0.0 too.", "am.signbit([-0.0, 1.0])", "array([ True, False])")
logical_and = _function("logical_and", "Whether x and y are true, element by element.", "am.logical_and([True, True], [True, False])", "array([ True, False])")
logical_or = _function("logical_or", "Whether x or y is true, element by element.", "am.logical_or([False, True], [False, False])", "array([False,  True])")
logical_xor = _function("logical_xor", "Whether one of x and y is true, element by element.", "am.logical_xor([False, True], [True, True])", "array([ True, False])")
logical_not = _function("logical_not", "Whether x is not true, element by element.", "am.logical_not([False, True])", "array([ True, False])")
bitwise_and = _function("bitwise_and", "The bits that both whole numbers have.", "int(am.bitwise_and(6, 3))", "2")
bitwise_or = _function("bitwise_or", "The bits that one of two whole numbers has.", "int(am.bitwise_or(6, 3))", "7")
bitwise_xor = _function("bitwise_xor", "The bits in which two whole numbers differ.", "int(am.bitwise_xor(6, 3))", "5")
invert = _function("invert", "All bits of a whole number changed.", "int(am.invert(6))", "-7")
left_shift = _function("left_shift", "The bits of a whole number moved to the left.", "int(am.left_shift(3, 2))", "12")
right_shift = _function("right_shift", "The bits of a whole number moved to the right.", "int(am.right_shift(12, 2))", "3")
bitwise_count = _function("bitwise_count", "How many bits of a whole number are 1.", "int(am.bitwise_count(7))", "3")
gcd = _function("gcd", "Greatest common divisor of whole numbers.", "int(am.gcd(12, 18))", "6")
lcm = _function("lcm", "Least common multiple of whole numbers.", "int(am.lcm(4, 6))", "12")
any = _function("any", "Whether an entry is true, along some axes or among all.", "bool(am.any(am.Value([0.0, 2.0]) > 1.0))", "True")
all = _function("all", "Whether all entries are true, along some axes or altogether.", "bool(am.all(am.Value([0.0, 2.0]) > 1.0))", "False")
isclose = _function("isclose", "Whether two entries differ by little.", "am.isclose(am.Value([1.0, 2.0]), [1.0, 2.1])", "array([ True, False])")
allclose = _function("allclose", "Whether all entries of two arrays differ by little.", "am.allclose(am.Value([1.0, 2.0]), [1.0, 2.0])", "True")
array_equal = _function("array_equal", "Whether two arrays have the same shape and entries.", "am.array_equal(am.Value([1.0]), [1.0])", "True")
array_equiv = _function("array_equiv", "Whether two arrays are equal after broadcasting.", "am.array_equiv(am.Value([1.0, 1.0]), [1.0])", "True")
isin = _function("isin", "Whether an entry is among those of another array.", "am.isin([1.0, 2.0], [2.0, 3.0])", "array([False,  True])")
argmax = _function("argmax", "Place of the largest entry, the first if several tie.", "int(am.argmax(am.Value([1.0, 3.0, 3.0])))", "1")
argmin = _function("argmin", "Place of the smallest entry, the first if several tie.", "int(am.argmin(am.Value([1.0, 3.0, 3.0])))", "0")
nanargmax = _function("nanargmax", "Place of the largest entry that is not nan.", 'int(am.nanargmax([float("nan"), 1.0, 3.0]))', "2")
nanargmin = _function("nanargmin", "Place of the smallest entry that is not nan.", 'int(am.nanargmin([float("nan"), 1.0, 3.0]))', "1")
argsort = _function("argsort", "The places in the order that sorts the entries.", "am.argsort(am.Value([3.0, 1.0, 2.0]))", "array([1, 2, 0])")
argpartition = _function("argpartition", "The places in an order that sorts one entry into its place.", "int(am.argpartition([3.0, 1.0, 2.0], 0)[0])", "1")
argwhere = _function("argwhere", "The indices of entries that are not 0, one a row.", "am.argwhere([0.0, 2.0])", "array([[1]])")
nonzero = _function("nonzero", "The indices of entries that are not 0, as one array an axis.", "am.nonzero([0.0, 2.0])", "(array([1]),)")
flatnonzero = _function("flatnonzero", "The places of entries that are not 0, counted through all axes.", "am.flatnonzero([0.0, 2.0])", "array([1])")
count_nonzero = _function("count_nonzero", "How many entries are not 0.", "int(am.count_nonzero([0.0, 2.0]))", "1")
searchsorted = _function("searchsorted", "The places where entries would be inserted to keep an array sorted.", "int(am.searchsorted([1.0, 2.0], 1.5))", "1")
digitize = _function("digitize", "The numbers of the bins that entries fall into.", "am.digitize([0.5, 2.5], [0.0, 1.0, 2.0])", "array([1, 3])")
histogram = _function("histogram", "How many entries fall into each of some bins, and their edges.", "am.histogram([0.0, 0.2, 1.0], 2)", "(array([2, 1]), array([0. , 0.5, 1. ]))")
histogram2d = _function("histogram2d", "How many points fall into each cell of a grid, and its edges.", "am.histogram2d([0.0, 1.0], [0.0, 1.0], 1)[0]", "array([[2.]])")
histogramdd = _function("histogramdd", "How many points fall into each cell of a grid in any dimension, and its edges.", "am.histogramdd([[0.0, 1.0]], 1)[0]", "array([2.])")
histogram_bin_edges = _function("histogram_bin_edges", "The edges of the bins of a histogram.", "am.histogram_bin_edges([0.0, 1.0], 2)", "array([0. , 0.5, 1. ])")
lexsort = _function("lexsort", "The order that sorts by several keys, the last one first.", "am.lexsort(([1.0, 0.0], [5.0, 5.0]))", "array([1, 0])")
unique = _function("unique", "The different entries in ascending order.", "am.unique([2.0, 1.0, 2.0])", "array([1., 2.])")
unique_all = _function("unique_all", "The different entries, where they stand, how to restore the array, and how often they occur.", "am.unique_all([2.0, 1.0, 2.0]).counts", "array([1, 2])")
unique_counts = _function("unique_counts", "The different entries and how often they occur.", "am.unique_counts([2.0, 1.0, 2.0]).counts", "array([1, 2])")
unique_inverse = _function("unique_inverse", "The different entries and how to restore the array from them.", "am.unique_inverse([2.0, 1.0, 2.0]).inverse_indices", "array([1, 0, 1])")
unique_values = _function("unique_values", "The different entries.", "len(am.unique_values([2.0, 1.0, 2.0]))", "2")
intersect1d = _function("intersect1d", "The entries that two arrays share.", "am.intersect1d([1.0, 2.0], [2.0, 3.0])", "array([2.])")
union1d = _function("union1d", "The entries of two arrays, each once.", "am.union1d([1.0, 2.0], [2.0, 3.0])", "array([1., 2., 3.])")
setdiff1d = _function("setdiff1d", "The entries of one array that another one has not.", "am.setdiff1d([1.0, 2.0], [2.0, 3.0])", "array([1.])")
setxor1d = _function("setxor1d", "The entries that only one of two arrays has.", "am.setxor1d([1.0, 2.0], [2.0, 3.0])", "array([1., 3.])")
shape = _function("shape", "Lengths of the axes.", "am.shape(am.Value([[1.0, 2.0]]))", "(1, 2)")
ndim = _function("ndim", "Number of axes.", "am.ndim(am.Value([[1.0, 2.0]]))", "2")
size = _function("size", "Number of entries.", "am.size(am.Value([[1.0, 2.0]]))", "2")
bitwise_invert = bitwise_not = invert
bitwise_left_shift, bitwise_right_shift = left_shift, right_shift
# fmt: on
