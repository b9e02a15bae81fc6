import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docmarks.labels.label_set import LabelSet
from docmarks.labels.taxonomy import LABELS
from docmarks.marks import Mark
from docmarks.synth.decorate import decorate
from docmarks.synth.fill import fill_form
from docmarks.synth.ink.library import InkLibrary
from docmarks.synth.kinds import KINDS
from docmarks.synth.made import GeneralPages
from docmarks.synth.page import SyntheticPages, _untouched
from docmarks.synth.preview import contact_sheet
from docmarks.synth.printed.layout import Layout
from docmarks.synth.scan.skew import skew


@pytest.fixture(scope="module")
def ink():
    return InkLibrary.builtin()


def test_the_same_seed_is_the_same_page_in_any_order(ink):
    one, two = SyntheticPages(ink), SyntheticPages(InkLibrary.builtin())
    first = [one(seed) for seed in (1, 2, 3)]
    second = [two(seed) for seed in (3, 2, 1)][::-1]
    for (a, page_a), (b, page_b) in zip(first, second, strict=True):
        assert np.array_equal(a, b) and page_a == page_b


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_pages_have_their_marks_on_them(ink, kind):
    pages = SyntheticPages(ink, (kind,), empty=0.0)
    seen = set()
    for seed in range(8):
        image, page = pages(seed)
        assert image.dtype == np.uint8 and image.shape == (page.height, page.width)
        for mark in page.marks:
            left, top, right, bottom = mark.box
            assert 0 <= left < right <= page.width and 0 <= top < bottom <= page.height
            assert set(mark.labels) <= set(LABELS) and not mark.scores
            seen.update(mark.labels)
    assert len(seen) >= 4


def test_every_label_of_the_default_set_occurs(ink):
    label_set, pages = LabelSet.load("default"), SyntheticPages(ink)
    seen = {
        label for seed in range(60) for mark in pages(seed)[1].marks for label in label_set.apply(mark.labels).labels
    }
    assert seen == set(label_set.labels)


def test_nobody_writes_on_an_empty_page(ink):
    marks = [mark for seed in range(6) for mark in SyntheticPages(ink, empty=1.0)(seed)[1].marks]
    assert {mark.labels for mark in marks} <= {("Unfilled Checkbox",)}


def test_added_marks_are_where_pixels_changed(ink, monkeypatch):
    monkeypatch.setattr("docmarks.synth.decorate.SIGNED_OVER_NAME", 0)  # whose printed name is no mark
    monkeypatch.setattr("docmarks.synth.decorate.SIGNED_OFF", 0)  # nor is the printed word
    monkeypatch.setattr("docmarks.synth.signing.Signer.on_lines", lambda _: [])  # nor are lines and their captions
    blank = np.full((400, 500), 240, np.uint8)
    blank[100:110, 50:300] = np.where(np.arange(250) % 7 < 3, 20, 240)  # a line of print
    for seed in range(12):
        page, marks = decorate(blank, [], np.random.default_rng(seed), ink, scrawls=0.0, imprints=0.0)
        changed = np.zeros_like(blank, bool)
        for mark in marks:
            x0, y0, x1, y1 = (round(v) for v in mark.box)
            reach = 20 if "Checkbox" in mark.label else 4  # a tick may reach over its printed square
            changed[max(0, y0 - reach) : y1 + reach, max(0, x0 - reach) : x1 + reach] = True
        # Only faint edges of ink may lie outside the boxes.
        assert (np.abs(page.astype(int) - blank)[~changed] < 90).all()
        assert all(
            (page != blank)[round(m.box[1]) : round(m.box[3]), round(m.box[0]) : round(m.box[2])].any() for m in marks
        )
    assert (blank[0] == 240).all()  # the page given is not changed


def test_scrawls_are_no_marks(ink):
    blank = np.full((400, 500), 240, np.uint8)
    scrawled = 0
    for seed in range(12):
        page, marks = decorate(blank, [], np.random.default_rng(seed), ink, most=1, scrawls=1.0, imprints=0.0)
        outside = page < 200
        for mark in marks:
            x0, y0, x1, y1 = (round(v) for v in mark.box)
            outside[max(0, y0 - 20) : y1 + 20, max(0, x0 - 20) : x1 + 20] = False
        scrawled += bool(outside.any())
    assert scrawled >= 8


