import pytest
import torch

from docmarks.errors import DocmarksError
from docmarks.model.config import ROIConfig
from docmarks.model.pooler import poolable
from docmarks.train.finer_bins import LAYER, can_be_carried, carried
from docmarks.train.start import Start, fit
from tiny import tiny_model


def with_bins(seed, **bins):
    return tiny_model(seed, roi=ROIConfig(fc_width=16, sampling_ratio=2, **bins))


@pytest.mark.parametrize("bins", [{"across": 14}, {"resolution": 14}, {"resolution": 14, "across": 21}])
def test_even_features_get_the_same_answer(bins):
    old, new = with_bins(0), with_bins(1, **bins)
    messages = fit(new, Start(old.state_dict(), old.config))
    assert any("finer bins" in message for message in messages)
    across = torch.linspace(-2, 3, 40)
    # Features that grow evenly along both sides: a bin's mean is that of its parts.
    levels = [(across[None, :] + 2 * across[:, None]).expand(1, old.config.fpn_width, 40, 40) for _ in range(4)]
    levels = poolable(levels, old.config.roi.sampling_ratio)
    regions, image = torch.tensor([[20.0, 24, 100, 60], [30, 10, 58, 80]]), torch.zeros(2, dtype=torch.int64)
    with torch.no_grad():
        for one, other in zip(
            old.roi_heads(levels, regions, image), new.roi_heads(levels, regions, image), strict=True
        ):
            torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4)


def test_a_part_weighs_its_share():
    weight = torch.arange(8.0).view(2, 4)  # two units, one channel of 2 x 2 bins
    finer = carried(weight, (2, 2), (2, 4)).view(2, 2, 4)
    assert finer[0].tolist() == [[0, 0, 0.5, 0.5], [1, 1, 1.5, 1.5]] and finer.sum() == weight.sum()


def test_bins_that_are_no_parts_are_another_network():
    assert (
        not can_be_carried((7, 7), (7, 7)) and not can_be_carried((7, 14), (7, 7)) and can_be_carried((7, 7), (7, 14))
    )
    old, new = with_bins(0), with_bins(1, across=10)
    assert old.state_dict()[LAYER].shape != new.state_dict()[LAYER].shape
    with pytest.raises(DocmarksError, match=r"fc1.weight .* size mismatch"):
        fit(new, Start(old.state_dict(), old.config))
