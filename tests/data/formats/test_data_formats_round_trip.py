"""Our own form to a format and back: what it holds is the same, and what it does not hold is told."""

from dataclasses import fields, replace
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.data.formats.formats import FORMATS, WRITABLE, detect, holds_of, read_as, write_as
from docmarks.data.formats.holds import EVERYTHING, fit
from docmarks.data.formats.intake import ASSUMED, Wanted
from docmarks.data.formats.notes import Notes
from docmarks.labels.taxonomy import LABELS
from docmarks.marks import Mark, Page
from formats_pages import header

PRECISION = {"yolo": 1e-4, "label_studio": 1e-9}
"""Pixels; 1e-9 elsewhere: width and height are differences."""

names = st.sampled_from([*LABELS, "Bar & <code>", "Größe+Ü", "[x]", "0"])
share = st.floats(0, 1, allow_nan=False).map(lambda v: round(v, 4))
text = st.text(st.characters(min_codepoint=33, max_codepoint=0x24F, exclude_characters="+"), min_size=1, max_size=8)


@st.composite
def marks_on(draw, width, height, scored):
    marks = []
    for labels, ignore, x, y in draw(
        st.lists(
            st.tuples(
                st.lists(names, max_size=3, unique=True).map(tuple),
                st.booleans(),
                st.tuples(share, share),
                st.tuples(share, share),
            ),
            max_size=4,
        )
    ):
        (left, right), (top, bottom) = sorted(v * width for v in x), sorted(v * height for v in y)
        scores = tuple(draw(st.lists(share, min_size=len(labels), max_size=len(labels)))) if scored else ()
        over = draw(st.sampled_from([0, 0, 0, 3.5]))
        marks.append(Mark((left, top, right + over, bottom), labels, scores, ignore or not labels))
    return tuple(marks)


@st.composite
def sets(draw):
    """Up to four pages, each with all that our own form can hold, or with little of it."""
    pages = []
    full = draw(st.frozensets(names, max_size=3))
    for number in range(draw(st.integers(1, 4))):
        width, height = draw(st.integers(1, 3000)), draw(st.integers(1, 3000))
        marks = draw(marks_on(width, height, draw(st.booleans())))
        page = DatasetPage(
            Path("images", draw(st.sampled_from(["", "sub", "b & ü"])), f"{number} ä.png"),
            Page(width, height, draw(st.sampled_from([72.0, 150.0, 201.5])), marks=marks),
            draw(st.sampled_from(["one", "two & three", str(number)])),
            draw(st.sampled_from([full, frozenset(), frozenset({"Date"})])),
            draw(st.sampled_from([{}, {}, {"fields": [1, {"kind": "text"}]}])),
            draw(st.sampled_from(["", "train", "val", "test"])),
        )
        pages.append(page)
    return tuple(pages), draw(st.sampled_from([{}, {"licence": "CC0"}]))


def documents(dataset):
    """Which pages are together, whatever the documents are called."""
    groups = [page.group for page in dataset.pages]
    return [groups.index(group) for group in groups]


def in_place(folder, name, pages, fitted):
    """The pages with their images where the format wants them."""
    placed = []
    for page, fits in zip(pages, fitted, strict=True):
        place = FORMATS[name].place(fits, PurePosixPath(page.file.relative_to("images")))
        file = folder / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(header(page.page.width, page.page.height))
        placed.append(replace(page, file=file))
    return tuple(placed)


@pytest.mark.parametrize("name", WRITABLE)
@given(drawn=sets())
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_there_and_back(tmp_path_factory, name, drawn):
    pages, info = drawn
    folder = tmp_path_factory.mktemp("set")
    holds = FORMATS[name].holds
    whole = Dataset(folder, "drawn", pages, info)
    fitted = fit(whole, holds, Notes())
    whole = replace(whole, pages=in_place(folder, name, pages, fitted.pages))
    lost = Notes()
    file = write_as(whole, folder, name, lost)
    expected = fit(whole, holds, Notes())
    assert (len(lost) == 0) == (fit(whole, holds, Notes()) == whole)

    assert detect(folder) == name
    notes = Notes()
    back = read_as(file if name not in ("coco", "voc", "datumaro") else folder, name, notes, Wanted(predictions=True))
    got = {page.file.resolve(): page for page in back.pages}
    assert len(got) == len(expected.pages)
    back = replace(back, pages=tuple(got[page.file.resolve()] for page in expected.pages))
    if holds.group:
        assert [p.group for p in back.pages] == [p.group for p in expected.pages]
    else:
        assert len(set(documents(back))) == len(back.pages)
    for there, page in zip(back.pages, expected.pages, strict=True):
        assert (there.page.width, there.page.height) == (page.page.width, page.page.height)
        assert there.part == page.part
        assert there.exhaustive == page.exhaustive
        if holds.dpi:
            assert there.page.dpi == page.page.dpi
        if holds.extra:
            assert there.extra == page.extra
        assert len(there.page.marks) == len(page.page.marks)
        for a, b in zip(there.page.marks, page.page.marks, strict=True):
            assert a.labels == b.labels and a.ignore == b.ignore
            assert a.scores == pytest.approx(b.scores)
            assert a.box == pytest.approx(b.box, abs=PRECISION.get(name, 1e-9))
    if holds.info:
        assert {**back.info, "name": ""} == {**info, "name": ""}
    odd = {told for told in notes.counts if "label file" not in told and told != ASSUMED}
    assert not odd, odd


@pytest.mark.parametrize("name", WRITABLE)
def test_what_is_lost_is_counted(tmp_path, dataset, name):
    holds = holds_of(name, tmp_path / "out")
    lost = Notes()
    fit(dataset, holds, lost)
    told = " ".join(lost)
    for kept, words in [
        (holds.several, "several labels"),
        (holds.uncertain, "uncertain boxes"),
        (holds.group, "share a document"),
        (holds.dpi, "resolutions"),
        (holds.split, "parts: train"),
        (holds.extra, "source_id"),
        (holds.info, "licence"),
    ]:
        assert (words in told) != kept, (name, words)


def test_nothing_is_lost_in_our_own_form(dataset):
    lost = Notes()
    assert fit(dataset, EVERYTHING, lost) == dataset and not len(lost)
    assert all(getattr(EVERYTHING, field.name) for field in fields(EVERYTHING) if field.name != "every_part")
