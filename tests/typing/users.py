"""What users write, as mypy --strict and pyright see it: correct lines pass, and each misspelt one is reported.

Nothing here runs. A comment that ignores an error is itself an error where there is none, so a marked line proves that
both checkers find the mistake in it.
"""
# pyright: reportUnnecessaryTypeIgnoreComment=true, reportUnusedExpression=false

from collections.abc import Callable
from typing import Any, assert_type

import numpy as np
from numpy.typing import NDArray

import autograd_mini as am
import nn
from autograd_mini import Rule, Value, grad, hessian, jvp, primitive, value_and_grad, vjp

Array = NDArray[np.float64]


# --- values, operators and methods ------------------------------------------------------------------------------------


def operators(x: Value, a: Array, n: np.float64) -> None:
    assert_type(20 * x**2 + x, Value)
    assert_type(-x / 2.0 - x % 3, Value)
    assert_type(x @ x, Value)
    assert_type(n * x, Value)
    assert_type(x[0], Value)
    assert_type(abs(x), Value)
    (a @ x).backward()
    (a * x - a).backward()
    (x < 1.0).all()
    x.bakward()  # type: ignore[attr-defined]
    print(x.grad_)  # type: ignore[attr-defined]
    (x + 1.0).bakward()  # type: ignore[attr-defined]


def methods(x: Value) -> None:
    assert_type(x.sum(axis=0), Value)
    assert_type(x.mean(), Value)
    assert_type(x.reshape(2, 3), Value)
    assert_type(x.detach(), Value)
    assert_type(x.T, Value)
    assert_type(x.shape, tuple[int, ...])
    assert_type(x.ndim, int)
    assert_type(x.size, int)
    assert_type(float(x), float)
    x.at[0].set(1.0).sum().backward()
    x.at.sett(1.0)  # type: ignore[attr-defined]
    x.sum(axes=0)  # type: ignore[call-arg]
    x.sum().meen()  # type: ignore[attr-defined]


def descent(w: Value) -> None:
    for _ in range(100):
        C = (w - 2.0) ** 2
        w.grad = None
        C.backward(retain_graph=False)
        w.subtract_(0.1 * w.grad)


# --- NumPy's calls ----------------------------------------------------------------------------------------------------


def numpy_calls(x: Value, W: Value, X: Array) -> None:
    np.sin(x).backward()
    np.exp(-x).sum().backward()
    loss = np.mean(np.tanh(X @ W) ** 2)
    loss.backward()
    np.log(am.linalg.det(W)).backward()
    assert_type(np.sum(x), Value)
    np.sum(x, axis=0).backward()
    np.mean(x, axis=0).backward()
    np.maximum(x, 0.0).backward()
    np.dot(W, X).backward()
    np.where(X > 0.0, x, 0.0)
    np.concatenate([x, x])


# --- functions of the package -----------------------------------------------------------------------------------------


def functions(x: Value, a: Array) -> None:
    am.sin(x).backward()
    am.sum(x, axis=0, keepdims=True)
    am.special.gammaln(x)
    am.linalg.inv(a)
    am.fft.rfft(x)
    am.sinn(x)  # type: ignore[attr-defined]
    am.linalg.inverse(x)  # type: ignore[attr-defined]
    am.special.gamaln(x)  # type: ignore[attr-defined]
    am.sum(x, axes=0)  # type: ignore[call-arg]
    am.sin()  # type: ignore[call-arg]


