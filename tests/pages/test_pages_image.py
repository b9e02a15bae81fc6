import io
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from docmarks.errors import DocmarksError
from docmarks.pages.image import ImageDocument
from paper import dark_box, save

SQUARE = np.full((80, 60), 255, np.uint8)
SQUARE[10:30, 20:50] = 0
BOX = (20, 10, 50, 30)
TURNED = {1: BOX, 3: (10, 50, 40, 70), 6: (50, 20, 70, 50), 8: (10, 10, 30, 40)}
"""Where the square of a page is after its orientation was undone."""

ORIENTATION, NEW_SUBFILE = 0x0112, 254


def encode(image, kind, **options):
    buffer = io.BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(buffer, kind, **options)
    return buffer.getvalue()


def first(path, **options):
    with ImageDocument(path, **options) as document:
        return document.page(1)


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "group4"])
@pytest.mark.parametrize("orientation", TURNED)
def test_the_orientation_of_a_tiff_is_honoured_once(tmp_path, compression, orientation):
    image = Image.fromarray(SQUARE).convert("1" if compression == "group4" else "L")
    path = save(tmp_path / "a.tif", image, compression=compression, tiffinfo={ORIENTATION: orientation})
    assert dark_box(first(path).pixels) == TURNED[orientation]


def test_a_damaged_exif_entry_does_not_cost_the_page(tmp_path):
    exif = Image.Exif()
    exif[ORIENTATION] = 3
    content = encode(SQUARE, "JPEG", quality=95, exif=exif)
    (tmp_path / "a.jpg").write_bytes(content.replace(b"Exif\0\0II*\0", b"Exif\0\0XX*\0").replace(b"MM\0*", b"XX\0*"))
    assert dark_box(first(tmp_path / "a.jpg").pixels) == BOX


def test_the_second_picture_in_a_phone_s_jpeg_is_no_page(tmp_path):
    small = Image.fromarray(SQUARE).resize((30, 40))
    (tmp_path / "a.jpg").write_bytes(encode(SQUARE, "MPO", save_all=True, append_images=[small]))
    with ImageDocument(tmp_path / "a.jpg") as document:
        assert len(document) == 1 and document.page(1).pixels.shape == (80, 60)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_an_animation_is_one_page(tmp_path, kind):
    page = Image.fromarray(SQUARE).convert("RGB")
    other = page.transpose(Image.Transpose.ROTATE_180)
    options = {"lossless": True} if kind == "WEBP" else {}
    (tmp_path / "a").write_bytes(encode(page, kind, save_all=True, append_images=[other], **options))
    with ImageDocument(tmp_path / "a") as document:
        assert len(document) == 1 and dark_box(document.page(1).pixels) == BOX


def test_the_small_copy_of_a_page_in_a_tiff_is_no_page(tmp_path):
    content = bytearray(encode(SQUARE, "TIFF", save_all=True, append_images=[Image.fromarray(SQUARE[::2, ::2])] * 2))
    with Image.open(io.BytesIO(content)) as image:
        image.seek(1)
        assert NEW_SUBFILE not in image.tag_v2  # so that the next lines test something
    # Pillow writes no such tag: ours takes the place of the last entry of the second frame (PlanarConfiguration).
    (at,) = struct.unpack_from("<I", content, 4)
    (count,) = struct.unpack_from("<H", content, at)
    (at,) = struct.unpack_from("<I", content, at + 2 + 12 * count)
    tags = {}
    (count,) = struct.unpack_from("<H", content, at)
    for i in range(count):
        place = at + 2 + 12 * i
        tags[struct.unpack_from("<H", content, place)[0]] = place
    struct.pack_into("<HHII", content, tags[max(tags)], NEW_SUBFILE, 4, 1, 1)
    (tmp_path / "a.tif").write_bytes(content)
    with ImageDocument(tmp_path / "a.tif") as document:
        assert len(document) == 2
        assert [document.page(n).pixels.shape for n in (1, 2)] == [(80, 60), (40, 30)]


