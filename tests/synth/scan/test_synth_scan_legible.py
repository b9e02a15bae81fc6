import numpy as np

from docmarks.marks import Mark
from docmarks.synth.ink.library import InkLibrary
from docmarks.synth.page import SyntheticPages
from docmarks.synth.scan.legible import can_be_seen, ink_of


def test_what_a_copy_has_kept_and_what_it_has_lost():
    blank = np.full((100, 200), 250, np.uint8)
    blank[45:48] = 0  # a printed rule through both boxes
    for left, top, shade in ((170, 70, 0), (150, 5, 200)):
        blank[top : top + 11, left : left + 11] = shade
        blank[top + 1 : top + 10, left + 1 : left + 10] = 250
    written = blank.copy()
    written[30:60, 20:25] = 20
    written[30:60, 120:125] = 190
    copy = np.where(written < 150, 0, 255).astype(np.uint8)
    marks = [
        Mark((15.0, 30.0, 60.0, 60.0), ("Date",)),
        Mark((110.0, 30.0, 160.0, 60.0), ("Signature",)),
        Mark((170.0, 70.0, 180.0, 80.0), ("Unfilled Checkbox",)),
        Mark((170.0, 85.0, 180.0, 95.0), ("Empty",)),
        Mark((150.0, 5.0, 162.0, 17.0), ("Unfilled Checkbox",)),  # its printed square is too faint
    ]
    ink = ink_of(blank, written)
    assert [can_be_seen(mark, ink, copy) for mark in marks] == [True, False, True, True, False]
    copy[:] = np.where(np.arange(200) < 70, 0, copy)  # the black edge of a scan over the first
    assert not can_be_seen(marks[0], ink, copy)


def test_few_marks_of_made_pages_are_lost():
    pages = SyntheticPages(InkLibrary.builtin(), ("letter", "lease", "memo"), empty=0.0)
    marks = [mark for seed in range(40) for mark in pages(seed)[1].marks if "Checkbox" not in mark.label]
    lost = sum(mark.ignore for mark in marks)
    assert len(marks) > 80 and lost < 0.15 * len(marks)


def test_nothing_is_lost_without_a_scanner():
    pages = SyntheticPages(InkLibrary.builtin(), ("memo",), empty=0.0, worn=False)
    assert not any(mark.ignore for seed in range(10) for mark in pages(seed)[1].marks)
