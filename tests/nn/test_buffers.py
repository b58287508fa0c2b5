"""Buffers: state of a module that is not trained."""

import contextlib
import copy
import functools
import json
import pickle
import signal
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
import nn
from autograd_mini import Value
from nn import MLP, Buffer, EarlyStopping, Module, Parameter, fit


class Norm(Module):
    """Batch normalization with running statistics, as PyTorch's BatchNorm1d has them."""

    def __init__(self, n: int, momentum: float = 0.1) -> None:
        self.weight, self.bias = Parameter(np.ones(n)), Parameter(np.zeros(n))
        self.running_mean: Value = Buffer(np.zeros(n))
        self.running_var: Value = Buffer(np.ones(n))
        self.tracked: Value = Buffer(np.array(0))
        self.momentum = momentum

    def forward(self, x: Any) -> Any:
        if self.training:
            mean, var, n = am.mean(x, axis=0), am.var(x, axis=0), len(x)
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * var * n / (n - 1)
            self.tracked = self.tracked + 1
        else:
            mean, var = self.running_mean, self.running_var
        return (x - mean) / am.sqrt(var + 1e-5) * self.weight + self.bias


class Net(Module):
    def __init__(self, seed: int = 0) -> None:
        self.first, self.norm, self.last = (
            nn.Layer(3, 4, "linear", seed=seed),
            Norm(4),
            nn.Layer(4, 2, "linear", seed=seed),
        )

    def forward(self, x: Any) -> Any:
        return self.last(am.relu(self.norm(self.first(x))))


RNG = np.random.default_rng(0)
X = 5.0 + 3.0 * RNG.normal(size=(60, 3))
LABELS = (X[:, 0] > 5.0).astype(int)
TRAINING: dict[str, Any] = {"loss": "cross_entropy", "lr": 0.05, "batch_size": 20, "seed": 0, "progress": False}


def scores(model: Module) -> Any:
    model.eval()
    try:
        return model(X).numpy()
    finally:
        model.train()


def trained(epochs: int = 30, **options: Any) -> Net:
    model = Net()
    fit(model, X, LABELS, **{**TRAINING, "epochs": epochs, **options})
    return model


# --- what a buffer is -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "dtype", "shape"),
    [
        (2, float, ()),
        (True, bool, ()),
        ([1.0, 2.0], float, (2,)),
        (np.ones(2, np.float32), np.float32, (2,)),
        (np.array([3, 4]), int, (2,)),
        (np.array([True]), bool, (1,)),
        (np.array([1j]), complex, (1,)),
        (Value([1.0, 2.0]), float, (2,)),
        ((Value(2.0) * 3.0).detach(), float, ()),
    ],
)
def test_a_buffer_is_a_constant_with_a_copy_of_any_numbers(data: Any, dtype: Any, shape: Any) -> None:
    buffer = Buffer(data, name="mean")
    assert (buffer.dtype, buffer.shape, buffer.requires_grad, buffer.is_leaf) == (dtype, shape, False, True)
    assert (buffer.name, buffer.persistent) == ("mean", True)
    w = Value(np.ones(shape))
    if buffer.dtype.kind == "f":
        (w * buffer).sum().backward()
        assert buffer.grad is None
        np.testing.assert_array_equal(w.grad, buffer.numpy())
    if isinstance(data, np.ndarray):
        data[...] = 0
        assert np.all(buffer.numpy() != 0)


def test_a_gradient_is_not_lost_in_a_new_buffer() -> None:
    with pytest.raises(TypeError, match=r"value\.detach\(\)"):
        Buffer(Value(2.0) * 3.0)
    with pytest.raises(TypeError, match=r"value\.detach\(\)"):
        am.grad(lambda t: Buffer(t) * 3.0)(1.0)
    assert am.grad(lambda t: t * Buffer(am.stop_gradient(t)))(3.0) == 3.0


