"""fit: against loops written by hand, and when things go wrong."""

import contextlib
import copy
import functools
import gc
import io
import math
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
import nn
from autograd_mini import Value
from nn import MLP, Callback, EarlyStopping, History, Module, Parameter, fit
from nn.interrupts import Interrupts
from nn.loop import DivergenceError


@pytest.fixture(autouse=True)
def ctrl_c() -> Iterator[None]:
    """Ctrl-C as users have it: pytest's parallel workers, and the programs that they start, would ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


RNG = np.random.default_rng(0)
X = RNG.normal(size=(50, 3))
Y = X @ np.array([[1.0], [-2.0], [0.5]]) + 0.3


class Line(Module):
    """x·W + b, with a record of the mode and size of each call."""

    def __init__(self) -> None:
        self.W, self.b = Parameter(np.zeros((3, 1))), Parameter(np.zeros(1))
        self.calls: list[tuple[bool, int]] = []

    def forward(self, x: Any) -> Any:
        self.calls.append((self.training, len(x)))
        return x @ self.W + self.b


class Bend(Module):
    """A single number w: it predicts w·x."""

    def __init__(self, w: float = 1.0) -> None:
        self.w = Parameter(w)

    def forward(self, x: Any) -> Any:
        return self.w * x


def state(model: Any) -> list[Any]:
    return [p.numpy() for p in model.parameters()]


def same(a: list[Any], b: list[Any]) -> bool:
    return all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


# --- it learns what it should -----------------------------------------------------------------------------------------


def by_hand(epochs: int, size: int, lr: float, order: Callable[[], Any]) -> tuple[Any, Any, list[float]]:
    """Linear regression by gradient descent on mini-batches, in plain NumPy."""
    W, b, losses = np.zeros((3, 1)), np.zeros(1), []
    for _ in range(epochs):
        rows, total = order(), 0.0
        for start in range(0, len(X), size):
            x, y = X[rows[start : start + size]], Y[rows[start : start + size]]
            error = x @ W + b - y
            total += float((error**2).mean()) * len(x)
            W, b = W - lr * 2 * x.T @ error / len(x), b - lr * 2 * error.mean(axis=0)
        losses.append(total / len(X))
    return W, b, losses


def test_equals_a_loop_by_hand() -> None:
    model = Line()
    history = fit(model, X, Y, optimizer="sgd", lr=0.1, epochs=7, batch_size=16, shuffle=False)
    W, b, losses = by_hand(7, 16, 0.1, lambda: np.arange(50))
    np.testing.assert_allclose(model.W.data, W, rtol=1e-12)
    np.testing.assert_allclose(model.b.data, b, rtol=1e-12)
    np.testing.assert_allclose(history.losses, losses, rtol=1e-12)
    assert len(history.seconds) == 7
    assert {size for _, size in model.calls} == {16, 2}


def test_shuffles_every_epoch_by_the_seed() -> None:
    model = Line()
    fit(model, X, Y, optimizer="sgd", lr=0.1, epochs=7, batch_size=16, seed=5)
    rng = np.random.default_rng(5)
    W, _, _ = by_hand(7, 16, 0.1, lambda: rng.permutation(50))
    np.testing.assert_allclose(model.W.data, W, rtol=1e-12)


def test_same_seed_same_training_and_numpys_global_state_is_left_alone() -> None:
    before = np.random.get_state()[1].copy()  # type: ignore[index]  # noqa: NPY002

    def train(seed: int) -> tuple[list[Any], list[float]]:
        model = MLP(3, [5, 1], seed=1)
        return state(model), fit(model, X, Y, epochs=3, batch_size=8, validation=0.2, seed=seed).validation_losses

    assert train(3)[1] == train(3)[1] != train(4)[1]
    assert np.array_equal(before, np.random.get_state()[1])  # type: ignore[index]  # noqa: NPY002


def test_same_result_on_one_and_two_threads() -> None:
    code = (
        "import numpy as np, nn; X = np.random.default_rng(0).normal(size=(256, 64));"
        "model = nn.MLP(64, [128, 64], seed=0); nn.fit(model, X, epochs=2, batch_size=128, seed=0);"
        "print([float(p.data.sum()) for p in model.parameters()])"
    )
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            env={**os.environ, "OMP_NUM_THREADS": n, "OPENBLAS_NUM_THREADS": n},
            stdout=subprocess.PIPE,
            text=True,
        )
        for n in ("1", "2")
    ]
    one, two = [np.array(eval(process.communicate(timeout=60)[0])) for process in runs]
    np.testing.assert_allclose(one, two, rtol=1e-10)


@pytest.mark.parametrize("outputs", [1, 2])
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_scalar_build_trains_like_the_tensor_build(outputs: int, optimizer: str) -> None:
    targets = np.column_stack([Y[:12], Y[:12] ** 2])[:, :outputs]
    results = []
    for scalar in (False, True):
        model = MLP(3, [4, outputs], scalar=scalar, seed=2)
        history = fit(
            model,
            X[:12],
            targets,
            optimizer=optimizer,
            lr=0.05,
            epochs=4,
            batch_size=5,
            validation=0.25,
            metrics={"worst": lambda p, t: np.abs(p - t).max()},
            seed=0,
        )
        results.append((history, model))
    (tensors, _), (scalars, model) = results
    for name in ("loss", "validation_loss", "worst", "validation_worst"):
        np.testing.assert_allclose(tensors[name], scalars[name], rtol=1e-10)
    assert all(type(p.raw) is float for p in model.parameters())


def test_scalar_build_classifies() -> None:
    model = MLP(2, [3], scalar=True, seed=0)
    points = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    history = fit(model, points, [0, 1, 2], loss="cross_entropy", lr=0.1, epochs=150, metrics=nn.accuracy)
    assert history["accuracy"][-1] == 1.0


def test_without_targets_the_target_is_the_input() -> None:
    flat = RNG.normal(size=(40, 1)) @ RNG.normal(size=(1, 4))
    one, two = MLP(4, [1, 4], "linear", seed=0), MLP(4, [1, 4], "linear", seed=0)
    history = fit(one, flat, lr=0.05, epochs=60, validation=(flat[:5], None), seed=0)
    fit(two, flat, flat, lr=0.05, epochs=60, seed=0)
    assert same(state(one), state(two))
    assert history.losses[-1] < 0.01 * history.losses[0]
    assert len(fit(one, flat, validation=flat[:5], epochs=1).validation_losses) == 1


@pytest.mark.parametrize(("kind", "count"), [(np.array, 2), (list, 2), (tuple, 3)])
def test_rows_to_validate_with_are_no_pair_of_inputs_and_targets(kind: Any, count: int) -> None:
    """Only a tuple of two is (X, y); two rows in an array or a list are two samples."""
    one, two = MLP(3, [3], "linear", seed=0), MLP(3, [3], "linear", seed=0)
    history = fit(one, X, validation=kind(X[:count]), epochs=1, seed=0)
    assert history.validation_losses == fit(two, X, validation=(X[:count], None), epochs=1, seed=0).validation_losses


@pytest.mark.parametrize("target", [Y[:, 0], Y])
def test_a_row_of_targets_serves_for_one_output(target: Any) -> None:
    model = Line()
    fit(model, X, target, optimizer="sgd", lr=0.1, epochs=2, batch_size=50, shuffle=False)
    np.testing.assert_allclose(model.W.data, by_hand(2, 50, 0.1, lambda: np.arange(50))[0], rtol=1e-12)


def test_shapes_that_would_broadcast_are_an_error_before_any_change() -> None:
    model = Line()
    with pytest.raises(ValueError, match=r"\(32, 1\).*\(32, 3\)") as error:
        fit(model, X, X)
    assert error.value.__notes__[-1] == "in epoch 1, batch 1 of 2"
    assert not np.any(model.W.data)


def test_float32_stays_float32() -> None:
    seen = set()

    def loss(prediction: Value, target: Any) -> Value:
        seen.update([prediction.dtype.name, target.dtype.name])
        loss: Value = nn.mse_loss(prediction, target)
        return loss

    model = MLP(3, [4, 1], dtype="float32", seed=0)
    seen_in_gradients: list[Any] = []
    fit(model, X, Y, loss=loss, epochs=2, validation=0.2, callbacks=Gradients(seen_in_gradients))
    assert seen == {"float32"}
    assert {g.dtype.name for g in seen_in_gradients[-1]} == {p.dtype.name for p in model.parameters()} == {"float32"}


def test_whole_numbers_stay_whole() -> None:
    class Table(Module):
        def __init__(self) -> None:
            self.rows = Parameter(np.zeros((5, 2)))

        def forward(self, x: Any) -> Any:
            assert x.dtype.kind == "i"
            return self.rows[x]

    model = Table()
    fit(model, [0, 2, 2, 4], [[1.0, 1.0], [2.0, 2.0], [2.0, 2.0], [4.0, 4.0]], optimizer="sgd", lr=1.0, epochs=60)
    np.testing.assert_allclose(model.rows.data[:, 0], [1, 0, 2, 0, 4], atol=1e-3)


def test_accepts_any_callable_with_parameters() -> None:
    class Plain:
        w = Value(0.0)

        def __call__(self, x: Any) -> Any:
            return self.w * x

        def parameters(self) -> Any:
            yield self.w

    model = Plain()
    fit(model, [1.0, 2.0, 3.0], [2.0, 4.0, 6.0], optimizer="sgd", lr=0.1, epochs=50)
    assert model.w.data == pytest.approx(2.0)


# --- losses, optimizers, metrics, validation --------------------------------------------------------------------------


@pytest.mark.parametrize("loss", ["mse", "mse_loss", nn.mse_loss, lambda p, t: ((p - t) ** 2).mean()])
def test_losses_by_name_or_function(loss: Any) -> None:
    model = Line()
    fit(model, X, Y, loss=loss, optimizer="sgd", lr=0.1, epochs=1, batch_size=50)
    np.testing.assert_allclose(model.W.data, by_hand(1, 50, 0.1, lambda: np.arange(50))[0], rtol=1e-12)


def test_classes() -> None:
    labels = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0)
    model = MLP(3, [16, 3], seed=0)
    history = fit(model, X, labels, loss="cross_entropy", lr=0.05, epochs=60, metrics=[nn.accuracy], seed=0)
    assert history["accuracy"][-1] > 0.95


@pytest.mark.parametrize(
    ("optimizer", "lr"),
    [
        ("sgd", 0.1),
        ("SGD", 0.1),
        (nn.optim.SGD, 0.1),
        (functools.partial(nn.optim.SGD, lr=0.1), None),
        (lambda params: nn.optim.SGD(params, 0.1), None),
    ],
)
def test_optimizers_by_name_class_or_function(optimizer: Any, lr: Any) -> None:
    model = Line()
    fit(model, X, Y, optimizer=optimizer, lr=lr, epochs=2, batch_size=50, shuffle=False)
    np.testing.assert_allclose(model.W.data, by_hand(2, 50, 0.1, lambda: np.arange(50))[0], rtol=1e-12)


def test_an_optimizer_goes_on_where_it_was() -> None:
    one, two = Line(), Line()
    momentum = nn.optim.SGD(one.parameters(), 0.05, momentum=0.9)
    for _ in range(2):
        fit(one, X, Y, optimizer=momentum, epochs=1, shuffle=False)
    fit(two, X, Y, optimizer=nn.optim.SGD(two.parameters(), 0.05, momentum=0.9), epochs=2, shuffle=False)
    assert same(state(one), state(two))


def test_parameters_that_the_optimizer_lacks_do_not_change() -> None:
    model = Line()
    fit(model, X, Y, optimizer=nn.optim.SGD([model.b], 0.1), epochs=2)
    assert not np.any(model.W.data)
    assert model.b.data != 0


def test_frozen_parameters_do_not_change() -> None:
    model = Line()
    model.W.requires_grad = False
    fit(model, X, Y, epochs=2)
    assert not np.any(model.W.data)
    assert model.b.data != 0


def test_validation_and_metrics() -> None:
    model = Line()

    def largest(prediction: Any, target: Any) -> Any:
        assert type(prediction) is type(target) is np.ndarray
        return np.abs(prediction - target).max()

    history = fit(model, X[:40], Y[:40], epochs=3, batch_size=7, validation=(X[40:], Y[40:]), metrics=[largest])
    assert history.names == ["loss", "validation_loss", "largest", "validation_largest", "seconds"]
    error = X[40:] @ model.W.data + model.b.data - Y[40:]
    assert history.validation_losses[-1] == pytest.approx(float((error**2).mean()), rel=1e-12)
    assert history["validation_largest"][-1] == pytest.approx(float(np.abs(error).max()), rel=1e-12)
    assert model.calls[-2:] == [(False, 7), (False, 3)]
    assert (False, 7) not in model.calls[:6]


def test_metrics_in_training_are_means_over_samples_before_each_step() -> None:
    model = Bend(1.0)
    history = fit(
        model,
        [1.0, 1.0, 1.0],
        [0.0, 0.0, 0.0],
        optimizer="sgd",
        lr=0.25,
        epochs=1,
        batch_size=2,
        metrics={"mean": lambda prediction, target: prediction.mean()},
    )
    assert history["mean"] == [pytest.approx((2 * 1.0 + 1 * 0.5) / 3)]
    assert history.losses == [pytest.approx((2 * 1.0 + 1 * 0.25) / 3)]


def test_a_share_is_set_aside_and_not_learned_from() -> None:
    model = Line()
    history = fit(model, X, Y, epochs=2, batch_size=10, validation=0.2, seed=0)
    assert sum(size for training, size in model.calls if training) == 2 * 40
    assert sum(size for training, size in model.calls if not training) == 2 * 10
    assert len(history.validation_losses) == 2


@pytest.mark.parametrize("training", [True, False])
def test_the_mode_is_as_before(training: bool) -> None:
    class Two(Module):
        def __init__(self) -> None:
            self.line, self.other = Line(), Line()

        def forward(self, x: Any) -> Any:
            return self.line(x) + self.other(x)

    model = Two()
    model.train(training)
    model.other.train(not training)
    fit(model, X, Y, epochs=1, validation=0.2)
    assert (model.training, model.line.training, model.other.training) == (training, training, not training)
    with pytest.raises(ValueError, match="32"):
        fit(model, X, X)
    assert (model.training, model.line.training, model.other.training) == (training, training, not training)


def test_no_epoch_changes_nothing() -> None:
    model = Line()
    history = fit(model, X, Y, epochs=0)
    assert len(history) == 0
    assert not model.calls
    assert isinstance(history, History)


# --- bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"X": X[:49]}, ValueError, "X has 49 samples and y has 50"),
        ({"X": [], "y": []}, ValueError, "X holds no samples"),
        ({"X": [["a"]]}, TypeError, "X must hold numbers"),
        ({"batch_size": 0}, ValueError, "batch_size must be a whole number from 1, got 0"),
        ({"batch_size": 2.5}, ValueError, "got 2.5"),
        ({"epochs": -1}, ValueError, "epochs must be a whole number from 0, got -1"),
        ({"epochs": 1.5}, ValueError, "epochs .* got 1.5"),
        ({"loss": "mes"}, ValueError, "no loss 'mes': did you mean 'mse'"),
        ({"loss": 3}, TypeError, "loss"),
        ({"optimizer": "adamm"}, ValueError, "no optimizer 'adamm': did you mean 'adam'"),
        ({"optimizer": 3}, TypeError, "optimizer is a name, a class or an object"),
        ({"lr": -1}, ValueError, "lr must be .* got -1"),
        ({"lr": 0.1, "optimizer": nn.optim.SGD([Value(1.0)])}, ValueError, "lr=0.1 goes with"),
        ({"optimizer": nn.optim.SGD([Value(1.0)])}, ValueError, "no parameter of this model"),
        ({"validation": 0}, ValueError, "between 0 and 1, got 0"),
        ({"validation": 1.5}, ValueError, "between 0 and 1, got 1.5"),
        ({"validation": 0.001}, ValueError, "sets 0 aside"),
        ({"validation": (X, Y[:3])}, ValueError, "validation X has 50 samples and validation y has 3"),
        ({"validation": (X[:, :2], Y)}, ValueError, r"samples of X have shape \(3,\), those of validation \(2,\)"),
        ({"validation": (X, None)}, ValueError, "targets exactly if"),
        ({"validation": X}, ValueError, "targets exactly if"),
        ({"validation": "20%"}, TypeError, "validation X must hold numbers"),
        ({"metrics": {"a": 3}}, TypeError, "a=3"),
        ({"metrics": {"loss": max}}, ValueError, "'loss'"),
        ({"metrics": {"validation_a": max}}, ValueError, "'validation_a'"),
        ({"callbacks": EarlyStopping}, TypeError, r"pass EarlyStopping\(...\)"),
        ({"callbacks": [3]}, TypeError, "got 3"),
        ({"callbacks": EarlyStopping(3)}, ValueError, "cannot watch 'validation_loss'.*validation=0.2"),
        ({"callbacks": EarlyStopping(3, monitor="acc")}, ValueError, "cannot watch 'acc', there is loss, seconds"),
        ({"progress": "yes"}, ValueError, "progress must be True, False or 'auto', got 'yes'"),
        ({"loss": lambda p, t: (p - t) ** 2}, ValueError, r"one number.*its shape is \(32, 1\)"),
        ({"loss": lambda p, t: 0.0}, TypeError, "loss must be a Value.* 0.0"),
        ({"loss": lambda p, t: Value(1.0, requires_grad=False)}, RuntimeError, "requires no gradient"),
        ({"model": lambda x: x}, TypeError, "must be callable and have parameters"),
        ({"model": 3}, TypeError, "got 3"),
    ],
)
def test_errors_come_before_any_change(options: dict[str, Any], error: type[Exception], message: str) -> None:
    model = Line()
    arguments = {"model": model, "X": X, "y": Y, **options}
    with pytest.raises(error, match=message):
        fit(**arguments)
    assert not np.any(model.W.data)
    assert model.training


def test_a_model_must_give_values() -> None:
    class Numbers(Line):
        def forward(self, x: Any) -> Any:
            return np.zeros((len(x), 1))

    with pytest.raises(TypeError, match="must give a Value, it gave ndarray"):
        fit(Numbers(), X, Y)


def test_a_model_without_parameters() -> None:
    class Empty(Module):
        def forward(self, x: Any) -> Any:
            return x

    with pytest.raises(ValueError, match="no parameters"):
        fit(Empty(), X, Y)


# --- losses that are not finite ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("scalar", [False, True])
def test_divergence_keeps_the_parameters_of_before(scalar: bool) -> None:
    model = MLP(3, [4, 1], "linear", seed=0, scalar=scalar)
    after = []

    class Watched(nn.optim.SGD):
        def step(self) -> None:
            super().step()
            after.append(state(model))

    with pytest.raises(DivergenceError, match=r"became (inf|nan).*epoch \d+, batch \d of 4.*than 1e\+20") as error:
        fit(model, X, Y, optimizer=Watched, lr=1e20, epochs=99, batch_size=16)
    assert same(state(model), after[-1])
    assert all(np.isfinite(p).all() for p in state(model))
    assert error.value.epoch == len(error.value.history) + 1
    assert (error.value.epoch - 1) * 4 + error.value.batch == len(after) + 1


def test_bad_data_are_named() -> None:
    dirty = Y.copy()
    dirty[20] = math.nan
    model = Line()
    with pytest.raises(DivergenceError, match=r"loss became nan in epoch 1, batch 3 of 5.*y holds infinite or NaN"):
        fit(model, X, dirty, batch_size=10, shuffle=False)
    expected = Line()
    fit(expected, X[:20], Y[:20], batch_size=10, shuffle=False, epochs=1)
    assert same(state(model), state(expected))


def test_an_infinite_gradient_of_a_finite_loss() -> None:
    model = Bend(0.0)
    model.w.name = "w"
    with pytest.raises(DivergenceError, match=r"gradient of .*'w'.* became infinite or NaN in epoch 1, batch 1 of 1"):
        fit(model, [1.0], [0.0], loss=lambda p, t: (p**2).sum() ** 0.5, epochs=1)
    assert model.w.data == 0.0


def test_large_finite_gradients_are_no_divergence() -> None:
    """The square of a gradient may overflow without the gradient being infinite."""
    model = MLP(3, [1], dtype="float32", seed=0)
    fit(model, X, Y, loss=lambda p, t: (p * 1e25).mean(), optimizer="sgd", lr=1e-30, epochs=1)
    assert all(np.isfinite(p).all() for p in state(model))


def test_a_validation_loss_may_be_infinite() -> None:
    model = Bend(1.0)
    history = fit(model, [1.0], [1.0], validation=([math.inf], [1.0]), epochs=2, callbacks=EarlyStopping(1))
    assert history.validation_losses == [math.inf]


# --- gradients afterwards ---------------------------------------------------------------------------------------------


def interrupting(when: int) -> Callable[..., Any]:
    """A loss that raises KeyboardInterrupt at its n-th call."""
    calls = iter(range(1, 1000))

    def loss(prediction: Any, target: Any) -> Any:
        if next(calls) == when:
            raise KeyboardInterrupt
        return nn.mse_loss(prediction, target)

    return loss


def raising(error: BaseException) -> Callable[..., Any]:
    def callback(epoch: int, history: History, model: Any) -> None:
        raise error

    return callback


def endings() -> dict[str, dict[str, Any]]:
    """Every way in which a training ends, as arguments of fit."""
    return {
        "the last epoch": {},
        "no epoch": {"epochs": 0},
        "early stopping": {"epochs": 50, "callbacks": EarlyStopping(1, min_delta=1e9, monitor="loss")},
        "Ctrl-C in a callback": {"callbacks": raising(KeyboardInterrupt())},
        "an exception in a callback": {"callbacks": raising(ZeroDivisionError())},
        "an exception before the first epoch": {"callbacks": EarlyStopping(1)},
        "divergence": {"loss": lambda p, t: am.log(p.sum() * 0.0)},
        "Ctrl-C in the loss": {"loss": interrupting(3)},
    }


@pytest.mark.parametrize("ending", endings())
def test_fit_leaves_no_gradients(ending: str) -> None:
    model = MLP(3, [2, 1], seed=0)
    optimizer = nn.optim.SGD(list(model.parameters())[2:], lr=0.1)  # the first layer is not trained
    for p in model.parameters():
        p.grad = np.ones(p.shape)
    with contextlib.suppress(ArithmeticError, ValueError):
        fit(model, X, Y, **{"optimizer": optimizer, "epochs": 2, **endings()[ending]})
    assert all(p.grad is None for p in model.parameters())
    C = nn.mse_loss(model(X), Y.reshape(-1, 1))
    C.backward()
    fresh = copy.deepcopy(model)
    fresh.zero_grad()
    nn.mse_loss(fresh(X), Y.reshape(-1, 1)).backward()
    assert same([p.grad for p in model.parameters()], [p.grad for p in fresh.parameters()])


def test_gradients_that_the_optimizer_does_not_clear_do_not_add_up() -> None:
    """Those of a layer that is not trained are of one batch in a callback that clips or measures them all."""
    model = MLP(3, [2, 1], seed=0)
    seen: list[Any] = []
    optimizer = nn.optim.SGD(list(model.parameters())[-1:], lr=1e-12)
    fit(model, X, Y, optimizer=optimizer, epochs=2, shuffle=False, batch_size=len(X), callbacks=Gradients(seen))
    assert len(seen) == 3
    np.testing.assert_allclose(seen[1][0], seen[0][0], rtol=1e-9)
    assert same(seen[2], seen[1])  # on_train_end still finds those of the last batch


def test_an_optimizer_of_ones_own_may_clear_nothing() -> None:
    class Steps:
        def __init__(self, params: Any) -> None:
            self.params = {"all": list(params)}

        def step(self) -> None:
            for p in self.params["all"]:
                p.subtract_(0.1 * p.grad)

        def zero_grad(self) -> None: ...

    model, expected = Line(), Line()
    fit(model, X, Y, optimizer=Steps, epochs=3, seed=0)
    fit(expected, X, Y, optimizer="sgd", lr=0.1, epochs=3, seed=0)
    assert same(state(model), state(expected))
    assert all(p.grad is None for p in model.parameters())


# --- interrupts -------------------------------------------------------------------------------------------------------


def test_interrupt_in_the_loss(capsys: pytest.CaptureFixture[str]) -> None:
    model, expected = Line(), Line()
    history = fit(model, X, Y, loss=interrupting(4), epochs=9, batch_size=25, shuffle=False)
    assert history.interrupted
    assert len(history) == 1
    assert "interrupted after 1 of 9 epochs" in capsys.readouterr().err
    seen: list[Any] = []
    fit(expected, X, Y, epochs=2, batch_size=25, shuffle=False, callbacks=Steps(seen))
    assert same(state(model), seen[3])
    assert model.training
    assert not fit(model, X, Y, epochs=1).interrupted


class Gradients(Callback):
    """Collects copies of the gradients before each step, and those at the end."""

    def __init__(self, seen: list[Any]) -> None:
        self.seen = seen

    def on_gradients(self, history: History, model: Any) -> None:
        self.seen.append([None if p.grad is None else np.array(p.grad) for p in model.parameters()])

    def on_train_end(self, history: History, model: Any) -> None:
        self.on_gradients(history, model)


class Steps(Callback):
    """Collects the parameters before each step."""

    def __init__(self, seen: list[Any]) -> None:
        self.seen = seen

    def on_gradients(self, history: History, model: Any) -> None:
        self.seen.append(state(model))


def test_interrupt_in_validation_leaves_no_switch_set() -> None:
    model = Line()
    history = fit(model, X, Y, loss=interrupting(2), epochs=2, batch_size=40, validation=0.2)
    assert history.interrupted
    assert len(history) == 0
    assert model.training
    assert model(X).requires_grad


def test_interrupt_between_a_switch_and_its_end_leaves_nothing_set() -> None:
    def cut_off(prediction: Any, target: Any) -> Value:
        np.errstate(all="ignore").__enter__()  # an interrupt may come before the end is sure to follow
        am.no_grad().__enter__()
        raise KeyboardInterrupt

    before = np.geterr()
    history = nn.fit(nn.MLP(2, [1], seed=0), [[0.0, 1.0]], [[1.0]], loss=cut_off, epochs=1, progress=False)
    assert history.interrupted
    assert np.geterr() == before
    assert (Value(1.0) * 2).requires_grad


def test_interrupt_in_callbacks() -> None:
    ended = []

    class Stop(Callback):
        def on_epoch_end(self, epoch: int, history: History, model: Any) -> None:
            if epoch == 3:
                raise KeyboardInterrupt

        def on_train_end(self, history: History, model: Any) -> None:
            ended.append(len(history))

    best = EarlyStopping(50, monitor="loss")
    history = fit(Line(), X, Y, epochs=9, callbacks=[best, Stop()])
    assert history.interrupted
    assert len(history) == best.best_epoch == 3
    assert ended == [3]


def test_a_signal_waits_for_the_end_of_the_step() -> None:
    class Slow(nn.optim.SGD):
        def update(self, slot: Any, g: Any) -> None:
            if len(changes) == 3:
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(0.02)
            super().update(slot, g)
            changes.append(slot.change.copy())

    changes: list[Any] = []
    model = Line()
    before = signal.getsignal(signal.SIGINT)
    history = fit(model, X, Y, optimizer=Slow, lr=0.1, epochs=9, batch_size=50)
    assert history.interrupted
    assert len(history) == 1
    assert len(changes) == 4
    np.testing.assert_allclose(model.W.data, -changes[0] - changes[2])
    np.testing.assert_allclose(model.b.data, -changes[1] - changes[3])
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs a timer that sends signals")
def test_ctrl_c_at_any_moment_leaves_whole_steps() -> None:
    wholes: list[Any] = []
    fit(MLP(3, [4, 1], seed=0), X, Y, batch_size=10, epochs=60, shuffle=False, callbacks=Steps(wholes))

    class Timer(Callback):
        def __init__(self, microseconds: int) -> None:
            self.seconds = microseconds * 1e-6

        def on_train_begin(self, history: History, model: Any) -> None:
            signal.setitimer(signal.ITIMER_REAL, self.seconds)

    before = signal.signal(signal.SIGALRM, lambda signum, frame: signal.raise_signal(signal.SIGINT))
    # where JAX is imported, Python calls a function of its at each collection, and drops what is raised in there
    watchers, gc.callbacks[:] = gc.callbacks[:], []
    try:
        for microseconds in range(100, 8000, 150):
            model = MLP(3, [4, 1], seed=0)
            history = fit(
                model,
                X,
                Y,
                batch_size=10,
                epochs=10**4,
                shuffle=False,
                validation=(X, Y),
                callbacks=Timer(microseconds),
            )
            assert history.interrupted
            assert any(same(state(model), whole) for whole in wholes)
            assert len({len(history[name]) for name in history}) == 1
            assert model.training
            assert model(X).requires_grad
    finally:
        gc.callbacks[:] = watchers
        signal.signal(signal.SIGALRM, before)


def test_ctrl_c_in_a_program() -> None:
    code = """
