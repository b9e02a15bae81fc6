"""Second stage: regions to labels and boxes."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from docmarks.model import boxes
from docmarks.model.boxes import BoxCoder
from docmarks.model.classification import Classification
from docmarks.model.config import ROIConfig
from docmarks.model.context import ContextPooler
from docmarks.model.heads import BoxHead, BoxPredictor
from docmarks.model.losses import l1_sum
from docmarks.model.matching import FOREGROUND, IGNORED, Count, Draws, Matcher, Sampler, own_count
from docmarks.model.pooler import Poolable, ROIPooler
from docmarks.model.rpn_loss import IGNORED_COVER
from docmarks.model.targets import TargetBatch

CODER = BoxCoder((10.0, 10.0, 5.0, 5.0))

DOUBT = 0.3
"""From this score on, an unmatched region may be an unboxed mark of a label that is not fully annotated."""


@dataclass(frozen=True)
class Regions:
    """Sampled regions of a batch with what they should become.

    Attributes:
        proposals: ``[R, 4]``.
        image_index: ``[R]``.
        labels: ``[R, K]`` multi-hot.
        known: ``[R, K]`` bool: whether the label holds is known.
        likely: ``[R, K]`` bool: it does not hold unless somebody left a mark unboxed.
        truth: ``[F, 4]``, the box of the matched ground truth of the first F, which are foreground.
    """

    proposals: Tensor
    image_index: Tensor
    labels: Tensor
    known: Tensor
    likely: Tensor
    truth: Tensor


class RegionSampler:
    """Matches proposals (and the ground truth itself, appended) to ground truth, and samples them."""

    def __init__(self, config: ROIConfig) -> None:
        """IoU from ``foreground_iou`` on is foreground; everything else is background."""
        self.matcher = Matcher(config.foreground_iou, config.foreground_iou)
        self.sampler = Sampler(config.samples_per_image, config.positive_fraction)

    @torch.no_grad()
    def __call__(self, proposals: Tensor, usable: Tensor, targets: TargetBatch, draws: Draws = None) -> Regions:
        """Proposals ``[N, P, 4]``, of which ``usable`` ``[N, P]`` are any, to sampled regions."""
        candidates = torch.cat((proposals, targets.boxes), dim=1)
        index, state = self.matcher(boxes.iou(targets.boxes, candidates))
        state = torch.where(torch.cat((usable, targets.there), dim=1), state, IGNORED)
        sampled = self.sampler(state, draws)
        images, chosen = sampled.images, sampled.references
        covered = boxes.covered(candidates, targets.ignored)[images, chosen]
        return _regions(
            candidates[images, chosen], images, index[images, chosen], sampled.n_foreground, covered, targets
        )

    @torch.no_grad()
    def again(self, refined: Tensor, images: Tensor, targets: TargetBatch) -> Regions:
        """Regions that were looked at, ``[R, 4]`` of ``images`` ``[R]``, matched anew where the first look put them."""
        index, state = self.matcher(boxes.iou(targets.boxes[images], refined[:, None]))  # [R, 1]
        covered = boxes.covered(refined[:, None], targets.ignored[images])
        order = (state[:, 0] != FOREGROUND).to(torch.int8).argsort(stable=True)
        n_foreground = int((state == FOREGROUND).sum())
        return _regions(refined[order], images[order], index[order, 0], n_foreground, covered[order, 0], targets)


def _regions(
    places: Tensor, images: Tensor, matched: Tensor, n_foreground: int, covered: Tensor, targets: TargetBatch
) -> Regions:
    """What regions, foreground first, should become: ``matched`` ground truth, or none where they are background."""
    # A matched region's labels are known. An unmatched one is background for labels that are fully annotated
    # here and, if there are any, likely so for the others; neither where an ignored region covers it.
    foreground = (torch.arange(len(images), device=images.device) < n_foreground)[:, None]
    clear, known = ~foreground & ~(covered >= IGNORED_COVER)[:, None], targets.known[images]
    return Regions(
        places,
        images,
        targets.labels[images, matched] * foreground,
        foreground | (clear & known),
        clear & ~known & known.any(dim=1, keepdim=True),
        targets.boxes[images, matched][:n_foreground],
    )


class ROIHeads(nn.Module):
    """Pools regions, gives them labels and better boxes."""

    def __init__(self, config: ROIConfig, width: int, n_labels: int, classification: Classification) -> None:
        """``width``: channels of the pyramid."""
        super().__init__()
        self.config = config
        self.classification = classification
        self.n_boxes = 1 if config.class_agnostic_boxes else n_labels
        self.pooler = ROIPooler(config.bins, config.sampling_ratio)
        self.context = ContextPooler(config.context, config.sampling_ratio) if config.context else None
        self.box_head = BoxHead(width, config.bins, config.fc_width, config.dropout, config.context)
        self.predictor = BoxPredictor(config.fc_width, classification, self.n_boxes)
        self.sampler = RegionSampler(config)

    def forward(self, levels: Poolable, proposals: Tensor, image_index: Tensor) -> tuple[Tensor, Tensor]:
        """Scores ``[R, K]`` and boxes ``[R, 4 * n_boxes]`` (not clipped) of the proposals ``[R, 4]``."""
        logits, deltas = self._predict(levels, proposals, image_index)
        return self.classification.scores(logits), CODER.decode(proposals, deltas)

    def losses(
        self,
        levels: Poolable,
        proposals: Tensor,
        usable: Tensor,
        targets: TargetBatch,
        within: Tensor,
        draws: Draws = None,
        count: Count = own_count,
    ) -> dict[str, Tensor]:
        """The label loss and the box loss; the latter is divided by all sampled regions.

        Where the network looks twice, both are means over the looks. All sampled regions are looked at again (Cai and
        Vasconcelos 2018, arXiv 1712.00726), by the same layers.

        Args:
            levels: Of the pyramid.
            proposals: ``[N, P, 4]``.
            usable: ``[N, P]`` bool: which of them are any.
            targets: Of the N images.
            within: ``[N, 2]``: (height, width) of each image before it was padded.
            draws: Draws the samples.
            count: As in ``FasterRCNN.losses``.
        """
        regions = self.sampler(proposals, usable, targets, draws)
        first, deltas = self._look(levels, regions, count)
        if not self.config.second_look:
            return first
        images = regions.image_index
        limits = within[images]
        refined = boxes.clip(CODER.decode(regions.proposals, deltas.detach()), limits[:, 0], limits[:, 1])
        second, _ = self._look(levels, self.sampler.again(refined, images, targets), count)
        return {name: (loss + second[name]) / 2 for name, loss in first.items()}

    def _look(self, levels: Poolable, regions: Regions, count: Count) -> tuple[dict[str, Tensor], Tensor]:
        """The losses of regions, and the deltas that they got."""
        logits, deltas = self._predict(levels, regions.proposals, regions.image_index)
        # Nearly all that nobody boxed is background (how little the rest harms: Wu et al. 2018, arXiv 1806.06986), and
        # what is not, the network begins to see by itself: it is not taught otherwise.
        unseen = self.classification.scores(logits.detach()) < DOUBT
        counts = regions.known | (regions.likely & unseen)
        label_loss = self.classification.loss(logits, regions.labels, counts, count)
        n_foreground = len(regions.truth)
        wanted = CODER.encode(regions.proposals[:n_foreground], regions.truth)
        predicted = deltas[:n_foreground].reshape(n_foreground, self.n_boxes, 4)
        if self.n_boxes > 1:
            # Each region trains the regression of its first label.
            label = regions.labels[:n_foreground].argmax(dim=1)
            predicted = predicted[torch.arange(len(label), device=label.device), label]
        sampled = count(logits.new_tensor(len(regions.proposals), dtype=torch.float32))
        box_loss = l1_sum(predicted.reshape(-1, 4), wanted) / sampled.clamp(min=1)
        return {"roi_labels": label_loss, "roi_box": box_loss}, deltas

    def _predict(self, levels: Poolable, proposals: Tensor, image_index: Tensor) -> tuple[Tensor, Tensor]:
        pooled = self.pooler(levels, proposals, image_index)
        around = self.context(levels, proposals, image_index) if self.context is not None else None
        answers: tuple[Tensor, Tensor] = self.predictor(self.box_head(pooled, around))
        return answers
