import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision.ops import roi_align

from docmarks.model.cell_table import CellTable, can_be_multiplied

pytestmark = pytest.mark.skipif(not torch.backends.mkl.is_available(), reason="sparse products need MKL")


def by_torchvision(levels, regions, index, assigned, bins, ratio):
    """Each region from its level, one by one."""
    pooled = [levels[0].new_zeros(0, levels[0].shape[1], *bins)]
    for box, image, level in zip(regions, index, assigned.tolist(), strict=True):
        roi = torch.cat((image[None].to(box), box))[None]
        pooled.append(roi_align(levels[level], roi, bins, 1 / 4 / 2**level, ratio, aligned=True))
    return torch.cat(pooled)


def compared(levels, poolings, bins, ratio):
    """Values of all poolings (regions, images, levels) and gradients of all levels: ours and torchvision's."""
    weights = [torch.randn(len(given[0]), levels[0].shape[1], *bins, dtype=levels[0].dtype) for given in poolings]
    both = []
    for ours in (True, False):
        seen = [level.clone().requires_grad_() for level in levels]
        table = CellTable(seen)
        values = [table.pooled(*g, bins, ratio) if ours else by_torchvision(seen, *g, bins, ratio) for g in poolings]
        whole = sum(level.sum() for level in seen)  # a gradient of 1, also where nothing is pooled
        (whole + sum((v * w).sum() for v, w in zip(values, weights, strict=True))).backward()
        both.append([v.detach() for v in values] + [s.grad for s in seen])
    return zip(*both, strict=True)


def drawn(count, n_images, levels):
    """Regions over every edge, too, and turned inside out at times; their images and levels."""
    sides = torch.tensor([levels[0].shape[3], levels[0].shape[2]] * 2) * 4
    boxes = (torch.rand(count, 4) * 1.6 - 0.3) * sides
    return boxes.to(levels[0].dtype), torch.randint(0, n_images, (count,)), torch.randint(0, len(levels), (count,))


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**16),
    counts=st.lists(st.integers(0, 5), min_size=1, max_size=3),
    shape=st.tuples(st.integers(1, 3), st.integers(1, 4), st.integers(1, 9), st.integers(1, 9)),
    n_levels=st.integers(1, 4),
    bins=st.tuples(st.sampled_from([1, 2, 7]), st.sampled_from([1, 3, 7, 14])),
    ratio=st.sampled_from([1, 2, 3]),
)
def test_as_torchvision_aligns_regions_of_each_level(seed, counts, shape, n_levels, bins, ratio):
    torch.manual_seed(seed)
    n, channels, height, width = shape
    sides = [(-(-height // 2**k), -(-width // 2**k)) for k in range(n_levels)]
    levels = [torch.randn(n, channels, *side, dtype=torch.float64) for side in sides]
    for ours, theirs in compared(levels, [drawn(count, n, levels) for count in counts], bins, ratio):
        torch.testing.assert_close(ours, theirs, atol=1e-9, rtol=1e-9)


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_in_single_precision_and_either_layout(layout):
    torch.manual_seed(0)
    levels = [torch.randn(2, 8, 40, 30).contiguous(memory_format=layout)]
    regions = torch.tensor([[3, 5, 90, 44], [100, 100, 119.9, 158], [-20, -8, 60, 30], [119, 159, 121, 163.0]])
    given_ = (regions, torch.tensor([0, 1, 1, 0]), torch.zeros(4, dtype=torch.int64))
    for ours, theirs in compared(levels, [given_], (7, 14), 2):
        torch.testing.assert_close(ours, theirs, atol=1e-4, rtol=1e-5)


def test_regions_without_a_number_read_nothing():
    nothing = torch.tensor([[torch.nan, 0, 8, 8], [0, 0, torch.inf, 8], [0, 0, 16, 16]])
    # What no level was found for: what a logarithm that is no number becomes as an integer.
    assigned = torch.tensor([torch.iinfo(torch.int64).min, 0, 0])
    pooled = CellTable([torch.ones(1, 2, 4, 4)]).pooled(nothing, torch.zeros(3).long(), assigned, (2, 2), 2)
    assert pooled.shape == (3, 2, 2, 2) and pooled[0].eq(0).all() and pooled[2].eq(1).all()


def test_values_are_in_single_precision_and_gradients_in_that_of_the_level_within_bf16():
    torch.manual_seed(0)
    level = torch.randn(1, 4, 8, 8)
    regions, index = torch.tensor([[2.0, 2, 20, 25]]), torch.zeros(1, dtype=torch.int64)
    half = level.bfloat16().requires_grad_()
    wanted = roi_align(half.detach().float(), torch.tensor([[0.0, 2, 2, 20, 25]]), 3, 0.25, 2, aligned=True)
    with torch.autocast("cpu", torch.bfloat16):
        pooled = CellTable([half]).pooled(regions, index, index, (3, 3), 2)
    assert pooled.dtype == torch.float32
    torch.testing.assert_close(pooled, wanted)
    pooled.sum().backward()
    assert half.grad.dtype == torch.bfloat16 and abs(half.grad.float().sum() - 4 * 9) < 0.2


def test_a_pooling_that_nothing_came_of_hands_on_what_later_ones_gave():
    level = torch.randn(1, 2, 6, 6, requires_grad=True)
    table, index = CellTable([level]), torch.zeros(1, dtype=torch.int64)
    of_whole = (torch.tensor([[0.0, 0, 24, 24]]), index, index, (2, 2), 2)
    _, used, _ = (table.pooled(*of_whole) for _ in range(3))
    used.sum().backward()
    assert abs(level.grad.sum() - 2 * 4) < 1e-5


def test_a_number_of_samples_that_depends_on_the_region_is_left_to_torchvision():
    assert can_be_multiplied(torch.zeros(1), 2) and not can_be_multiplied(torch.zeros(1), 0)
