from dataclasses import replace
from pathlib import Path

import pytest

from docmarks.data.dataset import DatasetPage
from docmarks.data.joined import joined
from docmarks.errors import DocmarksError
from docmarks.marks import Mark, Page


def page(exhaustive, *marks, **changes):
    made = DatasetPage(Path("a.png"), Page(100, 120, marks=marks), "g", frozenset([exhaustive]))
    return replace(made, **changes)


def test_marks_of_both_and_what_both_boxed_once():
    first = page("Stamp", Mark((0, 0, 40, 20), ("Stamp",)), Mark((50, 50, 60, 60), ("Stamp",)))
    # 38 of 42 in common, over 0.8; the other's second box shares 100 of 160 with the first's second, under it.
    second = page("Date", Mark((2, 0, 42, 20), ("Date",), (0.9,)), Mark((50, 50, 66, 60), ("Date",)))
    found = joined(first, second)
    assert found.page.marks == (
        Mark((0, 0, 40, 20), ("Stamp", "Date")),
        Mark((50, 50, 60, 60), ("Stamp",)),
        Mark((50, 50, 66, 60), ("Date",)),
    )
    assert found.exhaustive == {"Stamp", "Date"}


def test_two_marks_of_one_set_stay_two():
    close = (Mark((0, 0, 40, 20), ("Name",)), Mark((1, 0, 40, 20), ("Title",)))
    assert joined(page("Stamp"), page("Name", *close)).page.marks == close


def test_who_is_uncertain_says_nothing_of_the_others_mark():
    doubt, sure = Mark((0, 0, 40, 20), ("Stamp",), ignore=True), Mark((0, 0, 40, 20), ("Date",))
    assert joined(page("Stamp", doubt), page("Date", sure)).page.marks == (doubt, sure)


def test_what_the_first_says_of_the_page_stays():
    found = joined(page("Stamp", extra={"set": "one"}), page("Date", extra={"set": "two", "by": "Ann"}, part="val"))
    assert found.extra == {"set": "one", "by": "Ann"} and found.part == "val"


def test_two_that_disagree():
    with pytest.raises(DocmarksError, match="Date is fully annotated in two data sets"):
        joined(page("Date"), page("Date"))
    with pytest.raises(DocmarksError, match="is 100 x 120 pixels in one data set and 50 x 120 in another"):
        joined(page("Date"), page("Stamp", page=Page(50, 120)))
    with pytest.raises(DocmarksError, match="is for train in one data set and for val in another"):
        joined(page("Date", part="train"), page("Stamp", part="val"))
