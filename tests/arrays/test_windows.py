"""Convolution, pooling, windows and updates on JAX arrays and tensors: what NumPy arrays give, with the gradients."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import Value

RNG = np.random.default_rng(0)
BATCH, KERNELS, ROW = RNG.normal(size=(2, 4, 6, 5)), RNG.normal(size=(6, 2, 3, 2)), RNG.normal(size=6)


def jax_array(x: Any) -> Any:
    return pytest.importorskip("jax.numpy").asarray(x, dtype="float32")


def tensor(x: Any) -> Any:
    torch = pytest.importorskip("torch")
    return torch.tensor(x, dtype=torch.float64)


CALLS: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "conv": (lambda x, w: am.conv(x, w, stride=(2, 1), padding=1, dilation=(1, 2), groups=2), (BATCH, KERNELS)),
    "max_pool": (lambda x: am.max_pool(x, 2, stride=1), (BATCH,)),
    "avg_pool": (lambda x: am.avg_pool(x, 3, padding=1, count_include_pad=False), (BATCH,)),
    "sliding_window_view": (lambda x: am.sliding_window_view(x, 3), (ROW,)),
    "set": (lambda x, v: x.at[[1, 4, 1]].set(v), (ROW, ROW[:3])),
    "add": (lambda x, v: x.at[[1, 4, 1]].add(v), (ROW, ROW[:3])),
    "multiply": (lambda x, v: x.at[[1, 4, 1]].multiply(v), (ROW, ROW[:3])),
    "pad": (lambda x: am.pad(x, 7, "reflect", reflect_type="odd"), (ROW,)),
    "pad with a ramp": (lambda x: am.pad(x, 3, "linear_ramp", end_values=2.0), (ROW,)),
}


QUICK = {"sliding_window_view", "add"}  # JAX compiles every operation of every shape anew
BOTH = [
    pytest.param(name, made, marks=[pytest.mark.slow] if made is jax_array and name not in QUICK else [])
    for name in CALLS
    for made in (jax_array, tensor)
]


@pytest.mark.parametrize(("name", "made"), BOTH)
def test_as_with_numpy(name: str, made: Callable[[Any], Any]) -> None:
    f, arrays = CALLS[name]
    ours, theirs = [Value(x) for x in arrays], [Value(made(x)) for x in arrays]
    y, z = f(*ours), f(*theirs)
    close = 1e-12 if made is tensor else 1e-5  # JAX's are float32
    np.testing.assert_allclose(np.asarray(z.raw), y.raw, rtol=close, atol=close)
    gs = am.gradients((y * y).sum(), ours, create_graph=True)
    hs = am.gradients((z * z).sum(), theirs, create_graph=True)
    for g, h in zip(gs, hs, strict=True):
        np.testing.assert_allclose(np.asarray(h.raw), g.raw, rtol=10 * close, atol=10 * close)
    second = am.gradients(sum((g * g).sum() for g in gs), ours)
    for g, h in zip(second, am.gradients(sum((h * h).sum() for h in hs), theirs), strict=True):
        np.testing.assert_allclose(np.asarray(h), g, rtol=10 * close, atol=100 * close)
