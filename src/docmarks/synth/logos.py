"""Printed logos and letterheads, which are no stamps: straight, clean, in the typefaces of firms."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from docmarks.synth import words
from docmarks.synth.beside import beside
from docmarks.synth.lettering import Typeface, lettering, typeface
from docmarks.synth.paper import Paper
from docmarks.synth.pen import Mask, lay
from docmarks.synth.seals import body, seal
from docmarks.synth.symbols import SymbolFont, symbol

Grey = np.ndarray


def print_logo(
    page: Grey, paper: Paper, rng: np.random.Generator, faces: Sequence[Typeface], symbols: Sequence[SymbolFont]
) -> None:
    """Prints one on the page in place, mostly at its top, and keeps marks off it."""
    mask = logo(rng, faces, symbols)
    width, height = mask.shape[1], mask.shape[0]
    for _ in range(12):
        at = paper.place(width, height, rng, 0.01, 6)
        if at is None:
            return
        if at[1] < 0.2 * paper.height or rng.random() < 0.25:
            lay(page, mask, *at, int(rng.integers(0, 40) if rng.random() < 0.6 else rng.integers(40, 170)))
            paper.take((*at, at[0] + width, at[1] + height))
            return


def logo(rng: np.random.Generator, faces: Sequence[Typeface], symbols: Sequence[SymbolFont]) -> Mask:
    """Coverage of a logo: an emblem, a name, one beside or over the other, or a printed seal."""
    kind = rng.random()
    if kind < 0.12:
        return np.asarray(seal(rng, faces, symbols))
    emblem = symbol(symbols, int(rng.integers(24, 110)), rng)
    if kind < 0.4:
        return _reversed(emblem) if rng.random() < 0.15 else emblem
    name = body(rng) if rng.random() < 0.5 else words.pick(rng, words.FIRMS)
    face = typeface(rng, faces)
    title = lettering(name if rng.random() < 0.5 else name.title(), face, float(rng.uniform(12, 34)))
    if kind < 0.55:
        return _reversed(title) if rng.random() < 0.2 else title
    return beside(emblem, title, int(rng.integers(4, 16)), across=rng.random() < 0.6)


def _reversed(mask: Mask) -> Mask:
    """Light on a dark ground."""
    return 255 - np.pad(mask, max(4, mask.shape[0] // 5))
