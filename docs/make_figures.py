"""Redraws the figures of the documentation into ``docs/figures``.

The graphs are those of ``gallery.md``: the code under each picture draws it, as SVG and as PNG. The plots are those of
the examples. Run it by ``make figures``.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import re
import runpy
import tempfile
from pathlib import Path
from typing import Any

import autograd_mini as am

GALLERY = Path(__file__).with_name("gallery.md")
FOLDER = Path(__file__).parent / "figures"
EXAMPLES = Path(__file__).parents[1] / "examples"
PLOTS = {"gates": "lines", "xor": "surfaces", "cost": "curves", "descent": "rates", "ring": "surfaces"}
"""Examples, and the plot of each that the documentation shows."""

_BLOCK = re.compile(r"(?:!\[[^\]]*\]\(figures/(\w+)\.svg\)\s+)?```python\n(.*?)```", re.DOTALL)
_WIDEST = 2000
_COLOURS = 128


def snippets() -> dict[str, str]:
    """The code under each picture of the gallery, by the picture's name; under "" that of the imports."""
    return dict(_BLOCK.findall(GALLERY.read_text(encoding="utf-8")))


def figure(name: str) -> am.Drawing:
    """One picture of the gallery, drawn by its code."""
    code = snippets()
    names: dict[str, Any] = {}
    exec(compile(f"{code['']}\n{code[name]}", f"gallery.md: {name}", "exec"), names)
    drawing: am.Drawing = names["picture"]
    return drawing


FIGURES = tuple(name for name in snippets() if name)


def fingerprint(drawing: am.Drawing) -> str:
    """What a PNG keeps of the picture that it was drawn from: DOT text is the same on every machine, pixels are not."""
    return hashlib.sha256(drawing.source.encode("utf-8")).hexdigest()


def drawn_from(path: Path) -> str:
    """The fingerprint in a PNG."""
    from PIL import Image

    with Image.open(path) as image:
        return str(image.info.get("Source", ""))


def small_png(drawing: am.Drawing) -> bytes:
    """A PNG for slides: of no more pixels than these need, and no more colours than the palette has."""
    from PIL import Image, PngImagePlugin

    image = Image.open(io.BytesIO(drawing.png(144)))
    if image.width > _WIDEST:
        image = Image.open(io.BytesIO(drawing.png(144 * _WIDEST / image.width)))
    file, notes = io.BytesIO(), PngImagePlugin.PngInfo()
    notes.add_text("Source", fingerprint(drawing))
    image.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(file, "PNG", optimize=True, pnginfo=notes)
    return file.getvalue()


def plotted(example: str) -> bytes:
    """The plot of an example that the documentation shows."""
    with tempfile.TemporaryDirectory() as out, contextlib.redirect_stdout(None):
        runpy.run_path(str(EXAMPLES / f"{example}.py"))["main"](Path(out))
        return (Path(out) / f"{PLOTS[example]}.png").read_bytes()


def main() -> None:
    """Draw them all."""
    with contextlib.suppress(FileNotFoundError):
        am.set_renderer("pure")  # it draws the same on every machine
    FOLDER.mkdir(exist_ok=True)
    for name in FIGURES:
        drawing = figure(name)
        print(drawing.save(FOLDER / f"{name}.svg"))
        (FOLDER / f"{name}.png").write_bytes(small_png(drawing))
    for example in PLOTS:
        (FOLDER / f"{example}.png").write_bytes(plotted(example))
        print(FOLDER / f"{example}.png")


if __name__ == "__main__":
    main()
