"""Classes that are numbers by inheritance, enumerations among them, count as the numbers that they are."""

import enum
import operator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
import nn
from autograd_mini import Value
from tests.ops.test_table import UNARY, draw, public, rng_for


class Temperature(float):
    """A float with a name."""


class Impedance(complex):
    """A complex number with a name."""


class Count(int):
    """A whole number with a name."""


class Axis(enum.IntEnum):
    ROWS = 0
    COLUMNS = 1


KINDS = [(Temperature(2.5), 2.5), (Count(3), 3.0), (Axis.COLUMNS, 1.0), (np.float64(2.5), 2.5)]


@pytest.mark.parametrize(("number", "plain"), [*KINDS, (Impedance(1 + 2j), 1 + 2j)], ids=lambda x: repr(x)[:20])
def test_leaves_hold_the_plain_number(number: Any, plain: Any) -> None:
    assert Value(number).raw == plain
    x = Value(plain)
    x.data = number
    assert type(x.raw) is type(plain)
    x.grad = number
    assert x.grad == plain
    x.subtract_(number)
    assert x.raw == 0
    assert type(Value(Temperature(1.0)).raw) is float
    assert type(Value(Impedance(1.0)).raw) is complex


@pytest.mark.parametrize(("number", "plain"), KINDS[:3], ids=repr)
@pytest.mark.parametrize("name", UNARY)
def test_operations_take_them(name: str, number: Any, plain: float) -> None:
    function = public(name)
    (inside,) = draw(name, [()], rng_for(name))
    if isinstance(number, float):
        number, plain = type(number)(inside), inside.item()
    assert np.array_equal(
        function(number), function(plain if isinstance(number, float) else int(plain)), equal_nan=True
    )


@pytest.mark.parametrize(("number", "plain"), KINDS[:3], ids=repr)
@pytest.mark.parametrize("do", [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, operator.mod])
def test_operators_take_them_on_both_sides(do: Any, number: Any, plain: float) -> None:
    for x in (1.5, np.array([1.5, 2.0], np.float32)):
        v = Value(x)
        for got, want in ((do(v, number), do(v, plain)), (do(number, v), do(plain, v))):
            assert got.dtype == want.dtype
            np.testing.assert_array_equal(got.raw, want.raw)
    assert (Value(1.5) < number) == (plain > 1.5)
    assert Value(plain) == number


def test_transformations_take_them() -> None:
    assert am.grad(lambda x: x * x)(Temperature(3.0)) == 6.0
    assert am.grad(lambda x, y: x * y, argnums=Axis.COLUMNS)(2.0, Count(3)) == 2.0
    assert am.jvp(lambda x: x * x, (Temperature(2.0),), (Count(1),)) == (4.0, 4.0)
    assert am.hessian(lambda x: x**3)(Temperature(2.0)) == 12.0
    np.testing.assert_array_equal(
        am.vmap(lambda x, y: x * y, in_axes=(Axis.ROWS, None))(np.ones(2), Temperature(2.0)), 2
    )


@pytest.mark.parametrize(
    "function",
    [
        am.sum,
        am.mean,
        am.var,
        am.max,
        am.prod,
        am.cumsum,
        am.sort,
        am.median,
        am.softmax,
        am.logsumexp,
        am.flip,
        am.diff,
    ],
)
def test_axes_may_be_members_of_an_enumeration(function: Any) -> None:
    x = Value(np.arange(6.0).reshape(2, 3))
    np.testing.assert_array_equal(function(x, axis=Axis.COLUMNS).raw, function(x, axis=1).raw)


def test_static_arguments_and_indices() -> None:
    x = Value(np.arange(6.0).reshape(2, 3))
    assert am.reshape(x, (Count(3), -1)).shape == (3, 2)
    assert x[Axis.COLUMNS].shape == (3,)
    assert x.at[Axis.ROWS].set(Temperature(7.0)).raw[0].tolist() == [7.0] * 3
    assert am.clip(x, Temperature(1.0), Count(4)).raw.max() == 4.0
    assert am.quantile(x, Temperature(0.5)).raw == 2.5
    assert am.array([Temperature(1.0), Value(2.0), Count(3)]).raw.tolist() == [1.0, 2.0, 3.0]


def test_networks_take_them() -> None:
    assert nn.Parameter(Temperature(2.0)).raw == 2.0
    assert next(iter(nn.MLP(Count(2), [Count(3), Axis.COLUMNS]).parameters())).shape == (2, 3)
    w = nn.Parameter(2.0)
    optimizer = nn.optim.SGD([w], lr=Temperature(0.5), momentum=Axis.ROWS)
    nn.mse_loss(w, Axis.COLUMNS).backward()
    optimizer.step()
    assert w.raw == 1.0


@pytest.mark.parametrize("exact", [Fraction(1, 2), Decimal("0.5")])
def test_exact_numbers_are_refused_with_the_cure(exact: Any) -> None:
    """They are no floating numbers; comparing them is no computation."""
    words = rf"{type(exact).__name__}s are not computed with: pass float\(x\), which is 0\.5"
    for call in (lambda: Value(exact), lambda: Value(1.0) * exact, lambda: exact * Value(1.0), lambda: am.exp(exact)):
        with pytest.raises(TypeError, match=words):
            call()
    assert Value(0.5) == exact
    assert Value(0.25) < exact
