import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from docmarks.data.coco_file import read, write
from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.errors import DocmarksError
from docmarks.labels.counts import joined
from docmarks.labels.taxonomy import LABELS
from docmarks.marks import Mark, Page
from docmarks.synth.backgrounds import Backgrounds
from docmarks.synth.corpus import make_corpus
from docmarks.synth.family import Family, apportion, names
from docmarks.synth.family_pages import UNSURE, FamilyPages, MixedPages, family_pages
from docmarks.synth.ink.library import InkLibrary
from docmarks.synth.preview import beside, contact_sheet, encoded
from docmarks.synth.to_order import Desk
from label_counts import joined_counts
from many_pages import document_set
from paper import dark_box


@pytest.fixture(scope="module")
def ink():
    return InkLibrary.builtin()


def ordered(pages, index):
    return Counter(pages.orders[index].marks)


def overlap(a, b):
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    smaller = min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))
    return wide * high / smaller if wide > 0 and high > 0 else 0.0


def check(made, order):
    """What was ordered is there, on the page, apart from each other, and darker than the paper."""
    marks = made.page.marks
    assert joined_counts(mark.labels for mark in marks) == order
    assert made.pixels.shape == (made.page.height, made.page.width)
    paper = np.percentile(made.pixels, 75)
    for i, mark in enumerate(marks):
        left, top, right, bottom = mark.box
        assert 0 <= left < right <= made.page.width and 0 <= top < bottom <= made.page.height
        assert not mark.ignore
        if "Empty" not in "".join(mark.labels):
            inside = made.pixels[int(top) : int(bottom) + 1, int(left) : int(right) + 1]
            assert np.percentile(inside, 2) < paper - 15, mark
        assert all(overlap(mark.box, other.box) < 0.03 for other in marks[:i])


@pytest.mark.parametrize("name", names())
def test_every_family_delivers_what_was_ordered(name):
    pages = family_pages(name, 60, 3)
    parts = pages.parts if isinstance(pages, MixedPages) else [pages]
    orders = [order for part in parts for order in part.orders]
    assert len(orders) == len(pages) == 60 and len({pages.name(i) for i in range(60)}) == 60
    most = sorted(range(60), key=lambda i: -len(orders[i].marks))
    for index in (most[0], most[25]):
        check(pages[index], Counter(orders[index].marks))
    assert pages[0].exhaustive == set(LABELS) - UNSURE


def test_all_42_combinations_can_be_made(ink):
    lease = Family.load("lease")
    family = lease.model_copy(update={"counts": dict.fromkeys(lease.counts, 1), "pages": 4, "bare": 0.0, "most": 16})
    pages = FamilyPages(family, 4, 1, ink)
    found = Counter()
    for index in range(4):
        made = pages[index]
        check(made, ordered(pages, index))
        found.update(joined(mark.labels) for mark in made.page.marks)
    assert found == dict.fromkeys(lease.counts, 1) and len(found) == 42


def test_boxes_are_tight_around_the_ink(ink):
    names = ["Signature", "Initials", "Date", "Name", "Other Text", "Date-Stamp", "Address", "Stamp"]
    white = np.full((900, 700), 255, np.uint8)
    marks = Desk(white, [], [], np.random.default_rng(5), ink, 0).fulfil(names)
    assert Counter(joined(mark.labels) for mark in marks) == Counter(names)
    outside = white.copy()
    for mark in marks:
        left, top, right, bottom = (int(v) for v in mark.box)
        inside = white[top:bottom, left:right] < 255
        assert inside[0].any() and inside[-1].any() and inside[:, 0].any() and inside[:, -1].any()
        outside[top - 1 : bottom + 1, left - 1 : right + 1] = 255
    assert outside.min() > 180  # at most the faint rim of a stroke


def test_pages_of_a_document_belong_together(ink):
    pages = FamilyPages(Family.load("letters"), 40, 0, ink)
    documents = [order.document for order in pages.orders]
    together = next(i for i in range(39) if documents[i] == documents[i + 1])
    one, two, other = pages[together], pages[together + 1], pages[(together + 5) % 40]
    assert one.group == two.group != other.group
    assert max(one.pixels.shape) == max(two.pixels.shape)  # one scanner


