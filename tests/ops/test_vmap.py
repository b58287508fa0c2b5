"""vmap of every entry of the tables: the same as the stack of single calls, gradients too, inside and outside."""

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import matrices
from autograd_mini.operation import Case
from autograd_mini.tree import flatten
from tests.ops.test_table import ALL, CASES, called, differentiable, draw, rng_for

Array = np.ndarray[Any, Any]
SIZE = 3
DECIDE_BY_VALUES = {"trim_zeros"}
"""What shape comes out depends on each example's data."""

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


def directions(operands: Sequence[Any]) -> tuple[Array, ...]:
    """A tangent for each operand, no entry like another."""
    return tuple(0.5 + 0.1 * np.arange(math.prod(np.shape(x))).reshape(np.shape(x)) for x in operands)


def slope(f: Callable[..., Any], *xs: Any) -> Any:
    """The derivative along the directions."""
    return am.jvp(f, xs, directions(xs))[1]


def curvature(f: Callable[..., Any], *xs: Any) -> Any:
    """The second derivative along the directions: their product with the Hessian times them."""
    products, vectors = am.hvp(f, xs, directions(xs)), directions(xs)
    return sum(am.sum(v * p) for v, p in zip(vectors, products, strict=True))


def steepness(f: Callable[..., Any], *xs: Any) -> Any:
    """The sum of the entries of the Hessian."""
    return sum(am.sum(block) for block in flatten(am.hessian(f, range(len(xs)))(*xs))[0])


Transform = Callable[..., Any]


def by_places(transform: Transform, name: str, case: Case) -> Callable[..., Any]:
    """A transformation of the entry by those operands that can be differentiated by; the others stay."""
    function, count = size_of(called(name, case)[0]), len(case.shapes)
    places = differentiable(name, count)

    def of_example(*operands: Any) -> Any:
        def f(*xs: Any) -> Any:
            moved = dict(zip(places, xs, strict=True))
            return function(*[moved.get(i, x) for i, x in enumerate(operands)])

        return transform(f, *[operands[i] for i in places])

    return of_example


def check_each_example(transform: Transform, name: str, case: Case) -> None:
    """A transformation inside ``vmap`` gives the stack of what it gives alone."""
    rows, of_example = examples(name, case), by_places(transform, name, case)
    singles = [flatten(of_example(*operands))[0] for operands in zip(*rows, strict=True)]
    got = flatten(am.vmap(of_example)(*map(np.stack, rows)))[0]
    for part, want in zip(got, map(np.stack, zip(*singles, strict=True)), strict=True):
        assert part.shape == want.shape
        assert part.dtype == want.dtype
        scale = float(np.abs(want).max(initial=1.0))
        np.testing.assert_allclose(part, want, rtol=1e-8, atol=1e-9 * scale)


@pytest.mark.parametrize("transform", [pytest.param(slope, marks=pytest.mark.slow), curvature], ids=["jvp", "hvp"])
@pytest.mark.parametrize(("name", "case"), MAPPED)
def test_orders_inside(name: str, case: Case, transform: Transform) -> None:
    """Products with the Jacobian and with the Hessian, and gradients of them: first to third order, in both modes."""
    check_each_example(lambda f, *xs: am.value_and_grad(partial(transform, f), range(len(xs)))(*xs), name, case)


@pytest.mark.slow
@pytest.mark.parametrize("transform", [am.jacobian, am.hessian, lambda f, _: partial(am.grad(steepness, 1), f)])
@pytest.mark.parametrize(("name", "case"), MAPPED)
def test_matrices_inside(name: str, case: Case, transform: Transform) -> None:
    """Whole Jacobians and Hessians, batches in a batch, and the gradient of a Hessian."""
    check_each_example(lambda f, *xs: transform(f, range(len(xs)))(*xs), name, case)


@pytest.mark.parametrize(("name", "case"), MAPPED)
def test_forward_mode_from_outside(name: str, case: Case) -> None:
    """The examples' tangents, pushed through the whole batch."""
    rows, of_example = examples(name, case), by_places(slope, name, case)
    singles = [of_example(*operands) for operands in zip(*rows, strict=True)]
    function, places = size_of(called(name, case)[0]), differentiable(name, len(rows))
    stacks = [np.stack(row) for row in rows]
    moved = [i in places for i in range(len(rows))]

    def of_batch(*xs: Any) -> Any:
        moving = iter(xs)
        return am.vmap(function)(*[next(moving) if moves else x for moves, x in zip(moved, stacks, strict=True)])

    xs = [stacks[i] for i in places]
    tangents = [np.stack([directions([x])[0]] * SIZE) for i in places for x in rows[i][:1]]
    np.testing.assert_allclose(am.jvp(of_batch, xs, tangents)[1], singles, rtol=1e-9, atol=1e-10)


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
