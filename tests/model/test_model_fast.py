import pytest
import torch

from docmarks.model.config import BackboneConfig
from docmarks.model.detector import FasterRCNN
from docmarks.model.fast import faster
from docmarks.model.norm import FrozenBatchNorm2d
from tiny import square_finder, square_page, tiny_config


def test_folding_changes_nothing_but_the_last_digits():
    model, page = square_finder(), square_page(20, 30)[None]
    with torch.no_grad():
        boxes, scores, _ = model(page)
        quick_boxes, quick_scores, _ = faster(model)(page)
    best, quick_best = scores[:, 1].argmax(), quick_scores[:, 1].argmax()
    torch.testing.assert_close(quick_boxes[quick_best], boxes[best], atol=1e-2, rtol=0)
    torch.testing.assert_close(quick_scores[quick_best], scores[best], atol=1e-4, rtol=0)


@pytest.mark.parametrize("depth", [18, 50])
def test_frozen_normalisation_with_real_statistics_folds_too(depth):
    torch.manual_seed(0)
    backbone = BackboneConfig(depth=depth, stem_width=8, res2_width=16, width_per_group=4, norm="frozen")
    model = FasterRCNN(tiny_config(backbone=backbone)).eval()
    for module in model.modules():
        if isinstance(module, FrozenBatchNorm2d):
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2)
            module.weight.uniform_(0.2, 0.6)
            module.bias.normal_(std=0.1)
    quick = faster(model)
    assert not any(isinstance(module, FrozenBatchNorm2d) for module in quick.modules())
    image = torch.rand(1, 1, 128, 96) * 255
    with torch.no_grad():
        for ours, folded in zip(model.pyramid(image).levels, quick.pyramid(image).levels, strict=True):
            torch.testing.assert_close(folded, ours, rtol=1e-4, atol=1e-4 * float(ours.abs().max()))


def test_the_model_itself_is_left_alone():
    model = square_finder()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    faster(model)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
