"""vmap: where the examples are, what comes back, nesting with derivatives, other libraries, what it refuses."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import GraphError, Value, grad, vmap

Array = np.ndarray[Any, Any]
rng = np.random.default_rng(0)
W, X, LABELS = rng.normal(size=(3, 4)), rng.normal(size=(5, 3)), np.array([0, 1, 2, 3, 0])


def loss(W: Any, x: Any, label: Any) -> Any:
    return am.softmax_cross_entropy(am.tanh(x @ W), label)


def close(got: Any, want: Any) -> None:
    np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-13)


# --- axes and structures ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("in_axis", [0, 1, -1, 2])
@pytest.mark.parametrize("out_axis", [0, 1, -1])
def test_axes(in_axis: int, out_axis: int) -> None:
    x = rng.normal(size=(2, 3, 4))
    rows = np.moveaxis(x, in_axis, 0)
    got = vmap(lambda row: am.cumsum(row, 0), in_axis, out_axis)(x)
    close(got, np.stack([np.cumsum(row, 0) for row in rows], out_axis))


def test_arguments_that_all_examples_share() -> None:
    close(vmap(lambda W, x: x @ W, (None, 0))(W, X), X @ W)
    close(vmap(lambda x: x @ W)(X), X @ W)
    close(vmap(lambda x: W)(X), np.stack([W] * 5))
    close(vmap(lambda x: W, out_axes=2)(X), np.stack([W] * 5, 2))
    assert vmap(lambda x: 2.0, out_axes=None)(X) == 2.0
    close(vmap(lambda x: 2.0)(X), np.full(5, 2.0))
    close(vmap(lambda x, scale: x * scale)(X, scale=np.arange(5.0)), X * np.arange(5.0)[:, None])


def test_structures_in_and_out() -> None:
    tree = {"a": X, "b": (W.T, [2.0])}

    def f(tree: Any, x: Any) -> Any:
        return {"sum": am.sum(tree["a"]) + tree["b"][1][0], "pair": (x * 2, am.max(tree["b"][0]))}

    out = vmap(f, ({"a": 1, "b": (1, None)}, None))(tree, 3.0)
    close(out["sum"], X.sum(0) + 2.0)
    close(out["pair"][0], np.full(3, 6.0))
    close(out["pair"][1], W.max(1))
    first, second = vmap(lambda x: (x, x), out_axes=(0, 1))(X)
    close(first, X)
    close(second, X.T)


def test_values_come_back_where_values_went_in() -> None:
    assert type(vmap(am.exp)(X)) is np.ndarray
    assert type(vmap(am.exp)(Value(X))) is Value
    assert type(vmap(lambda x: x * Value(2.0))(X)) is Value
    constant = vmap(am.exp)(Value(X, requires_grad=False))
    assert type(constant) is Value
    assert not constant.requires_grad


def test_numpys_calls_and_arrays_inside() -> None:
    def f(x: Any) -> Any:
        mask = np.logical_and(x > -1.0, x < 1.0)
        return np.sum(np.where(mask, np.exp(x), 0.0) * np.arange(3.0)) + np.ones(3) @ x + (np.float64(2.0) * x)[0]

    close(vmap(f)(X), (np.where((X > -1) & (X < 1), np.exp(X), 0.0) * np.arange(3.0)).sum(1) + X.sum(1) + 2 * X[:, 0])


def test_an_index_of_each_example() -> None:
    places = np.array([0, 2, 1, 1, 0])
    close(vmap(lambda x, i: x[i])(X, places), X[np.arange(5), places])
    close(vmap(lambda i: am.take(W, i, axis=1), out_axes=1)(LABELS), W[:, LABELS])
    close(vmap(lambda x, i: am.take_along_axis(x, i, 0))(X, places[:, None]), X[np.arange(5), places][:, None])
    close(vmap(lambda x: x[[0, 0, 2]])(X), X[:, [0, 0, 2]])
    close(vmap(lambda x: am.sort(x)[am.argsort(x)])(X), np.stack([np.sort(x)[np.argsort(x)] for x in X]))
    cube = rng.normal(size=(5, 2, 3, 4))
    close(vmap(lambda x: x[[0, 1], :, [1, 2]])(cube), np.stack([x[[0, 1], :, [1, 2]] for x in cube]))
    close(vmap(lambda x: x[:, [0, 1], [1, 2]])(cube), cube[:, :, [0, 1], [1, 2]])
    close(vmap(lambda x, i: x[:, i])(cube, places), np.stack([x[:, i] for x, i in zip(cube, places, strict=True)]))


def test_an_index_of_an_older_level() -> None:
    places = np.array([0, 2, 1, 1])
    close(vmap(lambda i: vmap(lambda x: x[i])(X))(places), X[:, places].T)
    units = vmap(lambda i: vmap(grad(lambda x: am.sum(x[[i, i]])))(X))(places)
    close(units, np.stack([2.0 * np.eye(3)[places]] * 5, 1))
    close(
        vmap(lambda i: vmap(lambda x: am.scatter(x, i, (3,)))(X[:, 0]))(places), X[:, :1] * np.eye(3)[places][:, None]
    )


def test_a_number_at_several_places() -> None:
    close(vmap(lambda x: am.scatter(x, [0, 0, 2], (4,)))(X[:, 0]), X[:, :1] * np.array([2.0, 0.0, 1.0, 0.0]))
    close(
        vmap(lambda x: am.scatter(x, 1, (2, 3)))(X[:, 0]), X[:, 0, None, None] * np.array([[0.0], [1.0]] * np.ones(3))
    )


def test_a_number_along_an_axis() -> None:
    close(vmap(grad(am.log_softmax))(X[:, 0]), np.zeros(5))
    close(vmap(am.softmax)(X[:, 0]), np.ones(5))


def test_no_examples() -> None:
    assert vmap(lambda x: am.sum(am.exp(x)))(np.zeros((0, 3))).shape == (0,)
    assert vmap(am.cumsum)(np.zeros((0, 2, 3))).shape == (0, 6)
    assert vmap(grad(lambda x: am.sum(x * x)))(np.zeros((0, 3))).shape == (0, 3)


# --- derivatives ------------------------------------------------------------------------------------------------------


def test_gradients_of_each_example() -> None:
    each = np.stack([grad(loss)(W, x, label) for x, label in zip(X, LABELS, strict=True)])
    close(vmap(grad(loss), (None, 0, 0))(W, X, LABELS), each)
    values, gradients = vmap(am.value_and_grad(loss), (None, 0, 0))(W, X, LABELS)
    close(values, [loss(W, x, label) for x, label in zip(X, LABELS, strict=True)])
    close(gradients, each)


def test_a_gradient_through_a_batch() -> None:
    weights = np.arange(5.0)
    mapped = grad(lambda W: am.sum(vmap(loss, (None, 0, 0))(W, X, LABELS) * weights))
    close(mapped(W), sum(w * grad(loss)(W, x, label) for w, x, label in zip(weights, X, LABELS, strict=True)))
    v = Value(W)
    am.sum(vmap(lambda x, label: loss(v, x, label))(X, LABELS) * weights).backward()
    close(v.grad, mapped(W))


def test_second_order_across_the_batch() -> None:
    def penalty(W: Any) -> Any:
        return am.sum(am.square(vmap(grad(loss), (None, 0, 0))(W, X, LABELS)))

    def looped(W: Any) -> Any:
        return sum(am.sum(am.square(grad(loss)(W, x, label))) for x, label in zip(X, LABELS, strict=True))

    close(grad(penalty)(W), grad(looped)(W))
    direction = rng.normal(size=W.shape)
    close(am.hvp(penalty, W, direction), am.hvp(looped, W, direction))
    close(am.jvp(penalty, W, direction)[1], am.jvp(looped, W, direction)[1])


def smooth(x: Any) -> Any:
    return am.sum(am.sin(x) * am.cumprod(x)) + am.max(x) * x[0]


@pytest.mark.parametrize(
    "transform",
    [
        am.hessian,
        am.jacobian,
        lambda f: lambda x: am.jvp(f, x, x)[1],
        lambda f: lambda x: am.hvp(f, x, x),
        lambda f: lambda x: am.vjp(f, x)[1](2.0),
        lambda f: am.elementwise_grad(lambda x: am.tanh(x) ** 2),
    ],
    ids=["hessian", "jacobian", "jvp", "hvp", "vjp", "elementwise_grad"],
)
def test_transformations_inside(transform: Callable[..., Any]) -> None:
    close(vmap(transform(smooth))(X), np.stack([transform(smooth)(x) for x in X]))


def test_jvp_with_a_tangent_of_each_example() -> None:
    close(vmap(lambda t: am.jvp(smooth, X[0], t)[1])(X), [am.jvp(smooth, X[0], t)[1] for t in X])
    close(am.jvp(vmap(smooth), X, X)[1], [am.jvp(smooth, x, x)[1] for x in X])


def test_a_broadcast_in_two_ways_is_undone() -> None:
    """A row that gets axes in front and is stretched along its own: each entry counts as often as it was used."""
    g, x = rng.normal(size=(4, 5, 3, 3)), rng.normal(size=(4, 1, 3))
    got = vmap(grad(lambda x, g: am.sum(x * g)))(x, g)
    close(got, g.sum((1, 2))[:, None])


def test_a_jacobian_from_a_pullback() -> None:
    def f(x: Any) -> Any:
        return am.tanh(W.T @ x) * x[0]

    _, pullback = am.vjp(f, X[0])
    close(vmap(pullback)(np.eye(4)), am.jacobian(f)(X[0]))
    _, of_batch = am.vjp(vmap(am.sin), X[0])
    close(vmap(of_batch)(np.eye(3)), np.diag(np.cos(X[0])))


def test_nested_batches() -> None:
    dot = lambda x, y: am.sum(x * y)  # noqa: E731
    gram = vmap(vmap(dot, (None, 0)), (0, None))
    close(gram(X, X), X @ X.T)
    close(vmap(vmap(dot, (0, None)), (None, 0))(X, X), X @ X.T)
    v = Value(X)
    am.sum(gram(v, v) ** 2).backward()
    close(v.grad, grad(lambda X: am.sum((X @ X.T) ** 2))(X))
    inner = vmap(lambda x: vmap(grad(lambda y: am.sum(am.exp(y) * x)))(W.T))
    close(inner(X), np.exp(W.T)[None] * X[:, None])
    outer = grad(lambda s: am.sum(vmap(lambda x: vmap(grad(lambda y: am.sum(am.exp(s * y) * x)))(W.T))(X)))
    close(outer(1.5), am.grad(lambda s: am.sum(s * am.exp(s * W.T)[None] * X[:, None]))(1.5))


def test_third_order_inside() -> None:
    def third(x: Any) -> Any:
        return np.sum(am.hessian(lambda t: np.tanh(np.sum(t)))(x))

    t = np.tanh(X.sum(1))
    close(vmap(grad(third))(X), np.repeat((3.0**2 * (1 - t**2) * (6 * t**2 - 2))[:, None], 3, axis=1))
    close(vmap(grad(lambda x: am.trace(am.hessian(smooth)(x))))(X), np.stack([
        grad(lambda x: am.trace(am.hessian(smooth)(x)))(x) for x in X
    ]))  # fmt: skip


def test_decompositions_inside() -> None:
    def of_pivots(x: Any) -> Any:
        return np.log(np.diag(np.linalg.cholesky(np.outer(x, x) + np.eye(3)))).sum()

    def by_hand(x: Any) -> Any:
        return 0.5 * np.log(1.0 + x @ x)

    for f in (am.hessian, lambda f: lambda x: am.hvp(f, x, x), lambda f: lambda x: am.jvp(f, x, x)):
        for got, want in zip(vmap(f(of_pivots))(X), vmap(f(by_hand))(X), strict=True):
            close(got, want)


# --- kinds of data ----------------------------------------------------------------------------------------------------


def test_dtypes_are_kept() -> None:
    for dtype in (np.float16, np.float32, np.longdouble):
        got = vmap(grad(loss), (None, 0, 0))(W.astype(dtype), X.astype(dtype), LABELS)
        assert got.dtype == dtype
    z = X + 1j * X[::-1]
    close(vmap(lambda z: am.sum(z * am.conj(z)))(z), np.sum(np.abs(z) ** 2, 1))
    close(vmap(grad(lambda z: am.sum(am.abs(z))))(z), z / np.abs(z))


@pytest.mark.parametrize("library", ["jax.numpy", "torch"])
def test_other_libraries(library: str) -> None:
    xp: Any = pytest.importorskip(library)
    w, x = xp.asarray(W.astype(np.float32)), xp.asarray(X.astype(np.float32))
    want = vmap(grad(loss), (None, 0, 0))(W, X, LABELS)
    got = vmap(grad(loss), (None, 0, 0))(w, x, LABELS)
    assert type(got) is type(w)
    np.testing.assert_allclose(np.asarray(got), want, rtol=1e-4, atol=1e-6)
    total = grad(lambda w: am.sum(vmap(loss, (None, 0, 0))(w, x, LABELS)))(w)
    np.testing.assert_allclose(np.asarray(total), want.sum(0), rtol=1e-4, atol=1e-6)


# --- what it refuses --------------------------------------------------------------------------------------------------


def test_decisions_by_a_value_are_refused() -> None:
    def absolute(x: Any) -> Any:
        return x if x > 0 else -x

    uses: list[Callable[[Any], Any]] = [absolute, float, lambda x: x.item(), lambda x: x.numpy()]
    for use in uses:
        with pytest.raises(TypeError, match="where"):
            vmap(use)(np.ones(3))
    close(vmap(lambda x: am.where(x > 0, x, -x))(np.array([-1.0, 2.0])), [1.0, 2.0])


def test_checkpoints_inside() -> None:
    f = am.checkpoint(lambda x: np.sum(np.tanh(x)))
    close(vmap(grad(f))(X), 1 - np.tanh(X) ** 2)
    close(vmap(am.hessian(f))(X), vmap(am.hessian(lambda x: np.sum(np.tanh(x))))(X))
    close(grad(lambda X: am.sum(vmap(f)(X)))(X), 1 - np.tanh(X) ** 2)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: am.piecewise(x, [x > 0], [am.sqrt]),
        lambda x: am.piecewise(x, [x > 0.5, x < 0], [lambda x, k: k * x * x, -1.0, lambda x, k: am.exp(k * x)], 2.0),
        lambda x: am.piecewise(x, x > 9, [am.log, am.sin]),
        lambda x: am.select([x > 0.5, x < 0], [x * x, -x], 3.0),
        lambda x: am.choose(x > 0, [x, x * x]),
        lambda x: am.putmask(x, x > 0, x * x),
    ],
)
def test_choices_by_each_example(f: Callable[[Any], Any]) -> None:
    close(vmap(f)(X), np.stack([f(x) for x in X]))
    total = lambda x: am.sum(f(x))  # noqa: E731
    close(vmap(grad(total))(X), np.stack([grad(total)(x) for x in X]))


def test_results_of_different_lengths_are_refused() -> None:
    uses: list[Callable[[Any], Any]] = [lambda x: x[x > 0], lambda x: am.nonzero(x > 0), lambda x: np.where(x > 0)]
    for use in uses:
        with pytest.raises(ValueError, match=r"one shape, got \(\d,\) and .*a mask.*where\(mask, x, 0\)"):
            vmap(use)(X)
    with pytest.raises(TypeError, match=r"how long its result is: choose with where"):
        vmap(lambda x: am.extract(x > 0, x))(X)
    with pytest.raises(ValueError, match="number 2 for 2 choices"):
        vmap(lambda i: am.choose(i, [1.0, 2.0]))(np.array([0, 2]))


def test_arguments_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match=r"one number of examples, got axis 0 of shape \(5, 3\) and axis 0 of shape"):
        vmap(lambda x, W: x)(X, W)
    with pytest.raises(ValueError, match=r"maps axis 0 of an argument of shape \(\), which has none: say None"):
        vmap(lambda x: x)(2.0)
    with pytest.raises(ValueError, match="no axis to map"):
        vmap(lambda x: x, None)(X)
    with pytest.raises(ValueError, match="2 entries for 1 positional"):
        vmap(lambda x: x, (0, 0))(X)
    with pytest.raises(ValueError, match="out_axes=None"):
        vmap(lambda x: x, out_axes=None)(X)
    with pytest.raises(ValueError, match="does not fit"):
        vmap(lambda x: x, ({"a": 0},))(X)
    with pytest.raises(TypeError, match="str"):
        vmap(lambda x: "text")(X)


def test_an_error_inside_leaves_nothing_behind() -> None:
    def fails(x: Any) -> Any:
        raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"):
        vmap(fails)(X)
    v = Value(X)
    am.sum(vmap(lambda x: x * v[0])(X)).backward()
    close(v.grad[0], X.sum(0))


def test_backward_inside_leaves_no_batch_in_a_gradient_outside() -> None:
    w = Value(np.array([1.0, 2.0]), name="w")
    doubled = 2.0 * w

    def direct(x: Any) -> Any:
        am.sum(w * x).backward()
        return x

    def through(x: Any) -> Any:
        am.sum(doubled * x).backward()
        return x

    for f in (direct, through):
        with pytest.raises(GraphError, match=r"shape \(2,\)\), which is the same.*in_axes=\(None, 0\)"):
            am.vmap(f)(np.ones((3, 2)))
        assert w.grad is None
        assert doubled.grad is None

    def by_hand(x: Any) -> Any:
        leaf = Value(x.raw)
        am.sum(leaf * leaf * w.detach()).backward()
        return leaf.grad

    np.testing.assert_array_equal(am.vmap(by_hand)(np.ones((3, 2))), [[2.0, 4.0]] * 3)
    am.sum(am.vmap(lambda x: w * x)(np.ones((3, 2)))).backward()
    np.testing.assert_array_equal(w.grad, [3.0, 3.0])


@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("width", [3, 3000])
def test_a_result_that_is_the_same_for_all(axis: int, width: int) -> None:
    """It is repeated along the axis, once for each example, in memory that can be written into."""
    w, X = np.arange(float(width)), np.ones((4, 2))
    plain = np.moveaxis(np.tile(w * 2.0, (4, 1)), 0, axis)
    for f in (lambda x: w * 2.0, lambda x: am.multiply(Value(w), 2.0).detach()):
        found = am.vmap(f, out_axes=axis)(X)
        assert type(found) is np.ndarray
        np.testing.assert_array_equal(found, plain)
        found[0, 0] = 7.0
        assert np.count_nonzero(found == 7.0) == np.count_nonzero(plain == 7.0) + 1
    weights = Value(w)
    y = am.vmap(lambda x: weights * 2.0, out_axes=axis)(X)
    np.testing.assert_array_equal(y.raw, plain)
    np.testing.assert_array_equal(am.gradients(y.sum(), weights), np.full(width, 8.0))


def test_a_result_without_an_axis_is_plain_for_plain_arguments() -> None:
    each, same = am.vmap(lambda x: (x * 2.0, Value(3.0).detach() * 2.0), out_axes=(0, None))(np.ones(3))
    assert type(each) is np.ndarray
    assert type(same) is float
    assert same == 6.0


def test_a_gradient_of_what_only_the_outer_batch_tells_apart() -> None:
    """In the inner batch ``a`` is the same for all examples, so their shares add up: Σⱼ 2 a bⱼ = 2 a Σ b."""
    A, B = np.array([1.0, 2.0, 3.0]), np.array([10.0, 20.0])
    found = am.vmap(am.grad(lambda a: am.sum(am.vmap(lambda b: a * a * b)(B))))(A)
    np.testing.assert_array_equal(found, 2.0 * A * B.sum())
