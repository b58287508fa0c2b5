"""Whatever a user may hold goes through a pickle and a copy, and an error through a pool of processes, as itself."""

import asyncio
import copy
import inspect
import multiprocessing
import pickle
import types
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
import nn
from autograd_mini import Rule, Value
from autograd_mini.operation import COMPOSED, OPERATIONS, RUNTIME, Operation, case

PROTOCOLS = range(2, pickle.HIGHEST_PROTOCOL + 1)


def cubed(x: Any, scale: float = 1.0) -> Any:
    """The third power."""
    return x * x * x * scale


def product(w: Any, x: Any) -> Any:
    return w * x


@am.checkpoint
def block(x: Any) -> Any:
    return am.tanh(x * 2.0)


@am.no_grad()
def predict(x: Any) -> Any:
    return x * 2.0


@am.primitive("{x}⁵", Rule(lambda g, out, x: g * 5.0 * x**4, "5{x}⁴"), elementwise=True)
def fifth(x: Any) -> Any:
    return x * x * x * x * x


class Model:
    """Methods that were made by transformations."""

    scale = 10.0

    @am.no_grad()
    def predict(self, x: Any) -> Any:
        return x * self.scale

    @am.checkpoint
    def forward(self, x: Any) -> Any:
        return x * self.scale


def ways(thing: Any) -> Iterator[Any]:
    """The thing through every pickle and copy."""
    for protocol in PROTOCOLS:
        yield pickle.loads(pickle.dumps(thing, protocol))
    yield copy.copy(thing)
    yield copy.deepcopy(thing)


# --- what transformations return --------------------------------------------------------------------------------------

X, Y = np.array([1.0, 2.0]), np.array([3.0, 5.0])

CALLS: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "grad": (am.grad(cubed), (2.0,)),
    "grad of grad": (am.grad(am.grad(cubed)), (2.0,)),
    "grad by both": (am.grad(product, (0, 1)), (2.0, 3.0)),
    "value_and_grad": (am.value_and_grad(product, argnums=1), (2.0, 3.0)),
    "elementwise_grad": (am.elementwise_grad(cubed), (X,)),
    "jacobian": (am.jacobian(cubed), (X,)),
    "hessian": (am.hessian(cubed), (2.0,)),
    "vmap": (am.vmap(product, in_axes=(None, 0)), (2.0, Y)),
    "vmap of grad": (am.vmap(am.grad(cubed)), (X,)),
    "checkpoint": (am.checkpoint(cubed), (2.0,)),
    "checkpoint as decorator": (block, (2.0,)),
    "no_grad": (am.no_grad()(cubed), (2.0,)),
    "no_grad as decorator": (predict, (2.0,)),
    "detect_anomaly": (am.detect_anomaly()(cubed), (2.0,)),
    "pullback": (am.vjp(product, X, Y)[1], (X,)),
    "linearize": (am.linearize(product, X, Y)[1], (Y, X)),
    "flatten": (am.flatten({"a": X, "b": [2.0, None]})[1], (np.arange(3.0),)),
    "primitive": (fifth, (2.0,)),
    "function": (am.sin, (2.0,)),
    "composed": (am.var, (X,)),
}


def equal(x: Any, y: Any) -> bool:
    if isinstance(x, dict):
        return x.keys() == y.keys() and all(equal(x[key], y[key]) for key in x)
    if isinstance(x, (tuple, list)):
        return len(x) == len(y) and all(map(equal, x, y))
    return bool(np.array_equal(x, y))


@pytest.mark.parametrize("name", CALLS)
def test_a_function_that_was_made_computes_the_same(name: str) -> None:
    function, arguments = CALLS[name]
    for again in ways(function):
        assert type(again) is type(function)
        assert equal(again(*arguments), function(*arguments))


def test_a_decorated_function_is_pickled_by_its_name() -> None:
    for function in (block, predict, fifth):
        assert all(again is function for again in ways(function))


def test_a_pullback_is_made_again_where_it_was_made_of_values() -> None:
    x, pullback = am.vjp(cubed, Value(X))
    np.testing.assert_array_equal(x.raw, X**3)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(pullback))(Y), 3.0 * X**2 * Y)


def test_a_function_that_was_made_keeps_what_is_known_of_its_function() -> None:
    for made in (am.grad(cubed), am.vmap(cubed), am.checkpoint(cubed), am.no_grad()(cubed), am.jacobian(cubed)):
        assert made.__name__ == "cubed"
        assert made.__doc__ == "The third power."
        assert inspect.unwrap(made) is cubed
        assert list(inspect.signature(made).parameters) == ["x", "scale"]
    assert repr(am.grad(cubed)) == "grad(cubed, 0)"
    assert repr(am.vmap(product, in_axes=(None, 0))) == "vmap(product, (None, 0), 0)"
    assert not hasattr(am.grad(cubed), "operation")
    assert predict.__module__ == __name__
    assert am.vjp(cubed, 1.0)[1].__doc__ == None.__doc__  # which has one since Python 3.13


