"""NumPy's own calls on Values: the same Values as our functions give, or a refusal that says what to do."""

import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import Value, numpy_protocol
from autograd_mini.operation import COMPOSED, OPERATIONS, Case
from autograd_mini.ops.reductions import trace as diagonal_sum
from tests.ops.calls import arranged
from tests.ops.operands import made
from tests.ops.test_table import draw
from tests.reference import NUMPY

A = np.array([[0.25, -0.5, 0.75], [1.5, -1.25, 0.1]])
B = np.array([[0.5, 2.0, -0.3], [0.7, 1.1, 0.9]])
P = np.abs(A) + 0.2
S = np.array([[2.0, 0.5, 0.1], [0.3, 1.5, 0.2], [0.1, 0.4, 3.0]])
T = np.linspace(-1.0, 1.0, 24).reshape(2, 3, 4)

UNARY = [
    *("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "cbrt", "square", "reciprocal", "abs", "sign"),
    *("floor", "ceil", "trunc", "rint", "sin", "cos", "tan", "arctan", "sinh", "cosh", "tanh", "arcsinh"),
    *("negative", "conjugate", "real", "imag"),
]
BINARY = [
    *("add", "subtract", "multiply", "divide", "floor_divide", "remainder", "maximum", "minimum", "arctan2", "hypot"),
    *("power", "logaddexp"),
]

# One call for each function that NumPy and the package share, written once and run on both.
CALLS: dict[str, Callable[[Any], Any]] = {
    **{name: functools.partial(lambda m, name: getattr(m, name)(P), name=name) for name in UNARY},
    **{
        name: functools.partial(lambda m, name: getattr(m, name)(A / 2), name=name)
        for name in ("arcsin", "arccos", "arctanh")
    },
    **{name: functools.partial(lambda m, name: getattr(m, name)(P, B), name=name) for name in BINARY},
    "arccosh": lambda m: m.arccosh(P + 1.0),
    "where": lambda m: m.where(A > 0, A, B),
    "clip": lambda m: m.clip(A, -0.5, 0.5),
    "clip one limit": lambda m: m.clip(A, None, 0.5),
    "clip by name": lambda m: m.clip(A, min=0.0),
    "clip by older name": lambda m: m.clip(A, a_min=-0.3, a_max=B),
    "sum": lambda m: m.sum(A),
    "sum along": lambda m: m.sum(T, axis=(0, -1), keepdims=True),
    "sum of nothing": lambda m: m.sum(np.zeros((0, 3)), axis=0),
    "mean": lambda m: m.mean(A, 1),
    "mean along": lambda m: m.mean(T, axis=(1, 2)),
    "var": lambda m: m.var(A, axis=0, ddof=1),
    "std": lambda m: m.std(A, axis=1, ddof=1, keepdims=True),
    "max": lambda m: m.max(A, axis=0),
    "min": lambda m: m.min(A),
    "prod": lambda m: m.prod(A, axis=(0, 1)),
    "cumsum": lambda m: m.cumsum(A, axis=1),
    "cumsum of all": lambda m: m.cumsum(A),
    "cumprod": lambda m: m.cumprod(A, axis=0),
    "trace": lambda m: m.trace(S, offset=1),
    "sort": lambda m: m.sort(A, axis=0),
    "sort of all": lambda m: m.sort(A, axis=None),
    "reshape": lambda m: m.reshape(A, (3, -1)),
    "ravel": lambda m: m.ravel(A),
    "transpose": lambda m: m.transpose(T, (2, 0, -2)),
    "swapaxes": lambda m: m.swapaxes(T, 0, -1),
    "moveaxis": lambda m: m.moveaxis(T, (0, 1), (-1, 0)),
    "expand_dims": lambda m: m.expand_dims(A, (0, -1)),
    "squeeze": lambda m: m.squeeze(A[None], axis=0),
    "broadcast_to": lambda m: m.broadcast_to(A, (2, 2, 3)),
    "concatenate": lambda m: m.concatenate([A, B], axis=1),
    "concatenate all": lambda m: m.concatenate((A, B), axis=None),
    "stack": lambda m: m.stack([A, B], axis=-1),
    "vstack": lambda m: m.vstack([A, B]),
    "hstack": lambda m: m.hstack([A, B]),
    "split": lambda m: m.split(A, 3, axis=1)[1],
    "split at": lambda m: m.split(A, [1], axis=-1)[1],
    "array_split": lambda m: m.array_split(A, 2, axis=1)[0],
    "repeat": lambda m: m.repeat(A, [2, 0, 1], axis=1),
    "tile": lambda m: m.tile(A, (2, 1, 2)),
    "flip": lambda m: m.flip(A, 1),
    "roll": lambda m: m.roll(A, (1, -1), axis=(0, 1)),
    "pad": lambda m: m.pad(A, ((1, 0), (0, 2)), mode="edge"),
    "pad with": lambda m: m.pad(A, 1, constant_values=3.0),
    "take": lambda m: m.take(A, [0, -1], axis=1),
    "take around": lambda m: m.take(A, [0, 7], axis=1, mode="wrap"),
    "take_along_axis": lambda m: m.take_along_axis(A, np.argsort(A, axis=1), axis=1),
    "diag": lambda m: m.diag(S, 1),
    "diag of a row": lambda m: m.diag(A[0], k=-1),
    "diagonal": lambda m: m.diagonal(T, 1, 1, 2),
    "tril": lambda m: m.tril(S, -1),
    "triu": lambda m: m.triu(S),
    "matmul": lambda m: m.matmul(A, S),
    "matmul of a stack": lambda m: m.matmul(S, T),
    "matmul of rows": lambda m: m.matmul(A[0], A[1]),
    "dot": lambda m: m.dot(A, S),
    "dot with a number": lambda m: m.dot(A, 2.0),
    "inner": lambda m: m.inner(A, B),
    "outer": lambda m: m.outer(A[0], B),
    "tensordot": lambda m: m.tensordot(T, S, axes=([1], [0])),
    "tensordot of all": lambda m: m.tensordot(A, B),
    "einsum": lambda m: m.einsum("ij,kj->ik", A, B),
    "einsum by letters": lambda m: m.einsum("ba", A),
    "einsum with dots": lambda m: m.einsum("...ij,ik->...jk", T, S),
    "zeros_like": lambda m: m.zeros_like(A),
    "astype": lambda m: m.astype(A, np.float32),
}
NORMS: dict[str, Callable[[Any], Any]] = {
    "norm": lambda norm: norm(A),
    "norm of a row": lambda norm: norm(A[0], 3),
    "norm along": lambda norm: norm(A, np.inf, axis=1),
    "norm of no entries": lambda norm: norm(A, 0, axis=1),
    "norm of a matrix": lambda norm: norm(S, 1),
    "norm of rows": lambda norm: norm(S, -np.inf, keepdims=True),
    "norm of matrices": lambda norm: norm(T, "fro", axis=(1, 2)),
    "norm less than one": lambda norm: norm(A, 0.5, axis=0),
    "norm below zero": lambda norm: norm(P, -1, axis=0),
}


class Recorded:
    """A module whose functions get every floating array as a Value, in lists and tuples too."""

    def __init__(self, module: Any) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Callable[..., Any]:
        function = getattr(self._module, name)
        return lambda *args, **kwargs: function(*map(as_values, args), **{k: as_values(v) for k, v in kwargs.items()})


def as_values(x: Any) -> Any:
    if isinstance(x, np.ndarray) and x.dtype.kind == "f":
        return Value(x)
    if isinstance(x, (list, tuple)) and any(isinstance(item, np.ndarray) for item in x):
        return type(x)(map(as_values, x))
    return x


def same(got: Any, want: Any) -> None:
    assert type(got) is Value
    assert got.shape == np.shape(want)
    assert got.dtype == np.asarray(want).dtype
    close = 1e-6 if got.dtype == np.float32 else 1e-14
    np.testing.assert_allclose(got.raw, want, rtol=close, atol=close / 10)


@pytest.mark.parametrize("name", CALLS)
def test_both_ways_give_numpys_values(name: str) -> None:
    if NUMPY < "2.1.0" and name == "clip by name":
        pytest.skip("NumPy's clip has min= and max= since 2.1")
    call = CALLS[name]
    want = call(np)
    same(call(Recorded(am)), want)
    plain = call(am)
    assert not isinstance(plain, Value)
    np.testing.assert_allclose(plain, want, rtol=1e-14, atol=1e-15)
    if name != "zeros_like":  # NumPy's makes plain zeros, whatever it is given
        same(call(Recorded(np)), want)


@pytest.mark.parametrize("name", NORMS)
def test_both_norms(name: str) -> None:
    call = NORMS[name]
    want = call(np.linalg.norm)
    same(call(Recorded(am).norm), want)
    same(call(Recorded(np.linalg).norm), want)


def numpys(name: str) -> Any:
    """NumPy's function of that name, if it stands in the same place as ours."""
    for there, here in ((np, am), (np.linalg, am.linalg), (np.fft, am.fft)):
        if callable(getattr(there, name, None)) and hasattr(here, name):
            return getattr(there, name)
    return None


WRITING = {"fill_diagonal", "place", "put", "put_along_axis", "putmask"}
"""NumPy's functions of these names write into their operand, so they are refused."""

SHARED = [
    pytest.param(name, each, id=f"{name}-{i}")
    for name in sorted({*OPERATIONS, *COMPOSED})
    if numpys(name) and name not in {"zeros_like", "astype", *WRITING}
    for i, each in enumerate(
        COMPOSED[name][1]
        if name in COMPOSED
        else OPERATIONS[name].cases or [Case(((2, 3),) * len(OPERATIONS[name].operands))]
    )
]


@pytest.mark.parametrize(("name", "each"), SHARED)
def test_numpys_call_of_every_entry_gives_our_value(name: str, each: Case) -> None:
    """np.f(Value) for every case of every entry of the tables that NumPy has too, against NumPy on arrays."""
    if NUMPY < "2.2.0" and (name == "reshape" or isinstance(each.static.get("pad_width"), dict)):
        pytest.skip("NumPy's reshape has shape= since 2.1, its pad takes widths by axis since 2.2")
    function: Any = arranged(name, numpys(name))
    operands = made(each.made, draw(name, each.shapes, np.random.default_rng(3)))
    leaves = [x if x.dtype == bool else Value(x) for x in operands]
    if name in {"hstack", "vstack", "column_stack", "dstack"} or (name in OPERATIONS and OPERATIONS[name].variadic):
        same(function(leaves, **each.static), function(operands, **each.static))
    elif name == "ldexp":
        same(function(*leaves, *each.static.values()), function(*operands, *each.static.values()))
    else:
        same(function(*leaves, **each.static), function(*operands, **each.static))


def test_further_names_of_numpy() -> None:
    x = Value(P)
    for got, want in [
        (np.amax(x, axis=0), P.max(axis=0)),
        (np.amin(x), P.min()),
        (np.absolute(x), P),
        (np.fabs(x), P),
        (np.positive(x), P),
        (np.copy(x), P),
        (np.true_divide(x, 2.0), P / 2),
        (np.mod(x, 0.3), P % 0.3),
        (np.acos(x / 2), np.arccos(P / 2)),
        (np.pow(x, 2.0), P**2),
        (np.conj(x), P),
        (np.concat([x, x]), np.concatenate([P, P])),
        (np.permute_dims(x, (1, 0)), P.T),
        (np.linalg.matmul(Value(S), Value(S)), S @ S),  # type: ignore[type-var]
        (np.linalg.outer(x[0], x[1]), np.outer(P[0], P[1])),
        (np.linalg.tensordot(x, x), np.tensordot(P, P)),  # type: ignore[type-var]
    ]:
        same(got, want)


def test_ufunc_methods() -> None:
    x, w = Value(P), Value(B)
    for got, want in [
        (np.add.reduce(x), np.add.reduce(P)),
        (np.add.reduce(x, axis=None, keepdims=True), np.add.reduce(P, axis=None, keepdims=True)),
        (np.multiply.reduce(x, axis=1), np.multiply.reduce(P, axis=1)),
        (np.maximum.reduce(x, axis=(0, 1)), P.max()),
        (np.minimum.reduce(x), P.min(axis=0)),
        (np.add.accumulate(x), np.add.accumulate(P)),
        (np.multiply.accumulate(x, axis=1), np.multiply.accumulate(P, axis=1)),
        (np.multiply.outer(x, w), np.multiply.outer(P, B)),
        (np.subtract.outer([1.0, 2.0], x), np.subtract.outer([1.0, 2.0], P)),
    ]:
        same(got, want)
    np.multiply.outer(x, w).sum().backward()
    np.testing.assert_allclose(x.grad, np.full(P.shape, B.sum()))
    for method in (
        lambda: np.add.at(A.copy(), [0, 0], x[0]),
        lambda: np.add.reduceat(x, [0, 1]),
        lambda: np.subtract.reduce(x),
        lambda: np.divide.accumulate(x),
    ):
        with pytest.raises(TypeError, match=r"np\.\w+\.\w+ has no derivative rule"):
            method()


def test_comparisons_and_tests_give_plain_data() -> None:
    x = Value(A)
    for got, want in [
        (np.greater(x, 0.0), A > 0),
        (np.less_equal(0.0, x), A >= 0),
        (np.isnan(x), np.isnan(A)),
        (np.isfinite(x), np.isfinite(A)),
        (np.argmax(x, axis=1), np.argmax(A, axis=1)),
        (np.argsort(x), np.argsort(A)),
        (np.any(x), True),
        (np.allclose(x, x), True),
        (np.array_equal(x, A), True),
        (np.shape(x), A.shape),
        (np.ndim(x), 2),
        (np.size(x), 6),
        (np.nonzero(x > 0)[0], np.nonzero(A > 0)[0]),
        (np.ones_like(x), np.ones_like(A)),
        (np.searchsorted(np.sort(A[0]), Value(0.3)), np.searchsorted(np.sort(A[0]), 0.3)),
    ]:
        assert not isinstance(got, Value)
        np.testing.assert_array_equal(got, want)


# --- operands of other kinds ------------------------------------------------------------------------------------------


def test_arrays_and_numpy_scalars_on_the_left() -> None:
    x = Value(A)
    for got, want in [
        (B * x, B * A),
        (B - x, B - A),
        (np.float64(2.0) * x, 2 * A),
        (np.float64(2.0) - Value(0.5), np.float64(1.5)),
        (np.float32(2.0) * Value(np.float32(0.5)), np.float32(1.0)),
        (np.int64(2) ** x, np.int64(2) ** A),
        (S @ x.T, S @ A.T),
        ([[1.0], [2.0]] * x, np.array([[1.0], [2.0]]) * A),
    ]:
        same(got, want)
    assert np.less(B, x).dtype == bool
    total = (B * x).sum()
    total.backward()
    np.testing.assert_array_equal(x.grad, B)


def test_series_and_frames_become_values() -> None:
    pandas = pytest.importorskip("pandas")
    x = Value(A)
    row, frame = pandas.Series(A[0]), pandas.DataFrame(A)
    for got in (row * Value(A[0]), Value(A[0]) * row):
        same(got, A[0] * A[0])
    for got in (frame * x, x * frame):
        same(got, A * A)
    same(x[:, 0] + pandas.Series([1, 2]), A[:, 0] + [1, 2])


def test_an_array_is_never_changed_in_place_by_a_value() -> None:
    array = A.copy()
    with pytest.raises(TypeError, match="out="):
        array += Value(B)
    with pytest.raises(TypeError, match="out="):
        np.add(A, Value(B), out=array)
    with pytest.raises(TypeError, match="out="):
        np.add(A, B, out=(Value(array),))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="NumPy asked"):
        array[0] = Value(B[0])
    np.testing.assert_array_equal(array, A)


