"""The documents that the README runs on are what their truth says."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

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
