import pytest

from docmarks.atomic import staged, whole
from docmarks.errors import DocmarksError


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
