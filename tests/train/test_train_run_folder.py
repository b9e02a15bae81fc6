import json

import pytest

from docmarks.errors import DocmarksError
from docmarks.train.run_folder import RunFolder


def test_lines_after_the_checkpoint_are_cut_and_a_broken_one_too(tmp_path):
    folder = RunFolder(tmp_path)
    folder.metrics.write_text(
        "".join(json.dumps({"step": i, "loss": 1}) + "\n" for i in range(1, 8)) + '{"step": 8, "lo'
    )
    assert len(folder.lines(folder.metrics)) == 7
    folder.validation.write_text("".join(json.dumps({"step": i, "loss": 1}) + "\n" for i in (0, 5)))
    folder.cut_back(5, 4)
    assert [line["step"] for line in folder.lines(folder.metrics)] == [1, 2, 3, 4, 5]
    assert folder.metrics.read_text().endswith("}\n")
    assert [line["step"] for line in folder.lines(folder.validation)] == [0]


def test_a_folder_without_a_run_is_told(tmp_path):
    with pytest.raises(DocmarksError, match="no training run in this folder"):
        RunFolder(tmp_path).read_data()
