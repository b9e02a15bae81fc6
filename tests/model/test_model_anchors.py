import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from docmarks.model.anchors import AnchorGrid, LevelAnchors, cell_anchors
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
    grids = [level.all() for level in AnchorGrid(config)(levels)]
    assert [len(grid) for grid in grids] == [8 * 9, 4 * 5, 2 * 3, 2, 2]
    assert grids[0][0].tolist() == [-4, -4, 4, 4]
    assert grids[0][1].tolist() == [0, -4, 8, 4]  # one cell to the right: stride 4
    assert grids[0][9].tolist() == [-4, 0, 4, 8]  # the next row
    assert grids[1][1].tolist() == [0, -8, 16, 8]  # p3: stride 8


@settings(max_examples=25)
@given(height=st.integers(1, 5), width=st.integers(1, 5), per_cell=st.integers(1, 4), stride=st.sampled_from([4, 64]))
def test_an_anchor_alone_is_where_it_is_among_all(height, width, per_cell, stride):
    cell = torch.arange(per_cell * 4, dtype=torch.float32).view(-1, 4)
    level = LevelAnchors(cell, stride, height, width)
    wanted = [
        [x * stride + a, y * stride + b, x * stride + c, y * stride + d]
        for y in range(height)
        for x in range(width)
        for a, b, c, d in cell.tolist()
    ]
    assert level.all().tolist() == wanted
    some = torch.tensor([len(wanted) - 1, 0, len(wanted) // 2])
    assert level.at(some).tolist() == [wanted[n] for n in some]
