"""Documents made in code."""

import io

import numpy as np
import pypdfium2
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, RectangleObject

from docmarks.synth.printed.typeset import Sheet, to_pdf


def square_pdf(boxes_pt, size=(300, 400), rotation=0, crop=None, pages=1):
    """A PDF with black rectangles (x, y, w, h in points, y down, in its unrotated media box)."""
    sheets = []
    for _ in range(pages):
        sheet = Sheet(size)
        for x, y, w, h in boxes_pt:
            sheet.box(x, y, w, h, 0, fill=0.0)
        sheets.append(sheet)
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(to_pdf(sheets))))
    for page in writer.pages:
        if rotation:
            page.rotate(rotation)
        if crop:
            page[NameObject("/CropBox")] = RectangleObject(crop)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def squares_pdf(boxes_pt, size=(300, 400)):
    """A PDF with a page for each rectangle (x, y, w, h in points, y down)."""
    writer = PdfWriter()
    for box in boxes_pt:
        writer.append(io.BytesIO(square_pdf([box], size)))
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def encrypted(pdf, password):
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    writer.encrypt(password, algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def empty_pdf():
    buffer = io.BytesIO()
    PdfWriter().write(buffer)
    return buffer.getvalue()


def dark_box(pixels):
    """(left, top, right, bottom) of what is black."""
    grey = pixels if pixels.ndim == 2 else pixels.min(axis=2)
    rows, columns = np.flatnonzero((grey < 100).any(axis=1)), np.flatnonzero((grey < 100).any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def annotation_rectangles(pdf, password=None):
    """What another library reads: (rectangle, contents) of every annotation a page."""
    reader = PdfReader(io.BytesIO(pdf))
    if password:
        reader.decrypt(password)
    return [
        [
            ([float(v) for v in a.get_object()["/Rect"]], str(a.get_object()["/Contents"]))
            for a in page.get("/Annots", [])
        ]
        for page in reader.pages
    ]


def render(pdf, number=0, dpi=72):
    document = pypdfium2.PdfDocument(pdf)
    pixels = document[number].render(scale=dpi / 72, may_draw_forms=False).to_numpy().copy()
    document.close()
    return pixels


def save(path, image, **options):
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(path, **options)
    return path
