import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision.ops import nms

from docmarks.model.anchors import LevelAnchors
from docmarks.model.boxes import BoxCoder, clip
from docmarks.model.config import RPNConfig
from docmarks.model.detector import FasterRCNN
from docmarks.model.rpn import ProposalSelector, RPNHead, suppress, suppress_side_by_side
from docmarks.model.targets import Targets
from tiny import tiny_config

SIZES = [(7, 5), (4, 3), (2, 2)]


@settings(max_examples=25)
@given(seed=st.integers(0, 2**16), n=st.integers(0, 12), rank=st.sampled_from([None, 2]))
def test_anchors_alone_are_as_in_the_whole_maps(seed, n, rank):
    torch.manual_seed(seed)
    head = RPNHead(6, 3, rank).double()
    levels = [torch.randn(2, 6, *size, dtype=torch.float64, requires_grad=True) for size in SIZES]
    images = torch.randint(0, 2, (n,))
    anchors = torch.randint(0, sum(h * w for h, w in SIZES) * 3, (n,))
    logits, deltas = head(levels)
    wanted = torch.cat(logits, dim=1)[images, anchors], torch.cat(deltas, dim=1)[images, anchors]
    got = head.at(levels, images, anchors)
    weights = torch.randn(n, dtype=torch.float64), torch.randn(n, 4, dtype=torch.float64)
    inputs = [*levels, *head.parameters()]
    for ours, whole in zip(got, wanted, strict=True):
        torch.testing.assert_close(ours, whole)
    ours, whole = (
        torch.autograd.grad(sum((a * b).sum() for a, b in zip(pair, weights, strict=True)), inputs)
        for pair in (got, wanted)
    )
    for a, b in zip(ours, whole, strict=True):
        torch.testing.assert_close(a, b)


@settings(max_examples=25)
@given(seed=st.integers(0, 2**16), after=st.integers(1, 40))
def test_each_image_of_a_batch_has_the_proposals_that_it_has_alone(seed, after):
    generator = torch.Generator().manual_seed(seed)
    counts = (30, 12, 4)
    logits = [torch.randn(3, n, generator=generator) for n in counts]
    deltas = [torch.randn(3, n, 4, generator=generator) for n in counts]
    anchors = [
        LevelAnchors(torch.cat((at, at + 1 + torch.rand(2, 2, generator=generator) * 40), dim=1), 15, *shape)
        for shape in ((5, 3), (2, 3), (2, 1))
        for at in [torch.rand(2, 2, generator=generator) * 9 - 5]
    ]
    logits[0][1], deltas[1][2, :3] = torch.nan, torch.inf  # rows that are not finite are nobody's proposals
    logits[1][0, :4] = 0.5  # ties
    sizes = torch.tensor([[64, 80], [40, 100], [3, 5]])
    selector = ProposalSelector(RPNConfig(pre_nms_test=20, post_nms_test=after)).eval()
    boxes, scores, image = selector(logits, deltas, anchors, sizes)
    assert torch.isfinite(boxes).all() and torch.isfinite(scores).all()
    for i in range(3):
        alone, best, only = selector(
            [x[i : i + 1] for x in logits], [x[i : i + 1] for x in deltas], anchors, sizes[i : i + 1]
        )
        assert torch.equal(boxes[image == i], alone) and torch.equal(scores[image == i], best) and not only.any()
        assert len(alone) <= after and (best.diff() <= 0).all()
        assert (alone[:, 2] <= sizes[i, 1]).all() and (alone[:, 3] <= sizes[i, 0]).all()
        wanted = one_by_one(selector.config, logits, deltas, anchors, sizes[i].tolist(), i)[:after]
        assert torch.equal(best, wanted)


def one_by_one(config, logits, deltas, anchors, size, image):
    """The logits of an image's proposals, level by level and only of boxes that can be any."""
    kept = []
    for level, anchor in zip(range(3), anchors, strict=True):
        top, index = logits[level][image].topk(min(config.pre_nms_test, logits[level].shape[1]))
        box = clip(BoxCoder().decode(anchor.all()[index], deltas[level][image, index]), *size)
        usable = torch.isfinite(box).all(dim=1) & torch.isfinite(top) & (box[:, 2:] > box[:, :2]).all(dim=1)
        kept.append(top[usable][nms(box[usable], top[usable], config.nms_iou)])
    return torch.cat(kept).sort(descending=True).values


@pytest.mark.parametrize("dtype", [None, torch.bfloat16])
def test_every_weight_of_the_first_stage_learns(dtype):
    torch.manual_seed(0)
    model = FasterRCNN(tiny_config()).train()
    targets = Targets(
        torch.tensor([[10.0, 10.0, 40.0, 30.0]]),
        torch.ones(1, len(model.config.labels)),
        torch.zeros(0, 4),
        torch.ones(len(model.config.labels), dtype=torch.bool),
    )
    with torch.autocast("cpu", dtype, enabled=dtype is not None):
        losses = model.losses(torch.rand(1, model.config.input.n_channels, 64, 64) * 255, [targets])
    (losses["rpn_objectness"] + losses["rpn_box"]).backward()
    for name, parameter in model.rpn_head.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().sum() > 0, name


@settings(max_examples=25)
@given(seed=st.integers(0, 2**16), n_images=st.integers(1, 4), n=st.integers(1, 60))
def test_images_beside_each_other_are_suppressed_as_by_themselves(seed, n_images, n):
    generator = torch.Generator().manual_seed(seed)
    corner = torch.randint(0, 90, (n_images, n, 2), generator=generator).float()
    box = torch.cat((corner, corner + torch.randint(1, 60, (n_images, n, 2), generator=generator)), dim=2)
    score = torch.randperm(n_images * n, generator=generator).reshape(n_images, n).float()
    box[0, 0], score[0, 0] = torch.nan, -1e9
    # Whole numbers, and an overlap that none of them has exactly.
    wanted, got = (do(box, score, 0.7003) for do in (suppress, suppress_side_by_side))
    assert {(int(i), int(p)) for i, p in zip(*wanted, strict=True)} == {
        (int(i), int(p)) for i, p in zip(*got, strict=True)
    }
