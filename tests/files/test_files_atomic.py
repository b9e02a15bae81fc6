import os
import threading

import pytest

from docmarks.errors import DocmarksError
from docmarks.files.atomic import staged, whole, write_text


@pytest.mark.parametrize("writing", [staged, whole])
def test_the_file_is_there_once_the_block_ends(tmp_path, writing):
    file = tmp_path / "a.json"
    with writing(file) as part:
        part.write_text("new")
        assert not file.exists()
    assert file.read_text() == "new" and list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("writing", [staged, whole])
@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError, OSError])
def test_a_block_that_is_broken_off_leaves_the_old_file_alone(tmp_path, writing, error):
    file = tmp_path / "a.json"
    file.write_text("old")
    with pytest.raises((error, DocmarksError)), writing(file) as part:
        part.write_text("half")
        raise error
    assert file.read_text() == "old" and list(tmp_path.iterdir()) == [file]


def test_errors_of_files_are_one_line_with_the_cure(tmp_path):
    with pytest.raises(DocmarksError, match=r"nowhere/a: cannot be written \(No such file or directory\); move"):
        with whole(tmp_path / "nowhere" / "a", "move") as part:
            part.write_text("")
    with pytest.raises(FileNotFoundError), staged(tmp_path / "nowhere" / "a") as part:
        part.write_text("")


def test_a_link_stays_one_and_what_it_leads_to_is_written(tmp_path):
    (tmp_path / "there").mkdir()
    target, link = tmp_path / "there" / "a.json", tmp_path / "a.json"
    target.write_text("old")
    link.symlink_to(target)
    write_text(link, "new")
    assert link.is_symlink() and target.read_text() == "new" and list((tmp_path / "there").iterdir()) == [target]


def test_a_pipe_is_written_to_and_stays_one(tmp_path):
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    write_text(pipe, "told")
    reader.join(10)
    assert read == ["told"] and pipe.is_fifo()


def test_two_that_write_one_file_do_not_meet(tmp_path, monkeypatch):
    file = tmp_path / "a.json"
    with whole(file) as part:
        part.write_text("first")
        with monkeypatch.context() as other:
            other.setattr(os, "getpid", lambda: 1)
            write_text(file, "second")
    assert file.read_text() == "first" and list(tmp_path.iterdir()) == [file]
