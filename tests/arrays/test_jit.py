"""Leaves in functions that JAX compiles: whoever compiles one in is told, and its numbers are never taken for new."""

import functools
import subprocess
import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import Value
from autograd_mini.guards import lent

jax: Any = pytest.importorskip("jax")

X = np.random.default_rng(0).normal(size=(8, 3)).astype(np.float32)
COMPILED_IN = r"'W' \(a leaf, shape \(3, 4\)\) is read while JAX traces .*Pass what is trained as an argument"


def weights(make: Callable[[Any], Any] = np.asarray) -> Value:
    return Value(make(np.ones((3, 4))), name="W")


STALE = """
import sys, warnings
import jax, jax.numpy as jnp, numpy as np, nn
import autograd_mini as am

warnings.simplefilter("ignore")
rng = np.random.default_rng(0)
X, Y = jnp.asarray(rng.normal(size=(8, 3)), jnp.float32), rng.normal(size=(8, 2))
model = nn.MLP(3, [4, 2], seed=0)
loss = lambda x: nn.mse_loss(model(x), Y)
if sys.argv[1] == "forward":
    jax.jit(lambda x: model(x).data)(X)
elif sys.argv[1] == "backward":
    jax.jit(lambda x: am.grad(loss)(x).data)(X)
else:
    jax.jit(lambda x: am.jvp(loss, x, x)[1].data)(X)
optimizer = nn.optim.SGD(model.parameters(), lr=0.5)
nn.fit(model, np.asarray(X), Y, loss="mse", optimizer=optimizer, epochs=5, progress=False)
use = (lambda x: am.grad(loss)(x).data) if sys.argv[1] == "backward" else lambda x: model(x).data
print(np.abs(np.asarray(use(X)) - np.asarray(use(np.asarray(X)))).max() < 1e-5)
"""


@pytest.mark.parametrize("use", ["forward", "backward", "forward mode"])
def test_the_first_eager_call_after_training_is_the_trained_network(use: str) -> None:
    """JAX remembers the narrowed copies of float64 arrays that it met while tracing; only in a process without x64."""
    out = subprocess.run([sys.executable, "-c", STALE, use], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "True"


@pytest.mark.parametrize("make", [np.asarray, jax.numpy.asarray])
def test_a_leaf_that_is_compiled_in_is_told_once(make: Callable[[Any], Any]) -> None:
    W = weights(make)
    compiled = jax.jit(lambda x: (x @ W).data)
    with pytest.warns(UserWarning, match=COMPILED_IN) as told:
        compiled(X)
    assert [w.filename for w in told] == [__file__]
    compiled(X)
    compiled(X[:2])  # is traced anew
    other = weights(make)
    with pytest.warns(UserWarning, match=COMPILED_IN):
        jax.jit(jax.vmap(lambda x: (x @ other).data))(X)
    assert not [entry for entry in lent.values() if not isinstance(entry[0](), Value)]  # no tracer stays


def test_one_trace_says_it_once() -> None:
    W, b = weights(), Value(np.zeros(4), name="b")
    with pytest.warns(UserWarning, match=COMPILED_IN) as told:
        jax.jit(lambda x: am.linear(x, W, b).data)(X)
    assert len(told) == 1


def test_what_a_user_holds_stays_the_leafs_array() -> None:
    W = weights()
    data = W.data
    with pytest.warns(UserWarning, match=COMPILED_IN):
        jax.jit(lambda x: (x @ W).data)(X)
    data[0, 0] = 5.0
    assert W.data[0, 0] == 5.0


def test_no_word_about_arguments_constants_and_what_is_not_compiled() -> None:
    W, frozen = weights(), Value(np.ones((3, 4)), requires_grad=False)
    loss = functools.partial(lambda W, x: am.sum((x @ W) ** 2))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        jax.jit(am.grad(loss))(np.ones((3, 4), np.float32), X)
        jax.jit(lambda x: (x @ frozen).data)(X)
        jax.jit(lambda x: am.grad(lambda s: am.sum(x * s))(2.0))(X)
        jax.jit(lambda x: loss(Value(jax.numpy.ones((3, 4))), x).data)(X)
        jax.vmap(lambda x: (x @ W).data)(X)
        jax.grad(lambda x: loss(W, x).data)(X)


def test_checkpoint() -> None:
    piece = am.checkpoint(lambda x: am.tanh(x) * x)
    f = lambda x: am.sum(piece(piece(x)))  # noqa: E731
    x = X[0].astype(np.float32)
    for transform in (am.grad, am.hessian):
        np.testing.assert_allclose(jax.jit(transform(f))(x), transform(f)(x), rtol=2e-5, atol=1e-6)
    np.testing.assert_allclose(jax.jit(lambda x: am.jvp(f, x, x)[1])(x), am.jvp(f, x, x)[1], rtol=2e-5)


def test_typed_keys_pass_through_structures() -> None:
    key = jax.random.key(0)
    noise = np.asarray(jax.random.normal(key, (2,)))
    tree = {"w": jax.numpy.ones(2), "key": key}

    def f(tree: Any) -> Any:
        return am.sum(tree["w"] ** 2 * jax.random.normal(tree["key"], (2,)))

    for slope in (am.grad(f), jax.jit(am.grad(f))):
        got = slope(tree)
        np.testing.assert_allclose(got["w"], 2 * noise, rtol=1e-6)
        assert got["key"] == key
    np.testing.assert_allclose(am.vmap(lambda x, tree: x * f(tree), (0, None))(X[0], tree), X[0] * f(tree), rtol=1e-6)
    y, same = am.checkpoint(lambda tree: (f(tree), tree["key"]))(tree | {"w": Value(tree["w"])})
    assert y.item() == pytest.approx(float(f(tree)), rel=1e-6)
    assert same == key
    with pytest.raises(TypeError, match=r"jax.vmap\(jax.random.normal\)\(keys\)"):
        am.vmap(lambda x, key: x)(X[:2], jax.random.split(key))
    for use in (lambda: Value(key), lambda: am.grad(lambda key: 1.0)(key)):
        with pytest.raises(TypeError, match="expected a number or an array of numbers"):
            use()


def test_bfloat16_can_be_looked_at() -> None:
    x = Value(jax.numpy.array([1.0, 2.5], "bfloat16"), name="x")
    y = am.sum(x * x)
    y.backward()
    assert repr(x) == "Value([1. , 2.5], shape=(2,), dtype=bfloat16, name='x')"
    assert x.numpy().tolist() == [1.0, 2.5]
    assert "[2, 5]" in str(am.explain(y))
    assert am.draw(y).source
    assert am.gradcheck(lambda x: am.sum(x * x), x.data)
