import numpy as np
import pytest

from docmarks.evaluate.anchor_fit import best_iou
from docmarks.model.config import AnchorConfig

ANCHORS = AnchorConfig(sizes=((16.0,), (32.0,), (64.0,), (128.0,), (256.0,)), ratios=(1.0,))


def test_best_iou_of_hand_worked_boxes():
    # On p6 (stride 64) a 256 x 256 box is off by 16 along both sides: 240^2 shared.
    assert best_iou(256, 256, ANCHORS) == pytest.approx(240**2 / (2 * 256**2 - 240**2))
    # On p2 (stride 4) a 16 x 16 box is off by 1: 15^2 shared.
    assert best_iou(16, 16, ANCHORS) == pytest.approx(15**2 / (2 * 16**2 - 15**2))
    assert best_iou(4, 4, ANCHORS) == pytest.approx(16 / 256)
    assert best_iou(np.array([16, 4]), np.array([16, 4]), ANCHORS).shape == (2,)


def test_the_shapes_are_those_of_the_network():
    """A box of an anchor's very shape fits it but for the offset, for every anchor that the network lays out."""
    from docmarks.model.anchors import cell_anchors
    from docmarks.model.config import STRIDES

    anchors = AnchorConfig()
    for stride, sizes in zip(STRIDES, anchors.sizes, strict=True):
        for left, top, right, bottom in cell_anchors(sizes, anchors.ratios).tolist():
            width, height = right - left, bottom - top
            shared = (width - stride / 4) * (height - stride / 4)
            own = shared / (2 * width * height - shared)
            assert best_iou(width, height, anchors) >= own - 1e-6