def test_existing_marks_are_left_alone(ink):
    blank = np.full((300, 300), 255, np.uint8)
    existing = Mark((100.0, 100.0, 200.0, 200.0), ("Stamp",))
    for seed in range(10):
        page, added = decorate(blank, [existing], np.random.default_rng(seed), ink)
        assert (page[104:196, 104:196] == 255).all()
        for mark in added:
            assert mark.box[2] <= 101 or mark.box[0] >= 199 or mark.box[3] <= 101 or mark.box[1] >= 199


def test_a_form_is_filled_in_where_its_fields_are(ink):
    blank = np.full((300, 400), 255, np.uint8)
    squares = [Mark((20.0 + 40 * i, 20.0, 32.0 + 40 * i, 32.0), ("Unfilled Checkbox",)) for i in range(6)]
    fields = [{"kind": "text", "bbox": [20, 100, 200, 20]}, {"kind": "signature", "bbox": [20, 200, 200, 30]}]
    seen, looked_at = set(), 0
    for seed in range(25):
        page, marks = fill_form(blank, fields, squares, np.random.default_rng(seed), ink)
        boxes = [mark for mark in marks if mark.labels in (("Filled Checkbox",), ("Unfilled Checkbox",))]
        assert [mark.box for mark in boxes[:6]] == [mark.box for mark in squares]  # the printed square is the box
        for mark in boxes[:6]:
            left, top, right, bottom = mark.box
            others = [other.box for other in marks if other not in boxes[:6]]
            if any(x0 < right and left < x1 and y0 < bottom and top < y1 for x0, y0, x1, y1 in others):
                continue  # what else was written runs into the square
            looked_at += 1
            inside = page[21:31, round(left) + 1 : round(right) - 1]
            assert (inside < 200).any() == (mark.labels == ("Filled Checkbox",))
        seen.update(label for mark in marks for label in mark.labels)
    assert {"Filled Checkbox", "Unfilled Checkbox", "Signature", "Other Text"} <= seen
    assert looked_at > 100


@given(st.floats(-3, 3), st.integers(40, 200), st.integers(40, 300), st.integers(0, 5))
@settings(max_examples=40)
def test_a_turned_box_still_holds_its_ink(degrees, x, y, seed):
    page = np.full((400, 300), 255, np.uint8)
    ellipse = ((np.arange(400)[:, None] - y) / 15) ** 2 + ((np.arange(300)[None] - x) / 35) ** 2 <= 1
    page[ellipse] = 0
    rows, columns = np.where(ellipse)
    box = (float(columns.min()), float(rows.min()), float(columns.max() + 1), float(rows.max() + 1))
    if box[0] <= 0 or box[2] >= 300:
        return
    turned, (mark,) = skew(page, [Mark(box, ("Stamp",))], degrees)
    rows, columns = np.where(turned < 128)
    if len(rows) and columns.min() > 0 and columns.max() < 299:
        found = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
        assert mark.box == pytest.approx(found, abs=1.6)


def test_fields_left_empty_are_marks_where_asked_for(ink):
    with_zones = SyntheticPages(ink, ("lease",), worn=False, zones=True)
    without = SyntheticPages(ink, ("lease",), worn=False)
    seen = set()
    for seed in range(10):
        (image, page), (plain, bare) = with_zones(seed), without(seed)
        assert np.array_equal(image, plain) and page.marks[: len(bare.marks)] == bare.marks
        seen.update(mark.label for mark in page.marks[len(bare.marks) :])
    assert seen == {"Empty", "Empty Signature Zone"}
    assert with_zones.exhaustive - without.exhaustive == seen and "Printed" not in with_zones.exhaustive


def test_a_field_left_empty_that_reaches_over_an_edge_is_cut_off_there():
    blank = np.full((300, 400), 255, np.uint8)
    layout = Layout(places=[("text", (-5.0, -5.0, 50.0, 50.0)), ("signature", (180.0, 130.0, 50.0, 50.0))])
    found = _untouched(blank, blank.copy(), layout, 2.0)
    assert [(mark.label, mark.box) for mark in found] == [
        ("Empty", (0, 0, 90, 90)),
        ("Empty Signature Zone", (360, 260, 400, 300)),
    ]


def test_preview(ink):
    assert contact_sheet(GeneralPages(SyntheticPages(ink), 3, 0)).size == (1440, 620)
