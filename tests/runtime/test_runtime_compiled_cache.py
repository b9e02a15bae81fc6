import os

import pytest

from docmarks.errors import DocmarksError
from docmarks.runtime.compiled_cache import KEPT, compiled_folder


@pytest.fixture
def model(tmp_path, monkeypatch):
    """Writes a model of these contents, which nobody compiles."""
    monkeypatch.setenv("DOCMARKS_CACHE", str(tmp_path / "cache"))

    def write(contents):
        (tmp_path / "m.onnx").write_bytes(contents)
        return tmp_path / "m.onnx"

    return write


def test_a_folder_a_content(model):
    one = compiled_folder(model(b"one"))
    assert one.is_dir() and one == compiled_folder(model(b"one")) and one != compiled_folder(model(b"two"))


def test_those_used_last_stay(model):
    """Twelve models, a file of an earlier version before them, and the first of them used once more."""
    first = compiled_folder(model(b"0"))
    stray = first.parent / "1234.blob"
    stray.write_bytes(b"")
    os.utime(stray, (50, 50))
    folders = [compiled_folder(model(bytes([65 + i]))) for i in range(KEPT - 1)]
    for age, folder in enumerate([first, *folders]):
        (folder / "network.blob").write_bytes(b"")
        os.utime(folder, (100 + age, 100 + age))
    assert compiled_folder(model(b"0")) == first and first.stat().st_mtime > 1000
    assert not stray.exists() and all(folder.exists() for folder in folders)
    new = compiled_folder(model(b"new"))
    assert new.exists() and first.exists() and not folders[0].exists() and folders[1].exists()
    assert len(list(first.parent.iterdir())) == KEPT


def test_without_a_place_to_write_there_is_none(model, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DOCMARKS_CACHE", str(tmp_path / "file"))
    assert compiled_folder(model(b"one")) is None
    with pytest.raises(DocmarksError, match=r"none\.onnx: no such model file"):
        compiled_folder(tmp_path / "none.onnx")
