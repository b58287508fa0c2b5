"""XOR composed of OR, NAND and AND, and learned by a network."""

from __future__ import annotations

import pytest

from examples import xor
from tests.seed.running import Run, check_pictures, run


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(xor.main, tmp_path_factory.mktemp("xor"), epochs=300)


def test_truth_table_by_hand(example: Run) -> None:
    assert example.result["by_hand"] == [a ^ b for a in (0, 1) for b in (0, 1)]


def test_parts_are_the_gates_that_they_are_called() -> None:
    network = xor.XOR()
    for a in (0, 1):
        for b in (0, 1):
            assert network.OR([a, b]).item() == (a | b)
            assert network.NAND([a, b]).item() == 1 - (a & b)
            assert network.AND([a, b]).item() == (a & b)


def test_network_learns_the_table(example: Run) -> None:
    assert [round(y) for y in example.result["learned"]] == [0, 1, 1, 0]
    assert abs(example.result["learned"] - xor.WANTED).max() < 0.05
    losses = example.result["history"].losses
    assert losses[0] > 0.5
    assert losses[-1] < 0.02


def test_pictures(example: Run) -> None:
    check_pictures(example, "by_hand.png", "surfaces.png", "loss.png")
