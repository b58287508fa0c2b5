"""Initial weights: random numbers whose spread lets signals and gradients keep their size from layer to layer.

Each is a function ``f(rng, shape, dtype)``. The last two axes of the shape are (inputs, neurons); axes before them, as
of a convolution's kernel, multiply both numbers. All randomness comes from the generator that is passed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from .activations import Activation, elu, gelu, leaky_relu, relu, silu, softplus
from .lookup import find, missing as _missing

Array: TypeAlias = np.ndarray[Any, Any]
Initializer: TypeAlias = "Callable[[np.random.Generator, Sequence[int], Any], Any]"  # numpy.random is slow to import


def fans(shape: Sequence[int]) -> tuple[int, int]:
    """How many inputs a neuron reads, and how many neurons read an input.

    Parameters
    ----------
    shape : sequence of int
        ``(..., inputs, neurons)``; the one number of a vector counts as both.

    Returns
    -------
    tuple of int
        fan-in and fan-out.

    Raises
    ------
    ValueError
        For a single number, which has neither.

    Examples
    --------
    >>> from nn.initializers import fans
    >>> fans((2, 3)), fans((5, 5, 2, 3))
    ((2, 3), (50, 75))
    """
    if not shape:
        raise ValueError("a single number has no fan-in and no fan-out: initialise it by 'uniform', 'normal', 'zeros'")
    kernel = math.prod(shape[:-2])
    return kernel * shape[-2 if len(shape) > 1 else -1], kernel * shape[-1]


def glorot_uniform(rng: np.random.Generator, shape: Sequence[int], dtype: Any = np.float64) -> Array:
    """Uniform in ±√(6 / (fan-in + fan-out)): the default for tanh, sigmoid and linear layers.

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : sequence of int
    dtype : floating dtype

    Returns
    -------
    numpy.ndarray

    References
    ----------
    X. Glorot, Y. Bengio. Understanding the difficulty of training deep feedforward neural networks. AISTATS 2010,
    equation 16.

    Examples
    --------
    >>> import numpy as np
    >>> from nn.initializers import glorot_uniform
    >>> W = glorot_uniform(np.random.default_rng(0), (2, 4))
    >>> W.shape, bool((abs(W) < 1).all())
    ((2, 4), True)
    """
    limit = math.sqrt(6.0 / max(sum(fans(shape)), 1))
    return uniform(rng, shape, dtype, low=-limit, high=limit)


def glorot_normal(rng: np.random.Generator, shape: Sequence[int], dtype: Any = np.float64) -> Array:
    """Normal with standard deviation √(2 / (fan-in + fan-out)).

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : sequence of int
    dtype : floating dtype

    Returns
    -------
    numpy.ndarray

    References
    ----------
    X. Glorot, Y. Bengio. Understanding the difficulty of training deep feedforward neural networks. AISTATS 2010,
    equation 12.

    Examples
    --------
    >>> import numpy as np
    >>> from nn.initializers import glorot_normal
    >>> glorot_normal(np.random.default_rng(0), (2, 4)).shape
    (2, 4)
    """
    return normal(rng, shape, dtype, std=math.sqrt(2.0 / max(sum(fans(shape)), 1)))


def he_uniform(rng: np.random.Generator, shape: Sequence[int], dtype: Any = np.float64) -> Array:
    """Uniform in ±√(6 / fan-in).

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : sequence of int
    dtype : floating dtype

    Returns
    -------
    numpy.ndarray

    References
    ----------
    K. He, X. Zhang, S. Ren, J. Sun. Delving deep into rectifiers: surpassing human-level performance on ImageNet
    classification. ICCV 2015.

    Examples
    --------
    >>> import numpy as np
    >>> from nn.initializers import he_uniform
    >>> he_uniform(np.random.default_rng(0), (6, 4)).shape
    (6, 4)
    """
    limit = math.sqrt(6.0 / max(fans(shape)[0], 1))
    return uniform(rng, shape, dtype, low=-limit, high=limit)


def he_normal(rng: np.random.Generator, shape: Sequence[int], dtype: Any = np.float64) -> Array:
    """Normal with standard deviation √(2 / fan-in): the default for relu and its relatives.

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : sequence of int
    dtype : floating dtype

    Returns
    -------
    numpy.ndarray

    References
    ----------
    K. He, X. Zhang, S. Ren, J. Sun. Delving deep into rectifiers: surpassing human-level performance on ImageNet
    classification. ICCV 2015, equation 10.

    Examples
    --------
    >>> import numpy as np
    >>> from nn.initializers import he_normal
    >>> he_normal(np.random.default_rng(0), (6, 4)).shape
    (6, 4)
    """
    return normal(rng, shape, dtype, std=math.sqrt(2.0 / max(fans(shape)[0], 1)))


def uniform(
    rng: np.random.Generator, shape: Sequence[int], dtype: Any = np.float64, *, low: float = -1.0, high: float = 1.0
) -> Array:
    """Uniform between ``low`` and ``high``.

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : sequence of int
    dtype : floating dtype
    low, high : float
        The interval; ``functools.partial`` makes an initializer of another one.

    Returns
    -------
    numpy.ndarray

    Examples
    --------
    >>> import numpy as np
    >>> from nn.initializers import uniform
    >>> uniform(np.random.default_rng(0), (2,), low=0.5, high=0.5)
    array([0.5, 0.5])
    """
    return rng.uniform(low, high, tuple(shape)).astype(dtype)


def normal(
    rng: np.random.Generator, shape: Sequence[int], dtype: Any = np.float64, *, mean: float = 0.0, std: float = 1.0
) -> Array:
    """Normal with the given mean and standard deviation.

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : sequence of int
    dtype : floating dtype
    mean, std : float

    Returns
    -------
    numpy.ndarray

    Examples
    --------
    >>> import numpy as np
    >>> from nn.initializers import normal
    >>> normal(np.random.default_rng(0), (2,), mean=3.0, std=0.0)
    array([3., 3.])
    """
    return rng.normal(mean, std, tuple(shape)).astype(dtype)


def zeros(rng: np.random.Generator, shape: Sequence[int], dtype: Any = np.float64) -> Array:
    """Zeros; ``rng`` is not used. Neurons of a layer that begin all alike also learn all alike.

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : sequence of int
    dtype : floating dtype

    Returns
    -------
    numpy.ndarray

    Examples
    --------
    >>> import numpy as np
    >>> from nn.initializers import zeros
    >>> zeros(np.random.default_rng(0), (2,))
    array([0., 0.])
    """
    return np.zeros(tuple(shape), dtype)


INITIALIZERS: dict[str, Initializer] = {
    "glorot_uniform": glorot_uniform,
    "glorot_normal": glorot_normal,
    "he_uniform": he_uniform,
    "he_normal": he_normal,
    "uniform": uniform,
    "normal": normal,
    "zeros": zeros,
}
"""The initializers by name."""

_RECTIFIERS = (relu, leaky_relu, elu, gelu, silu, softplus)


def get_initializer(initializer: str | Initializer | None, activation: Activation | None = None) -> Initializer:
    """The initializer with a name; None is the one that suits the activation, and a function is itself.

    Parameters
    ----------
    initializer : str, callable or None
        A key of ``INITIALIZERS``, or a function ``f(rng, shape, dtype)`` that returns an array.
    activation : callable, optional
        What the neurons apply: relu and its relatives get ``he_normal``, everything else ``glorot_uniform``.

    Returns
    -------
    callable

    Raises
    ------
    ValueError
        If there is no such name; the message lists the names.
    TypeError
        If it is neither a name nor a function.

    Examples
    --------
    >>> from nn.activations import relu
    >>> from nn.initializers import get_initializer
    >>> get_initializer(None, relu).__name__
    'he_normal'
    """
    if initializer is None:
        return he_normal if activation in _RECTIFIERS else glorot_uniform
    return find("initializer", INITIALIZERS, initializer)


def generator(seed: Any = None, rng: np.random.Generator | None = None) -> np.random.Generator:
    """The source of random numbers: ``rng`` itself, or a new one from ``seed``; NumPy's global state is never touched.

    Parameters
    ----------
    seed : int or anything that ``numpy.random.default_rng`` takes, optional
        The same seed gives the same numbers; None gives other ones each time.
    rng : numpy.random.Generator, optional
        A generator to draw from, instead of a seed.

    Returns
    -------
    numpy.random.Generator

    Raises
    ------
    ValueError
        If both are given.
    TypeError
        If ``rng`` is no Generator.

    Examples
    --------
    >>> from nn.initializers import generator
    >>> bool(generator(seed=3).random() == generator(seed=3).random())
    True
    """
    if rng is None:
        return np.random.default_rng(seed)
    if seed is not None:
        raise ValueError("give either seed= or rng=: a generator has its seed already")
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng is a Generator, such as numpy.random.default_rng(0), got {type(rng).__name__}")
    return rng


def draw_weights(
    rng: np.random.Generator, n_inputs: int, n_neurons: int, initializer: Initializer, dtype: Any
) -> Array:
    """The first weights of a layer, checked, since an initializer may be the user's own.

    Parameters
    ----------
    rng : numpy.random.Generator
    n_inputs, n_neurons : int
        From 1 on.
    initializer : callable
    dtype : floating dtype

    Returns
    -------
    numpy.ndarray
        Of shape (n_inputs, n_neurons).

    Raises
    ------
    ValueError
        If a number is below 1, or the initializer returns another shape.
    TypeError
        If a number is not whole, or the dtype is not floating.

    Examples
    --------
    >>> import numpy as np
    >>> from nn.initializers import draw_weights, zeros
    >>> draw_weights(np.random.default_rng(0), 1, 2, zeros, "float64")
    array([[0., 0.]])
    """
    if np.dtype(dtype).kind != "f":
        raise TypeError(f"dtype is a floating one, such as 'float64' or 'float32', got {np.dtype(dtype).name!r}")
    shape = (count(n_inputs, "n_inputs"), count(n_neurons, "n_neurons"))
    weights = np.asarray(initializer(rng, shape, np.dtype(dtype)), dtype)
    if weights.shape != shape:
        raise ValueError(f"the initializer was asked for shape {shape} and returned {weights.shape}")
    return weights


def count(number: Any, what: str) -> int:
    """``number`` as a whole number from 1 on.

    Parameters
    ----------
    number : int
    what : str
        What is counted, for messages.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If it is below 1.
    TypeError
        If it is not whole.

    Examples
    --------
    >>> from nn.initializers import count
    >>> count(3, "n_inputs")
    3
    """
    if isinstance(number, bool) or not isinstance(number, (int, np.integer)):
        raise TypeError(f"{what} is a whole number, got {type(number).__name__}: {number!r}")
    if number < 1:
        raise ValueError(f"{what} is at least 1, got {number}")
    return int(number)


globals()["__getattr__"] = _missing(__name__)
