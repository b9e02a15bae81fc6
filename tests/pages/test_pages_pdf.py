import base64
import gc
import io
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, FloatObject, NameObject, NumberObject

from docmarks.errors import DocmarksError
from docmarks.marks import Mark, Page
from docmarks.pages.annotate_pdf import annotate_pdf
from docmarks.pages.pdf import PdfDocument
from paper import annotation_rectangles, dark_box, encrypted, square_pdf

AES_256 = zlib.decompress(base64.b64decode(
    "eNqNUz1vJEUQDcjmD5C2hBxy09/TjVaWjL0rITh5tQYn6ILqrmp7kT1jZsdwvn9wBARICCFBfiEZuogQBEJIQEgEZOiy+wHUrM3eiiVgRi11V1"
    "e91/Wqam9+NHtV3TPV3u9//PRLpYQUXXqvmkyqet53eJ2pF5Osmtw4C+DAWlISSAVnFGUnUSYVDKaYvaeALpngoDgNvnFZRgnIHvvV/n5FLY7I"
    "eovh7ZsrEvUczmhV1YfddTsIVdVvLnEl3hWWHRfiwVao2Qk9hAEuurPqFkOM2IutAPufXFW9oFV33WeO4Bt2r+8TLuH17iHTyntyvbSUwvB6MI"
    "L3xE+7Red3tgMfV8L9i81tsb1F7dlwLmwY71dDT3BZPfnym9ce33wvl18sfnz+9On7P/91/qycfvzSZ5++cv7VJx/i15+Xg5d/e/TRk2e//vDt"
    "d8//HHHvQu8Y/BbDqXCciPAbLu14PxdWRxt9o6Ou6tnyYuD61ScDtAg9VvWxmBB6KtZ6GYJRBlwjQ0rRpFz4R6+lNSlqj1FpExNJbKIp2uqiQ0"
    "AFWRWtkTtAaWiAItoQwJO2aH1uguZi1++IiSUriwFNVpWcvYUgdTYxgEaHpZDJnq9RUkoeJHJbcQ95GxhQc5NJk6UMLmZ01rNHcTJb5NVEpwrq"
    "yCyHs7F8nBze7Q6uh/PpB2Op6qMuH19ROzrdF/XB9OTUbIQyeizKWPaT4XImbgHGQ//icDwVkyan1BA4p5SJzO+BiF9WIDZSG4+crTeekkEfpe"
    "GclHPFEyvlURe5FoJhlLSUsvakGhZBNtoVME5aSMCyjhkVh0ihhJQbmQFZdwpO+Viy8XHMdE79JfcqVyBhiBwFFiEFy2LGJqgSeT4hyu0xe9hT"
    "qaRoKrn5hHfOOFHExqa4Zdc37cbGue7aGr1j01rt2IzZtXE7vrANPSwvqF/378nyEfHz6kXXDcLcjtYbbemEutsf8TBOjI7kkyHtgoHIclHjM0"
    "pZss0BIe//Hxce4Wmb+5urQfh/ZnY1QD+sRYrBVnt70+NZ9TfuCGRb"
))  # fmt: skip
"""A page of 200 x 300 points with a square, password "secret". Writing one takes a package that nothing else needs."""


