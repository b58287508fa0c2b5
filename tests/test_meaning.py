"""Arrays that are more than their numbers: refused, or paired by their labels and not by place."""

import itertools
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
import nn
from autograd_mini import Value, grad
from autograd_mini.operation import COMPOSED, OPERATIONS


class Length(np.ndarray[Any, Any]):
    """An array with a unit, as libraries of quantities make them."""

    unit: Any

    def __new__(cls, numbers: Any, unit: str) -> "Length":
        array = np.asarray(numbers).view(cls)
        array.unit = unit
        return array

    def __array_finalize__(self, other: Any) -> None:
        self.unit = getattr(other, "unit", None)


class Bare(np.ndarray[Any, Any]):
    """A subclass that adds a method."""

    def first(self) -> Any:
        return self[0]


class Clamped(np.ndarray[Any, Any]):
    """A subclass with a product of its own."""

    def __mul__(self, other: Any) -> Any:
        return np.minimum(super().__mul__(other), 1.0)


V = Value(np.array([1.0, 2.0]))
WAYS: dict[str, Callable[[Any], Any]] = {
    "Value": Value,
    "right": lambda x: V * x,
    "left": lambda x: x * V,
    "matmul": lambda x: V @ x,
    "np": lambda x: np.add(x, V),
    "am": am.exp,
    "two": lambda x: am.add(x, x),
    "list": lambda x: Value([[x[0], x[1]]]) if np.ndim(x[0]) else Value([x]),
    "stack": lambda x: am.stack([x, V]),
    "where": lambda x: am.where(V > 0.0, x, V),
    "grad": grad(lambda t: am.sum(t * 1.0)),
    "vjp": am.vjp(am.square, np.ones(2))[1],
    "at": V.at[:].set,
    "data": lambda x: setattr(Value(np.ones(np.shape(x))), "data", x),
    "Parameter": nn.Parameter,
    "loss": lambda x: nn.mse_loss(V, x),
    "fit": lambda x: nn.fit(nn.MLP(1, [1], seed=0), np.ones((2, 1)), x, epochs=1),
}
ARRAYS: dict[str, Callable[[], Any]] = {
    "unit": lambda: Length([1.0, 2.0], "km"),
    "product": lambda: np.ones(2).view(Clamped),
    "matrix": lambda: np.asmatrix(np.eye(2)),
    "mask": lambda: np.ma.masked_array([1.0, 2.0], [False, True]),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.filterwarnings("ignore:.*matrix.*:PendingDeprecationWarning")
def test_arrays_with_a_meaning_are_refused(name: str, way: str) -> None:
    with pytest.raises(TypeError, match=r"more than its numbers.*numpy\.asarray|mask would be lost|lose its mask|drop"):
        WAYS[way](ARRAYS[name]())


def test_bare_subclasses_are_arrays() -> None:
    x: Any = np.array([3.0, 4.0]).view(Bare)
    np.testing.assert_array_equal((V * x).raw, [3.0, 8.0])
    np.testing.assert_array_equal(Value([x, x]).raw, [[3.0, 4.0], [3.0, 4.0]])
    with tempfile.NamedTemporaryFile() as file:
        mapped: Any = np.memmap(file.name, float, "w+", shape=(2,))
        mapped[:] = [3.0, 4.0]
        np.testing.assert_array_equal((mapped * V).raw, [3.0, 8.0])
        np.testing.assert_array_equal(grad(lambda t: am.sum(t * mapped))(np.ones(2)), [3.0, 4.0])


def test_units_of_libraries() -> None:
    unyt = pytest.importorskip("unyt")
    km, m = unyt.unyt_array([1.0, 2.0], "km"), unyt.unyt_array([1.0, 2.0], "m")
    for call in (lambda: am.add(km, m), lambda: Value(km), lambda: V * km, lambda: Value([km[0], m[0]])):
        with pytest.raises(TypeError, match="more than its numbers"):
            call()
    with pytest.raises(TypeError):
        km * V


# --- labels -----------------------------------------------------------------------------------------------------------

pandas = pytest.importorskip("pandas")
S = pandas.Series([1.0, 2.0], index=["a", "b"])
T = pandas.Series([10.0, 20.0], index=["b", "a"])
F = pandas.DataFrame([[1.0, 2.0], [3.0, 4.0]], index=["a", "b"], columns=["p", "q"])

DIFFERENT: dict[str, Callable[[], Any]] = {
    "add": lambda: am.add(S, T),
    "where": lambda: am.where(S > 1.0, T, V),
    "np.where": lambda: np.where(S > 1.0, T, V),
    "columns": lambda: am.multiply(F, F[["q", "p"]]),
    "rows": lambda: am.multiply(F, F.loc[["b", "a"]]),
    "row by row": lambda: am.multiply(F, S),
    "matmul": lambda: am.matmul(F, S),
    "dot": lambda: am.dot(S, T),
    "stack": lambda: am.stack([S, T]),
    "stack beside": lambda: am.stack([S, V, T]),
    "average": lambda: am.average(S, weights=T),
    "interp": lambda: am.interp(1.5, S, T),
    "cross": lambda: am.cross(S, T),
    "cov": lambda: am.cov(S, T),
    "trapezoid": lambda: am.trapezoid(S, T),
    "corrcoef": lambda: am.corrcoef(S, T),
    "loss": lambda: nn.mse_loss(S, T),
    "fit": lambda: nn.fit(nn.MLP(2, [1], seed=0), F, T, epochs=1),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_labels_that_differ_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"labels.*differ.*to_numpy\(\)"):
        DIFFERENT[name]()


SEPARATE = {
    *("append", "broadcast_arrays", "hstack", "kron", "meshgrid", "outer"),
    *("convolve", "correlate", "matvec", "polyval"),
}
"""Functions that pair no entries of two rows, or that pair them in other ways than by place."""

SEPARATE_PLACES = {("interp", 0, 1), ("interp", 0, 2)}


def functions_of_several() -> Iterator[tuple[str, Callable[..., Any], int]]:
    """Public functions of two or three operands, and how many."""
    for name, op in OPERATIONS.items():
        f = getattr(am, name, None) or getattr(am.special, name, None)
        if f is not None and len(op.operands) > 1:
            yield name, f, len(op.operands)
    for name, (f, cases, _) in COMPOSED.items():
        if (count := max((len(each.shapes) for each in cases), default=0)) > 1:
            yield name, f, count
    for name in ("gammainc", "gammaincc", "iv", "ive", "jv", "kv", "kve", "yv", "betainc"):
        yield name, getattr(am.special, name), 3 if name == "betainc" else 2
    yield from (("clip", am.clip, 3), ("divmod", am.divmod, 2), ("zeta", am.special.zeta, 2))


@pytest.mark.parametrize("rest", [Value, np.asarray], ids=["Value", "array"])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_labels_in_every_two_places(rest: Callable[[Any], Any]) -> None:
    """Rows with other labels are refused, whatever the other operands are; other errors say that rows do not fit."""
    x, reached = np.array([1.2, 1.4, 1.7]), 0
    for name, f, count in functions_of_several():
        for i, j in itertools.combinations(range(count), 2):
            operands: list[Any] = [rest(x)] * count
            operands[i], operands[j] = pandas.Series(x, index=[0, 1, 2]), pandas.Series(x, index=[2, 1, 0])
            if name in SEPARATE or (name, i, j) in SEPARATE_PLACES:
                f(*operands)
                continue
            with pytest.raises((ValueError, TypeError, IndexError)) as caught:
                f(*operands)
            reached += "labels differ" in str(caught.value)
    assert reached > 50


def test_labels_of_both_limits() -> None:
    """Entries are paired with both limits, and the limits with each other."""
    low, high = pandas.Series([0.0, 0.0]), pandas.Series([1.0, 2.0], index=[1, 0])
    for call in (
        lambda: am.clip(V, low, high),
        lambda: V.clip(low, high),
        lambda: am.clip(low, V, high),
        lambda: am.clip(low, V, max=high),
        lambda: am.clip(V, min=low, max=high),
        lambda: am.select([V > 0, V < 0], [low, high]),
    ):
        with pytest.raises(ValueError, match=r"would pair by place .* whose labels differ, \[0, 1\] and \[1, 0\]"):
            call()
    np.testing.assert_array_equal(am.clip(V, low, high.sort_index()).raw, [1.0, 1.0])


def test_labels_that_agree_are_paired() -> None:
    np.testing.assert_array_equal(am.add(S, T.reindex_like(S)), [21.0, 12.0])
    np.testing.assert_array_equal(am.where(S > 1.0, S, V).raw, [1.0, 2.0])
    np.testing.assert_array_equal(am.matmul(F, S.set_axis(["p", "q"])), F.to_numpy() @ [1.0, 2.0])
    np.testing.assert_array_equal(am.concatenate([S, T]), [1.0, 2.0, 10.0, 20.0])
    np.testing.assert_array_equal(am.outer(S, T), np.outer([1.0, 2.0], [10.0, 20.0]))
    for product in (V * S, S * V, am.multiply(S, V), np.multiply(V, S)):
        np.testing.assert_array_equal(product.raw, [1.0, 4.0])
    np.testing.assert_array_equal(am.sum(F, axis=0), [4.0, 6.0])
    np.testing.assert_array_equal(am.add(S, T.to_numpy()), [11.0, 22.0])
    np.testing.assert_array_equal((V + F).raw, [[2.0, 4.0], [4.0, 6.0]])
