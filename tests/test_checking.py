"""gradcheck and compare_gradients: right gradients pass, wrong ones fail with a table that says what is wrong."""

import collections
import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra.numpy import array_shapes

import autograd_mini as am
from autograd_mini import Comparison, GradientError, Value, compare_gradients, gradcheck

Array = np.ndarray[Any, Any]


def slanted(x: Any, factor: complex) -> Any:
    """x, with a gradient that is wrong by a factor."""
    constant = am.stop_gradient(x)
    return constant + factor * (x - constant)


def failure(f: Callable[..., Any], *xs: Any, **options: Any) -> GradientError:
    with pytest.raises(GradientError) as caught:
        gradcheck(f, *xs, **options)
    return caught.value


# --- what passes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
@given(shape=array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3))
def test_right_gradients_of_all_dtypes_pass(dtype: type, shape: tuple[int, ...]) -> None:
    x: Array = np.random.default_rng(0).uniform(0.5, 1.5, shape).astype(dtype)
    assert gradcheck(lambda x: am.tanh(x) * x, x, order=2) is True


def test_numbers_and_values() -> None:
    assert gradcheck(lambda x, y: x**2 * y, 3.0, Value(-2.0), order=3)
    assert gradcheck(lambda n: n**3, 2)  # a whole Python number is a float
    x = Value(np.ones(3))
    (x * x).sum().backward()
    before = x.grad.copy()
    assert gradcheck(lambda x: x * x, x)
    np.testing.assert_array_equal(x.grad, before)
    np.testing.assert_array_equal(x.raw, 1.0)


def test_containers_in_and_out() -> None:
    Layer = collections.namedtuple("Layer", "W b")
    rng = np.random.default_rng(0)
    params = {"first": Layer(rng.normal(size=(2, 3)), rng.normal(size=3)), "scale": [2.0, np.float32(0.5)]}

    def f(params: Any, X: Any) -> Any:
        a = am.tanh(X @ params["first"].W + params["first"].b)
        return {"a": a, "sums": (a.sum(axis=0) * params["scale"][0], params["scale"][1] ** 2)}

    assert gradcheck(f, params, rng.normal(size=(4, 2)), order=2)


@pytest.mark.parametrize(
    "f",
    [
        am.abs,
        lambda z: am.real(z) * am.imag(z),
        lambda z: z * z * 1j,
        lambda z: am.exp(am.conjugate(z)),
        lambda z: (am.abs(z) ** 2).sum(),
        lambda z: {"z": z, "re": am.real(z)},
    ],
)
@pytest.mark.parametrize("dtype", [np.complex64, np.complex128])
def test_complex(f: Callable[..., Any], dtype: type) -> None:
    z: Array = np.array([1 + 2j, -0.5 - 1j], dtype)
    assert gradcheck(f, z)
    assert gradcheck(f, z, order=2)


def test_what_the_result_does_not_depend_on_has_gradient_zero() -> None:
    assert gradcheck(lambda x, y: (x * 2).sum(), np.ones(3), np.ones((2, 2)), order=2)
    assert gradcheck(lambda x: 1, 3.0)
    assert gradcheck(lambda x: np.ones(2), 3.0)


def test_values_that_require_no_gradient_are_passed_on() -> None:
    labels = Value(np.array([0, 2]))
    seen = []

    def f(x: Any, labels: Any) -> Any:
        seen.append(labels)
        return x[np.arange(2), labels.raw]

    assert gradcheck(f, np.ones((2, 3)), labels)
    assert all(given is labels for given in seen)


def test_points_with_a_scale_of_their_own_pass() -> None:
    """A fixed step is too long at 1e-6 and its rounding too large where intermediate results are large."""
    assert gradcheck(am.log, 1e-6, order=2)
    assert gradcheck(lambda x: 1 / x, 1e-4)
    assert gradcheck(am.sin, 1e3, order=2)
    assert gradcheck(am.var, np.linspace(1000, 1003, 7))
    assert gradcheck(lambda x: x.mean(), np.ones(2000, np.float32))


