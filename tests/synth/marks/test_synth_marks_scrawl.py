import numpy as np

from docmarks.synth.marks.scrawl import _underline

LINE = (100.0, 200.0, 300.0, 220.0)


def test_underlines_never_run_through_the_middle_of_words():
    """There they would strike them out. They reach a little into the foot, or lie under it."""
    twice = 0
    for seed in range(300):
        path = _underline(LINE, np.random.default_rng(seed))
        assert 213 < path[:6, 1].mean() < 229  # the middle of the words is at 210, their foot at 220
        assert path[:, 0].min() == 97 and path[:, 0].max() == 305
        twice += len(path) == 12
    assert 50 < twice < 100
