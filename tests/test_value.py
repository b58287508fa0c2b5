"""Value: what it is made of, what it tells, how it prints, compares, converts and copies."""

import copy
import math
import multiprocessing
import operator
import pickle
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import GraphError, Value, no_grad

KINDS: list[Any] = [
    1.5,
    1 + 2j,
    np.float64(1.5),
    np.float32(1.5),
    np.float16(1.5),
    np.longdouble(1.5),
    np.complex64(1 + 2j),
    np.array(1.5),
    np.array([1.5, 2.5]),
    np.array([[1.5]], np.float32),
    np.zeros((0, 3)),
    np.array([1 + 2j]),
]
KIND_IDS = [f"{type(x).__name__}{getattr(x, 'dtype', '')}{np.shape(x)}" for x in KINDS]


# --- construction -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", KINDS, ids=KIND_IDS)
def test_data_keeps_its_kind_and_so_does_the_gradient(data: Any) -> None:
    x = Value(data)
    assert type(x.data) is type(data)
    assert x.shape == np.shape(data)
    assert x.ndim == np.ndim(data)
    assert x.size == np.size(data)
    assert x.dtype == np.asarray(data).dtype
    assert x.requires_grad
    assert x.is_leaf
    am.sum(am.real(x * x)).backward()
    assert type(x.grad) is type(data)
    assert np.shape(x.grad) == x.shape
    assert np.asarray(x.grad).dtype == x.dtype
    np.testing.assert_allclose(x.grad, np.conj(2 * np.asarray(data)))


def test_python_numbers_become_floats() -> None:
    for number in (3, -(2**60), 3.0):
        x = Value(number)
        assert type(x.data) is float
        assert x.requires_grad
    assert type(Value(True).data) is bool


@pytest.mark.parametrize(
    ("data", "shape", "kind"),
    [
        ([1.0, 2.0], (2,), "f"),
        ([[1, 2], [3, 4]], (2, 2), "i"),
        ((1.0, 2), (2,), "f"),
        ([], (0,), "f"),
        ([[], []], (2, 0), "f"),
        ([True, False], (2,), "b"),
        ([1, 2j], (2,), "c"),
        ([np.ones(2), np.zeros(2)], (2, 2), "f"),
    ],
)
def test_nested_lists_become_arrays(data: Any, shape: tuple[int, ...], kind: str) -> None:
    x = Value(data)
    assert type(x.data) is np.ndarray
    assert x.shape == shape
    assert x.dtype.kind == kind
    assert x.requires_grad is (kind in "fc")


def test_whether_gradients_are_wanted() -> None:
    assert not Value(1.0, requires_grad=False).requires_grad
    assert not Value(np.array([1, 2])).requires_grad
    assert not Value(np.array([True])).requires_grad
    assert Value(np.array([1.0]), requires_grad=True).requires_grad
    for data in (np.array([1, 2]), True, np.int64(1), [1, 2]):
        with pytest.raises(TypeError, match="floating"):
            Value(data, requires_grad=True)


def test_a_value_of_a_value_stays_joined() -> None:
    x = Value(np.array([1.0, 2.0]), name="x")
    y = Value(x, name="y")
    (y * y).sum().backward()
    np.testing.assert_array_equal(x.grad, [2.0, 4.0])
    np.testing.assert_array_equal(y.grad, [2.0, 4.0])
    assert y.parents == (x,)
    assert y.name == "y"
    assert not Value(Value(1.0, requires_grad=False)).requires_grad
    with pytest.raises(TypeError, match="detach"):
        Value(x, requires_grad=False)


def test_the_source_is_copied() -> None:
    source = np.array([1.0, 2.0])
    x = Value(source)
    source[0] = 9.0
    assert x.raw[0] == 1.0
    special: Any = np.array([1.0, 2.0]).view(type("Special", (np.ndarray,), {}))
    y = Value(special)
    special[0] = 9.0
    assert type(y.raw) is np.ndarray
    assert y.raw[0] == 1.0


