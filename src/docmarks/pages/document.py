"""One way to read every kind of document: pages as images, one in memory at a time."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from docmarks.errors import DocmarksError
from docmarks.pages.page_image import DrawnPage, PageImage, Sizes
from docmarks.pages.sniff import sniff


class OpenDocument(Protocol):
    """A document whose pages can be read; closes on leaving its ``with`` block."""

    def __len__(self) -> int:
        """How many pages."""

    def page(self, number: int, grey: bool = False) -> PageImage:
        """Page ``number``, 1-based; ``grey`` where colours are not needed and cost time."""

    def draw(self, number: int, sizes: Callable[[int, int], Sizes], grey: bool) -> DrawnPage | None:
        """Page ``number`` in the sizes that ``sizes`` names for its width and height.

        None if it consists of pixels, or is wanted at a resolution of the user's: then ``page`` has what there is.
        """

    def measure(self, number: int) -> tuple[int, int, float]:
        """Width and height in pixels and resolution of page ``number``, without its pixels."""

    def stretch(self, number: int) -> float:
        """How many times as high as wide a pixel of page ``number`` is: 2 on most faxes, 1 on all else."""

    def preview(self, number: int, least: int) -> NDArray[np.uint8]:
        """Page ``number``, grey, ``[h, w]``, its shorter side reduced to not much over ``least`` pixels."""

    def __enter__(self) -> OpenDocument:
        """Itself."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes the file."""


def open_document(path: Path, password: str | None = None, dpi: float | None = None) -> OpenDocument:
    """Opens a PDF or image file.

    Args:
        path: The file; its content decides what it is.
        password: Of an encrypted PDF.
        dpi: At which a PDF is rendered (150 if None, less for a huge page); for an image, what to take for its own
            resolution.

    Raises:
        DocmarksError: In one line, what is wrong with the file and what helps.
    """
    if dpi is not None and not 0 < dpi < math.inf:
        raise DocmarksError(f"a resolution of {dpi:g} dpi; give a number over 0, for example 150")
    if sniff(path) == "pdf":
        from docmarks.pages.pdf import PdfDocument

        return PdfDocument(path, password, dpi)
    from docmarks.pages.image import ImageDocument

    return ImageDocument(path, dpi)
