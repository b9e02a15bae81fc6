"""The first stage's last layers, for other anchors than they have learnt with."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from docmarks.model.anchors import cell_anchors
from docmarks.model.config import AnchorConfig

OBJECTNESS, DELTAS = "rpn_head.objectness", "rpn_head.deltas"


def carried(state: Mapping[str, Tensor], old: AnchorConfig, new: AnchorConfig) -> dict[str, Tensor]:
    """Rows for the anchors ``new``: each is what the nearest anchor of ``old`` has, and means the same box.

    So a network proposes at first what it did before, and a new shape learns from there. The layers serve all levels:
    sizes that do not grow from level to level as the old ones do are met on average.

    Args:
        state: Holds the two layers, by our parameter names.
        old: The anchors that they are of.
        new: The anchors wanted.

    Returns:
        Both layers' weights and biases.
    """
    before, after = _log_sides(old), _log_sides(new)  # [A, 2] each
    nearest = torch.cdist(after, before).argmin(dim=1)
    moved = before[nearest] - after  # log(old side / new side): what the deltas of the old anchor lack
    factor = torch.cat((moved.exp(), torch.ones_like(moved)), dim=1)  # dx, dy count in sides of the anchor
    summand = torch.cat((torch.zeros_like(moved), moved), dim=1)  # dw, dh are logarithms
    weight, bias = state[f"{DELTAS}.weight"], state[f"{DELTAS}.bias"]
    weight = weight.view(len(before), 4, *weight.shape[1:])[nearest] * factor[:, :, None, None, None].to(weight)
    bias = bias.view(len(before), 4)[nearest] * factor.to(bias) + summand.to(bias)
    return {
        f"{OBJECTNESS}.weight": state[f"{OBJECTNESS}.weight"][nearest],
        f"{OBJECTNESS}.bias": state[f"{OBJECTNESS}.bias"][nearest],
        f"{DELTAS}.weight": weight.flatten(0, 1),
        f"{DELTAS}.bias": bias.flatten(),
    }


def _log_sides(anchors: AnchorConfig) -> Tensor:
    """Logarithms of width and height of the anchors of a cell, on average over the levels: ``[A, 2]``."""
    cells = torch.stack([cell_anchors(sizes, anchors.ratios) for sizes in anchors.sizes])  # [5, A, 4]
    return (cells[..., 2:] - cells[..., :2]).log().mean(dim=0)