def test_names() -> None:
    x = Value(1.0, name="x")
    y = x * 2.0
    assert y.name is None
    y.name = "y"
    assert (x.name, y.name) == ("x", "y")
    with pytest.raises(TypeError, match="name"):
        Value(1.0, name=3)  # type: ignore[arg-type]


def test_what_a_result_tells() -> None:
    x, w = Value(2.0), Value(3.0)
    y = x * w
    assert y.op is not None
    assert y.op.name == "multiply"
    assert y.parents == (x, w)
    assert not y.is_leaf
    assert x.op is None
    assert x.parents == ()
    assert [type(parent) for parent in (5.0 - y).parents] == [Value, Value]


def test_values_have_no_other_attributes() -> None:
    with pytest.raises(AttributeError):
        Value(1.0).gard = 3.0  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        Value(1.0).shape = (1,)  # type: ignore[misc]


# --- setters ----------------------------------------------------------------------------------------------------------


def test_setting_the_data() -> None:
    x = Value(np.ones(2, np.float32))
    x.data = [3, 4]
    np.testing.assert_array_equal(x.raw, [3.0, 4.0])
    assert x.dtype == np.float32
    for bad, error in [(np.ones(3), ValueError), ("text", TypeError), (np.ones(2) * 1j, TypeError), (None, TypeError)]:
        with pytest.raises(error):
            x.data = bad
    np.testing.assert_array_equal(x.raw, [3.0, 4.0])
    y = Value(1.0)
    y.data = 3
    assert type(y.data) is float


def test_setting_the_gradient() -> None:
    x = Value(np.ones(2, np.float32))
    x.grad = [1, 2]
    assert x.grad.dtype == np.float32
    for bad, error in [(np.ones(3), ValueError), ("text", TypeError), (np.ones(2) * 1j, TypeError)]:
        with pytest.raises(error):
            x.grad = bad
    np.testing.assert_array_equal(x.grad, [1.0, 2.0])
    x.grad = None
    assert x.grad is None
    x.grad = Value(np.ones(2))
    assert type(x.grad) is np.ndarray


def test_subtracting_in_place() -> None:
    x = Value(np.array([1.0, 2.0]))
    array = x.raw
    x.subtract_(np.array([0.5, 0.5]))
    assert x.raw is array
    np.testing.assert_array_equal(array, [0.5, 1.5])
    y = Value(3.0)
    y.subtract_(0.5)
    assert y.data == 2.5
    assert type(y.data) is float
    with pytest.raises(ValueError, match="broadcast"):
        x.subtract_(np.ones(3))
    np.testing.assert_array_equal(array, [0.5, 1.5])


def test_detach_and_numpy_are_copies() -> None:
    x = Value(np.array([1.0, 2.0]), name="x")
    y = (x * 2.0).detach()
    assert y.is_leaf
    assert not y.requires_grad
    assert not np.shares_memory(x.detach().raw, x.raw)
    assert not np.shares_memory(x.numpy(), x.raw)
    assert type(Value(2.0).numpy()) is np.ndarray


# --- printing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Value(2.0), "Value(2)"),
        (Value(2.0, name="x1"), "Value(2, name='x1')"),
        (Value(1 / 3), "Value(0.333333)"),
        (Value(2.0) * Value(3.0), "Value(6, op=multiply)"),
        (Value(np.array([1.0, 2.5])), "Value([1. , 2.5], shape=(2,))"),
        (Value(np.float32(2.0)), "Value(2, dtype=float32)"),
        (Value(np.array([1, 2])), "Value([1, 2], shape=(2,), dtype=int64)"),
        (Value(np.zeros((0, 3))), "Value([], shape=(0, 3))"),
        (Value(1 + 2j), "Value(1+2j, dtype=complex128)"),
        (Value(math.inf), "Value(inf)"),
    ],
)
def test_repr(value: Value, text: str) -> None:
    assert repr(value) == str(value) == text