@pytest.mark.parametrize(
    "make",
    [
        np.array,
        lambda x: np.asarray([x, x]),
        lambda x: np.array([x, x], dtype=object),
        lambda x: np.array(x, dtype=np.float32),
        lambda x: np.array([Value(1.0), Value(2.0)]),
        lambda x: np.full(3, Value(1.0)),
        np.float32,
        lambda x: np.random.default_rng(0).choice(x),
    ],
)
def test_arrays_are_not_made_of_values_silently(make: Callable[[Value], Any]) -> None:
    with pytest.raises(TypeError, match=r"value\.numpy\(\).*stack"):
        make(Value(A))


def test_joining_values() -> None:
    a, b = Value(1.0), Value(2.0)
    joined = am.array([[a, 2.0 * b], [3.0, a]])
    assert joined.shape == (2, 2)
    joined.sum().backward()
    assert (a.grad, b.grad) == (2.0, 2.0)
    assert type(am.array([1.0, 2.0])) is np.ndarray
    x = Value(A)
    assert am.array(x) is x
    numbers: Any = (number for number in (a, b, 3.0))
    np.testing.assert_array_equal(am.stack(numbers).raw, [1.0, 2.0, 3.0])
    rows: Any = iter(x)
    np.testing.assert_array_equal(am.concatenate(rows).raw, A.ravel())
    with pytest.raises(TypeError, match=r"array\(\[...\]\)"):
        Value([a, 2.0])
    with pytest.raises(TypeError):
        a * [b, 1.0]


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "option"),
    [
        (lambda x: np.exp(x, out=np.empty(A.shape)), "out"),
        (lambda x: np.exp(x, where=A > 0), "where"),
        (lambda x: np.add(x, x, casting="unsafe"), "casting"),
        (lambda x: np.add(x, x, order="F"), "order"),
        (lambda x: np.add(x, x, subok=False), "subok"),
        (lambda x: np.matmul(x, S, axes=[(0, 1), (0, 1), (0, 1)]), "axes"),
        (lambda x: np.sum(x, out=np.empty(())), "out"),
        (lambda x: np.mean(x, 0, None, np.empty(3)), "out"),
        pytest.param(
            lambda x: np.concatenate([x, x], 0, np.empty((4, 3))),
            "out",
            marks=pytest.mark.skipif(NUMPY < "2.4.0", reason="NumPy tells no parameters of functions in C"),
        ),
        (lambda x: np.stack([x, x], out=np.empty((2, 2, 3))), "out"),
        (lambda x: np.take(x, [0], out=np.empty(1)), "out"),
        (lambda x: np.dot(x, S, out=np.empty((2, 3))), "out"),
        (lambda x: np.clip(x, 0, 1, out=np.empty(A.shape)), "out"),
        (lambda x: np.clip(x, 0, 1, dtype=np.float32), "dtype"),
        (lambda x: np.einsum("ij->j", x, dtype=np.float32), "dtype"),
        (lambda x: np.broadcast_to(x, (2, 2, 3), subok=True), "subok"),
    ],
)
def test_options_that_a_graph_cannot_have(call: Callable[[Value], Any], option: str) -> None:
    x = Value(A)
    with pytest.raises(TypeError, match=rf"\b{option}="):
        call(x)


