"""Updates at an index, sums at an index, and functions that NumPy has in place: by hand and against NumPy."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

import autograd_mini as am
from autograd_mini import Value
from tests.reference import gradient

numpy: Any = np
"""Calls that NumPy's types do not foresee: on Values."""

X = np.array([[1.0, -2.0, 3.0], [0.5, 4.0, -1.5]])
INDICES: list[Any] = [
    1,
    (slice(None), -1),
    (..., None, 2),
    [0, 1],
    ([0, 1, 0], [2, 2, 1]),
    np.array([[True, False, True], [False, True, False]]),
    (slice(None), [0, 2]),
    (np.array([True, False]), slice(0, 2)),
]
UFUNCS = {"add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": np.divide,
          "max": np.maximum, "min": np.minimum}  # fmt: skip


def by_numpy(name: str, x: Any, index: Any, v: Any) -> Any:
    """The same update, written into a copy; ``ufunc.at`` applies every value in turn."""
    out = np.array(x)
    if name == "set":
        out[index] = v
    else:
        UFUNCS[name].at(out, index, v)
    return out


@pytest.mark.parametrize("name", ["set", *UFUNCS])
@pytest.mark.parametrize("index", INDICES, ids=str)
def test_update(name: str, index: Any) -> None:
    rng = np.random.default_rng(5)
    v = rng.uniform(0.5, 1.5, X[index].shape)
    check(name, X, index, v)
    check(name, X, index, v[..., :1] if v.ndim else v)


@pytest.mark.parametrize("name", ["set", *UFUNCS])
def test_update_of_entries_named_twice(name: str) -> None:
    """Every value counts, one after the other; of those that are set the last stays, and gets the gradient."""
    check(name, np.array([2.0, 3.0, 4.0]), [1, 1, 0, 1], np.array([0.6, 1.7, 1.3, 2.9]))
    check(name, X, ([0, 0, 1], [1, 1, 1]), np.array([0.6, 1.7, 1.3]))
    check(name, X, [[1, 1], [0, 1]], np.linspace(0.7, 2.2, 12).reshape(2, 2, 3))


def check(name: str, x: Any, index: Any, v: Any) -> None:
    leaves = Value(x), Value(v)
    y = getattr(leaves[0].at[index], name)(leaves[1])
    np.testing.assert_allclose(y.raw, by_numpy(name, x, index, v), rtol=1e-14)
    weight = np.linspace(0.5, 1.5, y.size).reshape(y.shape)
    y.backward(weight)
    for leaf, f in (
        (leaves[0], lambda x: np.sum(weight * by_numpy(name, x, index, v))),
        (leaves[1], lambda v: np.sum(weight * by_numpy(name, x, index, v))),
    ):
        np.testing.assert_allclose(leaf.grad, gradient(f, leaf.raw), rtol=1e-8, atol=1e-9)
    np.testing.assert_array_equal(leaves[0].raw, x)
    am.gradcheck(lambda x, v: getattr(x.at[index], name)(v) ** 2, x, v, order=2)


def test_update_against_jax() -> None:
    jnp = pytest.importorskip("jax.numpy")
    for name in ("set", "add", "multiply", "divide", "max", "min", "subtract", "power"):
        x, v = np.array([1.0, 2.0, 3.0], np.float32), np.array([0.5, 1.5], np.float32)
        theirs = getattr(jnp.asarray(x).at[jnp.asarray([0, 2])], name)(v)
        np.testing.assert_allclose(getattr(Value(x).at[[0, 2]], name)(v).raw, np.asarray(theirs), rtol=1e-6)


def test_update_of_numbers_and_kinds() -> None:
    number = Value(2.0)
    assert number.at[()].add(1.5).raw == 3.5
    assert number.at[...].set(4.0).raw == 4.0
    assert number.at[()].get().raw == 2.0
    small = Value(np.array([1.0, 2.0], np.float32))
    y = small.at[0].set(Value(0.1))
    assert y.dtype == np.float32
    z = Value(np.array([1 + 1j, 2.0])).at[0].set(3.0)
    assert z.raw[0] == 3
    assert Value([1.0, 4.0]).at[1].apply(am.sqrt).raw[1] == 2.0
    assert "write .set(v)" in repr(small.at[0])
    with pytest.raises(TypeError, match=r"astype\('complex128'\)"):
        small.at[0].set(1j)
    with pytest.raises(TypeError, match=r"astype\('float64'\)"):
        Value([1, 2]).at[0].set(0.5)
    with pytest.raises(ValueError, match="broadcast"):
        small.at[:].set([1.0, 2.0, 3.0])
    with pytest.raises(IndexError):
        small.at[5].add(1.0)


def test_assignment_names_the_way() -> None:
    with pytest.raises(TypeError, match=r"x\.at\[index\]\.set\(v\)"):
        Value([1.0])[0] = 2.0


