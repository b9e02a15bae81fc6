"""What the pyramid sees: its levels, channel by channel, with the anchors drawn to scale."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from docmarks.model.anchors import cell_anchors
from docmarks.model.config import STRIDES, AnchorConfig

Float = NDArray[np.float32]

TILE_WIDTH = 220
GAP = 6
SHOWN_CHANNELS = 12
"""Of each level, those that differ most over the page."""

ANCHOR_COLOUR = (230, 40, 40)


def draw_level(feature: Float, level: int, anchors: AnchorConfig, page_size: tuple[int, int]) -> Image.Image:
    """One level as a sheet of its liveliest channels; the first shows the anchors of one cell.

    Args:
        feature: ``[C, h, w]``.
        level: 2..6.
        anchors: Their sizes and ratios.
        page_size: (width, height) of the padded input in pixels.
    """
    order = np.argsort(-feature.reshape(len(feature), -1).std(axis=1))[:SHOWN_CHANNELS]
    height = round(TILE_WIDTH * page_size[1] / page_size[0])
    columns = min(6, len(order))
    rows = -(-len(order) // columns)
    sheet = Image.new("RGB", (columns * (TILE_WIDTH + GAP), rows * (height + GAP) + 18), "white")
    draw = ImageDraw.Draw(sheet)
    stride = STRIDES[level - 2]
    draw.text((2, 2), f"p{level}: a cell is {stride} px of the input, {len(feature)} channels", fill="black")
    for place, channel in enumerate(order):
        tile = _tile(feature[channel], (TILE_WIDTH, height))
        if place == 0:
            _draw_anchors(tile, level, anchors, page_size)
        sheet.paste(tile, ((place % columns) * (TILE_WIDTH + GAP), 18 + (place // columns) * (height + GAP)))
        draw.text(
            ((place % columns) * (TILE_WIDTH + GAP) + 3, 20 + (place // columns) * (height + GAP)), f"{channel}", "red"
        )
    return sheet


def draw_levels(stages: Mapping[str, Float], anchors: AnchorConfig) -> dict[str, Image.Image]:
    """Sheets of p2..p6 from the stages of a page."""
    _, _, height, width = stages["input"].shape
    return {f"p{level}": draw_level(stages[f"p{level}"][0], level, anchors, (width, height)) for level in range(2, 7)}


def _tile(values: Float, size: tuple[int, int]) -> Image.Image:
    low, high = np.percentile(values, [1, 99])
    grey = np.clip((values - low) / max(float(high - low), 1e-6) * 255, 0, 255).astype(np.uint8)
    return Image.fromarray(grey).resize(size, Image.Resampling.NEAREST).convert("RGB")


def _draw_anchors(tile: Image.Image, level: int, anchors: AnchorConfig, page_size: tuple[int, int]) -> None:
    draw, scale = ImageDraw.Draw(tile), tile.width / page_size[0]
    middle = np.array([tile.width / 2, tile.height / 2] * 2)
    for box in cell_anchors(anchors.sizes[level - 2], anchors.ratios).numpy() * scale:
        draw.rectangle(tuple(float(v) for v in middle + box), outline=ANCHOR_COLOUR)