@pytest.mark.skipif(NUMPY < "2.1.0", reason="NumPy has cumulative_sum since 2.1")
def test_options_of_numpys_reductions() -> None:
    """where=, initial=, dtype=, mean= and correction= by name and by place."""
    x: Any = Value(A)
    add: Any = np.add
    average: Any = np.average
    m, big = A > 0, np.array([[1.0, 2.0, 3.0]])
    for call in (
        lambda x: np.sum(x, where=m),
        lambda x: np.sum(x, initial=5.0, axis=1, keepdims=True),
        lambda x: np.sum(x, dtype=np.float32),
        lambda x: np.sum(x, 0, np.float32),
        lambda x: np.sum(x, 0, None, None, True, 2.0, m),
        lambda x: np.add.reduce(x, initial=5.0),
        lambda x: np.add.reduce(x, dtype=np.float32),
        lambda x: add.reduce(x, 1, None, None, False, 1.0, m),
        lambda x: np.multiply.reduce(x, where=m, axis=None),
        lambda x: np.maximum.reduce(x, where=m, initial=-1.0),
        np.fmax.reduce,
        lambda x: np.fmin.reduce(x, axis=1),
        lambda x: np.logaddexp.reduce(x, axis=(0, 1)),
        np.hypot.reduce,
        lambda x: np.maximum.accumulate(x, axis=1),
        np.minimum.accumulate,
        np.logaddexp.accumulate,
        lambda x: np.add.accumulate(x, 1, np.float32),
        lambda x: np.mean(x, where=m),
        lambda x: np.mean(x, dtype=np.float32),
        lambda x: np.var(x, correction=1),
        lambda x: np.var(x, mean=0.0),
        lambda x: np.std(x, axis=1, ddof=1, where=A > -1.0),
        lambda x: np.max(x, initial=9.0),
        lambda x: np.min(x, 0, None, False, 0.0, m),
        lambda x: np.cumsum(x, 0, np.float32),
        lambda x: np.sort(x, kind="stable"),
        lambda x: np.trace(x, 0, 0, 1, np.float32),
        lambda x: np.cumulative_sum(x, axis=0, include_initial=True),
        lambda x: np.median(x, 1, None, False, True),
        lambda x: np.percentile(x, [25, 50], 0, None, False, "hazen"),
        lambda x: np.average(x, 0, [1.0, 2.0]),
        lambda x: np.gradient(x, axis=1),
        lambda x: np.gradient(x, 0.5, axis=0),
        lambda x: np.diff(x, 1, 0),
        lambda x: np.exp(x, dtype=np.float32),
        lambda x: np.add(x, big, dtype=np.float32),
        lambda x: np.multiply.outer(x, big, dtype=np.float32),
    ):
        same(call(x), call(A))
    for several in (np.modf, lambda x: np.divmod(x, 0.4), lambda x: np.gradient(x, 1.0, [0.0, 1.0, 3.0])):
        for got, want in zip(several(x), several(A), strict=True):
            same(got, want)
    mean, weight = average(x, 1, [1.0, 2.0, 3.0], True)
    same(mean, average(A, 1, [1.0, 2.0, 3.0]))
    np.testing.assert_array_equal(weight, [6.0, 6.0])


