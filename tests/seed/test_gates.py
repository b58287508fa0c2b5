"""AND is Y = 1·X1 + 1·X2 − 1 and OR is Y = 1·X1 + 1·X2 + 0, 1 where that is above 0; both can be learned."""

from __future__ import annotations

import pytest

from examples import gates
from tests.seed.running import Run, check_pictures, run

TRUTH = {"AND": [0, 0, 0, 1], "OR": [0, 1, 1, 1]}


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(gates.main, tmp_path_factory.mktemp("gates"), steps=500)


@pytest.mark.parametrize("name", ["AND", "OR"])
def test_truth_table_by_hand(example: Run, name: str) -> None:
    bias = {"AND": -1, "OR": 0}[name]
    assert TRUTH[name] == [1 * x1 + 1 * x2 + bias > 0 for x1, x2 in gates.CORNERS]
    assert example.result[name]["by_hand"] == TRUTH[name]


@pytest.mark.parametrize("name", ["AND", "OR"])
def test_learned_gate_has_the_same_table(example: Run, name: str) -> None:
    learned = example.result[name]
    assert [round(y) for y in learned["learned"]] == TRUTH[name]
    assert learned["costs"][-1] < 0.005 < learned["costs"][0]
    w1, w2, b = learned["weights"]
    assert [w1 * x1 + w2 * x2 + b > 0 for x1, x2 in gates.CORNERS] == TRUTH[name]


def test_it_prints_the_formulas_and_draws(example: Run) -> None:
    assert "AND by hand: z = 1·X1 + 1·X2 − 1" in example.text
    assert "OR by hand: z = 1·X1 + 1·X2 + 0" in example.text
    check_pictures(example, "and.png", "or.png", "lines.png")
