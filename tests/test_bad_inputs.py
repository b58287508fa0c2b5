"""Bad and hostile inputs: each row of the project's list, its number in the test's name.

A test runs the input, asserts the named exception or value, and the fixture asserts that nothing else changed.
"""

import asyncio
import copy
import math
import pickle
import threading
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import GraphError, Rule, Value, grad, gradients, hessian, jacobian, no_grad, primitive
from autograd_mini.operation import OPERATIONS


@pytest.fixture(autouse=True)
def bystander() -> Iterator[Value]:
    """A Value that no test touches: its gradient, the switches and NumPy's settings stay as they were."""
    w = Value(np.array([1.0, 2.0]), name="bystander")
    y = (w * w).sum()
    y.backward()
    settings, table = np.geterr(), set(OPERATIONS)
    yield w
    np.testing.assert_array_equal(w.grad, [2.0, 4.0])
    np.testing.assert_array_equal(w.raw, [1.0, 2.0])
    assert (w * 1.0).requires_grad
    assert np.geterr() == settings
    for name in OPERATIONS.keys() - table:
        del OPERATIONS[name]
    w.grad = None
    y.backward()
    np.testing.assert_array_equal(w.grad, [2.0, 4.0])


# --- construction -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", ["3", b"3", np.array(["a", "b"]), ["a"], np.str_("3")])
def test_01_text(data: Any) -> None:
    with pytest.raises(TypeError, match=r"str|bytes|<U"):
        Value(data)


def test_02_none() -> None:
    with pytest.raises(TypeError, match="NoneType"):
        Value(None)


def test_03_object_arrays() -> None:
    for data in (np.array([1, None]), [1, None], np.array([object()])):
        with pytest.raises(TypeError, match="object"):
            Value(data)


def test_04_ragged_lists() -> None:
    for data in ([[1.0], [1.0, 2.0]], [np.ones(2), np.ones(3)]):
        with pytest.raises(ValueError, match="ragged"):
            Value(data)


def test_05_06_integers_and_booleans_have_no_gradient() -> None:
    for data in (np.array([1, 2]), np.int32(1), True, np.array([True])):
        assert not Value(data).requires_grad
        with pytest.raises(TypeError, match="floating"):
            Value(data, requires_grad=True)
    assert type(Value(3).data) is float


def test_07_complex_leaves() -> None:
    z = Value(np.array([1 + 2j, 3 - 1j]))
    (z.conj() * z).sum().backward()
    np.testing.assert_array_equal(z.grad, 2 * z.raw)
    with pytest.raises(TypeError, match="real"):
        Value(np.ones(2)).grad = np.ones(2) * 1j


@pytest.mark.parametrize("dtype", [np.float16, np.longdouble, np.complex64, np.clongdouble])
def test_08_rare_dtypes_are_kept(dtype: Any) -> None:
    x = Value(np.array([0.5, 1.5], dtype))
    y = am.tanh(x * 2.0 + 1) / 3
    assert y.dtype == dtype
    am.sum(am.real(y)).backward()
    assert x.grad.dtype == dtype


def test_09_foreign_byte_order() -> None:
    for dtype in (">f8", "<f8", ">f4", ">c16"):
        x = Value(np.array([1.0, 2.0], dtype))
        assert x.dtype.isnative
        am.sum(am.real(x * x)).backward()
        np.testing.assert_array_equal(x.grad, [2.0, 4.0])
        np.testing.assert_array_equal((x * np.array([3.0, 4.0], dtype)).raw, [3.0, 8.0])
    assert not Value(np.array([1, 2], ">i4")).requires_grad


def test_10_read_only_arrays() -> None:
    source = np.array([1.0, 2.0])
    source.flags.writeable = False
    x = Value(source)
    y = (x * source).sum()
    y.backward()
    x.subtract_(x.grad)
    np.testing.assert_array_equal(source, [1.0, 2.0])
    np.testing.assert_array_equal(x.raw, [0.0, 0.0])


def test_11_views() -> None:
    base = np.arange(12.0).reshape(3, 4)
    for view in (base.T, base[::-1, ::2], base[:, 1], np.broadcast_to(base[0], (3, 4)), np.asfortranarray(base)):
        x = Value(view)
        am.sum(x * view).backward()
        np.testing.assert_array_equal(x.grad, view)
    x = Value(base[0])
    am.broadcast_to(x, (3, 4)).sum().backward()
    np.testing.assert_array_equal(x.grad, [3.0] * 4)


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_12_matrices() -> None:
    """Their product is another than an array's, so that neither can stand for the other unnoticed."""
    matrix: Any = np.matrix([[1.0, 2.0], [3.0, 4.0]])
    x = Value(np.asarray(matrix))
    uses: list[Callable[[], Any]] = [lambda: Value(matrix), lambda: x * matrix, lambda: matrix * x, lambda: matrix @ x]
    for use in uses:
        with pytest.raises(TypeError, match=r"matrix .*numpy\.asarray\(x\)"):
            use()


