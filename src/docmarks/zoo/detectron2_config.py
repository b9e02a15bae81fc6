"""A Detectron2 configuration as ours. What the file leaves out has Detectron2's default for Faster R-CNN with FPN."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from docmarks.errors import DocmarksError
from docmarks.model.config import AnchorConfig, BackboneConfig, InputConfig, ModelConfig, ROIConfig, RPNConfig

NEVER_MERGED = 2.0
"""An IoU that no pair reaches: a single-label model's detections stay apart, as Detectron2 leaves them."""

BGR_MEAN, UNIT_STD = (103.53, 116.28, 123.675), (1.0, 1.0, 1.0)
ANCHOR_SIZES = [[32], [64], [128], [256], [512]]


class Settings:
    """Nested keys with defaults."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        """``values`` as the YAML file has them."""
        self._values = values

    def get(self, path: str, default: Any) -> Any:
        """The value at "A.B.C"."""
        value: Any = self._values
        for part in path.split("."):
            if not isinstance(value, Mapping) or part not in value:
                return default
            value = value[part]
        return value


def read_detectron2_config(path: Path, labels: Sequence[str] | None = None) -> ModelConfig:
    """The model that a Detectron2 ``config.yaml`` describes.

    Args:
        path: The file; LayoutParser's files read as well.
        labels: Names of the classes in order; None takes LABEL_MAP or "class 0", "class 1", ...

    Raises:
        DocmarksError: The file is missing or broken, or asks for something that this model has not.
    """
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DocmarksError(f"{path}: no such configuration file") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise DocmarksError(f"{path}: not readable as YAML: {str(error).splitlines()[0]}") from error
    if not isinstance(values, Mapping):
        raise DocmarksError(f"{path}: not a Detectron2 configuration")
    settings = Settings(values)
    _refuse_others(path, settings)
    try:
        return _convert(settings, labels)
    except (ValidationError, TypeError, ValueError) as error:
        raise DocmarksError(f"{path}: {str(error).splitlines()[0]}") from error


def _convert(s: Settings, labels: Sequence[str] | None) -> ModelConfig:
    count = int(s.get("MODEL.ROI_HEADS.NUM_CLASSES", 80))
    named = tuple(labels) if labels else _label_map(s, count)
    if len(named) != count:
        raise ValueError(f"{len(named)} labels for {count} classes")
    sizes = s.get("MODEL.ANCHOR_GENERATOR.SIZES", ANCHOR_SIZES)
    ratios = s.get("MODEL.ANCHOR_GENERATOR.ASPECT_RATIOS", [[0.5, 1.0, 2.0]])
    if len(sizes) == 1:  # one list serves all levels
        sizes = list(sizes) * 5
    return ModelConfig(
        labels=named,
        label_set="",
        head="sigmoid" if s.get("MODEL.ROI_BOX_HEAD.USE_SIGMOID_CE", False) else "softmax",
        input=InputConfig(
            channels=str(s.get("INPUT.FORMAT", "BGR")).lower(),  # type: ignore[arg-type]
            mean=tuple(s.get("MODEL.PIXEL_MEAN", BGR_MEAN)),
            std=tuple(s.get("MODEL.PIXEL_STD", UNIT_STD)),
            short_side=s.get("INPUT.MIN_SIZE_TEST", 800),
            long_side=s.get("INPUT.MAX_SIZE_TEST", 1333),
        ),
        backbone=BackboneConfig(
            depth=s.get("MODEL.RESNETS.DEPTH", 50),
            stem_width=s.get("MODEL.RESNETS.STEM_OUT_CHANNELS", 64),
            res2_width=s.get("MODEL.RESNETS.RES2_OUT_CHANNELS", 256),
            groups=s.get("MODEL.RESNETS.NUM_GROUPS", 1),
            width_per_group=s.get("MODEL.RESNETS.WIDTH_PER_GROUP", 64),
            stride_in_1x1=s.get("MODEL.RESNETS.STRIDE_IN_1X1", True),
            norm="frozen",
        ),
        fpn_width=s.get("MODEL.FPN.OUT_CHANNELS", 256),
        anchors=AnchorConfig(
            sizes=tuple(tuple(float(v) for v in level) for level in sizes), ratios=tuple(float(v) for v in ratios[0])
        ),
        rpn=RPNConfig(
            background_iou=s.get("MODEL.RPN.IOU_THRESHOLDS", [0.3, 0.7])[0],
            foreground_iou=s.get("MODEL.RPN.IOU_THRESHOLDS", [0.3, 0.7])[1],
            samples_per_image=s.get("MODEL.RPN.BATCH_SIZE_PER_IMAGE", 256),
            positive_fraction=s.get("MODEL.RPN.POSITIVE_FRACTION", 0.5),
            pre_nms_train=s.get("MODEL.RPN.PRE_NMS_TOPK_TRAIN", 2000),
            pre_nms_test=s.get("MODEL.RPN.PRE_NMS_TOPK_TEST", 1000),
            post_nms_train=s.get("MODEL.RPN.POST_NMS_TOPK_TRAIN", 1000),
            post_nms_test=s.get("MODEL.RPN.POST_NMS_TOPK_TEST", 1000),
            nms_iou=s.get("MODEL.RPN.NMS_THRESH", 0.7),
        ),
        roi=ROIConfig(
            resolution=s.get("MODEL.ROI_BOX_HEAD.POOLER_RESOLUTION", 7),
            sampling_ratio=s.get("MODEL.ROI_BOX_HEAD.POOLER_SAMPLING_RATIO", 0),
            fc_width=s.get("MODEL.ROI_BOX_HEAD.FC_DIM", 1024),
            class_agnostic_boxes=s.get("MODEL.ROI_BOX_HEAD.CLS_AGNOSTIC_BBOX_REG", False),
            foreground_iou=s.get("MODEL.ROI_HEADS.IOU_THRESHOLDS", [0.5])[0],
            samples_per_image=s.get("MODEL.ROI_HEADS.BATCH_SIZE_PER_IMAGE", 512),
            positive_fraction=s.get("MODEL.ROI_HEADS.POSITIVE_FRACTION", 0.25),
            score_threshold=s.get("MODEL.ROI_HEADS.SCORE_THRESH_TEST", 0.05),
            nms_iou=s.get("MODEL.ROI_HEADS.NMS_THRESH_TEST", 0.5),
            detections_per_image=s.get("TEST.DETECTIONS_PER_IMAGE", 100),
            merge_iou=NEVER_MERGED,
        ),
    )


def _label_map(s: Settings, count: int) -> tuple[str, ...]:
    found = s.get("LABEL_MAP", None)
    if isinstance(found, Mapping):
        return tuple(str(found[key]) for key in sorted(found, key=int))
    return tuple(f"class {i}" for i in range(count))


def _plain(value: Any) -> Any:
    return [float(v) for v in value] if isinstance(value, list | tuple) else value


REQUIRED = {
    "MODEL.META_ARCHITECTURE": "GeneralizedRCNN",
    "MODEL.BACKBONE.NAME": "build_resnet_fpn_backbone",
    "MODEL.PROPOSAL_GENERATOR.NAME": "RPN",
    "MODEL.ROI_HEADS.NAME": "StandardROIHeads",
    "MODEL.ROI_BOX_HEAD.POOLER_TYPE": "ROIAlignV2",
    "MODEL.ROI_BOX_HEAD.NUM_CONV": 0,
    "MODEL.ROI_BOX_HEAD.NUM_FC": 2,
    "MODEL.FPN.FUSE_TYPE": "sum",
    "MODEL.RESNETS.RES5_DILATION": 1,
    "MODEL.ANCHOR_GENERATOR.OFFSET": 0.0,
    "MODEL.RPN.BBOX_REG_WEIGHTS": [1.0, 1.0, 1.0, 1.0],
    "MODEL.ROI_BOX_HEAD.BBOX_REG_WEIGHTS": [10.0, 10.0, 5.0, 5.0],
}
"""What this model is; a configuration that says otherwise describes another."""


def _refuse_others(path: Path, settings: Settings) -> None:
    if settings.get("_BASE_", None) is not None:
        raise DocmarksError(
            f"{path}: builds on {settings.get('_BASE_', None)}; give the whole config.yaml of a training"
        )
    ratios = settings.get("MODEL.ANCHOR_GENERATOR.ASPECT_RATIOS", [[]])
    if any(level != ratios[0] for level in ratios):
        raise DocmarksError(
            f"{path}: MODEL.ANCHOR_GENERATOR.ASPECT_RATIOS differ by level; only equal ones can be imported"
        )
    for key, only in REQUIRED.items():
        if _plain(settings.get(key, only)) != _plain(only):
            raise DocmarksError(f"{path}: {key} is {settings.get(key, only)}; only {only} can be imported")
