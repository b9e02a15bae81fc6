"""Faster R-CNN, composed of its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from docmarks.model import boxes
from docmarks.model.anchors import AnchorGrid, LevelAnchors
from docmarks.model.backbone import ResNet
from docmarks.model.batch import Size
from docmarks.model.checkpointing import checkpointed
from docmarks.model.classification import Classification, MultiTask, Sigmoid, Softmax
from docmarks.model.config import InputConfig, ModelConfig
from docmarks.model.fpn import FPN
from docmarks.model.matching import Count, Draws, own_count
from docmarks.model.pooler import Poolable, poolable
from docmarks.model.roi_heads import ROIHeads
from docmarks.model.rpn import ProposalSelector, RPNHead
from docmarks.model.rpn_loss import AnchorSampler, RPNLoss
from docmarks.model.targets import TargetBatch, Targets


def make_classification(config: ModelConfig) -> Classification:
    """The formulation that ``config.head`` names."""
    weights = config.roi.label_weights
    if config.head == "multitask":
        return MultiTask(config.groups, weights)
    if config.head == "softmax":
        return Softmax(len(config.labels), weights)
    return Sigmoid(len(config.labels), weights)


@dataclass(frozen=True)
class Pyramid:
    """What the first stage makes of a batch."""

    levels: list[Tensor]
    logits: list[Tensor]
    deltas: list[Tensor]
    anchors: list[LevelAnchors]


class Normalise(nn.Module):
    """Values 0..255 to what the network was made for, padded (right, bottom) with zeros after that."""

    mean: Tensor
    std: Tensor

    def __init__(self, config: InputConfig) -> None:
        """Mean and std one a channel."""
        super().__init__()
        self.divisor = config.divisor
        self.register_buffer("mean", torch.tensor(config.mean).view(1, -1, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(config.std).view(1, -1, 1, 1), persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        """``[N, C, H, W]`` in 0..255 to the same with sides that are multiples of the divisor."""
        x = (images - self.mean) / self.std
        height, width = x.shape[2], x.shape[3]
        padded = F.pad(x, (0, -width % self.divisor, 0, -height % self.divisor))
        # Says once more how many channels there are: an exported padding may have any number, and what follows would
        # not compute in int8.
        return padded.reshape(x.shape[0], self.mean.shape[1], padded.shape[2], padded.shape[3])


class FasterRCNN(nn.Module):
    """Backbone, pyramid, proposals, region heads."""

    def __init__(self, config: ModelConfig) -> None:
        """Builds the network with fresh weights."""
        super().__init__()
        self.config = config
        classification = make_classification(config)
        self.normalise = Normalise(config.input)
        self.backbone = ResNet(config.backbone, config.input.n_channels, config.checkpointing)
        self.fpn = FPN(self.backbone.widths, config.fpn_width, config.ranks)
        self.anchors = AnchorGrid(config.anchors)
        self.rpn_head = RPNHead(config.fpn_width, self.anchors.per_cell, config.ranks.proposals)
        self.proposals = ProposalSelector(config.rpn)
        self.anchor_sampler = AnchorSampler(config.rpn)
        self.rpn_loss = RPNLoss(config.rpn)
        self.roi_heads = ROIHeads(config.roi, config.fpn_width, len(config.labels), classification)

    def pyramid(self, images: Tensor) -> Pyramid:
        """First stage: ``[N, C, H, W]`` in 0..255 to features, objectness, deltas and anchors."""
        levels = self._levels(images)
        return self._proposed(levels, self.anchors(levels))

    def _levels(self, images: Tensor) -> list[Tensor]:
        features = self.backbone(self.normalise(images))
        if self.config.checkpointing and self.training:
            return checkpointed(self.fpn, features, self.fpn)
        levels: list[Tensor] = self.fpn(features)
        return levels

    def _proposed(self, levels: list[Tensor], anchors: list[LevelAnchors]) -> Pyramid:
        logits, deltas = self.rpn_head(levels)
        return Pyramid(levels, logits, deltas, anchors)

    def losses(
        self,
        images: Tensor,
        targets: Sequence[Targets],
        draws: Draws = None,
        sizes: Sequence[Size] | None = None,
        count: Count = own_count,
    ) -> dict[str, Tensor]:
        """Training: the four losses of a batch.

        Args:
            images: ``[N, C, H, W]`` in 0..255.
            targets: One an image.
            draws: Draws the samples: a generator, or one an image; None uses torch's global state.
            sizes: (height, width) of each image before it was padded; None where all fill the batch.
            count: Turns the number of regions of this process into their mean over all processes, so that the mean
                of the processes' losses is the loss of their joined batch.

        Returns:
            ``rpn_objectness``, ``rpn_box``, ``roi_labels``, ``roi_box``: scalars, to be added.
        """
        levels = self._levels(images)
        sizes = sizes or [(images.shape[2], images.shape[3])] * len(targets)
        anchors = self.anchors(levels)
        truth = TargetBatch.of(targets, images.device)
        chosen = self.anchor_sampler(torch.cat([level.all() for level in anchors]), truth, draws)
        logits, deltas = self.rpn_head.at(levels, chosen.sampled.images, chosen.sampled.references)
        losses: dict[str, Tensor] = self.rpn_loss(logits, deltas, chosen, len(targets))
        # Only now without gradients: autocast keeps the weights that it has cast, and would keep them without.
        with torch.no_grad():
            pyramid = self._proposed(levels, anchors)
            within = torch.tensor(sizes, dtype=torch.float32, device=images.device)
            proposals, usable = self.proposals.ranked(pyramid.logits, pyramid.deltas, pyramid.anchors, within)
        losses.update(self.roi_heads.losses(self._poolable(levels), proposals, usable, truth, within, draws, count))
        return losses

    def forward(self, images: Tensor, sizes: Tensor | None = None) -> tuple[Tensor, Tensor, Tensor]:
        """Inference, before thresholds and NMS of the labels.

        Args:
            images: ``[N, C, H, W]`` in 0..255.
            sizes: ``[N, 2]`` or, for all alike, ``[1, 2]``: (height, width) of each image before it was padded (right,
                bottom) to H x W; None where all fill the batch. More than H or W is H or W.

        Returns:
            Boxes ``[R, 4]`` (or ``[R, 4 * K]`` where the regression is class-wise), clipped to their image, in its
            pixels; scores ``[R, K]``; and the image of each, ``[R]`` int64 in 0..N - 1. A network that looks twice
            gives what it saw at first, image by image, and then what it saw at the second look.
        """
        whole = torch.stack([torch.as_tensor(side) for side in images.shape[2:]]).to(images.device)
        within = (whole[None] if sizes is None else torch.minimum(sizes, whole)).to(torch.float32)
        within = within.expand(images.shape[0], 2)
        pyramid = self.pyramid(images)
        proposals, _, index = self.proposals(pyramid.logits, pyramid.deltas, pyramid.anchors, within)
        levels = self._poolable(pyramid.levels)
        scores, found = self._look(levels, proposals, index, within)
        if not self.config.roi.second_look:
            return found, scores, index
        # Which ones depends on nothing but themselves, so that a page gets the same answer in any batch.
        again = (scores.amax(dim=1) > self.config.roi.score_threshold).nonzero().flatten()
        more_scores, more = self._look(levels, found[again], index[again], within)
        return torch.cat((found, more)), torch.cat((scores, more_scores)), torch.cat((index, index[again]))

    def _poolable(self, levels: list[Tensor]) -> Poolable:
        return poolable(levels, self.config.roi.sampling_ratio)

    def _look(self, levels: Poolable, regions: Tensor, index: Tensor, within: Tensor) -> tuple[Tensor, Tensor]:
        """Scores and boxes, clipped to ``within`` ``[N, 2]``, of the regions ``[R, 4]`` of the images ``[R]``."""
        scores, refined = self.roi_heads(levels, regions, index)
        limits = within[index]  # [R, 2]
        each = refined.reshape(-1, self.roi_heads.n_boxes, 4)
        return scores, boxes.clip(each, limits[:, :1], limits[:, 1:]).reshape(refined.shape)

    def detect_batch(self, images: Tensor, sizes: Sequence[Size]) -> list[tuple[Tensor, Tensor]]:
        """Inference on a padded batch (``stack_images``): boxes and scores of each image, as of ``forward``.

        Args:
            images: ``[N, C, H, W]`` in 0..255.
            sizes: (height, width) of each before padding.
        """
        found, scores, index = self(images, torch.tensor(sizes, device=images.device))
        return [(found[index == image], scores[index == image]) for image in range(len(sizes))]

    def propose(self, pyramid: Pyramid, sizes: Sequence[Size]) -> list[Tensor]:
        """The proposals ``[P, 4]`` of each image of the batch; ``sizes`` are those before padding."""
        place = pyramid.logits[0].device
        within = torch.tensor(sizes, dtype=torch.float32, device=place)
        chosen, _, index = self.proposals(pyramid.logits, pyramid.deltas, pyramid.anchors, within)
        return [chosen[index == image] for image in range(len(sizes))]
