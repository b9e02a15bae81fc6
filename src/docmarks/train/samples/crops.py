"""Cuts crops out of pages, with their marks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from docmarks.marks import Box, Mark
from docmarks.train.sample_config import CropConfig

Pixels = NDArray[np.uint8]
"""``[H, W]`` grey or ``[H, W, 3]`` RGB."""

WHITE = 255


@dataclass(frozen=True)
class Window:
    """The part of a page that a crop shows: ``scale`` crop pixels a page pixel, from (left, top) page pixels."""

    left: float
    top: float
    scale: float


class Cropper:
    """Chooses a window and cuts it out."""

    def __init__(self, config: CropConfig) -> None:
        """Sizes and shares as in the configuration."""
        self.config = config

    def __call__(
        self, page: Pixels, marks: Sequence[Mark], rng: np.random.Generator, aim: Box | None = None
    ) -> tuple[Pixels, list[Mark], Window]:
        """Page and its marks to a crop ``[height, width]`` (and 3), the marks on it, and the window."""
        window = self.choose(page.shape, marks, rng, aim)
        return self.cut(page, window), self.visible(marks, window), window

    def choose(
        self, shape: tuple[int, ...], marks: Sequence[Mark], rng: np.random.Generator, aim: Box | None = None
    ) -> Window:
        """A window for a page of ``shape`` (height, width), with ``aim`` in it if there is one."""
        config = self.config
        low, high = np.log(config.page_long_side)
        scale = float(np.exp(rng.uniform(low, high))) / max(shape[:2])
        span_x, span_y = config.width / scale, config.height / scale
        free_x, free_y = shape[1] - span_x, shape[0] - span_y
        left, top = rng.uniform(min(0, free_x), max(0, free_x)), rng.uniform(min(0, free_y), max(0, free_y))
        aims = [mark for mark in marks if mark.labels and not mark.ignore]
        small = [mark for mark in aims if _side(mark) < config.small * max(shape[:2]) / 1000]
        if aim is None and small and config.on_small > 0 and rng.random() < config.on_small:
            box = small[int(rng.integers(len(small)))].box
            left = _centred(box[0], box[2], span_x, free_x, rng)
            top = _centred(box[1], box[3], span_y, free_y, rng)
        elif aim is None and aims and rng.random() < config.on_mark:
            # Rare labels first: a page of forty boxes and one signature shows both equally often.
            counts = Counter(mark.label for mark in aims)
            weights = np.array([1 / counts[mark.label] for mark in aims])
            aim = aims[rng.choice(len(aims), p=weights / weights.sum())].box
        if aim is not None:
            left = _around(aim[0], aim[2], span_x, free_x, rng)
            top = _around(aim[1], aim[3], span_y, free_y, rng)
        return Window(float(left), float(top), scale)

    def cut(self, page: Pixels, window: Window) -> Pixels:
        """The window's pixels, antialiased; white where it reaches over the page's edge."""
        config = self.config
        height, width = page.shape[:2]
        span_x, span_y = config.width / window.scale, config.height / window.scale
        x0, y0 = max(0.0, window.left), max(0.0, window.top)
        x1, y1 = min(float(width), window.left + span_x), min(float(height), window.top + span_y)
        size = max(1, round((x1 - x0) * window.scale)), max(1, round((y1 - y0) * window.scale))
        part = Image.fromarray(page).resize(size, Image.Resampling.BILINEAR, box=(x0, y0, x1, y1))
        at_x, at_y = round((x0 - window.left) * window.scale), round((y0 - window.top) * window.scale)
        crop = np.full((config.height, config.width, *page.shape[2:]), WHITE, np.uint8)
        patch = np.asarray(part)[: config.height - at_y, : config.width - at_x]
        crop[at_y : at_y + patch.shape[0], at_x : at_x + patch.shape[1]] = patch
        return crop

    def visible(self, marks: Sequence[Mark], window: Window) -> list[Mark]:
        """The marks in crop pixels; those cut off too much become ignored regions."""
        config, found = self.config, []
        for mark in marks:
            left, top, right, bottom = mark.box
            x0, x1 = (left - window.left) * window.scale, (right - window.left) * window.scale
            y0, y1 = (top - window.top) * window.scale, (bottom - window.top) * window.scale
            cx0, cy0, cx1, cy1 = max(0.0, x0), max(0.0, y0), min(config.width, x1), min(config.height, y1)
            if cx1 - cx0 < 1 or cy1 - cy0 < 1:
                continue
            share = (cx1 - cx0) * (cy1 - cy0) / max((x1 - x0) * (y1 - y0), 1e-6)
            ignore = mark.ignore or not mark.labels or share < config.min_visible
            found.append(Mark((cx0, cy0, cx1, cy1), mark.labels, (), ignore))
        return found


def _around(low: float, high: float, span: float, free: float, rng: np.random.Generator) -> float:
    """A start for a window of ``span`` that holds low..high (or as much of it as fits), kept on the page."""
    a, b = high - span, low
    start = rng.uniform(min(a, b), max(a, b))
    return float(np.clip(start, min(0, free), max(0, free)))


def _centred(low: float, high: float, span: float, free: float, rng: np.random.Generator) -> float:
    """A start for a window of ``span`` with low..high in its middle third, kept on the page."""
    start = (low + high - span) / 2 + rng.uniform(-span / 6, span / 6)
    return float(np.clip(start, min(0, free), max(0, free)))


def _side(mark: Mark) -> float:
    """The square root of its area."""
    return float((mark.width * mark.height) ** 0.5)
