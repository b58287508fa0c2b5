"""NumPy's own table: the functions that go another way than NumPy's give what NumPy's give."""

import numpy as np
import pytest

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
            np.testing.assert_allclose(got, want, 1e-2 if kind == "float16" else 1e-5)
