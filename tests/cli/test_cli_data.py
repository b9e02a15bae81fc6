import json

import pytest
from PIL import Image

from docmarks.cli.main import main
from docmarks.data.coco_file import read


@pytest.fixture
def folder(tmp_path):
    """Ten pages; one box is inside out."""
    root = tmp_path / "set"
    root.mkdir()
    images, boxes = [], []
    for n in range(10):
        page = Image.new("L", (100, 120), 255)
        page.paste(0, (10 + 7 * n, 20, 20 + 7 * n, 100 - 5 * n))
        page.save(root / f"{n}.png")
        images.append({"id": n, "file_name": f"{n}.png", "width": 100, "height": 120})
        boxes.append({"id": n, "image_id": n, "category_id": 1, "bbox": [5, 6, 20, 30]})
    boxes[3]["bbox"] = [40, 50, -20, -30]
    categories = [{"id": 1, "name": "Signature"}]
    data = {"info": {"exhaustive": ["Signature"]}, "images": images, "annotations": boxes, "categories": categories}
    (root / "annotations.json").write_text(json.dumps(data))
    return root


def call(*arguments):
    """The exit code."""
    try:
        main(["data", *(str(a) for a in arguments)])
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def test_check_and_fix(folder, capsys, tmp_path):
    assert call("check", folder, "--workers", 1, "--json", tmp_path / "found.json") == 1
    assert "annotation 3 (3.png)" in capsys.readouterr().out
    assert json.loads((tmp_path / "found.json").read_text())["counts"]["error"] == 1
    assert call("check", folder, "--fix", "--workers", 1) == 0
    assert "1 findings mended" in capsys.readouterr().out
    assert call("check", folder, "--workers", 1) == 0


def test_split_stats_and_label_set(folder, capsys, tmp_path):
    call("check", folder, "--fix", "--workers", 1)
    assert call("split", folder, "--ratio", "80:10:10", "--seed", 3) == 0
    assert sorted(page.part for page in read(folder).pages) == ["test", *["train"] * 8, "val"]
    capsys.readouterr()
    assert call("stats", folder, "--html", tmp_path / "s.html", "--json", tmp_path / "s.json") == 0
    assert "Signature" in capsys.readouterr().out and "<svg" in (tmp_path / "s.html").read_text()
    assert json.loads((tmp_path / "s.json").read_text())["all_counts"] == {"Signature": 10}
    assert call("label-set", folder, "v5", "--explain") == 0
    assert "Rules" in capsys.readouterr().out
    assert call("label-set", folder, "v99") == 2
    assert "no such label set" in capsys.readouterr().err


def test_merge_refuses_to_overwrite(folder, capsys, tmp_path):
    call("check", folder, "--fix", "--workers", 1)
    assert call("merge", folder, "-o", tmp_path / "m") == 0
    assert len(read(tmp_path / "m").pages) == 10
    assert call("merge", folder, "-o", tmp_path / "m") == 2
    assert "is there already" in capsys.readouterr().err


def test_convert_there_and_back(folder, capsys, tmp_path):
    call("check", folder, "--fix", "--workers", 1)
    capsys.readouterr()
    assert call("convert", folder, tmp_path / "yolo", "--to", "yolo", "--copy") == 0
    assert "yolo/data.yaml: 10 pages, 10 boxes" in capsys.readouterr().out
    assert call("convert", tmp_path / "yolo", tmp_path / "back", "--exhaustive", "Signature", "--group", r"\d") == 0
    told = capsys.readouterr().out
    assert "read as YOLO (yolo), written as our own form (docmarks)" in told and "fully annotated: Signature" in told
    assert sorted(page.group for page in read(tmp_path / "back").pages) == [str(n) for n in range(10)]
    assert call("check", tmp_path / "back", "--workers", 1) == 0


def test_convert_tells_mistakes_in_one_line(folder, capsys, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "x.txt").write_text("x")
    for arguments, message in [
        ((tmp_path / "none", tmp_path / "out"), "no such file or folder"),
        ((folder / ".." / "x.txt", tmp_path / "out"), "no annotations or pages of a known form"),
        ((tmp_path / "empty", tmp_path / "out"), "no annotations or pages of a known form"),
        ((folder, tmp_path / "out", "--to", "signverod"), "signverod: no format that can be used here"),
        ((folder, tmp_path / "out", "--from", "yolo"), "no class names"),
        ((folder, folder / "out"), "is inside of"),
    ]:
        assert call("convert", *arguments) == 2
        told = capsys.readouterr().err
        assert message in told and told.count("\n") == 1
    assert not (tmp_path / "out").exists()
