import torch

from docmarks.model.matching import BACKGROUND, FOREGROUND, IGNORED, Matcher, Sampler


def test_states_by_threshold():
    quality = torch.tensor([[0.8, 0.5, 0.2, 0.7], [0.1, 0.6, 0.0, 0.3]])
    index, state = Matcher(0.3, 0.7)(quality)
    assert index.tolist() == [0, 1, 0, 0]
    assert state.tolist() == [FOREGROUND, IGNORED, BACKGROUND, FOREGROUND]


def test_the_best_anchor_of_a_ground_truth_is_foreground_even_when_poor():
    quality = torch.tensor([[0.2, 0.1, 0.2], [0.0, 0.0, 0.0]])
    index, state = Matcher(0.3, 0.7, keep_best=True)(quality)
    assert state.tolist() == [FOREGROUND, BACKGROUND, FOREGROUND]  # both ties; nothing for the untouched one
    assert index.tolist() == [0, 0, 0]


def test_without_ground_truth_everything_is_background():
    index, state = Matcher(0.3, 0.7, keep_best=True)(torch.zeros(0, 3))
    assert state.tolist() == [BACKGROUND] * 3 and index.tolist() == [0] * 3


def test_sampler_fills_up_with_background_and_repeats_with_its_seed():
    state = torch.tensor([FOREGROUND] * 3 + [IGNORED] * 5 + [BACKGROUND] * 20)
    draw = [Sampler(8, 0.25)(state, torch.Generator().manual_seed(7)) for _ in range(2)]
    positive, negative = draw[0]
    assert len(positive) == 2 and set(positive.tolist()) <= {0, 1, 2}
    assert len(negative) == 6 and min(negative.tolist()) >= 8
    assert torch.equal(draw[0][0], draw[1][0]) and torch.equal(draw[0][1], draw[1][1])


def test_few_positives_leave_room_for_background():
    positive, negative = Sampler(8, 0.5)(torch.tensor([FOREGROUND] + [BACKGROUND] * 20))
    assert (len(positive), len(negative)) == (1, 7)
