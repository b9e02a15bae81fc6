"""Benchmarks that need no data and little time still run; what they measure here does not count."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

QUICK = {
    "augment": [],
    "detect": ["examples"],
    "end_to_end": ["examples/lease.pdf"],
    "gpu": ["--device", "cpu"],
    "instructions": ["examples"],
    "layers": ["src/docmarks/weights/default.xml"],
    "operations": [],
    "roofline": [],
    "training_step": ["--fp32", "--batch", "1"],
}


@pytest.mark.parametrize("name", QUICK)
def test_a_benchmark_runs(name, tmp_path):
    numbers = tmp_path / "numbers.json"
    command = [sys.executable, f"benchmarks/{name}.py", *QUICK[name], "--quick", "--json", str(numbers)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    assert json.loads(numbers.read_text())
