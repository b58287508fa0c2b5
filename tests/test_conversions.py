"""Plain numbers made of Values: the user's own are kept, those that other code asks for are errors with the cure."""
# ruff: noqa: C416, FURB163, PLW0108, UP031, UP032 (as users may write it)

import array
import cmath
import collections
import functools
import io
import itertools
import logging
import math
import statistics
import struct
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import Value, grad, no_grad

LEAF, OTHER, ROW = Value(2.0, name="k"), Value(3.0), Value([1.0, 2.0])
RESULT = LEAF * LEAF
PAIR = [LEAF, OTHER]
NAMED = functools.partial(float)
ITERATOR = map(float, PAIR)


def called(f: Callable[..., Any], *args: Any) -> Any:
    return f(*args)


def in_loops() -> Any:
    total, out = 0.0, list[float]()
    for number in map(float, PAIR):
        total += number
    kept = map(float, PAIR)
    for number in kept:
        total += number
    out.extend(map(float, PAIR))
    out += map(float, PAIR)
    first, second = map(float, PAIR)
    return [number for number in map(float, PAIR)], [*map(float, PAIR)], {*map(float, PAIR)}, out, first, second, total


def generated() -> Iterator[float]:
    yield from map(float, PAIR)
    yield float(RESULT)


def in_variables() -> Any:
    import math as mathematics

    convert = float
    return convert(LEAF), mathematics.isnan(LEAF), mathematics.isclose(RESULT, 4.0)


SAID: list[Callable[[], Any]] = [
    lambda: float(LEAF),
    lambda: float(RESULT),
    lambda: complex(RESULT),
    lambda: complex(1.0, RESULT),
    lambda: int(RESULT),
    lambda: bool(RESULT),
    lambda: RESULT.item(),
    lambda: RESULT.__float__(),
    lambda: float(LEAF if LEAF > 0 else -LEAF) ** 2,
    lambda: round(float(RESULT), 2),
    lambda: math.exp(float(RESULT)),
    lambda: math.exp(LEAF.item()),
    lambda: math.floor(LEAF),
    lambda: called(float, RESULT),
    lambda: NAMED(RESULT),
    lambda: eval("float(RESULT)"),
    lambda: [float(v) for v in PAIR],
    lambda: {float(v): str(v) for v in PAIR},
    lambda: list(map(float, PAIR)),
    lambda: list(ITERATOR),
    lambda: sum(map(float, PAIR)),
    lambda: sorted(PAIR, key=float),
    lambda: max(PAIR, key=float),
    lambda: min(map(float, PAIR)),
    lambda: any(map(float, PAIR)),
    lambda: dict(zip("ab", map(float, PAIR), strict=True)),
    lambda: np.fromiter(map(float, PAIR), float),
    lambda: math.fsum(map(float, PAIR)),
    lambda: statistics.fmean(map(float, PAIR)),
    lambda: statistics.mean(map(float, PAIR)),
    lambda: collections.deque(map(float, PAIR)),
    lambda: list(generated()),
    in_loops,
    in_variables,
]


@pytest.mark.parametrize("said", SAID, ids=range(len(SAID)))
def test_a_number_that_the_user_asks_for(said: Callable[[], Any]) -> None:
    said()
    said()  # what was read from the bytecode is kept


LOOKED: list[Callable[[], Any]] = [
    lambda: f"{RESULT:.3f} {RESULT}",
    lambda: "%.3f" % RESULT,
    lambda: "%.1f %s" % (RESULT, ROW),
    lambda: "%(loss).2f" % {"loss": RESULT},
    lambda: "{:.2f}".format(RESULT),
    lambda: format(RESULT, ".2f"),
    lambda: ", ".join(map("{:.1f}".format, PAIR)),
    lambda: print(RESULT, PAIR, ROW, file=io.StringIO()),
    lambda: logging.LogRecord("log", 10, "path", 1, "loss %.2f", (RESULT,), None).getMessage(),
    lambda: math.isnan(RESULT),
    lambda: math.isfinite(RESULT),
    lambda: cmath.isinf(RESULT),
    lambda: math.isclose(RESULT, 4.0),
    lambda: 1.0 < RESULT <= 4,
    lambda: sorted(PAIR),
    lambda: pytest.approx(4.0) == RESULT,
    lambda: pytest.approx([1.0, 2.0]) == ROW,
    lambda: np.testing.assert_allclose(RESULT, 4.0),
    lambda: np.testing.assert_array_equal(ROW, [1.0, 2.0]),
    lambda: np.isclose(RESULT, 4.0),
]


