"""``functional_call``: a module as a function of its parameters."""

import functools
import threading
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd_mini as am
import nn
from autograd_mini import Value, grad, jvp, vmap
from nn import Layer, Module, Parameter, functional_call
from tests.reference import gradient

X = np.array([[0.5, -1.0], [2.0, 0.25], [-0.5, 1.5]])


def other(model: Module, seed: int = 7) -> dict[str, Any]:
    """A state of the model's own shapes."""
    rng = np.random.default_rng(seed)
    return {name: rng.normal(size=entry.shape) for name, entry in model.named_parameters()}


MODELS: dict[str, Callable[[], Any]] = {
    "layer": lambda: Layer(2, 3, seed=0),
    "mlp": lambda: nn.MLP(2, [3, 1], "tanh", seed=0),
}


@pytest.mark.parametrize("name", MODELS)
def test_values_and_gradients(name: str) -> None:
    model = MODELS[name]()
    before, state = model.state_dict(), other(model)
    twin = MODELS[name]()
    twin.load_state_dict(state)
    np.testing.assert_array_equal(functional_call(model, state, X).raw, twin(X).raw)

    def loss(s: Any) -> Any:
        return am.sum(functional_call(model, s, X) ** 2)

    def moved_at(key: str, p: Any) -> Any:
        return np.asarray(loss({**state, key: p}).item())

    found = grad(loss)(state)
    for key in state:
        near = gradient(functools.partial(moved_at, key), state[key])
        np.testing.assert_allclose(found[key], near, rtol=1e-6, atol=1e-9)
    assert all(p.grad is None for p in model.parameters())
    np.testing.assert_equal(model.state_dict(), before)
    am.sum(twin(X) ** 2).backward()
    for key, p in twin.named_parameters():
        np.testing.assert_allclose(found[key], p.grad, rtol=1e-14)


def test_forward_mode_and_second_order() -> None:
    model = nn.MLP(2, [2, 1], "tanh", seed=0)
    state, step = other(model), other(model, 8)

    def loss(s: Any) -> Any:
        return am.sum(functional_call(model, s, X) ** 2)

    g = grad(loss)(state)
    _, slope = jvp(loss, (state,), (step,))
    np.testing.assert_allclose(slope, sum(np.sum(g[key] * step[key]) for key in state), rtol=1e-13)
    up, down = ({key: state[key] + h * step[key] for key in state} for h in (1e-5, -1e-5))
    for key, row in am.hvp(loss, state, step).items():
        np.testing.assert_allclose(row, (grad(loss)(up)[key] - grad(loss)(down)[key]) / 2e-5, rtol=1e-6, atol=1e-8)


def test_a_stack_of_states() -> None:
    model = nn.MLP(2, [3, 1], "relu", seed=0)
    members = [other(model, seed) for seed in range(4)]
    stacked = {name: np.stack([member[name] for member in members]) for name in members[0]}
    want = [functional_call(model, member, X).raw for member in members]
    np.testing.assert_allclose(vmap(lambda s: functional_call(model, s, X))(stacked), want, rtol=1e-14)
    each = vmap(grad(lambda s: am.sum(functional_call(model, s, X))))(stacked)
    for i, member in enumerate(members):
        np.testing.assert_allclose(
            each["layer1.W"][i], grad(lambda s: am.sum(functional_call(model, s, X)))(member)["layer1.W"], rtol=1e-13
        )


def test_a_learning_rate_through_a_step_of_training() -> None:
    """The derivative of the loss after one step by the rate is −(gradient before) · (gradient after)."""
    model = Layer(2, 1, "linear", seed=0)
    state = model.state_dict()

    def loss(s: Any) -> Any:
        return am.mean(functional_call(model, s, X) ** 2)

    g = grad(loss)(state)
    after = {name: state[name] - 0.1 * g[name] for name in state}
    want = -sum(np.sum(g[name] * grad(loss)(after)[name]) for name in state)
    slope = grad(lambda lr: loss({name: state[name] - lr * g[name] for name in state}))(0.1)
    np.testing.assert_allclose(slope, want, rtol=1e-13)


class Pair(NamedTuple):
    first: Any
    second: Any


class Shared(Module):
    """Ties, containers, functions with the module in their hands, and attributes that change."""

    def __init__(self) -> None:
        self.inner = Layer(2, 2, "tanh", seed=0)
        self.again = self.inner
        self.scales: list[Any] = [Parameter(2.0), {"deep": (Parameter(3.0), Pair(Parameter(0.5), "text"))}]
        self.tied = self.scales[0]
        self.calls = 0
        self.log: list[int] = []
        self.method: Any = self.scaled
        self.function: Any = lambda z: z * self.tied
        self.partial = functools.partial(lambda scale, z: scale * z, self.tied)
        self.me = self
        self.gone = 1

    def scaled(self, z: Any) -> Any:
        return z * self.scales[0]

    def forward(self, x: Any) -> Any:
        self.calls += 1
        self.log.append(self.calls)
        self.last = self.inner
        if hasattr(self, "gone"):
            del self.gone
        assert sum(1 for _ in self.parameters()) == 5
        _, holder = self.scales
        deep, pair = holder["deep"]
        z = self.again(self.me.inner(x))
        return self.method(z) + self.function(z) + self.partial(z) + deep * z + pair.first


