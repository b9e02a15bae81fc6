import pytest
import torch

from docmarks.errors import DocmarksError
from docmarks.model.targets import Targets
from docmarks.train.config import TrainConfig
from docmarks.train.feed import Collate, Sample, StepNumbers, batches
from tiny import tiny_config


def config(**changes):
    return TrainConfig(**({"model": tiny_config(), "steps": 4, "batch": 4, "workers": 0} | changes))


def sample(number, height=8, width=8):
    none = Targets(torch.zeros(0, 4), torch.zeros(0, 2), torch.zeros(0, 4), torch.ones(2, dtype=torch.bool))
    return Sample(torch.full((1, height, width), number, dtype=torch.uint8), none, f"page {number}.png")


class Pages:
    def __getitem__(self, index):
        return sample(index)


def test_a_resumed_run_goes_on_with_the_same_numbers():
    assert list(StepNumbers(config(), 0)) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11], [12, 13, 14, 15]]
    assert list(StepNumbers(config(), 3)) == [[12, 13, 14, 15]] and len(StepNumbers(config(), 3)) == 1


def test_processes_and_parts_share_a_step_without_overlap():
    parts = {rank: list(StepNumbers(config(accumulate=2), 3, rank, 2)) for rank in (0, 1)}
    assert parts == {0: [[12], [14]], 1: [[13], [15]]}


def test_a_batch_that_cannot_be_shared_is_told():
    with pytest.raises(DocmarksError, match="batch 4 cannot be shared by 3 processes x accumulate 1"):
        StepNumbers(config(), 0, 0, 3)


def test_batches_know_their_numbers_and_sources():
    found = list(batches(config(), Pages(), 2))
    assert [batch.numbers for batch in found] == [[8, 9, 10, 11], [12, 13, 14, 15]]
    assert found[0].sources[1] == "page 9.png" and found[0].images.dtype == torch.uint8
    assert found[0].images[:, 0, 0, 0].tolist() == [8, 9, 10, 11]


def test_images_of_different_sizes_are_padded_with_the_mean():
    batch = Collate(tiny_config().input)([(0, sample(7, 8, 4)), (1, sample(9, 6, 10))])
    assert batch.images.shape == (2, 1, 8, 10) and batch.sizes == [(8, 4), (6, 10)]
    assert batch.images[0, 0, 0].tolist() == [7.0] * 4 + [235.0] * 6 and batch.images[1, 0, 6, 0] == 235
