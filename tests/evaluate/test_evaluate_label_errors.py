import json
from dataclasses import replace

import pytest

from docmarks.evaluate.label_errors import METHODS, Suspect, corrected, find
from docmarks.marks import Mark
from marked import LABELS, found, page

A, B, C = ((x, 0.0, x + 40.0, 20.0) for x in (0.0, 100.0, 200.0))
RIGHT = [
    (
        found((A, {"Signature": 0.97}), (B, {"Date": 0.97}), (C, {"Stamp": 0.97})),
        page((A, "Signature"), (B, "Date"), (C, "Stamp")),
    )
] * 8


def suspects(predictions, annotated, method="calibrated"):
    """What is suspected on the last page, after eight right ones."""
    pages = [*RIGHT, (predictions, annotated)]
    return find([one for one, _ in pages], [one for _, one in pages], LABELS, method)


@pytest.mark.parametrize("method", METHODS)
def test_one_of_each_kind(method):
    predictions = found((A, {"Signature": 0.97}), (B, {"Date": 0.97}), (C, {"Stamp": 0.97}))
    moved = (12.0, 0.0, 52.0, 20.0)
    found_there = suspects(predictions, page((moved, "Signature"), (B, "Stamp")), method)
    by_kind = {s.kind: s for s in found_there if s.doubt > 0.1}
    assert set(by_kind) == {"overlooked", "badly located", "swapped"}
    assert all(s.page == 8 for s in by_kind.values())
    assert (by_kind["overlooked"].box, by_kind["overlooked"].label, by_kind["overlooked"].mark) == (C, "Stamp", None)
    assert (by_kind["badly located"].box, by_kind["badly located"].mark) == (A, 0)
    assert (by_kind["swapped"].label, by_kind["swapped"].mark) == ("Date", 1)
    assert by_kind["swapped"].score == pytest.approx(0.97)


@pytest.mark.parametrize("method", METHODS)
def test_what_is_right_is_not_suspected(method):
    assert not [s for s in suspects(*RIGHT[0], method) if s.doubt > 0.01]


def test_what_a_score_is_worth_is_learnt():
    # Stamps of 0.97 are right eight times of nine, dates of 0.5 never.
    lone = [(found((B, {"Date": 0.5})), page())] * 3
    pages = [*RIGHT, *lone, (found((A, {"Stamp": 0.97})), page())]
    ranked = find([one for one, _ in pages], [one for _, one in pages], LABELS)
    assert ranked[0].label == "Stamp" and ranked[0].doubt == pytest.approx(8 / 9, abs=0.01)
    assert all(s.doubt < 0.01 for s in ranked[1:])


@pytest.mark.parametrize("method", METHODS)
def test_where_a_label_is_not_exhaustive_nothing_was_overlooked(method):
    predictions = found((A, {"Signature": 0.97}), (B, {"Date": 0.97}))
    partial = page((A, "Stamp"), exhaustive=["Stamp"])
    assert not [s for s in suspects(predictions, partial, method) if s.page == 8]
    # The box of a label that is only partly annotated is still a box: no date was overlooked in its place.
    boxed = page((B, "Stamp"), exhaustive=["Date"])
    assert [s.kind for s in suspects(found((B, {"Date": 0.97})), boxed, method) if s.page == 8] == ["swapped"]


@pytest.mark.parametrize("method", METHODS)
def test_ignored_regions_and_empty_pages(method):
    assert find([], [], LABELS, method) == []
    assert find([found()], [page((A, "Date"))], LABELS, method) == []
    assert not [s for s in suspects(found((A, {"Date": 0.97})), page(ignored=[A]), method) if s.page == 8]


def test_marks_keep_their_places_behind_ignored_ones():
    base = page((B, "Stamp"))
    marks = (Mark(C, (), ignore=True), *base.page.marks)
    (suspect,) = (
        s
        for s in suspects(found((B, {"Date": 0.97})), replace(base, page=replace(base.page, marks=marks)))
        if s.page == 8
    )
    assert suspect.mark == 1


def test_plain_values():
    pages = [one for _, one in RIGHT] + [page((B, "Stamp"))]
    (swapped,) = (s for s in suspects(found((B, {"Date": 0.97})), pages[-1]) if s.page == 8)
    told = swapped.to_json(pages)
    assert json.loads(json.dumps(told)) == told
    assert told["annotated_labels"] == ["Stamp"] and told["suggested_label"] == "Date" and told["mark"] == 0


def test_there_is_no_other_method():
    with pytest.raises(ValueError, match="calibrated, objectlab"):
        find([], [], LABELS, "best")


def test_a_page_as_it_would_be_if_all_suspects_were_right():
    annotated = page((A, "Signature"), (B, "Date", "Stamp"), (C, "Stamp"))
    moved = (4.0, 0.0, 44.0, 20.0)
    found_there = [
        Suspect("badly located", 0.9, 0, 0, moved, "Signature", 0.8),
        Suspect("swapped", 0.8, 0, 1, moved, "Signature", 0.7),
        Suspect("swapped", 0.5, 0, 0, A, "Date", 0.6),  # doubted already
        Suspect("overlooked", 0.4, 0, None, (300.0, 0.0, 340.0, 20.0), "Date", 0.5),
    ]
    assert corrected(annotated, found_there) == (
        Mark(moved, ("Signature",), (0.8,)),
        Mark(B, ("Signature",), (0.7,)),
        annotated.page.marks[2],
        Mark((300.0, 0.0, 340.0, 20.0), ("Date",), (0.5,)),
    )


def test_corrections_do_not_make_one_mark_twice():
    both = (0.0, 0.0, 60.0, 20.0)
    found_there = [
        Suspect("badly located", 0.9, 0, 0, both, "Date", 0.8),
        Suspect("badly located", 0.8, 0, 1, both, "Date", 0.8),
        Suspect("overlooked", 0.4, 0, None, C, "Date", 0.5),
        Suspect("overlooked", 0.3, 0, None, C, "Stamp", 0.4),
    ]
    annotated = page((A, "Date"), ((41.0, 0.0, 60.0, 20.0), "Date"))
    assert corrected(annotated, found_there) == (
        Mark(both, ("Date",), (0.8,)),
        annotated.page.marks[1],
        Mark(C, ("Date", "Stamp"), (0.5, 0.4)),
    )


def test_a_mark_is_not_sent_onto_its_neighbour():
    wide, beside = (0.0, 0.0, 50.0, 20.0), (48.0, 0.0, 100.0, 20.0)
    predictions = found(((4.0, 0.0, 38.0, 20.0), {"Signature": 0.9}), (beside, {"Signature": 0.99}))
    (moved,) = [s for s in suspects(predictions, page((wide, "Signature"), (beside, "Signature"))) if s.mark == 0]
    assert moved.kind == "badly located" and moved.box == (4.0, 0.0, 38.0, 20.0)
