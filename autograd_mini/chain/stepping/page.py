"""The page that steps through a pass: one HTML file with the graph, the steps as data, the styles and the script."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from importlib import resources
from string import Template
from typing import Any
from xml.etree import ElementTree as ET

from ..events import Trace
from ..render import Theme
from ..theme import DARK, LIGHT, Palette, dark_rules
from ..words import Language
from .fonts import MONO, SANS, font_faces
from .frames import Frame, count_drawn
from .layers import LayerStep
from .marking import text_of
from .sentences import Sentences

_SCHEMES: Mapping[Theme, str] = {"auto": "light dark", "light": "light", "dark": "dark"}
_NIGHT: Mapping[Theme, str] = {
    "auto": "@media screen and (prefers-color-scheme: dark)",
    "dark": "@media screen",
}
# Between "<" and a letter or "!" a page could end a script; U+2028 and U+2029 end lines of a script.
_IN_SCRIPT = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}
_LETTERS = "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+"
_RIGHT_TO_LEFT = re.compile(rf"{_LETTERS}(?: +{_LETTERS})*")


def page(
    trace: Trace,
    svg: ET.Element,
    frames: Sequence[Frame],
    layers: Sequence[LayerStep],
    sentences: Sentences,
    *,
    lang: Language,
    theme: Theme,
) -> str:
    """The page as HTML.

    Parameters
    ----------
    trace : Trace
        The pass.
    svg : xml.etree.ElementTree.Element
        Its marked drawing.
    frames : sequence of Frame
        The steps.
    layers : sequence of LayerStep
        The steps by layer; empty for none.
    sentences : Sentences
        What to say.
    lang : {"en", "es"}
        The language.
    theme : {"auto", "light", "dark"}
        The colours; ``"auto"`` follows the reader's system. Paper is always light.
    """
    words = {
        name: text.format(root=trace.root.name, n=count_drawn(trace)) if name in ("title", "graph", "hint") else text
        for name, text in sentences.phrases.page.items()
    }
    svg.set("class", "graph")
    svg.set("role", "group")
    svg.set("aria-label", words["graph"])
    style = _style(theme)
    script = f"\n{_file('page.js')}"
    policy = (
        f"default-src 'none'; font-src data:; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    fields = {name: escape(in_order(text)) for name, text in words.items()}
    return Template(_file("page.html")).substitute(
        fields,
        lang=lang,
        policy=policy,
        scheme=_SCHEMES[theme],
        style=style,
        script=script,
        count=len(frames),
        graph=text_of(svg),
        rows="\n".join(_row(frame, sentences) for frame in frames),
        data=_json(_data(trace, svg, frames, layers, sentences)),
    )


def _data(
    trace: Trace, svg: ET.Element, frames: Sequence[Frame], layers: Sequence[LayerStep], sentences: Sentences
) -> dict[str, Any]:
    drawn = {group.get("id") for group in svg.iter("g")}
    return {
        "steps": [
            {
                "phase": frame.phase,
                "node": frame.node,
                "edges": frame.edges,
                "formula": frame.formula,
                "text": frame.text,
                "completes": frame.completes,
            }
            for frame in frames
        ],
        "layers": [
            {
                "phase": layer.phase,
                "formula": layer.formula,
                "text": layer.text,
                "frames": [number - 1 for number in layer.frames],
            }
            for layer in layers
        ],
        "edges": {edge.id: (edge.operand, edge.result) for edge in trace.edges if edge.requires_grad},
        "cards": {node.id: sentences.card(node) for node in trace.nodes if node.id in drawn},
        "phases": sentences.phrases.phases,
        "words": {name: sentences.phrases.page[name] for name in ("position", "play", "pause")},
    }


def _json(data: Any) -> str:
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return in_order(text).translate(_IN_SCRIPT)


def in_order(text: str) -> str:
    r"""A text whose names in Hebrew or Arabic letters end with a mark, so that the formula after them stays in order.

    Examples
    --------
    >>> ascii(in_order("\u05d0 = 2"))
    "'\\u05d0\\u200e = 2'"
    """
    return _RIGHT_TO_LEFT.sub("\\g<0>\u200e", text)


def _row(frame: Frame, sentences: Sentences) -> str:
    phase = escape(sentences.phrases.phases[frame.phase])
    return (
        f'<tr><th scope="row"><a href="#{frame.number}">{frame.number}</a></th><td class="name">{phase}</td>'
        f"<td>{escape(in_order(frame.formula))}</td><td>{escape(in_order(frame.text))}</td></tr>"
    )


def _style(theme: Theme) -> str:
    rules = [font_faces(), f":root {{\n  --sans: {SANS};\n  --mono: {MONO};\n}}", _colours(LIGHT), _file("page.css")]
    if theme in _NIGHT:
        rules.append(f"{_NIGHT[theme]} {{\n{_colours(DARK)}{dark_rules('svg.graph')}\n}}")
    return "\n" + "\n".join(rules)


def _colours(palette: Palette) -> str:
    """The colours of a page as variables of its style sheet."""
    names = {
        "ground": palette.ground,
        "ink": palette.ink,
        "muted": palette.muted,
        "panel": palette.cluster_fill,
        "line": palette.legend_border,
        "forward": palette.forward,
        "backward": palette.backward,
        "forward-lane": palette.forward_lane,
        "backward-lane": palette.backward_lane,
        "pill": palette.pill_fill,
        "parameter": palette.parameter_fill,
        "parameter-line": palette.parameter_border,
    }
    return ":root {\n" + "".join(f"  --{name}: {colour};\n" for name, colour in names.items()) + "}\n"


def _hash(content: str) -> str:
    """What the page's policy knows an inline style or script by."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode('utf-8')).digest()).decode('ascii')}'"


@cache
def _file(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8").replace("\r\n", "\n")