def test_a_function_that_computes_in_float32_inside() -> None:
    assert gradcheck(lambda x: am.tanh(x.astype(np.float32)), np.linspace(-1, 1, 5))


def test_large_results_cost_no_more_evaluations() -> None:
    calls = []

    def f(x: Any) -> Any:
        calls.append(x)
        return am.broadcast_to(x, (500, 4))

    assert gradcheck(f, np.ones(4))
    assert len(calls) == 1 + 1 + 1 + 2 * 4


def test_inside_no_grad_and_with_outer_values() -> None:
    w = Value([1.0, 2.0])
    with am.no_grad():
        assert gradcheck(lambda x: x * w, np.ones(2), order=2)
    assert gradcheck(lambda x: x * w, np.ones(2), order=2)
    assert w.grad is None


# --- what fails -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("dtype", "factor"), [(np.float64, 1.0001), (np.float32, 1.01), (np.float16, 1.3)])
def test_small_errors_are_found(dtype: type, factor: float) -> None:
    x: Array = np.random.default_rng(0).normal(size=(2, 3)).astype(dtype)
    W: Array = np.random.default_rng(1).normal(size=(3, 2)).astype(dtype)
    failure(lambda x, W: am.tanh(x @ slanted(W, factor)), x, W)


@given(seed=st.integers(0, 1000))
def test_one_wrong_entry_of_a_large_result_is_found(seed: int) -> None:
    wrong = np.zeros((6, 7))
    wrong[3, 4] = 1.0
    x = np.random.default_rng(seed).normal(size=(6, 7))
    error = failure(lambda x: am.where(wrong > 0, slanted(am.sin(x), 1.01), am.sin(x)), x, seed=seed)
    assert [(row.where, row.index) for row in error.rows] == [("x", (3, 4))]


def test_the_table() -> None:
    error = failure(lambda first, second: first * slanted(second[0], 3.0), 2.0, [np.array([5.0, 7.0])])
    lines = str(error).splitlines()
    assert lines[0] == "the gradient of f differs from central differences in 2 of 3 entries"
    assert lines[2].split("  ")[0] == "argument"
    assert re.match(r"second\[0\]  \[[01]\]  ", lines[4])
    (row,) = (row for row in error.rows if row.index == (1,))
    weight = row.autodiff / 6.0
    assert 0.5 <= abs(weight) <= 1.5
    assert row.differences == pytest.approx(2.0 * weight, rel=1e-8)
    assert row.absolute_error == pytest.approx(4.0 * abs(weight))
    assert row.relative_error == pytest.approx(2 / 3)
    assert row.allowed < 1e-5
    assert "each of these entries is off by a factor of 3" in str(error)
    assert "seed=0" in lines[-1]


def test_ten_rows_at_most_the_worst_first() -> None:
    x = np.linspace(1, 2, 17)
    factors = 1 + np.linspace(0.01, 0.5, 17)
    error = failure(lambda x: (am.stop_gradient(x) + factors * (x - am.stop_gradient(x))).sum(), x)
    lines = str(error).splitlines()
    assert "in 17 of 17 entries" in lines[0]
    assert [line.split()[1] for line in lines[4:14]] == [f"[{i}]" for i in range(16, 6, -1)]
    assert lines[14] == "... and 7 more"
    assert len(error.rows) == 17


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        (2.0, "every entry is off by a factor of 2"),
        (0.25, "every entry is off by a factor of 1/4"),
        (-1.0, "every entry has the wrong sign"),
        (1.37, "every entry is off by a factor of 1.37"),
    ],
)
def test_a_common_factor_is_named(factor: float, words: str) -> None:
    assert words in str(failure(lambda x: am.exp(slanted(x, factor)), np.array([0.5, 1.0, 2.0])))


