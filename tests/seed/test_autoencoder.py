"""An autoencoder finds the two hidden dimensions of its data, and beats the best flat sheet."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA

from examples import autoencoder
from tests.seed.running import Run, check_pictures, run


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(autoencoder.main, tmp_path_factory.mktemp("autoencoder"), epochs=100)


def test_it_reconstructs_far_better_than_pca(example: Run) -> None:
    assert example.result["error"] < 0.1 * example.result["pca_error"]
    assert np.all(example.result["explained"] > 0.95)


def test_pca_is_scikit_learn_s(rng: np.random.Generator) -> None:
    X_train, X_test = autoencoder.bend(rng.uniform(-1, 1, (60, 2))), autoencoder.bend(rng.uniform(-1, 1, (20, 2)))
    reference = PCA(2).fit(X_train)
    expected = reference.inverse_transform(reference.transform(X_test))
    np.testing.assert_allclose(autoencoder.pca(X_train, X_test), expected, atol=1e-12)


def test_share_explained_is_1_for_a_bent_copy_and_little_for_noise(rng: np.random.Generator) -> None:
    hidden = rng.uniform(-1, 1, (500, 2))
    copy = np.stack([hidden[:, 0] + 0.1 * hidden[:, 1] ** 2, hidden[:, 1]], axis=1)
    np.testing.assert_allclose(autoencoder.explained(copy, hidden), 1.0, atol=1e-9)
    assert np.all(autoencoder.explained(rng.normal(size=(500, 2)), hidden) < 0.1)


def test_pictures(example: Run) -> None:
    check_pictures(example, "code.png", "loss.png")
