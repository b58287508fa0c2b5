"""Mixed dtypes promote as NumPy's do, with Python's numbers weak, and gradients come back in the operand's own."""

import contextlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import Value
from autograd_mini.operation import OPERATIONS, Case, case
from tests.ops.test_table import CASES, ELEMENTWISE, draw, expected, label, public, rng_for

DTYPES = (np.float16, np.float32, np.float64, np.longdouble, np.complex64, np.complex128)
OTHERS: tuple[Any, ...] = (*DTYPES, np.int32, np.bool, float, int)
BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda x, y: x + y, "-": lambda x, y: x - y, "*": lambda x, y: x * y, "/": lambda x, y: x / y,
    "**": lambda x, y: x**y,
}  # fmt: skip


def partners(kind: Any) -> list[Any]:
    """An array and a scalar of that kind; a Python number is one of its own."""
    if kind in (float, int):
        return [kind(2)]
    return [np.array([2, 1], kind), np.array([2, 1], kind)[0]]


@pytest.mark.parametrize("other", OTHERS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("dtype", DTYPES, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("symbol", BINARY)
def test_pairs_of_dtypes(symbol: str, dtype: Any, other: Any) -> None:
    operator, data = BINARY[symbol], np.array([1.5, 2.5], dtype)
    truth: Any = np.power if symbol == "**" else operator  # NumPy's operator does not promote scalars before 2.3
    for y in partners(other):
        for swapped in (False, True):
            v = Value(data)
            got, want = (operator(y, v), truth(y, data)) if swapped else (operator(v, y), truth(data, y))
            assert got.dtype == want.dtype
            np.testing.assert_array_equal(got.raw, want)
            am.sum(am.real(got)).backward()
            assert v.grad.dtype == data.dtype
            assert type(v.grad) is np.ndarray


@pytest.mark.parametrize("other", DTYPES, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("dtype", DTYPES, ids=lambda kind: kind.__name__)
def test_both_values(dtype: Any, other: Any) -> None:
    v, w = Value(np.array([1.5, 2.5], dtype)), Value(np.array([2.0, 1.0], other))
    y = v * w
    assert y.dtype == np.result_type(dtype, other)
    am.sum(am.real(y)).backward()
    assert (v.grad.dtype, w.grad.dtype) == (dtype, other)


AT = ("set", "add", "subtract", "multiply", "divide", "power", "max", "min")
SCALARS: tuple[Any, ...] = (2, 0.5, np.float64(0.5), np.float32(0.5), np.int8(2), True)


@pytest.mark.parametrize("index", [0, [0, 0, 1], slice(None), ()], ids=repr)
@pytest.mark.parametrize("dtype", DTYPES, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("method", AT)
def test_updates_keep_the_dtype(method: str, dtype: Any, index: Any) -> None:
    """An update is a write into a copy: it has the dtype of the data, whatever is written."""
    data = np.array([1.5, 2.5], dtype)
    for scalar in (*SCALARS, Value(0.5), Value(np.float64(0.5)), np.array(0.5)):
        x = Value(data)
        y = getattr(x.at[index], method)(scalar)
        assert y.dtype == dtype
        am.sum(am.real(y)).backward()
        assert x.grad.dtype == dtype
        if isinstance(scalar, Value):
            assert type(scalar.grad) is type(scalar.raw)


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int64", "bool"])
def test_updates_of_whole_numbers(dtype: str) -> None:
    """In their own dtype, with NumPy's answer to what it cannot hold; floating numbers are refused."""
    x = Value(np.array([1, 1, 0], dtype))
    assert x.at[0].set(True).dtype == dtype
    assert x.at[2].add(True).raw.tolist() == [1, 1, 1]
    with pytest.raises(TypeError, match=rf"a Value of dtype {dtype} cannot take entries of dtype float64"):
        x.at[0].add(0.5)
    if dtype != "bool":
        assert x.at[[0, 0]].add(3).raw.tolist() == [7, 1, 0]
        assert x.at[0].subtract(1).raw.tolist() == [0, 1, 0]
        assert x.at[[0, 0]].subtract(1).dtype == dtype
        assert x.at[0].multiply(np.int64(2)).dtype == dtype
    if dtype == "uint8":
        with pytest.raises(OverflowError):
            x.at[0].set(-1)


@pytest.mark.parametrize("library", ["torch", "jax.numpy"])
def test_updates_keep_the_dtype_of_other_libraries(library: str) -> None:
    xp = pytest.importorskip(library)
    for dtype in ("float32", "float16", "bfloat16", "int32"):
        x = Value(xp.asarray([1, 2], dtype=getattr(xp, dtype)))
        for method in AT:
            if dtype == "int32" and method == "divide":
                continue
            y = getattr(x.at[0], method)(2 if dtype == "int32" else 0.5)
            assert y.dtype == x.dtype, (method, dtype)


# --- every function beside Python's and NumPy's numbers ---------------------------------------------------------------

REAL = (np.float16, np.float32, np.float64, np.longdouble)
NUMBERS: tuple[Any, ...] = (1, 0.75, np.float64(0.75), np.float32(0.75))
STRONG = {
    "dot": "NumPy makes an array of Python's number, ours is a product, where it is weak",
    "inner": "as dot",
    "vdot": "as dot",
}
OURS = {
    "log_expit": "SciPy has it in double precision only",
    "multigammaln": "SciPy has it in double precision only",
    "gather_largest": "the reference counts in int64",
    "share_largest": "the reference counts in int64",
    "log_loss": "the reference takes the logarithm of Python's numbers, in double precision",
    "mean_cross_entropy": "the reference picks by float64",
    "softmax_cross_entropy": "the reference picks by float64",
}
"""Where another dtype than the reference's is right, and why."""


def promoting() -> list[Any]:
    found = [(name, case(*[(3,)] * len(OPERATIONS[name].operands))) for name in ELEMENTWISE]
    found += [each.values for each in CASES if not each.values[1].made]
    return [pytest.param(name, each, id=label(name, each)) for name, each in found if name not in OURS | {"fit": ""}]


def check_dtypes(name: str, each: Case, xs: list[Any]) -> None:
    want = np.asarray(expected(name)(*xs, **each.static))
    leaves = [Value(x) if isinstance(x, np.ndarray) else x for x in xs]
    y = public(name)(*leaves, **each.static)
    assert y.dtype == want.dtype, [getattr(x, "dtype", x) for x in xs]
    if y.requires_grad:
        am.sum(am.real(y)).backward()
    for leaf in leaves:
        if isinstance(leaf, Value) and leaf.grad is not None:
            assert leaf.grad.dtype == leaf.dtype


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # what float16 cannot hold
@pytest.mark.parametrize(("name", "each"), promoting())
def test_results_have_numpys_dtype_and_gradients_the_operands(name: str, each: Case) -> None:
    """Of arrays of one dtype, and with each of them in turn replaced by a number where the shapes allow it."""
    entries = draw(name, each.shapes, rng_for(name, each))
    for dtype in REAL:
        arrays = [x if x.dtype == bool else x.astype(dtype) for x in entries]
        try:
            expected(name)(*arrays, **each.static)
        except (TypeError, np.linalg.LinAlgError):  # LAPACK knows no float16
            continue
        check_dtypes(name, each, arrays)
        for i, x in enumerate(arrays):
            single = name in ELEMENTWISE or (x.shape == () and name not in STRONG)
            if len(arrays) > 1 and single and x.dtype != bool:
                for number in NUMBERS:
                    check_dtypes(name, each, [*arrays[:i], number, *arrays[i + 1 :]])


# --- products, other libraries ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("bias", ["float16", "float32", "float64", "complex64"])
@pytest.mark.parametrize("weights", ["float32", "float64"])
@pytest.mark.parametrize("rows", ["int64", "float32", "float64"])
def test_linear_of_mixed_dtypes(rows: str, weights: str, bias: str) -> None:
    """x @ W + b in NumPy's dtype, written nowhere into an operand; each gradient in its operand's dtype."""
    x, W, b = np.array([[1, 2]], rows), np.array([[1, 2, 3], [4, 5, 6]], weights), np.array([1, 2, 4], bias)
    leaves = [Value(x), Value(W), Value(b)]
    y = am.linear(*leaves)
    want = x @ W + b
    assert y.dtype == want.dtype
    np.testing.assert_array_equal(y.raw, want)
    np.testing.assert_array_equal(leaves[2].raw, b)
    am.sum(am.real(y)).backward()
    assert [leaf.grad.dtype for leaf in leaves[1:]] == [W.dtype, b.dtype]
    np.testing.assert_array_equal(leaves[1].grad, [[1, 1, 1], [2, 2, 2]])
    np.testing.assert_array_equal(leaves[2].grad, [1, 1, 1])


@pytest.mark.parametrize("library", ["torch", "jax.numpy"])
def test_whole_numbers_of_other_libraries_beside_python_floats(library: str) -> None:
    """The library's own dtype and value for the same operator, on either side."""
    xp = pytest.importorskip(library)
    data = xp.asarray([1, 2, 3])
    for operator in BINARY.values():
        for got, want in (
            (operator(Value(data), 0.5), operator(data, 0.5)),
            (operator(0.5, Value(data)), operator(0.5, data)),
            (operator(Value(data), 2), operator(data, 2)),
        ):
            assert got.raw.dtype == want.dtype
            np.testing.assert_allclose(np.asarray(got.raw), np.asarray(want), rtol=1e-6)


@pytest.mark.parametrize("library", ["torch", "jax.numpy"])
def test_gradients_of_other_libraries_have_the_leafs_dtype(library: str) -> None:
    """A float32 leaf beside float64 data: the result is wide where the library has it so, the gradient is not."""
    xp = pytest.importorskip(library)
    x64 = pytest.importorskip("jax").enable_x64(True) if library == "jax.numpy" else contextlib.nullcontext()
    with x64:
        x = Value(xp.asarray([1.0, 2.0], dtype=xp.float32))
        wide = xp.asarray([3.0, 4.0], dtype=xp.float64)
        for other in (wide, np.array([3.0, 4.0]), Value(wide)):
            x.grad = None
            y = x * other
            assert y.raw.dtype == xp.float64
            am.sum(y).backward()
            assert x.grad.dtype == xp.float32
            np.testing.assert_array_equal(np.asarray(x.grad), [3.0, 4.0])
            assert am.gradients(am.sum(x * other), x).dtype == xp.float32
