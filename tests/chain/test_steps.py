"""A pass step by step: the frames, their words, the steps by layer, the page as text, and the moving pictures."""

from __future__ import annotations

import base64
import hashlib
import html as html_module
import json
import re
import sys
from html.parser import HTMLParser
from importlib import resources
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, strategies as st

import autograd_mini as am
import nn
from autograd_mini import GraphError, Value
from autograd_mini.chain import Frame, GraphTooLarge, LayerStep, RenderError, Steps, Trace, set_renderer, steps
from autograd_mini.chain._widths import exact_widths
from autograd_mini.chain.render import RendererInfo, RenderTimeout, RenderWarning, render
from autograd_mini.chain.stepping import surface
from autograd_mini.chain.stepping.scenes import scenes
from autograd_mini.chain.theme import DARK, LIGHT, dark_rules

HOSTILE = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "<img src=x onerror=alert(1)>",
    "]]></svg>",
    "\"'`",
    "&lt;{x}$title\\N",
    "a\u2028b\u2029c",
    "\x00\x1b\x07",
    "\u202eevil\u202c",
    "\ud800",
    "שלום 😀",
    "x" * 10_000,
    "javascript:alert(1)",
]


def neuron() -> Any:
    x1, x2 = (Value(x, name=name, requires_grad=False) for x, name in ((2.0, "x1"), (-1.0, "x2")))
    w1, w2, b = Value(0.5, name="w1"), Value(0.25, name="w2"), Value(-0.5, name="b")
    with am.scope("Neuron"):
        u1, u2 = w1 * x1, w2 * x2
        s = u1 + u2
        z = s + b
        o = am.tanh(z)
    with am.scope("Cost"):
        e = o - Value(1.0, name="y", requires_grad=False)
        C = e**2
    for name, value in {"u1": u1, "u2": u2, "s": s, "z": z, "o": o, "e": e, "C": C}.items():
        value.name = name
    return C


def fan_out() -> Value:
    x = Value(3.0, name="x")
    g = x**2
    g.name = "g"
    f = 20 * g + x
    f.name = "f"
    return f


def network(*, scalar: bool) -> Any:
    model = nn.MLP(2, [3, 2, 1], activation="tanh", seed=4, scalar=scalar)
    if scalar:
        out = model([Value(0.5, name="x1", requires_grad=False), Value(-1.0, name="x2", requires_grad=False)])
        with am.scope("Cost"):
            return (out - 1.0) ** 2
    X = np.array([[0.5, -1.0], [1.0, 2.0]])
    return nn.mse_loss(model(Value(X, name="X", requires_grad=False)), np.ones((2, 1)))


GRAPHS = {
    "neuron": neuron,
    "fan-out": fan_out,
    "tensors": lambda: network(scalar=False),
    "neurons": lambda: network(scalar=True),
}


@pytest.fixture(scope="module")
def walk() -> Steps:
    return steps(neuron(), update=0.1)


def says(walk: Steps, phase: str, name: str) -> list[str]:
    return [frame.text for frame in walk.frames if frame.phase == phase and walk.trace.node(frame.node).name == name]


# --- frames -----------------------------------------------------------------------------------------------------------


def test_the_steps_of_a_neuron(walk: Steps) -> None:
    assert walk.table() == (Path(__file__).parent / "golden" / "steps_neuron.txt").read_text("utf-8").rstrip("\n")


def test_the_steps_in_spanish() -> None:
    walk = steps(fan_out(), lang="es", update=0.5)
    assert walk.table() == (Path(__file__).parent / "golden" / "steps_fanout_es.txt").read_text("utf-8").rstrip("\n")


def test_a_sum_at_a_fan_out() -> None:
    walk = steps(fan_out())
    assert says(walk, "sum", "x") == ["120 + 1 = 121: the 2 contributions to x add up"]
    first, second = says(walk, "backward", "x")
    assert first.endswith("(1 of 2 contributions, 1 so far)")
    assert second.endswith("(2 of 2 contributions, 121 so far)")
    frame = walk.frames[-1]
    assert (frame.phase, frame.formula) == ("sum", "df/dx = ∂f/∂g · dg/dx + ∂f/∂x")


def test_both_edges_of_a_square_by_hand() -> None:
    x = Value(3.0, name="x")
    f = x * x
    walk = steps(f)
    assert [frame.phase for frame in walk.frames] == ["forward", "forward", "seed", "backward", "backward", "sum"]
    assert says(walk, "sum", "x") == ["3 + 3 = 6: the 2 contributions to x add up"]


def test_arrays_tell_products_and_shapes() -> None:
    X = Value(np.ones((4, 2)), name="X", requires_grad=False)
    W, b = Value(np.ones((2, 3)), name="W"), Value(np.zeros(3), name="b")
    C = am.mean(am.linear(X, W, b))
    walk = steps(C, names={"C": C})
    assert says(walk, "forward", "X") == ["X is an input: shape (4, 2)"]
    assert says(walk, "forward", "b") == ["b is a parameter: [0, 0, 0]"]
    assert says(walk, "backward", "W") == ["W receives Xᵀ · ∂C/∂v₁; (2, 4) · (4, 3) → (2, 3)"]
    assert says(walk, "backward", "b") == ["b receives Σ rows of ∂C/∂v₁; broadcast undone: (4, 3) → (3,)"]


@pytest.mark.parametrize(
    ("shape", "told"),
    [
        ((6,), "[0, 1, 2, 3, 4, 5]"),
        ((7,), "shape (7,)"),
        ((2, 3), "[[0, 1, 2], [3, 4, 5]]"),
        ((0,), "shape (0,)"),
        ((1, 1, 1), "shape (1, 1, 1)"),
    ],
)
def test_arrays_of_up_to_six_numbers_are_told_entry_by_entry(shape: tuple[int, ...], told: str) -> None:
    a = Value(np.arange(np.prod(shape), dtype=float).reshape(shape), name="a")
    assert says(steps(am.sum(a)), "forward", "a") == [f"a is a parameter: {told}"]


def test_an_array_as_root() -> None:
    x = Value(np.array([1.0, 2.0]), name="x")
    y = x**2
    walk = steps(y, gradient=np.array([1.0, 10.0]))
    seed = next(frame for frame in walk.frames if frame.phase == "seed")
    assert seed.text == "The way back starts at y with a gradient of shape (2,)"
    assert walk.html()


def test_a_leaf_and_a_constant_as_roots() -> None:
    assert [frame.phase for frame in steps(Value(2.0, name="x")).frames] == ["forward", "seed"]
    constant = steps(Value(2.0, name="x", requires_grad=False) * 3.0, update=0.1)
    assert {frame.phase for frame in constant.frames} == {"forward"}
    assert "<svg" in constant.html()


