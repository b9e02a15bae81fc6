import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docmarks.errors import DocmarksError
from docmarks.export.onnx_file import export_onnx
from docmarks.marks import Detections
from docmarks.runtime.detector import Detector
from docmarks.runtime.sheet import ModelSheet
from docmarks.runtime.tiles import OVERLAP, cut_off, in_tiles, tiles
from tiny import square_finder, tiny_config


@given(st.integers(1, 4000), st.integers(1, 4000), st.floats(1, 8), st.floats(0.1, 4))
def test_parts_cover_the_page_and_overlap(width, height, times, scale):
    seen = max(1, round(width * scale)), max(1, round(height * scale))
    parts = tiles(width, height, seen, times)
    xs = sorted({(left, right) for left, _, right, _ in parts})
    ys = sorted({(top, bottom) for _, top, _, bottom in parts})
    assert len(parts) == len(xs) * len(ys)
    for spans, length in ((xs, width), (ys, height)):
        assert spans[0][0] == 0 and spans[-1][1] == length and len({b - a for a, b in spans}) == 1
        for (a, b), (c, _) in itertools.pairwise(spans):
            assert a < c <= b - OVERLAP * (b - a) + 1.01  # rounded to whole pixels


def test_parts_worked_by_hand():
    # 1600 x 2000 seen as 400 x 500, twice as large: parts of 800 x 1000; two of them would overlap by nothing.
    assert tiles(1600, 2000, (400, 500), 2)[:3] == [(0, 0, 800, 1000), (400, 0, 1200, 1000), (800, 0, 1600, 1000)]
    assert len(tiles(1600, 2000, (400, 500), 2)) == 9
    # never larger than the page's own pixels: 1.25 times at most
    assert {(r - le, b - t) for le, t, r, b in tiles(500, 625, (400, 500), 8)} == {(400, 500)}
    # a page that the network sees enlarged already
    assert tiles(300, 375, (400, 500), 3) == [(0, 0, 300, 375)]


def test_boxes_at_a_cut_are_dropped_and_those_at_the_pages_edge_kept():
    boxes = np.array([[0, 10, 20, 20], [60, 10, 99.5, 20], [40, 99.8, 50, 100], [30, 30, 50, 50]], np.float32)
    assert cut_off(boxes, (0, 0, 100, 100), (200, 100)).tolist() == [False, True, False, False]
    assert cut_off(boxes, (0, 0, 100, 100), (100, 100)).tolist() == [False] * 4
    assert cut_off(boxes + 100, (100, 100, 200, 200), (200, 200)).tolist() == [True, False, False, False]


def dots(image):
    """Finds connected dark columns' boxes: exact, in the image's own pixels; a Stamp if wider than 20."""
    dark = image < 128
    found, scores = [], []
    columns = np.flatnonzero(np.diff(np.concatenate(([0], dark.any(axis=0).astype(int), [0]))))
    for x0, x1 in zip(columns[::2], columns[1::2], strict=True):
        rows = np.flatnonzero(dark[:, x0:x1].any(axis=1))
        found.append((x0, rows[0], x1, rows[-1] + 1))
        scores.append((0.9, 0.0) if x1 - x0 <= 20 else (0.0, 0.8))
    return Detections(
        np.array(found, np.float32).reshape(-1, 4), np.array(scores, np.float32).reshape(-1, 2), ("Signature", "Stamp")
    )


def test_a_mark_in_two_parts_is_one_and_a_large_one_comes_from_the_whole_page():
    page = np.full((100, 300), 255, np.uint8)
    page[40:50, 145:155] = 0  # in the overlap of both
    page[20:60, 5:15] = 0
    page[70:80, 60:140] = 0  # cut by no part, wide
    page[10:30, 170:290] = 0
    parts = [(0, 0, 180, 100), (120, 0, 300, 100)]
    found = in_tiles(dots, page, parts, tiny_config(), 30.0)
    boxes = sorted(tuple(box) for box in found.boxes.tolist())
    assert boxes == [(5, 20, 15, 60), (60, 70, 140, 80), (145, 40, 155, 50), (170, 10, 290, 30)]
    assert found.labels == ("Signature", "Stamp") and (found.scores.max(axis=1) >= np.float32(0.8)).all()


def test_each_part_may_hold_as_many_as_a_page():
    page = np.full((40, 600), 255, np.uint8)
    page[10:20, np.arange(600) % 6 < 3] = 0
    roi = tiny_config().roi.model_copy(update={"detections_per_image": 60})
    config = tiny_config(roi=roi)
    parts = [(0, 0, 330, 40), (270, 0, 600, 40)]
    assert len(in_tiles(dots, page, parts, config, 30.0)) == 100


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "model.onnx"
    sheet = ModelSheet(name="squares", version="1", config=square_finder().config, thresholds=(0.5, 0.5))
    export_onnx(square_finder(), sheet, path)
    return path


def test_a_page_that_fits_one_part_is_found_as_without(model):
    page = np.full((96, 90), 255, np.uint8)
    page[30:54, 20:44] = 0
    plain, tiled = Detector.load(model)(page), Detector.load(model, tiles=3)(page)
    np.testing.assert_array_equal(plain.boxes, tiled.boxes)
    np.testing.assert_array_equal(plain.scores, tiled.scores)
    assert len(plain) > 0


def test_what_is_too_small_on_the_page_is_found_in_its_parts(model):
    """The network knows squares of 24 pixels; on this page, seen at 96, they are 8."""
    page = np.full((288, 288), 255, np.uint8)
    places = [(20, 30), (200, 40), (120, 220)]
    for x, y in places:
        page[y : y + 24, x : x + 24] = 0
    plain = Detector.load(model)(page).marks((0.5, 0.5))
    tiled = Detector.load(model, tiles=3)(page).marks((0.5, 0.5))
    corners = sorted((round(m.box[0] / 4) * 4, round(m.box[1] / 4) * 4) for m in tiled if 14 < m.width < 34)
    assert corners == pytest.approx(np.array(sorted(places)), abs=6)
    assert len([m for m in plain if 14 < m.width < 34]) < 3
    # Nothing is there twice. Under 0.9 a network of 120 steps has fancies of its own.
    assert len([m for m in tiled if m.score > 0.9]) == 3


@pytest.mark.parametrize("times", [0.5, 9])
def test_other_sizes_are_refused_in_one_line(model, times):
    with pytest.raises(DocmarksError, match="between 1 and 8"):
        Detector.load(model, tiles=times)
