"""The pass as data."""

from __future__ import annotations

import json
import math
import os
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import GraphError, Value
from autograd_mini.chain import Trace, trace


def neuron() -> Value:
    """The neuron of the documentation, with its names."""
    x1, x2 = Value(2.0, requires_grad=False, name="x1"), Value(-1.0, requires_grad=False, name="x2")
    y = Value(1.0, requires_grad=False, name="y")
    w1, w2, b = Value(0.5, name="w1"), Value(0.25, name="w2"), Value(-0.5, name="b")
    with am.scope("Neuron", "o = tanh(w₁·x₁ + w₂·x₂ + b)"):
        u1 = w1 * x1
        u2 = w2 * x2
        s = u1 + u2
        z = s + b
        o = am.tanh(z)
    with am.scope("Cost", "C = (o − y)²"):
        e = o - y
        C: Value = e**2
    for name, value in (("u1", u1), ("u2", u2), ("s", s), ("z", z), ("o", o), ("e", e), ("C", C)):
        value.name = name
    return C


@pytest.fixture
def pass_() -> Trace:
    return trace(neuron())


def test_values_in_topological_order_with_stable_ids(pass_: Trace) -> None:
    assert [node.name for node in pass_.nodes] == [
        "w₁",
        "x₁",
        "u₁",
        "w₂",
        "x₂",
        "u₂",
        "s",
        "b",
        "z",
        "o",
        "y",
        "e",
        "2",
        "C",
    ]
    assert [node.id for node in pass_.nodes] == [f"n_{k}" for k in range(14)]
    for edge in pass_.edges:
        assert int(edge.operand[2:]) < int(edge.result[2:])
        assert edge.id == f"e_{edge.result[2:]}_{edge.index}"
        assert pass_.node(edge.result).operands[edge.index] == edge.operand
        assert pass_.edge(edge.id) is edge


def test_formulas_kinds_and_deltas(pass_: Trace) -> None:
    formulas = {node.name: node.formula for node in pass_.nodes if node.formula}
    assert formulas == {
        "u₁": "w₁ · x₁", "u₂": "w₂ · x₂", "s": "u₁ + u₂", "z": "s + b", "o": "tanh z", "e": "o − y", "C": "e²",
    }  # fmt: skip
    kinds = {node.name: node.kind for node in pass_.nodes if node.op is None}
    assert kinds == {
        "w₁": "parameter", "w₂": "parameter", "b": "parameter", "x₁": "input", "x₂": "input", "y": "target",
        "2": "number",
    }  # fmt: skip
    assert pass_.root.kind == "root"
    assert [node.name for node in pass_.nodes if node.delta] == ["z"]


def test_gradients_are_those_of_the_formulas_by_hand(pass_: Trace) -> None:
    o = math.tanh(0.25)
    delta = 2 * (o - 1) * (1 - o**2)
    by_hand = {"C": 1.0, "e": 2 * (o - 1), "o": 2 * (o - 1), "z": delta, "s": delta, "b": delta, "u₁": delta}
    by_hand |= {"u₂": delta, "w₁": 2 * delta, "w₂": -delta}
    gradients = {node.name: node.grad for node in pass_.nodes if node.requires_grad}
    assert gradients == pytest.approx(by_hand, rel=1e-14)
    assert {node.symbol for node in pass_.nodes if node.requires_grad} == {f"∂C/∂{name}" for name in by_hand}
    assert all(node.grad is None and node.symbol == "" for node in pass_.nodes if not node.requires_grad)


def test_edges_carry_upstream_local_and_contribution(pass_: Trace) -> None:
    words = [(edge.symbol, edge.rule) for edge in pass_.edges if edge.requires_grad]
    assert words == [
        ("∂u₁/∂w₁", "x₁"), ("∂u₂/∂w₂", "x₂"), ("∂s/∂u₁", "1"), ("∂s/∂u₂", "1"), ("∂z/∂s", "1"), ("∂z/∂b", "1"),
        ("∂o/∂z", "1 − o²"), ("∂e/∂o", "1"), ("∂C/∂e", "2e"),
    ]  # fmt: skip
    for edge in pass_.edges:
        if edge.requires_grad:
            assert edge.contribution == pytest.approx(edge.upstream * edge.local, rel=1e-14)
            assert edge.upstream == pass_.node(edge.result).grad
            assert edge.total == pass_.node(edge.operand).grad
        else:
            assert (edge.symbol, edge.rule, edge.product, edge.note, edge.latex) == ("",) * 5
            assert (edge.local, edge.upstream, edge.contribution, edge.total) == (None,) * 4


