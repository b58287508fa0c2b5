"""The different entries of Values, and sets made of them: NumPy's entries, with the gradients of what they are."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import Value, grad
from tests.reference import gradient

X, Y = np.array([1.5, 4.0, 4.0, 9.0, -2.0]), np.array([4.0, 9.0, 3.0])

CALLS: dict[str, Callable[[Any, Any], Any]] = {
    "unique": lambda m, x: m.unique(x),
    "unique of several results": lambda m, x: m.unique(x, return_index=True, return_counts=True)[0],
    "unique_values": lambda m, x: m.unique_values(x),
    "unique_all": lambda m, x: m.unique_all(x).values,
    "unique_counts": lambda m, x: m.unique_counts(x).values,
    "unique_inverse": lambda m, x: m.unique_inverse(x).values,
    "union1d": lambda m, x: m.union1d(Y, x),
    "intersect1d": lambda m, x: m.intersect1d(x, Y),
    "intersect1d of several results": lambda m, x: m.intersect1d(Y, x, return_indices=True)[0],
    "setdiff1d": lambda m, x: m.setdiff1d(x, Y),
    "setxor1d": lambda m, x: m.setxor1d(x, Y),
}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("x", [X, np.array([[2.0, np.nan], [np.nan, 4.0]]), np.zeros(0)], ids=["row", "nan", "empty"])
def test_entries_are_numpys(name: str, x: Any) -> None:
    want = CALLS[name](np, x)
    for module in (am, np):
        got = CALLS[name](module, Value(x))
        assert isinstance(got, Value)
        np.testing.assert_array_equal(got.data, want)


def test_gradients_of_entries() -> None:
    places = np.array([1.0, 4.0, 9.0])
    f = lambda x: am.sum(am.unique(places * x) * [1.0, 2.0, 3.0])  # noqa: E731
    np.testing.assert_allclose(grad(f)(2.5), gradient(f, np.array(2.5)))
    # equal entries share: the gradient of the one that stands for them, divided by their number
    np.testing.assert_array_equal(grad(lambda x: am.unique(x)[2])(X), [0.0, 0.5, 0.5, 0.0, 0.0])
    np.testing.assert_array_equal(grad(lambda x: am.sum(am.setdiff1d(x, Y)))(X), [1.0, 0.0, 0.0, 0.0, 1.0])
    np.testing.assert_array_equal(grad(lambda x: am.sum(am.setxor1d(x, Y)))(X), [1.0, 0.0, 0.0, 0.0, 1.0])
    np.testing.assert_array_equal(grad(lambda x: am.sum(am.intersect1d(x, Y)))(X), [0.0, 0.25, 0.25, 0.5, 0.0])


def test_what_needs_no_gradient_stays_plain() -> None:
    assert isinstance(am.unique(Value([2, 1, 2])), np.ndarray)
    with am.no_grad():
        assert isinstance(am.unique(Value(X)), np.ndarray)
    with pytest.raises(TypeError, match=r"lose the gradient of its rows.*return_index"):
        am.unique(Value(np.ones((2, 2))), axis=0)
