"""Values that hold JAX arrays, PyTorch tensors, or what follows the array API: same results, same kind of gradient."""

import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import GraphError, Value

LIBRARIES = ("jax", "torch", "array_api_strict")


def maker(name: str) -> Callable[..., Any]:
    """The function that turns a NumPy array into one of that library."""
    if name == "jax":
        jax: Any = pytest.importorskip("jax")
        return jax.numpy.asarray  # type: ignore[no-any-return]
    module: Any = pytest.importorskip(name)
    return module.asarray  # type: ignore[no-any-return]


@pytest.fixture(autouse=True)
def wide_jax() -> Iterator[None]:
    """JAX keeps float64 only if told so."""
    if "jax" not in sys.modules and not _installed("jax"):
        yield
        return
    import jax

    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


def _installed(name: str) -> bool:
    from importlib.util import find_spec

    return find_spec(name) is not None


@pytest.fixture(params=LIBRARIES)
def make(request: pytest.FixtureRequest) -> Callable[..., Any]:
    return maker(request.param)


def numbers(x: Any) -> Any:
    return np.asarray(x)


def test_nothing_is_imported_unasked() -> None:
    code = (
        "import sys, autograd_mini as am, nn, numpy as np; am.grad(lambda x: am.sum(am.exp(x)))(np.ones(3)); "
        "print([m for m in ('jax', 'torch', 'cupy', 'array_api_compat', 'einops', 'pandas') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_kind_and_dtype_are_kept(make: Callable[..., Any]) -> None:
    for dtype in (np.float32, np.float64):
        data = make(np.array([[1.0, 2.0], [3.0, 4.0]], dtype))
        x = Value(data, name="x")
        assert type(x.data) is type(data)
        assert x.dtype == data.dtype
        assert (x.shape, x.ndim, x.size) == ((2, 2), 2, 4)
        y = am.sum(am.tanh(x) * 2.0 + 1)
        y.backward()
        assert type(y.data) is type(data)
        assert type(x.grad) is type(data)
        assert x.grad.dtype == data.dtype
        close = 1e-12 if "64" in str(data.dtype) else 1e-3
        np.testing.assert_allclose(numbers(x.grad), 2 * (1 - np.tanh([[1, 2], [3, 4]]) ** 2), rtol=close)
        assert repr(x).startswith("Value([[1., 2.],\n       [3., 4.]], shape=(2, 2)")
        assert y.item() == float(y.data)
        np.testing.assert_array_equal(x.numpy(), [[1, 2], [3, 4]])


OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b,
    "**": lambda a, b: a**b, "//": lambda a, b: a // b, "%": lambda a, b: a % b, "@": lambda a, b: a @ b,
}  # fmt: skip


@pytest.mark.parametrize("symbol", OPERATORS)
def test_operators_with_anything_on_either_side(symbol: str, make: Callable[..., Any]) -> None:
    a, b = np.array([1.5, 2.5]), np.array([2.25, 0.5])
    operator = OPERATORS[symbol]
    want = operator(Value(a), Value(b))
    partners: list[Any] = [(Value(make(a)), Value(make(b))), (Value(make(a)), make(b)), (make(a), Value(make(b)))]
    if symbol != "@":
        partners += [(Value(make(a)), 2.25), (1.5, Value(make(b)))]
    if "strict" in type(make(a)).__module__:  # its operators raise where they should let the other side try
        partners = [(x, y) for x, y in partners if isinstance(x, (Value, float))]
    for x, y in partners:
        z = operator(x, y)
        assert type(z) is Value
        assert type(z.data) is type(make(a if z.shape else np.float64(1)))
        assert numbers(z.data).ravel()[0] == pytest.approx(want.numpy().flat[0], rel=1e-14)
        am.sum(z).backward()
    for data, other in ((Value(make(a)), b), (b, Value(make(a)))):
        assert type(operator(data, other).data) is type(make(a if symbol != "@" else np.float64(1)))


