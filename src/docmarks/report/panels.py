"""The pictures of a report: crops of predictions and ground truths, and whole pages small enough to carry along."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from docmarks.evaluate.panels import Crop
from docmarks.marks import Box
from docmarks.pages.annotate_image import outline, tint
from docmarks.pages.colours import colour

CROP_SIZE = (240, 120)
"""Most pixels across and down."""

LEAST_SIDE = 72
"""Pixels of the page that a crop shows at least: a checkbox means little without the words beside it."""

CROP_QUALITY = 45

PAGE_STEPS = ((1000, 40), (900, 30), (900, 18), (700, 15), (560, 10))
"""(long side, WebP quality) of a page, tried in turn until it is small enough."""


def draw_crop(pixels: NDArray[np.uint8], crop: Crop, predicted: str | None, true: str | None) -> bytes:
    """A mark with some paper around it, as WebP: the prediction tinted and outlined, the ground truth outlined only.

    Args:
        pixels: ``[H, W]`` or ``[H, W, 3]``, the page.
        crop: The place.
        predicted: The predicted label, in whose colour the prediction is drawn; None for a missed ground truth.
        true: The true label; None for an unmatched prediction.
    """
    left, top, right, bottom = window(crop, (pixels.shape[1], pixels.shape[0]))
    picture = Image.fromarray(np.ascontiguousarray(pixels[top:bottom, left:right])).convert("RGB")
    factor = min(1.0, CROP_SIZE[0] / picture.width, CROP_SIZE[1] / picture.height)
    if factor < 1:
        picture = picture.resize(
            (max(1, round(picture.width * factor)), max(1, round(picture.height * factor))),
            Image.Resampling.BOX if factor < 0.5 else Image.Resampling.BILINEAR,
        )

    def placed(box: Box) -> Box:
        x0, y0, x1, y1 = box
        return ((x0 - left) * factor, (y0 - top) * factor, (x1 - left) * factor, (y1 - top) * factor)

    draw = ImageDraw.Draw(picture)
    if predicted is not None:
        tint(picture, placed(crop.box), colour(predicted))
        outline(draw, placed(crop.box), colour(predicted), 1)
    if true is not None and crop.truth is not None:
        outline(draw, placed(crop.truth), colour(true), 2)
    return to_webp(picture, CROP_QUALITY)


def window(crop: Crop, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) of what a crop shows, in whole pixels of the page: both boxes and some paper.

    Args:
        crop: The place.
        size: (width, height) of the page.
    """
    boxes = np.array([crop.box, crop.truth or crop.box])
    (left, top), (right, bottom) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    paper = 8 + 0.15 * max(bottom - top, min(right - left, 200.0))
    across, down = (max(paper, (LEAST_SIDE - length) / 2) for length in (right - left, bottom - top))
    # At least a pixel, on the page, wherever the box is said to be.
    x0, y0 = (int(np.clip(v, 0, side - 1)) for v, side in zip((left - across, top - down), size, strict=True))
    x1, y1 = (int(np.ceil(np.clip(v, 1, side))) for v, side in zip((right + across, bottom + down), size, strict=True))
    return x0, y0, max(x1, x0 + 1), max(y1, y0 + 1)


def draw_page(pixels: NDArray[np.uint8], most_bytes: int) -> bytes:
    """The page without marks, which the report draws over it; as WebP of at most ``most_bytes`` if that can be.

    Args:
        pixels: ``[H, W]`` or ``[H, W, 3]``.
        most_bytes: How large the file may be; the smallest step is taken whatever it comes to.
    """
    page = Image.fromarray(pixels).convert("RGB")
    data = b""
    for long_side, quality in PAGE_STEPS:
        small = page.copy()
        small.thumbnail((long_side, long_side), Image.Resampling.BOX, reducing_gap=None)
        data = to_webp(small, quality)
        if len(data) <= most_bytes:
            break
    return data


def to_webp(picture: Image.Image, quality: int) -> bytes:
    """The picture as a WebP file."""
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=quality, method=1)
    return buffer.getvalue()
