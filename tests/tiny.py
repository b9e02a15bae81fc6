"""A detector small enough to build, train and export within a test."""

import torch

from docmarks.model.config import BackboneConfig, ModelConfig, ROIConfig, RPNConfig
from docmarks.model.detector import FasterRCNN

LABELS = ("Signature", "Stamp")


def tiny_config(**changes: object) -> ModelConfig:
    small = ModelConfig(
        labels=LABELS,
        backbone=BackboneConfig(stem_width=8, res2_width=8),
        fpn_width=16,
        rpn=RPNConfig(samples_per_image=32, pre_nms_train=50, post_nms_train=30, pre_nms_test=50, post_nms_test=30),
        roi=ROIConfig(fc_width=16, samples_per_image=16, sampling_ratio=2),
    )
    return small.model_copy(update=changes)


def tiny_model(seed: int = 0, **changes: object) -> FasterRCNN:
    torch.manual_seed(seed)
    return FasterRCNN(tiny_config(**changes)).eval()
