import itertools

import numpy as np
import pytest

from docmarks.synth.handwriting.pen import Pen, lay
from docmarks.synth.handwriting.strokes import Ink
from docmarks.synth.ink import handwritten
from docmarks.synth.ink.handwritten import TOLD_APART, _aslant, _overlap, note
from docmarks.synth.ink.library import InkLibrary

BAR = Ink((np.array([[0, 0, 0.5], [0, 1, 0.5], [5, 1, 0.5], [5, 0, 0.5]], np.float32),))
"""Three sides of a box five times as long as high."""


@pytest.mark.parametrize("turn", [0.3, -0.3, 0.1])
def test_aslant_lines_are_the_lines_of_a_turned_sheet(turn):
    pen, apart = Pen(2.0, 1.0, 0.0), 1.4
    lines = _aslant([BAR, BAR], [40, 40], pen, 0.2, turn, apart)
    # The same two lines as one piece of ink, the second 1.4 heights further down.
    both = Ink((*BAR.strokes, BAR.strokes[0] + np.array([0, apart, 0], np.float32)))
    whole = pen.write(both, 40, 0.2, turn=turn)
    page = np.full((whole.shape[0] + 8, whole.shape[1] + 8), 255, np.uint8)
    for mask, left, top in lines:
        lay(page, mask, left + 2, top + 2)
    ink = np.argwhere(page < 128)
    assert min(left for _, left, _ in lines) == min(top for _, _, top in lines) == 0
    assert np.abs(np.ptp(ink, axis=0) + 1 - np.array(whole.shape)).max() <= 3
    low = ink.min(axis=0)
    shifted = page[low[0] :, low[1] :][: whole.shape[0], : whole.shape[1]]
    agree = (shifted < 128)[: whole.shape[0] - 4, : whole.shape[1] - 4]
    wanted = (whole > 128)[: agree.shape[0], : agree.shape[1]]
    # A pixel or two beside each other: nearly all ink lies within two pixels of where it should.
    near = np.zeros_like(wanted)
    for down, across in itertools.product(range(-2, 3), repeat=2):
        near |= np.roll(agree, (down, across), axis=(0, 1))
    assert (wanted & ~near).sum() < 0.02 * wanted.sum()


def test_lines_of_a_note_can_be_told_apart():
    ink, rng = InkLibrary.builtin(), np.random.default_rng(0)
    aslant = 0
    for _ in range(150):
        lines = note(ink, rng)
        assert all(_overlap(one, other) < TOLD_APART for one, other in itertools.pairwise(lines))
        assert all(left >= 0 and top >= 0 for _, left, top in lines)
        aslant += any(other[2] < one[2] + len(one[0]) for one, other in itertools.pairwise(lines))
    assert aslant > 3


def test_steep_lines_are_one_piece(monkeypatch):
    monkeypatch.setattr(handwritten, "ASLANT", 1.0)
    monkeypatch.setattr(handwritten, "TOLD_APART", 0.0)
    ink, rng = InkLibrary.builtin(), np.random.default_rng(1)
    counts = [len(note(ink, rng)) for _ in range(40)]
    assert max(counts) == 1
