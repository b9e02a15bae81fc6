import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from docmarks.model.answers import Answers
from docmarks.model.low_rank import LowRankConv, conv3x3, conv_at, worth


def listen(conv, pages):
    heard = Answers(conv)
    for page in pages:
        conv(page)
    heard.close()
    return heard


@given(seed=st.integers(0, 2**16), rank=st.integers(1, 6))
def test_a_convolution_whose_answers_lie_in_few_directions_is_the_same_with_as_few_filters(seed, rank):
    torch.manual_seed(seed)
    conv = nn.Conv2d(4, 6, 3, padding=1).double()
    with torch.no_grad():  # answers are a constant and combinations of ``rank`` maps
        conv.weight.copy_((torch.randn(6, rank) @ torch.randn(rank, 36)).view(6, 4, 3, 3))
    pages = [torch.randn(2, 4, 7, 5, dtype=torch.float64), torch.randn(1, 4, 6, 6, dtype=torch.float64)]
    heard = listen(conv, pages)
    assert heard.rank(1 - 1e-9) <= rank
    low = LowRankConv.of(conv, heard.mean, heard.covariance, rank).double()
    other = torch.randn(1, 4, 9, 8, dtype=torch.float64)
    torch.testing.assert_close(low(other), conv(other), rtol=1e-4, atol=1e-4)  # it is made in single precision


@given(seed=st.integers(0, 2**16))
def test_of_fewer_filters_none_answers_nearer(seed):
    """On the pages that it was made from no other split errs less, so none along the weights' own directions."""
    torch.manual_seed(seed)
    conv, page = nn.Conv2d(3, 5, 3, padding=1), torch.randn(4, 3, 8, 8)
    heard = listen(conv, [page])
    with torch.no_grad():
        wanted = conv(page)
        ours = (LowRankConv.of(conv, heard.mean, heard.covariance, 2)(page) - wanted).square().mean()
        left = torch.linalg.svd(conv.weight.flatten(1)).U[:, :2]
        centred = wanted - heard.mean.float()[:, None, None]
        theirs = (torch.einsum("nchw,cd,ed->nehw", centred, left, left) - centred).square().mean()
        assert ours <= theirs * (1 + 1e-4)
        lost = torch.linalg.eigvalsh(heard.covariance)[:-2].sum() / 5
        assert ours == pytest.approx(float(lost), rel=1e-3)


def test_answers_are_those_of_all_places():
    layer = nn.Identity()
    pages = [torch.arange(12.0).view(1, 2, 2, 3), torch.tensor([[[[5.0]], [[1.0]]]])]
    heard = listen(layer, pages)
    cells = torch.tensor([[0, 6], [1, 7], [2, 8], [3, 9], [4, 10], [5, 11], [5, 1]], dtype=torch.float64)
    torch.testing.assert_close(heard.mean, cells.mean(dim=0))
    torch.testing.assert_close(heard.covariance, cells.T.cov(correction=0))
    layer(pages[0])
    torch.testing.assert_close(heard.mean, cells.mean(dim=0), msg="it has stopped to listen")


@pytest.mark.parametrize("rank", [None, 2])
def test_single_cells_are_as_in_the_whole_map(rank):
    torch.manual_seed(0)
    conv, page = conv3x3(3, 4, rank), torch.randn(1, 3, 5, 6)
    patches = nn.functional.unfold(page, 3, padding=1)[0].T  # [30, 27]
    torch.testing.assert_close(conv_at(conv, patches), conv(page)[0].flatten(1).T)


def test_what_fewer_filters_take():
    # Worked by hand: 9 * 96 * 96 = 82,944 multiplications a cell; 86 filters take 86 * (864 + 96) = 82,560.
    conv = nn.Conv2d(96, 96, 3)
    assert worth(conv, 86) and not worth(conv, 87)
