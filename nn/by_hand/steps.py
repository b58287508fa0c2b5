"""The three steps of backpropagation, a function each."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = np.ndarray[Any, Any]


def delta_of_last_layer(dC_da: Array, slope: Array) -> Array:
    """Step 1: the delta of the last layer, ``δᴸ = ∂C/∂aᴸ ⊙ f'(zᴸ)``.

    For scores under softmax and cross-entropy, ``∂C/∂aᴸ = (p − y) / N`` and ``f' = 1``, so that ``δᴸ = (p − y) / N``.

    Parameters
    ----------
    dC_da : array of shape (N, outputs)
        Derivative of the cost by the network's output.
    slope : array of shape (N, outputs)
        ``f'(zᴸ)``.

    Returns
    -------
    array of shape (N, outputs)

    Examples
    --------
    >>> import numpy as np
    >>> delta_of_last_layer(np.array([[2.0, -1.0]]), np.array([[0.5, 0.25]]))
    array([[ 1.  , -0.25]])
    """
    return dC_da * slope


def delta_passed_back(delta: Array, W: Array, slope: Array) -> Array:
    """Step 2: the delta of a layer from that of the next, ``δˡ = (δˡ⁺¹ · Wˡ⁺¹ᵀ) ⊙ f'(zˡ)``.

    Parameters
    ----------
    delta : array of shape (N, m)
        ``δˡ⁺¹``, of the layer after.
    W : array of shape (n, m)
        Weights of the layer after.
    slope : array of shape (N, n)
        ``f'(zˡ)``.

    Returns
    -------
    array of shape (N, n)

    Examples
    --------
    >>> import numpy as np
    >>> delta_passed_back(np.array([[2.0]]), np.array([[1.0], [3.0]]), np.array([[1.0, 0.5]]))
    array([[2., 3.]])
    """
    return np.asarray((delta @ W.T) * slope)


def derivatives(a: Array, delta: Array) -> tuple[Array, Array]:
    """Step 3: the derivatives from the delta, ``∂C/∂Wˡ = aˡ⁻¹ᵀ · δˡ`` and ``∂C/∂bˡ`` = the sum of the rows of ``δˡ``.

    Parameters
    ----------
    a : array of shape (N, n)
        ``aˡ⁻¹``, what the layer read.
    delta : array of shape (N, m)
        ``δˡ``.

    Returns
    -------
    dC_dW : array of shape (n, m)
    dC_db : array of shape (m,)

    Examples
    --------
    >>> import numpy as np
    >>> dC_dW, dC_db = derivatives(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0], [10.0]]))
    >>> dC_dW, dC_db
    (array([[31.],
           [42.]]), array([11.]))
    """
    return a.T @ delta, delta.sum(axis=0)
