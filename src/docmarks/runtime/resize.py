"""Resizes a page on two cores, to the same values as on one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]

LEAST = 256
"""Pixels a side: a smaller page is done before another thread begins."""


def resize(page: Pixels, size: tuple[int, int], mode: str) -> Pixels:
    """A page ``[H, W]`` grey or ``[H, W, 3]`` RGB in Pillow's ``mode`` ("L", "RGB"), bilinear, antialiased.

    First along the rows, then along the columns, in whole greys in between, as Pillow does for most sizes. No row
    depends on another in the first pass, nor a column in the second, so two threads share each.

    Args:
        page: The page.
        size: (width, height) to make of it.
        mode: What it becomes first.
    """
    (height, width), (new_width, new_height) = page.shape[:2], size
    channels = (3,) if mode == "RGB" else ()
    between = np.empty((height, new_width, *channels), np.uint8)
    done = np.empty((new_height, new_width, *channels), np.uint8)

    def rows(low: int, high: int) -> None:
        part = Image.fromarray(page[low:high]).convert(mode)
        between[low:high] = part.resize((new_width, high - low), Image.Resampling.BILINEAR)

    def columns(low: int, high: int) -> None:
        part = Image.fromarray(np.ascontiguousarray(between[:, low:high]))
        done[:, low:high] = part.resize((high - low, new_height), Image.Resampling.BILINEAR)

    share = _whole if min(height, width, new_width, new_height) < LEAST else _in_halves
    share(rows, height)
    share(columns, new_width)
    return done


def _whole(work: Callable[[int, int], None], count: int) -> None:
    work(0, count)


def _in_halves(work: Callable[[int, int], None], count: int) -> None:
    """Pillow leaves Python's lock while it computes, so another thread can do one of them; what it raises is raised."""
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(work, 0, count // 2)
        work(count // 2, count)
        other.result()