def test_counts_on_disk_and_the_same_bytes_whatever_the_workers(tmp_path, ink):
    family = Family.load("lease")
    one, two = tmp_path / "one" / "set", tmp_path / "two" / "set"
    make_corpus(FamilyPages(family, 8, 4, ink), one, 1)
    (two / "images").mkdir(parents=True)
    make_corpus(FamilyPages(family, 8, 4, ink), two, 2)
    for file in sorted((one / "images").iterdir()):
        assert file.read_bytes() == (two / "images" / file.name).read_bytes()
    assert (one / "annotations.json").read_bytes() == (two / "annotations.json").read_bytes()
    record = json.loads((one / "annotations.json").read_text())
    wanted = {name: n for name, n in apportion(family.counts, round(14442 * 8 / 2339)).items() if n}
    assert joined_counts(mark["labels"] for mark in record["annotations"]) == wanted
    assert len({image["group"] for image in record["images"]}) < 8
    with pytest.raises(DocmarksError, match="choose another -o"):
        make_corpus(FamilyPages(family, 9, 4, ink), one, 1)


@pytest.mark.slow
def test_a_killed_run_goes_on_to_the_same_corpus(tmp_path):
    def command(out):
        return [sys.executable, "-m", "docmarks", "synth", "ufo", "--pages", "6", "--workers", "2", "-o", str(out)]

    killed, whole = tmp_path / "killed" / "set", tmp_path / "whole" / "set"
    for how in (signal.SIGKILL, signal.SIGINT):
        run = subprocess.Popen(command(killed), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        before = _done(killed)
        deadline = time.monotonic() + 120
        while _done(killed) <= before and run.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        os.kill(run.pid, how)
        _, error = run.communicate(timeout=60)
        assert run.returncode in (0, 130, -signal.SIGKILL)
        assert "Traceback" not in error
    assert _done(killed) >= 2
    subprocess.run(command(killed), check=True, capture_output=True)
    make_corpus(family_pages("ufo", 6, 0), whole)
    for file in [*sorted((whole / "images").iterdir()), whole / "annotations.json"]:
        assert file.read_bytes() == (killed / file.relative_to(whole)).read_bytes()


def _done(folder):
    return len(list((folder / "images").glob("*.png"))) if folder.exists() else 0


@pytest.fixture
def form(tmp_path):
    """A data set of one blank form: two squares, a field, and a stamp that somebody annotated."""
    image = np.full((900, 700), 250, np.uint8)
    boxes = [(100.0, 100.0, 118.0, 118.0), (140.0, 100.0, 158.0, 118.0)]
    for left, top, right, bottom in boxes:
        image[int(top) : int(bottom), int(left) : int(right)] = 0
        image[int(top) + 2 : int(bottom) - 2, int(left) + 2 : int(right) - 2] = 250
    image[600:640, 500:600] = 40
    folder = tmp_path / "form"
    (folder / "images").mkdir(parents=True)
    Image.fromarray(image).save(folder / "images" / "a.png")
    marks = (*(Mark(box, ("Unfilled Checkbox",)) for box in boxes), Mark((500.0, 600.0, 600.0, 640.0), ("Stamp",)))
    known = frozenset({"Filled Checkbox", "Unfilled Checkbox", "Signature", "Stamp"})
    fields = {"fields": [{"kind": "signature", "bbox": [100, 700, 250, 40]}]}
    page = DatasetPage(folder / "images" / "a.png", Page(700, 900, marks=marks), "a", known, fields)
    write(Dataset(folder, "form", (page,)), folder / "annotations.json")
    return folder


def own(counts, **changes):
    """Letters in which each page has just these marks."""
    update = {"counts": counts, "pages": 1, "bare": 0.0, "deal": {}, "typed": 0.0, "skew": 0.0, "dirt": 0.0, **changes}
    return Family.load("letters").model_copy(update=update)


def test_real_forms_keep_their_marks_and_say_what_is_known(form, ink):
    family = own({"Signature": 1, "Filled Checkbox": 1}, scanner={}, long_side=(900, 901))
    made = FamilyPages(family, 1, 0, ink, Backgrounds.load(form))[0]
    counts = joined_counts(mark.labels for mark in made.page.marks)
    assert counts == {"Signature": 1, "Filled Checkbox": 1, "Unfilled Checkbox": 1, "Stamp": 1}
    by_label = {mark.label: mark.box for mark in made.page.marks}
    assert by_label["Stamp"] == (500, 600, 600, 640)
    left, top, right, bottom = by_label["Signature"]
    assert 80 < left and right < 380 and 600 < top and bottom < 780  # in its field
    assert made.exhaustive == {"Filled Checkbox", "Unfilled Checkbox", "Signature", "Stamp"}
    assert made.extra["background"] == "a.png:1"


def test_a_folder_of_blank_pages_may_have_squares_that_nobody_boxed(tmp_path, ink):
    Image.new("L", (500, 650), 240).save(tmp_path / "sheet.png")
    made = FamilyPages(own({"Date": 2}), 1, 0, ink, Backgrounds.load(tmp_path))[0]
    assert [mark.labels for mark in made.page.marks] == [("Date",)] * 2
    assert set(LABELS) - made.exhaustive == UNSURE | {"Filled Checkbox", "Unfilled Checkbox"}


@pytest.mark.parametrize("change", [{"page": Page(700, 900)}, {"exhaustive": frozenset()}, {"extra": {}}])
def test_backgrounds_that_are_annotated_otherwise_are_others(form, change):
    before, data = Backgrounds.load(form).source, read(form)
    assert Backgrounds.load(form).source == before
    write(replace(data, pages=(replace(data.pages[0], **change),)), form / "annotations.json")
    assert Backgrounds.load(form).source != before


def test_backgrounds_that_are_not_there(tmp_path):
    with pytest.raises(DocmarksError, match="no such folder of backgrounds"):
        Backgrounds.load(tmp_path / "missing")
    with pytest.raises(DocmarksError, match="no PDF, TIFF, PNG"):
        Backgrounds.load(tmp_path)


def test_a_folder_that_cannot_be_written_is_one_line_from_a_worker_too(tmp_path, ink):
    (tmp_path / "images").mkdir()
    pages = FamilyPages(own({"Date": 1}), 2, 0, ink)
    (tmp_path / "images" / f"{pages.name(0)}.png").mkdir()
    with pytest.raises(DocmarksError, match="cannot be written"):
        make_corpus(pages, tmp_path, 2)


def test_an_order_that_fits_on_no_page_is_told(ink):
    pages = FamilyPages(own({"Date": 40}, most=50, long_side=(150, 151)), 1, 0, ink)
    with pytest.raises(DocmarksError, match="40 marks do not fit on a page"):
        pages[0]


def test_sheets(tmp_path, form, ink):
    pages = FamilyPages(own({"Date": 3}), 3, 0, ink)
    sheet = contact_sheet(pages)
    assert sheet.size == (1440, 620)
    assert encoded(sheet, ".jpg")[:3] == b"\xff\xd8\xff" and encoded(sheet, ".png")[:4] == b"\x89PNG"
    both = beside(pages, form, 1, 0)
    assert both.size == (240 + 24 + 240, 310)
    with pytest.raises(DocmarksError, match="1 pages for 3 on each side"):
        beside(pages, form, 3, 0)


def test_a_written_corpus_reads_as_a_data_set(tmp_path, ink):
    made = make_corpus(FamilyPages(own({"Date": 2, "Name-Stamp": 1}), 2, 0, ink), tmp_path / "set")
    again = read(tmp_path / "set")
    assert [page.group for page in again.pages] == [page.group for page in made.pages]
    assert again.pages[0].extra["family"] == "letters" and again.pages[0].exhaustive == made.pages[0].exhaustive


@pytest.mark.parametrize("kind", ["pdf", "tif"])
def test_pages_of_one_document_are_backgrounds_each_with_its_own_marks(tmp_path, kind):
    paper = Backgrounds.load(document_set(tmp_path / "set", kind))
    for sheet in paper.sheets:
        work = paper.open(sheet, 1200)
        assert work.marks[0].box == pytest.approx(dark_box(work.pixels), abs=2)
