"""Benchmarks that need no data and little time still run; what they measure here does not count."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from docmarks.data.dataset import DatasetPage
from docmarks.evaluate.compare import judged
from docmarks.evaluate.evaluation import Evaluation, SetResult
from docmarks.marks import Detections, Mark, Page
from docmarks.results.matches_file import FILE, write_matches

ROOT = Path(__file__).parent.parent

QUICK = {
    "augment": [],
    "detect": ["examples"],
    "drawing_vectors": [],
    "end_to_end": ["examples/lease.pdf"],
    "gpu": ["--device", "cpu"],
    "instructions": ["examples"],
    "layers": ["src/docmarks/weights/default.xml"],
    "operations": [],
    "roofline": [],
    "upright": ["default", "examples/truth.json", "--part", "all"],
    "training_step": ["--fp32", "--batch", "1"],
}


@pytest.mark.slow
@pytest.mark.parametrize("name", QUICK)
def test_a_benchmark_runs(name, tmp_path):
    assert quick(name, *QUICK[name], folder=tmp_path)


def test_thresholds_are_judged_on_documents_that_did_not_choose_them(tmp_path):
    """Every document has a mark with a score over 0.6 and a false detection under it: all but 0.5 are right there."""
    pages, found = [], []
    rng = np.random.default_rng(0)
    for i in range(40):
        mark, other = (10.0, 10.0, 40.0, 40.0), (50.0, 50.0, 80.0, 80.0)
        pages.append(
            DatasetPage(Path(f"{i}.png"), Page(99, 99, marks=(Mark(mark, ("Date",)),)), f"g{i}", frozenset({"Date"}))
        )
        scores = np.array([[rng.uniform(0.62, 0.9)], [rng.uniform(0.51, 0.58)]], np.float32)
        found.append(Detections(np.array([mark, other], np.float32), scores, ("Date",)))
    result = SetResult("set", tuple(pages), tuple(found), ("Date",))
    write_matches(judged(Evaluation(("Date",), (0.5,), (result,)), "model"), tmp_path / FILE)
    row, mean = quick("thresholds", str(tmp_path), folder=tmp_path)["rows"]
    assert row["label"] == "Date" and row["marks"] == 40 and mean["label"] == "mean"
    assert row["best"] > 90 and row["steady"] > 90 and row["best there"] == 100
    assert row["0.5"] == pytest.approx(100 * 2 / 3)


def quick(name, *arguments, folder):
    """What a benchmark writes."""
    numbers = folder / "numbers.json"
    command = [sys.executable, f"benchmarks/{name}.py", *arguments, "--quick", "--json", str(numbers)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    return json.loads(numbers.read_text())