def test_a_method_that_was_made_is_one() -> None:
    model = Model()
    assert model.predict(2.0) == model.forward(2.0) == 20.0
    assert isinstance(model.predict, types.MethodType)
    assert Model.predict(model, 3.0) == 30.0


def test_a_decorated_generator_or_coroutine_is_known_as_one() -> None:
    @am.no_grad()
    def numbers() -> Iterator[int]:
        yield 1

    @am.no_grad()
    async def number() -> int:
        return 2

    assert inspect.isgeneratorfunction(numbers)
    assert inspect.iscoroutinefunction(number)
    assert list(numbers()) == [1]
    assert asyncio.run(number()) == 2


def test_blocks_are_pickled_as_they_were_made() -> None:
    for block in ways(am.no_grad()):
        with block:
            assert not (Value(1.0) * 2.0).requires_grad
    for block in ways(am.detect_anomaly()):
        with block, pytest.raises(am.AnomalyError):
            am.log(Value(0.0))


# --- the table --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*OPERATIONS, *RUNTIME])
def test_an_operation_is_itself(name: str) -> None:
    op: Operation = OPERATIONS[name]
    assert all(again is op for again in ways(op))
    assert all(again is op.rules[0] for again in ways(op.rules[0]))


def test_functions_of_the_package_are_themselves() -> None:
    for function, *_ in COMPOSED.values():
        assert all(again is function for again in ways(function)), function


def test_a_rule_and_a_case() -> None:
    rule = Rule(product, "2{x}", "text", "latex", jvp=cubed, linear=True)
    for again in ways(rule):
        assert [getattr(again, slot) for slot in Rule.__slots__] == [getattr(rule, slot) for slot in Rule.__slots__]
    for again in ways(case((2, 3), axis=0)):
        assert repr(again) == "Case(shapes=((2, 3),), static={'axis': 0}, made='')"


# --- objects ----------------------------------------------------------------------------------------------------------


@cache
def cost() -> Value:
    x = Value(2.0, name="x")
    with am.scope("Cost", "C = x²"):
        root = x**2
    root.backward()
    return root


@cache
def model() -> nn.MLP:
    return nn.MLP(2, [3, 1], seed=0)


@cache
def loss() -> Value:
    root: Value = nn.mse_loss(model()(np.ones((4, 2))), np.zeros((4, 1)))
    root.backward()
    return root


def stepped(name: str) -> Any:
    optimizer = getattr(nn.optim, name)(model().parameters(), 0.1)
    loss()
    optimizer.step()
    return optimizer


def trained() -> tuple[nn.History, nn.EarlyStopping]:
    stopping = nn.EarlyStopping(3, monitor="loss")
    net = nn.MLP(2, [3, 1], seed=0)
    history = nn.fit(net, np.ones((4, 2)), np.zeros((4, 1)), epochs=2, progress=False, callbacks=[stopping])
    return history, stopping


OBJECTS: dict[str, Callable[[], Any]] = {
    "Value": lambda: Value(X, name="v"),
    "Parameter": lambda: nn.Parameter(X, name="w"),
    "Drawing": lambda: am.draw(cost()),
    "Drawing of a network": lambda: am.draw(loss()),
    "Explanation": lambda: am.explain(cost(), cost().parents[0]),
    "Explanation of a network": lambda: am.explain(loss()),
    "Explanation of arrays": lambda: am.explain(loss(), model().layer1.W),
    "Steps": lambda: am.steps(cost()),
    "Trace": lambda: am.trace(cost()),
    "Buffer": lambda: nn.Buffer(X, name="m"),
    "Scope": lambda: cost().scope,
    "Comparison": lambda: am.compare_gradients(cost(), {"x": 4.0}),
    "ComparisonRow": lambda: am.compare_gradients(cost(), {"x": 4.0}).rows[0],
    "RendererInfo": am.renderer_info,
    "History": lambda: trained()[0],
    "EarlyStopping": lambda: trained()[1],
    "Callback": nn.Callback,
    "ManualGradients": lambda: nn.backprop_of(model(), np.ones((4, 2)), np.zeros((4, 1))),
    "MLP": model,
    "MLP of single numbers": lambda: nn.MLP(2, [2, 1], scalar=True, seed=0),
    "Layer": lambda: model().layer1,
    "Neuron": lambda: nn.Neuron(2, seed=0),
    "Conv": lambda: nn.Conv(1, 2, 3, seed=0),
    "MaxPool": lambda: nn.MaxPool(2),
    "AvgPool": lambda: nn.AvgPool(2),
    "Flatten": nn.Flatten,
    **{name: partial(stepped, name) for name in ("SGD", "Adam", "AdamW", "RMSprop", "Adagrad")},
}


