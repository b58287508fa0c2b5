"""Data for training: checked arrays, mini-batches, and a part kept aside."""

from __future__ import annotations

from collections.abc import Iterator
from numbers import Real
from typing import Any

import numpy as np

from autograd_mini import Value
from autograd_mini.arrays import check_bare, check_items
from autograd_mini.arrays.labels import check_rows

Array = np.ndarray[Any, Any]


def as_array(data: Any, name: str) -> Array:
    """Numbers with one sample a row, as an array; ``name`` is what messages call it.

    Raises
    ------
    TypeError
        For anything but numbers, and for Values and masked arrays, which would lose their graph or mask.
    ValueError
        For ragged lists and for a single number, which has no rows.
    """
    if isinstance(data, Value):
        raise TypeError(f"{name} is data, got a Value: pass {name}.numpy()")
    if isinstance(data, np.ma.MaskedArray):
        raise TypeError(f"{name} is a masked array, and its mask would be lost: pass {name}.filled(value)")
    if isinstance(data, np.ndarray):
        check_bare(type(data))
    elif isinstance(data, (list, tuple)):
        check_items(data)
    try:
        array = np.asarray(data)
    except ValueError as error:
        raise ValueError(f"{name} is no array: {error}") from None
    if array.dtype.kind not in "fiubc":
        raise TypeError(f"{name} must hold numbers, got {type(data).__name__} of dtype {array.dtype}")
    if array.ndim == 0:
        raise ValueError(f"{name} must have one sample a row, got the single number {array}")
    return array


def as_samples(X: Any, y: Any, prefix: str = "") -> tuple[Array, Array | None]:
    """``X`` and ``y`` as arrays of equal length, at least 1; ``y`` may be None.

    Raises
    ------
    TypeError, ValueError
        As ``as_array``; and ValueError if there are no samples, or not as many targets.
    """
    check_rows(X, y)
    inputs = as_array(X, f"{prefix}X")
    if not len(inputs):
        raise ValueError(f"{prefix}X holds no samples: its shape is {inputs.shape}")
    if y is None:
        return inputs, None
    targets = as_array(y, f"{prefix}y")
    if len(targets) != len(inputs):
        raise ValueError(
            f"{prefix}X has {len(inputs)} samples and {prefix}y has {len(targets)}: "
            f"their shapes are {inputs.shape} and {targets.shape}"
        )
    return inputs, targets


def as_count(value: Any, name: str, low: int) -> int:
    """``value`` as an int of at least ``low``, or ValueError that quotes it."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < low:
        raise ValueError(f"{name} must be a whole number from {low}, got {value!r}")
    return int(value)


def batches(
    X: Any,
    y: Any = None,
    batch_size: int = 32,
    *,
    shuffle: bool = True,
    rng: np.random.Generator | int | None = None,
    drop_last: bool = False,
) -> Iterator[tuple[Any, Any]]:
    """Go through the samples once, a few at a time.

    Parameters
    ----------
    X : array, shape (samples, ...)
        The inputs, one sample a row.
    y : array, shape (samples, ...), optional
        The targets.
    batch_size : int
        How many samples a batch has; the last one may have fewer.
    shuffle : bool
        Whether the samples come in random order. If not, the batches are views of the arrays.
    rng : numpy.random.Generator or int, optional
        What draws the order: a generator, or a seed.
    drop_last : bool
        Leave out a last batch that is not full.

    Returns
    -------
    iterator of tuple
        ``(X, y)`` of each batch; its ``y`` is None if there are no targets.

    Raises
    ------
    ValueError
        If there are no samples, not as many targets, or ``batch_size`` is no whole number from 1.
    TypeError
        If ``X`` or ``y`` holds anything but numbers.

    Examples
    --------
    >>> from nn import batches
    >>> for x, y in batches([[1.0], [2.0], [3.0]], [10, 20, 30], batch_size=2, shuffle=False):
    ...     print(x.tolist(), y)
    [[1.0], [2.0]] [10 20]
    [[3.0]] [30]
    """
    inputs, targets = as_samples(X, y)
    size = as_count(batch_size, "batch_size", 1)
    order = np.random.default_rng(rng).permutation(len(inputs)) if shuffle else None
    return _batches(inputs, targets, size, order, len(inputs) - (len(inputs) % size if drop_last else 0))


def _batches(X: Array, y: Array | None, size: int, order: Array | None, end: int) -> Iterator[tuple[Any, Any]]:
    for start in range(0, end, size):
        stop = start + size
        if order is None:
            yield X[start:stop], None if y is None else y[start:stop]
        else:  # take is faster than an index
            rows = order[start:stop]
            yield X.take(rows, axis=0), None if y is None else y.take(rows, axis=0)


def train_test_split(
    X: Any, y: Any = None, test_size: float = 0.2, *, seed: int | np.random.Generator | None = None
) -> tuple[Any, Any, Any, Any]:
    """Set samples aside at random, to test or validate with.

    Parameters
    ----------
    X : array, shape (samples, ...)
        The inputs, one sample a row.
    y : array, shape (samples, ...), optional
        The targets.
    test_size : float
        The share set aside, between 0 and 1.
    seed : int or numpy.random.Generator, optional
        The same seed sets the same samples aside.

    Returns
    -------
    tuple
        ``X_train, X_test, y_train, y_test``; the latter two are None if there are no targets.

    Raises
    ------
    ValueError
        If ``test_size`` is not between 0 and 1, or one of the two parts would be empty.

    Examples
    --------
    >>> import numpy as np
    >>> from nn import train_test_split
    >>> X_train, X_test, y_train, y_test = train_test_split(np.eye(5), range(5), 0.4, seed=0)
    >>> X_train.shape, y_test.shape
    ((3, 5), (2,))
    """
    inputs, targets = as_samples(X, y)
    if not isinstance(test_size, Real) or not 0 < test_size < 1:
        raise ValueError(f"the share of samples set aside must be between 0 and 1, got {test_size!r}")
    aside = round(len(inputs) * test_size)
    if not 0 < aside < len(inputs):
        raise ValueError(
            f"a share of {test_size} of {len(inputs)} samples leaves {len(inputs) - aside} and sets {aside} aside"
        )
    order = np.random.default_rng(seed).permutation(len(inputs))
    train, test = order[aside:], order[:aside]
    if targets is None:
        return inputs[train], inputs[test], None, None
    return inputs[train], inputs[test], targets[train], targets[test]
