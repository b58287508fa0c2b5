"""Layers of convolutional networks: convolution, pooling, and the step from pictures to rows of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import autograd_mini as am
from autograd_mini import Value

from .activations import Activation, get_activation, name_of
from .initializers import Initializer, count, generator, get_initializer
from .layers import in_dtype
from .module import Module, Parameter
from .neuron import activated


class Conv(Module):
    """Convolution over one, two or more axes: every neuron looks at a small window, the same way everywhere.

    Parameters
    ----------
    n_inputs, n_neurons : int
        How many channels it reads and gives.
    kernel : int or sequence of int
        Lengths of the window, one for each axis; a single number means a square one over the two axes of a picture.
    activation : str or callable, optional
        A name from ``nn.activations``, or a function of one Value; None is ``linear``.
    stride, dilation : int or sequence of int
        As in ``autograd_mini.conv``; 1 by default.
    padding : int, "valid", "same", or sequence of int or of pairs of int
        As in ``autograd_mini.conv``; 0 by default.
    groups : int
        The channels fall into so many groups that do not see each other; 1 by default.
    bias : bool
        Whether there is a bias ``b``; without it ``b`` is None.
    seed : int, optional
        The same seed gives the same weights.
    rng : numpy.random.Generator, optional
        A generator to draw from, instead of a seed.
    initializer : str or callable, optional
        A name from ``nn.initializers`` or ``f(rng, shape, dtype)``, asked for the shape (*kernel, inputs, neurons); by
        default the one that suits the activation. The bias begins at 0.
    dtype : dtype
        "float64" by default, "float32" on request. Plain arrays of numbers that come in are cast to it.
    label : str
        What follows the names W, b, Z and A in pictures.

    Attributes
    ----------
    W : Parameter
        Shape ``(n_neurons, n_inputs / groups, *kernel)``.
    b : Parameter or None
        Shape (n_neurons,).

    Raises
    ------
    ValueError
        For an unknown name, a number below 1, or groups that do not divide the channels.

    Examples
    --------
    >>> import numpy as np
    >>> from nn import Conv
    >>> conv = Conv(1, 8, 3, "relu", padding="same", seed=0)
    >>> conv
    Conv(1→8, 3×3, padding=same, relu), 80 parameters: W (8, 1, 3, 3), b (8,)
    >>> conv(np.zeros((5, 1, 28, 28))).shape
    (5, 8, 28, 28)
    """

    W: Parameter
    b: Parameter | None

    def __init__(  # noqa: PLR0913 (options of two kinds: of the convolution, and of every layer)
        self,
        n_inputs: int,
        n_neurons: int,
        kernel: int | Sequence[int],
        activation: str | Activation | None = None,
        *,
        stride: int | Sequence[int] = 1,
        padding: int | str | Sequence[Any] = 0,
        dilation: int | Sequence[int] = 1,
        groups: int = 1,
        bias: bool = True,
        seed: Any = None,
        rng: np.random.Generator | None = None,
        initializer: str | Initializer | None = None,
        dtype: Any = "float64",
        label: str = "",
    ) -> None:
        sizes = (kernel, kernel) if isinstance(kernel, (int, np.integer)) else tuple(kernel)
        lengths = tuple(count(k, "a length of the kernel") for k in sizes)
        channels, neurons = count(n_inputs, "n_inputs"), count(n_neurons, "n_neurons")
        if channels % count(groups, "groups") or neurons % groups:
            raise ValueError(f"groups={groups} must divide both {channels} inputs and {neurons} neurons")
        if np.dtype(dtype).kind != "f":
            raise TypeError(f"dtype is a floating one, such as 'float64' or 'float32', got {np.dtype(dtype).name!r}")
        self.activation = get_activation(activation)
        shape = (*lengths, channels // groups, neurons)
        drawn = get_initializer(initializer, self.activation)(generator(seed, rng), shape, np.dtype(dtype))
        drawn = np.asarray(drawn, dtype)
        if drawn.shape != shape:
            raise ValueError(f"the initializer was asked for shape {shape} and returned {drawn.shape}")
        self.W = Parameter(np.moveaxis(drawn, (-1, -2), (0, 1)), name=f"W{label}")
        self.b = Parameter(np.zeros(neurons, dtype), name=f"b{label}") if bias else None
        self.stride, self.padding, self.dilation, self.groups = stride, padding, dilation, groups
        self._sum_name, self._result_name = f"Z{label}", f"A{label}"

    def describe(self) -> str:
        """Channels, window, what is not by default, and activation."""
        n_neurons, n_inputs, *kernel = self.W.shape
        defaults = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}
        changed = [f"{name}={getattr(self, name)}" for name, usual in defaults.items() if getattr(self, name) != usual]
        channels, window = f"{n_inputs * self.groups}→{n_neurons}", "×".join(map(str, kernel))
        return f"Conv({', '.join([channels, window, *changed, name_of(self.activation)])})"

    def forward(self, x: Any) -> Value:
        """The layer's output.

        Parameters
        ----------
        x : array, Value or nested list of shape ``(batch, n_inputs, *size)``

        Returns
        -------
        Value
            Of shape ``(batch, n_neurons, *places)``.

        Raises
        ------
        ValueError
            If the shape does not fit; the message shows it.
        """
        x = x if isinstance(x, Value) else in_dtype(x, self.W.dtype)
        z = am.conv(x, self.W, self.b, self.stride, self.padding, self.dilation, self.groups)
        return activated(self.activation, z, self._sum_name, self._result_name)


class _Pool(Module):
    """What the two kinds of pooling share: their options and how they are shown."""

    def __init__(
        self,
        kernel: int | Sequence[int],
        stride: int | Sequence[int] | None = None,
        padding: int | str | Sequence[Any] = 0,
        dilation: int | Sequence[int] = 1,
        ceil_mode: bool = False,
    ) -> None:
        self.kernel, self.stride, self.padding, self.dilation = kernel, stride, padding, dilation
        self.ceil_mode = ceil_mode

    def describe(self) -> str:
        """The window, and what is not by default."""
        defaults = {"stride": None, "padding": 0, "dilation": 1, "count_include_pad": True, "ceil_mode": False}
        options = {name: getattr(self, name, usual) for name, usual in defaults.items()}
        changed = [f"{name}={item}" for name, item in options.items() if item != defaults[name]]
        return f"{type(self).__name__}({', '.join([str(self.kernel), *changed])})"


class MaxPool(_Pool):
    """The largest entry of each window, ``autograd_mini.max_pool`` as a layer.

    Parameters
    ----------
    kernel : int or sequence of int
        Lengths of the window.
    stride : int or sequence of int, optional
        Steps between windows; the kernel by default.
    padding : int, "valid", "same", or sequence of int or of pairs of int
        0 by default.
    dilation : int or sequence of int
        1 by default.
    ceil_mode : bool
        Whether a last window may reach over the end; False by default.

    Examples
    --------
    >>> import numpy as np
    >>> from nn import MaxPool
    >>> MaxPool(2)(np.zeros((5, 8, 28, 28))).shape
    (5, 8, 14, 14)
    """

    def forward(self, x: Any) -> Any:
        """The largest entries.

        Parameters
        ----------
        x : array, Value or nested list of shape ``(batch, channels, *size)``

        Returns
        -------
        Value if ``x`` is one, else array
            Of shape ``(batch, channels, *places)``.
        """
        return am.max_pool(x, self.kernel, self.stride, self.padding, self.dilation, self.ceil_mode)


class AvgPool(_Pool):
    """The mean of each window, ``autograd_mini.avg_pool`` as a layer.

    Parameters
    ----------
    kernel : int or sequence of int
        Lengths of the window.
    stride : int or sequence of int, optional
        Steps between windows; the kernel by default.
    padding : int, "valid", "same", or sequence of int or of pairs of int
        0 by default.
    dilation : int or sequence of int
        1 by default.
    count_include_pad : bool
        Whether the zeros of the padding count as entries; True by default.
    ceil_mode : bool
        Whether a last window may reach over the end; False by default.

    Examples
    --------
    >>> import numpy as np
    >>> from nn import AvgPool
    >>> AvgPool(4, stride=2)(np.zeros((5, 8, 28, 28))).shape
    (5, 8, 13, 13)
    """

    def __init__(
        self,
        kernel: int | Sequence[int],
        stride: int | Sequence[int] | None = None,
        padding: int | str | Sequence[Any] = 0,
        dilation: int | Sequence[int] = 1,
        count_include_pad: bool = True,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__(kernel, stride, padding, dilation, ceil_mode)
        self.count_include_pad = count_include_pad

    def forward(self, x: Any) -> Any:
        """The means.

        Parameters
        ----------
        x : array, Value or nested list of shape ``(batch, channels, *size)``

        Returns
        -------
        Value if ``x`` is one, else array
            Of shape ``(batch, channels, *places)``.
        """
        return am.avg_pool(
            x, self.kernel, self.stride, self.padding, self.dilation, self.count_include_pad, self.ceil_mode
        )


class Flatten(Module):
    """Every example as one row of numbers, for the layers that follow.

    Examples
    --------
    >>> import numpy as np
    >>> from nn import Flatten
    >>> Flatten()(np.zeros((5, 8, 4, 4))).shape
    (5, 128)
    """

    def forward(self, x: Any) -> Any:
        """The rows.

        Parameters
        ----------
        x : array or Value of shape (batch, ...)

        Returns
        -------
        Value if ``x`` is one, else array
            Of shape (batch, entries of an example).
        """
        shape = np.shape(x)
        return am.reshape(x, (shape[0], int(np.prod(shape[1:], dtype=int))))
