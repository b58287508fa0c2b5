"""Parts of pictures: highlights, neighbourhoods, paths, folded modules, equal parts, limits, flags and updates."""

from __future__ import annotations

import re
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest

import autograd_mini as am
import nn
from autograd_mini import Drawing, GraphTooLarge, RenderTimeout, Value, draw, set_renderer
from autograd_mini.chain.drawing.limits import HARD_LIMIT
from autograd_mini.chain.render import RenderWarning


def text_of(label: str) -> str:
    """The text between the tags."""
    text = re.sub(r"<[^<>]*>", "|", label.replace("->", "→"))
    return re.sub(r"[|\s]*\|[|\s]*", "|", text.replace("&lt;", "<").replace("&gt;", ">")).strip("|")


def cards_of(drawing: Drawing) -> dict[str, str]:
    """The text of each card by its id."""
    found = re.findall(r"^\s*([nsc]_\d+) \[label=<(.*)> class=", drawing.source, re.MULTILINE)
    return {id: text_of(label) for id, label in found}


def headers(drawing: Drawing) -> set[str]:
    return {card.split("|")[0] for card in cards_of(drawing).values()}


def edges_of(drawing: Drawing) -> list[tuple[str, str, str]]:
    """The ends and the text of each edge."""
    found = re.findall(r"^\s*(\w+) -> (\w+) \[(.*)\]$", drawing.source, re.MULTILINE)
    return [(lower, upper, text_of(rest.partition("label=")[2])) for lower, upper, rest in found]


def captions(drawing: Drawing) -> list[str]:
    """The lines below the picture, the legend included."""
    label = re.search(r"^\s*(?:graph \[)?label=<(.*)> labelloc=b\]?$", drawing.source, re.MULTILINE)
    assert label is not None
    return [part.strip() for part in text_of(label[1]).split("|") if part.strip()]


class Neuron:
    """The drafted neuron: 14 values, ∂C/∂w₁ = −2.839."""

    def __init__(self) -> None:
        self.x1, self.x2 = (Value(x, requires_grad=False, name=n) for x, n in ((2.0, "x1"), (-1.0, "x2")))
        self.y = Value(1.0, requires_grad=False, name="y")
        self.w1, self.w2, self.b = Value(0.5, name="w1"), Value(0.25, name="w2"), Value(-0.5, name="b")
        with am.scope("Neuron", "o = tanh(w₁·x₁ + w₂·x₂ + b)"):
            self.u1, self.u2 = self.w1 * self.x1, self.w2 * self.x2
            self.s = self.u1 + self.u2
            self.z = self.s + self.b
            self.o = am.tanh(self.z)
        with am.scope("Cost", "C = (o − y)²"):
            self.e = self.o - self.y
            self.C = self.e**2
        for name in ("u1", "u2", "s", "z", "o", "e", "C"):
            getattr(self, name).name = name
        self.C.backward()


@pytest.fixture
def neuron() -> Neuron:
    return Neuron()


def scalar_mlp(samples: int, sizes: tuple[int, ...] = (3, 1)) -> Value:
    """The cost of a scalar network on a few samples."""
    model = nn.MLP(2, list(sizes), seed=0, scalar=True)
    cost: Any = None
    for x in np.random.default_rng(0).normal(size=(samples, 2)):
        o = model([float(x[0]), float(x[1])])
        squared = (o - 1.0) ** 2
        cost = squared if cost is None else cost + squared
    cost.backward()
    return cost  # type: ignore[no-any-return]


def tensor_mlp() -> tuple[Any, Value]:
    model = nn.MLP(2, [3, 1], seed=0)
    X = np.random.default_rng(0).normal(size=(8, 2))
    cost = nn.losses.mse_loss(model(X), np.sign(X[:, :1]))
    cost.backward()
    return model, cost


# --- highlight --------------------------------------------------------------------------------------------------------


