import numpy as np
import pytest
import torch
import yaml
from PIL import Image

from docmarks.data.coco_file import read
from docmarks.data.split import part_of
from docmarks.errors import DocmarksError
from docmarks.evaluate.false_positives import FalsePositive, Recurring
from docmarks.experiments.mine import find, mined, write_mined
from docmarks.labels.label_set import LabelSet
from docmarks.labels.taxonomy import NOT_A_MARK
from docmarks.marks import Detections, Mark
from docmarks.synth.ink.library import InkLibrary
from docmarks.train.config import TrainConfig
from docmarks.train.prepare import prepare
from many_pages import document_set
from sample_data import write_set
from tiny import tiny_config


class DarkSquares:
    """Takes every dark block for a stamp."""

    labels, thresholds, label_set = ("Signature", "Stamp"), (0.5, 0.5), "default"

    def __call__(self, image):
        dark = (image < 100).all(axis=2)
        found = []
        columns = np.flatnonzero(np.diff(np.concatenate(([0], dark.any(axis=0).astype(int), [0]))))
        for x0, x1 in zip(columns[::2], columns[1::2], strict=True):
            rows = np.flatnonzero(dark[:, x0:x1].any(axis=1))
            found.append((x0, rows[0], x1, rows[-1] + 1))
        boxes = np.array(found, np.float32).reshape(-1, 4)
        return Detections(boxes, np.tile(np.array([[0.0, 0.9]], np.float32), (len(boxes), 1)), self.labels)


@pytest.fixture
def data(tmp_path):
    """Five pages with a logo each that nobody boxed, the first with a stamp too; the last is for validation."""
    pages = []
    for i in range(5):
        marks = [("Stamp", (20, 100, 30, 20), (0, 0, 0))] if i == 0 else []
        pages.append((f"g{i}", (140, 160), (250, 250, 250), marks, {"split": "val"} if i == 4 else {}))
    folder = write_set(tmp_path / "set", pages)
    logo = np.kron(np.eye(6), np.ones((4, 8))) < 1
    for i, file in enumerate(sorted(folder.glob("*.png"))):
        image = np.asarray(Image.open(file)).copy()
        image[20:44, 70 + i : 118 + i] = np.where(logo, 60, 20)[:, :, None]
        Image.fromarray(image).save(file)
    return folder


def test_what_comes_back_becomes_a_label_of_its_own(data, tmp_path):
    datasets = [read(data)]
    groups = find(DarkSquares(), datasets, None, 2)
    assert [(g.documents, len(g.found)) for g in groups] == [(4, 4)]  # the validation page was not looked at
    out = tmp_path / "mined"
    assert write_mined(out, datasets, groups, [], NOT_A_MARK, LabelSet.load("default")) == (1, 4)
    again = read(out)
    for page, before in zip(again.pages, datasets[0].pages, strict=True):
        assert page.file.is_file() and part_of(page) == part_of(before)
        new = [mark for mark in page.page.marks if mark.labels == (NOT_A_MARK,)]
        assert len(new) == (part_of(page) == "train") and len(page.page.marks) == len(before.page.marks) + len(new)
        assert (NOT_A_MARK in page.exhaustive) == (part_of(page) == "train")
        assert page.exhaustive - {NOT_A_MARK} == before.exhaustive
    left, top, right, bottom = next(m.box for m in again.pages[1].page.marks)
    assert (left, top, right, bottom) == (71, 20, 119, 44)
    review = (out / "review.html").read_text()
    assert "4 times in 4 documents" in review and review.count("data:image/png;base64,") == 4 and "://" not in review


def test_the_next_training_learns_it_or_leaves_it_out(data, tmp_path):
    datasets = [read(data)]
    out = tmp_path / "mined"
    write_mined(out, datasets, find(DarkSquares(), datasets, None, 2), [], NOT_A_MARK, LabelSet.load("default"))
    ink = {"decorate": 0.0, "forms": 0.0, "pages": 0.0}
    own = LabelSet.load(out / "label-set.yaml")
    assert own.labels == (*LabelSet.load("default").labels, NOT_A_MARK)
    seen = {}
    for name, rules in (("own", own), ("left out", LabelSet.load("default"))):
        model = tiny_config(label_set=rules, labels=rules.labels)
        samples = prepare(
            TrainConfig(model=model, steps=4, batch=2, ink=ink, view="pages"), [out], None, InkLibrary.builtin()
        )
        seen[name] = [samples[i].targets for i in range(8)]
    assert all(t.labels[:, -1].sum() == 1 and t.known[-1] for t in seen["own"])
    assert all(len(t.ignored) == 1 and not torch.isnan(t.boxes).any() for t in seen["left out"])


def test_groups_can_be_left_out(data, tmp_path):
    datasets = [read(data)]
    groups = find(DarkSquares(), datasets, None, 2)
    assert write_mined(tmp_path / "m", datasets, groups, [1], NOT_A_MARK, LabelSet.load("default")) == (0, 0)
    assert all(m.labels != (NOT_A_MARK,) for page in read(tmp_path / "m").pages for m in page.page.marks)
    assert "left out" in (tmp_path / "m" / "review.html").read_text()
    with pytest.raises(DocmarksError, match="--without 2: there are groups 1 to 1"):
        write_mined(tmp_path / "n", datasets, groups, [2], NOT_A_MARK, LabelSet.load("default"))
    assert not (tmp_path / "n").exists()


def test_a_label_of_marks_is_refused(data, tmp_path):
    with pytest.raises(DocmarksError, match="--label Stamp: is a label of marks already"):
        write_mined(tmp_path / "m", [read(data)], [], [], "Stamp", LabelSet.load("default"))


def test_without_training_pages_it_says_so(tmp_path):
    folder = write_set(tmp_path / "v", [("a", (50, 50), (255, 255, 255), [], {"split": "val"})])
    with pytest.raises(DocmarksError, match="no training pages to mine"):
        find(DarkSquares(), [read(folder)], None, 2)


def test_the_rules_are_yaml_that_reads(data, tmp_path):
    write_mined(tmp_path / "m", [read(data)], [], [], "Print", LabelSet.load("v5"))
    rules = yaml.safe_load((tmp_path / "m" / "label-set.yaml").read_text())
    assert rules["labels"][-1] == "Print" and rules["name"] == "v5+print" and rules["single"] == ["Signature", "Date"]


def test_what_is_found_on_a_page_of_a_document_is_on_that_page_alone(tmp_path):
    dataset = read(document_set(tmp_path / "set", "tif"))
    second = dataset.pages[1]
    wrong = FalsePositive(second, Mark((10.0, 10.0, 40.0, 40.0), ("Stamp",), (0.9,)), np.zeros(4, np.float32))
    pages = mined([dataset], [Recurring((wrong,))], NOT_A_MARK).pages
    assert [[mark.label for mark in page.page.marks].count(NOT_A_MARK) for page in pages] == [0, 1, 0]


def test_the_set_that_is_mined_is_not_written_over(data):
    before = (data / "annotations.json").read_text()
    with pytest.raises(DocmarksError, match="is the data set that is mined; choose another -o"):
        write_mined(data, [read(data)], [], [], NOT_A_MARK, LabelSet.load("default"))
    assert (data / "annotations.json").read_text() == before
