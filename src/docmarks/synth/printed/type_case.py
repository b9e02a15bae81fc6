"""What somebody prints and cuts stamps with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from docmarks.synth.handwriting.pen import Mask
from docmarks.synth.printed.lettering import TYPEFACES, Typeface, typeface
from docmarks.synth.printed.symbols import SymbolFont


@dataclass(frozen=True)
class TypeCase:
    """Typefaces and emblems.

    Attributes:
        faces: The standard fonts first, as ``typeface`` wants them.
        symbols: Fonts of pictures; without any there are no emblems.
    """

    faces: Sequence[Typeface] = TYPEFACES
    symbols: Sequence[SymbolFont] = ()

    def face(self, rng: np.random.Generator) -> Typeface:
        """One of the typefaces."""
        return typeface(rng, self.faces)

    def emblem(self, size: int, rng: np.random.Generator) -> Mask:
        """A picture of any of the fonts, its longer side ``size`` pixels."""
        font = self.symbols[int(rng.integers(len(self.symbols)))]
        return font.draw(font.characters[int(rng.integers(len(font.characters)))], size)
