import os
import pickle
import re
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml

from docmarks.cli.main import main
from docmarks.errors import DocmarksError
from docmarks.model.detector import FasterRCNN
from docmarks.model.detectron2 import load_detectron2, rename
from docmarks.runtime.detector import Detector
from docmarks.train.checkpoint import read_checkpoint
from docmarks.zoo.detectron2_config import read_detectron2_config
from docmarks.zoo.import_model import load_model
from docmarks.zoo.published import MODELS
from docmarks.zoo.safe_pickle import load_arrays
from docmarks.zoo.state_file import read_state

REFERENCE = Path(__file__).parents[1] / "parity" / "reference"
FILE, CONFIG = REFERENCE / "r50_small.pkl", REFERENCE / "r50_small.yaml"


@pytest.fixture(scope="module")
def state():
    return read_state(FILE).tensors


@pytest.fixture
def model():
    return FasterRCNN(read_detectron2_config(CONFIG))


def test_names():
    assert rename("backbone.fpn_lateral4.weight") == "fpn.lateral.2.weight"
    assert rename("backbone.bottom_up.stem.conv1.norm.bias") == "backbone.stem.1.bias"
    assert rename("backbone.bottom_up.res3.0.shortcut.weight") == "backbone.res3.0.shortcut.0.weight"
    assert rename("backbone.bottom_up.res3.0.conv2.norm.running_var") == "backbone.res3.0.conv2.1.running_var"
    assert rename("roi_heads.box_predictor.bbox_pred.bias") == "roi_heads.predictor.deltas.bias"


def test_the_command_makes_a_model_that_detects(tmp_path, capsys):
    with pytest.raises(SystemExit) as stop:
        main(
            [
                "weights",
                "import",
                str(FILE),
                "--config",
                str(CONFIG),
                "-o",
                str(tmp_path / "m"),
                "--labels",
                "a,b,c,d,e",
            ]
        )
    assert stop.value.code == 0
    assert "model.onnx" in capsys.readouterr().out
    detector = Detector.load(tmp_path / "m")
    assert detector.labels == tuple("abcde") and detector.channels == "bgr"
    assert detector.working_size(850, 1100) == (800, 1035)  # its own 800 / 1333
    checkpoint = read_checkpoint(tmp_path / "m" / "model.safetensors")
    FasterRCNN(checkpoint.model).load_state_dict(checkpoint.weights())


def test_every_form_of_file_gives_the_same_weights(tmp_path, state):
    torch.save({"model": state, "optimizer": {}, "iteration": 3}, tmp_path / "trainer.pth")
    arrays = {name: value.numpy() for name, value in state.items()}
    extra = {"pixel_mean": np.zeros((3, 1, 1)), "proposal_generator.anchor_generator.cell_anchors.0": np.zeros((3, 4))}
    for protocol in (2, 4):
        (tmp_path / f"zoo{protocol}.pkl").write_bytes(pickle.dumps({"model": arrays | extra}, protocol))
    first, _ = load_model(FILE, CONFIG)
    for name in ("trainer.pth", "zoo2.pkl", "zoo4.pkl"):
        other, messages = load_model(tmp_path / name, CONFIG)
        assert messages == ()
        assert all(
            torch.equal(a, b) for a, b in zip(first.state_dict().values(), other.state_dict().values(), strict=True)
        )


def test_other_labels_leave_the_last_layers_fresh_and_say_so(state):
    model = FasterRCNN(read_detectron2_config(CONFIG).model_copy(update={"labels": ("x", "y")}))
    messages = load_detectron2(model, state)
    assert "roi_heads.predictor.labels.weight: (6, 64) -> (3, 64), starts fresh for the new labels" in messages
    assert "roi_heads.predictor.deltas.weight: (20, 64) -> (8, 64), starts fresh for the new labels" in messages
    assert len(messages) == 4


def test_the_mask_branch_is_set_aside_in_one_line(model, state):
    masks = {f"roi_heads.mask_head.mask_fcn{i}.weight": torch.zeros(1) for i in range(4)}
    messages = load_detectron2(model, state | masks)
    assert messages == ("set aside the mask branch (4 tensors): the boxes are found without it",)


def test_a_backbone_alone_is_matched_by_suffix(tmp_path, model, state):
    prefix = "backbone.bottom_up."
    lone = {name.removeprefix(prefix): v.numpy() for name, v in state.items() if name.startswith(prefix)}
    (tmp_path / "r50.pkl").write_bytes(pickle.dumps({"model": lone | {"fc1000.weight": np.zeros((10, 4))}}))
    found = read_state(tmp_path / "r50.pkl")
    assert found.by_suffix
    load_detectron2(model, found.tensors, by_suffix=True)
    assert torch.equal(model.backbone.res4[1].conv2[0].weight, state[prefix + "res4.1.conv2.weight"])


def test_what_does_not_fit_is_listed_in_full(model, state):
    broken = {name: v for name, v in state.items() if not name.startswith("roi_heads.box_head.fc2")}
    broken |= {"something.else": torch.zeros(1), "backbone.fpn_output2.weight": torch.zeros(3)}
    with pytest.raises(ValueError) as error:
        load_detectron2(model, broken)
    for part in ("missing roi_heads.box_head.fc2.weight", "missing roi_heads.box_head.fc2.bias",
                 "unexpected something.else", "fpn.output.0.weight is (3,)"):  # fmt: skip
        assert part in str(error.value)