@given(st.data())
def test_sums_at_an_index_by_either_way(data: st.DataObject) -> None:
    """Large gradients are summed by counting, small ones one by one: the same sums, in the dtype of the operand."""
    dtype = data.draw(st.sampled_from([np.float16, np.float32, np.float64, np.longdouble, np.complex64, np.complex128]))
    rows, columns, n = data.draw(st.sampled_from([(3, 2, 4), (200, 5, 30), (700, 1, 9), (600, 3, 5000)]))
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    index = rng.integers(-n, n, rows)
    g = rng.integers(-8, 8, (rows, columns)).astype(dtype)
    if np.dtype(dtype).kind == "c":
        g = (g * (1 + 2j)).astype(dtype)
    got = am.scatter(g, index, (n, columns))
    want = np.zeros((n, columns), dtype)
    np.add.at(want, index, g)
    assert got.dtype == dtype
    np.testing.assert_array_equal(got, want)


def test_likes() -> None:
    x = Value(np.array([[1.0, 2.0]], np.float32))
    assert am.ones_like(x).dtype == np.float32
    np.testing.assert_array_equal(am.ones_like(x, dtype=int, shape=(2, 2)), np.ones((2, 2), int))
    assert am.ones_like(Value(3.0)) == 1.0
    assert am.empty_like(x).shape == (1, 2)
    c = Value(5.0)
    y = am.full_like(x, c)
    assert y.dtype == np.float32
    y.sum().backward()
    assert c.grad == 2.0
    np.testing.assert_array_equal(np.full_like(x, 2.0), np.full((1, 2), 2.0))


