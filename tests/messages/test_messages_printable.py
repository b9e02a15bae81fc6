import pytest

from docmarks.cli.main import main
from docmarks.messages.printable import printable


def test_what_moves_the_cursor_is_written_out():
    assert printable("café äß 中 4.pdf") == "café äß 中 4.pdf"
    assert printable("a\x1b[2J\n\r\u202eb\t.pdf") == "a\\x1b[2J\\n\\r\\u202eb\\t.pdf"


@pytest.mark.parametrize("command", [["detect"], ["data", "check"], ["evaluate", "default"]])
def test_no_message_hands_a_name_on_to_the_terminal(command, tmp_path, capsys):
    with pytest.raises(SystemExit):
        main([*command, str(tmp_path / "a\x1b[2J\nb")])
    told = capsys.readouterr()
    assert "\x1b" not in told.out + told.err and told.err.count("\n") == 1 and "a\\x1b[2J\\nb" in told.err
