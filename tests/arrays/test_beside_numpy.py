"""NumPy's arrays beside tensors where no entries are computed with but compared; the truth is NumPy's alone."""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import Value

torch: Any = pytest.importorskip("torch")

X, Y = np.array([1.0, 2.0, 3.0]), np.array([1.5, 1.0, 3.0])


@pytest.mark.parametrize("compare", [operator.lt, operator.le, operator.gt, operator.ge])
def test_comparisons(compare: Callable[..., Any]) -> None:
    truth = compare(X, Y)
    for x, y in (
        (Value(X), Value(torch.tensor(Y))),
        (Value(torch.tensor(X)), Value(Y)),
        (Value(torch.tensor(X)), Y),
        (Value(X), torch.tensor(Y)),
    ):
        assert np.array_equal(compare(x, y), truth)


def test_limits() -> None:
    for x, y in ((Value(X), torch.tensor(Y)), (Value(torch.tensor(X)), Y), (Value(X), Value(torch.tensor(Y)))):
        np.testing.assert_allclose(am.clip(x, y, 2.5).numpy(), np.clip(X, Y, 2.5))
        np.testing.assert_allclose(am.clip(x, None, y).numpy(), np.clip(X, None, Y))


@pytest.mark.parametrize("tensors", [(0,), (1,), (2,), (0, 1), (1, 2)])
@pytest.mark.parametrize("values", [(), (0,), (1, 2), (2,)])
def test_tables_of_interp(tensors: tuple[int, ...], values: tuple[int, ...]) -> None:
    operands: list[Any] = [np.array([0.5, 1.5]), np.array([0.0, 1.0, 2.0]), np.array([0.0, 10.0, 30.0])]
    parts: list[Any] = [torch.tensor(x) if i in tensors else x for i, x in enumerate(operands)]
    given: list[Any] = [Value(x) if i in values else x for i, x in enumerate(parts)]
    out: Any = am.interp(given[0], given[1], given[2])
    np.testing.assert_allclose(np.asarray(am.stop_gradient(out).data if values else out), np.interp(*operands))


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
def test_nested_tensors_are_refused() -> None:
    with pytest.raises(TypeError, match="to_padded_tensor"):
        Value(torch.nested.nested_tensor([torch.ones(2), torch.ones(3)]))
