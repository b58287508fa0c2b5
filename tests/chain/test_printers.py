"""Whatever the graph, all that tells of a pass tells it: drawing, explanation, steps, trace; in both languages."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest

import nn
from autograd_mini import Rule, Value, draw, explain, primitive, scope, steps
from autograd_mini.chain import trace
from autograd_mini.engine import topological
from autograd_mini.guards import GraphError
from autograd_mini.state import Scope
from tests.chain.graphs import GRAPHS, LIBRARIES


def tell(root: Value, lang: Any) -> dict[str, Any]:
    """Everything that needs no drawing program."""
    told: dict[str, Any] = {"trace": trace(root)}
    json.loads(told["trace"].to_json())
    told["dot"] = draw(root, lang=lang, update=0.1).source
    told["steps"] = walk = steps(root, lang=lang, update=0.1, max_nodes=None)
    told["table"] = walk.table()
    told["scenes"] = walk._film.sources(walk._scenes("step"), [0, len(walk.frames) - 1])
    told["cards"] = [walk._sentences.card(node) for node in walk.trace.nodes]
    told["explanation"] = str(whole := explain(root, lang=lang))
    assert whole.markdown
    assert whole.latex
    leaves = [value for value in told["trace"].places if value.requires_grad and value.op is None]
    for leaf in leaves[:3]:
        explanation = explain(root, leaf, lang=lang)
        assert explanation.markdown
        assert explanation.latex
        json.dumps(explanation.to_dict())
        assert "✗" not in explanation.check
    return told


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS)
def test_every_graph_is_told_before_and_after_its_pass(graph: Any, lang: str) -> None:
    root = graph()
    before = tell(root, lang)
    root.backward(np.ones(root.shape) if root.shape else None)
    after = tell(root, lang)
    assert [frame.text for frame in after["steps"].frames] == [frame.text for frame in before["steps"].frames]
    assert all(frame.formula and frame.text for frame in after["steps"].frames)
    gradients = {node.name: node.grad for node in after["trace"].nodes if node.op is None and node.requires_grad}
    for value in after["trace"].places:
        if value.op is None and value.requires_grad:
            np.testing.assert_equal(gradients[after["trace"].of(value).name], value.grad)


@pytest.mark.parametrize("library", LIBRARIES)
def test_data_of_other_libraries_is_told(library: str) -> None:
    pytest.importorskip(library)
    root = LIBRARIES[library]()
    tell(root, "en")
    root.backward()
    tell(root, "es")


@pytest.mark.parametrize(
    "name", ["array used twice", "residual", "complex number used twice", "empty", "infinite entries"]
)
def test_pages_and_moving_pictures(name: str) -> None:
    root = GRAPHS[name]()
    walk = steps(root)
    assert "</html>" in walk.html()
    assert ET.fromstring(walk.svg()).tag.endswith("svg")
    assert walk.gif(dpi=30).startswith(b"GIF8")
    assert ET.fromstring(draw(root).svg()).tag.endswith("svg")


@pytest.mark.parametrize("name", ["array used twice", "residual", "used twice"])
def test_what_was_released_is_told_by_nobody(name: str) -> None:
    root = GRAPHS[name]()
    root.backward(retain_graph=False)
    for printer in (draw, explain, steps, trace):
        with pytest.raises(GraphError, match="released"):
            printer(root)


def test_an_array_used_twice_counts_its_contributions() -> None:
    """h·h: both edges bring h, and their sum is 2h, as by hand; an array's sum so far is told in words alone."""
    told = [frame.text for frame in steps(GRAPHS["array used twice"]()).frames]
    assert told[-3:] == [
        "h receives ∂f/∂v₁ × h; element by element (1 of 2 contributions)",
        "h receives ∂f/∂v₁ × h; element by element (2 of 2 contributions)",
        "The 2 contributions to h add up",
    ]