def test_a_conjugated_gradient_is_named() -> None:
    z = np.array([1 + 2j, 3 - 1j])

    def f(z: Any) -> Any:
        right, wrong = am.real(z * (2 + 1j)), am.real(z * (2 - 1j))
        return (am.stop_gradient(right) + wrong - am.stop_gradient(wrong)).sum()

    assert "every entry is the complex conjugate" in str(failure(f, z))


@pytest.mark.parametrize(
    "f", [lambda x: am.exp(float(x.item())), lambda x: x.detach() ** 2, lambda x: am.exp(x.numpy())]
)
def test_a_cut_graph_is_named(f: Callable[..., Any]) -> None:
    assert "was the graph cut" in str(failure(f, 3.0))


def test_kinks_are_named() -> None:
    assert "a kink or a jump" in str(failure(am.relu, 0.0))
    assert "a kink or a jump" in str(failure(am.floor, np.array([0.5, 2.0])))
    assert gradcheck(am.abs, 0.0)  # both have the middle
    assert "kink" not in str(failure(lambda x: slanted(x, 2.0) ** 2, 1e-9, rtol=0.0, atol=0.0))


def test_the_edge_of_the_domain_is_named() -> None:
    error = failure(am.sqrt, 0.0)
    assert "edge of the function's domain" in str(error)
    assert error.rows[0].autodiff == math.inf


def test_random_functions_are_named() -> None:
    rng = np.random.default_rng(0)
    assert "not deterministic" in str(failure(lambda x: x * rng.normal(), 3.0))


def test_the_order_of_the_table() -> None:
    """By how far an error is beyond what is allowed, not by its size: 1 % of 1000 comes after 50 % of 0.1."""
    slopes, factors = np.array([1000.0, 0.1, 5.0, 10.0]), np.array([1.01, 1.5, 1.0, 1.1])

    def f(x: Any) -> Any:
        still = am.stop_gradient(x)
        return (slopes * still + slopes * factors * (x - still)).sum()

    error = failure(f, np.ones(4), atol=1e-9)
    assert [row.index for row in error.rows] == [(1,), (3,), (0,)]
    assert [row.autodiff for row in error.rows] == pytest.approx([0.15, 11.0, 1010.0])
    assert [line.split()[1] for line in str(error).splitlines()[4:7]] == ["[1]", "[3]", "[0]"]


def test_second_order_errors_are_found() -> None:
    """The gradient is right and the gradient's gradient is not."""

    def f(x: Any) -> Any:
        return am.stop_gradient(x) * x - am.stop_gradient(x * x / 2)

    assert gradcheck(f, 3.0) is True
    assert str(failure(f, 3.0, order=2)).startswith("the gradient of the gradient of f differs")


def test_a_fixed_step_has_no_second_opinion() -> None:
    failure(lambda x: 1 / x, 1e-3, eps=1e-5)
    assert gradcheck(lambda x: 1 / x, 1e-3, eps=1e-7, rtol=1e-4)


def test_the_error_is_an_assertion() -> None:
    error = failure(lambda x: slanted(x, 2.0), 1.0)
    assert isinstance(error, AssertionError)
    assert "every entry" not in str(error)  # one entry has no pattern


# --- bad calls --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "xs", "kind", "words"),
    [
        (lambda x: x, (np.arange(3),), TypeError, "x is int64: pass it as floats"),
        (lambda x: x, (True,), TypeError, "x is bool"),
        (lambda x, mode: x, (1.0, "mean"), TypeError, "mode is none to differentiate by.*bind other arguments"),
        (lambda x: x, (None,), TypeError, "NoneType"),
        (lambda x: None, (1.0,), TypeError, "f returned None: is a return missing?"),
        (lambda x: (), (1.0,), TypeError, "f returned nothing"),
        (lambda x: (x, x > 0), (1.0,), TypeError, "f returned bool"),
        (lambda x: np.argmax(x.raw), (np.ones(2),), TypeError, "f returned int64"),
        (lambda x: x, ({"w": [np.array([1.0, np.nan])]},), ValueError, re.escape("x['w'][0] holds nan or infinity")),
        (lambda *xs: xs[0], (1.0, math.inf), ValueError, re.escape("xs[1] holds nan or infinity")),
        (lambda x: x - math.inf, (1.0,), ValueError, "f is nan or infinite at this point"),
        (lambda: 1.0, (), ValueError, "at least one argument"),
        (lambda x: x, (Value(1.0, requires_grad=False),), ValueError, "at least one argument"),
    ],
)
def test_bad_arguments_and_results(f: Callable[..., Any], xs: Any, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words):
        gradcheck(f, *xs)


