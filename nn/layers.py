"""A layer of neurons as one matrix of weights."""

from __future__ import annotations

from typing import Any, Self

import numpy as np

import autograd_mini as am
from autograd_mini import Value

from .activations import Activation, get_activation, name_of
from .initializers import Initializer, draw_weights, generator, get_initializer
from .module import Module, Parameter
from .neuron import Neuron, activated, numbers


class Layer(Module):
    """Neurons that read the same inputs, as one matrix: ``a = f(x @ W + b)`` with the weights written W[input][neuron].

    Parameters
    ----------
    n_inputs, n_neurons : int
        How many numbers it reads and gives.
    activation : str or callable
        A name from ``nn.activations``, or a function of one Value. None is ``linear``; softmax goes over the neurons.
    bias : bool
        Whether there is a bias ``b``; without it ``b`` is None.
    seed : int, optional
        The same seed gives the same weights.
    rng : numpy.random.Generator, optional
        A generator to draw from, instead of a seed.
    initializer : str or callable, optional
        A name from ``nn.initializers`` or ``f(rng, shape, dtype)``; by default the one that suits the activation.
        The bias begins at 0.
    dtype : dtype
        "float64" by default, "float32" on request. Plain arrays of numbers that come in are cast to it.
    label : str
        What follows the names W, b, Z = x @ W + b and A = f(Z) in pictures; an MLP numbers its layers so.

    Attributes
    ----------
    W : Parameter
        Shape (n_inputs, n_neurons); ``W[i, j]`` leads from input i to neuron j.
    b : Parameter or None
        Shape (n_neurons,).

    Raises
    ------
    ValueError
        For an unknown name or a number below 1.

    Examples
    --------
    >>> import numpy as np
    >>> from nn import Layer
    >>> layer = Layer(2, 3, "relu", seed=0)
    >>> layer
    Layer(2→3, relu), 9 parameters: W (2, 3), b (3,)
    >>> layer(np.ones((4, 2))).shape
    (4, 3)
    >>> layer([1.0, 2.0]).shape
    (3,)
    """

    W: Parameter
    b: Parameter | None
    activation: Activation

    def __init__(
        self,
        n_inputs: int,
        n_neurons: int,
        activation: str | Activation | None = "tanh",
        *,
        bias: bool = True,
        seed: Any = None,
        rng: np.random.Generator | None = None,
        initializer: str | Initializer | None = None,
        dtype: Any = "float64",
        label: str = "",
    ) -> None:
        function = get_activation(activation)
        drawn = draw_weights(generator(seed, rng), n_inputs, n_neurons, get_initializer(initializer, function), dtype)
        self._take(drawn, np.zeros(n_neurons, drawn.dtype) if bias else None, function, label)

    @classmethod
    def from_weights(
        cls, W: Any, b: Any = None, activation: str | Activation | None = "tanh", *, label: str = ""
    ) -> Self:
        """A layer with the given weights.

        Parameters
        ----------
        W : array of shape (n_inputs, n_neurons)
            Written W[input][neuron]. A Parameter is used itself, so that layers can share it; an array is copied.
        b : array of shape (n_neurons,), optional
            The biases; None leaves them out.
        activation : str or callable
        label : str

        Returns
        -------
        Layer

        Raises
        ------
        ValueError
            If the shapes are not those.

        Examples
        --------
        >>> from nn import Layer
        >>> gates = Layer.from_weights([[1.0, 1.0], [1.0, 1.0]], [-1.0, 0.0], activation="step")  # AND and OR
        >>> gates([[0, 0], [0, 1], [1, 1]]).numpy()
        array([[0., 0.],
               [0., 1.],
               [1., 1.]])
        """
        layer = cls.__new__(cls)
        layer._take(W, b, get_activation(activation), label)
        return layer

    def _take(self, W: Any, b: Any, activation: Activation, label: str) -> None:
        """Own the weights, and name them."""
        self.W = W if isinstance(W, Parameter) else Parameter(W)
        self.b = b if b is None or isinstance(b, Parameter) else Parameter(b)
        if self.W.ndim != 2 or 0 in self.W.shape or (self.b is not None and self.b.shape != self.W.shape[1:]):
            got = f"{self.W.shape}" if self.b is None else f"{self.W.shape} and {self.b.shape}"
            raise ValueError(f"a layer has W of shape (n_inputs, n_neurons) and b of shape (n_neurons,), got {got}")
        self.activation = activation
        self._sum_name, self._result_name = f"Z{label}", f"A{label}"
        self.W.name = self.W.name or f"W{label}"
        if self.b is not None:
            self.b.name = self.b.name or f"b{label}"

    @property
    def n_inputs(self) -> int:
        """How many numbers it reads."""
        return int(self.W.shape[0])

    @property
    def n_neurons(self) -> int:
        """How many numbers it gives."""
        return int(self.W.shape[1])

    def neuron(self, j: int) -> Neuron:
        """Neuron ``j``, counted from 0, as a Neuron of scalar Values, for looking at it closely.

        Parameters
        ----------
        j : int
            Column of ``W``; negative numbers count from the end.

        Returns
        -------
        Neuron
            With copies of the weights: training it does not change the layer.

        Raises
        ------
        IndexError
            If there is no such neuron.

        Examples
        --------
        >>> from nn import Layer
        >>> layer = Layer(2, 3, seed=0)
        >>> abs(layer.neuron(1)([1.0, 2.0]).item() - layer([1.0, 2.0])[1].item()) < 1e-15
        True
        """
        if not -self.n_neurons <= j < self.n_neurons:
            raise IndexError(f"{self.describe()} has neurons 0 to {self.n_neurons - 1}, got {j}")
        bias = None if self.b is None else numbers(self.b.raw)[j]
        return Neuron.from_weights(numbers(self.W.raw[:, j]), bias, self.activation)

    def describe(self) -> str:
        """Inputs, neurons and activation."""
        return f"Layer({self.n_inputs}→{self.n_neurons}, {name_of(self.activation)})"

    def forward(self, x: Any) -> Value:
        """The layer's output.

        Parameters
        ----------
        x : array, Value or nested list of shape (n_inputs,), (batch, n_inputs) or (..., n_inputs)

        Returns
        -------
        Value
            Of shape (..., n_neurons).

        Raises
        ------
        ValueError
            If the last axis does not have ``n_inputs`` entries.
        """
        W, b = self.W, self.b
        if not isinstance(x, Value):
            x = in_dtype(x, W.dtype)
        shape: tuple[int, ...] = getattr(x, "shape", ())
        if not shape or shape[-1] != W.raw.shape[0]:
            n = self.n_inputs
            cure = f"; pass its transpose x.T, of shape {shape[::-1]}" if len(shape) == 2 and shape[0] == n else ""
            raise ValueError(
                f"{self.describe()} takes x of shape ({n},), (batch, {n}) or (..., {n}), got {shape}{cure}"
            )
        z: Value = am.matmul(x, W) if b is None else am.linear(x, W, b)
        return activated(self.activation, z, self._sum_name, self._result_name)


def in_dtype(x: Any, dtype: Any) -> Any:
    """Plain input as an array; real numbers in the layer's dtype, so that a float32 layer computes in float32."""
    if isinstance(x, (list, tuple)):
        x = am.array(x)
    elif not hasattr(x, "shape"):
        x = Value(x, requires_grad=False).raw
    return x.astype(dtype) if isinstance(x, np.ndarray) and x.dtype != dtype and x.dtype.kind in "fiub" else x
