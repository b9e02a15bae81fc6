"""One look at an image file: whether it decodes, how large it is, and what it looks like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from docmarks.data.empty_square import is_empty
from docmarks.data.read_page import number_in, open_annotated
from docmarks.errors import DocmarksError
from docmarks.marks import POINTS_PER_INCH
from docmarks.pages.pixels import ORIENTATION
from docmarks.runtime.in_flight import in_flight
from docmarks.runtime.worker_processes import WorkerProcesses

THUMB = 64
"""Pages are compared as squares of so many pixels a side."""

HASH_SIDE = 16

READABLE = 640
"""Shorter side, in pixels, of the page that tells which way up it lies."""

PREVIEW = 256
"""Shorter side, in pixels, of the small page that hash and thumbnail are taken from."""


@dataclass(frozen=True)
class Seen:
    """What was seen of a file.

    Attributes:
        size: (width, height), upright.
        orientation: EXIF; 1 where there is none.
        error: Why it cannot be read; empty if it can.
        hash: Perceptual hash, 256 bits packed into ``[32]`` bytes; None if not asked for.
        thumb: ``[64, 64]`` grey; None if not asked for.
        empty: Of every square of its place, whether there is nothing in it.
        page: ``[h, w]`` grey, to tell which way up it lies; None before it is read, and after it has told.
        quarters: Quarter turns, counter-clockwise, that would set it upright.
        stretch: A pixel is so many times as high as it is wide.
    """

    size: tuple[int, int] = (0, 0)
    orientation: int = 1
    error: str = ""
    hash: NDArray[np.uint8] | None = None
    thumb: NDArray[np.uint8] | None = None
    empty: tuple[bool, ...] = ()
    page: NDArray[np.uint8] | None = None
    quarters: int = 0
    stretch: float = 1.0


@dataclass(frozen=True)
class Place:
    """Where the picture of an image record is.

    Attributes:
        file: The file.
        number: Of the page in it, from 1.
        dpi: At which a PDF is rendered.
        filled: Squares that are said to be filled: x, y, width, height of each.
    """

    file: Path
    number: int = 1
    dpi: float = POINTS_PER_INCH
    filled: tuple[tuple[float, ...], ...] = ()


def look(place: Place, compare: bool) -> Seen:
    """Decodes a page.

    Args:
        place: Of the page.
        compare: Whether to take its hash and thumbnail, too.
    """
    file = place.file
    try:
        with open_annotated(file, place.dpi) as document:
            number = number_in(document, file, place.number)
            width, height, _ = document.measure(number)
            # The larger first: a JPEG is decoded once, no larger than was asked for then.
            page = document.preview(number, READABLE)
            # Hashing alone would resample every page from full size.
            pixels = document.preview(number, PREVIEW)
            stretch = document.stretch(number)
            empty: tuple[bool, ...] = ()
            if place.filled:
                whole = document.page(number, grey=True).pixels
                empty = tuple(is_empty(whole, box) for box in place.filled)
    except DocmarksError as error:
        return Seen(error=str(error))
    size = (width, height)
    if not compare:
        return Seen(size, _orientation(file, size), empty=empty, page=page, stretch=stretch)
    from imagehash import phash

    small = Image.fromarray(pixels)
    bits = phash(small, HASH_SIDE).hash.flatten()
    thumb = np.asarray(small.resize((THUMB, THUMB), Image.Resampling.BOX))
    return Seen(size, _orientation(file, size), "", np.packbits(bits), thumb, empty, page, stretch=stretch)


def look_at_all(places: Sequence[Place], compare: bool, workers: int) -> Iterator[Seen]:
    """Every page in turn, decoded by ``workers`` processes; at most a few pages are in memory."""
    if workers <= 1 or len(places) < 2 * workers:
        yield from (look(place, compare) for place in places)
        return
    yield from in_flight(partial(look, compare=compare), places, workers, WorkerProcesses)


def _orientation(file: Path, size: tuple[int, int]) -> int:
    """EXIF's number, if it swaps width and height; the others change no size, and cost a PNG its decoding again."""
    try:
        with Image.open(file) as image:
            return 1 if image.size == size else int(image.getexif().get(ORIENTATION, 1))
    except Exception:  # it decoded a moment ago; a broken EXIF block says nothing
        return 1