def test_events_in_order(pass_: Trace) -> None:
    phases = [event.phase for event in pass_.events]
    assert phases == ["forward"] * 13 + ["seed"] + ["backward"] * 9
    assert [event.step for event in pass_.events] == list(range(23))
    forward = [pass_.node(event.node).name for event in pass_.events if event.phase == "forward"]
    assert forward == ["w₁", "x₁", "u₁", "w₂", "x₂", "u₂", "s", "b", "z", "o", "y", "e", "C"]
    back = [pass_.edge(event.edges[0]).symbol for event in pass_.events if event.phase == "backward"]
    assert back[:4] == ["∂C/∂e", "∂e/∂o", "∂o/∂z", "∂z/∂s"]


def test_groups(pass_: Trace) -> None:
    assert [(scope.id, scope.name, scope.title, scope.parent) for scope in pass_.scopes] == [
        ("s_0", "Neuron", "o = tanh(w₁·x₁ + w₂·x₂ + b)", None),
        ("s_1", "Cost", "C = (o − y)²", None),
    ]
    inside = {node.name: node.scope for node in pass_.nodes}
    assert inside["z"] == "s_0"
    assert inside["C"] == "s_1"
    assert inside["w₁"] is None


def test_groups_within_groups() -> None:
    x = Value(1.0)
    with am.scope("outer"), am.scope("inner", "in here"):
        f = am.exp(x)
    pass_ = trace(f)
    assert [(scope.id, scope.path, scope.title, scope.parent) for scope in pass_.scopes] == [
        ("s_0", "outer", "", None),
        ("s_1", "outer.inner", "in here", "s_0"),
    ]
    assert pass_.root.scope == "s_1"


def test_the_same_code_gives_the_same_trace() -> None:
    assert trace(neuron()).to_json() == trace(neuron()).to_json()


def fan_out() -> Value:
    x = Value(3.0, name="x")
    g = x**2
    f: Value = 20 * g + x
    for name, value in (("g", g), ("f", f)):
        value.name = name
    return f


def layer() -> Value:
    W, b = Value([[0.5, -1.0], [2.0, 0.25]], name="W"), Value([0.0, 1.0], name="b")
    X = Value([[1.0, 0.0], [0.0, 1.0]], requires_grad=False, name="X")
    C: Value = am.tanh(am.linear(X, W, b)).mean()
    C.name = "C"
    return C


@pytest.mark.parametrize("figure", [neuron, fan_out, layer], ids=lambda figure: figure.__name__)
def test_golden_json(figure: Callable[[], Value]) -> None:
    """The trace is as it was; with UPDATE_GOLDEN=1 in the environment it is written anew, to be looked at."""
    golden = Path(__file__).parent / "golden" / f"trace_{figure.__name__}.json"
    text = trace(figure()).to_json(indent=1) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    wanted, got = json.loads(golden.read_text(encoding="utf-8")), json.loads(text)
    assert _rounded(got) == _rounded(wanted)


def _rounded(data: Any) -> Any:
    """Numbers to twelve digits: the last ones of tanh differ between machines."""
    if isinstance(data, dict):
        return {name: _rounded(each) for name, each in data.items()}
    if isinstance(data, list):
        return [_rounded(each) for each in data]
    return float(f"{data:.12g}") if isinstance(data, float) else data


def test_json_of_large_arrays() -> None:
    x = Value(np.arange(3000.0).reshape(3, 1000) - 5.0, name="x")
    L = (x * 2.0).sum()
    pass_ = trace(L)
    short = json.loads(pass_.to_json())["nodes"][0]["value"]
    norm = math.sqrt(sum((i - 5.0) ** 2 for i in range(3000)))
    assert short == {"shape": [3, 1000], "dtype": "float64", "min": -5.0, "mean": 1494.5, "max": 2994.0, "norm": norm}
    assert json.loads(pass_.to_json(max_entries=None))["nodes"][0]["value"][2][999] == 2994.0
    assert len(pass_.to_json()) < 10_000
    z = Value(np.full(4, 3 + 4j))
    data = trace(am.sum(am.abs(z))).to_dict(max_entries=2)["nodes"][0]["value"]
    assert data == {"shape": [4], "dtype": "complex128", "min": 5.0, "mean": 5.0, "max": 5.0, "norm": 10.0}
    assert trace(L).to_dict(max_entries=2)["nodes"][0]["grad"]["mean"] == 2.0


