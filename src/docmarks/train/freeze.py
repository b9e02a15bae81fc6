"""What of the backbone training leaves as it is."""

from __future__ import annotations

from docmarks.model.detector import FasterRCNN


def freeze(model: FasterRCNN, stages: int, statistics: bool = False) -> None:
    """Stops the first stages from learning, as Detectron2's FREEZE_AT does; layers of statistics too.

    Args:
        model: Changed in place.
        stages: 0 for none, 1 for the stem, 2 for stem and res2, ... 5 for the whole backbone.
        statistics: Batch normalisation keeps its statistics in all stages, so that few images a step do not move them.
    """
    backbone = model.backbone
    backbone.frozen, backbone.keeps_statistics = stages, statistics
    backbone.train(backbone.training)
    for part in backbone.parts[:stages]:
        for parameter in part.parameters():
            parameter.requires_grad_(False)
