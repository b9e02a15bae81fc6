"""Faster R-CNN, composed of its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from docmarks.model import boxes
from docmarks.model.anchors import AnchorGrid
from docmarks.model.backbone import ResNet
from docmarks.model.batch import Size
from docmarks.model.checkpointing import checkpointed
from docmarks.model.classification import Classification, MultiTask, Sigmoid, Softmax
from docmarks.model.config import InputConfig, ModelConfig
from docmarks.model.fpn import FPN
from docmarks.model.matching import Count, Draws, own_count
from docmarks.model.roi_heads import ROIHeads
from docmarks.model.rpn import ProposalSelector, RPNHead
from docmarks.model.rpn_loss import AnchorSampler, RPNLoss
from docmarks.model.targets import Targets


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
    anchors: list[Tensor]


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
        return F.pad(x, (0, -width % self.divisor, 0, -height % self.divisor))


class FasterRCNN(nn.Module):
    """Backbone, pyramid, proposals, region heads."""

    def __init__(self, config: ModelConfig) -> None:
        """Builds the network with fresh weights."""
        super().__init__()
        self.config = config
        classification = make_classification(config)
        self.normalise = Normalise(config.input)
        self.backbone = ResNet(config.backbone, config.input.n_channels, config.checkpointing)
        self.fpn = FPN(self.backbone.widths, config.fpn_width)
        self.anchors = AnchorGrid(config.anchors)
        self.rpn_head = RPNHead(config.fpn_width, self.anchors.per_cell)
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

    def _proposed(self, levels: list[Tensor], anchors: list[Tensor]) -> Pyramid:
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
        sampled = self.anchor_sampler(torch.cat(anchors), targets, draws)
        logits, deltas = self.rpn_head.at(levels, sampled.images, sampled.anchors)
        losses: dict[str, Tensor] = self.rpn_loss(logits, deltas, sampled, len(targets))
        # Only now without gradients: autocast keeps the weights that it has cast, and would keep them without.
        with torch.no_grad():
            pyramid = self._proposed(levels, anchors)
            proposals = [self.propose(pyramid, image, *size) for image, size in enumerate(sizes)]
        losses.update(self.roi_heads.losses(levels, proposals, targets, draws, count))
        return losses

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Inference on one image, before thresholds and NMS of the labels.

        Args:
            images: ``[1, C, H, W]`` in 0..255.

        Returns:
            Boxes ``[R, 4]`` (or ``[R, 4 * K]`` where the regression is class-wise), clipped to the image,
            in its pixels, and scores ``[R, K]``.
        """
        return self._detect(self.pyramid(images), 0, images.shape[2], images.shape[3])

    def detect_batch(self, images: Tensor, sizes: Sequence[Size]) -> list[tuple[Tensor, Tensor]]:
        """Inference on a padded batch (``stack_images``): what ``forward`` gives for each image.

        Args:
            images: ``[N, C, H, W]`` in 0..255.
            sizes: (height, width) of each before padding.
        """
        pyramid = self.pyramid(images)
        return [self._detect(pyramid, image, *size) for image, size in enumerate(sizes)]

    def _detect(self, pyramid: Pyramid, image: int, height: int, width: int) -> tuple[Tensor, Tensor]:
        proposals = self.propose(pyramid, image, height, width)
        index = torch.full((proposals.shape[0],), image, dtype=torch.int64, device=proposals.device)
        scores, refined = self.roi_heads(pyramid.levels, proposals, index)
        clipped = boxes.clip(refined.reshape(-1, 4), height, width)
        return clipped.reshape(refined.shape), scores

    def propose(self, pyramid: Pyramid, image: int, height: int, width: int) -> Tensor:
        """The proposals ``[P, 4]`` of one image of the batch, whose size before padding is ``height`` x ``width``."""
        chosen, _ = self.proposals(
            [logits[image] for logits in pyramid.logits],
            [deltas[image] for deltas in pyramid.deltas],
            pyramid.anchors,
            height,
            width,
        )
        return chosen
