import torch

from docmarks.model.backbone import ConvNorm


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
