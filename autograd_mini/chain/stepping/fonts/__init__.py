"""The fonts that pages and moving pictures bring with them, so that every text fits its card on every system."""

from __future__ import annotations

import base64
from functools import cache
from importlib import resources

SANS = '"Autograd Sans", Helvetica, Arial, "Liberation Sans", sans-serif'
"""The family of texts: the letters of mathematics, in the widths of Helvetica, with which layouts are measured."""

MONO = '"Autograd Mono", Courier, "Courier New", "Liberation Mono", monospace'
"""The family of numbers on cards."""

_FACES = (
    ("Autograd Sans", "normal 400", "sans.woff2"),
    ("Autograd Sans", "italic 400", "sans-italic.woff2"),
    ("Autograd Sans", "normal 700", "sans-bold.woff2"),
    ("Autograd Mono", "normal 400", "mono.woff2"),
    ("Autograd Mono", "normal 700", "mono-bold.woff2"),
)


@cache
def font_faces() -> str:
    """The fonts as rules of a style sheet."""
    return "\n".join(
        f'@font-face {{ font-family: "{family}"; font-style: {look.split()[0]}; font-weight: {look.split()[1]}; '
        f'font-display: block; src: url("data:font/woff2;base64,{_encoded(file)}") format("woff2"); }}'
        for family, look, file in _FACES
    )


def _encoded(file: str) -> str:
    return base64.b64encode(resources.files(__package__).joinpath(file).read_bytes()).decode("ascii")
