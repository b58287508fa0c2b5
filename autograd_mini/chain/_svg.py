"""Text on its way into DOT, and SVG on its way out to pages: cleaning, escaping, fonts, names and the dark mode."""

from __future__ import annotations

import re
import reprlib
from typing import Any, Literal
from xml.parsers import expat

from .theme import dark_rules

Theme = Literal["light", "dark", "auto"]

# What XML 1.0 leaves out of its characters.
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_SPACES = "\t\n\v\f\r\x85\u2028\u2029"
# Controls, lone surrogates, and the marks that turn the reading direction of all text after them.
_REPLACED = [*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_CLEAN = dict.fromkeys([*_REPLACED, *range(0xFDD0, 0xFDF0), 0xFFFE, 0xFFFF], "\ufffd") | {ord(c): " " for c in _SPACES}

_REFERENCES = str.maketrans({
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
    "`": "&#96;",
    "{": "&#123;",
    "}": "&#125;",
})  # fmt: skip
# Graphviz reads \N, \G and \L as names of things also inside HTML-like labels; a doubled backslash is a plain one.
_FOR_LABEL = _REFERENCES | str.maketrans({"\\": "\\\\", "\n": "<BR/>"})
# Tooltips of nodes, edges and clusters are read for backslashes twice.
_FOR_TOOLTIP = _REFERENCES | str.maketrans({"\\": "\\\\\\\\", "\n": "&#10;"})

_FONTS = {"Helvetica": "Helvetica,Arial,'Liberation Sans',sans-serif", "Courier": "Courier,'Liberation Mono',monospace"}
_FONT = re.compile(r'(<text\b[^>]*\bfont-family=")(Helvetica|Courier)[^"]*"')
_BEFORE_SVG = re.compile(r"\A.*?(?=<svg\b)", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)


def clean_text(text: str, limit: int) -> str:
    """Make text from users fit to be shown: printable, on one line, and short.

    Parameters
    ----------
    text : str
        Anything, control characters and lone surrogates included.
    limit : int
        The most characters to keep, at least 1.

    Returns
    -------
    str
        Line ends and tabs become spaces; other control characters, lone surrogates and marks that override the
        reading direction become U+FFFD; text beyond `limit` ends in an ellipsis, which counts.

    Raises
    ------
    ValueError
        If `limit` is below 1.

    Examples
    --------
    >>> clean_text("hidden layer, first weight", 13)
    'hidden layer…'
    """
    if limit < 1:
        raise ValueError(f"the limit must be at least 1, got {limit}")
    short = text if len(text) <= limit else text[: limit - 1] + "…"
    return short.translate(_CLEAN)


_QUOTES = reprlib.Repr()
_QUOTES.maxstring = _QUOTES.maxother = _QUOTES.maxlong = 60


def quoted(thing: Any) -> str:
    """What an error message shows of something that was passed: its ``repr``, in short, even if it has none.

    Examples
    --------
    >>> quoted("blue"), quoted((1, 2))
    ("'blue'", '(1, 2)')
    """
    return clean_text(_QUOTES.repr(thing), 200)


def escape(text: str) -> str:
    """Escape text for an HTML-like label of DOT, where it then shows exactly as it is.

    Parameters
    ----------
    text : str
        Plain text; a line end becomes ``<BR/>``. Pass text from users through `clean_text` first.

    Returns
    -------
    str
        The text with references for ``& < > " ' ` { }`` and doubled backslashes.

    Examples
    --------
    >>> escape("a<b")
    'a&lt;b'
    """
    return text.translate(_FOR_LABEL)


def escape_tooltip(text: str) -> str:
    r"""Escape text for the tooltip of a node, an edge or a cluster; the quotes around it are not added.

    For a ``TOOLTIP`` inside an HTML-like label use `escape`.

    Parameters
    ----------
    text : str
        Plain text. Pass text from users through `clean_text` first.

    Returns
    -------
    str
        The text with references for ``& < > " ' ` { }`` and line ends, and four backslashes for each.

    Examples
    --------
    >>> escape_tooltip("say 'x'")
    'say &#39;x&#39;'
    """
    return text.translate(_FOR_TOOLTIP)


def svg_attributes(data: bytes) -> dict[str, str]:
    """Attributes of the ``svg`` element; ValueError unless `data` is one whole, well-formed SVG document."""
    found: list[dict[str, str]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if not found and name != "svg":
            raise ValueError(f"its first element is <{name}>, not <svg>")
        found.append(attributes)
        parser.StartElementHandler = None

    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = start
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise ValueError(f"it is not well-formed XML: {error}") from error
    return found[0]


def finish_svg(svg: str, *, theme: Theme = "light", label: str | None = None) -> str:
    """Make a drawn SVG ready for pages and files.

    Drops the XML declaration, the document type and all comments (the version of the program stands there), so that
    the SVG can stand inside HTML and the same drawing gives the same text; widens the font families to fonts of equal
    widths on other systems; names the picture for screen readers; and adds the dark colours.

    Parameters
    ----------
    svg : str
        As `render` gives it, decoded.
    theme : {"light", "dark", "auto"}, default "light"
        ``"auto"`` follows the reader's system (``prefers-color-scheme``); ``"dark"`` is always dark. Both bring their
        own dark ground, so that text outside the cards is readable whatever the page.
    label : str, optional
        What the picture shows, in a sentence.

    Returns
    -------
    str
        The SVG element, ending in a line end.

    Raises
    ------
    ValueError
        If there is no ``svg`` element or `theme` is another word.

    Examples
    --------
    >>> print(finish_svg('<?xml version="1.0"?><svg width="8pt"></svg>', label="A neuron"))
    <svg role="img" aria-label="A neuron" width="8pt"></svg>
    """
    if theme not in ("light", "dark", "auto"):
        raise ValueError(f'theme is "light", "dark" or "auto", got {quoted(theme)}')
    svg = _COMMENT.sub("", svg.replace("\r\n", "\n"))
    svg, found = _BEFORE_SVG.subn("", svg, count=1)
    if not found:
        raise ValueError(f"this is no SVG: {svg[:60]!r}")
    svg = _FONT.sub(lambda font: f'{font[1]}{_FONTS[font[2]]}"', svg)
    attributes = 'role="img"'
    if label is not None:
        attributes += f' aria-label="{clean_text(label, 1000).translate(_REFERENCES)}"'
    style = ""
    if theme != "light":
        attributes += f' class="autograd-{theme}"'
        rules = dark_rules(f"svg.autograd-{theme}")
        style = rules if theme == "dark" else f"@media (prefers-color-scheme:dark){{\n{rules}\n}}"
        style = f"\n<style>\n{style}\n</style>"
    head, bracket, rest = svg.partition(">")
    return f"<svg {attributes}{head.removeprefix('<svg')}{bracket}{style}{rest.rstrip()}\n"