def transformations(a: Array) -> None:
    def loss(w: Value, scale: float = 1.0) -> Value:
        return (w * w).sum() * scale

    def plain(v: Array) -> Any:
        return v[0] ** 2 * v[1]

    slope = grad(loss)
    slope(a, scale=2.0) + 1.0
    grad(plain)(a).round(3)
    grad(lambda x: 20 * x**2)(3.0)
    grad(grad(lambda x: 20 * x**2))(3.0)
    assert_type(value_and_grad(loss, argnums=0)(a), tuple[Any, Any])
    gW, gb = grad(lambda W, b: (W + b).sum(), (0, 1))(a, a)
    print(gW, gb)
    assert_type(vjp(plain, a), tuple[Any, Callable[[Any], Any]])
    assert_type(jvp(lambda x: x**3, 2.0, 1.0), tuple[Any, Any])
    hessian(plain)(a).round(3)
    am.vmap(grad(lambda w, x: np.tanh(x @ w)), in_axes=(None, 0))(a, a)
    am.gradients(loss(Value(a)), [Value(a)])
    grad(loss, argnum=0)  # type: ignore[call-arg]
    grad(3.0)  # type: ignore[arg-type]
    am.gard(loss)  # type: ignore[attr-defined]


@am.checkpoint
def block(x: Value, depth: int = 2) -> Value:
    return am.tanh(x) if depth == 0 else block(x, depth - 1)


@am.no_grad()
def predict(x: Value) -> Value:
    return 2.0 * x


def decorated(x: Value) -> None:
    assert_type(block(x, depth=3), Value)
    assert_type(predict(x), Value)
    block(x, depht=3)  # type: ignore[call-arg]
    predict(x, x)  # type: ignore[call-arg]


@primitive("{x}³", Rule(lambda g, out, x: g * 3.0 * x * x, "3{x}²"), elementwise=True)
def cube(x: Any) -> Any:
    """The third power."""
    return x * x * x


def own_operation(x: Value) -> None:
    cube(x).backward()
    cube(x, x)  # type: ignore[call-arg]


# --- what is imported when it is asked for ----------------------------------------------------------------------------


def seeing(C: Value, w: Value) -> None:
    assert_type(am.draw(C), am.Drawing)
    assert_type(am.explain(C, w), am.Explanation)
    assert_type(am.steps(C), am.Steps)
    assert_type(am.gradcheck(cube, 1.0), bool)
    am.draw(C).save("neuron.svg")
    with am.detect_anomaly(), am.no_grad(), am.scope("Cost", "C"):
        C.backward()
    try:
        C.backward()
    except am.AnomalyError as error:
        error.operation.upper()
    am.drew(C)  # type: ignore[attr-defined]
    am.draw(C, them="dark")  # type: ignore[call-arg]


# --- networks ---------------------------------------------------------------------------------------------------------


class Line(nn.Module):
    """A module of one's own."""

    def __init__(self) -> None:
        self.w, self.b = nn.Parameter(0.0), nn.Parameter(0.0)

    def forward(self, x: Value) -> Value:
        return self.w * x + self.b


def networks(X: Array, Y: Array) -> None:
    model = nn.MLP(2, [4, 1], activation="tanh", seed=1)
    (model(X).numpy() > 0.5).astype(int).ravel()
    model.layer1.W.grad.round(3)
    nn.Layer(2, 3)(X).sum().backward()
    history = nn.fit(model, X, Y, loss="mse", optimizer="adam", lr=0.1, epochs=2, progress=False)
    assert_type(history, nn.History)
    loss = nn.mse_loss(Line()(X), Y)
    loss.backward()
    optimizer = nn.optim.SGD(model.parameters(), 0.1, momentum=0.9)
    optimizer.step()
    optimizer.zero_grad()
    [p.grad for p in model.parameters()]
    {name: p.shape for name, p in Line().named_parameters()}
    assert_type(model.train(), nn.MLP)
    nn.Foo()  # type: ignore[attr-defined]
    nn.mse(X, Y)  # type: ignore[attr-defined]
    nn.optim.Adm(model.parameters())  # type: ignore[attr-defined]
    nn.losses.mse(X, Y)  # type: ignore[attr-defined]
    nn.activations.rellu(X)  # type: ignore[attr-defined]
    nn.initializers.he_norml()  # type: ignore[attr-defined]
    model.paramters()  # type: ignore[attr-defined]
    nn.Layer(2, 3, activaton="tanh")  # type: ignore[call-arg]
    nn.fit(model, X, Y, epoch=3)  # type: ignore[call-arg]