def test_an_operation_with_thousands_of_operands() -> None:
    """Each of its edges asks for words, none of them for all operands again."""
    root = am.stack([Value(float(i)) for i in range(2000)]).sum()
    start = time.process_time()
    text = trace(root).to_json()
    assert time.process_time() - start < 10.0
    assert len(text) < 10_000_000


def test_json(pass_: Trace) -> None:
    data = json.loads(pass_.to_json())
    assert data == json.loads(json.dumps(pass_.to_dict(), allow_nan=False))
    assert data["root"] == "n_13"
    assert (data["objective"], data["d"], data["differentiated"]) == ("C", "∂", False)
    assert data["nodes"][9] == {
        "id": "n_9", "name": "o", "kind": "op", "op": "tanh", "static": None, "operands": ["n_8"], "shape": [],
        "dtype": "float64", "value": math.tanh(0.25), "requires_grad": True, "grad": pass_.node("n_9").grad,
        "held": None, "delta": False, "scope": "s_0", "formula": "tanh z", "symbol": "∂C/∂o", "latex": r"\tanh z",
    }  # fmt: skip
    assert data["edges"][8]["latex"] == "1 - o^{2}"
    assert data["events"][13] == {"step": 13, "phase": "seed", "node": "n_13", "edges": []}


def test_json_of_arrays_and_of_numbers_that_json_lacks() -> None:
    x = Value(np.array([1.0, np.nan, np.inf]))
    w = Value(np.array([[1.0, 2.0], [3.0, 4.0]], np.float32))
    data = json.loads(trace(am.sum(x * 2.0) + am.sum(w[0])).to_json())
    values = {node["name"]: node["value"] for node in data["nodes"]}
    assert values["x"] == [1.0, "nan", "inf"]
    assert values["w"] == [[1.0, 2.0], [3.0, 4.0]]
    assert next(node["static"] for node in data["nodes"] if node["op"] == "getitem") == {"index": "0"}


def test_no_gradient_is_touched() -> None:
    w = Value(3.0)
    C = am.exp(w * 0.5)
    before = trace(C)
    assert not before.differentiated
    assert (C.grad, w.grad) == (None, None)
    C.backward()
    C.backward()
    after = trace(C)
    assert after.differentiated
    assert [node.grad for node in before.nodes] == [node.grad for node in after.nodes]
    assert w.grad == pytest.approx(2 * after.of(w).grad)


def test_the_trace_keeps_its_numbers_when_a_parameter_changes() -> None:
    w = Value(np.array([1.0, 2.0]))
    pass_ = trace(am.sum(w * w))
    w.subtract_(np.array([1.0, 1.0]))
    np.testing.assert_array_equal(pass_.of(w).value, [1.0, 2.0])
    np.testing.assert_array_equal(pass_.edges[0].local, [1.0, 2.0])


# --- where gradients meet ---------------------------------------------------------------------------------------------


def test_fan_out_sums() -> None:
    x = Value(3.0)
    g = x**2
    h = 20 * g
    f = h + x
    pass_ = trace(f)
    sums = [event for event in pass_.events if event.phase == "sum"]
    assert len(sums) == 1
    assert pass_.node(sums[0].node).name == "x"
    contributions = [pass_.edge(id).contribution for id in sums[0].edges]
    assert sorted(contributions) == [1.0, 120.0]
    assert [pass_.edge(id).total for id in sums[0].edges][-1] == 121.0
    assert pass_.of(x).grad == 121.0
    assert pass_.events[sums[0].step - 1].phase == "backward"
    assert pass_.outgoing[pass_.of(x).id] == tuple(pass_.edge(id) for id in sums[0].edges)


def test_one_variable_is_differentiated_by_d() -> None:
    x = Value(3.0)
    g = x**2
    f = 20 * g + x
    pass_ = trace(f)
    assert pass_.d == "d"
    assert pass_.of(x).symbol == "df/dx"
    assert [edge.symbol for edge in pass_.edges if edge.requires_grad] == ["dg/dx", "dv₁/dg", "∂f/∂v₁", "∂f/∂x"]
    assert trace(am.sum(Value([1.0, 2.0]))).d == "∂"


