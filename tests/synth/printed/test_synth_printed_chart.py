import numpy as np
import pytest

from docmarks.synth.printed import chart as charts
from docmarks.synth.printed.chart import chart
from docmarks.synth.printed.lettering import TYPEFACES
from docmarks.synth.printed.type_case import TypeCase


@pytest.mark.parametrize("seed", range(12))
def test_a_chart_is_a_plot_with_labels_under_it(seed):
    mask = chart(np.random.default_rng(seed), TypeCase())
    high, wide = mask.shape
    assert mask.dtype == np.uint8 and 100 < high < 900 and 140 <= wide < 1100
    assert mask[-8:].any()  # the longest label ends at the lower edge


def test_slanted_labels_end_at_the_middle_of_their_bars(monkeypatch):
    monkeypatch.setattr(charts, "_label", lambda rng: "Long label of a bar")
    plot = charts.Image.new("L", (300, 100))

    class Always45:
        def choice(self, _):
            return 45.0

    whole = charts._labelled(plot, [50, 150, 250], TYPEFACES[0], 12.0, Always45())
    under = whole[106:109].any(0).nonzero()[0]  # the upper ends of the labels
    start = whole.shape[1] - 300  # nothing reaches beyond the plot at the right
    for middle in (50, 150, 250):
        assert min(abs(under - start - middle)) <= 10  # a letter is 12 high
    assert start > 20 and whole[-3:, : start + 50].any()


def test_dark_bars_carry_light_numbers_or_numbers_above():
    seen = set()
    for seed in range(20):
        plot = charts.Image.new("L", (300, 200))
        rng = np.random.default_rng(seed)
        charts._bars(plot, [50, 150, 250], np.array([0.2, 0.5, 0.9]), TYPEFACES[0], 10.0, rng)
        bars = np.asarray(plot)
        for x, value in zip((50, 150, 250), (0.2, 0.5, 0.9), strict=True):
            top = round(200 * (1 - value))
            assert bars[top + 1 : 199, x - 10].any() and bars[199, x] > 0
            within, above = bars[top + 1 : 199, x - 9 : x + 10], bars[max(0, top - 16) : top, x - 20 : x + 21]
            light, number = bool(within.min() < np.median(within) / 2), bool(above.any())
            assert not (light and number)  # a value is said once
            seen.add("within" if light else "above" if number else "nowhere")
    assert seen == {"within", "above", "nowhere"}