@pytest.mark.parametrize(
    "options",
    [{"order": 0}, {"order": True}, {"order": 1.5}, {"eps": 0}, {"eps": -1}, {"rtol": -1}, {"atol": math.nan}],
)
def test_bad_options(options: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError), match=next(iter(options))):
        gradcheck(am.sin, 1.0, **options)


def test_results_that_change_shape_are_refused() -> None:
    with pytest.raises(ValueError, match=r"shapes \[\(\)\] at one point and \[\(1,\)\] at another"):
        gradcheck(lambda x: x.sum() if x[0].item() > 1.0 else x, np.array([1.0]))


# --- compare_gradients ------------------------------------------------------------------------------------------------


def example() -> tuple[Value, dict[str, Value], dict[str, Array]]:
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
    W, b = Value(rng.normal(size=(3, 2)), name="W"), Value(rng.normal(size=2), name="b")
    z = am.linear(X, W, b)
    z.name = "z"
    loss = ((am.tanh(z) - Y) ** 2).mean()
    a = np.tanh(X @ W.numpy() + b.numpy())
    delta = 2 * (a - Y) / Y.size * (1 - a**2)
    return loss, {"W": W, "b": b, "z": z}, {"W": X.T @ delta, "b": delta.sum(axis=0), "z": delta}


def test_equal_gradients_agree() -> None:
    loss, values, manual = example()
    comparison = compare_gradients(loss, manual)
    assert comparison
    comparison.check()
    assert [row.name for row in comparison.rows] == ["W", "b", "z"]
    assert all(row.absolute_error < 1e-14 and row.relative_error < 1e-12 for row in comparison.rows)
    assert all(value.grad is None for value in values.values())
    assert str(comparison).count("✓") == 3


def test_values_pairs_and_names_mean_the_same() -> None:
    loss, values, manual = example()
    rows = compare_gradients(loss, {values["W"]: manual["W"], "b": manual["b"].tolist()}).rows
    pairs = compare_gradients(loss, [(values["W"], manual["W"]), ("b", Value(manual["b"]))]).rows
    assert [row.name for row in rows] == [row.name for row in pairs] == ["W", "b"]
    assert all(row.agrees for row in rows + pairs)


def test_a_pass_before_does_not_matter() -> None:
    loss, values, manual = example()
    loss.backward()
    loss.backward()
    before = {name: value.grad.copy() for name, value in values.items()}
    assert compare_gradients(loss, manual)
    for name, value in values.items():
        np.testing.assert_array_equal(value.grad, before[name])


def verdict(manual: Any, name: str = "W") -> str:
    loss, _, _ = example()
    comparison = compare_gradients(loss, {name: manual})
    assert not comparison
    (row,) = comparison.rows
    assert row.verdict == f"✗ {row.words}"
    assert row.words in str(comparison)
    return row.words


