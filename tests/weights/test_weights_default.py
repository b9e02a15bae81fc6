"""The model that ships does its job on the documents that ship."""

from pathlib import Path

import pytest

from docmarks.data.coco_file import read
from docmarks.evaluate.average_precision import evaluate
from docmarks.labels.label_set import LabelSet
from docmarks.pages.document import open_document
from docmarks.runtime.detector import Detector
from docmarks.weights import DEFAULT_MODEL, DEFAULT_WEIGHTS

EXAMPLES = Path(__file__).parents[2] / "examples"
MEGABYTE = 1_000_000

LEAST_AP50 = {
    "Signature": 0.5,
    "Initials": 0.3,
    "Handwriting": 0.3,
    "Date": 0.3,
    "Filled Checkbox": 0.5,
    "Unfilled Checkbox": 0.5,
}
"""Well under what the model reaches: a file that is broken or swapped falls below, another training does not."""


def test_it_is_small():
    files = list(DEFAULT_MODEL.parent.glob("default.*"))
    assert {file.name for file in files} == {"default.xml", "default.bin", "default.safetensors"}
    assert sum(file.stat().st_size for file in files) < 20 * MEGABYTE


def test_its_labels_are_the_default_set():
    detector = Detector.load()
    assert detector.labels == LabelSet.load("default").labels and detector.label_set == "default"
    assert detector.sheet.precision == "int8" and all(0 < t < 1 for t in detector.thresholds)


def test_its_weights_start_a_training():
    from docmarks.model.detector import FasterRCNN
    from docmarks.train.checkpoint import read_checkpoint

    checkpoint = read_checkpoint(DEFAULT_WEIGHTS)
    assert checkpoint.model == Detector.load().sheet.config
    FasterRCNN(checkpoint.model).load_state_dict(checkpoint.weights())


@pytest.fixture(scope="module")
def scores():
    """AP50 of every label on the examples."""
    detector, truth = Detector.load(), read(EXAMPLES / "truth.json").relabel(LabelSet.load("default"))
    found = []
    for page in truth.pages:
        with open_document(page.file) as document:
            found.append(detector(document.page(page.extra["page"]).pixels))
    return evaluate(found, truth.pages, detector.labels)


@pytest.mark.parametrize(
    "label", ["Signature", "Initials", "Handwriting", "Date", "Filled Checkbox", "Unfilled Checkbox"]
)
def test_it_finds_the_marks_of_the_examples(scores, label):
    assert scores[label].n_truth >= 2 and scores[label].ap50 > LEAST_AP50[label]
