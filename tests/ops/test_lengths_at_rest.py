"""The square of a length is smooth where the length is 0: every way to its second derivatives says so.

The truth is the same function written without a length; where the whole is not smooth, ``jvp`` of the gradient.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import grad, hvp, jvp, linearize, vmap

ZERO = np.zeros(2)
V, U = np.array([1.0, 2.0]), np.array([3.0, -1.0])

SMOOTH: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "norm": (lambda x: am.norm(x) ** 2, lambda x: am.sum(x * x)),
    "frobenius": (lambda x: am.norm(x.reshape(1, 2), "fro") ** 2, lambda x: am.sum(x * x)),
    "rows": (
        lambda x: am.sum(am.norm(x.reshape(1, 2) * np.array([[1.0], [0.0]]), axis=1) ** 2),
        lambda x: am.sum(x * x),
    ),
    "std": (lambda x: am.std(x) ** 2, am.var),
    "hypot": (lambda x: am.hypot(x[0], x[1]) ** 2, lambda x: am.sum(x * x)),
    "abs": (lambda x: am.sum(am.abs(x) ** 2), lambda x: am.sum(x * x)),
    "complex abs": (lambda x: am.abs(x[0] + 1j * x[1]) ** 2, lambda x: am.sum(x * x)),
    "beside others": (
        lambda x: am.norm(x) ** 2 * am.exp(x[0]) + am.sum(am.sin(x + 1.0)),
        lambda x: am.sum(x * x) * am.exp(x[0]) + am.sum(am.sin(x + 1.0)),
    ),
}
OF_THE_LENGTH = {"norm": am.norm, "norm and square": lambda x: am.norm(x) + am.norm(x) ** 2 + am.sum(am.abs(x))}

WAYS: dict[str, Callable[..., Any]] = {
    "hvp": lambda f, x: hvp(f, x, V) @ U,
    "hvp of a tuple": lambda f, x: hvp(f, (x,), (V,))[0] @ U,
    "jvp of jvp": lambda f, x: jvp(lambda x: jvp(f, x, V)[1], x, U)[1],
    "grad of jvp": lambda f, x: grad(lambda x: jvp(f, x, V)[1])(x) @ U,
    "grad of linearize": lambda f, x: grad(lambda x: linearize(f, x)[1](V))(x) @ U,
    "vmap of hvp": lambda f, x: vmap(lambda x: hvp(f, x, V))(np.stack([x, x + 1.0]))[0] @ U,
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", SMOOTH)
def test_second_derivatives_of_squares(name: str, way: str) -> None:
    f, same = SMOOTH[name]
    for x in (ZERO, np.array([0.5, -2.0])):
        assert WAYS[way](f, x) == pytest.approx(float(jvp(grad(same), x, V)[1] @ U), abs=1e-12)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", OF_THE_LENGTH)
def test_a_length_itself_has_no_curvature_at_zero(name: str, way: str) -> None:
    f = OF_THE_LENGTH[name]
    assert WAYS[way](f, ZERO) == pytest.approx(float(jvp(grad(f), ZERO, V)[1] @ U), abs=1e-12)


def test_several_results_and_arguments() -> None:
    """By hand: f = (|x|² y, |x|²), so d/dx of its tangent along (v, 0) is (2y v, 2v) at x = 0."""

    def rates(x: Any) -> Any:
        both = jvp(lambda x, y: (am.norm(x) ** 2 * y, am.norm(x) ** 2, y), (x, 3.0), (V, 0.0))[1]
        assert both[2] == 0.0
        return both[:2]

    assert np.allclose(grad(lambda x: rates(x)[0])(ZERO), 6.0 * V)
    assert np.allclose(grad(lambda x: rates(x)[1])(ZERO), 2.0 * V)


@pytest.mark.parametrize("library", ["torch", "jax.numpy"])
def test_other_libraries(library: str) -> None:
    home = pytest.importorskip(library)
    x, v = (home.asarray(a.astype("f")) for a in (ZERO, V))
    assert np.allclose(np.asarray(hvp(lambda x: am.norm(x) ** 2, x, v)), 2.0 * V)


def test_compiled_by_jax() -> None:
    jax = pytest.importorskip("jax")
    product = jax.jit(lambda x: hvp(lambda x: am.norm(x) ** 2, x, x + 1.0))
    assert np.allclose(product(jax.numpy.zeros(2)), [2.0, 2.0])
