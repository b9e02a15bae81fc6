import contextlib
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docmarks.data.dataset import DatasetPage
from docmarks.evaluate.average_precision import evaluate, matches, precision_recall
from docmarks.marks import Detections, Mark, Page

LABELS = ("Signature", "Stamp")


def page(marks, exhaustive=LABELS):
    return DatasetPage(Path("p.png"), Page(100, 100, marks=tuple(marks)), "g", frozenset(exhaustive))


def detections(*rows):
    boxes = np.array([row[0] for row in rows], np.float32).reshape(-1, 4)
    return Detections(boxes, np.array([row[1:] for row in rows], np.float32).reshape(-1, 2), LABELS)


A, B = (0, 0, 10, 10), (50, 50, 70, 60)


def test_perfect_detections():
    found = evaluate(
        [detections((A, 0.9, 0), (B, 0, 0.8))], [page([Mark(A, ("Signature",)), Mark(B, ("Stamp",))])], LABELS
    )
    for score in found.values():
        assert (score.ap, score.ap50, score.ar100, score.n_truth, score.n_pages) == (1, 1, 1, 1, 1)


def test_hand_worked_ap50():
    # By falling score: right, wrong, right; two of three truths found. Precision 1, 1/2, 2/3 at recall 1/3, 1/3, 2/3.
    # Interpolated: 1 up to recall 1/3 (34 of 101 points), 2/3 up to 2/3 (33 points), 0 beyond.
    truths = [Mark(A, ("Signature",)), Mark(B, ("Signature",)), Mark((80, 80, 90, 90), ("Signature",))]
    found = detections((A, 0.9, 0), ((30, 30, 40, 40), 0.8, 0), (B, 0.7, 0))
    score = evaluate([found], [page(truths)], LABELS)["Signature"]
    assert score.ap50 == pytest.approx((34 * 1 + 33 * 2 / 3) / 101)
    precision, recall, _ = precision_recall(matches([found], [page(truths)], "Signature"), 0)
    assert precision.tolist() == [1, 0.5, pytest.approx(2 / 3)] and recall.tolist() == pytest.approx(
        [1 / 3, 1 / 3, 2 / 3]
    )


def test_one_box_with_two_labels_counts_for_both():
    found = evaluate([detections((A, 0.9, 0.4))], [page([Mark(A, ("Stamp", "Signature"))])], LABELS)
    assert found["Signature"].ap == found["Stamp"].ap == 1


def test_a_page_where_a_label_is_not_exhaustive_does_not_count_for_it():
    pages = [page([Mark(A, ("Signature",))]), page([], exhaustive=["Stamp"])]
    found = [detections((A, 0.8, 0)), detections((A, 0.9, 0.9))]
    scores = evaluate(found, pages, LABELS)
    assert scores["Signature"].ap == 1 and scores["Signature"].n_pages == 1
    assert np.isnan(scores["Stamp"].ap) and scores["Stamp"].n_pages == 2


def test_an_ignored_region_takes_detections_out_of_the_count():
    marks = [Mark(A, ("Signature",)), Mark((40, 40, 100, 100), (), ignore=True)]
    inside = [((45, 45, 55, 55), 0.95, 0), ((60, 60, 99, 99), 0.94, 0)]
    assert evaluate([detections(*inside, (A, 0.5, 0))], [page(marks)], LABELS)["Signature"].ap == 1
    outside = ((20, 40, 60, 60), 0.95, 0)  # half of it is covered, but not to the stricter thresholds
    score = evaluate([detections(outside, (A, 0.5, 0))], [page(marks)], LABELS)["Signature"]
    assert score.ap50 == 1 and score.ap == pytest.approx(0.1 + 0.9 * 0.5)


def test_pages_without_anything():
    score = evaluate([detections()], [page([])], LABELS)["Signature"]
    assert np.isnan(score.ap) and score.n_truth == 0


