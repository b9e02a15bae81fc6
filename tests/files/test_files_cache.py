from pathlib import Path

from docmarks.files.cache import cache_folder, writable


def test_the_variable_wins(monkeypatch, tmp_path):
    monkeypatch.setenv("DOCMARKS_CACHE", str(tmp_path / "mine"))
    assert cache_folder() == tmp_path / "mine"


def test_without_it_the_users_cache_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("DOCMARKS_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "docmarks"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == Path.home() / ".cache" / "docmarks"


def test_a_folder_that_cannot_be_made_is_not_writable(tmp_path):
    (tmp_path / "file").write_text("")
    assert not writable(tmp_path / "file" / "below")
    assert writable(tmp_path / "new") and (tmp_path / "new").is_dir()
