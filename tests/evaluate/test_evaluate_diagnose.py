"""One planted cause at a time; the verdict must name that one."""

from pathlib import Path

import numpy as np
import pytest

from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.evaluate.diagnose import diagnose
from docmarks.evaluate.evaluation import Evaluation, SetResult
from docmarks.marks import Detections, Mark, Page
from docmarks.model.config import InputConfig, ModelConfig

LABELS = ("Signature", "Stamp")
CONFIG = ModelConfig(labels=LABELS, input=InputConfig(short_side=500, long_side=500))


def judged(truths, found, exhaustive=LABELS, **kwargs):
    """The diagnosis of Signature; truths are boxes on a page of 1000 x 1000, found are (index, score)."""
    page = DatasetPage(
        Path("p.png"),
        Page(1000, 1000, marks=tuple(Mark(b, ("Signature",)) for b in truths)),
        "g",
        frozenset(exhaustive),
    )
    boxes = np.array([truths[i] for i, _ in found], np.float32).reshape(-1, 4)
    scores = np.array([(s, 0) for _, s in found], np.float32).reshape(-1, 2)
    result = SetResult("s", (page,), (Detections(boxes, scores, LABELS),), LABELS)
    return diagnose(Evaluation(LABELS, (0.5, 0.5), (result,)), **kwargs)["Signature"]


def squares(*sides):
    return [(100 * (i % 10), 100 * (i // 10), 100 * (i % 10) + s, 100 * (i // 10) + s) for i, s in enumerate(sides)]


def test_all_is_found():
    one = judged(squares(*[60] * 10), [(i, 0.9) for i in range(10)], config=CONFIG)
    assert (one.verdict, one.causes, one.recall_usual, one.side_px, one.tiny) == ("found", {}, 1, 30, 0)


def test_confidence():
    one = judged(squares(*[60] * 10), [(i, 0.9 if i < 6 else 0.2) for i in range(10)], config=CONFIG)
    assert one.causes == {"confidence": pytest.approx(0.4)} and (one.recall_low, one.recall_usual) == (1, 0.6)
    assert one.verdict.startswith("confidence: 40% are found, but with scores under 0.5")


def test_resolution():
    # 20 px on the page are 10 px at the input.
    one = judged(squares(*[60] * 7, *[20] * 3), [(i, 0.9) for i in range(7)], config=CONFIG)
    assert one.causes == {"resolution": pytest.approx(0.3)} and one.tiny == pytest.approx(0.3)
    assert "30% are missed and under 12 px at the input" in one.verdict


def test_small_boxes_that_are_found_as_well_as_others_are_not_to_blame():
    missed = {2, 9}  # one of each size
    one = judged(squares(*[60] * 5, *[20] * 5), [(i, 0.9) for i in range(10) if i not in missed], config=CONFIG)
    assert one.causes == {} and one.verdict == "20% are missed, for none of these reasons"


def test_anchors():
    # Lines of 800 x 30: 16 times as wide as high at the input, where anchors are at most twice.
    lines = [(0, 40 * i, 800, 40 * i + 30) for i in range(4)]
    one = judged([*lines, *((0, 200 + 70 * i, 60, 260 + 70 * i) for i in range(6))], [(i, 0.9) for i in range(4, 10)],
                 config=CONFIG)  # fmt: skip
    assert one.causes == {"anchors": pytest.approx(0.4)} and one.anchored == pytest.approx(0.6)


def train(name, n_signatures, n_stamps, exhaustive, pages=10):
    marks = [Mark((0, 0, 9, 9), ("Signature",))] * n_signatures + [Mark((0, 0, 9, 9), ("Stamp",))] * n_stamps
    made = [
        DatasetPage(Path("t.png"), Page(50, 50, marks=tuple(marks[i::pages])), "g", frozenset(exhaustive))
        for i in range(pages)
    ]
    return Dataset(Path(), name, tuple(made))


def test_imbalance():
    found = [(i, 0.9) for i in range(5)]
    one = judged(squares(*[60] * 10), found, training=[train("a", 30, 5000, LABELS)])
    assert list(one.causes) == ["imbalance"] and one.train_boxes == 30
    assert one.verdict == "imbalance: 30 boxes in training, 5000 of another label: add some"
    enough = judged(squares(*[60] * 10), found, training=[train("a", 400, 5000, LABELS)])
    assert enough.causes == {}


def test_partial_labels():
    sets = [train("own", 400, 0, LABELS), train("invoices", 0, 900, ["Stamp"], pages=30)]
    one = judged(squares(*[60] * 10), [(i, 0.9) for i in range(5)], training=sets)
    assert list(one.causes) == ["partial labels"] and one.train_complete == 0.25
    assert "complete on 25% of the training pages (on none of invoices)" in one.verdict


def test_what_is_not_known_is_not_said():
    one = judged(squares(*[20] * 10), [(i, 0.9) for i in range(5)])
    assert one.causes == {} and one.train_boxes is None and np.isnan(one.side_px)
    assert one.to_json()["side_px"] is None
    assert judged(squares(*[20] * 4), []).verdict == "too few marks to tell"


def test_labels_without_ground_truth_and_partly_annotated_pages_are_left_out():
    page = DatasetPage(Path("p.png"), Page(90, 90, marks=(Mark((0, 0, 9, 9), ("Signature",)),)), "g", frozenset())
    found = Detections(np.zeros((0, 4), np.float32), np.zeros((0, 2), np.float32), LABELS)
    assert diagnose(Evaluation(LABELS, (0.5, 0.5), (SetResult("s", (page,), (found,), LABELS),))) == {}
