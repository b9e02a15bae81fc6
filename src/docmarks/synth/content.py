"""What a box with these labels holds, as coverage: written by hand, typed, or stamped."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import numpy as np

from docmarks.synth.handwriting.pen import Mask
from docmarks.synth.ink import handwritten, stamps
from docmarks.synth.ink.library import InkSource
from docmarks.synth.printed.lettering import lettering, typeface
from docmarks.synth.texts import people

CONTENT = ("Signature", "Name", "Initials", "Title", "Address", "Date", "Other Text")
"""What people write, from the top of a box that holds several down; other labels say how, or what became of it."""

TEXTS: dict[str, Callable[[np.random.Generator], str]] = {
    "Name": people.name,
    "Initials": people.initials,
    "Title": people.title,
    "Address": people.address,
    "Date": stamps.date_stamp,
    "Other Text": people.note,
}


def content(labels: Collection[str], room: tuple[float, float], rng: np.random.Generator, ink: InkSource) -> Mask:
    """Coverage ``[h, w]`` of what the labels name.

    Args:
        labels: At least one of ``CONTENT``, or Stamp; Stamp and Printed say how it came to the page.
        room: Width and height in pixels that it should about fill; a stamp has its own size.
        rng: Everything random comes from it.
        ink: Who writes.
    """
    parts = [name for name in CONTENT if name in labels]
    if "Stamp" in labels:
        return stamped(parts, rng, ink)
    if "Printed" in labels:
        font, size = typeface(rng), float(rng.uniform(11, 17))
        return stacked([lettering(TEXTS[name](rng), font, size) for name in parts])
    high = room[1] / len(parts)
    return stacked([by_hand(name, room[0], high, rng, ink) for name in parts])


def by_hand(name: str, width: float, height: float, rng: np.random.Generator, ink: InkSource) -> Mask:
    """One thing that is written, in room of this size."""
    if name == "Signature":
        return handwritten.signature(ink, rng, float(rng.uniform(0.5, 1.1)) * min(width, 330.0))
    if name == "Initials":
        return handwritten.initials(ink, rng, float(np.clip(height * rng.uniform(0.9, 1.9), 16, 70)))
    high = float(np.clip(height, 12, 30) * rng.uniform(0.7, 1.15))
    if name == "Date":
        return handwritten.date(ink, rng, high)
    if name == "Other Text":
        return handwritten.handwriting(ink, rng, width * float(rng.uniform(0.35, 0.95)), high)
    return handwritten.fitted(ink.text(TEXTS[name](rng), rng), rng, width, high)


def stamped(parts: Sequence[str], rng: np.random.Generator, ink: InkSource) -> Mask:
    """A rubber stamp of these things; of nothing in particular if there are none."""
    if not parts:
        return ink.stamps.plain(rng)
    lines = [TEXTS[name](rng) for name in parts if name != "Signature"]
    lines = [line.upper() if rng.random() < 0.7 else line for line in lines]
    masks = []
    if "Signature" in parts:
        masks.append(stamps.worn(handwritten.signature(ink, rng), rng))
    if lines:
        masks.append(ink.stamps.text(lines, rng, float(rng.uniform(14, 24)), framed=rng.random() < 0.15))
    return stacked(masks)


def stacked(masks: Sequence[Mask]) -> Mask:
    """Coverage one under the other, close together."""
    if len(masks) == 1:
        return masks[0]
    width = max(mask.shape[1] for mask in masks)
    whole = np.zeros((sum(mask.shape[0] + 2 for mask in masks), width), np.uint8)
    top = 0
    for mask in masks:
        whole[top : top + mask.shape[0], : mask.shape[1]] = mask
        top += mask.shape[0] + 2
    return whole