def test_initial_values_and_weights_get_gradients_too() -> None:
    start: Any = Value(2.0)
    w, q = Value([1.0, 3.0]), Value([0.5, 0.25])
    add: Any = np.sum
    add(q, initial=start).backward()
    assert start.grad == 1.0
    am.prod(np.array([3.0, 5.0]), initial=start).backward()
    assert start.grad == 16.0
    am.average([10.0, 20.0], weights=w).backward()
    np.testing.assert_allclose(w.grad, [-1.875, 0.625])


@pytest.mark.skipif(NUMPY < "2.4.0", reason="NumPy's functions in C tell the names of their parameters since 2.4")
def test_options_at_their_defaults_are_fine() -> None:
    x = Value(A)
    for got, want in [
        (np.sum(x, 0, None, None, True), A.sum(0, keepdims=True)),
        (np.sum(a=x, axis=0, dtype=None, out=None), A.sum(0)),
        (np.var(x, 0, None, None, 1), A.var(0, ddof=1)),
        (np.dot(a=x, b=Value(S)), A @ S),
        (np.reshape(x, (3, 2), order="C"), A.reshape(3, 2)),
        (np.reshape(x, (3, 2), "F"), A.reshape((3, 2), order="F")),
        (np.ravel(x, "F"), A.ravel("F")),
        (np.concatenate([x, x], dtype=np.float32), np.concatenate([A, A], dtype=np.float32)),
        (np.linalg.cross(x, Value(B)), np.cross(A, B)),  # type: ignore[arg-type]
        (np.linalg.matrix_transpose(x), A.T),
        (np.ravel(x, "C"), A.ravel()),
        (np.exp(x, out=None, where=True, casting="same_kind"), np.exp(A)),
        (np.einsum("ij->j", x, optimize=True), A.sum(0)),
        (np.take(x, [0], 1, None, "clip"), A.take([0], 1)),
        (np.concatenate([x, x], 0, None), np.concatenate([A, A])),
    ]:
        same(got, want)


