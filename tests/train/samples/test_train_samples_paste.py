import numpy as np
import pytest

from docmarks.data.dataset import DatasetPage
from docmarks.labels.label_set import LabelSet
from docmarks.marks import Mark, Page
from docmarks.train.config import PasteConfig
from docmarks.train.samples.cuttings import Cuttings
from docmarks.train.samples.paste import PasteMarks
from docmarks.train.samples.scene import Scene
from docmarks.train.samples.source_page import SourcePage
from one_page import OnePage

EVERYTHING = frozenset(LabelSet.load("default").labels)
SIGNATURE = Mark((40.0, 30.0, 100.0, 60.0), ("Signature",))


def scan(colour=None):
    """A yellowish page (grey 200) with a stroke of 20 in the signature's box and print below it."""
    page = np.full((200, 150), 200, np.uint8)
    page[40:50, 40:100], page[30:60, 70:72] = 20, 20
    page[100:104, 20:130] = 10
    return (
        page if colour is None else np.stack([np.where(page == 20, c, page) for c in colour], axis=2).astype(np.uint8)
    )


def source(marks, known=EVERYTHING):
    return SourcePage(DatasetPage("p.png", Page(150, 200, marks=tuple(marks)), "g", frozenset()), known)


def paster(marks=(SIGNATURE,), known=EVERYTHING, share=1.0, pixels=None, most=1):
    pixels = scan() if pixels is None else pixels
    cuttings = Cuttings([source(marks, known)], LabelSet.load("default"), OnePage(pixels))
    return PasteMarks(PasteConfig(share=share, most=most), cuttings)


def blank(value=240, channels=()):
    return np.full((300, 400, *channels), value, np.uint8)


def onto(paste, image, marks, known, long_side, rng):
    """The image with what was pasted, and the marks that came."""
    scene = paste(Scene(image, tuple(marks), known, long_side), rng)
    assert scene.marks[: len(marks)] == tuple(marks)
    return scene.image, list(scene.marks[len(marks) :])


def test_ink_lands_where_the_box_is_and_paper_stays_behind():
    for seed in range(6):
        seen, (mark,) = onto(paster(), blank(), [], EVERYTHING, 200.0, np.random.default_rng(seed))
        left, top, right, bottom = (int(v) for v in mark.box)
        assert mark.labels == ("Signature",)
        changed = np.argwhere(seen != 240)
        (y0, x0), (y1, x1) = changed.min(axis=0), changed.max(axis=0) + 1
        # The cutting's ink reaches from side to side and from top to bottom of its box.
        assert (x0, y0, x1, y1) == pytest.approx((left, top, right, bottom), abs=1)
        assert right - left == pytest.approx(60, rel=0.25) and bottom - top == pytest.approx(30, rel=0.25)
        assert seen.min() < 60 and np.median(seen[top:bottom, left:right]) == 240  # its grey paper did not come along


def test_it_is_as_large_on_paper_as_it_was():
    sizes = [onto(paster(), blank(), [], EVERYTHING, 100.0, np.random.default_rng(seed))[1][0] for seed in range(20)]
    assert np.median([mark.width for mark in sizes]) == pytest.approx(30, abs=3)


def test_places_with_marks_or_print_are_left_alone():
    page = blank()
    page[:, :200] = np.where(np.arange(300)[:, None] % 12 < 6, 0, 240)  # print
    there = Mark((200.0, 0.0, 400.0, 150.0), ("Stamp",))
    pasted = []
    for seed in range(10):
        pasted += onto(paster(), page, [there], EVERYTHING, 200.0, np.random.default_rng(seed))[1]
    assert pasted and all(mark.box[0] >= 190 and mark.box[1] >= 150 for mark in pasted)


def test_only_pages_of_which_no_more_is_known_get_it():
    """A cutting may hold an unboxed date; where dates are complete it would be taken for background."""
    rng = np.random.default_rng(0)
    some = frozenset({"Signature"})
    assert onto(paster(known=some), blank(), [], EVERYTHING, 200.0, rng)[1] == []
    assert len(onto(paster(known=some), blank(), [], some, 200.0, rng)[1]) == 1
    assert len(onto(paster(known=some), blank(), [], frozenset(), 200.0, rng)[1]) == 1


def test_marks_that_touch_others_or_are_uncertain_are_not_cut():
    over = Mark((90.0, 50.0, 120.0, 70.0), ("Date",))
    for marks in (
        (SIGNATURE, over),
        (Mark(SIGNATURE.box, ("Signature",), ignore=True),),
        (Mark(SIGNATURE.box, ("Printed",)),),
    ):
        assert onto(paster(marks), blank(), [], EVERYTHING, 200.0, np.random.default_rng(0))[1] == []


def test_each_label_is_cut_as_often():
    marks = [Mark((5.0 + 10 * i, 150.0, 13.0 + 10 * i, 158.0), ("Unfilled Checkbox",)) for i in range(12)]
    paste = paster((SIGNATURE, *marks))
    seeds = (np.random.default_rng(seed) for seed in range(200))
    got = [mark.label for rng in seeds for mark in onto(paste, blank(), [], EVERYTHING, 200.0, rng)[1]]
    assert 0.35 < got.count("Signature") / len(got) < 0.65


def test_a_share_of_nothing_changes_nothing():
    page = blank()
    seen, marks = onto(paster(share=0.0), page, [], EVERYTHING, 200.0, np.random.default_rng(0))
    assert marks == [] and np.array_equal(seen, page)


def test_coloured_ink_keeps_its_colour():
    page = scan((20, 30, 150))
    seen, (mark,) = onto(paster(pixels=page), blank(250, (3,)), [], EVERYTHING, 200.0, np.random.default_rng(1))
    ink = seen[(seen < 200).any(axis=2)]
    assert mark.labels == ("Signature",) and np.median(ink[:, 2]) > np.median(ink[:, 0]) + 80
