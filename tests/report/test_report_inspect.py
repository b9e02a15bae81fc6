import numpy as np
import pytest
from PIL import Image

from docmarks.cli.main import main
from docmarks.data.coco_file import write
from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.marks import Mark, Page
from docmarks.model.config import AnchorConfig, InputConfig
from docmarks.report.anchor_coverage import coverage
from docmarks.report.feature_maps import draw_level
from docmarks.report.proposals import LEVEL_COLOURS, draw_boxes_by_level, levels_of
from docmarks.train.checkpoint import write_tensors
from tiny import square_finder, square_page, tiny_config

ANCHORS = AnchorConfig(sizes=((16.0,), (32.0,), (64.0,), (128.0,), (256.0,)), ratios=(1.0,))


@pytest.fixture
def model(tmp_path):
    tensors = {f"model.{name}": value for name, value in square_finder().state_dict().items()}
    write_tensors(tmp_path / "model.safetensors", tensors, tiny_config(), {})
    return tmp_path


def test_pictures_of_a_page(model, capsys):
    Image.fromarray(square_page(20, 30)[0].numpy().astype(np.uint8)).save(model / "page.png")
    with pytest.raises(SystemExit) as stop:
        main(["inspect", str(model / "page.png"), "--model", str(model), "-o", str(model / "out")])
    assert stop.value.code == 0
    names = {path.name for path in (model / "out").iterdir()}
    assert names == {"p2.png", "p3.png", "p4.png", "p5.png", "p6.png", "proposals.png", "detections.png"}
    detections = np.asarray(Image.open(model / "out" / "detections.png")).astype(int)
    assert detections.shape == (96, 96, 3)
    assert (np.abs(detections[..., 0] - detections[..., 2]) > 40).any()  # the mark is drawn in its colour


def test_anchors_are_drawn_to_scale():
    feature = np.zeros((1, 32, 32), np.float32)
    sheet = np.asarray(draw_level(feature, 4, ANCHORS, (512, 512)))
    red = (sheet[..., 0] > 200) & (sheet[..., 1] < 80) & (np.indices(sheet.shape[:2])[0] > 40)
    rows, columns = np.flatnonzero(red.any(axis=1)), np.flatnonzero(red.any(axis=0))
    assert columns.max() - columns.min() == pytest.approx(64 * 220 / 512, abs=2)  # 64 px of a page 512 px wide
    assert rows.max() - rows.min() == pytest.approx(64 * 220 / 512, abs=2)


def test_boxes_are_coloured_by_the_level_that_pools_them():
    boxes = np.array([[0, 0, 20, 20], [50, 50, 250, 200], [100, 100, 700, 700]], np.float32)
    assert levels_of(boxes) == [2, 3, 5]
    picture = np.asarray(draw_boxes_by_level(np.full((800, 800), 255, np.uint8), boxes))
    assert tuple(picture[60, 50]) == LEVEL_COLOURS[3] and tuple(picture[300, 100]) == LEVEL_COLOURS[5]
    assert levels_of(np.zeros((0, 4), np.float32)) == []


def test_coverage_is_measured_at_the_input_of_the_network(tmp_path, capsys, model):
    marks = (Mark((0, 0, 32, 32), ("Stamp",)), Mark((0, 0, 32, 32), ("Signature",)), Mark((0, 0, 8, 8), ("Stamp",)))
    ignored = Mark((0, 0, 90, 90), ("Stamp",), ignore=True)
    page = DatasetPage(tmp_path / "a.png", Page(1000, 2000, marks=(*marks, ignored)), "g", frozenset())
    wanted = InputConfig(short_side=500, long_side=1000)
    stamp, signature = coverage([Dataset(tmp_path, "s", (page,))], wanted, ANCHORS)
    assert (stamp.label, stamp.boxes, signature.boxes) == ("Stamp", 2, 1)
    assert signature.side_px == 16 and signature.mean_iou == pytest.approx(15**2 / (2 * 16**2 - 15**2))
    assert stamp.covered == 0.5 and stamp.levels == (1.0, 0.0, 0.0, 0.0)
    write(Dataset(tmp_path, "s", (page,)), tmp_path / "annotations.json")
    with pytest.raises(SystemExit) as stop:
        main(["inspect", str(tmp_path / "annotations.json"), "--model", str(model)])
    assert stop.value.code == 0 and "Stamp" in capsys.readouterr().out
