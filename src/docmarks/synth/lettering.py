"""Printed words as coverage, in the standard PDF fonts."""

from __future__ import annotations

import numpy as np
from PIL import Image

from docmarks.synth.pen import Mask
from docmarks.synth.typeset import Sheet, render, text_width

TYPEFACES = ("Helvetica", "Helvetica-Bold", "Times-Roman", "Times-Bold", "Courier", "Courier-Bold")


def lettering(text: str, font: str, size: float) -> Mask:
    """Coverage ``[h, w]`` of a line of print ``size`` pixels high, cropped to what is visible."""
    sheet = Sheet((text_width(text, font, size) * 1.2 + size + 4, size * 1.6 + 2))
    sheet.text(2, size * 1.15, text, font, size)
    pixels, _ = render(sheet, round(max(sheet.size)))
    image = Image.fromarray(255 - pixels)
    box = image.getbbox()
    return np.asarray(image.crop(box)) if box else np.zeros((1, 1), np.uint8)


def typeface(rng: np.random.Generator) -> str:
    """One of the upright fonts."""
    return TYPEFACES[int(rng.integers(len(TYPEFACES)))]
