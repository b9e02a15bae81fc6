import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from docmarks.errors import DocmarksError
from docmarks.model.config import ROIConfig
from docmarks.model.context import MARGIN, ContextPooler, surroundings
from docmarks.model.pooler import poolable
from docmarks.train.start import AROUND, Start, fit
from tiny import tiny_model

ONE = torch.zeros(1, dtype=torch.int64)


def with_context(seed, context):
    return tiny_model(seed, roi=ROIConfig(fc_width=16, sampling_ratio=2, context=context))


def answers(model, regions):
    torch.manual_seed(3)
    levels = [torch.randn(1, model.config.fpn_width, 160 // 2**k, 160 // 2**k) for k in range(4)]
    with torch.no_grad():
        return model.roi_heads(poolable(levels, 2), regions, torch.zeros(len(regions), dtype=torch.int64))


def test_surroundings_of_a_line_of_writing():
    # 100 x 36 pixels are a square of side 60; with the margin that is 92 on every side.
    assert MARGIN == 32
    assert surroundings(torch.tensor([[200.0, 300, 300, 336]])).tolist() == [[108, 208, 392, 428]]


@given(st.lists(st.floats(0, 1000, width=32), min_size=4, max_size=4))
def test_surroundings_hold_the_region_in_their_middle(sides):
    x, y, width, height = sides
    region = torch.tensor([[x, y, x + width, y + height]])
    grown = surroundings(region)
    least = torch.cat((region[:, :2] - MARGIN + 1e-3, region[:, 2:] + MARGIN - 1e-3), dim=1)
    assert (grown[:, :2] <= least[:, :2]).all() and (grown[:, 2:] >= least[:, 2:]).all()
    torch.testing.assert_close(grown[:, :2] + grown[:, 2:], region[:, :2] + region[:, 2:], atol=1e-2, rtol=1e-5)


def test_bins_read_the_page_around_the_region():
    # A feature that holds its own x in input pixels: cell i of stride 8 is centred at 8i + 4.
    levels = [torch.zeros(1, 1, 256 // 2**k, 256 // 2**k) for k in range(4)]
    levels[1][0, 0] = torch.arange(128)[None, :] * 8.0 + 4
    pooled = ContextPooler(5, 2)(poolable(levels, 2), torch.tensor([[500.0, 500, 512, 512]]), ONE)
    # A checkbox of 12 pixels: 44 around it, so 100 in five bins.
    centres = 456 + 20 * (torch.arange(5) + 0.5)
    torch.testing.assert_close(pooled[0, 0], centres.expand(5, 5), atol=1e-3, rtol=0)


def test_fewer_bins_come_from_a_coarser_level():
    levels = [torch.full((1, 1, 256 // 2**k, 256 // 2**k), float(k)) for k in range(4)]
    # 80 x 80 grows to 304 x 304. p4 begins at 224 for seven bins, at 160 for five (p5 at 320), at 128 for four (p5 at
    # 256).
    region = torch.tensor([[400.0, 400, 480, 480]])
    pooled = [ContextPooler(bins, 2)(poolable(levels, 2), region, ONE) for bins in (14, 7, 5, 4)]
    assert [values.mean().item() for values in pooled] == [1, 2, 2, 3]


def test_what_lies_beyond_the_page_is_zero():
    levels = [torch.ones(1, 1, 64 // 2**k, 64 // 2**k) for k in range(4)]
    pooled = ContextPooler(5, 2)(poolable(levels, 2), torch.tensor([[0.0, 0, 12, 12]]), ONE)[0, 0]
    assert (pooled[0] == 0).all() and (pooled[:, 0] == 0).all() and (pooled[3:, 3:] == 1).all()


def test_a_network_without_begins_with_the_answers_it_had():
    old, new = with_context(0, None), with_context(1, 5)
    messages = fit(new, Start(old.state_dict(), old.config))
    assert any("what stands around" in message for message in messages)
    regions = torch.tensor([[20.0, 24, 100, 60], [30, 10, 58, 80]])
    for one, other in zip(answers(old, regions), answers(new, regions), strict=True):
        assert torch.equal(one, other)


def test_a_network_with_carries_it_on():
    old, new = with_context(0, 5), with_context(1, 5)
    with torch.no_grad():
        old.roi_heads.box_head.around.weight.normal_()
    fit(new, Start(old.state_dict(), old.config))
    assert torch.equal(new.state_dict()[AROUND], old.state_dict()[AROUND])


@pytest.mark.parametrize(("old", "new"), [(5, None), (5, 7)])
def test_surroundings_do_not_get_lost_or_bent(old, new):
    old = with_context(0, old)
    with pytest.raises(DocmarksError, match="another network"):
        fit(with_context(1, new), Start(old.state_dict(), old.config))


def test_the_surroundings_count_and_learn():
    model = with_context(0, 5)
    regions = torch.tensor([[20.0, 24, 100, 60], [300, 310, 340, 330]])
    before = answers(model, regions)[0]
    torch.manual_seed(4)
    with torch.no_grad():
        model.roi_heads.box_head.around.weight.normal_()
    assert not torch.equal(before, answers(model, regions)[0])
    model.roi_heads.box_head.around.weight.grad = None
    levels = [torch.randn(1, model.config.fpn_width, 160 // 2**k, 160 // 2**k) for k in range(4)]
    model.roi_heads(poolable(levels, 2), regions, torch.zeros(2, dtype=torch.int64))[0].sum().backward()
    assert model.roi_heads.box_head.around.weight.grad.abs().sum() > 0
