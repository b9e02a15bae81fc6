import numpy as np
import pytest

from docmarks.synth.inked import SMALLEST, put
from docmarks.synth.paper import Paper


@pytest.mark.parametrize(
    ("wide", "at"), [(SMALLEST - 1, (50, 40)), (SMALLEST, (50, 40)), (40, (97, 60)), (40, (-38, -5))]
)
def test_what_is_too_small_for_a_box_is_not_written(wide, at):
    page = np.full((100, 100), 255, np.uint8)
    mask = np.full((30, wide), 255, np.uint8)
    marks = put(page, Paper(page), mask, at, ("Initials",), 0)
    assert bool(marks) == bool((page < 255).any()) == (wide == SMALLEST)
