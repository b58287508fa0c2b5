"""Data that somebody wrote into after the graph had used them, through whatever name: never a wrong gradient.

Either the write changes nothing, because the graph's data are its own, or the pass finds it. What the gradient should
be is that of the same computation without any write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import GraphError, Value, gradients


def aligned(numbers: list[float]) -> Any:
    """An array that ``jax.device_put`` takes over without a copy, since its memory starts at a multiple of 64."""
    buffer = np.zeros(8 * len(numbers) + 64, np.uint8)
    start = -buffer.ctypes.data % 64
    array = buffer[start : start + 8 * len(numbers)].view(np.float64)
    array[:] = numbers
    return array


def torch() -> Any:
    return pytest.importorskip("torch")


def jax() -> Any:
    return pytest.importorskip("jax")


@pytest.fixture(autouse=True)
def _wide_jax() -> Iterator[None]:
    """JAX keeps float64, and so takes over NumPy's memory, only if told so."""
    if find_spec("jax") is None:
        yield
        return
    module = jax()
    before = module.config.jax_enable_x64
    module.config.update("jax_enable_x64", True)
    yield
    module.config.update("jax_enable_x64", before)


def strict() -> Any:
    return pytest.importorskip("array_api_strict")


MADE: dict[str, Callable[[Any], Any]] = {
    "numpy": lambda a: a,
    "torch": lambda a: torch().from_numpy(a),
    "torch by dlpack": lambda a: torch().from_dlpack(a),
    "jax": lambda a: jax().device_put(a),
    "jax by dlpack": lambda a: jax().dlpack.from_dlpack(a),  # noqa: PLW0108 (JAX is not there yet)
    "array_api_strict": lambda a: strict().asarray(a, copy=False),
}
"""Arrays of a library over the memory of NumPy's array."""

USES: dict[str, Callable[[Value, Any], Value]] = {
    "on the right": lambda x, c: x * c,
    "on the left": lambda x, c: c * x,
    "of a function": lambda x, c: am.multiply(c, x),
    "joined": lambda x, c: am.concatenate([x, c]) * am.concatenate([c, x]),
    "three operands": lambda x, c: am.where([True, False], x, c) * am.where([False, True], c, x),
    "of a value": lambda x, c: x * Value(c, requires_grad=False),
}


REFUSED = {("torch", "on the left"), ("torch by dlpack", "on the left"), ("array_api_strict", "on the left")}
"""Arrays whose operators do not ask a Value."""


@pytest.mark.parametrize(
    ("library", "use"), [(library, use) for library in MADE for use in USES if (library, use) not in REFUSED]
)
def test_an_array_of_the_users_is_written_into(library: str, use: str) -> None:
    a = aligned([3.0, 4.0])
    theirs = MADE[library](a)
    x = Value(theirs) if library != "numpy" else Value(np.array([3.0, 4.0]))
    y = USES[use](x, theirs)
    want = np.asarray(gradients(am.sum(y), x))
    a[:] = 100.0
    np.testing.assert_array_equal(np.asarray(gradients(am.sum(y), x)), want)
    np.testing.assert_array_equal(x.numpy(), [3.0, 4.0])


@pytest.mark.parametrize("library", ["numpy", "torch"])
def test_an_index_is_written_into(library: str) -> None:
    places, mask = np.array([0, 0]), np.array([True, False])
    theirs, chosen = MADE[library](places), MADE[library](mask)
    x = Value(MADE[library](np.array([1.0, 2.0])))
    y = am.sum(x[theirs] * 3.0) + am.sum(x[chosen])
    places[:], mask[:] = 1, [False, True]
    np.testing.assert_array_equal(np.asarray(gradients(y, x)), [7.0, 0.0])


def read_only_after_a_view() -> tuple[Any, Any]:
    a = np.array([3.0, 4.0])
    view = a[:]
    a.flags.writeable = False
    return a, view


def read_only_view() -> tuple[Any, Any]:
    a = np.array([3.0, 4.0])
    view = a[:]
    view.flags.writeable = False
    return view, a


def stretched() -> tuple[Any, Any]:
    a = np.array([3.0])
    return np.broadcast_to(a, (2,)), a


@pytest.mark.parametrize("make", [read_only_after_a_view, read_only_view, stretched])
@pytest.mark.parametrize("use", USES)
def test_a_read_only_array_whose_memory_can_be_written_into(use: str, make: Callable[[], tuple[Any, Any]]) -> None:
    constant, writable = make()
    x = Value(np.array([1.0, 2.0]))
    y = am.sum(USES[use](x, constant))
    want = gradients(y, x)
    writable[0] = 100.0
    np.testing.assert_array_equal(gradients(y, x), want)