def test_no_data_is_refused() -> None:
    for wrong in ("1", None, np.array(["a"])):
        with pytest.raises(TypeError):
            Buffer(wrong)


# --- in a module ------------------------------------------------------------------------------------------------------


def test_buffers_are_found_in_attributes_and_containers_once() -> None:
    class Holder(Module):
        def __init__(self) -> None:
            self.a = Buffer(1.0)
            self.more: list[Any] = [Buffer(2.0), {"deep": (Buffer(3.0),)}, Parameter(4.0)]
            self.inner = Norm(2)
            self.again = self.a

    model = Holder()
    names = ["a", "more.0", "more.1.deep.0", "inner.running_mean", "inner.running_var", "inner.tracked"]
    assert [name for name, _ in model.named_buffers()] == names
    assert [b.shape for b in model.buffers()] == [(), (), (), (2,), (2,), ()]
    assert [name for name, _ in model.named_parameters()] == ["more.2", "inner.weight", "inner.bias"]
    every = [*names[:3], "more.2", "inner.weight", "inner.bias", *names[3:]]
    assert list(model.state_dict()) == every  # in order of definition
    assert list(MLP(2, [1]).buffers()) == []


def test_the_outline_shows_them() -> None:
    assert repr(Net()).splitlines() == [
        "Net, 34 parameters",
        "  first: Layer(3→4, linear), 16 parameters: W (3, 4), b (4,)",
        "  norm: Norm, 8 parameters: weight (4,), bias (4,); buffers: running_mean (4,), running_var (4,), tracked ()",
        "  last: Layer(4→2, linear), 10 parameters: W (4, 2), b (2,)",
    ]
    only: Any = Module()
    only.masks = [Buffer(1.0), Buffer(2.0)]
    assert repr(only) == "Module, 0 parameters; buffers: masks 2 × ()"
    assert repr(Buffer([1.0])) == "Buffer([1.], shape=(1,))"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (np.zeros(2), np.array([1.0, 2.0]), [1.0, 2.0]),
        (np.zeros(2), [1, 2], [1.0, 2.0]),
        (np.zeros(2), Value([1.0, 2.0]) * 2.0, [2.0, 4.0]),
        (np.zeros(2, np.float32), np.array([1, 2], np.int64), [1.0, 2.0]),
        (0.0, 3, 3.0),
        (0.0, np.float32(3), 3.0),
        (0.0, Value(3.0) + 1.0, 4.0),
        (np.array(0), 3, 3),
        (np.array(0), Value(np.array(3)), 3),
        (np.array([1j]), np.array([2.0]), [2.0]),
        (np.array([True]), [False], [False]),
    ],
)
def test_an_assignment_stores_data_in_the_buffers_own_kind(old: Any, new: Any, expected: Any) -> None:
    model: Any = Module()
    model.b = Buffer(old, persistent=False, name="b")
    first = model.b
    kind = type(first.raw)
    for owner, name in ((model, "b"), (model.b, "data")):
        setattr(owner, name, new)
        b = model.b
        assert (type(b), type(b.raw), b.dtype, b.persistent, b.name) == (Buffer, kind, first.dtype, False, "b")
        assert (b.is_leaf, b.requires_grad) == (True, False)
        assert b.numpy().tolist() == expected
    if isinstance(new, np.ndarray):
        new[...] = 9
        assert model.b.numpy().tolist() == expected