def test_an_update_for_each_parameter(walk: Steps) -> None:
    updates = [frame for frame in walk.frames if frame.phase == "update"]
    told = {walk.trace.node(frame.node).name: frame.text for frame in updates}
    assert told["w₁"] == "w₁ ← 0.5 − 0.1 × (−2.839) = 0.7839"
    assert set(told) == {"w₁", "w₂", "b"}
    W = Value(np.array([1.0, -2.0]), name="W")
    frame = steps(am.sum(W**2), update=0.5).frames[-1]
    assert frame.text == "W takes one step of gradient descent; its largest change is 2"


def test_it_changes_nothing_and_asks_for_no_backward_pass() -> None:
    C = neuron()
    before = steps(C, update=0.1)
    assert all(node.grad is None for node in [C, *C.parents])
    C.backward()
    grads = [parent.grad for parent in C.parents]
    after = steps(C, update=0.1)
    assert after.frames == before.frames
    assert after.html() == before.html()
    assert [parent.grad for parent in C.parents] == grads


def test_long_formulas_do_not_push_the_table_apart() -> None:
    """The column of formulas is at most 48 wide; a longer one moves its own numbers alone."""
    walk = steps(Value(2.0, name="a" * 30) * Value(3.0, name="b" * 30))
    _, rule, *rows = walk.table().splitlines()
    assert [len(part) for part in rule.split("  ")][2] == 48
    assert max(len(frame.formula) for frame in walk.frames) > 48
    for frame, row in zip(walk.frames, rows, strict=True):
        assert row.endswith(f"  {frame.formula:<48}  {frame.text}")


def test_the_format_of_numbers() -> None:
    assert says(steps(neuron(), fmt=".2f"), "forward", "o") == ["o = tanh 0.25 = 0.24"]


def test_names_come_from_the_caller() -> None:
    slope = Value(2.0)
    result = slope**2
    assert steps(result).frames[-1].text == "dresult/dslope = 2 · slope = 4; 1 × 4 = 4 flows to slope"
    assert "slope" not in steps(result, names=False).table()


STRANGE = {
    "nan": lambda: am.log(Value(-1.0, name="x")),
    "infinity": lambda: am.exp(Value(1e9, name="x")) * 2.0,
    "complex": lambda: am.abs(Value(3.0 + 4.0j, name="c") * (1.0 + 1.0j)),
    "complex array": lambda: am.sum(am.abs(Value(np.array([1j, 2.0]), name="c"))),
    "integers": lambda: am.sum(Value(np.array([1, 2]), name="n") * Value(2.0, name="w")),
    "float32": lambda: am.sum(Value(np.array([1, 2], dtype=np.float32), name="v") ** 2),
    "empty": lambda: am.sum(Value(np.zeros((0, 3)), name="E") ** 2),
    "three axes": lambda: am.sum(am.tanh(Value(np.zeros((2, 2, 2)), name="T"))),
    "large": lambda: am.sum(am.tanh(Value(np.zeros((50, 40)), name="L"))),
    "no dimensions": lambda: Value(np.float32(2.0), name="s") ** 2,
}


@pytest.mark.parametrize("graph", STRANGE.values(), ids=STRANGE)
def test_every_kind_of_data_is_told(graph: Any) -> None:
    walk = steps(graph(), update=0.1)
    assert all(frame.text and frame.formula for frame in walk.frames)
    check_safe(walk.html())
    assert walk.svg()
    assert len(walk._film.sources(walk._scenes("step"))) == len(walk.frames)


# --- the order of the steps -------------------------------------------------------------------------------------------


def check_order(trace: Trace, frames: list[Frame]) -> None:
    """Values come before they are used; a gradient is complete before it is passed on; everything comes once."""
    known, complete = set[str](), set[str]()
    given: dict[str, int] = {}
    for frame in frames:
        if frame.phase == "forward":
            node = trace.node(frame.node)
            assert all(id in known or trace.node(id).kind == "number" for id in node.operands), frame
            known.add(frame.node)
        elif frame.phase == "backward":
            (edge,) = (trace.edge(id) for id in frame.edges)
            assert edge.result in complete, frame
            assert frame.node not in complete, frame
            given[frame.node] = given.get(frame.node, 0) + 1
        elif frame.phase == "sum":
            assert given[frame.node] == len(frame.edges) > 1, frame
        if frame.completes:
            complete.add(frame.node)
    assert known == {node.id for node in trace.nodes if node.kind != "number"}
    assert complete == {node.id for node in trace.nodes if node.grad is not None}


def by_layer(walk: Steps) -> list[Frame]:
    return [walk.frames[number - 1] for layer in walk.layers for number in layer.frames]


@pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS)
def test_every_step_has_what_it_needs(graph: Any) -> None:
    walk = steps(graph(), update=0.1)
    assert [frame.number for frame in walk.frames] == list(range(1, len(walk.frames) + 1))
    check_order(walk.trace, list(walk.frames))
    if walk.layers:
        assert sorted(frame.number for frame in by_layer(walk)) == [frame.number for frame in walk.frames]
        check_order(walk.trace, by_layer(walk))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=14))
def test_random_graphs_keep_the_order(recipe: list[tuple[int, int, int]]) -> None:
    values = [Value(0.3, name="a"), Value(-0.7, name="b"), Value(1.1, name="c", requires_grad=False)]
    for operation, i, j in recipe:
        x, y = values[i % len(values)], values[j % len(values)]
        values.append((am.tanh(x), x * y, x + y, am.relu(x) + 1.0)[operation])
    walk = steps(values[-1], names=False)
    check_order(walk.trace, list(walk.frames))
    if walk.layers:
        check_order(walk.trace, by_layer(walk))


# --- by layer ---------------------------------------------------------------------------------------------------------


def titles(walk: Steps) -> list[str]:
    return [layer.formula for layer in walk.layers]


@pytest.mark.parametrize("scalar", [False, True])
def test_the_three_steps_of_backpropagation(scalar: bool) -> None:
    walk = steps(network(scalar=scalar), update=0.1)
    assert titles(walk) == [
        "Forward: layer1",
        "Forward: layer2",
        "Forward: layer3",
        "Forward: the result",
        "Step 1: δ of the last layer (layer3)",
        "Step 2: δ passed back to layer2",
        "Step 2: δ passed back to layer1",
        "Step 3: the derivatives from δ in layer3",
        "Step 3: the derivatives from δ in layer2",
        "Step 3: the derivatives from δ in layer1",
        "Update: gradient descent",
    ]


def test_the_formulas_of_the_three_steps() -> None:
    walk = steps(network(scalar=False))
    texts = dict(zip(titles(walk), (layer.text for layer in walk.layers), strict=True))
    assert texts["Step 2: δ passed back to layer1"] == "∂C/∂A₁ = δ · W₂ᵀ\nδ = ∂C/∂Z₁ = ∂C/∂A₁ × (1 − A₁²)"
    third = texts["Step 3: the derivatives from δ in layer1"]
    assert set(third.split("\n")) == {"∂C/∂W₁ = Xᵀ · δ", "∂C/∂b₁ = Σ rows of δ"}
    assert texts["Forward: layer1"] == "Z₁ = X·W₁ + b₁\nA₁ = tanh Z₁"


