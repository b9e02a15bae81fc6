"""The documents that the README runs on are what their truth says."""

import importlib.util
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

import docmarks
from docmarks.data.coco_file import read
from docmarks.labels.label_set import LabelSet
from docmarks.pages.document import open_document

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def truth():
    return read(EXAMPLES / "truth.json").relabel(LabelSet.load("default"))


def test_every_label_is_shown(truth):
    seen = {label for page in truth.pages for mark in page.page.marks for label in mark.labels}
    assert seen >= set(LabelSet.load("default").labels)


def test_pages_are_of_the_size_that_the_truth_says_and_boxes_are_on_ink(truth):
    for page in truth.pages:
        with open_document(page.file) as document:
            pixels = document.page(page.extra["page"]).pixels
        assert pixels.shape[:2] == (page.page.height, page.page.width)
        grey = pixels if pixels.ndim == 2 else pixels.mean(axis=2)
        for mark in page.page.marks:
            left, top, right, bottom = (round(v) for v in mark.box)
            around = grey[max(0, top - 20) : bottom + 20, max(0, left - 20) : right + 20]
            assert grey[top:bottom, left:right].min() < np.percentile(around, 80) - 15, (page.file.name, mark)


def test_the_script_makes_these_files(tmp_path):
    spec = importlib.util.spec_from_file_location("make_examples", EXAMPLES / "make_examples.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    made = script.lease_pdf(tmp_path / "lease.pdf")
    # Looked at, not compared byte for byte: another zlib packs the same page in other bytes.
    with open_document(tmp_path / "lease.pdf", dpi=60) as new, open_document(EXAMPLES / "lease.pdf", dpi=60) as kept:
        assert len(new) == len(kept) == 2
        for number in (1, 2):
            difference = new.page(number).pixels.astype(int) - kept.page(number).pixels
            assert np.abs(difference).mean() < 0.5
    assert [len(page.page.marks) for page in made] == [7, 12]
    script.scan_tiff(tmp_path / "scan.tiff")
    for number in (1, 2):
        with open_document(tmp_path / "scan.tiff") as new, open_document(EXAMPLES / "scan.tiff") as old:
            assert (new.page(number).pixels != old.page(number).pixels).mean() < 0.001


def test_the_documents_are_small():
    assert sum(file.stat().st_size for file in EXAMPLES.iterdir() if file.is_file()) < 1_500_000


def test_the_readme_shows_what_is_found():
    """Up to marks whose score is next to their minimum: another processor may round to the other side."""
    text = (EXAMPLES.parent / "README.md").read_text(encoding="utf-8")
    lines = re.findall(r"^(\S+)  page (\d+): (.+)  \(\d\.\d\d s\)$", text, re.MULTILINE)
    detector = docmarks.load_detector(threads=1)
    shown = {(file, int(page)): Counter(dict(_count(part) for part in told.split(", "))) for file, page, told in lines}
    seen = set()
    for file in sorted({file for file, _ in shown}):
        for page in docmarks.detect(EXAMPLES / file, model=detector, min_score=0.3).pages:
            scores = [dict(zip(mark.labels, mark.scores, strict=True)) for mark in page.marks]
            for label, least in zip(detector.labels, detector.thresholds, strict=True):
                low, high = (sum(one.get(label, 0) >= least + by for one in scores) for by in (0.02, -0.02))
                assert low <= shown[file, page.number][label] <= high, (file, page.number, label)
            seen.add((file, page.number))
    assert seen == shown.keys() and len(seen) == 5


def _count(part):
    count, label = part.split(" ", 1)
    return label, int(count)
