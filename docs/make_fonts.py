"""Cut the fonts of the step-through page out of the Liberation fonts: ``python docs/make_fonts.py FOLDER``.

The folder holds LiberationSans-Regular.ttf and its kin, version 2 (Debian: fonts-liberation2). It needs fontTools and
brotli. Layouts are made with the widths of Helvetica and Courier, which the Liberation fonts have for Latin, and with
those of `autograd_mini.chain._widths` for Greek letters and small digits. The page brings the letters that it shows, so
that every text fits its card on every system.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from autograd_mini.chain._widths import text_width

FONTS = Path(__file__).parent.parent / "autograd_mini" / "chain" / "stepping" / "fonts"
SIGNS = "∂·×−±÷=√≈≠≤≥∞Σ∏Π…–—‖→←↑↓►◄′°º₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᵀ"
ACCENTED = "áéíóúüñÁÉÍÓÚÜÑ¿¡äöÄÖßàèìòùâêîôûçÀÈÇ«»“”‘’"
GREEK = "αβγδεζηθικλμνξοπρσςτυφχψωΓΔΘΛΞΠΣΦΨΩ"
ASCII = "".join(map(chr, range(32, 127)))
# Only numbers are set in the typewriter face.
NUMBERS = "0123456789.,+-−–…eEnaif∞ ()[]:×j"
FACES = {
    "sans": ("LiberationSans-Regular.ttf", ASCII + SIGNS + ACCENTED + GREEK),
    "sans-italic": ("LiberationSans-Italic.ttf", ASCII + SIGNS + ACCENTED + GREEK),
    "sans-bold": ("LiberationSans-Bold.ttf", ASCII + SIGNS + ACCENTED + GREEK),
    "mono": ("LiberationMono-Regular.ttf", NUMBERS),
    "mono-bold": ("LiberationMono-Bold.ttf", NUMBERS),
}


def main(folder: Path) -> None:
    for name, (file, letters) in FACES.items():
        font = TTFont(folder / file, recalcTimestamp=False)
        if name.startswith("sans"):
            add_superscripts(font)
        options = Options(flavor="woff2", hinting=False, layout_features=[], notdef_outline=True, name_IDs=[0, 13, 14])
        options.drop_tables += ["FFTM", "GDEF", "GPOS", "GSUB", "kern"]
        subsetter = Subsetter(options)
        subsetter.populate(text=letters)
        subsetter.subset(font)
        if name.startswith("sans"):
            fit_widths(font, bold="bold" in name)
        rename(font, f"Autograd {'Mono' if 'mono' in name else 'Sans'}", name.partition("-")[2].title() or "Regular")
        font.flavor = "woff2"
        target = FONTS / f"{name}.woff2"
        font.save(target)
        missing = "".join(letter for letter in letters if ord(letter) not in font.getBestCmap())
        print(f"{target.name}: {target.stat().st_size:,} bytes" + (f", without {missing}" if missing else ""))


def add_superscripts(font: TTFont) -> None:
    """Superscript zero and minus, which Liberation lacks, from signs that it has."""
    glyphs, widths, names = font["glyf"], font["hmtx"], font.getBestCmap()

    def add(letter: str, base: str, scale: float, dx: int, dy: int, width: int) -> None:
        pen = TTGlyphPen(font.getGlyphSet())
        pen.addComponent(names[ord(base)], (scale, 0, 0, scale, dx, dy))
        name = f"uni{ord(letter):04X}"
        font.setGlyphOrder([*font.getGlyphOrder(), name])
        glyphs[name] = pen.glyph()
        glyphs[name].recalcBounds(glyphs)
        widths[name] = (width, dx)
        for table in font["cmap"].tables:
            if table.isUnicode():
                table.cmap[ord(letter)] = name

    raised = glyphs[names[ord("⁴")]].yMin - glyphs[names[ord("₄")]].yMin
    digit = widths[names[ord("₄")]][0]
    add("⁰", "₀", 1.0, 0, raised, digit)
    minus = widths[names[ord("−")]][0]
    add("⁻", "−", digit / minus, 0, int(raised * 0.95), digit)


def fit_widths(font: TTFont, *, bold: bool) -> None:
    """Give each letter the width that layouts are made with: a narrower one is set in its middle, a wider one shrinks.

    Liberation has these widths in Latin, but sets Greek letters and small digits in others.
    """
    glyphs, widths, em = font["glyf"], font["hmtx"], font["head"].unitsPerEm
    for place, name in font.getBestCmap().items():
        wanted = text_width(chr(place), bold=bold)
        width, bearing = widths[name]
        if wanted is None or abs(wanted * em - width) < 1:
            continue
        wanted = round(wanted * em)
        shrink, shift = (wanted / width, 0) if wanted < width else (1.0, (wanted - width) / 2)
        drawn, pen = DecomposingRecordingPen(font.getGlyphSet()), TTGlyphPen(None)
        font.getGlyphSet()[name].draw(drawn)
        drawn.replay(TransformPen(pen, (shrink, 0, 0, 1, shift, 0)))
        glyphs[name] = pen.glyph()
        glyphs[name].recalcBounds(glyphs)
        widths[name] = (wanted, round(shrink * bearing + shift))


def rename(font: TTFont, family: str, style: str) -> None:
    """The name of the cut: "Liberation" is reserved for the fonts as they were published."""
    table = font["name"]
    ids = {1: family, 2: style, 3: f"{family} {style}, cut for autograd_mini", 4: f"{family} {style}"}
    for number, text in {**ids, 6: f"{family} {style}".replace(" ", "-")}.items():
        table.setName(text, number, 3, 1, 0x409)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