def test_a_step_back_over_neurons_tells_their_deltas_alone() -> None:
    walk = steps(network(scalar=True))
    told = {title: layer.text.split("\n") for title, layer in zip(titles(walk), walk.layers, strict=True)}
    assert [told[f"Forward: layer{n}"][-1] for n in (1, 2)] == ["… and 3 more", "… and 1 more"]
    for layer, neurons in (("layer1", 3), ("layer2", 2)):
        starts = [line.split(" × ")[0] for line in told[f"Step 2: δ passed back to {layer}"]]
        n = layer[-1].translate(str.maketrans("12", "₁₂"))
        assert starts == [f"δ = ∂L/∂z{n}[{i}] = ∂L/∂a{n}[{i}]" for i in range(1, neurons + 1)]


def test_layers_without_scopes_are_numbered() -> None:
    w1, w2 = Value(0.5, name="w1"), Value(-0.3, name="w2")
    f = am.tanh(w2 * am.tanh(w1 * 2.0))
    walk = steps(f)
    assert "Step 1: δ of the last layer (layer 2)" in titles(walk)
    assert "Step 2: δ passed back to layer 1" in titles(walk)


def test_many_values_of_a_layer_are_counted() -> None:
    walk = steps(network(scalar=True))
    (text,) = (layer.text for layer in walk.layers if layer.formula == "Forward: layer1")
    assert text.split("\n")[-1] == "… and 3 more"


def test_a_penalty_on_the_weights_comes_after_the_layers() -> None:
    w, x = Value(0.5, name="w"), Value(2.0, name="x", requires_grad=False)
    C = am.tanh(w * x) ** 2 + 0.1 * w**2
    walk = steps(C)
    check_order(walk.trace, by_layer(walk))
    assert "Step 3: the derivatives after the last layer" in titles(walk)


def test_a_graph_without_activations_has_no_layers() -> None:
    walk = steps(fan_out())
    assert walk.layers == ()
    with pytest.raises(ValueError, match=r'no layers.*by="step"'):
        walk.svg(by="layer")


# --- the page ---------------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """What stands in a page: its elements with their attributes, and the contents of styles and scripts."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.contents: list[tuple[str, dict[str, str | None], str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.elements and self.elements[-1][0] == self.cdata_elem in ("script", "style"):
            self.contents.append((*self.elements[-1], data))

    def data(self) -> Any:
        return next(json.loads(text) for tag, attrs, text in self.contents if attrs.get("id") == "data")

    def ids(self) -> list[str]:
        return [id for _, attrs in self.elements if (id := attrs.get("id"))]


def test_the_page_holds_the_frames(walk: Steps) -> None:
    data = Page(walk.html()).data()
    assert [(s["phase"], s["node"], tuple(s["edges"]), s["formula"], s["text"]) for s in data["steps"]] == [
        (f.phase, f.node, f.edges, f.formula, f.text) for f in walk.frames
    ]
    assert [[i + 1 for i in layer["frames"]] for layer in data["layers"]] == [list(x.frames) for x in walk.layers]
    assert set(data["edges"]) == {edge.id for edge in walk.trace.edges if edge.requires_grad}


def test_the_page_draws_every_value_and_edge(walk: Steps) -> None:
    ids = Page(walk.html()).ids()
    assert len(ids) == len(set(ids))
    opening = next(tag for tag in re.findall("<svg [^>]*>", walk.html()) if 'class="graph"' in tag)
    assert 'role="group"' in opening
    assert 'aria-label="Computation graph of C with ' in opening
    assert 'choose a card to see its chain rule"' in opening
    drawn = {node.id for node in walk.trace.nodes if node.kind != "number"}
    assert drawn <= set(ids)
    assert {edge.id for edge in walk.trace.edges if edge.operand in drawn} <= set(ids)


def test_the_forward_lane_is_led_to_where_the_hollow_head_points(walk: Steps) -> None:
    """The stub is as long as the head from the middle of its base to its tip, and ends where the lane begins."""
    joined = 0
    for group in walk._svg.iter("g"):
        if group.get("class") != "edge":
            continue
        stubs = [path for path in group.iter("path") if path.get("class") == "f s"]
        heads = [part.get("points", "").split() for part in group.iter("polygon") if part.get("class") == "b"]
        assert bool(stubs) == bool(heads)
        for stub, head in zip(stubs, heads, strict=True):
            (x0, y0), (x, y) = (map(float, point.split(",")) for point in re.split("[ML]", stub.get("d", ""))[1:])
            a, tip, c = (np.array(point.split(","), float) for point in head[:3])
            np.testing.assert_allclose([x0 - x, y0 - y], tip - (a + c) / 2, atol=0.011)
            lane = next(path for path in group.iter("path") if path.get("class") == "f")
            assert lane.get("d", "").startswith(f"M{x:g},{y:g}")
            joined += 1
    assert joined == sum(edge.requires_grad for edge in walk.trace.edges)


def check_safe(html: str) -> None:
    """No way out of the page, and none into it: only its own style and script run."""
    page = Page(html)
    policy = next(attrs["content"] for tag, attrs in page.elements if tag == "meta" and "http-equiv" in attrs) or ""
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for tag, attrs, text in page.contents:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert attrs.get("type") == "application/json" or f"{tag}-src 'sha256-{digest}'" in policy
    assert [tag for tag, _ in page.elements].count("script") == 2
    assert [tag for tag, _ in page.elements].count("style") == 1
    for tag, attrs in page.elements:
        assert not [name for name in attrs if name.startswith("on") or name in ("style", "src", "srcdoc", "action")]
        links = [value or "" for name, value in attrs.items() if name.endswith("href")]
        assert all(re.fullmatch(r"#\d+", link) for link in links), (tag, links)
        assert tag not in ("img", "iframe", "object", "embed", "link", "base", "form", "image", "use", "foreignobject")


@pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS)
def test_the_page_is_safe_and_alone(graph: Any) -> None:
    html = steps(graph(), update=0.1).html()
    check_safe(html)
    html, fonts = re.subn(r'url\("data:font/woff2;base64,[\w+/=]+"\)', "", html)
    assert fonts == 5
    assert "url(" not in html
    assert not re.search(r"(?:https?:)?//(?!www\.w3\.org/2000/svg)[a-z]", html)


def test_the_fonts_are_small_and_come_with_their_licence() -> None:
    folder = resources.files("autograd_mini.chain.stepping.fonts")
    fonts = [file.read_bytes() for file in folder.iterdir() if file.name.endswith(".woff2")]
    assert len(fonts) == 5
    assert all(font.startswith(b"wOF2") for font in fonts)
    assert sum(map(len, fonts)) < 40_000
    assert "SIL OPEN FONT LICENSE Version 1.1" in (folder / "OFL.txt").read_text("utf-8")


