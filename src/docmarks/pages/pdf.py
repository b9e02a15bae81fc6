"""PDF pages as images, through pdfium. Pdfium is not thread-safe: one thread at a time, or several processes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image
from pypdfium2 import raw

from docmarks.errors import DocmarksError
from docmarks.marks import POINTS_PER_INCH
from docmarks.pages.page_image import MAX_PIXELS, PDF_DPI, DrawnPage, PageImage, Sizes

FINER = 2
"""A page is drawn for a network so many times as large as it sees it, and reduced.

At once in that size print comes a little out of place, and scans come out coarser (docs/performance.md).
"""


class PdfDocument:
    """An open PDF. Pages are rendered as a viewer shows them: rotated, cut to the crop box, with annotations."""

    def __init__(
        self, path: Path, password: str | None = None, dpi: float | None = None, limit: int = MAX_PIXELS
    ) -> None:
        """Opens the file.

        Args:
            path: The file.
            password: Of an encrypted PDF.
            dpi: Resolution of the images; None takes 150, and less for a page that would be over the limit then.
            limit: Most pixels a page may have.

        Raises:
            DocmarksError: Broken, encrypted, or without pages.
        """
        self.path, self.dpi, self.limit = path, dpi, limit
        self._pdf = open_pdf(path, password)
        self._pdf.init_forms()

    def __len__(self) -> int:
        """How many pages."""
        return len(self._pdf)

    def page(self, number: int, grey: bool = False) -> PageImage:
        """Renders page ``number``, 1-based, in its colours in any case: in grey its letters would move a little.

        Raises:
            DocmarksError: The page is broken, or too large at the resolution asked for.
        """
        with self._opened(number) as (page, where):
            width, height, dpi = self._measured(page, where)
            return PageImage(self._rendered(page, width, height, grey=False), dpi, number)

    def draw(self, number: int, sizes: Callable[[int, int], Sizes], grey: bool) -> DrawnPage | None:
        """Draws page ``number`` in the sizes that ``sizes`` names for the width and height that ``page`` would give.

        Returns:
            None if a resolution was asked for: then ``page`` has it.

        Raises:
            DocmarksError: The page is broken.
        """
        if self.dpi is not None:
            return None
        with self._opened(number) as (page, where):
            width, height, dpi = self._measured(page, where)
            looks = [self._rendered(page, FINER * w, FINER * h, grey) for w, h in sizes(width, height)]
        reduced = tuple(np.asarray(Image.fromarray(look).reduce(FINER)) for look in looks)
        return DrawnPage(reduced, width, height, dpi, number)

    def measure(self, number: int) -> tuple[int, int, float]:
        """Width and height in pixels and the resolution that ``page`` would give, without rendering."""
        with self._opened(number) as (page, where):
            return self._measured(page, where)

    def stretch(self, number: int) -> float:
        """1: a page is drawn in squares."""
        return 1.0

    def preview(self, number: int, least: int) -> NDArray[np.uint8]:
        """Page ``number``, grey, ``[h, w]``, its shorter side reduced to not much over ``least`` pixels."""
        image = Image.fromarray(self.page(number).pixels)
        return np.asarray(image.reduce(max(1, min(image.size) // least)).convert("L"))

    @contextmanager
    def _opened(self, number: int) -> Iterator[tuple[pypdfium2.PdfPage, str]]:
        """The page, and what it is called."""
        where = f"{self.path}: page {number}"
        if not 1 <= number <= len(self._pdf):
            raise DocmarksError(f"{where} is not there, the last is {len(self._pdf)}; correct the number")
        try:
            page = self._pdf[number - 1]
        except pypdfium2.PdfiumError as error:
            raise DocmarksError(f"{where} cannot be read; repair or print the PDF anew") from error
        try:
            yield page, where
        except (pypdfium2.PdfiumError, ValueError) as error:
            raise DocmarksError(f"{where} cannot be rendered ({error}); repair or print the PDF anew") from error
        except MemoryError as error:
            raise DocmarksError(f"{where}: not enough memory to render it; lower --dpi") from error
        finally:
            page.close()

    def _measured(self, page: pypdfium2.PdfPage, where: str) -> tuple[int, int, float]:
        """Width and height in pixels and the resolution of its image."""
        dpi = self._resolution(page.get_width(), page.get_height(), where)
        width, height = (math.ceil(side * _scale(dpi)) for side in (page.get_width(), page.get_height()))
        return width, height, dpi

    def _rendered(self, page: pypdfium2.PdfPage, width: int, height: int, grey: bool) -> NDArray[np.uint8]:
        """The page in exactly so many pixels, ``[height, width]`` or ``[height, width, 3]`` RGB."""
        kind = raw.FPDFBitmap_Gray if grey else raw.FPDFBitmap_BGR
        bitmap = pypdfium2.PdfBitmap.new_native(width, height, kind)
        bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
        # A grey bitmap makes colours grey by itself; told to (FPDF_GRAYSCALE), pdfium converts every picture before.
        flags = raw.FPDF_ANNOT | (0 if grey else raw.FPDF_REVERSE_BYTE_ORDER)
        place = (bitmap, page, 0, 0, width, height, 0, flags)
        raw.FPDF_RenderPageBitmap(*place)
        if page.formenv:
            raw.FPDF_FFLDraw(page.formenv, *place)
        # The array keeps the bitmap's memory, which is Python's own; pdfium gives back the rest.
        pixels = bitmap.to_numpy()
        bitmap.close()
        return pixels.reshape(height, width) if grey else pixels

    def __enter__(self) -> PdfDocument:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes the file."""
        self._pdf.close()

    def _resolution(self, width: float, height: float, where: str) -> float:
        """For a page of ``width`` x ``height`` points."""
        if min(width, height) <= 0:
            raise DocmarksError(f"{where} has no area, its crop box lies outside it; print the PDF anew")
        fitting = POINTS_PER_INCH * math.sqrt(self.limit / (width * height))
        if self.dpi is None:
            return PDF_DPI if fitting >= PDF_DPI else max(math.floor(fitting), min(fitting, 1.0))
        if self.dpi > fitting:
            size = f"{width * self.dpi / POINTS_PER_INCH:.0f} x {height * self.dpi / POINTS_PER_INCH:.0f}"
            raise DocmarksError(f"{where} is {size} pixels at {self.dpi:g} dpi; lower --dpi, or leave it out")
        return self.dpi