def test_13_masked_arrays() -> None:
    masked = np.ma.array([1.0, 2.0], mask=[False, True])
    x = Value(np.ones(2))
    for use in (lambda: Value(masked), lambda: x * masked, lambda: am.exp(masked), lambda: am.maximum(x, masked)):
        with pytest.raises(TypeError, match="mask"):
            use()
    with pytest.raises(TypeError, match="graph"):
        masked * x


def test_14_pandas() -> None:
    pandas = pytest.importorskip("pandas")
    x = Value(pandas.Series([1.0, 2.0], index=["a", "b"]))
    assert type(x.raw) is np.ndarray
    assert Value(pandas.DataFrame({"a": [1.0, 2.0]})).shape == (2, 1)
    assert not Value(pandas.Series([1, 2])).requires_grad
    for bad in (pandas.Series(["a"]), pandas.DataFrame({"a": [1.0], "b": ["x"]})):
        with pytest.raises(TypeError, match="dtype"):
            Value(bad)


def test_15_sparse_matrices() -> None:
    sparse = pytest.importorskip("scipy.sparse").csr_array(np.eye(2))
    for use in (lambda: Value(sparse), lambda: Value(np.eye(2)) * sparse, lambda: Value(np.eye(2)) @ sparse):
        with pytest.raises(TypeError, match=r"toarray\(\)"):
            use()


def test_16_dates_and_records() -> None:
    for data in (
        np.array(["2020-01-01"], "datetime64[D]"),
        np.timedelta64(1, "D"),
        np.zeros(2, [("a", float)]),
        np.zeros(2, "V8"),
    ):
        with pytest.raises(TypeError, match="dtype"):
            Value(data)


def test_17_values_inside_lists() -> None:
    a, b = Value(1.0), Value(2.0)
    am.array([a, [b]][0:1]).sum().backward()
    assert a.grad == 1.0
    for use in (lambda: np.array([a, b]), lambda: np.asarray([[a]]), lambda: Value([a, b]), lambda: Value([[a]])):
        with pytest.raises(TypeError, match="stack"):
            use()


def test_18_values_of_values() -> None:
    a = Value(np.ones(2))
    b = Value(a)
    (b * 3.0).sum().backward()
    np.testing.assert_array_equal(a.grad, [3.0, 3.0])


@pytest.mark.parametrize("shape", [(), (1,), (0,), (0, 3), (1, 1)])
def test_19_small_and_empty_shapes(shape: tuple[int, ...]) -> None:
    x = Value(np.full(shape, 0.5))
    axis = 0 if shape else None
    for y in (
        am.sum(x),
        am.sum(x, axis=axis),
        am.prod(x),
        am.cumsum(x),
        am.exp(x) * x,
        am.reshape(x, -1),
        am.transpose(x),
        am.concatenate([am.ravel(x), am.ravel(x)]),
        am.stack([x, x]),
        am.where(x > 0.2, x, 1.0),
        am.flip(x),
        am.tile(x, 2),
        am.repeat(x, 2),
        x[...],
        am.norm(am.ravel(x)),
        am.outer(x, x),
        am.einsum("...->...", x),
    ):
        g = gradients(y, x, np.ones(y.shape))
        assert np.shape(g) == shape
    if x.size:
        for y in (am.mean(x), am.max(x), am.min(x), am.logsumexp(x), am.var(x), am.std(x)):
            assert np.shape(gradients(y, x)) == shape
    else:
        for function in (am.max, am.min):
            with pytest.raises(ValueError, match=r"zero-size|identity"):
                function(x)


def test_20_too_many_dimensions() -> None:
    x = Value(np.ones((1,) * 64))
    (x * 2.0).sum().backward()
    assert x.grad.shape == (1,) * 64
    assert Value(np.ones((1,) * 33)).reshape(1).shape == (1,)
    with pytest.raises(ValueError, match="64"):
        am.expand_dims(x, 0)
    with pytest.raises(ValueError, match=r"reshape|array is too big|too large"):
        am.reshape(x, (2**40, 2**40))
    with pytest.raises((ValueError, MemoryError)):
        am.tile(x, 2**50)


def test_21_nan_inf_and_zeros_flow_as_in_numpy() -> None:
    data = np.array([np.nan, np.inf, -np.inf, -0.0, 5e-324])
    x = Value(data)
    functions: list[Any] = [np.negative, np.square, np.tanh, np.exp, lambda v: v * 2.0, lambda v: v + v, np.abs]
    with np.errstate(all="ignore"):
        for f in functions:
            np.testing.assert_array_equal(f(x).raw, f(data))
        (x * x).sum().backward()
    np.testing.assert_array_equal(x.grad, 2 * data)
    assert math.isnan((Value(math.inf) - math.inf).item())
    assert math.copysign(1.0, (-Value(0.0)).item()) == -1.0


