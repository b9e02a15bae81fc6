"""Validation pages with what is true and what is found, to look at."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PIL import Image

from docmarks.data.read_page import read_page
from docmarks.evaluate.evaluation import Evaluation
from docmarks.marks import Mark
from docmarks.pages.annotate_image import annotate_image

LONG_SIDE = 1100


def pictures(evaluation: Evaluation, count: int) -> Iterator[tuple[str, Image.Image]]:
    """(name, picture) of up to ``count`` pages, of every data set in turn, pages with marks first.

    Predictions are tinted, truth is outlined only; what is found is shown from the label's best threshold on.
    """
    thresholds = [threshold.score for threshold in evaluation.best_thresholds.values()]
    queues = [
        sorted(zip(result.pages, result.predictions, strict=True), key=lambda pair: not pair[0].page.marks)
        for result in evaluation.results
    ]
    dealt = [queue[row] for row in range(count) for queue in queues if row < len(queue)]
    for number, (page, found) in enumerate(dealt[:count], start=1):
        pixels = Image.fromarray(read_page(page))
        scale = min(1.0, LONG_SIDE / max(pixels.size))
        pixels = pixels.resize((round(pixels.width * scale), round(pixels.height * scale)), Image.Resampling.BILINEAR)
        truth = [mark for mark in page.page.marks if not mark.ignore]
        marks: list[Mark] = [*found.marks(thresholds), *truth]
        yield (
            f"{number}-{page.file.stem}",
            annotate_image(np.asarray(pixels), [mark.scaled(scale, scale) for mark in marks]),
        )
