"""A mark as another hand, or the same on another day, would have made it: drawn out, slanted, turned, thicker."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from docmarks.synth.scan.warp import Matrix, shifted, slanted, stretched, turned
from docmarks.train.samples.cuttings import Ink

STRAIGHT = frozenset({"Redaction", "Strikethrough", "Filled Checkbox", "Unfilled Checkbox"})
"""Labels whose marks stand upright on the page: only drawn out a little."""

TURN = {"Stamp": 8.0, "Signature": 5.0}
"""Degrees, standard deviation; what is not named turns by ``TURN_ELSE``."""

TURN_ELSE = 3.0
SEEN = 0.9
"""Ink lets less than this share of the light back."""


def vary(ink: Ink, label: str, rng: np.random.Generator) -> Ink:
    """Another form of a mark, cut to its ink.

    Args:
        ink: ``[h, w]`` or ``[h, w, 3]``, 1 where paper shows.
        label: Of the target labels.
        rng: Everything random comes from it.

    Returns:
        The same kind of array, in a size of its own.
    """
    spread = 0.06 if label in STRAIGHT else 0.16
    x, y = np.exp(np.clip(rng.normal(0, spread, 2), -2 * spread, 2 * spread))
    matrix = stretched(float(x), float(y))
    if label not in STRAIGHT:
        degrees = TURN.get(label, TURN_ELSE)
        slant = 0.0 if label == "Stamp" else float(np.clip(rng.normal(0, 0.18), -0.4, 0.4))
        turn = float(np.clip(rng.normal(0, degrees), -2 * degrees, 2 * degrees))
        matrix = turned(turn) @ slanted(slant) @ matrix
    image = _through(Image.fromarray((ink * 255 + 0.5).astype(np.uint8)), matrix)
    if label not in STRAIGHT and rng.random() < 0.3:
        # Half a pixel on each side of a stroke: a wet pen; or a dry one, or an overexposed copy.
        wider = ImageFilter.MinFilter(3) if rng.random() < 0.6 else ImageFilter.MaxFilter(3)
        image = Image.blend(image, image.filter(wider), 0.5)
    return _tight(np.asarray(image, np.float32) / np.float32(255))


def _through(image: Image.Image, matrix: Matrix) -> Image.Image:
    """All of it as it is seen through a matrix of coordinates around the middle, on white."""
    x, y = image.width / 2, image.height / 2
    corners = matrix @ np.array([[-x, x, x, -x], [-y, -y, y, y], [1, 1, 1, 1]])
    width, height = (int(np.ceil(2 * np.abs(side).max())) for side in corners[:2])
    back = shifted(x, y) @ np.linalg.inv(matrix) @ shifted(-width / 2, -height / 2)
    return image.transform(
        (width, height),
        Image.Transform.AFFINE,
        tuple(back[:2].ravel()),
        Image.Resampling.BILINEAR,
        fillcolor="white",
    )


def _tight(ink: Ink) -> Ink:
    """Cut to where there is ink; as it is where there is none to see."""
    dark = (ink if ink.ndim == 2 else ink.min(axis=2)) < SEEN
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    if not len(rows):
        return ink
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
