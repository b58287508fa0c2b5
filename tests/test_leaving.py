"""Every public name with a Value in its hands while a function is differentiated: the gradient is right, or an error.

Operations have their own generated tests; here is everything else: each name stands in one of the two tables, and one
that is in neither fails the test.
"""
# ruff: noqa: PLC3002, PLW0108 (a table of calls)

import copy
import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
import nn
from autograd_mini import Value, grad
from autograd_mini.operation import COMPOSED, OPERATIONS
from autograd_mini.ops.plain import PLAIN
from nn import optim
from nn.activations import ACTIVATIONS
from nn.initializers import INITIALIZERS

X = np.array([[0.5, -1.0], [2.0, 0.25]])
ROW = np.array([0.25, 0.75])


def model() -> Any:
    return nn.Layer(2, 1, "tanh", seed=0)


def leaf() -> Any:
    return Value(np.array([1.0, 2.0]))


def with_gradient() -> Any:
    p = nn.Parameter([1.0, 2.0])
    p.grad = np.array([3.0, 4.0])
    return p


def after(change: Callable[[Any], Any], of: Callable[[Any], Any] = am.sum) -> Any:
    """What a leaf adds up to after a change."""
    p = with_gradient()
    change(p)
    return of(p)


def stepped(kind: Any, option: str, v: Any) -> Any:
    given = {"betas": (0.5 * v, 0.9), "alpha": 0.5 * v}.get(option, v)
    return after(lambda p: kind([p], **{"lr": 0.1, option: given}).step())


def drawn(name: str, option: str, v: Any) -> Any:
    more = {"high": 9.0} if option == "low" else {}
    f: Any = INITIALIZERS[name]
    return am.sum(f(np.random.default_rng(0), (2,), **{option: v}, **more))


def activated(name: str, v: Any) -> Any:
    return am.sum(ACTIVATIONS[name](v * ROW))


def of_itself(v: Any) -> Any:
    optim.SGD([v], lr=0.1).step()
    return v * 1.0


def assigned(name: str, v: Any) -> Any:
    return after(lambda p: setattr(p, name, v * np.ones(2)), lambda p: am.sum(p * p.grad))


def left(name: str, v: Any) -> Any:
    """The sum of what an optimizer's option does to a parameter when it is assigned later."""
    p = with_gradient()
    optimizer = optim.SGD([p], lr=0.1)
    setattr(optimizer, name, v)
    optimizer.step()
    return am.sum(p)


def loaded(v: Any) -> Any:
    layer = model()
    layer.load_state_dict({"W": v * np.ones((2, 1)), "b": np.zeros(1)})
    return am.sum(layer(X))


def called(v: Any) -> Any:
    return am.sum(nn.functional_call(model(), {"W": v * np.ones((2, 1)), "b": v * np.ones(1)}, X))


def hooked(v: Any) -> Any:
    w = leaf()
    w.register_hook(lambda g: g * v)
    am.sum(w * w).backward()
    return am.sum(w.grad)


def conv(v: Any) -> Any:
    return am.sum(nn.Conv(1, 1, 2, seed=0)(v * np.ones((1, 1, 3, 3))))


def trained(v: Any) -> Any:
    layer = model()
    nn.fit(layer, v * X, X[:, :1], epochs=1, progress=False)
    return am.sum(layer(X))


