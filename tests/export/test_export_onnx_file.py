import numpy as np
import pytest
import torch

from docmarks.errors import DocmarksError
from docmarks.export import onnx_file
from docmarks.export.onnx_file import check, export_onnx, same_regions
from docmarks.runtime.detector import Detector
from docmarks.runtime.session import Session
from docmarks.runtime.sheet import ModelSheet
from tiny import tiny_model


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
        boxes, scores = model(image)
    assert same_regions(boxes.numpy(), scores.numpy(), *Session(path)(image.numpy()), share=1.0)


def test_stock_onnx_runtime_agrees(exported):
    onnxruntime = pytest.importorskip("onnxruntime")
    model, path = exported
    image = torch.rand(1, 1, 160, 128) * 255
    with torch.no_grad():
        boxes, scores = model(image)
    other = onnxruntime.InferenceSession(str(path)).run(None, {"image": image.numpy()})
    assert same_regions(boxes.numpy(), scores.numpy(), *other, share=1.0)


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
