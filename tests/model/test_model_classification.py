import math

import pytest
import torch

from docmarks.model.classification import MultiTask, Sigmoid, Softmax
from docmarks.model.config import ModelConfig

ALL = torch.ones(2, 2, dtype=torch.bool)


def test_sigmoid_of_a_hand_worked_case():
    logits = torch.tensor([[0.0, math.log(3)], [0.0, 0.0]])  # probabilities 1/2, 3/4; 1/2, 1/2
    loss = Sigmoid(2).loss(logits, torch.tensor([[1.0, 1.0], [0.0, 0.0]]), ALL)
    assert loss.item() == pytest.approx((math.log(2) + math.log(4 / 3) + 2 * math.log(2)) / 2)
    torch.testing.assert_close(Sigmoid(2).scores(logits)[0], torch.tensor([0.5, 0.75]))


def test_what_is_unknown_weighs_nothing():
    counts = torch.tensor([[True, False], [False, False]])
    loss = Sigmoid(2).loss(torch.zeros(2, 2), torch.zeros(2, 2), counts)
    assert loss.item() == pytest.approx(math.log(2) / 2)


def test_softmax_has_background_last():
    logits = torch.log(torch.tensor([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]]))
    loss = Softmax(2).loss(logits, torch.tensor([[0.0, 0.0], [1.0, 1.0]]), ALL)
    assert loss.item() == pytest.approx(-(math.log(0.5) + math.log(0.6)) / 2)  # background; the first of two labels
    torch.testing.assert_close(Softmax(2).scores(logits), torch.tensor([[0.2, 0.3], [0.6, 0.3]]))


def test_softmax_leaves_out_regions_with_an_unknown_label():
    logits = torch.log(torch.tensor([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]]))
    loss = Softmax(2).loss(logits, torch.tensor([[0.0, 0.0], [1.0, 0.0]]), torch.tensor([[True, False], [True, True]]))
    assert loss.item() == pytest.approx(-math.log(0.6))
    assert Softmax(2).loss(logits, torch.zeros(2, 2), ~ALL).item() == 0


def test_multi_task_asks_each_group_by_itself():
    task = MultiTask({"style": ("handwritten", "stamped"), "content": ("date",)})
    assert task.n_logits == 5
    logits = torch.log(torch.tensor([[0.7, 0.2, 0.1, 0.9, 0.1]]))
    loss = task.loss(logits, torch.tensor([[1.0, 0.0, 1.0]]), torch.ones(1, 3, dtype=torch.bool))
    assert loss.item() == pytest.approx(-math.log(0.7) - math.log(0.9))
    torch.testing.assert_close(task.scores(logits), torch.tensor([[0.7, 0.2, 0.9]]))
    # Not knowing the content leaves the style to be learnt.
    known = torch.tensor([[True, True, False]])
    assert task.loss(logits, torch.tensor([[1.0, 0.0, 0.0]]), known).item() == pytest.approx(-math.log(0.7))


def test_groups_must_be_the_labels():
    with pytest.raises(ValueError, match="groups"):
        ModelConfig(labels=("a", "b"), head="multitask", groups={"one": ("a",)})