CALLS: dict[str, Callable[[Any], Any]] = {
    # autograd_mini
    "Value": lambda v: Value(v) * v,
    "Value twice": lambda v: Value(Value(v), name="v") ** 2,
    "Value without": lambda v: Value(v, requires_grad=False) * v,
    "Value list": lambda v: am.sum(Value([v, 1.0]) ** 2),
    "array": lambda v: am.sum(am.array([[v, 1.0]]) ** 2),
    "checkpoint": lambda v: am.checkpoint(am.square)(v),
    "divmod": lambda v: am.divmod(5.0, v)[1],
    "flatten": lambda v: am.sum(am.flatten({"v": v, "x": ROW})[0] ** 2),
    "unflatten": lambda v: am.flatten({"v": 1.0, "x": ROW})[1](am.array([v, v, v]))["v"] ** 2,
    "full_like": lambda v: am.sum(am.full_like(ROW, v) ** 2),
    "grad": lambda v: grad(lambda x: x**3)(v),
    "grad closure": lambda v: grad(lambda x: v * x**2)(2.0) * v,
    "value_and_grad": lambda v: am.value_and_grad(lambda x: x**3)(v)[1],
    "elementwise_grad": lambda v: am.sum(am.elementwise_grad(lambda x: x**3)(v * ROW)),
    "jacobian": lambda v: am.sum(am.jacobian(lambda x: x**3)(v * ROW)),
    "hessian": lambda v: am.sum(am.hessian(lambda x: am.sum(x**4))(v * ROW)),
    "hvp": lambda v: am.hvp(lambda x: x**4, 2.0, v) * v,
    "jvp": lambda v: am.jvp(lambda x: x**3, v, v)[1],
    "vjp": lambda v: am.vjp(lambda x: x**3, v)[1](v),
    "linearize": lambda v: am.linearize(lambda x: x**3, v)[1](v),
    "vmap": lambda v: am.sum(am.vmap(lambda x: x * v)(v * ROW)),
    "gradients": lambda v: am.gradients(v**3, v),
    "gradients graph": lambda v: am.gradients(v**3, v, create_graph=True),
    "gradients seed": lambda v: (lambda w: am.gradients(am.sum(w * w) * 1.0, w, gradient=v).sum())(leaf()),
    "piecewise": lambda v: am.sum(am.piecewise(v * ROW, [ROW > 0.5], [lambda x: x**2, v])),
    "full operations": lambda v: am.pow(v, 2.0) + am.true_divide(1.0, v),
    # methods and attributes of Value
    "data": lambda v: assigned("data", v),
    ".grad": lambda v: assigned("grad", v),
    "backward": lambda v: ((v * v).backward(), v.grad)[1],
    "backward seed": lambda v: (lambda w: (w.backward(gradient=v * np.ones(2)), am.sum(w.grad))[1])(leaf()),
    "subtract_": lambda v: after(lambda p: p.subtract_(v * np.ones(2))),
    "subtract_ number": lambda v: (lambda w: (w.subtract_(v), w * 1.0)[1])(Value(2.0)),
    "register_hook": hooked,
    "at": lambda v: am.sum(leaf().at[0].set(v).at[1].add(v) ** 2),
    "choose": lambda v: Value(np.array([0, 1])).choose([[v, v], [1.0, v]]).sum() * v,
    "copy": lambda v: copy.copy(v) * copy.deepcopy(v),
    "tolist": lambda v: (v * ROW).tolist()[0] * v,
    "float": lambda v: float(v) * v,
    "fit": lambda v: am.sum((v * ROW).fit(np.zeros(2)) ** 2),
    "compress": lambda v: (v * ROW).compress([True, False]).sum() ** 2,
    # nn
    "Parameter": lambda v: nn.Parameter(v) * 3.0,
    "Parameter array": lambda v: am.sum(nn.Parameter(v * ROW) * 3.0),
    "load_state_dict": loaded,
    "functional_call": called,
    "from_weights": lambda v: am.sum(nn.Layer.from_weights([[v], [1.0]], [v])(X)),
    "Neuron": lambda v: nn.Neuron.from_weights([v, 1.0], v)([1.0, 2.0]),
    "Layer": lambda v: am.sum(model()(v * X)),
    "MLP": lambda v: am.sum(nn.MLP(2, [2, 1], seed=0)(v * X)),
    "ScalarLayer": lambda v: nn.MLP(2, [2, 1], seed=0, scalar=True)([v, 1.0]),
    "Conv": conv,
    "AvgPool": lambda v: am.sum(nn.AvgPool(2)(v * np.ones((1, 1, 4, 4))) ** 2),
    "MaxPool": lambda v: am.sum(nn.MaxPool(2)(v * np.arange(16.0).reshape(1, 1, 4, 4)) ** 2),
    "Flatten": lambda v: am.sum(nn.Flatten()(v * np.ones((1, 2, 2))) ** 2),
    "batches": lambda v: sum(am.sum(x) for x, _ in nn.batches(v * X, ROW, 1)),
    "train_test_split": lambda v: am.sum(nn.train_test_split(v * X, ROW, 0.5, seed=0)[0]),
    "fit of nn": trained,
    "fit rate": lambda v: nn.fit(model(), X, X[:, :1], epochs=1, lr=v, progress=False).losses[-1] * v,
    "backprop": lambda v: am.sum(nn.backprop([np.ones((2, 1))], [np.zeros(1)], v * X, X[:, :1])["W1"]),
    "EarlyStopping": lambda v: nn.EarlyStopping(3, min_delta=v).min_delta * v,
    "mse_loss": lambda v: nn.mse_loss(v * ROW, ROW) + nn.mse_loss(ROW, v * ROW),
    "l1_loss": lambda v: nn.l1_loss(v * ROW, 2.0 * ROW) + nn.l1_loss(2.0 * ROW, v * ROW),
    "huber_loss": lambda v: nn.huber_loss(v * ROW, 3.0 * ROW) + nn.huber_loss(ROW, v * ROW),
    "huber_loss delta": lambda v: nn.huber_loss(9.0 * ROW, ROW, delta=v),
    "hinge_loss": lambda v: nn.hinge_loss(v * ROW, np.array([-1.0, 1.0])),
    "binary_cross_entropy": lambda v: nn.binary_cross_entropy(0.5 * v * ROW, ROW),
    "binary_cross_entropy target": lambda v: nn.binary_cross_entropy(ROW, 0.5 * v * ROW),
    "binary_cross_entropy_with_logits": lambda v: nn.binary_cross_entropy_with_logits(v * ROW, ROW),
    "binary_cross_entropy_with_logits target": lambda v: nn.binary_cross_entropy_with_logits(ROW, 0.5 * v * ROW),
    "cross_entropy": lambda v: nn.cross_entropy(v * X, np.array([0, 1])),
    "cross_entropy target": lambda v: nn.cross_entropy(X, 0.5 * v * np.ones((2, 2))),
    "nll_loss": lambda v: nn.nll_loss(v * X, np.array([0, 1])),
    "kl_divergence": lambda v: nn.kl_divergence(v * X, np.full((2, 2), 0.5)),
    "kl_divergence target": lambda v: nn.kl_divergence(X, v * np.full((2, 2), 0.5)),
    **{f"activation {name}": functools.partial(activated, name) for name in ACTIVATIONS},
    **{
        f"initializer {name} {option}": functools.partial(drawn, name, option)
        for name, f in INITIALIZERS.items()
        for option in ("low", "high", "mean", "std")
        if option in inspect.signature(f).parameters
    },
    # optimizers
    **{
        f"{kind.__name__} {option}": functools.partial(stepped, kind, option)
        for kind in (optim.SGD, optim.Adam, optim.AdamW, optim.RMSprop, optim.Adagrad)
        for option, parameter in inspect.signature(kind).parameters.items()
        if option != "params" and not isinstance(parameter.default, bool)
    },
    "Optimizer attribute": lambda v: left("lr", v),
    "Optimizer of a Value": of_itself,
    "clip_grad_norm": lambda v: after(
        lambda p: optim.clip_grad_norm([p], v), lambda p: am.sum(p * p.grad)
    ),
    "clip_grad_value": lambda v: after(lambda p: optim.clip_grad_value([p], v), lambda p: am.sum(p * p.grad)),
}  # fmt: skip

