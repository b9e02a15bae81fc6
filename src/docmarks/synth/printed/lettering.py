"""Printed words as coverage, in the standard PDF fonts or in those of font files."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageFont

from docmarks.errors import DocmarksError
from docmarks.synth.handwriting.pen import Mask
from docmarks.synth.printed.typeset import Sheet, render, text_width

Typeface = str | Path
"""The name of a standard font, or a font file."""

TYPEFACES: tuple[Typeface, ...] = (
    "Helvetica", "Helvetica-Bold", "Times-Roman", "Times-Bold", "Courier", "Courier-Bold",
)  # fmt: skip
"""The upright ones that need no file."""

MISSING = "\U0010ffff"
"""A character that no font has: what is drawn for it stands for all that a font lacks."""

STANDARD_SHARE = 0.35
"""So often it is one of the standard fonts where there are files too."""


def lettering(text: str, face: Typeface, size: float) -> Mask:
    """Coverage ``[h, w]`` of a line of print ``size`` pixels high, cropped to what is visible."""
    if isinstance(face, Path):
        drawn = load_font(face, max(4, round(size))).getmask(text)
        image = Image.frombytes("L", drawn.size, bytes(drawn)) if all(drawn.size) else Image.new("L", (1, 1))
    else:
        sheet = Sheet((text_width(text, face, size) * 1.2 + size + 4, size * 1.6 + 2))
        sheet.text(2, size * 1.15, text, face, size)
        pixels, _ = render(sheet, round(max(sheet.size)))
        image = Image.fromarray(255 - pixels)
    box = image.getbbox()
    return np.asarray(image.crop(box)) if box else np.zeros((1, 1), np.uint8)


def typeface(rng: np.random.Generator, faces: Sequence[Typeface] = TYPEFACES) -> Typeface:
    """One of them: of the standard fonts, which come first, or of the files after them."""
    files = len(faces) - len(TYPEFACES)
    if files <= 0 or rng.random() < STANDARD_SHARE:
        return faces[int(rng.integers(min(len(faces), len(TYPEFACES))))]
    return faces[len(TYPEFACES) + int(rng.integers(files))]


@lru_cache(maxsize=128)
def load_font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    """A font at so many pixels an em.

    Raises:
        DocmarksError: The file is no font.
    """
    try:
        return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)
    except (OSError, ValueError) as error:
        raise DocmarksError(f"{path}: not a font that can be read ({error}); take it out of the folder") from error


def missing_glyph(font: ImageFont.FreeTypeFont) -> bytes:
    """What a font draws for a character that it lacks."""
    return bytes(font.getmask(MISSING))


def is_drawn(font: ImageFont.FreeTypeFont, character: str, missing: bytes) -> bool:
    """Whether a font has a picture for a character; ``missing``: of ``missing_glyph``."""
    mask = font.getmask(character)
    return bool(all(mask.size)) and mask.getbbox() is not None and bytes(mask) != missing


def fonts_in(folder: Path) -> list[Path]:
    """The font files of a folder, in order; none if there is no such folder."""
    return sorted(path for path in folder.glob("*") if path.suffix.lower() in (".ttf", ".otf", ".woff", ".woff2"))