def test_22_other_libraries() -> None:
    torch: Any = pytest.importorskip("torch")
    x = Value(np.ones(2))
    tensor = torch.ones(2)
    uses: list[Callable[[], Any]] = [lambda: x * tensor, lambda: tensor * x, lambda: am.matmul(tensor, x)]
    for use in uses:
        assert isinstance(use().data, torch.Tensor)

    class Other:
        def __radd__(self, other: Any) -> str:
            return "mine"

        def __rmatmul__(self, other: Any) -> str:
            return "mine"

    assert x + Other() == "mine"
    assert x @ Other() == "mine"


# --- arithmetic and shapes --------------------------------------------------------------------------------------------


def test_23_shapes_that_do_not_fit() -> None:
    x, w = Value(np.ones((2, 3))), Value(np.ones((2, 4)))
    for use in (lambda: x + w, lambda: x * np.ones((2, 4)), lambda: np.ones((2, 4)) - x, lambda: am.where(True, x, w)):
        with pytest.raises(ValueError, match=r"\(2, ?3\).*\(2, ?4\)|\(2, ?4\).*\(2, ?3\)"):
            use()
    with pytest.raises(ValueError, match=r"\(2, 3\) and \(2, 4\)"):
        x @ w


def test_24_broadcasting_is_undone() -> None:
    a, b, c = Value(np.ones((3, 1))), Value(np.ones((1, 4), np.float32)), Value(2.0)
    am.sum(a * b * c + np.ones((2, 3, 4))).backward()
    np.testing.assert_array_equal(a.grad, np.full((3, 1), 16.0))
    np.testing.assert_array_equal(b.grad, np.full((1, 4), 12.0))
    assert b.grad.dtype == np.float32
    assert c.grad == 24.0
    assert type(c.grad) is float


def test_25_26_arrays_scalars_and_series_on_the_left() -> None:
    x = Value(np.ones(2))
    for y in (np.ones(2) * x, np.float64(2.0) * x, np.float32(2.0) + x, np.ones((2, 2)) @ x, np.ones(2) ** x):
        assert type(y) is Value
    assert type(np.float64(2.0) * Value(1.0)) is Value
    pandas = pytest.importorskip("pandas")
    for y in (pandas.Series([1.0, 2.0]) * x, x - pandas.Series([1.0, 2.0]), pandas.DataFrame(np.eye(2)) / (x + 1.0)):
        assert type(y) is Value


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy's, for arrays
@pytest.mark.parametrize("kind", [float, lambda x: np.array([x])], ids=["float", "array"])
def test_27_powers_at_zero_and_below(kind: Callable[[float], Any]) -> None:
    """0 ** 0 is 1, and a gradient by the base has no NaN that a constant exponent does not ask for."""

    def slope(x: float, y: Any) -> Any:
        leaf = Value(kind(x))
        power = leaf**y
        power.backward(np.ones(power.shape))
        return np.asarray(power.raw).item(), np.asarray(leaf.grad).item()

    assert slope(0.0, 0) == (1.0, 0.0)
    assert slope(0.0, 1) == (0.0, 1.0)
    assert slope(0.0, 2) == (0.0, 0.0)
    assert slope(0.0, 2.5) == (0.0, 0.0)
    assert slope(0.0, 0.5) == (0.0, math.inf)
    assert slope(-2.0, 0) == (1.0, 0.0)
    assert slope(-2.0, 2) == (4.0, -4.0)
    assert slope(-2.0, 3) == (-8.0, 12.0)
    assert slope(-2.0, -1) == (-0.5, -0.25)
    assert all(math.isnan(number) for number in slope(-2.0, 0.5))
    assert slope(0.0, -1) == (math.inf, -math.inf)
    exponent = Value(kind(3.0))
    (0.0**exponent).backward(np.ones(exponent.shape))
    assert np.asarray(exponent.grad).item() == 0.0
    third = grad(grad(grad(lambda x: x**3)))
    assert third(0.0) == 6.0
    assert grad(third)(0.0) == 0.0


def test_27_mixed_second_derivative_of_a_power_at_exponent_zero() -> None:
    assert grad(lambda y: grad(lambda x: x**y)(2.0))(0.0) == 0.5


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_28_functions_at_zero() -> None:
    """sqrt has slope inf, log too; norm and std have the subgradient 0, and nothing raises."""
    for zero in (0.0, np.zeros(1)):
        for function, want in [(am.sqrt, math.inf), (am.log, math.inf), (am.norm, 0.0), (am.std, 0.0)]:
            x = Value(zero)
            function(x).backward(np.ones(np.shape(function(x).raw)))
            np.testing.assert_array_equal(x.grad, np.full(np.shape(zero), want))
    for order in (None, 2, 3, 1.5, np.inf):
        x = Value(np.zeros(3))
        am.norm(x, order).backward()
        np.testing.assert_array_equal(x.grad, np.zeros(3))
    x = Value(np.full(4, 0.3))
    am.std(x).backward()
    np.testing.assert_array_equal(x.grad, np.zeros(4))
    assert am.log(Value(0.0)).item() == -math.inf
    assert math.isnan(am.log(Value(-1.0)).item())
    assert grad(lambda x: am.hypot(x, 0.0))(0.0) == 0.0


