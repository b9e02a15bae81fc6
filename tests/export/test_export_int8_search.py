"""Layers of an int8 network that go back to fp32, on a detector of which one layer cannot bear int8."""

from pathlib import Path

import numpy as np
import pytest
import torch

from docmarks.data.dataset import DatasetPage
from docmarks.errors import DocmarksError
from docmarks.export import int8_search
from docmarks.export.calibration import CalibrationPage
from docmarks.export.int8 import quantise
from docmarks.export.int8_groups import QUANTISER, find_groups, fp32_layers, int8_layers, put_back, short
from docmarks.export.int8_loss import InMemory, Int8Loss, Loss, unwatched
from docmarks.export.int8_search import hold
from docmarks.export.run_model import export_checkpoint, export_int8
from docmarks.marks import Mark, Page
from docmarks.runtime.detector import Detector
from docmarks.runtime.pose import Pose
from docmarks.runtime.session import read_network
from docmarks.train.checkpoint import write_tensors
from tiny import PLACES, square_finder, square_page, tiny_config

DELICATE = "roi_heads/box_head/fc2"


@pytest.fixture(scope="module")
def onnx_file(tmp_path_factory):
    """A square finder with one hidden value that is a thousand times as large as the others.

    The next layer weighs it as much less, so that in fp32 nothing changes; in int8 the others are rounded away.
    """
    tensors = {name: value.clone() for name, value in square_finder().state_dict().items()}
    with torch.no_grad():
        hidden = int(tensors["roi_heads.box_head.fc1.bias"].argmax())
        for name in ("weight", "bias"):
            tensors[f"roi_heads.box_head.fc1.{name}"][hidden] *= 1e3
        tensors["roi_heads.box_head.fc2.weight"][:, hidden] /= 1e3
    folder = tmp_path_factory.mktemp("delicate")
    write_tensors(folder / "last.safetensors", {f"model.{n}": t for n, t in tensors.items()}, tiny_config(), {})
    return export_checkpoint(folder, folder / "model.onnx", "delicate")


@pytest.fixture(scope="module")
def pages():
    found = []
    for i, (x, y) in enumerate(PLACES):
        truth = Page(96, 96, marks=(Mark((x, y, x + 24, y + 24), ("Stamp",)),))
        page = DatasetPage(Path(f"{i}.png"), truth, str(i), frozenset({"Stamp", "Signature"}))
        found.append(CalibrationPage(Path("ab"[i % 2]), page, square_page(x, y)[0].numpy().astype(np.uint8)))
    return found


@pytest.fixture(scope="module")
def exact(onnx_file):
    return read_network(onnx_file)


@pytest.fixture(scope="module")
def loss(onnx_file, pages):
    return Int8Loss(Detector.load(onnx_file), pages)


@pytest.fixture(scope="module")
def quantised(exact, loss, pages):
    return quantise(exact, [loss.exact.prepare(page.image) for page in pages], unwatched)


def test_pages_are_set_upright_for_int8_as_for_fp32(onnx_file, pages, exact):
    asked, detector = [], Detector.load(onnx_file)
    detector.upright = lambda look: asked.append(look) or Pose()
    assert Int8Loss(detector, pages).of(exact).worst == 0
    assert len(asked) == 2 * len(pages)


def test_every_int8_layer_is_in_one_group(quantised, answers):
    layers = [layer for group in find_groups(quantised) for layer in group.layers]
    assert sorted(layers) == sorted(int8_layers(quantised))
    assert sorted(fp32_layers(quantised)) == sorted(answers)
    quantisers = [name for group in find_groups(quantised) for name in group.quantisers]
    assert len(quantisers) == len(set(quantisers))


def test_what_gives_offsets_and_scores_is_not_rounded(quantised, exact, answers):
    assert answers and sorted(answers) == sorted(fp32_layers(quantised))
    kept = {short(name).rsplit("_", 1)[0] if short(name)[-1].isdigit() else short(name) for name in answers}
    assert kept == {
        *("rpn_head/deltas", "rpn_head/objectness"),
        *("roi_heads/predictor/deltas", "roi_heads/predictor/labels"),
    }
    assert set(answers) < set(fp32_layers(exact))


def test_all_back_is_the_fp32_network_again(quantised, exact, loss, pages, answers):
    back = put_back(quantised, exact, find_groups(quantised))
    assert [node for node in back.get_ops() if node.get_type_name() == QUANTISER] == []
    assert fp32_layers(back) == fp32_layers(exact) and int8_layers(back) == []
    image = loss.exact.prepare(pages[0].image)
    for found, wanted, rounded in zip(*(InMemory(one)(image) for one in (back, exact, quantised)), strict=True):
        assert np.array_equal(found, wanted) and not np.array_equal(rounded, wanted)
    assert sorted(fp32_layers(quantised)) == sorted(answers), "it is a copy that went back"


def test_one_group_back(quantised, exact, answers):
    for group in find_groups(quantised)[:3]:
        assert set(fp32_layers(put_back(quantised, exact, [group]))) == {*group.layers, *answers}


def test_what_costs_most_goes_back(quantised, exact, loss, answers, monkeypatch):
    groups = find_groups(quantised)[-3:]
    (delicate,) = [group for group in groups if [short(name) for name in group.layers] == [DELICATE]]
    enough = loss.of(put_back(quantised, exact, [delicate])).worst
    monkeypatch.setattr(int8_search, "find_groups", lambda _: groups)
    held = hold(quantised, exact, loss, max(enough, 0), unwatched)
    assert held.before.worst > 50 and held.after.worst == enough < 0.6 * held.before.worst
    assert held.back == (delicate,) and groups.index(delicate) > 0
    assert [short(name) for name in fp32_layers(held.network) if name not in answers] == [DELICATE]


def test_nothing_goes_back_without_need(quantised, exact, loss):
    held = hold(quantised, exact, loss, 100, unwatched)
    assert held.network is quantised and held.back == () and held.before == held.after


def test_a_limit_that_cannot_be_met_is_one_line(quantised, exact, loss, monkeypatch):
    class Hopeless(Int8Loss):
        def __init__(self):
            self.pages = loss.pages

        def of(self, network, pages=None, watch=unwatched):
            return Loss({Path("a"): 1.0, Path("b"): 7.0}, [7.0] * len(self.pages if pages is None else pages))

    with pytest.raises(DocmarksError, match=r"loses 7\.0 points of AP on b, allowed are 0, and no layer") as error:
        hold(quantised, exact, Hopeless(), 0, unwatched)
    assert "\n" not in str(error.value)


@pytest.mark.slow
def test_the_whole_way(onnx_file, pages, tmp_path, monkeypatch):
    told = []
    # Each layer that is tried takes seconds: the last ones, the delicate one among them, are enough.
    monkeypatch.setattr(int8_search, "find_groups", lambda network: find_groups(network)[-3:])
    made = export_int8(onnx_file, pages, tmp_path / "model.xml", 25, lambda things, text: told.append(text) or things)
    assert DELICATE in made.back and made.before.worst > 50 and made.after.worst <= 25.05
    assert 0 < len(fp32_layers(read_network(made.path))) < made.layers
    assert told[:3] == ["pages in fp32", "calibrating int8", "pages in int8"] and "layers back to fp32" in told
    assert Detector.load(made.path).sheet.precision == "int8"