@pytest.mark.parametrize("looked", LOOKED, ids=range(len(LOOKED)))
def test_comparing_and_showing_lose_nothing(looked: Callable[[], Any]) -> None:
    looked()

    def f(x: Any) -> Any:
        looked()
        return x * x

    assert grad(f)(3.0) == 6.0


def test_approx_compares() -> None:
    assert pytest.approx(4.0) == RESULT
    assert pytest.approx(4.1) != RESULT
    assert pytest.approx([1.0, 2.0]) == ROW
    assert not math.isnan(RESULT)


def mapped() -> Any:
    for number in map(math.exp, PAIR):
        return number


def imported() -> Any:
    from math import exp

    return exp(RESULT)


def filtered() -> Any:
    import math as mathematics

    return mathematics.fsum([v for v in PAIR if v])


MATH = {
    "math.exp": lambda: math.exp(LEAF),
    "math.sqrt": lambda: math.sqrt(RESULT),
    "cmath.sin": lambda: cmath.sin(RESULT),
    "math.pow": lambda: math.pow(RESULT, 2.0),
    "math.atan2": lambda: math.atan2(1.0, RESULT),
    "math.hypot": lambda: math.hypot(RESULT, 1.0),
    "math.log": lambda: math.log(RESULT, 2),
    "math.degrees": lambda: math.degrees(RESULT),
    "math.copysign": lambda: math.copysign(float(LEAF), RESULT),
    "math.tanh": lambda: [math.tanh(v) for v in PAIR],
    "math.cos": lambda: math.cos(LEAF if LEAF > 0 else -LEAF),
    "math.sinh": lambda: called(math.sinh, RESULT),
    "math.cosh": lambda: math.cosh(*[RESULT]),
    "math.erf": lambda: list(map(math.erf, PAIR)),
    "math.log1p": lambda: sum(map(math.log1p, PAIR)),
    "math.sin": lambda: max(PAIR, key=math.sin),
}
INSTEAD: dict[str, tuple[str, Callable[[], Any]]] = {
    **{name: (f"autograd_mini.{name.rpartition('.')[2]}()", call) for name, call in MATH.items()},
    "fsum": ("autograd_mini.sum([...])", lambda: math.fsum(PAIR)),
    "filtered": ("autograd_mini.sum([...])", filtered),
    "imported": ("autograd_mini.exp()", imported),
    "mapped": ("autograd_mini.exp() in place of exp()", mapped),
    "fmean": ("autograd_mini.mean(x) in place of statistics.fmean()", lambda: statistics.fmean(PAIR)),
    "np.sum": ("autograd_mini.sum() in place of np.sum()", lambda: np.sum([LEAF, RESULT])),
    "np.max": ("autograd_mini.max() in place of np.max()", lambda: np.max([LEAF, RESULT])),
    "np.array": ("autograd_mini.array([...])", lambda: np.array([LEAF, 1.0])),
    "np.full": ("autograd_mini.full_like(numpy.empty(shape), value)", lambda: np.full(3, RESULT)),
}


@pytest.mark.parametrize("name", INSTEAD)
def test_the_error_names_the_function_to_use_instead(name: str) -> None:
    instead, call = INSTEAD[name]
    for _ in range(2):
        with pytest.raises(TypeError) as error:
            call()
        assert instead in str(error.value)
        assert ".item()" in str(error.value) or "value.numpy()" in str(error.value)
    with no_grad():
        assert name.startswith("np.") or call() is not None


