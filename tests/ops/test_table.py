"""Every entry of the tables of operations: its value, its gradient to second order, its kinds of data, its words."""

import re
import sys
import zlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.extra.numpy import mutually_broadcastable_shapes

import autograd_mini as am
from autograd_mini import Value
from autograd_mini.operation import COMPOSED, OPERATIONS, Case, Operation
from tests.ops.calls import arranged
from tests.ops.operands import made
from tests.reference import gradient, jacobian, reference, separated, slopes, unbroadcast

Array = np.ndarray[Any, Any]

ELEMENTWISE = sorted(name for name, op in OPERATIONS.items() if op.elementwise and not op.cases)
UNARY = [name for name in ELEMENTWISE if len(OPERATIONS[name].operands) == 1]
OTHERS = sorted(OPERATIONS.keys() - set(ELEMENTWISE)) + sorted(COMPOSED)


def label(name: str, case: Case) -> str:
    """The name of a test, the same in every process: functions among the arguments have addresses."""
    text = f"{name}-{case.shapes}-{case.static}{case.made}"
    return re.sub(r"\s+|at 0x[0-9a-f]+", "", text)[:90]


def cases(wanted: Callable[[str, Case], bool]) -> list[Any]:
    """The cases of the tables, as parameters of a test."""
    return [
        pytest.param(name, case, id=label(name, case))
        for name in OTHERS
        for case in (COMPOSED[name][1] if name in COMPOSED else OPERATIONS[name].cases)
        if wanted(name, case)
    ]


CASES = cases(lambda name, case: True)
UNSMOOTH = {name for name, op in OPERATIONS.items() if op.elementwise and op.rules[0].local == "0"} - {"where"}
"""Their derivative is 0 by decision."""


def parts(y: Any) -> Any:
    """Complex results as real and imaginary parts, of which differences can be taken."""
    if not np.iscomplexobj(y):
        return y
    join, real, imag = (am.stack, am.real, am.imag) if isinstance(y, Value) else (np.stack, np.real, np.imag)
    return join([real(y), imag(y)], axis=-1)


def called(name: str, case: Case) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The function with the case's static arguments and kind of operands, and the truth; complex results in parts."""
    function, truth = public(name), expected(name)
    if not case.made and not case.static:
        return (lambda *xs: parts(function(*xs))), (lambda *xs: parts(np.asarray(truth(*xs))))
    return (
        lambda *xs: parts(function(*made(case.made, xs), **case.static)),
        lambda *xs: parts(np.asarray(truth(*made(case.made, xs), **case.static))),
    )


def public(name: str) -> Callable[..., Any]:
    """The function as users call it, but with the operands of variadic ones as separate arguments."""
    if name in COMPOSED:
        return arranged(name, COMPOSED[name][0])
    op = OPERATIONS[name]
    module = sys.modules[op.forward.__module__]
    function = getattr(module, name, None) or getattr(module, op.forward.__name__)
    return (lambda *xs, **static: function(xs, **static)) if op.variadic else function


def expected(name: str) -> Callable[..., Any]:
    function = arranged(name, reference(name))
    variadic = name in OPERATIONS and OPERATIONS[name].variadic
    return (lambda *xs, **static: function(xs, **static)) if variadic else function


def rng_for(*key: object) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(repr(key).encode()))


def draw(name: str, shapes: Sequence[tuple[int, ...]], rng: np.random.Generator) -> list[Array]:
    """Operands from the entry's domain; a condition is a mask."""
    domain = COMPOSED[name][2] if name in COMPOSED else OPERATIONS[name].domain
    operands = separated(shapes, domain, rng)
    if name == "where":
        operands[0] = operands[0] > 0
    return operands


def differentiable(name: str, count: int) -> list[int]:
    return [i for i in range(count) if not (name == "where" and i == 0)]


def home(name: str) -> str:
    """The family of an entry."""
    function = COMPOSED[name][0] if name in COMPOSED else OPERATIONS[name].forward
    return function.__module__.rpartition(".")[2]


def leaves_of(operands: Sequence[Any]) -> list[Value]:
    return [Value(x) for x in operands]


def viewed(x: Array, layout: str) -> Array:
    """The same entries behind another memory layout."""
    if layout == "reversed":
        return np.ascontiguousarray(x[..., ::-1])[..., ::-1] if x.ndim else x
    if layout == "strided":
        return np.repeat(x, 2, axis=-1)[..., ::2] if x.ndim else x
    if layout == "columns first":
        return np.asfortranarray(x)
    if layout == "repeated":
        return np.broadcast_to(x[..., :1], x.shape) if x.ndim and x.shape[-1] else x
    return x