def test_verdicts_say_what_is_wrong() -> None:
    _, _, manual = example()
    W, b = manual["W"], manual["b"]
    assert verdict(5 * W) == "every entry is off by a factor of 5"
    assert verdict(W / 10) == "every entry is off by a factor of 1/10"
    assert verdict(-W) == "every entry has the wrong sign"
    assert verdict(0 * W) == "every entry is zero"
    assert verdict(W.T) == "shape (2, 3) where the gradient has (3, 2): pass its transpose"
    assert verdict(b[None, :], "b") == "shape (1, 2) where the gradient has (2,)"
    assert verdict(1.0, "b") == "shape () where the gradient has (2,)"
    assert verdict(b + np.array([0.0, 1e-3]), "b") == "1 of 2 entries differ"
    assert verdict(np.where(np.arange(6).reshape(3, 2) < 2, 3 * W, W)).startswith("2 of 6 entries differ, each is off")
    assert verdict(W + math.nan) == "by hand 6 of 6 entries are nan or infinite"
    assert verdict(b + np.array([math.inf, 0.0]), "b") == "by hand 1 of 2 entries are nan or infinite"


def test_a_transposed_square_is_named() -> None:
    W = Value(np.ones((2, 2)), name="W")
    X = np.array([[1.0, 2.0], [3.0, 5.0]])
    loss = (X @ W @ np.array([1.0, 3.0])).sum()
    gradient = np.outer(X.sum(axis=0), [1.0, 3.0])
    assert compare_gradients(loss, {"W": gradient})
    assert compare_gradients(loss, {"W": gradient.T}).rows[0].words == "transposed"


def test_check_raises_with_the_table_and_the_worst_entry() -> None:
    loss, _, manual = example()
    wrong = manual["W"].copy()
    wrong[2, 1] += 0.25
    wrong[0, 0] += 1e-3
    comparison = compare_gradients(loss, {**manual, "W": wrong})
    with pytest.raises(GradientError) as caught:
        comparison.check()
    message = str(caught.value)
    assert message.startswith("1 of 3 gradients differ")
    assert str(comparison) in message
    told = f"W[2, 1]: {wrong[2, 1]:.7g} by hand, {manual['W'][2, 1]:.7g} by the graph"
    assert told.replace("-", "−") in message
    assert [row.name for row in caught.value.rows] == ["W"]
    (row,) = caught.value.rows
    assert row.index == (2, 1)
    assert row.absolute_error == pytest.approx(0.25)


def test_the_table_is_aligned() -> None:
    loss, _, manual = example()
    lines = str(compare_gradients(loss, manual)).splitlines()
    assert len(lines) == 2 + 3
    column = lines[0].index("verdict")
    assert all(line[column] == "✓" and line[column - 1] == " " for line in lines[2:])
    assert repr(compare_gradients(loss, manual)) == "\n".join(lines)


def test_html_is_well_formed_and_escaped() -> None:
    x = Value(3.0, name="<script>&")
    comparison = compare_gradients(x * x, {x: 6.0})
    table = ET.fromstring(comparison._repr_html_())
    cells = [cell.text for cell in table.iter("td")]
    assert cells == ["<script>&", "()", "0", "0", "✓ equal"]


def test_tolerances() -> None:
    loss, _, manual = example()
    near = {"W": manual["W"] * (1 + 1e-6)}
    assert not compare_gradients(loss, near)
    assert compare_gradients(loss, near, rtol=1e-5)
    assert compare_gradients(loss, near, atol=1e-3)
    W = Value(np.ones(3, np.float32), name="W")
    assert compare_gradients(am.exp(W).sum(), {"W": np.full(3, math.e)})
    assert not compare_gradients(am.exp(W).sum(), {"W": np.full(3, 2.72)})


def test_zero_and_unreached_values() -> None:
    x, y = Value([1.0, 2.0], name="x"), Value(1.0)
    loss = (x * 0.0).sum()
    assert compare_gradients(loss, {x: np.zeros(2), y: 0.0})
    (row,) = compare_gradients(loss, {y: 1.0}).rows
    assert (row.name, row.words) == ("value 1", "is not in the graph of the loss")


def test_empty_arrays_agree() -> None:
    x = Value(np.zeros((0, 3)), name="x")
    (row,) = compare_gradients(x.sum(), {"x": np.zeros((0, 3))}).rows
    assert row.agrees
    assert row.index is None


