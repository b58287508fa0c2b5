"""Optimizers against formulas written out in NumPy, against PyTorch, and against bad input."""

import copy
import itertools
import math
import pickle
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import numpy as np
import pytest

from autograd_mini import Value
from nn import optim

STEPS = 50


def gradients(shape: tuple[int, ...], seed: int = 0) -> Iterator[Any]:
    """A stream of gradients of changing size, the same for the same seed."""
    rng = np.random.default_rng(seed)
    while True:
        yield rng.normal(size=shape) * rng.choice([0.01, 1.0, 30.0])


def train(make: Callable[..., optim.Optimizer], start: Any, **options: Any) -> Any:
    """The parameter after each of 50 steps with given gradients."""
    x = Value(start)
    optimizer = make([x], **options)
    path = []
    for g in itertools.islice(gradients(np.shape(start)), STEPS):
        x.grad = g if np.shape(start) else float(g)
        optimizer.step()
        path.append(x.numpy())
    return np.array(path)


# --- formulas by hand -------------------------------------------------------------------------------------------------


def sgd(x: Any, gs: Any, lr: float, momentum: float = 0, nesterov: bool = False, dampening: float = 0) -> Iterator[Any]:
    b = None
    for g in gs:
        b = g if b is None else momentum * b + (1 - dampening) * g
        x = x - lr * (g if momentum == 0 else g + momentum * b if nesterov else b)
        yield x


def adam(
    x: Any, gs: Any, lr: float, betas: Any = (0.9, 0.999), eps: float = 1e-8, amsgrad: bool = False
) -> Iterator[Any]:
    m = v = top = np.zeros_like(x)
    for t, g in enumerate(gs, start=1):
        m = betas[0] * m + (1 - betas[0]) * g
        v = betas[1] * v + (1 - betas[1]) * g * g
        top = np.maximum(top, v)
        m_hat = m / (1 - betas[0] ** t)
        v_hat = (top if amsgrad else v) / (1 - betas[1] ** t)
        x = x - lr * m_hat / (np.sqrt(v_hat) + eps)
        yield x


def rmsprop(
    x: Any, gs: Any, lr: float, alpha: float = 0.99, eps: float = 1e-8, momentum: float = 0, centered: bool = False
) -> Iterator[Any]:
    v = mean = b = np.zeros_like(x)
    for g in gs:
        v = alpha * v + (1 - alpha) * g * g
        mean = alpha * mean + (1 - alpha) * g
        b = momentum * b + g / (np.sqrt(v - mean * mean if centered else v) + eps)
        x = x - lr * b
        yield x


def adagrad(x: Any, gs: Any, lr: float, lr_decay: float = 0, eps: float = 1e-10, initial: float = 0) -> Iterator[Any]:
    s = np.zeros_like(x) + initial
    for t, g in enumerate(gs):
        s = s + g * g
        x = x - lr / (1 + t * lr_decay) * g / (np.sqrt(s) + eps)
        yield x


BY_HAND = [
    (optim.SGD, sgd, {}),
    (optim.SGD, sgd, {"momentum": 0.9}),
    (optim.SGD, sgd, {"momentum": 0.9, "nesterov": True}),
    (optim.SGD, sgd, {"momentum": 0.7, "dampening": 0.3}),
    (optim.Adam, adam, {}),
    (optim.Adam, adam, {"betas": (0.5, 0.9), "eps": 1e-3}),
    (optim.Adam, adam, {"amsgrad": True}),
    (optim.RMSprop, rmsprop, {}),
    (optim.RMSprop, rmsprop, {"momentum": 0.5, "centered": True}),
    (optim.RMSprop, rmsprop, {"alpha": 0.5, "eps": 0.1}),
    (optim.Adagrad, adagrad, {}),
    (optim.Adagrad, adagrad, {"lr_decay": 0.1, "eps": 0.01}),
]


@pytest.mark.parametrize("start", [0.75, np.linspace(-1, 1, 6).reshape(2, 3)], ids=["float", "array"])
@pytest.mark.parametrize(("kind", "by_hand", "options"), BY_HAND)
def test_formulas(kind: Any, by_hand: Any, options: Any, start: Any) -> None:
    expected = np.array(list(by_hand(start, itertools.islice(gradients(np.shape(start)), STEPS), 0.05, **options)))
    np.testing.assert_allclose(train(kind, start, lr=0.05, **options), expected, rtol=1e-12, atol=1e-13)


