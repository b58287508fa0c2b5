"""Gradients by complex arguments are PyTorch's, whatever the library; JAX's are their conjugates."""

from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import Value

Z = np.array([3.0 + 4.0j, -0.5 + 0.25j])


def f(z: Any) -> Any:
    return am.sum(am.abs(z) ** 2 + am.real(z * z * (1 - 2j)))


def by_hand(z: Any) -> Any:
    """|z|² has the gradient 2z, and Re(h(z)) that of a holomorphic h the conjugate of h'(z)."""
    return 2 * z + np.conj(2 * z * (1 - 2j))


@pytest.mark.parametrize("library", ["numpy", "torch", "jax.numpy"])
def test_the_gradient_points_uphill_in_every_library(library: str) -> None:
    xp = pytest.importorskip(library)
    z = xp.asarray(Z.astype(np.complex64))
    v = Value(z)
    f(v).backward()
    for g in (am.grad(f)(z), v.grad):
        assert type(g) is type(z)
        np.testing.assert_allclose(np.asarray(g), by_hand(Z), rtol=1e-5)


def test_torchs_gradient_is_ours() -> None:
    torch = pytest.importorskip("torch")
    z = torch.tensor(Z, requires_grad=True)
    (z.abs() ** 2 + (z * z * (1 - 2j)).real).sum().backward()
    np.testing.assert_allclose(am.grad(f)(Z), z.grad.numpy(), rtol=1e-14)


def test_jaxs_gradient_is_the_conjugate_of_ours() -> None:
    jax = pytest.importorskip("jax")
    z = Z.astype(np.complex64)
    theirs = jax.grad(lambda z: (abs(z) ** 2 + (z * z * (1 - 2j)).real).sum())(z)
    np.testing.assert_allclose(np.conj(am.grad(f)(z)), theirs, rtol=1e-5)
    g = np.array([1.0 + 2.0j, -3.0 + 0.5j], np.complex64)
    _, theirs_back = jax.vjp(lambda z: z * z, z)
    _, back = am.vjp(lambda z: z * z, z)
    np.testing.assert_allclose(np.conj(back(np.conj(g))), theirs_back(g)[0], rtol=1e-5)
    assert not np.allclose(back(g), theirs_back(g)[0])
