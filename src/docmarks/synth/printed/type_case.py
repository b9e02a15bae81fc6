"""What somebody prints and cuts stamps with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from docmarks.synth.handwriting.pen import Mask
from docmarks.synth.printed.lettering import TYPEFACES, Typeface, typeface
from docmarks.synth.printed.pictures import Picture
from docmarks.synth.printed.symbols import SymbolFont

PICTURE_SHARE = 0.7
"""So many logos are of picture files where there are fonts of pictures too, which know no tones."""


@dataclass(frozen=True)
class TypeCase:
    """Typefaces and emblems.

    Attributes:
        faces: The standard fonts first, as ``typeface`` wants them.
        symbols: Fonts of pictures; without any there are no emblems on stamps.
        pictures: What logos are printed from, beside the emblems.
    """

    faces: Sequence[Typeface] = TYPEFACES
    symbols: Sequence[SymbolFont] = ()
    pictures: Sequence[Picture] = ()

    @property
    def has_logos(self) -> bool:
        """Whether there is anything to print logos from."""
        return bool(self.symbols or self.pictures)

    def face(self, rng: np.random.Generator) -> Typeface:
        """One of the typefaces."""
        return typeface(rng, self.faces)

    def emblem(self, size: int, rng: np.random.Generator) -> Mask:
        """A picture of any of the fonts, its longer side ``size`` pixels."""
        font = self.symbols[int(rng.integers(len(self.symbols)))]
        return font.draw(font.characters[int(rng.integers(len(font.characters)))], size)

    def logo(self, size: int, rng: np.random.Generator) -> Mask:
        """A picture of the files, or an emblem, about ``size`` pixels across."""
        if self.pictures and (not self.symbols or rng.random() < PICTURE_SHARE):
            return self.pictures[int(rng.integers(len(self.pictures)))].draw(size)
        return self.emblem(size, rng)
