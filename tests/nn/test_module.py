"""Modules: what they find, name, save and show."""

import copy
import pickle
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import Value
from nn import MLP, Layer, Module, Neuron, Parameter


class Inner(Module):
    def __init__(self) -> None:
        self.scale = Parameter(2.0)

    def forward(self, x: Any) -> Any:
        return self.scale * x


class Outer(Module):
    """Parameters and modules in every kind of container, between plain attributes, without super().__init__()."""

    def __init__(self) -> None:
        self.first = Parameter([1.0, 2.0])
        self.size = 3
        self.constant = Value(1.0)
        self.blocks: list[Any] = [Inner(), (Inner(), Parameter([[1.0]]))]
        self.heads: dict[str, Any] = {"left": Inner(), "right": Parameter(0.5)}
        self.last = Parameter(4.0)

    def forward(self, x: Any) -> Any:
        for block in (self.blocks[0], self.blocks[1][0], self.heads["left"]):
            x = block(x)
        return x


class Tied(Module):
    def __init__(self) -> None:
        self.encoder = Inner()
        self.decoder = self.encoder
        self.alias = self.encoder.scale
        self.itself = self

    def forward(self, x: Any) -> Any:
        return self.decoder(self.encoder(x))


# --- parameters -------------------------------------------------------------------------------------------------------


def test_a_parameter_is_a_floating_leaf_with_its_own_data() -> None:
    data = np.array([1.0, 2.0], np.float32)
    w = Parameter(data, name="w")
    data[0] = 7.0
    assert isinstance(w, Value)
    assert w.is_leaf
    assert w.requires_grad
    assert (w.name, w.dtype) == ("w", np.float32)
    assert w.numpy().tolist() == [1.0, 2.0]
    assert type(w * 2.0) is Value


@pytest.mark.parametrize(("data", "expected"), [(3, 3.0), ([1, 2], [1.0, 2.0]), ([[1], [2]], [[1.0], [2.0]])])
def test_whole_numbers_become_floats(data: Any, expected: Any) -> None:
    w = Parameter(data)
    assert w.dtype == np.float64
    assert w.numpy().tolist() == expected


def test_a_leaf_value_is_copied_and_a_computed_one_refused() -> None:
    leaf = Value([1.0, 2.0])
    w = Parameter(leaf)
    w.subtract_(1.0)
    assert leaf.numpy().tolist() == [1.0, 2.0]
    with pytest.raises(TypeError, match=r"value\.detach\(\)"):
        Parameter(leaf * 2.0)


@pytest.mark.parametrize("data", ["1", None, 1j, np.ones(2, int), np.ones(2, complex), [True], np.array(["a"])])
def test_a_parameter_refuses_what_is_not_floating(data: Any) -> None:
    with pytest.raises(TypeError):
        Parameter(data)


def test_a_parameter_can_be_frozen() -> None:
    w = Parameter(2.0, requires_grad=False)
    assert not (w * w).requires_grad
    w.requires_grad = True
    (w * w).backward()
    assert w.grad == 4.0


# --- finding ----------------------------------------------------------------------------------------------------------


def test_parameters_come_in_order_of_definition_from_all_containers() -> None:
    model = Outer()
    names = [name for name, _ in model.named_parameters()]
    inner = ["blocks.0.scale", "blocks.1.0.scale", "blocks.1.1", "heads.left.scale", "heads.right"]
    assert names == ["first", *inner, "last"]
    assert [p.shape for p in model.parameters()] == [(2,), (), (), (1, 1), (), (), ()]
    assert [name for name, _ in model.named_modules()] == ["", "blocks.0", "blocks.1.0", "heads.left"]
    assert next(model.modules()) is model


def test_shared_modules_tied_parameters_and_loops_count_once() -> None:
    model = Tied()
    assert [name for name, _ in model.named_parameters()] == ["encoder.scale"]
    assert [name for name, _ in model.named_modules()] == ["", "encoder"]
    loop: list[Any] = [Parameter(1.0)]
    loop.append(loop)
    model.loop = loop  # type: ignore[attr-defined]
    assert [name for name, _ in model.named_parameters()] == ["encoder.scale", "loop.0"]


