import pytest
import torch

from docmarks.model.batch import stack_images
from docmarks.model.config import BackboneConfig, InputConfig
from docmarks.model.detector import FasterRCNN
from docmarks.model.targets import Targets
from tiny import square_finder, square_page, tiny_config, tiny_model


def target(boxes, labels, ignored=(), known=(True, True)):
    return Targets(
        torch.tensor(boxes, dtype=torch.float32).reshape(-1, 4),
        torch.tensor(labels, dtype=torch.float32).reshape(-1, 2),
        torch.tensor(ignored, dtype=torch.float32).reshape(-1, 4),
        torch.tensor(known),
    )


BOX = [[20.0, 20, 60, 50]]


def losses(model, targets, seed=0):
    model.train()
    images = torch.rand(len(targets), 1, 128, 96, generator=torch.Generator().manual_seed(1)) * 255
    return model.losses(images, targets, torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("depth", [18, 34, 50, 101])
def test_features_have_the_strides_and_widths_they_should(depth):
    config = BackboneConfig(depth=depth, stem_width=8, res2_width=16, width_per_group=4)
    model = FasterRCNN(tiny_config(backbone=config, input=InputConfig(channels="rgb", mean=(0,) * 3, std=(1,) * 3)))
    levels = model.eval().pyramid(torch.zeros(1, 3, 100, 70)).levels
    # 100 x 70 is padded to 128 x 96.
    assert [tuple(level.shape) for level in levels] == [
        (1, 16, 32, 24), (1, 16, 16, 12), (1, 16, 8, 6), (1, 16, 4, 3), (1, 16, 2, 2)
    ]  # fmt: skip


def test_resnext_groups_its_middle_convolution():
    config = BackboneConfig(depth=50, stem_width=8, res2_width=32, groups=4, width_per_group=2, stride_in_1x1=False)
    block = FasterRCNN(tiny_config(backbone=config)).backbone.res3[0]
    assert block.conv2[0].groups == 4 and block.conv2[0].stride == (2, 2) and block.conv1[0].stride == (1, 1)


def test_inference_gives_boxes_inside_the_image_and_a_score_a_label():
    boxes, scores, _ = tiny_model()(torch.rand(1, 1, 100, 70) * 255)
    assert boxes.shape == (len(scores), 4) and scores.shape[1] == 2 and 0 < len(boxes) <= 30
    assert (boxes >= 0).all() and (boxes[:, 2] <= 70).all() and (boxes[:, 3] <= 100).all()
    assert ((scores >= 0) & (scores <= 1)).all()


def test_an_image_alone_and_padded_in_place_agree():
    # Padding comes after normalisation: 128 x 96 needs none, and adds nothing.
    model = tiny_model()
    image = torch.rand(1, 1, 128, 96) * 255
    assert torch.equal(model.normalise(image), (image - model.normalise.mean) / model.normalise.std)
    padded = model.normalise(image[:, :, :100, :70])
    assert padded.shape == (1, 1, 128, 96) and not padded[:, :, 100:].any() and not padded[:, :, :, 70:].any()


def test_every_loss_reaches_every_part():
    # Every anchor is sampled: a few at random could leave out the coarse levels.
    model = tiny_model(rpn=tiny_config().rpn.model_copy(update={"samples_per_image": 5000}))
    sum(losses(model, [target(BOX, [[1, 0]])] * 2).values()).backward()
    without = [name for name, p in model.named_parameters() if p.grad is None or not p.grad.any()]
    assert without == []


def test_a_page_without_marks_trains_the_background_only():
    found = losses(tiny_model(), [target([], [])] * 2)
    assert (found["rpn_objectness"]) > 0 and (found["roi_labels"]) > 0
    assert (found["rpn_box"]) == 0 and (found["roi_box"]) == 0


def test_nothing_is_learnt_of_a_page_where_nothing_is_known():
    found = losses(tiny_model(), [target([], [], known=(False, False))] * 2)
    assert [value.item() for value in found.values()] == [0, 0, 0, 0]


def test_a_label_that_is_not_exhaustive_has_background_only_where_the_network_sees_nothing():
    """Signature is complete, Stamp is not; a bias makes the network see stamps everywhere, or nowhere."""
    for seen in (False, True):
        model = tiny_model()
        with torch.no_grad():
            model.roi_heads.predictor.labels.bias[1] = 2.0 if seen else -2.0
        losses(model, [target([], [], known=(True, False))] * 2)["roi_labels"].backward()
        gradient = model.roi_heads.predictor.labels.bias.grad
        assert gradient[0] > 0  # pushed down: background for Signature
        assert (gradient[1] == 0) if seen else (gradient[1] > 0)


def test_what_is_boxed_is_taught_whatever_else_is_complete():
    model = tiny_model()
    with torch.no_grad():
        model.roi_heads.predictor.labels.bias[1] = 2.0
    losses(model, [target(BOX, [[1, 0]], known=(True, False))] * 2)["roi_labels"].backward()
    assert model.roi_heads.predictor.labels.bias.grad[1] > 0  # a signature is no stamp, seen or not


def test_proposals_learn_background_where_some_label_is_complete():
    some = losses(tiny_model(), [target([], [], known=(True, False))] * 2)["rpn_objectness"]
    every = losses(tiny_model(), [target([], [])] * 2)["rpn_objectness"]
    assert some == every > 0


def test_an_ignored_region_is_no_background():
    everywhere = [[0.0, 0, 96, 128]]
    found = losses(tiny_model(), [target([], [], ignored=everywhere)] * 2)
    assert (found["roi_labels"]) == 0
    # Anchors that reach over the edge by more than half are not covered by it.
    assert 0 < (found["rpn_objectness"]) < (losses(tiny_model(), [target([], [])] * 2)["rpn_objectness"])


def test_samples_follow_the_generator():
    model = tiny_model()
    batch = [target(BOX, [[1, 1]])] * 2
    first, again, other = ((losses(model, batch, seed)["rpn_objectness"]) for seed in (3, 3, 4))
    assert first == again != other


def test_learns_to_find_a_square():
    model = square_finder()
    for x, y in ((10, 20), (60, 5), (40, 60)):
        with torch.no_grad():
            boxes, scores, _ = model(square_page(x, y)[None])
        best = scores[:, 1].argmax()
        torch.testing.assert_close(boxes[best], torch.tensor([x, y, x + 24.0, y + 24.0]), atol=6, rtol=0)
        assert scores[best, 1] > 0.8 > 0.2 > scores[best, 0]


def test_a_padded_batch_finds_what_each_image_gives_in_the_same_padding():
    model = square_finder()
    places = [(20, 30), (60, 5), (5, 40)]
    pages = [square_page(*places[0]), square_page(*places[1])[:, :64, :], square_page(*places[2])[:, :, :80]]
    images, sizes = stack_images(pages, model.config.input)
    assert images.shape == (3, 1, 96, 96) and sizes == [(96, 96), (64, 96), (96, 80)]
    with torch.no_grad():
        for i, (boxes, scores) in enumerate(model.detect_batch(images, sizes)):
            alone, alone_scores = model.detect_batch(images[i : i + 1], sizes[i : i + 1])[0]
            best, alone_best = scores[:, 1].argmax(), alone_scores[:, 1].argmax()
            torch.testing.assert_close(boxes[best], alone[alone_best], atol=1e-3, rtol=0)
            torch.testing.assert_close(scores[best], alone_scores[alone_best], atol=1e-4, rtol=0)
            x, y = places[i]
            torch.testing.assert_close(boxes[best], torch.tensor([x, y, x + 24.0, y + 24.0]), atol=6, rtol=0)
            assert (boxes[:, 2] <= sizes[i][1]).all() and (boxes[:, 3] <= sizes[i][0]).all()
