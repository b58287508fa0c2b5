"""Functions without a gradient, and those of several results, on tensors and JAX arrays: what NumPy's arrays give."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import Value
from autograd_mini.arrays import as_numpy, shape_of
from autograd_mini.ops.plain import PLAIN
from tests.arrays.test_every_operation import maker

X = np.array([[1.5, -2.0, 0.0], [np.nan, np.inf, -2.0]])
Y = np.array([[1.5, 3.0, -1.0], [2.0, -np.inf, -2.0]])
ROW, RISING = np.array([2.0, -1.0, 2.0, 0.5]), np.array([-1.0, 0.0, 2.0, 3.0])
M, N = np.array([[6, 3, 12]]), np.array([[4], [9]])
A, B = np.array([True, False, True, False]), np.array([True, True, False, False])
Z = np.array([1.0 + 2.0j, 3.0 + 0.0j])

CALLS: dict[str, list[tuple[Any, ...]]] = {
    **{name: [(X, Y), (X, 1.5)] for name in ("less", "less_equal", "greater", "greater_equal", "equal", "not_equal")},
    **{name: [(X,)] for name in ("isnan", "isinf", "isposinf", "isneginf", "isfinite", "signbit", "shape", "ndim")},
    **{name: [(X,), (Z,)] for name in ("isreal", "iscomplex", "isrealobj", "iscomplexobj", "size")},
    **{name: [(A, B)] for name in ("logical_and", "logical_or", "logical_xor")},
    **{name: [(M, N)] for name in ("bitwise_and", "bitwise_or", "bitwise_xor", "gcd", "lcm")},
    **{name: [(M, N % 4)] for name in ("left_shift", "right_shift")},
    **{name: [(M,)] for name in ("invert", "bitwise_count")},
    **{name: [(A,), (X > 0, {"axis": 0}), (X > 0, {"axis": 1, "keepdims": True})] for name in ("any", "all")},
    **{name: [(Y,), (Y, {"axis": 0}), (Y, {"axis": -1, "keepdims": True})] for name in ("argmax", "argmin")},
    **{name: [(X,), (X, {"axis": 1})] for name in ("nanargmax", "nanargmin")},
    **{name: [(X,), (ROW,)] for name in ("argwhere", "nonzero", "flatnonzero", "count_nonzero")},
    **{name: [(ROW,)] for name in ("unique", "unique_all", "unique_counts", "unique_inverse", "unique_values")},
    **{name: [(ROW, RISING)] for name in ("intersect1d", "union1d", "setdiff1d", "setxor1d", "isin", "histogram2d")},
    **{name: [(X, Y), (ROW, ROW)] for name in ("isclose", "allclose", "array_equal", "array_equiv")},
    "logical_not": [(A,)],
    "argsort": [(Y,), (Y, {"axis": 0})],
    "argpartition": [(ROW, 0)],
    "searchsorted": [(RISING, ROW), (RISING, ROW, {"side": "right"}), (RISING, 0.5)],
    "digitize": [(ROW, RISING), (ROW, RISING, {"right": True})],
    "histogram": [(ROW, 3), (ROW, {"bins": 2, "range": (-1.0, 3.0)})],
    "histogramdd": [(np.stack([ROW, RISING], 1), 2)],
    "histogram_bin_edges": [(ROW, 3)],
    "bincount": [(np.array([0, 2, 2]),), (np.array([0, 2, 2]), {"minlength": 5})],
    "lexsort": [((ROW, RISING),)],
}


def converted(make: Callable[..., Any], x: Any) -> Any:
    if isinstance(x, tuple) and x and isinstance(x[0], np.ndarray):
        return tuple(make(item) for item in x)
    return make(x) if isinstance(x, np.ndarray) else x


def listed(y: Any) -> list[Any]:
    return [y] if not isinstance(y, tuple) or (y and isinstance(y[0], int)) else list(y)


QUICK = {"argmax", "less", "lexsort", "shape"}
RUNS = [
    pytest.param(name, library, marks=[pytest.mark.slow] if library == "jax" and name not in QUICK else [])
    for library in ("torch", "jax")
    for name in sorted(PLAIN)
]


@pytest.mark.usefixtures("wide_jax")
@pytest.mark.parametrize(("name", "library"), RUNS)
def test_as_with_numpy(name: str, library: str) -> None:
    make, kind = maker(library)
    for call in CALLS[name]:
        args, options = (call[:-1], call[-1]) if isinstance(call[-1], dict) else (call, {})
        given = [converted(make, x) for x in args]
        for operands in (given, [Value(x, requires_grad=False) if isinstance(x, kind) else x for x in given]):
            got, want = PLAIN[name](*operands, **options), getattr(np, name)(*args, **options)
            assert len(listed(got)) == len(listed(want))
            for y, z in zip(listed(got), listed(want), strict=True):
                if (isinstance(z, (np.ndarray, np.bool)) and z is not want) or isinstance(z, np.ndarray):
                    assert isinstance(y, kind)
                some = slice(1) if name == "argpartition" else ...
                np.testing.assert_allclose(as_numpy(y)[some], np.asarray(z)[some], rtol=1e-14, atol=1e-15)


SEVERAL: dict[str, Callable[[Any], Any]] = {
    "full_like": lambda x: am.full_like(x, 2.5),
    "full_like in a shape": lambda x: am.full_like(x, 2.5, shape=(2, 3)),
    "full_like of a row": lambda x: am.full_like(x, np.array([1.0, 2.0, 3.0]), shape=(2, 3)),
    "ones_like": am.ones_like,
    "empty_like": lambda x: am.empty_like(x, shape=4),
    "frexp": am.frexp,
    "modf": am.modf,
    "divmod": lambda x: am.divmod(x, 0.75),
    "real_if_close": lambda x: am.real_if_close(x + 0j),
    "average, returned": lambda x: am.average(x, weights=[1.0, 2.0, 0.5, 1.5], returned=True),
    "piecewise": lambda x: am.piecewise(x, [x > 0], [lambda y: y * y, 3.0]),
    "select": lambda x: am.select([x > 1, x > 0], [x, x * x], 0.5),
    "choose": lambda x: am.choose(np.array([0, 1, 0, 1]), [x, 2.0 * x]),
    "compress": lambda x: am.compress(x > 0, x),
    "extract": lambda x: am.extract(x > 0, x),
    "place": lambda x: am.place(x, x > 0, [7.0, 8.0]),
    "putmask": lambda x: am.putmask(x, x > 0, x * x),
    "put": lambda x: am.put(x, [0, 2], [9.0]),
    "trim_zeros": lambda x: am.trim_zeros(am.relu(x)),
    "concatenate as": lambda x: am.concatenate([x, x], dtype="float32"),
    "stack of rows": lambda x: am.stack([x, [1.0, 2.0, 3.0, 4.0]]),
    "array of parts": lambda x: am.array([x[0], 2.0, x[1]]),
    "where of ours": lambda x: am.where(np.array([True, False, True, False]), x, 0.0),
    "mean where": lambda x: am.mean(x, where=x > 0),
    "max where": lambda x: am.max(x, where=x < 1, initial=-9.0),
    "quantiles": lambda x: am.quantile(x, [0.1, 0.5]),
    "insert": lambda x: am.insert(x, 1, 5.0),
    "unwrap": lambda x: am.unwrap(4.0 * x),
    "fill_diagonal": lambda x: am.fill_diagonal(am.reshape(x, (2, 2)), 9.0),
    "pad by means": lambda x: am.pad(x, 2, mode="mean"),
    "pad by medians": lambda x: am.pad(x, 2, mode="median"),
    "pad by sides": lambda x: am.pad(x, 2, constant_values=(1.0, 2.0)),
}


@pytest.mark.usefixtures("wide_jax")
@pytest.mark.parametrize("library", ["torch", pytest.param("jax", marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", SEVERAL)
def test_other_calls(name: str, library: str) -> None:
    """On Values and on plain data."""
    make, _kind = maker(library)
    function = SEVERAL[name]
    wants = listed(function(ROW))
    for x in (make(ROW), Value(make(ROW))):
        for y, want in zip(listed(function(x)), wants, strict=True):
            data: Any = y.data if isinstance(y, Value) else y
            assert type(data).__name__ == type(make(ROW)).__name__
            assert str(data.dtype).removeprefix("torch.") == str(np.asarray(want).dtype)
            np.testing.assert_allclose(as_numpy(data), want, rtol=1e-7 if "as" in name else 1e-13)


def test_a_filling_gets_the_gradient() -> None:
    torch: Any = pytest.importorskip("torch")
    x, c = torch.zeros(3, dtype=torch.float64), Value(torch.tensor(2.0, dtype=torch.float64))
    y = am.full_like(x, c)
    am.sum(y * y).backward()
    assert c.grad.item() == 12.0


@pytest.mark.parametrize("kind", ["torch", "jax"])
def test_values_are_found_in_lists(kind: str) -> None:
    data, _ = maker(kind)
    x, y, z = (Value(data(np.array(entries))) for entries in ([1.0, 2.0], [3.0, 4.0], [3.0]))
    assert y in [x, y]
    assert y not in [x, z]
    assert [x, y].index(y) == 1
    assert shape_of(x == y) == (2,)
