"""Every entry of the tables on torch tensors and JAX arrays: values and gradients as on NumPy's.

What a library lacks is listed, and the list is exact: an entry that starts to work has to leave it.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import Value
from autograd_mini.arrays import as_numpy
from autograd_mini.operation import Case
from tests.ops.operands import made
from tests.ops.test_table import ALL, CASES, differentiable, draw, public, rng_for

ENTRIES = [entry for entry in ALL + CASES if entry.values[0] != "fit"]  # fit gives the library of its other argument

NO_FUNCTION = "the library has no such function"
NO_SLOPE = "the library has no function for the slope"

LACKING: dict[str, dict[str, str]] = {
    "torch": dict.fromkeys(
        ("bessel_i", "bessel_ie", "bessel_j", "bessel_k", "bessel_ke", "bessel_y", "dawsn", "erfi", "exp1", "expi",
         "exponential_integral", "gammasgn", "incomplete_beta"), NO_FUNCTION
    ) | dict.fromkeys(("i1", "i1e", "j1", "k1", "y1"), NO_SLOPE),
    "jax": dict.fromkeys(
        ("bessel_i", "bessel_ie", "bessel_j", "bessel_k", "bessel_ke", "bessel_y", "erfi", "j0", "j1", "k0", "k1",
         "y0", "y1"), NO_FUNCTION
    ) | dict.fromkeys(("i1", "i1e"), NO_SLOPE),
}  # fmt: skip
"""What a library cannot do, and why."""

NO_SECOND = dict.fromkeys(("i0", "i0e", "j0", "k0", "y0"), NO_SLOPE)
"""What torch has with a slope, but that slope's own is missing."""

SIGNS_ARE_FREE = {"left_vectors", "right_vectors"}
"""Each library chooses the directions of singular vectors."""

CALLED_WITH_DATA = {"apply_along_axis", "apply_over_axes"}
"""Their own argument is a function, which here takes Values and NumPy's arrays only."""

QUICK = {"tanh", "sum", "where", "concatenate", "getitem", "sort", "matmul", "transpose", "prod"}
"""Entries that are tried with JAX in the everyday run: it compiles every operation of every shape anew."""


def maker(library: str) -> tuple[Callable[..., Any], type]:
    """The function that turns a NumPy array into one of that library, and the type of its arrays."""
    if library == "torch":
        torch: Any = pytest.importorskip("torch")
        return torch.asarray, torch.Tensor
    jax: Any = pytest.importorskip("jax")
    return jax.numpy.asarray, jax.Array


def runs() -> list[Any]:
    """Every case for torch; the first case of each entry for JAX, but for a few not every day."""
    first: dict[str, Any] = {}
    for entry in ENTRIES:
        first.setdefault(entry.values[0], entry)
    with_torch = [pytest.param("torch", *entry.values, id=f"torch-{entry.id}") for entry in ENTRIES]
    with_jax = [
        pytest.param("jax", *entry.values, id=f"jax-{entry.id}", marks=[] if name in QUICK else [pytest.mark.slow])
        for name, entry in first.items()
    ]
    return with_torch + with_jax


@pytest.mark.usefixtures("wide_jax")
@pytest.mark.parametrize(("library", "name", "case"), runs())
def test_as_with_numpy(library: str, name: str, case: Case) -> None:
    make, kind = maker(library)
    operands = [np.asarray(x) for x in made(case.made, draw(name, case.shapes, rng_for(name, case)))]
    if name in LACKING[library]:
        with pytest.raises(TypeError, match="has no"):
            compare(name, case, operands, make, kind)
    else:
        compare(name, case, operands, make, kind)


def compare(name: str, case: Case, operands: list[Any], make: Callable[..., Any], kind: Any) -> None:
    """Values of plain arrays and of Values, and the gradient of a sum of squares."""
    entry = public(name)
    theirs = [make(x) for x in operands]

    def function(*xs: Any) -> list[Any]:
        y = entry(*xs, **case.static)
        return list(y) if isinstance(y, (list, tuple)) else [y]

    def total(*xs: Any) -> Any:
        return sum(am.sum(am.square(am.abs(part))) for part in function(*xs))

    recorded: list[Any] = [y.data for y in function(*map(Value, theirs))]
    plain = recorded if name in CALLED_WITH_DATA else function(*theirs)
    wants = function(*operands)
    for ys in (recorded, plain):
        for got, want in zip(ys, wants, strict=True):
            assert isinstance(got, kind)
            assert tuple(got.shape) == np.shape(want)
            assert str(got.dtype).removeprefix("torch.") == str(np.asarray(want).dtype)
            a, b = (np.abs(x) if name in SIGNS_ARE_FREE else x for x in (as_numpy(got), want))
            np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-11)
    places = differentiable(name, len(operands))
    for got, want in zip(am.grad(total, places)(*theirs), am.grad(total, places)(*operands), strict=True):
        assert isinstance(got, kind)
        np.testing.assert_allclose(np.asarray(got), want, rtol=1e-8, atol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "case"), [e for e in ENTRIES if e.values[0] not in LACKING["torch"] | NO_SECOND])
def test_second_order_of_float32_tensors(name: str, case: Case) -> None:
    torch: Any = pytest.importorskip("torch")
    operands = [np.asarray(x) for x in made(case.made, draw(name, case.shapes, rng_for(name, case)))]
    narrow = {np.dtype(np.float64): torch.float32, np.dtype(np.complex128): torch.complex64}
    theirs = [torch.asarray(x, dtype=narrow.get(x.dtype)) for x in operands]
    places = differentiable(name, len(operands))

    def total(*xs: Any) -> Any:
        y = public(name)(*xs, **case.static)
        return sum(am.sum(am.square(am.abs(part))) for part in (y if isinstance(y, (list, tuple)) else [y]))

    def steepness(*xs: Any) -> Any:
        gs = am.grad(total, places)(*xs)
        return sum(am.sum(am.square(am.abs(g))) for g in gs)

    got, want = am.grad(steepness, places)(*theirs), am.grad(steepness, places)(*operands)
    for g, h, i in zip(got, want, places, strict=True):
        assert g.dtype == theirs[i].dtype
        np.testing.assert_allclose(np.asarray(g), h, rtol=2e-2, atol=2e-2 * max(1.0, np.abs(h).max(initial=0.0)))