def test_parallel_edges_stay_two() -> None:
    x = Value(3.0)
    y = x * x
    pass_ = trace(y)
    assert [(edge.operand, edge.index, edge.local, edge.contribution) for edge in pass_.edges] == [
        ("n_0", 0, 3.0, 3.0),
        ("n_0", 1, 3.0, 3.0),
    ]
    assert pass_.of(x).grad == 6.0


def test_local_derivatives_are_exact_where_the_upstream_gradient_is_0() -> None:
    x = Value(0.5)
    z = am.sin(x)
    f = z * 0.0
    edge = trace(f).edges[0]
    assert edge.upstream == 0.0
    assert edge.contribution == 0.0
    assert edge.local == math.cos(0.5)


def test_the_topological_order_of_the_counterexample() -> None:
    a = Value(3.0)
    b = a + a
    c = b + b
    pass_ = trace(c)
    assert pass_.of(a).grad == 4.0
    assert [event.phase for event in pass_.events][3:] == [
        "seed",
        "backward",
        "backward",
        "sum",
        "backward",
        "backward",
        "sum",
    ]


# --- arrays -----------------------------------------------------------------------------------------------------------


def test_a_layer_in_products_and_shapes() -> None:
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    W, b = Value(np.arange(6.0).reshape(2, 3)), Value(np.ones(3))
    Z = am.linear(X, W, b)
    A = am.tanh(Z)
    C = am.mean(A)
    pass_ = trace(C)
    words = {edge.product: edge.note for edge in pass_.edges if edge.requires_grad}
    assert words == {
        "Xᵀ · δ": "(2, 4) · (4, 3) → (2, 3)",
        "Σ rows of δ": "broadcast undone: (4, 3) → (3,)",
        "∂C/∂A × (1 − A²)": "element by element",
        "1/12, copied": "() → (4, 3)",
    }
    weights = next(edge for edge in pass_.edges if edge.product == "Xᵀ · δ")
    assert weights.local is None
    assert weights.rule == ""
    np.testing.assert_allclose(weights.contribution, X.T @ pass_.of(Z).grad)
    tanh = next(edge for edge in pass_.edges if edge.result == pass_.of(A).id)
    np.testing.assert_allclose(tanh.local, 1 - np.tanh(Z.raw) ** 2)
    np.testing.assert_allclose(tanh.contribution, tanh.upstream * tanh.local)


def test_a_plain_array_used_twice_is_one_value() -> None:
    X = np.array([1.0, 2.0])
    w = Value(3.0)
    f = am.sum(w * X) + am.sum(am.exp(w) * X)
    names = [node.name for node in trace(f).nodes]
    assert names.count("X") == 1
    assert names.count("w") == 1


def test_arrays_with_equal_contents_get_no_wrong_name() -> None:
    X, T = np.zeros(2), np.zeros(2)
    w = Value(3.0)
    names = [node.name for node in trace(am.sum(w * X - T)).nodes if node.op is None]
    assert names == ["w", "c₁", "c₂"]


def test_the_root_may_be_an_array() -> None:
    W = Value(np.array([1.0, 2.0]))
    A = W * W
    assert trace(A).of(W).symbol == "∂ΣA/∂W"
    np.testing.assert_array_equal(trace(A).of(W).grad, [2.0, 4.0])
    weighted = trace(A, gradient=[1.0, 10.0])
    assert weighted.of(W).symbol == "∂(G·A)/∂W"
    np.testing.assert_array_equal(weighted.of(W).grad, [2.0, 40.0])
    A.backward(np.array([0.0, 1.0]))
    np.testing.assert_array_equal(trace(A).of(W).grad, W.grad)
    with pytest.raises(ValueError, match=r"gradient has shape \(3,\), but the root has shape \(2,\)"):
        trace(A, gradient=[1.0, 2.0, 3.0])


def test_complex_values_have_no_local_number() -> None:
    z = Value(np.array([1 + 2j, 3j]))
    f = am.sum(am.abs(z))
    f.backward()
    pass_ = trace(f)
    np.testing.assert_array_equal(pass_.of(z).grad, z.grad)
    assert pass_.edges[0].local is None
    json.loads(pass_.to_json())


# --- kinds and names --------------------------------------------------------------------------------------------------


