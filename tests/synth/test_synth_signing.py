import numpy as np
import pytest

from docmarks.synth import signing
from docmarks.synth.ink.library import InkLibrary
from docmarks.synth.paper import Paper
from docmarks.synth.signing import Signer, _Line

INK = InkLibrary.builtin()


@pytest.mark.parametrize("short", [0.0, 1.0])
def test_a_signature_over_a_name_is_boxed_without_the_name(monkeypatch, short):
    monkeypatch.setattr(signing, "PARAPHS_OVER_NAME", short)
    widths = []
    for seed in range(12):
        page = np.full((600, 500), 255, np.uint8)
        paper = Paper(page)
        (mark,) = Signer(page, paper, np.random.default_rng(seed), INK).over_name()
        assert mark.labels == ("Signature",) and len(paper.taken) == 2
        name, signed = paper.taken
        assert signed == mark.box
        outside = page < 128  # fainter ink is not boxed
        for left, top, right, bottom in paper.taken:
            assert (page[int(top) : int(bottom), int(left) : int(right)] < 255).any()
            outside[int(top) : int(bottom), int(left) : int(right)] = False
        assert not outside.any()  # nothing lies beyond the two boxes
        assert name[3] > signed[1] + 0.6 * (signed[3] - signed[1])  # the name is under it, or under most of it
        widths.append(signed[2] - signed[0])
    assert np.median(widths) < 90 if short else np.median(widths) > 90


def test_who_prepared_and_who_checked_sign_behind_the_word():
    counts = set()
    for seed in range(12):
        page = np.full((600, 500), 255, np.uint8)
        paper = Paper(page)
        marks = Signer(page, paper, np.random.default_rng(seed), INK).signed_off()
        counts.add(len(marks))
        assert {mark.labels for mark in marks} == {("Signature",)}
        ((left, top, right, bottom),) = paper.taken
        words = page.copy()
        for mark in marks:
            x0, y0, x1, y1 = (int(v) for v in mark.box)
            assert left < x0 and x1 <= right and top <= y0 and y1 <= bottom
            assert (page[y0:y1, int(left) : x0] < 200).any()  # a word in print stands before it
            words[y0:y1, x0:x1] = 255
        first = min(mark.box[0] for mark in marks)
        # What is left is the words: nothing of a signature lies outside its box but fringes too faint to be boxed.
        assert np.flatnonzero((words < 128).any(axis=0)).max() < first
        assert not any(a.box[1] < b.box[3] and b.box[1] < a.box[3] for a in marks for b in marks if a is not b)
    assert counts <= {1, 2, 3, 4} and len(counts) > 2


def test_there_is_no_room_for_a_name_on_a_full_page():
    page = np.zeros((300, 300), np.uint8)
    page[::2] = 255
    before = page.copy()
    for write in (Signer.over_name, Signer.signed_off, Signer.on_lines):
        assert write(Signer(page, Paper(page), np.random.default_rng(0), INK)) == []
    assert (page == before).all()


def test_what_is_written_on_a_line_is_called_what_its_caption_says(monkeypatch):
    asked = []
    caption = signing.caption
    monkeypatch.setattr(signing, "caption", lambda rng, case, kind: asked.append(kind) or caption(rng, case, kind))
    seen = set()
    for seed in range(30):
        asked.clear()
        page = np.full((700, 600), 255, np.uint8)
        paper = Paper(page)
        marks = Signer(page, paper, np.random.default_rng(seed), INK).on_lines()
        assert [mark.labels for mark in marks] == [(kind,) for kind in asked] and 1 <= len(marks) <= 3
        seen |= {*asked}
        ((left, top, right, bottom),) = paper.taken
        beyond = page.copy()
        beyond[int(top) : int(bottom), int(left) : int(right)] = 255
        assert (beyond == 255).all()  # lines, captions and writing have the room to themselves
        for mark in marks:
            x0, y0, x1, y1 = (int(v) for v in mark.box)
            # The line goes under the writing, or through its feet.
            through = page[y0 : y1 + 8, x0:x1].max(axis=1) < 128
            assert through.any() and through.argmax() > 0.5 * (y1 - y0)
        others = page.copy()
        for mark in marks:
            x0, y0, x1, y1 = (int(v) for v in mark.box)
            others[y0:y1, x0:x1] = 255
        assert (others < 128).sum() > 20 * len(marks)  # a caption each
    assert seen == {"Signature", "Date", "Initials", "Other Text"}


@pytest.mark.parametrize(("under", "start", "long", "width"), [(True, 0, 90, 90), (False, 86, 70, 156)])
def test_a_line_is_as_wide_as_its_caption_and_itself(under, start, long, width):
    written, words = np.zeros((30, 52), np.uint8), np.zeros((10, 80), np.uint8)
    line = _Line("Date", written, words, under, start, spare=10, down=0, base=25)
    assert (line.long, line.width) == (long, width)  # a caption before the line makes it no longer
