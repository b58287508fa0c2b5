"""Products of vectors, matrices and stacks of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays import dtype_of, kind_of, library, shape_of
from ..arrays.labels import check_labels
from ..arrays.numpy import matmul as product
from ..operation import Operand, Rule, case, composed, primitive
from .arithmetic import multiply
from .elementwise import conjugated
from .joining import stack
from .reductions import sum as total
from .shapes import astype, expand_dims, moveaxis, ravel, reshape, swapaxes, transpose


def _flipped(x: Any) -> Any:
    return x.T if len(shape_of(x)) == 2 else swapaxes(x, -1, -2)


def _left(g: Any, out: Any, x: Any, y: Any) -> Any:
    """g · yᵀ, where a vector on either side counts as one row or one column."""
    if len(shape_of(y)) == 1:
        return (expand_dims(g, -1) if len(shape_of(x)) > 1 else g) * y
    if len(shape_of(x)) == 1:
        return product(y, expand_dims(g, -1))[..., 0]
    return product(g, _flipped(y))


def _right(g: Any, out: Any, x: Any, y: Any) -> Any:
    """xᵀ · g, where a vector on either side counts as one row or one column."""
    if len(shape_of(x)) == 1:
        return expand_dims(x, -1) * expand_dims(g, -2) if len(shape_of(y)) > 1 else g * x
    if len(shape_of(y)) == 1:
        return product(_flipped(x), expand_dims(g, -1))[..., 0]
    return product(_flipped(x), g)


@primitive(
    "{x}·{y}",
    Rule(_left, "{y}", "{g} · {y}ᵀ", linear=True),
    Rule(_right, "{x}", "{x}ᵀ · {g}", linear=True),
    cases=(
        case((2, 3), (3, 4)),
        case((3,), (3, 4)),
        case((2, 3), (3,)),
        case((3,), (3,)),
        case((2, 2, 3), (3, 4)),
        case((2, 3), (2, 3, 2)),
        case((2, 2, 3), (3,)),
        case((3,), (2, 3, 2)),
    ),
)
def matmul(x: Operand, y: Operand) -> Any:
    """Product of matrices, of a matrix and a vector, or of stacks of matrices, as ``x @ y``.

    Parameters
    ----------
    x : Value or array
        Of shape (..., n, k), or (k,) for a row.
    y : Value or array
        Of shape (..., k, m), or (k,) for a column.

    Returns
    -------
    Value if an operand is one, else number or array
        Of shape (..., n, m), without the axis that a vector lacks.

    Raises
    ------
    ValueError
        If an operand is a single number, or the inner dimensions differ; the message shows both shapes.

    Notes
    -----
    The gradient g becomes g · yᵀ for ``x`` and xᵀ · g for ``y``.

    References
    ----------
    M. B. Giles, "An extended collection of matrix derivative results for forward and reverse mode algorithmic
    differentiation", Oxford University Computing Laboratory report 08/01 (2008).

    Examples
    --------
    >>> import autograd_mini as am
    >>> W, x = am.Value([[1.0, 2.0], [3.0, 4.0]]), am.Value([1.0, 10.0])
    >>> y = am.matmul(W, x)
    >>> y
    Value([21., 43.], shape=(2,), op=matmul)
    >>> am.gradients(y, (W, x), gradient=[1.0, 0.0])
    (array([[ 1., 10.],
           [ 0.,  0.]]), array([1., 2.]))
    """
    a, b = shape_of(x), shape_of(y)
    if not a or not b:
        raise ValueError(f"matmul needs arrays, got shapes {a} and {b}; multiply a single number with *")
    if a[-1] != b[-2 if len(b) > 1 else 0]:
        raise ValueError(
            f"matmul cannot multiply shapes {a} and {b}: {a[-1]} columns meet {b[-2 if len(b) > 1 else 0]} rows"
        )
    return library(x, y).matmul(x, y)


def _rows(x: Any) -> Any:
    shape = shape_of(x)
    return x if len(shape) == 2 else reshape(x, (math.prod(shape[:-1]), shape[-1]))


@primitive(
    "{x}·{W} + {b}",
    Rule(lambda g, out, x, W, b: product(g, W.T), "{W}", "{g} · {W}ᵀ", jvp=lambda t, out, x, W, b: t @ W),
    Rule(lambda g, out, x, W, b: product(_rows(x).T, _rows(g)), "{x}", "{x}ᵀ · {g}", jvp=lambda t, out, x, W, b: x @ t),
    Rule(lambda g, out, x, W, b: g, "1", "{g}", jvp=lambda t, out, x, W, b: t),
    cases=(case((4, 2), (2, 3), (3,)), case((2,), (2, 3), (3,)), case((2, 4, 2), (2, 3), (3,))),
)
def linear(x: Operand, W: Operand, b: Operand) -> Any:
    """The pre-activations of a layer, ``x @ W + b``, with the weights written W[input][neuron].

    Parameters
    ----------
    x : Value or array
        Of shape (..., inputs).
    W : Value or array
        Of shape (inputs, neurons).
    b : Value or array
        Of shape (neurons,).

    Returns
    -------
    Value if an operand is one, else array
        Of shape (..., neurons).

    Raises
    ------
    ValueError
        If the shapes do not fit; the message shows them.

    Notes
    -----
    The gradient g becomes g · Wᵀ for ``x``, xᵀ · g for ``W``, and for ``b`` its sum over the rows.

    Examples
    --------
    >>> import autograd_mini as am
    >>> W, b = am.Value([[1.0, 2.0], [3.0, 4.0]]), am.Value([0.5, 0.5])
    >>> z = am.linear([1.0, -1.0], W, b)
    >>> z
    Value([-1.5, -1.5], shape=(2,), op=linear)
    >>> am.gradients(z.sum(), (W, b))
    (array([[ 1.,  1.],
           [-1., -1.]]), array([1., 1.]))
    """
    try:
        inputs, neurons = W.shape
        fits = x.shape[-1] == inputs and b.shape == (neurons,)
    except (AttributeError, IndexError, ValueError):  # numbers, and too few axes or too many
        fits = False
    if not fits:
        raise ValueError(
            f"linear needs x of shape (..., inputs), W of (inputs, neurons) and b of (neurons,), "
            f"got {shape_of(x)}, {shape_of(W)} and {shape_of(b)}"
        )
    out = library(x, W).matmul(x, W)
    if out.dtype == b.dtype:
        out += b
        return out
    return out + b


@composed(case((), (3,)), case((3,), (3,)), case((2, 3), (3, 4)), case((2, 3), (4, 3, 2)))
def dot(x: Operand, y: Operand) -> Any:
    """Dot product as NumPy's: of vectors, of matrices, or over the last axis of ``x`` and the second last of ``y``.

    Parameters
    ----------
    x, y : Value, number or array
        A number multiplies every entry of the other.

    Returns
    -------
    Value if an operand is one, else number or array

    Raises
    ------
    ValueError
        If the lengths of the axes differ; the message shows both shapes.

    Examples
    --------
    >>> import autograd_mini as am
    >>> w = am.Value([1.0, 2.0])
    >>> am.dot(w, [3.0, 4.0])
    Value(11, op=matmul)
    >>> am.gradients(am.dot(w, [3.0, 4.0]), w)
    array([3., 4.])
    """
    a, b = len(shape_of(x)), len(shape_of(y))
    if not a or not b:
        return multiply(x, y)
    return matmul(x, y) if b < 3 and a < 3 else tensordot(x, y, ((-1,), (-2 if b > 1 else -1,)))


@composed(case((2, 3), (4, 3)), case((3,), (3,)), case((), (3,)))
def inner(x: Operand, y: Operand) -> Any:
    """Sum of products over the last axis of both.

    Parameters
    ----------
    x, y : Value, number or array
        With last axes of one length; a number multiplies every entry of the other.

    Returns
    -------
    Value if an operand is one, else number or array
        Of shape ``x.shape[:-1] + y.shape[:-1]``.

    Raises
    ------
    ValueError
        If the lengths of the last axes differ; the message shows both shapes.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.inner([[1.0, 2.0], [3.0, 4.0]], [1.0, 10.0])
    array([21., 43.])
    """
    if not shape_of(x) or not shape_of(y):
        return multiply(x, y)
    check_labels("inner", (x, y))
    return tensordot(x, y, ((-1,), (-1,)))


@composed(case((2,), (3,)), case((2, 2), (3,)))
def outer(x: Operand, y: Operand) -> Any:
    """Every entry of ``x`` times every entry of ``y``: a matrix.

    Parameters
    ----------
    x, y : Value, number or array
        Taken as one row of entries each.

    Returns
    -------
    Value if an operand is one, else array
        Of shape (entries of ``x``, entries of ``y``).

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.outer([1.0, 2.0], [3.0, 4.0])
    array([[3., 4.],
           [6., 8.]])
    """
    return multiply(reshape(x, (-1, 1)), reshape(y, (1, -1)))


@composed(case((2, 3), (3, 4), axes=1), case((2, 3, 4), (4, 3), axes=((1, 2), (1, 0))), case((2,), (3,), axes=0))
def tensordot(x: Operand, y: Operand, axes: int | Sequence[Any] = 2) -> Any:
    """Sum of products over the given axes of both; a number means the last of ``x`` and the first of ``y``.

    Parameters
    ----------
    x, y : Value or array
    axes : int, or pair of int or of sequences of int
        How many axes, or which of ``x`` and which of ``y``; 2 by default.

    Returns
    -------
    Value if an operand is one, else number or array
        The remaining axes of ``x``, then those of ``y``.

    Raises
    ------
    ValueError
        If the lengths of the axes differ; the message shows both shapes.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_mini as am
    >>> am.tensordot(np.ones((2, 3, 4)), np.ones((4, 3, 5)), axes=((1, 2), (1, 0))).shape
    (2, 5)
    """
    a, b = shape_of(x), shape_of(y)
    if isinstance(axes, (int, np.integer)):
        if not 0 <= axes <= min(len(a), len(b)):
            raise ValueError(f"tensordot cannot sum over {axes} axes of shapes {a} and {b}")
        left: tuple[int, ...] = tuple(range(len(a) - axes, len(a)))
        right: tuple[int, ...] = tuple(range(axes))
    else:
        left = np.lib.array_utils.normalize_axis_tuple(axes[0], len(a))
        right = np.lib.array_utils.normalize_axis_tuple(axes[1], len(b))
    if [a[i] for i in left] != [b[i] for i in right]:
        raise ValueError(f"tensordot cannot sum over axes {axes} of shapes {a} and {b}: their lengths differ")
    free_a = tuple(i for i in range(len(a)) if i not in left)
    free_b = tuple(i for i in range(len(b)) if i not in right)
    inner_size = int(np.prod([a[i] for i in left], dtype=int))
    rows = reshape(transpose(x, free_a + left), (int(np.prod([a[i] for i in free_a], dtype=int)), inner_size))
    columns = reshape(transpose(y, right + free_b), (inner_size, int(np.prod([b[i] for i in free_b], dtype=int))))
    return reshape(matmul(rows, columns), tuple(a[i] for i in free_a) + tuple(b[i] for i in free_b))


@composed(case((2,), (3,)), case((2, 2), (3,)), case((1, 2), (2, 2, 1)), case((), (3,)))
def kron(x: Operand, y: Operand) -> Any:
    """Kronecker's product: every entry of ``x`` times the whole of ``y``, laid out as blocks.

    Parameters
    ----------
    x, y : Value, number or array
        The one with less axes gets axes of length 1 before its own.

    Returns
    -------
    Value if an operand is one, else array
        Each length is the product of theirs.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.kron([1.0, 10.0], [1.0, 2.0, 3.0])
    array([ 1.,  2.,  3., 10., 20., 30.])
    """
    a, b = shape_of(x), shape_of(y)
    ndim = max(len(a), len(b))
    a, b = (1,) * (ndim - len(a)) + a, (1,) * (ndim - len(b)) + b
    left = reshape(x, tuple(n for size in a for n in (size, 1)))
    right = reshape(y, tuple(n for size in b for n in (1, size)))
    return reshape(multiply(left, right), tuple(n * m for n, m in zip(a, b, strict=True)))


@composed(
    case((3,), (3,)),
    case((2, 3), (2, 3)),
    case((3, 2), (2, 3), axisa=0, axisc=0),
    case((4, 1, 3), (3,)),
    case((3, 2), (3, 2), axis=0),
)
def cross(x: Operand, y: Operand, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Any:
    """Cross product of vectors in space: perpendicular to both; of vectors in the plane, its only component.

    Parameters
    ----------
    x, y : Value or array
        Vectors of 2 or 3 components; the other axes broadcast together.
    axisa, axisb : int
        The axis of the components in ``x`` and in ``y``; the last by default.
    axisc : int
        The axis of the components in the result; the last by default.
    axis : int, optional
        One axis for all three.

    Returns
    -------
    Value if an operand is one, else array
        Two vectors in the plane give a number; a missing third component is 0.

    Raises
    ------
    ValueError
        If a vector has neither 2 components nor 3.

    Examples
    --------
    >>> import autograd_mini as am
    >>> x, y = am.Value([1.0, 0.0, 0.0]), am.Value([0.0, 1.0, 0.0])
    >>> am.cross(x, y)
    Value([0., 0., 1.], shape=(3,), op=transpose)
    """
    if axis is not None:
        axisa = axisb = axisc = axis
    check_labels("cross", (x, y))
    a, b = moveaxis(x, axisa, 0), moveaxis(y, axisb, 0)
    if not {shape_of(a)[0], shape_of(b)[0]} <= {2, 3}:
        raise ValueError(f"cross takes vectors of 2 or 3 components, got shapes {shape_of(x)} and {shape_of(y)}")
    a0, a1, b0, b1 = a[0, ...], a[1, ...], b[0, ...], b[1, ...]
    last = a0 * b1 - a1 * b0
    if shape_of(a)[0] == shape_of(b)[0] == 2:
        return last
    a2 = a[2, ...] if shape_of(a)[0] == 3 else 0.0 * a0
    b2 = b[2, ...] if shape_of(b)[0] == 3 else 0.0 * b0
    return moveaxis(stack([a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, last]), 0, axisc)


@composed(case((3,), (3,)), case((2, 3), (2, 3)), case((), ()))
def vdot(x: Operand, y: Operand) -> Any:
    """Sum of the products of all entries, with those of ``x`` conjugated.

    Parameters
    ----------
    x, y : Value, number or array
        With as many entries.

    Returns
    -------
    Value if an operand is one, else number

    Raises
    ------
    ValueError
        If there are not as many entries; the message shows both shapes.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.vdot(am.Value([1.0, 2.0]), [3.0, 4.0])
    Value(11, op=matmul)
    """
    if not shape_of(x) and not shape_of(y):
        return multiply(conjugated(x), y)
    check_labels("vdot", (x, y))
    return matmul(conjugated(ravel(x)), ravel(y))


@composed(case((3,), (3,)), case((2, 3), (3,)), case((3, 2), (3, 1), axis=0))
def vecdot(x: Operand, y: Operand, /, *, axis: int = -1) -> Any:
    """Sum of products along one axis, with the entries of ``x`` conjugated.

    Parameters
    ----------
    x, y : Value or array
        Vectors of one length along the axis; the other axes broadcast together.
    axis : int
        The last by default.

    Returns
    -------
    Value if an operand is one, else number or array

    Raises
    ------
    ValueError
        If the vectors differ in length; the message shows both shapes.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.vecdot(am.Value([[1.0, 2.0], [3.0, 4.0]]), [1.0, 10.0])
    Value([21., 43.], shape=(2,), op=sum)
    """
    check_labels("vecdot", (x, y))
    a, b = moveaxis(x, axis, -1), moveaxis(y, axis, -1)
    _same_length("vecdot", shape_of(a)[-1], shape_of(b)[-1], x, y)
    products = multiply(conjugated(a), b)
    out = total(products, axis=-1)
    return out if kind_of(out) in "fc" else astype(out, dtype_of(products))  # whole numbers wrap, as in NumPy


@composed(case((2, 3), (3,)), case((4, 2, 3), (4, 3)))
def matvec(x: Operand, y: Operand, /) -> Any:
    """Matrices times vectors.

    Parameters
    ----------
    x : Value or array
        Of shape (..., n, k).
    y : Value or array
        Of shape (..., k); the other axes broadcast together.

    Returns
    -------
    Value if an operand is one, else array
        Of shape (..., n).

    Raises
    ------
    ValueError
        If the lengths differ; the message shows both shapes.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.matvec([[1.0, 2.0], [3.0, 4.0]], [1.0, 10.0])
    array([21., 43.])
    """
    _same_length("matvec", shape_of(x)[-1], shape_of(y)[-1], x, y)
    return matmul(x, expand_dims(y, -1))[..., 0]


@composed(case((3,), (3, 2)), case((4, 3), (4, 3, 2)))
def vecmat(x: Operand, y: Operand, /) -> Any:
    """Vectors, conjugated, times matrices.

    Parameters
    ----------
    x : Value or array
        Of shape (..., k).
    y : Value or array
        Of shape (..., k, m); the other axes broadcast together.

    Returns
    -------
    Value if an operand is one, else array
        Of shape (..., m).

    Raises
    ------
    ValueError
        If the lengths differ; the message shows both shapes.

    Examples
    --------
    >>> import autograd_mini as am
    >>> am.vecmat([1.0, 10.0], [[1.0, 2.0], [3.0, 4.0]])
    array([31., 42.])
    """
    _same_length("vecmat", shape_of(x)[-1], shape_of(y)[-2], x, y)
    return matmul(expand_dims(conjugated(x), -2), y)[..., 0, :]


def _same_length(name: str, n: int, m: int, x: Any, y: Any) -> None:
    if n != m:
        raise ValueError(f"{name} of shapes {shape_of(x)} and {shape_of(y)}: lengths {n} and {m} differ")