def test_a_highlight_fades_the_rest_and_states_the_product(neuron: Neuron) -> None:
    drawing = draw(neuron.C, highlight=neuron.w1)
    assert captions(drawing)[0] == (
        "∂C/∂w₁ = ∂C/∂e · ∂e/∂o · ∂o/∂z · ∂z/∂s · ∂s/∂u₁ · ∂u₁/∂w₁ = −1.51 × 1 × 0.94 × 1 × 1 × 2 = −2.839"
    )
    faded = set(re.findall(r'class="?(\w[\w ]*) faded', drawing.source))
    assert faded == {"input", "target", "parameter", "op", "forward", "forward backward"}
    bright = {
        line.split()[0]
        for line in drawing.source.splitlines()
        if re.match(r"\s*n_\d+ \[", line) and "faded" not in line
    }
    assert {drawing.trace.node(id).name for id in bright} == {"w₁", "u₁", "s", "z", "o", "e", "C"}
    assert '#2a7ab840:#c8550a40"' in drawing.source
    assert "faded" not in draw(neuron.C).source


def test_a_highlight_with_several_paths_states_the_sum() -> None:
    x = Value(3.0, name="x")
    f = 20 * x**2 + x
    f.name = "f"
    f.backward()
    assert captions(draw(f, highlight=x))[0] == "df/dx = 120 + 1 = 121   (2 paths)"
    g = x
    for _ in range(100):
        g = g + g
    g.name = "g"
    g.backward()
    assert captions(draw(g, highlight=[x]))[0] == "dg/dx = 1 + 1 + 1 + … = 1.268e+30   (2¹⁰⁰ paths)"


def test_a_highlight_starts_from_the_gradient_of_the_root() -> None:
    x = Value(3.0, name="x")
    f = x * 2.0
    f.name = "f"
    assert captions(draw(f, highlight=x))[0] == "df/dx = 2"
    f.backward(5.0)
    assert captions(draw(f, highlight=x, gradient=5.0))[0].endswith("= 5 × 2 = 10")
    assert captions(draw(f, highlight=f))[0] == "df/df = 1"


def test_a_highlight_of_an_array_states_the_product_in_words() -> None:
    model, cost = tensor_mlp()
    caption = captions(draw(cost, highlight=model.layers[0].W))[0]
    assert re.fullmatch(r"∂C/∂W₁ = x₁ᵀ · δ", caption)


def test_several_highlights(neuron: Neuron) -> None:
    lines = captions(draw(neuron.C, highlight=[neuron.w1, neuron.b]))
    assert lines[0].startswith("∂C/∂w₁ = ")
    assert lines[1].startswith("∂C/∂b = ")


@pytest.mark.parametrize("option", ["highlight", "around"])
def test_values_outside_the_graph(neuron: Neuron, option: str) -> None:
    with pytest.raises(ValueError, match=f"{option} takes a Value of the graph, but C does not depend on"):
        draw(neuron.C, **{option: Value(1.0)})  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=f"{option} takes a Value of the graph, or a list of them, got str"):
        draw(neuron.C, **{option: "w1"})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="empty list"):
        draw(neuron.C, **{option: []})  # type: ignore[arg-type]


def test_a_highlight_needs_a_gradient(neuron: Neuron) -> None:
    with pytest.raises(ValueError, match="no gradient flows to x₁"):
        draw(neuron.C, highlight=neuron.x1)


# --- parts ------------------------------------------------------------------------------------------------------------


def test_the_neighbourhood_of_a_value(neuron: Neuron) -> None:
    drawing = draw(neuron.C, around=neuron.s, radius=1)
    assert headers(drawing) == {"u₁", "u₂", "s", "z"}
    assert captions(drawing)[0] == "4 of 13 values: within 1 of s, counted in edges"
    assert headers(draw(neuron.C, around=neuron.s, radius=0)) == {"s"}
    assert headers(draw(neuron.C, around=neuron.s, radius=99)) == headers(draw(neuron.C))
    assert len(headers(draw(neuron.C, around=neuron.s))) == 11


def test_what_lies_between_two_values(neuron: Neuron) -> None:
    drawing = draw(neuron.C, paths=(neuron.C, neuron.w1))
    assert headers(drawing) == {"w₁", "u₁", "s", "z", "o", "e", "C"}
    assert "paths from C to w₁" in captions(drawing)[0]
    assert headers(draw(neuron.C, paths=(neuron.z, neuron.x1))) == {"x₁", "u₁", "s", "z"}
    assert "∂C/∂z" in draw(neuron.C, paths=(neuron.z, neuron.x1)).source


