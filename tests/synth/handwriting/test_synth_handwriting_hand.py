import numpy as np
import pytest

from docmarks.synth.handwriting.hand import Hand
from docmarks.synth.handwriting.letters import AFTERWARDS, CURSIVE, SKELETONS
from docmarks.synth.handwriting.strokes import LONGEST, Ink, row, upright


def test_every_character_is_drawn():
    rng = np.random.default_rng(0)
    assert set("abcdefghijklmnopqrstuvwxyz") == set(CURSIVE) and set(AFTERWARDS) < set(CURSIVE)
    assert set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-.,$#&()':") == set(SKELETONS)
    for printed in (False, True):
        for character in (*CURSIVE, *SKELETONS):
            ink = Hand(printed=printed).write(character, rng)
            assert ink.text == character and all(np.isfinite(stroke).all() for stroke in ink.strokes)


def test_longer_texts_are_longer_and_words_stand_apart():
    hand, rng = Hand(haste=0.0, wobble=0.0), np.random.default_rng(1)
    assert hand.write("moon", rng).width > 1.5 * hand.write("mo", rng).width
    apart, joined = hand.write("no no", np.random.default_rng(4)), hand.write("nono", np.random.default_rng(4))
    assert apart.width > joined.width + 0.3


@pytest.mark.parametrize("way", ["write", "sign", "initials"])
def test_the_same_seed_writes_the_same(way):
    one, two = (getattr(Hand.random(np.random.default_rng(5)), way)("JPK", np.random.default_rng(5)) for _ in range(2))
    assert len(one.strokes) == len(two.strokes)
    assert all(np.array_equal(a, b) for a, b in zip(one.strokes, two.strokes, strict=True))


def test_a_text_of_unknown_characters_is_still_ink():
    assert Hand().write("\u00a7", np.random.default_rng(0)).width > 0


def test_bending_keeps_the_text_and_about_the_shape():
    ink = Hand(wobble=0.0).write("Keller", np.random.default_rng(2))
    bent = ink.bent(np.random.default_rng(3), 0.05)
    assert bent.text == "Keller" and bent.width == pytest.approx(ink.width, rel=0.3)
    assert any(not np.allclose(a, b) for a, b in zip(ink.strokes, bent.strokes, strict=True))


def test_upright_limits_the_length():
    line = np.array([[0, 0, 1], [100, 0.1, 1]], np.float32)
    assert upright([line]).width == pytest.approx(LONGEST)


def test_a_row_is_as_long_as_its_parts_and_gaps():
    square = np.array([[0, 0, 1], [1, 1, 1]], np.float32)
    made = row([Ink((square,), "a"), Ink((square,), "b")], np.random.default_rng(0), (0.5, 0.5))
    assert made.text == "a b" and made.width == pytest.approx(2.5, rel=0.2)