def test_29_kinks() -> None:
    """abs 0, relu 0, maximum with a tie one half each, clip the whole gradient on its edge."""
    assert grad(am.abs)(0.0) == 0.0
    assert grad(am.relu)(0.0) == 0.0
    assert grad(lambda x: am.maximum(x, 0.0))(0.0) == 0.5
    assert grad(am.maximum, (0, 1))(2.0, 2.0) == (0.5, 0.5)
    assert grad(am.minimum, (0, 1))(2.0, 2.0) == (0.5, 0.5)
    assert grad(lambda x: am.maximum(x, x))(2.0) == 1.0
    assert grad(lambda x: am.clip(x, 0.0, 1.0))(0.0) == 1.0
    assert grad(lambda x: am.clip(x, 0.0, 1.0))(1.0) == 1.0
    assert grad(lambda x: am.clip(x, 0.0, 1.0))(1.5) == 0.0
    assert grad(am.sign)(0.0) == 0.0
    np.testing.assert_array_equal(grad(lambda x: am.sum(am.abs(x)))(np.array([-1.0, 0.0, 2.0])), [-1.0, 0.0, 1.0])


@pytest.mark.parametrize("function", [am.max, am.min])
def test_30_ties_share(function: Callable[..., Any]) -> None:
    x = Value(np.array([[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]]))
    function(x, axis=1).backward(np.array([3.0, 6.0]))
    np.testing.assert_array_equal(x.grad, [[1.0] * 3, [2.0] * 3])
    x = Value(np.ones((2, 2), np.float32))
    function(x).backward()
    np.testing.assert_array_equal(x.grad, np.full((2, 2), 0.25))
    assert x.grad.dtype == np.float32
    x = Value(np.array([2.0, 1.0, 2.0, 1.0]))
    am.sort(x).backward(np.array([1.0, 2.0, 3.0, 4.0]))
    np.testing.assert_array_equal(x.grad, [3.5, 1.5, 3.5, 1.5])


