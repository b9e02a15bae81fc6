import os
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from docmarks.errors import DocmarksError
from docmarks.pages.document import open_document
from paper import dark_box, empty_pdf, encrypted, save, square_pdf

SQUARE = np.full((80, 60), 255, np.uint8)
SQUARE[10:30, 20:50] = 0
BOX = (20, 10, 50, 30)


def only(path, **options):
    with open_document(path, **options) as document:
        assert len(document) == 1
        return document.page(1)


@pytest.mark.parametrize(
    ("name", "mode", "options"),
    [
        ("a.png", "L", {}),
        ("a.png", "1", {}),
        ("a.png", "RGB", {}),
        ("a.png", "P", {}),
        ("a.tif", "L", {"compression": "tiff_lzw"}),
        ("a.tif", "1", {"compression": "group4"}),
        ("a.tif", "CMYK", {}),
        ("a.jpg", "L", {"quality": 95}),
        ("a.jpg", "CMYK", {"quality": 95}),
        ("a.webp", "RGB", {"lossless": True}),
    ],
)
def test_every_kind_of_image_shows_the_same_square(tmp_path, name, mode, options):
    page = only(save(tmp_path / name, Image.fromarray(SQUARE).convert(mode), **options))
    assert page.pixels.dtype == np.uint8 and page.pixels.shape[:2] == (80, 60)
    assert dark_box(page.pixels) == BOX


def test_sixteen_bits_are_scaled_not_cut(tmp_path):
    grey = SQUARE.astype(np.uint16) * 257
    grey[0, 0] = 32896
    page = only(save(tmp_path / "a.tif", Image.fromarray(grey)))
    assert dark_box(page.pixels) == BOX and page.pixels[0, 0] == 128


def test_what_is_transparent_is_white(tmp_path):
    rgba = np.zeros((80, 60, 4), np.uint8)
    rgba[10:30, 20:50, 3] = 255
    assert dark_box(only(save(tmp_path / "a.png", rgba)).pixels) == BOX


@pytest.mark.parametrize(
    ("orientation", "expected"),
    [(1, BOX), (3, (10, 50, 40, 70)), (6, (50, 20, 70, 50)), (8, (10, 10, 30, 40))],
)
def test_exif_rotation_is_honoured(tmp_path, orientation, expected):
    exif = Image.Exif()
    exif[0x0112] = orientation
    page = only(save(tmp_path / "a.jpg", SQUARE, quality=95, exif=exif))
    assert dark_box(page.pixels) == expected


@pytest.mark.parametrize(("told", "believed"), [((300, 300), 300), ((1, 1), 200), ((300, 72), 200), (None, 200)])
def test_resolution_of_an_image(tmp_path, told, believed):
    path = save(tmp_path / "a.png", SQUARE, **({"dpi": told} if told else {}))
    assert only(path).dpi == pytest.approx(believed, rel=1e-3)
    assert only(path, dpi=99).dpi == 99


def test_frames_of_a_tiff_are_pages(tmp_path):
    frames = [Image.fromarray(np.full((10, 10 + i), 40 * i, np.uint8)) for i in range(3)]
    frames[0].save(tmp_path / "a.tiff", save_all=True, append_images=frames[1:])
    with open_document(tmp_path / "a.tiff") as document:
        pages = [document.page(n) for n in (1, 2, 3, 1)]
    assert [p.pixels.shape[1] for p in pages] == [10, 11, 12, 10] and [p.number for p in pages] == [
        1,
        2,
        3,
        1,
    ]
    assert pages[2].pixels[0, 0] == 80


@pytest.mark.parametrize(
    ("rotation", "expected"),
    [(0, (30, 40, 80, 60)), (90, (340, 30, 360, 80)), (180, (220, 340, 270, 360)), (270, (40, 220, 60, 270))],
)
def test_a_pdf_page_is_what_a_viewer_shows(tmp_path, rotation, expected):
    (tmp_path / "a.pdf").write_bytes(square_pdf([(30, 40, 50, 20)], rotation=rotation))
    page = only(tmp_path / "a.pdf", dpi=72)
    assert page.pixels.shape[:2] == ((400, 300) if rotation % 180 == 0 else (300, 400))
    assert dark_box(page.pixels) == expected


def test_a_crop_box_is_the_page(tmp_path):
    (tmp_path / "a.pdf").write_bytes(square_pdf([(30, 40, 50, 20)], crop=(20, 100, 220, 380)))
    page = only(tmp_path / "a.pdf", dpi=72)
    assert page.pixels.shape[:2] == (280, 200) and dark_box(page.pixels) == (10, 20, 60, 40)


