"""Values beside einops, pandas, scikit-learn, SciPy's sparse arrays."""

from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import Value

X = np.random.default_rng(0).normal(size=(2, 3, 4))


def test_einops() -> None:
    einops: Any = pytest.importorskip("einops")
    import autograd_mini.einops as ours

    uses: list[Any] = [
        lambda f, x: f.rearrange(x, "a b c -> c (b a)"),
        lambda f, x: f.rearrange(x, "a b (c d) -> a d c b", d=2),
        lambda f, x: f.reduce(x, "a b c -> b", "sum"),
        lambda f, x: f.reduce(x, "a b c -> a 1 c", "max"),
        lambda f, x: f.reduce(x, "a b c -> a b", "mean"),
        lambda f, x: f.reduce(x, "a b c -> c", "prod"),
        lambda f, x: f.repeat(x, "a b c -> a (b n) c", n=3),
        lambda f, x: f.einsum(x, x, "a b c, a d c -> a b d"),
        lambda f, x: f.pack([x, x[:, :, 0]], "a b *")[0],
    ]
    for use in uses:
        for module in (einops, ours):
            v = Value(X)
            y = use(module, v)
            assert type(y) is Value
            np.testing.assert_allclose(y.numpy(), use(einops, X), rtol=1e-14)
        assert am.gradcheck(lambda x, use=use: am.sum(am.sin(use(einops, x))), X)


def test_pandas_on_either_side() -> None:
    pandas = pytest.importorskip("pandas")
    series = pandas.Series([1.0, 2.0, 3.0], index=list("abc"))
    frame = pandas.DataFrame({"x": [1.0, 2.0], "y": [3.0, 4.0], "z": [5.0, 6.0]})
    v, w = Value(np.array([2.0, 0.5, 1.0])), Value(np.ones((3, 2)))
    for y in (series * v, v * series, series + v, v - series, series / v, v**series, np.multiply(series, v)):
        assert type(y) is Value
        assert y.shape == (3,)
    for y in (am.matmul(frame, w), am.dot(frame, w), frame.to_numpy() @ w):
        assert type(y) is Value
        np.testing.assert_array_equal(y.numpy(), frame.to_numpy() @ np.ones((3, 2)))
    for y in (frame * v, v * frame, am.concatenate([series, v]), np.stack([v, series])):
        assert type(y) is Value
    with pytest.raises(TypeError, match="would drop its graph"):
        frame @ w
    am.sum(series * v).backward()
    np.testing.assert_array_equal(v.grad, [1.0, 2.0, 3.0])
    assert type(Value(series).data) is np.ndarray
    assert am.sum(am.exp(series)) == pytest.approx(np.exp([1.0, 2.0, 3.0]).sum())


def test_scikit_learns_arrays() -> None:
    datasets = pytest.importorskip("sklearn.datasets")
    X, y = datasets.load_iris(return_X_y=True)
    w = Value(np.zeros(4))
    loss = am.mean((X @ w - y) ** 2)
    loss.backward()
    np.testing.assert_allclose(w.grad, -2 * X.T @ y / len(y))


def test_sparse_arrays_name_the_way_out() -> None:
    sparse = pytest.importorskip("scipy.sparse")
    matrix, v = sparse.csr_array(np.eye(3)), Value(np.ones(3))
    for use in (lambda: Value(matrix), lambda: am.matmul(matrix, v), lambda: am.exp(matrix)):
        with pytest.raises(TypeError, match="toarray"):
            use()
    with pytest.raises(TypeError, match="toarray"):
        v * matrix
