"""One set of graphs for all that tells of a pass: drawing, explanation, steps and trace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autograd_mini as am
import nn
from autograd_mini import Rule, Value, primitive

Graph = Callable[[], Any]


def array(*shape: int, name: str, dtype: Any = None) -> Value:
    """A parameter of a shape, with entries of both signs and no two alike."""
    numbers = np.sin(1.0 + np.arange(float(np.prod(shape, dtype=int)))).reshape(shape)
    return Value(numbers if dtype is None else numbers.astype(dtype), name=name)


def constant(data: Any, name: str) -> Value:
    return Value(data, requires_grad=False, name=name)


@primitive("cube {x}", Rule(lambda g, out, x: g * (3.0 * x * x), "3 · {x}²"), elementwise=True)
def cube_of_a_user(x: Any) -> Any:
    """An operation as users write one."""
    return x * x * x


@primitive("mix of {x} and {y}", Rule(lambda g, out, x, y: g * 2.0, "2"), Rule(lambda g, out, x, y: g * 3.0, "3"))
def mix(x: Any, y: Any) -> Any:
    """An operation of a user's that is not said to be elementwise."""
    return 2.0 * x + 3.0 * y


def neuron() -> Any:
    w1, w2, b = Value(0.5, name="w1"), Value(0.25, name="w2"), Value(-0.5, name="b")
    with am.scope("Neuron"):
        z = w1 * constant(2.0, "x1") + w2 * constant(-1.0, "x2") + b
        z.name = "z"
        o = am.tanh(z)
    with am.scope("Cost"):
        C = (o - constant(1.0, "y")) ** 2
    C.name = "C"
    return C


def used_twice() -> Any:
    x = Value(3.0, name="x")
    g = x**2
    return 20 * g + x


def array_used_twice() -> Any:
    h = array(3, name="h")
    return (h * h).sum()


def residual() -> Any:
    W, A = array(3, 3, name="W"), array(2, 3, name="A")
    Z = am.tanh(A @ W) @ W + A
    return (Z * Z).sum()


def tied_weights() -> Any:
    W, X = array(2, 2, name="W"), constant(np.array([[0.5, -1.0], [2.0, 0.25]]), "X")
    return am.mean((am.tanh(X @ W) @ W.T - X) ** 2)


def convolution() -> Any:
    x, w = array(1, 1, 4, 4, name="x"), array(2, 1, 3, 3, name="w")
    return am.mean(am.relu(am.conv(x, w)) ** 2)


def classifier() -> Any:
    logits = constant(np.array([[1.0, -0.5], [0.25, 2.0]]), "X") @ array(2, 3, name="W") + array(3, name="b")
    return nn.cross_entropy(logits, np.array([0, 2]))


def reductions() -> Any:
    A = array(2, 3, name="A")
    return am.max(A) + am.prod(A, axis=0).sum() - am.var(A) + am.logsumexp(A) + am.norm(A) + am.median(A)


def indexing() -> Any:
    A = array(3, 4, name="A")
    return (A[1] * A[:, 2].sum()).sum() + A[np.array([0, 0, 2])].sum() + A[A.numpy() > 0].sum()


def joined() -> Any:
    a, b = array(2, name="a"), array(3, name="b")
    return (am.concatenate([a, b, a]) * am.stack([am.sum(a)] * 7)).sum()


def double_backward() -> Any:
    x = Value(1.5, name="x")
    return am.gradients(x**3 * am.sin(x), x, create_graph=True)


def mapped() -> Any:
    W = array(2, 3, name="W")
    return am.sum(am.vmap(lambda row: am.tanh(row @ W))(constant(np.ones((4, 2)), "X")) ** 2)


def dead_relu() -> Any:
    w = Value(-2.0, name="w")
    return (am.relu(w * 3.0) - 1.0) ** 2


def huge() -> Any:
    model = nn.MLP(2, [4, 4, 1], seed=0, scalar=True)
    L = constant(0.0, "start")
    for k in range(4):
        L = L + (model([k / 4, 1.0]) - 1.0) ** 2
    return L


def torch_tensors() -> Any:
    import torch

    w = Value(torch.tensor([1.5, -2.0], dtype=torch.float64), name="w")
    return (w * am.sin(w)).sum()


def jax_arrays() -> Any:
    import jax.numpy as jnp

    w = Value(jnp.array([1.5, -2.0]), name="w")
    return (w * am.sin(w)).sum()


def on(f: Callable[[Value], Value], data: Any, name: str) -> Graph:
    """A function of one leaf."""
    return lambda: f(Value(data, name=name))


GRAPHS: dict[str, Graph] = {
    graph.__name__.replace("_", " "): graph
    for graph in (
        *(neuron, used_twice, array_used_twice, residual, tied_weights, convolution, classifier, reductions),
        *(indexing, joined, double_backward, mapped, dead_relu, huge),
    )
} | {
    "chain of products": lambda: am.sum(array(2, 3, name="A") @ array(3, 4, name="B") @ array(4, 1, name="c")),
    "entry of one": on(lambda h: (h * h).sum() ** 2, np.array([0.3]), "h"),
    "an array as root": lambda: array(2, 2, name="A") * array(2, name="b"),
    "complex number": on(lambda c: am.abs(c * (1.0 + 1.0j)) ** 2, 3.0 + 4.0j, "c"),
    "complex number used twice": on(lambda c: am.real(c * c + c), 3.0 - 4.0j, "c"),
    "complex array": on(lambda c: am.sum(am.abs(c * c)), np.array([1j, 2.0]), "c"),
    "float16": on(lambda h: (h * h).sum(), np.array([0.1, -0.7, 3.0], np.float16), "h"),
    "float16 number": on(lambda x: x * x + x, np.float16(0.3), "x"),
    "float32": on(lambda A: am.sum(A * 0.1 * A[0, 0]), np.array([[0.1, 0.2], [0.3, 0.4]], np.float32), "A"),
    "empty": on(lambda E: (E * E).sum(), np.zeros((0, 3)), "E"),
    "no dimensions": on(lambda s: s * am.exp(s) + s, np.array(0.7), "s"),
    "operation of a user": on(lambda x: cube_of_a_user(x) + mix(x, 2.0 * x), 1.25, "x"),
    "operation of a user on arrays": on(lambda x: (cube_of_a_user(x) + mix(x, x)).sum(), np.array([0.5, -2.0]), "x"),
    "nan": on(lambda x: am.log(x) * 2.0, -1.0, "x"),
    "infinity": on(lambda x: am.exp(x) * 2.0, 1e9, "x"),
    "infinite entries": on(lambda x: (x * x).sum(), np.array([np.inf, np.nan, 1.0]), "x"),
    "a leaf": on(lambda x: x, 2.0, "x"),
}
"""Graphs by name; each call makes a new one."""

LIBRARIES: dict[str, Graph] = {"torch": torch_tensors, "jax": jax_arrays}
"""Graphs on the data of other libraries, by the library's name."""
