"""A million terms of float32 keep their digits, however they are added up: forward, in gradients and in tangents.

The truth is the same function of the same numbers in float64. Equal terms are the hardest: their errors all go one way.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini.arrays import numpy as table
from autograd_mini.arrays.long_sums import einsum_in_blocks, matmul_in_blocks, sum_in_blocks

MANY = 10**6 + 77

Shapes = tuple[tuple[int, ...], ...]

CONTRACTIONS: dict[str, tuple[Callable[..., Any], Shapes]] = {
    "matmul to one": (am.matmul, ((MANY, 1), (1, 1))),
    "matmul to three": (am.matmul, ((MANY, 1), (1, 3))),
    "matmul of three": (am.matmul, ((MANY, 3), (3, 1))),
    "matmul by a vector": (am.matmul, ((MANY, 3), (3,))),
    "a vector by matmul": (am.matmul, ((2,), (2, MANY))),
    "matmul of a stack": (am.matmul, ((2, MANY, 1), (1, 2))),
    "matmul of rows": (am.matmul, ((2, MANY), (MANY, 1))),
    "dot": (am.dot, ((MANY,), (MANY,))),
    "linear": (am.linear, ((MANY, 1), (1, 3), (3,))),
    "einsum": (lambda x, y: am.einsum("ni,ij->nj", x, y), ((MANY, 2), (2, 2))),
    "einsum of rows": (lambda x, y: am.einsum("in,nj->ij", x, y), ((1, MANY), (MANY, 2))),
    "einsum with dots": (lambda x, y: am.einsum("n...,n->...", x, y), ((MANY, 2), (MANY,))),
    "tensordot": (lambda x, y: am.tensordot(x, y, ((0,), (0,))), ((MANY, 2), (MANY, 1))),
    "inner": (am.inner, ((1, MANY), (2, MANY))),
    "sum in the middle": (lambda x: am.sum(x, 1), ((2, MANY, 2),)),
    "mean over both ends": (lambda x: am.mean(x, (0, 2)), ((MANY, 2, 2),)),
    "softmax": (lambda x: am.softmax(x, 1)[:, :1] * float(MANY), ((2, MANY, 2),)),
    "logsumexp": (lambda x: am.logsumexp(x, 1), ((2, MANY, 2),)),
    "product with a number": (am.multiply, ((MANY, 1, 2), (1, 1, 1))),
}


def filled(shape: tuple[int, ...]) -> Any:
    return np.full(shape, 0.1, np.float32)


def everything(f: Callable[..., Any], xs: list[Any]) -> list[Any]:
    """Result, tangent and gradients."""
    y, pullback = am.vjp(f, *xs)
    gradient = pullback(np.ones_like(y))
    return [y, am.jvp(f, xs, xs)[1], *(gradient if isinstance(gradient, tuple) else (gradient,))]


@pytest.mark.parametrize("name", CONTRACTIONS)
def test_a_million_terms(name: str) -> None:
    f, shapes = CONTRACTIONS[name]
    xs = [filled(shape) for shape in shapes]
    for part, truth in zip(everything(f, xs), everything(f, [x.astype(np.float64) for x in xs]), strict=True):
        assert part.dtype == np.float32
        np.testing.assert_allclose(part, truth, rtol=1e-4, atol=1e-7)


def test_a_stretched_gradient() -> None:
    """By hand: the gradient of one weight is the sum of its million inputs of 0.1."""
    x = np.full((10**6, 1), 0.1, np.float32)
    for columns in (1, 3):
        g = am.grad(lambda W: am.sum(x @ W))(np.ones((1, columns), np.float32))
        np.testing.assert_allclose(g, 100_000.0, rtol=1e-4)


PRODUCTS: list[tuple[tuple[int, ...], tuple[int, ...]]] = [
    ((1, 20_000), (20_000, 1)),
    ((20_000,), (20_000, 2)),
    ((3, 20_000), (20_000,)),
    ((140_000,), (140_000,)),
    ((2, 1, 20_000), (20_000, 2)),
    ((20_000,), (2, 20_000, 2)),
    ((2, 2, 20_000), (2, 20_000, 1)),
    ((0, 20_000), (20_000, 2)),
]


@pytest.mark.parametrize("kind", ["f", "F"])
@pytest.mark.parametrize("shapes", PRODUCTS, ids=str)
def test_products_in_blocks_are_numpys(shapes: Shapes, kind: str, rng: np.random.Generator) -> None:
    """In value, shape, dtype and type; columns and stretched data too."""
    x, y = (rng.uniform(0.5, 1.5, shape).astype(kind) * (1j if kind == "F" else 1) for shape in shapes)
    for a, b in ((x, y), (np.asfortranarray(x), y[::-1]), (x, np.broadcast_to(y.dtype.type(0.5), y.shape))):
        own, theirs = matmul_in_blocks(a, b), np.matmul(a, b)
        assert (type(own), own.dtype, own.shape) == (type(theirs), theirs.dtype, theirs.shape)
        np.testing.assert_allclose(own, np.matmul(a.astype("D"), b.astype("D")), rtol=1e-4)


SUBSCRIPTS: dict[str, Shapes] = {
    "ij,ij->": ((17_000, 2), (17_000, 2)),
    "ij,ij": ((17_000, 2), (1, 2)),
    "i,i": ((17_000,), (17_000,)),
    "ij,ik->kj": ((17_000, 2), (17_000, 3)),
    "...ij,ik": ((2, 17_000, 2), (17_000, 3)),
    "i...,...i->...": ((17_000, 2), (2, 17_000)),
    "ni,nj,nk->ijk": ((17_000, 1), (17_000, 2), (17_000, 2)),
    "ii,n->i": ((3, 3), (17_000,)),
    "i->i": ((17_000,),),
}


@pytest.mark.parametrize("subscripts", SUBSCRIPTS)
def test_einsums_in_blocks_are_numpys(subscripts: str, rng: np.random.Generator) -> None:
    operands = [rng.uniform(0.5, 1.5, shape).astype("f") for shape in SUBSCRIPTS[subscripts]]
    own, theirs = einsum_in_blocks(subscripts, operands, optimize=False), np.einsum(subscripts, *operands)
    assert (type(own), own.dtype, own.shape) == (type(theirs), theirs.dtype, theirs.shape)
    np.testing.assert_allclose(own, np.einsum(subscripts, *(x.astype("d") for x in operands)), rtol=1e-4)


@pytest.mark.parametrize("axes", [(0,), (1,), (0, 1), (0, 2), (1, 2), (2,), (0, 1, 2)])
def test_sums_in_blocks_are_numpys(axes: tuple[int, ...], rng: np.random.Generator) -> None:
    for shape in ((2, 17_000, 3), (17_000, 2, 3)):
        x = rng.uniform(0.5, 1.5, shape).astype("f")
        for keepdims in (False, True):
            for own in (sum_in_blocks(x, axes, keepdims), table.sum(x, axes, keepdims)):
                theirs = np.sum(x.astype("d"), axes, keepdims=keepdims)
                assert np.shape(own) == np.shape(theirs)
                np.testing.assert_allclose(own, theirs, rtol=1e-4)