def test_pdf_resolution_and_pages(tmp_path):
    (tmp_path / "a.pdf").write_bytes(square_pdf([(30, 40, 50, 20)], pages=3))
    with open_document(tmp_path / "a.pdf") as document:
        assert len(document) == 3
        page = document.page(2)
    assert page.number == 2 and page.dpi == 150 and page.pixels.shape[:2] == (834, 625)  # 400 x 300 points


def test_a_letter_page_has_no_pixel_too_many(tmp_path):
    (tmp_path / "a.pdf").write_bytes(square_pdf([], size=(612, 792)))
    assert only(tmp_path / "a.pdf").pixels.shape[:2] == (1650, 1275)


def test_an_encrypted_pdf_opens_with_its_password(tmp_path):
    (tmp_path / "a.pdf").write_bytes(encrypted(square_pdf([(30, 40, 50, 20)]), "secret"))
    assert dark_box(only(tmp_path / "a.pdf", password="secret", dpi=72).pixels) == (30, 40, 80, 60)


def test_the_content_decides_not_the_suffix(tmp_path):
    save(tmp_path / "a.png", SQUARE)
    (tmp_path / "a.png").rename(tmp_path / "scan.dat")
    assert dark_box(only(tmp_path / "scan.dat").pixels) == BOX
    (tmp_path / "b.png").write_bytes(square_pdf([(30, 40, 50, 20)]))
    assert only(tmp_path / "b.png").pixels.shape[2] == 3


def test_one_pixel_is_a_page(tmp_path):
    assert only(save(tmp_path / "a.png", np.zeros((1, 1), np.uint8))).pixels.shape == (1, 1)


def bomb(width, height):
    """A PNG that claims to be huge."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


def jpeg():
    import io

    buffer = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (200, 200), np.uint8)).save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"just text", "not a PDF, TIFF, PNG, JPEG or WebP"),
        (bomb(30000, 30000), "over the limit of 150 million pixels"),
        (bomb(14000, 12000), "over the limit of 150 million pixels"),
        (jpeg()[:2000], "broken or cut off image"),
        (b"\x89PNG\r\n\x1a\n", "broken or cut off image"),
        (b"II*\x00garbage", "broken or cut off image"),
        (square_pdf([])[:200], "broken or cut off PDF"),
        (b"%PDF-1.7\nnothing else", "broken or cut off PDF"),
        (empty_pdf(), "the PDF has no pages"),
        (encrypted(square_pdf([]), "secret"), "give its password with --password"),
    ],
)
def test_what_cannot_be_read_is_one_line_with_the_cure(tmp_path, content, message):
    path = tmp_path / "scan.bin"
    path.write_bytes(content)
    with pytest.raises(DocmarksError, match=message) as error:
        only(path)
    assert str(error.value).startswith(str(path)) and "\n" not in str(error.value)


def test_a_wrong_password_is_told(tmp_path):
    (tmp_path / "a.pdf").write_bytes(encrypted(square_pdf([]), "secret"))
    with pytest.raises(DocmarksError, match="the password does not open"):
        only(tmp_path / "a.pdf", password="guess")


def test_a_missing_file(tmp_path):
    with pytest.raises(DocmarksError, match="no such file"):
        only(tmp_path / "none.pdf")


def test_a_pdf_page_that_would_be_huge_names_the_option(tmp_path):
    (tmp_path / "a.pdf").write_bytes(square_pdf([], size=(14000, 14000)))
    with pytest.raises(DocmarksError, match=r"page 1 is 29167 x 29167 pixels at 150 dpi; lower --dpi"):
        only(tmp_path / "a.pdf", dpi=150)


@pytest.mark.parametrize("dpi", [0, -150, float("nan"), float("inf")])
def test_a_resolution_is_a_number_over_zero(tmp_path, dpi):
    with pytest.raises(DocmarksError, match=r"a resolution of .* dpi; give a number over 0"):
        only(save(tmp_path / "a.png", SQUARE), dpi=dpi)


def test_a_pipe_is_told(tmp_path):
    os.mkfifo(tmp_path / "a.pdf")
    with pytest.raises(DocmarksError, match=r"a\.pdf: no regular file \(a pipe\?\); save it to one"):
        open_document(tmp_path / "a.pdf")
    with pytest.raises(DocmarksError, match="a folder, where a file is needed"):
        open_document(tmp_path)
