import pytest
import torch

from docmarks.errors import DocmarksError
from docmarks.labels.label_set import LabelSet
from docmarks.model.config import AnchorConfig, BackboneConfig
from docmarks.model.detector import FasterRCNN
from docmarks.train.start import HEAD, Start, fit, for_labels
from tiny import tiny_config, tiny_model

RULES = LabelSet(name="mine", labels=("Stamp", "Date"))


def start(**changes):
    model = tiny_model(1, **changes)
    return Start(model.state_dict(), model.config)


def fresh(config):
    torch.manual_seed(2)
    return FasterRCNN(config)


def test_the_same_labels_take_everything():
    begun = start()
    model = fresh(begun.model)
    assert fit(model, begun) == [f"{len(begun.state)} of {len(begun.state)} tensors taken"]
    assert all(torch.equal(model.state_dict()[name], value) for name, value in begun.state.items())


def test_rows_go_by_the_names_of_the_labels():
    begun = start()  # Signature, Stamp
    model = fresh(for_labels(begun.model, RULES))
    before = model.state_dict()[f"{HEAD}.weight"].clone()
    messages = fit(model, begun)
    after = model.state_dict()
    assert torch.equal(after[f"{HEAD}.weight"][0], begun.state[f"{HEAD}.weight"][1])
    assert torch.equal(after[f"{HEAD}.bias"][0], begun.state[f"{HEAD}.bias"][1])
    assert torch.equal(after[f"{HEAD}.weight"][1], before[1])
    assert torch.equal(after["roi_heads.box_head.fc1.weight"], begun.state["roi_heads.box_head.fc1.weight"])
    assert messages[0] == "new head for 2 labels, the checkpoint had 2; rows of Stamp copied"


def test_rows_of_class_wise_boxes_and_of_background_go_along():
    roi = tiny_config().roi.model_copy(update={"class_agnostic_boxes": False})
    begun = start(head="softmax", roi=roi)
    single = RULES.model_copy(update={"single": ("Stamp",)})
    model = fresh(for_labels(begun.model, single))
    fit(model, begun)
    state, old = model.state_dict(), begun.state
    assert model.config.head == "softmax" and state[f"{HEAD}.weight"].shape[0] == 3
    assert torch.equal(state[f"{HEAD}.weight"][2], old[f"{HEAD}.weight"][2])  # background
    assert torch.equal(state["roi_heads.predictor.deltas.weight"][:4], old["roi_heads.predictor.deltas.weight"][4:8])


def test_several_labels_a_box_make_a_softmax_head_a_sigmoid_one():
    roi = tiny_config().roi.model_copy(update={"class_agnostic_boxes": False, "merge_iou": 2.0})
    begun = start(head="softmax", roi=roi, labels=tuple(f"class {i}" for i in range(80)), label_set="")
    wanted = for_labels(begun.model, "v2")
    assert wanted.head == "sigmoid" and wanted.roi.class_agnostic_boxes and wanted.roi.merge_iou == 0.8
    model = fresh(wanted)
    messages = fit(model, begun)
    assert messages[0] == "new head for 9 labels, the checkpoint had 80"
    assert messages[1] == "new box regression: 1 boxes a region, the checkpoint had 80"
    assert messages[2] == f"{len(model.state_dict()) - 4} of {len(model.state_dict())} tensors taken"


def test_groups_of_a_multitask_head_are_for_its_own_labels_only():
    begun = start(head="multitask", groups={"a": ("Signature",), "b": ("Stamp",)})
    assert for_labels(begun.model, RULES).head == "sigmoid"


def test_other_anchors_begin_as_the_nearest():
    begun = start()
    model = fresh(begun.model.model_copy(update={"anchors": AnchorConfig(ratios=(0.25, 0.5, 1.0, 2.0))}))
    messages = fit(model, begun)
    assert messages == [
        "other anchors: the first stage starts from the nearest that the checkpoint had",
        f"{len(begun.state)} of {len(begun.state)} tensors taken",
    ]
    assert torch.equal(model.rpn_head.objectness.bias[1:], begun.state["rpn_head.objectness.bias"])


@pytest.mark.parametrize(
    "changes", [{"fpn_width": 24}, {"backbone": BackboneConfig(depth=34, stem_width=8, res2_width=8)}]
)
def test_weights_of_another_network_are_told_in_one_line(changes):
    with pytest.raises(DocmarksError, match="of another network") as error:
        fit(fresh(tiny_config(**changes)), start())
    assert "\n" not in str(error.value)


def test_a_label_set_of_the_users_own_travels_as_its_rules():
    config = for_labels(tiny_config(), RULES)
    again = type(config).model_validate_json(config.model_dump_json())
    assert again.label_set == RULES and again.labels == RULES.labels
    assert LabelSet.load(again.label_set) is again.label_set
