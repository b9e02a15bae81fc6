"""A square finder with fewer filters."""

import pytest
import torch

from docmarks.errors import DocmarksError
from docmarks.export.reduce import reduce_checkpoint
from docmarks.export.run_model import export_checkpoint
from docmarks.model.config import RankConfig
from docmarks.runtime.detector import Detector
from docmarks.train.checkpoint import build_model, read_checkpoint
from docmarks.train.start import Start, fit
from tiny import PLACES, square_finder, tiny_config


def test_it_finds_the_same_with_half_the_filters(run, pages, tmp_path):
    found = reduce_checkpoint(run, pages, tmp_path / "small.safetensors", 0.9)
    small = read_checkpoint(tmp_path / "small.safetensors")
    assert {one.name: (one.channels, one.filters) for one in found} == {n: (16, 8) for n in ("p2", "p3", "proposals")}
    assert small.model.ranks == RankConfig(p2=8, p3=8, proposals=8)
    assert small.info == {"step": 3, "thresholds": {"Stamp": 0.25}}
    detector = Detector.load(export_checkpoint(tmp_path / "small.safetensors", tmp_path / "model.onnx", "small"))
    for page, (x, y) in zip(pages, PLACES, strict=True):
        mark = detector(page).marks((0.5, 0.5))[0]
        assert mark.label == "Stamp" and mark.box == pytest.approx((x, y, x + 24, y + 24), abs=4)


def test_it_learns_on(run, pages, tmp_path):
    reduce_checkpoint(run, pages, tmp_path / "small.safetensors", 0.99)
    small = read_checkpoint(tmp_path / "small.safetensors")
    model = build_model(small).train()
    assert fit(model, Start.of(small))[-1].endswith("tensors taken")
    with pytest.raises(DocmarksError, match="another network"):
        fit(square_finder(), Start.of(small))


def test_where_all_is_to_stay_nothing_changes(run, pages, tmp_path):
    found = reduce_checkpoint(run, pages, tmp_path / "same.safetensors", 1)
    same = read_checkpoint(tmp_path / "same.safetensors")
    assert [one.filters for one in found] == [None] * 3 and same.model == tiny_config()
    for name, value in square_finder().state_dict().items():
        assert torch.equal(same.weights()[name], value)


def test_what_was_reduced_is_not_reduced_again(run, pages, tmp_path):
    reduce_checkpoint(run, pages, tmp_path / "small.safetensors", 0.99)
    with pytest.raises(DocmarksError, match=r"small\.safetensors: has fewer filters already"):
        reduce_checkpoint(tmp_path / "small.safetensors", pages, tmp_path / "smaller.safetensors", 0.9)
    assert not (tmp_path / "smaller.safetensors").exists()
