"""A page seen in overlapping parts too, for marks that are too small when all of it is seen at once.

The parts are enlarged and searched by themselves (slicing, Akyon et al. 2022, arXiv 2202.06934). Only small marks are
taken from them: large ones are seen better on the whole page, at the size that the network was trained for, and no
part cuts them there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from docmarks.marks import Detections
from docmarks.model.config import ModelConfig
from docmarks.runtime.select import select

Tile = tuple[int, int, int, int]
"""(left, top, right, bottom) in whole pixels of the page."""

OVERLAP = 0.2
"""Share of a part's side that it has in common with the next, at least."""

BORDER = 0.01
"""A box that comes so close to a cut, as a share of the part's side, is taken to go on behind it."""

SMALL = 32.0
"""Pixels of the whole page as the network sees it: parts add marks the square root of whose area is below this."""


def tiles(width: int, height: int, seen: tuple[int, int], times: float) -> list[Tile]:
    """The parts of a page, row by row; a single one, the page itself, where parts would show nothing more.

    Args:
        width: Of the page in pixels.
        height: Of the page in pixels.
        seen: (width, height) at which the network sees the whole page.
        times: How much larger it is to see the parts; never larger than the page's own pixels.
    """
    enlarged = min(times, width / seen[0], height / seen[1])
    if enlarged <= 1:
        return [(0, 0, width, height)]
    columns, rows = _spans(width, math.ceil(width / enlarged)), _spans(height, math.ceil(height / enlarged))
    return [(left, top, right, bottom) for top, bottom in rows for left, right in columns]


def in_tiles(
    detect: Callable[[NDArray[np.uint8]], Detections],
    image: NDArray[np.uint8],
    parts: Sequence[Tile],
    config: ModelConfig,
    largest: float,
) -> Detections:
    """What is found on the page as a whole and in its parts, merged.

    In a part, a box that touches a cut is dropped: the neighbour shows all of the mark. Then each label is suppressed
    by itself, and boxes of several labels are merged, as on one page.

    Args:
        detect: Finds marks on an image, in its pixels.
        image: ``[H, W, 3]`` RGB or ``[H, W]`` grey.
        parts: See ``tiles``; with one alone the page is seen once.
        config: Thresholds and labels of the model.
        largest: Pixels of the page: marks the square root of whose area is larger come from the whole page alone.
    """
    whole = detect(image)
    if len(parts) == 1:
        return whole
    size = image.shape[1], image.shape[0]
    boxes, scores = [whole.boxes], [whole.scores]
    for left, top, right, bottom in parts:
        found = detect(np.ascontiguousarray(image[top:bottom, left:right]))
        moved = found.boxes + np.array([left, top, left, top], np.float32)
        area = (moved[:, 2] - moved[:, 0]) * (moved[:, 3] - moved[:, 1])
        kept = ~cut_off(moved, (left, top, right, bottom), size) & (area < largest**2)
        boxes.append(moved[kept])
        scores.append(found.scores[kept])
    # Every part may hold as many marks as a page.
    roi = config.roi.model_copy(update={"detections_per_image": config.roi.detections_per_image * (len(parts) + 1)})
    merged = config.model_copy(update={"roi": roi})
    return select(np.concatenate(boxes), np.concatenate(scores), merged)


def cut_off(boxes: NDArray[np.float32], part: Tile, page: tuple[int, int]) -> NDArray[np.bool_]:
    """Which boxes ``[N, 4]`` reach an edge of the part that is none of the page: ``[N]``."""
    left, top, right, bottom = part
    x, y = max(1.0, BORDER * (right - left)), max(1.0, BORDER * (bottom - top))
    none = np.zeros(len(boxes), bool)
    return np.asarray(
        (boxes[:, 0] <= left + x if left > 0 else none)
        | (boxes[:, 1] <= top + y if top > 0 else none)
        | (boxes[:, 2] >= right - x if right < page[0] else none)
        | (boxes[:, 3] >= bottom - y if bottom < page[1] else none)
    )


def _spans(length: int, side: int) -> list[tuple[int, int]]:
    """Intervals of one side that cover 0..length evenly and overlap by ``OVERLAP`` or more."""
    if side >= length:
        return [(0, length)]
    count = math.ceil((length - side) / (side * (1 - OVERLAP))) + 1
    starts = np.linspace(0, length - side, count)
    return [(start, start + side) for start in dict.fromkeys(round(float(start)) for start in starts)]