@pytest.mark.parametrize(
    ("call", "name", "near"),
    [
        (np.packbits, "np.packbits", ""),
        (lambda x: np.put(x, 0, 1.0), "np.put", "put"),
        (lambda x: np.fill_diagonal(x, 1.0), "np.fill_diagonal", "fill_diagonal"),
        (lambda x: np.copyto(x, 1.0), "np.copyto", ""),
    ],
)
def test_functions_without_a_rule_name_themselves_and_a_near_one(
    call: Callable[[Value], Any], name: str, near: str
) -> None:
    x = Value(A)
    with pytest.raises(
        TypeError,
        match=rf"^{name} has no derivative rule.*autograd_mini\.{near}",
    ):
        call(x)
    np.testing.assert_array_equal(x.raw, A)


def test_no_function_of_numpy_detaches_a_value() -> None:
    """Whatever NumPy lets its arguments answer for gives a Value, plain indices and booleans, or a TypeError."""
    x = Value(A)
    harmless = {
        "result_type",
        "can_cast",
        "zeros_like",
        "ones_like",
        "empty_like",
        "array2string",
        "array_repr",
        "array_str",
        "common_type",
        "min_scalar_type",
        "histogramdd",  # whose counts are floating numbers
    }
    for name in dir(np):
        function: Any = getattr(np, name)
        if not isinstance(function, (np.ufunc, type(np.sum))):  # those that ask their arguments
            continue
        try:
            operands: list[Any] = [x] * getattr(function, "nin", 1)
            with np.errstate(all="ignore"):
                got = function(*operands)
        except (TypeError, ValueError):
            continue
        parts = got if isinstance(got, (list, tuple)) else [got]
        for part in parts:
            if not isinstance(part, Value) and name not in harmless:
                assert np.asarray(part).dtype.kind in "iub", f"np.{name} of a Value gave {part!r}"