def test_comparisons_give_the_librarys_booleans(make: Callable[..., Any]) -> None:
    x = Value(make(np.array([1.0, 3.0])))
    assert numbers(x > 2.0).tolist() == [False, True]
    assert numbers(x == make(np.array([1.0, 1.0]))).tolist() == [True, False]
    assert numbers(am.where(x > 2.0, x, 0.0).data).tolist() == [0.0, 3.0]
    assert numbers(am.where(np.array([True, False]), x, 0.0).data).tolist() == [1.0, 0.0]


def test_leaves_copy_and_accumulate(make: Callable[..., Any]) -> None:
    x = Value(make(np.array([1.0, 3.0])))
    y = am.sum(x * x)
    y.backward()
    y.backward()
    assert numbers(x.grad).tolist() == [4.0, 12.0]
    x.subtract_(make(np.array([1.0, 1.0])))
    assert numbers(x.data).tolist() == [0.0, 2.0]
    x.data = np.array([5.0, 6.0])
    assert type(x.data) is type(make(np.ones(2)))
    with pytest.raises(ValueError, match=r"must have shape \(2,\), got \(3,\)"):
        x.data = make(np.ones(3))
    with pytest.raises(TypeError, match="floating"):
        Value(make(np.array([1, 2])), requires_grad=True)
    assert not Value(make(np.array([1, 2]))).requires_grad
    assert "op=multiply" in repr(x * 2)


def test_tensors_are_copied() -> None:
    torch: Any = pytest.importorskip("torch")
    source = torch.ones(2, requires_grad=True)
    x = Value(source)
    with torch.no_grad():
        source[0] = 5
    assert x.data.tolist() == [1.0, 1.0]
    assert type(x * source) is Value


def test_transformations(make: Callable[..., Any]) -> None:
    a = np.array([0.5, -1.0, 2.0])

    def f(x: Any) -> Any:
        return am.sum(am.exp(x) * am.sin(x)) + x[0] ** 3 * x[2]

    x = make(a)
    for transform in (am.grad, am.hessian, am.jacobian):
        got = transform(f)(x)
        assert type(got) is type(x)
        np.testing.assert_allclose(numbers(got), transform(f)(a), rtol=1e-12)
    y, rate = am.jvp(f, x, make(np.ones(3)))
    want, want_rate = am.jvp(f, a, np.ones(3))
    np.testing.assert_allclose([float(y), float(rate)], [want, want_rate], rtol=1e-12)
    y, pullback = am.vjp(lambda x: x * x, x)
    np.testing.assert_allclose(numbers(pullback(make(np.ones(3)))), 2 * a)
    np.testing.assert_allclose(numbers(am.hvp(f, x, make(np.ones(3)))), am.hvp(f, a, np.ones(3)), rtol=1e-12)
    assert type(am.grad(f)(x)) is type(x)


# --- jax.jit ----------------------------------------------------------------------------------------------------------


def mlp(parameters: Any, x: Any, y: Any) -> Any:
    for W, b in parameters[:-1]:
        x = am.tanh(am.linear(x, W, b))
    W, b = parameters[-1]
    return am.mean(am.softmax_cross_entropy(am.linear(x, W, b), y))


def test_jit_over_a_graph_gives_the_same_gradients() -> None:
    jax: Any = pytest.importorskip("jax")
    rng = np.random.default_rng(0)
    sizes = [4, 8, 8, 3]
    parameters = [(rng.normal(size=s), rng.normal(size=s[1])) for s in pairwise(sizes)]
    x, y = rng.normal(size=(5, 4)), np.array([0, 1, 2, 1, 0])
    want = am.grad(mlp)(parameters, x, y)
    inside = jax.tree.map(jax.numpy.asarray, parameters)
    for got in (am.grad(mlp)(inside, x, y), jax.jit(am.grad(mlp))(inside, x, y)):
        for (gW, gb), (W, b) in zip(got, want, strict=True):
            np.testing.assert_allclose(gW, W, rtol=1e-10)
            np.testing.assert_allclose(gb, b, rtol=1e-10)