def test_kinds_of_constants() -> None:
    X, mask, weights = np.ones((2, 2)), np.array([True, False]), np.array([5.0, 6.0])
    w = Value(np.ones((2, 1)))
    z = am.matmul(X + 1.0, w)[:, 0]
    with am.scope("my loss"):
        f = am.sum(am.where(mask, z * np.array([7.0, 8.0]), 0.5) * weights)
    kinds = {node.name: node.kind for node in trace(f).nodes if node.op is None}
    assert kinds["w"] == "parameter"
    assert kinds["0.5"] == "number"
    assert kinds["x₁"] == "input"
    assert kinds["weights"] == "target"
    assert kinds["mask"] == "target"
    assert kinds["c₁"] == "constant"


@pytest.mark.parametrize(
    ("name", "kind"),
    [("y", "target"), ("Y1", "target"), ("t", "target"), ("y_true", "target"), ("labels", "target"), ("x", "input")],
)
def test_what_is_subtracted_may_be_a_target(name: str, kind: str) -> None:
    given = Value(1.0, requires_grad=False, name=name)
    w = Value(2.0)
    assert trace(w - given).of(given).kind == kind
    assert trace(w * given).of(given).kind == "input"


def test_names_of_variables_lists_and_values() -> None:
    w = Value(1.0, name="given")
    ws = [Value(2.0), Value(3.0)]
    z = w * ws[0] + ws[1]
    assert [node.name for node in trace(z).nodes] == ["given", "ws₁", "v₁", "ws₂", "z"]
    assert [node.name for node in trace(z, names=False).nodes] == ["given", "p₁", "v₁", "p₂", "L"]
    assert [node.name for node in trace(z, names={"a1": w, "out": z}).nodes] == ["a₁", "p₁", "v₁", "p₂", "out"]
    assert [node.name for node in trace(z, names=locals()).nodes] == ["w", "ws₁", "v₁", "ws₂", "z"]


def test_the_first_of_several_variables_names_a_value() -> None:
    first = Value(1.0)
    second = first
    _hidden = third = am.exp(second)
    assert [node.name for node in trace(third).nodes] == ["first", "third"]


MODULE_LEVEL = Value(2.0)


def test_global_variables_come_after_local_ones() -> None:
    local = am.exp(MODULE_LEVEL)
    assert [node.name for node in trace(local).nodes] == ["MODULE_LEVEL", "local"]
    again = MODULE_LEVEL
    assert [node.name for node in trace(local).nodes] == ["again", "local"]
    assert again is MODULE_LEVEL


def test_numbered_names_pass_over_taken_ones() -> None:
    v1 = Value(1.0)
    assert [node.name for node in trace(am.exp(am.sin(v1))).nodes] == ["v₁", "v₂", "f"]
    f = Value(1.0)
    assert [node.name for node in trace(am.exp(f)).nodes] == ["f", "L"]
    L = Value(1.0)
    assert [node.name for node in trace(f * L).nodes] == ["f", "L", "C"]


def test_names_are_cleaned_and_shortened() -> None:
    w = Value(1.0, name="a\nb\x00\ud800" + "c" * 10_000)
    name = trace(w * 2.0).of(w).name
    assert name.startswith("a b��ccc")
    assert len(name) == 40
    assert trace(Value(1.0, name="  ") * 2.0).nodes[0].name == "p₁"


def test_names_must_be_a_mapping_of_text() -> None:
    w = Value(1.0)
    with pytest.raises(TypeError, match="names takes a dict"):
        trace(w, names="w")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="names are text"):
        trace(w, names={1: w})  # type: ignore[dict-item]


def test_variables_of_strange_types_are_left_alone() -> None:
    class Trap:
        __hash__ = object.__hash__

        def __getattribute__(self, name: str) -> object:
            raise RuntimeError(f"touched {name}")

        def __eq__(self, other: object) -> bool:
            raise RuntimeError("compared")

    trap, traps = Trap(), [Trap()]
    x = Value(1.0)
    assert trace(x * 2.0).nodes[0].name == "x"
    assert type(trap) is type(traps[0])


def test_a_comprehension_sees_the_variables_around_it() -> None:
    x = Value(1.0)
    f = am.exp(x)
    assert [[node.name for node in trace(f).nodes] for _ in range(1)] == [["x", "f"]]
    assert [*map(lambda _: trace(f).root.name, [0])] == ["f"]  # noqa: C417