@pytest.mark.parametrize("radius", [-1, 1.5, True, "2"])
def test_radii(neuron: Neuron, radius: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="radius is a"):
        draw(neuron.C, around=neuron.s, radius=radius)
    with pytest.raises(TypeError, match="radius goes with around"):
        draw(neuron.C, radius=radius)


def test_ends_of_paths_are_checked(neuron: Neuron) -> None:
    with pytest.raises(ValueError, match="no path leads from w₁ to C: paths takes the result first"):
        draw(neuron.C, paths=(neuron.w1, neuron.C))
    for pair in (neuron.w1, (neuron.C,), (neuron.C, neuron.w1, neuron.w2)):
        with pytest.raises(TypeError, match="paths takes two Values"):
            draw(neuron.C, paths=pair)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="paths takes a Value"):
        draw(neuron.C, paths=(neuron.C, 3.0))


# --- modules ----------------------------------------------------------------------------------------------------------


def test_a_layer_on_a_card() -> None:
    model, cost = tensor_mlp()
    drawing = draw(cost, depth=1)
    cards = cards_of(drawing)
    norm = float(np.sqrt(sum(np.sum(p.grad**2) for p in model.layers[0].parameters())))
    assert cards["s_1"].startswith("layer1|Layer(2→3, tanh)|(8, 2) → (8, 3)|parameters|9|")
    assert cards["s_1"].endswith(f"{norm:.4g}")
    assert ("s_1", "s_2") in [edge[:2] for edge in edges_of(drawing)]
    pill = next(text for lower, upper, text in edges_of(drawing) if (lower, upper) == ("s_1", "s_2"))
    assert "· W₂ᵀ" in pill
    assert "(8, 1) · (1, 3) → (8, 3)" in pill
    assert not any(card.startswith(("W", "b")) for card in cards.values())


def test_a_model_on_a_card() -> None:
    _, cost = tensor_mlp()
    cards = cards_of(draw(cost, depth=0))
    assert set(cards) >= {"s_0", "s_3"}
    assert "parameters|13" in cards["s_0"]
    assert cards["s_3"].startswith("Cost|C = mean (prediction − target)²|")
    assert "|1.395|" in cards["s_3"]
    assert len(cards) == 3


def test_expanding_and_collapsing() -> None:
    _, cost = tensor_mlp()
    opened = cards_of(draw(cost, depth=0, expand=["layer2"]))
    assert {"s_1", "s_3"} <= set(opened)
    assert "s_2" not in opened
    assert any(card.startswith("W₂") for card in opened.values())
    for collapse in (["layer1"], ["MLP.layer1"], lambda path: path.endswith("layer1")):
        folded = cards_of(draw(cost, collapse=collapse))
        assert "s_1" in folded
        assert "s_2" not in folded
    assert headers(draw(cost, collapse=[])) == headers(draw(cost))


def test_scalar_layers_merge_their_edges() -> None:
    drawing = draw(scalar_mlp(1), depth=1)
    pill = next(text for lower, upper, text in edges_of(drawing) if (lower, upper) == ("s_1", "s_5"))
    assert pill.startswith("<|δ · Wᵀ|3 edges")
    assert "2 values → 3 values" in drawing.source
    assert "parameters" in cards_of(drawing)["s_1"]


def test_before_backward_a_folded_module_has_no_norm() -> None:
    model = nn.MLP(2, [3, 1], seed=0)
    cards = cards_of(draw(am.sum(model(np.ones((4, 2)))), depth=0))
    assert cards["s_0"].endswith("|parameters|13")


@pytest.mark.parametrize("depth", [-1, 1.0, True, "all"])
def test_depths(neuron: Neuron, depth: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="depth is"):
        draw(neuron.C, depth=depth)


@pytest.mark.parametrize("option", ["collapse", "expand"])
def test_paths_of_modules_are_checked(neuron: Neuron, option: str) -> None:
    with pytest.raises(
        ValueError, match=f"{option}: no group of operations is called 'layer9'; there are Neuron, Cost"
    ):
        draw(neuron.C, **{option: ["layer9"]})  # type: ignore[arg-type]
    for wrong in ("Neuron", 3, [3]):
        with pytest.raises(TypeError, match=f"{option} takes a list of paths"):
            draw(neuron.C, **{option: wrong})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="the graph has none"):
        draw(Value(1.0), **{option: ["x"]})  # type: ignore[arg-type]


