import numpy as np
import pytest
from PIL import Image

from docmarks.data.dataset import DatasetPage
from docmarks.labels.label_set import LabelSet
from docmarks.marks import Mark, Page
from docmarks.train.config import PasteConfig, ReplaceConfig
from docmarks.train.samples.cuttings import Cuttings
from docmarks.train.samples.paste import PasteMarks
from docmarks.train.samples.replace import ReplaceMarks, take_off
from docmarks.train.samples.scene import Scene
from docmarks.train.samples.source_page import SourcePage
from one_page import OnePage

EVERYTHING = frozenset(LabelSet.load("default").labels)
SOURCE = Mark((40.0, 30.0, 100.0, 60.0), ("Signature",))
THERE = Mark((150.0, 100.0, 230.0, 140.0), ("Signature",))


def cuttings(known=EVERYTHING):
    """Of one page, grey 200, with a cross of 20 for its signature."""
    page = np.full((300, 400), 200, np.uint8)
    page[44:47, 40:100], page[30:60, 69:72] = 20, 20
    source = SourcePage(DatasetPage("p.png", Page(400, 300, marks=(SOURCE,)), "g", frozenset()), known)
    return Cuttings([source], LabelSet.load("default"), OnePage(page))


def replacer(known=EVERYTHING, vary=0.0, **config):
    cut = cuttings(known)
    return ReplaceMarks(
        ReplaceConfig(**{"share": 1.0, "marks": 1.0, **config}), PasteMarks(PasteConfig(vary=vary), cut)
    )


def page(rule=True):
    """Paper of 240 with a block of 60 for a signature, and a rule of 0 under it that goes on on both sides."""
    image = np.full((300, 400), 240, np.uint8)
    image[100:140, 150:230] = 60
    if rule:
        image[137:139, 50:350] = 0
    return image


def replaced(image, marks=(THERE,), known=EVERYTHING, seed=0, **config):
    scene = replacer(**config)(Scene(image, tuple(marks), known, 400.0), np.random.default_rng(seed))
    return scene.image, list(scene.marks)


def test_where_nothing_comes_there_is_paper_and_the_printed_rule():
    image = page()
    seen, marks = replaced(image, none=1.0)
    assert marks == []
    assert (seen[100:137, 150:230] == 240).all() and (seen[137:139, 50:350] == 0).all()
    assert image[110, 200] == 60  # the page itself is as it was


def test_another_mark_of_the_label_stands_where_it_stood():
    for seed in range(10):
        seen, (mark,) = replaced(page(rule=False), none=0.0, seed=seed)
        left, top, right, bottom = (int(v) for v in mark.box)
        assert mark.labels == ("Signature",)
        changed = np.argwhere(seen != 240)
        (y0, x0), (y1, x1) = changed.min(axis=0), changed.max(axis=0) + 1
        assert (x0, y0, x1, y1) == pytest.approx((left, top, right, bottom), abs=1)  # the cross alone, no block
        assert right - left == pytest.approx(60, rel=0.3)
        assert (left + right) / 2 == pytest.approx(190, abs=30) and bottom == pytest.approx(140, abs=15)


def test_another_form_of_it_is_boxed_as_tightly():
    for seed in range(10):
        seen, (mark,) = replaced(page(rule=False), none=0.0, seed=seed, vary=1.0)
        changed = np.argwhere(seen < 0.9 * 240)
        (y0, x0), (y1, x1) = changed.min(axis=0), changed.max(axis=0) + 1
        assert (x0, y0, x1, y1) == pytest.approx(tuple(mark.box), abs=1)


def test_marks_that_touch_others_are_cut_by_the_edge_or_uncertain_stay():
    date = Mark((220.0, 120.0, 260.0, 150.0), ("Date",))
    cut = Mark((0.0, 200.0, 50.0, 240.0), ("Signature",))
    uncertain = Mark((300.0, 200.0, 340.0, 240.0), ("Signature",), ignore=True)
    print_ = Mark((20.0, 20.0, 60.0, 40.0), ("Printed",))
    image, marks = page(), [THERE, date, cut, uncertain, print_]
    seen, now = replaced(image, marks)
    assert now == marks and np.array_equal(seen, image)


def test_a_new_mark_never_lands_on_another():
    close = [
        Mark((90.0, 60.0, 148.0, 180.0), ("Stamp",), ignore=True),
        Mark((232.0, 60.0, 300.0, 180.0), ("Stamp",), ignore=True),
    ]
    new = []
    for seed in range(20):
        new += replaced(page(), [THERE, *close], none=0.0, seed=seed)[1][2:]
    assert new and all(mark.box[0] >= 148 and mark.box[2] <= 232 for mark in new)


def test_only_what_may_go_onto_the_page_comes():
    """A cutting may hold an unboxed date; where dates are complete it would be taken for background."""
    _, now = replaced(page(rule=False), known=EVERYTHING, none=0.0)
    assert len(now) == 1
    cut = replacer(frozenset({"Signature"}), none=0.0)
    scene = cut(Scene(page(rule=False), (THERE,), EVERYTHING, 400.0), np.random.default_rng(0))
    assert scene.marks == () and (scene.image == 240).all()


def test_a_share_of_nothing_changes_nothing():
    image = page()
    seen, now = replaced(image, share=0.0)
    assert seen is image and now == [THERE]


def test_coloured_ink_goes_and_coloured_paper_stays():
    image = np.zeros((100, 200, 3), np.uint8) + np.array([240, 235, 200], np.uint8)
    image[40:60, 80:120] = (20, 30, 150)
    take_off(image, (80, 40, 120, 60))
    assert np.abs(image.astype(int) - np.array([240, 235, 200])).max() <= 1


@pytest.mark.parametrize("factor", [0.45, 0.55, 0.61, 0.77])
def test_nothing_is_left_of_a_mark_on_a_page_made_smaller(factor):
    large = np.full((800, 800), 255, np.uint8)
    x, y, side = 301, 301, 33
    large[y : y + side, x : x + side] = 20
    large[y + 3 : y + side - 3, x + 3 : x + side - 3] = 255
    size = (round(800 * factor),) * 2
    image = np.asarray(Image.fromarray(large).resize(size, Image.Resampling.BILINEAR)).copy()
    box = tuple(v * factor for v in (x, y, x + side, y + side))
    seen, now = replaced(image, (Mark(box, ("Signature",)),), none=1.0)
    assert now == [] and seen.min() > 225