import numpy as np, nn
X = np.random.default_rng(0).normal(size=(64, 8))
model = nn.MLP(8, [16, 8], seed=0)
def tell(epoch, history, model):
    if epoch == 3:
        print("epoch 3", flush=True)
history = nn.fit(model, X, epochs=10**9, callbacks=tell)
assert history.interrupted and len(history) >= 3, history
assert len(history["loss"]) == len(history["seconds"])
assert all(np.isfinite(p.data).all() for p in model.parameters()) and model.training
nn.fit(model, X, epochs=1)
print("usable")
"""
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "epoch 3\n"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert out == "usable\n", err
    assert "fit was interrupted after" in err
    assert process.returncode == 0


def test_ctrl_c_in_a_slow_callback() -> None:
    """In ``on_epoch_end`` it ends the training at once; in ``on_train_end`` it waits, and no other callback is lost."""
    told = []

    class Slow(Callback):
        def __init__(self, where: str) -> None:
            self.where = where

        def wait(self, where: str) -> None:
            if where == self.where:
                signal.raise_signal(signal.SIGINT)
                told.append(where)

        def on_epoch_end(self, epoch: int, history: History, model: Any) -> None:
            self.wait("epoch")

        def on_train_end(self, history: History, model: Any) -> None:
            self.wait("end")

    bounds: dict[str, Any] = {"optimizer": "sgd", "lr": 2.0, "batch_size": 50, "seed": 0}  # it diverges
    for where, epochs in (("epoch", 1), ("end", 4)):
        model, expected, best = Line(), Line(), EarlyStopping(50, monitor="loss")
        history = fit(model, X, Y, epochs=4, callbacks=[Slow(where), best], **bounds)
        assert (history.interrupted, len(history), best.best_epoch) == (True, epochs, 1 if epochs == 4 else None)
        fit(expected, X, Y, epochs=1, **bounds)
        assert same(state(model), state(expected))
    assert told == ["end"]


def test_a_second_ctrl_c_does_not_wait() -> None:
    def stubborn() -> None:
        for _ in range(2):
            signal.raise_signal(signal.SIGINT)
        raise AssertionError("the second one should have ended this")

    with pytest.raises(KeyboardInterrupt), Interrupts() as interrupts:
        interrupts.whole(stubborn)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_two_threads_train_at_once() -> None:
    models, expected = [Line(), Line()], Line()
    threads = [threading.Thread(target=fit, args=(model, X, Y), kwargs={"epochs": 20, "seed": 0}) for model in models]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    fit(expected, X, Y, epochs=20, seed=0)
    assert same(state(models[0]), state(expected))
    assert same(state(models[1]), state(expected))


# --- callbacks --------------------------------------------------------------------------------------------------------


def test_callbacks_are_called_in_order() -> None:
    calls: list[Any] = []

    class Log(Callback):
        def on_train_begin(self, history: History, model: Any) -> None:
            calls.append(("begin", history.names))

        def on_gradients(self, history: History, model: Any) -> None:
            calls.append(("gradients", model.W.grad is not None))

        def on_epoch_end(self, epoch: int, history: History, model: Any) -> None:
            calls.append(("end of epoch", epoch, len(history)))

        def on_train_end(self, history: History, model: Any) -> None:
            calls.append(("end", len(history)))

    fit(Line(), X, Y, epochs=2, batch_size=50, callbacks=[Log()])
    assert calls == [
        ("begin", ["loss", "seconds"]),
        ("gradients", True),
        ("end of epoch", 1, 1),
        ("gradients", True),
        ("end of epoch", 2, 2),
        ("end", 2),
    ]


@pytest.mark.parametrize(("answer", "epochs"), [(True, 3), (np.True_, 3), (False, 5), (None, 5), (1.0, 5), ("stop", 5)])
def test_only_true_ends_the_training(answer: Any, epochs: int) -> None:
    seen = []

    def stop(epoch: int, history: History, model: Any) -> Any:
        seen.append(epoch)
        return answer if epoch == 3 else None

    assert len(fit(Line(), X, Y, epochs=5, callbacks=stop)) == epochs
    assert seen == list(range(1, epochs + 1))


def test_gradients_can_be_clipped() -> None:
    class Clip(Callback):
        def on_gradients(self, history: History, model: Any) -> None:
            nn.optim.clip_grad_norm(model.parameters(), 1e-3)

    model = Line()
    fit(model, X, Y, optimizer="sgd", lr=1.0, epochs=1, batch_size=50, callbacks=[Clip()])
    assert math.hypot(*model.W.data.ravel(), *model.b.data) == pytest.approx(1e-3, rel=1e-3)


def test_an_exception_in_a_callback_reaches_the_caller() -> None:
    model, expected = Line(), Line()

    def fail(epoch: int, history: History, model: Any) -> None:
        if epoch == 2:
            raise RuntimeError("no space left")

    with pytest.raises(RuntimeError, match="no space left"):
        fit(model.eval(), X, Y, epochs=5, shuffle=False, callbacks=[fail])
    fit(expected, X, Y, epochs=2, shuffle=False)
    assert same(state(model), state(expected))
    assert not model.training


def with_losses(*losses: float) -> Callable[[EarlyStopping], tuple[int, float]]:
    """Run a callback on given validation losses, in epochs after which the parameter is the epoch's number."""

    def run(stopping: EarlyStopping) -> tuple[int, float]:
        model, history = Bend(0.0), History(["validation_loss"])
        stopping.on_train_begin(history, model)
        for epoch, loss in enumerate(losses, 1):
            model.w.data = float(epoch)
            history.record({"loss": 1.0, "validation_loss": loss, "seconds": 1.0})
            if stopping.on_epoch_end(epoch, history, model):
                break
        stopping.on_train_end(history, model)
        return len(history), model.w.data

    return run


