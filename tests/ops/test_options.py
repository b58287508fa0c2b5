"""Values in the place of options: their gradient is right, or an error names them; none is plain data in silence."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import scipy.special

import autograd_mini as am
from autograd_mini import Value
from autograd_mini.operation import COMPOSED, OPERATIONS, Case
from tests.ops.operands import made
from tests.ops.test_table import draw, label, public, rng_for

STEP = 1e-6


def total(y: Any) -> Any:
    """A number that depends on every floating entry of a result, or of several."""
    if isinstance(y, (list, tuple)):
        return sum((1.0 + 0.3 * i) * total(part) for i, part in enumerate(y))
    data = np.asarray(y.raw if isinstance(y, Value) else y)
    if data.dtype.kind not in "fc":
        return 0.0
    weights = np.cos(np.arange(data.size)).reshape(data.shape)
    return am.sum((am.real(y) + 0.7 * am.imag(y) if data.dtype.kind == "c" else y) * weights)


def settings(name: str, case: Case) -> Iterator[tuple[str, Any]]:
    """Each parameter that is no operand of a case, with floating numbers to put there."""
    function = COMPOSED[name][0] if name in COMPOSED else public(name)
    for p in inspect.signature(function).parameters.values():
        if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
            continue
        if p.name in case.static:
            try:
                given = np.asarray(case.static[p.name])
            except ValueError:
                continue
            if given.dtype.kind in "fiub":
                yield p.name, given.astype(float)
        elif p.default is not p.empty:
            yield p.name, np.float64(0.4)
            yield p.name, np.linspace(0.2, 0.9, 4)


def entries() -> list[Any]:
    return [
        pytest.param(name, case, option, number, id=f"{label(name, case)}-{option}-{number.shape}")
        for name in sorted(OPERATIONS) + sorted(COMPOSED)
        for case in (COMPOSED[name][1] if name in COMPOSED else OPERATIONS[name].cases)
        for option, number in settings(name, case)
    ]


def slopes(f: Callable[[Any], Any], x: Any, direction: Any) -> tuple[float, float]:
    """To the left and to the right."""
    left, here, right = (float(am.stop_gradient(f(x + i * STEP * direction))) for i in (-1, 0, 1))
    return (here - left) / STEP, (right - here) / STEP


@pytest.mark.filterwarnings("ignore")
def test_a_value_in_every_option() -> None:
    """Its gradient lies between the slopes on both sides, or a TypeError names the option."""
    reached = named = 0
    for entry in entries():
        name, case, option, number = entry.values
        function, static = public(name), {key: item for key, item in case.static.items() if key != option}
        operands = made(case.made, draw(name, case.shapes, rng_for(name, case)))

        def called(x: Any) -> Any:
            return total(function(*operands, **static, **{option: x}))  # noqa: B023

        direction = rng_for(option).uniform(0.5, 1.0, number.shape)
        try:
            left, right = slopes(called, number, direction)
        except Exception:  # noqa: BLE001 (such numbers make no sense there)
            continue
        if not max(abs(left), abs(right)) < 1e4:  # a jump, or beside what is defined
            continue
        leaf = Value(number if number.ndim else float(number))
        try:
            y = called(leaf)
        except TypeError as error:
            if option not in str(error) and "gradient" not in str(error):
                raise
            named += 1
            continue
        found = float(np.sum(am.gradients(y, leaf) * direction)) if isinstance(y, Value) and y.requires_grad else 0.0
        low, high = sorted((left, right))
        size = 1e-4 * (1.0 + abs(low) + abs(high))
        assert low - size <= found <= high + size, f"{entry.id}: {found} for slopes of {left} and {right}"
        reached += found != 0.0
    assert reached > 60
    assert named > 20


R = np.array([1.0, 4.0, 2.0, 8.0])
X = np.array([[1.0, 2.0], [4.0, 3.0]])


@pytest.mark.parametrize(
    ("f", "at"),
    [
        (lambda h: np.gradient(R, h), 0.5),
        (lambda h: np.gradient(R, h, edge_order=2), 0.5),
        (lambda p: np.gradient(R, p), [0.0, 1.0, 3.0, 3.5]),
        (lambda p: np.gradient(R, p, edge_order=2), [0.0, 1.0, 3.0, 3.5]),
        (lambda h, p: np.gradient(X, h, p)[1], (0.5, [0.0, 2.0])),
        (lambda q: np.quantile(R, q), 0.3),
        (lambda q: np.percentile(R, q), [31.0, 77.0]),
        (lambda q: np.nanquantile(np.append(R, np.nan), q), 0.3),
        (lambda q: np.nanpercentile(np.append(R, np.nan), q), 41.0),
        (lambda x, q: am.quantile(x, q, axis=0, keepdims=True, method="hazen"), (X, [[0.3, 0.6]])),
        (lambda c: am.pad(X, 1, constant_values=c), 0.5),
        (lambda c: am.pad(X, ((1, 2), (0, 1)), constant_values=c), [[1.0, 2.0], [3.0, 4.0]]),
        (lambda c: am.pad(X, 2, "linear_ramp", end_values=c), [1.0, 2.0]),
        (lambda c: am.insert(R, 1, c), 2.5),
        (lambda a, b: am.clip(R, a, b), (1.5, 5.0)),
        (lambda a, b: am.nan_to_num([np.nan, np.inf, 1.0], nan=a, posinf=b), (1.5, 5.0)),
        (lambda a, b, c: np.interp(a, b, c, left=0.5), ([0.2, 1.5], [0.0, 1.0, 2.0], [1.0, 3.0, 0.0])),
        (lambda a: am.interp([-1.0, 0.5], [0.0, 1.0], [1.0, 3.0], left=a), 0.5),
        (lambda h: am.trapezoid(R, dx=h), 0.5),
        (lambda p: np.trapezoid(R, p), [0.0, 1.0, 3.0, 3.5]),
        (lambda a, b: np.diff(R, prepend=a, append=b), (0.5, 1.5)),
        (lambda w: am.cov(X @ [[1.0, 0.0, 2.0], [0.5, 1.0, 0.0]], aweights=w), [0.5, 2.0, 1.0]),
        (lambda d: am.cov(X, ddof=d), 0.5),
        (lambda w: am.average(R, weights=w), [0.5, 2.0, 1.0, 1.0]),
        (lambda c: am.max(R, initial=c), 9.0),
        (lambda c: am.prod(R, initial=c), 1.5),
        (lambda d: am.var(R, ddof=d), 0.5),
        (lambda a, b: np.linspace(a, b, 4), (1.0, 3.0)),
        (lambda a, b: np.linspace(a, b, 3, endpoint=False, retstep=True)[1], ([1.0, 2.0], 3.0)),
        (lambda a, b: np.geomspace(a, b, 4), (1.0, 3.0)),
        (lambda a, b, c: am.logspace(a, b, 4, base=c), (1.0, 3.0, 2.0)),
    ],
)
def test_gradients_of_options(f: Callable[..., Any], at: Any) -> None:
    """By central differences, to second order."""
    am.gradcheck(
        f, *[np.array(x) if isinstance(x, list) else x for x in (at if isinstance(at, tuple) else (at,))], order=2
    )


def test_gradients_of_options_by_hand() -> None:
    """d/dh of Σ np.gradient(r, h) is −Σ/h; between two sorted entries a quantile moves by (n − 1) times their gap."""
    assert am.grad(lambda h: np.gradient(R, h).sum())(0.5) == -np.gradient(R, 0.5).sum() / 0.5
    assert am.grad(lambda q: np.quantile([2.0, 2.5, 4.0], q))(0.3) == 1.0
    assert am.grad(lambda q: np.percentile([2.0, 2.5, 4.0], q))(60.0) == pytest.approx(0.03)
    assert am.grad(lambda q: np.quantile(R, q, method="lower"))(0.3) == 0.0
    assert am.grad(lambda q: np.quantile([2.0, 2.5, 4.0], q))(0.5) == 3.0  # on an entry: to the right
    assert am.grad(lambda q: np.quantile([2.0, 2.5, 4.0], q))(1.0) == 3.0  # and on the last to the left
    g = am.gradients(np.pad(Value([1.0, 2.0]), (1, 2), constant_values=(c := Value(5.0))).sum(), c)
    assert g == 3.0


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda v: am.special.expn(v, 1.5), "'n'"),
        (lambda v: am.norm(R, v), "'ord'"),
        (lambda v: np.linalg.norm(Value(R), v), "'ord'"),
        (lambda v: am.linalg.cond(X, v), "'p'"),
        (lambda v: am.array_split(R, v), "'indices_or_sections'"),
        (lambda v: np.split(Value(R), v), "'indices_or_sections'"),
        (lambda v: am.max_pool(R.reshape(1, 1, 4), v), "'kernel'"),
        (lambda v: am.conv(R.reshape(1, 1, 4), np.ones((1, 1, 2)), stride=v), "'stride'"),
        (lambda v: am.pad(R, v), "'pad_width'"),
        (lambda v: am.put(R, v, 1.0), "'ind'"),
        (lambda v: am.linalg.pinv(X, v), "'rcond'"),
        (lambda v: np.linalg.pinv(Value(X), rtol=v), "'rtol'"),  # type: ignore[arg-type]
        (lambda v: am.linspace(0.0, 1.0, v), "'num'"),
    ],
)
def test_an_error_names_the_option(call: Callable[[Any], Any], name: str) -> None:
    with pytest.raises(TypeError, match=f"no rule for its argument {name}, so .* would lose its gradient"):
        call(Value(2.0))


def test_whole_numbers_stay_plain() -> None:
    zero: Any = Value(np.array(0))
    two: Any = Value(np.array(2))
    np.testing.assert_array_equal(am.array_split(Value(R), two)[0].raw, R[:2])
    np.testing.assert_array_equal(am.max_pool(R.reshape(1, 1, 4), two), [[[4.0, 8.0]]])
    np.testing.assert_array_equal(am.sum(Value(X), axis=zero).raw, X.sum(0))
    assert am.special.expn(two, 1.5) == pytest.approx(scipy.special.expn(2, 1.5))
    assert am.norm(R, two) == am.norm(R)


# --- rows from one end to another -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [{}, {"num": 1}, {"num": 0}, {"num": 7, "endpoint": False}, {"num": 5, "axis": -1}, {"num": 5, "dtype": int}],
    ids=str,
)
@pytest.mark.parametrize("ends", [(0.1, 0.7), (-3.0, 5.0), ([1.0, 2.0], 9.0), (2.0, 2.0)], ids=str)
def test_linspace_gives_numpys_numbers(ends: Any, options: Any) -> None:
    start, stop = (Value(end) for end in ends)
    y: Any = np.linspace(start, stop, **options)  # type: ignore[arg-type]
    np.testing.assert_array_equal(y.raw, np.linspace(*ends, **options))
    assert y.dtype == np.linspace(*ends, **options).dtype


def test_rows_of_other_kinds() -> None:
    leaf: Any = Value
    rows: Any = np  # whose types know no Values
    np.testing.assert_allclose(rows.geomspace(leaf(-1.0), -1000.0, 4).raw, [-1, -10, -100, -1000])
    np.testing.assert_allclose(rows.geomspace(leaf(1j), -4 + 0j, 3).raw, rows.geomspace(1j, -4 + 0j, 3))
    np.testing.assert_allclose(rows.logspace(leaf(0.0), 2.0, 3, base=leaf(2.0)).raw, [1, 2, 4])
    _, step = rows.linspace(1.0, leaf(2.0), 5, retstep=True)
    assert step.raw == 0.25
    with pytest.raises(ValueError, match="no ratio"):
        rows.geomspace(leaf(0.0), 1.0)
    with pytest.raises(ValueError, match="num >= 0, got -1"):
        rows.linspace(leaf(0.0), 1.0, -1)
    jax = pytest.importorskip("jax")
    np.testing.assert_allclose(jax.jit(lambda a: am.linspace(a, 3.0, 3))(np.float32(1.0)), [1.0, 2.0, 3.0])
