import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docmarks.export.onnx_file import export_onnx
from docmarks.marks import Detections
from docmarks.runtime.blank import KEPT, BlankPages, only_value
from docmarks.runtime.detector import Detector
from docmarks.runtime.sheet import ModelSheet
from tiny import tiny_model


@given(st.integers(1, 200), st.integers(1, 200), st.integers(0, 255), st.booleans(), st.data())
def test_one_value_is_told_from_a_single_other_pixel(height, width, value, colour, data):
    image = np.full((height, width, 3) if colour else (height, width), value, np.uint8)
    assert only_value(image) == value
    at = tuple(data.draw(st.integers(0, side - 1)) for side in image.shape)
    image[at] = value ^ 1
    assert only_value(image) == (value ^ 1 if image.size == 1 else None)


class Counting:
    """Finds one box, as wide as the image is dark, and counts the calls."""

    def __init__(self):
        self.calls = 0

    def __call__(self, image):
        self.calls += 1
        box = np.array([[0, 0, image.shape[1], 1 + int(image.flat[0])]], np.float32)
        return Detections(box, np.ones((1, 1), np.float32), ("Stamp",))


def test_what_is_alike_is_asked_once_and_nothing_else():
    blank, detect = BlankPages(), Counting()
    for shape, value in (((20, 30), 255), ((20, 30), 254), ((30, 20), 255), ((20, 30, 3), 255)):
        image = np.full(shape, value, np.uint8)
        assert blank(image, detect).boxes.tolist() == [[0, 0, shape[1], 1 + value]]
    assert detect.calls == 3  # the grey page and its colour copy are the same input
    image[5, 5] = 0
    blank(image, detect)
    blank(image, detect)
    assert detect.calls == 5


def test_an_answer_that_a_caller_changes_stays_what_it_was():
    blank, detect, image = BlankPages(), Counting(), np.zeros((4, 4), np.uint8)
    blank(image, detect).boxes[:] = -1
    assert blank(image, detect).boxes.tolist() == [[0, 0, 4, 1]] and detect.calls == 1


def test_memory_does_not_grow_with_the_sizes():
    blank, detect = BlankPages(), Counting()
    for width in range(1, 3 * KEPT):
        blank(np.zeros((1, width), np.uint8), detect)
    assert len(blank._known) <= KEPT


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    model = tiny_model()
    model.roi_heads.predictor.labels.bias.data.fill_(-1.0)  # it sees marks on nothing, so that there is an answer
    file = tmp_path_factory.mktemp("run") / "m.onnx"
    export_onnx(model, ModelSheet(name="t", version="1", config=model.config, thresholds=(0.1, 0.1)), file)
    return file


@pytest.mark.parametrize(("tiles", "sizes"), [(1, (1,)), (2, (1,)), (1, (1, 1.25))])
def test_a_blank_page_has_the_networks_own_answer(file, tiles, sizes):
    plain, quick = (Detector.load(file, tiles=tiles, sizes=sizes) for _ in range(2))
    plain._blank = lambda image, detect: detect(image)
    page = np.full((300, 220, 3), 255, np.uint8)
    wanted = plain(page)
    assert len(wanted)
    for _ in range(2):
        found = quick(page)
        np.testing.assert_array_equal(found.boxes, wanted.boxes)
        np.testing.assert_array_equal(found.scores, wanted.scores)
