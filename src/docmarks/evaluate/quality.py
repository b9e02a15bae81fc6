"""How good a scan is, measured on the page image alone: a proxy to slice figures by, not a standard."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CHROMA, COLOURED_SHARE = 40, 0.002
"""A pixel is coloured if its channels differ by more than this; a page is, if such a share of it is."""

MIDDLE_GREYS, BILEVEL_SHARE = (48, 208), 0.003
"""A page is bilevel if a smaller share than this is neither black nor white."""

BANDS, BAND_ROWS = 8, 24
"""The page is looked at in so many bands of rows, evenly spread: quicker, and as good."""

EDGE_SHARE = 0.002
"""Sharpness is that of the strongest steps: this share of all pixels."""

LEAST_CONTRAST = 32
"""With less between paper and ink there is no edge to judge."""


@dataclass(frozen=True)
class Quality:
    """What a scan is like.

    Attributes:
        kind: "bilevel", "grey" or "colour".
        long_side_px: Of the page.
        sharpness: Step between neighbouring pixels at the sharpest edges, as a share of the contrast between paper
            and ink: 1 where ink ends within a pixel, about 0.3 where over three. nan for a page without ink.
        noise: Standard deviation of the paper, in grey levels (Immerkaer 1996, with a median in place of the mean, so
            that ink does not count).
    """

    kind: str
    long_side_px: int
    sharpness: float
    noise: float


def measure(image: NDArray[np.uint8]) -> Quality:
    """The quality of a page ``[H, W, 3]`` RGB or ``[H, W]`` grey."""
    height, width = image.shape[:2]
    rows = np.unique(np.linspace(0, max(0, height - BAND_ROWS), BANDS).astype(int))
    bands = [image[row : row + BAND_ROWS] for row in rows]
    grey = [band.mean(axis=2, dtype=np.float32) if band.ndim == 3 else band.astype(np.float32) for band in bands]
    steps = np.concatenate([np.abs(np.diff(band, axis=1)).ravel() for band in grey])
    values = np.concatenate([band.ravel() for band in grey])
    return Quality(_kind(bands, values), max(height, width), _sharpness(steps, values), _noise(grey))


def _kind(bands: list[NDArray[np.uint8]], values: NDArray[np.float32]) -> str:
    if bands[0].ndim == 3:
        chroma = np.concatenate([np.ptp(band, axis=2).ravel() for band in bands])
        if (chroma > CHROMA).mean() > COLOURED_SHARE:
            return "colour"
    low, high = MIDDLE_GREYS
    return "bilevel" if ((values > low) & (values < high)).mean() < BILEVEL_SHARE else "grey"


def _sharpness(steps: NDArray[np.float32], values: NDArray[np.float32]) -> float:
    if not len(steps):
        return float("nan")
    n = max(1, int(EDGE_SHARE * len(steps)))
    ink, paper = np.partition(values, (n, len(values) // 2))[[n, len(values) // 2]]
    if paper - ink < LEAST_CONTRAST:
        return float("nan")
    strongest = np.partition(steps, len(steps) - n)[-n:]
    return float(min(1.0, np.median(strongest) / (paper - ink)))


def _noise(grey: list[NDArray[np.float32]]) -> float:
    """Response to the mask [[1, -2, 1], [-2, 4, -2], [1, -2, 1]], whose weights' squares sum to 36."""
    responses = []
    for band in grey:
        if min(band.shape) < 3:
            continue
        across = band[:, :-2] - 2 * band[:, 1:-1] + band[:, 2:]
        responses.append(np.abs(across[:-2] - 2 * across[1:-1] + across[2:]).ravel())
    return float(np.median(np.concatenate(responses)) / 0.6745 / 6) if responses else 0.0
