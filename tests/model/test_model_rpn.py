import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from docmarks.model.detector import FasterRCNN
from docmarks.model.rpn import RPNHead
from docmarks.model.targets import Targets
from tiny import tiny_config

SIZES = [(7, 5), (4, 3), (2, 2)]


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 2**16), n=st.integers(0, 12))
def test_anchors_alone_are_as_in_the_whole_maps(seed, n):
    torch.manual_seed(seed)
    head = RPNHead(6, 3).double()
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