def test_what_vmap_computed_is_told_with_all_examples() -> None:
    """Σ tanh(X·W)²: by W it is Xᵀ · (2 tanh · (1 − tanh²)), whether row by row or at once."""
    root = GRAPHS["mapped"]()
    told = trace(root)
    W, X = (next(node for node in told.nodes if node.name == name) for name in ("W", "x₁"))
    out = np.tanh(X.value @ W.value)
    assert [node.shape for node in told.nodes if node.op == "tanh"] == [(4, 3)]
    np.testing.assert_allclose(W.grad, X.value.T @ (2.0 * out * (1.0 - out**2)))
    assert all(edge.local is None for edge in told.edges if told.node(edge.result).op in ("tanh", "enter_batch"))
    leaf = next(value for value in told.places if value.requires_grad and value.op is None)
    np.testing.assert_allclose(explain(root, leaf).value, W.grad)
    with pytest.raises(TypeError, match="on the way stands for all examples of a vmap; leave it out"):
        explain(root, leaf, element=(0, 0))


# --- groups -----------------------------------------------------------------------------------------------------------


COST, INNER = Scope("Cost", "C = (o − y)² <&>"), Scope("Inner", parent=Scope("Outer"))
GROUPINGS: dict[str, Any] = {
    "one group": lambda i, n: COST,
    "the last alone": lambda i, n: COST if i == n - 1 else None,
    "the first alone": lambda i, n: COST if i == 0 else None,
    "one each": lambda i, n: Scope(f"step{i}"),
    "one each of one name": lambda i, n: Scope("step"),
    "nested": lambda i, n: INNER if i < n - 1 else INNER.parent,
    "inside out": lambda i, n: INNER.parent if i < n - 1 else INNER,
    "halves": lambda i, n: COST if i < n / 2 else INNER,
    "taking turns": lambda i, n: (COST, None, INNER)[i % 3],
    "without a name": lambda i, n: Scope(""),
    "without a name in one": lambda i, n: Scope("", parent=COST) if i % 2 else COST,
}
"""Into which group operation ``i`` of ``n`` goes, by the grouping's name."""


def grouped(graph: Any, into: Any) -> Any:
    """A graph whose operations were computed in groups."""
    root = graph()
    nodes = [node for node in topological(root) if node.op is not None]
    nodes.sort(key=lambda node: node.order)
    for i, node in enumerate(nodes):
        node.scope = into(i, len(nodes))
    return root


SMALL = ("used twice", "array used twice", "dead relu", "no dimensions", "entry of one")


@pytest.mark.parametrize(
    ("grouping", "graph"),
    [
        pytest.param(grouping, graph, marks=() if graph in SMALL else pytest.mark.slow)
        for grouping in GROUPINGS
        for graph in GRAPHS
        if graph != "huge"
    ],
)
def test_every_graph_is_told_in_every_grouping(graph: str, grouping: str) -> None:
    root = grouped(GRAPHS[graph], GROUPINGS[grouping])
    root.backward(np.ones(root.shape) if root.shape else None)
    tell(root, "es" if len(graph + grouping) % 2 else "en")


@pytest.mark.parametrize("into", GROUPINGS.values(), ids=GROUPINGS)
@pytest.mark.parametrize("options", [{}, {"rankdir": "TB"}, {"depth": 1}, {"depth": 0, "ops": "separate"}])
def test_every_grouping_is_drawn(into: Any, options: Any) -> None:
    """The drawing program has the last word: it refuses a title of nothing."""
    picture = draw(grouped(GRAPHS["neuron"], into), **options)
    assert ET.fromstring(picture.svg()).tag.endswith("svg")


@pytest.mark.parametrize("graph", [lambda x: x**2, lambda x: x * x, lambda x: 2.0 * x + 1.0], ids=["x²", "x·x", "2x+1"])
def test_what_one_group_computes_from_one_number_is_no_layer(graph: Any) -> None:
    """d(x²)/dx = 2x = 6 whether the formula stands in a block of its own or not."""
    x = Value(3.0, name="x")
    with scope("Cost"):
        inside = graph(x)
    outside = graph(x)
    inside.name = outside.name = "c"
    assert str(explain(inside)) == str(explain(outside))
    assert [frame.text for frame in steps(inside).frames] == [frame.text for frame in steps(outside).frames]
    assert not steps(inside).layers


