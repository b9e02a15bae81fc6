"""From filled letters to the path a pen would take: thinning, then tracing.

Thinning is that of Guo and Hall, "Parallel Thinning with Two-Subiteration Algorithms", 1989.
"""

from __future__ import annotations

from collections.abc import Set

import numpy as np
from numpy.typing import NDArray

from docmarks.synth.handwriting.penmanship import Points

Flags = NDArray[np.bool_]
Pixel = tuple[int, int]

AROUND: tuple[Pixel, ...] = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))
"""Row and column of the eight neighbours, clockwise from above."""

SMOOTHED = 5
"""A traced point is the mean of so many pixels: the staircase of the grid goes, the corners stay."""

KEPT = 2
"""Every so manieth point is kept."""


SHORTEST = 3
"""Fewer pixels beside another path are a splinter of it, no stroke; on their own they are a dot."""


def thinned(shape: Flags) -> Flags:
    """The middle of everything that is set, ``[h, w]``, one pixel wide; what hung together still does."""
    left = np.pad(shape, 1)
    while True:
        before = int(left.sum())
        for first in (True, False):
            n, ne, e, se, s, sw, w, nw = (np.roll(left, (-dy, -dx), (0, 1)) for dy, dx in AROUND)
            parts = _sum(~n & (ne | e), ~e & (se | s), ~s & (sw | w), ~w & (nw | n))  # that hang on it
            pairs = np.minimum(_sum(nw | n, ne | e, se | s, sw | w), _sum(n | ne, e | se, s | sw, w | nw))
            held = (s | sw | ~nw) & w if first else (n | ne | ~se) & e
            left &= ~((parts == 1) & (pairs >= 2) & (pairs <= 3) & ~held)
        if int(left.sum()) == before:
            return left[1:-1, 1:-1]


def centre_lines(shape: Flags) -> list[Points]:
    """The strokes that would draw a shape: paths of x and y in its pixels.

    Thinning takes half the stroke's width off its ends; they are drawn out again by as much.
    """
    skeleton = thinned(shape)
    length = int(skeleton.sum())
    half = int(shape.sum()) / length / 2 if length else 0.0
    return [_drawn(path, half) for path in _traced(skeleton)]


def _sum(*flags: Flags) -> NDArray[np.int_]:
    total: NDArray[np.int_] = np.sum(flags, axis=0)
    return total


def _traced(skeleton: Flags) -> list[list[Pixel]]:
    """Paths through all pixels: from the ends first, straight on at crossings, what is round at last."""
    left: set[Pixel] = {(int(y), int(x)) for y, x in np.argwhere(skeleton)}
    every = frozenset(left)
    ends = sorted((pixel for pixel in left if len(_beside(pixel, every)) == 1), key=lambda pixel: pixel[::-1])
    paths = []
    for start in (*ends, *sorted(left, key=lambda pixel: pixel[::-1])):
        if start not in left:
            continue
        left.discard(start)
        path = _walked([start], left)
        path = _walked(path[::-1], left)  # and on from where it began, which may have been anywhere
        if len(path) < SHORTEST and any(pixel not in path for own in path for pixel in _beside(own, every)):
            continue
        # What another path has passed through joins the two.
        for_end = [pixel for pixel in _beside(path[-1], every) if pixel not in path[-3:]]
        for_start = [pixel for pixel in _beside(path[0], every) if pixel not in path[:3]]
        paths.append([*for_start[:1], *path, *for_end[:1]])
    return paths


def _walked(path: list[Pixel], left: set[Pixel]) -> list[Pixel]:
    """The path, gone on as straight as it can through what is left, which it takes away."""
    while ahead := _beside(path[-1], left):
        path.append(max(ahead, key=lambda pixel: _straightness(path, pixel)))
        left.discard(path[-1])
    return path


def _beside(pixel: Pixel, among: Set[Pixel]) -> list[Pixel]:
    y, x = pixel
    # Straight neighbours first: a path takes a corner rather than cut it and leave a pixel behind.
    near = ((y + dy, x + dx) for dy, dx in (*AROUND[::2], *AROUND[1::2]))
    return [found for found in near if found in among]


def _straightness(path: list[Pixel], pixel: Pixel) -> float:
    """The cosine between where the path has been going and where it would go."""
    if len(path) < 2:
        return 0.0
    (y0, x0), (y1, x1) = path[max(0, len(path) - 5)], path[-1]
    along, step = (y1 - y0, x1 - x0), (pixel[0] - y1, pixel[1] - x1)
    size = float(np.hypot(*along) * np.hypot(*step))
    return (along[0] * step[0] + along[1] * step[1]) / size if size else 0.0


def _drawn(path: list[Pixel], half: float) -> Points:
    points = np.array(path, np.float64)[:, ::-1] + 0.5
    if len(points) < SMOOTHED:
        return points
    padded = np.pad(points, ((SMOOTHED // 2, SMOOTHED // 2), (0, 0)), mode="edge")
    mean: Points = np.stack([padded[i : i + len(points)] for i in range(SMOOTHED)]).mean(axis=0)
    if np.hypot(*(points[0] - points[-1])) < 2:  # a ring
        return np.vstack((mean[::KEPT], mean[:1]))
    first, last = _onward(mean[:4][::-1], half), _onward(mean[-4:], half)
    return np.vstack((first, mean[1:-1:KEPT], last))


def _onward(points: Points, far: float) -> Points:
    """The last of some points, moved on in their direction."""
    step = points[-1] - points[0]
    size = float(np.hypot(*step))
    return points[-1] + step / size * far if size else points[-1]
