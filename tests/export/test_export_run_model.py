import shutil

import numpy as np
import pytest
import torch

from docmarks.errors import DocmarksError
from docmarks.export import run_model
from docmarks.export.agreement import agreement
from docmarks.export.run_model import export_checkpoint, export_int8, slim_checkpoint
from docmarks.runtime.detector import Detector
from docmarks.runtime.store import store_thresholds
from docmarks.train.checkpoint import read_checkpoint, write_tensors
from tiny import square_finder, square_page, tiny_config, tiny_model


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run folder with a detector that finds black squares."""
    folder = tmp_path_factory.mktemp("run")
    tensors = {f"average.{name}": value for name, value in square_finder().state_dict().items()}
    write_tensors(folder / "last.safetensors", tensors, tiny_config(), {"step": 3, "thresholds": {"Stamp": 0.25}})
    return folder


@pytest.fixture(scope="module")
def pages():
    places = [(10, 20), (60, 5), (40, 60), (25, 33)]
    return [square_page(x, y)[0].numpy().astype(np.uint8) for x, y in places]


def test_a_run_becomes_a_model_with_its_thresholds(run, tmp_path):
    detector = Detector.load(export_checkpoint(run, tmp_path / "model.onnx", "mine"))
    assert detector.name == "mine" and detector.thresholds == (0.5, 0.25)
    other = export_checkpoint(run, tmp_path / "other.onnx", "mine", {"Signature": 0.7})
    assert Detector.load(other).thresholds == (0.7, 0.5)


def test_slim_weights_start_another_training(run, tmp_path):
    slim_checkpoint(run, tmp_path / "slim.safetensors")
    slim = read_checkpoint(tmp_path / "slim.safetensors")
    assert slim.info == {"step": 3, "thresholds": {"Stamp": 0.25}} and slim.part("average") == {}
    assert slim.weights()["roi_heads.box_head.fc1.weight"].dtype == torch.float16
    found = export_checkpoint(tmp_path / "slim.safetensors", tmp_path / "model.onnx", "slim")
    assert Detector.load(found).thresholds == (0.5, 0.25)


def test_thresholds_stored_in_a_run_folder_are_in_its_next_export(run, tmp_path):
    shutil.copy(run / "last.safetensors", tmp_path / "best.safetensors")
    shutil.copy(run / "last.safetensors", tmp_path / "last.safetensors")
    export_checkpoint(tmp_path, tmp_path / "model.onnx", "mine")
    slim_checkpoint(tmp_path, tmp_path / "model.safetensors")
    stored = store_thresholds(tmp_path, {"Stamp": 0.625})
    assert [one.path.name for one in stored] == ["model.onnx", "best.safetensors", "model.safetensors"]
    assert all(one.after == {"Signature": 0.5, "Stamp": 0.625} for one in stored)
    for name in ("best.safetensors", "model.safetensors"):
        found = export_checkpoint(tmp_path / name, tmp_path / "again.onnx", "mine")
        assert Detector.load(found).thresholds == (0.5, 0.625)
    before, after = read_checkpoint(run / "last.safetensors"), read_checkpoint(tmp_path / "best.safetensors")
    assert after.model == before.model and after.info["step"] == before.info["step"]
    assert before.tensors.keys() == after.tensors.keys()
    assert all(torch.equal(value, after.tensors[name]) for name, value in before.tensors.items())
    assert not list(tmp_path.glob("*.part"))
    # Training went on, and other weights are the best now: what was measured of the exported ones is not for them.
    write_tensors(tmp_path / "best.safetensors", before.tensors, before.model, {"step": 4})
    store_thresholds(tmp_path, {"Stamp": 0.875})
    assert "thresholds" not in read_checkpoint(tmp_path / "best.safetensors").info
    assert read_checkpoint(tmp_path / "model.safetensors").info["thresholds"]["Stamp"] == 0.875


@pytest.mark.slow
def test_int8_finds_the_same_marks_and_says_what_it_is(run, pages, tmp_path):
    onnx_file = export_checkpoint(run, tmp_path / "model.onnx", "mine")
    exact, int8 = Detector.load(onnx_file), Detector.load(export_int8(onnx_file, pages, tmp_path / "model.xml"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["model.bin", "model.onnx", "model.xml"]
    assert int8.sheet == exact.sheet.model_copy(update={"precision": "int8"})
    share, count = agreement(exact, int8, pages)
    assert share == 1 and count >= 4
    for page, (x, y) in zip(pages, [(10, 20), (60, 5), (40, 60), (25, 33)], strict=True):
        assert int8(page).marks((0.5, 0.5))[0].box == pytest.approx((x, y, x + 24, y + 24), abs=6)


def test_an_int8_model_that_differs_is_not_kept(run, pages, tmp_path, monkeypatch):
    onnx_file = export_checkpoint(run, tmp_path / "model.onnx", "mine")
    monkeypatch.setattr(run_model, "agreement", lambda *_: (0.5, 40))
    with pytest.raises(DocmarksError, match="only 50% of 40 marks are found again"):
        export_int8(onnx_file, pages[:1], tmp_path / "model.xml")
    assert [p.name for p in tmp_path.iterdir()] == ["model.onnx"]


def test_agreement_counts_what_is_found_again(run, pages, tmp_path):
    path = export_checkpoint(run, tmp_path / "model.onnx", "mine")
    detector = Detector.load(path)
    share, count = agreement(detector, detector, pages)
    assert share == 1 and count >= 4
    model = tiny_model(seed=9)
    with torch.no_grad():
        model.roi_heads.predictor.labels.bias.fill_(-5.0)
    write_tensors(
        tmp_path / "shy.safetensors", {f"model.{n}": t for n, t in model.state_dict().items()}, tiny_config(), {}
    )
    shy = Detector.load(export_checkpoint(tmp_path / "shy.safetensors", tmp_path / "shy.onnx", "shy"))
    assert agreement(detector, shy, pages)[0] == 0.0