def test_weight_decay_adds_to_the_gradient() -> None:
    x = Value(2.0)
    x.grad = 0.5
    optim.SGD([x], lr=0.1, weight_decay=0.25).step()
    assert x.data == pytest.approx(2.0 - 0.1 * (0.5 + 0.25 * 2.0), abs=1e-15)


def test_adamw_decays_the_parameter_itself() -> None:
    decayed, plain = Value([2.0, -3.0]), Value([2.0, -3.0])
    decayed.grad = plain.grad = [0.5, 4.0]
    optim.AdamW([decayed], lr=0.1, weight_decay=0.25).step()
    optim.Adam([plain], lr=0.1).step()
    np.testing.assert_allclose(decayed.data - plain.data, -0.1 * 0.25 * np.array([2.0, -3.0]), atol=1e-15)


def test_maximize_climbs() -> None:
    up, down = Value(2.0), Value(2.0)
    up.grad, down.grad = 3.0, -3.0
    optim.Adam([up], maximize=True).step()
    optim.Adam([down]).step()
    assert up.data == down.data > 2.0


def test_adagrad_starts_its_sums_where_told() -> None:
    x = Value(1.0)
    x.grad = 3.0
    optim.Adagrad([x], lr=0.5, initial_accumulator_value=16.0).step()
    assert x.data == pytest.approx(1.0 - 0.5 * 3.0 / 5.0, abs=1e-9)


def test_centered_rmsprop_survives_rounding() -> None:
    """A constant gradient has variance 0, which rounding may turn negative: the root must not be NaN."""
    x = Value(np.full(100, 0.1))
    optimizer = optim.RMSprop([x], centered=True, alpha=0.3)
    for _ in range(200):
        x.grad = np.linspace(0.1, 0.9, 100)
        optimizer.step()
    assert np.isfinite(x.data).all()


def combinations(**choices: Any) -> list[dict[str, Any]]:
    return [dict(zip(choices, picked, strict=True)) for picked in itertools.product(*choices.values())]


DECAY: dict[str, Any] = {"weight_decay": [0.0, 0.1], "maximize": [False, True]}
AGAINST_TORCH = [
    *[("SGD", o) for o in combinations(momentum=[0.0, 0.9], dampening=[0.0, 0.5], **DECAY)],
    *[("SGD", o) for o in combinations(momentum=[0.9], nesterov=[True], **DECAY)],
    *[
        ("Adam", o)
        for o in combinations(betas=[(0.9, 0.999), (0.5, 0.9)], eps=[1e-8, 0.1], amsgrad=[False, True], **DECAY)
    ],
    *[("AdamW", o) for o in combinations(betas=[(0.9, 0.999), (0.5, 0.9)], amsgrad=[False, True], **DECAY)],
    *[
        ("RMSprop", o)
        for o in combinations(alpha=[0.99, 0.5], momentum=[0.0, 0.9], centered=[False, True], eps=[1e-8, 0.1], **DECAY)
    ],
    *[
        ("Adagrad", o)
        for o in combinations(lr_decay=[0.0, 0.1], initial_accumulator_value=[0.0, 0.5], eps=[1e-10, 0.1], **DECAY)
    ],
]


