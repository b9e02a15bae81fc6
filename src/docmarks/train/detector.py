"""A network in training as a detector, for measuring it before it is exported."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from docmarks.labels.label_set import LabelSet
from docmarks.marks import UNTOLD_THRESHOLD, Detections
from docmarks.model.detector import FasterRCNN
from docmarks.runtime.detector import in_page_pixels
from docmarks.runtime.prepare import prepare
from docmarks.runtime.select import select


class ModelDetector:
    """What an exported model does with a page, done by the network itself."""

    def __init__(self, model: FasterRCNN, device: torch.device) -> None:
        """``model`` is in evaluation mode, on ``device``."""
        self.model, self.device = model, device
        self.config = model.config
        self.labels = model.config.labels
        self.thresholds = (UNTOLD_THRESHOLD,) * len(self.labels)

    @property
    def label_set(self) -> str | LabelSet:
        """The label set of its labels."""
        return self.config.label_set

    @property
    def nms_iou(self) -> float:
        """Up to which boxes of one label are left on each other."""
        return self.config.roi.nms_iou

    @torch.no_grad()
    def __call__(self, image: NDArray[np.uint8]) -> Detections:
        """Detections on a page ``[H, W, 3]`` RGB, in its pixels."""
        height, width = image.shape[:2]
        pixels = torch.from_numpy(prepare(image, self.config.input)).to(self.device)
        boxes, scores = (tensor.float().cpu().numpy() for tensor in self.model(pixels)[:2])
        found = select(boxes, scores, self.config)
        return in_page_pixels(found, (pixels.shape[3], pixels.shape[2]), (width, height))
