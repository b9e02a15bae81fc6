"""A folder of pictures: what a model sees of one page."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from docmarks.files.atomic import make_folder, write_bytes
from docmarks.pages.annotate_image import annotate_image
from docmarks.pages.png import png_bytes
from docmarks.report.feature_maps import draw_levels
from docmarks.report.proposals import draw_boxes_by_level
from docmarks.runtime.select import select
from docmarks.train.checkpoint import find_checkpoint, read_checkpoint
from docmarks.train.page_stages import page_stages


def inspect_page(run: Path, page: Path, out: Path, min_score: float = 0.5) -> list[Path]:
    """Writes p2..p6, the best proposals and the detections of the document's first page as PNG.

    Args:
        run: A run or model folder, or a checkpoint.
        page: The document.
        out: Folder for the pictures.
        min_score: Of the detections shown.

    Returns:
        The files written.
    """
    checkpoint = read_checkpoint(find_checkpoint(run))
    found = page_stages(checkpoint, page)
    seen = found["pixels"][0].transpose(1, 2, 0).astype(np.uint8)
    if checkpoint.model.input.channels == "bgr":
        seen = seen[:, :, ::-1]
    seen = np.ascontiguousarray(seen[:, :, 0] if seen.shape[2] == 1 else seen)
    marks = select(found["boxes"], found["scores"], checkpoint.model).marks([min_score] * len(checkpoint.model.labels))
    pictures = draw_levels(found, checkpoint.model.anchors)
    pictures["proposals"] = draw_boxes_by_level(seen, found["proposals"])
    pictures["detections"] = annotate_image(seen, marks)
    make_folder(out)
    return [_write(out / f"{name}.png", picture) for name, picture in pictures.items()]


def _write(path: Path, picture: Image.Image) -> Path:
    write_bytes(path, png_bytes(picture))
    return path
