"""Graphs whose explanations are kept as golden texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autograd_mini as am
import nn
from autograd_mini import Explanation, Value, explain


def constant(data: Any, name: str) -> Value:
    return Value(data, requires_grad=False, name=name)


def neuron_graph() -> dict[str, Value]:
    """The neuron of the documentation's first figure: C = (tanh(w₁·x₁ + w₂·x₂ + b) − y)²."""
    w1, w2, b = Value(0.5, name="w1"), Value(0.25, name="w2"), Value(-0.5, name="b")
    x1, x2, y = constant(2.0, "x1"), constant(-1.0, "x2"), constant(1.0, "y")
    u1 = w1 * x1
    u2 = w2 * x2
    s = u1 + u2
    z = s + b
    o = am.tanh(z)
    e = o - y
    C = e**2
    return {"w1": w1, "w2": w2, "b": b, "u1": u1, "u2": u2, "s": s, "z": z, "o": o, "e": e, "C": C}


def neuron() -> Explanation:
    values = neuron_graph()
    values["C"].backward()
    return explain(values["C"], values["w1"], names=values, fmt=".5g")


def neuron_accumulated() -> Explanation:
    values = neuron_graph()
    for _ in range(3):
        values["C"].backward()
    return explain(values["C"], "b", names=values)


def one_variable() -> Explanation:
    x = Value(3.0, name="x")
    g = x**2
    f = 20 * g
    return explain(f, x)


def fanout() -> Explanation:
    x = Value(3.0, name="x")
    g = x**2
    f = 20 * g + x
    return explain(f, x)


def doubled() -> Explanation:
    x = Value(1.5, name="x")
    a = x
    for _ in range(100):
        a += a
    return explain(a, x)


def mlp_weight() -> Explanation:
    mlp = nn.MLP(2, [3, 2, 1], scalar=True, seed=0)
    C = (mlp([1.0, 2.0]) - 1.0) ** 2
    return explain(C, "w1[1][1]")


def samples_graph() -> tuple[Value, Value]:
    """The cost of 100 samples, and a first weight of the network."""
    mlp = nn.MLP(2, [16, 16, 1], scalar=True, seed=0)
    L = Value(0.0, requires_grad=False)
    for k in range(100):
        L = L + (mlp([k / 100, 1.0]) - 1.0) ** 2
    L.name = "L"
    return L, mlp.layers[0].neurons[0].w[0]


def samples_weight() -> Explanation:
    return explain(*samples_graph())


def samples_network() -> Explanation:
    return explain(samples_graph()[0], max_paths=3)


def xor_cost(activation: str = "sigmoid", output: str | None = "sigmoid") -> tuple[Value, Any]:
    mlp = nn.MLP(2, [3, 1], activation, output, seed=5)
    X, Y = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([[0.0], [1.0], [1.0], [0.0]])
    return nn.mse_loss(mlp(constant(X, "X")), constant(Y, "Y")), mlp


def matrix() -> Explanation:
    C, mlp = xor_cost()
    C.backward()
    return explain(C, mlp.layer1.W, names={"C": C})


def entry() -> Explanation:
    C, mlp = xor_cost()
    return explain(C, mlp.layer1.W, element=(0, 1), names={"C": C})


def residual() -> Explanation:
    W, A = Value(np.eye(3) / 2, name="W"), Value(np.arange(6.0).reshape(2, 3) / 5, name="A")
    Z = am.tanh(A @ W) @ W + A
    L = (Z * Z).sum()
    return explain(L, W)


def network() -> Explanation:
    C, _ = xor_cost()
    C.backward()
    return explain(C, names={"C": C})


def network_es() -> Explanation:
    C, _ = xor_cost("tanh", None)
    return explain(C, names={"C": C}, lang="es")


def scalar_network() -> Explanation:
    mlp = nn.MLP(2, [3, 2, 1], scalar=True, seed=0)
    C = (mlp([1.0, 2.0]) - 1.0) ** 2
    return explain(C)


def by_hand() -> Explanation:
    X, Y = constant([[0.0, 1.0], [1.0, 1.0]], "X"), constant([[1.0], [0.0]], "Y")
    W1, b1, W2, b2 = (
        Value(np.full(shape, 0.3), name=name)
        for name, shape in {"W1": (2, 2), "b1": (2,), "W2": (2, 1), "b2": (1,)}.items()
    )
    C = ((am.relu(X @ W1 + b1) @ W2 + b2 - Y) ** 2).mean()
    return explain(C)


def leaves() -> Explanation:
    a, b, A = Value(2.0, name="a"), Value(-3.0, name="b"), Value([[1.0, 2.0], [3.0, 4.0]], name="A")
    f = (A * a).sum() + am.exp(a * b)
    return explain(f)


EXPLANATIONS: dict[str, Callable[[], Explanation]] = {
    figure.__name__: figure
    for figure in (
        neuron,
        neuron_accumulated,
        one_variable,
        fanout,
        doubled,
        mlp_weight,
        samples_weight,
        samples_network,
        matrix,
        entry,
        residual,
        network,
        network_es,
        scalar_network,
        by_hand,
        leaves,
    )
}
