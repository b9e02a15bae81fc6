"""The info of safetensors files that the format's own library writes and reads again."""

import json

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save_file

from docmarks.errors import DocmarksError
from docmarks.runtime.checkpoint_info import note, read_info

TENSORS = {"b": np.arange(7, dtype=np.float32), "a": np.ones((2, 3), np.int64), "none": np.zeros((0, 4), np.float16)}


@pytest.mark.parametrize("text", ["", "x" * 1000, "Übergröße \u2603"])
def test_the_info_changes_and_nothing_else(tmp_path, text):
    path = tmp_path / "some.safetensors"
    before = {"step": 3, "thresholds": {"Date": 0.5}}
    save_file(TENSORS, path, {"format": "f", "info": json.dumps(before), "other": "é"})
    note(path, {"thresholds": {text: 0.25}})
    assert read_info(path) == {"step": 3, "thresholds": {text: 0.25}}
    with safe_open(path, "np") as file:
        assert {name: file.metadata()[name] for name in ("format", "other")} == {"format": "f", "other": "é"}
        assert json.loads(file.metadata()["info"]) == read_info(path)
        assert set(file.keys()) == set(TENSORS)
        for name, value in TENSORS.items():
            np.testing.assert_array_equal(file.get_tensor(name), value)
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


LENGTH = b"\x02" + bytes(7)


@pytest.mark.parametrize("data", [b"", b"\xff" * 20, LENGTH + b"{}", LENGTH + b"[]", LENGTH])
def test_what_is_no_checkpoint_stays_as_it_is(tmp_path, data):
    path = tmp_path / "some.safetensors"
    path.write_bytes(data)
    with pytest.raises(DocmarksError, match=r"some\.safetensors: .*checkpoint"):
        note(path, {"step": 4})
    assert path.read_bytes() == data
    with pytest.raises(DocmarksError, match="cannot be read"):
        read_info(tmp_path / "none.safetensors")
