import pytest
import torch

from docmarks.model.config import ROIConfig
from docmarks.model.pooler import poolable
from docmarks.model.roi_heads import RegionSampler
from docmarks.model.targets import TargetBatch, Targets
from tiny import square_page, tiny_config, tiny_model


def looking_twice(seed=0, threshold=0.05, **changes):
    roi = tiny_config().roi.model_copy(update={"second_look": True, "score_threshold": threshold, **changes})
    model = tiny_model(seed, roi=roi)
    with torch.no_grad():
        model.roi_heads.predictor.labels.weight.mul_(200)  # spread the scores
        model.roi_heads.predictor.deltas.weight.mul_(20)
    return model


def looking_once(model):
    once = tiny_model(roi=model.config.roi.model_copy(update={"second_look": False}))
    once.load_state_dict(model.state_dict())
    return once


def test_what_may_be_a_mark_is_looked_at_where_it_was_found():
    twice = looking_twice(threshold=0.3)
    images = torch.rand(1, 1, 128, 96) * 255
    with torch.no_grad():
        boxes, scores, index = twice(images)
        first_boxes, first_scores, _ = looking_once(twice)(images)
        count = len(first_boxes)
        assert torch.equal(boxes[:count], first_boxes) and torch.equal(scores[:count], first_scores)
        again = first_boxes[(first_scores > 0.3).any(dim=1)]
        assert 0 < len(again) < count and len(boxes) == len(scores) == len(index) == count + len(again)
        levels = poolable(twice.pyramid(images).levels, twice.config.roi.sampling_ratio)
        expected, refined = twice.roi_heads(levels, again, torch.zeros(len(again)).long())
        torch.testing.assert_close(scores[count:], expected)
        refined[:, 0::2] = refined[:, 0::2].clamp(0, 96)
        refined[:, 1::2] = refined[:, 1::2].clamp(0, 128)
        torch.testing.assert_close(boxes[count:], refined)


def test_a_page_gets_the_same_answer_in_any_batch():
    model = looking_twice(threshold=0.3)
    pages = torch.rand(3, 1, 128, 96) * 255
    with torch.no_grad():
        boxes, scores, index = model(pages)
        for number, page in enumerate(pages):
            alone_boxes, alone_scores, _ = model(page[None])
            torch.testing.assert_close(boxes[index == number], alone_boxes, atol=1e-3, rtol=1e-4)
            torch.testing.assert_close(scores[index == number], alone_scores, atol=1e-4, rtol=1e-4)


def test_with_nothing_to_look_at_again_the_first_look_stands():
    model = looking_twice(threshold=1.0)
    with torch.no_grad():
        boxes, scores, index = model(torch.rand(1, 1, 96, 64) * 255)
    assert 0 < len(boxes) == len(scores) == len(index) <= 30


def test_a_box_a_label_has_no_place_to_look_at_again():
    with pytest.raises(ValueError, match="second_look"):
        ROIConfig(second_look=True, class_agnostic_boxes=False)


def targets():
    first = Targets(
        torch.tensor([[10.0, 10, 30, 30], [50, 10, 90, 30]]),
        torch.tensor([[1.0, 0], [0, 1]]),
        torch.tensor([[0.0, 60, 40, 90]]),
        torch.tensor([True, True]),
    )
    second = Targets(
        torch.tensor([[10.0, 40, 50, 60]]), torch.tensor([[1.0, 0]]), torch.zeros(0, 4), torch.tensor([True, False])
    )
    return TargetBatch.of([first, second], torch.device("cpu"))


def test_regions_are_matched_anew_where_the_first_look_put_them():
    refined = torch.tensor(
        [
            [10.0, 70, 30, 80],  # covered by what is ignored
            [52, 10, 92, 30],  # 38 / 42 of the stamp
            [10, 10, 30, 30],  # on the first image's signature, but of the second image: background
            [60, 60, 70, 70],  # nothing
            [10, 40, 50, 60],  # the second image's signature
        ]
    )
    images = torch.tensor([0, 0, 1, 0, 1])
    regions = RegionSampler(tiny_config().roi).again(refined, images, targets())
    # Foreground first, in the order they came.
    assert regions.proposals.tolist() == refined[[1, 4, 0, 2, 3]].tolist()
    assert regions.image_index.tolist() == [0, 1, 0, 1, 0]
    assert regions.labels.tolist() == [[0, 1], [1, 0], [0, 0], [0, 0], [0, 0]]
    assert regions.truth.tolist() == [[50, 10, 90, 30], [10, 40, 50, 60]]
    assert regions.known.tolist() == [[True, True], [True, True], [False, False], [True, False], [True, True]]
    assert regions.likely.tolist() == [[False, False], [False, False], [False, False], [False, True], [False, False]]


def losses(model):
    model.train()
    pages = torch.stack([square_page(10, 20), square_page(60, 50)])
    stamp, known = torch.tensor([[0.0, 1]]), torch.tensor([True, True])
    truth = [
        Targets(torch.tensor([[x, y, x + 24.0, y + 24]]), stamp, torch.zeros(0, 4), known)
        for x, y in [(10, 20), (60, 50)]
    ]
    return model.losses(pages, truth, torch.Generator().manual_seed(0))


def test_a_second_look_that_moves_nothing_costs_what_the_first_did():
    model = looking_twice()
    with torch.no_grad():
        model.roi_heads.predictor.deltas.weight.zero_()
    for name, loss in losses(looking_once(model)).items():
        torch.testing.assert_close(losses(model)[name], loss)


def test_both_looks_count_in_training():
    model = looking_twice()
    once, twice = losses(looking_once(model)), losses(model)
    assert torch.equal(once["rpn_box"], twice["rpn_box"])
    assert not torch.isclose(once["roi_box"], twice["roi_box"]) and torch.isfinite(twice["roi_box"])
    twice["roi_box"].backward()
    assert model.roi_heads.box_head.fc1.weight.grad.any() and model.backbone.stem[0].weight.grad.any()