@pytest.mark.parametrize(
    ("old", "new", "error", "words"),
    [
        (np.zeros(2), np.zeros(3), ValueError, r"must have shape \(2,\), got \(3,\)"),
        (np.zeros(2), 0.0, ValueError, r"must have shape \(2,\), got \(\)"),
        (np.zeros(2), np.ones(2, complex), TypeError, "is real, got complex"),
        (np.array(1), 0.5, TypeError, "holds whole numbers.*float64"),
        (np.array(1), Value(0.5), TypeError, "holds whole numbers.*float64"),
        (np.array([True]), np.array([0.5], np.float32), TypeError, "holds whole numbers.*float32"),
        (0.0, "x", TypeError, "str"),
    ],
)
def test_what_does_not_fit_a_buffer_changes_nothing(old: Any, new: Any, error: Any, words: str) -> None:
    model: Any = Module()
    model.b = Buffer(old)
    with pytest.raises(error, match=words) as caught:
        model.b = new
    assert caught.value.__notes__ == ["in an assignment to the buffer 'b' of Module"]
    with pytest.raises(error, match=words):
        model.b.data = new
    assert model.b.numpy().tolist() == np.asarray(old).tolist()


def test_other_things_take_the_place_of_a_buffer() -> None:
    for other in (Parameter(1.0), Norm(2), None, Buffer(np.zeros((3, 3)))):
        model: Any = Module()
        model.b = Buffer(0.0)
        model.b = other
        assert model.b is other


def test_a_computed_value_leaves_its_graph() -> None:
    norm, x = Norm(2), Value(RNG.normal(size=(5, 2)))
    (norm(x) ** 2).sum().backward()
    assert norm.running_mean.parents == ()
    np.testing.assert_allclose(norm.running_mean.numpy(), 0.1 * x.numpy().mean(axis=0))
    np.testing.assert_allclose(norm.running_var.numpy(), 0.9 + 0.1 * x.numpy().var(axis=0, ddof=1))
    assert x.grad is not None
    assert all(buffer.grad is None for buffer in norm.buffers())
    am.grad(lambda x: norm(x).sum())(x.numpy())  # also where a gradient is being taken
    assert norm.tracked.item() == 2


def test_an_assignment_leaves_earlier_results_right_and_a_write_is_noticed() -> None:
    model: Any = Module()
    model.b = Buffer(np.array([2.0, 3.0]))
    w = Value([1.0, 1.0])
    out = (w * model.b).sum()
    model.b = np.array([10.0, 10.0])
    out.backward()
    assert w.grad.tolist() == [2.0, 3.0]
    out = (w * model.b).sum()
    model.b.data[0] = 5.0
    with pytest.raises(am.GraphError, match="changed"):
        out.backward()


def test_neither_optimizers_nor_zero_grad_touch_them() -> None:
    model = Net()
    model(X).sum().backward()
    before = [b.numpy() for b in model.buffers()]
    optimizer = nn.optim.Adam(model.parameters(), lr=0.1, weight_decay=0.1)
    optimizer.step()
    model.zero_grad()
    assert len(optimizer.params) == 6
    assert all(np.array_equal(b.numpy(), old) for b, old in zip(model.buffers(), before, strict=True))


def test_running_statistics_equal_torchs() -> None:
    torch = pytest.importorskip("torch")
    theirs, ours = torch.nn.BatchNorm1d(3, dtype=torch.float64), Norm(3)
    for start in (0, 20, 40):
        batch = X[start : start + 20]
        expected = theirs(torch.tensor(batch))
        np.testing.assert_allclose(ours(batch).numpy(), expected.detach().numpy(), atol=1e-12)
    state = {name.removeprefix("num_batches_"): tensor.numpy() for name, tensor in theirs.state_dict().items()}
    assert state.keys() == ours.state_dict().keys()
    for name, array in ours.state_dict().items():
        np.testing.assert_allclose(array, state[name], rtol=1e-12)
    fresh = Norm(3)
    fresh.load_state_dict(state)
    np.testing.assert_allclose(scores(fresh), theirs.eval()(torch.tensor(X)).detach().numpy(), atol=1e-12)


# --- saved, loaded, copied --------------------------------------------------------------------------------------------


def through_json(model: Net) -> Net:
    other = Net(seed=1)
    other.load_state_dict(json.loads(json.dumps({name: a.tolist() for name, a in model.state_dict().items()})))
    return other


def through_a_state(model: Net) -> Net:
    other = Net(seed=1)
    other.load_state_dict(model.state_dict())
    return other


