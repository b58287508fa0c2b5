"""Marking the parts of a drawn SVG, so that a style sheet can show them one after the other.

Graphviz draws each card and each edge as one group. Their parts come in a fixed order and in known colours, which
tell what they are: the value of a card, its gradient, the two lanes of an edge, its pill. Each part gets a class.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from ..events import Trace
from ..render import finish_svg
from ..theme import LIGHT

_SVG = "{http://www.w3.org/2000/svg}"
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_NODE = re.compile(r"n_\d+")
_EDGE = re.compile(r"e_\d+_\d+")


def marked_svg(drawn: str, trace: Trace, label: str) -> ET.Element:
    """A drawn SVG with its parts marked.

    Parameters
    ----------
    drawn : str
        The SVG as `render` gives it, in the light colours.
    trace : Trace
        The pass that it shows.
    label : str
        What it shows, for screen readers.

    Returns
    -------
    xml.etree.ElementTree.Element
        The ``svg`` element, without namespaces. Groups of cards have the class ``card`` and in it parts with the
        classes ``box``, ``head``, ``v`` (value) and ``g`` (gradient); groups of edges the class ``edge`` with the
        parts ``f`` (forward lane), ``b`` (backward lane) and ``p`` (pill).
    """
    svg = ET.fromstring(finish_svg(drawn, label=label))
    for element in svg.iter():
        element.tag = element.tag.removeprefix(_SVG)
        if element.tag == "text":
            _lighten(element)
    for group in list(svg.iter("g")):
        id = group.get("id", "")
        if _NODE.fullmatch(id):
            node = trace.node(id)
            title = f"{node.name} = {node.formula}" if node.formula else node.name
            _mark_card(group, title, many=bool(node.shape))
        elif _EDGE.fullmatch(id):
            _mark_edge(group)
        elif (title := group.find("title")) is not None:
            group.remove(title)  # an id, which browsers would show as a tooltip
    return svg


def text_of(svg: ET.Element) -> str:
    """The SVG as text that can stand in a page and in a file."""
    svg.set("xmlns", _SVG[1:-1])
    return ET.tostring(svg, encoding="unicode")


def _lighten(text: ET.Element) -> None:
    """Leave to the style sheet what all texts share."""
    text.attrib.pop(_XML_SPACE, None)
    if text.get("text-anchor") == "start":
        del text.attrib["text-anchor"]
    if text.attrib.pop("font-family", "").startswith("Courier"):
        text.set("class", "mono")


def _mark_card(group: ET.Element, title: str, *, many: bool) -> None:
    parts = list(_drawn(group))
    for child in list(group):
        group.remove(child)
    ET.SubElement(group, "title").text = title
    group.set("class", "card")
    part = "box"
    for element in parts:
        part = _next_part(part, element, many)
        _add_class(element, part)
        group.append(element)


def _next_part(part: str, element: ET.Element, many: bool) -> str:
    """The part that an element of a card belongs to, after `part`.

    The outline comes first, then the header with its rule, then the value and the gradient, each from its first text
    in its colour on. Above the gradient of a number there may be its sum, in the colour of side notes.
    """
    if element.tag == "path" and part == "box":
        return "box"
    if element.tag == "text":
        fill = element.get("fill", "")
        if fill == LIGHT.forward and part in ("box", "head"):
            return "v"
        if fill == LIGHT.backward or (fill == LIGHT.muted and part == "v" and not many):
            return "g"
    return "head" if part == "box" else part


def _mark_edge(group: ET.Element) -> None:
    parts = list(_drawn(group))
    for child in list(group):
        group.remove(child)
    group.set("class", "edge")
    lanes = {LIGHT.forward_lane: "f", LIGHT.backward_lane: "b"}
    for element in parts:
        lane = "" if element.tag == "text" else lanes.get(element.get("stroke", ""), "")
        _add_class(element, lane or "p")
        if lane and element.tag == "path":
            element.set("pathLength", "1")
        group.append(element)


def _drawn(group: ET.Element) -> Iterator[ET.Element]:
    """What is drawn in a group, without titles, links and blank texts."""
    for element in group:
        if element.tag in ("g", "a"):
            yield from _drawn(element)
        elif element.tag != "title" and not (element.tag == "text" and not (element.text or "").strip()):
            element.tail = "\n"
            yield element


def _add_class(element: ET.Element, name: str) -> None:
    element.set("class", f"{name} {element.get('class', '')}".strip())
