import json
import math

import numpy as np
import pytest

from docmarks.errors import DocmarksError
from docmarks.evaluate.label_matches import LabelMatches
from docmarks.evaluate.match import Matched
from docmarks.evaluate.thresholds import (
    NEVER,
    Chosen,
    at_precision,
    at_score,
    best_f1,
    read_thresholds,
    steady_f1,
)
from docmarks.marks import UNTOLD_THRESHOLD


def matched(scores, right, n_truth):
    truth = np.where(right, 0, -1)[None].astype(np.int64)
    return [Matched(np.array(scores), truth, np.zeros_like(truth, bool), n_truth)]


def test_best_f1_lies_between_the_last_right_and_the_first_wrong():
    found = best_f1(matched([0.9, 0.8, 0.7, 0.3, 0.2], [1, 1, 1, 0, 0], 5))
    assert math.isclose(found.score, 0.5) and (found.precision, found.recall) == (1.0, 0.6)
    assert math.isclose(found.f1, 0.75)


def test_one_page_gives_one_threshold():
    one = matched([0.9, 0.8, 0.7, 0.3, 0.2], [1, 1, 1, 0, 0], 5)
    assert steady(one).score == pytest.approx(best_f1(one).score) and steady(one).f1 == best_f1(one).f1
    few, none = matched([0.9], [1], 4), matched([], [], 9)
    assert steady(few).score == UNTOLD_THRESHOLD and steady(none).score == UNTOLD_THRESHOLD


def steady(pages, document=None):
    document = np.arange(len(pages)) if document is None else np.array(document)
    return steady_f1(LabelMatches.of(pages), document)


def test_pages_of_one_document_come_together():
    """A document of ten pages that would have a low threshold, and ten of one page each, as sure of a high one."""
    low, high = matched([0.4, 0.2], [1, 0], 1), matched([0.9, 0.7], [1, 0], 1)
    pages = [*low * 10, *high * 10]
    alone, together = steady(pages), steady(pages, [0] * 10 + list(range(1, 11)))
    # The long document is missing from a third of the resamples, which then have the higher threshold.
    assert alone.score == pytest.approx(0.3, abs=0.1) and together.score > alone.score + 0.05


def drawn(rng, n=40):
    """Pages of one mark, found with a score around 0.8, and of one false detection around 0.5."""
    pages = []
    for _ in range(n):
        scores = np.clip(rng.normal([0.8, 0.5], 0.15), 0.01, 0.99)
        order = np.argsort(-scores)
        pages += matched(scores[order], np.array([1, 0])[order], 1)
    return pages


def test_a_steady_threshold_moves_less_and_is_better_on_other_pages():
    rng = np.random.default_rng(0)
    others = drawn(rng, 4000)
    best, means = [], []
    for _ in range(40):
        pages = drawn(rng)
        best.append(best_f1(pages).score)
        means.append(steady(pages).score)
        assert steady(pages).f1 <= best_f1(pages).f1 + 1e-12
    assert np.std(means) < 0.9 * np.std(best)
    assert np.mean([at_score(others, s).f1 for s in means]) > np.mean([at_score(others, s).f1 for s in best])


def test_equal_scores_cannot_be_parted():
    found = best_f1(matched([0.9, 0.5, 0.5, 0.5], [1, 1, 0, 0], 5))
    # Keeping only the first is F1 1/3; all four are 2 / (4 + 5) * 2 = 4/9.
    assert math.isclose(found.f1, 4 / 9) and math.isclose(found.score, 0.25)


def test_too_few_truths_keep_the_default():
    assert (
        best_f1(matched([0.9], [1], 4)).score == UNTOLD_THRESHOLD
        and best_f1(matched([], [], 9)).score == UNTOLD_THRESHOLD
    )


def test_too_few_truths_on_many_pages_keep_false_detections_seldom():
    def pages(n, scores):
        return [one for score in scores for one in matched([score], [0], 0)] + matched([], [], 0) * (n - len(scores))

    # Three in a hundred pages may be wrong, one in fifty: from the second false detection's score on there are two.
    found = best_f1(pages(50, [0.9, 0.7, 0.6]))
    assert math.isclose(found.score, 0.8) and math.isnan(found.f1) and found.told
    assert math.isclose(best_f1(pages(50, [0.9, 0.9])).score, 0.95)
    assert best_f1(pages(50, [0.9, 0.4])).score == UNTOLD_THRESHOLD and not best_f1(pages(50, [0.9, 0.4])).told
    assert best_f1(pages(84, [0.9, 0.7])).score == UNTOLD_THRESHOLD
    assert best_f1(pages(33, [0.9, 0.7])).score == UNTOLD_THRESHOLD  # too few pages to say


def test_at_a_given_score():
    found = at_score(matched([0.9, 0.5, 0.4], [1, 0, 1], 4), 0.5)
    assert (found.precision, found.recall) == (0.5, 0.25) and math.isclose(found.f1, 1 / 3)
    assert at_score(matched([0.4], [1], 4), 0.5).recall == 0
    # A score of exactly the threshold counts, in single precision (0.9 is not the same there) as in double.
    assert at_score(matched([float(np.float32(0.9))], [1], 4), 0.9).recall == 0.25
    assert at_score(matched([0.9], [1], 4), 0.9).recall == 0.25


def test_the_lowest_score_that_still_reaches_a_precision():
    # Precision by rank: 1, 1/2, 2/3, 3/4, 4/5, 4/6.
    scores, right = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4], [1, 0, 1, 1, 1, 0]
    found = at_precision(matched(scores, right, 8), 0.75)
    assert math.isclose(found.score, 0.45) and (found.precision, found.recall) == (0.8, 0.5)
    assert math.isclose(at_precision(matched(scores, right, 8), 0.9).score, 0.85)
    # What it promises holds from that score on.
    again = at_score(matched(scores, right, 8), found.score)
    assert (again.precision, again.recall) == (found.precision, found.recall)


def test_a_precision_that_is_never_reached():
    found = at_precision(matched([0.9, 0.9], [1, 0], 5), 0.95)
    assert (found.score, found.recall) == (NEVER, 0) and math.isnan(found.precision)
    assert at_precision(matched([0.9], [1], 4), 0.5).score == UNTOLD_THRESHOLD
    sure = matched([1.0, 1.0], [1, 0], 5)  # a score of exactly 1 is not reported either
    assert at_score(sure, at_precision(sure, 0.95).score).recall == 0 < at_score(sure, 1.0).recall


def test_thresholds_of_an_evaluation(tmp_path):
    best = {
        "Stamp": {"score": 0.3, "f1": 0.8},
        "Date": {"score": 0.5, "f1": None},
        "Strikethrough": {"score": 0.8, "f1": None},
    }
    file = tmp_path / "r.json"
    file.write_text(json.dumps({"best_thresholds": best}))
    assert read_thresholds(file) == Chosen({"Stamp": 0.3, "Strikethrough": 0.8}, (1.0,))
    target = {"Stamp": {"score": 0.7, "f1": 0.5}}
    file.write_text(json.dumps({"best_thresholds": best, "target_thresholds": target, "sizes": [1, 1.25]}))
    assert read_thresholds(file) == Chosen({"Stamp": 0.7}, (1.0, 1.25))
    for text in ("[]", "{}", "x"):
        file.write_text(text)
        with pytest.raises(DocmarksError, match=r"r\.json: no metrics.json of"):
            read_thresholds(file)
