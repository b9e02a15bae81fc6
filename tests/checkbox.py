"""A printed checkbox, and what pens put into it."""

import numpy as np


def square(inside=None, paper=255):
    """A page with one printed square of 20 pixels at (40, 30); ``inside`` marks it."""
    page = np.full((80, 120), paper, np.uint8)
    page[30:50, 40:60] = paper - 200
    page[32:48, 42:58] = paper
    if inside is not None:
        inside(page)
    return page


def cross(page, grey=60):
    for i in range(12):
        page[34 + i, 44 + i] = page[34 + i, 55 - i] = grey
