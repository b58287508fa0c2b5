"""What bad calls are told: the kind of error, and the words that matter: what came, its shape, and what to write."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_mini
import nn as networks

am: Any = autograd_mini  # calls that are wrong on purpose, which checkers of types would report
nn: Any = networks
Value = am.Value

A: Any = np.arange(6.0).reshape(2, 3)
V: Any = np.arange(3.0)
x: Any = Value(V, name="x")
w: Any = Value(2.0, name="w")
net = nn.MLP(2, [3, 1], seed=0)
X, Y = np.ones((4, 2)), np.ones((4, 1))

Row = tuple[Callable[[], Any], type[BaseException], tuple[str, ...]]

DATA: list[Row] = [
    (lambda: Value(np.ma.masked_array([1.0], [True])), TypeError, ("masked", ".filled(value)", "where(")),
    (lambda: Value("three"), TypeError, ("number", "str")),
    (lambda: Value(np.array(["a"])), TypeError, ("floating, complex, integer or boolean", "dtype")),
    (lambda: Value([[1.0], [2.0, 3.0]]), ValueError, ("ragged",)),
    (lambda: Value(1.0, name=3), TypeError, ("name must be text", "int")),
    (lambda: Value(1.0).mT, ValueError, ("mT needs matrices", "()")),
    (lambda: setattr(Value(V), "grad", A), ValueError, ("must have shape (3,)", "(2, 3)")),
    (lambda: setattr(Value(V), "data", V * 1j), TypeError, ("real", "complex")),
    (lambda: x.register_hook(3), TypeError, ("a hook is a function", "int")),
    (lambda: nn.Parameter([1.0j]), TypeError, ("real and floating", "complex128")),
]

TRANSFORMATIONS: list[Row] = [
    (lambda: am.grad(am.sin)(None), TypeError, ("differentiate by None", "argument 0")),
    (lambda: am.grad(am.sin, 1)(2.0), TypeError, ("argnums=1", "1 positional")),
    (lambda: am.grad(am.multiply, (0, 0))(2.0, 3.0), ValueError, ("argnums=(0, 0)", "twice")),
    (lambda: am.grad(am.sin, "x")(2.0), TypeError, ("argnums", "whole number", "'x'")),
    *[
        (lambda make=make: make(4.0), TypeError, ("takes a function, got float", "f itself"))
        for make in (am.grad, am.value_and_grad, am.elementwise_grad, am.jacobian, am.hessian)
    ],
    (lambda: am.grad(am.sin, 2.0), TypeError, ("argnums", "got 2.0", "grad(f)(x)")),
    (lambda: am.grad(am.sin, order=2), TypeError, ("order=", "grad(grad(f))")),
    (lambda: am.vjp(4.0, 1.0), TypeError, ("takes a function, got float",)),
    (lambda: am.jvp(4.0, 1.0, 1.0), TypeError, ("takes a function, got float",)),
    (lambda: am.grad(lambda v: v @ A)([1.0, 2.0]), TypeError, ("argument 0 is a list", "np.array(")),
    (lambda: am.gradients(x.sum(), [V]), TypeError, ("with respect to Values", "ndarray")),
    (lambda: am.jvp(am.sin, V, A), ValueError, ("a tangent of shape (2, 3)", "shape (3,)")),
    (lambda: am.jvp(am.add, (V, V), (V,)), ValueError, ("one vector for each of the 2 arguments",)),
    (lambda: am.linearize(am.sin, V)[1](V, V), ValueError, ("one tangent", "1 arguments", "got 2")),
    (lambda: am.vjp(am.sin, V)[1](A), ValueError, ("shape (3,)", "(2, 3)")),
    (lambda: am.vjp(lambda p: {"a": p}, V)[1](V), ValueError, ("dict with the keys ['a']", "ndarray")),
    (lambda: am.vjp(lambda p: (p, p), V)[1]([V]), ValueError, ("tuple of 2 items", "list of 1 items")),
    (lambda: am.vmap(am.add, in_axes=(0,))(V, V), ValueError, ("in_axes=(0,)", "1 entries", "2 positional")),
    (lambda: am.vmap(am.sin)(2.0), ValueError, ("axis 0", "shape ()", "None in in_axes")),
    (lambda: am.vmap(am.add)(V, np.ones(2)), ValueError, ("one number of examples", "(3,)", "(2,)")),
    (lambda: am.vmap(lambda p: "no")(V), TypeError, ("vmap", "str", "no array")),
    (lambda: am.flatten([1.0, 2.0])[1](V), ValueError, ("shape (2,)", "shape (3,)")),
]

CHECKS: list[Row] = [
    (lambda: am.gradcheck(am.sin, 1.0, order=0), ValueError, ("order", "1 or more", "0")),
    (lambda: am.gradcheck(am.log, 0.0), ValueError, ("nan or infinite",)),
    (lambda: am.gradcheck(lambda p: None, 1.0), TypeError, ("returned",)),
    (lambda: am.gradcheck(lambda p: [], 1.0), TypeError, ("nothing to differentiate",)),
    (lambda: am.compare_gradients(w * w, 3), TypeError, ("Value or name", "int", "compare_gradients(loss, {")),
    (lambda: am.compare_gradients(w * w, {3: 1.0}), TypeError, ("Value or name", "int")),
    (lambda: am.compare_gradients(w * w, {"v": 1.0}), ValueError, ("'v'", "w")),
    (lambda: am.compare_gradients(w * w, {"w": "a"}), TypeError, ("by hand", "w")),
]

SHAPES: list[Row] = [
    (lambda: am.matmul(x, A), ValueError, ("(3,)", "(2, 3)", "3 columns meet 2 rows")),
    (lambda: am.linear(A, A, V), ValueError, ("linear", "(2, 3)")),
    (lambda: am.linalg.multi_dot([A, A]), ValueError, ("multi_dot", "(2, 3)")),
    (lambda: am.tensordot(A, A, 1), ValueError, ("tensordot", "(2, 3)")),
    (lambda: am.tensordot(V, V, 2), ValueError, ("tensordot", "2", "(3,)")),
    (lambda: am.cross(np.ones(4), np.ones(4)), ValueError, ("2 or 3 components", "(4,)")),
    (lambda: am.vecdot(V, np.ones(2)), ValueError, ("(3,)", "(2,)")),
    (lambda: am.linalg.lstsq(V, V), np.linalg.LinAlgError, ("(n, m)", "(3,)")),
    (lambda: am.linalg.tensorinv(A, ind=0), ValueError, ("ind > 0", "0")),
    (lambda: am.linalg.norm(np.ones((2, 2, 2)), 2), ValueError, ("norm", "3 axes")),
    (lambda: am.linalg.norm(A, 7), ValueError, ("norm", "no order 7")),
    (lambda: am.linalg.matrix_norm(V), ValueError, ("matrix_norm", "(3,)")),
    (lambda: am.matrix_transpose(V), ValueError, ("matrix", "(3,)")),
    (lambda: am.rollaxis(A, 1, 7), ValueError, ("rollaxis", "start=7")),
    (lambda: am.meshgrid(V, V, indexing="yx"), ValueError, ('"xy" or "ij"', "yx")),
    (lambda: am.moveaxis(A, (0, 1), 0), ValueError, ("moveaxis", "destinations")),
    (lambda: am.squeeze(x, 0), ValueError, ("length 1", "(3,)")),
    (lambda: am.reshape(A, 6, order="A"), ValueError, ('"C" or "F"', "A")),
    (lambda: am.fliplr(V), ValueError, ("fliplr", "(3,)")),
    (lambda: am.rot90(A, axes=(0,)), ValueError, ("rot90", "two axes")),
    (lambda: am.vsplit(V, 3), ValueError, ("2 axes", "(3,)")),
    (lambda: am.block([[V], V]), ValueError, ("block", "one depth")),
    (lambda: am.diag(np.ones((2, 2, 2))), ValueError, ("diag", "(2, 2, 2)", "diagonal")),
    (lambda: am.vander(A), ValueError, ("vander", "(2, 3)")),
    (lambda: am.sliding_window_view(V, 4), ValueError, ("window", "(4,)", "(3,)")),
    (lambda: am.sliding_window_view(A, 2), ValueError, ("window", "as many axes")),
    (lambda: am.cov(np.ones((2, 2, 2))), ValueError, ("cov", "(2, 2, 2)")),
    (lambda: am.convolve(A, V), ValueError, ("convolve", "(2, 3)", "conv takes batches")),
    (lambda: am.polyval(A, 1.0), ValueError, ("polyval", "one row", "(2, 3)")),
    (lambda: am.take_along_axis(A, np.array([0]), 0), ValueError, ("indices", "dimensions")),
    (lambda: am.bincount([0, 1], weights=V), ValueError, ("bincount", "2 numbers", "(3,)")),
    (lambda: am.place(x, [True], [1.0]), ValueError, ("place", "mask", "(3,)")),
    (lambda: am.average(A, weights=V), TypeError, ("weights", "(3,)", "axis=")),
    (lambda: am.average(A, weights=V, axis=0), ValueError, ("weights", "(3,)")),
    (lambda: am.conv(np.ones((1, 2, 5)), np.ones((4, 3, 2))), ValueError, ("2 channels", "3")),
    (lambda: am.conv(np.ones((1, 2, 5)), np.ones((4, 2, 2)), np.ones(3)), ValueError, ("b of shape (4,)", "(3,)")),
    (lambda: am.conv(np.ones((1, 2, 5)), np.ones((3, 1, 2)), groups=2), ValueError, ("groups=2",)),
    (lambda: am.conv(np.ones((1, 2, 5)), np.ones((4, 2, 2)), padding="valide"), ValueError, ('"same"', "valide")),
    (lambda: am.softmax_cross_entropy(A, [0]), ValueError, ("(2, 3)", "(2,)", "(1,)")),
]

OPTIONS: list[Row] = [
    (lambda: am.clip(x, 0.0, min=0.0), ValueError, ("clip", "twice")),
    (lambda: am.select([V > 0], [V, V]), ValueError, ("select", "1", "2")),
    (lambda: am.choose([0], [V], mode="rise"), ValueError, ("choose", "raise, wrap or clip", "rise")),
    (lambda: am.choose([3], [V]), ValueError, ("number 3", "1 choices")),
    (lambda: am.take(x, [0], mode="rise"), ValueError, ("take", "raise, wrap or clip", "rise")),
    (lambda: am.pad(x, 1, mode="mirror"), ValueError, ("pad", "mirror", "reflect")),
    (lambda: am.pad(np.zeros(0), 1, mode="edge"), ValueError, ("empty", "edge")),
    (lambda: am.quantile(x, 0.5, method="middle"), ValueError, ("middle", "linear")),
    (lambda: am.trim_zeros(V, "x"), ValueError, ('"f" and "b"', "x")),
    (lambda: am.max(x, where=x.raw > 0), ValueError, ("where", "initial")),
    (lambda: am.sum(x, where=np.array([1, 0, 1])), TypeError, ("where=", "booleans")),
    (lambda: am.sum(x, where=np.array([True, False])), ValueError, ("where=", "(2,)", "(3,)")),
    (lambda: am.sort(x, order="a"), TypeError, ("order=", "fields")),
    (lambda: am.partition(x, 1, order="a"), TypeError, ("order=", "fields")),
    (lambda: am.interp(1.0, V, V, period=0), ValueError, ("period", "0")),
    (lambda: am.convolve(V, V, "whole"), ValueError, ("full, same or valid", "whole")),
    (lambda: am.gradient(V, edge_order=3), ValueError, ("edge_order 1 or 2", "3")),
    (lambda: am.gradient(np.ones(1)), ValueError, ("2 points", "(1,)")),
    (lambda: am.gradient(V, np.ones(2)), ValueError, ("3 places", "2")),
    (lambda: am.diff(V, n=-1), ValueError, ("n >= 0", "-1")),
    (lambda: am.fft.fft(V, norm="north"), ValueError, ("north", "'ortho'")),
    (lambda: am.fft.irfft(np.ones(1)), ValueError, ("irfft", "n=")),
    (lambda: am.fft.fft2(A, s=(2,)), ValueError, ("1 lengths", "2 axes")),
    (lambda: am.special.polygamma(-1, 2.0), ValueError, ("polygamma", "n >= 0")),
    (lambda: am.special.expn(-1, 2.0), ValueError, ("expn", "n >= 0")),
    (lambda: np.add(x, 1.0, dtype=int), TypeError, ("np.add", "int64", "float64")),
    (lambda: am.arctan2(x), TypeError, ("arctan2",)),
]


def twice() -> Any:
    """Two operations of one name."""

    def sine(v: Any) -> Any:
        return v

    return am.primitive("sin", am.Rule(lambda g, out, v: g, "1"), name="sin")(sine)


def ruled(vjp: Callable[..., Any], forward: Callable[[Any], Any] = lambda v: v * 1.0) -> Any:
    """The gradient of an operation of one's own with this rule."""

    def own(v: Any) -> Any:
        return forward(v)

    return am.grad(am.primitive("own {v}", am.Rule(vjp, "1"), name="own")(own))(2.0)


