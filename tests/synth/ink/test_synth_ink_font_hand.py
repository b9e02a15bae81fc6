import pickle

import numpy as np
import pytest

from docmarks.errors import DocmarksError
from docmarks.synth.ink.font_hand import FontHand
from docmarks.synth.ink.library import FONT_SHARE, InkLibrary
from docmarks.synth.ink.writers import Writers
from made_font import made_font


@pytest.fixture
def hand(tmp_path):
    return FontHand(made_font(tmp_path / "made.ttf"))


def ends(ink):
    return np.concatenate([stroke[:, :2] for stroke in ink.strokes])


def test_a_letter_is_written_along_its_middle(hand):
    ink = hand.write("l", np.random.default_rng(0))
    # A bar 100 wide and 700 high: one stroke, straight down, a unit high.
    (stroke,) = ink.strokes
    assert np.ptp(stroke[:, 0]) < 0.05 and np.ptp(stroke[:, 1]) == pytest.approx(1)


def test_a_cross_stroke_stands_where_the_font_has_it(hand):
    ink = hand.write("T", np.random.default_rng(0))
    x, y = ends(ink).T
    top, stem = y < 0.15, y > 0.3
    assert np.ptp(x[top]) == pytest.approx(np.ptp(x)) and np.ptp(x) > 0.4
    assert x[stem] == pytest.approx(np.full(stem.sum(), (x.min() + x.max()) / 2), abs=0.1)


def test_letters_follow_each_other_as_far_as_the_font_says(hand):
    one, three = (ends(hand.write(text, np.random.default_rng(1))) for text in ("l", "lll"))
    assert np.ptp(one[:, 0]) < 0.05
    # Two advances of 600 for a height of 700, squeezed by 0.8 to 1.25.
    assert 0.8 * 1200 / 700 * 0.85 < np.ptp(three[:, 0]) < 1.25 * 1200 / 700 * 1.15


def test_never_twice_the_same_and_the_same_for_a_seed(hand):
    a, b, c = (ends(hand.write("all1", np.random.default_rng(seed))) for seed in (1, 1, 2))
    assert np.array_equal(a, b) and a.shape == c.shape and not np.allclose(a, c)


def test_what_the_font_lacks_is_left_out(hand):
    assert (
        ends(hand.write("l€l", np.random.default_rng(3))).shape
        == ends(hand.write("ll", np.random.default_rng(3))).shape
    )
    nothing = hand.write("€€", np.random.default_rng(3))
    assert nothing.text == "€€" and nothing.width > 0


def test_signing(hand):
    for seed in range(6):
        rng = np.random.default_rng(seed)
        assert hand.sign("all", rng).width > 0.5 and hand.initials("TT", rng).width > 0.1


def test_a_hand_goes_to_other_processes(hand):
    again = pickle.loads(pickle.dumps(hand))
    a, b = (ends(h.write("all", np.random.default_rng(1))) for h in (hand, again))
    assert np.array_equal(a, b)


def test_files_that_are_no_hands(tmp_path):
    (tmp_path / "broken.ttf").write_bytes(b"nothing")
    with pytest.raises(DocmarksError, match=r"broken\.ttf: not a font"):
        FontHand(tmp_path / "broken.ttf")
    with pytest.raises(DocmarksError, match=r"empty\.ttf: a font without letters"):
        FontHand(made_font(tmp_path / "empty.ttf", letters=False))


def test_an_ink_folder_brings_hands(tmp_path):
    (tmp_path / "hands").mkdir()
    made_font(tmp_path / "hands" / "made.ttf")
    ink = InkLibrary.load(tmp_path)
    assert "made.ttf" in ink.source and InkLibrary.builtin().hands == ()
    rng = np.random.default_rng(0)
    chosen = sum(ink.hand(rng) is ink.hands[0] for _ in range(400)) / 400
    assert chosen == pytest.approx(FONT_SHARE, abs=0.08)
    writers = Writers(ink, 5)
    assert len({type(writers.hand(rng)) for _ in range(20)} | {FontHand}) <= 2
    assert len(ink.number("11/5", rng).strokes) > 2
