"""Emblems out of symbol fonts: what is in the middle of seals and beside the names of firms."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from docmarks.errors import DocmarksError
from docmarks.synth.handwriting.pen import Mask
from docmarks.synth.printed.lettering import is_drawn, load_font, missing_glyph

BLOCKS = ((0xE000, 0xF900), (0xF0000, 0xF1D00), (0x1F300, 0x1FA00), (0x2600, 0x27C0))
"""Where fonts keep pictures: the two private areas of Unicode, emoji, and symbols."""

PROBED = 24
"""Pixels at which is looked whether a font has a character."""


class SymbolFont:
    """The pictures of one font file."""

    def __init__(self, path: Path) -> None:
        """Looks which of the blocks hold any.

        Raises:
            DocmarksError: The file is no font, or has no pictures.
        """
        self.path = path
        font = load_font(path, PROBED)
        missing = missing_glyph(font)
        try:
            self.characters = [
                chr(code) for first, end in BLOCKS for code in range(first, end) if is_drawn(font, chr(code), missing)
            ]
        except OSError as error:
            raise DocmarksError(f"{path}: its pictures cannot be drawn ({error}); take it out of the folder") from error
        if not self.characters:
            raise DocmarksError(f"{path}: a font without pictures; take it out of the folder of symbols")

    def draw(self, character: str, size: int) -> Mask:
        """Coverage of a picture, its longer side ``size`` pixels."""
        drawn = load_font(self.path, size).getmask(character)
        image = Image.frombytes("L", drawn.size, bytes(drawn))
        box = image.getbbox()
        image = image.crop(box) if box else image
        longer = max(image.size)
        return np.asarray(image.resize((max(1, image.width * size // longer), max(1, image.height * size // longer))))
