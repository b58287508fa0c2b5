"""Mixed dtypes promote as NumPy's do, with Python's numbers weak, and gradients come back in the operand's own."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import Value

DTYPES = (np.float16, np.float32, np.float64, np.longdouble, np.complex64, np.complex128)
OTHERS: tuple[Any, ...] = (*DTYPES, np.int32, np.bool, float, int)
BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda x, y: x + y, "-": lambda x, y: x - y, "*": lambda x, y: x * y, "/": lambda x, y: x / y,
    "**": lambda x, y: x**y,
}  # fmt: skip


def partners(kind: Any) -> list[Any]:
    """An array and a scalar of that kind; a Python number is one of its own."""
    if kind in (float, int):
        return [kind(2)]
    return [np.array([2, 1], kind), np.array([2, 1], kind)[0]]


@pytest.mark.parametrize("other", OTHERS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("dtype", DTYPES, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("symbol", BINARY)
def test_pairs_of_dtypes(symbol: str, dtype: Any, other: Any) -> None:
    operator, data = BINARY[symbol], np.array([1.5, 2.5], dtype)
    truth: Any = np.power if symbol == "**" else operator  # NumPy's operator does not promote scalars before 2.3
    for y in partners(other):
        for swapped in (False, True):
            v = Value(data)
            got, want = (operator(y, v), truth(y, data)) if swapped else (operator(v, y), truth(data, y))
            assert got.dtype == want.dtype
            np.testing.assert_array_equal(got.raw, want)
            am.sum(am.real(got)).backward()
            assert v.grad.dtype == data.dtype
            assert type(v.grad) is np.ndarray


@pytest.mark.parametrize("other", DTYPES, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("dtype", DTYPES, ids=lambda kind: kind.__name__)
def test_both_values(dtype: Any, other: Any) -> None:
    v, w = Value(np.array([1.5, 2.5], dtype)), Value(np.array([2.0, 1.0], other))
    y = v * w
    assert y.dtype == np.result_type(dtype, other)
    am.sum(am.real(y)).backward()
    assert (v.grad.dtype, w.grad.dtype) == (dtype, other)