def _scale(dpi: float) -> float:
    """Sides are rounded up, and pdfium has them in single precision: a hair less, and 1650.0001 pixels are 1650."""
    return dpi / POINTS_PER_INCH * (1 - 1e-6)


def open_pdf(path: Path, password: str | None) -> pypdfium2.PdfDocument:
    """Opens a PDF; a password that it does not need is no obstacle.

    Raises:
        DocmarksError: Broken, encrypted, or without pages.
    """
    try:
        return pypdfium2.PdfDocument(path, password=password)
    except pypdfium2.PdfiumError as error:
        if password is not None and error.err_code == raw.FPDF_ERR_PASSWORD and _opens_without(path):
            return pypdfium2.PdfDocument(path)
        raise DocmarksError(f"{path}: {_reason(path, error, password)}") from error


def _opens_without(path: Path) -> bool:
    """Whether no password is needed: among many files with one --password some are only locked against changes."""
    try:
        pypdfium2.PdfDocument(path).close()
    except pypdfium2.PdfiumError:
        return False
    return True


def _reason(path: Path, error: pypdfium2.PdfiumError, password: str | None) -> str:
    if error.err_code == raw.FPDF_ERR_PASSWORD:
        if password is None:
            return "the PDF is encrypted; give its password with --password"
        return "the password does not open this PDF; try another with --password"
    if _is_empty(path):
        return "the PDF has no pages; export or print it again"
    return "broken or cut off PDF; copy, download or print it again"


def _is_empty(path: Path) -> bool:
    """Whether another reader understands the file and finds no page in it: pdfium calls that a failure, too."""
    from pypdf import PdfReader

    try:
        return len(PdfReader(path).pages) == 0
    except Exception:  # whatever a damaged file makes the parser do, the answer is no
        return False
