"""Convolutional layers: their sums by hand, their repr, and a small task that they learn."""

import numpy as np
import pytest

import autograd_mini as am
import nn
from autograd_mini import Value


def test_conv_is_the_function_with_its_parameters() -> None:
    layer = nn.Conv(2, 4, (3, 2), "tanh", stride=2, padding=1, groups=2, seed=0, label="1")
    x = np.random.default_rng(0).normal(size=(3, 2, 6, 5))
    want = np.tanh(am.conv(x, layer.W.raw, layer.b.raw, stride=2, padding=1, groups=2))  # type: ignore[union-attr]
    np.testing.assert_allclose(layer(x).raw, want)
    assert layer.W.shape == (4, 1, 3, 2)
    assert [p.name for p in layer.parameters()] == ["W1", "b1"]
    assert repr(layer).startswith("Conv(2→4, 3×2, stride=2, padding=1, groups=2, tanh), 28 parameters")
    assert nn.Conv(2, 4, 3, bias=False).b is None


def test_spread_of_the_first_weights_follows_the_window() -> None:
    layer = nn.Conv(8, 16, 5, "relu", seed=1)
    assert layer.W.raw.std() == pytest.approx(np.sqrt(2 / (8 * 25)), rel=0.05)


def test_float32_layers_stay_float32() -> None:
    layer = nn.Conv(1, 2, 3, "relu", seed=0, dtype="float32")
    y = nn.Flatten()(nn.MaxPool(2)(layer(np.zeros((2, 1, 8, 8)))))
    assert y.dtype == np.float32
    assert y.shape == (2, 18)


def test_pooling_layers() -> None:
    x = Value(np.random.default_rng(0).normal(size=(2, 3, 6, 6)))
    np.testing.assert_array_equal(nn.MaxPool(2, 1, 1)(x).raw, am.max_pool(x, 2, 1, 1).raw)
    pool = nn.AvgPool((2, 3), padding=1, count_include_pad=False)
    np.testing.assert_array_equal(pool(x).raw, am.avg_pool(x, (2, 3), padding=1, count_include_pad=False).raw)
    assert repr(pool) == "AvgPool((2, 3), padding=1, count_include_pad=False), 0 parameters"
    assert repr(nn.MaxPool(2)) == "MaxPool(2), 0 parameters"


@pytest.mark.parametrize(
    "build",
    [
        lambda: nn.Conv(3, 4, 3, groups=2),
        lambda: nn.Conv(0, 4, 3),
        lambda: nn.Conv(1, 4, 0),
        lambda: nn.Conv(1, 4, 3, "no such"),
    ],
)
def test_what_cannot_be_built(build: object) -> None:
    with pytest.raises((ValueError, LookupError)):
        build()  # type: ignore[operator]


class Net(nn.Module):
    """One convolution, pooling, and a layer on top."""

    def __init__(self) -> None:
        self.conv = nn.Conv(1, 4, 3, "relu", seed=0, label="1")
        self.pool, self.flat = nn.MaxPool(2), nn.Flatten()
        self.top = nn.Layer(4 * 9, 2, None, seed=1, label="2")

    def forward(self, x: object) -> Value:
        out: Value = self.top(self.flat(self.pool(self.conv(x))))
        return out


def test_it_learns_to_tell_rows_from_columns() -> None:
    """Pictures of one bright row or column anywhere, under noise: a window sees what no single entry tells."""
    rng = np.random.default_rng(0)
    x, labels = rng.normal(scale=0.3, size=(160, 1, 8, 8)), rng.integers(0, 2, 160)
    for picture, label, place in zip(x[:, 0], labels, rng.integers(0, 8, 160), strict=True):
        (picture if label else picture.T)[place] += 1.0
    net = Net()
    adam = nn.optim.Adam(net.parameters(), lr=0.03)
    for _ in range(60):
        loss = nn.cross_entropy(net(x[:120]), labels[:120])
        adam.zero_grad()
        loss.backward()
        adam.step()
    assert np.mean(np.argmax(net(x[120:]).raw, axis=1) == labels[120:]) > 0.95


def test_pools_whose_last_window_reaches_over_the_end() -> None:
    """The divisor of the last mean is the number of entries that the window meets."""
    x = [[[1.0, 5.0, 3.0]]]
    assert nn.MaxPool(2, ceil_mode=True)(x).tolist() == [[[5.0, 3.0]]]
    assert nn.AvgPool(2, ceil_mode=True)(x).tolist() == [[[3.0, 3.0]]]
    assert repr(nn.MaxPool(2, ceil_mode=True)) == "MaxPool(2, ceil_mode=True), 0 parameters"
