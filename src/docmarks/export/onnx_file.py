"""Model to one ONNX file, checked against the model itself."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from docmarks.errors import DocmarksError
from docmarks.model.detector import FasterRCNN
from docmarks.runtime.session import Session
from docmarks.runtime.sheet import ModelSheet, write_sheet

OPSET = 17
CHECK_SIZES = ((544, 416), (320, 640), (96, 80))
"""(height, width) of the images on which export and model must agree: upright, lying, tiny."""

BOX_TOLERANCE_PX, SCORE_TOLERANCE = 0.05, 1e-3


def traced_smaller(limit: int, count: int) -> Tensor:
    """The smaller of two counts as a tensor, so that the exported graph takes it anew for each image."""
    return torch.minimum(torch.tensor(limit), torch.as_tensor(count))


def export_onnx(model: FasterRCNN, sheet: ModelSheet, path: Path) -> None:
    """Writes ``path``: input ``image`` float32 ``[1, C, H, W]`` in 0..255, outputs ``boxes`` and ``scores``.

    Outputs are those of ``FasterRCNN.forward``. The sheet travels in the file's metadata.

    Raises:
        DocmarksError: The file could not be written, or its outputs differ from the model's.
    """
    model = model.eval().float()
    beside = path.with_name(path.name + ".part")
    image = torch.zeros(1, model.config.input.n_channels, 512, 384)
    usual, model.proposals.smaller = model.proposals.smaller, traced_smaller  # type: ignore[assignment]
    try:
        with warnings.catch_warnings(), torch.no_grad():
            # The tracer warns of every Python number; the check below is what counts.
            warnings.simplefilter("ignore")
            torch.onnx.export(
                model,
                (image,),
                str(beside),
                dynamo=False,
                opset_version=OPSET,
                input_names=["image"],
                output_names=["boxes", "scores"],
                dynamic_axes={
                    "image": {2: "height", 3: "width"},
                    "boxes": {0: "regions"},
                    "scores": {0: "regions"},
                },
            )
        write_sheet(beside, sheet)
        check(model, beside)
        beside.replace(path)
    except OSError as error:
        raise DocmarksError(f"{path}: cannot write the model ({error})") from error
    finally:
        model.proposals.smaller = usual
        beside.unlink(missing_ok=True)


def check(model: FasterRCNN, path: Path, sizes: Sequence[tuple[int, int]] = CHECK_SIZES) -> None:
    """Compares file and model on random pages of several sizes.

    Raises:
        DocmarksError: They part.
    """
    session = Session(path)
    generator = torch.Generator().manual_seed(0)
    for height, width in sizes:
        image = torch.rand(1, model.config.input.n_channels, height, width, generator=generator) * 255
        with torch.no_grad():
            boxes, scores = (t.numpy() for t in model(image))
        got_boxes, got_scores = session(image.numpy())
        if not same_regions(boxes, scores, got_boxes, got_scores):
            raise DocmarksError(
                f"{path}: the exported network differs from the model on an image of {width}x{height}: "
                f"{len(boxes)} regions against {len(got_boxes)}"
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
