"""The image of an annotated page, as training, evaluation and checks read it."""

from __future__ import annotations

from collections.abc import Sequence, Sized
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from docmarks.data.dataset import DatasetPage
from docmarks.data.files import is_there
from docmarks.errors import DocmarksError
from docmarks.pages.document import OpenDocument, open_document
from docmarks.pages.page_image import PageImage
from docmarks.pages.sniff import sniff


def read_page(page: DatasetPage) -> NDArray[np.uint8]:
    """The page's image ``[H, W, 3]`` RGB; otherwise as ``read_pixels``."""
    pixels = read_pixels(page)
    return pixels if pixels.ndim == 3 else np.repeat(pixels[:, :, None], 3, axis=2)


def read_pixels(page: DatasetPage, grey: bool = False) -> NDArray[np.uint8]:
    """The page's image ``[H, W, 3]`` RGB or ``[H, W]`` grey, upright; otherwise as ``read_image``."""
    return read_image(page, grey).pixels


def read_image(page: DatasetPage, grey: bool = False) -> PageImage:
    """The page; ``grey`` where colours only cost time.

    Raises:
        DocmarksError: It cannot be read, or is not of the size that the annotation says.
    """
    if not is_there(page.file):
        raise DocmarksError(f"{page.file}: no such image; the data set names it, put it there")
    with open_annotated(page.file, page.page.dpi) as document:
        image = document.page(number_in(document, page.file, page.number), grey)
    pixels = image.pixels
    if pixels.shape[:2] != (page.page.height, page.page.width):
        told, size = f"{page.page.width} x {page.page.height}", f"{pixels.shape[1]} x {pixels.shape[0]}"
        raise DocmarksError(f"{page.name}: is {size}, its annotation says {told}; correct the data set")
    return image


def open_annotated(file: Path, dpi: float) -> OpenDocument:
    """A file that a data set names; a PDF at the resolution of its record."""
    return open_document(file, dpi=dpi if sniff(file) == "pdf" else None)


def in_place(pages: Sequence[DatasetPage]) -> list[DatasetPage]:
    """The pages with their places in their files: 1 where one is alone there, whatever its record tells of.

    Raises:
        DocmarksError: A file cannot be read, or has fewer pages.
    """
    lengths: dict[Path, range] = {}
    found = []
    for page in pages:
        if page.number > 1 and is_there(page.file):
            if page.file not in lengths:
                with open_annotated(page.file, page.page.dpi) as document:
                    lengths[page.file] = range(len(document))
            number = number_in(lengths[page.file], page.file, page.number)
            page = replace(page, page=replace(page.page, number=number))
        found.append(page)
    return found


def number_in(document: Sized, file: Path, number: int) -> int:
    """Which page of an open document a record means. Of an image alone it may say which of a document it once was.

    Raises:
        DocmarksError: The document has fewer pages.
    """
    if number > len(document) > 1:
        raise DocmarksError(f"{file}: has {len(document)} pages, the data set names page {number}")
    return number if len(document) > 1 else 1
