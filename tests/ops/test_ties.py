"""The tie rule: entries that tie for a result share its gradient equally, in every function and on every library."""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_mini as am

nan, inf = np.nan, np.inf
Function = Callable[[Any], Any]

# Functions that all find the largest entry of a row, and so pass their gradient on alike.
LARGEST: dict[str, Function] = {
    "max": am.max,
    "reduce": lambda x: am.reshape(am.max_pool(am.reshape(x, (1, 1, -1)), x.shape[0], padding=0), ()),
    "sorted": lambda x: am.sort(x)[-1],
    "partitioned": lambda x: am.partition(x, x.shape[0] - 1)[-1],
    "quantile": lambda x: am.quantile(x, 1.0),
    "running": lambda x: am.cummax(x)[-1],
    "negative": lambda x: -am.min(-x),
    "masked": lambda x: am.max(am.concatenate([x, [inf, -inf]]), where=[True] * x.shape[0] + [False] * 2, initial=-inf),
}
ROWS = ([2.0] * 4, [1.0, 3.0, 3.0, 2.0], [3.0], [nan, 1.0, nan, 2.0], [inf, 1.0, inf, 0.0], [-0.0, 0.0, -1.0])


def shares(row: list[float]) -> Any:
    """By the rule: nan is the largest, else the largest number; each of k that tie gets 1/k."""
    x = np.array(row)
    hit = np.isnan(x) if np.isnan(x).any() else x == x.max()
    return hit / hit.sum()


@pytest.mark.parametrize("name", LARGEST)
@pytest.mark.parametrize("row", ROWS, ids=str)
def test_the_largest_entries_share(name: str, row: list[float]) -> None:
    np.testing.assert_allclose(am.grad(LARGEST[name])(np.array(row)), shares(row), rtol=1e-15)


@pytest.mark.parametrize("name", ["max", "sorted", "running", "reduce"])
def test_no_number_but_the_least(name: str) -> None:
    np.testing.assert_allclose(am.grad(LARGEST[name])(np.full(3, -inf)), [1 / 3] * 3)


@pytest.mark.parametrize(
    ("f", "entries", "want"),
    [
        (am.nanmax, [-inf, nan, -inf], [0.5, 0.0, 0.5]),
        (am.nanmin, [inf, nan], [1.0, 0.0]),
        (lambda x: am.max(x, where=[True, False, True], initial=-inf), [3.0, 3.0, 1.0], [1.0, 0.0, 0.0]),
        (lambda x: am.max_pool(am.reshape(x, (1, 1, -1)), 3, 2, 1), [-inf, -inf, 1.0, 2.0], [0.5, 0.5, 0.0, 1.0]),
        (lambda x: am.max_pool(am.reshape(x, (1, 1, 1)), 2, dilation=2, padding=1), [5.0], [0.0]),
        (lambda x: am.max_pool(am.reshape(x, (1, 1, -1)), 2, ceil_mode=True), [1.0, 2.0, -inf], [0.0, 1.0, 1.0]),
        (am.cummax, [2.0, 2.0, 1.0, 2.0, 3.0], [1 + 1 / 2 + 1 / 2 + 1 / 3, 1 / 2 + 1 / 2 + 1 / 3, 0.0, 1 / 3, 1.0]),
        (am.cummin, [2.0, 2.0, 1.0], [1.5, 0.5, 1.0]),
        (lambda x: am.partition(x, 1)[1], [2.0, 1.0, 2.0], [0.5, 0.0, 0.5]),
    ],
)
def test_what_takes_no_part_gets_no_share(f: Function, entries: list[float], want: list[float]) -> None:
    np.testing.assert_allclose(am.grad(lambda x: am.sum(f(x)))(np.array(entries)), want, rtol=1e-15)


# --- one rule for all libraries ---------------------------------------------------------------------------------------

WEIGHTS = np.array([1.0, -2.0, 0.5, 3.0])
SHARING: dict[str, Function] = {
    "max": am.max,
    "nanmax": am.nanmax,
    "median": am.median,
    "nanmedian": am.nanmedian,
    "quantile": lambda x: am.quantile(x, 0.4),
    "sort": lambda x: am.sum(am.sort(x) * WEIGHTS),
    "cummax": lambda x: am.sum(am.cummax(x) * WEIGHTS),
    "max_pool": lambda x: am.sum(am.max_pool(am.reshape(x, (1, 1, 4)), 3, 1, 1)[0, 0] * WEIGHTS),
}


@pytest.mark.parametrize("name", SHARING)
def test_one_rule_for_all_libraries(name: str) -> None:
    torch, jnp = pytest.importorskip("torch"), pytest.importorskip("jax.numpy")
    slope = am.grad(SHARING[name])
    rows = np.array([[2.0, 2.0, 2.0, 2.0], [1.0, 3.0, 3.0, 2.0], [1.0, nan, nan, 0.0]], np.float32)
    want = [slope(row) for row in rows]
    assert all(g.dtype == np.float32 for g in want)
    np.testing.assert_allclose([slope(torch.tensor(row)).numpy() for row in rows], want, rtol=1e-6)
    if name in ("max", "median", "cummax"):  # JAX compiles each operation anew
        np.testing.assert_allclose([np.asarray(slope(jnp.asarray(row))) for row in rows], want, rtol=1e-6)
    np.testing.assert_allclose(am.vmap(slope)(rows), want, rtol=1e-6)


