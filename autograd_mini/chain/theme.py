"""The colours of the pictures: one palette for light pages, its counterpart for dark ones, and the heat colours.

The palette speaks in roles. Blue is the forward pass and orange the backward pass, a pair that stays apart for
colour-blind eyes; words and filled or hollow arrow heads say the same again. In a picture every text reads at 5.3:1 or
more on its ground and the two lanes stand out at 3.6:1 or more, in both modes (tests compute these ratios). Borders of
pills, clusters and heat tables only decorate, and keep softer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """Colours by role, each as ``#rrggbb``.

    Attributes
    ----------
    ground : str
        The page behind the picture.
    forward, backward, ink, muted : str
        Text: values, gradients, names and formulas, side notes.
    dead, explodes : str
        Text: flags of a gradient that is zero, and of one that is very large.
    cell_ink : str
        Numbers on the heat colours. It is the same in light and dark, as the heat colours are.
    forward_lane, backward_lane : str
        The two lanes of an edge.
    input_fill, input_border, parameter_fill, parameter_border, op_fill, op_border, cost_fill, cost_border : str
        Cards of the four kinds of values.
    pill_fill, pill_border : str
        The label of an edge.
    cluster_fill, cluster_border : str
        The box around the values of one module.
    cost_cluster_fill, cost_cluster_border : str
        The box around the values of the cost.
    legend_border : str
        The frame of the legend, which is filled like an operation.
    cell_border : str
        The frame of a heat table.

    Examples
    --------
    >>> LIGHT.forward
    '#0b5c94'
    """

    ground: str
    forward: str
    backward: str
    ink: str
    muted: str
    dead: str
    explodes: str
    cell_ink: str
    forward_lane: str
    backward_lane: str
    input_fill: str
    input_border: str
    parameter_fill: str
    parameter_border: str
    op_fill: str
    op_border: str
    cost_fill: str
    cost_border: str
    pill_fill: str
    pill_border: str
    cluster_fill: str
    cluster_border: str
    cost_cluster_fill: str
    cost_cluster_border: str
    legend_border: str
    cell_border: str


LIGHT = Palette(
    ground="#ffffff",
    forward="#0b5c94",
    backward="#a63c00",
    ink="#1b2733",
    muted="#51606f",
    dead="#a01212",
    explodes="#a01212",
    cell_ink="#0b1116",
    forward_lane="#2a7ab8",
    backward_lane="#c8550a",
    input_fill="#eef1f4",
    input_border="#7b8794",
    parameter_fill="#e2f3ea",
    parameter_border="#0b7a56",
    op_fill="#ffffff",
    op_border="#51606f",
    cost_fill="#efe6f8",
    cost_border="#6b3fa0",
    pill_fill="#fff4ea",
    pill_border="#e8b48c",
    cluster_fill="#f5f9fc",
    cluster_border="#9db8cc",
    cost_cluster_fill="#faf7fd",
    cost_cluster_border="#c3add9",
    legend_border="#c9d3dc",
    cell_border="#9aa7b3",
)

DARK = Palette(
    ground="#0d1117",
    forward="#7cc0ff",
    backward="#ffb37a",
    ink="#e6edf3",
    muted="#aab6c2",
    dead="#ff9f99",
    explodes="#ff9f99",
    cell_ink="#0b1116",
    forward_lane="#4a97d6",
    backward_lane="#e0702a",
    input_fill="#2a313a",
    input_border="#8b98a5",
    parameter_fill="#12352a",
    parameter_border="#3aa37e",
    op_fill="#1f2630",
    op_border="#8492a0",
    cost_fill="#33244a",
    cost_border="#a07fd0",
    pill_fill="#33210f",
    pill_border="#b9834f",
    cluster_fill="#161b22",
    cluster_border="#6d8ba3",
    cost_cluster_fill="#1b1722",
    cost_cluster_border="#7f6c9c",
    legend_border="#4d5965",
    cell_border="#6f7d8a",
)

TEXT_ROLES = ("forward", "backward", "ink", "muted", "dead", "explodes")
FILL_ROLES = (
    "input_fill",
    "parameter_fill",
    "op_fill",
    "cost_fill",
    "pill_fill",
    "cluster_fill",
    "cost_cluster_fill",
)
LINE_ROLES = (
    "forward_lane",
    "backward_lane",
    "input_border",
    "parameter_border",
    "op_border",
    "cost_border",
    "pill_border",
    "cluster_border",
    "cost_cluster_border",
    "legend_border",
    "cell_border",
)


def dark_rules(scope: str) -> str:
    """CSS that turns the light colours of a drawn SVG into the dark ones.

    The rules select by the colour attributes that the drawing program wrote, so the drawing itself stays as it is.
    Cells of heat tables and the numbers on them match no rule and keep their colours.

    Parameters
    ----------
    scope : str
        Selector of the ``svg`` element. A style sheet inside an SVG acts on the whole HTML page around it, so every
        rule is bound to this selector.

    Returns
    -------
    str
        One rule a line.

    Examples
    --------
    >>> print(dark_rules("svg.night").splitlines()[2])
    svg.night text[fill="#0b5c94"]{fill:#7cc0ff}
    """
    rules = [
        f"{scope}{{background:{DARK.ground}}}",
        f"{scope} text:not([fill]){{fill:{DARK.ink}}}",
        *(f'{scope} text[fill="{getattr(LIGHT, role)}"]{{fill:{getattr(DARK, role)}}}' for role in TEXT_ROLES),
    ]
    for role in FILL_ROLES:
        light = getattr(LIGHT, role)
        # White is also the heat colour of 0: only rounded boxes, which are drawn as paths, may turn dark.
        shapes = ("path",) if light == "#ffffff" else ("path", "polygon")
        selector = ",".join(f'{scope} {shape}[fill="{light}"]' for shape in shapes)
        rules.append(f"{selector}{{fill:{getattr(DARK, role)}}}")
    for role in LINE_ROLES:
        light, dark = getattr(LIGHT, role), getattr(DARK, role)
        rules.append(f'{scope} [stroke="{light}"]{{stroke:{dark}}}')
        # Arrow heads and the rules inside cards are filled with the colour of their line.
        rules.append(f'{scope} polygon[fill="{light}"]{{fill:{dark}}}')
    return "\n".join(rules)


_NEGATIVE = (0xE3, 0x8D, 0x47)
_POSITIVE = (0x4B, 0x8E, 0xC3)
# Below 1, so that small values leave white soon enough to be seen.
_EXPONENT = 0.8


def heat_colour(value: float, scale: float) -> str:
    """Colour of one number in a heat table: orange below 0, white at 0, blue above.

    Parameters
    ----------
    value : float
        The number. NaN gets a grey of its own.
    scale : float
        The largest magnitude of the table; from there on the colour is full. With ``scale=0`` every number that is
        not 0 has the full colour.

    Returns
    -------
    str
        ``#rrggbb``; a value and its negative are equally far from white.

    Raises
    ------
    ValueError
        If `scale` is negative or NaN.

    Examples
    --------
    >>> heat_colour(-2.0, 2.0), heat_colour(0.0, 2.0), heat_colour(2.0, 2.0)
    ('#e38d47', '#ffffff', '#4b8ec3')
    """
    if not scale >= 0:
        raise ValueError(f"the scale of a heat table must be 0 or more, got {scale!r}: pass the largest |value|")
    if math.isnan(value):
        return "#d9dde1"
    magnitude = abs(value)
    share = (magnitude / scale) ** _EXPONENT if magnitude < scale else float(magnitude > 0)
    full = _NEGATIVE if value < 0 else _POSITIVE
    return "#" + "".join(f"{round(255 - share * (255 - channel)):02x}" for channel in full)