ASKED: list[Callable[[], Any]] = [
    lambda: array.array("d", PAIR),
    lambda: struct.pack("d", RESULT),
    lambda: np.fromiter(PAIR, float),
    lambda: np.float64(RESULT),
    lambda: np.random.default_rng(0).normal(RESULT),  # type: ignore[arg-type]
    lambda: math.dist([RESULT], [1.0]),
    lambda: statistics.NormalDist(RESULT, 1.0),  # type: ignore[arg-type]
    lambda: functools.partial(math.pow, RESULT)(2.0),
    lambda: list(itertools.starmap(math.pow, [(RESULT, 2.0)])),
    lambda: sorted(map(math.sin, PAIR)),
]


@pytest.mark.parametrize("asked", ASKED, ids=range(len(ASKED)))
def test_numbers_that_other_code_asks_for(asked: Callable[[], Any]) -> None:
    with pytest.raises((TypeError, ValueError, struct.error)):  # NumPy and struct have their own words for it
        asked()


def test_quadrature_by_a_parameter() -> None:
    """∫ k·t dt from 0 to 1 is k/2; the derivative of its product with k is k, of which SciPy would leave k/2."""
    integrate = pytest.importorskip("scipy.integrate")
    k = Value(2.0)
    with pytest.raises(TypeError, match=r"integrate\.quad\(\) takes plain numbers.*value\.item\(\)"):
        integrate.quad(lambda t: k * t, 0.0, 1.0)
    with pytest.raises(TypeError, match=r"integrate\.quad\(\)"):
        integrate.quad(lambda t: t, 0.0, k)
    with no_grad():
        assert integrate.quad(lambda t: k * t, 0.0, 1.0)[0] == pytest.approx(1.0)
    assert integrate.quad(lambda t: k.item() * t, 0.0, 1.0)[0] == pytest.approx(1.0)


def test_roots_by_a_parameter() -> None:
    optimize = pytest.importorskip("scipy.optimize")
    k = Value(2.0)
    with pytest.raises(SystemError) as error:  # SciPy goes on with the error that float() raised
        optimize.brentq(lambda x: k * x - 1.0, 0.0, 1.0)
    assert "would lose its gradient" in str(error.value.__cause__)
    assert optimize.brentq(lambda x: float(k * x) - 1.0, 0.0, 1.0) == pytest.approx(0.5)


def test_operators_of_others() -> None:
    sparse = pytest.importorskip("scipy.sparse")
    pandas = pytest.importorskip("pandas")
    with pytest.raises(TypeError, match=r"S\.toarray\(\) @ value"):
        sparse.eye(2) @ ROW
    with pytest.raises(TypeError, match=r"df\.to_numpy\(\) @ value"):
        pandas.DataFrame(np.eye(2)) @ ROW


def test_a_block_assigned_into_an_array() -> None:
    def f(a: Any) -> Any:
        out = np.zeros((3, 3))
        out[:2, :2] = a
        return out.sum()

    with pytest.raises(TypeError, match=r"x\.at\[i\]\.set\(value\).*block"):
        grad(f)(np.eye(2))


def test_inside_grad_only_item_is_said() -> None:
    for convert in (float, complex, lambda x: [float(x)], lambda x: list(map(float, [x]))):
        with pytest.raises(TypeError, match=r"would lose its gradient.*value\.item\(\)"):
            grad(lambda x: x * convert(x))(3.0)  # noqa: B023
    assert grad(lambda x: x * x.item())(3.0) == 3.0


def test_without_a_frame_to_read() -> None:
    """Where nobody can be asked, the safe side: an error."""
    from autograd_mini.callers import Asker

    asker = Asker(None)
    assert not asker.loses_nothing()
    assert not asker.is_said()
    assert asker.written() == ""


def test_gradients_through_math_and_numpy_are_the_same() -> None:
    k = Value(0.5)
    (k * am.exp(k)).backward()
    assert k.grad == pytest.approx(math.exp(0.5) * 1.5, rel=1e-15)
