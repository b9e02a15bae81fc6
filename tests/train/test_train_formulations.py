"""The published study's formulations, by configuration alone: each reads, makes samples and learns from them."""

import math

import pytest
import torch
import yaml

from docmarks.errors import DocmarksError
from docmarks.experiments.recipes import recipe_path
from docmarks.labels.label_set import LabelSet
from docmarks.model.detector import FasterRCNN
from docmarks.synth.ink.library import InkLibrary
from docmarks.train.config import read_config
from docmarks.train.feed import batches
from docmarks.train.loop import Trainer
from docmarks.train.prepare import prepare
from sample_data import pages, write_set

SMALL = {
    "fpn_width": 16,
    "rpn": {"samples_per_image": 32, "pre_nms_train": 50, "post_nms_train": 30},
    "roi": {"fc_width": 16, "samples_per_image": 16, "sampling_ratio": 2, "class_agnostic_boxes": True},
}
THIN = {"stem_width": 8, "res2_width": 16, "width_per_group": 4, "norm": "frozen"}
V2_TASKS = {
    "content": ["Signature", "Date", "Initials", "Handwriting"],
    "medium": ["Redaction", "Stamp", "Strikethrough"],
    "state": ["Filled Checkbox", "Unfilled Checkbox"],
}
COLOUR = {"channels": "bgr", "mean": [103.53, 116.28, 123.675], "std": [1.0, 1.0, 1.0]}
ANCHORS_16 = {"sizes": [[16.0, 32.0, 64.0, 128.0, 256.0, 512.0]] * 5, "ratios": [0.5, 1.0, 2.0]}
CLASS_WISE = SMALL["roi"] | {"class_agnostic_boxes": False}
WHOLE = {"view": "pages", "resize": {"short_sides": [64, 80, 96], "long_side": 133}}

CASES = {
    "v1 single-label": {"model": {"label_set": "v1-single", "head": "softmax", "roi": CLASS_WISE}},
    "v1 multi-label": {"model": {"label_set": "v1"}},
    "v2 single-label": {"model": {"label_set": "v2-single", "head": "softmax", "roi": CLASS_WISE}},
    "v2 multi-label": {"model": {"label_set": "v2"}},
    "v2 multi-task": {"model": {"label_set": "v2", "head": "multitask", "groups": V2_TASKS}},
    "v3 multi-label": {"model": {"label_set": "v3"}},
    "v4 multi-label": {"model": {"label_set": "v4"}},
    "v5 single-label": {"model": {"label_set": "v5", "head": "softmax", "roi": CLASS_WISE}},
    "whole pages": WHOLE,
    "whole pages, a range": WHOLE | {"resize": {"short_sides": [64, 96], "sampling": "range", "long_side": 133}},
    "whole pages, doubled": WHOLE | {"resize": {"short_sides": [160], "long_side": 266}, "batch": 1},
    "whole pages, each its own size": WHOLE | {"resize": WHOLE["resize"] | {"by_aspect": False}},
    "flip": {"flip": 0.5},
    "colour": {"model": {"label_set": "v5", "head": "softmax", "input": COLOUR}},
    "anchors with 16": {"model": {"label_set": "v5", "head": "softmax", "anchors": ANCHORS_16}},
    "R18": {"model": {"backbone": THIN | {"depth": 18, "norm": "batch"}}},
    "R34": {"model": {"backbone": THIN | {"depth": 34}}},
    "R50": {"model": {"backbone": THIN | {"depth": 50}}},
    "R101": {"model": {"backbone": THIN | {"depth": 101}}},
    "X101": {"model": {"backbone": THIN | {"depth": 101, "groups": 4, "width_per_group": 2, "stride_in_1x1": False}}},
    "frozen stages": {"freeze": 2},
    "checkpointing": {"model": {"backbone": THIN | {"depth": 18, "norm": "batch"}, "checkpointing": True}},
    "class-balanced": {"imbalance": {"loss_beta": 0.99}},
}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_set(tmp_path_factory.mktemp("data"), pages())


def config_of(case, folder):
    """The case as a YAML file of its own, read as a user's."""
    model = {"label_set": "v5"} | SMALL | {"backbone": THIN | {"depth": 18}} | case.get("model", {})
    base = {
        "steps": 3,
        "batch": 2,
        "workers": 0,
        "crops": {"width": 96, "height": 96, "page_long_side": [120, 160]},
        "ink": {"decorate": 0.0, "forms": 0.0, "pages": 0.0},
    }
    file = folder / "config.yaml"
    file.write_text(
        yaml.safe_dump(base | {key: value for key, value in case.items() if key != "model"} | {"model": model})
    )
    return read_config(file)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_it_learns(case, data, tmp_path):
    config = config_of(case, tmp_path)
    label_set = LabelSet.load(config.model.label_set)
    assert set(config.model.labels) == set(label_set.labels)
    samples = prepare(config, [data], None, InkLibrary.builtin())
    config = samples.config
    torch.manual_seed(0)
    trainer = Trainer(config, FasterRCNN(config.model).train())
    before = [p.detach().clone() for p in trainer.model.parameters() if p.requires_grad]
    boxes = 0
    for batch in batches(config, samples, 0):
        numbers = trainer.train_step([batch])
        assert math.isfinite(numbers["loss"])
        boxes += sum(len(targets.boxes) for targets in batch.targets)
        # Of the set only Stamp and Signature are complete: what can be background follows from that.
        complete = label_set.exhaustive(["Stamp", "Signature"])
        assert all([n in complete for n in config.model.labels] == t.known.tolist() for t in batch.targets)
    assert boxes > 0 and trainer.step == 3
    after = [p for p in trainer.model.parameters() if p.requires_grad]
    assert all(not torch.equal(a, b) for a, b in zip(after, before, strict=True) if b.ndim == 2)


def test_the_recipe_of_detectron2s_conventions_reads():
    config = read_config(recipe_path("r50-fpn"))
    assert config.model.labels == LabelSet.load("v5").labels and config.model.input.channels == "bgr"
    assert config.resize.short_sides == (640, 672, 704, 736, 768, 800) and config.resize.long_side == 1333


def test_groups_may_stand_in_their_own_order(data, tmp_path):
    config = config_of(CASES["v2 multi-task"], tmp_path)
    assert config.model.labels == tuple(label for labels in V2_TASKS.values() for label in labels)
    samples = prepare(config, [data], None, InkLibrary.builtin())
    for i in range(6):
        for row in samples[i].targets.labels.bool().tolist():
            names = {name for name, flag in zip(config.model.labels, row, strict=True) if flag}
            assert names in ({"Signature"}, {"Date"}, {"Date", "Stamp"}, {"Filled Checkbox"}, {"Unfilled Checkbox"})


def test_labels_of_another_set_are_told(data, tmp_path):
    config = config_of({"model": {"label_set": "v1", "labels": ["Signature", "Stamp"]}}, tmp_path)
    with pytest.raises(DocmarksError, match="label set v1 has the labels Handwriting"):
        prepare(config, [data], None, InkLibrary.builtin())


def test_an_unknown_label_set_is_told(tmp_path):
    with pytest.raises(DocmarksError, match="v9: no such label set; there are default, v1"):
        config_of({"model": {"label_set": "v9"}}, tmp_path)