def test_complex_gradients() -> None:
    z = Value(np.array([1 + 2j]), name="z")
    loss = (am.abs(z) ** 2).sum()
    assert compare_gradients(loss, {"z": [2 + 4j]})
    with pytest.raises(GradientError, match=r"z\[0\]: 2\+0j by hand, 2\+4j by the graph|z\[0\]: 2 by hand"):
        compare_gradients(loss, {"z": [2.0]}).check()


@pytest.mark.parametrize(
    ("manual", "kind", "words"),
    [
        (
            {"w": 1.0},
            ValueError,
            "no Value of the graph that requires a gradient is called 'w'. The names are 'W', 'b'",
        ),
        ({}, ValueError, "nothing to compare"),
        ({3: 1.0}, TypeError, "key of type int"),
        ({"W": "abc"}, TypeError, "by hand of W is no array of numbers"),
        ({"W": None}, TypeError, "by hand of W is no array of numbers"),
        ({"W": [[1.0], [1.0, 2.0]]}, ValueError, "ragged"),
        ({Value(1.0, requires_grad=False): 1.0}, ValueError, "constant"),
    ],
)
def test_bad_manual_gradients(manual: Any, kind: type[Exception], words: str) -> None:
    loss, _, _ = example()
    with pytest.raises(kind, match=words):
        compare_gradients(loss, manual)


def test_ambiguous_names() -> None:
    first, second = Value(1.0, name="w"), Value(2.0, name="w")
    loss = first * second
    with pytest.raises(
        ValueError, match=r"2 Values of the graph are called 'w': pass the Value itself.*'w' \(2 times\)"
    ):
        compare_gradients(loss, {"w": 2.0})
    assert compare_gradients(loss, {first: 2.0, second: 1.0})
    with pytest.raises(ValueError, match="No Value of the graph has a name"):
        compare_gradients(Value(2.0) * 3.0, {"w": 1.0})


def test_bad_losses() -> None:
    x = Value(np.ones(2), name="x")
    with pytest.raises(ValueError, match="single number"):
        compare_gradients(x * x, {"x": 1.0})
    with pytest.raises(TypeError, match="as a Value"):
        compare_gradients(3.0, {"x": 1.0})  # type: ignore[arg-type]
    with pytest.raises(am.GraphError):
        compare_gradients(Value(1.0, requires_grad=False), [(x, 1.0)])
    loss = (x * x).sum()
    loss.backward(retain_graph=False)
    with pytest.raises(am.GraphError, match="retain_graph=True"):
        compare_gradients(loss, {x: 2.0})


def test_a_comparison_is_what_its_rows_are() -> None:
    loss, _, manual = example()
    rows = compare_gradients(loss, manual).rows
    assert Comparison(rows)
    assert str(Comparison(rows[:1])) != str(Comparison(rows))


# --- arguments that make no sense -------------------------------------------------------------------------------------

LINE = r"write compare_gradients\(loss, \{'x': …\}\)$"
BY_HAND = r"each gradient by hand comes with its Value or name, got"


@pytest.mark.parametrize(
    ("manual", "text"),
    [
        ([1.0], rf"{BY_HAND} float: {LINE}"),
        ([np.ones(2)], rf"{BY_HAND} ndarray: {LINE}"),
        (np.ones((1, 2)), rf"{BY_HAND} ndarray: {LINE}"),
        (Value(np.ones((1, 2))), rf"{BY_HAND} Value: {LINE}"),
        (2.0, rf"{BY_HAND} float: {LINE}"),
        (None, rf"{BY_HAND} NoneType: {LINE}"),
        ("x", rf"{BY_HAND} str: {LINE}"),
        (["xy"], rf"{BY_HAND} str: {LINE}"),
        ([("x", 1.0, 2.0)], rf"{BY_HAND} a tuple of 3: {LINE}"),
        ([()], rf"{BY_HAND} a tuple of 0: {LINE}"),
        ({1: 2.0}, rf"got a key of type int: {LINE}"),
        ([(["x"], 2.0)], rf"got a key of type list: {LINE}"),
        ({"x": None}, "the gradient by hand of x is no array of numbers"),
        ({"x": "two"}, "the gradient by hand of x is no array of numbers"),
    ],
)
def test_gradients_by_hand_of_another_form(manual: Any, text: str) -> None:
    x = Value(np.ones(2), name="x")
    with pytest.raises(TypeError, match=text):
        compare_gradients((x * x).sum(), manual)


