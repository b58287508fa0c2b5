"""The multi-layer perceptron."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from .activations import Activation, get_activation, linear, name_of
from .initializers import Initializer, count, generator
from .layers import Layer
from .module import Module
from .neuron import ScalarLayer


class MLP(Module):
    """Layers one after the other, each reading the outputs of the one before: a multi-layer perceptron.

    Parameters
    ----------
    n_inputs : int
        How many numbers a sample has.
    n_neurons : sequence of int
        Neurons of each layer; the last number is that of the outputs.
    activation : str or callable
        What the neurons of all layers but the last apply; a name from ``nn.activations`` or a function of one Value.
    output_activation : str or callable, optional
        What the last layer applies; None is ``linear``, which suits losses that take scores, and regression.
    scalar : bool
        False: each layer is a matrix (``Layer``). True: each weight is a scalar Value (``ScalarLayer``), so that
        pictures show every product; it takes one sample at a time. Both have the same numbers for the same seed.
    bias : bool
        Whether the neurons have biases.
    seed : int, optional
        The same seed gives the same model.
    rng : numpy.random.Generator, optional
        A generator to draw from, instead of a seed.
    initializer : str or callable, optional
        A name from ``nn.initializers`` or ``f(rng, shape, dtype)``; by default what suits each layer's activation.
    dtype : dtype
        "float64" by default, "float32" on request.

    Attributes
    ----------
    layers : tuple
        The layers; they are also the attributes layer1, layer2, ..., and ``mlp[i]`` and ``len(mlp)`` work.

    Notes
    -----
    In pictures the parameters of layer 1 are W1 and b1; in a scalar build w1[2][3] is the weight of layer 1 from
    input 2 to neuron 3, and b1[3] the bias of neuron 3, counted from 1. Weighted sums are Z1 (z1[3]) and outputs A1
    (a1[3]).

    Raises
    ------
    ValueError
        For an unknown name, no layer at all or a number below 1.

    Examples
    --------
    >>> import numpy as np
    >>> from nn import MLP
    >>> mlp = MLP(2, [4, 1], seed=0)
    >>> mlp
    MLP(2→4→1, tanh), 17 parameters
      layer1: Layer(2→4, tanh), 12 parameters: W (2, 4), b (4,)
      layer2: Layer(4→1, linear), 5 parameters: W (4, 1), b (1,)
    >>> mlp(np.zeros((8, 2))).shape
    (8, 1)
    >>> scalars = MLP(2, [4, 1], seed=0, scalar=True)
    >>> abs(scalars([1.0, 2.0]).item() - mlp([1.0, 2.0]).item()) < 1e-12
    True
    """

    if TYPE_CHECKING:  # as many as there are layers; checkers know these
        layer1: Any
        layer2: Any
        layer3: Any
        layer4: Any
        layer5: Any
        layer6: Any

    def __init__(
        self,
        n_inputs: int,
        n_neurons: Sequence[int],
        activation: str | Activation | None = "tanh",
        output_activation: str | Activation | None = None,
        *,
        scalar: bool = False,
        bias: bool = True,
        seed: Any = None,
        rng: np.random.Generator | None = None,
        initializer: str | Initializer | None = None,
        dtype: Any = "float64",
    ) -> None:
        if isinstance(n_neurons, (int, str)) or not len(n_neurons):
            raise ValueError(f"the sizes of the layers are a list of at least one number, got {n_neurons!r}")
        self.scalar = scalar
        source = generator(seed, rng)
        hidden, last = get_activation(activation), get_activation(output_activation)
        sizes = [count(n_inputs, "n_inputs"), *(count(n, "a layer's number of neurons") for n in n_neurons)]
        for k, (n, m) in enumerate(pairwise(sizes), 1):
            layer = (ScalarLayer if scalar else Layer)(
                n,
                m,
                last if k == len(sizes) - 1 else hidden,
                bias=bias,
                rng=source,
                initializer=initializer,
                dtype=dtype,
                label=str(k),
            )
            setattr(self, f"layer{k}", layer)

    @property
    def layers(self) -> tuple[Any, ...]:
        """The layers, first to last: each a ``Layer``, in a scalar build a ``ScalarLayer``."""
        return tuple(member for member in vars(self).values() if isinstance(member, (Layer, ScalarLayer)))

    def __len__(self) -> int:
        return len(self.layers)

    def __getitem__(self, i: int) -> Any:
        return self.layers[i]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.layers)

    def describe(self) -> str:
        """Sizes and activations."""
        layers = self.layers
        sizes = "→".join(str(n) for n in (layers[0].n_inputs, *(layer.n_neurons for layer in layers)))
        hidden, last = layers[0].activation, layers[-1].activation
        names = [name_of(hidden)] if len(layers) == 1 or last is linear else [name_of(hidden), name_of(last)]
        return f"MLP({sizes}, {', '.join(names)})"

    def forward(self, x: Any) -> Any:
        """The network's output.

        Parameters
        ----------
        x : array, Value or list
            Of shape (..., n_inputs); for a scalar build a list of n_inputs numbers or Values.

        Returns
        -------
        Value or list of Value
            Shape (..., outputs). For a scalar build one Value for one output, else a list.

        Raises
        ------
        ValueError
            If the number of inputs is another.
        """
        for layer in self.layers:
            x = layer(x)
        return x[0] if self.scalar and len(x) == 1 else x
