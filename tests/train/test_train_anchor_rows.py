import pytest
import torch

from docmarks.model.boxes import BoxCoder
from docmarks.model.config import STRIDES, AnchorConfig
from docmarks.train.anchor_rows import carried
from tiny import tiny_model

OLD = AnchorConfig(ratios=(0.25, 0.5, 1.0))
PAGE = torch.rand(1, 1, 64, 64) * 255


def proposed(model):
    """Logits ``[n, A]`` and boxes ``[n, A, 4]`` of the cells of every level."""
    with torch.no_grad():
        pyramid = model.pyramid(PAGE)
    logits, boxes = [], []
    for logit, delta, anchors in zip(pyramid.logits, pyramid.deltas, pyramid.anchors, strict=True):
        a = model.anchors.per_cell
        logits.append(logit[0].view(-1, a))
        boxes.append(BoxCoder().decode(anchors.all(), delta[0]).view(-1, a, 4))
    assert len(logits) == len(STRIDES)
    return torch.cat(logits), torch.cat(boxes)


@pytest.mark.parametrize(
    ("new", "nearest"),
    [
        (AnchorConfig(ratios=(0.125, 0.25, 0.5, 1.0)), [0, 0, 1, 2]),
        (AnchorConfig(ratios=(1.0, 0.3, 3.0)), [2, 0, 2]),
        (AnchorConfig(sizes=tuple((s, 1.3 * s) for s in (16.0, 32.0, 64.0, 128.0, 256.0)), ratios=(0.25, 0.5)), None),
    ],
)
def test_they_propose_what_the_nearest_anchors_did(new, nearest):
    before = tiny_model(3, anchors=OLD)
    torch.nn.init.normal_(before.rpn_head.deltas.weight, std=0.3)
    after = tiny_model(4, anchors=new)
    state = before.state_dict()
    after.load_state_dict(state | carried(state, OLD, new))
    logits, boxes = proposed(before)
    if nearest is None:  # of two sizes and two ratios, both sizes go back to the one there was
        nearest = [0, 1, 0, 1]
    got_logits, got_boxes = proposed(after)
    torch.testing.assert_close(got_logits, logits[:, nearest])
    torch.testing.assert_close(got_boxes, boxes[:, nearest], rtol=1e-4, atol=1e-3)


def test_equal_anchors_change_nothing():
    state = tiny_model(3, anchors=OLD).state_dict()
    for name, value in carried(state, OLD, OLD).items():
        assert torch.equal(value, state[name]), name
