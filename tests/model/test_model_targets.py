import pytest
import torch

from docmarks.model.boxes import iou
from docmarks.model.targets import TargetBatch, Targets


def targets(box):
    return Targets(torch.tensor([box]), torch.ones(1, 2), torch.zeros(0, 4), torch.ones(2, dtype=torch.bool))


@pytest.mark.parametrize("box", [[10.0, 10, 10, 20], [10.0, 10, 5, 20], [0.0, 0, float("nan"), 5]])
def test_a_bad_box_is_named(box):
    with pytest.raises(ValueError, match="box 0"):
        targets(box)


def test_known_must_pair_with_the_labels():
    with pytest.raises(ValueError, match="known"):
        Targets(torch.zeros(0, 4), torch.zeros(0, 2), torch.zeros(0, 4), torch.ones(3, dtype=torch.bool))


def test_a_batch_fills_up_with_boxes_that_overlap_nothing():
    none = Targets(torch.zeros(0, 4), torch.zeros(0, 2), torch.ones(2, 4), torch.tensor([True, False]))
    one, two = targets([0.0, 0, 5, 5]), targets([1.0, 2, 3, 4])
    two = Targets(two.boxes.repeat(3, 1), two.labels.repeat(3, 1), two.ignored, two.known)
    batch = TargetBatch.of([none, one, two], torch.device("cpu"))
    assert batch.boxes.shape == (3, 3, 4) and batch.labels.shape == (3, 3, 2) and batch.ignored.shape == (3, 2, 4)
    assert batch.there.sum(dim=1).tolist() == [0, 1, 3] and batch.known.tolist() == [
        [True, False],
        [True] * 2,
        [True] * 2,
    ]
    assert (iou(batch.boxes, torch.tensor([[0.0, 0, 9, 9]]))[~batch.there] == 0).all()
    assert torch.equal(batch.part(1, 2).boxes, batch.boxes[1:])


def test_a_batch_without_any_box_has_one_empty_one():
    none = Targets(torch.zeros(0, 4), torch.zeros(0, 2), torch.zeros(0, 4), torch.ones(2, dtype=torch.bool))
    batch = TargetBatch.of([none, none], torch.device("cpu"))
    assert batch.boxes.shape == (2, 1, 4) and not batch.there.any() and batch.ignored.shape == (2, 0, 4)
