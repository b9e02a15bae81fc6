"""A PDF with its marks as real annotations, which any viewer shows and lists."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pypdfium2
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    TextStringObject,
)
from pypdfium2 import raw

from docmarks.errors import DocmarksError
from docmarks.marks import Box, Mark, Page
from docmarks.pages.annotate_image import caption
from docmarks.pages.colours import colour
from docmarks.pages.pdf import open_pdf

AUTHOR = "docmarks"
PRINTED = 4
"""Flag of an annotation that is printed with the page."""

NOT_ENCRYPTED = -1
"""Pdfium's revision of the security handler of a PDF without one."""


def annotate_pdf(path: Path, pages: Sequence[Page], password: str | None = None) -> bytes:
    """The PDF with a Square annotation a mark; everything else is left as it is.

    Args:
        path: The PDF that the pages were found in.
        pages: Pages with their marks, in pixels of the displayed page.
        password: Opens an encrypted PDF; the copy is not encrypted.

    Raises:
        DocmarksError: The file cannot be rewritten.
    """
    pdf = open_pdf(path, password)
    try:
        writer = _writer(path, pdf)
        for page in pages:
            # Asked of the renderer, so that both mean the same page whatever its boxes say.
            shown = pdf[page.number - 1]
            bounds, rotation = shown.get_bbox(), shown.get_rotation()
            for mark in page.marks:
                rectangle = to_user_space(mark.in_points(page.dpi), bounds, rotation)
                writer.add_annotation(page.number - 1, _square(mark, rectangle))
        buffer = io.BytesIO()
        writer.write(buffer)
    except Exception as error:
        # Beside its own errors pypdf raises whatever a damaged object leads to.
        what = f"{type(error).__name__}: {error}".splitlines()[0]
        raise DocmarksError(
            f"{path}: the PDF cannot be annotated ({what}); repair it, or annotate images of it"
        ) from error
    finally:
        pdf.close()
    return buffer.getvalue()


def to_user_space(box: Box, crop: Box, rotation: int) -> Box:
    """A box of the displayed page (points, from its top left corner) in the page's own coordinates.

    Args:
        box: (left, top, right, bottom), y down.
        crop: What is displayed of the page: (left, bottom, right, top) in its coordinates, y up.
        rotation: The page's /Rotate: degrees clockwise at which it is displayed.

    Returns:
        (left, bottom, right, top), y up.
    """
    left, bottom, right, top = crop
    x0, y0, x1, y1 = box
    turned = {
        0: (left + x0, top - y1, left + x1, top - y0),
        90: (left + y0, bottom + x0, left + y1, bottom + x1),
        180: (right - x1, bottom + y0, right - x0, bottom + y1),
        270: (right - y1, top - x1, right - y0, top - x0),
    }
    return turned[rotation % 360]


def _writer(path: Path, pdf: pypdfium2.PdfDocument) -> PdfWriter:
    """A copy to write into: of the file itself where possible, of pdfium's reading of it where not.

    The latter for encrypted files, for whose newer ciphers pypdf would need a further package, and for damaged ones
    that pdfium mends and pypdf does not.
    """
    if raw.FPDF_GetSecurityHandlerRevision(pdf) == NOT_ENCRYPTED:
        try:
            writer = PdfWriter(clone_from=PdfReader(path))
            if len(writer.pages) == len(pdf):
                return writer
        except Exception:  # the other way is tried next, and its error is told
            pass
    buffer = io.BytesIO()
    pdf.save(buffer, flags=raw.FPDF_REMOVE_SECURITY)
    return PdfWriter(clone_from=PdfReader(buffer))


def _square(mark: Mark, rectangle: Box) -> DictionaryObject:
    numbers = ArrayObject(FloatObject(round(v, 3)) for v in rectangle)
    tint = ArrayObject(FloatObject(round(v / 255, 3)) for v in colour(mark.label))
    return DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Square"),
            NameObject("/Rect"): numbers,
            NameObject("/C"): tint,
            NameObject("/Contents"): TextStringObject(caption(mark)),
            NameObject("/T"): TextStringObject(AUTHOR),
            NameObject("/NM"): TextStringObject(f"{AUTHOR}-{'-'.join(f'{v:.1f}' for v in rectangle)}"),
            NameObject("/F"): NumberObject(PRINTED),
            NameObject("/BS"): DictionaryObject({NameObject("/W"): FloatObject(1)}),
        }
    )
