import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from docmarks.data.dataset import DatasetPage
from docmarks.errors import DocmarksError
from docmarks.export import run_model
from docmarks.export.agreement import agreement
from docmarks.export.calibration import CalibrationPage
from docmarks.export.int8 import quantise
from docmarks.export.int8_groups import fp32_layers
from docmarks.export.int8_loss import Int8Loss, Loss, unwatched
from docmarks.export.int8_search import Held
from docmarks.export.run_model import export_checkpoint, export_int8, slim_checkpoint
from docmarks.marks import Detections, Mark, Page
from docmarks.runtime.detector import Detector
from docmarks.runtime.session import read_network
from docmarks.runtime.size import ACCURATE
from docmarks.runtime.store import store_thresholds
from docmarks.train.checkpoint import read_checkpoint, write_tensors
from tiny import PLACES, tiny_config, tiny_model


@pytest.fixture(scope="module")
def exported(run, tmp_path_factory):
    return export_checkpoint(run, tmp_path_factory.mktemp("exported") / "model.onnx", "mine")


@pytest.fixture
def onnx_file(exported, tmp_path):
    """The run's model, alone in a folder."""
    return Path(shutil.copy(exported, tmp_path / "model.onnx"))


@pytest.fixture(scope="module")
def calibration(pages):
    """The same pages as of two data sets, with their squares."""
    found = []
    for i, ((x, y), image) in enumerate(zip(PLACES, pages, strict=True)):
        truth = Page(96, 96, marks=(Mark((x, y, x + 24, y + 24), ("Stamp",)),))
        page = DatasetPage(Path(f"{i}.png"), truth, str(i), frozenset({"Stamp", "Signature"}))
        found.append(CalibrationPage(Path("ab"[i % 2]), page, image))
    return found


@pytest.fixture(scope="module")
def quantised(exported, calibration):
    """What NNCF makes of these pages; it takes seconds to search the network for patterns each time."""
    exact = Detector.load(exported)
    return quantise(read_network(exported), [exact.prepare(page.image) for page in calibration], unwatched)


@pytest.fixture
def quantised_already(quantised, monkeypatch):
    """For tests of what comes after it."""
    monkeypatch.setattr(run_model, "quantise", lambda *_: quantised.clone())


def test_a_run_becomes_a_model_with_its_thresholds(run, exported, tmp_path):
    detector = Detector.load(exported)
    assert detector.name == "mine" and detector.thresholds == (0.5, 0.25)
    other = export_checkpoint(run, tmp_path / "other.onnx", "mine", {"Signature": 0.7})
    assert Detector.load(other).thresholds == (0.7, 0.5)


def test_a_target_below_a_file_is_told(run, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DocmarksError, match="cannot write into this folder"):
        export_checkpoint(run, tmp_path / "file" / "model.onnx", "mine")


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
    store_thresholds(tmp_path, {"Stamp": 0.375}, sizes=ACCURATE)
    slim_checkpoint(tmp_path / "best.safetensors", tmp_path / "copy.safetensors")
    for name in ("best.safetensors", "model.safetensors", "copy.safetensors"):
        found = export_checkpoint(tmp_path / name, tmp_path / "again.onnx", "mine")
        assert Detector.load(found).thresholds == (0.5, 0.625)
        assert Detector.load(found, sizes=ACCURATE).thresholds == (0.5, 0.375)
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
def test_int8_finds_the_same_marks_and_says_what_it_is(onnx_file, pages, calibration, tmp_path):
    exact, int8 = (
        Detector.load(onnx_file),
        Detector.load(export_int8(onnx_file, calibration, tmp_path / "model.xml").path),
    )
    assert sorted(p.name for p in tmp_path.iterdir()) == ["model.bin", "model.onnx", "model.xml"]
    assert int8.sheet == exact.sheet.model_copy(update={"precision": "int8"})
    share, count = agreement(exact, int8, pages)
    assert share == 1 and count >= 4
    for page, (x, y) in zip(pages, PLACES, strict=True):
        assert int8(page).marks((0.5, 0.5))[0].box == pytest.approx((x, y, x + 24, y + 24), abs=6)


def test_weights_have_seven_bits_so_that_no_processor_saturates(quantised):
    weights = [
        node.get_data().astype(int)
        for node in quantised.get_ordered_ops()
        if node.get_type_name() == "Constant" and node.get_element_type().get_type_name() == "i8"
    ]
    assert len(weights) > 5 and 32 < max(abs(values).max() for values in weights) <= 64


def test_an_int8_model_that_differs_is_not_kept(onnx_file, calibration, quantised_already, tmp_path, monkeypatch):
    for found, told in (((0.5, 40), "only 50% of 40 marks are found again"), ((1.0, 0), "int8 cannot be checked")):
        monkeypatch.setattr(run_model, "agreement", lambda *_, found=found: found)
        with pytest.raises(DocmarksError, match=told):
            export_int8(onnx_file, calibration[:1], tmp_path / "model.xml")
        assert [p.name for p in tmp_path.iterdir()] == ["model.onnx"]


