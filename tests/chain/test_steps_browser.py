"""The step-through page in a real browser: keys, clicks, the address, colours, paper, motion, accessibility."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import autograd_mini as am
from autograd_mini import Value
from autograd_mini.chain import Steps, steps
from autograd_mini.chain._widths import text_width
from autograd_mini.chain.theme import DARK, LIGHT
from tests.browser import Open, violations


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


@pytest.fixture(scope="module")
def walk() -> Steps:
    return steps(neuron(), names=False)


@pytest.fixture(scope="module")
def layered() -> Steps:
    rng = np.random.default_rng(3)
    X, Y = rng.normal(size=(4, 2)), rng.normal(size=(4, 1))
    W1, b1, W2, b2 = (
        Value(rng.normal(size=shape), name=name)
        for name, shape in (("W1", (2, 3)), ("b1", (3,)), ("W2", (3, 1)), ("b2", (1,)))
    )
    A1 = am.tanh(am.linear(X, W1, b1))
    C = am.mean((am.linear(A1, W2, b2) - Y) ** 2)
    return steps(C, names={"C": C, "A1": A1}, update=0.1)


def number(page: Any) -> int:
    return int(page.text_content("#count").split("/")[0])


def classes(page: Any, id: str) -> set[str]:
    return set(page.get_attribute(f"#{id}", "class").split())


def opacity(page: Any, selector: str) -> float:
    return float(page.eval_on_selector(selector, "part => getComputedStyle(part).opacity"))


def card(steps_: Steps, name: str) -> str:
    return next(node.id for node in steps_.trace.nodes if node.name == name)


def colour(page: Any, selector: str, name: str) -> str:
    value = page.eval_on_selector(selector, f"part => getComputedStyle(part).{name}")
    channels = [int(channel) for channel in re.findall(r"\d+", value)[:3]]
    return "#" + "".join(f"{channel:02x}" for channel in channels)


# --- walking ----------------------------------------------------------------------------------------------------------


def test_keys_walk_through_the_steps(show: Open, walk: Steps) -> None:
    page = show(walk)
    count = len(walk.frames)
    seen = [number(page)]
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "End", "ArrowRight", "Home", "ArrowLeft"):
        page.keyboard.press(key)
        seen.append(number(page))
    assert seen == [1, 2, 3, 2, count, count, 1, 1]


def test_every_step_says_what_its_frame_says(show: Open, walk: Steps) -> None:
    page = show(walk)
    for frame in walk.frames:
        assert page.text_content("#formula") == frame.formula
        assert page.text_content("#text") == frame.text
        assert "now" in classes(page, frame.node)
        page.keyboard.press("ArrowRight")


def test_a_gradient_appears_with_its_step_and_not_before(show: Open, walk: Steps) -> None:
    page = show(walk, reduced_motion="reduce")
    z = card(walk, "z")
    last = next(frame for frame in walk.frames if frame.completes and frame.node == z)
    page.keyboard.press("Home")
    assert opacity(page, f"#{z} .v") == 0
    assert opacity(page, f"#{z} .g") == 0
    page.goto(f"{page.url.split('#')[0]}#{last.number - 1}")
    assert opacity(page, f"#{z} .v") == 1
    assert opacity(page, f"#{z} .g") == 0
    page.keyboard.press("ArrowRight")
    assert opacity(page, f"#{z} .g") == 1
    assert opacity(page, f"#{last.edges[0]} .p") == 1


def test_an_update_shows_the_new_value(show: Open) -> None:
    walk = steps(neuron(), names=False, update=0.1)
    page = show(walk, f"#{len(walk.frames) - 1}", reduced_motion="reduce")
    last = f"#{walk.frames[-1].node} .u"
    assert opacity(page, last) == 0
    page.keyboard.press("End")
    assert opacity(page, last) == 1
    assert page.text_content("#phase") == "update"


def test_buttons_and_slider(show: Open, walk: Steps) -> None:
    page = show(walk)
    count = len(walk.frames)
    for id, expected in (("next", 2), ("last", count), ("back", count - 1), ("first", 1)):
        page.click(f"#{id}")
        assert number(page) == expected, id
    assert page.is_disabled("#back")
    assert page.is_disabled("#first")
    page.fill("#slider", "7")
    assert number(page) == 7
    page.focus("#slider")
    page.keyboard.press("ArrowRight")
    assert number(page) == 8
    assert page.get_attribute("#slider", "aria-valuetext") == f"step 8 of {count}, forward"


def test_it_plays_and_pauses(show: Open, walk: Steps) -> None:
    page = show(walk, locale="en")  # a window of its own, whose clock stands still
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    page.reload()
    page.keyboard.press(" ")
    assert page.get_attribute("#play", "aria-label") == "Pause (space)"
    page.clock.run_for(3300)
    assert number(page) == 3
    page.keyboard.press(" ")
    page.clock.run_for(5000)
    assert number(page) == 3
    page.click("#play")
    page.clock.run_for(120_000)
    assert number(page) == len(walk.frames)
    assert page.get_attribute("#play", "aria-label") == "Play (space)"
    page.click("#play")  # once more, from the start
    page.clock.run_for(1700)
    assert number(page) == 2


def test_the_space_bar_on_a_button_presses_it_once(show: Open, walk: Steps) -> None:
    page = show(walk)
    page.focus("#next")
    page.keyboard.press(" ")
    assert number(page) == 2
    assert page.get_attribute("#play", "aria-label") == "Play (space)"


# --- the address ------------------------------------------------------------------------------------------------------


def test_the_address_is_a_link_to_the_step(show: Open, walk: Steps) -> None:
    page = show(walk, "#9")
    assert number(page) == 9
    page.keyboard.press("ArrowRight")
    assert page.evaluate("location.hash") == "#10"
    page.evaluate("location.hash = '#4'")
    page.wait_for_function("document.getElementById('count').textContent.startsWith('4 ')")


def test_a_strange_address_does_no_harm(show: Open, walk: Steps) -> None:
    page = show(walk, "#<img src=x onerror=alert(1)>")
    assert number(page) == 1
    for fragment in ("#0", "#999999", "#x", "#-3", "#layer-99", "#1e3", "#"):
        page.evaluate("fragment => { location.hash = fragment; }", fragment)
        page.wait_for_timeout(20)
        assert 1 <= number(page) <= len(walk.frames)


def test_table_rows_lead_to_their_steps(show: Open, walk: Steps) -> None:
    page = show(walk)
    page.click("#rows tr:nth-child(12) a")
    assert number(page) == 12
    assert page.get_attribute("#rows tr:nth-child(12)", "aria-current") == "step"
    assert page.locator("#rows [aria-current]").count() == 1


# --- by layer ---------------------------------------------------------------------------------------------------------


def test_by_layer_groups_the_steps(show: Open, layered: Steps) -> None:
    page = show(layered, "#14")
    page.check("#layers", force=True)
    here = next(i for i, layer in enumerate(layered.layers, 1) if 14 in layer.frames)
    assert number(page) == here
    page.keyboard.press("Home")
    for i, layer in enumerate(layered.layers, 1):
        assert page.text_content("#formula") == layer.formula
        assert page.text_content("#text") == layer.text
        assert page.evaluate("location.hash") == f"#layer-{i}"
        shown = {layered.frames[n - 1].node for n in layer.frames}
        assert all("now" in classes(page, id) for id in shown)
        page.keyboard.press("ArrowRight")
    page.uncheck("#layers", force=True)
    assert number(page) == layered.layers[-1].frames[-1]


def test_an_address_by_layer(show: Open, layered: Steps) -> None:
    page = show(layered, "#layer-4")
    assert page.is_checked("#layers")
    assert page.text_content("#formula") == layered.layers[3].formula


def test_without_layers_there_is_no_switch(show: Open) -> None:
    x = Value(3.0, name="x")
    page = show(steps(20 * x**2 + x))
    assert page.is_hidden("#switch")
    assert show(steps(20 * x**2 + x), "#layer-1").text_content("#count").startswith("1 /")


# --- cards ------------------------------------------------------------------------------------------------------------


def test_a_click_on_a_weight_shows_its_chain_rule_and_its_paths(show: Open, walk: Steps) -> None:
    page = show(walk)
    ids = {name: card(walk, name) for name in ("w₁", "u₁", "s", "z", "o", "e", "C", "w₂", "b")}
    page.click(f"#{ids['w₁']}")
    assert page.get_attribute(f"#{ids['w₁']}", "aria-pressed") == "true"
    on_path = {name for name, id in ids.items() if "on-path" in classes(page, id)}
    assert on_path == {"w₁", "u₁", "s", "z", "o", "e", "C"}
    assert page.locator(".edge.on-path").count() == 6
    lines = page.text_content("#lines")
    assert "∂C/∂w₁ = ∂C/∂u₁ · ∂u₁/∂w₁" in lines
    assert "= −1.4196 × 2= −2.839" in lines
    assert "∂C/∂e · ∂e/∂o · ∂o/∂z · ∂z/∂s · ∂s/∂u₁ · ∂u₁/∂w₁" in lines
    page.keyboard.press("Escape")
    assert page.is_visible("#hint")
    assert page.locator(".on-path").count() == 0


def test_cards_are_reached_and_chosen_by_keys(show: Open, walk: Steps) -> None:
    page = show(walk)
    first, second = (node.id for node in walk.trace.nodes[:2])
    page.focus(f"#{first}")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.id") == second
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert page.text_content("#name") == "w₁ = 0.5"
    assert number(page) == 1
    page.keyboard.press("ArrowRight")  # the steps go on
    assert number(page) == 2
    assert page.get_attribute(f"#{first}", "aria-pressed") == "true"
    page.click("#close")
    assert page.is_hidden("#chosen")
    assert page.evaluate("document.activeElement.id") == first


def test_all_paths_light_up_at_a_fan_out(show: Open) -> None:
    x = Value(3.0, name="x")
    walk = steps(20 * x**2 + x, names=False)
    page = show(walk)
    page.click(f"#{card(walk, 'x')}")
    assert page.locator(".edge.on-path").count() == sum(edge.requires_grad for edge in walk.trace.edges)
    assert "2 paths lead from x to" in page.text_content("#lines")


# --- the view ---------------------------------------------------------------------------------------------------------


def test_nothing_moves_while_one_walks(show: Open, layered: Steps) -> None:
    page = show(layered)
    for by_layer in (False, True):
        page.set_checked("#layers", by_layer, force=True)
        page.keyboard.press("Home")
        boxes = set()
        for _ in layered.layers:
            boxes.add(str(page.eval_on_selector("#stage", "stage => [stage.offsetTop, stage.offsetHeight]")))
            page.keyboard.press("ArrowRight")
        assert len(boxes) == 1


@pytest.mark.parametrize("width", [1280, 420])
def test_the_current_card_stays_in_sight(show: Open, layered: Steps, width: int) -> None:
    page = show(layered, viewport={"width": width, "height": 800}, reduced_motion="reduce")
    for frame in layered.frames:
        inside = page.evaluate(
            """id => {
                const card = document.getElementById(id).querySelector(".box").getBoundingClientRect();
                const stage = document.getElementById("stage").getBoundingClientRect();
                const [x, y] = [(card.left + card.right) / 2, (card.top + card.bottom) / 2];
                return x > stage.left && x < stage.right && y > stage.top && y < stage.bottom;
            }""",
            frame.node,
        )
        assert inside, frame
        page.keyboard.press("ArrowRight")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for id in ("first", "back", "play", "next", "last", "slider"):
        assert page.locator(f"#{id}").is_visible(), id


def test_zoom(show: Open, walk: Steps) -> None:
    page = show(walk)

    def width() -> float:
        return float(page.eval_on_selector("svg.graph", "graph => graph.getBoundingClientRect().width"))

    fit = width()
    page.click("#larger")
    assert width() == pytest.approx(1.25 * fit, rel=1e-3)
    page.click("#smaller")
    page.click("#smaller")
    assert width() == pytest.approx(fit / 1.25, rel=1e-3)
    page.click("#fit")
    assert width() == pytest.approx(fit, rel=1e-3)
    assert number(page) == 1


def test_dark_mode_follows_the_system(show: Open, walk: Steps) -> None:
    dark, light = (show(walk, color_scheme=scheme) for scheme in ("dark", "light"))
    weight = f"#{card(walk, 'w₁')} .box"
    assert colour(dark, "body", "backgroundColor") == DARK.ground
    assert colour(light, "body", "backgroundColor") == LIGHT.ground
    assert colour(dark, weight, "fill") == DARK.parameter_fill
    assert colour(light, weight, "fill") == LIGHT.parameter_fill


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_fixed_theme_asks_no_system(show: Open, theme: Any) -> None:
    walk = steps(neuron(), theme=theme)
    ground = {"light": LIGHT, "dark": DARK}[theme].ground
    assert {colour(show(walk, color_scheme=s), "body", "backgroundColor") for s in ("dark", "light")} == {ground}


def test_paper_shows_the_last_step_and_the_table(show: Open, walk: Steps) -> None:
    page = show(walk, "#2", color_scheme="dark", reduced_motion="reduce")
    page.emulate_media(media="print", color_scheme="dark")
    assert colour(page, "body", "backgroundColor") == LIGHT.ground
    for selector in (".v", ".g", ".p", ".b"):
        found = page.eval_on_selector_all(selector, "parts => parts.map(part => getComputedStyle(part).opacity)")
        assert set(found) == {"1"}, selector
    assert page.is_hidden(".controls")
    assert page.locator("#rows tr").count() == len(walk.frames)
    assert page.is_visible("#rows tr:last-child")
    assert page.pdf().startswith(b"%PDF")


def test_less_motion(show: Open, walk: Steps) -> None:
    still, moving = (show(walk, "#5", reduced_motion=motion) for motion in ("reduce", "no-preference"))
    count = "document.getAnimations().length"
    moving.keyboard.press("ArrowRight")
    assert moving.evaluate(count) > 0
    still.keyboard.press("ArrowRight")
    assert still.evaluate(count) == 0


def test_without_scripts_the_whole_picture_shows(show: Open, walk: Steps) -> None:
    page = show(walk, java_script_enabled=False)
    assert page.is_visible(f"#{card(walk, 'w₁')} .g >> nth=0")
    assert page.is_hidden(".controls")
    assert page.is_visible("#rows tr:last-child")


# --- safety -----------------------------------------------------------------------------------------------------------


def test_hostile_names_show_literally(show: Open) -> None:
    names = [
        "</script><script>alert(1)</script>",
        "<!--<script>",
        "<img src=x onerror=alert(1)>",
        "a\u2028b",
        "&lt;{x}",
    ]
    values = [Value(1.0 + i, name=name) for i, name in enumerate(names)]
    root = values[0]
    for value in values[1:]:
        root = root * value
    root.name = "</title></svg><svg onload=alert(1)>"
    page = show(steps(root))
    page.keyboard.press("End")
    page.click("#n_0")
    for name in names[:3]:
        assert name in page.text_content("#rows")
        assert name in page.text_content("svg.graph")
    assert "</svg><svg onload" in page.text_content("h1")
    assert page.locator("img").count() == 0


def test_a_formula_with_a_name_from_right_to_left_runs_from_left_to_right(show: Open) -> None:
    x = Value(3.0, name="שלום עולם")
    walk = steps(2.5 * x, names=False)
    page = show(walk)
    page.click(f"#{walk.frames[0].node}")
    for selector in ("#name", "#rows tr:first-child td:nth-child(3)", "#formula"):
        left = page.evaluate(
            """selector => {
                const text = document.querySelector(selector).firstChild;
                const place = (i) => {
                    const range = document.createRange();
                    range.setStart(text, i);
                    range.setEnd(text, i + 1);
                    return range.getBoundingClientRect().left;
                };
                return ["ש", "=", "3"].map((letter) => place(text.data.indexOf(letter)));
            }""",
            selector,
        )
        assert left == sorted(left), selector


def test_the_page_runs_in_a_notebooks_frame(show: Open, walk: Steps) -> None:
    page = show(f"<!DOCTYPE html><title>notebook</title>{walk._repr_html_()}")
    frame = page.frame_locator("iframe")
    frame.locator("#last").click()
    assert frame.locator("#count").text_content() == f"{len(walk.frames)} / {len(walk.frames)}"
    frame.locator("#rows tr:nth-child(3) a").click()
    assert frame.locator("#count").text_content() == f"3 / {len(walk.frames)}"
    assert page.is_visible("img")


def test_axe_finds_nothing(show: Open, layered: Steps, walk: Steps) -> None:
    for shown, fragment, settings in (
        (walk, "#17", {}),
        (walk, "#17", {"color_scheme": "dark"}),
        (layered, "#layer-5", {"viewport": {"width": 420, "height": 860}}),
    ):
        page = show(shown, fragment, reduced_motion="reduce", bypass_csp=True, **settings)
        page.focus(".card[tabindex='0']")
        page.keyboard.press("Enter")
        assert violations(page) == []


def test_texts_have_the_widths_that_the_layout_was_made_with(show: Open, walk: Steps) -> None:
    page = show(walk)
    page.evaluate("document.fonts.ready")
    loaded = page.evaluate("[...document.fonts].filter(font => font.status === 'loaded').map(font => font.family)")
    assert {name.strip('"') for name in loaded} == {"Autograd Sans", "Autograd Mono"}
    # A family of that name is on no machine: without the page's own fonts the widths would be another font's.
    for text in ("∂C/∂w₁ = δ · x₁", "1 − o² ≤ √2·π", "Σ ωᵀ → ∞", "10⁻⁹, x⁰", "regresión ñ"):
        for bold, look in ((False, "100px"), (False, "italic 100px"), (True, "bold 100px")):
            found = page.evaluate(
                """([text, look]) => {
                    const pen = document.createElement("canvas").getContext("2d");
                    pen.font = `${look} "Autograd Sans", monospace`;
                    return pen.measureText(text).width;
                }""",
                [text, look],
            )
            assert found / 100 == pytest.approx(text_width(text, bold=bold), rel=0.002), (text, look)


def test_every_text_stays_on_its_card(show: Open, walk: Steps, layered: Steps) -> None:
    for shown in (walk, layered):
        page = show(shown)
        page.keyboard.press("End")
        outside = page.eval_on_selector_all(
            ".card text",
            """texts => texts.filter(text => {
                const inner = text.getBoundingClientRect();
                const outer = text.closest(".card").querySelector(".box").getBoundingClientRect();
                return inner.left < outer.left || inner.right > outer.right || inner.bottom > outer.bottom + 1;
            }).map(text => text.textContent)""",
        )
        assert outside == []


def test_every_step_is_narrated_whole_unless_it_plays(show: Open, walk: Steps) -> None:
    page = show(walk)
    frame = walk.frames[0]
    assert page.get_attribute("#say", "role") == "status"
    assert page.text_content("#say").split() == f"forward {frame.formula} {frame.text}".split()
    page.keyboard.press(" ")
    assert page.get_attribute("#say", "aria-live") == "off"
    page.keyboard.press(" ")
    assert page.get_attribute("#say", "aria-live") == "polite"