def test_jit_of_higher_orders_and_of_values_made_inside() -> None:
    jax: Any = pytest.importorskip("jax")

    def f(x: Any) -> Any:
        return am.sum(am.exp(x) * am.cumsum(am.sort(x)))

    a = np.array([0.5, -1.0, 2.0])
    x = jax.numpy.asarray(a)
    np.testing.assert_allclose(jax.jit(am.hessian(f))(x), am.hessian(f)(a), rtol=1e-10)
    np.testing.assert_allclose(jax.jit(am.jacobian(am.tanh))(x), am.jacobian(am.tanh)(a), rtol=1e-10)

    def by_hand(x: Any) -> Any:
        leaf = Value(x, name="x")
        assert "x" in repr(leaf)
        f(leaf).backward()
        return leaf.grad

    np.testing.assert_allclose(jax.jit(by_hand)(x), am.grad(f)(a), rtol=1e-10)
    np.testing.assert_allclose(jax.vmap(am.grad(f))(jax.numpy.stack([x, 2 * x])), [am.grad(f)(a), am.grad(f)(2 * a)])


TRACED: dict[str, Callable[[Any], Any]] = {
    "cov": am.cov,
    "interp": lambda x: am.interp(x, np.linspace(-3.0, 3.0, 7), np.linspace(-3.0, 3.0, 7) ** 2),
    "quantile": lambda x: am.quantile(x, [0.2, 0.7], axis=1),
    "select": lambda x: am.select([x > 0.5, x > 0.0], [x * x, x], 0.0),
    "pad": lambda x: am.pad(x, 1, mode="median"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", TRACED)
def test_jit_of_what_looks_at_numbers(name: str) -> None:
    jax: Any = pytest.importorskip("jax")
    a = np.random.default_rng(0).normal(size=(3, 4))
    slope = am.grad(lambda x: am.sum(TRACED[name](x) ** 2))
    np.testing.assert_allclose(jax.jit(slope)(jax.numpy.asarray(a)), slope(a), rtol=1e-9, atol=1e-12)


def test_jax_differentiates_and_maps_our_functions() -> None:
    jax: Any = pytest.importorskip("jax")
    a = np.array([0.5, -1.0, 2.0])
    np.testing.assert_allclose(jax.grad(lambda x: am.sum(am.tanh(x)))(a), 1 - np.tanh(a) ** 2)
    np.testing.assert_allclose(jax.vmap(am.softplus)(jax.numpy.asarray(a)), am.softplus(a))


def test_a_write_into_a_tensor_between_its_use_and_the_pass_is_noticed() -> None:
    torch: Any = pytest.importorskip("torch")

    def used() -> tuple[Value, Any, Value]:
        v = Value(torch.tensor([1.0, 2.0]))
        data = v.data
        return v, data, am.sum(am.exp(v[:1]) * v)

    v, data, y = used()
    y.backward()
    want = v.grad
    for in_anomaly in (False, True):
        with am.detect_anomaly() if in_anomaly else contextlib.nullcontext():
            v, data, y = used()
            data.add_(1.0)
            with pytest.raises(GraphError, match="changed after"):
                y.backward()
    v, data, _ = used()
    data.sub_(1.0).add_(1.0)  # before its use
    am.sum(am.exp(v[:1]) * v).backward()
    np.testing.assert_array_equal(v.grad, want)
    y = am.exp(v)
    z = am.sum(y)
    y.data.mul_(2.0)  # a result, which the rule needs
    with pytest.raises(GraphError, match="changed after"):
        z.backward()
    with torch.inference_mode():
        assert Value(torch.ones(2)).data.shape == (2,)
