"""Thresholds written into real models are those that the detector then has, and nothing else changes."""

import errno
import shutil
from pathlib import Path

import numpy as np
import pytest

from docmarks.errors import DocmarksError
from docmarks.export.onnx_file import export_onnx
from docmarks.runtime.detector import Detector
from docmarks.runtime.sheet import ModelSheet, read_sheet
from docmarks.runtime.size import ACCURATE, FAST
from docmarks.runtime.store import store_thresholds
from docmarks.weights import DEFAULT_MODEL
from tiny import tiny_model

IMAGE = np.random.default_rng(0).integers(0, 255, (120, 90, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "model.onnx"
    model = tiny_model()
    export_onnx(model, ModelSheet(name="tiny", version="1", config=model.config, thresholds=(0.5, 0.5)), path)
    return path


@pytest.fixture
def onnx_file(exported, tmp_path):
    return shutil.copy(exported, tmp_path / "model.onnx")


def test_an_onnx_model_has_the_new_thresholds_and_the_same_network(onnx_file):
    before = Detector.load(onnx_file)(IMAGE)
    (stored,) = store_thresholds(onnx_file, {"Stamp": 0.875})
    after = Detector.load(onnx_file)
    assert after.thresholds == (0.5, 0.875) and stored.before == {"Signature": 0.5, "Stamp": 0.5}
    np.testing.assert_array_equal(after(IMAGE).scores, before.scores)
    assert not list(onnx_file.parent.glob("*.part"))


def test_thresholds_are_of_the_sizes_they_were_measured_at(onnx_file):
    store_thresholds(onnx_file, {"Stamp": 0.875})
    (stored,) = store_thresholds(onnx_file, {"Signature": 0.25}, sizes=ACCURATE)
    # What is not named has what it has at the usual size.
    assert stored.before == {"Signature": 0.5, "Stamp": 0.875} and stored.after == {"Signature": 0.25, "Stamp": 0.875}
    assert Detector.load(onnx_file).thresholds == (0.5, 0.875)
    assert Detector.load(onnx_file, sizes=ACCURATE).thresholds == (0.25, 0.875)
    assert Detector.load(onnx_file, sizes=FAST).thresholds == (0.5, 0.875)


def test_the_model_that_ships_is_only_copied(tmp_path):
    labels = read_sheet(DEFAULT_MODEL).config.labels
    with pytest.raises(DocmarksError, match="not changed; write a copy"):
        store_thresholds(None, {labels[0]: 0.125})
    store_thresholds(None, {labels[0]: 0.125}, tmp_path / "new" / "mine.xml")
    mine, ships = Detector.load(tmp_path / "new" / "mine.xml"), Detector.load()
    assert mine.thresholds == (0.125, *ships.thresholds[1:])
    np.testing.assert_array_equal(mine(IMAGE).scores, ships(IMAGE).scores)
    assert mine.sheet.model_copy(update={"thresholds": ships.thresholds}) == ships.sheet


def test_a_copy_onto_the_model_itself_changes_it(tmp_path, monkeypatch):
    label = read_sheet(DEFAULT_MODEL).config.labels[0]
    (tmp_path / "a").mkdir()
    model, again = tmp_path / "a" / "mine.xml", tmp_path / "b" / "mine.xml"
    (tmp_path / "b").symlink_to(tmp_path / "a")
    store_thresholds(None, {label: 0.125}, model)
    weights = model.with_suffix(".bin").read_bytes()
    store_thresholds(model, {label: 0.25}, again)
    assert read_sheet(model).thresholds[0] == 0.25 and model.with_suffix(".bin").read_bytes() == weights
    monkeypatch.setattr("docmarks.runtime.store.DEFAULT_MODEL", model)
    with pytest.raises(DocmarksError, match="not changed; write a copy"):
        store_thresholds(None, {label: 0.125}, again)


def test_a_disk_that_is_full_leaves_the_old_copy(tmp_path, monkeypatch):
    label = read_sheet(DEFAULT_MODEL).config.labels[0]
    store_thresholds(None, {label: 0.125}, tmp_path / "mine.xml")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(source, target):
        Path(target).write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(DocmarksError, match=r"mine\.bin: cannot be written .*No space"):
        store_thresholds(None, {label: 0.25}, tmp_path / "mine.xml")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_every_model_of_a_run_folder(onnx_file):
    shutil.copy(DEFAULT_MODEL, onnx_file.with_suffix(".xml"))
    with pytest.raises(DocmarksError, match="has no label Initials"):
        store_thresholds(onnx_file.parent, {"Initials": 0.5})
    stored = store_thresholds(onnx_file.parent, {"Stamp": 0.25})
    assert {one.path.name for one in stored} == {"model.onnx", "model.xml"}
    for one in stored:
        sheet = read_sheet(one.path)
        assert sheet.thresholds[sheet.config.labels.index("Stamp")] == 0.25


@pytest.mark.parametrize(
    ("model", "out", "message"),
    [
        ("none.onnx", None, "no such model file"),
        (".", None, "no exported model in this folder"),
        ("broken.onnx", None, "not a model file"),
        ("model.onnx", "copy.xml", "must end in .onnx"),
        ("model.onnx", "/proc/nowhere/copy.onnx", "cannot be written"),
    ],
)
def test_mistakes_are_told(onnx_file, tmp_path, model, out, message):
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.onnx").write_bytes(b"\xff\xff\xff")
    path = tmp_path / "empty" if model == "." else tmp_path / model
    with pytest.raises(DocmarksError, match=message):
        store_thresholds(path, {"Stamp": 0.5}, None if out is None else tmp_path / out)
