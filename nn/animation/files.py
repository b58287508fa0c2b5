"""Frames as a file: an animated GIF, or a page with a slider that loads nothing."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
import secrets
import unicodedata
from collections.abc import Sequence
from html import escape
from importlib.resources import files
from pathlib import Path

import numpy as np
from PIL import Image

from ..data import Array
from ..plotting import GRID, INK, MUTED
from .picture import CLASSES, rgb

_LAST_FRAME_SECONDS = 2.5
_NEARLY_WHITE = 246
_UNSHOWN = {"Cc", "Cs", "Cf", "Cn"}

ALT = "The plane as the model sees it with the data, the cost, and the size of the gradients"
"""What every frame shows, for who does not see it."""


def gif(frames: Sequence[Array], seconds: float) -> bytes:
    """An animated GIF that begins again; the last frame stays longer.

    Parameters
    ----------
    frames : sequence of array, shape (height, width, 3)
        The pictures, from 0 to 255.
    seconds : float
        How long each stays.
    """
    pictures = _with_few_colours(frames)
    durations = [round(1000 * seconds)] * (len(pictures) - 1) + [round(1000 * max(seconds, _LAST_FRAME_SECONDS))]
    file = io.BytesIO()
    pictures[0].save(file, "GIF", save_all=True, append_images=pictures[1:], duration=durations, loop=0, optimize=False)
    return file.getvalue()


def page(frames: Sequence[Array], told: Sequence[str], title: str, seconds: float) -> str:
    """A page with a slider and a play button, which loads nothing.

    Parameters
    ----------
    frames : sequence of array, shape (height, width, 3)
        The pictures, from 0 to 255.
    told : sequence of str
        What each shows, in words.
    title : str
        What it shows; the page's title.
    seconds : float
        How long each stays while it plays.
    """
    uris = [
        f"data:image/png;base64,{base64.b64encode(_png(picture)).decode()}" for picture in _with_few_colours(frames)
    ]
    height, width, _ = frames[0].shape
    data = json.dumps({"frames": uris, "told": list(told), "milliseconds": round(1000 * seconds)})
    texts = {
        "title": escape(title or "training, epoch by epoch"),
        "alt": escape(f"{ALT}. {told[-1]}"),
        "data": data.replace("<", "\\u003c"),
        "last": uris[-1],
        "count": str(len(uris) - 1),
        "width": str(width),
        "height": str(height),
        "policy": "@policy@",
    }
    text = files(__package__).joinpath("page.html").read_text(encoding="utf-8").replace("\r\n", "\n")
    filled = re.sub("@([a-z]+)@", lambda found: texts[found[1]], text)
    style, script = (re.findall(f"<{tag}>(.*?)</{tag}>", filled, re.DOTALL)[-1] for tag in ("style", "script"))
    policy = (
        f"default-src 'none'; img-src data:; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    return filled.replace("@policy@", policy, 1)


def plain(text: str) -> str:
    r"""A text without what no file or page can show: control characters, halves of pairs, marks that turn the writing.

    Examples
    --------
    >>> plain("a\x00b\u202ec\nd")
    'abc d'
    """
    return "".join(letter for letter in " ".join(text.split()) if unicodedata.category(letter) not in _UNSHOWN)


def _hash(content: str) -> str:
    """What the page's policy knows an inline style or script by."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode('utf-8')).digest()).decode('ascii')}'"


def _with_few_colours(frames: Sequence[Array]) -> list[Image.Image]:
    """The pictures in the same 256 colours: ours, and those of a few frames from beginning to end, side by side."""
    chosen = sorted({0, len(frames) // 3, 2 * len(frames) // 3, len(frames) - 1})
    sample = Image.fromarray(np.concatenate([frames[i] for i in chosen]))
    # Small things, such as the points, would lose their colour to large ones.
    ours = np.array([255 * rgb(colour) for colour in ("#ffffff", INK, MUTED, GRID, *CLASSES)]).round().astype(int)
    palette = sample.quantize(256 - len(ours), method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    found = np.array(palette.getpalette()).reshape(-1, 3)[: 256 - len(ours)]
    found[found.min(axis=1) > _NEARLY_WHITE] = 255
    palette.putpalette([*ours.ravel().tolist(), *found.ravel().tolist()])
    return [Image.fromarray(frame).quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]


def _png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=9)
    return file.getvalue()


def save(data: bytes | str, path: Path) -> None:
    """Write a file whole or not at all."""
    temporary = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        temporary.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
