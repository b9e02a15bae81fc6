import numpy as np
import pytest
from PIL import Image

from docmarks.runtime.pose import Pose
from docmarks.runtime.skew import LEAST, skew_of


@pytest.fixture(scope="module")
def page():
    """Forty lines of words of small dark letters."""
    rng = np.random.default_rng(0)
    page = np.full((1000, 780), 250, np.uint8)
    for top in range(80, 900, 20):
        left = 70
        while left < 690:
            for _ in range(int(rng.integers(2, 9))):
                page[top + int(rng.integers(0, 2)) : top + 8, left : left + 4] = 30
                left += 7
            left += 8
    return page


@pytest.mark.parametrize("degrees", [-11.0, -6.25, -3.0, 3.0, 4.5, 10.0])
def test_a_crooked_page_is_told_and_its_lines_are_level_after(page, degrees):
    crooked = np.asarray(Image.fromarray(page).rotate(degrees, Image.Resampling.BILINEAR, expand=True, fillcolor=250))
    found = skew_of(crooked)
    assert found == pytest.approx(-degrees, abs=0.5)
    assert skew_of(Pose(0, found).straighten(crooked)) == 0


@pytest.mark.parametrize("degrees", [-1.2, 0, 1.2])
def test_what_is_a_little_crooked_stays(page, degrees):
    assert abs(degrees) < LEAST
    assert skew_of(np.asarray(Image.fromarray(page).rotate(degrees, Image.Resampling.BILINEAR, fillcolor=250))) == 0


def test_nothing_is_told_of_what_has_no_lines():
    rng = np.random.default_rng(0)
    assert skew_of(np.full((500, 400), 255, np.uint8)) == 0
    assert skew_of(rng.integers(0, 255, (500, 400), np.uint8)) == 0
    assert skew_of(np.zeros((1, 1), np.uint8)) == 0


def test_a_drawing_of_slanting_lines_is_left(page):
    """A line or two do not make a page crooked that has level lines, too."""
    drawn = page.copy()
    for x in range(100, 600):
        drawn[900 - x // 2 : 902 - x // 2, x] = 0
    assert skew_of(drawn) == 0
