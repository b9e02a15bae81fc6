"""The proxies move as the scan does."""

import itertools
import math

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from docmarks.evaluate.quality import measure


@pytest.fixture(scope="module")
def page():
    image = Image.new("L", (800, 1000), 255)
    draw = ImageDraw.Draw(image)
    for top in range(20, 1000, 25):
        for left in range(40, 760, 12):
            draw.rectangle((left, top, left + 5, top + 11), fill=0)
    return image


def test_kinds(page):
    assert measure(np.asarray(page)).kind == measure(np.asarray(page.convert("RGB"))).kind == "bilevel"
    assert measure(np.asarray(page.filter(ImageFilter.GaussianBlur(1)))).kind == "grey"
    stamped = page.convert("RGB")
    ImageDraw.Draw(stamped).rectangle((300, 400, 500, 600), fill=(200, 30, 30))
    found = measure(np.asarray(stamped))
    assert (found.kind, found.long_side_px) == ("colour", 1000)


def test_blur_lowers_the_sharpness(page):
    sharp = [measure(np.asarray(page.filter(ImageFilter.GaussianBlur(r)))).sharpness for r in (0, 0.7, 1.2, 2.0)]
    assert sharp[0] == 1 and all(a > b + 0.05 for a, b in itertools.pairwise(sharp))


@pytest.mark.parametrize("sigma", [1.0, 4.0, 10.0])
def test_noise_is_measured_in_grey_levels_despite_the_ink(page, sigma):
    rng = np.random.default_rng(0)
    grey = np.asarray(page, np.float64) * 0.7 + 30
    noisy = np.clip(grey + rng.normal(0, sigma, grey.shape), 0, 255).round().astype(np.uint8)
    assert measure(noisy).noise == pytest.approx(sigma, rel=0.35)
    assert measure(np.asarray(page)).noise == 0


def test_pages_that_are_hardly_pages():
    assert math.isnan(measure(np.full((50, 50), 255, np.uint8)).sharpness)
    for shape in ((1, 1), (2, 5), (1, 9, 3)):
        assert measure(np.zeros(shape, np.uint8)).noise == 0
