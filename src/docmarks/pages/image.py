"""Image files as pages: TIFF (every page of it), PNG, JPEG, WebP."""

from __future__ import annotations

import importlib
import math
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from docmarks.errors import DocmarksError
from docmarks.pages.page_image import IMAGE_DPI, MAX_PIXELS, PageImage
from docmarks.pages.pixels import lies_on_its_side, to_pixels, upright
from docmarks.pages.sniff import Kind, sniff

BELIEVABLE_DPI = (50.0, 2400.0)
"""A resolution outside this range is a placeholder of the program that wrote the file (72 x 72 is common, too, and
believed: it only scales points)."""

MOST_STRETCHED = 2.5
"""Faxes have twice as many pixels across as down, or half as many; whoever says more has mistaken a unit."""

READERS: dict[Kind, tuple[str, str]] = {
    "png": ("PIL.PngImagePlugin", "PngImageFile"),
    "jpeg": ("PIL.JpegImagePlugin", "JpegImageFile"),
    "tiff": ("PIL.TiffImagePlugin", "TiffImageFile"),
    "webp": ("PIL.WebPImagePlugin", "WebPImageFile"),
}
"""Pillow's class for each kind. Called directly: only one of them is imported, the second picture that phones hide in
a JPEG stays hidden, and our own limit of pixels holds, not Pillow's."""

NEW_SUBFILE, NO_PAGE = 254, 0b101
"""TIFF 6.0: the tag that says what a frame is, and its bits for a reduced copy and for a mask."""

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"

JPEG_REDUCTIONS = (2, 4, 8)


