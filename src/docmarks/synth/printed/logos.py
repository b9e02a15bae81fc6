"""Printed logos, which are no stamps: straight, clean, in the typefaces of firms."""

from __future__ import annotations

import numpy as np

from docmarks.synth.handwriting.pen import Mask
from docmarks.synth.printed.beside import beside
from docmarks.synth.printed.lettering import lettering
from docmarks.synth.printed.reverse import reverse
from docmarks.synth.printed.seals import body, seal
from docmarks.synth.printed.type_case import TypeCase
from docmarks.synth.texts import words


def logo(rng: np.random.Generator, case: TypeCase) -> Mask:
    """Coverage of a logo: an emblem, a name, one beside or over the other, or a printed seal."""
    kind = rng.random()
    if kind < 0.12:
        return np.asarray(seal(rng, case))
    emblem = case.logo(int(rng.integers(24, 130)), rng)
    if kind < 0.4:
        return _reversed(emblem) if rng.random() < 0.15 else emblem
    name = body(rng) if rng.random() < 0.5 else words.pick(rng, words.FIRMS)
    face = case.face(rng)
    title = lettering(name if rng.random() < 0.5 else name.title(), face, float(rng.uniform(12, 34)))
    if kind < 0.55:
        return _reversed(title) if rng.random() < 0.2 else title
    return beside(emblem, title, int(rng.integers(4, 16)), across=rng.random() < 0.6)


def _reversed(mask: Mask) -> Mask:
    return reverse(mask, max(4, mask.shape[0] // 5))
