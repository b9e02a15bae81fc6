"""Printed pages as PDF, written by hand: text in the 14 standard fonts, lines and rectangles.

Pdfium brings shapes for the standard fonts, so that the same page looks the same on every machine.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pypdfium2
from numpy.typing import NDArray

FONTS = (
    "Helvetica", "Helvetica-Bold", "Helvetica-Oblique", "Times-Roman", "Times-Bold", "Times-Italic", "Courier",
    "Courier-Bold", "ZapfDingbats",
)  # fmt: skip

LETTER = (612.0, 792.0)
"""Width and height in points."""

NARROW, WIDE = set("ijltfI.,:;'|!()[] "), set("mwMW@%")


def text_width(text: str, font: str, size: float) -> float:
    """About how wide a text is, in points: near enough to put something behind it."""
    if font.startswith("Courier"):
        return 0.6 * size * len(text)
    if font == "ZapfDingbats":
        return 0.8 * size * len(text)
    base = 0.88 if font.startswith("Times") else 1.0
    em = sum(0.29 if c in NARROW else 0.86 if c in WIDE else 0.68 if c.isupper() else 0.54 for c in text)
    return em * size * base


@dataclass
class Sheet:
    """A page being typeset; coordinates in points from the top left corner, y down.

    Attributes:
        size: Width and height.
        types: Of a typewriter: how a character is set, as ``typed`` says it; for text in Courier.
    """

    size: tuple[float, float] = LETTER
    types: dict[str, str] = field(default_factory=dict)
    _operators: list[str] = field(default_factory=list)

    def text(
        self, x: float, y: float, text: str, font: str = "Helvetica", size: float = 10, grey: float = 0, turn: float = 0
    ) -> float:
        """Writes a line with its baseline at y, turned counter-clockwise by ``turn`` degrees; returns x after it."""
        c, s = math.cos(math.radians(turn)), math.sin(math.radians(turn))
        at = f"{c:.4g} {s:.4g} {-s:.4g} {c:.4g} {x:.2f} {self.size[1] - y:.2f}"
        shown = f"({_escaped(text)}) Tj"
        if self.types and font.startswith("Courier") and not grey:
            shown = " ".join([self._typed(character) for character in text])
        self._operators.append(f"BT {grey:.2f} g /F{FONTS.index(font)} {size:.2f} Tf {at} Tm {shown} ET")
        return x + text_width(text, font, size)

    def _typed(self, character: str) -> str:
        return self.types.get(character) or typed(character, 0, 0)

    def line(self, x0: float, y0: float, x1: float, y1: float, width: float = 0.7, grey: float = 0) -> None:
        """A straight line."""
        height = self.size[1]
        ends = f"{x0:.2f} {height - y0:.2f} m {x1:.2f} {height - y1:.2f} l S"
        self._operators.append(f"{width:.2f} w {grey:.2f} G {ends}")

    def box(
        self,
        x: float,
        y: float,
        w: float,
        h: float,
        width: float = 0.7,
        fill: float | None = None,
    ) -> None:
        """A rectangle, outlined (``width`` over 0) and filled with a grey if one is given."""
        corner = f"{x:.2f} {self.size[1] - y - h:.2f} {w:.2f} {h:.2f} re"
        filled = f"{fill:.2f} g {corner} f " if fill is not None else ""
        outline = f"{width:.2f} w 0.00 G {corner} S" if width > 0 else ""
        self._operators.append(filled + outline)

    def erase(self, number: int) -> None:
        """Takes the ``number``-th thing that was drawn off the sheet again."""
        self._operators[number] = ""

    @property
    def drawn(self) -> int:
        """How many things have been drawn."""
        return len(self._operators)

    def path(self, points: Sequence[tuple[float, float]], width: float, grey: float = 0) -> None:
        """An open polyline with round joints."""
        height = self.size[1]
        steps = " ".join(f"{x:.2f} {height - y:.2f} {'m' if i == 0 else 'l'}" for i, (x, y) in enumerate(points))
        self._operators.append(f"1 J 1 j {width:.2f} w {grey:.2f} G {steps} S")

    def circle(self, x: float, y: float, radius: float, width: float = 0.7, fill: float | None = None) -> None:
        """A circle about (x, y), filled with a grey if one is given."""
        k, r, cy = 0.5523 * radius, radius, self.size[1] - y
        corners = ((r, k, k, r, 0, r), (-k, r, -r, k, -r, 0), (-r, -k, -k, -r, 0, -r), (k, -r, r, -k, r, 0))
        curves = " ".join(
            f"{x + a:.2f} {cy + b:.2f} {x + c:.2f} {cy + d:.2f} {x + e:.2f} {cy + f:.2f} c"
            for a, b, c, d, e, f in corners
        )
        paint = "s" if fill is None else "b"
        colour = "0 G" if fill is None else f"0 G {fill:.2f} g"
        self._operators.append(f"{width:.2f} w {colour} {x + r:.2f} {cy:.2f} m {curves} {paint}")

    @property
    def content(self) -> bytes:
        """The page's content stream."""
        return "\n".join(self._operators).encode("cp1252", "replace")


def to_pdf(sheets: Sequence[Sheet]) -> bytes:
    """The sheets as one PDF file."""
    n_fonts = len(FONTS)
    first_page = 3 + n_fonts
    kids = " ".join(f"{first_page + 2 * i} 0 R" for i in range(len(sheets)))
    fonts = " ".join(f"/F{i} {3 + i} 0 R" for i in range(n_fonts))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(sheets)} >>".encode(),
    ]
    objects += [_font(name) for name in FONTS]
    for i, sheet in enumerate(sheets):
        packed = zlib.compress(sheet.content, 6)
        w, h = sheet.size
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {w:g} {h:g}] /Resources << /Font << {fonts} >> >> "
            f"/Contents {first_page + 2 * i + 1} 0 R >>".encode()
        )
        objects.append(f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode() + packed + b"\nendstream")
    out, offsets = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += "".join(f"{offset:010d} 00000 n \n" for offset in offsets).encode()
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def typed(character: str, rise: float, grey: float) -> str:
    """The operators that set a character so many points above the line, in a grey."""
    return f"{rise:.2f} Ts {grey:.2f} g ({_escaped(character)}) Tj"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _font(name: str) -> bytes:
    encoding = "" if name == "ZapfDingbats" else " /Encoding /WinAnsiEncoding"
    return f"<< /Type /Font /Subtype /Type1 /BaseFont /{name}{encoding} >>".encode()


def render(sheet: Sheet, long_side: int) -> tuple[NDArray[np.uint8], float]:
    """The sheet as a grey image ``[H, W]``, and pixels a point."""
    scale = long_side / max(sheet.size)
    pdf = pypdfium2.PdfDocument(to_pdf([sheet]))
    page = pdf[0]
    bitmap = page.render(scale=scale, grayscale=True)
    pixels = bitmap.to_numpy().copy()
    bitmap.close()
    page.close()
    pdf.close()
    return pixels.reshape(pixels.shape[0], pixels.shape[1]), scale