LAYOUTS = ("plain", "reversed", "strided", "columns first", "repeated")


# --- the tables themselves --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(OPERATIONS) + sorted(COMPOSED))
def test_every_entry_can_be_tested(name: str) -> None:
    """An operation that no test reaches cannot enter the tables."""
    if name in OPERATIONS:
        assert OPERATIONS[name].elementwise or OPERATIONS[name].cases, f"{name} needs elementwise=True or cases=(...)"
    else:
        assert COMPOSED[name][1], f"{name} needs cases"
    assert callable(reference(name))
    assert (public(name).__doc__ or "").strip() or OPERATIONS[name].variadic


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_words_need_no_name_that_is_missing(name: str) -> None:
    op = OPERATIONS[name]
    static = op.cases[0].static if op.cases else {}
    words = {operand: f"<{operand}>" for operand in op.operands} | {key: str(item) for key, item in static.items()}
    words |= dict.fromkeys(static_names(op) - words.keys(), "None")
    words |= {"n": "<number of entries>"} | ({"x": "<x>"} if op.variadic else {})
    assert op.formula.format(**words)
    if op.latex:
        assert op.latex.format(**words)
    assert len(op.rules) == (1 if op.variadic else len(op.operands))
    for rule in op.rules:
        for template in (rule.local, rule.text, rule.latex):
            template.format(**words, out="<out>", g="<g>")
        assert rule.local


def static_names(op: Operation) -> set[str]:
    code = op.forward.__code__
    return set(code.co_varnames[: code.co_argcount]) - set(op.operands)


def test_words_of_elementwise_rules_are_true() -> None:
    """The local derivative that pictures show is the one that the rule computes: spot checks by hand."""
    x = 0.7
    for name, slope in {
        "tanh": 1 - np.tanh(x) ** 2,
        "exp": np.exp(x),
        "square": 2 * x,
        "sigmoid": np.exp(-x) / (1 + np.exp(-x)) ** 2,
        "relu": 1.0,
        "reciprocal": -1 / x**2,
    }.items():
        leaf = Value(x)
        public(name)(leaf).backward()
        assert leaf.grad == pytest.approx(slope, rel=1e-14)


# --- elementwise operations -------------------------------------------------------------------------------------------


def check_elementwise(name: str, shapes: Sequence[tuple[int, ...]], layouts: Sequence[str], seed: int) -> None:
    """Value, gradient and second order against NumPy and central differences, under broadcasting and any layout."""
    rng = np.random.default_rng(seed)
    operands = [viewed(x, layout) for x, layout in zip(draw(name, shapes, rng), layouts, strict=True)]
    function, truth = public(name), expected(name)
    leaves = leaves_of(operands)
    y = function(*leaves)
    want = np.asarray(truth(*operands))
    assert y.shape == want.shape
    np.testing.assert_allclose(y.raw, want, rtol=1e-13, atol=1e-15)
    weight = rng.uniform(0.5, 1.5, want.shape)
    if not y.requires_grad:
        return
    y.backward(weight)
    for i in differentiable(name, len(leaves)):
        x = np.asarray(operands[i], np.float64)

        def along(entries: Array, i: int = i) -> Array:
            return np.asarray(truth(*operands[:i], entries, *operands[i + 1 :]))

        local = slopes(along, np.broadcast_to(x, want.shape))
        grad = leaves[i].grad
        assert type(grad) is type(leaves[i].raw)
        assert grad.shape == x.shape
        assert grad.dtype == x.dtype
        np.testing.assert_allclose(grad, unbroadcast(weight * local, x.shape), rtol=1e-8, atol=1e-9)
        if name not in UNSMOOTH:
            check_second_order(function, operands, i, rng)


def check_second_order(
    function: Callable[..., Any], operands: Sequence[Array], i: int, rng: np.random.Generator
) -> None:
    """The gradient of the gradient, against differences of the gradient."""
    weights = [rng.uniform(0.5, 1.5, np.shape(x)) for x in operands]

    def slope(entries: Any) -> Any:
        xs = leaves_of([*operands[:i], entries, *operands[i + 1 :]]) if not isinstance(entries, Value) else None
        leaves = xs or [*leaves_of(operands[:i]), entries, *leaves_of(operands[i + 1 :])]
        floating = [(x, w) for x, w in zip(leaves, weights, strict=True) if x.requires_grad]
        total = am.sum(function(*leaves))
        if not total.requires_grad:
            return 0.0
        gs = am.gradients(total, [x for x, _ in floating], create_graph=xs is None)
        return sum(am.sum(am.multiply(g, w)) for g, (_, w) in zip(gs, floating, strict=True))

    x = Value(operands[i])
    y = slope(x)
    got = am.gradients(y, x) if y.requires_grad else np.zeros(x.shape)
    np.testing.assert_allclose(got, gradient(slope, operands[i]), rtol=1e-7, atol=1e-7)


