import base64
import gc
import io
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

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


@pytest.mark.parametrize("grey", [True, False])
@pytest.mark.parametrize(
    ("rotation", "crop", "box"),
    [
        (0, None, (30, 40, 80, 60)),
        (90, None, (340, 30, 360, 80)),
        (270, None, (40, 220, 60, 270)),
        (0, (10, 20, 290, 390), (20, 30, 70, 50)),
    ],
)
def test_a_page_is_drawn_in_the_sizes_asked_for_with_everything_in_its_place(tmp_path, rotation, crop, box, grey):
    (tmp_path / "a.pdf").write_bytes(square_pdf([(30, 40, 50, 20)], rotation=rotation, crop=crop))
    asked = []

    def sizes(width, height):
        asked.append((width, height))
        return (width // 2, height // 2), (161, 203)

    with PdfDocument(tmp_path / "a.pdf") as document:
        image = document.page(1)
        drawn = document.draw(1, sizes, grey)
    assert asked == [image.pixels.shape[1::-1]] == [(drawn.width, drawn.height)]
    assert (drawn.dpi, drawn.number) == (image.dpi, 1)
    for look, (width, height) in zip(drawn.looks, sizes(drawn.width, drawn.height), strict=True):
        assert look.shape == ((height, width) if grey else (height, width, 3))
        across, down = width / drawn.width * 150 / 72, height / drawn.height * 150 / 72
        assert dark_box(look) == pytest.approx([v * f for v, f in zip(box, (across, down) * 2, strict=True)], abs=1)


def test_a_page_is_not_drawn_where_a_resolution_was_asked_for(tmp_path):
    (tmp_path / "a.pdf").write_bytes(square_pdf([]))
    with PdfDocument(tmp_path / "a.pdf", dpi=100) as document:
        assert document.draw(1, lambda width, height: ((width, height),), True) is None


def test_drawing_a_page_that_is_not_there_is_told(tmp_path):
    (tmp_path / "a.pdf").write_bytes(square_pdf([]))
    with PdfDocument(tmp_path / "a.pdf") as document, pytest.raises(DocmarksError, match="page 2 is not there"):
        document.draw(2, lambda width, height: ((width, height),), True)


def test_what_lets_other_things_show_through_is_the_same_in_grey(tmp_path):
    # A red rectangle, half of it transparent, and one that multiplies, over a black one.
    content = b"0 g 20 20 60 60 re f /A gs 1 0 0 rg 40 40 60 60 re f /B gs 0.2 0.7 0.4 rg 60 10 30 80 re f"
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(square_pdf([], (120, 100)))))
    page = writer.pages[0]
    stream = DecodedStreamObject()
    stream.set_data(content)
    page[NameObject("/Contents")] = writer._add_object(stream)
    states = {"/A": {"/ca": FloatObject(0.5)}, "/B": {"/ca": FloatObject(1), "/BM": NameObject("/Multiply")}}
    named = {
        NameObject(name): DictionaryObject({NameObject(key): value for key, value in state.items()})
        for name, state in states.items()
    }
    page["/Resources"][NameObject("/ExtGState")] = DictionaryObject(named)
    writer.write(tmp_path / "a.pdf")
    with PdfDocument(tmp_path / "a.pdf") as document:
        (grey,), (colour,) = (document.draw(1, lambda *_: ((120, 100),), g).looks for g in (True, False))
    expected = np.asarray(Image.fromarray(colour).convert("L")).astype(int)
    assert len(np.unique(expected[15:85:10, 15:95:5])) >= 5  # it is all there
    assert np.abs(grey - expected).max() <= 16  # a product of greys is not quite the grey of a product of colours


@pytest.mark.parametrize("grey", [True, False])
def test_fields_of_a_form_are_drawn_with_what_is_in_them(tmp_path, grey):
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(square_pdf([], (200, 100)))))
    look = DecodedStreamObject()
    look.set_data(b"0 g 0 0 40 20 re f")
    form = {NameObject("/Subtype"): NameObject("/Form"), NameObject("/BBox"): numbers(0, 0, 40, 20)}
    look.update({NameObject("/Type"): NameObject("/XObject"), **form})
    field = {
        "/Subtype": NameObject("/Widget"),
        "/FT": NameObject("/Tx"),
        "/T": TextStringObject("a"),
        "/Type": NameObject("/Annot"),
        "/Rect": numbers(100, 30, 140, 50),
        "/AP": DictionaryObject({NameObject("/N"): writer._add_object(look)}),
    }
    added = writer._add_object(DictionaryObject({NameObject(name): value for name, value in field.items()}))
    writer.pages[0][NameObject("/Annots")] = ArrayObject([added])
    fields = DictionaryObject({NameObject("/Fields"): ArrayObject([added])})
    writer._root_object[NameObject("/AcroForm")] = fields
    writer.write(tmp_path / "a.pdf")
    with PdfDocument(tmp_path / "a.pdf") as document:
        (look,) = document.draw(1, lambda *_: ((400, 200),), grey).looks
    assert dark_box(look) == (200, 100, 280, 140)


def numbers(*values):
    return ArrayObject(map(NumberObject, values))


@pytest.mark.parametrize(
    ("points", "pixels"), [(595.2, 1240), (100.8, 210), (576.24, 1201), (612, 1275), (595.3, 1241)]
)
def test_whole_pixels_stay_whole(tmp_path, points, pixels):
    (tmp_path / "a.pdf").write_bytes(square_pdf([], size=(points, points)))
    with PdfDocument(tmp_path / "a.pdf") as document:
        assert document.measure(1) == (pixels, pixels, 150)