def test_a_slow_layout_is_done_once_more_in_straight_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = []

    def slow(source: str, format: str, *, timeout: float) -> bytes:
        limits.append(timeout)
        if "splines=line" not in source:
            raise RenderTimeout("too slow", source)
        return render(source, format)

    monkeypatch.setattr(surface, "render", slow)
    walk = steps(neuron(), timeout=8.0)
    with pytest.warns(RenderWarning, match=r"more than 4 s, so the edges are straight lines.*timeout=16 gives"):
        html = walk.html()
    assert limits[0] == 4
    assert 3 < limits[1] <= 8
    assert len(limits) == 2
    assert 'id="n_0"' in html


def test_a_layout_that_is_never_done_says_what_else_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(source: str, format: str, *, timeout: float) -> bytes:
        raise RenderTimeout(f"not within {timeout:g} s", source)

    monkeypatch.setattr(surface, "render", never)
    walk = steps(neuron(), timeout=8.0)
    with pytest.raises(RenderTimeout, match=r"not laid out within 8 s.*timeout=32.*\.table\(\) need no layout"):
        walk.html()
    assert walk.table() in html_module.unescape(walk._repr_html_())


def test_hostile_names_are_text() -> None:
    values = [Value(1.0 + i, name=name) for i, name in enumerate(HOSTILE)]
    with am.scope("</svg><script>alert(2)</script>", "</title><b>"):
        root = values[0]
        for value in values[1:]:
            root = am.tanh(root * value)
    root.name = "</style><script>alert(3)</script>"
    walk = steps(root, update=0.1)
    html = walk.html()
    check_safe(html)
    assert not re.search("[\u2028\u2029\x00\x1b\u202e]", html)
    cards = Page(html).data()["cards"].values()
    for name in HOSTILE[:4]:
        assert any(card["title"].startswith(f"{name} =") for card in cards), name
    ET.fromstring(walk.svg())
    assert len(walk.table().splitlines()) == len(walk.frames) + 2


def test_a_card_tells_its_chain_rule(walk: Steps) -> None:
    cards = Page(walk.html()).data()["cards"]
    z = next(node.id for node in walk.trace.nodes if node.name == "z")
    assert cards[z] == {
        "title": "z = s + b",
        "lines": [
            "z = 0.75 − 0.5 = 0.25",
            "δ = ∂C/∂z = ∂C/∂o · ∂o/∂z",
            "= −1.5102 × 0.94001",
            "= −1.42",
            "∂o/∂z = 1 − o² = 0.94",
            "One path leads from z to C.",
            "∂C/∂z = ∂C/∂e · ∂e/∂o · ∂o/∂z",
            "= −1.5102 × 1 × 0.94001 = −1.42",
        ],
    }
    assert cards["n_1"]["lines"][-1] == "x₁ needs no gradient: nothing flows back to it."


def test_a_card_lists_few_paths_with_their_products() -> None:
    x = Value(2.0, name="x")
    y = x * x
    z = y + x
    f = z * y
    cards = Page(steps(f).html()).data()["cards"]
    lines = cards["n_0"]["lines"]
    place = lines.index("5 paths lead from x to f.")
    ways = lines[place + 1 :]
    assert sorted(ways) == [
        "∂f/∂y · ∂y/∂x = 6 × 2 = 12",
        "∂f/∂y · ∂y/∂x = 6 × 2 = 12",
        "∂f/∂z · ∂z/∂x = 4 × 1 = 4",
        "∂f/∂z · ∂z/∂y · ∂y/∂x = 4 × 1 × 2 = 8",
        "∂f/∂z · ∂z/∂y · ∂y/∂x = 4 × 1 × 2 = 8",
    ]
    assert sum(float(way.rpartition(" = ")[2]) for way in ways) == 4 * 2**3 + 3 * 2**2  # (x² + x) x², differentiated


@pytest.mark.parametrize("count", [2, 6, 7])
def test_up_to_six_paths_are_listed(count: int) -> None:
    x = Value(2.0, name="x")
    f = sum([x] * (count - 1), start=x)
    lines = Page(steps(f).html()).data()["cards"]["n_0"]["lines"]
    ways = lines[lines.index(f"{count} paths lead from x to f.") + 1 :]
    assert [way.rpartition(" = ")[2] for way in ways] == (["1"] * count if count <= 6 else [])


def test_paths_are_counted_without_walking_them() -> None:
    a = Value(1.0, name="a")
    r = a
    for _ in range(90):
        r = r + r
    cards = Page(steps(r).html()).data()["cards"]
    assert cards["n_0"]["lines"][-1] == "1.24e+27 paths lead from a to r."


def test_the_languages_say_the_same_things() -> None:
    english, spanish = (Page(steps(neuron(), lang=lang, update=0.1).html()) for lang in ("en", "es"))
    assert ("html", {"lang": "es"}) in spanish.elements
    assert len(english.elements) == len(spanish.elements)
    assert spanish.data()["words"]["play"] == "Reproducir (espacio)"


def test_the_parts_of_the_page_are_in_the_package() -> None:
    for name in ("page.html", "page.css", "page.js"):
        assert resources.files("autograd_mini.chain.stepping").joinpath(name).is_file()


@pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS)
def test_the_parts_of_cards_are_told_apart(real: RendererInfo, graph: Any) -> None:
    walk = steps(graph(), update=0.1)
    svg = ET.fromstring(walk.svg().partition("<style>")[0] + walk.svg().partition("</style>")[2])
    groups = {group.get("id"): group for group in svg.iter() if group.get("id")}

    def text(id: str, part: str) -> str:
        found = [e for e in groups[id] if (e.get("class") or "").split(" ")[0] == part]
        return " ".join(e.text or "" for e in found)

    for node in walk.trace.nodes:
        if node.kind == "number":
            continue
        number = re.compile(r"-?\d")
        assert number.search(text(node.id, "v"))
        assert bool(number.search(text(node.id, "g"))) == node.requires_grad
        assert (node.symbol in text(node.id, "g")) == node.requires_grad or not node.symbol
        assert node.symbol not in text(node.id, "v") or not node.symbol
        stepped = node.op is None and node.requires_grad and not node.shape
        assert bool(number.search(text(node.id, "u"))) == stepped
    for edge in walk.trace.edges:
        if edge.id in groups:
            assert bool(text(edge.id, "p")) == edge.requires_grad


def test_texts_of_the_page_stand_where_they_were_drawn(real: RendererInfo) -> None:
    """The drawing program's own SVG tells what is in a fixed pitch, where each text stands, and from where it runs."""
    walk, name = steps(neuron(), update=0.1), "{http://www.w3.org/2000/svg}"
    drawn = render(exact_widths(walk._source(LIGHT)), "svg").decode()
    expected, found = set(), set()
    for text in ET.fromstring(drawn).iter(f"{name}text"):
        if (text.text or "").strip():
            mono = text.attrib["font-family"].startswith("Courier")
            y = float(text.attrib["y"]) + 0.13 * float(text.attrib["font-size"])
            anchor = text.attrib["text-anchor"].removeprefix("start")
            expected.add((text.text, text.attrib["x"], round(y, 1), mono, anchor))
    for text in walk._svg.iter("text"):
        mono = text.get("class", "").endswith("mono")
        found.add((text.text, text.get("x"), float(text.get("y", "nan")), mono, text.get("text-anchor", "")))
        assert not any("font-family" in key or "space" in key for key in text.attrib)
    assert found == expected
    assert len({mono for *_, mono, _ in found}) == 2