OWN: list[Row] = [
    (lambda: am.primitive(lambda v: v), TypeError, ("the formula and the rules", "@primitive(")),
    (twice, ValueError, ("'sin' already", "name=")),
    (lambda: ruled(lambda g, out, v: None), am.GraphError, ("own", "NoneType", "return")),
    (lambda: ruled(lambda g, out, v: (g, g)), am.GraphError, ("own", "tuple of 2")),
    (lambda: ruled(lambda g, out, v: g * 1j), am.GraphError, ("own", "complex")),
    (lambda: ruled(lambda g, out, v: "g"), am.GraphError, ("own", "gradient")),
    (lambda: ruled(lambda g, out: g), TypeError, ("rule 0 of own", "called as rule(g, out, v)")),
    (lambda: ruled(lambda g, out, v: g, lambda v: None), TypeError, ("function of own returned",)),
]

PICTURES: list[Row] = [
    (lambda: am.draw(w * w, depth="a"), TypeError, ("depth", "str")),
    (lambda: am.draw(w * w, max_nodes=0), ValueError, ("max_nodes", "1 or more", "0")),
    (lambda: am.draw(w * w, highlight=3), TypeError, ("highlight", "int")),
    (lambda: am.draw(w * w, highlight=x), ValueError, ("highlight", "does not depend")),
    (lambda: am.explain(w * w, 3), TypeError, ("wrt is a Value or the name", "int")),
    (lambda: am.explain(w * w, x), ValueError, ("does not depend",)),
    (lambda: am.explain((x * x).sum(), x, element=(0, 0)), IndexError, ("element=(0, 0)",)),
    (lambda: am.explain((x * x).sum(), x, element=7), IndexError, ("element=7",)),
    (lambda: am.chain.trace(w * w, gradient=V), ValueError, ("gradient has shape (3,)", "()")),
]


