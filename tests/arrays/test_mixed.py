"""Values of one library beside those of another, and libraries that take no more than the array API standard says."""

import operator
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import Value
from autograd_mini.arrays import as_numpy
from autograd_mini.operation import OPERATIONS, Case
from nn import mse_loss
from nn.optim import SGD
from tests.arrays.test_every_operation import CALLED_WITH_DATA, ENTRIES
from tests.ops.operands import made
from tests.ops.test_table import differentiable, draw, public, rng_for
from tests.reference import NUMPY

BINARY = sorted(
    name for name, op in OPERATIONS.items() if op.elementwise and len(op.operands) == 2 and not op.cases
)  # fmt: skip
OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, operator.matmul]


def maker(library: str) -> Callable[[Any], Any]:
    module: Any = pytest.importorskip(library)
    return (module.numpy if library == "jax" else module).asarray  # type: ignore[no-any-return]


@pytest.fixture(params=["torch", "jax", "array_api_strict"])
def make(request: pytest.FixtureRequest, wide_jax: None) -> Callable[[Any], Any]:
    """What turns a NumPy array into one of a library."""
    return maker(request.param)


def check_pair(function: Callable[..., Any], a: Any, b: Any, make: Callable[[Any], Any]) -> None:
    """Values, gradients and second derivatives of both orders are those of NumPy's arrays alone."""

    def total(x: Any, y: Any) -> Any:
        return am.sum(am.square(function(x, y)))

    wants = am.grad(total, (0, 1))(a, b)
    want = am.grad(lambda x: am.sum(am.grad(total, 1)(x, b)))(a)
    for x, y in ((a, make(b)), (make(a), b)):
        v, w = Value(x), Value(y)
        result = function(v, w)
        kinds = {type(make(np.ones(result.shape)))}
        if "strict" in next(iter(kinds)).__module__:  # NumPy's operators take them, and give arrays of NumPy's
            kinds.add(np.ndarray)
        assert type(result.data) in kinds
        np.testing.assert_allclose(as_numpy(result.data), function(Value(a), Value(b)).data, rtol=1e-12)
        total(v, w).backward()
        for leaf, data, g in ((v, x, wants[0]), (w, y, wants[1])):
            assert type(leaf.grad) is type(data)
            np.testing.assert_allclose(as_numpy(leaf.grad), g, rtol=1e-9, atol=1e-12)
        got = am.grad(lambda x, y=y: am.sum(am.grad(total, 1)(x, y)))(x)
        np.testing.assert_allclose(as_numpy(got), want, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("function", OPERATORS, ids=lambda f: str(f.__name__))
def test_operators_in_both_orders(function: Callable[..., Any], make: Callable[[Any], Any]) -> None:
    check_pair(function, np.array([1.5, 2.5, 0.5]), np.array([2.25, 0.5, 1.5]), make)


@pytest.mark.parametrize("library", ["torch", "array_api_strict"])
@pytest.mark.parametrize("name", BINARY)
def test_functions_in_both_orders(name: str, library: str) -> None:
    if (name, library) == ("log_loss", "array_api_strict"):
        pytest.skip("NumPy computes it where its array stands first, and its rule meets both")
    a, b = draw(name, ((3,), (3,)), rng_for(name, "mixed"))
    make = maker(library)
    try:
        public(name)(make(a), make(b))
    except TypeError as error:
        pytest.skip(str(error))
    check_pair(public(name), a, b, make)


def test_a_step_of_training(make: Callable[[Any], Any]) -> None:
    rng = np.random.default_rng(0)
    x, y, w = rng.normal(size=(5, 3)), rng.normal(size=5), rng.normal(size=3)
    steps = []
    for inputs, weight in ((x, w), (make(x), w), (Value(make(x)), w), (x, make(w))):
        leaf = Value(weight)
        optimizer = SGD([leaf], lr=0.1, momentum=0.9)
        for _ in range(2):
            optimizer.zero_grad()
            mse_loss(am.matmul(inputs, leaf), y).backward()
            optimizer.step()
        assert type(leaf.data) is type(weight)
        steps.append(leaf.numpy())
    np.testing.assert_allclose(steps[1:], [steps[0]] * 3, rtol=1e-12)


# --- the array API standard -------------------------------------------------------------------------------------------

ON_PLAIN_ARRAYS = {"cross", "diff", "ediff1d", "median", "percentile", "quantile", "var", "gradient", "pad"}
"""They index or join arrays of the library itself in ways that only NumPy takes, or meet its operators with Values."""


EVERY_DAY = {"cumsum", "getitem", "max", "singular_values"}


@pytest.mark.parametrize(
    ("name", "case"),
    [
        pytest.param(
            *entry.values,
            id=entry.id,
            marks=[] if entry.values[0] in EVERY_DAY else [pytest.mark.slow],
        )
        for entry in ENTRIES
        if entry.values[0] not in CALLED_WITH_DATA
    ],
)
def test_every_operation_of_strict_arrays(name: str, case: Case) -> None:
    xp: Any = pytest.importorskip("array_api_strict")
    operands = [np.asarray(x) for x in made(case.made, draw(name, case.shapes, rng_for(name, case)))]
    places = differentiable(name, len(operands))

    def total(*xs: Any) -> Any:
        y = public(name)(*xs, **case.static)
        return sum(am.sum(am.square(am.abs(part))) for part in (y if isinstance(y, (list, tuple)) else [y]))

    def steepness(*xs: Any) -> Any:
        return sum(am.sum(am.square(am.abs(g))) for g in am.grad(total, places)(*xs))

    theirs = [xp.asarray(x) for x in operands]
    try:
        gots = am.grad(total, places)(*theirs)
    except TypeError as error:
        if "has no" not in str(error) and name not in ON_PLAIN_ARRAYS:
            raise
        pytest.skip(str(error))
    for f, got in ((total, gots), (steepness, am.grad(steepness, places)(*theirs))):
        for g, want in zip(got, am.grad(f, places)(*operands), strict=True):
            np.testing.assert_allclose(np.asarray(g), want, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize(
    "f",
    [
        lambda v: am.median(v, axis=0),
        lambda v: am.quantile(v, 0.4, axis=0),
        lambda v: am.percentile(v, 40.0, axis=1, keepdims=True),
        lambda v: am.nanmedian(v, axis=0),
        lambda v: am.cross(v[:, :3], v[:, 1:]),
        lambda v: am.geomspace(v[0, ...] + 1.0, v[1, ...] + 1.0, 3, axis=1),
    ],
)
def test_plain_strict_arrays_of_several_axes(f: Callable[[Any], Any]) -> None:
    """Which take no index that says less than all axes."""
    xp: Any = pytest.importorskip("array_api_strict")
    x = np.arange(12.0).reshape(3, 4) ** 1.5
    got = f(xp.asarray(x))
    assert isinstance(got, type(xp.asarray(x)))
    np.testing.assert_allclose(np.asarray(got), f(x), rtol=1e-14)


@pytest.mark.parametrize("name", ["erf", "gammaln", "xlogy"])
def test_special_functions_that_the_standard_lacks(name: str) -> None:
    xp: Any = pytest.importorskip("array_api_strict")
    x = xp.asarray([1.0, 2.0])
    with pytest.raises(TypeError, match=r"array_api_strict has no .*compose it of functions that it has"):
        getattr(am.special, name)(*[x] * (2 if name == "xlogy" else 1))


def test_strict_arrays_beside_numbers() -> None:
    xp: Any = pytest.importorskip("array_api_strict")
    v = Value(xp.asarray([[1.0, 2.0], [3.0, 4.0]]))
    for y in (v * np.float64(2), np.float64(2) * v, v * 2.0):
        np.testing.assert_array_equal(np.asarray(y.data), [[2.0, 4.0], [6.0, 8.0]])
    np.testing.assert_array_equal(np.asarray(v[0].data), [1.0, 2.0])
    np.testing.assert_array_equal(np.asarray(v[[1, 0], 1].data), [4.0, 2.0])
    am.sum(v[0] * np.float64(3)).backward()
    np.testing.assert_array_equal(np.asarray(v.grad), [[3.0, 3.0], [0.0, 0.0]])


def test_copies_are_hints() -> None:
    v = Value([[1.0, 2.0]])
    hint: Any = {"copy": False} if NUMPY >= "2.1.0" else {}
    cast: Any = np.astype  # whose types know no Value
    for y in (
        v.astype("float32", copy=False), v.reshape(2, copy=False), v.reshape((2,), copy=True),
        np.reshape(v, (2,), **hint), cast(v, "float32", copy=False),
    ):  # fmt: skip
        assert isinstance(y, Value)
        np.testing.assert_array_equal(y.numpy().ravel(), [1.0, 2.0])


def test_scipys_dispatch_by_array_libraries() -> None:
    pytest.importorskip("scipy", "1.15")  # whose special functions all dispatch
    code = """
import numpy as np, scipy.special as sp, autograd_mini as am
v = am.Value([0.5, 1.0])
for name in ("gammaln", "erf", "expit", "entr", "psi", "i0"):
    y = getattr(sp, name)(v)
    assert type(y) is am.Value, name
    np.testing.assert_allclose(y.data, getattr(sp, name)(v.data), rtol=1e-13)
np.testing.assert_allclose(sp.xlogy(2.0, v).data, sp.xlogy(2.0, v.data))
"""
    environment = {"SCIPY_ARRAY_API": "1", "PATH": "", "PYTHONPATH": ":".join(filter(None, sys.path))}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)


def test_bfloat16_tensors_can_be_looked_at() -> None:
    torch: Any = pytest.importorskip("torch")
    x = Value(torch.tensor([1.0, 2.5], dtype=torch.bfloat16), name="x")
    y = am.sum(x * x)
    y.backward()
    assert repr(x) == "Value([1. , 2.5], shape=(2,), dtype=torch.bfloat16, name='x')"
    assert x.numpy().tolist() == [1.0, 2.5]
    assert "[2, 5]" in str(am.explain(y))
    assert am.draw(y).source
    assert am.gradcheck(lambda x: am.sum(x * x), x.data)
