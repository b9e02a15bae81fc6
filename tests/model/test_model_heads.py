import torch

from docmarks.model.heads import BoxHead


def head(dropout):
    torch.manual_seed(0)
    return BoxHead(3, (7, 7), 64, dropout)


def test_dropout_leaves_out_its_share_and_makes_up_for_it():
    features, box_head = torch.ones(400, 3, 7, 7), head(0.25)
    torch.manual_seed(1)
    hidden = torch.relu(box_head.fc1(features.flatten(1)))
    kept = box_head._dropped(hidden)
    alive = hidden > 0
    assert abs(float((kept[alive] == 0).float().mean()) - 0.25) < 0.02
    assert torch.allclose(kept[kept > 0], hidden[kept > 0] / 0.75)


def test_dropout_is_for_training_alone():
    features, box_head = torch.rand(5, 3, 7, 7), head(0.5)
    assert not torch.equal(box_head(features), box_head(features))
    box_head.eval()
    plain = head(0.0)
    assert torch.equal(box_head(features), plain(features))
    assert box_head.state_dict().keys() == plain.state_dict().keys()


def test_values_are_read_as_they_lie():
    torch.manual_seed(0)
    head = BoxHead(6, (2, 3), 8, context=2)
    torch.nn.init.normal_(head.around.weight)
    pooled, around = torch.randn(4, 6, 2, 3), torch.randn(4, 6, 2, 2)
    last = [values.contiguous(memory_format=torch.channels_last) for values in (pooled, around)]
    assert not last[0].is_contiguous()
    torch.testing.assert_close(head(*last), head(pooled, around))
    assert head(pooled[:0], around[:0]).shape == (0, 8)