def test_31_products_with_zeros() -> None:
    for data, want in [
        ([2.0, 0.0, 3.0], [0.0, 6.0, 0.0]),
        ([0.0, 0.0, 3.0], [0.0, 0.0, 0.0]),
        ([2.0, 4.0, 3.0], [12.0, 6.0, 8.0]),
    ]:
        np.testing.assert_array_equal(grad(am.prod)(np.array(data)), want)
    H = hessian(am.prod)(np.array([0.0, 0.0, 3.0]))
    np.testing.assert_array_equal(H, [[0.0, 3.0, 0.0], [3.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    x = np.array([[2.0, 0.0], [0.0, 5.0]])
    np.testing.assert_array_equal(grad(lambda x: am.sum(am.prod(x, axis=0)))(x), [[0.0, 5.0], [2.0, 0.0]])
    np.testing.assert_array_equal(grad(lambda x: am.sum(am.cumprod(x)))(np.array([2.0, 0.0, 3.0])), [1.0, 8.0, 0.0])


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_32_the_nan_trap_of_where_is_documented() -> None:
    x = np.array([0.0, 2.0])
    trapped = grad(lambda x: am.sum(am.where(x > 0, am.log(x), 0.0)))(x)
    assert math.isnan(trapped[0])
    free = grad(lambda x: am.sum(am.where(x > 0, am.log(am.where(x > 0, x, 1.0)), 0.0)))(x)
    np.testing.assert_array_equal(free, [0.0, 0.5])
    assert "log(where(x > 0, x, 1))" in (am.where.__doc__ or "")


def test_33_extreme_scores() -> None:
    for data in ([1e3, -1e3], [-1e3, 1e3], [1e3, 1e3], [-1e3, -1e3], [1e300, 0.0]):
        x = np.array(data)
        for f in (
            am.logsumexp,
            lambda x: am.sum(am.softmax(x) * np.array([1.0, 2.0])),
            lambda x: am.log_softmax(x)[0],
            lambda x: am.softmax_cross_entropy(x, 1),
            lambda x: am.sum(am.sigmoid(x)),
            lambda x: am.sum(am.softplus(x)),
            lambda x: am.sum(am.tanh(x)),
            lambda x: am.logaddexp(x[0], x[1]),
        ):
            value, slope = am.value_and_grad(f)(x)
            assert math.isfinite(value)
            assert np.isfinite(slope).all()
    nothing = np.full(3, -np.inf)
    value, slope = am.value_and_grad(am.logsumexp)(nothing)
    assert value == -math.inf
    np.testing.assert_array_equal(slope, np.zeros(3))
    assert am.logsumexp(np.array([np.inf, 0.0])) == math.inf
    assert am.sigmoid(-1e3) == 0.0
    assert am.log1p(1e-300) == 1e-300
    assert am.logaddexp(-math.inf, -math.inf) == -math.inf
    for zero in (Value(1e3), Value(-1e3)):
        am.sigmoid(zero).backward()
        assert zero.grad == 0.0


def test_33_labels_out_of_range() -> None:
    scores = Value(np.zeros((2, 3)))
    for labels, error in [
        ([0, 3], ValueError),
        ([0, -1], ValueError),
        ([0], ValueError),
        ([0, 1, 2], ValueError),
        (0, ValueError),
        ([[0, 1]], ValueError),
        ([0.0, 1.0], TypeError),
        ([True, False], TypeError),
        (["a", "b"], TypeError),
        (None, TypeError),
    ]:
        with pytest.raises(error):
            am.softmax_cross_entropy(scores, labels)
    assert am.softmax_cross_entropy(np.zeros((0, 3)), []).shape == (0,)


def test_34_division_by_zero() -> None:
    x = Value(1.0)
    y = x / 0.0
    assert y.item() == math.inf
    y.backward()
    assert x.grad == math.inf
    assert math.isnan((Value(0.0) / 0.0).item())
    assert (1.0 / Value(-0.0)).item() == -math.inf
    assert (Value(0.0) ** -1).item() == math.inf
    assert am.reciprocal(0.0) == math.inf
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        y = Value(np.array([1.0])) / np.array([0.0])
    assert y.item() == math.inf
    with np.errstate(divide="raise"), pytest.raises(FloatingPointError):
        Value(np.array([1.0])) / np.array([0.0])


def test_35_whole_quotients_and_remainders() -> None:
    for x, y in [(7.5, 2.0), (-7.5, 2.0), (7.5, -2.0), (-7.5, -2.0)]:
        assert (Value(x) // y).item() == x // y
        assert (Value(x) % y).item() == x % y
        assert grad(lambda x, y: x // y, (0, 1))(x, y) == (0.0, 0.0)
        assert grad(lambda x, y: x % y, (0, 1))(x, y) == (1.0, -(x // y))
    for function in (am.floor, am.ceil, am.trunc, am.rint, am.sign, am.step):
        assert grad(function)(2.3) == 0.0
        np.testing.assert_array_equal(am.elementwise_grad(function)(np.array([2.3, -0.4])), [0.0, 0.0])
    assert math.isnan((Value(1.0) % 0.0).item())
    assert (Value(1.0) // 0.0).item() == math.inf
    counts = Value(np.array([7, -7]))
    np.testing.assert_array_equal((counts // 2).raw, [3, -4])
    np.testing.assert_array_equal((counts % 3).raw, [1, 2])


def test_36_in_place_operators() -> None:
    x = y = Value(np.ones(2))
    x += 1.0
    np.testing.assert_array_equal(y.raw, [1.0, 1.0])
    assert x is not y
    array = np.ones(2)
    with pytest.raises(TypeError, match="out="):
        array *= y  # type: ignore[arg-type]
    np.testing.assert_array_equal(array, [1.0, 1.0])


def test_37_38_39_data_that_changes() -> None:
    source = np.array([1.0, 2.0])
    x = Value(source)
    y = (x * source).sum()
    source[:] = 9.0
    with pytest.raises(TypeError, match=r"where.*stack.*concatenate"):
        x[0] = 5.0
    y.backward()
    np.testing.assert_array_equal(x.grad, [1.0, 2.0])
    x.data[0] = 5.0
    with pytest.raises(GraphError, match="changed"):
        y.backward()
    np.testing.assert_array_equal(x.grad, [1.0, 2.0])
    other = Value(x.data)
    other.data[0] = 7.0
    assert x.raw[0] == 5.0


def test_40_options_of_ufuncs() -> None:
    x: Any = Value(np.ones(2))
    out = np.zeros(2)
    for use in (
        lambda: np.exp(x, out=out),
        lambda: np.add(x, 1.0, where=np.array([True, False])),
        lambda: np.add(x, 1.0, casting="unsafe"),
        lambda: np.add.at(out, [0], x[:1]),
        lambda: np.add.reduceat(x, [0]),
    ):
        with pytest.raises(TypeError):
            use()
    np.testing.assert_array_equal(out, [0.0, 0.0])
    assert np.add(x, 1.0, dtype=np.float32).dtype == np.float32
    add: Any = np.add
    assert add.reduce(x).item() == 2.0
    np.testing.assert_array_equal(add.accumulate(x).raw, [1.0, 2.0])
    np.testing.assert_array_equal(add.outer(x, [1.0, 2.0]).raw, [[2.0, 3.0]] * 2)


def test_41_functions_without_a_rule() -> None:
    x = Value(np.ones((2, 2)))
    for function in (np.roots, np.poly, np.packbits):
        with pytest.raises(TypeError, match=rf"{function.__name__} has no derivative rule.*autograd_mini\."):
            function(x)  # type: ignore[arg-type]


def test_42_numbers_of_several() -> None:
    for data in (np.ones(2), np.ones((0,)), np.ones((2, 1))):
        for convert in (float, int, bool, complex, Value.item):
            with pytest.raises(ValueError, match="one entry"):
                convert(Value(data))


def test_43_a_single_number_is_no_sequence() -> None:
    for x in (Value(1.0), Value(np.array(1.0)), Value(np.float32(1.0))):
        for use in (len, iter, list, tuple, lambda x: 1.0 in x, lambda x: max(*x)):
            with pytest.raises(TypeError):
                use(x)


def test_44_equality_and_identity() -> None:
    a, b = Value(1.0), Value(1.0)
    assert a == b
    assert {a: 1, b: 2} == {a: 1, b: 2}
    assert a in [Value(3.0), b]
    assert a != None  # noqa: E711
    assert a != "text"
    assert sorted([Value(2.0), a]) == [a, Value(2.0)]
    v = Value(np.ones(2))
    assert v in [v, Value(np.zeros(2))]
    assert v in {v, a}


def test_45_indices() -> None:
    x = Value(np.arange(6.0).reshape(2, 3))
    for index, error in [
        (2, IndexError),
        ((0, 3), IndexError),
        ((0, 0, 0), IndexError),
        ([0, 5], IndexError),
        (np.ones(3, bool), IndexError),
        (1.5, IndexError),
        ("a", IndexError),
        (([0, 1], [0, 1, 2]), IndexError),
    ]:
        with pytest.raises(error):
            x[index]
    x[[0, 0, 1], [1, 1, 2]].sum().backward()
    np.testing.assert_array_equal(x.grad, [[0.0, 2.0, 0.0], [0.0, 0.0, 1.0]])
    assert x[None, ..., 0].shape == (1, 2)
    assert x[Value(np.array([1, 0]))].shape == (2, 3)
    with pytest.raises(IndexError):
        x[Value(np.array([1.0, 0.0]))]


def test_46_einsum() -> None:
    A, T = np.arange(9.0).reshape(3, 3), np.arange(24.0).reshape(2, 3, 4)
    calls: list[tuple[str, list[Any]]] = [
        ("ii", [A]),
        ("ii->i", [A]),
        ("iii->i", [np.ones((3, 3, 3))]),
        ("...j,j", [A, A[0]]),
        ("ij,j", [A, A[0]]),
        ("ba", [A]),
        ("...ij->...ji", [T]),
        ("i...,i...->...", [T, T]),
        ("ij,ij,j", [A, A, A[0]]),
        (",i", [np.array(2.0), A[0]]),
        ("ii,jj", [A, A]),
    ]
    for subscripts, operands in calls:
        leaves = [Value(x) for x in operands]
        y = am.einsum(subscripts, *leaves)
        np.testing.assert_allclose(y.raw, np.einsum(subscripts, *operands))
        y.backward(np.ones(y.shape))
        for i, x in enumerate(operands):
            bumps = np.array(
                [
                    np.sum(np.einsum(subscripts, *operands[:i], e.reshape(x.shape), *operands[i + 1 :]))
                    for e in np.eye(x.size)
                ]
            )
            np.testing.assert_allclose(leaves[i].grad, bumps.reshape(x.shape))
    x = Value(A)
    for subscripts, operands in [("ij,jk", [x]), ("ij->ik", [x]), ("i1", [x]), ("ijk", [x]), ("ij->ii", [x])]:
        with pytest.raises(ValueError, match=r"einsum|subscript|operand"):
            am.einsum(subscripts, *operands)
    with pytest.raises(TypeError, match="text"):
        am.einsum(x, "ij")


def test_49_axes() -> None:
    x = Value(np.ones((2, 3)))
    for function in (am.sum, am.mean, am.max, am.min, am.prod, am.var, am.std, am.logsumexp, am.norm):
        for axis in (2, -3, (0, 2), (0, 0), (1, -1)):
            with pytest.raises(ValueError, match=r"axis|axes"):
                function(x, axis=axis)
    for use in (
        lambda: am.cumsum(x, 2),
        lambda: am.softmax(x, 2),
        lambda: am.sort(x, -3),
        lambda: am.transpose(x, (0, 0)),
        lambda: am.transpose(x, (0,)),
        lambda: am.swapaxes(x, 0, 2),
        lambda: am.moveaxis(x, 0, 2),
        lambda: am.moveaxis(x, (0, 0), (0, 1)),
        lambda: am.expand_dims(x, 3),
        lambda: am.expand_dims(x, (0, 0)),
        lambda: am.squeeze(x, 0),
        lambda: am.concatenate([x, x], axis=2),
        lambda: am.stack([x, x], axis=3),
        lambda: am.flip(x, 2),
        lambda: am.take(x, [0], axis=2),
        lambda: am.split(x, 2, axis=2),
        lambda: am.repeat(x, 2, axis=2),
        lambda: am.roll(x, 1, axis=2),
        lambda: am.trace(x, 0, 0, 0),
        lambda: am.diagonal(x, 0, 0, 2),
    ):
        with pytest.raises((ValueError, IndexError)):
            use()
    for no_axis in (1.0, "x"):
        with pytest.raises(TypeError):
            am.sum(x, axis=no_axis)  # type: ignore[arg-type]
    assert am.sum(x, axis=np.int64(1)).shape == (2,)  # type: ignore[arg-type]


# --- graph and backward -----------------------------------------------------------------------------------------------


def test_50_51_gradient_arguments() -> None:
    x = Value(np.ones(3))
    y = x * 2.0
    with pytest.raises(ValueError, match=r"gradient.*sum\(\)"):
        y.backward()
    for bad, error in [
        (np.ones(2), ValueError),
        (np.ones((3, 1)), ValueError),
        (1.0, ValueError),
        ("text", TypeError),
        (np.ones(3) * 1j, TypeError),
        ([[1.0], [2.0, 3.0]], ValueError),
        (np.array(["a"] * 3), TypeError),
    ]:
        with pytest.raises(error):
            y.backward(bad)
        assert x.grad is None
        assert y.grad is None
    y.backward(np.array([1, 2, 3]))
    np.testing.assert_array_equal(x.grad, [2.0, 4.0, 6.0])


def test_52_second_passes() -> None:
    x = Value(3.0)
    y = x**3
    y.backward()
    y.backward()
    assert x.grad == 54.0
    z = x * 2.0
    z.backward(retain_graph=False)
    with pytest.raises(GraphError, match="retain_graph=True"):
        z.backward()
    assert x.grad == 56.0


def test_53_nothing_to_differentiate() -> None:
    for value in (Value(1.0, requires_grad=False), Value(np.array(1)), Value(2.0, requires_grad=False) * 3.0):
        with pytest.raises(GraphError, match="requires no gradient"):
            value.backward()


def test_54_leaves_off_the_path() -> None:
    x, other = Value(1.0), Value(1.0)
    (x * 2.0).backward()
    assert other.grad is None


def test_55_reuse() -> None:
    a = Value(2.0)
    total: Any = 0.0
    for _ in range(1000):
        total = total + a
    (total * a + a * a + (a + a)).backward()
    assert a.grad == 2 * 2000.0 + 4.0 + 2.0


def test_56_57_long_chains() -> None:
    x = y = Value(1.0)
    for _ in range(200_000):
        y = y + x
    y.backward()
    assert x.grad == 200_001.0
    assert "200001" in repr(y)
    assert copy.deepcopy(y).item() == 200_001.0
    assert pickle.loads(pickle.dumps(y.detach())).item() == 200_001.0
    y.zero_grad()
    middle = weakref.ref(y.parents[0].parents[0])
    del y
    assert middle() is None


def test_58_loops() -> None:
    x = Value(1.0)
    y = x * 2.0
    z = y * 3.0
    y.parents = (z, x)
    with pytest.raises(GraphError):
        z.backward()
    with pytest.raises(GraphError):
        gradients(z, x)
    z.zero_grad()
    y.parents = ()


@pytest.mark.parametrize("where", ["forward", "backward"])
@pytest.mark.parametrize("error", [LookupError, KeyboardInterrupt, MemoryError])
def test_59_61_exceptions_within_an_operation(where: str, error: type[BaseException]) -> None:
    def fail(*_: Any) -> Any:
        raise error("mine")

    @primitive("bad {x}", Rule(fail if where == "backward" else (lambda g, out, x: g), "1"), elementwise=True)
    def bad_for_row_59(x: Any) -> Any:
        return fail() if where == "forward" else x * 1.0

    x, w = Value(1.0, name="x"), Value(2.0)
    with no_grad():
        pass
    with pytest.raises(error, match="mine") as caught:
        (bad_for_row_59(x * w) * w).backward()
    assert any(entry.name == "fail" for entry in caught.traceback)
    if issubclass(error, Exception):
        assert "bad_for_row_59" in "".join(caught.value.__notes__)
    assert [v.grad for v in (x, w)] == [None, None]
    (x * w).backward()
    assert [v.grad for v in (x, w)] == [2.0, 1.0]


def test_60_rules_that_give_nonsense() -> None:
    answer: list[Any] = [None]

    @primitive("odd {x}", Rule(lambda g, out, x: answer[0], "?"), elementwise=True)
    def odd_for_row_60(x: Any) -> Any:
        return x * 1.0

    x = Value(np.ones(2))
    y = odd_for_row_60(x).sum()
    for bad in (None, np.ones(3), "text", [[1.0], [1.0, 2.0]], np.array([None, 1.0]), object()):
        answer[0] = bad
        with pytest.raises(GraphError, match="rule of odd_for_row_60 for operand 0"):
            y.backward()
        assert x.grad is None
    answer[0] = np.array([np.nan, 1.0])
    y.backward()
    assert math.isnan(x.grad[0])
    odd_for_row_60.__qualname__ = "elsewhere"
    with pytest.raises(ValueError, match="already"):
        primitive("odd {x}", Rule(lambda g, out, x: g, "1"))(odd_for_row_60)


def test_62_no_grad_is_always_left() -> None:
    def recording() -> bool:
        return bool((Value(1.0) * 1.0).requires_grad)

    with pytest.raises(LookupError), no_grad():
        raise LookupError
    assert recording()

    @no_grad()
    def generator() -> Iterator[bool]:
        yield recording()
        raise LookupError

    items = generator()
    assert next(items) is False
    assert recording()
    with pytest.raises(LookupError):
        next(items)
    assert recording()

    @no_grad()
    async def coroutine() -> bool:
        await asyncio.sleep(0)
        return recording()

    async def main() -> tuple[bool, bool]:
        task = asyncio.ensure_future(coroutine())
        await asyncio.sleep(0)
        return recording(), await task

    assert asyncio.run(main()) == (True, False)


def test_63_threads() -> None:
    shared, results = Value(np.zeros(10)), []

    def run() -> None:
        x = Value(3.0)
        for _ in range(100):
            x.grad = None
            (x * x * x).backward()
            (shared * 2.0).sum().backward()
        results.append(x.grad)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    with no_grad():
        for thread in threads:
            thread.join()
    assert results == [27.0] * 3
    np.testing.assert_array_equal(shared.grad, np.full(10, 600.0))


def test_64_65_copies_and_pickles() -> None:
    x = Value(np.array([1.0, 2.0]), name="x")
    (x * x).sum().backward()
    ways: list[Any] = [copy.copy, copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))]
    for duplicate in ways:
        y = duplicate(x)
        y.data[0] = 9.0
        y.grad[0] = 9.0
        np.testing.assert_array_equal(x.raw, [1.0, 2.0])
        np.testing.assert_array_equal(x.grad, [2.0, 4.0])
    for duplicate in ways[:2]:
        z = duplicate(x * 2.0)
        np.testing.assert_array_equal(am.gradients(z.sum(), x), [2.0, 2.0])
    with pytest.raises(TypeError, match=r"\.detach\(\)"):
        ways[2](x * 2.0)
    first, (second,) = copy.deepcopy((x, [x]))
    assert first is second


def test_66_setters() -> None:
    x = Value(np.array([1.0, 2.0]))
    for bad, error in [(np.ones(3), ValueError), (1.0, ValueError), ("ab", TypeError), (np.ones(2) * 1j, TypeError)]:
        with pytest.raises(error):
            x.grad = bad
        with pytest.raises(error):
            x.data = bad
    assert x.grad is None
    np.testing.assert_array_equal(x.raw, [1.0, 2.0])


@pytest.mark.parametrize("result", [[1.0], None, True, "text", np.ones(2), (1.0,), {"a": 1.0}])
def test_67_gradients_of_what_is_no_number(result: Any) -> None:
    with pytest.raises(TypeError, match="single real number"):
        grad(lambda x: result)(1.0)
    assert grad(lambda x: 5.0)(1.0) == 0.0


def test_68_closures_and_nesting() -> None:
    assert grad(lambda x: x * grad(lambda y: x + y)(x))(1.0) == 1.0
    assert grad(lambda x: grad(lambda y: x * y * y)(x))(3.0) == 12.0
    w = Value(2.0)
    g = grad(lambda x: w * x * x)(3.0)
    g.backward()
    assert w.grad == 6.0
    seen: list[Any] = []

    def f(x: Any) -> Any:
        seen.append(x * 2.0)
        return x * x

    assert grad(f)(3.0) == 6.0
    assert seen[0].item() == 6.0


def test_69_shapes_of_matrices() -> None:
    assert hessian(lambda x: am.sum(x * x))(np.zeros(0)).shape == (0, 0)
    assert jacobian(lambda x: x * x)(np.zeros((0, 2))).shape == (0, 2, 0, 2)
    assert hessian(lambda x: x**3)(2.0) == 12.0
    assert jacobian(lambda x: x[:5])(np.ones(300)).shape == (5, 300)
    assert "one backward pass for every" in (jacobian.__doc__ or "")
