"""A font of a few letters of known shape, made in code."""

from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

EM = 1000
BAR = 100
"""How wide a stroke is."""

Corners = list[tuple[int, int]]

BARS: dict[str, list[Corners]] = {
    "l": [[(100, 0), (100, 700), (200, 700), (200, 0)]],
    "a": [[(50, 0), (50, 100), (450, 100), (450, 0)]],
    "T": [[(0, 600), (0, 700), (500, 700), (500, 600)], [(200, 0), (200, 650), (300, 650), (300, 0)]],
    "1": [[(100, 0), (100, 700), (200, 700), (200, 0)]],
    "5": [[(100, 0), (100, 350), (200, 350), (200, 0)], [(100, 300), (100, 400), (500, 400), (500, 300)]],
}
"""What a character is drawn of, y up, in thousandths of an em."""

EMBLEM = "\ue001"


def made_font(path: Path, letters: bool = True, emblem: bool = False) -> Path:
    """Writes a TrueType font with the letters of ``BARS``, or an emblem: a square of 600."""
    shapes = {f"u{ord(c):04x}": drawn for c, drawn in BARS.items()} if letters else {}
    codes = {ord(c): f"u{ord(c):04x}" for c in BARS} if letters else {}
    if emblem:
        shapes["emblem"], codes[ord(EMBLEM)] = [[(0, 0), (0, 600), (600, 600), (600, 0)]], "emblem"
    # What stands for characters that are not there, as in any font.
    shapes[".notdef"] = [[(50, 0), (50, 800), (150, 800), (150, 0)]]
    names = [".notdef", "space", *(name for name in shapes if name != ".notdef")]
    builder = FontBuilder(EM, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({**codes, 32: "space"})
    glyphs = {}
    for name in names:
        pen = TTGlyphPen(None)
        for corners in shapes.get(name, []):
            pen.moveTo(corners[0])
            for corner in corners[1:]:
                pen.lineTo(corner)
            pen.closePath()
        glyphs[name] = pen.glyph()
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics({name: (600, 0) for name in names})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Made", "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=800, sTypoDescender=-200)
    builder.setupPost()
    builder.save(path)
    return path
