import contextlib
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docmarks.data.dataset import DatasetPage
from docmarks.evaluate.average_precision import LabelScore, evaluate, mean_score, precision_recall
from docmarks.evaluate.label_matches import match_labels
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
    precision, recall, _ = precision_recall(match_labels([found], [page(truths)], ["Signature"])["Signature"], 0)
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


def test_sizes_by_hand():
    # 20 x 20 is small and of a checkbox's size, 50 x 50 medium, 100 x 100 large; only the small one is found.
    truths = [(0, 0, 20, 20), (0, 30, 50, 80), (60, 0, 160, 100)]
    wide = DatasetPage(
        Path("p.png"),
        Page(200, 200, marks=tuple(Mark(b, ("Signature",)) for b in truths)),
        "g",
        frozenset(LABELS),
    )
    score = evaluate([detections((truths[0], 0.9, 0))], [wide], LABELS)["Signature"]
    assert (score.ap_small, score.ap_10_40, score.ap_medium, score.ap_large) == (1, 1, 0, 0)
    assert (score.ar_small, score.ar_medium) == (1, 0) and score.ar1 == score.ar10 == pytest.approx(1 / 3)
    assert np.isnan(evaluate([detections()], [page([Mark(A, ("Signature",))])], LABELS)["Signature"].ap_medium)


def test_mean_over_the_labels_that_have_a_figure():
    one, none = LabelScore(0.5, 1.0, 0.5, 3, 7, ap_small=0.2), LabelScore(1.0, 1.0, 1.0, 1, 9)
    mean = mean_score([one, none])
    assert (mean.ap, mean.ap_small, mean.n_truth, mean.n_pages) == (0.75, 0.2, 4, 9) and np.isnan(mean.ap_large)


number = st.integers(0, 30)
scale = st.sampled_from((1, 1, 2, 3, 8))  # all ranges of size, and their very ends
box = st.tuples(number, number, st.integers(1, 20), st.integers(1, 20), scale).map(
    lambda b: tuple(v * b[4] for v in (b[0], b[1], b[0] + b[2], b[1] + b[3]))
)
truth = st.tuples(box, st.sampled_from(LABELS), st.booleans())
guess = st.tuples(box, st.sampled_from((0, 1)), st.integers(1, 20).map(lambda v: v / 20))
exhaustive = st.sampled_from(((True, True), (True, True), (True, False), (False, True), (False, False)))
drawn_pages = st.lists(
    st.tuples(st.lists(truth, max_size=6), st.lists(guess, max_size=8), exhaustive), min_size=1, max_size=5
)


@given(drawn_pages)
@settings(max_examples=150)
def test_equal_to_pycocotools(drawn):
    compare(drawn)


near = st.tuples(st.sampled_from((0, 0, 0, 1)), st.sampled_from((-1, 0, 0, 1)), st.sampled_from((1, 2, 5)))


@given(st.lists(near, min_size=1, max_size=5), st.lists(near, min_size=1, max_size=8), st.lists(st.booleans()))
@settings(max_examples=100)
def test_equal_to_pycocotools_where_all_is_a_tie(truths, guesses, crowds):
    """Boxes that differ by a pixel, one score: who takes whom hangs on the order alone."""
    shape = [(x, y, x + 10 * size, y + 10 * size) for x, y, size in truths]
    marks = [(b, LABELS[0], i < len(crowds) and crowds[i]) for i, b in enumerate(shape)]
    found = [((x + 1, y + 1, x + 1 + 10 * size, y + 1 + 10 * size), 0, 0.5) for x, y, size in guesses]
    compare([(marks, found, (True, True))])


@pytest.mark.parametrize("seed", range(3))
def test_equal_to_pycocotools_on_crowded_pages(seed):
    """More detections a page than count, near their truths, at fractions of a pixel."""
    rng = np.random.default_rng(seed)
    drawn = []
    for number in range(4):
        corners = rng.uniform(0, 900, (12, 2))
        sizes = rng.uniform(5, 120, (12, 2))
        truths = [
            ((x, y, x + w, y + h), LABELS[i % 2], i % 6 == 0)
            for i, ((x, y), (w, h)) in enumerate(zip(corners, sizes, strict=True))
        ]
        guesses = []
        for i in range(260):
            left, top, right, bottom = np.array(truths[i % 12][0]) + rng.normal(0, 4, 4)
            row = tuple(float(np.float32(v)) for v in (left, top, max(right, left + 1), max(bottom, top + 1)))
            guesses.append((row, int(i % 12 % 2), float(rng.uniform(0.01, 1))))
        drawn.append((truths, guesses, (True, number != 2)))
    compare(drawn)