@st.composite
def elementwise_cases(draw: st.DrawFn, count: int) -> tuple[Sequence[tuple[int, ...]], list[str], int]:
    shapes = draw(mutually_broadcastable_shapes(num_shapes=count, max_dims=3, min_side=0, max_side=3)).input_shapes
    layouts = [draw(st.sampled_from(LAYOUTS)) for _ in shapes]
    return shapes, layouts, draw(st.integers(0, 2**16))


@pytest.mark.parametrize("name", ELEMENTWISE)
@settings(max_examples=8)
@given(data=st.data())
def test_elementwise(name: str, data: st.DataObject) -> None:
    check_elementwise(name, *data.draw(elementwise_cases(len(OPERATIONS[name].operands))))


@pytest.mark.slow
@pytest.mark.parametrize("name", ELEMENTWISE)
@settings(max_examples=200)
@given(data=st.data())
def test_elementwise_many(name: str, data: st.DataObject) -> None:
    check_elementwise(name, *data.draw(elementwise_cases(len(OPERATIONS[name].operands))))


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_floats_stay_floats_and_agree_with_arrays(name: str) -> None:
    function, rng = public(name), rng_for(name)
    for _ in range(5):
        numbers = [x.item() for x in draw(name, [()] * len(OPERATIONS[name].operands), rng)]
        leaves = leaves_of(numbers)
        y = function(*leaves)
        assert type(y.raw) is float
        arrays = leaves_of([np.array([x]) for x in numbers])
        z = function(*arrays)
        np.testing.assert_allclose(y.raw, z.raw[0], rtol=2e-15, atol=1e-16)
        y.backward()
        z.backward(np.ones(1))
        for i in differentiable(name, len(leaves)):
            assert type(leaves[i].grad) is float
            np.testing.assert_allclose(leaves[i].grad, arrays[i].grad[0], rtol=1e-14, atol=1e-16)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_floats_have_second_derivatives_that_are_floats(name: str) -> None:
    numbers = [x.item() for x in draw(name, [()] * len(OPERATIONS[name].operands), rng_for(name))]
    function = public(name)
    for i in differentiable(name, len(numbers)):

        def slope(x: Any, i: int = i) -> Any:
            return am.grad(lambda x: function(*numbers[:i], x, *numbers[i + 1 :]))(x)

        second = am.grad(slope)(numbers[i])
        assert type(second) is float
        if name not in UNSMOOTH:
            assert second == pytest.approx(gradient(slope, numbers[i]).item(), rel=1e-7, abs=1e-8)


@pytest.mark.parametrize("name", [name for name in ELEMENTWISE if name not in UNSMOOTH | {"where"}])
def test_third_order(name: str) -> None:
    function = public(name)
    *rest, x = (x.item() for x in draw(name, [()] * len(OPERATIONS[name].operands), rng_for(name, 3)))
    second = am.grad(am.grad(lambda x: function(*rest, x)))
    assert am.grad(second)(x) == pytest.approx(gradient(second, x).item(), rel=1e-7)


SPECIAL = (0.0, -0.0, 1.0, -1.0, 2.5, -2.5, 1e-300, 1e308, -1e308, 1000.0, -1000.0, np.inf, -np.inf, np.nan)
SIGNED_ZEROS_AS_THEY_COME = {"fmax", "fmin", "maximum", "minimum"}  # NumPy's depends on machine and version


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy announces nan and inf of arrays
@pytest.mark.parametrize("name", [name for name in ELEMENTWISE if name != "where"])
def test_edges_of_floats_are_those_of_arrays(name: str) -> None:
    """0, inf, nan and overflow: math would raise or turn complex where NumPy answers nan or inf."""
    function, count = public(name), len(OPERATIONS[name].operands)
    grid = np.array(np.meshgrid(*[SPECIAL] * count)).reshape(count, -1).T
    for numbers in grid.tolist():
        leaves, arrays = leaves_of(numbers), leaves_of([np.array([x]) for x in numbers])
        y, z = function(*leaves), function(*arrays)
        np.testing.assert_allclose(y.raw, z.raw[0], rtol=1e-13, err_msg=f"{name}{numbers}")
        if y.raw == 0 and name not in SIGNED_ZEROS_AS_THEY_COME:
            assert np.signbit(y.raw) == np.signbit(z.raw[0]), f"the sign of zero in {name}{numbers}"
        y.backward()
        z.backward(np.ones(1))
        for leaf, array in zip(leaves, arrays, strict=True):
            np.testing.assert_allclose(leaf.grad, array.grad[0], rtol=1e-13, err_msg=f"gradient of {name}{numbers}")


