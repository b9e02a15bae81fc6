import numpy as np
import pytest

from docmarks.export.int8 import quantise
from docmarks.export.int8_loss import unwatched
from docmarks.export.onnx_file import export_onnx
from docmarks.model.detector import FasterRCNN
from docmarks.runtime.detector import Detector
from docmarks.runtime.nms import iou_with
from docmarks.runtime.session import core, read_network
from docmarks.runtime.sheet import ModelSheet
from tiny import square_finder, tiny_config

LAYERS = ("/normalise", "/backbone", "/fpn", "/rpn_head", "/roi_heads/box_head")


@pytest.fixture(scope="module")
def both(pages, tmp_path_factory):
    """A finder of squares that looks twice and around them: in fp32 and in int8."""
    roi = tiny_config().roi.model_copy(update={"second_look": True, "context": 3})
    model = FasterRCNN(tiny_config(roi=roi))
    model.load_state_dict(square_finder().state_dict(), strict=False)  # what stands around begins at zero
    path = tmp_path_factory.mktemp("twice") / "model.onnx"
    export_onnx(model, ModelSheet(name="t", version="1", config=model.config, thresholds=(0.5, 0.5)), path)
    exact = Detector.load(path)
    return read_network(path), quantise(read_network(path), [exact.prepare(page) for page in pages], unwatched)


def test_coordinates_of_both_looks_stay_in_fp32(both):
    rounded = [node for node in both[1].get_ordered_ops() if node.get_type_name() == "FakeQuantize"]
    assert any("fc1_1" in node.get_friendly_name() for node in rounded), "the second look has layers in int8"
    for node in rounded:
        at = node.input_value(0).get_node().get_friendly_name()
        features = at.endswith("/Gather_17") or "/RoiAlign" in at  # what was pooled goes into a layer
        weights = node.input_value(0).get_node().get_type_name() == "Constant"
        assert weights or features or at.startswith(LAYERS), f"{at} is no layer's answer"


def test_a_second_look_in_int8_says_what_it_says_in_fp32(both, pages):
    exact, rounded = (core().compile_model(network, "CPU") for network in both)
    for page in pages:
        squares = []
        for network in (exact, rounded):
            boxes, scores, _ = network(page[None, None].astype(np.float32)).values()
            again = tiny_config().rpn.post_nms_test + scores[tiny_config().rpn.post_nms_test :, 1].argmax()
            assert scores[again, 1] > 0.5
            squares.append(boxes[again])
        # Where coordinates are rounded, it is somewhere else.
        assert iou_with(squares[0], squares[1][None])[0] > 0.5