def changed(pdf, **entries):
    """The PDF with other entries in its pages."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    for page in writer.pages:
        for key, value in entries.items():
            array = isinstance(value, tuple)
            page[NameObject(f"/{key}")] = ArrayObject(map(FloatObject, value)) if array else NumberObject(value)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def found(path, dpi=72, password=None):
    """The page with its square as the one mark."""
    with PdfDocument(path, password, dpi) as document:
        pixels = document.page(1).pixels
    box = tuple(map(float, dark_box(pixels)))
    return Page(pixels.shape[1], pixels.shape[0], float(dpi), 1, (Mark(box, ("Stamp",), (0.5,)),))


@pytest.mark.parametrize(
    "entries",
    [
        {"CropBox": (-50, -40, 250, 450)},  # beyond the page: only what is on it is shown
        {"CropBox": (250, 390, 10, 20)},  # corners the wrong way round
        {"MediaBox": (300, 400, 0, 0)},
        {"MediaBox": (-30, -20, 270, 380), "Rotate": 90},
        {"MediaBox": (0, 0, 0, 0)},  # no page at all: viewers show letter size
        {"Rotate": -90},
        {"Rotate": 450},
        {"Rotate": 45},  # not allowed, and shown as 0
        {"UserUnit": 2},
    ],
    ids=str,
)
def test_a_mark_is_noted_where_it_is_whatever_the_boxes_of_the_page_say(tmp_path, entries):
    path = tmp_path / "a.pdf"
    path.write_bytes(changed(square_pdf([(30, 40, 50, 20)]), **entries))
    ((rectangle, _),) = annotation_rectangles(annotate_pdf(path, [found(path)]))[0]
    assert rectangle == pytest.approx([30, 340, 80, 360], abs=1)


def test_a_page_without_area_is_told(tmp_path):
    (tmp_path / "a.pdf").write_bytes(changed(square_pdf([]), CropBox=(500, 500, 600, 600)))
    with PdfDocument(tmp_path / "a.pdf") as document, pytest.raises(DocmarksError, match="page 1 has no area"):
        document.page(1)


def test_a_modern_cipher_is_no_obstacle(tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(AES_256)
    page = found(path, password="secret")
    assert (page.width, page.height) == (200, 300) and page.marks[0].box == (50, 220, 90, 240)
    ((rectangle, contents),) = annotation_rectangles(annotate_pdf(path, [page], "secret"))[0]
    assert rectangle == [50, 60, 90, 80] and contents == "Stamp 50%"


@pytest.mark.parametrize("password", [None, "anything"])
def test_a_pdf_that_is_only_locked_opens_with_any_password(tmp_path, password):
    path = tmp_path / "a.pdf"
    path.write_bytes(encrypted(square_pdf([(30, 40, 50, 20)]), ""))
    page = found(path, password=password)
    assert page.marks[0].box == (30, 40, 80, 60)
    assert len(annotation_rectangles(annotate_pdf(path, [page], password))[0]) == 1


@pytest.mark.parametrize(
    ("limit", "dpi", "size"), [(120_000, 72, (400, 300)), (30_000, 36, (200, 150)), (None, 150, (834, 625))]
)
def test_without_a_resolution_a_huge_page_is_rendered_smaller(tmp_path, limit, dpi, size):
    (tmp_path / "a.pdf").write_bytes(square_pdf([]))
    with PdfDocument(tmp_path / "a.pdf", **({"limit": limit} if limit else {})) as document:
        page = document.page(1)
    assert page.dpi == dpi and page.pixels.shape[:2] == size


TWO_PAGES = square_pdf([(30, 40, 50, 20)], pages=2)


@given(st.data())
@settings(max_examples=60)
def test_a_damaged_pdf_is_read_and_annotated_or_one_line(tmp_path_factory, data):
    content = bytearray(TWO_PAGES)
    for _ in range(data.draw(st.integers(0, 20))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    start = data.draw(st.integers(0, len(content)))
    del content[start : start + data.draw(st.integers(0, 40))]
    path = tmp_path_factory.getbasetemp() / "damaged.pdf"
    path.write_bytes(content)
    mark = Mark((0.0, 0.0, 9.0, 9.0), ("Date",), (1.0,))
    try:
        with PdfDocument(path, dpi=36) as document:
            numbers = range(1, len(document) + 1)
            pages = [Page(*document.page(n).pixels.shape[1::-1], 36.0, n, (mark,)) for n in numbers]
        listed = annotation_rectangles(annotate_pdf(path, pages))
        assert len(listed) == len(pages) and all(page for page in listed)
    except DocmarksError as error:
        assert str(error).startswith(str(path)) and "\n" not in str(error)


def test_a_page_outlives_the_next_and_its_document(tmp_path):
    (tmp_path / "a.pdf").write_bytes(square_pdf([(30, 40, 50, 20)], pages=3))
    with PdfDocument(tmp_path / "a.pdf", dpi=72) as document:
        first = document.page(1).pixels
        before = first.copy()
        others = [document.page(number).pixels for number in (2, 3, 2, 3)]
        others[0][...] = 7
    del document, others
    gc.collect()
    assert np.array_equal(first, before) and len(np.unique(first)) > 1
    with PdfDocument(tmp_path / "a.pdf", dpi=72) as document:
        assert np.array_equal(document.page(1).pixels, before)