def test_functions_of_paths_are_checked(neuron: Neuron) -> None:
    with pytest.raises(TypeError, match="gives True or False"):
        draw(neuron.C, collapse=lambda path: path)  # type: ignore[arg-type,return-value]
    with pytest.raises(TypeError, match="expand takes a list"):
        draw(neuron.C, expand=lambda path: True)  # type: ignore[arg-type]


# --- equal parts and limits -------------------------------------------------------------------------------------------


def test_samples_are_drawn_once() -> None:
    drawing = draw(scalar_mlp(4), max_nodes=70)
    assert captions(drawing)[0] == "116 values on 41 cards: equal parts drawn once (× N)"
    assert "MLP</B>  (2→3→1, tanh)  <B>× 4</B>" in drawing.source
    assert sum("input|× 4" in card for card in cards_of(drawing).values()) == 2
    assert len(cards_of(drawing)) <= 70


def test_equal_neurons_are_drawn_once() -> None:
    drawing = draw(scalar_mlp(4), max_nodes=40)
    assert "<B>× 12</B>" in drawing.source
    assert len(cards_of(drawing)) <= 40
    assert len(cards_of(draw(scalar_mlp(4), max_nodes=12))) <= 12


def test_samples_without_modules_are_found_too() -> None:
    w, f = Value(0.5, name="w"), None
    for x in range(20):
        term = am.tanh(w * Value(float(x), requires_grad=False))
        f = term if f is None else f + term
    drawing = draw(f, max_nodes=10)
    assert "× 20" in drawing.source
    assert len(cards_of(drawing)) <= 10


def test_equal_layers_one_after_the_other() -> None:
    x = Value(0.5, name="x", requires_grad=False)
    f = x
    for i in range(6):
        with am.scope(f"block{i}"):
            f = am.tanh(f * Value(1.0, name="w") + Value(0.0, name="b"))
    f = am.exp(f)
    drawing = draw(f, max_nodes=10)
    assert "block0</B>  <B>× 6</B>" in drawing.source
    assert "style=dashed" in drawing.source
    assert "constraint=false" in drawing.source


def test_chains_fold_and_named_values_stay() -> None:
    x = Value(0.5, name="x")
    f = x
    for _ in range(12):
        f = am.sin(f)
    f.name = "middle"
    for _ in range(12):
        f = am.cos(f)
    drawing = draw(f, max_nodes=8)
    assert headers(drawing) == {"x", "… 11 ops", "middle", "f"}
    assert "chains of operations folded" in captions(drawing)[0]
    assert headers(draw(f, max_nodes=8, lang="es")) != headers(drawing)


def test_folding_respects_a_highlight(neuron: Neuron) -> None:
    drawing = draw(neuron.C, highlight=neuron.w1, depth=0)
    assert "faded" not in next(line for line in drawing.source.splitlines() if line.strip().startswith("s_0 ["))


