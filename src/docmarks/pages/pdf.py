"""PDF pages as images, through pdfium. Pdfium is not thread-safe: one thread at a time, or several processes."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

import pypdfium2
from pypdfium2 import raw

from docmarks.errors import DocmarksError
from docmarks.marks import POINTS_PER_INCH
from docmarks.pages.page_image import MAX_PIXELS, PageImage


class PdfDocument:
    """An open PDF. Pages are rendered as a viewer shows them: rotated, cut to the crop box, with annotations."""

    def __init__(self, path: Path, password: str | None, dpi: float) -> None:
        """Opens the file.

        Raises:
            DocmarksError: Broken, encrypted, or without pages.
        """
        self.path, self.dpi = path, dpi
        try:
            self._pdf = pypdfium2.PdfDocument(path, password=password)
        except pypdfium2.PdfiumError as error:
            raise DocmarksError(f"{path}: {_reason(path, error, password)}") from error
        self._pdf.init_forms()

    def __len__(self) -> int:
        """How many pages."""
        return len(self._pdf)

    def page(self, number: int) -> PageImage:
        """Renders page ``number``, 1-based.

        Raises:
            DocmarksError: The page is broken, or too large at this resolution.
        """
        try:
            page = self._pdf[number - 1]
        except pypdfium2.PdfiumError as error:
            raise DocmarksError(f"{self.path}: page {number} cannot be read; repair or print the PDF anew") from error
        try:
            scale = self.dpi / POINTS_PER_INCH
            width, height = page.get_width() * scale, page.get_height() * scale
            if width * height > MAX_PIXELS:
                size = f"{width:.0f} x {height:.0f}"
                raise DocmarksError(f"{self.path}: page {number} is {size} pixels at {self.dpi:g} dpi; lower --dpi")
            # Pdfium rounds sides up: a hair less, and 1650.0000001 pixels do not become 1651.
            bitmap = page.render(scale=scale * (1 - 1e-9), rev_byteorder=True, prefer_bgrx=False)
            # A copy: the bitmap's memory goes with the page.
            pixels = bitmap.to_numpy().copy()
            bitmap.close()
        except pypdfium2.PdfiumError as error:
            raise DocmarksError(f"{self.path}: page {number} cannot be rendered ({error})") from error
        finally:
            page.close()
        return PageImage(pixels[:, :, :3] if pixels.ndim == 3 else pixels, self.dpi, number)

    def __enter__(self) -> PdfDocument:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes the file."""
        self._pdf.close()


def _reason(path: Path, error: pypdfium2.PdfiumError, password: str | None) -> str:
    if error.err_code == raw.FPDF_ERR_PASSWORD:
        if password is None:
            return "the PDF is encrypted; give its password with --password"
        return "the password does not open this PDF"
    if _is_empty(path):
        return "the PDF has no pages"
    return "broken or cut off PDF; copy, download or print it again"


def _is_empty(path: Path) -> bool:
    """Whether another reader understands the file and finds no page in it: pdfium calls that a failure, too."""
    from pypdf import PdfReader

    try:
        return len(PdfReader(path).pages) == 0
    except Exception:  # whatever a damaged file makes the parser do, the answer is no
        return False
