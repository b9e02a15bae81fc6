"""Decoded pages, resized once and kept: reading and shrinking a scan takes longer than cutting a crop out of it."""

from __future__ import annotations

import hashlib
import os
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from docmarks.data.dataset import DatasetPage
from docmarks.data.read_page import read_pixels
from docmarks.files.atomic import staged
from docmarks.train.config import TrainConfig
from docmarks.train.sample_config import CacheConfig

Pixels = NDArray[np.uint8]

LONG_SIDE = 1600
"""Crops come from pages at most so large: a little more than the largest scale of the shipped recipe needs."""

GIB = 2**30


class PageCache:
    """Pages, grey or RGB, at most so long; the least used leave the memory first, those on disk stay."""

    def __init__(self, config: CacheConfig, long_side: int = LONG_SIDE, colour: bool = False) -> None:
        """Starts empty; fills as pages are asked for."""
        self.config = config
        self.long_side = long_side
        self.mode = "RGB" if colour else "L"
        self._pages: OrderedDict[tuple[Path, int, float], tuple[Pixels, float]] = OrderedDict()
        self._bytes = 0

    @classmethod
    def of(cls, config: TrainConfig) -> PageCache:
        """As large and as colourful as the run needs its pages."""
        largest = max(LONG_SIDE, config.crops.page_long_side[1]) if config.view == "crops" else config.resize.long_side
        return cls(config.cache, largest, config.model.input.channels != "grey")

    def __call__(self, page: DatasetPage) -> tuple[Pixels, float]:
        """The image ``[H, W]`` or ``[H, W, 3]`` and how many of its pixels a pixel of the file is."""
        key = page.file, page.number, page.page.dpi
        if key in self._pages:
            self._pages.move_to_end(key)
            return self._pages[key]
        pixels = self._stored(page)
        # The long side alone is exact to half a pixel in a thousand; the short one would not be.
        found = pixels, max(pixels.shape[:2]) / max(page.page.width, page.page.height)
        self._pages[key] = found
        self._bytes += pixels.nbytes
        while self._bytes > self.config.memory * GIB and len(self._pages) > 1:
            _, (old, _) = self._pages.popitem(last=False)
            self._bytes -= old.nbytes
        return found

    def _stored(self, page: DatasetPage) -> Pixels:
        """From the folder of resized pages if there is one, else from the file; written there while room is left."""
        if self.config.folder is None:
            return self._read(page)
        kept = self.config.folder / f"{self._name(page)}.npy"
        with suppress(OSError, ValueError, EOFError):
            return np.load(kept, allow_pickle=False)
        pixels = self._read(page)
        with suppress(OSError):  # a full disk makes it slower, not wrong
            self.config.folder.mkdir(parents=True, exist_ok=True)
            used = sum(entry.stat().st_size for entry in os.scandir(self.config.folder))
            if used + pixels.nbytes <= self.config.disk * GIB:
                with staged(kept) as part, part.open("wb") as opened:
                    np.save(opened, pixels)
        return pixels

    def _name(self, page: DatasetPage) -> str:
        """Of the page as it is now: another size, mode or version of the file has another name."""
        try:
            stat = page.file.stat()
            version = f"{stat.st_size} {stat.st_mtime_ns}"
        except OSError:
            version = "missing"
        told = f"{page.name} {page.page.dpi} {version} {self.long_side} {self.mode}"
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32]  # a name may be no UTF-8

    def _read(self, page: DatasetPage) -> Pixels:
        image = Image.fromarray(read_pixels(page, grey=self.mode == "L")).convert(self.mode)
        scale = min(1.0, self.long_side / max(image.size))
        if scale < 1:
            size = round(image.width * scale), round(image.height * scale)
            image = image.resize((max(1, size[0]), max(1, size[1])), Image.Resampling.BILINEAR)
        return np.asarray(image)
