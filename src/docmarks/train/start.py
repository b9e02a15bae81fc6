"""Weights to start from, put into a network whose labels may be others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from torch import Tensor

from docmarks.errors import DocmarksError
from docmarks.labels.label_set import LabelSet
from docmarks.model.config import ModelConfig
from docmarks.model.detector import FasterRCNN
from docmarks.train import anchor_rows, finer_bins
from docmarks.train.checkpoint import Checkpoint, build_model

HEAD, BOXES = "roi_heads.predictor.labels", "roi_heads.predictor.deltas"
AROUND = "roi_heads.box_head.around.weight"
MERGE_IOU = 0.8
"""Of a head that gives several labels, where the one before it gave one."""


@dataclass(frozen=True)
class Start:
    """Weights and the network they are of.

    Attributes:
        state: By our parameter names.
        model: Their network.
        notes: What is worth knowing of them, a line each.
        thresholds: Their minimum scores, as far as they have any.
    """

    state: Mapping[str, Tensor]
    model: ModelConfig
    notes: tuple[str, ...] = ()
    thresholds: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, checkpoint: Checkpoint) -> Start:
        """The weights to use of a docmarks checkpoint."""
        # How much each label weighed in its training is none of the next one's.
        roi = checkpoint.model.roi.model_copy(update={"label_weights": ()})
        model = checkpoint.model.model_copy(update={"roi": roi})
        return cls(build_model(checkpoint).state_dict(), model, thresholds=checkpoint.info.get("thresholds") or {})


def for_labels(model: ModelConfig, label_set: str | LabelSet) -> ModelConfig:
    """The same network for the labels of a set.

    A set whose boxes carry several labels needs a sigmoid head, with one box regression for all labels; so does a
    multi-task network, whose groups say nothing of new labels. Otherwise the head stays what it is.

    Raises:
        DocmarksError: There is no such set.
    """
    rules = LabelSet.load(label_set)
    if rules.labels == model.labels and label_set == model.label_set:
        return model
    roi = model.roi.model_copy(update={"label_weights": ()})
    changes: dict[str, object] = {"labels": rules.labels, "label_set": label_set}
    if model.head == "multitask" or (model.head == "softmax" and not rules.single):
        merge_iou = min(model.roi.merge_iou, MERGE_IOU)
        roi = roi.model_copy(update={"class_agnostic_boxes": True, "merge_iou": merge_iou})
        changes |= {"head": "sigmoid", "groups": {}}
    return model.model_copy(update=changes | {"roi": roi})


def fit(model: FasterRCNN, start: Start) -> list[str]:
    """Puts the weights into ``model``, as far as they are of the same thing.

    Rows of the head go by the names of the labels, those of the first stage by the nearest anchors.

    Returns:
        A line for every layer that is replaced, and how much was taken.

    Raises:
        DocmarksError: They are of another network.
    """
    own = model.state_dict()
    taken, messages = {}, []
    state = dict(start.state)
    if start.model.anchors != model.config.anchors and f"{anchor_rows.DELTAS}.bias" in state:
        state |= anchor_rows.carried(state, start.model.anchors, model.config.anchors)
        messages.append("other anchors: the first stage starts from the nearest that the checkpoint had")
    old_bins, new_bins = start.model.roi.bins, model.config.roi.bins
    if finer_bins.can_be_carried(old_bins, new_bins) and finer_bins.LAYER in state:
        state[finer_bins.LAYER] = finer_bins.carried(state[finer_bins.LAYER], old_bins, new_bins)
        messages.append("finer bins: each starts from the one that it is a part of")
    for name, value in state.items():
        layer = name.rpartition(".")[0]
        if name not in own:
            raise _another(f"{name} has no place in it")
        if layer in (HEAD, BOXES):
            continue
        if value.shape == own[name].shape:
            taken[name] = value
        else:
            raise _another(f"{name} is {_shape(value)} there, {_shape(own[name])} here: a size mismatch")
    missing = [name for name in own if name not in state and not name.endswith("num_batches_tracked")]
    if AROUND in missing and start.model.roi.context is None:
        missing.remove(AROUND)
        messages.append("regions see what stands around them: that layer begins at zero")
    if missing:
        raise _another(f"it has no {missing[0]}")
    # Rows of logits and of box deltas, each by what they are about.
    old, new = start.model, model.config
    kept = _rows(own, state, taken, HEAD, _logits(new), _logits(old), 1)
    boxes = _rows(own, state, taken, BOXES, _regressions(new), _regressions(old), 4)
    model.load_state_dict(own | taken)
    n_new, n_old = len(new.labels), len(old.labels)
    if new.labels != old.labels or new.head != old.head:
        known = [label for label in new.labels if any(row[-1] == label for row in kept)]
        head = f"new head for {n_new} labels, the checkpoint had {n_old}"
        messages.append(f"{head}; rows of {', '.join(known)} copied" if known else head)
    if not boxes:
        messages.append(
            f"new box regression: {len(_regressions(new))} boxes a region, the checkpoint had {len(_regressions(old))}"
        )
    return [*start.notes, *messages, f"{len(taken)} of {len(own)} tensors taken"]


def _logits(config: ModelConfig) -> list[tuple[str, ...]]:
    """What each row of the head is about: equal names mean equal things."""
    if config.head == "sigmoid":
        return [("sigmoid", label) for label in config.labels]
    groups = config.groups if config.head == "multitask" else {"": config.labels}
    # Background, or none of the group, is the last of each.
    return [(config.head, group, label) for group, labels in groups.items() for label in (*labels, "")]


def _regressions(config: ModelConfig) -> list[tuple[str, ...]]:
    return [("any",)] if config.roi.class_agnostic_boxes else [("of", label) for label in config.labels]


def _rows(
    own: Mapping[str, Tensor],
    state: Mapping[str, Tensor],
    taken: dict[str, Tensor],
    layer: str,
    rows: Sequence[tuple[str, ...]],
    old_rows: Sequence[tuple[str, ...]],
    each: int,
) -> list[tuple[str, ...]]:
    """Copies the rows (``each`` lines of the tensors) that both have; the others stay fresh."""
    shared = [row for row in rows if row in old_rows]
    if not shared:
        return []
    for name in (f"{layer}.weight", f"{layer}.bias"):
        mixed, old = own[name].clone(), state[name]
        if mixed.shape[1:] != old.shape[1:]:
            raise _another(f"{name} is {_shape(old)} there, {_shape(mixed)} here: a size mismatch")
        for row in shared:
            to, source = rows.index(row) * each, old_rows.index(row) * each
            mixed[to : to + each] = old[source : source + each].to(mixed.dtype)
        taken[name] = mixed
    return shared


def _shape(tensor: Tensor) -> str:
    return "x".join(map(str, tensor.shape)) or "a number"


def _another(why: str) -> DocmarksError:
    return DocmarksError(f"the weights to start from are of another network ({why}); use its configuration")
