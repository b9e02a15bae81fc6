import pytest

from checkbox import cross, square
from docmarks.data.empty_square import is_empty


@pytest.mark.parametrize("paper", [255, 210])
def test_what_is_in_a_square(paper):
    box = (40, 30, 20, 20)
    assert is_empty(square(paper=paper), box)
    assert not is_empty(square(cross, paper), box)
    assert not is_empty(square(lambda page: cross(page, paper - 40), paper), box)  # a faint pencil
    assert not is_empty(square(lambda page: page[30:50, 40:60].fill(0), paper), box)


def test_a_box_that_is_no_square_says_nothing():
    page = square()
    assert not is_empty(page, (40, 30, 3, 3))  # too small to have a middle
    assert not is_empty(page, (500, 500, 20, 20))  # off the page
    assert not is_empty(page, (40, 30, 1e9, 1e9))
