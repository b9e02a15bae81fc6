"""Model to one ONNX file, checked against the model itself."""

from __future__ import annotations

import itertools
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from docmarks.errors import DocmarksError
from docmarks.files.atomic import whole
from docmarks.model.detector import FasterRCNN
from docmarks.model.rpn import ProposalSelector, suppress
from docmarks.runtime.network import of_each
from docmarks.runtime.session import Session
from docmarks.runtime.sheet import ModelSheet, write_sheet

OPSET = 17
CHECK_SIZES = ((544, 416), (320, 640), (96, 80))
"""(height, width) of the images on which export and model must agree: upright, lying, tiny."""

BOX_TOLERANCE_PX, SCORE_TOLERANCE = 0.05, 1e-3


IMAGES = "images"
OUTPUTS = ("boxes", "scores", "image_index")


def traced_smaller(limit: int, count: int) -> Any:
    """The smaller of two counts as a tensor, so that the exported graph takes it anew for each image."""
    return torch.minimum(torch.tensor(limit), torch.as_tensor(count))


class TracedNMS(torch.autograd.Function):
    """ONNX's operator takes a batch; a loop over images would be traced for as many as there are in the example."""

    @staticmethod
    def forward(ctx: Any, box: Tensor, score: Tensor, iou: float) -> Tensor:
        """``[S, 3]``: image, 0 for the only class, place."""
        image, place = suppress(box, score, iou)
        return torch.stack((image, torch.zeros_like(image), place), dim=1)

    @staticmethod
    def symbolic(g: Any, box: Any, score: Any, iou: float) -> Any:
        """The same in ONNX."""
        each = g.op("Unsqueeze", score, g.op("Constant", value_t=torch.tensor([1])))  # [N, 1, B]
        most = g.op("Constant", value_t=torch.tensor([sys.maxsize]))
        return g.op("NonMaxSuppression", box, each, most, g.op("Constant", value_t=torch.tensor([iou])))


def traced_suppress(box: Tensor, score: Tensor, iou: float) -> tuple[Tensor, Tensor]:
    """As ``model.rpn.suppress``, for any number of images."""
    kept = TracedNMS.apply(box, score, iou)
    return kept[:, 0], kept[:, 2]


@contextmanager
def traceable(proposals: ProposalSelector) -> Iterator[None]:
    """Within it, proposals are chosen in a way that holds for any size and number of images once it is traced."""
    usual = proposals.smaller, proposals.suppress
    proposals.smaller, proposals.suppress = traced_smaller, traced_suppress
    try:
        yield
    finally:
        proposals.smaller, proposals.suppress = usual


def export_onnx(model: FasterRCNN, sheet: ModelSheet, path: Path) -> None:
    """Writes ``path``: input ``images`` float32 ``[N, C, H, W]`` in 0..255, outputs those of ``FasterRCNN.forward``.

    They are ``boxes``, ``scores`` and ``image_index``. The sheet travels in the file's metadata.

    Raises:
        DocmarksError: The file could not be written, or its outputs differ from the model's.
    """
    model = model.eval().float()
    images = torch.zeros(2, model.config.input.n_channels, 512, 384)
    with whole(path) as part:
        with traceable(model.proposals):
            trace(model, images, part, IMAGES, {output: "regions" for output in OUTPUTS})
        write_sheet(part, sheet)
        check(model, part)


def trace(network: nn.Module, images: Tensor, path: Path, name: str, outputs: Mapping[str, str]) -> None:
    """Writes the ONNX file of a network of one input ``[N, C, H, W]``, of which C alone is fixed.

    Args:
        network: In evaluation mode.
        images: An example.
        path: The file to write.
        name: Of the input.
        outputs: By name, what each has its first axis for.
    """
    axes = {name: {0: "batch", 2: "height", 3: "width"}} | {output: {0: axis} for output, axis in outputs.items()}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the tracer warns of every Python number, and that it is the older of two
        torch.onnx.export(
            network,
            (images,),
            str(path),
            dynamo=False,
            opset_version=OPSET,
            input_names=[name],
            output_names=list(outputs),
            dynamic_axes=axes,
        )


def check(model: FasterRCNN, path: Path, sizes: Sequence[tuple[int, int]] = CHECK_SIZES) -> None:
    """Compares file and model on random pages of several sizes, alone and as a batch.

    Raises:
        DocmarksError: They part.
    """
    session = Session(path)
    generator = torch.Generator().manual_seed(0)
    for (height, width), count in itertools.product(sizes, (1, 2)):
        images = torch.rand(count, model.config.input.n_channels, height, width, generator=generator) * 255
        with torch.no_grad():
            wanted = of_each([output.numpy() for output in model(images)], count)
        for (boxes, scores), (got_boxes, got_scores) in zip(wanted, session.many(images.numpy()), strict=True):
            if not same_regions(boxes, scores, got_boxes, got_scores):
                raise DocmarksError(
                    f"{path}: the exported network differs from the model on images of {width}x{height}, {count} at "
                    f"once: {len(boxes)} regions against {len(got_boxes)}"
                )


def same_regions(
    boxes: np.ndarray,
    scores: np.ndarray,
    other_boxes: np.ndarray,
    other_scores: np.ndarray,
    share: float = 0.98,
) -> bool:
    """Whether almost every region of one has an equal region in the other.

    Compared as sets: proposals whose logits are equal to the last digits may swap or fall off the end of the list.
    """
    if abs(len(boxes) - len(other_boxes)) > (1 - share) * len(boxes) + 1:
        return False
    if len(boxes) == 0:
        return len(other_boxes) == 0
    far = np.abs(boxes[:, None, :4] - other_boxes[None, :, :4]).max(axis=2)  # [R, R']
    unlike = np.abs(scores[:, None, :] - other_scores[None, :, :]).max(axis=2)
    found = ((far <= BOX_TOLERANCE_PX) & (unlike <= SCORE_TOLERANCE)).any(axis=1)
    return bool(found.mean() >= share)
