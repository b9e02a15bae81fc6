"""Region Proposal Network (Ren et al. 2015, arXiv 1506.01497)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torchvision.ops import nms

from docmarks.model import boxes
from docmarks.model.anchors import LevelAnchors
from docmarks.model.boxes import BoxCoder
from docmarks.model.config import RPNConfig
from docmarks.model.low_rank import conv3x3, conv_at

NONE = float("-inf")
"""The logit of a box that is no proposal."""


class RPNHead(nn.Module):
    """One 3x3 convolution, then objectness and deltas of every anchor, shared by the levels."""

    def __init__(self, width: int, anchors_per_cell: int, rank: int | None = None) -> None:
        """``width``: channels of the pyramid; ``rank``: filters of the 3x3 convolution, None for ``width``."""
        super().__init__()
        self.conv = conv3x3(width, width, rank)
        self.objectness = nn.Conv2d(width, anchors_per_cell, 1)
        self.deltas = nn.Conv2d(width, anchors_per_cell * 4, 1)
        for layer in (self.conv, self.objectness, self.deltas):
            if isinstance(layer, nn.Conv2d):  # two in a row of so small weights would hand nothing on
                nn.init.normal_(layer.weight, std=0.01)
                layer.bias.data.zero_()  # type: ignore[union-attr]

    def forward(self, levels: Sequence[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
        """Levels ``[N, C, H, W]`` to logits ``[N, H * W * A]`` and deltas ``[N, H * W * A, 4]`` a level."""
        logits, deltas = [], []
        for level in levels:
            n = level.shape[0]
            hidden = F.relu_(self.conv(level))
            logits.append(self.objectness(hidden).permute(0, 2, 3, 1).reshape(n, -1))
            # Channels are a * 4 + (dx, dy, dw, dh).
            deltas.append(self.deltas(hidden).permute(0, 2, 3, 1).reshape(n, -1, 4))
        return logits, deltas

    def at(self, levels: Sequence[Tensor], images: Tensor, anchors: Tensor) -> tuple[Tensor, Tensor]:
        """What ``forward`` gives for a few anchors, computed where they are and nowhere else.

        The losses look at 128 or 256 anchors of the hundred thousand of an image. The way back through the whole maps
        would be the dearest of the network, and all but nothing of what flows there is zero.

        Args:
            levels: ``[N, C, H, W]`` each.
            images: ``[S]``, the image of each anchor.
            anchors: ``[S]``, its number over all levels.

        Returns:
            Logits ``[S]`` and deltas ``[S, 4]``.
        """
        per_cell = self.objectness.out_channels
        patches, order, first = [], [], 0
        for level in levels:
            height, width = level.shape[2:]
            chosen = ((anchors >= first) & (anchors < first + height * width * per_cell)).nonzero().flatten()
            cells = (anchors[chosen] - first) // per_cell
            patches.append(_neighbourhoods(level, images[chosen], cells // width, cells % width))
            order.append(chosen)
            first += height * width * per_cell
        hidden = F.relu(conv_at(self.conv, torch.cat(patches)))  # [S, C]
        chosen = torch.cat(order)
        which = anchors[chosen] % per_cell  # every level begins with the first anchor of a cell
        rows = torch.arange(len(which), device=which.device)
        logits = F.linear(hidden, self.objectness.weight.flatten(1), self.objectness.bias)[rows, which]
        deltas = F.linear(hidden, self.deltas.weight.flatten(1), self.deltas.bias)
        back = chosen.argsort()
        return logits[back], deltas.view(-1, per_cell, 4)[rows, which][back]


def _neighbourhoods(level: Tensor, images: Tensor, ys: Tensor, xs: Tensor) -> Tensor:
    """What a 3x3 convolution sees at some cells of ``[N, C, H, W]``, with zeros around it: ``[S, C * 9]``."""
    height, width = level.shape[2:]
    offsets = torch.arange(-1, 2, device=level.device)
    y = (ys[:, None] + offsets)[:, :, None].expand(-1, 3, 3)
    x = (xs[:, None] + offsets)[:, None, :].expand(-1, 3, 3)
    inside = (y >= 0) & (y < height) & (x >= 0) & (x < width)  # [S, 3, 3]
    seen = level[images[:, None, None], :, y.clamp(0, height - 1), x.clamp(0, width - 1)]  # [S, 3, 3, C]
    return (seen * inside[..., None]).permute(0, 3, 1, 2).flatten(1)


Suppressed = tuple[Tensor, Tensor]
"""What non-maximum suppression leaves: image ``[S]`` and place ``[S]`` of each box."""


def suppress(box: Tensor, score: Tensor, iou: float) -> Suppressed:
    """Non-maximum suppression on each image by itself.

    Args:
        box: ``[N, B, 4]``.
        score: ``[N, B]``.
        iou: A box goes if its IoU with a better one is over this.
    """
    if box.is_cuda:
        return suppress_side_by_side(box, score, iou)
    kept = [nms(*of_image, iou) for of_image in zip(box, score, strict=True)]
    return torch.cat([torch.full_like(place, image) for image, place in enumerate(kept)]), torch.cat(kept)


def suppress_side_by_side(box: Tensor, score: Tensor, iou: float) -> Suppressed:
    """The same, the images laid beside each other and done at once: a graphics processor starts once, not N times.

    On the CPU, where all boxes are compared with all, it would take N times as long. Where two boxes overlap by just
    ``iou`` it may decide otherwise, since numbers far from zero are rounded more.
    """
    apart = torch.nan_to_num(box, nan=0.0, posinf=0.0, neginf=0.0).amax() + 1
    shift = torch.arange(len(box), device=box.device) * apart
    kept = nms((box + shift[:, None, None]).reshape(-1, 4), score.reshape(-1), iou)
    return kept // box.shape[1], kept % box.shape[1]


class ProposalSelector(nn.Module):
    """Chooses the proposals of each image: best logits a level, clipped, not empty, NMS a level."""

    def __init__(
        self,
        config: RPNConfig,
        smaller: Callable[[int, int], int] = min,
        suppress: Callable[[Tensor, Tensor, float], Suppressed] = suppress,
    ) -> None:
        """Counts differ between training and test: see ``RPNConfig``.

        Args:
            config: The counts and the NMS threshold.
            smaller: The smaller of two counts; an export puts in one that it can trace.
            suppress: Non-maximum suppression; likewise.
        """
        super().__init__()
        self.config = config
        self.coder = BoxCoder()
        self.smaller = smaller
        self.suppress = suppress

    def forward(
        self, logits: Sequence[Tensor], deltas: Sequence[Tensor], anchors: Sequence[LevelAnchors], sizes: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """A batch's logits ``[N, n]`` and deltas ``[N, n, 4]`` of every level to its proposals.

        Args:
            logits: Objectness of every level.
            deltas: Box deltas of every level.
            anchors: Anchors of every level.
            sizes: ``[N, 2]`` float32, (height, width) of each image before padding.

        Returns:
            Proposals ``[P, 4]``, their logits ``[P]`` and their images ``[P]``: image by image, best first.
        """
        found, best, order = self._best(logits, deltas, anchors, sizes)
        chosen = (best.reshape(-1) > NONE).nonzero().flatten()
        proposals = found.reshape(-1, 4)[in_rows(order, found)[chosen]]
        return proposals, best.reshape(-1)[chosen], chosen // best.shape[1]

    def ranked(
        self, logits: Sequence[Tensor], deltas: Sequence[Tensor], anchors: Sequence[LevelAnchors], sizes: Tensor
    ) -> tuple[Tensor, Tensor]:
        """The same, as many an image: boxes ``[N, P, 4]``, best first, and which of them are any, ``[N, P]`` bool."""
        found, best, order = self._best(logits, deltas, anchors, sizes)
        return found.reshape(-1, 4)[in_rows(order, found)].reshape(*order.shape, 4), best > NONE

    def _best(
        self, logits: Sequence[Tensor], deltas: Sequence[Tensor], anchors: Sequence[LevelAnchors], sizes: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Boxes of all levels ``[N, B, 4]``; logits, or NONE, and places among them of the best, both ``[N, P]``."""
        before = self.config.pre_nms_train if self.training else self.config.pre_nms_test
        after = self.config.post_nms_train if self.training else self.config.post_nms_test
        found, scores, images, places, n_before = [], [], [], [], 0
        for logit, delta, anchor in zip(logits, deltas, anchors, strict=True):
            top, index = logit.float().topk(self.smaller(before, logit.shape[1]), dim=1)  # [N, T]
            box = self.coder.decode(
                anchor.at(index.reshape(-1)), delta.reshape(-1, 4)[in_rows(index, logit)]
            )  # [N * T, 4]
            box = box.reshape(*top.shape, 4)
            finite = torch.isfinite(box).all(dim=2) & torch.isfinite(top)
            box = boxes.clip(box, sizes[:, :1], sizes[:, 1:])
            usable = finite & (box[:, :, 2] > box[:, :, 0]) & (box[:, :, 3] > box[:, :, 1])
            # What is left out stays in its place, so that all images have as many; as the last it suppresses nothing.
            top = torch.where(usable, top, NONE)
            image, place = self.suppress(box, top, self.config.nms_iou)
            found.append(box)
            scores.append(top)
            images.append(image)
            places.append(place + n_before)
            n_before = n_before + top.shape[1]
        score = torch.cat(scores, dim=1)  # [N, B]
        kept = torch.cat(images) * score.shape[1] + torch.cat(places)  # [S], of the N * B
        flat = torch.full_like(score, NONE).reshape(-1).scatter(0, kept, score.reshape(-1)[kept])
        best, order = flat.reshape(score.shape).sort(dim=1, descending=True)
        return torch.cat(found, dim=1), best[:, :after], order[:, :after]


def in_rows(index: Tensor, rows: Tensor) -> Tensor:
    """Places in each row of ``[N, B]`` as places in all of it, row after row: ``[N, T]`` to ``[N * T]``.

    One index instead of two: exported, a choice by two takes a dozen operations.
    """
    first = torch.arange(rows.shape[0], device=rows.device) * rows.shape[1]
    return (index + first[:, None]).reshape(-1)
