import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from docmarks.labels.label_set import LabelSet
from docmarks.model.classification import MultiTask, Sigmoid, Softmax
from docmarks.synth.ink.library import InkLibrary
from docmarks.train.config import TrainConfig
from docmarks.train.prepare import prepare, training_pages
from docmarks.train.samples.imbalance import class_balanced, repeat_factors, with_label_weights
from sample_data import write_set
from tiny import tiny_config


def test_repeat_factors_worked_by_hand():
    """Ten pages: a on all, b on 4, c on 1; with t = 0.4 only c repeats, sqrt(0.4 / 0.1) = 2 times."""
    pages = [{"a", "b"}, {"a", "b", "c"}, {"a", "b"}, {"a", "b"}, *[{"a"}] * 6]
    assert repeat_factors(pages, 0.4).tolist() == [1, 2, 1, 1, 1, 1, 1, 1, 1, 1]
    # t = 0.9: b sqrt(0.9 / 0.4) = 1.5, c sqrt(9) = 3
    np.testing.assert_allclose(repeat_factors(pages, 0.9), [1.5, 3, 1.5, 1.5, *[1] * 6])
    assert repeat_factors([set(), {"a"}], 0.1).tolist() == [1, 1]


@given(st.lists(st.sets(st.sampled_from("abcd")), min_size=1, max_size=30), st.floats(0, 1))
def test_no_page_is_drawn_less(pages, threshold):
    factors = repeat_factors(pages, threshold)
    assert (factors >= 1).all() and (factors <= max(1.0, (threshold * len(pages)) ** 0.5) + 1e-9).all()


def test_class_balanced_weights_worked_by_hand():
    """beta 0.9: (1 - 0.9^1) / 0.1 = 1, (1 - 0.9^2) / 0.1 = 1.9, so weights as 1 to 1 / 1.9."""
    one, two, none = class_balanced({"a": 1, "b": 2}, ("a", "b", "c"), 0.9, 100)
    assert one / two == pytest.approx(1.9) and none == 1
    assert (1 * one + 2 * two) / 3 == pytest.approx(1)  # the mean over boxes
    assert class_balanced({"a": 1, "b": 1000}, ("a", "b"), 0.999, 5.0)[0] == 5.0
    assert class_balanced({"a": 1, "b": 1000}, ("a", "b"), 0.0, 5.0) == pytest.approx((1, 1))


def test_the_loss_of_a_region_is_multiplied_by_its_labels_weight():
    """Against the same loss of each region alone, for all three heads, with an unknown label on one of them."""
    torch.manual_seed(0)
    weights = (2.0, 1.0, 4.0)
    labels = torch.tensor([[1.0, 0, 0], [0, 0, 1], [0, 0, 0], [1, 0, 1]])
    counts = torch.ones(4, 3, dtype=torch.bool)
    expected = torch.tensor([2.0, 4.0, 1.0, 3.0])  # the last carries two labels: their mean
    for n_logits, make in ((3, Sigmoid), (4, Softmax)):
        logits = torch.randn(4, n_logits)
        each = torch.stack([make(3).loss(logits[i : i + 1], labels[i : i + 1], counts[i : i + 1]) for i in range(4)])
        torch.testing.assert_close(make(3, weights).loss(logits, labels, counts), (each * expected).mean())
    groups = {"x": ("a",), "y": ("b", "c")}
    logits = torch.randn(4, 5)
    x, y = Softmax(1, weights[:1]), Softmax(2, weights[1:])
    whole = x.loss(logits[:, :2], labels[:, :1], counts[:, :1]) + y.loss(logits[:, 2:], labels[:, 1:], counts[:, 1:])
    torch.testing.assert_close(MultiTask(groups, weights).loss(logits, labels, counts), whole)
    counts[0] = False  # unknown: neither its loss nor its weight counts
    logits = torch.randn(4, 4)
    known = Softmax(3, weights).loss(logits[1:], labels[1:], counts[1:])
    torch.testing.assert_close(Softmax(3, weights).loss(logits, labels, counts), known)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Nine pages with a signature, one with a redaction."""
    mark = lambda label: [(label, (10, 10, 30, 15), (0, 0, 0))]  # noqa: E731
    pages = [(str(i), (80, 100), (255, 255, 255), mark("Redaction" if i == 0 else "Signature"), {}) for i in range(10)]
    return write_set(tmp_path_factory.mktemp("d"), pages)


def config(**imbalance):
    model = tiny_config(label_set="v1", labels=LabelSet.load("v1").labels)
    ink = {"decorate": 0.0, "forms": 0.0, "pages": 0.0}
    return TrainConfig(model=model, steps=200, batch=4, imbalance=imbalance, ink=ink)


def test_rare_labels_are_drawn_more_often(data):
    seen = {}
    for threshold in (0.0, 0.9):
        samples = prepare(config(repeat_threshold=threshold), [data], None, InkLibrary.builtin())
        rng = np.random.default_rng(0)
        seen[threshold] = sum(samples.pages(rng).page.group == "0" for _ in range(2000)) / 2000
    assert seen[0.0] == pytest.approx(0.1, abs=0.03)
    assert seen[0.9] == pytest.approx(3 / 12, abs=0.03)  # sqrt(0.9 / 0.1) = 3 against nine of 1


def test_label_weights_become_part_of_the_configuration(data):
    plan = config(loss_beta=0.9)
    label_set = LabelSet.load("v1")
    pages = training_pages(plan, [data], label_set)
    resolved = with_label_weights(plan, pages, label_set)
    expected = class_balanced({"Redaction": 1, "Signature": 9}, plan.model.labels, 0.9, 5.0)
    assert resolved.model.roi.label_weights == expected and expected[1] > 3 * expected[2]
    assert with_label_weights(resolved, pages, label_set) == resolved  # a resumed run finds the same
    assert prepare(plan, [data], None, InkLibrary.builtin()).config == resolved
    assert with_label_weights(config(), pages, label_set) == config()
