import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from docmarks.runtime.resize import LEAST, resize

SIDE = st.integers(1, 2 * LEAST + 30)


def by_pillow(page, size, mode):
    """Row by row, then column by column, on one thread."""
    rows = Image.fromarray(page).convert(mode).resize((size[0], page.shape[0]), Image.Resampling.BILINEAR)
    return np.asarray(rows.resize(size, Image.Resampling.BILINEAR))


@given(SIDE, SIDE, SIDE, SIDE, st.sampled_from([(), (3,)]), st.sampled_from(["L", "RGB"]), st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_halves_are_the_whole(height, width, new_height, new_width, channels, mode, seed):
    page = np.random.default_rng(seed).integers(0, 256, (height, width, *channels), dtype=np.uint8)
    found = resize(page, (new_width, new_height), mode)
    assert np.array_equal(found, by_pillow(page, (new_width, new_height), mode))
    once = Image.fromarray(page).convert(mode).resize((new_width, new_height), Image.Resampling.BILINEAR)
    # Pillow may begin with the columns, and rounds differently then.
    assert np.abs(found.astype(int) - np.asarray(once)).max() <= 1


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_page_at_the_size_of_a_network_is_what_pillow_gives_at_once(mode):
    page = np.random.default_rng(0).integers(0, 256, (2200, 1700, 3), dtype=np.uint8)
    for size in ((832, 1077), (1700, 2200), (624, 808)):
        whole = Image.fromarray(page).convert(mode).resize(size, Image.Resampling.BILINEAR)
        assert np.array_equal(resize(page, size, mode), np.asarray(whole))


@pytest.mark.parametrize("fails_in_the_other_thread", [True, False])
def test_what_fails_in_either_half_is_raised(monkeypatch, fails_in_the_other_thread):
    """Else half of a page would be whatever was in the memory."""
    original = Image.Image.resize

    def resize_or_fail(image, *args):
        if (threading.current_thread() is not threading.main_thread()) == fails_in_the_other_thread:
            raise MemoryError
        return original(image, *args)

    monkeypatch.setattr(Image.Image, "resize", resize_or_fail)
    with pytest.raises(MemoryError):
        resize(np.zeros((600, 600), np.uint8), (300, 300), "L")


def test_a_page_that_is_a_view_into_another_is_resized_as_itself():
    page = np.random.default_rng(1).integers(0, 256, (700, 900), dtype=np.uint8)[50:-50, 100:-100]
    assert np.array_equal(resize(page, (300, 300), "L"), by_pillow(np.ascontiguousarray(page), (300, 300), "L"))