SAYS_SO = {
    "Value without": "requires_grad=False is the user's word",
    "activation step": "its slope is 0",
}

NO_NUMBERS = {
    *("Rule", "keep_memory", "no_grad", "primitive", "scope", "stop_gradient", "detect_anomaly"),
    *("Comparison", "ComparisonRow", "Drawing", "Explanation", "Mismatch", "RendererInfo", "Steps", "Trace"),
    *("compare_gradients", "draw", "explain", "gradcheck", "renderer_info", "set_renderer", "steps", "trace"),
    *("empty_like", "ones_like"),  # of which only the shape is taken
    *("Module", "Animation", "Callback", "DivergenceError", "History", "ManualGradients", "animate", "backprop_of"),
    *("accuracy", "Buffer", "Optimizer", "Slot"),
}
"""What takes no number, takes it to look at it, or is the base of others."""

POINT = 1.5


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.filterwarnings("ignore:.*step.*:UserWarning")
def test_the_gradient_is_right_or_an_error(name: str) -> None:
    call = CALLS[name]
    try:
        found = grad(call)(POINT)
    except (TypeError, ValueError):
        if name not in {"gradients", "backward"}:  # which no plain number has
            call(POINT)  # so the number was no fault
        return

    def number(v: float) -> float:
        out = call(Value(v))
        return float(out.item() if isinstance(out, Value) else out)

    want = (number(POINT + 1e-6) - number(POINT - 1e-6)) / 2e-6
    assert name in SAYS_SO or found == pytest.approx(want, rel=1e-6, abs=1e-8)


def public() -> dict[str, Any]:
    """Every public callable that is no operation."""
    spaces = {**{name: getattr(am, name) for name in am.__all__}, **{name: getattr(nn, name) for name in nn.__all__}}
    spaces |= {name: item for name, item in vars(optim).items() if name[0] != "_" and not inspect.ismodule(item)}
    known = {id(entry) for entry in (*(entry[0] for entry in COMPOSED.values()), *PLAIN.values())}
    return {
        name: item
        for name, item in spaces.items()
        if callable(item)
        and name[0] != "_"
        and not hasattr(item, "operation")
        and id(item) not in known
        and name not in {*OPERATIONS, *COMPOSED, *PLAIN}
        and not (inspect.isclass(item) and issubclass(item, BaseException))
    }


def test_every_public_name_is_in_a_table() -> None:
    """Functions of the package that are plain compositions of operations are called with a Value in every place."""
    tested = {name.split()[0] for name in CALLS}
    missing = [name for name, item in public().items() if name not in tested and name not in NO_NUMBERS]
    composed = {"amax", "amin", "clip", "einsum", "frexp", "modf", "real_if_close", "positive"}
    assert set(missing) <= composed
