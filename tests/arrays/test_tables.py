"""Branches of the libraries' tables that few calls reach, beside NumPy."""

import importlib
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import Value
from autograd_mini.arrays import floats, library, numpy as arrays

LIBRARIES = ["array_api_strict", "jax.numpy", "torch"]


def of(name: str, x: Any) -> Any:
    """An array of the library of that name."""
    pytest.importorskip(name.partition(".")[0])
    return importlib.import_module(name).asarray(x)


@pytest.mark.parametrize("name", LIBRARIES)
def test_sigmoid_of_complex_numbers(name: str, wide_jax: None) -> None:
    z = np.array([0.5 + 1j, -2.0 - 0.25j])
    x = of(name, z)
    np.testing.assert_allclose(np.asarray(library(x).sigmoid(x)), 1 / (1 + np.exp(-z)), rtol=1e-14)


@pytest.mark.parametrize("name", LIBRARIES)
@pytest.mark.parametrize("decimals", [-1, 0, 1, 2])
def test_round_to_decimals(name: str, decimals: int, wide_jax: None) -> None:
    x = np.array([12.3456, -27.891, 4.0])
    got = library(of(name, x)).round(of(name, x), decimals)
    np.testing.assert_allclose(np.asarray(got), np.round(x, decimals), rtol=1e-14)


@pytest.mark.parametrize("name", LIBRARIES)
@pytest.mark.parametrize("function", ["sort", "cumsum"])
def test_all_entries_in_a_row(name: str, function: str, wide_jax: None) -> None:
    x = np.array([[3.0, 1.0], [2.0, -4.0]])
    got = getattr(am, function)(Value(of(name, x)), axis=None)
    np.testing.assert_array_equal(np.asarray(got.data), getattr(np, function)(x, axis=None))


@pytest.mark.parametrize("name", LIBRARIES)
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("sizes", [(5, 3), (3, 5), (5, 2), (2, 6)])
def test_convolve(name: str, mode: Any, sizes: tuple[int, int], wide_jax: None) -> None:
    x, y = np.arange(1.0, sizes[0] + 1), np.array([2.0, -1.0, 0.5, 3.0, -2.0, 1.0])[: sizes[1]]
    got = library(of(name, x)).convolve(of(name, x), of(name, y), mode)
    np.testing.assert_allclose(np.asarray(got), np.convolve(x, y, mode), rtol=1e-14)


@pytest.mark.parametrize("name", LIBRARIES)
@pytest.mark.parametrize("axis", [None, 0, 1, -1])
def test_concatenate_matrices(name: str, axis: int | None, wide_jax: None) -> None:
    x, y = np.arange(4.0).reshape(2, 2), np.arange(4.0, 8.0).reshape(2, 2)
    got = am.concatenate([Value(of(name, x)), Value(of(name, y))], axis=axis)
    np.testing.assert_array_equal(np.asarray(got.data), np.concatenate([x, y], axis=axis))


@pytest.mark.parametrize("other", [0.0, -0.0, 1.0, 2.5])
def test_where_of_many_entries_and_a_number(other: float) -> None:
    """A mask that goes by bits, beside NumPy: the sign of a zero counts."""
    x = np.linspace(-1.0, 1.0, 5000)
    got, want = arrays.where(x > 0.25, x, other), np.where(x > 0.25, x, other)
    np.testing.assert_array_equal(got, want)
    np.testing.assert_array_equal(np.signbit(got), np.signbit(want))


NUMBERS = [0.0, -0.0, 0.25, 0.5, -0.5, 0.75, 1.0, -1.0, 1.5, 2.5, -2.5, 3.0, 40.0, 1e300, np.inf, -np.inf, np.nan]
SHARED = sorted(
    name
    for name in vars(floats)
    if (isinstance(getattr(np, name, None), np.ufunc) and name != "matmul")
    or name in ("relu", "step", "sigmoid", "softplus", "sinc")
)


@pytest.mark.parametrize("name", SHARED)
def test_functions_of_floats_are_those_of_arrays(name: str) -> None:
    """Python's floats have tables of their own; NumPy's ufuncs of arrays, which are not, give the same numbers."""
    of_floats, of_arrays = getattr(floats, name), getattr(arrays, name)
    count = getattr(of_arrays, "nin", 1)
    whole = {"ldexp": [-1, 0, 2]}.get(name, NUMBERS)
    for operands in [(x,) for x in NUMBERS] if count == 1 else [(x, y) for x in NUMBERS for y in whole]:
        with np.errstate(all="ignore"):
            want = of_arrays(*[np.array([x]) for x in operands])
        got = of_floats(*operands)
        assert type(got) is float
        np.testing.assert_allclose(got, want.item(), rtol=1e-14, atol=1e-300, err_msg=f"{name}{operands}")
