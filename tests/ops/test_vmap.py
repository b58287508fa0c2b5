"""vmap of every entry of the tables: the same as the stack of single calls, gradients too, inside and outside."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import matrices
from autograd_mini.operation import Case
from autograd_mini.tree import flatten
from tests.ops.test_table import ALL, CASES, called, differentiable, draw, rng_for

SIZE = 3
DECIDE_BY_VALUES = {"nanmedian", "nanpercentile", "nanquantile", "trim_zeros"}
"""How many numbers there are, and so which entries or what shape come out, depends on each example's data."""

MAPPED = [entry for entry in ALL + CASES if entry.values[0] not in DECIDE_BY_VALUES]


def examples(name: str, case: Case) -> list[list[Any]]:
    """Three draws of the operands; a row for each operand."""
    draws = [draw(name, case.shapes, rng_for(name, case, i)) for i in range(SIZE)]
    return [list(row) for row in zip(*draws, strict=True)]


def listed(y: Any) -> list[Any]:
    return list(y) if isinstance(y, (list, tuple)) else [y]


def size_of(function: Callable[..., Any]) -> Callable[..., Any]:
    """A number made of a result: the sum of squares."""
    return lambda *operands: sum(am.sum(am.square(part)) for part in listed(function(*operands)))


@pytest.mark.parametrize(("name", "case"), MAPPED)
def test_vmap_is_the_stack_of_single_calls(name: str, case: Case) -> None:
    rows = examples(name, case)
    call, _ = called(name, case)
    singles = [listed(call(*operands)) for operands in zip(*rows, strict=True)]
    got = listed(am.vmap(call)(*map(np.stack, rows)))
    for part, want in zip(got, map(np.stack, zip(*singles, strict=True)), strict=True):
        assert part.shape == want.shape
        assert part.dtype == want.dtype
        np.testing.assert_allclose(part, want, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(("name", "case"), MAPPED)
def test_gradients_inside_and_outside(name: str, case: Case) -> None:
    """Of each example by its own operands, of the sum by all, and by an operand that all examples share."""
    rows = examples(name, case)
    function, places = size_of(called(name, case)[0]), differentiable(name, len(rows))
    singles = [am.grad(function, places)(*operands) for operands in zip(*rows, strict=True)]
    inside = am.vmap(am.grad(function, places))(*map(np.stack, rows))
    outside = am.grad(lambda *xs: am.sum(am.vmap(function)(*xs)), places)(*map(np.stack, rows))
    for g, h, want in zip(inside, outside, map(np.stack, zip(*singles, strict=True)), strict=True):
        assert g.dtype == h.dtype == want.dtype
        np.testing.assert_allclose(g, want, rtol=1e-9, atol=1e-10)
        np.testing.assert_allclose(h, want, rtol=1e-9, atol=1e-10)
    for i in places if len(rows) > 1 else ():
        check_shared(function, rows, i)


def check_shared(function: Callable[..., Any], rows: list[list[Any]], i: int) -> None:
    """Operand ``i`` is the same for all examples."""
    axes = [None if j == i else 0 for j in range(len(rows))]
    operands = [row[0] if j == i else np.stack(row) for j, row in enumerate(rows)]
    alone = [
        am.grad(function, i)(*[x if axis is None else x[n] for x, axis in zip(operands, axes, strict=True)])
        for n in range(SIZE)
    ]
    inside = am.vmap(am.grad(function, i), axes)(*operands)
    np.testing.assert_allclose(inside, np.stack(alone), rtol=1e-9, atol=1e-10)
    outside = am.grad(lambda *xs: am.sum(am.vmap(function, axes)(*xs)), i)(*operands)
    np.testing.assert_allclose(outside, np.sum(np.stack(alone), axis=0), rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("name", sorted(DECIDE_BY_VALUES))
def test_what_decides_by_values_says_so(name: str) -> None:
    """The list of what vmap cannot do is exact."""
    case = next(entry.values[1] for entry in ALL + CASES if entry.values[0] == name)
    assert isinstance(case, Case)
    with pytest.raises(TypeError, match="where"):
        am.vmap(called(name, case)[0])(*map(np.stack, examples(name, case)))


@pytest.mark.parametrize(("name", "case"), MAPPED)
def test_jacobians_by_batches_are_those_one_by_one(name: str, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows and columns at once give what single passes give, and no rule of the tables needs to be asked for one."""
    operands = draw(name, case.shapes, rng_for(name, case))
    function, places = called(name, case)[0], differentiable(name, len(operands))

    def column(*xs: Any) -> Any:  # more results than arguments
        return [function(*xs), *[am.square(x) for x in xs if getattr(x, "requires_grad", False)], np.ones(1)]

    wanted = [(function, places), (column, places[:1])]
    monkeypatch.setattr(matrices, "FEWEST", 10**9)
    alone = [am.jacobian(f, argnums)(*operands) for f, argnums in wanted]
    monkeypatch.setattr(matrices, "FEWEST", 2)
    monkeypatch.setattr(matrices, "LARGEST", 24)
    monkeypatch.setattr(matrices, "_one_by_one", refused)
    for (f, argnums), want in zip(wanted, alone, strict=True):
        got, _ = flatten(am.jacobian(f, argnums)(*operands))
        for part, other in zip(got, flatten(want)[0], strict=True):
            assert part.shape == other.shape
            assert part.dtype == other.dtype
            assert getattr(part, "ndim", 0) == 0 or part.flags.writeable
            np.testing.assert_allclose(part, other, rtol=1e-10, atol=1e-12)


def refused(x: Any, run: Callable[[Any], list[Any]], axis: int, original: Any = matrices._one_by_one) -> Any:
    """Single passes only where there is one entry."""
    assert x.size < 2, "the batch did not go through"
    return original(x, run, axis)