@pytest.mark.parametrize("scalar", [True, False])
def test_a_network_without_a_cost_starts_from_its_last_sum(scalar: bool) -> None:
    """The last layer is linear, so that its pre-activation is the root: its δ is 1, and ∂o/∂W₂ = a₁ · 1."""
    model = nn.MLP(2, [2, 1], seed=0, scalar=scalar)
    o = model([0.5, -1.0])
    told = str(explain(o))
    start = "δ(o) = ∂o/∂o  = 1\n" if scalar else "δ₂ = ∂Σo/∂o  = [1]\n"
    assert start in told
    assert told.index("layer2") < told.index(start) < told.index("layer1")
    row = "∂o/∂w₂[1][1] = δ(o) · a₁[1]" if scalar else "∂Σo/∂W₂ = A₁ᵀ · δ₂"
    assert row in told


# --- objects that cannot be printed -----------------------------------------------------------------------------------


class Silent:
    """Its repr raises."""

    def __repr__(self) -> str:
        raise RuntimeError("no repr")


class Liar:
    """Its repr is no text."""

    def __repr__(self) -> str:
        return 5  # type: ignore[return-value]


class Shouting:
    """Its repr is long, of many lines, and holds what no picture can show."""

    def __repr__(self) -> str:
        return "<b>\n\x00{x}" * 1000


@primitive("scaled({x}; {how})", Rule(lambda g, out, x, how: g * 2.0, "2 · [{how}]"), elementwise=True)
def scaled(x: Any, how: Any) -> Any:
    return x * 2.0


HOSTILE = [Silent(), Liar(), Shouting(), [Silent()], (Silent(), 1), {"how": Liar()}, np.array([Silent()], dtype=object)]


@pytest.mark.parametrize("how", HOSTILE, ids=lambda how: type(how).__name__)
@pytest.mark.parametrize("data", [1.5, np.array([1.0, -2.0])], ids=["number", "array"])
def test_hostile_settings_are_told_by_their_type(how: Any, data: Any) -> None:
    x = Value(data, name="x")
    root = (scaled(x, how=how) * x).sum()
    told = tell(root, "en")
    assert "x · 2" not in told["table"]
    assert "\x00" not in told["table"] + told["dot"] + told["explanation"]
    formula = next(node.formula for node in told["trace"].nodes if node.op == "scaled")
    assert "\n" not in formula
    assert len(formula) < 120
    if type(how) in (Silent, Liar):
        assert formula == f"scaled(x; a {type(how).__name__})"


@pytest.mark.parametrize("how", HOSTILE, ids=lambda how: type(how).__name__)
@pytest.mark.parametrize(
    "call",
    [
        lambda f, x, how: explain(f, x, element=how),
        lambda f, x, how: explain(f, how),
        lambda f, x, how: explain(f, max_paths=how),
        lambda f, x, how: explain(f, landmarks=[how]),
        lambda f, x, how: draw(f, fmt=how),
        lambda f, x, how: draw(f, detail=how),
        lambda f, x, how: draw(f, highlight=how),
        lambda f, x, how: draw(f, max_nodes=how),
        lambda f, x, how: draw(f, update=how),
        lambda f, x, how: draw(f, collapse=[how]),
        lambda f, x, how: draw(f, around=x, radius=how),
        lambda f, x, how: draw(f).save(f"picture.{type(how).__name__}"),
        lambda f, x, how: steps(f, rankdir=(how,)),  # type: ignore[arg-type]
        lambda f, x, how: steps(f).svg(by=(how,)),  # type: ignore[arg-type]
    ],
)
def test_errors_about_hostile_objects_are_those_of_the_option(how: Any, call: Any) -> None:
    x = Value(3.0, name="x")
    f = x * x
    with pytest.raises((TypeError, ValueError, IndexError)) as caught:
        call(f, x, how)
    message = str(caught.value)
    assert "no repr" not in message
    assert "__repr__" not in message
    assert len(message) < 500
