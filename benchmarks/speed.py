"""How fast the engine is: scalar operations beside micrograd, an MLP's training step beside NumPy by hand.

The candidates take turns in one process, on one thread, and the table gives medians and the ratio of each pair. Before
anything is timed the results are checked to be equal. Run ``python benchmarks/speed.py`` (micrograd is left out where
it is not installed: ``pip install --group bench``).
"""

from __future__ import annotations

import os

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

import importlib.util
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import autograd_mini as am
from autograd_mini import Value

Array = np.ndarray[Any, Any]
ROUNDS = 25


def timed(job: Callable[[], object], repeats: int) -> float:
    """Seconds of one call, on average."""
    start = time.perf_counter()
    for _ in range(repeats):
        job()
    return (time.perf_counter() - start) / repeats


def in_turns(first: Callable[[], object], second: Callable[[], object], repeats: int) -> tuple[float, float, float]:
    """Median seconds of both, and the median of their ratios, round by round."""
    rounds = [(timed(first, repeats), timed(second, repeats)) for _ in range(ROUNDS)]
    return median(a for a, _ in rounds), median(b for _, b in rounds), median(a / b for a, b in rounds)


def chain(kind: Callable[[float], Any], length: int = 300) -> tuple[Any, Any]:
    """Alternate products and sums of single numbers, forward and backward."""
    a, b = kind(1.0), kind(0.999)
    v = a
    for _ in range(length // 2):
        v = v * b + a
    v.backward()
    return v, b


def scalar_chain() -> None:
    """300 scalar operations, recorded and differentiated, beside micrograd."""
    if importlib.util.find_spec("micrograd") is None:
        print("scalar chain: micrograd is not installed, nothing to compare with")
        return
    from micrograd.engine import Value as Micrograd

    assert abs(chain(Value)[1].grad - chain(Micrograd)[1].grad) < 1e-9
    sys.setrecursionlimit(10_000)  # micrograd's backward recurses
    ours, theirs, ratio = in_turns(lambda: chain(Value), lambda: chain(Micrograd), 20)
    row("scalar chain, an operation", ours / 300, "micrograd", theirs / 300, ratio)


def scalar_mlp(kind: Callable[[float], Any]) -> Callable[[], Any]:
    """A step of 2 → 16 → 16 → 1 neurons on 4 samples, every number a node; returns the loss."""
    rng = np.random.default_rng(0)
    layers = [
        [([kind(float(w)) for w in rng.uniform(-1, 1, inputs)], kind(0.0)) for _ in range(neurons)]
        for inputs, neurons in pairwise([2, 16, 16, 1])
    ]
    samples = rng.uniform(-1, 1, (4, 2)).tolist()

    def step() -> Any:
        loss: Any = 0.0
        for sample in samples:
            x = sample
            for layer in layers:
                x = [sum((w * v for w, v in zip(ws, x, strict=True)), b).relu() for ws, b in layer]
            loss = loss + (x[0] - 1.0) ** 2
        loss.backward()
        return loss.data

    return step


def scalar_networks() -> None:
    """The scalar network beside micrograd's."""
    if importlib.util.find_spec("micrograd") is None:
        return
    from micrograd.engine import Value as Micrograd

    mine, other = scalar_mlp(Value), scalar_mlp(Micrograd)
    assert abs(mine() - other()) < 1e-9
    ours, theirs, ratio = in_turns(mine, other, 5)
    row("scalar MLP 2-16-16-1, 4 samples, a step", ours, "micrograd", theirs, ratio)


def step_by_hand(weights: list[Array], biases: list[Array], X: Array, labels: Array, rate: Any) -> float:
    """One step of gradient descent with backprop written out, for tanh layers and softmax cross-entropy."""
    activations, last = [X], len(weights) - 1
    z = X
    for i, (W, b) in enumerate(zip(weights, biases, strict=True)):
        z = activations[-1] @ W
        z += b
        if i < last:
            activations.append(np.tanh(z, out=z))
    rows = np.arange(len(labels))
    z -= z.max(axis=1, keepdims=True)
    probabilities = np.exp(z)
    total = probabilities.sum(axis=1, keepdims=True)
    loss = float(np.mean(np.log(total[:, 0]) - z[rows, labels]))
    delta = probabilities / total
    delta[rows, labels] -= 1
    delta /= z.dtype.type(len(labels))
    for i in range(last, -1, -1):
        dW, db = activations[i].T @ delta, delta.sum(axis=0)
        if i:
            delta = (delta @ weights[i].T) * (1 - activations[i] * activations[i])
        weights[i] -= rate * dW
        biases[i] -= rate * db
    return loss


def step_by_graph(weights: list[Value], biases: list[Value], X: Array, labels: Array, rate: Any) -> float:
    """The same step with the graph's gradients."""
    a: Any = X
    last = len(weights) - 1
    for i, (W, b) in enumerate(zip(weights, biases, strict=True)):
        a = am.linear(a, W, b)
        if i < last:
            a = am.tanh(a)
    loss = am.mean(am.softmax_cross_entropy(a, labels))
    loss.backward(retain_graph=False)
    for p in weights + biases:
        p.subtract_(rate * p.grad)
        p.grad = None
    return float(loss)


def mlp_step(batch: int, width: int, depth: int, repeats: int) -> None:
    """A float32 training step of ``depth`` tanh layers and 10 outputs."""
    rng = np.random.default_rng(0)
    sizes = [width] * depth + [10]
    weights = [(rng.standard_normal((m, n)) / np.sqrt(m)).astype(np.float32) for m, n in pairwise(sizes)]
    biases = [np.zeros(n, np.float32) for n in sizes[1:]]
    X, labels = rng.standard_normal((batch, width)).astype(np.float32), rng.integers(0, 10, batch)
    Ws, bs = [Value(W) for W in weights], [Value(b) for b in biases]
    rate = np.float32(0.01)
    for _ in range(3):
        assert abs(step_by_graph(Ws, bs, X, labels, rate) - step_by_hand(weights, biases, X, labels, rate)) < 1e-4
    ours, theirs, ratio = in_turns(
        lambda: step_by_graph(Ws, bs, X, labels, rate),
        lambda: step_by_hand(weights, biases, X, labels, rate),
        repeats,
    )
    row(f"MLP step, batch {batch}, width {width}, {depth} layers", ours, "NumPy by hand", theirs, ratio)


def row(what: str, ours: float, name: str, theirs: float, ratio: float) -> None:
    """One line of the table."""
    print(f"{what:44}  ours {ours * 1e6:9.2f} µs   {name:13} {theirs * 1e6:9.2f} µs   ratio {ratio:5.2f}", flush=True)


if __name__ == "__main__":
    scalar_chain()
    scalar_networks()
    for shape, repeats in (((32, 16, 3), 200), ((32, 128, 3), 80), ((256, 256, 4), 10)):
        mlp_step(*shape, repeats)