def test_repr_of_a_large_array_is_short() -> None:
    assert len(repr(Value(np.arange(10_000.0).reshape(100, 100)))) < 300  # lines are aligned


def test_format() -> None:
    x = Value(2.0, name="x")
    assert f"{x:.3f}" == "2.000"
    assert f"{x}" == "Value(2, name='x')"
    assert f"{Value(np.array([[2.5]])):.1f}" == "2.5"
    assert format(Value(2), "05.1f") == "002.0"
    with pytest.raises(ValueError, match="format"):
        format(Value(np.ones(2)), ".3f")


# --- comparing, hashing -----------------------------------------------------------------------------------------------


def test_comparing_numbers_gives_booleans() -> None:
    x = Value(2.0)
    for answer in (x < 3, x <= 2.0, x == 2, x != 3, Value(3.0) > x, Value(2.0) >= x, x == Value(2.0), x != "2"):
        assert type(answer) is bool
        assert answer
    assert Value(math.nan) != Value(math.nan)


def test_comparing_arrays_gives_arrays() -> None:
    x = Value(np.array([1.0, 2.0, 3.0]))
    for answer in (x > 1.5, x > np.full(3, 1.5), np.less(1.5, x), x > Value(1.5), x > [1.5] * 3):
        assert type(answer) is np.ndarray
        assert answer.tolist() == [False, True, True]
    assert (x == x).all()
    with pytest.raises(ValueError, match="broadcast"):
        x == np.ones(2)  # noqa: B015
    with pytest.raises(TypeError):
        x < "text"  # noqa: B015


def test_hashing_is_by_identity() -> None:
    a, b = Value(1.0), Value(1.0)
    assert a == b
    assert len({a, b, a}) == 2
    assert {a: "a", b: "b"}[b] == "b"
    v = Value(np.ones(3))
    assert {v: 1}[v] == 1


def test_in_a_list_of_values() -> None:
    a, b = Value(1.0), Value(2.0)
    assert b in [a, b]
    assert Value(3.0) not in [a, b]
    v = Value(np.ones(3))
    assert v in [v, a]
    assert sorted([b, a]) == [a, b]
    assert max(a, b) is b


# --- conversion -------------------------------------------------------------------------------------------------------


def test_numbers() -> None:
    x = Value(2.5)
    assert (float(x), int(x), complex(x), bool(x), x.item()) == (2.5, 2, 2.5 + 0j, True, 2.5)
    assert type(float(Value(np.array([[2.5]])))) is float
    assert not Value(0.0)
    assert type(Value(np.float32(2.5)).item()) is float
    for convert in (float, int, complex, bool, Value.item):
        for value in (Value(np.ones(2)), Value(np.ones(0))):
            with pytest.raises(ValueError, match="one entry"):
                convert(value)
    assert [10, 20, 30][Value(np.int64(1))] == 20
    with pytest.raises(TypeError, match="index"):
        [10, 20, 30][Value(1.0)]


