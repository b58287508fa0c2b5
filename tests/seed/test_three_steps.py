"""The three steps of backpropagation by hand, against the graph and against finite differences."""

from __future__ import annotations

import numpy as np
import pytest

from examples import three_steps
from nn import MLP
from tests.seed.running import Run, check_pictures, run


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(three_steps.main, tmp_path_factory.mktemp("three_steps"))


def test_all_gradients_equal_the_graph_s(example: Run) -> None:
    comparison = example.result["comparison"]
    comparison.check()
    assert [row.name for row in comparison.rows] == ["Z2", "Z1", "W2", "b2", "W1", "b1"]
    assert all(row.absolute_error < 1e-12 for row in comparison.rows)
    deep = example.result["deep_comparison"]
    deep.check()
    assert [row.name for row in deep.rows] == ["W1", "b1", "W2", "b2", "W3", "b3"]


def test_derivatives_by_hand_are_the_slopes_of_the_cost() -> None:
    mlp = MLP(2, [3, 1], activation="sigmoid", output_activation="sigmoid", seed=11)
    manual = three_steps.by_hand(mlp)
    h = 1e-6
    for parameter in mlp.parameters():
        assert parameter.name is not None
        found = np.zeros(parameter.shape)
        for index in np.ndindex(parameter.shape):
            costs = []
            for step in (h, -h):
                data = parameter.numpy()
                data[index] += step
                before, parameter.data = parameter.numpy(), data
                costs.append(three_steps.cost(mlp).item())
                parameter.data = before
            found[index] = (costs[0] - costs[1]) / (2 * h)
        np.testing.assert_allclose(manual[parameter.name], found, rtol=1e-5, atol=1e-10)


def test_it_prints_the_steps_and_draws(example: Run) -> None:
    for formula in ("δ2 = ∂C/∂A2 ⊙ A2·(1 − A2)", "δ1 = (δ2 · W2ᵀ) ⊙ A1·(1 − A1)", "∂C/∂W1 = Xᵀ · δ1"):
        assert formula in example.text
    check_pictures(example, "graph.png")
