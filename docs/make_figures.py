"""Redraws the figures of the documentation into ``docs/figures``.

The graphs come as SVG and as PNG; every function is plain user code: a computation, ``backward()``, ``draw()``.
The plots are those of the examples. Run it by ``make figures``.
"""

from __future__ import annotations

import contextlib
import runpy
import shutil
import tempfile
from pathlib import Path

import numpy as np

import autograd_mini as am
from autograd_mini import Value

FOLDER = Path(__file__).parent / "figures"
EXAMPLES = Path(__file__).parents[1] / "examples"


def neuron() -> am.Drawing:
    """A neuron with two inputs, and its cost."""
    x1, x2 = Value(2.0, requires_grad=False), Value(-1.0, requires_grad=False)
    y = Value(1.0, requires_grad=False)
    w1, w2, b = Value(0.5), Value(0.25), Value(-0.5)
    with am.scope("Neuron", "o = tanh(w₁·x₁ + w₂·x₂ + b)"):
        u1 = w1 * x1
        u2 = w2 * x2
        s = u1 + u2
        z = s + b
        o = am.tanh(z)
    with am.scope("Cost", "C = (o − y)²"):
        e = o - y
        C = e**2
    C.backward()
    return am.draw(C)


def neuron_dark() -> am.Drawing:
    """The same neuron for dark pages, in Spanish."""
    x1, x2 = Value(2.0, requires_grad=False), Value(-1.0, requires_grad=False)
    y = Value(1.0, requires_grad=False)
    w1, w2, b = Value(0.5), Value(0.25), Value(-0.5)
    with am.scope("Neurona", "o = tanh(w₁·x₁ + w₂·x₂ + b)"):
        u1 = w1 * x1
        u2 = w2 * x2
        s = u1 + u2
        z = s + b
        o = am.tanh(z)
    with am.scope("Coste", "C = (o − y)²"):
        e = o - y
        C = e**2
    C.backward()
    return am.draw(C, theme="dark", lang="es")


def fanout() -> am.Drawing:
    """f = 20·x² + x: x reaches f by two ways, so its derivative is a sum of two."""
    x = Value(3.0)
    g = x**2
    h = 20 * g
    f = h + x
    f.backward()
    return am.draw(f)


def tensor() -> am.Drawing:
    """A layer of three neurons, a linear output and the mean squared cost on the four cases of XOR."""
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    Y = np.array([[0.0], [1.0], [1.0], [0.0]])
    random = np.random.default_rng(1)
    W, b = Value(random.normal(size=(2, 3))), Value(random.normal(size=3))
    V, c = Value(random.normal(size=(3, 1))), Value([0.1])
    with am.scope("Layer 1", "W[input][neuron], tanh"):
        Z = am.linear(X, W, b)
        A = am.tanh(Z)
    O = am.linear(A, V, c)  # noqa: E741 (the output, as the figure writes it)
    with am.scope("Cost", "C = mean (O − Y)²"):
        E = O - Y
        C = am.mean(E**2)
    C.backward()
    return am.draw(C)


FIGURES = (neuron, neuron_dark, fanout, tensor)
PLOTS = {"gates": "lines", "xor": "surfaces", "cost": "curves", "descent": "rates", "ring": "surfaces"}
"""Examples, and the plot of each that the documentation shows."""


def main() -> None:
    """Draw them all."""
    with contextlib.suppress(FileNotFoundError):
        am.set_renderer("pure")  # it draws the same on every machine
    FOLDER.mkdir(exist_ok=True)
    for figure in FIGURES:
        drawing = figure()
        for suffix in (".svg", ".png"):
            print(drawing.save(FOLDER / f"{figure.__name__}{suffix}"))
    for example, plot in PLOTS.items():
        with tempfile.TemporaryDirectory() as out, contextlib.redirect_stdout(None):
            runpy.run_path(str(EXAMPLES / f"{example}.py"))["main"](Path(out))
            shutil.copy(Path(out) / f"{plot}.png", FOLDER / f"{example}.png")
        print(FOLDER / f"{example}.png")


if __name__ == "__main__":
    main()