# --- operations with cases --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "case"), CASES)
def test_case(name: str, case: Case) -> None:
    rng = rng_for(name, case)
    operands = draw(name, case.shapes, rng)
    function, truth = called(name, case)
    leaves = leaves_of(operands)
    y = function(*leaves)
    want = truth(*operands)
    assert y.shape == want.shape
    assert y.dtype == want.dtype
    np.testing.assert_allclose(y.raw, want, rtol=1e-13, atol=1e-15)
    weight = rng.uniform(0.5, 1.5, want.shape)
    y.backward(weight)
    for i, x in enumerate(operands):

        def total(entries: Any, i: int = i) -> Any:
            return np.sum(weight * truth(*operands[:i], entries, *operands[i + 1 :]))

        grad = leaves[i].grad
        assert type(grad) is np.ndarray
        assert grad.shape == x.shape
        assert grad.dtype == x.dtype
        np.testing.assert_allclose(grad, gradient(total, x), rtol=1e-8, atol=1e-9)
        check_second_order(lambda *xs: function(*xs) ** 2, operands, i, rng)


@pytest.mark.parametrize(("name", "case"), cases(lambda name, case: not any(case.shapes) and name != "astype"))
def test_case_on_floats(name: str, case: Case) -> None:
    """A Python float in; out comes a float, or an array where the operation gives several entries."""
    numbers = [x.item() for x in draw(name, case.shapes, rng_for(name, case))]
    leaves = leaves_of(numbers)
    y = public(name)(*leaves, **case.static)
    want = expected(name)(*map(np.array, numbers), **case.static)
    assert np.ndim(want) > 0 or type(y.raw) is float
    np.testing.assert_allclose(y.raw, want, rtol=1e-13)
    y.backward(np.ones(y.shape))
    assert all(type(leaf.grad) is float for leaf in leaves)


# --- kinds of data ----------------------------------------------------------------------------------------------------

ALL = [pytest.param(name, Case(((2, 3),) * len(OPERATIONS[name].operands)), id=name) for name in ELEMENTWISE]
WIDENING = {
    "fourier", "fourier_axes", "bessel", "modified_bessel", "entropies", "error_functions", "gammas",
    "incomplete_integrals",
}  # fmt: skip
"""Families whose library computes in a wider dtype than that of the operands, if it has no smaller one."""


def keeps_dtype(name: str, case: Case) -> bool:
    return name not in {"astype", "fit"} and "dtype" not in case.static


TOLERANCE = {np.float16: 2e-2, np.float32: 1e-4, np.longdouble: 1e-8}


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.longdouble], ids=["float32", "float16", "longdouble"])
@pytest.mark.parametrize(("name", "case"), ALL + cases(keeps_dtype))
def test_dtype_is_kept(name: str, case: Case, dtype: Any) -> None:
    """Results and gradients stay in the operands' dtype, and are as right as it allows."""
    operands = [x if x.dtype == bool else x.astype(dtype) for x in draw(name, case.shapes, rng_for(name, case))]
    function, truth = called(name, case)
    try:
        kept = truth(*operands).dtype
    except TypeError as error:  # neither LAPACK nor SciPy knows all dtypes
        with pytest.raises(type(error), match=r"unsupported|not supported"):
            function(*operands)
        return
    leaves = leaves_of(operands)
    y = function(*leaves)
    promoted = name in OTHERS and hasattr(np, name)  # arrays among the options take part in the promotion
    widened = home(name) in WIDENING or "complex" in case.made
    assert y.dtype == (kept if promoted and not widened else dtype) or (widened and y.dtype == kept)
    wide = [x if x.dtype == bool else x.astype(np.float64) for x in operands]
    close = TOLERANCE[dtype]
    np.testing.assert_allclose(y.raw.astype(np.float64), truth(*wide), close, close)
    if not y.requires_grad:
        return
    am.sum(y).backward()
    exact = leaves_of(wide)
    am.sum(function(*exact)).backward()
    for i in differentiable(name, len(leaves)):
        assert leaves[i].grad.dtype == dtype
        np.testing.assert_allclose(leaves[i].grad.astype(np.float64), exact[i].grad, close, close)


