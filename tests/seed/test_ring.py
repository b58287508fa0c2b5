"""Two classes in a ring: no line parts them, a network does."""

from __future__ import annotations

import numpy as np
import pytest

from examples import ring
from tests.seed.running import Run, check_pictures, run

NETWORK = "2 → 16 → 16 → 1 neurons"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(ring.main, tmp_path_factory.mktemp("ring"), epochs=50)


def test_classes_lie_around_one_another() -> None:
    X, y = ring.make_data()
    radius = np.linalg.norm(X, axis=1)
    assert np.sum(y == 0) == np.sum(y == 1) == 200
    assert radius[y == 0].mean() < 1.25 < radius[y == 1].mean()


def test_one_neuron_fails_and_the_network_learns(example: Run) -> None:
    assert example.result["one neuron"]["train"] < 0.75
    assert example.result[NETWORK]["train"] > 0.98
    assert example.result[NETWORK]["test"] > 0.95


def test_pictures(example: Run) -> None:
    check_pictures(example, "surfaces.png", "loss.png")
