import pytest
import torch

from docmarks.model.backbone import ConvNorm
from docmarks.model.config import BackboneConfig
from docmarks.model.targets import Targets
from docmarks.train.freeze import freeze
from tiny import square_page, tiny_model


def test_a_frozen_norm_inside_the_convolution_changes_nothing():
    """Output and gradients in double precision: equal to the convolution followed by the affine map."""
    torch.manual_seed(0)
    for kernel, stride, groups in ((1, 1, 1), (3, 2, 4), (7, 2, 1)):
        pair = ConvNorm(8, 12, kernel, stride, "frozen", groups).double()
        for name, low, high in (("weight", 0.5, 2), ("bias", -1, 1), ("running_mean", -1, 1), ("running_var", 0.1, 3)):
            getattr(pair[1], name).uniform_(low, high)
        x = torch.randn(2, 8, 17, 19, dtype=torch.float64, requires_grad=True)
        results = []
        for y in (pair(x), pair[1](pair[0](x))):
            results.append((y, *torch.autograd.grad(y.square().sum(), (x, pair[0].weight))))
        for joined, apart in zip(*results, strict=True):
            torch.testing.assert_close(joined, apart, rtol=1e-12, atol=1e-9)


def test_a_living_norm_learns():
    pair = ConvNorm(3, 4, 3, 1, "batch").train()
    before = pair[1].running_mean.clone()
    pair(torch.randn(2, 3, 9, 9)).sum().backward()
    assert pair[1].weight.grad is not None and not torch.equal(before, pair[1].running_mean)


def _batch():
    targets = [
        Targets(
            torch.tensor([[x, 20.0, x + 24, 44.0]]), torch.tensor([[0.0, 1.0]]), torch.zeros(0, 4), torch.ones(2) > 0
        )
        for x in (10.0, 50.0)
    ]
    return torch.cat([square_page(10, 20)[None], square_page(50, 20)[None]]), targets


@pytest.mark.parametrize(("depth", "norm", "frozen"), [(18, "batch", 0), (18, "batch", 2), (50, "frozen", 0)])
def test_checkpointing_changes_no_gradient_and_no_statistic(depth, norm, frozen):
    images, targets = _batch()
    grown = {}
    for checkpointing in (False, True):
        backbone = BackboneConfig(depth=depth, stem_width=8, res2_width=16, width_per_group=4, norm=norm)
        model = tiny_model(backbone=backbone, checkpointing=checkpointing).train()
        freeze(model, frozen)
        losses = model.losses(images, targets, torch.Generator().manual_seed(0))
        torch.stack(list(losses.values())).sum().backward()
        gradients = {name: p.grad for name, p in model.named_parameters() if p.grad is not None}
        grown[checkpointing] = gradients | {f"state {name}": value for name, value in model.state_dict().items()}
    assert grown[False].keys() == grown[True].keys() and len(grown[True]) > 60
    for name, value in grown[False].items():
        torch.testing.assert_close(grown[True][name], value)
    fresh = tiny_model(backbone=backbone).state_dict()
    moved = [n for n, v in grown[True].items() if "running_mean" in n and not torch.equal(v, fresh[n[6:]])]
    assert bool(moved) == (norm == "batch")
    stay = ("state backbone.stem", "state backbone.res2")[:frozen]
    counts = {n: int(v) for n, v in grown[True].items() if n.endswith("num_batches_tracked")}
    assert all(count == (not n.startswith(stay) if frozen else 1) for n, count in counts.items())