def test_piecewise() -> None:
    x = np.array([-2.0, -0.5, 0.5, 2.0])
    pairs: list[Any] = [
        ([x < 0, x > 1], [np.negative, lambda x: x**3]),
        ([x < 0], [lambda x: x * x, lambda x: 3.0 * x]),
        ([x < 1, x < 0], [1.5, lambda x: x * x, lambda x: x]),
    ]
    for conditions, pieces in pairs:
        leaf = Value(x)
        y = am.piecewise(leaf, conditions, pieces)
        np.testing.assert_allclose(y.raw, np.piecewise(x, conditions, pieces))
        (y * y).sum().backward()
        # the conditions stay where they are while x moves
        want = gradient(lambda x, c=conditions, p=pieces: np.sum(np.piecewise(x, c, p) ** 2), x)  # type: ignore[misc]
        np.testing.assert_allclose(leaf.grad, want, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(numpy.piecewise(Value(x), [x < 0], [lambda x, k: k * x], 2.0).raw[:2], 2 * x[:2])
    with pytest.raises(ValueError, match="2 conditions"):
        am.piecewise(x, [x < 0, x > 1], [1.0])


def test_interp_of_one_point_and_errors() -> None:
    x, fp = Value([0.5, 1.0, 2.0]), Value([3.0])
    y = am.interp(x, [1.0], fp, left=-1.0)
    np.testing.assert_array_equal(y.raw, np.interp(x.raw, [1.0], [3.0], left=-1.0))
    y.sum().backward()
    np.testing.assert_array_equal(fp.grad, [2.0])
    with pytest.raises(ValueError, match="one length"):
        am.interp(x, [1.0, 2.0], fp)
    np.testing.assert_allclose(numpy.interp(x, [0.0, 1.0, 4.0], [0.0, 2.0, -1.0]).raw, [1.0, 2.0, 1.0])
    at_the_end = am.grad(lambda x: am.interp(x, [0.0, 1.0], [0.0, 2.0]))
    assert at_the_end(0.25) == 2.0
    assert at_the_end(3.0) == 0.0


def test_einsum_by_lists() -> None:
    rng = np.random.default_rng(0)
    A, B = rng.normal(size=(2, 3)), rng.normal(size=(3, 4))
    calls: list[Any] = [
        (A, [0, 1], B, [1, 2], [0, 2]),
        (A, [0, 1], B, [1, 2]),
        (A, [..., 1], B, [1, 2], [..., 2]),
        (A, [3, 60 % 52], [3]),
    ]
    for operands in calls:
        leaves: Any = [Value(x) if isinstance(x, np.ndarray) else x for x in operands]
        np.testing.assert_allclose(am.einsum(*leaves).raw, np.einsum(*operands), rtol=1e-13)
        np.testing.assert_allclose(np.einsum(*leaves, optimize=True).raw, np.einsum(*operands), rtol=1e-13)
    am.gradcheck(lambda A, B: am.einsum(A, [0, 1], B, [1, 2], [0, 2]), A, B, order=2)


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize(("n", "m"), [(5, 3), (3, 5), (4, 4), (4, 2), (2, 4), (1, 3)])
def test_complex_rows(mode: str, n: int, m: int) -> None:
    """Values as NumPy's; correlation conjugates its second row; gradients by differences along both parts."""
    rng = np.random.default_rng(n * m)
    x, y = (rng.normal(size=k) + 1j * rng.normal(size=k) for k in (n, m))
    for ours, theirs in ((am.convolve, np.convolve), (am.correlate, np.correlate)):
        np.testing.assert_allclose(ours(x, y, mode), theirs(x, y, mode), rtol=1e-13)  # type: ignore[call-overload]
        am.gradcheck(lambda x, y, f=ours: f(x, y, mode), x, y)
    for product in (am.vdot, am.vecdot):
        np.testing.assert_allclose(product(x, x), np.vdot(x, x))


def test_axes_and_grids() -> None:
    rng = np.random.default_rng(1)
    T = rng.normal(size=(2, 3, 4, 5))
    for axis in range(-4, 4):
        for start in range(-4, 5):
            np.testing.assert_array_equal(am.rollaxis(T, axis, start), np.rollaxis(T, axis, start))
    for got, want in zip(am.atleast_2d(1.0, [2.0]), np.atleast_2d(1.0, [2.0]), strict=True):
        np.testing.assert_array_equal(got, want)
    for got, want in zip(am.meshgrid([1.0, 2.0], [3.0], [4.0, 5.0]), np.meshgrid([1, 2], [3], [4, 5]), strict=True):
        np.testing.assert_array_equal(got, want)
    with pytest.raises(ValueError, match="depth"):
        am.block([[T], T])
    np.testing.assert_array_equal(am.block(1.0), np.block(1.0))
    assert am.resize(np.zeros((0,)), (2, 2)).shape == (2, 2)
    for k in range(-5, 6):
        np.testing.assert_array_equal(am.rot90(T, k, (1, 3)), np.rot90(T, k, (1, 3)))


PADS = st.sampled_from(
    ["constant", "edge", "linear_ramp", "maximum", "mean", "median", "minimum", "reflect", "symmetric", "wrap"]
)


@given(PADS, st.data())
def test_every_mode_of_pad_is_numpys(mode: Any, data: st.DataObject) -> None:
    shape = data.draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    widths = data.draw(st.tuples(*[st.tuples(st.integers(0, 9), st.integers(0, 9))] * 2))
    options: dict[str, Any] = {}
    pair = st.tuples(st.integers(1, 5), st.integers(1, 5))
    if mode in ("maximum", "mean", "median", "minimum"):
        options = {"stat_length": data.draw(st.none() | st.tuples(pair, pair))}
    elif mode in ("reflect", "symmetric"):
        options = {"reflect_type": data.draw(st.sampled_from(["even", "odd"]))}
    elif mode == "linear_ramp":
        options = {"end_values": data.draw(st.tuples(pair, pair))}
    elif mode == "constant":
        options = {"constant_values": data.draw(st.tuples(pair, pair))}
    x = np.random.default_rng(3).permutation(shape[0] * shape[1]).reshape(shape).astype(float)
    leaf = Value(x)
    y = am.pad(leaf, widths, mode, **options)
    want = np.pad(x, widths, mode, **options)
    np.testing.assert_allclose(y.raw, want, rtol=1e-12, atol=1e-12)
    by_numpys_name: Any = np.pad(leaf, widths, mode, **options)
    np.testing.assert_array_equal(by_numpys_name.raw, y.raw)
    weight = np.random.default_rng(4).normal(size=want.shape)
    y.backward(weight)
    slope = gradient(lambda x: np.sum(weight * np.pad(x, widths, mode, **options)), x)
    np.testing.assert_allclose(leaf.grad, slope, rtol=1e-7, atol=1e-7)


def test_what_pad_refuses() -> None:
    x = Value(X)
    calls: list[Any] = [
        (lambda: am.pad(x, 1, "empty"), "no mode 'empty'"),
        (lambda: am.pad(x, -1), "from 0 on"),
        (lambda: am.pad(x, 1, "reflect", reflect_type="strange"), "even"),
        (lambda: am.pad(x, 1, "maximum", stat_length=0), "stat_length"),
        (lambda: am.pad(np.zeros((0, 2)), 1, "edge"), "empty"),
    ]
    for call, words in calls:
        with pytest.raises(ValueError, match=words):
            call()
    callback: Any = max
    with pytest.raises(TypeError, match="callable"):
        am.pad(x, 1, callback)
    np.testing.assert_array_equal(am.pad(np.arange(4), 2, "mean"), np.pad(np.arange(4), 2, "mean"))
    np.testing.assert_array_equal(
        am.pad(np.arange(3), 4, "linear_ramp", end_values=-2), np.pad(np.arange(3), 4, "linear_ramp", end_values=-2)
    )
