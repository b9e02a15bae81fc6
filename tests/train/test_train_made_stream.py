from functools import partial

import pytest
import torch
from torch.utils.data import DataLoader

from docmarks.labels.label_set import LabelSet
from docmarks.marks import Mark, Page
from docmarks.model.config import InputConfig
from docmarks.synth.family_pages import family_pages
from docmarks.synth.made import MadePage
from docmarks.train.config import CropConfig
from docmarks.train.feed import Collate
from docmarks.train.made_stream import MadeStream
from docmarks.train.samples.crops import Cropper


class Numbered:
    """Five pages a corpus; the pixels of a page say which it is."""

    settings: dict = {}  # noqa: RUF012

    def __init__(self, seed):
        self.seed = seed

    def __len__(self):
        return 5

    def name(self, index):
        return f"{index}"

    def __getitem__(self, index):
        import numpy as np

        pixels = np.full((40, 50), 200, np.uint8)
        pixels[0, 0] = 5 * self.seed + index
        pixels[10:20, 10:20] = 0
        marks = (Mark((10.0, 10.0, 20.0, 20.0), ("Signature",)), Mark((30.0, 30.0, 40.0, 38.0), ("Name",)))
        return MadePage(pixels, Page(50, 40, marks=marks), "g", frozenset({"Signature"}))


@pytest.fixture(scope="module")
def label_set():
    return LabelSet.load("default")


def numbers(stream, count, workers=0):
    batches = iter(DataLoader(stream, batch_size=None, num_workers=workers))
    return [int(next(batches)[1].image[0, 0, 0]) for _ in range(count)]


def test_corpora_follow_one_another(label_set):
    assert numbers(MadeStream(Numbered, label_set), 12) == list(range(12))
    assert numbers(MadeStream(Numbered, label_set, start=7), 3) == [7, 8, 9]


@pytest.mark.parametrize("workers", [0, 2])
def test_no_page_comes_twice_over_workers_and_ranks(label_set, workers):
    seen = [n for rank in range(3) for n in numbers(MadeStream(Numbered, label_set, rank=rank, ranks=3), 8, workers)]
    assert sorted(seen) == list(range(24))


def test_a_rank_that_does_not_exist(label_set):
    with pytest.raises(ValueError, match="rank 3"):
        MadeStream(Numbered, label_set, rank=3, ranks=3)


def test_targets_say_what_is_known(label_set):
    _, (_, targets, _) = next(iter(MadeStream(Numbered, label_set)))
    assert targets.boxes.tolist() == [[10, 10, 20, 20]] and targets.ignored.tolist() == [[30, 30, 40, 38]]
    assert [name for name, flag in zip(label_set.labels, targets.known.tolist(), strict=True) if flag] == ["Signature"]


def test_crops_of_a_family_make_batches(label_set):
    crop = Cropper(CropConfig(width=128, height=96))
    stream = MadeStream(partial(family_pages, "letters", 3), label_set, crop)
    images, targets, *_ = next(iter(DataLoader(stream, batch_size=4, collate_fn=Collate(InputConfig()))))
    assert images.shape == (4, 1, 96, 128) and images.dtype == torch.uint8 and len(targets) == 4
    again = next(iter(DataLoader(stream, batch_size=4, collate_fn=Collate(InputConfig()))))[0]
    assert torch.equal(images, again)