@pytest.mark.skipif(NUMPY < "2.2.0", reason="NumPy's options have these names since 2.2")
def test_our_functions_have_numpys_parameters() -> None:
    """Options have NumPy's names, so that a call reads the same in both."""
    renamed = {"x", "y", "operands", "arrays"}
    for name in sorted({*OPERATIONS, *COMPOSED}):
        theirs = getattr(np, name, None)
        if (
            not callable(theirs)
            or isinstance(theirs, np.ufunc)
            or not hasattr(am, name)
            or name in ("vstack", "hstack")
        ):
            continue
        function = diagonal_sum if name == "trace" else getattr(am, name)  # am.trace has a second meaning
        ours = inspect.signature(function).parameters
        try:
            known = inspect.signature(theirs).parameters
        except ValueError:
            continue
        for option in ours.keys() - renamed - known.keys():
            assert name == "pad", f"{name} has an option {option} that NumPy's has not"


# --- NumPy's own names ------------------------------------------------------------------------------------------------

STACK = np.arange(18.0).reshape(2, 3, 3) ** 1.5


@pytest.mark.parametrize(
    ("function", "options"),
    [
        (np.linalg.trace, {}),
        (np.linalg.trace, {"offset": 1}),
        (np.linalg.diagonal, {}),
        (np.linalg.diagonal, {"offset": -1}),
        (np.trace, {}),
        (np.diagonal, {}),
        (np.copy, {}),
        (np.lib.stride_tricks.sliding_window_view, {"window_shape": 2, "axis": 1}),
        (np.lib.stride_tricks.sliding_window_view, {"window_shape": (2, 2), "axis": (0, 2)}),
    ],
)
def test_stacks_by_numpys_own_names(function: Any, options: dict[str, Any]) -> None:
    """np.linalg looks at the last two axes, np at the first two; the gradient is that of a linear function."""
    x = Value(STACK)
    y = function(x, **options)
    want = function(STACK, **options)
    np.testing.assert_array_equal(y.raw, want)
    weight = np.cos(np.arange(want.size)).reshape(want.shape)
    y.backward(weight)
    by_hand = np.zeros_like(STACK)
    for place in np.ndindex(STACK.shape):
        one = np.zeros_like(STACK)
        one[place] = 1.0
        by_hand[place] = np.sum(function(one, **options) * weight)
    np.testing.assert_allclose(x.grad, by_hand, rtol=1e-13, atol=1e-13)


