"""Scores against those of cleanlab's own ObjectLab, and what is ours: several labels a mark, partial annotation."""

import numpy as np
import pytest
from cleanlab.object_detection.rank import (
    compute_badloc_box_scores,
    compute_overlooked_box_scores,
    compute_swap_box_scores,
)

from docmarks.evaluate.object_lab import ObjectLab, PageBoxes

N_LABELS = 3


def boxes_of(rng, n):
    left_top = rng.integers(0, 300, (n, 2)).astype(float)
    return np.concatenate([left_top, left_top + rng.integers(10, 90, (n, 2))], axis=1)


def random_page(rng):
    truth = boxes_of(rng, int(rng.integers(1, 6)))
    labels = rng.integers(0, N_LABELS, len(truth))
    near = truth[rng.integers(0, len(truth), 4)] + rng.choice([0, 0, 3, -8], (4, 4))
    found = np.concatenate([near, boxes_of(rng, int(rng.integers(1, 4)))])
    found[:, 2:] = np.maximum(found[:, 2:], found[:, :2] + 1)
    scores = rng.choice([0.3, 0.6, 0.94, 0.96, 0.99], len(found)) + rng.random(len(found)) / 1000
    # cleanlab takes a label's predictions together
    given = np.sort(rng.integers(0, N_LABELS, len(found)))
    return truth, labels, found, given, scores


def ours(truth, labels, found, given, scores, **changes):
    known = {"known": np.ones(N_LABELS, bool), "ignored": np.zeros((0, 4))}
    return PageBoxes(found, given, scores, truth, np.eye(N_LABELS, dtype=bool)[labels], **(known | changes))


def test_scores_are_those_of_cleanlab():
    rng = np.random.default_rng(0)
    pages = [random_page(rng) for _ in range(60)]
    labels = [{"bboxes": truth, "labels": label} for truth, label, *_ in pages]
    predictions = [
        [np.column_stack([found, scores])[given == k] for k in range(N_LABELS)] for _, _, found, given, scores in pages
    ]
    mine = [ours(*page) for page in pages]
    lab = ObjectLab(least_similarity=min(page.least_similarity for page in mine))
    overlooked = compute_overlooked_box_scores(labels=labels, predictions=predictions)
    badly = compute_badloc_box_scores(labels=labels, predictions=predictions)
    swapped = compute_swap_box_scores(labels=labels, predictions=predictions, overlapping_label_check=False)
    for page, *theirs in zip(mine, overlooked, badly, swapped, strict=True):
        np.testing.assert_allclose(lab.overlooked(page).quality, theirs[0], atol=1e-12)
        np.testing.assert_allclose(lab.badly_located(page).quality, theirs[1], atol=1e-12)
        np.testing.assert_allclose(lab.swapped(page).quality, theirs[2], atol=1e-12)
    said = np.concatenate(overlooked)
    assert 10 < (~np.isnan(said)).sum() and (np.concatenate(badly) < 1).sum() > 10 < (np.concatenate(swapped) < 1).sum()


A, B = np.array([[0.0, 0, 40, 20]]), np.array([[200.0, 0, 240, 20]])


def test_a_label_that_is_not_exhaustive_is_never_overlooked_and_never_the_better_one():
    known = np.array([True, False, True])
    page = ours(A, np.array([0]), np.concatenate([A, B, B + 60]), np.array([1, 1, 0]), np.full(3, 0.99), known=known)
    assert np.isnan(ObjectLab().overlooked(page).quality).tolist() == [True, True, False]
    assert ObjectLab().swapped(page).quality.tolist() == [1]
    everything = ours(A, np.array([0]), np.concatenate([A, B]), np.array([1, 1]), np.full(2, 0.99))
    assert ObjectLab().swapped(everything).quality.tolist() == [0] and ObjectLab().swapped(everything).partner[0] == 0


def test_a_mark_may_carry_several_labels():
    both = np.array([[True, True, False]])
    page = PageBoxes(A + 2, np.array([1]), np.array([0.99]), A, both, np.ones(3, bool), np.zeros((0, 4)))
    assert ObjectLab().swapped(page).quality.tolist() == [1]
    assert ObjectLab().badly_located(page).quality[0] == pytest.approx(page.similarity[0, 0])


def test_an_ignored_region_says_nothing():
    page = ours(A, np.array([0]), B, np.array([0]), np.array([0.99]), ignored=B - 5)
    assert np.isnan(ObjectLab().overlooked(page).quality).all()


def test_empty_sides():
    nothing = np.zeros((0, 4))
    none = ours(nothing, np.zeros(0, int), nothing, np.zeros(0, int), np.zeros(0))
    assert none.least_similarity == 1
    for judge in (ObjectLab().overlooked, ObjectLab().badly_located, ObjectLab().swapped):
        assert len(judge(none).quality) == 0
    lone = ours(nothing, np.zeros(0, int), A, np.array([1]), np.array([0.97]))
    found = ObjectLab(least_similarity=0.5).overlooked(lone)
    assert found.quality[0] == pytest.approx(0.5 * 0.03) and found.partner.tolist() == [-1]
    assert ObjectLab().swapped(ours(A, np.array([0]), nothing, np.zeros(0, int), np.zeros(0))).quality.tolist() == [1]
