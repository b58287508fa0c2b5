"""Mini-batches, the split, and accuracy."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from autograd_mini import Value
from nn import accuracy, batches, train_test_split


@given(st.integers(1, 40), st.integers(1, 50), st.booleans(), st.booleans(), st.integers(0, 2**32))
def test_batches_go_through_the_samples_once(n: int, size: int, shuffle: bool, drop_last: bool, seed: int) -> None:
    X, y = np.arange(3.0 * n).reshape(n, 3), np.arange(n)
    found = list(batches(X, y, size, shuffle=shuffle, rng=seed, drop_last=drop_last))
    assert all(len(x) == len(t) == size for x, t in found[:-1])
    rows = [int(t) for _, targets in found for t in targets]
    expected = n - n % size if drop_last else n
    assert len(rows) == len(set(rows)) == expected
    if not shuffle:
        assert rows == list(range(expected))
    for x, targets in found:
        assert np.array_equal(x, X[targets])


def test_batches_without_targets() -> None:
    assert [(x.tolist(), y) for x, y in batches([1.0, 2.0, 3.0], batch_size=2, shuffle=False)] == [
        ([1.0, 2.0], None),
        ([3.0], None),
    ]


def test_batches_in_order_are_views() -> None:
    X = np.zeros((4, 2))
    assert all(np.shares_memory(x, X) for x, _ in batches(X, batch_size=2, shuffle=False))


def order(rng: Any) -> list[int]:
    return [int(x[0]) for x, _ in batches(np.arange(20), batch_size=1, rng=rng)]


def test_order_follows_the_seed_and_leaves_numpys_global_state() -> None:
    before = np.random.get_state()[1].copy()  # type: ignore[index]  # noqa: NPY002
    assert order(3) == order(3) != order(4)
    rng = np.random.default_rng(3)
    assert order(rng) == order(3)
    assert order(rng) != order(3)
    order(None)
    assert np.array_equal(before, np.random.get_state()[1])  # type: ignore[index]  # noqa: NPY002


@pytest.mark.parametrize(
    ("X", "y", "error", "message"),
    [
        ([], None, ValueError, "X holds no samples"),
        (np.zeros((0, 3)), None, ValueError, r"X holds no samples: its shape is \(0, 3\)"),
        (np.zeros((4, 2)), np.zeros(3), ValueError, r"X has 4 samples and y has 3.*\(4, 2\) and \(3,\)"),
        (3.0, None, ValueError, "one sample a row, got the single number 3.0"),
        ([[1.0], [1.0, 2.0]], None, ValueError, "X is no array"),
        (["a"], None, TypeError, "X must hold numbers, got list of dtype <U1"),
        ([None], None, TypeError, "X must hold numbers, got list of dtype object"),
        ([1.0], ["a"], TypeError, "y must hold numbers"),
        (Value([1.0]), None, TypeError, r"X is data, got a Value: pass X.numpy\(\)"),
        (np.ma.masked_array([1.0], [True]), None, TypeError, "mask would be lost"),
    ],
)
def test_bad_data(X: Any, y: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        batches(X, y)


@pytest.mark.parametrize("size", [0, -1, 1.5, "2", True, None])
def test_bad_batch_sizes(size: Any) -> None:
    with pytest.raises(ValueError, match="batch_size must be a whole number from 1") as error:
        batches([1.0], None, size)
    assert repr(size) in str(error.value)


# --- the split --------------------------------------------------------------------------------------------------------


@given(st.integers(2, 60), st.floats(0.05, 0.95), st.integers(0, 1000))
def test_split_keeps_every_sample_and_its_target(n: int, share: float, seed: int) -> None:
    X = np.arange(float(n))[:, None]
    if not 0 < round(n * share) < n:
        with pytest.raises(ValueError, match=f"of {n} samples"):
            train_test_split(X, None, share)
        return
    X_train, X_test, y_train, y_test = train_test_split(X, np.arange(n), share, seed=seed)
    assert len(X_test) == round(n * share)
    assert np.array_equal(X_train[:, 0], y_train)
    assert np.array_equal(X_test[:, 0], y_test)
    assert sorted([*y_train, *y_test]) == list(range(n))
    again = train_test_split(X, None, share, seed=seed)
    assert np.array_equal(again[1], X_test)
    assert again[2:] == (None, None)


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, 1, 5, float("nan"), "0.2", None])
def test_bad_shares(share: Any) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        train_test_split(np.zeros(10), None, share)


# --- accuracy ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prediction", "target", "expected"),
    [
        ([[0.1, 0.9], [0.8, 0.2], [0.7, 0.3], [0.4, 0.6]], [1, 0, 1, 1], 0.75),
        ([[0.1, 0.9], [0.8, 0.2]], [[1], [1]], 0.5),
        ([[0.1, 0.9], [0.8, 0.2]], [1.0, 0.0], 1.0),
        ([[0.1, 0.9, 0.3], [0.8, 0.2, 0.3]], [[0, 1, 0], [0, 0, 1]], 0.5),
        ([0.9, 0.2, 0.6], [1, 0, 0], 2 / 3),
        ([[0.9], [0.2], [0.6]], [1, 0, 0], 2 / 3),
        ([0.9, 0.2, 0.6], [[1], [0], [0]], 2 / 3),
        ([True, False], [True, True], 0.5),
    ],
)
def test_accuracy(prediction: Any, target: Any, expected: float) -> None:
    assert accuracy(prediction, target) == pytest.approx(expected, abs=1e-15)
    assert accuracy(Value(np.asarray(prediction, float)), Value(np.asarray(target, float))) == pytest.approx(expected)


def test_accuracy_of_signs() -> None:
    assert accuracy([0.2, -0.3, -0.1], [1, -1, 1], threshold=0) == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("prediction", "target", "message"),
    [
        ([0.5, 0.5], [1], r"\(2,\).*\(1,\)"),
        ([], [], "at least one"),
        (0.5, 1, "at least one"),
        ([[0.1, 0.9]], [2], r"numbered 0 to 1, the target has \[2\]"),
        ([[0.1, 0.9]], [-1], "numbered 0 to 1"),
        ([[0.1, 0.9]], [0.5], "numbered 0 to 1"),
        ([[0.1, 0.9]], [[1, 0, 0]], "one class number a sample"),
        ([0.1, 0.9], [[1, 0], [0, 1]], "one number a sample"),
        (np.zeros((2, 2, 2)), [0, 1], "one number a sample"),
    ],
)
def test_accuracy_of_what_does_not_fit(prediction: Any, target: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        accuracy(prediction, target)


def test_batches_have_32_samples_unless_told_otherwise() -> None:
    assert [len(x) for x, _ in batches(np.ones((70, 1)))] == [32, 32, 6]