def through_numpy(data: Any) -> None:
    data.numpy()[0] = 100.0


def through_data(data: Any) -> None:
    data.data[0] = 100.0


def through_dlpack(data: Any) -> None:
    torch().from_dlpack(data)[0] = 100.0


def by_numpys_dlpack(data: Any) -> None:
    np.from_dlpack(data)[0] = 100.0


def in_place(data: Any) -> None:
    data[0] = 100.0


def through_a_view(data: Any) -> None:
    data[:1][...] = 100.0


WRITES = [
    ("torch", through_numpy),
    ("torch", through_data),
    ("torch", through_dlpack),
    ("torch", by_numpys_dlpack),
    ("torch", in_place),
    ("torch", through_a_view),
    ("jax", through_dlpack),
    ("array_api_strict", in_place),
    ("numpy", in_place),
    ("numpy", through_a_view),
    ("numpy", through_dlpack),
]


@pytest.mark.parametrize(("library", "write"), WRITES)
def test_a_write_into_the_data_of_a_leaf_is_found(library: str, write: Callable[[Any], None]) -> None:
    x = Value(MADE[library](np.array([1.0, 2.0])))
    w = Value(MADE[library](np.array([5.0, np.nan])))
    handed = x.data
    y = am.sum(x * x * w)
    write(handed)
    with pytest.raises(GraphError, match="changed"):
        y.backward()
    with pytest.raises(GraphError, match="changed"):
        gradients(y, w)
    again = am.sum(x * x * w)
    with pytest.raises(GraphError, match="changed"):
        y.backward()
    again.backward()
    np.testing.assert_array_equal(np.asarray(x.grad), [1000.0, np.nan])


@pytest.mark.parametrize(("library", "write"), [pair for pair in WRITES if pair[0] != "numpy"])
def test_a_write_into_the_data_of_a_result_is_found(library: str, write: Callable[[Any], None]) -> None:
    x = Value(MADE[library](np.array([1.0, 2.0])))
    y = am.exp(x)
    z = am.sum(y * 2.0)
    write(y.data)
    with pytest.raises(GraphError, match="changed"):
        z.backward()
    with pytest.raises(GraphError, match="changed"):
        gradients(y, x, gradient=x.raw)
    assert x.grad is None


@pytest.mark.parametrize("library", ["torch", "array_api_strict"])
@pytest.mark.parametrize("view", [lambda x: am.reshape(x, (2, 1)), lambda x: am.transpose(am.reshape(x, (1, 2)))])
def test_a_write_into_a_view_of_a_leaf_is_found(library: str, view: Callable[[Value], Value]) -> None:
    """The view itself is no part of what is differentiated."""
    x = Value(MADE[library](np.array([1.0, 2.0])))
    y = am.sum(x * x)
    shown = view(x).data
    shown[0, 0] = 100.0
    if np.asarray(x.raw)[0] == 1.0:  # the library copied
        y.backward()
        np.testing.assert_array_equal(np.asarray(x.grad), [2.0, 4.0])
        return
    with pytest.raises(GraphError, match="changed"):
        y.backward()


@pytest.mark.parametrize("library", ["numpy", "torch", "jax", "array_api_strict"])
def test_looking_at_data_is_no_write(library: str) -> None:
    x = Value(MADE[library](np.array([1.0, np.nan])))
    y = x * x
    assert x.data is not None
    assert y.data is not None
    am.sum(y).backward()
    np.testing.assert_array_equal(np.asarray(x.grad), [2.0, np.nan])


@pytest.mark.parametrize("kind", ["bfloat16", "complex128", "int64", "bool"])
def test_tensors_of_other_kinds_can_be_handed_out(kind: str) -> None:
    xp = torch()
    x = Value(xp.ones(2, dtype=getattr(xp, kind)), requires_grad=False)
    w = Value(xp.tensor([1.0, 2.0]))
    held = x.data
    y = am.sum(am.real(x * w)) if kind == "complex128" else am.sum(x * w)
    held[0] = 0
    with pytest.raises(GraphError, match="changed"):
        y.backward()


def test_a_tensor_made_in_inference_mode() -> None:
    with torch().inference_mode():
        tensor = torch().ones(2)
    x = Value(tensor)
    held = x.data
    y = am.sum(x * x)
    with torch().inference_mode():
        held[0] = 5.0
    with pytest.raises(GraphError, match="changed"):
        y.backward()


