"""Parts of the backbone that training leaves as they are."""

from __future__ import annotations

from docmarks.model.detector import FasterRCNN


def freeze(model: FasterRCNN, stages: int) -> None:
    """Stops the first stages from learning, as Detectron2's FREEZE_AT does; layers of statistics too.

    Args:
        model: Changed in place.
        stages: 0 for none, 1 for the stem, 2 for stem and res2, ... 5 for the whole backbone.
    """
    backbone = model.backbone
    backbone.frozen = stages
    backbone.train(backbone.training)
    for part in backbone.parts[:stages]:
        for parameter in part.parameters():
            parameter.requires_grad_(False)