@pytest.mark.parametrize(("name", "case"), ALL + CASES)
def test_float32_stays_float32_at_second_order(name: str, case: Case) -> None:
    operands = [x if x.dtype == bool else x.astype(np.float32) for x in draw(name, case.shapes, rng_for(name, case))]
    floating = differentiable(name, len(operands))
    function, _ = called(name, case)

    def total(*xs: Any) -> Any:
        every = list(operands)
        for i, x in zip(floating, xs, strict=True):
            every[i] = x
        return am.sum(function(*every))

    def steepness(*xs: Any) -> Any:
        return sum(am.sum(g * g) for g in am.grad(total, range(len(xs)))(*xs))

    for g in am.grad(steepness, range(len(floating)))(*[operands[i] for i in floating]):
        assert g.dtype == np.float32


@pytest.mark.parametrize(("name", "case"), ALL + CASES)
def test_rates_along_a_direction(name: str, case: Case) -> None:
    """The forward product, which differentiates each rule by its upstream gradient, against differences."""
    rng = rng_for(name, case)
    operands = draw(name, case.shapes, rng)
    moving = differentiable(name, len(operands))
    directions = [rng.uniform(0.5, 1.5, operands[i].shape) for i in moving]
    ours, truth = called(name, case)

    def at(function: Callable[..., Any], *xs: Any) -> Any:
        every: list[Any] = list(operands)
        for i, x in zip(moving, xs, strict=True):
            every[i] = x
        return function(*every)

    def along(t: Any) -> Any:
        return at(truth, *[operands[i] + t * d for i, d in zip(moving, directions, strict=True)])

    _, rate = am.jvp(lambda *xs: at(ours, *xs), [operands[i] for i in moving], directions)
    np.testing.assert_allclose(rate, jacobian(along, 0.0), rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize(("name", "case"), ALL + CASES)
def test_plain_data_in_gives_plain_data_out(name: str, case: Case) -> None:
    operands = draw(name, case.shapes, rng_for(name, case))
    before = [x.copy() for x in operands]
    function, _ = called(name, case)
    plain = function(*operands)
    recorded = function(*leaves_of(operands))
    assert not isinstance(plain, Value)
    assert isinstance(recorded, Value)
    np.testing.assert_array_equal(plain, recorded.raw)
    for x, old in zip(operands, before, strict=True):
        np.testing.assert_array_equal(x, old)


@pytest.mark.parametrize(("name", "case"), ALL + CASES)
def test_constants_cost_no_gradient(name: str, case: Case) -> None:
    """With one Value among plain operands only that one gets a gradient, the same one as before."""
    operands = draw(name, case.shapes, rng_for(name, case))
    every = leaves_of(operands)
    function, _ = called(name, case)
    am.sum(function(*every)).backward()
    for i in differentiable(name, len(operands)):
        leaf = Value(operands[i])
        am.sum(function(*operands[:i], leaf, *operands[i + 1 :])).backward()
        np.testing.assert_array_equal(leaf.grad, every[i].grad)


def test_condition_and_integers_get_no_gradient() -> None:
    mask, counts, x = Value(np.array([True, False])), Value(np.array([1, 2])), Value(np.array([0.5, 0.25]))
    y = am.where(mask, x, -x) * counts
    assert y.parents[1] is counts
    y.backward(np.ones(2))
    assert mask.grad is None
    assert counts.grad is None
    np.testing.assert_array_equal(x.grad, [1.0, -2.0])


@pytest.mark.parametrize(
    ("name", "case"),
    CASES + [pytest.param(name, Case(((3,),) * len(OPERATIONS[name].operands)), id=name) for name in ELEMENTWISE],
)
def test_data_written_before_its_use_is_no_change_after_it(name: str, case: Case) -> None:
    """The use finds the write, so that the pass has nothing to refuse."""
    leaves = leaves_of(draw(name, case.shapes, rng_for("written", name)))
    for leaf in leaves:
        if leaf.requires_grad:
            leaf.data[...] *= 1.0 - 1e-9
    y = am.sum(called(name, case)[0](*leaves))
    if y.requires_grad:
        y.backward()
