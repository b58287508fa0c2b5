"""Operations of users: what is caught, what is named, forward rules, and definitions that run again."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import GradientError, GraphError, Rule, Value, grad, gradcheck, gradients, jvp, primitive
from autograd_mini.operation import OPERATIONS


@pytest.fixture(autouse=True)
def _table() -> Iterator[None]:
    """What a test enters leaves the table with it."""
    known = dict(OPERATIONS)
    yield
    for name in OPERATIONS.keys() - known.keys():
        del OPERATIONS[name]
    assert dict(OPERATIONS) == known


def good(g: Any, out: Any, x: Any) -> Any:
    return g * (3.0 * x * x)


def cube_with(vjp: Callable[..., Any] = good, jvp: Callable[..., Any] | None = None, returns: Any = ...) -> Any:
    @primitive("{x}³", Rule(vjp, "3 · {x}²", jvp=jvp), elementwise=True)
    def cube(x: Any) -> Any:
        return x * x * x if returns is ... else returns

    return cube


def test_an_operation_of_every_order_and_mode() -> None:
    cube = cube_with()
    x = np.array([0.5, -2.0])
    assert gradcheck(cube, x, order=3)
    assert gradcheck(cube, 0.7)
    np.testing.assert_array_equal(jvp(cube, x, [1.0, 2.0])[1], 3 * x**2 * [1.0, 2.0])
    assert grad(grad(grad(cube)))(2.0) == 6.0
    assert cube(2.0) == 8.0
    assert type(cube(Value(2)).raw) is float
    assert OPERATIONS["cube"].forward.__name__ == "cube"


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        (None, "returned None: is a return missing?"),
        (Value(1.0), "returned a Value: it gets plain data"),
        ((1.0, 2.0), "returned a tuple of 2: an operation has one result"),
        ([1.0], "returned a list of 1"),
        ("text", "returned no number and no array of numbers: .*text"),
        (np.array(["a"]), "returned no number"),
        (object(), "returned no number"),
    ],
)
def test_functions_that_return_no_data(returned: Any, words: str) -> None:
    cube = cube_with(returns=returned)
    for x in (Value(np.ones(2), name="w"), np.ones(2)):
        with pytest.raises(TypeError, match=f"the function of cube {words}") as caught:
            cube(x)
        if isinstance(x, Value):
            assert "in cube of 'w' (a leaf, shape (2,))" in caught.value.__notes__


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        (None, "no gradient but a NoneType: is a return missing?"),
        ((np.ones(2), np.ones(2)), "no gradient but a tuple of 2: a rule returns the gradient of one operand"),
        ("text", "no gradient: expected a number"),
        (np.array(["a", "b"]), "no gradient but an array of dtype <U1"),
        (np.ones(3), r"no gradient but shape \(3,\): it must have the operand's shape \(2,\)"),
        (np.ones((4, 2)), r"no gradient but shape \(4, 2\)"),
        (1.0, r"no gradient but shape \(\)"),
        (np.ones(2) * 1j, "complex numbers where everything is real"),
    ],
)
@pytest.mark.parametrize("graph", [False, True])
def test_rules_that_return_no_gradient(returned: Any, words: str, graph: bool) -> None:
    cube = cube_with(lambda g, out, x: returned)
    x = Value(np.ones(2), name="w")
    with pytest.raises(GraphError, match=f"the rule of cube for operand 0, gave {words}") as caught:
        gradients(am.sum(cube(x)), x, create_graph=graph)
    assert "in the rule of cube for operand 0, 'w' (a leaf, shape (2,))" in caught.value.__notes__
    assert x.grad is None


def test_shapes_of_broadcast_operands() -> None:
    @primitive(
        "{x} · {y}",
        Rule(lambda g, out, x, y: g * y, "{y}"),
        Rule(lambda g, out, x, y: (g * x).sum(0), "{x}"),
        elementwise=True,
    )
    def product(x: Any, y: Any) -> Any:
        return x * y

    x, y = Value(np.ones((3, 1))), Value(np.array([1.0, 2.0]))
    am.sum(product(x, y)).backward()
    np.testing.assert_array_equal(x.grad, [[3.0]] * 3)
    np.testing.assert_array_equal(y.grad, [3.0, 3.0])
    row = am.sum(product(np.ones(3), Value(np.ones(3))))
    with pytest.raises(GraphError, match=r"rule of product for operand 1, gave no gradient but shape \(\)"):
        row.backward()


@pytest.mark.parametrize("first", [True, False])
def test_a_gradient_that_would_broadcast_to_the_operand_is_refused_beside_others(first: bool) -> None:
    @primitive("Σ {x}", Rule(lambda g, out, x: g, "1"))
    def sum_of_columns(x: Any) -> Any:
        return x.sum(axis=0)

    x = Value(np.ones((2, 3)))
    one, other = am.sum(x * 2.0), am.sum(sum_of_columns(x))
    if first:
        one, other = am.sum(sum_of_columns(x)), am.sum(x * 2.0)
    with pytest.raises(GraphError, match=r"no gradient but shape \(3,\): it must have the operand's shape \(2, 3\)"):
        (one + other).backward()


@pytest.mark.parametrize(
    ("define", "words"),
    [
        (lambda: primitive("{x}")(lambda x: x), "needs a Rule for each operand"),
        (
            lambda: primitive("{x}", *[lambda g, out, x: g])(lambda x: x),  # type: ignore[arg-type]
            r"a Rule for each operand .*\['function'\]",
        ),
        (
            lambda: primitive("{x}", Rule(good, "1"), Rule(good, "1"))(lambda x: x),
            "has 2 rules and 1 parameters to be its operands",
        ),
        (
            lambda: primitive("{x}", Rule(lambda g, x: g, "1"))(lambda x: x),
            r"takes \(g, x\) and is called as rule\(g, out, x\)",
        ),
        (
            lambda: primitive("{x}", Rule(lambda g, out, x: g, "1"))(lambda x, scale=1.0: x),
            r"is called as rule\(g, out, x, scale=…\)",
        ),
    ],
)
def test_definitions_that_cannot_work(define: Callable[[], Any], words: str) -> None:
    with pytest.raises(TypeError, match=words):
        define()


def test_variadic_operations() -> None:
    @primitive("total {x}", Rule(lambda g, out, *xs, index, factor: g * factor, "{factor}"), variadic=True)
    def total(xs: Any, factor: float = 1.0) -> Any:
        return factor * sum(xs)

    a, b = Value(np.ones(2)), Value(np.ones(2))
    am.sum(total([a, b], factor=3.0)).backward()
    np.testing.assert_array_equal(b.grad, [3.0, 3.0])
    np.testing.assert_array_equal(jvp(lambda a: total([a, a]), np.ones(2), np.ones(2))[1], [2.0, 2.0])

    @primitive("bad {x}", Rule(lambda g, out, *xs, index: None, "1"), variadic=True)
    def bad(xs: Any) -> Any:
        return sum(xs)

    with pytest.raises(GraphError, match="the rule of bad for operand 0, gave no gradient"):
        am.sum(bad([a, b])).backward()


# --- forward rules ----------------------------------------------------------------------------------------------------


def test_a_forward_rule_is_checked() -> None:
    assert gradcheck(cube_with(jvp=lambda t, out, x: t * (3.0 * x * x)), np.array([0.5, 1.5]), order=2)
    wrong = cube_with(jvp=lambda t, out, x: t * (2.0 * x * x))
    assert gradcheck(wrong, 0.7, mode="reverse")
    for mode in ("both", "forward"):
        with pytest.raises(GradientError, match=r"(?s)in forward mode differs.*factor of 0\.6667"):
            gradcheck(wrong, np.array([0.5, 1.5]), mode=mode)
    conjugated = cube_with(jvp=lambda t, out, x: am.conjugate(t) * (3.0 * x * x))
    with pytest.raises(GradientError, match="forward mode"):
        gradcheck(conjugated, 0.5 + 0.25j)


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        (None, "the forward rule of cube for operand 0, gave no tangent but a NoneType"),
        ((1.0,), "gave no tangent but a tuple of 1"),
        (np.ones(3), r"a tangent of shape \(3,\)"),
        (1j, "complex numbers for a real result"),
    ],
)
def test_forward_rules_that_return_no_tangent(returned: Any, words: str) -> None:
    cube = cube_with(jvp=lambda t, out, x: returned)
    with pytest.raises(GraphError, match=words):
        jvp(cube, np.ones(2), np.ones(2))


@pytest.mark.parametrize("mode", ["backward", None, 1])
def test_bad_modes(mode: Any) -> None:
    with pytest.raises(ValueError, match="mode must be 'both', 'reverse' or 'forward'"):
        gradcheck(lambda x: x * x, 1.0, mode=mode)


def test_gradcheck_in_forward_mode() -> None:
    def f(p: dict[str, Any], z: Any) -> Any:
        return {"y": am.tanh(p["W"] @ p["v"]), "z": am.real(z * z) * p["b"]}

    p = {"W": np.array([[0.5, -1.0], [0.25, 2.0]]), "v": np.array([0.3, 0.7]), "b": 2.0}
    for mode in ("forward", "reverse", "both"):
        assert gradcheck(f, p, np.array([1.0 + 2.0j, 0.5]), order=2, mode=mode)
    assert gradcheck(am.exp, np.ones(2, np.float32), mode="forward")
    with pytest.raises(GradientError, match=r"(?s)forward mode.*p\['b'\]"):
        gradcheck(lambda p: p["b"] * am.stop_gradient(p["b"]), {"b": 2.0}, mode="forward")


# --- names ------------------------------------------------------------------------------------------------------------


def test_a_cell_may_run_again() -> None:
    first = cube_with()
    x = Value(2.0)
    y = first(x)
    second = cube_with(lambda g, out, x: g * 100.0)
    assert OPERATIONS["cube"] is second.operation
    assert gradients(second(x), x) == 100.0
    assert gradients(y, x) == 12.0


def test_names_that_are_taken() -> None:
    def tanh(x: Any) -> Any:
        return x

    before = OPERATIONS["tanh"]
    with pytest.raises(ValueError, match="an operation 'tanh' already, in the package: call yours otherwise"):
        primitive("{x}", Rule(lambda g, out, x: g, "1"))(tanh)
    with pytest.raises(ValueError, match="'checkpoint' already"):
        primitive("{x}", Rule(lambda g, out, x: g, "1"), name="checkpoint")(tanh)
    assert OPERATIONS["tanh"] is before
    mine = primitive("{x}", Rule(lambda g, out, x: g, "1"), name="my_tanh")(tanh)
    assert repr(mine(Value(2.0))) == "Value(2, op=my_tanh)"
    cube_with()

    def cube(x: Any) -> Any:
        return x

    with pytest.raises(ValueError, match=re.escape(f"'cube' already, in {__name__}")):
        primitive("{x}", Rule(lambda g, out, x: g, "1"))(cube)


# --- functions of arrays alone ----------------------------------------------------------------------------------------


@pytest.fixture
def outside() -> dict[str, Any]:
    """Operations by functions that take neither Values nor batches: their rules can neither be mapped nor pushed."""
    special, sparse, linalg = (pytest.importorskip(f"scipy.{name}") for name in ("special", "sparse", "linalg"))
    a = np.array([[2.0, 1.0], [0.0, 3.0]])
    s = sparse.csr_matrix(a)
    return {
        "sparse product": primitive("A{x}", Rule(lambda g, out, x: s.T @ g, "A"), name="sparse")(lambda x: s @ x),
        "solver": primitive("A⁻¹{x}", Rule(lambda g, out, x: linalg.solve(a.T, g), "A⁻¹"), name="solver")(
            lambda x: linalg.solve(a, x)
        ),
        "special": primitive(
            "lg {x}", Rule(lambda g, out, x: g * am.special.psi(x), "ψ({x})"), elementwise=True, name="lg"
        )(lambda x: special.gammaln(x)),  # noqa: PLW0108 (a ufunc has no parameters' names)
        "detached": primitive(
            "{x}²", Rule(lambda g, out, x: 2.0 * (g.numpy() if isinstance(g, Value) else g) * x, "2{x}"), name="twice"
        )(lambda x: x * x),
    }


X = np.array([[1.5, 2.0], [3.0, 4.5], [5.0, 6.0]])


@pytest.mark.parametrize("name", ["sparse product", "solver", "special"])
def test_vmap_calls_a_function_of_arrays_once_an_example(name: str, outside: dict[str, Any]) -> None:
    f = outside[name]
    np.testing.assert_allclose(am.vmap(f)(X), [f(x) for x in X])
    slope = am.grad(lambda x: am.sum(f(x) ** 2))
    np.testing.assert_allclose(am.vmap(slope)(X), [slope(x) for x in X])


@pytest.mark.parametrize("name", ["sparse product", "solver", "detached"])
def test_jacobians_of_an_operation_without_a_forward_rule(name: str, outside: dict[str, Any]) -> None:
    """By rows where columns would be fewer; by hand the rows of the matrix, its inverse, or diag 2x."""
    f, a = outside[name], np.array([[2.0, 1.0], [0.0, 3.0]])
    want = {"sparse product": a, "solver": np.linalg.inv(a), "detached": np.diag(2.0 * X[0])}[name]
    tall = am.jacobian(lambda x: am.concatenate([f(x), x]))(X[0])
    np.testing.assert_allclose(tall, np.vstack([want, np.eye(2)]))
    assert am.gradcheck(f, X[0])
    with pytest.raises(GraphError, match=r"has no forward rule.*give Rule\(\.\.\., jvp=\.\.\.\)"):
        am.jvp(f, [X[0]], [X[1]])


def test_errors_of_a_function_are_its_own_under_vmap(outside: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"mismatch|shape"):
        am.vmap(outside["sparse product"])(np.ones((2, 3)))


def _of_arrays(f: Callable[[Any], Any]) -> Any:
    return am.primitive("f {x}", am.Rule(lambda g, out, x: x * 0.0 + am.sum(g), "f′"))(f)


COLUMN, MATRIX = np.array([[1.0], [2.0], [3.0]]), np.arange(9.0).reshape(3, 3)


@pytest.mark.parametrize(
    ("f", "n"),
    [
        (lambda x: COLUMN @ x, 1),
        (lambda x: MATRIX @ x, 3),
        (lambda x: np.vecdot(COLUMN[:, 0], x), 3),
        (lambda x: np.linalg.solve(2.0 * np.eye(3), x), 3),
        (lambda x: np.array([2.0 * entry for entry in x]), 3),
    ],
    ids=["column @ x", "matrix @ x", "vecdot", "solve", "loop"],
)
def test_vmap_in_vmap_of_a_function_of_arrays(f: Callable[[Any], Any], n: int) -> None:
    xs = np.random.default_rng(0).normal(size=(2, 4, n))
    want = np.array([[f(x) for x in row] for row in xs])
    np.testing.assert_allclose(am.vmap(_of_arrays(f))(xs[0]), want[0])
    np.testing.assert_allclose(am.vmap(am.vmap(_of_arrays(f)))(xs), want)