@pytest.mark.parametrize(
    "way",
    [through_a_state, through_json, copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))],
    ids=["state", "json", "deepcopy", "pickle"],
)
def test_a_trained_model_is_the_same_after_saving_and_loading(way: Any) -> None:
    model = trained()
    expected = scores(model)
    assert (expected.argmax(axis=1) == LABELS).mean() > 0.9
    twin = way(model)
    assert np.array_equal(scores(twin), expected)
    assert all(type(b) is Buffer for b in twin.buffers())
    fit(twin, X, LABELS, epochs=1, **TRAINING)
    assert not np.array_equal(scores(twin), expected)
    assert np.array_equal(scores(model), expected)


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda b: pickle.loads(pickle.dumps(b))])
def test_copies_of_a_buffer(duplicate: Any) -> None:
    for buffer in (Buffer([1.0, 2.0], persistent=False, name="mask"), Buffer(2.0), Buffer(np.array([1, 2]))):
        twin = duplicate(buffer)
        assert (type(twin), twin.persistent, twin.name) == (Buffer, buffer.persistent, buffer.name)
        assert (twin.requires_grad, twin.dtype) == (False, buffer.dtype)
        twin.data = 0 * twin
        assert np.all(buffer.numpy() != 0)
    assert type(Buffer(2.0).detach()) is Value


def test_ties_between_buffers_survive_copies() -> None:
    model: Any = Module()
    model.a = model.b = Buffer(1.0)
    twin = copy.deepcopy(model)
    assert twin.a is twin.b
    assert twin.a is not model.a


def test_what_is_not_persistent_stays_out_of_states() -> None:
    model = Net()
    model.norm.tracked = Buffer(np.array(0), persistent=False)
    state = model.state_dict()
    assert list(state) == [name for name in Net().state_dict() if name != "norm.tracked"]
    model(X)
    model.load_state_dict(state)
    assert model.norm.tracked.item() == 1
    with pytest.raises(ValueError, match=r"unexpected: 'norm\.tracked'"):
        model.load_state_dict(Net().state_dict())
    assert [name for name, _ in model.norm.named_buffers()] == ["running_mean", "running_var", "tracked"]


def test_a_state_that_does_not_fit_is_refused_as_a_whole() -> None:
    model: Any = Norm(2)
    model.ready, model.phase = Buffer(np.array([True])), Buffer(np.array([1j]))
    model.small = Buffer(np.array([1], np.uint8))
    before = model.state_dict()
    state: dict[str, Any] = {**before, "extra": 1.0}
    del state["running_mean"]
    state["running_var"] = np.ones(3)
    state["tracked"] = np.array(1.5)
    state["ready"] = np.array([1])
    state["phase"] = np.array(["a"])
    state["small"] = [256]
    state["weight"] = np.ones(2, complex)
    with pytest.raises(ValueError, match="nothing was loaded") as error:
        model.load_state_dict(state)
    assert [line.strip() for line in str(error.value).splitlines()[1:]] == [
        "missing: 'running_mean' (2,)",
        "unexpected: 'extra'",
        "'weight' has the wrong type: expected real numbers, got ndarray of dtype complex128",
        "'running_var' has the wrong shape: expected (2,), got (3,)",
        "'tracked' has the wrong type: expected what int64 can hold, got ndarray of dtype float64",
        "'ready' has the wrong type: expected what bool can hold, got ndarray of dtype int64",
        "'phase' has the wrong type: expected what complex128 can hold, got ndarray of dtype <U1",
        "'small' has numbers that uint8 cannot hold",
    ]
    assert all(np.array_equal(before[name], new) for name, new in model.state_dict().items())
    model.load_state_dict({**before, "small": [255], "phase": [2.0]})
    assert (model.small.item(), model.phase.item()) == (255, 2.0)


# --- trained ----------------------------------------------------------------------------------------------------------