def test_everything_that_leads_to_a_parameter_is_replaced() -> None:
    model = Shared()
    state = model.state_dict()
    moved = {**other(model), "scales.0": 5.0, "scales.1.deep.0": -1.0}
    assert moved.keys() == state.keys()
    twin = Shared()
    twin.load_state_dict(moved)
    np.testing.assert_allclose(functional_call(model, moved, X).raw, twin(X).raw, rtol=1e-14)
    assert (model.calls, model.log, hasattr(model, "gone")) == (1, [1], False)
    assert model.last is model.inner
    assert model.method.__self__ is model
    np.testing.assert_equal(model.state_dict(), state)
    scale = Value(5.0)
    functional_call(model, {**moved, "scales.0": scale}, X).backward(np.ones((3, 2)))
    z = twin.inner(twin.inner(X)).raw
    np.testing.assert_allclose(scale.grad, 3 * z.sum(), rtol=1e-13)


def test_an_error_leaves_everything_as_it_was() -> None:
    class Failing(Module):
        def __init__(self) -> None:
            self.w = Parameter(2.0)
            self.count = 0

        def forward(self, x: Any) -> Any:
            self.count += 1
            raise ArithmeticError("no")

    model = Failing()
    own = model.w
    with pytest.raises(ArithmeticError):
        functional_call(model, {"w": Value(3.0)}, 1.0)
    assert (model.w, model.count) == (own, 0)


def test_threads_do_not_see_each_other() -> None:
    gate = threading.Barrier(8, timeout=20)

    class Slow(Module):
        def __init__(self) -> None:
            self.w = Parameter(1.0)

        def forward(self, x: Any) -> Any:
            gate.wait()
            y = self.w * x
            gate.wait()
            return y * self.w

    model, found = Slow(), {}

    def run(k: int) -> None:
        found[k] = functional_call(model, {"w": float(k)}, 10.0).item()

    threads = [threading.Thread(target=run, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {k: 10.0 * k * k for k in range(8)}


def test_states_that_do_not_fit() -> None:
    model = nn.MLP(2, [3, 1], seed=0)
    state = model.state_dict()
    state["layer1.w"] = state.pop("layer1.W")
    state["layer2.b"] = np.zeros(2)
    with pytest.raises(ValueError, match="the state does not fit") as error:
        functional_call(model, state, X)
    assert [line.strip() for line in str(error.value).splitlines()[1:]] == [
        "missing: 'layer1.W' (2, 3) (did you mean 'layer1.w'?)",
        "unexpected: 'layer1.w' (did you mean 'layer1.W'?)",
        "'layer2.b' has the wrong shape: expected (1,), got (2,)",
    ]
    with pytest.raises(TypeError, match="a dict of Values or arrays by name, got list"):
        functional_call(model, [1.0], X)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="takes a Module"):
        functional_call(lambda x: x, {}, X)  # type: ignore[arg-type]


def test_names_that_would_lose_a_gradient_say_so() -> None:
    model = Layer(2, 1, "linear", seed=0)
    cure = r"would lose its gradient.*nn\.functional_call\(model, state, x\)"

    def loaded(w: Any) -> Any:
        model.load_state_dict({"W": w, "b": np.zeros(1)})
        return am.sum(model(X))

    before = model.state_dict()
    with pytest.raises(TypeError, match=rf"load_state_dict.*'W'.*{cure}"):
        grad(loaded)(np.ones((2, 1)))
    np.testing.assert_equal(model.state_dict(), before)
    with pytest.raises(TypeError, match=rf"a parameter.*{cure}"):
        grad(lambda t: Parameter(t) * 3.0)(2.0)
    with pytest.raises(TypeError, match=r"was computed.*nn\.functional_call"):
        grad(lambda t: Parameter(t * 1.0) * 3.0)(2.0)
    assert grad(lambda t: functional_call(model, {"W": t * np.ones((2, 1)), "b": [0.0]}, X).sum())(1.0) == X.sum()
    leaf = Value(np.ones((2, 1)))  # outside, a leaf is plain data
    model.load_state_dict({"W": leaf, "b": Parameter(np.zeros(1))})
    assert Parameter(leaf).shape == (2, 1)
    with pytest.raises(TypeError, match=cure):
        model.load_state_dict({"W": leaf * 2.0, "b": np.zeros(1)})
    with am.no_grad():
        model.load_state_dict({"W": leaf * 2.0, "b": np.zeros(1)})


class _Centred(Module):
    def __init__(self) -> None:
        self.w = Parameter(np.ones(2))
        self.mean, self.seen = nn.Buffer(np.zeros(2)), nn.Buffer(np.zeros(2))
        self.scales = [nn.Buffer(np.ones(2))]

    def forward(self, x: Any) -> Any:
        self.seen = self.seen * 0.5 + x
        return am.sum(((x - self.mean) * self.w * self.scales[0]) ** 2)


def test_gradients_reach_buffers() -> None:
    model, x, mean = _Centred(), np.array([1.0, 3.0]), np.array([0.5, 1.0])
    state = {**model.state_dict(), "mean": mean}
    got = grad(lambda state: functional_call(model, state, x))(state)
    np.testing.assert_allclose(got["mean"], -2.0 * (x - mean))
    np.testing.assert_allclose(got["scales.0"], 2.0 * (x - mean) ** 2)
    np.testing.assert_array_equal(got["seen"], np.zeros(2))
    np.testing.assert_array_equal(model.mean.data, np.zeros(2))
    np.testing.assert_array_equal(model.seen.data, x)
    assert isinstance(model.seen, nn.Buffer)
    assert not model.seen.requires_grad


def test_a_buffer_with_a_gradient_is_not_written_into() -> None:
    class Counting(Module):
        def __init__(self) -> None:
            self.seen = [nn.Buffer(np.zeros(2))]

        def forward(self, x: Any) -> Any:
            self.seen[0].data = x
            return am.sum(x)

    with pytest.raises(TypeError, match=r"came as a Value to functional_call.*value.detach"):
        grad(lambda seen: functional_call(Counting(), {"seen.0": seen}, np.ones(2)))(np.zeros(2))
