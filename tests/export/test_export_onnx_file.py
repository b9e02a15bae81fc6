import numpy as np
import pytest
import torch

from docmarks.errors import DocmarksError
from docmarks.export import onnx_file
from docmarks.export.onnx_file import check, export_onnx, same_regions
from docmarks.runtime.detector import Detector
from docmarks.runtime.session import Session
from docmarks.runtime.sheet import ModelSheet
from tiny import tiny_config, tiny_model


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    model = tiny_model()
    with torch.no_grad():
        model.roi_heads.predictor.labels.weight.mul_(200)  # spread the scores, so that equality means something
    path = tmp_path_factory.mktemp("model") / "model.onnx"
    export_onnx(model, ModelSheet(name="tiny", version="1", config=model.config, thresholds=(0.3, 0.4)), path)
    return model, path


@pytest.mark.parametrize("size", [(128, 96), (97, 131), (40, 33), (256, 64)])
def test_outputs_equal_torch_at_sizes_it_was_not_traced_with(exported, size):
    model, path = exported
    image = torch.rand(1, 1, *size) * 255
    with torch.no_grad():
        boxes, scores, _ = model(image)
    assert same_regions(boxes.numpy(), scores.numpy(), *Session(path)(image.numpy()), share=1.0)


def test_stock_onnx_runtime_takes_what_is_documented(exported):
    onnxruntime = pytest.importorskip("onnxruntime")
    model, path = exported
    session = onnxruntime.InferenceSession(str(path))
    assert [(i.name, i.shape, i.type) for i in session.get_inputs()] == [
        ("images", ["batch", 1, "height", "width"], "tensor(float)")
    ]
    assert [(o.name, o.shape, o.type) for o in session.get_outputs()] == [
        ("boxes", ["regions", 4], "tensor(float)"),
        ("scores", ["regions", 2], "tensor(float)"),
        ("image_index", ["regions"], "tensor(int64)"),
    ]
    for count, height, width in [(1, 160, 128), (3, 70, 129)]:
        images = torch.rand(count, 1, height, width) * 255
        with torch.no_grad():
            boxes, scores, index = (t.numpy() for t in model(images))
        got_boxes, got_scores, got_index = session.run(None, {"images": images.numpy()})
        assert set(got_index) == set(range(count)) and (np.diff(got_index) >= 0).all()
        for i in range(count):
            ours, theirs = index == i, got_index == i
            assert same_regions(boxes[ours], scores[ours], got_boxes[theirs], got_scores[theirs], share=1.0)


@pytest.mark.parametrize(
    ("change", "sides"),
    [
        ({"class_agnostic_boxes": False}, 8),
        ({"across": 14}, 4),
        ({"context": 5}, 4),
        ({"second_look": True}, 4),
        ({"second_look": True, "score_threshold": 0.9999}, 4),  # nothing to look at again
        ({"second_look": True, "context": 3}, 4),
    ],
)
def test_every_second_stage_is_exported(change, sides, tmp_path):
    model = tiny_model(roi=tiny_config().roi.model_copy(update=change))
    with torch.no_grad():
        model.roi_heads.predictor.labels.weight.mul_(200)
        for name, weight in model.roi_heads.box_head.named_parameters():
            if name.startswith("around"):
                weight.normal_(std=0.05)
    export_onnx(model, ModelSheet(name="t", version="1", config=model.config, thresholds=(0, 0)), tmp_path / "m.onnx")
    images = torch.rand(2, 1, 96, 64) * 255
    for (boxes, scores), whole in zip(Session(tmp_path / "m.onnx").many(images.numpy()), images, strict=True):
        with torch.no_grad():
            alone = [t.numpy() for t in model(whole[None])[:2]]
        assert boxes.shape == (len(scores), sides) and same_regions(boxes, scores, *alone, share=1.0)


def test_the_sheet_travels_in_the_file(exported):
    model, path = exported
    detector = Detector.load(path)
    assert detector.name == "tiny" and detector.labels == ("Signature", "Stamp")
    assert detector.thresholds == (0.3, 0.4) and detector.sheet.config == model.config


def test_a_network_that_differs_is_refused(exported):
    _, path = exported
    with pytest.raises(DocmarksError, match="differs"):
        check(tiny_model(seed=5), path)


def test_nothing_is_left_behind_when_the_check_fails(tmp_path, monkeypatch):
    def part(*_: object) -> None:
        raise DocmarksError("parts")

    monkeypatch.setattr(onnx_file, "check", part)
    model = tiny_model()
    with pytest.raises(DocmarksError, match="parts"):
        export_onnx(
            model,
            ModelSheet(name="t", version="1", config=model.config, thresholds=(0, 0)),
            tmp_path / "m.onnx",
        )
    assert list(tmp_path.iterdir()) == []


def test_same_regions_is_a_comparison_of_sets():
    boxes, scores = np.array([[0.0, 0, 5, 5], [1, 1, 9, 9]]), np.array([[0.1], [0.9]])
    assert same_regions(boxes, scores, boxes[::-1], scores[::-1])
    assert not same_regions(boxes, scores, boxes, scores[::-1])
    assert not same_regions(boxes, scores, boxes[:0], scores[:0])
