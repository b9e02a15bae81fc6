import torch

from docmarks.model.pooler import ROIPooler, assign_levels, poolable


def test_levels_by_size():
    sides = torch.tensor([10.0, 111.0, 112.0, 223.0, 224.0, 447.0, 448.0, 3000.0])
    boxes = torch.stack((torch.zeros(8), torch.zeros(8), sides, sides), dim=1)
    assert assign_levels(boxes).tolist() == [2, 2, 3, 3, 4, 4, 5, 5]


def test_an_empty_box_goes_to_the_finest_level():
    assert assign_levels(torch.tensor([[5.0, 5, 5, 9]])).tolist() == [2]


def test_pooling_a_ramp_gives_bin_centres():
    # A feature that holds its own x in input pixels: with half-pixel shift, cell i of stride 4 is centred at 4i + 2.
    levels = [torch.zeros(1, 1, 64 // 2**k, 64 // 2**k) for k in range(4)]
    levels[0][0, 0] = torch.arange(64)[None, :] * 4.0 + 2
    pooled = ROIPooler((7, 7), 2)(poolable(levels, 2), torch.tensor([[28.0, 28, 98, 98]]), torch.zeros(1).long())
    centres = 28 + 10 * (torch.arange(7) + 0.5)
    torch.testing.assert_close(pooled[0, 0], centres.expand(7, 7), atol=1e-3, rtol=0)


def test_each_region_is_pooled_from_its_own_image_and_level():
    levels = [torch.zeros(2, 1, 128 // 2**k, 128 // 2**k) for k in range(4)]
    for level, feature in enumerate(levels):
        feature[0], feature[1] = level, 10 + level
    regions = torch.tensor([[0.0, 0, 400, 400], [0, 0, 20, 20], [0, 0, 230, 230], [0, 0, 120, 120]])
    pooled = ROIPooler((2, 2), 0)(poolable(levels, 0), regions, torch.tensor([0, 1, 1, 0]))
    assert pooled.mean(dim=(1, 2, 3)).tolist() == [2.0, 10.0, 12.0, 1.0]


def test_no_regions():
    levels = [torch.zeros(1, 3, 8, 8)] * 4
    for ratio in (0, 2):
        pooled = ROIPooler((7, 7), ratio)(poolable(levels, ratio), torch.zeros(0, 4), torch.zeros(0).long())
        assert pooled.shape == (0, 3, 7, 7)