@pytest.mark.parametrize(
    ("name", "options"),
    AGAINST_TORCH,
    ids=lambda o: ",".join(f"{k}={v}" for k, v in o.items()) if type(o) is dict else o,
)
def test_equals_torch(name: str, options: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch")
    start = np.linspace(-2.0, 2.0, 6).reshape(2, 3)
    theirs = torch.tensor(start, requires_grad=True)
    optimizer = getattr(torch.optim, name)([theirs], lr=0.03, **options)
    path = []
    for g in itertools.islice(gradients(start.shape), STEPS):
        theirs.grad = torch.tensor(g)
        optimizer.step()
        path.append(theirs.detach().numpy().copy())
    ours = train(getattr(optim, name), start, lr=0.03, **options)
    np.testing.assert_allclose(ours, np.array(path), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad"])
def test_defaults_are_torchs(name: str) -> None:
    torch = pytest.importorskip("torch")
    theirs = getattr(torch.optim, name)([torch.zeros(1)]).defaults
    ours = getattr(optim, name)([Value(0.0)]).state_dict()["options"]
    assert ours == {option: theirs[option] for option in ours if option in theirs} | {"maximize": False}


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad"])
def test_complex_parameters_as_in_torch(name: str) -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(3)
    start = rng.normal(size=(2, 3)) + 1j * rng.normal(size=(2, 3))
    ours, one, theirs = Value(start), Value(complex(start[0, 0])), torch.tensor(start, requires_grad=True)
    kinds = getattr(optim, name), getattr(torch.optim, name)
    optimizers = kinds[0]([ours, one], lr=0.03, weight_decay=0.1), kinds[1]([theirs], lr=0.03, weight_decay=0.1)
    for _ in range(STEPS):
        g = rng.normal(size=(2, 3)) + 1j * rng.normal(size=(2, 3))
        ours.grad, one.grad, theirs.grad = g, g[0, 0], torch.tensor(g)
        optimizers[0].step()
        optimizers[1].step()
    np.testing.assert_allclose(ours.data, theirs.detach().numpy(), rtol=1e-12, atol=1e-12)
    assert one.data == pytest.approx(ours.data[0, 0], abs=1e-14)
    assert type(one.data) is complex


# --- what a step does besides -----------------------------------------------------------------------------------------

ALL = [
    lambda params: optim.SGD(params, 0.1),
    lambda params: optim.SGD(params, 0.1, momentum=0.9, nesterov=True, weight_decay=0.1),
    lambda params: optim.Adam(params, weight_decay=0.1, amsgrad=True),
    optim.AdamW,
    lambda params: optim.RMSprop(params, momentum=0.9, centered=True),
    lambda params: optim.Adagrad(params, lr_decay=0.01),
]
every = pytest.mark.parametrize("make", ALL, ids=["SGD", "momentum", "Adam", "AdamW", "RMSprop", "Adagrad"])


@every
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_keeps_dtype_array_and_gradient(make: Any, dtype: Any) -> None:
    x, single = Value(np.ones((3, 2), dtype)), Value(dtype(1.0))
    array, g = x.raw, np.full((3, 2), 0.5, dtype)
    x.grad, single.grad = g, dtype(0.5)
    optimizer = make([x, single])
    for _ in range(3):
        optimizer.step()
    assert x.raw is array
    assert x.dtype == single.dtype == dtype
    assert type(single.raw) is dtype
    assert np.all(g == 0.5)
    assert (array < 1).all()
    assert single.raw == array[0, 0]
    for state in optimizer.state_dict()["state"].values():
        assert all(item.dtype == dtype for item in state.values() if isinstance(item, np.ndarray))


@every
def test_floats_stay_floats_and_equal_arrays(make: Any) -> None:
    one, row = Value(1.5), Value([1.5])
    optimizer = make([one, row])
    for g in itertools.islice(gradients((1,)), 20):
        one.grad, row.grad = float(g[0]), g
        optimizer.step()
    assert type(one.raw) is float
    assert one.raw == row.raw[0]


@every
def test_parameters_do_not_disturb_each_other(make: Any) -> None:
    """They share the memory to compute in, so each must come out as if it were alone."""
    starts = [np.linspace(0, 1, n).reshape(shape) for n, shape in [(6, (2, 3)), (1, ()), (4, (4,)), (0, (0, 2))]]
    together, alone = [Value(start) for start in starts], [Value(start) for start in starts]
    optimizers = [make(together), *[make([x]) for x in alone]]
    for step in range(10):
        for x in (*together, *alone):
            x.grad = np.sin(np.arange(x.size, dtype=float) + step).reshape(x.shape)
        for optimizer in optimizers:
            optimizer.step()
    for x, y in zip(together, alone, strict=True):
        assert np.array_equal(x.data, y.data)


@every
@pytest.mark.parametrize(("small", "full"), [(8192, 65536), (5, 8)])
def test_rows_of_small_parameters(make: Any, small: int, full: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Updated together or each by its own optimizer, whoever has a gradient when, and after a load in between."""
    monkeypatch.setattr(optim.slots, "SMALL", small)
    monkeypatch.setattr(optim.slots, "FULL", full)
    rng = np.random.default_rng(1)
    starts = [np.ones(6), np.ones((2, 2)), 1.0, np.ones((3, 1), np.float32), np.ones(1), np.float32(1), 1j, np.ones(3)]
    together, alone = [Value(start) for start in starts], [Value(start) for start in starts]
    optimizer, optimizers = make(together), [make([x]) for x in alone]
    for step in range(40):
        if step == 25:
            state, optimizer = optimizer.state_dict(), make(together)
            optimizer.load_state_dict(state)
        some = rng.random(len(starts)) < rng.choice([0.5, 1.0])
        for x, y, has in zip(together, alone, some, strict=True):
            x.grad = y.grad = rng.normal(size=x.shape) if has else None
        for one in (optimizer, *optimizers):
            one.step()
        for x, y in zip(together, alone, strict=True):
            assert np.array_equal(x.raw, y.raw)
            assert type(x.raw) is type(y.raw)
    states = optimizer.state_dict()["state"]
    for i, one in enumerate(optimizers):
        expected = one.state_dict()["state"].get(0, {})
        assert states.get(i, {}).keys() == expected.keys()
        assert all(np.array_equal(states[i][name], item) for name, item in expected.items())


def test_a_rule_sees_rows_only_if_it_says_so() -> None:
    shapes: list[Any] = []

    class Watched(optim.Adam):
        def update(self, slot: optim.Slot, g: Any) -> None:
            shapes.append((slot.parameter.shape, g.shape))
            super().update(slot, g)

    params = [Value([1.0, 2.0]), Value(3.0)]
    for p in params:
        p.grad = np.ones(p.shape)
    Watched(params).step()
    assert shapes == [((2,), (2,)), ((), ())]

    class Together(optim.Adam):
        entrywise = True

        def update(self, slot: optim.Slot, g: Any) -> None:
            shapes.append(g.shape)
            super().update(slot, g)

    Together(params).step()
    assert shapes[2:] == [(3,)]


@every
def test_skips_parameters_without_a_gradient(make: Any) -> None:
    used, unused = Value([1.0]), Value([1.0])
    optimizer = make([used, unused])
    optimizer.step()
    assert used.data == unused.data == [1.0]
    (used * used).sum().backward()
    optimizer.step()
    assert used.data != [1.0]
    assert unused.data == [1.0]
    assert list(optimizer.state_dict()["state"]) in ([], [0])


@every
def test_tells_the_graph(make: Any) -> None:
    x = Value([1.0])
    y = (x * x).sum()
    y.backward()
    make([x]).step()
    with pytest.raises(RuntimeError, match="changed"):
        y.backward()


@every
@pytest.mark.filterwarnings("error")
def test_infinite_gradients_neither_warn_nor_stop_halfway(make: Any) -> None:
    params = [Value([1.0, 1.0]), Value(1.0)]
    optimizer = make(params)
    for bad in (math.inf, math.nan, 1e300):
        params[0].grad, params[1].grad = [bad, 0.5], 0.5
        with np.errstate(all="raise"):
            optimizer.step()
    assert math.isfinite(params[1].data)
    assert params[0].data[1] == params[1].data


@every
def test_finds_the_bottom_of_a_bowl(make: Any) -> None:
    x = Value([0.5, -0.3])
    optimizer = make([x])
    optimizer.lr = 0.05
    for _ in range(400):
        optimizer.zero_grad()
        ((x - 0.1) ** 2).sum().backward()
        optimizer.step()
    assert np.abs(x.data - 0.1).max() < 0.1


def test_zero_grad() -> None:
    params = [Value(1.0), Value([1.0])]
    params[0].grad = 2.0
    optim.SGD(params, 0.1).zero_grad()
    assert [p.grad for p in params] == [None, None]


# --- bad input --------------------------------------------------------------------------------------------------------

NO_NUMBERS = [-0.1, math.nan, math.inf, -math.inf, "0.1", None, True, 1j, [0.1]]


@pytest.mark.parametrize("kind", [optim.SGD, optim.Adam, optim.AdamW, optim.RMSprop, optim.Adagrad])
@pytest.mark.parametrize("lr", [0, 0.0, *NO_NUMBERS], ids=repr)
def test_learning_rate(kind: Any, lr: Any) -> None:
    with pytest.raises(ValueError, match="lr must be") as error:
        kind([Value(1.0)], lr=lr)
    assert repr(lr) in str(error.value)


@pytest.mark.parametrize(
    ("kind", "option"),
    [
        (optim.SGD, "momentum"),
        (optim.SGD, "weight_decay"),
        (optim.Adam, "eps"),
        (optim.AdamW, "weight_decay"),
        (optim.RMSprop, "alpha"),
        (optim.RMSprop, "momentum"),
        (optim.Adagrad, "lr_decay"),
        (optim.Adagrad, "initial_accumulator_value"),
    ],
)
@pytest.mark.parametrize("value", NO_NUMBERS, ids=repr)
def test_options(kind: Any, option: str, value: Any) -> None:
    with pytest.raises(ValueError, match=option) as error:
        kind([Value(1.0)], **{option: value})
    assert repr(value) in str(error.value)


@pytest.mark.parametrize("betas", [(1.0, 0.9), (0.9, 1.0), (-0.1, 0.9), (0.9, math.nan), 0.9, (0.9,), "ab", (0.9, "b")])
def test_betas(betas: Any) -> None:
    with pytest.raises(ValueError, match="betas"):
        optim.Adam([Value(1.0)], betas=betas)


def test_switches_are_switches() -> None:
    with pytest.raises(ValueError, match=r"nesterov must be True or False, got 0.5"):
        optim.SGD([Value(1.0)], 0.1, 0.9, 0.5)  # type: ignore[arg-type]  # PyTorch's order has dampening here


@pytest.mark.parametrize("options", [{}, {"momentum": 0.9, "dampening": 0.1}])
def test_nesterov_needs_momentum(options: Any) -> None:
    with pytest.raises(ValueError, match="nesterov=True needs momentum > 0"):
        optim.SGD([Value(1.0)], 0.1, nesterov=True, **options)


def test_options_assigned_later() -> None:
    optimizer = optim.Adam([Value(1.0)])
    optimizer.lr = 0  # where a schedule may end
    assert optimizer.lr == 0.0
    with pytest.raises(ValueError, match=r"lr must be .* got -1"):
        optimizer.lr = -1
    with pytest.raises(ValueError, match="betas"):
        optimizer.betas = (0.9, 1.5)
    optimizer.lr = np.float32(0.5)  # type: ignore[assignment]
    assert type(optimizer.lr) is float


def used_up() -> Iterator[Value]:
    params = iter([Value(1.0)])
    list(params)
    return params


SAME = Value(1.0, name="w")


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ([], "no parameters"),
        (used_up(), "no parameters"),
        (SAME, "single Value"),
        ([SAME, Value(2.0), SAME], r"params\[2\] is the same Value as params\[0\].*'w'"),
        ([SAME * 2], r"params\[0\] must be a leaf"),
        ([SAME, 3.0], r"params\[1\] must be a Value, got float: 3.0"),
        ([np.ones(2)], r"params\[0\] must be a Value, got ndarray"),
        ([("w", SAME)], r"got tuple.*model.parameters"),
        ({"w": SAME}, r"got .*'w'"),
        ("w", "got 'w'"),
        (None, "got None"),
        (7, "got 7"),
        ([Value(np.arange(3))], "must be floating"),
    ],
)
def test_parameters(params: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        optim.SGD(params, 0.1)


# --- state ------------------------------------------------------------------------------------------------------------


@every
def test_goes_on_from_a_state(make: Any) -> None:
    first, second = [Value([1.0, 2.0]), Value(3.0)], [Value([1.0, 2.0]), Value(3.0)]
    one, two = make(first), make(second)
    stream = list(itertools.islice(gradients((2,)), 10))

    def steps(params: Any, optimizer: Any, gs: Any) -> None:
        for g in gs:
            params[0].grad, params[1].grad = g, float(g[0])
            optimizer.step()

    steps(first, one, stream[:5])
    for x, y in zip(second, first, strict=True):
        x.data = y.numpy()
    two.lr = 5.0
    state = one.state_dict()
    two.load_state_dict(state)
    steps(first, one, stream[5:])
    steps(second, two, stream[5:])
    assert two.lr == one.lr
    assert np.array_equal(first[0].data, second[0].data)
    assert first[1].data == second[1].data


@every
@pytest.mark.parametrize("copied", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))], ids=["deepcopy", "pickle"])
def test_copies_go_on_alike(make: Any, copied: Any) -> None:
    params = [Value([1.0, 2.0]), Value(3.0)]
    optimizer = make(params)
    for p in params:
        p.grad = np.full(p.shape, 0.5)
    optimizer.step()
    others, other = copied((params, optimizer))
    assert other.params[0] is others[0]
    optimizer.step()
    assert others[0].data[0] != params[0].data[0]
    other.step()
    assert np.array_equal(others[0].data, params[0].data)
    assert others[1].data == params[1].data
    assert repr(other) == repr(optimizer)


def stepped() -> tuple[optim.Adam, dict[str, Any]]:
    params = [Value([1.0, 2.0]), Value(3.0)]
    optimizer = optim.Adam(params)
    params[0].grad, params[1].grad = [1.0, 1.0], 1.0
    optimizer.step()
    return optimizer, optimizer.state_dict()


def spoil(state: dict[str, Any], *path: Any, value: Any) -> None:
    for key in path[:-1]:
        state = state[key]
    state[path[-1]] = value


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("optimizer",), "SGD", "'SGD'"),
        (("options",), None, "options: expected a dict, got NoneType"),
        (("options", "lr"), -1, "lr must be .* got -1"),
        (("options", "momentum"), 0.9, "unexpected option: 'momentum'"),
        (("options",), {}, "missing option: 'betas'"),
        (("state",), [], "state: expected a dict, got list"),
        (("state", 7), {}, "unexpected parameter: 7"),
        (("state", 0), 3, "parameter 0: expected a dict, got int"),
        (("state", 0, "step"), 1.5, "'step': expected a whole number from 1, got 1.5"),
        (("state", 0, "step"), 0, "'step': expected a whole number from 1, got 0"),
        (("state", 0, "exp_avg"), np.zeros(3), r"parameter 0, 'exp_avg': expected shape \(2,\), got \(3,\)"),
        (("state", 1, "exp_avg"), "a", "parameter 1, 'exp_avg': expected a floating array"),
        (("state", 0), {"step": 1}, "parameter 0: missing 'exp_avg_sq'"),
        (("state", 0, "velocity"), np.zeros(2), "parameter 0: unexpected 'velocity'"),
    ],
)
def test_bad_states_load_nothing(path: Any, value: Any, message: str) -> None:
    optimizer, state = stepped()
    before = copy.deepcopy(state)
    state["options"]["betas"] = (0.1, 0.2)
    spoil(state, *path, value=value)
    with pytest.raises(ValueError, match=message):
        optimizer.load_state_dict(state)
    after = optimizer.state_dict()
    assert after["options"] == before["options"]
    for i in (0, 1):
        assert after["state"][i].keys() == before["state"][i].keys()
        assert all(np.array_equal(after["state"][i][name], before["state"][i][name]) for name in after["state"][i])


def test_a_bad_state_lists_every_fault() -> None:
    optimizer, state = stepped()
    state["optimizer"] = "SGD"
    del state["options"]["eps"]
    state["state"][1]["exp_avg"] = np.zeros((2, 2))
    with pytest.raises(ValueError, match=r"'SGD'[^$]*'eps'[^$]*parameter 1, 'exp_avg'"):
        optimizer.load_state_dict(state)
    with pytest.raises(ValueError, match="expected a dict with 'optimizer', 'options' and 'state', got"):
        optimizer.load_state_dict({"state": {}})
    with pytest.raises(TypeError, match="got list"):
        optimizer.load_state_dict([])  # type: ignore[arg-type]


def test_a_state_is_a_copy() -> None:
    optimizer, state = stepped()
    state["state"][0]["exp_avg"][:] = 7.0
    assert (optimizer.state_dict()["state"][0]["exp_avg"] != 7.0).all()
    optimizer.load_state_dict(state)
    state["state"][0]["exp_avg"][:] = 8.0
    assert (optimizer.state_dict()["state"][0]["exp_avg"] == 7.0).all()


def test_repr() -> None:
    assert repr(optim.SGD([Value(np.ones((3, 2))), Value(1.0)], 0.1, momentum=0.9)) == (
        "SGD(7 numbers in 2 parameters, lr=0.1, momentum=0.9, dampening=0.0, nesterov=False, weight_decay=0.0, "
        "maximize=False)"
    )


def test_a_rule_of_ones_own() -> None:
    class SignDescent(optim.Optimizer):
        def update(self, slot: optim.Slot, g: Any) -> None:
            np.multiply(np.sign(g), self.lr, out=slot.change)

    x = Value([1.0, 2.0])
    x.grad = [5.0, -0.1]
    optimizer = SignDescent([x], lr=0.5)
    optimizer.step()
    assert x.data.tolist() == [0.5, 2.5]
    optimizer.load_state_dict(optimizer.state_dict())
    with pytest.raises(NotImplementedError, match="update"):
        optim.Optimizer([x], lr=0.5).step()


# Options of other optimizers, with values that those would refuse; and names that the base uses itself.
FREE = ["alpha", "momentum", "betas", "eps", "nesterov", "dampening", "amsgrad", "centered", "lr_decay", "rho", "state"]
TAKEN = [
    name for name in dir(optim.Optimizer) if not name.startswith("__") and name not in ("weight_decay", "maximize")
]
TAKEN += ["_names", "_slots", "_updated", "_present"]


class Own(optim.Optimizer):
    """x ← x − lr·option·g, where the option may be any object with a number in it."""

    def __init__(self, params: Any, lr: float, **options: Any) -> None:
        super().__init__(params, lr, **options)

    def update(self, slot: Any, g: Any) -> None:
        np.multiply(g, self.lr, out=slot.change)


@pytest.mark.parametrize("name", FREE)
@pytest.mark.parametrize("value", [-2.0, 7, "often", None, (1, 2, 3)])
def test_an_option_of_ones_own_may_have_any_free_name(name: str, value: Any) -> None:
    x = Value([1.0, 2.0])
    optimizer = Own([x], 0.5, **{name: value})
    assert getattr(optimizer, name) == value
    assert f"{name}={value!r}" in repr(optimizer)
    x.grad = [1.0, 1.0]
    optimizer.step()
    assert x.data.tolist() == [0.5, 1.5]
    twin = Own([Value([1.0, 2.0])], 0.5, **{name: 0})
    twin.load_state_dict(optimizer.state_dict())
    assert getattr(copy.deepcopy(twin), name) == value
    setattr(twin, name, 3.5)
    assert getattr(twin, name) == 3.5


@pytest.mark.parametrize("name", TAKEN)
def test_an_option_cannot_have_a_name_that_the_base_uses(name: str) -> None:
    with pytest.raises(ValueError, match=f"cannot be called {name!r}"):
        Own([Value(1.0)], 0.5, **{name: 1.0})


def test_what_an_optimizer_keeps_is_known() -> None:
    """Whoever gives the base another attribute must say that options cannot have its name."""
    assert set(vars(Own([Value(1.0)], 0.5))) <= {"lr", "params", *TAKEN}  # Python itself refuses params twice


def test_checks_are_inherited_and_may_be_ones_own() -> None:
    class Mine(optim.SGD):
        checks: ClassVar[Any] = {**optim.SGD.checks, "alpha": lambda name, value: float(value)}

        def __init__(self, params: Any, lr: float, alpha: Any) -> None:
            super().__init__(params, lr)
            self.alpha = alpha

    optimizer = Mine([Value(1.0)], 0.5, "2.5")
    assert optimizer.alpha == 2.5
    with pytest.raises(ValueError, match="momentum must be"):
        optimizer.momentum = -1.0
    with pytest.raises(ValueError, match="lr must be"):
        Own([Value(1.0)], -0.5)
    with pytest.raises(ValueError, match="maximize must be"):
        Own([Value(1.0)], 0.5, maximize=1)


def test_an_array_cannot_have_the_name_of_the_count() -> None:
    class Wrong(Own):
        def update(self, slot: Any, g: Any) -> None:
            slot.remembered("step")

    x = Value([1.0])
    x.grad = [1.0]
    with pytest.raises(ValueError, match=r"slot\.count\(\)"):
        Wrong([x], 0.5).step()


# --- clipping ---------------------------------------------------------------------------------------------------------


def with_gradients(*gs: Any) -> list[Value]:
    params = [Value(np.zeros(np.shape(g), np.asarray(g).dtype) if np.shape(g) else 0.0) for g in gs]
    for p, g in zip(params, gs, strict=True):
        p.grad = g
    return [*params, Value(1.0)]


def test_clips_the_norm_of_all_together() -> None:
    params = with_gradients(np.array([3.0, 0.0]), 4.0)
    assert optim.clip_grad_norm(params, 1.0) == 5.0
    np.testing.assert_allclose(params[0].grad, [0.6, 0.0], rtol=1e-6)
    assert params[1].grad == pytest.approx(0.8, rel=1e-6)
    assert type(params[1].grad) is float
    assert params[2].grad is None
    assert optim.clip_grad_norm(params, 2.0) == pytest.approx(1.0, rel=1e-6)
    np.testing.assert_allclose(params[0].grad, [0.6, 0.0], rtol=1e-6)
    assert optim.clip_grad_norm(params, math.inf) == pytest.approx(1.0, rel=1e-6)
    assert optim.clip_grad_norm([Value(1.0)], 1.0) == 0.0


def test_a_norm_does_not_overflow_in_float32() -> None:
    (x, _) = with_gradients(np.array([3e25, 4e25], np.float32))
    assert optim.clip_grad_norm(x, 1.0) == pytest.approx(5e25)
    np.testing.assert_allclose(x.grad, [0.6, 0.8], rtol=1e-6)
    assert x.grad.dtype == np.float32


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_norm_that_is_not_finite(bad: float) -> None:
    params = with_gradients(np.array([1.0, bad]), 2.0)
    params[0].name = "w"
    with pytest.raises(RuntimeError, match=r"length (nan|inf).*'w'"):
        optim.clip_grad_norm(params, 1.0, error_if_nonfinite=True)
    np.testing.assert_array_equal(params[0].grad, [1.0, bad])
    assert params[1].grad == 2.0
    optim.clip_grad_norm(params, 1.0)
    np.testing.assert_array_equal([*params[0].grad, params[1].grad], [0, bad * 0, 0] if bad == math.inf else [bad] * 3)


@pytest.mark.parametrize("bad", [-1.0, math.nan, "1", None])
def test_limits_must_be_numbers(bad: Any) -> None:
    with pytest.raises(ValueError, match="max_norm"):
        optim.clip_grad_norm([Value(1.0)], bad)
    with pytest.raises(ValueError, match="clip_value"):
        optim.clip_grad_value([Value(1.0)], bad)
    with pytest.raises(ValueError, match="must hold Values, got int: 3"):
        optim.clip_grad_value([3], 1.0)  # type: ignore[list-item]


def test_clips_values() -> None:
    params = with_gradients(np.array([3.0, -0.2, math.inf], np.float32), -4.0)
    optim.clip_grad_value(params, 1.5)
    np.testing.assert_array_equal(params[0].grad, np.array([1.5, -0.2, 1.5], np.float32))
    assert params[0].grad.dtype == np.float32
    assert params[1].grad == -1.5
    assert params[2].grad is None


@pytest.mark.parametrize("norm", [0.5, 5.0, 500.0])
@pytest.mark.parametrize("special", [None, math.nan, math.inf])
def test_clipping_equals_torch(norm: float, special: float | None) -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(1)
    gs = [rng.normal(size=(4, 5)), rng.normal(size=7)]
    if special is not None:
        gs[0][1, 1] = special
    ours, theirs = [Value(np.zeros(g.shape)) for g in gs], [torch.zeros(g.shape, dtype=torch.float64) for g in gs]
    for x, t, g in zip(ours, theirs, gs, strict=True):
        x.grad, t.grad = g.copy(), torch.tensor(g)
    total = torch.nn.utils.clip_grad_norm_(theirs, norm)
    np.testing.assert_allclose(optim.clip_grad_norm(ours, norm), total.item(), rtol=1e-14)
    for x, t in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(x.grad, t.grad.numpy(), rtol=1e-13)
    if special is None:
        torch.nn.utils.clip_grad_value_(theirs, 0.3)
        optim.clip_grad_value(ours, 0.3)
        np.testing.assert_allclose(ours[0].grad, theirs[0].grad.numpy(), rtol=1e-13)
