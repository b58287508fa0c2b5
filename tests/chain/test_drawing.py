"""Drawings: the DOT text, the options, hostile names, files and notebooks."""

from __future__ import annotations

import importlib.util
import io
import math
import os
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import Drawing, GraphError, RenderError, Value, draw, set_renderer
from autograd_mini.chain.render import RenderTimeout, RenderWarning
from autograd_mini.chain.theme import DARK, LIGHT

GOLDEN = Path(__file__).parent / "golden"
SVG = "{http://www.w3.org/2000/svg}"


def figures() -> ModuleType:
    path = Path(__file__).parents[2] / "docs" / "make_figures.py"
    spec = importlib.util.spec_from_file_location("make_figures", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FIGURES = figures()


@pytest.fixture
def pure() -> None:
    try:
        set_renderer("pure")
    except FileNotFoundError:
        pytest.skip("graphviz-pure is not installed")


def text_of(label: str) -> str:
    """What a reader sees of DOT text: the text between the tags."""
    text = re.sub(r"<[^<>]*>", "|", label.replace("->", "→"))
    for reference, letter in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#39;", "'"), ("&amp;", "&")):
        text = text.replace(reference, letter)
    return re.sub(r"[|\s]*\|[|\s]*", "|", text)


def nodes_of(drawing: Drawing) -> dict[str, str]:
    """The text of each card by the name in its header."""
    lines = [line.strip() for line in drawing.source.splitlines()]
    labels = [found[1] for line in lines if (found := re.match(r"n_\d+ \[label=<(.*)> class=", line))]
    cards = [text_of(label).strip("|") for label in labels]
    return {card.split("|")[0]: card for card in cards}


def edges_of(drawing: Drawing) -> list[str]:
    lines = [line.strip() for line in drawing.source.splitlines()]
    return [line for line in lines if re.match(r"n_\d+ -> n_\d+", line)]


# --- golden text ------------------------------------------------------------------------------------------------------


GOLDEN_FIGURES = (
    "neuron",
    "fanout",
    "order",
    "tensor",
    "mlp_folded",
    "dead_relu",
    "highlight",
    "update",
    "separate_dark",
)


@pytest.mark.parametrize("name", GOLDEN_FIGURES)
def test_dot_text_of_the_gallery(name: str) -> None:
    """The DOT text is as it was; with UPDATE_GOLDEN=1 in the environment it is written anew, to be looked at."""
    golden = GOLDEN / f"{name}.dot"
    source = FIGURES.figure(name).source
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(source, encoding="utf-8")
    assert source == golden.read_text(encoding="utf-8")
    assert FIGURES.figure(name).source == source


def test_the_files_of_the_gallery_show_what_its_code_draws(pure: None) -> None:
    assert len(FIGURES.FIGURES) >= 12
    for name in FIGURES.FIGURES:
        svg = (FIGURES.FOLDER / f"{name}.svg").read_text(encoding="utf-8")
        texts = [text for text in ET.fromstring(svg).itertext() if text.strip()]
        assert texts == [text for text in ET.fromstring(FIGURES.figure(name).svg()).itertext() if text.strip()], name
        png = FIGURES.FOLDER / f"{name}.png"
        assert png.stat().st_size < 100_000
        assert FIGURES.drawn_from(png) == FIGURES.fingerprint(FIGURES.figure(name)), f"{png.name}: make figures"


def test_every_figure_that_is_shown_is_one_that_is_drawn() -> None:
    drawn = {path.stem for path in FIGURES.FOLDER.iterdir()}
    assert drawn == {*FIGURES.FIGURES, *FIGURES.PLOTS}


@pytest.mark.slow
@pytest.mark.parametrize("example", FIGURES.PLOTS)
def test_the_plots_of_the_documentation_are_those_of_the_examples(example: str) -> None:
    """Pixel by pixel but for the smoothing of lines, which differs from machine to machine."""
    image = pytest.importorskip("PIL.Image")
    redrawn = image.open(io.BytesIO(FIGURES.plotted(example))).convert("L")
    with image.open(FIGURES.FOLDER / f"{example}.png") as file:
        kept = file.convert("L")
    assert kept.size == redrawn.size
    assert np.abs(np.asarray(kept, dtype=float) - np.asarray(redrawn, dtype=float)).mean() < 2.0


def test_the_neuron_shows_the_numbers_of_the_chain_rule() -> None:
    drawing = FIGURES.figure("neuron")
    cards = nodes_of(drawing)
    assert cards["w₁"] == "w₁|parameter|value|0.5|∂C/∂w₁|−2.839"
    assert cards["z"] == "z|= s + b|value|0.25|δ|=|∂C/∂z|−1.42"
    assert cards["C"] == "C|= e²|value|0.5701|∂C/∂C|1"
    assert cards["y"] == "y|target|value|1"
    pills = [text_of(edge.partition("label=")[2]) for edge in edges_of(drawing)]
    assert pills[0].startswith("<|∂u₁/∂w₁ = x₁|=|2|−1.4196 × 2 = −2.839|")
    assert pills[-1].startswith("<|∂C/∂e = 2e|=|−1.51|1 × (−1.51) = −1.51|")
    assert sum(pill != "" for pill in pills) == 9
    assert len(pills) == 12


def test_fan_out_shows_the_sum() -> None:
    drawing = FIGURES.figure("fanout")
    cards = nodes_of(drawing)
    assert cards["x"] == "x|parameter|value|3|2 paths|120 + 1|df/dx|121"
    assert cards["g"] == "g|= x²|value|9|∂f/∂g|20"  # f depends on x beside g, so its derivative by g is a partial one
    assert cards["h"] == "h|= 20 · g|value|180|∂f/∂h|1"
    assert "∂f/∂x (direct)" in drawing.source
    assert "∂f/∂h (direct)" not in drawing.source


def test_arrays_show_products_and_headers() -> None:
    drawing = FIGURES.figure("tensor")
    cards = nodes_of(drawing)
    assert cards["W"].startswith("W|(2, 3) parameter|value|n₁|n₂|n₃|x₁|0.35|0.82|0.33|x₂|")
    assert "δ|=|∂C/∂Z" in cards["Z"]
    assert "x₁" not in cards["Z"]
    assert "∂C/∂W = Xᵀ · δ</I>" in drawing.source
    assert "(2, 4) · (4, 3) → (2, 3)" in drawing.source


# --- what is drawn where ----------------------------------------------------------------------------------------------


def clusters_of(source: str) -> dict[str, list[str]]:
    """Ids of the nodes directly inside each cluster; "" for the page."""
    inside: dict[str, list[str]] = {}
    stack = [""]
    for line in source.splitlines():
        if start := re.match(r"\s*subgraph (\w+) \{", line):
            stack.append(start[1])
        elif line.strip() == "}":
            stack.pop() if len(stack) > 1 else None
        elif node := re.match(r"\s*(n_\d+) \[", line):
            inside.setdefault(stack[-1], []).append(node[1])
    return inside


def test_leaves_stand_where_they_are_used() -> None:
    drawing = FIGURES.figure("neuron")
    names = {
        cluster: {drawing.trace.node(id).name for id in ids} for cluster, ids in clusters_of(drawing.source).items()
    }
    assert names == {
        "": {"x₁", "x₂", "y"},
        "cluster_s_0": {"w₁", "w₂", "b", "u₁", "u₂", "s", "z", "o"},
        "cluster_s_1": {"e", "C"},
    }


def test_a_parameter_of_two_groups_stands_in_the_one_around_them() -> None:
    w = Value(2.0)
    with am.scope("model"):
        with am.scope("first"):
            a = am.exp(w)
        with am.scope("second"):
            f = a * w
    drawing = draw(f)
    assert clusters_of(drawing.source) == {"cluster_s_0": ["n_0"], "cluster_s_1": ["n_1"], "cluster_s_2": ["n_2"]}
    assert drawing.trace.of(w).id == "n_0"


def test_plain_numbers_have_no_card() -> None:
    x = Value(3.0)
    f = 2.0 * x + 1.0
    assert set(nodes_of(draw(f))) == {"x", "v₁", "f"}
    assert len(edges_of(draw(f))) == 2


def test_parallel_edges() -> None:
    x = Value(3.0)
    y = x * x
    y.backward()
    first, second = edges_of(draw(y))
    assert "∂y/∂x (1st) = x" in first
    assert "∂y/∂x (2nd) = x" in second
    assert "2 paths|3 + 3" in nodes_of(draw(y))["x"]
    assert "(2.º)" in draw(y, lang="es").source


def test_sums_of_edges_that_share_paths_are_no_sums_of_paths() -> None:
    x = Value(3.0)
    a = x * x
    b = a - x
    c = b * a
    c.backward()
    cards = nodes_of(draw(c))
    assert "2 paths" in cards["a"]
    assert "3 edges" in cards["x"]
    assert draw(c).trace.of(x).grad == pytest.approx(4 * 27 - 3 * 9)


def test_negative_and_many_contributions() -> None:
    x = Value(2.0)
    f = x - x
    f.backward()
    assert "|1 − 1|" in nodes_of(draw(f))["x"]
    g = x + x + x + x + x
    g.backward()
    assert "5 paths|1 + 1 + 1 + …|" in nodes_of(draw(g))["x"]


def test_edges_to_values_without_a_gradient_have_one_lane() -> None:
    x, w = Value(2.0, requires_grad=False), Value(3.0)
    f = w * x
    two, one = edges_of(draw(f))
    assert "dir=both" in two
    assert f'color="{LIGHT.forward_lane}:{LIGHT.backward_lane}"' in two
    assert "dir=" not in one
    assert "label=" not in one


# --- before and after backward ----------------------------------------------------------------------------------------


def test_before_backward_gradients_are_a_dash() -> None:
    w, x = Value(3.0), np.array([1.0, 2.0])
    f = am.sum(am.tanh(w * x) * w)
    before = draw(f)
    assert nodes_of(before)["w"] == "w|parameter|value|3|df/dw|–"
    assert "paths" not in before.source
    f.backward()
    after = draw(f)
    assert "–" not in after.source
    assert "2 paths" in after.source


def test_the_local_derivative_is_known_before_backward() -> None:
    z = Value(0.25)
    o = am.tanh(z)
    assert "do/dz = 1 − o²</I> = <B>0.94</B>" in draw(o).source
    assert "1 × 0.94" not in draw(o).source
    o.backward()
    assert "1 × 0.94 = 0.94" in draw(o).source


def test_gradients_are_those_of_one_pass() -> None:
    w = Value(3.0)
    f = w * 2.0
    f.backward()
    f.backward()
    assert w.grad == 4.0
    assert nodes_of(draw(f))["w"].endswith("df/dw|2|.grad  2 passes|4")


def test_released_and_changed_graphs() -> None:
    w = Value(3.0)
    f = am.exp(w * w)
    f.backward(retain_graph=False)
    with pytest.raises(GraphError, match="retain_graph=True"):
        draw(f)
    g = w * w
    w.data = 1.0
    with pytest.raises(GraphError, match="changed"):
        draw(g)


# --- options ----------------------------------------------------------------------------------------------------------


def test_details() -> None:
    x = Value(3.0)
    g = x**2
    f = 20 * g
    f.backward()
    full, local, bare = (draw(f, detail=detail).source for detail in ("full", "local", "min"))
    assert "20 × 6 = 120" in full
    assert "20 × 6 = 120" not in local
    assert "dg/dx = 2x" in local
    assert "dg/dx" not in bare
    assert "df/dg" in bare


def test_arrays_without_detail_show_their_shapes() -> None:
    W, X = Value(np.ones((2, 3))), np.ones((4, 2))
    f = am.sum(am.matmul(X, W))
    f.backward()
    cards = nodes_of(draw(f, detail="min"))
    assert cards["W"] == "W|(2, 3) parameter|∂f/∂W"
    assert cards["X"] == "X|(4, 2) input"


def test_formats() -> None:
    w = Value(1 / 3)
    f = w * 2.0
    assert "0.33" in nodes_of(draw(f, fmt=".2f"))["w"]
    assert "0.3333" in nodes_of(draw(f))["w"]
    with pytest.raises(ValueError, match="fmt is a format"):
        draw(f, fmt="nonsense")


def test_languages() -> None:
    y = Value(1.0, requires_grad=False)
    spanish = draw((am.tanh(Value(0.5) * Value(2.0, requires_grad=False)) - y) ** 2, lang="es").source
    assert "valor" in spanish
    assert "parámetro" in spanish
    assert "objetivo" in spanish
    assert "hacia delante" in spanish
    assert "value" not in spanish.replace("class=", "")
    x = Value([1.0, 2.0])
    f = am.sum(x * Value(2.0))
    assert "difusión deshecha: (2,) → ()" in draw(f, lang="es").source
    assert ", copiado" in draw(f, lang="es").source


def test_numbers_of_the_steps() -> None:
    """Forward in the order of computation; back, both edges to b before those from b: that is why the order matters."""
    a = Value(3.0)
    b = a + a
    c = b + b
    drawing = draw(c, numbered=True)
    assert [card.partition(".")[0] for card in nodes_of(drawing)] == ["1", "2", "3"]
    pills = [re.findall(r"\|(\d)\.\|(∂\w/∂\w \(\dst\)|∂\w/∂\w \(\dnd\))", text_of(edge)) for edge in edges_of(drawing)]
    assert [pill[0] for pill in pills] == [
        ("6", "∂b/∂a (1st)"),
        ("7", "∂b/∂a (2nd)"),
        ("4", "∂c/∂b (1st)"),
        ("5", "∂c/∂b (2nd)"),
    ]
    assert "1.|" not in nodes_of(draw(c))["a"]


def test_titles_from_top_to_bottom_are_no_obstacle() -> None:
    """Cluster labels are crossed by what comes from above; a card with the title is not."""
    with am.scope("Cost", "C = (o − y)²"):
        C = (Value(2.0) - Value(1.0, requires_grad=False)) ** 2
    source = draw(C, rankdir="TB").source
    title = re.search(r"t_0 \[label=<.*Cost.*> id=t_0 shape=plain", source)
    assert title is not None
    assert "labeljust" not in source
    assert re.findall(r"t_0 -> (n_\d+) \[style=invis\]", source) == ["n_0"]
    assert "t_0" not in draw(C).source


def test_directions_and_legend() -> None:
    x = Value(1.0)
    f = am.exp(x)
    assert "rankdir=LR" in draw(f).source
    assert "rankdir=TB" in draw(f, rankdir="TB").source
    assert "sum over outgoing edges" in draw(f).source
    assert "sum over outgoing edges" not in draw(f, legend=False).source


def test_themes(pure: None) -> None:
    x = Value(1.0)
    f = am.exp(x)
    light, dark, auto = (draw(f, theme=theme) for theme in ("light", "dark", "auto"))
    assert light.source == auto.source
    assert LIGHT.pill_fill in light.source
    assert DARK.pill_fill in dark.source
    assert LIGHT.pill_fill not in dark.source
    assert "prefers-color-scheme" in auto.svg()
    assert "prefers-color-scheme" not in light.svg()
    assert "<style>" not in dark.svg()


@pytest.mark.parametrize(
    "option", [{"detail": "most"}, {"rankdir": "XX"}, {"theme": "blue"}, {"lang": "xx"}, {"ops": "x"}]
)
def test_options_are_checked(option: dict[str, Any]) -> None:
    name = next(iter(option))
    with pytest.raises(ValueError, match=f"{name} is one of"):
        draw(Value(1.0), **option)


def test_only_values_are_drawn() -> None:
    with pytest.raises(TypeError, match="a Value is needed"):
        draw([Value(1.0)])


def test_names_handed_in() -> None:
    x = Value(1.0)
    f = am.exp(x)
    assert set(nodes_of(draw(f, names={"input": x, "out2": f}))) == {"input", "out₂"}
    assert set(nodes_of(draw(f, names=False))) == {"p₁", "f"}


# --- heat tables ------------------------------------------------------------------------------------------------------


def card_of(array: Any, **options: Any) -> str:
    x = Value(array, requires_grad=False)
    w = Value(1.0)
    f = am.sum(w * x)
    return nodes_of(draw(f, **options))["x"]


def test_small_arrays_show_numbers() -> None:
    assert card_of(np.array([[1.0, -0.5], [0.0, -0.001]])) == ("x|(2, 2) input|value|1.00|−0.50|0.00|0.00")


@pytest.mark.parametrize(("scale", "exponent"), [(1e-3, "×10⁻³"), (1e6, "×10⁶"), (1e-300, "×10⁻³⁰⁰")])
def test_a_power_of_ten_is_taken_out(scale: float, exponent: str) -> None:
    card = card_of(np.array([5.0, -2.5]) * scale)
    assert f"value {exponent}|5.00|−2.50" in card


def test_whole_numbers_and_truth_values_have_no_decimals() -> None:
    assert "|1|2|3" in card_of(np.array([1, 2, 3]))
    assert "int64" in card_of(np.array([1, 2, 3]))
    assert "|1|0" in card_of(np.array([True, False]))


def test_middling_arrays_show_colours_and_large_ones_a_summary() -> None:
    colours = card_of(np.ones((10, 20)))
    assert "1.00" not in colours
    summary = card_of(np.arange(100.0))
    assert "|min 0|mean 49.5|max 99|norm 573" in summary.replace("  ", " ")
    assert "media" in card_of(np.arange(100.0), lang="es")


def test_slices_of_more_axes() -> None:
    assert "value +5 more|0.00|1.00|2.00|3.00" in card_of(np.arange(24.0).reshape(2, 3, 2, 2))


def test_empty_arrays() -> None:
    assert "(0, 3) input|value|empty" in card_of(np.zeros((0, 3)))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_numbers_that_are_none() -> None:
    card = card_of(np.array([np.nan, np.inf, -np.inf, 2.0]))
    assert "|nan|inf|−inf|2.00" in card


def test_complex_arrays() -> None:
    z = Value(np.array([1 + 2j, 3j]))
    f = am.sum(am.abs(z))
    f.backward()
    assert "1.00+2.00j" in nodes_of(draw(f))["z"]


# --- hostile names ----------------------------------------------------------------------------------------------------

HOSTILE = [
    '<b>"bold"</b>',
    "</svg><script>alert(1)</script>",
    "]]>&amp;<!--",
    "a\\N\\G\\L\\",
    "line\nbreak\ttab",
    "nul\x00bell\x07",
    "\ud800lone",
    "\u202eright to left",
    "שלום",
    "🙂🙂",
    "{record|field}",
    "node",
    "; rm -rf /",
    "n_0:port",
    "javascript:alert(1)",
    "x" * 10_000,
]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_shown_literally(pure: None, name: str) -> None:
    w = Value(2.0, name=name)
    with am.scope(name, name):
        f = am.exp(w * Value(np.ones(2), requires_grad=False, name=name))
    f.name = name
    f.backward(np.ones(2))
    drawing = draw(f)
    tree = ET.fromstring(drawing.svg())
    harmless = ["svg", "g", "a", "title", "text", "path", "polygon", "polyline", "style"]
    assert {element.tag for element in tree.iter()} <= {SVG + tag for tag in harmless}
    shown = "".join(text.text or "" for text in tree.iter(f"{SVG}text"))
    expected = drawing.trace.root.name
    assert expected.replace(" ", "") in shown.replace("\xa0", " ").replace(" ", "")
    for element in tree.iter():
        for attribute, value in element.attrib.items():
            assert not attribute.endswith("href")
            assert "<" not in attribute
            assert not attribute.startswith("on"), value
    assert {
        element.attrib["id"] for element in tree.iter(f"{SVG}g") if element.get("class", "").startswith("node")
    } == {node.id for node in drawing.trace.nodes}


# --- large graphs -----------------------------------------------------------------------------------------------------


def test_the_limit_counts_cards_and_can_be_lifted() -> None:
    x = Value(0.5)
    f = x
    for _ in range(5):
        f = f * 2.0
    assert len(nodes_of(draw(f, max_nodes=6))) == 6
    assert len(nodes_of(draw(f, max_nodes=5))) < 6
    for _ in range(500):
        f = f * 1.0
    assert len(nodes_of(draw(f, max_nodes=None, detail="min"))) == 506


# --- files and notebooks ----------------------------------------------------------------------------------------------


def small() -> Drawing:
    x = Value(2.0)
    f = am.exp(x)
    return draw(f)


def test_files(pure: None, tmp_path: Path) -> None:
    drawing = small()
    assert drawing.save(tmp_path / "a.svg").read_text(encoding="utf-8") == drawing.svg()
    assert drawing.save(tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert drawing.save(str(tmp_path / "a.dot")).read_text(encoding="utf-8") == drawing.source
    assert drawing.save(tmp_path / "B.GV").read_text(encoding="utf-8") == drawing.source
    small_png, large_png = drawing.png(dpi=50), drawing.png(dpi=200)
    assert len(small_png) < len(large_png)


@pytest.mark.parametrize("name", ["a.gif", "a", "a.svg; touch x", "a.png -o/etc/x", ".svg"])
def test_endings_are_checked(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="ending chooses"):
        small().save(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_files_that_cannot_be_written(pure: None, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="folder does not exist"):
        small().save(tmp_path / "missing" / "a.svg")


def test_the_svg_is_the_same_every_time(pure: None) -> None:
    assert FIGURES.figure("fanout").svg() == FIGURES.figure("fanout").svg()
    assert (
        'aria-label="Computation graph of f with the chain rule at its edges: 4 values"'
        in FIGURES.figure("fanout").svg()
    )


def test_notebooks(pure: None) -> None:
    drawing = small()
    bundle = drawing._repr_mimebundle_()
    assert bundle["image/svg+xml"] == drawing.svg() == drawing._repr_svg_()
    assert bundle["text/plain"] == repr(drawing)
    assert len(repr(drawing)) < 100


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
def test_notebooks_without_a_working_renderer_show_text(tmp_path: Path) -> None:
    broken = tmp_path / "dot"
    broken.write_text("#!/bin/sh\necho broken >&2\nexit 3\n")
    broken.chmod(0o755)
    set_renderer(broken)
    drawing = small()
    assert drawing._repr_svg_() is None
    bundle = drawing._repr_mimebundle_()
    assert list(bundle) == ["text/plain"]
    assert "broken" in bundle["text/plain"]
    assert drawing.source in bundle["text/plain"]
    with pytest.raises(RenderError):
        drawing.svg()
    assert drawing.save(tmp_path / "still.dot").is_file()


def test_every_renderer_draws_the_figures(real: object) -> None:
    for name in FIGURES.FIGURES:
        ET.fromstring(FIGURES.figure(name).svg())


def test_pictures_are_imported_only_when_they_are_asked_for() -> None:
    import subprocess

    code = "import autograd_mini, sys; print([name for name in sys.modules if name.startswith('autograd_mini.chain')])"
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    assert done.stdout.strip() == "[]"
    assert "draw" in dir(am)
    with pytest.raises(AttributeError, match="no attribute 'paint'"):
        am.paint  # type: ignore[attr-defined] # noqa: B018
    with pytest.raises(AttributeError, match="no attribute 'paint'"):
        am.chain.paint  # type: ignore[attr-defined] # noqa: B018


def test_a_value_that_every_step_uses_is_laid_out_within_bounds() -> None:
    """Edges that pass by many cards would take minutes to lay out; a picture without them keeps the full search."""
    v, state = Value(0.5, name="v"), Value(0.1, name="s0")
    for _ in range(30):
        state = am.tanh(state * v + 0.3)
    source = draw(state).source
    assert "nslimit=2" in source
    assert "splines=line" not in source
    chain = Value(0.5)
    for _ in range(60):
        chain = am.tanh(chain)
    assert "nslimit" not in draw(chain).source
    for _ in range(40):
        state = am.tanh(state) * v + state
    assert "splines=line" in draw(state).source


@pytest.mark.parametrize("format", ["svg", "png", "pdf"])
def test_every_format_falls_back_to_a_coarser_layout(monkeypatch: pytest.MonkeyPatch, format: str) -> None:
    """A picture with nothing to fold is laid out in haste if the full layout takes too long."""
    asked = []

    def slow(source: str, kind: str, **_: object) -> bytes:
        asked.append(kind)
        if "nslimit1=1" not in source:
            raise RenderTimeout("too slow", source)
        return b"<svg width='1pt' height='1pt' xmlns='http://www.w3.org/2000/svg'></svg>"

    monkeypatch.setattr("autograd_mini.chain.drawing.surface.render", slow)
    x = Value(0.5, name="x")
    drawing = draw(x * x)
    with pytest.warns(RenderWarning, match="with a coarser layout"):
        getattr(drawing, format)()
    assert asked == [format, format]
    assert drawing.source.rstrip().endswith("}")


# --- gradients that are not of this pass ------------------------------------------------------------------------------


def square() -> tuple[Value, Value]:
    w = Value(3.0, name="w")
    return w**2, w


def test_a_gradient_of_several_passes_is_flagged() -> None:
    """w² at 3 has the derivative 6; two passes leave 12 in w.grad, and the card says both."""
    f, w = square()
    f.backward()
    assert ".grad" not in draw(f).source
    f.backward()
    assert nodes_of(draw(f))["w"] == "w|parameter|value|3|df/dw|6|.grad  2 passes|12"
    source = draw(f).source
    assert "not of this pass alone: w.grad; .grad = None before backward() starts anew" in source
    assert 'tooltip="w; w.grad: 12 = 2 × this, the sum over 2 backward calls"' in source
    spanish = draw(f, lang="es").source
    assert "2 pasadas" in spanish
    assert "no solo de esta pasada: w.grad" in spanish
    assert "w.grad: 12 = 2 × esto, la suma de 2 pasadas de backward" in spanish
    w.grad = None
    assert ".grad" not in draw(f).source


def test_a_gradient_that_was_left_or_set_is_flagged() -> None:
    f, w = square()
    w.grad = 0.5  # left by an earlier step: backward() would add to it
    assert nodes_of(draw(f))["w"] == "w|parameter|value|3|df/dw|–|.grad  other passes|0.5"
    f.backward()
    assert nodes_of(draw(f))["w"].endswith("|df/dw|6|.grad  other passes|6.5")
    trace = draw(f).trace
    assert (trace.of(w).grad, trace.of(w).held) == (6.0, 6.5)
    assert trace.root.held is None


def test_gradients_of_arrays_are_flagged() -> None:
    h = Value([1.0, 2.0], name="h")
    f = (h * h).sum()
    for _ in range(3):
        f.backward()
    assert ".grad: 3 passes" in draw(f).source
    assert ".grad: 3 passes" in draw(f, detail="min").source
    h.grad = np.array([1.0, 0.0])
    assert ".grad: other passes" in draw(f).source
    assert "h.grad differs: it comes from other backward calls" in draw(f).source


def test_many_flagged_leaves_are_not_all_named() -> None:
    weights = [Value(float(k), name=f"w{k}") for k in range(1, 7)]
    f = sum(w * w for w in weights)
    for w in weights:
        w.grad = 100.0
    assert "w₁.grad, w₂.grad, w₃.grad, w₄.grad …; " in draw(f).source


def test_what_differs_by_rounding_alone_is_no_other_gradient() -> None:
    f, w = square()
    f.backward()
    w.grad = 6.0 * (1.0 + 1e-12)
    assert draw(f).trace.of(w).held is None
    w.grad = math.nan
    assert math.isnan(draw(f).trace.of(w).held)


def test_gradients_that_are_no_numbers_are_those_of_the_pass_too() -> None:
    x = Value(np.array([np.inf, np.nan, 1.0]), name="x")
    f = (x * x).sum()
    f.backward()
    assert draw(f).trace.of(x).held is None