def test_early_stopping_restores_them() -> None:
    model, kept = Net(), []

    def keep(epoch: int, history: Any, model: Any) -> None:
        kept.append((history["loss"][-1], scores(model)))

    best = EarlyStopping(3, monitor="loss")
    fit(model, X, LABELS, epochs=8, callbacks=[keep, best], **{**TRAINING, "lr": 3.0})
    assert best.best_epoch is not None
    assert best.best_epoch < len(kept)
    assert min(kept, key=lambda row: row[0])[0] == kept[best.best_epoch - 1][0]
    assert np.array_equal(scores(model), kept[best.best_epoch - 1][1])
    assert not np.array_equal(scores(model), kept[-1][1])


class Stop(nn.Callback):
    """Ends the training in a batch, before its step or in it."""

    def __init__(self, batch: int, end: Any) -> None:
        self.batch, self.end = batch, end

    def on_gradients(self, history: Any, model: Any) -> None:
        self.batch -= 1
        if not self.batch:
            self.end()


def raising(error: BaseException) -> Any:
    def end() -> None:
        raise error

    return end


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ZeroDivisionError()])
@pytest.mark.parametrize("batch", [1, 3])
def test_a_batch_that_was_not_learned_from_leaves_no_trace(error: BaseException, batch: int) -> None:
    model = Net()
    expected = Net()
    if batch == 3:
        fit(expected, X[:40], LABELS[:40], epochs=1, shuffle=False, **TRAINING)
    with contextlib.suppress(ZeroDivisionError):
        fit(model, X, LABELS, epochs=1, shuffle=False, callbacks=Stop(batch, raising(error)), **TRAINING)
    assert model.norm.tracked.item() == batch - 1
    assert np.array_equal(scores(model), scores(expected))


def test_neither_does_one_that_diverged() -> None:
    model = Net()
    spoiled = X.copy()
    spoiled[30] = np.nan
    with pytest.raises(nn.DivergenceError, match="as they were before that batch"):
        fit(model, spoiled, LABELS, epochs=1, shuffle=False, **TRAINING)
    expected = Net()
    fit(expected, X[:20], LABELS[:20], epochs=1, shuffle=False, **TRAINING)
    assert np.array_equal(scores(model), scores(expected))


def test_a_step_that_ctrl_c_waits_for_keeps_its_batch() -> None:
    class Interrupted(nn.optim.SGD):
        def update(self, slot: Any, g: Any) -> None:
            if slot.number == 2:
                signal.raise_signal(signal.SIGINT)
            super().update(slot, g)

    model = Net()
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        history = fit(model, X, LABELS, epochs=1, shuffle=False, **{**TRAINING, "optimizer": Interrupted})
    finally:
        signal.signal(signal.SIGINT, before)
    assert history.interrupted
    expected = Net()
    fit(expected, X[:20], LABELS[:20], epochs=1, shuffle=False, **{**TRAINING, "optimizer": "sgd"})
    assert np.array_equal(scores(model), scores(expected))


def test_ctrl_c_at_the_best_epoch_restores_the_best_and_not_the_batch_before() -> None:
    model = Net()
    best = EarlyStopping(50, monitor="loss")
    history = fit(model, X, LABELS, epochs=3, callbacks=[best, Stop(5, raising(KeyboardInterrupt()))], **TRAINING)
    assert history.interrupted
    assert best.best_epoch == 1
    assert np.array_equal(scores(model), scores(trained(1)))


def test_a_model_that_is_no_module_needs_no_buffers() -> None:
    class Plain:
        def __init__(self) -> None:
            self.w = Value(np.zeros((3, 2)))

        def parameters(self) -> list[Value]:
            return [self.w]

        def __call__(self, x: Any) -> Any:
            return x @ self.w

    model = Plain()
    fit(model, X, LABELS, epochs=2, callbacks=EarlyStopping(1, monitor="loss"), **TRAINING)
    assert np.any(model.w.numpy() != 0)


