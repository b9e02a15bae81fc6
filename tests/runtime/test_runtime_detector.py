import shutil

import numpy as np
import pytest

from docmarks.errors import DocmarksError
from docmarks.export.onnx_file import export_onnx
from docmarks.runtime.detector import Detector
from docmarks.runtime.in_flight import in_flight
from docmarks.runtime.sheet import ModelSheet
from tiny import tiny_model


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    model = tiny_model()
    # Everything scores a little over the floor, so that there is something to compare.
    model.roi_heads.predictor.labels.bias.data.fill_(-2.0)
    sheet = ModelSheet(name="tiny", version="1", config=model.config, thresholds=(0.1, 0.1))
    export_onnx(model, sheet, folder / "model.onnx")
    return folder


@pytest.fixture(scope="module")
def page():
    return np.random.default_rng(0).integers(0, 255, (300, 200, 3), np.uint8)


@pytest.mark.parametrize(
    ("page_size", "expected"), [((1700, 2200), (96, 124)), ((1280, 640), (128, 64)), ((1, 1), (96, 96))]
)
def test_working_size(folder, page_size, expected):
    detector = Detector.load(folder / "model.onnx")
    assert detector.working_size(*page_size) == expected


def test_finds_boxes_in_pixels_of_the_page(folder, page):
    found = Detector.load(folder)(page)
    assert len(found) and found.labels == ("Signature", "Stamp")
    assert (found.boxes >= 0).all() and (found.boxes <= [200, 300, 200, 300]).all()
    assert found.boxes[:, 3].max() > 200  # not left in pixels of a smaller working size


def test_a_grey_page_and_its_colour_copy_are_the_same(folder, page):
    detector = Detector.load(folder)
    grey = page[:, :, 0]
    np.testing.assert_array_equal(detector(grey).boxes, detector(np.stack([grey] * 3, axis=2)).boxes)


def test_several_pages_at_once_are_found_as_one_by_one(folder):
    pages = [np.random.default_rng(seed).integers(0, 255, (300, 200), np.uint8) for seed in range(12)]
    one, three = Detector.load(folder), Detector.load(folder, streams=3)
    for alone, together in zip(map(one, pages), in_flight(three, pages, three.streams), strict=True):
        np.testing.assert_allclose(together.boxes, alone.boxes, atol=1e-2)
        np.testing.assert_allclose(together.scores, alone.scores, atol=1e-4)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("missing.onnx", None, "no such model file"),
        ("broken.onnx", b"not a model", "damaged"),
        ("empty.onnx", b"", "not one that docmarks exported"),
        ("broken.xml", b"<net", "damaged"),
        ("other.xml", b"<net/>", "not one that docmarks exported"),
    ],
)
def test_what_is_no_model_is_one_line_that_names_the_file(tmp_path, name, content, message):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DocmarksError, match=message) as error:
        Detector.load(path)
    assert str(path) in str(error.value) and "\n" not in str(error.value)


def test_a_cut_off_file_is_refused(folder, tmp_path):
    data = (folder / "model.onnx").read_bytes()
    (tmp_path / "cut.onnx").write_bytes(data[: len(data) // 2])
    with pytest.raises(DocmarksError, match=r"cut\.onnx"):
        Detector.load(tmp_path / "cut.onnx")


def test_a_folder_without_a_model_says_how_to_make_one(tmp_path):
    with pytest.raises(DocmarksError, match="docmarks export"):
        Detector.load(tmp_path)


def test_runs_without_torch(folder, tmp_path):
    import subprocess
    import sys

    shutil.copy(folder / "model.onnx", tmp_path / "model.onnx")
    code = (
        "import sys; from pathlib import Path; import numpy as np; from docmarks.runtime.detector import Detector; "
        f"Detector.load(Path({str(tmp_path)!r}))(np.zeros((64, 64), np.uint8)); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
