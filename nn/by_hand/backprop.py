"""The steps put together: from the weights of a network to all derivatives of its cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..activations import ACTIVATIONS as FUNCTIONS
from ..layers import Layer
from ..losses import LOSSES as LOSS_FUNCTIONS, get_loss
from ..mlp import MLP
from .gradients import ManualGradients
from .inputs import checked_layers, checked_target, find, name_of
from .steps import Array, delta_of_last_layer, delta_passed_back, derivatives
from .tables import ACTIVATIONS, LOSSES


def backprop(
    weights: Sequence[Any],
    biases: Sequence[Any],
    X: Any,
    Y: Any,
    *,
    activation: str = "tanh",
    output_activation: str | None = None,
    loss: str = "mse",
) -> ManualGradients:
    """All derivatives of a network's cost, by the three steps of backpropagation in plain NumPy.

    Parameters
    ----------
    weights : sequence of arrays of shape (inputs, neurons)
        One matrix a layer, written W[input][neuron].
    biases : sequence of arrays of shape (neurons,)
        One row a layer; None for a layer without.
    X : array of shape (N, inputs)
        One sample a row.
    Y : array
        The targets, in the shape of the output; for "cross_entropy" the number of the right class of each row.
    activation : str
        What the layers but the last apply: linear, step, sigmoid, tanh, relu, leaky_relu, elu, gelu, silu or softplus.
    output_activation : str, optional
        What the last layer applies; None is linear.
    loss : str
        mse, binary_cross_entropy, binary_cross_entropy_with_logits or cross_entropy, the mean, as in ``nn.losses``.
        Cross-entropy takes scores: softmax is part of it.

    Returns
    -------
    ManualGradients
        The gradients by name (W1, b1, W2, ...), with every delta and activation on the way.

    Raises
    ------
    ValueError
        For shapes that do not fit, an empty batch, classes out of range and names that do not exist.
    TypeError
        For classes that are not whole numbers.

    References
    ----------
    D. E. Rumelhart, G. E. Hinton, R. J. Williams. Learning representations by back-propagating errors. Nature 323,
    1986.

    Examples
    --------
    >>> manual = backprop([[[0.5], [-1.0]]], [[0.0]], X=[[1.0, 2.0]], Y=[[1.0]])
    >>> manual["W1"], manual["b1"]
    (array([[ -5.],
           [-10.]]), array([-5.]))
    """
    find("activation", ACTIVATIONS, activation)  # a single layer does not use it, and a misspelt name is still an error
    names = [activation] * (len(weights) - 1) + [output_activation or "linear"]
    return _backprop(weights, biases, X, Y, names, loss)


def backprop_of(model: Any, X: Any, Y: Any, loss: Any = "mse") -> ManualGradients:
    """The derivatives of an ``MLP``'s cost by hand, to be compared with those of its graph.

    Parameters
    ----------
    model : MLP
        A tensor build. Its weights and the names of its activations are read; nothing is changed.
    X, Y : array
        Samples and targets, as for ``backprop``.
    loss : str or callable
        A name or a function of ``nn.losses`` that ``backprop`` knows.

    Returns
    -------
    ManualGradients

    Raises
    ------
    TypeError
        If the model is no MLP of matrices.
    ValueError
        For activations and losses whose derivative is not in the table, and as for ``backprop``.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd_mini import compare_gradients
    >>> from nn import MLP, backprop_of, mse_loss
    >>> X, Y = np.array([[0.0, 1.0], [1.0, 1.0]]), np.array([[1.0], [0.0]])
    >>> mlp = MLP(2, [3, 1], seed=0)
    >>> bool(compare_gradients(mse_loss(mlp(X), Y), backprop_of(mlp, X, Y)))
    True
    """
    if not isinstance(model, MLP) or model.scalar:
        what = "an MLP of scalar neurons" if isinstance(model, MLP) else type(model).__name__
        raise TypeError(
            f"backprop_of reads an MLP of matrices, got {what}; build it without scalar=True (the same seed gives the "
            "same weights), or pass the matrices to backprop"
        )
    layers = [layer for layer in model if isinstance(layer, Layer)]
    names = [name_of("activation", FUNCTIONS, layer.activation) for layer in layers]
    weights = [layer.W.raw for layer in layers]
    biases = [None if layer.b is None else layer.b.raw for layer in layers]
    return _backprop(weights, biases, X, Y, names, name_of("loss", LOSS_FUNCTIONS, get_loss(loss)))


def _backprop(
    weights: Sequence[Any], biases: Sequence[Any], X: Any, Y: Any, names: Sequence[str], loss: str
) -> ManualGradients:
    Ws, bs, X = checked_layers(weights, biases, X)
    functions = [find("activation", ACTIVATIONS, name) for name in names]
    cost = find("loss", LOSSES, loss)

    zs: list[Array] = []
    activations = [X]
    for W, b, function in zip(Ws, bs, functions, strict=True):
        zs.append(activations[-1] @ W + (0 if b is None else b))
        activations.append(function.f(zs[-1]))
    *inputs, output = activations
    Y = checked_target(cost, loss, output, Y)
    slopes = [function.slope(z, a) for function, z, a in zip(functions, zs, activations[1:], strict=True)]

    deltas = [delta_of_last_layer(cost.slope(output, Y), slopes[-1])]
    for W, slope in zip(reversed(Ws[1:]), reversed(slopes[:-1]), strict=True):
        deltas.insert(0, delta_passed_back(deltas[0], W, slope))

    gradients = {}
    for layer, (a, delta, b) in enumerate(zip(inputs, deltas, bs, strict=True), 1):
        gradients[f"W{layer}"], dC_db = derivatives(a, delta)
        if b is not None:
            gradients[f"b{layer}"] = dC_db
    return ManualGradients(
        gradients, tuple(deltas), tuple(zs), tuple(activations), cost.value(output, Y), loss, tuple(names)
    )
