"""Region Proposal Network (Ren et al. 2015, arXiv 1506.01497)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torchvision.ops import nms

from docmarks.model import boxes
from docmarks.model.boxes import BoxCoder
from docmarks.model.config import RPNConfig
from docmarks.model.losses import binary_cross_entropy_sum, l1_sum
from docmarks.model.matching import BACKGROUND, IGNORED, Draws, Matcher, Sampler, an_image
from docmarks.model.targets import Targets

IGNORED_COVER = 0.5
"""An anchor or proposal that an ignored region covers to this share is no background."""


class RPNHead(nn.Module):
    """One 3x3 convolution, then objectness and deltas of every anchor, shared by the levels."""

    def __init__(self, width: int, anchors_per_cell: int) -> None:
        """``width``: channels of the pyramid."""
        super().__init__()
        self.conv = nn.Conv2d(width, width, 3, padding=1)
        self.objectness = nn.Conv2d(width, anchors_per_cell, 1)
        self.deltas = nn.Conv2d(width, anchors_per_cell * 4, 1)
        for layer in (self.conv, self.objectness, self.deltas):
            nn.init.normal_(layer.weight, std=0.01)
            layer.bias.data.zero_()  # type: ignore[union-attr]

    def forward(self, levels: Sequence[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
        """Levels ``[N, C, H, W]`` to logits ``[N, H * W * A]`` and deltas ``[N, H * W * A, 4]`` a level."""
        logits, deltas = [], []
        for level in levels:
            n = level.shape[0]
            hidden = F.relu(self.conv(level))
            logits.append(self.objectness(hidden).permute(0, 2, 3, 1).reshape(n, -1))
            # Channels are a * 4 + (dx, dy, dw, dh).
            deltas.append(self.deltas(hidden).permute(0, 2, 3, 1).reshape(n, -1, 4))
        return logits, deltas


class ProposalSelector(nn.Module):
    """Chooses the proposals of one image: best logits a level, clipped, not empty, NMS a level."""

    def __init__(self, config: RPNConfig, smaller: Callable[[int, int], int] = min) -> None:
        """Counts differ between training and test: see ``RPNConfig``.

        Args:
            config: The counts and the NMS threshold.
            smaller: The smaller of two counts; an export puts in one that it can trace.
        """
        super().__init__()
        self.config = config
        self.coder = BoxCoder()
        self.smaller = smaller

    def forward(
        self,
        logits: Sequence[Tensor],
        deltas: Sequence[Tensor],
        anchors: Sequence[Tensor],
        height: int,
        width: int,
    ) -> tuple[Tensor, Tensor]:
        """One image's logits ``[n]``, deltas ``[n, 4]`` and anchors ``[n, 4]`` of every level.

        Args:
            logits: Objectness of every level.
            deltas: Box deltas of every level.
            anchors: Anchors of every level.
            height: Of the image before padding.
            width: Of the image before padding.

        Returns:
            Proposals ``[P, 4]`` and their logits ``[P]``, best first.
        """
        before = self.config.pre_nms_train if self.training else self.config.pre_nms_test
        after = self.config.post_nms_train if self.training else self.config.post_nms_test
        kept_boxes, kept_logits = [], []
        for logit, delta, anchor in zip(logits, deltas, anchors, strict=True):
            top, index = logit.float().topk(self.smaller(before, logit.shape[0]))
            box = self.coder.decode(anchor[index], delta[index])
            finite = torch.isfinite(box).all(dim=1) & torch.isfinite(top)
            box = boxes.clip(box, height, width)
            keep = (finite & (box[:, 2] > box[:, 0]) & (box[:, 3] > box[:, 1])).nonzero().flatten()
            box, top = box[keep], top[keep]
            keep = nms(box, top, self.config.nms_iou)
            kept_boxes.append(box[keep])
            kept_logits.append(top[keep])
        merged_boxes, merged_logits = torch.cat(kept_boxes), torch.cat(kept_logits)
        best, order = merged_logits.sort(descending=True)
        return merged_boxes[order[:after]], best[:after]


class RPNLoss(nn.Module):
    """Objectness and localisation loss of sampled anchors.

    Anchors that an ignored region covers take no part. On an image where some of the model's labels
    are not fully annotated an unmatched anchor may lie on an unboxed mark, so only its matched anchors count.
    """

    def __init__(self, config: RPNConfig) -> None:
        """Sums are divided by ``samples_per_image`` times the images, even if fewer were sampled."""
        super().__init__()
        self.matcher = Matcher(config.background_iou, config.foreground_iou, keep_best=True)
        self.sampler = Sampler(config.samples_per_image, config.positive_fraction)
        self.coder = BoxCoder()
        self.samples_per_image = config.samples_per_image

    def forward(
        self,
        logits: Tensor,
        deltas: Tensor,
        anchors: Tensor,
        targets: Sequence[Targets],
        draws: Draws = None,
    ) -> dict[str, Tensor]:
        """Logits ``[N, n]``, deltas ``[N, n, 4]`` and anchors ``[n, 4]`` over all levels to the two losses."""
        objectness = logits.sum() * 0.0
        localisation = deltas.sum() * 0.0
        for image, (logit, delta, target) in enumerate(zip(logits, deltas, targets, strict=True)):
            index, state = self.matcher(boxes.iou(target.boxes, anchors))
            background = state == BACKGROUND
            unknown = boxes.covered(anchors, target.ignored) >= IGNORED_COVER
            if not bool(target.known.all()):
                unknown = torch.ones_like(unknown)
            state = torch.where(background & unknown, IGNORED, state)
            positive, negative = self.sampler(state, an_image(draws, image))
            sampled = torch.cat((positive, negative))
            truth = torch.zeros(len(sampled), device=logit.device)
            truth[: len(positive)] = 1.0
            objectness = objectness + binary_cross_entropy_sum(logit[sampled], truth)
            if len(positive):
                wanted = self.coder.encode(anchors[positive], target.boxes[index[positive]])
                localisation = localisation + l1_sum(delta[positive], wanted)
        total = self.samples_per_image * len(targets)
        return {"rpn_objectness": objectness / total, "rpn_box": localisation / total}
