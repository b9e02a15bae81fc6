import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from docmarks.labels.label_set import LabelSet
from docmarks.marks import Mark, Page
from docmarks.synth.ink.library import InkLibrary
from docmarks.train.config import ResizeConfig, TrainConfig
from docmarks.train.feed import batches
from docmarks.train.prepare import prepare
from docmarks.train.samples.luminance import grey_of, in_colour, relight
from docmarks.train.samples.stream import to_tensor
from docmarks.train.samples.views import WholePage, mirrored, resized
from sample_data import write_set
from tiny import tiny_config

PLAIN = {"decorate": 0.0, "forms": 0.0, "pages": 0.0}
STILL = dict.fromkeys(
    ("shadow", "blur", "coarse", "bilevel", "threshold", "posterise", "contrast", "noise", "jpeg", "grey"), 0.0
)
COLOUR = {"mean": (1.0, 2.0, 3.0), "std": (1.0, 1.0, 1.0)}


def config(channels="grey", **changes):
    model = tiny_config(label_set="v1", labels=LabelSet.load("v1").labels)
    if channels != "grey":
        model = model.model_copy(update={"input": model.input.model_copy(update={"channels": channels, **COLOUR})})
    base = {"model": model, "steps": 3, "batch": 2, "workers": 0, "ink": PLAIN, "augment": STILL, "view": "pages"}
    return TrainConfig(**(base | changes))


@pytest.mark.parametrize(
    ("size", "sides", "expected"),
    [
        # Worked by hand after Detectron2's ResizeShortestEdge: 800 / 1700 * 2200 = 1035.29
        ((1700, 2200), (800, 1333), (800, 1035)),
        ((1000, 3000), (800, 1333), (444, 1333)),  # the long side decides: 1333 / 3000 * 1000 = 444.33
        ((2200, 1700), (1600, 2666), (2071, 1600)),
        ((100, 100), (640, 1333), (640, 640)),
        ((1, 5000), (640, 1333), (1, 1333)),
    ],
)
def test_sizes_are_detectron2s(size, sides, expected):
    assert resized(*size, *sides) == expected


def test_short_sides_are_drawn_as_asked():
    rng = np.random.default_rng(0)
    choice, between = (WholePage(ResizeConfig(short_sides=(64, 96), sampling=s)) for s in ("choice", "range"))
    assert {choice.short_side(rng) for _ in range(50)} == {64, 96}
    drawn = [between.short_side(rng) for _ in range(400)]
    assert min(drawn) == 64 and max(drawn) == 96 and len(set(drawn)) > 25


@given(st.integers(0, 80), st.integers(0, 100), st.integers(8, 40), st.integers(8, 40), st.integers(50, 300))
@settings(max_examples=40)
def test_boxes_follow_a_resized_page_and_its_mirror(left, top, width, height, short_side):
    page = np.full((150, 130), 255, np.uint8)
    box = (left, top, min(left + width, 130), min(top + height, 150))
    page[box[1] : box[3], box[0] : box[2]] = 0
    whole = WholePage(ResizeConfig(long_side=400))
    image, marks, _ = whole(page, [Mark(tuple(map(float, box)), ("Stamp",))], short_side)
    for seen, (mark,) in ((image, marks), mirrored(image, marks)):
        dark = np.argwhere(seen < 128)
        (y0, x0), (y1, x1) = dark.min(axis=0), dark.max(axis=0) + 1
        assert mark.box == pytest.approx((x0, y0, x1, y1), abs=1.01)


def test_the_channels_come_in_the_models_order(tmp_path):
    """A page of one colour, red with a little green: what the network gets, channel by channel."""
    write_set(tmp_path, [("g", (100, 120), (200, 60, 10), [], {})])
    for channels, expected in (("rgb", (200, 60, 10)), ("bgr", (10, 60, 200)), ("grey", (96,))):
        samples = prepare(config(channels), [tmp_path], None, InkLibrary.builtin())
        image = samples[0].image
        assert image.shape[0] == len(expected) and image.dtype == torch.uint8
        assert tuple(image[:, 5, 5].tolist()) == expected and (image == image[:, :1, :1]).all()


def test_colour_is_as_the_detector_sees_it():
    """One order at training and at detection."""
    from docmarks.runtime.prepare import prepare as at_detection

    page = np.random.default_rng(0).integers(0, 255, (96, 96, 3), np.uint8)
    for channels in ("rgb", "bgr"):
        wanted = config(channels).model.input.model_copy(update={"short_side": 96, "long_side": 96})
        np.testing.assert_array_equal(to_tensor(page, channels).numpy(), at_detection(page, wanted)[0])


def test_ink_over_colour_is_dark_and_the_rest_keeps_its_colour():
    page = np.full((4, 4, 3), (220, 60, 60), np.uint8)
    before = grey_of(page)
    after = before.copy()
    after[0], after[1] = 0, before[1] // 2
    seen = relight(page, before, after)
    assert (seen[0] == 0).all() and (seen[2:] == page[2:]).all()
    assert np.abs(seen[1].astype(int) - page[1] // 2).max() <= 1
    lighter = relight(page, before, np.full_like(before, 255))
    assert (lighter == 255).all()
    grey = in_colour(np.arange(16, dtype=np.uint8).reshape(4, 4) * 16)
    assert (relight(grey, grey_of(grey), grey_of(grey)) == grey).all()


def test_batches_hold_pages_that_lie_the_same_way(tmp_path):
    shapes = [("a", (90, 120)), ("b", (100, 120)), ("c", (120, 90)), ("d", (120, 100))]
    write_set(tmp_path, [(group, size, (255, 255, 255), [], {}) for group, size in shapes])
    resize = {"short_sides": [64, 80], "long_side": 200}
    plan = config(steps=24, resize=resize)
    samples = prepare(plan, [tmp_path], None, InkLibrary.builtin())
    ways, shorts = set(), set()
    for batch in batches(plan, samples, 0):
        upright = {height >= width for height, width in batch.sizes}
        short = {min(size) for size in batch.sizes}
        assert len(upright) == 1 and len(short) == 1
        ways |= upright
        shorts |= short
    assert ways == {True, False} and shorts == {64, 80}
    free = prepare(config(steps=24, resize=resize | {"by_aspect": False}), [tmp_path], None, InkLibrary.builtin())
    mixed = [batch.sizes for batch in batches(plan, free, 0)]
    assert any(len({h >= w for h, w in sizes}) == 2 for sizes in mixed)


def test_a_whole_page_resumes_anywhere(tmp_path):
    write_set(tmp_path, [(str(i), (90, 120), (250, 250, 250), [], {}) for i in range(3)])
    one, two = (prepare(config(), [tmp_path], None, InkLibrary.builtin()) for _ in range(2))
    for index in (5, 0, 3):
        assert torch.equal(one[index].image, two[index].image) and one[index].source == two[index].source


def test_pages_from_nothing_are_as_many_as_asked_for_beside_lying_ones(tmp_path):
    write_set(tmp_path, [("a", (120, 90), (255, 255, 255), [], {}), ("b", (90, 120), (255, 255, 255), [], {})])

    def made(seed):
        return np.full((120, 90), 255, np.uint8), Page(90, 120)

    plan = config(steps=200, ink=PLAIN | {"pages": 0.25}, resize={"short_sides": [32], "long_side": 60})
    samples = prepare(plan, [tmp_path], made, InkLibrary.builtin())
    shares = np.mean([samples[i].source.startswith("made") for i in range(400)])
    assert shares == pytest.approx(0.25, abs=0.08)
