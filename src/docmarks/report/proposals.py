"""Where the first stage looks: its best proposals, coloured by the level that pools them."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from docmarks.model.pooler import assign_levels

DRAWN = 100
"""Boxes."""

LEVEL_COLOURS = {2: (33, 110, 243), 3: (0, 150, 136), 4: (255, 140, 0), 5: (220, 30, 30)}


def draw_boxes_by_level(page: NDArray[np.uint8], boxes: NDArray[np.float32]) -> Image.Image:
    """The first ``DRAWN`` boxes on the page ``[H, W]`` or ``[H, W, 3]`` that the network sees.

    Args:
        page: The resized page.
        boxes: ``[N, 4]`` in its pixels, best first: proposals, or ground truth.
    """
    picture = Image.fromarray(page).convert("RGB")
    draw = ImageDraw.Draw(picture)
    levels = levels_of(boxes[:DRAWN])
    for box, level in zip(boxes[:DRAWN].tolist(), levels, strict=True):
        draw.rectangle(tuple(box), outline=LEVEL_COLOURS[level], width=1)
    for place, (level, colour) in enumerate(LEVEL_COLOURS.items()):
        draw.text((4, 4 + 12 * place), f"p{level}: {levels.count(level)}", fill=colour)
    return picture


def levels_of(boxes: NDArray[np.float32]) -> list[int]:
    """The pyramid level, 2..5, that pools each box."""
    return [int(v) for v in assign_levels(torch.from_numpy(np.asarray(boxes, np.float32).reshape(-1, 4)))]
