"""Detectron2's parameter names, and its checkpoints in our model."""

from __future__ import annotations

import re
from collections.abc import Mapping

import torch
from torch import Tensor

from docmarks.model.detector import FasterRCNN

RENAMED: tuple[tuple[str, str], ...] = (
    *((rf"^backbone\.fpn_(lateral|output){level}\.", rf"fpn.\1.{level - 2}.") for level in (2, 3, 4, 5)),
    (r"^backbone\.bottom_up\.", "backbone."),
    (r"^backbone\.stem\.conv1\.norm\.", "backbone.stem.1."),
    (r"^backbone\.stem\.conv1\.", "backbone.stem.0."),
    (r"^(backbone\.res\d\.\d+\.(?:conv\d|shortcut))\.norm\.", r"\1.1."),
    (r"^(backbone\.res\d\.\d+\.(?:conv\d|shortcut))\.weight$", r"\1.0.weight"),
    (r"^proposal_generator\.rpn_head\.objectness_logits\.", "rpn_head.objectness."),
    (r"^proposal_generator\.rpn_head\.anchor_deltas\.", "rpn_head.deltas."),
    (r"^proposal_generator\.rpn_head\.", "rpn_head."),
    (r"^roi_heads\.box_predictor\.cls_score\.", "roi_heads.predictor.labels."),
    (r"^roi_heads\.box_predictor\.bbox_pred\.", "roi_heads.predictor.deltas."),
)
"""Patterns of Detectron2's names and what they become; all that match apply, in this order."""

SET_ASIDE = re.compile(r"^pixel_(mean|std)$|anchor_generator\.cell_anchors|\.num_batches_tracked$")
"""Not weights: they follow from the configuration."""

MASK_BRANCH = re.compile(r"^roi_heads\.(mask_head|mask_pooler|keypoint_head)\.")

LAST_LAYERS = ("roi_heads.predictor.labels", "roi_heads.predictor.deltas")
"""These depend on the labels, so another number of labels leaves them fresh."""


def rename(name: str) -> str:
    """Detectron2's name of a parameter as ours."""
    for pattern, replacement in RENAMED:
        name = re.sub(pattern, replacement, name)
    return name


def load_detectron2(model: FasterRCNN, state: Mapping[str, Tensor], by_suffix: bool = False) -> tuple[str, ...]:
    """Puts a Detectron2 checkpoint's weights into ``model``.

    Last layers of another shape keep their fresh weights, with one message a layer; everything else must fit.

    Args:
        model: Built for the checkpoint's architecture.
        state: The checkpoint's ``model`` entry.
        by_suffix: The file holds a backbone only, whose names are ends of ours (Detectron2's "matching heuristics").

    Returns:
        A line for every thing worth knowing.

    Raises:
        ValueError: Naming every missing and unexpected parameter, and every shape that differs.
    """
    messages = []
    kept = {name: value for name, value in state.items() if not SET_ASIDE.search(name)}
    masks = [name for name in kept if MASK_BRANCH.search(name)]
    if masks:
        messages.append(f"set aside the mask branch ({len(masks)} tensors): the boxes are found without it")
    own = model.state_dict()
    if by_suffix:
        prefixed = {f"backbone.bottom_up.{name}": value for name, value in kept.items()}
        found = {rename(name): value for name, value in prefixed.items()}
        found = {name: value for name, value in found.items() if name in own}  # a classifier's last layer goes
    else:
        found = {rename(name): value for name, value in kept.items() if name not in masks}
    wrong = [f"unexpected {name}" for name in found if name not in own]
    missing = [name for name in own if name not in found and not name.endswith("num_batches_tracked")]
    if by_suffix:
        missing_backbone = [name for name in missing if name.startswith("backbone.")]
        wrong += [f"missing {name}" for name in missing_backbone]
    else:
        wrong += [f"missing {name}" for name in missing]
    fitting = {}
    for name, value in found.items():
        if name not in own:
            continue
        if value.shape == own[name].shape:
            fitting[name] = value.to(own[name].dtype)
        elif name.rsplit(".", 1)[0] in LAST_LAYERS:
            messages.append(
                f"{name}: {tuple(value.shape)} -> {tuple(own[name].shape)}, starts fresh for the new labels"
            )
        else:
            wrong.append(f"{name} is {tuple(value.shape)}, the model's {tuple(own[name].shape)}")
    if wrong:
        raise ValueError("; ".join(wrong))
    with torch.no_grad():
        model.load_state_dict(own | fitting)
    return tuple(messages)
