"""The model that ships finds the same on processors without int8 units."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


def found_under(limit, cache):
    """(page, mark) of the examples, by a process that may use so many of the processor's instructions."""
    command = [sys.executable, "-m", "docmarks", "detect", EXAMPLES / "lease.pdf", EXAMPLES / "scan.tiff", "-o", "-"]
    env = os.environ | {"ONEDNN_MAX_CPU_ISA": limit, "XDG_CACHE_HOME": str(cache)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True, timeout=120)
    return [
        (document["file"], page["number"], mark)
        for document in json.loads(done.stdout)
        for page in document["pages"]
        for mark in page["marks"]
    ]


def test_the_same_marks_without_vnni(tmp_path):
    whole, limited = found_under("DEFAULT", tmp_path / "a"), found_under("AVX2", tmp_path / "b")
    assert len(whole) > 12 and len(limited) == len(whole)
    for (file, page, mark), (other_file, other_page, other) in zip(whole, limited, strict=True):
        assert (file, page, mark["label"]) == (other_file, other_page, other["label"])
        assert other["confidence"] == pytest.approx(mark["confidence"], abs=0.01)
        for side in ("left", "top", "right", "bottom"):
            assert other[side] == pytest.approx(mark[side], abs=0.5)
