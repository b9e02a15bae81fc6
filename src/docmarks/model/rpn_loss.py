"""Which anchors the Region Proposal Network learns from, and its losses (Ren et al. 2015, arXiv 1506.01497)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from docmarks.model import boxes
from docmarks.model.boxes import BoxCoder
from docmarks.model.config import RPNConfig
from docmarks.model.losses import binary_cross_entropy_sum, l1_sum
from docmarks.model.matching import BACKGROUND, IGNORED, Draws, Matcher, Sampler, an_image
from docmarks.model.targets import Targets

IGNORED_COVER = 0.5
"""An anchor or proposal that an ignored region covers to this share is no background."""


@dataclass(frozen=True)
class SampledAnchors:
    """The anchors of a batch that the losses are taken on.

    Attributes:
        images: ``[S]``, which image of the batch each belongs to.
        anchors: ``[S]``, which anchor of it, counted over all levels.
        positive: ``[S]`` bool: it should find a mark.
        wanted: ``[P, 4]``, the deltas of the positive ones, in their order.
    """

    images: Tensor
    anchors: Tensor
    positive: Tensor
    wanted: Tensor


class AnchorSampler:
    """Matches anchors to ground truth, and samples them.

    Anchors that an ignored region covers take no part, and where no label is fully annotated nothing is background.
    Where some are, an unmatched anchor may lie on a mark of the others that nobody boxed, but of tens of thousands of
    anchors hardly one that is drawn does. Without background on such images the first stage would learn none where few
    are annotated in full.
    """

    def __init__(self, config: RPNConfig) -> None:
        """Thresholds and counts as in ``RPNConfig``."""
        self.matcher = Matcher(config.background_iou, config.foreground_iou, keep_best=True)
        self.sampler = Sampler(config.samples_per_image, config.positive_fraction)
        self.coder = BoxCoder()

    @torch.no_grad()
    def __call__(self, anchors: Tensor, targets: Sequence[Targets], draws: Draws = None) -> SampledAnchors:
        """Anchors ``[n, 4]`` over all levels, which every image has, to those sampled on each."""
        images, indices, positives, wanted = [], [], [], []
        for image, target in enumerate(targets):
            index, state = self.matcher(boxes.iou(target.boxes, anchors))
            background = state == BACKGROUND
            unknown = (boxes.covered(anchors, target.ignored) >= IGNORED_COVER) | ~target.known.any()
            state = torch.where(background & unknown, IGNORED, state)
            positive, negative = self.sampler(state, an_image(draws, image))
            sampled = torch.cat((positive, negative))
            images.append(torch.full_like(sampled, image))
            indices.append(sampled)
            positives.append(torch.arange(len(sampled), device=sampled.device) < len(positive))
            if len(positive):
                wanted.append(self.coder.encode(anchors[positive], target.boxes[index[positive]]))
        return SampledAnchors(
            torch.cat(images),
            torch.cat(indices),
            torch.cat(positives),
            torch.cat(wanted) if wanted else anchors.new_zeros(0, 4),
        )


class RPNLoss(nn.Module):
    """Objectness and localisation loss of sampled anchors."""

    def __init__(self, config: RPNConfig) -> None:
        """Sums are divided by ``samples_per_image`` times the images, even if fewer were sampled."""
        super().__init__()
        self.samples_per_image = config.samples_per_image

    def forward(self, logits: Tensor, deltas: Tensor, sampled: SampledAnchors, n_images: int) -> dict[str, Tensor]:
        """Logits ``[S]`` and deltas ``[S, 4]`` of the sampled anchors of ``n_images`` images to the two losses."""
        total = self.samples_per_image * n_images
        objectness = binary_cross_entropy_sum(logits, sampled.positive.float())
        localisation = l1_sum(deltas[sampled.positive], sampled.wanted)
        return {"rpn_objectness": objectness / total, "rpn_box": localisation / total}
