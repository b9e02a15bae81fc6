import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision.ops import roi_align

from docmarks.model.sampling import can_be_multiplied, multiplied

pytestmark = pytest.mark.skipif(not torch.backends.mkl.is_available(), reason="sparse products need MKL")


def compared(feature, rois, bins, scale, ratio):
    """Values and gradients of ours and torchvision's."""
    both = []
    weights = torch.randn(len(rois), feature.shape[1], *bins, dtype=feature.dtype)
    for pooled in (multiplied, lambda *given: roi_align(*given, aligned=True)):
        seen = feature.clone().requires_grad_()
        values = pooled(seen, rois, bins, scale, ratio)
        (values * weights).sum().backward()
        both.append((values.detach(), seen.grad))
    return both


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**16),
    n_regions=st.integers(0, 5),
    shape=st.tuples(st.integers(1, 3), st.integers(1, 4), st.integers(1, 9), st.integers(1, 9)),
    bins=st.tuples(st.sampled_from([1, 2, 7]), st.sampled_from([1, 3, 7, 14])),
    scale=st.sampled_from([0.25, 1 / 32]),
    ratio=st.sampled_from([1, 2, 3]),
)
def test_as_torchvision_aligns_regions(seed, n_regions, shape, bins, scale, ratio):
    torch.manual_seed(seed)
    feature = torch.randn(shape, dtype=torch.float64)
    sides = torch.tensor([shape[3], shape[2]] * 2) / scale
    # Over every edge, too, and turned inside out at times.
    boxes = (torch.rand(n_regions, 4) * 1.6 - 0.3) * sides
    rois = torch.cat((torch.randint(0, shape[0], (n_regions, 1)), boxes), dim=1).double()
    (ours, our_gradient), (theirs, their_gradient) = compared(feature, rois, bins, scale, ratio)
    torch.testing.assert_close(ours, theirs, atol=1e-9, rtol=1e-9)
    torch.testing.assert_close(our_gradient, their_gradient, atol=1e-9, rtol=1e-9)


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_in_single_precision_and_either_layout(layout):
    torch.manual_seed(0)
    feature = torch.randn(2, 8, 40, 30).contiguous(memory_format=layout)
    rois = torch.tensor([[0, 3, 5, 90, 44], [1, 100, 100, 119.9, 158], [1, -20, -8, 60, 30], [0, 119, 159, 121, 163.0]])
    (ours, our_gradient), (theirs, their_gradient) = compared(feature, rois, (7, 14), 0.25, 2)
    torch.testing.assert_close(ours, theirs, atol=1e-4, rtol=1e-5)
    torch.testing.assert_close(our_gradient, their_gradient, atol=1e-4, rtol=1e-5)


def test_regions_without_a_number_read_nothing():
    feature = torch.ones(1, 2, 4, 4)
    rois = torch.tensor([[0, torch.nan, 0, 8, 8], [0, 0, 0, torch.inf, 8], [0, 0, 0, 16, 16]])
    pooled = multiplied(feature, rois, (2, 2), 0.25, 2)
    assert pooled.shape == (3, 2, 2, 2) and pooled[2].eq(1).all()


def test_values_and_gradients_are_in_single_precision_within_bf16():
    feature = torch.randn(1, 4, 8, 8, requires_grad=True)
    rois = torch.tensor([[0.0, 2, 2, 20, 25]])
    wanted = roi_align(feature, rois, 3, 0.25, 2, aligned=True)
    with torch.autocast("cpu", torch.bfloat16):
        pooled = multiplied(feature, rois, (3, 3), 0.25, 2)
    assert pooled.dtype == torch.float32
    torch.testing.assert_close(pooled, wanted)


def test_a_number_of_samples_that_depends_on_the_region_is_left_to_torchvision():
    assert can_be_multiplied(torch.zeros(1), 2) and not can_be_multiplied(torch.zeros(1), 0)
