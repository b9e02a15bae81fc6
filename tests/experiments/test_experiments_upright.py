import json

import numpy as np
import pytest
import torch
from PIL import Image

from docmarks.errors import DocmarksError
from docmarks.experiments.upright import Crops, fit, training_pages, write_upright
from docmarks.model.upright import QUARTERS, turned_all_ways
from docmarks.runtime.upright import Upright


def corners(rng, count=8, side=96):
    """Pages of thick corners, which look another way in every turn, ``[count, 1, side, side]``."""
    pages = np.full((count, 1, side, side), 255, np.float32)
    for page in pages[:, 0]:
        for _ in range(6):
            x, y = rng.integers(2, side - 18, 2)
            page[y : y + 16, x : x + 4] = 0
            page[y : y + 4, x : x + 16] = 0
    return torch.from_numpy(pages)


def endless(rng):
    while True:
        yield corners(rng)


@pytest.fixture(scope="module")
def learnt():
    torch.manual_seed(0)
    told = []
    return fit(endless(np.random.default_rng(0)), 50, iter, told.append), told


def test_it_learns_which_way_up(learnt):
    network, told = learnt
    pages, quarters = turned_all_ways(corners(np.random.default_rng(1)))
    with torch.no_grad():
        assert (network(pages).argmax(1) == quarters).float().mean() > 0.95
    assert told[-1].startswith("step 50  loss 0.")


def test_turns_undo_each_other():
    page = torch.arange(16.0).reshape(1, 1, 4, 4)
    turned, quarters = turned_all_ways(page)
    for one, needed in zip(turned, quarters.tolist(), strict=True):
        np.testing.assert_array_equal(np.rot90(one[0].numpy(), needed), page[0, 0].numpy())
    assert quarters.tolist() == list(range(QUARTERS))


def test_the_file_says_what_the_network_says(learnt, tmp_path):
    network, _ = learnt
    write_upright(network, tmp_path / "up.onnx")
    upright = Upright(tmp_path / "up.onnx")
    page = corners(np.random.default_rng(2), 1, 400)[0, 0].numpy().astype(np.uint8)
    wide = np.concatenate([page, page[:, :200]], axis=1)  # of another shape than the one it was traced with
    for quarters in range(QUARTERS):
        turned = np.ascontiguousarray(np.rot90(wide, -quarters))
        with torch.no_grad():
            logits = network(torch.from_numpy(turned)[None, None].float())[0].numpy()
        np.testing.assert_allclose(upright.logits(turned), logits, rtol=1e-3, atol=1e-3)


def test_crops_come_from_training_pages_alone(tmp_path):
    images = []
    for number in range(30):
        name = f"{number}.png"
        Image.fromarray(np.full((300, 220), 8 * number, np.uint8)).save(tmp_path / name)
        images.append({"id": number, "file_name": name, "width": 220, "height": 300, "group": f"g{number}"})
    data = {"images": images, "annotations": [], "categories": [{"id": 1, "name": "Date"}]}
    (tmp_path / "annotations.json").write_text(json.dumps(data))
    rng = np.random.default_rng(0)
    pages = training_pages([tmp_path], rng)
    assert 0 < len(pages[0]) < 30
    batch = next(iter(Crops(pages, rng)))
    assert batch.shape == (16, 1, 256, 256) and batch.dtype == torch.float32


def test_a_set_without_training_pages_is_told(tmp_path):
    (tmp_path / "annotations.json").write_text(json.dumps({"images": [], "annotations": [], "categories": []}))
    with pytest.raises(DocmarksError, match="no training pages"):
        training_pages([tmp_path], np.random.default_rng(0))
