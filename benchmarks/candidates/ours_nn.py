"""The project's networks, as users build them: modules, losses by name, optimizers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nn

from .. import problems
from ..problems import RATES


def mlp(batch: int, width: int, depth: int, optimizer: str) -> Callable[[], Any]:
    """``nn.MLP`` with ``cross_entropy``; its parameters are filled with the problem's."""
    weights, biases, X, labels = problems.network(batch, width, depth)
    model = nn.MLP(width, [W.shape[1] for W in weights], "tanh", dtype="float32")
    for layer, W, b in zip(model.layers, weights, biases, strict=True):
        layer.W.data, layer.b.data = W, b
    kind: Any = {"sgd": nn.optim.SGD, "adam": nn.optim.Adam}[optimizer]
    step = kind(model.parameters(), lr=RATES[optimizer])

    def job() -> float:
        loss = nn.cross_entropy(model(X), labels)
        step.zero_grad()
        loss.backward(retain_graph=False)
        step.step()
        return float(loss)

    return job


def scalar_mlp() -> Callable[[], Any]:
    """``MLP(scalar=True)``, which also names every node for pictures."""
    layers, samples = problems.scalar_layers(float), problems.scalar_samples()
    model = nn.MLP(2, [16, 16, 1], "relu", scalar=True)
    for layer, rows in zip(model.layers, layers, strict=True):
        for neuron, (ws, b) in zip(layer.neurons, rows, strict=True):
            for parameter, number in zip((*neuron.w, neuron.b), (*ws, b), strict=True):
                parameter.data = number

    def job() -> list[float]:
        model.zero_grad()
        loss: Any = 0.0
        for sample in samples:
            error = model(sample) - 1.0
            loss = loss + error * error
        loss.backward()
        first, second = model.layers[0].neurons[0], model.layers[1].neurons[3]
        return [loss.data, first.b.grad, second.w[2].grad]

    return job
