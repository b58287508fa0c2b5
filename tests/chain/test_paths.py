"""Paths counted, summed, ranked and contracted, against listing them all."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, strategies as st

from autograd_mini.chain.paths import Dag, Route, between, count_text

FACTORS = st.one_of(
    st.sampled_from([0.0, 1.0, -1.0, 2.0, 0.5]), st.floats(-3.0, 3.0, allow_nan=False, allow_subnormal=False)
)


@st.composite
def dags(draw: st.DrawFn) -> Dag:
    """Small graphs in which every node lies on a path from the first to the last."""
    size = draw(st.integers(2, 7))
    pairs = [(node, node + 1) for node in range(size - 1) if draw(st.booleans()) or node == 0]
    pairs += draw(st.lists(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)), max_size=10))
    edges = sorted((a, b) for a, b in pairs if a < b)
    results, operands = [size - 1 - a for a, _ in edges], [size - 1 - b for _, b in edges]
    nodes, kept = between(results, operands, size - 1, 0)
    if not nodes:
        return Dag([0], [1], [draw(FACTORS)])
    position = {node: i for i, node in enumerate(nodes)}
    uppers, lowers = [position[results[k]] for k in kept], [position[operands[k]] for k in kept]
    return Dag(uppers, lowers, [draw(FACTORS) for _ in kept])


def all_routes(dag: Dag, node: int = 0, bottom: int | None = None) -> Iterator[Route]:
    """Every path, by listing."""
    last = dag.bottom if bottom is None else bottom
    if node == last:
        yield ()
        return
    for edge in dag.leaving[node]:
        for rest in all_routes(dag, dag.lowers[edge], last):
            yield (edge, *rest)


def doubling(n: int, factor: float = 1.0) -> Dag:
    """a += a, n times."""
    nodes = [node for node in range(n) for _ in range(2)]
    return Dag(nodes, [node + 1 for node in nodes], [factor] * (2 * n))


def ladder(n: int) -> Dag:
    """Each node leads to the next two, so that no node in between lies on all paths."""
    edges = [(node, onward) for node in range(n) for onward in (node + 1, node + 2) if onward <= n]
    return Dag([a for a, _ in edges], [b for _, b in edges], [0.6 + 0.001 * (a % 7) for a, _ in edges])


@given(dags())
def test_count_sum_and_mass_are_those_of_all_paths(dag: Dag) -> None:
    products = [dag.product(route) for route in all_routes(dag)]
    assert dag.count() == len(products)
    assert dag.total() == pytest.approx(math.fsum(products), abs=1e-9)
    assert dag.mass() == pytest.approx(math.fsum(map(abs, products)), abs=1e-9)


@given(dags())
def test_bottlenecks_lie_on_all_paths_and_their_counts_multiply(dag: Dag) -> None:
    routes = [{0, *(dag.lowers[edge] for edge in route)} for route in all_routes(dag)]
    assert dag.bottlenecks == sorted(set.intersection(*routes))
    for node in range(dag.bottom + 1):
        onward = len(list(all_routes(dag, node)))
        so_far = len(list(all_routes(dag, 0, node)))
        assert (so_far * onward == dag.count()) == (node in dag.bottlenecks)


@given(dags(), st.integers(1, 6))
def test_the_largest_paths_are_the_largest(dag: Dag, k: int) -> None:
    found = dag.largest(k)
    sizes = sorted((abs(dag.product(route)) for route in all_routes(dag)), reverse=True)
    assert [abs(dag.product(route)) for route in found] == pytest.approx(sizes[:k], rel=1e-8, abs=1e-300)
    assert len(set(found)) == len(found) == min(k, len(sizes))


@given(dags(), st.data())
def test_contracting_keeps_the_derivative_and_the_mass_between_kept_nodes(dag: Dag, data: st.DataObject) -> None:
    inner = st.integers(0, dag.bottom)
    keep = data.draw(st.sets(inner))
    small = dag.contract(keep, 1000)
    assert small is not None
    kept = sorted({0, dag.bottom, *keep})
    assert small.bottom == len(kept) - 1
    assert small.total() == pytest.approx(dag.total(), abs=1e-9)
    for edge, factor in enumerate(small.factors):
        top, bottom = kept[small.uppers[edge]], kept[small.lowers[edge]]
        direct = [
            dag.product(route)
            for route in all_routes(dag, top, bottom)
            if not {dag.lowers[step] for step in route[:-1]} & set(kept)
        ]
        assert factor == pytest.approx(math.fsum(direct), abs=1e-9)


def test_contracting_stops_at_its_limit() -> None:
    assert doubling(10).contract(range(11), 19) is None
    assert doubling(10).contract(range(11), 20) is not None


def test_paths_between_two_bottlenecks() -> None:
    dag = doubling(5, 0.5)
    assert dag.bottlenecks == [0, 1, 2, 3, 4, 5]
    assert (dag.count(1, 4), dag.total(1, 4), dag.mass(1, 4)) == (8, 1.0, 1.0)
    assert dag.largest(3, 2, 4) == [(4, 6), (5, 6), (4, 7)]


def test_of_equal_products_the_first_path_comes_first() -> None:
    # 0.1 × 0.7 × 0.3 and its like differ in the last digit, by the order in which they are multiplied
    factors = [0.1, 0.3, 0.7]
    orders = [(0, 1, 2), (1, 2, 0), (2, 0, 1)]
    dag = Dag(
        [0, 0, 0, 1, 2, 3, 4, 5, 6],
        [1, 2, 3, 4, 5, 6, 7, 7, 7],
        [factors[order[step]] for step in range(3) for order in orders],
    )
    assert len({dag.product(route) for route in all_routes(dag)}) > 1
    assert dag.largest(3) == [(0, 3, 6), (1, 4, 7), (2, 5, 8)]


@pytest.mark.parametrize(
    ("factors", "expected"),
    [
        ([0.0, 1e-300, math.inf], [(2, 5), (1, 4), (0, 3)]),
        ([1e200, -1e300, math.nan], [(2, 5), (1, 4), (0, 3)]),
        ([1e-320, 0.0, -1e-310], [(2, 5), (0, 3), (1, 4)]),
    ],
)
def test_zero_infinity_and_nan_have_a_rank(factors: list[float], expected: list[Route]) -> None:
    dag = Dag([0, 0, 0, 1, 2, 3], [1, 2, 3, 4, 4, 4], [*factors, 1e-300, 1e300, 1.0])
    assert dag.largest(3) == expected


def test_products_that_overflow_are_ranked_by_what_they_would_be() -> None:
    dag = Dag([0, 0, 1, 2], [1, 2, 3, 3], [1e200, 1e300, 1e200, 1e250])
    assert dag.largest(2) == [(1, 3), (0, 2)]


def test_two_to_the_hundredth_paths_answer_at_once() -> None:
    dag = doubling(100)
    assert dag.count() == 2**100
    assert dag.total() == dag.mass() == 2.0**100
    assert len(dag.largest(8)) == 8
    assert len(dag.bottlenecks) == 101


def test_100000_nodes_take_seconds() -> None:
    start = time.process_time()
    chained, woven = doubling(100_000, 0.5), ladder(100_000)
    assert chained.count() == 2**100_000
    assert chained.total() == 1.0
    assert woven.bottlenecks == [0, 100_000]
    assert len(woven.largest(8)) == 8
    assert woven.count().bit_length() == 69_424  # the Fibonacci number of 100,001
    assert time.process_time() - start < 10.0


def test_between_keeps_what_leads_from_one_to_the_other() -> None:
    # 5 is the root; 0 and 1 are leaves; 3 leads to no leaf of interest
    results, operands = [2, 2, 3, 4, 4, 5, 5], [0, 1, 1, 2, 3, 4, 2]
    assert between(results, operands, 5, 0) == ([5, 4, 2, 0], [5, 6, 3, 0])
    assert between(results, operands, 5, 5) == ([5], [])
    assert between(results, operands, 3, 0) == ([], [])


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0"),
        (1_600, "1,600"),
        (10**15 - 1, "999,999,999,999,999"),
        (10**15, "1.000 × 10¹⁵"),
        (2**64 - 1, "1.845 × 10¹⁹"),
        (2**100, "2¹⁰⁰"),
        (3**50, "7.179 × 10²³"),
        (9 * 10**40 + 1, "9.000 × 10⁴⁰"),
        (2**100_000 - 1, "9.990 × 10³⁰¹⁰²"),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
def test_numbers_of_paths_are_short(count: int, text: str) -> None:
    assert count_text(count) == text
