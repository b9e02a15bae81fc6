from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docmarks.export.onnx_file import export_onnx
from docmarks.pages.document import open_document
from docmarks.runtime.detector import Detector
from docmarks.runtime.nms import iou_with
from docmarks.runtime.pose import Pose
from docmarks.runtime.prepare import prepare
from docmarks.runtime.resize import resize
from docmarks.runtime.sheet import ModelSheet
from docmarks.runtime.upright import MIDDLES, Upright, middle, turn_of
from docmarks.synth.scan.skew import skew
from tiny import square_finder, tiny_config

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def upright():
    return Upright()


@pytest.fixture(scope="module")
def looks():
    """Pages of the examples as the model that ships sees them."""
    config = Detector.load(auto_rotate=False).sheet.config.input
    found = []
    for name in ("lease.pdf", "scan.tiff", "phone.jpg"):
        with open_document(EXAMPLES / name) as document:
            for number in range(1, len(document) + 1):
                found.append(prepare(document.page(number).pixels, config)[0, 0].astype(np.uint8))
    return found


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_it_tells_how_the_examples_lie(upright, looks, quarters):
    assert [upright(np.rot90(look, -quarters)) for look in looks] == [Pose(quarters)] * len(looks)


@pytest.mark.parametrize("size", [(1088, 832), (1, 1), (3, 500)])
def test_white_paper_lies_upright(upright, size):
    assert upright(np.full(size, 255, np.uint8)) == Pose()


def test_a_page_in_colour_is_looked_at_in_grey(upright, looks):
    turned = np.rot90(looks[0], -1)
    assert upright(np.stack([turned] * 3, axis=2)) == upright(turned) == Pose(1)


@given(st.integers(1, 2000), st.integers(1, 2000), st.sampled_from(MIDDLES))
def test_the_middle_is_in_the_middle(height, width, share):
    page = np.zeros((height, width), np.uint8)
    middle(page, share)[:] = 1
    rows, columns = page.any(1), page.any(0)
    for side in (rows, columns):
        assert np.array_equal(side, side[::-1]) or len(side) == 2  # of two pixels there is no middle
        assert abs(side.sum() - share * len(side)) <= 1 + 1e-9


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_page_with_an_empty_middle_is_looked_at_whole(upright, looks, quarters):
    page = looks[0].copy()
    middle(page, max(MIDDLES))[:] = 255
    assert upright(np.rot90(page, -quarters)).quarters == quarters


@pytest.mark.parametrize(
    ("logits", "quarters"),
    [
        ((20, -60, 10, -60), 0),
        ((-60, 20, -60, 5), 1),
        ((-20, -60, 30, -60), 2),
        ((4, -60, 10.5, -60), 2),
        ((5, -60, 10.5, -60), 0),  # not by enough
        ((28, -79, 37, -77), 0),  # a table of capitals and figures
        ((60, -160, 68, -160), 0),  # by little of so much
        ((-13, -9, -10, 9.9), 0),  # a drawing: it says nothing for any turn
    ],
)
def test_a_page_is_turned_for_good_reasons(logits, quarters):
    assert turn_of(np.array(logits, np.float32)) == quarters


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    file = tmp_path_factory.mktemp("finder") / "model.onnx"
    export_onnx(
        square_finder(), ModelSheet(name="finder", version="1", config=tiny_config(), thresholds=(0.5, 0.5)), file
    )
    return file


@pytest.mark.parametrize("options", [{}, {"sizes": (1, 1.25)}, {"tiles": 2}], ids=str)
@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_marks_are_on_the_page_as_it_lies(file, quarters, options):
    detector = Detector.load(file, **options)
    detector.upright = lambda look: Pose(quarters)  # how a page with nothing but a square lies cannot be told
    page = np.full((240, 180), 255, np.uint8)
    page[60:105, 20:65] = 0
    found = detector(page)
    mark = found.marks((0.5, 0.5))[0]
    assert mark.label == "Stamp" and found.turned == 90 * quarters
    assert iou_with(np.array(mark.box), np.array([[20, 60, 65, 105]]))[0] > 0.7
    if "tiles" not in options:
        looks = [resize(page, seen, "L") for seen in detector.looks(180, 240)]
        np.testing.assert_array_equal(detector.on_looks(looks, 180, 240).boxes, found.boxes)


def test_it_sets_pages_upright_unless_told_otherwise(file):
    assert Detector.load(file).upright is not None and Detector.load(file, auto_rotate=False).upright is None


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_page_on_its_side_has_the_marks_it_has_upright(looks, quarters):
    detector = Detector.load()
    height, width = looks[1].shape
    upright = detector(looks[1])
    lying = detector(np.ascontiguousarray(np.rot90(looks[1], -quarters)))
    assert lying.turned == 90 * quarters and len(upright) == len(lying) > 5
    # Seen from the page that lies, the upright one is it after the other turns.
    back = Pose(4 - quarters).back(lying.boxes, (width, height))
    np.testing.assert_allclose(back, upright.boxes, atol=1e-2)
    np.testing.assert_allclose(lying.scores, upright.scores, atol=1e-4)


def test_marks_of_a_crooked_page_are_where_they_are(looks):
    detector = Detector.load()
    level = detector(looks[1]).marks(detector.thresholds)
    crooked, truth = skew(looks[1], level, 7.0)
    found = detector(crooked)
    assert found.turned == pytest.approx(-7, abs=0.5)
    marks = found.marks(detector.thresholds)
    again = [
        any(one.label == mark.label and iou_with(np.array(one.box), np.array([mark.box]))[0] > 0.5 for one in marks)
        for mark in truth
    ]
    assert np.mean(again) > 0.7
    as_it_lies = Detector.load(auto_rotate=False)(crooked).marks(detector.thresholds)
    assert len(as_it_lies) < len(marks)
