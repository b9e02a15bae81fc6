"""An endless stream of made pages, each made when it is asked for, no page twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch.utils.data import IterableDataset, get_worker_info

from docmarks.labels.label_set import LabelSet
from docmarks.synth.made import MadePages
from docmarks.train.feed import Sample
from docmarks.train.samples.crops import Cropper
from docmarks.train.samples.stream import encoded

CROPPED = 20_270
"""Tells the generators of the crops from others with the same numbers."""


class MadeStream(IterableDataset[tuple[int, Sample]]):
    """Pages of one corpus after the other, dealt out to the workers of a loader and the ranks of a run.

    Page k of the stream is page k of the first corpus, and, where that ends, a page of the next. It is the same
    whatever the number of workers and ranks, and each is made by one of them.
    """

    def __init__(
        self,
        corpus: Callable[[int], MadePages],
        label_set: LabelSet,
        crop: Cropper | None = None,
        start: int = 0,
        rank: int | None = None,
        ranks: int | None = None,
    ) -> None:
        """Prepares; nothing is made yet.

        Args:
            corpus: Seed to pages; the stream goes through the seeds 0, 1, ...
            label_set: Labels of the targets.
            crop: Cuts a crop out of each page, so that pages can be joined to batches; None gives whole pages.
            start: Page of the stream to begin with, so that a run that was cut off goes on.
            rank: Of this process among ``ranks``; None asks ``torch.distributed``, and is alone where that is not used.
            ranks: How many processes share the stream.
        """
        self._corpus, self._label_set, self._crop, self._start = corpus, label_set, crop, start
        self._rank, self._ranks = _place(rank, ranks)

    def __iter__(self) -> Iterator[tuple[int, Sample]]:
        """(number in the stream, sample), without end: what ``feed.Collate`` joins to batches."""
        loader = get_worker_info()
        worker, workers = (loader.id, loader.num_workers) if loader else (0, 1)
        index = self._start + self._rank * workers + worker
        seed, before = 0, 0
        pages = self._corpus(seed)
        while True:
            while index - before >= len(pages):
                before += len(pages)
                seed += 1
                pages = self._corpus(seed)
            yield index, self._sample(pages, index, index - before)
            index += self._ranks * workers

    def _sample(self, pages: MadePages, index: int, local: int) -> Sample:
        made = pages[local]
        image, marks = made.pixels, list(made.page.marks)
        if self._crop is not None:
            image, marks, _ = self._crop(image, marks, np.random.default_rng((CROPPED, index)))
        known = self._label_set.exhaustive(made.exhaustive)
        targets = encoded(image, marks, known, self._label_set)
        return Sample(torch.from_numpy(np.array(image))[None], targets, f"made page {index}")


def _place(rank: int | None, ranks: int | None) -> tuple[int, int]:
    if rank is not None and ranks is not None:
        if not 0 <= rank < ranks:
            raise ValueError(f"rank {rank} is not one of {ranks}")
        return rank, ranks
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        return torch.distributed.get_rank(), torch.distributed.get_world_size()
    return 0, 1
