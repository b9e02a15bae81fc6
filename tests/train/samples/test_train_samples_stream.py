import json

import numpy as np
import pytest
import torch
from PIL import Image

from docmarks.data.coco_file import FILE
from docmarks.errors import DocmarksError
from docmarks.experiments.recipes import recipe_path
from docmarks.marks import Mark, Page
from docmarks.synth.decorate import Decorator
from docmarks.synth.ink.library import InkLibrary
from docmarks.synth.page import SyntheticPages
from docmarks.train.config import CacheConfig, PasteConfig, read_config
from docmarks.train.prepare import prepare
from docmarks.train.sample_config import AugmentConfig
from docmarks.train.samples.page_cache import PageCache
from docmarks.train.samples.stream import shows

OF_INK = ("decorate", "forms", "imprints", "pages", "until", "watermarks")


@pytest.fixture(scope="module")
def ink():
    return InkLibrary.builtin()


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Two training groups ("b", "e") and a validation one ("f"), of which "e" is a blank form."""
    folder = tmp_path_factory.mktemp("mini")
    images, annotations = [], []
    for i, group in enumerate(("b", "e", "f"), start=1):
        page = np.full((1000, 800), 250, np.uint8)
        page[500:560, 300:480] = 10
        Image.fromarray(page).save(folder / f"{group}.png")
        fields = {"fields": [{"kind": "text", "bbox": [100, 700, 300, 25]}]} if group == "e" else {}
        images.append({"id": i, "file_name": f"{group}.png", "width": 800, "height": 1000, "group": group, **fields})
        label = "Unfilled Checkbox" if group == "e" else "Stamp"
        annotations.append({"id": i, "image_id": i, "labels": [label], "bbox": [300, 500, 180, 60]})
    info = {"name": "mini", "exhaustive": ["Stamp", "Signature"]}
    (folder / FILE).write_text(
        json.dumps({"info": info, "images": images, "annotations": annotations, "categories": []})
    )
    return folder


def config(**changes):
    recipe = read_config(recipe_path("default"))
    of_ink = {key: changes.pop(key) for key in OF_INK if key in changes}
    ink = recipe.ink.model_copy(update={"watermarks": 0.0} | of_ink)
    return recipe.model_copy(update={"steps": 4, "batch": 2, "workers": 0, "ink": ink} | changes)


def test_the_shipped_recipe_reads():
    assert read_config(recipe_path("default")).model.labels[0] == "Signature"


def test_validation_documents_are_never_trained_on(data, ink):
    samples = prepare(config(), [data], None, ink)
    assert {source.page.group for source in (*samples.pages, *samples.forms)} == {"b", "e"}


def test_a_sample_is_a_function_of_its_number(data, ink):
    one, two = (prepare(config(pages=0.3), [data], SyntheticPages(ink), ink) for _ in range(2))
    for index in (5, 0, 3):
        (crop, targets, _), (again, same, _) = one[index], two[index]
        assert torch.equal(crop, again) and torch.equal(targets.boxes, same.boxes)
        assert torch.equal(targets.labels, same.labels) and torch.equal(targets.known, same.known)
        assert crop.shape == (1, 512, 640) and crop.dtype == torch.uint8


def test_the_last_steps_may_see_real_pages_as_they_are(data, ink):
    made = SyntheticPages(ink)
    mixed = prepare(config(steps=8, decorate=1.0, forms=0.0, pages=0.5, until=0.5), [data], made, ink)
    plain = prepare(config(steps=8, decorate=0.0, imprints=0.0, forms=0.0, pages=0.0), [data], made, ink)
    alike = [torch.equal(mixed[i].image, plain[i].image) for i in range(16)]
    assert not any(alike[:8]) and all(alike[8:])


def test_print_that_is_no_mark_comes_to_real_pages_and_brings_no_box(data, ink):
    # Nothing between the print and the comparison: copies would differ in their noise.
    clean = {"augment": AugmentConfig(**dict.fromkeys(AugmentConfig.model_fields, 0.0)), "seed": 3}
    plain = prepare(config(decorate=0.0, imprints=0.0, forms=0.0, pages=0.0, **clean), [data], None, ink)
    printed = prepare(config(decorate=0.0, forms=0.0, pages=0.0, imprints=1.0, **clean), [data], None, ink)
    pairs = compared(plain, printed)
    for before, after, boxes in pairs:
        for left, top, right, bottom in boxes.round().int().tolist():
            assert torch.equal(before[0, top:bottom, left:right], after[0, top:bottom, left:right])
    assert sum(not torch.equal(before, after) for before, after, _ in pairs) >= 6


def test_a_watermark_comes_under_marks_and_fields_and_brings_no_box(data, ink):
    clean = {"augment": AugmentConfig(**dict.fromkeys(AugmentConfig.model_fields, 0.0)), "seed": 3}
    for forms in (0.0, 1.0):
        plain = prepare(config(decorate=0.0, forms=forms, pages=0.0, **clean), [data], None, ink)
        marked = prepare(config(decorate=0.0, forms=forms, pages=0.0, watermarks=1.0, **clean), [data], None, ink)
        assert sum(not torch.equal(before, after) for before, after, _ in compared(plain, marked)) >= 5


def compared(plain, printed):
    """Eight images before and after with their boxes: nothing is lighter, and the boxes are the same."""
    pairs = []
    for i in range(8):
        (before, boxes, _), (after, same, _) = plain[i], printed[i]
        assert torch.equal(boxes.boxes, same.boxes) and torch.equal(boxes.labels, same.labels)
        assert (after <= before).all()
        pairs.append((before, after, boxes.boxes))
    return pairs


def test_real_pages_say_what_is_known_on_them(data, ink):
    samples = prepare(config(decorate=0.0, forms=0.0, pages=0.0), [data], None, ink)
    targets = samples[0].targets
    known = [name for name, flag in zip(samples.label_set.labels, targets.known.tolist(), strict=True) if flag]
    assert known == ["Signature", "Stamp"]


def test_an_assumption_makes_a_set_complete(data, ink):
    samples = prepare(config(assume_exhaustive=("mini",), pages=0.0), [data], None, ink)
    assert samples[0].targets.known.all()


def test_pages_from_nothing_are_known_in_full(ink):
    samples = prepare(config(pages=1.0), [], SyntheticPages(ink), ink)
    assert all(samples[i].targets.known.all() for i in range(4))


def test_boxes_are_on_the_ink(data, ink):
    samples = prepare(config(decorate=0.0, forms=0.0, pages=0.0), [data], None, ink)
    for i in range(8):
        crop, targets, _ = samples[i]
        for left, top, right, bottom in targets.boxes.round().int().tolist():
            inside = crop[0, top + 3 : bottom - 3, left + 3 : right - 3].float()
            assert inside.mean() < crop.float().mean() - 30


def test_marks_of_real_pages_are_also_pasted_onto_forms_and_made_pages(data, ink, monkeypatch):
    """The only stamp of these pages is on the one that is no form, if forms get no made marks beside their fields."""
    monkeypatch.setattr(Decorator, "add", lambda self, count: [])

    def stamps(samples):
        column = samples.labels.index("Stamp")
        return sum(int(samples[i].targets.labels[:, column].sum()) for i in range(8))

    class Blank:
        def __call__(self, seed):
            return np.full((1000, 800), 250, np.uint8), Page(800, 1000)

    for made, sources in ((None, {"decorate": 0.0, "forms": 1.0, "pages": 0.0}), (Blank(), {"pages": 1.0})):
        for share in (0.0, 1.0):
            paste, complete = PasteConfig(share=share, most=1), ("mini",)
            samples = prepare(config(paste=paste, assume_exhaustive=complete, **sources), [data], made, ink)
            assert (stamps(samples) > 0) == (share > 0)


def test_what_a_bad_copy_has_lost_is_no_mark():
    crop = np.full((40, 40), 250, np.uint8)
    crop[5:15, 5:15], crop[20:30, 20:30] = 240, 120
    assert not shows(crop, Mark((5, 5, 15, 15), ("Stamp",)), 250)
    assert shows(crop, Mark((20, 20, 30, 30), ("Stamp",)), 250)
    assert not shows(crop, Mark((20, 20, 20, 30), ("Stamp",)), 250)


def test_a_filled_checkbox_in_which_nothing_is_to_see_is_no_mark():
    crop = np.full((60, 60), 250, np.uint8)
    crop[20:40, 20:40] = 0
    crop[22:38, 22:38] = 250
    box = (20, 20, 40, 40)
    assert not shows(crop, Mark(box, ("Filled Checkbox",)), 250)
    assert shows(crop, Mark(box, ("Unfilled Checkbox",)), 250)
    crop[28:31, 27:33] = 90
    assert shows(crop, Mark(box, ("Filled Checkbox",)), 250)


def test_nothing_to_train_on_is_told(ink):
    with pytest.raises(DocmarksError, match="nothing to train on"):
        prepare(config(), [], None, ink)


def test_large_pages_are_kept_smaller(data, ink):
    page = prepare(config(), [data], None, ink).pages.items[0].page
    Image.fromarray(np.zeros((3200, 100), np.uint8)).save(data / "tall.png")
    tall = page.__class__(data / "tall.png", Page(100, 3200), "g", frozenset())
    pixels, scale = PageCache(CacheConfig())(tall)
    assert pixels.shape == (1600, 50) and scale == 0.5


def test_a_sample_says_where_it_comes_from(data, ink):
    real = prepare(config(forms=1.0, pages=0.0), [data], None, ink)
    assert {real[i].source for i in range(6)} <= {str(data / "b.png"), str(data / "e.png")}
    assert prepare(config(pages=1.0), [], SyntheticPages(ink), ink)[0].source.startswith("made page ")