def test_the_line_to_write_where_nothing_has_a_name() -> None:
    with pytest.raises(TypeError, match=r"write compare_gradients\(loss, \{w: dw, b: db\}\)$"):
        compare_gradients(Value(2.0) * 3.0, [3.0])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="there is nothing to compare: write"):
        compare_gradients(Value(2.0) * 3.0, {})


@pytest.mark.parametrize(
    ("loss", "error", "text"),
    [
        (3.0, TypeError, "got float: compute it with Values"),
        (lambda: 3.0, TypeError, r"got function: call it first, or write gradcheck\(f, x\)"),
        ([Value(1.0)], TypeError, r"got list: add them up, sum\(losses\)"),
        (Value(1.0, requires_grad=False), am.GraphError, "compare_gradients needs a loss that depends on a Value"),
    ],
)
def test_a_loss_of_another_form(loss: Any, error: Any, text: str) -> None:
    with pytest.raises(error, match=text):
        compare_gradients(loss, {Value(1.0): 1.0})


@pytest.mark.parametrize("what", ["rtol", "atol", "eps"])
@pytest.mark.parametrize(
    "wrong", ["1e-6", b"1", [1e-6], np.ones(2), 1j, object(), (), {}], ids=lambda x: type(x).__name__
)
def test_tolerances_of_another_form(what: str, wrong: Any) -> None:
    text = rf"{what} is a single number, such as {what}=1e-6, got {type(wrong).__name__}"
    with pytest.raises(TypeError, match=text):
        gradcheck(lambda x: x * x, np.ones(2), **{what: wrong})
    if what != "eps":
        x = Value(1.0)
        with pytest.raises(TypeError, match=text):
            compare_gradients(x * x, {x: 2.0}, **{what: wrong})


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"order": 1.0}, TypeError, "order is a whole number, such as order=1, got float"),
        ({"order": True}, TypeError, "order is a whole number, such as order=1, got bool"),
        ({"order": np.int64(0)}, ValueError, "order must be 1 or more, got 0"),
        ({"seed": "a"}, TypeError, "seed is a whole number, such as seed=0, got str"),
        ({"seed": 1.5}, TypeError, "seed is a whole number, such as seed=0, got float"),
        ({"seed": -1}, ValueError, "seed must be 0 or more, got -1"),
        ({"mode": ["both"]}, ValueError, "mode must be 'both', 'reverse' or 'forward'"),
        ({"mode": np.array(["both", "forward"])}, ValueError, "mode must be 'both', 'reverse' or 'forward'"),
    ],
)
def test_options_of_another_form(options: Any, error: Any, text: str) -> None:
    with pytest.raises(error, match=text):
        gradcheck(lambda x: x * x, np.ones(2), **options)


@pytest.mark.parametrize("f", [3.0, Value(1.0), None, "tanh"], ids=repr)
def test_what_is_no_function(f: Any) -> None:
    text = rf"as gradcheck\(lambda x: x \* x, 3\.0\), got {type(f).__name__} in place"
    with pytest.raises(TypeError, match=text):
        gradcheck(f, 1.0)


@pytest.mark.parametrize("result", ["a", object(), abs], ids=["str", "object", "function"])
def test_results_of_another_form(result: Any) -> None:
    with pytest.raises(TypeError, match="f returned something that has no gradient: expected a number"):
        gradcheck(lambda x: result, 1.0)


def test_whole_numbers_of_numpy_are_whole_numbers() -> None:
    assert gradcheck(lambda x: x**3, 2.0, order=np.int64(2), seed=np.uint8(3))  # type: ignore[arg-type]
