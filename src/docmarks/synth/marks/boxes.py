"""Checkboxes: the printed square, where it is, and what people put into it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from docmarks.marks import Box
from docmarks.synth.handwriting.pen import Mask, Pen, lay
from docmarks.synth.handwriting.strokes import Ink
from docmarks.synth.printed.lettering import lettering, typeface

Grey = NDArray[np.uint8]

TICK = ((0.05, 0.55), (0.35, 0.95), (1.0, 0.0))
CROSS = (((0.0, 0.0), (1.0, 1.0)), ((1.0, 0.0), (0.0, 1.0)))
OUTLINE = 0.75
"""A row or column of a square's outline is dark over at least so much of its middle."""
ON_ITS_SQUARE = 0.15
"""A box whose sides lie no further from the square's than so much of its size is that square's box."""


def outlined(page: Grey, box: Box) -> Box:
    """The printed square that ``box`` means: form fields lie a little off the square they belong to.

    Looks for the innermost dark rows and columns around the box's middle, up to 0.45 of its size outside. The box
    itself where there are none on all four sides, and where it lies on its square: whether boxes run along the outside
    of the line or along its middle is for the annotation to say, and a filled-in form must not say otherwise.
    """
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    reach_x, reach_y = max(3, int(width * 0.45)), max(3, int(height * 0.45))
    x0, y0 = int(left) - reach_x, int(top) - reach_y
    x1, y1 = int(np.ceil(right)) + reach_x, int(np.ceil(bottom)) + reach_y
    if x0 < 0 or y0 < 0 or x1 > page.shape[1] or y1 > page.shape[0] or min(width, height) < 5:
        return box
    area = page[y0:y1, x0:x1]
    dark = area < np.percentile(area, 90) - 50
    rows = slice(reach_y + int(height * 0.3), reach_y + int(height * 0.7) + 1)
    columns = slice(reach_x + int(width * 0.3), reach_x + int(width * 0.7) + 1)
    across, down = _sides(dark[rows].mean(axis=0)), _sides(dark[:, columns].mean(axis=1))
    if across is None or down is None:
        return box
    (left_line, right_line), (upper_line, lower_line) = across, down
    lines = (left_line + x0, upper_line + y0, right_line + x0, lower_line + y0)
    found = float(lines[0][0]), float(lines[1][0]), float(lines[2][1]), float(lines[3][1])
    alike = 0.6 < (found[2] - found[0]) / width < 1.6 and 0.6 < (found[3] - found[1]) / height < 1.6
    # In a table a line of the square and a rule beside it look like one broad line: a side anywhere on it is not off.
    off = [
        0 if line[0] <= side <= line[1] else abs(edge - side)
        for line, edge, side in zip(lines, found, box, strict=True)
    ]
    beside = any(far > ON_ITS_SQUARE * size for far, size in zip(off, (width, height) * 2, strict=True))
    return found if alike and beside else box