@pytest.mark.parametrize("name", ["median", "nanmedian", "sort", "cummax"])
def test_jax_compiles_the_rule(name: str) -> None:
    jax = pytest.importorskip("jax")
    slope, row = am.grad(SHARING[name]), np.array([2.0, 1.0, 2.0, 2.0], np.float32)
    np.testing.assert_allclose(jax.jit(slope)(row), slope(row), rtol=1e-6)


def test_median_of_equals() -> None:
    torch = pytest.importorskip("torch")
    np.testing.assert_array_equal(am.grad(am.median)(torch.tensor([2.0] * 4)), [0.25] * 4)


# --- counts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["max", "median", "quantile", "running", "sorted"])
def test_float16_shares_among_many(name: str) -> None:
    """float16 ends at 65504, so it cannot hold the count; 1/70000 it can, as the nearest subnormal."""
    f = LARGEST.get(name, am.median)
    g = am.grad(f)(np.full(70_000, 2.0, np.float16))
    np.testing.assert_array_equal(g, np.full(70_000, 1 / 70_000, np.float16))
    assert g.dtype == np.float16


def test_float16_shares_a_large_window() -> None:
    x = np.ones((1, 1, 64, 64), np.float16)
    g = am.grad(lambda x: am.sum(am.max_pool(x, 64)))(x)
    np.testing.assert_array_equal(g, np.full_like(x, 1 / 4096))
    tangent = am.jvp(lambda x: am.max_pool(x, 64), [x], [x])[1]
    np.testing.assert_array_equal(tangent, [[[[1.0]]]])


# --- pooling ----------------------------------------------------------------------------------------------------------


def pools(torch: Any) -> Any:
    for size, k, s, p, d, up in itertools.product([(7,), (4, 5)], (1, 2, 3), (1, 2, 3), (0, 1), (1, 2), (False, True)):
        if 2 * p <= k:
            yield getattr(torch.nn.functional, f"max_pool{len(size)}d"), size, k, s, p, d, up


def test_max_pool_as_in_torch() -> None:
    torch = pytest.importorskip("torch")
    rng, count = np.random.default_rng(0), 0
    for theirs, size, k, s, p, d, up in pools(torch):
        x = rng.normal(size=(1, 2, *size))
        t = torch.tensor(x, requires_grad=True)
        try:
            want = theirs(t, k, s, p, dilation=d, ceil_mode=up)
        except RuntimeError:
            with pytest.raises(ValueError, match="max_pool"):
                am.max_pool(x, k, s, p, d, up)
            continue
        y, pullback = am.vjp(lambda x, k=k, s=s, p=p, d=d, up=up: am.max_pool(x, k, s, p, d, up), x)
        np.testing.assert_array_equal(y, want.detach().numpy())
        g = rng.normal(size=y.shape)
        want.backward(torch.tensor(g))
        np.testing.assert_allclose(pullback(g), t.grad.numpy(), rtol=1e-13)
        count += 1
    assert count > 80


@pytest.mark.parametrize("include", [True, False])
def test_avg_pool_divides_as_torch(include: bool) -> None:
    """What a window of ceil_mode reaches over the padded end does not count."""
    torch = pytest.importorskip("torch")
    for _, size, k, s, p, d, up in pools(torch):
        x = np.random.default_rng(1).normal(size=(1, 1, *size))
        if d == 1 and min(size) + 2 * p >= k:
            pool = getattr(torch.nn.functional, f"avg_pool{len(size)}d")
            want = pool(torch.tensor(x), k, s, p, ceil_mode=up, count_include_pad=include).numpy()
            np.testing.assert_allclose(am.avg_pool(x, k, s, p, 1, include, up), want, rtol=1e-13)


def test_nan_in_a_window_gets_the_gradient() -> None:
    x = np.array([[[nan, 1.0, 2.0, nan, nan, 3.0]]])
    np.testing.assert_array_equal(am.grad(lambda x: am.sum(am.max_pool(x, 3)))(x), [[[1, 0, 0, 0.5, 0.5, 0]]])


def test_pooling_to_second_order_and_forward() -> None:
    """With ties the rule is linear in the gradient: the Hessian of Σ pool(x)² is 2 MᵀM with the matrix M of shares."""
    x = np.array([2.0, 2.0, 1.0, 1.0, 3.0])
    shares = np.array([[0.5, 0.5, 0, 0, 0], [0.5, 0.5, 0, 0, 0], [0, 1, 0, 0, 0], [0, 0, 0, 0, 1]])

    def pool(x: Any) -> Any:
        return am.max_pool(am.reshape(x, (1, 1, 5)), 3, stride=1, padding=((1, 0),))[0, 0]

    np.testing.assert_allclose(am.jacobian(pool)(x), shares, rtol=1e-15)
    np.testing.assert_allclose(am.hessian(lambda x: am.sum(pool(x) ** 2))(x), 2 * shares.T @ shares, rtol=1e-15)
    t = np.arange(5.0)
    np.testing.assert_allclose(am.jvp(pool, [x], [t])[1], shares @ t, rtol=1e-15)