class ImageDocument:
    """An open image file."""

    def __init__(self, path: Path, dpi: float | None = None, limit: int = MAX_PIXELS) -> None:
        """Opens the file.

        Args:
            path: The file.
            dpi: Its resolution; None takes what it says itself.
            limit: Most pixels a page may have.

        Raises:
            DocmarksError: Missing, broken or no image.
        """
        kind = sniff(path)
        if kind == "pdf":
            raise DocmarksError(f"{path}: a PDF, where an image is needed; render its pages first")
        self.path, self.dpi, self.limit = path, dpi, limit
        self._scale = 1.0
        self._jpeg_size: tuple[int, int] | None = None  # that of ``page``: a preview leaves the open picture smaller
        # A file object, not the path: Pillow would map raw TIFF pixels into memory, and mixes up the sides of a
        # turned one then.
        self._file = path.open("rb")
        with self._told(str(path)):
            module, name = READERS[kind]
            self._read: Callable[[BinaryIO], ImageFile.ImageFile] = getattr(importlib.import_module(module), name)
            self._image = self._read(self._file)
            self._frames = _tiff_pages(self._image) if kind == "tiff" else [0]

    def __len__(self) -> int:
        """How many pages. An animation is one: its first picture."""
        return len(self._frames)

    def page(self, number: int, grey: bool = False) -> PageImage:
        """Decodes page ``number``, 1-based, turned upright as its EXIF entry says.

        A JPEG over the limit of pixels is decoded at a half, a quarter or an eighth of its size, as the page's own
        size and resolution then say.

        Args:
            number: Of the page.
            grey: A JPEG in colours becomes grey as it is decoded, in a third of the time and to the same greys within
                one level, where no colour is cut off; any other image stays as it is.

        Raises:
            DocmarksError: Broken, or more pixels than a page can have.
        """
        with self._told(self._where(number)):
            if self._image.format == "JPEG":
                self._file.seek(0)
                self._image = self._read(self._file)  # anew: once decoded it keeps its colours, or has lost them
            dpi = self._seek(number)
            if grey and self._image.format == "JPEG":
                self._image.draft("L", None)
            self._image.load()
            return PageImage(to_pixels(upright(self._image)), dpi, number, self._stretched())

    def draw(self, number: int, sizes: object, grey: bool) -> None:
        """Nothing: a page of pixels can be resized, not drawn."""

    def measure(self, number: int) -> tuple[int, int, float]:
        """Width and height in pixels and the resolution that ``page`` would give, from the file's header alone."""
        with self._told(self._where(number)):
            dpi = self._seek(number)
            width, height = self._jpeg_size or self._image.size
            # Pillow decodes a PNG before it tells the orientation: that may be said after the pixels.
            known = self._image.format == "PNG" and not _says_more_after_pixels(self._file)
            try:
                exif = Image.Image.getexif(self._image) if known else self._image.getexif()
                across = lies_on_its_side(exif)
            except Exception:  # a damaged entry turns no page: ``upright`` holds so, too
                across = False
            return (height, width, dpi) if across else (width, height, dpi)

    def stretch(self, number: int) -> float:
        """That of ``page``, from the file's header alone."""
        with self._told(self._where(number)):
            self._seek(number)
            return self._stretched()

    def preview(self, number: int, least: int) -> NDArray[np.uint8]:
        """A page, grey and small: its whole file is decoded, at a part of its size where the format can do that.

        Args:
            number: 1-based.
            least: The shorter side has so many pixels or more, if the page has.

        Returns:
            ``[h, w]``.

        Raises:
            DocmarksError: As ``page`` does.
        """
        with self._told(self._where(number)):
            self._seek(number)
            image = self._image
            if image.format == "JPEG":
                image.draft("L", (least, least))
            image.load()
            page = upright(image)
            if "transparency" in page.info or page.mode not in ("1", "P", "L", "RGB"):
                page = Image.fromarray(to_pixels(page))
            elif page.mode in ("1", "P"):
                page = page.convert("L")
            return np.asarray(page.reduce(max(1, min(page.size) // least)).convert("L"))

    def __enter__(self) -> ImageDocument:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes the file."""
        self._file.close()

    def _where(self, number: int) -> str:
        return f"{self.path}" + (f": page {number}" if len(self._frames) > 1 else "")

    def _seek(self, number: int) -> float:
        """Goes to a page, of a size that can be decoded; its resolution."""
        self._image.seek(self._frames[number - 1])
        if math.prod(self._image.size) > self.limit and not self._reduced():
            raise DocmarksError(f"{self._where(number)}: {_too_large(self._image.size, self.limit)}")
        if self._image.format == "JPEG":
            self._jpeg_size = self._jpeg_size or self._image.size
        return (self.dpi or _dpi(self._image)) * self._scale

    def _stretched(self) -> float:
        """How many times as high as wide a pixel of the page is that was gone to, upright."""
        stretch = _stretch(self._image)
        return 1 / stretch if stretch != 1 and lies_on_its_side(self._image.getexif()) else stretch

    def _reduced(self) -> bool:
        """Sets a large JPEG to be decoded smaller, which costs no more memory than the small picture has.

        Not a progressive one: its decoder keeps the whole picture's coefficients.
        """
        if self._image.format != "JPEG" or self._image.info.get("progressive"):
            return False
        width, height = self._image.size
        for part in JPEG_REDUCTIONS:
            if math.ceil(width / part) * math.ceil(height / part) <= self.limit:
                self._image.draft(None, (width // part, height // part))
                self._scale = self._image.width / width
                return True
        return False

    @contextmanager
    def _told(self, where: str) -> Iterator[None]:
        """Whatever a damaged file makes the decoder do becomes one line; its warnings are for nobody here."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield
        except DocmarksError:
            self._forget()
            raise
        except MemoryError as error:
            self._forget()
            raise DocmarksError(f"{where}: not enough memory to decode it; reduce the image first") from error
        except Exception as error:
            # Pillow documents OSError, and raises TypeError, IndexError, struct.error and others as well.
            self._forget()
            raise DocmarksError(f"{where}: broken or cut off image; copy, download or scan it again") from error

    def _forget(self) -> None:
        """After a failure: Pillow would take the broken frame for one already read when asked again."""
        if not hasattr(self, "_image"):
            self._file.close()
            return
        with suppress(Exception), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._image.seek(0)


def _says_more_after_pixels(file: BinaryIO) -> bool:
    """Whether a PNG has any chunk between its pixels and its end; the file stays where it is."""
    place = file.tell()
    try:
        file.seek(len(PNG_MAGIC))
        pixels = False
        while len(head := file.read(8)) == 8:
            kind = head[4:]
            if pixels and kind not in (b"IDAT", b"IEND"):
                return True
            pixels = pixels or kind == b"IDAT"
            file.seek(int.from_bytes(head[:4], "big") + 4, 1)  # its data and checksum
        return False
    finally:
        file.seek(place)


def _tiff_pages(image: ImageFile.ImageFile) -> list[int]:
    """The frames that are pages, not the small copies and masks that some programs put beside them."""
    pages, count = [], int(getattr(image, "n_frames", 1))
    for frame in range(count):
        try:
            image.seek(frame)
            kind = int(getattr(image, "tag_v2", {}).get(NEW_SUBFILE, 0))
        except Exception:  # a broken page counts: it is told when it is read
            kind = 0
        if not kind & NO_PAGE:
            pages.append(frame)
    image.seek(0)
    return pages or list(range(count))


def _dpi(image: ImageFile.ImageFile) -> float:
    return _resolutions(image)[0]


def _stretch(image: ImageFile.ImageFile) -> float:
    """How many times as high as wide a pixel is; 1 where that is rounding."""
    across, down = _resolutions(image)
    return across / down if abs(across - down) > 0.1 * across else 1.0


def _resolutions(image: ImageFile.ImageFile) -> tuple[float, float]:
    """Pixels an inch, across and down."""
    try:
        across, down = (float(v) for v in image.info.get("dpi", (0, 0)))
    except (TypeError, ValueError, ZeroDivisionError):
        return IMAGE_DPI, IMAGE_DPI
    low, high = BELIEVABLE_DPI
    believable = low <= across <= high and low <= down <= high and 1 / MOST_STRETCHED <= across / down <= MOST_STRETCHED
    return (across, down) if believable else (IMAGE_DPI, IMAGE_DPI)


def _too_large(size: tuple[int, int], limit: int) -> str:
    return f"{size[0]} x {size[1]} is over the limit of {limit / 1e6:g} million pixels a page; reduce the image first"
