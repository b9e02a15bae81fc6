import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from docmarks.data.dataset import DatasetPage
from docmarks.errors import DocmarksError
from docmarks.evaluate.compare import compare, judged
from docmarks.evaluate.evaluation import Evaluation, SetResult
from docmarks.evaluate.show_compare import print_comparison
from docmarks.marks import Detections, Mark, Page
from docmarks.results.matches_file import read_matches, write_matches

LABELS = ("Signature", "Stamp")
BOX = (10, 10, 40, 40)


SIGNED = (Mark(BOX, ("Signature",)),)


def run(name, *found, marks=SIGNED, order=None, threshold=0.5):
    """Of each page whether its Signature is found, and by which score."""
    pages, predictions = [], []
    for i, (right, score) in enumerate(found):
        pages.append(DatasetPage(Path(f"{i}.png"), Page(99, 99, marks=marks), f"g{i // 2}", frozenset(LABELS)))
        box = BOX if right else (50, 50, 80, 80)
        predictions.append(Detections(np.array([box], np.float32), np.array([[score, 0]], np.float32), LABELS))
    at = range(len(pages)) if order is None else order
    result = SetResult("leases", tuple(pages[i] for i in at), tuple(predictions[i] for i in at), LABELS)
    return judged(Evaluation(LABELS, (threshold, threshold), (result,)), name)


GOOD = [(True, 0.9), (True, 0.8), (True, 0.7), (False, 0.6), (True, 0.5), (True, 0.4)]
WORSE = [(True, 0.9), (False, 0.8), (True, 0.7), (False, 0.6), (False, 0.5), (True, 0.4)]


def test_figures_are_those_of_the_evaluation_and_differences_have_their_sign():
    found = compare([run("good", *GOOD), run("worse", *WORSE)])
    # 5 of 6 with one wrong in fourth place; 3 of 6 at ranks 1, 3 and 6.
    good = found.figures["ap50"]["Signature"]["good"]
    assert good.value == pytest.approx((51 + 5 / 6 * 33) / 101) and good.low <= good.value <= good.high
    worse = found.figures["ap50"]["Signature"]["worse"]
    assert worse.value == pytest.approx((17 + 2 / 3 * 17 + 1 / 2 * 17) / 101)
    difference = found.differences["ap50"]["Signature"]["worse"]
    assert difference.by.value == pytest.approx(worse.value - good.value) and difference.better < 0.05
    assert list(found.figures["ap50"]) == ["Signature", "mean"]  # no Stamp is there to be found
    assert (found.n_pages, found.n_groups, found.n_left_out) == (6, 3, 0)


def test_f1_is_at_each_ones_own_thresholds():
    found = compare([run("good", *GOOD), run("worse", *WORSE), run("strict", *GOOD, threshold=0.65)])
    by_run = found.figures["f1"]["Signature"]
    # Of six marks: 4 right of 5 shown, 2 right of 5, 3 right of 3.
    assert [by_run[name].value for name in found.runs] == pytest.approx([8 / 11, 4 / 11, 6 / 9])
    assert found.differences["f1"]["mean"]["worse"].by.value == pytest.approx(-4 / 11)


def test_a_run_against_itself():
    found = compare([run("a", *GOOD), run("b", *GOOD)], resamples=50)
    difference = found.differences["ap"]["mean"]["b"]
    assert (difference.by.value, difference.by.low, difference.by.high, difference.better) == (0, 0, 0, 0.5)
    assert found.pages == ()


def test_seeded_whatever_the_order_of_the_pages():
    first = compare([run("a", *GOOD), run("b", *WORSE)], resamples=100)
    again = compare([run("a", *GOOD), run("b", *WORSE, order=[3, 1, 5, 0, 2, 4])], resamples=100)
    assert first.figures == again.figures and first.pages == again.pages
    assert first.figures != compare([run("a", *GOOD), run("b", *WORSE)], resamples=100, seed=1).figures


def test_pages_where_they_differ_most():
    found = compare([run("good", *GOOD), run("worse", *WORSE)], resamples=10)
    # A wrong box over the threshold is an error, and the missed mark another; at 0.4 both miss the mark alone.
    assert [(page.file, page.first_errors, page.errors) for page in found.pages] == [("1.png", 0, 2), ("4.png", 0, 2)]


def test_only_the_pages_in_common():
    one, two = run("a", *GOOD), run("b", *WORSE[:4])
    found = compare([one, two], resamples=10)
    assert (found.n_pages, found.n_left_out) == (4, 2)
    assert found.figures["ap50"]["mean"]["a"].value == pytest.approx(76 / 101)


def test_what_cannot_be_compared():
    here = run("a", *GOOD)
    with pytest.raises(DocmarksError, match="have no page in common"):
        compare([here, replace(run("b", *GOOD), pages=tuple(replace(p, set_name="other") for p in here.pages))])
    with pytest.raises(DocmarksError, match="b: was measured on other annotations of Signature than a"):
        compare([here, run("b", *GOOD, marks=())])
    with pytest.raises(DocmarksError, match="have no label in common"):
        compare([here, replace(here, name="b", matched={"Date": here.matched["Stamp"]})])


def test_tables_and_json():
    found = compare([run("[b]good[/b]", *GOOD), run("worse", *WORSE)], resamples=20)
    out = io.StringIO()
    print_comparison(found, Console(file=out, width=200))
    text = out.getvalue()
    assert (
        "AP50 with 95 % intervals" in text
        and "F1 at the thresholds" in text
        and "[b]good[/b]" in text
        and "6 pages of 3 documents" in text
        and "so few documents say little" in text
    )
    data = found.to_json()
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert data["figures"]["ap"]["mean"]["worse"].keys() == {"value", "low", "high"}


def test_a_file_reads_back_and_a_damaged_one_is_told(tmp_path):
    one, file = run("a", *GOOD), tmp_path / "matches.npz"
    write_matches(one, file)
    again = read_matches(file, "a")
    assert again.pages == one.pages and again.thresholds == one.thresholds
    other = run("b", *WORSE)
    assert compare([again, other], resamples=30).to_json() == compare([one, other], resamples=30).to_json()
    file.write_bytes(file.read_bytes()[:300])
    with pytest.raises(DocmarksError, match="not matches of `docmarks evaluate`, or a damaged file"):
        read_matches(file, "a")
    with pytest.raises(DocmarksError, match="no such file"):
        read_matches(tmp_path / "none.npz", "a")


def test_boxes_that_were_corrected_in_between_are_told():
    here, moved = run("a", *GOOD), (Mark((20, 10, 50, 40), ("Signature",)),)
    with pytest.raises(DocmarksError, match=r"b: was measured on other boxes of 0\.png than a; evaluate both again"):
        compare([here, run("b", *GOOD, marks=moved)])
    # A label set calls them otherwise, and files of before have no digest.
    before = replace(here, name="b", pages=tuple(replace(page, boxes=0) for page in here.pages))
    assert compare([here, before], resamples=10).n_pages == 6