def test_a_broken_frame_is_told_every_time_and_the_others_are_read(tmp_path):
    frames = [Image.fromarray(np.full((40, 30 + i), 50 * i, np.uint8)) for i in range(3)]
    content = bytearray(
        encode(frames[0], "TIFF", compression="tiff_adobe_deflate", save_all=True, append_images=frames[1:])
    )
    with Image.open(io.BytesIO(content)) as image:
        image.seek(1)
        (at,) = image.tag_v2[273]
    content[at : at + 8] = b"\xff" * 8
    (tmp_path / "a.tif").write_bytes(content)
    with ImageDocument(tmp_path / "a.tif") as document:
        for _ in range(2):
            with pytest.raises(DocmarksError, match=r"a\.tif: page 2: broken or cut off"):
                document.page(2)
        assert [document.page(n).pixels.shape[1] for n in (3, 1)] == [32, 30]


def deep_tiff(bits, inverted=False):
    """A grey TIFF of 12 or 16 bits a pixel, byte by byte."""
    white = 2**bits - 1
    values = np.where(SQUARE > 0, white, 0) ^ (white if inverted else 0)
    if bits == 12:
        first, second = values[:, ::2], values[:, 1::2]
        packed = np.stack((first >> 4, (first & 15) << 4 | second >> 8, second & 255), axis=2).astype(np.uint8)
    else:
        packed = values.astype("<u2")
    data = packed.tobytes()
    height, width = SQUARE.shape
    tags = [(256, width), (257, height), (258, bits), (259, 1), (262, 0 if inverted else 1), (273, 8), (277, 1)]
    tags += [(278, height), (279, len(data))]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return struct.pack("<2sHI", b"II", 42, 8 + len(data)) + data + struct.pack("<H", len(tags)) + entries + bytes(4)


@pytest.mark.parametrize(("bits", "inverted"), [(12, False), (16, False), (16, True)])
def test_deep_grey_is_scaled_to_its_own_white(tmp_path, bits, inverted):
    (tmp_path / "a.tif").write_bytes(deep_tiff(bits, inverted))
    pixels = first(tmp_path / "a.tif").pixels
    assert set(np.unique(pixels)) == {0, 255} and dark_box(pixels) == BOX


@pytest.mark.parametrize("white", [1.0, 255.0, 65535.0])
def test_floating_point_grey_finds_its_white(tmp_path, white):
    path = save(tmp_path / "a.tif", Image.fromarray((SQUARE / 255 * white).astype(np.float32)))
    pixels = first(path).pixels
    assert pixels.max() == 255 and dark_box(pixels) == BOX


@pytest.mark.parametrize(("limit", "size"), [(4800, (80, 60)), (4799, (40, 30)), (1000, (20, 15)), (100, (10, 8))])
def test_a_jpeg_over_the_limit_is_decoded_smaller(tmp_path, limit, size):
    path = save(tmp_path / "a.jpg", SQUARE, quality=95, dpi=(200, 200))
    with ImageDocument(path, limit=limit) as document:
        page, again = document.page(1), document.page(1)
    assert page.pixels.shape == again.pixels.shape == size
    assert page.dpi == again.dpi == pytest.approx(200 * size[1] / 60)  # the page keeps its size in points


@pytest.mark.parametrize(
    ("name", "options", "limit"), [("a.jpg", {"progressive": True}, 4799), ("a.jpg", {}, 70), ("a.webp", {}, 4799)]
)
def test_what_cannot_be_decoded_smaller_is_refused_with_the_cure(tmp_path, name, options, limit):
    path = save(tmp_path / name, SQUARE, **options)
    with pytest.raises(DocmarksError, match=r"60 x 80 is over the limit of .* pixels a page; reduce the image"):
        first(path, limit=limit)


def test_a_pdf_is_no_image(tmp_path):
    (tmp_path / "a.png").write_bytes(b"%PDF-1.7")
    with pytest.raises(DocmarksError, match=r"a\.png: a PDF, where an image is needed"):
        ImageDocument(tmp_path / "a.png")