def _sides(profile: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """The first lines on both sides of the middle of a profile: where each begins and ends."""
    middle = len(profile) // 2
    before = np.flatnonzero(profile[:middle] > OUTLINE)
    after = np.flatnonzero(profile[middle + 1 :] > OUTLINE) + middle + 1
    if not len(before) or not len(after):
        return None
    start, end = int(before[-1]), int(after[0])
    while start > 0 and profile[start - 1] > OUTLINE and before[-1] - start < 3:
        start -= 1
    while end + 1 < len(profile) and profile[end + 1] > OUTLINE and end - after[0] < 3:
        end += 1
    return np.array([start, before[-1] + 1]), np.array([after[0], end + 1])


def is_blank(page: Grey, box: Box) -> bool:
    """Whether nothing is in the square."""
    left, top, right, bottom = box
    x, y = (right - left) * 0.28, (bottom - top) * 0.28
    inside = page[round(top + y) : round(bottom - y), round(left + x) : round(right - x)]
    return inside.size > 0 and int(inside.min()) > max(int(inside.max()) - 40, 110)


def fill(page: Grey, box: Box, rng: np.random.Generator) -> None:
    """Marks the square ``box`` of a page in place: a tick, a cross, a scribble, a typed X or a solid square."""
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    kind = rng.random()
    if kind < 0.1:
        inset = float(rng.uniform(0.08, 0.25))
        area = page[round(top + inset * height) : round(bottom - inset * height) + 1,
                    round(left + inset * width) : round(right - inset * width) + 1]  # fmt: skip
        area[...] = np.minimum(area, int(rng.integers(0, 60)))
        return
    if kind < 0.4:
        _typed(page, box, rng)
        return
    shade = int(rng.integers(0, 70))
    for _ in range(4):  # a mark that missed the square's middle would be nobody's
        mask, over = _by_hand(height, rng)
        x = left + width / 2 - mask.shape[1] / 2 + float(rng.normal(0, 0.12)) * width
        y = top + height / 2 - mask.shape[0] / 2 + float(rng.normal(0, 0.1)) * height - over
        lay(page, mask, round(x), round(y), shade)
        if not is_blank(page, box):
            return


def _typed(page: Grey, box: Box, rng: np.random.Generator) -> None:
    width, height = box[2] - box[0], box[3] - box[1]
    shade = int(rng.integers(0, 60))
    if rng.random() < 0.5:
        mask = lettering(str(rng.choice(["X", "X", "x"])), typeface(rng), height * float(rng.uniform(0.5, 1.2)))
        left = round(box[0] + (width - mask.shape[1]) / 2 + rng.normal(0, 0.08) * width)
        lay(page, mask, left, round(box[1] + (height - mask.shape[0]) / 2 + rng.normal(0, 0.08) * height), shade)
        return
    inset = float(rng.uniform(0.0, 0.3)) * width
    x0, y0, x1, y1 = box[0] + inset, box[1] + inset, box[2] - inset, box[3] - inset
    image = Image.fromarray(page)
    draw, line = ImageDraw.Draw(image), int(rng.integers(1, 3))
    draw.line((x0, y0, x1, y1), fill=shade, width=line)
    draw.line((x1, y0, x0, y1), fill=shade, width=line)
    page[...] = np.asarray(image)


def _by_hand(height: float, rng: np.random.Generator) -> tuple[Mask, float]:
    """Coverage of a handwritten mark for a square so high, and how far it rises over the middle."""
    size, rise = height * float(rng.uniform(0.7, 1.7)), 0.0
    kind = rng.random()
    if kind < 0.42:
        strokes = [np.array(line) + rng.normal(0, 0.08, (2, 2)) for line in CROSS]
    elif kind < 0.8:
        strokes = [np.array(TICK) + rng.normal(0, 0.07, (3, 2))]
        rise = 0.15 * size
    elif kind < 0.87:
        strokes = [np.array([(0.0, 1.0), (1.0, 0.0)]) + rng.normal(0, 0.06, (2, 2))]
    else:
        n = int(rng.integers(6, 12))
        zigzag = np.column_stack((np.linspace(0, 1, n), np.tile([0.05, 0.95], n)[:n]))
        strokes = [zigzag + rng.normal(0, 0.08, (n, 2))]
        size = min(size, height)
    ink = Ink(tuple(np.column_stack((s, np.full(len(s), 0.7))).astype(np.float32) for s in strokes))
    return Pen.random(rng, 3 * size, 1.1).write(ink, size), rise


def draw_square(page: Grey, left: int, top: int, size: int, rng: np.random.Generator) -> Box:
    """Prints a checkbox of ``size`` pixels in place and returns its box."""
    line, shade = (1 if rng.random() < 0.7 else 2), int(rng.integers(0, 90))
    area = page[top : top + size, left : left + size]
    paper = rng.random()
    if paper < 0.7:
        area[...] = 255
    elif paper < 0.8:
        area[...] = int(rng.integers(190, 240))
    for side in (area[:line], area[-line:], area[:, :line], area[:, -line:]):
        side[...] = shade
    return float(left), float(top), float(left + size), float(top + size)
