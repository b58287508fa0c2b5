"""Forward mode of every entry of the table: against reverse mode, transposed; to second order; kinds of data."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import Value
from autograd_mini.operation import OPERATIONS, Case
from tests.ops.operands import made
from tests.ops.test_table import ALL, CASES, UNSMOOTH, called, cases, differentiable, draw, public, rng_for

Array = np.ndarray[Any, Any]


def of_moving(name: str, case: Case, operands: list[Any]) -> tuple[Callable[..., Any], list[int]]:
    """The function of those operands that can move."""
    moving = differentiable(name, len(operands))
    function, _ = called(name, case)

    def at(*xs: Any) -> Any:
        every: list[Any] = list(operands)
        for i, x in zip(moving, xs, strict=True):
            every[i] = x
        return function(*every)

    return at, moving


@pytest.mark.parametrize(("name", "case"), ALL + CASES)
def test_forward_is_reverse_transposed(name: str, case: Case) -> None:
    """⟨u, J t⟩ = ⟨Jᵀ u, t⟩ for all operands together and for each alone; and the fallback gives the same."""
    rng = rng_for(name, case)
    operands: list[Any] = draw(name, case.shapes, rng)
    f, moving = of_moving(name, case, operands)
    xs = [operands[i] for i in moving]
    y, pullback = am.vjp(f, *xs)
    u = rng.uniform(0.5, 1.5, np.shape(y))
    pulled = pullback(u) if len(xs) > 1 else (pullback(u),)
    linear = am.linearize(f, *xs)[1]
    for chosen in [range(len(xs)), *[[i] for i in range(len(xs))]]:
        ts = [rng.uniform(-1.5, 1.5, x.shape) if i in chosen else np.zeros(x.shape) for i, x in enumerate(xs)]
        rate = linear(*ts)
        assert np.shape(rate) == np.shape(y)
        assert np.asarray(rate).dtype == np.asarray(y).dtype
        np.testing.assert_allclose(
            np.sum(u * rate), sum(np.sum(g * t) for g, t in zip(pulled, ts, strict=True)), rtol=1e-11, atol=1e-11
        )


@pytest.mark.parametrize(("name", "case"), ALL + CASES)
def test_orders_of_forward_and_reverse_mode(name: str, case: Case) -> None:
    """Forward over reverse, reverse over forward and forward over forward give one Hessian; the third order too."""
    if name in UNSMOOTH:
        return
    rng = rng_for(name, case)
    operands: list[Any] = draw(name, case.shapes, rng)
    f, moving = of_moving(name, case, operands)
    xs = [operands[i] for i in moving]
    ts = [rng.uniform(-1.5, 1.5, x.shape) for x in xs]
    u = rng.uniform(0.5, 1.5, np.shape(f(*xs)))

    def total(*xs: Any) -> Any:
        return am.sum(u * am.square(f(*xs)))

    def along(*xs: Any) -> Any:
        return am.jvp(total, xs, ts)[1]

    places = range(len(xs))
    forward_over_reverse = am.jvp(am.grad(total, places), xs, ts)[1]
    reverse_over_forward = am.grad(along, places)(*xs)
    forward_over_forward = am.jvp(along, xs, ts)[1]
    for a, b, c in zip(forward_over_reverse, reverse_over_forward, am.hvp(total, xs, ts), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-10)
        np.testing.assert_allclose(a, c, rtol=1e-10, atol=1e-10)
    slope = sum(np.sum(g * t) for g, t in zip(forward_over_reverse, ts, strict=True))
    np.testing.assert_allclose(forward_over_forward, slope, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(("name", "case"), ALL + cases(lambda name, case: name not in {"astype", "fit"}))
def test_forward_mode_keeps_float32(name: str, case: Case) -> None:
    operands: list[Any] = [
        x if x.dtype == bool else x.astype(np.float32) for x in draw(name, case.shapes, rng_for(name))
    ]
    f, moving = of_moving(name, case, operands)
    y, rate = am.jvp(f, [operands[i] for i in moving], [np.ones(operands[i].shape) for i in moving])
    assert np.asarray(rate).dtype == np.asarray(y).dtype
    assert np.shape(rate) == np.shape(y)


@pytest.mark.parametrize(("name", "case"), [*ALL, *cases(lambda name, case: not any(case.shapes))])
def test_forward_mode_of_numbers(name: str, case: Case) -> None:
    if name in OPERATIONS and OPERATIONS[name].elementwise and not OPERATIONS[name].cases:
        case = Case(((),) * len(OPERATIONS[name].operands))
    numbers: list[Any] = [x.item() for x in draw(name, case.shapes, rng_for(name))]
    f, moving = of_moving(name, case, numbers)
    y, rate = am.jvp(f, [numbers[i] for i in moving], [1.0 for _ in moving])
    assert type(rate) is type(y)


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_what_is_called_linear_is_linear(name: str) -> None:
    op = OPERATIONS[name]
    for case in op.cases or [Case(((2, 3),) * len(op.operands))]:
        if case.static.keys() - inspect.signature(op.forward).parameters.keys():  # it is for the function around it
            continue
        rng = rng_for(name, case, "linear")
        xs, ys, zs = (made(case.made, draw(name, case.shapes, rng)) for _ in range(3))

        def f(operands: list[Any], case: Case = case) -> Any:
            return np.asarray(op.compute(operands, {**static_defaults(op), **case.static} or None))

        if op.linear:
            mixed = [2.0 * x - 3.0 * y for x, y in zip(xs, ys, strict=True)]
            np.testing.assert_allclose(f(mixed), 2.0 * f(xs) - 3.0 * f(ys), rtol=1e-12, atol=1e-12)
        for i in range(len(xs)):
            if op.rule(i).linear:
                a, b, mixed = ([*zs[:i], x, *zs[i + 1 :]] for x in (xs[i], ys[i], 2.0 * xs[i] - 3.0 * ys[i]))
                np.testing.assert_allclose(f(mixed), 2.0 * f(a) - 3.0 * f(b), rtol=1e-12, atol=1e-12)


def static_defaults(op: Any) -> dict[str, Any]:
    """Default values of the static arguments, as a call fills them in."""
    parameters = list(inspect.signature(op.forward).parameters.values())[len(op.operands) :]
    return {p.name: p.default for p in parameters if p.default is not p.empty}


COMPLEX = ["exp", "sin", "tanh", "multiply", "divide", "conjugate", "real", "imag", "abs", "sign", "add", "square"]


@pytest.mark.parametrize("name", COMPLEX)
def test_forward_mode_of_complex_numbers(name: str) -> None:
    """Re ⟨u, J t⟩ = Re ⟨Jᵀ u, t⟩, with the conjugate convention of gradients."""
    rng = rng_for(name, "complex")
    count = len(OPERATIONS[name].operands)
    xs = [rng.normal(size=3) + 1j * rng.normal(size=3) for _ in range(count)]
    ts = [rng.normal(size=3) + 1j * rng.normal(size=3) for _ in range(count)]
    f = public(name)
    y, rate = am.jvp(f, xs, ts)
    h = 1e-6
    high, low = (f(*[x + s * h * t for x, t in zip(xs, ts, strict=True)]) for s in (1, -1))
    np.testing.assert_allclose(rate, (high - low) / (2 * h), rtol=1e-7, atol=1e-8)
    assert np.asarray(rate).dtype == np.asarray(y).dtype
    u = rng.normal(size=3) + (1j * rng.normal(size=3) if np.iscomplexobj(y) else 0)
    pulled = am.vjp(f, *xs)[1](u)
    pulled = pulled if count > 1 else (pulled,)
    np.testing.assert_allclose(
        np.sum(np.conj(u) * rate).real,
        sum(np.sum(np.conj(g) * t).real for g, t in zip(pulled, ts, strict=True)),
        rtol=1e-12,
    )


def test_a_forward_rule_is_used() -> None:
    used: list[str] = []

    def forward_rule(t: Any, out: Any, x: Any) -> Any:
        used.append(type(t).__name__)
        return 3.0 * t * x * x

    try:

        @am.primitive("{x}³", am.Rule(lambda g, out, x: g * (3.0 * x * x), "3 · {x}²", jvp=forward_rule))
        def cube(x: Any) -> Any:
            return x * x * x

        assert am.jvp(cube, 2.0, 1.0) == (8.0, 12.0)
        assert am.jvp(lambda x: am.jvp(cube, x, 1.0)[1], 2.0, 1.0) == (12.0, 12.0)
        assert am.grad(lambda x: am.jvp(cube, x, 1.0)[1])(2.0) == 12.0
        assert used == ["float", "float", "float"]
        x = Value(2.0)
        assert am.jvp(lambda y: x * cube(y), 1.0, x)[1].item() == 12.0
    finally:
        OPERATIONS.pop("cube", None)