def test_parameters_are_found_lazily_and_reflect_later_changes() -> None:
    model = Outer()
    assert isinstance(model.parameters(), Iterator)
    model.blocks.append(Inner())
    assert "blocks.2.scale" in dict(model.named_parameters())


def test_a_deeply_nested_model_is_walked_without_recursion() -> None:
    model: Module = Inner()
    for _ in range(3000):
        outer = Module()
        outer.inner = model  # type: ignore[attr-defined]
        model = outer
    assert len(list(model.parameters())) == 1
    while (inner := vars(model).pop("inner", None)) is not None:
        model = inner


def test_zero_grad_clears_and_train_and_eval_reach_every_module() -> None:
    model = Outer()
    model(3.0).backward()
    assert model.heads["left"].scale.grad == 12.0
    model.zero_grad()
    assert all(p.grad is None for p in model.parameters())
    assert model.training
    assert model.eval() is model
    assert not any(module.training for module in model.modules())
    assert all(module.training for module in model.train().modules())


# --- calling ----------------------------------------------------------------------------------------------------------


def test_a_call_groups_operations_under_the_path_of_attributes() -> None:
    model = Outer()
    out = model(Value(3.0))
    assert out.item() == 24.0
    paths = []
    while out.op is not None:
        paths.append(out.scope.path)
        out = out.parents[1]
    assert paths == ["Outer.heads.left", "Outer.blocks.1.0", "Outer.blocks.0"]
    assert (Inner()(1.0) * 1.0).scope is None


def test_titles_tell_what_the_module_is() -> None:
    net = MLP(2, [3, 1], seed=0)
    scope = net([1.0, 2.0]).scope
    assert (scope.path, scope.title) == ("MLP.layer2", "Layer(3→1, linear)")
    assert (scope.parent.name, scope.parent.title) == ("MLP", "(2→3→1, tanh)")
    neuron = Neuron(2, seed=0)([1.0, 2.0]).scope
    assert neuron is not None
    assert (neuron.name, neuron.title) == ("Neuron", "o = tanh(w₁·x₁ + w₂·x₂ + b)")


def test_a_module_held_by_several_is_named_by_its_caller() -> None:
    class Holder(Module):
        def __init__(self, shared: Module) -> None:
            self.part = shared
            self.parent = [shared, self]

        def forward(self, x: Any) -> Any:
            return self.part(x)

    inner = Inner()
    holder = Holder(inner)
    inner.parent = holder  # type: ignore[attr-defined]
    assert [holder(1.0).scope.path for _ in range(2)] == ["Holder.part"] * 2
    assert inner(1.0).scope.path == "Inner"


def test_an_error_tells_in_which_module_and_leaves_the_scope() -> None:
    class Wrong(Module):
        def __init__(self) -> None:
            self.blocks = [Layer(2, 3), Layer(4, 1)]

        def forward(self, x: Any) -> Any:
            return self.blocks[1](self.blocks[0](x))

    with pytest.raises(ValueError, match=r"Layer\(4→1, tanh\) takes x of shape \(4,\)") as error:
        Wrong()(np.ones((5, 2)))
    assert error.value.__notes__ == ["in the module Wrong.blocks.1"]
    assert (Value(1.0) * 2.0).scope is None
    assert Inner()(1.0).scope.path == "Inner"


def test_a_module_without_forward_says_so() -> None:
    class Empty(Module):
        pass

    with pytest.raises(NotImplementedError, match=r"define Empty\.forward\(self, x\)"):
        Empty()(1.0)


# --- saving -----------------------------------------------------------------------------------------------------------


def test_a_state_goes_into_another_model_as_copies() -> None:
    model, other = MLP(2, [3, 1], seed=0), MLP(2, [3, 1], seed=1)
    state = model.state_dict()
    assert list(state) == ["layer1.W", "layer1.b", "layer2.W", "layer2.b"]
    other.load_state_dict(state)
    X = np.ones((4, 2))
    assert np.array_equal(model(X).data, other(X).data)
    next(other.parameters()).subtract_(1.0)
    assert np.array_equal(state["layer1.W"], model.state_dict()["layer1.W"])
    state["layer1.b"][:] = 9.0
    assert not np.any(model.state_dict()["layer1.b"] == 9.0)


