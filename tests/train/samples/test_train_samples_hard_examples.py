from collections import Counter

import numpy as np
import pytest
import torch
from PIL import Image

from docmarks.evaluate.mistakes import Mistake
from docmarks.labels.label_set import LabelSet
from docmarks.synth.ink.library import InkLibrary
from docmarks.train.config import TrainConfig
from docmarks.train.prepare import prepare, training_pages
from docmarks.train.sample_config import CropConfig
from docmarks.train.samples.crops import Cropper
from docmarks.train.samples.hard_examples import hard_examples
from sample_data import write_set
from tiny import tiny_config

LOGO = (300.0, 40.0, 360.0, 80.0)
INK = {"decorate": 0.0, "forms": 0.0, "pages": 0.0}
BLANK = {
    name: 0.0 for name in ("shadow", "blur", "coarse", "bilevel", "threshold", "posterise", "contrast", "noise", "jpeg")
}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """An upright page with a black logo, which nobody boxed, and a grey stamp, a lying one, and a blank form."""
    stamp = ("Stamp", (50, 520, 90, 40), (90, 90, 90))
    field = {"fields": [{"kind": "text", "bbox": [40, 400, 300, 30]}]}
    pages = [
        ("a", (600, 800), (255, 255, 255), [stamp], {}),
        ("b", (800, 600), (255, 255, 255), [stamp], {}),
        ("c", (600, 800), (255, 255, 255), [], field),
    ]
    folder = write_set(tmp_path_factory.mktemp("d"), pages)
    for name in ("1.png", "3.png"):
        with_logo(folder / name, folder / name, 1)
    return folder


def with_logo(file, out, times):
    """The page with the logo, so many times as large."""
    page = Image.open(file)
    page.paste((0, 0, 0), tuple(int(v) for v in LOGO))
    page.resize((page.width * times, page.height * times), Image.Resampling.NEAREST).save(out)


def config(**changes):
    crops = CropConfig(width=96, height=96, page_long_side=(800, 801))
    model = tiny_config(label_set="v1", labels=LabelSet.load("v1").labels)
    plan = {"model": model, "steps": 200, "batch": 2, "crops": crops, "ink": INK, "augment": BLANK}
    return TrainConfig(**(plan | changes))


def sources(data):
    """{name: page} of the set."""
    return {source.page.group: source for source in training_pages(config(), [data], LabelSet.load("v1"))}


def of(source, *its):
    return {(source.page.file, source.page.number): tuple(Mistake(box, label, size) for box, label, size in its)}


def test_large_mistakes_are_drawn_more_often_and_labels_by_the_root_of_their_number(data):
    """Of one page: four stamps of 0.5 weigh 0.5 / sqrt(4) each, a date of 1.0 weighs 1: as much as all of them."""
    page = sources(data)["a"]
    stamps = [((float(i), 0.0, i + 1.0, 1.0), "Stamp", 0.5) for i in range(4)]
    hard = hard_examples([page], of(page, *stamps, (LOGO, "Date", 1.0)))
    rng = np.random.default_rng(0)
    drawn = Counter(hard(rng).box for _ in range(4000))
    assert drawn[LOGO] / 4000 == pytest.approx(0.5, abs=0.03)
    assert all(drawn[box] / 4000 == pytest.approx(0.125, abs=0.03) for box, _, _ in stamps)


def test_upright_and_lying_pages_are_kept_apart(data):
    pages = sources(data)
    hard = hard_examples([pages["b"]], of(pages["b"], (LOGO, "Stamp", 1.0)) | of(pages["a"], (LOGO, "Stamp", 1.0)))
    assert hard.weight() > 0 and hard.weight(False) > 0 and hard.weight(True) == 0  # the upright one is not trained on
    assert hard(np.random.default_rng(0), False).source.page.group == "b"
    assert hard_examples([pages["b"]], {}).weight() == 0


def test_a_crop_is_cut_where_the_model_erred(data):
    page = sources(data)["a"]
    samples = prepare(
        config(hard_examples={"share": 1.0}), [data], None, InkLibrary.builtin(), of(page, (LOGO, "Stamp", 0.9))
    )
    for index in range(10):
        image, targets, source = samples[index]
        assert (image < 40).sum() > 0.9 * 60 * 40 and source == page.page.name  # all of the black logo
        assert not len(targets.boxes)
        assert torch.equal(image, samples[index].image)  # a function of its number


def test_the_place_is_in_pixels_of_the_file(tmp_path):
    """A page of 4800 x 6400 is kept smaller in memory, and shown smaller still: the place is scaled with it."""
    data = write_set(tmp_path / "d", [("a", (600, 800), (255, 255, 255), [], {"width": 4800, "height": 6400})])
    with_logo(data / "1.png", data / "1.png", 8)
    page = sources(data)["a"]
    place = tuple(8 * v for v in LOGO)
    plan = config(hard_examples={"share": 1.0})
    samples = prepare(plan, [data], None, InkLibrary.builtin(), of(page, (place, "Stamp", 0.9)))
    assert samples.cache(page.page)[1] < 0.5
    assert all((samples[index].image < 40).sum() > 0.9 * 60 * 40 for index in range(6))


def test_a_blank_form_is_shown_as_it_is(data):
    page = sources(data)["c"]
    plan = config(hard_examples={"share": 1.0}, ink=INK | {"forms": 1.0})
    samples = prepare(plan, [data], None, InkLibrary.builtin(), of(page, (LOGO, "Stamp", 0.9)))
    assert all(not len(samples[index].targets.boxes) and samples[index].source == page.page.name for index in range(6))


def test_only_a_share_of_the_samples(data):
    page = sources(data)["a"]
    plan = config(hard_examples={"share": 0.25}, ink=INK | {"forms": 0.5})
    samples = prepare(plan, [data], None, InkLibrary.builtin(), of(page, (LOGO, "Stamp", 0.9)))
    shown = sum((samples[index].image < 40).sum() > 0.9 * 60 * 40 for index in range(200)) / 200
    assert 0.2 < shown < 0.35  # crops elsewhere see the logo too, by chance


def test_without_any_nothing_changes(data):
    plain = prepare(config(), [data], None, InkLibrary.builtin())
    with_share = prepare(config(hard_examples={"share": 1.0}), [data], None, InkLibrary.builtin(), {})
    assert all(torch.equal(plain[index].image, with_share[index].image) for index in range(6))


def test_whole_pages_are_drawn_more_often(data):
    page = sources(data)["b"]
    plan = config(view="pages", hard_examples={"share": 1.0}, resize={"short_sides": [96], "long_side": 128})
    samples = prepare(plan, [data], None, InkLibrary.builtin(), of(page, (LOGO, "Stamp", 0.9)))
    shown = [(image.shape[2] > image.shape[1], source) for image, _, source in (samples[index] for index in range(12))]
    # A batch of upright pages has none to show.
    assert any(lying for lying, _ in shown)
    assert all(source == page.page.name for lying, source in shown if lying)


def test_a_place_larger_than_the_crop_is_shown_in_part():
    cropper = Cropper(CropConfig(width=64, height=48, page_long_side=(200, 201)))
    for seed in range(10):
        window = cropper.choose((200, 150), (), np.random.default_rng(seed), (10.0, 20.0, 140.0, 180.0))
        assert 10 <= window.left and window.left + 64 / window.scale <= 140 + 1e-6
        assert 20 <= window.top and window.top + 48 / window.scale <= 180 + 1e-6