class Line(nn.Module):  # type: ignore[misc]
    """A Value where a parameter was meant."""

    def __init__(self) -> None:
        self.w = Value(0.0)

    def forward(self, v: Any) -> Any:
        return self.w * v


NETWORKS: list[Row] = [
    (lambda: nn.Module()(1.0), NotImplementedError, ("Module.forward(self, x)",)),
    (lambda: net(np.ones((4, 3))), ValueError, ("(batch, 2)", "(4, 3)")),
    (lambda: net.layer1.neuron(9), IndexError, ("0 to 2", "9")),
    (lambda: nn.Neuron(2, seed=0)([1.0]), ValueError, ("2 inputs", "1")),
    (lambda: nn.Layer(2, 3, "tahn"), ValueError, ("'tahn'", "did you mean 'tanh'")),
    (lambda: nn.Layer(2, 3, 7), TypeError, ("name or a function", "int")),
    (lambda: nn.Layer(2, 3, rng=3), TypeError, ("default_rng(0)", "int")),
    (lambda: nn.Layer(2, 3, initializer=lambda *_, **__: np.ones(5)), ValueError, ("(2, 3)", "(5,)")),
    (lambda: nn.Conv(3, 4, 2, groups=2), ValueError, ("groups=2", "3")),
    (lambda: nn.optim.SGD([V], 0.1), ValueError, ("params[0]", "Value", "ndarray")),
    (lambda: nn.optim.SGD([x * 2.0], 0.1), ValueError, ("params[0]", "leaf", "computed")),
    (lambda: nn.optim.SGD([w, w], 0.1), ValueError, ("params[1]", "params[0]", "twice")),
    (lambda: nn.optim.SGD([w], -1.0), ValueError, ("lr must be", "-1")),
    (lambda: nn.optim.SGD([w], 0.1, nesterov=3), ValueError, ("nesterov must be True or False", "3")),
    (lambda: nn.optim.Adam([w], 0.1, betas=(2.0, 0.9)), ValueError, ("betas", "[0, 1)", "2.0")),
    (lambda: nn.optim.SGD(net, 0.1), ValueError, ("MLP", ".parameters()")),
    (lambda: nn.fit(Line(), X, Y), ValueError, ("Line", "attribute w is a Value", "self.w = nn.Parameter(0.0)")),
    *[
        (lambda loss=loss: loss(V % 2, Value(V / 4)), ValueError, ("arguments are swapped", "(prediction, target)"))
        for loss in (nn.binary_cross_entropy, nn.binary_cross_entropy_with_logits, nn.hinge_loss)
    ],
    (lambda: nn.cross_entropy(A, Value(A / 6)), ValueError, ("arguments are swapped",)),
    (lambda: nn.cross_entropy(Value(Y), [0] * 4), UserWarning, ("always 0", "binary_cross_entropy_with_logits")),
    (lambda: nn.nll_loss(Value(Y), [0] * 4), UserWarning, ("always 0", "binary_cross_entropy_with_logits")),
    (lambda: nn.mse_loss(A, [0, 2]), ValueError, ("(2, 3)", "(2,)", 'loss="cross_entropy"')),
    (lambda: nn.fit(net, X), ValueError, ("no y was given", "fit(model, X, y)")),
    (lambda: nn.mse_loss(V, V, reduction="avg"), ValueError, ("'avg'", "mean")),
    (lambda: nn.fit(net, Value(X), Y, epochs=1), TypeError, ("data", "Value", ".numpy()")),
    (lambda: nn.fit(net, X, Y[:3], epochs=1), ValueError, ("4 samples", "3")),
    (lambda: nn.fit(net, X, Y, epochs=1, progress="yes"), ValueError, ("progress", "'yes'")),
    (lambda: nn.fit(net, X, Y, epochs=1, callbacks=[nn.Callback]), TypeError, ("the class Callback", "Callback(")),
    (lambda: nn.fit(net, X, Y, epochs=1, callbacks=[3]), TypeError, ("a callback is a Callback or a function", "3")),
    (
        lambda: nn.fit(net, X, Y, epochs=1, lr=1.0, optimizer=nn.optim.SGD([w], 0.1)),
        ValueError,
        ("lr=1.0", "optimizer.lr"),
    ),
    (lambda: nn.fit(net, X, Y, epochs=1, metrics={"loss": nn.accuracy}), ValueError, ("'loss'", "history")),
    (lambda: nn.fit(lambda v: "out", X, Y, epochs=1), TypeError, ("callable", "parameters()")),
    (lambda: nn.EarlyStopping(3, mode="up"), ValueError, ("'min' or 'max'", "up")),
    (lambda: nn.History()["accuracy"], KeyError, ("accuracy",)),
    (lambda: nn.train_test_split(X, Y, test_size=1.0), ValueError, ("between 0 and 1", "1.0")),
    (lambda: nn.accuracy(np.eye(2), [0, 5]), ValueError, ("0 to 1", "5")),
    (lambda: nn.backprop_of(nn.MLP(2, [1], scalar=True, seed=0), X, Y), TypeError, ("scalar=True",)),
    (lambda: nn.backprop_of(net, X, Y[:, [0, 0]]), ValueError, ("(4, 1)", "(4, 2)")),
]

AREAS = {
    "data": DATA,
    "transformations": TRANSFORMATIONS,
    "checks": CHECKS,
    "shapes": SHAPES,
    "options": OPTIONS,
    "own operations": OWN,
    "pictures": PICTURES,
    "networks": NETWORKS,
}


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [pytest.param(*row, id=f"{area} {i}") for area, rows in AREAS.items() for i, row in enumerate(rows)],
)
def test_a_bad_call_is_told(call: Callable[[], Any], kind: type[BaseException], words: tuple[str, ...]) -> None:
    with pytest.raises(kind) as caught:
        call()
    text = "\n".join([str(caught.value), *getattr(caught.value, "__notes__", ())])
    assert [word for word in words if word not in text] == [], text
