"""The steps as one animated SVG: no script, only style rules, so that it also plays where a page shows an image."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from xml.etree import ElementTree as ET

from ..render import Theme
from ..theme import LIGHT, dark_rules
from .fonts import MONO, SANS, font_faces
from .marking import text_of
from .scenes import Scene

_FADE = 0.25
_WAITING = {"card": 0.4, "f": 0.22}
_FORMULA, _TEXT = 14, 12
_LETTER = 0.62
_LEAST_WIDTH = 420.0
_MARGIN = 14.4


def animated_svg(svg: ET.Element, shown: Sequence[Scene], theme: Theme, seconds: float, label: str) -> str:
    """A marked SVG that shows scene after scene, again and again.

    Parameters
    ----------
    svg : xml.etree.ElementTree.Element
        From `marked_svg`; it is left as it is.
    shown : sequence of Scene
        The scenes.
    theme : {"auto", "light", "dark"}
        The colours.
    seconds : float
        How long each scene stays; the last one stays three times as long.
    label : str
        What it shows, for screen readers.

    Returns
    -------
    str
        The SVG. Where less motion is asked for it shows the last scene.
    """
    svg = deepcopy(svg)
    unique = "a" + hashlib.sha256(ET.tostring(svg)).hexdigest()[:8]
    svg.attrib.update({"class": f"autograd-steps {unique}", "role": "img", "aria-label": label})
    clock = _Clock(len(shown), seconds, unique)
    groups = {group.get("id", ""): group for group in svg.iter("g")}
    for id, when in _first(shown, "values").items():
        _wait(groups.get(id), {"v": ("h", when), "": ("k", when)}, clock)
    for id, when in _first(shown, "gradients").items():
        _wait(groups.get(id), {"g": ("h", when)}, clock)
    for id, when in _first(shown, "updated").items():
        _wait(groups.get(id), {"u": ("h", when)}, clock)
    for id, when in _first(shown, "ahead").items():
        _wait(groups.get(id), {"f": ("l", when)}, clock)
    for id, when in _first(shown, "back").items():
        _wait(groups.get(id), {"b": ("h", when), "p": ("h", when)}, clock)
    for i, scene in enumerate(shown):
        _highlight(groups, scene, clock.only(i))
    _add_captions(svg, shown, clock)
    style = ET.Element("style")
    style.text = "\n" + "\n".join([*_base_rules(unique, theme), *clock.rules()]) + "\n"
    svg.insert(0, style)
    return text_of(svg) + "\n"


class _Clock:
    """When each scene begins, and the rules of style that have been asked for."""

    def __init__(self, count: int, seconds: float, unique: str) -> None:
        self.count, self.unique = count, unique
        self.total = seconds * (count + 2)
        self.starts = [seconds * i for i in range(count)] + [self.total]
        self._used: dict[str, str] = {}

    def since(self, family: str, i: int) -> str:
        """The class of what shows from scene `i` on: hidden before (``h``), or a pale card (``k``) or lane (``l``)."""
        name = f"{family}{i}"
        if i > 0:
            before = {"h": 0, "k": _WAITING["card"], "l": _WAITING["f"]}[family]
            start, full = self._percent(self.starts[i]), self._percent(self.starts[i] + _FADE)
            self._used[name] = f"0%,{start}{{opacity:{before:g}}}{full},100%{{opacity:1}}"
        return name

    def only(self, i: int) -> str:
        """The class of what shows in scene `i` alone; after the last one nothing comes."""
        name = f"o{i}"
        start, end = self._percent(self.starts[i]), self._percent(self.starts[i + 1])
        before = "0%{opacity:0}" if i else ""
        after = "" if i == self.count - 1 else f"{end},100%{{opacity:0}}"
        self._used[name] = f"{before}{start}{{opacity:1}}{after or '100%{opacity:1}'}"
        return f"o {name}"

    def _percent(self, time: float) -> str:
        return f"{min(100 * time / self.total, 100):.3f}".rstrip("0").rstrip(".") + "%"

    def rules(self) -> Iterator[str]:
        scope, time = f"svg.{self.unique}", f"{self.total:g}s"
        for name, frames in self._used.items():
            timing = "step-end" if name.startswith("o") else "linear"
            yield f"@keyframes {self.unique}{name}{{{frames}}}"
            yield f"{scope} .{name}{{animation:{self.unique}{name} {time} {timing} infinite}}"
        yield f"{scope} .o{self.count - 1}{{opacity:1}}"
        yield f"@media (prefers-reduced-motion:reduce){{{scope} *{{animation:none!important}}}}"


def _first(shown: Sequence[Scene], part: str) -> Mapping[str, int]:
    """For each id the scene in which it joins a set."""
    first: dict[str, int] = {}
    for i, scene in enumerate(shown):
        for id in getattr(scene, part):
            first.setdefault(id, i)
    return first


def _wait(group: ET.Element | None, parts: Mapping[str, tuple[str, int]], clock: _Clock) -> None:
    """Give the parts of a group, and under "" the group itself, the class of the scene in which they come."""
    if group is None:
        return
    for element in [group, *group]:
        kind = "" if element is group else element.get("class", "").split(" ")[0]
        if kind in parts:
            element.set("class", f"{element.get('class', '')} {clock.since(*parts[kind])}".strip())


def _highlight(groups: Mapping[str, ET.Element], scene: Scene, name: str) -> None:
    """Frames around the cards and strokes along the lanes that a scene is about."""
    for frame in scene.now:
        colour = {"forward": LIGHT.forward_lane, "update": LIGHT.parameter_border}.get(frame.phase, LIGHT.backward_lane)
        lane = "f" if frame.phase == "forward" else "b"
        for id, kind in [(frame.node, "box"), *((edge, lane) for edge in frame.edges)]:
            for path in groups[id].findall("path") if id in groups else ():
                if path.get("class", "").split(" ")[0] == kind and "s" not in path.get("class", "").split(" "):
                    copy = {"class": name, "fill": "none", "stroke": colour, "stroke-width": "3"}
                    ET.SubElement(groups[id], "path", {**copy, "d": path.get("d", "")}).tail = "\n"


def _add_captions(svg: ET.Element, shown: Sequence[Scene], clock: _Clock) -> None:
    """What is said, above the graph; the picture grows by the room for it."""
    left, top, width, height = (float(part) for part in svg.get("viewBox", "").split())
    wide = max(width, _LEAST_WIDTH)
    room = wide - 2 * _MARGIN
    widths = int((room - 60) / (_FORMULA * _LETTER)), int(room / (_TEXT * _LETTER))
    captions = [scene.caption(widths) for scene in shown]
    formulas, texts = max(len(c[0]) for c in captions), max(len(c[1]) for c in captions)
    band = 1.4 * (_FORMULA * formulas + _TEXT * texts) + 16
    svg.set("viewBox", f"{left - (wide - width) / 2:g} {top - band:g} {wide:g} {height + band:g}")
    svg.set("width", f"{wide:g}pt")
    svg.set("height", f"{height + band:g}pt")
    x, right = left - (wide - width) / 2 + _MARGIN, left + (wide + width) / 2 - _MARGIN
    for i, (scene, (formula, text)) in enumerate(zip(shown, captions, strict=True)):
        group = ET.SubElement(svg, "g", {"class": clock.only(i)})
        group.tail = "\n"
        colour = {"forward": LIGHT.forward, "update": LIGHT.ink}.get(scene.phase, LIGHT.backward)
        y = top - band + 8
        for line in formula:
            y += 1.4 * _FORMULA
            _text(group, line, x, y, _FORMULA, colour).set("font-weight", "bold")
        for line in text:
            y += 1.4 * _TEXT
            _text(group, line, x, y, _TEXT, LIGHT.ink)
        count = _text(group, f"{i + 1} / {len(shown)}", right, top - band + 8 + 1.4 * _FORMULA, 11, LIGHT.muted)
        count.set("text-anchor", "end")


def _text(group: ET.Element, content: str, x: float, y: float, size: int, fill: str) -> ET.Element:
    attributes = {"x": f"{x:.2f}", "y": f"{y:.2f}", "font-size": str(size), "fill": fill}
    text = ET.SubElement(group, "text", attributes)
    text.text = content
    return text


def _base_rules(unique: str, theme: Theme) -> Iterator[str]:
    scope = f"svg.{unique}"
    yield font_faces()
    yield f"{scope} text{{font-family:{SANS};white-space:pre}}"
    yield f"{scope} text.mono{{font-family:{MONO}}}"
    yield f"{scope} .o{{opacity:0}}"
    if theme != "light":
        rules = dark_rules(scope)
        yield rules if theme == "dark" else f"@media (prefers-color-scheme:dark){{\n{rules}\n}}"
