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
from .parts import Part, next_part

_SVG = "{http://www.w3.org/2000/svg}"
_XLINK = "{http://www.w3.org/1999/xlink}"
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_NODE = re.compile(r"n_\d+")
_EDGE = re.compile(r"e_\d+_\d+")
# Graphviz sets base lines higher than where the letters of Helvetica stand in the middle of a row; in ems.
_LOWER = 0.13
_M = re.compile(r"M(-?[\d.]+),(-?[\d.]+)")


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
        classes ``box``, ``head``, ``v`` (value), ``g`` (gradient) and ``u`` (value after a step of gradient descent);
        groups of edges the class ``edge`` with the parts ``f`` (forward lane), ``b`` (backward lane) and ``p`` (pill).
    """
    svg = ET.fromstring(finish_svg(drawn, label=label))
    for element in svg.iter():
        element.tag = element.tag.removeprefix(_SVG)
        for name in [name for name in element.attrib if name.startswith(_XLINK)]:
            del element.attrib[name]  # tooltips; the titles of cards take their place
        if element.tag == "text":
            _lighten(element)
    for group in list(svg.iter("g")):
        id = group.get("id", "")
        if _NODE.fullmatch(id):
            node = trace.node(id)
            _mark_card(group, f"{node.name} = {node.formula}" if node.formula else node.name, many=bool(node.shape))
        elif _EDGE.fullmatch(id):
            _mark_edge(group)
        else:
            for title in group.findall("title"):
                group.remove(title)  # an id, which browsers would show as a tooltip
    return svg


def text_of(svg: ET.Element) -> str:
    """The SVG as text that can stand in a page and in a file."""
    svg.set("xmlns", _SVG[1:-1])
    return ET.tostring(svg, encoding="unicode")


def _lighten(text: ET.Element) -> None:
    """Leave to the style sheet what all texts share, and set the text into the middle of its row."""
    text.set("y", f"{float(text.get('y', '0')) + _LOWER * float(text.get('font-size', '0')):.1f}")
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
    outline = next((element for element in parts if element.tag == "path"), None)
    part: Part = "head"
    for element in parts:
        if element.tag == "text":
            part = next_part(part, element.get("fill", ""), LIGHT, many=many)
        _add_class(element, "box" if element is outline else part)
        group.append(element)


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
    _join_to_card(group)


def _join_to_card(group: ET.Element) -> None:
    """Lead the forward lane up to the card where the hollow arrow head will stand, for the time before it does."""
    start = next((_M.match(path.get("d", "")) for path in group.iter("path") if path.get("class") == "f"), None)
    head = next((part for part in group.iter("polygon") if part.get("class") == "b"), None)
    if start is None or head is None:
        return
    x, y = (float(part) for part in start.groups())
    (ax, ay), (bx, by), (cx, cy) = [tuple(map(float, point.split(","))) for point in head.get("points", "").split()[:3]]
    # The head points at the card with its second corner, and the lane runs beside its axis.
    x0, y0 = x + bx - (ax + cx) / 2, y + by - (ay + cy) / 2
    stub = {"class": "f s", "fill": "none", "stroke": LIGHT.forward_lane, "stroke-width": "1.15"}
    ET.SubElement(group, "path", {**stub, "d": f"M{x0:.2f},{y0:.2f}L{x:g},{y:g}"}).tail = "\n"


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
