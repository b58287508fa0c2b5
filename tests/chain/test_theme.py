"""The palette: contrast by the WCAG formula in light and dark, the dark rules, and the heat colours."""

from __future__ import annotations

import dataclasses
import re

import pytest
from hypothesis import given, strategies as st

from autograd_mini.chain.theme import DARK, FILL_ROLES, LIGHT, LINE_ROLES, TEXT_ROLES, Palette, dark_rules, heat_colour

MODES = {"light": LIGHT, "dark": DARK}
# Dark pages stand on #0d1117 or #1e1e1e, light ones on white.
PAGES = {"light": ["#ffffff"], "dark": ["#0d1117", "#1e1e1e"]}


def luminance(colour: str) -> float:
    channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def colour_of(palette: Palette, role: str) -> str:
    return str(getattr(palette, role))


def test_the_formula_of_contrast_on_known_pairs() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("text", TEXT_ROLES)
def test_every_text_is_readable_on_every_ground(mode: str, text: str) -> None:
    grounds = [*PAGES[mode], *(colour_of(MODES[mode], role) for role in FILL_ROLES)]
    ratios = {ground: contrast(colour_of(MODES[mode], text), ground) for ground in grounds}
    assert min(ratios.values()) >= 5.3, ratios


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("lane", ["forward_lane", "backward_lane"])
def test_lanes_stand_out_where_they_run(mode: str, lane: str) -> None:
    grounds = [*PAGES[mode], MODES[mode].cluster_fill, MODES[mode].cost_cluster_fill]
    assert min(contrast(colour_of(MODES[mode], lane), ground) for ground in grounds) >= 3.6


@pytest.mark.parametrize("lane", ["forward_lane", "backward_lane"])
def test_light_lanes_stand_out_on_dark_pages_too(lane: str) -> None:
    # A notebook may be dark where the picture keeps the light theme.
    assert min(contrast(colour_of(LIGHT, lane), page) for page in PAGES["dark"]) >= 3.6


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("border", ["input_border", "parameter_border", "op_border", "cost_border"])
def test_borders_of_cards_stand_out(mode: str, border: str) -> None:
    grounds = [*PAGES[mode], MODES[mode].cluster_fill, MODES[mode].cost_cluster_fill]
    assert min(contrast(colour_of(MODES[mode], border), ground) for ground in grounds) >= 3.0


@given(st.floats(-1, 1))
def test_numbers_are_readable_on_every_heat_colour(value: float) -> None:
    assert contrast(LIGHT.cell_ink, heat_colour(value, 1.0)) >= 5.3


def test_numbers_on_heat_colours_are_the_same_in_the_dark() -> None:
    assert DARK.cell_ink == LIGHT.cell_ink
    assert LIGHT.cell_ink not in dark_rules("svg")


@pytest.mark.parametrize("palette", MODES.values(), ids=MODES)
def test_colours_are_written_as_the_programs_write_them(palette: Palette) -> None:
    for colour in dataclasses.asdict(palette).values():
        assert re.fullmatch("#[0-9a-f]{6}", colour)


def test_every_role_has_its_rule_or_its_reason() -> None:
    roles = {field.name for field in dataclasses.fields(Palette)}
    assert roles == {*TEXT_ROLES, *FILL_ROLES, *LINE_ROLES, "ground", "cell_ink"}


@pytest.mark.parametrize("roles", [TEXT_ROLES, FILL_ROLES, LINE_ROLES], ids=["text", "fill", "line"])
def test_one_light_colour_never_has_two_dark_ones(roles: tuple[str, ...]) -> None:
    pairs = {(colour_of(LIGHT, role), colour_of(DARK, role)) for role in roles}
    assert len({light for light, _ in pairs}) == len(pairs)


def test_no_line_colour_is_a_fill_colour() -> None:
    # Heads of arrows are filled with the colour of their line: a clash would give them the dark of a card.
    assert not {colour_of(LIGHT, role) for role in LINE_ROLES} & {colour_of(LIGHT, role) for role in FILL_ROLES}


def test_every_dark_rule_is_bound_to_its_picture() -> None:
    for line in dark_rules("svg.mine").splitlines():
        selectors = line.partition("{")[0].split(",")
        assert all(selector.startswith("svg.mine") for selector in selectors), line


@given(st.floats(-1, 1))
def test_no_heat_cell_turns_dark(value: float) -> None:
    colour = heat_colour(value, 1.0)
    assert f'polygon[fill="{colour}"]' not in dark_rules("svg")


@pytest.mark.parametrize(
    ("value", "scale", "colour"),
    [
        (-1.30, 1.30, "#e38d47"),
        (0.0, 1.30, "#ffffff"),
        (1.0, 1.0, "#4b8ec3"),
        (0.30, 0.42, "#75a9d1"),
        (-1.04, 1.30, "#e8a065"),
        (5.0, 1.0, "#4b8ec3"),
        (float("inf"), 1.0, "#4b8ec3"),
        (float("-inf"), float("inf"), "#e38d47"),
        (0.0, 0.0, "#ffffff"),
        (-0.0, 0.0, "#ffffff"),
        (-1e-300, 0.0, "#e38d47"),
        (float("nan"), 1.0, "#d9dde1"),
    ],
)
def test_heat_colours_of_the_drafted_figure_and_of_the_edges(value: float, scale: float, colour: str) -> None:
    assert heat_colour(value, scale) == colour


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_is_never_paler(one: float, other: float) -> None:
    small, large = sorted((one, other))
    for sign in (1, -1):
        assert luminance(heat_colour(sign * small, 1.0)) >= luminance(heat_colour(sign * large, 1.0))


@given(st.floats(0, 1))
def test_heat_is_symmetric_about_zero(value: float) -> None:
    def share(colour: str, full: str) -> float:
        return (255 - int(colour[1:3], 16)) / (255 - int(full[1:3], 16))

    positive = share(heat_colour(value, 1.0), "#4b8ec3")
    negative = share(heat_colour(-value, 1.0), "#e38d47")
    assert positive == pytest.approx(negative, abs=0.5 / 28 + 0.5 / 180)


@pytest.mark.parametrize("scale", [-1.0, float("nan")])
def test_a_scale_below_zero_is_refused(scale: float) -> None:
    with pytest.raises(ValueError, match="scale of a heat table"):
        heat_colour(1.0, scale)
