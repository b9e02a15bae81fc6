"""Second stage: regions to labels and boxes."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from docmarks.model import boxes
from docmarks.model.boxes import BoxCoder
from docmarks.model.classification import Classification
from docmarks.model.config import ROIConfig
from docmarks.model.heads import BoxHead, BoxPredictor
from docmarks.model.losses import l1_sum
from docmarks.model.matching import BACKGROUND, FOREGROUND, Count, Draws, Matcher, Sampler, an_image, own_count
from docmarks.model.pooler import ROIPooler
from docmarks.model.rpn_loss import IGNORED_COVER
from docmarks.model.targets import Targets

CODER = BoxCoder((10.0, 10.0, 5.0, 5.0))

DOUBT = 0.3
"""From this score on, an unmatched region may be an unboxed mark of a label that is not fully annotated."""


class Regions:
    """Sampled regions of a batch with what they should become.

    Attributes:
        proposals: ``[R, 4]``.
        image_index: ``[R]``.
        labels: ``[R, K]`` multi-hot.
        known: ``[R, K]`` bool: whether the label holds is known.
        likely: ``[R, K]`` bool: it does not hold unless somebody left a mark unboxed.
        foreground: ``[R]`` bool.
        truth: ``[R, 4]`` box of the matched ground truth; meaningless where not foreground.
    """

    def __init__(self, parts: Sequence[tuple[Tensor, ...]]) -> None:
        """``parts``: (proposals, labels, known, likely, foreground, truth) of every image."""
        joined = (torch.cat(tensors) for tensors in zip(*parts, strict=True))
        self.proposals, self.labels, self.known, self.likely, self.foreground, self.truth = joined
        self.image_index = torch.cat(
            [torch.full((len(part[0]),), i, device=part[0].device) for i, part in enumerate(parts)]
        )


class RegionSampler:
    """Matches proposals (and the ground truth itself, appended) to ground truth, and samples them."""

    def __init__(self, config: ROIConfig) -> None:
        """IoU from ``foreground_iou`` on is foreground; everything else is background."""
        self.matcher = Matcher(config.foreground_iou, config.foreground_iou)
        self.sampler = Sampler(config.samples_per_image, config.positive_fraction)

    @torch.no_grad()
    def __call__(
        self,
        proposals: Sequence[Tensor],
        targets: Sequence[Targets],
        draws: Draws = None,
    ) -> Regions:
        """Proposals ``[P, 4]`` of every image to sampled regions."""
        pairs = enumerate(zip(proposals, targets, strict=True))
        return Regions([self._sample(p, t, an_image(draws, image)) for image, (p, t) in pairs])

    def _sample(self, proposals: Tensor, target: Targets, generator: torch.Generator | None) -> tuple[Tensor, ...]:
        candidates = torch.cat((proposals, target.boxes))
        index, state = self.matcher(boxes.iou(target.boxes, candidates))
        positive, negative = self.sampler(state, generator)
        sampled = torch.cat((positive, negative))
        candidates, index, state = candidates[sampled], index[sampled], state[sampled]
        foreground = state == FOREGROUND
        if len(target.boxes):
            labels = target.labels[index] * foreground[:, None]
            truth = target.boxes[index]
        else:
            labels = target.labels.new_zeros((len(sampled), target.labels.shape[1]))
            truth = candidates
        # A matched region's labels are known. An unmatched one is background for labels that are fully annotated
        # here and, if there are any, likely so for the others; neither where an ignored region covers it.
        clear = (state == BACKGROUND) & (boxes.covered(candidates, target.ignored) < IGNORED_COVER)
        known = foreground[:, None] | (clear[:, None] & target.known)
        likely = clear[:, None] & ~target.known & target.known.any()
        return candidates, labels, known, likely, foreground, truth


class ROIHeads(nn.Module):
    """Pools regions, gives them labels and better boxes."""

    def __init__(self, config: ROIConfig, width: int, n_labels: int, classification: Classification) -> None:
        """``width``: channels of the pyramid."""
        super().__init__()
        self.config = config
        self.classification = classification
        self.n_boxes = 1 if config.class_agnostic_boxes else n_labels
        self.pooler = ROIPooler(config.resolution, config.sampling_ratio)
        self.box_head = BoxHead(width, config.resolution, config.fc_width)
        self.predictor = BoxPredictor(config.fc_width, classification, self.n_boxes)
        self.sampler = RegionSampler(config)

    def forward(self, levels: Sequence[Tensor], proposals: Tensor, image_index: Tensor) -> tuple[Tensor, Tensor]:
        """Scores ``[R, K]`` and boxes ``[R, 4 * n_boxes]`` (not clipped) of the proposals ``[R, 4]``."""
        logits, deltas = self._predict(levels, proposals, image_index)
        return self.classification.scores(logits), CODER.decode(proposals, deltas)

    def losses(
        self,
        levels: Sequence[Tensor],
        proposals: Sequence[Tensor],
        targets: Sequence[Targets],
        draws: Draws = None,
        count: Count = own_count,
    ) -> dict[str, Tensor]:
        """The label loss and the box loss; the latter is divided by all sampled regions."""
        regions = self.sampler(proposals, targets, draws)
        logits, deltas = self._predict(levels, regions.proposals, regions.image_index)
        # Nearly all that nobody boxed is background (how little the rest harms: Wu et al. 2018, arXiv 1806.06986), and
        # what is not, the network begins to see by itself: it is not taught otherwise.
        unseen = self.classification.scores(logits.detach()) < DOUBT
        counts = regions.known | (regions.likely & unseen)
        label_loss = self.classification.loss(logits, regions.labels, counts, count)
        wanted = CODER.encode(regions.proposals[regions.foreground], regions.truth[regions.foreground])
        predicted = deltas[regions.foreground].reshape(len(wanted), self.n_boxes, 4)
        if self.n_boxes > 1:
            # Each region trains the regression of its first label.
            label = regions.labels[regions.foreground].argmax(dim=1)
            predicted = predicted[torch.arange(len(label), device=label.device), label]
        sampled = count(logits.new_tensor(len(regions.proposals), dtype=torch.float32))
        box_loss = l1_sum(predicted.reshape(-1, 4), wanted) / sampled.clamp(min=1)
        return {"roi_labels": label_loss, "roi_box": box_loss}

    def _predict(self, levels: Sequence[Tensor], proposals: Tensor, image_index: Tensor) -> tuple[Tensor, Tensor]:
        return self.predictor(self.box_head(self.pooler(levels, proposals, image_index)))
