import numpy as np
import pytest

from docmarks.synth.ink.library import InkLibrary
from docmarks.synth.paper import Paper
from docmarks.synth.printed import imprints
from docmarks.synth.printed.imprints import imprint
from docmarks.synth.printed.type_case import TypeCase
from made_font import made_font


@pytest.fixture
def ink(tmp_path):
    for kind in ("hands", "type", "symbols"):
        (tmp_path / kind).mkdir()
        made_font(tmp_path / kind / "made.ttf", letters=kind != "symbols", emblem=kind == "symbols")
    return InkLibrary.load(tmp_path)


@pytest.mark.parametrize("kind", ["heading", "typed_date", "typed_name", "number"])
def test_every_kind_is_print_of_a_sensible_size(kind):
    for seed in range(8):
        mask = getattr(imprints, kind)(np.random.default_rng(seed), TypeCase())
        assert mask.dtype == np.uint8 and mask.max() > 150 and 4 <= min(mask.shape) and max(mask.shape) < 1500


@pytest.mark.parametrize("library", ["builtin", "fonts"])
def test_imprints_are_laid_where_nothing_is_and_keep_marks_off(library, ink):
    library = InkLibrary.builtin() if library == "builtin" else ink
    page = np.full((900, 700), 255, np.uint8)
    page[300:500] = 0
    before, rng, paper = page.copy(), np.random.default_rng(4), Paper(page)
    for _ in range(8):
        imprint(page, paper, rng, library.case)
    assert len(paper.taken) > 3 and (page[300:500] == 0).all()
    changed = page != before
    for left, top, right, bottom in paper.taken:
        changed[int(top) : int(bottom), int(left) : int(right)] = False
    assert not changed.any()


def test_headings_stand_at_the_top_mostly(ink, monkeypatch):
    monkeypatch.setattr(imprints, "_kinds", lambda case: ((imprints.heading, True, 1.0),))
    tops = []
    for seed in range(40):
        paper = Paper(np.full((1000, 700), 255, np.uint8))
        page = np.full((1000, 700), 255, np.uint8)
        imprint(page, paper, np.random.default_rng(seed), ink.case)
        tops += [box[1] for box in paper.taken]
    assert np.mean(np.array(tops) < 200) > 0.6