# --- where numbers are not known --------------------------------------------------------------------------------------


def test_an_update_inside_vmap_is_refused() -> None:
    norm = Norm(2)
    with pytest.raises(TypeError, match=r"inside vmap, jax\.jit") as error:
        am.vmap(norm)(RNG.normal(size=(4, 3, 2)))
    assert "in an assignment to the buffer 'running_mean' of Norm" in error.value.__notes__
    assert norm.running_mean.numpy().tolist() == [0.0, 0.0]
    norm.eval()
    batch = RNG.normal(size=(4, 3, 2))
    np.testing.assert_allclose(am.vmap(norm)(batch).numpy(), norm(batch).numpy())


@pytest.mark.parametrize("held", ["numpy", "theirs"])
@pytest.mark.parametrize("name", ["jax.jit", "jax.vmap", "jax.grad", "torch.func.vmap", "torch.func.grad"])
def test_an_update_inside_transformations_of_other_libraries_is_refused(name: str, held: str) -> None:
    library = pytest.importorskip(name.partition(".")[0])
    transform = functools.reduce(getattr, name.split(".")[1:], library)
    make: Any = library.asarray if name.startswith("torch") else library.numpy.asarray

    class Last(Module):
        def __init__(self) -> None:
            zeros = np.zeros(2, np.float32)
            self.x: Value = Buffer(zeros if held == "numpy" else make(zeros))

        def forward(self, x: Any) -> Any:
            if self.training:
                self.x = x * 1.0
            return am.sum(x * 2.0)

    model, x = Last(), RNG.normal(size=(3, 2)).astype(np.float32)
    x = make(x if name.endswith("vmap") else x[0])

    def plain(x: Any) -> Any:
        out = model(x)
        return out.raw if isinstance(out, Value) else out

    call = transform(plain)
    with pytest.raises(TypeError, match=r"inside vmap, jax\.jit"):
        call(x)
    assert model.x.numpy().tolist() == [0.0, 0.0]
    model.eval()
    assert np.isfinite(np.asarray(call(x))).all()


@pytest.mark.parametrize("library", ["torch", "jax.numpy"])
def test_buffers_take_arrays_of_other_libraries(library: str) -> None:
    xp = pytest.importorskip(library)
    norm = Norm(2)
    for name, value in [*norm.named_parameters(), *norm.named_buffers()]:
        data = xp.asarray(value.numpy())
        setattr(norm, name, Buffer(data) if isinstance(value, Buffer) else Parameter(data))
    x = RNG.normal(size=(6, 2)).astype(np.float32)
    norm(xp.asarray(x))
    assert type(norm.running_mean.raw) is type(xp.asarray(x))
    np.testing.assert_allclose(norm.running_mean.numpy(), 0.1 * x.mean(axis=0), rtol=1e-5)
    assert norm.tracked.item() == 1
    twin = Norm(2)
    twin.load_state_dict(norm.state_dict())
    np.testing.assert_allclose(scores_of(twin, x), scores_of(norm, xp.asarray(x)), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("library", ["torch", "jax.numpy"])
@pytest.mark.parametrize("kind", [pytest.param(np.asarray, id="numpy"), pytest.param(None, id="its own")])
def test_whole_numbers_of_other_libraries_cut_nothing_off(library: str, kind: Any) -> None:
    xp = pytest.importorskip(library)
    model: Any = Module()
    model.count, model.mean = Buffer(xp.asarray([1, 2])), Buffer(xp.asarray([1.0, 2.0]))
    new = (kind or xp.asarray)([0.25, 1.5])
    with pytest.raises(TypeError, match=r"holds whole numbers.*float(32|64)"):
        model.count = new
    model.mean = new
    assert [buffer.numpy().tolist() for buffer in model.buffers()] == [[1, 2], [0.25, 1.5]]


def scores_of(norm: Norm, x: Any) -> Any:
    return norm.eval()(x).numpy()