number = st.integers(0, 30)
box = st.tuples(number, number, st.integers(1, 20), st.integers(1, 20)).map(
    lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3])
)
truth = st.tuples(box, st.sampled_from(LABELS), st.booleans())
guess = st.tuples(box, st.sampled_from((0, 1)), st.integers(1, 20).map(lambda v: v / 20))
drawn_pages = st.lists(st.tuples(st.lists(truth, max_size=6), st.lists(guess, max_size=8)), min_size=1, max_size=5)


@given(drawn_pages)
@settings(deadline=None, max_examples=150)
def test_equal_to_pycocotools(drawn):
    compare(drawn)


@pytest.mark.parametrize("seed", range(3))
def test_equal_to_pycocotools_on_crowded_pages(seed):
    """More detections a page than count, near their truths, at fractions of a pixel."""
    rng = np.random.default_rng(seed)
    drawn = []
    for _ in range(4):
        corners = rng.uniform(0, 900, (12, 2))
        sizes = rng.uniform(5, 90, (12, 2))
        truths = [
            ((x, y, x + w, y + h), LABELS[i % 2], i % 6 == 0)
            for i, ((x, y), (w, h)) in enumerate(zip(corners, sizes, strict=True))
        ]
        guesses = []
        for i in range(260):
            left, top, right, bottom = np.array(truths[i % 12][0]) + rng.normal(0, 4, 4)
            row = tuple(float(np.float32(v)) for v in (left, top, max(right, left + 1), max(bottom, top + 1)))
            guesses.append((row, int(i % 12 % 2), float(rng.uniform(0.01, 1))))
        drawn.append((truths, guesses))
    compare(drawn)


def compare(drawn):
    """Our figures equal the reference's; drawn are (truths, guesses) of each page."""
    pages, found, images, annotations, results = [], [], [], [], []
    for number, (truths, guesses) in enumerate(drawn, start=1):
        # An ignored region is COCO's crowd, of every category.
        pages.append(page([Mark(b, () if ignore else (label,), ignore=ignore) for b, label, ignore in truths]))
        guesses = sorted(guesses, key=lambda g: g[1])
        found.append(detections(*((b, s * (k == 0), s * (k == 1)) for b, k, s in guesses)))
        images.append({"id": number, "width": 1000, "height": 1000})
        for b, label, ignore in truths:
            for k, name in enumerate(LABELS, start=1):
                if ignore or name == label:
                    record = {"image_id": number, "category_id": k, "bbox": size(b), "iscrowd": int(ignore)}
                    area = (b[2] - b[0]) * (b[3] - b[1])
                    annotations.append({"id": len(annotations) + 1, "area": area, **record})
        for b, k, s in guesses:
            record = {"image_id": number, "category_id": k + 1, "bbox": size(b)}
            results.append({**record, "score": float(np.float32(s))})
    expected, got = reference(images, annotations, results), evaluate(found, pages, LABELS)
    for k, label in enumerate(LABELS):
        np.testing.assert_allclose([got[label].ap, got[label].ap50, got[label].ar100], expected[k], atol=1e-6)


def size(box):
    return [box[0], box[1], box[2] - box[0], box[3] - box[1]]


def reference(images, annotations, results):
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = {
            "images": images, "annotations": annotations, "info": {},
            "categories": [{"id": k, "name": name} for k, name in enumerate(LABELS, start=1)],
        }  # fmt: skip
        truth.createIndex()
        if not results:
            none = [
                float("nan") if not any(a["category_id"] == k and not a["iscrowd"] for a in annotations) else 0.0
                for k in (1, 2)
            ]
            return [(v, v, v) for v in none]
        run = COCOeval(truth, truth.loadRes(results), "bbox")
        run.evaluate()
        run.accumulate()
    figures = []
    for k in range(2):
        precision = run.eval["precision"][:, :, k, 0, 2]
        recall = run.eval["recall"][:, k, 0, 2]
        mean = [np.nan if (v == -1).any() else v.mean() for v in (precision, precision[0], recall)]
        figures.append(tuple(mean))
    return figures
