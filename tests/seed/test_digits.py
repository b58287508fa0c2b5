"""The main job: digits are read, gradients equal those by hand, pictures are there."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits

from examples import digits
from nn import cross_entropy
from tests.seed.running import Run, check_pictures, run


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(digits.main, tmp_path_factory.mktemp("digits"), epochs=3, progress=False)


def test_three_epochs_read_most_digits(example: Run) -> None:
    assert example.result["accuracy"] > 0.95
    assert example.result["accuracy"] == example.result["history"]["validation_accuracy"][-1]
    assert "test accuracy" in example.text


def test_gradients_by_hand_equal_the_graph_s(example: Run) -> None:
    comparison = example.result["comparison"]
    comparison.check()
    assert {row.name for row in comparison.rows} == {"W3", "b3", "W4", "b4", "h"}
    assert all(row.absolute_error < 1e-12 for row in comparison.rows)
    assert all(np.any(row.graph) for row in comparison.rows)


def test_pictures(example: Run) -> None:
    check_pictures(example, "loss.png", "guesses.png", "graph.svg", "graph.png")


def test_patches_are_the_squares_of_the_image() -> None:
    image = np.arange(64.0)
    squares = np.lib.stride_tricks.sliding_window_view(image.reshape(8, 8), (3, 3)).reshape(36, 9)
    np.testing.assert_array_equal(image[digits.PATCHES], squares)


def test_moved_images_are_the_digit_one_pixel_aside() -> None:
    image = np.zeros((8, 8))
    image[3, 4] = 1.0
    images, labels = digits.moved(image.reshape(1, 64), np.array([7]))
    places = {(int(i), int(j)) for i, j in (np.argwhere(moved.reshape(8, 8))[0] for moved in images)}
    assert places == {(3, 4), (4, 4), (2, 4), (3, 5), (3, 3)}
    assert labels.tolist() == [7] * 5


def test_every_parameter_gets_the_slope_of_the_cost() -> None:
    images, labels = load_digits(return_X_y=True)
    images, labels = images[:4] / 16, labels[:4]
    model = digits.DigitReader(n_features=2, n_hidden=3, seed=5, dtype="float64")
    cross_entropy(model(images), labels).backward()
    gradients = {name: parameter.grad for name, parameter in model.named_parameters()}
    state, h = model.state_dict(), 1e-6
    for name, gradient in gradients.items():
        index = np.unravel_index(np.argmax(np.abs(gradient)), gradient.shape)
        costs = []
        for step in (h, -h):
            changed = {key: array.copy() for key, array in state.items()}
            changed[name][index] += step
            model.load_state_dict(changed)
            costs.append(cross_entropy(model(images), labels).item())
        assert gradient[index] == pytest.approx((costs[0] - costs[1]) / (2 * h), rel=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_whole_demo(seed: int, tmp_path: Path) -> None:
    start = time.perf_counter()
    example = run(digits.main, tmp_path, seed=seed, progress=False)
    assert time.perf_counter() - start < 60
    assert example.result["accuracy"] >= 0.97
