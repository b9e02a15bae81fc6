import numpy as np
import pytest
from PIL import Image

from docmarks.export.onnx_file import export_onnx
from docmarks.marks import Mark
from docmarks.pages.document import open_document
from docmarks.runtime.detector import Detector
from docmarks.runtime.nms import iou_with
from docmarks.runtime.pages import Wanted, detect_pages
from docmarks.runtime.sheet import ModelSheet
from paper import squares_pdf
from tiny import PLACES, square_finder, tiny_config, tiny_model

SQUARES = [(x, y, 24, 24) for x, y in PLACES]
"""Black squares in points, each on a page of its own."""


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    file = tmp_path_factory.mktemp("finder") / "model.onnx"
    sheet = ModelSheet(name="finder", version="1", config=tiny_config(), thresholds=(0.5, 0.5))
    export_onnx(square_finder(), sheet, file)
    return file


@pytest.fixture(scope="module")
def pdf(tmp_path_factory):
    path = tmp_path_factory.mktemp("pages") / "a.pdf"
    path.write_bytes(squares_pdf(SQUARES, (96, 96)))
    return path


def pages_of(path, detector, dpi=None, pictured=False):
    with open_document(path, dpi=dpi) as document:
        return list(detect_pages(detector, document, range(1, len(document) + 1), Wanted(), pictured))


def iou(mark: Mark, square) -> float:
    box = np.array(square) * 150 / 72
    return float(iou_with(np.array(mark.box), np.array([[*box[:2], *(box[:2] + box[2:])]]))[0])


@pytest.mark.parametrize("options", [{}, {"sizes": (1, 1.25)}, {"tiles": 2}], ids=str)
@pytest.mark.parametrize("dpi", [None, 150])
def test_marks_of_a_pdf_are_in_pixels_of_its_page_images(file, pdf, options, dpi):
    found = pages_of(pdf, Detector.load(file, **options), dpi)
    for (page, _), square in zip(found, SQUARES, strict=True):
        assert (page.width, page.height, page.dpi) == (200, 200, 150)
        assert page.marks[0].label == "Stamp"
        assert iou(page.marks[0], square) > 0.7


@pytest.mark.parametrize("options", [{}, {"sizes": (1, 1.25)}, {"tiles": 2}], ids=str)
def test_the_marks_are_the_same_whether_the_page_is_wanted_or_not(file, pdf, options):
    detector = Detector.load(file, **options)
    for (alone, nothing), (pictured, pixels) in zip(
        pages_of(pdf, detector), pages_of(pdf, detector, pictured=True), strict=True
    ):
        assert alone.marks == pictured.marks and alone.marks and nothing is None
        assert pixels.shape == (200, 200, 3)


def test_an_image_has_pixels_where_they_are_wanted(file, tmp_path):
    pixels = np.full((96, 96, 3), 255, np.uint8)
    pixels[20:44, 10:34] = 0
    pixels[70:90, 70:90] = (255, 255, 160)
    path = tmp_path / "a.jpg"
    Image.fromarray(pixels).save(path, quality=95)
    detector = Detector.load(file)
    ((page, nothing),) = pages_of(path, detector)
    ((again, own),) = pages_of(path, detector, pictured=True)
    assert nothing is None and page.marks == again.marks and page.marks[0].label == "Stamp"
    with open_document(path) as document:
        np.testing.assert_array_equal(own, document.page(1).pixels)
        assert own.ndim == 3
        found = detector(document.page(1).pixels).marks(detector.thresholds)
    assert page.marks[0].box == pytest.approx(found[0].box, abs=0.1)


def test_blank_pages_that_are_seen_alike_have_marks_in_their_own_pixels(tmp_path):
    model = tiny_model()
    model.roi_heads.predictor.labels.bias.data.fill_(-2.0)  # it finds something on a blank page, too
    sheet = ModelSheet(name="tiny", version="1", config=model.config, thresholds=(0.1, 0.1))
    export_onnx(model, sheet, tmp_path / "model.onnx")
    detector = Detector.load(tmp_path)
    look = np.full((96, 96), 255, np.uint8)
    small, large = detector.on_looks([look], 96, 96), detector.on_looks([look], 192, 192)
    assert len(small) and np.allclose(2 * small.boxes, large.boxes, atol=1e-3)


@pytest.mark.parametrize(
    ("resolution", "size"), [((200, 100), (960, 480)), ((100, 200), (480, 960)), ((204, 98), (979, 470))]
)
@pytest.mark.parametrize("orientation", [1, 6])
def test_a_fax_is_seen_as_it_is_on_paper(file, tmp_path, resolution, size, orientation):
    """Ten times the page that the finder learnt, in pixels that are no squares; boxes are in these."""
    x, y = PLACES[0]
    page = np.full((960, 960), 255, np.uint8)
    page[10 * y : 10 * y + 240, 10 * x : 10 * x + 240] = 0
    image = Image.fromarray(page).resize(size, Image.Resampling.BOX)
    exif = Image.Exif()
    if orientation == 6:
        image = image.transpose(Image.Transpose.ROTATE_90)
        resolution, exif[0x0112] = resolution[::-1], orientation
    image.save(tmp_path / "fax.png", dpi=resolution, exif=exif)
    (found, _) = pages_of(tmp_path / "fax.png", Detector.load(file, auto_rotate=False))[0]
    assert (found.width, found.height) == size
    across, down = size[0] / 96, size[1] / 96
    truth = np.array([x * across, y * down, (x + 24) * across, (y + 24) * down])
    assert len(found.marks) == 1 and found.marks[0].label == "Stamp"
    assert iou_with(truth, np.array([found.marks[0].box]))[0] > 0.8