GREY = Image.fromarray(np.random.default_rng(0).integers(0, 255, (50, 40), np.uint8))
FILES = {
    "png": encode(GREY.convert("P"), "PNG"),
    "jpeg": encode(GREY, "JPEG", dpi=(200, 200)),
    "mpo": encode(GREY.convert("RGB"), "MPO", save_all=True, append_images=[GREY.convert("RGB")]),
    "tiff": encode(GREY, "TIFF", save_all=True, append_images=[GREY], dpi=(300, 300)),
    "jpeg in tiff": encode(GREY.convert("RGB"), "TIFF", compression="jpeg"),
    "webp": encode(GREY.convert("RGB"), "WEBP"),
}


@given(st.sampled_from(sorted(FILES)), st.data())
@settings(max_examples=150)
def test_a_damaged_file_is_a_page_or_one_line(tmp_path_factory, kind, data):
    content = bytearray(FILES[kind])
    for _ in range(data.draw(st.integers(0, 6))):
        content[data.draw(st.integers(0, min(len(content), 600) - 1))] = data.draw(st.integers(0, 255))
    content = content[: data.draw(st.integers(1, len(content)))]
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(content)
    try:
        with ImageDocument(path) as document:
            for number in range(1, len(document) + 1):
                page = document.page(number)
                assert page.pixels.dtype == np.uint8 and page.pixels.size and page.dpi > 0
    except DocmarksError as error:
        assert str(error).startswith(str(path)) and "\n" not in str(error)


def painted(height=90, width=70):
    """A page in pale colours, smooth enough for a JPEG; those of full strength are cut off as it becomes RGB."""
    rng = np.random.default_rng(3)
    return Image.fromarray(rng.integers(90, 180, (9, 7, 3), np.uint8)).resize((width, height), Image.Resampling.BICUBIC)


@pytest.mark.parametrize("orientation", TURNED)
@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_decoded_in_grey_has_the_greys_of_its_colours(tmp_path, progressive, orientation):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    path = save(tmp_path / "a.jpg", painted(), quality=90, progressive=progressive, exif=exif)
    with ImageDocument(path) as document:
        colour, grey, again = document.page(1), document.page(1, grey=True), document.page(1)
    assert grey.pixels.ndim == 2 and (grey.dpi, grey.number) == (colour.dpi, 1)
    assert np.abs(np.asarray(Image.fromarray(colour.pixels).convert("L")).astype(int) - grey.pixels).max() <= 1
    np.testing.assert_array_equal(colour.pixels, again.pixels)


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "RGB"), ("PNG", "L"), ("TIFF", "RGB"), ("WEBP", "RGB"), ("JPEG", "L"), ("JPEG", "CMYK")]
)
def test_what_cannot_be_decoded_in_grey_any_sooner_stays_as_it_is(tmp_path, kind, mode):
    (tmp_path / "a").write_bytes(encode(painted().convert(mode), kind))
    np.testing.assert_array_equal(first(tmp_path / "a").pixels, in_grey(tmp_path / "a"))


def test_a_jpeg_over_the_limit_is_decoded_smaller_in_grey_too(tmp_path):
    path = save(tmp_path / "a.jpg", painted(), quality=90, dpi=(200, 200))
    assert in_grey(path, limit=2000).shape[:2] == first(path, limit=2000).pixels.shape[:2] == (45, 35)


def in_grey(path, **options):
    with ImageDocument(path, **options) as document:
        return document.page(1, grey=True).pixels


@pytest.mark.parametrize(
    ("dpi", "told"),
    [
        ((204, 98), (204, 204 / 98)),
        ((100, 200), (100, 0.5)),
        ((200, 196), (200, 1)),
        ((300, 72), (200, 1)),  # more than any fax: somebody's mistake
        ((20, 200), (200, 1)),
    ],
)
def test_pixels_that_are_no_squares(tmp_path, dpi, told):
    page = first(save(tmp_path / "a.tif", SQUARE, dpi=dpi))
    assert (page.dpi, page.stretch) == pytest.approx(told)