def test_a_card_tells_the_step_of_its_parameter_with_its_value_after_it(walk: Steps) -> None:
    """dC/dz = 2 (o − 1) (1 − o²) at o = tanh 0.25, and w1 ← 0.5 − 0.1 · 2 dC/dz."""
    o = np.tanh(0.25)
    dz = 2 * (o - 1) * (1 - o * o)
    after = {"w₁": 0.5 - 0.1 * 2.0 * dz, "w₂": 0.25 + 0.1 * dz, "b": -0.5 - 0.1 * dz}
    told = {}
    for group in walk._svg.iter("g"):
        told[group.get("id")] = [text.text for text in group.findall("text") if "u" in text.get("class", "").split(" ")]
    for node in walk.trace.nodes:
        if node.kind != "number":
            value = f"{after[node.name]:.4g}".replace("-", "−") if node.name in after else ""
            assert told[node.id] == ([f"{node.name} ←", value] if value else [])


@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
def test_the_colours_of_the_page(theme: Any) -> None:
    html = steps(fan_out(), theme=theme).html()
    day, night, dark = html.partition(
        {"auto": "(prefers-color-scheme: dark)", "dark": "@media screen {"}.get(theme, "\0")
    )
    grounds = [re.findall(r"--ground: (#\w+)", part) for part in (day, dark)]
    assert bool(night) == (theme != "light")
    assert grounds == [[LIGHT.ground], [DARK.ground] if night else []]
    assert (dark_rules("svg.graph") in dark) == bool(night)


# --- moving pictures --------------------------------------------------------------------------------------------------


def geometry(source: str) -> tuple[str, list[float]]:
    """A drawn picture without its colours, how thick its lines are, and its caption; lanes as numbers apart."""
    svg = ET.fromstring(render(source, "svg").decode())
    for element in svg.iter():
        for name in ("fill", "stroke", "fill-opacity", "stroke-opacity", "stroke-width"):
            element.attrib.pop(name, None)
    lanes = []
    for group in svg.iter():
        if group.get("id", "").startswith("e_"):
            for part in group.iter():
                drawn = part.attrib.pop("d", "") + part.attrib.pop("points", "")
                lanes += [float(number) for number in re.findall(r"−?[\d.]+", drawn)]
    graph = next(iter(svg))
    groups = [child for child in graph if child.get("id", "").startswith(("n_", "e_", "s_"))]
    return "".join(ET.tostring(group, encoding="unicode") for group in groups) + svg.get("viewBox", ""), lanes


@pytest.mark.parametrize(
    "graph", [neuron, fan_out, lambda: network(scalar=False)], ids=["neuron", "fan-out", "tensors"]
)
def test_nothing_moves_from_picture_to_picture(real: RendererInfo, graph: Any) -> None:
    walk = steps(graph(), update=0.1)
    sources = walk._film.sources(walk._scenes("step"))
    assert len(sources) == len(walk.frames)
    some = [sources[i] for i in range(0, len(sources), 4)] + sources[-1:]
    (still, lanes), *others = map(geometry, some)
    for drawn, numbers in others:
        assert drawn == still
        # A lane may end at the thicker border of a card at which something happens.
        np.testing.assert_allclose(numbers, lanes, atol=2.5)


def visible(source: str, ink: str) -> list[str]:
    """Texts of a picture in a colour that is not transparent."""
    return re.findall(rf'<FONT[^<>]* COLOR="{ink}">(?:<[BI]>)*([^<]*)', source)


def test_a_picture_shows_what_has_happened(walk: Steps) -> None:
    sources = walk._film.sources(walk._scenes("step"))
    forward = sum(frame.phase == "forward" for frame in walk.frames)
    for i in (0, 4, forward - 1):
        values = [text for text in visible(sources[i], LIGHT.forward) if re.fullmatch(r"−?[\d.]+", text)]
        assert len(values) == i + 1
        assert not visible(sources[i], LIGHT.backward)
    complete = [text for text in visible(sources[-1], LIGHT.backward) if re.fullmatch(r"−?[\d.]+", text)]
    assert len(complete) == sum(node.grad is not None for node in walk.trace.nodes)


def test_heat_tables_of_gradients_wait_too() -> None:
    walk = steps(network(scalar=False))
    sources = walk._film.sources(walk._scenes("step"))
    ink = [len(visible(source, LIGHT.cell_ink)) for source in (sources[0], sources[-1])]
    assert 0 < ink[0] < ink[1] / 3


