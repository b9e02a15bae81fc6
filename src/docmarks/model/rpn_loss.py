"""Which anchors the Region Proposal Network learns from, and its losses (Ren et al. 2015, arXiv 1506.01497)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from docmarks.model import boxes
from docmarks.model.boxes import BoxCoder
from docmarks.model.config import RPNConfig
from docmarks.model.losses import binary_cross_entropy_sum, l1_sum
from docmarks.model.matching import BACKGROUND, IGNORED, Draws, Matcher, Sampled, Sampler
from docmarks.model.targets import TargetBatch

IGNORED_COVER = 0.5
"""An anchor or proposal that an ignored region covers to this share is no background."""


PAIRS = {"cpu": 2**18, "cuda": 2**25}
"""So many anchors with ground truths are compared at a time, at least those of one image.

A processor is quickest while they stay in its cache, a graphics processor the less often it is asked.
"""


@dataclass(frozen=True)
class SampledAnchors:
    """The anchors of a batch that the losses are taken on.

    Attributes:
        sampled: Which they are.
        wanted: ``[P, 4]``, the deltas of the P foreground ones.
    """

    sampled: Sampled
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
    def __call__(self, anchors: Tensor, targets: TargetBatch, draws: Draws = None) -> SampledAnchors:
        """Anchors ``[n, 4]`` over all levels, which every image has, to those sampled on each."""
        n_images, most = targets.boxes.shape[:2]
        together = max(1, PAIRS.get(anchors.device.type, PAIRS["cuda"]) // (most * len(anchors)))
        parts = [self._matched(anchors, targets.part(i, together)) for i in range(0, n_images, together)]
        index, state = (torch.cat(tensors) for tensors in zip(*parts, strict=True))
        sampled = self.sampler(state, draws)
        images, chosen = sampled.images[: sampled.n_foreground], sampled.references[: sampled.n_foreground]
        truth = targets.boxes[images, index[images, chosen]]
        return SampledAnchors(sampled, self.coder.encode(anchors[chosen], truth))

    def _matched(self, anchors: Tensor, targets: TargetBatch) -> tuple[Tensor, Tensor]:
        """Index of the ground truth and state of each anchor, both ``[N, n]``."""
        index, state = self.matcher(boxes.iou(targets.boxes, anchors))
        unknown = (boxes.covered(anchors, targets.ignored) >= IGNORED_COVER) | ~targets.known.any(dim=1)[:, None]
        return index, torch.where((state == BACKGROUND) & unknown, IGNORED, state)


class RPNLoss(nn.Module):
    """Objectness and localisation loss of sampled anchors."""

    def __init__(self, config: RPNConfig) -> None:
        """Sums are divided by ``samples_per_image`` times the images, even if fewer were sampled."""
        super().__init__()
        self.samples_per_image = config.samples_per_image

    def forward(self, logits: Tensor, deltas: Tensor, sampled: SampledAnchors, n_images: int) -> dict[str, Tensor]:
        """Logits ``[S]`` and deltas ``[S, 4]`` of the sampled anchors of ``n_images`` images to the two losses."""
        total = self.samples_per_image * n_images
        objectness = binary_cross_entropy_sum(logits, sampled.sampled.foreground.float())
        localisation = l1_sum(deltas[: sampled.sampled.n_foreground], sampled.wanted)
        return {"rpn_objectness": objectness / total, "rpn_box": localisation / total}