# --- what cannot be traced --------------------------------------------------------------------------------------------


def test_only_values_are_traced() -> None:
    with pytest.raises(TypeError, match="a Value is needed, the result of a computation with Values, got float"):
        trace(1.0)


def test_released_graphs_cannot_be_traced() -> None:
    C = neuron()
    C.backward(retain_graph=False)
    with pytest.raises(GraphError, match="retain_graph=True"):
        trace(C)


def test_changed_data_is_noticed() -> None:
    w = Value(1.0, name="w")
    f = w * w
    w.data = 2.0
    with pytest.raises(GraphError, match=r"'w' .*changed after the graph had used it"):
        trace(f)


@pytest.mark.parametrize("fmt", ["d", "x", "no format", 3])
def test_formats_are_checked(fmt: object) -> None:
    with pytest.raises(ValueError, match="fmt is a format of numbers"):
        trace(Value(1.0), fmt=fmt)  # type: ignore[arg-type]


def test_the_format_of_numbers_in_formulas() -> None:
    x = Value(1.0)
    assert trace(x * 0.123456).root.formula == "x · 0.1235"
    assert trace(x * 0.123456, fmt=".2f").root.formula == "x · 0.12"


def test_values_without_a_gradient_are_one_card() -> None:
    with am.no_grad():
        frozen = Value(2.0) * 3.0
    pass_ = trace(frozen)
    assert [(node.name, node.kind, node.grad) for node in pass_.nodes] == [("frozen", "input", None)]
    assert [event.phase for event in pass_.events] == ["forward"]
    leaf = Value(2.0)
    assert [(node.name, node.kind, node.grad) for node in trace(leaf).nodes] == [("leaf", "parameter", 1.0)]


def test_a_value_that_the_root_does_not_depend_on() -> None:
    x, other = Value(1.0), Value(2.0)
    f = am.exp(x)
    with pytest.raises(KeyError, match="f does not depend on"):
        trace(f).of(other)
    with pytest.raises(KeyError):
        trace(f).node("n_99")


def test_a_long_chain_is_traced_without_recursion_and_soon() -> None:
    x = Value(1.0)
    f = x
    for _ in range(10_000):
        f = am.sin(f) + x
    start = time.perf_counter()
    pass_ = trace(f)
    outgoing = pass_.outgoing[pass_.of(x).id]
    assert time.perf_counter() - start < 5.0
    assert len(pass_.nodes) == 20_001
    assert len(outgoing) == 10_001
    assert repr(pass_) == "<trace of f: 20001 values, 30000 edges>"


def test_one_name_serves_the_pass_of_a_number_and_the_diagonal_of_a_matrix() -> None:
    x = am.Value(3.0)
    f = x**2
    assert am.trace(f).to_dict() == trace(f).to_dict()
    assert am.trace(f).edges[0].symbol == "df/dx"
    W = am.Value(np.arange(9.0).reshape(3, 3))
    assert am.trace(W).item() == np.trace(W).item() == 12.0
    assert am.trace(W, 1).item() == 6.0


@pytest.mark.parametrize("printer", ["draw", "explain", "steps", "trace"])
def test_looking_keeps_no_value_alive(printer: str) -> None:
    """Up to Python 3.12 the dict of a function's variables stays in its frame, and would keep the graph for as long."""
    look = getattr(am, printer)

    def ends() -> weakref.ref[Value]:
        x = Value(np.ones(1000))
        y = (x * x).sum()
        alive = weakref.ref(y)
        look(y)
        assert [look(root) for root in [y]]
        del x, y
        assert alive() is None
        return alive

    def goes_on() -> Iterator[bool]:
        x = Value(2.0)
        y = x * x
        alive = weakref.ref(y)
        look(y)
        yield alive() is not None
        del x, y
        yield alive() is None

    assert ends()() is None
    assert [*goes_on()] == [True, True]


def test_looking_leaves_the_dict_of_locals_as_it_is() -> None:
    x = Value(2.0)
    y = x * x
    mine = locals()
    trace(y)
    assert mine["x"] is x
    assert {"x", "y"} <= mine.keys()
    space: dict[str, Any] = {"Value": Value, "trace": trace}
    exec("x = Value(2.0)\ny = x * x\ntold = trace(y)", space)
    assert space["x"] in space["told"].places