def test_length_and_iteration() -> None:
    x = Value(np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert len(x) == 2
    rows = list(x)
    assert [row.shape for row in rows] == [(2,), (2,)]
    (a, b), _ = x
    (a * b).backward()
    np.testing.assert_array_equal(x.grad, [[2.0, 1.0], [0.0, 0.0]])
    assert 3.0 in x
    assert 5.0 not in x
    assert sum(Value(np.array([1.0, 2.0]))) == 3.0
    for use in (len, iter, list, lambda v: 1.0 in v, lambda v: [*v]):
        with pytest.raises(TypeError, match="single number"):
            use(Value(1.0))


def test_indexing() -> None:
    data = np.arange(24.0).reshape(2, 3, 4)
    for index in (
        0,
        -1,
        (1, 2),
        (1, 2, 3),
        slice(None, None, -1),
        (slice(None), slice(1, None), 0),
        ...,
        (..., 1),
        None,
        (0, None, ..., slice(0, 4, 2)),
        [1, 0, 0],
        ([0, 1, 1], [2, 0, 0]),
        (slice(None), [0, 2, 2]),
        (np.array([[0], [1]]), np.array([0, 1, 1])),
        data > 10,
        np.array([True, False]),
        (0, np.array([True, False, True])),
        (),
        True,
        np.array(1),
        np.int64(1),
        slice(0, 0),
        [],
    ):
        x = Value(data)
        y = x[index]
        np.testing.assert_array_equal(y.raw, data[index])
        y.backward(np.ones(y.shape))
        counts = np.zeros(data.shape)
        np.add.at(counts, index, 1.0)  # type: ignore[arg-type]
        np.testing.assert_array_equal(x.grad, counts, err_msg=str(index))
    x = Value(data)
    assert x[Value(np.int64(1))].shape == (3, 4)
    assert x[Value(np.array([0, 1, 1]))].shape == (3, 3, 4)
    for bad in (5, (0, 3), (0, 0, 0, 0), [2], 1.5, "a", np.ones(5, bool), Value(1.0)):
        with pytest.raises(IndexError):
            x[bad]
    with pytest.raises(TypeError, match=r"where.*stack.*concatenate"):
        x[0] = 1.0


def test_in_place_operators_bind_a_new_value() -> None:
    x = y = Value(np.ones(2))
    x += 1.0
    x *= 3.0
    assert x is not y
    np.testing.assert_array_equal(y.raw, [1.0, 1.0])
    x.sum().backward()
    np.testing.assert_array_equal(y.grad, [3.0, 3.0])


def test_operators_with_plain_data_on_either_side() -> None:
    data, other = np.array([[0.5, 1.5], [2.5, 3.5]]), np.array([[2.0, 3.0], [4.0, 5.0]])
    operators: list[Any] = [
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, b: a * b,
        lambda a, b: a / b,
        lambda a, b: a // b,
        lambda a, b: a % b,
        lambda a, b: a**b,
        lambda a, b: a @ b,
    ]
    for combine in operators:
        want = combine(data, other)
        x, y = Value(data), Value(other)
        for a, b in [(x, y), (x, other), (data, y), (x, other.tolist()), (data.tolist(), y)]:
            got = combine(a, b)
            assert type(got) is Value
            np.testing.assert_array_equal(got.raw, want)
    assert (-Value(2.0)).item() == -2.0
    assert abs(Value(-2.0)).item() == 2.0
    x = Value(2.0)
    assert +x is x
    assert (3 - x).item() == 1.0
    assert (3 / x).item() == 1.5
    assert (3**x).item() == 9.0
    assert (7 // x).item() == 3.0
    assert (7 % x).item() == 1.0


# --- copies -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
@pytest.mark.parametrize("data", KINDS, ids=KIND_IDS)
def test_copies_of_leaves(duplicate: Any, data: Any) -> None:
    x = Value(data, name="x")
    am.sum(am.real(x * x)).backward()
    y = duplicate(x)
    assert type(y.data) is type(data)
    np.testing.assert_array_equal(y.raw, x.raw)
    np.testing.assert_array_equal(y.grad, x.grad)
    assert y.name == "x"
    assert y.requires_grad
    assert y.is_leaf
    if isinstance(data, np.ndarray):
        assert not np.shares_memory(x.raw, y.raw) or not x.size
        assert not np.shares_memory(x.grad, y.grad) or not x.size
    (y * 1.0).backward(np.ones(np.shape(data)))


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_copies_of_results_stay_in_the_graph(duplicate: Any) -> None:
    x = Value(2.0)
    y = x * 3.0
    y.name = "y"
    copied = duplicate(y)
    assert copied is not y
    assert (copied.item(), copied.name, copied.op.name, copied.parents) == (6.0, "y", "identity", (y,))
    (copied * copied).backward()
    assert x.grad == 36.0  # d(3x)²/dx = 18x
    assert duplicate(x.detach() * 3.0).is_leaf
    with no_grad():
        assert not duplicate(y).requires_grad


def test_pickles_of_results_are_refused() -> None:
    y = Value(2.0) * 3.0
    for thing in (y, [y], {"y": y}):
        with pytest.raises(TypeError, match=r"a pickle.*would lose its gradient.*\.detach\(\).*stop_gradient"):
            pickle.dumps(thing)
    with no_grad():
        assert not pickle.loads(pickle.dumps(y)).requires_grad
    assert pickle.loads(pickle.dumps(y.detach())).item() == 6.0


def test_pickles_of_leaves_load_as_ever() -> None:
    """A pickle of protocol 0 as the package wrote it before copies stayed in the graph."""
    text = b"cautograd_mini.leaves\nleaf\np0\n(cautograd_mini.value\nValue\np1\nF2.5\nI01\nVw\np2\nF0.5\ntp3\nRp4\n."
    x = pickle.loads(text)
    assert (x.data, x.requires_grad, x.name, x.grad, x.is_leaf) == (2.5, True, "w", 0.5, True)


def test_a_copy_of_a_long_chain_is_one_leaf() -> None:
    y = Value(1.0)
    for _ in range(200_000):
        y = y + 1.0
    assert copy.deepcopy(y).item() == 200_001.0


def test_deepcopy_keeps_ties() -> None:
    x = Value(np.ones(2))
    first, second = copy.deepcopy([x, x])
    assert first is second


def _doubled(x: Value) -> float:
    y = x * 2.0
    y.backward()
    return float(x.grad)


def test_values_travel_to_other_processes() -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(_doubled, [Value(3.0)]) == [2.0]


# --- going backward ---------------------------------------------------------------------------------------------------


def test_backward_needs_a_gradient_for_anything_larger_than_a_number() -> None:
    x = Value(np.ones((2, 3)))
    y = x * 2.0
    with pytest.raises(ValueError, match=r"\(2, 3\).*sum\(\)"):
        y.backward()
    for bad, error in [(np.ones(3), ValueError), (1.0, ValueError), ("text", TypeError), (y.raw * 1j, TypeError)]:
        with pytest.raises(error):
            y.backward(bad)
        assert x.grad is None
    y.backward(np.ones((2, 3), np.float32))
    assert x.grad.dtype == np.float64
    y.backward([[1, 2, 3], [4, 5, 6]])
    y.backward(Value(np.ones((2, 3))))
    np.testing.assert_array_equal(x.grad, [[6.0, 8.0, 10.0], [12.0, 14.0, 16.0]])


def test_backward_of_one_entry_starts_from_one() -> None:
    for data in (np.array([3.0]), np.array([[3.0]]), np.array(3.0), np.float32(3.0)):
        x = Value(data)
        (x * x).backward()
        np.testing.assert_array_equal(x.grad, np.full(np.shape(data), 6.0))


def test_backward_without_anything_to_differentiate() -> None:
    with no_grad():
        y = Value(2.0) * 2.0
    for value in (Value(1.0, requires_grad=False), Value(np.array(3)), y):
        with pytest.raises(GraphError, match="requires_grad=True"):
            value.backward()


@pytest.mark.parametrize(
    "method",
    [
        ("sum", (0,), {}),
        ("mean", (), {"axis": 1, "keepdims": True}),
        ("max", (), {}),
        ("min", (0,), {}),
        ("prod", (1,), {}),
        ("var", (), {"ddof": 1}),
        ("std", (0,), {}),
        ("cumsum", (1,), {}),
        ("reshape", (6,), {}),
        ("reshape", (3, 2), {}),
        ("reshape", ((3, -1),), {}),
        ("ravel", (), {}),
        ("flatten", (), {}),
        ("transpose", (), {}),
        ("transpose", (1, 0), {}),
        ("transpose", ((1, 0),), {}),
        ("swapaxes", (0, 1), {}),
        ("squeeze", (), {}),
        ("repeat", (2,), {"axis": 0}),
        ("take", ([0, 1],), {"axis": 1}),
        ("diagonal", (), {}),
        ("trace", (), {}),
        ("clip", (-1, 1), {}),
        ("clip", (), {"min": 0.0}),
        ("dot", (np.ones((3, 2)),), {}),
        ("conj", (), {}),
        ("astype", (np.float32,), {}),
    ],
    ids=lambda method: f"{method[0]}{method[1]}{method[2]}"[:40],
)
def test_methods_are_those_of_arrays(method: tuple[str, tuple[Any, ...], dict[str, Any]]) -> None:
    name, args, options = method
    data = np.array([[0.5, -1.5, 2.5], [-0.25, 1.75, -3.0]])
    got = getattr(Value(data), name)(*args, **options)
    assert type(got) is Value
    want = getattr(data, name)(*args, **options)
    np.testing.assert_allclose(got.raw, want, rtol=1e-15)
    assert got.dtype == want.dtype


def test_whole_numbers_of_a_value_are_flat() -> None:
    x = Value(np.array([1.5, 2.5]))
    (x.astype(int) * x).sum().backward()
    np.testing.assert_array_equal(x.grad, [1.0, 2.0])


@pytest.mark.parametrize("name", ["exp", "log", "sqrt", "tanh", "sigmoid", "relu"])
def test_methods_are_the_functions_of_that_name(name: str) -> None:
    x = Value(np.array([0.5, 1.5]))
    np.testing.assert_array_equal(getattr(x, name)().raw, getattr(am, name)(x.raw))


def test_lists_of_values_are_joined() -> None:
    """Where nothing else would do, a list that holds Values is joined as ``array`` does."""
    a, b = Value(1.0), Value(3.0)
    row = Value([1.0, 2.0])
    for function, want in (
        (am.mean, 2.0),
        (am.sum, 4.0),
        (am.max, 3.0),
        (am.prod, 3.0),
        (am.logsumexp, np.log(np.e + np.e**3)),
    ):
        assert function([a, b]).raw == pytest.approx(want, rel=1e-15)
    np.testing.assert_array_equal(am.sum([[a, 2.0], [b, 4.0]], axis=0).raw, [4.0, 6.0])
    np.testing.assert_array_equal((am.dot([a, b], [2.0, 5.0]).raw, am.add([a, b], row).raw.sum()), [17.0, 7.0])
    np.testing.assert_array_equal(am.multiply(row, (a, b)).raw, [1.0, 6.0])
    np.testing.assert_array_equal(am.where([True, False], [a, b], 0.0).raw, [1.0, 0.0])
    assert am.gradients(am.mean([a, b, a]), [a, b]) == [pytest.approx(2 / 3), pytest.approx(1 / 3)]
    np.testing.assert_array_equal(am.gradients(am.sum([row, row * row]), row), [3.0, 5.0])
    with pytest.raises(TypeError, match="got list of dtype"):
        am.sum(["a", "b"])
    with pytest.raises(TypeError, match="unexpected"):
        am.sum([a, b], nothing=1)  # type: ignore[call-arg]


# --- leaving the graph ------------------------------------------------------------------------------------------------


def test_a_value_assigned_into_an_array_is_refused() -> None:
    """Outside ``grad`` too: the array would hold the number, and the loss computed from it no gradient."""
    w, path = Value(0.5), np.zeros((2, 1))
    with pytest.raises(ValueError, match="sequence") as error:
        path[0, 0] = w**2
    assert "x.at[i].set" in str(error.value.__cause__)
    with pytest.raises(ValueError, match="sequence"):
        path[1, 0] += w
    np.testing.assert_array_equal(path, np.zeros((2, 1)))
    path[0, 0] = w.item()
    path[1, 0] = Value(2.0, requires_grad=False)
    np.testing.assert_array_equal(path, [[0.5], [2.0]])
    assert float(w) == 0.5
    assert f"{w:.2f}" == "0.50"


@pytest.mark.parametrize(
    "cut",
    [lambda y: y.tolist(), pickle.dumps, complex],
    ids=["tolist", "pickle", "complex"],
)
def test_a_function_that_is_differentiated_may_not_cut_its_graph(cut: Any) -> None:
    def f(x: Any) -> Any:
        cut(2.0 * x)
        return x

    with pytest.raises(TypeError, match="would lose its gradient"):
        am.grad(f)(3.0)


def test_a_series_of_pandas_is_an_index() -> None:
    pandas = pytest.importorskip("pandas")
    x = Value([1.0, 2.0, 3.0])
    frame = pandas.DataFrame({"a": [1.0, -1.0, 2.0]})
    np.testing.assert_array_equal(x[frame["a"] > 0].raw, [1.0, 3.0])
    np.testing.assert_array_equal(am.gradients(x[pandas.Series([0, 0])].sum(), x), [2.0, 0.0, 0.0])


def test_a_static_argument_takes_no_value_with_a_gradient() -> None:
    @am.primitive("{x} · {k}", am.Rule(lambda g, out, x, k: g * k, "{k}"), elementwise=True)
    def scaled_by(x: Any, k: Any) -> Any:
        return x * k

    assert am.grad(scaled_by)(2.0, 3.0) == 3.0
    with pytest.raises(TypeError, match=r"scaled_by\(\) has no rule for its argument 'k'.*k\.item\(\)"):
        scaled_by(Value(2.0), Value(3.0))


# --- lists of Values --------------------------------------------------------------------------------------------------


def test_membership_of_arrays() -> None:
    """A list asks each entry whether it is the one, or equal to it: for arrays, whether all their entries are."""
    a, b, c = Value([1.0, 2.0]), Value([1.0, 3.0]), Value([1.0, 2.0, 3.0])
    row = [a, b, c]
    assert b in row
    assert row[1] in row
    assert c in (a, b, c)
    assert Value([5.0, 6.0]) not in row
    assert Value([1.0, 3.0]) in row
    assert np.array([1.0, 3.0]) in row
    assert Value(np.ones((2, 2))) not in row
    assert [row.index(v) for v in row] == [0, 1, 2]
    assert row.count(a) == 1
    row.remove(b)
    assert row[1] is c
    assert len(row) == 2
    with pytest.raises(ValueError, match="list"):
        row.index(b)
    assert {a, b} & {b, c} == {b}
    assert b in {a, b}
    assert {a: 1, b: 2}[b] == 2
    assert 2.0 in a
    assert Value(2.0) in [1.0, 2.0]


def test_equality_compares_entries_all_the_same() -> None:
    a, b = Value([1.0, 2.0]), Value([1.0, 3.0])
    for _ in range(2):
        for equal in (a == b, np.equal(a, b), next(map(operator.eq, [a], [b])), a.__eq__(b)):
            assert type(equal) is np.ndarray
            np.testing.assert_array_equal(equal, [True, False])
    with pytest.raises(ValueError, match="shape"):
        a == Value([1.0, 2.0, 3.0])  # noqa: B015
    with pytest.raises(ValueError, match="ambiguous"):
        bool(a == b)
    assert (a == "text") is False


@pytest.mark.parametrize("data", [np.array([1.0, 2.0]), np.array(1.0), np.float64(1.0), np.float32(1.0), 1.0])
def test_new_data_from_a_value_are_a_copy_of_the_same_kind(data: Any) -> None:
    x, y = Value(data), Value(data + 1)
    x.data = y
    assert type(x.raw) is type(data)
    x.subtract_(0.5)
    np.testing.assert_array_equal(x.raw, data + 0.5)
    np.testing.assert_array_equal(y.raw, data + 1)
