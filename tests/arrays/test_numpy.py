"""NumPy's own table: the functions that go another way than NumPy's give what NumPy's give."""

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini.arrays import numpy as table


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "longdouble", "complex64", "complex128"])
@pytest.mark.parametrize("shape", [(0, 3), (1, 3), (5, 1), (64, 7), (5000, 2), (4, 2, 3)])
def test_rows_are_summed_as_add_does_in_their_dtype(shape: tuple[int, ...], dtype: str) -> None:
    x = np.random.default_rng(0).normal(size=shape).astype(dtype)
    for rows in (x, x[::-1], np.asfortranarray(x)):
        total = table.sum_of_rows(rows)
        assert total.dtype == dtype
        wide = rows.astype(np.clongdouble)
        close = 4.0 * float(np.finfo(dtype).eps) * (1 + np.abs(wide).sum(0).max())
        np.testing.assert_allclose(total.astype(np.clongdouble), wide.sum(0), atol=close, rtol=0)


def test_the_ones_that_sum_rows_cannot_be_written_to() -> None:
    table.sum_of_rows(np.ones((3, 2)))
    with pytest.raises(ValueError, match="read-only"):
        table._ones(3, "d")[0] = 2.0


def test_products_of_matrices_keep_their_dtype_and_layouts_do_not_matter() -> None:
    rng = np.random.default_rng(1)
    for kind in ("int64", "bool", "float16", "float32", "complex128"):
        x, y = (10 * rng.normal(size=(2, 4))).astype(kind), (10 * rng.normal(size=(4, 3))).astype(kind)
        for left, right in ((x, y), (x[::-1], y), (np.asfortranarray(x), y.T.copy().T), (x[:0], y), (x, y[:, :0])):
            got, want = table.matmul(left, right), np.matmul(left, right)
            assert got.dtype == want.dtype
            np.testing.assert_allclose(got, want, {"float16": 1e-2, "float32": 1e-5}.get(kind, 1e-13))


MANY = 1_000_000


@pytest.mark.parametrize("shape", [(3,), (1, 3), ()])
def test_a_gradient_over_a_million_rows_keeps_its_digits(shape: tuple[int, ...]) -> None:
    """A million times 0.1 is 100,000 to float32's rounding; one after the other they add up to 100,958."""
    tenths = np.full((MANY, 3) if shape else MANY, np.float32(0.1))
    b = am.Value(np.zeros(shape, np.float32))
    (b + np.zeros_like(tenths)).backward(tenths)
    np.testing.assert_allclose(b.grad, np.full(shape, 1e5), rtol=2e-6)


def test_sums_over_many_leading_axes_are_those_of_float64() -> None:
    rng = np.random.default_rng(0)
    for dtype in (np.float32, np.complex64):
        x = rng.uniform(0.0, 1.0, (70, 100, 3)).astype(dtype)
        for axis in (0, 1, (0, 1), (1, 0), (0, 2), -1, None):
            for keepdims in (False, True):
                for function in (table.sum, table.mean):
                    for layout in (x, np.asfortranarray(x), x[::-1]):
                        got = function(layout, axis, keepdims)
                        want = getattr(np, function.__name__)(
                            layout.astype(np.complex128), axis=axis, keepdims=keepdims
                        )
                        assert (np.shape(got), got.dtype) == (want.shape, dtype)
                        np.testing.assert_allclose(got, want, rtol=1e-6)
    counts = np.ones((5000, 2), np.int16)
    assert table.sum(counts, 0).dtype == np.int64


@pytest.mark.parametrize("shape", [(2, 1, 1), (1, 4), (4,)])
def test_a_broadcast_of_16_bits_is_undone_in_float32(shape: tuple[int, ...]) -> None:
    """20,000 ones are 20,000, where float16 itself stops at 2,048."""
    b = am.Value(np.zeros(shape, np.float16))
    y = b + np.zeros((20_000, 4) if len(shape) < 3 else (5000, 2, 2, 2), np.float16)
    y.backward(np.ones(y.shape, np.float16))
    np.testing.assert_array_equal(b.grad, np.full(shape, 20_000))
