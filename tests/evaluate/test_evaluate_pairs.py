import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docmarks.evaluate.pairs import RULES, most_overlapped, one_to_one, pair, sides, units
from marked import LABELS, found, page


def test_each_prediction_has_the_truth_that_it_overlaps_most_whoever_else_does():
    overlap = np.array([[0.6, 0.7], [0.9, 0.55], [0.8, 0.1], [0.49, 0.2]])
    same = np.zeros_like(overlap, bool)
    assert most_overlapped(overlap, same, 0.5).tolist() == [1, 0, 0, -1]
    # One to one, in this order: the third finds its only partner taken.
    assert one_to_one(overlap, same, 0.5).tolist() == [1, 0, -1, -1]


def test_of_equal_overlaps_the_own_label_else_the_first():
    overlap = np.array([[0.8, 0.8, 0.8]])
    assert most_overlapped(overlap, np.array([[False, True, True]]), 0.5).tolist() == [1]
    assert most_overlapped(overlap, np.zeros((1, 3), bool), 0.5).tolist() == [0]
    twice = np.array([[0.8, 0.8], [0.8, 0.8], [0.8, 0.8]])
    assert one_to_one(twice, np.zeros((3, 2), bool), 0.5).tolist() == [0, 1, -1]
    assert one_to_one(twice, np.array([[False, True]] * 3), 0.5).tolist() == [1, 0, -1]


def test_a_pair_exactly_at_the_threshold_stays():
    # Half of one box: 50 of 100.
    both = pair([found(((0, 0, 10, 5), {"Date": 0.9}))], [page(((0, 0, 10, 10), "Date"))], LABELS)
    assert both.truth.tolist() == [0] and both.true_label.tolist() == [1]


@pytest.mark.parametrize("rule", RULES)
def test_pages_without_either_side(rule):
    empty = pair([found(), found()], [page(), page(((0, 0, 9, 9), "Date"))], LABELS, rule=rule)
    assert len(empty.score) == 0 and empty.truth_page.tolist() == [1] and empty.found_with.tolist() == [-1]
    lone = pair([found(((0, 0, 9, 9), {"Date": 0.9}))], [page()], LABELS, rule=rule)
    assert lone.truth.tolist() == [-1] and lone.true_label.tolist() == [3]
    assert len(pair([], [], LABELS, rule=rule).score) == 0


def test_a_box_with_two_labels_is_two_predictions():
    box = (10.0, 10.0, 60.0, 30.0)
    both = pair([found((box, {"Date": 0.9, "Stamp": 0.7}))], [page((box, "Date", "Stamp"))], LABELS)
    assert both.label.tolist() == both.true_label.tolist() == [1, 2]
    half = pair([found((box, {"Date": 0.9}))], [page((box, "Date", "Stamp"))], LABELS)
    assert half.true_label.tolist() == [1] and half.found_with.tolist() == [9000, -1]


def test_what_is_not_exhaustive_counts_on_neither_side():
    box = (10.0, 10.0, 60.0, 30.0)
    partial = page((box, "Stamp"), ((100.0, 0.0, 150.0, 50.0), "Date"), exhaustive=["Date"])
    both = pair([found((box, {"Stamp": 0.9, "Date": 0.6}))], [partial], LABELS)
    assert both.label.tolist() == [1] and both.truth.tolist() == [-1]  # no stamp is there for certain
    assert both.truth_label.tolist() == [1]
    assert both.unknown_label.tolist() == [2] and both.unknown_score == pytest.approx([0.9])


def test_an_ignored_region_takes_a_lone_prediction_out_of_the_count():
    region, box = (0.0, 0.0, 100.0, 100.0), (10.0, 10.0, 60.0, 30.0)
    predictions = found((box, {"Date": 0.9}), ((70, 70, 90, 90), {"Date": 0.8}), ((90, 0, 130, 9), {"Date": 0.7}))
    both = pair([predictions], [page((box, "Date"), ignored=[region])], LABELS)
    assert both.truth.tolist() == [0, -1] and both.score == pytest.approx([0.9, 0.7])  # the last is outside by 3/4


def test_pages_keep_their_places():
    a, b = (0.0, 0.0, 9.0, 9.0), (20.0, 0.0, 29.0, 9.0)
    both = pair(
        [found((b, {"Date": 0.4}), (a, {"Stamp": 0.9})), found(), found((a, {"Date": 1.0}))],
        [page((a, "Stamp"), (b, "Date")), page((a, "Date")), page((a, "Signature"))],
        LABELS,
    )
    assert both.page.tolist() == [0, 0, 2] and both.truth_page.tolist() == [0, 0, 1, 2]
    assert both.truth.tolist() == [0, 1, 3] and both.true_label.tolist() == [2, 1, 0]
    assert both.found_with.tolist() == [9000, 4000, -1, 10000]


def test_scores_are_cut_to_ten_thousandths_and_single_precision_is_forgiven():
    assert units(np.array([0.5, np.float64(np.float32(0.7)), 0.49999, 1.0, 0.0])).tolist() == [
        5000,
        7000,
        4999,
        10000,
        0,
    ]
    kept = sides(found(((0, 0, 9, 9), {"Date": 0.7, "Stamp": 0.6999})), page(), LABELS, minimum=0.7)
    assert kept.labels.tolist() == [1]


@given(st.integers(0, 2**32 - 1))
def test_neither_rule_lets_a_prediction_touch_a_more_confident_ones_pair(seed):
    """So a higher threshold leaves pairs out and changes none."""
    rng = np.random.default_rng(seed)
    overlap = rng.choice([0.0, 0.3, 0.5, 0.7, 0.9], (6, 4))
    same = rng.random((6, 4)) < 0.4
    for rule in RULES.values():
        whole = rule(overlap, same, 0.5)
        for n in range(7):
            assert rule(overlap[:n], same[:n], 0.5).tolist() == whole[:n].tolist()
    taken = one_to_one(overlap, same, 0.5)
    assert len(set(taken[taken >= 0])) == (taken >= 0).sum()


def test_there_is_no_other_rule():
    with pytest.raises(ValueError, match="most-overlapped, one-to-one"):
        pair([], [], LABELS, rule="best")
