import pytest
import torch

from docmarks.model.targets import Targets


def targets(box):
    return Targets(torch.tensor([box]), torch.ones(1, 2), torch.zeros(0, 4), torch.ones(2, dtype=torch.bool))


@pytest.mark.parametrize("box", [[10.0, 10, 10, 20], [10.0, 10, 5, 20], [0.0, 0, float("nan"), 5]])
def test_a_bad_box_is_named(box):
    with pytest.raises(ValueError, match="box 0"):
        targets(box)


def test_known_must_pair_with_the_labels():
    with pytest.raises(ValueError, match="known"):
        Targets(torch.zeros(0, 4), torch.zeros(0, 2), torch.zeros(0, 4), torch.ones(3, dtype=torch.bool))
