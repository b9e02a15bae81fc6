"""The example of docs/onnx.md, as a user would run it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from docmarks.export.onnx_file import export_onnx
from docmarks.runtime.detector import Detector
from docmarks.runtime.sheet import ModelSheet
from tiny import square_finder, square_page

pytest.importorskip("onnxruntime")
PAGE = Path(__file__).parents[2] / "docs/onnx.md"


def test_the_example_prints_the_marks_that_docmarks_finds(tmp_path):
    model = square_finder()
    export_onnx(
        model, ModelSheet(name="t", version="1", config=model.config, thresholds=(0.5, 0.5)), tmp_path / "model.onnx"
    )
    page = square_page(20, 30)[0].byte().numpy().repeat(2, axis=0).repeat(2, axis=1)
    (tmp_path / "examples").mkdir()
    Image.fromarray(page).save(tmp_path / "examples/scan.tiff")
    (example,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert "docmarks" not in re.findall(r"^(?:import|from) (\w+)", example, re.MULTILINE)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", example], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0 and done.stderr == ""
    found = [re.fullmatch(r"page 0: (\w+) (\S+) \[(.*)\]", line).groups() for line in done.stdout.splitlines()]
    wanted = Detector.load(tmp_path / "model.onnx")(page).marks((0.5, 0.5))
    assert len(found) == len(wanted) == 1
    for (label, score, box), mark in zip(found, wanted, strict=True):
        assert (label,) == mark.labels and float(score) == pytest.approx(mark.score, abs=0.006)
        assert [float(side) for side in box.split(",")] == pytest.approx(mark.box, abs=0.6)
