"""``checkpoint``: the same gradients of every order and in both modes, less memory, and what is refused."""

import copy
import gc
import threading
import tracemalloc
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
import nn
from autograd_mini import GraphError, Value, checkpoint, grad, gradcheck, gradients, hessian, hvp, jvp, no_grad
from tests import reference

X = np.array([0.5, -1.25, 2.0])


def bend(x: Any, scale: Any = 1.0) -> Any:
    return am.tanh(am.sin(x) * scale) * x


def test_gradients_are_the_same() -> None:
    x, w = Value(X), Value(3.0)
    y = am.sum(checkpoint(bend)(x, scale=w) ** 2)
    z = am.sum(bend(x, scale=w) ** 2)
    assert y.raw == z.raw
    for a, b in zip(gradients(y, [x, w]), gradients(z, [x, w]), strict=True):
        np.testing.assert_array_equal(a, b)
    y.backward()
    np.testing.assert_array_equal(x.grad, gradients(z, x))
    assert y.parents[0].parents[0].op is not None
    assert y.parents[0].op.name == "power"


def test_all_orders_and_both_modes() -> None:
    def plain(x: Any) -> Any:
        return am.sum(bend(bend(x), 2.0))

    def cut(x: Any) -> Any:
        return am.sum(checkpoint(bend)(checkpoint(bend)(x), 2.0))

    t = np.array([0.3, -0.7, 0.2])
    np.testing.assert_array_equal(grad(cut)(X), grad(plain)(X))
    np.testing.assert_allclose(hessian(cut)(X), hessian(plain)(X), rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(hvp(cut, X, t), hvp(plain, X, t), rtol=1e-13)
    np.testing.assert_allclose(jvp(cut, X, t)[1], jvp(plain, X, t)[1], rtol=1e-13)
    np.testing.assert_allclose(am.jacobian(hessian(cut))(X), am.jacobian(hessian(plain))(X), rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(grad(lambda x: jvp(cut, x, t)[1])(X), hessian(plain)(X) @ t, rtol=1e-12)
    np.testing.assert_allclose(grad(lambda x: grad(cut)(x) @ t)(X), hessian(plain)(X) @ t, rtol=1e-12)
    np.testing.assert_allclose(grad(cut)(X), reference.gradient(plain, X), rtol=1e-8)
    assert gradcheck(cut, X, order=2)
    fourth_power: Callable[[Any], Any] = lambda x: x**4  # noqa: E731
    third = grad(grad(grad(checkpoint(fourth_power))))
    assert third(2.0) == 48.0


def test_values_in_closures_get_their_gradients() -> None:
    x, w, b = Value(X), Value(2.0), Value(0.5)

    @checkpoint
    def layer(x: Any) -> Any:
        return am.tanh(x * w + b)

    am.sum(layer(layer(x))).backward()
    found = x.grad, w.grad, b.grad
    x.grad = w.grad = b.grad = None
    am.sum(am.tanh(am.tanh(x * w + b) * w + b)).backward()
    for a, c in zip(found, (x.grad, w.grad, b.grad), strict=True):
        np.testing.assert_allclose(a, c, rtol=1e-14)
    assert layer.__name__ == "layer"


def test_of_modules() -> None:
    model = nn.MLP(3, [4, 4, 1], seed=0)
    inputs = np.random.default_rng(0).normal(size=(6, 3))
    am.mean(model(inputs) ** 2).backward()
    plain = [p.grad for p in model.parameters()]
    model.zero_grad()
    am.mean(checkpoint(model)(inputs) ** 2).backward(retain_graph=False)
    for p, g in zip(model.parameters(), plain, strict=True):
        np.testing.assert_allclose(p.grad, g, rtol=1e-14)


def test_structures_in_and_out() -> None:
    def f(p: dict[str, Any], *, shift: Any) -> Any:
        h = p["a"] * p["rest"][0]
        return {"h": h, "more": (h + shift, [None, "text", p["rest"][1]]), "number": 3.0, "same": p["a"]}

    a, b, c = Value(X), Value(2.0), Value(np.float32(1.5))
    out = checkpoint(f)({"a": a, "rest": (b, c)}, shift=c)
    assert out["same"] is a
    assert out["more"][1][:2] == [None, "text"]
    assert out["more"][1][2] is c
    assert out["number"] == 3.0
    plain = f({"a": a, "rest": (b, c)}, shift=c)
    np.testing.assert_array_equal(out["h"].raw, plain["h"].raw)

    def grads(results: Any) -> list[Any]:
        a.grad = b.grad = c.grad = None
        (am.sum(results["h"] * results["more"][0]) + results["more"][1][2]).backward()
        return [x.grad for x in (a, b, c)]

    for x, y in zip(grads(out), grads(plain), strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-6)


def test_results_of_several_dtypes() -> None:
    x = Value(np.array([1.0, 2.0], np.float32))

    @checkpoint
    def f(x: Any) -> Any:
        return x * 2.0, am.sum(am.astype(x, np.float64)), x * 1j

    single, double, complicated = f(x)
    assert (single.dtype, double.dtype, complicated.dtype) == (np.float32, np.float64, np.complex64)
    assert double.shape == ()
    (am.sum(single) + double + am.sum(am.imag(complicated))).backward()
    np.testing.assert_array_equal(x.grad, [4.0, 4.0])
    assert x.grad.dtype == np.float32


def test_each_pass_computes_once_more() -> None:
    calls: list[int] = []
    a, b, c = Value(2.0), Value(3.0), Value(4.0)

    @checkpoint
    def f(a: Any, b: Any) -> Any:
        calls.append(1)
        return a * b * c

    y = f(a, b) * 1.0
    assert len(calls) == 1
    y.backward()
    assert len(calls) == 2
    assert (a.grad, b.grad, c.grad) == (12.0, 8.0, 6.0)
    assert gradients(y, b) == 8.0
    y.backward()
    assert len(calls) == 4
    assert (a.grad, b.grad, c.grad) == (24.0, 16.0, 12.0)
    jvp(f, (2.0, 3.0), (1.0, 1.0))
    assert len(calls) == 6
    with no_grad():
        assert not f(a, b).requires_grad
    assert len(calls) == 7
    assert f(2.0, 3.0).item() == 24.0
    assert type(checkpoint(bend)(0.5)) is float


def test_nested() -> None:
    inner_calls: list[int] = []

    @checkpoint
    def inner(x: Any) -> Any:
        inner_calls.append(1)
        return am.sin(x) * x

    @checkpoint
    def outer(x: Any) -> Any:
        return inner(inner(x)) * x

    x = Value(0.7)
    outer(x).backward(retain_graph=False)
    expected = grad(lambda x: am.sin(am.sin(x) * x) * (am.sin(x) * x) * x)(0.7)
    assert x.grad == pytest.approx(expected, rel=1e-14)
    assert len(inner_calls) == 6
    assert grad(grad(outer))(0.7) == pytest.approx(
        grad(grad(lambda x: am.sin(am.sin(x) * x) * (am.sin(x) * x) * x))(0.7), rel=1e-12
    )


def test_backward_under_no_grad_and_with_scopes() -> None:
    x = Value(X)
    y = am.sum(checkpoint(bend)(x))
    with no_grad():
        y.backward()
    np.testing.assert_array_equal(x.grad, grad(lambda x: am.sum(bend(x)))(X))
    with am.scope("part") as part:
        y = checkpoint(bend)(x)
    assert y.scope is part


def test_hooks_are_called_once_with_the_whole() -> None:
    x = Value(2.0)
    seen: list[Any] = []
    x.register_hook(seen.append)
    (checkpoint(lambda x: x * x)(x) + x * 3.0).backward()
    assert seen == [7.0]


def test_random_functions_are_refused() -> None:
    rng = np.random.default_rng(0)
    x = Value(X)
    y = am.sum(checkpoint(lambda x: x * rng.normal(size=3))(x))
    with pytest.raises(GraphError, match=r"computed something else the second time.*random numbers"):
        y.backward()
    assert x.grad is None


def test_what_changed_in_between_is_noticed() -> None:
    x, w = Value(X), Value(2.0)
    box: dict[str, Any] = {"w": w, "c": np.ones(3)}
    f = checkpoint(lambda x: x * box["w"] * box["c"])
    y = am.sum(f(x))
    w.data = 5.0
    with pytest.raises(GraphError, match="changed after"):
        y.backward()
    y = am.sum(f(x))
    box["w"] = Value(5.0)
    with pytest.raises(GraphError, match="something else"):
        y.backward()
    y = am.sum(f(x))
    box["c"][0] = 7.0
    with pytest.raises(GraphError, match="something else"):
        y.backward()
    assert x.grad is None


def test_errors_in_the_second_computation() -> None:
    calls: list[int] = []

    def once(x: Any) -> Any:
        calls.append(1)
        if len(calls) > 1:
            raise KeyError("again")
        return x * x

    y = checkpoint(once)(Value(2.0))
    with pytest.raises(KeyError) as caught:
        y.backward()
    assert any("second computation of checkpoint(once)" in note for note in caught.value.__notes__)


def peak(run: Callable[[], Any]) -> int:
    gc.collect()
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("retain", [True, False])
def test_memory(retain: bool) -> None:
    """64 results of 80 kB; in 8 pieces 8 of them and the 8 of one piece."""
    data = np.linspace(-1.0, 1.0, 10_000)

    def piece(x: Any) -> Any:
        for _ in range(8):
            x = am.sin(x)
        return x

    def run(f: Callable[[Any], Any]) -> Any:
        x = y = Value(data)
        for _ in range(8):
            y = f(y)
        am.sum(y).backward(retain_graph=retain)
        return x.grad

    np.testing.assert_array_equal(run(checkpoint(piece)), run(piece))
    whole, cut = peak(lambda: run(piece)), peak(lambda: run(checkpoint(piece)))
    assert cut < 0.45 * whole


def test_nothing_stays_alive() -> None:
    gc.disable()
    try:
        y = checkpoint(bend)(Value(X))
        am.sum(y).backward()
        gone = weakref.ref(y)
        del y
        assert gone() is None
    finally:
        gc.enable()


def test_threads() -> None:
    x, w = Value(X), Value(2.0)
    y = am.sum(checkpoint(bend)(x, w))
    want = gradients(y, [x, w])
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(gradients(y, [x, w]))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    for got in found:
        np.testing.assert_array_equal(got[0], want[0])
        assert got[1] == want[1]


def test_pictures_and_anomalies() -> None:
    x = Value(X, name="x")
    y = am.sum(checkpoint(bend)(x))
    assert any("bend(x" in node.formula for node in am.trace(y).nodes)
    assert "bend" in am.trace(y).to_json()
    assert "bend" in am.draw(y).source
    assert f"{grad(bend)(0.5):.4g}" in str(am.explain(checkpoint(bend)(Value(0.5, name="x"))))
    with am.detect_anomaly():
        am.sum(checkpoint(bend)(x)).backward()
        z = checkpoint(am.sqrt)(Value(np.zeros(2)))
        with pytest.raises(am.AnomalyError, match="sqrt"):
            am.sum(z).backward()


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_copies_inside(copied: Callable[[Any], Any]) -> None:
    f = checkpoint(lambda x: copied(x) ** 3)
    assert grad(f)(3.0) == 27.0
    assert grad(grad(f))(3.0) == 18.0
    assert grad(checkpoint(f))(3.0) == 27.0
    assert jvp(f, (3.0,), (2.0,))[1] == 54.0
