"""Whole numbers and booleans that come out of operations: no gradient flows through them, so they are plain data."""

import inspect
import itertools
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import Value, grad, jvp
from autograd_mini.operation import COMPOSED, OPERATIONS, case as shapes
from tests.ops.calls import arranged
from tests.ops.operands import made

V = Value(np.array([1.5, 0.25, 2.75]))


@pytest.mark.parametrize("dtype", [int, bool, np.uint8, "int32"])
def test_a_whole_number_requires_no_gradient(dtype: Any) -> None:
    for x in (V, Value(2.5), V[0]):
        i: Any = np.floor(x).astype(dtype)
        assert not i.requires_grad
        assert i.is_leaf
        assert i.dtype == dtype
    assert V.astype(np.float32).requires_grad


def test_it_is_an_index_of_plain_arrays() -> None:
    array, i = np.arange(4.0), np.floor(V).astype(int)
    np.testing.assert_array_equal(array[i], [1.0, 0.0, 2.0])
    np.testing.assert_array_equal(np.take(array, i), [1.0, 0.0, 2.0])
    np.testing.assert_array_equal(array[:3][(V > 1.0) & (i > 0).astype(bool)], [0.0, 2.0])
    np.testing.assert_array_equal(array[:3][np.floor(V).astype(bool)], [0.0, 2.0])
    assert array[i[0]] == 1.0
    assert list(range(i[2])) == [0, 1]
    assert [10, 20, 30][i[2]] == 30
    assert np.asarray(i).dtype == i.dtype
    np.testing.assert_array_equal(np.full(2, i[2]), [2, 2])
    written = np.zeros(3)
    written[i] = 1.0
    np.testing.assert_array_equal(written, 1.0)
    np.testing.assert_array_equal(V[i].raw, [0.25, 1.5, 2.75])


def test_a_table_looked_up_inside_grad() -> None:
    """Piecewise linear interpolation: the slope is that of the piece, and the index adds nothing to it."""
    table = np.array([0.0, 1.0, 4.0, 9.0])

    def f(x: Any) -> Any:
        i = np.floor(x).astype(int)
        return table[i] + (x - i) * (table[i + 1] - table[i])

    assert grad(f)(1.25) == 3.0
    np.testing.assert_array_equal(grad(lambda x: f(x).sum())(np.array([0.5, 2.5])), [1.0, 5.0])
    assert jvp(f, 1.25, 2.0) == (1.75, 6.0)
    assert grad(lambda x: x.astype(int) * x)(2.5) == 2.0
    np.testing.assert_array_equal(grad(lambda x: am.sum(x.astype(int)))(np.ones(2)), [0.0, 0.0])


CASES = {name: (op.cases or (shapes(*[(3,) for _ in op.operands]),), op.domain) for name, op in OPERATIONS.items()}
CASES |= {name: (cases, domain) for name, (_, cases, domain) in COMPOSED.items()}


@pytest.mark.parametrize("name", [name for name in CASES if callable(vars(am).get(name))])
def test_what_requires_a_gradient_is_floating(name: str) -> None:
    """Every case of every function, and again told to give whole numbers or booleans, which some refuse."""
    cases, domain = CASES[name]
    public = getattr(am, name)
    rng = np.random.default_rng(0)
    told: list[dict[str, Any]] = [{}, {"dtype": int}, {"dtype": bool}]
    told = told if "dtype" in inspect.signature(public).parameters else [{}]
    for case, more in itertools.product(cases, told):
        arrays = made(case.made, [rng.uniform(*domain, size=shape) for shape in case.shapes])
        values = [Value(x) for x in arrays]
        static = {**case.static, **more}
        try:
            call = arranged(name, public)
            with np.errstate(all="ignore"):
                out = call(values, **static) if name in JOINING else call(*values, **static)
        except TypeError:
            if not more:
                raise
            continue
        assert not out.requires_grad or np.dtype(out.dtype).kind in "fc"


JOINING = {"concatenate", "stack", "vstack", "hstack", "dstack", "column_stack", "concat"}
