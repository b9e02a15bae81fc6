import torch

from docmarks.model.anchors import AnchorGrid, cell_anchors
from docmarks.model.config import AnchorConfig


def test_cell_anchors_keep_their_area_and_ratio_unrounded():
    anchors = cell_anchors([32.0], [0.5, 1.0, 2.0])
    w, h = anchors[:, 2] - anchors[:, 0], anchors[:, 3] - anchors[:, 1]
    torch.testing.assert_close(w * h, torch.full((3,), 32.0**2))
    torch.testing.assert_close(h / w, torch.tensor([0.5, 1.0, 2.0]))
    torch.testing.assert_close(anchors[0], torch.tensor([-22.627417, -11.313708, 22.627417, 11.313708]))


def test_sizes_run_outside_ratios():
    anchors = cell_anchors([8.0, 16.0], [1.0, 2.0])
    assert (anchors[:, 2] - anchors[:, 0]).round().tolist() == [8.0, 6.0, 16.0, 11.0]


def test_grid_runs_y_then_x_then_anchor_with_offset_zero():
    config = AnchorConfig(sizes=((8.0,), (16.0,), (32.0,), (64.0,), (128.0,)), ratios=(1.0,))
    levels = [torch.zeros(1, 4, n, n + 1) for n in (8, 4, 2, 1, 1)]
    grids = AnchorGrid(config)(levels)
    assert [len(grid) for grid in grids] == [8 * 9, 4 * 5, 2 * 3, 2, 2]
    assert grids[0][0].tolist() == [-4, -4, 4, 4]
    assert grids[0][1].tolist() == [0, -4, 8, 4]  # one cell to the right: stride 4
    assert grids[0][9].tolist() == [-4, 0, 4, 8]  # the next row
    assert grids[1][1].tolist() == [0, -8, 16, 8]  # p3: stride 8