def test_the_same_in_many_small_steps(monkeypatch):
    """How many pairs are looked at together changes nothing."""
    rng = np.random.default_rng(0)
    pages, found = [], []
    for _ in range(20):
        left = rng.uniform(0, 60, (rng.integers(0, 12), 2))
        pages.append(page([Mark((x, y, x + 20, y + 20), ("Signature",)) for x, y in left]))
        moved = np.repeat(left, 3, axis=0) + rng.normal(0, 3, (3 * len(left), 2))
        found.append(detections(*(((x, y, x + 20, y + 20), rng.uniform(), 0) for x, y in moved)))
    once = match_labels(found, pages, ["Signature"])["Signature"]
    for at_once in (1, 7, 60):
        monkeypatch.setattr("docmarks.evaluate.match.PAIRS_AT_ONCE", at_once)
        again = match_labels(found, pages, ["Signature"])["Signature"]
        np.testing.assert_array_equal(again.outcome, once.outcome)
        np.testing.assert_array_equal(again.truth, once.truth)
    assert (once.outcome == 1).any() and (once.outcome == 0).any()


def compare(drawn):
    """Our figures equal the reference's; drawn are (truths, guesses, where the labels are exhaustive) of each page."""
    pages, found, images, annotations, results = [], [], [], [], []
    for number, (truths, guesses, complete) in enumerate(drawn, start=1):
        # An ignored region is COCO's crowd, of every category.
        marks = [Mark(b, () if ignore else (label,), ignore=ignore) for b, label, ignore in truths]
        pages.append(page(marks, [label for label, there in zip(LABELS, complete, strict=True) if there]))
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
    complete = [[n for n, (_, _, there) in enumerate(drawn, start=1) if there[k]] for k in range(len(LABELS))]
    expected, got = reference(images, annotations, results, complete), evaluate(found, pages, LABELS)
    for k, label in enumerate(LABELS):
        for name, value in expected[k].items():
            np.testing.assert_allclose(getattr(got[label], name), value, atol=1e-6, err_msg=f"{label} {name}")


def size(box):
    return [box[0], box[1], box[2] - box[0], box[3] - box[1]]


RANGES = {
    "all": [0, 1e10],
    "small": [0, 32**2],
    "medium": [32**2, 96**2],
    "large": [96**2, 1e10],
    "10_40": [100, 1600],
}


def reference(images, annotations, results, complete):
    """pycocotools' figures of each label, on the images where it is complete."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    figures = []
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = {
            "images": images, "annotations": annotations, "info": {},
            "categories": [{"id": k, "name": name} for k, name in enumerate(LABELS, start=1)],
        }  # fmt: skip
        truth.createIndex()
        for k in range(len(LABELS)):
            counted = [a for a in annotations if a["category_id"] == k + 1 and a["image_id"] in complete[k]]
            if not results or not complete[k]:
                # It refuses to run on nothing.
                value = 0.0 if any(not a["iscrowd"] for a in counted) else np.nan
                figures.append(dict.fromkeys(("ap", "ap50", "ap75", "ar1", "ar10", "ar100"), value))
                continue
            run = COCOeval(truth, truth.loadRes(results), "bbox")
            run.params.imgIds, run.params.catIds = complete[k], [k + 1]
            run.params.areaRng, run.params.areaRngLbl = list(RANGES.values()), list(RANGES)
            run.evaluate()
            run.accumulate()
            precision, recall = run.eval["precision"][:, :, 0], run.eval["recall"][:, 0]
            own = {
                "ap": precision[:, :, 0, 2], "ap50": precision[0, :, 0, 2], "ap75": precision[5, :, 0, 2],
                "ar1": recall[:, 0, 0], "ar10": recall[:, 0, 1], "ar100": recall[:, 0, 2],
            }  # fmt: skip
            for a, name in list(enumerate(RANGES))[1:]:
                own |= {f"ap_{name}": precision[:, :, a, 2], f"ar_{name}": recall[:, a, 2]}
            figures.append({name: np.nan if (v == -1).any() else v.mean() for name, v in own.items()})
    return figures