def test_pictures_as_files(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    walk = steps(fan_out())
    folder = walk.save(tmp_path / "frames", dpi=30)
    files = sorted(folder.iterdir())
    assert [file.name for file in files] == [f"step-{i:02}.png" for i in range(1, len(walk.frames) + 1)]
    sizes = [image.open(BytesIO(file.read_bytes())).size for file in files]
    assert len(set(sizes)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["frames"]
    (folder / "mine.txt").write_text("stays")
    walk.save(folder, dpi=60)
    for file in files:
        np.testing.assert_allclose(image.open(BytesIO(file.read_bytes())).size, np.multiply(sizes[0], 2), atol=2)
    assert (folder / "mine.txt").read_text() == "stays"
    assert len(list(folder.iterdir())) == len(files) + 1


def test_an_animated_gif(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    walk = steps(fan_out(), theme="dark")
    gif = image.open(BytesIO(walk.save(tmp_path / "steps.gif", seconds=0.5, dpi=40).read_bytes()))
    assert gif.n_frames == len(walk.frames)
    times = []
    for i in range(gif.n_frames):
        gif.seek(i)
        times.append(gif.info["duration"])
        assert "#{:02x}{:02x}{:02x}".format(*gif.convert("RGB").getpixel((1, 1))) == DARK.ground
    assert times == [500] * (gif.n_frames - 1) + [1500]


def test_a_gif_without_pillow_names_the_extra(walk: Steps, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PIL", "PIL.Image", "PIL.GifImagePlugin"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match=r"autograd-mini\[plot\].*steps\.svg"):
        walk.gif(by="layer", dpi=20)


def test_one_picture_by_its_number(walk: Steps) -> None:
    assert walk.png(1, dpi=30).startswith(b"\x89PNG")
    assert walk.png(dpi=30) == walk.png(len(walk.frames), dpi=30) != walk.png(1, dpi=30)
    for number in (0, -1, len(walk.frames) + 1):
        with pytest.raises(IndexError, match=f"steps 1 to {len(walk.frames)}, got {number}"):
            walk.png(number)


@pytest.mark.parametrize("by", ["step", "layer"])
def test_an_animated_svg(walk: Steps, by: Any) -> None:
    svg = ET.fromstring(walk.svg(by=by, seconds=1.0))
    count = len(walk.frames if by == "step" else walk.layers)
    space = "{http://www.w3.org/2000/svg}"
    assert svg.get("role") == "img"
    style = next(svg.iter(f"{space}style")).text or ""
    assert "prefers-reduced-motion:reduce" in style
    assert f"{count + 2}s step-end" in style
    assert {e.tag for e in svg.iter()} <= {
        space + tag for tag in ("svg", "g", "title", "path", "polygon", "text", "style")
    }
    used = {
        name for e in svg.iter() for name in (e.get("class") or "").split() if re.fullmatch(r"[hklo][1-9]\d*", name)
    }
    assert used <= set(re.findall(r"\.([hklo]\d+)\{", style))
    captions = [e.text for e in svg.iter(f"{space}text") if e.get("text-anchor") == "end"]
    assert captions == [f"{i} / {count}" for i in range(1, count + 1)]


@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
def test_the_colours_of_an_animated_svg(theme: Any) -> None:
    svg = ET.fromstring(steps(fan_out(), theme=theme).svg())
    scope = "svg." + svg.get("class", "").removeprefix("autograd-steps ")
    style = svg[0].text or ""
    assert f"\n{scope} .o{{opacity:0}}\n" in style
    rules = dark_rules(scope)
    asked = f"@media (prefers-color-scheme:dark){{\n{rules}\n}}"
    assert (rules in style, asked in style) == {"auto": (True, True), "light": (False, False)}.get(theme, (True, False))
    assert all(line.startswith((scope, "@", "}")) for line in style.split("\n") if line)


@pytest.mark.parametrize("seconds", [1.0, 2.5])
def test_an_animated_svg_keeps_time(walk: Steps, seconds: float) -> None:
    """Scene i is on from i to i + 1 times the seconds, the last one three times as long; fading in takes 0.25 s."""
    svg = ET.fromstring(walk.svg(seconds=seconds))
    style, count = svg[0].text or "", len(walk.frames)
    total = seconds * (count + 2)
    rules: dict[str, list[tuple[float, float]]] = {}
    for name, frames in re.findall(r"@keyframes a[0-9a-f]{8}([a-z]\d+)\{(.*)\}\n", style):
        rules[name] = [
            (float(at.rstrip("%")) * total / 100, float(opacity))
            for places, opacity in re.findall(r"([\d.,%]+)\{opacity:([\d.]+)\}", frames)
            for at in places.split(",")
        ]
    for i in range(count):
        end = seconds * (i + 1) if i < count - 1 else total
        shown = [(0.0, 0.0)] * (i > 0) + [(seconds * i, 1.0), (end, float(i == count - 1)), (total, 0.0)]
        np.testing.assert_allclose(rules.pop(f"o{i}"), shown[: -1 if i == count - 1 else None], atol=1e-3 * total)
    for name, frames in rules.items():
        start, before = seconds * int(name[1:]), {"h": 0.0, "k": 0.4, "l": 0.22}[name[0]]
        wanted = [(0, before), (start, before), (start + 0.25, 1), (total, 1)]
        np.testing.assert_allclose(frames, wanted, atol=1e-4 * total)
    assert {name[0] for name in rules} == {"h", "k", "l"}
    assert f"{total:g}s step-end infinite" in style
    assert f"{total:g}s linear infinite" in style


def test_scenes_grow(walk: Steps) -> None:
    last = None
    for i, scene in enumerate(scenes(walk.frames, None), 1):
        done = walk.frames[:i]
        assert scene.values == {frame.node for frame in done if frame.phase == "forward"}
        assert scene.updated == {frame.node for frame in done if frame.phase == "update"}
        assert scene.ahead == {edge.id for edge in walk.trace.edges if edge.result in scene.values}
        if last is not None:
            assert last.values <= scene.values
            assert last.gradients <= scene.gradients
            assert last.ahead <= scene.ahead
            assert last.back <= scene.back
        last = scene
    assert last is not None
    assert last.back == {edge.id for edge in walk.trace.edges if edge.requires_grad}


# --- arguments, files, notebooks --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"theme": "blue"}, ValueError, "theme is one of auto, light, dark|theme is one of light, dark, auto"),
        ({"lang": "fr"}, ValueError, "lang is one of en, es, got 'fr'"),
        ({"rankdir": "BT"}, ValueError, "rankdir is one of LR, TB"),
        ({"fmt": "%d"}, ValueError, "fmt is a format of numbers"),
        ({"names": ["x"]}, TypeError, "names takes a dict"),
        ({"update": 0.0}, ValueError, "a positive number, got 0.0"),
        ({"update": -1.0}, ValueError, "a positive number"),
        ({"update": float("nan")}, ValueError, "a positive number"),
        ({"update": float("inf")}, ValueError, "a positive number"),
        ({"update": True}, TypeError, "a learning rate such as 0.1, got bool"),
        ({"update": "0.1"}, TypeError, "a learning rate such as 0.1, got str"),
        ({"gradient": [1.0, 2.0]}, ValueError, r"gradient has shape \(2,\)"),
    ],
)
def test_arguments_are_checked(arguments: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        steps(neuron(), **arguments)


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf")])
def test_seconds_are_checked(walk: Steps, seconds: float) -> None:
    with pytest.raises(ValueError, match="seconds must be a positive number"):
        walk.svg(seconds=seconds)
    with pytest.raises(ValueError, match="seconds must be a positive number"):
        walk.gif(seconds=seconds)


def test_by_is_checked(walk: Steps) -> None:
    with pytest.raises(ValueError, match="by is one of step, layer, got 'epoch'"):
        walk.svg(by="epoch")  # type: ignore[arg-type]


def test_what_is_no_graph() -> None:
    with pytest.raises(TypeError, match="a Value is needed"):
        steps(3.0)
    C = neuron()
    C.backward(retain_graph=False)
    with pytest.raises(GraphError, match="retain_graph=True"):
        steps(C)


def test_a_graph_too_large_is_refused_at_once() -> None:
    x = Value(1.0)
    for _ in range(100_000):
        x = x + 1.0
    with pytest.raises(GraphTooLarge, match=r"100,001 values.*max_nodes=None"):
        steps(x)
    assert steps(fan_out(), max_nodes=4).frames
    with pytest.raises(GraphTooLarge):
        steps(fan_out(), max_nodes=3)


def test_files_by_their_endings(walk: Steps, tmp_path: Path) -> None:
    assert walk.save(tmp_path / "a.html").read_text("utf-8") == walk.html()
    assert walk.save(tmp_path / "a.HTM").read_text("utf-8") == walk.html()
    assert walk.save(tmp_path / "a.txt").read_text("utf-8") == walk.table() + "\n"
    assert walk.save(tmp_path / "a.svg").read_text("utf-8") == walk.svg()
    for name in ("a.pdf", "a.png; touch x", "a.exe"):
        with pytest.raises(ValueError, match=r"the ending is one of \.html"):
            walk.save(tmp_path / name)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.HTM", "a.html", "a.svg", "a.txt"]


def test_a_name_like_an_option_is_a_name(walk: Steps, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert walk.save("-o.txt") == tmp_path / "-o.txt"


def test_what_cannot_be_written(walk: Steps, tmp_path: Path) -> None:
    for name in ("missing/a.html", "missing/frames"):
        with pytest.raises(FileNotFoundError):
            walk.save(tmp_path / name, dpi=20)
    kept = tmp_path / "a.html"
    kept.write_text("old")
    (tmp_path / "file").write_text("old")
    with pytest.raises(NotADirectoryError, match="this is a file"):
        walk.save(tmp_path / "file")
    set_renderer("/bin/false")
    with pytest.raises(RenderError):
        steps(fan_out()).save(kept)
    with pytest.raises(RenderError):
        steps(fan_out()).save(tmp_path / "frames")
    assert kept.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "file"]


def test_a_notebook_shows_the_page_in_a_frame(walk: Steps) -> None:
    bundle = walk._repr_mimebundle_()
    page = Page(bundle["text/html"])
    frame = next(attrs for tag, attrs in page.elements if tag == "iframe")
    assert frame["srcdoc"] == walk.html()
    assert frame["sandbox"] == "allow-scripts"
    image = next(attrs for tag, attrs in page.elements if tag == "img")
    assert (image["src"] or "").startswith("data:image/png;base64,iVBOR")
    assert image["alt"] == frame["title"] == "Computation graph of C with the chain rule at its edges: 13 values"
    assert bundle["text/plain"] == "<steps of C: 26 frames; .table(), .save('steps.html')>"


def test_a_notebook_without_a_renderer_shows_the_table() -> None:
    set_renderer("/bin/false")
    walk = steps(fan_out())
    html = walk._repr_mimebundle_()["text/html"]
    assert html.startswith("<pre>step ")
    assert "RenderError" not in html
    assert "exit status 1" in html
    assert str(walk.frames[0].text) in html


def test_what_is_exported() -> None:
    assert am.steps is steps
    assert am.Steps is Steps
    assert isinstance(steps(neuron()).layers[0], LayerStep)


def test_a_gradient_of_several_passes_is_told() -> None:
    w, v = Value(3.0, name="w"), Value(2.0, name="v")
    f = w * w * v
    for _ in range(2):
        f.backward()
    walk = steps(f)
    assert says(walk, "sum", "w")[0].endswith("add up; w.grad: 24 = 2 × this, the sum over 2 backward calls")
    assert says(walk, "backward", "v")[0].endswith("flows to v; v.grad: 18 = 2 × this, the sum over 2 backward calls")
    assert "v.grad" in walk._sentences.card(walk.trace.of(v))["lines"][-1]
    assert "= 2 × esto, la suma de 2 pasadas de backward" in steps(f, lang="es").table()
    w.grad = v.grad = None
    assert ".grad" not in steps(f).table()


# --- what a moving picture marks, and where ---------------------------------------------------------------------------


def marked_cards(source: str) -> list[str]:
    """The cards of a DOT text with a thick border."""
    return re.findall(r"^\t+(n_\d+) \[.*penwidth=3\]$", source, re.MULTILINE)


def marked_edges(source: str) -> list[str]:
    """The edges whose pill has the border of what happens."""
    pill = rf'BORDER="1" COLOR="{LIGHT.backward_lane}"'
    return [re.findall(r"id=(e_\d+_\d+)", line)[-1] for line in source.splitlines() if " -> " in line and pill in line]


def test_a_film_marks_the_card_and_the_edge_of_each_step(walk: Steps) -> None:
    for frame, source in zip(walk.frames, walk._film.sources(walk._scenes("step")), strict=True):
        assert marked_cards(source) == [frame.node]
        assert marked_edges(source) == ([*frame.edges] if frame.phase == "backward" else [])
        colour = {"forward": LIGHT.forward_lane, "update": LIGHT.parameter_border}.get(frame.phase, LIGHT.backward_lane)
        line = next(line for line in source.splitlines() if re.match(rf"\t+{frame.node} \[", line))
        assert f'color="{colour}"' in line


def test_a_film_marks_all_cards_of_a_layer(walk: Steps) -> None:
    for layer, source in zip(walk.layers, walk._film.sources(walk._scenes("layer")), strict=True):
        frames = [walk.frames[number - 1] for number in layer.frames]
        assert sorted(marked_cards(source)) == sorted({frame.node for frame in frames})
        back = {id for frame in frames if frame.phase == "backward" for id in frame.edges}
        assert set(marked_edges(source)) == back


@pytest.mark.parametrize("by", ["step", "layer"])
def test_an_animated_svg_marks_what_happens_where_it_stands(walk: Steps, by: Any) -> None:
    """Each frame around a card is the outline of that card, each stroke along a lane that lane, at its scene alone."""
    svg = ET.fromstring(walk.svg(by=by))
    name = "{http://www.w3.org/2000/svg}"
    marks: dict[int, set[str]] = {}
    for group in svg.iter(f"{name}g"):
        paths = [*group.findall(f"{name}path")]
        for path in paths:
            only = re.search(r"\bo(\d+)$", path.get("class", ""))
            if only:
                marks.setdefault(int(only[1]), set()).add(group.get("id", ""))
                kinds = {(other.get("class") or "").split(" ")[0] for other in paths if other.get("d") == path.get("d")}
                lane = {LIGHT.forward_lane: "f", LIGHT.backward_lane: "b", LIGHT.parameter_border: "box"}
                wanted = "box" if group.get("id", "").startswith("n") else lane[path.get("stroke", "")]
                assert wanted in kinds
    for i, scene in enumerate(walk._scenes(by)):
        happening = {id for frame in scene.now for id in (frame.node, *frame.edges)}
        shown = {group.get("id") for group in svg.iter(f"{name}g")}
        assert marks[i] == happening & shown


def test_captions_are_wrapped_each_to_its_width(walk: Steps) -> None:
    for scene in walk._scenes("step"):
        formula, text = scene.caption((12, 30))
        assert max(map(len, formula)) <= max(12, *map(len, scene.formula.split()))
        assert max(map(len, text)) <= max(30, *map(len, scene.text.split()))
        assert " ".join(formula) == scene.formula
        assert " ".join(text) == scene.text


def test_of_a_long_result_the_last_values_are_told() -> None:
    """After the last layer: of five values on the way to the cost the last three, and the cost is one of them."""
    w = Value(0.5, name="w")
    out = am.tanh(w * 2.0)
    a = out + 1.0
    b = a + 2.0
    c = b + 3.0
    d = c + 4.0
    cost = d + 5.0
    forward = [layer for layer in steps(cost).layers if layer.phase == "forward"]
    assert [line.split(" = ")[0] for line in forward[-1].text.split("\n")] == ["c", "d", "cost"]


def test_a_film_shows_a_step_of_descent_when_it_is_taken(walk: Steps) -> None:
    sources, scenes = walk._film.sources(walk._scenes("step")), walk._scenes("step")
    updates = [i for i, frame in enumerate(walk.frames) if frame.phase == "update"]
    assert len(updates) == 3
    for i in (0, updates[0] - 1, *updates):
        told = {text for text in visible(sources[i], LIGHT.ink) if text.endswith("←")}
        assert told == {f"{walk.trace.node(id).name} ←" for id in scenes[i].updated}


def caption_rows(source: str) -> tuple[float, list[list[tuple[str, float, str]]]]:
    """Width of the caption under which a picture stands; in each of its rows a text, its width and its colour."""
    label = re.search(r"\tlabel=<(<TABLE.*</TABLE>)> labelloc=t", source)
    assert label
    box = next(table for table in ET.fromstring(label[1]).iter("TABLE") if table.get("BORDER") == "1")
    rows = [
        [("".join(cell.itertext()), float(cell.get("WIDTH", 0)), cell[0].get("COLOR", "")) for cell in row]
        for row in box
    ]
    return float(box.get("WIDTH", 0)), rows


@pytest.mark.parametrize("by", ["step", "layer", "narrow"])
def test_captions_of_a_film_have_the_same_rows(walk: Steps, by: Any) -> None:
    """All have room for the longest; the number of the step stands at the right of the first row."""
    room = walk._film.width - 60
    if by == "narrow":
        x = Value(3.0, name="a value with a name of quite a few words")
        walk, by, room = steps(x * 2.0, rankdir="TB"), "step", 420
        assert walk._film.width < 480
    shown = walk._scenes(by)
    widths = int((room - 76) / (14 * 0.62)), int(room / (12 * 0.62))
    told = [scene.caption(widths) for scene in shown]
    formulas, texts = (max(len(part) for part in parts) for parts in zip(*told, strict=True))
    assert texts > (by == "layer")
    for i, (source, (formula, text)) in enumerate(zip(walk._film.sources(shown), told, strict=True)):
        width, (first, *others) = caption_rows(source)
        assert width == pytest.approx(room, abs=0.5)
        assert first[0][1] == pytest.approx(room - 76, abs=0.5)
        assert (first[1][0].strip(), first[1][1]) == (f"{i + 1} / {len(shown)}", 76)
        assert {len(row) for row in others} == {1}
        rows = [first[0], *(row[0] for row in others)]
        padded = formula + [""] * (formulas - len(formula)) + text + [""] * (texts - len(text))
        assert [row[0].strip() for row in rows] == padded
        ink = {"forward": LIGHT.forward, "update": LIGHT.ink}.get(shown[i].phase, LIGHT.backward)
        assert [row[2] for row in rows] == [ink] * formulas + [LIGHT.ink] * texts


def test_cards_that_wait_are_pale(walk: Steps) -> None:
    """Until its value comes a card has its own colour and that of its border at 0.4, over the white of the page."""
    own = dict(re.findall(r'\t+(n_\d+) \[.* fillcolor="(#\w+)"', walk._source(LIGHT)))
    borders = dict(re.findall(r'\t+(n_\d+) \[.* color="(#\w+)"', walk._source(LIGHT)))
    assert LIGHT.ground == "#ffffff"

    def pale(colour: str) -> str:
        channels = (round(0.4 * int(colour[i : i + 2], 16) + 0.6 * 255) for i in (1, 3, 5))
        return "#" + "".join(f"{channel:02x}" for channel in channels)

    for scene, source in zip(walk._scenes("step"), walk._film.sources(walk._scenes("step")), strict=True):
        fills = dict(re.findall(r'\t+(n_\d+) \[.* fillcolor="(#\w+)"', source))
        assert fills == {id: colour if id in scene.values else pale(colour) for id, colour in own.items()}
        for id, colour in re.findall(r'\t+(n_\d+) \[.* color="(#\w+)"', source):
            if id not in {frame.node for frame in scene.now}:
                assert colour == (borders[id] if id in scene.values else pale(borders[id]))


@pytest.mark.parametrize(("by", "wide"), [("step", True), ("layer", True), ("step", False)])
def test_captions_of_an_animated_svg_stand_above_the_graph(walk: Steps, by: Any, wide: bool) -> None:
    """Line under line, 1.4 times their size apart, in a band as high as the most lines; the graph is in the middle."""
    if not wide:
        x = Value(3.0, name="a value with a name of eight words")
        walk = steps(x * 2.0, update=0.1, rankdir="TB")
        assert walk._scenes(by)[-1].caption((38, 52)) != walk._scenes(by)[-1].caption((36, 50))
    space = "{http://www.w3.org/2000/svg}"
    svg = ET.fromstring(walk.svg(by=by))
    _, _, width, height = map(float, walk._svg.get("viewBox", "").split())
    assert (width > 420) == wide
    left, top, drawn, whole = map(float, svg.get("viewBox", "").split())
    assert (drawn, left) == pytest.approx((max(width, 420), min(0, (width - 420) / 2)), abs=0.01)
    assert (svg.get("width"), svg.get("height")) == (f"{drawn:g}pt", f"{whole:g}pt")
    assert top + whole == pytest.approx(height, abs=0.01)
    shown = walk._scenes(by)
    room = drawn - 2 * 14.4
    told = [scene.caption((int((room - 60) / (14 * 0.62)), int(room / (12 * 0.62)))) for scene in shown]
    formulas, texts = (max(len(part) for part in parts) for parts in zip(*told, strict=True))
    assert -top == pytest.approx(1.4 * (14 * formulas + 12 * texts) + 16, abs=0.01)
    captions = [g for g in svg.findall(f"{space}g") if re.match(r"o o\d+$", g.get("class", ""))]
    assert len(captions) == len(shown)
    for i, (group, (formula, text)) in enumerate(zip(captions, told, strict=True)):
        *lines, count = group
        sizes = [14] * len(formula) + [12] * len(text)
        assert [line.text for line in lines] == formula + text
        assert [line.get("font-size") for line in lines] == [str(size) for size in sizes]
        assert {float(line.get("x", "nan")) for line in lines} == {round(left + 14.4, 2)}
        down = np.cumsum([1.4 * size for size in sizes]) + top + 8
        np.testing.assert_allclose([float(line.get("y", "nan")) for line in lines], down, atol=0.011)
        assert count.text == f"{i + 1} / {len(shown)}"
        assert float(count.get("x", "nan")) == pytest.approx(left + drawn - 14.4, abs=0.011)
        assert float(count.get("y", "nan")) == pytest.approx(top + 8 + 1.4 * 14, abs=0.011)
        ink = {"forward": LIGHT.forward, "update": LIGHT.ink}.get(shown[i].phase, LIGHT.backward)
        assert [line.get("fill") for line in lines] == [ink] * len(formula) + [LIGHT.ink] * len(text)
        assert [line.get("font-weight") for line in lines] == ["bold"] * len(formula) + [None] * len(text)
