from itertools import pairwise

import numpy as np
import pytest

from docmarks.synth.handwriting.pen import lay
from docmarks.synth.ink.stamps import Stamps
from docmarks.synth.marks.overprint import cross_out, redact, strike
from docmarks.synth.paper import Paper, around
from docmarks.synth.printed.lettering import TYPEFACES, lettering
from docmarks.synth.scan.dirt import CHANCES, KINDS, dirt


@pytest.fixture
def page():
    """Five lines of four words of print, each 14 pixels high and 60 wide, 10 apart."""
    page = np.full((240, 400), 250, np.uint8)
    for row in range(5):
        for word in range(4):
            area = page[20 + 40 * row : 34 + 40 * row, 30 + 70 * word : 90 + 70 * word]
            area[:, ::3] = 20
            area[:2] = area[-2:] = 20
    return page


def test_words_of_a_line_are_found(page):
    for seed in range(12):
        words = Paper(page).words(np.random.default_rng(seed))
        for left, top, right, bottom in words:
            assert (top - 20) % 40 == 0 and bottom - top == 14
            assert (left - 30) % 70 == 0 and (right - 90) % 70 in (0, 68, 69, 70)
        assert all(a[1] == b[1] and 5 < b[0] - a[2] < 16 for a, b in pairwise(words))


def test_no_words_on_blank_paper_or_under_marks(page):
    assert Paper(np.full((200, 300), 255, np.uint8)).words(np.random.default_rng(0)) == []
    paper = Paper(page)
    paper.take((0, 0, 400, 240))
    assert paper.words(np.random.default_rng(0)) == []


def test_around_holds_all():
    assert around([(3, 5, 9, 8), (1, 6, 4, 12)]) == (1, 5, 9, 12)


@pytest.mark.parametrize("draw", [strike, redact, cross_out])
def test_what_lies_on_print_is_inside_its_box(page, draw):
    line = (100, 60, 300, 74) if draw is not cross_out else (60, 40, 320, 200)
    for seed in range(40):
        after = page.copy()
        left, top, right, bottom = draw(after, line, np.random.default_rng(seed))
        assert 0 <= left < right <= 400 and 0 <= top < bottom <= 240
        change = np.abs(after.astype(int) - page)
        assert (change > 20).any()
        changed = change > 90  # faint edges of ink may lie outside
        changed[max(0, int(top) - 1) : int(bottom) + 2, max(0, int(left) - 4) : int(right) + 5] = False
        assert not changed.any()
        if draw is not cross_out:
            assert left <= line[0] and right >= line[2] and top <= line[1] and bottom >= line[3]


@pytest.mark.parametrize("font", TYPEFACES)
def test_lettering_is_cropped_and_as_high_as_asked_for(font):
    mask = lettering("RECEIVED", font, 40)
    assert 22 <= mask.shape[0] <= 38 and mask.shape[1] > 3 * mask.shape[0] and mask.max() == 255
    assert mask[0].any() and mask[-1].any() and mask[:, 0].any() and mask[:, -1].any()


@pytest.mark.parametrize("maker", [maker for maker, _ in Stamps().makers], ids=lambda maker: maker.__name__)
def test_every_stamp_is_seen(maker):
    for seed in range(6):
        image, labels = maker(np.random.default_rng(seed))
        assert "Stamp" in labels and 15 <= image.width <= 480 and image.height >= 7
        assert np.asarray(image).max() > 200


def test_stamps_carry_date_or_name_and_repeat_with_their_seed():
    stamps = Stamps()
    seen = {stamps.stamp(np.random.default_rng(seed))[1] for seed in range(120)}
    assert seen == {("Stamp",), ("Date", "Stamp"), ("Name", "Stamp")}
    (a, _), (b, _) = (stamps.stamp(np.random.default_rng(9)) for _ in range(2))
    assert (
        np.array_equal(a, b)
        and sum(chance for _, chance in stamps.makers) == pytest.approx(1)
        and sum(CHANCES) == pytest.approx(1)
    )
    page = np.full((300, 600), 255, np.uint8)
    assert lay(page, a, 10, 10) is not None


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_dirt_changes_a_part_of_the_page_only(kind):
    for seed in range(8):
        page = np.full((300, 260), 255, np.uint8)
        kind(page, np.random.default_rng(seed))
        assert 0 < (page < 255).mean() < 0.6


def test_dirt_leaves_the_page_given_alone():
    page = np.full((300, 260), 255, np.uint8)
    assert (dirt(page, np.random.default_rng(1)) < 255).any() and (page == 255).all()


@pytest.mark.parametrize(("height", "width"), [(7, 260), (9, 390), (14, 300)])
def test_signs_are_typed_over_the_whole_line(height, width):
    typed = 0
    for seed in range(80):
        page = np.full((100, 460), 255, np.uint8)
        strike(page, (30, 40, 30 + width, 40 + height), np.random.default_rng(seed))
        columns = np.flatnonzero((page < 200).any(0))
        gaps = np.diff(columns).max(initial=1)
        if np.random.default_rng(seed).random() < 0.12:  # those that are typed
            typed += 1
            assert columns[0] <= 30 + height and columns[-1] >= 30 + width - 1.5 * height and gaps < 1.5 * height
    assert typed > 3
