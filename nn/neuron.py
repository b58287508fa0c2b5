"""A neuron of scalar Values, and a layer made of such neurons."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, Self

import numpy as np

import autograd_mini as am
from autograd_mini import Value

from .activations import Activation, get_activation, linear, name_of, softmax
from .initializers import Initializer, draw_weights, generator, get_initializer
from .module import Module, Parameter

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class Neuron(Module):
    """A neuron in which every weight is a scalar Value of its own: ``o = f(w₁·x₁ + w₂·x₂ + ... + b)``.

    Every product and sum is a node of the graph, so that a picture shows the whole computation. The parameters are
    named w1, w2, ... and b, the weighted sum z and the result o; plain numbers that come in get the names x1, x2, ...

    Parameters
    ----------
    n_inputs : int
        How many inputs it reads.
    activation : str or callable
        A name from ``nn.activations``, or a function of one Value. None is ``linear``.
    bias : bool
        Whether there is a bias ``b``; without it ``b`` is None.
    seed : int, optional
        The same seed gives the same weights, and the same as in ``Layer(n_inputs, 1, seed=seed)``.
    rng : numpy.random.Generator, optional
        A generator to draw from, instead of a seed.
    initializer : str or callable, optional
        A name from ``nn.initializers`` or ``f(rng, shape, dtype)``; by default the one that suits the activation.
        The bias begins at 0.
    dtype : dtype
        "float64" (Python floats) by default.

    Attributes
    ----------
    w : list of Parameter
        One number for each input.
    b : Parameter or None

    Raises
    ------
    ValueError
        For an unknown name, ``n_inputs`` below 1, and the activation softmax, which needs several neurons.

    Examples
    --------
    >>> from nn import Neuron
    >>> gate = Neuron.from_weights([1.0, 1.0], -1.0, activation="step")  # AND: 1·X1 + 1·X2 − 1
    >>> [gate([x1, x2]).item() for x1, x2 in ((0, 0), (0, 1), (1, 0), (1, 1))]
    [0.0, 0.0, 0.0, 1.0]
    >>> neuron = Neuron(2, "tanh", seed=0)
    >>> neuron
    Neuron o = tanh(w₁·x₁ + w₂·x₂ + b), 3 parameters: w 2 × (), b ()
    >>> o = neuron([2.0, -1.0])
    >>> o.backward()
    >>> neuron.w[0].grad == 2.0 * (1.0 - o.item() ** 2)
    True
    """

    w: list[Parameter]
    b: Parameter | None
    activation: Activation

    def __init__(
        self,
        n_inputs: int,
        activation: str | Activation | None = "tanh",
        *,
        bias: bool = True,
        seed: Any = None,
        rng: np.random.Generator | None = None,
        initializer: str | Initializer | None = None,
        dtype: Any = "float64",
    ) -> None:
        function = get_activation(activation)
        drawn = draw_weights(generator(seed, rng), n_inputs, 1, get_initializer(initializer, function), dtype)
        self._take(numbers(drawn[:, 0]), numbers(np.zeros(1, drawn.dtype))[0] if bias else None, function)

    @classmethod
    def from_weights(cls, w: Sequence[Any], b: Any = None, activation: str | Activation | None = "tanh") -> Self:
        """A neuron with the given weights, such as a gate made by hand.

        Parameters
        ----------
        w : sequence of float
            One weight for each input. A Parameter is used itself, so that neurons can share it; numbers are copied.
        b : float, optional
            The bias; None leaves it out.
        activation : str or callable

        Returns
        -------
        Neuron

        Examples
        --------
        >>> from nn import Neuron
        >>> Neuron.from_weights([1.0, 1.0], 0.0, activation="step")([1, 0]).item()  # OR
        1.0
        """
        neuron = cls.__new__(cls)
        neuron._take(w, b, get_activation(activation))
        return neuron

    def _take(self, w: Sequence[Any], b: Any, activation: Activation) -> None:
        """Own the weights, and name them."""
        if activation is softmax:
            raise ValueError("softmax compares the neurons of a layer, and a Neuron has one output only: use a Layer")
        if len(w) == 0:
            raise ValueError("a neuron has at least one weight, got none")
        self.w = [_weight(x, f"w{i}") for i, x in enumerate(w, 1)]
        self.b = None if b is None else _weight(b, "b")
        self.activation = activation
        self._sum_name, self._result_name = "z", "o"

    def _rename(self, label: str, number: int, result: str) -> None:
        """Names inside a layer: neuron 3 of layer 1 has w1[1][3], w1[2][3], ..., b1[3], z1[3] and the result a1[3]."""
        for i, weight in enumerate(self.w, 1):
            weight.name = f"w{label}[{i}][{number}]"
        if self.b is not None:
            self.b.name = f"b{label}[{number}]"
        self._sum_name, self._result_name = f"z{label}[{number}]", f"{result}{label}[{number}]"

    @property
    def n_inputs(self) -> int:
        """How many inputs it reads."""
        return len(self.w)

    def describe(self) -> str:
        """What the neuron computes, as a formula."""
        return _formula(self.n_inputs, self.b is not None, name_of(self.activation))

    def forward(self, x: Any) -> Value:
        """The neuron's output for one sample.

        Parameters
        ----------
        x : list of numbers or Values, 1-D array or 1-D Value
            One entry for each input.

        Returns
        -------
        Value
            A single number.

        Raises
        ------
        ValueError
            If there are more or fewer entries than inputs, or they are not single numbers.
        """
        w = self.w
        x = _entries(x, len(w), self)
        z = w[0] * x[0]
        for weight, entry in zip(w[1:], x[1:], strict=True):
            z = z + weight * entry
        if self.b is not None:
            z = z + self.b
        return activated(self.activation, z, self._sum_name, self._result_name)


class ScalarLayer(Module):
    """The same as ``Layer``, made of Neurons: every weight is a scalar Value, every product a node of the graph.

    For pictures and small networks; a ``Layer`` is faster by far. The same seed gives the same weights in both. The
    weight from input i to neuron j is named w[i][j], the bias b[j], the weighted sum z[j] and the output a[j], all
    counted from 1 as in the pictures; a label comes before the brackets: w1[2][3].

    Parameters
    ----------
    n_inputs, n_neurons, activation, bias, seed, rng, initializer, dtype, label
        As for ``Layer``.

    Examples
    --------
    >>> from nn import Layer, ScalarLayer
    >>> layer = ScalarLayer(2, 3, seed=0)
    >>> [p.name for p in layer.neurons[2].parameters()]
    ['w[1][3]', 'w[2][3]', 'b[3]']
    >>> a = layer([1.0, 2.0])
    >>> abs(a[2].item() - Layer(2, 3, seed=0)([1.0, 2.0])[2].item()) < 1e-15
    True
    """

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
        self.activation = get_activation(activation)
        initial = get_initializer(initializer, self.activation)
        drawn = draw_weights(generator(seed, rng), n_inputs, n_neurons, initial, dtype)
        self._label = label
        together = self.activation is softmax  # each neuron stops at its weighted sum
        for j, column in enumerate(drawn.T, 1):
            zero = numbers(np.zeros(1, drawn.dtype))[0] if bias else None
            neuron = Neuron.from_weights(numbers(column), zero, linear if together else self.activation)
            neuron._rename(label, j, "z" if together else "a")
            setattr(self, f"neuron{j}", neuron)

    @property
    def neurons(self) -> tuple[Neuron, ...]:
        """The neurons; they are also the attributes neuron1, neuron2, ..."""
        return tuple(member for member in vars(self).values() if isinstance(member, Neuron))

    @property
    def n_inputs(self) -> int:
        """How many numbers it reads."""
        return self.neurons[0].n_inputs

    @property
    def n_neurons(self) -> int:
        """How many numbers it gives."""
        return len(self.neurons)

    def describe(self) -> str:
        """Inputs, neurons and activation."""
        return f"Layer({self.n_inputs}→{self.n_neurons}, {name_of(self.activation)})"

    def forward(self, x: Any) -> list[Value]:
        """The neurons' outputs for one sample.

        Parameters
        ----------
        x : list of numbers or Values, 1-D array or 1-D Value
            One entry for each input.

        Returns
        -------
        list of Value
            One number for each neuron.

        Raises
        ------
        ValueError
            If there are more or fewer entries than inputs, or they are not single numbers.
        """
        neurons = self.neurons
        x = _entries(x, neurons[0].n_inputs, self)
        outputs = [neuron(x) for neuron in neurons]
        if self.activation is softmax:
            outputs = list(softmax(am.stack(outputs)))
            for j, output in enumerate(outputs, 1):
                output.name = f"a{self._label}[{j}]"
        return outputs


# --- weights and inputs -----------------------------------------------------------------------------------------------


def numbers(vector: Any) -> list[Any]:
    """The entries of a vector, float64 and whole ones as Python numbers, which are the fastest."""
    array = np.asarray(vector)
    return array.tolist() if array.dtype in (np.float64, np.int64) else list(array)


def activated(activation: Activation, z: Value, sum_name: str, result_name: str) -> Value:
    """The activation of a weighted sum, with names for both."""
    z.name = sum_name
    a: Value = activation(z)
    if isinstance(a, Value):  # an activation of the user's own may give anything
        a.name = result_name
    return a


def _weight(number: Any, name: str) -> Parameter:
    """A weight of a neuron: a Parameter stays itself, a number becomes one."""
    if not isinstance(number, Parameter):
        # NumPy's float64 is a float too, but computing with it is slower
        number = Parameter(float(number) if isinstance(number, float) else number)
    weight: Parameter = number
    if weight.shape:
        raise ValueError(f"the weights and the bias of a Neuron are single numbers, {name} has shape {weight.shape}")
    weight.name = weight.name or name
    return weight


class _Entries(list[Value]):
    """The inputs of one sample, checked: every neuron of a layer reads the same."""


def _entries(x: Any, n: int, reader: Module) -> list[Value]:
    """The inputs of one sample as single Values; plain numbers become constants named x1, x2, ..."""
    if type(x) is _Entries and len(x) == n:
        return x
    if not isinstance(x, (list, tuple)):
        whole = x if isinstance(x, Value) else Value(x, requires_grad=False)
        if whole.ndim != 1:
            batch = "; it takes one sample at a time, a Layer takes batches" if whole.ndim == 2 else ""
            raise ValueError(f"{_reader(reader)} takes a list of {n} numbers, got shape {whole.shape}{batch}")
        x = list(whole) if whole is x else whole.raw.tolist()
    if len(x) != n:
        raise ValueError(f"{_reader(reader)} takes {n} inputs, got {len(x)}")
    values = [entry if isinstance(entry, Value) else _constant(entry, f"x{i}") for i, entry in enumerate(x, 1)]
    for i, entry in enumerate(values, 1):
        if type(entry.raw) is not float and entry.shape:
            raise ValueError(
                f"{_reader(reader)} takes a list of {n} single numbers, but input {i} has shape {entry.shape}"
            )
    return _Entries(values)


def _reader(module: Module) -> str:
    """What messages call a Neuron or a layer of them."""
    return "Neuron" if isinstance(module, Neuron) else module.describe()


def _constant(number: Any, name: str) -> Value:
    """A number as an input that needs no gradient; NumPy's scalars as Python numbers, so that no precision is lost."""
    return Value(number.item() if isinstance(number, np.generic) else number, requires_grad=False, name=name)


@functools.lru_cache(maxsize=64)
def _formula(n_inputs: int, bias: bool, activation: str) -> str:
    """What a neuron computes, in symbols."""
    products = [f"w{i}·x{i}".translate(_SUBSCRIPTS) for i in (1, 2, 3, n_inputs)]
    shown = products[:n_inputs] if n_inputs <= 3 else [products[0], products[1], "…", products[3]]
    total = " + ".join([*shown, "b"] if bias else shown)
    return f"Neuron o = {total}" if activation == linear.__name__ else f"Neuron o = {activation}({total})"