class Evil:
    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return os.system, (f"touch {self.marker}",)


@pytest.mark.parametrize("name", ["evil.pkl", "evil.pth"])
def test_a_malicious_file_is_refused_by_name_and_runs_nothing(tmp_path, name):
    marker, path = tmp_path / "ran", tmp_path / name
    if name.endswith("pth"):
        torch.save({"model": Evil(marker)}, path)
    else:
        path.write_bytes(pickle.dumps({"model": Evil(marker)}))
    with pytest.raises(DocmarksError, match=f"{re.escape(str(path))}: refused.*system"):
        read_state(path)
    assert not marker.exists()


@pytest.mark.parametrize("value", [np.array([{}], dtype=object), {1, 2}, 1 + 2j])
def test_only_arrays_and_plain_containers_are_admitted(tmp_path, value):
    (tmp_path / "a.pkl").write_bytes(pickle.dumps({"model": {"a": value}}))
    with pytest.raises(DocmarksError, match="refused"):
        load_arrays(tmp_path / "a.pkl")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a readable pickle"),
        (b"hello", "a.pkl"),
        (pickle.dumps([1]), "not a dictionary"),
        (pickle.dumps({}), "no weights"),
    ],
)
def test_what_is_no_checkpoint(tmp_path, content, message):
    (tmp_path / "a.pkl").write_bytes(content)
    with pytest.raises(DocmarksError, match=message) as error:
        read_state(tmp_path / "a.pkl")
    assert "\n" not in str(error.value)


def test_a_configuration_of_another_model_is_refused(tmp_path):
    values = yaml.safe_load(CONFIG.read_text())
    values["MODEL"]["ROI_HEADS"]["NAME"] = "CascadeROIHeads"
    (tmp_path / "c.yaml").write_text(yaml.safe_dump(values))
    with pytest.raises(DocmarksError, match=r"ROI_HEADS\.NAME is CascadeROIHeads; only StandardROIHeads"):
        read_detectron2_config(tmp_path / "c.yaml")


def test_layoutparser_labels_and_defaults(tmp_path):
    (tmp_path / "c.yaml").write_text("MODEL: {ROI_HEADS: {NUM_CLASSES: 2}}\nLABEL_MAP: {1: Table, 0: Text}\n")
    config = read_detectron2_config(tmp_path / "c.yaml")
    assert config.labels == ("Text", "Table") and config.head == "softmax"
    assert config.backbone.res2_width == 256 and config.fpn_width == 256 and config.roi.fc_width == 1024
    assert config.input.mean == (103.53, 116.28, 123.675) and config.input.short_side == 800
    with pytest.raises(DocmarksError, match="3 labels for 2 classes"):
        read_detectron2_config(tmp_path / "c.yaml", ["a", "b", "c"])


@pytest.mark.parametrize(
    ("name", "tensors", "numbers"),
    [("coco-r50", 295, 41_806_176), ("coco-r101", 550, 60_850_528), ("coco-x101", 550, 105_190_240)],
)
def test_full_size_models_have_detectron2s_size(tmp_path, name, tensors, numbers):
    (tmp_path / "c.yaml").write_text(yaml.safe_dump(dict(MODELS[name].settings)))
    with torch.device("meta"):
        state = FasterRCNN(read_detectron2_config(tmp_path / "c.yaml")).state_dict()
    assert (len(state), sum(value.numel() for value in state.values())) == (tensors, numbers)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"_BASE_": "../Base-RCNN-FPN.yaml"}, "builds on .*Base-RCNN-FPN.yaml; give the whole config.yaml"),
        ({"MODEL": {"ROI_BOX_HEAD": {"BBOX_REG_WEIGHTS": [20, 20, 10, 10]}}}, "BBOX_REG_WEIGHTS is .*20, 20, 10, 10"),
        ({"MODEL": {"ANCHOR_GENERATOR": {"ASPECT_RATIOS": [[1.0], [0.5]]}}}, "ASPECT_RATIOS differ by level"),
    ],
)
def test_settings_that_would_be_passed_over_are_refused(tmp_path, values, message):
    (tmp_path / "c.yaml").write_text(yaml.safe_dump(values))
    with pytest.raises(DocmarksError, match=message):
        read_detectron2_config(tmp_path / "c.yaml")


def test_settings_as_they_always_are_may_be_written_out(tmp_path):
    head = {"BBOX_REG_WEIGHTS": [10, 10, 5, 5]}
    anchors = {"ASPECT_RATIOS": [[0.5, 1.0, 2.0]] * 5}
    (tmp_path / "c.yaml").write_text(yaml.safe_dump({"MODEL": {"ROI_BOX_HEAD": head, "ANCHOR_GENERATOR": anchors}}))
    assert read_detectron2_config(tmp_path / "c.yaml").anchors.ratios == (0.5, 1.0, 2.0)