# --- out= -------------------------------------------------------------------------------------------------------------


def _writers() -> Iterator[tuple[Any, int, bool]]:
    """NumPy's functions of the table that can write into an array, where it stands, and whether only by name."""
    for function in {**numpy_protocol._rules(), **dict.fromkeys(numpy_protocol._PLAIN)}:
        if isinstance(function, np.ufunc):
            yield function, function.nin, False
            continue
        try:
            parameters = inspect.signature(function).parameters
        except ValueError:
            continue
        if "out" in parameters:
            names = list(parameters)
            yield function, names.index("out"), parameters["out"].kind is inspect.Parameter.KEYWORD_ONLY


WRITERS = sorted(_writers(), key=lambda writer: writer[0].__name__)


@pytest.mark.parametrize(("function", "place", "named"), WRITERS, ids=[writer[0].__name__ for writer in WRITERS])
def test_no_function_writes_into_a_value(function: Any, place: int, named: bool) -> None:
    """By name and by position, in NumPy's function and in ours of the same name that computes on plain data."""
    whole = np.array([1, 2, 3])
    if isinstance(function, np.ufunc):
        floating = any(kind in "fd" for kind in "".join(function.types))
        before = [np.array([0.1, 0.2, 0.3]) if floating else whole] * place
        first = before
    else:
        parameters = list(inspect.signature(function).parameters.values())[:place]
        first = [whole for p in parameters if p.default is p.empty]
        before = [whole if p.default is p.empty else p.default for p in parameters]
    ways = [function, getattr(am, function.__name__)] if function in numpy_protocol._PLAIN else [function]
    v = Value(np.full(3, 7.0))
    for way in ways:
        with pytest.raises((TypeError, ValueError)):  # some find fault with the operands first
            way(*first, out=v)
        if not named:
            with pytest.raises((TypeError, ValueError, DeprecationWarning)):
                way(*before, v)
    np.testing.assert_array_equal(v.raw, 7.0)


def test_a_test_for_infinity_writes_into_nothing() -> None:
    v = Value(np.array([1.0, 2.0]))
    with pytest.raises(TypeError, match=r"isneginf\(\) takes no out="):
        np.isneginf(np.array([-np.inf, 1.0]), v)  # type: ignore[call-overload]
    with pytest.raises(TypeError, match=r"less\(\) takes no out="):
        am.less(np.ones(2), 2.0, v)
    np.testing.assert_array_equal(np.isneginf(v, None), [False, False])  # type: ignore[arg-type]
