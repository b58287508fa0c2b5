"""Weights as W[input][neuron]: products by hand, columns as neurons, arrays and scalars alike."""

from __future__ import annotations

import math

import numpy as np
import pytest

from examples import weights
from tests.seed.running import Run, check_pictures, run


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(weights.main, tmp_path_factory.mktemp("weights"))


def test_each_neuron_weighs_the_inputs_by_its_column(example: Run) -> None:
    x, W, b = weights.x, weights.W, weights.b
    expected = [math.tanh(x[0] * W[0][j] + x[1] * W[1][j] + b[j]) for j in range(3)]
    np.testing.assert_allclose(example.result["whole"], expected, rtol=1e-14)
    np.testing.assert_allclose(example.result["alone"], expected, rtol=1e-14)


def test_arrays_and_scalars_give_the_same_numbers(example: Run) -> None:
    arrays, scalars = example.result["outputs"]
    assert arrays == pytest.approx(scalars, rel=1e-13)
    assert len(example.result["gradients"]) == 6
    for array, scalar in example.result["gradients"]:
        assert array == pytest.approx(scalar, rel=1e-12)
        assert array != 0


def test_it_prints_the_products_and_draws(example: Run) -> None:
    assert "neuron 1: z = 2·0.5 + (-1)·1.5 + 0.1 = 1 + (-1.5) + 0.1 = -0.4" in example.text
    check_pictures(example, "layer.png", "scalars.png")
