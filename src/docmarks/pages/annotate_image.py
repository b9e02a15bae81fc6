"""A page image with its marks drawn on it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from docmarks.marks import Box, Mark
from docmarks.pages.colours import colour, legible_on

TINT = 0.22
"""Share of the colour in a mark's area."""


def annotate_image(pixels: NDArray[np.uint8], marks: Sequence[Mark]) -> Image.Image:
    """Predictions tinted, outlined and labelled; ground truth (without scores) outlined only."""
    page = Image.fromarray(pixels).convert("RGB")
    line = max(1, round(max(page.size) / 900))
    font = ImageFont.load_default(max(10, round(max(page.size) / 90)))
    for mark in marks:
        if mark.scores:
            tint(page, mark.box, colour(mark.label))
    draw = ImageDraw.Draw(page)
    for mark in marks:
        outline(draw, mark.box, colour(mark.label), line)
        _caption(draw, mark, font)
    return page


def caption(mark: Mark) -> str:
    """What to write beside a mark: "Date 97% + Stamp 80%", or only the labels for ground truth."""
    if not mark.scores:
        return " + ".join(mark.labels)
    return " + ".join(f"{label} {100 * score:.0f}%" for label, score in zip(mark.labels, mark.scores, strict=True))


def tint(page: Image.Image, box: Box, rgb: tuple[int, int, int]) -> None:
    """Mixes a colour into an area, in place."""
    left, top, right, bottom = (round(v) for v in box)
    if right > left and bottom > top:
        area = page.crop((left, top, right, bottom))
        page.paste(Image.blend(area, Image.new("RGB", area.size, rgb), TINT), (left, top))


def outline(draw: ImageDraw.ImageDraw, box: Box, rgb: tuple[int, int, int], width: int) -> None:
    """Draws the edge of a box, ``width`` pixels wide and within it: right and bottom are exclusive."""
    left, top, right, bottom = box
    draw.rectangle((left, top, max(left, right - 1), max(top, bottom - 1)), outline=rgb, width=width)


def _caption(draw: ImageDraw.ImageDraw, mark: Mark, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> None:
    text = caption(mark)
    x0, y0, x1, y1 = draw.textbbox((0, 0), text, font=font)
    width, height = x1 - x0 + 4, y1 - y0 + 4
    left, top = mark.box[0], mark.box[1] - height
    left = max(0, min(left, draw.im.size[0] - width))  # whole on the page, where the page is wide enough
    if top < 0:  # no room over the box: under its upper edge
        top = mark.box[1] + 1
    fill = colour(mark.label)
    draw.rectangle((left, top, left + width, top + height), fill=fill)
    draw.text((left + 2 - x0, top + 2 - y0), text, fill=legible_on(fill), font=font)
