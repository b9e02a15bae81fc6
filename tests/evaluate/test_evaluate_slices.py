from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from docmarks.data.dataset import DatasetPage
from docmarks.evaluate.evaluation import Evaluation, SetResult
from docmarks.evaluate.quality import Quality
from docmarks.evaluate.slices import slices, worst_groups
from docmarks.marks import Detections, Mark, Page

LABELS = ("Signature", "Stamp")
BOX = (0, 0, 20, 20)


def page(group, found, exhaustive=LABELS, **extra):
    """A page with one Signature, and whether it is found."""
    truth = DatasetPage(Path(f"{group}.png"), Page(100, 100, marks=(Mark(BOX, ("Signature",)),)), group,
                        frozenset(exhaustive), extra)  # fmt: skip
    box = BOX if found else (50, 50, 70, 70)
    return truth, Detections(np.array([box], np.float32), np.array([[0.9, 0]], np.float32), LABELS)


def evaluation(*sets, qualities=None):
    results = []
    for number, pages in enumerate(sets):
        truths, found = zip(*pages, strict=True)
        given = tuple(qualities[number]) if qualities else ()
        results.append(SetResult(f"set {number}", truths, found, LABELS, given))
    return Evaluation(LABELS, (0.5, 0.5), tuple(results))


def table(found):
    return {(one.by, one.value): (one.n_pages, one.scores["Signature"].ap50) for one in found}


def test_by_set_size_and_the_users_own_keys():
    pages = [page("a", True, family="lease"), page("b", False, family="lease"), page("c", False, family="letter")]
    found = evaluation([*pages, page("d", True)], [page("e", True, state="TX"), page("f", True, state="OK")])
    got = table(slices(found, ["state"]))
    # All of one score: right, wrong, wrong, right. Precision 1 up to recall 1/4 (26 points), 1/2 up to 1/2 (25 points).
    assert got[("set", "set 0")] == (4, pytest.approx((26 + 25 / 2) / 101)) and got[("set", "set 1")] == (2, 1)
    assert got[("family", "lease")] == (2, pytest.approx(51 / 101)) and got[("family", "letter")] == (1, 0)
    assert got[("state", "OK")] == got[("state", "TX")] == (1, 1)
    assert ("box size", "small") in got and ("box size", "10 to 40 px") in got and ("box size", "large") not in got
    assert not any(by in ("scan", "noise") for by, _ in got)


def test_by_quality_of_the_scan():
    qualities = [[Quality("grey", 1000, 0.5, 0.0), Quality("colour", 2200, float("nan"), 5.0)]]
    got = table(slices(evaluation([page("a", True), page("b", False)], qualities=qualities)))
    assert got[("scan", "grey")] == got[("resolution", "0 to 1200 px")] == got[("noise", "0 to 0.5")] == (1, 1)
    assert got[("scan", "colour")] == got[("resolution", "2000 px and over")] == got[("noise", "3 and over")] == (1, 0)
    assert got[("sharpness", "0 to 0.6")] == (1, 1)


def test_partly_annotated_pages_are_in_no_slice_of_that_label():
    found = evaluation([page("a", True, family="x"), page("b", False, exhaustive=["Stamp"], family="x")],
                       [page("c", False, family="y")])  # fmt: skip
    got = {(one.by, one.value): one.scores for one in slices(found)}
    assert got[("family", "x")]["Signature"].n_pages == 1 and got[("family", "x")]["Signature"].ap == 1


def test_a_slice_is_what_its_pages_alone_would_give():
    rng = np.random.default_rng(1)
    pages = [page(f"g{i}", bool(rng.integers(2)), family="xy"[i % 2]) for i in range(30)]
    found = {one.value: one.scores for one in slices(evaluation(pages)) if one.by == "family"}
    for value, start in (("x", 0), ("y", 1)):
        assert str(found[value]) == str(evaluation(pages[start::2]).pooled.scores)


def test_the_worst_documents_first():
    found = evaluation([page("a", True), page("b", False), page("c", False), page("c", False)])
    worst = worst_groups(found)
    assert [(g.name, g.pages, g.truths, g.right, g.wrong, g.missed) for g in worst] == [
        ("c", 2, 2, 0, 2, 2),
        ("b", 1, 1, 0, 1, 1),
    ]


def test_files_called_alike_in_two_sets_are_two_documents():
    one, two = ([page("a.png", False), page("b", False)] for _ in range(2))
    for pages in (one, two):
        pages[0] = (replace(pages[0][0], file=Path("images/a.png")), pages[0][1])
    found = evaluation(one, two)
    assert len(set(found.documents)) == 3  # a group that somebody named is one
    assert {group.pages for group in worst_groups(found)} == {1, 2}