@pytest.mark.parametrize(
    ("stopping", "losses", "stopped", "restored"),
    [
        (EarlyStopping(1), [3, 2, 1], 3, 3),
        (EarlyStopping(1), [3, 2, 2, 1], 3, 2),
        (EarlyStopping(2), [3, 2, 2, 1], 4, 4),
        (EarlyStopping(2), [3, 4, 2, 5, 6, 1], 5, 3),
        (EarlyStopping(2, restore_best=False), [3, 4, 2, 5, 6, 1], 5, 5),
        (EarlyStopping(2, min_delta=0.5), [3.0, 2.8, 2.6, 1.0], 3, 1),
        (EarlyStopping(1, mode="max"), [0.1, 0.5, 0.4, 0.9], 3, 2),
        (EarlyStopping(2), [math.nan, 2, math.nan, math.nan, 1], 4, 2),
        (EarlyStopping(2), [math.nan, math.nan, 1], 2, 2),
    ],
)
def test_early_stopping(stopping: EarlyStopping, losses: list[float], stopped: int, restored: int) -> None:
    for _ in range(2):  # the second time it must have forgotten the first
        assert with_losses(*losses)(stopping) == (stopped, restored)


def test_early_stopping_in_fit() -> None:
    model = MLP(3, [8, 1], seed=0)
    noise = np.random.default_rng(1).normal(size=Y.shape)
    stopping = EarlyStopping(5)
    history = fit(model, X, noise, lr=0.02, epochs=500, validation=0.4, callbacks=[stopping], seed=0)
    assert len(history) < 500
    assert stopping.best_epoch == history.best_epoch == len(history) - 5
    assert stopping.best == min(history.validation_losses)
    again = fit(model, X, noise, epochs=0)
    assert len(again) == 0


