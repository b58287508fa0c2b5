"""``detect_anomaly`` under transformations: the same operation, entry and number as one call after the other gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import AnomalyError, Value, detect_anomaly
from autograd_mini.operation import Case
from tests.ops.test_table import called
from tests.ops.test_vmap import MAPPED, examples

Array = np.ndarray[Any, Any]
DECIDE_BY_VALUES = {"geomspace"}
"""They refuse a number that they can see, and under vmap they cannot."""

FIRST = {entry.values[0]: entry for entry in reversed(MAPPED)}


def found(f: Callable[[], Any]) -> AnomalyError | None:
    """The anomaly; an error of the operation's own, such as that of a singular matrix, is none."""
    try:
        with detect_anomaly(), np.errstate(all="ignore"):
            f()
    except AnomalyError as error:
        return error
    except (np.linalg.LinAlgError, ValueError):
        return None
    return None


def spoilt(name: str, case: Case) -> list[list[Any]]:
    """Three examples of the operands, a row for each operand; in the second one each begins with 0."""
    rows = examples(name, case)
    for row in rows:
        row[1] = np.array(row[1])
        if row[1].size and row[1].dtype.kind in "fc":
            row[1].flat[0] = 0.0
    return rows


@pytest.mark.parametrize(
    ("name", "case"),
    [
        pytest.param(*entry.values, id=entry.id, marks=() if entry is FIRST[entry.values[0]] else pytest.mark.slow)
        for entry in MAPPED
        if entry.values[0] not in DECIDE_BY_VALUES
    ],
)
def test_vmap_is_blamed_as_single_calls_are(name: str, case: Case) -> None:
    rows = spoilt(name, case)
    call, _ = called(name, case)
    alone = [found(lambda xs=xs: call(*map(Value, xs))) for xs in zip(*rows, strict=True)]  # type: ignore[misc]
    want = next((error for error in alone if error is not None), None)
    got = found(lambda: am.vmap(call)(*map(np.stack, rows)))
    assert (got is None) == (want is None)
    if got is not None and want is not None:
        assert (got.operation, got.index) == (want.operation, want.index)
        np.testing.assert_equal(got.value, want.value)
        assert f"in example {alone.index(want)}" in str(got)


# --- transformations --------------------------------------------------------------------------------------------------

X = np.array([1.0, 0.0, 4.0])
TRANSFORMED: dict[str, Callable[[Callable[..., Any]], Any]] = {
    "grad": lambda f: am.grad(f)(0.0),
    "value_and_grad": lambda f: am.value_and_grad(f)(0.0),
    "elementwise_grad": lambda f: am.elementwise_grad(f)(X),
    "jacobian": lambda f: am.jacobian(f)(X[1]),
    "hessian": lambda f: am.hessian(lambda x: am.sum(f(x)))(X),
    "hvp": lambda f: am.hvp(lambda x: am.sum(f(x)), X, X + 1.0),
    "vjp": lambda f: am.vjp(f, X)[1](X + 1.0),
    "jvp": lambda f: am.jvp(f, X, X + 1.0),
    "checkpoint": lambda f: am.grad(am.checkpoint(f))(0.0),
    "backward": lambda f: am.sum(f(Value(X))).backward(),
    "vmap of grad": lambda f: am.vmap(am.grad(f))(X),
    "vmap of value_and_grad": lambda f: am.vmap(am.value_and_grad(f))(X),
    "vmap of jvp": lambda f: am.vmap(lambda x: am.jvp(f, x, 1.0))(X),
    "vmap of vjp": lambda f: am.vmap(lambda x: am.vjp(f, x)[1](1.0))(X),
    "vmap of hessian": lambda f: am.vmap(am.hessian(f))(X),
    "vmap of a pullback": lambda f: am.vmap(am.vjp(f, X)[1])(np.eye(3) + 1.0),
    "vmap of vmap of grad": lambda f: am.vmap(am.vmap(am.grad(f)))(np.stack([X + 1.0, X])),
    "grad of vmap": lambda f: am.grad(lambda x: am.sum(am.vmap(f)(x)))(X),
    "grad of vmap by what is shared": lambda f: am.grad(lambda w: am.sum(am.vmap(lambda x: f(w * x))(X)))(1.0),
    "jvp of vmap": lambda f: am.jvp(am.vmap(f), X, X + 1.0),
    "vmap of checkpoint": lambda f: am.vmap(am.grad(am.checkpoint(f)))(X),
}


@pytest.mark.parametrize("f", [am.sqrt, am.log, lambda x: 1.0 / x], ids=["sqrt", "log", "1/x"])
@pytest.mark.parametrize("transformed", TRANSFORMED.values(), ids=TRANSFORMED)
def test_every_transformation_finds_the_first(transformed: Any, f: Any) -> None:
    """√x has an infinite slope at 0, log x and 1/x are infinite there themselves."""
    error = found(lambda: transformed(f))
    assert error is not None
    assert error.operation in ("sqrt", "log", "divide")
    assert error.value in (np.inf, -np.inf)


def test_the_example_is_named() -> None:
    with detect_anomaly(), pytest.raises(AnomalyError) as caught:
        am.vmap(lambda a: am.vmap(lambda b: a / b)(np.array([1.0, 0.0])))(np.array([5.0, 7.0, 9.0]))
    text = str(caught.value)
    assert "divide gave inf in example 1 of example 0 in a result of shape ()\n" in text
    assert "x, (a constant, shape ()), was 5.0\n" in text
    assert "y, (a constant, shape ()), was 0.0\n" in text


def test_an_infinity_of_one_example_excuses_no_other() -> None:
    """The infinity of example 0 was put in; that of example 1 is made: 10³⁰⁸ · 10."""
    x = np.array([[np.inf, 1.0], [1e308, 1.0]])
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"matmul gave inf in example 1 in a result of shape \(\)"):
        am.vmap(lambda row: row @ np.array([10.0, 1.0]))(x)
    with detect_anomaly():
        np.testing.assert_array_equal(am.vmap(lambda row: row @ np.array([10.0, 1.0]))(x[:1]), [np.inf])