def told(thing: Any) -> str:
    """What an object says of itself, and its numbers."""
    parts = [repr(thing), str(thing)]
    if isinstance(thing, am.Drawing):
        parts += [thing.source, thing._folded() if thing._folded else ""]
    if isinstance(thing, am.Explanation):
        parts += [repr(thing.paths), repr(thing.factors), thing.latex]
    if isinstance(thing, nn.Module):
        parts += [repr(thing.state_dict())]
    if hasattr(thing, "state_dict"):
        parts += [repr(thing.state_dict())]
    if isinstance(thing, am.Trace):
        parts += [repr(thing.nodes), repr(thing.edges)]
    return "\n".join(part for part in parts if " object at 0x" not in part)


@pytest.mark.parametrize("name", OBJECTS)
def test_an_object_says_the_same(name: str) -> None:
    thing = OBJECTS[name]()
    for again in ways(thing):
        assert type(again) is type(thing)
        assert told(again) == told(thing)


def test_every_public_class_is_here() -> None:
    """Classes that stand for no object of their own, and errors, which the tests below raise, are left out."""
    others = {"Rule", "Mismatch", "scope", "ScalarLayer", "Module", "Animation"}
    for package in (am, nn, nn.optim):
        for name in getattr(package, "__all__", ("SGD", "Adam", "AdamW", "RMSprop", "Adagrad")):
            thing = getattr(package, name)
            if isinstance(thing, type) and not issubclass(thing, BaseException) and name not in others:
                assert name in OBJECTS, f"a pickle of {name} is not tested"


# --- errors -----------------------------------------------------------------------------------------------------------


def error(kind: str) -> BaseException:
    """An error as it is raised."""
    history = nn.History()
    if kind == "AnomalyError":
        try:
            with am.detect_anomaly():
                am.log(Value([1.0, 0.0], name="v"))
        except am.AnomalyError as found:
            return found
    if kind == "GradientError":
        try:
            am.gradcheck(am.relu, 0.0)
        except am.GradientError as found:
            return found
    return {
        "GraphError": am.GraphError("m"),
        "DivergenceError": nn.DivergenceError("m", history, 3, 4),
        "RenderError": am.RenderError("m", "digraph {}"),
        "RendererNotFound": am.RendererNotFound("m", "digraph {}"),
        "RenderTimeout": am.RenderTimeout("m", "digraph {}"),
        "GraphTooLarge": am.GraphTooLarge("m"),
        "RenderWarning": am.RenderWarning("m"),
    }[kind]


def fail(kind: str) -> None:
    found = error(kind)
    found.add_note("in the worker")
    raise found


ERRORS = [
    "AnomalyError",
    "GradientError",
    "GraphError",
    "DivergenceError",
    "RenderError",
    "RendererNotFound",
    "RenderTimeout",
    "GraphTooLarge",
    "RenderWarning",
]


def check_same(got: Any, want: BaseException) -> None:
    assert type(got) is type(want)
    assert str(got) == str(want)
    for name, thing in vars(want).items():
        if name not in ("node", "__notes__"):
            assert repr(getattr(got, name)) == repr(thing), name


@pytest.mark.parametrize("kind", ERRORS)
def test_an_error_keeps_its_words_and_its_attributes(kind: str) -> None:
    want = error(kind)
    want.add_note("a note")
    for got in ways(want):
        check_same(got, want)
        assert got.__notes__ == want.__notes__


def test_the_node_of_an_anomaly_is_a_leaf_with_its_data() -> None:
    node = pickle.loads(pickle.dumps(error("AnomalyError"))).node
    assert node.is_leaf
    np.testing.assert_array_equal(node.raw, [0.0, -np.inf])


def test_errors_arrive_out_of_pools_as_themselves() -> None:
    """A worker whose error could not be read made its parent wait for ever."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool, ProcessPoolExecutor(1, mp_context=context) as executor:
        for kind in ERRORS:
            for call in (pool.apply_async(fail, (kind,)).get, executor.submit(fail, kind).result):
                with pytest.raises(BaseException) as caught:  # noqa: PT011 (any of them)
                    call(60.0)
                check_same(caught.value, error(kind))
                assert "in the worker" in caught.value.__notes__


def test_functions_that_were_made_work_in_a_pool() -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(am.grad(cubed), [1.0, 2.0]) == [3.0, 12.0]
        assert pool.map(predict, [1.0, 2.0]) == [2.0, 4.0]
        [op] = pool.map(same, [OPERATIONS["fifth"]])
        assert op is OPERATIONS["fifth"]


def same(thing: Any) -> Any:
    return thing
