from dataclasses import replace

import numpy as np
import pytest
import torch

from docmarks.data.coco_file import read
from docmarks.model.targets import Targets
from docmarks.train.config import ValidationConfig
from docmarks.train.device import Device
from docmarks.train.distributed import ALONE
from docmarks.train.validate import Validator, spread, summary
from squares import small_run, square_pages
from tiny import square_finder, tiny_model

CPU = Device(torch.device("cpu"))


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return read(square_pages(tmp_path_factory.mktemp("data") / "squares", 16))


def validator(data, **changes):
    return Validator(small_run(validation=ValidationConfig(pages=3), **changes), [data], CPU, ALONE)


def test_the_losses_are_those_of_the_network_on_the_resized_pages(data):
    measured = validator(data)
    model = tiny_model(3)
    measured.load(model.state_dict())
    found = measured.losses()
    # By hand: each page alone, as wide as at detection (96 x 96), statistics frozen, proposals as in training.
    model.eval().proposals.train()
    sums = dict.fromkeys(("rpn_objectness", "rpn_box", "roi_labels", "roi_box"), 0.0)
    pages = spread([data], 99)
    chosen = [page for _, page in pages if page.part == "val"][:3]
    for number, page in enumerate(chosen):
        pixels = np.full((96, 96), 255, np.float32)
        left, top, right, bottom = (int(v) for v in page.page.marks[0].box)
        pixels[top:bottom, left:right] = 0
        target = Targets(
            torch.tensor([page.page.marks[0].box]), torch.tensor([[0.0, 1.0]]), torch.zeros(0, 4), torch.ones(2).bool()
        )
        with torch.no_grad():
            losses = model.losses(torch.from_numpy(pixels)[None, None], [target], torch.Generator().manual_seed(number))
        for name, value in losses.items():
            sums[name] += float(value) / 3
    for name, value in sums.items():
        assert found[f"val_{name}"] == pytest.approx(value, rel=1e-5)
    assert found["val_loss"] == pytest.approx(sum(sums.values()), rel=1e-5)


def test_measuring_changes_nothing_and_is_repeatable(data):
    measured = validator(data)
    measured.load(square_finder().state_dict())
    before = {name: value.clone() for name, value in measured.model.state_dict().items()}
    torch.manual_seed(5)
    state = torch.get_rng_state()
    assert measured.losses() == measured.losses()
    assert all(torch.equal(measured.model.state_dict()[name], value) for name, value in before.items())
    assert torch.equal(torch.get_rng_state(), state)
    assert all(parameter.grad is None for parameter in measured.model.parameters())


def test_a_trained_network_measures_better_than_a_fresh_one(data):
    measured = validator(data)
    measured.load(tiny_model(3).state_dict())
    fresh, fresh_ap = measured.losses(), summary(measured.precision())
    measured.load(square_finder().state_dict())
    trained, trained_ap = measured.losses(), summary(measured.precision())
    assert trained["val_loss"] < 0.5 * fresh["val_loss"]
    assert trained_ap["AP50"] > 0.9 > fresh_ap["AP50"]


def test_pages_are_dealt_from_every_set_in_turn(data, tmp_path):
    other = read(square_pages(tmp_path / "other", 2, name="other"))
    names = [name for name, _ in spread([data, other], 5)]
    assert names == ["squares", "other", "squares", "other", "squares"]
    assert [page.file for _, page in spread([data], 5)] == [page.file for _, page in spread([data], 9)][:5]


def test_sets_taken_as_fully_annotated_are_measured_so(data):
    partly = replace(data, pages=tuple(replace(page, exhaustive=frozenset()) for page in data.pages))
    assert summary(validator(partly).precision()) == {}
    measured = validator(partly, assume_exhaustive=(data.name,))
    measured.load(square_finder().state_dict())
    whole = validator(data)
    whole.load(square_finder().state_dict())
    assert summary(measured.precision()) == summary(whole.precision()) != {}
    assert measured.losses() == whole.losses()
