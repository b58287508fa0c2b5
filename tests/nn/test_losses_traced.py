"""Losses of predictions and targets that nobody can look at, and of other libraries' arrays: NumPy's numbers."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
import nn
from autograd_mini import Value

RNG = np.random.default_rng(0)
Q, T = RNG.uniform(0.1, 0.9, (2, 5, 3)), RNG.uniform(0.1, 0.9, (2, 5, 3))
LABELS = np.array([[0, 2, 1, 1, 0], [1, 1, 0, 2, 2]])
SHARES = T / T.sum(-1, keepdims=True)
LOSSES: dict[str, tuple[Callable[..., Any], Any, Any]] = {
    "mse": (nn.mse_loss, Q, T),
    "l1": (nn.l1_loss, Q, T),
    "huber": (nn.huber_loss, Q, T),
    "hinge": (nn.hinge_loss, Q, np.sign(T - 0.5)),
    "binary_cross_entropy": (nn.binary_cross_entropy, Q, T),
    "binary_cross_entropy_with_logits": (nn.binary_cross_entropy_with_logits, Q, T),
    "cross_entropy of labels": (nn.cross_entropy, Q, LABELS),
    "cross_entropy of shares": (nn.cross_entropy, Q, SHARES),
    "nll": (nn.nll_loss, np.log(Q), LABELS),
    "kl_divergence": (nn.kl_divergence, np.log(Q), SHARES),
}
ways = pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
losses = pytest.mark.parametrize("name", LOSSES)


def functions(name: str, reduction: str) -> tuple[list[Callable[..., Any]], Any, Any]:
    """The loss of plain data and of a Value, and its gradient by the prediction; predictions and targets."""
    loss, prediction, target = LOSSES[name]

    def value(q: Any, t: Any) -> Any:
        return loss(q, t, reduction)

    def of_value(q: Any, t: Any) -> Any:
        return loss(Value(q), t, reduction).data

    def slope(q: Any, t: Any) -> Any:
        return am.grad(lambda q: am.sum(loss(q, t, reduction)))(q)

    return [value, of_value, slope], prediction, target


def close(got: Any, want: Any) -> None:
    np.testing.assert_allclose(np.asarray(got), want, rtol=1e-9, atol=1e-12)


@losses
@ways
def test_vmap_over_both(name: str, reduction: str) -> None:
    (value, _, slope), prediction, target = functions(name, reduction)
    for f in (value, slope):
        close(am.vmap(f)(prediction, target), [f(q, t) for q, t in zip(prediction, target, strict=True)])


@losses
@ways
def test_torch(name: str, reduction: str) -> None:
    torch: Any = pytest.importorskip("torch")
    fs, prediction, target = functions(name, reduction)
    q, t = torch.asarray(prediction), torch.asarray(target)
    for f in fs:
        wants = [f(a, b) for a, b in zip(prediction, target, strict=True)]
        close(f(q[0], t[0]), wants[0])
        close(f(q[0], target[0]), wants[0])
        close(torch.func.vmap(f)(q, t), wants)
    close(torch.func.grad(lambda q: torch.sum(fs[0](q, t[0])))(q[0]), fs[2](prediction[0], target[0]))


@losses
@pytest.mark.parametrize("reduction", ["mean", pytest.param("none", marks=pytest.mark.slow)])
def test_jit(name: str, reduction: str) -> None:
    jax: Any = pytest.importorskip("jax")
    fs, prediction, target = functions(name, reduction)
    with jax.enable_x64(True):
        q, t = jax.numpy.asarray(prediction), jax.numpy.asarray(target)
        for f in fs:
            close(f(q[0], t[0]), f(prediction[0], target[0]))
            close(jax.jit(f)(q[0], t[0]), f(prediction[0], target[0]))
        wants = [fs[2](a, b) for a, b in zip(prediction, target, strict=True)]
        close(jax.jit(am.vmap(fs[2]))(q, t), wants)
        close(jax.jit(jax.vmap(fs[2]))(q, t), wants)
        close(jax.grad(lambda q: jax.numpy.sum(fs[0](q, t[0])))(q[0]), wants[0])


def test_numbers_that_can_be_seen_are_checked() -> None:
    torch: Any = pytest.importorskip("torch")
    for loss, target in (
        (nn.hinge_loss, 0.5), (nn.binary_cross_entropy, 1.5), (nn.binary_cross_entropy_with_logits, -1.0)
    ):  # fmt: skip
        for make in (np.asarray, torch.asarray, lambda x: Value(torch.asarray(x))):
            with pytest.raises(ValueError, match=f"{loss.__name__} takes targets"):
                loss(make(np.full(2, 0.5)), make(np.full(2, target)))
