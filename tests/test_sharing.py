"""What is handed out is the caller's alone: no two results share memory with each other, nor with anything else.

The functions pass their operands on, as views or as they are, so that one array would reach many places if nobody
looked. The rule by which it is judged: results are written full of 7, and neither the other results, nor the arguments,
nor what the same call or the same pullback gives afterwards may change.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import Value
from autograd_mini.tree import flatten

PASSING_ON: dict[str, Callable[[Any, Any], Any]] = {
    "sum of two": lambda W, b: W + b,
    "difference": lambda W, b: W - b,
    "the first": lambda W, b: W,
    "both": lambda W, b: (W, b),
    "one twice": lambda W, b: (W, W),
    "reshaped": lambda W, b: am.reshape(W, -1) + am.reshape(b, -1),
    "transposed": lambda W, b: am.transpose(W) + am.transpose(b),
    "views": lambda W, b: (W, am.transpose(W), am.reshape(W, -1)),
    "stretched": lambda W, b: am.broadcast_to(W, (2, *W.shape)) + b,
    "a row": lambda W, b: W[0] + b[0] if W.shape else W + b,
    "backwards": lambda W, b: am.flip(W) + b,
    "joined": lambda W, b: am.stack([W, b]),
    "expanded": lambda W, b: am.squeeze(am.expand_dims(W, 0), 0) + b,
    "the real part": lambda W, b: am.real(W) + b,
}


def number(f: Callable[..., Any]) -> Callable[..., Any]:
    """The sum of all entries of all results."""
    return lambda *args: sum((am.sum(y) for y in flatten(f(*args))[0]), Value(0.0))


def arrays_of(f: Callable[..., Any]) -> Callable[..., Any]:
    """The results as a single array, for transformations that want one."""
    return lambda *args: sum(am.reshape(y, -1) for y in flatten(f(*args))[0])


Made = tuple[list[Any], Callable[[], Any]]
"""What a transformation handed out, and a call that hands out the same once more."""


def again(call: Callable[[], Any]) -> Made:
    return flatten(call())[0], call


def by_vjp(f: Callable[..., Any], W: Any, b: Any) -> Iterator[Made]:
    y, pullback = am.vjp(f, W, b)
    seeds = flatten(y)[1]([x + 0.0 for x in flatten(y)[0]])
    results, call = again(lambda: pullback(seeds))
    yield [*flatten(y)[0], *flatten(seeds)[0], *results], call


def by_linearize(f: Callable[..., Any], W: Any, b: Any) -> Iterator[Made]:
    y, f_jvp = am.linearize(f, W, b)
    tangents = W + 1.0, b + 2.0
    results, call = again(lambda: f_jvp(*tangents))
    yield [*flatten(y)[0], *tangents, *results], call


def by_gradients(f: Callable[..., Any], W: Any, b: Any) -> Iterator[Made]:
    leaves = [Value(W), Value(b)]
    y = arrays_of(f)(*leaves)
    seed = y.raw * 0.0 + 1.0
    results, call = again(lambda: am.gradients(y, [*leaves, leaves[0]], gradient=seed))
    yield [seed, *(x.raw for x in leaves), *results], call


def by_backward(f: Callable[..., Any], W: Any, b: Any) -> Iterator[Made]:
    def call() -> Any:
        leaves = [Value(W), Value(b)]
        number(f)(*leaves).backward()
        return [x.grad for x in leaves if x.grad is not None]

    yield again(call)


def calls(transform: Callable[..., Any]) -> Callable[..., Iterator[Made]]:
    def make(f: Callable[..., Any], W: Any, b: Any) -> Iterator[Made]:
        results, call = again(lambda: transform(f, W, b))
        yield [W, b, *results], call

    return make


HANDING_OUT: dict[str, Callable[..., Iterator[Made]]] = {
    "grad": calls(lambda f, W, b: am.grad(number(f), (0, 1))(W, b)),
    "value_and_grad": calls(lambda f, W, b: am.value_and_grad(number(f), (0, 1))(W, b)),
    "elementwise_grad": calls(lambda f, W, b: am.elementwise_grad(arrays_of(f), (0, 1))(W, b)),
    "jacobian": calls(lambda f, W, b: am.jacobian(f, (0, 1))(W, b) if W.size < 9 else []),
    "hessian": calls(lambda f, W, b: am.hessian(number(f), (0, 1))(W, b) if W.size < 9 else []),
    "hvp": calls(lambda f, W, b: am.hvp(lambda *x: number(f)(*x) ** 2, (W, b), (W, b))),
    "hvp of a bowl": calls(lambda f, W, b: am.hvp(lambda W, b: 0.5 * am.sum(W * W), (W, b), (W, b))),
    "jvp": calls(lambda f, W, b: am.jvp(f, (W, b), (W, b))),
    "vmap": calls(lambda f, W, b: am.vmap(f)(W, b) if W.shape else []),
    "vmap under no_grad": calls(lambda f, W, b: am.no_grad()(am.vmap(f))(W, b) if W.shape else []),
    "vjp": by_vjp,
    "linearize": by_linearize,
    "gradients": by_gradients,
    "backward": by_backward,
    "flatten": calls(lambda f, W, b: am.flatten((W, b))[1](am.flatten((W, b))[0])),
}

SHAPES = [(), (2, 3), (70, 70)]
"""The last is so large that broadcasting gives read-only views."""


CASES = [(transform, name, "numpy") for transform in HANDING_OUT for name in PASSING_ON] + [
    (transform, name, library)
    for library in ("torch", "array_api_strict")
    for name in ("sum of two", "both", "one twice", "views")
    for transform in ("grad", "elementwise_grad", "vjp", "linearize", "jvp", "gradients", "backward")
]


def numpy_of(x: Any) -> Any:
    return x if isinstance(x, (np.ndarray, float)) else np.asarray(x)


def write(x: Any) -> bool:
    """Fill an array with 7; numbers cannot be written into."""
    if isinstance(x, (float, np.generic)):
        return False
    x[...] = 7.0
    return True


@pytest.mark.parametrize(("transform", "name", "library"), CASES)
def test_nothing_that_is_handed_out_shares_memory(transform: str, name: str, library: str) -> None:
    xp = np if library == "numpy" else pytest.importorskip(library)
    f = PASSING_ON[name]
    for shape in SHAPES if library == "numpy" else SHAPES[1:2]:
        W = xp.asarray(np.arange(1.0, 1.0 + np.prod(shape, dtype=int)).reshape(shape))
        b = xp.asarray(np.full(shape, 2.0))
        for results, call in HANDING_OUT[transform](f, W, b):
            expected = [np.array(numpy_of(x)) for x in flatten(call())[0]]
            for i, x in enumerate(results):
                before = [np.array(numpy_of(y)) for y in results]
                kept = np.array(numpy_of(x))
                if not write(x):
                    continue
                for j, y in enumerate(results):
                    if j != i:
                        np.testing.assert_array_equal(numpy_of(y), before[j])
                x[...] = xp.asarray(kept)
                for y in flatten(call())[0]:
                    write(y)
            for got, want in zip(flatten(call())[0], expected, strict=True):
                np.testing.assert_array_equal(numpy_of(got), want)


def test_a_closure_and_a_rule_that_hand_on_what_is_theirs() -> None:
    """Neither a Value that a function returns from outside nor an operand that a rule returns is handed out."""
    outside = Value(np.ones(3), requires_grad=False)
    for y in (am.jvp(lambda x: (outside, x), np.ones(3), np.ones(3))[0], am.vjp(lambda x: (outside, x), np.ones(3))[0]):
        y[0][...] = 7.0
    np.testing.assert_array_equal(outside.raw, np.ones(3))


def test_values_of_a_pass_over_values() -> None:
    W, b = Value(np.ones(3)), Value(np.ones(3))
    gW, gb = am.gradients((W + b).sum(), [W, b], create_graph=True)
    assert gW is not gb
    gW.data[...] = 7.0
    np.testing.assert_array_equal(gb.data, np.ones(3))
    seed = Value(np.ones(3))
    hW, hb = am.gradients(W * b + W * b, [W, W], gradient=seed, create_graph=True)
    assert len({hW, hb, seed}) == 3
    (same,) = am.gradients(W + b, [W], gradient=seed, create_graph=True)
    assert same is not seed
    am.sum(same * same).backward()
    np.testing.assert_array_equal(seed.grad, np.full(3, 2.0))


def test_gradients_of_computed_values_are_read_only() -> None:
    x = Value(np.ones(3))
    y = x * 2.0
    z = y + 1.0
    z.backward(np.ones(3))
    for value in (y, z):
        with pytest.raises(ValueError, match="read-only"):
            value.grad[0] = 7.0
    x.grad[0] = 7.0
    np.testing.assert_array_equal(y.grad, np.ones(3))


@pytest.mark.parametrize(
    "run",
    [
        am.grad(lambda x: (am.tanh(x) * x).sum()),
        am.vmap(lambda row: am.tanh(row) * 2.0),
        am.elementwise_grad(am.tanh),
        am.vmap(lambda row: {"a": am.tanh(row), "b": [row * 2.0]}),
        lambda x: am.jacobian(am.tanh)(x[0, :9]),
    ],
    ids=["grad", "vmap", "elementwise_grad", "vmap of a structure", "jacobian"],
)
def test_an_ordinary_result_is_not_copied(run: Callable[[Any], Any]) -> None:
    copies: list[str] = []

    def watch(frame: FrameType, event: str, function: Any) -> None:
        if event == "c_call" and function.__name__ == "copy" and isinstance(function.__self__, np.ndarray):
            copies.append(frame.f_code.co_name)

    x = np.full((3, 9), 0.5)
    sys.setprofile(watch)
    try:
        run(x)
    finally:
        sys.setprofile(None)
    assert not {"for_the_caller", "unshared"} & set(copies)


@pytest.mark.parametrize("library", ["numpy", "torch"])
def test_gradients_inside_a_differentiated_function_share_nothing(library: str) -> None:
    """A write into one, where the library allows it, reaches neither the other nor what the pass began with."""
    xp = np if library == "numpy" else pytest.importorskip(library)
    places: list[list[int]] = []

    def addresses(*values: Any) -> None:
        places.append([x.raw.ctypes.data if library == "numpy" else x.raw.data_ptr() for x in values])

    def by_grad(W: Any, b: Any) -> Any:
        gW, gb = am.grad(lambda W, b: am.sum(W + b), (0, 1))(W, b)
        addresses(gW, gb)
        return am.sum(gW * gb)

    def by_vjp(W: Any, b: Any) -> Any:
        _, pullback = am.vjp(lambda W, b: W + b, W, b)
        gW, gb = pullback(W)
        if library != "numpy":  # whose arrays of computed values are read-only
            addresses(gW, gb, W)
        return am.sum(gW * gb)

    W, b = xp.asarray(np.ones(3)), xp.asarray(np.full(3, 2.0))
    for f in (by_grad, by_vjp):
        am.grad(f, (0, 1))(W, b)
    assert all(len(set(each)) == len(each) for each in places)
