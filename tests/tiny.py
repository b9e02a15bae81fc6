"""A detector small enough to build, train and export within a test."""

import functools

import torch

from docmarks.model.config import BackboneConfig, InputConfig, ModelConfig, ROIConfig, RPNConfig
from docmarks.model.detector import FasterRCNN
from docmarks.model.targets import Targets

LABELS = ("Signature", "Stamp")

PLACES = [(10, 20), (60, 5), (40, 60), (25, 33)]
"""Left and top of squares on pages to try a square finder on."""


def tiny_config(**changes: object) -> ModelConfig:
    small = ModelConfig(
        labels=LABELS,
        input=InputConfig(short_side=96, long_side=128),
        backbone=BackboneConfig(stem_width=8, res2_width=8),
        fpn_width=16,
        rpn=RPNConfig(samples_per_image=32, pre_nms_train=50, post_nms_train=30, pre_nms_test=50, post_nms_test=30),
        roi=ROIConfig(fc_width=16, samples_per_image=16, sampling_ratio=2),
    )
    return small.model_copy(update=changes)


def tiny_model(seed: int = 0, **changes: object) -> FasterRCNN:
    torch.manual_seed(seed)
    return FasterRCNN(tiny_config(**changes)).eval()


def square_page(x: int, y: int, size: int = 24) -> torch.Tensor:
    """A white page ``[1, 96, 96]`` with a black square."""
    page = torch.full((1, 96, 96), 255.0)
    page[0, y : y + size, x : x + size] = 0
    return page


@functools.cache
def square_finder() -> FasterRCNN:
    """A tiny detector that has learnt to find a black square (a Stamp) on white."""
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(0)
    model = FasterRCNN(tiny_config()).train()
    optimizer = torch.optim.AdamW(model.parameters(), 4e-3)
    for step in range(200):
        places = torch.randint(4, 66, (4, 2), generator=generator).tolist()
        pages = torch.stack([square_page(x, y) for x, y in places])
        targets = [
            Targets(
                torch.tensor([[x, y, x + 24.0, y + 24.0]]),
                torch.tensor([[0.0, 1.0]]),
                torch.zeros(0, 4),
                torch.ones(2, dtype=torch.bool),
            )
            for x, y in places
        ]
        for group in optimizer.param_groups:
            group["lr"] = 4e-3 * min(1.0, (200 - step) / 66)
        loss = torch.stack(list(model.losses(pages, targets, generator).values())).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model.eval()