def test_data_of_a_leaf_looked_at_while_jax_traces() -> None:
    x = Value(jax().numpy.ones(2))

    def f(t: Any) -> Any:
        v = Value(t)
        assert v.data is not None
        assert x.data is not None
        return am.grad(lambda v: am.sum(v * v * x.data))(t) + (v * x).data

    with pytest.warns(UserWarning, match="compiled in"):
        np.testing.assert_array_equal(np.asarray(jax().jit(f)(np.array([1.0, 2.0]))), [3.0, 6.0])


def test_a_write_that_a_hook_makes_stays_its_own() -> None:
    for library in ("torch", "array_api_strict"):
        x = Value(MADE[library](np.array([1.0, 2.0])))
        y = x * 1.0
        y.register_hook(lambda g: g.__setitem__(0, 100.0))
        am.sum(y * 2.0).backward()
        np.testing.assert_array_equal(np.asarray(x.grad), [2.0, 2.0])


# --- new data between the computation and the pass --------------------------------------------------------------------


@pytest.mark.parametrize("graph", [False, True], ids=["data", "values"])
@pytest.mark.parametrize("data", [3.0, np.array([3.0, 4.0])], ids=["float", "array"])
@pytest.mark.parametrize("changed", [0, 1])
@pytest.mark.parametrize(
    "f",
    [lambda x, w: x * w, am.multiply, lambda x, w: am.stack([x, w, x]), am.dot],
    ids=["operator", "function", "many operands", "dot"],
)
def test_new_data_of_either_operand_are_noticed(
    f: Callable[[Value, Value], Value], changed: int, data: Any, graph: bool
) -> None:
    operands = [Value(data), Value(data)]
    y = am.sum(f(*operands))
    operands[changed].data = data + 2.0
    with pytest.raises(GraphError, match="changed"):
        y.backward()
    for x in operands:
        with pytest.raises(GraphError, match="changed"):
            gradients(y, x, create_graph=graph)
    assert [x.grad for x in operands] == [None, None]
    am.sum(f(*operands)).backward()


@pytest.mark.parametrize("library", ["numpy", "torch", "array_api_strict"])
@pytest.mark.parametrize(
    "view",
    [lambda x: am.reshape(x, (2, 1)), am.real, lambda x: x[:], lambda x: am.stop_gradient(am.flip(x))],
    ids=["reshape", "real", "slice", "flip"],
)
def test_a_result_of_constants_shares_nothing_with_them(library: str, view: Callable[[Value], Value]) -> None:
    """No graph joins it to them, so that a write into theirs could not be found."""
    x = Value(MADE[library](np.array([1.0, 2.0])), requires_grad=False)
    w = Value(MADE[library](np.array([1.0, 1.0])))
    y = am.sum(am.reshape(view(x), -1) * w)
    want = np.asarray(gradients(y, w))
    x.data[...] = 100.0
    np.testing.assert_array_equal(np.asarray(gradients(y, w)), want)


VIEWS: dict[str, Callable[[Value], Any]] = {
    "slice": lambda x: x[1:],
    "everything": lambda x: x[...],
    "reshape": lambda x: am.reshape(x, (2, 1)),
    "transpose": lambda x: am.reshape(x, (1, 2)).T,
    "flip": am.flip,
    "real": am.real,
    "itself": am.positive,
    "split": lambda x: am.split(x, 2)[0],
    "vmap": am.vmap(lambda row: row),
    "vmap inside": am.vmap(lambda row: am.reshape(row, (1,))),
    "no_grad inside": am.checkpoint(lambda y: y[:1]),
    "a user's": am.primitive("{x}", am.Rule(lambda g, out, x: g, "1"), name="handed on")(lambda x: x),
}


@pytest.mark.parametrize("library", ["numpy", "torch", "array_api_strict"])
@pytest.mark.parametrize("name", VIEWS)
def test_what_is_computed_without_a_graph_shares_nothing_with_the_leaf(library: str, name: str) -> None:
    """Nothing joins the two: a write into one is none into the other, and a step of a leaf changes no older result."""
    x = Value(MADE[library](np.array([1.0, 2.0])))
    z = am.sum(x * x)
    with am.no_grad():
        y = VIEWS[name](x)
    before = np.array(np.asarray(y.raw))
    y.data[...] = 100.0
    np.testing.assert_array_equal(np.asarray(x.raw), [1.0, 2.0])
    z.backward()
    np.testing.assert_array_equal(np.asarray(x.grad), [2.0, 4.0])
    with am.no_grad():
        y = VIEWS[name](x)
    x.subtract_(0.5)
    np.testing.assert_array_equal(np.asarray(y.raw), before)