def test_early_stopping_lets_go_of_what_it_kept() -> None:
    model, stopping = MLP(3, [500, 1], seed=0), EarlyStopping(5, monitor="loss")
    fit(model, X, Y, epochs=2, callbacks=stopping)
    assert len(pickle.dumps(stopping)) < 500 < len(pickle.dumps(model))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"patience": 0}, "patience must be a whole number from 1, got 0"),
        ({"patience": 1.5}, "got 1.5"),
        ({"min_delta": -1}, "min_delta must be .* got -1"),
        ({"mode": "less"}, "'less'"),
    ],
)
def test_early_stopping_options(options: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        EarlyStopping(**{"patience": 3, **options})


# --- progress ---------------------------------------------------------------------------------------------------------


def test_bar(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tqdm")
    fit(Line(), X, Y, epochs=3, batch_size=10, validation=0.2, progress=True)
    shown = capsys.readouterr().err.split("\r")[-1]
    assert "epoch 3/3: 100%" in shown
    assert "12/12" in shown
    assert "batch/s, loss " in shown
    assert ", validation l" in shown  # tqdm 4.66 cuts the line


def test_line_without_tqdm(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    fit(Line(), X, Y, epochs=3, batch_size=10, progress=True)
    out = capsys.readouterr()
    assert out.out == ""
    assert out.err.startswith("\repoch 1/3, loss ")
    assert "\repoch 3/3, loss " in out.err
    assert out.err.rstrip().endswith(" batches/s")
    assert out.err.endswith("\n")
    fit(Line(), X, Y, epochs=3, progress="auto")
    assert capsys.readouterr().err == ""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("progress", [False, "auto"])
def test_short_trainings_and_logs_show_nothing(progress: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for screen in (io.StringIO(), Terminal()):
        monkeypatch.setattr(sys, "stderr", screen)
        fit(Line(), X, Y, epochs=3, progress=progress)
        assert screen.getvalue() == ""


def test_long_trainings_show_a_bar_in_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("tqdm")
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    fit(Line(), X, Y, epochs=12, progress="auto", callbacks=lambda epoch, history, model: time.sleep(0.11))
    assert "epoch 12/12: 100%" in screen.getvalue()


def test_an_error_closes_the_bar(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tqdm")
    with pytest.raises(ZeroDivisionError):
        fit(Line(), X, Y, epochs=3, progress=True, callbacks=lambda epoch, history, model: 1 / 0)
    assert capsys.readouterr().err.endswith("\n")