def test_agreement_counts_what_is_found_again(exported, pages, tmp_path):
    detector = Detector.load(exported)
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


def test_the_loss_is_the_worst_sets_in_points_of_ap(exported, calibration):
    exact = Detector.load(exported)
    loss = Int8Loss(exact, calibration)
    assert loss(exact).by_set == {Path("a"): 0, Path("b"): 0}

    def truth_on_a(image):
        """Right on the first page of all, and nothing elsewhere."""
        first = (image == calibration[0].image).all()
        box = np.array([calibration[0].page.page.marks[0].box], np.float32)[: int(first)]
        return Detections(box, np.array([[0, 1.0]], np.float32)[: int(first)], exact.labels)

    before = Int8Loss(perfect(exact, calibration), calibration)
    lost = before(truth_on_a).by_set
    # Of a's two squares one is found, so its AP is 51 of the 101 points of recall; of b's none.
    assert lost == {Path("a"): pytest.approx(100 * (1 - 51 / 101)), Path("b"): pytest.approx(100)}


def perfect(like, calibration):
    """Finds exactly what is annotated."""

    class Perfect:
        labels, label_set, sheet = like.labels, like.label_set, like.sheet

        def __call__(self, image):
            (page,) = [one.page for one in calibration if (one.image == image).all()]
            boxes = np.array([mark.box for mark in page.page.marks], np.float32)
            return Detections(boxes, np.array([[0, 1.0]] * len(boxes), np.float32), self.labels)

    return Perfect()


def test_the_loss_page_by_page(exported, calibration):
    exact = Detector.load(exported)
    loss = Int8Loss(exact, calibration)
    same = loss.of(read_network(exported))
    assert same.worst == pytest.approx(0, abs=0.1) and same.by_page == pytest.approx([0] * 4, abs=0.1)

    def blind(image):
        """Sees the squares of b alone."""
        seen_on_a = any((image == one.image).all() for one in calibration if one.folder == Path("a"))
        return nothing(exact)(image) if seen_on_a else exact(image)

    lost = loss(blind)
    assert lost.worst_set == Path("a") and lost.worst == loss(nothing(exact)).by_set[Path("a")] > 80
    assert [value > 0.1 for value in lost.by_page] == [True, False, True, False]
    # Of b alone nothing is lost: it is asked about parts of the pages, too.
    assert loss(blind, loss.pages[1::2]).by_set == {Path("b"): 0}


def nothing(like):
    """Finds none."""
    labels = like.labels
    return lambda image: Detections(np.zeros((0, 4), np.float32), np.zeros((0, len(labels)), np.float32), labels)


def test_a_drop_that_holds_leaves_all_layers_in_int8(onnx_file, calibration, answers, tmp_path, capsys):
    made = export_int8(onnx_file, calibration, tmp_path / "model.xml", max_drop=5)
    assert made.back == () and made.before.worst <= 5 and made.after.worst <= 5.05
    layers, exact = fp32_layers(read_network(made.path)), fp32_layers(read_network(onnx_file))
    assert sorted(layers) == sorted(answers) and len(exact) == made.layers
    assert capsys.readouterr().out == "", "what the quantiser has to say is not for the user"


def test_a_loss_that_stays_too_large_is_refused(onnx_file, calibration, quantised_already, tmp_path, monkeypatch):
    monkeypatch.setattr(run_model, "hold", lambda quantised, *_: Held(quantised, (), None, None))
    monkeypatch.setattr(Int8Loss, "__call__", lambda *_, **__: Loss({Path("a"): 0.2, Path("b"): 3.0}, [0, 3]))
    with pytest.raises(DocmarksError, match=r"loses 3\.0 points of AP on b, allowed are 0\.5"):
        export_int8(onnx_file, calibration, tmp_path / "model.xml", 0.5)
    assert [p.name for p in tmp_path.iterdir()] == ["model.onnx"]


@pytest.mark.parametrize("when", ["pages in fp32", "calibrating int8", "the same marks"])
def test_ctrl_c_leaves_what_was_there(onnx_file, calibration, tmp_path, when, request):
    if when == "the same marks":
        request.getfixturevalue("quantised_already")

    def stopping(things, text):
        if text == when:
            raise KeyboardInterrupt
        return things

    with pytest.raises(KeyboardInterrupt):
        export_int8(onnx_file, calibration[:2], tmp_path / "model.xml", 100, stopping)
    assert [p.name for p in tmp_path.iterdir()] == ["model.onnx"]


def test_an_int8_model_of_other_weights_does_not_stay(run, onnx_file, tmp_path):
    int8 = [tmp_path / "model.xml", tmp_path / "model.bin"]
    for file in int8:
        file.write_text("of these weights")
    export_checkpoint(run, onnx_file, "mine")
    assert all(file.exists() for file in int8)
    export_checkpoint(run, onnx_file, "mine", {"Stamp": 0.75})
    assert not any(file.exists() for file in int8)
