"""X = X − dX on three hills: learning rates that crawl, arrive and diverge."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from examples import descent
from tests.seed.running import Run, check_pictures, run


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(descent.main, tmp_path_factory.mktemp("descent"))


def test_in_a_bowl_every_step_shrinks_x_by_one_factor(example: Run) -> None:
    for rate, path in example.result["bowl"].items():
        np.testing.assert_allclose(path, 2 * (1 - 2 * rate) ** np.arange(len(path)), rtol=1e-12)


def test_rates_crawl_arrive_and_diverge(example: Run) -> None:
    crawls, arrives, diverges = (np.abs(path) for path in example.result["bowl"].values())
    assert 1.0 < crawls[-1] < crawls[0]
    assert arrives[-1] < 1e-6
    assert np.all(np.diff(diverges) > 0)


def test_in_a_gorge_the_steep_axis_diverges_alone(example: Run) -> None:
    for rate, path in example.result["gorge"].items():
        steps = np.arange(len(path))[:, None]
        expected = np.array([9.0, 2.0]) * (1 - rate * np.array([1.0, 10.0])) ** steps
        np.testing.assert_allclose(path, expected, rtol=1e-9)
    crawls, arrives, diverges = (path[-1] for path in example.result["gorge"].values())
    assert crawls[0] > 5
    assert np.linalg.norm(arrives) < 0.1
    assert abs(diverges[0]) < 0.1
    assert abs(diverges[1]) > 4


def test_down_a_hill_every_step_lowers_the_cost_to_a_level_place(example: Run) -> None:
    ends = []
    for start, path in example.result["hills"].items():
        assert path[0] == start
        assert np.all(np.diff(descent.hills(path)) < 1e-12)
        x = path[-1]
        assert abs(x**3 / 2 - 2 * x + 0.4) < 1e-3
        ends.append(x)
    assert ends[0] > 1
    assert ends[1] < -1


def test_a_step_is_rate_times_the_derivative(tmp_path: Path) -> None:
    x0, x1 = descent.descend(descent.hills, 0.45, rate=0.2, steps=1)
    assert x1 == pytest.approx(x0 - 0.2 * (x0**3 / 2 - 2 * x0 + 0.4), rel=1e-12)


def test_pictures(example: Run) -> None:
    check_pictures(example, "hill.png", "rates.png", "contours.png")
