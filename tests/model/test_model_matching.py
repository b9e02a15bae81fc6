import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from docmarks.model.matching import BACKGROUND, FOREGROUND, IGNORED, Matcher, Sampler, distinct


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


def test_an_empty_ground_truth_matches_nothing():
    index, state = Matcher(0.3, 0.7, keep_best=True)(torch.zeros(1, 3))
    assert state.tolist() == [BACKGROUND] * 3 and index.tolist() == [0] * 3


def test_a_batch_is_matched_as_its_images_are():
    quality = torch.rand(4, 3, 20, generator=torch.Generator().manual_seed(0))
    together = Matcher(0.3, 0.7, keep_best=True)(quality)
    for image, alone in enumerate(quality):
        for whole, part in zip(together, Matcher(0.3, 0.7, keep_best=True)(alone), strict=True):
            assert torch.equal(whole[image], part)


def test_sampler_fills_up_with_background_and_repeats_with_its_seed():
    state = torch.tensor([[FOREGROUND] * 3 + [IGNORED] * 5 + [BACKGROUND] * 20])
    one, two = (Sampler(8, 0.25)(state, torch.Generator().manual_seed(7)) for _ in range(2))
    assert one.n_foreground == 2 and one.foreground.tolist() == [True] * 2 + [False] * 6
    assert set(one.references[:2].tolist()) <= {0, 1, 2} and one.references[2:].min() >= 8
    assert len(set(one.references.tolist())) == 8 and torch.equal(one.references, two.references)


def test_few_positives_leave_room_for_background():
    drawn = Sampler(8, 0.5)(torch.tensor([[FOREGROUND] + [BACKGROUND] * 20]))
    assert (drawn.n_foreground, len(drawn.references)) == (1, 8)


@settings(max_examples=30)
@given(seed=st.integers(0, 2**16), n_images=st.integers(1, 5), size=st.sampled_from([4, 40]))
def test_an_image_draws_the_same_alone_and_in_a_batch(seed, n_images, size):
    choices = torch.tensor([FOREGROUND, BACKGROUND, BACKGROUND, IGNORED])
    states = choices[torch.randint(0, 4, (n_images, 30_000), generator=torch.Generator().manual_seed(seed))]
    states[0] = IGNORED  # an image of which nothing can be drawn

    def draws():
        return [torch.Generator().manual_seed(seed + image) for image in range(n_images)]

    sampler = Sampler(size, 0.25)
    drawn = sampler(states, draws())
    for image, state in enumerate(states):
        alone = sampler(state[None], [draws()[image]])
        mine = drawn.images == image
        assert torch.equal(drawn.references[mine], alone.references)
        assert int((mine & drawn.foreground).sum()) == alone.n_foreground
        assert (state[alone.references[: alone.n_foreground]] == FOREGROUND).all()
        assert (state[alone.references[alone.n_foreground :]] == BACKGROUND).all()


@given(seed=st.integers(0, 2**16), count=st.integers(0, 60), more=st.integers(0, 30_000))
def test_distinct_numbers(seed, count, more):
    found = distinct(count, count + more, torch.Generator().manual_seed(seed))
    assert len(found) == count == len(set(found.tolist())) and found.dtype == torch.int64
    assert count == 0 or (found.min() >= 0 and found.max() < count + more)
    assert torch.equal(found, distinct(count, count + more, torch.Generator().manual_seed(seed)))


def test_distinct_numbers_are_spread_evenly():
    generator = torch.Generator().manual_seed(0)
    found = torch.cat([distinct(10, 20_000, generator) for _ in range(2000)]).float()
    assert found.mean().item() == pytest.approx(9999.5, abs=160)
    assert torch.histc(found, 10, 0, 20_000).min() > 1800
