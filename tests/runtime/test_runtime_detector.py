import shutil

import numpy as np
import pytest
from PIL import Image

from docmarks.errors import DocmarksError
from docmarks.export.onnx_file import export_onnx
from docmarks.runtime.detector import Detector
from docmarks.runtime.fusion import fused
from docmarks.runtime.in_flight import in_flight
from docmarks.runtime.sheet import ModelSheet
from tiny import square_finder, tiny_model


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
        ("missing.onnx", None, "no such model file; name an exported model"),
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


@pytest.mark.parametrize(
    ("page_size", "size", "expected"),
    [
        ((1700, 2200), 0.75, (72, 93)),
        ((1280, 640), 0.75, (96, 48)),
        ((1700, 2200), 1.25, (120, 155)),
        ((1280, 640), 1.25, (160, 80)),
        ((110, 140), 1.25, (110, 140)),  # its own pixels
        ((60, 80), 1.25, (96, 128)),  # enlarged to the usual size as ever, and no more
        ((60, 80), 0.75, (72, 96)),
    ],
)
def test_a_size_scales_what_the_network_sees(folder, page_size, size, expected):
    detector = Detector.load(folder, sizes=(size,))
    assert detector.working_size(*page_size) == expected
    width, height = page_size
    assert detector.prepare(np.zeros((height, width), np.uint8)).shape == (1, 1, expected[1], expected[0])


@pytest.mark.parametrize("size", [0.2, 3.1, float("nan")])
def test_other_sizes_are_refused_in_one_line(folder, size):
    with pytest.raises(DocmarksError, match=r"between 0\.25 and 3"):
        Detector.load(folder, sizes=(size,))


def test_several_sizes_are_seen_in_turn_and_the_same_one_once(folder, page, monkeypatch):
    detector, seen = Detector.load(folder, sizes=(1, 1.25, 1)), []
    network = detector.session
    monkeypatch.setattr(detector, "session", lambda pixels: seen.append(pixels.shape[2:]) or network(pixels))
    assert detector.sizes == (1, 1.25)
    found = detector(page)
    assert sorted(seen) == [(128, 85), (160, 107)]
    looks = [Detector.load(folder, sizes=(size,))(page) for size in (1, 1.25)]
    assert found.boxes == pytest.approx(fused(looks[::-1], detector.sheet.config).boxes)
    seen.clear()
    detector(page[:60, :40])  # is not enlarged beyond what the network asks for
    assert len(seen) == 1


def test_no_size_is_refused(folder):
    with pytest.raises(DocmarksError, match="no size"):
        Detector.load(folder, sizes=())


@pytest.mark.parametrize("size", [0.75, 1.25])
def test_boxes_stay_in_pixels_of_the_page_at_every_size(tmp_path, size):
    config = square_finder().config
    export_onnx(
        square_finder(), ModelSheet(name="s", version="1", config=config, thresholds=(0.5, 0.5)), tmp_path / "m.onnx"
    )
    page = np.full((384, 384), 255, np.uint8)
    page[120:216, 160:256] = 0
    (mark,) = Detector.load(tmp_path / "m.onnx", sizes=(size,))(page).marks((0.5, 0.5))
    assert mark.box == pytest.approx((160, 120, 256, 216), abs=24) and mark.label == "Stamp"


def test_a_device_that_is_not_there_is_one_line(folder, tmp_path):
    with pytest.raises(DocmarksError, match="take one of cpu, cuda"):
        Detector.load(folder, device="tpu")
    with pytest.raises(DocmarksError, match="docmarks export default"):
        Detector.load(device="cuda")
    (tmp_path / "model.xml").write_text("int8")
    with pytest.raises(DocmarksError, match="no exported model in this folder"):
        Detector.load(tmp_path, device="cuda")


@pytest.mark.parametrize(
    "image",
    ["page.png", Image.new("L", (9, 9)), np.zeros((9, 9)), np.zeros((9, 9, 4), np.uint8), np.zeros((0, 9), np.uint8)],
    ids=["path", "picture", "floats", "alpha", "empty"],
)
def test_what_is_no_page_image_is_told(image):
    with pytest.raises(DocmarksError, match="a page image"):
        Detector.load()(image)
