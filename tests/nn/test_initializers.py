"""Initial weights: their spread, their reproducibility, and their lookup."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from nn import MLP, Layer, Neuron
from nn.activations import ACTIVATIONS
from nn.initializers import INITIALIZERS, fans, generator, get_initializer

SPREAD = {
    "glorot_uniform": lambda n, m: math.sqrt(2 / (n + m)),
    "glorot_normal": lambda n, m: math.sqrt(2 / (n + m)),
    "he_uniform": lambda n, m: math.sqrt(2 / n),
    "he_normal": lambda n, m: math.sqrt(2 / n),
    "uniform": lambda n, m: 1 / math.sqrt(3),
    "normal": lambda n, m: 1.0,
    "zeros": lambda n, m: 0.0,
}
"""Standard deviations; a uniform distribution in ±a has a/√3."""


@pytest.mark.parametrize("name", INITIALIZERS)
@pytest.mark.parametrize(("n", "m"), [(200, 400), (400, 100)])
def test_weights_have_the_spread_of_the_formula(name: str, n: int, m: int) -> None:
    W = INITIALIZERS[name](np.random.default_rng(7), (n, m), np.float64)
    spread = SPREAD[name](n, m)
    assert W.shape == (n, m)
    assert abs(W.mean()) <= 5 * spread / math.sqrt(n * m)
    assert W.std() == pytest.approx(spread, rel=0.02)
    if "uniform" in name:
        assert math.sqrt(3) * spread * 0.99 < np.abs(W).max() <= math.sqrt(3) * spread


@pytest.mark.parametrize("name", INITIALIZERS)
@given(shape=st.lists(st.integers(0, 4), min_size=1, max_size=4), dtype=st.sampled_from(["float32", "float64"]))
def test_every_shape_and_dtype_and_always_the_same_numbers(name: str, shape: list[int], dtype: str) -> None:
    draws = [INITIALIZERS[name](np.random.default_rng(3), tuple(shape), dtype) for _ in range(2)]
    assert draws[0].shape == tuple(shape)
    assert draws[0].dtype == dtype
    assert np.array_equal(*draws)


def test_fans_count_the_connections() -> None:
    assert fans((2, 3)) == (2, 3)
    assert fans((4,)) == (4, 4)
    assert fans((5, 5, 2, 3)) == (50, 75)  # each output reads 5·5·2 numbers
    with pytest.raises(ValueError, match="single number"):
        fans(())


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_default_suits_the_activation(activation: str) -> None:
    rectifiers = {"relu", "leaky_relu", "elu", "gelu", "silu", "softplus"}
    expected = "he_normal" if activation in rectifiers else "glorot_uniform"
    by_default = Layer(3, 4, activation, seed=5).W.numpy()
    assert np.array_equal(by_default, Layer(3, 4, activation, seed=5, initializer=expected).W.numpy())


def test_a_function_of_ones_own() -> None:
    layer = Layer(2, 3, initializer=lambda rng, shape, dtype: np.full(shape, 0.5))
    assert np.array_equal(layer.W.numpy(), np.full((2, 3), 0.5))
    with pytest.raises(ValueError, match=r"asked for shape \(2, 3\) and returned \(3, 2\)"):
        Layer(2, 3, initializer=lambda rng, shape, dtype: np.zeros(shape[::-1]))


def test_unknown_names_are_answered_with_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"did you mean 'he_normal'.*glorot_uniform, glorot_normal"):
        get_initializer("he_norml")
    with pytest.raises(TypeError, match="a name or a function, got int"):
        get_initializer(3)  # type: ignore[arg-type]


@pytest.mark.parametrize("build", [Neuron, lambda n, **kw: Layer(n, 4, **kw), lambda n, **kw: MLP(n, [4, 1], **kw)])
def test_the_same_seed_gives_the_same_model_and_numpys_own_state_is_left_alone(build: Any) -> None:
    np.random.seed(1)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # type: ignore[index]  # noqa: NPY002
    same = [list(build(3, seed=11).state_dict().values()) for _ in range(2)]
    by_rng = list(build(3, rng=np.random.default_rng(11)).state_dict().values())
    other = list(build(3, seed=12).state_dict().values())
    assert all(map(np.array_equal, same[0], same[1]))
    assert all(map(np.array_equal, same[0], by_rng))
    assert not all(map(np.array_equal, same[0], other))
    assert not all(map(np.array_equal, build(3).state_dict().values(), build(3).state_dict().values()))
    assert np.array_equal(np.random.get_state()[1], before)  # type: ignore[index]  # noqa: NPY002


def test_one_generator_gives_different_layers() -> None:
    rng = np.random.default_rng(0)
    assert not np.array_equal(Layer(2, 2, rng=rng).W.numpy(), Layer(2, 2, rng=rng).W.numpy())


def test_bad_sources_of_random_numbers() -> None:
    with pytest.raises(ValueError, match="either seed= or rng="):
        generator(1, np.random.default_rng(1))
    with pytest.raises(TypeError, match=r"numpy\.random\.default_rng\(0\), got RandomState"):
        generator(rng=np.random.RandomState(0))  # type: ignore[arg-type]
