"""A contact sheet of pages with their boxes."""

from __future__ import annotations

import math
from dataclasses import replace

from PIL import Image

from docmarks.labels.label_set import LabelSet
from docmarks.marks import Mark
from docmarks.pages.annotate_image import annotate_image
from docmarks.synth.page import SyntheticPages

TILE = (480, 620)


def contact_sheet(pages: SyntheticPages, count: int, seed: int, columns: int = 4) -> Image.Image:
    """``count`` pages side by side, their marks outlined in the colours of the default labels."""
    label_set = LabelSet.load("default")
    sheet = Image.new("RGB", (columns * TILE[0], math.ceil(count / columns) * TILE[1]), (128, 128, 128))
    for i in range(count):
        pixels, page = pages(seed * 1_000_000 + i)
        picture = annotate_image(pixels, [_named(mark, label_set) for mark in page.marks])
        picture.thumbnail((TILE[0] - 8, TILE[1] - 8))
        sheet.paste(picture, ((i % columns) * TILE[0] + 4, (i // columns) * TILE[1] + 4))
    return sheet


def _named(mark: Mark, label_set: LabelSet) -> Mark:
    return replace(mark, labels=label_set.apply(mark.labels).labels)
