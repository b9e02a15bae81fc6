import numpy as np
import pytest

from docmarks.marks import Mark
from docmarks.synth.scan.scanner import degrade
from docmarks.synth.scan.warp import shifted, turned
from docmarks.train.config import AugmentConfig
from docmarks.train.samples.augment import MOVES, STEPS, Augment

NONE = dict.fromkeys(AugmentConfig.model_fields, 0.0)


def page(colour=False):
    image = np.full((200, 260), 240, np.uint8)
    image[90:110, 100:160] = 20
    return np.repeat(image[:, :, None], 3, axis=2) if colour else image


MARKS = [Mark((100, 90, 160, 110), ("Signature",))]


def test_every_name_of_the_configuration_does_something():
    assert {*MOVES, *STEPS, "grey"} == set(AugmentConfig.model_fields)


def test_by_default_a_page_is_degraded_as_made_pages_are():
    for seed in range(5):
        seen, marks = Augment(AugmentConfig(), 0.6)(page(), MARKS, np.random.default_rng(seed))
        assert np.array_equal(seen, degrade(page(), np.random.default_rng(seed))) and marks == MARKS


@pytest.mark.parametrize("colour", [False, True])
@pytest.mark.parametrize("name", [*MOVES, *STEPS])
def test_a_step_alone(name, colour):
    augment = Augment(AugmentConfig(**(NONE | {name: 1.0})), 0.6)
    seen, marks = augment(page(colour), MARKS, np.random.default_rng(1))
    assert seen.shape == page(colour).shape and seen.dtype == np.uint8
    assert (marks != MARKS) == (name in MOVES)
    left, top, right, bottom = (round(v) for v in marks[0].box)
    assert seen[top + 2 : bottom - 2, left + 4 : right - 4].mean() < 110  # the mark is in its box


def test_nothing_asked_is_nothing_done():
    seen, marks = Augment(AugmentConfig(**NONE), 0.6)(page(True), MARKS, np.random.default_rng(1))
    assert np.array_equal(seen, page(True)) and marks == MARKS


def test_grey_copies_of_colour_pages():
    image = np.full((40, 40, 3), (200, 60, 10), np.uint8)
    seen, _ = Augment(AugmentConfig(**(NONE | {"grey": 1.0})), 0.6)(image, [], np.random.default_rng(1))
    assert (seen == 96).all()


def test_a_mark_turned_off_the_page_is_an_ignored_region():
    image = np.full((400, 600), 255, np.uint8)
    image[0:6, 560:600] = 0
    augment = Augment(AugmentConfig(**(NONE | {"skew": 1.0})), 0.6)
    states = set()
    for seed in range(12):
        _, marks = augment(image, [Mark((560, 0, 600, 6), ("Date",))], np.random.default_rng(seed))
        states |= {m.ignore for m in marks} or {"gone"}
    assert False in states and (True in states or "gone" in states)


@pytest.mark.parametrize(("cut", "ignored"), [(0, False), (140, True)])
def test_a_thin_strike_is_judged_by_what_is_left_of_it_not_by_how_high_it_became(cut, ignored, monkeypatch):
    line = np.full((200, 260), 240, np.uint8)
    line[100:103, 10:210] = 20
    turn = turned(3.0) @ shifted(-cut, 0)
    monkeypatch.setitem(MOVES, "skew", lambda rng: turn)
    marks = [Mark((10, 100, 210, 103), ("Strikethrough",))]
    _, (found,) = Augment(AugmentConfig(**(NONE | {"skew": 1.0})), 0.6)(line, marks, np.random.default_rng(1))
    assert found.height > 3 and found.width * found.height > 3 * 60  # of two thirds cut off, as high as a whole one
    assert found.ignore == ignored


def test_another_shape_is_drawn_out_by_a_third_at_most():
    """Width over height of a mark in the middle, so that nothing is cut, changes by two factors of up to e^0.28."""
    augment = Augment(AugmentConfig(**(NONE | {"shape": 1.0})), 0.6)
    image = np.full((400, 400), 255, np.uint8)
    image[180:220, 180:220] = 0
    ratios = []
    for seed in range(60):
        _, [mark] = augment(image, [Mark((180, 180, 220, 220), ("Stamp",))], np.random.default_rng(seed))
        ratios.append(mark.width / mark.height)
        assert 40 * np.exp(-0.28) - 2 <= mark.height <= 40 * np.exp(0.28) + 2
    assert min(ratios) < 0.85 and max(ratios) > 1.25 and max(ratios) < np.exp(0.56) + 0.25
