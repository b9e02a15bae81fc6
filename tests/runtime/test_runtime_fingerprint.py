from pathlib import Path

import pytest

from docmarks.errors import DocmarksError
from docmarks.runtime.fingerprint import fingerprint


def test_the_fingerprint_is_of_the_weights_too(tmp_path):
    (tmp_path / "m.xml").write_text("x")
    alone = fingerprint(tmp_path / "m.xml")
    (tmp_path / "m.bin").write_text("y")
    assert fingerprint(tmp_path / "m.xml") != alone


def test_weights_that_cannot_be_read_are_one_line_that_names_the_file(tmp_path, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(DocmarksError, match=r"m\.xml: cannot read the model \(Permission denied\)"):
        fingerprint(tmp_path / "m.xml")
