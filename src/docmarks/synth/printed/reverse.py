"""Light words on dark ground: buttons, banners, heads of tables. No redactions, though as dark."""

from __future__ import annotations

import numpy as np

from docmarks.synth.handwriting.pen import Mask
from docmarks.synth.printed.lettering import lettering
from docmarks.synth.printed.type_case import TypeCase
from docmarks.synth.texts import words

LONGEST = 600
"""Of a bar, in pixels."""


def reverse(mask: Mask, around: int) -> Mask:
    """Light on a dark ground that reaches so many pixels further."""
    return 255 - np.pad(mask, around)


def reverse_print(rng: np.random.Generator, case: TypeCase) -> Mask:
    """Coverage ``[h, w]`` of a bar with one to five pieces of text in it, each at the left of its column or centred.

    The text is 9 to 30 pixels high; the bar is as long as its text (a button) up to ``LONGEST`` (a banner).
    """
    face, size = case.face(rng), float(rng.uniform(9, 30))
    count = 1 if rng.random() < 0.5 else int(rng.integers(2, 6))
    texts = [lettering(_said(rng), face, size) for _ in range(count)]
    room = float(rng.choice((1.1, 1.5, 3.0)))
    wanted = [round(text.shape[1] * room + size) for text in texts]
    scale = min(1.0, LONGEST / sum(wanted))
    columns = [max(round(wide * scale), 4) for wide in wanted]
    high = round(max(text.shape[0] for text in texts) * float(rng.uniform(1.3, 2.6))) + 4
    bar = np.zeros((high, sum(columns)), np.uint8)
    centred, left = rng.random() < 0.5, 0
    for text, wide in zip(texts, columns, strict=True):
        text = text[:, : wide - 2]
        at = left + ((wide - text.shape[1]) // 2 if centred else min(round(size / 3), wide - text.shape[1]))
        top = (high - text.shape[0]) // 2
        bar[top : top + text.shape[0], at : at + text.shape[1]] = text
        left += wide
    return reverse(bar, 0)


def _said(rng: np.random.Generator) -> str:
    text = words.phrase(rng, int(rng.integers(1, 4)))
    return (text.upper, text.title, text.capitalize)[int(rng.integers(3))]()