def test_too_large_a_graph_names_the_ways_out() -> None:
    f = None
    for i in range(40):
        term = Value(float(i), name=f"p{i}") ** 2
        f = term if f is None else f + term
    with pytest.raises(GraphTooLarge, match=r"depth=1.*around=w1, radius=3.*paths=\(loss, w1\).*max_nodes=None"):
        draw(f, max_nodes=80 // HARD_LIMIT - 1)
    assert len(cards_of(draw(f, max_nodes=None))) == 119


@pytest.mark.parametrize("limit", [0, -1, 1.5, True, "400"])
def test_limits_are_checked(neuron: Neuron, limit: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="max_nodes is"):
        draw(neuron.C, max_nodes=limit)


def chain(n: int) -> Value:
    f = Value(0.5)
    for _ in range(n):
        f = am.sin(f)
    return f


def horner(n: int) -> Value:
    x = Value(0.5)
    f = x
    for _ in range(n // 3):
        f = f * x + 1.0
    return f


def wide(n: int) -> Value:
    f = Value(0.0)
    for _ in range(n // 3):
        p = Value(1.0)
        f = f + p * p
    return f


@pytest.mark.parametrize("graph", [chain, horner, wide])
def test_graphs_of_100000_values_answer_soon(graph: Callable[[int], Value]) -> None:
    f = graph(100_000)
    start = time.process_time()
    if graph is wide:
        with pytest.raises(GraphTooLarge):
            draw(f)
    else:
        assert len(cards_of(draw(f))) <= 4
    assert time.process_time() - start < 30.0  # some 5 s alone on two slow cores; shared ones take longer


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
def test_a_layout_that_takes_too_long_falls_back(tmp_path: Path) -> None:
    slow = tmp_path / "dot"
    cards = "".join(f"<g id='{id}'/>" for id in ("n_0", "c_1", "n_20")).replace("'", '\\"')
    size = "width='8pt' height='8pt' viewBox='0 0 8 8'"
    empty = f"<svg xmlns='http://www.w3.org/2000/svg' {size}>{cards}</svg>"
    slow.write_text(f"""#!/bin/sh
case "$(cat)" in
    *'ops</B>'*) echo "{empty}" ;;
    *) sleep 30 ;;
esac
""")
    slow.chmod(0o755)
    set_renderer(slow)
    drawing = draw(chain(20), timeout=1.0)
    with pytest.warns(RenderWarning, match="drawn folded"):
        ET.fromstring(drawing.svg())
    assert "ops</B>" in drawing.source
    with warnings.catch_warnings(), pytest.raises(RenderTimeout):
        draw(Value(1.0), timeout=0.2).svg()


# --- flags, updates and circles ---------------------------------------------------------------------------------------


def test_dead_and_exploding_gradients_are_flagged() -> None:
    z, v = Value(-2.0, name="z"), Value(5000.0, name="v")
    f = am.relu(z) + v * v
    f.backward()
    cards = {card.split("|")[0]: card for card in cards_of(draw(f)).values()}
    assert "|dead|0" in cards["z"]
    assert "|explodes|1e+04" in cards["v"]
    assert "muerto" in draw(f, lang="es").source
    g = am.relu(Value(-1.0))
    assert "dead" not in draw(g).source


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_flags_of_arrays() -> None:
    w, v = Value(np.array([-1.0, -2.0]), name="w"), Value(np.array([0.0, 1.0]), name="v")
    f = am.sum(am.relu(w)) + am.sum(am.sqrt(v))
    f.backward()
    cards = {card.split("|")[0]: card for card in cards_of(draw(f)).values()}
    assert "dead" in cards["w"]
    assert "explodes" in cards["v"]


def test_updates(neuron: Neuron) -> None:
    source = draw(neuron.C, update=0.1).source
    assert "w₁ ← 0.5 − 0.1 × (−2.839) = 0.7839" in source
    assert source.count("←") == 3
    _, cost = tensor_mlp()
    for detail in ("full", "min"):
        assert "W₁ ← W₁ − 0.1 · ∂C/∂W₁" in draw(cost, update=0.1, detail=detail).source
    assert "←" not in draw(am.exp(Value(1.0)), update=0.1).source


@pytest.mark.parametrize("update", [0, -1.0, float("nan"), float("inf"), True, "0.1"])
def test_learning_rates_are_checked(neuron: Neuron, update: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="update is a learning rate"):
        draw(neuron.C, update=update)


def test_operations_as_circles(neuron: Neuron) -> None:
    drawing = draw(neuron.C, ops="separate")
    assert len(re.findall(r"^\s*o_\d+ \[", drawing.source, re.MULTILINE)) == 7
    assert not any("=" in header for header in headers(drawing))
    ends = [edge[:2] for edge in edges_of(drawing)]
    z = drawing.trace.of(neuron.z).id
    assert (f"o_{z[2:]}", z) in ends
    assert (drawing.trace.of(neuron.s).id, f"o_{z[2:]}") in ends
    assert "faded" in draw(neuron.C, ops="separate", highlight=neuron.w1).source
    assert not re.search(r"^\s*o_\d+ \[", draw(neuron.C, ops="separate", depth=0).source, re.MULTILINE)


def test_every_kind_of_picture_is_drawn(neuron: Neuron) -> None:
    try:
        set_renderer("pure")
    except FileNotFoundError:
        pytest.skip("graphviz-pure is not installed")
    for options in ({"highlight": neuron.w1}, {"ops": "separate"}, {"depth": 0}, {"around": neuron.s, "radius": 1}):
        svg = ET.fromstring(draw(neuron.C, **options, update=0.1).svg())
        assert svg.tag.endswith("svg")