def test_scalars_and_other_dtypes_are_loaded_in_the_parameters_own_kind() -> None:
    neuron = Neuron(2, seed=0)
    neuron.load_state_dict({"w.0": np.float32(1.5), "w.1": 2, "b": Value(0.25)})
    assert [p.data for p in neuron.parameters()] == [1.5, 2.0, 0.25]
    assert all(type(p.data) is float for p in neuron.parameters())
    single = Layer(1, 1, seed=0, dtype="float32")
    single.load_state_dict({"W": np.array([[2.0]]), "b": [1.0]})
    assert single.W.dtype == np.float32


def test_a_graph_made_before_loading_is_not_differentiated() -> None:
    layer = Layer(2, 1, seed=0)
    out = layer([1.0, 2.0]).sum()
    layer.load_state_dict(layer.state_dict())
    with pytest.raises(am.GraphError, match="changed"):
        out.backward()


def test_a_state_that_does_not_fit_is_refused_as_a_whole() -> None:
    model = MLP(2, [3, 1], seed=0)
    before = model.state_dict()
    state = {
        "layer1.W": np.zeros((3, 2)),
        "layer1.b": "abc",
        "layer2.W": np.zeros((3, 1)),
        "layer3.W": np.zeros(1),
    }
    with pytest.raises(ValueError, match="nothing was loaded") as error:
        model.load_state_dict(state)
    lines = str(error.value).splitlines()[1:]
    assert [line.strip() for line in lines] == [
        "missing: 'layer2.b' (1,)",
        "unexpected: 'layer3.W'",
        "'layer1.W' has the wrong shape: expected (2, 3), got (3, 2)",
        "'layer1.b' has the wrong type: expected real numbers, got str of dtype <U3",
    ]
    assert all(np.array_equal(before[name], new) for name, new in model.state_dict().items())


@pytest.mark.parametrize("wrong", [None, [1.0, [2.0]], 1j, np.ones(2, bool), np.array([None])])
def test_a_state_holds_real_numbers(wrong: Any) -> None:
    layer = Layer.from_weights([[1.0], [1.0]])
    with pytest.raises(ValueError, match="'W' has the wrong type"):
        layer.load_state_dict({"W": wrong})
    with pytest.raises(TypeError, match="dict of arrays"):
        layer.load_state_dict([1.0])  # type: ignore[arg-type]


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_copies_keep_ties_and_share_nothing(duplicate: Any) -> None:
    model = Tied()
    model(Value(3.0)).backward()
    twin = duplicate(model)
    assert twin.encoder is twin.decoder
    assert twin.alias is twin.encoder.scale
    assert twin.itself is twin
    assert isinstance(twin.alias, Parameter)
    assert twin.alias.grad == model.alias.grad
    twin.alias.subtract_(1.0)
    assert (model.alias.item(), twin(3.0).item()) == (2.0, 3.0)


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
@pytest.mark.parametrize("scalar", [False, True])
def test_networks_can_be_copied_and_pickled(duplicate: Any, scalar: bool) -> None:
    model = MLP(2, [3, 1], "leaky_relu", "sigmoid", seed=0, scalar=scalar)
    assert duplicate(model)([1.0, 2.0]).item() == model([1.0, 2.0]).item()


# --- showing ----------------------------------------------------------------------------------------------------------


def test_the_repr_is_an_outline() -> None:
    assert repr(MLP(2, [3, 1], "relu", "sigmoid", seed=0)).splitlines() == [
        "MLP(2→3→1, relu, sigmoid), 13 parameters",
        "  layer1: Layer(2→3, relu), 9 parameters: W (2, 3), b (3,)",
        "  layer2: Layer(3→1, sigmoid), 4 parameters: W (3, 1), b (1,)",
    ]
    assert repr(Tied()).splitlines() == [
        "Tied, 1 parameter: alias ()",
        "  encoder: Inner, 1 parameter: scale ()",
        "  decoder: Inner, shared, shown above",
        "  itself: Tied, shared, shown above",
    ]
    assert repr(Outer()).splitlines()[0] == "Outer, 8 parameters: first (2,), blocks (1, 1), heads (), last ()"
    assert repr(Module()) == "Module, 0 parameters"
