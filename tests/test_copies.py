"""Copies: of what somebody differentiates by they are part of the graph, of other leaves they are leaves."""

import copy
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
import nn
from autograd_mini import Value, grad, jvp

COPIES: list[Callable[[Any], Any]] = [
    copy.copy,
    copy.deepcopy,
    lambda x: copy.deepcopy([x])[0],
    lambda x: copy.deepcopy({"x": (x,)})["x"][0],
]


@pytest.mark.parametrize("duplicate", COPIES)
def test_a_copy_inside_grad_passes_the_gradient(duplicate: Any) -> None:
    assert grad(lambda x: duplicate(x) ** 2)(3.0) == 6.0
    assert grad(lambda x: duplicate(2.0 * x) ** 2)(3.0) == 24.0
    assert grad(grad(lambda x: duplicate(x) ** 3))(2.0) == 12.0
    assert jvp(lambda x: duplicate(x) ** 2, 3.0, 1.0) == (9.0, 6.0)
    np.testing.assert_array_equal(am.vmap(grad(lambda x: duplicate(x) ** 2))(np.array([1.0, 2.0])), [2.0, 4.0])
    np.testing.assert_array_equal(grad(lambda x: am.sum(duplicate(x) * x))(np.array([1.0, 2.0])), [2.0, 4.0])


def test_structures_inside_grad() -> None:
    params = OrderedDict(W=np.array([[1.0, 2.0]]), b=[np.array([3.0]), 4.0])

    def loss(p: Any) -> Any:
        q = copy.deepcopy(p)
        return am.sum(q["W"] ** 2) + am.sum(q["b"][0]) * q["b"][1]

    g = grad(loss)(params)
    np.testing.assert_array_equal(g["W"], [[2.0, 4.0]])
    np.testing.assert_array_equal(g["b"][0], [4.0])
    assert g["b"][1] == 3.0


def test_one_value_twice_gives_one_copy() -> None:
    def f(x: Any) -> Any:
        first, (second,) = copy.deepcopy((x, [x]))
        assert first is second
        return first * second

    assert grad(f)(3.0) == 6.0


def test_a_closure_is_differentiated_through_its_copy() -> None:
    """What an outer pass differentiates by may be a leaf that is no argument."""
    w = Value(3.0)
    y = grad(lambda x: copy.copy(w) * x * x)(2.0)  # 2wx
    y.backward()
    assert w.grad == 4.0


def test_outside_a_copy_of_a_leaf_is_its_own() -> None:
    p = nn.Parameter([1.0, 2.0], name="p")
    for duplicate in COPIES:
        q = duplicate(p)
        assert type(q) is nn.Parameter
        assert q.is_leaf
        q.grad = None
        (q * p).sum().backward()
        np.testing.assert_array_equal(q.grad, [1.0, 2.0])
    np.testing.assert_array_equal(p.grad, [4.0, 8.0])


def test_a_module_copied_inside_grad_stays_joined() -> None:
    """The copy's parameters pass their gradient on, are found by its methods, and are no leaves to be trained."""
    model = nn.MLP(2, [3, 1], seed=0)
    x = np.array([0.5, -1.0])

    def f(s: Any) -> Any:
        twin = copy.deepcopy(model)
        assert [name for name, _ in twin.named_parameters()] == [name for name, _ in model.named_parameters()]
        assert {(type(p), p.is_leaf) for p in twin.parameters()} == {(nn.Parameter, False)}
        with pytest.raises(ValueError, match="must be a leaf"):
            nn.optim.SGD(twin.parameters(), lr=0.1)
        return s * twin(x)[0]

    slope = grad(f)(1.0)  # a Value: it depends on the model's parameters
    slope.backward()
    model2 = copy.deepcopy(model)
    model2.zero_grad()
    model2(x).backward(np.ones(1))
    for p, q in zip(model.parameters(), model2.parameters(), strict=True):
        np.testing.assert_allclose(p.grad, q.grad, rtol=1e-14)
